//! Signatures and timestamps as others make them, and timestamps of further kinds.

use crate::oid;
use recommande::crypto::DigestAlgorithm;
use recommande::rfc3161_client::{MessageImprint, Nonce, TimeStampReq, Transport};
use recommande::testing::{CertificateSpec, Forge, Misbehaviour, TestTsa, attribute, tlv};
use signed_data::SignedData;
use signed_data::tlv::Tag;

use crate::archive::archive_data_v2;
use crate::case::{Case, FORGED, SEALED};
use crate::world::{LETTER, OTHER_LETTER, Result, SIGNED, STAMPED, World, at, clock, ed25519_signer, info, seal_spec};

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([signatures(world)?, departures(world)?, tokens(world)?, further_timestamps(world)?].concat())
}

/// Files beside the vectors: requests.
pub fn requests() -> Vec<(String, Vec<u8>)> {
    vec![
        ("foreign/letter.tsq".into(), request(LETTER).to_der()),
        ("foreign/other-letter.tsq".into(), request(OTHER_LETTER).to_der()),
    ]
}

fn request(data: &[u8]) -> TimeStampReq {
    let digest = DigestAlgorithm::Sha256.digest(data);
    let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
    TimeStampReq::new(imprint).with_nonce(Nonce::from_bytes(&[0x52; 8]))
}

fn signatures(world: &World) -> Result<Vec<Case>> {
    let mut bare = world.forge(LETTER);
    bare.sign(&*world.pki.seal.signer)?;
    let mut no_signer = bare.clone();
    no_signer.signers.clear();
    // PKCS #7 had content of any type where CMS has an OCTET STRING.
    let number = tlv(Tag::INTEGER, &[&[1]]);
    let mut old = world.forge(&number);
    old.sign(&*world.pki.seal.signer)?;
    let octet_string = tlv(Tag::OCTET_STRING, &[&number]);
    let sequence = [&[Tag::SEQUENCE.0], octet_string.get(1..).unwrap_or_default()].concat();
    let pkcs7 = replaced(&old.to_der(), &octet_string, &sequence)?;
    Ok(vec![
        Case::signature(
            "foreign/not-timestamped",
            FORGED,
            "A signature without a timestamp is judged at the time given.",
            bare.to_der(),
        )
        .level("B-B")
        .unproven()
        .also("time", "time-not-proven", "information"),
        Case::signature(
            "foreign/no-signer",
            FORGED,
            "A SignedData that only carries certificates.",
            no_signer.to_der(),
        )
        .no_level()
        .unproven()
        .failed("FORMAT_FAILURE", "envelope", "no-signature"),
        Case::signature(
            "foreign/content-not-octet-string",
            FORGED,
            "The content is a SEQUENCE, as PKCS#7 had it.",
            pkcs7,
        )
        .no_level()
        .unproven()
        .failed("FORMAT_FAILURE", "envelope", "content-not-octet-string"),
    ])
}

fn ed25519_over_sha_256(world: &World) -> Result<Vec<u8>> {
    let key = world.pki.intermediate.issue(&seal_spec(), ed25519_signer()?)?;
    let chain = [&key, &world.pki.intermediate].map(|key| key.certificate.clone());
    let mut forge = Forge::seal(world.json.as_bytes(), &key, &chain, at(SIGNED));
    let digest = DigestAlgorithm::Sha256.digest(world.json.as_bytes());
    let signer = forge.first();
    signer.digest_algorithm = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::SHA256.as_bytes()])]);
    signer.remove(oid::CMS_ALGORITHM_PROTECTION);
    signer.set(oid::MESSAGE_DIGEST, &[&tlv(Tag::OCTET_STRING, &[digest.as_bytes()])]);
    forge.sign(&*key.signer)?;
    let token = world.token_for(&forge.first().signature, STAMPED)?;
    forge.first().stamp(&token);
    Ok(forge.to_der())
}

