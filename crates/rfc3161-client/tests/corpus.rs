//! Real tokens, requests and responses are read to what their manifests say of them.
//!
//! The data is not part of the repository: it is looked for in `RECOMMANDE_CORPUS`, else beside the repository.

use std::path::{Path, PathBuf};

use rfc3161_client::{ResponseError, TimeStampReq, TimeStampResp, TimeStampToken, TokenError, TstInfo};
use serde_json::{Value, json};

fn set(name: &str) -> Option<(PathBuf, Vec<Value>)> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("RECOMMANDE_CORPUS").map_or_else(beside, PathBuf::from).join(name);
    let Ok(text) = std::fs::read_to_string(folder.join("manifest.json")) else {
        println!("SKIPPED: no test data in {}", folder.display());
        return None;
    };
    Some((folder, serde_json::from_str(&text).expect("a list of entries")))
}

fn algorithm(name: &str) -> &str {
    match name {
        "md5" => "1.2.840.113549.2.5",
        "sha1" => "1.3.14.3.2.26",
        "sha256" => "2.16.840.1.101.3.4.2.1",
        "sha384" => "2.16.840.1.101.3.4.2.2",
        "sha512" => "2.16.840.1.101.3.4.2.3",
        "sha3_224" => "2.16.840.1.101.3.4.2.7",
        "sha3_256" => "2.16.840.1.101.3.4.2.8",
        "sha3_384" => "2.16.840.1.101.3.4.2.9",
        "sha3_512" => "2.16.840.1.101.3.4.2.10",
        other => other,
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Bits of the magnitude of a two's complement number.
fn bits(number: &[u8]) -> usize {
    let negative = number[0] & 0x80 != 0;
    let mut magnitude = number.to_vec();
    if negative {
        let mut carry = true;
        for octet in magnitude.iter_mut().rev() {
            (*octet, carry) = (!*octet).overflowing_add(u8::from(carry));
        }
    }
    let first = magnitude.iter().position(|octet| *octet != 0);
    first.map_or(0, |at| (magnitude.len() - at) * 8 - magnitude[at].leading_zeros() as usize)
}

fn differences(tst_info: &TstInfo, features: &Value) -> Vec<String> {
    let as_coded = &tst_info.gen_time_as_coded;
    let fraction = format!("{:09}", tst_info.gen_time.timestamp_subsec_nanos());
    let gen_time = tst_info.gen_time.format("%Y%m%d%H%M%S");
    let gen_time = match as_coded.fraction_digits {
        0 => format!("{gen_time}Z"),
        digits => format!("{gen_time}.{}Z", &fraction[..digits]),
    };
    let accuracy = tst_info.accuracy;
    let read = [
        ("genTime", json!(gen_time)),
        ("frac", json!(as_coded.has_fraction())),
        ("imprint", json!(hex(&tst_info.message_imprint.digest))),
        ("imprint_params", json!(tst_info.message_imprint.parameters.is_some())),
        ("policy", json!(tst_info.policy.to_string())),
        ("serialbits", json!(bits(&tst_info.serial_number))),
        ("serial_neg", json!(tst_info.serial_number[0] & 0x80 != 0)),
        ("ordering", json!(tst_info.ordering)),
        ("nonce", json!(tst_info.nonce.is_some())),
        ("tsa", json!(tst_info.tsa.is_some())),
        ("tsaext", json!(!tst_info.extensions.is_empty())),
    ];
    let mut differences: Vec<String> = read
        .iter()
        .filter_map(|(name, read)| {
            features.get(name).filter(|stated| *stated != read).map(|stated| (name, read, stated))
        })
        .map(|(name, read, stated)| format!("{name}: stated {stated}, read {read}"))
        .collect();
    let accuracy = accuracy.map(|a| json!({"seconds": a.seconds, "millis": a.millis, "micros": a.micros}));
    if features.get("acc_dump") != accuracy.as_ref() {
        differences.push(format!("accuracy: stated {:?}, read {accuracy:?}", features.get("acc_dump")));
    }
    if features.get("tsaname").is_some() && tst_info.tsa.as_ref().is_none_or(|tsa| tsa.directory_name().is_none()) {
        differences.push("tsaname: stated, but no directoryName read".into());
    }
    let imprint = features["imprint_alg"].as_str().map(algorithm);
    if imprint != Some(tst_info.message_imprint.algorithm.to_string().as_str()) {
        differences.push(format!("imprint_alg: stated {imprint:?}, read {}", tst_info.message_imprint.algorithm));
    }
    differences
}

fn token_differences(token: &TimeStampToken, features: &Value) -> Vec<String> {
    let mut differences = differences(token.tst_info(), features);
    let embedded = token.signer_certificate().is_some();
    if features["signer_embedded"] != json!(embedded) {
        differences.push(format!("signer_embedded: read {embedded}"));
    }
    if features["ber_indef"] == json!(true) && token.to_definite() == token.as_bytes() {
        differences.push("ber_indef: stated, but nothing to normalise".into());
    }
    differences
}

#[test]
fn tokens() {
    let Some((folder, entries)) = set("tst") else { return };
    let (mut read, mut wrong) = (0, Vec::new());
    for entry in &entries {
        let (file, features) = (entry["file"].as_str().expect("a file"), &entry["features"]);
        let bytes = std::fs::read(folder.join(file)).expect("the file");
        let differences = match TimeStampToken::from_bytes(&bytes) {
            Ok(token) => token_differences(&token, features),
            // Not tokens of RFC 3161, yet their TSTInfo can be read.
            Err(TokenError::SignerCount { stated }) if features["nsi"] == json!(stated) => {
                println!("{file}: {stated} signers");
                let definite = signed_data::normalize(&bytes).expect("definite lengths");
                let signed_data = signed_data::SignedData::parse(&definite).expect("a SignedData");
                let content = signed_data.encap_content_info.content.expect("a TSTInfo");
                differences(&TstInfo::from_der(content).expect("a TSTInfo"), features)
            }
            Err(error) => vec![error.to_string()],
        };
        read += 1;
        wrong.extend(differences.iter().map(|difference| format!("{file}: {difference}")));
    }
    println!("tst: {read} read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn requests_and_responses() {
    let Some((folder, entries)) = set("tsr") else { return };
    let (mut read, mut wrong) = (0, Vec::new());
    let file = |name: &str| std::fs::read(folder.join(name)).expect("the file");
    for entry in &entries {
        let (name, features) = (entry["file"].as_str().expect("a file"), &entry["features"]);
        let bytes = file(name);
        read += 1;
        let mut say = |difference: String| wrong.push(format!("{name}: {difference}"));
        match entry["kind"].as_str() {
            Some("tsq") => {
                let request = match TimeStampReq::from_der(&bytes) {
                    Ok(request) => request,
                    Err(error) => {
                        say(error.to_string());
                        continue;
                    }
                };
                let seen = json!({
                    "nonce": request.nonce().is_some(), "cert_req": request.cert_req(), "exts": !request.extensions().is_empty(),
                    "policy": request.policy().map(ToString::to_string), "imprint_alg": features["imprint_alg"],
                });
                let algorithm = features["imprint_alg"].as_str().map(algorithm);
                if seen != *features || algorithm != Some(request.imprint().algorithm.to_string().as_str()) {
                    say(format!("stated {features}, read {seen}"));
                }
                if request.to_der() != bytes {
                    say("comes out otherwise than it came in".into());
                }
            }
            Some("tsr") => match TimeStampResp::from_bytes(&bytes) {
                Ok(response) => {
                    if entry["pki_status"] != json!(response.status.status.to_string()) {
                        say(format!("status {}", response.status));
                    }
                    if let Some(token) = &response.token {
                        token_differences(token, features).into_iter().for_each(&mut say);
                    }
                }
                Err(error) => say(error.to_string()),
            },
            // A token alone is no response.
            Some("tst") => {
                if TimeStampResp::from_bytes(&bytes).is_ok() || TimeStampToken::from_bytes(&bytes).is_err() {
                    say("is a token and no response".into());
                }
            }
            _ => say("an entry of a kind that is not known here".into()),
        }
        if let Some(query) = entry["query"].as_str() {
            let request = TimeStampReq::from_der(&file(query)).expect("a request");
            let checked = request.check(&bytes).map(|_| ());
            let agreed = match (entry["expected_with_query"].as_str(), entry["query_reason"].as_str(), &checked) {
                (None, ..) | (Some("valid"), _, Ok(())) => true,
                (_, Some(reason), Err(ResponseError::Imprint { .. } | ResponseError::ImprintAlgorithm { .. })) => {
                    reason.contains("imprint")
                }
                (_, Some(reason), Err(ResponseError::Nonce { .. })) => reason.contains("nonce"),
                _ => false,
            };
            println!("{query} -> {name}: {checked:?}");
            if !agreed {
                say(format!("with {query}: {checked:?}"));
            }
        }
    }
    println!("tsr: {read} read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Real answers to real requests survive having each octet flipped and each length cut.
#[test]
fn real_responses_survive_flips_and_cuts() {
    let Some((folder, entries)) = set("tsr") else { return };
    let matching = |entry: &&Value| entry["expected_with_query"] == json!("valid");
    for entry in entries.iter().filter(matching) {
        let file = |name: &str| std::fs::read(folder.join(entry[name].as_str().expect("a name"))).expect("the file");
        let (request, response) = (TimeStampReq::from_der(&file("query")).expect("a request"), file("file"));
        for at in 0..response.len() {
            assert!(request.check(&response[..at]).is_err());
            let mut flipped = response.clone();
            flipped[at] ^= 0xff;
            if let Ok(token) = request.check(&flipped) {
                assert!(token.tst_info().message_imprint.matches(request.imprint()));
            }
        }
    }
}
