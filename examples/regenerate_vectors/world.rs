//! What every vector is made from: fixed keys, fixed times, fixed identifiers.

use std::sync::Arc;

use crate::oid;
use chrono::{DateTime, TimeDelta, Utc};
use const_oid::ObjectIdentifier;
use recommande::crypto::{DigestAlgorithm, PublicKey, RustCryptoSigningKey, SignError, SignatureAlgorithm, Signer};
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Codec, EvidenceIdentifier, Language, Metadata, OpeningEvent, RegisteredMail,
    Ticket,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::rfc3161_client::{Nonce, Transport};
use recommande::seal::Artifact;
use recommande::testing::{
    CertificateSpec, CertifiedKey, Forge, ForgedTstInfo, TestKeys, TestPki, TestTsa, derived_key, tlv,
};
use recommande::verify::Payload;
use recommande::{
    Certificate, Credentials, Environment, Issuer, MessageId, Opening, PartDescription, Party, PayloadDigests,
    ProofOfOpening, ProofOfSending, Sealer, Sending, SigningKey, Unstamped, Verified, Verifier,
};
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use signed_data::tlv::Tag;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The letter is submitted, sealed and timestamped, each a second after the other; then somebody verifies.
pub const SUBMITTED: &str = "2026-03-02T09:15:04Z";
pub const SIGNED: &str = "2026-03-02T09:15:05Z";
pub const STAMPED: &str = "2026-03-02T09:15:06Z";
pub const NOW: &str = "2026-03-03T12:00:00Z";

/// It is opened two days later.
pub const OPENED: &str = "2026-03-04T18:40:10Z";
pub const OPENING_SIGNED: &str = "2026-03-04T18:40:11Z";
pub const OPENING_STAMPED: &str = "2026-03-04T18:40:12Z";
pub const NOW_OPENED: &str = "2026-03-05T08:00:00Z";

/// When somebody verifies the steps of the letter.
pub const NOW_OF_STEPS: &str = "2026-05-01T12:00:00Z";

/// What keys are derived from.
pub const LABEL: &str = "recommande test vectors";

pub const LETTER: &[u8] = b"Dear Madam, your building permit is granted.\n";
pub const OTHER_LETTER: &[u8] = b"Dear Madam, your building permit is refused.\n";

const KEYS: [(&str, &str); 6] = [
    ("keys/ed25519.pem", include_str!("../../test-vectors/keys/ed25519.pem")),
    ("keys/p384.pem", include_str!("../../test-vectors/keys/p384.pem")),
    ("keys/p521.pem", include_str!("../../test-vectors/keys/p521.pem")),
    ("keys/rsa-1024.pem", include_str!("../../test-vectors/keys/rsa-1024.pem")),
    ("keys/rsa-2048.pem", include_str!("../../test-vectors/keys/rsa-2048.pem")),
    ("keys/rsa-3072.pem", include_str!("../../test-vectors/keys/rsa-3072.pem")),
];

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time of this program")
}

/// What a good token about this data says.
pub fn info(data: &[u8], time: &str) -> ForgedTstInfo {
    ForgedTstInfo::of(data, DigestAlgorithm::Sha256, at(time))
}

pub fn key_files() -> Vec<String> {
    KEYS.map(|(file, _)| file.to_owned()).into()
}

fn stored_key(file: &str) -> &'static str {
    KEYS.iter().find(|(name, _)| *name == file).map(|(_, pem)| *pem).expect("a key of this program")
}

pub fn stored_signer(file: &str) -> Result<Arc<dyn Signer>> {
    Ok(Arc::new(RustCryptoSigningKey::from_pem(stored_key(file))?))
}

pub struct World {
    pub pki: TestPki,
    pub sealer: Sealer,
    pub sending: Sending,
    /// Its encoding, to be edited.
    pub json: String,
    pub verified: Verified<Sending>,
    pub proof: ProofOfSending,
    /// The encoding of an opening of it.
    pub opening_json: String,
}

