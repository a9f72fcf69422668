//! Proofs that pass, and proofs of which nothing is wrong but something is missing.

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{ActedBy, AssuranceLevel, UnknownExtension};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::rfc3161_client::{Accuracy, Nonce, Transport};
use recommande::seal::{Artifact, Commitment};
use recommande::testing::{Forge, ForgedTstInfo, Misbehaviour, TestTsa};
use recommande::{Environment, PartDescription, Party, PayloadDigests};
use serde_json::json;
use signed_data::tlv::Tag;

use crate::case::{Case, FORGED, SEALED};
use crate::world::{
    LETTER, NOW, OTHER_LETTER, Result, SIGNED, STAMPED, World, at, clock, ed25519_signer, handed_over, identifier,
    opening, pss_only_signer, pss_signer, sealer, sending, stamp, stamp_by, stamp_opening, stored_signer,
};

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([sendings(world)?, openings(world)?, timestamps(world)?, algorithms(world)?, payload_signatures(world)?]
        .concat())
}

/// The sending sealed by the main sealer and stamped by a TSA to order.
fn sending_by(world: &World, tsa: &TestTsa) -> Result<Vec<u8>> {
    Ok(stamp_by(tsa, world.sealer.seal(&world.sending, at(SIGNED))?)?.der().to_vec())
}

fn sendings(world: &World) -> Result<Vec<Case>> {
    let digest = |algorithm: DigestAlgorithm| algorithm.digest(LETTER).to_string();
    let unstamped = world.sealer.seal(&world.sending, at(SIGNED))?;
    let production =
        stamp(&world.pki, sealer(&world.pki, Environment::Production)?.seal(&world.sending, at(SIGNED))?, STAMPED, 1)?;
    let uncommitted = world.sealer.clone().with_commitment(Commitment::Absent);
    let uncommitted = stamp(&world.pki, uncommitted.seal(&world.sending, at(SIGNED))?, STAMPED, 1)?;
    let parts = sending(3, OTHER_LETTER)?
        .with_part(PartDescription::new("annex.txt", "text/plain")?, PayloadDigests::of_bytes(LETTER))?
        .with_recipient(Party::legal_person("0406798006".parse::<EnterpriseNumber>()?, "Example Receiving Office")?)?
        .with_sender_delegate(Party::new("85073003328".parse::<Niss>()?))?
        .with_extension(UnknownExtension::new(
            "org.example.note",
            r#"{"note":"kept, and nothing derived from it"}"#,
        )?)?;
    let parts = stamp(&world.pki, world.sealer.seal(&parts, at(SIGNED))?, STAMPED, 1)?;
    let key_identifier = world.forged(|forge| {
        let identifier = world.pki.seal.certificate.subject_key_identifier().unwrap_or_default();
        forge.version = 3;
        forge.first().version = 3;
        forge.first().sid = recommande::testing::tlv(Tag::context_primitive(0), &[identifier]);
    })?;
    let good = || world.proof.der().to_vec();
    Ok(vec![
        Case::new("good/sending", SEALED, "A proof of sending at level B-T, with its payload.", good())
            .also("payload", "payload-matches", "passed")
            .also("seal", "commitment-type", "information")
            .also("seal chain", "revocation-not-checked", "warning"),
        Case::new(
            "good/payload-gone",
            SEALED,
            "The payload is no longer there: the verdict is about the statement, and says so.",
            good(),
        )
        .without_payload()
        .also("payload", "payload-not-compared", "information"),
        Case::new(
            "good/payload-by-digest",
            SEALED,
            "A digest of the payload that was computed elsewhere serves as well as the payload.",
            good(),
        )
        .payload_digest(digest(DigestAlgorithm::Sha512)),
        Case::new(
            "good/expired-since",
            SEALED,
            "All certificates have expired since; they were valid at the proven time, which is all that this policy asks.",
            good(),
        )
        .now("2035-12-01T00:00:00Z")
        .policy(json!({"timestamp_validity": "at-gen-time"}))
        .warning("timestamp 1", "timestamp-end-ignored"),
        Case::new(
            "good/revocation-ignored",
            SEALED,
            "The policy leaves revocation out, and the report says so.",
            good(),
        )
        .policy(json!({"revocation": "ignore"}))
        .also("seal chain", "revocation-ignored", "information"),
        Case::new(
            "good/production",
            SEALED,
            "A proof of the environment Production, at a verifier of that environment.",
            production.der().to_vec(),
        )
        .environment("Production"),
        Case::new(
            "good/several-parts",
            SEALED,
            "Two parts, two recipients, a delegate and an extension that nobody knows; the payload is the second part.",
            parts.der().to_vec(),
        ),
        Case::new(
            "good/without-commitment",
            SEALED,
            "commitment-type-indication may be absent.",
            uncommitted.der().to_vec(),
        ),
        Case::new(
            "good/subject-key-identifier",
            FORGED,
            "The signer is named by its key identifier, so both versions are 3.",
            key_identifier,
        ),
        Case::new(
            "good/unstamped",
            SEALED,
            "A sealed proof that waits for its timestamp: nothing proves when it was sealed.",
            unstamped.der().to_vec(),
        )
        .level("B-B")
        .unproven()
        .indeterminate("NO_POE", "time", "timestamp-missing"),
    ])
}

