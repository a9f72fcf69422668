//! These tests read policies of algorithms: rows for a padding, and the machine-readable form of ETSI TS 119 322.

use chrono::NaiveDate;
use recommande::crypto::{
    AlgorithmPolicy, DigestAlgorithm, DigestRow, KeyFamily, KeyKind, KeyRow, SignatureAlgorithm, Standing, SuiteError,
};
use recommande::testing::generate_key;
use recommande::verify::Policy;
use serde_json::{Value, json};

use crate::common::at;

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

fn evaluation(end: Option<&str>, recommendation: &str, modulus: Option<u32>) -> Value {
    let mut evaluation = json!({"Validity": {}, "Recommendation": recommendation});
    if let Some(end) = end {
        evaluation["Validity"]["End"] = json!(end);
    }
    if let Some(modulus) = modulus {
        evaluation["Parameter"] = json!([{"Min": modulus, "name": "moduluslength"}]);
    }
    evaluation
}

fn algorithm(oid: &str, evaluations: &[Value]) -> Value {
    json!({"AlgorithmIdentifier": {"Name": "a name", "ObjectIdentifier": oid}, "Evaluation": evaluations})
}

const SHA256: &str = "2.16.840.1.101.3.4.2.1";
const RSA_SHA256: &str = "1.2.840.113549.1.1.11";

fn suite(algorithms: &[Value]) -> Value {
    json!({"SecuritySuitabilityPolicy": {
        "PolicyName": {"Name": "a policy"},
        "Publisher": {"Name": "somebody"},
        "PolicyIssueDate": "2026-02-01T00:00:00.000+01:00",
        "Algorithm": algorithms,
        "version": "2",
    }})
}

/// The rows of some algorithms, in the order of TS 119 312.
fn algorithms() -> Vec<Value> {
    let recommended = || evaluation(None, "R", None);
    vec![
        algorithm("2.16.840.1.101.3.4.2.4", &[evaluation(Some("2029-01-01"), "L", None)]),
        algorithm(SHA256, &[recommended()]),
        algorithm("2.16.840.1.101.3.4.2.12", &[recommended()]),
        algorithm(
            "1.2.840.113549.1.1.14",
            &[evaluation(Some("2029-01-01"), "L", Some(1900)), evaluation(Some("2029-01-01"), "L", Some(3000))],
        ),
        algorithm(
            RSA_SHA256,
            &[evaluation(Some("2029-01-01"), "L", Some(1900)), evaluation(Some("2034-01-01"), "L", Some(3000))],
        ),
        algorithm(
            "1.2.840.113549.1.1.10",
            &[evaluation(Some("2029-01-01"), "L", Some(1900)), evaluation(None, "R", Some(3000))],
        ),
        algorithm("1.2.840.10045.4.3.2", &[recommended()]),
        algorithm("1.3.101.112", &[recommended()]),
        algorithm("2.16.840.1.101.3.4.3.18", &[recommended()]),
        algorithm("2.16.840.1.101.3.4.3.24", &[recommended()]),
        algorithm("1.2.840.10045.3.1.7", &[recommended()]),
        algorithm("1.3.132.0.34", &[evaluation(Some("2041-01-01"), "R", None)]),
        // Not offered here: DSA and a curve.
        algorithm("1.2.840.10040.4.1", &[recommended()]),
        algorithm("1.3.36.3.3.2.8.1.1.7", &[recommended()]),
    ]
}

fn read(suite: &Value) -> Result<AlgorithmPolicy, SuiteError> {
    AlgorithmPolicy::from_ts_119_322_json(&suite.to_string())
}

#[test]
fn a_policy_of_ts_119_322_gives_its_rows() {
    let policy = read(&suite(&algorithms())).unwrap();
    let issued = day("2026-02-01");
    let digest = |digest, legacy_from, past_from| DigestRow { digest, legacy_from, past_from };
    assert_eq!(
        policy.digests,
        [
            digest(DigestAlgorithm::Sha224, issued, day("2029-01-01")),
            digest(DigestAlgorithm::Sha256, None, None),
            digest(DigestAlgorithm::Shake256, None, None),
        ]
    );
    let key = |key, bits, legacy_from, past_from| KeyRow { key, bits, legacy_from, past_from };
    let expected = [
        key(KeyFamily::RsaPkcs1, 1900, issued, day("2029-01-01")),
        key(KeyFamily::RsaPkcs1, 3000, issued, day("2034-01-01")),
        key(KeyFamily::RsaPss, 1900, issued, day("2029-01-01")),
        key(KeyFamily::RsaPss, 3000, None, None),
        key(KeyFamily::Ec, 256, None, None),
        key(KeyFamily::Ec, 384, None, day("2041-01-01")),
        key(KeyFamily::Ed25519, 256, None, None),
        key(KeyFamily::MlDsa, 65, None, None),
        key(KeyFamily::SlhDsa, 256, None, None),
    ];
    assert_eq!(policy.keys, expected);
    // It is a policy as any other, also as JSON.
    let whole = Policy { algorithms: policy.clone(), ..Policy::default() };
    let written = serde_json::to_string(&whole).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&written).unwrap(), whole);
    // The order decides nothing.
    let mut reversed = algorithms();
    reversed.reverse();
    assert_eq!(read(&suite(&reversed)).unwrap(), policy);
}

