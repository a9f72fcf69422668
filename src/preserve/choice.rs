//! Chooses the next layer of a file or a record.

use chrono::{DateTime, Utc};

use super::due::Due;
use super::error::NotRenewable;
use super::judge::Kind;
use super::layer::{self, Layer};
use super::strength::check_strength;
use crate::crypto::{AlgorithmPolicy, DigestAlgorithm};
use crate::verify::{RenewalKind, Report};

/// The algorithms of a renewal unless another one is given, the advised one first. ETSI TS 119 312 V2.1.1, clause 5.2.2,
/// advises at least SHA-384 for what has to last longer than twenty years.
const ADVISED: [DigestAlgorithm; 2] = [DigestAlgorithm::Sha512, DigestAlgorithm::Sha3_512];

/// What decides about an algorithm that nobody gave.
pub(super) struct Preference<'a> {
    pub(super) given: Option<DigestAlgorithm>,
    pub(super) policy: &'a AlgorithmPolicy,
    pub(super) now: DateTime<Utc>,
}

/// Chooses the next layer, by an algorithm that was given or by the one that is advised.
///
/// # Errors
/// `WeakerAlgorithm`, `AlgorithmPast`, `NotDer`, `OlderForm`, `Signers`, `Record`.
pub(super) fn choose(
    octets: &[u8],
    kind: Kind<'_>,
    report: &Report,
    preference: &Preference<'_>,
) -> Result<Layer, NotRenewable> {
    let ends = Due::of(report).is_some_and(|due| due.kind == RenewalKind::HashTree);
    let (algorithm, present) = match layer::without_records(octets, kind)? {
        Some(signed_data) => {
            let present = layer::strongest(&signed_data).unwrap_or(DigestAlgorithm::Sha256);
            (preference.algorithm(if ends { Need::Outlast } else { Need::Last }), present)
        }
        None => {
            let of_chain = layer::record_algorithm(octets, kind)?;
            // Another algorithm than that of the chain begins a new one.
            (if ends { preference.algorithm(Need::Outlast) } else { preference.given.unwrap_or(of_chain) }, of_chain)
        }
    };
    check(algorithm, present)?;
    // A token by what proves nothing any more would be paid for and refused.
    if preference.is_past(algorithm) {
        return Err(NotRenewable::AlgorithmPast(algorithm));
    }
    layer::by_algorithm(octets, kind, algorithm)
}

/// What the next layer is for.
#[derive(Clone, Copy)]
enum Need {
    /// A certificate ends next, and any algorithm that is good serves.
    Last,
    /// An algorithm ends next, and what ends latest serves best.
    Outlast,
}

impl Preference<'_> {
    fn is_past(&self, algorithm: DigestAlgorithm) -> bool {
        self.policy.digest_severity(algorithm, self.now).is_weak()
    }

    /// The algorithm that was given, or the advised one that is good for what is needed.
    fn algorithm(&self, need: Need) -> DigestAlgorithm {
        let [first, second] = ADVISED;
        let end = |algorithm| self.policy.digest_past_from(algorithm).map(|end| end.date);
        let ends_earlier = || match (end(first), end(second)) {
            (Some(first), Some(second)) => first < second,
            (first, _) => first.is_some(),
        };
        let is_second = !self.is_past(second)
            && (self.is_past(first)
                || match need {
                    Need::Last => false,
                    Need::Outlast => ends_earlier(),
                });
        self.given.unwrap_or(if is_second { second } else { first })
    }
}

fn check(chosen: DigestAlgorithm, present: DigestAlgorithm) -> Result<(), NotRenewable> {
    check_strength(chosen, present).map_err(|present| NotRenewable::WeakerAlgorithm { chosen, present })
}
