//! The door for a timestamp by itself.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use rfc3161_client::{ParsedToken, ResponseError, TimeStampReq, TimeStampResp, TimeStampToken};
use signed_data::normalize;

use super::Verifier;
use crate::crypto::Digest;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::pki::revocation::RevocationData;
use crate::text::with_sources;
use crate::time::token::{Stamped, TokenCheck, check_token, note_unreadable};
use crate::verify::answer::{RevocationPlace, sources};
use crate::verify::content::ContentDigests;
use crate::verify::embedded::EmbeddedReader;
use crate::verify::examined::{Examined, ExaminedTimestamp, ExaminedToken, TimestampKind};
use crate::verify::existence::{ExistenceSummary, ExistingObject};
use crate::verify::material::{Carried, Material};
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::time::poe::ProofsOfExistence;
use crate::verify::time::token::Token;
use crate::verify::time::trust::{Trust, check_valid};

/// Whether a token answers the request that was given with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Request {
    NotGiven,
    Answered,
    NotAnswered,
}

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
        // A token can be large, and is copied only for the comparison with a request, which takes it by itself.
        let definite = normalize(token_or_response).ok().filter(|definite| ParsedToken::parse(definite).is_ok());
        let token = match (definite, request) {
            (Some(definite), None) => Some(Given::Borrowed(definite)),
            (Some(_), Some(_)) | (None, _) => {
                read_token(token_or_response, &mut notes).map(|token| Given::Token(Box::new(token)))
            }
        };
        let answered = match (&token, request) {
            (Some(Given::Token(token)), Some(request)) => match request.check_token(token) {
                Ok(()) => {
                    notes.note(Code::RequestAnswered);
                    Request::Answered
                }
                Err(error) => {
                    notes.note_with(Code::RequestNotAnswered, || Details::stated(with_sources(&error)));
                    Request::NotAnswered
                }
            },
            (None | Some(Given::Borrowed(_)), _) | (Some(Given::Token(_)), None) => Request::NotGiven,
        };
        let mut reader = EmbeddedReader::new(&self.settings, token_or_response.len());
        let octets = Ok(Cow::Borrowed(token.as_ref().map(Given::to_definite).unwrap_or_default()));
        // A token that cannot be read the second time proves nothing either: it must not pass without a finding.
        let examined = match token.as_ref().map(|_| Token::read(&octets, &mut reader)) {
            Some(Ok(token)) => self.examine_token(&token, reader.revocation(), data, answered, at, &mut notes),
            Some(Err(error)) => {
                note_unreadable(&error, &mut notes);
                Examined::nothing()
            }
            None => Examined::nothing(),
        };
        let artifact = ArtifactKind::Timestamp;
        Report::new(ReportInput { artifact, examined, statement: None, policy: &self.settings.policy, now: at, ledger })
    }

    fn examine_token(
        &self,
        token: &Token<'_>,
        revocation: &RevocationData,
        data: &ContentDigests,
        request: Request,
        at: DateTime<Utc>,
        notes: &mut Notes<'_, '_>,
    ) -> Examined {
        let settings = &self.settings;
        let given = |algorithm| data.get(algorithm);
        let budgets = settings.budgets();
        let check = TokenCheck {
            imprint: Stamped::Data(&given),
            extra: settings.extra.certificates(),
            shared: None,
            budget: &budgets.artifact,
        };
        let genuine = check_token(token.as_read(), &check, notes);
        let trust = genuine.as_ref().map(|genuine| {
            let tokens = [&token.embedded];
            let carried = Carried { revocation, file: None, tokens: &tokens, crypto_infos: &[], of_other_signers: &[] };
            let material = Material::new(settings, at, &budgets, &carried);
            material.note_left_out(notes);
            check_valid(token, genuine, at, &material, &ProofsOfExistence::new(at), notes)
        });
        let Trust { path, answers: of_revocation, .. } = trust.unwrap_or_default();
        let path = path.filter(|_| request != Request::NotAnswered);
        let proven_at = path.as_ref().and(genuine.as_ref()).map(|genuine| genuine.gen_time);
        let kind = TimestampKind::Token;
        let embedded = &token.embedded;
        let token = Some(ExaminedToken::of(&token.parsed, genuine.as_ref()));
        let timestamps = vec![ExaminedTimestamp {
            kind,
            token,
            genuine,
            path,
            is_covered: false,
            index: None,
            answers: of_revocation,
            uncovered: Vec::new(),
        }];
        let places = |fingerprint: &Digest| {
            let inside = embedded.carries(fingerprint).then_some(RevocationPlace::Timestamp(1));
            let given = settings.gave_revocation(fingerprint).then_some(RevocationPlace::Caller);
            inside.into_iter().chain(given).collect()
        };
        let sources = sources(timestamps.iter().flat_map(|timestamp| &timestamp.answers), places, |_| at);
        let proven = proven_at.map(|since| ExistenceSummary { of: ExistingObject::Data, since, by: Subject::Token });
        let existence = proven.into_iter().collect();
        Examined { timestamps, proven_at, sources, existence, ..Examined::nothing() }
    }
}

/// A token that is given by itself, in a response, or with a request to compare.
enum Given<'a> {
    /// Its octets with definite lengths.
    Borrowed(Cow<'a, [u8]>),
    Token(Box<TimeStampToken>),
}

impl Given<'_> {
    fn to_definite(&self) -> &[u8] {
        match self {
            Self::Borrowed(definite) => definite,
            Self::Token(token) => token.to_definite(),
        }
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
