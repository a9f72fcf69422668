//! Writes SignedData with one signer, in DER.

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Reader, Tag};
use signed_data::{SignedData, SignerInfo};

use super::seal_attributes::{SealAttributes, SignedAttributes, attribute};
use crate::asn1::{oid, writer};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;

/// The part of a signer's seals that is the same in each of them, written once.
#[derive(Clone)]
pub(crate) struct SealTemplate {
    digest_algorithm: DigestAlgorithm,
    /// The field `digestAlgorithms`.
    digest_algorithms: Vec<u8>,
    certificates: Vec<u8>,
    crls: Crls,
    /// The fields `version`, `sid` and `digestAlgorithm` of the SignerInfo.
    signer_info_head: Vec<u8>,
    signature_algorithm: Vec<u8>,
    attributes: SealAttributes,
}

/// The place of the content: in the SignedData or elsewhere.
#[derive(Clone, Copy)]
pub(crate) enum EncapsulatedContent<'a> {
    Attached(&'a [u8]),
    Detached,
}

impl SealTemplate {
    /// Makes a template. `chain` begins with the signing certificate and has no duplicates.
    pub(crate) fn new(chain: &[Certificate], algorithm: &SignatureAlgorithm) -> Option<Self> {
        let signer = chain.first()?;
        let digest_algorithm = algorithm.cms_digest();
        let digest_algorithm_der = writer::algorithm(digest_algorithm.oid());
        let signature_algorithm_der = algorithm.to_der();
        let sid = writer::sequence(&[signer.issuer_der(), &writer::tlv(Tag::INTEGER, signer.serial().as_bytes())]);
        let certificates =
            writer::set_of(Tag::context(0), chain.iter().map(|certificate| certificate.der().to_vec()).collect());
        // SHA-256 is the DEFAULT of ESSCertIDv2, so DER leaves the algorithm out.
        let certificate_hash = writer::octet_string(DigestAlgorithm::Sha256.digest(signer.der()).as_bytes());
        let ess = writer::sequence(&[&writer::sequence(&[&writer::sequence(&[&certificate_hash])])]);
        let protection =
            writer::sequence(&[&digest_algorithm_der, &retagged(&signature_algorithm_der, Tag::context(1))]);
        Some(Self {
            digest_algorithm,
            digest_algorithms: writer::concat(Tag::SET, &[&digest_algorithm_der]),
            certificates,
            crls: Crls::default(),
            signer_info_head: [writer::small_integer(1), sid, digest_algorithm_der].concat(),
            signature_algorithm: signature_algorithm_der,
            attributes: SealAttributes::new([
                attribute(oid::CONTENT_TYPE, &writer::oid(oid::DATA)),
                attribute(oid::SIGNING_CERTIFICATE_V2, &ess),
                attribute(oid::CMS_ALGORITHM_PROTECTION, &protection),
            ]),
        })
    }

    /// Puts revocation data into every seal.
    pub(crate) fn with_revocation(mut self, data: &RevocationData) -> Self {
        self.crls = Crls::of(&[], data);
        self
    }

    /// Puts the revocation data of this template into every seal.
    pub(crate) fn with_revocation_of(mut self, template: &Self) -> Self {
        self.crls = template.crls.clone();
        self
    }

    /// Returns the algorithm of the message digest.
    pub(crate) fn digest_algorithm(&self) -> DigestAlgorithm {
        self.digest_algorithm
    }

    /// Writes the signed attributes as SET OF, which are signed and which a ProofId is the digest of.
    pub(crate) fn signed_attributes(&self, varying: &SignedAttributes<'_>) -> Vec<u8> {
        self.attributes.write(varying)
    }

