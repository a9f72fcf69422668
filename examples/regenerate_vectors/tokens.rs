//! Timestamps with one thing wrong.

use crate::oid;
use chrono::TimeDelta;
use const_oid::ObjectIdentifier;
use recommande::crypto::DigestAlgorithm;
use recommande::testing::{
    AttributeOrder, CertificateSpec, CertifiedKey, Forge, ForgedTstInfo, Usage, attribute, signing_certificate, tlv,
};
use serde_json::json;
use signed_data::tlv::Tag;

use crate::case::{Case, FORGED, SEALED};
use crate::chains::UNKNOWN;
use crate::world::{NOW, Result, SIGNED, STAMPED, World, at, derived, tsa_spec, valid_from, valid_until};

/// The last second of a TSA's certificate, and the next one.
const LAST_SECOND: &str = "2026-06-01T00:00:00Z";
const ENDED: &str = "2026-06-01T00:00:01Z";
/// md5, RFC 3370 §2.2: not offered.
const MD5: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
/// id-kp-serverAuth, RFC 5280 §4.2.1.12.
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([contents(world)?, signatures(world)?, certificates(world)?, times(world)?].concat())
}

fn contents(world: &World) -> Result<Vec<Case>> {
    let info = |id, why, outcome, code, change: &dyn Fn(&mut ForgedTstInfo)| {
        Ok::<_, Box<dyn std::error::Error>>(Case::bad_token(id, why, world.stamped_info(change)?, outcome, code))
    };
    let passing = |id, why, change: &dyn Fn(&mut ForgedTstInfo)| {
        Ok::<_, Box<dyn std::error::Error>>(Case::new(id, FORGED, why, world.stamped_info(change)?))
    };
    let md5 = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[MD5.as_bytes()])]);
    let extension = |critical: &[u8]| {
        tlv(
            Tag::SEQUENCE,
            &[&tlv(Tag::OBJECT_IDENTIFIER, &[UNKNOWN.as_bytes()]), critical, &tlv(Tag::OCTET_STRING, &[&[0x05, 0x00]])],
        )
    };
    let name = tlv(Tag::context(4), &[&CertificateSpec::name("Another TSA")]);
    let millis = |value: &[u8]| tlv(Tag::SEQUENCE, &[&tlv(Tag::context_primitive(0), &[value])]);
    Ok(vec![
        info(
            "token/of-another-seal",
            "The token is about another signature.",
            "failed",
            "timestamp-imprint-differs",
            &|info| {
                info.imprint = DigestAlgorithm::Sha256.digest(b"another signature").as_bytes().to_vec();
            },
        )?,
        info(
            "token/imprint-algorithm-other",
            "The imprint is a SHA-256 digest and says that it is SHA3-256.",
            "failed",
            "timestamp-imprint-differs",
            &|info| {
                info.imprint_algorithm =
                    tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::SHA3_256.as_bytes()])]);
            },
        )?,
        info(
            "token/imprint-algorithm-not-offered",
            "The imprint is by MD5.",
            "indeterminate",
            "timestamp-imprint-algorithm-not-offered",
            &|info| {
                info.imprint_algorithm = md5.clone();
                info.imprint.truncate(16);
            },
        )?,
        info(
            "token/critical-extension",
            "TSTInfo has a critical extension that nobody knows.",
            "failed",
            "timestamp-critical-extension",
            &|info| {
                info.extensions = extension(&[0x01, 0x01, 0xff]);
            },
        )?,
        info("token/version-2", "TSTInfo is of version 2.", "failed", "timestamp-malformed", &|info| info.version = 2)?,
        passing("good/token-extension", "TSTInfo has an extension that nobody knows; it is not critical.", &|info| {
            info.extensions = extension(&[])
        })?,
        passing(
            "token/accuracy-out-of-range",
            "The token states an accuracy of 1000 milliseconds: the range ends at 999.",
            &|info| info.accuracy = millis(&[0x03, 0xe8]),
        )?
        .warning("timestamp 1", "timestamp-accuracy-out-of-range"),
        passing(
            "good/gen-time-trailing-zero",
            "The fraction of genTime ends in a zero, which RFC 3161 forbids; it is tolerated.",
            &|info| info.gen_time = "20260302091506.50Z".into(),
        )?
        .proven_at("2026-03-02T09:15:06.500Z")
        .also("timestamp 1", "timestamp-time-coding", "information"),
        passing(
            "good/tsa-name-other",
            "The token names another TSA than its certificate: a warning, because real TSAs do so.",
            &|info| info.tsa = name.clone(),
        )?
        .warning("timestamp 1", "tsa-name-differs"),
        Case::new(
            "token/policy-not-accepted",
            SEALED,
            "The verifier's policy lists other TSA policies.",
            world.proof.der().to_vec(),
        )
        .policy(json!({"tsa_policies": ["1.3.6.1.4.1.32473.3161.9"]}))
        .finding("timestamp 1", "timestamp-policy-not-accepted", "indeterminate")
        .no_valid_timestamp(),
        Case::bad_token(
            "token/no-token",
            "The attribute holds an INTEGER.",
            world.stamped(|_| Ok(tlv(Tag::INTEGER, &[&[1]])))?,
            "failed",
            "timestamp-malformed",
        ),
    ])
}

