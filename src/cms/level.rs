//! Defines the levels of a CAdES signature.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The level of a signature, by what is in it (ETSI EN 319 122-1 V1.3.1, clause 6.1). The findings tell if its parts
/// are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BaselineLevel {
    /// A signature that lacks something that the baseline requires.
    #[serde(rename = "not-baseline")]
    NotBaseline,
    /// The signature is over a batch, and the statement is in it. Its time is proven by evidence records, as that of a batch of
    /// seals is. It is no level of the standard.
    #[serde(rename = "aggregated")]
    Aggregated,
    /// The signature is sealed, and nothing proves its time.
    #[serde(rename = "B-B")]
    BB,
    /// The signature has a signature-time-stamp.
    #[serde(rename = "B-T")]
    BT,
    /// The signature has revocation data of the seal's chain and the timestamp's.
    #[serde(rename = "B-LT")]
    BLT,
    /// The signature has an archive-time-stamp-v3 over all of it.
    #[serde(rename = "B-LTA")]
    BLTA,
}

impl fmt::Display for BaselineLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotBaseline => "not baseline",
            Self::Aggregated => "aggregated",
            Self::BB => "B-B",
            Self::BT => "B-T",
            Self::BLT => "B-LT",
            Self::BLTA => "B-LTA",
        })
    }
}
