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
        let start = part.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
        let narrow = |place| u32::try_from(place).unwrap_or_default();
        Self { whole: Arc::clone(whole), start: narrow(start), end: narrow(start.saturating_add(part.len())) }
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
