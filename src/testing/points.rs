//! Makes distribution points of CRLs to order.

use signed_data::tlv::Tag;

use super::CertificateSpec;
use super::encoding::directory_name;
use crate::asn1::{oid, writer};

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
    pub(super) fn to_der(&self) -> Vec<u8> {
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
