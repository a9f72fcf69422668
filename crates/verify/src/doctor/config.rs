//! The means to seal, as a file names them.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use recommande::Policy;
use serde::Deserialize;

use super::arguments::DoctorArguments;
use crate::arguments::{Trust, environment};
use crate::error::Error;
use crate::files;

/// The file. Each member is called as the option that it stands for, and one that is not known is an error. Paths are relative to the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    chain: Option<PathBuf>,
    key: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    issuer: Option<String>,
    issuer_name: Option<String>,
    revocation: Vec<PathBuf>,
    tsa: Vec<String>,
    seal_anchors: Option<PathBuf>,
    tsa_anchors: Option<PathBuf>,
    environment: Option<String>,
    policy: Option<String>,
    extra: Vec<PathBuf>,
}

impl Config {
    /// What one member needs another one for, as the options do.
    fn check(&self, now: Option<DateTime<Utc>>) -> Result<(), &'static str> {
        let Self { chain, key, passphrase_file, issuer, revocation, tsa, .. } = self;
        let lacking = [
            (chain.is_none() && tsa.is_empty(), "neither chain nor tsa: there is nothing to check"),
            (chain.is_some() && issuer.is_none(), "chain: needs issuer"),
            (issuer.is_some() && chain.is_none(), "issuer: needs chain"),
            (key.is_some() && chain.is_none(), "key: needs chain"),
            (!revocation.is_empty() && chain.is_none(), "revocation: needs chain"),
            (passphrase_file.is_some() && key.is_none(), "passphrase_file: needs key"),
            (!tsa.is_empty() && now.is_some(), "tsa: has the time of today, and --now was given"),
        ];
        lacking.into_iter().find(|(is_so, _)| *is_so).map_or(Ok(()), |(_, what)| Err(what))
    }
}

/// Returns the arguments with what their file names.
///
/// # Errors
/// The file cannot be read, has a member that is not known, or lacks one that another one needs.
pub fn with_config(arguments: DoctorArguments) -> Result<DoctorArguments, Error> {
    let Some(path) = arguments.config.clone() else { return Ok(arguments) };
    let config: Config = files::object(&path)?;
    config.check(arguments.now).map_err(Error::content(&path))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let at = |path: PathBuf| folder.join(path);
    let all = |paths: Vec<PathBuf>| paths.into_iter().map(at).collect();
    // A policy has a name, or is a file.
    let policy = config.policy.map(|name| match Policy::named(&name) {
        Some(_) => Ok(name),
        None => at(name.into()).into_os_string().into_string().map_err(|_| "policy: its path is no text"),
    });
    let trust = Trust {
        seal_anchors: config.seal_anchors.map(at),
        tsa_anchors: config.tsa_anchors.map(at),
        environment: match config.environment {
            Some(name) => environment(&name).map_err(Error::content(&path))?,
            None => arguments.trust.environment,
        },
        policy: policy.transpose().map_err(Error::content(&path))?,
        extras: all(config.extra),
    };
    Ok(DoctorArguments {
        chain: config.chain.map(at),
        key: config.key.map(at),
        passphrase_file: config.passphrase_file.map(at),
        issuer: config.issuer,
        issuer_name: config.issuer_name.unwrap_or(arguments.issuer_name),
        revocation: all(config.revocation),
        tsas: config.tsa,
        trust,
        ..arguments
    })
}
