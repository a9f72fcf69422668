//! Proofs whose statement commits to what identifies a person, with and without their disclosure.

use recommande::evidence::{
    ActedBy, AssuranceLevel, Codec, Commitment, Committed, DisclosedField, Disclosure, EvidenceIdentifier, Field,
    PartyField, Role, SaltSeed, Salts, Statement, Terms,
};
use recommande::identity::Niss;
use recommande::verify::SendingContext;
use recommande::{Opening, Payload, Sending, Verifier};
use serde_json::json;

use crate::case::{Case, FORGED, SEALED};
use crate::manifest::{CommitmentVector, DisclosureVector};
use crate::world::{
    LETTER, NOW, OPENED, Result, SIGNED, STAMPED, SUBMITTED, World, assurance, at, identifier, replaced, sending,
    stamp, stamp_opening,
};

const PATH: &str = "/RecipientDetails/0/Identifier/value";
const SENDER: &str = "/SenderDetails/Identifier/value";
const SSIN: &str = "urn:be:fgov:person:ssin";
const ENTERPRISE: &str = "urn:be:fgov:kbo-bce:organization:cbe-number";
const NISS: &str = "85073003328";
const ANOTHER: &str = "79021806501";

const RECIPIENT: Field = Field::Party(Role::Recipient(1), PartyField::Identifier);

/// The members of everything here, and the disclosures beside it.
pub struct Commitments {
    pub cases: Vec<Case>,
    pub disclosures: Vec<(String, Vec<u8>)>,
    pub values: Vec<CommitmentVector>,
    pub unreadable: Vec<DisclosureVector>,
}

/// The octets 0 to 31.
fn seed() -> Result<SaltSeed> {
    Ok(SaltSeed::from_bytes(&(0..32).collect::<Vec<u8>>())?)
}

fn committed(number: u8) -> Result<Committed<Sending>> {
    let sending = sending(number, LETTER)?;
    Ok(Committed::of(&sending, &Field::personal(&sending), Salts::Seed(&seed()?))?)
}

