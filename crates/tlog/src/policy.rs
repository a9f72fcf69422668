//! Whom a verifier believes: a log, and k of n witnesses ([tlog-proof](https://c2sp.org/tlog-proof#verifying-a-tlog-proof)).

use crate::checkpoint::{Checkpoint, Origin, SignedCheckpoint};
use crate::limits::MAX_WITNESSES;
use crate::note::{
    AmbiguousKey, KeyName, KeyRing, KnownSignature, NoteVerifyError, SignatureFault, SignatureType, VerifierKey,
};

/// A witness: one or more keys of one operator, such as one of Ed25519 and one of ML-DSA-44. It counts once, however many of them
/// have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    name: KeyName,
    keys: Vec<VerifierKey>,
    ring: KeyRing,
}

impl Witness {
    /// Takes the keys of one witness.
    ///
    /// # Errors
    /// - `NoWitnessKey` without a key, and `NotACosigner` for a key that signs the text of notes.
    /// - `AmbiguousKey` for two keys with one name and id, of whose cosignatures nobody could say which made them.
    pub fn new(keys: impl IntoIterator<Item = VerifierKey>) -> Result<Self, PolicyError> {
        let keys: Vec<VerifierKey> = keys.into_iter().collect();
        let Some(name) = keys.first().map(|key| key.name().clone()) else { return Err(PolicyError::NoWitnessKey) };
        match keys.iter().find(|key| key.signature_type() == SignatureType::Ed25519) {
            Some(key) => Err(PolicyError::NotACosigner { name: key.name().clone() }),
            None => {
                let ring = KeyRing::new(keys.iter().cloned()).map_err(PolicyError::AmbiguousKey)?;
                Ok(Self { name, keys, ring })
            }
        }
    }

    /// Returns the name of the first key, by which the witness is told from others.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Returns the keys by their names and ids.
    #[must_use]
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Returns the keys.
    #[must_use]
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }
}

/// The log whose checkpoints are accepted, and the cosignatures that they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPolicy {
    origin: Origin,
    log_keys: Vec<VerifierKey>,
    witnesses: Vec<Witness>,
    quorum: usize,
    log_ring: KeyRing,
    witness_ring: KeyRing,
}

impl LogPolicy {
    /// Accepts the checkpoints of the log with this origin, signed by one of these keys. No witness has to cosign.
    ///
    /// # Errors
    /// `NoLogKey` without a key; `AmbiguousKey` and `SharedKey` as for [`with_witnesses`](Self::with_witnesses).
    pub fn new(origin: Origin, log_keys: impl IntoIterator<Item = VerifierKey>) -> Result<Self, PolicyError> {
        let log_keys: Vec<VerifierKey> = log_keys.into_iter().collect();
        if log_keys.is_empty() {
            return Err(PolicyError::NoLogKey);
        }
        let (log_ring, witness_ring) = (KeyRing::default(), KeyRing::default());
        Self { origin, log_keys, witnesses: Vec::new(), quorum: 0, log_ring, witness_ring }.checked()
    }

    /// Asks for the cosignatures of at least `quorum` of these witnesses.
    ///
    /// # Errors
    /// - `NoQuorum` for zero where there are witnesses: a policy that names them and asks for none would pass what none has seen.
    /// - `Quorum` for more than there are witnesses, and `TooManyWitnesses` for more than [`MAX_WITNESSES`].
    /// - `AmbiguousKey` for two keys with one name and id.
    /// - `SharedKey` for one public key under two names or types, or of two witnesses, or of a witness and the log.
    pub fn with_witnesses(
        mut self,
        quorum: usize,
        witnesses: impl IntoIterator<Item = Witness>,
    ) -> Result<Self, PolicyError> {
        self.witnesses = witnesses.into_iter().collect();
        self.quorum = quorum;
        if self.witnesses.len() > MAX_WITNESSES {
            return Err(PolicyError::TooManyWitnesses);
        }
        if quorum == 0 && !self.witnesses.is_empty() {
            return Err(PolicyError::NoQuorum);
        }
        if quorum > self.witnesses.len() {
            return Err(PolicyError::Quorum { stated: quorum, witnesses: self.witnesses.len() });
        }
        self.checked()
    }

    fn checked(mut self) -> Result<Self, PolicyError> {
        let witness_keys = self.witnesses.iter().flat_map(|witness| &witness.keys);
        let mut keys: Vec<&VerifierKey> = self.log_keys.iter().chain(witness_keys).collect();
        // A cosignature by Ed25519 does not say the name of its cosigner, so the one of a key is good under each of its names.
        keys.sort_by(|left, right| left.public_key().cmp(right.public_key()));
        for pair in keys.windows(2) {
            if let [left, right] = pair
                && left.public_key() == right.public_key()
            {
                return Err(PolicyError::SharedKey { name: left.name().clone() });
            }
        }
        KeyRing::new(keys.into_iter().cloned()).map_err(PolicyError::AmbiguousKey)?;
        let witness_keys = self.witnesses.iter().flat_map(|witness| &witness.keys);
        self.witness_ring = KeyRing::new(witness_keys.cloned()).map_err(PolicyError::AmbiguousKey)?;
        self.log_ring = KeyRing::new(self.log_keys.iter().cloned()).map_err(PolicyError::AmbiguousKey)?;
        Ok(self)
    }

    /// Returns the origin of the log.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the keys of the log.
    #[must_use]
    pub fn log_keys(&self) -> &[VerifierKey] {
        &self.log_keys
    }

    /// Returns the witnesses.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Returns how many witnesses must have cosigned.
    #[must_use]
    pub const fn quorum(&self) -> usize {
        self.quorum
    }

