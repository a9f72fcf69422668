//! Replay: everything that a report depends on, as one value that can be stored beside it.

use chrono::{DateTime, Utc};
use rfc3161_client::TimeStampReq;
use serde::{Deserialize, Serialize};

use super::Verifier;
use super::given_proof::GivenProof;
use super::parties::{GivenOriginal, ReadParties};
use super::stored_registers::RegistersInput;
use super::stored_verifier::{ReplayError, StoredVerifier};
use crate::evidence::{Disclosure, Opening, PayloadDigests, Sending, Statement, Step};
use crate::finding::{Code, Finding, Subject};
use crate::seal::{Artifact as _, DecodeError, PayloadSignature, ProofOfSending, ProofOfStep, SignedSubmission};
use crate::text::{read_from_object, shown, with_sources};
use crate::verify::content::{Content, ContentDigests};
use crate::verify::octets::Octets;
use crate::verify::policy::Policy;
use crate::verify::report::value::{Report, Signatures};
use crate::verify::verified::{Context, Payload, Preceding, SendingContext, Verified, VerifyError};

/// A question about a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Question {
    /// [`Verifier::report`]: a proof of any event.
    Proof(Box<GivenProof>),
    /// [`Verifier::report_submission`].
    #[serde(deserialize_with = "members::submission")]
    Submission {
        /// The submission as JSON.
        json: Octets,
        /// The detached signature of the sender.
        signature: Octets,
    },
    /// [`Verifier::report_payload_signature`].
    #[serde(deserialize_with = "members::payload_signature")]
    PayloadSignature {
        /// The signature.
        der: Octets,
        /// Digests of the payload.
        payload: ContentDigests,
    },
    /// [`Verifier::report_signatures`].
    #[serde(deserialize_with = "members::signatures")]
    Signatures {
        /// The SignedData.
        signed_data: Octets,
        /// The content.
        content: GivenContent,
    },
    /// [`Verifier::report_timestamp`].
    #[serde(deserialize_with = "members::timestamp")]
    Timestamp {
        /// A token or a response.
        token: Octets,
        /// Digests of the data.
        data: ContentDigests,
        /// The request.
        request: Option<Octets>,
    },
    /// [`Verifier::report_evidence_record`].
    #[serde(deserialize_with = "members::evidence_record")]
    EvidenceRecord {
        /// The record.
        record: Octets,
        /// Digests of each data object.
        objects: Vec<ContentDigests>,
    },
}

impl From<GivenProof> for Question {
    fn from(proof: GivenProof) -> Self {
        Self::Proof(Box::new(proof))
    }
}

/// The members of each other question, which are read from an object.
mod members {
    use serde::{Deserialize, Deserializer};

    use crate::text::Object;

    macro_rules! members {
        ($question:ident { $($member:ident),* $(,)? }) => {
            #[allow(non_camel_case_types)]
            pub(super) fn $question<'de, D: Deserializer<'de>, $($member: Deserialize<'de>),*>(
                deserializer: D,
            ) -> Result<($($member,)*), D::Error> {
                #[derive(Deserialize)]
                struct Members<$($member),*> { $($member: $member),* }

                let members = Object::<Members<$($member),*>>::deserialize(deserializer);
                let Object(Members { $($member),* }) = members?;
                Ok(($($member,)*))
            }
        };
    }

    members!(submission { json, signature });
    members!(payload_signature { der, payload });
    members!(signatures { signed_data, content });
    members!(timestamp { token, data, request });
    members!(evidence_record { record, objects });
}

/// [`Content`], owned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum GivenContent {
    Attached,
    Octets(Octets),
    Digests(ContentDigests),
}

/// A question together with all of the verifier that the answer depends on: serialised (serde) and asked again, years
/// later, it gives the same report.
///
/// It holds the artifact, and with it whatever personal data stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerificationInput {
    /// The question that is asked.
    pub question: Question,
    /// The time as of which it is asked.
    pub at: DateTime<Utc>,
    /// Name of the environment whose proofs are accepted.
    pub environment: String,
    /// The policy.
    pub policy: Policy,
    /// Anchors for seals and signatures, DER.
    pub seal_anchors: Vec<Octets>,
    /// Anchors for TSAs, DER.
    pub tsa_anchors: Vec<Octets>,
    /// Certificates that were offered, DER.
    pub extra_certificates: Vec<Octets>,
    /// CRLs and OCSP responses that were offered, DER, as they were received.
    pub revocation_data: Vec<Octets>,
    /// Evidence records over whole files that were offered, as they were received.
    pub evidence_records: Vec<Octets>,
    /// Proofs of logs that were offered, as they were received.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub log_proofs: Vec<Octets>,
    /// The registers of mandates that were trusted, if any were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registers: Option<RegistersInput>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    VerificationInput {
        question,
        at,
        environment,
        policy,
        seal_anchors,
        tsa_anchors,
        extra_certificates,
        revocation_data,
        #[serde(default)] evidence_records,
        #[serde(default)] log_proofs,
        #[serde(default)] registers,
    }
}

