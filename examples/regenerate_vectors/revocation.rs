//! Proofs with revocation data for all their certificates, in one of which something is wrong or of which one is wrong.

use chrono::TimeDelta;
use const_oid::ObjectIdentifier;
use recommande::Certificate;
use recommande::pki::revocation::{OcspStatus, RevocationReason};
use recommande::testing::{
    CertificateSpec, Coverage, CrlSpec, IssuingPointSpec, OcspAnswerSpec, OcspSpec, RevokedSpec, Usage,
};
use serde_json::json;

use crate::case::{Case, SEALED};
use crate::chains::UNKNOWN;
use crate::long_term::{
    ISSUED, Lists, NEXT, NOW_LATER, answer, answer_about, data, empty, empty_later, responder, response, revoked,
    sending,
};
use crate::world::{Result, SIGNED, STAMPED, World, at, derived, pem_of, valid_from, valid_until};

/// Before everything that is revoked too early was used.
const BEFORE: &str = "2026-03-02T07:00:00Z";
/// id-ce-cRLNumber, RFC 5280 §5.2.3.
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const NULL: [u8; 2] = [0x05, 0x00];

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([seals(world)?, tsas(world)?, lists(world)?, responses(world)?].concat())
}

/// Revocation data that is offered beside a proof.
pub fn beside(world: &World) -> Result<Vec<(String, Vec<u8>)>> {
    let (pki, lists) = (&world.pki, Lists::new(world)?);
    let seal =
        pki.intermediate.issue_crl(&empty().with_revoked(&revoked(&pki.seal, BEFORE, RevocationReason::Superseded)))?;
    let tsa = compromised_tsa(world, Some(RevocationReason::KeyCompromise))?;
    let pem = |ders: &[&[u8]]| pem_of("X509 CRL", ders.iter().copied());
    Ok(vec![
        ("extra/not-revoked.pem".into(), pem(&[&lists.root, &lists.intermediate, &lists.tsa_root])),
        ("extra/seal-revoked.pem".into(), pem(&[&seal])),
        ("extra/tsa-compromised.pem".into(), pem(&[&tsa])),
    ])
}

/// A later CRL of the TSA's root, by which the TSA was revoked after genTime.
fn compromised_tsa(world: &World, reason: Option<RevocationReason>) -> Result<Vec<u8>> {
    let entry = RevokedSpec::new(&world.pki.tsa.certificate, at("2026-03-04T00:00:00Z"));
    let entry = match reason {
        Some(reason) => entry.with_reason(reason),
        None => entry,
    };
    Ok(world.pki.tsa_root.issue_crl(&empty_later().with_revoked(&entry))?)
}

fn strict(id: &str, why: &str, bytes: Vec<u8>) -> Case {
    Case::new(id, SEALED, why, bytes).level("B-LT").strict()
}

/// With this data about the seal certificate, and good CRLs about the other two.
fn about_seal(world: &World, ders: &[&[u8]]) -> Result<Vec<u8>> {
    let lists = Lists::new(world)?;
    sending(world, &[ders, &[&lists.root]].concat(), &[&lists.tsa_root])
}

fn seals(world: &World) -> Result<Vec<Case>> {
    let (pki, lists) = (&world.pki, Lists::new(world)?);
    let listed = |reason| pki.intermediate.issue_crl(&empty().with_revoked(&revoked(&pki.seal, BEFORE, reason)));
    let early = about_seal(world, &[&listed(RevocationReason::Superseded)?])?;
    let on_hold = about_seal(world, &[&listed(RevocationReason::CertificateHold)?])?;
    let later = |date| -> Result<Vec<u8>> {
        let entry = RevokedSpec::new(&pki.seal.certificate, date).with_reason(RevocationReason::Superseded);
        Ok(pki.intermediate.issue_crl(&empty_later().with_revoked(&entry))?)
    };
    let at_gen_time = about_seal(world, &[&later(at(STAMPED))?])?;
    let unstamped =
        world.sealer.clone().with_revocation(&data(&[&lists.root, &later(at(STAMPED) + TimeDelta::days(1))?])?);
    let unstamped = unstamped.seal(&world.sending, at(SIGNED))?;
    let issuer = revoked(&pki.intermediate, BEFORE, RevocationReason::Superseded);
    let issuer = pki.root.issue_crl(&empty().with_revoked(&issuer))?;
    let issuer = sending(world, &[&issuer, &lists.intermediate], &[&lists.tsa_root])?;
    Ok(vec![
        strict("revocation/revoked", "The seal certificate was revoked before it was used.", early)
            .indeterminate("REVOKED_NO_POE", "seal chain", "revoked-no-poe"),
        strict("revocation/revoked-at-gen-time", "By a later CRL the seal certificate was revoked at genTime, to the second.", at_gen_time)
            .now(NOW_LATER)
            .indeterminate("REVOKED_NO_POE", "seal chain", "revoked-no-poe"),
        Case::new("revocation/revoked-beside", SEALED, "The proof holds no revocation data, and by a CRL from elsewhere its certificate was revoked before it was used.", world.proof.der().to_vec())
            .revocation_data("extra/seal-revoked.pem")
            .indeterminate("REVOKED_NO_POE", "seal chain", "revoked-no-poe"),
        Case::signature("revocation/revoked-not-timestamped", SEALED, "The certificate was revoked a day after the stated signing time, and no timestamp proves that the signature is older.", unstamped.der().to_vec())
            .level("B-B")
            .unproven()
            .strict()
            .now(NOW_LATER)
            .indeterminate("REVOKED_NO_POE", "seal chain", "revoked-no-poe"),
        strict("revocation/on-hold", "The seal certificate was suspended when it was used.", on_hold)
            .indeterminate("TRY_LATER", "seal chain", "certificate-on-hold"),
        strict("revocation/issuer-revoked", "The intermediate was revoked before the seal certificate was used.", issuer)
            .indeterminate("REVOKED_CA_NO_POE", "seal chain", "issuer-revoked"),
    ])
}

