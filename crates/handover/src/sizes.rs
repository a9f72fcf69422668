//! The sizes in an envelope, before anything of it is sorted or copied.

use signed_data::tlv::{Reader, Tag};

use crate::error::OpenError;
use crate::limits::{MAX_CONTENT, MAX_RECIPIENTS};

/// Checks that a file has the size of an envelope, and that its recipients take no more room than they may. What would be read as sets of
/// attributes is not there: this library writes none.
pub(crate) fn check_sizes(file: &[u8]) -> Result<(), OpenError> {
    if file.len() > MAX_CONTENT {
        return Err(OpenError::TooLarge("file"));
    }
    let malformed = |_| OpenError::Malformed;
    let mut content_info =
        Reader::new(file, "ContentInfo").expect(Tag::SEQUENCE).map_err(malformed)?.reader("ContentInfo");
    content_info.oid().map_err(malformed)?;
    let mut content = content_info.any().map_err(malformed)?.reader("content");
    let mut fields = content.expect(Tag::SEQUENCE).map_err(malformed)?.reader("envelope");
    fields.integer().map_err(malformed)?;
    // originatorInfo stands before the recipients, and attributes after the content.
    let recipients = fields.any().map_err(malformed)?;
    if recipients.tag != Tag::SET {
        return Err(OpenError::NotOffered("originatorInfo"));
    }
    if recipients.value.len() > MAX_RECIPIENTS {
        return Err(OpenError::TooLarge("set of recipients"));
    }
    fields.expect(Tag::SEQUENCE).map_err(malformed)?;
    match fields.peek() {
        None | Some(Tag::OCTET_STRING) => {}
        Some(_) => return Err(OpenError::NotOffered("an envelope with attributes")),
    }
    fields.optional(Tag::OCTET_STRING).map_err(malformed)?;
    if fields.is_empty() { Ok(()) } else { Err(OpenError::NotOffered("an envelope with attributes")) }
}
