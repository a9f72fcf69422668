//! This module reads the extensions of a CRL as a whole, and names the rules that they break (RFC 5280 §5.2).

use core::cmp::Ordering;

use chrono::{DateTime, Utc};
use signed_data::tlv::{Integer, Reader};
use signed_data::{Error, ErrorKind};

use super::error::{RevocationDataError, crl_field as field};
use super::extensions;
use super::points::IssuingDistributionPoint;
use crate::asn1::oid;
use crate::pki::{AuthorityKeyIdentifier, Extension};

/// A rule of RFC 5280 that a CRL breaks without leaving a doubt about what it says. Such a CRL is used, since a revocation
/// in it must not go unseen, and the verifier warns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrlDeparture {
    /// A list or an entry has extensions, and the version is not 2 (§5.1.2.1).
    #[error("extensions in a CRL of version 1")]
    ExtensionsInVersion1,
    /// There is a list of entries without entries (§5.1.2.6).
    #[error("an empty list of entries")]
    EmptyList,
    /// cRLNumber is critical (§5.2.3). It is processed here, so that the CRL is used by a rule of this library's own.
    #[error("a critical cRLNumber")]
    CriticalNumber,
    /// deltaCRLIndicator is not critical (§5.2.4).
    #[error("a deltaCRLIndicator that is not critical")]
    DeltaNotCritical,
    /// issuingDistributionPoint is an empty SEQUENCE (§5.2.5).
    #[error("an empty issuingDistributionPoint")]
    EmptyIssuingDistributionPoint,
    /// issuingDistributionPoint is not critical (§5.2.5).
    #[error("an issuingDistributionPoint that is not critical")]
    IssuingDistributionPointNotCritical,
    /// issuingDistributionPoint says of several kinds of certificates that the CRL is for them only (§5.2.5).
    #[error("an issuingDistributionPoint for several kinds of certificates only")]
    SeveralKindsOnly,
}

/// The extensions of a list that are processed here.
#[derive(Default)]
pub(super) struct ListExtensions<'a> {
    pub(super) number: Option<Integer<'a>>,
    pub(super) delta_base: Option<Integer<'a>>,
    pub(super) key_identifier: Option<&'a [u8]>,
    pub(super) idp: Option<IssuingDistributionPoint>,
    pub(super) expired_certs_from: Option<DateTime<Utc>>,
    pub(super) unsupported: Option<String>,
}

impl<'a> ListExtensions<'a> {
    pub(super) fn read(extensions: &[Extension<'a>]) -> Result<Self, RevocationDataError> {
        let mut processed = Self::default();
        for Extension { oid, critical, value } in extensions.iter().copied() {
            if oid == oid::CRL_NUMBER {
                processed.number = Some(number(value, "cRLNumber").map_err(field("cRLNumber"))?);
            } else if oid == oid::DELTA_CRL_INDICATOR {
                processed.delta_base = Some(number(value, "deltaCRLIndicator").map_err(field("deltaCRLIndicator"))?);
            } else if oid == oid::AUTHORITY_KEY_IDENTIFIER {
                let identifier = AuthorityKeyIdentifier::read(value).map_err(field("authorityKeyIdentifier"))?;
                processed.key_identifier = identifier.key_identifier;
            } else if oid == oid::ISSUING_DISTRIBUTION_POINT {
                let idp = IssuingDistributionPoint::read(value).map_err(field("issuingDistributionPoint"))?;
                processed.idp = Some(idp);
            } else if oid == oid::EXPIRED_CERTS_ON_CRL {
                let time =
                    extensions::only(value, "expiredCertsOnCRL", Reader::time).map_err(field("expiredCertsOnCRL"))?;
                processed.expired_certs_from = Some(time.value);
            } else if critical && processed.unsupported.is_none() {
                processed.unsupported = Some(format!("critical CRL extension {oid}"));
            }
        }
        Ok(processed)
    }

    /// Returns the rules of RFC 5280 that the extensions break.
    pub(super) fn departures(&self, extensions: &[Extension<'a>]) -> Vec<CrlDeparture> {
        let has = |oid, is_critical| {
            extensions.iter().any(|extension| extension.oid == oid && extension.critical == is_critical)
        };
        let idp = |is: fn(&IssuingDistributionPoint) -> bool| self.idp.as_ref().is_some_and(is);
        let departures = [
            (has(oid::CRL_NUMBER, true), CrlDeparture::CriticalNumber),
            (has(oid::DELTA_CRL_INDICATOR, false), CrlDeparture::DeltaNotCritical),
            (idp(IssuingDistributionPoint::is_empty), CrlDeparture::EmptyIssuingDistributionPoint),
            (has(oid::ISSUING_DISTRIBUTION_POINT, false), CrlDeparture::IssuingDistributionPointNotCritical),
            (idp(IssuingDistributionPoint::contradicts_itself), CrlDeparture::SeveralKindsOnly),
        ];
        departures.into_iter().filter(|(is_made, _)| *is_made).map(|(_, departure)| departure).collect()
    }
}

fn number<'a>(value: &'a [u8], what: &'static str) -> Result<Integer<'a>, Error> {
    extensions::only(value, what, |reader| {
        let number = reader.integer()?;
        if number.is_negative() { Err(reader.error(ErrorKind::InvalidValue("CRLNumber"))) } else { Ok(number) }
    })
}

/// Compares two numbers that are not negative.
pub(super) fn compare_numbers(left: Integer<'_>, right: Integer<'_>) -> Ordering {
    let (left, right) = (left.significant(), right.significant());
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}
