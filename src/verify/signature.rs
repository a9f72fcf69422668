//! One signature to be judged.

use chrono::{DateTime, Utc};

use super::file::{File, Signer};
use super::profile::Profile;
use crate::cms::ContentDigest;
use crate::finding::Code;

/// One signature to be judged.
pub(super) struct Signature<'a> {
    pub(super) file: &'a File<'a>,
    pub(super) signer: &'a Signer<'a>,
    pub(super) profile: Profile,
    /// The digest of the content, attached or detached.
    pub(super) content: ContentDigest<'a>,
    /// The content itself, where it is at hand.
    pub(super) octets: Option<&'a [u8]>,
    pub(super) records_told: RecordsTold,
    /// The time at which something beside the file proves that all its octets existed, such as a proof that states them.
    pub(super) existed_at: Option<DateTime<Utc>>,
}

/// Which report tells of the tokens of the evidence records in a file: they are about the file as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordsTold {
    /// The report on this signature.
    Here,
    /// The report on the first signer, which was made before.
    InFirstReport,
}

/// The codes of findings about countersignatures.
pub(super) const COUNTERSIGNATURES: [Code; 2] = [Code::CountersignatureNotEvaluated, Code::CountersignatureUnreadable];