impl Verifier {
    /// A question and this verifier as one value.
    pub fn input(&self, question: Question, at: DateTime<Utc>) -> VerificationInput {
        let stored = StoredVerifier::of(self);
        VerificationInput {
            question,
            at,
            environment: stored.environment,
            policy: stored.policy,
            seal_anchors: stored.anchors,
            tsa_anchors: stored.tsa_anchors,
            extra_certificates: stored.extra_certificates,
            revocation_data: stored.revocation_data,
            registers: self.settings.registers.as_deref().map(RegistersInput::of),
            log_proofs: self.settings.log_proofs.iter().map(|proof| Octets::from(proof.as_bytes())).collect(),
            evidence_records: self.settings.records.iter().map(|record| Octets::from(record.as_bytes())).collect(),
        }
    }

    /// The reports that answer a question: one, but for several signatures in one SignedData.
    ///
    /// # Errors
    /// `Question`, for a payload signature, a disclosure or a request that cannot be read, digests of a payload that are none of a
    /// strength that counts, and second seals of more causes than there are.
    pub fn answer(&self, question: &Question, at: DateTime<Utc>) -> Result<Signatures, ReplayError> {
        let single = |report| Signatures { reports: vec![report] };
        match question {
            Question::Proof(proof) => Ok(single(self.report_given(proof, at)?)),
            Question::Submission { json, signature } => {
                let submission = SignedSubmission::from_parts(&json.0, &signature.0);
                Ok(single(self.report_submission(&submission.map_err(|_| ReplayError::Question)?, at)))
            }
            Question::PayloadSignature { der, payload } => {
                let signature = PayloadSignature::from_der(&der.0).map_err(|_| ReplayError::Question)?;
                Ok(single(self.report_payload_signature(&signature, &payload_digests(payload)?, at)))
            }
            Question::Signatures { signed_data, content } => {
                let content = match content {
                    GivenContent::Attached => Content::Attached,
                    GivenContent::Octets(octets) => Content::Octets(&octets.0),
                    GivenContent::Digests(digests) => Content::Digests(digests),
                };
                Ok(self.report_signatures(&signed_data.0, content, at))
            }
            Question::Timestamp { token, data, request } => {
                let request = request.as_ref().map(|request| TimeStampReq::from_der(&request.0)).transpose();
                let request = request.map_err(|_| ReplayError::Question)?;
                Ok(single(self.report_timestamp(&token.0, data, request.as_ref(), at)))
            }
            Question::EvidenceRecord { record, objects } => {
                Ok(single(self.report_evidence_record(&record.0, objects, at)))
            }
        }
    }
}

impl Verifier {
    /// Reports on a proof with what was given beside it.
    fn report_given(&self, proof: &GivenProof, at: DateTime<Utc>) -> Result<Report, ReplayError> {
        let GivenProof {
            der,
            payload,
            sending,
            causes,
            disclosure,
            sending_disclosure,
            second_seals,
            sending_second_seals,
            cause_second_seals,
            parties,
        } = proof;
        if cause_second_seals.len() > causes.len() {
            return Err(ReplayError::Question);
        }
        let ReadParties { submission, recipients } = parties.read()?;
        let digests = payload.as_ref().map(payload_digests).transpose()?;
        let payload = digests.as_ref().map_or(Payload::NotAvailable, Payload::Digests);
        let of_proof = disclosure.as_ref().map(read_disclosure).transpose()?;
        let of_sending = sending_disclosure.as_ref().map(read_disclosure).transpose()?;
        let (second_seals, sending_second_seals) = (octets(second_seals), octets(sending_second_seals));
        let sending_context = SendingContext::new(payload).with_second_seals(&sending_second_seals);
        let sending_context = of_sending.iter().fold(sending_context, SendingContext::with_disclosure);
        let sending_context = submission
            .iter()
            .fold(sending_context, |context, (signed, senders)| context.with_submission(signed, senders));
        let sending = sending.as_ref().map(|der| self.verify_sending(der, sending_context, at));
        let preceding = sending.as_ref().map_or(Preceding::NotGiven, Preceding::from);
        let beside = cause_second_seals.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        let cause = self.verify_causes(preceding, causes.iter().zip(beside), at);
        let cause = cause.as_ref().map_or(Preceding::NotGiven, Preceding::from);
        let context = Context::new(preceding, payload).with_cause(cause).with_second_seals(&second_seals);
        let context = of_proof.iter().fold(context, Context::with_disclosure);
        let context =
            submission.iter().fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
        let context = recipients.iter().fold(context, Context::with_verifier_of_recipients);
        let original = parties.original.as_ref().map(|original| self.verify_original(original, at)).transpose()?;
        let context = context.with_original(original.as_ref().map_or(Preceding::NotGiven, Preceding::from));
        Ok(self.report(der.0.as_slice(), context, at))
    }

