//! The three commonest journeys, each in one call.
//!
//! The functions are short walks over the full API and do nothing that a caller could not do with it. A TSA that is
//! down for less than a day costs no seal: the error hands it back, and
//! [`Unstamped::stamp_with`](crate::Unstamped::stamp_with) goes on with it. A service that may crash during the trip
//! stores the seal before it, and so calls [`Sealer::seal`] and `stamp_with` itself.
//!
//! ```
//! # use chrono::Utc;
//! use recommande::evidence::{Assurance, AssuranceLevel, ActedBy};
//! # use recommande::identity::{EnterpriseNumber, Niss};
//! use recommande::*;
//! # use recommande::testing::{TestPki, TestTsa};
//! # let now = Utc::now();
//! # let pki = TestPki::new(now)?;
//! # let issuer = Issuer::of("Example", &EnterpriseNumber::new("0406798006")?, Environment::Test)?;
//! # let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
//! # let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(&pki));
//! # let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
//! # let digests = PayloadDigests::of_bytes(b"the letter");
//! # let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Office")?;
//! # let recipient = Party::new(Niss::new("85073003328")?);
//! # let part = PartDescription::new("letter.pdf", "application/pdf")?;
//! # let sending = Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, recipient, part, digests.clone(), now)?;
//! let proof = send(&sealer, &tsas, &sending, Utc::now())?;
//!
//! let sent = verifier.verify(&proof, Payload::Digests(&digests), Utc::now())?;
//! let assurance = Assurance::new(AssuranceLevel::Substantial, Utc::now(), "urn:be:fedict:iam:fas:citizen:otp")?;
//! let opening = opened(&sealer, &tsas, &sent, ActedBy::Recipient(1), assurance, Utc::now())?;
//!
//! let report = verify(&verifier, opening.der(), Some(&proof), Payload::Digests(&digests), Utc::now());
//! assert_eq!(report.indication, Indication::TotalPassed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use chrono::{DateTime, Utc};

use crate::evidence::{ActedBy, Assurance, EvidenceError, Opening, Sending, Statement};
use crate::seal::{Proof, ProofOfOpening, ProofOfSending, SealError, Sealer, TimestampError};
use crate::verify::{Context, Payload, Preceding, Report, Verified, Verifier};
use rfc3161_client::TsaPool;

/// The reason why no proof was made. Its text is about this call alone: the cause is its
/// [`source`](std::error::Error::source), as with every error of the library (manual: services).
///
/// `Debug` output shows of a seal its length alone, because a seal holds the identifiers of persons.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The opening cannot be stated of this sending.
    #[error("the opening cannot be stated")]
    Opening(#[from] EvidenceError),
    /// The statement was not sealed.
    #[error("the statement was not sealed")]
    Seal(#[from] SealError),
    /// No TSA gave a timestamp for the seal. A second call would make another seal, of another time; going on with this
    /// one does not: `Unstamped::<ProofOfSending>::from_der(&seal)?.stamp_with(tsas)`.
    #[error("the seal was not timestamped")]
    Timestamp {
        /// The seal, as [`Unstamped::der`](crate::Unstamped::der) gives it.
        seal: Vec<u8>,
        /// The reason.
        source: TimestampError,
    },
}

impl fmt::Debug for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opening(error) => f.debug_tuple("Opening").field(error).finish(),
            Self::Seal(error) => f.debug_tuple("Seal").field(error).finish(),
            Self::Timestamp { seal, source } => {
                f.debug_struct("Timestamp").field("seal", &seal.len()).field("source", source).finish()
            }
        }
    }
}

/// Seals a sending, has the seal timestamped, and returns the proof that the sender receives.
///
/// The signing time is `now`. The call waits for the TSAs of the pool.
///
/// # Errors
/// `Seal`, `Timestamp`.
pub fn send(
    sealer: &Sealer,
    tsas: &TsaPool,
    sending: &Sending,
    now: DateTime<Utc>,
) -> Result<ProofOfSending, ProofError> {
    prove(sealer, tsas, sending, now)
}

/// States that a verified sending was opened at `now`, and returns the timestamped proof of it.
///
/// `assurance` says how the opener was authenticated. The call waits for the TSAs of the pool. Where the sender asked for an
/// acceptance, the opening has to name what led to it, and [`Opening::with_cause`] and a [`Sealer`] do that.
///
/// # Errors
/// `Opening` for a recipient that the sending does not have, a level below the one that it asks for, or times out of order; `Seal`,
/// `Timestamp`.
pub fn opened(
    sealer: &Sealer,
    tsas: &TsaPool,
    sending: &Verified<Sending>,
    opened_by: ActedBy,
    assurance: Assurance,
    now: DateTime<Utc>,
) -> Result<ProofOfOpening, ProofError> {
    let opening = Opening::of(sending, opened_by, assurance, now)?;
    prove(sealer, tsas, &opening, now)
}

/// Judges the octets of any proof file and reports every check.
///
/// An opening needs the proof of its sending, which is verified first; without it the verdict is INDETERMINATE. A file
/// that is no proof at all is TOTAL-FAILED.
pub fn verify(
    verifier: &Verifier,
    file: &[u8],
    sending: Option<&ProofOfSending>,
    payload: Payload<'_>,
    now: DateTime<Utc>,
) -> Report {
    let sending = sending.map(|proof| verifier.verify(proof, payload, now));
    let preceding = sending.as_ref().map_or(Preceding::NotGiven, Preceding::from);
    verifier.report(file, Context::new(preceding, payload), now)
}

fn prove<S: Statement>(
    sealer: &Sealer,
    tsas: &TsaPool,
    statement: &S,
    now: DateTime<Utc>,
) -> Result<Proof<S>, ProofError> {
    let sealed = sealer.seal(statement, now)?;
    sealed.stamp_with(tsas).map_err(|source| ProofError::Timestamp { seal: sealed.der().to_vec(), source })
}
