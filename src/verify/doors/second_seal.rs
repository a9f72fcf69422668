//! The second seals that lie beside a proof, and what the policy makes of them.

use chrono::{DateTime, Utc};
use signed_data::tlv::Oid;

use crate::crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm};
use crate::evidence::{AnnouncedSeal, Issuer, Statement};
use crate::finding::{Code, Details, Finding, Ledger, Notes, Outcome, SubIndication, Subject};
use crate::pki::Certificate;
use crate::seal::{Artifact, INTERNAL, Proof, SecondSeal};
use crate::text::with_sources;
use crate::verify::checks::issuer::check_issuer;
use crate::verify::checks::seal::check_signature;
use crate::verify::examine::examine;
use crate::verify::examined::Examined;
use crate::verify::file::{File, FileSource};
use crate::verify::limits::MAX_SECOND_SEALS;
use crate::verify::policy::SecondSealRule;
use crate::verify::profile::Profile;
use crate::verify::report::until::Deadline;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::settings::Settings;
use crate::verify::signature::{RecordsTold, Signature};

/// What the second seals beside a proof come to, where a report is made.
#[derive(Default)]
pub(super) struct SecondSeals {
    pub(super) reports: Vec<Report>,
    /// The end of what the policy demands, where it is met.
    pub(super) demanded_until: Option<Deadline>,
}

/// Compares what a proof announces with the second seals that were `given` beside it, and judges each of those. The proof
/// itself was `examined` before.
///
/// Nothing here improves the verdict on the first seal. By default it only warns; a policy may demand a second seal that
/// holds (ETSI TS 119 312 V2.1.1, clause 6.4.1: both signatures of a hybrid count).
pub(super) fn check_second_seals<S: Statement>(
    proof: &Proof<S>,
    examined: &Examined,
    given: &[Vec<u8>],
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> SecondSeals {
    let rule = settings.policy.second_seal;
    if rule == SecondSealRule::Ignore {
        return SecondSeals::default();
    }
    let JudgedSeals { holds, causes, until, reports } = match proof.stated().announced_seal() {
        None if given.is_empty() => JudgedSeals::default(),
        // Whoever exchanges a second seal onto a proof without one must not make it look stronger.
        None => {
            ledger.note_with(Subject::SecondSeal, Code::SecondSealNotAnnounced, || Details::computed(given.len()));
            JudgedSeals::failed(Code::SecondSealNotAnnounced)
        }
        Some(_) if given.is_empty() => {
            ledger.note(Subject::SecondSeal, Code::SecondSealMissing);
            JudgedSeals::failed(Code::SecondSealMissing)
        }
        Some(announced) => judge_given(&FirstSeal::of(proof, examined, announced), given, settings, now, ledger),
    };
    if rule == SecondSealRule::Required && !holds {
        note_demanded(&causes, ledger);
    }
    SecondSeals { reports, demanded_until: until.filter(|_| rule == SecondSealRule::Required) }
}

/// A cause is a fault with what it leads to.
type Cause = (Code, Option<SubIndication>);

/// What judging all second seals gave.
#[derive(Default)]
struct JudgedSeals {
    /// Whether one of them is valid.
    holds: bool,
    /// What speaks against the others.
    causes: Vec<Cause>,
    /// The latest end of those that are valid; `None` where one has no end.
    until: Option<Deadline>,
    reports: Vec<Report>,
}

impl JudgedSeals {
    fn failed(code: Code) -> Self {
        Self { causes: vec![(code, code.sub_indication())], ..Self::default() }
    }
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
    /// The key that the first seal is by; it is not known where nobody could be identified as its signer.
    key: Option<&'a PublicKey>,
}

impl<'a> FirstSeal<'a> {
    fn of<S: Statement>(proof: &'a Proof<S>, examined: &'a Examined, announced: &'a AnnouncedSeal) -> Self {
        let key = examined.signer.as_ref().map(|signer| signer.certificate.public_key());
        Self { bare: proof.bare_seal().ok(), announced, issuer: proof.stated_issuer(), key }
    }

    fn announces(&self, certificate: &Certificate) -> bool {
        let stated = self.announced.certificate_digest();
        stated.algorithm().digest(certificate.der()) == *stated
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

/// Judges each second seal, in the order of their octets: nobody signed an order of theirs.
fn judge_given(
    first: &FirstSeal<'_>,
    given: &[Vec<u8>],
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> JudgedSeals {
    if given.len() > MAX_SECOND_SEALS {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealsTooMany, || Details::computed(MAX_SECOND_SEALS));
    }
    let (mut causes, mut reports, mut ends, mut of_this) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for octets in considered(first, given, settings, ledger) {
        let judged = judge(octets, first, settings, now, ledger.fresh());
        let is_of = |fault: &Fault| !matches!(fault.code, Code::SecondSealOfAnotherSeal | Code::SecondSealUnreadable);
        of_this += usize::from(judged.faults.iter().all(is_of));
        if judged.faults.is_empty() {
            ends.push(judged.report.as_ref().and_then(|report| report.verifiable_until.clone()));
        }
        for Fault { code, details, reason } in judged.faults {
            causes.push((code, reason));
            ledger.note_with(Subject::SecondSeal, code, || details);
        }
        reports.extend(judged.report);
    }
    let holds = !ends.is_empty();
    if of_this > 1 {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealsSeveral, || Details::computed(of_this));
    }
    if holds {
        ledger.note_with(Subject::SecondSeal, Code::SecondSealValid, || {
            Details::stated(format!("{} {}", first.announced.algorithm(), first.announced.certificate_digest()))
        });
    }
    JudgedSeals { holds, causes, until: latest(ends), reports }
}

/// Returns the second seals that are judged, in the order of their octets.
///
/// Whoever puts files beside a proof must not push out the second seal. So where too many are given, those come first
/// that only the holder of the announced key can have made.
fn considered<'a>(
    first: &FirstSeal<'_>,
    given: &'a [Vec<u8>],
    settings: &Settings,
    ledger: &Ledger<'_>,
) -> Vec<&'a [u8]> {
    let mut considered: Vec<&[u8]> = given.iter().map(Vec::as_slice).collect();
    considered.sort_unstable();
    if considered.len() > MAX_SECOND_SEALS {
        considered.sort_by_cached_key(|octets| !is_genuine(octets, first, settings, ledger.fresh()));
        considered.truncate(MAX_SECOND_SEALS);
        considered.sort_unstable();
    }
    considered
}

