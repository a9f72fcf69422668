//! The arguments of `recommande-verify doctor`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{ArgGroup, Parser, ValueEnum};

use crate::arguments::{Trust, clock, time};

/// Checks the means by which a service seals: key, certificates, anchors, revocation data, TSAs and the clock. It says what fails, what will
/// fail, and when.
///
/// Nothing is sealed. Each --tsa is asked for one timestamp over a fixed text, which it may charge for; without --tsa there is no network.
///
/// Exit status, by the worst: 0 nothing has to be done now, 1 something fails, 2 something has to be renewed now, 3 something could not be
/// checked.
#[derive(Parser, Debug)]
#[command(name = "recommande-verify doctor", max_term_width = 110, arg_required_else_help = true)]
#[command(group = ArgGroup::new("means").args(["chain", "tsas", "config"]).required(true).multiple(true))]
pub struct DoctorArguments {
    /// A JSON file that names the means instead of the options: {"chain": "chain.pem", "issuer": "BE/BE/0406798006", "tsa": ["https://..."]}
    #[arg(long, value_name = "JSON", conflicts_with_all = OF_CONFIG)]
    pub config: Option<PathBuf>,

    /// The certificates of the seal: its own one first, each followed by that of its issuer
    #[arg(long, value_name = "PEM", requires = "issuer")]
    pub chain: Option<PathBuf>,

    /// The private key in PEM. Without it the certificates alone are checked, as for a key in an HSM
    #[arg(long, value_name = "PEM", requires = "chain")]
    pub key: Option<PathBuf>,

    /// A file whose first line is the passphrase of the key
    #[arg(long, value_name = "FILE", requires = "key")]
    pub passphrase_file: Option<PathBuf>,

    /// The number of the issuer of statements, such as BE/BE/0406798006, which is compared with the certificate
    #[arg(long, value_name = "NUMBER", requires = "chain")]
    pub issuer: Option<String>,

    /// The legal name of the issuer, where the certificate has no number
    #[arg(long, value_name = "NAME", requires = "chain", default_value = "the issuer")]
    pub issuer_name: String,

    /// CRLs and OCSP responses that go into seals
    #[arg(long = "revocation", value_name = "FILE", requires = "chain")]
    pub revocation: Vec<PathBuf>,

    /// The URL of a TSA, of which one timestamp is asked
    #[arg(long = "tsa", value_name = "URL")]
    pub tsas: Vec<String>,

    #[command(flatten)]
    pub trust: Trust,

    /// The time of the check [default: the clock]. A TSA has the time of today
    #[arg(long, visible_alias = "at", value_name = "RFC3339", value_parser = time, conflicts_with = "tsas")]
    pub now: Option<DateTime<Utc>>,

    /// What is written to standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = DoctorFormat::Text)]
    pub format: DoctorFormat,

    /// As text, writes nothing of what passed and of what has time
    #[arg(long, short)]
    pub quiet: bool,
}

/// What a file names in the place of options.
const OF_CONFIG: [&str; 12] = [
    "chain",
    "key",
    "passphrase_file",
    "issuer",
    "issuer_name",
    "revocation",
    "tsas",
    "seal_anchors",
    "tsa_anchors",
    "environment",
    "policy",
    "extras",
];

/// The form of what is written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// For people
    Text,
    /// One JSON document, by schema/doctor.schema.json
    Json,
}

impl DoctorArguments {
    /// Returns the time of the check.
    pub fn now(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(clock)
    }
}
