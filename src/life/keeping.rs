//! How long each proof of a letter is kept, and what has to be renewed before.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::case::{Case, TooManyProofs};
use super::fact;
use super::judged::VerifiableUntil;
use super::letter::Letter;
use super::regime::BeyondReach;
use super::retention::{Keeping, Retention};
use crate::seal::ProofId;

/// How long the proofs of a letter are kept, and what that asks of each.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LetterKeeping {
    /// The first instant at which nothing of the letter need be kept any more; `None` where nothing that is at hand counts, and where
    /// a case is an error, since its times are not known.
    pub keep_until: Option<DateTime<Utc>>,
    /// What has to be done about each recipient, in their order. A case of too many proofs is an error.
    pub cases: Vec<Result<CaseKeeping, TooManyProofs>>,
}

/// How long the proofs of a letter for one recipient are kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CaseKeeping {
    /// The name of the rule.
    pub rule: String,
    /// The index of the recipient, from 1.
    pub recipient: usize,
    /// The first instant at which nothing of the dossier need be kept any more: that of its latest statement, or of the latest
    /// reply to the letter, or of evidence in a foreign form. `None` where nothing counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_until: Option<DateTime<Utc>>,
    /// The most pressing thing about any of it.
    #[serde(flatten)]
    pub keeping: Keeping,
    /// The statements at hand, in the order in which it happened.
    pub statements: Vec<KeptStatement>,
    /// The identifiers of sealed statements that others name, and that are gone although the dossier is to be kept: they were
    /// kept too short.
    pub kept_too_short: Vec<String>,
}

/// How long a statement is kept by itself, and what that asks of its proof as a part of the dossier.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeptStatement {
    /// The identifier of the sealed statement.
    #[serde(serialize_with = "fact::id")]
    pub proof: ProofId,
    /// The name of the event.
    pub event: &'static str,
    /// The first instant at which it need not be kept for its own sake. The dossier can take longer.
    pub keep_until: DateTime<Utc>,
    /// The time until which its proof verifies without a renewal; `None` if nothing sets an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verifiable_until: Option<DateTime<Utc>>,
    /// What has to be done about it, as a part of the dossier.
    #[serde(flatten)]
    pub keeping: Keeping,
}

/// It cannot be said how long a letter is kept, or what that asks of its proofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeepingError {
    /// The proofs were judged without asking until when each verifies.
    #[error("the proofs were judged without their deadlines, so that what has to be renewed is not known")]
    WithoutDeadlines,
    /// A day cannot be counted.
    #[error(transparent)]
    BeyondReach(#[from] BeyondReach),
}

impl Letter {
    /// Says until when each statement is kept, beside the time until which its proof verifies, and what has to be renewed
    /// before, what is gone too early, and what is kept too long.
    ///
    /// The proofs are judged by [`judge_with_deadlines`](super::judge_with_deadlines). A late opening prolongs the dossier, and
    /// so does a reply that holds. What was only attempted counts too.
    ///
    /// # Errors
    /// `WithoutDeadlines`, `BeyondReach`.
    pub fn keeping(&self, retention: &Retention, now: DateTime<Utc>) -> Result<LetterKeeping, KeepingError> {
        let replied = self.replies.iter().filter(|reply| reply.holds()).map(|reply| reply.at).max();
        let mut cases = Vec::with_capacity(self.cases.len());
        for case in &self.cases {
            cases.push(match case {
                Ok(case) => Ok(of_case(case, replied, retention, now)?),
                Err(error) => Err(*error),
            });
        }
        let is_known = cases.iter().all(Result::is_ok);
        let keep_until = cases.iter().flatten().filter_map(|case| case.keep_until).max().filter(|_| is_known);
        Ok(LetterKeeping { keep_until, cases })
    }
}

fn of_case(
    case: &Case,
    replied: Option<DateTime<Utc>>,
    retention: &Retention,
    now: DateTime<Utc>,
) -> Result<CaseKeeping, KeepingError> {
    let counted = |at| retention.keep_until(at).ok_or(BeyondReach);
    let own = case.transactions().max().map(counted).transpose()?;
    let keep_until = own.max(replied.map(counted).transpose()?);
    let mut statements = Vec::with_capacity(case.facts.len());
    for fact in &case.facts {
        let verifiable_until = match fact.verifiable_until {
            VerifiableUntil::NotAsked => return Err(KeepingError::WithoutDeadlines),
            VerifiableUntil::Open => None,
            VerifiableUntil::Time(end) => Some(end),
        };
        let by_itself = counted(fact.at)?;
        let keeping = retention.keeping(keep_until.unwrap_or(by_itself), verifiable_until, now);
        let (proof, event) = (fact.proof, fact.event);
        statements.push(KeptStatement { proof, event, keep_until: by_itself, verifiable_until, keeping });
    }
    let is_gone = |until| retention.keeping_of_deleted(until, now).is_some();
    let kept_too_short = case.missing.iter().filter(|_| keep_until.is_some_and(is_gone));
    let kept_too_short: Vec<String> = kept_too_short.map(|missing| missing.proof.clone()).collect();
    let of_missing = kept_too_short.first().map(|_| Keeping::KeptTooShort);
    let keeping = statements.iter().map(|statement| statement.keeping).chain(of_missing).min_by_key(urgency);
    let keeping = keeping.unwrap_or(Keeping::Covered);
    let rule = retention.name().to_owned();
    Ok(CaseKeeping { rule, recipient: case.recipient, keep_until, keeping, statements, kept_too_short })
}

/// What is gone comes first, then the earliest renewal, then what is to be deleted.
fn urgency(keeping: &Keeping) -> (u8, Option<DateTime<Utc>>) {
    match keeping {
        Keeping::KeptTooShort => (0, None),
        Keeping::RenewBefore(end) => (1, Some(*end)),
        Keeping::KeptTooLong => (2, None),
        Keeping::Covered => (3, None),
    }
}

impl fmt::Display for CaseKeeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.keep_until {
            Some(end) => writeln!(f, "kept until {end:?} under {}: {}", self.rule, self.keeping)?,
            None => writeln!(f, "nothing to keep")?,
        }
        for KeptStatement { event, keep_until, verifiable_until, keeping, .. } in &self.statements {
            write!(f, "  {event}, kept until {keep_until:?} by itself, verifies ")?;
            match verifiable_until {
                Some(end) => write!(f, "until {end:?}")?,
                None => f.write_str("without an end")?,
            }
            writeln!(f, ": {keeping}")?;
        }
        for proof in &self.kept_too_short {
            writeln!(f, "  proof {proof}: {}", Keeping::KeptTooShort)?;
        }
        Ok(())
    }
}
