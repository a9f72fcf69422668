//! The CMS structure of every artifact: a SignedData with one signer, id-data and signed attributes in DER.

use std::borrow::Cow;
use std::sync::Arc;

use self_cell::self_cell;
use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{Attributes, SignedData, SignerInfo};

use super::error::{DecodeError, ProfileViolation};
use crate::asn1::oid;
use crate::cms::single_value;
use crate::crypto::DigestAlgorithm;

/// A SignedData of the profile: its octets as they were received or written, and its structure where it was read.
///
/// Copies of what was received share both. What this library has just written is octets alone, because a batch holds
/// seals by the million and rarely asks for their structure.
#[derive(Clone)]
pub struct Envelope(Storage);

#[derive(Clone)]
enum Storage {
    Received(Arc<Received>),
    Written(Vec<u8>),
}

self_cell!(
    /// The octets of a file, and the structure that borrows from them.
    struct Received {
        owner: Vec<u8>,
        #[covariant]
        dependent: SignedData,
    }
);

/// An envelope whose structure is at hand.
pub struct OpenEnvelope<'a> {
    pub(crate) signed_data: Cow<'a, SignedData<'a>>,
    /// The content, when it is attached.
    pub(crate) content: Option<&'a [u8]>,
}

impl Envelope {
    /// Reads a sealed envelope. The octets are parsed here, and not again.
    ///
    /// # Errors
    /// `Coding`, `Profile`.
    pub(crate) fn from_der(der: Vec<u8>) -> Result<Self, DecodeError> {
        match Self::received(der)? {
            (_, Signature::Missing) => Err(ProfileViolation::SignatureMissing.into()),
            (envelope, Signature::Present) => Ok(envelope),
        }
    }

    /// Reads an envelope that waits for its signature.
    ///
    /// # Errors
    /// `Coding`, `Profile`.
    pub(super) fn prepared_from_der(der: Vec<u8>) -> Result<Self, DecodeError> {
        match Self::received(der)? {
            (envelope, Signature::Missing) => Ok(envelope),
            (_, Signature::Present) => Err(ProfileViolation::SignaturePresent.into()),
        }
    }

    fn received(der: Vec<u8>) -> Result<(Self, Signature), DecodeError> {
        let received = Received::try_new(der, |der| SignedData::parse(der))?;
        let signature = check_profile(received.borrow_dependent())?;
        Ok((Self(Storage::Received(Arc::new(received))), signature))
    }

    /// Takes octets that this library has just written.
    pub(super) fn sealed(der: Vec<u8>) -> Self {
        Self(Storage::Written(der))
    }

    pub(crate) fn der(&self) -> &[u8] {
        match &self.0 {
            Storage::Received(received) => received.borrow_owner(),
            Storage::Written(der) => der,
        }
    }

    /// Returns the structure. What this library has written is read here.
    ///
    /// # Errors
    /// `Coding`.
    pub(crate) fn open(&self) -> Result<OpenEnvelope<'_>, DecodeError> {
        let signed_data = match &self.0 {
            Storage::Received(received) => Cow::Borrowed(received.borrow_dependent()),
            Storage::Written(der) => Cow::Owned(SignedData::parse(der)?),
        };
        let content = signed_data.encap_content_info.content;
        Ok(OpenEnvelope { signed_data, content })
    }
}

impl PartialEq for Envelope {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Envelope {}

impl<'a> OpenEnvelope<'a> {
    /// Tells if the signed digest is that of this content. Nothing is verified.
    pub(super) fn states_digest_of(&self, content: &[u8]) -> bool {
        let Ok(signer_info) = self.signer_info() else { return false };
        let algorithm = DigestAlgorithm::from_identifier(&signer_info.digest_algorithm).ok();
        let stated = signer_info.signed_attributes.as_ref();
        let stated = stated.and_then(|attributes| single_value(attributes, oid::MESSAGE_DIGEST).ok()?);
        algorithm.zip(stated).is_some_and(|(algorithm, stated)| {
            stated.tag == Tag::OCTET_STRING && stated.value == algorithm.digest(content).as_bytes()
        })
    }