impl World {
    pub fn new() -> Result<Self> {
        let pki = TestPki::with_keys(TestKeys::derived(LABEL)?, at(SUBMITTED))?;
        let sealer = sealer(&pki, Environment::Test)?;
        let sending = sending(1, LETTER)?;
        let proof = stamp(&pki, sealer.seal(&sending, at(SIGNED))?, STAMPED, 1)?;
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let verified = verifier.verify(&proof, Payload::NotAvailable, at(NOW))?;
        let json = String::from_utf8(Codec::Json.encode(&sending, sealer.issuer())?)?;
        let opening = opening(&verified, ActedBy::Recipient(1), AssuranceLevel::Substantial, 2)?;
        let opening_json = String::from_utf8(Codec::Json.encode(&opening, sealer.issuer())?)?;
        Ok(Self { pki, sealer, sending, json, verified, proof, opening_json })
    }

    /// Sealed with this key and chain, not signed yet.
    pub fn forge(&self, content: &[u8]) -> Forge {
        Forge::seal(content, &self.pki.seal, &self.pki.seal_chain(), at(SIGNED))
    }

    /// Signs with the seal's key and timestamps.
    pub fn finish(&self, mut forge: Forge) -> Result<Vec<u8>> {
        forge.sign(&*self.pki.seal.signer)?;
        let token = self.token_for(&forge.first().signature, STAMPED)?;
        forge.first().stamp(&token);
        Ok(forge.to_der())
    }

    /// The sending, with one thing changed before it is signed.
    pub fn forged(&self, change: impl FnOnce(&mut Forge)) -> Result<Vec<u8>> {
        let mut forge = self.forge(self.json.as_bytes());
        change(&mut forge);
        self.finish(forge)
    }

    /// Content of any kind under a good seal.
    pub fn sealed(&self, content: &[u8]) -> Result<Vec<u8>> {
        self.finish(self.forge(content))
    }

    /// The sending, with one text in it replaced before it is sealed.
    pub fn edited(&self, from: &str, to: &str) -> Result<Vec<u8>> {
        self.sealed(replaced(&self.json, from, to).as_bytes())
    }

    /// The opening, with one text in it replaced before it is sealed.
    pub fn edited_opening(&self, from: &str, to: &str) -> Result<Vec<u8>> {
        self.sealed_opening(&replaced(&self.opening_json, from, to), OPENING_SIGNED, OPENING_STAMPED)
    }

    pub fn sealed_opening(&self, json: &str, signed: &str, stamped: &str) -> Result<Vec<u8>> {
        let mut forge = Forge::seal(json.as_bytes(), &self.pki.seal, &self.pki.seal_chain(), at(signed));
        forge.sign(&*self.pki.seal.signer)?;
        let token = self.token_for(&forge.first().signature, stamped)?;
        forge.first().stamp(&token);
        Ok(forge.to_der())
    }

    /// A good token over these signature octets.
    pub fn token_for(&self, signature: &[u8], time: &str) -> Result<Vec<u8>> {
        self.token(&info(signature, time), &self.pki.tsa, |_| {})
    }

    /// A token by this key, with one thing changed before it is signed.
    pub fn token(&self, info: &ForgedTstInfo, tsa: &CertifiedKey, change: impl FnOnce(&mut Forge)) -> Result<Vec<u8>> {
        let mut token = Forge::token(info, tsa);
        change(&mut token);
        token.sign(&*tsa.signer)?;
        Ok(token.to_der())
    }

    /// The sending, under a token that is made from its signature.
    pub fn stamped(&self, token: impl FnOnce(&[u8]) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        let mut forge = self.forge(self.json.as_bytes());
        forge.sign(&*self.pki.seal.signer)?;
        let token = token(&forge.first().signature)?;
        forge.first().stamp(&token);
        Ok(forge.to_der())
    }

