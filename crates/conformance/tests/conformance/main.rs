//! Whether the verifier agrees with what others found about real signatures, tokens, chains, lists and vectors.
//!
//! The data is not part of the repository: a folder with one folder per set and a `manifest.json` in each, named by
//! `RECOMMANDE_CORPUS`, else `../shared/corpus` beside the repository. Each set gives one line. A disagreement fails
//! unless `exceptions.json` has a reason for it; an exception that is there and not needed fails as well.
//!
//! - `RECOMMANDE_CONFORMANCE_VERBOSE=1`: each disagreement and each exception, with file, expected, got and findings;
//!   what of the manifest was not compared.
//! - `RECOMMANDE_CONFORMANCE_POLICY=strict` (or another shipped policy): what this policy finds beyond the policy
//!   `conformance`, per entry.
//! - `RECOMMANDE_PKITS`: the folder with `certs` and `crls` of NIST's PKITS, for the test `the_whole_of_pkits`.

mod certificates;
mod cms;
mod corpus;
mod entries;
mod exceptions;
mod features;
mod judgement;
mod limbo;
mod mime;
mod names;
mod paths;
mod pkits;
mod receipt;
mod records;
mod revocation;
mod tally;
mod timestamps;
mod wycheproof;

use std::io::Write as _;

use corpus::Set;
use exceptions::Exceptions;
use judgement::Judgement;
use recommande::verify::Policy;
use tally::Tally;

/// A set by the name of its folder, and what is made of its entries.
type Judge = fn(&Set) -> Vec<Judgement>;

const SETS: &[(&str, Judge)] = &[
    ("belgium", entries::judge),
    ("tst", entries::judge),
    ("tsr", entries::judge),
    ("cms", entries::judge),
    ("ers", entries::judge),
    ("cms_openssl_rfc4134", entries::judge),
    ("pkits", entries::judge),
    ("vectors_limbo", paths::limbo),
    ("vectors_wycheproof", wycheproof::judge),
    ("ocsp", entries::judge),
    ("crl", entries::judge),
];

#[test]
fn conformance() {
    let Some(folder) = conformance::corpus() else {
        conformance::skipped("conformance", "no corpus");
        return;
    };
    let verbose = std::env::var_os("RECOMMANDE_CONFORMANCE_VERBOSE").is_some_and(|value| value != "0");
    let policy = std::env::var("RECOMMANDE_CONFORMANCE_POLICY").ok().map(|name| Policy::named(&name).expect(&name));
    let exceptions = Exceptions::read();
    // Past the capture of the test harness, which hides what a passing test prints.
    let mut out = std::io::stdout();
    let mut failures = Vec::new();
    std::thread::scope(|scope| {
        let judged: Vec<_> = SETS
            .iter()
            .map(|(name, judge)| {
                let set = Set::open(&folder, name, policy.clone());
                scope.spawn(move || set.map(|set| judge(&set)))
            })
            .collect();
        for ((name, _), judged) in SETS.iter().zip(judged) {
            let Some(judgements) = judged.join().expect(name) else {
                conformance::skipped(name, "no such set in the corpus");
                continue;
            };
            let tally = Tally::of(name, &judgements, &exceptions);
            let _ = write!(out, "{}", tally.text(verbose, policy.is_some()));
            failures.extend(tally.failures());
        }
    });
    assert!(failures.is_empty(), "{} disagreements:\n{}", failures.len(), failures.join("\n"));
}
