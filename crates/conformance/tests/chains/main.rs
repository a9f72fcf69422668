//! Whether `validate_path` and OpenSSL's X509_verify_cert agree on generated chains.
//!
//! The chains are the same at every run. `RECOMMANDE_CHAINS` is their number, 1,000 without it. A difference fails
//! unless `chains.json` has a rule for it: a tag of the case, what each of the two says, and the reason. From 100,000
//! chains on, a rule that explains nothing fails as well. `RECOMMANDE_CHAIN` is the number of a single chain, to be
//! shown.

mod case;
mod names;
mod openssl;
mod random;
mod rules;
mod themes;

use std::collections::BTreeMap;
use std::io::Write as _;

use case::{Case, Keys};
use openssl::{Answer, OpenSsl};
use random::Random;
use recommande::pki::{PathError, PathRequest, ValidatedPath, validate_path};
use rules::Rules;

const SEED: u64 = 0x5265_636f_6d6d_616e;
/// From how many chains on each rule must be needed.
const WHOLE: u64 = 100_000;

fn made(keys: &Keys, number: u64) -> Case {
    let mut random = Random::of_case(SEED, number);
    let chain = themes::chain(&mut random);
    chain.to_case(keys, |candidates| random.shuffle(candidates))
}

fn judge(case: &Case) -> Result<ValidatedPath, PathError> {
    let request = PathRequest::new(&case.target, &case.candidates, &case.anchors, case.at);
    validate_path(&request.with_policies(case.inputs.to_policy_inputs()))
}

/// The kind of an error, as `chains.json` names it.
fn kind(error: &PathError) -> String {
    let text = match error {
        PathError::Constraint { constraint, .. } => format!("{constraint:?}"),
        error => format!("{error:?}"),
    };
    text.split([' ', '{', '(']).next().unwrap_or_default().to_owned()
}

/// What OpenSSL says of the path itself, when it had not to look for it.
fn of_the_path(openssl: &mut OpenSsl, case: &Case, path: &ValidatedPath) -> Answer {
    let below = path.certificates.get(1..path.certificates.len().saturating_sub(1)).unwrap_or_default();
    openssl.judge(case, below, path.anchor())
}

/// Where one of the two accepts: whether it is known why the other does not.
fn explain(openssl: &mut OpenSsl, rules: &mut Rules, case: &Case, ours: &Result<ValidatedPath, PathError>) -> Outcome {
    let (ours, error) = match ours {
        Ok(path) => match of_the_path(openssl, case, path) {
            Answer { is_valid: true, .. } => return Outcome::Search,
            answer => ("valid".to_owned(), answer.error),
        },
        Err(error) => (kind(error), 0),
    };
    if rules.explain(&case.tags, &ours, error) {
        Outcome::Rule
    } else {
        Outcome::Differ(format!("ours {ours}, OpenSSL {error}, {:?}", case.tags))
    }
}

/// What comes of one chain.
enum Outcome {
    BothAccept,
    BothRefuse,
    /// OpenSSL accepts the path and does not find it: it tries one.
    Search,
    Rule,
    Differ(String),
}

#[test]
fn openssl_says_the_same() {
    let variable = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
    let mut openssl = match OpenSsl::start() {
        Ok(openssl) => openssl,
        Err(why) => {
            assert_ne!(std::env::var("RECOMMANDE_REQUIRE_OPENSSL").as_deref(), Ok("1"), "{why}");
            return conformance::skipped("chains", &why);
        }
    };
    let keys = Keys::new();
    let (from, to) = match variable("RECOMMANDE_CHAIN") {
        Some(number) => (number, number + 1),
        None => (0, variable("RECOMMANDE_CHAINS").unwrap_or(1_000)),
    };
    let mut rules = Rules::read();
    let mut counts = BTreeMap::<&str, u64>::new();
    let mut failures = Vec::new();
    for number in from..to {
        let case = made(&keys, number);
        let ours = judge(&case);
        let theirs = openssl.judge(&case, &case.candidates, case.anchors.iter());
        if to - from == 1 {
            show(&case, &ours, theirs);
        }
        let outcome = match (ours.is_ok(), theirs.is_valid) {
            (true, true) => Outcome::BothAccept,
            (false, false) => Outcome::BothRefuse,
            _ => explain(&mut openssl, &mut rules, &case, &ours),
        };
        let what = match outcome {
            Outcome::BothAccept => "both accept",
            Outcome::BothRefuse => "both refuse",
            Outcome::Search => "OpenSSL accepts the path and does not find it",
            Outcome::Rule => "differ for a reason",
            Outcome::Differ(how) => {
                failures.push(format!("chain {number}: {how}"));
                "DIFFER"
            }
        };
        *counts.entry(what).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
    // Past the capture of the test harness, which hides what a passing test prints.
    let _ = writeln!(std::io::stdout(), "chains: {} entries, {}", to - from, counts.join(", "));
    if to - from >= WHOLE {
        failures.extend(rules.not_needed());
    }
    let shown = failures.len().min(4000);
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures[..shown].join("\n"));
}

fn show(case: &Case, ours: &Result<ValidatedPath, PathError>, theirs: Answer) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "ours: {ours:?}\nOpenSSL: {theirs:?}\n{:?} {:?}", case.tags, case.inputs);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("chain");
    std::fs::create_dir_all(&folder).expect("a folder");
    let certificates = case.anchors.iter().map(|anchor| ("anchor", anchor));
    let certificates = certificates.chain(case.candidates.iter().map(|candidate| ("candidate", candidate)));
    for (number, (role, certificate)) in certificates.chain([("target", &case.target)]).enumerate() {
        std::fs::write(folder.join(format!("{number}-{role}.der")), certificate.der()).expect("a file");
    }
    let _ = writeln!(out, "files in {}", folder.display());
}
