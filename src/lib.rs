//! Seal and verify electronic registered mail.
//!
//! A service that carries a registered letter gives its sender a **proof of sending** and, when the recipient opens
//! the letter, a **proof of opening**. This library makes these proofs and verifies them: offline, years later, when
//! the service, the letter and the certificates are gone. A proof is one file, a CAdES signature over a statement in
//! JSON, with an RFC 3161 timestamp.
//!
//! The library is no server. It reads no clock and no files, keeps no global state, and does no I/O of its own, except
//! for the call to a time-stamp authority (TSA) or to a witness of a log and, with the features `pkcs11` and `fs`, the
//! calls of an HSM's module and the files of an audit trail or a log.
//!
//! # The paved path
//!
//! Three functions do the commonest journeys: [`send`], [`opened`] and [`verify`](crate::verify()).
//!
//! ```
//! use chrono::Utc;
//! use recommande::evidence::{ActedBy, Assurance, AssuranceLevel};
//! use recommande::identity::{EnterpriseNumber, Niss};
//! use recommande::*;
//! # use recommande::testing::{TestPki, TestTsa};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let pki = TestPki::new(Utc::now())?;
//! # let (signer, chain) = (pki.seal.signer.clone(), pki.seal_chain());
//! # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
//! # let (seal_anchors, tsa_anchors) = (pki.seal_anchors(), pki.tsa_anchors());
//! // What a service has: a key with its certificates, a TSA (here `tsas`), and trust anchors.
//! let issuer = Issuer::of("My Registered Mail", &EnterpriseNumber::new("0406798006")?, Environment::Test)?;
//! let sealer = Sealer::new(Credentials::new(signer, chain)?, issuer);
//! let verifier = Verifier::new(seal_anchors, tsa_anchors, Environment::Test);
//!
//! // A letter is accepted for sending.
//! let digests = PayloadDigests::of_reader(&mut &b"the letter"[..])?;
//! let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Office")?;
//! let recipient = Party::new(Niss::new("85073003328")?);
//! let part = PartDescription::new("letter.pdf", "application/pdf")?;
//! let sending =
//!     Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, recipient, part, digests.clone(), Utc::now())?;
//! let proof = send(&sealer, &tsas, &sending, Utc::now())?; // proof.der() is the file
//!
//! // The recipient opens it.
//! let sent = verifier.verify(&proof, Payload::Digests(&digests), Utc::now())?;
//! let assurance = Assurance::new(AssuranceLevel::Substantial, Utc::now(), "urn:be:fedict:iam:fas:citizen:otp")?;
//! let opening = opened(&sealer, &tsas, &sent, ActedBy::Recipient(1), assurance, Utc::now())?;
//!
//! // Anybody verifies the files.
//! let report = verify(&verifier, opening.der(), Some(&proof), Payload::Digests(&digests), Utc::now());
//! println!("{report}");
//! # assert_eq!(report.indication, Indication::TotalPassed);
//! # Ok(())
//! # }
//! ```
//!
//! The full API has a step for everything in between, and each step gives a value that can be stored:
//!
//! - [`Sealer::seal`] gives an [`Unstamped`] seal. It takes the TSA's answer in another process too, and by any
//!   transport.
//! - [`Sealer::prepare`] and [`Prepared::complete`](seal::Prepared::complete) seal with a key that is elsewhere.
//! - [`Sealer::seal_all`] and [`Batch`] give any number of seals one timestamp; a [`seal::Batcher`] collects seals or
//!   statements that arrive one by one.
//! - [`Verifier::verify`] gives a [`Verified`] statement or an error, and [`Verifier::report`] tells every check.
//!
//! # Where things are
//!
//! | module | subject |
//! |---|---|
//! | [`seal`] | credentials, sealing, stored states, proofs, batches |
//! | [`verify`](mod@verify) | the verifier, policies, reports, finding codes |
//! | [`evidence`] | what is claimed: sendings, openings, the steps between them, parties, content, and their JSON |
//! | [`identity`] | national identifiers, checked |
//! | [`time`] | evidence records: one timestamp for many objects, renewed |
//! | [`pki`] | certificates, anchors, certification paths at a time, revocation data |
//! | [`crypto`] | digests, signatures, signers, dates of algorithms |
//! | [`rfc3161_client`] | requests to TSAs, their responses, transports |
//! | [`preserve`] | renewal: when it is due, and the next layer of a proof |
//! | [`life`] | cases: what the proofs of a letter come to; legal moments, retention |
//! | [`log`](mod@log) | a log of what was sealed, which its operator cannot rewrite |
//! | [`recommande_tlog`] | the formats of such logs: trees, tiles, notes, cosignatures |
//! | [`audit`] | audit trails: records in chained lines, read and written |
//! | [`watch`] | what a service has to watch: what ends or fails, when, and from when on to act |
//! | [`simple`] | the paved path |
//! | `testing` | a throwaway PKI and an in-process TSA (feature `testing`) |
//! | [`manual`] | architecture, file formats, verdicts, keys, batches, async services, limits, and more |
//!
//! # What is authenticated
//!
//! The statement, the signing time, the signing certificate and the algorithms are signed. Each timestamp token is
//! signed by its TSA. The following parts are not authenticated and may change without changing what is proven. (An
//! evidence record in a signature covers every octet that was there before it, so there nothing may change.)
//!
//! - Certificates and revocation data beside a signature, in the proof and in a token. A change of one that is needed
//!   can only make the verdict worse.
//! - Version numbers (of a proof 1 to 5 for SignedData, 1 or 3 for SignerInfo; of a token any) and the sets of digest
//!   algorithms.
//! - The form in which a SignerInfo writes the name and number by which it refers to its certificate. They name the same
//!   certificate in any form (RFC 5280 §7.1).
//! - Unsigned attributes that are not timestamps, the order of all unsigned attributes, and repeated timestamps.
//! - In an evidence record its list of algorithms, and its fields beside the tokens (cryptoInfos, encryptionInfo,
//!   attributes).
//! - The coding of unsigned attributes and certificates, where BER allows more than one, and the order of a token's
//!   signed attributes, of which a report warns. The order of a proof's signed attributes is fixed.
//!
//! A second seal lies beside the proof, and anybody can take it away: the signed statement announces it, so that the
//! report warns. It is over the SignerInfo as it stands, with its version and the form of its reference to the
//! certificate.
//!
//! The proof of a log lies beside a proof too, with the seal of its checkpoint in it. Each note is signed by the log and
//! cosigned by witnesses, and nobody signs that the files lie together: what fits is compared, and what does not warns.
//!
//! Certificates are candidates for a path to an anchor and nothing more. Anybody who holds a proof can take out an
//! unsigned part. Without its timestamp, the proof is INDETERMINATE. Without its revocation data, it no longer says that
//! a certificate was revoked: the report then warns ([`revocation-not-checked`](verify::Code::RevocationNotChecked)),
//! and under a policy that requires revocation data it does not pass. Where that matters, give the data from outside
//! ([`Verifier::with_revocation_data`]).
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
compile_error!("recommande needs a cryptographic backend: enable the feature `aws-lc-rs`, `rustcrypto`, or both");