/// Tells if this is a signature over the bare seal that verifies with the announced certificate.
fn is_genuine(octets: &[u8], first: &FirstSeal<'_>, settings: &Settings, mut scratch: Ledger<'_>) -> bool {
    let Ok(second) = SecondSeal::from_der(octets) else { return false };
    let signer = with_signature(&second, first, settings, |signature| {
        let mut notes = Notes::new(&mut scratch, Subject::Seal);
        check_signature(signature, settings, &settings.budgets().artifact, &mut notes)
    });
    let is_announced = signer.flatten().is_some_and(|signer| first.announces(&signer.certificate));
    is_announced && scratch.decisive_finding().is_none()
}

/// The latest of these ends, since one second seal that holds is enough; one without an end has none.
fn latest(ends: Vec<Option<Deadline>>) -> Option<Deadline> {
    let ends: Option<Vec<Deadline>> = ends.into_iter().collect();
    ends?.into_iter().max_by_key(|end| end.time).map(Deadline::of_second_seal)
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
    let examined = with_signature(second, first, settings, |signature| {
        examine(signature, settings, now, &settings.budgets(), ledger)
    });
    let Some(examined) = examined else {
        ledger.note(Subject::Envelope, Code::Malformed);
        return Examined::nothing();
    };
    if let Some(signer) = &examined.signer {
        check_issuer(first.issuer, &signer.certificate, ledger);
    }
    examined
}

