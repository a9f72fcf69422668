//! The forms of signatures that a payload can carry.

use std::fmt;

/// A form of file that holds a signature. It is recognised and not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedForm {
    /// A CMS SignedData with so many signers, around its content.
    Cms { signers: usize },
    /// A CMS SignedData with so many signers, whose content is elsewhere, such as another part of the letter.
    DetachedCms { signers: usize },
    /// A PDF with a signature dictionary.
    Pdf,
    /// An ASiC container with one data object.
    AsicSimple,
    /// An ASiC container with any number of data objects.
    AsicExtended,
    /// An XML document with a signature of XAdES.
    Xades,
    /// An XML document with another signature of XMLDSig.
    Xml,
    /// A JSON Web Signature of JAdES.
    Jades,
    /// Another JSON Web Signature.
    Jws,
    /// A mail with a signature of S/MIME.
    Mail,
}

impl fmt::Display for SignedForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cms { signers } => write!(f, "a CMS SignedData around its content, signers: {signers}"),
            Self::DetachedCms { signers } => write!(f, "a detached CMS SignedData, signers: {signers}"),
            Self::Pdf => f.write_str("a PDF with a signature dictionary"),
            Self::AsicSimple => f.write_str("an ASiC-S container"),
            Self::AsicExtended => f.write_str("an ASiC-E container"),
            Self::Xades => f.write_str("an XML document with a XAdES signature"),
            Self::Xml => f.write_str("an XML document with a signature"),
            Self::Jades => f.write_str("a JSON Web Signature of JAdES"),
            Self::Jws => f.write_str("a JSON Web Signature"),
            Self::Mail => f.write_str("a mail with an S/MIME signature"),
        }
    }
}
