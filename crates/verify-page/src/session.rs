//! The files that the user gave, and the verdict on them.

use std::collections::HashMap;

use recommande::evidence::AnyStatement;
use recommande::pki::revocation::RevocationData;
use recommande::seal::{AnyProof, Printed};
use recommande::{Certificate, Environment, Indication, Report, TrustAnchors, Verifier};
use recommande_dossier::Protection;
use recommande_receipt::{
    Findings, Language, Options, SubjectWords, Tone, page_of_following, page_of_proof, page_of_subject,
};
use serde::Serialize;

use crate::answer::{AnchorsOf, Answer, Asked, Failure, LetterShown, Note, NoteCode, Shown, ShownContainer};
use crate::dossier::{Unpacking, Wanted};
use crate::file::{Container, Content, File, Kind, Opened, Reading, Role};
use crate::judge::{Candidate, Judge, announces_second_seal};
use crate::letters::{Letter, Letters};
use crate::settings::Settings;
use crate::words::words;

/// The most files at once, so that a folder that was dropped by mistake does not keep a browser busy.
const MAX_FILES: usize = 1_024;

/// The most octets of all files that are kept, so that a folder that was dropped by mistake does not fill the memory either.
const MAX_KEPT_TOGETHER: usize = 128 << 20;

/// The open files, and the settings of the page.
#[derive(Default)]
pub(crate) struct Session {
    settings: Settings,
    reading: HashMap<u32, Reading>,
    unpacking: HashMap<u32, Unpacking>,
    files: Vec<(u32, File)>,
    last: u32,
}

/// The answer to a file that was closed.
#[derive(Serialize)]
pub(crate) struct Closed {
    kind: Kind,
}

impl Session {
    pub(crate) fn configure(&mut self, json: &[u8]) -> Result<(), Failure> {
        self.settings = Settings::read(json).map_err(|_| Failure::of("settings"))?;
        Ok(())
    }

    /// Opens a file, and returns its number. Numbers begin with 1 and are not used again: 0 says that there are too many files, or
    /// too large ones.
    pub(crate) fn open(&mut self, role: Role, name: String, size: f64) -> u32 {
        let reading = Reading::new(role, name, size);
        if !self.has_room_for(1, reading.most_kept()) {
            return 0;
        }
        self.last = self.last.saturating_add(1);
        self.reading.insert(self.last, reading);
        self.last
    }

    /// Tells if so many files more, of which so many octets are kept, are not too much.
    fn has_room_for(&self, files: usize, octets: usize) -> bool {
        let parts = self.files.iter().filter_map(|(_, file)| opened(file)).map(|(_, opened)| opened.files.len());
        let count = parts.fold(self.files.len().saturating_add(self.reading.len()), usize::saturating_add);
        let of_files = self.files.iter().map(|(_, file)| file.kept());
        let of_readings = self.reading.values().map(Reading::most_kept);
        let kept = of_files.chain(of_readings).fold(octets, usize::saturating_add);
        count.saturating_add(files) <= MAX_FILES && kept <= MAX_KEPT_TOGETHER
    }

    pub(crate) fn update(&mut self, number: u32, octets: &[u8]) {
        if let Some(reading) = self.reading.get_mut(&number) {
            reading.update(octets);
        }
    }

    pub(crate) fn close(&mut self, number: u32) -> Result<Closed, Failure> {
        let file = self.reading.remove(&number).ok_or(Failure::of("file"))?.finish();
        let kind = file.kind();
        self.files.push((number, file));
        Ok(Closed { kind })
    }

    /// Begins to read a dossier, whose octets come once more, and returns those that are wanted first.
    pub(crate) fn unpack(&mut self, number: u32) -> Result<Option<Wanted>, Failure> {
        let file = self.files.iter().find(|(of_file, _)| *of_file == number);
        let Some((_, File { size, content: Content::Dossier(_), .. })) = file else { return Err(Failure::of("file")) };
        self.unpacking.insert(number, Unpacking::new(*size));
        self.next_of(number)
    }

    /// Takes the octets of a dossier that were wanted, and returns those that are wanted next: none, where it is read.
    pub(crate) fn supply(&mut self, number: u32, octets: &[u8]) -> Result<Option<Wanted>, Failure> {
        self.unpacking.get_mut(&number).ok_or(Failure::of("file"))?.take(octets);
        self.next_of(number)
    }

