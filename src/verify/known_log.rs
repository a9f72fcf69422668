//! A log that a policy names, and its form in JSON.

use std::collections::BTreeSet;

use recommande_tlog::checkpoint::Origin;
use recommande_tlog::note::VerifierKey;
use recommande_tlog::policy::{LogPolicy, Witness};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::read_from_object;

/// A log that counts: its origin and keys, the witnesses of which so many must have cosigned, and those whose time counts.
///
/// Where it has witnesses, at least one must have cosigned: in JSON, `quorum` may be missing only without witnesses.
///
/// In JSON keys are verifier keys of [signed-note](https://c2sp.org/signed-note#verifier-keys):
///
/// ```
/// # use recommande::Policy;
/// # use recommande::recommande_tlog::Ed25519PrivateKey;
/// # use recommande::recommande_tlog::cosignature::Cosigner;
/// # use recommande::recommande_tlog::note::NoteSigner;
/// # let key = NoteSigner::new("log.example/mail".parse()?, Ed25519PrivateKey::from_seed(&[1; 32])?)?.verifier_key().to_string();
/// # let first = Cosigner::new("witness.example/1".parse()?, Ed25519PrivateKey::from_seed(&[2; 32])?)?.verifier_key().to_string();
/// # let second = Cosigner::new("witness.example/2".parse()?, Ed25519PrivateKey::from_seed(&[3; 32])?)?.verifier_key().to_string();
/// let json = r#"{
///   "log": "required",
///   "logs": [{
///     "origin": "log.example/mail",
///     "keys": ["KEY"],
///     "witnesses": [{"keys": ["FIRST"], "time": "counts"}, {"keys": ["SECOND"]}],
///     "quorum": 1
///   }],
///   "merge_delay": 86400
/// }"#;
/// # let json = json.replace("KEY", &key).replace("FIRST", &first).replace("SECOND", &second);
/// let policy: Policy = serde_json::from_str(&json)?;
/// # assert!(policy.logs[0].counts_time_of(0) && !policy.logs[0].counts_time_of(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLog {
    policy: LogPolicy,
    /// The places of the witnesses whose time counts.
    clocks: BTreeSet<usize>,
}

/// The log has no witness in this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the log has no witness in place {0}, from 0")]
pub struct NoSuchWitness(pub usize);

impl KnownLog {
    /// Names a log, whose checkpoints count when this policy accepts them. No witness is a source of time.
    #[must_use]
    pub fn new(policy: LogPolicy) -> Self {
        Self { policy, clocks: BTreeSet::new() }
    }

    /// Takes the time that a witness states for one at which the checkpoint existed. The place counts from 0 in the order of the
    /// policy.
    ///
    /// # Errors
    /// [`NoSuchWitness`].
    pub fn with_time_of(mut self, witness: usize) -> Result<Self, NoSuchWitness> {
        if witness >= self.policy.witnesses().len() {
            return Err(NoSuchWitness(witness));
        }
        self.clocks.insert(witness);
        Ok(self)
    }

    /// Returns the policy for its checkpoints.
    #[must_use]
    pub const fn policy(&self) -> &LogPolicy {
        &self.policy
    }

    /// How many witnesses there are whose time counts.
    pub(super) fn clocks(&self) -> usize {
        self.clocks.len()
    }

    /// Tells if the time of the witness in this place counts.
    #[must_use]
    pub fn counts_time_of(&self, witness: usize) -> bool {
        self.clocks.contains(&witness)
    }
}

/// What the time that a witness states is to a verdict.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WitnessTime {
    #[default]
    Ignored,
    Counts,
}

#[derive(Serialize)]
struct StoredLog {
    origin: String,
    keys: Vec<String>,
    witnesses: Vec<StoredWitness>,
    quorum: Option<usize>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    StoredLog {
        origin,
        keys,
        #[serde(default)] witnesses,
        #[serde(default)] quorum,
    }
}

#[derive(Serialize)]
struct StoredWitness {
    keys: Vec<String>,
    time: WitnessTime,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    StoredWitness {
        keys,
        #[serde(default)] time,
    }
}

impl Serialize for KnownLog {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = |keys: &[VerifierKey]| keys.iter().map(VerifierKey::to_string).collect();
        let witness = |(place, witness): (usize, &Witness)| StoredWitness {
            keys: texts(witness.keys()),
            time: if self.counts_time_of(place) { WitnessTime::Counts } else { WitnessTime::Ignored },
        };
        StoredLog {
            origin: self.policy.origin().to_string(),
            keys: texts(self.policy.log_keys()),
            witnesses: self.policy.witnesses().iter().enumerate().map(witness).collect(),
            quorum: Some(self.policy.quorum()),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KnownLog {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredLog::deserialize(deserializer)?;
        let keys = |texts: &[String]| {
            texts
                .iter()
                .map(|text| text.parse::<VerifierKey>())
                .collect::<Result<Vec<_>, _>>()
                .map_err(D::Error::custom)
        };
        let origin: Origin = stored.origin.parse().map_err(D::Error::custom)?;
        let witness = |witness: &StoredWitness| Witness::new(keys(&witness.keys)?).map_err(D::Error::custom);
        let witnesses: Vec<Witness> = stored.witnesses.iter().map(witness).collect::<Result<_, _>>()?;
        let policy = LogPolicy::new(origin, keys(&stored.keys)?).map_err(D::Error::custom)?;
        // Whoever forgets the number must not be told that a log is witnessed which no witness has seen.
        let quorum = match stored.quorum {
            Some(quorum) => quorum,
            None if witnesses.is_empty() => 0,
            None => return Err(D::Error::custom("witnesses without `quorum`, which says how many must have cosigned")),
        };
        let policy = policy.with_witnesses(quorum, witnesses).map_err(D::Error::custom)?;
        let clocks = stored.witnesses.iter().enumerate().filter(|(_, witness)| witness.time == WitnessTime::Counts);
        Ok(Self { policy, clocks: clocks.map(|(place, _)| place).collect() })
    }
}

/// Reads the logs of a policy. Two entries for one origin would leave open whose witnesses count.
pub(super) fn of_different_origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<KnownLog>, D::Error> {
    let logs = Vec::<KnownLog>::deserialize(deserializer)?;
    let mut origins = BTreeSet::new();
    match logs.iter().find(|log| !origins.insert(log.policy.origin())) {
        Some(_) => Err(D::Error::custom("a log stands twice in the policy")),
        None => Ok(logs),
    }
}
