//! Makes the page of a proof.

mod case;
mod check;
#[cfg(feature = "dossier")]
mod dossier;
mod item;
mod mask;
mod parties;
mod times;
mod verdict;

use std::cell::Cell;

use recommande::crypto::Digest;
use recommande::evidence::Statement;
use recommande::{Indication, Report};

use crate::language::Language;
use crate::legal_time::LegalTime;
use crate::page::{Attachment, Block, Page, Relationship, Section, Tone};
use crate::shown::{Read, Shown, free_name};
use crate::text::Text;
use crate::words::{self, Words, words};

pub use case::page_of_case;
#[cfg(feature = "dossier")]
pub use dossier::page_of_dossier;

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub(crate) language: Language,
    pub(crate) numbers: Numbers,
    pub(crate) findings: Findings,
}

/// How the numbers of citizens are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// The digits after the date of birth are hidden.
    Masked,
    /// They are shown as the proof states them.
    InFull,
}

/// Which findings of a report are on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Findings {
    /// Those that a reader has to know: what keeps from passing, what warns, and what was not compared.
    Remarks,
    /// Each check, in the order in which it was made.
    All,
}

impl Options {
    /// Asks for a page in this language, with the numbers of citizens masked and the findings that a reader has to know.
    pub fn new(language: Language) -> Self {
        Self { language, numbers: Numbers::Masked, findings: Findings::Remarks }
    }

    /// Says how the numbers of citizens are shown.
    #[must_use]
    pub fn with_numbers(mut self, numbers: Numbers) -> Self {
        self.numbers = numbers;
        self
    }

    /// Says which findings are on the page.
    #[must_use]
    pub fn with_findings(mut self, findings: Findings) -> Self {
        self.findings = findings;
        self
    }
}

/// Makes the page of a proof. One and the same page comes of the same proof, verdict and options.
pub fn page_of_proof(shown: &Shown, options: Options) -> Page {
    Composer::new(options).page(shown, None)
}

/// Makes the page of a proof that follows a sending, such as an opening, with the times of that sending beside its own. A
/// sending that the proof does not name is left out.
pub fn page_of_following(shown: &Shown, sending: &Shown, options: Options) -> Page {
    Composer::new(options).page(shown, Some(sending))
}

/// What is said of something that is no proof, such as the signature over a container. The caller has the words for it.
#[derive(Clone, Copy, Debug)]
pub struct SubjectWords<'w> {
    /// What it is.
    pub title: &'w str,
    /// The verdict in a sentence, where it holds; {0} is the time of the verdict.
    pub holds: &'w str,
    /// Where it is not decided; {1} is the sentence of what decided it.
    pub undecided: &'w str,
    /// Where it does not hold; {1} is the sentence of what decided it.
    pub fails: &'w str,
}

/// Makes the page of reports on something that is no proof, each under its heading. The first report that says least for it is the verdict.
/// There is none without a report.
pub fn page_of_subject(words: SubjectWords<'_>, reports: &[(&str, &Report)], options: Options) -> Option<Page> {
    Composer::new(options).page_of_subject(words, reports)
}

/// What the sections are made with.
pub(crate) struct Composer {
    pub(crate) words: &'static Words,
    pub(crate) options: Options,
    pub(crate) legal_time: LegalTime,
    /// Something was hidden, which the page has to say.
    pub(crate) hides: Cell<bool>,
}

impl Composer {
    pub(crate) fn new(options: Options) -> Self {
        Self { words: words(options.language), options, legal_time: LegalTime::of_brussels(), hides: Cell::new(false) }
    }

    fn page(&self, shown: &Shown, sending: Option<&Shown>) -> Page {
        let words = self.words;
        let report = &shown.report;
        let sending = sending.filter(|sending| follows(shown, sending));
        let name = self.quoted(Text::own(self.file_name(&shown.name())));
        let size = Text::filled(words.octets, &[Text::own(shown.file.len().to_string())]);
        let mut lead = vec![Text::filled(words.not_the_proof, &[name, size])];
        match report.indication {
            Indication::TotalPassed => {}
            Indication::Indeterminate => lead.push(Text::own(words.nothing_decided)),
            Indication::TotalFailed => lead.push(Text::own(words.nothing_proven)),
        }
        let mut attachments = vec![self.attachment(shown, words.attached_proof)];
        let of_sending = sending.map(|sending| {
            let attachment = self.attachment(sending, words.attached_sending);
            let is_taken = |name: &str| attachments.iter().any(|attachment| attachment.name == name);
            Attachment { name: free_name(&attachment.name, is_taken), ..attachment }
        });
        attachments.extend(of_sending);
        let mut sections = Vec::new();
        if let Some(read) = &shown.proof {
            // The sending has the same parties, and how each of them was authenticated stands in the event.
            sections.push(self.parties(read));
            sections.push(self.item(read, &report.findings));
            sections.push(self.times(shown, read, sending));
        }
        sections.push(self.verdict(report));
        sections.push(self.check(shown, &attachments));
        sections.push(self.not_proven());
        if self.hides.get() {
            lead.push(Text::own(words.masked));
        }
        Page {
            language: self.options.language,
            title: self.title(shown),
            tone: tone(report.indication),
            verdict: self.verdict_in_a_sentence(report),
            across: shown.proof.as_ref().and_then(|read| words.across(read.proof.stated_issuer().environment())),
            lead,
            sections,
            attachments,
            date: report.verified_at,
        }
    }

