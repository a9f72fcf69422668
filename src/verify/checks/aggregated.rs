//! The way of a statement to the seal of its batch.

use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{BatchStatement, Issuer};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::pki::Certificate;
use crate::seal::AggregatedFile;
use crate::time::record::{ArchiveTimeStamp, EvidenceRecord, node};

/// What keeps a record from being the way of its statement into a batch.
pub(crate) type Fault = (Code, Details);

/// Checks what a statement and its record say of the batch. The record was [followed](follow).
pub(crate) fn check_batch(
    batch: &BatchStatement,
    followed: Result<(), Fault>,
    issuer: &Issuer,
    ledger: &mut Ledger<'_>,
) {
    check_issuer_of_batch(batch, issuer, ledger);
    match followed {
        Ok(()) => ledger.note_with(Subject::Batch, Code::AggregatedInBatch, || {
            Details::both(format_args!("{} of batch {}", batch.count(), batch.number()), batch.root())
        }),
        Err((code, details)) => ledger.note_with(Subject::Batch, code, || details),
    };
}

/// One seal is for the statements of one issuer in one environment. Else a seal that was made for tests would carry what has
/// legal effect.
fn check_issuer_of_batch(batch: &BatchStatement, issuer: &Issuer, ledger: &mut Ledger<'_>) {
    if batch.environment() != issuer.environment() {
        let details = || Details::both(batch.environment(), issuer.environment());
        ledger.note_with(Subject::Batch, Code::AggregatedEnvironmentDiffers, details);
    }
    if batch.issuer() != issuer.legal_person_identifier() {
        let details = || Details::both(batch.issuer(), issuer.legal_person_identifier());
        ledger.note_with(Subject::Batch, Code::AggregatedIssuerDiffers, details);
    }
}

/// The certificate of the seal holds the number of the issuer.
///
/// The identifier of a statement with a seal of its own fixes the certificate, so that a number that is not in it is a matter
/// for the anchors and the policy. That of an aggregated proof is the digest of the statement: a stranger who seals the octets
/// of another service again, in a batch of its own, would have proofs with the same identifiers.
pub(crate) fn check_signer_of_batch(issuer: &Issuer, certificate: &Certificate, ledger: &mut Ledger<'_>) {
    if !issuer.is_numbered_in(certificate) {
        ledger.note_with(Subject::Batch, Code::AggregatedIssuerNotInCertificate, || {
            Details::both(issuer.legal_person_identifier(), certificate.subject())
        });
    }
}

/// Follows the record of a statement from it to the root that the seal states, and to this seal: all of it in the first
/// ArchiveTimeStamp, which no renewal changes. What its token proves is checked elsewhere.
///
/// The digest of the seal alone would not be enough: a record that does not lead to the stated root says that statement and
/// seal existed, and nothing of what the seal is over.
pub(crate) fn follow(file: &AggregatedFile, record: &EvidenceRecord<'_>) -> Result<(), Fault> {
    let batch = file.seal().stated();
    let algorithm = batch.root().algorithm();
    let missing = || (Code::AggregatedPathMissing, Details::default());
    let first = record.archive_time_stamps().next().ok_or_else(missing)?;
    let lists = first.reduced_hash_tree.as_deref().unwrap_or_default();
    let (last, way) = lists.split_last().ok_or_else(missing)?;
    check_algorithm(first, algorithm)?;
    let leaf = file.statement_digest(algorithm);
    check_first(lists, &leaf)?;
    let root = climb(way, &leaf, algorithm)?;
    // A batch of one has no way: its only list holds the leaf beside the seals.
    let beside: Vec<&[u8]> = match way {
        [] => last.iter().copied().filter(|hash| *hash != leaf.as_bytes()).collect(),
        _ => last.clone(),
    };
    check_seals(&beside, file)?;
    if root != *batch.root() {
        return Err((Code::AggregatedRootDiffers, Details::both(batch.root(), root)));
    }
    if !fits(batch.count().get(), way.len()) {
        return Err((Code::AggregatedCountDiffers, Details::both(batch.count(), way.len())));
    }
    check_stamped(&root, &beside, file)
}

/// One timestamp is over root and seals. Both records begin with it: else each would have a time of its own, and a seal would
/// take up statements long after it was made.
fn check_stamped(root: &Digest, beside: &[&[u8]], file: &AggregatedFile) -> Result<(), Fault> {
    let computed = node(root.algorithm(), Some(root), beside);
    let computed = computed.ok_or_else(|| (Code::AggregatedTimestampsDiffer, Details::default()))?;
    match file.seal().stamped_digest() {
        Some(stated) if stated == computed => Ok(()),
        Some(stated) => Err((Code::AggregatedTimestampsDiffer, Details::both(stated, computed))),
        None => Err((Code::AggregatedTimestampsDiffer, Details::computed(computed))),
    }
}

