//! Debug of accounts and reports names neither messages nor parties: an enterprise may be one person.

use std::fmt;

use super::account::{Account, ConflictEntry, MissingEntry, NotTakenEntry, RecordedBy, UncoveredEntry};
use super::fault::TrailFault;
use super::reconstruction::Reconstruction;
use super::report::{TrailReport, UnusedExport};
use super::summary::{ClockOfTrail, PartySummary, Summary};

impl fmt::Debug for Reconstruction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lines, messages, trails) = self.sizes();
        f.debug_struct("Reconstruction")
            .field("lines", &lines)
            .field("messages", &messages)
            .field("trails", &trails)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message: _, letters, claims, timeline, missing, not_covered, not_taken, verdict } = self;
        // A letter names its message.
        let cases: Vec<_> = letters.iter().map(|letter| &letter.cases).collect();
        f.debug_struct("Account")
            .field("cases", &cases)
            .field("claims", claims)
            .field("timeline", timeline)
            .field("missing", missing)
            .field("not_covered", not_covered)
            .field("not_taken", not_taken)
            .field("verdict", verdict)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RecordedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source: _, sequence, kind, action, outcome, at, recorded, seal } = self;
        f.debug_struct("RecordedBy")
            .field("sequence", sequence)
            .field("kind", kind)
            .field("action", action)
            .field("outcome", outcome)
            .field("at", at)
            .field("recorded", recorded)
            .field("seal", seal)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ConflictEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, between, laid_to } = self;
        f.debug_struct("ConflictEntry")
            .field("kind", kind)
            .field("between", &between.len())
            .field("laid_to", laid_to)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MissingEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, party: _, entry } = self;
        f.debug_struct("MissingEntry").field("expected", expected).field("entry", entry).finish_non_exhaustive()
    }
}

impl fmt::Debug for UncoveredEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, party: _, entry, reason } = self;
        f.debug_struct("UncoveredEntry")
            .field("expected", expected)
            .field("entry", entry)
            .field("reason", reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NotTakenEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source: _, records } = self;
        f.debug_struct("NotTakenEntry").field("records", records).finish_non_exhaustive()
    }
}

/// The name of an export is anybody's.
impl fmt::Debug for TrailFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, laid_to, export: _ } = self;
        f.debug_struct("TrailFault").field("kind", kind).field("laid_to", laid_to).finish_non_exhaustive()
    }
}

impl fmt::Debug for UnusedExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, name: _, faults, more_faults } = self;
        f.debug_struct("UnusedExport")
            .field("position", position)
            .field("faults", faults)
            .field("more_faults", more_faults)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TrailReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrailReport")
            .field("source", &self.source)
            .field("roles", &self.roles)
            .field("files", &self.files)
            .field("sealed_at", &self.sealed_at)
            .field("lines", &self.lines)
            .field("sealed", &self.sealed)
            .field("left_out", &self.left_out)
            .field("unreadable", &self.unreadable)
            .field("span", &self.span)
            .field("recorded", &self.recorded)
            .field("clock", &self.clock)
            .field("clock_sections", &self.clock_sections)
            .field("faults", &self.faults)
            .field("more_faults", &self.more_faults)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verdict, parties } = self;
        f.debug_struct("Summary").field("verdict", verdict).field("parties", parties).finish()
    }
}

impl fmt::Debug for PartySummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            party: _,
            roles,
            takes_part,
            contradicts_itself,
            faults,
            contradicts_its_proofs,
            disputes,
            missing,
            not_covered,
            clocks,
        } = self;
        f.debug_struct("PartySummary")
            .field("roles", roles)
            .field("takes_part", takes_part)
            .field("contradicts_itself", contradicts_itself)
            .field("faults", faults)
            .field("contradicts_its_proofs", contradicts_its_proofs)
            .field("disputes", disputes)
            .field("missing", missing)
            .field("not_covered", not_covered)
            .field("clocks", clocks)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ClockOfTrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClockOfTrail").field("section", &self.section).finish_non_exhaustive()
    }
}
