//! Every SignedData of the collected real data is read, to what its manifest says of it.
//!
//! The data is not part of the repository: it is looked for in `RECOMMANDE_CORPUS`, else beside the repository.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use serde_json::Value;
use signed_data::{ContentInfo, ErrorKind, SignedData, SignerIdentifier, normalize};

fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("RECOMMANDE_CORPUS").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no test data in {}", folder.display());
    None
}

fn manifest(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    serde_json::from_str(&text).expect("a list of entries")
}

/// The octets inside PEM, S/MIME or bare base64; DER and BER as they are.
fn unwrap(bytes: Vec<u8>) -> Option<Vec<u8>> {
    if bytes.first() == Some(&0x30) {
        return Some(bytes);
    }
    // Latin-1, so that binary parts survive.
    let text: String = bytes.iter().map(|octet| char::from(*octet)).collect();
    let text = text.replace("\r\n", "\n");
    let base64 = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        Base64::decode_vec(&text).ok()
    };
    if let Some((_, rest)) = text.split_once("-----BEGIN ") {
        let (_, body) = rest.split_once("-----\n")?;
        return base64(body.split_once("-----END")?.0);
    }
    let lower = text.to_ascii_lowercase();
    let header = ["\ncontent-type: application/pkcs7-", "\ncontent-type: application/x-pkcs7-"]
        .iter()
        .filter_map(|header| if lower.starts_with(&header[1..]) { Some(0) } else { lower.rfind(header) })
        .next();
    let Some(header) = header else { return base64(&text) };
    let (_, body) = text[header..].split_once("\n\n")?;
    let end = body.find("\n--").unwrap_or(body.len());
    base64(&body[..end]).or_else(|| {
        // A binary part: from the first SEQUENCE after the header to the line break before the last boundary.
        let header_octets = |pair: &[u8]| pair == b"0\x82" || pair == b"0\x80";
        let start = header + bytes.windows(2).skip(header).position(header_octets)?;
        let end = (start..bytes.len()).rev().find(|at| bytes[*at..].starts_with(b"\r\n--"))?;
        Some(bytes[start..end].to_vec())
    })
}

fn oid(name: &str) -> &str {
    match name {
        "data" => "1.2.840.113549.1.7.1",
        "tst_info" => "1.2.840.113549.1.9.16.1.4",
        "content_type" => "1.2.840.113549.1.9.3",
        "message_digest" => "1.2.840.113549.1.9.4",
        "signing_time" => "1.2.840.113549.1.9.5",
        "counter_signature" => "1.2.840.113549.1.9.6",
        "smime_capabilities" => "1.2.840.113549.1.9.15",
        "signing_certificate" => "1.2.840.113549.1.9.16.2.12",
        "signature_time_stamp_token" => "1.2.840.113549.1.9.16.2.14",
        "signing_certificate_v2" => "1.2.840.113549.1.9.16.2.47",
        "cms_algorithm_protection" => "1.2.840.113549.1.9.52",
        "microsoft_nested_signature" => "1.3.6.1.4.1.311.2.4.1",
        "microsoft_time_stamp_token" => "1.3.6.1.4.1.311.3.3.1",
        "md2" => "1.2.840.113549.2.2",
        "md5" => "1.2.840.113549.2.5",
        "sha1" => "1.3.14.3.2.26",
        "sha256" => "2.16.840.1.101.3.4.2.1",
        "sha384" => "2.16.840.1.101.3.4.2.2",
        "sha512" => "2.16.840.1.101.3.4.2.3",
        "shake256" => "2.16.840.1.101.3.4.2.12",
        dotted => dotted,
    }
}

fn names(list: Option<&Value>) -> Option<Vec<&str>> {
    let mut names: Vec<&str> = list?.as_array()?.iter().filter_map(Value::as_str).map(oid).collect();
    names.sort_unstable();
    names.dedup();
    Some(names)
}

fn sorted(oids: impl Iterator<Item = String>) -> Vec<String> {
    let mut oids: Vec<String> = oids.collect();
    oids.sort_unstable();
    oids.dedup();
    oids
}

