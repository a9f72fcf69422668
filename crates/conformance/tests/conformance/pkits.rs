//! The whole of NIST's PKITS with the inputs of each case, to the table `pkits.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use const_oid::ObjectIdentifier;
use recommande::Certificate;
use recommande::pki::PolicyInputs;
use recommande::pki::revocation::{RevocationData, RevocationStatus};

use crate::exceptions::Exceptions;
use crate::judgement::{Apart, Judgement};
use crate::paths::{self, Case};
use crate::tally::Tally;

const TABLE: &str = include_str!("../../pkits.txt");

/// The arc above the numbers of the policies NIST-test-policy-1 to 6.
const TEST_POLICIES: &str = "2.16.840.1.101.3.2.1.48";

/// One line of the table.
struct Row<'a> {
    number: &'a str,
    is_valid: bool,
    policies: PolicyInputs,
    /// From below the anchor to the target.
    certificates: Vec<&'a str>,
    lists: Vec<&'a str>,
}

/// Reads the table. Whatever it says that is not known here is a panic, because to overlook an input is to judge
/// another case.
fn rows() -> Vec<Row<'static>> {
    TABLE.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

fn row(line: &'static str) -> Row<'static> {
    let columns: Vec<&str> = line.split('|').map(str::trim).collect();
    let [number, verdict, inputs, certificates, lists] = columns[..] else { panic!("not a row: {line}") };
    let is_valid = match verdict {
        "valid" => true,
        "invalid" => false,
        _ => panic!("{number}: verdict {verdict}"),
    };
    let words = |column: &'static str| column.split(' ').filter(|word| *word != "-").collect::<Vec<_>>();
    let policies = words(inputs).into_iter().fold(PolicyInputs::default(), |policies, input| match input {
        "explicit-policy" => policies.with_explicit_policy(),
        "mapping-inhibited" => policies.with_policy_mapping_inhibited(),
        "any-policy-inhibited" => policies.with_any_policy_inhibited(),
        _ => {
            let numbers = input.strip_prefix("policies=").unwrap_or_else(|| panic!("{number}: input {input}"));
            let policy = |number: &str| ObjectIdentifier::new(&format!("{TEST_POLICIES}.{number}")).expect(input);
            policies.with_initial_policies(numbers.split('+').map(policy))
        }
    });
    Row { number, is_valid, policies, certificates: words(certificates), lists: words(lists) }
}

/// The files of the suite, each read once.
struct Suite {
    folder: PathBuf,
    certificates: BTreeMap<&'static str, Result<Certificate, String>>,
}

impl Suite {
    fn octets(&self, name: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.folder.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    fn certificate(&mut self, name: &'static str) -> Result<Certificate, String> {
        if let Some(read) = self.certificates.get(name) {
            return read.clone();
        }
        let octets = self.octets(&format!("certs/{name}.crt"));
        let read = octets.and_then(|octets| Certificate::from_der(&octets).map_err(|error| format!("{name}: {error}")));
        self.certificates.insert(name, read.clone());
        read
    }

    fn case(&mut self, row: &Row<'static>) -> Result<Case, String> {
        let mut data = RevocationData::new();
        for name in ["TrustAnchorRootCRL"].iter().chain(&row.lists) {
            let list = RevocationData::from_bytes(&self.octets(&format!("crls/{name}.crl"))?);
            let list = list.map_err(|error| format!("{name}: {error}"))?;
            data.extend(&list).map_err(|error| format!("{name}: {error}"))?;
        }
        let mut certificates: Vec<_> =
            row.certificates.iter().map(|name| self.certificate(name)).collect::<Result<_, _>>()?;
        let target = certificates.pop().ok_or("no certificate")?;
        let anchor = self.certificate("TrustAnchorRootCertificate")?;
        Ok(Case {
            target,
            candidates: certificates,
            anchors: [anchor].into_iter().collect(),
            data,
            policies: row.policies.clone(),
            at: paths::time_of_pkits(),
        })
    }

    fn judge(&mut self, row: &Row<'static>) -> Judgement {
        let file = row.certificates.last().copied().unwrap_or_default();
        let mut judgement = Judgement::new(file, Some(row.number.to_owned()));
        let case = match self.case(row) {
            Ok(case) => case,
            Err(why) => {
                judgement.differs("files", "readable", why);
                return judgement;
            }
        };
        let expected = if row.is_valid { "valid" } else { "invalid" };
        match paths::judge(&case, |status| *status == RevocationStatus::Good) {
            Ok(()) if row.is_valid => {}
            Ok(()) => judgement.differs("verdict", expected, "valid"),
            // DSA, of which section 4.1 has three cases.
            Err(refused) if refused.is_not_offered() => judgement.apart = Some(Apart::AlgorithmNotOffered),
            Err(refused) if row.is_valid => judgement.differs("verdict", expected, refused),
            Err(_) => {}
        }
        judgement
    }
}

#[test]
fn the_table_has_every_case_once() {
    let rows = rows();
    let numbers: BTreeSet<_> = rows.iter().map(|row| row.number).collect();
    assert_eq!((rows.len(), numbers.len()), (249, 249));
    let sections: BTreeSet<_> = numbers.iter().filter_map(|number| number.split('.').nth(1)).collect();
    assert_eq!(sections.len(), 16);
    let differs = |row: &&Row<'_>| row.policies != PolicyInputs::default();
    assert_eq!(rows.iter().filter(differs).count(), 35);
    assert_eq!(rows.iter().filter(|row| row.is_valid).count(), 114);
}

#[test]
fn the_whole_of_pkits() {
    let Some(folder) = std::env::var_os("RECOMMANDE_PKITS").map(PathBuf::from) else {
        conformance::skipped("the whole of PKITS", "RECOMMANDE_PKITS names no folder");
        return;
    };
    assert!(Path::new(&folder).join("certs").is_dir(), "RECOMMANDE_PKITS has no folder certs");
    let mut suite = Suite { folder, certificates: BTreeMap::new() };
    let judgements: Vec<_> = rows().iter().map(|row| suite.judge(row)).collect();
    let exceptions = Exceptions::read();
    let tally = Tally::of("pkits_suite", &judgements, &exceptions);
    // Past the capture of the test harness, which hides what a passing test prints.
    let verbose = std::env::var_os("RECOMMANDE_CONFORMANCE_VERBOSE").is_some_and(|value| value != "0");
    let _ = write!(std::io::stdout(), "{}", tally.text(verbose, false));
    let failures = tally.failures();
    assert!(failures.is_empty(), "{} disagreements:\n{}", failures.len(), failures.join("\n"));
}
