//! Chooses the next layer of a file or a record.

use super::due::Due;
use super::error::NotRenewable;
use super::judge::Kind;
use super::layer::{self, Layer};
use super::strength::check_strength;
use crate::crypto::DigestAlgorithm;
use crate::verify::{RenewalKind, Report};

/// The algorithm of a renewal unless another one is chosen. ETSI TS 119 312 V2.1.1, clause 5.2.2, advises at least SHA-384
/// for what has to last longer than twenty years.
const ADVISED: DigestAlgorithm = DigestAlgorithm::Sha512;

/// The algorithm that takes its place where it is the one that ends.
const AFTER_ADVISED: DigestAlgorithm = DigestAlgorithm::Sha3_512;

/// Chooses the next layer, by an algorithm that was given or by the one that is advised.
///
/// # Errors
/// `WeakerAlgorithm`, `NotDer`, `OlderForm`, `Signers`, `Record`.
pub(super) fn choose(
    octets: &[u8],
    kind: Kind<'_>,
    report: &Report,
    given: Option<DigestAlgorithm>,
) -> Result<Layer, NotRenewable> {
    let ends = Due::of(report).is_some_and(|due| due.kind == RenewalKind::HashTree);
    if let Some(signed_data) = layer::without_records(octets, kind)? {
        let is_advised_past = ends && layer::archived_by(&signed_data) == Some(ADVISED);
        let algorithm = given.unwrap_or(if is_advised_past { AFTER_ADVISED } else { ADVISED });
        check(algorithm, layer::strongest(&signed_data).unwrap_or(DigestAlgorithm::Sha256))?;
        return layer::by_algorithm(octets, kind, algorithm);
    }
    let of_chain = layer::record_algorithm(octets, kind)?;
    let next = if of_chain == ADVISED { AFTER_ADVISED } else { ADVISED };
    let algorithm = given.unwrap_or(if ends { next } else { of_chain });
    check(algorithm, of_chain)?;
    layer::by_algorithm(octets, kind, algorithm)
}

fn check(chosen: DigestAlgorithm, present: DigestAlgorithm) -> Result<(), NotRenewable> {
    check_strength(chosen, present).map_err(|present| NotRenewable::WeakerAlgorithm { chosen, present })
}
