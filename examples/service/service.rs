//! Takes letters: what blocks is on threads that may block, and what was begun is ended without the client too.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use hyper::body::Bytes;
use recommande::evidence::EvidenceError;
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::batcher::{NotAccepted, WhyNotAccepted};
use recommande::seal::{Batcher, BatcherSettings, SealError};
use recommande::{
    MessageId, PartDescription, Party, PayloadDigests, ProofOfSending, Sealer, Sending, TsaPool, Unstamped,
};
use tokio::sync::oneshot;

use crate::store::{Place, Room, Store};

/// The longest time that the first letter of a batch waits for others.
const DELAY: Duration = Duration::from_millis(100);

/// How many letters may wait for a timestamp, of all clients. A new letter beyond them is refused before it is taken; a client that comes
/// back for a letter is not.
const MOST_WAITING: usize = 20_000;

/// How often seals without a timestamp are submitted again.
const AGAIN: Duration = Duration::from_millis(250);

pub struct Service {
    sealer: Sealer,
    parties: (Party, Party),
    batcher: Batcher<ProofOfSending, MessageId>,
    store: Arc<Store>,
}

/// The reason why a client gets no proof.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("another letter has this identifier")]
    OtherLetter,
    #[error("too many letters wait; try again later")]
    Busy,
    #[error("the letter cannot be stated")]
    Statement(#[from] EvidenceError),
    #[error("the letter cannot be sealed")]
    Seal(#[from] SealError),
    #[error("no proof came of the letter; send it again")]
    NoProof,
}

impl Service {
    pub fn start(sealer: Sealer, tsas: TsaPool, store: Arc<Store>) -> Result<Self, crate::arguments::Error> {
        let thousand = 1000.try_into()?;
        let settings = BatcherSettings::new(thousand, DELAY).with_queue(MOST_WAITING);
        let proven = Arc::clone(&store);
        // It is called by the thread of the batcher. The proof is stored first and answered then.
        let batcher = Batcher::start(tsas, settings, move |id: MessageId, outcome| match outcome {
            Ok(proof) => proven.put_proof(&id, &proof),
            Err(not_stamped) => proven.put_back(id, not_stamped.unstamped),
        })?;
        let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Office")?;
        let recipient = Party::new(Niss::new("85073003328")?);
        Ok(Self { sealer, parties: (sender, recipient), batcher, store })
    }

    /// Takes a letter, and waits for its proof. A client that asks again for the same letter gets the same proof.
    pub async fn send(self: &Arc<Self>, id: MessageId, letter: Bytes) -> Result<Bytes, Refusal> {
        let (answer, answered) = oneshot::channel();
        let service = Arc::clone(self);
        // Hashing and sealing take the processor, or an HSM. A client that goes away drops this future at an `await`, and no
        // task that blocks ends with it: a letter that was begun is sealed, stored and submitted.
        let taken = tokio::task::spawn_blocking(move || service.take(id, &letter, answer)).await;
        taken.map_err(|_| Refusal::NoProof)??;
        answered.await.map_err(|_| Refusal::NoProof)
    }

    fn take(&self, id: MessageId, letter: &[u8], answer: oneshot::Sender<Bytes>) -> Result<(), Refusal> {
        let digests = PayloadDigests::of_bytes(letter);
        // The place is taken by the first of two clients with the same letter, so that it is sealed once.
        let waiting = self.batcher.waiting().saturating_add(self.store.put_back_count());
        let room = if waiting < MOST_WAITING { Room::Left } else { Room::Gone };
        match self.store.place(&id, &digests, answer, room) {
            Place::New => {}
            Place::NoRoom => return Err(Refusal::Busy),
            Place::SameLetter => return Ok(()),
            Place::OtherLetter => return Err(Refusal::OtherLetter),
        }
        let sealed = self.seal(&id, digests);
        match sealed {
            Ok(unstamped) => {
                self.store.put_seal(&id, &unstamped);
                self.submit(id, unstamped);
                Ok(())
            }
            Err(refusal) => {
                self.store.give_up(&id);
                Err(refusal)
            }
        }
    }

    fn seal(&self, id: &MessageId, digests: PayloadDigests) -> Result<Unstamped<ProofOfSending>, Refusal> {
        let now = Utc::now();
        let (sender, recipient) = self.parties.clone();
        let part = PartDescription::new("letter.txt", "text/plain")?;
        let sending = Sending::new(id.clone(), sender, recipient, part, digests, now)?;
        Ok(self.sealer.seal(&sending, now)?)
    }

    /// Submits a seal that is stored. One that is not taken is submitted again later, and its client waits.
    fn submit(&self, id: MessageId, unstamped: Unstamped<ProofOfSending>) {
        match self.batcher.try_submit(unstamped, id) {
            Ok(()) => {}
            Err(NotAccepted { unstamped, tag, why: WhyNotAccepted::Full | WhyNotAccepted::Closed, .. }) => {
                self.store.put_back(tag, unstamped);
            }
            // No seal of this service's own is one that no batch takes. It stays in the store.
            Err(NotAccepted { why, .. }) => eprintln!("service: a seal was not taken: {why}"),
        }
    }

    /// Submits what got no timestamp, for as long as the service runs. A service that starts again does the same with the seals
    /// in its store.
    pub async fn submit_again(self: Arc<Self>) {
        loop {
            tokio::time::sleep(AGAIN).await;
            for (id, unstamped) in self.store.take_back() {
                self.submit(id, unstamped);
            }
        }
    }
}