/// Looks at a second seal as at a signature over the bare seal. `None` where it cannot be read.
fn with_signature<T>(
    second: &SecondSeal,
    first: &FirstSeal<'_>,
    settings: &Settings,
    look: impl FnOnce(&Signature<'_>) -> T,
) -> Option<T> {
    let open = second.envelope(INTERNAL).open().ok()?;
    let source = FileSource::new(&open.signed_data, open.signed_data.raw, settings);
    let file = File::read(&source, settings);
    let [signer] = file.signers.as_slice() else { return None };
    let octets = first.bare.as_deref();
    let content = |algorithm: DigestAlgorithm| octets.map(|octets| algorithm.digest(octets));
    // A second seal without a timestamp is judged at the time given, since the first seal proves its own time alone.
    let (profile, records_told) = (Profile::Foreign, RecordsTold::Here);
    Some(look(&Signature { file: &file, signer, profile, content: &content, octets, records_told }))
}

/// Returns what speaks against a second seal: what differs from the announcement, and what decides the verdict on it.
fn faults(examined: &Examined, first: &FirstSeal<'_>, ledger: &Ledger<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(signer) = &examined.signer {
        faults.extend(fault_of_algorithm(signer.algorithm, first.announced));
        if !first.announces(&signer.certificate) {
            let stated = first.announced.certificate_digest();
            let computed = stated.algorithm().digest(signer.certificate.der());
            faults.push(Fault::new(Code::SecondSealCertificateDiffers, Details::both(stated, computed)));
        }
        // Whoever has that one key makes both seals, whatever certificates it has.
        if first.key == Some(signer.certificate.public_key()) {
            faults.push(Fault::new(Code::SecondSealByFirstKey, Details::default()));
        }
        // RFC 9882 §3.3: whoever finds two contents with one digest needs no second signature.
        if !signer.algorithm.is_matched_by(signer.content_digest) {
            let details = Details::stated(format!("{} beside {}", signer.content_digest, signer.algorithm));
            faults.push(Fault::new(Code::SecondSealDigestWeak, details));
        }
    }
    faults.extend(ledger.decisive_finding().map(Fault::of));
    // Without a signer and its path nothing was compared, whatever the levels of the policy let pass.
    if faults.is_empty() && (examined.signer.is_none() || examined.path.is_none()) {
        faults.push(Fault::new(Code::SecondSealNotValid, Details::default()));
    }
    faults
}

fn fault_of_algorithm(algorithm: SignatureAlgorithm, announced: &AnnouncedSeal) -> Option<Fault> {
    let stated = announced.algorithm();
    let suitable = Oid::from_value(stated.as_bytes()).and_then(SignatureAlgorithm::post_quantum_with);
    let code = match suitable {
        // A classical algorithm falls with that of the first seal.
        None => Code::SecondSealAlgorithmUnsuitable,
        Some(suitable) if suitable == algorithm => return None,
        Some(_) => Code::SecondSealAlgorithmDiffers,
    };
    Some(Fault::new(code, Details::both(stated, algorithm)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::KeyKind;
    use crate::evidence::Environment;
    use crate::finding::Levels;
    use crate::identity::EnterpriseNumber;

    /// No file leads there, since what leaves no signer is essential.
    #[test]
    fn a_second_seal_without_a_signer_does_not_hold() {
        let algorithm = KeyKind::MlDsa65.post_quantum().and_then(|algorithm| algorithm.post_quantum_oid()).unwrap();
        let announced = AnnouncedSeal::new(algorithm, b"certificate");
        let number: EnterpriseNumber = "0406798006".parse().unwrap();
        let issuer = Issuer::of("Example", &number, Environment::Test).unwrap();
        let first = FirstSeal { bare: None, announced: &announced, issuer: &issuer, key: None };
        let levels = Levels::default();
        let faults = faults(&Examined::nothing(), &first, &Ledger::decisive(&levels));
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), [Code::SecondSealNotValid]);
    }
}
