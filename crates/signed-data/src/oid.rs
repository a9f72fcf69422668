//! Borrowed OBJECT IDENTIFIERs.

use core::fmt;

use const_oid::ObjectIdentifier;

/// A borrowed OBJECT IDENTIFIER with arcs of any size.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// Reads the contents octets; `None` if an arc is cut short or padded, or if there is none.
    #[must_use]
    #[inline]
    pub fn from_value(value: &'a [u8]) -> Option<Self> {
        let mut starts_arc = true;
        for &octet in value {
            if starts_arc && octet == 0x80 {
                return None;
            }
            starts_arc = octet & 0x80 == 0;
        }
        (starts_arc && !value.is_empty()).then_some(Self(value))
    }

    /// Returns the contents octets.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.0
    }
}

impl PartialEq<ObjectIdentifier> for Oid<'_> {
    #[inline]
    fn eq(&self, other: &ObjectIdentifier) -> bool {
        // Identifiers of one standard begin alike and differ in their last octet.
        self.0.last() == other.as_bytes().last() && self.0 == other.as_bytes()
    }
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arcs = self.0.split_inclusive(|octet| octet & 0x80 == 0);
        // Nine octets are 63 bits; a longer arc (a UUID under 2.25) is shown in hexadecimal.
        let number = |arc: &[u8]| arc.iter().fold(0_u64, |sum, octet| sum << 7 | u64::from(octet & 0x7f));
        if let Some(first) = arcs.next() {
            if first.len() > 9 {
                f.write_str("2.")?;
                write_long_arc(f, first)?;
            } else {
                let value = number(first);
                let root = (value / 40).min(2);
                write_number(f, None, root)?;
                write_number(f, Some(b'.'), value - root * 40)?;
            }
        }
        for arc in arcs {
            if arc.len() > 9 {
                f.write_str(".")?;
                write_long_arc(f, arc)?;
            } else {
                write_number(f, Some(b'.'), number(arc))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

fn write_long_arc(f: &mut fmt::Formatter<'_>, arc: &[u8]) -> fmt::Result {
    f.write_str("x")?;
    arc.iter().try_for_each(|octet| write!(f, "{:02x}", octet & 0x7f))
}

/// Writes a number behind a separator, in one piece: a report has many, and each piece costs more than its digits.
fn write_number(f: &mut fmt::Formatter<'_>, separator: Option<u8>, mut number: u64) -> fmt::Result {
    // A separator, and the digits of the largest number.
    let mut text = [0; 21];
    let mut start = text.len();
    let mut push = |octet| {
        start = start.saturating_sub(1);
        text.get_mut(start).into_iter().for_each(|place| *place = octet);
    };
    loop {
        push(b'0' + u8::try_from(number % 10).unwrap_or_default());
        number /= 10;
        if number == 0 {
            break;
        }
    }
    separator.into_iter().for_each(push);
    // The octets are ASCII, so the conversion does not fail.
    f.write_str(core::str::from_utf8(text.get(start..).unwrap_or_default()).unwrap_or_default())
}
