//! Whether certificates were revoked: CRLs and OCSP responses, read, authenticated, and judged AT a time.
//!
//! [`RevocationData`] reads what is there; [`check_revocation`] says of each certificate of a validated path what that
//! data tells about it. The rules are those of [RFC 5280 §6.3](https://www.rfc-editor.org/rfc/rfc5280#section-6.3)
//! (complete, delta, indirect CRLs, partitioned by distribution point or by reason) and [RFC
//! 6960](https://www.rfc-editor.org/rfc/rfc6960#section-3.2). CRLs and OCSP responses are signatures themselves: their
//! signers are found by name among all certificates, and their own paths and status are validated.
//!
//! What is not supported, cannot be read or is beyond a limit is named and set aside, never ignored.

mod by_crl;
mod by_ocsp;
mod checker;
mod crl;
mod data;
mod decide;
mod error;
mod extensions;
mod known;
pub mod limits;
mod ocsp;
mod points;
mod reason;
mod request;
mod signed;
mod signer;
mod status;
#[cfg(test)]
mod tests;

use checker::Checker;
pub use crl::{Crl, CrlEntry};
pub use data::RevocationData;
pub use error::{OcspResponseStatus, RevocationDataError};
pub(crate) use known::KnownCrls;
#[cfg(feature = "testing")]
pub(crate) use ocsp::public_key_bits;
pub use ocsp::{OcspResponse, OcspStatus, SingleResponse};
pub use points::IssuingDistributionPoint;
pub use reason::{ReasonFlags, RevocationReason};
pub use request::{PROCESSED_WITH_REVOCATION, RevocationRequest, SignerRevocation};
pub use status::{CertificateStatus, Gap, NotAuthenticated, RevocationSource, RevocationStatus, SetAside, WhySetAside};

use super::SignatureBudget;

/// What the data tells about each certificate of the path below the anchor, target first. A path of the anchor alone
/// gives nothing.
///
/// Data that was issued after the time asked about is used: it knows more, and revocation dates tell when. Data that
/// was issued before it is used until its nextUpdate; a revocation in it never grows old. The answer does not depend on
/// the order in which data and candidates were offered.
pub fn check_revocation(request: &RevocationRequest<'_>) -> Vec<CertificateStatus> {
    let own_budget = SignatureBudget::default();
    let mut checker = Checker::new(request, request.budget.unwrap_or(&own_budget));
    request.path.issued().map(|(certificate, issuer)| checker.status(certificate, issuer, 0)).collect()
}
