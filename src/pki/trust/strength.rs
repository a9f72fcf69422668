//! This module judges how strong the signatures on certificates and paths are, and describes the paths.

use core::fmt;

use chrono::{DateTime, Utc};

use super::standing::LocatedStanding;
use crate::crypto::{AlgorithmEnd, AlgorithmPolicy, Mechanism, Severity, Standing};
use crate::pki::{Certificate, ValidatedPath};
use crate::text::time;

/// The algorithm policy, and the time at which the signature on each certificate of a path must still be strong: the time
/// since when the certificate is known to exist. A certificate that nothing covers may have been made today, under a key
/// that was broken since (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.4, step 4).
#[derive(Clone, Copy)]
pub(crate) struct Strength<'a> {
    pub(crate) algorithms: &'a AlgorithmPolicy,
    pub(crate) since: &'a dyn Fn(&Certificate) -> DateTime<Utc>,
}

impl Certificate {
    /// Judges the digest of the certificate's signature, without the issuer's key.
    pub(crate) fn standing(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> LocatedStanding {
        match self.read_signature_algorithm() {
            Ok(algorithm) => LocatedStanding::on(self, algorithms.algorithm(&algorithm, at)),
            // The path search reports an unsupported algorithm.
            Err(_) => Standing::Good.into(),
        }
    }

    /// Returns the severity of [`standing`](Self::standing).
    pub(crate) fn severity(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Severity {
        let algorithm = self.read_signature_algorithm();
        algorithm.map_or(Severity::Good, |algorithm| algorithms.algorithm_severity(&algorithm, at))
    }
}

impl ValidatedPath {
    /// Judges the weakest signature of the path. The anchor's own signature is not judged, because the anchor is
    /// trusted by configuration.
    pub(crate) fn standing(&self, strength: Strength<'_>) -> LocatedStanding {
        let standings = self.issued().map(|(issued, issuer)| {
            let standing = match issued.read_signature_algorithm() {
                Ok(algorithm) => {
                    strength.algorithms.signature(&algorithm, issuer.public_key(), (strength.since)(issued))
                }
                Err(not_offered) => Standing::Unlisted { what: Mechanism::NotOffered(not_offered) },
            };
            LocatedStanding::on(issued, standing)
        });
        standings.max().unwrap_or(LocatedStanding::from(Standing::Good))
    }

    /// Returns the severity of [`standing`](Self::standing).
    pub(crate) fn severity(&self, strength: Strength<'_>) -> Severity {
        self.severities(strength).map(|(_, severity)| severity).max().unwrap_or(Severity::Good)
    }

    /// Returns each certificate below the anchor and the severity of the signature on it.
    pub(super) fn severities(&self, strength: Strength<'_>) -> impl Iterator<Item = (&Certificate, Severity)> {
        self.issued().map(move |(issued, issuer)| {
            let severity = issued.read_signature_algorithm().map_or(Severity::Unlisted, |algorithm| {
                strength.algorithms.signature_severity(&algorithm, issuer.public_key(), (strength.since)(issued))
            });
            (issued, severity)
        })
    }

    /// Returns the names from the target to the anchor and the time at which the path was judged.
    pub(crate) fn describe(&self, at: DateTime<Utc>) -> impl fmt::Display {
        DescribedPath { path: self, at }
    }

    /// Returns the certificates whose validity counts: the target, and those between it and the anchor. An anchor above the
    /// target is trusted by configuration.
    pub(crate) fn below_anchor(&self) -> impl Iterator<Item = &Certificate> {
        self.target().into_iter().chain(self.issued().map(|(issued, _)| issued).skip(1))
    }

    /// Returns the end of the digest or key that ends first in the signatures of the path.
    pub(crate) fn past_from(&self, algorithms: &AlgorithmPolicy) -> Option<AlgorithmEnd> {
        let signatures = self.issued().filter_map(|(issued, issuer)| {
            let algorithm = issued.read_signature_algorithm().ok()?;
            algorithms.signature_past_from(&algorithm, issuer.public_key())
        });
        signatures.min()
    }
}

/// A path in words.
struct DescribedPath<'a> {
    path: &'a ValidatedPath,
    at: DateTime<Utc>,
}

impl fmt::Display for DescribedPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: ", time(self.at))?;
        self.path.certificates.iter().enumerate().try_for_each(|(number, certificate)| {
            f.write_str(if number == 0 { "" } else { " < " })?;
            f.write_str(certificate.shown_subject())
        })
    }
}
