//! Accounts and reports as text, for people.

use std::fmt::{self, Write};

use super::account::{
    Account, ConflictEntry, MissingEntry, NamedProof, NotTakenEntry, RecordSeal, RecordedBy, TimelineEntry,
    UncoveredEntry,
};
use super::clock::{Clock, ClockSection};
use super::expected::ExpectedRecord;
use super::fault::{LaidTo, TrailFault};
use super::report::{TrailReport, UnusedExport};
use super::serial::{ahead, seconds};
use super::summary::{ClockOfTrail, PartySummary, Summary};
use crate::audit::LineHash;
use crate::audit::text::printed_id;
use crate::text::is_hidden;

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "message {}: {}", printed_id(&self.message), self.verdict)?;
        for letter in &self.letters {
            for case in &letter.cases {
                match case {
                    Ok(case) => writeln!(f, "  recipient {}: {}", case.recipient, case.verdict)?,
                    Err(error) => writeln!(f, "  {error}")?,
                }
            }
        }
        self.timeline.iter().try_for_each(|entry| write!(f, "{entry}"))?;
        for entry in self.unproven() {
            writeln!(f, "  unproven       {} at {:?}: recorded, and not proven", entry.fact.name(), entry.at)?;
        }
        self.missing.iter().try_for_each(|missing| writeln!(f, "  missing        {missing}"))?;
        self.not_covered.iter().try_for_each(|uncovered| writeln!(f, "  not covered    {uncovered}"))?;
        self.not_taken.iter().try_for_each(|not_taken| writeln!(f, "  not taken      {not_taken}"))?;
        self.claims.iter().try_for_each(|claim| writeln!(f, "  claim          {claim}"))
    }
}

impl fmt::Display for TimelineEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:?}  {:12} {}", self.at, self.fact.name(), self.standing)?;
        if let Some(event) = self.event {
            write!(f, ", {event}")?;
        }
        if let Some(proven_by) = self.proven_by {
            write!(f, ", proven by {proven_by:?}")?;
        }
        match &self.proof {
            Some(NamedProof::AtHand(id)) => writeln!(f, ", proof {id}")?,
            Some(NamedProof::NotAtHand(id)) => {
                writeln!(f, ", proof {} (not at hand)", LineHash::from_bytes(*id))?;
            }
            Some(NamedProof::OfAnotherMessage(id)) => {
                writeln!(f, ", proof {} (of another message)", LineHash::from_bytes(*id))?;
            }
            None => writeln!(f)?,
        }
        if self.records.is_empty() {
            writeln!(f, "      recorded by nobody")?;
        }
        self.records.iter().try_for_each(|record| writeln!(f, "      {record}"))?;
        self.conflicts.iter().try_for_each(|conflict| writeln!(f, "      conflict       {conflict}"))
    }
}

impl fmt::Display for RecordedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}  {} line {}: {}", self.at, self.source, self.sequence.get(), self.kind)?;
        if let Some(action) = &self.action {
            write!(f, " {action}")?;
        }
        if let Some(outcome) = self.outcome {
            write!(f, ", {outcome}")?;
        }
        f.write_str(match self.seal {
            RecordSeal::Sealed => "",
            RecordSeal::Contradicted => " (contradicted by the party itself)",
            RecordSeal::Unsealed => " (not sealed)",
        })
    }
}

impl fmt::Display for ConflictEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.kind.name(), self.between.join(", "))?;
        match self.laid_to {
            LaidTo::Party => f.write_str(": the party contradicts its own proof"),
            LaidTo::Nobody => Ok(()),
        }
    }
}

impl fmt::Display for ExpectedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} by the {}", self.form.name(), self.fact.name(), self.role.name())
    }
}

impl fmt::Display for MissingEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.expected, self.party)
    }
}

impl fmt::Display for UncoveredEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.expected)?;
        if let Some(party) = &self.party {
            write!(f, " ({party})")?;
        }
        write!(f, ": {}", self.reason.name())
    }
}

impl fmt::Display for NotTakenEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the last {} records of the message in {}", self.records, self.source)
    }
}

