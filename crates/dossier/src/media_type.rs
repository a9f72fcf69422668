//! Media types of letters, and the extensions of their names.

use std::fmt;

use crate::limits::MAX_MEDIA_TYPE;

/// The media type of a letter, without parameters: `application/pdf`.
///
/// It is an attribute of XML and a part of an own name, so that it has letters, digits and `-.+_` alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType(String);

/// The text is no media type without parameters, or has other characters than letters, digits and `-.+_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a media type without parameters")]
pub struct NotAMediaType;

/// The extensions of the types that people open by a double click. Any other type is `bin`.
const EXTENSIONS: [(&str, &str); 15] = [
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/pdf", "pdf"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/tiff", "tif"),
    ("message/rfc822", "eml"),
    ("text/html", "html"),
    ("text/markdown", "md"),
    ("text/plain", "txt"),
];

impl MediaType {
    /// Takes a media type.
    ///
    /// # Errors
    /// [`NotAMediaType`].
    pub fn new(text: &str) -> Result<Self, NotAMediaType> {
        let token = |token: &str| {
            !token.is_empty() && token.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-.+_".contains(&octet))
        };
        let fits = text.len() <= MAX_MEDIA_TYPE
            && text.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAMediaType) }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the extension of a file of this type, `bin` for a type that has none here.
    pub(crate) fn extension(&self) -> &'static str {
        EXTENSIONS.iter().find(|(media_type, _)| *media_type == self.0).map_or(OTHER, |(_, extension)| extension)
    }
}

/// The extension of other types.
const OTHER: &str = "bin";

/// Returns the extension that is written like this.
pub(crate) fn extension(text: &str) -> Option<&'static str> {
    EXTENSIONS.iter().map(|(_, extension)| *extension).chain([OTHER]).find(|extension| *extension == text)
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_fit_for_an_attribute() {
        for good in ["application/pdf", "image/svg+xml", "application/vnd.oasis.opendocument.text"] {
            assert!(MediaType::new(good).is_ok(), "{good}");
        }
        let long = format!("a/{}", "b".repeat(MAX_MEDIA_TYPE - 1));
        for bad in ["pdf", "a/", "/b", "a/b/c", "a b/c", "a/b; charset=utf-8", "a/\"b", "a/b&c", "a/<b", "é/b", &long]
        {
            assert_eq!(MediaType::new(bad), Err(NotAMediaType), "{bad}");
        }
        assert_eq!(MediaType::new("application/x-unknown").unwrap().extension(), "bin");
    }
}
