//! Proofs with revocation data that pass: B-LT and B-LTA, and revocations that came too late to matter.

use crate::oid;
use chrono::TimeDelta;
use const_oid::ObjectIdentifier;
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::seal::Artifact;
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, Forge, OcspAnswerSpec, OcspSpec, ResponderIdSpec, RevokedSpec, attribute,
    tlv,
};
use recommande::{Certificate, PayloadDigests, Sealer};
use serde_json::json;
use signed_data::SignedData;
use signed_data::tlv::{Reader, Tag};

use crate::archive::{archive_data, hash_index};
use crate::case::{Case, FORGED, SEALED};
use crate::chains::UNKNOWN;
use crate::world::{
    LETTER, OPENING_SIGNED, OPENING_STAMPED, Result, SIGNED, STAMPED, World, at, derived, info, stamp, valid_from,
    valid_until,
};

/// Revocation data is issued an hour before the letter is submitted, and holds for a week.
pub const ISSUED: &str = "2026-03-02T08:15:04Z";
pub const NEXT: &str = "2026-03-09T08:15:04Z";
/// Revocation data that comes later, and somebody who verifies then.
pub const ISSUED_LATER: &str = "2026-03-05T08:00:00Z";
pub const NEXT_LATER: &str = "2026-03-12T08:00:00Z";
pub const NOW_LATER: &str = "2026-03-06T12:00:00Z";
/// When all certificates have expired, the roots too.
pub const YEARS_LATER: &str = "2036-12-01T00:00:00Z";
/// When the second archive timestamp alone holds.
const DECADES_LATER: &str = "2046-12-01T00:00:00Z";
/// The last second of the TSA that makes archive timestamps.
const ARCHIVE_UNTIL: &str = "2040-03-01T00:00:00Z";

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([levels(world)?, places(world)?, lists(world)?, revoked_later(world)?, archived(world)?].concat())
}

/// A CRL that lists nothing, in good time.
pub fn empty() -> CrlSpec {
    CrlSpec::new(at(ISSUED), at(NEXT)).with_number(1)
}

pub fn empty_later() -> CrlSpec {
    CrlSpec::new(at(ISSUED_LATER), at(NEXT_LATER)).with_number(2)
}

pub fn revoked(key: &CertifiedKey, date: &str, reason: RevocationReason) -> RevokedSpec {
    RevokedSpec::new(&key.certificate, at(date)).with_reason(reason)
}

/// The CRLs of the root, of the intermediate and of the TSA's root, which list nothing: all that a proof needs.
pub struct Lists {
    pub root: Vec<u8>,
    pub intermediate: Vec<u8>,
    pub tsa_root: Vec<u8>,
}

impl Lists {
    pub fn new(world: &World) -> Result<Self> {
        let pki = &world.pki;
        Ok(Self {
            root: pki.root.issue_crl(&empty())?,
            intermediate: pki.intermediate.issue_crl(&empty())?,
            tsa_root: pki.tsa_root.issue_crl(&empty())?,
        })
    }
}

pub fn data(ders: &[&[u8]]) -> Result<RevocationData> {
    let mut data = RevocationData::new();
    ders.iter().try_for_each(|der| data.add_der(der))?;
    Ok(data)
}

/// What the issuer says about a certificate by OCSP, in good time.
pub fn answer(key: &CertifiedKey, issuer: &CertifiedKey, status: OcspStatus) -> OcspAnswerSpec {
    answer_about(&key.certificate, &issuer.certificate, status)
}

pub fn answer_about(certificate: &Certificate, issuer: &Certificate, status: OcspStatus) -> OcspAnswerSpec {
    OcspAnswerSpec::new(certificate, issuer, status, at(ISSUED)).with_next_update(at(NEXT))
}

pub fn response(answer: OcspAnswerSpec) -> OcspSpec {
    OcspSpec::new(at(ISSUED), answer)
}

/// A responder that this authority has delegated.
pub fn responder(issuer: &CertifiedKey, name: &str) -> Result<CertifiedKey> {
    Ok(issuer.issue(&CertificateSpec::ocsp_responder(name, valid_from(), valid_until()), derived(name)?)?)
}

fn sealer(world: &World, ders: &[&[u8]]) -> Result<Sealer> {
    Ok(world.sealer.clone().with_revocation(&data(ders)?))
}

/// The sending with this revocation data in it: that of the seal's chain from the sealer, the rest added to the
/// timestamped proof.
pub fn sending(world: &World, of_seal: &[&[u8]], of_tsa: &[&[u8]]) -> Result<Vec<u8>> {
    let unstamped = sealer(world, of_seal)?.seal(&world.sending, at(SIGNED))?;
    Ok(stamp(&world.pki, unstamped, STAMPED, 1)?.with_revocation(&data(of_tsa)?)?.der().to_vec())
}

