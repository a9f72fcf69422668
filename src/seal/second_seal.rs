//! Second seals: detached signatures by a post-quantum algorithm over the octets of a seal.

use std::fmt;

use chrono::{DateTime, Utc};

use super::error::{CredentialsError, DecodeError, SealError};
use super::payload_signature::check_detached;
use super::sealer::SecondCredentials;
use super::unstamped::{INTERNAL, Internal, sealed};
use super::{AnyProof, Artifact, BatchSeal, Credentials, Envelope, Prepared, Proof, Sealer, Unstamped};
use crate::cms::{EncapsulatedContent, SignedAttributes, bare};
use crate::crypto::SignatureAlgorithm;
use crate::evidence::{AnnouncedSeal, Statement};

/// The media type of what a second seal is over ([RFC 7193](https://www.rfc-editor.org/rfc/rfc7193)).
const CMS: &str = "application/cms";

/// A second seal is a detached CAdES signature over the [bare seal](Proof::bare_seal) of a proof, in a file beside it
/// (`.pq.p7s`).
///
/// It is by ML-DSA-65 or ML-DSA-87 with SHA-512, so that the proof has a signature left when the algorithm of the first
/// one is broken (ETSI TS 119 312 V2.1.1, clause 6.4.1). The statement announces it ([`AnnouncedSeal`]). It stands in a
/// file of its own because older readers refuse a SignedData with a signer of an algorithm that they do not know.
///
/// It gets a timestamp as a seal does, by [`Unstamped::stamp_with`] or in a batch. The timestamps of the first seal do not
/// cover it. The revocation data of the sealer ([`Sealer::with_revocation`]) lies in it from the start, and what is about
/// its TSA is added by [`Artifact::with_revocation`].
///
/// ```
/// # use recommande::{Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending};
/// # use recommande::crypto::KeyKind;
/// # use recommande::identity::{EnterpriseNumber, Niss};
/// # use recommande::testing::{CertificateSpec, TestPki, TestTsa, generate_key};
/// use recommande::rfc3161_client::TsaPool;
/// use recommande::seal::Artifact;
/// use recommande::verify::{Policy, SecondSealRule, SendingContext};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = chrono::Utc::now();
/// # let pki = TestPki::new(now)?;
/// # let until = now + chrono::TimeDelta::days(300);
/// # let key = pki.intermediate.issue(&CertificateSpec::seal("Second seal", now, until), generate_key(&KeyKind::MlDsa65)?)?;
/// # let second = Credentials::new(key.signer.clone(), vec![key.certificate.clone(), pki.intermediate.certificate.clone()])?;
/// # let first = Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?;
/// # let issuer = Issuer::of("Example", &"0406798006".parse::<EnterpriseNumber>()?, Environment::Test)?;
/// # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
/// # let verifier = recommande::Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
/// # let digests = PayloadDigests::of_bytes(b"the letter");
/// # let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
/// # let part = PartDescription::new("letter.pdf", "application/pdf")?;
/// # let sending = Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, Party::new("85073003328".parse::<Niss>()?), part, digests.clone(), now)?;
/// let sealer = Sealer::new(first, issuer).with_second_seal(second)?;
/// let proof = sealer.seal(&sending, now)?.stamp_with(&tsas)?;
/// let second = sealer.second_seal(&proof, now)?.stamp_with(&tsas)?;
///
/// let verifier = verifier.with_policy(Policy { second_seal: SecondSealRule::Required, ..Policy::default() });
/// let beside = [second.der().to_vec()];
/// verifier.verify(&proof, SendingContext::new(&digests).with_second_seals(&beside), chrono::Utc::now())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecondSeal(Envelope);

impl sealed::Sealed for SecondSeal {}

impl Artifact for SecondSeal {
    fn from_envelope(envelope: Envelope, _: Internal) -> Result<Self, DecodeError> {
        check_detached(&envelope.open()?)?;
        Ok(Self(envelope))
    }

    fn envelope(&self, _: Internal) -> &Envelope {
        &self.0
    }

    fn with_envelope(self, envelope: Envelope, _: Internal) -> Self {
        Self(envelope)
    }
}

impl fmt::Debug for SecondSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecondSeal({} octets)", self.der().len())
    }
}