fn openings(world: &World) -> Result<Vec<Case>> {
    let plain = opening(&world.verified, ActedBy::Recipient(1), AssuranceLevel::Substantial, 2)?;
    let low = opening(&world.verified, ActedBy::Recipient(1), AssuranceLevel::Low, 4)?;
    let delegate = ActedBy::Delegate { party: Party::new("85073003328".parse::<Niss>()?), acting_for: vec![1] };
    let delegated = opening(&world.verified, delegate, AssuranceLevel::High, 5)?;
    let handover = handed_over(plain.clone())?.with_evidence_identifier(identifier(6, crate::world::OPENED));
    let der = |opening| Ok::<_, Box<dyn std::error::Error>>(stamp_opening(world, opening)?.der().to_vec());
    Ok(vec![
        Case::opening(
            "good/opening",
            SEALED,
            "The recipient opened the content (ContentAccessTracking).",
            der(&plain)?,
        )
        .also("link", "sending-matches", "passed"),
        Case::opening(
            "good/opening-handover",
            SEALED,
            "The content was handed over (ContentHandover).",
            der(&handover)?,
        )
        .event("ContentHandover"),
        Case::opening(
            "good/opening-by-delegate",
            SEALED,
            "A delegate of the recipient opened the content.",
            der(&delegated)?,
        ),
        Case::opening(
            "good/opening-low-assurance",
            SEALED,
            "Whoever opened was authenticated below the level substantial: a warning.",
            der(&low)?,
        )
        .warning("statement", "opened-at-low-assurance"),
    ])
}

fn timestamps(world: &World) -> Result<Vec<Case>> {
    let tsa = || TestTsa::new(&world.pki).with_clock(clock(STAMPED));
    let fraction = |time, digits| TestTsa::new(&world.pki).with_clock(clock(time)).with_fraction_digits(digits);
    let accuracy = |seconds| Accuracy { seconds: Some(seconds), millis: None, micros: None };
    let several = several_timestamps(world, &["2026-03-02T10:00:00Z", STAMPED])?;
    let too_many = several_timestamps(world, &["2026-03-02T10:00:00Z"; 25])?;
    let ber = world.stamped(|signature| ber_token(world, signature))?;
    let by_sha384 = world.stamped(|signature| {
        world.token(&ForgedTstInfo::of(signature, DigestAlgorithm::Sha384, at(STAMPED)), &world.pki.tsa, |_| {})
    })?;
    let without_certificate = world.stamped(|signature| {
        let info = ForgedTstInfo::of(signature, DigestAlgorithm::Sha256, at(STAMPED));
        world.token(&info, &world.pki.tsa, |token| token.certificates.clear())
    })?;
    let foreign = tsa().with_misbehaviour(Misbehaviour::ForeignCertificates);
    Ok(vec![
        Case::new(
            "good/several-timestamps",
            FORGED,
            "Two timestamps, the later one first: the earliest of the valid ones is the proven time.",
            several,
        ),
        Case::new("good/too-many-timestamps", FORGED, "Only the first timestamps are looked at.", too_many)
            .proven_at("2026-03-02T10:00:00Z")
            .warning("time", "timestamps-too-many"),
        Case::new(
            "good/ber-token",
            SEALED,
            "The TSA sent its token as BER; it stands in the proof with definite lengths, its signature unhurt.",
            sending_by(world, &tsa().with_misbehaviour(Misbehaviour::Ber))?,
        ),
        Case::malformed(
            "shape/ber-token",
            "The token stands in the proof as BER, with indefinite lengths: a proof is DER.",
            ber,
            "Coding",
        ),
        Case::new(
            "good/fractional-gen-time",
            SEALED,
            "genTime has a fraction of a second.",
            sending_by(world, &fraction("2026-03-02T09:15:06.591Z", 3))?,
        )
        .proven_at("2026-03-02T09:15:06.591Z"),
        Case::new(
            "good/gen-time-1-digit",
            SEALED,
            "genTime has one digit of a fraction.",
            sending_by(world, &fraction("2026-03-02T09:15:06.500Z", 1))?,
        )
        .proven_at("2026-03-02T09:15:06.500Z"),
        Case::new(
            "good/gen-time-9-digits",
            SEALED,
            "genTime has nine digits of a fraction.",
            sending_by(world, &fraction("2026-03-02T09:15:06.123456789Z", 9))?,
        )
        .proven_at("2026-03-02T09:15:06.123456789Z"),
        Case::new(
            "good/accuracy-absent",
            SEALED,
            "The token states no accuracy; it is unknown, not zero.",
            sending_by(world, &tsa().without_accuracy())?,
        )
        .also("timestamp 1", "timestamp-accuracy-absent", "information"),
        Case::new(
            "good/accuracy-above-one-second",
            SEALED,
            "The token states an accuracy of two seconds.",
            sending_by(world, &tsa().with_accuracy(accuracy(2)))?,
        )
        .also("timestamp 1", "timestamp-accuracy-above-one-second", "information"),
        Case::new(
            "good/tsa-name",
            SEALED,
            "The token names its TSA, ordering is TRUE, and the policy lists the TSA's.",
            sending_by(world, &tsa().with_tsa_name().with_ordering())?,
        )
        .policy(json!({"tsa_policies": ["1.3.6.1.4.1.32473.3161.1"]}))
        .also("timestamp 1", "tsa-name-matches", "passed")
        .also("timestamp 1", "timestamp-policy-accepted", "passed"),
        Case::new(
            "good/foreign-certificates",
            SEALED,
            "Certificates of the same names by other keys stand beside the TSA's own.",
            sending_by(world, &foreign)?,
        ),
        Case::new(
            "good/imprint-sha-384",
            FORGED,
            "The imprint is by another digest algorithm than the seal.",
            by_sha384,
        ),
        Case::new(
            "good/tsa-certificate-offered",
            FORGED,
            "The token holds no certificate; the verifier has it from elsewhere.",
            without_certificate,
        )
        .extra_certificates("extra/tsa.pem"),
    ])
}

