//! Reads archive-time-stamp-v3, and computes what its token covers (ETSI EN 319 122-1 V1.3.1, clauses 5.5.2 and 5.5.3).

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{AlgorithmIdentifier, Attribute, CertificateChoice, SignedData, SignerInfo};

use super::ContentDigest;
use super::listed::ListedDigests;
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

    fn iter(self) -> impl Iterator<Item = &'a [u8]> + Clone {
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
        let values = attributes.by_form.get(&(self.algorithm, self.form));
        let differs = if !digests.certificates.has_each(self.certificates.iter()) {
            Some("certificate")
        } else if !digests.crls.has_each(self.crls.iter()) {
            Some("revocation data")
        } else if !values.is_some_and(|values| values.has_each(self.attributes.iter())) {
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

/// The digests by which indexes list the certificates and revocation data that a SignedData carries. Those that no index
/// lists are left out: thousands of the smallest elements can be there, and eleven algorithms.
pub(crate) struct CarriedDigests {
    pub(crate) algorithm: DigestAlgorithm,
    certificates: ListedDigests,
    crls: ListedDigests,
}

impl CarriedDigests {
    /// Computes the digests of one algorithm that these indexes list.
    pub(crate) fn of(signed_data: &SignedData<'_>, algorithm: DigestAlgorithm, indexes: &[HashIndex<'_>]) -> Self {
        let of_algorithm = indexes.iter().filter(|index| index.algorithm == algorithm);
        let certificates = of_algorithm.clone().flat_map(|index| index.certificates.iter());
        let crls = of_algorithm.flat_map(|index| index.crls.iter());
        let digest = |element| algorithm.digest(element);
        let length = algorithm.output_len();
        Self {
            algorithm,
            certificates: ListedDigests::of(certificates_raw(signed_data).map(digest), certificates, length),
            crls: ListedDigests::of(crls_raw(signed_data).map(digest), crls, length),
        }
    }

    /// Returns the places of the elements of `certificates` that an index by this algorithm lists.
    pub(crate) fn certificates(&self, index: &HashIndex<'_>) -> Vec<usize> {
        self.certificates.places(index.certificates.iter())
    }

    /// Returns the places of the elements of `crls` that an index by this algorithm lists.
    pub(crate) fn crls(&self, index: &HashIndex<'_>) -> Vec<usize> {
        self.crls.places(index.crls.iter())
    }
}

/// The digests by which indexes list the unsigned attributes of one signer, once for each form and algorithm: every index
/// lists them again, and one value may be as large as a file. Those that no index lists are left out.
#[derive(Default)]
pub(crate) struct AttributeDigests {
    by_form: BTreeMap<(DigestAlgorithm, IndexForm), ListedDigests>,
}

impl AttributeDigests {
    /// Computes the digests that these indexes list.
    pub(crate) fn of(signer_info: &SignerInfo<'_>, indexes: &[HashIndex<'_>]) -> Self {
        let mut by_form = BTreeMap::new();
        for HashIndex { algorithm, form, .. } in indexes {
            by_form.entry((*algorithm, *form)).or_insert_with(|| {
                let of_form = indexes.iter().filter(|index| index.algorithm == *algorithm && index.form == *form);
                let entries = of_form.flat_map(|index| index.attributes.iter());
                let digests = attribute_digests(signer_info, *form, *algorithm);
                ListedDigests::of(digests, entries, algorithm.output_len())
            });
        }
        Self { by_form }
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
