//! Files whose public parts were changed tell nothing about the keys in them.

use cms::authenveloped_data::AuthEnvelopedData;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{EncryptedContentInfo, EnvelopedData, RecipientInfo, RecipientInfos};
use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use der::{Any, Decode, Encode};
use recommande_handover::{Envelope, OpenError, Recipient, open, open_legacy};

use crate::{CONTENT, KINDS, Senders, pkcs8, spec, usage};

const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const AES_256_GCM: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.46");
const CEK_HKDF_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.3.31");
const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");

fn octets(octets: &[u8]) -> OctetString {
    OctetString::new(octets).unwrap()
}

fn any(value: &impl Encode) -> Any {
    Any::from_der(&value.to_der().unwrap()).unwrap()
}

/// Decodes what an envelope holds, and writes it again after a change.
fn changed<T: Encode + for<'a> Decode<'a>>(file: &[u8], change: impl FnOnce(&mut T)) -> Vec<u8> {
    let ContentInfo { content_type, content } = ContentInfo::from_der(file).unwrap();
    let mut data = T::from_der(&content.to_der().unwrap()).unwrap();
    change(&mut data);
    ContentInfo { content_type, content: any(&data) }.to_der().unwrap()
}

/// Changes the encrypted key of the recipient.
fn break_key(recipients: &mut RecipientInfos) {
    let mut infos: Vec<RecipientInfo> = recipients.0.iter().cloned().collect();
    let key = match &mut infos[0] {
        RecipientInfo::Ktri(info) => &mut info.enc_key,
        RecipientInfo::Kari(info) => &mut info.recipient_enc_keys[0].enc_key,
        RecipientInfo::Kekri(_) | RecipientInfo::Pwri(_) | RecipientInfo::Ori(_) => panic!("another recipient"),
    };
    let mut changed = key.as_bytes().to_vec();
    changed[8] ^= 1;
    *key = octets(&changed);
    *recipients = RecipientInfos::try_from(infos).unwrap();
}

#[test]
fn an_authenticated_file_cannot_be_made_one_that_is_not() {
    let senders = Senders::new();
    for kind in KINDS {
        let key = pkcs8(kind);
        let certificate = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &key);
        let recipient = Recipient::from_pkcs8(&certificate, &key).unwrap();
        let addressee = senders.addressee(&certificate).unwrap();
        let file = addressee.envelope(CONTENT, Envelope::Authenticated).unwrap();
        let content = ContentInfo::from_der(&file).unwrap().content.to_der().unwrap();
        let data = AuthEnvelopedData::from_der(&content).unwrap();
        let data = EnvelopedData {
            version: CmsVersion::V2,
            originator_info: None,
            recip_infos: data.recip_infos,
            encrypted_content: EncryptedContentInfo {
                content_enc_alg: spki::AlgorithmIdentifierOwned {
                    oid: AES_256_CBC,
                    parameters: Some(any(&octets(&[0; 16]))),
                },
                encrypted_content: Some(octets(&[7; 32])),
                ..data.auth_encrypted_content_info
            },
            unprotected_attrs: None,
        };
        let downgraded = ContentInfo { content_type: ENVELOPED_DATA, content: any(&data) }.to_der().unwrap();
        assert_eq!(open(&downgraded, &recipient), Err(OpenError::NotAuthenticated), "{kind:?}");
        // Each form has its door.
        let legacy = addressee.envelope(CONTENT, Envelope::Legacy).unwrap();
        assert_eq!(open(&legacy, &recipient), Err(OpenError::NotAuthenticated));
        assert_eq!(open_legacy(&file, &recipient), Err(OpenError::Authenticated));
        assert_eq!(open(&file, &recipient), Ok(CONTENT.to_vec()));
        assert_eq!(open_legacy(&legacy, &recipient), Ok(CONTENT.to_vec()));
    }
}

/// RFC 9709: the key that is enveloped is not the one of the content, so that its recipients are of no use beside other blocks.
#[test]
fn a_key_that_is_bound_opens_by_its_algorithm_alone() {
    let senders = Senders::new();
    for kind in KINDS {
        let key = pkcs8(kind);
        let certificate = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &key);
        let recipient = Recipient::from_pkcs8(&certificate, &key).unwrap();
        let addressee = senders.addressee(&certificate).unwrap();
        let file = addressee.envelope(CONTENT, Envelope::Bound).unwrap();
        let inner = |data: &AuthEnvelopedData| {
            let outer = &data.auth_encrypted_content_info.content_enc_alg;
            assert_eq!(outer.oid, CEK_HKDF_SHA_256);
            spki::AlgorithmIdentifierOwned::from_der(&outer.parameters.as_ref().unwrap().to_der().unwrap()).unwrap()
        };
        let unbound = changed(&file, |data: &mut AuthEnvelopedData| {
            data.auth_encrypted_content_info.content_enc_alg = inner(data);
        });
        assert_eq!(open(&unbound, &recipient), Err(OpenError::NotOpened), "{kind:?}");
        let bind = |data: &mut AuthEnvelopedData| {
            let algorithm = &mut data.auth_encrypted_content_info.content_enc_alg;
            let inner = any(algorithm);
            *algorithm = spki::AlgorithmIdentifierOwned { oid: CEK_HKDF_SHA_256, parameters: Some(inner) };
        };
        let plain = addressee.envelope(CONTENT, Envelope::Authenticated).unwrap();
        assert_eq!(open(&changed(&plain, bind), &recipient), Err(OpenError::NotOpened));
        // It is bound once, and to what is offered.
        assert_eq!(open(&changed(&file, bind), &recipient), Err(OpenError::NotOffered("the algorithm of the content")));
        let empty = changed(&file, |data: &mut AuthEnvelopedData| {
            data.auth_encrypted_content_info.content_enc_alg.parameters = None;
        });
        assert_eq!(open(&empty, &recipient), Err(OpenError::Malformed));
        assert_eq!(open(&file, &recipient), Ok(CONTENT.to_vec()));
    }
}

