//! Reads exports line by line, and keeps of each line what is compared.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::Range;

use super::answering::answers;
use super::embedded::Embedded;
use super::error::ReconstructionError;
use super::export::Hashed;
use super::fact::Fact;
use super::fault::{Faults, LaidTo, ManifestMember, TrailFaultKind};
use super::file_of_trail::FileOfTrail;
use super::given::GivenExport;
use super::observation::{Authentication, Content, Observation, Observations, ToldClock};
use super::open_file::OpenFile;
use super::parts::PartsPrint;
use super::party::PartyKey;
use super::policy::ReconstructionPolicy;
use super::report::UnusedExport;
use super::seal::SealedSpan;
use super::store::Place;
use super::trail::JoinedTrail;
use crate::audit::limits::MAX_SOURCES;
use crate::audit::{self, Entry, Line, LineHash, LineReader, Record, Sequence, Source};

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) all: Observations,
    pub(super) trails: Vec<JoinedTrail>,
    pub(super) embedded: Embedded,
    /// The proofs inside of records of sources that nobody sealed. They have room of their own, so that they cut none of the others.
    pub(super) embedded_in_claims: Embedded,
    pub(super) parties: BTreeMap<PartyKey, u32>,
    pub(super) unused: Vec<UnusedExport>,
    /// The number of trails of which a manifest is sealed. They come first.
    sealed: usize,
    has_too_many_claims: bool,
}

impl Collected {
    /// Reads all exports: first those of which a manifest is sealed, so that no number of others keeps them from being read.
    pub(super) fn read_all<R: BufRead>(
        &mut self,
        exports: Vec<GivenExport<R>>,
        policy: &ReconstructionPolicy<'_>,
    ) -> Result<(), ReconstructionError> {
        let (sealed, claimed): (Vec<_>, Vec<_>) =
            exports.into_iter().partition(|export| export.sealed_source().is_some());
        // Of more than there is room for, those of parties that the policy names come first, and then those of the lowest numbers.
        let sources = sealed.iter().filter_map(GivenExport::sealed_source);
        let sources: BTreeMap<(bool, String), &Source> = sources
            .map(|source| ((!policy.takes_part(&PartyKey::of(source.party())), source.to_string()), source))
            .collect();
        for source in sources.into_values().take(MAX_SOURCES) {
            self.trail(source)?;
        }
        self.sealed = self.trails.len();
        for export in sealed {
            self.read(export, policy)?;
        }
        for export in claimed {
            self.read(export, policy)?;
        }
        self.drop_claims();
        self.unused.sort_by_key(|unused| unused.position);
        Ok(())
    }

    /// Reads an export to its end.
    fn read<R: BufRead>(
        &mut self,
        export: GivenExport<R>,
        policy: &ReconstructionPolicy<'_>,
    ) -> Result<(), ReconstructionError> {
        let mut file = OpenFile::new(self.all.lines.len(), export.position, export.name);
        let mut sealed: Option<SealedSpan> = None;
        match export.manifest {
            Some(Ok((source, span))) => {
                file.trail = self.find(&source);
                file.is_refused = file.trail.is_none();
                file.has_manifest = true;
                sealed = Some(span);
            }
            Some(Err(fault)) => file.faults.note(fault, LaidTo::Nobody),
            None => {}
        }
        let mut lines = Hashed::new(export.lines);
        let mut reader = LineReader::new(&mut lines);
        while !file.is_refused {
            match reader.next_line() {
                Ok(Some(line)) => self.line(&mut file, &line, policy)?,
                Ok(None) => break,
                Err(error) => {
                    file.faults.note(TrailFaultKind::ReadFailed(error.kind()), LaidTo::Nobody);
                    break;
                }
            }
        }
        if file.is_refused {
            self.unused.push(UnusedExport::of_too_many(file.position, file.name));
            return Ok(());
        }
        self.close(file, sealed, LineHash::of_digest(&lines.finish()), policy)
    }

    /// Takes back the trails of all sources that nobody sealed, if there are more than there is room for. Which of them came first
    /// would decide otherwise.
    fn drop_claims(&mut self) {
        if !self.has_too_many_claims {
            return;
        }
        self.embedded_in_claims = Embedded::default();
        for file in self.trails.split_off(self.sealed).into_iter().flat_map(|trail| trail.files) {
            for place in file.lines.filter_map(Place::of) {
                if let Some(line) = self.all.lines.get_mut(place) {
                    (line.source, line.message) = (NO_SOURCE, None);
                }
            }
            self.unused.push(UnusedExport::of_too_many(file.position, file.name));
        }
        let trails = &self.trails;
        self.parties.retain(|_, number| trails.iter().any(|trail| trail.party == *number));
    }

