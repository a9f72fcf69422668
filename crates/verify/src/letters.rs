//! Which proofs are judged together, because they belong to one letter or to letters that say something of each other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use recommande::crypto::Digest;

use crate::kind::Names;

/// What two proofs have in common where one of them says something of the letter of the other: the message, the sealed statement that one
/// of them is and the other follows or answers, or the number of the evidence, which a service gives once.
#[derive(PartialEq, Eq, Hash)]
enum Link<'a> {
    Message(&'a str),
    Proof(Digest),
    Evidence([u8; 16]),
}

impl<'a> Link<'a> {
    fn all_of(names: &'a Names) -> impl Iterator<Item = Self> {
        let followed = [names.sending, names.cause, names.original].into_iter().flatten();
        let proofs = followed.chain([names.id]).map(Self::Proof);
        proofs.chain([Self::Message(names.message.as_str()), Self::Evidence(*names.evidence.as_bytes())])
    }
}

/// Puts proofs into groups of which none says anything of the letters of another one: what the proofs of a group come to is what they come to
/// among all proofs. Each group is in the order of the proofs, and the groups are in that of the first message that each names.
///
/// What proofs name is not verified here. A proof that names the letters of others takes them into one group, and into no letter.
pub fn groups(proofs: &[&Names]) -> Vec<Vec<usize>> {
    let mut groups = Union::of(proofs.len());
    let mut first: HashMap<Link<'_>, usize> = HashMap::new();
    for (place, names) in proofs.iter().enumerate() {
        for link in Link::all_of(names) {
            match first.entry(link) {
                Entry::Occupied(earlier) => groups.join(*earlier.get(), place),
                Entry::Vacant(vacant) => {
                    vacant.insert(place);
                }
            }
        }
    }
    let mut by_root: HashMap<usize, Vec<usize>> = HashMap::new();
    for place in 0..proofs.len() {
        by_root.entry(groups.root(place)).or_default().push(place);
    }
    let first_message = |group: &Vec<usize>| {
        let names = group.iter().filter_map(|place| proofs.get(*place));
        (names.map(|names| names.message.as_str()).min(), group.first().copied())
    };
    let mut ordered: Vec<Vec<usize>> = by_root.into_values().collect();
    ordered.sort_by(|a, b| first_message(a).cmp(&first_message(b)));
    ordered
}

/// Sets that are joined, each known by one of its members.
struct Union(Vec<usize>);

impl Union {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The member by which the set of this one is known. Each step shortens the way for the next.
    fn root(&mut self, mut member: usize) -> usize {
        while let Some(parent) = self.0.get(member).copied().filter(|parent| *parent != member) {
            let above = self.0.get(parent).copied().unwrap_or(parent);
            if let Some(place) = self.0.get_mut(member) {
                *place = above;
            }
            member = above;
        }
        member
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        // The earlier one stays, so that a later run finds the same.
        if let Some(place) = self.0.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    }
}
