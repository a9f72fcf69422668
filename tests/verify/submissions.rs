//! A sender signs what is to be carried, and the service cannot change it: a submission is verified before a sending is made
//! of it, and again with the proof.

use crate::common::{self, Service, at, der, digests, enterprise, has, later, niss, now, oid, sending, sending_of};
use base64ct::{Base64, Encoding};
use chrono::{DateTime, Duration, Utc};
use recommande::evidence::{
    CertificateNames, Codec, Committed, DecodeStatementErrorKind, Disclosure, EvidenceError, Field, Identifier,
    JsonFault, LinkRole, Mandate, MandateAction, MandateLink, MandateRole, MandateScope, NotAsSubmitted, Payment,
    RegisterReference, RegisterStatement, Salt, Salts, Statement, Submission, Terms,
};
use recommande::identity::IdentifierError;
use recommande::seal::{SignedSubmission, SubmissionError};
use recommande::testing::{CertificateSpec, CertifiedKey, Forge, TestPki};
use recommande::verify::{
    Code, GivenParties, GivenProof, GivenSubmission, Indication, Level, Payload, Policy, Question, ReplayError, Report,
    SendingContext, StoredVerifier, VerificationInput, VerifyError,
};
use recommande::{Credentials, Environment, PartDescription, Party, PayloadDigests, ProofOfSending, Sending, Verifier};

/// A service, and the senders who submit to it, each under the anchors of senders.
pub struct Mail {
    pub service: Service,
    senders: TestPki,
}

impl Mail {
    pub fn new() -> Self {
        Self { service: Service::new(), senders: TestPki::new(now()).unwrap() }
    }

    fn certified(&self, spec: CertificateSpec) -> CertifiedKey {
        self.senders.intermediate.issue(&spec, self.senders.seal.signer.clone()).unwrap()
    }

    /// The credentials of an enterprise.
    pub fn sender(&self, identifier: &str) -> Credentials {
        let (from, until) = (now() - Duration::days(1), now() + Duration::days(300));
        self.with(CertificateSpec::seal("Sender", from, until).with_organization("Example Office", identifier))
    }

    fn with(&self, spec: CertificateSpec) -> Credentials {
        let key = self.certified(spec);
        let chain = [&key, &self.senders.intermediate, &self.senders.root].map(|key| key.certificate.clone());
        Credentials::new(key.signer, chain.into()).unwrap()
    }

    pub fn verifier_of_senders(&self) -> Verifier {
        Verifier::new(self.senders.seal_anchors(), self.senders.tsa_anchors(), Environment::Test)
    }

    pub fn submitted(&self, draft: &Sending) -> SignedSubmission {
        let submission = Submission::of(draft, Environment::Test).unwrap();
        SignedSubmission::sign(submission, &self.sender("NTRBE-0566988259"), now()).unwrap()
    }

    /// The draft as the service seals it, with the submission of its sender.
    pub fn carried(&self, draft: Sending, signed: &SignedSubmission) -> Sending {
        draft.submitted_by(&self.verifier_of_senders().verify_submission(signed, now()).unwrap()).unwrap()
    }

    fn report(&self, sending: &Sending, signed: &SignedSubmission) -> Report {
        self.report_at(&self.service.proof_of(sending), signed, None, later())
    }

    fn report_at(
        &self,
        proof: &ProofOfSending,
        signed: &SignedSubmission,
        disclosure: Option<&Disclosure>,
        time: DateTime<Utc>,
    ) -> Report {
        let (senders, verifier) = (self.verifier_of_senders(), self.service.verifier());
        let context = SendingContext::new(Payload::NotAvailable).with_submission(signed, &senders);
        let context = disclosure.into_iter().fold(context, SendingContext::with_disclosure);
        let report = verifier.report(proof, context, time);
        let strict = verifier.verify(proof, context, time);
        assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
        report
    }

    /// What a service that does not keep to the rules seals.
    pub fn edited(&self, sending: &Sending, from: &str, to: &str) -> Sending {
        let json = String::from_utf8(Codec::Json.encode(sending, self.service.sealer.issuer()).unwrap()).unwrap();
        assert!(json.contains(from), "{from} is not in {json}");
        Codec::Json.decode::<Sending>(json.replace(from, to).as_bytes()).unwrap().0
    }

