//! From a head to a published checkpoint, in steps that can each be made again.

use chrono::{DateTime, Utc};
use recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use recommande_tlog::policy::LogPolicy;
use recommande_tlog::tile::TileHashReader;
use recommande_tlog::witness::{Transport, WitnessClient, WitnessError};
use rfc3161_client::TsaPool;

use super::error::{LogError, TileReadError};
use super::evidence_log::EvidenceLog;
use super::pending::{PendingCheckpoint, Sealed};
use super::published::Published;
use super::signer::LogSigner;
use super::state::{STATE, State};
use super::store::{Store, StoredFile};
use super::tiles::StoredTiles;
use crate::seal::{Artifact, CheckpointSeal, Sealer};

/// The reason why a witness has not cosigned the checkpoint. Nothing is lost, and it can be asked again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CosignatureError<T> {
    /// The log does not go on.
    #[error(transparent)]
    Log(LogError),
    /// No answer came, or one without a cosignature.
    #[error("the witness: {0}")]
    Witness(WitnessError<T, TileReadError>),
}

impl<S: Store> EvidenceLog<S> {
    /// Signs the head that is integrated, as the next checkpoint. One that is under way already is returned, signed by this key
    /// too.
    ///
    /// # Errors
    /// `NothingNew`, `Sign`, `Store`, `AnotherWriter`, `Note`, `Policy`.
    pub fn begin_checkpoint(&mut self, signer: &LogSigner, now: DateTime<Utc>) -> Result<&PendingCheckpoint, LogError> {
        self.check_unchanged()?;
        let own = [signer.verifier_key().clone()];
        if let Some(pending) = &self.pending {
            // The key may be another one than the one that began, and a stored line may be damaged.
            let policy = LogPolicy::new(self.state.origin.clone(), own.clone()).map_err(LogError::Policy)?;
            if policy.verify_checkpoint(&pending.note).is_err() {
                let checkpoint = pending.checkpoint().clone();
                let mut signatures = vec![signer.sign(&checkpoint, now)?];
                signatures.extend(pending.signatures_but_of(&own));
                let pending = pending.with_note(SignedCheckpoint::new(checkpoint, signatures)?);
                self.store.write(&[pending.note_file()])?;
                self.pending = Some(pending);
            }
        } else {
            let last = self.published.as_ref().map_or(0, |published| published.note.checkpoint().head().size());
            if self.state.head.size() <= last {
                return Err(LogError::NothingNew);
            }
            let checkpoint = Checkpoint::new(self.state.origin.clone(), self.state.head);
            let signature = signer.sign(&checkpoint, now)?;
            let pending = PendingCheckpoint::new(SignedCheckpoint::new(checkpoint, vec![signature])?);
            // Before anybody else sees it: the log goes on with this checkpoint, whatever becomes of the process.
            self.store.write(&[pending.note_file()])?;
            self.pending = Some(pending);
        }
        self.pending.as_ref().ok_or(LogError::NoCheckpoint)
    }

    /// Seals the checkpoint that is under way. A seal that it has already is kept, unless it has no timestamp and it is too late for one:
    /// no TSA answered within a day of the sealing, or the certificate has ended.
    ///
    /// # Errors
    /// `NoCheckpoint`, `Seal`, `Store`.
    pub fn seal(&mut self, sealer: &Sealer, now: DateTime<Utc>) -> Result<(), LogError> {
        let pending = self.pending.as_ref().ok_or(LogError::NoCheckpoint)?;
        match &pending.seal {
            Sealed::Stamped(_) => Ok(()),
            Sealed::Unstamped(unstamped) if !unstamped.is_past(now) => Ok(()),
            Sealed::Unstamped(_) | Sealed::Missing => {
                let unstamped = sealer.seal_checkpoint(pending.checkpoint(), now)?;
                self.store_seal(Sealed::Unstamped(Box::new(unstamped)))
            }
        }
    }

    /// Gets a timestamp for the seal. One that it has already is kept.
    ///
    /// # Errors
    /// `NoCheckpoint`, `SealState` before [`seal`](Self::seal), `Timestamp`, `Store`.
    pub fn stamp(&mut self, tsas: &TsaPool) -> Result<(), LogError> {
        let pending = self.pending.as_ref().ok_or(LogError::NoCheckpoint)?;
        match &pending.seal {
            Sealed::Stamped(_) => Ok(()),
            Sealed::Missing => Err(LogError::SealState),
            Sealed::Unstamped(unstamped) => {
                let seal = unstamped.stamp_with(tsas)?;
                self.store_seal(Sealed::Stamped(Box::new(seal)))
            }
        }
    }

