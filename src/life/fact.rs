//! The facts of one letter: what was sealed about it, in the order in which it happened.

use std::cmp::Ordering;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serializer;
use serde::ser::SerializeSeq;

use super::judged::{Judged, Standing, Stated, VerifiableUntil};
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Event, Statement};
use crate::finding::{Finding, Outcome, Subject};
use crate::seal::ProofId;

/// A sealed statement about a letter.
#[derive(Clone, Copy)]
pub(super) struct Fact<'a> {
    pub(super) stated: &'a Stated,
    pub(super) standing: &'a Standing,
    pub(super) verifiable_until: VerifiableUntil,
    /// What was found of the signatures of the parties.
    pub(super) signatures: &'a [Finding],
    pub(super) event: Event,
    /// When it happened: not before what it follows, since clocks of services differ.
    happened: DateTime<Utc>,
    /// What it follows is among the facts.
    is_linked: bool,
}

impl<'a> Fact<'a> {
    pub(super) fn id(&self) -> ProofId {
        self.stated.id
    }

    pub(super) fn statement(&self) -> &'a AnyStatement {
        &self.stated.statement
    }

    /// The time of the event, as stated.
    pub(super) fn at(&self) -> DateTime<Utc> {
        self.stated.statement.event_time()
    }

    /// Tells if it verified, and what it follows is there: it may have verified elsewhere.
    pub(super) fn is_proven(&self) -> bool {
        matches!(self.standing, Standing::Proven) && self.is_linked
    }

    /// Tells if it counts for the state: it is proven, or would be with what it follows.
    pub(super) fn counts(&self) -> bool {
        matches!(self.standing, Standing::Proven | Standing::Unlinked(_))
    }

    /// Tells if it is about this recipient, or about all of them.
    pub(super) fn concerns(&self, recipient: usize) -> bool {
        self.statement().refers_to_recipient().is_none_or(|referred| referred == recipient)
    }

    /// Tells if both are by one service.
    pub(super) fn is_by_service_of(&self, fact: &Fact<'_>) -> bool {
        self.stated.service == fact.stated.service
    }

    /// The outcome of what was found of the submission that a sending names, the worst one; `None` where none was given.
    pub(super) fn submission(&self) -> Option<Outcome> {
        let of_submission = self.signatures.iter().filter(|finding| finding.subject == Subject::Submission);
        of_submission.map(|finding| finding.outcome).max()
    }

    /// Tells if the acceptance has the recipient's own signature, and nobody evaluated it.
    pub(super) fn has_unevaluated_signature(&self) -> bool {
        self.statement().recipient_signature().is_some() && self.signatures.is_empty()
    }

    pub(super) fn is_sending(&self) -> bool {
        matches!(self.statement(), AnyStatement::Sending(_))
    }

    /// The identifiers of what it follows: the sending, and what led to it directly.
    pub(super) fn follows(&self) -> impl Iterator<Item = &'a Digest> {
        let statement = self.statement();
        [statement.preceding_evidence(), statement.caused_by()]
            .into_iter()
            .flatten()
            .map(|preceding| preceding.proof_id())
    }
}

/// Brings what is sealed about a letter into the order in which it happened. Each sealed statement counts once, by the file in
/// which it counts for most.
///
/// The order is that of the events' times, none before what it follows, then that of the table of events, then that of the
/// identifiers, so that the order of the files has no part in it.
pub(super) fn in_order<'a>(judged: impl Iterator<Item = &'a Judged>) -> Vec<Fact<'a>> {
    let mut facts: Vec<Fact<'a>> = Vec::new();
    let mut places: HashMap<&Digest, usize> = HashMap::new();
    for judged in judged {
        // Claims say nothing.
        let (Some(stated), Some(_)) = (&judged.stated, weight(&judged.standing)) else { continue };
        let event = stated.statement.event();
        let (standing, verifiable_until) = (&judged.standing, judged.verifiable_until);
        let (signatures, happened) = (judged.signatures.as_slice(), stated.statement.event_time());
        let fact = Fact { stated, standing, verifiable_until, signatures, event, happened, is_linked: false };
        match places.get(stated.id.digest()).and_then(|place| facts.get_mut(*place)) {
            Some(present) if by_worth(present, &fact).is_ge() => {}
            Some(present) => *present = fact,
            None => {
                places.insert(stated.id.digest(), facts.len());
                facts.push(fact);
            }
        }
    }
    link(&mut facts, &places);
    settle(&mut facts, &places);
    facts.sort_by(|earlier, later| {
        let key = |fact: &Fact<'_>| (fact.happened, place_in_table(fact.event));
        key(earlier).cmp(&key(later)).then_with(|| earlier.id().digest().as_bytes().cmp(later.id().digest().as_bytes()))
    });
    facts
}

