//! The fonts of a page, with the widths of their glyphs.

use std::collections::HashMap;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::error::PdfError;
use super::outlines::without_hints;
use crate::text::numbered;

pub(super) static REGULAR: &[u8] = include_bytes!("../../fonts/LiberationSans-Regular.ttf");
pub(super) static BOLD: &[u8] = include_bytes!("../../fonts/LiberationSans-Bold.ttf");

/// The fonts that pages are written in. They are read once, for any number of pages.
pub struct Fonts {
    pub(super) regular: Face,
    pub(super) bold: Face,
}

/// One font.
pub(super) struct Face {
    pub(super) font: Font,
    glyphs: HashMap<char, (GlyphId, f32)>,
}

impl Fonts {
    /// Reads Liberation Sans, which is a part of this package.
    ///
    /// # Errors
    /// [`PdfError::Font`].
    pub fn new() -> Result<Self, PdfError> {
        Ok(Self { regular: Face::of(REGULAR)?, bold: Face::of(BOLD)? })
    }
}

impl Face {
    fn of(octets: &[u8]) -> Result<Self, PdfError> {
        let octets = without_hints(octets).ok_or(PdfError::Font)?;
        let face = FontRef::new(&octets).map_err(|_| PdfError::Font)?;
        let font = Font::new(octets.clone().into(), 0).ok_or(PdfError::Font)?;
        let metrics = face.glyph_metrics(Size::unscaled(), LocationRef::default());
        let glyphs = face.charmap().mappings().filter_map(|(code, glyph)| {
            let character = char::from_u32(code).filter(|character| is_drawn(*character))?;
            let advance = metrics.advance_width(glyph)? / font.units_per_em();
            Some((character, (GlyphId::new(glyph.to_u32()), advance)))
        });
        Ok(Self { glyphs: glyphs.collect(), font })
    }

    /// Writes each character that the font lacks as its number: a PDF/A with a glyph that is none would not be one, and a
    /// character that is left out would change a name in silence.
    pub(super) fn printable(&self, text: &str) -> String {
        let mut printable = String::with_capacity(text.len());
        for character in text.chars() {
            match self.glyphs.contains_key(&character) {
                true => printable.push(character),
                false => printable.push_str(&numbered(character)),
            }
        }
        printable
    }

    /// Returns the width of a text in units of the size of the font.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().filter_map(|character| self.glyphs.get(&character)).map(|(_, advance)| advance).sum()
    }

    /// Returns the glyphs of a text that is printable.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyphs = text.char_indices().filter_map(|(place, character)| {
            let (glyph, advance) = *self.glyphs.get(&character)?;
            let range = place..place + character.len_utf8();
            Some(KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, range, None))
        });
        glyphs.collect()
    }
}

/// Says whether a character is drawn as it stands: one after the other, from left to right.
fn is_drawn(character: char) -> bool {
    !matches!(character, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{590}'..='\u{8ff}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}