impl SecondSeal {
    /// Tells if the signed digest is that of this batch seal. Nothing is verified.
    pub(super) fn is_over(&self, seal: &BatchSeal) -> bool {
        let (Ok(bare), Ok(open)) = (seal.bare_seal(), self.0.open()) else { return false };
        open.states_digest_of(&bare)
    }
}

impl BatchSeal {
    /// Returns the bare seal, see [`Proof::bare_seal`].
    ///
    /// # Errors
    /// `Coding` or `Profile` when the seal cannot be read.
    pub fn bare_seal(&self) -> Result<Vec<u8>, DecodeError> {
        bare_of(self)
    }
}

fn bare_of<A: Artifact>(artifact: &A) -> Result<Vec<u8>, DecodeError> {
    let open = artifact.envelope(INTERNAL).open()?;
    Ok(bare(&open.signed_data, open.signer_info()?))
}

impl<S: Statement> Proof<S> {
    /// Returns the bare seal, which are the octets that a second seal is over: the statement, the signed attributes and
    /// the signature as the file has them, in a SignedData without certificates, CRLs and unsigned attributes.
    ///
    /// Whatever is added to a proof later, the bare seal stays. It is a CMS file that other programs read. Its parts are,
    /// in DER:
    ///
    /// ```text
    /// ContentInfo ::= SEQUENCE {
    ///   contentType       id-signedData,
    ///   content           [0] EXPLICIT SEQUENCE {
    ///     version           1, or 3 where that of the SignerInfo is 3   -- RFC 5652 §5.1
    ///     digestAlgorithms  SET OF the digestAlgorithm of the SignerInfo alone
    ///     encapContentInfo  as the file has it
    ///     signerInfos       SET OF the SignerInfo without unsignedAttrs, each field as the file has it } }
    /// ```
    ///
    /// That of an aggregated proof is the bare seal of its batch.
    ///
    /// # Errors
    /// `Coding` or `Profile` when the proof cannot be read.
    pub fn bare_seal(&self) -> Result<Vec<u8>, DecodeError> {
        bare_of(self)
    }
}

impl AnyProof {
    /// Returns the bare seal, see [`Proof::bare_seal`].
    ///
    /// # Errors
    /// `Coding` or `Profile` when the proof cannot be read.
    pub fn bare_seal(&self) -> Result<Vec<u8>, DecodeError> {
        match self {
            Self::Sending(proof) => proof.bare_seal(),
            Self::Opening(proof) => proof.bare_seal(),
            Self::Step(proof) => proof.bare_seal(),
        }
    }
}

impl Sealer {
    /// Announces a second seal by these credentials in every statement that is sealed from now on, in batches too. The
    /// second seal itself is made of each seal by [`second_seal`](Self::second_seal), or for a key that is elsewhere by
    /// [`prepare_second_seal`](Self::prepare_second_seal).
    ///
    /// # Errors
    /// [`CredentialsError::SecondSeal`] unless the algorithm is ML-DSA-65 or ML-DSA-87;
    /// [`CredentialsError::SecondSealOfFirst`] for the key of the first seal, in whatever certificate.
    pub fn with_second_seal(mut self, credentials: Credentials) -> Result<Self, CredentialsError> {
        let algorithm = credentials.algorithm();
        let is_offered = matches!(algorithm, SignatureAlgorithm::MlDsa65 | SignatureAlgorithm::MlDsa87);
        let oid = algorithm.post_quantum_oid().filter(|_| is_offered);
        let oid = oid.ok_or(CredentialsError::SecondSeal(algorithm))?;
        if credentials.certificate().public_key() == self.credentials().certificate().public_key() {
            return Err(CredentialsError::SecondSealOfFirst);
        }
        let announced = AnnouncedSeal::new(oid, credentials.certificate().der());
        self.second = Some(SecondCredentials { credentials, announced }.with_revocation_of(self.credentials()));
        Ok(self)
    }

    /// Makes the second seal of a proof, with or without its timestamp, with signing-time `now`. It can be made at any
    /// time: a signer that fails costs the first seal nothing, and can be asked again.
    ///
    /// # Errors
    /// `NoSecondSeal`, `SecondSealNotAnnounced`, `NoSigner`, `Proof`, `SigningTime`, `CertificateExpired`,
    /// `CertificateNotYetValid`, `Sign`.
    pub fn second_seal<S: Statement>(
        &self,
        proof: &Proof<S>,
        now: DateTime<Utc>,
    ) -> Result<Unstamped<SecondSeal>, SealError> {
        second_seal_of(&proof.bare_seal()?, self.second_credentials(proof.announced_seal())?, now)
    }

