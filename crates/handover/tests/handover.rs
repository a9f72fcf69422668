//! A proof that is handed over opens with the key of its sender, and with no other one.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair};
use chrono::{DateTime, TimeDelta, Utc};
use recommande::crypto::{AlgorithmPolicy, KeyKind};
use recommande::evidence::{Committed, Field, PartyField, Role, Salts};
use recommande::identity::EnterpriseNumber;
use recommande::pki::Certificate;
use recommande::pki::revocation::{RevocationData, RevocationReason, RevocationStatus};
use recommande::testing::{CertificateSpec, CrlSpec, RevokedSpec, TestPki, TestTsa, Usage};
use recommande::verify::SendingContext;
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, Payload, PayloadDigests, ProofOfSending,
    Sealer, Sending, SigningKey, TsaPool, Verified, Verifier,
};
use recommande_handover::{
    Addressee, AddresseeError, Envelope, EnvelopeError, OpenError, Recipient, RecipientError, SenderOf, Trust, open,
    open_legacy,
};

mod changed;

const CONTENT: &[u8] = b"the octets of a proof";

fn now() -> DateTime<Utc> {
    "2026-11-22T09:15:04Z".parse().unwrap()
}

fn sending(message: &str) -> Sending {
    let number = |number: &str| number.parse::<EnterpriseNumber>().unwrap();
    let sender = Party::legal_person(number("0566988259"), "Example Office").unwrap();
    let part = PartDescription::new("letter.pdf", "application/pdf").unwrap();
    let digests = PayloadDigests::of_bytes(b"the letter");
    Sending::new(MessageId::new(message).unwrap(), sender, Party::new(number("0214596464")), part, digests, now())
        .unwrap()
}

/// A key pair as PKCS #8.
#[derive(Clone, Copy, Debug)]
enum Kind {
    P256,
    P384,
    Rsa,
}

const KINDS: [Kind; 3] = [Kind::P256, Kind::P384, Kind::Rsa];

fn pkcs8(kind: Kind) -> Vec<u8> {
    let random = aws_lc_rs::rand::SystemRandom::new();
    match kind {
        Kind::P256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap().as_ref().to_vec(),
        Kind::P384 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, &random).unwrap().as_ref().to_vec(),
        Kind::Rsa => {
            let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
            AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref().to_vec()
        }
    }
}

fn pem(pkcs8: &[u8]) -> String {
    pem_rfc7468::encode_string("PRIVATE KEY", pem_rfc7468::LineEnding::LF, pkcs8).unwrap()
}

/// The PKI of senders.
struct Senders(TestPki);

impl Senders {
    fn new() -> Self {
        Self(TestPki::new(now()).unwrap())
    }

    /// The proof of a sending, by a service of the same PKI.
    fn proof(&self, sending: &Sending) -> ProofOfSending {
        let credentials = Credentials::new(self.0.seal.signer.clone(), self.0.seal_chain()).unwrap();
        let service = "0406798006".parse::<EnterpriseNumber>().unwrap();
        let sealer = Sealer::new(credentials, Issuer::of("Service", &service, Environment::Test).unwrap());
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&self.0).with_clock(now));
        recommande::send(&sealer, &tsas, sending, now()).unwrap()
    }

    fn verified(&self, proof: &ProofOfSending, context: SendingContext<'_>) -> Verified<Sending> {
        let verifier = Verifier::new(self.0.seal_anchors(), self.0.tsa_anchors(), Environment::Test);
        verifier.verify(proof, context, now()).unwrap()
    }

    fn issue(&self, spec: &CertificateSpec, pkcs8: &[u8]) -> Certificate {
        let key = SigningKey::from_pem(&pem(pkcs8)).unwrap();
        self.0.intermediate.issue(spec, Arc::new(key)).unwrap().certificate
    }

    /// Whoever holds the certificate.
    fn addressee(&self, certificate: &Certificate) -> Result<Addressee, AddresseeError> {
        self.by(certificate, AlgorithmPolicy::default())
    }

    fn by(&self, certificate: &Certificate, algorithms: AlgorithmPolicy) -> Result<Addressee, AddresseeError> {
        let (anchors, intermediates) = (self.0.seal_anchors(), [self.0.intermediate.certificate.clone()]);
        let trust = Trust::new(&anchors).with_intermediates(&intermediates).with_algorithms(algorithms);
        Addressee::whoever_holds(certificate, &trust, now())
    }

    /// The sender of a proof that verified.
    fn sender(
        &self,
        verified: &Verified<Sending>,
        certificate: &Certificate,
        time: DateTime<Utc>,
    ) -> Result<SenderOf<Sending>, AddresseeError> {
        let (anchors, intermediates) = (self.0.seal_anchors(), [self.0.intermediate.certificate.clone()]);
        let trust = Trust::new(&anchors).with_intermediates(&intermediates);
        Addressee::sender_of(verified, certificate, &trust, time)
    }
}

