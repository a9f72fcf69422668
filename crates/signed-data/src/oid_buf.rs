//! Owned OBJECT IDENTIFIERs.

use core::fmt;

use const_oid::ObjectIdentifier;

use crate::oid::Oid;

/// An owned OBJECT IDENTIFIER with arcs of any size.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OidBuf(Vec<u8>);

impl OidBuf {
    /// Returns the contents octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<ObjectIdentifier> for OidBuf {
    fn from(oid: ObjectIdentifier) -> Self {
        Self(oid.as_bytes().to_vec())
    }
}

impl From<Oid<'_>> for OidBuf {
    fn from(oid: Oid<'_>) -> Self {
        Self(oid.as_bytes().to_vec())
    }
}

impl PartialEq<ObjectIdentifier> for OidBuf {
    fn eq(&self, other: &ObjectIdentifier) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<Oid<'_>> for OidBuf {
    fn eq(&self, other: &Oid<'_>) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Display for OidBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Oid::from_value(&self.0).map_or(Ok(()), |oid| fmt::Display::fmt(&oid, f))
    }
}

impl fmt::Debug for OidBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OidBuf({self})")
    }
}
