//! The verdicts on batches that were met before: on what all proofs of a batch share.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use super::examined::Examined;
use crate::cms::{BaselineLevel, CheckedSigner};
use crate::evidence::Issuer;
use crate::seal::{Artifact, BatchSeal};

/// The number of batches that are remembered. Proofs are mostly verified batch by batch; forgetting costs time and nothing
/// else.
const REMEMBERED: usize = 64;

/// The octets of all seals and tokens together that are remembered. A seal and a token with the revocation data of their chains
/// take some 20,000, and what was read of them a few times as many.
const REMEMBERED_OCTETS: usize = 4 << 20;

/// The verdicts on batches of which nothing has to be told: that the seal of a batch and the timestamp of its records are
/// valid and of the issuer, at one time and by the settings that hold this memory.
///
/// Only what the strict verdict found without any objection is here, and only that verdict asks: a report tells every check,
/// and makes each of them. What the proofs of a batch do not share is judged each time: the statement and its way to the seal.
///
/// A verdict rests on the settings as a whole, so that a memory never leaves them. A copy of it is empty, since a copy of the
/// settings may be changed.
#[derive(Default)]
pub(super) struct KnownBatches(RwLock<Remembered>);

#[derive(Default)]
struct Remembered {
    batches: Vec<Arc<KnownBatch>>,
    octets: usize,
}

/// Everything that the verdict on a batch depends on, beside the settings.
///
/// The record of the statement was followed to what the seal says is stamped, which the token has to be over.
///
/// The seal and the token are compared octet for octet, with their unsigned parts: revocation data and certificates that
/// anybody can exchange decide about a verdict too.
pub(super) struct SharedParts<'a> {
    pub(super) seal: &'a BatchSeal,
    /// The token of the record of the statement. Nothing else in the record counts: it has one chain of one timestamp, and
    /// neither certificates nor attributes beside it.
    pub(super) token: &'a [u8],
    /// The octets of the record, by which the work on it is bounded.
    pub(super) record_length: usize,
    /// The issuer whom the statement names, and seal and certificate have to be of.
    pub(super) issuer: &'a Issuer,
    pub(super) now: DateTime<Utc>,
}

/// A batch on which the verdict is known.
struct KnownBatch {
    seal: BatchSeal,
    token: Vec<u8>,
    record_length: usize,
    issuer: Issuer,
    now: DateTime<Utc>,
    verdict: BatchVerdict,
}

/// What a strict verdict takes from the examination of seal and record.
struct BatchVerdict {
    signer: CheckedSigner,
    signing_time: Option<DateTime<Utc>>,
    proven_at: DateTime<Utc>,
    first_proven_at: Option<DateTime<Utc>>,
    level: BaselineLevel,
}

impl KnownBatches {
    /// Returns what was examined before of a batch in which nothing has changed.
    pub(super) fn recall(&self, parts: &SharedParts<'_>) -> Option<Examined> {
        let known = {
            let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
            remembered.batches.iter().rev().find(|known| known.is_of(parts)).map(Arc::clone)
        };
        known.map(|known| known.verdict.examined())
    }

    /// Remembers what was examined of a batch, where nothing spoke against it and all of it was there.
    pub(super) fn remember(&self, parts: &SharedParts<'_>, examined: &Examined) {
        let Some(verdict) = BatchVerdict::of(examined) else { return };
        let octets = parts.octets();
        if octets > REMEMBERED_OCTETS {
            return;
        }
        let &SharedParts { seal, token, record_length, issuer, now } = parts;
        let (seal, token, issuer) = (seal.clone(), token.to_vec(), issuer.clone());
        let known = KnownBatch { seal, token, record_length, issuer, now, verdict };
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have met the batch as well.
        if remembered.batches.iter().any(|known| known.is_of(parts)) {
            return;
        }
        if remembered.batches.len() >= REMEMBERED || remembered.octets.saturating_add(octets) > REMEMBERED_OCTETS {
            *remembered = Remembered::default();
        }
        remembered.octets = remembered.octets.saturating_add(octets);
        remembered.batches.push(Arc::new(known));
    }

    fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).batches.len()
    }
}

impl SharedParts<'_> {
    fn octets(&self) -> usize {
        self.seal.der().len().saturating_add(self.token.len())
    }
}

impl KnownBatch {
    /// Compares what differs between batches first, and the octets of the seal last.
    fn is_of(&self, parts: &SharedParts<'_>) -> bool {
        let &SharedParts { seal, token, record_length, issuer, now } = parts;
        self.now == now
            && self.record_length == record_length
            && self.issuer == *issuer
            && self.token == token
            && self.seal == *seal
    }
}

impl BatchVerdict {
    fn of(examined: &Examined) -> Option<Self> {
        let &Examined { ref signer, signing_time, proven_at, first_proven_at, level, .. } = examined;
        Some(Self { signer: signer.clone()?, signing_time, proven_at: proven_at?, first_proven_at, level })
    }

    fn examined(&self) -> Examined {
        Examined {
            signer: Some(self.signer.clone()),
            signing_time: self.signing_time,
            proven_at: Some(self.proven_at),
            first_proven_at: self.first_proven_at,
            level: self.level,
            ..Examined::nothing()
        }
    }
}