fn levels(world: &World) -> Result<Vec<Case>> {
    let (pki, lists) = (&world.pki, Lists::new(world)?);
    let of_seal = [lists.root.as_slice(), &lists.intermediate];
    let of_tsa = [lists.tsa_root.as_slice()];
    let by_crl = sending(world, &of_seal, &of_tsa)?;
    let good = |key, issuer| response(answer(key, issuer, OcspStatus::Good));
    let about_seal =
        responder(&pki.intermediate, "Test OCSP Responder")?.answer_ocsp(&good(&pki.seal, &pki.intermediate))?;
    let about_issuer =
        responder(&pki.root, "Test Root OCSP Responder")?.answer_ocsp(&good(&pki.intermediate, &pki.root))?;
    let by_key = good(&pki.tsa, &pki.tsa_root).with_responder_id(ResponderIdSpec::ByKey);
    let about_tsa = responder(&pki.tsa_root, "Test TSA OCSP Responder")?.answer_ocsp(&by_key)?;
    let by_ocsp = sending(world, &[&about_seal, &about_issuer], &[&about_tsa])?;
    let direct = pki.intermediate.answer_ocsp(&good(&pki.seal, &pki.intermediate).with_certificates(Vec::new()))?;
    let direct = sending(world, &[&direct, &lists.root], &of_tsa)?;
    let opening = crate::world::opening(
        &world.verified,
        recommande::evidence::ActedBy::Recipient(1),
        recommande::evidence::AssuranceLevel::Substantial,
        2,
    )?;
    let opening = stamp(&world.pki, sealer(world, &of_seal)?.seal(&opening, at(OPENING_SIGNED))?, OPENING_STAMPED, 2)?;
    let opening = opening.with_revocation(&data(&of_tsa)?)?;
    let signature =
        sealer(world, &of_seal)?.sign_payload(&PayloadDigests::of_bytes(LETTER), "text/plain", at(SIGNED))?;
    let signature = stamp(&world.pki, signature, STAMPED, 1)?.with_revocation(&data(&of_tsa)?)?;
    let both = |case: Case| {
        case.strict().level("B-LT").also("timestamp 1", "not-revoked", "passed").also(
            "seal chain",
            "not-revoked",
            "passed",
        )
    };
    let sending = |id, why, bytes: &Vec<u8>| both(Case::new(id, SEALED, why, bytes.clone()));
    let later = "The same file when all certificates have expired and all revocation data is out of date, by a policy that counts a timestamp at its own time alone.";
    let years_later = |case: Case| {
        case.now(YEARS_LATER)
            .policy(json!({"revocation": "required", "timestamp_validity": "at-gen-time"}))
            .warning("timestamp 1", "timestamp-end-ignored")
    };
    Ok(vec![
        sending(
            "good/b-lt-crl",
            "Level B-LT: with the CRLs of the root, the intermediate and the TSA's root.",
            &by_crl,
        ),
        years_later(sending("good/b-lt-crl-years-later", later, &by_crl)),
        sending(
            "good/b-lt-ocsp",
            "Level B-LT: with responses of delegated OCSP responders, one of them named by its key.",
            &by_ocsp,
        ),
        years_later(sending("good/b-lt-ocsp-years-later", later, &by_ocsp)),
        sending("good/ocsp-by-issuer", "The intermediate answers by OCSP itself; CRLs tell the rest.", &direct),
        both(Case::opening(
            "good/b-lt-opening",
            SEALED,
            "An opening and its sending, both at level B-LT.",
            opening.der().to_vec(),
        ))
        .sending(Some("good/b-lt-crl.p7m")),
        both(Case::payload_signature(
            "good/b-lt-payload-signature",
            SEALED,
            "A detached signature at level B-LT.",
            signature.der().to_vec(),
        )),
    ])
}

