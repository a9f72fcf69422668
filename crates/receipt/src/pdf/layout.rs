//! Lays a page out on sheets of paper: lines of text, and the structure that a screen reader goes through.

use super::fonts::{Face, Fonts};
use crate::page::{Block, Page, Row, Section, Tone};
use crate::qr::{MODULE_MM, QrCode};
use crate::text::Text;

/// A4, in points.
pub(super) const WIDTH: f32 = 595.276;
pub(super) const HEIGHT: f32 = 841.89;
pub(super) const LEFT: f32 = 54.0;
pub(super) const RIGHT: f32 = WIDTH - 54.0;
const TOP: f32 = 50.0;
const BOTTOM: f32 = HEIGHT - 58.0;
/// Where the second column of a table begins.
const SECOND_COLUMN: f32 = LEFT + 140.0;
const POINTS_OF_MM: f32 = 72.0 / 25.4;

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Title,
    Verdict,
    Across,
    Heading,
    Body,
    RowHeader,
    Command,
}

/// What stands on a sheet.
#[derive(Debug)]
pub(super) enum Mark {
    Text {
        leaf: usize,
        x: f32,
        baseline: f32,
        style: Style,
        text: String,
    },
    /// A line or a bar that says nothing.
    Bar {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        color: [u8; 3],
    },
    Code {
        leaf: usize,
        x: f32,
        y: f32,
        scale: f32,
        code: QrCode,
    },
}

/// An element of the structure.
#[derive(Debug)]
pub(super) enum Node {
    Group(Kind, Vec<Node>),
    /// The mark with this number.
    Leaf(usize),
}

/// The kind of an element.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Title(String),
    Heading(String),
    Paragraph,
    Table,
    Row,
    RowHeader,
    Cell,
    Figure { description: String, sheet: usize, x: f32, y: f32, side: f32 },
}

/// A page on sheets.
pub(super) struct Layout<'a> {
    fonts: &'a Fonts,
    pub(super) sheets: Vec<Vec<Mark>>,
    pub(super) structure: Vec<Node>,
    /// The headings with the sheet and the height at which they stand.
    pub(super) headings: Vec<(String, usize, f32)>,
    /// The largest leaf that is used, counted from 0.
    leaves: usize,
    y: f32,
}

impl Style {
    pub(super) fn size(self) -> f32 {
        match self {
            Self::Title => 19.0,
            Self::Verdict | Self::Across => 10.5,
            Self::Heading => 12.5,
            Self::Body => 9.5,
            Self::RowHeader => 8.8,
            Self::Command => 8.0,
        }
    }

    fn leading(self) -> f32 {
        self.size() * 1.32
    }

    pub(super) fn color(self) -> [u8; 3] {
        match self {
            Self::Title | Self::Verdict | Self::Heading | Self::Body | Self::Command => [17, 17, 17],
            Self::RowHeader => [64, 64, 64],
            Self::Across => [163, 15, 27],
        }
    }

    pub(super) fn face(self, fonts: &Fonts) -> &Face {
        match self {
            Self::Title | Self::Verdict | Self::Across | Self::Heading | Self::RowHeader => &fonts.bold,
            Self::Body | Self::Command => &fonts.regular,
        }
    }
}

impl<'a> Layout<'a> {
    pub(super) fn of(page: &Page, fonts: &'a Fonts, not_printable: &str) -> Self {
        let mut layout =
            Self { fonts, sheets: vec![Vec::new()], structure: Vec::new(), headings: Vec::new(), leaves: 0, y: TOP };
        if let Some(across) = page.across {
            layout.paragraph(&Text::own(across), Style::Across);
        }
        layout.title(&page.title);
        layout.verdict(&page.verdict, page.tone);
        for sentence in &page.lead {
            layout.paragraph(sentence, Style::Body);
        }
        if page.has_numbers() || layout.lacks_a_glyph(page) {
            layout.paragraph(&Text::own(not_printable), Style::Body);
        }
        for section in &page.sections {
            layout.section(section);
        }
        layout
    }

    /// Tells if a character of the page has no glyph.
    fn lacks_a_glyph(&self, page: &Page) -> bool {
        page.texts().any(|text| {
            let text = text.to_plain();
            self.fonts.regular.printable(&text) != text
        })
    }

    fn title(&mut self, text: &Text) {
        self.y += 4.0;
        self.headings.push((text.to_plain(), self.sheets.len() - 1, self.y));
        let leaves = self.lines(&text.to_plain(), Style::Title, LEFT, RIGHT);
        self.structure.push(Node::Group(Kind::Title(text.to_plain()), leaves));
        self.y += 6.0;
    }

    /// The verdict stands beside a bar; the words say what the colour says.
    fn verdict(&mut self, text: &Text, tone: Tone) {
        let color = match tone {
            Tone::Holds => [26, 107, 45],
            Tone::Undecided => [138, 90, 0],
            Tone::Fails => [163, 15, 27],
        };
        let begin = self.y;
        let leaves = self.lines(&text.to_plain(), Style::Verdict, LEFT + 12.0, RIGHT);
        self.bar(LEFT, begin, 4.0, self.y - begin + 2.0, color);
        self.structure.push(Node::Group(Kind::Paragraph, leaves));
        self.y += 8.0;
    }