fn several_timestamps(world: &World, times: &[&str]) -> Result<Vec<u8>> {
    let mut forge: Forge = world.forge(world.json.as_bytes());
    forge.sign(&*world.pki.seal.signer)?;
    let signature = forge.first().signature.clone();
    for (time, serial) in times.iter().zip(1..) {
        let mut info = ForgedTstInfo::of(&signature, DigestAlgorithm::Sha256, at(time));
        info.serial = serial;
        let token = world.token(&info, &world.pki.tsa, |_| {})?;
        // One attribute with several values, in the order of the list: DER would sort them.
        forge.first().stamp(&token);
    }
    Ok(forge.to_der())
}

/// As a TSA sends it.
fn ber_token(world: &World, signature: &[u8]) -> Result<Vec<u8>> {
    use recommande::rfc3161_client::{MessageImprint, TimeStampReq};
    let digest = DigestAlgorithm::Sha256.digest(signature);
    let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
    let request = TimeStampReq::new(imprint).with_nonce(Nonce::from_bytes(&[0x52; 8]));
    let tsa = TestTsa::new(&world.pki).with_clock(clock(STAMPED)).with_misbehaviour(Misbehaviour::Ber);
    Ok(request.check(&tsa.send(&request.to_der())?)?.as_bytes().to_vec())
}

