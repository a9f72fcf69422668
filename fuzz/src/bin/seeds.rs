//! `seeds FOLDER`: writes the seeds of each target to FOLDER/TARGET, each under the digest of its octets.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or_else(|| io::Error::other("usage: seeds FOLDER"))?);
    for (name, _) in recommande_fuzz::TARGETS {
        let folder = folder.join(name);
        fs::create_dir_all(&folder)?;
        let seeds = recommande_fuzz::seeds::seeds(name);
        for seed in &seeds {
            let digest = recommande::DigestAlgorithm::Sha1.digest(seed);
            let hex: String = digest.as_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
            fs::write(folder.join(hex), seed)?;
        }
        println!("{name}: {} seeds", seeds.len());
    }
    Ok(())
}
