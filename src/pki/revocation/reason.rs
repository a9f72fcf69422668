//! This module defines the reasons for revocation.

use core::fmt;

use signed_data::Error;
use signed_data::tlv::Reader;

/// CRLReason, [RFC 5280 §5.3.1](https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1).
///
/// ```text
/// CRLReason ::= ENUMERATED {
///      unspecified           (0),
///      keyCompromise         (1),
///      cACompromise          (2),
///      affiliationChanged    (3),
///      superseded            (4),
///      cessationOfOperation  (5),
///      certificateHold       (6),
///      removeFromCRL         (8),
///      privilegeWithdrawn    (9),
///      aACompromise          (10) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum RevocationReason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise,
    /// A number that the standard does not define.
    Other(u8),
}

impl RevocationReason {
    /// Converts the number of the standard.
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            number => Self::Other(number),
        }
    }

    /// Returns the number of the standard.
    pub const fn number(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
            Self::PrivilegeWithdrawn => 9,
            Self::AaCompromise => 10,
            Self::Other(number) => number,
        }
    }

    /// Returns true if tokens from before the revocation date are in doubt as well. Only three reasons leave them valid
    /// ([RFC 3161 §4](https://www.rfc-editor.org/rfc/rfc3161#section-4), item 1). A privilege is withdrawn because of what
    /// its holder did, and a reason that is not stated may be a compromise.
    pub const fn leaves_doubt_before(self) -> bool {
        !matches!(self, Self::AffiliationChanged | Self::Superseded | Self::CessationOfOperation)
    }

    /// Returns true if the reason is the compromise of a key.
    pub const fn is_compromise(self) -> bool {
        matches!(self, Self::KeyCompromise | Self::CaCompromise | Self::AaCompromise)
    }

    /// Reads an ENUMERATED.
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let tlv = reader.expect(signed_data::tlv::Tag::ENUMERATED)?;
        match tlv.value {
            [number] if number & 0x80 == 0 => Ok(Self::from_number(*number)),
            _ => Err(reader.error(signed_data::ErrorKind::InvalidValue("CRLReason"))),
        }
    }
}

/// Formats the reason as the standard writes it.
impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
            Self::AaCompromise => "aACompromise",
            Self::Other(number) => return write!(f, "reason {number}"),
        })
    }
}

/// The reasons for revocation that a CRL covers.
///
/// ```text
/// ReasonFlags ::= BIT STRING {
///      unused                (0),
///      keyCompromise         (1),
///      cACompromise          (2),
///      affiliationChanged    (3),
///      superseded            (4),
///      cessationOfOperation  (5),
///      certificateHold       (6),
///      privilegeWithdrawn    (7),
///      aACompromise          (8) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonFlags(u16);

impl ReasonFlags {
    /// Every reason.
    pub const ALL: Self = Self(0b1_1111_1110);
    /// No reason.
    pub const NONE: Self = Self(0);

    /// Returns the reasons in both sets.
    #[must_use]
    pub const fn and(self, reasons: Self) -> Self {
        Self(self.0 & reasons.0)
    }

    /// Returns the reasons in either set.
    #[must_use]
    pub const fn or(self, reasons: Self) -> Self {
        Self(self.0 | reasons.0)
    }

    /// Returns true if the set is empty.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Returns true if the set has every reason.
    pub const fn is_all(self) -> bool {
        self.0 == Self::ALL.0
    }

    /// Reads the contents of the BIT STRING, whose tag is always implicit.
    pub(super) fn from_contents(contents: &[u8]) -> Option<Self> {
        let (unused, octets) = contents.split_first()?;
        if *unused > 7 || (*unused != 0 && octets.is_empty()) {
            return None;
        }
        let bits =
            octets.iter().take(2).zip([8_u32, 0]).fold(0_u16, |bits, (octet, shift)| bits | u16::from(*octet) << shift);
        // Bit 0 of the standard is the highest bit.
        let flags =
            (0_u32..9).filter(|number| bits >> (15 - number) & 1 == 1).fold(0, |flags, number| flags | 1 << number);
        Some(Self(flags).and(Self::ALL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_from_the_highest_bit() {
        let read = |contents: &[u8]| ReasonFlags::from_contents(contents);
        assert_eq!(read(&[5, 0x60]), Some(ReasonFlags(0b110)));
        assert_eq!(read(&[7, 0x9f, 0x80]), Some(ReasonFlags(0b1_1111_1000)));
        assert_eq!(read(&[7, 0x7f, 0x80]), Some(ReasonFlags::ALL));
        assert_eq!(read(&[0]), Some(ReasonFlags::NONE));
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[8, 0]), None);
        assert_eq!(read(&[1]), None);
    }

    #[test]
    fn numbers_and_reasons_correspond() {
        assert!((0..=255).all(|number| RevocationReason::from_number(number).number() == number));
    }
}
