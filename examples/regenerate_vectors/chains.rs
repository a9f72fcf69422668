//! Certification paths of the seal with one thing wrong, and anchors that are not the right ones.

use crate::oid;
use chrono::TimeDelta;
use const_oid::ObjectIdentifier;
use recommande::Certificate;
use recommande::testing::{CertificateSpec, CertifiedKey, Forge, Usage, tlv};
use serde_json::json;
use signed_data::tlv::Tag;

use crate::case::{Case, FORGED, SEALED};
use crate::world::{
    Result, SIGNED, STAMPED, World, at, derived, info, pem, replaced, seal_spec, valid_from, valid_until,
};

/// An extension that nobody knows, under the enterprise number for documentation (RFC 5612).
pub const UNKNOWN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");

const CONSTRAINTS: &str = "CHAIN_CONSTRAINTS_FAILURE";
const GENERAL: &str = "CERTIFICATE_CHAIN_GENERAL_FAILURE";

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([seal_certificates(world)?, issuers(world)?, anchoring(world)?].concat())
}

/// Anchors besides the two that most vectors are verified with.
pub fn anchors(world: &World) -> Result<Vec<(String, Vec<u8>)>> {
    let expired = root(world, "Test Root CA", "2026-03-02T09:15:00Z")?;
    let stranger = CertificateSpec::authority("Strange Root CA", valid_from(), valid_until())
        .self_signed(derived("strange root")?)?;
    Ok(vec![
        ("anchors/seal-expired.pem".into(), pem(&[&expired.certificate])),
        ("anchors/seal-pinned.pem".into(), pem(&[&world.pki.seal.certificate])),
        ("anchors/stranger.pem".into(), pem(&[&stranger.certificate])),
    ])
}

/// The root's name and key under another certificate.
fn root(world: &World, name: &str, until: &str) -> Result<CertifiedKey> {
    let spec = CertificateSpec::authority(name, valid_from(), at(until));
    Ok(spec.self_signed(world.pki.root.signer.clone())?)
}

/// The same SEQUENCE, its length written in two octets.
fn long_form(sequence: &[u8]) -> Vec<u8> {
    let header = if sequence.get(1).is_some_and(|length| *length < 0x80) { 2 } else { 3 };
    let contents = sequence.get(header..).unwrap_or_default();
    let length = u16::try_from(contents.len()).unwrap_or_default().to_be_bytes();
    [&[0x30, 0x82], length.as_slice(), contents].concat()
}

