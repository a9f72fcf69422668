//! `ContentInfo` and `SignedData`.

use const_oid::ObjectIdentifier;

use crate::algorithm::AlgorithmIdentifier;
use crate::choices::{CertificateChoice, RevocationInfoChoice};
use crate::error::{Error, ErrorKind};
use crate::format::other_format;
use crate::limits::{self, Budget};
use crate::signer_info::SignerInfo;
use crate::tlv::{Integer, Oid, Reader, Tag, Tlv};

/// id-signedData, RFC 5652 §5.1.
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// Other content types that files of this kind hold (RFC 5652 §4, §6, §7, §8, §9; RFC 5083; RFC 3274; RFC 3161).
const CONTENT_TYPES: [(ObjectIdentifier, &str); 12] = [
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1"), "data"),
    (SIGNED_DATA, "signedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3"), "envelopedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.4"), "signedAndEnvelopedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.5"), "digestedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.6"), "encryptedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.2"), "authenticatedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4"), "TSTInfo"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.9"), "compressedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.23"), "authEnvelopedData"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.1"), "receipt"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.31"), "timestampedData"),
];

/// A `ContentInfo` with content of any type ([RFC 5652 §3](https://www.rfc-editor.org/rfc/rfc5652#section-3)).
///
/// ```text
/// ContentInfo ::= SEQUENCE {
///   contentType ContentType,
///   content     [0] EXPLICIT ANY DEFINED BY contentType }
/// ```
/// Laxer than the standard: the content is optional, as it was in PKCS#7.
#[derive(Clone, Copy)]
pub struct ContentInfo<'a> {
    /// The whole element.
    pub raw: &'a [u8],
    /// The type of the content.
    pub content_type: Oid<'a>,
    /// The element inside the explicit tag.
    pub content: Option<Tlv<'a>>,
}

impl core::fmt::Debug for ContentInfo<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ContentInfo")
            .field("content_type", &self.content_type)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

impl<'a> ContentInfo<'a> {
    /// Reads a `ContentInfo` with definite lengths; nothing may follow it.
    ///
    /// # Errors
    /// `OtherFormat` for a file of another kind, `Limit` beyond [`limits::MAX_INPUT`], and every other kind for a wrong
    /// coding, with its place.
    pub fn parse(input: &'a [u8]) -> Result<Self, Error> {
        if input.len() > limits::MAX_INPUT {
            let kind = ErrorKind::Limit { what: "octets of input", limit: limits::MAX_INPUT };
            return Err(Error { what: "ContentInfo", offset: 0, kind });
        }
        let mut reader = Reader::new(input, "ContentInfo");
        let tlv = reader.expect(Tag::SEQUENCE).map_err(|error| other_format(input).unwrap_or(error))?;
        reader.finish()?;
        let mut fields = tlv.reader("ContentInfo.contentType");
        let content_type = fields.oid()?;
        let explicit = fields.at("ContentInfo.content").optional(Tag::context(0))?;
        fields.finish()?;
        let content = explicit.map(|explicit| explicit_content(&explicit, "ContentInfo.content")).transpose()?;
        Ok(Self { raw: tlv.raw, content_type, content })
    }

    /// Returns the name that the content type has in its standard, for the types of RFC 5652 and its kin.
    #[must_use]
    pub fn type_name(&self) -> Option<&'static str> {
        CONTENT_TYPES.iter().find(|(oid, _)| self.content_type == *oid).map(|(_, name)| *name)
    }
}

/// A `SignedData` with each part as received ([RFC 5652 §5.1](https://www.rfc-editor.org/rfc/rfc5652#section-5.1)).
///
/// ```text
/// SignedData ::= SEQUENCE {
///   version          CMSVersion,
///   digestAlgorithms SET OF DigestAlgorithmIdentifier,
///   encapContentInfo EncapsulatedContentInfo,
///   certificates     [0] IMPLICIT CertificateSet OPTIONAL,
///   crls             [1] IMPLICIT RevocationInfoChoices OPTIONAL,
///   signerInfos      SET OF SignerInfo }
/// ```
/// Laxer than the standard: this reader accepts any version, any order within the SETs, empty SETs, lengths that are longer than necessary.
#[derive(Clone)]
pub struct SignedData<'a> {
    /// The whole `ContentInfo`.
    pub raw: &'a [u8],
    /// The version, which is 1 to 5 by the standard; others are kept.
    pub version: Integer<'a>,
    /// The digest algorithms that the signers are said to have used.
    pub digest_algorithms: Vec<AlgorithmIdentifier<'a>>,
    /// The signed content, or its type alone when it is detached.
    pub encap_content_info: EncapsulatedContentInfo<'a>,
    /// The certificates in the order received. The signature does not authenticate them.
    pub certificates: Vec<CertificateChoice<'a>>,
    /// The revocation data in the order received. The signature does not authenticate it.
    pub crls: Vec<RevocationInfoChoice<'a>>,
    /// The signers; there may be none.
    pub signer_infos: Vec<SignerInfo<'a>>,
    /// The `[0]` element.
    pub certificates_raw: Option<Tlv<'a>>,
    /// The `[1]` element.
    pub crls_raw: Option<Tlv<'a>>,
    /// The SET of signers.
    pub signer_infos_raw: Tlv<'a>,
}

