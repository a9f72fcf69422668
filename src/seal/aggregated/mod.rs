//! A batch has one seal and one timestamp for many statements.
//!
//! The digests of the statements are the leaves of a hash tree ([RFC 4998](https://www.rfc-editor.org/rfc/rfc4998)). One
//! [`BatchStatement`](crate::evidence::BatchStatement) states the root, and is sealed once as a proof is. One timestamp is over
//! root and seal. A proof is the statement, its way to the root and to what is stamped, and the seal that all of them share:
//!
//! ```text
//! R1        root of the tree over H(statement_i)
//! S         CAdES seal over the batch statement, which states R1
//! R2        H(sort(R1, H(S) [, H(Spq)])), which the one token is over; Spq is the second seal
//! record_i  lists from H(statement_i) to R1, then the list { H(S) [, H(Spq)] }, and the token
//! record_S  the list { R1, H(S) [, H(Spq)] }, and the token; put into S as id-aa-er-internal
//! ```
//!
//! ```text
//! statement --aggregate_item--> AggregateItem, stored (name.json), and added to the leaves
//!                               AggregateLeaves --close--> Aggregate --seal_aggregate--> SealedAggregate, stored (seal.p7m)
//! SealedAggregate --request--> (TSA) --attach--> StampedAggregate, stored (seal.p7m with its record)
//! AggregateItem, in any order --StampedAggregate::proof--> Proof, or --record--> name.ers
//! ```
//!
//! ```
//! # use chrono::Utc;
//! # use recommande::{Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending};
//! # use recommande::identity::{EnterpriseNumber, Niss};
//! # use recommande::rfc3161_client::TsaPool;
//! # use recommande::testing::{TestPki, TestTsa};
//! use recommande::seal::{AggregateLeaves, ProofOfSending};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Utc::now();
//! # let pki = TestPki::new(now)?.with_organization("Example Registered Mail", "NTRBE-0406798006")?;
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
//! // The certificate of the seal holds the number of the issuer, without which no aggregated proof passes.
//! let mut leaves = AggregateLeaves::new(sealer.issuer());
//! let mut items = Vec::new();
//! for sending in sendings {
//!     let item = sealer.aggregate_item(sending, now)?;
//!     leaves.add(&item)?;
//!     items.push(item); // or store item.json(), which gives the item again
//! }
//! let stamped = sealer.seal_aggregate(&leaves.close(17)?, now)?.stamp_with(&tsas)?;
//! let proofs = items.into_iter().map(|item| stamped.proof(item)).collect::<Result<Vec<ProofOfSending>, _>>()?;
//! # assert_eq!(proofs.len(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! Every step can be stored and taken up again in another process. The stored statements give the batch again, in whatever
//! order. The seal is stored before the TSA is asked; the request and its response (`.tsq`, `.tsr`) give the same proofs
//! again. From then on the seal with its record and the leaves, or the statements, make every record.
//!
//! The same statement can be sealed singly at any time: [`Sealer::seal`] puts the same octets into a proof of its own.

mod batch_seal;
mod file;
mod form_letter;
mod item;
mod leaves;
mod member;
mod parts;
mod sealed;
mod stamped;

pub use batch_seal::BatchSeal;
pub use file::AggregatedFile;
pub use form_letter::{FilledIn, FormLetter};
pub use item::AggregateItem;
pub use leaves::{Aggregate, AggregateError, AggregateLeaves};
pub use member::Aggregated;
pub use sealed::SealedAggregate;
pub use stamped::{NotAggregated, StampedAggregate};

#[allow(unused_imports, reason = "for the documentation")]
use super::Sealer;
