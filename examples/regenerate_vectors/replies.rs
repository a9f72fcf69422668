//! Replies, each with the letter that it names: good ones, and those that are none.

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    AssuranceLevel, Codec, Committed, Field, LinkRole, Mandate, MandateAction, MandateLink, MandateRole, MandateScope,
    RegisterReference, RegisterStatement, SaltSeed, Salts, Statement, StepEvent, Terms,
};
use recommande::identity::Niss;
use recommande::seal::ProofOfSending;
use recommande::verify::SendingContext;
use recommande::{Environment, Party, Payload, Sending, Verifier};

use crate::case::{Case, SEALED};
use crate::letters::{CITIZEN, STRANGER, reply, sealed_reply};
use crate::steps::{Letter, TOLD, assurance, letter_of};
use crate::world::{LETTER, NOW_OF_STEPS, Result, SIGNED, STAMPED, SUBMITTED, World, at, sending, stamp};

const ORIGINAL: &str = "reply/letter";
const COMMITTED: &str = "reply/letter-committed";
const DISCLOSURE: &str = "reply/letter-committed.disclosure.json";

const OFFICE: &str =
    r#""Identifier":{"value":"0566988259","IdentifierSchemeName":"urn:be:fgov:kbo-bce:organization:cbe-number"}"#;
const ANOTHER_OFFICE: &str =
    r#""Identifier":{"value":"0406798006","IdentifierSchemeName":"urn:be:fgov:kbo-bce:organization:cbe-number"}"#;

/// What is made here, and the disclosure beside it.
pub struct Replies {
    pub cases: Vec<Case>,
    pub disclosure: (String, Vec<u8>),
}

pub fn all(world: &World) -> Result<Replies> {
    let mut cases = Vec::new();
    let terms = Terms::new().with_reply_authorized().with_required_assurance(AssuranceLevel::Substantial);
    let letter = letter_of(world, ORIGINAL, "The sender allows replies.", 120, terms, &mut cases)?;
    with_letter(&letter, &mut cases)?;
    without_letter(&letter, &mut cases)?;
    no_replies(&letter, &mut cases)?;
    by_delegates(&letter, &mut cases)?;
    let disclosure = to_committed(world, &mut cases)?;
    Ok(Replies { cases, disclosure: (DISCLOSURE.to_owned(), disclosure) })
}

fn with_letter(letter: &Letter<'_>, cases: &mut Vec<Case>) -> Result<()> {
    let why = "The recipient replies to the sender.";
    let case = sealed_reply(letter.world, "reply/by-recipient", why, &reply(&letter.sent, 121)?)?;
    cases.push(case.original(ORIGINAL).also("link", "reply-matches", "passed"));
    Ok(())
}

/// Another letter than that which is answered is at hand, or none.
fn without_letter(letter: &Letter<'_>, cases: &mut Vec<Case>) -> Result<()> {
    let world = letter.world;
    let answer = reply(&letter.sent, 122)?;
    let case = |id, why| sealed_reply(world, id, why, &answer);
    let why = "The letter that is answered is not at hand.";
    cases.push(case("reply/original-not-given", why)?.also("link", "original-not-given", "information"));
    let why = "The letter at hand has no timestamp.";
    let refused = case("reply/original-not-verified", why)?.original("good/unstamped");
    cases.push(refused.indeterminate("SIGNED_DATA_NOT_FOUND", "link", "original-not-verified"));
    let why = "The letter at hand is another one.";
    let another = case("reply/original-differs", why)?.original("good/sending");
    cases.push(another.failed("HASH_FAILURE", "link", "original-differs"));
    let plain =
        Case::new("reply/original-not-named", SEALED, "A letter that replies to none.", world.proof.der().to_vec());
    cases.push(plain.now(NOW_OF_STEPS).original(ORIGINAL).warning("link", "original-not-named"));
    Ok(())
}

