//! Encodes what CRLs, OCSP responses and their extensions have in common.

use chrono::{DateTime, Utc};
use signed_data::tlv::Tag;

use super::TestingError;
use crate::asn1::writer;
use crate::crypto::Signer;

pub(super) fn signed(tbs: &[u8], algorithm: &[u8], signer: &dyn Signer, after: &[u8]) -> Result<Vec<u8>, TestingError> {
    let signature = signer.sign(tbs)?;
    Ok(writer::sequence(&[tbs, algorithm, &writer::concat(Tag::BIT_STRING, &[&[0], &signature]), after]))
}

pub(super) fn generalized_time(time: DateTime<Utc>) -> Vec<u8> {
    writer::tlv(Tag::GENERALIZED_TIME, time.format("%Y%m%d%H%M%SZ").to_string().as_bytes())
}

pub(super) fn directory_name(name: &[u8]) -> Vec<u8> {
    writer::tlv(Tag::context(4), name)
}
