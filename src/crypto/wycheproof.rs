//! The Wycheproof vectors (github.com/C2SP/wycheproof), against each backend by itself; the dispatch is tried by the
//! conformance harness.

use std::path::PathBuf;

use serde_json::Value;

use super::backend::Answer;
use super::{DigestAlgorithm, PublicKey, SignatureAlgorithm};

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

fn hex(digits: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).unwrap() as u8;
    digits.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

fn algorithm(file: &Value, group: &Value) -> SignatureAlgorithm {
    let digest = |member| DigestAlgorithm::from_name(text(group, member)).ok_or(text(group, member));
    match text(file, "algorithm") {
        "RSASSA-PKCS1-v1_5" => SignatureAlgorithm::RsaPkcs1(digest("sha").unwrap()),
        "RSASSA-PSS" => SignatureAlgorithm::RsaPss {
            digest: digest("sha").unwrap_or(DigestAlgorithm::Sha256),
            mgf_digest: digest("mgfSha").unwrap_or(DigestAlgorithm::Sha256),
            salt_len: group["sLen"].as_u64().unwrap().try_into().unwrap(),
        },
        "ECDSA" => SignatureAlgorithm::Ecdsa(digest("sha").unwrap()),
        "EDDSA" => SignatureAlgorithm::Ed25519,
        "ML-DSA-44" => SignatureAlgorithm::MlDsa44,
        "ML-DSA-65" => SignatureAlgorithm::MlDsa65,
        "ML-DSA-87" => SignatureAlgorithm::MlDsa87,
        other => panic!("no such algorithm here: {other}"),
    }
}

#[test]
fn vectors() {
    let corpus = std::env::var_os("RECOMMANDE_CORPUS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus")), PathBuf::from);
    let folder = corpus.join("vectors_wycheproof");
    let Ok(splits) = std::fs::read_dir(&folder) else {
        println!("SKIPPED: no Wycheproof vectors at {}", folder.display());
        return;
    };
    let splits = splits.map(|split| split.unwrap().path()).filter(|split| split.is_dir());
    let mut files: Vec<_> =
        splits.flat_map(|split| std::fs::read_dir(split).unwrap()).map(|file| file.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (mut asked, mut not_asked) = (0, 0);
        for group in file["testGroups"].as_array().unwrap() {
            // Digests such as SHA-512/256 are not offered, and then there is nothing to ask.
            let offered = ["sha", "mgfSha"].iter().all(|member| {
                group.get(*member).is_none_or(|name| DigestAlgorithm::from_name(name.as_str().unwrap()).is_some())
            });
            let tests = group["tests"].as_array().unwrap();
            if !offered {
                not_asked += tests.len();
                continue;
            }
            let key = match PublicKey::from_spki(&hex(text(group, "publicKeyDer"))) {
                Ok(key) => key,
                Err(error) => {
                    wrong.push(format!("{name}: key: {error}"));
                    continue;
                }
            };
            let algorithm = algorithm(&file, group);
            asked += tests.len();
            for test in tests {
                let (message, signature) = (hex(text(test, "msg")), hex(text(test, "sig")));
                let id = format!("{name} {}: {}", test["tcId"], text(test, "comment"));
                // A signature with a context is valid for somebody who gives it, and the one of CMS is empty.
                let valid = text(test, "result") == "valid" && text(test, "ctx").is_empty();
                let judge = |valid_here: bool| match text(test, "result") {
                    "acceptable" => true,
                    _ => valid == valid_here,
                };
                for (backend, answer) in key.ask_each(&algorithm, &message, &signature).into_iter().enumerate() {
                    let right = match answer {
                        Answer::Valid => judge(true),
                        Answer::Invalid => judge(false),
                        // A key that no backend takes is not to be had from a valid vector.
                        Answer::KeyRefused => judge(false),
                        Answer::NotOffered => true,
                    };
                    if !right {
                        wrong.push(format!("backend {backend}: {id}"));
                    }
                }
            }
        }
        println!("{name}: {asked} asked, {not_asked} not");
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
