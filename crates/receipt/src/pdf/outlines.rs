//! Fonts without hints: the programs that fit outlines to the dots of coarse screens (ISO/IEC 14496-22, clause 5.3).
//!
//! They are more than half of a subset, and no printer needs them. The outlines and the widths stay as they are.

const COUNT_OFFSET: usize = 4;
const HEADER_LENGTH: usize = 12;
const RECORD_LENGTH: usize = 16;
/// `indexToLocFormat` in `head`: 0 where offsets are halved and have two octets.
const LOCATIONS_ARE_LONG_OFFSET: usize = 50;
/// What stands before the contours, or the components, of a glyph.
const GLYPH_HEADER_LENGTH: usize = 10;

/// Flags of a component of a composite glyph.
const ARGUMENTS_ARE_WORDS: u16 = 0x0001;
const HAS_SCALE: u16 = 0x0008;
const MORE_COMPONENTS: u16 = 0x0020;
const HAS_TWO_SCALES: u16 = 0x0040;
const HAS_MATRIX: u16 = 0x0080;
const HAS_INSTRUCTIONS: u16 = 0x0100;

/// Returns a font with TrueType outlines without its hints. It is `None` where it is no such font.
pub(super) fn without_hints(font: &[u8]) -> Option<Vec<u8>> {
    let tables = tables(font)?;
    let table = |tag: &[u8]| tables.iter().find(|(of_table, _)| of_table == tag).map(|(_, table)| *table);
    let is_long = u16_at(table(b"head")?, LOCATIONS_ARE_LONG_OFFSET)? != 0;
    let (outlines, locations) = outlines(table(b"glyf")?, table(b"loca")?, is_long)?;
    let kept = tables.iter().filter_map(|(tag, table)| match tag {
        b"cvt " | b"fpgm" | b"prep" => None,
        b"glyf" => Some((*tag, outlines.as_slice())),
        b"loca" => Some((*tag, locations.as_slice())),
        _ => Some((*tag, *table)),
    });
    written(font.get(..COUNT_OFFSET)?, &kept.collect::<Vec<_>>())
}

type Table<'a> = ([u8; 4], &'a [u8]);

fn tables(font: &[u8]) -> Option<Vec<Table<'_>>> {
    let count = usize::from(u16_at(font, COUNT_OFFSET)?);
    let records = font.get(HEADER_LENGTH..)?.chunks_exact(RECORD_LENGTH).take(count);
    let table = |record: &[u8]| {
        let tag = record.first_chunk()?;
        let (begin, length) = (offset_at(record, 8)?, offset_at(record, 12)?);
        Some((*tag, font.get(begin..begin.checked_add(length)?)?))
    };
    records.map(table).collect()
}

/// Returns the outlines of all glyphs, one after the other, and where each of them begins.
fn outlines(glyphs: &[u8], locations: &[u8], is_long: bool) -> Option<(Vec<u8>, Vec<u8>)> {
    let begins: Vec<usize> = match is_long {
        true => locations.chunks_exact(4).map(|begin| offset_at(begin, 0)).collect::<Option<_>>()?,
        false => {
            locations.chunks_exact(2).map(|begin| Some(usize::from(u16_at(begin, 0)?) * 2)).collect::<Option<_>>()?
        }
    };
    let (mut outlines, mut places) = (Vec::with_capacity(glyphs.len()), Vec::with_capacity(locations.len()));
    let mut write_place = |place: usize| {
        match is_long {
            true => places.extend(u32::try_from(place).ok()?.to_be_bytes()),
            false => places.extend(u16::try_from(place / 2).ok()?.to_be_bytes()),
        }
        Some(())
    };
    for (begin, end) in begins.iter().zip(begins.iter().skip(1)) {
        write_place(outlines.len())?;
        let glyph = glyphs.get(*begin..*end)?;
        // A glyph that draws nothing, such as a space, has no octets.
        if !glyph.is_empty() {
            outlines.extend(outline(glyph)?);
        }
        outlines.resize(outlines.len().next_multiple_of(4), 0);
    }
    write_place(outlines.len())?;
    Some((outlines, places))
}

fn outline(glyph: &[u8]) -> Option<Vec<u8>> {
    match usize::try_from(u16_at(glyph, 0)?.cast_signed()) {
        Ok(contours) => simple(glyph, contours),
        Err(_) => composite(glyph),
    }
}

/// Keeps the ends of the contours, and the points after the instructions.
fn simple(glyph: &[u8], contours: usize) -> Option<Vec<u8>> {
    let instructions = GLYPH_HEADER_LENGTH + 2 * contours;
    let points = instructions + 2 + usize::from(u16_at(glyph, instructions)?);
    Some([glyph.get(..instructions)?, &[0, 0], glyph.get(points..)?].concat())
}