    /// Takes the seal of the checkpoint that is under way, made or completed elsewhere: signed by a key that is far away, stamped
    /// after a trip of the caller's own, or with the revocation data about its TSA ([`Artifact::with_revocation`]).
    ///
    /// # Errors
    /// `NoCheckpoint`; `SealState` without a timestamp; `SealDiffers` for a seal over another checkpoint, or another seal than the one
    /// that the checkpoint has already, with or without its timestamp; `Store`.
    pub fn put_seal(&mut self, seal: CheckpointSeal) -> Result<(), LogError> {
        let pending = self.pending.as_ref().ok_or(LogError::NoCheckpoint)?;
        let is_same = match &pending.seal {
            Sealed::Missing => true,
            Sealed::Unstamped(unstamped) => seal.is_same_as(unstamped.as_artifact()),
            Sealed::Stamped(stamped) => seal.is_same_as(stamped),
        };
        if seal.checkpoint() != pending.checkpoint() || !is_same {
            return Err(LogError::SealDiffers);
        }
        if !seal.has_timestamp() {
            return Err(LogError::SealState);
        }
        self.store_seal(Sealed::Stamped(Box::new(seal)))
    }

    fn store_seal(&mut self, seal: Sealed) -> Result<(), LogError> {
        let pending = self.pending.as_ref().ok_or(LogError::NoCheckpoint)?;
        let pending = PendingCheckpoint { seal, ..pending.clone() };
        if let Some(file) = pending.seal_file() {
            self.store.write(&[file])?;
        }
        self.pending = Some(pending);
        Ok(())
    }

    /// Gets the cosignatures of one witness for the checkpoint that is under way, which are verified before they are kept. A witness
    /// that has cosigned it already is not asked again.
    ///
    /// A witness that knows a larger tree, or another one, says so: the log was set back, rewritten, or somebody else writes it too.
    ///
    /// # Errors
    /// `Log` with `NoCheckpoint`, `Note` or `Store`; `Witness`.
    pub fn cosign<T: Transport>(&mut self, witness: &WitnessClient<T>) -> Result<(), CosignatureError<T::Error>> {
        let pending = self.pending.as_ref().ok_or(CosignatureError::Log(LogError::NoCheckpoint))?;
        let keys = witness.witness().keys();
        // A line that was damaged in the store does not count, and is left out.
        if pending.note.note().verify(witness.witness().ring()).is_ok() {
            return Ok(());
        }
        let name = witness.witness().name().clone();
        let known = self.cosigned.get(&name).copied().unwrap_or(0);
        let head = *pending.checkpoint().head();
        let reader = TileHashReader::new(head, StoredTiles(&self.store));
        let others = SignedCheckpoint::new(pending.checkpoint().clone(), pending.signatures_but_of(keys));
        let others = others.map_err(|error| CosignatureError::Log(LogError::Note(error)))?;
        let cosignatures = witness.cosign(&others, known, &reader).map_err(CosignatureError::Witness)?;
        let note = others.with_signatures(cosignatures).map_err(LogError::Note);
        let pending = pending.with_note(note.map_err(CosignatureError::Log)?);
        self.store.write(&[pending.note_file()]).map_err(|error| CosignatureError::Log(LogError::Store(error)))?;
        self.pending = Some(pending);
        self.cosigned.insert(name, head.size());
        Ok(())
    }

    /// Publishes the checkpoint that is under way: from now on it is the one that [proofs](Self::prove) lead to. The policy is that
    /// of the log's readers, by which too few cosignatures keep it from being published. Its seal becomes an entry of the next tree.
    ///
    /// # Errors
    /// `NoCheckpoint`, `SealState` without a stamped seal, `NotAccepted`, `AnotherWriter`, `Store`.
    pub fn publish(&mut self, policy: &LogPolicy) -> Result<&SignedCheckpoint, LogError> {
        let pending = self.pending.as_ref().ok_or(LogError::NoCheckpoint)?;
        let seal = pending.seal().filter(|seal| seal.has_timestamp()).ok_or(LogError::SealState)?;
        self.check_unchanged()?;
        policy.verify_checkpoint(&pending.note).map_err(LogError::NotAccepted)?;
        let published = Published { note: pending.note.clone(), seal: seal.der().to_vec() };
        // Whoever sees the note finds its seal.
        self.store.write(&published.files(self.state.published))?;
        self.store.write(&[published.note_file()])?;
        let state = State { published: self.state.published.saturating_add(1), ..self.state.clone() };
        self.store.write(&[StoredFile::new(STATE, state.to_octets())])?;
        let before = self.published.as_ref().map(|before| before.note.checkpoint().head().size());
        self.await_seal(&published.seal);
        self.state = state;
        self.published = Some(published);
        self.drop_pending();
        if let Some(size) = before {
            self.remove_partial(size);
        }
        self.published().ok_or(LogError::NoCheckpoint)
    }
}