/// Finds out of which facts all that they follow directly is there and verified.
fn link(facts: &mut [Fact<'_>], places: &HashMap<&Digest, usize>) {
    let verified: Vec<bool> = facts.iter().map(|fact| matches!(fact.standing, Standing::Proven)).collect();
    let is_there =
        |id: &Digest| places.get(id).and_then(|place| verified.get(*place)).is_some_and(|verified| *verified);
    for fact in facts {
        let is_linked = fact.follows().all(is_there);
        fact.is_linked = is_linked;
    }
}

/// Moves each fact behind what it follows, through all steps between.
fn settle(facts: &mut [Fact<'_>], places: &HashMap<&Digest, usize>) {
    let mut settled = vec![false; facts.len()];
    for start in 0..facts.len() {
        let mut chain = Vec::new();
        let mut next = Some(start);
        // Up to what is settled. Nobody can make a circle of digests; it would end here too.
        while let Some(place) = next
            && let Some(done @ false) = settled.get_mut(place)
        {
            *done = true;
            chain.push(place);
            let cause = facts.get(place).and_then(|fact| fact.statement().caused_by());
            next = cause.and_then(|cause| places.get(cause.proof_id())).copied();
        }
        for place in chain.into_iter().rev() {
            let Some(fact) = facts.get(place).copied() else { continue };
            let preceding = fact.follows().filter_map(|id| places.get(id)).filter_map(|place| facts.get(*place));
            let happened = preceding.map(|preceding| preceding.happened).max().max(Some(fact.happened));
            if let (Some(happened), Some(fact)) = (happened, facts.get_mut(place)) {
                fact.happened = happened;
            }
        }
    }
}

/// Orders files with one sealed statement by what they count for.
///
/// The identifier of a statement of a batch does not fix who sealed it. So a seal by the holder of the issuer's number comes
/// first, whatever a stranger made of the same octets. All that is told of a fact has a part in the order, so that the order of
/// the files has none.
fn by_worth(fact: &Fact<'_>, of_other: &Fact<'_>) -> Ordering {
    // Of a proof that was renewed the old file may lie there too, and one may have been judged with what the parties signed.
    let worth = |fact: &Fact<'_>| {
        let is_told = !fact.signatures.is_empty();
        (fact.stated.service.holds_number(), weight(fact.standing), fact.verifiable_until, is_told)
    };
    worth(fact).cmp(&worth(of_other)).then_with(|| by_words(fact, of_other))
}

fn by_words(fact: &Fact<'_>, of_other: &Fact<'_>) -> Ordering {
    fn findings<'a>(fact: &Fact<'a>) -> impl Iterator<Item = (&'static str, Option<&'a str>, Option<&'a str>)> {
        fact.standing.finding().into_iter().chain(fact.signatures).map(words)
    }
    let by_service = fact.stated.service.cmp(&of_other.stated.service);
    by_service.then_with(|| findings(fact).cmp(findings(of_other)))
}

/// What a finding says, by which findings are ordered that nobody put into an order.
pub(super) fn words(finding: &Finding) -> (&'static str, Option<&str>, Option<&str>) {
    (finding.code.as_str(), finding.stated.as_deref(), finding.computed.as_deref())
}

/// Of several files with one sealed statement, that of most weight counts. What nobody sealed has none.
fn weight(standing: &Standing) -> Option<u8> {
    match standing {
        Standing::Proven => Some(3),
        Standing::Unlinked(_) => Some(2),
        Standing::Contrary(..) => Some(1),
        Standing::Claimed(_) => None,
    }
}

/// The place of an event among those of one instant: what brings a message in comes first.
fn place_in_table(event: Event) -> usize {
    if event == Event::ReceivedFromNonERDS {
        return 0;
    }
    Event::ALL.iter().position(|in_table| *in_table == event).map_or(usize::MAX, |place| place + 1)
}

/// Writes identifiers of proofs as reports have them.
pub(super) fn ids<S: Serializer>(ids: &[ProofId], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(ids.len()))?;
    ids.iter().try_for_each(|id| list.serialize_element(&id.to_string()))?;
    list.end()
}

/// Writes the identifier of a proof as reports have it.
pub(super) fn id<S: Serializer>(id: &ProofId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
