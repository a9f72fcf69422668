//! A service whose proofs the tests make themselves.

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, TimeDelta, Utc};
use recommande::crypto::KeyKind;
use recommande::evidence::{ActedBy, Assurance, AssuranceLevel, Statement, Step, StepEvent, Window};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{Artifact as _, Proof};
use recommande::testing::{CertificateSpec, TestPki, TestTsa, generate_key};
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending, TsaPool,
    Verified, Verifier,
};

use crate::common::{self, bare};

/// When letters are sent.
pub fn sent_at() -> DateTime<Utc> {
    "2026-11-22T09:15:04Z".parse().unwrap()
}

/// A day after that, when proofs are judged.
pub fn later() -> DateTime<Utc> {
    sent_at() + TimeDelta::days(1)
}

pub struct Service {
    pub folder: PathBuf,
    pub pki: TestPki,
    pub sealer: Sealer,
}

impl Service {
    /// A service with a folder for its files, in which its anchors lie.
    pub fn new(name: &str) -> Self {
        let pki = TestPki::new(sent_at()).unwrap().with_organization("Test", "NTRBE-0406798006").unwrap();
        let issuer = Issuer::of("Test", EnterpriseNumber::new("0406798006").unwrap(), Environment::Test).unwrap();
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
        let service = Self { folder: common::folder(name), pki, sealer };
        service.write("seal.pem", service.pki.seal_anchors_pem().as_bytes());
        service.write("tsa.pem", service.pki.tsa_anchors_pem().as_bytes());
        service
    }

    /// The same with a key for second seals.
    pub fn with_second_seal(name: &str) -> Self {
        let service = Self::new(name);
        let spec = CertificateSpec::seal("Second", sent_at() - TimeDelta::days(1), sent_at() + TimeDelta::days(300));
        let key = service.pki.intermediate.issue(&spec, generate_key(&KeyKind::MlDsa65).unwrap()).unwrap();
        let chain = [&key, &service.pki.intermediate, &service.pki.root].map(|key| key.certificate.clone());
        let credentials = Credentials::new(key.signer, chain.into()).unwrap();
        Self { sealer: service.sealer.clone().with_second_seal(credentials).unwrap(), ..service }
    }

    pub fn write(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.folder.join(name), octets).unwrap();
    }

    /// The TSAs, some seconds after a time.
    pub fn tsas(&self, time: DateTime<Utc>) -> TsaPool {
        let time = time + TimeDelta::seconds(2);
        TsaPool::new().with_tsa("test", TestTsa::new(&self.pki).with_clock(move || time))
    }

    pub fn sending(&self, message: &str, letter: &[u8]) -> Sending {
        let sender = Party::legal_person(EnterpriseNumber::new("0566988259").unwrap(), "Example Office").unwrap();
        let recipient = Party::new(Niss::new("85073003328").unwrap());
        let part = PartDescription::new("letter.txt", "text/plain").unwrap();
        let (message, digests) = (MessageId::new(message).unwrap(), PayloadDigests::of_bytes(letter));
        Sending::new(message, sender, recipient, part, digests, sent_at()).unwrap()
    }

    /// Seals a statement at the time of its event, and writes the proof under this name (`NAME.p7m`).
    pub fn prove<S: Statement>(&self, name: &str, statement: &S) -> Proof<S> {
        let time = statement.event_time();
        let proof = self.sealer.seal(statement, time).unwrap().stamp_with(&self.tsas(time)).unwrap();
        self.write(&format!("{name}.p7m"), proof.der());
        proof
    }

    /// The same with a second seal beside it (`NAME.pq.p7s`).
    pub fn prove_twice<S: Statement>(&self, name: &str, statement: &S) -> Proof<S> {
        let proof = self.prove(name, statement);
        let second = self.sealer.second_seal(&proof, statement.event_time()).unwrap();
        let second = second.stamp_with(&self.tsas(statement.event_time())).unwrap();
        self.write(&format!("{name}.pq.p7s"), second.der());
        proof
    }

    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test)
    }

    /// The command in the folder, with the anchors of the service.
    pub fn command(&self) -> Command {
        let mut command = bare();
        command.current_dir(&self.folder).args(["--seal-anchors", "seal.pem", "--tsa-anchors", "tsa.pem"]);
        command.args(["--environment", "Test", "--now", &later().to_rfc3339()]);
        command
    }
}

/// The request that the recipient accepts or refuses the letter.
pub fn request(sent: &Verified<Sending>) -> Step {
    let window = Window::new(sent_at(), later(), "FR-LRE").unwrap();
    Step::of(sent, 1, StepEvent::NotificationForAcceptance { window }, sent_at()).unwrap()
}

/// The acceptance that answers the request, an hour later.
pub fn acceptance(sent: &Verified<Sending>, asked: &Verified<Step>) -> Step {
    let (answered_by, assurance) = (ActedBy::Recipient(1), assurance(sent_at()));
    let answer = StepEvent::ConsignmentAcceptance { answered_by, assurance };
    Step::after(sent, asked, answer, sent_at() + TimeDelta::hours(1)).unwrap()
}

pub fn assurance(time: DateTime<Utc>) -> Assurance {
    Assurance::new(AssuranceLevel::Substantial, time, "urn:example:two-factors").unwrap()
}

/// Copies a file of a folder to another name.
pub fn copy(folder: &Path, from: &str, to: &str) {
    std::fs::copy(folder.join(from), folder.join(to)).unwrap();
}