    /// A sending whose digest is that of this submission, whatever it says.
    pub fn stating(&self, sending: &Sending, of: &SignedSubmission, other: &SignedSubmission) -> Sending {
        let value = |signed: &SignedSubmission| Base64::encode_string(signed.digest().as_bytes());
        self.edited(sending, &value(of), &value(other))
    }

    fn refusal(&self, signed: &SignedSubmission, time: DateTime<Utc>) -> (bool, Code) {
        let verifier = self.verifier_of_senders();
        let error = verifier.verify_submission(signed, time).unwrap_err();
        let report = verifier.report_submission(signed, time);
        assert_eq!(report.decided_by.map(|decided| decided.code), Some(error.finding().code), "{report}");
        (matches!(error, VerifyError::Failed(_)), error.finding().code)
    }
}

/// A letter with everything that a sender may ask for.
fn full() -> Sending {
    let annex = PartDescription::new("annex.xml", "application/xml").unwrap();
    let delegate = Party::legal_person(enterprise("0244640631"), "Secretariat").unwrap();
    let payment = Payment::new("2026-1", 12_50, 0, "EUR".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap();
    sending()
        .with_part(annex, PayloadDigests::of_bytes(b"an annex"))
        .unwrap()
        .with_sender_delegate(delegate)
        .unwrap()
        .with_recipient(Party::new(enterprise("0214596464")))
        .unwrap()
        .with_terms(Terms::new().with_regime("FR-LRE").unwrap())
        .unwrap()
        .with_payment_in_clear(payment)
}

fn differs(report: &Report, code: Code) -> bool {
    has(report, code) && report.indication == Indication::TotalFailed
}

#[test]
fn sender_and_service_make_the_same_octets_of_a_draft() {
    for draft in [sending(), full()] {
        let submission = Submission::of(&draft, Environment::Test).unwrap();
        assert_eq!(Submission::from_json(submission.json()).as_ref(), Ok(&submission));
        assert_eq!(submission.check_carried_by(&draft), Ok(()));
        // What the service alone says makes no difference.
        let authenticated = draft.sender().clone().with_assurance(common::assurance(now()));
        let by_service = Sending::new(
            draft.message_id().clone(),
            authenticated,
            draft.recipients()[0].clone(),
            common::letter(),
            digests(),
            now() + Duration::hours(1),
        );
        if draft.parts().len() == 1 {
            assert_eq!(Submission::of(&by_service.unwrap(), Environment::Test).unwrap(), submission);
        }
        assert_eq!(format!("{submission:?}"), format!("Submission({} octets)", submission.json().len()));
        // A file that ends in a line feed is signed with it.
        let with_line_feed = [submission.json(), b"\n"].concat();
        assert_eq!(Submission::from_json(&with_line_feed).unwrap().json(), with_line_feed);
    }
}

#[test]
fn a_submission_has_one_form_and_nothing_that_only_the_service_states() {
    let json = String::from_utf8(Submission::of(&full(), Environment::Test).unwrap().json().to_vec()).unwrap();
    let kind = |from: &str, to: &str| {
        assert!(json.contains(from), "{from} is not in {json}");
        Submission::from_json(json.replacen(from, to, 1).as_bytes()).unwrap_err().kind().clone()
    };
    let refused = |what| DecodeStatementErrorKind::Refused(EvidenceError::NotOfSubmission(what));
    assert_eq!(kind("\"SenderDetails\"", " \"SenderDetails\""), JsonFault::WhiteSpace.into());
    assert_eq!(kind("submission/1", "submission/2"), DecodeStatementErrorKind::Version);
    assert_eq!(kind("\"MessageIdentifier\"", "\"SubmissionTime\""), DecodeStatementErrorKind::UnknownMember);
    let twice = EvidenceError::Twice("content part's identifier");
    assert_eq!(kind("annex.xml", "letter.pdf"), DecodeStatementErrorKind::Refused(twice));
    let assurance = "\"AssuranceLevelsDetails\":{\"GlobalAssuranceLevel\":{\"AssuranceLevel\":\
                     \"http://eidas.europa.eu/LoA/high\"},\"AuthenticationDetails\":{\"AuthenticationTime\":\
                     \"2026-11-22T09:15:04Z\",\"AuthenticationMethod\":\"urn:example:card\"}}},\"SenderDelegateDetails\"";
    assert_eq!(kind("},\"SenderDelegateDetails\"", &format!(",{assurance}")), refused("assurance"));
    let unknown = "{\"isCritical\":false,\"Own\":{}}";
    assert_eq!(kind("]}", "],\"x\":1}"), DecodeStatementErrorKind::UnknownMember);
    let at_end = format!("{},{unknown}]}}", json.strip_suffix("]}").unwrap());
    let kind_at_end = Submission::from_json(at_end.as_bytes()).unwrap_err().kind().clone();
    assert_eq!(kind_at_end, refused("extension that the profile does not know"));
    // A submission inside of a submission would be the service's.
    let digest = "{\"DigestMethod\":{\"Algorithm\":\"http://www.w3.org/2001/04/xmlenc#sha256\"},\"DigestValue\":\
                  \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}";
    let nested = format!("{},{{\"isCritical\":false,\"Submission\":{digest}}}]}}", json.strip_suffix("]}").unwrap());
    let kind_of_nested = Submission::from_json(nested.as_bytes()).unwrap_err().kind().clone();
    assert_eq!(kind_of_nested, refused("extension of a service"));
    // Whatever its size and nesting, hostile JSON is an error.
    assert!(Submission::from_json("[".repeat(100_000).as_bytes()).is_err());
    let large = vec![b' '; recommande::evidence::limits::MAX_STATEMENT + 1];
    assert!(matches!(Submission::from_json(&large).unwrap_err().kind(), DecodeStatementErrorKind::TooLarge { .. }));
    let committed = Committed::of(&sending(), &Field::personal(&sending()), Salts::Random).unwrap();
    let error = Submission::of(committed.statement(), Environment::Test).unwrap_err();
    assert_eq!(error, EvidenceError::NotOfSubmission("commitments"));
    let payment = Payment::new("1", 1, 0, "EUR".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap();
    let committed = sending().with_payment(&payment, &Salt::generate().unwrap());
    let error = Submission::of(&committed, Environment::Test).unwrap_err();
    assert_eq!(error, EvidenceError::NotOfSubmission("commitments"));
    let signature = SignedSubmission::from_parts(json.as_bytes(), &vec![0; (1 << 16) + 1]);
    assert_eq!(signature, Err(SubmissionError::Signature));
}

/// A submission has one form: whatever is changed in it is an error or another submission.
#[test]
fn no_other_octets_are_the_submission_of_a_draft() {
    let draft = full();
    let json = Submission::of(&draft, Environment::Test).unwrap().json().to_vec();
    let is_same = |octets: &[u8]| {
        Submission::from_json(octets)
            .is_ok_and(|read| read.environment() == Environment::Test && read.check_carried_by(&draft) == Ok(()))
    };
    assert!(is_same(&json));
    for place in 0..json.len() {
        for bit in 0..8 {
            let mut changed = json.clone();
            changed[place] ^= 1 << bit;
            assert!(!is_same(&changed), "octet {place}, bit {bit}");
        }
        assert!(!is_same(&json[..place]), "{place} octets");
        let doubled = [&json[..=place], &json[place..]].concat();
        assert!(!is_same(&doubled), "octet {place} twice");
    }
}

#[test]
fn what_the_sender_signed_is_what_was_sealed() {
    let mail = Mail::new();
    for draft in [sending(), full()] {
        let signed = mail.submitted(&draft);
        let received = SignedSubmission::from_parts(signed.submission().json(), signed.signature()).unwrap();
        assert_eq!(received, signed);
        let sending = mail.carried(draft, &received);
        assert_eq!(sending.submission_digest(), Some(&signed.digest()));
        let report = mail.report(&sending, &signed);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(has(&report, Code::SubmissionMatches));
        assert!(report.to_string().contains("what its sender signed"), "{report}");
        // Its certificate has ended when the proof is looked at, and the proof shows that the signature is older.
        let proof = mail.service.proof_of(&sending);
        let late = mail.report_at(&proof, &signed, None, now() + Duration::days(400));
        assert!(has(&late, Code::SubmissionMatches), "{late}");
        let alone = mail.service.report(&proof);
        assert!(has(&alone, Code::SubmissionNotGiven));
        assert_eq!(alone.indication, Indication::TotalPassed);
    }
    let sending = sending();
    assert!(has(&mail.report(&sending, &mail.submitted(&sending)), Code::SubmissionNotNamed));
    let report = mail.verifier_of_senders().report_submission(&mail.submitted(&sending), now());
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Code::SenderInCertificate));
}

