//! A content key wrapped by an agreed key: ephemeral-static ECDH, the X9.63 KDF on SHA-256, and AES-256 key wrap (RFC 5753 §3.1).

use aws_lc_rs::agreement::{self, Algorithm, ECDH_P256, ECDH_P384, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::digest::{self, SHA256};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use cms::content_info::CmsVersion;
use cms::enveloped_data::{
    KeyAgreeRecipientInfo, OriginatorIdentifierOrKey, OriginatorPublicKey, RecipientEncryptedKey, RecipientInfo,
};
use der::asn1::{BitString, ContextSpecific, OctetString};
use der::{Any, Decode, Encode, TagMode, TagNumber};
use recommande::crypto::KeyKind;
use recommande::pki::Certificate;
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use zeroize::Zeroizing;

use crate::algorithm::algorithm;
use crate::content::{ContentKey, KEY};
use crate::error::{EnvelopeError, OpenError};
use crate::identify::Identified;
use crate::oid;

/// Returns the agreement on the curve of a key, if it is offered.
pub(crate) fn curve(kind: &KeyKind) -> Option<&'static Algorithm> {
    match kind {
        KeyKind::EcP256 => Some(&ECDH_P256),
        KeyKind::EcP384 => Some(&ECDH_P384),
        _ => None,
    }
}

/// Returns the point that a certificate's key is.
pub(crate) fn point(certificate: &Certificate) -> Option<Vec<u8>> {
    let spki = SubjectPublicKeyInfoOwned::from_der(certificate.spki_der()).ok()?;
    spki.subject_public_key.as_bytes().map(<[u8]>::to_vec)
}

/// Envelopes a content key to an EC key, by a key pair that is made for it alone.
pub(crate) fn agree(
    key: &ContentKey,
    certificate: &Certificate,
    curve: &'static Algorithm,
    identified: &Identified,
) -> Result<RecipientInfo, EnvelopeError> {
    let ephemeral = PrivateKey::generate(curve).map_err(|_| EnvelopeError::Random)?;
    let public_key = ephemeral.compute_public_key().map_err(|_| EnvelopeError::Key)?;
    let of_recipient = UnparsedPublicKey::new(curve, point(certificate).ok_or(EnvelopeError::Key)?);
    let wrapped = agreement::agree(&ephemeral, of_recipient, EnvelopeError::Key, |secret| {
        let kek = AesKek::new(&AES_256, derive(secret).ok_or(EnvelopeError::Encode)?.as_slice());
        let mut wrapped = vec![0; KEY + 8];
        let length = kek.and_then(|kek| kek.wrap(key.0.as_slice(), &mut wrapped).map(|wrapped| wrapped.len()));
        wrapped.truncate(length.map_err(|_| EnvelopeError::Key)?);
        Ok(wrapped)
    })?;
    let public_key = BitString::from_bytes(public_key.as_ref()).map_err(|_| EnvelopeError::Encode)?;
    let of_key = AlgorithmIdentifierOwned { oid: oid::EC_PUBLIC_KEY, parameters: None };
    Ok(RecipientInfo::Kari(KeyAgreeRecipientInfo {
        version: CmsVersion::V3,
        originator: OriginatorIdentifierOrKey::OriginatorKey(OriginatorPublicKey { algorithm: of_key, public_key }),
        ukm: None,
        key_enc_alg: algorithm(oid::ECDH_SHA_256_KDF, &wrap())?,
        recipient_enc_keys: vec![RecipientEncryptedKey {
            rid: identified.for_agreement(),
            enc_key: OctetString::new(wrapped).map_err(|_| EnvelopeError::Encode)?,
        }],
    }))
}

/// Unwraps the content key that is for this recipient.
pub(crate) fn receive(
    info: &KeyAgreeRecipientInfo,
    encrypted_key: &[u8],
    private_key: &PrivateKey,
) -> Result<ContentKey, OpenError> {
    let expected = algorithm(oid::ECDH_SHA_256_KDF, &wrap()).map_err(|_| OpenError::Malformed)?;
    // Keying material of the originator's would enter the derivation (RFC 5753 §7.2).
    if info.key_enc_alg != expected || info.ukm.is_some() {
        return Err(OpenError::NotOffered("the algorithm of the recipient"));
    }
    let OriginatorIdentifierOrKey::OriginatorKey(originator) = &info.originator else {
        return Err(OpenError::NotOffered("an originator without an ephemeral key"));
    };
    if info.version != CmsVersion::V3 || originator.algorithm.oid != oid::EC_PUBLIC_KEY {
        return Err(OpenError::Malformed);
    }
    let point = originator.public_key.as_bytes().ok_or(OpenError::Malformed)?;
    // The hybrid form must not be read (RFC 5480 §2.2): a second form of one point is a changed file that opens.
    if !matches!(point.first(), Some(0x02..=0x04)) {
        return Err(OpenError::Malformed);
    }
    // A point that is not on the curve is refused, since it would tell of the private key.
    let ephemeral = UnparsedPublicKey::new(private_key.algorithm(), point);
    agreement::agree(private_key, ephemeral, OpenError::NotOpened, |secret| {
        let kek = AesKek::new(&AES_256, derive(secret).ok_or(OpenError::NotOpened)?.as_slice());
        let mut key = Zeroizing::new(vec![0; encrypted_key.len()]);
        let key = kek.and_then(|kek| kek.unwrap(encrypted_key, &mut key).map(|key| ContentKey::of(key)));
        key.map_err(|_| OpenError::NotOpened)?
    })
}

/// id-aes256-wrap, whose parameters are absent (RFC 3565 §2.3.2).
fn wrap() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: oid::AES_256_WRAP, parameters: None }
}

/// Derives the key that wraps, by the X9.63 KDF: one block of SHA-256 is as long as the key (SEC 1 §3.6.1).
///
/// ```text
/// ECC-CMS-SharedInfo ::= SEQUENCE {
///   keyInfo      AlgorithmIdentifier,
///   entityUInfo  [0] EXPLICIT OCTET STRING OPTIONAL,
///   suppPubInfo  [2] EXPLICIT OCTET STRING }   -- the bits of the key, in 32 bits
/// ```
fn derive(secret: &[u8]) -> Option<Zeroizing<[u8; KEY]>> {
    let bits = OctetString::new([0, 0, 1, 0]).ok()?;
    let bits = ContextSpecific { tag_number: TagNumber(2), tag_mode: TagMode::Explicit, value: bits };
    let fields = [wrap().to_der().ok()?, bits.to_der().ok()?].concat();
    let shared_info = Any::new(der::Tag::Sequence, fields).ok()?.to_der().ok()?;
    let mut context = digest::Context::new(&SHA256);
    context.update(secret);
    context.update(&1_u32.to_be_bytes());
    context.update(&shared_info);
    Some(Zeroizing::new(context.finish().as_ref().try_into().ok()?))
}
