//! What lies beside a judged file and was named as a path itself: whoever names it asks about it.
//!
//! A second seal or the proof of a log that does not hold takes nothing from the verdict on the proof, and cannot be judged without that. An
//! evidence record can, and is.

use std::path::{Path, PathBuf};

use recommande::Indication;
use recommande::verify::{Code, Finding, Subject};

use crate::finding::objects;
use crate::judge::Outcome;
use crate::question::Given;

/// A second seal or the proof of a log.
#[derive(Clone, Debug)]
pub struct Companion {
    /// The name under which it is told.
    pub name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    SecondSeal,
    Log,
}

impl Kind {
    /// What the report says of it, the finding without which it does not hold, and the one by which it is none.
    fn findings(self) -> (Subject, Code, Code) {
        match self {
            Self::SecondSeal => (Subject::SecondSeal, Code::SecondSealValid, Code::SecondSealUnreadable),
            Self::Log => (Subject::Log, Code::LogIncluded, Code::LogProofMalformed),
        }
    }
}

impl Companion {
    /// Returns those among the files that are given with a proof which somebody named.
    pub fn named(given: &Given, is_named: impl Fn(&PathBuf) -> bool, shown: impl Fn(&Path) -> String) -> Vec<Self> {
        let seals = given.second_seals.iter().map(|path| (path, Kind::SecondSeal));
        let all = seals.chain(given.log_proofs.iter().map(|path| (path, Kind::Log)));
        all.filter(|(path, _)| is_named(path)).map(|(path, kind)| Self { name: shown(path), kind }).collect()
    }

    /// Returns the name of what it is, as the report has it.
    pub fn kind(&self) -> &'static str {
        match self.kind {
            Kind::SecondSeal => "second-seal",
            Kind::Log => "log-proof",
        }
    }

    /// Returns the verdict where the report on its proof does not say that it holds.
    pub fn told(&self, of_proof: &Outcome) -> Option<Outcome> {
        let report = of_proof.worst()?;
        let (subject, holds, is_none) = self.kind.findings();
        let of_it = || report.findings.iter().filter(|finding| finding.subject == subject);
        let is_there = |code: Code| of_it().any(|finding| finding.code == code);
        if is_there(holds) && !is_there(is_none) {
            return None;
        }
        let reasons: Vec<String> = of_it().filter(|finding| objects(finding)).map(Finding::to_string).collect();
        let reason = match reasons.as_slice() {
            [] => "the report on the proof beside it says nothing of it".to_owned(),
            [..] => reasons.join("; "),
        };
        Some(Outcome::Bare(Indication::Indeterminate, reason))
    }
}
