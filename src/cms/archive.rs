//! Reads archive-time-stamp-v3, and computes what its token covers (ETSI EN 319 122-1 V1.3.1, clauses 5.5.2 and 5.5.3).

use std::collections::BTreeMap;

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
#[derive(Clone, Copy)]
pub(crate) struct HashIndex<'a> {
    raw: &'a [u8],
    form: IndexForm,
    algorithm: DigestAlgorithm,
    certificates: Entries<'a>,
    crls: Entries<'a>,
    attributes: Entries<'a>,
}

/// The digests of one list of an index. They are read anew for each question: the smallest entry has two octets, and what
/// says where it is takes sixteen.
#[derive(Clone, Copy)]
struct Entries<'a> {
    octets: &'a [u8],
    count: usize,
}

impl<'a> Entries<'a> {
    fn read(fields: &mut Reader<'a>) -> Result<Self, signed_data::Error> {
        let list = fields.expect(Tag::SEQUENCE)?;
        let mut entries = list.reader(INDEX);
        let mut count: usize = 0;
        while !entries.is_empty() {
            entries.expect(Tag::OCTET_STRING)?;
            count = count.saturating_add(1);
        }
        Ok(Self { octets: list.value, count })
    }

    fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let mut entries = Reader::new(self.octets, INDEX);
        std::iter::from_fn(move || entries.expect(Tag::OCTET_STRING).ok().map(|entry| entry.value))
    }
}

/// The structure that errors name.
const INDEX: &str = "ATSHashIndex";

/// The octets that an entry for unsigned attributes is the digest of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum IndexForm {
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
        let v3 = find(oid::ATS_HASH_INDEX_V3).map(|attribute| (IndexForm::V3, attribute));
        let mut indices = v3.chain(find(oid::ATS_HASH_INDEX).map(|attribute| (IndexForm::V1, attribute)));
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

    fn read(form: IndexForm, value: Tlv<'a>) -> Result<Option<Self>, signed_data::Error> {
        let mut fields = Reader::new(value.raw, INDEX).expect(Tag::SEQUENCE)?.reader(INDEX);
        // The algorithm may be left out of the older form; there an entry list cannot be taken for it, since it holds
        // OCTET STRINGs.
        let explicit = form == IndexForm::V3 || begins_with_oid(&fields);
        let algorithm = if explicit {
            DigestAlgorithm::from_oid(AlgorithmIdentifier::read(&mut fields)?.oid)
        } else {
            Some(DigestAlgorithm::Sha256)
        };
        let mut list = || Entries::read(&mut fields);
        let (certificates, crls, attributes) = (list()?, list()?, list()?);
        fields.finish()?;
        Ok(algorithm.map(|algorithm| Self { raw: value.raw, form, algorithm, certificates, crls, attributes }))
    }

    /// Checks that every entry is the digest of an element that is there. An entry that matches nothing means that an
    /// element was taken away or changed.
    pub(crate) fn check(&self, digests: &CarriedDigests, attributes: &AttributeDigests, notes: &mut Notes<'_, '_>) {
        let values = attributes.iter(self);
        let length = self.algorithm.output_len();
        let differs = if !are_among(self.certificates, length, digests.certificates().map(|(_, digest)| digest)) {
            Some("certificate")
        } else if !are_among(self.crls, length, digests.crls().map(|(_, digest)| digest)) {
            Some("revocation data")
        } else if !are_among(self.attributes, length, values) {
            Some("unsigned attribute")
        } else {
            None
        };
        if let Some(what) = differs {
            notes.note_with(Code::ArchiveIndexDiffers, || Details::stated(what));
            return;
        }
        notes.note_with(Code::ArchiveIndexMatches, || {
            let counts = (self.certificates.count, self.crls.count, self.attributes.count);
            Details::computed(format!(
                "{} certificates, {} revocation data, {} unsigned attributes",
                counts.0, counts.1, counts.2
            ))
        });
    }

    /// Returns the algorithm of the digests in the index.
    pub(crate) fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Returns what an entry for unsigned attributes is the digest of.
    pub(crate) fn form(&self) -> IndexForm {
        self.form
    }

    /// Returns the digests of unsigned attributes that the token covers, as they stand there.
    pub(crate) fn listed_attributes(&self) -> impl Iterator<Item = &'a [u8]> {
        self.attributes.iter()
    }

    /// Returns the digests of certificates that the token covers, sorted.
    pub(crate) fn listed_certificates(&self) -> Vec<&'a [u8]> {
        sorted([self.certificates], self.algorithm.output_len())
    }

    /// Returns the digests of revocation data that the token covers, sorted.
    pub(crate) fn listed_crls(&self) -> Vec<&'a [u8]> {
        sorted([self.crls], self.algorithm.output_len())
    }

    /// Computes the entry that this value of an unsigned attribute has in such an index.
    pub(crate) fn entry_of(&self, attribute: &Attribute<'_>, value: &Tlv<'_>) -> Digest {
        match self.form {
            IndexForm::V1 => self.algorithm.digest(attribute.raw),
            IndexForm::V3 => value_digest(self.algorithm, attribute, value),
        }
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

/// Returns the entries that have the length of a digest, sorted and each once. Those of another length are the digest of
/// nothing, and the smallest have two octets.
fn sorted<'a>(lists: impl IntoIterator<Item = Entries<'a>, IntoIter: Clone>, length: usize) -> Vec<&'a [u8]> {
    let lists = lists.into_iter();
    let entries = || lists.clone().flat_map(Entries::iter).filter(|entry| entry.len() == length);
    let mut sorted = Vec::with_capacity(entries().count());
    sorted.extend(entries());
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// Tells if each entry is one of the digests that are there. The entries are kept and not the digests, because a token has
/// the octets of each entry, and the smallest attribute value has two.
fn are_among(entries: Entries<'_>, length: usize, present: impl Iterator<Item = Digest>) -> bool {
    if entries.iter().any(|entry| entry.len() != length) {
        return false;
    }
    let listed = sorted([entries], length);
    let mut is_present = vec![false; listed.len()];
    for digest in present {
        let place = listed.binary_search(&digest.as_bytes()).ok();
        if let Some(is_present) = place.and_then(|place| is_present.get_mut(place)) {
            *is_present = true;
        }
    }
    is_present.into_iter().all(|is_present| is_present)
}

