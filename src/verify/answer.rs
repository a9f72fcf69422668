//! What revocation data says about a certificate, and where that data was found.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::crypto::{AlgorithmEnd, AlgorithmPolicy, Digest, SignatureAlgorithm};
use crate::pki::revocation::{CertificateStatus, RevocationSource};

/// What revocation data says about one certificate, and the algorithm by which that data is signed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: CertificateStatus,
    pub(crate) algorithm: Option<SignatureAlgorithm>,
}

impl Answer {
    /// The fingerprint of the data; `None` when none answered.
    pub(crate) fn fingerprint(&self) -> Option<&Digest> {
        fingerprint(&self.status)
    }

    /// Returns the end of the digest or key that ends first in the signature on the data.
    pub(crate) fn past_from(&self, algorithms: &AlgorithmPolicy) -> Option<AlgorithmEnd> {
        let signer = self.status.signer.as_ref()?;
        algorithms.signature_past_from(self.algorithm.as_ref()?, signer.public_key())
    }
}

fn fingerprint(status: &CertificateStatus) -> Option<&Digest> {
    status.source.as_ref().map(|source| match source {
        RevocationSource::Crl { fingerprint, .. } | RevocationSource::Ocsp { fingerprint } => fingerprint,
    })
}

/// Revocation data that answered for a certificate, so that its signer is known, and its time.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) fingerprint: Digest,
    pub(crate) this_update: DateTime<Utc>,
}

impl Published {
    pub(crate) fn of(status: &CertificateStatus) -> Option<Self> {
        Some(Self { fingerprint: *fingerprint(status)?, this_update: status.this_update? })
    }
}

/// A place where revocation data was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RevocationPlace {
    /// Beside the signature: in `crls` of its SignedData, or in revocation-values.
    Signature,
    /// It lies in the token of the n-th timestamp.
    Timestamp(usize),
    /// It lies in the cryptoInfos of the n-th evidence record.
    CryptoInfos(usize),
    /// It lies in a timestamp of another signer of the file.
    OtherSigner,
    /// The caller gave it.
    Caller,
}

/// Where revocation data was found, and since when it is known to have existed.
pub(crate) struct Source {
    pub(crate) places: Vec<RevocationPlace>,
    pub(crate) since: DateTime<Utc>,
}

/// The sources of all answers, by the fingerprint of the data.
pub(crate) type Sources = HashMap<Digest, Source>;

/// The sources of these answers.
pub(crate) fn sources<'a>(
    answers: impl Iterator<Item = &'a Answer>,
    places: impl Fn(&Digest) -> Vec<RevocationPlace>,
    since: impl Fn(&Digest) -> DateTime<Utc>,
) -> Sources {
    let mut sources = Sources::new();
    for fingerprint in answers.filter_map(Answer::fingerprint) {
        let source = || Source { places: places(fingerprint), since: since(fingerprint) };
        sources.entry(*fingerprint).or_insert_with(source);
    }
    sources
}