fn not_available<'a>() -> SendingContext<'a> {
    SendingContext::new(Payload::NotAvailable)
}

/// Opens a file by the door of its form.
fn open_by(envelope: Envelope, file: &[u8], recipient: &Recipient) -> Result<Vec<u8>, OpenError> {
    match envelope {
        Envelope::Authenticated | Envelope::Bound => open(file, recipient),
        Envelope::Legacy => open_legacy(file, recipient),
    }
}

fn usage(kind: Kind) -> Usage {
    match kind {
        Kind::P256 | Kind::P384 => Usage::KeyAgreement,
        Kind::Rsa => Usage::KeyEncipherment,
    }
}

fn spec(number: &str, usages: &[Usage]) -> CertificateSpec {
    CertificateSpec::new("Sender", now() - TimeDelta::days(1), now() + TimeDelta::days(300))
        .with_key_usage(usages)
        .with_organization("Example Office", number)
}

#[test]
fn the_sender_opens_what_was_handed_over_and_nobody_else() {
    let senders = Senders::new();
    for kind in KINDS {
        let key = pkcs8(kind);
        let certificate = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &key);
        let addressee = senders.addressee(&certificate).unwrap();
        let recipient = Recipient::from_pem(&certificate, &pem(&key)).unwrap();
        // The same name and number, another key.
        let other_key = pkcs8(kind);
        let other = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &other_key);
        let other = Recipient::from_pkcs8(&other, &other_key).unwrap();
        let elsewhere = Senders::new().issue(&spec("NTRBE-0566988259", &[usage(kind)]).with_serial(&[9]), &other_key);
        let elsewhere = Recipient::from_pkcs8(&elsewhere, &other_key).unwrap();
        for envelope in [Envelope::Authenticated, Envelope::Bound, Envelope::Legacy] {
            for content in [CONTENT.to_vec(), Vec::new(), vec![7; 100_000]] {
                let file = addressee.envelope(&content, envelope).unwrap();
                assert_eq!(open_by(envelope, &file, &recipient), Ok(content.clone()), "{kind:?} {envelope:?}");
                assert!(content.len() < 16 || !file.windows(16).any(|window| window == &content[..16]));
            }
            let file = addressee.envelope(CONTENT, envelope).unwrap();
            assert_ne!(file, addressee.envelope(CONTENT, envelope).unwrap(), "each envelope has a key of its own");
            assert_eq!(open_by(envelope, &file, &other), Err(OpenError::NotOpened));
            assert_eq!(open_by(envelope, &file, &elsewhere), Err(OpenError::AnotherRecipient));
        }
    }
}

