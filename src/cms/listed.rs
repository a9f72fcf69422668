//! The digests of elements that lists of digests hold, as the indexes of archive timestamps are.
//!
//! Whoever makes a file decides how many elements it has and how many digests it lists. Of both the fewer are sorted, and
//! only a digest that is listed is kept: of millions of entries and of thousands of elements none may matter.

use std::cmp::Ordering;

use crate::crypto::Digest;

/// For so many entries one digest is held before it is known whether one of them lists it. While digests are sorted, each
/// takes some 24 octets beside its own, and an entry takes two in a file.
const ENTRIES_OF_DIGEST: usize = 8;

/// Digests in the order of their octets, each once, with the place of the first element that has it.
pub(super) struct ListedDigests {
    digests: Digests,
    places: Vec<u32>,
}

impl ListedDigests {
    /// Keeps those of the digests of elements, which are given in the order of their places, that are among the entries.
    pub(super) fn of<'a>(
        mut digests: impl Iterator<Item = Digest>,
        entries: impl Iterator<Item = &'a [u8]> + Clone,
        length: usize,
    ) -> Self {
        // An entry of another length is the digest of nothing, and the smallest has two octets.
        let entries = entries.filter(move |entry| entry.len() == length);
        let count = entries.clone().count();
        if count == 0 {
            return Self { digests: Digests::new(length), places: Vec::new() };
        }
        let mut first = Digests::new(length);
        for digest in digests.by_ref().take(count / ENTRIES_OF_DIGEST) {
            first.push(digest.as_bytes());
        }
        match digests.next() {
            None => Self::of_few_digests(&first, entries),
            Some(next) => Self::of_few_entries(&first, std::iter::once(next).chain(digests), entries, count),
        }
    }

    /// Sorts the digests. To sort the entries of an attacker, which can be millions, would take longer than they grow.
    fn of_few_digests<'a>(digests: &Digests, entries: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut sorted: Vec<(&[u8], u32)> = digests.iter().zip(0..).collect();
        sorted.sort_unstable();
        sorted.dedup_by_key(|(digest, _)| *digest);
        let mut is_listed = vec![false; sorted.len()];
        for entry in entries {
            let at = sorted.binary_search_by(|(digest, _)| digest.cmp(&entry)).ok();
            if let Some(is_listed) = at.and_then(|at| is_listed.get_mut(at)) {
                *is_listed = true;
            }
        }
        let listed = sorted.into_iter().zip(is_listed).filter_map(|(digest, is_listed)| is_listed.then_some(digest));
        Self::in_order(listed, digests.length)
    }

    /// Sorts the entries. Thousands of elements may be equal, and each has a digest by eleven algorithms, so that none is
    /// held which is not listed.
    fn of_few_entries<'a>(
        first: &Digests,
        further: impl Iterator<Item = Digest>,
        entries: impl Iterator<Item = &'a [u8]>,
        count: usize,
    ) -> Self {
        let mut sorted = Vec::with_capacity(count);
        sorted.extend(entries);
        sorted.sort_unstable();
        sorted.dedup();
        let mut places: Vec<Option<u32>> = vec![None; sorted.len()];
        let mut take = |digest: &[u8], place| {
            let at = sorted.binary_search(&digest).ok();
            if let Some(first) = at.and_then(|at| places.get_mut(at)) {
                first.get_or_insert(place);
            }
        };
        let mut numbers = 0..;
        first.iter().zip(numbers.by_ref()).for_each(|(digest, place)| take(digest, place));
        further.zip(numbers).for_each(|(digest, place)| take(digest.as_bytes(), place));
        let present = sorted.iter().zip(&places).filter_map(|(digest, place)| Some((*digest, (*place)?)));
        Self::in_order(present, first.length)
    }

    fn in_order<'d>(listed: impl Iterator<Item = (&'d [u8], u32)>, length: usize) -> Self {
        let (mut digests, mut places) = (Digests::new(length), Vec::new());
        for (digest, place) in listed {
            digests.push(digest);
            places.push(place);
        }
        Self { digests, places }
    }

    /// Tells if each entry is the digest of an element that is there. An entry of another length is none.
    pub(super) fn has_each<'a>(&self, mut entries: impl Iterator<Item = &'a [u8]>) -> bool {
        entries.all(|entry| self.digests.position(entry).is_some())
    }

    /// Returns the places of the elements that these entries list. Of elements with the same octets the first stands for
    /// all.
    pub(super) fn places<'a>(&self, entries: impl Iterator<Item = &'a [u8]>) -> Vec<usize> {
        let mut is_listed = vec![false; self.places.len()];
        for entry in entries {
            let at = self.digests.position(entry);
            if let Some(is_listed) = at.and_then(|at| is_listed.get_mut(at)) {
                *is_listed = true;
            }
        }
        let listed = self.places.iter().zip(is_listed).filter(|(_, is_listed)| *is_listed);
        listed.filter_map(|(place, _)| usize::try_from(*place).ok()).collect()
    }
}