    fn verify_sending(
        &self,
        der: &Octets,
        context: SendingContext<'_>,
        at: DateTime<Utc>,
    ) -> Result<Verified<Sending>, VerifyError> {
        match ProofOfSending::from_der(&der.0) {
            Ok(proof) => self.verify(&proof, context, at),
            Err(error) => Err(VerifyError::Failed(Box::new(malformed_finding(&error)))),
        }
    }

    /// Verifies the letter that a reply names, by itself.
    fn verify_original(
        &self,
        original: &GivenOriginal,
        at: DateTime<Utc>,
    ) -> Result<Result<Verified<Sending>, VerifyError>, ReplayError> {
        let disclosure = original.disclosure.as_ref().map(read_disclosure).transpose()?;
        let second_seals = octets(&original.second_seals);
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&second_seals);
        let context = disclosure.iter().fold(context, SendingContext::with_disclosure);
        Ok(self.verify_sending(&original.der, context, at))
    }

    /// Verifies the steps that led to an event, each with the one before it and with what lies beside it as its second seal.
    /// Returns the verdict on the last one.
    fn verify_causes<'q>(
        &self,
        preceding: Preceding<'_>,
        causes: impl Iterator<Item = (&'q Octets, &'q [Octets])>,
        at: DateTime<Utc>,
    ) -> Option<Result<Verified<Step>, VerifyError>> {
        causes.fold(None, |before: Option<Result<Verified<Step>, VerifyError>>, (der, beside)| {
            let before = before.as_ref().map_or(Preceding::NotGiven, Preceding::from);
            let second_seals = octets(beside);
            let context =
                Context::new(preceding, Payload::NotAvailable).with_cause(before).with_second_seals(&second_seals);
            Some(match ProofOfStep::from_der(&der.0) {
                Ok(proof) => self.verify(&proof, context, at),
                Err(error) => Err(VerifyError::Failed(Box::new(malformed_finding(&error)))),
            })
        })
    }
}

impl VerificationInput {
    /// Asks again.
    ///
    /// # Errors
    /// [`ReplayError`]; never for what [`Verifier::input`] made of a question that [`Verifier::answer`] answered.
    pub fn verify(&self) -> Result<Signatures, ReplayError> {
        let stored = StoredVerifier {
            environment: self.environment.clone(),
            policy: self.policy.clone(),
            anchors: self.seal_anchors.clone(),
            tsa_anchors: self.tsa_anchors.clone(),
            extra_certificates: self.extra_certificates.clone(),
            revocation_data: self.revocation_data.clone(),
        };
        let registers = self.registers.as_ref().map(RegistersInput::registers).transpose()?;
        let verifier =
            stored.verifier()?.with_evidence_records(self.evidence_records.iter().map(|record| record.0.clone()));
        let verifier = verifier.with_log_proofs(self.log_proofs.iter().map(|proof| proof.0.clone()));
        registers.into_iter().fold(verifier, Verifier::with_registers).answer(&self.question, self.at)
    }
}

fn payload_digests(digests: &ContentDigests) -> Result<PayloadDigests, ReplayError> {
    PayloadDigests::from_digests(digests.iter().copied()).map_err(|_| ReplayError::Question)
}

fn octets(files: &[Octets]) -> Vec<Vec<u8>> {
    files.iter().map(|file| file.0.clone()).collect()
}

fn read_disclosure(json: &Octets) -> Result<Disclosure, ReplayError> {
    Disclosure::from_json(&json.0).map_err(|_| ReplayError::Question)
}

/// The finding that a file is no proof of sending.
fn malformed_finding(error: &DecodeError) -> Finding {
    let code = Code::Malformed;
    let is_opening = matches!(error, DecodeError::AnotherEvent(event) if Opening::EVENTS.contains(event));
    let stated = Some(if is_opening { "it is a proof of opening".to_owned() } else { shown(with_sources(error)) });
    let (outcome, sub_indication) = (code.outcome(), code.sub_indication());
    Finding { subject: Subject::Envelope, code, outcome, sub_indication, stated, computed: None }
}
