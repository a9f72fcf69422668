//! Signatures and timestamps made by others: any CMS SignedData, any token, any response.

use std::cell::RefCell;
use std::io::{self, Read};

use chrono::{DateTime, Utc};
use rfc3161_client::{ResponseError, TimeStampReq, TimeStampResp, TimeStampToken};
use serde::Serialize;
use signed_data::{ContentInfo, SignedData, normalize};

use super::case::Case;
use super::engine::{Examined, Profile, Signature, examine};
use super::held::Held;
use super::limits::MAX_SIGNERS;
use super::report::{ArtifactKind, Report, ReportInput};
use super::timestamps::{ExaminedTimestamp, TimestampKind, check_valid};
use super::verifier::{Verifier, with_sources};
use crate::crypto::{Digest, DigestAlgorithm, Hasher};
use crate::finding::{Code, Details, Indication, Ledger, Notes, Subject};
use crate::time::token::{TokenCheck, check_token, note_unreadable};

/// The content that a signature by somebody else is verified with.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// It stands in the SignedData.
    Attached,
    /// Its octets.
    Octets(&'a [u8]),
    /// Its digests, computed elsewhere or in one pass by [`ContentDigests::of_reader`].
    Digests(&'a ContentDigests),
}

/// Digests of detached content, of any strength: which one is needed depends on the signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentDigests(Vec<Digest>);

/// What signatures use for their content; SHA-3 is asked for by name.
const USUAL: [DigestAlgorithm; 5] = [
    DigestAlgorithm::Sha1,
    DigestAlgorithm::Sha224,
    DigestAlgorithm::Sha256,
    DigestAlgorithm::Sha384,
    DigestAlgorithm::Sha512,
];

const READ_BUFFER: usize = 64 * 1024;

impl ContentDigests {
    /// Of digests computed elsewhere.
    pub fn new(digests: impl IntoIterator<Item = Digest>) -> Self {
        Self(digests.into_iter().take(DigestAlgorithm::ALL.len()).collect())
    }

    /// Hashes content in one pass, with constant memory, by SHA-1 and the SHA-2 family.
    ///
    /// # Errors
    /// The reader's.
    pub fn of_reader(reader: &mut impl Read) -> io::Result<Self> {
        Self::of_reader_by(reader, &USUAL)
    }

    /// The same by these algorithms.
    ///
    /// # Errors
    /// The reader's.
    pub fn of_reader_by(reader: &mut impl Read, algorithms: &[DigestAlgorithm]) -> io::Result<Self> {
        let offered = DigestAlgorithm::ALL.into_iter().filter(|algorithm| algorithms.contains(algorithm));
        let mut hashers: Vec<Hasher> = offered.map(DigestAlgorithm::hasher).collect();
        let mut buffer = vec![0; READ_BUFFER];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(Self(hashers.into_iter().map(Hasher::finish).collect())),
                Ok(read) => {
                    let octets = buffer.get(..read).ok_or(io::ErrorKind::InvalidData)?;
                    hashers.iter_mut().for_each(|hasher| hasher.update(octets));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn are_of(&self, octets: &[u8]) -> bool {
        !self.0.is_empty() && self.0.iter().all(|digest| digest.algorithm().digest(octets) == *digest)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Digest> {
        self.0.iter()
    }

    /// The digest by this algorithm, if it is there.
    pub fn get(&self, algorithm: DigestAlgorithm) -> Option<Digest> {
        self.0.iter().find(|digest| digest.algorithm() == algorithm).copied()
    }
}

/// The signatures of one SignedData, each with its own report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signatures {
    /// One per SignerInfo, in their order, and one that says so where there are more than
    /// [`MAX_SIGNERS`](super::limits::MAX_SIGNERS); a single one that says why when nothing could be verified.
    pub reports: Vec<Report>,
}

impl Signatures {
    /// The worst of the reports.
    pub fn worst(&self) -> Option<&Report> {
        self.reports.iter().max_by_key(|report| match report.indication {
            Indication::TotalPassed => 0,
            Indication::Indeterminate => 1,
            Indication::TotalFailed => 2,
        })
    }
}

impl Verifier {
    /// Every signature of a CMS SignedData made by anybody, BER or DER, attached or detached, at the time `at`: a time
    /// in the past asks what the verdict was then. Without a timestamp the signature is judged at `at` itself.
    pub fn report_signatures(&self, signed_data: &[u8], content: Content<'_>, at: DateTime<Utc>) -> Signatures {
        let normalized = match normalize(signed_data) {
            Ok(normalized) => normalized,
            Err(error) => return self.unreadable(with_sources(&error), at),
        };
        let parsed = match SignedData::parse(&normalized) {
            Ok(parsed) => parsed,
            Err(error) => return self.unreadable(what_it_is(&normalized, &error), at),
        };
        if parsed.encap_content_info.content.is_some() && !parsed.encap_content_info.is_octet_string() {
            return Signatures { reports: vec![self.single(Code::ContentNotOctetString, String::new(), at)] };
        }
        if parsed.signer_infos.is_empty() {
            return Signatures { reports: vec![self.single(Code::NoSignature, String::new(), at)] };
        }
        let octets = match (content, parsed.encap_content_info.content) {
            (Content::Octets(octets), _) => Some(octets),
            // What the caller says that the content is, is the question: attached content that is another one does not
            // answer it.
            (Content::Digests(digests), Some(attached)) if !digests.are_of(attached) => None,
            (Content::Attached | Content::Digests(_), attached) => attached,
        };
        let differs = match (content, parsed.encap_content_info.content) {
            (Content::Octets(given), Some(attached)) => given != attached,
            (Content::Digests(digests), Some(attached)) => !digests.0.is_empty() && !digests.are_of(attached),
            _ => false,
        };
        // Each signer and each archive timestamp asks for it again.
        let known = RefCell::new(Vec::<Digest>::new());
        let digest = |algorithm: DigestAlgorithm| match (octets, content) {
            (Some(octets), _) => {
                let found = known.borrow().iter().find(|digest| digest.algorithm() == algorithm).copied();
                Some(found.unwrap_or_else(|| {
                    let computed = algorithm.digest(octets);
                    known.borrow_mut().push(computed);
                    computed
                }))
            }
            (None, Content::Digests(digests)) => digests.get(algorithm),
            (None, _) => None,
        };
        let (budgets, held) = (self.budgets(), Held::new(&parsed, signed_data));
        let signers = parsed.signer_infos.iter().take(MAX_SIGNERS);
        let reports = signers.map(|signer_info| {
            let signature = Signature {
                signed_data: &parsed,
                signer_info,
                profile: Profile::Foreign,
                content: &digest,
                octets,
                held: &held,
            };
            let mut ledger = Ledger::complete(&self.policy.levels);
            if differs {
                ledger.note(Subject::Envelope, Code::AttachedContentDiffers);
            }
            let examined = examine(&signature, self, at, &budgets, &mut ledger);
            let artifact = ArtifactKind::Signature;
            Report::new(ReportInput {
                artifact,
                examined: &examined,
                statement: None,
                policy: &self.policy,
                now: at,
                ledger,
            })
        });
        let mut reports: Vec<Report> = reports.collect();
        if parsed.signer_infos.len() > MAX_SIGNERS {
            // What nobody looked at must not hide behind those that passed.
            reports.push(self.single(Code::SignersTooMany, format!("{} signers", parsed.signer_infos.len()), at));
        }
        Signatures { reports }
    }

    /// A timestamp token, or a response that holds one, over data given by its digests, at the time `at`. With the
    /// request, whether it is answered as well.
    pub fn report_timestamp(
        &self,
        token_or_response: &[u8],
        data: &ContentDigests,
        request: Option<&TimeStampReq>,
        at: DateTime<Utc>,
    ) -> Report {
        let mut ledger = Ledger::complete(&self.policy.levels);
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
            let check = TokenCheck { imprint: &given, certificates: self.certificates(), shared: None };
            check_token(token, &check, &mut notes)
        });
        let path = match (&token, &genuine) {
            (Some(token), Some(genuine)) => {
                let budgets = self.budgets();
                let case = Case::new(self, at, &budgets, None, vec![token]);
                let path = check_valid(token, genuine, &case, at, &mut notes);
                case.note_more_certificates(&mut notes);
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
            policy: &self.policy,
            now: at,
            ledger,
        })
    }

    fn unreadable(&self, why: String, at: DateTime<Utc>) -> Signatures {
        Signatures { reports: vec![self.single(Code::Malformed, why, at)] }
    }

    fn single(&self, code: Code, why: String, at: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.policy.levels);
        ledger.note_with(Subject::Envelope, code, || {
            if why.is_empty() { Details::default() } else { Details::stated(why) }
        });
        Report::malformed(ArtifactKind::Signature, ledger, at)
    }
}

fn what_it_is(der: &[u8], error: &signed_data::Error) -> String {
    match ContentInfo::parse(der) {
        Ok(content_info) => match content_info.type_name() {
            Some("signedData") | None => with_sources(error),
            Some(name) => format!("a ContentInfo of type {name}"),
        },
        Err(_) => with_sources(error),
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
