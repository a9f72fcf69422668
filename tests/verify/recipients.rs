//! The recipient's own signature of an acceptance is judged by the anchors of recipients, where the caller gives some.

use crate::common::{Service, assurance, der, has, niss, now, oid, pool, sending, sending_of};
use chrono::{DateTime, Duration, Utc};
use const_oid::ObjectIdentifier;
use der::Node;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ActedBy, CertificateNames, ConsignmentMode, IdentifierSuccession, RecipientSignature, Statement, Step, StepEvent,
    Terms, Window,
};
use recommande::identity::Niss;
use recommande::pki::revocation::RevocationData;
use recommande::seal::{ProofId, ProofOfStep};
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, RevokedSpec, TestPki};
use recommande::verify::{Code, Context, Indication, Payload, Policy, Report, RevocationRule, Verified, Verifier};
use recommande::{Certificate, Credentials, Environment, Issuer, Party, PayloadDigests, Sealer, Sending};

/// A letter that asks for a signed acceptance, and the recipients under their own anchors.
pub struct Letter {
    pub service: Service,
    pub sent: Verified<Sending>,
    asked: Verified<Step>,
    recipients: TestPki,
    /// The proof of sending and that of the request.
    pub files: Vec<Vec<u8>>,
}

impl Letter {
    pub fn new() -> Self {
        let service = Service::new();
        let terms = Terms::new().with_consignment_mode(ConsignmentMode::Signed);
        let proof = service.proof_of(&sending().with_terms(terms).unwrap());
        let sent = service.verified(&proof);
        let window = Window::new(now(), now() + Duration::days(15), "FR-LRE").unwrap();
        let event = StepEvent::NotificationForAcceptance { window };
        let step = Step::of(&sent, 1, event, now() + Duration::hours(1)).unwrap();
        let request = stamped(&service, &step);
        let asked = service.verifier().verify(&request, &sent, now() + Duration::days(60)).unwrap();
        let files = vec![proof.der().to_vec(), request.der().to_vec()];
        Self { service, sent, asked, recipients: TestPki::new(now()).unwrap(), files }
    }

    pub fn verifier_of_recipients(&self) -> Verifier {
        Verifier::new(self.recipients.seal_anchors(), self.recipients.tsa_anchors(), Environment::Test)
    }

    /// The credentials of a person, whose certificate has this serialNumber.
    pub fn recipient(&self, serial: &str) -> Credentials {
        let key = &self.recipients.seal;
        let spec = certificate(serial);
        let key = self.recipients.intermediate.issue(&spec, key.signer.clone()).unwrap();
        let chain = [&key, &self.recipients.intermediate, &self.recipients.root].map(|key| key.certificate.clone());
        Credentials::new(key.signer, chain.into()).unwrap()
    }

    pub fn signed(&self, serial: &str) -> RecipientSignature {
        self.recipient(serial).sign_receipt(self.sent.id(), now() + Duration::hours(2)).unwrap()
    }

    pub fn accepted(&self, signature: RecipientSignature) -> ProofOfStep {
        let time = now() + Duration::hours(2);
        let event = StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(time) };
        let step = Step::after(&self.sent, &self.asked, event, time).unwrap();
        stamped(&self.service, &step.with_recipient_signature(signature).unwrap())
    }

    fn report(&self, signature: RecipientSignature) -> Report {
        let (recipients, verifier) = (self.verifier_of_recipients(), self.service.verifier());
        let context = Context::new(&self.sent, Payload::NotAvailable).with_cause(&self.asked);
        let context = context.with_verifier_of_recipients(&recipients);
        let proof = self.accepted(signature);
        let report = verifier.report(&proof, context, now() + Duration::days(400));
        let strict = verifier.verify(&proof, context, now() + Duration::days(400));
        assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
        report
    }
}

fn stamped(service: &Service, step: &Step) -> ProofOfStep {
    let time = step.event_time();
    service.sealer.seal(step, time).unwrap().stamp_with(&pool(service.tsa(time + Duration::seconds(2)))).unwrap()
}

/// The certificate of a person, by the serialNumber of its subject.
fn certificate(serial: &str) -> CertificateSpec {
    let part = |kind: ObjectIdentifier, text: &str| {
        der::node(0x31, vec![der::node(0x30, vec![der::oid(kind), der::octets(0x0c, text.as_bytes())])])
    };
    let subject = der::node(0x30, vec![part(oid::COMMON_NAME, "Recipient"), part(oid::SERIAL_NUMBER, serial)]);
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(300));
    CertificateSpec::seal("Recipient", from, until).with_subject(subject.to_der())
}

