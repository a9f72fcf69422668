//! One vector: a file and what is expected of it.

use serde_json::Value;

use crate::manifest::{Expect, Expected, Input, Kind, Register, Source, Submission, Vector};
use crate::world::{NOW, STAMPED};

/// The anchors of the senders whose submissions lie beside proofs.
pub const SENDERS: &str = "anchors/submissions.pem";

#[derive(Clone)]
pub struct Case {
    pub vector: Vector,
    pub bytes: Vec<u8>,
}

pub const SEALED: Source = Source::Sealed;
pub const FORGED: Source = Source::Forged;

impl Case {
    /// A sending that passes, until something else is said.
    pub fn new(id: &str, source: Source, why: &str, bytes: Vec<u8>) -> Self {
        let input = Input {
            seal_anchors: "anchors/seal.pem".into(),
            tsa_anchors: "anchors/tsa.pem".into(),
            environment: "Test".into(),
            now: NOW.into(),
            payload: Some("payload/letter.txt".into()),
            payload_digests: Vec::new(),
            sending: None,
            causes: Vec::new(),
            disclosure: None,
            sending_disclosure: None,
            original: None,
            original_disclosure: None,
            second_seals: Vec::new(),
            log_proofs: Vec::new(),
            request: None,
            extra_certificates: None,
            revocation_data: None,
            data: Vec::new(),
            register: None,
            submission: None,
            records: Vec::new(),
            policy: None,
        };
        let expected = Expected {
            indication: "TOTAL-PASSED".into(),
            sub_indication: None,
            level: Some("B-T".into()),
            proven_at: Some(STAMPED.into()),
            event: Some("SubmissionAcceptance".into()),
            error: None,
            decided_by: None,
            findings: Vec::new(),
            also: Vec::new(),
        };
        let (id, why) = (id.to_owned(), why.to_owned());
        let vector = Vector { file: format!("{id}.p7m"), id, kind: Kind::Proof, source, why, input, expected };
        Self { vector, bytes }
    }

    /// An opening that passes against a sending that passes.
    pub fn opening(id: &str, source: Source, why: &str, bytes: Vec<u8>) -> Self {
        let mut case = Self::new(id, source, why, bytes).without_payload().event("ContentAccessTracking");
        case.vector.input.sending = Some("good/sending.p7m".into());
        case.vector.input.now = crate::world::NOW_OPENED.into();
        case.vector.expected.proven_at = Some(crate::world::OPENING_STAMPED.into());
        case
    }

    /// A step that passes against a sending that passes, and against the step that led to it.
    pub fn step(id: &str, source: Source, why: &str, bytes: Vec<u8>, event: &str, stamped: &str) -> Self {
        let mut case = Self::new(id, source, why, bytes).without_payload().event(event);
        case.vector.input.sending = Some("good/sending.p7m".into());
        case.now(crate::world::NOW_OF_STEPS).proven_at(stamped)
    }

    /// The octets of a proof of an event that this build does not know.
    pub fn event_not_known(id: &str, why: &str, bytes: Vec<u8>) -> Self {
        let mut case = Self::new(id, FORGED, why, bytes);
        case.vector.expected.event = None;
        case.vector.expected.error = Some("EventNotKnown".into());
        case.indeterminate("SIG_CONSTRAINTS_FAILURE", "statement", "event-not-known")
    }

    /// A signature over the payload itself.
    pub fn payload_signature(id: &str, source: Source, why: &str, bytes: Vec<u8>) -> Self {
        let mut case = Self::new(id, source, why, bytes);
        case.vector.kind = Kind::PayloadSignature;
        case.vector.file = format!("{id}.p7s");
        case.vector.expected.event = None;
        case
    }

    /// A signature by anybody, over attached content.
    pub fn signature(id: &str, source: Source, why: &str, bytes: Vec<u8>) -> Self {
        let mut case = Self::new(id, source, why, bytes).without_payload();
        case.vector.kind = Kind::Signature;
        case.vector.expected.event = None;
        case
    }

