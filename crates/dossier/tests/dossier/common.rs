//! A service with its letter and its proofs, and the dossier of them.

use std::io::Cursor;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{ActedBy, Assurance, AssuranceLevel, Statement};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::Renewer;
use recommande::seal::{Artifact, PayloadSignature, Proof};
use recommande::testing::{TestPki, TestTsa};
use recommande::{
    Credentials, Environment, Issuer, MessageId, Opening, PartDescription, Party, Payload, PayloadDigests,
    ProofOfOpening, ProofOfSending, Sealer, Sending, TsaPool, Verifier,
};
use recommande_dossier::{
    AnchorsOf, Dossier, DossierBuilder, LetterFiles, MediaType, ProofFiles, Protection, ToSign, Writable,
};

pub const LETTER: &[u8] = b"Dear Sir, this is the letter.\n";

pub struct Service {
    pub pki: TestPki,
    pub sealer: Sealer,
    pub tsas: TsaPool,
    pub revocation: RevocationData,
    pub now: DateTime<Utc>,
}

impl Service {
    pub fn new() -> Self {
        Self::of_kind(&KeyKind::EcP256)
    }

    /// A service and a TSA with keys of this kind.
    pub fn of_kind(kind: &KeyKind) -> Self {
        let now = Utc::now().trunc_subsecs(0);
        let pki = TestPki::of_kind(kind, now).unwrap();
        let (issued, next) = (now - TimeDelta::hours(1), now + TimeDelta::days(7));
        let issuer = Issuer::of("Test", EnterpriseNumber::new("0406798006").unwrap(), Environment::Test).unwrap();
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer)
            .with_revocation(&pki.seal_revocation(issued, next).unwrap());
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
        let revocation = pki.tsa_revocation(issued, next).unwrap();
        Self { sealer, tsas, revocation, now, pki }
    }

    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test)
    }

    /// A time after every timestamp.
    pub fn later(&self) -> DateTime<Utc> {
        self.now + TimeDelta::minutes(5)
    }

    pub fn stated(&self, letter: &[u8]) -> Sending {
        let sender = Party::legal_person(EnterpriseNumber::new("0566988259").unwrap(), "Office").unwrap();
        let recipient = Party::new(Niss::new("85073003328").unwrap());
        let part = PartDescription::new("Lettre à M. Dupont.pdf", "application/pdf").unwrap();
        let id = MessageId::new("1ZG0000036L3Z").unwrap();
        Sending::new(id, sender, recipient, part, PayloadDigests::of_bytes(letter), self.now).unwrap()
    }

    pub fn send(&self, letter: &[u8]) -> ProofOfSending {
        self.seal(&self.stated(letter))
    }

    pub fn seal<S: Statement>(&self, statement: &S) -> Proof<S> {
        let proof = self.sealer.seal(statement, self.now).unwrap().stamp_with(&self.tsas).unwrap();
        proof.with_revocation(&self.revocation).unwrap()
    }

    pub fn open(&self, sending: &ProofOfSending, letter: &[u8]) -> ProofOfOpening {
        let digests = PayloadDigests::of_bytes(letter);
        let sent = self.verifier().verify(sending, Payload::Digests(&digests), self.later()).unwrap();
        self.seal(&Opening::of(&sent, ActedBy::Recipient(1), assurance(self.now), self.now).unwrap())
    }

    pub fn sign(&self, octets: &PayloadDigests, media_type: &str) -> PayloadSignature {
        let signature = self.sealer.sign_payload(octets, media_type, self.now).unwrap();
        signature.stamp_with(&self.tsas).unwrap().with_revocation(&self.revocation).unwrap()
    }

    /// The files of a letter that was sent and opened.
    pub fn files(&self) -> DossierBuilder<'static> {
        let sending = self.send(LETTER);
        let opening = self.open(&sending, LETTER);
        let signature = self.sign(&digests(LETTER), "application/pdf");
        DossierBuilder::new()
            .with_letter(LetterFiles::new(pdf(), LETTER).with_signature(signature))
            .with_proof(ProofFiles::from_der(sending.der()).unwrap())
            .with_proof(ProofFiles::from_der(opening.der()).unwrap())
            .with_anchors(AnchorsOf::Seals, self.pki.seal_anchors_pem())
            .with_anchors(AnchorsOf::Tsas, self.pki.tsa_anchors_pem())
    }

    pub fn signed<'a>(&self, files: DossierBuilder<'a>) -> Writable<'a> {
        let to_sign = files.to_sign().unwrap();
        let signature = self.sign(&to_sign.digests(), ToSign::MEDIA_TYPE);
        to_sign.signed(&signature)
    }

    pub fn stamped<'a>(&self, files: DossierBuilder<'a>) -> Writable<'a> {
        let verifier = self.verifier();
        let renewer = Renewer::new(&verifier);
        files.to_stamp().unwrap().stamp_with(&renewer, &self.tsas, &self.revocation, self.later()).unwrap()
    }

    pub fn protected<'a>(&self, files: DossierBuilder<'a>, protection: Protection) -> Writable<'a> {
        match protection {
            Protection::Signature => self.signed(files),
            Protection::Timestamp => self.stamped(files),
        }
    }

    pub fn recorded<'a>(&self, writable: Writable<'a>) -> Writable<'a> {
        let verifier = self.verifier();
        writable.with_record(&Renewer::new(&verifier), &self.tsas, &self.revocation, self.later()).unwrap()
    }
}

pub fn assurance(time: DateTime<Utc>) -> Assurance {
    Assurance::new(AssuranceLevel::Substantial, time, "urn:be:fedict:iam:fas:citizen:otp").unwrap()
}

/// The digests that any key signs.
pub fn digests(octets: &[u8]) -> PayloadDigests {
    let algorithms = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
    PayloadDigests::from_digests(algorithms.map(|algorithm| algorithm.digest(octets))).unwrap()
}

pub fn pdf() -> MediaType {
    MediaType::new("application/pdf").unwrap()
}

pub fn written(mut writable: Writable<'_>) -> Vec<u8> {
    let mut octets = Vec::new();
    writable.write(&mut octets).unwrap();
    octets
}

pub fn read(octets: &[u8]) -> Dossier<Cursor<&[u8]>> {
    Dossier::read(Cursor::new(octets)).unwrap()
}