    /// The sending, under a token whose TSTInfo has one thing changed.
    pub fn stamped_info(&self, change: impl FnOnce(&mut ForgedTstInfo)) -> Result<Vec<u8>> {
        self.stamped(|signature| {
            let mut info = ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED));
            change(&mut info);
            self.token(&info, &self.pki.tsa, |_| {})
        })
    }

    /// The sending, under a token whose TSA has a certificate that is changed in one thing.
    pub fn stamped_by(&self, change: impl FnOnce(CertificateSpec) -> CertificateSpec) -> Result<Vec<u8>> {
        let tsa = self.pki.tsa_root.issue(&change(tsa_spec()), self.pki.tsa.signer.clone())?;
        self.stamped(|signature| {
            self.token(&ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED)), &tsa, |_| {})
        })
    }

    /// The sending under a seal whose certificate is changed in one thing.
    pub fn sealed_by(&self, change: impl FnOnce(CertificateSpec) -> CertificateSpec) -> Result<Vec<u8>> {
        let key = self.pki.intermediate.issue(&change(seal_spec()), self.pki.seal.signer.clone())?;
        self.sealed_with(&key, &[&self.pki.intermediate, &self.pki.root])
    }

    /// The sending, sealed with this key whose certificate stands below these issuers.
    pub fn sealed_with(&self, key: &CertifiedKey, issuers: &[&CertifiedKey]) -> Result<Vec<u8>> {
        let mut chain = vec![key.certificate.clone()];
        chain.extend(issuers.iter().map(|issuer| issuer.certificate.clone()));
        let mut forge = Forge::seal(self.json.as_bytes(), key, &chain, at(SIGNED));
        forge.sign(&*key.signer)?;
        let token = self.token_for(&forge.first().signature, STAMPED)?;
        forge.first().stamp(&token);
        Ok(forge.to_der())
    }

    /// The sending, sealed below an intermediate that is changed in one thing.
    pub fn sealed_below(&self, change: impl FnOnce(CertificateSpec) -> CertificateSpec) -> Result<Vec<u8>> {
        let spec = CertificateSpec::authority("Test Seal CA", valid_from(), valid_until()).with_authority(Some(0));
        let intermediate = self.pki.root.issue(&change(spec), self.pki.intermediate.signer.clone())?;
        let seal = intermediate.issue(&seal_spec(), self.pki.seal.signer.clone())?;
        self.sealed_with(&seal, &[&intermediate, &self.pki.root])
    }

    /// The sending, through the public interface, by a key of another kind.
    pub fn sealed_by_stored_key(&self, file: &str) -> Result<Vec<u8>> {
        self.sealed_by_signer(stored_signer(file)?)
    }

    /// The sending, through the public interface, by this key.
    pub fn sealed_by_signer(&self, key: Arc<dyn Signer>) -> Result<Vec<u8>> {
        let key = self.pki.intermediate.issue(&seal_spec(), key)?;
        let mut chain = self.pki.seal_chain();
        chain.splice(..1, [key.certificate.clone()]);
        let sealer = Sealer::new(Credentials::new(key.signer, chain)?, self.sealer.issuer().clone());
        Ok(stamp(&self.pki, sealer.seal(&self.sending, at(SIGNED))?, STAMPED, 1)?.der().to_vec())
    }

    /// The sending, under a token by a TSA with this key.
    pub fn stamped_by_signer(&self, key: Arc<dyn Signer>) -> Result<Vec<u8>> {
        let tsa = self.pki.tsa_root.issue(&tsa_spec(), key)?;
        self.stamped(|signature| {
            self.token(&ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED)), &tsa, |_| {})
        })
    }

    /// The sending under a seal whose certificate has an RSA key with which nothing can be verified.
    pub fn sealed_with_exponent_1(&self) -> Result<Vec<u8>> {
        let mut weak =
            FixedRsa::new(stored_key("keys/rsa-3072.pem"), SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256))?;
        weak.public_key = rsa_public_key(oid::RSA_ENCRYPTION, &number(weak.key.n()), &tlv(Tag::INTEGER, &[&[1]]))?;
        let key = self.pki.intermediate.issue(&seal_spec(), Arc::new(weak))?;
        self.sealed_with(&key, &[&self.pki.intermediate, &self.pki.root])
    }

    /// The sending, sealed with RSA by a key or digest with which nothing is sealed any more.
    pub fn sealed_with_weak_rsa(&self, file: &str, digest: DigestAlgorithm) -> Result<Vec<u8>> {
        let key: Arc<dyn Signer> = Arc::new(FixedRsa::new(stored_key(file), SignatureAlgorithm::RsaPkcs1(digest))?);
        let key = self.pki.intermediate.issue(&seal_spec(), key)?;
        self.sealed_with(&key, &[&self.pki.intermediate, &self.pki.root])
    }
}

