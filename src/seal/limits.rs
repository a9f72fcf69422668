//! Bounds on what is read from print.

/// The largest number of characters in the text of a code: a QR code of version 34 at the level L, which is read from paper
/// at 75 mm and 200 dots per inch.
pub const MAX_PRINTED: usize = 3_100;

/// The largest number of octets that such a text expands to. Deflate expands by up to a thousand times, and a seal with a
/// statement of a few hundred parties is smaller.
pub const MAX_EXPANDED: usize = 64 << 10;
