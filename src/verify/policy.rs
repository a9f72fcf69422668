//! What a verifier demands.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::crypto::AlgorithmPolicy;
use crate::finding::Levels;

/// What to make of revocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationRule {
    /// Without revocation data nothing passes: `revocation-data-missing`, TRY_LATER.
    Required,
    /// Where there is none, the report warns: `revocation-not-checked`.
    #[default]
    IfPresent,
    /// Revocation is left out, and the report says so.
    Ignore,
}

/// A verifier's policy: a value, to be stored beside the verdicts that were made with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Algorithms and key sizes, with their dates.
    pub algorithms: AlgorithmPolicy,
    /// Revocation.
    pub revocation: RevocationRule,
    /// How far clocks may be apart, in seconds. 60 by default.
    pub clock_skew: u32,
    /// How long after the stated signing time the proven time may lie, in seconds. A day by default.
    pub maximum_timestamp_delay: u32,
    /// How long after the event the seal may be made, in seconds. A day by default.
    pub maximum_sealing_delay: u32,
    /// TSA policies that are accepted, dotted. Empty, as by default, accepts any policy of a trusted TSA.
    pub tsa_policies: Vec<String>,
    /// Weights of findings that differ from their own.
    pub levels: Levels,
}

const DAY: u32 = 24 * 60 * 60;

impl Default for Policy {
    fn default() -> Self {
        Self {
            algorithms: AlgorithmPolicy::default(),
            revocation: RevocationRule::default(),
            clock_skew: 60,
            maximum_timestamp_delay: DAY,
            maximum_sealing_delay: DAY,
            tsa_policies: Vec::new(),
            levels: Levels::default(),
        }
    }
}

impl Policy {
    pub(super) fn clock_skew(&self) -> TimeDelta {
        seconds(self.clock_skew)
    }

    pub(super) fn maximum_timestamp_delay(&self) -> TimeDelta {
        seconds(self.maximum_timestamp_delay)
    }

    pub(super) fn maximum_sealing_delay(&self) -> TimeDelta {
        seconds(self.maximum_sealing_delay)
    }
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(seconds))
}
