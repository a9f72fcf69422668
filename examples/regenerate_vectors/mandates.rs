//! Statements of delegates with their mandates, and of parties whose identifier changed.

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ActedBy, AssuranceLevel, Committed, Field, Identifier, IdentifierSuccession, LinkRole, Mandate, MandateAction,
    MandateLink, MandateRole, MandateScope, RegisterEntry, RegisterExtract, RegisterReference, RegisterStatement,
    RegisteredRole, SaltSeed, Salts, Statement, Terms,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::testing::{CertificateSpec, CertifiedKey};
use recommande::{Credentials, Opening, Party, PayloadDigests, Sealer, Sending};

use crate::case::Case;
use crate::steps::{Letter, assurance, letter_by};
use crate::world::{LETTER, Result, SUBMITTED, World, at, derived, identifier, pem, sending, valid_from, valid_until};

const FROM: &str = "2026-01-01T00:00:00Z";
const UNTIL: &str = "2026-07-01T00:00:00Z";
const EXTRACTED: &str = "2026-03-01T12:00:00Z";
const LONG_BEFORE: &str = "2026-02-26T11:59:59.999Z";
const OPENED: &str = "2026-03-05T12:00:00Z";
const MERGED: &str = "2026-03-04T00:00:00Z";
const REVOKED: &str = "2026-03-01T11:00:00Z";
const REGISTER: &str = "https://register.example.org/";

/// The enterprise that sends letters, that which receives them, the provider that acts for it, and that into which it was
/// merged.
const SENDER: &str = "0566988259";
const ENTERPRISE: &str = "0244142664";
const PROVIDER: &str = "0244640631";
const SUCCESSOR: &str = "0406798006";

/// A person of the provider and of the sender, and the local manager of all.
const PERSON: &str = "93051822361";
const MANAGER: &str = "79021806501";

const BIS: &str = "17473003373";
const NISS: &str = "00012556777";

/// What is made here, and the extracts of the register beside it.
pub struct Mandates {
    pub cases: Vec<Case>,
    pub files: Vec<(String, Vec<u8>)>,
}

pub fn all(world: &World) -> Result<Mandates> {
    let register = Register::new(world)?;
    let (mut cases, mut files) = (Vec::new(), vec![("anchors/register.pem".to_owned(), register.anchor())]);
    let extract = register.sign("register", &extract()?, &mut files)?;
    let letter = enterprise_letter(world, &mut cases)?;
    sendings(&letter, extract, &mut cases)?;
    let opening = by_provider(&letter, extract, &mut cases)?;
    not_by_provider(&letter, &opening, &mut cases)?;
    registers(&letter, &register, &mut cases, &mut files)?;
    for_citizens(world, extract, &mut cases)?;
    successions(world, &mut cases)?;
    Ok(Mandates { cases, files })
}

/// The register of mandates, which has a key of its own.
struct Register {
    key: CertifiedKey,
    signer: Sealer,
}

impl Register {
    fn new(world: &World) -> Result<Self> {
        let spec = CertificateSpec::seal("Test Register", valid_from(), valid_until());
        let key = spec.self_signed(derived("register of mandates")?)?;
        let credentials = Credentials::new(key.signer.clone(), vec![key.certificate.clone()])?;
        Ok(Self { key, signer: Sealer::new(credentials, world.sealer.issuer().clone()) })
    }

    fn anchor(&self) -> Vec<u8> {
        pem(&[&self.key.certificate])
    }

    /// Signs an extract, and returns how a mandate names it.
    fn sign(
        &self,
        name: &str,
        extract: &RegisterExtract,
        files: &mut Vec<(String, Vec<u8>)>,
    ) -> Result<RegisterStatement> {
        let json = extract.to_json().into_bytes();
        let digests = PayloadDigests::of_bytes(&json);
        let signature = self.signer.sign_payload(&digests, "application/json", at(EXTRACTED))?;
        let statement = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(&json));
        files.push((format!("mandate/{name}.extract.json"), json));
        files.push((format!("mandate/{name}.extract.p7s"), signature.der().to_vec()));
        Ok(statement)
    }
}

fn number(enterprise: &str) -> Result<Identifier> {
    Ok(enterprise.parse::<EnterpriseNumber>()?.into())
}

