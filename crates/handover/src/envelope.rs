//! Envelopes, written.

use cms::authenveloped_data::AuthEnvelopedData;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{EncryptedContentInfo, EnvelopedData, RecipientInfo, RecipientInfos};
use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use der::{Any, Decode, Encode};
use recommande::pki::Certificate;
use spki::AlgorithmIdentifierOwned;

use crate::content::ContentKey;
use crate::error::EnvelopeError;
use crate::identify::Identified;
use crate::key_agreement::{agree, curve};
use crate::key_transport::transport;
use crate::limits::MAX_CONTENT;
use crate::oid;

/// The form of an envelope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Envelope {
    /// AuthEnvelopedData ([RFC 5083](https://www.rfc-editor.org/rfc/rfc5083)) by AES-256-GCM
    /// ([RFC 5084](https://www.rfc-editor.org/rfc/rfc5084)). A changed file does not open by
    /// [`open`](crate::open()).
    #[default]
    Authenticated,
    /// The same with a key for the content that is bound to its algorithm ([RFC 9709](https://www.rfc-editor.org/rfc/rfc9709)), so that
    /// nobody can pass the file off as one by another algorithm. OpenSSL 3 does not open it.
    Bound,
    /// EnvelopedData ([RFC 5652 §6](https://www.rfc-editor.org/rfc/rfc5652#section-6)) by AES-256-CBC, for readers that know nothing newer.
    /// Nothing shows that the file was not changed; [`open_legacy`](crate::open_legacy) opens it.
    Legacy,
}

/// Envelopes content to the key of a certificate.
pub(crate) fn write(
    content: &[u8],
    envelope: Envelope,
    certificate: &Certificate,
    identified: &Identified,
) -> Result<Vec<u8>, EnvelopeError> {
    // The rest of the envelope has room within the limit of a file.
    if content.len() > MAX_CONTENT.saturating_sub(64 * 1024) {
        return Err(EnvelopeError::TooLarge);
    }
    let key = ContentKey::generate()?;
    let recipient = match curve(certificate.public_key().kind()) {
        Some(curve) => agree(&key, certificate, curve, identified)?,
        None => transport(&key, certificate, identified)?,
    };
    let mut content = content.to_vec();
    match envelope {
        Envelope::Authenticated => {
            let (algorithm, tag) = key.encrypt_authenticated(&mut content)?;
            authenticated(recipient, encrypted(algorithm, content)?, tag)
        }
        Envelope::Bound => {
            let (algorithm, tag) = key.encrypt_bound(&mut content)?;
            authenticated(recipient, encrypted(algorithm, content)?, tag)
        }
        Envelope::Legacy => {
            let algorithm = key.encrypt_legacy(&mut content)?;
            content_info(
                oid::ENVELOPED_DATA,
                &EnvelopedData {
                    version: version(&recipient),
                    originator_info: None,
                    recip_infos: only(recipient)?,
                    encrypted_content: encrypted(algorithm, content)?,
                    unprotected_attrs: None,
                },
            )
        }
    }
}

fn authenticated(
    recipient: RecipientInfo,
    content: EncryptedContentInfo,
    tag: Vec<u8>,
) -> Result<Vec<u8>, EnvelopeError> {
    content_info(
        oid::AUTH_ENVELOPED_DATA,
        &AuthEnvelopedData {
            version: CmsVersion::V0,
            originator_info: None,
            recip_infos: only(recipient)?,
            auth_encrypted_content_info: content,
            auth_attrs: None,
            mac: OctetString::new(tag).map_err(|_| EnvelopeError::Encode)?,
            unauth_attrs: None,
        },
    )
}

/// RFC 5652 §6.1: 0 where every recipient has version 0, and else 2.
fn version(recipient: &RecipientInfo) -> CmsVersion {
    match recipient {
        RecipientInfo::Ktri(_) => CmsVersion::V0,
        RecipientInfo::Kari(_) | RecipientInfo::Kekri(_) | RecipientInfo::Pwri(_) | RecipientInfo::Ori(_) => {
            CmsVersion::V2
        }
    }
}

fn only(recipient: RecipientInfo) -> Result<RecipientInfos, EnvelopeError> {
    RecipientInfos::try_from(vec![recipient]).map_err(|_| EnvelopeError::Encode)
}

fn encrypted(algorithm: AlgorithmIdentifierOwned, content: Vec<u8>) -> Result<EncryptedContentInfo, EnvelopeError> {
    let content = OctetString::new(content).map_err(|_| EnvelopeError::TooLarge)?;
    Ok(EncryptedContentInfo { content_type: oid::DATA, content_enc_alg: algorithm, encrypted_content: Some(content) })
}

fn content_info(content_type: ObjectIdentifier, content: &impl Encode) -> Result<Vec<u8>, EnvelopeError> {
    let content = content.to_der().and_then(|der| Any::from_der(&der)).map_err(|_| EnvelopeError::Encode)?;
    ContentInfo { content_type, content }.to_der().map_err(|_| EnvelopeError::Encode)
}