/// The sending under a token that is changed in one thing before it is signed.
fn forged(world: &World, change: impl FnOnce(&mut Forge)) -> Result<Vec<u8>> {
    world.stamped(|signature| {
        world.token(&ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED)), &world.pki.tsa, change)
    })
}

/// The sending under a token that is changed in one thing after it was signed.
fn altered(world: &World, change: impl FnOnce(&mut Forge) -> Result<()>) -> Result<Vec<u8>> {
    world.stamped(|signature| {
        let info = ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED));
        let mut token = Forge::token(&info, &world.pki.tsa);
        token.sign(&*world.pki.tsa.signer)?;
        change(&mut token)?;
        Ok(token.to_der())
    })
}

fn signatures(world: &World) -> Result<Vec<Case>> {
    let bad = |id, why, bytes: Result<Vec<u8>>, outcome, code| {
        Ok::<_, Box<dyn std::error::Error>>(Case::bad_token(id, why, bytes?, outcome, code))
    };
    let other_digest = tlv(Tag::OCTET_STRING, &[DigestAlgorithm::Sha256.digest(b"another TSTInfo").as_bytes()]);
    let data = tlv(Tag::OBJECT_IDENTIFIER, &[oid::DATA.as_bytes()]);
    let root = &world.pki.tsa_root.certificate;
    let unsorted = altered(world, |token| {
        token.first().attributes.sort();
        token.first().attributes.reverse();
        token.first().order = AttributeOrder::SignedInDer;
        Ok(())
    })?;
    let as_sent = forged(world, |token| {
        token.first().attributes.sort();
        token.first().attributes.reverse();
        token.first().order = AttributeOrder::AsListed;
    })?;
    Ok(vec![
        bad(
            "token/signature-flipped",
            "The last bit of the token's signature is flipped.",
            altered(world, |token| {
                token.first().signature.last_mut().into_iter().for_each(|last| *last ^= 1);
                Ok(())
            }),
            "failed",
            "signature-invalid",
        )?,
        bad(
            "token/message-digest-other",
            "The signed message-digest is that of another TSTInfo.",
            forged(world, |token| token.first().set(oid::MESSAGE_DIGEST, &[&other_digest])),
            "failed",
            "message-digest-differs",
        )?,
        bad(
            "token/message-digest-missing",
            "message-digest is not signed.",
            forged(world, |token| token.first().remove(oid::MESSAGE_DIGEST)),
            "failed",
            "message-digest-missing",
        )?,
        bad(
            "token/content-type-missing",
            "content-type is not signed.",
            forged(world, |token| token.first().remove(oid::CONTENT_TYPE)),
            "failed",
            "content-type-missing",
        )?,
        bad(
            "token/content-type-other",
            "The signed content-type is id-data.",
            forged(world, |token| token.first().set(oid::CONTENT_TYPE, &[&data])),
            "failed",
            "content-type-differs",
        )?,
        bad(
            "token/not-tst-info",
            "eContentType is id-data.",
            altered(world, |token| {
                token.content_type = oid::DATA;
                Ok(())
            }),
            "failed",
            "timestamp-malformed",
        )?,
        Case::bad_token(
            "token/no-signed-attributes",
            "The token has no signed attributes: the TSTInfo itself is signed.",
            forged(world, |token| token.first().order = AttributeOrder::NoAttributes)?,
            "failed",
            "content-type-missing",
        )
        .finding("timestamp 1", "timestamp-signing-certificate-reference-missing", "indeterminate")
        .also("timestamp 1", "signed-attributes-missing", "information"),
        bad(
            "token/two-signers",
            "Two SignerInfos, each right by itself.",
            altered(world, |token| {
                let mut second = token.clone();
                let time = attribute(oid::SIGNING_TIME, &[&tlv(Tag::UTC_TIME, &[b"260302091507Z"])]);
                second.first().remove(oid::SIGNING_TIME);
                second.first().attributes.push(time);
                second.sign(&*world.pki.tsa.signer)?;
                token.signers.append(&mut second.signers);
                Ok(())
            }),
            "failed",
            "timestamp-several-signers",
        )?,
        bad(
            "token/ess-missing",
            "No signed attribute binds the TSA's certificate.",
            forged(world, |token| token.first().remove(oid::SIGNING_CERTIFICATE_V2)),
            "indeterminate",
            "timestamp-signing-certificate-reference-missing",
        )?,
        bad(
            "token/ess-mismatch",
            "signing-certificate-v2 names the TSA's root.",
            forged(world, |token| {
                token.first().set(oid::SIGNING_CERTIFICATE_V2, &[&signing_certificate(root, DigestAlgorithm::Sha256)]);
            }),
            "indeterminate",
            "signing-certificate-differs",
        )?,
        bad(
            "token/ess-v1-mismatch",
            "Beside a right signing-certificate-v2 there is a signing-certificate that names the TSA's root: both must match.",
            forged(world, |token| {
                token.first().set(oid::SIGNING_CERTIFICATE, &[&signing_certificate(root, DigestAlgorithm::Sha1)]);
            }),
            "indeterminate",
            "signing-certificate-differs",
        )?,
        bad(
            "token/certificate-missing",
            "The token does not hold its signer's certificate, and nobody offers it.",
            forged(world, |token| token.certificates.clear()),
            "indeterminate",
            "signing-certificate-not-found",
        )?,
        Case::new(
            "good/token-key-identifier",
            FORGED,
            "The token names its signer by subjectKeyIdentifier.",
            forged(world, |token| {
                let identifier = world.pki.tsa.certificate.subject_key_identifier().unwrap_or_default();
                token.first().version = 3;
                token.first().sid = tlv(Tag::context_primitive(0), &[identifier]);
            })?,
        ),
        Case::new(
            "good/token-attributes-unsorted",
            FORGED,
            "The token's attributes are signed in DER's order and sent in another one, as some TSAs do.",
            unsorted,
        )
        .also("timestamp 1", "signature-valid-over-sorted-attributes", "information"),
        Case::new(
            "token/attributes-signed-as-sent",
            FORGED,
            "The token's attributes are not in DER's order and signed as they are sent, which some programs refuse.",
            as_sent,
        )
        .warning("timestamp 1", "signed-attributes-not-der"),
    ])
}

