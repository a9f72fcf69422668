//! This module reads what an OCSP response answers about each certificate, and finds the answers about one of them (RFC 6960
//! §4.1.1, §4.2.1).

use core::cell::RefCell;
use core::hash::Hasher;
use std::hash::DefaultHasher;

use chrono::{DateTime, Utc};
use signed_data::tlv::{Integer, Reader, Tag};
use signed_data::{AlgorithmIdentifier, Error, ErrorKind};

use super::extensions;
use super::reason::RevocationReason;
use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::{Certificate, Extension};

/// The answer of a responder about one certificate.
///
/// ```text
/// SingleResponse ::= SEQUENCE {
///      certID            CertID,
///      certStatus        CertStatus,
///      thisUpdate        GeneralizedTime,
///      nextUpdate        [0] EXPLICIT GeneralizedTime OPTIONAL,
///      singleExtensions  [1] EXPLICIT Extensions OPTIONAL }
/// CertID ::= SEQUENCE {
///      hashAlgorithm   AlgorithmIdentifier,
///      issuerNameHash  OCTET STRING,
///      issuerKeyHash   OCTET STRING,
///      serialNumber    CertificateSerialNumber }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse<'a> {
    digest: Option<DigestAlgorithm>,
    issuer_name_hash: &'a [u8],
    issuer_key_hash: &'a [u8],
    /// The serial number of the certificate.
    pub serial: Integer<'a>,
    /// The certStatus field.
    pub status: OcspStatus,
    /// The thisUpdate field: the time at which the status was correct.
    pub this_update: DateTime<Utc>,
    /// The nextUpdate field: the time by which newer information is available.
    pub next_update: Option<DateTime<Utc>>,
    /// The archive cutoff (RFC 6960 §4.4.4): the responder retains certificates that expired at this time or later.
    pub archive_cutoff: Option<DateTime<Utc>>,
    unsupported: Option<String>,
}

/// The status of a certificate in an OCSP response.
///
/// ```text
/// CertStatus ::= CHOICE {
///      good     [0] IMPLICIT NULL,
///      revoked  [1] IMPLICIT RevokedInfo,
///      unknown  [2] IMPLICIT UnknownInfo }
/// RevokedInfo ::= SEQUENCE {
///      revocationTime    GeneralizedTime,
///      revocationReason  [0] EXPLICIT CRLReason OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspStatus {
    /// The certificate is not known to be revoked.
    Good,
    /// The certificate is revoked or on hold.
    Revoked {
        /// The revocationTime field.
        date: DateTime<Utc>,
        /// The revocationReason field.
        reason: Option<RevocationReason>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

impl<'a> SingleResponse<'a> {
    /// Reads the next answer of a list.
    pub(super) fn read(responses: &mut Reader<'a>) -> Result<Self, Error> {
        let mut reader = responses.expect(Tag::SEQUENCE)?.reader("SingleResponse");
        let mut id = reader.expect(Tag::SEQUENCE)?.reader("CertID");
        let digest = DigestAlgorithm::from_identifier(&AlgorithmIdentifier::read(&mut id)?).ok();
        let (issuer_name_hash, issuer_key_hash) = (id.octet_string()?, id.octet_string()?);
        let serial = id.integer()?;
        id.finish()?;
        let status = OcspStatus::read(&mut reader)?;
        let this_update = reader.time()?.value;
        let next_update = match reader.optional(Tag::context(0))? {
            Some(explicit) => Some(extensions::only(explicit.value, "nextUpdate", Reader::time)?.value),
            None => None,
        };
        let (mut archive_cutoff, mut unsupported) = (None, None);
        if let Some(explicit) = reader.optional(Tag::context(1))? {
            for Extension { oid, critical, value } in extensions::read_explicit(explicit, "singleExtensions")? {
                if oid == oid::OCSP_ARCHIVE_CUTOFF {
                    archive_cutoff = Some(extensions::only(value, "archive cutoff", Reader::time)?.value);
                } else if critical && unsupported.is_none() {
                    unsupported = Some(format!("critical extension {oid} of an OCSP answer"));
                }
            }
        }
        reader.finish()?;
        Ok(Self {
            digest,
            issuer_name_hash,
            issuer_key_hash,
            serial,
            status,
            this_update,
            next_update,
            archive_cutoff,
            unsupported,
        })
    }
}

impl OcspStatus {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let status = reader.any()?;
        match status.tag {
            tag if tag == Tag::context_primitive(0) && status.value.is_empty() => Ok(Self::Good),
            tag if tag == Tag::context_primitive(2) && status.value.is_empty() => Ok(Self::Unknown),
            tag if tag == Tag::context(1) => {
                let mut info = status.reader("RevokedInfo");
                let date = info.time()?.value;
                let reason = match info.optional(Tag::context(0))? {
                    Some(explicit) => {
                        Some(extensions::only(explicit.value, "revocationReason", RevocationReason::read)?)
                    }
                    None => None,
                };
                info.finish()?;
                Ok(Self::Revoked { date, reason })
            }
            _ => Err(reader.error(ErrorKind::InvalidValue("CertStatus"))),
        }
    }
}

