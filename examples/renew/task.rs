//! What a run renews, and how: the options, read.

use chrono::{DateTime, SubsecRound, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::Renewer;
use recommande::{Environment, TsaPool, Verifier};

use crate::arguments::{Arguments, Error};
use crate::{files, offered, tsa};

pub const USAGE: &str = "\
usage: renew FOLDER --tsa URL --seal-anchors PEM --tsa-anchors PEM [--due-before DATE] [--to ALG] [--dry-run]
             [--policy NAME|FILE] [--extra FILE]... [--now RFC3339]

  FOLDER              the proofs (NAME.p7m, NAME.rma) and the second seals beside them (NAME.pq.p7s), each renewed in its place;
                      where an evidence record over one of them is there (NAME.p7m.ers), that is renewed instead. Of
                      aggregated proofs in three files the records (NAME.ers beside NAME.json) are renewed, and the seal
                      that they share. Symbolic links and what is no file are refused, by name
  --tsa URL           the time-stamp authority
  --seal-anchors PEM  the certificates under which seals are trusted, of all times
  --tsa-anchors PEM   the certificates under which timestamps are trusted, of all times
  --due-before DATE   renews what ends before this day, as 2031-12-31 (default: what is due, 90 or 365 days before its end)
  --to ALG            renews what has no timestamp by this digest algorithm yet, as sha512
  --dry-run           tells what would be renewed, and changes nothing
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --extra FILE        certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. What a proof rests on is put into it
  --now RFC3339       renews as at this time (default: the clock)

A renewed file keeps its mode and its owner. A second seal needs its proof beside it, and is due by itself.
The files of a batch share one timestamp. It can be stopped at any moment, and run again: what is renewed is no longer due.
A TSA that failed is not asked again in the same run, and each timestamp that was taken for nothing is told.

exit status: 0 everything that is due was renewed, 1 something was not, 3 usage or file error";

/// What is renewed, and how.
pub struct Task {
    pub verifier: Verifier,
    pub tsas: TsaPool,
    pub algorithm: Option<DigestAlgorithm>,
    pub before: Option<DateTime<Utc>>,
    /// The time as at which everything is done, instead of the clock's.
    fixed: Option<DateTime<Utc>>,
}

impl Task {
    /// Reads the options.
    pub fn of(arguments: &Arguments) -> Result<Self, Error> {
        let needed = |name: &str| arguments.path(name).ok_or_else(|| format!("{name} is needed\n\n{USAGE}"));
        let [seal_anchors, tsa_anchors] = ["--seal-anchors", "--tsa-anchors"].map(needed);
        let anchors = (files::anchors(&seal_anchors?)?, files::anchors(&tsa_anchors?)?);
        // The environment of a statement does not matter to its preservation.
        let verifier = offered::configured(Verifier::new(anchors.0, anchors.1, Environment::Production), arguments)?;
        let url = arguments.text("--tsa")?.ok_or_else(|| format!("--tsa is needed\n\n{USAGE}"))?;
        let algorithm = arguments.text("--to")?.map(|name| {
            DigestAlgorithm::from_name(name).ok_or_else(|| Error::from("--to: not a known digest algorithm"))
        });
        let before = arguments.text("--due-before")?.map(|date| {
            let date: chrono::NaiveDate = date.parse().map_err(|_| "--due-before: not a day such as 2031-12-31")?;
            Ok::<_, Error>(date.and_time(chrono::NaiveTime::MIN).and_utc())
        });
        let fixed = match arguments.text("--now")? {
            Some(_) => Some(files::time(arguments, "--now")?),
            None => None,
        };
        Ok(Self {
            verifier,
            tsas: TsaPool::new().with_tsa(tsa::name_of(url), tsa::http(url)?),
            algorithm: algorithm.transpose()?,
            before: before.transpose()?,
            fixed,
        })
    }

    /// A run may take days, in which the tokens get later times.
    pub fn now(&self) -> DateTime<Utc> {
        self.fixed.unwrap_or_else(|| Utc::now().trunc_subsecs(3))
    }

    pub fn renewer(&self) -> Renewer<'_> {
        let renewer = Renewer::new(&self.verifier);
        match self.algorithm {
            Some(algorithm) => renewer.with_algorithm(algorithm),
            None => renewer,
        }
    }
}
