//! Evidence in a foreign form beside the sealed proofs of a letter: whether it is about it, and what it adds.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::contradiction::{Contradiction, ContradictionKind};
use super::fact::Fact;
use super::fold::Folded;
use super::foreign::{ForeignEvent, ForeignEvidence, LetterName, Signer};
use super::foreign_fact::{ForeignEffect, ForeignFact, ForeignObjection};
use super::foreign_take::{out_of_order, take};
use super::limits::MAX_UNCOUNTED;
use crate::crypto::Digest;
use crate::evidence::{
    AnyStatement, ContentPart, Event, Field, Identifier, NationalExtension, Party, RegisteredMail, Statement,
};
use crate::seal::ProofId;

/// Evidence in foreign forms by the letter that it names, each group in an order in which that of the files has no part.
pub(super) struct ByLetter<'a>(HashMap<&'a LetterName, Vec<&'a ForeignEvidence>>);

/// The evidence that names the letter of a sealed submission: a sending, or a refusal where there is none.
#[derive(Default)]
pub(super) struct OfSubmission<'a> {
    compared: Vec<Compared<'a>>,
    /// The number of pieces that name none of the recipients and are not here.
    left_out: usize,
}

/// The place of a piece of evidence: the letter that it names, and its index among those that name it.
type Place<'a> = (&'a LetterName, usize);

/// What belongs to letters that services sealed.
#[derive(Default)]
pub(super) struct Matched<'a> {
    letters: HashSet<LetterName>,
    pieces: HashSet<Place<'a>>,
}

/// What is listed in a case, and the number of pieces that are not.
pub(super) struct Listed {
    pub(super) facts: Vec<ForeignFact>,
    pub(super) more: usize,
}

/// Evidence that names a letter, compared with its submission.
#[derive(Clone)]
pub(super) struct Compared<'a> {
    place: Place<'a>,
    evidence: &'a ForeignEvidence,
    /// The index of the recipient that it names, from 1; `None` if it names none of them.
    recipient: Option<usize>,
    objections: Vec<ForeignObjection>,
}

impl<'a> ByLetter<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn of(foreign: &'a [ForeignEvidence]) -> Self {
        let mut by_letter: HashMap<&LetterName, Vec<&ForeignEvidence>> = HashMap::new();
        for evidence in foreign {
            by_letter.entry(&evidence.stated.letter).or_default().push(evidence);
        }
        for group in by_letter.values_mut() {
            // Copies count once. Whatever differs may be what counts.
            group.sort_by_cached_key(|evidence| order(evidence));
            group.dedup();
        }
        Self(by_letter)
    }

    /// The evidence that names the ticket or the message of a submission, compared with it. Of several submissions of one letter
    /// each piece has the one that says the least against it, so that one more of them takes nothing away. Of what names none of the
    /// recipients, no more is there than a case lists.
    pub(super) fn of_submissions(&self, submissions: &[&Fact<'_>]) -> OfSubmission<'a> {
        let mut by_name: BTreeMap<LetterName, Vec<(&AnyStatement, Option<&RegisteredMail>)>> = BTreeMap::new();
        for submission in submissions {
            for (name, mail) in names(submission) {
                by_name.entry(name).or_default().push((submission.statement(), mail));
            }
        }
        let compare = |(name, submissions): (&LetterName, &Vec<(&AnyStatement, Option<&RegisteredMail>)>)| {
            let group = self.0.get_key_value(name).into_iter();
            let group = group
                .flat_map(|(letter, group)| group.iter().enumerate().map(|(index, piece)| ((*letter, index), *piece)));
            group.flat_map(|(place, evidence)| nearest(place, evidence, submissions)).collect::<Vec<_>>()
        };
        let mut of_nobody = 0_usize;
        let is_listed = |compared: &Compared<'_>| {
            of_nobody += usize::from(compared.recipient.is_none());
            compared.recipient.is_some() || of_nobody <= MAX_UNCOUNTED
        };
        // Failures come last under both names together.
        let mut compared: Vec<Compared<'_>> = by_name.iter().flat_map(compare).collect();
        compared.sort_by_cached_key(|compared| order(compared.evidence));
        compared.retain(is_listed);
        OfSubmission { compared, left_out: of_nobody.saturating_sub(MAX_UNCOUNTED) }
    }

    /// What belongs to no sealed letter, by its name and in the order of the names, tickets first. Each has pieces.
    ///
    /// Of a name that a sealed submission has, it is what is proven and not about the letter of that: whoever seals a submission
    /// with the name of another letter must not take away what is proven of that one. A refusal that contradicts the sending of its
    /// own service is about that letter, whatever content it speaks of.
    pub(super) fn without(&self, matched: &Matched<'_>) -> Vec<(&'a LetterName, Vec<&'a ForeignEvidence>)> {
        let mut left: Vec<_> = self.0.iter().map(|(letter, group)| (*letter, matched.left_of(letter, group))).collect();
        left.retain(|(_, group)| !group.is_empty());
        left.sort_unstable_by_key(|(letter, _)| *letter);
        left
    }
}

