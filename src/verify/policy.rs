//! The policy of a verifier: what it demands beyond valid signatures.

use chrono::TimeDelta;
use const_oid::ObjectIdentifier;
use recommande_tlog::checkpoint::SignedCheckpoint;
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize};

use super::known_log::{self, KnownLog};
use super::rules::{
    CheckpointSealRule, LogRule, PastValidation, RevocationRule, RevocationSignerValidity, SecondSealRule,
    TimestampValidity, TsaFreshness, TsaRevocation,
};
use crate::crypto::AlgorithmPolicy;
use crate::finding::{Code, Level, Levels};
use crate::pki::revocation::RevocationConflict;
use crate::seal::delays::{CLOCK_SKEW, MAXIMUM_SEALING_DELAY, MAXIMUM_TIMESTAMP_DELAY};
use crate::text::{Object, shown};

/// A policy is a value that can be stored beside the verdicts that were made with it. In JSON, omitted members take
/// their default.
///
/// # What a caller can lower
///
/// `levels` sets the weight of a finding code to `fail`, `warn` or `inform`; what is lowered stays in each report. It
/// cannot lower what nothing is proven without, [`Code::is_essential`]: a signature or digest that does not match, a
/// signing certificate that is missing or not the one that was signed for, a certification path that is not valid at
/// the time, content that was not given, a proof of ours without a valid timestamp. Missing certificates, CRLs and
/// anchors are not policy either: a caller who has them gives them to the verifier.
///
/// Historic material, signed with what was common then, is an example. A signature of 2014 with SHA-1 in its chain,
/// without a signing time and with a timestamp whose TSA certificate nobody has is INDETERMINATE. A caller who knows
/// from elsewhere (an archive's register, say) that it existed on a day when its certificate was valid asks about that
/// day, with a policy that says what is taken on the caller's own account:
///
/// ```
/// # use recommande::Policy;
/// let archive: Policy = serde_json::from_str(r#"{
///   "name": "archive of 2014",
///   "levels": {
///     "signing-time-missing": "warn",
///     "algorithm-past-its-date": "warn",
///     "no-usable-timestamp": "warn"
///   }
/// }"#)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// `no-usable-timestamp` is a finding about signatures by others alone, which are judged at the time given. A proof of
/// ours needs its timestamp under any policy. To accept SHA-1 up to a later day only, set its row in `algorithms` instead.
///
/// That a certificate was revoked before the proven time, or that a TSA's key was compromised, is lowered by the policy
/// [`historic`](Self::historic) alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// The name that a report gives to a policy of the caller's own. A policy that is shipped goes by its own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The acceptable algorithms and key sizes, with their dates.
    pub algorithms: AlgorithmPolicy,
    /// The treatment of revocation.
    pub revocation: RevocationRule,
    /// What counts where revocation data disagrees about one certificate.
    pub revocation_conflict: RevocationConflict,
    /// The time at which the certificate that signed revocation data has to be valid.
    pub revocation_signer: RevocationSignerValidity,
    /// The time at which the certificates of a TSA have to be valid.
    pub timestamp_validity: TimestampValidity,
    /// This member says what a revocation of a TSA's certificate means for its older timestamps.
    pub tsa_revocation: TsaRevocation,
    /// The time at which the revocation data about a TSA has to be fresh.
    pub tsa_freshness: TsaFreshness,
    /// What counts where a certificate has ended since something was signed.
    pub past_validation: PastValidation,
    /// What the second seal of a proof is to the verdict.
    pub second_seal: SecondSealRule,
    /// What the place of a proof in a log is to the verdict.
    pub log: LogRule,
    /// What the seal of a checkpoint is to a place in a log.
    pub checkpoint_seal: CheckpointSealRule,
    /// The logs that count, each with its own origin. Without one, no proof of a log shows anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<KnownLog>,
    /// A log holds a proof within this many seconds of the time that is proven for it. The default is a day.
    pub merge_delay: u32,
    /// Revocation data still counts for this many seconds after its nextUpdate. The default is 0.
    pub revocation_freshness: u32,
    /// Clocks may be this many seconds apart. The default is 60.
    pub clock_skew: u32,
    /// The proven time may lie this many seconds after the stated signing time. The default is a day.
    pub maximum_timestamp_delay: u32,
    /// The seal may be made this many seconds after the event. The default is a day.
    pub maximum_sealing_delay: u32,
    /// The extract of a register that shows a mandate may be this many seconds older than the event. An older one is told,
    /// `register-extract-old`. The default is a week, which is also the longest that the Baseline Requirements of the CA/Browser
    /// Forum (clause 4.9.7) let pass between two CRLs: a mandate can be taken back as a certificate can.
    pub maximum_extract_age: u32,
    /// The TSA policies that are accepted, as dotted object identifiers; in JSON, anything else is an error. An empty
    /// list, which is the default, accepts any policy of a trusted TSA.
    pub tsa_policies: Vec<String>,
    /// The weights of findings that differ from their own.
    pub levels: Levels,
}

