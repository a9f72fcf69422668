//! Verifies evidence records ([RFC 4998 §4.3 and §5.3](https://www.rfc-editor.org/rfc/rfc4998#section-5.3)).
//!
//! There are two passes. The first one, from the oldest to the newest, asks: does each ArchiveTimeStamp cover the objects or the ArchiveTimeStamps before it? The second one, from the newest to the oldest, asks: is each token genuine and trusted, at a time by which the next one
//! proves that it existed?

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::{ParsedToken, TimeStampToken, TokenError, TstInfo};

use super::evidence_record::{ArchiveTimeStamp, ArchiveTimeStampChain, EvidenceRecord, imprint_algorithm};
use super::hash_tree;
use super::write::{sequence_digest, with_sequence};
use crate::cms::{ContentDigest, note_standing};
use crate::crypto::{AlgorithmPolicy, Digest, DigestAlgorithm, KnownSignatures};
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::{Certificate, ValidatedPath, ValidationBudget};
use crate::text::{hex, time};
use crate::time::token::{GenuineToken, ReadToken, Stamped, TokenCheck, check_token, note_unreadable};

/// Judges the trust in a genuine token, given by its index, that is known to have existed at a time, and notes every objection.
pub(crate) type Trust<'a> =
    &'a mut dyn FnMut(usize, &GenuineToken, DateTime<Utc>, &mut Notes<'_, '_>) -> Option<Arc<ValidatedPath>>;

/// A token of a record, or why it cannot be read.
pub(crate) type RecordToken<'a> = Result<ReadToken<'a>, &'a TokenError>;

/// A record, and everything against which it is checked.
pub(crate) struct RecordCheck<'a> {
    pub(crate) record: &'a EvidenceRecord<'a>,
    /// The tokens of all its ArchiveTimeStamps, in their order.
    pub(crate) tokens: &'a [RecordToken<'a>],
    /// The digests of each data object.
    pub(crate) objects: &'a [ContentDigest<'a>],
    /// The certificates from elsewhere, where a TSA's is not in its token.
    pub(crate) extra: &'a [Certificate],
    /// A token covers many objects: signatures that were found good with others.
    pub(crate) shared: &'a KnownSignatures,
    /// The budget of the artifact.
    pub(crate) budget: &'a ValidationBudget,
    pub(crate) algorithms: &'a AlgorithmPolicy,
    /// The earliest time at which the whole record is known to have existed: now, or the time of evidence that covers it.
    pub(crate) existed: DateTime<Utc>,
    /// The subject of findings about the whole.
    pub(crate) subject: Subject,
    /// The subject of findings about the n-th ArchiveTimeStamp, counted from 0.
    pub(crate) subject_of: &'a dyn Fn(usize) -> Subject,
}

/// The verdict on one ArchiveTimeStamp.
#[derive(Default)]
pub(crate) struct Stamp {
    pub(crate) genuine: Option<GenuineToken>,
    /// The path of the TSA, if nothing speaks against the ArchiveTimeStamp.
    pub(crate) path: Option<Arc<ValidatedPath>>,
}

/// The verdict on a record.
pub(crate) struct RecordVerdict {
    pub(crate) stamps: Vec<Stamp>,
    /// The time of the first token, if nothing speaks against the record. A record with one flaw proves nothing.
    pub(crate) proven_at: Option<DateTime<Utc>>,
}

/// Verifies an evidence record over its data objects (RFC 4998 §3.3, §4.3 and §5.3). It proves a time only if the
/// objects are those of the first ArchiveTimeStamp and every later one holds.
pub(crate) fn check_record(check: &RecordCheck<'_>, trust: Trust<'_>, ledger: &mut Ledger<'_>) -> RecordVerdict {
    let before = ledger.len();
    let mut notes = Notes::new(ledger, check.subject);
    notes.note(Code::RecordWellFormed);
    if check.record.encryption_info.is_some() {
        notes.note(Code::RecordEncryptionStated);
    }
    if check.objects.is_empty() {
        notes.note(Code::RecordObjectsMissing);
    }
    let given = notes.is_sound();
    let links = check_links(check, ledger);
    let (stamps, holds) = check_stamps(check, &links, trust, ledger);
    let first = stamps.first().and_then(|first| first.genuine.as_ref()).map(|genuine| genuine.gen_time);
    let proven_at = first.filter(|_| given && holds);
    let has_failed = ledger.has_failed_since(before);
    let mut notes = Notes::new(ledger, check.subject);
    match proven_at {
        Some(proven_at) => notes.note_with(Code::RecordTimeProven, || Details::computed(time(proven_at))),
        None if has_failed => notes.note(Code::RecordNotValid),
        None => notes.note(Code::RecordNotDecided),
    }
    RecordVerdict { stamps, proven_at }
}

