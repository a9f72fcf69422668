//! Aggregated proofs: in one file, in their parts, and what is stored of their batch.

use std::sync::LazyLock;

use recommande::evidence::{Environment, EvidenceIdentifier, Sending, Statement};
use recommande::seal::{
    AggregateItem, AggregateLeaves, AnyProof, Artifact, BatchSeal, Credentials, ProofOfSending, SealedAggregate,
    Sealer, StampedAggregate,
};
use recommande::testing::{TestKeys, TestPki};
use recommande::verify::{Indication, Payload, Report, Verifier};
use rfc3161_client::Nonce;

use crate::proof::check_report;
use crate::world::{issuer, statement, tsa, world};

/// A batch of three statements, which is sealed and stamped.
struct Aggregated {
    items: Vec<AggregateItem<Sending>>,
    sealed: SealedAggregate,
    stamped: StampedAggregate,
    proofs: Vec<ProofOfSending>,
    verifier: Verifier,
}

static AGGREGATED: LazyLock<Aggregated> = LazyLock::new(Aggregated::new);

impl Aggregated {
    fn new() -> Self {
        let (world, at) = (world(), world().sent_at);
        // The certificate of a seal that statements share holds the number of the issuer.
        let pki = TestPki::with_keys(TestKeys::derived("fuzz: aggregated").expect("keys"), at).expect("certificates");
        let pki = pki.with_organization("Example Service", "NTRBE-0406798006").expect("a certificate");
        let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).expect("credentials");
        let sealer = Sealer::new(credentials, issuer());
        let mut leaves = AggregateLeaves::new(sealer.issuer());
        let item = |number| {
            let sending =
                statement(&world.payload, at).with_evidence_identifier(EvidenceIdentifier::from_bytes([number; 16]));
            sealer.aggregate_item(sending, at).expect("a statement")
        };
        let items: Vec<_> = [1, 2, 3].map(item).into();
        items.iter().for_each(|item| leaves.add(item).expect("a statement of this issuer"));
        let sealed = sealer.seal_aggregate(&leaves.close(17).expect("a batch"), at).expect("a seal");
        let request = sealed.timestamp_request(Nonce::from_bytes(&[0x5a; 16])).expect("a request");
        let stamped = sealed.attach(&request, &tsa(&pki, at).respond(&request.to_der())).expect("a token");
        let proofs = items.iter().cloned().map(|item| stamped.proof(item).expect("of this batch")).collect();
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        Self { items, sealed, stamped, proofs, verifier }
    }

    /// Nothing passes but the statements of the batch under its one seal, at the time of its token.
    fn judge(&self, proof: &ProofOfSending, statement: &[u8], seal: &BatchSeal) -> Report {
        let report = self.verifier.report(proof, Payload::NotAvailable, world().now);
        check_report(&report);
        if report.indication == Indication::TotalPassed {
            assert!(self.items.iter().any(|item| item.json() == statement), "a statement that was not aggregated");
            assert_eq!(seal.bare_seal().ok(), self.stamped.seal().bare_seal().ok(), "another seal");
            assert_eq!(report.proven_at, Some(world().sent_at), "another time");
        }
        report
    }
}

/// What an input is tried as: an aggregated proof in one file; the statement, the record or the seal of one; the leaves and
/// the seal of a stored batch.
pub fn aggregated(input: &[u8]) {
    let batch = &*AGGREGATED;
    in_one_file(input, batch);
    for proof in &batch.proofs {
        let parts = proof.parts().expect("an aggregated proof");
        let seal = BatchSeal::from_der(input);
        let others = [
            ProofOfSending::from_parts(input, parts.record(), parts.seal()).ok(),
            ProofOfSending::from_parts(parts.statement(), input, parts.seal()).ok(),
            seal.as_ref()
                .ok()
                .and_then(|seal| ProofOfSending::from_parts(parts.statement(), parts.record(), seal).ok()),
        ];
        for other in others.into_iter().flatten() {
            let parts = other.parts().expect("an aggregated proof");
            let report = batch.judge(&other, parts.statement(), parts.seal());
            let strict = batch.verifier.verify(&other, Payload::NotAvailable, world().now);
            assert_eq!(strict.err().map(|error| error.finding().code), report.decided_by.map(|by| by.code));
        }
    }
    stored(input, batch);
}

/// A file that was read is taken apart and put together as it was.
fn in_one_file(input: &[u8], batch: &Aggregated) {
    let Ok(proof) = AnyProof::from_der(input) else { return };
    let Some(parts) = proof.parts() else { return };
    let again = AnyProof::from_parts(parts.statement(), parts.record(), parts.seal()).expect("parts that were read");
    assert!(proof.der() == input && again.der() == input, "another file");
    if let AnyProof::Sending(proof) = &proof {
        batch.judge(proof, parts.statement(), parts.seal());
    }
}

/// What was stored of a batch is taken with its own leaves and seal alone.
fn stored(input: &[u8], batch: &Aggregated) {
    let leaves = |stamped: &StampedAggregate| stamped.leaves().to_vec();
    if let Ok(read) = StampedAggregate::from_parts(batch.stamped.seal().der(), None, input.to_vec()) {
        assert!(leaves(&read) == leaves(&batch.stamped), "other leaves under the same root");
    }
    if let Ok(read) = SealedAggregate::from_parts(batch.sealed.seal().der(), None, input.to_vec()) {
        assert!(read.leaves() == batch.sealed.leaves(), "other leaves under the same root");
    }
    if let Ok(read) = StampedAggregate::from_parts(input, None, leaves(&batch.stamped)) {
        let record = read.record_of(batch.items[0].json()).expect("a statement of the batch");
        let proof = ProofOfSending::from_parts(batch.items[0].json(), &record, read.seal()).expect("its parts");
        batch.judge(&proof, batch.items[0].json(), read.seal());
    }
    let _ = SealedAggregate::from_parts(input, None, leaves(&batch.stamped));
    if let Ok(item) = AggregateItem::<Sending>::from_json(input) {
        assert!(item.json() == input && !item.stated().message_id().as_str().is_empty());
        let is_of_batch = batch.items.iter().any(|own| own.json() == input);
        assert_eq!(batch.stamped.record(&item).is_ok(), is_of_batch, "another statement is in the batch");
    }
}

/// Files, and each kind of part.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let batch = &*AGGREGATED;
    let parts = batch.proofs[0].parts().expect("an aggregated proof");
    let of_first =
        [parts.statement(), parts.record(), parts.seal().der(), batch.sealed.seal().der(), batch.stamped.leaves()];
    batch.proofs.iter().map(|proof| proof.der().to_vec()).chain(of_first.map(<[u8]>::to_vec)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_aggregated_here_passes() {
        let batch = &*AGGREGATED;
        for (item, proof) in batch.items.iter().zip(&batch.proofs) {
            let report = batch.judge(proof, item.json(), batch.stamped.seal());
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        }
    }
}
