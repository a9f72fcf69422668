//! Makes CRLs and OCSP responses to order, good and bad.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use super::certificate::{extension, key_identifier};
use super::{CertificateSpec, CertifiedKey, TestPki, TestingError};
use crate::asn1::{oid, time, writer};
use crate::crypto::{DigestAlgorithm, Signer};
use crate::pki::Certificate;
use crate::pki::revocation::{OcspStatus, RevocationData, RevocationReason};

/// Describes a CRL to be made. Nothing is checked, because tests need wrong CRLs too.
#[derive(Clone, Debug)]
pub struct CrlSpec {
    /// The version as it is written, 1 for version 2; `None` leaves it out, which is version 1.
    pub version: Option<u8>,
    /// The time thisUpdate.
    pub this_update: DateTime<Utc>,
    /// The time nextUpdate, if it is written.
    pub next_update: Option<DateTime<Utc>>,
    /// The DER of the issuer's Name; `None` takes the subject of the signing certificate.
    pub issuer: Option<Vec<u8>>,
    /// The DER of the entries, one after the other.
    pub entries: Vec<Vec<u8>>,
    /// The extensions besides authorityKeyIdentifier, in their order: OBJECT IDENTIFIER, critical, DER of the value.
    pub extensions: Vec<(ObjectIdentifier, bool, Vec<u8>)>,
}

impl CrlSpec {
    /// Describes a complete CRL that lists nothing.
    pub fn new(this_update: DateTime<Utc>, next_update: DateTime<Utc>) -> Self {
        let next_update = Some(next_update);
        let (version, issuer) = (Some(1), None);
        Self { version, this_update, next_update, issuer, entries: Vec::new(), extensions: Vec::new() }
    }

    /// Leaves the version out, which makes the CRL one of version 1.
    #[must_use]
    pub fn without_version(self) -> Self {
        Self { version: None, ..self }
    }

    /// Leaves nextUpdate out.
    #[must_use]
    pub fn without_next_update(self) -> Self {
        Self { next_update: None, ..self }
    }

    /// Names another issuer by the DER of its Name.
    #[must_use]
    pub fn with_issuer(self, issuer: Vec<u8>) -> Self {
        Self { issuer: Some(issuer), ..self }
    }

    /// Sets cRLNumber.
    #[must_use]
    pub fn with_number(self, number: u64) -> Self {
        self.with_extension(oid::CRL_NUMBER, writer::unsigned_integer(&number.to_be_bytes()))
    }

    /// Sets deltaCRLIndicator: the CRL lists only the changes since the CRL with this number.
    #[must_use]
    pub fn with_delta_base(self, number: u64) -> Self {
        self.with_critical_extension(oid::DELTA_CRL_INDICATOR, writer::unsigned_integer(&number.to_be_bytes()))
    }

    /// Sets issuingDistributionPoint.
    #[must_use]
    pub fn with_issuing_distribution_point(self, point: &IssuingPointSpec) -> Self {
        self.with_critical_extension(oid::ISSUING_DISTRIBUTION_POINT, point.to_der())
    }

    /// Adds a revoked certificate.
    #[must_use]
    pub fn with_revoked(mut self, entry: &RevokedSpec) -> Self {
        self.entries.push(entry.to_der());
        self
    }

    /// Adds a critical extension.
    #[must_use]
    pub fn with_critical_extension(mut self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.extensions.push((oid, true, value));
        self
    }

    /// Adds a non-critical extension.
    #[must_use]
    pub fn with_extension(mut self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.extensions.push((oid, false, value));
        self
    }
}

/// An entry of a CRL to be made.
#[derive(Clone, Debug)]
pub struct RevokedSpec {
    serial: Vec<u8>,
    date: DateTime<Utc>,
    extensions: Vec<(ObjectIdentifier, bool, Vec<u8>)>,
}

impl RevokedSpec {
    /// Lists this certificate as revoked at this time, without a reason.
    pub fn new(certificate: &Certificate, date: DateTime<Utc>) -> Self {
        Self { serial: certificate.serial().as_bytes().to_vec(), date, extensions: Vec::new() }
    }

    /// Sets reasonCode.
    #[must_use]
    pub fn with_reason(self, reason: RevocationReason) -> Self {
        self.with(oid::CRL_REASONS, false, writer::tlv(Tag::ENUMERATED, &[reason.number()]))
    }

    /// Sets invalidityDate.
    #[must_use]
    pub fn with_invalidity_date(self, date: DateTime<Utc>) -> Self {
        self.with(oid::INVALIDITY_DATE, false, generalized_time(date))
    }

    /// Sets the critical certificateIssuer to this DER of a Name.
    #[must_use]
    pub fn with_certificate_issuer(self, name: &[u8]) -> Self {
        self.with(oid::CERTIFICATE_ISSUER, true, writer::sequence(&[&directory_name(name)]))
    }

    /// Adds a critical extension.
    #[must_use]
    pub fn with_critical_extension(self, oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        self.with(oid, true, value)
    }

