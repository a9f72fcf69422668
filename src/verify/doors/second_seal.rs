//! The second seals that lie beside a proof, and what the policy makes of them.

use chrono::{DateTime, Utc};

use crate::crypto::DigestAlgorithm;
use crate::evidence::{AnnouncedSeal, Issuer, Statement};
use crate::finding::{Code, Details, Finding, Ledger, Outcome, SubIndication, Subject};
use crate::seal::{Artifact, INTERNAL, Proof, SecondSeal};
use crate::text::with_sources;
use crate::verify::checks::issuer::check_issuer;
use crate::verify::examine::examine;
use crate::verify::examined::Examined;
use crate::verify::file::{File, FileSource};
use crate::verify::limits::MAX_SECOND_SEALS;
use crate::verify::policy::SecondSealRule;
use crate::verify::profile::Profile;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::settings::Settings;
use crate::verify::signature::{RecordsTold, Signature};

/// Compares what a proof announces with the second seals that were `given` beside it, and judges each of those. Returns
/// their reports, where a report is made.
///
/// Nothing here improves the verdict on the first seal. By default it only warns; a policy may demand a second seal that
/// holds (ETSI TS 119 312 V2.1.1, clause 6.4.1: both signatures of a hybrid count).
pub(super) fn check_second_seals<S: Statement>(
    proof: &Proof<S>,
    given: &[Vec<u8>],
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Vec<Report> {
    let rule = settings.policy.second_seal;
    if rule == SecondSealRule::Ignore {
        return Vec::new();
    }
    let (holds, causes, reports) = match proof.stated().announced_seal() {
        None if given.is_empty() => (false, Vec::new(), Vec::new()),
        // Whoever exchanges a second seal onto a proof without one must not make it look stronger.
        None => {
            ledger.note_with(Subject::SecondSeal, Code::SecondSealNotAnnounced, || Details::computed(given.len()));
            (false, vec![cause_of(Code::SecondSealNotAnnounced)], Vec::new())
        }
        Some(_) if given.is_empty() => {
            ledger.note(Subject::SecondSeal, Code::SecondSealMissing);
            (false, vec![cause_of(Code::SecondSealMissing)], Vec::new())
        }
        Some(announced) => judge_given(&FirstSeal::of(proof, announced), given, settings, now, ledger),
    };
    if rule == SecondSealRule::Required && !holds {
        note_demanded(&causes, ledger);
    }
    reports
}

/// A cause is a fault with what it leads to.
type Cause = (Code, Option<SubIndication>);

fn cause_of(code: Code) -> Cause {
    (code, code.sub_indication())
}

/// Notes that no second seal meets the demand of the policy, with the faults of those that were given.
fn note_demanded(causes: &[Cause], ledger: &mut Ledger<'_>) {
    ledger.note_with(Subject::SecondSeal, Code::SecondSealDemanded, || {
        let reason = causes.first().and_then(|(_, reason)| *reason);
        let codes: Vec<&str> = causes.iter().map(|(code, _)| code.as_str()).collect();
        match codes.is_empty() {
            true => Details::computed("none is announced"),
            false => Details::computed(codes.join(", ")).leading_to(reason),
        }
    });
}

/// Second seals are compared with this.
struct FirstSeal<'a> {
    /// The octets that they are over; nothing is over the octets of what cannot be read.
    bare: Option<Vec<u8>>,
    announced: &'a AnnouncedSeal,
    issuer: &'a Issuer,
}

impl<'a> FirstSeal<'a> {
    fn of<S: Statement>(proof: &'a Proof<S>, announced: &'a AnnouncedSeal) -> Self {
        Self { bare: proof.bare_seal().ok(), announced, issuer: proof.stated_issuer() }
    }
}

/// The outcome of judging one second seal.
struct Judged {
    /// Everything that speaks against it; nothing where it is valid.
    faults: Vec<Fault>,
    report: Option<Report>,
}

/// A fault speaks against a second seal. It has the two sides of the comparison, and what it leads to.
struct Fault {
    code: Code,
    details: Details,
    reason: Option<SubIndication>,
}

impl Fault {
    fn new(code: Code, details: Details) -> Self {
        Self { code, details, reason: code.sub_indication() }
    }

    /// A fault that the report on the second seal tells.
    fn of(finding: &Finding) -> Self {
        let of_its_own = [
            (Code::MessageDigestDiffers, Code::SecondSealOfAnotherSeal),
            (Code::SignatureInvalid, Code::SecondSealSignatureInvalid),
        ];
        if let Some((_, code)) = of_its_own.into_iter().find(|(cause, _)| *cause == finding.code) {
            return Self::new(code, Details::default());
        }
        let code = Code::SecondSealNotValid;
        // What fails a second seal leaves the proof undecided, and TOTAL-FAILED has reasons of its own.
        let open = finding.sub_indication.filter(|_| finding.outcome == Outcome::Indeterminate);
        let reason = open.or(code.sub_indication());
        Self { code, details: Details::computed(finding.code).leading_to(reason), reason }
    }
}

