//! This module reads the public key and the certificates that belong to a private key on a token.

use cryptoki::error::Error;
use cryptoki::object::{Attribute, AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use signed_data::tlv::{Reader, Tag};

use super::error::Pkcs11Error;
use super::token::Opened;
use crate::asn1::{oid, writer};
use crate::crypto::{KeyError, KeyKind, NotOffered, PublicKey};

/// The most objects of one kind that are looked at. A token for seals has a handful, and a shared HSM some hundred. Each
/// one costs a call of the module.
const MAX_OBJECTS: usize = 4096;

/// Reads the public key from the private key itself, or from the public-key objects and certificates of its name.
pub(super) fn read(opened: &Opened) -> Result<PublicKey, Pkcs11Error> {
    let Opened { session, key, .. } = opened;
    let kind = key_type(session, *key)?;
    if let Some(public_key) = of_private(session, *key)? {
        return Ok(public_key);
    }
    let own = Name::of(session, *key)?;
    let others = other_names(session, *key)?;
    let mut is_ambiguous = false;
    let mut unreadable = None;
    for name in own.searches() {
        let candidates = candidates(session, &name, kind, &|name| !name.is_of_another(&own, &others))?;
        match candidates.keys.as_slice() {
            [] => {}
            [public_key] => return Ok(public_key.clone()),
            _ => is_ambiguous = true,
        }
        unreadable = unreadable.or(candidates.unreadable);
    }
    if is_ambiguous {
        return Err(Pkcs11Error::PublicKeyAmbiguous);
    }
    Err(unreadable.unwrap_or(Pkcs11Error::PublicKeyNotFound))
}

/// The name of an object, each part of which may be empty.
#[derive(PartialEq, Eq)]
struct Name {
    id: Vec<u8>,
    label: Vec<u8>,
}

impl Name {
    fn of(session: &Session, object: ObjectHandle) -> Result<Self, Pkcs11Error> {
        let mut name = Self { id: Vec::new(), label: Vec::new() };
        #[expect(clippy::wildcard_enum_match_arm, reason = "only those that were asked for come")]
        for attribute in session.get_attributes(object, &[AttributeType::Id, AttributeType::Label])? {
            match attribute {
                Attribute::Id(id) => name.id = id,
                Attribute::Label(label) => name.label = label,
                _ => {}
            }
        }
        Ok(name)
    }

    /// Returns what the public key is looked for by: identifier and label, the identifier, the label. An empty part
    /// identifies no object.
    fn searches(&self) -> Vec<Vec<Attribute>> {
        let id = (!self.id.is_empty()).then(|| Attribute::Id(self.id.clone()));
        let label = (!self.label.is_empty()).then(|| Attribute::Label(self.label.clone()));
        let both = id.clone().into_iter().chain(label.clone()).collect();
        let searches: [Vec<Attribute>; 3] = [both, Vec::from_iter(id), Vec::from_iter(label)];
        searches.into_iter().filter(|search| !search.is_empty()).collect()
    }

    /// Returns true if an object of this name is that of another private key than our own: by its identifier, or by
    /// identifier and label where both keys have the identifier.
    fn is_of_another(&self, own: &Self, others: &[Self]) -> bool {
        let is_its = |key: &Self| key.id == self.id && (key.label == self.label || own.id != self.id);
        self != own && !self.id.is_empty() && others.iter().any(is_its)
    }
}

/// Returns the names of the other private keys of the token.
fn other_names(session: &Session, key: ObjectHandle) -> Result<Vec<Name>, Pkcs11Error> {
    let keys = find(session, ObjectClass::PRIVATE_KEY, &[])?;
    keys.into_iter().filter(|listed| *listed != key).map(|listed| Name::of(session, listed)).collect()
}

/// Reads the X.509 certificates of the token.
pub(super) fn certificates(opened: &Opened) -> Result<Vec<Vec<u8>>, Pkcs11Error> {
    let objects = find(&opened.session, ObjectClass::CERTIFICATE, &[])?;
    let values = objects.into_iter().map(|object| certificate(&opened.session, object));
    Ok(values.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// The public keys that objects of one name hold.
#[derive(Default)]
struct Candidates {
    /// The different keys.
    keys: Vec<PublicKey>,
    /// The error of the first object that cannot be read. It is what to say where no other object holds a key.
    unreadable: Option<Pkcs11Error>,
}

impl Candidates {
    /// Takes the key of an object. A renewed certificate has the same key.
    ///
    /// # Errors
    /// The error of the token. An object whose value cannot be read is passed over: anybody with the token's PIN can put one
    /// there, and it must not hide the key.
    fn add(&mut self, key: Result<Option<PublicKey>, Pkcs11Error>) -> Result<(), Pkcs11Error> {
        match key {
            Ok(Some(key)) if self.keys.iter().all(|earlier| earlier.spki_der() != key.spki_der()) => {
                self.keys.push(key)
            }
            Ok(_) => {}
            Err(error @ (Pkcs11Error::PublicKey(_) | Pkcs11Error::KeyNotOffered(_))) => {
                self.unreadable.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Returns the different public keys of this kind that objects of this name hold. An object that belongs to another key is
/// not even read.
fn candidates(
    session: &Session,
    name: &[Attribute],
    kind: Option<KeyType>,
    is_ours: &dyn Fn(&Name) -> bool,
) -> Result<Candidates, Pkcs11Error> {
    let mut candidates = Candidates::default();
    for object in find(session, ObjectClass::PUBLIC_KEY, name)? {
        if is_ours(&Name::of(session, object)?) && (kind.is_none() || key_type(session, object)? == kind) {
            candidates.add(of_object(session, object))?;
        }
    }
    for object in find(session, ObjectClass::CERTIFICATE, name)? {
        if !is_ours(&Name::of(session, object)?) {
            continue;
        }
        let Some(der) = certificate(session, object)? else { continue };
        let public_key = of_certificate(&der).map_err(Pkcs11Error::PublicKey);
        candidates.add(public_key.map(|key| Some(key).filter(|key| is_of(kind, key.kind()))))?;
    }
    Ok(candidates)
}

fn find(session: &Session, class: ObjectClass, name: &[Attribute]) -> Result<Vec<ObjectHandle>, Pkcs11Error> {
    let mut template = vec![Attribute::Class(class)];
    template.extend_from_slice(name);
    within(MAX_OBJECTS, session.iter_objects(&template)?)
}

/// Collects the objects that a token shows.
///
/// # Errors
/// `TooManyObjects` beyond the limit. What is left out could be the certificate that is looked for, or a second key of
/// the same name.
fn within<T>(limit: usize, objects: impl Iterator<Item = Result<T, Error>>) -> Result<Vec<T>, Pkcs11Error> {
    let objects = objects.take(limit.saturating_add(1)).collect::<Result<Vec<T>, _>>()?;
    if objects.len() > limit { Err(Pkcs11Error::TooManyObjects { limit }) } else { Ok(objects) }
}

fn key_type(session: &Session, object: ObjectHandle) -> Result<Option<KeyType>, Pkcs11Error> {
    let attributes = session.get_attributes(object, &[AttributeType::KeyType])?;
    let kind = |attribute| if let Attribute::KeyType(kind) = attribute { Some(kind) } else { None };
    Ok(attributes.into_iter().find_map(kind))
}

/// Tells if a public key may be that of a private key of this type. Of another kind it is that of another key of the same
/// name.
fn is_of(private: Option<KeyType>, public: &KeyKind) -> bool {
    let Some(private) = private else { return true };
    match public {
        KeyKind::Rsa { .. } => private == KeyType::RSA,
        KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 => private == KeyType::EC,
        KeyKind::Ed25519 => private == KeyType::EC_EDWARDS,
        KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 | KeyKind::SlhDsa(_) | KeyKind::NotOffered(_) => true,
    }
}

/// Reads the public key that a private key shows of itself: all of it (PKCS#11 3.0), or the numbers of an RSA key.
fn of_private(session: &Session, key: ObjectHandle) -> Result<Option<PublicKey>, Pkcs11Error> {
    let attributes = session.get_attributes(key, &[AttributeType::PublicKeyInfo])?;
    if let Some(Attribute::PublicKeyInfo(spki)) = attributes.first()
        && let Ok(public_key) = PublicKey::from_spki(spki)
    {
        return Ok(Some(public_key));
    }
    of_object(session, key)
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
        (_, _, Some(parameters), Some(point)) if key_type(session, object)? == Some(KeyType::EC_EDWARDS) => {
            return edwards(&parameters, &point).map(Some);
        }
        (_, _, Some(parameters), Some(point)) => {
            let algorithm = writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), &parameters]);
            PublicKey::from_parts(&algorithm, unwrapped(&point))
        }
        _ => return Ok(None),
    };
    key.map(Some).map_err(Pkcs11Error::PublicKey)
}

/// Reads a key of an Edwards curve. PKCS#11 3.0 §2.3.5 names the curve by its identifier or by a text, and OpenPGP cards by an
/// older identifier.
fn edwards(parameters: &[u8], point: &[u8]) -> Result<PublicKey, Pkcs11Error> {
    const NAME: &str = "edwards25519";
    const OF_OPENPGP: &str = "1.3.6.1.4.1.11591.15.1";
    let mut reader = Reader::new(parameters, "CKA_EC_PARAMS");
    let curve = reader.any().map_err(|_| Pkcs11Error::PublicKey(KeyError::Malformed("CKA_EC_PARAMS")))?;
    let name = match curve.tag {
        Tag::OBJECT_IDENTIFIER => Reader::new(curve.raw, "CKA_EC_PARAMS").oid().map(|name| name.to_string()),
        _ => Ok(String::from_utf8_lossy(curve.value).chars().take(64).collect()),
    };
    let name = name.map_err(|_| Pkcs11Error::PublicKey(KeyError::Malformed("CKA_EC_PARAMS")))?;
    if ![NAME, OF_OPENPGP, &oid::ED25519.to_string()].contains(&name.as_str()) {
        let what = NotOffered::named(name, "an Edwards curve other than edwards25519");
        return Err(Pkcs11Error::KeyNotOffered(KeyKind::NotOffered(what)));
    }
    // A key of 32 octets has no header.
    let point = if point.len() == 32 { point } else { unwrapped(point) };
    PublicKey::from_parts(&writer::algorithm(oid::ED25519), point).map_err(Pkcs11Error::PublicKey)
}

/// Removes the OCTET STRING header from CKA_EC_POINT, which some modules leave out.
fn unwrapped(point: &[u8]) -> &[u8] {
    let mut reader = Reader::new(point, "CKA_EC_POINT");
    match reader.expect(Tag::OCTET_STRING) {
        Ok(inner) if reader.is_empty() => inner.value,
        _ => point,
    }
}

/// Reads the value of an X.509 certificate. Another kind of certificate has none here.
fn certificate(session: &Session, object: ObjectHandle) -> Result<Option<Vec<u8>>, Pkcs11Error> {
    let attributes = session.get_attributes(object, &[AttributeType::CertificateType, AttributeType::Value])?;
    let is_other = |attribute: &Attribute| matches!(attribute, Attribute::CertificateType(kind) if *kind != CertificateType::X_509);
    if attributes.iter().any(is_other) {
        return Ok(None);
    }
    let value = |attribute| if let Attribute::Value(der) = attribute { Some(der) } else { None };
    Ok(attributes.into_iter().find_map(value).filter(|der| !der.is_empty()))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8410 §10.1.
    const KEY: [u8; 32] = [
        0x19, 0xbf, 0x44, 0x09, 0x69, 0x84, 0xcd, 0xfe, 0x85, 0x41, 0xba, 0xc1, 0x67, 0xdc, 0x3b, 0x96, 0xc8, 0x50,
        0x86, 0xaa, 0x30, 0xb6, 0xb6, 0xcb, 0x0c, 0x5c, 0x38, 0xad, 0x70, 0x31, 0x66, 0xe1,
    ];

    fn printable(name: &str) -> Vec<u8> {
        writer::tlv(Tag::PRINTABLE_STRING, name.as_bytes())
    }

    #[test]
    fn ed25519_is_read_under_each_of_its_names() {
        let of_openpgp = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];
        let of_openpgp = writer::tlv(Tag::OBJECT_IDENTIFIER, &of_openpgp);
        for parameters in [writer::oid(oid::ED25519), printable("edwards25519"), of_openpgp] {
            for point in [KEY.to_vec(), writer::octet_string(&KEY)] {
                let key = edwards(&parameters, &point).unwrap();
                assert_eq!(*key.kind(), KeyKind::Ed25519);
                assert!(key.spki_der().ends_with(&KEY));
            }
        }
        // A raw key that looks like an OCTET STRING of 30 octets.
        let mut raw = KEY;
        raw[..2].copy_from_slice(&[0x04, 0x1e]);
        assert!(edwards(&printable("edwards25519"), &raw).unwrap().spki_der().ends_with(&raw));
    }

    #[test]
    fn a_token_with_too_many_objects_is_not_read_in_part() {
        let objects = |count: usize| (0..count).map(Ok);
        assert_eq!(within(3, objects(3)).unwrap(), [0, 1, 2]);
        let refused = within(3, objects(4)).unwrap_err();
        assert!(matches!(refused, Pkcs11Error::TooManyObjects { limit: 3 }));
        assert!(refused.to_string().contains("more than 3 objects"), "{refused}");
        let lost = [Ok(0), Err(Error::InvalidValue)];
        assert!(matches!(within(3, lost.into_iter()), Err(Pkcs11Error::Answer)));
    }

    #[test]
    fn other_curves_are_refused_by_name() {
        let ed448 = writer::tlv(Tag::OBJECT_IDENTIFIER, &[0x2b, 0x65, 0x71]);
        for (parameters, name) in [(printable("edwards448"), "edwards448"), (ed448, "1.3.101.113")] {
            match edwards(&parameters, &[0; 57]) {
                Err(Pkcs11Error::KeyNotOffered(kind)) => assert!(kind.to_string().contains(name), "{kind}"),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(edwards(&[], &KEY), Err(Pkcs11Error::PublicKey(_))));
        assert!(matches!(edwards(&printable("edwards25519"), &KEY[1..]), Err(Pkcs11Error::PublicKey(_))));
    }
}
