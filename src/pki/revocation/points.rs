//! This module matches the distribution points of certificates with the scopes of CRLs.

use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{Error, ErrorKind};

use super::limits;
use super::reason::ReasonFlags;
use super::status::ScopeMismatch;
use crate::asn1::{oid, writer};
use crate::pki::Certificate;
use crate::pki::certificate::{ComparableGeneralName, ComparableName};

/// The tag of directoryName, which is explicit because Name is a CHOICE.
const DIRECTORY_NAME: Tag = Tag::context(4);

/// Reads the contents of GeneralNames.
pub(super) fn general_names(mut reader: Reader<'_>) -> Result<Vec<ComparableGeneralName>, Error> {
    let mut keys = Vec::new();
    while !reader.is_empty() {
        let name = reader.any()?;
        if keys.len() == limits::MAX_DISTRIBUTION_POINTS {
            let kind = ErrorKind::Limit { what: "names", limit: limits::MAX_DISTRIBUTION_POINTS };
            return Err(reader.error(kind));
        }
        keys.push(ComparableGeneralName::of_general_name(name));
    }
    Ok(keys)
}

/// The name of a distribution point, in full or relative to the CRL issuer.
///
/// ```text
/// DistributionPointName ::= CHOICE {
///      fullName                 [0] GeneralNames,
///      nameRelativeToCRLIssuer  [1] RelativeDistinguishedName }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PointName {
    Full(Vec<ComparableGeneralName>),
    /// The contents of the RelativeDistinguishedName.
    Relative(Vec<u8>),
}

impl PointName {
    fn read(explicit: Tlv<'_>) -> Result<Self, Error> {
        let mut reader = explicit.reader("distributionPoint");
        let name = reader.any()?;
        let read = match name.tag {
            tag if tag == Tag::context(0) => Self::Full(general_names(name.reader("fullName"))?),
            tag if tag == Tag::context(1) => Self::Relative(name.value.to_vec()),
            _ => return Err(reader.error(ErrorKind::InvalidValue("DistributionPointName"))),
        };
        reader.finish()?;
        Ok(read)
    }

    /// Returns the full names. A relative name is appended to each of these issuers (DER of a Name).
    fn keys(&self, issuers: &[&[u8]]) -> Vec<ComparableGeneralName> {
        match self {
            Self::Full(keys) => keys.clone(),
            Self::Relative(rdn) => issuers.iter().filter_map(|issuer| appended(issuer, rdn)).collect(),
        }
    }
}

fn appended(issuer: &[u8], rdn: &[u8]) -> Option<ComparableGeneralName> {
    let mut reader = Reader::new(issuer, "Name");
    let rdns = reader.expect(Tag::SEQUENCE).ok()?.value;
    let name = writer::sequence(&[rdns, &writer::tlv(Tag::SET, rdn)]);
    Some(ComparableGeneralName::of_directory_name(&ComparableName::of(&name)))
}

/// IssuingDistributionPoint, [RFC 5280 §5.2.5](https://www.rfc-editor.org/rfc/rfc5280#section-5.2.5).
///
/// ```text
/// IssuingDistributionPoint ::= SEQUENCE {
///      distributionPoint           [0] DistributionPointName OPTIONAL,
///      onlyContainsUserCerts       [1] BOOLEAN DEFAULT FALSE,
///      onlyContainsCACerts         [2] BOOLEAN DEFAULT FALSE,
///      onlySomeReasons             [3] ReasonFlags OPTIONAL,
///      indirectCRL                 [4] BOOLEAN DEFAULT FALSE,
///      onlyContainsAttributeCerts  [5] BOOLEAN DEFAULT FALSE }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // the standard's four booleans
pub struct IssuingDistributionPoint {
    point: Option<PointName>,
    /// The CRL does not cover certificates of certificate authorities.
    pub only_contains_user_certs: bool,
    /// The CRL covers only certificates of certificate authorities.
    pub only_contains_ca_certs: bool,
    /// The reasons for which a certificate would be listed.
    pub only_some_reasons: Option<ReasonFlags>,
    /// The CRL also lists certificates of other issuers.
    pub indirect_crl: bool,
    /// The CRL does not cover public-key certificates at all.
    pub only_contains_attribute_certs: bool,
    raw: Vec<u8>,
}