pub fn all(world: &World) -> Result<Commitments> {
    let (statement, disclosure) = committed(5)?.into_parts();
    let proof = stamp(&world.pki, world.sealer.seal(&statement, at(SIGNED))?, STAMPED, 5)?;
    let der = || proof.der().to_vec();
    let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), recommande::Environment::Test);
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let verified = verifier.verify(&proof, context, at(NOW))?;
    let (opening, of_opening) = opening(&verified)?.into_parts();
    let opening = stamp_opening(world, &opening)?.der().to_vec();

    let identifier = statement.evidence_identifier();
    let of = |identifier: EvidenceIdentifier, fields: Vec<DisclosedField>| {
        Ok::<_, Box<dyn std::error::Error>>(Disclosure::new(identifier, fields)?)
    };
    let entry = |path: &str, scheme: &str, value: &str| -> Result<DisclosedField> {
        Ok(DisclosedField::new(path, scheme, value, seed()?.salt(path))?)
    };
    let (no_value, of_no_value) = no_value(world)?;
    let (reply_to, of_reply_to) = reply_to(world)?;
    let files = [
        ("sending", disclosure.clone()),
        ("opening", of_opening),
        ("recipient-erased", disclosure.clone().without(PATH)?.ok_or("nothing is left")?),
        ("another-person", of(identifier, vec![entry(PATH, SSIN, ANOTHER)?])?),
        ("another-salt", of(identifier, vec![DisclosedField::new(PATH, SSIN, NISS, seed()?.salt(SENDER))?])?),
        ("another-field", of(identifier, vec![entry(SENDER, ENTERPRISE, "0566988259")?])?),
        ("another-proof", committed(6)?.into_parts().1),
        ("no-value", of_no_value),
        ("reply-to", of_reply_to),
    ];
    let sealed = |id: &str, why: &str, disclosure: &str| Case::new(id, SEALED, why, der()).disclosure(disclosure);
    let failed = |name: &str, why: &str, code: &str| {
        sealed(&format!("commitment/{name}"), why, name).failed("HASH_FAILURE", "statement", code)
    };
    let also_disclosed = |case: Case| case.also("statement", "identity-disclosed", "information");
    let also_erased = |case: Case| case.also("statement", "identity-not-disclosed", "information");
    let opened = |id: &str, why: &str| {
        let case = Case::opening(id, SEALED, why, opening.clone());
        case.sending(Some("good/committed.p7m")).proven_at(crate::world::OPENING_STAMPED)
    };
    let json = String::from_utf8(Codec::Json.encode(&statement, world.sealer.issuer())?)?;
    let edited = |id: &str, why: &str, error: &str, from: &str, to: &str| -> Result<Case> {
        Ok(Case::malformed(
            &format!("commitment/{id}"),
            why,
            world.sealed(replaced(&json, from, to).as_bytes())?,
            error,
        ))
    };
    let cases = vec![
        also_disclosed(sealed(
            "good/committed",
            "The statement commits to recipient, title and file name, and the disclosure gives them.",
            "sending",
        )),
        also_erased(Case::new(
            "good/committed-erased",
            SEALED,
            "The disclosure is erased: the proof passes, and nobody can say who.",
            der(),
        )),
        also_disclosed(
            Case::new(
                "commitment/reply-to",
                SEALED,
                "The statement commits to whom replies go to, and the disclosure gives it.",
                reply_to,
            )
            .disclosure("reply-to"),
        ),
        also_erased(also_disclosed(sealed(
            "good/committed-recipient-erased",
            "The recipient is erased from the disclosure, and the rest is there.",
            "recipient-erased",
        ))),
        also_disclosed(
            opened(
                "good/committed-opening",
                "The disclosed recipient opened it; both disclosures are there, and their values agree.",
            )
            .disclosure("opening")
            .sending_disclosure("sending"),
        ),
        opened(
            "good/committed-opening-erased",
            "Both disclosures are erased: the opening names its sending, and what is hidden is not compared.",
        )
        .also("link", "sending-matches", "passed")
        .also("link", "commitments-not-compared", "information"),
        sealed(
            "commitment/demanded",
            "The policy demands the disclosure, from which the recipient is erased.",
            "recipient-erased",
        )
        .policy(json!({"levels": {"identity-not-disclosed": "fail"}}))
        .indeterminate("SIGNED_DATA_NOT_FOUND", "statement", "identity-not-disclosed"),
        failed("another-person", "The disclosure names another person.", "disclosure-differs"),
        failed("another-salt", "The salt is that of another field.", "disclosure-differs"),
        failed("another-field", "The disclosure names a field that is no commitment.", "disclosure-of-another-field"),
        failed("another-proof", "The disclosure is of another proof.", "disclosure-of-another-proof"),
        Case::new("commitment/no-value", FORGED, "The issuer committed to a text that is no NISS.", no_value)
            .disclosure("no-value")
            .failed("FORMAT_FAILURE", "statement", "commitment-to-no-value"),
        edited(
            "method",
            "A method of commitments that nobody knows.",
            "Statement(CommitmentMethod)",
            r#""Method":"urn:recommande:committed:1""#,
            r#""Method":"urn:recommande:committed:9""#,
        )?,
        edited(
            "path",
            "A path of a field that cannot be a commitment.",
            "Statement(CommitmentPath)",
            &format!(r#""Path":["{PATH}""#),
            r#""Path":["/MessageIdentifier""#,
        )?,
        edited(
            "not-listed",
            "The identifier is a commitment, and the list does not name it.",
            "Statement(Refused)",
            &format!(r#""Path":["{PATH}","#),
            r#""Path":["#,
        )?,
    ];
    let mut disclosures: Vec<_> =
        files.iter().map(|(name, disclosure)| (file(name), disclosure.to_json().into_bytes())).collect();
    let values = disclosure.fields().iter().map(|entry| value(identifier, entry)).collect();
    let (short, unreadable) = short_salt(&disclosure)?;
    disclosures.push((unreadable.file.clone(), short));
    Ok(Commitments { cases, disclosures, values, unreadable: vec![unreadable] })
}

/// A disclosure with a salt of half the length, which could be searched for.
fn short_salt(disclosure: &Disclosure) -> Result<(Vec<u8>, DisclosureVector)> {
    let first = disclosure.fields().first().ok_or("a field")?.salt().to_base64();
    // 22 characters of base64url are 16 octets, where the last one stands for two bits.
    let short = format!("{}A", first.get(..21).ok_or("a salt")?);
    let octets = replaced(&disclosure.to_json(), &first, &short).into_bytes();
    let vector = DisclosureVector {
        id: "commitment/short-salt".to_owned(),
        file: file("short-salt"),
        why: "A salt of 16 octets, where a commitment has 32.".to_owned(),
        error: "the disclosure holds a salt of 16 octets, where 32 are needed".to_owned(),
    };
    Ok((octets, vector))
}

fn file(name: &str) -> String {
    format!("commitment/{name}.disclosure.json")
}

/// The opening of the disclosed sending, with an identifier that never changes.
fn opening(verified: &recommande::Verified<Sending>) -> Result<Committed<Opening>> {
    let assurance = assurance(AssuranceLevel::Substantial)?;
    let random = Opening::of_disclosed(verified, ActedBy::Recipient(1), assurance, at(OPENED), Salts::Random)?;
    let clear = random.disclosure().reveal(random.statement())?.with_evidence_identifier(identifier(6, OPENED));
    Ok(Committed::of(&clear, random.statement().committed_fields(), Salts::Seed(&seed()?))?)
}

/// A sending that commits to whom replies go to, and its disclosure.
fn reply_to(world: &World) -> Result<(Vec<u8>, Disclosure)> {
    let plain = sending(8, LETTER)?.with_terms(Terms::new().with_reply_to(ANOTHER.parse::<Niss>()?))?;
    let fields = [Field::Party(Role::ReplyTo, PartyField::Identifier)];
    let (statement, disclosure) = Committed::of(&plain, &fields, Salts::Seed(&seed()?))?.into_parts();
    let proof = stamp(&world.pki, world.sealer.seal(&statement, at(SIGNED))?, STAMPED, 8)?;
    Ok((proof.der().to_vec(), disclosure))
}

/// A sealed commitment to what is no NISS, and its disclosure.
fn no_value(world: &World) -> Result<(Vec<u8>, Disclosure)> {
    let plain = sending(5, LETTER)?;
    let (statement, _) = Committed::of(&plain, &[RECIPIENT], Salts::Seed(&seed()?))?.into_parts();
    let json = String::from_utf8(Codec::Json.encode(&statement, world.sealer.issuer())?)?;
    let stated = statement.recipients().first().ok_or("a recipient")?.identifier().value().to_owned();
    let salt = seed()?.salt(PATH);
    let identifier = identifier(5, SUBMITTED);
    let commitment = Commitment::new(&salt, identifier, PATH, SSIN, "nobody").to_string();
    let disclosure = Disclosure::new(identifier, [DisclosedField::new(PATH, SSIN, "nobody", salt)?])?;
    Ok((world.sealed(replaced(&json, &stated, &commitment).as_bytes())?, disclosure))
}

fn value(identifier: EvidenceIdentifier, entry: &DisclosedField) -> CommitmentVector {
    let texts = ["recommande commitment v1", &identifier.to_string(), entry.path(), entry.scheme(), entry.value()];
    let message = texts.iter().flat_map(|text| {
        let length = u32::try_from(text.len()).expect("a short text");
        length.to_be_bytes().into_iter().chain(text.bytes())
    });
    let commitment = Commitment::new(entry.salt(), identifier, entry.path(), entry.scheme(), entry.value());
    CommitmentVector {
        salt: entry.salt().to_base64().to_string(),
        evidence_identifier: identifier.to_string(),
        path: entry.path().to_owned(),
        scheme: entry.scheme().to_owned(),
        value: entry.value().to_owned(),
        message: message.map(|octet| format!("{octet:02x}")).collect(),
        commitment: commitment.to_string(),
    }
}
