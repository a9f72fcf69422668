//! What a file is, by its octets and, where these do not decide, by its name.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use recommande::Certificate;
use recommande::crypto::Digest;
use recommande::evidence::{Disclosure, EvidenceIdentifier, Statement as _};
use recommande::pki::revocation::RevocationData;
use recommande::rfc3161_client::{TimeStampResp, TimeStampToken};
use recommande::seal::{AnyProof, Artifact as _, BatchSeal, Printed};
use recommande::time::record::digest_algorithms;
use signed_data::SignedData;

use crate::files;

/// What can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
        }
    }
}

/// How proofs name themselves and each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Names {
    pub id: Digest,
    pub evidence: EvidenceIdentifier,
    pub sending: Option<Digest>,
    pub cause: Option<Digest>,
    pub original: Option<Digest>,
    /// The digests of the content.
    pub content: Vec<Digest>,
}

impl Names {
    /// Reads the names out of a proof. Nothing in it is verified.
    pub fn of(proof: &AnyProof) -> Self {
        let stated = proof.stated();
        Self {
            id: *proof.id().digest(),
            evidence: stated.evidence_identifier(),
            sending: stated.preceding_evidence().map(|preceding| *preceding.proof_id()),
            cause: stated.caused_by().map(|cause| *cause.proof_id()),
            original: stated.in_reply_to().map(|in_reply_to| *in_reply_to.original().proof_id()),
            content: stated.parts().iter().flat_map(|part| part.digests().iter()).copied().collect(),
        }
    }
}

/// A file that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// It can be judged. A proof that can be read has names.
    Judged(Kind, Option<Box<Names>>),
    /// It lies beside what can be judged: a second seal, the seal of a batch, the proof of a log.
    Beside,
    /// It discloses what the statement with this identifier commits to.
    Disclosure(EvidenceIdentifier),
    /// It is nothing of these.
    Other,
}

/// The octets with which a container begins.
const CONTAINER: &[u8] = b"PK\x03\x04";

/// Tells if a file begins as a container. Such a file is as large as its letters, and is not read as a whole.
pub fn is_container(path: &Path) -> bool {
    let mut begin = [0; CONTAINER.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && begin == CONTAINER
}

/// Looks at a file. What is named as a proof is judged as one whatever it holds: another signature in its place proves nothing
/// of a letter.
pub fn look(path: &Path, octets: &[u8]) -> Seen {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".pq.p7s") || octets.starts_with(b"c2sp.org/tlog-proof@v1\n") {
        return Seen::Beside;
    }
    let text = std::str::from_utf8(octets).map(str::trim_ascii).unwrap_or_default();
    if text.starts_with("RM1:") || text.starts_with("RM0:") {
        return Seen::Judged(Kind::Code, code(text));
    }
    if text.starts_with('{') {
        return match Disclosure::from_json(octets) {
            Ok(disclosure) => Seen::Disclosure(disclosure.evidence_identifier()),
            Err(_) if path.with_extension("ers").exists() => Seen::Judged(Kind::Statement, None),
            Err(_) => Seen::Other,
        };
    }
    let der = files::decoded(octets.to_vec());
    let is_named_as_proof = path.extension().is_some_and(|extension| extension == "p7m" || extension == "rma");
    match AnyProof::from_der(&der) {
        Ok(proof) => return Seen::Judged(Kind::Proof, Some(Box::new(Names::of(&proof)))),
        Err(_) if BatchSeal::from_der(&der).is_ok() => return Seen::Beside,
        Err(_) if is_named_as_proof => return Seen::Judged(Kind::Proof, None),
        Err(_) => {}
    }
    if is_timestamp(&der) {
        return Seen::Judged(Kind::Timestamp, None);
    }
    if !digest_algorithms(&der).is_empty() {
        return Seen::Judged(Kind::EvidenceRecord, None);
    }
    if is_signature(&der) {
        return Seen::Judged(Kind::Signature, None);
    }
    let is_material = Certificate::from_der(&der).is_ok() || RevocationData::from_bytes(&der).is_ok();
    match path.extension().and_then(|extension| extension.to_str()) {
        // What is named as something to be judged, and cannot be read, must not be passed over.
        Some("p7s" | "p7b" | "cms") if !is_material => Seen::Judged(Kind::Signature, None),
        Some("tsr" | "tst") => Seen::Judged(Kind::Timestamp, None),
        Some("ers") => Seen::Judged(Kind::EvidenceRecord, None),
        Some(_) | None => Seen::Other,
    }
}

fn code(text: &str) -> Option<Box<Names>> {
    match Printed::read(text) {
        Ok(Printed::Seal(proof)) => Some(Box::new(Names::of(&proof))),
        Ok(_) | Err(_) => None,
    }
}

fn is_timestamp(der: &[u8]) -> bool {
    TimeStampToken::from_bytes(der).is_ok()
        || TimeStampResp::from_bytes(der).is_ok_and(|response| response.token.is_some())
}

fn is_signature(octets: &[u8]) -> bool {
    let Ok(definite) = signed_data::normalize(octets) else { return false };
    SignedData::parse(&definite).is_ok()
}