impl IssuingDistributionPoint {
    pub(super) fn read(value: &[u8]) -> Result<Self, Error> {
        let mut outer = Reader::new(value, "issuingDistributionPoint");
        let mut reader = outer.expect(Tag::SEQUENCE)?.reader("issuingDistributionPoint");
        outer.finish()?;
        let point = reader.optional(Tag::context(0))?.map(PointName::read).transpose()?;
        let only_contains_user_certs = boolean(&mut reader, 1)?;
        let only_contains_ca_certs = boolean(&mut reader, 2)?;
        let only_some_reasons = reasons(&mut reader, 3)?;
        let indirect_crl = boolean(&mut reader, 4)?;
        let only_contains_attribute_certs = boolean(&mut reader, 5)?;
        reader.finish()?;
        let raw = value.to_vec();
        Ok(Self {
            point,
            only_contains_user_certs,
            only_contains_ca_certs,
            only_some_reasons,
            indirect_crl,
            only_contains_attribute_certs,
            raw,
        })
    }

    /// Returns the reason why the CRL does not cover this kind of certificate.
    fn excludes(&self, certificate: &Certificate) -> Option<ScopeMismatch> {
        if self.only_contains_attribute_certs {
            Some(ScopeMismatch::AttributeCertificates)
        } else if self.only_contains_user_certs && certificate.is_ca() {
            Some(ScopeMismatch::UserCertificates)
        } else if self.only_contains_ca_certs && !certificate.is_ca() {
            Some(ScopeMismatch::Authorities)
        } else {
            None
        }
    }

    /// Returns true if the extension is an empty SEQUENCE.
    pub(super) fn is_empty(&self) -> bool {
        self.raw == [Tag::SEQUENCE.0, 0]
    }

    /// Returns true if more than one kind of certificate is the only one.
    pub(super) fn contradicts_itself(&self) -> bool {
        let kinds = [self.only_contains_user_certs, self.only_contains_ca_certs, self.only_contains_attribute_certs];
        kinds.into_iter().filter(|is_only| *is_only).count() > 1
    }

    /// Returns true if both have the same octets.
    pub(super) fn is_same(&self, scope: &Self) -> bool {
        self.raw == scope.raw
    }
}

fn boolean(reader: &mut Reader<'_>, number: u8) -> Result<bool, Error> {
    match reader.optional(Tag::context_primitive(number))?.map(|tlv| tlv.value) {
        None => Ok(false),
        Some([octet]) => Ok(*octet != 0),
        Some(_) => Err(reader.error(ErrorKind::InvalidValue("BOOLEAN"))),
    }
}

fn reasons(reader: &mut Reader<'_>, number: u8) -> Result<Option<ReasonFlags>, Error> {
    let Some(tlv) = reader.optional(Tag::context_primitive(number))? else { return Ok(None) };
    let flags = ReasonFlags::from_contents(tlv.value);
    flags.map(Some).ok_or_else(|| reader.error(ErrorKind::InvalidValue("ReasonFlags")))
}

/// One point of cRLDistributionPoints, [RFC 5280 §4.2.1.13](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.13).
///
/// ```text
/// DistributionPoint ::= SEQUENCE {
///      distributionPoint  [0] DistributionPointName OPTIONAL,
///      reasons            [1] ReasonFlags OPTIONAL,
///      cRLIssuer          [2] GeneralNames OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub(super) struct DistributionPoint {
    point: Option<Vec<ComparableGeneralName>>,
    reasons: ReasonFlags,
    /// The names of the CRL issuer. An empty list means the issuer of the certificate.
    crl_issuer: Vec<ComparableGeneralName>,
}

impl DistributionPoint {
    /// Returns the points of a certificate, followed by the one that RFC 5280 §6.3.3 assumes if the others did not
    /// suffice: the issuer itself, for all reasons.
    ///
    /// Unreadable points are left out, because a point only adds CRLs to those considered.
    pub(super) fn of(certificate: &Certificate) -> Vec<Self> {
        let extension = certificate.extension(oid::CRL_DISTRIBUTION_POINTS);
        let mut points =
            extension.and_then(|extension| Self::read_all(extension.value, certificate).ok()).unwrap_or_default();
        points.push(Self {
            point: Some(vec![ComparableGeneralName::of_directory_name(certificate.comparable_issuer())]),
            reasons: ReasonFlags::ALL,
            crl_issuer: Vec::new(),
        });
        points
    }

