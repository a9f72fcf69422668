//! Makes a throwaway PKI: a root, an intermediate and a seal certificate, and a TSA under a root of its own.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{CertificateSpec, CertifiedKey, TestingError, derived_key, generate_key};
use crate::crypto::{KeyKind, Signer};
use crate::pki::{Certificate, TrustAnchors};

/// Everything that sealing and timestamping need, trusted by nobody.
///
/// Certificates are valid from a day before the given time to two years after it (roots: ten years), so that a test can
/// move `now` to try both valid and expired certificates.
#[derive(Clone, Debug)]
pub struct TestPki {
    /// The anchor of the seal chain.
    pub root: CertifiedKey,
    /// The intermediate, issued by the root.
    pub intermediate: CertifiedKey,
    /// The seal certificate, issued by the intermediate.
    pub seal: CertifiedKey,
    /// The anchor of the TSA, which is not the seal's.
    pub tsa_root: CertifiedKey,
    /// The TSA, issued by its root.
    pub tsa: CertifiedKey,
}

/// The keys of a [`TestPki`].
#[derive(Clone)]
#[allow(missing_docs)]
pub struct TestKeys {
    pub root: Arc<dyn Signer>,
    pub intermediate: Arc<dyn Signer>,
    pub seal: Arc<dyn Signer>,
    pub tsa_root: Arc<dyn Signer>,
    pub tsa: Arc<dyn Signer>,
}

impl TestKeys {
    /// Generates keys, all of this kind.
    ///
    /// # Errors
    /// `Key` for a kind that is not offered for signing.
    pub fn generate(kind: &KeyKind) -> Result<Self, TestingError> {
        let key = || generate_key(kind);
        Ok(Self { root: key()?, intermediate: key()?, seal: key()?, tsa_root: key()?, tsa: key()? })
    }

    /// Derives the same keys for the same label at every run; see [`derived_key`].
    ///
    /// # Errors
    /// `Key`.
    pub fn derived(label: &str) -> Result<Self, TestingError> {
        let key = |role: &str| derived_key(&format!("{label}: {role}"));
        Ok(Self {
            root: key("root")?,
            intermediate: key("intermediate")?,
            seal: key("seal")?,
            tsa_root: key("tsa root")?,
            tsa: key("tsa")?,
        })
    }
}

impl TestPki {
    /// Makes a PKI with new P-256 keys.
    ///
    /// # Errors
    /// [`TestingError`].
    pub fn new(now: DateTime<Utc>) -> Result<Self, TestingError> {
        Self::with_keys(TestKeys::generate(&KeyKind::EcP256)?, now)
    }

    /// Makes a PKI with new keys of this kind: P-256, P-384, Ed25519 or RSA.
    ///
    /// # Errors
    /// [`TestingError`].
    pub fn of_kind(kind: &KeyKind, now: DateTime<Utc>) -> Result<Self, TestingError> {
        Self::with_keys(TestKeys::generate(kind)?, now)
    }

    /// Makes a PKI with these keys. The same keys and time give the same certificates octet for octet, where signatures
    /// are deterministic.
    ///
    /// # Errors
    /// [`TestingError`].
    pub fn with_keys(keys: TestKeys, now: DateTime<Utc>) -> Result<Self, TestingError> {
        let from = now - TimeDelta::days(1);
        let (until, root_until) = (now + TimeDelta::days(730), now + TimeDelta::days(3650));
        let root = CertificateSpec::authority("Test Root CA", from, root_until).self_signed(keys.root)?;
        let intermediate = CertificateSpec::authority("Test Seal CA", from, root_until).with_authority(Some(0));
        let intermediate = root.issue(&intermediate, keys.intermediate)?;
        let seal = intermediate.issue(&CertificateSpec::seal("Test Seal", from, until), keys.seal)?;
        let tsa_root = CertificateSpec::authority("Test TSA Root CA", from, root_until).self_signed(keys.tsa_root)?;
        let tsa = tsa_root.issue(&CertificateSpec::tsa("Test TSA", from, until), keys.tsa)?;
        Ok(Self { root, intermediate, seal, tsa_root, tsa })
    }

    /// Gives the seal certificate an organisation, with its number as certificates hold it (`NTRBE-0406798006`). Seals of
    /// batches need the number of their issuer.
    ///
    /// # Errors
    /// `Sign`, `Certificate`.
    pub fn with_organization(self, name: &str, identifier: &str) -> Result<Self, TestingError> {
        let (from, until) = (self.seal.certificate.not_before(), self.seal.certificate.not_after());
        let spec = CertificateSpec::seal("Test Seal", from, until).with_organization(name, identifier);
        let seal = self.intermediate.issue(&spec, self.seal.signer.clone())?;
        Ok(Self { seal, ..self })
    }

    /// Returns the seal certificate, the intermediate and the root, in this order.
    pub fn seal_chain(&self) -> Vec<Certificate> {
        [&self.seal, &self.intermediate, &self.root].map(|key| key.certificate.clone()).into()
    }

    /// Returns the TSA's certificate and its root, in this order.
    pub fn tsa_chain(&self) -> Vec<Certificate> {
        [&self.tsa, &self.tsa_root].map(|key| key.certificate.clone()).into()
    }

    /// Returns the anchors for seals, which are the root.
    pub fn seal_anchors(&self) -> TrustAnchors {
        anchors(&self.root)
    }

    /// Returns the anchors for TSAs, which are the TSA's root.
    pub fn tsa_anchors(&self) -> TrustAnchors {
        anchors(&self.tsa_root)
    }

    /// Returns the [`seal_anchors`](Self::seal_anchors) as PEM.
    pub fn seal_anchors_pem(&self) -> String {
        certificates_pem(core::slice::from_ref(&self.root.certificate))
    }

    /// Returns the [`tsa_anchors`](Self::tsa_anchors) as PEM.
    pub fn tsa_anchors_pem(&self) -> String {
        certificates_pem(core::slice::from_ref(&self.tsa_root.certificate))
    }
}

fn anchors(key: &CertifiedKey) -> TrustAnchors {
    let mut anchors = TrustAnchors::new();
    anchors.add(key.certificate.clone());
    anchors
}

/// Encodes certificates as PEM, one after the other.
pub(super) fn certificates_pem(certificates: &[Certificate]) -> String {
    let pem = |certificate: &Certificate| {
        pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, certificate.der()).unwrap_or_default()
    };
    certificates.iter().map(pem).collect()
}
