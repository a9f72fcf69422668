//! The plain way to a page: the lines of its HTML, one below the other, drawn by the PDF library with its own settings.
//!
//! It is as conformant as ours: tagged, with an outline and the proof inside. The fonts are whole and subset anew for each
//! page, and the code is a path of rectangles.

use std::collections::HashMap;

use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{ContentTag, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

static REGULAR: &[u8] = include_bytes!("../../fonts/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/LiberationSans-Bold.ttf");

const LINES_OF_A_SHEET: usize = 55;
const CHARACTERS_OF_A_LINE: usize = 96;

pub struct Plain {
    lines: Vec<Line>,
    rectangles: Vec<[f32; 4]>,
    proof: Vec<u8>,
    regular: Face,
    bold: Face,
}

struct Line {
    text: String,
    is_bold: bool,
}

struct Face {
    font: Font,
    glyphs: HashMap<char, (GlyphId, f32)>,
}

impl Plain {
    /// Takes the lines and the code out of a page.
    pub fn of(html: &str, proof: &[u8]) -> Self {
        let main = html.split_once("<main>").expect("the text of a page").1;
        // Lines end where an element of text does.
        let texts = main.split('\n').flat_map(|line| line.split("</p>")).flat_map(|line| line.split("</th>"));
        let lines = texts.filter(|text| !text.contains("<svg") && !text.contains("base64")).flat_map(lines_of);
        let path = main.split_once("<path d=\"").map_or("", |(_, rest)| rest.split('"').next().unwrap_or_default());
        let numbers = |rectangle: &str| {
            let numbers = rectangle.split([' ', 'h', 'v']).filter_map(|number| number.parse().ok());
            <[f32; 4]>::try_from(numbers.take(4).collect::<Vec<_>>()).ok()
        };
        Self {
            lines: lines.collect(),
            rectangles: path.split(['M', 'z']).filter_map(numbers).collect(),
            proof: proof.to_vec(),
            regular: Face::of(REGULAR),
            bold: Face::of(BOLD),
        }
    }

    pub fn to_pdf(&self) -> Vec<u8> {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .expect("two standards that go together");
        let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let mut tree = TagTree::new().with_lang(Some("fr".to_owned()));
        for lines in self.lines.chunks(LINES_OF_A_SHEET) {
            let mut sheet = document.start_page_with(PageSettings::from_wh(595.0, 842.0).expect("a size"));
            let mut surface = sheet.surface();
            for (number, line) in (1_u8..).zip(lines) {
                let face = if line.is_bold { &self.bold } else { &self.regular };
                let mut paragraph = TagGroup::new(Tag::P);
                paragraph.push(surface.start_tagged(ContentTag::Span(SpanTag::empty())));
                let start = Point::from_xy(54.0, 40.0 + 14.0 * f32::from(number));
                surface.draw_glyphs(start, &face.glyphs(&line.text), face.font.clone(), &line.text, 9.5, false);
                surface.end_tagged();
                tree.push(paragraph);
            }
            surface.finish();
            sheet.finish();
        }
        let mut sheet = document.start_page_with(PageSettings::from_wh(595.0, 842.0).expect("a size"));
        let mut surface = sheet.surface();
        let mut figure = TagGroup::new(Tag::Figure(Some("The code".to_owned())));
        figure.push(surface.start_tagged(ContentTag::Other));
        let mut path = PathBuilder::new();
        for [x, y, width, height] in &self.rectangles {
            path.push_rect(Rect::from_xywh(*x, *y, *width, *height).expect("a rectangle"));
        }
        surface.push_transform(&Transform::from_row(1.28, 0.0, 0.0, 1.28, 54.0, 54.0));
        surface.draw_path(&path.finish().expect("a code"));
        surface.pop();
        surface.end_tagged();
        surface.finish();
        sheet.finish();
        tree.push(figure);
        document.set_tag_tree(tree);
        let mut outline = Outline::new();
        outline.push_child(OutlineNode::new("Page".to_owned(), XyzDestination::new(0, Point::from_xy(54.0, 54.0))));
        document.set_outline(outline);
        let date =
            DateTime::new(2026).month(5).day(1).hour(12).minute(0).second(0).utc_offset_hour(0).utc_offset_minute(0);
        let metadata = Metadata::new().title("Page".to_owned()).language("fr".to_owned()).creation_date(date);
        document.set_metadata(metadata);
        let file = EmbeddedFile {
            path: "proof.p7m".to_owned(),
            mime_type: MimeType::new("application/pkcs7-mime"),
            description: Some("The proof".to_owned()),
            association_kind: AssociationKind::Source,
            data: self.proof.clone().into(),
            modification_date: Some(date),
            compress: None,
            location: None,
        };
        document.embed_file(file).expect("one file");
        document.finish().expect("a conformant page")
    }
}

/// Takes the marks out of a text, and breaks it.
fn lines_of(marked_up: &str) -> Vec<Line> {
    let is_bold = ["<h1", "<h2", "<tr", "class=\"verdict"].iter().any(|mark| marked_up.contains(mark));
    let mut text = String::new();
    for (number, piece) in marked_up.split('<').enumerate() {
        let piece = if number == 0 { piece } else { piece.split_once('>').map_or("", |(_, text)| text) };
        text.push_str(piece);
    }
    let text = text
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let characters: Vec<char> = text.trim().chars().collect();
    characters.chunks(CHARACTERS_OF_A_LINE).map(|line| Line { text: line.iter().collect(), is_bold }).collect()
}

impl Face {
    fn of(octets: &'static [u8]) -> Self {
        let font = Font::new(octets.into(), 0).expect("a font");
        let face = FontRef::new(octets).expect("a font");
        let metrics = face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let glyphs = face.charmap().mappings().filter_map(|(code, glyph)| {
            let advance = metrics.advance_width(glyph)? / font.units_per_em();
            Some((char::from_u32(code)?, (GlyphId::new(glyph.to_u32()), advance)))
        });
        Self { glyphs: glyphs.collect(), font }
    }

    fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyphs = text.char_indices().filter_map(|(place, character)| {
            let (glyph, advance) = *self.glyphs.get(&character)?;
            Some(KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, place..place + character.len_utf8(), None))
        });
        glyphs.collect()
    }
}