/// Keeps the components, and says of each that no instructions follow.
fn composite(glyph: &[u8]) -> Option<Vec<u8>> {
    let mut outline = glyph.get(..GLYPH_HEADER_LENGTH)?.to_vec();
    loop {
        let flags = u16_at(glyph, outline.len())?;
        let arguments = if flags & ARGUMENTS_ARE_WORDS == 0 { 2 } else { 4 };
        let scales = match (flags & HAS_SCALE, flags & HAS_TWO_SCALES, flags & HAS_MATRIX) {
            (0, 0, 0) => 0,
            (_, 0, 0) => 2,
            (_, _, 0) => 4,
            _ => 8,
        };
        // The flags and the number of the component come first.
        let rest = glyph.get(outline.len() + 2..outline.len() + 4 + arguments + scales)?;
        outline.extend((flags & !HAS_INSTRUCTIONS).to_be_bytes());
        outline.extend(rest);
        if flags & MORE_COMPONENTS == 0 {
            return Some(outline);
        }
    }
}

/// Writes a font of its tables. The checksums and the aids to searching are left out: they are made anew for each subset.
fn written(version: &[u8], tables: &[Table<'_>]) -> Option<Vec<u8>> {
    let mut font = version.to_vec();
    font.extend(u16::try_from(tables.len()).ok()?.to_be_bytes());
    font.resize(HEADER_LENGTH, 0);
    let mut begin = HEADER_LENGTH + tables.len() * RECORD_LENGTH;
    for (tag, table) in tables {
        font.extend(tag);
        font.extend([0; 4]);
        font.extend(u32::try_from(begin).ok()?.to_be_bytes());
        font.extend(u32::try_from(table.len()).ok()?.to_be_bytes());
        begin += table.len().next_multiple_of(4);
    }
    for (_, table) in tables {
        font.extend(*table);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    Some(font)
}

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*octets.get(at..)?.first_chunk()?))
}

fn offset_at(octets: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*octets.get(at..)?.first_chunk()?)).ok()
}

#[cfg(test)]
mod tests {
    use skrifa::instance::{LocationRef, Size};
    use skrifa::outline::DrawSettings;
    use skrifa::outline::pen::PathElement;
    use skrifa::raw::TableProvider;
    use skrifa::raw::tables::glyf::{CompositeGlyphFlags, Glyph};
    use skrifa::{FontRef, GlyphId, MetadataProvider};

    use super::*;
    use crate::pdf::fonts::{BOLD, REGULAR};

    fn drawn(font: &FontRef, glyph: GlyphId) -> Vec<PathElement> {
        let mut path = Vec::new();
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        font.outline_glyphs().get(glyph).unwrap().draw(settings, &mut path).unwrap();
        path
    }

    #[test]
    fn each_glyph_has_its_outline_and_its_width_and_no_instructions() {
        for octets in [REGULAR, BOLD] {
            let unhinted = without_hints(octets).unwrap();
            let [font, unhinted] = [octets, &unhinted].map(|octets| FontRef::new(octets).unwrap());
            let widths = [&font, &unhinted].map(|font| font.glyph_metrics(Size::unscaled(), LocationRef::default()));
            let (glyf, loca) = (unhinted.glyf().unwrap(), unhinted.loca(None).unwrap());
            for number in 0..font.maxp().unwrap().num_glyphs() {
                let glyph = GlyphId::from(number);
                assert_eq!(drawn(&font, glyph), drawn(&unhinted, glyph), "{number}");
                assert_eq!(widths[0].advance_width(glyph), widths[1].advance_width(glyph), "{number}");
                match loca.get_glyf(glyph, &glyf).unwrap() {
                    Some(Glyph::Simple(simple)) => assert_eq!(simple.instruction_length(), 0),
                    Some(Glyph::Composite(composite)) => {
                        let has =
                            |flags: CompositeGlyphFlags| flags.contains(CompositeGlyphFlags::WE_HAVE_INSTRUCTIONS);
                        assert!(!composite.components().any(|component| has(component.flags)), "{number}");
                    }
                    None => {}
                }
            }
        }
    }

    #[test]
    fn what_is_cut_short_is_no_font() {
        assert_eq!(without_hints(b""), None);
        for octets in [REGULAR, BOLD] {
            assert!((0..octets.len()).step_by(9_973).all(|end| without_hints(&octets[..end]).is_none()));
        }
    }
}
