//! Signatures, certificates and private keys by ML-DSA and SLH-DSA that another program made, such as BouncyCastle: see
//! `.ci/interop/bouncycastle/PostQuantum.java`.

use std::path::{Path, PathBuf};

use chrono::Utc;
use recommande::crypto::{KeyKind, Signer, SigningKey};
use recommande::verify::{Code, Content, Policy, Report, Verifier};
use recommande::{Certificate, Environment, Indication, TrustAnchors};

/// The folders of one program: one for each algorithm.
fn folders() -> Option<Vec<PathBuf>> {
    let Some(folder) = std::env::var_os("RECOMMANDE_MADE_BY_OTHERS").map(PathBuf::from) else {
        conformance::skipped("post-quantum files by others", "RECOMMANDE_MADE_BY_OTHERS names no folder");
        return None;
    };
    let entries = std::fs::read_dir(&folder).expect("the folder that RECOMMANDE_MADE_BY_OTHERS names");
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(folders.len() >= 3, "{}: no three algorithms", folder.display());
    Some(folders)
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{}/{name}: {error}", folder.display()))
}

fn certificate(folder: &Path) -> Certificate {
    Certificate::from_pem_chain(&text(folder, "certificate.pem")).unwrap().remove(0)
}

fn judged(certificate: &Certificate, signed: &[u8]) -> Report {
    let mut anchors = TrustAnchors::new();
    anchors.add(certificate.clone());
    let verifier = Verifier::new(anchors, TrustAnchors::new(), Environment::Test).with_policy(Policy::conformance());
    verifier.report_signatures(signed, Content::Attached, Utc::now()).reports.remove(0)
}

#[test]
fn signatures_of_others_verify() {
    for folder in folders().into_iter().flatten() {
        let certificate = certificate(&folder);
        let signed = std::fs::read(folder.join("signed.p7m")).unwrap();
        let report = judged(&certificate, &signed);
        let is_slh_dsa = matches!(certificate.public_key().kind(), KeyKind::SlhDsa(_));
        if is_slh_dsa && !cfg!(feature = "slh-dsa") {
            assert!(report.findings.iter().any(|finding| finding.code == Code::AlgorithmNotOffered), "{report}");
            continue;
        }
        assert_eq!(report.indication, Indication::TotalPassed, "{}: {report}", folder.display());
        assert!(certificate.is_self_signed(), "{}", folder.display());
        let mut changed = signed.clone();
        let place = signed.windows(10).position(|window| window == b"signed by ").expect("the content");
        changed[place] ^= 1;
        assert_eq!(judged(&certificate, &changed).indication, Indication::TotalFailed, "{}", folder.display());
        println!("{}: verified", folder.display());
    }
}

#[test]
fn keys_of_others_sign() {
    let Some(folders) = folders() else { return };
    let with_keys: Vec<_> = folders.into_iter().filter(|folder| folder.join("seed.key").exists()).collect();
    assert!(with_keys.len() >= 3, "no keys of the three parameter sets of ML-DSA");
    for folder in with_keys {
        let certificate = certificate(&folder);
        for form in ["seed.key", "both.key"] {
            let key = SigningKey::from_pem(&text(&folder, form));
            let key = key.unwrap_or_else(|error| panic!("{}/{form}: {error}", folder.display()));
            assert!(key.public_key() == certificate.public_key(), "{}/{form}: another key", folder.display());
            let signature = key.sign(b"message").unwrap();
            assert_eq!(certificate.public_key().verify(&key.algorithm(), b"message", &signature), Ok(()));
        }
    }
}
