//! The items of one batch: what they state, and what becomes of each.

use std::collections::BTreeMap;

use recommande::Issuer;
use recommande::evidence::{AnyStatement, EvidenceIdentifier, Statement};

use crate::key::Key;
use crate::reason::{Reason, Rejection};
use crate::store::SealDigest;
use crate::work::Verdict;

/// A statement of the batch, with all items that hold it.
pub(crate) struct Entry {
    pub(crate) statement: AnyStatement,
    /// The octets of the item, which are also those that a seal holds.
    pub(crate) octets: Vec<u8>,
    /// The places, in the batch, of the items: one that was published twice may be taken twice.
    places: Vec<usize>,
}

impl Entry {
    pub(crate) fn identifier(&self) -> EvidenceIdentifier {
        self.statement.evidence_identifier()
    }

    pub(crate) fn key(&self) -> Key {
        Key::Item(self.identifier())
    }
}

/// What becomes of the items of a batch.
#[derive(Default)]
pub(crate) struct Verdicts {
    of_items: Vec<Option<Verdict>>,
    pub(crate) rejections: Vec<Rejection>,
}

impl Verdicts {
    fn set(&mut self, places: &[usize], verdict: Verdict) {
        for place in places {
            if let Some(of_item) = self.of_items.get_mut(*place) {
                *of_item = Some(verdict);
            }
        }
    }

    /// Decides about all items that hold a statement.
    pub(crate) fn decide(&mut self, entry: &Entry, verdict: Verdict) {
        self.set(&entry.places, verdict);
    }

    /// Rejects all items that hold a statement.
    pub(crate) fn reject(&mut self, entry: &Entry, reason: Reason) {
        let evidence_identifier = Some(entry.identifier());
        self.rejections.push(Rejection { item: SealDigest::of(&entry.octets), evidence_identifier, reason });
        self.set(&entry.places, Verdict::Rejected);
    }

    /// Returns what becomes of each item, in their order. One that nothing was decided about is handed out again at once.
    pub(crate) fn into_verdicts(self) -> impl Iterator<Item = Verdict> {
        self.of_items.into_iter().map(|verdict| verdict.unwrap_or(Verdict::Later(std::time::Duration::ZERO)))
    }
}

/// Reads the items of a batch. Those of one identifier are together, each statement once, in the order in which they came.
pub(crate) fn read(items: Vec<Vec<u8>>, issuer: &Issuer) -> (BTreeMap<EvidenceIdentifier, Vec<Entry>>, Verdicts) {
    let mut entries: BTreeMap<EvidenceIdentifier, Vec<Entry>> = BTreeMap::new();
    let mut verdicts = Verdicts { of_items: vec![None; items.len()], rejections: Vec::new() };
    for (place, octets) in items.into_iter().enumerate() {
        let (statement, stated_issuer) = match AnyStatement::from_json(&octets) {
            Ok(read) => read,
            Err(_) => {
                let item = SealDigest::of(&octets);
                let reason = Reason::Unreadable;
                verdicts.rejections.push(Rejection { item, evidence_identifier: None, reason });
                verdicts.set(&[place], Verdict::Rejected);
                continue;
            }
        };
        let entry = Entry { statement, octets, places: vec![place] };
        // What another service states, or this one for another environment, is not sealed in this one's name.
        if stated_issuer != *issuer {
            verdicts.reject(&entry, Reason::OtherIssuer);
            continue;
        }
        let same = entries.entry(entry.identifier()).or_default();
        // One statement has one encoding.
        match same.iter_mut().find(|present| present.octets == entry.octets) {
            Some(present) => present.places.push(place),
            None => same.push(entry),
        }
    }
    (entries, verdicts)
}
