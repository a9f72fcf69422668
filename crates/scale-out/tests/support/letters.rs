//! A service, and statements for its queue.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind, SigningKey};
use recommande::evidence::{
    Assurance, AssuranceLevel, Draft as _, LinkRole, Mandate, MandateAction, MandateLink, MandateRole, MandateScope,
    RegisterReference, RegisterStatement, Statement as _,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::testing::{TestKeys, TestPki};
use recommande::{
    Certificate, Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending,
    Verifier,
};
use recommande_scale_out::Item;

pub const NAME: &str = "Example Registered Mail";
pub const NUMBER: &str = "0406798006";

pub struct Service {
    pub pki: TestPki,
    pub issuer: Issuer,
    /// The key of the seal, PKCS#8 as PEM.
    pub key: String,
}

impl Service {
    pub fn new() -> Self {
        Self::with_key(&["EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    }

    /// A service whose key `openssl genpkey -algorithm` makes.
    pub fn with_key(algorithm: &[&str]) -> Self {
        let made = Command::new("openssl").args(["genpkey", "-algorithm"]).args(algorithm).output();
        let key = String::from_utf8(made.expect("openssl").stdout).unwrap();
        let keys = TestKeys::generate(&KeyKind::EcP256).unwrap();
        let keys = TestKeys { seal: Arc::new(SigningKey::from_pem(&key).unwrap()), ..keys };
        let pki = TestPki::with_keys(keys, Utc::now()).unwrap();
        let pki = pki.with_organization(NAME, &format!("NTRBE-{NUMBER}")).unwrap();
        let number: EnterpriseNumber = NUMBER.parse().unwrap();
        Self { pki, issuer: Issuer::of(NAME, &number, Environment::Test).unwrap(), key }
    }

    /// The chain of the seal as PEM.
    pub fn chain(&self) -> String {
        let pem = |certificate: &Certificate| {
            pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, certificate.der()).unwrap()
        };
        self.pki.seal_chain().iter().map(pem).collect()
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

/// So many kinds there are.
pub const KINDS_OF_POISON: usize = 8;

/// Octets that no retry makes a proof, each for another reason. The last one has the identifier of `first`, and another letter.
pub fn poison(service: &Service, first: &Sending, number: usize) -> (Vec<u8>, &'static str) {
    let now = Utc::now();
    let number_of_other: EnterpriseNumber = "0244142664".parse().unwrap();
    let of = |issuer: &Issuer, sending: &Sending| sending.to_json(issuer).unwrap();
    let own = &service.issuer;
    let letter = |time| sending(1_000_000 + number, time);
    match number % KINDS_OF_POISON {
        0 => (format!("no statement {number}").into_bytes(), "unreadable"),
        1 => {
            let mut octets = of(own, &letter(now));
            octets.pop();
            (octets, "unreadable")
        }
        2 => (
            of(&Issuer::of("Another Service", &number_of_other, Environment::Test).unwrap(), &letter(now)),
            "other-issuer",
        ),
        3 => {
            let own_number: EnterpriseNumber = NUMBER.parse().unwrap();
            (of(&Issuer::of(NAME, &own_number, Environment::Production).unwrap(), &letter(now)), "other-issuer")
        }
        4 => (of(own, &letter(now - TimeDelta::days(3))), "sealed-too-late"),
        5 => (of(own, &letter("2099-01-01T00:00:00Z".parse().unwrap())), "event-in-future"),
        6 => (against_a_rule(own, letter(now)), "statement"),
        _ => {
            let same = letter(now).with_evidence_identifier(first.evidence_identifier());
            (of(own, &same), "duplicate-identifier")
        }
    }
}

/// A delegate sends by a mandate that begins after the event. Nobody writes that, and a queue may hold it.
fn against_a_rule(issuer: &Issuer, letter: Sending) -> Vec<u8> {
    let (delegate, now) = (Party::new("85073003328".parse::<Niss>().unwrap()), letter.event_time());
    let (early, late) = (now - TimeDelta::hours(1), now + TimeDelta::hours(1));
    let scope = MandateScope::new("registered-mail", [MandateAction::Send]).unwrap();
    let extract = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(b"an extract"));
    let register = RegisterReference::new("https://register.example.org/", extract).unwrap();
    let user = MandateLink::new(delegate.clone(), LinkRole::User);
    let principal = letter.sender().clone();
    let mandate = Mandate::new(MandateRole::User, principal, [user], scope, early, register).unwrap();
    let assurance = Assurance::new(AssuranceLevel::High, now, "urn:example:two-factors").unwrap();
    let letter =
        letter.with_sender_delegate(delegate.with_assurance(assurance)).unwrap().with_mandate(mandate).unwrap();
    let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Millis, true);
    let octets = String::from_utf8(letter.to_json(issuer).unwrap()).unwrap();
    assert_eq!(octets.matches(&text(early)).count(), 1);
    octets.replace(&text(early), &text(late)).into_bytes()
}
