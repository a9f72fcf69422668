//! The forms in which CRLs and OCSP responses lie in a file. Signers file them under identifiers and in lists of several kinds,
//! so data is recognised by what it is: a revocation must not go unseen because of its wrapping.

use core::iter;

use signed_data::tlv::{Oid, Reader, Tag};
use signed_data::{RevocationInfoChoice, SignedData};

use super::skipped::EmbeddedPlace;
use crate::asn1::oid;
use crate::crypto::Fingerprint;
use crate::pki::revocation::RevocationData;

/// What a file says that an element is.
#[derive(Clone, Copy)]
pub(super) enum Label<'a> {
    /// It stands where a CRL or an OCSP response stands, without an identifier.
    Untyped,
    /// It stands behind an identifier, in OtherRevocationInfoFormat (RFC 5652 §10.2.1) or in otherRevVals.
    Typed(Oid<'a>),
}

impl Label<'_> {
    /// Whether it says that the element is an OCSP response (RFC 5940 §2).
    pub(super) fn is_of_response(self) -> bool {
        matches!(self, Self::Typed(format) if format == oid::RI_OCSP_RESPONSE)
    }

    /// Returns the words for a form in which data lies that no standard gives it there.
    pub(super) fn other_form(self, place: EmbeddedPlace, element: &[u8], data: &[u8]) -> Option<String> {
        let is_bare = element.len() == data.len();
        match (self, place) {
            (Self::Untyped, EmbeddedPlace::RevocationValues | EmbeddedPlace::Together) if is_bare => None,
            (Self::Untyped, EmbeddedPlace::Crls) if is_bare && !RevocationData::is_response(data) => None,
            (Self::Untyped, EmbeddedPlace::Crls) => Some("CertificateList".into()),
            (Self::Untyped, EmbeddedPlace::RevocationValues | EmbeddedPlace::Together) => Some("a list".into()),
            (Self::Typed(_), EmbeddedPlace::Crls) if self.is_of_response() && is_ocsp_response(element) => None,
            (Self::Typed(format), _) => Some(format.to_string()),
        }
    }
}

/// The CRL or OCSP response that an element is or wraps, or those that it lists in a SEQUENCE or SET. `None` stands for what is
/// neither in such a list.
pub(super) fn held(element: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let single = wrapped(element);
    let is_list = single.is_none();
    let mut listed = [Tag::SEQUENCE, Tag::SET].into_iter().find_map(|tag| {
        let list = Reader::new(element, "revocation data").expect(tag).ok().filter(|_| is_list)?;
        Some(list.reader("revocation data"))
    });
    let listed = iter::from_fn(move || listed.as_mut()?.any().ok().map(|item| wrapped(item.raw)));
    single.map(Some).into_iter().chain(listed)
}

/// The CRL or OCSP response that an element is, or that lies in an OCTET STRING, alone or in ResponseBytes (RFC 6960 §4.2.1).
fn wrapped(element: &[u8]) -> Option<&[u8]> {
    if RevocationData::recognises(element) {
        return Some(element);
    }
    let in_response_bytes = || {
        let mut fields = Reader::new(element, "ResponseBytes").expect(Tag::SEQUENCE).ok()?.reader("ResponseBytes");
        fields.oid().ok()?;
        fields.octet_string().ok()
    };
    let inside = Reader::new(element, "revocation data").octet_string().ok().or_else(in_response_bytes);
    inside.filter(|inside| RevocationData::recognises(inside))
}

/// The fingerprint of each element of `crls`, in their order: of the first CRL or OCSP response that it holds, and `None` for
/// what holds neither.
pub(super) fn crls_fingerprints(signed_data: &SignedData<'_>) -> impl Iterator<Item = Option<Fingerprint>> {
    signed_data.crls.iter().map(|choice| {
        let (RevocationInfoChoice::Crl(element) | RevocationInfoChoice::Other { info: element, .. }) = choice;
        held(element).flatten().next().map(Fingerprint::of)
    })
}

/// Whether this begins as an OCSPResponse does, and not as the BasicOCSPResponse inside one (RFC 5940 §2).
fn is_ocsp_response(info: &[u8]) -> bool {
    let outer = Reader::new(info, "OCSPResponse").expect(Tag::SEQUENCE);
    outer.is_ok_and(|outer| outer.reader("OCSPResponse").peek() == Some(Tag::ENUMERATED))
}
