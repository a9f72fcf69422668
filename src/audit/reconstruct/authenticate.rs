//! Finds out which lines of a file its party answers for.

use std::ops::Range;

use super::answering::answers;
use super::collect::{Collected, NO_SOURCE};
use super::error::ReconstructionError;
use super::fault::{Faults, LaidTo, ManifestMember, TrailFaultKind};
use super::file_of_trail::FileOfTrail;
use super::observation::{Authentication, Content, Observation};
use super::open_file::OpenFile;
use super::policy::ReconstructionPolicy;
use super::report::UnusedExport;
use super::seal::SealedSpan;
use super::store::Place;
use crate::audit::{LineHash, Sequence};

impl Collected {
    /// Finds out which lines the party answers for, and gives the file to its trail.
    pub(super) fn close(
        &mut self,
        mut file: OpenFile,
        span: Option<SealedSpan>,
        digest: LineHash,
        policy: &ReconstructionPolicy<'_>,
    ) -> Result<(), ReconstructionError> {
        let lines = file.start..self.all.lines.len();
        let broken = self.broken(&lines);
        let mut is_true = false;
        let (laid_to, embedded) = match &span {
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
                (LaidTo::Party, &mut self.embedded)
            }
            // A manifest alone still says what its lines were.
            Some(span) if file.tally.lines > 0 => {
                file.faults.note(TrailFaultKind::ManifestDiffers(ManifestMember::Digest), LaidTo::Nobody);
                self.seal_chain(&lines, span);
                (LaidTo::Nobody, &mut self.embedded_in_claims)
            }
            Some(_) | None => (LaidTo::Nobody, &mut self.embedded_in_claims),
        };
        embedded.extend(std::mem::take(&mut file.embedded));
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
