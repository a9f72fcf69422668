//! Evidence records ([RFC 4998](https://www.rfc-editor.org/rfc/rfc4998)): one timestamp for a set of data objects,
//! renewed over the decades.
//!
//! The hashes of the objects are the leaves of a [hash tree](HashTree) whose root is stamped; each object keeps its way
//! to the root and the token, and verifies without the others. Before the token or its algorithms get weak, the record
//! is renewed: the next token stamps the one before, or, with a new hash algorithm, objects and record together.
//!
//! [`Verifier::report_evidence_record`](crate::Verifier::report_evidence_record) verifies a record over given objects;
//! records inside of a CMS signature are judged with it.

mod hash_tree;
pub mod limits;
mod record;
mod verify;
mod write;

pub use hash_tree::{HashTree, ReducedHashTree};
pub use record::{ArchiveTimeStamp, ArchiveTimeStampChain, EvidenceRecord, digest_algorithms};
pub(crate) use verify::{DataObject, RecordCheck, check_record};
pub use write::Renewal;
pub(crate) use write::crypto_infos;
