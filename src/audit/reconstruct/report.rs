//! What is known of the trail of one source.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::clock::{Clock, ClockSection};
use super::compared::Estimated;
use super::expected::Role;
use super::fault::{Faults, LaidTo, TrailFault, TrailFaultKind};
use super::serial;
use super::trail::JoinedTrail;
use crate::audit::{Sequence, Source};

/// The trail of one source, as its exports show it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TrailReport {
    /// Whose trail it is.
    #[serde(skip)]
    pub source: Source,
    /// The URN of the source.
    #[serde(rename = "source", serialize_with = "serial::text")]
    pub urn: Arc<str>,
    /// The roles that the policy gives the party.
    pub roles: Vec<Role>,
    /// The number of files that were read.
    pub files: usize,
    /// The latest time at which a seal over lines of the trail is proven to have existed; `None` if no seal verified.
    pub sealed_at: Option<DateTime<Utc>>,
    /// The number of lines, each counted once.
    pub lines: u64,
    /// The number of lines that the party answers for.
    pub sealed: u64,
    /// The number of lines that are left out.
    pub left_out: u64,
    /// The number of lines that cannot be read.
    pub unreadable: u64,
    /// The first and the last line.
    #[serde(serialize_with = "serial::span")]
    pub span: Option<(Sequence, Sequence)>,
    /// The times of recording of the first and the last record, by the clock of the source.
    pub recorded: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// What is known of the clock. Where it was set, what is worst of it.
    pub clock: Clock,
    /// What is known of the clock from each setting to the next; empty where the trail tells of none.
    pub clock_sections: Vec<ClockSection>,
    /// What is wrong with the trail: what the party answers for comes first.
    pub faults: Vec<TrailFault>,
    /// How often a fault was found that is not listed.
    pub more_faults: u64,
    /// What the party sealed contradicts itself, whether or not the fault is listed.
    #[serde(rename = "at_fault")]
    is_at_fault: bool,
}

/// An export of which nothing is used. Its faults say why.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnusedExport {
    /// Its position among the exports, from 0.
    pub position: usize,
    /// Its name, if it has one.
    #[serde(serialize_with = "serial::text_if_any")]
    pub name: Option<Arc<str>>,
    /// What is wrong with it.
    pub faults: Vec<TrailFault>,
    /// How often a fault was found that is not listed.
    pub more_faults: u64,
}

impl UnusedExport {
    /// An export of a source for which there is no room.
    pub(super) fn of_too_many(position: usize, name: Option<Arc<str>>) -> Self {
        let mut faults = Faults::of_export(name.clone());
        faults.note(TrailFaultKind::TooManySources, LaidTo::Nobody);
        let (faults, more_faults) = faults.finish();
        Self { position, name, faults, more_faults }
    }
}

impl TrailReport {
    pub(super) fn of(trail: &JoinedTrail, urn: Arc<str>, roles: Vec<Role>, clocks: &[Estimated]) -> Self {
        let coverage = &trail.coverage;
        let (faults, more_faults) = trail.faults.clone().finish();
        let time = DateTime::from_timestamp_micros;
        let sections = trail.sections.iter().zip(clocks);
        let sections =
            sections.map(|(section, clock)| ClockSection { from: section.from, to: section.to, clock: clock.clock });
        let clock_sections = if clocks.len() > 1 { sections.collect() } else { Vec::new() };
        Self {
            urn,
            roles,
            files: trail.files.len(),
            sealed_at: trail.spans.iter().map(|span| span.sealed_at).max(),
            lines: coverage.lines,
            sealed: coverage.sealed,
            left_out: coverage.left_out,
            unreadable: coverage.unreadable,
            span: coverage.span,
            recorded: coverage.recorded.and_then(|(from, to)| Some((time(from)?, time(to)?))),
            clock: Clock::worst(clocks.iter().map(|clock| clock.clock)),
            clock_sections,
            faults,
            more_faults,
            is_at_fault: trail.faults.is_party_at_fault,
            source: trail.source.clone(),
        }
    }

    /// Tells if what the party sealed contradicts itself or a proof of its own.
    pub fn is_at_fault(&self) -> bool {
        self.is_at_fault
    }
}
