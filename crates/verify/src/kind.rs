//! What a file is, by its octets and, where these do not decide, by its name.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use recommande::crypto::Digest;
use recommande::evidence::{Disclosure, EvidenceIdentifier, MessageId, RegisterExtract, Statement as _};
use recommande::rfc3161_client::{TimeStampResp, TimeStampToken};
use recommande::seal::{AnyProof, Artifact as _, BatchSeal, DecodeError, Printed, SignedSubmission, SubmissionError};
use recommande::time::record::digest_algorithms;
use signed_data::SignedData;

use crate::error::Error;
use crate::files::{self, SEQUENCE};

/// What can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A proof of any event, or what is named as one (`.p7m`, `.rma`).
    Proof,
    /// The statement of an aggregated proof, with its record and its seal beside it.
    Statement,
    /// A signature over a payload, made by the library.
    PayloadSignature,
    /// A CMS signature of anybody.
    Signature,
    /// A timestamp token, or a response that holds one.
    Timestamp,
    /// An evidence record.
    EvidenceRecord,
    /// The text of a printed code.
    Code,
    /// A letter and its proofs in one container (ASiC-E).
    Dossier,
    /// Proofs of one letter or of several, together. It is no file.
    #[serde(skip)]
    Case,
}

impl Kind {
    /// Returns the name of the kind, as the report has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proof => "proof",
            Self::Statement => "statement",
            Self::PayloadSignature => "payload-signature",
            Self::Signature => "signature",
            Self::Timestamp => "timestamp",
            Self::EvidenceRecord => "evidence-record",
            Self::Code => "code",
            Self::Dossier => "dossier",
            Self::Case => "case",
        }
    }
}

/// What a proof attests, as far as others follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attested {
    Sending,
    Step,
    Other,
}

/// How proofs name themselves and each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Names {
    pub attested: Attested,
    pub id: Digest,
    pub message: MessageId,
    pub evidence: EvidenceIdentifier,
    pub sending: Option<Digest>,
    pub cause: Option<Digest>,
    pub original: Option<Digest>,
    /// What a sending states of the submission that its sender signed.
    pub submission: Option<Digest>,
    /// The digests of the content.
    pub content: Vec<Digest>,
}

impl Names {
    /// Reads the names out of a proof. Nothing in it is verified.
    pub fn of(proof: &AnyProof) -> Self {
        let stated = proof.stated();
        let attested = match proof {
            AnyProof::Sending(_) => Attested::Sending,
            AnyProof::Step(_) => Attested::Step,
            // Nothing follows an opening, nor what this version does not know.
            _ => Attested::Other,
        };
        Self {
            attested,
            id: *proof.id().digest(),
            message: stated.message_id().clone(),
            evidence: stated.evidence_identifier(),
            sending: stated.preceding_evidence().map(|preceding| *preceding.proof_id()),
            cause: stated.caused_by().map(|cause| *cause.proof_id()),
            original: stated.in_reply_to().map(|in_reply_to| *in_reply_to.original().proof_id()),
            submission: stated.submission_digest().copied(),
            content: stated.parts().iter().flat_map(|part| part.digests().iter()).copied().collect(),
        }
    }
}

/// What sendings state of a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct StatedSubmission {
    /// The digest of its signature.
    pub digest: Digest,
    pub message: MessageId,
}

impl StatedSubmission {
    /// Reads what sendings state of it. Nothing in it is verified.
    pub fn of(signed: &SignedSubmission) -> Self {
        Self { digest: signed.digest(), message: signed.submission().message_id().clone() }
    }
}

/// A file that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// It can be judged. A proof that can be read has names.
    Judged(Kind, Option<Arc<Names>>),
    /// It lies beside what can be judged: a second seal, the seal of a batch, the proof of a log.
    Beside,
    /// It discloses what the statement with this identifier commits to.
    Disclosure(EvidenceIdentifier),
    /// It is a submission with its signature beside it, or named or begun as one of which a file cannot be read, for this reason.
    Submission(Result<StatedSubmission, String>),
    /// It is the extract of a register with its signature beside it, which is given by an option.
    Extract,
    /// It is nothing of these.
    Other,
}

/// A container begins with these, then comes the length of the name of its first entry, and further on that name and its content.
const CONTAINER: (&[u8], &[u8]) = (b"PK\x03\x04", b"mimetypeapplication/vnd.etsi.asic-e+zip");

/// How many octets of a file say if it is a container, or begins as a signature.
const BEGIN: usize = 128;

