//! Holds seals that wait for a signature which is made elsewhere.

use std::fmt;

use signed_data::SignerInfo;
use signed_data::tlv::Tag;

use super::credentials::check_certificate;
use super::error::{CompleteError, DecodeError, PreparedError, ProfileViolation};
use super::{Artifact, Credentials, Envelope, INTERNAL, Unstamped};
use crate::asn1::oid;
use crate::cms::{CheckedSigner, SignerCheck, check_prepared, embedded_certificates, single_value, with_signature};
use crate::crypto::{Digest, DigestAlgorithm, KeyKind, SignatureAlgorithm, is_ecdsa_sig_value};
use crate::finding::{Ledger, Levels, Notes, Outcome, Subject};
use crate::pki::{Certificate, KnownCertificates, ValidationBudget};

/// The signed attributes that a sealer writes.
const ATTRIBUTES: [const_oid::ObjectIdentifier; 7] = [
    oid::CONTENT_TYPE,
    oid::MESSAGE_DIGEST,
    oid::SIGNING_TIME,
    oid::SIGNING_CERTIFICATE_V2,
    oid::CMS_ALGORITHM_PROTECTION,
    oid::MIME_TYPE,
    oid::COMMITMENT_TYPE,
];

/// A seal without its signature, the second of three steps:
///
/// 1. [`Sealer::prepare`](super::Sealer::prepare) makes it, with no private key at hand;
/// 2. the holder of the key signs [`message`](Self::message), or its [`digest`](Self::digest);
/// 3. [`complete`](Self::complete) checks the signature and gives the seal.
///
/// It can be stored (its [`der`](Self::der)) and taken up again in another process, which needs neither sealer nor
/// statement. Any number can wait at the same time, and their signatures come in any order.
///
/// A person who can write to the store decides what gets signed. Guard the store as you guard the right to sign.
///
/// This example asks a key service for signatures over digests:
///
/// ```
/// # use recommande::{Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending};
/// # use recommande::crypto::{Digest, DigestAlgorithm, SignatureAlgorithm};
/// # use recommande::identity::{EnterpriseNumber, Niss};
/// # use recommande::seal::Artifact;
/// # use recommande::testing::TestPki;
/// use recommande::seal::{Prepared, ProofOfSending, Unstamped};
///
/// # struct KeyService<'a>(&'a TestPki, std::cell::RefCell<Vec<Vec<u8>>>);
/// # impl KeyService<'_> {
/// #     // The real one has the digest alone. This one makes its signature from the message, which it keeps secretly.
/// #     fn request(&self, key: &str, algorithm: SignatureAlgorithm, digest: Digest) -> usize { 0 }
/// #     fn answer(&self, ticket: usize) -> Result<Vec<u8>, Box<dyn std::error::Error>> { Ok(self.0.seal.signer.sign(&self.1.borrow()[ticket])?) }
/// # }
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = chrono::DateTime::from_timestamp(1_780_000_000, 0).unwrap();
/// # let pki = TestPki::new(now)?;
/// # let service = KeyService(&pki, Default::default());
/// # let chain = pki.seal_chain();
/// # let issuer = Issuer::of("Example Registered Mail", &"0406798006".parse::<EnterpriseNumber>()?, Environment::Test)?;
/// # let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
/// # let recipient = Party::new("85073003328".parse::<Niss>()?);
/// # let part = PartDescription::new("letter.pdf", "application/pdf")?;
/// # let sending = Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, recipient, part, PayloadDigests::of_bytes(b"the letter"), now)?;
/// let credentials = Credentials::remote(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), chain)?;
/// let sealer = Sealer::new(credentials, issuer);
///
/// let prepared = sealer.prepare(&sending, now)?;
/// # service.1.borrow_mut().push(prepared.message().to_vec());
/// let digest = prepared.digest().ok_or("Ed25519 signs no digests")?;
/// let ticket = service.request("seal-2026", prepared.algorithm(), digest);
/// let stored = prepared.der().to_vec();
///
/// // Later, perhaps elsewhere.
/// let signature = service.answer(ticket)?;
/// let sealed: Unstamped<ProofOfSending> = Prepared::from_der(&stored)?.complete(&signature)?;
/// # assert_eq!(sealed.as_artifact().stated(), &sending);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Prepared<A> {
    artifact: A,
    message: Vec<u8>,
    algorithm: SignatureAlgorithm,
    certificate: Certificate,
}

impl<A: Artifact> Prepared<A> {
    pub(super) fn new(artifact: A, message: Vec<u8>, credentials: &Credentials) -> Self {
        let (algorithm, certificate) = (credentials.algorithm(), credentials.certificate().clone());
        Self { artifact, message, algorithm, certificate }
    }

    /// Reads a stored prepared seal. Its attributes must be such as a sealer writes: the digest of the content, a
    /// certificate that may seal, fitting algorithms, and nothing else.
    ///
    /// # Errors
    /// [`PreparedError`].
    pub fn from_der(der: &[u8]) -> Result<Self, PreparedError> {
        let artifact = A::from_envelope(Envelope::prepared_from_der(der.to_vec())?, INTERNAL)?;
        let (message, signer) = {
            let open = artifact.envelope(INTERNAL).open()?;
            let signer_info = open.signer_info().map_err(DecodeError::from)?;
            let missing = DecodeError::from(ProfileViolation::SignedAttributesMissing);
            let attributes = signer_info.signed_attributes.as_ref().ok_or(missing)?;
            let is_written = |oid| ATTRIBUTES.iter().any(|written| oid == *written);
            // A changed file could otherwise get a signature over attributes that no sealer prepared.
            if signer_info.unsigned_attributes.is_some()
                || !attributes.iter().all(|attribute| is_written(attribute.oid))
            {
                return Err(PreparedError::OtherAttributes);
            }
            let content = |algorithm: DigestAlgorithm| match open.content {
                Some(content) => Some(algorithm.digest(content)),
                None => stated_digest(signer_info, algorithm),
            };
            let check = SignerCheck {
                signed_data: &open.signed_data,
                signer_info,
                content_type: Some(oid::DATA),
                content: &content,
                octets: open.content,
                certificates: &embedded_certificates(&open.signed_data, &KnownCertificates::default()),
                extra: &[],
                shared: None,
                budget: &ValidationBudget::default(),
            };
            (attributes.as_set(), check_all(&check)?)
        };
        check_certificate(&signer.algorithm, std::slice::from_ref(&signer.certificate))?;
        Ok(Self { artifact, message, algorithm: signer.algorithm, certificate: signer.certificate })
    }

