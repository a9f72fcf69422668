//! Letters, cases and moments as text, for people.

use std::fmt;

use super::case::{Case, Gap, StatedFact};
use super::charge::InCharge;
use super::letter::{Claim, Letter};
use super::moments::{Basis, Deemed, Moments};
use super::regime::Effect;
use super::side::{OpenedContent, SideFacts};
use super::words::words;
use crate::evidence::{Event, KnownReason};
use crate::finding::Finding;
use crate::seal::ProofId;
use crate::verify::StatementDetails;

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
        for ground in &self.grounds {
            writeln!(f, "    ground         {}", self.named(ground))?;
        }
        for in_charge in &self.in_charge {
            writeln!(f, "    in charge      {in_charge}")?;
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
        for (milestone, at) in self.milestones.reached() {
            writeln!(f, "    reached        {milestone} {at:?}")?;
        }
        write!(f, "{}", self.side_facts)?;
        writeln!(f, "    service says   {}", self.service)
    }
}

impl Case {
    /// A proof with the event that it states.
    fn named(&self, proof: &ProofId) -> String {
        let fact = self.facts.iter().find(|fact| fact.proof == *proof);
        format!("{}proof {proof}", fact.map_or(String::new(), |fact| format!("{}, ", fact.event)))
    }
}

impl fmt::Display for InCharge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, since, may_state, .. } = self;
        write!(f, "{service} since {since:?}, may state {}", may_state.join(", "))
    }
}

impl fmt::Display for SideFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            ("requests", self.requests),
            ("failed requests", self.failed_requests),
            ("notifications", self.notifications),
            ("reminders", self.reminders),
            ("failed notifications", self.failed_notifications),
            ("notifications that arrived", self.delivered_notifications),
            ("notifications that were opened", self.opened_notifications),
            ("openings", self.openings),
        ];
        for (what, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            writeln!(f, "    counted        {what}: {count}")?;
        }
        match &self.opened {
            OpenedContent::Nothing => Ok(()),
            OpenedContent::Everything => writeln!(f, "    opened         all parts"),
            OpenedContent::Parts(parts) => writeln!(f, "    opened         parts {}", numbers(parts)),
        }
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
        write_details(f, &self.details)?;
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

/// What a reader of a case needs of the details: periods, numbers, and the services and systems on the other side.
fn write_details(f: &mut fmt::Formatter<'_>, details: &StatementDetails) -> fmt::Result {
    if let Some(authentication) = &details.authentication {
        let level = authentication.level.rsplit('/').next().unwrap_or_default();
        write!(f, ", authenticated at the level {level} by {}", authentication.method)?;
    }
    if let Some(window) = &details.window {
        write!(f, ", an answer before {:?} by {}", window.until, window.regime)?;
    }
    if let Some(availability) = &details.availability
        && let Some(until) = availability.until
    {
        write!(f, ", until {until:?}")?;
    }
    if let Some(notification) = &details.notification {
        write!(f, ", by {}", notification.channel)?;
        notification.ordinal.map_or(Ok(()), |ordinal| write!(f, ", number {ordinal}"))?;
    }
    for other in details.external_service.iter().chain(&details.forwarded_to) {
        write!(f, ", {other}")?;
    }
    match details.opened_parts.as_slice() {
        [] => {}
        parts => write!(f, ", parts {}", numbers(parts))?,
    }
    match &details.identifier_succession {
        Some(succession) => write!(f, ", by an identifier that is new since {:?}", succession.at),
        None => Ok(()),
    }
}

fn numbers(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
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
            if let Some(warned_at) = period.warned_at {
                writeln!(f, "  warning        {warned_at:?}, where nothing is proven by then")?;
            }
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