/// Where else revocation data may stand.
fn places(world: &World) -> Result<Vec<Case>> {
    let lists = Lists::new(world)?;
    let crls = [lists.root.as_slice(), &lists.intermediate, &lists.tsa_root];
    // revocation-values: SEQUENCE { crlVals [0] SEQUENCE OF CertificateList .. } (ETSI EN 319 122-1 V1.3.1, annex
    // A.1.2.2).
    let values = tlv(Tag::SEQUENCE, &[&tlv(Tag::context(0), &[&tlv(Tag::SEQUENCE, &crls)])]);
    let values = world.forged(|forge| {
        forge.first().unsigned_attributes.push(attribute(oid::REVOCATION_VALUES, &[&values]));
    })?;
    let mut in_token = world.forge(world.json.as_bytes());
    in_token.crls = vec![lists.root.clone(), lists.intermediate.clone()];
    in_token.sign(&*world.pki.seal.signer)?;
    let about = info(&in_token.first().signature.clone(), STAMPED);
    let token = world.token(&about, &world.pki.tsa, |token| token.crls.push(lists.tsa_root.clone()))?;
    in_token.first().stamp(&token);
    let answered = |key, issuer: &CertifiedKey| issuer.answer_ocsp(&response(answer(key, issuer, OcspStatus::Good)));
    let (of_seal, of_intermediate) =
        (answered(&world.pki.seal, &world.pki.intermediate)?, answered(&world.pki.intermediate, &world.pki.root)?);
    let mut labelled = world.forge(world.json.as_bytes());
    let identifier = |identifier: ObjectIdentifier| tlv(Tag::OBJECT_IDENTIFIER, &[identifier.as_bytes()]);
    labelled.crls = vec![
        lists.tsa_root.clone(),
        tlv(Tag::context(1), &[&identifier(oid::OCSP_BASIC), &basic_response(&of_seal)?]),
        tlv(Tag::context(1), &[&identifier(UNKNOWN), &of_intermediate]),
    ];
    let of_tsa = answered(&world.pki.tsa, &world.pki.tsa_root)?;
    // OtherRevocationInfoFormat ::= [1] SEQUENCE { otherRevInfoFormat, otherRevInfo } (RFC 5652 §10.2.1, RFC 5940 §2).
    let ocsp = tlv(Tag::context(1), &[&identifier(oid::RI_OCSP_RESPONSE), &of_tsa]);
    let mut ocsp_in_token = world.forge(world.json.as_bytes());
    ocsp_in_token.crls = vec![lists.root.clone(), lists.intermediate.clone()];
    ocsp_in_token.sign(&*world.pki.seal.signer)?;
    let about = info(&ocsp_in_token.first().signature.clone(), STAMPED);
    let token = world.token(&about, &world.pki.tsa, |token| {
        token.version = 5;
        token.crls.push(ocsp);
    })?;
    ocsp_in_token.first().stamp(&token);
    Ok(vec![
        Case::new(
            "good/ocsp-in-token",
            FORGED,
            "An OCSP response about the TSA stands in the token, in the form of RFC 5940.",
            ocsp_in_token.to_der(),
        )
        .level("B-LT"),
        Case::new(
            "good/ocsp-under-other-identifiers",
            FORGED,
            "OCSP responses lie in crls under other identifiers than RFC 5940 gives them, one of them without its OCSPResponse.",
            world.finish(labelled)?,
        )
        .level("B-LT")
        .warning("envelope", "revocation-data-form-other")
        .warning("envelope", "revocation-data-form-other"),
        Case::new(
            "good/revocation-beside",
            SEALED,
            "A proof at level B-T, and CRLs from elsewhere.",
            world.proof.der().to_vec(),
        )
        .revocation_data("extra/not-revoked.pem"),
        Case::new(
            "good/revocation-values",
            FORGED,
            "CRLs in revocation-values, which the baseline does not allow from B-LT on.",
            values,
        ),
        Case::new(
            "good/revocation-in-token",
            FORGED,
            "The CRL of the TSA's root stands in the token.",
            in_token.to_der(),
        )
        .level("B-LT"),
    ]
    .into_iter()
    .map(|case| case.strict().also("timestamp 1", "not-revoked", "passed").also("seal chain", "not-revoked", "passed"))
    .collect())
}

/// The BasicOCSPResponse in an OCSPResponse.
fn basic_response(response: &[u8]) -> Result<Vec<u8>> {
    let mut fields = Reader::new(response, "OCSPResponse").expect(Tag::SEQUENCE)?.reader("OCSPResponse");
    fields.any()?;
    let mut bytes =
        fields.expect(Tag::context(0))?.reader("OCSPResponse").expect(Tag::SEQUENCE)?.reader("OCSPResponse");
    bytes.any()?;
    Ok(bytes.octet_string()?.to_vec())
}

