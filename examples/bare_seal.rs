//! Writes the bare seal of a proof or of a batch, which its second seal is over, so that other programs verify that.

use std::path::PathBuf;

use recommande::seal::{AnyProof, Artifact, BatchSeal};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(proof), Some(bare), None) = (paths.next(), paths.next(), paths.next()) else {
        return Err("usage: bare_seal PROOF FILE".into());
    };
    let octets = std::fs::read(proof)?;
    let of_proof = AnyProof::from_der(&octets).and_then(|proof| proof.bare_seal());
    // Where it is neither, the reason is that of a proof.
    let seal = of_proof.or_else(|why| BatchSeal::from_der(&octets).and_then(|seal| seal.bare_seal()).map_err(|_| why));
    std::fs::write(bare, seal?)?;
    Ok(())
}