impl SingleResponse<'_> {
    /// Returns true if the answer is about this certificate of this issuer: name, key and serial number.
    pub(super) fn is_about(&self, id: &CertificateId<'_>) -> bool {
        if self.serial.minimal() != id.serial.minimal() {
            return false;
        }
        let Some(hashes) = self.digest.map(|algorithm| id.hashes(algorithm)) else { return false };
        // The issuer's key is compared besides its name, because a namesake may use the same serial number.
        hashes.key.as_bytes() == self.issuer_key_hash
            && hashes.names.iter().any(|name| name.as_bytes() == self.issuer_name_hash)
    }

    /// Returns true if the answer has the serial number and the issuer's name of this certificate.
    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        let issuer = certificate.issuer_der();
        certificate.has_serial(self.serial)
            && self.digest.is_some_and(|algorithm| algorithm.digest(issuer).as_bytes() == self.issuer_name_hash)
    }

    /// Returns a critical extension that is not processed here.
    pub(super) fn unsupported(&self) -> Option<&str> {
        self.unsupported.as_deref()
    }
}

/// A certificate in the form of CertID, for any digest. Each digest is computed once, on demand, because there may be
/// many answers to compare it with.
pub(super) struct CertificateId<'a> {
    serial: Integer<'a>,
    key: &'a [u8],
    names: [&'a [u8]; 2],
    hashes: RefCell<Vec<IssuerHashes>>,
}

#[derive(Clone, Copy)]
struct IssuerHashes {
    key: Digest,
    /// The issuer's name as encoded in the certificate and as encoded in the issuer's own certificate.
    names: [Digest; 2],
}

impl<'a> CertificateId<'a> {
    pub(super) fn new(certificate: &'a Certificate, issuer: &'a Certificate) -> Self {
        Self {
            serial: certificate.serial(),
            key: issuer.public_key_bits().unwrap_or_default(),
            names: [certificate.issuer_der(), issuer.subject_der()],
            hashes: RefCell::default(),
        }
    }

    /// Returns the hashes of both CertIDs by this digest.
    pub(super) fn as_hashed(&self, algorithm: DigestAlgorithm) -> [u64; 2] {
        let hashes = self.hashes(algorithm);
        hashes.names.map(|name| hash_of_id(algorithm, name.as_bytes(), hashes.key.as_bytes(), self.serial))
    }

    fn hashes(&self, algorithm: DigestAlgorithm) -> IssuerHashes {
        let mut computed = self.hashes.borrow_mut();
        if let Some(hashes) = computed.iter().find(|hashes| hashes.key.algorithm() == algorithm) {
            return *hashes;
        }
        let hashes =
            IssuerHashes { key: algorithm.digest(self.key), names: self.names.map(|name| algorithm.digest(name)) };
        computed.push(hashes);
        hashes
    }
}

/// What the answers of a response are about, to be looked up instead of being read for each question.
pub(super) struct Subjects {
    /// A hash of each CertID, sorted, each once. One that is the same by chance costs a reading.
    pub(super) ids: Box<[u64]>,
    /// Whether one of them is by the digest algorithm of this place among all.
    pub(super) algorithms: [bool; DigestAlgorithm::ALL.len()],
}

impl Subjects {
    pub(super) fn of<'a>(answers: impl Iterator<Item = SingleResponse<'a>>) -> Self {
        let (mut ids, mut algorithms) = (Vec::new(), [false; DigestAlgorithm::ALL.len()]);
        for answer in answers {
            let Some(algorithm) = answer.digest else { continue };
            ids.push(hash_of_id(algorithm, answer.issuer_name_hash, answer.issuer_key_hash, answer.serial));
            let places = DigestAlgorithm::ALL.into_iter().zip(&mut algorithms);
            places.filter(|(of_place, _)| *of_place == algorithm).for_each(|(_, is_used)| *is_used = true);
        }
        ids.sort_unstable();
        ids.dedup();
        Self { ids: ids.into(), algorithms }
    }
}

fn hash_of_id(algorithm: DigestAlgorithm, name: &[u8], key: &[u8], serial: Integer<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in [algorithm.name().as_bytes(), name, key, serial.minimal().as_bytes()] {
        hasher.write_usize(part.len());
        hasher.write(part);
    }
    hasher.finish()
}