/// What services seal that keep to no rules.
fn no_replies(letter: &Letter<'_>, cases: &mut Vec<Case>) -> Result<()> {
    let world = letter.world;
    let answer = reply(&letter.sent, 123)?;
    let another_message = (r#""InReplyTo":{"MessageIdentifier":"1ZG"#, r#""InReplyTo":{"MessageIdentifier":"2ZG"#);
    for (id, code, why, edit) in [
        (
            "reply/to-another-message",
            "reply-to-another-message",
            "The reply names the seal of the letter and another message.",
            another_message,
        ),
        (
            "reply/by-no-recipient",
            "reply-by-no-recipient",
            "Somebody who is no recipient replies.",
            (CITIZEN, STRANGER),
        ),
        (
            "reply/goes-elsewhere",
            "reply-goes-elsewhere",
            "The recipient replies to somebody else than the sender.",
            (OFFICE, ANOTHER_OFFICE),
        ),
    ] {
        let case = sealed_reply(world, id, why, &letter.restated(&answer, &[edit])?)?;
        cases.push(case.original(ORIGINAL).failed("FORMAT_FAILURE", "link", code));
    }
    let early = [
        (r#""EventTime":"2026-03-05T12:00:00Z""#, r#""EventTime":"2026-03-02T09:10:04Z""#),
        (r#""SubmissionTime":"2026-03-05T12:00:00Z""#, r#""SubmissionTime":"2026-03-02T09:10:04Z""#),
    ];
    let why = "The reply is five minutes earlier than the letter.";
    let early = letter.restated(&answer, &early)?;
    let (signed, stamped) = ("2026-03-02T09:10:05Z", "2026-03-02T09:10:06Z");
    let proof = stamp(&world.pki, world.sealer.seal(&early, at(signed))?, stamped, 1)?;
    let case = Case::new("reply/before-letter", SEALED, why, proof.der().to_vec()).now(NOW_OF_STEPS).proven_at(stamped);
    cases.push(case.original(ORIGINAL).failed("FORMAT_FAILURE", "link", "reply-before-letter"));
    let terms = Terms::new().with_regime("FR-LRE")?;
    let why = "The sender does not allow replies.";
    let forbidden = letter_of(world, "reply/letter-without-replies", why, 124, terms, cases)?;
    let (of_letter, of_forbidden) = (named(letter)?, named(&forbidden)?);
    let why = "The recipient replies, and the sender of the letter did not allow it.";
    let forbidden = letter.restated(&answer, &[(&of_letter, &of_forbidden)])?;
    let case = sealed_reply(world, "reply/not-authorised", why, &forbidden)?.original("reply/letter-without-replies");
    cases.push(case.failed("FORMAT_FAILURE", "link", "reply-not-authorised"));
    Ok(())
}

/// The text by which other statements name a letter.
fn named(letter: &Letter<'_>) -> Result<String> {
    let printed = letter.first(125, StepEvent::RelayToNonERDS { system: "paper-post".to_owned() }, TOLD)?;
    let json = String::from_utf8(Codec::Json.encode(&printed, letter.world.sealer.issuer())?)?;
    let (_, named) = json.split_once(r#""PrecedingEvidence":{"#).ok_or("no reference")?;
    let (named, _) = named.split_once("}}").ok_or("no end of the reference")?;
    Ok(named.to_owned())
}

/// Replies by somebody whom the recipient mandated.
fn by_delegates(letter: &Letter<'_>, cases: &mut Vec<Case>) -> Result<()> {
    let mandatary = || -> Result<Party> { Ok(Party::new("93051822361".parse::<Niss>()?)) };
    let answer = reply(&letter.sent, 126)?;
    let scope = MandateScope::new("registered-mail", [MandateAction::Reply])?;
    let digest = DigestAlgorithm::Sha256.digest(b"an extract that is not at hand");
    let register = RegisterReference::new("https://register.example.org/", RegisterStatement::Extract(digest))?;
    let chain = [MandateLink::new(mandatary()?, LinkRole::Mandatary)];
    let (principal, from) = (answer.sender().clone(), at(SUBMITTED));
    let mandate = Mandate::new(MandateRole::Mandatary, principal, chain, scope, from, register)?;
    let mandate = mandate.with_valid_until(at(NOW_OF_STEPS))?;
    let acting = mandatary()?.with_assurance(assurance(TOLD, AssuranceLevel::Substantial)?);
    let answer = answer.with_sender_delegate(acting)?.with_mandate(mandate)?;
    let case = |id, why, answer: &Sending| -> Result<Case> {
        Ok(sealed_reply(letter.world, id, why, answer)?.original(ORIGINAL))
    };
    let why = "Somebody whom the recipient mandated replies, and the register's extract is not at hand.";
    let case_of_level = case("reply/by-delegate", why, &answer)?.also("link", "reply-matches", "passed");
    cases.push(case_of_level.indeterminate("SIGNED_DATA_NOT_FOUND", "statement", "mandate-not-proven"));
    let low = [(AssuranceLevel::Substantial.uri(), AssuranceLevel::Low.uri())];
    let why = "The delegate who replies was authenticated at a lower level than the letter asks for.";
    let low = case("reply/delegate-at-low-assurance", why, &letter.restated(&answer, &low)?)?;
    let low = low.finding("statement", "mandate-not-proven", "indeterminate");
    cases.push(low.failed("FORMAT_FAILURE", "link", "assurance-too-low"));
    Ok(())
}

/// The reply to a letter that commits to its parties. Returns the disclosure of that letter.
fn to_committed(world: &World, cases: &mut Vec<Case>) -> Result<Vec<u8>> {
    let plain = sending(127, LETTER)?.with_terms(Terms::new().with_reply_authorized())?;
    let seed = SaltSeed::from_bytes(&[0x7f; 32])?;
    let (statement, disclosure) = Committed::of(&plain, &Field::personal(&plain), Salts::Seed(&seed))?.into_parts();
    let proof: ProofOfSending = stamp(&world.pki, world.sealer.seal(&statement, at(SIGNED))?, STAMPED, 1)?;
    let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), Environment::Test);
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let letter = verifier.verify(&proof, context, at(NOW_OF_STEPS))?;
    cases.push(Case::new(COMMITTED, SEALED, "The letter commits to its parties.", proof.der().to_vec()));
    let answer = reply(&letter, 128)?;
    let case =
        |id, why| Ok::<_, Box<dyn std::error::Error>>(sealed_reply(world, id, why, &answer)?.original(COMMITTED));
    let why = "The letter is disclosed, and its recipient replies.";
    let disclosed = case("reply/disclosed", why)?.original_disclosure(DISCLOSURE);
    cases.push(disclosed.also("link", "reply-matches", "passed"));
    let why = "The parties of the letter stand behind commitments.";
    let hidden = case("reply/parties-not-disclosed", why)?;
    cases.push(hidden.indeterminate("SIGNED_DATA_NOT_FOUND", "link", "reply-parties-not-disclosed"));
    Ok(disclosure.to_json().into_bytes())
}
