//! Seal and verify electronic registered mail.
//!
//! A service that carries a registered letter hands its sender a **proof of sending** and, when the recipient opens it,
//! a **proof of opening**. This library makes these proofs and verifies them, offline, years later, when service,
//! payload and certificates are gone. It does no I/O of its own beyond one optional HTTP call to a time-stamp
//! authority and, with the feature `pkcs11`, the calls of an HSM's module.
//!
//! # Sealing
//!
//! ```
//! # use chrono::Utc;
//! # use recommande::identity::{EnterpriseNumber, Niss};
//! # use recommande::testing::{TestPki, TestTsa};
//! # use recommande::*;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let now = Utc::now();
//! # let pki = TestPki::new(now)?;
//! # let (signer, chain) = (pki.seal.signer.clone(), pki.seal_chain());
//! # let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
//! # let (seal_anchors, tsa_anchors) = (pki.seal_anchors(), pki.tsa_anchors());
//! let service: EnterpriseNumber = "0406798006".parse()?;
//! let issuer = Issuer::of_enterprise("Example Registered Mail", &service, Environment::Test)?;
//! let sealer = Sealer::new(Credentials::new(signer, chain)?, issuer);
//!
//! let digests = PayloadDigests::of_reader(&mut &b"the letter"[..])?;
//! let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
//! let recipient = Party::new("85073003328".parse::<Niss>()?);
//! let part = PartDescription::new("letter.pdf", "application/pdf")?;
//! let sending = Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, recipient, part, digests.clone(), now)?;
//!
//! let proof = sealer.seal(&sending, now)?.stamp_with(&tsas)?;
//! # let now = Utc::now();
//!
//! let verifier = Verifier::new(seal_anchors, tsa_anchors, Environment::Test);
//! let verified = verifier.verify(&proof, Payload::Digests(&digests), now)?;
//! println!("proven at {}", verified.proven_at());
//! println!("{}", verifier.report(&proof, Payload::NotAvailable, now));
//! # Ok(())
//! # }
//! ```
//!
//! The trip to the time-stamp authority can be made by other means and in another process: [`Unstamped`] gives the
//! request as octets and takes the response as octets. So can the signing: [`Sealer::prepare`] gives what is to be
//! signed, and [`Prepared::complete`](seal::Prepared::complete) takes the signature of a key that is elsewhere. A key in an HSM signs by
//! `crypto::pkcs11` (feature `pkcs11`).
//!
//! # Many at once
//!
//! [`Sealer::seal_all`] seals any number of statements, and one timestamp does for all of them. Each proof verifies
//! alone.
//!
//! ```
//! # use recommande::{Batch, ProofOfSending, Sealer, Sending, TsaPool};
//! # fn send_all(sealer: &Sealer, tsas: &TsaPool, sendings: &[Sending], now: chrono::DateTime<chrono::Utc>) -> Result<(), Box<dyn std::error::Error>> {
//! let sealed = sealer.seal_all(sendings, now).collect::<Result<Vec<_>, _>>()?;
//! let stamped = Batch::of(&sealed)?.stamp_with(tsas)?;
//! let proofs: Vec<ProofOfSending> = sealed.into_iter().map(|one| stamped.proof(one)).collect::<Result<_, _>>()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`seal::batch`] says what to do with batches that do not fit into memory, with seals that fail, and when the
//! authority does not answer. A service that gets its statements one by one gives the seals to a [`seal::Batcher`].
//!
//! # What is authenticated
//!
//! The statement, the signing time, the signing certificate and the algorithms are signed. Each timestamp token is
//! signed by its TSA. Not authenticated, and free to change without changing what is proven (but where an evidence
//! record is in a signature: it covers every octet that was there before it):
//!
//! - certificates and revocation data beside a signature, in the proof and in a token; a change of one that is needed
//!   can only make the verdict worse;
//! - version numbers (of a proof 1 to 5 for SignedData, 1 or 3 for SignerInfo; of a token any) and the sets of digest
//!   algorithms;
//! - unsigned attributes that are not timestamps, the order of all unsigned attributes, and whether a timestamp stands
//!   there more than once;
//! - in an evidence record its list of algorithms, and what stands beside its tokens (cryptoInfos, encryptionInfo,
//!   attributes);
//! - the coding of unsigned attributes and certificates, where BER allows more than one, and the order of a token's
//!   signed attributes (not of a proof's), of which a report warns.
//!
//! Certificates are candidates for a path to an anchor and nothing more. Whoever holds a proof can take out what nobody
//! signed. Without its timestamp it is INDETERMINATE. Without its revocation data it says no more that its certificate
//! was revoked, if that is what the data said: the report warns
//! ([`revocation-not-checked`](verify::Code::RevocationNotChecked)), and under a policy that requires revocation data
//! nothing passes. Give such data from outside ([`Verifier::with_revocation_data`]) where it matters.
//!
//! # Where things are
//!
//! | module | what is in it |
//! |---|---|
//! | [`evidence`] | what is claimed: sendings, openings, parties, content, and their JSON |
//! | [`time::record`] | evidence records: one timestamp for many objects, renewed |
//! | [`identity`] | national identifiers, checked |
//! | [`seal`] | credentials, sealing, stored states, proofs |
//! | [`verify`] | the verifier, policies, reports, finding codes |
//! | [`pki`] | certificates, anchors, certification paths at a time |
//! | [`crypto`] | digests, signatures, signers, dates of algorithms |
//! | [`rfc3161_client`] | requests to time-stamp authorities, responses, transports |
//! | `testing` | (feature `testing`) a throwaway PKI and an in-process TSA |

#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
compile_error!("recommande needs a cryptographic backend: enable the feature `aws-lc-rs`, `rustcrypto`, or both");

pub mod asn1;
mod cms;
pub mod crypto;
pub mod evidence;
mod finding;
pub mod identity;
#[cfg(any(all(doc, not(doctest)), all(doctest, feature = "aws-lc-rs", feature = "http", feature = "testing")))]
pub mod manual;
pub mod pki;
pub mod seal;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
pub mod time;
pub mod verify;

#[cfg(feature = "aws-lc-rs")]
pub use crypto::SigningKey;
pub use evidence::{Environment, Issuer, MessageId, Opening, PartDescription, Party, PayloadDigests, Sending};
pub use pki::{Certificate, TrustAnchors};
pub use rfc3161_client;
pub use rfc3161_client::TsaPool;
pub use seal::{Batch, Credentials, ProofOfOpening, ProofOfSending, Sealer, Unstamped};
pub use verify::{Indication, Payload, Policy, Report, Verified, Verifier, VerifyError};

/// The code of the README, compiled: with the default features.
#[cfg(all(doctest, feature = "aws-lc-rs", feature = "http"))]
#[doc = include_str!("../README.md")]
struct Readme;
