//! The content, encrypted by a key that is made for one envelope.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{cipher, rand};
use cms::enveloped_data::EncryptedContentInfo;
use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use der::{Decode, Encode, Sequence};
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::algorithm::{algorithm, parameters};
use crate::bound_key::{binding, bound, derived};
use crate::error::{EnvelopeError, OpenError};
use crate::oid;

/// The octets of an AES-256 key.
pub(crate) const KEY: usize = 32;

/// The octets of the tag of GCM, the longest that there is (RFC 5084 §3.2).
const TAG: usize = 16;

/// The octets of a block of AES.
const BLOCK: usize = 16;

/// A key for the content of one envelope.
pub(crate) struct ContentKey(pub(crate) Zeroizing<[u8; KEY]>);

/// ```text
/// GCMParameters ::= SEQUENCE {
///   aes-nonce   OCTET STRING,
///   aes-ICVlen  AES-GCM-ICVlen DEFAULT 12 }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct GcmParameters {
    nonce: OctetString,
    #[asn1(default = "default_tag_length")]
    tag_length: u8,
}

fn default_tag_length() -> u8 {
    12
}

impl ContentKey {
    pub(crate) fn generate() -> Result<Self, EnvelopeError> {
        let mut key = Zeroizing::new([0; KEY]);
        rand::fill(key.as_mut_slice()).map_err(|_| EnvelopeError::Random)?;
        Ok(Self(key))
    }

    /// Takes a key that was enveloped.
    pub(crate) fn of(octets: &[u8]) -> Result<Self, OpenError> {
        let key: [u8; KEY] = octets.try_into().map_err(|_| OpenError::NotOpened)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Encrypts by AES-256-GCM, without further authenticated data: there are no attributes (RFC 5083 §2.2). Returns the algorithm and
    /// the tag; `content` is encrypted in its place.
    pub(crate) fn encrypt_authenticated(
        &self,
        content: &mut [u8],
    ) -> Result<(AlgorithmIdentifierOwned, Vec<u8>), EnvelopeError> {
        let (nonce, algorithm) = gcm_by_new_nonce()?;
        let tag = self.seal(nonce, content)?;
        Ok((algorithm, tag))
    }

    /// Does the same by a key that is derived for this algorithm and nonce alone (RFC 9709).
    pub(crate) fn encrypt_bound(
        &self,
        content: &mut [u8],
    ) -> Result<(AlgorithmIdentifierOwned, Vec<u8>), EnvelopeError> {
        let (nonce, algorithm) = gcm_by_new_nonce()?;
        let key = self.bound_to(&algorithm).ok_or(EnvelopeError::Encode)?;
        let tag = key.seal(nonce, content)?;
        Ok((binding(&algorithm)?, tag))
    }

    /// Derives the key for content by this algorithm, whose DER with its parameters enters the derivation. Whoever names another
    /// algorithm beside the same enveloped key gets another key.
    fn bound_to(&self, algorithm: &AlgorithmIdentifierOwned) -> Option<Self> {
        derived(self.0.as_slice(), &algorithm.to_der().ok()?).map(Self)
    }

    fn seal(&self, nonce: Nonce, content: &mut [u8]) -> Result<Vec<u8>, EnvelopeError> {
        let key = self.gcm().ok_or(EnvelopeError::Encode)?;
        let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), content).map_err(|_| EnvelopeError::TooLarge)?;
        Ok(tag.as_ref().to_vec())
    }

    fn gcm(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&aead::AES_256_GCM, self.0.as_slice()).ok().map(LessSafeKey::new)
    }

    /// Encrypts by AES-256-CBC with padding. Nothing authenticates the content.
    pub(crate) fn encrypt_legacy(&self, content: &mut Vec<u8>) -> Result<AlgorithmIdentifierOwned, EnvelopeError> {
        let mut iv = [0; BLOCK];
        rand::fill(&mut iv).map_err(|_| EnvelopeError::Random)?;
        let key = UnboundCipherKey::new(&cipher::AES_256, self.0.as_slice()).map_err(|_| EnvelopeError::Encode)?;
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).map_err(|_| EnvelopeError::Encode)?;
        let context = EncryptionContext::Iv128(FixedLength::from(iv));
        key.less_safe_encrypt(content, context).map_err(|_| EnvelopeError::TooLarge)?;
        algorithm(oid::AES_256_CBC, &octets(&iv)?)
    }
}

