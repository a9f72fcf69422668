//! The arguments of the command.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::{DateTime, SubsecRound as _, Utc};
use clap::{ArgGroup, Args, Parser, ValueEnum};
use recommande::Environment;
use recommande::life::{Regime, Retention};

/// Verifies files of electronic registered mail: proofs, signatures, timestamps, evidence records, dossiers and printed codes.
///
/// What each file is, it finds out by itself. Files that belong together may be given in any order: an opening finds its sending,
/// and a proof what lies beside it under its name (NAME.pq.p7s, NAME.tlog-proof, NAME.p7m.ers).
///
/// Exit status, by the worst: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 something could not be judged.
///
/// `recommande-verify doctor` checks the means by which a service seals: see `recommande-verify doctor --help`.
#[derive(Parser, Debug)]
#[command(name = "recommande-verify", version, max_term_width = 110, arg_required_else_help = true)]
#[command(group = ArgGroup::new("letters").args(["cases", "manifest"]).multiple(true))]
pub struct Arguments {
    /// Files, and folders whose files are judged with those of their folders
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// A JSON file that names the files and what is given with each, in the form of test-vectors/manifest.json
    #[arg(long, value_name = "JSON", conflicts_with_all = ["payloads", "payload_digest", "data", "preceding", "disclosures", "submissions"])]
    pub manifest: Option<PathBuf>,

    /// The payload, which is a data object of a record too. Given several times, each file gets the one that it is about, a record gets each, and one that no file is about is an error
    #[arg(long = "payload", value_name = "FILE")]
    pub payloads: Vec<PathBuf>,

    /// The digest of the payload instead, as sha256:e3b0...
    #[arg(long, value_name = "ALG:HEX", conflicts_with = "payloads")]
    pub payload_digest: Option<String>,

    /// A data object of an evidence record, or the one file that a timestamp is about
    #[arg(long = "data", value_name = "FILE")]
    pub data: Vec<PathBuf>,

    /// A proof that others follow, and that is not judged itself: the sending, a step that led to an event, a letter that is answered
    #[arg(long = "sending", visible_aliases = ["cause", "original"], value_name = "FILE")]
    pub preceding: Vec<PathBuf>,

    /// The values that a proof commits to
    #[arg(long = "disclosure", value_name = "FILE")]
    pub disclosures: Vec<PathBuf>,

    #[command(flatten)]
    pub trust: Trust,

    /// The certificates under which recipients are trusted, whose own signatures are not evaluated otherwise
    #[arg(long, value_name = "PEM")]
    pub recipient_anchors: Option<PathBuf>,

    /// The certificates under which senders are trusted, whose submissions are not evaluated otherwise
    #[arg(long, value_name = "PEM")]
    pub sender_anchors: Option<PathBuf>,

    /// A submission that a sender signed, with its signature beside it (.p7s). Those in folders are found
    #[arg(long = "submission", value_name = "JSON", requires = "sender_anchors")]
    pub submissions: Vec<PathBuf>,

    /// The certificates under which registers of mandates are trusted
    #[arg(long, value_name = "PEM")]
    pub register_anchors: Option<PathBuf>,

    /// The extract of a register, with its signature beside it (.p7s)
    #[arg(long = "register-extract", value_name = "JSON", requires = "register_anchors")]
    pub register_extracts: Vec<PathBuf>,

    /// An evidence record over a whole file
    #[arg(long = "record", value_name = "FILE")]
    pub records: Vec<PathBuf>,

    /// The proof that a proof is in a log of the policy
    #[arg(long = "log-proof", value_name = "FILE")]
    pub log_proofs: Vec<PathBuf>,

    /// The time of the verification [default: the clock]
    #[arg(long, visible_alias = "at", value_name = "RFC3339", value_parser = time)]
    pub now: Option<DateTime<Utc>>,

    /// Judges the letters too that the proofs come to: the state for each recipient, and what the proofs say against each other
    #[arg(long)]
    pub cases: bool,

    /// Says when each letter was sent and received under a law, such as FR-LRE. The manual's chapter on cases has the laws
    #[arg(long, value_name = "NAME", value_parser = regime, requires = "letters")]
    pub regime: Option<Regime>,

    /// Says until when each proof of a letter is kept, beside the time until which it verifies: BE-EBOX (ten full years, in Brussels)
    /// or FR-LRE (a year from each proof, in Paris)
    #[arg(long, value_name = "RULE", value_parser = retention, requires = "letters")]
    pub retention: Option<Retention>,