    fn next_of(&mut self, number: u32) -> Result<Option<Wanted>, Failure> {
        let unpacking = self.unpacking.get(&number).ok_or(Failure::of("file"))?;
        if let Some(wanted) = unpacking.wanted() {
            return Ok(Some(wanted));
        }
        let named = self.files.iter().find(|(of_file, _)| *of_file == number).map(|(_, file)| file.name.clone());
        let (Some(unpacking), Some(name)) = (self.unpacking.remove(&number), named) else { return Ok(None) };
        let container = match unpacking.finish(&name) {
            Container::Opened(opened) if !self.has_room_for(opened.files.len(), opened.kept()) => {
                Container::Refused(NoteCode::DossierTooLarge)
            }
            container => container,
        };
        if let Some((_, file)) = self.files.iter_mut().find(|(of_file, _)| *of_file == number) {
            file.content = Content::Dossier(container);
        }
        Ok(None)
    }

    pub(crate) fn remove(&mut self, number: u32) {
        self.reading.remove(&number);
        self.unpacking.remove(&number);
        self.files.retain(|(of_file, _)| *of_file != number);
    }

    /// Verifies the proofs among the files.
    pub(crate) fn verify(&self, question: &[u8]) -> Result<Answer, Failure> {
        let asked: Asked = serde_json::from_slice(question).map_err(|_| Failure::of("question"))?;
        let language = asked.language()?;
        let options = Options::new(language).with_numbers(asked.numbers()).with_findings(Findings::All);
        let dossiers: Vec<(&str, &Opened)> = self.files.iter().filter_map(|(_, file)| opened(file)).collect();
        let of_dossiers = dossiers.iter().flat_map(|(_, opened)| &opened.files);
        let files: Vec<&File> = self.files.iter().map(|(_, file)| file).chain(of_dossiers).collect();
        let candidates: Vec<Candidate<'_>> = files.iter().filter_map(|file| candidate(file)).collect();
        let statements: Vec<AnyStatement> =
            candidates.iter().filter_map(|candidate| Some(candidate.proof?.stated())).collect();
        let letters = Letters::of(&files, &statements);
        let (anchors_of, seal_anchors, tsa_anchors) = self.anchors(&files);
        let revocation = match self.revocation(&files) {
            Ok(revocation) => revocation,
            Err(note) => {
                let (containers, results, notes) = (Vec::new(), Vec::new(), vec![note]);
                return Ok(Answer { now: asked.now, anchors: anchors_of, containers, results, notes });
            }
        };
        let verifier_of = |environment| {
            let verifier = Verifier::new(seal_anchors.clone(), tsa_anchors.clone(), environment);
            self.with_beside(verifier, &files, &revocation)
        };
        // Nobody signed a record over a dossier: one that does not hold says nothing about the files in it.
        let mut records = Vec::new();
        let mut containers = Vec::new();
        if !dossiers.is_empty() {
            let verifier = verifier_of(self.settings.environment.unwrap_or(Environment::Production));
            for (name, opened) in &dossiers {
                let (manifest, record) = opened.dossier.container(&verifier, asked.now);
                if record.as_ref().is_some_and(|record| record.indication == Indication::TotalPassed) {
                    records.extend(opened.dossier.record().map(<[u8]>::to_vec));
                }
                containers.extend(container(name, opened, (&manifest, record.as_ref()), (language, options)));
            }
        }

        let mut judges: Vec<(Environment, Judge<'_>)> = Vec::new();
        let (mut results, mut told) = (Vec::new(), Vec::new());
        for candidate in &candidates {
            let stated = candidate.proof.map(|proof| proof.stated_issuer().environment());
            let environment = self.settings.environment.or(stated).unwrap_or(Environment::Production);
            let known = judges.iter().position(|(of_judge, _)| *of_judge == environment);
            let place = known.unwrap_or_else(|| {
                let verifier = verifier_of(environment).also_with_evidence_records(records.iter().cloned());
                judges.push((environment, Judge::new(&files, &candidates, verifier, asked.now)));
                judges.len() - 1
            });
            let Some((_, judge)) = judges.get(place) else { continue };
            let statement = candidate.proof.map(AnyProof::stated);
            let letter = statement.map_or(Letter::NotGiven, |statement| letters.letter_of(&files, &statement));
            if let Letter::Differs(place) | Letter::NotComparable(place) = letter {
                told.push(place);
            }
            let judged = judge.judge(candidate, &letter);
            let page = match &judged.sending {
                Some(sending) => page_of_following(&judged.shown, sending, options),
                None => page_of_proof(&judged.shown, options),
            };
            let report = judged.shown.report();
            results.push(Shown {
                name: candidate.name.to_owned(),
                title: page.title(),
                verdict: page.verdict(),
                across: page.across(),
                tone: page.tone().into(),
                indication: report.indication,
                letter: letter_shown(&letter, &files),
                printed: candidate.is_printed,
                html: page.to_html(),
                #[cfg(feature = "answer")]
                report: report.clone(),
            });
        }
        let unused: Vec<usize> = letters.of_no_proof.iter().copied().filter(|place| !told.contains(place)).collect();
        let notes = notes(&files, &candidates, &unused, &letters.unmatched);
        Ok(Answer { now: asked.now, anchors: anchors_of, containers, results, notes })
    }

    /// Returns the anchors: those that the user loaded, else those of the page.
    fn anchors(&self, files: &[&File]) -> (AnchorsOf, TrustAnchors, TrustAnchors) {
        let mut loaded = [TrustAnchors::new(), TrustAnchors::new()];
        for file in files {
            if let Content::Anchors(role, Some(anchors)) = &file.content {
                let [seal, tsa] = &mut loaded;
                let into = if *role == Role::TsaAnchors { tsa } else { seal };
                anchors.iter().for_each(|anchor| into.add(anchor.clone()));
            }
        }
        let [seal, tsa] = loaded;
        match &self.settings.anchors {
            _ if !(seal.is_empty() && tsa.is_empty()) => (AnchorsOf::User, seal, tsa),
            Some((seal, tsa)) => (AnchorsOf::Page, seal.clone(), tsa.clone()),
            None => (AnchorsOf::Nobody, seal, tsa),
        }
    }

    /// Collects the revocation data of the page and of the files. Where a part of it cannot be taken, nothing is judged: without
    /// a list that was given, a proof whose certificate was revoked would pass.
    fn revocation(&self, files: &[&File]) -> Result<RevocationData, Note> {
        let mut revocation = self.settings.revocation.clone();
        for file in files {
            let refused = |code| Note { code, file: Some(file.name.clone()) };
            if let Content::Evidence(_, of_file) = &file.content {
                revocation.extend(of_file).map_err(|_| refused(NoteCode::EvidenceTooMuch))?;
            }
            if matches!(file.content, Content::EvidenceUnreadable) {
                return Err(refused(NoteCode::EvidenceUnreadable));
            }
        }
        Ok(revocation)
    }

    /// Gives a verifier what lies beside the proofs and is authenticated before it counts.
    fn with_beside(&self, verifier: Verifier, files: &[&File], revocation: &RevocationData) -> Verifier {
        let mut certificates: Vec<Certificate> = self.settings.certificates.clone();
        for file in files {
            if let Content::Evidence(of_file, _) = &file.content {
                certificates.extend(of_file.iter().cloned());
            }
        }
        let of_kind =
            |kind: Kind| files.iter().filter(move |file| file.kind() == kind).map(|file| file.octets().to_vec());
        verifier
            .with_policy(self.settings.policy.clone())
            .with_extra_certificates(certificates)
            .with_revocation_data(revocation.clone())
            .with_evidence_records(of_kind(Kind::Record))
            .with_log_proofs(of_kind(Kind::LogProof))
    }
}

/// Returns a dossier that was opened, with its name.
fn opened(file: &File) -> Option<(&str, &Opened)> {
    match &file.content {
        Content::Dossier(Container::Opened(opened)) => Some((file.name.as_str(), opened)),
        _ => None,
    }
}

/// Shows the verdict on a dossier: on its signature or its timestamp, and on its evidence record.
fn container(
    name: &str,
    opened: &Opened,
    (manifest, record): (&Report, Option<&Report>),
    (language, options): (Language, Options),
) -> Option<ShownContainer> {
    let words = words(language);
    let guard = match opened.dossier.protection() {
        Protection::Signature => words.dossier_signature,
        Protection::Timestamp => words.dossier_timestamp,
    };
    let reports: Vec<(&str, &Report)> =
        [(guard, manifest)].into_iter().chain(record.map(|record| (words.dossier_record, record))).collect();
    let of_subject = SubjectWords {
        title: words.dossier_title,
        holds: words.dossier_holds,
        undecided: words.dossier_undecided,
        fails: words.dossier_fails,
    };
    let page = page_of_subject(of_subject, &reports, options)?;
    let indication = match page.tone() {
        Tone::Holds => Indication::TotalPassed,
        Tone::Undecided => Indication::Indeterminate,
        Tone::Fails => Indication::TotalFailed,
    };
    Some(ShownContainer {
        name: name.to_owned(),
        title: page.title(),
        verdict: page.verdict(),
        tone: page.tone().into(),
        indication,
        html: page.to_html(),
    })
}

/// Returns what is verified of a file.
fn candidate(file: &File) -> Option<Candidate<'_>> {
    let name = file.name.as_str();
    match &file.content {
        Content::Proof(proof) => Some(Candidate { name, octets: file.octets(), proof: Some(proof), is_printed: false }),
        Content::BrokenProof => Some(Candidate { name, octets: file.octets(), proof: None, is_printed: false }),
        Content::Code(printed) => match printed.as_ref() {
            Printed::Seal(proof) => Some(Candidate { name, octets: proof.der(), proof: Some(proof), is_printed: true }),
            // The names of a proof, which a note tells.
            _ => None,
        },
        Content::CodeUnreadable
        | Content::Record
        | Content::LogProof
        | Content::Disclosure(_)
        | Content::Signature
        | Content::Evidence(..)
        | Content::EvidenceUnreadable
        | Content::TooLarge
        | Content::Anchors(..)
        | Content::Dossier(_)
        | Content::LetterOfDossier
        | Content::PartNotUsed
        | Content::Picture
        | Content::Other => None,
    }
}