fn certificates(world: &World) -> Result<Vec<Case>> {
    let by = |id, why, code, change: &dyn Fn(CertificateSpec) -> CertificateSpec| {
        Ok::<_, Box<dyn std::error::Error>>(Case::bad_token(id, why, world.stamped_by(change)?, "indeterminate", code))
    };
    let time_stamping = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::TIME_STAMPING.as_bytes()])]);
    // PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0], notAfter [1] }: it ends before genTime.
    let period = tlv(Tag::SEQUENCE, &[&tlv(Tag::context_primitive(1), &[b"20260302000000Z"])]);
    let claim =
        tlv(Tag::SEQUENCE, &[&tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::QTST_STATEMENT.as_bytes()])])]);
    let (gen_time, second) = (at(STAMPED), TimeDelta::seconds(1));
    let out_of_validity = "tsa-certificate-out-of-validity";
    let stranger = CertificateSpec::authority("Strange TSA Root CA", valid_from(), valid_until())
        .self_signed(derived("strange tsa root")?)?;
    let strange_tsa = stranger.issue(&tsa_spec(), world.pki.tsa.signer.clone())?;
    let seal_as_tsa = world.pki.intermediate.issue(&tsa_spec(), world.pki.tsa.signer.clone())?;
    let token_by = |tsa: &CertifiedKey, further: &[&CertifiedKey]| {
        world.stamped(|signature| {
            world.token(&ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED)), tsa, |token| {
                token.certificates.extend(further.iter().map(|authority| authority.certificate.der().to_vec()));
            })
        })
    };
    Ok(vec![
        by("token/eku-missing", "The TSA's certificate has no extended key usage.", "tsa-purpose-missing", &|spec| {
            spec.without_extension(oid::EXTENDED_KEY_USAGE)
        })?,
        by("token/eku-wrong", "The TSA's certificate is for TLS servers.", "tsa-purpose-wrong", &|spec| {
            spec.with_extended_key_usage(&[SERVER_AUTH])
        })?,
        by("token/eku-extra", "The TSA's certificate is for TLS servers too.", "tsa-purpose-wrong", &|spec| {
            spec.with_extended_key_usage(&[oid::TIME_STAMPING, SERVER_AUTH])
        })?,
        by(
            "token/eku-not-critical",
            "The extended key usage is right and not critical.",
            "tsa-purpose-wrong",
            &|spec| spec.with_extension(oid::EXTENDED_KEY_USAGE, time_stamping.clone()),
        )?,
        by(
            "token/key-usage-wrong",
            "The key usage of the TSA's certificate allows key encipherment too.",
            "tsa-key-usage-wrong",
            &|spec| spec.with_key_usage(&[Usage::DigitalSignature, Usage::KeyEncipherment]),
        )?,
        by(
            "token/ca-as-tsa",
            "The TSA's certificate is a certification authority's.",
            "tsa-certificate-is-ca",
            &|spec| spec.with_authority(None),
        )?,
        by("token/tsa-expired", "The TSA's certificate expired a second before genTime.", out_of_validity, &|spec| {
            spec.with_validity(valid_from(), gen_time - second)
        })?,
        by(
            "token/tsa-not-yet-valid",
            "The TSA's certificate becomes valid a second after genTime.",
            out_of_validity,
            &|spec| spec.with_validity(gen_time + second, valid_until()),
        )?,
        by(
            "token/tsa-key-out-of-use",
            "By privateKeyUsagePeriod the TSA's key was out of use at genTime.",
            "tsa-key-out-of-use",
            &|spec| spec.with_extension(oid::PRIVATE_KEY_USAGE_PERIOD, period.clone()),
        )?,
        Case::new(
            "good/tsa-claims-qualified",
            FORGED,
            "The TSA's certificate claims a qualified time-stamp.",
            world.stamped_by(|spec| spec.with_extension(oid::QC_STATEMENTS, claim))?,
        )
        .also("timestamp 1", "tsa-claims-qualified", "information"),
        Case::bad_token(
            "token/tsa-critical-extension",
            "The TSA's certificate has a critical extension that nobody knows.",
            world.stamped_by(|spec| spec.with_critical_extension(UNKNOWN, vec![0x05, 0x00]))?,
            "indeterminate",
            "chain-constraint",
        ),
        Case::bad_token(
            "token/tsa-of-unknown-root",
            "The TSA stands below a root that is no anchor; the root is in the token.",
            token_by(&strange_tsa, &[&stranger])?,
            "indeterminate",
            "chain-not-found",
        ),
        Case::bad_token(
            "token/tsa-below-seal-root",
            "The TSA stands below the root for seals, which is no anchor for TSAs.",
            token_by(&seal_as_tsa, &[&world.pki.intermediate, &world.pki.root])?,
            "indeterminate",
            "chain-not-found",
        ),
    ])
}

