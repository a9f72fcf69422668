//! Which tokens of a signature its archive timestamps list (ETSI EN 319 122-1 V1.3.1, clause 5.5.2).

use std::collections::{BTreeMap, BTreeSet};

use super::token::AttributeToken;
use crate::cms::archive::{HashIndex, IndexForm};
use crate::crypto::DigestAlgorithm;
use crate::verify::examined::TimestampKind;

/// The tokens that each archive timestamp covers, valid or not, by their numbers. No two can list each other: the octets of
/// each would hold a digest of themselves.
#[derive(Default)]
pub(crate) struct Listing {
    tokens: BTreeMap<usize, BTreeSet<usize>>,
}

/// The numbers of tokens by their entries in an index.
type Numbers = BTreeMap<Vec<u8>, Vec<usize>>;

impl Listing {
    /// Reads each index once, and hashes each token once for each form and algorithm of an index, however many there are.
    pub(crate) fn of(tokens: &[AttributeToken<'_>]) -> Self {
        let mut listing = Self::default();
        let mut by_form: BTreeMap<(DigestAlgorithm, IndexForm), Numbers> = BTreeMap::new();
        for (number, token) in (1..).zip(tokens) {
            let Some(Ok(index)) = token.hash_index() else { continue };
            let numbers = by_form.entry((index.algorithm(), index.form())).or_insert_with(|| numbers(&index, tokens));
            let listed = index.listed_attributes().filter_map(|entry| numbers.get(entry));
            listing.tokens.insert(number, listed.flatten().copied().collect());
        }
        listing
    }

    /// Whether the archive timestamp with the first number covers the token with the second one. Each is over the signed
    /// attributes, in which the timestamps of the content are.
    pub(crate) fn covers(&self, archive: usize, (number, token): (usize, &AttributeToken<'_>)) -> bool {
        let listed = self.tokens.get(&archive);
        listed.is_some_and(|listed| token.kind == TimestampKind::Content || listed.contains(&number))
    }
}

/// The tokens in unsigned attributes by the entries that they have in indexes like this one.
fn numbers(index: &HashIndex<'_>, tokens: &[AttributeToken<'_>]) -> Numbers {
    let mut numbers = Numbers::new();
    // Values of one attribute, which stand one after the other, have one entry in the older form.
    let mut last: Option<(&AttributeToken<'_>, Vec<u8>)> = None;
    for (number, token) in (1..).zip(tokens).filter(|(_, token)| token.kind != TimestampKind::Content) {
        let entry = match last {
            Some((before, entry))
                if index.form() == IndexForm::V1 && std::ptr::eq(before.attribute, token.attribute) =>
            {
                entry
            }
            _ => index.entry_of(token.attribute, token.value).as_bytes().to_vec(),
        };
        numbers.entry(entry.clone()).or_default().push(number);
        last = Some((token, entry));
    }
    numbers
}
