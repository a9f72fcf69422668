//! Reads archive-time-stamp-v3, and computes what its token covers (ETSI EN 319 122-1 V1.3.1, clauses 5.5.2 and 5.5.3).

use std::collections::HashSet;

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Attribute, CertificateChoice, SignedData, SignerInfo};

use super::ContentDigest;
use crate::asn1::{oid, writer};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Code, Details, Notes};

/// The list of everything that a token covers: ATSHashIndexV3, or its predecessor ATSHashIndex.
///
/// ```text
/// ATSHashIndexV3 ::= SEQUENCE { hashIndAlgorithm AlgorithmIdentifier, certificatesHashIndex SEQUENCE OF OCTET STRING,
///   crlsHashIndex SEQUENCE OF OCTET STRING, unsignedAttrValuesHashIndex SEQUENCE OF OCTET STRING }
/// ATSHashIndex ::= SEQUENCE { hashIndAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
/// certificatesHashIndex .., crlsHashIndex ..,
///   unsignedAttrsHashIndex SEQUENCE OF OCTET STRING }
/// ```
pub(crate) struct HashIndex<'a> {
    raw: &'a [u8],
    form: Form,
    algorithm: DigestAlgorithm,
    certificates: Vec<&'a [u8]>,
    crls: Vec<&'a [u8]>,
    attributes: Vec<&'a [u8]>,
}

/// The octets that an entry for unsigned attributes is the digest of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The octets are attrType and one value, each with tag and length.
    V3,
    /// The whole attribute.
    V1,
}

impl<'a> HashIndex<'a> {
    /// Reads the index of a token.
    ///
    /// # Errors
    /// `ArchiveIndexMissing`, `ArchiveIndexMalformed`, `DigestAlgorithmNotOffered`.
    pub(crate) fn of(token: &SignedData<'a>) -> Result<Self, Code> {
        let attributes = token.signer_infos.first().and_then(|signer| signer.unsigned_attributes.as_ref());
        let find = |oid: ObjectIdentifier| attributes.into_iter().flat_map(move |attributes| attributes.find(oid));
        let v3 = find(oid::ATS_HASH_INDEX_V3).map(|attribute| (Form::V3, attribute));
        let mut indices = v3.chain(find(oid::ATS_HASH_INDEX).map(|attribute| (Form::V1, attribute)));
        let (form, value) = match (indices.next(), indices.next()) {
            (Some((form, attribute)), None) => match &*attribute.values {
                [value] => (form, *value),
                _ => return Err(Code::ArchiveIndexMalformed),
            },
            (None, _) => return Err(Code::ArchiveIndexMissing),
            (Some(_), Some(_)) => return Err(Code::ArchiveIndexMalformed),
        };
        match Self::read(form, value) {
            Ok(index) => index.ok_or(Code::DigestAlgorithmNotOffered),
            Err(_) => Err(Code::ArchiveIndexMalformed),
        }
    }

    fn read(form: Form, value: Tlv<'a>) -> Result<Option<Self>, signed_data::Error> {
        let what = "ATSHashIndex";
        let mut fields = Reader::new(value.raw, what).expect(Tag::SEQUENCE)?.reader(what);
        // The algorithm may be left out of the older form; there an entry list cannot be taken for it, since it holds
        // OCTET STRINGs.
        let explicit = form == Form::V3 || begins_with_oid(&fields);
        let algorithm = if explicit {
            DigestAlgorithm::from_oid(AlgorithmIdentifier::read(&mut fields)?.oid)
        } else {
            Some(DigestAlgorithm::Sha256)
        };
        let mut list = || -> Result<Vec<&'a [u8]>, signed_data::Error> {
            let mut entries = fields.expect(Tag::SEQUENCE)?.reader(what);
            let mut digests = Vec::new();
            while !entries.is_empty() {
                digests.push(entries.expect(Tag::OCTET_STRING)?.value);
            }
            Ok(digests)
        };
        let (certificates, crls, attributes) = (list()?, list()?, list()?);
        fields.finish()?;
        Ok(algorithm.map(|algorithm| Self { raw: value.raw, form, algorithm, certificates, crls, attributes }))
    }

    /// Checks that every entry is the digest of an element that is there. An entry that matches nothing means that an
    /// element was taken away or changed.
    pub(crate) fn check(&self, digests: &CarriedDigests, signer_info: &SignerInfo<'_>, notes: &mut Notes<'_, '_>) {
        let attributes = || signer_info.unsigned_attributes.iter().flat_map(|attributes| attributes.iter());
        let values = attributes().flat_map(|attribute| self.attribute_digests(attribute));
        let differs = if !are_among(&self.certificates, digests.certificates_in_order.iter().copied()) {
            Some("certificate")
        } else if !are_among(&self.crls, digests.crls_in_order.iter().copied()) {
            Some("revocation data")
        } else if !are_among(&self.attributes, values) {
            Some("unsigned attribute")
        } else {
            None
        };
        if let Some(what) = differs {
            notes.note_with(Code::ArchiveIndexDiffers, || Details::stated(what));
            return;
        }
        notes.note_with(Code::ArchiveIndexMatches, || {
            let counts = (self.certificates.len(), self.crls.len(), self.attributes.len());
            Details::computed(format!(
                "{} certificates, {} revocation data, {} unsigned attributes",
                counts.0, counts.1, counts.2
            ))
        });
    }

    fn attribute_digests(&self, attribute: &Attribute<'_>) -> impl Iterator<Item = Digest> {
        let (whole, values) = match self.form {
            Form::V1 => (Some(self.algorithm.digest(attribute.raw)), None),
            Form::V3 => (None, Some(&attribute.values)),
        };
        let of_values = values.into_iter().flat_map(|values| values.iter());
        whole.into_iter().chain(of_values.map(move |value| value_digest(self.algorithm, attribute, value)))
    }

    /// Returns the algorithm of the digests in the index.
    pub(crate) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Returns the number of unsigned attributes that the token covers.
    pub(crate) fn listed_attributes(&self) -> usize {
        self.attributes.len()
    }

    /// Returns the digests of certificates that the token covers.
    pub(crate) fn listed_certificates(&self) -> HashSet<&'a [u8]> {
        self.certificates.iter().copied().collect()
    }

    /// Returns the digests of revocation data that the token covers.
    pub(crate) fn listed_crls(&self) -> HashSet<&'a [u8]> {
        self.crls.iter().copied().collect()
    }

    /// Tells if the token covers this value of an unsigned attribute.
    pub(crate) fn covers(&self, attribute: &Attribute<'_>, value: &Tlv<'_>) -> bool {
        let digest = match self.form {
            Form::V1 => self.algorithm.digest(attribute.raw),
            Form::V3 => value_digest(self.algorithm, attribute, value),
        };
        self.attributes.iter().any(|entry| *entry == digest.as_bytes())
    }
}

