//! `test-vectors/manifest.json`, as README.md there describes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Files that are no vectors and no input of one: the keys that are not derived.
    pub keys: Vec<String>,
    /// Commitments by themselves.
    pub commitments: Vec<CommitmentVector>,
    /// Files that are no disclosures.
    pub disclosures: Vec<DisclosureVector>,
    pub vectors: Vec<Vector>,
    /// Letters: what several proofs come to together.
    pub cases: Vec<LetterVector>,
    /// Letters with evidence in the form of another service beside the proofs.
    pub foreign_cases: Vec<ForeignLetterVector>,
    /// The legal moments of a letter, at the edges of days and of periods.
    pub regimes: Vec<RegimeVector>,
    /// Lines of audit trails.
    pub trails: Vec<TrailVector>,
    /// Trails of several parties and proofs, and what they come to together.
    pub reconstructions: Vec<ReconstructionVector>,
}

/// Trails of several parties and proofs, and what they come to together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconstructionVector {
    pub id: String,
    pub why: String,
    pub input: ReconstructionInput,
    pub expected: ExpectedReconstruction,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReconstructionInput {
    pub seal_anchors: String,
    pub tsa_anchors: String,
    pub environment: String,
    pub now: String,
    /// The role of each party.
    pub roles: BTreeMap<String, String>,
    /// The exports and the proofs. Their order has no part in what they come to.
    pub exports: Vec<ExportFiles>,
    pub proofs: Vec<String>,
}

/// The lines of an export and, where the party sealed it, the manifest and its signature.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportFiles {
    pub lines: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// What trails and proofs of one message come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedReconstruction {
    pub verdict: String,
    /// What happened and how sure that is, in the order of the times.
    pub timeline: Vec<String>,
    /// What is said against each other, and to whom it is laid.
    pub conflicts: Vec<String>,
    /// What is wrong with the trails, and to whom it is laid.
    pub faults: Vec<String>,
}

/// Lines of an audit trail, or of an export of one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrailVector {
    pub id: String,
    pub why: String,
    pub file: String,
    /// The manifest of the export, and the signature of its party.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// What shows that the records are about a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosures: Option<String>,
    /// The numbers of the lines that hold a record, and of those that are left out.
    pub shown: Vec<u64>,
    pub left_out: Vec<u64>,
}

/// Proofs of letters, and what they come to together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterVector {
    pub id: String,
    pub why: String,
    pub input: LetterInput,
    pub expected: ExpectedLetters,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterInput {
    pub seal_anchors: String,
    pub tsa_anchors: String,
    pub environment: String,
    pub now: String,
    /// The proofs. Their order has no part in what they come to.
    pub files: Vec<String>,
    /// The anchors of the recipients' own signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_anchors: Option<String>,
    /// The anchors of senders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_anchors: Option<String>,
    /// What senders signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub submissions: Vec<SignedFile>,
}

/// Proofs of letters, evidence in the form of another service beside them, and what they come to together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignLetterVector {
    pub id: String,
    pub why: String,
    pub input: LetterInput,
    /// The evidence. Its order has no part in what it comes to.
    pub evidence: Vec<EvidenceFile>,
    pub expected: ExpectedLetters,
    /// What each piece counts for in the first case of each letter, in the order of the report.
    pub pieces: Vec<Vec<ExpectedPiece>>,
    /// What is proven to have happened in the first case of each letter, and when.
    pub milestones: Vec<BTreeMap<String, String>>,
}

/// Content that a service signed, with what was read in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    pub file: String,
    /// The detached signature over it.
    pub signature: String,
    /// The time of its timestamp.
    pub proven_at: String,
    pub event: String,
    pub ticket: String,
    pub sender: EvidenceParty,
    pub recipient: EvidenceParty,
    /// The digest of the document.
    pub document: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceParty {
    pub value: String,
    pub scheme: String,
}

/// What a piece of evidence counts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedPiece {
    pub event: String,
    pub proven_at: String,
    pub effect: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<String>,
}

/// A file with a detached signature over it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedFile {
    pub file: String,
    pub signature: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLetters {
    pub letters: Vec<ExpectedLetter>,
    /// What does not verify.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ExpectedClaim>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLetter {
    pub message: String,
    /// One for each recipient, in their order.
    pub cases: Vec<ExpectedCase>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<ExpectedReply>,
    /// What speaks against its being a reply to the letters that its sendings name, one list for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replies_to: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedCase {
    pub verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The state that is proven whatever is missing.
    pub proven: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<ExpectedContradiction>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// Proofs of this folder that are named and not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedContradiction {
    pub kind: String,
    pub severity: String,
    /// The proofs that contradict each other, in the order of their events.
    pub proofs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedReply {
    pub proof: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedClaim {
    pub file: String,
    pub code: String,
}

/// When a letter was sent and received under a regime, and what it counts as.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegimeVector {
    pub id: String,
    pub regime: String,
    /// The rule of the law, in words.
    pub rule: String,
    /// How the dates were counted by hand.
    pub counted: String,
    /// What happened, and when.
    pub milestones: BTreeMap<String, String>,
    pub now: String,
    /// `sent`, `received`, `period` and `deemed`, as far as there are any.
    pub expected: BTreeMap<String, BTreeMap<String, String>>,
}

/// A commitment with all that it is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitmentVector {
    /// The salt, in base64url without padding.
    pub salt: String,
    pub evidence_identifier: String,
    pub path: String,
    pub scheme: String,
    pub value: String,
    /// The message of the HMAC, in hexadecimal.
    pub message: String,
    pub commitment: String,
}

/// A file that is no disclosure, and what is said of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureVector {
    pub id: String,
    pub file: String,
    pub why: String,
    pub error: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    pub id: String,
    pub file: String,
    pub kind: Kind,
    pub source: Source,
    pub why: String,
    pub input: Input,
    pub expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Proof,
    PayloadSignature,
    /// Any CMS SignedData.
    Signature,
    /// A token, or a response that may hold one.
    Timestamp,
    /// An evidence record by itself.
    EvidenceRecord,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Sealed and timestamped through the public interface.
    Sealed,
    /// Written field by field, with the seal's own key.
    Forged,
}

/// The extract of a register of mandates, with the register's signature and its trust anchors.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    pub anchors: String,
    pub extract: String,
    pub signature: String,
}

/// The submission that lies beside a proof of sending, with the sender's signature and the trust anchors of senders.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    pub anchors: String,
    pub json: String,
    pub signature: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub seal_anchors: String,
    pub tsa_anchors: String,
    pub environment: String,
    pub now: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payload_digests: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending: Option<String>,
    /// The steps that led to the event, each after the one that led to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// The disclosure of what the proof commits to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<String>,
    /// The same of the sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending_disclosure: Option<String>,
    /// The proof of sending of the letter that a reply names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// The disclosure of what that letter commits to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_disclosure: Option<String>,
    /// The files that lie beside the proof as its second seal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub second_seals: Vec<String>,
    /// The proofs of logs that lie beside the proof.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log_proofs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_certificates: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_data: Option<String>,
    /// Objects of an evidence record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// The register of mandates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<Register>,
    /// The submission that lies beside the proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submission: Option<Submission>,
    /// Evidence records over the whole file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub indication: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// All of outcome warning and worse, but for `revocation-not-checked`.
    pub findings: Vec<Expect>,
    /// Some of the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Expect>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub subject: String,
    pub code: String,
    pub outcome: String,
}

impl Expect {
    pub fn new(subject: &str, code: &str, outcome: &str) -> Self {
        Self { subject: subject.into(), code: code.into(), outcome: outcome.into() }
    }
}
