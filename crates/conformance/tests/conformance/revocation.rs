//! CRLs and OCSP responses, to what the manifests say of them.

use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationDataError};
use serde_json::Value;

use crate::certificates::compare_time;
use crate::corpus::{Entry, strings};
use crate::features;
use crate::judgement::{Apart, Judgement};

/// The extensions of a CRL that are read, by the names of the manifests.
const CRL_EXTENSIONS: &[&str] =
    &["crl_number", "issuing_distribution_point", "authority_key_identifier", "delta_crl_indicator", "2.5.29.60"];

pub fn crl(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let data = match (RevocationData::from_bytes(octets), entry.text("expected")) {
        (Ok(data), Some("valid" | "unknown") | None) => data,
        (Ok(_), Some(expected)) => return judgement.differs("CRL", expected, "read"),
        (Err(_), Some("invalid" | "parse-error")) => return,
        (Err(error), _) => return judgement.differs("CRL", "read", error),
    };
    let Some(crl) = data.crls().first() else { return judgement.differs("CRL", "a CRL", "something else") };
    let features = entry.features();
    compare_time(features, "this", Some(crl.this_update()), judgement);
    match features.get("next").and_then(Value::as_str) {
        Some("None") if crl.next_update().is_none() => {}
        _ => compare_time(features, "next", crl.next_update(), judgement),
    }
    judgement.compare(features, "n", crl.len());
    if crl.entries().count() != crl.len() {
        judgement.differs("entries", crl.len(), crl.entries().count());
    }
    if let Some(stated) = features.get("exts") {
        let has = |name: &str| strings(Some(stated)).any(|extension| extension == name);
        let read = [
            crl.number().is_some(),
            crl.issuing_distribution_point().is_some(),
            crl.key_identifier().is_some(),
            crl.delta_base().is_some(),
            crl.expired_certs_from().is_some(),
        ];
        for (name, read) in CRL_EXTENSIONS.iter().zip(read) {
            if has(name) != read {
                judgement.differs(format!("extension {name}"), has(name), read);
            }
        }
    }
    features::note_uncompared(features, &[&["this", "next", "n", "exts"]], judgement);
    // Read to its features; whether it is good for anything depends on a certificate.
    if entry.text("expected") != Some("valid") {
        judgement.apart = Some(Apart::NoVerdictExpected);
    }
}

pub fn ocsp(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    let expected = entry.text("expected").unwrap_or("unknown");
    match (RevocationData::from_bytes(octets), entry.text("status")) {
        (Ok(_), _) if expected == "parse-error" || expected == "invalid" => {
            return judgement.differs("response", expected, "read");
        }
        (Err(RevocationDataError::ResponseStatus(status)), Some(stated)) => {
            let read = status.to_string().to_lowercase();
            if read != stated.replace('_', "") {
                judgement.differs("status", stated, read);
            }
        }
        (Ok(data), None | Some("successful")) => match data.ocsp_responses().first() {
            None => judgement.differs("response", "an OCSP response", "something else"),
            Some(response) => described(response, entry, judgement),
        },
        (Ok(_), Some(stated)) => judgement.differs("status", stated, "successful"),
        (Err(_), _) if expected == "parse-error" => return,
        (Err(error), _) => judgement.differs("response", "read", error),
    }
    judgement.apart = Some(Apart::NoVerdictExpected);
}

fn described(response: &recommande::pki::revocation::OcspResponse, entry: Entry<'_>, judgement: &mut Judgement) {
    let features = entry.features();
    compare_time(features, "produced_at", Some(response.produced_at()), judgement);
    judgement.compare(features, "n", response.responses().count());
    judgement.compare(features, "certs", response.certificates().len());
    // The manifests list the first few.
    for (read, stated) in response.responses().zip(strings(features.get("cert_status"))) {
        let read = match read.status {
            OcspStatus::Good => "good",
            OcspStatus::Revoked { .. } => "revoked",
            OcspStatus::Unknown => "unknown",
        };
        if read != stated {
            judgement.differs("cert_status", stated, read);
        }
    }
    if let Some(first) = response.responses().next() {
        judgement.compare(features, "next_update", first.next_update.is_some());
    }
    if let Some(stated) = features.get("exts") {
        let nonce = strings(Some(stated)).any(|extension| extension == "nonce");
        if response.nonce().is_some() != nonce {
            judgement.differs("nonce", nonce, response.nonce().is_some());
        }
    }
    let compared = ["produced_at", "n", "certs", "cert_status", "next_update", "exts"];
    features::note_uncompared(features, &[&compared], judgement);
}

/// A request is not a response, and refused as one.
pub fn ocsp_request(_entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    if RevocationData::from_bytes(octets).is_ok() {
        judgement.differs("request", "refused where a response is wanted", "read");
    }
}