fn seal_certificates(world: &World) -> Result<Vec<Case>> {
    let by = |id, why, change: &dyn Fn(CertificateSpec) -> CertificateSpec| {
        Ok::<_, Box<dyn std::error::Error>>(Case::new(id, FORGED, why, world.sealed_by(change)?))
    };
    let (gen_time, second) = (at(STAMPED), TimeDelta::seconds(1));
    let signed_late = {
        let key = world
            .pki
            .intermediate
            .issue(&seal_spec().with_validity(valid_from(), at(SIGNED) - second), world.pki.seal.signer.clone())?;
        world.sealed_with(&key, &[&world.pki.intermediate, &world.pki.root])?
    };
    // Expired before the payload was stamped, and the seal is over that timestamp.
    let after_stamp = {
        let over_content = world.token(&info(world.json.as_bytes(), SIGNED), &world.pki.tsa, |_| {})?;
        let spec = seal_spec().with_validity(valid_from(), at(SIGNED) - second);
        let key = world.pki.intermediate.issue(&spec, world.pki.seal.signer.clone())?;
        let chain = [&key, &world.pki.intermediate, &world.pki.root].map(|key| key.certificate.clone());
        let mut forge = Forge::seal(world.json.as_bytes(), &key, &chain, at(SIGNED));
        forge.first().set(oid::CONTENT_TIME_STAMP, &[&over_content]);
        forge.sign(&*key.signer)?;
        let token = world.token_for(&forge.first().signature, STAMPED)?;
        forge.first().stamp(&token);
        forge.to_der()
    };
    let mut bad_signature = world.pki.seal.certificate.der().to_vec();
    if let Some(last) = bad_signature.last_mut() {
        *last ^= 1;
    }
    Ok(vec![
        by("chain/seal-key-usage", "The key usage of the seal certificate is key encipherment.", &|spec| {
            spec.with_key_usage(&[Usage::KeyEncipherment])
        })?
        .indeterminate(CONSTRAINTS, "seal chain", "seal-key-usage-wrong"),
        by("chain/seal-certificate-is-ca", "The seal certificate is a certification authority's.", &|spec| {
            spec.with_authority(None).with_key_usage(&[Usage::DigitalSignature, Usage::KeyCertSign])
        })?
        .indeterminate(CONSTRAINTS, "seal chain", "seal-certificate-is-ca"),
        by("chain/seal-purpose", "The seal certificate is for time-stamping alone.", &|spec| {
            spec.with_extended_key_usage(&[oid::TIME_STAMPING])
        })?
        .indeterminate(CONSTRAINTS, "seal chain", "seal-purpose-wrong"),
        by("chain/seal-purpose-other", "The seal certificate is critically for TLS servers alone.", &|spec| {
            spec.with_extended_key_usage(&[oid::SERVER_AUTH])
        })?
        .finding("seal chain", "seal-purpose-other", "warning"),
        by("chain/expired-at-gen-time", "The seal certificate expired between signing time and genTime.", &|spec| {
            spec.with_validity(valid_from(), gen_time - second)
        })?
        .indeterminate("OUT_OF_BOUNDS_NO_POE", "seal chain", "certificate-expired"),
        Case::new(
            "chain/signed-after-expiry",
            FORGED,
            "By its own signing time the seal was made after its certificate had expired.",
            signed_late,
        )
        .indeterminate("OUT_OF_BOUNDS_NO_POE", "seal chain", "certificate-expired")
        .warning("seal chain", "signing-time-after-expiry"),
        Case::new(
            "chain/expired-before-content-timestamp",
            FORGED,
            "The certificate expired before the timestamp that the seal is over: the seal was made after the expiry.",
            after_stamp,
        )
        .failed("EXPIRED", "seal chain", "signed-after-expiry")
        .finding("seal chain", "certificate-expired", "indeterminate")
        .warning("seal chain", "signing-time-after-expiry"),
        by("chain/not-yet-valid-at-gen-time", "The seal certificate becomes valid a second after genTime.", &|spec| {
            spec.with_validity(gen_time + second, valid_until())
        })?
        .failed("NOT_YET_VALID", "seal chain", "certificate-not-yet-valid"),
        by(
            "chain/unknown-critical-extension",
            "The seal certificate has a critical extension that nobody knows.",
            &|spec| spec.with_critical_extension(UNKNOWN, vec![0x05, 0x00]),
        )?
        .indeterminate(GENERAL, "seal chain", "chain-constraint"),
        by(
            "chain/date-before-1970",
            "The seal certificate is valid from a date before 1970, as RFC 5280 allows.",
            &|spec| spec.with_validity(at("1965-01-01T00:00:00Z"), valid_until()),
        )?,
        by(
            "chain/not-der",
            "The length of the subject in the seal certificate takes more octets than DER allows.",
            &|spec| spec.with_subject(long_form(world.pki.seal.certificate.subject_der())),
        )?
        .indeterminate(GENERAL, "seal chain", "chain-malformed"),
        by("good/no-key-usage", "A seal certificate without key usage may sign.", &|spec| {
            spec.without_extension(oid::KEY_USAGE)
        })?,
        Case::new(
            "chain/signature-invalid",
            FORGED,
            "The issuer's signature on the seal certificate is wrong in its last bit.",
            with_certificate(world, &bad_signature)?,
        )
        .indeterminate(GENERAL, "seal chain", "chain-signature-invalid"),
        Case::new(
            "chain/algorithm-not-offered",
            FORGED,
            "The issuer's signature on the seal certificate is by an algorithm that nobody knows.",
            with_certificate(world, &unknown_algorithm(&world.pki.seal.certificate))?,
        )
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal chain", "chain-algorithm-not-offered"),
    ])
}

/// Sealed with the seal's key under a certificate that was tampered with.
fn with_certificate(world: &World, der: &[u8]) -> Result<Vec<u8>> {
    let key = CertifiedKey { certificate: Certificate::from_der(der)?, signer: world.pki.seal.signer.clone() };
    world.sealed_with(&key, &[&world.pki.intermediate, &world.pki.root])
}

/// The arc ecdsa-with-SHA2.2 turned into one that is not assigned, inside and outside of what is signed.
fn unknown_algorithm(certificate: &Certificate) -> Vec<u8> {
    let wanted = oid::ECDSA_WITH_SHA256.as_bytes();
    let mut der = certificate.der().to_vec();
    let positions: Vec<_> = der
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, window)| *window == wanted)
        .map(|(position, _)| position)
        .collect();
    positions.into_iter().for_each(|position| der[position + wanted.len() - 1] = 0x7f);
    der
}

