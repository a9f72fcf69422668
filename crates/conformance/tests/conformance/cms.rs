//! Signatures: files, and mails with one inside.

use chrono::{DateTime, Utc};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::pki::revocation::{Crl, OcspResponse};
use recommande::verify::{Code, Content, ContentDigests, Finding, Policy, Signatures, Subject, Verifier};
use recommande::{Environment, TrustAnchors};
use signed_data::{ContentInfo, RevocationInfoChoice, SignedData, normalize};

use crate::corpus::{Entry, from_hex};
use crate::features::{self, OF_SIGNED_DATA};
use crate::judgement::{Apart, Judgement};
use crate::mime::{self, Mail};
use crate::receipt;
use crate::records;
use crate::timestamps::beyond;

/// id-ri-ocsp-response, RFC 5940 §2.1.
const OCSP_RESPONSE: &str = "1.3.6.1.5.5.7.16.2";

pub fn file(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let Some(cms) = mime::armour(octets) else {
        return judgement.differs("file", "DER, BER, PEM or base64", "something else");
    };
    let content = entry.content();
    let digests = entry.text("content_sha256").and_then(from_hex);
    let digests = digests.and_then(|octets| Digest::new(DigestAlgorithm::Sha256, &octets));
    let digests = digests.map(|digest| ContentDigests::new([digest]));
    let content = match (&content, &digests) {
        (Some(content), _) => Content::Octets(content),
        (None, Some(digests)) => Content::Digests(digests),
        (None, None) => Content::Attached,
    };
    judge(entry, &cms, content, judgement);
    if entry.text("verdict").is_some() {
        receipt::judge(entry, &cms, content, judgement);
    }
}

pub fn mail(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    match mime::read(octets) {
        Mail::Signed { content, signature } => judge(entry, &signature, Content::Octets(&content), judgement),
        Mail::Opaque(cms) => judge(entry, &cms, Content::Attached, judgement),
        Mail::Other(media_type) => match entry.text("expected") {
            Some("valid" | "invalid") => judgement.differs("mail", "a CMS inside", media_type),
            _ => judgement.apart = Some(Apart::NoVerdictExpected),
        },
    }
}

fn judge(entry: Entry<'_>, cms: &[u8], content: Content<'_>, judgement: &mut Judgement) {
    let expected = entry.text("expected").unwrap_or("unknown");
    let answer = signatures(entry, cms, content, Policy::conformance(), time(entry));
    let findings = answer.reports.iter().flat_map(|report| &report.findings);
    let of_signature: Vec<&Finding> = findings.clone().filter(|finding| is_of_signature(finding)).collect();
    judgement.explain(of_signature.iter().copied());
    read(entry, cms, expected, judgement);
    judgement.verdict(expected, entry.text("reason").unwrap_or_default(), &of_signature);
    if records::are_in(entry) {
        // They were added after the signature was made, at whose time the manifest looks.
        let preserved = signatures(entry, cms, content, Policy::conformance(), Utc::now());
        records::in_signature(entry, &preserved.reports, judgement);
    }
    if let Some(policy) = entry.set.other_policy.clone() {
        let by_other_policy =
            signatures(entry, cms, content, policy, time(entry)).reports.into_iter().flat_map(|report| report.findings);
        let by_policy: Vec<Finding> = findings.cloned().collect();
        judgement.stricter = beyond(&by_policy, &by_other_policy.collect::<Vec<_>>());
    }
}

fn time(entry: Entry<'_>) -> DateTime<Utc> {
    entry.time().unwrap_or_else(Utc::now)
}

fn signatures(entry: Entry<'_>, cms: &[u8], content: Content<'_>, policy: Policy, at: DateTime<Utc>) -> Signatures {
    let verifier = Verifier::new(entry.anchors(), TrustAnchors::new(), Environment::Test)
        .with_policy(policy)
        .with_extra_certificates(entry.extra());
    verifier.report_signatures(cms, content, at)
}

/// The manifests tell about the cryptographic signature alone.
fn is_of_signature(finding: &Finding) -> bool {
    matches!(finding.subject, Subject::Seal | Subject::Envelope) && !finding.code.as_str().starts_with("chain-")
}

/// Every SignedData is read, to its features; of anything else the type is named.
fn read(entry: Entry<'_>, cms: &[u8], expected: &str, judgement: &mut Judgement) {
    let normalized = match normalize(cms) {
        Ok(normalized) => normalized,
        Err(error) => {
            if expected != "parse-error" && expected != "unknown" {
                judgement.differs("coding", "read", error);
            }
            return;
        }
    };
    let changed = matches!(normalized, std::borrow::Cow::Owned(_));
    match (SignedData::parse(&normalized), ContentInfo::parse(&normalized)) {
        (Ok(signed_data), _) => {
            features::signed_data(&signed_data, changed, entry.features(), judgement);
            features::note_uncompared(entry.features(), &[OF_SIGNED_DATA], judgement);
            revocation_inside(&signed_data, judgement);
        }
        (Err(_), Ok(content_info)) if content_info.type_name() != Some("signedData") => {
            let name = content_info.type_name().unwrap_or("a known name");
            if !judgement.findings.iter().any(|finding| finding.contains(name)) {
                judgement.differs("content type", name, content_info.content_type);
            }
        }
        (Err(error), Ok(_)) if expected != "parse-error" => judgement.differs("SignedData", "read", error),
        (Err(error), Err(_)) if expected == "valid" => judgement.differs("ContentInfo", "read", error),
        (Err(_), _) => {}
    }
}

/// CRLs and OCSP responses inside are read.
pub fn revocation_inside(signed_data: &SignedData<'_>, judgement: &mut Judgement) {
    for info in &signed_data.crls {
        match info {
            RevocationInfoChoice::Crl(der) => {
                if let Err(error) = Crl::from_der(der) {
                    judgement.differs("CRL inside", "read", error);
                }
            }
            RevocationInfoChoice::Other { format, info } => match OcspResponse::from_der(info) {
                Ok(_) => {}
                Err(error) if format.to_string() == OCSP_RESPONSE => {
                    judgement.differs("OCSP response inside", "read", error);
                }
                // Other formats are in use for OCSP responses as well.
                Err(error) => judgement.uncompared.push(format!("revocation {format}: {error}")),
            },
        }
    }
}

/// The codes of all findings.
pub fn codes(signatures: &Signatures) -> Vec<Code> {
    signatures.reports.iter().flat_map(|report| &report.findings).map(|finding| finding.code).collect()
}
