//! Makes OCSP responses to order, good and bad, and the certificates of their responders.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use super::encoding::{generalized_time, signed};
use super::extension::{ExtensionSpec, explicit};
use super::{CertificateSpec, CertifiedKey, TestingError};
use crate::asn1::{oid, writer};
use crate::crypto::DigestAlgorithm;
use crate::pki::Certificate;
use crate::pki::revocation::OcspStatus;

/// The way in which a response names its responder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ResponderIdSpec {
    #[default]
    ByName,
    ByKey,
}

/// Describes an OCSP response to be made. Nothing is checked, because tests need wrong responses too.
#[derive(Clone, Debug)]
pub struct OcspSpec {
    /// The time producedAt.
    pub produced_at: DateTime<Utc>,
    /// The form of responderID.
    pub responder_id: ResponderIdSpec,
    /// The answers.
    pub answers: Vec<OcspAnswerSpec>,
    /// The octets of the nonce, if it is written.
    pub nonce: Option<Vec<u8>>,
    /// The field certs; by default it holds the responder's own certificate.
    pub certificates: Option<Vec<Certificate>>,
    /// The further extensions of the response.
    pub extensions: Vec<ExtensionSpec>,
}

impl OcspSpec {
    /// Describes a response with this one answer.
    pub fn new(produced_at: DateTime<Utc>, answer: OcspAnswerSpec) -> Self {
        let (responder_id, extensions) = (ResponderIdSpec::default(), Vec::new());
        Self { produced_at, responder_id, answers: vec![answer], nonce: None, certificates: None, extensions }
    }

    /// Sets the nonce.
    #[must_use]
    pub fn with_nonce(self, nonce: &[u8]) -> Self {
        Self { nonce: Some(nonce.to_vec()), ..self }
    }

    /// Sets the way in which the responder is named.
    #[must_use]
    pub fn with_responder_id(self, responder_id: ResponderIdSpec) -> Self {
        Self { responder_id, ..self }
    }

    /// Replaces the responder's own certificate by these.
    #[must_use]
    pub fn with_certificates(self, certificates: Vec<Certificate>) -> Self {
        Self { certificates: Some(certificates), ..self }
    }

    /// Adds a critical extension to the response.
    #[must_use]
    pub fn with_critical_extension(mut self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.extensions.push(ExtensionSpec::critical(oid, value));
        self
    }
}

/// Describes the answer about one certificate.
#[derive(Clone, Debug)]
pub struct OcspAnswerSpec {
    /// The certificate whose status is told.
    pub certificate: Certificate,
    /// The issuer whose name and key are hashed.
    pub issuer: Certificate,
    /// The field certStatus.
    pub status: OcspStatus,
    /// The time thisUpdate.
    pub this_update: DateTime<Utc>,
    /// The time nextUpdate, if it is written.
    pub next_update: Option<DateTime<Utc>>,
    /// The hash of CertID.
    pub digest: DigestAlgorithm,
    /// The archive cutoff, if it is written.
    pub archive_cutoff: Option<DateTime<Utc>>,
}

impl OcspAnswerSpec {
    /// Tells this status of this certificate of this issuer, without nextUpdate.
    pub fn new(
        certificate: &Certificate,
        issuer: &Certificate,
        status: OcspStatus,
        this_update: DateTime<Utc>,
    ) -> Self {
        Self {
            certificate: certificate.clone(),
            issuer: issuer.clone(),
            status,
            this_update,
            next_update: None,
            digest: DigestAlgorithm::Sha1,
            archive_cutoff: None,
        }
    }

    /// Sets nextUpdate.
    #[must_use]
    pub fn with_next_update(self, next_update: DateTime<Utc>) -> Self {
        Self { next_update: Some(next_update), ..self }
    }

    /// Makes CertID by this digest instead of SHA-1.
    #[must_use]
    pub fn with_digest(self, digest: DigestAlgorithm) -> Self {
        Self { digest, ..self }
    }

    /// Sets the archive cutoff.
    #[must_use]
    pub fn with_archive_cutoff(self, archive_cutoff: DateTime<Utc>) -> Self {
        Self { archive_cutoff: Some(archive_cutoff), ..self }
    }

