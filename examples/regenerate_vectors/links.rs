//! Openings that do not follow the sending they are held against.

use base64ct::{Base64, Encoding};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{ActedBy, AssuranceLevel, Codec};
use recommande::verify::Payload;
use recommande::{Environment, Verifier};

use crate::case::{Case, FORGED, SEALED};
use crate::world::{
    LETTER, NOW, OPENED, Result, SIGNED, STAMPED, SUBMITTED, World, at, identifier, opening, replaced, sending, stamp,
    stamp_opening,
};

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let edited = |id, why, code, from: &str, to: &str| {
        let case = Case::opening(id, FORGED, why, world.edited_opening(from, to)?);
        // Of another sending it is the digest that differs.
        let sub = if code == "preceding-evidence-differs" { "HASH_FAILURE" } else { "FORMAT_FAILURE" };
        Ok::<_, Box<dyn std::error::Error>>(case.failed(sub, "link", code))
    };
    let good = opening(&world.verified, ActedBy::Recipient(1), AssuranceLevel::Substantial, 2)?;
    let good = stamp_opening(world, &good)?.der().to_vec();
    let proof_id = Base64::encode_string(world.proof.id().digest().as_bytes());
    let other_id = Base64::encode_string(DigestAlgorithm::Sha256.digest(b"another proof").as_bytes());
    let uuid = |number| identifier(number, SUBMITTED).to_string();
    let mut cases = vec![
        Case::opening("link/sending-not-given", SEALED, "An opening is verified without its sending.", good.clone())
            .sending(None)
            .indeterminate("SIGNED_DATA_NOT_FOUND", "link", "sending-not-given"),
        Case::opening(
            "link/sending-not-verified",
            SEALED,
            "The sending did not verify: it has no timestamp.",
            good.clone(),
        )
        .sending(Some("good/unstamped.p7m"))
        .indeterminate("SIGNED_DATA_NOT_FOUND", "link", "sending-not-verified"),
        Case::opening(
            "link/other-sending",
            SEALED,
            "The opening is held against another sending of the same service.",
            good,
        )
        .sending(Some("good/several-parts.p7m"))
        .failed("HASH_FAILURE", "link", "preceding-evidence-differs"),
        edited("link/proof-id", "The ProofId is another one.", "preceding-evidence-differs", &proof_id, &other_id)?,
        edited(
            "link/evidence-identifier",
            "The ProofId is right, the EvidenceIdentifier of the sending is another one.",
            "preceding-evidence-differs",
            &uuid(1),
            &uuid(9),
        )?,
        edited(
            "link/message",
            "The message is another one.",
            "message-differs",
            r#""MessageIdentifier":"1ZG0000036L3Z""#,
            r#""MessageIdentifier":"1ZG0000036L4Z""#,
        )?,
        edited(
            "link/content",
            "The content part is of another media type.",
            "message-differs",
            "text/plain",
            "text/html",
        )?,
        edited(
            "link/submission",
            "The submission time is a second earlier.",
            "message-differs",
            r#""SubmissionTime":"2026-03-02T09:15:04Z""#,
            r#""SubmissionTime":"2026-03-02T09:15:03Z""#,
        )?,
        edited(
            "link/registered-mail",
            "The item has another title.",
            "message-differs",
            "Building permit",
            "Building refusal",
        )?,
        edited(
            "link/sender",
            "The sender has another name.",
            "parties-differ",
            "Example Sending Office",
            "Another Sending Office",
        )?,
        edited("link/recipient", "The recipient is somebody else.", "parties-differ", "85073003328", "00012556777")?,
    ];
    cases.extend(before_the_sending(world)?);
    Ok(cases)
}

/// A sending whose event is three minutes after its submission, and an opening between the two, further before the event than
/// clocks may differ.
fn before_the_sending(world: &World) -> Result<[Case; 2]> {
    let sending = sending(7, LETTER)?.with_submission_time(at("2026-03-02T09:12:04Z"))?;
    let proof = stamp(&world.pki, world.sealer.seal(&sending, at(SIGNED))?, STAMPED, 7)?;
    let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), Environment::Test);
    let verified = verifier.verify(&proof, Payload::NotAvailable, at(NOW))?;
    let opening = opening(&verified, ActedBy::Recipient(1), AssuranceLevel::Substantial, 8)?;
    let json = String::from_utf8(Codec::Json.encode(&opening, world.sealer.issuer())?)?;
    let json = replaced(&json, &format!(r#""EventTime":"{OPENED}""#), r#""EventTime":"2026-03-02T09:13:34Z""#);
    let json = replaced(&json, "2026-03-04T18:39:40Z", "2026-03-02T09:13:30Z");
    let opening = world.sealed_opening(&json, SIGNED, STAMPED)?;
    let earlier = "good/submitted-earlier";
    Ok([
        Case::new(earlier, SEALED, "The event is three minutes after the submission.", proof.der().to_vec()),
        Case::opening(
            "link/opened-before-submission",
            FORGED,
            "The opening is after the submission, and before the event of the sending by more than clocks may differ.",
            opening,
        )
        .sending(Some(&format!("{earlier}.p7m")))
        .proven_at(STAMPED)
        .failed("FORMAT_FAILURE", "link", "opened-before-submission"),
    ])
}
