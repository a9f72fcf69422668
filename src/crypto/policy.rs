//! Algorithms and sizes of keys that prove something, and the dates until which they do.

use core::cmp::Ordering;
use core::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::algorithm::{DigestAlgorithm, NotOffered, SignatureAlgorithm};
use super::key::KeyKind;
use super::public_key::PublicKey;
use crate::text::{Object, read_from_object};

/// Dates of algorithms and key sizes, modelled on ETSI TS 119 312 and the ECCG Agreed Cryptographic Mechanisms.
///
/// A date does not affect a signature that is proven to be older. Any other signature proves nothing by itself after
/// the date.
///
/// In JSON, an omitted table is that of the default, and a given table replaces it as a whole. Two rows for one digest,
/// or for one kind and size of keys, are an error, because only one of them could count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Object<Tables>")]
pub struct AlgorithmPolicy {
    /// The digests of content, imprints and signatures. A digest that is not listed is not accepted.
    pub digests: Vec<DigestRow>,
    /// The keys, by kind and size in bits. The row with the largest `bits` that a key reaches applies to it; of two with the
    /// same, the one that names the padding. A key that reaches none is not accepted.
    pub keys: Vec<KeyRow>,
}

/// The tables in JSON.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    digests: Vec<DigestRow>,
    keys: Vec<KeyRow>,
}

impl Default for Tables {
    fn default() -> Self {
        let AlgorithmPolicy { digests, keys } = AlgorithmPolicy::default();
        Self { digests, keys }
    }
}

#[derive(Debug, thiserror::Error)]
enum RowTwice {
    #[error("{0} has two rows")]
    Digest(DigestAlgorithm),
    #[error("{0:?} keys from {1} bits have two rows")]
    Key(KeyFamily, u32),
}

impl TryFrom<Object<Tables>> for AlgorithmPolicy {
    type Error = RowTwice;

    fn try_from(Object(Tables { digests, keys }): Object<Tables>) -> Result<Self, RowTwice> {
        for (number, row) in digests.iter().enumerate() {
            if digests.iter().take(number).any(|before| before.digest == row.digest) {
                return Err(RowTwice::Digest(row.digest));
            }
        }
        for (number, row) in keys.iter().enumerate() {
            if keys.iter().take(number).any(|before| (before.key, before.bits) == (row.key, row.bits)) {
                return Err(RowTwice::Key(row.key, row.bits));
            }
        }
        Ok(Self { digests, keys })
    }
}

/// The end of a digest or of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlgorithmEnd {
    /// The first day on which signatures with it prove nothing by themselves any more.
    pub date: NaiveDate,
    /// The digest or the key.
    pub mechanism: Mechanism,
}

/// The dates of a digest algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DigestRow {
    /// The name of the digest, such as `SHA-256`.
    pub digest: DigestAlgorithm,
    /// The first day on which it is acceptable as legacy only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy_from: Option<NaiveDate>,
    /// The first day on which it proves nothing by itself any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past_from: Option<NaiveDate>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    DigestRow {
        digest,
        #[serde(default)] legacy_from,
        #[serde(default)] past_from,
    }
}

/// The dates of keys of one kind, from one size on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyRow {
    /// The kind of the keys.
    pub key: KeyFamily,
    /// The least size in bits.
    pub bits: u32,
    /// The first day on which it is acceptable as legacy only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy_from: Option<NaiveDate>,
    /// The first day on which it proves nothing by itself any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub past_from: Option<NaiveDate>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    KeyRow {
        key,
        bits,
        #[serde(default)] legacy_from,
        #[serde(default)] past_from,
    }
}

/// The kinds of keys, as the table of a policy names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum KeyFamily {
    /// RSA with either padding.
    #[serde(rename = "RSA")]
    Rsa,
    /// RSA with the padding of PKCS #1 v1.5.
    #[serde(rename = "RSA-PKCS1")]
    RsaPkcs1,
    /// RSA with the padding of RSASSA-PSS.
    #[serde(rename = "RSA-PSS")]
    RsaPss,
    #[serde(rename = "EC")]
    Ec,
    #[serde(rename = "Ed25519")]
    Ed25519,
    /// The size is the number in the name of the parameter set: 44, 65 or 87.
    #[serde(rename = "ML-DSA")]
    MlDsa,
    /// The size is the security strength: 192 or 256.
    #[serde(rename = "SLH-DSA")]
    SlhDsa,
}

impl KeyFamily {
    /// The kinds of keys, without those that are about a padding.
    const KINDS: [Self; 5] = [Self::Rsa, Self::Ec, Self::Ed25519, Self::MlDsa, Self::SlhDsa];
}

