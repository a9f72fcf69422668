//! The verifiers that are asked for.

use std::path::{Path, PathBuf};

use recommande::pki::Offered;
use recommande::seal::AnyProof;
use recommande::verify::Registers;
use recommande::{Environment, Policy, TrustAnchors, Verifier};

use super::arguments::Asked;
use super::error::Error;
use super::file::octets;
use super::told::named;

/// What the files of the options hold.
pub struct Settings<'a> {
    asked: &'a Asked,
    policy: Option<Policy>,
    offered: Offered,
    records: Vec<Vec<u8>>,
    log_proofs: Vec<Vec<u8>>,
    /// Each with its signature.
    register_extracts: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The verifiers of a proof, and of what its parties signed.
pub struct Verifiers {
    pub proofs: Verifier,
    pub recipients: Option<Verifier>,
    pub senders: Option<Verifier>,
}

impl<'a> Settings<'a> {
    /// Reads the files of the options.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it was given as.
    pub fn read(asked: &'a Asked) -> Result<Self, Error> {
        let all = |paths: &[PathBuf]| paths.iter().map(|path| octets(path)).collect::<Result<Vec<_>, Error>>();
        let extracts = asked.register_extracts.iter();
        let extracts = extracts.map(|path| Ok((octets(path)?, octets(&path.with_extension("p7s"))?)));
        let mut offered = Offered::default();
        for path in &asked.extras {
            offered.add(&octets(path)?).map_err(|error| named(path, error))?;
        }
        Ok(Self {
            asked,
            policy: asked.policy.as_deref().map(policy).transpose()?,
            offered,
            records: all(&asked.records)?,
            log_proofs: all(&asked.log_proofs)?,
            register_extracts: extracts.collect::<Result<_, Error>>()?,
        })
    }

    /// Returns the verifiers for a proof in a folder.
    pub fn verifiers(&self, proof: Option<&AnyProof>, folder: &Path) -> Result<Verifiers, Error> {
        let asked = self.asked;
        let stated = proof.map(|proof| proof.stated_issuer().environment());
        let environment = asked.environment.or(stated).unwrap_or(Environment::Production);
        // Whoever wrote the proofs can have written these too. A test shows across its page that it has no legal effect.
        // Who says whom to trust for seals has not asked to trust the folder for their times.
        let is_given = asked.seal_anchors.is_some() || asked.tsa_anchors.is_some();
        let is_taken = !is_given && stated == Some(Environment::Test);
        let beside = |name: &str| Some(folder.join(name)).filter(|path| is_taken && path.exists());
        let seal_anchors = asked.seal_anchors.clone().or_else(|| beside("seal-anchors.pem"));
        let tsa_anchors = asked.tsa_anchors.clone().or_else(|| beside("tsa-anchors.pem"));
        self.of_anchors(seal_anchors.as_deref(), tsa_anchors.as_deref(), environment)
    }

    /// Returns the verifiers for what lies in a container, and the one for the container.
    pub fn of_container(&self) -> Result<(Verifiers, Verifier), Error> {
        let asked = self.asked;
        let environment = asked.environment.unwrap_or(Environment::Production);
        let (seals, tsas) = (asked.seal_anchors.as_deref(), asked.tsa_anchors.as_deref());
        let of_container = anchors(asked.container_anchors.as_deref().or(seals))?;
        let its_tsas = anchors(asked.container_tsa_anchors.as_deref().or(tsas))?;
        let container = self.configured(Verifier::new(of_container, its_tsas, environment));
        Ok((self.of_anchors(seals, tsas, environment)?, container))
    }

    fn of_anchors(
        &self,
        seals: Option<&Path>,
        tsas: Option<&Path>,
        environment: Environment,
    ) -> Result<Verifiers, Error> {
        let tsas = anchors(tsas)?;
        let of = |path: Option<&Path>| -> Result<Verifier, Error> {
            Ok(self.configured(Verifier::new(anchors(path)?, tsas.clone(), environment)))
        };
        let of_parties = |path: &Option<PathBuf>| path.as_deref().map(|path| of(Some(path))).transpose();
        let proofs = of(seals)?.with_evidence_records(self.records.iter().cloned());
        let proofs = proofs.with_log_proofs(self.log_proofs.iter().cloned());
        let proofs = match &self.asked.register_anchors {
            Some(path) => {
                // What a register signs is of no environment.
                let registers = Verifier::new(anchors(Some(path))?, tsas.clone(), Environment::Production);
                let registers = self.configured(registers);
                let extracts = self.register_extracts.iter();
                let registers = extracts.fold(Registers::of(registers), |registers, (json, signature)| {
                    registers.with_extract(json, signature)
                });
                proofs.with_registers(registers)
            }
            None => proofs,
        };
        let (recipients, senders) =
            (of_parties(&self.asked.recipient_anchors)?, of_parties(&self.asked.sender_anchors)?);
        Ok(Verifiers { proofs, recipients, senders })
    }

    fn configured(&self, verifier: Verifier) -> Verifier {
        let Offered { certificates, revocation } = self.offered.clone();
        let verifier = verifier.with_extra_certificates(certificates).with_revocation_data(revocation);
        match &self.policy {
            Some(policy) => verifier.with_policy(policy.clone()),
            None => verifier,
        }
    }
}

/// The anchors in a file. Without a file nothing is trusted.
fn anchors(path: Option<&Path>) -> Result<TrustAnchors, Error> {
    let Some(path) = path else { return Ok(TrustAnchors::default()) };
    Ok(TrustAnchors::from_bytes(&octets(path)?).map_err(|error| named(path, error))?)
}

/// Reads a policy: the name of one that is shipped, a policy as JSON, or the algorithms as ETSI TS 119 322 has them.
fn policy(name: &str) -> Result<Policy, Error> {
    if let Some(policy) = Policy::named(name) {
        return Ok(policy);
    }
    const NAMES: &str = "neither default, strict, standard, conformance or historic nor a file that can be read";
    let path = Path::new(name);
    let text = std::fs::read_to_string(path).map_err(|error| format!("--policy: {NAMES}: {error}"))?;
    Policy::from_json(&text).map_err(|error| named(path, error).into())
}
