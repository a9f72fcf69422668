//! The arguments of the command.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::SystemTime;

use chrono::{DateTime, SubsecRound, Utc};
use recommande::Environment;
use recommande_receipt::{Language, Numbers};

use super::error::Error;
use super::told::in_one_line;

/// How the command is used. The options that a verifier has are named as those of `recommande-verify`.
pub const USAGE: &str = "\
usage: recommande-receipt PATH... [--seal-anchors PEM] [--tsa-anchors PEM] [--environment NAME] [--language fr|nl|de|en]...
                          [--numbers-in-full] [--now RFC3339] [--policy NAME|FILE] [--extra FILE]... [--record FILE]...
                          [--log-proof FILE]... [--disclosure FILE]... [--recipient-anchors PEM] [--sender-anchors PEM]
                          [--register-anchors PEM [--register-extract JSON]...] [--container-anchors PEM]
                          [--container-tsa-anchors PEM] [--limit OCTETS] [--out DIR]

  PATH                a proof (.p7m, .rma), a container with letters and proofs (.asice), or a folder with these. What follows
                      a sending, or was led to by a step, finds it among the proofs. What lies beside a proof is given to the
                      verifier: NAME.pq.p7s, NAME.p7m.ers, NAME.tlog-proof, NAME.disclosure.json, and NAME.submission.json with
                      NAME.submission.p7s. Of a container there is one PDF for each language, with all of its files inside
  --seal-anchors PEM  the certificates under which seals are trusted
  --tsa-anchors PEM   the certificates under which timestamps are trusted. Without these two, the anchors that lie in the folder
                      are taken for proofs of the environment Test, and for no others; those in a container are never taken
  --environment NAME  Production, Acceptance, Integration or Test (default: that of each proof, which stands across its page; of a
                      container Production)
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --extra FILE        certificates, CRLs and OCSP responses, in PEM or DER, which are offered and not trusted
  --record FILE       an evidence record over a whole file
  --log-proof FILE    the proof that a proof is in a log of the policy
  --disclosure FILE   the values that a proof commits to
  --recipient-anchors PEM
                      the certificates under which recipients are trusted; without it their own signatures are not evaluated
  --sender-anchors PEM
                      the certificates under which senders are trusted; without it their submissions are not looked at
  --register-anchors PEM
                      the certificates under which registers of mandates are trusted
  --register-extract JSON
                      the extract of a register, with its signature beside it (.p7s)
  --container-anchors PEM, --container-tsa-anchors PEM
                      the certificates under which the signature and the timestamps over a container are trusted (default: those of
                      proofs)
  --limit OCTETS      the most octets of the files in a container together, and of its PDF (default: 50000000, which courts take)
  --language TAG      a language; may be repeated (default: all four)
  --numbers-in-full   shows the numbers of citizens, which are masked otherwise
  --now RFC3339       verify as at this time (default: the clock)
  --out DIR           the folder for the pages (default: receipts in the folder of each proof or container)

exit status: 0 everything holds, 1 something does not, 2 something is not decided, 3 usage or file error";

/// What was asked for.
pub struct Asked {
    pub paths: Vec<PathBuf>,
    pub seal_anchors: Option<PathBuf>,
    pub tsa_anchors: Option<PathBuf>,
    pub container_anchors: Option<PathBuf>,
    pub container_tsa_anchors: Option<PathBuf>,
    pub recipient_anchors: Option<PathBuf>,
    pub sender_anchors: Option<PathBuf>,
    pub register_anchors: Option<PathBuf>,
    pub register_extracts: Vec<PathBuf>,
    pub environment: Option<Environment>,
    pub policy: Option<String>,
    pub extras: Vec<PathBuf>,
    pub records: Vec<PathBuf>,
    pub log_proofs: Vec<PathBuf>,
    pub disclosures: Vec<PathBuf>,
    pub languages: Vec<Language>,
    pub numbers: Numbers,
    pub now: DateTime<Utc>,
    pub limit: Option<u64>,
    pub out: Option<PathBuf>,
}

