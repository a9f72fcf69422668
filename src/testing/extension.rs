//! Makes extensions of certificates, CRLs and OCSP responses to order.

use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use crate::asn1::writer;

/// An extension to be made (RFC 5280 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionSpec {
    /// The field extnID.
    pub oid: ObjectIdentifier,
    /// The field critical, which is left out if it is false.
    pub critical: bool,
    /// The DER of the value, which extnValue wraps.
    pub value: Vec<u8>,
}

impl ExtensionSpec {
    /// Describes an extension that is not critical.
    pub fn new(oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        Self { oid, critical: false, value }
    }

    /// Describes a critical extension.
    pub fn critical(oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        Self { oid, critical: true, value }
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        let critical: &[u8] = if self.critical { &[0x01, 0x01, 0xff] } else { &[] };
        writer::sequence(&[&writer::oid(self.oid), critical, &writer::octet_string(&self.value)])
    }
}

/// Encodes a list of extensions, or nothing if there is none.
pub(super) fn list(extensions: &[ExtensionSpec]) -> Vec<u8> {
    if extensions.is_empty() {
        return Vec::new();
    }
    let encoded: Vec<u8> = extensions.iter().flat_map(ExtensionSpec::to_der).collect();
    writer::tlv(Tag::SEQUENCE, &encoded)
}

/// Encodes a list of extensions under an explicit tag, or nothing if there is none.
pub(super) fn explicit(number: u8, extensions: &[ExtensionSpec]) -> Vec<u8> {
    if extensions.is_empty() { Vec::new() } else { writer::tlv(Tag::context(number), &list(extensions)) }
}