    fn page_of_subject(&self, of: SubjectWords<'_>, reports: &[(&str, &Report)]) -> Option<Page> {
        let worth = |report: &Report| match report.indication {
            Indication::TotalPassed => 2,
            Indication::Indeterminate => 1,
            Indication::TotalFailed => 0,
        };
        let report = reports.iter().map(|(_, report)| *report).min_by_key(|report| worth(report))?;
        let date = self.inline(report.verified_at);
        let because = report.decided_by.map(|decided| self.sentence(decided.code)).unwrap_or_default();
        let title = Text::own(of.title);
        let (title, verdict) = match report.indication {
            Indication::TotalPassed => (title, Text::filled(of.holds, &[date])),
            Indication::Indeterminate => {
                (Text::filled(self.words.title_undecided, &[title]), Text::filled(of.undecided, &[date, because]))
            }
            Indication::TotalFailed => {
                (Text::filled(self.words.title_failed, &[title]), Text::filled(of.fails, &[date, because]))
            }
        };
        let sections = reports.iter().map(|(heading, report)| {
            let blocks = self.verdict_in(report, None);
            Section { heading: Text::own(*heading), blocks }
        });
        Some(Page {
            language: self.options.language,
            title,
            tone: tone(report.indication),
            verdict,
            across: None,
            lead: Vec::new(),
            sections: sections.collect(),
            attachments: Vec::new(),
            date: report.verified_at,
        })
    }

    /// Returns what is proven, or says that it is not.
    fn title(&self, shown: &Shown) -> Text {
        let Some(read) = &shown.proof else { return Text::own(self.words.title_no_proof) };
        let event = Text::own(words::event(self.options.language, read.statement.event()));
        match shown.report.indication {
            Indication::TotalPassed => event,
            Indication::Indeterminate => Text::filled(self.words.title_undecided, &[event]),
            Indication::TotalFailed => Text::filled(self.words.title_failed, &[event]),
        }
    }

    fn not_proven(&self) -> Section {
        let blocks = self.words.not_proven_list.map(|sentence| Block::Paragraph(Text::own(sentence)));
        Section { heading: Text::own(self.words.not_proven), blocks: blocks.into() }
    }

    /// Puts a text between the quotation marks of the language.
    pub(crate) fn quoted(&self, text: Text) -> Text {
        let [open, close] = self.words.quotes;
        Text::own(open).and(text).and(Text::own(close))
    }

    /// Writes a digest in groups that an eye can compare.
    pub(crate) fn digest(&self, digest: &Digest) -> Text {
        Text::own(format!("{}: ", digest.algorithm().name())).and(Text::own(grouped(digest.as_bytes())))
    }

    fn attachment(&self, shown: &Shown, description: &str) -> Attachment {
        attachment(&self.file_name(&shown.name()), shown.proof.as_ref(), description, &shown.file)
    }
}

/// Puts a file inside a page. Only a proof with a seal of its own is a CMS file.
pub(crate) fn attachment(name: &str, read: Option<&Read>, description: &str, file: &[u8]) -> Attachment {
    Attachment {
        name: name.to_owned(),
        media_type: match read {
            Some(read) if read.proof.parts().is_none() => "application/pkcs7-mime",
            Some(_) | None => "application/octet-stream",
        }
        .into(),
        relationship: Relationship::Source,
        description: description.to_owned(),
        octets: file.to_vec(),
    }
}

/// Tells if a proof names this sending as the one that it follows.
fn follows(shown: &Shown, sending: &Shown) -> bool {
    let named = |read: &Read| read.statement.preceding_evidence().map(|preceding| *preceding.proof_id());
    let named = shown.proof.as_ref().and_then(named);
    named.is_some() && named == sending.proof.as_ref().map(|read| *read.proof.id().digest())
}

/// Writes octets in hexadecimal, in groups of eight digits.
pub(crate) fn grouped(octets: &[u8]) -> String {
    let groups = octets.chunks(4).map(|group| group.iter().map(|octet| format!("{octet:02x}")).collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

fn tone(indication: Indication) -> Tone {
    match indication {
        Indication::TotalPassed => Tone::Holds,
        Indication::Indeterminate => Tone::Undecided,
        Indication::TotalFailed => Tone::Fails,
    }
}
