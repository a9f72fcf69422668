//! Writes a page as PDF/A-3a and PDF/UA-1, with the proof inside.

mod error;
mod fonts;
mod layout;
mod outlines;

use std::collections::HashMap;
use std::num::NonZeroU16;

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::{BitsPerComponent, CustomImage, Image, ImageColorspace};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, BBox, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::{Document, SerializeSettings};

pub use error::PdfError;
pub use fonts::Fonts;
use layout::{HEIGHT, Kind, LEFT, Layout, Mark, Node, RIGHT, Style, WIDTH};

use crate::page::{Attachment, Page, Relationship};
use crate::qr::QrCode;
use crate::text::Text;
use crate::words::words;

impl Page {
    /// Writes the page as PDF, with the files inside it.
    ///
    /// # Errors
    /// [`PdfError::NotConformant`].
    pub fn to_pdf(&self, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
        let words = words(self.language);
        let layout = Layout::of(self, fonts, words.not_printable);
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A3_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|_| PdfError::NotConformant)?;
        let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let mut identifiers = HashMap::new();
        let count = layout.sheets.len();
        for (number, marks) in (1..).zip(&layout.sheets) {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::NotConformant)?;
            let mut sheet = document.start_page_with(settings);
            let mut surface = sheet.surface();
            let mut drawing = Drawing { surface: &mut surface, fonts };
            if let Some(across) = self.across {
                drawing.across(across);
            }
            for mark in marks {
                identifiers.extend(drawing.mark(mark)?);
            }
            let numbers = [number.to_string(), count.to_string()].map(Text::own);
            drawing.foot(&self.title.to_plain(), &Text::filled(words.page_of, &numbers).to_plain());
            surface.finish();
            sheet.finish();
        }
        let mut tree = TagTree::new().with_lang(Some(self.language.tag().to_owned()));
        for node in layout.structure {
            tree.push(element(node, &identifiers)?);
        }
        document.set_tag_tree(tree);
        document.set_outline(outline(&layout.headings));
        document.set_metadata(self.metadata());
        for attachment in &self.attachments {
            document.embed_file(self.embedded(attachment)?).ok_or(PdfError::NotConformant)?;
        }
        document.finish().map_err(|_| PdfError::NotConformant)
    }

    fn metadata(&self) -> Metadata {
        Metadata::new()
            .title(self.title.to_plain())
            .description(self.verdict.to_plain())
            .language(self.language.tag().to_owned())
            .creator(concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned())
            .creation_date(date(self.date))
    }

    fn embedded(&self, attachment: &Attachment) -> Result<EmbeddedFile, PdfError> {
        Ok(EmbeddedFile {
            path: attachment.name.clone(),
            mime_type: Some(MimeType::new(&attachment.media_type).ok_or(PdfError::NotConformant)?),
            description: Some(attachment.description.clone()),
            association_kind: match attachment.relationship {
                Relationship::Source => AssociationKind::Source,
                Relationship::Data => AssociationKind::Data,
                Relationship::Supplement => AssociationKind::Supplement,
            },
            data: attachment.octets.clone().into(),
            modification_date: Some(date(self.date)),
            compress: Some(true),
            location: None,
        })
    }
}

