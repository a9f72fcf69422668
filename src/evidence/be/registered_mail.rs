//! The item of the Belgian registered mail service.

use std::fmt;
use std::str::FromStr;

use crate::evidence::commitment::{Committable, Field, NationalField};
use crate::evidence::error::EvidenceError;
use crate::evidence::limits::{
    MAX_DOCUMENT_TYPE, MAX_DOWNLOAD_FILE_NAME, MAX_IDENTIFIER, MAX_METADATA, MAX_METADATA_TEXT, MAX_METADATA_VALUES,
    MAX_TITLE, MAX_TOKEN,
};
use crate::evidence::party::Redacted;
use crate::evidence::text::text;

/// The language of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// The document is in French.
    French,
    /// The document is in Dutch.
    Dutch,
    /// The document is in German.
    German,
    /// The document is in English.
    English,
}

impl Language {
    /// Returns the code: `fr`, `nl`, `de` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::Dutch => "nl",
            Self::German => "de",
            Self::English => "en",
        }
    }
}

impl FromStr for Language {
    type Err = EvidenceError;

    fn from_str(code: &str) -> Result<Self, EvidenceError> {
        let languages = [Self::French, Self::Dutch, Self::German, Self::English];
        languages.into_iter().find(|language| language.code() == code).ok_or(EvidenceError::Language)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The service's name for one item: 13 characters of `0-9A-HJ-NP-Z`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(String);

impl Ticket {
    /// Reads a ticket.
    ///
    /// # Errors
    /// [`EvidenceError::Ticket`].
    pub fn new(ticket: &str) -> Result<Self, EvidenceError> {
        let fits = |b: u8| matches!(b, b'0'..=b'9' | b'A'..=b'H' | b'J'..=b'N' | b'P'..=b'Z');
        if ticket.len() == 13 && ticket.bytes().all(fits) {
            Ok(Self(ticket.to_owned()))
        } else {
            Err(EvidenceError::Ticket)
        }
    }

    /// Returns the 13 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A type of metadata with its values. Debug shows neither.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Metadata {
    kind: String,
    values: Vec<String>,
}

impl Metadata {
    /// Makes a type of 1 to 25 characters with 1 to 10 values of 1 to 25 characters.
    ///
    /// # Errors
    /// The error of a text or a list that exceeds these limits.
    pub fn new<V: AsRef<str>>(kind: &str, values: impl IntoIterator<Item = V>) -> Result<Self, EvidenceError> {
        let kind = text("metadata type", kind, MAX_METADATA_TEXT)?;
        let values = values
            .into_iter()
            .take(MAX_METADATA_VALUES + 1)
            .map(|value| text("metadata value", value.as_ref(), MAX_METADATA_TEXT))
            .collect::<Result<Vec<_>, _>>()?;
        match values.len() {
            0 => Err(EvidenceError::Empty("metadata")),
            1..=MAX_METADATA_VALUES => Ok(Self { kind, values }),
            _ => Err(EvidenceError::TooMany { what: "values of one metadata", limit: MAX_METADATA_VALUES }),
        }
    }

    /// Returns the type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the values, 1 to 10.
    pub fn values(&self) -> &[String] {
        &self.values
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metadata(***)")
    }
}

/// The Belgian service's data about one item (RegisteredMail service specification 1.3), within its limits. Debug shows
/// the ticket and the language only.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisteredMail {
    ticket: Ticket,
    token: Option<String>,
    application_id: Option<String>,
    title: String,
    document_type: String,
    language: Language,
    download_file_name: Option<String>,
    metadata: Vec<Metadata>,
}

/// The members that can be commitments.
const TOKEN: NationalField = NationalField::new(RegisteredMail::NAME, 0, "Token");
const TITLE: NationalField = NationalField::new(RegisteredMail::NAME, 1, "Title");
const DOWNLOAD_FILE_NAME: NationalField = NationalField::new(RegisteredMail::NAME, 2, "DownloadFileName");

impl Field {
    /// The sender's own reference of a registered mail.
    pub const TOKEN: Self = Self::National(TOKEN);
    /// The title of a registered mail.
    pub const TITLE: Self = Self::National(TITLE);
    /// The name under which the document of a registered mail is downloaded.
    pub const DOWNLOAD_FILE_NAME: Self = Self::National(DOWNLOAD_FILE_NAME);
}

impl RegisteredMail {
    /// The name of the extension.
    pub(in crate::evidence) const NAME: &'static str = "RegisteredMail";

    /// The members that can be commitments, in the order in which they are written.
    pub(in crate::evidence) const COMMITTABLE: &'static [Committable<Self>] = &[
        Committable { field: TOKEN, get: Self::token, put: Self::replace_token },
        Committable { field: TITLE, get: |mail| Some(mail.title()), put: Self::replace_title },
        Committable { field: DOWNLOAD_FILE_NAME, get: Self::download_file_name, put: Self::replace_download_file_name },
    ];

    /// Describes an item by its ticket, the title (1 to 400 characters) and type (1 to 80) of the document, and its
    /// language.
    ///
    /// # Errors
    /// The error of a text or a list that exceeds these limits.
    pub fn new(ticket: Ticket, title: &str, document_type: &str, language: Language) -> Result<Self, EvidenceError> {
        Ok(Self {
            ticket,
            token: None,
            application_id: None,
            title: text("title", title, MAX_TITLE)?,
            document_type: text("document type", document_type, MAX_DOCUMENT_TYPE)?,
            language,
            download_file_name: None,
            metadata: Vec::new(),
        })
    }

