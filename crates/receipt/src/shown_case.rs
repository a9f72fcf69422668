//! What the page of a case is about: the proofs of a letter, and what they come to for one recipient.

use chrono::{DateTime, Utc};
use recommande::life::{Case, Judged, Standing, Verifiers, judge};
use recommande::seal::AnyProof;
use recommande::{Environment, MessageId};

use crate::shown::{Read, file_name};

/// A case with its proofs. It judges the files itself, so that what it shows is what they come to.
#[derive(Clone, Debug)]
pub struct ShownCase {
    pub(crate) case: Case,
    pub(crate) message: MessageId,
    pub(crate) environment: Environment,
    /// The proofs of the case, in the order of its facts.
    pub(crate) proofs: Vec<ProofOfCase>,
    pub(crate) judged_at: DateTime<Utc>,
}

/// A proof among those of a case.
#[derive(Clone, Debug)]
pub(crate) struct ProofOfCase {
    pub(crate) name: String,
    pub(crate) file: Vec<u8>,
    pub(crate) read: Read,
    pub(crate) proven_at: Option<DateTime<Utc>>,
}

impl ShownCase {
    /// Judges the files of any letters, each given with its name, in any order. There is one case for each letter and
    /// recipient. A letter with more proofs than a case is made of has none; what does not verify makes none by itself.
    pub fn of<'a>(verifiers: impl Into<Verifiers<'a>>, files: &[(String, Vec<u8>)], now: DateTime<Utc>) -> Vec<Self> {
        let octets: Vec<&[u8]> = files.iter().map(|(_, octets)| octets.as_slice()).collect();
        let judged = judge(verifiers, &octets, now);
        let mut shown = Vec::new();
        for letter in Case::of(&judged) {
            for case in letter.cases.into_iter().flatten() {
                let found = case.facts.iter().filter_map(|fact| {
                    // A copy with a broken seal has the same identifier. It is a claim, of which no fact is made.
                    let is_of_fact = |judged: &Judged| {
                        judged.id() == Some(fact.proof) && !matches!(judged.standing(), Standing::Claimed(_))
                    };
                    let place = judged.iter().position(|judged| is_of_fact(judged) && judged.proven_at().is_some());
                    let place = place.or_else(|| judged.iter().position(is_of_fact));
                    place.and_then(|place| proof_of_case(files.get(place)?, judged.get(place)?))
                });
                let proofs = found.collect();
                let (message, environment) = (letter.message.clone(), letter.environment);
                shown.push(Self { case, message, environment, proofs, judged_at: now });
            }
        }
        shown
    }

    /// Returns the case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Returns the identifier of the message.
    pub fn message(&self) -> &MessageId {
        &self.message
    }
}

fn proof_of_case((name, octets): &(String, Vec<u8>), judged: &Judged) -> Option<ProofOfCase> {
    let read = Read::of(AnyProof::from_der(octets).ok()?);
    Some(ProofOfCase { name: file_name(name), file: octets.clone(), read, proven_at: judged.proven_at() })
}
