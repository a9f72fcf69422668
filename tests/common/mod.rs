//! What the tests share: a service with its keys, the examples as programs, and a knife for DER.

// Each binary of tests uses its own part of it.
#![allow(dead_code)]

pub mod archive;
pub mod der;
pub mod eras;
pub mod evidence_log;
pub mod example;
pub mod oid;
pub mod records;
pub mod signers;
pub mod trails;
pub mod worst;

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use der::Node;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Codec, Environment, Issuer, MessageId, Opening, PartDescription, Party,
    PayloadDigests, Sending, Statement, Step, StepEvent,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::pki::Certificate;
use recommande::seal::{Credentials, ProofOfOpening, ProofOfSending, Sealer, Unstamped};
use recommande::testing::{CertifiedKey, Misbehaviour, TestPki, TestTsa};
use recommande::verify::{Code, Outcome, Payload, Report, Verified, Verifier};
use rfc3161_client::{Nonce, TsaPool};

pub const LETTER: &[u8] = b"a registered letter";

/// The time of the sending.
pub fn now() -> DateTime<Utc> {
    at("2026-11-22T09:15:04Z")
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// A day after the sending: when most proofs are verified here.
pub fn later() -> DateTime<Utc> {
    now() + Duration::days(1)
}

pub fn issuer(environment: Environment) -> Issuer {
    Issuer::of("Example Registered Mail", enterprise("0406798006"), environment).unwrap()
}

pub fn enterprise(number: &str) -> EnterpriseNumber {
    number.parse().unwrap()
}

pub fn niss() -> Niss {
    "85073003328".parse().unwrap()
}

pub fn letter() -> PartDescription {
    PartDescription::new("letter.pdf", "application/pdf").unwrap()
}

pub fn digests() -> PayloadDigests {
    PayloadDigests::of_bytes(LETTER)
}

pub fn sending() -> Sending {
    sending_of("1ZG0000036L3Z")
}

pub fn sending_of(message: &str) -> Sending {
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    Sending::new(MessageId::new(message).unwrap(), sender, Party::new(niss()), letter(), digests(), now()).unwrap()
}

pub fn assurance(time: DateTime<Utc>) -> Assurance {
    Assurance::new(AssuranceLevel::Substantial, time, "urn:example:two-factors").unwrap()
}

/// Pools in tests neither wait nor repeat.
pub fn pool(tsa: TestTsa) -> TsaPool {
    TsaPool::new().with_tsa("test", tsa).with_sleep(|_: StdDuration| {})
}

/// A service: its PKI and its sealer, in the environment Test.
pub struct Service {
    pub pki: TestPki,
    pub sealer: Sealer,
}

impl Service {
    pub fn new() -> Self {
        Self::with_pki(TestPki::new(now()).unwrap())
    }

    /// The certificate of its seal holds the number of the issuer, as that of a batch has to.
    pub fn numbered() -> Self {
        let pki = TestPki::new(now()).unwrap();
        Self::with_pki(pki.with_organization("Example Registered Mail", "NTRBE-0406798006").unwrap())
    }

    pub fn with_pki(pki: TestPki) -> Self {
        let sealer = Sealer::new(
            Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(),
            issuer(Environment::Test),
        );
        Self { pki, sealer }
    }

    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test)
    }

    /// The TSA with its clock stopped.
    pub fn tsa(&self, time: DateTime<Utc>) -> TestTsa {
        TestTsa::new(&self.pki).with_clock(move || time)
    }

    pub fn sealed(&self) -> Unstamped<ProofOfSending> {
        self.sealer.seal(&sending(), now()).unwrap()
    }

    /// Proof of the usual sending, timestamped two seconds later.
    pub fn proof(&self) -> ProofOfSending {
        self.proof_of(&sending())
    }

    pub fn proof_of(&self, sending: &Sending) -> ProofOfSending {
        let tsa = self.tsa(now() + Duration::seconds(2));
        self.sealer.seal(sending, now()).unwrap().stamp_with(&pool(tsa)).unwrap()
    }

    pub fn verified(&self, proof: &ProofOfSending) -> Verified<Sending> {
        self.verifier().verify(proof, Payload::NotAvailable, later()).unwrap()
    }

    pub fn opening(&self, sending: &Verified<Sending>) -> Opening {
        Opening::of(sending, ActedBy::Recipient(1), assurance(opened_at()), opened_at()).unwrap()
    }

    pub fn proof_of_opening(&self, opening: &Opening) -> ProofOfOpening {
        let tsa = self.tsa(opened_at() + Duration::seconds(2));
        self.sealer.seal(opening, opened_at()).unwrap().stamp_with(&pool(tsa)).unwrap()
    }

    pub fn report(&self, proof: &ProofOfSending) -> Report {
        self.verifier().report(proof, Payload::NotAvailable, later())
    }

    /// The usual sending, sealed with any certificate, also one that `Credentials` would refuse: sid, certificates and
    /// the signed reference name it, and its key signs. The key has to be of the same kind as the service's.
    pub fn sealed_with(&self, key: &CertifiedKey, others: &[Certificate]) -> Unstamped<ProofOfSending> {
        let file = signed_by(Node::parse(self.sealed().der()), key, others);
        Unstamped::from_der(&file.to_der()).unwrap()
    }

    /// The same, timestamped.
    pub fn proof_with(&self, key: &CertifiedKey, others: &[Certificate]) -> ProofOfSending {
        let tsa = self.tsa(now() + Duration::seconds(2));
        self.sealed_with(key, others).stamp_with(&pool(tsa)).unwrap()
    }

    /// The usual sending, sealed with any certificate and with a token of this time, whatever `attach` thinks of it.
    pub fn proof_by_hand(&self, key: &CertifiedKey, time: DateTime<Utc>) -> ProofOfSending {
        let issuers = [&self.pki.intermediate, &self.pki.root].map(|issuer| issuer.certificate.clone());
        let sealed = self.sealed_with(key, &issuers);
        let token = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &self.token(&sealed, &self.tsa(time)));
        ProofOfSending::from_der(&Node::parse(sealed.der()).with_unsigned(token).to_der()).unwrap()
    }

    /// The answer of a TSA about this seal: the token as it was received.
    pub fn token(&self, sealed: &Unstamped<ProofOfSending>, tsa: &TestTsa) -> Vec<u8> {
        let request = sealed.timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap();
        der::token_of_response(&tsa.respond(&request.to_der()))
    }

    pub fn misbehaving(&self, misbehaviour: Misbehaviour) -> TestTsa {
        self.tsa(now() + Duration::seconds(2)).with_misbehaviour(misbehaviour)
    }
}