fn issuers(world: &World) -> Result<Vec<Case>> {
    let below = |id, why, change: &dyn Fn(CertificateSpec) -> CertificateSpec| {
        Ok::<_, Box<dyn std::error::Error>>(Case::new(id, FORGED, why, world.sealed_below(change)?))
    };
    let (gen_time, second) = (at(STAMPED), TimeDelta::seconds(1));
    // NameConstraints with an excluded subtree: every name of the country.
    let name = CertificateSpec::name("");
    let country = first_element(&name)?;
    let excluded =
        tlv(Tag::SEQUENCE, &[&tlv(Tag::context(1), &[&tlv(Tag::SEQUENCE, &[&tlv(Tag::context(4), &[&country])])])]);
    let lower = CertificateSpec::authority("Test Lower CA", valid_from(), valid_until());
    let lower = world.pki.intermediate.issue(&lower, derived("lower")?)?;
    let too_long = lower.issue(&seal_spec(), world.pki.seal.signer.clone())?;
    let too_long = world.sealed_with(&too_long, &[&lower, &world.pki.intermediate, &world.pki.root])?;
    Ok(vec![
        below("chain/issuer-expired", "The intermediate expired a second before genTime.", &|spec| {
            spec.with_validity(valid_from(), gen_time - second)
        })?
        .indeterminate(GENERAL, "seal chain", "issuer-expired"),
        below("chain/issuer-not-yet-valid", "The intermediate becomes valid a second after genTime.", &|spec| {
            spec.with_validity(gen_time + second, valid_until())
        })?
        .indeterminate(GENERAL, "seal chain", "issuer-not-yet-valid"),
        below("chain/issuer-without-key-cert-sign", "The key usage of the intermediate is for CRLs alone.", &|spec| {
            spec.with_key_usage(&[Usage::CrlSign])
        })?
        .indeterminate(GENERAL, "seal chain", "chain-constraint"),
        below("chain/issuer-is-no-ca", "The intermediate has no basicConstraints.", &|spec| {
            spec.without_extension(oid::BASIC_CONSTRAINTS)
        })?
        .indeterminate(GENERAL, "seal chain", "chain-constraint"),
        below(
            "chain/name-constraints",
            "The intermediate excludes the names of the country that the seal certificate names.",
            &|spec| spec.with_critical_extension(oid::NAME_CONSTRAINTS, excluded.clone()),
        )?
        .indeterminate(GENERAL, "seal chain", "chain-constraint"),
        Case::new(
            "chain/path-length",
            FORGED,
            "Below the intermediate, which allows no authority below it, stands another one.",
            too_long,
        )
        .indeterminate(GENERAL, "seal chain", "chain-constraint"),
        Case::new(
            "chain/issuer-missing",
            FORGED,
            "The intermediate is not in the file.",
            world.forged(|forge| {
                forge.certificates.remove(1);
            })?,
        )
        .indeterminate("NO_CERTIFICATE_CHAIN_FOUND", "seal chain", "chain-not-found"),
    ])
}

fn first_element(sequence: &[u8]) -> Result<Vec<u8>> {
    use signed_data::tlv::Reader;
    let mut elements = Reader::new(sequence, "Name").any()?.reader("Name");
    Ok(tlv(Tag::SEQUENCE, &[elements.any()?.raw]))
}

fn anchoring(world: &World) -> Result<Vec<Case>> {
    let good = || world.proof.der().to_vec();
    let no_chain = "NO_CERTIFICATE_CHAIN_FOUND";
    // Nothing of it can be right before 1970; that its path cannot be judged then is what is asked.
    let old = replaced(&world.json, r#""EventTime":"2026-03-02T09:15:04Z""#, r#""EventTime":"1969-03-02T09:15:04Z""#);
    let old =
        replaced(&old, r#""SubmissionTime":"2026-03-02T09:15:04Z""#, r#""SubmissionTime":"1969-03-02T09:15:04Z""#);
    let mut before_1970 =
        Forge::seal(old.as_bytes(), &world.pki.seal, &world.pki.seal_chain(), at("1969-03-02T09:15:05Z"));
    before_1970.sign(&*world.pki.seal.signer)?;
    Ok(vec![
        Case::new("anchors/unknown", SEALED, "The chain of the seal ends at another root.", good())
            .anchors("stranger", "tsa")
            .indeterminate(no_chain, "seal chain", "chain-not-found"),
        Case::new("anchors/unknown-tsa", SEALED, "The chain of the TSA ends at another root.", good())
            .anchors("seal", "stranger")
            .finding("timestamp 1", "chain-not-found", "indeterminate")
            .no_valid_timestamp(),
        Case::new("anchors/swapped", SEALED, "The anchors for seals are given for TSAs, and the reverse.", good())
            .anchors("tsa", "seal")
            .finding("timestamp 1", "chain-not-found", "indeterminate")
            .no_valid_timestamp()
            .finding("seal chain", "chain-not-found", "indeterminate"),
        Case::new(
            "good/anchor-expired",
            SEALED,
            "The root's own certificate had expired at the proven time; it is trusted by configuration.",
            good(),
        )
        .anchors("seal-expired", "tsa")
        .also("seal chain", "anchor-expired", "information"),
        Case::new("good/pinned", SEALED, "The seal certificate itself is the anchor.", good())
            .anchors("seal-pinned", "tsa"),
        Case::new(
            "anchors/revocation-required",
            SEALED,
            "The policy requires revocation data, and there is none.",
            good(),
        )
        .policy(json!({"revocation": "required"}))
        .finding("timestamp 1", "revocation-data-missing", "indeterminate")
        .no_valid_timestamp()
        .finding("seal chain", "revocation-data-missing", "indeterminate"),
        Case::new(
            "anchors/before-1970",
            FORGED,
            "Not timestamped and judged in 1969: no path is validated at such a time.",
            before_1970.to_der(),
        )
        .now("1969-03-03T00:00:00Z")
        .level("B-B")
        .unproven()
        .indeterminate("NO_POE", "time", "timestamp-missing")
        .finding("seal chain", "chain-refused", "indeterminate"),
    ])
}
