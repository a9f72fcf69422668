//! A receipt whose whole verdict the manifest tells.

use chrono::{DateTime, Utc};
use recommande::verify::{BaselineLevel, Code, Content, Policy, Report, Verifier};
use recommande::{Certificate, Environment, TrustAnchors};
use rfc3161_client::TimeStampToken;
use serde_json::Value;
use signed_data::{CertificateChoice, SignedData, normalize};

use crate::cms;
use crate::corpus::Entry;
use crate::judgement::Judgement;

/// id-aa-signatureTimeStampToken, RFC 3161 appendix A.
const SIGNATURE_TIME_STAMP: const_oid::ObjectIdentifier =
    const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");

/// What must be said of a receipt, in the policy that a user gets, with the root that it brings along as anchor.
pub fn judge(entry: Entry<'_>, octets: &[u8], content: Content<'_>, judgement: &mut Judgement) {
    let embedded = embedded(octets);
    let mut roots: TrustAnchors = entry.anchors();
    embedded
        .iter()
        .filter(|certificate| certificate.subject_der() == certificate.issuer_der())
        .for_each(|root| roots.add(root.clone()));
    let verifier = Verifier::new(roots, TrustAnchors::new(), Environment::Production).with_policy(Policy::default());
    // Then the seal was valid; what is said about the timestamp does not depend on it.
    let at = entry.time().unwrap_or_else(Utc::now);
    let answer = verifier.report_signatures(octets, content, at);
    let Some(report) = answer.worst() else { return judgement.differs("verdict", "a report", "none") };
    judgement.explain(&report.findings);
    let verdict = entry.text("verdict").and_then(|verdict| verdict.split(':').next()).unwrap_or_default();
    if report.indication.to_string() != verdict {
        judgement.differs("verdict", verdict, report.indication);
    }
    let codes = cms::codes(&answer);
    let mut wanted = vec![Code::SignatureValid, Code::SigningCertificateFound, Code::SigningCertificateBound];
    if entry.text("level").is_some_and(|level| level.starts_with("not baseline")) {
        wanted.push(Code::NotBaseline);
        if report.level != Some(BaselineLevel::NotBaseline) {
            judgement.differs("level", entry.text("level").unwrap_or_default(), format!("{:?}", report.level));
        }
    }
    if entry.text("level").is_some_and(|level| level.contains("no signing-time")) {
        wanted.push(Code::SigningTimeMissing);
    }
    if let Some(stated) = entry.value.get("timestamp") {
        wanted.push(Code::TimestampImprintMatches);
        timestamp(entry, octets, stated, report, judgement);
        let absent =
            stated.get("tsa_certificate").and_then(Value::as_str).is_some_and(|text| text.starts_with("absent"));
        wanted.extend(absent.then_some(Code::SigningCertificateNotFound));
    }
    let sha1 = text_of(report, &[Code::AlgorithmPastItsDate, Code::AlgorithmLegacy])
        .is_some_and(|text| text.contains("SHA-1"));
    if entry.text("verdict").is_some_and(|verdict| verdict.contains("SHA-1")) && !sha1 {
        judgement.differs("algorithms", "SHA-1", "no such finding");
    }
    for code in wanted.into_iter().filter(|code| !codes.contains(code)) {
        judgement.differs("findings", code, "none of it");
    }
}

fn timestamp(entry: Entry<'_>, octets: &[u8], stated: &Value, report: &Report, judgement: &mut Judgement) {
    let Some(read) = report.timestamps.first() else { return judgement.differs("timestamp", "one", "none") };
    let gen_time: Option<DateTime<Utc>> = entry.time();
    if gen_time.is_some() && read.gen_time != gen_time {
        judgement.differs("genTime", format!("{gen_time:?}"), format!("{:?}", read.gen_time));
    }
    judgement.compare(stated, "policy", read.policy.clone().map_or(Value::Null, Value::from));
    let accuracy =
        token(octets).and_then(|token| token.tst_info().accuracy).map(|accuracy| accuracy.total().as_millis());
    let accuracy = accuracy.and_then(|milliseconds| u64::try_from(milliseconds).ok());
    judgement.compare(stated, "accuracy_ms", accuracy.map_or(Value::Null, Value::from));
    if accuracy.is_some() && text_of(report, &[Code::TimestampAccuracy]).is_none() {
        judgement.differs("findings", Code::TimestampAccuracy, "none of it");
    }
}

/// The signature timestamp.
fn token(octets: &[u8]) -> Option<TimeStampToken> {
    let normalized = normalize(octets).ok()?;
    let signed_data = SignedData::parse(&normalized).ok()?;
    let attributes = signed_data.signer_infos.first()?.unsigned_attributes.as_ref()?;
    let value = attributes.find(SIGNATURE_TIME_STAMP).next()?.values.first()?;
    TimeStampToken::from_bytes(value.raw).ok()
}

/// What the first finding with one of these codes states.
fn text_of<'r>(report: &'r Report, codes: &[Code]) -> Option<&'r str> {
    report.findings.iter().find(|finding| codes.contains(&finding.code))?.stated.as_deref()
}

fn embedded(octets: &[u8]) -> Vec<Certificate> {
    let Ok(normalized) = normalize(octets) else { return Vec::new() };
    let Ok(signed_data) = SignedData::parse(&normalized) else { return Vec::new() };
    let certificates = signed_data.certificates.iter().filter_map(CertificateChoice::certificate);
    certificates.filter_map(|der| Certificate::from_der(der).ok()).collect()
}
