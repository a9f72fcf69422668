//! These tests walk the main journey as a service does.

use chrono::{DateTime, Duration, Utc};
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Environment, Issuer, MessageId, Opening, PartDescription, Party,
    PayloadDigests, Sending, Statement,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{Credentials, ProofOfOpening, ProofOfSending, Sealer, Unstamped};
use recommande::simple::ProofError;
use recommande::testing::{Misbehaviour, TestPki, TestTsa};
use recommande::verify::{Code, Indication, Payload, Preceding, Verifier};
use rfc3161_client::{Nonce, TimeStampReq, Transport, TsaPool};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

#[test]
fn a_letter_is_sent_and_opened() {
    let now = at("2026-11-22T09:15:04Z");
    let pki = TestPki::new(now).expect("a throwaway PKI");
    let issuer = Issuer::of(
        "Example Registered Mail Service",
        "0406798006".parse::<EnterpriseNumber>().unwrap(),
        Environment::Test,
    )
    .unwrap();
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
    let digests = PayloadDigests::of_bytes(b"a letter");
    let sending = Sending::new(
        MessageId::new("1ZG0000036L3Z").unwrap(),
        Party::legal_person("0566988259".parse::<EnterpriseNumber>().unwrap(), "Example Sending Office").unwrap(),
        Party::new("85073003328".parse::<Niss>().unwrap()),
        PartDescription::new("letter.pdf", "application/pdf").unwrap(),
        digests.clone(),
        now,
    )
    .unwrap();

    // Sealed and stored; taken up again elsewhere.
    let unstamped = sealer.seal(&sending, now).unwrap();
    let stored = unstamped.der().to_vec();
    let unstamped = Unstamped::<ProofOfSending>::from_der(&stored).unwrap();
    let request = unstamped.timestamp_request(Nonce::random().unwrap()).unwrap();
    let stored_request = request.to_der();
    let tsa = TestTsa::new(&pki).with_clock(move || now + Duration::seconds(2));
    let reply = tsa.send(&stored_request).unwrap();
    let proof = unstamped.attach(&TimeStampReq::from_der(&stored_request).unwrap(), &reply).unwrap();
    let proof = ProofOfSending::from_der(proof.der()).unwrap();

    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let report = verifier.report(&proof, Payload::Digests(&digests), now + Duration::days(1));
    println!("{report}");
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    let verified = verifier.verify(&proof, Payload::Digests(&digests), now + Duration::days(1)).unwrap();
    assert_eq!(verified.proven_at(), now + Duration::seconds(2));
    assert_eq!(verified.statement(), &sending);

    let opened_at = now + Duration::days(2);
    let assurance = Assurance::new(
        AssuranceLevel::Substantial,
        opened_at - Duration::seconds(30),
        "urn:be:fedict:iam:fas:citizen:otp",
    )
    .unwrap();
    let opening = Opening::of(&verified, ActedBy::Recipient(1), assurance, opened_at).unwrap();
    let pool = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(move || opened_at + Duration::seconds(1)));
    let proof_of_opening = sealer.seal(&opening, opened_at).unwrap().stamp_with(&pool).unwrap();
    let proof_of_opening = ProofOfOpening::from_der(proof_of_opening.der()).unwrap();
    let opened = verifier.verify(&proof_of_opening, &verified, opened_at + Duration::days(1)).unwrap();
    assert_eq!(opened.statement().message_id().as_str(), "1ZG0000036L3Z");
    let report = verifier.report(&proof_of_opening, Preceding::NotGiven, opened_at + Duration::days(1));
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(report.findings.iter().any(|finding| finding.code == Code::SendingNotGiven));

    let signature = sealer
        .sign_payload(&digests, "application/pdf", now)
        .unwrap()
        .stamp_with(&TsaPool::new().with_tsa("test", tsa))
        .unwrap();
    let verified = verifier.verify_payload_signature(&signature, &digests, now + Duration::days(1)).unwrap();
    assert_eq!(verified.proven_at(), now + Duration::seconds(2));
}

/// The paved functions hand the seal back when no TSA answers, and nothing of it is in their error's output.
#[test]
fn a_tsa_that_is_down_costs_no_seal() {
    let now = at("2026-11-22T09:15:04Z");
    let pki = TestPki::new(now).unwrap();
    let issuer = Issuer::of("Example", "0406798006".parse::<EnterpriseNumber>().unwrap(), Environment::Test).unwrap();
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
    let digests = PayloadDigests::of_bytes(b"a letter");
    let sending = Sending::new(
        MessageId::new("1ZG0000036L3Z").unwrap(),
        Party::legal_person("0566988259".parse::<EnterpriseNumber>().unwrap(), "Example Sending Office").unwrap(),
        Party::new("85073003328".parse::<Niss>().unwrap()),
        PartDescription::new("letter.pdf", "application/pdf").unwrap(),
        digests.clone(),
        now,
    )
    .unwrap();
    let tsa = |misbehaviour| {
        let tsa = TestTsa::new(&pki).with_clock(move || now);
        TsaPool::new()
            .with_tsa("tsa", if misbehaviour { tsa.with_misbehaviour(Misbehaviour::Unreachable) } else { tsa })
    };
    let error = recommande::send(&sealer, &tsa(true), &sending, now).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("85073003328"));
    let ProofError::Timestamp { seal, .. } = error else { panic!("{error:?}") };
    let proof = Unstamped::<ProofOfSending>::from_der(&seal).unwrap().stamp_with(&tsa(false)).unwrap();
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let verified = verifier.verify(&proof, Payload::Digests(&digests), now).unwrap();
    assert_eq!(verified.statement(), &sending);
}
