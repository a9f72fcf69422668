//! What a signature is over, and what is proven to have existed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::finding::Subject;
use crate::text::read_from_object;

/// The scope of a signature names the octets that it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignatureScope {
    /// The place of the content.
    pub content: ContentPlace,
    /// The type of the content (eContentType), dotted.
    pub content_type: String,
    /// The digest of the content, by the algorithm that the signature names; `None` where the content was not given.
    pub digest: Option<String>,
}

read_from_object! {
    SignatureScope {
        content,
        content_type,
        digest,
    }
}

/// The place of the content that a signature is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentPlace {
    /// The content is inside the SignedData.
    Attached,
    /// The content is elsewhere.
    Detached,
}

/// Something is proven to have existed since a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExistenceSummary {
    /// The thing that existed.
    pub of: ExistingObject,
    /// The time at which it is proven to have existed.
    pub since: DateTime<Utc>,
    /// The valid timestamp, evidence record or log that proves it.
    pub by: Subject,
}

read_from_object! {
    ExistenceSummary {
        of,
        since,
        by,
    }
}

/// A thing of which a timestamp or an evidence record proves that it existed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExistingObject {
    /// The content that was signed.
    Content,
    /// The signature.
    Signature,
    /// The signature, its content, and what an archive timestamp lists.
    Archive,
    /// The whole file, with all that it carries.
    File,
    /// The n-th timestamp.
    Timestamp(usize),
    /// The data that a token or an evidence record by itself is over.
    Data,
    /// What is sealed: the statement, with the time and the certificate that its seal states, and not yet the signature. A log
    /// holds the ProofId, which is over these alone.
    Sealed,
}
