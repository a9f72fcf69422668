//! Checks the attributes of one SignerInfo about the content and the algorithms (RFC 5652 §11; RFC 6211).

use std::borrow::Cow;

use signed_data::tlv::{Oid, Reader, Tag};
use signed_data::{Attributes, SignerInfo};

use super::attributes::{AlgorithmProtection, single_value};
use super::signer_check::SignerCheck;
use super::signing_certificate::signer_name;
use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Code, Details, Notes};
use crate::text::hex;

/// Checks that the signed content-type is the content's, and that of the profile (RFC 5652 §11.1). Content of one type
/// could otherwise pass for content of another.
pub(super) fn check_content_type(check: &SignerCheck<'_>, attributes: &Attributes<'_>, notes: &mut Notes<'_, '_>) {
    match single_value(attributes, oid::CONTENT_TYPE) {
        Err(code) => notes.note_with(code, || Details::stated("content-type")),
        Ok(None) => notes.note(Code::ContentTypeMissing),
        Ok(Some(value)) => {
            let mut reader = Reader::new(value.raw, "content-type");
            match reader.oid() {
                Ok(stated)
                    if stated == check.signed_data.encap_content_info.content_type
                        && check.content_type.is_none_or(|required| stated == required) =>
                {
                    notes.note_with(Code::ContentTypeMatches, || Details::stated(named_content_type(stated)));
                }
                Ok(stated) => notes.note_with(Code::ContentTypeDiffers, || {
                    Details::both(stated, check.signed_data.encap_content_info.content_type)
                }),
                Err(_) => notes.note_with(Code::AttributeMalformed, || Details::stated("content-type")),
            }
        }
    }
}

/// Names a content type, by the names of RFC 5652 and RFC 3161 where they are common.
fn named_content_type(content_type: Oid<'_>) -> Cow<'static, str> {
    match content_type {
        data if data == oid::DATA => "id-data (1.2.840.113549.1.7.1)".into(),
        info if info == oid::TST_INFO => "id-ct-TSTInfo (1.2.840.113549.1.9.16.1.4)".into(),
        unnamed => unnamed.to_string().into(),
    }
}

/// Compares the digest of the content with the stated one, and returns the computed one.
pub(super) fn check_message_digest(
    check: &SignerCheck<'_>,
    algorithm: DigestAlgorithm,
    attributes: &Attributes<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<Digest> {
    let stated = match single_value(attributes, oid::MESSAGE_DIGEST) {
        Ok(Some(value)) if value.tag == Tag::OCTET_STRING => value.value,
        Ok(None) => {
            notes.note(Code::MessageDigestMissing);
            return None;
        }
        malformed => {
            let code = malformed.err().unwrap_or(Code::AttributeMalformed);
            notes.note_with(code, || Details::stated("message-digest"));
            return None;
        }
    };
    let Some(computed) = (check.content)(algorithm) else {
        notes.note_with(Code::ContentNotGiven, || Details::stated(algorithm.name()));
        return None;
    };
    if stated == computed.as_bytes() {
        notes.note_with(Code::MessageDigestMatches, || Details::computed(computed));
    } else {
        notes.note_with(Code::MessageDigestDiffers, || Details::both(hex(stated), computed));
    }
    Some(computed)
}

/// Checks that the attribute names the algorithms that SignerInfo names, parameters included (RFC 6211).
pub(super) fn check_algorithm_protection(
    signer_info: &SignerInfo<'_>,
    attributes: &Attributes<'_>,
    notes: &mut Notes<'_, '_>,
) {
    let value = match single_value(attributes, oid::CMS_ALGORITHM_PROTECTION) {
        Err(code) => return notes.note_with(code, || Details::stated("cms-algorithm-protection")),
        Ok(None) => return notes.note(Code::AlgorithmProtectionMissing),
        Ok(Some(value)) => value,
    };
    match AlgorithmProtection::read(value) {
        Err(code) => notes.note_with(code, || Details::stated("cms-algorithm-protection")),
        Ok(stated) if stated.names(signer_info) => notes.note(Code::AlgorithmProtectionMatches),
        Ok(_) => notes.note(Code::AlgorithmProtectionDiffers),
    }
}

/// Checks that no attribute that must be signed is among the unsigned attributes (RFC 5652 §11.1 to §11.3).
pub(super) fn check_unsigned(signer_info: &SignerInfo<'_>, notes: &mut Notes<'_, '_>) {
    let Some(unsigned) = &signer_info.unsigned_attributes else { return };
    let must_be_signed = [
        (oid::CONTENT_TYPE, "content-type"),
        (oid::MESSAGE_DIGEST, "message-digest"),
        (oid::SIGNING_TIME, "signing-time"),
    ];
    // Anybody can add an unsigned attribute, and another reader could take its value for the signed one.
    for (oid, name) in must_be_signed {
        if unsigned.find(oid).next().is_some() {
            notes.note_with(Code::AttributeMisplaced, || Details::stated(name));
        }
    }
}

/// Notes each countersignature (RFC 5652 §11.4), which says nothing about the signature that it is over. The ledger bounds
/// how many of them are named, and counts the rest.
pub(super) fn note_countersignatures(signer_info: &SignerInfo<'_>, notes: &mut Notes<'_, '_>) {
    let unsigned = signer_info.unsigned_attributes.iter();
    let mut values: Vec<&[u8]> = unsigned
        .flat_map(|attributes| attributes.find(oid::COUNTERSIGNATURE))
        .flat_map(|a| &a.values)
        .map(|v| v.raw)
        .collect();
    // Nobody signed their order.
    values.sort_unstable();
    for value in values {
        match SignerInfo::parse(value) {
            Ok(countersigner) => {
                notes.note_with(Code::CountersignatureNotEvaluated, || Details::stated(signer_name(&countersigner.sid)))
            }
            Err(error) => notes.note_with(Code::CountersignatureUnreadable, || Details::stated(error)),
        }
    }
}