pub fn replaced(json: &str, from: &str, to: &str) -> String {
    assert_eq!(json.matches(from).count(), 1, "{from} stands once in the statement");
    json.replace(from, to)
}

pub fn valid_from() -> DateTime<Utc> {
    at(SUBMITTED) - TimeDelta::days(1)
}

pub fn valid_until() -> DateTime<Utc> {
    at(SUBMITTED) + TimeDelta::days(730)
}

pub fn seal_spec() -> CertificateSpec {
    CertificateSpec::seal("Test Seal", valid_from(), valid_until())
}

pub fn tsa_spec() -> CertificateSpec {
    CertificateSpec::tsa("Test TSA", valid_from(), valid_until())
}

pub fn derived(label: &str) -> Result<Arc<dyn Signer>> {
    Ok(derived_key(&format!("{LABEL}: {label}"))?)
}

pub fn pem(certificates: &[&Certificate]) -> Vec<u8> {
    pem_of("CERTIFICATE", certificates.iter().map(|certificate| certificate.der()))
}

pub fn pem_of<'a>(label: &str, ders: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let pem = |der| pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).expect("PEM");
    ders.map(pem).collect::<String>().into_bytes()
}

pub fn sealer(pki: &TestPki, environment: Environment) -> Result<Sealer> {
    let number: EnterpriseNumber = "0406798006".parse()?;
    let issuer = Issuer::of("Example Registered Mail Service", &number, environment)?
        .with_policy("https://example.org/policies/registered-mail/1")?;
    Ok(Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer))
}

pub fn identifier(number: u8, time: &str) -> EvidenceIdentifier {
    EvidenceIdentifier::version_7(at(time), [number; 10])
}

pub fn sending(number: u8, payload: &[u8]) -> Result<Sending> {
    let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Sending Office")?;
    let item = RegisteredMail::new(Ticket::new("1ZG0000036L3Z")?, "Building permit", "permit", Language::English)?
        .with_application_id("example-office")?
        .with_metadata(Metadata::new("dossier", ["2026-0042"])?)?;
    Ok(Sending::new(
        MessageId::new("1ZG0000036L3Z")?,
        sender,
        Party::new("85073003328".parse::<Niss>()?),
        PartDescription::new("letter.txt", "text/plain")?,
        PayloadDigests::of_bytes(payload),
        at(SUBMITTED),
    )?
    .with_national_extension(item)
    .with_evidence_identifier(identifier(number, SUBMITTED)))
}

pub fn opening(sending: &Verified<Sending>, by: ActedBy, level: AssuranceLevel, number: u8) -> Result<Opening> {
    let opening = Opening::of(sending, by, assurance(level)?, at(OPENED))?;
    Ok(opening.with_evidence_identifier(identifier(number, OPENED)))
}

pub fn assurance(level: AssuranceLevel) -> Result<Assurance> {
    let authenticated = at(OPENED) - TimeDelta::seconds(30);
    Ok(Assurance::new(level, authenticated, "urn:be:fedict:iam:fas:citizen:otp")?)
}

pub fn handed_over(opening: Opening) -> Result<Opening> {
    Ok(opening.with_event(OpeningEvent::ContentHandover)?)
}

/// Requests a timestamp with a fixed nonce from the TSA of the test PKI, and attaches it.
pub fn stamp<A: Artifact + Clone>(pki: &TestPki, unstamped: Unstamped<A>, time: &str, serial: u64) -> Result<A> {
    stamp_by(&TestTsa::new(pki).with_clock(clock(time)).with_serial(serial), unstamped)
}

pub fn stamp_by<A: Artifact + Clone>(tsa: &TestTsa, unstamped: Unstamped<A>) -> Result<A> {
    let request = unstamped.timestamp_request(Nonce::from_bytes(&[0x52; 8]))?;
    Ok(unstamped.attach(&request, &tsa.send(&request.to_der())?)?)
}

pub fn clock(time: &str) -> impl Fn() -> DateTime<Utc> + Send + Sync + 'static {
    let time = at(time);
    move || time
}