mod asn1;
pub mod audit;
mod cms;
pub mod crypto;
pub mod evidence;
mod finding;
#[cfg(feature = "fs")]
mod folder;
pub mod identity;
pub mod life;
pub mod log;
#[cfg(any(all(doc, not(doctest)), all(doctest, feature = "aws-lc-rs", feature = "http", feature = "testing")))]
pub mod manual;
pub mod pki;
pub mod preserve;
pub mod seal;
pub mod simple;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
pub mod time;
pub mod verify;
pub mod watch;

#[cfg(feature = "aws-lc-rs")]
pub use crypto::SigningKey;
pub use evidence::{Environment, Issuer, MessageId, Opening, PartDescription, Party, PayloadDigests, Sending};
pub use pki::{Certificate, TrustAnchors};
pub use recommande_tlog;
pub use rfc3161_client;
pub use rfc3161_client::TsaPool;
pub use seal::{Batch, Credentials, ProofOfOpening, ProofOfSending, Sealer, Unstamped};
pub use simple::{opened, send, verify};
pub use verify::{Indication, Payload, Policy, Report, Verified, Verifier, VerifyError};

/// The code of the README, compiled: with the default features.
#[cfg(all(doctest, feature = "aws-lc-rs", feature = "http"))]
#[doc = include_str!("../README.md")]
struct Readme;
