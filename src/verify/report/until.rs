//! The end of a verdict that is not renewed, and what has to be renewed before it.

use core::fmt;
use std::cmp::{Ordering, Reverse};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::crypto::{AlgorithmEnd, Fingerprint, Mechanism};
use crate::finding::{Code, Finding, Subject};
use crate::pki::revocation::RevocationStatus;
use crate::pki::{Certificate, ValidatedPath};
use crate::text::read_from_object;
use crate::time::record::limits::MAX_ARCHIVE_TIME_STAMPS;
use crate::time::token::GenuineToken;
use crate::verify::answer::Answer;
use crate::verify::examined::{Examined, ExaminedRecord, ExaminedTimestamp, TimestampKind};
use crate::verify::limits::FEW_TIMESTAMPS_LEFT;
use crate::verify::order::Order;
use crate::verify::policy::Policy;
use crate::verify::rules::{PastValidation, RevocationRule, RevocationSignerValidity, TimestampValidity, TsaFreshness};

/// The end of a verdict, its cause, and the renewal that has to come before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// The time until which the verdict holds.
    pub time: DateTime<Utc>,
    /// The thing that ends then, for people: a certificate, an algorithm or a key size.
    pub because: String,
    /// The renewal that is needed before.
    pub renewal: RenewalKind,
    /// True if it is time to renew: the end is less than 90 days away, or less than 365 days where every object has to be
    /// read again.
    pub renew_now: bool,
    /// The number of timestamps that can still be added to the file or the record, where that is no more than
    /// [`FEW_TIMESTAMPS_LEFT`]. With none left, a file is renewed by an evidence record beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamps_left: Option<usize>,
}

read_from_object! {
    Deadline {
        time,
        because,
        #[serde(default)] renewal,
        #[serde(default)] renew_now,
        #[serde(default)] timestamps_left,
    }
}

/// The earlier of two ends, of which each may be missing.
pub(crate) fn earlier(first: Option<Deadline>, second: Option<Deadline>) -> Option<Deadline> {
    first.into_iter().chain(second).min_by_key(|end| end.time)
}

/// The latest of these ends, where one of the things that end is enough; one without an end has none.
pub(crate) fn latest(ends: Vec<Option<Deadline>>) -> Option<Deadline> {
    let ends: Option<Vec<Deadline>> = ends.into_iter().collect();
    ends?.into_iter().max_by_key(|end| end.time)
}

/// The kind of a renewal says what it consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RenewalKind {
    /// A new timestamp over the one that ends: an archive timestamp, or a timestamp renewal of an evidence record.
    #[default]
    Timestamp,
    /// A new timestamp under another digest algorithm, for which the objects themselves are read again: a hash-tree
    /// renewal.
    HashTree,
    /// An evidence record beside the file, in which no timestamp has room any more
    /// ([`MAX_TIMESTAMPS`](crate::verify::limits::MAX_TIMESTAMPS)). A [`Group`](crate::preserve::Group) makes it, also for
    /// one file, and from then on the record is renewed.
    EvidenceRecord,
}

impl Deadline {
    /// Says that this is the end of a second seal.
    pub(crate) fn of_second_seal(self) -> Self {
        Self { because: format!("of the second seal, {}", self.because), ..self }
    }

    /// Says that this is the end of the seal of a checkpoint.
    pub(crate) fn of_checkpoint_seal(self) -> Self {
        Self { because: format!("of the seal of the checkpoint of the log, {}", self.because), ..self }
    }

    /// Returns a sentence for people on what to do about the end.
    pub fn advice(&self) -> &'static str {
        match (self.renew_now, self.renewal) {
            (true, RenewalKind::Timestamp) => "renew it now, with a new timestamp over the one that ends",
            (true, RenewalKind::HashTree) => "renew it now, with a timestamp under another digest algorithm",
            (true, RenewalKind::EvidenceRecord) => "renew it now, with an evidence record beside it: the file is full",
            (false, RenewalKind::Timestamp) => "renew before it, with a new timestamp over the one that ends",
            (false, RenewalKind::HashTree) => "renew before it, with a timestamp under another digest algorithm",
            (false, RenewalKind::EvidenceRecord) => {
                "renew before it, with an evidence record beside it: the file is full"
            }
        }
    }

    /// Says how many timestamps have room in the file, where they are few. Where there is none, the renewal is of another
    /// kind, and is begun earlier.
    fn with_room(self, room: Room, now: DateTime<Utc>) -> Self {
        let Room { timestamps, is_in_file } = room;
        let timestamps_left = (timestamps <= FEW_TIMESTAMPS_LEFT).then_some(timestamps);
        let renewal = if timestamps == 0 && is_in_file { RenewalKind::EvidenceRecord } else { self.renewal };
        let renew_now = self.time.signed_duration_since(now) <= renewal.lead();
        Self { timestamps_left, renewal, renew_now, ..self }
    }
}