    fn read_all(value: &[u8], certificate: &Certificate) -> Result<Vec<Self>, Error> {
        let mut outer = Reader::new(value, "cRLDistributionPoints");
        let mut sequence = outer.expect(Tag::SEQUENCE)?.reader("cRLDistributionPoints");
        outer.finish()?;
        let mut points = Vec::new();
        while !sequence.is_empty() {
            let mut reader = sequence.expect(Tag::SEQUENCE)?.reader("DistributionPoint");
            if points.len() == limits::MAX_DISTRIBUTION_POINTS {
                let kind = ErrorKind::Limit { what: "distribution points", limit: limits::MAX_DISTRIBUTION_POINTS };
                return Err(reader.error(kind));
            }
            let point = reader.optional(Tag::context(0))?.map(PointName::read).transpose()?;
            let reasons = reasons(&mut reader, 1)?.unwrap_or(ReasonFlags::ALL);
            let crl_issuer = reader.optional(Tag::context(2))?;
            reader.finish()?;
            let issuers = match &crl_issuer {
                None => vec![certificate.issuer_der()],
                Some(names) => directory_names(names)?,
            };
            let point = point.map(|point| point.keys(&issuers));
            let crl_issuer = crl_issuer.map(|names| general_names(names.reader("cRLIssuer"))).transpose()?;
            points.push(Self { point, reasons, crl_issuer: crl_issuer.unwrap_or_default() });
        }
        Ok(points)
    }

    /// Returns the reasons for which a CRL of this issuer (DER of the Name and its comparable form) covers a
    /// certificate with this point, RFC 5280 §6.3.3 (b) and (d).
    pub(super) fn covered_by(
        &self,
        certificate: &Certificate,
        issuer: &[u8],
        comparable_issuer: &ComparableName,
        idp: Option<&IssuingDistributionPoint>,
    ) -> ReasonFlags {
        let issuer_fits = if self.crl_issuer.is_empty() {
            certificate.comparable_issuer() == comparable_issuer
        } else {
            // RFC 5280 §6.3.3 (b) (1): a CRL of the named CRL issuer must assert that it is indirect.
            idp.is_some_and(|idp| idp.indirect_crl)
                && self.crl_issuer.contains(&ComparableGeneralName::of_directory_name(comparable_issuer))
        };
        if !issuer_fits {
            return ReasonFlags::NONE;
        }
        let Some(idp) = idp else { return self.reasons };
        if self.is_named_by(idp, issuer) && idp.excludes(certificate).is_none() {
            self.reasons.and(idp.only_some_reasons.unwrap_or(ReasonFlags::ALL))
        } else {
            ReasonFlags::NONE
        }
    }

    /// Returns true if the point is in the list's scope (RFC 5280 §6.3.3 (b) (2)). The list of another partition would
    /// hide a revocation.
    fn is_named_by(&self, idp: &IssuingDistributionPoint, issuer: &[u8]) -> bool {
        idp.point.as_ref().is_none_or(|stated| {
            let own = self.point.as_ref().unwrap_or(&self.crl_issuer);
            stated.keys(&[issuer]).iter().any(|name| own.contains(name))
        })
    }
}

/// Returns the reason why a CRL of the certificate's own issuer (DER of the Name) covers none of these points.
pub(super) fn out_of_scope(
    certificate: &Certificate,
    points: &[DistributionPoint],
    issuer: &[u8],
    idp: &IssuingDistributionPoint,
) -> ScopeMismatch {
    idp.excludes(certificate).unwrap_or_else(|| {
        if points.iter().any(|point| point.is_named_by(idp, issuer)) {
            ScopeMismatch::Reasons
        } else {
            ScopeMismatch::DistributionPoint
        }
    })
}

fn directory_names<'a>(names: &Tlv<'a>) -> Result<Vec<&'a [u8]>, Error> {
    let mut reader = names.reader("cRLIssuer");
    let mut directory_names = Vec::new();
    while !reader.is_empty() {
        let name = reader.any()?;
        if name.tag == DIRECTORY_NAME && directory_names.len() < limits::MAX_DISTRIBUTION_POINTS {
            directory_names.push(name.value);
        }
    }
    Ok(directory_names)
}
