//! Conflicts between statements that no order of events shows: two stories of one service, and statements that contradict what
//! they follow.

use super::contradiction::{Contradiction, ContradictionKind, Severity};
use super::equivocation::{Equivocations, identified};
use super::fact::Fact;
use super::fold::Folded;
use super::judged::Standing;
use crate::evidence::{StatedPayment, Statement, is_another_letter};
use crate::finding::Outcome;

/// What a statement contradicts that was sealed and does not count.
pub(super) fn contrary<'a>(fact: &Fact<'a>, folded: &Folded<'_>) -> Vec<Contradiction> {
    let Standing::Contrary(kinds, _) = fact.standing() else { return Vec::new() };
    let contradiction = |kind: &ContradictionKind| Contradiction {
        kind: *kind,
        severity: severity(*kind, fact, folded),
        proofs: vec![fact.id()],
    };
    kinds.iter().map(contradiction).collect()
}

/// What a service stated about this letter and about another one under one evidence identifier.
pub(super) fn equivocation(fact: &Fact<'_>, among: &Equivocations, folded: &Folded<'_>) -> Option<Contradiction> {
    let proofs = among.of(fact.id())?.to_vec();
    let kind = ContradictionKind::Equivocation;
    Some(Contradiction { kind, severity: severity(kind, fact, folded), proofs })
}

/// What a contradiction means that a service is accused of: one that is not in charge says nothing about the letter.
fn severity(kind: ContradictionKind, fact: &Fact<'_>, folded: &Folded<'_>) -> Severity {
    if folded.in_charge.iter().any(|in_charge| in_charge.is_by_service_of(fact)) {
        kind.severity()
    } else {
        Severity::StatementFailed
    }
}

/// A contradiction between two statements about the letter as a whole, or about several recipients.
pub(super) struct OfLetter<'a> {
    kind: ContradictionKind,
    facts: [Fact<'a>; 2],
}

impl OfLetter<'_> {
    /// Tells if it is about a recipient: one of the statements is, or both are about all of them.
    pub(super) fn is_about(&self, recipient: usize) -> bool {
        let referred = self.facts.iter().filter_map(|fact| fact.statement().refers_to_recipient());
        let referred: Vec<usize> = referred.collect();
        referred.is_empty() || referred.contains(&recipient)
    }

    pub(super) fn contradiction(&self, folded: &Folded<'_>) -> Contradiction {
        let [_, later] = &self.facts;
        let mut proofs: Vec<_> = self.facts.iter().map(Fact::id).collect();
        // A statement can contradict what lies beside it.
        proofs.dedup();
        Contradiction { kind: self.kind, severity: severity(self.kind, later, folded), proofs }
    }
}

/// Finds the contradictions between statements about the letter.
pub(super) fn of_letter<'a>(facts: &[Fact<'a>]) -> Vec<OfLetter<'a>> {
    let mut contradictions = Vec::new();
    let mut contradict = |kind: ContradictionKind, earlier: &Fact<'a>, later: &Fact<'a>| {
        contradictions.push(OfLetter { kind, facts: [*earlier, *later] });
    };
    let is_first = |fact: &&Fact<'a>| fact.statement().preceding_evidence().is_none();
    let roots = || facts.iter().filter(|fact| fact.counts()).filter(is_first);
    if let Some(sending) = roots().find(|root| root.is_sending()) {
        for root in roots().filter(|root| !std::ptr::eq(*root, sending)) {
            if !root.is_sending() {
                contradict(ContradictionKind::AcceptedAndRejected, sending, root);
            } else if tells_otherwise(sending, root) {
                contradict(ContradictionKind::SplitView, sending, root);
            }
        }
    }
    for fact in facts.iter().filter(|fact| fact.counts() && fact.submission() == Some(Outcome::Failed)) {
        contradict(ContradictionKind::SubmissionDiffers, fact, fact);
    }
    let mut by_evidence: Vec<&Fact<'a>> = facts.iter().collect();
    by_evidence.sort_by(|earlier, later| identified(earlier.stated).cmp(&identified(later.stated)));
    for pair in by_evidence.windows(2) {
        if let [earlier, later] = pair
            && identified(earlier.stated) == identified(later.stated)
            && (earlier.statement() != later.statement() || earlier.stated.issuer != later.stated.issuer)
        {
            contradict(ContradictionKind::Equivocation, earlier, later);
        }
    }
    if let Some(first) = facts.iter().find(is_first).or(facts.first()) {
        for fact in facts.iter().filter(|fact| fact.stated.issuer.environment() != first.stated.issuer.environment()) {
            contradict(ContradictionKind::EnvironmentsMixed, first, fact);
        }
    }
    contradictions
}

/// Tells if two sendings of one message are of another event or submission time, or have other parties, content, terms or
/// payment, as far as they are disclosed.
fn tells_otherwise(earlier: &Fact<'_>, later: &Fact<'_>) -> bool {
    let (earlier, later) = (earlier.stated.shown(), later.stated.shown());
    let payments_differ = match (earlier.payment(), later.payment()) {
        // Commitments to one payment differ.
        (Some(StatedPayment::Committed(_)), Some(StatedPayment::Committed(_))) => false,
        (earlier, later) => earlier != later,
    };
    earlier.event() != later.event() || payments_differ || is_another_letter(earlier, later)
}