    /// Writes the ContentInfo around signed attributes (as SET OF) and their signature.
    pub(crate) fn assemble(
        &self,
        content: EncapsulatedContent<'_>,
        signed_attributes: &[u8],
        signature: &[u8],
    ) -> Vec<u8> {
        use writer::len as element;
        let version = [0x02, 0x01, self.crls.signed_data_version()];
        let octets = match content {
            EncapsulatedContent::Attached(octets) => Some(octets),
            EncapsulatedContent::Detached => None,
        };
        // The lengths are counted from the inside to the outside, and then every octet is written once, in its place.
        let signer_info = self.signer_info_head.len()
            + signed_attributes.len()
            + self.signature_algorithm.len()
            + element(signature.len());
        let data = element(oid::DATA.as_bytes().len());
        let encap_content_info = data + octets.map_or(0, |octets| element(element(octets.len())));
        let signed_data = version.len()
            + self.digest_algorithms.len()
            + element(encap_content_info)
            + self.certificates.len()
            + self.crls.der.len()
            + element(element(signer_info));
        let content_info = element(oid::SIGNED_DATA.as_bytes().len()) + element(element(signed_data));

        let mut out = Vec::with_capacity(element(content_info));
        writer::push_header(&mut out, Tag::SEQUENCE, content_info);
        writer::push(&mut out, Tag::OBJECT_IDENTIFIER, oid::SIGNED_DATA.as_bytes());
        writer::push_header(&mut out, Tag::context(0), element(signed_data));
        writer::push_header(&mut out, Tag::SEQUENCE, signed_data);
        out.extend_from_slice(&version);
        out.extend_from_slice(&self.digest_algorithms);
        writer::push_header(&mut out, Tag::SEQUENCE, encap_content_info);
        writer::push(&mut out, Tag::OBJECT_IDENTIFIER, oid::DATA.as_bytes());
        if let Some(octets) = octets {
            writer::push_header(&mut out, Tag::context(0), element(octets.len()));
            writer::push(&mut out, Tag::OCTET_STRING, octets);
        }
        out.extend_from_slice(&self.certificates);
        out.extend_from_slice(&self.crls.der);
        writer::push_header(&mut out, Tag::SET, element(signer_info));
        writer::push_header(&mut out, Tag::SEQUENCE, signer_info);
        out.extend_from_slice(&self.signer_info_head);
        out.push(Tag::context(0).0);
        out.extend_from_slice(signed_attributes.split_first().map_or(&[], |(_set, rest)| rest));
        out.extend_from_slice(&self.signature_algorithm);
        writer::push(&mut out, Tag::OCTET_STRING, signature);
        out
    }
}

/// Returns the same SignedData with one more unsigned attribute in its only SignerInfo. Lengths adapt, and unsigned
/// attributes come into the order of DER; every other octet stays as received.
pub(crate) fn with_unsigned_attribute(
    signed_data: &SignedData<'_>,
    signer_info: &SignerInfo<'_>,
    oid: ObjectIdentifier,
    value: &[u8],
) -> Vec<u8> {
    let mut attributes: Vec<Vec<u8>> = signer_info
        .unsigned_attributes
        .iter()
        .flat_map(|present| present.iter())
        .map(|attribute| attribute.raw.to_vec())
        .collect();
    attributes.push(attribute(oid, value));
    let unsigned = writer::set_of(Tag::context(1), attributes);
    with_signer_info(signed_data, &signer_info_with(signer_info, signer_info.signature_raw, &unsigned))
}

/// Returns the same SignedData with this signature in its only SignerInfo, in the place of an empty one. Lengths adapt;
/// every other octet stays.
pub(crate) fn with_signature(signed_data: &SignedData<'_>, signer_info: &SignerInfo<'_>, signature: &[u8]) -> Vec<u8> {
    with_signer_info(signed_data, &signer_info_with(signer_info, &writer::octet_string(signature), &[]))
}

/// Returns the SignedData with its only SignerInfo and its content, which is id-data, alone: without certificates, CRLs and
/// unsigned attributes, and with the digest algorithm of that signer. Every other octet stays as received.
pub(crate) fn bare(signed_data: &SignedData<'_>, signer_info: &SignerInfo<'_>) -> Vec<u8> {
    // RFC 5652 §5.1: of what remains, only a SignerInfo of version 3 asks for more than version 1.
    let version = if signer_info.version.to_u64() == Some(3) { 3 } else { 1 };
    content_info(&[
        &writer::small_integer(version),
        &writer::concat(Tag::SET, &[signer_info.digest_algorithm.raw]),
        signed_data.encap_content_info.raw,
        &writer::concat(Tag::SET, &[&signer_info_with(signer_info, signer_info.signature_raw, &[])]),
    ])
}

/// Returns the SignerInfo with this signature and these unsigned attributes, which are empty for none.
fn signer_info_with(signer_info: &SignerInfo<'_>, signature: &[u8], unsigned: &[u8]) -> Vec<u8> {
    writer::sequence(&[
        signer_info.version_raw,
        signer_info.sid_raw,
        signer_info.digest_algorithm.raw,
        signer_info.signed_attributes.as_ref().map(|attributes| attributes.raw()).unwrap_or_default(),
        signer_info.signature_algorithm.raw,
        signature,
        unsigned,
    ])
}

fn with_signer_info(signed_data: &SignedData<'_>, signer_info: &[u8]) -> Vec<u8> {
    let digest_algorithms: Vec<&[u8]> = signed_data.digest_algorithms.iter().map(|algorithm| algorithm.raw).collect();
    content_info(&[
        &writer::tlv(Tag::INTEGER, signed_data.version.as_bytes()),
        &writer::concat(Tag::SET, &digest_algorithms),
        signed_data.encap_content_info.raw,
        signed_data.certificates_raw.map(|tlv| tlv.raw).unwrap_or_default(),
        signed_data.crls_raw.map(|tlv| tlv.raw).unwrap_or_default(),
        &writer::concat(Tag::SET, &[signer_info]),
    ])
}