/// The digests by which indexes list the certificates and revocation data that a SignedData carries. Those that no index
/// lists are left out: thousands of the smallest elements can be there, and eleven algorithms.
pub(crate) struct CarriedDigests {
    pub(crate) algorithm: DigestAlgorithm,
    certificates: PlacedDigests,
    crls: PlacedDigests,
}

impl CarriedDigests {
    /// Computes the digests of one algorithm that these indexes list.
    pub(crate) fn of(signed_data: &SignedData<'_>, algorithm: DigestAlgorithm, indexes: &[HashIndex<'_>]) -> Self {
        let of_algorithm = || indexes.iter().filter(move |index| index.algorithm == algorithm);
        let length = algorithm.output_len();
        let certificates = sorted(of_algorithm().map(|index| index.certificates), length);
        let certificates = PlacedDigests::of(&mut certificates_raw(signed_data), algorithm, &certificates);
        let crls = sorted(of_algorithm().map(|index| index.crls), length);
        Self { algorithm, certificates, crls: PlacedDigests::of(&mut crls_raw(signed_data), algorithm, &crls) }
    }

    /// Returns the digests of elements of `certificates`, each with its place among them.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = (usize, Digest)> {
        self.certificates.iter(self.algorithm)
    }

    /// Returns the digests of elements of `crls`, each with its place among them.
    pub(crate) fn crls(&self) -> impl Iterator<Item = (usize, Digest)> {
        self.crls.iter(self.algorithm)
    }
}

/// The digests by which indexes list the unsigned attributes of one signer, once for each form and algorithm: every index
/// lists them again, and one value may be as large as a file. Those that no index lists are left out.
#[derive(Default)]
pub(crate) struct AttributeDigests {
    by_form: BTreeMap<(DigestAlgorithm, IndexForm), PlacedDigests>,
}

