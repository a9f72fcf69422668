//! This module validates certification paths for the verifier, with its anchors, notes its findings, and caches valid
//! paths.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, NaiveDate, Utc};
use const_oid::ObjectIdentifier;

use crate::asn1::oid;
use crate::crypto::{AlgorithmPolicy, Digest, Standing};
use crate::finding::{Code, Details, Notes};
use crate::pki::limits::MAX_STRONGER_PATHS;
use crate::pki::revocation::PROCESSED_WITH_REVOCATION;
use crate::pki::{
    Certificate, KnownCertificates, PathError, PathNote, PathRequest, TrustAnchors, ValidatedPath, ValidationBudget,
    validate_path,
};
use crate::text::time;

/// The maximum number of signing certificates whose paths are cached. A service has a handful of seal certificates, and
/// an archive some hundreds of TSAs over the years. A cleared cache costs only time.
const REMEMBERED: usize = 1024;

/// The extensions that callers of [`ChainValidator::check`] process in the signing certificate itself.
const PROCESSED_IN_TARGET: &[ObjectIdentifier] = &[oid::PRIVATE_KEY_USAGE_PERIOD, oid::QC_STATEMENTS];

/// The algorithm policy, and the time at which the signature on each certificate of a path must still be strong: the time
/// since when the certificate is known to exist. A certificate that nothing covers may have been made today, under a key
/// that was broken since (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.4, step 4).
#[derive(Clone, Copy)]
pub(crate) struct Strength<'a> {
    pub(crate) algorithms: &'a AlgorithmPolicy,
    pub(crate) since: &'a dyn Fn(&Certificate) -> DateTime<Utc>,
}

/// The intermediate certificates that an artifact offers.
pub(crate) trait Candidates {
    /// Returns true if this certificate is offered.
    fn offers(&self, certificate: &Certificate) -> bool;

    /// Returns all offered certificates.
    fn all(&self) -> &[Certificate];
}

/// Validates paths to one set of anchors, each path once, and remembers their certificates.
///
/// A cached path depends on the signing certificate, identified by its digest, on the anchors and on the processed
/// extensions. The latter two never change here. The intermediates must be offered again, and
/// [`ValidatedPath::holds_at`] answers for the time. Failures are not cached, because other candidates may lead to a
/// valid path.
#[derive(Debug)]
pub(crate) struct ChainValidator {
    anchors: TrustAnchors,
    certificates: Arc<KnownCertificates>,
    valid: RwLock<HashMap<Digest, Arc<ValidatedPath>>>,
}

impl ChainValidator {
    pub(crate) fn new(anchors: TrustAnchors, certificates: Arc<KnownCertificates>) -> Self {
        Self { anchors, certificates, valid: RwLock::default() }
    }

    pub(crate) fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// Finds a path of `target` that is valid at `at`, judges the strength of its signatures, and notes the findings.
    /// The candidates are read only if the path is not cached.
    ///
    /// A path with a signature that is too weak is used only if there is no other path.
    pub(crate) fn check(
        &self,
        target: &Certificate,
        candidates: &dyn Candidates,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
        strength: Strength<'_>,
        notes: &mut Notes<'_, '_>,
    ) -> Option<(Arc<ValidatedPath>, Standing)> {
        let path = match self.remembered(target, candidates, at) {
            Some(path) => Ok(path),
            None => self.search(target, candidates.all(), at, budget),
        };
        match path {
            Ok(path) => {
                let standing = path.standing(strength);
                let stronger = if standing.is_weak() {
                    self.stronger(&path, candidates.all(), at, budget, strength)
                } else {
                    None
                };
                let relied_on = match stronger {
                    None => (path, standing),
                    Some(stronger) => {
                        notes.note_with(Code::ChainSetAside, || Details::both(path.describe(at), standing.what()));
                        stronger
                    }
                };
                note_valid(&relied_on.0, at, notes);
                Some(relied_on)
            }
            Err(error) => {
                notes.note_with(code(&error, target), || Details::both(format!("at {}", time(at)), &error));
                None
            }
        }
    }

