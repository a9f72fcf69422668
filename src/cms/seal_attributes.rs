//! The signed attributes of a seal, in DER.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use crate::asn1::time::Time;
use crate::asn1::{oid, writer};
use crate::crypto::Digest;

/// The signed attributes that differ from seal to seal (ETSI EN 319 122-1 V1.3.1, table 1).
pub(crate) struct SignedAttributes<'a> {
    /// The digest of the content, by the template's digest algorithm.
    pub(crate) message_digest: &'a Digest,
    pub(crate) signing_time: DateTime<Utc>,
    pub(crate) mime_type: Option<&'a str>,
    pub(crate) commitment: Option<ObjectIdentifier>,
}

/// Writes the signed attributes of one signer's seals.
#[derive(Clone)]
pub(super) struct SealAttributes {
    /// The attributes that are the same in each seal, each in DER.
    fixed: [Vec<u8>; 3],
    /// The layout of the first seal, which is nearly always that of the next ones.
    first: OnceLock<Layout>,
}

impl SealAttributes {
    pub(super) fn new(fixed: [Vec<u8>; 3]) -> Self {
        Self { fixed, first: OnceLock::new() }
    }

    /// Writes the attributes as SET OF.
    pub(super) fn write(&self, varying: &SignedAttributes<'_>) -> Vec<u8> {
        let signing_time = Time::new(varying.signing_time);
        let first = self.first.get_or_init(|| Layout::of(&self.fixed, varying, &signing_time));
        if first.fits(varying, &signing_time) {
            first.filled(varying.message_digest, &signing_time)
        } else {
            Layout::of(&self.fixed, varying, &signing_time).der
        }
    }
}

/// The attributes of seals that differ in message digest and signing time alone.
///
/// The order of a SET OF depends on lengths and attribute types before it depends on values, as each type is there
/// once. So both values have the same place in all these seals, and nothing is sorted again.
#[derive(Clone)]
struct Layout {
    mime_type: Option<String>,
    commitment: Option<ObjectIdentifier>,
    time_tag: Tag,
    digest_length: usize,
    /// The attributes as SET OF, with the values of one seal.
    der: Vec<u8>,
    /// The offset of the octets of the message digest.
    message_digest: usize,
    /// The offset of the octets of the signing time.
    signing_time: usize,
}

impl Layout {
    fn of(fixed: &[Vec<u8>], varying: &SignedAttributes<'_>, signing_time: &Time) -> Self {
        let digest = varying.message_digest.as_bytes();
        let message_digest = attribute(oid::MESSAGE_DIGEST, &writer::octet_string(digest));
        let time = attribute(oid::SIGNING_TIME, &writer::tlv(signing_time.tag, signing_time.contents()));
        let mime_type = varying
            .mime_type
            .map(|mime_type| attribute(oid::MIME_TYPE, &writer::tlv(Tag::UTF8_STRING, mime_type.as_bytes())));
        let commitment = varying
            .commitment
            .map(|commitment| attribute(oid::COMMITMENT_TYPE, &writer::sequence(&[&writer::oid(commitment)])));
        let mut attributes: Vec<&[u8]> = fixed.iter().map(Vec::as_slice).collect();
        attributes.extend([message_digest.as_slice(), time.as_slice()]);
        attributes.extend(mime_type.as_deref().into_iter().chain(commitment.as_deref()));
        attributes.sort_unstable();
        let der = writer::set_of(Tag::SET, attributes.clone());
        let behind = |attribute: &[u8]| {
            let after = attributes.iter().rev().take_while(|later| **later != attribute);
            der.len() - after.map(|later| later.len()).sum::<usize>()
        };
        Self {
            mime_type: varying.mime_type.map(str::to_owned),
            commitment: varying.commitment,
            time_tag: signing_time.tag,
            digest_length: digest.len(),
            message_digest: behind(&message_digest) - digest.len(),
            signing_time: behind(&time) - signing_time.contents().len(),
            der,
        }
    }

    fn fits(&self, varying: &SignedAttributes<'_>, signing_time: &Time) -> bool {
        self.mime_type.as_deref() == varying.mime_type
            && self.commitment == varying.commitment
            && self.time_tag == signing_time.tag
            && self.digest_length == varying.message_digest.as_bytes().len()
    }

    /// Returns the same attributes with other values.
    fn filled(&self, message_digest: &Digest, signing_time: &Time) -> Vec<u8> {
        let mut der = self.der.clone();
        let values = [(self.message_digest, message_digest.as_bytes()), (self.signing_time, signing_time.contents())];
        for (start, value) in values {
            let place = der.iter_mut().skip(start);
            place.zip(value).for_each(|(octet, new)| *octet = *new);
        }
        der
    }
}

/// Writes an Attribute, `SEQUENCE { attrType, attrValues SET OF }`, with one value.
pub(super) fn attribute(oid: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    writer::sequence(&[&writer::oid(oid), &writer::concat(Tag::SET, &[value])])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::DigestAlgorithm;

    #[test]
    fn a_layout_that_is_filled_is_what_would_have_been_written() {
        let fixed = [oid::CONTENT_TYPE, oid::SIGNING_CERTIFICATE_V2, oid::CMS_ALGORITHM_PROTECTION]
            .map(|oid| attribute(oid, &writer::octet_string(&[7; 30])));
        let digests = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512].map(|algorithm| algorithm.digest(b"content"));
        let times = ["1950-01-01T00:00:00Z", "2026-11-28T17:00:00Z", "2050-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];
        let mime_types = [Some("application/json"), Some("text/plain; charset=utf-8"), None];
        for first in &digests {
            let writer = SealAttributes::new(fixed.clone());
            let now = "2026-11-28T16:00:00Z".parse().unwrap();
            let commitment = Some(oid::PROOF_OF_SENDER);
            writer.write(&SignedAttributes {
                message_digest: first,
                signing_time: now,
                mime_type: mime_types[0],
                commitment,
            });
            for (message_digest, time) in digests.iter().flat_map(|digest| times.iter().map(move |time| (digest, time)))
            {
                for (mime_type, commitment) in mime_types.iter().flat_map(|mime| [(*mime, commitment), (*mime, None)]) {
                    let signing_time = time.parse().unwrap();
                    let varying = SignedAttributes { message_digest, signing_time, mime_type, commitment };
                    let written = Layout::of(&fixed, &varying, &Time::new(signing_time)).der;
                    assert_eq!(writer.write(&varying), written, "{time}");
                }
            }
        }
    }
}
