//! What bounds the work on a file.

/// The most octets of signed content. The schema's longest, a document and five annexes with texts of four octets a character,
/// is below a half of it.
pub const MAX_CONTENT: usize = 64 << 10;

/// The most octets of a message around signed content, most of which are the signature in base64.
pub const MAX_MESSAGE: usize = 4 << 20;

/// The most nodes of a document: elements, texts and comments. The longest of the schema has fewer than 200.
pub const MAX_NODES: u32 = 1024;

/// The most equals signs in a document, and so the most attributes: each has one. The parser compares the attributes of one
/// element with each other. The texts of the schema's longest content could have 3,500.
pub const MAX_EQUALS_SIGNS: usize = 4096;

/// The most annexes of an item.
pub const MAX_ANNEXES: usize = 5;

/// The most characters of a reference to an attachment; the schema sets no limit.
pub const MAX_REFERENCE: usize = 1024;