#[test]
fn a_certificate_that_is_not_the_senders_gets_nothing() {
    let senders = Senders::new();
    let key = pkcs8(Kind::P256);
    let issue = |spec: &CertificateSpec| senders.issue(spec, &key);
    let verified = senders.verified(&senders.proof(&sending("1")), not_available());
    let refusal = |certificate: &Certificate| senders.sender(&verified, certificate, now()).unwrap_err();
    let good = spec("NTRBE-0566988259", &[Usage::KeyAgreement]);
    let certificate = issue(&good);
    assert!(senders.sender(&verified, &certificate, now()).is_ok());
    let another = issue(&spec("NTRBE-0406798006", &[Usage::KeyAgreement]));
    assert_eq!(refusal(&another), AddresseeError::AnotherThanSender);
    let nameless = CertificateSpec::new("Sender", now() - TimeDelta::days(1), now() + TimeDelta::days(300));
    assert_eq!(refusal(&issue(&nameless.with_key_usage(&[Usage::KeyAgreement]))), AddresseeError::NobodyNamed);
    let signing = issue(&spec("NTRBE-0566988259", &[Usage::DigitalSignature, Usage::KeyEncipherment]));
    assert_eq!(refusal(&signing), AddresseeError::KeyUsage("keyAgreement"));
    let unstated = CertificateSpec::new("Sender", now() - TimeDelta::days(1), now() + TimeDelta::days(300));
    let unstated = issue(&unstated.with_organization("Example Office", "NTRBE-0566988259"));
    assert_eq!(refusal(&unstated), AddresseeError::KeyUsage("keyAgreement"));
    let rsa = senders.issue(&spec("NTRBE-0566988259", &[Usage::KeyAgreement]), &pkcs8(Kind::Rsa));
    assert_eq!(refusal(&rsa), AddresseeError::KeyUsage("keyEncipherment"));
    let ed25519 = recommande::testing::generate_key(&KeyKind::Ed25519).unwrap();
    let ed25519 = senders.0.intermediate.issue(&good, ed25519).unwrap().certificate;
    assert_eq!(refusal(&ed25519), AddresseeError::Key(KeyKind::Ed25519));
    let ca = issue(&good.clone().with_authority(None));
    assert_eq!(refusal(&ca), AddresseeError::Authority);
    // Anybody can write the sender's number into a certificate of his own.
    let own = Senders::new().issue(&good, &key);
    assert!(matches!(refusal(&own), AddresseeError::Path(_)));
    let (late, early) = (now() + TimeDelta::days(301), now() - TimeDelta::days(2));
    assert!(matches!(senders.sender(&verified, &certificate, late), Err(AddresseeError::Expired { .. })));
    assert!(matches!(senders.sender(&verified, &certificate, early), Err(AddresseeError::NotYetValid { .. })));
    // A statement that hides its sender names nobody until it is disclosed.
    let fields = [Field::Party(Role::Sender, PartyField::Identifier)];
    let (hidden, disclosure) = Committed::of(&sending("1"), &fields, Salts::Random).unwrap().into_parts();
    let hidden = senders.proof(&hidden);
    let undisclosed = senders.verified(&hidden, not_available());
    let of_undisclosed = senders.sender(&undisclosed, &certificate, now());
    assert_eq!(of_undisclosed.unwrap_err(), AddresseeError::SenderNotDisclosed);
    let disclosed = senders.verified(&hidden, not_available().with_disclosure(&disclosure));
    let sender = senders.sender(&disclosed, &certificate, now()).unwrap();
    assert!(sender.envelope(&hidden, Envelope::Authenticated).is_ok());
    assert_eq!(senders.sender(&disclosed, &another, now()).unwrap_err(), AddresseeError::AnotherThanSender);
    // The caller may decide otherwise, and all other checks stay.
    assert!(senders.addressee(&another).is_ok());
    assert!(senders.addressee(&own).is_err());
    assert!(senders.addressee(&signing).is_err());
}