impl RenewalKind {
    /// The time that such a renewal is to begin before the end: 90 days, or 365 where every object has to be read again or
    /// the way of renewing changes.
    pub fn lead(self) -> TimeDelta {
        match self {
            Self::Timestamp => TimeDelta::days(90),
            Self::HashTree | Self::EvidenceRecord => TimeDelta::days(365),
        }
    }
}

/// One end, before it is told how far away it is. Of several at one time the first is one that takes a new hash tree,
/// which renews the others too.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct End<'a> {
    time: DateTime<Utc>,
    renewal: Reverse<RenewalKind>,
    because: Because<'a>,
}

/// The cause of an end. Of many ends one is put into words.
enum Because<'a> {
    Algorithm { what: Mechanism, place: &'static str },
    Validity { of: &'a Certificate, why: &'static str },
    Freshness { of: &'a Certificate },
}

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm { what, place } => write!(f, "{what}{place}"),
            Self::Validity { of, why } => write!(f, "the end of the validity of {}{why}", of.shown_subject()),
            Self::Freshness { of } => {
                write!(f, "the end of the freshness of the revocation data about {}", of.shown_subject())
            }
        }
    }
}

/// The words decide, whatever the causes were made of.
impl Ord for Because<'_> {
    fn cmp(&self, because: &Self) -> Ordering {
        let is_same = match (self, because) {
            (Self::Algorithm { what, place }, Self::Algorithm { what: of_other, place: in_other }) => {
                (what, place) == (of_other, in_other)
            }
            (Self::Validity { of, why }, Self::Validity { of: of_other, why: why_other }) => {
                (of, why) == (of_other, why_other)
            }
            (Self::Freshness { of }, Self::Freshness { of: of_other }) => of == of_other,
            (Self::Algorithm { .. } | Self::Validity { .. } | Self::Freshness { .. }, _) => false,
        };
        // Most ends at one time are those of one algorithm, and words take memory.
        if is_same { Ordering::Equal } else { self.to_string().cmp(&because.to_string()) }
    }
}

impl PartialOrd for Because<'_> {
    fn partial_cmp(&self, because: &Self) -> Option<Ordering> {
        Some(self.cmp(because))
    }
}

impl PartialEq for Because<'_> {
    fn eq(&self, because: &Self) -> bool {
        self.cmp(because) == Ordering::Equal
    }
}

impl Eq for Because<'_> {}

impl End<'_> {
    fn of_algorithm(end: AlgorithmEnd, place: &'static str, renewal: RenewalKind) -> Self {
        Self {
            time: end.date.and_time(NaiveTime::MIN).and_utc(),
            renewal: Reverse(renewal),
            because: Because::Algorithm { what: end.mechanism, place },
        }
    }

    fn into_deadline(self, now: DateTime<Utc>) -> Deadline {
        let Self { time, renewal: Reverse(renewal), because } = self;
        let renew_now = time.signed_duration_since(now) <= renewal.lead();
        Deadline { time, because: because.to_string(), renewal, renew_now, timestamps_left: None }
    }
}

/// A verdict that rests on no timestamp holds until the first certificate of the path ends, or the first algorithm.
pub(crate) fn holds_until(examined: &Examined, policy: &Policy, now: DateTime<Utc>) -> Option<Deadline> {
    let path = examined.path.as_ref()?;
    let algorithms = &policy.algorithms;
    let of_signer = examined.signer.as_ref().and_then(|signer| signer.past_from(algorithms));
    let dates = of_signer.into_iter().chain(path.past_from(algorithms));
    let dates = dates.map(|end| End::of_algorithm(end, "", RenewalKind::Timestamp));
    // The first second after a certificate's validity.
    let ends = validity(path, ", since no timestamp is there")
        .map(|end| End { time: end.time + TimeDelta::seconds(1), ..end });
    let signers = signer_ends_of_seal(examined, policy, now);
    // What is past already and yet passed is what the policy lets pass.
    dates.chain(ends).chain(signers).filter(|end| end.time > now).min().map(|end| end.into_deadline(now))
}

