//! What bounds lines, manifests, and what trails are combined of.

/// The largest number of octets of a line, without its line feed. A record takes some 700 octets, and 700 KiB with the largest
/// proof inside.
pub const MAX_LINE: usize = 1 << 20;

/// The largest number of octets of a proof that a record holds. A long-term proof takes some 20 KiB.
pub const MAX_PROOF: usize = 1 << 19;

/// The largest number of parts of a record, as of the content parts of a statement.
pub const MAX_PARTS: usize = crate::evidence::limits::MAX_PARTS;

/// The largest number of digests of a part: one of each algorithm, and a keyed one.
pub const MAX_DIGESTS: usize = crate::evidence::limits::MAX_DIGESTS + 1;

/// The largest number of characters of the token of a system, of an id of a part and of a scheme.
pub const MAX_TOKEN: usize = 255;

/// The largest number of characters of the template of an action.
pub const MAX_TEMPLATE: usize = 512;

/// The largest number of letters of the method of an action. Those of HTTP have seven at most (RFC 9110 §9.3).
pub const MAX_METHOD: usize = 16;

/// The largest number of characters of a name in the template of an action.
pub const MAX_TEMPLATE_NAME: usize = 64;

/// The largest number of characters of the party of a source, and of the name of its system.
pub const MAX_SOURCE_NAME: usize = 64;

/// The largest number of messages that the selection of an export names.
pub const MAX_SELECTED_MESSAGES: usize = 128;

/// The largest number of octets of a manifest. It takes some 700, and more with the messages that were selected: an export of the
/// largest number of the longest ids still has one that is read.
pub const MAX_MANIFEST: usize = 1 << 18;

/// The largest number of sources of which trails are combined: some for each of sixteen parties. Those with a sealed manifest come
/// first.
pub const MAX_SOURCES: usize = 64;

/// The largest number of records of one message that an account is made of. Each trail has an equal share of it.
pub const MAX_RECORDS_OF_MESSAGE: usize = 10_000;

/// The largest total of octets of proofs inside of records of exports that are as they were sealed, which are kept while trails are
/// combined, and of those of all other exports. While an export is read, its own are kept as well. Proofs that are given themselves
/// do not count.
pub const MAX_EMBEDDED: usize = 1 << 28;

/// The largest number of faults of a trail that are listed; the others are counted.
pub const MAX_FAULTS: usize = 64;

/// The largest number of sets of selections by which lines of a trail are left out that are told apart: two exports by different
/// selections have three. Of lines that are left out in more ways, nothing says what they are about.
pub const MAX_SELECTIONS: usize = 64;

/// The largest number of proofs that a party issued, and of those that its records hold, by whose timestamps its clock is judged from
/// one setting to the next, and of messages by whose proofs two such clocks that are far apart are judged.
pub const MAX_CLOCK_PROOFS: usize = 16;

/// The largest number of differences, beside the one by which a clock is corrected, by which its records are compared with others: one
/// for each of eight parties of which a trail records other times.
pub const MAX_CLOCK_OFFSETS: usize = 8;

/// The largest number of sections of a trail, from one setting of its clock to the next, whose clocks are judged apart. What is behind
/// them is one section with the last.
pub const MAX_CLOCK_SECTIONS: usize = 8;
