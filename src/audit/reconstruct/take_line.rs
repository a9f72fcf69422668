//! Takes a line of an export, and keeps of it what is compared.

use super::collect::{Collected, NO_SOURCE};
use super::error::ReconstructionError;
use super::fact::Fact;
use super::fault::{LaidTo, ManifestMember, TrailFaultKind};
use super::observation::{Authentication, Content, Observation, ToldClock};
use super::open_file::OpenFile;
use super::parts::PartsPrint;
use super::policy::ReconstructionPolicy;
use super::store::Place;
use crate::audit::{self, Entry, Line, LineHash, Record, Sequence};

impl Collected {
    /// Takes the next line of a file.
    pub(super) fn line(
        &mut self,
        file: &mut OpenFile,
        line: &Line<'_>,
        policy: &ReconstructionPolicy<'_>,
    ) -> Result<(), ReconstructionError> {
        file.tally.take(&line.content);
        match &line.content {
            audit::Content::Entry(entry) => self.entry(file, line, entry, policy),
            audit::Content::LeftOut(left_out) => self.place(file, line.hash, left_out.sequence, Content::LeftOut),
            audit::Content::Unreadable(unreadable) => {
                let fault = TrailFaultKind::Unreadable { line: line.number, fault: unreadable.fault.clone() };
                file.faults.note(fault, LaidTo::Nobody);
                match unreadable.sequence {
                    Some(sequence) => self.place(file, line.hash, sequence, Content::Unreadable),
                    // It stands in no place, so that a record behind it vouches for no line before it. Otherwise its octets, which
                    // are those of a line that the party has, would lend their hash to a line that somebody put before them.
                    None => Ok(()),
                }
            }
        }
    }

    fn entry(
        &mut self,
        file: &mut OpenFile,
        line: &Line<'_>,
        entry: &Entry<'_>,
        policy: &ReconstructionPolicy<'_>,
    ) -> Result<(), ReconstructionError> {
        if entry.source().environment() != policy.verifier().environment() {
            file.is_of_other_environment = true;
            file.faults.note(TrailFaultKind::OtherEnvironment, LaidTo::Nobody);
            return Ok(());
        }
        let trail = match file.trail {
            Some(trail) => trail,
            None => match self.trail(entry.source())? {
                Some(trail) => trail,
                None => {
                    file.is_refused = true;
                    self.has_too_many_claims = true;
                    return Ok(());
                }
            },
        };
        file.trail = Some(trail);
        // Two writers mixed their lines, or somebody did it.
        if self.trails.get(trail).is_none_or(|trail| trail.source != *entry.source()) {
            let fault = match (file.has_manifest, file.last) {
                (true, None) => TrailFaultKind::ManifestDiffers(ManifestMember::Source),
                (true, Some(_)) | (false, _) => TrailFaultKind::Interleaved { line: line.number },
            };
            file.faults.note(fault, LaidTo::Nobody);
            return Ok(());
        }
        file.check_clock(entry);
        file.check_delay(entry, policy);
        let mut observation =
            self.observation(file, line.hash, entry.sequence(), Content::Record(entry.record().kind()));
        observation.closes = file.closes(entry, Place::of(self.all.lines.len()));
        observation.recorded = entry.recorded_time().timestamp_micros();
        self.fill(&mut observation, file, entry, policy)?;
        self.keep(file, observation)
    }

    /// Keeps what a record says.
    fn fill(
        &mut self,
        observation: &mut Observation,
        file: &mut OpenFile,
        entry: &Entry<'_>,
        policy: &ReconstructionPolicy<'_>,
    ) -> Result<(), ReconstructionError> {
        let record = entry.record();
        observation.at = record.time().timestamp_micros();
        observation.outcome = record.outcome();
        observation.event = record.event();
        observation.side = record.details().side;
        observation.deleted = record.details().reason;
        observation.clock = ToldClock::of(record.details().state);
        observation.fact = fact_of(record, policy);
        observation.parts = self.all.keep_parts(PartsPrint::of_record(record.parts()));
        if let Some(message) = record.message().filter(|_| ReconstructionPolicy::is_of_message(record.kind())) {
            let place = self.all.messages.place(message).ok_or(ReconstructionError::TooManyLines)?;
            observation.message = Some(place);
        }
        if let Some(action) = record.action() {
            let action = format!("{} {}", action.method(), action.template());
            observation.action = self.all.actions.place(&action);
        }
        if let Some(proof) = record.proof() {
            let id = match proof.der() {
                Some(der) => match file.embedded.keep(der) {
                    Some((id, file)) => {
                        observation.held = self.all.keep_proof(Some(file));
                        Some(id)
                    }
                    None => {
                        let fault = TrailFaultKind::NoProof { at: entry.sequence() };
                        file.faults.note(fault, LaidTo::Nobody);
                        None
                    }
                },
                None => proof.id_digest().map(|digest| digest.first_32()),
            };
            observation.proof = self.all.keep_proof(id);
        }
        Ok(())
    }

    fn place(
        &mut self,
        file: &mut OpenFile,
        hash: LineHash,
        sequence: Sequence,
        content: Content,
    ) -> Result<(), ReconstructionError> {
        file.last_recorded = None;
        let observation = self.observation(file, hash, sequence, content);
        self.keep(file, observation)
    }

    fn observation(&self, file: &OpenFile, hash: LineHash, sequence: Sequence, content: Content) -> Observation {
        Observation {
            hash,
            sequence,
            at: 0,
            recorded: 0,
            message: None,
            action: None,
            parts: None,
            proof: None,
            held: None,
            outcome: None,
            source: file.trail.and_then(|trail| u8::try_from(trail).ok()).unwrap_or(NO_SOURCE),
            content,
            authentication: Authentication::None,
            fact: Fact::Beside,
            event: None,
            side: None,
            deleted: None,
            clock: ToldClock::Nothing,
            section: 0,
            closes: false,
        }
    }

    fn keep(&mut self, file: &mut OpenFile, observation: Observation) -> Result<(), ReconstructionError> {
        file.check_order(&observation);
        self.all.lines.push(observation).ok_or(ReconstructionError::TooManyLines)?;
        Ok(())
    }
}

/// The fact that a record is about.
fn fact_of(record: &Record<'_>, policy: &ReconstructionPolicy<'_>) -> Fact {
    let of_action = || record.action().and_then(|action| policy.fact_of(action));
    let of_event = || record.event().map(Fact::of_event);
    let of_engine = || record.details().engine_event.map(Fact::of_engine);
    let of_call = || record.action().map(|action| Fact::of_call(action.method(), !record.parts().is_empty()));
    let fact = Fact::of_kind(record.kind()).or_else(of_engine).or_else(of_action).or_else(of_event).or_else(of_call);
    fact.unwrap_or(Fact::Beside)
}