#[test]
fn a_sending_that_differs_is_not_made_and_does_not_pass() {
    let mail = Mail::new();
    let draft = full();
    let signed = mail.submitted(&draft);
    let carried = mail.carried(draft.clone(), &signed);
    for (from, to, difference) in [
        ("1ZG0000036L3Z", "1ZG0000036L40", NotAsSubmitted::MessageId),
        ("Example Office", "Another Office", NotAsSubmitted::Sender),
        ("Secretariat", "Provider", NotAsSubmitted::Sender),
        ("85073003328", "73110150112", NotAsSubmitted::Recipients),
        ("letter.pdf", "better.pdf", NotAsSubmitted::Parts),
        ("FR-LRE", "BE-EBOX", NotAsSubmitted::Terms),
        ("\"AmountMinor\":1250", "\"AmountMinor\":1251", NotAsSubmitted::Payment),
    ] {
        let json = Codec::Json.encode(&carried, mail.service.sealer.issuer()).unwrap();
        if !String::from_utf8(json).unwrap().contains(from) {
            panic!("{from} is not there");
        }
        let edited = mail.edited(&carried, from, to);
        assert_eq!(signed.submission().check_carried_by(&edited), Err(difference));
        let report = mail.report(&edited, &signed);
        assert!(differs(&report, Code::SubmissionSaysOtherwise), "{report}");
        assert!(!has(&report, Code::SubmissionMatches));
        let text = report.findings.iter().find(|finding| finding.code == Code::SubmissionSaysOtherwise).unwrap();
        assert_eq!(text.stated.as_deref(), Some(difference.to_string().as_str()));
    }
    let verified = mail.verifier_of_senders().verify_submission(&signed, now()).unwrap();
    assert_eq!(sending_of("2").submitted_by(&verified), Err(NotAsSubmitted::MessageId));
    let without_terms = mail.submitted(&sending());
    let with_terms = sending().with_terms(Terms::new().with_regime("FR-LRE").unwrap()).unwrap();
    assert_eq!(without_terms.submission().check_carried_by(&with_terms), Err(NotAsSubmitted::Terms));
    // Another submission of the same sender is another question.
    let report = mail.report(&carried, &mail.submitted(&sending_of("2")));
    assert!(differs(&report, Code::SubmissionDiffers), "{report}");
    // So is a second signature of the same submission, which the proof does not name.
    assert!(differs(&mail.report(&carried, &mail.submitted(&draft)), Code::SubmissionDiffers));
}