    fn with(mut self, oid: ObjectIdentifier, critical: bool, value: Vec<u8>) -> Self {
        self.extensions.push((oid, critical, value));
        self
    }

    fn to_der(&self) -> Vec<u8> {
        let serial = writer::tlv(Tag::INTEGER, &self.serial);
        writer::sequence(&[&serial, &time::time(self.date), &list(&self.extensions)])
    }
}

/// The kinds of certificates that a CRL covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Coverage {
    #[default]
    All,
    UserCerts,
    CaCerts,
    AttributeCerts,
}

/// States whether a CRL also lists certificates of other issuers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Reach {
    #[default]
    Direct,
    Indirect,
}

/// The name of a distribution point.
#[derive(Clone, Debug)]
pub enum PointNameSpec {
    /// The point is named by fullName, a URI.
    Uri(String),
    /// The point is named by fullName, a directoryName given as the DER of a Name.
    Directory(Vec<u8>),
    /// The point is named by nameRelativeToCRLIssuer, a commonName below the issuer's name.
    Relative(String),
}

impl PointNameSpec {
    fn to_der(&self) -> Vec<u8> {
        let name = match self {
            Self::Uri(uri) => writer::tlv(Tag::context(0), &writer::tlv(Tag::context_primitive(6), uri.as_bytes())),
            Self::Directory(name) => writer::tlv(Tag::context(0), &directory_name(name)),
            Self::Relative(common_name) => {
                let value = writer::tlv(Tag::UTF8_STRING, common_name.as_bytes());
                writer::tlv(Tag::context(1), &writer::sequence(&[&writer::oid(oid::COMMON_NAME), &value]))
            }
        };
        writer::tlv(Tag::context(0), &name)
    }
}

/// An issuingDistributionPoint to be made.
#[derive(Clone, Debug, Default)]
pub struct IssuingPointSpec {
    /// The field distributionPoint.
    pub name: Option<PointNameSpec>,
    /// The fields onlyContainsUserCerts, onlyContainsCACerts and onlyContainsAttributeCerts.
    pub coverage: Coverage,
    /// The field onlySomeReasons, by the bits of ReasonFlags that are set.
    pub reasons: Option<Vec<u8>>,
    /// The field indirectCRL.
    pub reach: Reach,
}

impl IssuingPointSpec {
    fn to_der(&self) -> Vec<u8> {
        let flag = |number, set: bool| {
            if set { writer::tlv(Tag::context_primitive(number), &[0xff]) } else { Vec::new() }
        };
        writer::sequence(&[
            &self.name.as_ref().map(PointNameSpec::to_der).unwrap_or_default(),
            &flag(1, self.coverage == Coverage::UserCerts),
            &flag(2, self.coverage == Coverage::CaCerts),
            &self.reasons.as_deref().map(|bits| reason_flags(3, bits)).unwrap_or_default(),
            &flag(4, self.reach == Reach::Indirect),
            &flag(5, self.coverage == Coverage::AttributeCerts),
        ])
    }
}

/// A point of cRLDistributionPoints to be made.
#[derive(Clone, Debug, Default)]
pub struct DistributionPointSpec {
    /// The field distributionPoint.
    pub name: Option<PointNameSpec>,
    /// The field reasons, by the bits of ReasonFlags that are set.
    pub reasons: Option<Vec<u8>>,
    /// The field cRLIssuer, as the DER of a Name.
    pub crl_issuer: Option<Vec<u8>>,
}

impl DistributionPointSpec {
    fn to_der(&self) -> Vec<u8> {
        let issuer = self.crl_issuer.as_ref().map(|name| writer::tlv(Tag::context(2), &directory_name(name)));
        writer::sequence(&[
            &self.name.as_ref().map(PointNameSpec::to_der).unwrap_or_default(),
            &self.reasons.as_deref().map(|bits| reason_flags(1, bits)).unwrap_or_default(),
            &issuer.unwrap_or_default(),
        ])
    }
}

impl CertificateSpec {
    /// Sets cRLDistributionPoints with these points.
    #[must_use]
    pub fn with_distribution_points(self, points: &[DistributionPointSpec]) -> Self {
        let points: Vec<u8> = points.iter().flat_map(DistributionPointSpec::to_der).collect();
        self.with_extension(oid::CRL_DISTRIBUTION_POINTS, writer::tlv(Tag::SEQUENCE, &points))
    }

