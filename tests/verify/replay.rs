//! The inputs of a report, stored as JSON and verified again, give the same report.

use chrono::Duration;
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::RevocationData;
use recommande::seal::Artifact;
use recommande::time::record::HashTree;
use recommande::verify::{
    Code, ContentDigests, GivenContent, GivenProof, Indication, Octets, Payload, Policy, Question, ReplayError, Report,
    Signatures, VerificationInput, Verifier,
};
use recommande::{Environment, ProofOfSending, TrustAnchors};
use rfc3161_client::{MessageImprint, TimeStampReq, Transport};
use serde_json::Value;

use crate::common::{self, LETTER, Service, later, now};

fn letter() -> ContentDigests {
    ContentDigests::new([DigestAlgorithm::Sha256.digest(LETTER)])
}

/// With something in every part that is stored.
fn verifier(service: &Service) -> Verifier {
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let mut data = service.pki.seal_revocation(issued, next).unwrap();
    data.extend(&service.pki.tsa_revocation(issued, next).unwrap()).unwrap();
    let policy = Policy { maximum_timestamp_delay: 7200, ..Policy::strict() };
    service.verifier().with_policy(policy).with_extra_certificates(service.pki.tsa_chain()).with_revocation_data(data)
}

#[track_caller]
fn replayed(verifier: &Verifier, question: Question) -> Signatures {
    // A verifier that has answered before remembers paths; a stored input is answered by one that has not.
    let first = verifier.answer(&question, later()).unwrap();
    let answer = verifier.answer(&question, later()).unwrap();
    assert_eq!(answer, first);
    let stored = serde_json::to_string(&verifier.input(question, later())).unwrap();
    let input: VerificationInput = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&input).unwrap(), stored);
    assert_eq!(input.verify().unwrap(), answer);
    answer
}

#[track_caller]
fn assert_passes(answer: &Signatures) {
    let report = answer.worst().unwrap();
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

/// What serde derives for a struct takes a list as well, in which the members have no names.
#[test]
fn no_stored_value_is_read_from_a_list() {
    /// The same value with the object at this place as a list of its members.
    fn listed(value: &Value, place: &str) -> Value {
        let mut listed = value.clone();
        let object = listed.pointer_mut(place).unwrap_or_else(|| panic!("nothing at {place}"));
        *object = object.as_object().unwrap().values().cloned().collect();
        listed
    }
    let service = Service::new();
    let (verifier, der) = (verifier(&service), service.proof().der().into());
    let question = Question::PayloadSignature { der, payload: letter() };
    let input = serde_json::to_value(verifier.input(question, later())).unwrap();
    assert!(serde_json::from_value::<VerificationInput>(input.clone()).is_ok());
    let places = ["", "/question/payload-signature", "/policy", "/policy/algorithms", "/policy/algorithms/digests/0"];
    for place in places {
        assert!(serde_json::from_value::<VerificationInput>(listed(&input, place)).is_err(), "{place}");
    }
    let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
    let report = serde_json::to_value(report).unwrap();
    assert!(serde_json::from_value::<Report>(report.clone()).is_ok());
    let places = [
        "",
        "/findings/0",
        "/statement",
        "/scope",
        "/timestamps/0",
        "/certificates/0",
        "/revocation/0",
        "/revocation/0/about/0",
        "/existence/0",
        "/verifiable_until",
    ];
    for place in places {
        assert!(serde_json::from_value::<Report>(listed(&report, place)).is_err(), "{place}");
    }
}

#[test]
fn a_proof_of_sending() {
    let service = Service::new();
    let question = |payload| Question::from(GivenProof { payload, ..GivenProof::of(service.proof().der()) });
    assert_passes(&replayed(&verifier(&service), question(Some(letter()))));
    assert_passes(&replayed(&verifier(&service), question(None)));
    // What does not pass is replayed as well.
    let another_letter =
        ContentDigests::new([DigestAlgorithm::Sha512.digest(b"another letter"), DigestAlgorithm::Sha256.digest(b"x")]);
    assert_eq!(
        replayed(&verifier(&service), question(Some(another_letter))).reports[0].indication,
        Indication::TotalFailed
    );
    let garbage = Question::from(GivenProof::of(vec![0x30, 0x03, 1, 2, 3]));
    assert_eq!(replayed(&verifier(&service), garbage).reports[0].findings[0].code, Code::Malformed);
}

#[test]
fn a_proof_of_opening() {
    let service = Service::new();
    let sending = service.proof();
    let opening = service.proof_of_opening(&service.opening(&service.verified(&sending)));
    let question =
        |sending| Question::from(GivenProof { payload: Some(letter()), sending, ..GivenProof::of(opening.der()) });
    assert_passes(&replayed(&verifier(&service), question(Some(sending.der().into()))));
    for (sending, code) in [(None, Code::SendingNotGiven), (Some(Octets(Vec::new())), Code::SendingNotVerified)] {
        let answer = replayed(&verifier(&service), question(sending));
        assert!(answer.reports[0].findings.iter().any(|finding| finding.code == code), "{answer}");
    }
    let itself = replayed(&verifier(&service), question(Some(opening.der().into()))).to_string();
    let text = itself.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("the statement follows did not verify (malformed: it is a proof of opening)"), "{text}");
}

#[test]
fn a_payload_signature_and_a_signature_by_anybody() {
    let service = Service::new();
    let digests = common::digests();
    let sealed = service.sealer.sign_payload(&digests, "text/plain", now()).unwrap();
    let signature = sealed.stamp_with(&common::pool(service.tsa(now()))).unwrap();
    let der = || Octets(signature.der().to_vec());
    let payload = ContentDigests::new(digests.iter().copied());
    assert_passes(&replayed(&verifier(&service), Question::PayloadSignature { der: der(), payload }));
    for content in [GivenContent::Octets(LETTER.into()), GivenContent::Digests(letter())] {
        assert_passes(&replayed(&verifier(&service), Question::Signatures { signed_data: der(), content }));
    }
    let content = GivenContent::Attached;
    let answer = replayed(&verifier(&service), Question::Signatures { signed_data: der(), content });
    assert_eq!(answer.reports[0].indication, Indication::Indeterminate);
}

