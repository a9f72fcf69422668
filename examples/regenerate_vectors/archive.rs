//! archive-time-stamp-v3, good and with one thing wrong.

use crate::oid;
use const_oid::ObjectIdentifier;
use recommande::crypto::DigestAlgorithm;
use recommande::testing::{Forge, attribute, tlv};
use signed_data::tlv::Tag;
use signed_data::{SignedData, SignerInfo};

use crate::case::{Case, FORGED};
use crate::world::{Result, STAMPED, World, info};

/// ATSHashIndexV3 (ETSI EN 319 122-1 V1.3.1, clause 5.5.2) over all certificates, revocation data and unsigned
/// attributes.
pub fn hash_index(signed_data: &SignedData<'_>) -> Result<Vec<u8>> {
    hash_index_by(DigestAlgorithm::Sha256, signed_data, &[])
}

/// The same without one certificate.
fn hash_index_by(digest: DigestAlgorithm, signed_data: &SignedData<'_>, left_out: &[u8]) -> Result<Vec<u8>> {
    let algorithm = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[digest.oid().as_bytes()])]);
    let entry = |octets: &[u8]| tlv(Tag::OCTET_STRING, &[digest.digest(octets).as_bytes()]);
    let certificates = signed_data.certificates.iter().filter_map(|choice| choice.certificate());
    let certificates: Vec<u8> = certificates.filter(|der| *der != left_out).flat_map(entry).collect();
    let mut crls = Vec::new();
    if let Some(field) = signed_data.crls_raw {
        let mut reader = field.reader("crls");
        while !reader.is_empty() {
            crls.extend(entry(reader.any()?.raw));
        }
    }
    let signer = signed_data.signer_infos.first().ok_or("a signer")?;
    let mut attributes = Vec::new();
    for attribute in signer.unsigned_attributes.iter().flat_map(|set| set.iter()) {
        let oid = tlv(Tag::OBJECT_IDENTIFIER, &[attribute.oid.as_bytes()]);
        attributes.extend(attribute.values.iter().flat_map(|value| entry(&[oid.as_slice(), value.raw].concat())));
    }
    let list = |entries: &[u8]| tlv(Tag::SEQUENCE, &[entries]);
    Ok(tlv(Tag::SEQUENCE, &[&algorithm, &list(&certificates), &list(&crls), &list(&attributes)]))
}

/// What an archive-time-stamp-v3 is about (clause 5.5.3), hashed.
pub fn archive_data(signed_data: &SignedData<'_>, content: &[u8], index: &[u8]) -> Result<Vec<u8>> {
    let signer = signed_data.signer_infos.first().ok_or("a signer")?;
    let content_type = tlv(Tag::OBJECT_IDENTIFIER, &[oid::DATA.as_bytes()]);
    let digest = DigestAlgorithm::Sha256.digest(content);
    Ok([&content_type, digest.as_bytes(), &signer_fields(signer)?, index].concat())
}

/// The fields of a SignerInfo but its unsigned attributes, as they stand in the file.
fn signer_fields(signer: &SignerInfo<'_>) -> Result<Vec<u8>> {
    Ok([
        signer.version_raw,
        signer.sid_raw,
        signer.digest_algorithm.raw,
        signer.signed_attributes.as_ref().ok_or("signed attributes")?.raw(),
        signer.signature_algorithm.raw,
        signer.signature_raw,
    ]
    .concat())
}