impl core::fmt::Debug for SignedData<'_> {
    // Without the octets, which hold the payload.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignedData")
            .field("version", &self.version)
            .field("digest_algorithms", &self.digest_algorithms)
            .field("encap_content_info", &self.encap_content_info)
            .field("certificates", &self.certificates)
            .field("crls", &self.crls)
            .field("signer_infos", &self.signer_infos)
            .finish_non_exhaustive()
    }
}

impl<'a> SignedData<'a> {
    /// Reads a `ContentInfo` that holds a `SignedData` with definite lengths. Input that may be BER goes through
    /// [`normalize`](crate::normalize) first.
    ///
    /// # Errors
    /// `UnexpectedType` when the `ContentInfo` holds something else, which [`ContentInfo::parse`] names; `Limit` beyond
    /// one of the [`limits`]; every other kind for a wrong coding, with its place (`SignerInfo.signedAttrs`).
    pub fn parse(input: &'a [u8]) -> Result<Self, Error> {
        let content_info = ContentInfo::parse(input)?;
        let wrong = |kind| Error { what: "ContentInfo", offset: 0, kind };
        if content_info.content_type != SIGNED_DATA {
            return Err(wrong(ErrorKind::UnexpectedType("SignedData")));
        }
        let Some(content) = content_info.content else {
            return Err(wrong(ErrorKind::Missing { expected: Tag::context(0).0 }));
        };
        let mut outer = Reader::new(content.raw, "SignedData");
        let mut fields = outer.expect(Tag::SEQUENCE)?.reader("SignedData.version");
        let budget = &mut Budget::of(input.len());

        let version = fields.integer()?;
        let digest_algorithms_raw = fields.at("SignedData.digestAlgorithms").expect(Tag::SET)?;
        let digest_algorithms =
            set(&digest_algorithms_raw, "SignedData.digestAlgorithms", "digest algorithms", budget, |reader, _| {
                AlgorithmIdentifier::read(reader)
            })?;
        let encap_content_info = EncapsulatedContentInfo::read(fields.at("SignedData.encapContentInfo"))?;
        let certificates_raw = fields.at("SignedData.certificates").optional(Tag::context(0))?;
        let crls_raw = fields.at("SignedData.crls").optional(Tag::context(1))?;
        let signer_infos_raw = fields.at("SignedData.signerInfos").expect(Tag::SET)?;
        fields.finish()?;

        let certificates = match &certificates_raw {
            Some(tlv) => set(tlv, "SignedData.certificates", "certificates", budget, |reader, _| {
                CertificateChoice::read(reader)
            })?,
            None => Vec::new(),
        };
        let crls = match &crls_raw {
            Some(tlv) => {
                set(tlv, "SignedData.crls", "revocation data", budget, |reader, _| RevocationInfoChoice::read(reader))?
            }
            None => Vec::new(),
        };
        let signer_infos = set(&signer_infos_raw, "SignedData.signerInfos", "signers", budget, SignerInfo::read)?;
        Ok(Self {
            raw: content_info.raw,
            version,
            digest_algorithms,
            encap_content_info,
            certificates,
            crls,
            signer_infos,
            certificates_raw,
            crls_raw,
            signer_infos_raw,
        })
    }

