//! Reads, verifies and writes evidence records ([RFC 4998](https://www.rfc-editor.org/rfc/rfc4998)): one timestamp for
//! a set of data objects, renewed over the decades.
//!
//! The hashes of the objects are the leaves of a [hash tree](HashTree) whose root is stamped; each object keeps its way
//! to the root and the token, and verifies without the others. Before the token or its algorithms get weak, the record
//! is renewed: the next token stamps the one before, or, with a new hash algorithm, objects and record together.
//!
//! [`Verifier::report_evidence_record`](crate::Verifier::report_evidence_record) verifies a record over given objects.
//! Records inside of a CMS signature are judged with it, and so are those over a whole file that
//! [`Verifier::with_evidence_records`](crate::Verifier::with_evidence_records) takes; what one of them proves to have
//! existed is judged as of its time: signatures, tokens, certificates, revocation data.
//!
//! # What is accepted
//!
//! - DER and BER. A renewal may be over the octets as received, or over those with definite lengths.
//! - The first partial hash tree may hold a group of objects, of which some are given, and siblings of
//!   the group: its octets do not tell where it ends. The tree must hold each object that is given.
//! - No reducedHashtree: the imprint is the hash of the object, or of what is renewed.
//! - An ArchiveTimeStamp that does not name its hash algorithm takes that of its token's imprint. One that does names
//!   the same. An algorithm that digestAlgorithms lacks is a warning.
//! - In a signature, id-aa-er-internal and id-aa-er-external: the object is the ContentInfo without any record, or,
//!   where there are several, without this one alone, as received or in DER; an external one is over detached content
//!   as well. A proof of this library is written with one, and nothing but further records may be added to it.
//! - cryptoInfos: certificates and revocation data in certificate-values and revocation-values. Nothing authenticates
//!   their presence, no renewal covers them, and none are written. Attributes of an ArchiveTimeStamp and encryptionInfo
//!   are not used.
//!
//! # What is written
//!
//! DER; binary trees over sorted hashes; each ArchiveTimeStamp names its hash algorithm. A new hash tree is over
//! `H(H(object) || H(archiveTimeStampSequence))`, unsorted.
//!
//! # Where implementations differ
//!
//! - Two records in one signature: over the file without both, or the later one over the earlier. A record that is over
//!   another one, inside or beside the file, holds it up: the earlier time stays proven. Both are accepted
//!   from others; none is written.
//! - A group in the first partial hash tree together with siblings: some put a node over the group instead. Accepted is
//!   the tree that holds the hash of each object.
//! - `H(object)` and the hash of the sequence, sorted before they are hashed: no record is known that does; refused.
//! - The times of renewals, and certificates of TSAs that end before the renewal: BouncyCastle compares neither. Here a
//!   renewal from before what it renews is refused, and one after the certificate's end is a warning.

mod chains;
mod evidence_record;
mod hash_tree;
mod level;
pub mod limits;
mod sparse_tree;
mod tail;
mod verify;
mod write;

pub(crate) use chains::RecordChains;
pub use evidence_record::{ArchiveTimeStamp, ArchiveTimeStampChain, EvidenceRecord, digest_algorithms};
pub(crate) use evidence_record::{imprint_algorithm, token_imprint};
pub(crate) use hash_tree::node;
pub use hash_tree::{HashTree, ReducedHashTree};
pub(crate) use sparse_tree::{KeptLevels, SparseTree};
pub(crate) use tail::{RecordTail, archive_time_stamp};
pub(crate) use verify::{
    RecordCheck, RecordToken, RecordVerdict, Stamp, chain_algorithms, check_record, start, starts_with,
};
pub(crate) use write::NewRecord;
pub use write::Renewal;
