//! Letters as a mailbox provider has them: another recipient, title, ticket and content each time.

use std::time::Instant;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use recommande::evidence::{Assurance, AssuranceLevel, Language, RegisteredMail, Ticket};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::{MessageId, PartDescription, Party, PayloadDigests, Sending};

use crate::arguments::Error;
use crate::meter::Clock;
use crate::threads;

/// The letters of these numbers, in their order.
pub fn written(numbers: Vec<usize>, now: DateTime<Utc>, clock: &mut Clock) -> Result<Vec<Sending>, Error> {
    let started = Instant::now();
    let write = |number| sending(number, now).map_err(|error| error.to_string());
    let letters = threads::map(numbers, write).into_iter().collect::<Result<Vec<_>, _>>()?;
    clock.add(started.elapsed(), letters.len());
    Ok(letters)
}

/// The letter of this number. Its payload is hashed here, as a service does when it takes a letter in.
fn sending(number: usize, now: DateTime<Utc>) -> Result<Sending, Error> {
    let ticket = ticket(number);
    let submitted = now.trunc_subsecs(0) - TimeDelta::seconds(1);
    let digests = PayloadDigests::of_bytes(format!("Letter {number}. Dear reader, ...").as_bytes());
    let annex = PayloadDigests::of_bytes(format!("Annex to letter {number}").as_bytes());
    let authenticated = Assurance::new(AssuranceLevel::High, submitted, "urn:be:fedict:iam:fas:enterprise")?;
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?
        .with_assurance(authenticated);
    let item =
        RegisteredMail::new(Ticket::new(&ticket)?, &format!("Decision {number}"), "decision", Language::English)?;
    let letter = PartDescription::new("letter.pdf", "application/pdf")?;
    let recipient = Party::new(Niss::new(&niss(number))?);
    Ok(Sending::new(MessageId::new(&ticket)?, sender, recipient, letter, digests, submitted)?
        .with_part(PartDescription::new("annex.pdf", "application/pdf")?, annex)?
        .with_national_extension(item))
}

/// The number of the letter with this message.
pub fn number_of(message: &MessageId) -> Option<usize> {
    message.as_str().strip_prefix("1ZH")?.parse().ok()
}

fn ticket(number: usize) -> String {
    format!("1ZH{number:010}")
}

/// An identifier that has a right check number and, with 40 added to its month, is none of the register: a "bis"
/// number.
fn niss(number: usize) -> String {
    let (day, serial) = (number / 997 % 28 + 1, number % 997 + 1);
    let base = u64::try_from(854_100_000 + day * 1000 + serial).unwrap_or_default();
    format!("{base:09}{:02}", 97 - base % 97)
}