/// What the manifest says otherwise than the reader.
fn differences(signed_data: &SignedData<'_>, changed: bool, features: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |name: &str, read: Value| {
        if let Some(stated) = features.get(name).filter(|stated| **stated != read) {
            differences.push(format!("{name}: stated {stated}, read {read}"));
        }
    };
    compare("nsi", signed_data.signer_infos.len().into());
    compare("ncerts", signed_data.certificates.iter().filter_map(|choice| choice.certificate()).count().into());
    compare("ncrls", signed_data.crls.len().into());
    compare("sdver", format!("v{}", signed_data.version.to_u64().unwrap_or(99)).into());
    compare("detached", signed_data.encap_content_info.content.is_none().into());
    let lists = [
        ("digest_algs", sorted(signed_data.digest_algorithms.iter().map(|algorithm| algorithm.oid.to_string()))),
        ("attrs", sorted(attributes(signed_data, |signer| signer.signed_attributes.as_ref()))),
        ("uattrs", sorted(attributes(signed_data, |signer| signer.unsigned_attributes.as_ref()))),
    ];
    if let Some(signer) = signed_data.signer_infos.first() {
        compare("siver", format!("v{}", signer.version.to_u64().unwrap_or(99)).into());
        let sid = match signer.sid {
            SignerIdentifier::IssuerAndSerialNumber { .. } => "issuer_and_serial_number",
            SignerIdentifier::SubjectKeyIdentifier(_) => "subject_key_identifier",
        };
        compare("sid", sid.into());
        if let Some(attributes) = &signer.signed_attributes {
            compare("signed_attrs_sorted", attributes.is_der_set().into());
        }
    }
    // An indefinite length anywhere has the normaliser change something; the manifest asks whether there is one at the outside.
    if features.get("ber_indef") == Some(&Value::Bool(true)) && !changed {
        differences.push("ber_indef: stated, but nothing to normalise".into());
    }
    for (name, read) in lists {
        if let Some(stated) = names(features.get(name)).filter(|stated| *stated != read) {
            differences.push(format!("{name}: stated {stated:?}, read {read:?}"));
        }
    }
    differences
}

fn attributes<'s, 'a: 's>(
    signed_data: &'s SignedData<'a>,
    of: impl Fn(&'s signed_data::SignerInfo<'a>) -> Option<&'s signed_data::Attributes<'a>>,
) -> impl Iterator<Item = String> {
    let all = signed_data.signer_infos.iter().take(1).filter_map(of);
    all.flat_map(signed_data::Attributes::iter)
        .map(|attribute| attribute.oid.to_string())
        .collect::<Vec<_>>()
        .into_iter()
}

/// Some fifty octets changed and some fifty cuts of a real file: an error or not, never a panic.
fn survives_damage(bytes: &[u8]) {
    let read = |input: &[u8]| normalize(input).is_ok_and(|definite| SignedData::parse(&definite).is_ok());
    assert!(matches!(normalize(&normalize(bytes).expect("well-formed")), Ok(Cow::Borrowed(_))), "not a fixed point");
    for at in (0..bytes.len()).step_by(1 + bytes.len() / 50) {
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 0xff;
        read(&damaged);
        assert!(!read(&bytes[..at]), "cut at {at}");
    }
}

/// Reads every entry of a set; what is not read fails the test unless it is foreseen.
fn read_set(set: &str, foreseen: &[&str]) {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join(set);
    if !folder.is_dir() {
        println!("SKIPPED: no set {set}");
        return;
    }
    let (mut read, mut wrong) = (0, Vec::new());
    for entry in manifest(&folder) {
        let kind = entry["kind"].as_str().unwrap_or_default();
        if !["cms", "tst", "eml"].contains(&kind) {
            continue;
        }
        let file = entry["file"].as_str().expect("a file name");
        let bytes = std::fs::read(folder.join(file)).expect("the file");
        let Some(bytes) = unwrap(bytes) else {
            println!("{set}/{file}: no CMS inside");
            continue;
        };
        let unforeseen = !foreseen.iter().any(|part| file.contains(part));
        let normalized = match normalize(&bytes) {
            Ok(normalized) => normalized,
            Err(error) => {
                println!("{set}/{file}: {error}");
                wrong.extend(unforeseen.then(|| format!("{file}: {error}")));
                continue;
            }
        };
        match SignedData::parse(&normalized) {
            Ok(signed_data) => {
                read += 1;
                survives_damage(&bytes);
                let changed = matches!(normalized, Cow::Owned(_));
                let differences = differences(&signed_data, changed, &entry["features"]);
                wrong.extend(differences.iter().map(|difference| format!("{file}: {difference}")));
            }
            Err(error) if error.kind == ErrorKind::UnexpectedType("SignedData") => {
                let content_info = ContentInfo::parse(&normalized).expect("a ContentInfo");
                println!("{set}/{file}: holds {:?}", content_info.type_name());
                wrong.extend(content_info.type_name().is_none().then(|| format!("{file}: unnamed type")));
            }
            Err(error) => {
                println!("{set}/{file}: {error}");
                wrong.extend(unforeseen.then(|| format!("{file}: {error}")));
            }
        }
    }
    println!("{set}: {read} SignedData read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn cms() {
    read_set("cms", &[]);
}

#[test]
fn cms_openssl_rfc4134() {
    // A SignerInfo alone, without the structures around it.
    read_set("cms_openssl_rfc4134", &["signer_info_sequence_not_set"]);
}

#[test]
fn tst() {
    read_set("tst", &[]);
}

#[test]
fn belgium() {
    read_set("belgium", &[]);
}