fn tsas(world: &World) -> Result<Vec<Case>> {
    let (pki, lists) = (&world.pki, Lists::new(world)?);
    let with = |about_tsa: &[u8]| sending(world, &[&lists.root, &lists.intermediate], &[about_tsa]);
    let early = revoked(&pki.tsa, BEFORE, RevocationReason::Superseded);
    let early = pki.tsa_root.issue_crl(&empty().with_revoked(&early))?;
    let bad = |id, why, bytes, code| {
        strict(id, why, bytes).level("B-T").finding("timestamp 1", code, "indeterminate").no_valid_timestamp()
    };
    Ok(vec![
        bad(
            "revocation/tsa-revoked",
            "The TSA's certificate was revoked before genTime.",
            with(&early)?,
            "revoked-no-poe",
        ),
        bad(
            "revocation/tsa-key-compromised",
            "The TSA's key was compromised after genTime: whoever has it dates back at will.",
            with(&compromised_tsa(world, Some(RevocationReason::KeyCompromise))?)?,
            "tsa-key-compromised",
        )
        .now(NOW_LATER),
        bad(
            "revocation/tsa-revoked-without-reason",
            "The TSA's certificate was revoked after genTime without a reason: a compromise is not ruled out.",
            with(&compromised_tsa(world, None)?)?,
            "tsa-key-compromised",
        )
        .now(NOW_LATER),
    ])
}

/// The status of the seal certificate is not known, because of this.
fn unknown(id: &str, why: &str, bytes: Vec<u8>, code: Option<&str>) -> Case {
    let case = strict(id, why, bytes).level("B-T").indeterminate("TRY_LATER", "seal chain", "revocation-data-missing");
    match code {
        Some(code) => case.warning("seal chain", code),
        None => case.also("seal chain", "revocation-not-checked", "warning"),
    }
}

fn lists(world: &World) -> Result<Vec<Case>> {
    let pki = &world.pki;
    let bad = |id, why, spec: &CrlSpec, code| {
        Ok::<_, Box<dyn std::error::Error>>(unknown(
            id,
            why,
            about_seal(world, &[&pki.intermediate.issue_crl(spec)?])?,
            code,
        ))
    };
    let (stale, incomplete, foreign) =
        (Some("revocation-stale"), Some("revocation-incomplete"), Some("revocation-not-authenticated"));
    let expired = CrlSpec::new(at("2028-04-01T00:00:00Z"), at("2028-04-08T00:00:00Z")).with_number(9);
    let some_reasons = IssuingPointSpec { reasons: Some(vec![1]), ..IssuingPointSpec::default() };
    let of_authorities = IssuingPointSpec { coverage: Coverage::CaCerts, ..IssuingPointSpec::default() };
    let forged = empty().with_issuer(pki.intermediate.certificate.subject_der().to_vec());
    let forged = CertificateSpec::authority("Strange CA", valid_from(), valid_until())
        .self_signed(derived("strange root")?)?
        .issue_crl(&forged)?;
    let critical_number = CrlSpec::new(at(ISSUED), at(NEXT)).with_critical_extension(CRL_NUMBER, vec![2, 1, 1]);
    let critical_number = about_seal(world, &[&pki.intermediate.issue_crl(&critical_number)?])?;
    Ok(vec![
        strict("good/crl-number-critical", "cRLNumber is critical in the CRL of the intermediate, which RFC 5280 forbids and this library accepts.", critical_number)
            .warning("seal chain", "crl-not-conformant"),
        unknown("revocation/none", "There are CRLs about all certificates but the seal's.", about_seal(world, &[])?, None),
        bad("revocation/next-update-before-gen-time", "The CRL of the intermediate ran out a second before genTime.", &CrlSpec::new(at(ISSUED), at(SIGNED)), stale)?,
        bad("revocation/no-next-update", "The CRL of the intermediate is older than genTime and does not say until when it holds.", &empty().without_next_update(), stale)?,
        bad("revocation/issued-after-expiry", "The CRL was issued when the seal certificate had expired, and does not say that such certificates stay listed.", &expired, stale)?
            .now("2028-04-02T00:00:00Z")
            .policy(json!({"revocation": "required", "timestamp_validity": "at-gen-time"}))
            .warning("timestamp 1", "timestamp-end-ignored"),
        bad("revocation/some-reasons", "The CRL lists certificates whose key was compromised, and no others.", &empty().with_issuing_distribution_point(&some_reasons), incomplete)?,
        bad("revocation/delta-without-base", "A delta CRL without the CRL that it changes.", &CrlSpec::new(at(ISSUED), at(NEXT)).with_number(2).with_delta_base(1), incomplete)?,
        bad("revocation/authorities-only", "The CRL is about certificates of authorities alone.", &empty().with_issuing_distribution_point(&of_authorities), None)?,
        unknown("revocation/forged-crl", "A CRL in the name of the intermediate, signed by another key.", about_seal(world, &[&forged])?, foreign),
        bad("revocation/crl-critical-extension", "The CRL has a critical extension that nobody knows.", &empty().with_critical_extension(UNKNOWN, NULL.to_vec()), Some("revocation-not-supported"))?,
        bad(
            "revocation/entry-critical-extension",
            "An entry of the CRL, about another certificate, has a critical extension that nobody knows.",
            &empty().with_revoked(&RevokedSpec::new(&pki.tsa.certificate, at(BEFORE)).with_critical_extension(UNKNOWN, NULL.to_vec())),
            Some("revocation-not-supported"),
        )?,
    ])
}

