//! Writes archive-time-stamp-v3 (ETSI EN 319 122-1 V1.3.1, clauses 5.5.2 and 5.5.3).

use const_oid::ObjectIdentifier;
use rfc3161_client::{ParsedToken, TokenError};
use signed_data::tlv::Tag;
use signed_data::{Attribute, SignedData, SignerInfo};

use super::archive::{certificates_raw, crls_raw, value_digest};
use super::strip::is_der;
use super::write::{Additions, with_additions, with_unsigned_attribute};
use crate::asn1::{oid, writer};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;

/// The reason why a SignedData takes no archive-time-stamp-v3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unarchivable {
    /// It is not in DER. Some hash the fields as stored and others in DER, so that its imprint would be ambiguous.
    NotDer,
    /// There is an archive timestamp of an older form, which covers certificates and revocation data as they are.
    OlderForm(&'static str),
    /// There is not exactly one signer: each one would need its own archive timestamp.
    Signers(usize),
}

/// Attributes after which nothing outside of the last token may change (clause 5.5.3, note 3).
const OLDER_FORMS: [(ObjectIdentifier, &str); 3] = [
    (oid::ARCHIVE_TIME_STAMP, "archive-time-stamp"),
    (oid::ARCHIVE_TIME_STAMP_V2, "archive-time-stamp-v2"),
    (oid::LONG_TERM_VALIDATION, "long-term-validation"),
];

/// Checks that a file can take an archive-time-stamp-v3.
///
/// # Errors
/// [`Unarchivable`].
pub(crate) fn check_archivable(file: &[u8], signed_data: &SignedData<'_>) -> Result<(), Unarchivable> {
    let [signer_info] = signed_data.signer_infos.as_slice() else {
        return Err(Unarchivable::Signers(signed_data.signer_infos.len()));
    };
    let unsigned = signer_info.unsigned_attributes.as_ref();
    let has = |oid| unsigned.is_some_and(|attributes| attributes.find(oid).next().is_some());
    if let Some((_, name)) = OLDER_FORMS.into_iter().find(|(oid, _)| has(*oid)) {
        return Err(Unarchivable::OlderForm(name));
    }
    if is_der(file) { Ok(()) } else { Err(Unarchivable::NotDer) }
}

/// Returns the same SignedData with what an archive timestamp is to cover: certificates and revocation data, each once,
/// and the digest algorithm of the imprint among the others.
pub(crate) fn for_archiving(
    signed_data: &SignedData<'_>,
    certificates: &[Certificate],
    revocation: &RevocationData,
    algorithm: DigestAlgorithm,
) -> Vec<u8> {
    with_additions(signed_data, &Additions { certificates, revocation, digest_algorithm: Some(algorithm) })
}

/// Writes the ATSHashIndexV3 over everything that is there, which all is then covered: the unsigned attributes are those of
/// the only SignerInfo.
///
/// ```text
/// ATSHashIndexV3 ::= SEQUENCE { hashIndAlgorithm AlgorithmIdentifier, certificatesHashIndex SEQUENCE OF OCTET STRING,
///   crlsHashIndex SEQUENCE OF OCTET STRING, unsignedAttrValuesHashIndex SEQUENCE OF OCTET STRING }
/// ```
/// The algorithm is that of the imprint, and is written always, without parameters.
pub(crate) fn hash_index(
    signed_data: &SignedData<'_>,
    signer_info: &SignerInfo<'_>,
    algorithm: DigestAlgorithm,
) -> Vec<u8> {
    let values = |attribute: &Attribute<'_>| -> Vec<Digest> {
        attribute.values.iter().map(|value| value_digest(algorithm, attribute, value)).collect()
    };
    let attributes = signer_info.unsigned_attributes.iter().flat_map(|attributes| attributes.iter());
    let list = |digests: &mut dyn Iterator<Item = Digest>| {
        let entries: Vec<u8> = digests.flat_map(|digest| writer::octet_string(digest.as_bytes())).collect();
        writer::tlv(Tag::SEQUENCE, &entries)
    };
    writer::sequence(&[
        &writer::algorithm(algorithm.oid()),
        &list(&mut certificates_raw(signed_data).map(|raw| algorithm.digest(raw))),
        &list(&mut crls_raw(signed_data).map(|raw| algorithm.digest(raw))),
        &list(&mut attributes.flat_map(values)),
    ])
}

/// Returns the SignedData with the token as its next archive-time-stamp-v3, and the index in the token. The token's
/// signature does not cover the index, its imprint does.
///
/// # Errors
/// The error of a token that cannot be read, or that has not exactly one signer.
pub(crate) fn with_archive_timestamp(
    signed_data: &SignedData<'_>,
    signer_info: &SignerInfo<'_>,
    token: &[u8],
    index: &[u8],
) -> Result<Vec<u8>, TokenError> {
    let ParsedToken { signed_data: token, .. } = ParsedToken::parse(token)?;
    let [token_signer] = token.signer_infos.as_slice() else {
        return Err(TokenError::SignerCount { stated: token.signer_infos.len() });
    };
    let indexed = with_unsigned_attribute(&token, token_signer, oid::ATS_HASH_INDEX_V3, index);
    Ok(with_unsigned_attribute(signed_data, signer_info, oid::ARCHIVE_TIME_STAMP_V3, &indexed))
}