    /// Adds the sender's own reference, 1 to 50 characters.
    ///
    /// # Errors
    /// The error of a text or a list that exceeds these limits.
    pub fn with_token(mut self, token: &str) -> Result<Self, EvidenceError> {
        self.replace_token(token)?;
        Ok(self)
    }

    /// Puts another title in the place of the present one.
    fn replace_title(&mut self, title: &str) -> Result<(), EvidenceError> {
        self.title = text("title", title, MAX_TITLE)?;
        Ok(())
    }

    /// Puts another reference in the place of the present one.
    fn replace_token(&mut self, token: &str) -> Result<(), EvidenceError> {
        self.token = Some(Self::checked_token(token)?);
        Ok(())
    }

    /// Checks a reference of the sender's own.
    pub(in crate::evidence) fn checked_token(token: &str) -> Result<String, EvidenceError> {
        text("token", token, MAX_TOKEN)
    }

    /// Puts another name in the place of the present one.
    fn replace_download_file_name(&mut self, name: &str) -> Result<(), EvidenceError> {
        self.download_file_name = Some(text("download file name", name, MAX_DOWNLOAD_FILE_NAME)?);
        Ok(())
    }

    /// Adds the sender's application, as its certificate names it. The service's own receipts need it.
    ///
    /// # Errors
    /// A text that is empty, longer than 255 characters, or holds control characters.
    pub fn with_application_id(mut self, application_id: &str) -> Result<Self, EvidenceError> {
        self.application_id = Some(text("application id", application_id, MAX_IDENTIFIER)?);
        Ok(self)
    }

    /// Adds the name under which the document is downloaded, 1 to 80 characters.
    ///
    /// # Errors
    /// The error of a text or a list that exceeds these limits.
    pub fn with_download_file_name(mut self, name: &str) -> Result<Self, EvidenceError> {
        self.replace_download_file_name(name)?;
        Ok(self)
    }

    /// Adds metadata, 100 at most.
    ///
    /// # Errors
    /// [`EvidenceError::TooMany`].
    pub fn with_metadata(mut self, metadata: Metadata) -> Result<Self, EvidenceError> {
        if self.metadata.len() >= MAX_METADATA {
            return Err(EvidenceError::TooMany { what: "metadata", limit: MAX_METADATA });
        }
        self.metadata.push(metadata);
        Ok(self)
    }

    /// Returns the ticket.
    pub fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// Returns the sender's own reference.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns the sender's application.
    pub fn application_id(&self) -> Option<&str> {
        self.application_id.as_deref()
    }

    /// Returns the title of the document.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the type of the document.
    pub fn document_type(&self) -> &str {
        &self.document_type
    }

    /// Returns the language of the document.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns the name under which the document is downloaded.
    pub fn download_file_name(&self) -> Option<&str> {
        self.download_file_name.as_deref()
    }

    /// Returns the metadata, in the order in which they were added.
    pub fn metadata(&self) -> &[Metadata] {
        &self.metadata
    }
}

impl fmt::Debug for RegisteredMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredMail")
            .field("ticket", &self.ticket)
            .field("language", &self.language)
            .field("document", &Redacted)
            .field("metadata", &self.metadata.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::*;

    #[test]
    fn national_limits() {
        let mail = || RegisteredMail::new(Ticket::new("1ZG0000036L3Z").unwrap(), "t", "x", Language::French).unwrap();
        for bad in
            ["", "1ZG0000036L3", "1ZG0000036L3ZZ", "1ZG0000036L3I", "1ZG0000036L3O", "1zG0000036L3Z", "1ZG0000036Lé"]
        {
            assert_eq!(Ticket::new(bad), Err(EvidenceError::Ticket));
        }
        assert!(mail().with_token(&"x".repeat(50)).is_ok());
        assert_eq!(mail().with_token(&"x".repeat(51)), Err(EvidenceError::TooLong { what: "token", limit: 50 }));
        assert!(mail().with_download_file_name(&"x".repeat(81)).is_err());
        for (title, kind, ok) in [(400, 80, true), (401, 80, false), (400, 81, false), (0, 80, false), (400, 0, false)]
        {
            let mail = RegisteredMail::new(mail().ticket, &"é".repeat(title), &"x".repeat(kind), Language::Dutch);
            assert_eq!(mail.is_ok(), ok, "{title} {kind}");
        }
        assert!(Metadata::new(&"k".repeat(25), vec!["v".repeat(25); 10]).is_ok());
        assert!(Metadata::new("k", vec!["v"; 11]).is_err());
        assert!(Metadata::new("k", Vec::<&str>::new()).is_err());
        assert!(Metadata::new("k", ["v".repeat(26)]).is_err());
        assert!(Metadata::new(&"k".repeat(26), ["v"]).is_err());
        let metadata = Metadata::new("k", ["v"]).unwrap();
        let hundred = (0..100).try_fold(mail(), |mail, _| mail.with_metadata(metadata.clone())).unwrap();
        assert_eq!(hundred.with_metadata(metadata), Err(EvidenceError::TooMany { what: "metadata", limit: 100 }));
        assert_eq!("it".parse::<Language>(), Err(EvidenceError::Language));
    }
}
