//! The proofs at hand, by the messages that they are about. They are verified message by message.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::error::ReconstructionError;
use super::parts::PartsPrint;
use super::party::PartyKey;
use super::policy::ReconstructionPolicy;
use super::stated::Stated;
use super::store::{Names, Place};
use crate::crypto::DigestAlgorithm;
use crate::evidence::{Event, Statement};
use crate::life::{Case, Claim, Judged, Letter, Standing, judge};
use crate::seal::{AnyProof, ProofId};

/// The files of proofs.
#[derive(Debug)]
pub(super) struct ProofFiles<'a> {
    /// Those that were given, and then those inside of records.
    files: Vec<Cow<'a, [u8]>>,
    given: usize,
    by_message: HashMap<Place, Vec<u32>>,
    messages_of: HashMap<[u8; 32], Place>,
    /// The positions of given files that are no proofs.
    pub(super) unreadable: Vec<usize>,
}

impl<'a> ProofFiles<'a> {
    /// Finds out which message each file is about. What follows a sending belongs to the message of that, whatever it says.
    pub(super) fn of(
        given: &'a [impl AsRef<[u8]>],
        embedded: Vec<Vec<u8>>,
        messages: &mut Names,
    ) -> Result<Self, ReconstructionError> {
        let files = given.iter().map(|file| Cow::Borrowed(file.as_ref())).chain(embedded.into_iter().map(Cow::Owned));
        let mut proofs = Self {
            files: files.collect(),
            given: given.len(),
            by_message: HashMap::new(),
            messages_of: HashMap::new(),
            unreadable: Vec::new(),
        };
        let mut following: Vec<([u8; 32], [u8; 32], u32, Place)> = Vec::new();
        for (index, file) in proofs.files.iter().enumerate() {
            let number = u32::try_from(index).map_err(|_| ReconstructionError::TooManyLines)?;
            let proof = AnyProof::from_der(file).ok();
            let Some(stated) = proof.as_ref().and_then(Stated::of) else {
                proofs.unreadable.push(index);
                continue;
            };
            let message = messages.place(stated.message.as_str()).ok_or(ReconstructionError::TooManyLines)?;
            match stated.sending {
                None => {
                    proofs.messages_of.insert(stated.id.first_32(), message);
                    proofs.by_message.entry(message).or_default().push(number);
                }
                Some(sending) => {
                    following.push((sending.first_32(), stated.id.first_32(), number, message));
                }
            }
        }
        for (sending, id, number, message) in following {
            let message = proofs.messages_of.get(&sending).copied().unwrap_or(message);
            proofs.messages_of.insert(id, message);
            proofs.by_message.entry(message).or_default().push(number);
        }
        Ok(proofs)
    }

    /// The message of a proof that is at hand.
    pub(super) fn message_of(&self, id: &[u8; 32]) -> Option<Place> {
        self.messages_of.get(id).copied()
    }

    /// Tells if there are files of proofs about a message.
    pub(super) fn are_about(&self, message: Place) -> bool {
        self.by_message.contains_key(&message)
    }

    /// Tells if a proof of a message was given, and not only inside of a record.
    pub(super) fn is_given_of(&self, message: Place) -> bool {
        let numbers = self.by_message.get(&message).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().any(|number| usize::try_from(*number).is_ok_and(|number| number < self.given))
    }

    /// Verifies the proofs of a message: each file once, with what lies beside any copy of it. The order of the files has no part
    /// in anything.
    pub(super) fn judge(&self, message: Place, policy: &ReconstructionPolicy<'_>) -> JudgedProofs<'_> {
        let mut beside: BTreeMap<&[u8], Vec<Vec<u8>>> = BTreeMap::new();
        let numbers = self.by_message.get(&message).map(Vec::as_slice).unwrap_or_default();
        for number in numbers.iter().filter_map(|number| usize::try_from(*number).ok()) {
            let Some(octets) = self.files.get(number) else { continue };
            let second_seals = if number < self.given { policy.verifiers.second_seals_of(number) } else { &[] };
            beside.entry(octets).or_default().extend_from_slice(second_seals);
        }
        // What lies beside several copies is one.
        beside.values_mut().for_each(|second_seals| {
            second_seals.sort_unstable();
            second_seals.dedup();
        });
        let (files, second_seals): (Vec<&[u8]>, Vec<Vec<Vec<u8>>>) = beside.into_iter().unzip();
        let verifiers = policy.verifiers.with_seals_judged_by(policy.verifier()).with_second_seals(&second_seals);
        let judged = judge(verifiers, &files, policy.now);
        JudgedProofs { files, second_seals, judged }
    }
}

/// The files of the proofs of a message, in the order of their octets, as they were judged.
#[derive(Debug)]
pub(super) struct JudgedProofs<'a> {
    files: Vec<&'a [u8]>,
    /// What lies beside each file as its second seal.
    second_seals: Vec<Vec<Vec<u8>>>,
    judged: Vec<Judged>,
}

