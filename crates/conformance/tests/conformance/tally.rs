//! The count of one set.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::exceptions::{Exception, Exceptions};
use crate::judgement::{Apart, Judgement};

pub struct Tally<'a> {
    set: &'a str,
    judgements: &'a [Judgement],
    agreed: usize,
    excepted: Vec<(&'a Judgement, &'a Exception)>,
    disagreed: Vec<&'a Judgement>,
    not_needed: Vec<&'a Exception>,
    apart: BTreeMap<String, usize>,
}

impl<'a> Tally<'a> {
    pub fn of(set: &'a str, judgements: &'a [Judgement], exceptions: &'a Exceptions) -> Self {
        let exceptions: Vec<&Exception> = exceptions.of_set(set).collect();
        let (agreed, excepted, disagreed, apart) = Default::default();
        let mut tally = Self { set, judgements, agreed, excepted, disagreed, not_needed: Vec::new(), apart };
        for judgement in judgements {
            let exception = exceptions.iter().find(|exception| exception.is_for(judgement));
            let apart = judgement.apart.as_ref();
            match (judgement.differences.is_empty(), exception) {
                (false, Some(exception)) => {
                    tally.excepted.push((judgement, exception));
                    continue;
                }
                (false, None) if !apart.is_some_and(Apart::excuses) => {
                    tally.disagreed.push(judgement);
                    continue;
                }
                _ => tally.agreed += usize::from(apart.is_none_or(Apart::agrees)),
            }
            if let Some(apart) = apart {
                *tally.apart.entry(apart.to_string()).or_default() += 1;
            }
        }
        tally.not_needed = exceptions
            .into_iter()
            .filter(|exception| judgements.iter().any(|judgement| exception.is_for(judgement)))
            .filter(|exception| !tally.excepted.iter().any(|(_, used)| core::ptr::eq(*used, *exception)))
            .collect();
        tally
    }

    pub fn text(&self, verbose: bool, with_policy: bool) -> String {
        let mut text = format!(
            "{}: {} entries, {} agreed, {} excepted, {} disagreed",
            self.set,
            self.judgements.len(),
            self.agreed,
            self.excepted.len(),
            self.disagreed.len()
        );
        let apart: Vec<String> = self.apart.iter().map(|(why, count)| format!("{count} {why}")).collect();
        if !apart.is_empty() {
            let _ = write!(text, " ({})", apart.join("; "));
        }
        text.push('\n');
        if verbose {
            let left_out = |judgement: &&Judgement| matches!(judgement.apart, Some(Apart::NotJudged(_)));
            for judgement in self.judgements.iter().filter(left_out) {
                text.push_str(&self.lines("not judged", judgement));
            }
            self.disagreed.iter().for_each(|judgement| text.push_str(&self.lines("DISAGREED", judgement)));
            for (judgement, exception) in &self.excepted {
                let lines = self.lines("excepted", judgement);
                let _ = writeln!(text, "{lines}      because: {}", exception.reason);
            }
            let mut uncompared = BTreeMap::<&str, usize>::new();
            for member in self.judgements.iter().flat_map(|judgement| &judgement.uncompared) {
                *uncompared.entry(member).or_default() += 1;
            }
            for (member, count) in uncompared {
                let _ = writeln!(text, "  not compared: {member} ({count})");
            }
        }
        if with_policy {
            for judgement in self.judgements.iter().filter(|judgement| !judgement.stricter.is_empty()) {
                let _ = writeln!(text, "  {}/{}", self.set, judgement.file);
                judgement.stricter.iter().for_each(|finding| {
                    let _ = writeln!(text, "      {finding}");
                });
            }
        }
        text
    }

    /// What makes the test fail.
    pub fn failures(&self) -> Vec<String> {
        let disagreed = self.disagreed.iter().map(|judgement| self.lines("DISAGREED", judgement));
        let not_needed = self.not_needed.iter().map(|exception| format!("exception not needed: {}", exception.name()));
        disagreed.chain(not_needed).collect()
    }

    fn lines(&self, what: &str, judgement: &Judgement) -> String {
        let case = judgement.case.as_ref().map(|case| format!(" {case}")).unwrap_or_default();
        let mut lines = format!("  {what} {}/{}{case}\n", self.set, judgement.file);
        judgement.differences.iter().for_each(|difference| {
            let _ = writeln!(lines, "      {difference}");
        });
        judgement.findings.iter().for_each(|finding| {
            let _ = writeln!(lines, "      {finding}");
        });
        lines
    }
}