/// A statement as a service that keeps to no rules seals it: what its sending asks for is forgotten.
pub fn restated<S: Statement>(statement: &S) -> S {
    let json = Codec::Json.encode(statement, &issuer(Environment::Test)).unwrap();
    Codec::Json.decode(&json).unwrap().0
}

/// A sending as a service that keeps to no rules states it in reply to a letter.
pub fn forged_reply(reply: &Sending, original: &Verified<Sending>) -> Sending {
    let json = |statement: Vec<u8>| String::from_utf8(statement).unwrap();
    let issuer = issuer(Environment::Test);
    // Another statement that names the letter.
    let printed = StepEvent::RelayToNonERDS { system: "paper-post".to_owned() };
    let time = original.statement().event_time();
    let printed = Step::of(original, 1, printed, time).unwrap();
    let printed = json(Codec::Json.encode(&printed, &issuer).unwrap());
    let (_, reference) = printed.split_once(r#""PrecedingEvidence":{"#).unwrap();
    let (reference, _) = reference.split_once("}}").unwrap();
    let message = original.statement().message_id().as_str();
    let link = format!(r#",{{"isCritical":false,"InReplyTo":{{"MessageIdentifier":"{message}",{reference}}}}}"#);
    let mut reply = json(Codec::Json.encode(reply, &issuer).unwrap());
    let later = [r#",{"isCritical":false,"Mandate""#, r#",{"isCritical":false,"IdentifierSucceeds""#];
    let place = later.iter().filter_map(|name| reply.find(name)).min().unwrap_or(reply.len() - "]}".len());
    reply.insert_str(place, &link);
    Codec::Json.decode(reply.as_bytes()).unwrap().0
}

/// The time of the opening.
/// The same SignedData by another key: sid, certificates and the signed reference name its certificate, and it signs.
pub fn signed_by(mut file: Node, key: &CertifiedKey, others: &[Certificate]) -> Node {
    let hash = DigestAlgorithm::Sha256.digest(key.certificate.der());
    let reference = der::node(0x30, vec![der::octets(0x04, hash.as_bytes())]);
    let reference = der::node(0x30, vec![der::node(0x30, vec![reference])]);
    let mut certificates = vec![Node::parse(key.certificate.der())];
    certificates.extend(others.iter().map(|certificate| Node::parse(certificate.der())));
    *file.at_mut(der::CERTIFICATES) = der::node(0xa0, certificates);
    let issuer = Node::parse(key.certificate.issuer_der());
    let serial = der::octets(0x02, key.certificate.serial().as_bytes());
    file.at_mut(der::SIGNER_INFO).children_mut()[1] = der::node(0x30, vec![issuer, serial]);
    file.resigned(key.signer.as_ref(), |attributes| {
        let name = der::oid(oid::SIGNING_CERTIFICATE_V2);
        let attribute = attributes.iter_mut().find(|attribute| attribute.children()[0] == name).unwrap();
        attribute.children_mut()[1] = der::node(0x31, vec![reference]);
        der::sort(attributes);
    })
}

pub fn opened_at() -> DateTime<Utc> {
    now() + Duration::hours(6)
}

pub fn codes(report: &Report) -> Vec<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}

pub fn has(report: &Report, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

/// The codes that keep something from passing, for messages of failed tests.
pub fn against(report: &Report) -> Vec<Code> {
    let findings = report.findings.iter();
    findings.filter(|finding| finding.outcome >= Outcome::Indeterminate).map(|finding| finding.code).collect()
}
