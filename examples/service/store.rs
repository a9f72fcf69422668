//! What the service keeps of each letter. It is in memory here and stands for a database: the manual's chapter `services` says what is
//! stored before what.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::body::Bytes;
use recommande::{MessageId, PayloadDigests, ProofOfSending, Unstamped};
use tokio::sync::oneshot;

#[derive(Default)]
pub struct Store(Mutex<State>);

#[derive(Default)]
struct State {
    letters: HashMap<String, Letter>,
    /// Seals that are to be submitted again.
    back: Vec<(MessageId, Unstamped<ProofOfSending>)>,
    times_back: u64,
    /// Proofs and seals of letters that had one. There must be none.
    seconds: u64,
}

struct Letter {
    digests: PayloadDigests,
    seal: Option<Vec<u8>>,
    proof: Option<Bytes>,
    /// The clients that wait for the proof.
    waiting: Vec<oneshot::Sender<Bytes>>,
}

/// Whether a new letter may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Left,
    Gone,
}

/// What a letter finds in the store.
pub enum Place {
    New,
    /// It is new, and too many wait.
    NoRoom,
    /// It is there already, and the client was answered or waits.
    SameLetter,
    OtherLetter,
}

/// What came of the letters in the end.
pub struct Account {
    pub proofs: Vec<(String, PayloadDigests, Bytes)>,
    pub without_proof: usize,
    pub seconds: u64,
    pub times_back: u64,
}

impl Store {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn place(&self, id: &MessageId, digests: &PayloadDigests, answer: oneshot::Sender<Bytes>, room: Room) -> Place {
        match self.lock().letters.entry(id.as_str().to_owned()) {
            Entry::Vacant(_) if room == Room::Gone => Place::NoRoom,
            Entry::Vacant(vacant) => {
                vacant.insert(Letter { digests: digests.clone(), seal: None, proof: None, waiting: vec![answer] });
                Place::New
            }
            Entry::Occupied(mut occupied) => {
                let letter = occupied.get_mut();
                if letter.digests != *digests {
                    return Place::OtherLetter;
                }
                match &letter.proof {
                    // A client that is gone again needs no answer.
                    Some(proof) => drop(answer.send(proof.clone())),
                    None => letter.waiting.push(answer),
                }
                Place::SameLetter
            }
        }
    }

    /// Forgets a letter that was not sealed.
    pub fn give_up(&self, id: &MessageId) {
        self.lock().letters.remove(id.as_str());
    }

    pub fn put_seal(&self, id: &MessageId, unstamped: &Unstamped<ProofOfSending>) {
        let mut state = self.lock();
        let before =
            state.letters.get_mut(id.as_str()).and_then(|letter| letter.seal.replace(unstamped.der().to_vec()));
        state.seconds += u64::from(before.is_some());
    }

    /// Stores the proof, lets the seal go, and answers all clients that wait.
    pub fn put_proof(&self, id: &MessageId, proof: &ProofOfSending) {
        let proof = Bytes::copy_from_slice(proof.der());
        let mut state = self.lock();
        let Some(letter) = state.letters.get_mut(id.as_str()) else { return };
        let before = letter.proof.replace(proof.clone());
        letter.seal = None;
        for answer in letter.waiting.drain(..) {
            // A client that is gone asks again, and gets the same proof.
            drop(answer.send(proof.clone()));
        }
        state.seconds += u64::from(before.is_some());
    }

    /// Keeps a seal that got no timestamp, until it is submitted again.
    pub fn put_back(&self, id: MessageId, unstamped: Unstamped<ProofOfSending>) {
        let mut state = self.lock();
        state.times_back += 1;
        state.back.push((id, unstamped));
    }

    pub fn put_back_count(&self) -> usize {
        self.lock().back.len()
    }

    pub fn take_back(&self) -> Vec<(MessageId, Unstamped<ProofOfSending>)> {
        std::mem::take(&mut self.lock().back)
    }

    pub fn without_proof(&self) -> usize {
        self.lock().letters.values().filter(|letter| letter.proof.is_none()).count()
    }

    pub fn account(&self) -> Account {
        let state = self.lock();
        let mut account =
            Account { proofs: Vec::new(), without_proof: 0, seconds: state.seconds, times_back: state.times_back };
        for (id, letter) in &state.letters {
            match &letter.proof {
                Some(proof) => account.proofs.push((id.clone(), letter.digests.clone(), proof.clone())),
                None => account.without_proof += 1,
            }
        }
        account
    }
}
