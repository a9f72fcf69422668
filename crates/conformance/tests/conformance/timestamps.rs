//! Tokens, responses and requests of TSAs.

use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::verify::{Code, ContentDigests, Finding, Policy, Report, Verifier};
use recommande::{Environment, TrustAnchors};
use rfc3161_client::{ParsedToken, ResponseError, TimeStampReq, TimeStampResp, TimeStampToken, TokenError, TstInfo};
use serde_json::{Value, json};
use signed_data::SignedData;

use crate::cms;
use crate::corpus::{Entry, from_hex, time};
use crate::features::{self, OF_SIGNED_DATA, OF_TOKEN};
use crate::judgement::{Apart, Judgement};
use crate::names;

pub fn request(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let features = entry.features();
    let request = match (TimeStampReq::from_der(octets), entry.text("expected")) {
        (Ok(request), Some("valid") | None) => request,
        (Err(_), Some("invalid" | "parse-error")) => return,
        (Ok(_), Some(expected @ ("invalid" | "parse-error"))) => return judgement.differs("request", expected, "read"),
        (Ok(request), Some(_)) => {
            judgement.apart = Some(Apart::NoVerdictExpected);
            request
        }
        (Err(error), expected) => return judgement.differs("request", expected.unwrap_or("valid"), error),
    };
    judgement.compare(features, "nonce", request.nonce().is_some());
    judgement.compare(features, "cert_req", request.cert_req());
    judgement.compare(features, "exts", !request.extensions().is_empty());
    judgement.compare(features, "policy", request.policy().map_or(Value::Null, |policy| policy.to_string().into()));
    let read = request.imprint().algorithm.to_string();
    if let Some(stated) = features["imprint_alg"].as_str().filter(|stated| names::oid(stated) != Some(read.as_str())) {
        judgement.differs("imprint_alg", stated, read);
    }
    if request.to_der() != octets {
        judgement.differs("request", "the octets that were read", "others");
    }
    features::note_uncompared(features, &[&["nonce", "cert_req", "exts", "policy", "imprint_alg"]], judgement);
}

/// Something under the name of a response that is none: refused as such. Where the reason does not say that this is
/// all, it is no token either.
fn no_response(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    if let Ok(response) = TimeStampResp::from_bytes(octets) {
        judgement.differs("response", "parse-error", response.status);
    }
    let of_response = entry.text("reason").is_some_and(|reason| reason.contains("TimeStampResp"));
    if !of_response && TimeStampToken::from_bytes(octets).is_ok() {
        judgement.differs("token", "parse-error", "read");
    }
}

pub fn response(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let response = match TimeStampResp::from_bytes(octets) {
        Ok(response) => response,
        Err(error) => {
            if entry.text("expected") != Some("parse-error") {
                judgement.differs("response", entry.text("expected").unwrap_or("read"), error);
            }
            return;
        }
    };
    judgement.compare(entry.value, "pki_status", response.status.status.to_string());
    match &response.token {
        Some(token) => {
            read_features(token, entry.features(), judgement);
            verdict(entry, octets, judgement);
        }
        None if entry.text("trust").is_some() => judgement.differs("response", "a token", &response.status),
        None => {}
    }
    with_query(entry, octets, judgement);
}

pub fn token(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    if entry.text("expected") == Some("parse-error") {
        return no_response(entry, octets, judgement);
    }
    match TimeStampToken::from_bytes(octets) {
        Ok(token) => read_features(&token, entry.features(), judgement),
        Err(error) => match without_one_signer(octets, &error, entry.features(), judgement) {
            Ok(()) => {}
            Err(_) if entry.text("expected") == Some("unknown") => judgement.uncompared.push(format!("token: {error}")),
            Err(why) => judgement.differs("token", entry.text("expected").unwrap_or("read"), why),
        },
    }
    verdict(entry, octets, judgement);
    with_query(entry, octets, judgement);
}

fn read_features(token: &TimeStampToken, features: &Value, judgement: &mut Judgement) {
    features::token(token, features, judgement);
    if let Ok(ParsedToken { signed_data, .. }) = ParsedToken::parse(token.to_definite()) {
        let changed = token.to_definite() != token.as_bytes();
        features::signed_data(&signed_data, changed, features, judgement);
        cms::revocation_inside(&signed_data, judgement);
    }
    features::note_uncompared(features, &[OF_TOKEN, OF_SIGNED_DATA], judgement);
}