/// A cryptographic mechanism that a policy has dates for. Its `Display` is its name, by which several are ordered:
/// `SHA-224`, `RSA, 2048 bits`, `RSA, 3072 bits with PKCS #1 v1.5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// A digest algorithm.
    Digest(DigestAlgorithm),
    /// Keys of a kind, with any padding.
    Key(KeyKind),
    /// RSA keys with the padding of PKCS #1 v1.5.
    KeyWithPkcs1(KeyKind),
    /// RSA keys with the padding of RSASSA-PSS.
    KeyWithPss(KeyKind),
    /// An algorithm that is not offered here.
    NotOffered(NotOffered),
}

/// The standing of an algorithm or a key at a time. The order is from good to bad.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The algorithm is acceptable.
    Good,
    /// The algorithm is acceptable as legacy.
    Legacy {
        /// The algorithm or the key.
        what: Mechanism,
        /// The day from which this is so.
        since: NaiveDate,
    },
    /// The algorithm is not acceptable any more.
    Past {
        /// The algorithm or the key.
        what: Mechanism,
        /// The day from which this is so.
        since: NaiveDate,
    },
    /// The algorithm is not in the table, or the key is smaller than its least size.
    Unlisted {
        /// The algorithm or the key.
        what: Mechanism,
    },
}

impl Standing {
    /// Returns the standing without its texts.
    pub(crate) fn severity(&self) -> Severity {
        match self {
            Self::Good => Severity::Good,
            Self::Legacy { .. } => Severity::Legacy,
            Self::Past { .. } => Severity::Past,
            Self::Unlisted { .. } => Severity::Unlisted,
        }
    }

    /// Returns the algorithm or the key that is not good.
    pub(crate) fn mechanism(&self) -> Option<&Mechanism> {
        match self {
            Self::Good => None,
            Self::Legacy { what, .. } | Self::Past { what, .. } | Self::Unlisted { what } => Some(what),
        }
    }

    /// Returns the day from which this is so, where there is one.
    pub(crate) fn since(&self) -> Option<NaiveDate> {
        match self {
            Self::Good | Self::Unlisted { .. } => None,
            Self::Legacy { since, .. } | Self::Past { since, .. } => Some(*since),
        }
    }
}

/// A [`Standing`] without its texts, for checks whose findings nobody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Good,
    Legacy,
    Past,
    Unlisted,
}

impl Severity {
    /// Returns true if a signature of this standing proves nothing.
    pub(crate) fn is_weak(self) -> bool {
        self > Self::Legacy
    }
}

impl Default for AlgorithmPolicy {
    /// Returns the table that this library ships. From 2025 on its dates are those of the text of ETSI TS 119 312
    /// V2.1.1. Its machine-readable form, which [`from_ts_119_322_json`](Self::from_ts_119_322_json) reads, also ends RSA of less
    /// than 3000 bits on 2026-04-01 and PKCS #1 v1.5 on 2034-01-01.
    ///
    /// | algorithm | legacy from | proves nothing from |
    /// |---|---|---|
    /// | SHA-1 | | 2009-01-01 |
    /// | SHA-224 | 2026-01-01 | 2029-01-01 |
    /// | SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-384, SHA3-512, SHAKE128, SHAKE256 | | |
    /// | RSA from 1024 bits | | 2009-01-01 |
    /// | RSA from 1536 bits | | 2016-01-01 |
    /// | RSA from 1900 bits | 2026-01-01 | 2029-01-01 |
    /// | RSA from 3000 bits, PKCS #1 v1.5 | 2025-01-01 | |
    /// | RSA from 3000 bits, RSASSA-PSS | | |
    /// | EC from 256 bits, Ed25519 | | |
    /// | ML-DSA-44, ML-DSA-65, ML-DSA-87, SLH-DSA of 192 and 256 bits | | |
    fn default() -> Self {
        let day = |year| NaiveDate::from_ymd_opt(year, 1, 1);
        let digest = |digest, legacy_from, past_from| DigestRow { digest, legacy_from, past_from };
        let key = |key, bits, legacy_from, past_from| KeyRow { key, bits, legacy_from, past_from };
        Self {
            digests: vec![
                digest(DigestAlgorithm::Sha1, None, day(2009)),
                digest(DigestAlgorithm::Sha224, day(2026), day(2029)),
                digest(DigestAlgorithm::Sha256, None, None),
                digest(DigestAlgorithm::Sha384, None, None),
                digest(DigestAlgorithm::Sha512, None, None),
                digest(DigestAlgorithm::Sha3_256, None, None),
                digest(DigestAlgorithm::Sha3_384, None, None),
                digest(DigestAlgorithm::Sha3_512, None, None),
                digest(DigestAlgorithm::Shake128, None, None),
                digest(DigestAlgorithm::Shake256, None, None),
            ],
            keys: vec![
                key(KeyFamily::Rsa, 1024, None, day(2009)),
                key(KeyFamily::Rsa, 1536, None, day(2016)),
                key(KeyFamily::Rsa, 1900, day(2026), day(2029)),
                key(KeyFamily::RsaPkcs1, 3000, day(2025), None),
                key(KeyFamily::RsaPss, 3000, None, None),
                key(KeyFamily::Ec, 256, None, None),
                key(KeyFamily::Ed25519, 256, None, None),
                key(KeyFamily::MlDsa, 44, None, None),
                key(KeyFamily::SlhDsa, 192, None, None),
            ],
        }
    }
}

