//! The export of a trail as it is given: its lines, and the manifest with its seal.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use crate::crypto::{Digest, DigestAlgorithm, Hasher};

/// An export of a trail: the lines of one file, and the manifest that the party sealed.
///
/// The lines are read once and need not fit in memory. An export without a manifest counts as what somebody claims.
pub struct Export<R> {
    pub(super) name: Option<Arc<str>>,
    pub(super) lines: R,
    pub(super) manifest: Option<GivenManifest>,
}

/// A manifest and its seal, as octets.
pub(super) struct GivenManifest {
    pub(super) json: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl<R: BufRead> Export<R> {
    /// Takes the lines of an export.
    pub fn new(lines: R) -> Self {
        Self { name: None, lines, manifest: None }
    }

    /// Gives the export a name, such as that of its file, by which reports say where a fault is. It decides nothing.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(Arc::from(name)), ..self }
    }

    /// Gives the manifest (`manifest.json`) and its detached signature (`manifest.json.p7s`).
    #[must_use]
    pub fn with_manifest(self, json: impl Into<Vec<u8>>, signature: impl Into<Vec<u8>>) -> Self {
        Self { manifest: Some(GivenManifest { json: json.into(), signature: signature.into() }), ..self }
    }
}

impl<R> fmt::Debug for Export<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("has_manifest", &self.manifest.is_some()).finish_non_exhaustive()
    }
}

/// Hashes what is read through it, so that a file is read once.
pub(super) struct Hashed<R> {
    reader: R,
    hasher: Hasher,
}

impl<R: BufRead> Hashed<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, hasher: DigestAlgorithm::Sha256.hasher() }
    }

    /// Returns the SHA-256 of what was read.
    pub(super) fn finish(self) -> Digest {
        self.hasher.finish()
    }
}

impl<R: BufRead> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Hashed<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What was filled before is filled still, and an error comes again at the next call.
        if let Ok(filled) = self.reader.fill_buf() {
            self.hasher.update(filled.get(..amount).unwrap_or_default());
        }
        self.reader.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_read_is_hashed_however_it_is_read() {
        let octets: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let mut hashed = Hashed::new(io::BufReader::with_capacity(77, &octets[..]));
        let mut line = Vec::new();
        hashed.read_until(b'\n', &mut line).unwrap();
        let mut some = [0; 1000];
        hashed.read_exact(&mut some).unwrap();
        hashed.read_to_end(&mut line).unwrap();
        assert_eq!(hashed.finish(), DigestAlgorithm::Sha256.digest(&octets));
    }
}