/// What is no token by its number of signers can be read all the same.
fn without_one_signer(
    octets: &[u8],
    error: &TokenError,
    features: &Value,
    judgement: &mut Judgement,
) -> Result<(), String> {
    let TokenError::SignerCount { stated } = error else { return Err(error.to_string()) };
    if features["nsi"] != json!(stated) {
        return Err(error.to_string());
    }
    let definite = signed_data::normalize(octets).map_err(|error| error.to_string())?;
    let signed_data = SignedData::parse(&definite).map_err(|error| error.to_string())?;
    let content = signed_data.encap_content_info.content.ok_or("no content")?;
    let info = TstInfo::from_der(content).map_err(|error| error.to_string())?;
    features::tst_info(&info, features, judgement);
    Ok(())
}

/// The verdict at the entry's time, to the end of its chain, over the content that is given, else over the imprint as
/// the manifest has it.
fn verdict(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let report = report(entry, octets, Policy::conformance());
    judgement.explain(&report.findings);
    let (expected, reason) = (entry.text("expected").unwrap_or("unknown"), entry.text("reason").unwrap_or_default());
    judgement.verdict(expected, reason, &report.findings.iter().collect::<Vec<_>>());
    if expected == "valid" && judgement.apart.is_none() && report.proven_at.is_none() {
        judgement.differs("proven time", "one", "none");
    }
    bound(entry, &report, judgement);
    if let Some(policy) = entry.set.other_policy.clone() {
        let by_other_policy = self::report(entry, octets, policy);
        judgement.stricter = beyond(&report.findings, &by_other_policy.findings);
    }
}

/// Where the first certificate identifier is said to be the signer's, the report says so.
fn bound(entry: Entry<'_>, report: &Report, judgement: &mut Judgement) {
    let first = |reference: &Value| reference.get("first_matches_signer").and_then(Value::as_bool);
    let stated = entry.features().get("ess").and_then(Value::as_object);
    let matches =
        stated.is_some_and(|ess| !ess.is_empty() && ess.values().all(|reference| first(reference) == Some(true)));
    let bound = report.findings.iter().any(|finding| finding.code == Code::SigningCertificateBound);
    if matches && entry.text("expected") == Some("valid") && !bound {
        judgement.differs("ess.first_matches_signer", true, bound);
    }
}

fn report(entry: Entry<'_>, octets: &[u8], policy: Policy) -> Report {
    let verifier = Verifier::new(TrustAnchors::new(), entry.anchors(), Environment::Test)
        .with_policy(policy)
        .with_extra_certificates(entry.extra());
    let gen_time = entry.features().get("genTime").and_then(Value::as_str).and_then(time);
    let at = entry.time().or(gen_time).unwrap_or_else(chrono::Utc::now);
    verifier.report_timestamp(octets, &data(entry), None, at)
}

fn data(entry: Entry<'_>) -> ContentDigests {
    if let Some(content) = entry.content() {
        return ContentDigests::new(DigestAlgorithm::ALL.map(|algorithm| algorithm.digest(&content)));
    }
    let features = entry.features();
    let algorithm = features["imprint_alg"].as_str().and_then(names::oid);
    let algorithm =
        DigestAlgorithm::ALL.into_iter().find(|candidate| Some(candidate.oid().to_string().as_str()) == algorithm);
    let octets = features["imprint"].as_str().and_then(from_hex);
    ContentDigests::new(algorithm.zip(octets).and_then(|(algorithm, octets)| Digest::new(algorithm, &octets)))
}

/// Findings of a report that another does not have.
pub fn beyond(by_policy: &[Finding], by_other_policy: &[Finding]) -> Vec<String> {
    let new = by_other_policy.iter().filter(|finding| !by_policy.contains(finding));
    new.map(|finding| format!("{} [{}] {finding}", finding.outcome, finding.code)).collect()
}

fn with_query(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let (Some(query), Some(expected)) = (entry.text("query"), entry.text("expected_with_query")) else { return };
    let Some(request) = entry.set.file(query).and_then(|query| TimeStampReq::from_der(&query).ok()) else {
        judgement.uncompared.push("query".into());
        return;
    };
    let reason = entry.text("query_reason").unwrap_or_default();
    let agrees = match (expected, &request.check(octets).map(drop)) {
        ("valid", Ok(())) => true,
        ("invalid", Err(ResponseError::Imprint { .. } | ResponseError::ImprintAlgorithm { .. })) => {
            reason.is_empty() || reason.contains("imprint")
        }
        ("invalid", Err(ResponseError::Nonce { .. })) => reason.is_empty() || reason.contains("nonce"),
        ("invalid", Err(_)) => !reason.contains("imprint") && !reason.contains("nonce"),
        _ => false,
    };
    if !agrees {
        judgement.differs(format!("with {query}"), expected, format!("{:?} ({reason})", request.check(octets).err()));
    }
}