/// The standards ask for these beyond a valid signature by a valid certificate, and other implementations do not look
/// at them: see [`Policy::conformance`].
const CONFORMANCE_INFORMS: [Code; 4] = [
    Code::SigningTimeMissing,
    Code::SigningCertificateReferenceMissing,
    Code::TsaCertificateIsCa,
    Code::TsaKeyOutOfUse,
];

/// The weights by which [`Policy::standard`] differs from the default.
const STANDARD_LEVELS: [(Code, Level); 4] = [
    (Code::NoUsableTimestamp, Level::Warn),
    (Code::SigningTimeAfterTimestamp, Level::Warn),
    (Code::SignedAttributesNotDer, Level::Fail),
    (Code::DigestAlgorithmMisnamed, Level::Fail),
];

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: None,
            algorithms: AlgorithmPolicy::default(),
            revocation: RevocationRule::default(),
            revocation_conflict: RevocationConflict::default(),
            revocation_signer: RevocationSignerValidity::default(),
            timestamp_validity: TimestampValidity::default(),
            tsa_revocation: TsaRevocation::default(),
            tsa_freshness: TsaFreshness::default(),
            past_validation: PastValidation::default(),
            second_seal: SecondSealRule::default(),
            log: LogRule::default(),
            checkpoint_seal: CheckpointSealRule::default(),
            logs: Vec::new(),
            merge_delay: MERGE_DELAY,
            revocation_freshness: 0,
            clock_skew: CLOCK_SKEW,
            maximum_timestamp_delay: MAXIMUM_TIMESTAMP_DELAY,
            maximum_sealing_delay: MAXIMUM_SEALING_DELAY,
            maximum_extract_age: MAXIMUM_EXTRACT_AGE,
            tsa_policies: Vec::new(),
            levels: Levels::default(),
        }
    }
}

impl Policy {
    /// The names of the policies that are shipped.
    pub const NAMES: [&'static str; 5] = ["default", "strict", "standard", "conformance", "historic"];

    /// Returns a policy that is shipped by its name: [`default`](Self::default), [`strict`](Self::strict),
    /// [`standard`](Self::standard), [`conformance`](Self::conformance) or [`historic`](Self::historic).
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Self::default()),
            "strict" => Some(Self::strict()),
            "standard" => Some(Self::standard()),
            "conformance" => Some(Self::conformance()),
            "historic" => Some(Self::historic()),
            _ => None,
        }
    }

    /// Returns the name by which a report calls the policy: that of the shipped policy that it is, else its own, else
    /// `custom`. A policy that is another one does not go by the name of one that is shipped, nor by one that differs from
    /// it in case, spaces or marks alone.
    pub fn label(&self) -> String {
        let is_same = |shipped: Self| Self { name: self.name.clone(), ..shipped } == *self;
        let shipped = Self::NAMES.into_iter().find(|name| Self::named(name).is_some_and(is_same));
        let own = self.name.as_deref().filter(|name| !name.trim().is_empty() && !reads_as_shipped(name));
        shipped.or(own).map_or_else(|| "custom".to_owned(), shown)
    }

    /// The demands alone.
    pub(super) fn without_name(&self) -> Self {
        Self { name: None, ..self.clone() }
    }

    /// Returns a policy for historic material, for a caller who knows from elsewhere that it existed in time and was not
    /// made by whoever stole a key. It says what is taken on the caller's account, as warnings: a signing time that is
    /// missing, algorithms past their date, timestamps that cannot be used, the end of a TSA's certificate, and
    /// certificates that were revoked before the proven time.
    ///
    /// No other policy lowers the findings about revocations.
    pub fn historic() -> Self {
        Self { timestamp_validity: TimestampValidity::AtGenTime, levels: Levels::historic(), ..Self::default() }
    }

    /// Returns the default policy with one more demand: nothing passes without revocation data.
    pub fn strict() -> Self {
        Self { revocation: RevocationRule::Required, ..Self::default() }
    }

    /// Returns the policy with the rules of ETSI EN 319 102-1 V1.4.1 itself, wherever the default differs from them: the
    /// manual's chapter on [verdicts](crate::manual::verdicts) lists each difference with its clause and reason. What the
    /// standard leaves to a policy is as in the default.
    pub fn standard() -> Self {
        let mut levels = Levels::default();
        for (code, level) in STANDARD_LEVELS {
            // None of them is essential.
            let _ = levels.set(code, level);
        }
        Self {
            revocation: RevocationRule::Required,
            revocation_conflict: RevocationConflict::Latest,
            revocation_signer: RevocationSignerValidity::AtValidation,
            timestamp_validity: TimestampValidity::AtValidation,
            tsa_revocation: TsaRevocation::NeedsProof,
            tsa_freshness: TsaFreshness::AtValidation,
            past_validation: PastValidation::ByControlTime,
            clock_skew: 0,
            levels,
            ..Self::default()
        }
    }

    /// Returns a policy that asks only whether signatures, tokens and chains are right, whatever their algorithms are
    /// worth and whether or not anything was revoked. It is for comparisons with other implementations, not for verdicts.
    ///
    /// Four findings only inform, because artifacts that others call valid have them. None of them is about a signature,
    /// a digest or a path:
    ///
    /// - `signing-time-missing`: CAdES baseline asks for signing-time, RFC 5652 does not;
    /// - `signing-certificate-reference-missing`: CAdES asks for it, RFC 5652 does not. A token without one is not
    ///   lowered (`timestamp-signing-certificate-reference-missing`): RFC 3161 asks for it, and verifiers of tokens
    ///   look at it;
    /// - `tsa-certificate-is-ca`: ETSI EN 319 422 and common sense forbid it, RFC 3161 §2.3 does not say so;
    /// - `tsa-key-out-of-use`: privateKeyUsagePeriod is of RFC 3280; RFC 5280 has dropped it.
    ///
    /// A critical cRLDistributionPoints is a demand that leaving revocation out does not meet, here as elsewhere.
    pub fn conformance() -> Self {
        let mut levels = Levels::default();
        for code in CONFORMANCE_INFORMS {
            // None of them is essential.
            let _ = levels.set(code, Level::Inform);
        }
        Self {
            algorithms: AlgorithmPolicy::unrestricted(),
            revocation: RevocationRule::Ignore,
            maximum_timestamp_delay: u32::MAX,
            maximum_sealing_delay: u32::MAX,
            levels,
            ..Self::default()
        }
    }

    pub(crate) fn clock_skew(&self) -> TimeDelta {
        seconds(self.clock_skew)
    }

    pub(super) fn maximum_timestamp_delay(&self) -> TimeDelta {
        seconds(self.maximum_timestamp_delay)
    }

    pub(super) fn maximum_sealing_delay(&self) -> TimeDelta {
        seconds(self.maximum_sealing_delay)
    }

    /// The log that a checkpoint names, if the policy has it.
    pub(super) fn log_of(&self, signed: &SignedCheckpoint) -> Option<&KnownLog> {
        self.logs.iter().find(|known| known.policy().origin() == signed.checkpoint().origin())
    }

    pub(crate) fn merge_delay(&self) -> TimeDelta {
        seconds(self.merge_delay)
    }

    pub(super) fn maximum_extract_age(&self) -> TimeDelta {
        seconds(self.maximum_extract_age)
    }
}

