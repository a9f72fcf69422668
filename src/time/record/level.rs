//! A level of a hash tree: digests of one width, one after the other.

use crate::crypto::DigestAlgorithm;

/// Computes the nodes over pairs of these hashes. An odd one at the end goes up as it is.
pub(super) fn level_above(algorithm: DigestAlgorithm, level: &[u8]) -> Vec<u8> {
    let width = algorithm.output_len();
    let mut above = Vec::with_capacity(level.len().div_ceil(2).next_multiple_of(width));
    let mut both = Vec::new();
    for pair in level.chunks(2 * width) {
        match pair.split_at_checked(width) {
            // They stand in the order in which they are hashed, as the leaves do.
            Some((left, right)) if left <= right => above.extend_from_slice(algorithm.digest(pair).as_bytes()),
            Some((left, right)) if !right.is_empty() => {
                both.clear();
                both.extend_from_slice(right);
                both.extend_from_slice(left);
                above.extend_from_slice(algorithm.digest(&both).as_bytes());
            }
            _ => above.extend_from_slice(pair),
        }
    }
    above
}

/// Sorts in place, because a batch of millions has no room for a second copy.
pub(super) fn sorted_set(algorithm: DigestAlgorithm, mut octets: Vec<u8>) -> Vec<u8> {
    let length = match algorithm.output_len() {
        20 => sort::<20>(&mut octets),
        28 => sort::<28>(&mut octets),
        32 => sort::<32>(&mut octets),
        48 => sort::<48>(&mut octets),
        _ => sort::<64>(&mut octets),
    };
    octets.truncate(length);
    octets.shrink_to_fit();
    octets
}

/// Brings the different hashes of this width to the front, in order; gives the octets that they take.
fn sort<const WIDTH: usize>(octets: &mut [u8]) -> usize {
    let (hashes, _) = octets.as_chunks_mut::<WIDTH>();
    hashes.sort_unstable();
    let mut last = 0;
    for index in 1..hashes.len() {
        let Some(hash) = hashes.get(index).copied() else { break };
        if hashes.get(last).is_some_and(|kept| *kept != hash) {
            last += 1;
            if let Some(place) = hashes.get_mut(last) {
                *place = hash;
            }
        }
    }
    hashes.get(..=last).map_or(0, |kept| kept.as_flattened().len())
}

pub(super) fn at(level: &[u8], width: usize, index: usize) -> Option<&[u8]> {
    let start = index.checked_mul(width)?;
    level.get(start..start.checked_add(width)?)
}

/// Finds the position of a hash among sorted hashes. From where it is estimated to be, the way leads from one hash to the next:
/// a search in halves through millions of them waits for the memory at nearly every step.
pub(super) fn position(level: &[u8], width: usize, hash: &[u8]) -> Option<usize> {
    let near = estimated(level, width, hash).and_then(|index| near(level, width, hash, index));
    // Whoever chooses the hashes, they are not spread evenly.
    near.or_else(|| bisected(level, width, hash))
}

/// An estimate is nearer than this, in trees of up to a hundred million digests.
const NEAR: usize = 32;

/// Finds the position of a hash that is near this one.
fn near(level: &[u8], width: usize, hash: &[u8], mut index: usize) -> Option<usize> {
    for _ in 0..NEAR {
        match at(level, width, index)?.cmp(hash) {
            core::cmp::Ordering::Equal => return Some(index),
            core::cmp::Ordering::Less => index = index.checked_add(1)?,
            core::cmp::Ordering::Greater => index = index.checked_sub(1)?,
        }
    }
    None
}

/// Returns the position of a hash if they are spread evenly, as digests are, by looking at two of them on the way.
fn estimated(level: &[u8], width: usize, hash: &[u8]) -> Option<usize> {
    let count = level.len() / width;
    let begin = |hash: &[u8]| hash.first_chunk().map(|octets| u64::from_be_bytes(*octets));
    let places = |distance: u64| usize::try_from((u128::from(distance) * u128::try_from(count).ok()?) >> 64).ok();
    let wanted = begin(hash)?;
    let mut index = places(wanted)?;
    for _ in 0..2 {
        let stands = begin(at(level, width, index)?)?;
        let apart = places(wanted.abs_diff(stands))?;
        index = if stands < wanted { index.checked_add(apart)? } else { index.saturating_sub(apart) };
        index = index.min(count.saturating_sub(1));
    }
    Some(index)
}

fn bisected(level: &[u8], width: usize, hash: &[u8]) -> Option<usize> {
    let (mut low, mut high) = (0, level.len() / width);
    while low < high {
        let middle = low + (high - low) / 2;
        match at(level, width, middle)?.cmp(hash) {
            core::cmp::Ordering::Equal => return Some(middle),
            core::cmp::Ordering::Less => low = middle + 1,
            core::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_found_wherever_they_stand() {
        let digest = |number: u16| DigestAlgorithm::Sha256.digest(&number.to_be_bytes()).as_bytes().try_into().unwrap();
        let even: Vec<[u8; 32]> = (0..5000).map(digest).collect();
        // All begin with the same octets, and half of them after all others.
        let numbered = |first: u8| {
            move |number: u16| std::array::from_fn(|at| if at < 8 { first } else { number.to_be_bytes()[at % 2] })
        };
        let chosen: Vec<[u8; 32]> = (0..5000).map(numbered(0)).chain((0..5000).map(numbered(0xff))).collect();
        for mut hashes in [even, chosen] {
            hashes.sort_unstable();
            hashes.dedup();
            let level = hashes.as_flattened();
            for (index, hash) in hashes.iter().enumerate() {
                assert_eq!(position(level, 32, hash), Some(index));
                let mut another = *hash;
                another[31] ^= 1;
                assert_eq!(position(level, 32, &another), hashes.binary_search(&another).ok());
            }
            assert_eq!(position(&[], 32, &hashes[0]), None);
        }
    }
}