    /// A token or a response about the payload.
    pub fn timestamp(id: &str, source: Source, why: &str, bytes: Vec<u8>) -> Self {
        let mut case = Self::new(id, source, why, bytes).no_level();
        case.vector.kind = Kind::Timestamp;
        case.vector.file = format!("{id}.tsr");
        case.vector.expected.event = None;
        case
    }

    /// An evidence record over the payload.
    pub fn evidence_record(id: &str, source: Source, why: &str, bytes: Vec<u8>) -> Self {
        let mut case = Self::new(id, source, why, bytes).no_level().without_payload().data(&["payload/letter.txt"]);
        case.vector.kind = Kind::EvidenceRecord;
        case.vector.file = format!("{id}.ers");
        case.vector.expected.event = None;
        case
    }

    pub fn data(mut self, files: &[&str]) -> Self {
        self.vector.input.data = files.iter().map(|file| (*file).into()).collect();
        self
    }

    pub fn records(mut self, files: &[&str]) -> Self {
        self.vector.input.records = files.iter().map(|file| (*file).into()).collect();
        self
    }

    pub fn request(mut self, file: &str) -> Self {
        self.vector.input.request = Some(file.into());
        self
    }

    /// Octets that are no proof.
    pub fn malformed(id: &str, why: &str, bytes: Vec<u8>, error: &str) -> Self {
        Self::new(id, FORGED, why, bytes).no_proof(error)
    }

    pub fn no_proof(mut self, error: &str) -> Self {
        let expected = &mut self.vector.expected;
        (expected.level, expected.proven_at, expected.event) = (None, None, None);
        expected.error = Some(error.into());
        self.failed("FORMAT_FAILURE", "envelope", "malformed")
    }

    /// A token with this against it, so that no time is proven.
    pub fn bad_token(id: &str, why: &str, bytes: Vec<u8>, outcome: &str, code: &str) -> Self {
        Self::new(id, FORGED, why, bytes).finding("timestamp 1", code, outcome).no_valid_timestamp()
    }

    pub fn no_valid_timestamp(self) -> Self {
        self.unproven().indeterminate("NO_POE", "time", "no-valid-timestamp")
    }

    /// No time is proven, because the TSA's certificate has ended.
    pub fn ended(self) -> Self {
        self.unproven().indeterminate("OUT_OF_BOUNDS_NO_POE", "time", "no-valid-timestamp")
    }

    fn decided(mut self, indication: &str, sub: &str, subject: &str, code: &str, outcome: &str) -> Self {
        let expected = &mut self.vector.expected;
        expected.indication = indication.into();
        expected.sub_indication = Some(sub.into());
        expected.decided_by = Some(code.into());
        self.finding(subject, code, outcome)
    }

    /// TOTAL-FAILED, decided by this.
    pub fn failed(self, sub: &str, subject: &str, code: &str) -> Self {
        self.decided("TOTAL-FAILED", sub, subject, code, "failed")
    }

    /// INDETERMINATE, decided by this.
    pub fn indeterminate(self, sub: &str, subject: &str, code: &str) -> Self {
        self.decided("INDETERMINATE", sub, subject, code, "indeterminate")
    }

    /// This besides.
    pub fn finding(mut self, subject: &str, code: &str, outcome: &str) -> Self {
        self.vector.expected.findings.push(Expect::new(subject, code, outcome));
        self
    }

    pub fn warning(self, subject: &str, code: &str) -> Self {
        self.finding(subject, code, "warning")
    }

    /// A finding that does not stand against anything.
    pub fn also(mut self, subject: &str, code: &str, outcome: &str) -> Self {
        self.vector.expected.also.push(Expect::new(subject, code, outcome));
        self
    }

    /// No time is proven.
    pub fn unproven(mut self) -> Self {
        self.vector.expected.proven_at = None;
        self
    }

