//! What cases of x509-limbo depend on that a certification path does not decide.
//!
//! Nothing here goes by the name of a case but the family `webpki`, which is upstream's name for the CA/Browser
//! profile.

use recommande::Certificate;
use serde_json::Value;

use crate::corpus::strings;

/// Extensions that a relying party knows (RFC 5280 §4.2), by their last arc under id-ce.
const KNOWN_CRITICAL: &[&str] =
    &["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.30", "2.5.29.32", "2.5.29.36", "2.5.29.37", "2.5.29.54"];
const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const NAME_CONSTRAINTS: &str = "2.5.29.30";

/// Why the verdict of a case that is to be refused is not one about the path; `None` when it is.
pub fn beyond_the_path(
    case: &Value,
    target: &Certificate,
    anchors: &[Certificate],
    at: chrono::DateTime<chrono::Utc>,
) -> Option<&'static str> {
    let id = case.get("id").and_then(Value::as_str).unwrap_or_default();
    let of_profile =
        |feature: &str| feature.starts_with("pedantic-webpki") || feature.starts_with("pedantic-public-suffix");
    if id.starts_with("webpki::") || strings(case.get("features")).any(of_profile) {
        return Some("the CA/Browser profile");
    }
    if case.get("max_chain_depth").is_some_and(|depth| !depth.is_null()) {
        return Some("a limit of the length, which the case sets");
    }
    if names_are_unusual(case, target) {
        return Some("server names");
    }
    anchors.iter().any(|anchor| form_is_unusual(anchor, at)).then_some("the form of the trust anchor")
}

/// Whether the purpose that the case wants is one of the certificate's (RFC 5280 §4.2.1.12): the caller's to ask.
pub fn purpose_fits(case: &Value, target: &Certificate) -> bool {
    let Some(usage) = target.extended_key_usage() else { return true };
    let wanted: Vec<_> = strings(case.get("extended_key_usage")).filter_map(purpose).collect();
    wanted.is_empty() || wanted.into_iter().any(|purpose| usage.contains(purpose))
}

fn purpose(name: &str) -> Option<const_oid::ObjectIdentifier> {
    let dotted = match name {
        "anyExtendedKeyUsage" => "2.5.29.37.0",
        "serverAuth" => "1.3.6.1.5.5.7.3.1",
        "clientAuth" => "1.3.6.1.5.5.7.3.2",
        "codeSigning" => "1.3.6.1.5.5.7.3.3",
        "emailProtection" => "1.3.6.1.5.5.7.3.4",
        "timeStamping" => "1.3.6.1.5.5.7.3.8",
        "OCSPSigning" => "1.3.6.1.5.5.7.3.9",
        _ => return None,
    };
    const_oid::ObjectIdentifier::new(dotted).ok()
}

/// Whether the peer that is expected is not named as it is, or a name is not of the form that who compares names asks
/// for.
fn names_are_unusual(case: &Value, target: &Certificate) -> bool {
    let Ok(names) = target.subject_alt_names() else { return false };
    let text = |tag: u8| {
        let of_kind = names.iter().filter(move |name| name.tag.0 == tag);
        of_kind.map(|name| String::from_utf8_lossy(name.value).into_owned()).collect::<Vec<_>>()
    };
    let (mails, hosts) = (text(0x81), text(0x82));
    let expected = case.get("expected_peer_name");
    let member = |name: &str| expected.and_then(|expected| expected.get(name)).and_then(Value::as_str);
    let named = match (member("kind"), member("value")) {
        (Some("DNS"), Some(host)) => hosts.iter().any(|name| name.eq_ignore_ascii_case(host)),
        _ => true,
    };
    !named || !hosts.iter().all(|name| is_host(name)) || mails.iter().any(|name| name.matches('@').count() > 1)
}

/// The preferred name syntax of RFC 1034 §3.5, which RFC 5280 §4.2.1.6 asks for; an address is no name.
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        let inside = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
        !label.is_empty() && label.bytes().all(inside) && !label.starts_with('-') && !label.ends_with('-')
    };
    name.parse::<core::net::IpAddr>().is_err() && name.strip_prefix("*.").unwrap_or(name).split('.').all(label)
}

/// Whether the certificate of a trust anchor is not as RFC 5280 §4 asks its issuer to make it, or not valid itself. An
/// anchor is an input (§6.1.1 d), not a part of the path.
fn form_is_unusual(anchor: &Certificate, at: chrono::DateTime<chrono::Utc>) -> bool {
    let self_issued = anchor.subject_der() == anchor.issuer_der();
    let critical_identifier = anchor.extensions().any(|extension| {
        let name = extension.oid.to_string();
        extension.critical && !KNOWN_CRITICAL.contains(&name.as_str())
    });
    let mild_constraints =
        anchor.extensions().any(|extension| !extension.critical && extension.oid.to_string() == NAME_CONSTRAINTS);
    let identified = anchor.extensions().any(|extension| extension.oid.to_string() == AUTHORITY_KEY_IDENTIFIER);
    critical_identifier
        || mild_constraints
        || !anchor.basic_constraints().is_some_and(|constraints| constraints.ca && constraints.critical)
        || anchor.subject_key_identifier().is_none()
        || !identified && !self_issued
        || anchor.subject().is_empty()
        || !anchor.is_valid_at(at)
}