impl Matched<'_> {
    /// Notes the names of a submission.
    pub(super) fn submission(&mut self, submission: &Fact<'_>) {
        self.letters.extend(names(submission).map(|(name, _)| name));
    }

    fn left_of<'e>(&self, letter: &LetterName, group: &[&'e ForeignEvidence]) -> Vec<&'e ForeignEvidence> {
        if !self.letters.contains(letter) {
            return group.to_vec();
        }
        let pieces = group
            .iter()
            .enumerate()
            .filter(|(index, evidence)| evidence.proven_at().is_some() && !self.pieces.contains(&(letter, *index)));
        pieces.map(|(_, evidence)| *evidence).collect()
    }
}

/// What evidence may call the letter of a submission: its tickets, with what the national service says of the item, and its message.
fn names<'a>(submission: &Fact<'a>) -> impl Iterator<Item = (LetterName, Option<&'a RegisteredMail>)> {
    let statement = submission.statement();
    let mails = statement.national_extensions().iter().filter_map(NationalExtension::as_registered_mail);
    let tickets = mails.map(|mail| (LetterName::Ticket(mail.ticket().clone()), Some(mail)));
    tickets.chain([(LetterName::Message(statement.message_id().clone()), None)])
}

/// All that a piece is. What is proven comes first: that of signers who are identified, by its time, and of one instant the
/// submission before what follows it. Failures come after all else, so that one more of them takes nothing away: a refused
/// submission first, since nothing follows it, then that the content could not be laid there, which is further than the relay.
fn order(evidence: &ForeignEvidence) -> impl Ord {
    let (weight, time, finding) = evidence.standing.weight();
    let stated = &evidence.stated;
    let party = |identifier: &Identifier| (identifier.scheme().to_owned(), identifier.value().to_owned());
    let digests = stated.digests.iter().map(|digest| (digest.algorithm(), digest.as_bytes().to_vec()));
    (
        (weight, evidence.signer == Signer::NotIdentified, stated.event.place_of_failure(), time, stated.event),
        (evidence.content.as_bytes(), &evidence.signer, evidence.service.as_deref()),
        (stated.token.as_deref(), party(&stated.sender), party(&stated.recipient), digests.collect::<Vec<_>>()),
        (evidence.environment.name(), evidence.clock_skew, finding),
    )
}

/// Compares a piece with each submission of its name. There is one answer for each recipient that it names, by the submission that
/// says the least against it, and one if it names none.
fn nearest<'a>(
    place: Place<'a>,
    evidence: &'a ForeignEvidence,
    submissions: &[(&AnyStatement, Option<&RegisteredMail>)],
) -> Vec<Compared<'a>> {
    let compared = submissions.iter().map(|(submission, mail)| compare(place, evidence, submission, *mail));
    let mut compared: Vec<Compared<'a>> = compared.collect();
    compared.sort_by_key(|compared| (compared.recipient.is_none(), compared.recipient, compared.objections.len()));
    compared.dedup_by(|next, nearest| next.recipient.is_none() || next.recipient == nearest.recipient);
    compared
}