/// Version 1.5.1 was published with the name of the type, another name of identifiers, an only element without its array,
/// numbers as strings, and the last instant of a validity.
#[test]
fn the_form_of_version_1_5_1_is_read_too() {
    let unpacked = |value: &mut Value| {
        if let Some([only]) = value.as_array().map(Vec::as_slice) {
            *value = only.clone();
        }
    };
    let mut old = algorithms();
    for algorithm in &mut old {
        for evaluation in algorithm["Evaluation"].as_array_mut().unwrap() {
            let end =
                evaluation["Validity"].get("End").and_then(Value::as_str).map(|end| end.parse::<NaiveDate>().unwrap());
            if let Some(last) = end.and_then(|end| end.pred_opt()) {
                evaluation["Validity"]["End"] = json!(format!("{last}T23:59:59.999+01:00"));
            }
            if let Some(parameters) = evaluation.get_mut("Parameter") {
                parameters[0]["Min"] = json!(parameters[0]["Min"].to_string());
                unpacked(parameters);
            }
        }
        unpacked(&mut algorithm["Evaluation"]);
    }
    let text = suite(&old).to_string();
    let text = text.replace("SecuritySuitabilityPolicy", "SecuritySuitabilityPolicyType");
    let text = text.replace("ObjectIdentifier", "Objectidentifier");
    assert_eq!(AlgorithmPolicy::from_ts_119_322_json(&text), read(&suite(&algorithms())));

    for (end, past_from) in [
        ("2029-01-01T00:00:00Z", "2029-01-01"),
        ("2029-01-01T00:00:00.001Z", "2029-01-02"),
        ("2028-12-31T23:00:00-05:00", "2029-01-01"),
    ] {
        let mut with_time = algorithms();
        with_time[2] = algorithm("2.16.840.1.101.3.4.2.12", &[evaluation(Some(end), "R", None)]);
        let policy = read(&suite(&with_time)).unwrap();
        assert_eq!(policy.digests.last().and_then(|row| row.past_from), day(past_from), "{end}");
    }
    for (parameter, end) in [("many", "2029-01-01"), ("-1", "2029-01-01"), ("1900", "2029"), ("1900", "9999999-01-01")]
    {
        let mut bad = algorithms();
        let mut evaluation = evaluation(Some(end), "L", None);
        evaluation["Parameter"] = json!({"Min": parameter, "name": "moduluslength"});
        bad.push(algorithm(RSA_SHA256, &[evaluation]));
        assert!(matches!(read(&suite(&bad)), Err(SuiteError::Form { .. })), "{parameter} {end}");
    }
}

#[test]
fn a_digest_is_found_by_its_uri_first() {
    let mut sha384 = algorithm("2.16.840.1.101.3.4.2", &[evaluation(None, "R", None)]);
    sha384["AlgorithmIdentifier"]["URI"] = json!("http://www.w3.org/2001/04/xmldsig-more#sha384");
    let policy = read(&suite(&[algorithms(), vec![sha384]].concat())).unwrap();
    assert!(policy.digests.iter().any(|row| row.digest == DigestAlgorithm::Sha384));
}

/// What only such an evaluation allows is not accepted.
#[test]
fn what_the_tables_cannot_say_is_left_out() {
    let plain = read(&suite(&algorithms())).unwrap();
    let with = |name: &str, value: Value| {
        let mut evaluation = evaluation(None, "R", Some(1024));
        evaluation[name] = value;
        let mut algorithms = algorithms();
        algorithms.push(algorithm(RSA_SHA256, &[evaluation]));
        read(&suite(&algorithms)).unwrap()
    };
    assert_eq!(with("AlgorithmUsage", json!("http://uri.etsi.org/19322/sign_timestamps")), plain);
    assert_eq!(with("Parameter", json!([{"Min": 1024, "Max": 1899, "name": "moduluslength"}])), plain);
    assert_eq!(with("Parameter", json!([{"Min": 1024, "name": "plength"}])), plain);
    assert_eq!(with("Parameter", json!([{"name": "moduluslength"}])), plain);
    assert_ne!(with("Any", json!({"anything": [1, 2]})), plain);
    // Of two evaluations the better one counts (RFC 5698).
    let mut twice = algorithms();
    twice.push(algorithm(SHA256, &[evaluation(Some("2026-12-31"), "L", None)]));
    assert_eq!(read(&suite(&twice)).unwrap(), plain);
}