    /// There is no level where no signature could be examined.
    pub fn no_level(mut self) -> Self {
        self.vector.expected.level = None;
        self
    }

    pub fn level(mut self, level: &str) -> Self {
        self.vector.expected.level = Some(level.into());
        self
    }

    pub fn proven_at(mut self, time: &str) -> Self {
        self.vector.expected.proven_at = Some(time.into());
        self
    }

    pub fn event(mut self, event: &str) -> Self {
        self.vector.expected.event = Some(event.into());
        self
    }

    pub fn now(mut self, now: &str) -> Self {
        self.vector.input.now = now.into();
        self
    }

    pub fn environment(mut self, name: &str) -> Self {
        self.vector.input.environment = name.into();
        self
    }

    pub fn without_payload(mut self) -> Self {
        self.vector.input.payload = None;
        self
    }

    pub fn payload(mut self, file: &str) -> Self {
        self.vector.input.payload = Some(file.into());
        self
    }

    pub fn payload_digest(mut self, digest: String) -> Self {
        self.vector.input.payload = None;
        self.vector.input.payload_digests.push(digest);
        self
    }

    pub fn sending(mut self, file: Option<&str>) -> Self {
        self.vector.input.sending = file.map(Into::into);
        self
    }

    /// The steps that led to the event, each after the one that led to it.
    pub fn causes(mut self, names: &[&str]) -> Self {
        self.vector.input.causes = names.iter().map(|name| format!("{name}.p7m")).collect();
        self
    }

    pub fn register(mut self, extract: &str) -> Self {
        self.vector.input.register = Some(Register {
            anchors: "anchors/register.pem".into(),
            extract: format!("mandate/{extract}.extract.json"),
            signature: format!("mandate/{extract}.extract.p7s"),
        });
        self
    }

    pub fn submission(mut self, name: &str) -> Self {
        self.vector.input.submission = Some(Submission {
            anchors: SENDERS.into(),
            json: format!("submission/{name}.submission.json"),
            signature: format!("submission/{name}.submission.p7s"),
        });
        self
    }

    pub fn disclosure(mut self, name: &str) -> Self {
        self.vector.input.disclosure = Some(format!("commitment/{name}.disclosure.json"));
        self
    }

    pub fn sending_disclosure(mut self, name: &str) -> Self {
        self.vector.input.sending_disclosure = Some(format!("commitment/{name}.disclosure.json"));
        self
    }

    /// The letter that a reply names.
    pub fn original(mut self, name: &str) -> Self {
        self.vector.input.original = Some(format!("{name}.p7m"));
        self
    }

    pub fn original_disclosure(mut self, file: &str) -> Self {
        self.vector.input.original_disclosure = Some(file.into());
        self
    }

    pub fn second_seals(mut self, names: &[&String]) -> Self {
        self.vector.input.second_seals = names.iter().map(|name| second_seal(name)).collect();
        self
    }

    pub fn log_proofs(mut self, files: &[&String]) -> Self {
        self.vector.input.log_proofs = files.iter().map(|file| (*file).clone()).collect();
        self
    }

    pub fn anchors(mut self, seal: &str, tsa: &str) -> Self {
        self.vector.input.seal_anchors = format!("anchors/{seal}.pem");
        self.vector.input.tsa_anchors = format!("anchors/{tsa}.pem");
        self
    }

    pub fn extra_certificates(mut self, file: &str) -> Self {
        self.vector.input.extra_certificates = Some(file.into());
        self
    }

    pub fn revocation_data(mut self, file: &str) -> Self {
        self.vector.input.revocation_data = Some(file.into());
        self
    }

    /// Nothing passes without revocation data.
    pub fn strict(self) -> Self {
        self.policy(Value::from("strict"))
    }

    pub fn policy(mut self, policy: Value) -> Self {
        self.vector.input.policy = Some(policy);
        self
    }
}

/// The path of a second seal.
pub fn second_seal(name: &str) -> String {
    format!("second-seal/{name}.pq.p7s")
}
