//! What the evidence log of a service should have of its records.

use super::kind::Kind;
use super::record::Record;
use crate::log::{Entry, EntryKind, ServiceRecord};
use crate::seal::AnyProof;

impl Record<'_> {
    /// Returns what the log of the service should have of this record, for an [`Auditor`](crate::log::Auditor): the entry of the proof
    /// whose issue it tells of, at its time.
    ///
    /// There is none for a record of anything else, and none where the record holds octets that are no proof. An aggregated proof is
    /// logged with its batch, of which no record tells: see [`BatchSeal::log_entry`](crate::seal::BatchSeal::log_entry). A record that
    /// names a proof by its id does not say of which form it is, and counts as one of a proof with a seal of its own: leave out those
    /// of aggregated proofs.
    ///
    /// An auditor counts entries and wants them in the order of time. A trail may record an issue twice, and is in the order of its
    /// sequence: hand over each entry once, at its first time, and sort them.
    pub fn service_record(&self) -> Option<ServiceRecord> {
        let proof = self.proof().filter(|_| self.kind() == Kind::ProofIssued)?;
        let entry = match proof.der() {
            Some(der) => {
                let proof = AnyProof::from_der(&der).ok()?;
                let has_entry = proof.is_identified() && proof.parts().is_none();
                has_entry.then(|| proof.id().into())?
            }
            None => Entry::new(EntryKind::Proof, proof.id_digest()?.first_32()),
        };
        Some(ServiceRecord { entry, at: self.time() })
    }
}