#[test]
fn a_submission_that_its_sender_did_not_sign_is_not_carried() {
    let mail = Mail::new();
    let signed = mail.submitted(&sending());
    let carried = mail.carried(sending(), &signed);
    let submission = || signed.submission().clone();
    let of = |signature: &[u8]| SignedSubmission::from_parts(signed.submission().json(), signature).unwrap();
    let sign = |credentials: &Credentials| SignedSubmission::sign(submission(), credentials, now()).unwrap();
    let mut flipped = signed.signature().to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let of_another = mail.submitted(&sending_of("2"));
    let strangers = Mail::new();
    let long_ago = CertificateSpec::seal("Sender", now() - Duration::days(9), now() + Duration::days(1))
        .with_organization("Example Office", "NTRBE-0566988259");
    let expired = sign(&mail.with(long_ago));
    for (bad, is_failure, code, in_proof) in [
        (of(&flipped), true, Code::SignatureInvalid, Code::SubmissionSignatureInvalid),
        (of(b"no signature"), true, Code::Malformed, Code::SubmissionSignatureInvalid),
        (of(of_another.signature()), true, Code::MessageDigestDiffers, Code::SubmissionSignatureInvalid),
        (sign(&strangers.sender("NTRBE-0566988259")), false, Code::ChainSignatureInvalid, Code::SubmissionNotVerified),
        (sign(&mail.sender("NTRBE-0406798006")), false, Code::SenderNotInCertificate, Code::SubmissionNotVerified),
    ] {
        assert_eq!(mail.refusal(&bad, now()), (is_failure, code));
        let report = mail.report(&mail.stating(&carried, &signed, &bad), &bad);
        assert!(has(&report, in_proof) && !has(&report, Code::SubmissionMatches), "{report}");
        assert_ne!(report.indication, Indication::TotalPassed);
    }
    assert!(!mail.refusal(&expired, now() + Duration::days(2)).0);
    // A trial is not carried in production.
    let production = Submission::of(&sending(), Environment::Production).unwrap();
    let production = SignedSubmission::sign(production, &mail.sender("NTRBE-0566988259"), now()).unwrap();
    assert_eq!(mail.refusal(&production, now()), (false, Code::EnvironmentDiffers));
    let report = mail.report(&mail.stating(&carried, &signed, &production), &production);
    assert!(differs(&report, Code::SubmissionSaysOtherwise), "{report}");
}