/// Makes a nonce, and the identifier of AES-256-GCM with it.
fn gcm_by_new_nonce() -> Result<(Nonce, AlgorithmIdentifierOwned), EnvelopeError> {
    let mut nonce = [0; aead::NONCE_LEN];
    rand::fill(&mut nonce).map_err(|_| EnvelopeError::Random)?;
    let parameters = GcmParameters { nonce: octets(&nonce)?, tag_length: 16 };
    Ok((Nonce::assume_unique_for_key(nonce), algorithm(oid::AES_256_GCM, &parameters)?))
}

/// Content as [`ContentKey::encrypt_authenticated`] or [`ContentKey::encrypt_bound`] encrypts it. All that is public of it was
/// checked.
pub(crate) struct AuthenticatedContent {
    /// The algorithm to which the key is bound, if it is.
    bound_to: Option<AlgorithmIdentifierOwned>,
    nonce: Nonce,
    ciphertext: Vec<u8>,
    tag: [u8; TAG],
}

impl AuthenticatedContent {
    pub(crate) fn read(mut info: EncryptedContentInfo, tag: &[u8]) -> Result<Self, OpenError> {
        let bound_to = bound(&info.content_enc_alg)?;
        if let Some(algorithm) = &bound_to {
            info.content_enc_alg = algorithm.clone();
        }
        let (parameters, ciphertext) = read::<GcmParameters>(info, oid::AES_256_GCM)?;
        // A shorter tag is easier to guess.
        let tag = tag.try_into().ok().filter(|_| usize::from(parameters.tag_length) == TAG);
        let tag = tag.ok_or(OpenError::NotOffered("a tag of that length"))?;
        let nonce = Nonce::try_assume_unique_for_key(parameters.nonce.as_bytes());
        let nonce = nonce.map_err(|_| OpenError::NotOffered("a nonce of that length"))?;
        Ok(Self { bound_to, nonce, ciphertext, tag })
    }

    pub(crate) fn decrypt(self, key: &ContentKey) -> Result<Vec<u8>, OpenError> {
        let derived = match &self.bound_to {
            Some(algorithm) => Some(key.bound_to(algorithm).ok_or(OpenError::NotOpened)?),
            None => None,
        };
        let key = derived.as_ref().unwrap_or(key).gcm().ok_or(OpenError::NotOpened)?;
        let mut content = vec![0; self.ciphertext.len()];
        let opened = key.open_separate_gather(self.nonce, Aad::empty(), &self.ciphertext, &self.tag, &mut content);
        opened.map_err(|_| OpenError::NotOpened)?;
        Ok(content)
    }
}

/// Content as [`ContentKey::encrypt_legacy`] encrypts it. All that is public of it was checked.
pub(crate) struct LegacyContent {
    iv: [u8; BLOCK],
    ciphertext: Vec<u8>,
}

impl LegacyContent {
    pub(crate) fn read(info: EncryptedContentInfo) -> Result<Self, OpenError> {
        let (iv, ciphertext) = read::<OctetString>(info, oid::AES_256_CBC)?;
        let iv = iv.as_bytes().try_into().map_err(|_| OpenError::Malformed)?;
        // RFC 5652 §6.3: padding fills the last block, and there is always some.
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK) {
            return Err(OpenError::Malformed);
        }
        Ok(Self { iv, ciphertext })
    }

    pub(crate) fn decrypt(self, key: &ContentKey) -> Result<Vec<u8>, OpenError> {
        let Self { iv, ciphertext: mut content } = self;
        let key = UnboundCipherKey::new(&cipher::AES_256, key.0.as_slice()).map_err(|_| OpenError::NotOpened)?;
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).map_err(|_| OpenError::NotOpened)?;
        let context = DecryptionContext::Iv128(FixedLength::from(iv));
        let length = key.decrypt(&mut content, context).map_err(|_| OpenError::NotOpened)?.len();
        content.truncate(length);
        Ok(content)
    }
}

/// Returns the parameters of the algorithm that is expected, and the encrypted octets, whose type must be id-data.
fn read<T: for<'a> Decode<'a>>(
    info: EncryptedContentInfo,
    expected: ObjectIdentifier,
) -> Result<(T, Vec<u8>), OpenError> {
    if info.content_type != oid::DATA {
        return Err(OpenError::NotOffered("content of another type than id-data"));
    }
    if info.content_enc_alg.oid != expected {
        return Err(OpenError::NotOffered("the algorithm of the content"));
    }
    let parameters = parameters(&info.content_enc_alg)?;
    let content = info.encrypted_content.ok_or(OpenError::NotOffered("content that lies elsewhere"))?;
    Ok((parameters, content.into_bytes().into_vec()))
}

fn octets(octets: &[u8]) -> Result<OctetString, EnvelopeError> {
    OctetString::new(octets).map_err(|_| EnvelopeError::Encode)
}
