//! Certification paths with their revocation: single chains, and the vectors of x509-limbo.

use chrono::{DateTime, TimeZone as _, Utc};
use const_oid::ObjectIdentifier;
use recommande::pki::revocation::{
    NotAuthenticated, PROCESSED_WITH_REVOCATION, RevocationData, RevocationRequest, RevocationStatus, check_revocation,
};
use recommande::pki::{PathError, PathRequest, PolicyInputs, validate_path};
use recommande::{Certificate, TrustAnchors};
use serde_json::Value;

use crate::corpus::{Entry, Set, strings, time};
use crate::judgement::{Apart, Judgement, is_about_algorithm};
use crate::limbo;

/// A path as a manifest gives it.
pub struct Case {
    pub target: Certificate,
    pub candidates: Vec<Certificate>,
    pub anchors: TrustAnchors,
    pub data: RevocationData,
    pub policies: PolicyInputs,
    pub at: DateTime<Utc>,
}

/// PKITS gives no time; its certificates are valid from 2010 to 2030.
pub fn time_of_pkits() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap()
}

/// Why a path is not good.
pub enum Refused {
    Path(PathError),
    Status(RevocationStatus),
}

impl core::fmt::Display for Refused {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Path(error) => write!(f, "invalid: {error}"),
            Self::Status(status) => write!(f, "invalid: {status}"),
        }
    }
}

impl Refused {
    pub fn is_not_offered(&self) -> bool {
        matches!(
            self,
            Self::Path(PathError::AlgorithmNotOffered { .. })
                | Self::Status(RevocationStatus::NotAuthenticated(NotAuthenticated::AlgorithmNotOffered(_)))
        )
    }
}

/// `accepted`: statuses that do not stand against the path.
pub fn judge(case: &Case, accepted: impl Fn(&RevocationStatus) -> bool) -> Result<(), Refused> {
    let Case { target, candidates, anchors, data, policies, at } = case;
    let request = PathRequest::new(target, candidates, anchors, *at)
        .with_processed(PROCESSED_WITH_REVOCATION)
        .with_policies(policies.clone());
    let path = validate_path(&request).map_err(Refused::Path)?;
    let statuses = check_revocation(&RevocationRequest::new(&path, data, candidates, anchors, *at));
    let bad = statuses.into_iter().map(|status| status.status).find(|status| !accepted(status));
    bad.map_or(Ok(()), |status| Err(Refused::Status(status)))
}

/// A target with its chain, CRLs, OCSP responses and policy inputs. Where there is revocation data, each certificate
/// must be known to be good.
pub fn chain(entry: Entry<'_>, octets: &[u8], judgement: &mut Judgement) {
    judgement.case = entry.text("id").or(entry.text("name")).map(str::to_owned);
    let policies = match entry.value.get("params") {
        None | Some(Value::Null) => PolicyInputs::default(),
        Some(params) => match policies(params) {
            Ok(policies) => policies,
            Err(why) => return judgement.differs("inputs", "known to this harness", why),
        },
    };
    let case = match read_chain(entry, octets, policies) {
        Ok(case) => case,
        Err(why) if entry.text("expected") == Some("invalid") => return judgement.findings.push(why),
        Err(why) => return judgement.differs("chain", entry.text("expected").unwrap_or("read"), why),
    };
    let with_revocation = !case.data.is_empty();
    let answer = judge(&case, |status| !with_revocation || *status == RevocationStatus::Good);
    let reason = entry.text("reason").unwrap_or_default();
    match (entry.text("expected"), answer) {
        (Some("invalid"), Err(refused)) if refused.is_not_offered() && !is_about_algorithm(reason) => {
            judgement.differs("cause", reason, refused);
        }
        (Some("valid"), Ok(())) | (Some("invalid"), Err(_)) => {}
        (Some("valid"), Err(refused)) if refused.is_not_offered() => {
            judgement.apart = Some(Apart::AlgorithmNotOffered);
        }
        (Some("valid"), Err(refused)) => judgement.differs("verdict", "valid", refused),
        (Some("invalid"), Ok(())) => judgement.differs("verdict", format!("invalid ({reason})"), "valid"),
        _ => judgement.apart = Some(Apart::NoVerdictExpected),
    }
}

fn read_chain(entry: Entry<'_>, octets: &[u8], policies: PolicyInputs) -> Result<Case, String> {
    let certificate = |path: &str| entry.set.certificate(path).ok_or_else(|| format!("{path} cannot be read"));
    let mut data = RevocationData::new();
    for path in entry.strings("crls").chain(entry.text("trust_crl")).chain(entry.strings("ocsp")) {
        let read = entry.set.file(path).ok_or_else(|| format!("{path} is missing"))?;
        let read = RevocationData::from_bytes(&read).map_err(|error| format!("{path}: {error}"))?;
        data.extend(&read).map_err(|error| format!("{path}: {error}"))?;
    }
    let target = if octets.is_empty() { Err("empty".to_owned()) } else { certificate(entry.file_name()) };
    Ok(Case {
        target: target?,
        candidates: entry.strings("chain").map(certificate).collect::<Result<_, _>>()?,
        anchors: entry.anchors(),
        data,
        policies,
        at: entry.time().unwrap_or_else(time_of_pkits),
    })
}

