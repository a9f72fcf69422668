//! Envelopes, opened.

use cms::authenveloped_data::AuthEnvelopedData;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{EnvelopedData, RecipientInfo, RecipientInfos};
use der::{Decode, Encode};

use crate::content::{AuthenticatedContent, ContentKey, LegacyContent};
use crate::error::OpenError;
use crate::recipient::{DecryptionKey, Recipient};
use crate::sizes::check_sizes;
use crate::{key_agreement, key_transport, oid};

/// Opens an envelope of the form [`Authenticated`](crate::Envelope::Authenticated) or [`Bound`](crate::Envelope::Bound) in DER that is
/// for this recipient, and returns its content. A changed file does not open.
///
/// Nothing is said about who made the envelope. A proof is verified afterwards, as any other one.
///
/// # Errors
/// [`OpenError`]: `NotAuthenticated` for the form [`Legacy`](crate::Envelope::Legacy).
pub fn open(envelope: &[u8], recipient: &Recipient) -> Result<Vec<u8>, OpenError> {
    let (form, der) = read(envelope)?;
    match form {
        Form::Authenticated => {}
        // Else anybody could make an authenticated file one that is not, with its recipients as they are.
        Form::Legacy => return Err(OpenError::NotAuthenticated),
    }
    let data = AuthEnvelopedData::from_der(&der).map_err(|_| OpenError::Malformed)?;
    // RFC 5083 §2.1.
    if data.version != CmsVersion::V0 {
        return Err(OpenError::Malformed);
    }
    // What is public is judged before the private key is used, so that no error tells if the key was unwrapped.
    let content = AuthenticatedContent::read(data.auth_encrypted_content_info, data.mac.as_bytes())?;
    content.decrypt(&content_key(&data.recip_infos, recipient)?)
}

/// Opens an envelope of the form [`Legacy`](crate::Envelope::Legacy) in DER that is for this recipient, and returns what it decrypts to.
///
/// It promises little. The file may have been changed, and then opens as something else. It may hold the recipients of a file of
/// the form [`Authenticated`](crate::Envelope::Authenticated) with blocks of an attacker's choice, because only the form
/// [`Bound`](crate::Envelope::Bound) binds the key of the content to its algorithm
/// ([RFC 9709](https://www.rfc-editor.org/rfc/rfc9709)). Whoever sees what such files open to, or only if they open, learns about the
/// content of the authenticated one. So a service opens no such file for others, and tells nobody if it worked; a recipient gets
/// authenticated files under a certificate of their own.
///
/// # Errors
/// [`OpenError`]: `Authenticated` for the two forms that [`open`] opens.
pub fn open_legacy(envelope: &[u8], recipient: &Recipient) -> Result<Vec<u8>, OpenError> {
    let (form, der) = read(envelope)?;
    match form {
        Form::Legacy => {}
        Form::Authenticated => return Err(OpenError::Authenticated),
    }
    let data = EnvelopedData::from_der(&der).map_err(|_| OpenError::Malformed)?;
    // RFC 5652 §6.1.
    if !matches!(data.version, CmsVersion::V0 | CmsVersion::V2) {
        return Err(OpenError::Malformed);
    }
    // What is public is judged before the private key is used.
    let content = LegacyContent::read(data.encrypted_content)?;
    content.decrypt(&content_key(&data.recip_infos, recipient)?)
}

/// The types of CMS that envelopes have.
enum Form {
    /// AuthEnvelopedData.
    Authenticated,
    /// EnvelopedData.
    Legacy,
}

/// Returns the form of an envelope, and its AuthEnvelopedData or EnvelopedData in DER.
fn read(envelope: &[u8]) -> Result<(Form, Vec<u8>), OpenError> {
    check_sizes(envelope)?;
    let ContentInfo { content_type, content } = ContentInfo::from_der(envelope).map_err(|_| OpenError::Malformed)?;
    let form = if content_type == oid::AUTH_ENVELOPED_DATA {
        Form::Authenticated
    } else if content_type == oid::ENVELOPED_DATA {
        Form::Legacy
    } else {
        return Err(OpenError::NotOffered("a file that is no envelope"));
    };
    Ok((form, content.to_der().map_err(|_| OpenError::Malformed)?))
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
