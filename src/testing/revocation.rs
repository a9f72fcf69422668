//! Makes the CRLs that show that nothing of the throwaway PKI is revoked.

use chrono::{DateTime, Utc};

use super::{CertifiedKey, CrlSpec, TestPki, TestingError};
use crate::pki::revocation::RevocationData;

impl TestPki {
    /// Makes the CRLs of the root and of the intermediate, which list nothing. They show that the seal chain is not
    /// revoked.
    ///
    /// # Errors
    /// `Sign`, `Revocation`.
    pub fn seal_revocation(
        &self,
        this_update: DateTime<Utc>,
        next_update: DateTime<Utc>,
    ) -> Result<RevocationData, TestingError> {
        empty_crls(&[&self.root, &self.intermediate], this_update, next_update)
    }

    /// Makes the CRL of the TSA's root, which lists nothing.
    ///
    /// # Errors
    /// `Sign`, `Revocation`.
    pub fn tsa_revocation(
        &self,
        this_update: DateTime<Utc>,
        next_update: DateTime<Utc>,
    ) -> Result<RevocationData, TestingError> {
        empty_crls(&[&self.tsa_root], this_update, next_update)
    }
}

fn empty_crls(
    issuers: &[&CertifiedKey],
    this_update: DateTime<Utc>,
    next_update: DateTime<Utc>,
) -> Result<RevocationData, TestingError> {
    let spec = CrlSpec::new(this_update, next_update).with_number(1);
    let mut data = RevocationData::new();
    for issuer in issuers {
        data.add_der(&issuer.issue_crl(&spec)?)?;
    }
    Ok(data)
}