/// The inputs of RFC 5280 §6.1.1 (c) to (g) as a manifest names them. A member that is not known here is an error: to
/// overlook one is to judge another case.
fn policies(params: &Value) -> Result<PolicyInputs, String> {
    let mut policies = PolicyInputs::default();
    for (name, value) in params.as_object().into_iter().flatten() {
        policies = match (name.as_str(), value) {
            ("user_initial_policy_set", Value::Array(_)) => {
                let identifiers: Result<Vec<_>, _> = strings(Some(value)).map(ObjectIdentifier::new).collect();
                policies.with_initial_policies(identifiers.map_err(|error| format!("input {name}: {error}"))?)
            }
            ("initial_explicit_policy", Value::Bool(true)) => policies.with_explicit_policy(),
            ("initial_policy_mapping_inhibit", Value::Bool(true)) => policies.with_policy_mapping_inhibited(),
            ("initial_any_policy_inhibit", Value::Bool(true)) => policies.with_any_policy_inhibited(),
            (
                "initial_explicit_policy" | "initial_policy_mapping_inhibit" | "initial_any_policy_inhibit",
                Value::Bool(false),
            ) => policies,
            _ => return Err(format!("input {name} = {value} is not known")),
        };
    }
    Ok(policies)
}

/// The vectors of x509-limbo: files with many cases each.
pub fn limbo(set: &Set) -> Vec<Judgement> {
    set.entries().flat_map(limbo_file).collect()
}

fn limbo_file(entry: Entry<'_>) -> Vec<Judgement> {
    let file: Option<Value> = entry.octets().and_then(|octets| serde_json::from_slice(&octets).ok());
    let Some(cases) = file.as_ref().and_then(|file| file.get("testcases")?.as_array()) else {
        return vec![entry.judgement().not_judged("no testcases in the file")];
    };
    cases.iter().map(|case| limbo_case(entry.file_name(), case)).collect()
}

fn limbo_case(file: &str, value: &Value) -> Judgement {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let mut judgement = Judgement::new(file, Some(id.to_owned()));
    // A case with CRLs gives one for each issuer whose certificates shall be judged by it.
    let is_accepted = |status: &RevocationStatus| matches!(status, RevocationStatus::Good | RevocationStatus::Absent);
    let case = read_limbo(value);
    let answer = match &case {
        Ok(case) if !limbo::purpose_fits(value, &case.target) => Err((false, "another purpose".to_owned())),
        Ok(case) => judge(case, is_accepted).map_err(|refused| (refused.is_not_offered(), refused.to_string())),
        Err(why) => Err((false, why.clone())),
    };
    let beyond = case.ok().and_then(|case| {
        let anchors: Vec<Certificate> = case.anchors.iter().cloned().collect();
        limbo::beyond_the_path(value, &case.target, &anchors, case.at)
    });
    match (value.get("expected_result").and_then(Value::as_str), answer) {
        (Some("SUCCESS"), Ok(())) | (Some("FAILURE"), Err((false, _))) => {}
        (Some("SUCCESS" | "FAILURE"), Err((true, _))) => judgement.apart = Some(Apart::AlgorithmNotOffered),
        (Some("SUCCESS"), Err((false, why))) => judgement.differs("verdict", "SUCCESS", why),
        (Some("FAILURE"), Ok(())) => {
            judgement.differs("verdict", "FAILURE", "valid");
            judgement.findings.extend(value.get("description").and_then(Value::as_str).and_then(first_paragraph));
            judgement.apart = beyond.map(Apart::OutOfScope);
        }
        (expected, _) => return judgement.not_judged(format!("expected {expected:?}")),
    }
    judgement
}

fn first_paragraph(text: &str) -> Option<String> {
    text.split("\n\n").next().map(|paragraph| paragraph.replace('\n', " "))
}

fn read_limbo(case: &Value) -> Result<Case, String> {
    let read = |pem: &str| {
        let chain = Certificate::from_pem_chain(pem).map_err(|error| error.to_string())?;
        chain.into_iter().next().ok_or_else(|| "no certificate".to_owned())
    };
    let mut data = RevocationData::new();
    for pem in strings(case.get("crls")) {
        let crls = RevocationData::from_bytes(pem.as_bytes()).map_err(|error| error.to_string())?;
        data.extend(&crls).map_err(|error| error.to_string())?;
    }
    Ok(Case {
        target: read(case.get("peer_certificate").and_then(Value::as_str).unwrap_or_default())?,
        candidates: strings(case.get("untrusted_intermediates")).filter_map(|pem| read(pem).ok()).collect(),
        anchors: strings(case.get("trusted_certs")).filter_map(|pem| read(pem).ok()).collect(),
        data,
        policies: PolicyInputs::default(),
        at: case.get("validation_time").and_then(Value::as_str).and_then(time).unwrap_or_else(Utc::now),
    })
}
