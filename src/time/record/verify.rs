//! Verification of evidence records ([RFC 4998 §4.3 and §5.3](https://www.rfc-editor.org/rfc/rfc4998#section-5.3)).
//!
//! Two passes. From the oldest to the newest: does each ArchiveTimeStamp cover what it should, the objects or what was
//! there before? From the newest to the oldest: is each token genuine and trusted, at a time by which the next one
//! proves that it existed?

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::{TimeStampToken, TokenError};

use super::evidence_record::{ArchiveTimeStamp, ArchiveTimeStampChain, EvidenceRecord, imprint_algorithm};
use super::hash_tree;
use super::write::{sequence_of, with_sequence};
use crate::cms::{ContentDigest, note_standing};
use crate::crypto::{AlgorithmPolicy, Digest, DigestAlgorithm, KnownSignatures};
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::{CertificateSource, ValidatedPath};
use crate::text::{hex, time};
use crate::time::token::{GenuineToken, TokenCheck, check_token, note_unreadable};

/// A data object by its digests. Where it is not certain which octets it is, one form of it has to fit throughout the
/// record.
pub(crate) struct DataObject<'a> {
    pub(crate) forms: Vec<ContentDigest<'a>>,
}

/// Trust in a genuine token that is known to have existed at a time; notes what stands against it.
pub(crate) type Trust<'a> =
    &'a dyn Fn(&TimeStampToken, &GenuineToken, DateTime<Utc>, &mut Notes<'_, '_>) -> Option<Arc<ValidatedPath>>;

/// What a record is checked against.
pub(crate) struct RecordCheck<'a> {
    pub(crate) record: &'a EvidenceRecord<'a>,
    /// Of all its ArchiveTimeStamps, in their order: [`EvidenceRecord::tokens`].
    pub(crate) tokens: &'a [Result<TimeStampToken, TokenError>],
    pub(crate) objects: &'a [DataObject<'a>],
    pub(crate) certificates: CertificateSource<'a>,
    /// A token covers many objects: signatures that were found good with others.
    pub(crate) shared: &'a KnownSignatures,
    pub(crate) algorithms: &'a AlgorithmPolicy,
    pub(crate) now: DateTime<Utc>,
    pub(crate) trust: Trust<'a>,
    /// What findings about the whole are under.
    pub(crate) subject: Subject,
    /// What findings about the n-th ArchiveTimeStamp, counted from 0, are under.
    pub(crate) subject_of: &'a dyn Fn(usize) -> Subject,
}

/// What was found about one ArchiveTimeStamp.
#[derive(Default)]
pub(crate) struct Stamp {
    pub(crate) genuine: Option<GenuineToken>,
    /// There when nothing stands against it.
    pub(crate) path: Option<Arc<ValidatedPath>>,
}

/// What was found about a record.
pub(crate) struct RecordVerdict {
    pub(crate) stamps: Vec<Stamp>,
    /// The time of the first token, when nothing stands against the record: one flaw, and it proves nothing.
    pub(crate) proven_at: Option<DateTime<Utc>>,
}

impl EvidenceRecord<'_> {
    /// The tokens of all ArchiveTimeStamps.
    pub(crate) fn tokens(&self) -> Vec<Result<TimeStampToken, TokenError>> {
        self.archive_time_stamps()
            .map(|one| TimeStampToken::from_bytes(one.received.unwrap_or(one.time_stamp)))
            .collect()
    }
}

