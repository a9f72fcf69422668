//! A batch has one timestamp for many seals.
//!
//! Each item gets its own seal. The digests of the seals are the leaves of a hash tree ([RFC
//! 4998](https://www.rfc-editor.org/rfc/rfc4998)) whose root is timestamped once. Each proof then carries its own path
//! to the root and the token, and verifies alone, without the others.
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
//! let proofs = sealed.into_iter().map(|seal| stamped.proof(seal)).collect::<Result<Vec<ProofOfSending>, _>>()?;
//! # assert_eq!(proofs.len(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! A batch that does not fit takes two passes. The first one stores each seal and adds its digest to [`BatchLeaves`].
//! The second one reads the stored seals, and makes their records. Only digests stay in memory: with SHA-256 at most 96
//! octets for each seal while leaves are added and the tree is built, then 64.
//!
//! With the feature `parallel`, `seal_all(..).parallel()` seals by all threads, and gives the same seals in the same
//! order.
//!
//! Nothing is lost when no TSA answers: [`Batch::stamp_with`] can be called again, and another process that adds the
//! same stored seals, in any order, has the same batch. Any part of the seals is a batch too. A request and its
//! response can be stored (`.tsq`, `.tsr`) and attached again, which gives the same proofs.
//!
//! With a key that is elsewhere, [`Sealer::prepare_all`] takes the place of `seal_all`: see
//! [`Prepared`](super::Prepared).
//!
//! **A record covers every octet of its proof.** A proof to which a timestamp or revocation data were added does not
//! verify any more (the verifier says `evidence-record-undone`). The revocation data of the seal's chain goes into the
//! seal ([`Sealer::with_revocation`]), and that of the TSA's chain into the token ([`StampedBatch::with_revocation`]).

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
pub use stamped::{NotInBatch, StampedBatch, WhyNotInBatch};

#[allow(unused_imports, reason = "for the documentation")]
use super::Sealer;