/// A signature that was made for another purpose asks nobody to carry anything. Not every program writes a commitment.
#[test]
fn the_sender_commits_to_the_origin_of_what_it_submits() {
    let mail = Mail::new();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(300));
    let spec = CertificateSpec::seal("Sender", from, until).with_organization("Example Office", "NTRBE-0566988259");
    let (key, submission) = (mail.certified(spec), Submission::of(&sending(), Environment::Test).unwrap());
    let chain = [key.certificate.clone(), mail.senders.intermediate.certificate.clone()];
    let signed = |commitments: &[&[u8]]| {
        let mut forge = Forge::seal(submission.json(), &key, &chain, now());
        if !commitments.is_empty() {
            forge.first().set(oid::COMMITMENT_TYPE, commitments);
        }
        forge.sign(&*key.signer).unwrap();
        forge.content = None;
        SignedSubmission::from_parts(submission.json(), &forge.to_der()).unwrap()
    };
    let to = |last: &str| der::node(0x30, vec![der::oid(last.parse().unwrap())]).to_der();
    let (origin, receipt) = (to("1.2.840.113549.1.9.16.6.1"), to("1.2.840.113549.1.9.16.6.2"));
    let verifier = mail.verifier_of_senders();
    let told = |signed: &SignedSubmission| {
        let report = verifier.report_submission(signed, now());
        let codes = [Code::SubmissionWithoutOrigin, Code::SubmissionForAnotherPurpose];
        (codes.into_iter().find(|code| has(&report, *code)), report.indication)
    };
    let without = (Some(Code::SubmissionWithoutOrigin), Indication::TotalPassed);
    let for_another = (Some(Code::SubmissionForAnotherPurpose), Indication::Indeterminate);
    for (commitments, expected) in [
        (&[origin.as_slice()][..], (None, Indication::TotalPassed)),
        (&[], without),
        (&[receipt.as_slice()], for_another),
        // What cannot be read is no commitment to the origin, nor none.
        (&[b"\x04\x00".as_slice()], for_another),
        (&[receipt.as_slice(), origin.as_slice()], for_another),
    ] {
        assert_eq!(told(&signed(commitments)), expected, "{commitments:02x?}");
    }
    assert_eq!(mail.refusal(&signed(&[&receipt]), now()), (false, Code::SubmissionForAnotherPurpose));
    assert!(verifier.verify_submission(&signed(&[]), now()).is_ok());
    // A policy says what is asked of senders.
    let policy: Policy = serde_json::from_str(r#"{"levels": {"submission-without-origin": "fail"}}"#).unwrap();
    assert!(mail.verifier_of_senders().with_policy(policy).verify_submission(&signed(&[]), now()).is_err());
}