pub fn stamp_opening(world: &World, opening: &Opening) -> Result<ProofOfOpening> {
    stamp(&world.pki, world.sealer.seal(opening, at(OPENING_SIGNED))?, OPENING_STAMPED, 2)
}

/// RSA as no signer of the library offers it: with weak digests, and with a salt that never changes.
struct FixedRsa {
    key: rsa::PrivateKey,
    algorithm: SignatureAlgorithm,
    public_key: PublicKey,
}

impl FixedRsa {
    fn new(pem: &str, algorithm: SignatureAlgorithm) -> Result<Self> {
        let key = rsa::PrivateKey::from_pkcs8_pem(pem)?;
        let public_key = rsa_public_key(oid::RSA_ENCRYPTION, &number(key.n()), &number(key.e()))?;
        Ok(Self { key, algorithm, public_key })
    }
}

/// The stored RSA key of 3072 bits, signing by RSASSA-PSS with SHA-256 and a salt of 32 octets. The certificate names it
/// as a key for any padding.
pub fn pss_signer() -> Result<Arc<dyn Signer>> {
    let algorithm = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256);
    Ok(Arc::new(FixedRsa::new(stored_key("keys/rsa-3072.pem"), algorithm)?))
}

/// The same, with a certificate that names it as a key for RSASSA-PSS alone (RFC 4055 §1.2).
pub fn pss_only_signer() -> Result<Arc<dyn Signer>> {
    let algorithm = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256);
    let mut signer = FixedRsa::new(stored_key("keys/rsa-3072.pem"), algorithm)?;
    signer.public_key = rsa_public_key(oid::RSASSA_PSS, &number(signer.key.n()), &number(signer.key.e()))?;
    Ok(Arc::new(signer))
}

/// The stored Ed25519 key.
pub fn ed25519_signer() -> Result<Arc<dyn Signer>> {
    Ok(Arc::new(SigningKey::from_pem(stored_key("keys/ed25519.pem"))?))
}

/// DER of an INTEGER.
fn number(number: &rsa::BoxedUint) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let significant: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
    let sign: &[u8] = if significant.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    tlv(Tag::INTEGER, &[sign, &significant])
}

/// rsaEncryption has NULL parameters, and id-RSASSA-PSS without parameters allows all of them (RFC 4055 §1.2, §3.1).
fn rsa_public_key(algorithm: ObjectIdentifier, modulus: &[u8], exponent: &[u8]) -> Result<PublicKey> {
    let parameters: &[u8] = if algorithm == oid::RSA_ENCRYPTION { &[0x05, 0x00] } else { &[] };
    let algorithm = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[algorithm.as_bytes()]), parameters]);
    let key = tlv(Tag::BIT_STRING, &[&[0], &tlv(Tag::SEQUENCE, &[modulus, exponent])]);
    Ok(PublicKey::from_spki(&tlv(Tag::SEQUENCE, &[&algorithm, &key]))?)
}

impl Signer for FixedRsa {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignError> {
        let sha_256 = DigestAlgorithm::Sha256.digest(message);
        match self.algorithm {
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1) => {
                let padding = rsa::Pkcs1v15Sign::new::<sha1::Sha1>();
                self.key.sign(padding, DigestAlgorithm::Sha1.digest(message).as_bytes())
            }
            SignatureAlgorithm::RsaPss { .. } => {
                let padding = rsa::Pss { blinded: false, digest: sha2::Sha256::default(), salt_len: Some(32) };
                self.key.sign_with_rng(&mut FixedSalt, padding, sha_256.as_bytes())
            }
            _ => self.key.sign(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), sha_256.as_bytes()),
        }
        .map_err(|error| SignError::External(error.into()))
    }
}

/// Octets that are always the same, so that a vector by RSASSA-PSS is.
struct FixedSalt;

impl rsa::rand_core::TryRng for FixedSalt {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> std::result::Result<u32, Self::Error> {
        Ok(0x5a5a_5a5a)
    }

    fn try_next_u64(&mut self) -> std::result::Result<u64, Self::Error> {
        Ok(0x5a5a_5a5a_5a5a_5a5a)
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> std::result::Result<(), Self::Error> {
        octets.fill(0x5a);
        Ok(())
    }
}

impl rsa::rand_core::TryCryptoRng for FixedSalt {}
