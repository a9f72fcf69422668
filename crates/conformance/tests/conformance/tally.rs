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

#[cfg(test)]
mod tests {
    use super::*;

    /// For one file, for a case of another, and for a case wherever it is.
    fn exceptions() -> Exceptions {
        Exceptions::of_json(
            r#"[
                {"set": "cms", "file": "a.p7s", "reason": "one"},
                {"set": "cms", "file": "b.p7s", "case": "7", "reason": "two"},
                {"set": "cms", "file": "*", "case": "8", "reason": "three"},
                {"set": "other", "file": "c.p7s", "reason": "of another set"}
            ]"#,
        )
    }

    fn agreed(file: &str, case: Option<&str>) -> Judgement {
        Judgement::new(file, case.map(str::to_owned))
    }

    fn differing(file: &str, case: Option<&str>) -> Judgement {
        let mut judgement = agreed(file, case);
        judgement.differs("verdict", "valid", "invalid");
        judgement
    }

    #[test]
    fn an_exception_is_for_its_file_and_its_case_alone() {
        let judgements = [
            differing("a.p7s", None),
            differing("b.p7s", Some("7")),
            differing("any.p7s", Some("8")),
            differing("a.p7s", Some("7")),
            differing("b.p7s", None),
            differing("c.p7s", None),
        ];
        let exceptions = exceptions();
        let tally = Tally::of("cms", &judgements, &exceptions);
        assert!(tally.text(false, false).contains("6 entries, 0 agreed, 3 excepted, 3 disagreed"));
        let failures = tally.failures();
        assert_eq!(failures.len(), 3);
        for (failure, name) in failures.iter().zip(["cms/a.p7s 7", "cms/b.p7s", "cms/c.p7s"]) {
            assert!(failure.starts_with(&format!("  DISAGREED {name}\n")), "{failure}");
        }
    }

    #[test]
    fn an_exception_that_is_not_needed_fails() {
        let (judgements, exceptions) = ([agreed("a.p7s", None), agreed("b.p7s", Some("7"))], exceptions());
        let tally = Tally::of("cms", &judgements, &exceptions);
        let expected = ["exception not needed: cms/a.p7s", "exception not needed: cms/b.p7s 7"];
        assert_eq!(tally.failures(), expected);
    }

    #[test]
    fn an_exception_for_what_is_not_there_is_not_asked_for() {
        let (judgements, exceptions) = ([agreed("d.p7s", None), agreed("b.p7s", Some("9"))], exceptions());
        assert_eq!(Tally::of("cms", &judgements, &exceptions).failures(), Vec::<String>::new());
    }

    #[test]
    fn a_set_is_one_line_that_counts_apart_what_was_not_judged() {
        let mut out_of_scope = differing("e.p7s", None);
        out_of_scope.apart = Some(Apart::OutOfScope("names"));
        let mut not_offered = agreed("f.p7s", None);
        not_offered.apart = Some(Apart::AlgorithmNotOffered);
        let judgements = [agreed("d.p7s", None), agreed("g.p7s", None).not_judged("no key"), out_of_scope, not_offered];
        let exceptions = exceptions();
        let tally = Tally::of("cms", &judgements, &exceptions);
        assert_eq!(tally.failures(), Vec::<String>::new());
        let expected = "cms: 4 entries, 2 agreed, 0 excepted, 0 disagreed \
                        (1 algorithm not offered; 1 not judged: no key; 1 out of scope: names)\n";
        assert_eq!(tally.text(false, false), expected);
    }
}
