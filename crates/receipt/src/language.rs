//! The languages of the pages.

use std::str::FromStr;

/// A language of a page: one of the three national ones of Belgium, or English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// French.
    French,
    /// Dutch.
    Dutch,
    /// German.
    German,
    /// English.
    English,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 4] = [Self::French, Self::Dutch, Self::German, Self::English];

    /// Returns the tag of the language ([RFC 5646](https://www.rfc-editor.org/rfc/rfc5646)).
    pub fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::Dutch => "nl",
            Self::German => "de",
            Self::English => "en",
        }
    }
}

/// The tag is of no language that pages are written in: `fr`, `nl`, `de` or `en`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of fr, nl, de, en")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.tag() == tag).ok_or(UnknownLanguage)
    }
}
