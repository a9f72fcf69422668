//! A service, and statements for its queue.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use recommande::crypto::KeyKind;
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::testing::TestPki;
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending, Verifier,
};
use recommande_scale_out::Item;

pub const NAME: &str = "Example Registered Mail";
pub const NUMBER: &str = "0406798006";

pub struct Service {
    pub pki: TestPki,
    pub issuer: Issuer,
}

impl Service {
    pub fn new() -> Self {
        let pki = TestPki::of_kind(&KeyKind::EcP256, Utc::now()).unwrap();
        let pki = pki.with_organization(NAME, &format!("NTRBE-{NUMBER}")).unwrap();
        let number: EnterpriseNumber = NUMBER.parse().unwrap();
        Self { pki, issuer: Issuer::of(NAME, &number, Environment::Test).unwrap() }
    }

    pub fn sealer(&self) -> Sealer {
        let credentials = Credentials::new(self.pki.seal.signer.clone(), self.pki.seal_chain()).unwrap();
        Sealer::new(credentials, self.issuer.clone())
    }

    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test)
    }

    pub fn item(&self, sending: &Sending) -> Item {
        Item::new(sending, &self.issuer).unwrap()
    }
}

/// The letter of this number, at a time.
pub fn sending(number: usize, time: DateTime<Utc>) -> Sending {
    let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>().unwrap(), "Example Office").unwrap();
    let recipient = Party::new("85073003328".parse::<Niss>().unwrap());
    let part = PartDescription::new("letter.pdf", "application/pdf").unwrap();
    let digests = PayloadDigests::of_bytes(format!("letter {number}").as_bytes());
    Sending::new(MessageId::new(&format!("letter-{number}")).unwrap(), sender, recipient, part, digests, time).unwrap()
}

pub fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}