/// Writes a time as a date of a PDF. Its parts are in the ranges of their types.
fn date(time: DateTime<Utc>) -> krilla::metadata::DateTime {
    let part = |part: u32| u8::try_from(part).unwrap_or_default();
    krilla::metadata::DateTime::new(u16::try_from(time.year()).unwrap_or_default())
        .month(part(time.month()))
        .day(part(time.day()))
        .hour(part(time.hour()))
        .minute(part(time.minute()))
        .second(part(time.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn outline(headings: &[(String, usize, f32)]) -> Outline {
    let mut outline = Outline::new();
    for (heading, sheet, y) in headings {
        let destination = XyzDestination::new(*sheet, Point::from_xy(LEFT, *y));
        outline.push_child(OutlineNode::new(heading.clone(), destination));
    }
    outline
}

/// Makes an element of the structure, with the marks that it holds.
fn element(node: Node, identifiers: &HashMap<usize, Identifier>) -> Result<krilla::tagging::Node, PdfError> {
    let (kind, children) = match node {
        Node::Group(kind, children) => (kind, children),
        Node::Leaf(leaf) => return Ok(identifiers.get(&leaf).copied().ok_or(PdfError::NotConformant)?.into()),
    };
    const FIRST: NonZeroU16 = NonZeroU16::MIN;
    let second = FIRST.saturating_add(1);
    let mut group = match kind {
        Kind::Title(title) => TagGroup::new(Tag::Hn(FIRST, Some(title))),
        Kind::Heading(title) => TagGroup::new(Tag::Hn(second, Some(title))),
        Kind::Paragraph => TagGroup::new(Tag::P),
        Kind::Table => TagGroup::new(Tag::Table),
        Kind::Row => TagGroup::new(Tag::TR),
        Kind::RowHeader => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
        Kind::Cell => TagGroup::new(Tag::TD),
        Kind::Figure { description, sheet, x, y, side } => {
            let rectangle = Rect::from_xywh(x, y, side, side).map(|rectangle| BBox::new(sheet, rectangle));
            TagGroup::new(Tag::Figure(Some(description)).with_bbox(rectangle))
        }
    };
    for child in children {
        group.push(element(child, identifiers)?);
    }
    Ok(group.into())
}

/// Draws marks on a sheet.
struct Drawing<'a, 'b> {
    surface: &'a mut Surface<'b>,
    fonts: &'a Fonts,
}

impl Drawing<'_, '_> {
    /// Draws a mark, and returns the number by which the structure knows it.
    fn mark(&mut self, mark: &Mark) -> Result<Option<(usize, Identifier)>, PdfError> {
        match mark {
            Mark::Text { leaf, x, baseline, style, text } => {
                let identifier = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                self.text(text, *style, *x, *baseline);
                self.surface.end_tagged();
                Ok(Some((*leaf, identifier)))
            }
            Mark::Bar { x, y, width, height, color } => {
                self.begin_artifact(ArtifactType::Layout);
                self.fill(*color);
                let rectangle = Rect::from_xywh(*x, *y, *width, *height).ok_or(PdfError::NotConformant)?;
                let mut path = PathBuilder::new();
                path.push_rect(rectangle);
                self.surface.draw_path(&path.finish().ok_or(PdfError::NotConformant)?);
                self.surface.end_tagged();
                Ok(None)
            }
            Mark::Code { leaf, x, y, scale, code } => {
                let identifier = self.surface.start_tagged(ContentTag::Other);
                let side = code.side() as f32 * scale;
                let size = Size::from_wh(side, side).ok_or(PdfError::NotConformant)?;
                let image = Image::from_custom(Modules::of(code)?, false).map_err(|_| PdfError::NotConformant)?;
                self.surface.push_transform(&Transform::from_translate(*x, *y));
                self.surface.draw_image(image, size);
                self.surface.pop();
                self.surface.end_tagged();
                Ok(Some((*leaf, identifier)))
            }
        }
    }

    /// Writes the environment across the sheet, below everything else. It stands in the text too.
    fn across(&mut self, words: &str) {
        const SIZE: f32 = 44.0;
        let words = self.fonts.bold.printable(words);
        let width = self.fonts.bold.width(&words) * SIZE;
        let (x, y) = (WIDTH / 2.0, HEIGHT / 2.0);
        self.begin_artifact(ArtifactType::Watermark);
        self.fill([248, 222, 225]);
        self.surface.push_transform(&Transform::from_rotate_at(-50.0, x, y));
        let glyphs = self.fonts.bold.glyphs(&words);
        let start = Point::from_xy(x - width / 2.0, y + SIZE / 3.0);
        self.surface.draw_glyphs(start, &glyphs, self.fonts.bold.font.clone(), &words, SIZE, false);
        self.surface.pop();
        self.surface.end_tagged();
    }

    /// Writes the title and the number of the sheet below everything else.
    fn foot(&mut self, title: &str, number: &str) {
        let baseline = HEIGHT - 34.0;
        let face = &self.fonts.regular;
        let [title, number] = [title, number].map(|text| face.printable(text));
        let x = RIGHT - face.width(&number) * Style::Command.size();
        self.begin_artifact(ArtifactType::Footer);
        self.text(&title, Style::Command, LEFT, baseline);
        self.text(&number, Style::Command, x, baseline);
        self.surface.end_tagged();
    }

    fn text(&mut self, text: &str, style: Style, x: f32, baseline: f32) {
        let face = style.face(self.fonts);
        self.fill(style.color());
        let glyphs = face.glyphs(text);
        self.surface.draw_glyphs(Point::from_xy(x, baseline), &glyphs, face.font.clone(), text, style.size(), false);
    }

    fn begin_artifact(&mut self, kind: ArtifactType) {
        // An artifact has no place in the structure.
        let _ = self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    }

    fn fill(&mut self, [red, green, blue]: [u8; 3]) {
        let paint = rgb::Color::new(red, green, blue).into();
        self.surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
    }
}

/// The modules of a code as an image, which readers of paper get sharp at any size.
#[derive(Clone, Hash)]
struct Modules {
    side: u32,
    image: Vec<u8>,
}

impl Modules {
    fn of(code: &QrCode) -> Result<Self, PdfError> {
        let side = u32::try_from(code.image_side()).map_err(|_| PdfError::NotConformant)?;
        Ok(Self { side, image: code.image() })
    }
}

impl CustomImage for Modules {
    fn color_channel(&self) -> &[u8] {
        &self.image
    }

    fn alpha_channel(&self) -> Option<&[u8]> {
        None
    }

    fn bits_per_component(&self) -> BitsPerComponent {
        BitsPerComponent::Eight
    }

    fn size(&self) -> (u32, u32) {
        (self.side, self.side)
    }

    fn icc_profile(&self) -> Option<&[u8]> {
        None
    }

    fn color_space(&self) -> ImageColorspace {
        ImageColorspace::Luma
    }
}