    /// A dispute holds the letters: nothing is kept too long
    #[arg(long, requires = "retention")]
    pub dispute: bool,

    /// What is written to standard output
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Text)]
    pub format: Format,

    /// As text, writes every check of each file, and not only what speaks against it
    #[arg(long)]
    pub full: bool,

    /// As text, writes nothing of what passed
    #[arg(long, short, conflicts_with = "full")]
    pub quiet: bool,

    /// Writes the report as JSON to this file too, whatever the format
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// How many threads verify [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
}

/// By what is judged, whatever it is.
#[derive(Args, Clone, Debug)]
pub struct Trust {
    /// The certificates under which seals and signatures are trusted; without them none is
    #[arg(long, visible_alias = "anchors", value_name = "PEM")]
    pub seal_anchors: Option<PathBuf>,

    /// The certificates under which timestamps are trusted; without them none is
    #[arg(long, value_name = "PEM")]
    pub tsa_anchors: Option<PathBuf>,

    /// Production, Acceptance, Integration or Test
    #[arg(long, value_name = "NAME", default_value = "Production", value_parser = environment)]
    pub environment: Environment,

    /// default, strict, standard, conformance, historic, or a policy as a JSON file
    #[arg(long, value_name = "NAME|FILE")]
    pub policy: Option<String>,

    /// Certificates, CRLs and OCSP responses, in PEM or DER, which are offered and not trusted
    #[arg(long = "extra", value_name = "FILE")]
    pub extras: Vec<PathBuf>,
}

/// The form of what is written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One JSON document, by schema/report.schema.json
    Json,
    /// JUnit XML, a test case for each file
    Junit,
    /// Workflow commands of GitHub, with a table in $GITHUB_STEP_SUMMARY
    Github,
}

impl Arguments {
    /// Takes from arguments that are wrong where a report belongs, so that what is archived says what was wrong.
    pub fn of_outputs(arguments: impl Iterator<Item = OsString>) -> Self {
        let (mut format, mut report) = (Vec::new(), Vec::new());
        let mut arguments = arguments.skip(1);
        while let Some(argument) = arguments.next() {
            let Some(text) = argument.to_str() else { continue };
            let (name, list) = match text.split_once('=').map_or(text, |(name, _)| name) {
                "--" => break,
                "--format" => ("--format", &mut format),
                "--report" => ("--report", &mut report),
                _ => continue,
            };
            let is_alone = text == name;
            *list = [argument].into_iter().chain(is_alone.then(|| arguments.next()).flatten()).collect();
        }
        let parsed = |outputs: &[&Vec<OsString>]| {
            let given = outputs.iter().copied().flatten().cloned();
            Self::try_parse_from(["recommande-verify", "PATH"].into_iter().map(OsString::from).chain(given)).ok()
        };
        let (format, report) = (&format, &report);
        let some = parsed(&[format, report]).or_else(|| parsed(&[report])).or_else(|| parsed(&[format]));
        some.unwrap_or_else(|| Self::parse_from(["recommande-verify", "PATH"]))
    }

    /// Returns the time of the verification.
    pub fn now(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(clock)
    }

    /// Returns the rule by which the proofs of letters are kept.
    pub fn retention(&self) -> Option<Retention> {
        let retention = self.retention.clone()?;
        Some(if self.dispute { retention.held_by_dispute() } else { retention })
    }
}

/// Returns the time of the clock, in milliseconds as everything that is written.
pub fn clock() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

/// Reads the name of an environment, in letters of any case.
pub fn environment(name: &str) -> Result<Environment, String> {
    let environment = Environment::ALL.into_iter().find(|environment| environment.name().eq_ignore_ascii_case(name));
    environment.ok_or_else(|| "an environment is Production, Acceptance, Integration or Test".to_owned())
}

/// Reads the name of a regime.
pub fn regime(name: &str) -> Result<Regime, String> {
    let known = || Regime::all().map(|regime| regime.name().to_owned()).collect::<Vec<_>>().join(", ");
    Regime::named(name).ok_or_else(|| format!("a regime is one of {}", known()))
}

/// Reads the name of a rule by which proofs are kept.
pub fn retention(name: &str) -> Result<Retention, String> {
    let known = || Retention::all().map(|rule| rule.name().to_owned()).collect::<Vec<_>>().join(", ");
    Retention::named(name).ok_or_else(|| format!("a rule is one of {}", known()))
}

/// Reads a time.
pub fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| time.to_utc()).map_err(|_| "not a time such as 2035-01-01T00:00:00Z".to_owned())
}
