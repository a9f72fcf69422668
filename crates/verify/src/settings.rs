//! By what files are judged: anchors, environment, policy, and what is offered beside.

use std::path::{Path, PathBuf};

use recommande::crypto::AlgorithmPolicy;
use recommande::pki::revocation::RevocationData;
use recommande::verify::Registers;
use recommande::{Certificate, Environment, Policy, TrustAnchors, Verifier};

use crate::arguments::Arguments;
use crate::error::Error;
use crate::files;

/// The verifiers.
#[derive(Debug)]
pub struct Settings {
    pub verifier: Verifier,
    pub recipients: Option<Verifier>,
    pub senders: Option<Verifier>,
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
            seal_anchors: arguments.seal_anchors.clone(),
            tsa_anchors: arguments.tsa_anchors.clone(),
            recipient_anchors: arguments.recipient_anchors.clone(),
            sender_anchors: arguments.sender_anchors.clone(),
            register_anchors: arguments.register_anchors.clone(),
            register_extracts: arguments.register_extracts.iter().map(extract).collect(),
            environment: arguments.environment,
            policy: arguments.policy.clone().map(GivenPolicy::Named),
            extras: arguments.extras.clone(),
            records: arguments.records.clone(),
            log_proofs: arguments.log_proofs.clone(),
        }
    }

    /// Reads the files.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it was given as.
    pub fn settings(&self) -> Result<Settings, Error> {
        let tsa_anchors = files::anchors(self.tsa_anchors.as_deref())?;
        let configured = |anchors: TrustAnchors, environment: Environment| -> Result<Verifier, Error> {
            let verifier = Verifier::new(anchors, tsa_anchors.clone(), environment);
            let (certificates, data) = extras(&self.extras)?;
            let verifier = verifier.with_extra_certificates(certificates).with_revocation_data(data);
            Ok(match &self.policy {
                Some(policy) => verifier.with_policy(policy.read()?),
                None => verifier,
            })
        };
        let records: Result<Vec<_>, Error> =
            self.records.iter().map(|path| files::octets(path).map(files::decoded)).collect();
        let log_proofs: Result<Vec<_>, Error> = self.log_proofs.iter().map(|path| files::octets(path)).collect();
        let verifier = configured(files::anchors(self.seal_anchors.as_deref())?, self.environment)?;
        let verifier = verifier.with_evidence_records(records?).with_log_proofs(log_proofs?);
        let verifier = self.registers(configured)?.into_iter().fold(verifier, Verifier::with_registers);
        // What a party signs itself: neither the record of a proof nor its log is over it.
        let of_party = |anchors: &Option<PathBuf>| -> Result<Option<Verifier>, Error> {
            let anchors = anchors.as_deref().map(|path| files::anchors(Some(path))).transpose()?;
            anchors.map(|anchors| configured(anchors, self.environment)).transpose()
        };
        let (recipients, senders) = (of_party(&self.recipient_anchors)?, of_party(&self.sender_anchors)?);
        Ok(Settings { verifier, recipients, senders })
    }

    fn registers(
        &self,
        configured: impl Fn(TrustAnchors, Environment) -> Result<Verifier, Error>,
    ) -> Result<Option<Registers>, Error> {
        let Some(path) = &self.register_anchors else { return Ok(None) };
        // What a register signs is of no environment.
        let verifier = configured(files::anchors(Some(path))?, Environment::Production)?;
        let give = |registers: Registers, (json, signature): &(PathBuf, PathBuf)| -> Result<Registers, Error> {
            Ok(registers.with_extract(&files::octets(json)?, &files::decoded(files::octets(signature)?)))
        };
        self.register_extracts.iter().try_fold(Registers::of(verifier), give).map(Some)
    }
}

impl GivenPolicy {
    fn read(&self) -> Result<Policy, Error> {
        match self {
            Self::Value(value) => {
                serde_json::from_value(value.clone()).map_err(|_| Error::Usage("a policy cannot be read".to_owned()))
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
    let value: serde_json::Value = serde_json::from_str(text).map_err(Error::json(path))?;
    let is_suite = |members: &serde_json::Map<String, serde_json::Value>| {
        members.keys().any(|member| member.starts_with("SecuritySuitabilityPolicy"))
    };
    if value.as_object().is_some_and(is_suite) {
        let algorithms = AlgorithmPolicy::from_ts_119_322_json(text).map_err(Error::content(path))?;
        return Ok(Policy { algorithms, ..Policy::default() });
    }
    // From the text, so that an error names its line.
    serde_json::from_str(text).map_err(Error::json(path))
}

fn extras(paths: &[PathBuf]) -> Result<(Vec<Certificate>, RevocationData), Error> {
    let (mut certificates, mut data) = (Vec::new(), RevocationData::new());
    for path in paths {
        extra(path, &files::octets(path)?, &mut certificates, &mut data)?;
    }
    Ok((certificates, data))
}

/// Adds certificates, CRLs and OCSP responses: one in DER or base64, or any number in PEM.
fn extra(
    path: &Path,
    octets: &[u8],
    certificates: &mut Vec<Certificate>,
    data: &mut RevocationData,
) -> Result<(), Error> {
    const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";
    const REVOCATION: [&str; 2] = ["-----BEGIN X509 CRL-----", "-----BEGIN OCSP RESPONSE-----"];
    if let Some(text) = std::str::from_utf8(octets).ok().filter(|text| text.contains("-----BEGIN ")) {
        let has_certificates = text.contains(CERTIFICATE);
        if has_certificates {
            certificates.extend(Certificate::from_pem_chain(text).map_err(Error::content(path))?);
        }
        if !has_certificates || REVOCATION.iter().any(|begin| text.contains(begin)) {
            let read = RevocationData::from_bytes(octets).map_err(Error::content(path))?;
            data.extend(&read).map_err(Error::content(path))?;
        }
        return Ok(());
    }
    let der = files::decoded(octets.to_vec());
    match Certificate::from_der(&der) {
        Ok(certificate) => certificates.push(certificate),
        Err(_) => data
            .add_der(&der)
            .map_err(|error| format!("neither a certificate nor revocation data: {error}"))
            .map_err(Error::content(path))?,
    }
    Ok(())
}
