//! Replay: everything that a report depends on, as one value that can be stored beside it.

use std::fmt;

use base64ct::{Base64, Encoding};
use chrono::{DateTime, Utc};
use rfc3161_client::TimeStampReq;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::foreign::{Content, ContentDigests, Signatures};
use super::opening::Preceding;
use super::policy::Policy;
use super::verified::{Payload, VerifyError};
use super::verifier::Verifier;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{Environment, PayloadDigests};
use crate::pki::revocation::{RevocationData, RevocationDataError};
use crate::pki::{Certificate, CertificateError, TrustAnchors};
use crate::seal::{Artifact as _, PayloadSignature, ProofOfSending};
use crate::text::hex;

/// Octets that are base64 where they are serialised. `Debug` shows their number alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Octets(pub Vec<u8>);

/// What is asked about which file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Question {
    /// [`Verifier::report`] and [`Verifier::report_opening`]: a proof of any event.
    Proof {
        /// The proof.
        der: Octets,
        /// Digests of the payload, if it is there.
        payload: Option<ContentDigests>,
        /// For an opening, the proof of the sending that was opened.
        sending: Option<Octets>,
    },
    /// [`Verifier::report_payload_signature`].
    PayloadSignature {
        /// The signature.
        der: Octets,
        /// Digests of the payload.
        payload: ContentDigests,
    },
    /// [`Verifier::report_signatures`].
    Signatures {
        /// The SignedData.
        signed_data: Octets,
        /// The content.
        content: GivenContent,
    },
    /// [`Verifier::report_timestamp`].
    Timestamp {
        /// A token or a response.
        token: Octets,
        /// Digests of the data.
        data: ContentDigests,
        /// The request.
        request: Option<Octets>,
    },
    /// [`Verifier::report_evidence_record`].
    EvidenceRecord {
        /// The record.
        record: Octets,
        /// Digests of each data object.
        objects: Vec<ContentDigests>,
    },
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerificationInput {
    /// What is asked.
    pub question: Question,
    /// As of when.
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
}

/// Why stored input cannot be asked again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// No environment has this name.
    #[error("the environment is not known")]
    Environment,
    /// A certificate cannot be read.
    #[error("a certificate cannot be read")]
    Certificate(#[from] CertificateError),
    /// Revocation data cannot be read.
    #[error("revocation data cannot be read")]
    RevocationData(#[from] RevocationDataError),
    /// The artifact cannot be read as what the question is about, so that there never was a report.
    #[error("the question cannot be asked of this file, request or digest")]
    Question,
}

impl Verifier {
    /// A question and this verifier as one value.
    pub fn input(&self, question: Question, at: DateTime<Utc>) -> VerificationInput {
        let ders = |certificates: &mut dyn Iterator<Item = &Certificate>| {
            certificates.map(|certificate| Octets(certificate.der().to_vec())).collect()
        };
        let crls = self.revocation.crls().iter().map(|crl| crl.der());
        let responses = self.revocation.ocsp_responses().iter().map(|response| response.der());
        VerificationInput {
            question,
            at,
            environment: self.environment.name().to_owned(),
            policy: self.policy.clone(),
            seal_anchors: ders(&mut self.seal_chains.anchors().iter()),
            tsa_anchors: ders(&mut self.tsa_chains.anchors().iter()),
            extra_certificates: ders(&mut self.extra.iter()),
            revocation_data: crls.chain(responses).map(|der| Octets(der.to_vec())).collect(),
        }
    }

    /// The reports that answer a question: one, but for several signatures in one SignedData.
    ///
    /// # Errors
    /// `Question`, for a payload signature or a request that cannot be read, and digests of a payload that are none of
    /// a strength that counts.
    pub fn answer(&self, question: &Question, at: DateTime<Utc>) -> Result<Signatures, ReplayError> {
        let one = |report| Signatures { reports: vec![report] };
        match question {
            Question::Proof { der, payload, sending } => {
                let digests = payload.as_ref().map(payload_digests).transpose()?;
                let payload = digests.as_ref().map_or(Payload::NotAvailable, Payload::Digests);
                let sending = sending.as_ref().map(|der| match ProofOfSending::from_der(&der.0) {
                    Ok(proof) => self.verify(&proof, payload, at),
                    Err(error) => Err(VerifyError::Failed(Box::new(self.malformed_finding(&error)))),
                });
                let preceding = match &sending {
                    Some(Ok(sending)) => Preceding::Verified(sending),
                    Some(Err(error)) => Preceding::Refused(error),
                    None => Preceding::NotGiven,
                };
                Ok(one(self.report_der(&der.0, preceding, payload, at)))
            }
            Question::PayloadSignature { der, payload } => {
                let signature = PayloadSignature::from_der(&der.0).map_err(|_| ReplayError::Question)?;
                Ok(one(self.report_payload_signature(&signature, &payload_digests(payload)?, at)))
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
                Ok(one(self.report_timestamp(&token.0, data, request.as_ref(), at)))
            }
            Question::EvidenceRecord { record, objects } => {
                Ok(one(self.report_evidence_record(&record.0, objects, at)))
            }
        }
    }
}

impl VerificationInput {
    /// Asks again.
    ///
    /// # Errors
    /// [`ReplayError`]; never for what [`Verifier::input`] made of a question that [`Verifier::answer`] answered.
    pub fn verify(&self) -> Result<Signatures, ReplayError> {
        let certificates = |ders: &[Octets]| -> Result<Vec<Certificate>, CertificateError> {
            ders.iter().map(|der| Certificate::from_der(&der.0)).collect()
        };
        let anchors = |ders| certificates(ders).map(TrustAnchors::from_iter);
        let environment = Environment::ALL.into_iter().find(|environment| environment.name() == self.environment);
        let mut data = RevocationData::new();
        self.revocation_data.iter().try_for_each(|der| data.add_der(&der.0))?;
        Verifier::new(
            anchors(&self.seal_anchors)?,
            anchors(&self.tsa_anchors)?,
            environment.ok_or(ReplayError::Environment)?,
        )
        .with_policy(self.policy.clone())
        .with_extra_certificates(certificates(&self.extra_certificates)?)
        .with_revocation_data(data)
        .answer(&self.question, self.at)
    }
}

fn payload_digests(digests: &ContentDigests) -> Result<PayloadDigests, ReplayError> {
    PayloadDigests::from_digests(digests.iter().copied()).map_err(|_| ReplayError::Question)
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({})", self.0.len())
    }
}

impl From<&[u8]> for Octets {
    fn from(octets: &[u8]) -> Self {
        Self(octets.to_vec())
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Base64::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Base64::decode_vec(&text).map(Self).map_err(|_| D::Error::custom("not base64"))
    }
}

/// As texts: `SHA-256:e3b0...`.
impl Serialize for ContentDigests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|one| format!("{}:{}", one.algorithm().name(), hex(one.as_bytes()))))
    }
}

impl<'de> Deserialize<'de> for ContentDigests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let digests: Option<Vec<Digest>> = texts.iter().map(|text| digest(text)).collect();
        digests.map(Self::new).ok_or_else(|| D::Error::custom("not a digest"))
    }
}

fn digest(text: &str) -> Option<Digest> {
    let (algorithm, digits) = text.split_once(':')?;
    let digits: Option<Vec<u8>> = digits.chars().map(|c| c.to_digit(16)?.try_into().ok()).collect();
    let octets: Option<Vec<u8>> = digits?.chunks(2).map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect();
    Digest::new(DigestAlgorithm::from_name(algorithm)?, &octets?)
}
