//! The facts of one letter: what was sealed about it, in the order in which it happened.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde::Serializer;
use serde::ser::SerializeSeq;

use super::judged::{Judged, Standing, Stated, VerifiableUntil, place_of};
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Event, Statement};
use crate::finding::{Finding, Outcome, Subject};
use crate::seal::ProofId;

/// A sealed statement about a letter.
#[derive(Clone, Copy)]
pub(super) struct Fact<'a> {
    judged: &'a Judged,
    pub(super) stated: &'a Stated,
    pub(super) event: Event,
    /// When it happened: not before what it follows, since clocks of services differ.
    happened: DateTime<Utc>,
    /// What it follows is among the facts.
    is_linked: bool,
}

impl<'a> Fact<'a> {
    /// Claims say nothing.
    fn of(judged: &'a Judged) -> Option<Self> {
        weight(&judged.standing)?;
        let stated = judged.stated.as_ref()?;
        let (event, happened) = (stated.statement.event(), stated.statement.event_time());
        Some(Self { judged, stated, event, happened, is_linked: false })
    }

    pub(super) fn id(&self) -> ProofId {
        self.stated.id
    }

    pub(super) fn statement(&self) -> &'a AnyStatement {
        &self.stated.statement
    }

    pub(super) fn standing(&self) -> &'a Standing {
        &self.judged.standing
    }

    pub(super) fn verifiable_until(&self) -> VerifiableUntil {
        self.judged.verifiable_until
    }

    /// What was found of the signatures of the parties.
    pub(super) fn signatures(&self) -> &'a [Finding] {
        &self.judged.signatures
    }

    /// The time of the event, as stated.
    pub(super) fn at(&self) -> DateTime<Utc> {
        self.stated.statement.event_time()
    }

    /// Tells if it verified, and what it follows is there: it may have verified elsewhere.
    pub(super) fn is_proven(&self) -> bool {
        self.is_verified() && self.is_linked
    }

    fn is_verified(&self) -> bool {
        matches!(self.standing(), Standing::Proven)
    }

    /// Tells if it counts for the state: it is proven, or would be with what it follows.
    pub(super) fn counts(&self) -> bool {
        matches!(self.standing(), Standing::Proven | Standing::Unlinked(_))
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
        let of_submission = self.signatures().iter().filter(|finding| finding.subject == Subject::Submission);
        of_submission.map(|finding| finding.outcome).max()
    }

    /// Tells if the acceptance has the recipient's own signature, and nobody evaluated it.
    pub(super) fn has_unevaluated_signature(&self) -> bool {
        self.statement().recipient_signature().is_some() && self.signatures().is_empty()
    }

    pub(super) fn is_sending(&self) -> bool {
        matches!(self.statement(), AnyStatement::Sending(_))
    }

    /// The identifiers of what it follows: the sending, and what led to it directly.
    pub(super) fn follows(&self) -> [Option<&'a Digest>; 2] {
        let statement = self.statement();
        [statement.preceding_evidence(), statement.caused_by()].map(|preceding| Some(preceding?.proof_id()))
    }
}

/// Brings what is sealed about a letter into the order in which it happened. Each sealed statement counts once, by the file in
/// which it counts for most.
///
/// The order is that of the events' times, none before what it follows, then that of the table of events, then that of the
/// identifiers, so that the order of the files has no part in it.
pub(super) fn in_order<'a>(judged: impl ExactSizeIterator<Item = &'a Judged>) -> Vec<Fact<'a>> {
    let mut facts: Vec<Fact<'a>> = Vec::with_capacity(judged.len());
    facts.extend(judged.filter_map(Fact::of));
    facts.sort_by(|fact, of_other| {
        fact.stated.by_identifier(of_other.stated.id.digest()).then_with(|| by_worth(fact, of_other).reverse())
    });
    facts.dedup_by_key(|fact| fact.id());
    link_and_settle(&mut facts);
    // Those of one time and event stay in the order of their identifiers.
    facts.sort_by_key(|fact| (fact.happened, place_in_table(fact.event)));
    facts
}

/// The places of what a fact follows among facts in the order of their identifiers.
type Followed = [Option<usize>; 2];

/// Finds out of which facts all that they follow directly is there and verified, and moves each behind that.
fn link_and_settle(facts: &mut [Fact<'_>]) {
    let place = |id: &Digest| place_of(facts, id, |fact| fact.stated);
    let followed: Vec<Followed> = facts.iter().map(|fact| fact.follows().map(|id| place(id?))).collect();
    link(facts, &followed);
    settle(facts, &followed);
}

fn link(facts: &mut [Fact<'_>], followed: &[Followed]) {
    for (place, followed) in followed.iter().enumerate() {
        let is_there = |place: Option<usize>| place.and_then(|place| facts.get(place)).is_some_and(Fact::is_verified);
        let is_linked = |fact: &Fact<'_>| {
            fact.follows().iter().zip(followed).all(|(named, place)| named.is_none() || is_there(*place))
        };
        let is_linked = facts.get(place).is_some_and(is_linked);
        if let Some(fact) = facts.get_mut(place) {
            fact.is_linked = is_linked;
        }
    }
}

/// Moves each fact behind what it follows, through all steps between.
fn settle(facts: &mut [Fact<'_>], followed: &[Followed]) {
    let mut settled = vec![false; facts.len()];
    let mut chain: Vec<(usize, Followed)> = Vec::with_capacity(facts.len());
    for start in 0..facts.len() {
        let mut next = Some(start);
        // Up to what is settled. Nobody can make a circle of digests; it would end here too.
        while let Some(place) = next
            && let (Some(done @ false), Some(followed)) = (settled.get_mut(place), followed.get(place))
        {
            *done = true;
            chain.push((place, *followed));
            let [_, cause] = followed;
            next = *cause;
        }
        while let Some((place, followed)) = chain.pop() {
            let preceding = followed.into_iter().flatten().filter_map(|place| facts.get(place));
            let latest = preceding.map(|preceding| preceding.happened).max();
            if let Some(fact) = facts.get_mut(place) {
                fact.happened = latest.map_or(fact.happened, |latest| latest.max(fact.happened));
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
        let is_told = !fact.signatures().is_empty();
        (fact.stated.service.holds_number(), weight(fact.standing()), fact.verifiable_until(), is_told)
    };
    worth(fact).cmp(&worth(of_other)).then_with(|| by_words(fact, of_other))
}

fn by_words(fact: &Fact<'_>, of_other: &Fact<'_>) -> Ordering {
    fn findings<'a>(fact: &Fact<'a>) -> impl Iterator<Item = (&'static str, Option<&'a str>, Option<&'a str>)> {
        fact.standing().finding().into_iter().chain(fact.signatures()).map(words)
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