fn algorithms(world: &World) -> Result<Vec<Case>> {
    let weak = |file, digest| world.sealed_with_weak_rsa(file, digest);
    let rsa_2048 = world.sealed_by_stored_key("keys/rsa-2048.pem")?;
    Ok(vec![
        Case::new("good/rsa-3072", SEALED, "An RSA seal, PKCS#1 v1.5, which is acceptable only as legacy from 2025 on.", world.sealed_by_stored_key("keys/rsa-3072.pem")?)
            .warning("seal chain", "algorithm-legacy"),
        Case::new("good/p384", SEALED, "An ECDSA seal over P-384, with SHA-384 throughout.", world.sealed_by_stored_key("keys/p384.pem")?),
        Case::new("good/p521", SEALED, "An ECDSA seal over P-521, with SHA-512 throughout.", world.sealed_by_stored_key("keys/p521.pem")?),
        Case::new("good/ed25519", SEALED, "An Ed25519 seal, with SHA-512 for its content (RFC 8419).", world.sealed_by_signer(ed25519_signer()?)?),
        Case::new("good/rsa-pss", SEALED, "An RSASSA-PSS seal by a key for any padding; SHA-256, and a salt of 32 octets.", world.sealed_by_signer(pss_signer()?)?),
        Case::new("good/rsa-pss-key", SEALED, "An RSASSA-PSS seal by a key that is for RSASSA-PSS alone.", world.sealed_by_signer(pss_only_signer()?)?),
        Case::new("good/token-ed25519", FORGED, "The TSA signs with Ed25519.", world.stamped_by_signer(ed25519_signer()?)?),
        Case::new("good/token-rsa-3072", FORGED, "The TSA signs with RSA, PKCS#1 v1.5, which is acceptable only as legacy from 2025 on.", world.stamped_by_signer(stored_signer("keys/rsa-3072.pem")?)?)
            .warning("timestamp 1", "algorithm-legacy"),
        Case::new("good/token-p521", FORGED, "The TSA signs with ECDSA over P-521.", world.stamped_by_signer(stored_signer("keys/p521.pem")?)?),
        Case::new("good/token-rsa-pss", FORGED, "The TSA signs by RSASSA-PSS with a key for any padding.", world.stamped_by_signer(pss_signer()?)?),
        Case::new("good/token-rsa-pss-key", FORGED, "The TSA signs by RSASSA-PSS with a key that is for RSASSA-PSS alone.", world.stamped_by_signer(pss_only_signer()?)?),
        Case::new("good/rsa-2048", SEALED, "RSA below 3000 bits is acceptable only as legacy from 2026 on.", rsa_2048.clone())
            .warning("seal chain", "algorithm-legacy"),
        Case::new("algorithms/key-past-its-date", FORGED, "RSA of 1024 bits proves nothing any more at the proven time.", weak("keys/rsa-1024.pem", DigestAlgorithm::Sha256)?)
            .indeterminate("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "seal chain", "algorithm-past-its-date"),
        Case::new("algorithms/sha-1", FORGED, "A seal with SHA-1 proves nothing any more at the proven time.", weak("keys/rsa-3072.pem", DigestAlgorithm::Sha1)?)
            .indeterminate("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "seal chain", "algorithm-past-its-date"),
        Case::new("algorithms/not-listed", SEALED, "The policy's table starts at RSA of 3000 bits.", rsa_2048)
            .policy(json!({"algorithms": {"digests": [{"digest": "SHA-256"}], "keys": [{"key": "EC", "bits": 256}, {"key": "RSA", "bits": 3000}]}}))
            .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal chain", "algorithm-not-listed"),
        Case::new("algorithms/payload-digest-legacy", SEALED, "The policy has SHA-256 as legacy since 2026, SHA-512 was not given.", world.proof.der().to_vec())
            .payload_digest(DigestAlgorithm::Sha256.digest(LETTER).to_string())
            .policy(sha_256_from("legacy_from", "2026-01-01"))
            .warning("payload", "payload-digest-legacy")
            .warning("seal chain", "algorithm-legacy")
            .warning("timestamp 1", "algorithm-legacy"),
        Case::new("algorithms/payload-digest-past-its-date", SEALED, "By the policy SHA-256 proves nothing from the day after the timestamp, and SHA-512 was not given.", world.proof.der().to_vec())
            .payload_digest(DigestAlgorithm::Sha256.digest(LETTER).to_string())
            .policy(sha_256_from("past_from", "2026-03-03"))
            .finding("timestamp 1", "algorithm-past-its-date", "indeterminate")
            .indeterminate("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "payload", "payload-digest-past-its-date")
            .finding("time", "no-valid-timestamp", "indeterminate")
            .finding("seal chain", "algorithm-past-its-date", "indeterminate")
            .unproven(),
        Case::new("algorithms/further-digest", SEALED, "By the policy SHA-256 is legacy; SHA-512 in the statement keeps the payload's digest good.", world.proof.der().to_vec())
            .policy(sha_256_from("legacy_from", "2026-01-01"))
            .warning("seal chain", "algorithm-legacy")
            .warning("timestamp 1", "algorithm-legacy")
            .now(NOW),
    ])
}

fn sha_256_from(date: &str, day: &str) -> serde_json::Value {
    json!({"algorithms": {
        "digests": [{"digest": "SHA-256", date: day}, {"digest": "SHA-512"}],
        "keys": [{"key": "EC", "bits": 256}],
    }})
}

fn payload_signatures(world: &World) -> Result<Vec<Case>> {
    let digests = PayloadDigests::of_bytes(LETTER);
    let unstamped = world.sealer.sign_payload(&digests, "text/plain", at(SIGNED))?;
    let der = stamp(&world.pki, unstamped, STAMPED, 1)?.der().to_vec();
    let case = |id, why| Case::payload_signature(id, SEALED, why, der.clone());
    let attached = Case::payload_signature(
        "payload/attached",
        FORGED,
        "A payload signature is detached; here its content is attached.",
        world.proof.der().to_vec(),
    );
    Ok(vec![
        case("good/payload-signature", "A detached signature over the payload itself."),
        case("payload/other-payload", "The payload is another one.").payload("payload/other-letter.txt").failed(
            "HASH_FAILURE",
            "seal",
            "message-digest-differs",
        ),
        case("payload/digest-not-given", "The payload's digest by the algorithm of the signature was not given.")
            .payload_digest(DigestAlgorithm::Sha512.digest(LETTER).to_string())
            .indeterminate("SIGNED_DATA_NOT_FOUND", "seal", "content-not-given"),
        attached.no_proof("Profile(ContentAttached)"),
    ])
}