    /// Tells if the log has signed this checkpoint, whatever else stands in its note: a log that has signed two histories must not
    /// be able to hide that behind a line that is not valid. Whether the checkpoint is accepted,
    /// [`verify_checkpoint`](Self::verify_checkpoint) says.
    #[must_use]
    pub fn is_signed_by_log(&self, signed: &SignedCheckpoint) -> bool {
        *signed.checkpoint().origin() == self.origin && signed.note().is_signed_by_any(&self.log_ring)
    }

    /// Verifies that a checkpoint is of this log, is signed by it, and has enough cosignatures. Each signature is verified once, the
    /// log's first.
    ///
    /// # Errors
    /// - `OtherLog` for another origin.
    /// - `LogSignature` when a signature of one of the log's keys is not valid, and `NotSignedByLog` when none has signed.
    /// - `Cosignature` when a cosignature of a witness is not valid, whatever others there are.
    /// - `TooFewWitnesses` with how many have cosigned.
    pub fn verify_checkpoint(&self, signed: &SignedCheckpoint) -> Result<VerifiedCheckpoint, CheckpointVerifyError> {
        let checkpoint = signed.checkpoint();
        if *checkpoint.origin() != self.origin {
            return Err(CheckpointVerifyError::OtherLog);
        }
        signed.note().verify(&self.log_ring).map_err(|error| match error {
            NoteVerifyError::NoKnownKey => CheckpointVerifyError::NotSignedByLog,
            NoteVerifyError::Signature { fault, .. } => CheckpointVerifyError::LogSignature { fault },
        })?;
        let signatures = match signed.note().verify(&self.witness_ring) {
            Ok(signatures) => signatures,
            Err(NoteVerifyError::NoKnownKey) => Vec::new(),
            Err(NoteVerifyError::Signature { name, id, fault }) => {
                let is_key = |key: &VerifierKey| *key.name() == name && key.id() == id;
                let has_key = |witness: &Witness| witness.keys.iter().any(is_key);
                let witness = self.witnesses.iter().position(has_key).unwrap_or_default();
                return Err(CheckpointVerifyError::Cosignature { witness, fault });
            }
        };
        let cosigned = |(place, witness): (usize, &Witness)| Witnessed::of(place, witness, &signatures);
        let witnessed: Vec<Witnessed> = self.witnesses.iter().enumerate().filter_map(cosigned).collect();
        if witnessed.len() < self.quorum {
            return Err(CheckpointVerifyError::TooFewWitnesses { stated: witnessed.len(), quorum: self.quorum });
        }
        Ok(VerifiedCheckpoint { checkpoint: checkpoint.clone(), witnessed })
    }
}

/// A checkpoint that a log has signed, and enough witnesses have cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    witnessed: Vec<Witnessed>,
}

impl VerifiedCheckpoint {
    /// Returns the checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Returns the witnesses that cosigned, in the order of the policy. There may be more than it asks for.
    #[must_use]
    pub fn witnessed(&self) -> &[Witnessed] {
        &self.witnessed
    }
}

/// What one witness has said of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// The place of the witness in the policy, from 0.
    pub witness: usize,
    /// The earliest time that its cosignatures state, in seconds since 1970: the tree existed then, if the witness tells the
    /// truth. It may lie in the future of whoever verifies. Nothing where no cosignature states a time.
    pub time: Option<u64>,
}

impl Witnessed {
    fn of(place: usize, witness: &Witness, signatures: &[KnownSignature<'_>]) -> Option<Self> {
        let own = || signatures.iter().filter(|signature| witness.keys.contains(signature.key));
        own().next()?;
        Some(Self { witness: place, time: own().filter_map(|signature| signature.time).min() })
    }
}

/// Why there is no such policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The log has no key.
    #[error("a log without a key")]
    NoLogKey,
    /// A witness has no key.
    #[error("a witness without a key")]
    NoWitnessKey,
    /// The key of a witness signs the text of notes, and no cosignatures.
    #[error("the key {name} of a witness is not for cosignatures")]
    NotACosigner {
        /// The name of the key.
        name: KeyName,
    },
    /// There are too many witnesses.
    #[error("more than {MAX_WITNESSES} witnesses")]
    TooManyWitnesses,
    /// There are witnesses, and none of them must have cosigned.
    #[error("witnesses of whom none must have cosigned")]
    NoQuorum,
    /// More witnesses must have cosigned than there are.
    #[error("{stated} of {witnesses} witnesses")]
    Quorum {
        /// How many must have cosigned.
        stated: usize,
        /// How many there are.
        witnesses: usize,
    },
    /// Two keys have one name and one id.
    #[error(transparent)]
    AmbiguousKey(AmbiguousKey),
    /// One public key is there twice.
    #[error("the public key of {name} is there twice")]
    SharedKey {
        /// One name of the key.
        name: KeyName,
    },
}

/// Why a checkpoint is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointVerifyError {
    /// The checkpoint is of another log.
    #[error("a checkpoint of another log")]
    OtherLog,
    /// A signature of the log is not valid.
    #[error("the signature of the log: {fault}")]
    LogSignature {
        /// What is wrong with it.
        fault: SignatureFault,
    },
    /// A cosignature of a witness is not valid.
    #[error("the cosignature of witness {witness}: {fault}")]
    Cosignature {
        /// The place of the witness in the policy, from 0.
        witness: usize,
        /// What is wrong with its cosignature.
        fault: SignatureFault,
    },
    /// No key of the log has signed.
    #[error("a checkpoint that the log has not signed")]
    NotSignedByLog,
    /// Too few witnesses have cosigned.
    #[error("{stated} witnesses have cosigned, and {quorum} must have")]
    TooFewWitnesses {
        /// How many have.
        stated: usize,
        /// How many must have.
        quorum: usize,
    },
}
