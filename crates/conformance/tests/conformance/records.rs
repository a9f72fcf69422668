//! Evidence records, by themselves and in signatures.
//!
//! "valid" means that the record is consistent and its tokens' signatures are good: findings about the path to an
//! anchor, which the manifest does not name, are left out.

use recommande::crypto::DigestAlgorithm;
use recommande::time::record::EvidenceRecord;
use recommande::verify::{Code, ContentDigests, Finding, Policy, Report, Subject, Verifier};
use recommande::{Environment, TrustAnchors};
use serde_json::{Value, json};

use crate::corpus::Entry;
use crate::features;
use crate::judgement::Judgement;
use crate::names;

/// What follows from anchors, of which the manifest has none.
const OF_ANCHORS: [Code; 2] = [Code::RecordNotValid, Code::RecordNotDecided];

pub fn record(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let Some(octets) = crate::mime::armour(octets) else {
        return judgement.differs("file", "DER, BER, PEM or base64", "something else");
    };
    read(entry, &octets, judgement);
    let objects: Vec<ContentDigests> =
        entry.strings("content").filter_map(|path| entry.set.file(path)).map(digests).collect();
    let report = report(entry, &octets, &objects, Policy::conformance());
    let findings: Vec<&Finding> = report.findings.iter().filter(|finding| is_of_record(finding)).collect();
    judgement.explain(findings.iter().copied());
    let expected = entry.text("expected").unwrap_or("unknown");
    judgement.verdict(expected, "", &findings);
    cause(entry, &findings, judgement);
    if expected == "unknown" {
        // Consistent, and the object is not there. What the TSA's certificate is for was not asked.
        let of_object = [Code::RecordObjectsMissing, Code::ContentNotGiven];
        let against = findings.iter().filter(|finding| !finding.outcome.is_acceptable());
        let of_record = against.filter(|finding| !finding.code.as_str().starts_with("tsa-"));
        for finding in of_record.filter(|finding| !of_object.contains(&finding.code)) {
            judgement.differs("record without its object", "consistent", finding);
        }
    }
    if let Some(policy) = entry.set.other_policy.clone() {
        let by_other_policy = self::report(entry, &octets, &objects, policy);
        judgement.stricter = crate::timestamps::beyond(&report.findings, &by_other_policy.findings);
    }
}

fn digests(octets: Vec<u8>) -> ContentDigests {
    ContentDigests::new(DigestAlgorithm::ALL.map(|algorithm| algorithm.digest(&octets)))
}

fn report(entry: Entry<'_>, record: &[u8], objects: &[ContentDigests], policy: Policy) -> Report {
    let verifier = Verifier::new(TrustAnchors::new(), entry.anchors(), Environment::Test).with_policy(policy);
    verifier.report_evidence_record(record, objects, entry.time().unwrap_or_else(chrono::Utc::now))
}

/// Everything but what depends on anchors.
pub fn is_of_record(finding: &Finding) -> bool {
    let code = finding.code.as_str();
    let of_record =
        matches!(finding.subject, Subject::Record | Subject::EvidenceRecord(_) | Subject::ArchiveTimeStamp(_));
    of_record && !code.starts_with("chain-") && !OF_ANCHORS.contains(&finding.code)
}

/// Each part of the reason that tells of a flaw has its finding, under the ArchiveTimeStamp that it names.
fn cause(entry: Entry<'_>, findings: &[&Finding], judgement: &mut Judgement) {
    let reason = entry.text("reason").unwrap_or_default();
    if entry.text("expected") != Some("invalid") {
        return;
    }
    let mut told = false;
    for part in reason.split("; ") {
        let codes: &[Code] = match part {
            part if part.contains("root != messageImprint") => &[Code::RecordTreeDiffers],
            part if part.contains("token signature invalid") => &[Code::SignatureInvalid],
            part if part.contains("token unparsable") => &[Code::TimestampMalformed],
            part if part.contains("no H(H(d)||H(seq)) match") => &[Code::RecordSequenceNotCovered],
            part if part.contains("data not found") => &[Code::RecordObjectNotCovered],
            _ => continue,
        };
        told = true;
        let number = number(entry, part);
        let fits = |finding: &&&Finding| {
            codes.contains(&finding.code)
                && number.is_none_or(|number| finding.subject == Subject::ArchiveTimeStamp(number))
        };
        if !findings.iter().any(|finding| fits(&finding)) {
            judgement.differs("cause", part, format!("none of {codes:?} under timestamp {number:?}"));
        }
    }
    if !told {
        judgement.uncompared.push(format!("reason: {reason}"));
    }
}

/// `chain1/ats0: ...` as a number over all chains, counted from 1.
fn number(entry: Entry<'_>, part: &str) -> Option<usize> {
    let (chain, rest) = part.strip_prefix("chain")?.split_once("/ats")?;
    let (chain, stamp): (usize, usize) = (chain.parse().ok()?, rest.split_once(':')?.0.parse().ok()?);
    let chains = entry.features().get("chains")?.as_array()?;
    let before: usize = chains.iter().take(chain).filter_map(Value::as_array).map(Vec::len).sum();
    Some(before + stamp + 1)
}

