//! The rules that a policy chooses between, each with its values.

use serde::{Deserialize, Serialize};

/// This rule says how the verifier treats revocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationRule {
    /// Nothing passes without revocation data: the verdict is `revocation-data-missing`, TRY_LATER.
    Required,
    /// Revocation data counts where there is some. Where there is none, the report warns: `revocation-not-checked`.
    #[default]
    IfPresent,
    /// Revocation is left out, and the report says so.
    Ignore,
}

/// This rule says how long a timestamp proves its time by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimestampValidity {
    /// A timestamp counts while the certificates of its TSA are valid at the time of verification, or where something later
    /// that is valid shows that it existed before they ended (ETSI EN 319 102-1 V1.4.1, clauses 5.4, 5.5.4 and 5.6.2.4).
    /// Otherwise it is INDETERMINATE, `timestamp-signer-expired`.
    #[default]
    AtValidation,
    /// A timestamp counts for ever if its certificates were valid at its own time, as RFC 3161 alone has it. The report
    /// warns of an end that has passed: `timestamp-end-ignored`.
    AtGenTime,
}

/// This rule says what a revocation of a TSA's certificate means for the timestamps that are older than it. Whatever the rule,
/// a compromise of the key, or a revocation without a reason, voids them all, and none is voided of which something
/// valid shows that it is older than the revocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TsaRevocation {
    /// The older timestamps of a TSA that ceased to operate, say, keep their value (RFC 3161 §4, item 1).
    #[default]
    KeepsOlderTimestamps,
    /// They need a proof that they are older (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.4): `revoked-no-poe`.
    NeedsProof,
}

/// This rule says what the second seal of a proof is to the verdict ([`SecondSeal`](crate::seal::SecondSeal)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondSealRule {
    /// Second seals are left out, and the report says nothing of them.
    Ignore,
    /// The verdict is that on the first seal. The report warns where the second one is missing, is not announced or does
    /// not hold.
    #[default]
    Report,
    /// Both seals have to hold (ETSI TS 119 312 V2.1.1, clause 6.4.1). A proof without a second seal that is announced and
    /// valid is INDETERMINATE, `second-seal-demanded`.
    Required,
}

/// This rule says what the place of a proof in a log is to the verdict ([`log`](crate::log)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogRule {
    /// Proofs of logs are left out, and the report says nothing of them.
    Ignore,
    /// The verdict is that on the proof alone. The report says what the proofs of logs show, and warns where one that was given
    /// shows nothing.
    #[default]
    Report,
    /// A proof without a place in a log that the policy names is INDETERMINATE, `log-demanded`.
    Required,
}

/// This rule says what the seal of a checkpoint is to a place in a log ([`CheckpointSeal`](crate::seal::CheckpointSeal)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckpointSealRule {
    /// A valid seal shows a time at which the log held the proof. A seal that does not hold shows none, and is told; it takes no
    /// more from the place than a seal that is missing, because nobody has signed that it lies there.
    #[default]
    Report,
    /// A place in a log holds only where the checkpoint has a valid seal of the issuer, with revocation data of its chain and of
    /// that of its timestamp inside (B-LT).
    Required,
}

/// This rule says when the certificate that signed a CRL or an OCSP response has to be valid, so that the data speaks for a
/// certificate. A revocation counts whatever the rule. Anchors are trusted by configuration and have no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevocationSignerValidity {
    /// It has to be valid when it signed, or at the time of the status: responders have certificates of weeks.
    #[default]
    WhenSigned,
    /// It has to be valid when it signed and at the time of verification, or at a time at which valid evidence that covers
    /// the data shows that the data existed (ETSI EN 319 102-1 V1.4.1, clauses 5.2.6.4 (4) and (8) and 5.6.2.4.4 (1)).
    /// Otherwise the verdict is INDETERMINATE, `revocation-signer-out-of-validity`.
    AtValidation,
}

/// This rule says how a signature or a covered timestamp is judged when a certificate of its path has ended since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PastValidation {
    /// It is judged at its proven time: any valid timestamp that proves a time before the end will do, and revocation data has
    /// to be fresh at that time.
    #[default]
    AtProvenTime,
    /// It is judged by the control time of its path (ETSI EN 319 102-1 V1.4.1, clauses 5.5.4 (4)(b), 5.6.2.2.4 and 5.6.3.4).
    /// A signature needs a valid archive timestamp or evidence record, unless its certificate is known not to have been
    /// revoked before its end, and its issuers' certificates or renewed ones have to be valid still. Revocation data that is no longer fresh speaks only for what is proven to be no newer than its
    /// thisUpdate. Otherwise the verdict is INDETERMINATE, `certificate-expired-since` or `timestamp-signer-expired`.
    ///
    /// Where the policy leaves revocation out, the control time moves with algorithms alone.
    ByControlTime,
}

/// This rule says when the revocation data about the certificates of a timestamp has to be fresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TsaFreshness {
    /// It has to be fresh at the time of the timestamp, or newer.
    #[default]
    AtGenTime,
    /// It has to be fresh at the time of verification (ETSI EN 319 102-1 V1.4.1, clauses 5.2.6.4 (4)(a) and 5.4.4): data of
    /// that day is given to the verifier, or the policy allows more time by
    /// [`revocation_freshness`](crate::verify::Policy::revocation_freshness).
    AtValidation,
}
