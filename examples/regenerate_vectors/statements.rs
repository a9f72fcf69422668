//! Statements that are read, and do not hold.

use recommande::crypto::DigestAlgorithm;

use crate::case::{Case, FORGED, SEALED};
use crate::world::{LETTER, Result, World, at, replaced};
use recommande::testing::Forge;

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let good = || world.proof.der().to_vec();
    // Submitted and happened two days before it was sealed.
    let early = world.json.replace("\"2026-03-02T09:15:04Z\"", "\"2026-02-28T09:15:04Z\"");
    let future =
        replaced(&world.json, r#""EventTime":"2026-03-02T09:15:04Z""#, r#""EventTime":"2026-03-02T10:15:04Z""#);
    let mut signed_late =
        Forge::seal(future.as_bytes(), &world.pki.seal, &world.pki.seal_chain(), at("2026-03-02T09:15:05Z"));
    signed_late.sign(&*world.pki.seal.signer)?;
    let token = world.token_for(&signed_late.first().signature.clone(), "2026-03-02T11:00:00Z")?;
    signed_late.first().stamp(&token);
    let environment = "statement";
    Ok(vec![
        Case::new("payload/differs", SEALED, "The payload is another one.", good())
            .payload("payload/other-letter.txt")
            .failed("HASH_FAILURE", "payload", "payload-differs"),
        Case::new(
            "payload/no-common-algorithm",
            SEALED,
            "The payload's digest was given by an algorithm that the statement does not state.",
            good(),
        )
        .payload_digest(DigestAlgorithm::Sha384.digest(LETTER).to_string())
        .indeterminate("SIGNED_DATA_NOT_FOUND", "payload", "payload-digest-not-stated"),
        Case::new(
            "payload/additional-digest-differs",
            FORGED,
            "The statement's SHA-512 digest is of another payload; SHA-256 is right. One that differs is enough.",
            world.edited(&sha_512(LETTER), &sha_512(b"another letter"))?,
        )
        .failed("HASH_FAILURE", "payload", "payload-differs"),
        Case::new(
            "statement/test-at-production",
            SEALED,
            "A proof of the environment Test at a verifier for Production.",
            good(),
        )
        .environment("Production")
        .indeterminate("SIG_CONSTRAINTS_FAILURE", environment, "environment-differs"),
        Case::new(
            "statement/production-at-test",
            FORGED,
            "A proof of the environment Production at a verifier for Test.",
            world.edited(
                r#"{"isCritical":true,"Environment":{"Name":"Test"}}"#,
                r#"{"isCritical":false,"Environment":{"Name":"Production"}}"#,
            )?,
        )
        .indeterminate("SIG_CONSTRAINTS_FAILURE", environment, "environment-differs"),
        Case::new(
            "statement/sealed-too-late",
            FORGED,
            "The event is two days before the seal.",
            world.sealed(early.as_bytes())?,
        )
        .indeterminate("SIG_CONSTRAINTS_FAILURE", "statement", "sealed-too-late"),
        Case::new(
            "statement/event-after-timestamp",
            FORGED,
            "The event is an hour after the timestamp.",
            world.sealed(future.as_bytes())?,
        )
        .indeterminate("TIMESTAMP_ORDER_FAILURE", "statement", "event-after-timestamp"),
        Case::new(
            "statement/event-after-signing",
            FORGED,
            "The event is an hour after the signing time, and before the timestamp.",
            signed_late.to_der(),
        )
        .proven_at("2026-03-02T11:00:00Z")
        .indeterminate("TIMESTAMP_ORDER_FAILURE", "statement", "event-after-signing"),
    ])
}

/// As the statement writes it.
fn sha_512(payload: &[u8]) -> String {
    use base64ct::{Base64, Encoding};
    Base64::encode_string(DigestAlgorithm::Sha512.digest(payload).as_bytes())
}