/// The object identifier id-signedData in DER ([RFC 5652 §5.1](https://www.rfc-editor.org/rfc/rfc5652#section-5.1)).
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// Looks at a file by its path. What is named as something to be judged is judged as that, whatever it holds: another signature in the
/// place of a proof proves nothing of a letter, and a damaged file must not be passed over.
///
/// # Errors
/// The file cannot be read, or has more octets than the library takes.
pub fn look_at(path: &Path) -> Result<Seen, Error> {
    let by_name = by_name(path);
    if by_name == Some(Seen::Judged(Kind::Dossier, None)) || (by_name.is_none() && is_container(path)?) {
        // It is as large as its letters, and is not read as a whole.
        return Ok(Seen::Judged(Kind::Dossier, None));
    }
    let octets = match files::octets(path) {
        Ok(octets) => octets,
        Err(Error::TooLarge { .. }) if by_name.is_none() => return Ok(Seen::Other),
        Err(error) => return Err(error),
    };
    Ok(look(path, by_name, &octets))
}

fn is_container(path: &Path) -> Result<bool, Error> {
    let mut begin = Vec::with_capacity(BEGIN);
    files::opened(path)?.take(BEGIN as u64).read_to_end(&mut begin).map_err(Error::of(path))?;
    let (magic, first) = CONTAINER;
    Ok(begin.starts_with(magic) && begin.windows(first.len()).any(|window| window == first))
}

/// What the name of a file says it is.
fn by_name(path: &Path) -> Option<Seen> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    if name.ends_with(".pq.p7s") || name.ends_with(".tlog-proof") {
        return Some(Seen::Beside);
    }
    let kind = match name.rsplit_once('.')?.1 {
        "p7m" | "rma" => Kind::Proof,
        "p7s" | "cms" => Kind::Signature,
        "tsr" | "tst" => Kind::Timestamp,
        "ers" => Kind::EvidenceRecord,
        "asice" => Kind::Dossier,
        "json" if is_beside_record(path) => Kind::Statement,
        _ => return None,
    };
    Some(Seen::Judged(kind, None))
}

/// Tells if this is a statement by its name, with its evidence record beside it.
pub fn is_beside_record(path: &Path) -> bool {
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    is_json && has_neighbour(path, "ers")
}

/// Tells if a file or a link, wherever that leads, has this name with another ending.
fn has_neighbour(path: &Path, ending: &str) -> bool {
    path.with_extension(ending).symlink_metadata().is_ok()
}

fn look(path: &Path, by_name: Option<Seen>, octets: &[u8]) -> Seen {
    let der = files::decoded(octets.to_vec());
    let proof = || AnyProof::from_der(&der).ok();
    match by_name {
        Some(Seen::Judged(Kind::Proof, _)) => {
            let names = proof().map(|proof| Arc::new(Names::of(&proof)));
            // The seal of a batch is named as a proof is, and lies beside its statements.
            let is_batch = names.is_none() && BatchSeal::from_der(&der).is_ok();
            return if is_batch { Seen::Beside } else { Seen::Judged(Kind::Proof, names) };
        }
        Some(Seen::Judged(Kind::Statement, _)) => return Seen::Judged(Kind::Statement, statement(path)),
        Some(seen) => return seen,
        None => {}
    }
    let text = std::str::from_utf8(octets).map(str::trim_ascii).unwrap_or_default();
    if text.starts_with("RM1:") || text.starts_with("RM0:") {
        return Seen::Judged(Kind::Code, code(text));
    }
    if text.starts_with("c2sp.org/tlog-proof@v1\n") {
        return Seen::Beside;
    }
    if text.starts_with('{') {
        return match Disclosure::from_json(octets) {
            Ok(disclosure) => Seen::Disclosure(disclosure.evidence_identifier()),
            Err(_) => match signed(path, octets) {
                Some(seen) => seen,
                // The statement of an aggregated proof whose record is gone.
                None if is_statement(text) => Seen::Judged(Kind::Statement, None),
                None => Seen::Other,
            },
        };
    }
    if let Some(proof) = proof() {
        return Seen::Judged(Kind::Proof, Some(Arc::new(Names::of(&proof))));
    }
    if BatchSeal::from_der(&der).is_ok() {
        return Seen::Beside;
    }
    if is_timestamp(&der) {
        return Seen::Judged(Kind::Timestamp, None);
    }
    if !digest_algorithms(&der).is_empty() {
        return Seen::Judged(Kind::EvidenceRecord, None);
    }
    if is_signature(&der) || begins_as_signature(&der) { Seen::Judged(Kind::Signature, None) } else { Seen::Other }
}