/// Returns the hash algorithm of the first ArchiveTimeStamp of each chain, as far as it is offered.
pub(crate) fn chain_algorithms(
    record: &EvidenceRecord<'_>,
    tokens: &[RecordToken<'_>],
) -> Vec<Option<DigestAlgorithm>> {
    let mut next = 0;
    let firsts = record.chains.iter().map(|chain| {
        let token = tokens.get(next).and_then(parsed);
        next += chain.archive_time_stamps.len();
        let stated = chain.archive_time_stamps.first()?.stated_algorithm().ok()?;
        stated.or(token.and_then(|token| imprint_algorithm(&token.tst_info)))
    });
    firsts.collect()
}

/// Tells if a record starts with an object of this digest: then it is about the object, valid or not.
pub(crate) fn starts_with(record: &EvidenceRecord<'_>, tokens: &[RecordToken<'_>], digest: &Digest) -> bool {
    let first = record.archive_time_stamps().next();
    first.is_some_and(|first| {
        Starts::of(first, tokens.first().and_then(parsed).map(|token| &token.tst_info)).hold(digest)
    })
}

/// Returns the algorithm by which a record hashes its objects at first, and whether it starts with the object whose digest by
/// this algorithm is given. It is `None` where the algorithm cannot be told, or there is no such digest.
pub(crate) fn start(
    record: &EvidenceRecord<'_>,
    digest: impl FnOnce(DigestAlgorithm) -> Option<Digest>,
) -> Option<(DigestAlgorithm, Option<bool>)> {
    let first = record.archive_time_stamps().next()?;
    let stated = first.stated_algorithm().ok()?;
    let token = match (stated, &first.reduced_hash_tree) {
        (Some(_), Some(_)) => None,
        (None, _) | (_, None) => Some(TimeStampToken::from_bytes(first.time_stamp).ok()?),
    };
    let info = token.as_ref().map(TimeStampToken::tst_info);
    let algorithm = stated.or_else(|| imprint_algorithm(info?))?;
    Some((algorithm, digest(algorithm).map(|digest| Starts::of(first, info).hold(&digest))))
}

fn parsed<'a>(token: &RecordToken<'a>) -> Option<&'a ParsedToken<'a>> {
    token.as_ref().ok().map(|token| token.parsed)
}

/// The tie of one ArchiveTimeStamp to what it covers.
struct Link {
    algorithm: Option<DigestAlgorithm>,
    /// The digest that the token must be about: the root, or the digest that takes its place.
    imprint: Option<Digest>,
    is_last_of_chain: bool,
    holds: bool,
}