impl AttributeDigests {
    /// Computes the digests that these indexes list.
    pub(crate) fn of(signer_info: &SignerInfo<'_>, indexes: &[HashIndex<'_>]) -> Self {
        let mut by_form = BTreeMap::new();
        for HashIndex { algorithm, form, .. } in indexes {
            by_form.entry((*algorithm, *form)).or_insert_with(|| {
                let of_form = indexes.iter().filter(|index| index.algorithm == *algorithm && index.form == *form);
                let listed = sorted(of_form.map(|index| index.attributes), algorithm.output_len());
                // Equal values may be thousands, and an entry that is there is there once.
                let mut is_there = vec![false; listed.len()];
                let mut first_of_each = attribute_digests(signer_info, *form, *algorithm).filter(|digest| {
                    let place = listed.binary_search(&digest.as_bytes()).ok();
                    place
                        .and_then(|place| is_there.get_mut(place))
                        .is_some_and(|there| !core::mem::replace(there, true))
                });
                PlacedDigests::of_digests(&mut first_of_each, &listed)
            });
        }
        Self { by_form }
    }

    fn iter(&self, index: &HashIndex<'_>) -> impl Iterator<Item = Digest> {
        let placed = self.by_form.get(&(index.algorithm, index.form));
        placed.into_iter().flat_map(|placed| placed.iter(index.algorithm)).map(|(_, digest)| digest)
    }
}

/// Computes the entries that the unsigned attributes of a signer have in an index.
fn attribute_digests(
    signer_info: &SignerInfo<'_>,
    form: IndexForm,
    algorithm: DigestAlgorithm,
) -> impl Iterator<Item = Digest> {
    let attributes = signer_info.unsigned_attributes.iter().flat_map(|attributes| attributes.iter());
    attributes.flat_map(move |attribute| {
        let (whole, values) = match form {
            IndexForm::V1 => (Some(algorithm.digest(attribute.raw)), None),
            IndexForm::V3 => (None, Some(&attribute.values)),
        };
        let of_values = values.into_iter().flat_map(|values| values.iter());
        whole.into_iter().chain(of_values.map(move |value| value_digest(algorithm, attribute, value)))
    })
}

/// The places of elements and their digests, without anything between them.
#[derive(Default)]
struct PlacedDigests {
    places: Vec<u32>,
    octets: Vec<u8>,
}

impl PlacedDigests {
    fn of(elements: &mut dyn Iterator<Item = &'_ [u8]>, algorithm: DigestAlgorithm, listed: &[&[u8]]) -> Self {
        Self::of_digests(&mut elements.map(|element| algorithm.digest(element)), listed)
    }

    fn of_digests(digests: &mut dyn Iterator<Item = Digest>, listed: &[&[u8]]) -> Self {
        let mut placed = Self::default();
        if listed.is_empty() {
            return placed;
        }
        for (place, digest) in (0..).zip(digests) {
            if listed.binary_search(&digest.as_bytes()).is_ok() {
                placed.places.push(place);
                placed.octets.extend_from_slice(digest.as_bytes());
            }
        }
        placed
    }

    fn iter(&self, algorithm: DigestAlgorithm) -> impl Iterator<Item = (usize, Digest)> {
        let digests = self.octets.chunks_exact(algorithm.output_len());
        let placed = self.places.iter().zip(digests);
        placed.filter_map(move |(place, octets)| Some((usize::try_from(*place).ok()?, Digest::new(algorithm, octets)?)))
    }
}

/// Returns the whole elements of `certificates`.
pub(super) fn certificates_raw<'a>(signed_data: &SignedData<'a>) -> impl Iterator<Item = &'a [u8]> {
    signed_data.certificates.iter().map(raw_choice)
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
pub(super) fn crls_raw<'a>(signed_data: &SignedData<'a>) -> impl Iterator<Item = &'a [u8]> {
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
pub(crate) fn imprint_with_index(
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
