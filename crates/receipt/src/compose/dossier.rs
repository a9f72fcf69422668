//! The pages of a dossier: what the container comes to, a list of its files, and what each proof states.

use std::borrow::Cow;

use recommande::Indication;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Environment, Statement};
use recommande_dossier::{AnchorsOf, PartKind, PartVerdict, Protection};

use super::{Composer, Options, tone};
use crate::page::{Attachment, Block, Page, Relationship, Rows, Section};
#[cfg(feature = "pdf")]
use crate::pdf::Fonts;
use crate::shown::Shown;
#[cfg(feature = "pdf")]
use crate::shown_dossier::DossierError;
use crate::shown_dossier::{ShownDossier, ShownPart};
use crate::text::Text;
use crate::words::{self, DossierWords, dossier_words};

/// The most proofs of which everything is shown. Of more the list of files has the verdicts: nobody reads hundreds of sheets.
const MOST_SHOWN: usize = 16;

/// Makes the pages of a dossier, in which all of its files lie.
pub fn page_of_dossier(shown: &ShownDossier, options: Options) -> Page {
    Composer::new(options).page_of_dossier(shown)
}

#[cfg(feature = "pdf")]
impl ShownDossier {
    /// Writes the pages with all files of the container inside as one PDF, in a language.
    ///
    /// # Errors
    /// `TooLarge`, `Pdf`.
    pub fn to_pdf(&self, options: Options, fonts: &Fonts) -> Result<Vec<u8>, DossierError> {
        let pdf = page_of_dossier(self, options).to_pdf(fonts)?;
        let octets = u64::try_from(pdf.len()).unwrap_or(u64::MAX);
        if octets > self.limit { Err(DossierError::TooLarge { octets, limit: self.limit }) } else { Ok(pdf) }
    }
}

impl Composer {
    fn page_of_dossier(&self, shown: &ShownDossier) -> Page {
        let words = dossier_words(self.options.language);
        let (date, count) = (self.inline(shown.judged_at), shown.parts.len() + shown.own.len());
        let mut lead = vec![Text::filled(words.not_the_proof, &[Text::own(count.to_string())])];
        let title = Text::own(words.title);
        let (title, verdict) = match shown.worst {
            Indication::TotalPassed => (title, words.holds),
            Indication::Indeterminate => (Text::filled(self.words.title_undecided, &[title]), words.undecided),
            Indication::TotalFailed => (Text::filled(self.words.title_failed, &[title]), words.fails),
        };
        let mut sections = vec![self.container(shown, words), self.list(shown, words)];
        let proofs: Vec<&Shown> = shown.parts.iter().filter_map(|part| part.shown.as_ref()).collect();
        for proof in proofs.iter().take(MOST_SHOWN) {
            sections.extend(self.of_proof(proof, &proofs));
        }
        if proofs.len() > MOST_SHOWN {
            lead.push(Text::filled(words.first_ones, &[Text::own(MOST_SHOWN.to_string())]));
        }
        sections.push(self.not_proven());
        if self.hides.get() {
            lead.push(Text::own(self.words.masked));
        }
        Page {
            language: self.options.language,
            title,
            tone: tone(shown.worst),
            verdict: Text::filled(verdict, &[date]),
            across: proofs.iter().find_map(|shown| self.words.across(environment(shown)?)),
            lead,
            sections,
            attachments: attachments(shown, words, self),
            date: shown.judged_at,
        }
    }

    /// The verdicts on what protects the files as a whole.
    fn container(&self, shown: &ShownDossier, words: &DossierWords) -> Section {
        let protection = match shown.protection {
            Protection::Signature => words.signed,
            Protection::Timestamp => words.stamped,
        };
        let mut blocks = vec![Block::Paragraph(Text::own(protection))];
        blocks.extend(self.verdict(&shown.manifest).blocks);
        if let Some(record) = &shown.record {
            blocks.push(Block::Paragraph(Text::own(words.recorded)));
            blocks.extend(self.verdict(record).blocks);
        }
        Section { heading: Text::own(words.container), blocks }
    }

    /// Each file with what it is, its digest, and what was found of it.
    fn list(&self, shown: &ShownDossier, words: &DossierWords) -> Section {
        let mut rows = Rows::default();
        let described = |description: &str, octets: &[u8]| {
            let size = Text::filled(self.words.octets, &[Text::own(octets.len().to_string())]);
            vec![
                Text::own(description).and(Text::own(", ")).and(size),
                self.digest(&DigestAlgorithm::Sha256.digest(octets)),
            ]
        };
        for part in &shown.parts {
            let mut lines = described(self.description(part, words), &part.octets);
            lines.extend(self.found(part, words));
            rows.add_under(Text::own(part.kind.to_string()), lines);
        }
        for (name, _, octets) in &shown.own {
            rows.add_under(Text::own(*name), described(words.of_container, octets));
        }
        let mut blocks: Vec<Block> = rows.into_block().into_iter().collect();
        blocks.push(Block::Paragraph(Text::own(words.folder)));
        Section { heading: Text::own(self.words.inside), blocks }
    }