    fn line(
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
        if entry.source().environment() != policy.verifier.environment() {
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
                Some(der) => match self.embedded_of(file).keep(der) {
                    Some(id) => Some(id),
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
            outcome: None,
            source: file.trail.and_then(|trail| u8::try_from(trail).ok()).unwrap_or(NO_SOURCE),
            content,
            authentication: Authentication::None,
            fact: Fact::Beside,
            event: None,
            side: None,
            clock: ToldClock::Nothing,
            closes: false,
        }
    }

    fn keep(&mut self, file: &mut OpenFile, observation: Observation) -> Result<(), ReconstructionError> {
        file.check_order(&observation);
        self.all.lines.push(observation).ok_or(ReconstructionError::TooManyLines)?;
        Ok(())
    }

    /// Where the proofs inside of the records of a file are kept.
    fn embedded_of(&mut self, file: &OpenFile) -> &mut Embedded {
        let is_sealed = file.trail.is_some_and(|trail| trail < self.sealed);
        if is_sealed { &mut self.embedded } else { &mut self.embedded_in_claims }
    }

    fn find(&self, source: &Source) -> Option<usize> {
        self.trails.iter().position(|trail| trail.source == *source)
    }

    /// The place of the trail of a source, which is added if it is new; `None` if there is no room for it.
    fn trail(&mut self, source: &Source) -> Result<Option<usize>, ReconstructionError> {
        if let Some(place) = self.find(source) {
            return Ok(Some(place));
        }
        if self.trails.len() >= MAX_SOURCES {
            return Ok(None);
        }
        let next = u32::try_from(self.parties.len()).map_err(|_| ReconstructionError::TooManyLines)?;
        let party = *self.parties.entry(PartyKey::of(source.party())).or_insert(next);
        self.trails.push(JoinedTrail::new(source.clone(), party));
        Ok(Some(self.trails.len() - 1))
    }

    /// Puts the trails in the order of their sources and the parties in that of their numbers, so that the order of the exports has
    /// no part in anything that follows.
    pub(super) fn put_in_order(&mut self) {
        let mut order: Vec<(String, usize)> =
            self.trails.iter().enumerate().map(|(place, trail)| (trail.source.to_string(), place)).collect();
        order.sort_unstable();
        let mut places: Vec<u8> = vec![0; order.len()];
        for ((_, before), place) in order.iter().zip(0..) {
            places.get_mut(*before).into_iter().for_each(|slot| *slot = place);
        }
        self.all.lines.for_each_mut(|line| {
            line.source = places.get(usize::from(line.source)).copied().unwrap_or(line.source);
        });
        let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
        for (number, place) in self.parties.values_mut().zip(0..) {
            numbers.insert(*number, place);
            *number = place;
        }
        for trail in &mut self.trails {
            trail.party = numbers.get(&trail.party).copied().unwrap_or(trail.party);
        }
        self.trails.sort_by_cached_key(|trail| trail.source.to_string());
    }

    /// Finds out which lines the party answers for, and gives the file to its trail.
    fn close(
        &mut self,
        mut file: OpenFile,
        span: Option<SealedSpan>,
        digest: LineHash,
        policy: &ReconstructionPolicy<'_>,
    ) -> Result<(), ReconstructionError> {
        let lines = file.start..self.all.lines.len();
        let broken = self.broken(&lines);
        let mut is_true = false;
        let laid_to = match &span {
            Some(span) if span.digest == digest => {
                self.seal_all(&lines, &broken);
                let end = |place: Option<usize>| {
                    self.all.lines.get(Place::of(place?)?).map(|line| (line.sequence, line.hash))
                };
                let ends = [end(lines.clone().next()), end(lines.clone().next_back())];
                let differs = [
                    (ManifestMember::Span, ends != [Some(span.first), Some(span.last)]),
                    (ManifestMember::Count, !file.tally.has_count_of(span)),
                    (ManifestMember::Times, !file.tally.has_times_of(span)),
                ];
                is_true = differs.iter().all(|(_, differs)| !differs);
                // Both are sealed by one seal.
                for (member, _) in differs.into_iter().filter(|(_, differs)| *differs) {
                    file.faults.note(TrailFaultKind::ManifestDiffers(member), LaidTo::Party);
                }
                LaidTo::Party
            }
            // A manifest alone still says what its lines were.
            Some(span) if file.tally.lines > 0 => {
                file.faults.note(TrailFaultKind::ManifestDiffers(ManifestMember::Digest), LaidTo::Nobody);
                self.seal_chain(&lines, span);
                LaidTo::Nobody
            }
            Some(_) | None => LaidTo::Nobody,
        };
        for at in broken.into_iter().filter_map(|place| self.all.lines.get(place)).map(|line| line.sequence) {
            file.faults.note(TrailFaultKind::Altered { at }, laid_to);
        }
        if let Some(span) = &span {
            self.check_seal_time(&mut file.faults, &lines, span, policy);
        }
        let Some((source, trail)) = file.trail.and_then(|trail| Some((trail, self.trails.get_mut(trail)?))) else {
            if !file.is_of_other_environment {
                file.faults.note(TrailFaultKind::NoSource, LaidTo::Nobody);
            }
            let (faults, more_faults) = file.faults.finish();
            self.unused.push(UnusedExport { position: file.position, name: file.name, faults, more_faults });
            return Ok(());
        };
        // Lines that are not shown came before the first that says whose they are.
        let source = u8::try_from(source).unwrap_or(NO_SOURCE);
        for place in lines.clone().filter_map(Place::of) {
            self.all.lines.get_mut(place).into_iter().for_each(|line| line.source = source);
        }
        trail.faults.extend(file.faults);
        trail.spans.extend(span.clone());
        // Of a manifest that differs from lines that can be seen, nothing is believed about those that cannot.
        let (behind, span) = (file.behind, span.filter(|_| is_true));
        trail.files.push(FileOfTrail { lines, behind, span, position: file.position, name: file.name });
        Ok(())
    }

    /// The lines of a file that are not those behind which the next ones were written.
    fn broken(&self, lines: &Range<usize>) -> Vec<Place> {
        let mut broken = Vec::new();
        let mut before: Option<(Place, Sequence)> = None;
        for place in lines.clone().filter_map(Place::of) {
            let Some(line) = self.all.lines.get(place) else { continue };
            broken.extend(before.filter(|(_, sequence)| is_broken(*sequence, line)).map(|(before, _)| before));
            before = Some((place, line.sequence));
        }
        broken
    }

    /// The octets are those that the party sealed: it answers for each line, and for how they follow each other.
    fn seal_all(&mut self, lines: &Range<usize>, broken: &[Place]) {
        for place in lines.clone().filter_map(Place::of) {
            if let Some(line) = self.all.lines.get_mut(place) {
                line.authentication = Authentication::Sealed;
            }
        }
        for place in broken {
            if let Some(line) = self.all.lines.get_mut(*place) {
                line.authentication = Authentication::Contradicted;
            }
        }
    }

    /// What a seal is over was there before it.
    fn check_seal_time(
        &self,
        faults: &mut Faults,
        lines: &Range<usize>,
        span: &SealedSpan,
        policy: &ReconstructionPolicy<'_>,
    ) {
        let latest = span.sealed_at.timestamp_micros().saturating_add(policy.clock_skew_micros());
        let lines = lines.clone().filter_map(Place::of).filter_map(|place| self.all.lines.get(place));
        for line in lines.filter(|line| answers(line) && line.recorded > latest) {
            faults.note(TrailFaultKind::RecordedBehindSeal { at: line.sequence }, LaidTo::Nobody);
        }
    }

    /// The octets were changed since. The sealed hash of the last line still vouches for it, and for all before it as far as each
    /// names the one before.
    ///
    /// It vouches for the line of the sealed number alone. Anybody can state the hash in the place of a line that is left out, at
    /// any number, and beside the true line of that number it would be a second history of an honest party.
    fn seal_chain(&mut self, lines: &Range<usize>, span: &SealedSpan) {
        let is_last = |line: &Observation| (line.sequence, line.hash) == span.last;
        let places = lines.clone().rev().filter_map(Place::of);
        let mut places = places.skip_while(|place| !self.all.lines.get(*place).is_some_and(is_last));
        let mut vouched = Vec::new();
        let mut next: Option<Sequence> = None;
        for place in &mut places {
            let Some(line) = self.all.lines.get(place) else { break };
            if next.is_some_and(|next| line.sequence.next() != Some(next)) {
                break;
            }
            vouched.push(place);
            next = Some(line.sequence);
            if !line.closes {
                break;
            }
        }
        for place in vouched {
            if let Some(line) = self.all.lines.get_mut(place) {
                line.authentication = Authentication::Sealed;
            }
        }
    }
}

/// A line that names another line before it than the one that stands there.
fn is_broken(before: Sequence, line: &Observation) -> bool {
    matches!(line.content, Content::Record(_)) && !line.closes && before.next() == Some(line.sequence)
}

/// The source of lines of which nothing is used.
const NO_SOURCE: u8 = u8::MAX;

/// The fact that a record is about.
fn fact_of(record: &Record<'_>, policy: &ReconstructionPolicy<'_>) -> Fact {
    let of_action = || record.action().and_then(|action| policy.fact_of(action));
    let of_event = || record.event().map(Fact::of_event);
    let of_engine = || record.details().engine_event.map(Fact::of_engine);
    let of_call = || record.action().map(|action| Fact::of_call(action.method(), !record.parts().is_empty()));
    let fact = Fact::of_kind(record.kind()).or_else(of_engine).or_else(of_action).or_else(of_event).or_else(of_call);
    fact.unwrap_or(Fact::Beside)
}
