//! Statements of delegates with their mandates, and of parties whose identifier changed.

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    AssuranceLevel, Committed, Field, IdentifierSuccession, LinkRole, Mandate, MandateAction, MandateLink, MandateRole,
    MandateScope, OpenedBy, RegisterReference, RegisterStatement, SaltSeed, Salts, Statement, Terms,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::{Opening, Party, Sending};

use crate::case::Case;
use crate::steps::{Letter, assurance, letter_by};
use crate::world::{LETTER, Result, SUBMITTED, World, at, identifier, sending};

const FROM: &str = "2026-01-01T00:00:00Z";
const UNTIL: &str = "2026-07-01T00:00:00Z";
const OPENED: &str = "2026-03-05T12:00:00Z";
const MERGED: &str = "2026-03-04T00:00:00Z";

/// The enterprise that receives letters, the provider that acts for it, and that into which it was merged.
const ENTERPRISE: &str = "0244142664";
const PROVIDER: &str = "0244640631";
const SUCCESSOR: &str = "0406798006";

/// A person of the provider, and one of the sender.
const PERSON: &str = "93051822361";
const MANAGER: &str = "79021806501";

const BIS: &str = "17473003373";
const NISS: &str = "00012556777";

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    sendings(world, &mut cases)?;
    by_providers(world, &mut cases)?;
    for_citizens(world, &mut cases)?;
    successions(world, &mut cases)?;
    Ok(cases)
}

fn enterprise(number: &str) -> Result<Party> {
    Ok(Party::new(number.parse::<EnterpriseNumber>()?))
}

fn person(number: &str) -> Result<Party> {
    Ok(Party::new(number.parse::<Niss>()?))
}

fn register() -> Result<RegisterReference> {
    let statement = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(b"an extract of the register"));
    Ok(RegisterReference::new("https://register.example.org/", statement)?)
}

fn mandate(role: MandateRole, principal: Party, chain: Vec<MandateLink>, action: MandateAction) -> Result<Mandate> {
    let scope = MandateScope::new("registered-mail", [action])?;
    Ok(Mandate::new(role, principal, chain, scope, at(FROM), register()?)?.with_valid_until(at(UNTIL))?)
}