/// CRLs that need more than a look at their entries.
fn lists(world: &World) -> Result<Vec<Case>> {
    let (pki, lists) = (&world.pki, Lists::new(world)?);
    let with = |of_seal: &[Vec<u8>]| {
        let mut crls: Vec<&[u8]> = of_seal.iter().map(Vec::as_slice).collect();
        crls.push(&lists.root);
        sending(world, &crls, &[&lists.tsa_root])
    };
    let crl = |spec: &CrlSpec| pki.intermediate.issue_crl(spec);
    let on_hold = empty().with_revoked(&revoked(&pki.seal, "2026-03-01T20:00:00Z", RevocationReason::CertificateHold));
    let removed = CrlSpec::new(at("2026-03-02T09:00:00Z"), at(NEXT)).with_number(2).with_delta_base(1);
    let removed = removed.with_revoked(&revoked(&pki.seal, "2026-03-01T20:00:00Z", RevocationReason::RemoveFromCrl));
    let until_gen_time = CrlSpec::new(at(ISSUED), at(STAMPED)).with_number(1);
    let until_a_second_before = CrlSpec::new(at(ISSUED), at(SIGNED)).with_number(1);
    let strict = |id, why, bytes| {
        Case::new(id, SEALED, why, bytes).level("B-LT").strict().also("seal chain", "not-revoked", "passed")
    };
    Ok(vec![
        strict(
            "good/delta-crl",
            "The seal certificate was on hold; a delta CRL takes it off the list before genTime.",
            with(&[crl(&on_hold)?, crl(&removed)?])?,
        ),
        strict(
            "good/next-update-at-gen-time",
            "The CRL of the intermediate holds until genTime.",
            with(&[crl(&until_gen_time)?])?,
        ),
        strict(
            "good/revocation-freshness",
            "The CRL of the intermediate ran out a second before genTime, and the policy allows for it.",
            with(&[crl(&until_a_second_before)?])?,
        )
        .policy(json!({"revocation": "required", "revocation_freshness": 1})),
    ])
}

/// Revocations that came too late to matter.
fn revoked_later(world: &World) -> Result<Vec<Case>> {
    let (pki, lists) = (&world.pki, Lists::new(world)?);
    let after = at(STAMPED) + TimeDelta::seconds(1);
    let seal = |reason| -> Result<Vec<u8>> {
        let entry = RevokedSpec::new(&pki.seal.certificate, after).with_reason(reason);
        let crl = pki.intermediate.issue_crl(&empty_later().with_revoked(&entry))?;
        sending(world, &[&lists.root], &[&crl, &lists.tsa_root])
    };
    let retired = revoked(&pki.tsa, "2026-03-04T00:00:00Z", RevocationReason::CessationOfOperation);
    let retired = pki.tsa_root.issue_crl(&empty_later().with_revoked(&retired))?;
    let retired = sending(world, &[&lists.root, &lists.intermediate], &[&retired])?;
    let case = |id, why, bytes| Case::new(id, SEALED, why, bytes).level("B-LT").strict().now(NOW_LATER);
    Ok(vec![
        case(
            "good/revoked-later",
            "The seal certificate was revoked a second after genTime.",
            seal(RevocationReason::Superseded)?,
        )
        .also("seal chain", "revoked-later", "information"),
        case(
            "good/revoked-later-for-compromise",
            "The seal certificate was revoked a second after genTime because its key was compromised: a warning.",
            seal(RevocationReason::KeyCompromise)?,
        )
        .warning("seal chain", "revoked-later-for-compromise"),
        case(
            "good/tsa-retired",
            "The TSA's certificate was revoked later because the TSA ceased to operate: its tokens stay good.",
            retired.clone(),
        )
        .also("timestamp 1", "revoked-later", "information"),
        Case::new(
            "revocation/tsa-retired-needs-proof",
            SEALED,
            "The same file by a policy that wants a proof that the timestamp is older than the revocation.",
            retired,
        )
        .policy(json!({"revocation": "required", "tsa_revocation": "needs-proof"}))
        .now(NOW_LATER)
        .finding("timestamp 1", "revoked-no-poe", "indeterminate")
        .no_valid_timestamp(),
    ])
}