fn compare<'a>(
    place: Place<'a>,
    evidence: &'a ForeignEvidence,
    submission: &AnyStatement,
    mail: Option<&RegisteredMail>,
) -> Compared<'a> {
    let stated = &evidence.stated;
    let mut objections = Vec::new();
    let recipients = submission.recipients();
    let recipient = recipients.iter().position(|party| *party.identifier() == stated.recipient).map(|place| place + 1);
    let is_hidden = |party: &Party| party.identifier().is_committed();
    let is_token_hidden = mail.is_some() && submission.committed_fields().contains(&Field::TOKEN);
    if is_hidden(submission.sender()) || is_token_hidden || (recipient.is_none() && recipients.iter().any(is_hidden)) {
        objections.push(ForeignObjection::NotDisclosed);
    } else {
        if *submission.sender().identifier() != stated.sender {
            objections.push(ForeignObjection::SenderDiffers);
        }
        if recipient.is_none() {
            objections.push(ForeignObjection::RecipientDiffers);
        }
        if mail.and_then(RegisteredMail::token) != stated.token.as_deref() {
            objections.push(ForeignObjection::TokenDiffers);
        }
    }
    objections.extend(compare_content(&stated.digests, submission.parts()));
    Compared { place, evidence, recipient, objections }
}

/// Compares the document and its annexes with the parts of a submission, in their order.
fn compare_content(stated: &[Digest], parts: &[ContentPart]) -> Option<ForeignObjection> {
    if stated.is_empty() {
        // Whoever names the message may mean another letter of that name.
        return Some(ForeignObjection::ContentNotComparable);
    }
    if stated.len() != parts.len() {
        return Some(ForeignObjection::ContentDiffers);
    }
    let same = stated
        .iter()
        .zip(parts)
        .map(|(stated, part)| part.digests().get(stated.algorithm()).map(|sealed| sealed == stated));
    let same: Vec<Option<bool>> = same.collect();
    match same.contains(&Some(false)) {
        true => Some(ForeignObjection::ContentDiffers),
        false if same.contains(&None) => Some(ForeignObjection::ContentNotComparable),
        false => None,
    }
}

impl Listed {
    /// Lists what counts, and of the rest no more than the limit. `more` pieces were left out before.
    pub(super) fn of(mut facts: Vec<ForeignFact>, more: usize) -> Self {
        let mut uncounted = 0_usize;
        facts.retain(|fact| {
            uncounted += usize::from(!fact.effect.counts());
            fact.effect.counts() || uncounted <= MAX_UNCOUNTED
        });
        Self { facts, more: more.saturating_add(uncounted.saturating_sub(MAX_UNCOUNTED)) }
    }
}

/// Adds evidence in foreign forms to what the sealed proofs about a recipient come to, in the order of its times.
///
/// It comes after them: it never refuses a sealed statement, and enters a state only from the one that they come to. One more of
/// them takes nothing away that a piece proves: its milestone is reached all the same, and a state that does not allow it is told.
/// The pieces that are about the letter are noted in `matched`, whatever its state makes of them.
pub(super) fn add<'a>(
    folded: &mut Folded<'_>,
    recipient: usize,
    of_submission: &OfSubmission<'a>,
    matched: &mut Matched<'a>,
) -> Listed {
    let mut facts = Vec::new();
    // What one piece says of the submission has no part in what the others are.
    let submitted = folded.milestones.submitted;
    let concerns = |compared: &&Compared<'_>| compared.recipient.is_none_or(|named| named == recipient);
    for Compared { place, evidence, objections, .. } in of_submission.compared.iter().filter(concerns) {
        let mut objections = objections.clone();
        objections.extend(against_letter(evidence, folded, submitted));
        let told_otherwise = told_otherwise(evidence, &objections, folded);
        // A refusal of what a sealed sending took has no letter of its own. An acceptance beside a sealed refusal has: what it proves of
        // its content is not taken away.
        let is_refusal = evidence.stated.event == ForeignEvent::SubmissionRejection;
        if objections.is_empty() || (is_refusal && told_otherwise.is_some()) {
            matched.pieces.insert(*place);
        }
        let taken = match evidence.proven_at() {
            None => ForeignEffect::Claimed.into(),
            Some(_) if !objections.is_empty() => ForeignEffect::Objected.into(),
            Some(time) => take(folded, evidence, time),
        };
        let contradiction = told_otherwise.or_else(|| out_of_order(evidence, &taken, folded));
        if let Some(contradiction) = contradiction.filter(|told| !folded.contradictions.contains(told)) {
            folded.contradictions.push(contradiction);
        }
        facts.push(ForeignFact::of(evidence, objections, taken));
    }
    Listed::of(facts, of_submission.left_out)
}

