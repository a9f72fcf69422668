//! What a further proof must not take away: the rule by which letters of fewer and of more proofs are compared.

use chrono::{DateTime, Utc};
use recommande::life::{
    Case, CaseVerdict, ContradictionKind, ForeignEffect, ForeignFact, ForeignObjection, Letter, Milestones, State,
    StatedFact,
};

/// Whatever was proven by fewer proofs is proven by more: facts, pieces in foreign forms, and milestones, none of which comes
/// later. A proven state stays, or a further one follows it, or a contradiction is told.
#[track_caller]
pub fn assert_keeps(fewer: &[Letter], more: &[Letter], what: &str) {
    let cases = || more.iter().flat_map(|letter| letter.cases.iter().flatten().map(move |case| (letter, case)));
    for letter in fewer {
        for case in letter.cases.iter().flatten() {
            if !has_sending(case) {
                let cases: Vec<&Case> = cases().map(|(_, with)| with).collect();
                let is_kept = cases.iter().any(|with| lost_fact(case, with).is_none()) && keeps_evidence(case, &cases);
                assert!(is_kept, "{what}: fewer proofs say\n{case}and more of them {more:#?}");
                continue;
            }
            let is_same = |(of, with): &(&Letter, &Case)| {
                of.message == letter.message && with.recipient == case.recipient && !with.facts.is_empty()
            };
            let told: Vec<_> = cases().filter(is_same).map(|(_, with)| (lost(case, with), with)).collect();
            let is_kept = told.iter().any(|(lost, _)| lost.is_none());
            let told = || told.iter().map(|(lost, with)| format!("{lost:?}\n{with}")).collect::<String>();
            assert!(is_kept, "{what}: fewer proofs say\n{case}and more of them lost {}", told());
        }
    }
}

/// The same of one case.
#[track_caller]
pub fn assert_keeps_case(case: &Case, with: &Case, what: &str) {
    if let Some(lost) = lost(case, with) {
        panic!("{what} lost {lost}\n{case}{with}");
    }
}

fn has_sending(case: &Case) -> bool {
    case.facts.iter().any(|fact| fact.proven && ["SubmissionAcceptance", "ReceivedFromNonERDS"].contains(&fact.event))
}

/// A proven fact that is gone, or does not count any more.
fn lost_fact<'a>(case: &'a Case, with: &Case) -> Option<&'a StatedFact> {
    let is_kept = |fact: &&StatedFact| {
        let same = with.facts.iter().find(|of_more| of_more.proof == fact.proof);
        same.is_some_and(|same| same.proven && same.counts >= fact.counts)
    };
    case.facts.iter().filter(|fact| fact.proven).find(|fact| !is_kept(fact))
}

/// What is gone of a case, if anything is.
fn lost(case: &Case, with: &Case) -> Option<String> {
    if let Some(fact) = lost_fact(case, with) {
        return Some(format!("the fact {}", fact.event));
    }
    if let Some(piece) = case.foreign.iter().find(|piece| counts(piece) && !keeps_piece(piece, with)) {
        return Some(format!("the piece {}", piece.event));
    }
    if !keeps(&case.milestones, &with.milestones) {
        return Some("a milestone".to_owned());
    }
    if case.side_facts.openings > with.side_facts.openings || (case.is_read() && !with.is_read()) {
        return Some("an opening".to_owned());
    }
    let is_back = place(with.proven).zip(place(case.proven)).is_some_and(|(after, before)| after < before);
    // What is missing may have led to it.
    let is_silent = with.contradictions.is_empty() && !matches!(with.verdict, CaseVerdict::Incomplete(_));
    (is_back && is_silent).then(|| format!("the state {:?} in silence", case.proven))
}

/// Evidence in foreign forms without a sealed sending is about one that comes, or has a letter of its own. A sending that comes can
/// ask for an acceptance first.
fn keeps_evidence(case: &Case, more: &[&Case]) -> bool {
    let lacks_acceptance = more.iter().any(|with| !with.facts.is_empty() && with.foreign.iter().any(is_refused));
    let is_of_consignment = |piece: &ForeignFact| piece.event.starts_with("ContentConsignment");
    let mut counting = case.foreign.iter().filter(|piece| counts(piece));
    let reached = |at: fn(&Milestones) -> Option<DateTime<Utc>>| {
        let before = at(&case.milestones);
        before.is_none() || more.iter().filter_map(|with| at(&with.milestones)).any(|after| Some(after) <= before)
    };
    let mut is_there = counting.all(|piece| {
        more.iter().any(|with| keeps_piece(piece, with)) || (lacks_acceptance && is_of_consignment(piece))
    });
    is_there &= reached(|of| of.submitted);
    is_there && (lacks_acceptance || reached(|of| of.available))
}

/// A consignment that the state does not allow.
fn is_refused(piece: &ForeignFact) -> bool {
    piece.effect == ForeignEffect::Objected
        && piece.objections == [ForeignObjection::StateDoesNotAllow]
        && piece.event.starts_with("ContentConsignment")
}

fn counts(piece: &ForeignFact) -> bool {
    !matches!(piece.effect, ForeignEffect::Claimed | ForeignEffect::Objected)
}

/// A piece counts as before. A failure counts where nothing shows the success, and of two stories the contradiction is told.
fn keeps_piece(piece: &ForeignFact, with: &Case) -> bool {
    let is_same = |of_more: &&ForeignFact| {
        (of_more.content, of_more.event, &of_more.letter, of_more.proven_at)
            == (piece.content, piece.event, &piece.letter, piece.proven_at)
    };
    let is_there = with.milestones.available.or(with.milestones.opened).is_some();
    let has_succeeded = match piece.event {
        "RelayFailure" | "ContentConsignmentFailure" => is_there,
        _ => false,
    };
    let two_stories = [ContradictionKind::AcceptedAndRejected, ContradictionKind::SplitView];
    let is_contradicted = with.contradictions.iter().any(|told| two_stories.contains(&told.kind));
    let mut same = with.foreign.iter().filter(is_same);
    same.any(|same| counts(same) || has_succeeded || is_contradicted)
}

/// Each milestone is there, and not later.
fn keeps(before: &Milestones, after: &Milestones) -> bool {
    let times = |of: &Milestones| {
        [of.submitted, of.asked, of.accepted, of.refused, of.expired, of.available, of.notified, of.opened]
    };
    let kept = |(before, after): (Option<DateTime<Utc>>, Option<DateTime<Utc>>)| {
        before.is_none_or(|before| after.is_some_and(|after| after <= before))
    };
    times(before).into_iter().zip(times(after)).all(kept)
}

/// How far a letter is, by the moves that the states allow. A stranger can state that it left, which ends nothing.
fn place(state: State) -> Option<u8> {
    Some(match state {
        State::Unknown => 0,
        State::Submitted | State::RefusedAtSubmission => 1,
        State::Relayed | State::RelayFailed | State::AskingFailed => 2,
        State::AwaitingAnswer => 3,
        State::Accepted | State::NotAvailable => 4,
        State::Available => 5,
        State::HandoverFailed => 6,
        State::RefusedByRecipient | State::Unclaimed | State::Opened => 7,
        State::LeavingFailed | State::LeftService => return None,
        state => panic!("{state:?} has no place here"),
    })
}