/// Tells if octets begin as what holds a CMS signature: a proof or a signature itself, a token or the response with one. Where they cannot be read
/// they are a damaged one, which must not be passed over.
fn begins_as_signature(octets: &[u8]) -> bool {
    let begin = octets.get(..BEGIN).unwrap_or(octets);
    octets.first() == Some(&SEQUENCE) && begin.windows(SIGNED_DATA.len()).any(|window| window == SIGNED_DATA)
}

/// A submission, whose digest is over the signature that lies beside it, or the extract of a register.
fn signed(path: &Path, octets: &[u8]) -> Option<Seen> {
    // Most files in JSON are none, and have no such neighbour.
    if !has_neighbour(path, "p7s") {
        return None;
    }
    if RegisterExtract::from_json(octets).is_ok() {
        return Some(Seen::Extract);
    }
    // A damaged file must not be passed over. What is no submission does not become one by what is wrong with the file beside it.
    if !is_submission(path, octets) {
        return None;
    }
    let signed = signed_by(path, octets, &path.with_extension("p7s"));
    Some(Seen::Submission(signed.map(|signed| StatedSubmission::of(&signed)).map_err(|error| error.to_string())))
}

/// Tells if a file is named as a submission, or begins as one. Each that can be read begins so.
fn is_submission(path: &Path, octets: &[u8]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let begin: Vec<u8> = octets.iter().filter(|octet| !octet.is_ascii_whitespace()).take(BEGIN).copied().collect();
    name.ends_with(".submission.json") || begin.starts_with(b"{\"type\":\"recommande-submission/")
}

/// Reads a submission with its sender's signature.
///
/// # Errors
/// One of the files cannot be read, or is not what it has to be: the error names that one.
pub fn signed_submission(json: &Path, signature: &Path) -> Result<SignedSubmission, Error> {
    signed_by(json, &files::octets(json)?, signature)
}

fn signed_by(json: &Path, text: &[u8], signature: &Path) -> Result<SignedSubmission, Error> {
    let octets = files::decoded(files::octets(signature)?);
    SignedSubmission::from_parts(text, &octets).map_err(|error| match error {
        SubmissionError::Signature => Error::content(signature)(error),
        // What a later version of the library adds is about the text until this one knows better.
        SubmissionError::Submission(_) | _ => Error::content(json)(error),
    })
}

/// The names in the statement of an aggregated proof, with the record and the seal that lie beside it.
fn statement(path: &Path) -> Option<Arc<Names>> {
    let proof = aggregated(path, &path.with_extension("ers"), &path.with_file_name(BATCH_SEAL));
    proof.ok().map(|proof| Arc::new(Names::of(&proof)))
}

/// Reads the aggregated proof whose statement, record and seal are files of their own.
///
/// # Errors
/// One of the files cannot be read, or is not what it has to be.
pub fn aggregated(statement: &Path, record: &Path, seal: &Path) -> Result<AnyProof, Error> {
    let batch = BatchSeal::from_der(&files::octets(seal)?).map_err(Error::content(seal))?;
    let (text, octets) = (files::octets(statement)?, files::octets(record)?);
    if octets.is_empty() {
        return Err(Error::content(record)("the evidence record is empty"));
    }
    AnyProof::from_parts(&text, &octets, &batch).map_err(|error| match error {
        DecodeError::Aggregated(_) => Error::content(record)("the evidence record cannot be read"),
        error => Error::content(statement)(error),
    })
}

/// The octets of a proof that is followed, or judged with others. One whose statement is a file of its own has its record and its seal beside
/// that.
pub fn followed_octets(path: &Path) -> Result<Vec<u8>, Error> {
    if is_beside_record(path) {
        let proof = aggregated(path, &path.with_extension("ers"), &path.with_file_name(BATCH_SEAL))?;
        return Ok(proof.der().to_vec());
    }
    Ok(files::decoded(files::octets(path)?))
}

/// The name of the seal of a batch.
pub const BATCH_SEAL: &str = "seal.p7m";

fn is_statement(text: &str) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    value.is_some_and(|value| value.get("EvidenceIdentifier").is_some() && value.get("ERDSEventId").is_some())
}

fn code(text: &str) -> Option<Arc<Names>> {
    match Printed::read(text) {
        Ok(Printed::Seal(proof)) => Some(Arc::new(Names::of(&proof))),
        Ok(Printed::Name { .. }) | Ok(_) | Err(_) => None,
    }
}

fn is_timestamp(der: &[u8]) -> bool {
    TimeStampToken::from_bytes(der).is_ok()
        || TimeStampResp::from_bytes(der).is_ok_and(|response| response.token.is_some())
}

/// Tells if octets are a CMS signature.
pub fn is_signature(octets: &[u8]) -> bool {
    let Ok(definite) = signed_data::normalize(octets) else { return false };
    SignedData::parse(&definite).is_ok()
}