fn niss(person: &str) -> Result<Identifier> {
    Ok(person.parse::<Niss>()?.into())
}

fn enterprise(number_of: &str) -> Result<Party> {
    Ok(Party::new(number(number_of)?))
}

fn person(number: &str) -> Result<Party> {
    Ok(Party::new(niss(number)?))
}

fn entry(principal: Identifier, party: Identifier, role: RegisteredRole) -> Result<RegisterEntry> {
    Ok(RegisterEntry::new(principal, party, role, at(FROM))?)
}

/// What the register has of everybody, the provider of the recipient excepted.
fn without_provider() -> Result<RegisterExtract> {
    without_provider_at(EXTRACTED)
}

fn without_provider_at(time: &str) -> Result<RegisterExtract> {
    let mut extract = RegisterExtract::new(REGISTER, at(time))?;
    for enterprise in [SENDER, ENTERPRISE, SUCCESSOR] {
        extract = extract.with_entry(entry(number(enterprise)?, niss(MANAGER)?, RegisteredRole::LocalManager)?)?;
    }
    let user = |of: &str, person: &str| entry(number(of)?, niss(person)?, RegisteredRole::User);
    let provider = entry(number(SUCCESSOR)?, number(PROVIDER)?, RegisteredRole::Provider)?;
    let mandatary = entry(niss(NISS)?, niss(PERSON)?, RegisteredRole::Mandatary)?.with_until(at(UNTIL))?;
    let entries = [user(SENDER, PERSON)?, user(PROVIDER, PERSON)?, user(PROVIDER, MANAGER)?, provider, mandatary];
    Ok(entries.into_iter().try_fold(extract, RegisterExtract::with_entry)?)
}

fn provider_entry() -> Result<RegisterEntry> {
    entry(number(ENTERPRISE)?, number(PROVIDER)?, RegisteredRole::Provider)
}

fn extract() -> Result<RegisterExtract> {
    Ok(without_provider()?.with_entry(provider_entry()?)?)
}

fn mandate(
    role: MandateRole,
    principal: Party,
    chain: Vec<MandateLink>,
    action: MandateAction,
    extract: RegisterStatement,
) -> Result<Mandate> {
    let scope = MandateScope::new("registered-mail", [action])?;
    let register = RegisterReference::new(REGISTER, extract)?;
    Ok(Mandate::new(role, principal, chain, scope, at(FROM), register)?.with_valid_until(at(UNTIL))?)
}

/// Letters that people of the sender send for it.
fn sendings(letter: &Letter<'_>, extract: RegisterStatement, cases: &mut Vec<Case>) -> Result<()> {
    let by = |number, role, chain: Vec<MandateLink>| -> Result<Sending> {
        let sending = sending(number, LETTER)?;
        let acting = chain.last().ok_or("an empty chain")?.party().clone();
        let acting = acting.with_assurance(assurance(SUBMITTED, AssuranceLevel::Substantial)?);
        let mandate = mandate(role, sending.sender().clone(), chain, MandateAction::Send, extract)?;
        Ok(sending.with_sender_delegate(acting)?.with_mandate(mandate)?)
    };
    let manager = || -> Result<MandateLink> { Ok(MandateLink::new(person(MANAGER)?, LinkRole::LocalManager)) };
    let user = MandateLink::new(person(PERSON)?, LinkRole::User);
    let by_user = by(61, MandateRole::User, vec![manager()?, user])?;
    let by_manager = by(62, MandateRole::LocalManager, vec![manager()?])?;
    let plain = by(63, MandateRole::LocalManager, vec![manager()?])?;
    let seed = SaltSeed::from_bytes(&[0x63; 32])?;
    let committed = Committed::of(&plain, &Field::personal(&plain), Salts::Seed(&seed))?;
    let sealer = &letter.world.sealer;
    let proven = |case: Case| case.sending(None).register("register").also("statement", "mandate-proven", "passed");
    let why = "A user whom the manager named sends the letter.";
    cases.push(proven(letter.case("mandate/user", why, sealer, &by_user, &[])?));
    let why = "The local manager sends the letter.";
    cases.push(proven(letter.case("mandate/manager", why, sealer, &by_manager, &[])?));
    let why = "The letter commits to who sent it, in the mandate as elsewhere.";
    let hidden = proven(letter.case("mandate/committed", why, sealer, committed.statement(), &[])?);
    cases.push(hidden.also("statement", "mandate-not-compared", "information"));

    let asking = by(129, MandateRole::LocalManager, vec![manager()?])?;
    let asking = asking.with_terms(Terms::new().with_required_assurance(AssuranceLevel::Substantial))?;
    let level = |level: AssuranceLevel| format!(r#""GlobalAssuranceLevel":{{"AssuranceLevel":"{}"}}"#, level.uri());
    let (stated, low) = (level(AssuranceLevel::Substantial), level(AssuranceLevel::Low));
    let why = "The manager was authenticated at a lower level than the letter itself asks for.";
    let der = letter.forged(&asking, &[(&stated, &low)])?;
    let case = letter.case_of("mandate/sender-at-low-assurance", why, &asking, der, &[]).sending(None);
    cases.push(case.register("register").failed("FORMAT_FAILURE", "statement", "assurance-too-low"));

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
    let why = "Nothing says how the person who sent the letter was authenticated.";
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
        ("mandate/not-authenticated", "assurance-too-low", why, &by_manager, (unstated, String::new())),
    ] {
        let der = letter.forged(sending, &[(&from, &to)])?;
        let case = letter.case_of(id, why, sending, der, &[]).sending(None).register("register");
        let case = case.failed("FORMAT_FAILURE", "statement", code);
        cases.push(if code == "outsider-as-manager" { not_registered(case) } else { case });
    }
    Ok(())
}

