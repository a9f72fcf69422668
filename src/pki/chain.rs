//! Certification paths as the verifier asks for them: with its anchors, noting findings, remembering what was valid.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use const_oid::ObjectIdentifier;

use super::revocation::PROCESSED_WITH_REVOCATION;
use super::{
    Certificate, KnownCertificates, PathError, PathNote, PathRequest, SignatureBudget, TrustAnchors, ValidatedPath,
    validate_path,
};
use crate::asn1::oid;
use crate::crypto::{AlgorithmPolicy, Digest, Standing};
use crate::finding::{Code, Details, Notes};
use crate::text::time;

/// Signing certificates whose paths are remembered. A service has a handful of seal certificates, an archive some
/// hundreds of TSAs over the years; beyond that, forgetting costs time and nothing else.
const REMEMBERED: usize = 1024;

/// What the callers of [`ChainValidator::check`] look at in the signing certificate itself: privateKeyUsagePeriod,
/// qcStatements.
const PROCESSED_IN_TARGET: &[ObjectIdentifier] = &[oid::PRIVATE_KEY_USAGE_PERIOD, oid::QC_STATEMENTS];

/// What may stand between a signing certificate and an anchor.
pub(crate) trait Candidates {
    /// Whether this certificate is among them.
    fn offers(&self, certificate: &Certificate) -> bool;

    /// All of them.
    fn all(&self) -> &[Certificate];
}

/// Validates paths to one set of anchors, each path once; makes their certificates known.
///
/// What is remembered depends on the signing certificate (all of it, by its digest), the anchors and the processed
/// extensions, which never change here, the certificates between, which must be offered again, and the time, for which
/// [`ValidatedPath::holds_at`] answers. Failures are not remembered: other candidates may mend them.
#[derive(Debug)]
pub(crate) struct ChainValidator {
    anchors: TrustAnchors,
    known: Arc<KnownCertificates>,
    valid: Mutex<HashMap<Digest, Arc<ValidatedPath>>>,
}

impl ChainValidator {
    pub(crate) fn new(anchors: TrustAnchors, known: Arc<KnownCertificates>) -> Self {
        Self { anchors, known, valid: Mutex::default() }
    }

    pub(crate) fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// The path of `target`, valid at `at`; notes what there is to say about it. They are read when the path is not
    /// known yet.
    pub(crate) fn check(
        &self,
        target: &Certificate,
        candidates: &dyn Candidates,
        at: DateTime<Utc>,
        budget: &SignatureBudget,
        notes: &mut Notes<'_, '_>,
    ) -> Option<Arc<ValidatedPath>> {
        let found = match self.remembered(target, candidates, at) {
            Some(path) => Ok(path),
            None => self.search(target, candidates.all(), at, budget),
        };
        match found {
            Ok(path) => {
                note_valid(&path, at, notes);
                Some(path)
            }
            Err(error) => {
                notes.note_with(code(&error, target), || Details::both(format!("at {}", time(at)), &error));
                None
            }
        }
    }

    /// Another path of the target, through no certificate that is `avoided`. It is not remembered: which path is found
    /// first must not depend on what was asked before.
    pub(crate) fn other(
        &self,
        target: &Certificate,
        candidates: &[Certificate],
        avoided: impl Fn(&Certificate) -> bool,
        at: DateTime<Utc>,
        budget: &SignatureBudget,
    ) -> Result<ValidatedPath, PathError> {
        let candidates: Vec<_> = candidates.iter().filter(|candidate| !avoided(candidate)).cloned().collect();
        validate_path(&self.request(target, &candidates, at, budget))
    }

    /// A path that would be found again: with what this artifact offers, not with what an earlier one did.
    fn remembered(
        &self,
        target: &Certificate,
        candidates: &dyn Candidates,
        at: DateTime<Utc>,
    ) -> Option<Arc<ValidatedPath>> {
        let path = {
            let valid = self.valid.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(valid.get(&target.fingerprint())?)
        };
        let between = path.certificates.len().saturating_sub(2);
        let offered = path.certificates.iter().skip(1).take(between).all(|certificate| candidates.offers(certificate));
        (path.holds_at(at) && offered).then_some(path)
    }

    fn search(
        &self,
        target: &Certificate,
        candidates: &[Certificate],
        at: DateTime<Utc>,
        budget: &SignatureBudget,
    ) -> Result<Arc<ValidatedPath>, PathError> {
        let path = Arc::new(validate_path(&self.request(target, candidates, at, budget))?);
        self.known.remember(&path);
        let mut valid = self.valid.lock().unwrap_or_else(PoisonError::into_inner);
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
        budget: &'a SignatureBudget,
    ) -> PathRequest<'a> {
        PathRequest::new(target, candidates, &self.anchors, at)
            .with_processed(PROCESSED_WITH_REVOCATION)
            .with_processed_in_target(PROCESSED_IN_TARGET)
            .with_budget(budget)
    }
}

/// Says which path is valid.
pub(crate) fn note_valid(path: &ValidatedPath, at: DateTime<Utc>, notes: &mut Notes<'_, '_>) {
    notes.note_with(Code::ChainValid, || Details::computed(path.describe(at)));
    // Not by the path's own note, which is about the time at which it was found.
    if path.anchor().is_some_and(|anchor| path.issued().next().is_some() && anchor.not_after() < at) {
        notes.note(Code::AnchorExpired);
    }
    if path.notes.contains(&PathNote::AnchorExtensionIgnored) {
        notes.note(Code::AnchorExtensionIgnored);
    }
}

/// The finding that a failed search is (ETSI EN 319 102-1 V1.4.1, clauses 5.2.6 and 5.2.7). What happens to an issuer
/// is not what happens to the signing certificate itself.
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
        PathError::TimeNotSupported | PathError::Refused { .. } => Code::ChainRefused,
    }
}

impl Certificate {
    /// How the digest stands with which the certificate was signed; the issuer's key is not known.
    pub(crate) fn standing(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Standing {
        match self.read_signature_algorithm() {
            Ok(algorithm) => algorithms.digest(algorithm.digest(), at).in_signature_of(self),
            // The search for a path says so.
            Err(_) => Standing::Good,
        }
    }
}

impl Standing {
    /// Says that it is about the signature on a certificate.
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
    /// How the worst signature of the path stands. The anchor's own is not looked at: it is trusted by configuration.
    pub(crate) fn standing(&self, algorithms: &AlgorithmPolicy, at: DateTime<Utc>) -> Standing {
        let signatures = self.issued().map(|(issued, issuer)| match issued.read_signature_algorithm() {
            Ok(algorithm) => algorithms.signature(&algorithm, issuer.public_key(), at).in_signature_of(issued),
            Err(not_offered) => Standing::Unlisted { what: not_offered.to_string() }.in_signature_of(issued),
        });
        signatures.max().unwrap_or(Standing::Good)
    }

    /// Its names, from the target to the anchor, and the time at which it was judged.
    pub(crate) fn describe(&self, at: DateTime<Utc>) -> String {
        let names: Vec<String> = self.certificates.iter().map(Certificate::subject).collect();
        format!("at {}: {}", time(at), names.join(" < "))
    }

    /// The first day on which a signature of the path proves nothing by itself any more, and which algorithm or key it
    /// is.
    pub(crate) fn past_from(&self, algorithms: &AlgorithmPolicy) -> Option<(NaiveDate, String)> {
        let signatures = self.issued().filter_map(|(issued, issuer)| {
            let algorithm = issued.read_signature_algorithm().ok()?;
            algorithms.signature_past_from(&algorithm, issuer.public_key())
        });
        signatures.min()
    }
}