fn archived(world: &World) -> Result<Vec<Case>> {
    let lists = Lists::new(world)?;
    let content = world.json.as_bytes();
    let mut forge: Forge = world.forge(content);
    forge.crls = vec![lists.root, lists.intermediate, lists.tsa_root];
    forge.sign(&*world.pki.seal.signer)?;
    let token = world.token_for(&forge.first().signature.clone(), STAMPED)?;
    forge.first().stamp(&token);
    let stamped = forge.to_der();
    let stamped = SignedData::parse(&stamped)?;
    let index = hash_index(&stamped)?;
    let spec = CertificateSpec::tsa("Test Archive TSA", valid_from(), at(ARCHIVE_UNTIL));
    let archivist = world.pki.tsa_root.issue(&spec, derived("archive tsa")?)?;
    let about = info(&archive_data(&stamped, content, &index)?, "2026-03-02T12:00:00Z");
    let token = world.token(&about, &archivist, |token| {
        token.first().unsigned_attributes.push(attribute(oid::ATS_HASH_INDEX_V3, &[&index]));
    })?;
    forge.first().unsigned_attributes.push(attribute(oid::ARCHIVE_TIME_STAMP_V3, &[&token]));
    let renewed = |time: &str| renewed(world, &forge, content, time);
    let (in_time, late) = (renewed(ARCHIVE_UNTIL)?, renewed("2040-03-01T00:00:01Z")?);
    let mut less = forge.clone();
    less.crls.remove(1);
    let case = |id, why| {
        Case::new(id, FORGED, why, forge.to_der()).level("B-LTA").strict().also(
            "timestamp 2",
            "archive-index-matches",
            "passed",
        )
    };
    Ok(vec![
        case(
            "good/b-lta",
            "Level B-LTA: an archive-time-stamp-v3 by another TSA covers the signature, its timestamp and the CRLs.",
        ),
        case(
            "good/b-lta-years-later",
            "The same file when all certificates have expired but that of the archive timestamp, which shows that everything else is older.",
        )
        .now(YEARS_LATER),
        case("good/b-lta-last-second", "The same file in the last second of the archive timestamp's certificate.")
            .now(ARCHIVE_UNTIL),
        Case::new(
            "archive/tsa-ended",
            FORGED,
            "The same file a second later: nothing shows that the archive timestamp is older.",
            forge.to_der(),
        )
        .strict()
        .level("B-T")
        .now("2040-03-01T00:00:01Z")
        .finding("timestamp 1", "timestamp-signer-expired", "indeterminate")
        .finding("timestamp 2", "timestamp-signer-expired", "indeterminate")
        .finding("seal chain", "certificate-expired", "indeterminate")
        .ended(),
        Case::new(
            "archive/renewed-in-time",
            FORGED,
            "A second archive timestamp, made in the last second of the first one, keeps all of it.",
            in_time.0,
        )
        .policy(json!({"revocation": "ignore"}))
        .level("B-LTA")
        .now(DECADES_LATER),
        Case::new(
            "archive/renewed-too-late",
            FORGED,
            "The second archive timestamp was made a second after the end of the first one, and proves its own time alone.",
            late.0.clone(),
        )
        .policy(json!({"revocation": "ignore"}))
        .level("B-T")
        .now(DECADES_LATER)
        .proven_at("2040-03-01T00:00:01Z")
        .finding("timestamp 1", "timestamp-signer-expired", "indeterminate")
        .finding(late.1, "timestamp-signer-expired", "indeterminate")
        .finding("time", "timestamp-too-late", "indeterminate")
        .indeterminate("OUT_OF_BOUNDS_NO_POE", "seal chain", "certificate-expired"),
        case(
            "good/b-lta-tsa-compromised-later",
            "The key of the first TSA was compromised after the archive timestamp: its token is known to be older.",
        )
        .now(NOW_LATER)
        .revocation_data("extra/tsa-compromised.pem")
        .warning("timestamp 1", "revoked-later-for-compromise"),
        Case::new(
            "archive/revocation-data-removed",
            FORGED,
            "A CRL that the archive timestamp lists was taken out: the archive timestamp does not count.",
            less.to_der(),
        )
        .level("B-T")
        .finding("timestamp 2", "archive-index-differs", "failed"),
    ])
}

/// With a further archive timestamp over everything that is there, and the number of the first one among the timestamps: they
/// are numbered in the order of DER.
fn renewed(world: &World, forge: &Forge, content: &[u8], time: &str) -> Result<(Vec<u8>, &'static str)> {
    let mut forge = forge.clone();
    let archived = forge.to_der();
    let archived = SignedData::parse(&archived)?;
    let index = hash_index(&archived)?;
    let spec = CertificateSpec::tsa("Test Second Archive TSA", valid_from(), at("2060-01-01T00:00:00Z"));
    let archivist = world.pki.tsa_root.issue(&spec, derived("second archive tsa")?)?;
    let about = info(&archive_data(&archived, content, &index)?, time);
    let token = world.token(&about, &archivist, |token| {
        token.first().unsigned_attributes.push(attribute(oid::ATS_HASH_INDEX_V3, &[&index]));
    })?;
    let second = attribute(oid::ARCHIVE_TIME_STAMP_V3, &[&token]);
    let first = forge.first().unsigned_attributes.last().cloned().unwrap_or_default();
    let number = if first < second { "timestamp 2" } else { "timestamp 3" };
    forge.first().unsigned_attributes.push(second);
    Ok((forge.to_der(), number))
}
