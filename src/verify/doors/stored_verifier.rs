//! A verifier as a value that can be stored.

use serde::Serialize;

use super::Verifier;
use crate::evidence::Environment;
use crate::pki::revocation::{RevocationData, RevocationDataError};
use crate::pki::{Certificate, CertificateError, TrustAnchors};
use crate::text::read_from_object;
use crate::verify::octets::Octets;
use crate::verify::policy::Policy;

/// All of a verifier of a party's signatures that the answer to a question depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredVerifier {
    /// Name of the environment whose submissions are accepted.
    pub environment: String,
    /// The policy.
    pub policy: Policy,
    /// Anchors for the party's signatures, DER.
    pub anchors: Vec<Octets>,
    /// Anchors for TSAs, DER.
    pub tsa_anchors: Vec<Octets>,
    /// Certificates that were offered, DER.
    pub extra_certificates: Vec<Octets>,
    /// CRLs and OCSP responses that were offered, DER, as they were received.
    pub revocation_data: Vec<Octets>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    StoredVerifier {
        environment,
        policy,
        anchors,
        tsa_anchors,
        extra_certificates,
        revocation_data,
    }
}

/// Why stored input cannot be asked again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// No environment has this name.
    #[error("the environment is not known")]
    Environment,
    /// A certificate cannot be read.
    #[error("a certificate cannot be read")]
    Certificate(#[from] CertificateError),
    /// Revocation data cannot be read.
    #[error("revocation data cannot be read")]
    RevocationData(#[from] RevocationDataError),
    /// The artifact cannot be read as what the question is about, so that there never was a report.
    #[error("the question cannot be asked of this file, disclosure, submission, request or digest")]
    Question,
}

impl StoredVerifier {
    /// Stores a verifier. Evidence records are about the files of one question, and are stored with it.
    pub fn of(verifier: &Verifier) -> Self {
        let settings = &verifier.settings;
        let crls = settings.revocation.crls().iter().map(|crl| crl.der());
        let responses = settings.revocation.ocsp_responses().iter().map(|response| response.der());
        Self {
            environment: settings.environment.name().to_owned(),
            policy: settings.policy.clone(),
            anchors: ders(settings.seal_chains.anchors().iter()),
            tsa_anchors: ders(settings.tsa_chains.anchors().iter()),
            extra_certificates: ders(settings.extra.certificates().iter()),
            revocation_data: crls.chain(responses).map(|der| Octets(der.to_vec())).collect(),
        }
    }

    /// Builds the verifier again.
    ///
    /// # Errors
    /// [`ReplayError`]; never for what [`StoredVerifier::of`] stored.
    pub fn verifier(&self) -> Result<Verifier, ReplayError> {
        let anchors = |ders| certificates(ders).map(TrustAnchors::from_iter);
        let environment = Environment::ALL.into_iter().find(|environment| environment.name() == self.environment);
        let mut data = RevocationData::new();
        self.revocation_data.iter().try_for_each(|der| data.add_der(&der.0))?;
        let environment = environment.ok_or(ReplayError::Environment)?;
        Ok(Verifier::new(anchors(&self.anchors)?, anchors(&self.tsa_anchors)?, environment)
            .with_policy(self.policy.clone())
            .with_extra_certificates(certificates(&self.extra_certificates)?)
            .with_revocation_data(data))
    }
}

fn ders<'c>(certificates: impl Iterator<Item = &'c Certificate>) -> Vec<Octets> {
    certificates.map(|certificate| Octets(certificate.der().to_vec())).collect()
}

fn certificates(ders: &[Octets]) -> Result<Vec<Certificate>, CertificateError> {
    ders.iter().map(|der| Certificate::from_der(&der.0)).collect()
}
