//! Archive timestamps with indexes that cost as much as they can. Each token is genuine and about the seal, so that its
//! index is compared with what is there.

use recommande::crypto::DigestAlgorithm;
use recommande::testing::{attribute, tlv};
use signed_data::limits::MAX_ELEMENTS;
use signed_data::tlv::Tag;

use super::{Attacker, CERTIFICATES, Parts, TOKENS, elements, equal, oid};

/// What a token takes beside its index.
const TOKEN: usize = 1500;

fn octet_string(octets: &[u8]) -> Vec<u8> {
    tlv(Tag::OCTET_STRING, &[octets])
}

/// An ATSHashIndexV3 of these entries for certificates, for revocation data and for values of unsigned attributes.
fn index(algorithm: DigestAlgorithm, [certificates, crls, values]: [&[u8]; 3]) -> Vec<u8> {
    let identifier = tlv(Tag::SEQUENCE, &[&oid(algorithm.oid())]);
    let list = |entries| tlv(Tag::SEQUENCE, &[entries]);
    tlv(Tag::SEQUENCE, &[&identifier, &list(certificates), &list(crls), &list(values)])
}

/// The entry that a value of the attribute with fillers has.
fn entry_of_value(algorithm: DigestAlgorithm, value: &[u8]) -> Vec<u8> {
    octet_string(algorithm.digest(&[oid(oid::MIME_TYPE).as_slice(), value].concat()).as_bytes())
}

fn archive_timestamp(attacker: &Attacker, number: usize, index: &[u8]) -> Vec<u8> {
    // eContentType, the digest of the content, the fields of SignerInfo and the index, as the imprint is over them.
    let content = DigestAlgorithm::Sha256.digest(&attacker.content);
    let data = [oid(oid::DATA).as_slice(), content.as_bytes(), &attacker.signer_info, index].concat();
    let mut token = attacker.forged_token(&data, number, &attacker.pki.tsa);
    token.first().unsigned_attributes.push(attribute(oid::ATS_HASH_INDEX_V3, &[index]));
    attribute(oid::ARCHIVE_TIME_STAMP_V3, &[&token.to_der()])
}

/// Indexes of digests of nothing that is there, beside small values.
pub(super) fn indexes(attacker: &Attacker, size: usize) -> Vec<u8> {
    let value = |number: usize| octet_string(&(number as u16).to_be_bytes());
    let values: Vec<Vec<u8>> = (0..(size / 1024).clamp(1, CERTIFICATES)).map(value).collect();
    let each = (size / TOKENS).saturating_sub(TOKEN) / 3 / 34;
    let hash = |number: usize| octet_string(DigestAlgorithm::Sha256.digest(&number.to_be_bytes()).as_bytes());
    let token = |number: usize| {
        let list = |list: usize| -> Vec<u8> {
            let first = (3 * number + list) * each;
            (first..first + each).flat_map(hash).collect()
        };
        let index = index(DigestAlgorithm::Sha256, [&list(0), &list(1), &list(2)]);
        archive_timestamp(attacker, number, &index)
    };
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let attributes = attribute(oid::MIME_TYPE, &values).into_iter().chain((0..TOKENS).flat_map(token)).collect();
    attacker.file(&Parts { attributes, ..Parts::default() })
}

/// One timestamp by each algorithm, whose indexes list as many of the smallest elements as are read.
pub(super) fn algorithms(attacker: &Attacker, size: usize) -> Vec<u8> {
    let element = |tag: Tag, number: usize| tlv(tag, &[&octet_string(&(number as u16).to_be_bytes())]);
    let hashed: usize = DigestAlgorithm::ALL.into_iter().map(|algorithm| algorithm.output_len() + 4).sum();
    let count = (size / 2).saturating_sub(DigestAlgorithm::ALL.len() * TOKEN / 2) / (hashed + 6);
    let of_tag = |tag| (0..count.clamp(1, CERTIFICATES)).map(|number| element(tag, number)).collect::<Vec<_>>();
    let (certificates, crls) = (of_tag(Tag::context(1)), of_tag(Tag::SEQUENCE));
    let token = |(number, algorithm): (usize, DigestAlgorithm)| {
        let entry = |element: &Vec<u8>| octet_string(algorithm.digest(element).as_bytes());
        let list = |elements: &[Vec<u8>]| elements.iter().flat_map(entry).collect::<Vec<u8>>();
        archive_timestamp(attacker, number, &index(algorithm, [&list(&certificates), &list(&crls), &[]]))
    };
    let attributes = DigestAlgorithm::ALL.into_iter().enumerate().flat_map(token).collect();
    let (certificates, crls) = (certificates.concat(), crls.concat());
    attacker.file(&Parts { certificates, crls, attributes, ..Parts::default() })
}

/// As many timestamps as are looked at, each of which lists one attribute as large as the file.
pub(super) fn large_attribute(attacker: &Attacker, size: usize) -> Vec<u8> {
    let value = octet_string(&vec![0x2a; size.saturating_sub(TOKENS * TOKEN)]);
    let index = index(DigestAlgorithm::Sha256, [&[], &[], &entry_of_value(DigestAlgorithm::Sha256, &value)]);
    let tokens = (0..TOKENS).flat_map(|number| archive_timestamp(attacker, number, &index));
    let attributes = attribute(oid::MIME_TYPE, &[&value]).into_iter().chain(tokens).collect();
    attacker.file(&Parts { attributes, ..Parts::default() })
}

/// As many equal values as are read. One timestamp by each algorithm lists them.
pub(super) fn equal_values(attacker: &Attacker, size: usize) -> Vec<u8> {
    let room = size.saturating_sub(DigestAlgorithm::ALL.len() * TOKEN);
    let values = equal(elements(room).min(room / 4).max(2), room);
    let value = &values[0];
    let values = values.chunks(MAX_ELEMENTS).flat_map(|values| {
        let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        attribute(oid::MIME_TYPE, &values)
    });
    let token = |(number, algorithm): (usize, DigestAlgorithm)| {
        archive_timestamp(attacker, number, &index(algorithm, [&[], &[], &entry_of_value(algorithm, value)]))
    };
    let tokens = DigestAlgorithm::ALL.into_iter().enumerate().flat_map(token);
    let attributes = values.chain(tokens).collect();
    attacker.file(&Parts { attributes, ..Parts::default() })
}

/// An index of entries without octets.
pub(super) fn empty_entries(attacker: &Attacker, size: usize) -> Vec<u8> {
    let entries = octet_string(&[]).repeat(size / 2);
    let attributes = archive_timestamp(attacker, 0, &index(DigestAlgorithm::Sha256, [&entries, &[], &[]]));
    attacker.file(&Parts { attributes, ..Parts::default() })
}
