//! QR codes as rectangles.

use qrcodegen::{QrCodeEcc, QrSegment, Version};
use recommande::seal::{AnyProof, Printed};

/// The code of a proof, as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QrCode {
    text: String,
    /// The number of modules on a side, without the quiet zone.
    size: i32,
    /// The dark modules, merged.
    rectangles: Vec<Rectangle>,
}

/// A rectangle of dark modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rectangle {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// The modules of the white border that readers need (ISO/IEC 18004, clause 9.1).
pub(crate) const QUIET_ZONE: i32 = 4;

/// The dots on the side of a module in an image. Single ones are made larger by viewers, some to two dots of the screen and
/// some to three, which not every reader takes. Each further one makes the image larger, and four of them four times.
#[cfg(feature = "pdf")]
const DOTS: i32 = 2;

/// The side of a module in millimetres: three dots at 200 dots per inch, with some room.
pub(crate) const MODULE_MM: f64 = 0.45;

impl QrCode {
    /// Makes the code of a proof: its seal, or its names where that is too long.
    pub(crate) fn of(proof: &AnyProof) -> Option<Self> {
        Self::of_text(Printed::text_of(proof).ok()?)
    }

    /// Encodes a text in the alphanumeric mode, at the level L. Larger modules are read better from paper than smaller ones
    /// with more correction.
    fn of_text(text: String) -> Option<Self> {
        // A generator that chooses the mode itself may choose octets, which are longer.
        let segment = QrSegment::make_alphanumeric(&text);
        let level = QrCodeEcc::Low;
        let code =
            qrcodegen::QrCode::encode_segments_advanced(&[segment], level, Version::MIN, Version::new(34), None, false)
                .ok()?;
        Some(Self { text, size: code.size(), rectangles: merged(&code) })
    }

    /// Tells if the code holds the seal, and not its names alone.
    pub(crate) fn holds_seal(&self) -> bool {
        self.text.starts_with("RM1:")
    }

    /// Returns the text that a reader gives.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number of modules on a side, with the quiet zone.
    pub(crate) fn side(&self) -> i32 {
        self.size + 2 * QUIET_ZONE
    }

    /// Returns the side of the image of the code, in dots.
    #[cfg(feature = "pdf")]
    pub(crate) fn image_side(&self) -> usize {
        usize::try_from(self.side() * DOTS).unwrap_or_default()
    }

    /// Returns the modules with the quiet zone as an image of one octet a dot, black or white, row by row.
    #[cfg(feature = "pdf")]
    pub(crate) fn image(&self) -> Vec<u8> {
        let side = self.image_side();
        let mut image = vec![u8::MAX; side * side];
        let dots = |modules: i32| usize::try_from(modules * DOTS).unwrap_or_default();
        for rectangle in self.rectangles() {
            for y in dots(rectangle.y)..dots(rectangle.y + rectangle.height) {
                let row = y * side + dots(rectangle.x);
                let row = image.get_mut(row..row + dots(rectangle.width));
                row.into_iter().flatten().for_each(|dot| *dot = 0);
            }
        }
        image
    }

    /// Returns the rectangles of dark modules, counted from the corner of the quiet zone.
    pub(crate) fn rectangles(&self) -> impl Iterator<Item = Rectangle> {
        self.rectangles.iter().map(|rectangle| Rectangle {
            x: rectangle.x + QUIET_ZONE,
            y: rectangle.y + QUIET_ZONE,
            ..*rectangle
        })
    }
}

/// Merges dark modules into rectangles: the widest one from each module that is left, then as high as all of it is dark.
fn merged(code: &qrcodegen::QrCode) -> Vec<Rectangle> {
    let size = code.size();
    let mut taken = vec![false; usize::try_from(size * size).unwrap_or_default()];
    let place = |x: i32, y: i32| usize::try_from(y * size + x).ok();
    let mut rectangles = Vec::new();
    for y in 0..size {
        for x in 0..size {
            let is_free = |taken: &[bool], x, y| {
                code.get_module(x, y) && place(x, y).and_then(|place| taken.get(place)) == Some(&false)
            };
            let width = (x..size).take_while(|x| is_free(&taken, *x, y)).count();
            let width = i32::try_from(width).unwrap_or_default();
            if width == 0 {
                continue;
            }
            let rows = (y..size).take_while(|y| (x..x + width).all(|x| is_free(&taken, x, *y)));
            let height = i32::try_from(rows.count()).unwrap_or_default();
            for (x, y) in (y..y + height).flat_map(|y| (x..x + width).map(move |x| (x, y))) {
                if let Some(taken) = place(x, y).and_then(|place| taken.get_mut(place)) {
                    *taken = true;
                }
            }
            rectangles.push(Rectangle { x, y, width, height });
        }
    }
    rectangles
}

#[cfg(all(test, feature = "pdf"))]
mod tests {
    use super::*;

    #[test]
    fn the_rectangles_are_the_dark_modules_each_once() {
        let text = "RM0:0123456789ABCDEF".repeat(12);
        let code = QrCode::of_text(text.clone()).unwrap();
        let level = QrCodeEcc::Low;
        let segment = QrSegment::make_alphanumeric(&text);
        let expected =
            qrcodegen::QrCode::encode_segments_advanced(&[segment], level, Version::MIN, Version::MAX, None, false);
        let expected = expected.unwrap();
        let mut dark = vec![0; (code.size * code.size) as usize];
        for rectangle in &code.rectangles {
            for y in rectangle.y..rectangle.y + rectangle.height {
                for x in rectangle.x..rectangle.x + rectangle.width {
                    dark[(y * code.size + x) as usize] += 1;
                }
            }
        }
        let (image, side) = (code.image(), code.image_side());
        for y in 0..code.size {
            for x in 0..code.size {
                let place = ((y + QUIET_ZONE) * DOTS + 1) as usize * side + ((x + QUIET_ZONE) * DOTS + 1) as usize;
                assert_eq!(image[place] == 0, expected.get_module(x, y));
                assert_eq!(dark[(y * code.size + x) as usize], i32::from(expected.get_module(x, y)));
            }
        }
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert!(QrCode::of_text("A".repeat(4_000)).is_none());
    }
}