#[test]
fn attached_content_that_is_not_what_the_caller_asks_about_does_not_pass() {
    let service = Service::new();
    let proof = service.proof();
    let ask = |digest| {
        let content = GivenContent::Digests(ContentDigests::new([digest]));
        replayed(&verifier(&service), Question::Signatures { signed_data: proof.der().into(), content })
    };
    let opened = ProofOfSending::from_der(proof.der()).unwrap();
    let statement = recommande::evidence::Codec::Json.encode(opened.stated(), opened.stated_issuer()).unwrap();
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512, DigestAlgorithm::Sha3_256] {
        assert_passes(&ask(algorithm.digest(&statement)));
        assert_ne!(ask(algorithm.digest(b"something else")).reports[0].indication, Indication::TotalPassed);
    }
}

#[test]
fn a_timestamp_token() {
    let service = Service::new();
    let digest = DigestAlgorithm::Sha256.digest(LETTER);
    let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
    let request = TimeStampReq::new(imprint);
    let response = service.tsa(now()).send(&request.to_der()).unwrap();
    let question = |data, request| Question::Timestamp { token: Octets(response.clone()), data, request };
    assert_passes(&replayed(&verifier(&service), question(letter(), Some(Octets(request.to_der())))));
    assert_passes(&replayed(&verifier(&service), question(letter(), None)));
    let answer = replayed(&verifier(&service), question(ContentDigests::default(), None));
    assert!(answer.reports[0].findings.iter().any(|finding| finding.code == Code::ContentNotGiven), "{answer}");
    let unreadable = question(letter(), Some(Octets(vec![1])));
    assert_eq!(verifier(&service).answer(&unreadable, later()), Err(ReplayError::Question));
}

#[test]
fn an_evidence_record() {
    let service = Service::new();
    let own = DigestAlgorithm::Sha256.digest(LETTER);
    let tree = HashTree::new(own.algorithm(), [own, own.algorithm().digest(b"another letter")]).unwrap();
    let root = tree.root().unwrap();
    let request = TimeStampReq::new(MessageImprint::new(root.algorithm().oid(), root.as_bytes()));
    let token = request.check(&service.tsa(now()).send(&request.to_der()).unwrap()).unwrap();
    let record = tree.evidence_record(&own, &token).unwrap();
    let question = |objects| Question::EvidenceRecord { record: Octets(record.clone()), objects };
    assert_passes(&replayed(&verifier(&service), question(vec![letter()])));
    let answer = replayed(&verifier(&service), question(vec![]));
    assert!(answer.reports[0].findings.iter().any(|finding| finding.code == Code::RecordObjectsMissing), "{answer}");
}

/// The time of the proof is proven by the record alone, so a replay without it would be INDETERMINATE.
#[test]
fn a_proof_with_an_evidence_record_beside_it() {
    let service = Service::new();
    let sealed = service.sealed();
    let own = DigestAlgorithm::Sha256.digest(sealed.der());
    let tree = HashTree::new(own.algorithm(), [own, own.algorithm().digest(b"another file")]).unwrap();
    let root = tree.root().unwrap();
    let request = TimeStampReq::new(MessageImprint::new(root.algorithm().oid(), root.as_bytes()));
    let token = request.check(&service.tsa(now()).send(&request.to_der()).unwrap()).unwrap();
    let record = tree.evidence_record(&own, &token).unwrap();
    let verifier = verifier(&service).with_evidence_records([record]);
    let question = Question::from(GivenProof::of(sealed.der()));
    let answer = replayed(&verifier, question.clone());
    assert_passes(&answer);
    assert!(answer.reports[0].proven_at.is_some());
    // Input that was stored without records is still read.
    let mut stored = serde_json::to_value(verifier.input(question, later())).unwrap();
    stored.as_object_mut().unwrap().remove("evidence_records").unwrap();
    let without: VerificationInput = serde_json::from_value(stored).unwrap();
    assert_eq!(without.verify().unwrap().reports[0].indication, Indication::Indeterminate);
}

#[test]
fn stored_input_that_was_changed_is_an_error() {
    let service = Service::new();
    let question = Question::from(GivenProof::of(service.proof().der()));
    let input = verifier(&service).input(question, later());
    let environment = VerificationInput { environment: "Elsewhere".into(), ..input.clone() };
    assert_eq!(environment.verify(), Err(ReplayError::Environment));
    let anchors = VerificationInput { seal_anchors: vec![Octets(vec![0])], ..input.clone() };
    assert!(matches!(anchors.verify(), Err(ReplayError::Certificate(_))));
    let data = VerificationInput { revocation_data: vec![Octets(vec![0])], ..input };
    assert!(matches!(data.verify(), Err(ReplayError::RevocationData(_))));
}

#[test]
fn a_verifier_without_anchors_stores_none() {
    let verifier = Verifier::new(TrustAnchors::new(), TrustAnchors::new(), Environment::Production)
        .with_revocation_data(RevocationData::new());
    let service = Service::new();
    let question = Question::Signatures { signed_data: service.proof().der().into(), content: GivenContent::Attached };
    let answer = replayed(&verifier, question);
    let report = &answer.reports[0];
    assert!(report.findings.iter().any(|finding| finding.code == Code::NoUsableTimestamp), "{report}");
    assert_eq!(report.verifiable_until, None);
}
