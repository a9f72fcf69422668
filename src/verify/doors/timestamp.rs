//! The door for a timestamp by itself.

use chrono::{DateTime, Utc};
use rfc3161_client::{ResponseError, TimeStampReq, TimeStampResp, TimeStampToken};

use super::Verifier;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::text::with_sources;
use crate::time::token::{TokenCheck, check_token, note_unreadable};
use crate::verify::content::ContentDigests;
use crate::verify::examined::{Examined, ExaminedTimestamp, TimestampKind};
use crate::verify::material::Material;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::time::timestamps::check_valid;

impl Verifier {
    /// A timestamp token, or a response that holds one, over data given by its digests, at the time `at`. With the
    /// request, whether it is answered as well.
    pub fn report_timestamp(
        &self,
        token_or_response: &[u8],
        data: &ContentDigests,
        request: Option<&TimeStampReq>,
        at: DateTime<Utc>,
    ) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let mut notes = Notes::new(&mut ledger, Subject::Token);
        let token = read_token(token_or_response, &mut notes);
        let answers = match (&token, request) {
            (Some(token), Some(request)) => match request.check_token(token) {
                Ok(()) => {
                    notes.note(Code::RequestAnswered);
                    true
                }
                Err(error) => {
                    notes.note_with(Code::RequestNotAnswered, || Details::stated(with_sources(&error)));
                    false
                }
            },
            _ => true,
        };
        let given = |algorithm| data.get(algorithm);
        let genuine = token.as_ref().and_then(|token| {
            let check = TokenCheck { imprint: &given, certificates: self.settings.certificates(), shared: None };
            check_token(token, &check, &mut notes)
        });
        let path = match (&token, &genuine) {
            (Some(token), Some(genuine)) => {
                let budgets = self.settings.budgets();
                let material = Material::new(&self.settings, at, &budgets, None, vec![token]);
                let path = check_valid(token, genuine, &material, at, &mut notes);
                material.note_more_certificates(&mut notes);
                path
            }
            _ => None,
        };
        let examined = ExaminedTimestamp {
            kind: TimestampKind::Token,
            token,
            genuine,
            path: path.filter(|_| answers),
            is_renewed: false,
        };
        let proven_at = examined.path.as_ref().and(examined.genuine.as_ref()).map(|genuine| genuine.gen_time);
        let timestamps = if examined.token.is_some() { vec![examined] } else { Vec::new() };
        let examined = Examined { timestamps, proven_at, ..Examined::nothing() };
        let artifact = ArtifactKind::Timestamp;
        Report::new(ReportInput {
            artifact,
            examined: &examined,
            statement: None,
            policy: &self.settings.policy,
            now: at,
            ledger,
        })
    }
}

/// A token, or the one in a response; a rejection is its own finding.
fn read_token(octets: &[u8], notes: &mut Notes<'_, '_>) -> Option<TimeStampToken> {
    let as_token = match TimeStampToken::from_bytes(octets) {
        Ok(token) => return Some(token),
        Err(error) => error,
    };
    match TimeStampResp::from_bytes(octets) {
        Err(ResponseError::Coding(_)) => {
            note_unreadable(&as_token, notes);
            None
        }
        Err(ResponseError::Token(error)) => {
            note_unreadable(&error, notes);
            None
        }
        Err(error) => {
            notes.note_with(Code::TimestampMalformed, || Details::stated(error));
            None
        }
        Ok(response) => match response.token {
            None => {
                notes.note_with(Code::TimestampRejected, || Details::stated(&response.status.status));
                None
            }
            token => token,
        },
    }
}