/// Returns the same SignedData with more certificates and revocation data. Every other octet stays as received; only
/// lengths, and the version where RFC 5652 §5.1 asks for it, adapt.
pub(crate) fn with_material(
    signed_data: &SignedData<'_>,
    certificates: &[Certificate],
    revocation: &RevocationData,
) -> Vec<u8> {
    with_additions(signed_data, &Additions { certificates, revocation, digest_algorithm: None })
}

/// What is added beside the signature: of all that is there already, nothing.
pub(super) struct Additions<'a> {
    pub(super) certificates: &'a [Certificate],
    pub(super) revocation: &'a RevocationData,
    pub(super) digest_algorithm: Option<DigestAlgorithm>,
}

/// Returns the same SignedData with more beside its signature. Every other octet stays as received; only lengths, and the
/// version where RFC 5652 §5.1 asks for it, adapt.
pub(super) fn with_additions(signed_data: &SignedData<'_>, additions: &Additions<'_>) -> Vec<u8> {
    let present = signed_data.crls_raw.map(|tlv| elements(tlv.value)).unwrap_or_default();
    let crls = Crls::of(&present, additions.revocation);
    let version = signed_data.version.to_u64().and_then(|version| u8::try_from(version).ok()).unwrap_or(1);
    content_info(&[
        &writer::small_integer(version.max(crls.signed_data_version())),
        &digest_algorithms(signed_data, additions.digest_algorithm),
        signed_data.encap_content_info.raw,
        &certificates(signed_data, additions.certificates),
        &crls.der,
        signed_data.signer_infos_raw.raw,
    ])
}

fn digest_algorithms(signed_data: &SignedData<'_>, added: Option<DigestAlgorithm>) -> Vec<u8> {
    let present = signed_data.digest_algorithms.iter();
    let added = added.filter(|added| present.clone().all(|algorithm| algorithm.oid != added.oid()));
    let present: Vec<&[u8]> = present.map(|algorithm| algorithm.raw).collect();
    let Some(added) = added.map(|added| writer::algorithm(added.oid())) else {
        return writer::concat(Tag::SET, &present);
    };
    let mut algorithms = present;
    algorithms.push(&added);
    writer::set_of(Tag::SET, algorithms)
}

fn certificates(signed_data: &SignedData<'_>, added: &[Certificate]) -> Vec<u8> {
    let present = signed_data.certificates_raw.map(|tlv| elements(tlv.value)).unwrap_or_default();
    let mut added: Vec<&[u8]> = added.iter().map(Certificate::der).filter(|der| !present.contains(der)).collect();
    if added.is_empty() {
        return signed_data.certificates_raw.map(|tlv| tlv.raw.to_vec()).unwrap_or_default();
    }
    added.extend(present);
    added.sort_unstable();
    added.dedup();
    writer::set_of(Tag::context(0), added)
}

/// The `crls` field (RFC 5652 §10.2.1, RFC 5940 §2), or nothing.
#[derive(Clone, Default)]
struct Crls {
    der: Vec<u8>,
    holds_other_forms: bool,
}

impl Crls {
    /// Merges the present and the added elements, each once.
    fn of(present: &[&[u8]], data: &RevocationData) -> Self {
        let ocsp = data.ocsp_responses().iter().map(|response| {
            let other_format = [writer::oid(oid::RI_OCSP_RESPONSE), response.to_ocsp_response()].concat();
            writer::tlv(Tag::context(1), &other_format)
        });
        let crls = data.crls().iter().map(|crl| crl.der().to_vec());
        let mut elements: Vec<Vec<u8>> = present.iter().map(|raw| raw.to_vec()).chain(crls).chain(ocsp).collect();
        elements.sort();
        elements.dedup();
        if elements.is_empty() {
            return Self::default();
        }
        let holds_other_forms = elements.iter().any(|element| element.first() == Some(&Tag::context(1).0));
        Self { der: writer::set_of(Tag::context(0x01), elements), holds_other_forms }
    }

    /// Returns 5 where `crls` holds another form than CRLs, else 1 (certificates are X.509, the content is id-data, the
    /// signer is named by issuer and serial number).
    fn signed_data_version(&self) -> u8 {
        if self.holds_other_forms { 5 } else { 1 }
    }
}

/// Returns the consecutive elements of these contents.
fn elements(contents: &[u8]) -> Vec<&[u8]> {
    let mut reader = Reader::new(contents, "SignedData");
    std::iter::from_fn(|| if reader.is_empty() { None } else { reader.any().ok().map(|tlv| tlv.raw) }).collect()
}

fn content_info(fields: &[&[u8]]) -> Vec<u8> {
    let explicit = writer::concat(Tag::context(0), &[&writer::sequence(fields)]);
    writer::sequence(&[&writer::oid(oid::SIGNED_DATA), &explicit])
}

/// Returns the same element under an implicit tag of one octet.
fn retagged(element: &[u8], tag: Tag) -> Vec<u8> {
    let mut retagged = element.to_vec();
    if let Some(first) = retagged.first_mut() {
        *first = tag.0;
    }
    retagged
}
