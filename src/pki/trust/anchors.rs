//! This module defines the set of trust anchors.

use std::sync::OnceLock;

use crate::pki::certificate::{Certificate, CertificateError};
use crate::pki::path::CertificatePool;

/// The certificates that are trusted by configuration, without duplicates and in the order of their addition.
///
/// Seals and TSAs have separate sets of anchors. Any certificate in this set is an anchor, whatever it says itself: a
/// root, an intermediate, or the very certificate that is to be validated. The validity period and the signature of an
/// anchor are not checked. Its limits on path length, names, policies and key usage apply to the certificates below it
/// (RFC 5937).
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    certificates: Vec<Certificate>,
    /// The same certificates as a search looks them up.
    pool: OnceLock<CertificatePool>,
}

impl PartialEq for TrustAnchors {
    fn eq(&self, anchors: &Self) -> bool {
        self.certificates == anchors.certificates
    }
}

impl Eq for TrustAnchors {}

impl TrustAnchors {
    /// Creates an empty set, against which no path is valid.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads all certificates of a PEM text.
    ///
    /// # Errors
    /// Returns the same errors as [`Certificate::from_pem_chain`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Certificate::from_pem_chain(text).map(Self::from_iter)
    }

    /// Reads a file of anchors: certificates in PEM, or one in DER.
    ///
    /// # Errors
    /// Returns the same errors as [`Certificate::from_pem_chain`] for a text, and as [`Certificate::from_der`] for anything else.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, CertificateError> {
        match str::from_utf8(octets) {
            Ok(text) => Self::from_pem(text),
            Err(_) => Certificate::from_der(octets).map(|certificate| Self::from_iter([certificate])),
        }
    }

    /// Adds a certificate unless the set already contains it.
    pub fn add(&mut self, certificate: Certificate) {
        if !self.contains(&certificate) {
            self.certificates.push(certificate);
            self.pool = OnceLock::new();
        }
    }

    /// Returns the anchors in the order of their addition.
    pub fn iter(&self) -> core::slice::Iter<'_, Certificate> {
        self.certificates.iter()
    }

    /// Returns true if exactly this certificate is an anchor.
    pub fn contains(&self, certificate: &Certificate) -> bool {
        match self.pool.get() {
            Some(pool) => pool.contains(certificate),
            None => self.certificates.contains(certificate),
        }
    }

    /// Returns the number of anchors.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// Returns true if there are no anchors.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// Returns the anchors as a search looks them up.
    pub(crate) fn pool(&self) -> &CertificatePool {
        self.pool.get_or_init(|| CertificatePool::new(self.certificates.clone()))
    }
}

impl FromIterator<Certificate> for TrustAnchors {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut anchors = Self::new();
        certificates.into_iter().for_each(|certificate| anchors.add(certificate));
        anchors
    }
}

impl<'a> IntoIterator for &'a TrustAnchors {
    type Item = &'a Certificate;
    type IntoIter = core::slice::Iter<'a, Certificate>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
