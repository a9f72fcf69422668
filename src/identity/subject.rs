//! Reads the numbers of the organisation that a certificate names as its subject.

use super::be::EnterpriseNumber;
use super::legal_person::{LegalPersonId, RegisterNumber};
use crate::asn1::oid;
use crate::pki::Certificate;

/// Reads the numbers in organizationIdentifier (ETSI EN 319 412-1 V1.5.1, clause 5.1.4) and in organizationalUnitName of a
/// certificate's subject; `None` where there is none.
///
/// Certificates of the Belgian social security have the enterprise number in an organizationalUnitName, behind the URI of its
/// scheme. One that is mangled there is that of nobody, so that the numbers may be empty: else it would count as none.
pub(crate) fn register_numbers(certificate: &Certificate) -> Option<Vec<RegisterNumber>> {
    let identifiers = certificate.subject_values(oid::ORGANIZATION_IDENTIFIER);
    let units = certificate.organizational_units();
    let numbers = identifiers.iter().filter_map(|identifier| RegisterNumber::of_certificate(identifier));
    let in_units = units.iter().filter(|unit| is_of_scheme(unit)).map(|unit| of_unit(unit));
    let numbers: Vec<Option<RegisterNumber>> = numbers.map(Some).chain(in_units).collect();
    (!numbers.is_empty()).then(|| numbers.into_iter().flatten().collect())
}

fn of_unit(unit: &str) -> Option<RegisterNumber> {
    let number = LegalPersonId::from(EnterpriseNumber::new(unit).ok()?);
    RegisterNumber::of_legal_person(number.as_str())
}

fn is_of_scheme(unit: &str) -> bool {
    let scheme = EnterpriseNumber::SCHEME;
    unit.split_at_checked(scheme.len()).is_some_and(|(start, _)| start.eq_ignore_ascii_case(scheme))
}
