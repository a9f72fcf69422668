//! The last element of an element, for what is appended where several elements end together.

use signed_data::tlv::{Tag, Tlv};

/// Returns the contents of an element before its last element, and that last element. It is `None` when the element has
/// another tag, a length that is not in DER, or nothing in it that can be read.
pub(crate) fn split_last<'a>(element: &Tlv<'a>, tag: Tag) -> Option<(&'a [u8], Tlv<'a>)> {
    if element.tag != tag || !element.is_der_header() {
        return None;
    }
    let mut reader = element.reader("its last element");
    loop {
        let last = reader.any().ok()?;
        if reader.is_empty() {
            let before = element.value.get(..element.value.len().checked_sub(last.raw.len())?)?;
            return Some((before, last));
        }
    }
}
