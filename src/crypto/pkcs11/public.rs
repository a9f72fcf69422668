//! This module reads the public key that belongs to a private key on a token.

use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use signed_data::tlv::{Reader, Tag};

use super::error::Pkcs11Error;
use super::token::Opened;
use crate::asn1::{oid, writer};
use crate::crypto::{KeyError, PublicKey};

/// Reads the public key from the public-key object, the certificate, or the private key itself.
pub(super) fn read(opened: &Opened) -> Result<PublicKey, Pkcs11Error> {
    let Opened { session, key, .. } = opened;
    let name = session.get_attributes(*key, &[AttributeType::Id, AttributeType::Label])?;
    // An empty CKA_ID identifies no object.
    let id = name.iter().find(|attribute| matches!(attribute, Attribute::Id(id) if !id.is_empty()));
    let label = name.iter().find(|attribute| matches!(attribute, Attribute::Label(label) if !label.is_empty()));
    let by = id.or(label);
    if let Some(public) = find(session, ObjectClass::PUBLIC_KEY, by)?
        && let Some(key) = of_object(session, public)?
    {
        return Ok(key);
    }
    if let Some(certificate) = find(session, ObjectClass::CERTIFICATE, by)? {
        let attributes = session.get_attributes(certificate, &[AttributeType::Value])?;
        if let Some(Attribute::Value(der)) = attributes.first() {
            return of_certificate(der).map_err(Pkcs11Error::PublicKey);
        }
    }
    of_object(session, *key)?.ok_or(Pkcs11Error::PublicKeyNotFound)
}

/// Finds the only object of this class. Several objects of one name are ambiguous, so they count as none.
fn find(session: &Session, class: ObjectClass, by: Option<&Attribute>) -> Result<Option<ObjectHandle>, Pkcs11Error> {
    let Some(by) = by else { return Ok(None) };
    let template = [Attribute::Class(class), by.clone()];
    let objects: Vec<ObjectHandle> = session.iter_objects(&template)?.take(2).collect::<Result<_, _>>()?;
    Ok(match objects.as_slice() {
        [object] => Some(*object),
        _ => None,
    })
}

/// Builds the public key from the attributes of a key object, if the token reveals them.
fn of_object(session: &Session, object: ObjectHandle) -> Result<Option<PublicKey>, Pkcs11Error> {
    let wanted =
        [AttributeType::Modulus, AttributeType::PublicExponent, AttributeType::EcParams, AttributeType::EcPoint];
    let (mut modulus, mut exponent, mut parameters, mut point) = (None, None, None, None);
    #[expect(clippy::wildcard_enum_match_arm, reason = "only those that were asked for come")]
    for attribute in session.get_attributes(object, &wanted)? {
        match attribute {
            Attribute::Modulus(octets) => modulus = Some(octets),
            Attribute::PublicExponent(octets) => exponent = Some(octets),
            Attribute::EcParams(octets) => parameters = Some(octets),
            Attribute::EcPoint(octets) => point = Some(octets),
            _ => {}
        }
    }
    let key = match (modulus, exponent, parameters, point) {
        (Some(modulus), Some(exponent), ..) => {
            let (modulus, exponent) = (writer::unsigned_integer(&modulus), writer::unsigned_integer(&exponent));
            PublicKey::from_rsa_public_key(&writer::sequence(&[&modulus, &exponent]))
        }
        (_, _, Some(parameters), Some(point)) => {
            let algorithm = writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), &parameters]);
            PublicKey::from_parts(&algorithm, unwrapped(&point))
        }
        _ => return Ok(None),
    };
    key.map(Some).map_err(Pkcs11Error::PublicKey)
}

/// Removes the OCTET STRING header from CKA_EC_POINT, which some modules leave out.
fn unwrapped(point: &[u8]) -> &[u8] {
    let mut reader = Reader::new(point, "CKA_EC_POINT");
    match reader.expect(Tag::OCTET_STRING) {
        Ok(inner) if reader.is_empty() => inner.value,
        _ => point,
    }
}

/// Reads subjectPublicKeyInfo of a certificate, [RFC 5280 §4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1).
fn of_certificate(der: &[u8]) -> Result<PublicKey, KeyError> {
    let spki = || {
        let mut tbs = Reader::new(der, "Certificate").expect(Tag::SEQUENCE)?.reader("Certificate");
        let mut fields = tbs.expect(Tag::SEQUENCE)?.reader("TBSCertificate");
        fields.optional(Tag::context(0))?;
        // The skipped fields are serialNumber, signature, issuer, validity and subject.
        for _ in 0..5 {
            fields.any()?;
        }
        fields.any().map(|tlv| tlv.raw)
    };
    PublicKey::from_spki(spki().map_err(|_: signed_data::Error| KeyError::Malformed("certificate"))?)
}