#[test]
fn a_recipient_who_signed_the_acceptance_is_recognised() {
    let letter = Letter::new();
    for serial in ["85073003328", "PNOBE-85073003328", "85.07.30-033.28"] {
        let report = letter.report(letter.signed(serial));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(has(&report, Code::RecipientSignatureValid) && has(&report, Code::RecipientInCertificate), "{report}");
        assert!(!has(&report, Code::RecipientSignatureNotEvaluated));
        // The certificate of a person names the person, and the report does not.
        let json = serde_json::to_string(&report).unwrap();
        assert!(!json.contains("85073003328") && !report.to_string().contains("85073003328"));
    }
    let proof = letter.accepted(letter.signed("85073003328"));
    let context = Context::new(&letter.sent, Payload::NotAvailable).with_cause(&letter.asked);
    let report = letter.service.verifier().report(&proof, context, now() + Duration::days(9));
    assert!(has(&report, Code::RecipientSignatureNotEvaluated) && !has(&report, Code::RecipientSignatureValid));
}

#[test]
fn a_signature_that_is_not_the_recipients_acceptance_does_not_pass() {
    let letter = Letter::new();
    let time = now() + Duration::hours(2);
    let recipient = letter.recipient("85073003328");
    let of = |octets: &[u8]| RecipientSignature::new(octets).unwrap();
    let other: ProofId = letter.service.proof_of(&sending_of("2")).id();
    let of_another = recipient.sign_receipt(other, time).unwrap();
    let mut flipped = letter.signed("85073003328").octets().to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let attached = letter.service.proof();
    let strangers = Letter::new();
    let stranger = strangers.recipient("85073003328").sign_receipt(letter.sent.id(), time).unwrap();
    // By the right person, over the right octets, for no stated purpose.
    let issuer = Issuer::of("Recipient", crate::common::enterprise("0406798006"), Environment::Test).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(letter.sent.id().digest().as_bytes());
    let purposeless = Sealer::new(recipient, issuer)
        .sign_payload(&PayloadDigests::from_digests([digest]).unwrap(), "application/octet-stream", time)
        .unwrap();
    let mut with_two_signers = Node::parse(letter.signed("85073003328").octets());
    let signer = with_two_signers.at(der::SIGNER_INFO).clone();
    with_two_signers.at_mut(&[1, 0, 4]).children_mut().push(signer);
    for (signature, indication, code) in [
        (of(&flipped), Indication::TotalFailed, Code::RecipientSignatureInvalid),
        (of_another, Indication::TotalFailed, Code::RecipientSignatureOfAnotherSending),
        (of(b"a signature"), Indication::TotalFailed, Code::RecipientSignatureUnreadable),
        (of(attached.der()), Indication::TotalFailed, Code::RecipientSignatureUnreadable),
        (of(&with_two_signers.to_der()), Indication::TotalFailed, Code::RecipientSignatureUnreadable),
        (stranger, Indication::Indeterminate, Code::RecipientSignatureNotVerified),
        (of(purposeless.der()), Indication::Indeterminate, Code::RecipientSignatureWithoutReceipt),
        (letter.signed("73110150112"), Indication::Indeterminate, Code::RecipientNotInCertificate),
    ] {
        let report = letter.report(signature);
        assert_eq!(report.decided_by.map(|decided| decided.code), Some(code), "{report}");
        assert_eq!(report.indication, indication, "{report}");
    }
    let nameless = letter.report(letter.signed("12-34"));
    assert!(has(&nameless, Code::RecipientNotIdentified) && nameless.indication == Indication::Indeterminate);
}

#[test]
fn a_recipient_whose_number_changed_signs_under_the_new_one() {
    let letter = Letter::new();
    let time = now() + Duration::hours(2);
    let accepted = |current: &str| {
        let event = StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(time) };
        let step = Step::after(&letter.sent, &letter.asked, event, time).unwrap();
        let succession = IdentifierSuccession::new(niss(), Niss::new(current).unwrap(), "register", now()).unwrap();
        let step = step.with_recipient_signature(letter.signed("73110150112")).unwrap();
        let proof = stamped(&letter.service, &step.with_identifier_succession(succession).unwrap());
        let recipients = letter.verifier_of_recipients();
        let context = Context::new(&letter.sent, Payload::NotAvailable).with_cause(&letter.asked);
        let context = context.with_verifier_of_recipients(&recipients);
        letter.service.verifier().report(&proof, context, now() + Duration::days(9))
    };
    let report = accepted("73110150112");
    assert!(has(&report, Code::RecipientInCertificate) && report.indication == Indication::TotalPassed, "{report}");
    assert!(has(&accepted("17073003384"), Code::RecipientNotInCertificate));
}

