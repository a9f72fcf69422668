//! The parts of an aggregated proof in one file.

use super::error::NotInRenewal;
use crate::crypto::DigestAlgorithm;
use crate::seal::{AggregatedFile, Artifact, BatchSeal};
use crate::time::record::digest_algorithms;
use crate::verify::ContentDigests;

/// The parts of an aggregated proof, which hold the same token.
pub(super) struct Parts(AggregatedFile);

impl Parts {
    /// Takes the file of an aggregated proof apart; `None` for any other file.
    ///
    /// # Errors
    /// `Record` where the parts cannot be read.
    pub(super) fn of(file: &[u8]) -> Option<Result<Self, NotInRenewal>> {
        AggregatedFile::is_begun_by(file)
            .then(|| AggregatedFile::from_der(file).map(Self).map_err(|_| NotInRenewal::Record))
    }

    pub(super) fn seal(&self) -> &[u8] {
        self.0.seal().der()
    }

    pub(super) fn record(&self) -> &[u8] {
        self.0.record()
    }

    /// The digests of the statement by the algorithms of its record, and by one more.
    pub(super) fn object(&self, added: Option<DigestAlgorithm>) -> ContentDigests {
        let algorithms = digest_algorithms(self.record()).into_iter().chain(added);
        ContentDigests::new(algorithms.map(|algorithm| algorithm.digest(self.0.statement())))
    }

    /// Returns the file with another form of both.
    ///
    /// # Errors
    /// `Record` where the renewed parts cannot be read.
    pub(super) fn with(&self, seal: &[u8], record: &[u8]) -> Result<Vec<u8>, NotInRenewal> {
        let seal = BatchSeal::from_der(seal).map_err(|_| NotInRenewal::Record)?;
        let file = AggregatedFile::from_parts(self.0.statement(), record, seal);
        file.map(|file| file.der().to_vec()).map_err(|_| NotInRenewal::Record)
    }
}