/// What an archive-time-stamp-v2 is about (ETSI TS 101 733 V2.2.1, clause 6.4.1 and annex K): the fields as they stand in
/// the file.
pub fn archive_data_v2(signed_data: &SignedData<'_>) -> Result<Vec<u8>> {
    let signer = signed_data.signer_infos.first().ok_or("a signer")?;
    Ok([
        signed_data.encap_content_info.raw,
        signed_data.certificates_raw.map(|field| field.raw).unwrap_or_default(),
        signed_data.crls_raw.map(|field| field.raw).unwrap_or_default(),
        &signer_fields(signer)?,
        signer.unsigned_attributes.as_ref().ok_or("unsigned attributes")?.raw(),
    ]
    .concat())
}

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let content = world.json.as_bytes();
    let mut forge = world.forge(content);
    forge.sign(&*world.pki.seal.signer)?;
    let token = world.token_for(&forge.first().signature.clone(), STAMPED)?;
    forge.first().stamp(&token);
    let stamped = forge.to_der();
    let stamped = SignedData::parse(&stamped)?;
    let index = hash_index(&stamped)?;
    let archive = |index: Option<(ObjectIdentifier, &[u8])>, about: &[u8]| -> Result<Forge> {
        let mut archived = forge.clone();
        let token = world.token(
            &info(&archive_data(&stamped, content, about)?, "2026-03-02T12:00:00Z"),
            &world.pki.tsa,
            |token| {
                let index = index.map(|(oid, value)| attribute(oid, &[value]));
                token.first().unsigned_attributes.extend(index);
            },
        )?;
        archived.first().unsigned_attributes.push(attribute(oid::ARCHIVE_TIME_STAMP_V3, &[&token]));
        Ok(archived)
    };
    let v3 = oid::ATS_HASH_INDEX_V3;
    let good = archive(Some((v3, &index)), &index)?;
    let mut less = good.clone();
    less.certificates.pop();
    let [by_sha_1, by_sha_512] = [DigestAlgorithm::Sha1, DigestAlgorithm::Sha512].map(|digest| {
        let index = hash_index_by(digest, &stamped, &[])?;
        archive(Some((v3, &index)), &index)
    });
    let without_seal = hash_index_by(DigestAlgorithm::Sha256, &stamped, world.pki.seal.certificate.der())?;
    let incomplete = archive(Some((v3, &without_seal)), &without_seal)?;
    let no_index = archive(None, &[])?;
    let garbage = tlv(Tag::SEQUENCE, &[&[]]);
    let malformed = archive(Some((v3, &garbage)), &garbage)?;
    let subject = "timestamp 2";
    Ok(vec![
        Case::new(
            "good/archive-timestamp-v3",
            FORGED,
            "An archive-time-stamp-v3 over signature, certificates and signature-time-stamp.",
            good.to_der(),
        )
        .also(subject, "archive-index-matches", "passed"),
        Case::new(
            "archive/certificate-removed",
            FORGED,
            "A certificate that the archive timestamp lists was taken out: the archive timestamp does not count.",
            less.to_der(),
        )
        .finding(subject, "archive-index-differs", "failed"),
        Case::new(
            "good/archive-index-by-another-digest",
            FORGED,
            "The list of what the archive timestamp covers has another digest algorithm than its imprint, a good one.",
            by_sha_512?.to_der(),
        )
        .also(subject, "archive-index-matches", "passed"),
        Case::new(
            "archive/index-by-sha-1",
            FORGED,
            "The list of what the archive timestamp covers has digests by SHA-1, which prove nothing at its time.",
            by_sha_1?.to_der(),
        )
        .finding(subject, "algorithm-past-its-date", "indeterminate"),
        Case::new(
            "archive/index-incomplete",
            FORGED,
            "The archive timestamp's list leaves out the signing certificate, which it then does not prove.",
            incomplete.to_der(),
        )
        .warning("time", "archive-index-incomplete"),
        Case::new(
            "archive/index-missing",
            FORGED,
            "The archive timestamp has no list of what it covers.",
            no_index.to_der(),
        )
        .finding(subject, "archive-index-missing", "failed")
        .finding(subject, "content-not-given", "indeterminate"),
        Case::new(
            "archive/index-unreadable",
            FORGED,
            "The archive timestamp's list of what it covers is empty of all fields.",
            malformed.to_der(),
        )
        .finding(subject, "archive-index-malformed", "failed")
        .finding(subject, "content-not-given", "indeterminate"),
    ])
}