    /// Describes a delegated OCSP responder, with id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2).
    pub fn ocsp_responder(common_name: &str, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self::new(common_name, not_before, not_after)
            .with_key_usage(&[super::Usage::DigitalSignature])
            .with_extended_key_usage(&[oid::OCSP_SIGNING])
            .with_extension(oid::OCSP_NOCHECK, writer::tlv(Tag::NULL, &[]))
    }
}

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
    /// The further extensions of the response: OBJECT IDENTIFIER, critical, DER of the value.
    pub extensions: Vec<(ObjectIdentifier, bool, Vec<u8>)>,
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
        self.extensions.push((oid, true, value));
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
        let cutoff = self.archive_cutoff.map(|time| (oid::OCSP_ARCHIVE_CUTOFF, false, generalized_time(time)));
        let extensions = explicit(1, &cutoff.into_iter().collect::<Vec<_>>());
        let this_update = generalized_time(self.this_update);
        writer::sequence(&[&id, &status, &this_update, &next_update.unwrap_or_default(), &extensions])
    }
}

impl CertifiedKey {
    /// Returns the DER of a CRL signed by this authority.
    ///
    /// # Errors
    /// `Sign`.
    pub fn issue_crl(&self, spec: &CrlSpec) -> Result<Vec<u8>, TestingError> {
        let identifier = writer::tlv(Tag::context_primitive(0), &key_identifier(self.signer.public_key()));
        let mut extensions = vec![(oid::AUTHORITY_KEY_IDENTIFIER, false, writer::sequence(&[&identifier]))];
        extensions.extend(spec.extensions.iter().cloned());
        let entries = match spec.entries.as_slice() {
            [] => Vec::new(),
            some => writer::tlv(Tag::SEQUENCE, &some.concat()),
        };
        let algorithm = self.signer.algorithm().to_der();
        let tbs = writer::sequence(&[
            &spec.version.map(writer::small_integer).unwrap_or_default(),
            &algorithm,
            spec.issuer.as_deref().unwrap_or(self.certificate.subject_der()),
            &time::time(spec.this_update),
            &spec.next_update.map(time::time).unwrap_or_default(),
            &entries,
            &explicit(0, &extensions),
        ]);
        signed(&tbs, &algorithm, &*self.signer, &[])
    }

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
        let nonce = spec.nonce.as_ref().map(|nonce| (oid::OCSP_NONCE, false, writer::octet_string(nonce)));
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

impl TestPki {
    /// Makes the CRLs of the root and of the intermediate, which list nothing. They show that the seal chain is not
    /// revoked.
    ///
    /// # Errors
    /// `Sign`, `Revocation`.
    pub fn seal_revocation(
        &self,
        this_update: DateTime<Utc>,
        next_update: DateTime<Utc>,
    ) -> Result<RevocationData, TestingError> {
        empty_crls(&[&self.root, &self.intermediate], this_update, next_update)
    }

    /// Makes the CRL of the TSA's root, which lists nothing.
    ///
    /// # Errors
    /// `Sign`, `Revocation`.
    pub fn tsa_revocation(
        &self,
        this_update: DateTime<Utc>,
        next_update: DateTime<Utc>,
    ) -> Result<RevocationData, TestingError> {
        empty_crls(&[&self.tsa_root], this_update, next_update)
    }
}

fn empty_crls(
    issuers: &[&CertifiedKey],
    this_update: DateTime<Utc>,
    next_update: DateTime<Utc>,
) -> Result<RevocationData, TestingError> {
    let spec = CrlSpec::new(this_update, next_update).with_number(1);
    let mut data = RevocationData::new();
    for issuer in issuers {
        data.add_der(&issuer.issue_crl(&spec)?)?;
    }
    Ok(data)
}

fn signed(tbs: &[u8], algorithm: &[u8], signer: &dyn Signer, after: &[u8]) -> Result<Vec<u8>, TestingError> {
    let signature = signer.sign(tbs)?;
    Ok(writer::sequence(&[tbs, algorithm, &writer::concat(Tag::BIT_STRING, &[&[0], &signature]), after]))
}

fn generalized_time(time: DateTime<Utc>) -> Vec<u8> {
    writer::tlv(Tag::GENERALIZED_TIME, time.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
}

fn directory_name(name: &[u8]) -> Vec<u8> {
    writer::tlv(Tag::context(4), name)
}

fn list(extensions: &[(ObjectIdentifier, bool, Vec<u8>)]) -> Vec<u8> {
    if extensions.is_empty() {
        return Vec::new();
    }
    let encoded: Vec<u8> =
        extensions.iter().flat_map(|(oid, critical, value)| extension(*oid, *critical, value)).collect();
    writer::tlv(Tag::SEQUENCE, &encoded)
}

fn explicit(number: u8, extensions: &[(ObjectIdentifier, bool, Vec<u8>)]) -> Vec<u8> {
    if extensions.is_empty() { Vec::new() } else { writer::tlv(Tag::context(number), &list(extensions)) }
}

/// Encodes ReasonFlags under an implicit tag; bit 0 of the standard is the highest bit.
fn reason_flags(number: u8, bits: &[u8]) -> Vec<u8> {
    let mut octets = [0_u8; 2];
    for bit in bits {
        if let Some(octet) = octets.get_mut(usize::from(bit / 8)) {
            *octet |= 0x80 >> (bit % 8);
        }
    }
    writer::concat(Tag::context_primitive(number), &[&[0], &octets])
}