/// The register has no such party, besides.
fn not_registered(case: Case) -> Case {
    case.finding("statement", "mandate-not-proven", "indeterminate")
}

/// The letter to an enterprise, whose sender asks for an assurance.
fn enterprise_letter<'w>(world: &'w World, cases: &mut Vec<Case>) -> Result<Letter<'w>> {
    let terms = Terms::new().with_required_assurance(AssuranceLevel::Substantial);
    let sending = to(64, enterprise(ENTERPRISE)?)?.with_terms(terms)?;
    letter_by(world, "mandate/sending-to-enterprise", "The letter goes to an enterprise.", &sending, cases)
}

/// The opening by a person of the provider, by the mandate that an extract shows.
fn opening_by_provider(letter: &Letter<'_>, number: u8, extract: RegisterStatement) -> Result<Opening> {
    let provider = MandateLink::new(enterprise(PROVIDER)?, LinkRole::Provider);
    let chain = vec![provider, MandateLink::new(person(PERSON)?, LinkRole::User)];
    let mandate = mandate(MandateRole::Provider, enterprise(ENTERPRISE)?, chain, MandateAction::Open, extract)?;
    Ok(opened(letter, number, PERSON)?.with_mandate(mandate)?)
}

/// An enterprise whose letters its provider opens.
fn by_provider(letter: &Letter<'_>, extract: RegisterStatement, cases: &mut Vec<Case>) -> Result<Opening> {
    let opening = opening_by_provider(letter, 65, extract)?;
    let sealer = &letter.world.sealer;
    let why = "A person of the provider opens the letter.";
    let proven = letter.case("mandate/provider", why, sealer, &opening, &[])?.register("register");
    cases.push(proven.also("statement", "mandate-proven", "passed"));
    let why = "A person of the provider opens the letter, and the register's extract is not at hand.";
    let alone = letter.case("mandate/not-proven", why, sealer, &opening, &[])?;
    cases.push(alone.indeterminate("SIGNED_DATA_NOT_FOUND", "statement", "mandate-not-proven"));
    Ok(opening)
}

/// The same with one thing changed before it is sealed.
fn not_by_provider(letter: &Letter<'_>, opening: &Opening, cases: &mut Vec<Case>) -> Result<()> {
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
        let der = letter.forged(opening, &[(&stated, &instead)])?;
        let case = letter.case_of(id, why, opening, der, &[]).register("register");
        let is_registered = code != "provider-is-principal";
        let is_low = code == "assurance-too-low";
        let case = case.failed("FORMAT_FAILURE", if is_low { "link" } else { "statement" }, code);
        let case = if is_registered { case } else { not_registered(case) };
        cases.push(if is_low { case.warning("statement", "opened-at-low-assurance") } else { case });
    }
    Ok(())
}

