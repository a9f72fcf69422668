//! Descriptions of files: documents, annexes, and the files that the service signs.

use std::fmt;

use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::Language;
use roxmltree::Node;

use crate::error::ReadError;
use crate::limits::MAX_REFERENCE;
use crate::xml::{Children, binary, bounded, is_space, value};

/// The media types that the schema lists.
const MEDIA_TYPES: [&str; 15] = [
    "application/pdf",
    "application/zip",
    "text/csv",
    "text/html",
    "text/plain",
    "text/xml",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.graphics",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
];

/// The digest methods that the schema lists.
const DIGEST_METHODS: [(&str, DigestAlgorithm); 3] =
    [("SHA-1", DigestAlgorithm::Sha1), ("SHA-256", DigestAlgorithm::Sha256), ("SHA-512", DigestAlgorithm::Sha512)];

/// The language of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileLanguage {
    /// French, `fr`.
    French,
    /// Dutch, `nl`.
    Dutch,
    /// German, `de`.
    German,
    /// English, `en`.
    English,
    /// Two languages, `bi`.
    Bilingual,
}

impl FileLanguage {
    const ALL: [Self; 5] = [Self::French, Self::Dutch, Self::German, Self::English, Self::Bilingual];

    /// Returns the code of the schema.
    pub fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::Dutch => "nl",
            Self::German => "de",
            Self::English => "en",
            Self::Bilingual => "bi",
        }
    }
}

impl From<Language> for FileLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::French => Self::French,
            Language::Dutch => Self::Dutch,
            Language::German => Self::German,
            Language::English => Self::English,
        }
    }
}

/// The description of a file (`FileDescription`). Debug shows its digest and its language only.
#[derive(Clone, PartialEq, Eq)]
pub struct FileDescription {
    pub(crate) title: String,
    pub(crate) digest: Digest,
    pub(crate) download_file_name: String,
    pub(crate) media_type: Option<&'static str>,
    pub(crate) document_type: String,
    pub(crate) language: Option<FileLanguage>,
}

/// A file that the service signed (`SignedFile`): its description, the reference to its octets, and their detached signature.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedFile {
    pub(crate) description: FileDescription,
    pub(crate) reference: String,
    pub(crate) signature: Vec<u8>,
}

impl FileDescription {
    pub(crate) fn read(node: Node<'_, '_>, element: &'static str) -> Result<Self, ReadError> {
        let mut children = Children::of(node, element, "FileDescription")?;
        let description = Self::read_members(&mut children)?;
        children.end()?;
        Ok(description)
    }

    fn read_members(children: &mut Children<'_, '_>) -> Result<Self, ReadError> {
        let title = bounded(children.required("Title")?, "Title", 1..=400, "of 1 to 400 characters")?;
        let digest = read_digest(children.required("Digest")?)?;
        let name = children.required("DownloadFileName")?;
        let download_file_name = bounded(name, "DownloadFileName", 1..=80, "of 1 to 80 characters")?;
        let media_type = children.optional("MIME")?.map(read_media_type).transpose()?;
        let document_type = bounded(children.required("Type")?, "Type", 1..=80, "of 1 to 80 characters")?;
        let language = children.optional("Language")?.map(read_language).transpose()?;
        Ok(Self { title, digest, download_file_name, media_type, document_type, language })
    }

    /// Returns the title, of 1 to 400 characters.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the digest of the file, by SHA-1, SHA-256 or SHA-512.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the name under which the file is downloaded, of 1 to 80 characters.
    pub fn download_file_name(&self) -> &str {
        &self.download_file_name
    }

    /// Returns the media type, one of those of the schema.
    pub fn media_type(&self) -> Option<&'static str> {
        self.media_type
    }

    /// Returns the type of the document, of 1 to 80 characters.
    pub fn document_type(&self) -> &str {
        &self.document_type
    }

    /// Returns the language.
    pub fn language(&self) -> Option<FileLanguage> {
        self.language
    }
}

impl SignedFile {
    pub(crate) fn read(node: Node<'_, '_>, element: &'static str) -> Result<Self, ReadError> {
        let mut children = Children::of(node, element, "SignedFile")?;
        let description = FileDescription::read_members(&mut children)?;
        let reference = value(children.required("Content")?, "Content")?.trim_matches(is_space);
        if !(1..=MAX_REFERENCE).contains(&reference.chars().count()) {
            return Err(ReadError::Value { element: "Content", rule: "a reference of 1 to 1024 characters" });
        }
        let signature = binary(children.required("Signature")?, "Signature")?;
        children.end()?;
        Ok(Self { description, reference: reference.to_owned(), signature })
    }

    /// Returns the description of the file.
    pub fn description(&self) -> &FileDescription {
        &self.description
    }

    /// Returns the reference to the attachment that holds the octets of the file, such as `cid:18ee6a91@example.org`.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Returns the detached CMS signature over these octets, in BER or DER.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

fn read_digest(node: Node<'_, '_>) -> Result<Digest, ReadError> {
    let mut children = Children::of(node, "Digest", "Digest")?;
    let method = value(children.required("DigestMethod")?, "DigestMethod")?;
    let octets = binary(children.required("DigestValue")?, "DigestValue")?;
    children.end()?;
    let listed = DIGEST_METHODS.iter().find(|(name, _)| *name == method);
    let (_, algorithm) =
        listed.ok_or(ReadError::Value { element: "DigestMethod", rule: "SHA-1, SHA-256 or SHA-512" })?;
    Digest::new(*algorithm, &octets)
        .ok_or(ReadError::Value { element: "DigestValue", rule: "as long as its method gives" })
}

fn read_media_type(node: Node<'_, '_>) -> Result<&'static str, ReadError> {
    let text = value(node, "MIME")?;
    listed_media_type(text).ok_or(ReadError::Value { element: "MIME", rule: "a media type of the schema" })
}

/// The media type of the schema that this one is.
pub(crate) fn listed_media_type(text: &str) -> Option<&'static str> {
    MEDIA_TYPES.into_iter().find(|listed| *listed == text)
}

/// The name of the schema for the algorithm of a digest.
pub(crate) fn digest_method(algorithm: DigestAlgorithm) -> Option<&'static str> {
    DIGEST_METHODS.iter().find(|(_, listed)| *listed == algorithm).map(|(name, _)| *name)
}

fn read_language(node: Node<'_, '_>) -> Result<FileLanguage, ReadError> {
    let text = value(node, "Language")?;
    let language = FileLanguage::ALL.into_iter().find(|language| language.code() == text);
    language.ok_or(ReadError::Value { element: "Language", rule: "fr, nl, de, en or bi" })
}

impl fmt::Debug for FileDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileDescription")
            .field("digest", &self.digest)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedFile").field("description", &self.description).finish_non_exhaustive()
    }
}
