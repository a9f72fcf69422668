//! Reads exports, those that are sealed first, and puts what they say in an order that is not that in which they came.

use std::collections::BTreeMap;
use std::io::BufRead;

use super::embedded::Embedded;
use super::error::ReconstructionError;
use super::export::Hashed;
use super::fault::{LaidTo, TrailFaultKind};
use super::given::GivenExport;
use super::observation::Observations;
use super::open_file::OpenFile;
use super::party::PartyKey;
use super::policy::ReconstructionPolicy;
use super::report::UnusedExport;
use super::seal::SealedSpan;
use super::store::Place;
use super::trail::JoinedTrail;
use crate::audit::limits::MAX_SOURCES;
use crate::audit::{LineHash, LineReader, Source};

/// The source of lines of which nothing is used.
pub(super) const NO_SOURCE: u8 = u8::MAX;

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) all: Observations,
    pub(super) trails: Vec<JoinedTrail>,
    /// The proofs inside of records of exports that are as they were sealed.
    pub(super) embedded: Embedded,
    /// Those of all other exports. They have room of their own, so that they cut none of the others, whosever lines they say that
    /// they are.
    pub(super) embedded_in_claims: Embedded,
    pub(super) parties: BTreeMap<PartyKey, u32>,
    pub(super) unused: Vec<UnusedExport>,
    /// The number of trails of which a manifest is sealed. They come first.
    sealed: usize,
    pub(super) has_too_many_claims: bool,
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
    pub(super) fn find(&self, source: &Source) -> Option<usize> {
        self.trails.iter().position(|trail| trail.source == *source)
    }

    /// The place of the trail of a source, which is added if it is new; `None` if there is no room for it.
    pub(super) fn trail(&mut self, source: &Source) -> Result<Option<usize>, ReconstructionError> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Occurrence, ProofReference, Record, Trail};
    use crate::evidence::{
        Committed, Environment, Event, Field, Issuer, MessageId, PartDescription, Party, Salts, Sending,
    };
    use crate::identity::{EnterpriseNumber, Niss};
    use crate::seal::{Credentials, Sealer};
    use crate::testing::{TestPki, TestTsa};
    use crate::{PayloadDigests, TsaPool, Verifier};

    #[test]
    fn a_copy_that_nobody_sealed_has_no_room_with_what_its_source_sealed() {
        let now = "2026-11-22T09:15:04Z".parse().unwrap();
        let pki = TestPki::new(now).unwrap();
        let source = Source::new(Environment::Test, "BE/BE/0406798006", "mailbox").unwrap();
        let sender = Party::legal_person(EnterpriseNumber::new("0566988259").unwrap(), "Office").unwrap();
        let recipient = Party::new(Niss::new("85073003328").unwrap());
        let part = PartDescription::new("letter.txt", "text/plain").unwrap();
        let message = MessageId::new("1").unwrap();
        let sending = Sending::new(message, sender, recipient, part, PayloadDigests::of_bytes(b"the letter"), now);
        let sending = sending.unwrap();
        let (sending, _) = Committed::of(&sending, &Field::personal(&sending), Salts::Random).unwrap().into_parts();
        let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap();
        let sealer = Sealer::new(credentials, Issuer::new("Mailbox", source.party(), Environment::Test).unwrap());
        let tsas = TsaPool::new().with_tsa("in-process", TestTsa::new(&pki).with_clock(move || now));
        let proof = sealer.seal(&sending, now).unwrap().stamp_with(&tsas).unwrap();
        let mut trail = Trail::begin(&source, Vec::new());
        let proof = ProofReference::embedded(&proof).unwrap();
        let issued = Record::proof_issued(Occurrence::at(now).unwrap(), proof, Event::SubmissionAcceptance);
        trail.append(&issued, now).unwrap();
        trail.commit().unwrap();
        let lines = trail.into_sink();

        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let policy = ReconstructionPolicy::new(&verifier, now);
        // The source has a manifest that is sealed, and this file has none.
        let mut collected = Collected::default();
        collected.trail(&source).unwrap();
        collected.sealed = 1;
        collected.read(GivenExport { position: 0, name: None, lines: &lines[..], manifest: None }, &policy).unwrap();
        assert_eq!(collected.trails[0].files.len(), 1);
        let kept = [collected.embedded, collected.embedded_in_claims].map(|embedded| embedded.finish().0.len());
        assert_eq!(kept, [0, 1]);
    }
}