impl Asked {
    /// Reads the arguments; nothing is asked for where the usage is.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, Error> {
        let mut asked = Self::nothing();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| format!("{} needs a value\n\n{USAGE}", in_one_line(&argument)));
            // A path need not be Unicode, and every option is.
            match argument.to_str() {
                Some("--help") => return Ok(None),
                Some("--seal-anchors" | "--anchors") => asked.seal_anchors = Some(value()?.into()),
                Some("--tsa-anchors") => asked.tsa_anchors = Some(value()?.into()),
                Some("--container-anchors") => asked.container_anchors = Some(value()?.into()),
                Some("--container-tsa-anchors") => asked.container_tsa_anchors = Some(value()?.into()),
                Some("--recipient-anchors") => asked.recipient_anchors = Some(value()?.into()),
                Some("--sender-anchors") => asked.sender_anchors = Some(value()?.into()),
                Some("--register-anchors") => asked.register_anchors = Some(value()?.into()),
                Some("--register-extract") => asked.register_extracts.push(value()?.into()),
                Some("--environment") => asked.environment = Some(read_value("--environment", &value()?)?),
                Some("--policy") => asked.policy = Some(read_value("--policy", &value()?)?),
                Some("--extra") => asked.extras.push(value()?.into()),
                Some("--record") => asked.records.push(value()?.into()),
                Some("--log-proof") => asked.log_proofs.push(value()?.into()),
                Some("--disclosure") => asked.disclosures.push(value()?.into()),
                Some("--language") => asked.languages.push(read_value("--language", &value()?)?),
                Some("--numbers-in-full") => asked.numbers = Numbers::InFull,
                Some("--now" | "--at") => asked.now = read_value("--now", &value()?)?,
                Some("--limit") => asked.limit = Some(read_value("--limit", &value()?)?),
                Some("--out") => asked.out = Some(value()?.into()),
                Some(_) | None if argument.as_encoded_bytes().starts_with(b"--") => {
                    return Err(format!("{} is not known\n\n{USAGE}", in_one_line(&argument)).into());
                }
                Some(_) | None => asked.paths.push(argument.into()),
            }
        }
        if asked.paths.is_empty() {
            return Err(format!("PATH is needed\n\n{USAGE}").into());
        }
        if !asked.register_extracts.is_empty() && asked.register_anchors.is_none() {
            return Err("--register-extract: needs --register-anchors, by which its signature is judged".into());
        }
        if asked.languages.is_empty() {
            asked.languages = Language::ALL.to_vec();
        }
        Ok(Some(asked))
    }

    /// The first option that is about containers alone, if there is one.
    pub fn of_container(&self) -> Option<&'static str> {
        let options = [
            ("--container-anchors", self.container_anchors.is_some()),
            ("--container-tsa-anchors", self.container_tsa_anchors.is_some()),
            ("--limit", self.limit.is_some()),
        ];
        options.into_iter().find(|(_, is_given)| *is_given).map(|(option, _)| option)
    }

    fn nothing() -> Self {
        Self {
            paths: Vec::new(),
            seal_anchors: None,
            tsa_anchors: None,
            container_anchors: None,
            container_tsa_anchors: None,
            recipient_anchors: None,
            sender_anchors: None,
            register_anchors: None,
            register_extracts: Vec::new(),
            environment: None,
            policy: None,
            extras: Vec::new(),
            records: Vec::new(),
            log_proofs: Vec::new(),
            disclosures: Vec::new(),
            languages: Vec::new(),
            numbers: Numbers::Masked,
            now: DateTime::<Utc>::from(SystemTime::now()).trunc_subsecs(3),
            limit: None,
            out: None,
        }
    }
}

/// Reads the value of an option.
fn read_value<T: FromStr<Err: fmt::Display>>(option: &str, value: &OsStr) -> Result<T, Error> {
    let value = value.to_str().ok_or_else(|| format!("{option}: the value is not Unicode"))?;
    Ok(value.parse().map_err(|error| format!("{option}: {error}"))?)
}
