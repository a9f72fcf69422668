//! Storage for many small values: it grows without ever holding a copy of what it has.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

/// The place of a value in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(NonZeroU32);

impl Place {
    /// Returns the place of an index, from 0.
    pub(super) fn of(index: usize) -> Option<Self> {
        let number = u32::try_from(index).ok()?.checked_add(1)?;
        NonZeroU32::new(number).map(Self)
    }

    /// Returns the index, from 0.
    pub(super) fn index(self) -> usize {
        usize::try_from(self.0.get()).unwrap_or(usize::MAX).saturating_sub(1)
    }
}

/// The number of values of a block.
const BLOCK: usize = 4096;

/// Values in blocks. A vector would hold them twice while it grows.
#[derive(Clone, Debug)]
pub(super) struct Store<T> {
    blocks: Vec<Vec<T>>,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { blocks: Vec::new() }
    }
}

impl<T> Store<T> {
    /// Adds a value; `None` if there are as many as places.
    pub(super) fn push(&mut self, value: T) -> Option<Place> {
        let place = Place::of(self.len())?;
        match self.blocks.last_mut() {
            Some(block) if block.len() < BLOCK => block.push(value),
            Some(_) | None => {
                let mut block = Vec::with_capacity(BLOCK);
                block.push(value);
                self.blocks.push(block);
            }
        }
        Some(place)
    }

    pub(super) fn len(&self) -> usize {
        let full = self.blocks.len().saturating_sub(1) * BLOCK;
        self.blocks.last().map_or(0, |last| full + last.len())
    }

    pub(super) fn get(&self, place: Place) -> Option<&T> {
        self.blocks.get(place.index() / BLOCK)?.get(place.index() % BLOCK)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut T> {
        self.blocks.get_mut(place.index() / BLOCK)?.get_mut(place.index() % BLOCK)
    }

    pub(super) fn for_each_mut(&mut self, change: impl FnMut(&mut T)) {
        self.blocks.iter_mut().flatten().for_each(change);
    }

    /// Returns all values with their places, in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, &T)> {
        let values = self.blocks.iter().flatten().enumerate();
        values.filter_map(|(index, value)| Some((Place::of(index)?, value)))
    }
}

/// Texts that come many times, each of which is kept once.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    places: HashMap<Arc<str>, Place>,
    names: Vec<Arc<str>>,
}

impl Names {
    /// Returns the place of a text, which is kept if it is new; `None` if there are as many as places.
    pub(super) fn place(&mut self, name: &str) -> Option<Place> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        let place = Place::of(self.names.len())?;
        let name: Arc<str> = Arc::from(name);
        self.places.insert(Arc::clone(&name), place);
        self.names.push(name);
        Some(place)
    }

    pub(super) fn find(&self, name: &str) -> Option<Place> {
        self.places.get(name).copied()
    }

    pub(super) fn name(&self, place: Place) -> Option<&Arc<str>> {
        self.names.get(place.index())
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns all places, in the order of their texts.
    pub(super) fn in_order(&self) -> Vec<Place> {
        let mut places: Vec<Place> = (0..self.names.len()).filter_map(Place::of).collect();
        places.sort_unstable_by(|first, second| self.name(*first).cmp(&self.name(*second)));
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_at_their_places_across_blocks() {
        let mut store = Store::default();
        let places: Vec<Place> = (0..2 * BLOCK + 3).filter_map(|value| store.push(value)).collect();
        assert_eq!((places.len(), store.len()), (2 * BLOCK + 3, 2 * BLOCK + 3));
        assert!(places.iter().enumerate().all(|(index, place)| store.get(*place) == Some(&index)));
        assert!(store.iter().all(|(place, value)| place.index() == *value));
        let mut names = Names::default();
        let [second, first] = ["b", "a"].map(|name| names.place(name));
        assert_eq!(names.place("b"), second);
        assert_eq!(names.in_order().into_iter().map(Some).collect::<Vec<_>>(), [first, second]);
    }
}