    /// Makes the second seal of a batch, as [`second_seal`](Self::second_seal) makes that of a proof. It is made before the
    /// timestamp, which is over both, and [`Aggregate::with_seal`](super::Aggregate::with_seal) takes both.
    /// [`seal_aggregate`](Self::seal_aggregate) does all this where both keys are at hand.
    ///
    /// # Errors
    /// Those of [`second_seal`](Self::second_seal).
    pub fn second_seal_of_batch(
        &self,
        seal: &Unstamped<BatchSeal>,
        now: DateTime<Utc>,
    ) -> Result<Unstamped<SecondSeal>, SealError> {
        let seal = seal.as_artifact();
        second_seal_of(&seal.bare_seal()?, self.second_credentials(seal.stated().announced_seal())?, now)
    }

    /// Prepares the second seal of a batch for a key that is elsewhere, as [`prepare_second_seal`](Self::prepare_second_seal)
    /// does for a proof.
    ///
    /// # Errors
    /// Those of [`prepare_second_seal`](Self::prepare_second_seal).
    pub fn prepare_second_seal_of_batch(
        &self,
        seal: &Unstamped<BatchSeal>,
        now: DateTime<Utc>,
    ) -> Result<Prepared<SecondSeal>, SealError> {
        let seal = seal.as_artifact();
        prepared(&seal.bare_seal()?, self.second_credentials(seal.stated().announced_seal())?, now)
    }

    /// Prepares the second seal of a proof for a key that is elsewhere, as [`prepare`](Self::prepare) does.
    ///
    /// # Errors
    /// `NoSecondSeal`, `SecondSealNotAnnounced`, `Proof`, `SigningTime`, `CertificateExpired`,
    /// `CertificateNotYetValid`.
    pub fn prepare_second_seal<S: Statement>(
        &self,
        proof: &Proof<S>,
        now: DateTime<Utc>,
    ) -> Result<Prepared<SecondSeal>, SealError> {
        prepared(&proof.bare_seal()?, self.second_credentials(proof.announced_seal())?, now)
    }

    /// Returns the credentials of the second seal that is announced. A seal over any other proof would be refused as not
    /// announced.
    fn second_credentials(&self, announced: Option<&AnnouncedSeal>) -> Result<&Credentials, SealError> {
        let second = self.second.as_ref().ok_or(SealError::NoSecondSeal)?;
        match announced {
            Some(announced) if *announced == second.announced => Ok(&second.credentials),
            Some(_) | None => Err(SealError::SecondSealNotAnnounced),
        }
    }
}

/// Makes the second seal over a bare seal.
fn second_seal_of(
    bare: &[u8],
    credentials: &Credentials,
    now: DateTime<Utc>,
) -> Result<Unstamped<SecondSeal>, SealError> {
    let signer = credentials.signer().ok_or(SealError::NoSigner)?;
    let signed_attributes = draft(bare, credentials, now)?;
    let signature = signer.sign(&signed_attributes)?;
    Ok(Unstamped::new(assembled(credentials, &signed_attributes, &signature), credentials.signing(now)))
}

/// Prepares the second seal over a bare seal.
fn prepared(bare: &[u8], credentials: &Credentials, now: DateTime<Utc>) -> Result<Prepared<SecondSeal>, SealError> {
    let signed_attributes = draft(bare, credentials, now)?;
    let second = assembled(credentials, &signed_attributes, &[]);
    Ok(Prepared::new(second, signed_attributes, credentials))
}

/// Returns the signed attributes of a second seal.
fn draft(bare: &[u8], credentials: &Credentials, now: DateTime<Utc>) -> Result<Vec<u8>, SealError> {
    credentials.signed_attributes(&SignedAttributes {
        message_digest: &credentials.template.digest_algorithm().digest(bare),
        signing_time: now,
        mime_type: Some(CMS),
        commitment: None,
    })
}

fn assembled(credentials: &Credentials, signed_attributes: &[u8], signature: &[u8]) -> SecondSeal {
    SecondSeal(Envelope::sealed(credentials.template.assemble(
        EncapsulatedContent::Detached,
        signed_attributes,
        signature,
    )))
}