    /// Returns the certificate inside that a signer names, wherever it is in the SET, or `None` if none fits.
    ///
    /// An issuer's name can be written in several forms that are equal ([RFC 5280
    /// §7.1](https://www.rfc-editor.org/rfc/rfc5280#section-7.1)), and only octets are compared here. Where no certificate
    /// fits, the answer is the only one with the serial number that the signer gives.
    ///
    /// Nothing has been verified about it: the certificates of a SignedData are not signed.
    #[must_use]
    pub fn signer_certificate(&self, signer_info: &SignerInfo<'_>) -> Option<&'a [u8]> {
        let certificates = || self.certificates.iter().filter_map(CertificateChoice::certificate);
        let of_number = || {
            let mut certificates = certificates().filter(|certificate| signer_info.sid.fits_serial_number(certificate));
            certificates.next().filter(|_| certificates.next().is_none())
        };
        certificates().find(|certificate| signer_info.sid.fits(certificate)).or_else(of_number)
    }
}

/// An `EncapsulatedContentInfo` ([RFC 5652 §5.2](https://www.rfc-editor.org/rfc/rfc5652#section-5.2)).
///
/// ```text
/// EncapsulatedContentInfo ::= SEQUENCE {
///   eContentType ContentType,
///   eContent     [0] EXPLICIT OCTET STRING OPTIONAL }
/// ```
/// In PKCS#7 v1.5 the content may be of any type, and such content is read as well. Its digest, too, is computed over
/// the contents octets (RFC 5652 §5.2.1), so that `content` is always what is hashed.
/// [`is_octet_string`](Self::is_octet_string) tells the two apart.
#[derive(Clone, Copy)]
pub struct EncapsulatedContentInfo<'a> {
    /// The whole element.
    pub raw: &'a [u8],
    /// The type of the content.
    pub content_type: Oid<'a>,
    /// The octets of the content without tag and length, over which the message digest is computed. `None` means that
    /// the content is detached.
    pub content: Option<&'a [u8]>,
    /// The element inside the explicit tag.
    pub content_raw: Option<Tlv<'a>>,
}

impl core::fmt::Debug for EncapsulatedContentInfo<'_> {
    // The content is somebody's payload.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EncapsulatedContentInfo")
            .field("content_type", &self.content_type)
            .field("content", &self.content_raw)
            .finish_non_exhaustive()
    }
}

impl<'a> EncapsulatedContentInfo<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let tlv = reader.expect(Tag::SEQUENCE)?;
        let mut fields = tlv.reader("EncapsulatedContentInfo.eContentType");
        let content_type = fields.oid()?;
        let explicit = fields.at("EncapsulatedContentInfo.eContent").optional(Tag::context(0))?;
        fields.finish()?;
        let content_raw =
            explicit.map(|explicit| explicit_content(&explicit, "EncapsulatedContentInfo.eContent")).transpose()?;
        if let Some(Tlv { tag: found @ Tag(0x24), .. }) = content_raw {
            // Its contents octets are not the content. The normaliser makes it primitive.
            let kind = ErrorKind::UnexpectedTag { expected: Tag::OCTET_STRING.0, found: found.0 };
            return Err(Error { what: "EncapsulatedContentInfo.eContent", offset: 0, kind });
        }
        Ok(Self { raw: tlv.raw, content_type, content: content_raw.map(|tlv| tlv.value), content_raw })
    }

    /// Tells whether the content is attached and an OCTET STRING, as CMS requires.
    #[must_use]
    pub fn is_octet_string(&self) -> bool {
        self.content_raw.is_some_and(|tlv| tlv.tag == Tag::OCTET_STRING)
    }
}

fn set<'a, T>(
    tlv: &Tlv<'a>,
    place: &'static str,
    what: &'static str,
    budget: &mut Budget,
    mut read: impl FnMut(&mut Reader<'a>, &mut Budget) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut reader = tlv.reader(place);
    let mut elements = Vec::new();
    while !reader.is_empty() {
        budget.take(&reader, elements.len(), what)?;
        let element = read(&mut reader, budget)?;
        // Most SETs, that of signers among them, have one element: a list that grows would make room for four.
        if elements.is_empty() && reader.is_empty() {
            return Ok(vec![element]);
        }
        elements.push(element);
    }
    elements.shrink_to_fit();
    Ok(elements)
}

/// The single element inside an explicit tag.
fn explicit_content<'a>(explicit: &Tlv<'a>, what: &'static str) -> Result<Tlv<'a>, Error> {
    let mut reader = explicit.reader(what);
    let content = reader.any()?;
    reader.finish()?;
    Ok(content)
}