/// Signatures that depart from a standard and leave no doubt about what they say.
fn departures(world: &World) -> Result<Vec<Case>> {
    let with_offset = tlv(Tag::UTC_TIME, &[b"260302101505+0100"]);
    let with_offset = world.forged(|forge| forge.first().set(oid::SIGNING_TIME, &[&with_offset]))?;
    let parsed = SignedData::parse(world.proof.der())?;
    let signer_info = parsed.signer_infos.first().ok_or("a proof has a signer")?.raw;
    let broken = tlv(Tag::SEQUENCE, &[]);
    let countersigned = world.forged(|forge| {
        forge.first().unsigned_attributes.push(attribute(oid::COUNTERSIGNATURE, &[&broken, signer_info]));
    })?;
    let malformed = |spec: CertificateSpec| spec.with_extension(oid::PRIVATE_KEY_USAGE_PERIOD, vec![0x30, 2, 0x80, 0]);
    let seal = &world.pki.seal.certificate;
    let not_after = seal.not_after().format("%y%m%d%H%M%SZ").to_string();
    let unreadable = replaced(
        seal.der(),
        not_after.as_bytes(),
        &[not_after.as_bytes().get(..12).unwrap_or_default(), b"?"].concat(),
    )?;
    let unreadable = world.forged(|forge| forge.certificates[0] = unreadable)?;
    Ok(vec![
        Case::signature(
            "foreign/ed25519-over-sha-256",
            FORGED,
            "An Ed25519 signature whose content has its digest by SHA-256, where RFC 8419 demands SHA-512.",
            ed25519_over_sha_256(world)?,
        )
        .warning("seal", "eddsa-digest-other"),
        Case::signature(
            "foreign/signing-time-with-offset",
            FORGED,
            "signing-time has an offset from UTC.",
            with_offset,
        )
        .warning("seal", "signing-time-coding"),
        Case::signature(
            "foreign/countersigned",
            FORGED,
            "Two countersignatures, one of which cannot be read.",
            countersigned,
        )
        .also("seal", "countersignature-not-evaluated", "information")
        .warning("seal", "countersignature-unreadable"),
        Case::signature(
            "foreign/extension-unreadable",
            FORGED,
            "privateKeyUsagePeriod of the signing certificate cannot be read, and it is not critical.",
            world.sealed_by(malformed)?,
        )
        .warning("seal", "certificate-extension-unreadable"),
        Case::signature(
            "foreign/certificate-unreadable",
            FORGED,
            "The signing certificate is there, and its notAfter is no time.",
            unreadable,
        )
        .no_level()
        .indeterminate("NO_SIGNING_CERTIFICATE_FOUND", "seal", "signing-certificate-unreadable")
        .warning("envelope", "certificate-unreadable"),
    ])
}

fn replaced(octets: &[u8], from: &[u8], to: &[u8]) -> Result<Vec<u8>> {
    let position = octets.windows(from.len()).position(|window| window == from).ok_or("what is replaced is there")?;
    let mut replaced = octets.to_vec();
    replaced.splice(position..position + from.len(), to.iter().copied());
    Ok(replaced)
}

fn tokens(world: &World) -> Result<Vec<Case>> {
    let tsa = || TestTsa::new(&world.pki).with_clock(clock(STAMPED));
    let response = tsa().send(&request(LETTER).to_der())?;
    let rejection = tsa().with_misbehaviour(Misbehaviour::Rejected).send(&request(LETTER).to_der())?;
    Ok(vec![
        Case::timestamp(
            "foreign/response",
            SEALED,
            "A response to the request, with a token about the payload.",
            response.clone(),
        )
        .request("foreign/letter.tsq")
        .also("token", "request-answered", "passed"),
        Case::timestamp(
            "foreign/response-to-another-request",
            SEALED,
            "The request is about something else.",
            response,
        )
        .request("foreign/other-letter.tsq")
        .unproven()
        .failed("HASH_FAILURE", "token", "request-not-answered"),
        Case::timestamp("foreign/rejection", SEALED, "The TSA refused.", rejection).unproven().failed(
            "FORMAT_FAILURE",
            "token",
            "timestamp-rejected",
        ),
    ])
}

fn further_timestamps(world: &World) -> Result<Vec<Case>> {
    let over_content = world.token(&info(world.json.as_bytes(), "2026-03-02T09:15:04Z"), &world.pki.tsa, |_| {})?;
    let content = world.forged(|forge| forge.first().set(oid::CONTENT_TIME_STAMP, &[&over_content]))?;
    let ahead = world.forged(|forge| {
        forge.first().set(oid::SIGNING_TIME, &[&tlv(Tag::UTC_TIME, &[b"260302091806Z"])]);
    })?;
    let mut forge = world.forge(world.json.as_bytes());
    forge.sign(&*world.pki.seal.signer)?;
    let stamp = world.token_for(&forge.first().signature.clone(), STAMPED)?;
    forge.first().stamp(&stamp);
    let stamped = forge.to_der();
    let about = archive_data_v2(&SignedData::parse(&stamped)?)?;
    let older = world.token(&info(&about, "2026-03-02T09:15:07Z"), &world.pki.tsa, |_| {})?;
    forge.first().unsigned_attributes.push(attribute(oid::ARCHIVE_TIME_STAMP_V2, &[&older]));
    let older = forge.to_der();
    Ok(vec![
        Case::new(
            "good/content-timestamp",
            FORGED,
            "A content-time-stamp among the signed attributes: the content existed before it was signed.",
            content.clone(),
        )
        .also("timestamp 1", "timestamp-kind", "information"),
        Case::new(
            "revocation/revoked-before-content-timestamp",
            FORGED,
            "The certificate was revoked before the timestamp that the seal is over: the seal was made after the revocation.",
            content,
        )
        .revocation_data("extra/seal-revoked.pem")
        .failed("REVOKED", "seal chain", "revoked"),
        Case::signature(
            "foreign/signing-time-ahead",
            FORGED,
            "By its signer's clock, which is three minutes fast, the signature was made after its timestamp.",
            ahead,
        )
        .warning("time", "signing-time-ahead"),
        Case::new(
            "good/archive-timestamp-v2",
            FORGED,
            "An archive-time-stamp of an older form is listed; what it covers is not evaluated.",
            older,
        )
        .also("timestamp 2", "timestamp-coverage-not-evaluated", "information"),
    ])
}