/// A verdict that rests on timestamps holds as long as one of the outermost ones does, on which the others rest.
///
/// What is covered by none of them ends on its own: the signatures on the certificates of issuers, the validity of those of
/// covered timestamps, and the revocation data that the policy demands.
pub(crate) fn verifiable_until(
    examined: &Examined,
    policy: &Policy,
    findings: &[Finding],
    now: DateTime<Utc>,
) -> Option<Deadline> {
    let proving = proving(examined);
    let outermost = || proving.iter().copied().filter(|timestamp| !timestamp.is_covered);
    let end = |timestamp| end_of(timestamp, policy);
    let holding = outermost().filter(|timestamp| keeps_verdict(timestamp, &proving, examined, policy, findings));
    // One timestamp without an end is enough.
    let latest = holding.filter_map(end).reduce(|latest, end| latest.zip(end).map(|(latest, end)| latest.max(end)));
    // Where none is known to keep the verdict by itself, it holds as long as all of them do.
    let latest = latest.unwrap_or_else(|| outermost().filter_map(end).flatten().min());
    let uncovered = examined
        .seal_past_from
        .clone()
        .map(|end| End::of_algorithm(end, " beside the signature, which no timestamp covers", RenewalKind::Timestamp));
    let of_payload = examined.payload_past_from.clone().map(|end| {
        End::of_algorithm(end, ", by which the letter is compared with the statement", RenewalKind::HashTree)
    });
    // What is past already and yet passed is what the policy lets pass.
    let covered = proving.iter().copied().filter(|timestamp| timestamp.is_covered);
    let under_covered = covered.flat_map(|timestamp| uncovered_ends(timestamp, policy));
    let beside = uncovered.into_iter().chain(of_payload).chain(under_covered);
    let beside = beside.chain(signer_ends_of_seal(examined, policy, now));
    let freshness = proving.iter().copied().flat_map(|timestamp| freshness_ends(timestamp, policy));
    let beside = beside.chain(past_ends(examined, &proving, policy)).chain(freshness).filter(|end| end.time > now);
    let end = latest.into_iter().chain(beside).min()?;
    Some(end.into_deadline(now).with_room(Room::of(examined), now))
}

/// The room for further timestamps.
struct Room {
    timestamps: usize,
    /// Whether an evidence record beside the file can take the place of the next one.
    is_in_file: bool,
}

impl Room {
    /// Counts the timestamps that can still be added and are looked at: to the evidence record that holds, which is what is
    /// renewed, or else to the file.
    fn of(examined: &Examined) -> Self {
        let holding = examined.records.iter().filter(|record| record.proven_at.is_some());
        let of_record = |record: &ExaminedRecord| Self {
            timestamps: MAX_ARCHIVE_TIME_STAMPS.saturating_sub(record.timestamps.len()),
            is_in_file: !record.is_beside && record.subject != Subject::Record,
        };
        holding.map(of_record).max_by_key(|room| room.timestamps).unwrap_or_else(|| {
            let in_file =
                examined.timestamps.iter().filter(|timestamp| timestamp.kind != TimestampKind::EvidenceRecord);
            Self { timestamps: examined.max_timestamps.saturating_sub(in_file.count()), is_in_file: true }
        })
    }
}

/// The timestamps that can prove the time of the signature: neither those of its content, nor those of an older form, nor
/// those of an evidence record that does not hold, however valid each of its tokens is.
fn proving(examined: &Examined) -> Vec<&ExaminedTimestamp> {
    let failed = examined.records.iter().filter(|record| record.proven_at.is_none());
    let of_failed: Vec<usize> = failed.flat_map(|record| record.timestamps.iter().copied()).collect();
    let numbered = (1..).zip(&examined.timestamps);
    let proving = numbered.filter(|(number, timestamp)| match timestamp.kind {
        TimestampKind::Content | TimestampKind::NotEvaluated => false,
        TimestampKind::Signature | TimestampKind::ArchiveV3 | TimestampKind::Token => true,
        TimestampKind::EvidenceRecord => !of_failed.contains(number),
    });
    proving.map(|(_, timestamp)| timestamp).collect()
}