    fn section(&mut self, section: &Section) {
        self.room(Style::Heading.leading() + 4.0 * Style::Body.leading());
        self.y += 9.0;
        let heading = section.heading.to_plain();
        self.headings.push((heading.clone(), self.sheets.len() - 1, self.y));
        let leaves = self.lines(&heading, Style::Heading, LEFT, RIGHT);
        self.structure.push(Node::Group(Kind::Heading(heading), leaves));
        self.bar(LEFT, self.y, RIGHT - LEFT, 0.6, [136, 136, 136]);
        self.y += 5.0;
        for block in &section.blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(text) => self.paragraph(text, Style::Body),
            Block::Command(command) => self.paragraph(&Text::own(command.as_str()), Style::Command),
            Block::Rows(rows) => {
                let rows = rows.iter().map(|row| self.row(row)).collect();
                self.structure.push(Node::Group(Kind::Table, rows));
                self.y += 4.0;
            }
            Block::Code(code, description) => {
                self.code(code, description);
                self.paragraph(description, Style::Body);
            }
        }
    }

    fn paragraph(&mut self, text: &Text, style: Style) {
        let leaves = self.lines(&text.to_plain(), style, LEFT, RIGHT);
        self.structure.push(Node::Group(Kind::Paragraph, leaves));
        self.y += 4.0;
    }

    /// Lays a row out, whose header and lines run side by side and over as many sheets as they need.
    fn row(&mut self, row: &Row) -> Node {
        let header = self.broken(&row.header.to_plain(), Style::RowHeader, SECOND_COLUMN - 8.0 - LEFT);
        let lines = row.lines.iter().map(|line| self.broken(&line.to_plain(), Style::Body, RIGHT - SECOND_COLUMN));
        let lines: Vec<String> = lines.flatten().collect();
        let mut cells = (Vec::new(), Vec::new());
        let leading = Style::Body.leading();
        // The first lines of a row stay together.
        self.room(leading * header.len().max(lines.len()).min(4) as f32);
        for number in 0..header.len().max(lines.len()) {
            self.room(leading);
            self.y += leading;
            if let Some(text) = header.get(number) {
                cells.0.push(self.text(text.clone(), Style::RowHeader, LEFT));
            }
            if let Some(text) = lines.get(number) {
                cells.1.push(self.text(text.clone(), Style::Body, SECOND_COLUMN));
            }
        }
        self.y += 3.5;
        Node::Group(Kind::Row, vec![Node::Group(Kind::RowHeader, cells.0), Node::Group(Kind::Cell, cells.1)])
    }

    fn code(&mut self, code: &QrCode, description: &Text) {
        let scale = MODULE_MM as f32 * POINTS_OF_MM;
        let side = code.side() as f32 * scale;
        self.room(side + 4.0);
        let (x, y) = (LEFT, self.y + 2.0);
        let leaf = self.leaf();
        self.bar(x, y, side, side, [255, 255, 255]);
        self.mark(Mark::Code { leaf, x, y, scale, code: code.clone() });
        let figure = Kind::Figure { description: description.to_plain(), sheet: self.sheets.len() - 1, x, y, side };
        self.structure.push(Node::Group(figure, vec![Node::Leaf(leaf)]));
        self.y += side + 4.0;
    }

    /// Breaks a text into lines and lays them out, one below the other.
    fn lines(&mut self, text: &str, style: Style, left: f32, right: f32) -> Vec<Node> {
        let lines = self.broken(text, style, right - left);
        let place = |line| {
            self.room(style.leading());
            self.y += style.leading();
            self.text(line, style, left)
        };
        lines.into_iter().map(place).collect()
    }

    fn text(&mut self, text: String, style: Style, x: f32) -> Node {
        let leaf = self.leaf();
        let baseline = self.y - style.size() * 0.25;
        self.mark(Mark::Text { leaf, x, baseline, style, text });
        Node::Leaf(leaf)
    }

    fn bar(&mut self, x: f32, y: f32, width: f32, height: f32, color: [u8; 3]) {
        self.mark(Mark::Bar { x, y, width, height, color });
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(mark);
        }
    }

    fn leaf(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    /// Begins another sheet where this one has no room.
    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.sheets.push(Vec::new());
            self.y = TOP;
        }
    }

    /// Breaks a text into lines of at most this width: between words, and in a word that is wider than a line.
    fn broken(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let face = style.face(self.fonts);
        let width = width / style.size();
        let text = face.printable(text);
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_inclusive(' ') {
            if face.width(&line) + face.width(word.trim_end()) <= width {
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            let mut used = 0.0;
            for character in word.chars() {
                let advance = face.width(character.encode_utf8(&mut [0; 4]));
                if used + advance > width && character != ' ' {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(character);
                used += advance;
            }
        }
        lines.push(line);
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::page;

    const NOT_PRINTABLE: &str = "Some are numbers.";

    /// The lines that stand on the sheets, in their order.
    fn lines(names: &[&str]) -> Vec<String> {
        let fonts = Fonts::new().unwrap();
        let layout = Layout::of(&page(names), &fonts, NOT_PRINTABLE);
        let texts = layout.sheets.into_iter().flatten().filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text),
            Mark::Bar { .. } | Mark::Code { .. } => None,
        });
        texts.collect()
    }

    #[test]
    fn a_character_without_a_glyph_is_a_number_and_the_page_says_so() {
        let shown = lines(&["\u{5c71}\u{7530}", "Ren\u{e9}e"]);
        // A name stands in the header of its row and beside it.
        assert_eq!(shown.iter().filter(|line| *line == "[U+5C71][U+7530]").count(), 2, "{shown:?}");
        assert_eq!(shown.iter().filter(|line| *line == NOT_PRINTABLE).count(), 1, "{shown:?}");
        // What has its glyphs is written with them, and nothing is said.
        let shown = lines(&["Ren\u{e9}e"]);
        assert_eq!(shown.iter().filter(|line| *line == "Ren\u{e9}e").count(), 2, "{shown:?}");
        assert!(!shown.iter().any(|line| line == NOT_PRINTABLE), "{shown:?}");
    }
}
