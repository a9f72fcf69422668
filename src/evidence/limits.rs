//! Limits the size of statements. The same limits hold for building and for reading, so that every encoded statement
//! can be decoded.

/// The largest number of octets of an encoded statement. A statement of today takes 2 KiB; all national metadata in
/// full takes some 110 KiB of four-octet characters.
pub const MAX_STATEMENT: usize = 1 << 20;

/// The deepest nesting of objects and arrays. The profile's own members need 11; the rest is for unknown extensions.
pub const MAX_DEPTH: usize = 32;

/// The largest number of recipients, and of delegates of recipients. A registered mail goes to one; a mailing to a few
/// hundred has a statement for each.
pub const MAX_PARTIES: usize = 256;

/// The largest number of content parts, such as a letter and its annexes.
pub const MAX_PARTS: usize = 256;

/// The largest number of digests of one content part, which is one of each algorithm that is offered.
pub const MAX_DIGESTS: usize = 9;

/// The largest number of identity attributes of one party, and of values of one attribute. The eIDAS SAML profile names
/// fewer than 20.
pub const MAX_ATTRIBUTES: usize = 32;

/// The largest number of policies of the issuer.
pub const MAX_POLICIES: usize = 16;

/// The largest number of extensions of one statement, those that the profile knows included.
pub const MAX_EXTENSIONS: usize = 44;

/// The largest number of reasons of one event. A service gives one, seldom two.
pub const MAX_REASONS: usize = 16;

/// The largest number of texts of one reason.
pub const MAX_REASON_DETAILS: usize = 16;

/// The largest number of octets of the recipient's own signature. One with its chain and a timestamp takes some 16 KiB.
pub const MAX_RECIPIENT_SIGNATURE: usize = 1 << 16;

/// The largest number of octets of the sender's signature of a submission, which has the same parts.
pub const MAX_SUBMISSION_SIGNATURE: usize = 1 << 16;

/// The largest number of parties in the chain of a mandate: a provider, its local manager and a user.
pub const MAX_MANDATE_LINKS: usize = 3;

/// The largest number of entries in the extract of a register. One about an enterprise has an entry for each of its users in
/// each application.
pub const MAX_REGISTER_ENTRIES: usize = 4096;

/// The largest number of fields that are commitments. A letter to one person has some ten of them, a mailing to as many
/// recipients as a statement may have three for each.
pub const MAX_COMMITMENTS: usize = 1024;

/// The greatest number of a batch, and of its statements, which every JSON implementation reads exactly (RFC 7493 §2.2).
pub const MAX_BATCH_NUMBER: u64 = (1 << 53) - 1;

/// The largest number of members of one object, or elements of one array, inside an unknown extension. It bounds the
/// search for duplicates.
pub const MAX_MEMBERS: usize = 4096;

/// The largest number of characters of an identifier, a media type or a name of a content part, as file systems and
/// directories use.
pub const MAX_IDENTIFIER: usize = 255;

/// The largest number of characters of a value of an identity attribute, as in the national service's longest text.
pub const MAX_TEXT: usize = 400;

/// The largest number of characters of the reference of a payment, as in a SEPA credit transfer.
pub const MAX_PAYMENT_REFERENCE: usize = 140;

/// The largest number of characters of a URI, which common software passes on whole.
pub const MAX_URI: usize = 2048;

/// The number of octets that [`PayloadDigests::of_reader`](super::PayloadDigests::of_reader) reads at a time. Its
/// memory does not depend on the payload.
pub const READ_BUFFER: usize = crate::crypto::READ_BUFFER;

/// The largest number of characters of the sender's token. This and all limits below are those of the national service
/// specification 1.3.
pub const MAX_TOKEN: usize = 50;
/// The largest number of characters of the title.
pub const MAX_TITLE: usize = 400;
/// The largest number of characters of the document type.
pub const MAX_DOCUMENT_TYPE: usize = 80;
/// The largest number of characters of the name under which the document is downloaded.
pub const MAX_DOWNLOAD_FILE_NAME: usize = 80;
/// The largest number of metadata of one document.
pub const MAX_METADATA: usize = 100;
/// The largest number of values of one metadata.
pub const MAX_METADATA_VALUES: usize = 10;
/// The largest number of characters of a metadata's type or value.
pub const MAX_METADATA_TEXT: usize = 25;
