//! Reads the files and values that the verifying examples take: signatures, anchors, policies, environments and times.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, SubsecRound, Utc};
use recommande::{Environment, Policy, TrustAnchors, Verifier};

use crate::arguments::{Arguments, Error};

/// Reads a whole file into no more memory than it has octets. A file above the limit of the library is not read.
pub fn octets(path: &Path) -> Result<Vec<u8>, Error> {
    let limit = u64::try_from(signed_data::limits::MAX_INPUT)?;
    let read = || -> std::io::Result<Option<Vec<u8>>> {
        let file = File::open(path)?;
        // A pipe has no length. What it gives is counted while it is read.
        let length = file.metadata()?.len();
        let mut octets = Vec::new();
        octets.reserve_exact(usize::try_from(length.min(limit)).unwrap_or_default());
        if length <= limit {
            file.take(limit + 1).read_to_end(&mut octets)?;
        }
        let is_within = length.max(octets.len() as u64) <= limit;
        Ok(is_within.then_some(octets))
    };
    match read() {
        Ok(Some(octets)) => Ok(octets),
        Ok(None) => {
            Err(format!("{}: larger than {limit} octets, which is the most that is read", path.display()).into())
        }
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// Reads the certificates of a PEM file, or the one of a DER file, as anchors.
pub fn anchors(path: &Path) -> Result<TrustAnchors, Error> {
    TrustAnchors::from_bytes(&octets(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Configures a verifier with `--policy`.
pub fn configured(verifier: Verifier, arguments: &Arguments) -> Result<Verifier, Error> {
    Ok(match arguments.text("--policy")? {
        Some(name) => verifier.with_policy(policy(name)?),
        None => verifier,
    })
}

/// Finds a shipped policy by its name, or reads a JSON file: a policy, or the algorithms as ETSI publishes them.
fn policy(name: &str) -> Result<Policy, Error> {
    if let Some(policy) = Policy::named(name) {
        return Ok(policy);
    }
    let json = std::fs::read_to_string(name).map_err(|error| {
        format!(
            "--policy: {name} is neither default, strict, standard, conformance or historic nor a file that can be read: {error}"
        )
    })?;
    Policy::from_json(&json).map_err(|error| format!("--policy: {name}: {error}").into())
}

/// Reads the environment that `--environment` names, which is Production where there is none.
#[allow(dead_code, reason = "tokens, records and foreign signatures have no environment")]
pub fn environment(arguments: &Arguments) -> Result<Environment, Error> {
    let Some(name) = arguments.text("--environment")? else { return Ok(Environment::Production) };
    let environment = Environment::ALL.into_iter().find(|environment| environment.name().eq_ignore_ascii_case(name));
    environment.ok_or_else(|| "--environment: not Production, Acceptance, Integration or Test".into())
}

/// Reads the time that an option gives, or the clock.
pub fn time(arguments: &Arguments, option: &str) -> Result<DateTime<Utc>, Error> {
    match arguments.text(option)? {
        Some(time) => match DateTime::parse_from_rfc3339(time) {
            Ok(time) => Ok(time.to_utc()),
            Err(_) => Err(format!("{option}: not a time such as 2035-01-01T00:00:00Z").into()),
        },
        None => Ok(Utc::now().trunc_subsecs(3)),
    }
}