impl Clone for KnownBatches {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for KnownBatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownBatches({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rfc3161_client::TsaPool;

    use super::*;
    use crate::evidence::{Environment, Issuer, PartDescription, Party, PayloadDigests, Sending};
    use crate::identity::EnterpriseNumber;
    use crate::seal::{AggregateLeaves, Credentials, ProofOfSending, Sealer};
    use crate::testing::{TestPki, TestTsa};
    use crate::verify::{Payload, Policy, Verifier};

    fn batch(now: DateTime<Utc>) -> (TestPki, Vec<ProofOfSending>) {
        let pki = TestPki::new(now).unwrap().with_organization("Example", "NTRBE-0406798006").unwrap();
        let number: EnterpriseNumber = "0406798006".parse().unwrap();
        let issuer = Issuer::of("Example", &number, Environment::Test).unwrap();
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
        // The ways of all four are equally long, and so are their records.
        let items: Vec<_> = ["1", "2", "3", "4"]
            .into_iter()
            .map(|id| {
                let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>().unwrap(), "Office").unwrap();
                let part = PartDescription::new("letter.pdf", "application/pdf").unwrap();
                let recipient = Party::new("85073003328".parse::<crate::identity::Niss>().unwrap());
                let payload = PayloadDigests::of_bytes(b"a letter");
                let sending = Sending::new(id.parse().unwrap(), sender, recipient, part, payload, now).unwrap();
                sealer.aggregate_item(sending, now).unwrap()
            })
            .collect();
        let mut leaves = AggregateLeaves::new(sealer.issuer());
        items.iter().for_each(|item| leaves.add(item).unwrap());
        let sealed = sealer.seal_aggregate(&leaves.close(1).unwrap(), now).unwrap();
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(move || now));
        let stamped = sealed.stamp_with(&tsas).unwrap();
        (pki, items.into_iter().map(|item| stamped.proof(item).unwrap()).collect())
    }

    /// One batch at one time is remembered once, a stranger's seal, a report and a verdict that is none never, and the whole is
    /// bounded.
    #[test]
    fn what_passes_is_remembered_once_and_in_bounded_memory() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let (pki, proofs) = batch(now);
        let verifier = || Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let met = verifier();
        let remembered = |verifier: &Verifier| verifier.settings().batches.len();
        for proof in &proofs {
            met.report(proof, Payload::NotAvailable, now);
        }
        assert_eq!(remembered(&met), 0);
        for proof in proofs.iter().chain(&proofs) {
            met.verify(proof, Payload::NotAvailable, now).unwrap();
            assert_eq!(remembered(&met), 1);
        }
        for second in 1..=3 * i64::try_from(REMEMBERED).unwrap() {
            met.verify(&proofs[0], Payload::NotAvailable, now + TimeDelta::seconds(second)).unwrap();
            assert!((1..=REMEMBERED).contains(&remembered(&met)));
        }
        assert_eq!(remembered(&met.with_policy(Policy::default())), 0);
        // Anchors of others.
        let (strangers, _) = batch(now);
        let stranger = Verifier::new(strangers.seal_anchors(), strangers.tsa_anchors(), Environment::Test);
        stranger.verify(&proofs[0], Payload::NotAvailable, now).unwrap_err();
        assert_eq!(remembered(&stranger), 0);
        // What a verdict is made by may be changed in a copy.
        let copied = verifier();
        copied.verify(&proofs[0], Payload::NotAvailable, now).unwrap();
        assert_eq!((remembered(&copied), copied.settings().clone().batches.len()), (1, 0));
    }

    /// What is remembered is what a strict verdict on another statement of the batch gives, and no report takes it.
    #[test]
    fn a_strict_verdict_takes_what_is_remembered_and_a_report_does_not() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let (pki, proofs) = batch(now);
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let proven_at = verifier.verify(&proofs[0], Payload::NotAvailable, now).unwrap().proven_at();
        let marked = proven_at + TimeDelta::minutes(1);
        {
            let mut remembered = verifier.settings().batches.0.write().unwrap();
            Arc::get_mut(&mut remembered.batches[0]).unwrap().verdict.proven_at = marked;
        }
        assert_eq!(verifier.verify(&proofs[1], Payload::NotAvailable, now).unwrap().proven_at(), marked);
        assert_eq!(verifier.report(&proofs[1], Payload::NotAvailable, now).proven_at, Some(proven_at));
    }

    #[test]
    fn the_octets_of_all_batches_together_are_bounded() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let (pki, proofs) = batch(now);
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        verifier.verify(&proofs[0], Payload::NotAvailable, now).unwrap();
        let known = Arc::clone(&verifier.settings().batches.0.read().unwrap().batches[0]);
        let examined = known.verdict.examined();
        let [too_large, half] = [REMEMBERED_OCTETS, REMEMBERED_OCTETS / 2].map(|length| vec![0; length]);
        let parts = |token, record_length| {
            let (seal, issuer) = (&known.seal, &known.issuer);
            SharedParts { seal, token, record_length, issuer, now }
        };
        let batches = KnownBatches::default();
        batches.remember(&parts(&too_large, 1), &examined);
        assert_eq!(batches.len(), 0);
        batches.remember(&parts(&half, 1), &examined);
        assert!(batches.recall(&parts(&half, 1)).is_some());
        // With the second one they are too many octets, and the first one is forgotten.
        batches.remember(&parts(&half, 2), &examined);
        assert_eq!(batches.len(), 1);
        assert!(batches.recall(&parts(&half, 1)).is_none() && batches.recall(&parts(&half, 2)).is_some());
    }
}