#[test]
fn what_is_no_policy_is_named() {
    assert_eq!(AlgorithmPolicy::from_ts_119_322_json(""), Err(SuiteError::Form { line: 1, column: 0 }));
    let form = |change: &dyn Fn(&mut Value)| {
        let mut suite = suite(&algorithms());
        change(&mut suite["SecuritySuitabilityPolicy"]);
        read(&suite).unwrap_err()
    };
    let is_form = |error: SuiteError| assert!(matches!(error, SuiteError::Form { line: 1, .. }), "{error}");
    is_form(form(&|policy| policy["Algorithm"] = json!("SHA256")));
    is_form(form(&|policy| policy["Algorithm"][0]["Evaluation"][0]["Validity"]["End"] = json!("2028-12-32")));
    is_form(form(&|policy| policy["Algorithm"][3]["Evaluation"][0]["Parameter"][0]["Min"] = json!(-1)));
    is_form(form(&|policy| policy["Algorithm"][0] = json!({"Evaluation": []})));
    is_form(form(&|policy| drop(policy.as_object_mut().unwrap().remove("PolicyIssueDate"))));
    assert_eq!(form(&|policy| policy["PolicyIssueDate"] = json!("soon")), SuiteError::IssueDate);
    assert_eq!(form(&|policy| policy["Algorithm"] = json!([])), SuiteError::Empty);
    let digests_alone = |policy: &mut Value| policy["Algorithm"].as_array_mut().unwrap().truncate(3);
    assert_eq!(form(&digests_alone), SuiteError::Empty);
    let many = vec![evaluation(None, "R", None); 1025];
    assert_eq!(read(&suite(&[algorithm(SHA256, &many)])), Err(SuiteError::TooManyEvaluations));
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    assert!(matches!(AlgorithmPolicy::from_ts_119_322_json(&deep), Err(SuiteError::Form { .. })));
    let large = " ".repeat((1 << 20) + 1);
    assert_eq!(AlgorithmPolicy::from_ts_119_322_json(&large), Err(SuiteError::TooLarge(large.len())));
}

/// A pair that ends before both of its parts cannot be said by tables of digests and keys, and nothing is made laxer.
#[test]
fn a_pair_that_ends_before_its_parts_is_refused() {
    let mut suite_of = algorithms();
    suite_of.push(algorithm("2.16.840.1.101.3.4.2.3", &[evaluation(None, "R", None)]));
    suite_of.push(algorithm("1.2.840.113549.1.1.13", &[evaluation(Some("2030-12-31"), "L", Some(3000))]));
    let sha512 = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512);
    assert_eq!(read(&suite(&suite_of)), Err(SuiteError::Combination { algorithm: sha512 }));
}

#[test]
fn rows_for_a_padding_stand_beside_rows_for_rsa() {
    let key = generate_key(&KeyKind::Rsa { bits: 2048 }).unwrap();
    let pkcs1 = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let pss = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256);
    let standing = |keys: Value| {
        let policy: AlgorithmPolicy = serde_json::from_value(json!({ "keys": keys })).unwrap();
        [&pkcs1, &pss].map(|algorithm| policy.signature(algorithm, key.public_key(), at("2026-06-01T00:00:00Z")))
    };
    let row = |key: &str, bits: u32, past: Option<&str>| match past {
        Some(past) => json!({"key": key, "bits": bits, "past_from": past}),
        None => json!({"key": key, "bits": bits}),
    };
    let is_past = |standing: &Standing| matches!(standing, Standing::Past { .. });
    // RSA is either padding.
    let [of_pkcs1, of_pss] = standing(json!([row("RSA", 2048, Some("2026-01-01"))]));
    assert!(is_past(&of_pkcs1) && is_past(&of_pss));
    // Of two rows with one size the one with the padding counts.
    for rows in [
        json!([row("RSA", 2048, None), row("RSA-PKCS1", 2048, Some("2026-01-01"))]),
        json!([row("RSA-PKCS1", 2048, Some("2026-01-01")), row("RSA", 2048, None)]),
    ] {
        let [of_pkcs1, of_pss] = standing(rows);
        assert_eq!(of_pss, Standing::Good);
        let Standing::Past { what, .. } = of_pkcs1 else { panic!("{of_pkcs1:?}") };
        assert_eq!(what.to_string(), "RSA, 2048 bits with PKCS #1 v1.5");
    }
    // The largest size that is reached counts before that.
    let [of_pkcs1, of_pss] = standing(json!([row("RSA", 2048, None), row("RSA-PSS", 1900, Some("2026-01-01"))]));
    assert_eq!([of_pkcs1, of_pss], [Standing::Good, Standing::Good]);
    // A padding that is not listed is not accepted.
    let [of_pkcs1, of_pss] = standing(json!([row("RSA-PSS", 1900, None)]));
    assert!(matches!(of_pkcs1, Standing::Unlisted { .. }) && of_pss == Standing::Good);
    // Two rows for one padding are an error, as others are.
    let twice = json!({"keys": [row("RSA-PSS", 1900, None), row("RSA-PSS", 1900, None)]});
    assert!(serde_json::from_value::<AlgorithmPolicy>(twice).is_err());
}