pub(crate) fn check_record(check: &RecordCheck<'_>, ledger: &mut Ledger<'_>) -> RecordVerdict {
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
    let (stamps, holds) = check_stamps(check, &links, ledger);
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

/// Whether a record starts with an object: whether it is about it, valid or not.
pub(crate) fn starts_with(
    record: &EvidenceRecord<'_>,
    tokens: &[Result<TimeStampToken, TokenError>],
    object: &DataObject<'_>,
) -> bool {
    let token = tokens.first().and_then(|token| token.as_ref().ok());
    let Some(first) = record.archive_time_stamps().next() else { return false };
    let Some(algorithm) = first.stated_algorithm().unwrap_or_default().or(token.and_then(imprint_algorithm)) else {
        return false;
    };
    let starts = Starts::of(first, token);
    object.forms.iter().filter_map(|form| form(algorithm)).any(|digest| starts.hold(&digest))
}

/// How one ArchiveTimeStamp is tied to what it covers.
struct Link {
    algorithm: Option<DigestAlgorithm>,
    /// What the token must be about: the root, or what stands in its place.
    imprint: Option<Digest>,
    is_last_of_chain: bool,
    holds: bool,
}

/// The forms that each object may have; from the first chain on the one that fitted there, or, where none did, the
/// first one.
type Fitting<'a> = Vec<Vec<ContentDigest<'a>>>;

fn check_links(check: &RecordCheck<'_>, ledger: &mut Ledger<'_>) -> Vec<Link> {
    let mut fitting: Fitting<'_> = check.objects.iter().map(|object| object.forms.clone()).collect();
    let mut links: Vec<Link> = Vec::new();
    let mut before: Option<(Option<&TimeStampToken>, &ArchiveTimeStamp<'_>)> = None;
    let mut tokens = check.tokens.iter();
    for (number, chain) in check.record.chains.iter().enumerate() {
        let mut of_chain = None;
        for (position, one) in chain.archive_time_stamps.iter().enumerate() {
            let token = tokens.next().and_then(|token| token.as_ref().ok());
            let mut notes = Notes::new(ledger, (check.subject_of)(links.len()));
            let algorithm = check_algorithm(check.record, one, token, of_chain, &mut notes);
            of_chain = of_chain.or(algorithm);
            let starts = Starts::of(one, token);
            let covered = match (algorithm, position, before) {
                (None, ..) => None,
                (Some(algorithm), 0, _) => {
                    let older = check.record.chains.get(..number).unwrap_or_default();
                    check_objects(&starts, algorithm, older, &mut fitting, &mut notes)
                }
                (Some(algorithm), _, before) => {
                    before.and_then(|(_, before)| check_renewed(&starts, algorithm, before, &mut notes))
                }
            };
            let imprint = match (&one.reduced_hash_tree, algorithm) {
                (Some(lists), Some(algorithm)) => check_tree(lists, algorithm, token, &mut notes),
                _ => covered,
            };
            if let (Some((Some(before), _)), Some(token)) = (before, token) {
                check_order(before, token, &mut notes);
            }
            let is_last_of_chain = position + 1 == chain.archive_time_stamps.len();
            links.push(Link { algorithm, imprint, is_last_of_chain, holds: notes.is_sound() });
            before = Some((token, one));
        }
    }
    links
}

/// The hash algorithm of an ArchiveTimeStamp. It is also that of its token's imprint and of the chain (RFC 4998 §4.1,
/// §5.1).
fn check_algorithm(
    record: &EvidenceRecord<'_>,
    one: &ArchiveTimeStamp<'_>,
    token: Option<&TimeStampToken>,
    of_chain: Option<DigestAlgorithm>,
    notes: &mut Notes<'_, '_>,
) -> Option<DigestAlgorithm> {
    let of_token = token.and_then(imprint_algorithm);
    let algorithm = match one.stated_algorithm() {
        Ok(stated) => stated.or(of_token)?,
        Err(stated) => {
            notes.note_with(Code::DigestAlgorithmNotOffered, || Details::stated(stated));
            return None;
        }
    };
    if let Some(other) = [of_token, of_chain].into_iter().flatten().find(|other| *other != algorithm) {
        notes.note_with(Code::RecordAlgorithmDiffers, || Details::both(algorithm, other));
    }
    if !record.digest_algorithms.iter().any(|listed| listed.oid == algorithm.oid()) {
        notes.note_with(Code::RecordAlgorithmNotListed, || Details::stated(algorithm));
    }
    Some(algorithm)
}

/// The hashes with which an ArchiveTimeStamp starts: its first partial hash tree; without one, the imprint of its
/// token.
struct Starts<'a>(HashSet<&'a [u8]>);

impl<'a> Starts<'a> {
    fn of(one: &'a ArchiveTimeStamp<'_>, token: Option<&'a TimeStampToken>) -> Self {
        Self(match &one.reduced_hash_tree {
            Some(lists) => lists.iter().take(1).flatten().copied().collect(),
            None => token.into_iter().map(|token| token.tst_info().message_imprint.digest.as_slice()).collect(),
        })
    }

    fn hold(&self, digest: &Digest) -> bool {
        self.0.contains(digest.as_bytes())
    }
}

/// The first ArchiveTimeStamp of a chain starts with the hash of each object, in later chains together with the older
/// ones. Returns what would be stamped without a tree.
fn check_objects<'a>(
    starts: &Starts<'_>,
    algorithm: DigestAlgorithm,
    older: &[ArchiveTimeStampChain<'_>],
    fitting: &mut Fitting<'a>,
    notes: &mut Notes<'_, '_>,
) -> Option<Digest> {
    let sequences = sequences(older, algorithm);
    let (mut first, mut covered) = (None, HashSet::new());
    let is_one_of = fitting.len() > 1;
    for (index, forms) in fitting.iter_mut().enumerate() {
        let shown = |leaf: Digest| if is_one_of { format!("object {}: {leaf}", index + 1) } else { leaf.to_string() };
        let (mut computed, mut fits) = (None, None);
        for (number, form) in forms.iter().enumerate() {
            let Some(digest) = form(algorithm) else { continue };
            let leaves = sequences.iter().map(|sequence| match sequence {
                Some(sequence) => with_sequence(&digest, sequence),
                None => digest,
            });
            let leaves: Vec<Digest> = leaves.collect();
            computed = computed.or_else(|| leaves.first().copied());
            if let Some(found) = leaves.into_iter().find(|leaf| starts.hold(leaf)) {
                fits = Some(found);
                // The one that it is from here on. The others are not even computed: each takes the whole file.
                forms.swap(0, number);
                break;
            }
        }
        forms.truncate(1);
        first = first.or(fits).or(computed);
        match (fits, computed) {
            (Some(leaf), _) => {
                covered.insert(leaf);
                notes.note_with(Code::RecordObjectCovered, || Details::computed(shown(leaf)));
            }
            (None, None) => notes.note_with(Code::RecordObjectsMissing, || Details::stated(algorithm)),
            (None, Some(leaf)) if older.is_empty() => {
                notes.note_with(Code::RecordObjectNotCovered, || Details::computed(shown(leaf)));
            }
            (None, Some(leaf)) => notes.note_with(Code::RecordSequenceNotCovered, || Details::computed(shown(leaf))),
        }
    }
    let others = starts.0.len().saturating_sub(covered.len());
    if older.is_empty() && others > 0 && !covered.is_empty() {
        notes.note_with(Code::RecordOtherHashes, || Details::computed(others));
    }
    first
}

/// Digests of the sequence of older chains: with definite lengths, and as received where that was BER. For the first
/// chain there is none.
fn sequences(older: &[ArchiveTimeStampChain<'_>], algorithm: DigestAlgorithm) -> Vec<Option<Digest>> {
    if older.is_empty() {
        return vec![None];
    }
    let mut digests = vec![Some(algorithm.digest(&sequence_of(older.iter().map(|chain| chain.raw))))];
    if older.iter().any(|chain| chain.received.is_some()) {
        let received = older.iter().map(|chain| chain.received.unwrap_or(chain.raw));
        digests.push(Some(algorithm.digest(&sequence_of(received))));
    }
    digests
}

/// A later ArchiveTimeStamp of a chain starts with the hash of the timeStamp field before it.
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

/// The root, which is the token's imprint.
fn check_tree(
    lists: &[Vec<&[u8]>],
    algorithm: DigestAlgorithm,
    token: Option<&TimeStampToken>,
    notes: &mut Notes<'_, '_>,
) -> Option<Digest> {
    let Some(root) = hash_tree::root(algorithm, lists.iter().map(Vec::as_slice)) else {
        notes.note_with(Code::RecordTreeDiffers, || Details::stated(format!("a hash that is not one of {algorithm}")));
        return None;
    };
    if let Some(token) = token {
        let imprint = &token.tst_info().message_imprint.digest;
        if imprint != root.as_bytes() {
            notes.note_with(Code::RecordTreeDiffers, || Details::both(hex(imprint), root));
        }
    }
    Some(root)
}

/// No tolerance: who renews has the token before at hand, and a time to compare with.
fn check_order(before: &TimeStampToken, token: &TimeStampToken, notes: &mut Notes<'_, '_>) {
    let (earlier, later) = (before.tst_info().gen_time, token.tst_info().gen_time);
    if later < earlier {
        notes.note_with(Code::RecordOutOfOrder, || Details::both(time(later), time(earlier)));
    }
}

/// The tokens, from the newest to the oldest. Returns them from the oldest on, and whether all hold.
fn check_stamps(check: &RecordCheck<'_>, links: &[Link], ledger: &mut Ledger<'_>) -> (Vec<Stamp>, bool) {
    let mut stamps = Vec::new();
    let mut all_hold = true;
    // When what is looked at next is known to have existed, and when its chain was still what objects relied on.
    let (mut existed, mut chain_renewed) = (check.now, check.now);
    let mut renewed: Option<DateTime<Utc>> = None;
    for (index, (token, link)) in check.tokens.iter().zip(links).enumerate().rev() {
        let mut notes = Notes::new(ledger, (check.subject_of)(index));
        if link.is_last_of_chain {
            chain_renewed = existed;
        }
        let stamp = match token {
            Ok(token) => check_stamp(check, token, link, existed, chain_renewed, renewed, &mut notes),
            Err(error) => {
                note_unreadable(error, &mut notes);
                Stamp::default()
            }
        };
        let holds = link.holds && notes.is_sound() && stamp.path.is_some();
        let gen_time = token.as_ref().ok().map(|token| token.tst_info().gen_time);
        if let Some(gen_time) = gen_time.filter(|_| holds) {
            existed = gen_time;
        }
        renewed = gen_time.or(renewed);
        all_hold &= holds;
        stamps.push(Stamp { path: stamp.path.filter(|_| holds), ..stamp });
    }
    stamps.reverse();
    (stamps, all_hold)
}

fn check_stamp(
    check: &RecordCheck<'_>,
    token: &TimeStampToken,
    link: &Link,
    existed: DateTime<Utc>,
    chain_renewed: DateTime<Utc>,
    renewed: Option<DateTime<Utc>>,
    notes: &mut Notes<'_, '_>,
) -> Stamp {
    let imprint = |algorithm| link.imprint.filter(|digest| digest.algorithm() == algorithm);
    let token_check = TokenCheck { imprint: &imprint, certificates: check.certificates, shared: Some(check.shared) };
    let genuine = check_token(token, &token_check, notes);
    let Some(genuine) = genuine else { return Stamp::default() };
    let path = (check.trust)(token, &genuine, existed, notes);
    // A renewed timestamp does not renew the hashes: they have to be good until the next chain is there (RFC 4998 §5.3,
    // step 2). Of the last token of the chain that was judged with its imprint.
    if let Some(algorithm) = link.algorithm.filter(|_| !link.is_last_of_chain) {
        note_standing(check.algorithms.digest(algorithm, chain_renewed), notes);
    }
    let expiry = genuine.signer.certificate.not_after();
    if let Some(renewed) = renewed.filter(|renewed| *renewed > expiry) {
        notes.note_with(Code::RecordRenewedAfterExpiry, || Details::both(time(renewed), time(expiry)));
    }
    Stamp { genuine: Some(genuine), path }
}