#[test]
fn the_sender_of_a_proof_gets_that_proof_alone() {
    let senders = Senders::new();
    let key = pkcs8(Kind::P256);
    let certificate = senders.issue(&spec("NTRBE-0566988259", &[Usage::KeyAgreement]), &key);
    let recipient = Recipient::from_pkcs8(&certificate, &key).unwrap();
    let (proof, another) = (senders.proof(&sending("1")), senders.proof(&sending("2")));
    let sender = senders.sender(&senders.verified(&proof, not_available()), &certificate, now()).unwrap();
    for envelope in [Envelope::Authenticated, Envelope::Legacy] {
        let file = sender.envelope(&proof, envelope).unwrap();
        assert_eq!(open_by(envelope, &file, &recipient), Ok(proof.der().to_vec()));
        assert_eq!(sender.envelope(&another, envelope), Err(EnvelopeError::AnotherProof));
    }
    assert_eq!(sender.certificate(), &certificate);
    // Another statement behind the same signed attributes has the same identifier.
    let mut der = proof.der().to_vec();
    let name = der.windows(14).position(|window| window == b"Example Office").unwrap();
    der[name + 13] = b'a';
    let forged = ProofOfSending::from_der(&der).unwrap();
    assert_eq!(forged.id(), proof.id());
    assert_eq!(sender.envelope(&forged, Envelope::Authenticated), Err(EnvelopeError::AnotherProof));
    assert!(!format!("{sender:?}").contains("0566988259"));
}

/// Whoever found or stole the key of a sender gets nothing once the certificate is revoked.
#[test]
fn a_certificate_that_is_revoked_gets_nothing() {
    let senders = Senders::new();
    let certificate = senders.issue(&spec("NTRBE-0566988259", &[Usage::KeyAgreement]), &pkcs8(Kind::P256));
    let (day, pki) = (TimeDelta::days(1), &senders.0);
    let crl = || CrlSpec::new(now() - day, now() + day);
    let data = |of_sender: &CrlSpec, of_authority: Option<&CrlSpec>| {
        let mut data = RevocationData::new();
        data.add_der(&pki.intermediate.issue_crl(of_sender).unwrap()).unwrap();
        of_authority.into_iter().for_each(|crl| data.add_der(&pki.root.issue_crl(crl).unwrap()).unwrap());
        data
    };
    let judged = |data: &RevocationData| {
        let (anchors, intermediates) = (pki.seal_anchors(), [pki.intermediate.certificate.clone()]);
        let trust = Trust::new(&anchors).with_intermediates(&intermediates).with_revocation(data);
        Addressee::whoever_holds(&certificate, &trust, now()).map(drop)
    };
    let revoked = |certificate: &Certificate| crl().with_revoked(&RevokedSpec::new(certificate, now() - day));
    assert_eq!(judged(&data(&crl(), Some(&crl()))), Ok(()));
    let of_sender = data(&revoked(&certificate), Some(&crl()));
    assert_eq!(judged(&of_sender), Err(AddresseeError::Revoked { position: 1, date: now() - day }));
    let on_hold = RevokedSpec::new(&certificate, now() - day).with_reason(RevocationReason::CertificateHold);
    let on_hold = data(&crl().with_revoked(&on_hold), Some(&crl()));
    assert_eq!(judged(&on_hold), Err(AddresseeError::Revoked { position: 1, date: now() - day }));
    let of_authority = data(&crl(), Some(&revoked(&pki.intermediate.certificate)));
    assert_eq!(judged(&of_authority), Err(AddresseeError::Revoked { position: 2, date: now() - day }));
    // What does not answer clears nobody.
    let unknown = |position, status| Err(AddresseeError::StatusNotKnown { position, status });
    assert_eq!(judged(&RevocationData::new()), unknown(1, RevocationStatus::Absent));
    assert_eq!(judged(&data(&crl(), None)), unknown(2, RevocationStatus::Absent));
    let old = CrlSpec::new(now() - day * 3, now() - day);
    assert_eq!(judged(&data(&old, Some(&crl()))), unknown(1, RevocationStatus::Stale));
    let stranger = Senders::new().0.intermediate.issue_crl(&crl()).unwrap();
    let mut forged = RevocationData::new();
    [stranger, pki.root.issue_crl(&crl()).unwrap()].iter().for_each(|crl| forged.add_der(crl).unwrap());
    assert!(matches!(judged(&forged), Err(AddresseeError::StatusNotKnown { position: 1, .. })));
    // Without data nobody is asked, which is for the caller to choose.
    assert!(senders.addressee(&certificate).is_ok());
}