fn responses(world: &World) -> Result<Vec<Case>> {
    let pki = &world.pki;
    let by_intermediate = responder(&pki.intermediate, "Test OCSP Responder")?;
    let by_root = responder(&pki.root, "Test Root OCSP Responder")?;
    let spec =
        CertificateSpec::new("Test Server", valid_from(), valid_until()).with_key_usage(&[Usage::DigitalSignature]);
    let without_purpose = pki.intermediate.issue(&spec, derived("server")?)?;
    let about = |status| answer(&pki.seal, &pki.intermediate, status);
    let good = || response(about(OcspStatus::Good));
    let with = |der: &[u8]| about_seal(world, &[der]);
    let delegated = |spec: &OcspSpec| -> Result<Vec<u8>> { with(&by_intermediate.answer_ocsp(spec)?) };
    let gone = OcspStatus::Revoked { date: at(BEFORE), reason: Some(RevocationReason::AffiliationChanged) };
    let outdated = OcspAnswerSpec { next_update: Some(at(SIGNED)), ..about(OcspStatus::Good) };
    let other_key = answer_about(&pki.seal.certificate, &impostor()?, OcspStatus::Good);
    let mut flipped = pki.intermediate.answer_ocsp(&good().with_certificates(Vec::new()))?;
    flipped.last_mut().into_iter().for_each(|last| *last ^= 1);
    let foreign = Some("revocation-not-authenticated");
    Ok(vec![
        strict(
            "revocation/ocsp-revoked",
            "An OCSP responder says that the seal certificate was revoked before it was used.",
            delegated(&response(about(gone)))?,
        )
        .indeterminate("REVOKED_NO_POE", "seal chain", "revoked-no-poe"),
        unknown(
            "revocation/ocsp-unknown",
            "The OCSP responder does not know the seal certificate.",
            delegated(&response(about(OcspStatus::Unknown)))?,
            Some("revocation-unknown"),
        ),
        unknown(
            "revocation/ocsp-outdated",
            "The OCSP response ran out a second before genTime.",
            delegated(&response(outdated))?,
            Some("revocation-stale"),
        ),
        unknown(
            "revocation/ocsp-other-issuer",
            "The OCSP response is about the same serial number of an issuer of the same name with another key.",
            delegated(&response(other_key))?,
            None,
        ),
        unknown(
            "revocation/ocsp-critical-extension",
            "The OCSP response has a critical extension that nobody knows.",
            delegated(&good().with_critical_extension(UNKNOWN, NULL.to_vec()))?,
            Some("revocation-not-supported"),
        ),
        unknown(
            "revocation/ocsp-responder-without-purpose",
            "The certificate of the OCSP responder is not for signing OCSP responses.",
            with(&without_purpose.answer_ocsp(&good())?)?,
            foreign,
        ),
        unknown(
            "revocation/ocsp-responder-of-another-authority",
            "The OCSP responder was delegated by the root, not by the issuer of the seal certificate.",
            with(&by_root.answer_ocsp(&good())?)?,
            foreign,
        ),
        unknown(
            "revocation/ocsp-responder-missing",
            "The certificate of the OCSP responder is nowhere.",
            delegated(&good().with_certificates(Vec::new()))?,
            foreign,
        ),
        unknown(
            "revocation/ocsp-signature-flipped",
            "The intermediate answers itself; the last bit of its signature is flipped.",
            with(&flipped)?,
            foreign,
        ),
    ])
}

/// An issuer with the intermediate's name and another key.
fn impostor() -> Result<Certificate> {
    let spec = CertificateSpec::authority("Test Seal CA", valid_from(), valid_until());
    Ok(spec.self_signed(derived("impostor")?)?.certificate)
}
