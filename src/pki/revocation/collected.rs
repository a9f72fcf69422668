//! CRLs and OCSP responses of others, looked for beside the repository.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::*;
use crate::pki::{Certificate, PathRequest, TrustAnchors, corpus, validate_path};

fn manifest(folder: &Path) -> Vec<Value> {
    let manifest = std::fs::read(folder.join("manifest.json")).unwrap();
    serde_json::from_slice::<Value>(&manifest).unwrap().as_array().unwrap().clone()
}

fn text<'v>(case: &'v Value, name: &str) -> &'v str {
    case.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn time(text: &str) -> DateTime<Utc> {
    let text = text.replacen(' ', "T", 1);
    DateTime::parse_from_rfc3339(&text).unwrap().with_timezone(&Utc)
}

#[test]
fn crls_are_read_to_their_features() {
    let Some(folder) = corpus::folder("crl") else { return };
    let mut read = 0;
    for case in manifest(&folder) {
        let file = text(&case, "file");
        let data = RevocationData::from_bytes(&std::fs::read(folder.join(file)).unwrap()).unwrap();
        let crl = &data.crls()[0];
        let features = &case["features"];
        assert_eq!(crl.this_update(), time(text(features, "this")), "{file}");
        assert_eq!(crl.next_update(), features["next"].as_str().filter(|next| *next != "None").map(time), "{file}");
        assert_eq!(Some(crl.len()), features["n"].as_u64().and_then(|n| usize::try_from(n).ok()), "{file}");
        assert_eq!(crl.entries().count(), crl.len(), "{file}");
        let has = |name: &str| strings(&features["exts"]).any(|one| one == name);
        assert_eq!(crl.number().is_some(), has("crl_number"), "{file}");
        assert_eq!(crl.issuing_distribution_point().is_some(), has("issuing_distribution_point"), "{file}");
        assert_eq!(crl.key_identifier().is_some(), has("authority_key_identifier"), "{file}");
        assert_eq!(crl.expired_certs_from().is_some(), has("2.5.29.60"), "{file}");
        assert_eq!(crl.unsupported(), None, "{file}");
        read += 1;
    }
    println!("{read} CRLs read");
    assert!(read > 0);
}

#[test]
fn ocsp_responses_are_read_or_refused_and_judged() {
    let Some(folder) = corpus::folder("ocsp") else { return };
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let certificate =
        |name: &str| Certificate::from_pem_chain(core::str::from_utf8(&file(name)).unwrap()).unwrap().swap_remove(0);
    let (mut read, mut refused, mut judged) = (0, 0, 0);
    let mut disagreed = Vec::new();
    for case in manifest(&folder) {
        let name = text(&case, "file");
        if text(&case, "kind") == "chain" {
            let target = certificate(name);
            let candidates: Vec<_> = strings(&case["chain"]).map(certificate).collect();
            let anchors = TrustAnchors::from_iter([certificate(text(&case, "trust"))]);
            let mut data = RevocationData::new();
            strings(&case["ocsp"]).for_each(|name| {
                data.extend(&RevocationData::from_bytes(&file(name)).unwrap()).unwrap();
            });
            let at = time(text(&case, "time"));
            let request =
                PathRequest::new(&target, &candidates, &anchors, at).with_processed(PROCESSED_WITH_REVOCATION);
            let answer = validate_path(&request).map(|path| {
                let statuses = check_revocation(&RevocationRequest::new(&path, &data, &candidates, &anchors, at));
                statuses.into_iter().map(|status| status.status).collect::<Vec<_>>()
            });
            let good = |status: &RevocationStatus| *status == RevocationStatus::Good;
            let valid = answer.as_ref().is_ok_and(|statuses| statuses.iter().all(good));
            println!("{}: {answer:?}", text(&case, "name"));
            judged += 1;
            if valid != (text(&case, "expected") == "valid") {
                disagreed.push(format!("{}: {answer:?}", text(&case, "name")));
            }
            continue;
        }
        match (RevocationData::from_bytes(&file(name)), text(&case, "status")) {
            (Ok(data), "successful") => {
                let response = &data.ocsp_responses()[0];
                let features = &case["features"];
                assert_eq!(response.produced_at(), time(text(features, "produced_at")), "{name}");
                let stated = features["n"].as_u64().and_then(|n| usize::try_from(n).ok());
                assert_eq!(Some(response.responses().count()), stated, "{name}");
                for (one, status) in response.responses().zip(strings(&features["cert_status"])) {
                    let agrees = match one.status {
                        OcspStatus::Good => status == "good",
                        OcspStatus::Revoked { .. } => status == "revoked",
                        OcspStatus::Unknown => status == "unknown",
                    };
                    assert!(agrees, "{name}");
                }
                let nonce = strings(&features["exts"]).any(|one| one == "nonce");
                assert_eq!(response.nonce().is_some(), nonce, "{name}");
                read += 1;
            }
            (Err(RevocationDataError::ResponseStatus(status)), stated) => {
                assert_eq!(status.to_string().to_lowercase(), stated.replace('_', ""), "{name}");
                read += 1;
            }
            // Requests, certificates and keys among them.
            (Err(error), "") => {
                println!("{name}: {error}");
                refused += 1;
            }
            (answer, status) => panic!("{name}: {answer:?}, {status}"),
        }
    }
    println!("OCSP: {read} read, {refused} refused, {judged} judged, disagreed: {disagreed:#?}");
    assert!(disagreed.is_empty() && read > 0 && judged > 0, "{disagreed:#?}");
}

/// What real signatures and tokens hold beside their certificates.
#[test]
fn revocation_data_inside_real_signatures_is_read() {
    use signed_data::{RevocationInfoChoice, SignedData};
    let (mut crls, mut responses, mut others) = (0, 0, 0);
    for set in ["cms", "tst", "belgium"] {
        let Some(folder) = corpus::folder(set) else { return };
        for case in manifest(&folder) {
            let Ok(octets) = std::fs::read(folder.join(text(&case, "file"))) else { continue };
            let Ok(octets) = signed_data::normalize(&octets) else { continue };
            let Ok(signed) = SignedData::parse(&octets) else { continue };
            for info in &signed.crls {
                match info {
                    RevocationInfoChoice::Crl(der) => {
                        Crl::from_der(der).unwrap_or_else(|error| panic!("{}: {error}", text(&case, "file")));
                        crls += 1;
                    }
                    RevocationInfoChoice::Other { info, .. } => match OcspResponse::from_der(info) {
                        Ok(_) => responses += 1,
                        Err(error) => {
                            println!("{}: {error}", text(&case, "file"));
                            others += 1;
                        }
                    },
                }
            }
        }
    }
    println!("{crls} CRLs and {responses} OCSP responses read, {others} others");
    assert!(crls > 0);
}