impl fmt::Display for TrailReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trail {}", self.urn)?;
        let roles: Vec<&str> = self.roles.iter().map(|role| role.name()).collect();
        if !roles.is_empty() {
            write!(f, " ({})", roles.join(", "))?;
        }
        write!(f, ": {} lines", self.lines)?;
        if let Some((first, last)) = self.span {
            write!(f, " from {} to {}", first.get(), last.get())?;
        }
        match self.sealed_at {
            Some(sealed_at) => writeln!(f, ", {} sealed by {sealed_at:?}", self.sealed)?,
            None => writeln!(f, ", not sealed")?,
        }
        if let Some((from, to)) = self.recorded {
            writeln!(f, "  recorded       {from:?} to {to:?}")?;
        }
        if self.left_out > 0 || self.unreadable > 0 {
            writeln!(f, "  not shown      {} left out, {} unreadable", self.left_out, self.unreadable)?;
        }
        match &self.clock_sections[..] {
            [] => writeln!(f, "  clock          {}", self.clock)?,
            sections => sections.iter().try_for_each(|section| {
                let ClockSection { from, to, clock } = section;
                writeln!(f, "  clock          lines {} to {}: {clock}", from.get(), to.get())
            })?,
        }
        faults(f, &self.faults, self.more_faults)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parties.iter().try_for_each(|party| write!(f, "{party}"))?;
        writeln!(f, "verdict: {}", self.verdict)
    }
}

impl fmt::Display for PartySummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "party {}", self.party)?;
        let roles: Vec<&str> = self.roles.iter().map(|role| role.name()).collect();
        if !roles.is_empty() {
            write!(f, " ({})", roles.join(", "))?;
        }
        let fault = if self.is_at_fault() { "at fault" } else { "nothing is laid to it" };
        writeln!(f, ": {fault}{}", if self.takes_part { "" } else { ", and its trails decide nothing" })?;
        if self.contradicts_itself {
            let names: Vec<&str> = self.faults.iter().copied().collect();
            writeln!(f, "  at fault       its trails contradict themselves ({})", names.join(", "))?;
        }
        let counts = [
            ("at fault", self.contradicts_its_proofs, "times its records contradict proofs of its own"),
            ("disputed", self.disputes, "times its records contradict others or proofs, and nobody is blamed"),
            ("missing", self.missing, "records that it must hold are not in its trail"),
            ("not covered", self.not_covered, "records that it must hold may be where its trails do not reach"),
        ];
        for (word, count, sentence) in counts.into_iter().filter(|(_, count, _)| *count > 0) {
            writeln!(f, "  {word:14} {count} {sentence}")?;
        }
        for ClockOfTrail { source, section: ClockSection { from, to, clock } } in &self.clocks {
            writeln!(f, "  clock          {source} lines {} to {}: {clock}", from.get(), to.get())?;
        }
        Ok(())
    }
}

impl fmt::Display for UnusedExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => writeln!(f, "export {}: not used", InOneLine(name))?,
            None => writeln!(f, "export at position {}: not used", self.position)?,
        }
        faults(f, &self.faults, self.more_faults)
    }
}

/// The name that a caller gave to an export, as the name of a file. It is anybody's, and would write lines of the report.
struct InOneLine<'a>(&'a str);

impl fmt::Display for InOneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .try_for_each(|c| if is_hidden(c) { write!(f, "{}", c.escape_default()) } else { f.write_char(c) })
    }
}

fn faults(f: &mut fmt::Formatter<'_>, faults: &[TrailFault], more: u64) -> fmt::Result {
    for fault in faults {
        write!(f, "  fault          {}: ", fault.kind.name())?;
        if let Some(export) = &fault.export {
            write!(f, "{}: ", InOneLine(export))?;
        }
        writeln!(
            f,
            "{}{}",
            fault.kind,
            match fault.laid_to {
                LaidTo::Party => " (the party sealed it)",
                LaidTo::Nobody => "",
            }
        )?;
    }
    if more > 0 {
        writeln!(f, "  fault          {more} more")?;
    }
    Ok(())
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEstimated => f.write_str("too little to compare it by"),
            Self::Agrees => f.write_str("agrees with all that it was compared with and that is not off"),
            Self::Differs { by, pairs } => {
                write!(f, "differs, {} in {pairs} pairs, and nothing says whose clock is off", ahead(*by))
            }
            Self::Off { by, spread, pairs, decided_by } => write!(
                f,
                "off, {} (spread {}, {pairs} pairs), by the {}",
                ahead(*by),
                seconds(*spread),
                decided_by.name()
            ),
        }
    }
}
