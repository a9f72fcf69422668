//! A content key in transport: RSA-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 3560, RFC 4055 §4.1).

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PublicEncryptingKey};
use cms::content_info::CmsVersion;
use cms::enveloped_data::{KeyTransRecipientInfo, RecipientInfo};
use der::asn1::{ContextSpecific, Null, OctetString};
use der::{Any, Decode, Encode, TagMode, TagNumber};
use recommande::pki::Certificate;
use spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use crate::content::ContentKey;
use crate::error::{EnvelopeError, OpenError};
use crate::identify::Identified;
use crate::oid;

/// Envelopes a content key to an RSA key.
pub(crate) fn transport(
    key: &ContentKey,
    certificate: &Certificate,
    identified: &Identified,
) -> Result<RecipientInfo, EnvelopeError> {
    let public_key = PublicEncryptingKey::from_der(certificate.spki_der()).map_err(|_| EnvelopeError::Key)?;
    let public_key = OaepPublicEncryptingKey::new(public_key).map_err(|_| EnvelopeError::Key)?;
    let mut octets = vec![0; public_key.ciphertext_size()];
    let encrypted = public_key.encrypt(&OAEP_SHA256_MGF1SHA256, key.0.as_slice(), &mut octets, None);
    let encrypted = encrypted.map_err(|_| EnvelopeError::Key)?;
    Ok(RecipientInfo::Ktri(KeyTransRecipientInfo {
        version: CmsVersion::V0,
        rid: identified.for_transport(),
        key_enc_alg: algorithm(Some(Null.into())).map_err(|_| EnvelopeError::Encode)?,
        enc_key: OctetString::new(&*encrypted).map_err(|_| EnvelopeError::Encode)?,
    }))
}

/// Takes the content key out of its transport.
pub(crate) fn receive(
    info: &KeyTransRecipientInfo,
    private_key: &OaepPrivateDecryptingKey,
) -> Result<ContentKey, OpenError> {
    if info.version != CmsVersion::V0 {
        return Err(OpenError::Malformed);
    }
    // RFC 4055 §2.1: the parameters of SHA-256 may be NULL or absent.
    let accepted = [Some(Null.into()), None].map(algorithm);
    if !accepted.iter().flatten().any(|accepted| info.key_enc_alg == *accepted) {
        return Err(OpenError::NotOffered("the algorithm of the recipient"));
    }
    let mut octets = Zeroizing::new(vec![0; private_key.min_output_size()]);
    let key = private_key.decrypt(&OAEP_SHA256_MGF1SHA256, info.enc_key.as_bytes(), &mut octets, None);
    ContentKey::of(key.map_err(|_| OpenError::NotOpened)?)
}

/// ```text
/// RSAES-OAEP-params ::= SEQUENCE {
///   hashFunc          [0] AlgorithmIdentifier DEFAULT sha1Identifier,
///   maskGenFunc       [1] AlgorithmIdentifier DEFAULT mgf1SHA1Identifier,
///   pSourceFunc       [2] AlgorithmIdentifier DEFAULT pSpecifiedEmptyIdentifier }
/// ```
fn algorithm(of_digest: Option<Any>) -> der::Result<AlgorithmIdentifierOwned> {
    let sha_256 = AlgorithmIdentifierOwned { oid: oid::SHA_256, parameters: of_digest };
    let mgf1 = AlgorithmIdentifierOwned { oid: oid::MGF1, parameters: Some(Any::from_der(&sha_256.to_der()?)?) };
    let fields = [explicit(0, sha_256)?, explicit(1, mgf1)?].concat();
    let parameters = Any::new(der::Tag::Sequence, fields)?;
    Ok(AlgorithmIdentifierOwned { oid: oid::RSAES_OAEP, parameters: Some(parameters) })
}

fn explicit(number: u32, value: AlgorithmIdentifierOwned) -> der::Result<Vec<u8>> {
    ContextSpecific { tag_number: TagNumber(number), tag_mode: TagMode::Explicit, value }.to_der()
}
