//! This module validates certification paths for the verifier, with its anchors, notes its findings, and caches valid
//! paths.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::remembered::{Question, REMEMBERED_SIGNATURES, Remembered, RememberedPaths, unchanged_around};
use super::strength::Strength;
use crate::asn1::oid;
use crate::crypto::{PostQuantumRule, Severity};
use crate::finding::{Code, Details, Notes, SubIndication};
use crate::pki::limits::MAX_STRONGER_PATHS;
use crate::pki::revocation::PROCESSED_WITH_REVOCATION;
use crate::pki::{
    Certificate, CertificatePool, KnownCertificates, PathConstraint, PathError, PathNote, PathRequest, TrustAnchors,
    ValidatedPath, ValidationBudget, search_path, validate_path,
};
use crate::text::time;

/// The extensions that callers of [`ChainValidator::check`] process in the signing certificate itself.
const PROCESSED_IN_TARGET: &[ObjectIdentifier] = &[oid::PRIVATE_KEY_USAGE_PERIOD, oid::QC_STATEMENTS];

/// Validates paths to one set of anchors, each path once, and remembers their certificates.
///
/// A path is remembered for the question that led to it: the signing certificate, all certificates that were offered,
/// and the time, as far as no certificate's validity begins or ends in between. The anchors and the processed extensions
/// never change here. A remembered path is thus the one that a search finds, and it costs the budget what the search costs,
/// so that no verdict depends on what was judged before. A path that was found beyond a limit is not remembered. Failures
/// are not remembered, because they are seldom asked for twice.
///
/// A clone has the same anchors, and remembers the same paths.
#[derive(Clone, Debug)]
pub(crate) struct ChainValidator {
    anchors: TrustAnchors,
    certificates: Arc<KnownCertificates>,
    valid: Arc<RwLock<RememberedPaths>>,
}

impl ChainValidator {
    pub(crate) fn new(anchors: TrustAnchors, certificates: Arc<KnownCertificates>) -> Self {
        Self { anchors, certificates, valid: Arc::default() }
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
        candidates: &CertificatePool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
        strength: Strength<'_>,
        notes: &mut Notes<'_, '_>,
    ) -> Option<(Arc<ValidatedPath>, Severity)> {
        let found = self.find(target, candidates, at, budget, strength, notes);
        found.map_err(|error| note_refused(&error, target, at, None, notes)).ok()
    }

    /// Does what [`check`](Self::check) does, and leaves it to the caller to note that there is no path.
    pub(crate) fn find(
        &self,
        target: &Certificate,
        candidates: &CertificatePool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
        strength: Strength<'_>,
        notes: &mut Notes<'_, '_>,
    ) -> Result<(Arc<ValidatedPath>, Severity), PathError> {
        // What a file adds to the search for a path is paid for whether the path is remembered or not: an attacker could
        // else make a verdict depend on which files came before.
        let remembered = self
            .remembered(&(target.fingerprint(), candidates.digest()), at)
            .filter(|remembered| budget.spend_again(&remembered.work).is_some());
        let path = match remembered {
            Some(remembered) => Ok(remembered.path),
            None => self.search(target, candidates, at, budget),
        };
        let path = path?;
        let severity = path.severity(strength);
        let stronger =
            if severity.is_weak() { self.stronger(&path, candidates, &|_| false, at, budget, strength) } else { None };
        let relied_on = match stronger {
            None => (path, severity),
            Some(stronger) => {
                notes.note_with(Code::ChainSetAside, || Details::both(path.describe(at), path.standing(strength)));
                stronger
            }
        };
        note_valid(&relied_on.0, at, notes);
        Ok(relied_on)
    }

    /// Finds a path that is valid at `at` but for the end of its target, which has ended before (ETSI EN 319 102-1 V1.4.1,
    /// clause 5.2.6.4 (4): the validity of the signing certificate itself is asked about last).
    pub(crate) fn path_of_ended(
        &self,
        target: &Certificate,
        candidates: &CertificatePool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
    ) -> Option<ValidatedPath> {
        self.path_without_ended(target, candidates, (target.not_after(), at), budget)
    }

    /// Finds a path of the target that is valid at `valid_at` and has no issuer below the anchor that has ended at `now`.
    pub(crate) fn path_without_ended(
        &self,
        target: &Certificate,
        candidates: &CertificatePool,
        (valid_at, now): (DateTime<Utc>, DateTime<Utc>),
        budget: &ValidationBudget,
    ) -> Option<ValidatedPath> {
        let has_ended = |issuer: &Certificate| issuer.not_after().timestamp() < now.timestamp();
        let is_avoided = |issuer: &Certificate| issuer != target && !self.anchors.contains(issuer) && has_ended(issuer);
        self.path_avoiding(target, candidates, is_avoided, valid_at, budget).ok()
    }

