//! The model of a page. HTML and PDF are two ways to write it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::language::Language;
#[cfg(feature = "code")]
use crate::qr::QrCode;
use crate::text::Text;

/// A page for people: what a proof, or the proofs of a letter, come to. It is no proof: the proof is a file inside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub(crate) language: Language,
    pub(crate) title: Text,
    pub(crate) tone: Tone,
    /// The verdict in a sentence.
    pub(crate) verdict: Text,
    /// The environment, where it is not Production: it stands across the page.
    pub(crate) across: Option<&'static str>,
    /// Sentences before the sections.
    pub(crate) lead: Vec<Text>,
    pub(crate) sections: Vec<Section>,
    /// The files inside the page, with a description for people.
    pub(crate) attachments: Vec<Attachment>,
    /// The time of the verdict, which the page bears as its date.
    pub(crate) date: DateTime<Utc>,
}

/// What a page says at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The verdict is TOTAL-PASSED, or the case is proven.
    Holds,
    /// It is not decided.
    Undecided,
    /// Something is wrong.
    Fails,
}

/// A section of a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Section {
    pub(crate) heading: Text,
    pub(crate) blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Block {
    Paragraph(Text),
    /// Rows of a table, each with its header.
    Rows(Vec<Row>),
    /// A command, letter by letter.
    Command(String),
    /// A code to scan, with what it is in words.
    #[cfg(feature = "code")]
    Code(Box<QrCode>, Text),
}

/// A row of a table: what it is, and its lines.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) header: Text,
    pub(crate) lines: Vec<Text>,
}

/// A file inside a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) media_type: Cow<'static, str>,
    pub(crate) relationship: Relationship,
    pub(crate) description: String,
    pub(crate) octets: Vec<u8>,
}

/// What a file inside a page is to it (AFRelationship, ISO 32000-2, 7.11.3, table 43).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relationship {
    /// The page was made of it.
    Source,
    /// What programs read, with which a source is judged.
    #[cfg_attr(not(feature = "dossier"), expect(dead_code))]
    Data,
    /// What the page is about, or more for people.
    #[cfg_attr(not(feature = "dossier"), expect(dead_code))]
    Supplement,
}

impl Page {
    /// Returns the language of the page.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns the title, which says what does not hold or is not decided.
    pub fn title(&self) -> String {
        self.title.to_plain()
    }

    /// Returns the verdict, in a sentence.
    pub fn verdict(&self) -> String {
        self.verdict.to_plain()
    }

    /// Returns what stands across the page: the environment, where it is not Production.
    pub fn across(&self) -> Option<&'static str> {
        self.across
    }

    /// Returns the text of the code on the page, where it has one.
    #[cfg(feature = "code")]
    pub fn code(&self) -> Option<&str> {
        self.sections.iter().flat_map(|section| &section.blocks).find_map(|block| match block {
            Block::Code(code, _) => Some(code.text()),
            Block::Paragraph(_) | Block::Rows(_) | Block::Command(_) => None,
        })
    }

    /// Tells if a character of somebody else stands as its number.
    pub(crate) fn has_numbers(&self) -> bool {
        self.texts().any(Text::has_numbers)
    }

    /// Returns the texts in which strings of others can stand.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        let of_blocks = blocks.flat_map(|block| match block {
            Block::Rows(rows) => rows.iter().flat_map(Row::texts).collect(),
            Block::Paragraph(text) => vec![text],
            #[cfg(feature = "code")]
            Block::Code(_, text) => vec![text],
            Block::Command(_) => Vec::new(),
        });
        [&self.title, &self.verdict].into_iter().chain(&self.lead).chain(of_blocks)
    }

    /// Returns what the page says at first sight.
    pub fn tone(&self) -> Tone {
        self.tone
    }
}

impl Row {
    fn texts(&self) -> impl Iterator<Item = &Text> {
        std::iter::once(&self.header).chain(&self.lines)
    }
}

/// Collects the rows of a table.
#[derive(Default)]
pub(crate) struct Rows(Vec<Row>);

impl Rows {
    pub(crate) fn add(&mut self, header: &str, line: Text) {
        self.add_lines(header, vec![line]);
    }

    /// Adds a row of several lines, and none where there are no lines.
    pub(crate) fn add_lines(&mut self, header: &str, lines: Vec<Text>) {
        self.add_under(Text::own(header), lines);
    }

    pub(crate) fn add_under(&mut self, header: Text, lines: Vec<Text>) {
        if !lines.is_empty() {
            self.0.push(Row { header, lines });
        }
    }

    /// Returns the table, and nothing where it has no row.
    pub(crate) fn into_block(self) -> Option<Block> {
        (!self.0.is_empty()).then_some(Block::Rows(self.0))
    }
}
