//! What a report says of a timestamp.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::summaries;
use crate::finding::{Finding, Indication, SubIndication, Subject};
use crate::pki::Certificate;
use crate::text::read_from_object;
use crate::verify::examined::{ExaminedTimestamp, TimestampKind};

/// A summary of one timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenTimestamp")]
pub struct TimestampSummary {
    /// The kind of the timestamp, which says what it covers.
    pub kind: TimestampKind,
    /// A timestamp is valid when no finding speaks against it.
    pub valid: bool,
    /// The verdict on the timestamp, in the words of a signature's. Reports from before 0.1.0 say of a timestamp only if it is valid: it
    /// is read as INDETERMINATE where it is not.
    pub indication: Indication,
    /// The reason for that verdict, unless the timestamp is valid.
    pub sub_indication: Option<SubIndication>,
    /// The digest that it is over (messageImprint).
    pub imprint: Option<String>,
    /// The time that it attests.
    pub gen_time: Option<DateTime<Utc>>,
    /// The stated accuracy, for people; `None` when there is none that can be used.
    pub accuracy: Option<String>,
    /// The TSA policy, dotted.
    pub policy: Option<String>,
    /// The serial number, in hexadecimal; with the TSA's certificate it identifies the token.
    pub serial: Option<String>,
    /// The TSA: the subject of its certificate, or, when that was not found, the issuer and serial number by which the
    /// token names it.
    pub tsa_name: Option<String>,
    /// The fingerprint of the TSA's certificate.
    pub tsa: Option<String>,
}

/// The summary as reports of all releases have it.
struct WrittenTimestamp {
    kind: TimestampKind,
    valid: bool,
    indication: Option<Indication>,
    sub_indication: Option<SubIndication>,
    imprint: Option<String>,
    gen_time: Option<DateTime<Utc>>,
    accuracy: Option<String>,
    policy: Option<String>,
    serial: Option<String>,
    tsa_name: Option<String>,
    tsa: Option<String>,
}

read_from_object! {
    WrittenTimestamp {
        kind,
        valid,
        indication,
        sub_indication,
        imprint,
        gen_time,
        accuracy,
        policy,
        serial,
        tsa_name,
        tsa,
    }
}

impl From<WrittenTimestamp> for TimestampSummary {
    fn from(written: WrittenTimestamp) -> Self {
        let WrittenTimestamp { kind, valid, indication, sub_indication, imprint, gen_time, accuracy, policy, .. } =
            written;
        let untold = if valid { Indication::TotalPassed } else { Indication::Indeterminate };
        let indication = indication.unwrap_or(untold);
        let WrittenTimestamp { serial, tsa_name, tsa, .. } = written;
        Self { kind, valid, indication, sub_indication, imprint, gen_time, accuracy, policy, serial, tsa_name, tsa }
    }
}

impl TimestampSummary {
    pub(super) fn of(examined: ExaminedTimestamp, subject: Subject, findings: &[Finding]) -> Self {
        let ExaminedTimestamp { kind, token, genuine, path, .. } = examined;
        let valid = path.is_some();
        let (indication, sub_indication) = match path {
            Some(_) => (Indication::TotalPassed, None),
            None => summaries::verdict_against(findings, |of_finding| of_finding == subject),
        };
        let signer = genuine.map(|genuine| genuine.signer.certificate);
        let (tsa_name, tsa) =
            (signer.as_ref().map(Certificate::subject), signer.map(|tsa| tsa.shown_fingerprint().to_owned()));
        let Some(token) = token else {
            return Self {
                kind,
                valid,
                indication,
                sub_indication,
                imprint: None,
                gen_time: None,
                accuracy: None,
                policy: None,
                serial: None,
                tsa_name,
                tsa,
            };
        };
        Self {
            kind,
            valid,
            indication,
            sub_indication,
            imprint: Some(token.imprint),
            gen_time: Some(token.gen_time),
            accuracy: token.accuracy,
            policy: Some(token.policy),
            serial: Some(token.serial),
            tsa_name: tsa_name.or(token.signer_name),
            tsa,
        }
    }
}
