//! This module reads and authenticates CRLs and OCSP responses and determines the revocation status AT a time.
//!
//! [`RevocationData`] stores the data, and [`check_revocation`] determines the status of each certificate of a
//! validated path. The rules are those of [RFC 5280 §6.3](https://www.rfc-editor.org/rfc/rfc5280#section-6.3), for
//! complete, delta and indirect CRLs and for those partitioned by distribution point or by reason, and of [RFC
//! 6960](https://www.rfc-editor.org/rfc/rfc6960#section-3.2). The signers of CRLs and OCSP responses are searched by
//! name among all certificates, and their own paths and status are validated.
//!
//! Data that is unsupported, unreadable or beyond a limit is set aside with a reason and never ignored.

mod checker;
mod crl;
mod crl_entry;
mod crl_extensions;
mod crl_index;
mod crl_listed;
mod crl_status;
mod data;
mod decide;
mod error;
mod extensions;
mod known;
pub mod limits;
mod ocsp;
mod ocsp_answer;
mod ocsp_status;
mod points;
mod reason;
mod request;
mod signed;
mod signer;
mod signer_status;
mod status;
#[cfg(test)]
mod tests;

use checker::Checker;
pub use crl::Crl;
pub use crl_entry::CrlEntry;
pub use crl_extensions::CrlDeparture;
pub(crate) use data::CertificatesLeft;
pub use data::RevocationData;
pub(in crate::pki) use data::base64;
pub use error::{OcspResponseStatus, RevocationDataError};
pub(crate) use known::KnownCrls;
pub use ocsp::OcspResponse;
pub use ocsp_answer::{OcspStatus, SingleResponse};
pub use points::IssuingDistributionPoint;
pub use reason::{ReasonFlags, RevocationReason};
pub(crate) use request::Grounds;
pub use request::{PROCESSED_WITH_REVOCATION, RevocationConflict, RevocationRequest, SignerRevocation};
pub use status::{
    CertificateStatus, Gap, NotAuthenticated, RevocationSource, RevocationStatus, ScopeMismatch, SetAside, WhySetAside,
};

use super::ValidationBudget;

/// Determines the status of each certificate of the path below the anchor, target first. The list is empty for a path
/// that is only the anchor.
///
/// Data issued after the requested time is used, because it knows more and its revocation dates tell when. Data issued
/// earlier is used until its nextUpdate, except that a revocation in it never expires. The answer does not depend on
/// the order of data and candidates.
pub fn check_revocation(request: &RevocationRequest<'_>) -> Vec<CertificateStatus> {
    let own_budget = ValidationBudget::default();
    let mut checker = Checker::new(request, request.budget.unwrap_or(&own_budget));
    request.path.issued().map(|(certificate, issuer)| checker.status(certificate, issuer, 0)).collect()
}
