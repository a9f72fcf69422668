//! One second seal, judged as a signature over the bare seal and compared with what the statement announces.

use chrono::{DateTime, Utc};
use signed_data::tlv::Oid;

use crate::crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm};
use crate::evidence::{AnnouncedSeal, Issuer, Statement};
use crate::finding::{Code, Details, Finding, Ledger, Notes, Outcome, Subject};
use crate::pki::Certificate;
use crate::seal::{AggregatedFile, Artifact, INTERNAL, Proof, SecondSeal};
use crate::text::with_sources;
use crate::verify::checks::issuer::check_issuer;
use crate::verify::checks::seal::check_signature;
use crate::verify::checks::statement::check_not_before_event;
use crate::verify::doors::fault::Fault;
use crate::verify::examine::examine;
use crate::verify::examined::Examined;
use crate::verify::file::{File, FileSource};
use crate::verify::profile::Profile;
use crate::verify::report::until::Deadline;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::settings::Settings;
use crate::verify::signature::{RecordsTold, Signature};

/// Second seals are compared with this.
pub(super) struct FirstSeal<'a> {
    /// The octets that they are over; nothing is over the octets of what cannot be read.
    bare: Option<Vec<u8>>,
    pub(super) announced: &'a AnnouncedSeal,
    issuer: &'a Issuer,
    event_time: DateTime<Utc>,
    /// The proof whose batch the first seal is of.
    pub(super) file: Option<&'a AggregatedFile>,
    /// The key that the first seal is by; it is not known where nobody could be identified as its signer.
    key: Option<&'a PublicKey>,
}

impl<'a> FirstSeal<'a> {
    pub(super) fn of<S: Statement>(proof: &'a Proof<S>, examined: &'a Examined, announced: &'a AnnouncedSeal) -> Self {
        Self {
            bare: proof.bare_seal().ok(),
            announced,
            issuer: proof.stated_issuer(),
            event_time: proof.stated().event_time(),
            file: proof.parts(),
            key: examined.signer.as_ref().map(|signer| signer.certificate.public_key()),
        }
    }

    fn announces(&self, certificate: &Certificate) -> bool {
        let stated = self.announced.certificate_digest();
        stated.algorithm().digest(certificate.der()) == *stated
    }
}

/// What judging one second seal gave.
pub(super) struct Judged {
    /// Everything that speaks against it; nothing where it is valid.
    pub(super) faults: Vec<Fault>,
    pub(super) report: Option<Report>,
}

impl Judged {
    /// Tells if it can be read and is over the first seal, whatever else speaks against it.
    pub(super) fn is_over_first(&self) -> bool {
        let is_of = |fault: &Fault| !matches!(fault.code, Code::SecondSealOfAnotherSeal | Code::SecondSealUnreadable);
        self.faults.iter().all(is_of)
    }

    /// The end of its verdict, where a report is made.
    pub(super) fn until(&self) -> Option<Deadline> {
        self.report.as_ref().and_then(|report| report.verifiable_until.clone())
    }
}

/// A fault that the report on the second seal tells.
fn fault_of(finding: &Finding) -> Fault {
    if finding.code == Code::MessageDigestDiffers {
        return Fault::new(Code::SecondSealOfAnotherSeal, Details::default());
    }
    if finding.code == Code::SignatureInvalid {
        return Fault::new(Code::SecondSealSignatureInvalid, Details::default());
    }
    // What fails a second seal leaves the proof undecided, and TOTAL-FAILED has reasons of its own.
    let open = finding.sub_indication.filter(|_| finding.outcome == Outcome::Indeterminate);
    Fault::new(Code::SecondSealNotValid, Details::computed(finding.code).leading_to(open))
}

/// Judges one second seal as a signature over the bare seal.
pub(super) fn judge(
    octets: &[u8],
    first: &FirstSeal<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    mut ledger: Ledger<'_>,
) -> Judged {
    let is_reported = ledger.is_complete();
    let (artifact, policy) = (ArtifactKind::SecondSeal, &settings.policy);
    let second = match SecondSeal::from_der(octets) {
        Ok(second) => second,
        Err(error) => {
            let why = Details::stated(with_sources(&error));
            ledger.note_with(Subject::Envelope, Code::Malformed, || why.clone());
            let report = is_reported.then(|| Report::malformed(artifact, policy, ledger, now));
            return Judged { faults: vec![Fault::new(Code::SecondSealUnreadable, why)], report };
        }
    };
    let examined = examine_second(&second, first, settings, now, &mut ledger);
    let faults = faults(&examined, first, &ledger);
    let report =
        is_reported.then(|| Report::new(ReportInput { artifact, examined, statement: None, policy, now, ledger }));
    Judged { faults, report }
}

/// Tells if this is a signature over the bare seal that verifies with the announced certificate.
pub(super) fn is_genuine(second: &SecondSeal, first: &FirstSeal<'_>, settings: &Settings) -> bool {
    let mut scratch = Ledger::decisive(&settings.policy.levels);
    let signer = with_signature(second, first, settings, |signature| {
        let mut notes = Notes::new(&mut scratch, Subject::Seal);
        check_signature(signature, settings, &settings.budgets().artifact, &mut notes)
    });
    let is_announced = signer.flatten().is_some_and(|signer| first.announces(&signer.certificate));
    is_announced && scratch.decisive_finding().is_none()
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
    check_not_before_event(first.event_time, &examined, settings, now, ledger);
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
    let (profile, records_told) = (Profile::SecondSeal, RecordsTold::Here);
    Some(look(&Signature { file: &file, signer, profile, content: &content, octets, records_told, existed_at: None }))
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
    faults.extend(ledger.decisive_finding().map(fault_of));
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
        let event_time = DateTime::UNIX_EPOCH;
        let first = FirstSeal { bare: None, announced: &announced, issuer: &issuer, event_time, file: None, key: None };
        let levels = Levels::default();
        let faults = faults(&Examined::nothing(), &first, &Ledger::decisive(&levels));
        assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), [Code::SecondSealNotValid]);
    }
}
