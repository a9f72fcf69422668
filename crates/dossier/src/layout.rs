//! The entries that every container has beside the files, by the names that other programs look for.
//!
//! EU DSS finds these files by their names alone: it says of a manifest in lower case that there is none, and nothing of a record with
//! another name.

/// The first entry, and what it holds (ETSI EN 319 162-1 V1.1.1, clause A.1).
pub(crate) const MIMETYPE: &str = "mimetype";
pub(crate) const ASIC_E: &[u8] = b"application/vnd.etsi.asic-e+zip";

/// The manifest of all files.
pub(crate) const MANIFEST: &str = "META-INF/ASiCManifest001.xml";
/// The media type of a manifest.
pub(crate) const MANIFEST_TYPE: &str = "text/xml";
/// A detached CAdES signature over the octets of the manifest.
const SIGNATURE: &str = "META-INF/signature001.p7s";
const SIGNATURE_TYPE: &str = "application/x-pkcs7-signature";
/// A timestamp over the octets of the manifest, in the place of a signature.
const TIMESTAMP: &str = "META-INF/timestamp001.tst";
const TIMESTAMP_TYPE: &str = "application/vnd.etsi.timestamp-token";
/// The manifest of an evidence record, which names the files, the manifest and its signature.
pub(crate) const RECORD_MANIFEST: &str = "META-INF/ASiCEvidenceRecordManifest001.xml";
/// An evidence record over everything that this manifest names, which does not name itself.
pub(crate) const RECORD: &str = "META-INF/evidencerecord001.ers";
pub(crate) const RECORD_TYPE: &str = "application/octet-stream";

/// The protection of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// A signature, by somebody.
    Signature,
    /// A timestamp, which says when and not by whom.
    Timestamp,
}

impl Protection {
    /// The name of the file that protects the manifest.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Signature => SIGNATURE,
            Self::Timestamp => TIMESTAMP,
        }
    }

    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Signature => SIGNATURE_TYPE,
            Self::Timestamp => TIMESTAMP_TYPE,
        }
    }
}
