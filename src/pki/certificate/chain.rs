//! This module orders the certificates of a key into a chain.

use super::x509::Certificate;
use crate::crypto::PublicKey;

impl Certificate {
    /// Makes the chain of a key out of certificates in DER and in any order, such as those on a token: the certificate of
    /// the key, and above each certificate the one that issued it. Of several that fit, the one that ends last is taken.
    ///
    /// The chain is empty without a certificate of the key, and ends where an issuer's certificate is not there, which
    /// [`Credentials::missing_issuer`](crate::Credentials::missing_issuer) names. What cannot be read is left out.
    pub fn chain_of<'a>(key: &PublicKey, certificates: impl IntoIterator<Item = &'a [u8]>) -> Vec<Self> {
        let certificates: Vec<Self> = certificates.into_iter().filter_map(|der| Self::from_der(der).ok()).collect();
        let mut chain: Vec<Self> = Vec::new();
        while chain.len() < certificates.len() {
            let fits = |certificate: &&Self| match chain.last() {
                None => certificate.spki_der() == key.spki_der(),
                Some(below) => !chain.contains(certificate) && below.is_issued_by(certificate),
            };
            let Some(next) = certificates.iter().filter(fits).max_by_key(|certificate| certificate.not_after()) else {
                break;
            };
            let is_end = next.is_self_signed();
            chain.push(next.clone());
            if is_end {
                break;
            }
        }
        chain
    }
}