#[derive(Clone, Copy)]
struct Dates {
    legacy_from: Option<NaiveDate>,
    past_from: Option<NaiveDate>,
}

impl AlgorithmPolicy {
    /// Returns a policy without dates and least sizes, by which everything that is offered is acceptable. It is for
    /// asking whether signatures are good, and not what they are worth.
    pub fn unrestricted() -> Self {
        let digest = |digest| DigestRow { digest, legacy_from: None, past_from: None };
        let key = |key| KeyRow { key, bits: 0, legacy_from: None, past_from: None };
        Self {
            digests: DigestAlgorithm::ALL.into_iter().map(digest).collect(),
            keys: KeyFamily::KINDS.into_iter().map(key).collect(),
        }
    }

    /// Returns the standing of a digest algorithm at a time.
    pub fn digest(&self, digest: DigestAlgorithm, at: DateTime<Utc>) -> Standing {
        let dates = self.digest_dates(digest);
        standing(dates, || Mechanism::Digest(digest), at)
    }

    /// Returns the standing of a signature at a time, which is the worse one of its digest and its key.
    pub fn signature(&self, algorithm: &SignatureAlgorithm, key: &PublicKey, at: DateTime<Utc>) -> Standing {
        let row = self.key_row(algorithm, key);
        let of_key = standing(row.map(KeyRow::dates), || Mechanism::of_key(row, key), at);
        of_key.max(self.algorithm(algorithm, at))
    }

    /// Returns the standing of a signature algorithm, whatever the key, at a time.
    pub(crate) fn algorithm(&self, algorithm: &SignatureAlgorithm, at: DateTime<Utc>) -> Standing {
        digest_of(algorithm).map_or(Standing::Good, |digest| self.digest(digest, at))
    }

    /// Returns the severity of [`digest`](Self::digest).
    pub(crate) fn digest_severity(&self, digest: DigestAlgorithm, at: DateTime<Utc>) -> Severity {
        severity(self.digest_dates(digest), at)
    }

    /// Returns the severity of [`signature`](Self::signature).
    pub(crate) fn signature_severity(
        &self,
        algorithm: &SignatureAlgorithm,
        key: &PublicKey,
        at: DateTime<Utc>,
    ) -> Severity {
        severity(self.key_row(algorithm, key).map(KeyRow::dates), at).max(self.algorithm_severity(algorithm, at))
    }

    /// Returns the severity of [`algorithm`](Self::algorithm).
    pub(crate) fn algorithm_severity(&self, algorithm: &SignatureAlgorithm, at: DateTime<Utc>) -> Severity {
        digest_of(algorithm).map_or(Severity::Good, |digest| self.digest_severity(digest, at))
    }

    /// Returns the end of a digest, if there is one.
    pub fn digest_past_from(&self, digest: DigestAlgorithm) -> Option<AlgorithmEnd> {
        let past_from = self.digest_dates(digest).and_then(|dates| dates.past_from)?;
        Some(AlgorithmEnd { date: past_from, mechanism: Mechanism::Digest(digest) })
    }

    /// Returns the end of the digest or of the key of such a signature, whichever comes first.
    pub fn signature_past_from(&self, algorithm: &SignatureAlgorithm, key: &PublicKey) -> Option<AlgorithmEnd> {
        let row = self.key_row(algorithm, key);
        let of_key =
            row.and_then(|row| row.past_from).map(|date| AlgorithmEnd { date, mechanism: Mechanism::of_key(row, key) });
        of_key.into_iter().chain(digest_of(algorithm).and_then(|digest| self.digest_past_from(digest))).min()
    }

    fn digest_dates(&self, digest: DigestAlgorithm) -> Option<Dates> {
        self.digests
            .iter()
            .find(|row| row.digest == digest)
            .map(|row| Dates { legacy_from: row.legacy_from, past_from: row.past_from })
    }

