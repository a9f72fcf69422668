//! A second implementation of RFC 6962 §2.1: its definitions, word by word, with all entries at hand. It is slow, and shares
//! nothing with the crate.

use sha2::{Digest as _, Sha256};

pub type Octets = [u8; 32];

/// The entries that the tests use: the index as text.
pub fn entries(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|index| format!("entry {index}").into_bytes()).collect()
}

/// MTH(D[n]).
pub fn root(entries: &[Vec<u8>]) -> Octets {
    match entries {
        [] => Sha256::digest([]).into(),
        [entry] => Sha256::digest([&[0], entry.as_slice()].concat()).into(),
        _ => {
            let (left, right) = entries.split_at(split(entries.len()));
            Sha256::digest([&[1], root(left).as_slice(), root(right).as_slice()].concat()).into()
        }
    }
}

/// PATH(m, D[n]).
pub fn path(index: usize, entries: &[Vec<u8>]) -> Vec<Octets> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let k = split(entries.len());
    let (left, right) = entries.split_at(k);
    let (mut path, sibling) =
        if index < k { (path(index, left), root(right)) } else { (path(index - k, right), root(left)) };
    path.push(sibling);
    path
}

/// PROOF(m, D[n]) for 0 < m < n, and what SUBPROOF says of m = n.
pub fn proof(old: usize, entries: &[Vec<u8>]) -> Vec<Octets> {
    subproof(old, entries, true)
}

fn subproof(old: usize, entries: &[Vec<u8>], is_whole: bool) -> Vec<Octets> {
    if old == entries.len() {
        return if is_whole { Vec::new() } else { vec![root(entries)] };
    }
    let k = split(entries.len());
    let (left, right) = entries.split_at(k);
    let (mut proof, sibling) = if old <= k {
        (subproof(old, left, is_whole), root(right))
    } else {
        (subproof(old - k, right, false), root(left))
    };
    proof.push(sibling);
    proof
}

/// The largest power of two smaller than n.
fn split(count: usize) -> usize {
    let mut k = 1;
    while k * 2 < count {
        k *= 2;
    }
    k
}