/// A service tells two stories of one message, one of them in a sealed statement: that it took the submission and refused it, whichever
/// it stated first and whatever content it speaks of, or that it took two contents.
fn told_otherwise(
    evidence: &ForeignEvidence,
    objections: &[ForeignObjection],
    folded: &Folded<'_>,
) -> Option<Contradiction> {
    evidence.proven_at()?;
    let is_of_message = |objection: &ForeignObjection| {
        matches!(
            objection,
            ForeignObjection::ContentNotComparable
                | ForeignObjection::ContentDiffers
                | ForeignObjection::BeforeSubmission
        )
    };
    let is_acceptance = match evidence.stated.event {
        ForeignEvent::SubmissionAcceptance | ForeignEvent::ContentConsignment => true,
        ForeignEvent::SubmissionRejection => false,
        ForeignEvent::RelayFailure | ForeignEvent::ContentConsignmentFailure => return None,
    };
    if !objections.iter().all(is_of_message) {
        return None;
    }
    let by_service = |is: fn(&Fact<'_>) -> bool| -> Vec<ProofId> {
        let facts = folded.heard.iter().filter(|fact| is(fact) && evidence.is_by_service_of(fact.stated));
        facts.map(Fact::id).collect()
    };
    let sendings = by_service(|fact| fact.is_sending());
    let refusals = by_service(|fact| fact.event == Event::SubmissionRejection);
    let (kind, proofs) = if !is_acceptance {
        (ContradictionKind::AcceptedAndRejected, sendings)
    } else if !refusals.is_empty() {
        (ContradictionKind::AcceptedAndRejected, refusals)
    } else if objections.contains(&ForeignObjection::ContentDiffers) {
        (ContradictionKind::SplitView, sendings)
    } else {
        return None;
    };
    (!proofs.is_empty()).then(|| Contradiction { kind, severity: kind.severity(), proofs })
}

/// What the services in charge and the sealed submission say against evidence.
fn against_letter(
    evidence: &ForeignEvidence,
    folded: &Folded<'_>,
    submitted: Option<DateTime<Utc>>,
) -> Vec<ForeignObjection> {
    let is_by = |fact: &Fact<'_>| evidence.is_by_service_of(fact.stated);
    let is_elsewhere = |fact: &Fact<'_>| fact.stated.issuer.environment() != evidence.environment;
    let is_before = |time: DateTime<Utc>| {
        submitted.is_some_and(|submitted| submitted.signed_duration_since(time) > evidence.clock_skew)
    };
    // The service that refused a submission took charge of nothing, and speaks of it.
    let refused = folded.heard.iter().filter(|fact| fact.event == Event::SubmissionRejection);
    let mut speakers = folded.in_charge.iter().chain(refused).peekable();
    let is_of_another_environment = speakers.peek().is_some_and(|first| is_elsewhere(first));
    let against = [
        (!speakers.any(is_by), ForeignObjection::ServiceNotInCharge),
        (is_of_another_environment, ForeignObjection::AnotherEnvironment),
        (evidence.proven_at().is_some_and(is_before), ForeignObjection::BeforeSubmission),
    ];
    against.into_iter().filter(|(holds, _)| *holds).map(|(_, objection)| objection).collect()
}