#[test]
fn a_certificate_for_other_purposes_gets_nothing() {
    let senders = Senders::new();
    let oid = const_oid::ObjectIdentifier::new_unwrap;
    let [server, client, time_stamping] = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.8"].map(oid);
    let [any, mail, documents] = ["2.5.29.37.0", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"].map(oid);
    for kind in [Kind::P256, Kind::Rsa] {
        let key = pkcs8(kind);
        let of = |purposes: &[_]| {
            let spec = spec("NTRBE-0566988259", &[usage(kind)]).with_extended_key_usage(purposes);
            senders.addressee(&senders.issue(&spec, &key)).map(drop)
        };
        for purposes in [&[any][..], &[mail], &[documents], &[server, mail], &[client, documents]] {
            assert_eq!(of(purposes), Ok(()), "{kind:?} {purposes:?}");
        }
        for purposes in [&[server][..], &[client], &[time_stamping], &[server, client]] {
            assert_eq!(of(purposes), Err(AddresseeError::Purpose), "{kind:?} {purposes:?}");
        }
    }
}

#[test]
fn a_path_of_weak_signatures_leads_to_nobody() {
    let senders = Senders::new();
    let certificate = senders.issue(&spec("NTRBE-0566988259", &[Usage::KeyAgreement]), &pkcs8(Kind::P256));
    let judged = |change: &dyn Fn(&mut AlgorithmPolicy)| {
        let mut algorithms = AlgorithmPolicy::default();
        change(&mut algorithms);
        senders.by(&certificate, algorithms).map(drop)
    };
    let (today, tomorrow) = (now().date_naive(), now().date_naive() + TimeDelta::days(1));
    let is_past = |judged| matches!(judged, Err(AddresseeError::AlgorithmPast { since, .. }) if since == today);
    assert_eq!(judged(&|_| {}), Ok(()));
    assert_eq!(judged(&|policy| policy.keys.iter_mut().for_each(|row| row.legacy_from = Some(today))), Ok(()));
    assert_eq!(judged(&|policy| policy.keys.iter_mut().for_each(|row| row.past_from = Some(tomorrow))), Ok(()));
    assert!(is_past(judged(&|policy| policy.keys.iter_mut().for_each(|row| row.past_from = Some(today)))));
    assert!(is_past(judged(&|policy| policy.digests.iter_mut().for_each(|row| row.past_from = Some(today)))));
    for unlisted in [judged(&|policy| policy.keys.clear()), judged(&|policy| policy.digests.clear())] {
        assert!(matches!(unlisted, Err(AddresseeError::AlgorithmNotAccepted { .. })), "{unlisted:?}");
    }
    assert!(judged(&|policy| policy.keys.iter_mut().for_each(|row| row.bits += 4096)).is_err());
}

#[test]
fn a_changed_file_does_not_open_and_hostile_files_are_errors() {
    let senders = Senders::new();
    for kind in KINDS {
        let key = pkcs8(kind);
        let certificate = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &key);
        let recipient = Recipient::from_pkcs8(&certificate, &key).unwrap();
        for envelope in [Envelope::Authenticated, Envelope::Bound] {
            let file = senders.addressee(&certificate).unwrap().envelope(CONTENT, envelope).unwrap();
            // With the second and third bit a point gets the hybrid form.
            for (place, bits) in (0..file.len()).flat_map(|place| [(place, 1), (place, 2), (place, 3)]) {
                let mut changed = file.clone();
                changed[place] ^= bits;
                let opened = open(&changed, &recipient);
                assert!(opened.is_err(), "{kind:?} {envelope:?}: octet {place} of {}", file.len());
            }
            for length in 0..file.len() {
                assert!(open(&file[..length], &recipient).is_err());
            }
            assert!(open(&[&file[..], b"0"].concat(), &recipient).is_err());
        }
        let legacy = senders.addressee(&certificate).unwrap().envelope(CONTENT, Envelope::Legacy).unwrap();
        for place in 0..legacy.len() {
            let mut changed = legacy.clone();
            changed[place] ^= 1;
            // Nothing authenticates this form; it must not panic.
            let _ = open_legacy(&changed, &recipient);
            assert!(open(&changed, &recipient).is_err());
        }
        for envelope in [Envelope::Authenticated, Envelope::Legacy] {
            let refusal = |file: &[u8]| open_by(envelope, file, &recipient).unwrap_err();
            assert_eq!(refusal(b""), OpenError::Malformed);
            assert_eq!(refusal(&crowded(20_000)), OpenError::TooLarge("set of recipients"));
            assert_eq!(refusal(&vec![0; (64 << 20) + 1]), OpenError::TooLarge("file"));
        }
    }
}

