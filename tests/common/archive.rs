//! Archive timestamps (archive-time-stamp-v3, ETSI EN 319 122-1 V1.3.1, clause 5.5), written element by element.

use recommande::crypto::DigestAlgorithm;
use recommande::testing::TestTsa;

use super::der::{self, Node, node};
use super::oid;
use super::records::stamp_with;

/// How an archive timestamp is made.
pub struct Archiving<'a> {
    pub tsa: &'a TestTsa,
    /// The algorithm of its imprint.
    pub imprint: DigestAlgorithm,
    /// The algorithm of the list of what it covers.
    pub index: DigestAlgorithm,
    /// The choice of the file's certificates that it lists; it lists all unsigned attributes.
    pub certificates: &'a dyn Fn(&Node) -> bool,
    /// The choice of the file's revocation data that it lists.
    pub lists: &'a dyn Fn(&Node) -> bool,
    /// The CRLs that its token carries.
    pub crls: &'a [Vec<u8>],
}

impl Archiving<'_> {
    /// The file, in DER and with one signer, with an archive timestamp over its signature and all that is listed.
    pub fn archived(&self, file: &[u8]) -> Vec<u8> {
        let file = Node::parse(file);
        let index = self.hash_index(&file);
        let content = self.imprint.digest(&file.at(der::CONTENT).contents()).as_bytes().to_vec();
        let fields: Vec<u8> = signer_info(&file).iter().take(6).flat_map(Node::to_der).collect();
        let stamped = [file.at(&[1, 0, 2, 0]).to_der(), content, fields, index.to_der()].concat();
        let token = stamp_with(self.tsa, self.imprint.digest(&stamped));
        let token = Node::parse(token.as_bytes());
        let token = token.with_unsigned(der::attribute(oid::ATS_HASH_INDEX_V3, vec![index]));
        let token = token.with(|token| self.crls.iter().for_each(|crl| add_crl(token, crl)));
        file.with_unsigned(der::attribute(oid::ARCHIVE_TIME_STAMP_V3, vec![token])).to_der()
    }

    /// ATSHashIndexV3 ::= SEQUENCE { hashIndAlgorithm, certificatesHashIndex, crlsHashIndex, unsignedAttrValuesHashIndex }.
    fn hash_index(&self, file: &Node) -> Node {
        let hash = |octets: &[u8]| der::octets(0x04, self.index.digest(octets).as_bytes());
        let certificates = file.at(der::CERTIFICATES).children().iter();
        let certificates = certificates.filter(|choice| (self.certificates)(choice));
        let certificates = certificates.map(|choice| hash(&choice.to_der()));
        let crls = crls(file).iter().filter(|choice| (self.lists)(choice)).map(|choice| hash(&choice.to_der()));
        let attributes = signer_info(file).iter().skip(6).flat_map(Node::children);
        let values = attributes.flat_map(|attribute| {
            let kind = attribute.at(&[0]).to_der();
            let values = attribute.at(&[1]).children().iter();
            values.map(move |value| hash(&[kind.as_slice(), &value.to_der()].concat()))
        });
        node(
            0x30,
            vec![
                node(0x30, vec![der::oid(self.index.oid())]),
                node(0x30, certificates.collect()),
                node(0x30, crls.collect()),
                node(0x30, values.collect()),
            ],
        )
    }
}

/// The fields of the only SignerInfo.
fn signer_info(file: &Node) -> &[Node] {
    file.at(der::SIGNED_DATA).children().last().expect("signerInfos").at(&[0]).children()
}

fn crls(file: &Node) -> &[Node] {
    let fields = file.at(der::SIGNED_DATA).children();
    fields.iter().find(|field| field.tag == 0xa1).map(Node::children).unwrap_or_default()
}

/// Adds a CRL to the SignedData of a file or a token.
pub fn add_crl(file: &mut Node, crl: &[u8]) {
    let fields = file.at_mut(der::SIGNED_DATA).children_mut();
    let crl = Node::parse(crl);
    match fields.iter_mut().find(|field| field.tag == 0xa1) {
        Some(crls) => crls.children_mut().push(crl),
        None => fields.insert(fields.len() - 1, node(0xa1, vec![crl])),
    }
}
