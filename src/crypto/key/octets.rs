//! Octets of a key, shared with the certificate that holds it.

use core::ops::Deref;
use std::sync::Arc;

/// A part of the octets of a certificate. Thousands of certificates can be nothing but large keys.
pub(in crate::crypto) struct KeyOctets {
    whole: Arc<[u8]>,
    start: u32,
    end: u32,
}

impl KeyOctets {
    /// Makes a part of a whole that it lies in. The part is empty if it does not.
    pub(super) fn within(whole: &Arc<[u8]>, part: &[u8]) -> Self {
        let narrow = |place| u32::try_from(place).ok();
        let place = || {
            let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
            let end = start.checked_add(part.len()).filter(|end| *end <= whole.len())?;
            Some((narrow(start)?, narrow(end)?))
        };
        let (start, end) = place().unwrap_or_default();
        Self { whole: Arc::clone(whole), start, end }
    }
}

impl Deref for KeyOctets {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let wide = |place| usize::try_from(place).unwrap_or_default();
        self.whole.get(wide(self.start)..wide(self.end)).unwrap_or_default()
    }
}

impl PartialEq for KeyOctets {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for KeyOctets {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_lies_elsewhere_is_empty() {
        let octets: [u8; 9] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
        let whole: Arc<[u8]> = Arc::from(&octets[..]);
        assert_eq!(&*KeyOctets::within(&whole, &whole[2..5]), &[2, 3, 4]);
        assert_eq!(&*KeyOctets::within(&whole, &whole[..]), &octets);
        // Two wholes: one of them lies at a lower address than the other.
        let elsewhere: Arc<[u8]> = Arc::from(&octets[..]);
        assert!(KeyOctets::within(&whole, &elsewhere[2..5]).is_empty());
        assert!(KeyOctets::within(&elsewhere, &whole[2..5]).is_empty());
    }
}