    /// Returns the file to store. It is a CMS SignedData with an empty signature, which no reader takes for a seal.
    pub fn der(&self) -> &[u8] {
        self.artifact.der()
    }

    /// Returns the octets that are to be signed: the signed attributes as SET OF ([RFC 5652
    /// §5.4](https://www.rfc-editor.org/rfc/rfc5652#section-5.4)).
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Returns the digest of the message, for signers of digests. It is `None` where the algorithm signs the message
    /// alone, as Ed25519 does. A signer that pads but does not name the digest takes its [`Digest::to_digest_info`].
    pub fn digest(&self) -> Option<Digest> {
        self.algorithm.prehash().map(|prehash| prehash.digest(&self.message))
    }

    /// Returns the algorithm of the signature that is expected.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Returns the certificate of the signer that is expected.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Makes the seal with this signature, which the key of the certificate must have made. Its form is that of
    /// [`Signer::sign`](crate::crypto::Signer::sign): the octets as they are for RSA and Ed25519, and the DER of an
    /// ECDSA-Sig-Value for ECDSA. [`ecdsa_sig_value`](crate::crypto::ecdsa_sig_value) makes it from two numbers of
    /// fixed length.
    ///
    /// # Errors
    /// [`CompleteError`]. The prepared seal is unchanged, and waits for another signature.
    pub fn complete(&self, signature: &[u8]) -> Result<Unstamped<A>, CompleteError>
    where
        A: Clone,
    {
        self.check(signature)?;
        let open = self.artifact.envelope(INTERNAL).open()?;
        let signer_info = open.signer_info().map_err(DecodeError::from)?;
        let envelope = Envelope::sealed(with_signature(&open.signed_data, signer_info, signature));
        Ok(Unstamped::stored(self.artifact.clone().with_envelope(envelope, INTERNAL)))
    }

    /// Verifies the signature before there is a seal, because a remote service may sign with another key or another
    /// text.
    fn check(&self, signature: &[u8]) -> Result<(), CompleteError> {
        if signature.is_empty() {
            return Err(CompleteError::Empty);
        }
        self.check_form(signature)?;
        let key = self.certificate.public_key();
        key.verify(&self.algorithm, &self.message, signature).map_err(CompleteError::Signature)
    }

    /// Checks that the signature has the form of its algorithm, so that a signer's own form is named in the error.
    fn check_form(&self, signature: &[u8]) -> Result<(), CompleteError> {
        let expected = match self.certificate.public_key().kind() {
            KeyKind::Rsa { bits } => usize::try_from(bits.div_ceil(8)).ok(),
            KeyKind::Ed25519 => Some(64),
            KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 if !is_ecdsa_sig_value(signature) => {
                return Err(CompleteError::NotEcdsaSigValue);
            }
            post_quantum @ (KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 | KeyKind::SlhDsa(_)) => {
                post_quantum.signature_len()
            }
            KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 | KeyKind::NotOffered(_) => None,
        };
        match expected.filter(|expected| *expected != signature.len()) {
            Some(expected) => Err(CompleteError::Length { expected, found: signature.len() }),
            None => Ok(()),
        }
    }
}

impl<A: PartialEq> PartialEq for Prepared<A> {
    // Everything else follows from the artifact.
    fn eq(&self, other: &Self) -> bool {
        self.artifact == other.artifact
    }
}

impl<A: fmt::Debug> fmt::Debug for Prepared<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("artifact", &self.artifact)
            .field("algorithm", &self.algorithm)
            .field("certificate", &self.certificate.fingerprint())
            .finish_non_exhaustive()
    }
}

/// Returns the message-digest of a detached signature, whose content is elsewhere, if it has the length of a digest.
fn stated_digest(signer_info: &SignerInfo<'_>, algorithm: DigestAlgorithm) -> Option<Digest> {
    let attributes = signer_info.signed_attributes.as_ref()?;
    let value = single_value(attributes, oid::MESSAGE_DIGEST).ok()??;
    Digest::new(algorithm, value.value).filter(|_| value.tag == Tag::OCTET_STRING)
}

/// Makes every check of a signer except that of the signature. A warning is a refusal here, because no sealer prepares
/// a seal that deserves one.
fn check_all(check: &SignerCheck<'_>) -> Result<CheckedSigner, PreparedError> {
    let levels = Levels::default();
    let mut ledger = Ledger::complete(&levels);
    let checked = check_prepared(check, &mut Notes::new(&mut ledger, Subject::Envelope));
    let mut findings = ledger.into_findings().into_iter();
    match (findings.find(|finding| finding.outcome != Outcome::Passed), checked) {
        (None, Some(checked)) => Ok(checked),
        (Some(finding), _) => Err(PreparedError::SignedAttributes(finding.code)),
        (None, None) => Err(PreparedError::SignedAttributes(crate::finding::Code::SigningCertificateNotFound)),
    }
}