/// Whether the verdict stands on this timestamp when the others have ended: the time that it proves, by itself or by what
/// it covers, is one that the checks would let pass.
fn keeps_verdict(
    timestamp: &ExaminedTimestamp,
    proving: &[&ExaminedTimestamp],
    examined: &Examined,
    policy: &Policy,
    findings: &[Finding],
) -> bool {
    let (Some(gen_time), Some(proven_at)) = (time(timestamp), examined.proven_at) else { return false };
    let covers = matches!(timestamp.kind, TimestampKind::ArchiveV3 | TimestampKind::EvidenceRecord);
    let covered = proving.iter().copied().filter(|timestamp| covers && timestamp.is_covered);
    let earliest = covered.filter_map(time).chain([gen_time]).min();
    let Some(earliest) = earliest.filter(|earliest| *earliest != proven_at) else { return true };
    let in_time = examined.signing_time.is_none_or(|signing_time| {
        let order = Order::of(signing_time, earliest, policy.clock_skew(), policy.maximum_timestamp_delay());
        !matches!(order, Order::LongBefore)
    });
    let is_past = |end: AlgorithmEnd| end.date <= earliest.date_naive();
    let of_signer = examined.signer.as_ref().and_then(|signer| signer.past_from(&policy.algorithms));
    let was_revoked = findings.iter().any(|finding| {
        let revoked = matches!(
            finding.code,
            Code::RevokedLater | Code::RevokedLaterForCompromise | Code::RevokedLaterInvalidBefore
        );
        revoked && finding.subject == Subject::SealChain
    });
    let path_holds = examined.path.as_ref().is_none_or(|path| path.holds_at(earliest));
    in_time && path_holds && !was_revoked && !of_signer.is_some_and(is_past)
}

/// The time that a valid timestamp attests.
fn time(timestamp: &ExaminedTimestamp) -> Option<DateTime<Utc>> {
    timestamp.path.as_ref().and(timestamp.genuine.as_ref()).map(|genuine| genuine.gen_time)
}

/// The first end of anything that a valid timestamp rests on; the inner `None` where the policy sets none.
fn end_of<'e>(timestamp: &'e ExaminedTimestamp, policy: &Policy) -> Option<Option<End<'e>>> {
    let path = timestamp.path.as_ref()?;
    Some(timestamp.genuine.as_ref().and_then(|genuine| first_end(timestamp, genuine, path, policy)))
}

fn first_end<'e>(
    timestamp: &'e ExaminedTimestamp,
    genuine: &GenuineToken,
    path: &'e ValidatedPath,
    policy: &Policy,
) -> Option<End<'e>> {
    let algorithms = &policy.algorithms;
    let digests = [Some(genuine.imprint), timestamp.index];
    let digests = digests.into_iter().flatten().filter_map(|digest| algorithms.digest_past_from(digest));
    let digests = digests.map(|end| End::of_algorithm(end, " in the timestamp", RenewalKind::HashTree));
    let signatures = genuine.signer.past_from(algorithms).into_iter().chain(path.past_from(algorithms));
    let signatures = signatures.map(|end| End::of_algorithm(end, " in the timestamp", RenewalKind::Timestamp));
    let answers = timestamp.answers.iter().filter_map(|answer| answer.past_from(algorithms));
    let answers = answers
        .map(|end| End::of_algorithm(end, " in the revocation data about the timestamp", RenewalKind::Timestamp));
    let ends = validity(path, "").filter(|_| counts_validity(policy));
    let signers = timestamp.answers.iter().filter_map(|answer| signer_end(answer, path, policy, OF_TIMESTAMP));
    digests.chain(signatures).chain(answers).chain(ends).chain(signers).min()
}

/// The ends after which past validation decides, where the policy has it by the control time: of the signing certificate's
/// path, and of the paths of covered timestamps. What it will come to then depends on the data that is there then.
fn past_ends<'e>(
    examined: &'e Examined,
    proving: &[&'e ExaminedTimestamp],
    policy: &Policy,
) -> impl Iterator<Item = End<'e>> {
    const WHY: &str = ", after which past validation needs newer revocation data";
    let is_asked = match policy.past_validation {
        PastValidation::AtProvenTime => false,
        PastValidation::ByControlTime => true,
    };
    let covered = proving.iter().copied().filter(|timestamp| timestamp.is_covered && counts_validity(policy));
    let paths = covered.filter_map(|timestamp| timestamp.path.as_deref()).chain(examined.path.as_deref());
    let paths: Vec<_> = paths.filter(|_| is_asked).collect();
    paths.into_iter().flat_map(|path| validity(path, WHY))
}