    fn to_der(&self) -> Vec<u8> {
        let hash = |octets: &[u8]| writer::octet_string(self.digest.digest(octets).as_bytes());
        let id = writer::sequence(&[
            &writer::algorithm_null(self.digest.oid()),
            &hash(self.issuer.subject_der()),
            &hash(self.issuer.public_key_bits().unwrap_or_default()),
            &writer::tlv(Tag::INTEGER, self.certificate.serial().as_bytes()),
        ]);
        let status = match self.status {
            OcspStatus::Good => writer::tlv(Tag::context_primitive(0), &[]),
            OcspStatus::Unknown => writer::tlv(Tag::context_primitive(2), &[]),
            OcspStatus::Revoked { date, reason } => {
                let reason = reason
                    .map(|reason| writer::tlv(Tag::context(0), &writer::tlv(Tag::ENUMERATED, &[reason.number()])));
                writer::concat(Tag::context(1), &[&generalized_time(date), &reason.unwrap_or_default()])
            }
        };
        let next_update = self.next_update.map(|time| writer::tlv(Tag::context(0), &generalized_time(time)));
        let cutoff =
            self.archive_cutoff.map(|time| ExtensionSpec::new(oid::OCSP_ARCHIVE_CUTOFF, generalized_time(time)));
        let extensions = explicit(1, &cutoff.into_iter().collect::<Vec<_>>());
        let this_update = generalized_time(self.this_update);
        writer::sequence(&[&id, &status, &this_update, &next_update.unwrap_or_default(), &extensions])
    }
}

impl CertifiedKey {
    /// Returns the DER of an OCSPResponse signed by this authority or responder.
    ///
    /// # Errors
    /// `Sign`.
    pub fn answer_ocsp(&self, spec: &OcspSpec) -> Result<Vec<u8>, TestingError> {
        let responder_id = match spec.responder_id {
            ResponderIdSpec::ByName => writer::tlv(Tag::context(1), self.certificate.subject_der()),
            ResponderIdSpec::ByKey => {
                let key = self.certificate.public_key_bits().unwrap_or_default();
                let hash = DigestAlgorithm::Sha1.digest(key);
                writer::tlv(Tag::context(2), &writer::octet_string(hash.as_bytes()))
            }
        };
        let nonce = spec.nonce.as_ref().map(|nonce| ExtensionSpec::new(oid::OCSP_NONCE, writer::octet_string(nonce)));
        let extensions: Vec<_> = nonce.into_iter().chain(spec.extensions.iter().cloned()).collect();
        let answers: Vec<u8> = spec.answers.iter().flat_map(OcspAnswerSpec::to_der).collect();
        let tbs = writer::sequence(&[
            &responder_id,
            &generalized_time(spec.produced_at),
            &writer::tlv(Tag::SEQUENCE, &answers),
            &explicit(1, &extensions),
        ]);
        let own = [self.certificate.clone()];
        let certificates = spec.certificates.as_deref().unwrap_or(&own);
        let certificates = match certificates {
            [] => Vec::new(),
            some => {
                let encoded: Vec<u8> = some.iter().flat_map(|certificate| certificate.der().to_vec()).collect();
                writer::tlv(Tag::context(0), &writer::tlv(Tag::SEQUENCE, &encoded))
            }
        };
        let basic = signed(&tbs, &self.signer.algorithm().to_der(), &*self.signer, &certificates)?;
        let bytes = writer::sequence(&[&writer::oid(oid::OCSP_BASIC), &writer::octet_string(&basic)]);
        let successful = writer::tlv(Tag::ENUMERATED, &[0]);
        Ok(writer::sequence(&[&successful, &writer::tlv(Tag::context(0), &bytes)]))
    }
}

impl CertificateSpec {
    /// Describes a delegated OCSP responder, with id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2).
    pub fn ocsp_responder(common_name: &str, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self::new(common_name, not_before, not_after)
            .with_key_usage(&[super::Usage::DigitalSignature])
            .with_extended_key_usage(&[oid::OCSP_SIGNING])
            .with_extension(oid::OCSP_NOCHECK, writer::tlv(Tag::NULL, &[]))
    }
}
