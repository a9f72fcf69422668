//! By what files are judged: anchors, environment, policy, and what is offered beside.

use std::path::{Path, PathBuf};

use recommande::evidence::RegisterExtract;
use recommande::life::{Regime, Retention};
use recommande::pki::Offered;
use recommande::verify::Registers;
use recommande::{Environment, Policy, TrustAnchors, Verifier};

use crate::arguments::{Arguments, Trust};
use crate::error::Error;
use crate::files;
use crate::kind::is_signature;

/// The verifiers.
#[derive(Debug)]
pub struct Settings {
    pub verifier: Verifier,
    /// The octets of the evidence records and proofs of logs in it. A file's own verifier ([`verifier_with`]) holds them again.
    pub for_all: usize,
    pub recipients: Option<Verifier>,
    pub senders: Option<Verifier>,
    /// The law under which the moments of letters are told.
    pub regime: Option<Regime>,
    /// The rule by which the proofs of letters are kept.
    pub retention: Option<Retention>,
}

/// What the verifiers are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Sources {
    pub seal_anchors: Option<PathBuf>,
    pub tsa_anchors: Option<PathBuf>,
    pub recipient_anchors: Option<PathBuf>,
    pub sender_anchors: Option<PathBuf>,
    pub register_anchors: Option<PathBuf>,
    /// Extracts of registers, each with its signature.
    pub register_extracts: Vec<(PathBuf, PathBuf)>,
    pub environment: Environment,
    pub policy: Option<GivenPolicy>,
    pub extras: Vec<PathBuf>,
    pub records: Vec<PathBuf>,
    pub log_proofs: Vec<PathBuf>,
    pub regime: Option<Regime>,
    pub retention: Option<Retention>,
}

/// A policy: the name of a shipped one or of a file, or what differs from the default policy.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenPolicy {
    Named(String),
    Value(serde_json::Value),
}

impl Sources {
    /// Takes what the arguments name.
    pub fn of(arguments: &Arguments) -> Self {
        let extract = |json: &PathBuf| (json.clone(), json.with_extension("p7s"));
        Self {
            recipient_anchors: arguments.recipient_anchors.clone(),
            sender_anchors: arguments.sender_anchors.clone(),
            register_anchors: arguments.register_anchors.clone(),
            register_extracts: arguments.register_extracts.iter().map(extract).collect(),
            records: arguments.records.clone(),
            log_proofs: arguments.log_proofs.clone(),
            regime: arguments.regime.clone(),
            retention: arguments.retention(),
            ..Self::of_trust(&arguments.trust)
        }
    }

    /// Takes by what is judged, and nothing of parties or beside files.
    pub fn of_trust(trust: &Trust) -> Self {
        let Trust { seal_anchors, tsa_anchors, environment, policy, extras } = trust.clone();
        Self {
            seal_anchors,
            tsa_anchors,
            recipient_anchors: None,
            sender_anchors: None,
            register_anchors: None,
            register_extracts: Vec::new(),
            environment,
            policy: policy.map(GivenPolicy::Named),
            extras,
            records: Vec::new(),
            log_proofs: Vec::new(),
            regime: None,
            retention: None,
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it was given as.
    pub fn settings(&self) -> Result<Settings, Error> {
        let tsa_anchors = files::anchors(self.tsa_anchors.as_deref())?;
        let Offered { certificates, revocation } = offered(&self.extras)?;
        let policy = self.policy.as_ref().map(GivenPolicy::read).transpose()?;
        let configured = |anchors: TrustAnchors, environment: Environment| {
            let verifier = Verifier::new(anchors, tsa_anchors.clone(), environment);
            let verifier = verifier.with_extra_certificates(certificates.clone());
            let verifier = verifier.with_revocation_data(revocation.clone());
            policy.iter().cloned().fold(verifier, Verifier::with_policy)
        };
        let records = self.records.iter().map(|path| files::octets(path).map(files::decoded));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        let log_proofs = self.log_proofs.iter().map(|path| files::octets(path)).collect::<Result<Vec<_>, _>>()?;
        let for_all = records.iter().chain(&log_proofs).map(Vec::len).fold(0, usize::saturating_add);
        let verifier = configured(files::anchors(self.seal_anchors.as_deref())?, self.environment);
        let verifier = verifier.with_evidence_records(records).with_log_proofs(log_proofs);
        let verifier = self.registers(configured)?.into_iter().fold(verifier, Verifier::with_registers);
        // What a party signs itself: neither the record of a proof nor its log is over it.
        let of_party = |anchors: &Option<PathBuf>| -> Result<Option<Verifier>, Error> {
            let anchors = anchors.as_deref().map(|path| files::anchors(Some(path))).transpose()?;
            Ok(anchors.map(|anchors| configured(anchors, self.environment)))
        };
        let (recipients, senders) = (of_party(&self.recipient_anchors)?, of_party(&self.sender_anchors)?);
        let (regime, retention) = (self.regime.clone(), self.retention.clone());
        Ok(Settings { verifier, for_all, recipients, senders, regime, retention })
    }

    fn registers(
        &self,
        configured: impl Fn(TrustAnchors, Environment) -> Verifier,
    ) -> Result<Option<Registers>, Error> {
        let Some(path) = &self.register_anchors else { return Ok(None) };
        // What a register signs is of no environment.
        let verifier = configured(files::anchors(Some(path))?, Environment::Production);
        let give = |registers: Registers, (json, signature): &(PathBuf, PathBuf)| -> Result<Registers, Error> {
            let (text, signed) = (files::octets(json)?, files::decoded(files::octets(signature)?));
            RegisterExtract::from_json(&text).map_err(Error::content(json))?;
            if !is_signature(&signed) {
                return Err(Error::content(signature)("this is no signature that can be read"));
            }
            Ok(registers.with_extract(&text, &signed))
        };
        self.register_extracts.iter().try_fold(Registers::of(verifier), give).map(Some)
    }
}

impl GivenPolicy {
    fn read(&self) -> Result<Policy, Error> {
        match self {
            // From the text, so that an error names the member.
            Self::Value(value) => {
                Policy::from_json(&value.to_string()).map_err(|error| Error::Usage(format!("input: policy: {error}")))
            }
            Self::Named(name) => match Policy::named(name) {
                Some(policy) => Ok(policy),
                None => policy_of_file(Path::new(name)),
            },
        }
    }
}

/// Reads a policy, or the algorithms as ETSI TS 119 322 has them.
fn policy_of_file(path: &Path) -> Result<Policy, Error> {
    const NAMES: &str = "neither default, strict, standard, conformance or historic nor a file that can be read";
    let octets = files::octets(path).map_err(|error| Error::Usage(format!("--policy: {NAMES}: {error}")))?;
    let text = std::str::from_utf8(&octets).map_err(Error::content(path))?;
    Policy::from_json(text).map_err(Error::content(path))
}

fn offered(paths: &[PathBuf]) -> Result<Offered, Error> {
    let mut offered = Offered::default();
    for path in paths {
        offered.add(&files::octets(path)?).map_err(Error::content(path))?;
    }
    Ok(offered)
}

/// The verifier with these evidence records and proofs of logs, if there are some.
pub fn verifier_with(verifier: &Verifier, records: Vec<Vec<u8>>, log_proofs: Vec<Vec<u8>>) -> Option<Verifier> {
    if records.is_empty() && log_proofs.is_empty() {
        return None;
    }
    let verifier = verifier.also_with_evidence_records(records.into_iter().map(files::decoded));
    Some(verifier.also_with_log_proofs(log_proofs))
}
