//! Letters, cases and moments as text, for people.

use std::fmt;

use super::case::{Case, Gap, StatedFact};
use super::letter::{Claim, Letter};
use super::moments::{Basis, Deemed, Moments};
use super::regime::Effect;
use super::words::words;
use crate::evidence::{Event, KnownReason};
use crate::finding::Finding;

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "message {} ({})", self.message, self.environment)?;
        for case in &self.cases {
            match case {
                Ok(case) => write!(f, "{case}")?,
                Err(error) => writeln!(f, "  {error}")?,
            }
        }
        for reply in &self.replies {
            write!(f, "  reply {:?} by message {}", reply.at, reply.message)?;
            reply.objections.iter().try_for_each(|objection| write!(f, ", {objection}"))?;
            writeln!(f)?;
        }
        for link in &self.replies_to {
            write!(f, "  replies to message {} (proof {})", link.message, link.original)?;
            link.objections.iter().try_for_each(|objection| write!(f, ", {objection}"))?;
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  recipient {}: {}", self.recipient, self.verdict)?;
        for fact in &self.facts {
            writeln!(f, "    {fact}")?;
        }
        for foreign in &self.foreign {
            writeln!(f, "    foreign        {foreign}")?;
        }
        if self.more_foreign > 0 {
            writeln!(f, "    foreign        {} more that do not count", self.more_foreign)?;
        }
        for contradiction in &self.contradictions {
            writeln!(f, "    contradiction  {contradiction}")?;
        }
        for missing in &self.missing {
            writeln!(f, "    missing        proof {} (evidence {})", missing.proof, missing.evidence_identifier)?;
        }
        for gap in &self.gaps {
            writeln!(f, "    gap            {gap}")?;
        }
        if let Some(end) = self.availability_ends {
            writeln!(f, "    available      until {end:?}")?;
        }
        Ok(())
    }
}

impl fmt::Display for StatedFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let standing = if self.proven { "proven  " } else { "unproven" };
        write!(f, "{standing} {:?}  ", self.at)?;
        match Event::ALL.iter().find(|event| event.name() == self.event) {
            Some(event) => write!(f, "{} ({event})", words(*event))?,
            None => f.write_str(self.event)?,
        }
        write!(f, " by {}", self.service)?;
        if let Some(acted_by) = &self.acted_by {
            write!(f, ", acted: {acted_by}")?;
        }
        if let Some(ordinal) = self.ordinal {
            write!(f, ", number {ordinal}")?;
        }
        for reason in &self.reasons {
            match KnownReason::of_uri(reason) {
                Some(known) => write!(f, ", reason: {} ({reason})", known.sentence())?,
                None => write!(f, ", reason: {reason}")?,
            }
        }
        if let Some(finding) = &self.finding {
            write!(f, ": {finding}")?;
        }
        let already_told = |finding: &&Finding| self.finding.as_ref() != Some(*finding);
        self.signatures.iter().filter(already_told).try_for_each(|finding| write!(f, "\n               {finding}"))
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AvailabilityNotProven => "the content was opened, and no proof shows that it lay there",
            Self::NeverActivated => "the recipient has never opened its box",
            Self::RecipientSignatureNotEvaluated => "the recipient's own signature was not judged",
            Self::SubmissionNotGiven => "the submission that the sender signed was not given",
            Self::SubmissionNotVerified => "it is not decided whether the sender signed the submission",
        })
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.event.unwrap_or("not read as a proof"), self.finding)
    }
}

impl fmt::Display for Moments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "under {} (days of {})", self.regime.name(), self.regime.zone().name())?;
        if let Some(sent) = &self.sent {
            writeln!(f, "  sent           {} ({:?})", sent.day, sent.at)?;
        }
        if let Some(received) = &self.received {
            writeln!(f, "  received       {} ({:?})", received.day, received.at)?;
        }
        if let Some(period) = &self.period {
            writeln!(f, "  period         {} to {}, before {:?}", period.first, period.last, period.until)?;
        }
        match &self.deemed {
            Some(deemed) => writeln!(f, "  counts as      {deemed}")?,
            None => writeln!(f, "  counts as      nothing yet, or the regime does not say")?,
        }
        let source = self.regime.source();
        if !source.not_read.is_empty() {
            writeln!(f, "  not read       {}", source.not_read)?;
        }
        Ok(())
    }
}

impl fmt::Display for Deemed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.effect {
            Effect::Served => "served",
            Effect::Refused => "refused",
            Effect::Nothing => "neither served nor refused",
        };
        let basis = match self.basis {
            Basis::ProofOfReceipt => "a proof of receipt",
            Basis::ProofOfRefusal => "a proof of refusal",
            Basis::ProofOfExpiry => "a proof that the period expired",
            Basis::NoProofOfAnswer => "the end of the period, without a proof of an answer",
        };
        write!(f, "{effect} on {}, by {basis}", self.day)
    }
}