/// Computes the entry of an index for one value of an unsigned attribute: attrType and the value, each with tag and
/// length.
pub(super) fn value_digest(algorithm: DigestAlgorithm, attribute: &Attribute<'_>, value: &Tlv<'_>) -> Digest {
    let mut hasher = algorithm.hasher();
    hasher.update(&writer::tlv(Tag::OBJECT_IDENTIFIER, attribute.oid.as_bytes()));
    hasher.update(value.raw);
    hasher.finish()
}

/// Tells if each entry is one of the digests that are there. The entries are kept and not the digests, because a token has
/// the octets of each entry, and the smallest attribute value has two.
fn are_among(entries: &[&[u8]], present: impl Iterator<Item = Digest>) -> bool {
    let mut missing: HashSet<&[u8]> = entries.iter().copied().collect();
    for digest in present {
        missing.remove(digest.as_bytes());
    }
    missing.is_empty()
}

/// The digests by which an index lists the certificates and revocation data that a SignedData carries.
pub(crate) struct CarriedDigests {
    pub(crate) algorithm: DigestAlgorithm,
    /// The digests of the elements of `certificates`, in their order.
    pub(crate) certificates_in_order: Vec<Digest>,
    /// The digests of the elements of `crls`, in their order.
    pub(crate) crls_in_order: Vec<Digest>,
}

impl CarriedDigests {
    pub(crate) fn of(signed_data: &SignedData<'_>, algorithm: DigestAlgorithm) -> Self {
        let choices = signed_data.certificates.iter();
        Self {
            algorithm,
            certificates_in_order: choices.map(|choice| algorithm.digest(raw_choice(choice))).collect(),
            crls_in_order: crls_raw(signed_data).map(|raw| algorithm.digest(raw)).collect(),
        }
    }
}

fn raw_choice<'a>(choice: &CertificateChoice<'a>) -> &'a [u8] {
    match choice {
        CertificateChoice::Certificate(raw)
        | CertificateChoice::ExtendedCertificate(raw)
        | CertificateChoice::AttributeCertificateV1(raw)
        | CertificateChoice::AttributeCertificateV2(raw)
        | CertificateChoice::Other { raw, .. } => raw,
    }
}

/// Returns the whole elements of `crls`, other forms with their tag.
fn crls_raw<'a>(signed_data: &SignedData<'a>) -> impl Iterator<Item = &'a [u8]> {
    let reader = signed_data.crls_raw.map(|tlv| tlv.reader("SignedData.crls"));
    let mut reader = reader.unwrap_or_else(|| Reader::new(&[], "SignedData.crls"));
    std::iter::from_fn(move || if reader.is_empty() { None } else { reader.any().ok().map(|tlv| tlv.raw) })
}

fn begins_with_oid(fields: &Reader<'_>) -> bool {
    let mut ahead = fields.clone();
    ahead.expect(Tag::SEQUENCE).is_ok_and(|first| first.reader("ATSHashIndex").peek() == Some(Tag::OBJECT_IDENTIFIER))
}

/// Computes the message imprint of an archive-time-stamp-v3: eContentType, digest of the content, the fields of
/// SignerInfo without its unsigned attributes, and the index, concatenated.
pub(crate) fn imprint(
    signature: &SignedData<'_>,
    signer_info: &SignerInfo<'_>,
    content: ContentDigest<'_>,
    index: &HashIndex<'_>,
    algorithm: DigestAlgorithm,
) -> Option<Digest> {
    imprint_with_index(signature, signer_info, content, index.raw, algorithm)
}

/// The same with the index as its octets.
pub(super) fn imprint_with_index(
    signature: &SignedData<'_>,
    signer_info: &SignerInfo<'_>,
    content: ContentDigest<'_>,
    index: &[u8],
    algorithm: DigestAlgorithm,
) -> Option<Digest> {
    let mut hasher = algorithm.hasher();
    let content_type = signature.encap_content_info.content_type;
    hasher.update(&writer::tlv(Tag::OBJECT_IDENTIFIER, content_type.as_bytes()));
    hasher.update(content(algorithm)?.as_bytes());
    hasher.update(signer_info.version_raw);
    hasher.update(signer_info.sid_raw);
    hasher.update(signer_info.digest_algorithm.raw);
    hasher.update(signer_info.signed_attributes.as_ref().map(signed_data::Attributes::raw).unwrap_or_default());
    hasher.update(signer_info.signature_algorithm.raw);
    hasher.update(signer_info.signature_raw);
    hasher.update(index);
    Some(hasher.finish())
}