/// Digests of one length, without anything between them.
struct Digests {
    length: usize,
    octets: Vec<u8>,
}

impl Digests {
    fn new(length: usize) -> Self {
        Self { length, octets: Vec::new() }
    }

    fn push(&mut self, digest: &[u8]) {
        self.octets.extend_from_slice(digest);
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.octets.chunks_exact(self.length)
    }

    /// Where an entry is among digests that are in order.
    fn position(&self, entry: &[u8]) -> Option<usize> {
        let (mut from, mut to) = (0, self.octets.len() / self.length);
        while from < to {
            let middle = usize::midpoint(from, to);
            let start = middle.checked_mul(self.length)?;
            let digest = self.octets.get(start..start.checked_add(self.length)?)?;
            match digest.cmp(entry) {
                Ordering::Less => from = middle.checked_add(1)?,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => to = middle,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::DigestAlgorithm;

    const LENGTH: usize = 32;

    fn digest(number: usize) -> Digest {
        DigestAlgorithm::Sha256.digest(&number.to_be_bytes())
    }

    /// The places of the elements that entries list, by the simplest way.
    fn expected(elements: &[Digest], entries: &[&[u8]]) -> Vec<usize> {
        let is_first = |place: usize| elements.iter().position(|digest| *digest == elements[place]) == Some(place);
        let is_listed = |place: usize| entries.contains(&elements[place].as_bytes());
        (0..elements.len()).filter(|place| is_first(*place) && is_listed(*place)).collect()
    }

    #[test]
    fn few_and_many_digests_are_listed_alike() {
        let strangers: Vec<_> = (1000..1400).map(digest).collect();
        // From more digests than entries to more entries than digests, both with equal ones.
        for (elements, count) in [(0, 0), (1, 0), (0, 5), (40, 0), (40, 3), (40, 100), (40, 400), (3, 400)] {
            let elements: Vec<_> = (0..elements).map(|number| digest(number % 30)).collect();
            let of_elements = (0..elements.len()).step_by(3).map(|place| elements[place].as_bytes());
            let twice = of_elements.clone().take(2);
            let strange = strangers.iter().take(count).map(Digest::as_bytes);
            let entries: Vec<&[u8]> = of_elements.chain(strange).chain(twice).collect();
            let listed = ListedDigests::of(elements.iter().copied(), entries.iter().copied(), LENGTH);
            let mut places = listed.places(entries.iter().copied());
            places.sort_unstable();
            assert_eq!(places, expected(&elements, &entries), "{} elements, {count} strangers", elements.len());
            assert_eq!(listed.has_each(entries.iter().copied()), count == 0);
        }
    }

    #[test]
    fn an_entry_of_another_length_lists_nothing() {
        let elements = [digest(1)];
        let entries: [&[u8]; 3] = [&[], elements[0].as_bytes(), &elements[0].as_bytes()[1..]];
        let listed = ListedDigests::of(elements.into_iter(), entries.into_iter(), LENGTH);
        assert_eq!(listed.places(entries.into_iter()), [0]);
        for (entry, is_there) in entries.into_iter().zip([false, true, false]) {
            assert_eq!(listed.has_each(std::iter::once(entry)), is_there);
        }
        assert!(ListedDigests::of(elements.into_iter(), std::iter::empty(), LENGTH).has_each(std::iter::empty()));
    }
}
