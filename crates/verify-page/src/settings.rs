//! The settings of the page: what its publisher compiled in, and what the user loaded.

use recommande::pki::revocation::RevocationData;
use recommande::verify::Policy;
use recommande::{Certificate, Environment, TrustAnchors};
use serde::Deserialize;

/// What the publisher of the page compiled in.
#[derive(Default)]
pub(crate) struct Settings {
    /// The anchors of seals and of TSAs, where the publisher gave them.
    pub(crate) anchors: Option<(TrustAnchors, TrustAnchors)>,
    /// The environment whose proofs are accepted. Without one, it is that of each proof, which stands across its page.
    pub(crate) environment: Option<Environment>,
    pub(crate) policy: Policy,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) revocation: RevocationData,
}

/// The settings, as the page has them in JSON.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Given {
    /// Certificates, PEM.
    seal_anchors: Option<String>,
    tsa_anchors: Option<String>,
    environment: Option<String>,
    /// A name, or what differs from the default policy.
    policy: Option<GivenPolicy>,
    /// Certificates that are candidates for a path and no anchors, PEM.
    certificates: Option<String>,
    /// CRLs and OCSP responses, PEM.
    revocation_data: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum GivenPolicy {
    Named(String),
    Differing(Box<Policy>),
}

impl Settings {
    /// Reads the settings of the page.
    ///
    /// # Errors
    /// Where anything of it cannot be read: a page with half of its settings would say something else.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Unreadable> {
        let given: Given = serde_json::from_slice(json).map_err(|_| Unreadable::Form)?;
        let anchors = |setting, pem: Option<String>| {
            let anchors = pem.map(|pem| TrustAnchors::from_pem(&pem)).transpose();
            anchors.map(Option::unwrap_or_default).map_err(|_| Unreadable::Setting(setting))
        };
        let anchors = match (given.seal_anchors, given.tsa_anchors) {
            (None, None) => None,
            (seal, tsa) => Some((anchors("seal_anchors", seal)?, anchors("tsa_anchors", tsa)?)),
        };
        let environment = given.environment.map(|name| name.parse()).transpose();
        let policy = match given.policy {
            None => Policy::default(),
            Some(GivenPolicy::Named(name)) => Policy::named(&name).ok_or(Unreadable::Setting("policy"))?,
            Some(GivenPolicy::Differing(policy)) => *policy,
        };
        let certificates = given.certificates.map(|pem| Certificate::from_pem_chain(&pem)).transpose();
        let revocation = given.revocation_data.map(|pem| RevocationData::from_bytes(pem.as_bytes())).transpose();
        Ok(Self {
            anchors,
            environment: environment.map_err(|_| Unreadable::Setting("environment"))?,
            policy,
            certificates: certificates.map_err(|_| Unreadable::Setting("certificates"))?.unwrap_or_default(),
            revocation: revocation.map_err(|_| Unreadable::Setting("revocation_data"))?.unwrap_or_default(),
        })
    }
}

/// What of the settings cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// They are not JSON, or have a member that is not known or of another form.
    Form,
    /// The setting of this name.
    Setting(&'static str),
}