/// Letters that people of the sender send for it.
fn sendings(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let by = |number, role, chain: Vec<MandateLink>| -> Result<Sending> {
        let sending = sending(number, LETTER)?;
        let acting = chain.last().ok_or("an empty chain")?.party().clone();
        let acting = acting.with_assurance(assurance(SUBMITTED, AssuranceLevel::Substantial)?);
        let mandate = mandate(role, sending.sender().clone(), chain, MandateAction::Send)?;
        Ok(sending.with_sender_delegate(acting)?.with_mandate(mandate)?)
    };
    let manager = || -> Result<MandateLink> { Ok(MandateLink::new(person(MANAGER)?, LinkRole::LocalManager)) };
    let user = MandateLink::new(person(PERSON)?, LinkRole::User);
    let by_user = by(61, MandateRole::User, vec![manager()?, user])?;
    let letter = letter_by(world, "mandate/user", "A user whom the manager named sends the letter.", &by_user, cases)?;
    let by_manager = by(62, MandateRole::LocalManager, vec![manager()?])?;
    letter_by(world, "mandate/manager", "The local manager sends the letter.", &by_manager, cases)?;
    let seed = SaltSeed::from_bytes(&[0x63; 32])?;
    let plain = by(63, MandateRole::LocalManager, vec![manager()?])?;
    let committed = Committed::of(&plain, &Field::personal(&plain), Salts::Seed(&seed))?;
    let why = "The letter commits to who sent it, in the mandate as elsewhere.";
    letter_by(world, "mandate/committed", why, committed.statement(), cases)?;

    let outsider = (
        format!(
            r#"{{"Party":{{"Identifier":{{"value":"{MANAGER}","IdentifierSchemeName":"urn:be:fgov:person:ssin"}}}}"#
        ),
        format!(
            r#"{{"Party":{{"Identifier":{{"value":"{PROVIDER}","IdentifierSchemeName":"urn:be:fgov:kbo-bce:organization:cbe-number"}}}}"#
        ),
    );
    let of_manager = (r#""Mandate":{"Role":"LocalManager""#.to_owned(), r#""Mandate":{"Role":"User""#.to_owned());
    let of_user = (r#""Role":"User","Principal""#.to_owned(), r#""Role":"LocalManager","Principal""#.to_owned());
    let unstated = format!(
        r#","AssuranceLevelsDetails":{{"GlobalAssuranceLevel":{{"AssuranceLevel":"{}"}},"AuthenticationDetails":{{"AuthenticationTime":"2026-03-02T09:14:34Z","AuthenticationMethod":"urn:be:fedict:iam:fas:citizen:otp"}}}}"#,
        AssuranceLevel::Substantial.uri(),
    );
    for (id, code, why, sending, (from, to)) in [
        (
            "mandate/outsider-as-manager",
            "outsider-as-manager",
            "The manager is another enterprise.",
            &by_user,
            outsider,
        ),
        ("mandate/chain-not-of-role", "chain-not-of-role", "A user is called the manager.", &by_user, of_user),
        ("mandate/manager-as-user", "chain-not-of-role", "The manager is called a user.", &by_manager, of_manager),
        (
            "mandate/not-authenticated",
            "assurance-too-low",
            "Nothing says how the person who sent the letter was authenticated.",
            &by_manager,
            (unstated, String::new()),
        ),
    ] {
        let der = letter.forged(sending, &[(&from, &to)])?;
        let case = letter.case_of(id, why, sending, der, &[]).sending(None);
        cases.push(case.failed("FORMAT_FAILURE", "statement", code));
    }
    Ok(())
}

/// An enterprise whose letters its provider opens.
fn by_providers(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let terms = Terms::new().with_required_assurance(AssuranceLevel::Substantial);
    let to_enterprise = to(64, enterprise(ENTERPRISE)?)?.with_terms(terms)?;
    let why = "The letter goes to an enterprise.";
    let letter = letter_by(world, "mandate/sending-to-enterprise", why, &to_enterprise, cases)?;
    let of_provider = |action| {
        let provider = MandateLink::new(enterprise(PROVIDER)?, LinkRole::Provider);
        let chain = vec![provider, MandateLink::new(person(PERSON)?, LinkRole::User)];
        mandate(MandateRole::Provider, enterprise(ENTERPRISE)?, chain, action)
    };
    let opening = opened(&letter, 65, PERSON)?.with_mandate(of_provider(MandateAction::Open)?)?;
    let why = "A person of the provider opens the letter.";
    cases.push(letter.case("mandate/provider", why, &world.sealer, &opening, &[])?);

    let principal = |number: &str| format!(r#""Principal":{{"Identifier":{{"value":"{number}""#);
    let in_chain = |number: &str| format!(r#"{{"Party":{{"Identifier":{{"value":"{number}""#);
    let until = |time: &str| format!(r#""ValidUntil":"{time}""#);
    let from = |time: &str| format!(r#""ValidFrom":"{time}""#);
    let level = |level: AssuranceLevel| format!(r#"{{"AssuranceLevel":"{}"}}"#, level.uri());
    for (id, code, why, (stated, instead)) in [
        (
            "mandate/delegate-stands-for-principal",
            "delegate-stands-for-principal",
            "The mandate is of another enterprise than the recipient.",
            (principal(ENTERPRISE), principal(SUCCESSOR)),
        ),
        (
            "mandate/nobody-acted",
            "nobody-acted",
            "The chain ends in another person than the one who acted.",
            (in_chain(PERSON), in_chain(MANAGER)),
        ),
        (
            "mandate/provider-is-principal",
            "provider-is-principal",
            "The provider is the recipient itself.",
            (in_chain(PROVIDER), in_chain(ENTERPRISE)),
        ),
        (
            "mandate/ended",
            "mandate-not-in-force",
            "The mandate ended at the instant of the opening.",
            (until(UNTIL), until(OPENED)),
        ),
        (
            "mandate/not-begun",
            "mandate-not-in-force",
            "The mandate began a millisecond after the opening.",
            (from(FROM), from("2026-03-05T12:00:00.001Z")),
        ),
        (
            "mandate/action-not-granted",
            "action-not-granted",
            "The mandate allows answers, and the letter was opened.",
            (r#""Actions":["open"]"#.to_owned(), r#""Actions":["answer"]"#.to_owned()),
        ),
        (
            "mandate/assurance-too-low",
            "assurance-too-low",
            "The person was authenticated at a lower level than the sender asks for.",
            (level(AssuranceLevel::Substantial), level(AssuranceLevel::Low)),
        ),
    ] {
        let der = letter.forged(&opening, &[(&stated, &instead)])?;
        let case = letter.case_of(id, why, &opening, der, &[]);
        let is_low = code == "assurance-too-low";
        let case = case.failed("FORMAT_FAILURE", if is_low { "link" } else { "statement" }, code);
        cases.push(if is_low { case.warning("statement", "opened-at-low-assurance") } else { case });
    }
    Ok(())
}

/// A citizen whose letters somebody else opens for a time.
fn for_citizens(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let letter = letter_by(
        world,
        "mandate/sending-to-citizen",
        "The letter goes to a citizen.",
        &to(66, person(NISS)?)?,
        cases,
    )?;
    let chain = vec![MandateLink::new(person(PERSON)?, LinkRole::Mandatary)];
    let mandate = mandate(MandateRole::Mandatary, person(NISS)?, chain, MandateAction::Open)?;
    let opening = opened(&letter, 67, PERSON)?.with_mandate(mandate)?;
    let why = "Somebody whom the recipient mandated opens the letter.";
    cases.push(letter.case("mandate/mandatary", why, &world.sealer, &opening, &[])?);
    Ok(())
}

/// Recipients who open a letter by another identifier than it was sent to.
fn successions(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let letter =
        letter_by(world, "mandate/sending-to-bis", "The letter goes to a BIS number.", &to(68, person(BIS)?)?, cases)?;
    let (bis, niss) = (BIS.parse::<Niss>()?, NISS.parse::<Niss>()?);
    let succession = IdentifierSuccession::new(bis, niss, "national register", at(MERGED))?;
    let opening =
        Opening::of(&letter.sent, OpenedBy::Recipient(1), assurance(OPENED, AssuranceLevel::High)?, at(OPENED))?;
    let opening = opening.with_evidence_identifier(identifier(69, OPENED)).with_identifier_succession(succession)?;
    let why = "The recipient has a NISS by now, and opens the letter by it.";
    let case = letter.case("mandate/identifier-succeeded", why, &world.sealer, &opening, &[])?;
    cases.push(case.also("statement", "identifier-succeeded", "information"));
    let previous = |number: &str| format!(r#""Previous":{{"Identifier":{{"value":"{number}""#);
    let time = |time: &str| format!(r#""At":"{time}""#);
    for (id, code, why, (stated, instead)) in [
        (
            "mandate/recipient-differs",
            "recipient-differs",
            "The identifier that changed is that of somebody else.",
            (previous(BIS), previous(MANAGER)),
        ),
        (
            "mandate/identifier-succeeded-later",
            "identifier-succeeded-later",
            "The identifier changed a millisecond after the opening.",
            (time(MERGED), time("2026-03-05T12:00:00.001Z")),
        ),
    ] {
        let der = letter.forged(&opening, &[(&stated, &instead)])?;
        let case = letter.case_of(id, why, &opening, der, &[]);
        cases.push(case.failed("FORMAT_FAILURE", "statement", code));
    }
    Ok(())
}

/// The sending to this recipient.
fn to(number: u8, recipient: Party) -> Result<Sending> {
    let like = sending(number, LETTER)?;
    let [part] = like.parts() else { return Err("one part".into()) };
    let description = recommande::PartDescription::new(part.identifier(), part.media_type())?;
    let (message, sender) = (like.message_id().clone(), like.sender().clone());
    let sending = Sending::new(message, sender, recipient, description, part.digests().clone(), at(SUBMITTED))?;
    Ok(sending.with_evidence_identifier(identifier(number, SUBMITTED)))
}

/// The opening by a person who acts for the recipient.
fn opened(letter: &Letter<'_>, number: u8, by: &str) -> Result<Opening> {
    let opened_by = OpenedBy::Delegate { party: person(by)?, acting_for: vec![1] };
    let opening = Opening::of(&letter.sent, opened_by, assurance(OPENED, AssuranceLevel::Substantial)?, at(OPENED))?;
    Ok(opening.with_evidence_identifier(identifier(number, OPENED)))
}