/// Registers that have no such mandate at the time of the event.
fn registers(
    letter: &Letter<'_>,
    register: &Register,
    cases: &mut Vec<Case>,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<()> {
    let revoked = without_provider()?.with_entry(provider_entry()?.with_revocation(at(REVOKED))?)?;
    let another = entry(number(ENTERPRISE)?, number(SUCCESSOR)?, RegisteredRole::Provider)?;
    let second = entry(number(ENTERPRISE)?, niss(PERSON)?, RegisteredRole::LocalManager)?;
    let send = MandateScope::new("registered-mail", [MandateAction::Send])?;
    let narrow = without_provider()?.with_entry(provider_entry()?.with_scope(send))?;
    for (number, name, code, why, extract) in [
        (70, "revoked", "mandate-not-in-force", "The provider was revoked an hour before the extract.", revoked),
        (71, "providers", "too-many-providers", "The recipient has two providers.", extract()?.with_entry(another)?),
        (72, "managers", "manager-count", "The recipient has two local managers.", extract()?.with_entry(second)?),
        (73, "narrow", "action-not-granted", "The register has the provider for sending alone.", narrow),
    ] {
        let opening = opening_by_provider(letter, number, register.sign(name, &extract, files)?)?;
        let id: &'static str = match name {
            "revoked" => "mandate/revoked",
            "providers" => "mandate/too-many-providers",
            "managers" => "mandate/manager-count",
            _ => "mandate/not-granted-by-register",
        };
        let case = letter.case(id, why, &letter.world.sealer, &opening, &[])?.register(name);
        cases.push(case.failed("FORMAT_FAILURE", "statement", code));
    }
    let old = without_provider_at(LONG_BEFORE)?.with_entry(provider_entry()?)?;
    let opening = opening_by_provider(letter, 78, register.sign("old", &old, files)?)?;
    let why = "The extract is more than a week older than the opening.";
    let case = letter.case("mandate/old-extract", why, &letter.world.sealer, &opening, &[])?.register("old");
    cases.push(case.warning("statement", "register-extract-old").also("statement", "mandate-proven", "passed"));
    Ok(())
}

/// A citizen whose letters somebody else opens for a time.
fn for_citizens(world: &World, extract: RegisterStatement, cases: &mut Vec<Case>) -> Result<()> {
    let letter = letter_by(
        world,
        "mandate/sending-to-citizen",
        "The letter goes to a citizen.",
        &to(66, person(NISS)?)?,
        cases,
    )?;
    let chain = vec![MandateLink::new(person(PERSON)?, LinkRole::Mandatary)];
    let mandate = mandate(MandateRole::Mandatary, person(NISS)?, chain, MandateAction::Open, extract)?;
    let opening = opened(&letter, 67, PERSON)?.with_mandate(mandate)?;
    let why = "Somebody whom the recipient mandated opens the letter.";
    let proven = letter.case("mandate/mandatary", why, &world.sealer, &opening, &[])?.register("register");
    cases.push(proven.also("statement", "mandate-proven", "passed"));
    Ok(())
}

/// Recipients who open a letter by another identifier than it was sent to.
fn successions(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let letter =
        letter_by(world, "mandate/sending-to-bis", "The letter goes to a BIS number.", &to(68, person(BIS)?)?, cases)?;
    let (bis, niss) = (BIS.parse::<Niss>()?, NISS.parse::<Niss>()?);
    let succession = IdentifierSuccession::new(bis, niss, "national register", at(MERGED))?;
    let opening =
        Opening::of(&letter.sent, ActedBy::Recipient(1), assurance(OPENED, AssuranceLevel::High)?, at(OPENED))?;
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
    let opened_by = ActedBy::Delegate { party: person(by)?, acting_for: vec![1] };
    let opening = Opening::of(&letter.sent, opened_by, assurance(OPENED, AssuranceLevel::Substantial)?, at(OPENED))?;
    Ok(opening.with_evidence_identifier(identifier(number, OPENED)))
}