/// Checks that each ArchiveTimeStamp is over what it has to be over: the first one of a chain over the objects and all
/// earlier chains (RFC 4998 §5.3), each further one over the timestamp before it (§5.2).
fn check_links(check: &RecordCheck<'_>, ledger: &mut Ledger<'_>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut before: Option<(Option<&TstInfo>, &ArchiveTimeStamp<'_>)> = None;
    let mut tokens = check.tokens.iter();
    for (number, chain) in check.record.chains.iter().enumerate() {
        let mut of_chain = None;
        for (position, stamp) in chain.archive_time_stamps.iter().enumerate() {
            let token = tokens.next().and_then(parsed).map(|token| &token.tst_info);
            let mut notes = Notes::new(ledger, (check.subject_of)(links.len()));
            let algorithm = check_algorithm(check.record, stamp, token, of_chain, &mut notes);
            of_chain = of_chain.or(algorithm);
            let starts = Starts::of(stamp, token);
            let covered = match (algorithm, position, before) {
                (None, ..) => None,
                (Some(algorithm), 0, _) => {
                    let older = check.record.chains.get(..number).unwrap_or_default();
                    check_objects(&starts, algorithm, older, chain, check.objects, &mut notes)
                }
                (Some(algorithm), _, before) => {
                    before.and_then(|(_, before)| check_renewed(&starts, algorithm, before, &mut notes))
                }
            };
            let imprint = match (&stamp.reduced_hash_tree, algorithm) {
                (Some(lists), Some(algorithm)) => check_tree(stamp, lists, algorithm, token, &mut notes),
                _ => covered,
            };
            if let (Some((Some(before), _)), Some(token)) = (before, token) {
                check_order(before, token, &mut notes);
            }
            let is_last_of_chain = position + 1 == chain.archive_time_stamps.len();
            links.push(Link { algorithm, imprint, is_last_of_chain, holds: notes.is_sound() });
            before = Some((token, stamp));
        }
    }
    links
}

/// Checks the hash algorithm of an ArchiveTimeStamp. It is also that of its token's imprint and of the chain (RFC 4998
/// §4.1, §5.1).
fn check_algorithm(
    record: &EvidenceRecord<'_>,
    stamp: &ArchiveTimeStamp<'_>,
    token: Option<&TstInfo>,
    of_chain: Option<DigestAlgorithm>,
    notes: &mut Notes<'_, '_>,
) -> Option<DigestAlgorithm> {
    let of_token = token.and_then(imprint_algorithm);
    let algorithm = match stamp.stated_algorithm() {
        Ok(stated) => stated.or(of_token)?,
        Err(stated) => {
            notes.note_with(Code::DigestAlgorithmNotOffered, || Details::stated(stated));
            return None;
        }
    };
    if let Some(differing) = [of_token, of_chain].into_iter().flatten().find(|named| *named != algorithm) {
        notes.note_with(Code::RecordAlgorithmDiffers, || Details::both(algorithm, differing));
    }
    if !record.digest_algorithms.iter().any(|listed| listed.oid == algorithm.oid()) {
        notes.note_with(Code::RecordAlgorithmNotListed, || Details::stated(algorithm));
    }
    Some(algorithm)
}

/// The hashes with which an ArchiveTimeStamp starts: its first partial hash tree, or the imprint of its token without one.
struct Starts<'a> {
    stamp: &'a ArchiveTimeStamp<'a>,
    imprint: Option<&'a [u8]>,
}

impl<'a> Starts<'a> {
    fn of(stamp: &'a ArchiveTimeStamp<'a>, token: Option<&'a TstInfo>) -> Self {
        Self { stamp, imprint: token.map(|token| token.message_imprint.digest.as_slice()) }
    }

    fn hashes(&self) -> impl Iterator<Item = &'a [u8]> {
        let (of_tree, without_tree) = match &self.stamp.reduced_hash_tree {
            Some(lists) => (lists.first(), None),
            None => (None, self.imprint),
        };
        of_tree.into_iter().flatten().copied().chain(without_tree)
    }

    fn hold(&self, digest: &Digest) -> bool {
        self.hashes().any(|hash| hash == digest.as_bytes())
    }

    /// Those of some digests that are among the hashes. Both may be many, so that they are not compared each with each.
    fn held(&self, mut digests: Vec<Digest>) -> HashSet<Digest> {
        digests.sort_unstable_by(|left, right| left.as_bytes().cmp(right.as_bytes()));
        let find = |hash: &[u8]| digests.binary_search_by(|digest| digest.as_bytes().cmp(hash)).ok();
        self.hashes().filter_map(|hash| digests.get(find(hash)?).copied()).collect()
    }

    /// The number of different hashes.
    fn count(&self) -> usize {
        *self.stamp.starting_hashes.get_or_init(|| {
            let mut hashes: Vec<&[u8]> = self.hashes().collect();
            hashes.sort_unstable();
            hashes.dedup();
            hashes.len()
        })
    }
}