fn letter_shown(letter: &Letter, files: &[&File]) -> LetterShown {
    let name = |place: &usize| files.get(*place).map(|file| file.name.clone());
    match letter {
        Letter::Matches(places) => LetterShown::Matches { names: places.iter().filter_map(name).collect() },
        Letter::Differs(place) => name(place).map_or(LetterShown::NotGiven, |name| LetterShown::Differs { name }),
        Letter::NotComparable(place) => {
            name(place).map_or(LetterShown::NotGiven, |name| LetterShown::NotComparable { name })
        }
        Letter::NotGiven => LetterShown::NotGiven,
    }
}

/// Returns what a reader has to know about the files: nothing that was given is left out in silence.
fn notes(files: &[&File], candidates: &[Candidate<'_>], unused: &[usize], unmatched: &[usize]) -> Vec<Note> {
    let mut notes = Vec::new();
    let is_beside = |file: &&File| matches!(file.content, Content::Anchors(_, Some(_)));
    if candidates.is_empty() && !files.iter().all(is_beside) {
        notes.push(Note { code: NoteCode::NoProof, file: None });
    }
    let proofs: Vec<&AnyProof> = candidates.iter().filter_map(|candidate| candidate.proof).collect();
    let announced = proofs.iter().any(|proof| announces_second_seal(proof));
    for (place, file) in files.iter().enumerate() {
        let is_of_proof = |identifier| {
            use recommande::evidence::Statement as _;
            proofs.iter().any(|proof| proof.stated().evidence_identifier() == identifier)
        };
        let code = match &file.content {
            Content::Proof(_) | Content::BrokenProof | Content::Anchors(_, Some(_)) => None,
            Content::Record | Content::LogProof | Content::Evidence(..) => None,
            Content::EvidenceUnreadable => Some(NoteCode::EvidenceUnreadable),
            Content::Picture => unmatched.contains(&place).then_some(NoteCode::PictureNotLetter),
            Content::CodeUnreadable => Some(NoteCode::CodeUnreadable),
            Content::Code(printed) => match printed.as_ref() {
                Printed::Name { proof_id, .. } => {
                    let is_given = proofs.iter().any(|proof| proof.id().digest() == proof_id);
                    Some(if is_given { NoteCode::CodeOfProof } else { NoteCode::CodeNamesOnly })
                }
                _ => None,
            },
            Content::Disclosure(disclosure) => {
                (!is_of_proof(disclosure.evidence_identifier())).then_some(NoteCode::DisclosureNotUsed)
            }
            Content::Signature => (!announced).then_some(NoteCode::SignatureNotJudged),
            Content::Anchors(_, None) => Some(NoteCode::AnchorsUnreadable),
            Content::Dossier(Container::Opened(_)) => None,
            Content::Dossier(Container::Refused(code)) => unmatched.contains(&place).then_some(*code),
            Content::Dossier(Container::Unread) => unmatched.contains(&place).then_some(NoteCode::DossierUnreadable),
            Content::PartNotUsed => Some(NoteCode::PartNotUsed),
            Content::LetterOfDossier => unmatched.contains(&place).then_some(NoteCode::LetterNotProven),
            Content::TooLarge => Some(NoteCode::TooLarge),
            Content::Other => unused.contains(&place).then_some(NoteCode::NotUsed),
        };
        notes.extend(code.map(|code| Note { code, file: Some(file.name.clone()) }));
    }
    notes
}
