//! Envelopes, opened.

use cms::authenveloped_data::AuthEnvelopedData;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{EncryptedContentInfo, EnvelopedData, RecipientInfo, RecipientInfos};
use der::{Decode, Encode};

use crate::content::ContentKey;
use crate::error::OpenError;
use crate::recipient::{DecryptionKey, Recipient};
use crate::sizes::check_sizes;
use crate::{key_agreement, key_transport, oid};

/// Opens an envelope in DER that is for this recipient, and returns its content.
///
/// Nothing is said about who made the envelope. A proof is verified afterwards, as any other one.
///
/// # Errors
/// [`OpenError`].
pub fn open(envelope: &[u8], recipient: &Recipient) -> Result<Vec<u8>, OpenError> {
    check_sizes(envelope)?;
    let ContentInfo { content_type, content } = ContentInfo::from_der(envelope).map_err(|_| OpenError::Malformed)?;
    let content = content.to_der().map_err(|_| OpenError::Malformed)?;
    if content_type == oid::AUTH_ENVELOPED_DATA {
        let data = AuthEnvelopedData::from_der(&content).map_err(|_| OpenError::Malformed)?;
        // RFC 5083 §2.1.
        if data.version != CmsVersion::V0 {
            return Err(OpenError::Malformed);
        }
        let key = content_key(&data.recip_infos, recipient)?;
        let (algorithm, mut content) = of_data(data.auth_encrypted_content_info)?;
        key.decrypt_authenticated(&algorithm, &mut content, data.mac.as_bytes())?;
        Ok(content)
    } else if content_type == oid::ENVELOPED_DATA {
        let data = EnvelopedData::from_der(&content).map_err(|_| OpenError::Malformed)?;
        // RFC 5652 §6.1.
        if !matches!(data.version, CmsVersion::V0 | CmsVersion::V2) {
            return Err(OpenError::Malformed);
        }
        let key = content_key(&data.recip_infos, recipient)?;
        let (algorithm, mut content) = of_data(data.encrypted_content)?;
        key.decrypt_legacy(&algorithm, &mut content)?;
        Ok(content)
    } else {
        Err(OpenError::NotOffered("a file that is no envelope"))
    }
}

/// Returns the encrypted octets, whose type must be id-data.
fn of_data(info: EncryptedContentInfo) -> Result<(spki::AlgorithmIdentifierOwned, Vec<u8>), OpenError> {
    if info.content_type != oid::DATA {
        return Err(OpenError::NotOffered("content of another type than id-data"));
    }
    let content = info.encrypted_content.ok_or(OpenError::NotOffered("content that lies elsewhere"))?;
    Ok((info.content_enc_alg, content.into_bytes().into_vec()))
}

/// Returns the content key for this recipient, the first one where there are several.
fn content_key(infos: &RecipientInfos, recipient: &Recipient) -> Result<ContentKey, OpenError> {
    let keys = infos.0.iter().filter_map(|info| match (info, &recipient.key) {
        (RecipientInfo::Ktri(info), DecryptionKey::Transport(key))
            if info.rid == recipient.identified.for_transport() =>
        {
            Some(key_transport::receive(info, key))
        }
        (RecipientInfo::Kari(info), DecryptionKey::Agreement(key)) => {
            let mut keys = info.recipient_enc_keys.iter();
            let encrypted = keys.find(|encrypted| encrypted.rid == recipient.identified.for_agreement())?;
            Some(key_agreement::receive(info, encrypted.enc_key.as_bytes(), key))
        }
        (
            RecipientInfo::Ktri(_)
            | RecipientInfo::Kari(_)
            | RecipientInfo::Kekri(_)
            | RecipientInfo::Pwri(_)
            | RecipientInfo::Ori(_),
            DecryptionKey::Transport(_) | DecryptionKey::Agreement(_),
        ) => None,
    });
    keys.into_iter().next().unwrap_or(Err(OpenError::AnotherRecipient))
}