    /// Finds another path of the target without any certificate that is `avoided`. The path is not cached, because the
    /// first path found must not depend on earlier questions.
    pub(crate) fn path_avoiding(
        &self,
        target: &Certificate,
        candidates: &CertificatePool,
        is_avoided: impl Fn(&Certificate) -> bool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
    ) -> Result<ValidatedPath, PathError> {
        validate_path(&self.request(target, candidates, at, budget).avoiding(&is_avoided))
    }

    /// Finds another path of the target without any certificate that is `avoided`, and of such paths one without a weak
    /// signature if there is one.
    pub(crate) fn strong_path_avoiding(
        &self,
        target: &Certificate,
        candidates: &CertificatePool,
        is_avoided: &dyn Fn(&Certificate) -> bool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
        strength: Strength<'_>,
    ) -> Result<Arc<ValidatedPath>, PathError> {
        let path = Arc::new(self.path_avoiding(target, candidates, is_avoided, at, budget)?);
        if !path.severity(strength).is_weak() {
            return Ok(path);
        }
        let stronger = self.stronger(&path, candidates, is_avoided, at, budget, strength);
        Ok(stronger.map_or(path, |(stronger, _)| stronger))
    }

    /// Finds a path around certificates whose signatures are too weak, and around those that are `avoided` anyway. The
    /// signature on the target itself is the same on every path.
    fn stronger(
        &self,
        path: &Arc<ValidatedPath>,
        candidates: &CertificatePool,
        is_avoided: &dyn Fn(&Certificate) -> bool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
        strength: Strength<'_>,
    ) -> Option<(Arc<ValidatedPath>, Severity)> {
        let (mut path, mut found_weak) = (Arc::clone(path), Vec::new());
        for _ in 0..MAX_STRONGER_PATHS {
            let weak = path.severities(strength).filter(|(_, severity)| severity.is_weak());
            let weak: Vec<_> = weak.map(|(issued, _)| issued.fingerprint()).collect();
            if weak.is_empty() {
                let severity = path.severity(strength);
                return Some((path, severity));
            }
            let target = path.target().filter(|target| !weak.contains(&target.fingerprint()))?;
            found_weak.extend(weak);
            let detour = self.path_avoiding(
                target,
                candidates,
                |candidate| is_avoided(candidate) || found_weak.contains(&candidate.fingerprint()),
                at,
                budget,
            );
            path = Arc::new(detour.ok()?);
        }
        None
    }

    /// Returns what a search finds, if the same question was answered before.
    fn remembered(&self, question: &Question, at: DateTime<Utc>) -> Option<Remembered> {
        let valid = self.valid.read().unwrap_or_else(PoisonError::into_inner);
        let remembered = valid.by_question.get(question);
        remembered.filter(|remembered| remembered.seconds.contains(&at.timestamp())).cloned()
    }

    fn search(
        &self,
        target: &Certificate,
        candidates: &CertificatePool,
        at: DateTime<Utc>,
        budget: &ValidationBudget,
    ) -> Result<Arc<ValidatedPath>, PathError> {
        let (path, work) = search_path(&self.request(target, candidates, at, budget))?;
        let path = Arc::new(path);
        self.certificates.remember(&path);
        if work.met_limit() || work.signatures() > REMEMBERED_SIGNATURES {
            return Ok(path);
        }
        let seconds = unchanged_around(at.timestamp(), candidates.certificates().iter().chain([target]));
        let mut valid = self.valid.write().unwrap_or_else(PoisonError::into_inner);
        let remembered = Remembered { path: Arc::clone(&path), work: Arc::new(work), seconds };
        valid.add((target.fingerprint(), candidates.digest()), remembered);
        Ok(path)
    }

    fn request<'a>(
        &'a self,
        target: &'a Certificate,
        candidates: &'a CertificatePool,
        at: DateTime<Utc>,
        budget: &'a ValidationBudget,
    ) -> PathRequest<'a> {
        PathRequest::new(target, &[], &self.anchors, at)
            .with_pool(candidates)
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

/// Notes that there is no path that is valid, and what it leads to where more is known than the finding says.
pub(crate) fn note_refused(
    error: &PathError,
    target: &Certificate,
    at: DateTime<Utc>,
    sub_indication: Option<SubIndication>,
    notes: &mut Notes<'_, '_>,
) {
    notes
        .note_with(code(error, target), || Details::both(format!("at {}", time(at)), error).leading_to(sub_indication));
}

