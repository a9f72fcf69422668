//! Trust anchors.

use super::certificate::{Certificate, CertificateError};

/// The certificates that are trusted by configuration, each once, in the order in which they were added.
///
/// Anchors for seals and anchors for TSAs are two sets. A certificate becomes an anchor by being put here, whatever it
/// says itself: a root, an intermediate, or the very certificate that is to be validated. Its own validity period and
/// signature are not checked; the limits that it states for what is below it (path length, names, policies, key usage)
/// are honoured, as RFC 5937 says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustAnchors(Vec<Certificate>);

impl TrustAnchors {
    /// No anchors: nothing validates.
    pub fn new() -> Self {
        Self::default()
    }

    /// All certificates of a PEM text.
    ///
    /// # Errors
    /// As [`Certificate::from_pem_chain`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Certificate::from_pem_chain(text).map(Self::from_iter)
    }

    /// Adds one; one that is there already is not added again.
    pub fn add(&mut self, certificate: Certificate) {
        if !self.contains(&certificate) {
            self.0.push(certificate);
        }
    }

    /// The anchors, in the order in which they were added.
    pub fn iter(&self) -> core::slice::Iter<'_, Certificate> {
        self.0.iter()
    }

    /// Whether exactly this certificate is an anchor.
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.0.contains(certificate)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