/// The record names the algorithm of its first tree; without a name it is that of the token, which no record of ours leaves to
/// be guessed.
fn check_algorithm(first: &ArchiveTimeStamp<'_>, algorithm: DigestAlgorithm) -> Result<(), Fault> {
    match first.stated_algorithm().ok().flatten() {
        Some(stated) if stated == algorithm => Ok(()),
        Some(stated) => Err((Code::AggregatedAlgorithmDiffers, Details::both(algorithm, stated))),
        None => Err((Code::AggregatedAlgorithmDiffers, Details::stated(algorithm))),
    }
}

/// The first list holds the leaf, once.
fn check_first(lists: &[Vec<&[u8]>], leaf: &Digest) -> Result<(), Fault> {
    let first = lists.first().map(Vec::as_slice).unwrap_or_default();
    match first.iter().filter(|hash| **hash == leaf.as_bytes()).count() {
        0 => Err((Code::AggregatedStatementNotCovered, Details::computed(leaf))),
        1 => Ok(()),
        // Its sibling would be the statement itself.
        _ => Err((Code::AggregatedStatementTwice, Details::computed(leaf))),
    }
}

/// Returns the root that the lists below the last one lead to. Each holds one sibling, the first one beside the leaf: a list of
/// more would be that of a group, and one record would be the way of several statements.
fn climb(way: &[Vec<&[u8]>], leaf: &Digest, algorithm: DigestAlgorithm) -> Result<Digest, Fault> {
    let mut so_far = *leaf;
    for (index, list) in way.iter().enumerate() {
        let sibling = match (index, list.as_slice()) {
            (0, [sibling, own] | [own, sibling]) if *own == leaf.as_bytes() => sibling,
            (1.., [sibling]) => sibling,
            _ => {
                let expected = if index == 0 { 2 } else { 1 };
                return Err((Code::AggregatedPathNotBinary, Details::both(list.len(), expected)));
            }
        };
        if *sibling == so_far.as_bytes() {
            return Err((Code::AggregatedStatementTwice, Details::computed(so_far)));
        }
        let length = || Details::stated(format_args!("{} octets", sibling.len()));
        let above = node(algorithm, Some(&so_far), &[*sibling]);
        so_far = above.ok_or_else(|| (Code::AggregatedPathNotBinary, length()))?;
    }
    Ok(so_far)
}

/// The last list holds the digest of the seal without its record, that of the second seal where one is announced, and nothing
/// else.
fn check_seals(beside: &[&[u8]], file: &AggregatedFile) -> Result<(), Fault> {
    let batch = file.seal().stated();
    let covered = file.seal().covered_digest();
    let is_there = covered.is_some_and(|covered| beside.contains(&covered.as_bytes()));
    if !is_there {
        let details = covered.map_or(Details::default(), Details::computed);
        return Err((Code::AggregatedSealDiffers, details));
    }
    let expected = 1 + usize::from(batch.announced_seal().is_some());
    if beside.len() == expected {
        Ok(())
    } else {
        Err((Code::AggregatedSealNotAlone, Details::both(beside.len(), expected)))
    }
}

/// Tells if a tree over so many sorted leaves has a way with so many siblings. An odd node at the end of a level goes up
/// without one, so that the last leaves of a tree have shorter ways than the others.
fn fits(count: u64, siblings: usize) -> bool {
    let mut sizes = vec![count];
    while let Some(size) = sizes.last().copied().filter(|size| *size > 1) {
        sizes.push(size.div_ceil(2));
    }
    // From a level on the way is that of the last node there; up to it each node of the way has a sibling.
    let levels = sizes.len().saturating_sub(1);
    let has_sibling = |level: &u64| level.is_multiple_of(2);
    (0..=levels).any(|level| {
        let is_over_others = level.checked_sub(1).and_then(|below| sizes.get(below)).is_none_or(has_sibling);
        let above = sizes.iter().take(levels).skip(level).filter(|size| has_sibling(size)).count();
        is_over_others && level + above == siblings
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::record::HashTree;

    #[test]
    fn a_count_fits_the_ways_of_its_tree_and_no_others() {
        for count in 1..=130_u64 {
            let leaves: Vec<Digest> =
                (0..count).map(|number| DigestAlgorithm::Sha256.digest(&number.to_be_bytes())).collect();
            let tree = HashTree::new(DigestAlgorithm::Sha256, leaves.iter().copied()).unwrap();
            let ways: Vec<usize> =
                leaves.iter().map(|leaf| tree.reduced(leaf).unwrap().partial_hash_trees().count()).collect();
            for length in 0..12 {
                assert_eq!(fits(count, length), ways.contains(&length), "{length} of {count}");
            }
        }
        assert!(fits(u64::MAX, 64) && !fits(u64::MAX, 65) && !fits(1 << 53, 52) && fits(1 << 53, 53));
    }
}