    fn key_row(&self, algorithm: &SignatureAlgorithm, key: &PublicKey) -> Option<&KeyRow> {
        let (family, bits) = match key.kind() {
            KeyKind::Rsa { bits } => (KeyFamily::Rsa, *bits),
            KeyKind::EcP256 => (KeyFamily::Ec, 256),
            KeyKind::EcP384 => (KeyFamily::Ec, 384),
            KeyKind::EcP521 => (KeyFamily::Ec, 521),
            KeyKind::Ed25519 => (KeyFamily::Ed25519, 256),
            KeyKind::MlDsa44 => (KeyFamily::MlDsa, 44),
            KeyKind::MlDsa65 => (KeyFamily::MlDsa, 65),
            KeyKind::MlDsa87 => (KeyFamily::MlDsa, 87),
            KeyKind::SlhDsa(set) => (KeyFamily::SlhDsa, set.security_strength()),
            KeyKind::NotOffered(_) => return None,
        };
        let padding = padding_of(algorithm);
        let is_meant = |row: &&KeyRow| row.key == family || Some(row.key) == padding;
        let reached = self.keys.iter().filter(is_meant).filter(|row| row.bits <= bits);
        reached.max_by_key(|row| (row.bits, Some(row.key) == padding))
    }
}

impl KeyRow {
    fn dates(&self) -> Dates {
        Dates { legacy_from: self.legacy_from, past_from: self.past_from }
    }
}

impl Mechanism {
    /// Returns what a row is about: the key, with the padding where the row has one.
    fn of_key(row: Option<&KeyRow>, key: &PublicKey) -> Self {
        let kind = key.kind().clone();
        match row.map(|row| row.key) {
            Some(KeyFamily::RsaPkcs1) => Self::KeyWithPkcs1(kind),
            Some(KeyFamily::RsaPss) => Self::KeyWithPss(kind),
            Some(KeyFamily::Rsa | KeyFamily::Ec | KeyFamily::Ed25519 | KeyFamily::MlDsa | KeyFamily::SlhDsa) | None => {
                Self::Key(kind)
            }
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => digest.fmt(f),
            Self::Key(kind) => kind.fmt(f),
            Self::KeyWithPkcs1(kind) => write!(f, "{kind} with PKCS #1 v1.5"),
            Self::KeyWithPss(kind) => write!(f, "{kind} with RSASSA-PSS"),
            Self::NotOffered(algorithm) => algorithm.fmt(f),
        }
    }
}

impl Ord for Mechanism {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most that are compared are the same, and names take memory.
        if self == other { Ordering::Equal } else { self.to_string().cmp(&other.to_string()) }
    }
}

impl PartialOrd for Mechanism {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Returns the kind of rows that are about the padding of an algorithm, if it has one.
fn padding_of(algorithm: &SignatureAlgorithm) -> Option<KeyFamily> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => Some(KeyFamily::RsaPkcs1),
        SignatureAlgorithm::RsaPss { .. } => Some(KeyFamily::RsaPss),
        SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::MlDsa44
        | SignatureAlgorithm::MlDsa65
        | SignatureAlgorithm::MlDsa87
        | SignatureAlgorithm::SlhDsa(_) => None,
    }
}

/// Returns the digest algorithm whose dates are those of the signature algorithm too, if it has one.
fn digest_of(algorithm: &SignatureAlgorithm) -> Option<DigestAlgorithm> {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. } | SignatureAlgorithm::Ecdsa(_) => {
            algorithm.prehash()
        }
        // Ed25519 hashes with SHA-512 inside (RFC 8032 §5.1), so a policy that gives up the one gives up the other.
        SignatureAlgorithm::Ed25519 => Some(DigestAlgorithm::Sha512),
        // These do not rest on the collision resistance of a digest that others use too: they hash together with a key or a
        // random value.
        SignatureAlgorithm::MlDsa44
        | SignatureAlgorithm::MlDsa65
        | SignatureAlgorithm::MlDsa87
        | SignatureAlgorithm::SlhDsa(_) => None,
    }
}

/// Returns the severity that dates have at a time, and the day from which it is so, where there is one.
fn reached(dates: Option<Dates>, at: DateTime<Utc>) -> (Severity, Option<NaiveDate>) {
    let Some(dates) = dates else { return (Severity::Unlisted, None) };
    let reached = |date: Option<NaiveDate>| date.filter(|date| *date <= at.date_naive());
    match (reached(dates.past_from), reached(dates.legacy_from)) {
        (Some(since), _) => (Severity::Past, Some(since)),
        (None, Some(since)) => (Severity::Legacy, Some(since)),
        (None, None) => (Severity::Good, None),
    }
}

fn severity(dates: Option<Dates>, at: DateTime<Utc>) -> Severity {
    reached(dates, at).0
}

fn standing(dates: Option<Dates>, what: impl FnOnce() -> Mechanism, at: DateTime<Utc>) -> Standing {
    match reached(dates, at) {
        (Severity::Past, Some(since)) => Standing::Past { what: what(), since },
        (Severity::Legacy, Some(since)) => Standing::Legacy { what: what(), since },
        (Severity::Good, _) => Standing::Good,
        (Severity::Unlisted | Severity::Past | Severity::Legacy, _) => Standing::Unlisted { what: what() },
    }
}