/// A public fault has its own error whether the key would have been unwrapped or not, so no error tells of it.
#[test]
fn what_is_public_is_judged_before_the_key_is_unwrapped() {
    let senders = Senders::new();
    for kind in KINDS {
        let key = pkcs8(kind);
        let certificate = senders.issue(&spec("NTRBE-0566988259", &[usage(kind)]), &key);
        let recipient = Recipient::from_pkcs8(&certificate, &key).unwrap();
        let addressee = senders.addressee(&certificate).unwrap();
        let file = addressee.envelope(CONTENT, Envelope::Authenticated).unwrap();
        for (name, fault) in faults() {
            let good_key = changed(&file, |data: &mut AuthEnvelopedData| fault(data));
            let bad_key = changed(&good_key, |data: &mut AuthEnvelopedData| break_key(&mut data.recip_infos));
            let refusal = open(&good_key, &recipient).unwrap_err();
            assert_ne!(refusal, OpenError::NotOpened, "{kind:?} {name}");
            assert_eq!(open(&bad_key, &recipient), Err(refusal), "{kind:?} {name}");
        }
        let legacy = addressee.envelope(CONTENT, Envelope::Legacy).unwrap();
        for (name, fault) in legacy_faults() {
            let good_key = changed(&legacy, |data: &mut EnvelopedData| fault(&mut data.encrypted_content));
            let bad_key = changed(&good_key, |data: &mut EnvelopedData| break_key(&mut data.recip_infos));
            let refusal = open_legacy(&good_key, &recipient).unwrap_err();
            assert_ne!(refusal, OpenError::NotOpened, "{kind:?} {name}");
            assert_eq!(open_legacy(&bad_key, &recipient), Err(refusal), "{kind:?} {name}");
        }
        // What is secret has one error: a key that does not unwrap, and content that does not decrypt.
        let bad_key = changed(&file, |data: &mut AuthEnvelopedData| break_key(&mut data.recip_infos));
        let bad_tag = changed(&file, |data: &mut AuthEnvelopedData| data.mac = octets(&[0; 16]));
        assert_eq!(open(&bad_key, &recipient), Err(OpenError::NotOpened));
        assert_eq!(open(&bad_tag, &recipient), Err(OpenError::NotOpened));
        let bad_key = changed(&legacy, |data: &mut EnvelopedData| break_key(&mut data.recip_infos));
        assert_eq!(open_legacy(&bad_key, &recipient), Err(OpenError::NotOpened));
        // Nothing but the change of octets was done to them.
        assert_eq!(open(&changed(&file, |_: &mut AuthEnvelopedData| {}), &recipient), Ok(CONTENT.to_vec()));
    }
}

type Fault<T> = (&'static str, fn(&mut T));

fn faults() -> Vec<Fault<AuthEnvelopedData>> {
    vec![
        ("content type", |data| data.auth_encrypted_content_info.content_type = ENVELOPED_DATA),
        ("no content", |data| data.auth_encrypted_content_info.encrypted_content = None),
        ("algorithm", |data| data.auth_encrypted_content_info.content_enc_alg.oid = AES_256_CBC),
        ("no parameters", |data| data.auth_encrypted_content_info.content_enc_alg.parameters = None),
        ("parameters", |data| {
            data.auth_encrypted_content_info.content_enc_alg.parameters = Some(any(&octets(&[0; 12])))
        }),
        ("nonce", |data| data.auth_encrypted_content_info.content_enc_alg.parameters = Some(gcm(8, 16))),
        ("stated length of the tag", |data| {
            data.auth_encrypted_content_info.content_enc_alg.parameters = Some(gcm(12, 13));
        }),
        ("tag", |data| data.mac = octets(&data.mac.as_bytes()[..12])),
        ("version", |data| data.version = CmsVersion::V2),
    ]
}

fn legacy_faults() -> Vec<Fault<EncryptedContentInfo>> {
    vec![
        ("content type", |info| info.content_type = ENVELOPED_DATA),
        ("no content", |info| info.encrypted_content = None),
        ("empty content", |info| info.encrypted_content = Some(octets(&[]))),
        ("part of a block", |info| info.encrypted_content = Some(octets(&[0; 31]))),
        ("algorithm", |info| info.content_enc_alg.oid = AES_256_GCM),
        ("no parameters", |info| info.content_enc_alg.parameters = None),
        ("iv", |info| info.content_enc_alg.parameters = Some(any(&octets(&[0; 15])))),
    ]
}

/// GCMParameters of a nonce and a tag of so many octets.
fn gcm(nonce: usize, tag: u8) -> Any {
    let nonce = octets(&vec![0; nonce]).to_der().unwrap();
    Any::new(der::Tag::Sequence, [nonce, tag.to_der().unwrap()].concat()).unwrap()
}