/// Checks that the first ArchiveTimeStamp of a chain starts with the hash of each object, in later chains together with
/// the older ones. Returns the digest that would be stamped without a tree: that of an object that it starts with, in
/// whatever order the objects were given, else that of the first.
fn check_objects(
    starts: &Starts<'_>,
    algorithm: DigestAlgorithm,
    older: &[ArchiveTimeStampChain<'_>],
    chain: &ArchiveTimeStampChain<'_>,
    objects: &[ContentDigest<'_>],
    notes: &mut Notes<'_, '_>,
) -> Option<Digest> {
    let (of_chain, computed) = chain.before.get_or_init(|| (algorithm, sequences(older, algorithm)));
    let sequences = if *of_chain == algorithm { computed.clone() } else { sequences(older, algorithm) };
    let leaves_of = |digest: Digest| {
        sequences.iter().map(move |sequence| match sequence {
            Some(sequence) => with_sequence(&digest, sequence),
            None => digest,
        })
    };
    let digests: Vec<Option<Digest>> = objects.iter().map(|object| object(algorithm)).collect();
    let covered = starts.held(digests.iter().copied().flatten().flat_map(leaves_of).collect());
    let (mut first, mut stamped) = (None, None);
    for (index, digest) in digests.into_iter().enumerate() {
        let shown = |leaf: Digest| match objects.len() {
            1 => leaf.to_string(),
            _ => format!("object {}: {leaf}", index + 1),
        };
        let Some(digest) = digest else {
            notes.note_with(Code::RecordObjectsMissing, || Details::stated(algorithm));
            continue;
        };
        let fitting = leaves_of(digest).find(|leaf| covered.contains(leaf));
        let Some(leaf) = fitting.or(leaves_of(digest).next()) else { continue };
        first = first.or(Some(leaf));
        if fitting.is_some() {
            stamped = stamped.or(fitting);
            notes.note_with(Code::RecordObjectCovered, || Details::computed(shown(leaf)));
        } else if older.is_empty() {
            notes.note_with(Code::RecordObjectNotCovered, || Details::computed(shown(leaf)));
        } else {
            notes.note_with(Code::RecordSequenceNotCovered, || Details::computed(shown(leaf)));
        }
    }
    if older.is_empty() && !covered.is_empty() {
        let uncovered = starts.count().saturating_sub(covered.len());
        if uncovered > 0 {
            notes.note_with(Code::RecordOtherHashes, || Details::computed(uncovered));
        }
    }
    stamped.or(first)
}

/// Digests of the sequence of older chains: with definite lengths, and as received where that was BER. For the first
/// chain there is none.
fn sequences(older: &[ArchiveTimeStampChain<'_>], algorithm: DigestAlgorithm) -> Vec<Option<Digest>> {
    if older.is_empty() {
        return vec![None];
    }
    let mut digests = vec![Some(sequence_digest(older.iter().map(|chain| chain.raw), algorithm))];
    if older.iter().any(|chain| chain.received.is_some()) {
        let received = older.iter().map(|chain| chain.received.unwrap_or(chain.raw));
        digests.push(Some(sequence_digest(received, algorithm)));
    }
    digests
}

/// Checks that a later ArchiveTimeStamp of a chain starts with the hash of the timeStamp field before it.
fn check_renewed(
    starts: &Starts<'_>,
    algorithm: DigestAlgorithm,
    before: &ArchiveTimeStamp<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<Digest> {
    let definite = algorithm.digest(before.time_stamp);
    let mut forms = [Some(definite), before.received.map(|received| algorithm.digest(received))].into_iter().flatten();
    match forms.find(|digest| starts.hold(digest)) {
        Some(digest) => {
            notes.note_with(Code::RecordRenewalCovers, || Details::computed(digest));
            Some(digest)
        }
        None => {
            notes.note_with(Code::RecordTimestampNotCovered, || Details::computed(definite));
            Some(definite)
        }
    }
}

/// Checks that the root is the token's imprint.
fn check_tree(
    stamp: &ArchiveTimeStamp<'_>,
    lists: &[Vec<&[u8]>],
    algorithm: DigestAlgorithm,
    token: Option<&TstInfo>,
    notes: &mut Notes<'_, '_>,
) -> Option<Digest> {
    let compute = || hash_tree::root(algorithm, lists.iter().map(Vec::as_slice));
    let (of_tree, root) = *stamp.root.get_or_init(|| (algorithm, compute()));
    let Some(root) = (if of_tree == algorithm { root } else { compute() }) else {
        notes.note_with(Code::RecordTreeDiffers, || Details::stated(format!("a hash that is not one of {algorithm}")));
        return None;
    };
    if let Some(token) = token {
        let imprint = &token.message_imprint.digest;
        if imprint != root.as_bytes() {
            notes.note_with(Code::RecordTreeDiffers, || Details::both(hex(imprint), root));
        }
    }
    Some(root)
}

/// Checks the order of two tokens without tolerance: a renewal is made with the token before it, and with
/// its time to compare.
fn check_order(before: &TstInfo, token: &TstInfo, notes: &mut Notes<'_, '_>) {
    let (earlier, later) = (before.gen_time, token.gen_time);
    if later < earlier {
        notes.note_with(Code::RecordOutOfOrder, || Details::both(time(later), time(earlier)));
    }
}

/// Checks the tokens, from the newest to the oldest. Returns them from the oldest on, and whether all hold.
fn check_stamps(
    check: &RecordCheck<'_>,
    links: &[Link],
    trust: Trust<'_>,
    ledger: &mut Ledger<'_>,
) -> (Vec<Stamp>, bool) {
    let mut stamps = Vec::new();
    let mut all_hold = true;
    // The first is a time at which the next token existed, the second one at which objects still relied on its chain.
    let (mut existed, mut chain_renewed) = (check.existed, check.existed);
    for (index, (token, link)) in check.tokens.iter().zip(links).enumerate().rev() {
        let mut notes = Notes::new(ledger, (check.subject_of)(index));
        if link.is_last_of_chain {
            chain_renewed = existed;
        }
        let stamp = match token {
            Ok(token) => {
                let trust =
                    &mut |genuine: &GenuineToken, notes: &mut Notes<'_, '_>| trust(index, genuine, existed, notes);
                check_stamp(check, *token, link, chain_renewed, trust, &mut notes)
            }
            Err(error) => {
                note_unreadable(error, &mut notes);
                Stamp::default()
            }
        };
        let holds = link.holds && notes.is_sound() && stamp.path.is_some();
        if let Some(token) = parsed(token).filter(|_| holds) {
            existed = token.tst_info.gen_time;
        }
        all_hold &= holds;
        stamps.push(Stamp { path: stamp.path.filter(|_| holds), ..stamp });
    }
    stamps.reverse();
    (stamps, all_hold)
}

/// Checks the token of one ArchiveTimeStamp. Objects relied on its chain until `chain_renewed`.
fn check_stamp(
    check: &RecordCheck<'_>,
    token: ReadToken<'_>,
    link: &Link,
    chain_renewed: DateTime<Utc>,
    trust: &mut dyn FnMut(&GenuineToken, &mut Notes<'_, '_>) -> Option<Arc<ValidatedPath>>,
    notes: &mut Notes<'_, '_>,
) -> Stamp {
    let imprint = |algorithm| link.imprint.filter(|digest| digest.algorithm() == algorithm);
    let (extra, shared) = (check.extra, Some(check.shared));
    let token_check = TokenCheck { imprint: Stamped::Data(&imprint), extra, shared, budget: check.budget };
    let genuine = check_token(token, &token_check, notes);
    let Some(genuine) = genuine else { return Stamp::default() };
    let path = trust(&genuine, notes);
    // A renewed timestamp does not renew the hashes: they have to be good until the next chain is there (RFC 4998 §5.3,
    // step 2). The hashes of the last token of a chain were judged with its imprint.
    if let Some(algorithm) = link.algorithm.filter(|_| !link.is_last_of_chain) {
        let severity = check.algorithms.digest_severity(algorithm, chain_renewed);
        note_standing(severity, || check.algorithms.digest(algorithm, chain_renewed).into(), notes);
    }
    Stamp { genuine: Some(genuine), path }
}