fn times(world: &World) -> Result<Vec<Case>> {
    let stamped_at = |time: &'static str| world.stamped(|signature| world.token_for(signature, time));
    let good = || world.proof.der().to_vec();
    let order = "TIMESTAMP_ORDER_FAILURE";
    let ended = world.stamped_by(|spec| spec.with_validity(valid_from(), at(LAST_SECOND)))?;
    Ok(vec![
        Case::new(
            "time/tsa-ended",
            FORGED,
            "The TSA's certificate ended a second before the time of verification, and nothing later shows that the timestamp is older.",
            ended.clone(),
        )
        .now(ENDED)
        .finding("timestamp 1", "timestamp-signer-expired", "indeterminate")
        .ended(),
        Case::new(
            "time/tsa-in-its-last-second",
            FORGED,
            "The TSA's certificate ends at the time of verification.",
            ended.clone(),
        )
        .now(LAST_SECOND),
        Case::new(
            "time/tsa-ended-at-gen-time-alone",
            FORGED,
            "The TSA's certificate has ended, and the policy counts a timestamp at its own time alone.",
            ended,
        )
        .now(ENDED)
        .policy(json!({"timestamp_validity": "at-gen-time"}))
        .warning("timestamp 1", "timestamp-end-ignored"),
        Case::new(
            "time/timestamp-in-the-future",
            SEALED,
            "genTime lies an hour ahead of the verifier's clock.",
            good(),
        )
        .now("2026-03-02T08:15:06Z")
        .finding("timestamp 1", "timestamp-in-the-future", "indeterminate")
        .no_valid_timestamp()
        .finding("statement", "event-in-the-future", "indeterminate")
        .finding("time", "signing-time-in-the-future", "indeterminate"),
        Case::new(
            "time/timestamp-before-signing",
            FORGED,
            "genTime is between the event and the signing time, by more than the clock skew.",
            {
                let mut forge = Forge::seal(
                    world.json.as_bytes(),
                    &world.pki.seal,
                    &world.pki.seal_chain(),
                    at("2026-03-02T09:20:00Z"),
                );
                forge.sign(&*world.pki.seal.signer)?;
                let token = world.token_for(&forge.first().signature.clone(), STAMPED)?;
                forge.first().stamp(&token);
                forge.to_der()
            },
        )
        .indeterminate(order, "time", "signing-time-after-timestamp"),
        Case::new(
            "time/timestamp-too-late",
            FORGED,
            "genTime is a day and a second after the signing time.",
            stamped_at("2026-03-03T09:15:06Z")?,
        )
        .proven_at("2026-03-03T09:15:06Z")
        .indeterminate("SIG_CONSTRAINTS_FAILURE", "time", "timestamp-too-late"),
        Case::new(
            "good/timestamp-late",
            FORGED,
            "genTime is a day after the signing time: the policy allows it.",
            stamped_at("2026-03-03T09:15:05Z")?,
        )
        .proven_at("2026-03-03T09:15:05Z"),
        Case::new(
            "good/clock-skew",
            FORGED,
            "genTime is a minute before the signing time: the clocks may be so far apart.",
            stamped_at("2026-03-02T09:14:05Z")?,
        )
        .proven_at("2026-03-02T09:14:05Z")
        .now(NOW),
        Case::new(
            "time/before-the-event",
            FORGED,
            "genTime is an hour before the event.",
            stamped_at("2026-03-02T08:15:06Z")?,
        )
        .proven_at("2026-03-02T08:15:06Z")
        .indeterminate(order, "time", "signing-time-after-timestamp")
        .finding("statement", "event-after-timestamp", "indeterminate"),
        Case::new(
            "time/signed-before-the-event",
            FORGED,
            "The seal says that it was made an hour before the event.",
            {
                let mut forge = Forge::seal(
                    world.json.as_bytes(),
                    &world.pki.seal,
                    &world.pki.seal_chain(),
                    at("2026-03-02T08:15:05Z"),
                );
                forge.sign(&*world.pki.seal.signer)?;
                let token = world.token_for(&forge.first().signature.clone(), STAMPED)?;
                forge.first().stamp(&token);
                forge.to_der()
            },
        )
        .indeterminate(order, "statement", "event-after-signing"),
        Case::new(
            "time/not-stamped-event-in-the-future",
            FORGED,
            "Not timestamped, and the event lies an hour ahead of the verifier's clock.",
            {
                let mut forge =
                    Forge::seal(world.json.as_bytes(), &world.pki.seal, &world.pki.seal_chain(), at(SIGNED));
                forge.sign(&*world.pki.seal.signer)?;
                forge.to_der()
            },
        )
        .now("2026-03-02T08:15:04Z")
        .level("B-B")
        .unproven()
        .indeterminate("NO_POE", "time", "timestamp-missing")
        .finding("statement", "event-in-the-future", "indeterminate")
        .finding("time", "signing-time-in-the-future", "indeterminate"),
    ])
}