/// The ends of the freshness of the revocation data about a timestamp, where the policy demands data that is fresh now.
fn freshness_ends<'e>(timestamp: &'e ExaminedTimestamp, policy: &Policy) -> impl Iterator<Item = End<'e>> {
    let tolerance = TimeDelta::seconds(i64::from(policy.revocation_freshness));
    let is_asked = match policy.tsa_freshness {
        TsaFreshness::AtGenTime => false,
        TsaFreshness::AtValidation => policy.revocation == RevocationRule::Required,
    };
    timestamp.answers.iter().filter(move |_| is_asked).filter_map(move |answer| {
        Some(End {
            time: answer.status.next_update?.checked_add_signed(tolerance)?,
            renewal: Reverse(RenewalKind::Timestamp),
            because: Because::Freshness { of: &answer.status.certificate },
        })
    })
}

const OF_TIMESTAMP: &str = ", which signed the revocation data about the timestamp";

/// The ends of the certificates that signed the revocation data about the signing certificate's path, as long as nothing
/// covers the data.
fn signer_ends_of_seal<'e>(
    examined: &'e Examined,
    policy: &'e Policy,
    now: DateTime<Utc>,
) -> impl Iterator<Item = End<'e>> {
    let is_covered = move |fingerprint| examined.sources.get(fingerprint).is_some_and(|source| source.since < now);
    let answers = examined.answers.iter().filter(move |answer| !answer.fingerprint().is_some_and(is_covered));
    let path = examined.path.as_deref().into_iter();
    path.flat_map(move |path| {
        let why = ", which signed the revocation data beside the signature";
        answers.clone().filter_map(move |answer| signer_end(answer, path, policy, why))
    })
}

/// The end of the certificate that signed data which speaks for a certificate, where the policy asks for it. Anchors have
/// none.
fn signer_end<'e>(answer: &'e Answer, path: &ValidatedPath, policy: &Policy, why: &'static str) -> Option<End<'e>> {
    let signer = answer.status.signer.as_ref().filter(|signer| path.anchor() != Some(*signer))?;
    let counts = match policy.revocation_signer {
        RevocationSignerValidity::WhenSigned => false,
        RevocationSignerValidity::AtValidation => answer.status.status == RevocationStatus::Good,
    };
    let because = Because::Validity { of: signer, why };
    counts.then_some(End { time: signer.not_after(), renewal: Reverse(RenewalKind::Timestamp), because })
}

fn counts_validity(policy: &Policy) -> bool {
    match policy.timestamp_validity {
        TimestampValidity::AtValidation => true,
        TimestampValidity::AtGenTime => false,
    }
}

/// The ends of what a covered timestamp rests on and nothing covers: the certificates of issuers, and the revocation data
/// that the policy demands.
fn uncovered_ends<'e>(timestamp: &'e ExaminedTimestamp, policy: &'e Policy) -> impl Iterator<Item = End<'e>> {
    const PLACE: &str = " under a covered timestamp, which nothing covers";
    let algorithms = &policy.algorithms;
    let is_uncovered = |fingerprint: &Fingerprint| timestamp.uncovered.contains(fingerprint);
    let path = timestamp.path.as_deref().into_iter();
    let issued = path.clone().flat_map(ValidatedPath::issued);
    let signatures =
        issued.filter(move |(issued, _)| is_uncovered(&issued.identity())).filter_map(|(issued, issuer)| {
            algorithms.signature_past_from(&issued.read_signature_algorithm().ok()?, issuer.public_key())
        });
    let is_demanded = policy.revocation == RevocationRule::Required;
    let answers_uncovered = timestamp.answers.iter().filter(move |answer| {
        answer.fingerprint().is_some_and(|fingerprint| is_uncovered(&Fingerprint::from(fingerprint)))
    });
    let answers = answers_uncovered.clone().filter(move |_| is_demanded);
    let dates = signatures.chain(answers.filter_map(|answer| answer.past_from(algorithms)));
    let dates = dates.map(|end| End::of_algorithm(end, PLACE, RenewalKind::Timestamp));
    let ends = path.flat_map(|path| validity(path, PLACE)).filter(move |end| match end.because {
        Because::Validity { of, .. } => counts_validity(policy) && is_uncovered(&of.identity()),
        Because::Algorithm { .. } | Because::Freshness { .. } => false,
    });
    let signers = answers_uncovered
        .flat_map(|answer| timestamp.path.as_deref().and_then(|path| signer_end(answer, path, policy, OF_TIMESTAMP)));
    dates.chain(ends).chain(signers)
}

/// The end of each certificate below the anchor.
fn validity<'p>(path: &'p ValidatedPath, why: &'static str) -> impl Iterator<Item = End<'p>> {
    path.below_anchor().map(move |certificate| End {
        time: certificate.not_after(),
        renewal: Reverse(RenewalKind::Timestamp),
        because: Because::Validity { of: certificate, why },
    })
}