/// Judges each second seal, in the order of their octets: nobody signed an order of theirs. Returns whether one of them
/// is valid, what speaks against the others, and the reports.
fn judge_given(
    first: &FirstSeal<'_>,
    given: &[Vec<u8>],
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> (bool, Vec<Cause>, Vec<Report>) {
    let mut ordered: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
    ordered.sort_unstable();
    if ordered.len() > MAX_SECOND_SEALS {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealsTooMany, || Details::computed(MAX_SECOND_SEALS));
    }
    let (mut holds, mut causes, mut reports, mut of_this) = (false, Vec::new(), Vec::new(), 0);
    for octets in ordered.into_iter().take(MAX_SECOND_SEALS) {
        let judged = judge(octets, first, settings, now, ledger.fresh());
        let is_of = |fault: &Fault| !matches!(fault.code, Code::SecondSealOfAnotherSeal | Code::SecondSealUnreadable);
        of_this += usize::from(judged.faults.iter().all(is_of));
        holds |= judged.faults.is_empty();
        for Fault { code, details, reason } in judged.faults {
            causes.push((code, reason));
            ledger.note_with(Subject::SecondSeal, code, || details);
        }
        reports.extend(judged.report);
    }
    if of_this > 1 {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealsSeveral, || Details::computed(of_this));
    }
    if holds {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealValid, || {
            Details::stated(format!("{} {}", first.announced.algorithm(), first.announced.certificate_digest()))
        });
    }
    (holds, causes, reports)
}

/// Judges one second seal as a signature over the bare seal.
fn judge(
    octets: &[u8],
    first: &FirstSeal<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    mut ledger: Ledger<'_>,
) -> Judged {
    let is_reported = ledger.is_complete();
    let second = match SecondSeal::from_der(octets) {
        Ok(second) => second,
        Err(error) => {
            let why = with_sources(&error);
            ledger.note_with(Subject::Envelope, Code::Malformed, || Details::stated(&why));
            let report =
                is_reported.then(|| Report::malformed(ArtifactKind::SecondSeal, &settings.policy, ledger, now));
            return Judged { faults: vec![Fault::new(Code::SecondSealUnreadable, Details::stated(why))], report };
        }
    };
    let examined = examine_second(&second, first, settings, now, &mut ledger);
    let faults = faults(&examined, first, &ledger);
    let policy = &settings.policy;
    let artifact = ArtifactKind::SecondSeal;
    let report =
        is_reported.then(|| Report::new(ReportInput { artifact, examined, statement: None, policy, now, ledger }));
    Judged { faults, report }
}

fn examine_second(
    second: &SecondSeal,
    first: &FirstSeal<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let mut unreadable = || {
        ledger.note(Subject::Envelope, Code::Malformed);
        Examined::nothing()
    };
    let Ok(open) = second.envelope(INTERNAL).open() else { return unreadable() };
    let source = FileSource::new(&open.signed_data, open.signed_data.raw, settings);
    let file = File::read(&source, settings);
    let [signer] = file.signers.as_slice() else { return unreadable() };
    let octets = first.bare.as_deref();
    let content = |algorithm: DigestAlgorithm| octets.map(|octets| algorithm.digest(octets));
    // A second seal without a timestamp is judged at the time given, since the first seal proves its own time alone.
    let (profile, records_told) = (Profile::Foreign, RecordsTold::Here);
    let signature = Signature { file: &file, signer, profile, content: &content, octets, records_told };
    let examined = examine(&signature, settings, now, &settings.budgets(), ledger);
    if let Some(signer) = &examined.signer {
        check_issuer(first.issuer, &signer.certificate, ledger);
    }
    examined
}

/// Returns what speaks against a second seal: what differs from the announcement, and what decides the verdict on it.
fn faults(examined: &Examined, first: &FirstSeal<'_>, ledger: &Ledger<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(signer) = &examined.signer {
        let announced = first.announced;
        if signer.algorithm.post_quantum_oid() != Some(announced.algorithm()) {
            let details = Details::both(announced.algorithm(), signer.algorithm);
            faults.push(Fault::new(Code::SecondSealAlgorithmDiffers, details));
        }
        let stated = announced.certificate_digest();
        let computed = stated.algorithm().digest(signer.certificate.der());
        if computed != *stated {
            faults.push(Fault::new(Code::SecondSealCertificateDiffers, Details::both(stated, computed)));
        }
        // RFC 9882 §3.3: whoever finds two contents with one digest needs no second signature.
        if !signer.algorithm.is_matched_by(signer.content_digest) {
            let details = Details::stated(format!("{} beside {}", signer.content_digest, signer.algorithm));
            faults.push(Fault::new(Code::SecondSealDigestWeak, details));
        }
    }
    faults.extend(ledger.decisive_finding().map(Fault::of));
    faults
}