/// An envelope with a set of so many octets of recipients.
fn crowded(octets: usize) -> Vec<u8> {
    let element = |tag: u8, value: &[u8]| {
        let length = u32::try_from(value.len()).unwrap().to_be_bytes();
        [&[tag, 0x84], &length[..], value].concat()
    };
    let body = [vec![2, 1, 0], element(0x31, &vec![0; octets])].concat();
    let oid = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3];
    element(0x30, &[&oid[..], &element(0xa0, &element(0x30, &body))].concat())
}

#[test]
fn a_key_belongs_to_its_certificate() {
    let senders = Senders::new();
    for kind in KINDS {
        let (key, other) = (pkcs8(kind), pkcs8(kind));
        let certificate = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &key);
        assert_eq!(Recipient::from_pkcs8(&certificate, &other).unwrap_err(), RecipientError::AnotherKey);
        assert_eq!(Recipient::from_pkcs8(&certificate, b"no key").unwrap_err(), RecipientError::Key);
        assert_eq!(Recipient::from_pem(&certificate, "no key").unwrap_err(), RecipientError::Pem);
        let shown = format!("{:?}", Recipient::from_pkcs8(&certificate, &key).unwrap());
        assert!(shown == "Recipient(EC)" || shown == "Recipient(RSA)");
    }
}

/// OpenSSL reads both forms, and we read what OpenSSL makes by the same algorithms.
#[test]
fn openssl_opens_what_was_handed_over() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: there is no openssl");
        return;
    }
    let senders = Senders::new();
    let folder = std::env::temp_dir().join(format!("handover-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for kind in KINDS {
        let key = pkcs8(kind);
        let certificate = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &key);
        let of_certificate =
            pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, certificate.der()).unwrap();
        std::fs::write(path("sender.pem"), of_certificate).unwrap();
        std::fs::write(path("key.pem"), pem(&key)).unwrap();
        for envelope in [Envelope::Authenticated, Envelope::Legacy] {
            let file = senders.addressee(&certificate).unwrap().envelope(CONTENT, envelope).unwrap();
            let (sender, key) = (path("sender.pem"), path("key.pem"));
            let arguments = ["cms", "-decrypt", "-binary", "-inform", "DER", "-recip", &sender, "-inkey", &key];
            assert_eq!(openssl(&arguments, &file), CONTENT, "{kind:?} {envelope:?}");
        }
        let recipient = Recipient::from_pkcs8(&certificate, &key).unwrap();
        let sender = path("sender.pem");
        for (envelope, cipher) in [(Envelope::Authenticated, "-aes-256-gcm"), (Envelope::Legacy, "-aes-256-cbc")] {
            let mut arguments = vec!["cms", "-encrypt", "-binary", "-outform", "DER", cipher, "-recip", &sender];
            arguments.extend(match kind {
                Kind::Rsa => &["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"][..],
                Kind::P256 | Kind::P384 => &["-keyopt", "ecdh_kdf_md:sha256", "-aes256-wrap"][..],
            });
            let opened = open_by(envelope, &openssl(&arguments, CONTENT), &recipient);
            assert_eq!(opened, Ok(CONTENT.to_vec()), "{kind:?} {cipher}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
