//! The Wycheproof vectors (github.com/C2SP/wycheproof): files with many signatures each.

use std::io::Write as _;
use std::path::PathBuf;

use recommande::crypto::{DigestAlgorithm, KeyKind, PublicKey, SignatureAlgorithm, SignatureError};
use serde_json::Value;

use crate::corpus::{Entry, Set, from_hex};
use crate::exceptions::Exceptions;
use crate::judgement::{Apart, Judgement};
use crate::tally::Tally;

pub fn judge(set: &Set) -> Vec<Judgement> {
    set.entries().flat_map(file).collect()
}

fn file(entry: Entry<'_>) -> Vec<Judgement> {
    let Some(file) = entry.octets().and_then(|octets| serde_json::from_slice::<Value>(&octets).ok()) else {
        return vec![entry.judgement().not_judged("not a file of vectors")];
    };
    vectors(entry.file_name(), &file)
}

fn vectors(file_name: &str, file: &Value) -> Vec<Judgement> {
    let name = text(file, "algorithm");
    let groups = file.get("testGroups").and_then(Value::as_array);
    groups.into_iter().flatten().flat_map(|of_group| group(file_name, name, of_group)).collect()
}

/// The vectors of ML-DSA, and how many there are: those of August 2026, 631 in all. None is excepted.
const ML_DSA: [(&str, usize); 3] =
    [("mldsa_44_verify_test.json", 180), ("mldsa_65_verify_test.json", 210), ("mldsa_87_verify_test.json", 241)];

#[test]
fn ml_dsa() {
    let Some(folder) = std::env::var_os("RECOMMANDE_WYCHEPROOF").map(PathBuf::from) else {
        conformance::skipped("Wycheproof's vectors of ML-DSA", "RECOMMANDE_WYCHEPROOF names no folder");
        return;
    };
    let mut judgements = Vec::new();
    for (name, count) in ML_DSA {
        let octets = std::fs::read(folder.join("testvectors_v1").join(name)).expect(name);
        let of_file = vectors(name, &serde_json::from_slice(&octets).expect(name));
        // A newer copy may have more, and never fewer.
        assert!(of_file.len() >= count, "{name}: {} vectors, there were {count}", of_file.len());
        assert!(of_file.iter().all(|judgement| judgement.apart.is_none()), "{name}: a vector is not judged");
        judgements.extend(of_file);
    }
    let exceptions = Exceptions::read();
    let tally = Tally::of("wycheproof_ml_dsa", &judgements, &exceptions);
    // Past the capture of the test harness, which hides what a passing test prints.
    let _ = write!(std::io::stdout(), "{}", tally.text(false, false));
    let failures = tally.failures();
    assert!(failures.is_empty(), "{} disagreements:\n{}", failures.len(), failures.join("\n"));
}

fn group(file: &str, name: &str, group: &Value) -> Vec<Judgement> {
    let tests = group.get("tests").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let new = |test: &Value| Judgement::new(file, test.get("tcId").map(Value::to_string));
    let each = |make: &dyn Fn(Judgement) -> Judgement| tests.iter().map(|test| make(new(test))).collect();
    let Some(key) = group.get("publicKeyDer").and_then(Value::as_str).and_then(from_hex) else {
        return each(&|judgement| judgement.not_judged(format!("{}: no publicKeyDer", text(group, "type"))));
    };
    let algorithm = match algorithm(name, group) {
        Asked::For(algorithm) => algorithm,
        Asked::NotOffered => {
            return each(&|mut judgement| {
                judgement.apart = Some(Apart::AlgorithmNotOffered);
                judgement
            });
        }
        Asked::Unknown => return each(&|judgement| judgement.not_judged(format!("{name} {}", text(group, "type")))),
    };
    let key = PublicKey::from_spki(&key).map_err(|error| error.to_string());
    tests.iter().map(|test| judge_vector(new(test), test, &key, &algorithm)).collect()
}

enum Asked {
    For(SignatureAlgorithm),
    /// By a digest that is not offered, SHA-512/256 for example.
    NotOffered,
    Unknown,
}

fn algorithm(name: &str, group: &Value) -> Asked {
    let digest = |member: &str| match group.get(member).and_then(Value::as_str) {
        None => Some(None),
        Some(name) => DigestAlgorithm::from_name(name).map(Some),
    };
    let (Some(sha), Some(mgf)) = (digest("sha"), digest("mgfSha")) else { return Asked::NotOffered };
    let salt_len = group.get("sLen").and_then(Value::as_u64).and_then(|length| length.try_into().ok());
    Asked::For(match (name, text(group, "type"), sha, mgf, salt_len) {
        ("RSASSA-PKCS1-v1_5", "RsassaPkcs1Verify", Some(sha), ..) => SignatureAlgorithm::RsaPkcs1(sha),
        // In some files the digests are missing where they are the usual one.
        ("RSASSA-PSS", "RsassaPssVerify" | "RsassaPssWithParametersVerify", digest, mgf_digest, Some(salt_len)) => {
            SignatureAlgorithm::RsaPss {
                digest: digest.unwrap_or(DigestAlgorithm::Sha256),
                mgf_digest: mgf_digest.unwrap_or(DigestAlgorithm::Sha256),
                salt_len,
            }
        }
        ("ECDSA", "EcdsaVerify", Some(sha), ..) => SignatureAlgorithm::Ecdsa(sha),
        ("EDDSA", "EddsaVerify", ..) => SignatureAlgorithm::Ed25519,
        ("ML-DSA-44", "MlDsaVerify", ..) => SignatureAlgorithm::MlDsa44,
        ("ML-DSA-65", "MlDsaVerify", ..) => SignatureAlgorithm::MlDsa65,
        ("ML-DSA-87", "MlDsaVerify", ..) => SignatureAlgorithm::MlDsa87,
        _ => return Asked::Unknown,
    })
}

fn judge_vector(
    mut judgement: Judgement,
    test: &Value,
    key: &Result<PublicKey, String>,
    algorithm: &SignatureAlgorithm,
) -> Judgement {
    // A signature with a context is valid for somebody who gives it, and the one of CMS is empty (RFC 9882 §3.2).
    let expected = if text(test, "ctx").is_empty() { text(test, "result") } else { "invalid" };
    let (Some(message), Some(signature)) = (from_hex(text(test, "msg")), from_hex(text(test, "sig"))) else {
        return judgement.not_judged("no message or signature");
    };
    let answer = match key {
        Ok(key) => key.verify(algorithm, &message, &signature).map_err(|error| match error {
            // Nothing is left over but keys whose kind has a name here.
            SignatureError::NotOffered(_) if matches!(key.kind(), KeyKind::NotOffered(_)) => None,
            error => Some(error.to_string()),
        }),
        Err(error) => Err(Some(error.clone())),
    };
    match (expected, answer) {
        (_, Err(None)) => judgement.apart = Some(Apart::AlgorithmNotOffered),
        ("valid" | "acceptable", Ok(())) | ("invalid" | "acceptable", Err(Some(_))) => {}
        ("invalid", Ok(())) => judgement.differs(text(test, "comment"), expected, "valid"),
        ("valid", Err(Some(error))) => judgement.differs(text(test, "comment"), expected, error),
        (result, _) => return judgement.not_judged(format!("result \"{result}\"")),
    }
    judgement
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}
