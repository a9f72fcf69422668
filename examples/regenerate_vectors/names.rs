//! Files whose names, numbers and references say the same as the certificate in another form, or something else.

use recommande::crypto::DigestAlgorithm;
use recommande::testing::{CertificateSpec, ForgedTstInfo, KeyIdentifiers, tlv};
use signed_data::tlv::{Reader, Tag};

use crate::case::{Case, FORGED};
use crate::oid;
use crate::world::{Result, STAMPED, World, at, derived, seal_spec, tsa_spec};

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([signers(world)?, references(world)?, namesakes(world)?, vec![tsa_name(world)?]].concat())
}

/// A Name whose strings are UTF8String in capitals, with doubled spaces.
fn in_another_form(name: &[u8]) -> Result<Vec<u8>> {
    let mut sequence = Reader::new(name, "Name").expect(Tag::SEQUENCE)?.reader("Name");
    let mut rdns = Vec::new();
    while !sequence.is_empty() {
        let mut attribute = sequence.expect(Tag::SET)?.reader("Name").expect(Tag::SEQUENCE)?.reader("Name");
        let (kind, value) = (attribute.any()?, attribute.any()?);
        let text = String::from_utf8(value.value.to_vec())?.to_uppercase().replace(' ', "  ");
        let value = tlv(Tag::UTF8_STRING, &[text.as_bytes()]);
        rdns.push(tlv(Tag::SET, &[&tlv(Tag::SEQUENCE, &[kind.raw, &value])]));
    }
    Ok(tlv(Tag::SEQUENCE, &[&rdns.concat()]))
}

fn signers(world: &World) -> Result<Vec<Case>> {
    let certificate = &world.pki.seal.certificate;
    let issuer = in_another_form(certificate.issuer_der())?;
    let serial = tlv(Tag::INTEGER, &[&[0, 0], certificate.serial().as_bytes()]);
    Ok(vec![Case::new(
        "good/signer-named-in-another-form",
        FORGED,
        "The sid writes the issuer's name in another string type, in capitals and with other spaces, and pads the serial number.",
        world.forged(|forge| forge.first().sid = tlv(Tag::SEQUENCE, &[&issuer, &serial]))?,
    )])
}

/// signing-certificate-v2 that names the seal by its digest, with this IssuerSerial.
fn reference(world: &World, issuer_serial: &[&[u8]]) -> Vec<u8> {
    let digest = world.pki.seal.certificate.digest(DigestAlgorithm::Sha256);
    let hash = tlv(Tag::OCTET_STRING, &[digest.as_bytes()]);
    let id = tlv(Tag::SEQUENCE, &[&hash, &tlv(Tag::SEQUENCE, issuer_serial)]);
    tlv(Tag::SEQUENCE, &[&tlv(Tag::SEQUENCE, &[&id])])
}

fn references(world: &World) -> Result<Vec<Case>> {
    let certificate = &world.pki.seal.certificate;
    let names = |name: &[u8]| tlv(Tag::SEQUENCE, &[&tlv(Tag::context(4), &[name])]);
    let (own, serial) = (names(certificate.issuer_der()), tlv(Tag::INTEGER, &[certificate.serial().as_bytes()]));
    let same = names(&in_another_form(certificate.issuer_der())?);
    let subject = names(certificate.subject_der());
    let other_serial = tlv(Tag::INTEGER, &[&[1]]);
    let case = |id: &str, why: &str, issuer_serial: &[&[u8]]| -> Result<Case> {
        let value = reference(world, issuer_serial);
        let bytes = world.forged(|forge| forge.first().set(oid::SIGNING_CERTIFICATE_V2, &[&value]))?;
        Ok(Case::new(id, FORGED, why, bytes))
    };
    let differs = "signing-certificate-issuer-serial-differs";
    Ok(vec![
        case(
            "good/issuer-serial-in-another-form",
            "The issuerSerial of signing-certificate-v2 names the issuer in another string type, in capitals and with other spaces.",
            &[&same, &serial],
        )?,
        case(
            "good/issuer-serial-other-number",
            "The digest of signing-certificate-v2 names the certificate; its issuerSerial has another number.",
            &[&own, &other_serial],
        )?
        .warning("seal", differs),
        case(
            "good/issuer-serial-other-issuer",
            "The digest of signing-certificate-v2 names the certificate; its issuerSerial has another issuer.",
            &[&subject, &serial],
        )?
        .warning("seal", differs),
        case(
            "good/issuer-serial-unreadable",
            "The digest of signing-certificate-v2 names the certificate; its issuerSerial is a name where names belong.",
            &[certificate.issuer_der()],
        )?
        .warning("seal", differs),
    ])
}

/// Certificates that bear the key identifier by which the signer names its own.
fn namesakes(world: &World) -> Result<Vec<Case>> {
    let identifier = tlv(Tag::OCTET_STRING, &[&[0x5a; 20]]);
    let mut forge = world.forge(world.json.as_bytes());
    forge.first().sid = tlv(Tag::context_primitive(0), &[&[0x5a; 20]]);
    forge.first().remove(oid::SIGNING_CERTIFICATE_V2);
    forge.certificates = world.pki.seal_chain().iter().skip(1).map(|issuer| issuer.der().to_vec()).collect();
    for number in 0..17 {
        let spec = CertificateSpec { key_identifiers: KeyIdentifiers::Absent, ..seal_spec() };
        let spec = spec.with_extension(oid::SUBJECT_KEY_IDENTIFIER, identifier.clone());
        let key = world.pki.intermediate.issue(&spec, derived(&format!("namesake {number}"))?)?;
        forge.certificates.push(key.certificate.der().to_vec());
    }
    Ok(vec![
        Case::new(
            "signature/too-many-namesakes",
            FORGED,
            "Seventeen certificates bear the key identifier that the signer gives, and none of those tried made the signature.",
            world.finish(forge)?,
        )
        .no_level()
        .indeterminate("SIG_CONSTRAINTS_FAILURE", "seal", "signing-certificate-reference-missing")
        .finding("seal", "signing-certificate-candidates-too-many", "indeterminate"),
    ])
}

fn tsa_name(world: &World) -> Result<Case> {
    let tsa = world.pki.tsa_root.issue(&tsa_spec(), world.pki.tsa.signer.clone())?;
    let name = tlv(Tag::context(4), &[&in_another_form(tsa.certificate.subject_der())?]);
    let bytes = world.stamped(|signature| {
        let mut info = ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED));
        info.tsa.clone_from(&name);
        world.token(&info, &tsa, |_| {})
    })?;
    Ok(Case::new(
        "good/tsa-named-in-another-form",
        FORGED,
        "The token writes the name of its TSA in another string type, in capitals and with other spaces.",
        bytes,
    )
    .also("timestamp 1", "tsa-name-matches", "passed"))
}
