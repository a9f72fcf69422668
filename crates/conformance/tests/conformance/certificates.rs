//! Certificates, to what the manifests say of them.

use chrono::{DateTime, Utc};
use recommande::Certificate;
use recommande::crypto::KeyKind;
use serde_json::Value;

use crate::corpus::{self, Entry, time};
use crate::features::bits;
use crate::judgement::{Apart, Judgement};
use crate::names;

pub fn certificate(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    match (entry.text("expected").unwrap_or("unknown"), corpus::certificate(octets)) {
        ("valid" | "unknown", Ok(certificate)) => described(&certificate, entry, judgement),
        ("invalid" | "parse-error", Ok(_)) => judgement.differs("certificate", "an error", "read"),
        ("valid", Err(error)) => judgement.differs("certificate", "read", error),
        ("invalid" | "parse-error", Err(_)) => {}
        ("unknown", Err(_)) => judgement.apart = Some(Apart::NoVerdictExpected),
        (expected, _) => judgement.apart = Some(Apart::NotJudged(format!("expected \"{expected}\""))),
    }
}

fn described(certificate: &Certificate, entry: Entry<'_>, judgement: &mut Judgement) {
    let stated = entry.value;
    for (member, read) in [("nb", certificate.not_before()), ("na", certificate.not_after())] {
        compare_time(stated, member, Some(read), judgement);
    }
    judgement.compare(stated, "serial_bits", bits(certificate.serial().as_bytes()));
    judgement.compare(stated, "self_signed", certificate.subject_der() == certificate.issuer_der());
    if let Some(name) = entry.text("subject").filter(|name| !name.is_empty() && certificate.subject().is_empty()) {
        judgement.differs("subject", name, "nothing");
    }
    if let (Some(stated), Ok(read)) = (entry.text("sigalg"), certificate.signature_algorithm()) {
        let read = read.oid.to_string();
        match names::oid(stated) {
            None => judgement.uncompared.push(format!("sigalg: {stated}")),
            Some(dotted) if dotted != read => judgement.differs("sigalg", stated, read),
            Some(_) => {}
        }
    }
    if let Some(stated) = entry.text("key") {
        match fits(stated, certificate.public_key().kind()) {
            Some(true) => {}
            Some(false) => judgement.differs("key", stated, certificate.public_key().kind()),
            None => judgement.uncompared.push(format!("key: {stated}")),
        }
    }
}

/// `None` for a name of a key that is not known here.
fn fits(stated: &str, read: &KeyKind) -> Option<bool> {
    let (name, more) = stated.split_once(':').unwrap_or((stated, ""));
    Some(match (name, read) {
        ("rsa" | "rsassa_pss", KeyKind::Rsa { bits }) => more.is_empty() || more == bits.to_string(),
        ("ec", KeyKind::EcP256) => more == "secp256r1",
        ("ec", KeyKind::EcP384) => more == "secp384r1",
        ("ec", KeyKind::EcP521) => more == "secp521r1",
        ("ed25519", KeyKind::Ed25519) => true,
        ("rsa" | "rsassa_pss" | "ed25519", _) => false,
        ("ec", KeyKind::NotOffered(_)) => !["secp256r1", "secp384r1", "secp521r1"].contains(&more),
        ("ec", _) => false,
        ("ed448" | "dsa" | "dh", KeyKind::NotOffered(_)) => true,
        ("ed448" | "dsa" | "dh", _) => false,
        _ => return None,
    })
}

/// Compares a time, where the member is there; `"None"` is how some manifests write that there is none.
pub fn compare_time(stated: &Value, member: &str, read: Option<DateTime<Utc>>, judgement: &mut Judgement) {
    let Some(text) = stated.get(member).and_then(Value::as_str) else { return };
    if time(text) != read {
        judgement.differs(member, text, format!("{read:?}"));
    }
}
