//! Certificates and revocation data about a TSA, put into its token.

use rfc3161_client::{ParsedToken, TimeStampToken, TokenError};
use signed_data::CertificateChoice;

use crate::cms;
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;

/// Returns the token with certificates of issuers in its `certificates`, and CRLs and OCSP responses in its `crls`: the TSA's
/// signature does not cover either, and a later renewal does ([RFC 5652
/// §5.1](https://www.rfc-editor.org/rfc/rfc5652#section-5.1)).
///
/// An OCSP response that says `good` is left out where a CRL says as much: OpenSSL's `ts` does not read a token that holds
/// one.
///
/// # Errors
/// `Coding` when the token would be larger than what is read back.
pub(crate) fn with_material(
    token: &TimeStampToken,
    added: &[Certificate],
    data: &RevocationData,
) -> Result<TimeStampToken, TokenError> {
    let parsed = ParsedToken::parse(token.to_definite())?;
    let certificates = parsed.signed_data.certificates.iter().filter_map(CertificateChoice::certificate);
    let certificates = certificates.filter_map(|der| Certificate::from_der(der).ok());
    let certificates: Vec<_> = certificates.chain(added.iter().cloned()).collect();
    let data = data.preferring_crls(token.tst_info().gen_time, &certificates);
    TimeStampToken::from_bytes(&cms::with_material(&parsed.signed_data, added, &data))
}
