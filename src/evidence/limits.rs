//! What a statement may hold at most. The same limits hold for building and for reading, so that what was encoded can
//! be decoded.

/// Octets of an encoded statement. A statement of today takes 2 KiB; all national metadata in full takes some 110 KiB
/// of four-octet characters.
pub const MAX_STATEMENT: usize = 1 << 20;

/// Nesting of objects and arrays. The profile's own members need 7; the rest is for extensions that we do not know.
pub const MAX_DEPTH: usize = 32;

/// Recipients, or delegates of recipients. A registered mail goes to one; a few hundred is a mailing and wants a
/// statement each.
pub const MAX_PARTIES: usize = 256;

/// Content parts: the letter and its annexes.
pub const MAX_PARTS: usize = 256;

/// Digests of one content part: one of each algorithm that is offered.
pub const MAX_DIGESTS: usize = 9;

/// Identity attributes of one party, and values of one attribute. The eIDAS SAML profile names fewer than 20.
pub const MAX_ATTRIBUTES: usize = 32;

/// Policies of the issuer.
pub const MAX_POLICIES: usize = 16;

/// Extensions of one statement, the known ones included.
pub const MAX_EXTENSIONS: usize = 32;

/// Members of one object, or elements of one array, inside an extension that we do not know: bounds the search for
/// duplicates.
pub const MAX_MEMBERS: usize = 4096;

/// Characters of an identifier, a media type or a name of a content part: what file systems and directories use.
pub const MAX_IDENTIFIER: usize = 255;

/// Characters of a value of an identity attribute: as the national service's longest text.
pub const MAX_TEXT: usize = 400;

/// Characters of a URI: what common software passes on whole.
pub const MAX_URI: usize = 2048;

/// Octets that [`PayloadDigests::of_reader`](super::PayloadDigests::of_reader) reads at a time; its memory does not
/// depend on the payload.
pub const READ_BUFFER: usize = crate::crypto::READ_BUFFER;

/// Characters of the sender's token. National service specification 1.3, as all that follow.
pub const MAX_TOKEN: usize = 50;
/// Characters of the title.
pub const MAX_TITLE: usize = 400;
/// Characters of the document type.
pub const MAX_DOCUMENT_TYPE: usize = 80;
/// Characters of the name under which the document is downloaded.
pub const MAX_DOWNLOAD_FILE_NAME: usize = 80;
/// Metadata of one document.
pub const MAX_METADATA: usize = 100;
/// Values of one metadata.
pub const MAX_METADATA_VALUES: usize = 10;
/// Characters of a metadata's type or value.
pub const MAX_METADATA_TEXT: usize = 25;