    /// What the verdict on a file is.
    fn found(&self, part: &ShownPart, words: &DossierWords) -> Vec<Text> {
        match &part.verdict {
            PartVerdict::Proof { report, letters } => {
                let about =
                    letters.iter().map(|number| Text::filled(words.about_letter, &[Text::own(number.to_string())]));
                [self.verdict_in_a_sentence(report)].into_iter().chain(about).collect()
            }
            PartVerdict::LetterSignature(report) => vec![self.verdict_in_a_sentence(report)],
            PartVerdict::Letter { proven_by } if proven_by.is_empty() => vec![Text::own(words.letter_alone)],
            PartVerdict::Letter { proven_by } => {
                let names: Vec<String> = proven_by.iter().map(|proof| format!("proof-of-{proof}")).collect();
                vec![Text::filled(words.letter_proven, &[Text::own(names.join(", "))])]
            }
            PartVerdict::WithItsProof => vec![Text::own(words.with_its_proof)],
            PartVerdict::Unreadable => vec![Text::own(words.unreadable)],
            PartVerdict::Untrusted => vec![Text::own(words.untrusted)],
        }
    }

    /// The sections of a proof, each under its name.
    fn of_proof(&self, shown: &Shown, all: &[&Shown]) -> Vec<Section> {
        let mut sections = Vec::new();
        if let Some(read) = &shown.proof {
            let sending = all.iter().copied().find(|sending| super::follows(shown, sending));
            sections.push(self.parties(read));
            sections.push(self.item(read, &shown.report.findings));
            sections.push(self.times(shown, read, sending));
        }
        sections.push(self.verdict(&shown.report));
        sections.push(self.check(shown, &[]));
        let name = shown.name();
        let named =
            |section: Section| Section { heading: Text::own(format!("{name} – ")).and(section.heading), ..section };
        sections.into_iter().map(named).collect()
    }

    fn description(&self, part: &ShownPart, words: &DossierWords) -> &'static str {
        match part.kind {
            PartKind::Readme => words.readme,
            PartKind::Anchors(AnchorsOf::Seals) => words.seal_anchors,
            PartKind::Anchors(AnchorsOf::Tsas) => words.tsa_anchors,
            PartKind::Letter { .. } => words.letter,
            PartKind::LetterSignature { .. } => words.letter_signature,
            PartKind::Proof { .. } => {
                let read = part.shown.as_ref().and_then(|shown| shown.proof.as_ref());
                read.map_or(words.proof, |read| words::event(self.options.language, read.statement.event()))
            }
            PartKind::SecondSeal { .. } => words.second_seal,
            PartKind::Record { .. } => words.record,
            PartKind::LogProof { .. } => words.log_proof,
            PartKind::Disclosure { .. } => words.disclosure,
            PartKind::Submission { .. } => words.submission,
            PartKind::SubmissionSignature { .. } => words.submission_signature,
            PartKind::RegisterExtract { .. } => words.register_extract,
            PartKind::RegisterSignature { .. } => words.register_signature,
            PartKind::Receipt { .. } => words.receipt,
            // Another crate's enum, which may get more.
            _ => words.of_container,
        }
    }
}

fn environment(shown: &Shown) -> Option<Environment> {
    shown.proof.as_ref().map(|read| read.proof.stated_issuer().environment())
}

/// Every file of the container.
fn attachments(shown: &ShownDossier, words: &DossierWords, composer: &Composer) -> Vec<Attachment> {
    let of_parts = shown.parts.iter().map(|part| Attachment {
        name: part.kind.to_string(),
        media_type: Cow::Owned(part.media_type.clone()),
        relationship: relationship(part.kind),
        description: composer.description(part, words).to_owned(),
        octets: part.octets.clone(),
    });
    let own = shown.own.iter().map(|(name, media_type, octets)| Attachment {
        name: (*name).to_owned(),
        media_type: Cow::Borrowed(*media_type),
        relationship: Relationship::Data,
        description: words.of_container.to_owned(),
        octets: octets.clone(),
    });
    of_parts.chain(own).collect()
}

fn relationship(kind: PartKind) -> Relationship {
    match kind {
        PartKind::Proof { .. } => Relationship::Source,
        PartKind::Letter { .. } | PartKind::Readme | PartKind::Receipt { .. } => Relationship::Supplement,
        PartKind::Anchors(_)
        | PartKind::LetterSignature { .. }
        | PartKind::SecondSeal { .. }
        | PartKind::Record { .. }
        | PartKind::LogProof { .. }
        | PartKind::Disclosure { .. }
        | PartKind::Submission { .. }
        | PartKind::SubmissionSignature { .. }
        | PartKind::RegisterExtract { .. }
        | PartKind::RegisterSignature { .. } => Relationship::Data,
        // Another crate's enum, which may get more.
        _ => Relationship::Data,
    }
}