/// The number of seconds in a day.
const MERGE_DELAY: u32 = 24 * 60 * 60;

/// The number of seconds in a week.
const MAXIMUM_EXTRACT_AGE: u32 = 7 * 24 * 60 * 60;

/// Whether a name would be read as that of a policy that is shipped: it differs by case, spaces or marks alone.
fn reads_as_shipped(name: &str) -> bool {
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Policy::NAMES.contains(&letters.as_str())
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(seconds))
}

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::<Derived>::deserialize(deserializer).map(|Object(Derived(policy))| policy)
    }
}

/// A policy as it is derived from its members, without the demand that it is an object.
struct Derived(Policy);

impl<'de> Deserialize<'de> for Derived {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Members::deserialize(deserializer).map(Self)
    }
}

/// The members of a [`Policy`] as they are read: omitted ones take their default, and unknown ones are refused.
#[derive(Deserialize)]
#[serde(remote = "Policy", default = "Policy::default", deny_unknown_fields)]
struct Members {
    name: Option<String>,
    algorithms: AlgorithmPolicy,
    revocation: RevocationRule,
    revocation_conflict: RevocationConflict,
    revocation_signer: RevocationSignerValidity,
    timestamp_validity: TimestampValidity,
    tsa_revocation: TsaRevocation,
    tsa_freshness: TsaFreshness,
    past_validation: PastValidation,
    second_seal: SecondSealRule,
    log: LogRule,
    checkpoint_seal: CheckpointSealRule,
    #[serde(deserialize_with = "known_log::of_different_origins")]
    logs: Vec<KnownLog>,
    merge_delay: u32,
    revocation_freshness: u32,
    clock_skew: u32,
    maximum_timestamp_delay: u32,
    maximum_sealing_delay: u32,
    maximum_extract_age: u32,
    #[serde(deserialize_with = "dotted")]
    tsa_policies: Vec<String>,
    levels: Levels,
}

/// Refuses an entry that no token can have: it would be taken for a restriction that works.
fn dotted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let policies = Vec::<String>::deserialize(deserializer)?;
    match policies.iter().find(|policy| ObjectIdentifier::new(policy).is_err()) {
        Some(bad) => Err(D::Error::invalid_value(Unexpected::Str(bad), &"an object identifier, dotted")),
        None => Ok(policies),
    }
}