impl JudgedProofs<'_> {
    pub(super) fn letters(&self) -> Vec<Letter> {
        Case::of(&self.judged)
    }

    pub(super) fn claims(&self) -> Vec<Claim> {
        Case::claims(&self.judged)
    }

    /// The sealed statements, in the order of their ids.
    pub(super) fn facts(&self) -> Vec<ProofFact> {
        let mut facts: BTreeMap<[u8; 32], ProofFact> = BTreeMap::new();
        for fact in self.judged.iter().filter_map(ProofFact::of) {
            let place = facts.entry(fact.id.digest().first_32());
            let present = place.or_insert_with(|| fact.clone());
            // Of several files with one sealed statement, that of which most holds counts.
            if fact.weight() > present.weight() {
                *present = fact;
            }
        }
        facts.into_values().collect()
    }

    /// The time of each file that is proven to have existed, by its SHA-256. Several may be of one statement, timestamped at
    /// different times.
    ///
    /// The time is one of what stands in the file: that is there before an evidence record which lies beside it.
    pub(super) fn times(&self, policy: &ReconstructionPolicy<'_>) -> BTreeMap<[u8; 32], DateTime<Utc>> {
        let bare = policy.verifier().without_evidence_records().map(|bare| {
            let verifiers = policy.verifiers.with_seals_judged_by(&bare).with_second_seals(&self.second_seals);
            judge(verifiers, &self.files, policy.now)
        });
        let judged = bare.as_ref().unwrap_or(&self.judged);
        let proven = self.files.iter().zip(judged).filter_map(|(file, judged)| Some((file, judged.proven_at()?)));
        proven.map(|(file, time)| (DigestAlgorithm::Sha256.digest(file).first_32(), time)).collect()
    }
}

/// What a proof says whose seal holds.
#[derive(Clone, Debug)]
pub(super) struct ProofFact {
    pub(super) id: ProofId,
    pub(super) event: Event,
    /// When it happened, as stated.
    pub(super) at: DateTime<Utc>,
    /// When its seal is proven to have existed.
    pub(super) proven_at: Option<DateTime<Utc>>,
    pub(super) parts: Option<PartsPrint>,
    /// Who states it.
    pub(super) issuer: PartyKey,
    /// The certificate of the seal holds the number of the issuer: nobody else can have made it.
    pub(super) is_of_issuer: bool,
    /// The sender, where it is an organisation.
    pub(super) sender: Option<PartyKey>,
    /// It verified, with all that it follows.
    pub(super) is_proven: bool,
}

impl ProofFact {
    fn of(judged: &Judged) -> Option<Self> {
        let is_proven = match judged.standing() {
            Standing::Proven => true,
            Standing::Unlinked(_) | Standing::Contrary(..) => false,
            Standing::Claimed(_) => return None,
        };
        let statement = judged.statement()?;
        let issuer = judged.issuer()?;
        Some(Self {
            id: judged.id()?,
            event: statement.event(),
            at: statement.event_time(),
            proven_at: judged.proven_at(),
            parts: PartsPrint::of_statement(statement.parts()),
            issuer: PartyKey::of(issuer.legal_person_identifier()),
            is_of_issuer: judged.is_numbered(),
            sender: statement.sender().register_number().map(PartyKey::Number),
            is_proven,
        })
    }

    /// What counts for most: first a seal by the holder of the issuer's number, since the identifier of a statement of a batch
    /// does not fix who sealed it; of two that count for the same, the one that is proven to be older. Facts of one identifier
    /// differ in nothing else.
    fn weight(&self) -> (bool, bool, Option<Reverse<DateTime<Utc>>>) {
        (self.is_of_issuer, self.is_proven, self.proven_at.map(Reverse))
    }
}
