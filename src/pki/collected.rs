//! Paths that others made: NIST PKITS and x509-limbo, looked for beside the repository.

use chrono::{DateTime, TimeZone, Utc};
use const_oid::ObjectIdentifier;
use serde_json::Value;

use super::corpus;
use super::revocation::*;
use super::*;

fn manifest(folder: &std::path::Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn pkits_policies(params: &Value) -> PolicyInputs {
    let mut policies = PolicyInputs::default();
    if params["user_initial_policy_set"].is_array() {
        let set = strings(&params["user_initial_policy_set"]);
        policies = policies.with_initial_policies(set.map(|oid| ObjectIdentifier::new(oid).unwrap()));
    }
    let set = |name: &str| params[name].as_bool() == Some(true);
    if set("initial_explicit_policy") {
        policies = policies.with_explicit_policy();
    }
    if set("initial_policy_mapping_inhibit") {
        policies = policies.with_policy_mapping_inhibited();
    }
    if set("initial_inhibit_any_policy") {
        policies = policies.with_any_policy_inhibited();
    }
    policies
}

/// <https://csrc.nist.gov/projects/pki-testing>: path, policies and CRLs; settings as the manifest gives them.
#[test]
fn pkits() {
    let Some(folder) = corpus::folder("pkits") else { return };
    let file = |path: &str| std::fs::read(folder.join(path)).unwrap();
    let read = |path: &str| Certificate::from_der(&file(path)).unwrap();
    let (mut agreed, mut not_offered) = (0, 0);
    let mut disagreed = Vec::new();
    for case in manifest(&folder, "manifest.json").as_array().unwrap() {
        let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap_or_default();
        let target = read(text("file"));
        let candidates: Vec<_> = strings(&case["chain"]).map(read).collect();
        let anchors = TrustAnchors::from_iter([read(text("trust"))]);
        let mut data = RevocationData::new();
        strings(&case["crls"]).chain([text("trust_crl")]).for_each(|path| data.add_der(&file(path)).unwrap());
        let at = Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap();
        let request = PathRequest::new(&target, &candidates, &anchors, at)
            .with_processed(PROCESSED_WITH_REVOCATION)
            .with_policies(pkits_policies(&case["params"]));
        let answer = validate_path(&request).map(|path| {
            let statuses = check_revocation(&RevocationRequest::new(&path, &data, &candidates, &anchors, at));
            statuses.into_iter().map(|status| (status.status, status.set_aside)).collect::<Vec<_>>()
        });
        let good =
            answer.as_ref().is_ok_and(|statuses| statuses.iter().all(|(status, _)| *status == RevocationStatus::Good));
        let expected = text("expected") == "valid";
        match &answer {
            _ if good == expected => agreed += 1,
            // What nobody here offers, and the one date that the validator cannot read.
            Err(
                PathError::AlgorithmNotOffered { .. } | PathError::Unreadable { what: Unreadable::DateBefore1970, .. },
            ) => not_offered += 1,
            answer => disagreed.push(format!("{} {}: {answer:?} ({})", text("id"), text("name"), text("reason"))),
        }
        println!("{} {}: {answer:?}", text("id"), text("name"));
    }
    println!("PKITS: {agreed} agreed, {not_offered} not offered, disagreed: {disagreed:#?}");
    assert!(disagreed.is_empty() && agreed > 50, "{disagreed:#?}");
}

/// Cases, by the beginning of their name, that a path alone does not refuse, and why.
const LIMBO_ACCEPTED: &[(&str, &str)] = &[
    (
        "crl::crlnumber-missing",
        "a rule for issuers; §6.3 needs the number for delta CRLs only, and old lists have none",
    ),
    ("webpki::", "the CA/Browser profile, which is not RFC 5280"),
    ("pathlen::max-chain-depth", "a limit that the case sets, not RFC 5280"),
    ("pathological::nc-dos-3", "its cost is bounded; only its size is to be refused"),
    (
        "rfc5280::serial::",
        "real certificates have such serial numbers; RFC 5280 §4.1.2.2 asks users to be prepared for them",
    ),
    ("rfc5280::san::", "server names"),
    ("rfc5280::nc::nc-permits-invalid-dns-san", "server names"),
    ("rfc5280::nc::not-allowed-in-ee", "a rule for issuers; §6.1 does not look at name constraints of the target"),
    ("rfc5280::unknown-critical-extension-root", "the form of the trust anchor, which is an input (§6.1.1 d)"),
    ("rfc5280::root-", "the form of the trust anchor, which is an input (§6.1.1 d)"),
    ("rfc5280::ski::root-", "the form of the trust anchor, which is an input (§6.1.1 d)"),
    ("rfc5280::aki::", "rules for issuers about a hint that §6.1 does not use"),
];

#[test]
fn x509_limbo() {
    let Some(folder) = corpus::folder("vectors_limbo") else { return };
    let mut agreed = 0;
    let mut disagreed = Vec::new();
    for set in manifest(&folder, "manifest.json").as_array().unwrap() {
        for case in manifest(&folder, set["file"].as_str().unwrap())["testcases"].as_array().unwrap() {
            let id = case["id"].as_str().unwrap_or_default();
            let expected = case["expected_result"] == "SUCCESS";
            let at = case["validation_time"].as_str().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
            let at = at.map_or(made::now(), |at| at.with_timezone(&Utc));
            let answer = limbo_case(case, at);
            if answer.is_ok() == expected {
                agreed += 1;
            } else {
                assert!(!expected, "{id}: refused, {}", answer.err().unwrap_or_default());
                disagreed.push(id.to_owned());
            }
        }
    }
    let unexplained: Vec<_> =
        disagreed.iter().filter(|id| LIMBO_ACCEPTED.iter().all(|(prefix, _)| !id.starts_with(prefix))).collect();
    println!("x509-limbo: {agreed} agreed, {} accepted for a reason, others: {unexplained:#?}", disagreed.len());
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

fn limbo_case(case: &Value, at: DateTime<Utc>) -> Result<ValidatedPath, String> {
    let read = |pem: &str| {
        let mut chain = Certificate::from_pem_chain(pem).map_err(|error| error.to_string())?;
        chain.pop().ok_or_else(String::new)
    };
    let target = read(case["peer_certificate"].as_str().unwrap_or_default())?;
    let candidates: Vec<_> = strings(&case["untrusted_intermediates"]).filter_map(|pem| read(pem).ok()).collect();
    let anchors: TrustAnchors = strings(&case["trusted_certs"]).filter_map(|pem| read(pem).ok()).collect();
    let path =
        validate_path(&PathRequest::new(&target, &candidates, &anchors, at)).map_err(|error| error.to_string())?;
    let mut data = RevocationData::new();
    for pem in strings(&case["crls"]) {
        let crls = RevocationData::from_bytes(pem.as_bytes()).map_err(|error| error.to_string())?;
        data.extend(&crls).map_err(|error| error.to_string())?;
    }
    // A case with CRLs gives one for each issuer whose certificates shall be judged by it.
    let statuses = check_revocation(&RevocationRequest::new(&path, &data, &candidates, &anchors, at));
    let bad = statuses
        .into_iter()
        .map(|status| status.status)
        .find(|status| !matches!(status, RevocationStatus::Good | RevocationStatus::Absent));
    bad.map_or(Ok(path), |status| Err(status.to_string()))
}

/// Real tokens: the chain of each valid one validates at its time, to the anchor that the manifest names.
#[test]
fn chains_of_real_tsas() {
    use crate::asn1::oid;
    let Some(folder) = corpus::folder("tst") else { return };
    let read = |path: &str| Certificate::from_der(&std::fs::read(folder.join(path)).unwrap_or_default());
    let mut agreed = 0;
    let mut disagreed = Vec::new();
    for case in manifest(&folder, "manifest.json").as_array().unwrap() {
        let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap_or_default();
        let Ok(anchor) = read(text("trust")) else { continue };
        if text("expected") != "valid" {
            continue;
        }
        let token = std::fs::read(folder.join(text("file"))).unwrap();
        let token = signed_data::normalize(&token).unwrap();
        let signed = signed_data::SignedData::parse(&token).unwrap();
        let embedded = signed.certificates.iter().filter_map(signed_data::CertificateChoice::certificate);
        let mut candidates: Vec<_> = embedded.map(Certificate::from_der).collect::<Result<_, _>>().unwrap();
        candidates.extend(strings(&case["chain"]).map(|path| read(path).unwrap()));
        let at = text("time").get(..14).unwrap_or_default();
        let at = chrono::NaiveDateTime::parse_from_str(at, "%Y%m%d%H%M%S").unwrap().and_utc();
        let is_tsa = |certificate: &&Certificate| {
            !certificate.is_ca()
                && certificate.extended_key_usage().is_some_and(|usage| usage.contains(oid::TIME_STAMPING))
        };
        // A few have no purpose by which they could be told from the others without the signature.
        let Some(target) = candidates.iter().find(is_tsa) else { continue };
        let anchors = TrustAnchors::from_iter([anchor]);
        let processed = [oid::PRIVATE_KEY_USAGE_PERIOD];
        let request = PathRequest::new(target, &candidates, &anchors, at).with_processed_in_target(&processed);
        match validate_path(&request) {
            Ok(_) => agreed += 1,
            Err(error) => disagreed.push(format!("{}: {error}", text("file"))),
        }
    }
    println!("chains of TSAs: {agreed} agreed, disagreed: {disagreed:#?}");
    assert!(disagreed.is_empty() && agreed > 0, "{disagreed:#?}");
}

/// Real certificates, from the folders that hold nothing else.
#[test]
fn the_certificates_of_the_corpus_are_read() {
    let Some(files) = corpus::files(&["crt", "cer", "der", "pem"]) else { return };
    let mut read = 0;
    for (path, octets) in files {
        if path.parent().and_then(std::path::Path::file_name).is_none_or(|folder| folder != "certs") {
            continue;
        }
        let text = String::from_utf8_lossy(&octets);
        let result = if text.contains("-----BEGIN CERTIFICATE") {
            Certificate::from_pem_chain(&text)
        } else {
            Certificate::from_der(&octets).map(|certificate| vec![certificate])
        };
        match result {
            Ok(certificates) => {
                read += certificates.len();
                certificates.iter().for_each(|certificate| assert!(!certificate.subject().is_empty()));
            }
            // A damaged key, and whole chains under the name of one certificate.
            Err(CertificateError::PublicKey(error)) => println!("{}: {error}", path.display()),
            Err(CertificateError::Field { field: "Certificate", source })
                if source.kind == signed_data::ErrorKind::TrailingData =>
            {
                println!("{}: more than one", path.display());
            }
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }
    println!("{read} certificates read");
    assert!(read > 0);
}
