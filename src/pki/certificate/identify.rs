//! This module compares a certificate with the names and numbers by which others refer to it.

use core::cell::OnceCell;

use signed_data::tlv::{Integer, Reader};

use super::general_name::ComparableGeneralName;
use super::names::ComparableName;
use super::x509::Certificate;

/// A Name element by which others refer to the issuer of certificates. It is prepared for comparison once, however many
/// certificates it is compared with.
pub(crate) struct IssuerName<'a> {
    der: &'a [u8],
    comparable: OnceCell<ComparableName>,
}

impl<'a> IssuerName<'a> {
    pub(crate) fn new(der: &'a [u8]) -> Self {
        Self { der, comparable: OnceCell::new() }
    }

    /// Returns true if this is the name of the certificate's issuer (RFC 5280 §7.1). Others may write a name in another
    /// string type, in other case or with other spaces than the certificate (RFC 5652 §10.2.4).
    pub(crate) fn is_issuer_of(&self, certificate: &Certificate) -> bool {
        self.der == certificate.issuer_der()
            || self.comparable.get_or_init(|| ComparableName::of(self.der)) == certificate.comparable_issuer()
    }
}

impl Certificate {
    /// Returns true if this number is the serial number. Numbers are compared, and not their octets: some real ones
    /// have padding, and 00 ff is not ff.
    pub(crate) fn has_serial(&self, serial: Integer<'_>) -> bool {
        serial.minimal() == self.serial().minimal()
    }

    /// Returns true if one of these GeneralName elements, one after the other, is the issuer's name.
    pub(crate) fn has_issuer_among(&self, general_names: Reader<'_>) -> bool {
        let issuer = ComparableGeneralName::of_directory_name(self.comparable_issuer());
        elements(general_names).any(|name| name == issuer)
    }

    /// Returns true if this GeneralName element is the subject or an alternative name (RFC 5280 §7).
    pub(crate) fn has_general_name(&self, general_name: &[u8]) -> bool {
        let Some(stated) = elements(Reader::new(general_name, "GeneralName")).next() else { return false };
        stated == ComparableGeneralName::of_directory_name(self.comparable_subject())
            || self
                .subject_alt_names()
                .is_ok_and(|names| names.into_iter().any(|name| ComparableGeneralName::of_general_name(name) == stated))
    }
}

/// Reads GeneralName elements up to the end or to what is none.
fn elements(mut reader: Reader<'_>) -> impl Iterator<Item = ComparableGeneralName> {
    core::iter::from_fn(move || reader.any().ok().map(ComparableGeneralName::of_general_name))
}
