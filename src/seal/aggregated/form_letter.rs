//! A form letter to many: the statements of a mailing, of which each is written and hashed and none is built.

use std::fmt;

use chrono::{DateTime, Utc};

use super::Aggregated;
use super::member::Member;
use crate::evidence::{Issuer, Particulars, Sending, SendingForm, Statement as _};
use crate::seal::delays::check_event;
use crate::seal::unstamped::sealed;
use crate::seal::{ProofId, SealError, Sealer};

/// A form letter makes the statements of a mailing to many. It is made of one sending, which has what all letters have alike.
///
/// Each letter is filled in by its [`Particulars`]: message, recipient, event time, and where they differ the payload, the
/// ticket and the sender's own reference. The octets are those that [`Sealer::aggregate_item`] gives for a sending of these
/// members, and every check of such a sending is made. It takes a fraction of the time, because no sending is built.
///
/// Persons stand in it in clear, since commitments are bound to one letter. Each proof holds the digest of a neighbour's statement
/// ([erasure](crate::manual::erasure)). Where that must not say anything, commit to the fields of each sending
/// ([`Committed`](crate::evidence::Committed)) and add it by [`Sealer::aggregate_item`].
///
/// The form keeps the octets of the letter that was filled in last. A copy makes letters in another thread.
///
/// ```
/// # use chrono::Utc;
/// # use recommande::{Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending};
/// # use recommande::identity::{EnterpriseNumber, Niss};
/// # use recommande::rfc3161_client::TsaPool;
/// # use recommande::testing::{TestPki, TestTsa};
/// use recommande::evidence::Particulars;
/// use recommande::seal::{AggregateItem, AggregateLeaves};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = Utc::now();
/// # let pki = TestPki::new(now)?.with_organization("Example Registered Mail", "NTRBE-0406798006")?;
/// # let service: EnterpriseNumber = "0406798006".parse()?;
/// # let issuer = Issuer::of("Example Registered Mail", &service, Environment::Test)?;
/// # let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
/// # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
/// # let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
/// # let part = PartDescription::new("letter.pdf", "application/pdf")?;
/// # let digests = PayloadDigests::of_bytes(b"the letter");
/// # let sending = Sending::new(MessageId::new("1")?, sender, Party::new("85073003328".parse::<Niss>()?), part, digests, now)?;
/// # let addressees = [("2", "85073003328"), ("3", "85073003328")];
/// let mut form = sealer.form_letter(&sending)?;
/// let mut leaves = AggregateLeaves::new(sealer.issuer());
/// let mut stored: Vec<Vec<u8>> = Vec::new();
/// for (id, niss) in addressees {
///     let recipient = Party::new(niss.parse::<Niss>()?);
///     let letter = form.fill_in(Particulars::new(MessageId::new(id)?, recipient, now)?, now)?;
///     leaves.add(&letter)?;
///     stored.push(letter.json().to_vec()); // name.json
/// }
/// let stamped = sealer.seal_aggregate(&leaves.close(17)?, now)?.stamp_with(&tsas)?;
/// let item = AggregateItem::<Sending>::from_json(&stored[0])?;
/// let proof = stamped.proof(item)?;
/// # assert_eq!(proof.parts().unwrap().statement(), &stored[0]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FormLetter {
    form: SendingForm,
    issuer: Issuer,
    announces_second_seal: bool,
    maximum_sealing_delay: u32,
}

impl Sealer {
    /// Makes a form letter of a sending. Message, recipients, times and identifier of the sending are examples, which each letter
    /// replaces; so is the ticket of its registered mail.
    ///
    /// # Errors
    /// `Statement` with `BoundToOneLetter` for what one letter alone can have: commitments, the sender's submission, a letter that
    /// is replied to, a delegate of a recipient. What would not be sealed: `Statement`.
    pub fn form_letter(&self, sending: &Sending) -> Result<FormLetter, SealError> {
        let sending = self.announcing(sending.clone());
        self.check_statement(&sending)?;
        Ok(FormLetter {
            form: SendingForm::of(&sending, self.issuer())?,
            issuer: self.issuer().clone(),
            announces_second_seal: sending.announced_seal().is_some(),
            maximum_sealing_delay: self.maximum_sealing_delay(),
        })
    }
}

impl FormLetter {
    /// Fills in one letter, after the checks that [`Sealer::aggregate_item`] makes of a sending. Store its octets before the next
    /// one is filled in.
    ///
    /// # Errors
    /// `EventAfterSigning`, `SealedTooLate`; `Statement` for what the sending could not be built or encoded for, with
    /// `TicketMissing` where the form has a registered mail and the letter no ticket, and `NoSuchField` for the reverse. The next
    /// letter can be filled in all the same.
    pub fn fill_in(&mut self, particulars: Particulars, now: DateTime<Utc>) -> Result<FilledIn<'_>, SealError> {
        let event_time = particulars.event_time();
        check_event(event_time, now, self.maximum_sealing_delay)?;
        let json = self.form.fill_in(particulars)?;
        let (issuer, announces_second_seal) = (&self.issuer, self.announces_second_seal);
        let id = ProofId::of_statement(json);
        Ok(FilledIn(Member { json, id, issuer, event_time, announces_second_seal }))
    }
}

impl fmt::Debug for FormLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormLetter").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// A letter of a form, with the octets of its statement. Store [`json`](Self::json) (`name.json`): it gives the
/// [`AggregateItem`](crate::seal::AggregateItem), of which the proof is made.
#[derive(Clone, Copy)]
pub struct FilledIn<'a>(Member<'a>);

impl FilledIn<'_> {
    /// Returns the octets to store.
    pub fn json(&self) -> &[u8] {
        self.0.json
    }

    /// Returns the identifier of the proof: SHA-256 over the octets of the statement.
    pub fn id(&self) -> ProofId {
        self.0.id
    }
}

impl fmt::Debug for FilledIn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FilledIn({}, {} octets)", self.id(), self.json().len())
    }
}

impl sealed::Sealed for FilledIn<'_> {}

impl Aggregated for FilledIn<'_> {
    fn member(&self) -> Member<'_> {
        self.0
    }
}
