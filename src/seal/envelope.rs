//! The CMS structure of every artifact: a SignedData with one signer, id-data and signed attributes in DER.

use signed_data::tlv::{Reader, Tlv};
use signed_data::{Attributes, SignedData, SignerInfo};

use super::error::{DecodeError, ProfileViolation};
use crate::asn1::oid;

/// The octets of a SignedData of the profile. They are kept as received, and reading borrows from them.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    der: Vec<u8>,
}

/// An envelope that was parsed.
pub struct OpenEnvelope<'a> {
    pub(crate) signed_data: SignedData<'a>,
    /// The content, when it is attached.
    pub(crate) content: Option<&'a [u8]>,
}

impl Envelope {
    /// Reads a sealed envelope, and calls `read` while it is open, so that the octets are parsed once.
    ///
    /// # Errors
    /// `Coding`, `Profile`, and the errors of `read`.
    pub(super) fn read<T>(
        der: Vec<u8>,
        read: impl FnOnce(&OpenEnvelope<'_>) -> Result<T, DecodeError>,
    ) -> Result<(Self, T), DecodeError> {
        let envelope = Self { der };
        let open = envelope.open()?;
        let wanted = match check_profile(&open.signed_data)? {
            [] => return Err(ProfileViolation::SignatureMissing.into()),
            _ => read(&open)?,
        };
        Ok((envelope, wanted))
    }

    /// Reads an envelope that waits for its signature.
    ///
    /// # Errors
    /// `Coding`, `Profile`.
    pub(super) fn prepared_from_der(der: Vec<u8>) -> Result<Self, DecodeError> {
        let envelope = Self { der };
        match check_profile(&envelope.open()?.signed_data)? {
            [] => Ok(envelope),
            _ => Err(ProfileViolation::SignaturePresent.into()),
        }
    }

    /// Takes octets that this library has just written.
    pub(super) fn sealed(der: Vec<u8>) -> Self {
        Self { der }
    }

    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) fn open(&self) -> Result<OpenEnvelope<'_>, DecodeError> {
        let signed_data = SignedData::parse(&self.der)?;
        let content = signed_data.encap_content_info.content;
        Ok(OpenEnvelope { signed_data, content })
    }
}

impl<'a> OpenEnvelope<'a> {
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

/// Checks the profile, and returns the signature.
fn check_profile<'a>(signed_data: &SignedData<'a>) -> Result<&'a [u8], ProfileViolation> {
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
    Ok(signer_info.signature)
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

fn check_attributes(attributes: &Attributes<'_>) -> Result<(), ProfileViolation> {
    if attributes.is_der_set() { Ok(()) } else { Err(ProfileViolation::SignedAttributesNotDer) }
}

fn first(raw: &[u8]) -> Option<Tlv<'_>> {
    Reader::new(raw, "SignedData").any().ok()
}
