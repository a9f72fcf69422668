//! This module judges how strong the signatures on certificates and paths are, and describes the paths.

use core::fmt;

use chrono::{DateTime, Utc};

use crate::crypto::{AlgorithmEnd, AlgorithmPolicy, Severity, Standing};
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
    pub(crate) fn standing(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Standing {
        match self.read_signature_algorithm() {
            Ok(algorithm) => algorithms.algorithm(&algorithm, at).in_signature_of(self),
            // The path search reports an unsupported algorithm.
            Err(_) => Standing::Good,
        }
    }

    /// Returns the severity of [`standing`](Self::standing).
    pub(crate) fn severity(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Severity {
        let algorithm = self.read_signature_algorithm();
        algorithm.map_or(Severity::Good, |algorithm| algorithms.algorithm_severity(&algorithm, at))
    }
}

impl Standing {
    /// Returns what is judged, in words.
    pub(super) fn what(&self) -> &str {
        match self {
            Self::Good => "",
            Self::Legacy { what, .. } | Self::Past { what, .. } | Self::Unlisted { what } => what,
        }
    }

    /// Adds that the judgement is about the signature on a certificate.
    fn in_signature_of(self, certificate: &Certificate) -> Self {
        let located = |what: String| what + ", in the signature on the certificate " + certificate.shown_subject();
        match self {
            Self::Good => Self::Good,
            Self::Legacy { what, since } => Self::Legacy { what: located(what), since },
            Self::Past { what, since } => Self::Past { what: located(what), since },
            Self::Unlisted { what } => Self::Unlisted { what: located(what) },
        }
    }
}

impl ValidatedPath {
    /// Judges the weakest signature of the path. The anchor's own signature is not judged, because the anchor is
    /// trusted by configuration.
    pub(crate) fn standing(&self, strength: Strength<'_>) -> Standing {
        let standings = self.issued().map(|(issued, issuer)| {
            let standing = match issued.read_signature_algorithm() {
                Ok(algorithm) => {
                    strength.algorithms.signature(&algorithm, issuer.public_key(), (strength.since)(issued))
                }
                Err(not_offered) => Standing::Unlisted { what: not_offered.to_string() },
            };
            standing.in_signature_of(issued)
        });
        standings.max().unwrap_or(Standing::Good)
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