    /// Returns the only SignerInfo.
    ///
    /// # Errors
    /// `Signers` when there is not exactly one.
    pub(crate) fn signer_info(&self) -> Result<&SignerInfo<'a>, ProfileViolation> {
        match self.signed_data.signer_infos.as_slice() {
            [signer_info] => Ok(signer_info),
            others => Err(ProfileViolation::Signers(others.len())),
        }
    }

    /// Checks that something can be added. An evidence record covers the whole file, and proves nothing about a file
    /// with another octet in it.
    ///
    /// # Errors
    /// `EvidenceRecord`.
    pub(crate) fn check_extensible(&self) -> Result<(), DecodeError> {
        let records = [oid::EVIDENCE_RECORD_INTERNAL, oid::EVIDENCE_RECORD_EXTERNAL];
        let mut unsigned =
            self.signed_data.signer_infos.iter().filter_map(|signer_info| signer_info.unsigned_attributes.as_ref());
        if unsigned.any(|attributes| records.into_iter().any(|oid| attributes.find(oid).next().is_some())) {
            return Err(DecodeError::EvidenceRecord);
        }
        Ok(())
    }

    /// Returns the signed attributes of the only signer.
    ///
    /// # Errors
    /// `Signers`, `SignedAttributesMissing`.
    pub(crate) fn signed_attributes(&self) -> Result<&Attributes<'a>, ProfileViolation> {
        self.signer_info()?.signed_attributes.as_ref().ok_or(ProfileViolation::SignedAttributesMissing)
    }
}

/// Whether there is a signature in the place for it.
enum Signature {
    Present,
    Missing,
}

/// Checks the profile, and tells if there is a signature.
fn check_profile(signed_data: &SignedData<'_>) -> Result<Signature, ProfileViolation> {
    let [signer_info] = signed_data.signer_infos.as_slice() else {
        return Err(ProfileViolation::Signers(signed_data.signer_infos.len()));
    };
    if signed_data.encap_content_info.content_type != oid::DATA {
        return Err(ProfileViolation::ContentType);
    }
    // Versions 3 to 5 announce other forms of certificates and crls, which may have been added since (RFC 5652 §5.1).
    if !matches!(signed_data.version.to_u64(), Some(1..=5)) {
        return Err(ProfileViolation::Version("SignedData"));
    }
    if !matches!(signer_info.version.to_u64(), Some(1 | 3)) {
        return Err(ProfileViolation::Version("SignerInfo"));
    }
    check_headers(signed_data, signer_info)?;
    let attributes = signer_info.signed_attributes.as_ref().ok_or(ProfileViolation::SignedAttributesMissing)?;
    check_attributes(attributes)?;
    Ok(if signer_info.signature.is_empty() { Signature::Missing } else { Signature::Present })
}

/// Checks that the structure around the signed octets is coded in DER, so that a proof has one coding. Certificates and
/// unsigned attributes keep the coding in which they were added.
fn check_headers(signed_data: &SignedData<'_>, signer_info: &SignerInfo<'_>) -> Result<(), ProfileViolation> {
    let places = [
        ("ContentInfo", signed_data.raw),
        ("encapContentInfo", signed_data.encap_content_info.raw),
        ("signerInfos", signed_data.signer_infos_raw.raw),
        ("SignerInfo", signer_info.raw),
        ("signature", signer_info.signature_raw),
    ];
    for (name, raw) in places {
        first(raw).filter(Tlv::is_der_header).ok_or(ProfileViolation::NotDer(name))?;
    }
    if let Some(content) = signed_data.encap_content_info.content_raw
        && (!content.is_der_header() || !signed_data.encap_content_info.is_octet_string())
    {
        return Err(ProfileViolation::NotDer("eContent"));
    }
    Ok(())
}

/// Checks that the signed attributes are the SET OF in DER that was signed (RFC 5652 §5.4).
fn check_attributes(attributes: &Attributes<'_>) -> Result<(), ProfileViolation> {
    if attributes.is_der_set() { Ok(()) } else { Err(ProfileViolation::SignedAttributesNotDer) }
}

fn first(raw: &[u8]) -> Option<Tlv<'_>> {
    Reader::new(raw, "SignedData").any().ok()
}