    /// Finds another path of the target without any certificate that is `avoided`. The path is not cached, because the
    /// first path found must not depend on earlier questions.
    pub(crate) fn path_avoiding(
        &self,
        target: &Certificate,
        candidates: &[Certificate],
        avoided: impl Fn(&Certificate) -> bool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
    ) -> Result<ValidatedPath, PathError> {
        let candidates: Vec<_> = candidates.iter().filter(|candidate| !avoided(candidate)).cloned().collect();
        validate_path(&self.request(target, &candidates, at, budget))
    }

    /// Finds a path around certificates whose signatures are too weak. The signature on the target itself is the same
    /// on every path.
    fn stronger(
        &self,
        path: &Arc<ValidatedPath>,
        candidates: &[Certificate],
        at: DateTime<Utc>,
        budget: &ValidationBudget,
        strength: Strength<'_>,
    ) -> Option<(Arc<ValidatedPath>, Standing)> {
        let (mut path, mut avoided) = (Arc::clone(path), Vec::new());
        for _ in 0..MAX_STRONGER_PATHS {
            let weak = path.signatures(strength).filter(|(_, standing)| standing.is_weak());
            let weak: Vec<_> = weak.map(|(issued, _)| issued.fingerprint()).collect();
            if weak.is_empty() {
                let standing = path.standing(strength);
                return Some((path, standing));
            }
            let target = path.target().filter(|target| !weak.contains(&target.fingerprint()))?;
            avoided.extend(weak);
            let detour = self.path_avoiding(
                target,
                candidates,
                |candidate| avoided.contains(&candidate.fingerprint()),
                at,
                budget,
            );
            path = Arc::new(detour.ok()?);
        }
        None
    }

    /// Returns a cached path only if this artifact also offers every intermediate, so the cache never changes a
    /// verdict.
    fn remembered(
        &self,
        target: &Certificate,
        candidates: &dyn Candidates,
        at: DateTime<Utc>,
    ) -> Option<Arc<ValidatedPath>> {
        let path = {
            let valid = self.valid.read().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(valid.get(&target.fingerprint())?)
        };
        // The target is the key of the cache and the anchor is configured, so only the certificates between are
        // compared.
        let between = path.certificates.len().saturating_sub(2);
        let offered = path.certificates.iter().skip(1).take(between).all(|certificate| candidates.offers(certificate));
        (path.holds_at(at) && offered).then_some(path)
    }

    fn search(
        &self,
        target: &Certificate,
        candidates: &[Certificate],
        at: DateTime<Utc>,
        budget: &ValidationBudget,
    ) -> Result<Arc<ValidatedPath>, PathError> {
        let path = Arc::new(validate_path(&self.request(target, candidates, at, budget))?);
        self.certificates.remember(&path);
        let mut valid = self.valid.write().unwrap_or_else(PoisonError::into_inner);
        if valid.len() >= REMEMBERED {
            valid.clear();
        }
        valid.insert(target.fingerprint(), Arc::clone(&path));
        Ok(path)
    }

    fn request<'a>(
        &'a self,
        target: &'a Certificate,
        candidates: &'a [Certificate],
        at: DateTime<Utc>,
        budget: &'a ValidationBudget,
    ) -> PathRequest<'a> {
        PathRequest::new(target, candidates, &self.anchors, at)
            .with_processed(PROCESSED_WITH_REVOCATION)
            .with_processed_in_target(PROCESSED_IN_TARGET)
            .with_budget(budget)
    }
}

/// Notes that a path is valid.
pub(crate) fn note_valid(path: &ValidatedPath, at: DateTime<Utc>, notes: &mut Notes<'_, '_>) {
    notes.note_with(Code::ChainValid, || Details::computed(path.describe(at)));
    // The path's own note is about the time at which the path was found, so it does not serve here.
    if path.anchor().is_some_and(|anchor| path.issued().next().is_some() && anchor.not_after() < at) {
        notes.note(Code::AnchorExpired);
    }
    if path.notes.contains(&PathNote::AnchorExtensionIgnored) {
        notes.note(Code::AnchorExtensionIgnored);
    }
}

