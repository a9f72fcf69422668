//! The parameters of RSASSA-PSS (RFC 4055 §3.1).

use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};

use super::digest::DigestAlgorithm;
use super::not_offered::NotOffered;
use crate::asn1::{oid, writer};

/// The parameters of RSASSA-PSS.
#[derive(Clone, Copy)]
pub(in crate::crypto) struct PssParameters {
    pub(in crate::crypto) digest: DigestAlgorithm,
    pub(in crate::crypto) mgf_digest: DigestAlgorithm,
    pub(in crate::crypto) salt_len: u32,
}

/// Reads the parameters of RSASSA-PSS, [RFC 4055 §3.1](https://www.rfc-editor.org/rfc/rfc4055#section-3.1):
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm       [0] HashAlgorithm       DEFAULT sha1Identifier,
///     maskGenAlgorithm    [1] MaskGenAlgorithm    DEFAULT mgf1SHA1Identifier,
///     saltLength          [2] INTEGER             DEFAULT 20,
///     trailerField        [3] INTEGER             DEFAULT 1 }
/// ```
///
/// The result is `None` when they are not of this form. DER leaves defaults out, but some signers spell them out, and
/// they are read too.
pub(in crate::crypto) fn pss_parameters(parameters: Tlv<'_>) -> Option<Result<PssParameters, NotOffered>> {
    if parameters.tag != Tag::SEQUENCE {
        return None;
    }
    let mut fields = parameters.reader("RSASSA-PSS-params");
    let mut digest = Ok(DigestAlgorithm::Sha1);
    let mut mgf_digest = Ok(DigestAlgorithm::Sha1);
    let mut salt_len = 20;
    if let Some(field) = fields.optional(Tag::context(0)).ok()? {
        let mut field = field.reader("hashAlgorithm");
        digest = not_xof(&AlgorithmIdentifier::read(&mut field).ok()?);
        field.finish().ok()?;
    }
    if let Some(field) = fields.optional(Tag::context(1)).ok()? {
        let mut field = field.reader("maskGenAlgorithm");
        let generator = AlgorithmIdentifier::read(&mut field).ok()?;
        field.finish().ok()?;
        if generator.oid != oid::MGF1 {
            return Some(Err(NotOffered::named(generator.oid, "mask generation function other than MGF1")));
        }
        let mut hash = Reader::new(generator.parameters?.raw, "MGF1 parameters");
        mgf_digest = not_xof(&AlgorithmIdentifier::read(&mut hash).ok()?);
    }
    if let Some(field) = fields.optional(Tag::context(2)).ok()? {
        let mut field = field.reader("saltLength");
        salt_len = u32::try_from(field.integer().ok()?.to_u64()?).ok()?;
        field.finish().ok()?;
    }
    if let Some(field) = fields.optional(Tag::context(3)).ok()? {
        let mut field = field.reader("trailerField");
        let trailer = field.integer().ok()?.to_u64()?;
        field.finish().ok()?;
        if trailer != 1 {
            return Some(Err(NotOffered::named(oid::RSASSA_PSS, "RSASSA-PSS with another trailer field")));
        }
    }
    fields.finish().ok()?;
    Some(digest.and_then(|digest| mgf_digest.map(|mgf_digest| PssParameters { digest, mgf_digest, salt_len })))
}

/// Returns the DER of the parameters, in which what equals its default is left out.
pub(super) fn pss_parameters_der(parameters: PssParameters) -> Vec<u8> {
    let PssParameters { digest, mgf_digest, salt_len } = parameters;
    let explicit = |n, inner: &[u8]| writer::tlv(Tag::context(n), inner);
    let mut fields = Vec::new();
    if digest != DigestAlgorithm::Sha1 {
        fields.extend(explicit(0, &writer::algorithm_null(digest.oid())));
    }
    if mgf_digest != DigestAlgorithm::Sha1 {
        let mgf = writer::sequence(&[&writer::oid(oid::MGF1), &writer::algorithm_null(mgf_digest.oid())]);
        fields.extend(explicit(1, &mgf));
    }
    if salt_len != 20 {
        fields.extend(explicit(2, &writer::unsigned_integer(&salt_len.to_be_bytes())));
    }
    writer::tlv(Tag::SEQUENCE, &fields)
}

/// Reads a digest of RSASSA-PSS-params, which SHAKE is not: it has identifiers of its own (RFC 8702 §3.2).
fn not_xof(identifier: &AlgorithmIdentifier<'_>) -> Result<DigestAlgorithm, NotOffered> {
    match DigestAlgorithm::from_identifier(identifier)? {
        digest if digest.is_xof() => Err(NotOffered::named(digest.oid(), "SHAKE among the parameters of RSASSA-PSS")),
        digest => Ok(digest),
    }
}