#[test]
fn the_delegate_of_a_sender_may_sign_and_a_certificate_without_a_number_is_told() {
    let mail = Mail::new();
    let submission = Submission::of(&full(), Environment::Test).unwrap();
    let by_delegate = SignedSubmission::sign(submission, &mail.sender("VATBE-0244640631"), now()).unwrap();
    assert!(mail.verifier_of_senders().verify_submission(&by_delegate, now()).is_ok());
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(300));
    let nameless = mail.with(CertificateSpec::seal("Sender", from, until));
    let submission = Submission::of(&sending(), Environment::Test).unwrap();
    let signed = SignedSubmission::sign(submission.clone(), &nameless, now()).unwrap();
    let report = mail.verifier_of_senders().report_submission(&signed, now());
    assert!(has(&report, Code::SenderNotIdentified) && report.indication == Indication::Indeterminate, "{report}");
    // Whose certificates have no numbers makes it less, and is told with the proof too.
    let mut policy = Policy::default();
    assert!(policy.levels.set(Code::SenderNotIdentified, Level::Inform));
    let senders = mail.verifier_of_senders().with_policy(policy.clone());
    let verified = senders.verify_submission(&signed, now()).unwrap();
    let proof = mail.service.proof_of(&sending().submitted_by(&verified).unwrap());
    let context = SendingContext::new(Payload::NotAvailable).with_submission(&signed, &senders);
    for (verifier, indication) in [
        (mail.service.verifier(), Indication::Indeterminate),
        (mail.service.verifier().with_policy(policy), Indication::TotalPassed),
    ] {
        let report = verifier.report(&proof, context, later());
        assert!(has(&report, Code::SenderNotIdentified) && has(&report, Code::SubmissionMatches), "{report}");
        assert_eq!(report.indication, indication, "{report}");
    }
    // A signature that claims to be made after the event is told.
    let signed =
        SignedSubmission::sign(submission, &mail.sender("NTRBE-0566988259"), at("2026-11-22T11:00:00Z")).unwrap();
    let verified = mail.verifier_of_senders().verify_submission(&signed, later()).unwrap();
    let report = mail.report(&sending().submitted_by(&verified).unwrap(), &signed);
    assert!(has(&report, Code::SubmissionSignedAfterEvent), "{report}");
}

#[test]
fn a_question_with_a_submission_is_asked_again() {
    let mail = Mail::new();
    let signed = mail.submitted(&sending());
    let (json, signature) = (signed.submission().json(), signed.signature());
    let proof = mail.service.proof_of(&mail.carried(sending(), &signed));
    let question = |signature: &[u8]| {
        Question::from(GivenProof {
            parties: GivenParties {
                submission: Some(GivenSubmission {
                    json: json.into(),
                    signature: signature.into(),
                    senders: StoredVerifier::of(&mail.verifier_of_senders()),
                }),
                recipients: None,
                original: None,
            },
            ..GivenProof::of(proof.der())
        })
    };
    let verifier = mail.service.verifier();
    let answer = verifier.answer(&question(signature), later()).unwrap();
    assert_eq!(answer.reports, [mail.report_at(&proof, &signed, None, later())]);
    let stored = serde_json::to_string(&verifier.input(question(signature), later())).unwrap();
    let read: VerificationInput = serde_json::from_str(&stored).unwrap();
    assert_eq!(read.verify(), Ok(answer));
    assert_eq!(verifier.answer(&question(b""), later()), Err(ReplayError::Question));
    let alone = Question::Submission { json: json.into(), signature: signature.into() };
    let senders = mail.verifier_of_senders();
    let stored = serde_json::to_string(&senders.input(alone, later())).unwrap();
    let read: VerificationInput = serde_json::from_str(&stored).unwrap();
    assert_eq!(read.verify().unwrap().reports, [senders.report_submission(&signed, later())]);
}