/// Returns the finding code for a failed search (ETSI EN 319 102-1 V1.4.1, clauses 5.2.6 and 5.2.7). The code for an
/// issuer differs from that for the signing certificate itself.
fn code(error: &PathError, target: &Certificate) -> Code {
    match error {
        PathError::NoPath { .. } => Code::ChainNotFound,
        PathError::SignatureInvalid { .. } => Code::ChainSignatureInvalid,
        PathError::AlgorithmNotOffered { .. } => Code::ChainAlgorithmNotOffered,
        PathError::NotYetValid { certificate, .. } if certificate == target => Code::CertificateNotYetValid,
        PathError::NotYetValid { .. } => Code::IssuerNotYetValid,
        PathError::Expired { certificate, .. } if certificate == target => Code::CertificateExpired,
        PathError::Expired { .. } => Code::IssuerExpired,
        PathError::Constraint { .. } => Code::ChainConstraint,
        PathError::Unreadable { .. } => Code::ChainMalformed,
        PathError::BudgetExhausted { .. } => Code::ChainBudgetExhausted,
        PathError::TimeNotSupported => Code::ChainRefused,
    }
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
}

impl Standing {
    /// Returns true if the signature is too weak to prove anything.
    fn is_weak(&self) -> bool {
        matches!(self, Self::Past { .. } | Self::Unlisted { .. })
    }

    fn what(&self) -> &str {
        match self {
            Self::Good => "",
            Self::Legacy { what, .. } | Self::Past { what, .. } | Self::Unlisted { what } => what,
        }
    }

    /// Adds that the judgement is about the signature on a certificate.
    fn in_signature_of(self, certificate: &Certificate) -> Self {
        let located = |what: String| format!("{what}, in the signature on the certificate {}", certificate.subject());
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
        self.signatures(strength).map(|(_, standing)| standing).max().unwrap_or(Standing::Good)
    }

    /// Returns each certificate below the anchor and the judgement of the signature on it.
    fn signatures(&self, strength: Strength<'_>) -> impl Iterator<Item = (&Certificate, Standing)> {
        self.issued().map(move |(issued, issuer)| {
            let standing = match issued.read_signature_algorithm() {
                Ok(algorithm) => {
                    strength.algorithms.signature(&algorithm, issuer.public_key(), (strength.since)(issued))
                }
                Err(not_offered) => Standing::Unlisted { what: not_offered.to_string() },
            };
            (issued, standing.in_signature_of(issued))
        })
    }

    /// Returns the names from the target to the anchor and the time at which the path was judged.
    pub(crate) fn describe(&self, at: DateTime<Utc>) -> String {
        let names: Vec<String> = self.certificates.iter().map(Certificate::subject).collect();
        format!("at {}: {}", time(at), names.join(" < "))
    }

    /// Returns the certificates whose validity counts: the target, and those between it and the anchor. An anchor above the
    /// target is trusted by configuration.
    pub(crate) fn below_anchor(&self) -> impl Iterator<Item = &Certificate> {
        self.target().into_iter().chain(self.issued().map(|(issued, _)| issued).skip(1))
    }

    /// Returns the first day on which a signature of the path is too weak, and the algorithm or key responsible.
    pub(crate) fn past_from(&self, algorithms: &AlgorithmPolicy) -> Option<(NaiveDate, String)> {
        let signatures = self.issued().filter_map(|(issued, issuer)| {
            let algorithm = issued.read_signature_algorithm().ok()?;
            algorithms.signature_past_from(&algorithm, issuer.public_key())
        });
        signatures.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::DigestAlgorithm;
    use crate::pki::made::{Subject, now};

    #[test]
    fn it_is_bounded() {
        let root = Subject::new("root");
        let validator = ChainValidator::new(TrustAnchors::from_iter([root.root()]), Arc::default());
        let len = || validator.valid.read().unwrap().len();
        let search = |serial: u8| {
            let target = root.certifies(&Subject::new("seal")).serial(&[serial]).make();
            (validator.search(&target, &[], now(), &ValidationBudget::default()).unwrap(), target)
        };
        let (path, _) = search(1);
        // Paths of many other targets.
        for number in 2..u32::try_from(REMEMBERED).unwrap() {
            let target = DigestAlgorithm::Sha256.digest(&number.to_be_bytes());
            validator.valid.write().unwrap().insert(target, Arc::clone(&path));
        }
        search(2);
        assert_eq!(len(), REMEMBERED);
        let (path, target) = search(3);
        assert_eq!(len(), 1);
        assert_eq!(validator.valid.read().unwrap().get(&target.fingerprint()), Some(&path));
    }
}