#[test]
fn a_certificate_names_a_party_by_its_number_alone() {
    use CertificateNames::{Another, Nobody, Party as Same};
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(1));
    let made = |spec: CertificateSpec| -> Certificate {
        spec.self_signed(recommande::testing::generate_key(&recommande::crypto::KeyKind::EcP256).unwrap())
            .unwrap()
            .certificate
    };
    let unit = |text: &str| {
        let unit = vec![der::oid(oid::ORGANIZATIONAL_UNIT_NAME), der::octets(0x0c, text.as_bytes())];
        let subject = der::node(0x30, vec![der::node(0x31, vec![der::node(0x30, unit)])]);
        CertificateSpec::seal("Sender", from, until).with_subject(subject.to_der())
    };
    let enterprise = Party::new(crate::common::enterprise("0566988259"));
    let person = Party::new(niss());
    let organisation = |number: &str| CertificateSpec::seal("Sender", from, until).with_organization("Office", number);
    for (spec, of_enterprise, of_person) in [
        (organisation("NTRBE-0566988259"), Same, Another),
        (organisation("VATBE-0566.988.259"), Same, Another),
        (organisation("NTRBE-0406798006"), Another, Another),
        (organisation("NTRFR-0566988259"), Another, Another),
        (unit("urn:be:fgov:kbo-bce:organization:cbe-number:0566988259"), Same, Another),
        (unit("urn:be:fgov:kbo-bce:organization:cbe-number:0406798006"), Another, Another),
        (unit("URN:BE:fgov:kbo-bce:organization:cbe-number:566988259"), Same, Another),
        // A mangled number is that of nobody, and not none.
        (unit("urn:be:fgov:kbo-bce:organization:cbe-number:0566988258"), Another, Another),
        (unit("urn:be:fgov:kbo-bce:organization:cbe-number:"), Another, Another),
        (unit("0566988259"), Nobody, Nobody),
        (certificate("0566988259"), Same, Nobody),
        (certificate("85073003328"), Nobody, Same),
        (certificate("73110150112"), Nobody, Another),
        (CertificateSpec::seal("Sender", from, until), Nobody, Nobody),
    ] {
        let certificate = made(spec);
        assert_eq!(enterprise.named_in(&certificate), of_enterprise, "{}", certificate.subject());
        assert_eq!(person.named_in(&certificate), of_person, "{}", certificate.subject());
    }
}

#[test]
fn a_signature_is_judged_as_of_its_proof_with_what_is_known_now() {
    let letter = Letter::new();
    let credentials = letter.recipient("85073003328");
    let signed = credentials.sign_receipt(letter.sent.id(), now() + Duration::hours(2)).unwrap();
    let proof = letter.accepted(signed);
    let pki = &letter.recipients;
    let certificate = &credentials.chain()[0];
    let policy = || Policy { revocation: RevocationRule::Required, ..Policy::default() };
    let report = |revoked_at: Option<DateTime<Utc>>, this_update: DateTime<Utc>| {
        let of = |issuer: &CertifiedKey, revoked: Option<RevokedSpec>| {
            let spec = CrlSpec::new(this_update, this_update + Duration::days(7));
            issuer.issue_crl(&revoked.iter().fold(spec, |spec, revoked| spec.with_revoked(revoked))).unwrap()
        };
        let revoked = revoked_at.map(|date| RevokedSpec::new(certificate, date));
        let mut data = RevocationData::new();
        for list in [of(&pki.intermediate, revoked), of(&pki.root, None)] {
            data.add_der(&list).unwrap();
        }
        let recipients = letter.verifier_of_recipients().with_policy(policy()).with_revocation_data(data);
        let context = Context::new(&letter.sent, Payload::NotAvailable).with_cause(&letter.asked);
        let context = context.with_verifier_of_recipients(&recipients);
        letter.service.verifier().report(&proof, context, this_update + Duration::hours(1))
    };
    // The lists are a day younger than the proof, and the certificate has ended when they are asked for.
    let (next_day, much_later) = (now() + Duration::days(1), now() + Duration::days(350));
    for this_update in [next_day, now() + Duration::days(20)] {
        let good = report(None, this_update);
        assert_eq!(good.indication, Indication::TotalPassed, "{good}");
        assert!(has(&good, Code::RecipientSignatureValid));
        let revoked_after = report(Some(now() + Duration::hours(3)), this_update);
        assert_eq!(revoked_after.indication, Indication::TotalPassed, "{revoked_after}");
        let revoked_before = report(Some(now() + Duration::hours(1)), this_update);
        assert_eq!(revoked_before.indication, Indication::Indeterminate, "{revoked_before}");
        assert!(has(&revoked_before, Code::RecipientSignatureNotVerified), "{revoked_before}");
    }
    // Without data of its time nothing is known of the certificate.
    let without = report(None, much_later);
    assert!(!has(&without, Code::RecipientSignatureInvalid), "{without}");
}

#[test]
fn a_signature_that_was_handed_over_days_later_is_no_late_timestamp() {
    let letter = Letter::new();
    let recipients = letter.verifier_of_recipients();
    let verifier = letter.service.verifier();
    let time = now() + Duration::days(5);
    let event = StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(time) };
    let step = Step::after(&letter.sent, &letter.asked, event, time).unwrap();
    let proof = stamped(&letter.service, &step.with_recipient_signature(letter.signed("85073003328")).unwrap());
    let context = Context::new(&letter.sent, Payload::NotAvailable).with_cause(&letter.asked);
    let context = context.with_verifier_of_recipients(&recipients);
    let report = verifier.report(&proof, context, now() + Duration::days(400));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}