#[test]
fn commitments_are_compared_with_their_disclosure() {
    let mail = Mail::new();
    let draft = full();
    let signed = mail.submitted(&draft);
    let carried = mail.carried(draft, &signed);
    let commit =
        |sending: &Sending| Committed::of(sending, &Field::personal(sending), Salts::Random).unwrap().into_parts();
    let (committed, disclosure) = commit(&carried);
    let proof = mail.service.proof_of(&committed);
    let erased = mail.report_at(&proof, &signed, None, later());
    assert!(has(&erased, Code::SubmissionNotComparedInFull) && has(&erased, Code::SubmissionMatches), "{erased}");
    let whole = mail.report_at(&proof, &signed, Some(&disclosure), later());
    assert!(!has(&whole, Code::SubmissionNotComparedInFull) && has(&whole, Code::SubmissionMatches), "{whole}");
    let to_another = mail.edited(&carried, niss().as_str(), "73110150112");
    let (committed, disclosure) = commit(&to_another);
    let report = mail.report_at(&mail.service.proof_of(&committed), &signed, Some(&disclosure), later());
    assert!(differs(&report, Code::SubmissionSaysOtherwise), "{report}");
}

#[test]
fn a_system_submits_by_its_own_certificate_alone() {
    let mail = Mail::new();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(300));
    // Two systems of the enterprise that provides the service.
    let system = |serial: u8| {
        let spec = CertificateSpec::seal("System", from, until).with_serial(&[serial]);
        mail.with(spec.with_organization("Secretariat", "NTRBE-0244640631"))
    };
    let (own, another) = (system(8), system(9));
    let identifier = Identifier::of_certificate(&own.chain()[0]);
    let provider = Party::legal_person(enterprise("0244640631"), "Secretariat").unwrap();
    let delegate = || Party::new(identifier.clone()).with_assurance(common::assurance(now()));
    let links = [
        MandateLink::new(provider, LinkRole::Provider),
        MandateLink::new(Party::new(identifier.clone()), LinkRole::System),
    ];
    let scope = MandateScope::new("registered-mail", [MandateAction::Send]).unwrap();
    let register = RegisterReference::new(
        "https://register.example.org/",
        RegisterStatement::Extract(*digests().first().unwrap()),
    )
    .unwrap();
    let principal = sending().sender().clone();
    let mandate = Mandate::new(MandateRole::Provider, principal, links, scope, now(), register).unwrap();
    let draft = || sending().with_sender_delegate(delegate()).unwrap().with_mandate(mandate.clone()).unwrap();
    let by = |credentials: &Credentials| {
        let submission = Submission::of(&draft(), Environment::Test).unwrap();
        SignedSubmission::sign(submission, credentials, now()).unwrap()
    };
    let signed = by(&own);
    let report = mail.verifier_of_senders().report_submission(&signed, now());
    assert!(has(&report, Code::SenderInCertificate), "{report}");
    mail.carried(draft(), &signed);
    assert_eq!(mail.refusal(&by(&another), now()), (false, Code::SenderNotInCertificate));
    // The same digest in another form is no name of a system, and what else identifies one is bound to no certificate.
    let (value, scheme) = (identifier.value(), identifier.scheme());
    assert_eq!(scheme, "urn:recommande:certificate");
    assert_eq!(Identifier::new(value, scheme).unwrap(), identifier);
    let digits = value.strip_prefix("sha-256:").unwrap();
    for form in
        [value.to_uppercase(), digits.to_owned(), format!("sha-512:{digits}"), format!("{value}0"), "system".to_owned()]
    {
        let refused = Identifier::new(&form, scheme).unwrap_err();
        assert!(matches!(refused, EvidenceError::Identifier(IdentifierError::Form(_))), "{form}: {refused:?}");
        assert!(!refused.to_string().contains(digits), "{refused}");
    }
    let unbound = Party::new(Identifier::new("system-8", "urn:example:systems").unwrap());
    for credentials in [&own, &another] {
        assert_ne!(unbound.named_in(&credentials.chain()[0]), CertificateNames::Party);
    }
}
