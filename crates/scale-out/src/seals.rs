//! What a store has of a statement: its own seal, its place in a batch, or its proof.

use recommande::evidence::AnyStatement;
use recommande::seal::Proof;
use recommande::{Issuer, Unstamped};

use crate::batch::Entry;
use crate::seal_digest::SealDigest;
use crate::store::Stored;

/// A seal over one statement.
pub(crate) type Single = Unstamped<Proof<AnyStatement>>;

/// The words before the digests of a batch and of a statement, in the place of a seal. No seal begins with them.
const IN_BATCH: &str = "recommande-scale-out-in-batch/1";

/// What a statement has instead of nothing.
pub(crate) enum Held {
    /// A seal of its own, which waits for its timestamp.
    Single(Box<Single>),
    /// A place in a batch with one seal.
    InBatch(SealDigest),
    /// Its proof.
    Proof,
}

/// Why what the store has is not gone on with.
pub(crate) enum NotHeld {
    /// It is of another statement.
    OfAnother,
    /// It cannot be read.
    Damaged,
}

/// Reads what the store has, which has to be of this statement by this issuer.
///
/// The seal is not verified: it is of who may write into the store, and the proof that is made of it is verified by who
/// gets it.
///
/// # Errors
/// [`NotHeld`].
pub(crate) fn held(stored: &Stored, entry: &Entry, issuer: &Issuer) -> Result<Held, NotHeld> {
    let is_same = |proof: &Proof<AnyStatement>| *proof.stated() == entry.statement && proof.stated_issuer() == issuer;
    let (held, is_same) = match stored {
        Stored::Proof(octets) => {
            let proof = Proof::<AnyStatement>::from_der(octets).map_err(|_| NotHeld::Damaged)?;
            (Held::Proof, is_same(&proof))
        }
        Stored::Seal(octets) => match place_in_batch(octets) {
            // The octets of the item hold the issuer too.
            Some((batch, statement)) => (Held::InBatch(batch), statement == SealDigest::of(&entry.octets)),
            None => {
                let seal = Single::from_der(octets).map_err(|_| NotHeld::Damaged)?;
                let is_same = is_same(seal.as_artifact());
                (Held::Single(Box::new(seal)), is_same)
            }
        },
        Stored::Damaged => return Err(NotHeld::Damaged),
    };
    if is_same { Ok(held) } else { Err(NotHeld::OfAnother) }
}

/// Writes what a store has instead of a seal of its own, where a statement is in a batch.
pub(crate) fn place(batch: &SealDigest, entry: &Entry) -> Vec<u8> {
    in_batch(batch, &SealDigest::of(&entry.octets))
}

fn in_batch(batch: &SealDigest, statement: &SealDigest) -> Vec<u8> {
    format!("{IN_BATCH} {batch} {statement}").into_bytes()
}

fn place_in_batch(octets: &[u8]) -> Option<(SealDigest, SealDigest)> {
    let digests = std::str::from_utf8(octets).ok()?.strip_prefix(IN_BATCH)?.strip_prefix(' ')?;
    let (batch, statement) = digests.split_once(' ')?;
    Some((digest(batch)?, digest(statement)?))
}

/// Reads the 64 digits of a digest, in lower case.
fn digest(hex: &str) -> Option<SealDigest> {
    let mut octets = [0; 32];
    if hex.len() != 64 || !hex.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (octet, digits) in octets.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *octet = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(SealDigest::from_bytes(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_batch_is_read_in_one_form() {
        let (batch, statement) = (SealDigest::of(b"batch"), SealDigest::of(b"statement"));
        let octets = in_batch(&batch, &statement);
        assert_eq!(place_in_batch(&octets), Some((batch, statement)));
        for length in 0..octets.len() {
            assert_eq!(place_in_batch(&octets[..length]), None, "{length}");
        }
        assert_eq!(place_in_batch(&octets.to_ascii_uppercase()), None);
        assert_eq!(place_in_batch(&[&octets[..], b" "].concat()), None);
    }
}