/// Returns the finding code for a failed search (ETSI EN 319 102-1 V1.4.1, clauses 5.2.6.4 and 5.5.4 (4)). Only the validity
/// of the signing certificate itself is a matter of time there: an issuer's is one of path validation, as any rule of it.
fn code(error: &PathError, target: &Certificate) -> Code {
    match error {
        PathError::NoPath { .. } => Code::ChainNotFound,
        PathError::SignatureInvalid { .. } => Code::ChainSignatureInvalid,
        PathError::AlgorithmNotOffered { not_offered, .. } => match not_offered.breaks {
            Some(PostQuantumRule::NoParameters) => Code::ChainAlgorithmParametersForbidden,
            Some(PostQuantumRule::PureMlDsa) => Code::ChainAlgorithmPrehashed,
            // RFC 9909 has HashSLH-DSA for certificates.
            Some(PostQuantumRule::PureSlhDsa) | None => Code::ChainAlgorithmNotOffered,
        },
        PathError::NotYetValid { certificate, .. } if certificate == target => Code::CertificateNotYetValid,
        PathError::NotYetValid { .. } => Code::IssuerNotYetValid,
        PathError::Expired { certificate, .. } if certificate == target => Code::CertificateExpired,
        PathError::Expired { .. } => Code::IssuerExpired,
        PathError::Constraint { constraint: PathConstraint::KeyUsageOfSignatureKey { .. }, .. } => {
            Code::ChainKeyUsageForbidden
        }
        PathError::Constraint { .. } => Code::ChainConstraint,
        PathError::Unreadable { .. } => Code::ChainMalformed,
        PathError::BudgetExhausted { .. } => Code::ChainBudgetExhausted,
        PathError::TimeNotSupported => Code::ChainRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::super::remembered::REMEMBERED;
    use super::*;
    use crate::asn1::{oid, writer};
    use crate::crypto::{AlgorithmPolicy, DigestAlgorithm};
    use crate::finding::{Ledger, Levels, Subject as About};
    use crate::pki::test_certificates::{Subject, now, year};
    use signed_data::tlv::Tag;

    /// A certificate by the key of `ca` that names this key by an identifier, so that the certificates with it are tried first.
    fn naming_key(ca: &Subject, subject: &Subject) -> Certificate {
        let identifier = writer::sequence(&[&writer::tlv(Tag::context_primitive(0), b"key")]);
        ca.certifies(subject).extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &identifier).make()
    }

    /// A certificate for the name of an authority and another key, with the identifier of its key.
    fn impostor(root: &Subject, serial: &[u8]) -> Certificate {
        let made = root.certifies(&Subject::new("ca")).authority().serial(serial);
        made.extension(oid::SUBJECT_KEY_IDENTIFIER, false, &writer::octet_string(b"key")).make()
    }

    fn offered(certificates: Vec<Certificate>) -> CertificatePool {
        CertificatePool::new(certificates)
    }

    #[test]
    fn it_is_bounded() {
        let root = Subject::new("root");
        let validator = ChainValidator::new(TrustAnchors::from_iter([root.root()]), Arc::default());
        let len = || validator.valid.read().unwrap().by_question.len();
        let search = |serial: u8| {
            let target = root.certifies(&Subject::new("seal")).serial(&[serial]).make();
            let budget = ValidationBudget::default();
            (validator.search(&target, &offered(Vec::new()), now(), &budget).unwrap(), target)
        };
        let (path, _) = search(1);
        let nothing = CertificatePool::default().digest();
        // Paths of many other targets.
        for number in 2..u32::try_from(REMEMBERED).unwrap() {
            let target = DigestAlgorithm::Sha256.digest(&number.to_be_bytes());
            let remembered = Remembered { path: Arc::clone(&path), work: Arc::default(), seconds: 0..=0 };
            validator.valid.write().unwrap().by_question.insert((target, nothing), remembered);
        }
        search(2);
        assert_eq!(len(), REMEMBERED);
        let (path, target) = search(3);
        assert_eq!(len(), 1);
        let remembered = validator.remembered(&(target.fingerprint(), nothing), now());
        assert_eq!(remembered.map(|remembered| remembered.path), Some(path));
    }

    #[test]
    fn a_path_is_remembered_for_its_candidates_and_for_the_time_in_which_nothing_changes() {
        let (root, ca, seal) = (Subject::new("root"), Subject::new("ca"), Subject::new("seal"));
        let validator = ChainValidator::new(TrustAnchors::from_iter([root.root()]), Arc::default());
        let ca_until = |until| root.certifies(&ca).authority().valid(year(2020), until);
        let target = ca.certifies(&seal).valid(year(2020), year(2040)).make();
        let (first, second) = (ca_until(year(2030)).make(), ca_until(year(2035)).serial(&[9]).make());
        let both = offered(vec![first.clone(), second.clone()]);
        let path = validator.search(&target, &both, now(), &ValidationBudget::default()).unwrap();
        let question = |offered: &CertificatePool| (target.fingerprint(), offered.digest());
        let remembered = |offered: &CertificatePool, at| {
            validator.remembered(&question(offered), at).map(|remembered| remembered.path)
        };
        assert_eq!(remembered(&both, now()), Some(Arc::clone(&path)));
        assert_eq!(
            remembered(&offered(vec![second.clone(), first.clone(), second.clone()]), now()),
            Some(Arc::clone(&path))
        );
        assert_eq!(remembered(&offered(vec![path.certificates[1].clone()]), now()), None);
        // Until the second in which the first of the two has ended.
        assert_eq!(remembered(&both, year(2030)), Some(Arc::clone(&path)));
        assert_eq!(remembered(&both, year(2030) + chrono::TimeDelta::seconds(1)), None);
        assert_eq!(remembered(&both, year(2020)), Some(path));
        assert_eq!(remembered(&both, year(2020) - chrono::TimeDelta::seconds(1)), None);
    }

    /// A path is remembered when its search asked about 32 signatures, and searched each time when it asked about one more.
    #[test]
    fn a_path_among_many_impostors_is_searched_each_time() {
        let (root, ca, seal) = (Subject::new("root"), Subject::new("ca"), Subject::new("seal"));
        let target = naming_key(&ca, &seal);
        let anchors = TrustAnchors::from_iter([root.root()]);
        let algorithms = AlgorithmPolicy::default();
        let strength = Strength { algorithms: &algorithms, since: &|_| now() };
        let search = |impostors: u8| {
            let impostors = (0..impostors).map(|number| impostor(&root, &[1, number]));
            let offered = offered(impostors.chain([root.certifies(&ca).authority().serial(&[9]).make()]).collect());
            let validator = ChainValidator::new(anchors.clone(), Arc::default());
            let (budget, levels) = (ValidationBudget::default(), Levels::default());
            let mut ledger = Ledger::complete(&levels);
            let mut notes = Notes::new(&mut ledger, About::SealChain);
            assert!(validator.check(&target, &offered, now(), &budget, strength, &mut notes).is_some());
            (budget.used(), validator.valid.read().unwrap().by_question.len())
        };
        let (beside, _) = search(0);
        let limit = u32::try_from(REMEMBERED_SIGNATURES).unwrap();
        let most = u8::try_from(limit - beside).unwrap();
        assert_eq!(search(most), (limit, 1));
        assert_eq!(search(most + 1), (limit + 1, 0));
    }

    /// Impostors beside an issuer cost the same, and end the budget at the same place, whether the path is remembered or
    /// not.
    #[test]
    fn a_path_that_is_remembered_costs_what_a_search_costs() {
        let (root, ca, seal) = (Subject::new("root"), Subject::new("ca"), Subject::new("seal"));
        let target = naming_key(&ca, &seal);
        let impostors = (0..5_u8).map(|number| impostor(&root, &[number + 1]));
        let offered = offered(impostors.chain([root.certifies(&ca).authority().serial(&[9]).make()]).collect());
        let anchors = TrustAnchors::from_iter([root.root()]);
        let validator = || ChainValidator::new(anchors.clone(), Arc::default());
        let algorithms = AlgorithmPolicy::default();
        let strength = Strength { algorithms: &algorithms, since: &|_| now() };
        let ask = |validator: &ChainValidator, limit| {
            let budget = ValidationBudget::new(limit);
            let levels = Levels::default();
            let mut ledger = Ledger::complete(&levels);
            let path = validator.check(
                &target,
                &offered,
                now(),
                &budget,
                strength,
                &mut Notes::new(&mut ledger, About::SealChain),
            );
            (path.map(|(path, _)| path), budget.used(), budget.steps())
        };
        let warm = validator();
        let (path, used, _) = ask(&warm, 256);
        assert!(path.is_some() && used > 5, "{used}");
        for limit in 0..=used + 1 {
            assert_eq!(ask(&warm, limit), ask(&validator(), limit), "{limit}");
        }
        // What is found as the budget ends is not remembered. Where the issuer is tried last, nothing is.
        let short = validator();
        (0..used).for_each(|limit| drop(ask(&short, limit)));
        assert_eq!(short.valid.read().unwrap().by_question.len(), 0);
    }
}