/// Every record is read, to its features.
fn read(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let expected = entry.text("expected").unwrap_or("unknown");
    let definite = signed_data::normalize(octets);
    let record = match definite.as_ref().map_err(|error| *error).and_then(|definite| EvidenceRecord::parse(definite)) {
        Ok(record) => record,
        Err(error) if expected != "parse-error" => return judgement.differs("record", "read", error),
        Err(_) => return,
    };
    let features = entry.features();
    judgement.compare(features, "version", 1);
    judgement.compare(features, "cryptoInfos", record.crypto_infos.is_some());
    judgement.compare(features, "encryptionInfo", record.encryption_info.is_some());
    let listed: Vec<String> = record.digest_algorithms.iter().map(|algorithm| algorithm.oid.to_string()).collect();
    let stated: Option<Vec<&str>> = features["digestAlgorithms"]
        .as_array()
        .map(|list| list.iter().filter_map(|name| names::oid(name.as_str()?)).collect());
    if stated.as_ref().is_some_and(|stated| *stated != listed) {
        judgement.differs("digestAlgorithms", format!("{stated:?}"), format!("{listed:?}"));
    }
    let chains: Vec<Value> = record
        .chains
        .iter()
        .map(|chain| {
            let shape = chain.archive_time_stamps.iter().map(|stamp| {
                let tree = stamp.reduced_hash_tree.as_ref().map(|lists| lists.iter().map(Vec::len).collect::<Vec<_>>());
                json!({"tree": tree, "attrs": stamp.attributes.is_some()})
            });
            shape.collect()
        })
        .collect();
    let stated: Vec<Value> = features["chains"].as_array().into_iter().flatten().map(shape).collect();
    if !stated.is_empty() && stated != chains {
        judgement.differs("chains", json!(stated), json!(chains));
    }
    if let Some(first) = entry.value.get("first_list_len").and_then(Value::as_u64) {
        let start = record.archive_time_stamps().next().and_then(|stamp| stamp.reduced_hash_tree.as_ref());
        let read = start.and_then(|lists| lists.first()).map_or(1, Vec::len) as u64;
        // 0 is where who described it could not read the token.
        if first != 0 && first != read {
            judgement.differs("first_list_len", first, read);
        }
    }
    let compared = ["version", "cryptoInfos", "encryptionInfo", "digestAlgorithms", "chains", "ber_indef"];
    features::note_uncompared(features, &[&compared], judgement);
}

fn shape(chain: &Value) -> Value {
    let of = |stamp: &Value| json!({"tree": stamp["tree"], "attrs": stamp["attrs"]});
    chain.as_array().into_iter().flatten().map(of).collect()
}

/// What the records in a signature shall come to, where who made the file says so. The manifest tells about the
/// signature alone, so that of any other file nothing is expected.
const IN_SIGNATURES: &[(&str, &[Code])] = &[
    ("dss_C-E-ERS-detached-ber.p7s_01d3ab6e.p7s", &[]),
    ("dss_C-B-B-wrong-er-attribute.p7m_60100c99.p7m", &[]),
    ("dss_C-E-ERS-parallel-ers.p7m_6cf50a61.p7m", &[]),
    ("dss_C-E-ERS-two-er.p7m_cb35d7fe.p7m", &[]),
    ("dss_C-E-ERS-detached_renewed_hashtree.p7s_494b819f.p7s", &[]),
    ("dss_C-E-ERS-detached_renewed_hashtree_invalid.p7s_2a89cf20.p7s", &[Code::RecordSequenceNotCovered]),
    ("dss_C-E-ERS-basic-invalid-sig.p7m_e8580227.p7m", &[Code::RecordTreeDiffers]),
    ("dss_cades-ers.scs_signature.p7s_3764ee1d.p7s", &[]),
    ("ERVerifyTool_encapsulated_with_er.p7s.b64_576c6f72.p7m", &[]),
];

/// id-aa-er-internal and id-aa-er-external.
const ATTRIBUTES: [&str; 2] = ["1.2.840.113549.1.9.16.2.49", "1.2.840.113549.1.9.16.2.50"];

/// Whether there are records in a signature.
pub fn are_in(entry: Entry<'_>) -> bool {
    crate::corpus::strings(entry.features().get("uattrs")).any(|oid| ATTRIBUTES.contains(&oid))
}

/// The records in a signature, by the findings of all its reports.
pub fn in_signature(entry: Entry<'_>, reports: &[Report], judgement: &mut Judgement) {
    let stated = IN_SIGNATURES.iter().find(|(file, _)| *file == entry.file_name());
    let codes = stated.map(|(_, codes)| *codes);
    for report in reports {
        let signatures = report.timestamps.len();
        let of_record = |finding: &&Finding| match finding.subject {
            Subject::EvidenceRecord(_) => !OF_ANCHORS.contains(&finding.code),
            Subject::Timestamp(number) => {
                let kind = report.timestamps.get(number - 1).map(|timestamp| timestamp.kind);
                kind == Some(recommande::verify::TimestampKind::EvidenceRecord)
            }
            _ => false,
        };
        let findings: Vec<&Finding> = report
            .findings
            .iter()
            .filter(of_record)
            .filter(|finding| !finding.code.as_str().starts_with("chain-"))
            .collect();
        let verified = findings.iter().any(|finding| finding.code == Code::RecordObjectCovered);
        let against: Vec<Code> =
            findings.iter().filter(|finding| !finding.outcome.is_acceptable()).map(|finding| finding.code).collect();
        let holds = against.is_empty() && verified;
        let Some(codes) = codes else {
            if !holds {
                judgement.uncompared.push(format!("evidence record: {against:?}"));
            }
            continue;
        };
        let agrees = match codes.is_empty() {
            true => holds,
            false => codes.iter().all(|code| against.contains(code)),
        };
        if !agrees {
            judgement.differs("evidence record", format!("{codes:?}"), format!("{against:?}, {signatures} timestamps"));
            judgement.explain(findings);
        }
    }
}
