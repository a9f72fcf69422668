//! Many seals, one timestamp: a batch.
//!
//! Each item gets its own seal. The seals' digests are the leaves of a hash tree ([RFC
//! 4998](https://www.rfc-editor.org/rfc/rfc4998)) whose root is timestamped, once; each proof then carries its own way
//! to the root and the token, and verifies alone, without its siblings.
//!
//! ```text
//! statements --seal_all--> Unstamped, one after the other: stored, and added to the leaves
//!                          BatchLeaves --close--> Batch --request--> (TSA) --attach--> StampedBatch
//! Unstamped, one after the other, in any order --StampedBatch::proof--> Proof
//! ```
//!
//! ```
//! # use chrono::Utc;
//! # use recommande::{Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending};
//! # use recommande::identity::{EnterpriseNumber, Niss};
//! # use recommande::rfc3161_client::TsaPool;
//! # use recommande::testing::{TestPki, TestTsa};
//! use recommande::seal::{Batch, ProofOfSending};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Utc::now();
//! # let pki = TestPki::new(now)?;
//! # let service: EnterpriseNumber = "0406798006".parse()?;
//! # let issuer = Issuer::of("Example Registered Mail", &service, Environment::Test)?;
//! # let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
//! # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
//! # let sending = |id| -> Result<Sending, Box<dyn std::error::Error>> {
//! #     let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
//! #     let part = PartDescription::new("letter.pdf", "application/pdf")?;
//! #     let digests = PayloadDigests::of_bytes(b"the letter");
//! #     Ok(Sending::new(MessageId::new(id)?, sender, Party::new("85073003328".parse::<Niss>()?), part, digests, now)?)
//! # };
//! # let sendings = [sending("1")?, sending("2")?, sending("3")?];
//! // a batch that fits into memory
//! let sealed = sealer.seal_all(&sendings, now).collect::<Result<Vec<_>, _>>()?;
//! let stamped = Batch::of(&sealed)?.stamp_with(&tsas)?;
//! let proofs = sealed.into_iter().map(|one| stamped.proof(one)).collect::<Result<Vec<ProofOfSending>, _>>()?;
//! # assert_eq!(proofs.len(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! A batch that does not is sealed in one pass, in which each seal is stored and its digest added to
//! [`BatchLeaves`], and gets its records in a second one, over what was stored. What stays in memory are digests: while
//! leaves are added and the tree is built at most 96 octets each with SHA-256, then 64.
//!
//! With the feature `parallel`, `seal_all(..).parallel()` seals by all threads, and gives the same in the same order.
//!
//! Nothing is lost when the trip to the TSA fails: [`Batch::stamp_with`] can be called again, and another process that
//! adds the same stored seals, in any order, has the same batch. Any part of them is a batch too. A request and its
//! response can be stored (`.tsq`, `.tsr`) and attached again, which gives the same proofs.
//!
//! With a key that is elsewhere, [`Sealer::prepare_all`] takes the place of `seal_all`: see
//! [`Prepared`](super::Prepared).
//!
//! **A record covers every octet of its proof.** Nothing may be added to such a proof, or it does not verify any more
//! (the verifier says `evidence-record-undone`): no later timestamp, no revocation data. They go elsewhere: those of
//! the seal's chain into the seal ([`Sealer::with_revocation`]), those of the TSA's chain into the record
//! ([`StampedBatch::with_revocation`]).

mod leaves;
#[cfg(feature = "parallel")]
mod parallel;
mod prepare_all;
mod seal_all;
mod stamped;

pub(super) use leaves::leaf;
pub use leaves::{Batch, BatchError, BatchLeaves};
#[cfg(feature = "parallel")]
pub use parallel::ParallelSealAll;
pub use prepare_all::PrepareAll;
pub use seal_all::{SealAll, SealAllError, SealProgress};
pub use stamped::{NotInBatch, StampedBatch};

#[allow(unused_imports, reason = "for the documentation")]
use super::Sealer;
