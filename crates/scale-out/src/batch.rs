//! The items of one batch: what they state, and what becomes of each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use recommande::Issuer;
use recommande::evidence::{AnyStatement, Draft, EvidenceIdentifier, Statement};

use crate::issuer_part::IssuerPart;
use crate::key::Key;
use crate::reason::{Reason, Rejection};
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
    /// A statement that is in no batch.
    pub(crate) fn alone(statement: AnyStatement, octets: &[u8]) -> Self {
        Self { statement, octets: octets.to_vec(), places: Vec::new() }
    }

    pub(crate) fn identifier(&self) -> EvidenceIdentifier {
        self.statement.evidence_identifier()
    }

    pub(crate) fn key(&self) -> Key {
        Key::Item(self.identifier())
    }
}

/// What becomes of an item, and how it is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its proof was stored now.
    Proven,
    /// There was a proof already.
    ProvenBefore,
    /// It is handed out again.
    Later(Duration),
    /// No retry mends it.
    Rejected,
}

impl Fate {
    /// Returns what the queue is told.
    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Self::Proven | Self::ProvenBefore => Verdict::Done,
            Self::Later(after) => Verdict::Later(after),
            Self::Rejected => Verdict::Rejected,
        }
    }
}

/// What becomes of the items of a batch.
#[derive(Default)]
pub(crate) struct Fates {
    of_items: Vec<Option<Fate>>,
    pub(crate) rejections: Vec<Rejection>,
}

impl Fates {
    fn set(&mut self, places: &[usize], fate: Fate) {
        for place in places {
            if let Some(of_item) = self.of_items.get_mut(*place) {
                *of_item = Some(fate);
            }
        }
    }

    /// Decides about all items that hold a statement. One proof is counted once.
    pub(crate) fn decide(&mut self, entry: &Entry, fate: Fate) {
        self.set(&entry.places, fate);
        if let (Fate::Proven, [_, copies @ ..]) = (fate, entry.places.as_slice()) {
            self.set(copies, Fate::ProvenBefore);
        }
    }

    /// Rejects all items that hold a statement.
    pub(crate) fn reject(&mut self, entry: &Entry, reason: Reason) {
        let evidence_identifier = Some(entry.identifier());
        self.rejections.push(Rejection { octets: entry.octets.clone(), evidence_identifier, reason });
        self.set(&entry.places, Fate::Rejected);
    }

    /// Returns what becomes of each item, in their order. One that nothing was decided about is handed out again at once.
    pub(crate) fn into_fates(self) -> impl Iterator<Item = Fate> {
        self.of_items.into_iter().map(|fate| fate.unwrap_or(Fate::Later(Duration::ZERO)))
    }
}

/// The statements of a batch.
pub(crate) struct Statements {
    /// Those of one identifier are together, each statement once, in the order in which they came.
    pub(crate) own: BTreeMap<EvidenceIdentifier, Vec<Entry>>,
    /// What another service states, or this one for another environment, is not sealed in this one's name.
    pub(crate) of_others: Vec<Entry>,
    /// In what those differ from this service.
    pub(crate) differ_in: BTreeSet<IssuerPart>,
}

/// Reads the items of a batch.
pub(crate) fn read(items: Vec<Vec<u8>>, issuer: &Issuer) -> (Statements, Fates) {
    let (mut entries, mut of_others): (BTreeMap<EvidenceIdentifier, Vec<Entry>>, _) = (BTreeMap::new(), Vec::new());
    let mut differ_in = BTreeSet::new();
    let mut fates = Fates { of_items: vec![None; items.len()], rejections: Vec::new() };
    for (place, octets) in items.into_iter().enumerate() {
        let (statement, stated_issuer) = match AnyStatement::from_json(&octets) {
            Ok(read) => read,
            Err(_) => {
                let reason = Reason::Unreadable;
                fates.rejections.push(Rejection { octets, evidence_identifier: None, reason });
                fates.set(&[place], Fate::Rejected);
                continue;
            }
        };
        let entry = Entry { statement, octets, places: vec![place] };
        if stated_issuer != *issuer {
            differ_in.extend(IssuerPart::differences(&stated_issuer, issuer));
            of_others.push(entry);
            continue;
        }
        let same = entries.entry(entry.identifier()).or_default();
        // One statement has one encoding.
        match same.iter_mut().find(|present| present.octets == entry.octets) {
            Some(present) => present.places.push(place),
            None => same.push(entry),
        }
    }
    (Statements { own: entries, of_others, differ_in }, fates)
}
