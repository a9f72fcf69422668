//! Some of many values, chosen so that the order in which they come has no part in the choice.

use std::collections::BTreeMap;

/// The values of the lowest keys, up to a total weight. All others are counted.
///
/// A key that was cut is never taken again, nor is one above it. What is kept is therefore the longest run of the lowest keys whose
/// weight fits, whatever came first.
#[derive(Clone, Debug)]
pub(super) struct Lowest<K, V> {
    kept: BTreeMap<K, Kept<V>>,
    weight: usize,
    limit: usize,
    cut_from: Option<K>,
    not_kept: u64,
}

#[derive(Clone, Debug)]
struct Kept<V> {
    value: V,
    weight: usize,
    /// How often it came.
    times: u64,
}

impl<K: Ord, V> Lowest<K, V> {
    /// Keeps values up to a total weight.
    pub(super) fn up_to(limit: usize) -> Self {
        Self { kept: BTreeMap::new(), weight: 0, limit, cut_from: None, not_kept: 0 }
    }

    /// Takes a value with its weight. Of values of one key the first one is kept.
    pub(super) fn take(&mut self, key: K, value: V, weight: usize) {
        self.take_times(key, Kept { value, weight, times: 1 });
    }

    /// Takes all that others hold and count.
    pub(super) fn extend(&mut self, others: Self) {
        self.not_kept = self.not_kept.saturating_add(others.not_kept);
        if let Some(cut) = others.cut_from {
            self.cut(cut);
        }
        others.kept.into_iter().for_each(|(key, kept)| self.take_times(key, kept));
    }

    fn take_times(&mut self, key: K, taken: Kept<V>) {
        if self.cut_from.as_ref().is_some_and(|cut| *cut <= key) {
            self.not_kept = self.not_kept.saturating_add(taken.times);
            return;
        }
        if let Some(present) = self.kept.get_mut(&key) {
            present.times = present.times.saturating_add(taken.times);
            return;
        }
        self.weight = self.weight.saturating_add(taken.weight);
        self.kept.insert(key, taken);
        while self.weight > self.limit
            && let Some((key, kept)) = self.kept.pop_last()
        {
            self.drop_kept(&kept);
            self.cut_from = Some(key);
        }
    }

    fn cut(&mut self, from: K) {
        let from = match self.cut_from.take() {
            Some(cut) => cut.min(from),
            None => from,
        };
        for kept in self.kept.split_off(&from).into_values() {
            self.drop_kept(&kept);
        }
        self.cut_from = Some(from);
    }

    fn drop_kept(&mut self, kept: &Kept<V>) {
        self.weight = self.weight.saturating_sub(kept.weight);
        self.not_kept = self.not_kept.saturating_add(kept.times);
    }

    /// Returns the values in the order of their keys, and how often one came that is not among them.
    pub(super) fn finish(self) -> (Vec<V>, u64) {
        (self.kept.into_values().map(|kept| kept.value).collect(), self.not_kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_has_no_part_in_what_is_kept_and_counted() {
        // A key weighs more than all that is allowed, so that nothing behind it is kept either.
        let weight = |key: &usize| if *key == 3 { 10 } else { 1 };
        let keys = [5, 1, 3, 4, 1, 3, 2, 5, 0];
        for start in 0..keys.len() {
            for cut in 0..keys.len() {
                let mut turned = keys;
                turned.rotate_left(start);
                let (first, second) = turned.split_at(cut);
                let [mut first, second] = [first, second].map(|keys| {
                    let mut lowest = Lowest::up_to(5);
                    keys.iter().for_each(|key| lowest.take(*key, *key, weight(key)));
                    lowest
                });
                first.extend(second);
                assert_eq!(first.finish(), (vec![0, 1, 2], 5));
            }
        }
    }
}
