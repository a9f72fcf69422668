//! Writes SignedData field by field, so that a negative test can make exactly one of them wrong.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use super::{CertifiedKey, TestingError};
use crate::asn1::{oid, time, writer};
use crate::crypto::{DigestAlgorithm, Signer};
use crate::pki::Certificate;

/// Returns the DER of one element with these contents, one after the other.
pub fn tlv(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    writer::concat(tag, parts)
}

/// Returns the DER of an Attribute with its values in the order given.
pub fn attribute(oid: ObjectIdentifier, values: &[&[u8]]) -> Vec<u8> {
    writer::sequence(&[&writer::oid(oid), &writer::concat(Tag::SET, values)])
}

/// A SignedData to order ([RFC 5652 §5](https://www.rfc-editor.org/rfc/rfc5652#section-5)). It starts out correct, and no
/// change to it is checked.
///
/// The signature covers changes made before [`sign`](Self::sign), and not those made after it.
#[derive(Clone, Debug)]
pub struct Forge {
    /// The content type of ContentInfo.
    pub outer_type: ObjectIdentifier,
    /// The version of SignedData.
    pub version: u8,
    /// The eContentType.
    pub content_type: ObjectIdentifier,
    /// The contents octets of eContent; `None` makes a detached signature.
    pub content: Option<Vec<u8>>,
    /// The DER of each certificate.
    pub certificates: Vec<Vec<u8>>,
    /// The DER of each CRL or other RevocationInfoChoice; the list starts empty.
    pub crls: Vec<Vec<u8>>,
    /// The signers; the list starts with one.
    pub signers: Vec<ForgedSigner>,
}

/// One SignerInfo to order.
#[derive(Clone, Debug)]
pub struct ForgedSigner {
    /// The version of the SignerInfo.
    pub version: u8,
    /// The DER of the SignerIdentifier.
    pub sid: Vec<u8>,
    /// The DER of the digest AlgorithmIdentifier.
    pub digest_algorithm: Vec<u8>,
    /// The DER of each signed attribute.
    pub attributes: Vec<Vec<u8>>,
    /// The order of the signed attributes.
    pub order: AttributeOrder,
    /// The DER of the signature AlgorithmIdentifier.
    pub signature_algorithm: Vec<u8>,
    /// The octets of the signature.
    pub signature: Vec<u8>,
    /// The DER of each unsigned attribute.
    pub unsigned_attributes: Vec<Vec<u8>>,
}

/// The order of signed attributes, as signed and as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeOrder {
    /// They are signed and sent in the order of DER.
    Der,
    /// They are signed and sent in the order of the list.
    AsListed,
    /// They are signed in the order of DER and sent in the order of the list.
    SignedInDer,
    /// There are no signed attributes: the content itself is signed.
    NoAttributes,
}

impl Forge {
    /// Starts a CAdES seal over attached content, as [`Sealer`](crate::seal::Sealer) writes it except for the commitment.
    /// The signer's certificate comes first in `chain`.
    pub fn seal(content: &[u8], key: &CertifiedKey, chain: &[Certificate], signing_time: DateTime<Utc>) -> Self {
        let mut forge = Self::new(oid::DATA, content, key, chain, signing_time);
        let mime_type = writer::tlv(Tag::UTF8_STRING, b"application/json");
        forge.first().set(oid::MIME_TYPE, &[&mime_type]);
        let algorithm = key.signer.algorithm();
        let protection = algorithm_protection(&writer::algorithm(algorithm.cms_digest().oid()), &algorithm.to_der());
        forge.first().set(oid::CMS_ALGORITHM_PROTECTION, &[&protection]);
        forge
    }

    /// Starts a timestamp token that holds its signer's certificate and is signed at genTime, as BouncyCastle from 1.87
    /// on wants it: a token whose signing-time is a minute off does not open there.
    pub fn token(info: &ForgedTstInfo, key: &CertifiedKey) -> Self {
        let chain = core::slice::from_ref(&key.certificate);
        let mut forge = Self::new(oid::TST_INFO, &info.to_der(), key, chain, info.time);
        forge.version = 3;
        forge
    }

    fn new(
        content_type: ObjectIdentifier,
        content: &[u8],
        key: &CertifiedKey,
        chain: &[Certificate],
        signing_time: DateTime<Utc>,
    ) -> Self {
        let algorithm = key.signer.algorithm();
        let (certificate, digest) = (&key.certificate, algorithm.cms_digest());
        let serial = writer::tlv(Tag::INTEGER, certificate.serial().as_bytes());
        let message_digest = writer::octet_string(digest.digest(content).as_bytes());
        let attributes = vec![
            attribute(oid::CONTENT_TYPE, &[&writer::oid(content_type)]),
            attribute(oid::MESSAGE_DIGEST, &[&message_digest]),
            attribute(oid::SIGNING_TIME, &[&time::time(signing_time)]),
            attribute(oid::SIGNING_CERTIFICATE_V2, &[&signing_certificate(certificate, DigestAlgorithm::Sha256)]),
        ];
        let signer = ForgedSigner {
            version: 1,
            sid: writer::sequence(&[certificate.issuer_der(), &serial]),
            digest_algorithm: writer::algorithm(digest.oid()),
            attributes,
            order: AttributeOrder::Der,
            signature_algorithm: algorithm.to_der(),
            signature: Vec::new(),
            unsigned_attributes: Vec::new(),
        };
        Self {
            outer_type: oid::SIGNED_DATA,
            version: 1,
            content_type,
            content: Some(content.to_vec()),
            certificates: chain.iter().map(|certificate| certificate.der().to_vec()).collect(),
            crls: Vec::new(),
            signers: vec![signer],
        }
    }

    /// Returns the first signer.
    ///
    /// # Panics
    /// Panics when there is no signer.
    #[allow(clippy::indexing_slicing)]
    pub fn first(&mut self) -> &mut ForgedSigner {
        &mut self.signers[0]
    }

    /// Signs the first signer's attributes as they are now, or the content when there are no attributes.
    ///
    /// # Errors
    /// `Sign`.
    pub fn sign(&mut self, key: &dyn Signer) -> Result<(), TestingError> {
        let content = self.content.clone().unwrap_or_default();
        let signer = self.first();
        let signed = match signer.order {
            AttributeOrder::NoAttributes => content,
            AttributeOrder::AsListed => writer::tlv(Tag::SET, &signer.attributes.concat()),
            AttributeOrder::Der | AttributeOrder::SignedInDer => writer::set_of(Tag::SET, signer.attributes.clone()),
        };
        signer.signature = key.sign(&signed)?;
        Ok(())
    }

    /// Returns the DER of the ContentInfo.
    pub fn to_der(&self) -> Vec<u8> {
        let content = self.content.as_ref().map(|content| writer::tlv(Tag::context(0), &writer::octet_string(content)));
        let mut digest_algorithms: Vec<_> = self.signers.iter().map(|signer| signer.digest_algorithm.clone()).collect();
        digest_algorithms.dedup();
        let optional = |tag, elements: &[Vec<u8>]| match elements {
            [] => Vec::new(),
            some => writer::set_of(tag, some.to_vec()),
        };
        let signed_data = writer::sequence(&[
            &writer::small_integer(self.version),
            &writer::set_of(Tag::SET, digest_algorithms),
            &writer::sequence(&[&writer::oid(self.content_type), &content.unwrap_or_default()]),
            &optional(Tag::context(0), &self.certificates),
            &optional(Tag::context(1), &self.crls),
            &writer::set_of(Tag::SET, self.signers.iter().map(ForgedSigner::to_der).collect()),
        ]);
        writer::sequence(&[&writer::oid(self.outer_type), &writer::tlv(Tag::context(0), &signed_data)])
    }
}

impl ForgedSigner {
    /// Gives the signed attribute of this type these values, or adds it.
    pub fn set(&mut self, oid: ObjectIdentifier, values: &[&[u8]]) {
        let new = attribute(oid, values);
        match self.attributes.iter_mut().find(|attribute| is_of_type(attribute, oid)) {
            Some(present) => *present = new,
            None => self.attributes.push(new),
        }
    }

    /// Removes the signed attribute of this type.
    pub fn remove(&mut self, oid: ObjectIdentifier) {
        self.attributes.retain(|attribute| !is_of_type(attribute, oid));
    }

    /// Adds the signed attribute of this type a second time.
    pub fn duplicate(&mut self, oid: ObjectIdentifier) {
        let twins: Vec<_> = self.attributes.iter().filter(|attribute| is_of_type(attribute, oid)).cloned().collect();
        self.attributes.extend(twins);
    }

    /// Adds a signature-time-stamp.
    pub fn stamp(&mut self, token: &[u8]) {
        self.unsigned_attributes.push(attribute(oid::SIGNATURE_TIME_STAMP, &[token]));
    }

    fn to_der(&self) -> Vec<u8> {
        let signed = match self.order {
            AttributeOrder::NoAttributes => Vec::new(),
            AttributeOrder::Der => writer::set_of(Tag::context(0), self.attributes.clone()),
            AttributeOrder::AsListed | AttributeOrder::SignedInDer => {
                writer::tlv(Tag::context(0), &self.attributes.concat())
            }
        };
        let unsigned = match self.unsigned_attributes.as_slice() {
            [] => Vec::new(),
            some => writer::set_of(Tag::context(1), some.to_vec()),
        };
        writer::sequence(&[
            &writer::small_integer(self.version),
            &self.sid,
            &self.digest_algorithm,
            &signed,
            &self.signature_algorithm,
            &writer::octet_string(&self.signature),
            &unsigned,
        ])
    }
}

fn is_of_type(attribute: &[u8], oid: ObjectIdentifier) -> bool {
    let mut reader = signed_data::tlv::Reader::new(attribute, "Attribute");
    reader.any().and_then(|tlv| tlv.reader("Attribute").oid()).is_ok_and(|stated| stated == oid)
}

/// Returns a SigningCertificateV2 that names this certificate by a digest ([RFC 5035
/// §3](https://www.rfc-editor.org/rfc/rfc5035#section-3)); SHA-256 is the DEFAULT and is left out. With SHA-1 it is a
/// SigningCertificate (RFC 2634 §5.4), which has no algorithm.
pub fn signing_certificate(certificate: &Certificate, algorithm: DigestAlgorithm) -> Vec<u8> {
    let hash = writer::octet_string(certificate.digest(algorithm).as_bytes());
    let algorithm = match algorithm {
        DigestAlgorithm::Sha1 | DigestAlgorithm::Sha256 => Vec::new(),
        other => writer::algorithm(other.oid()),
    };
    writer::sequence(&[&writer::sequence(&[&writer::sequence(&[&algorithm, &hash])])])
}

/// Returns the CMSAlgorithmProtection ([RFC 6211 §2](https://www.rfc-editor.org/rfc/rfc6211#section-2)) of these two
/// AlgorithmIdentifiers.
pub fn algorithm_protection(digest: &[u8], signature: &[u8]) -> Vec<u8> {
    let contents = |element: &[u8]| {
        let mut reader = signed_data::tlv::Reader::new(element, "AlgorithmIdentifier");
        reader.any().map(|tlv| tlv.value.to_vec()).unwrap_or_default()
    };
    writer::sequence(&[digest, &writer::tlv(Tag::context(1), &contents(signature))])
}

/// A TSTInfo to order ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)); fields that are empty
/// are left out.
#[derive(Clone, Debug)]
pub struct ForgedTstInfo {
    /// The version of the TSTInfo.
    pub version: u8,
    /// The TSA's policy.
    pub policy: ObjectIdentifier,
    /// The DER of the imprint's AlgorithmIdentifier.
    pub imprint_algorithm: Vec<u8>,
    /// The imprint.
    pub imprint: Vec<u8>,
    /// The serial number.
    pub serial: u8,
    /// The text of the GeneralizedTime genTime.
    pub gen_time: String,
    /// The DER of the Accuracy.
    pub accuracy: Vec<u8>,
    /// The DER of the GeneralName of the TSA.
    pub tsa: Vec<u8>,
    /// The DER of each Extension, one after the other.
    pub extensions: Vec<u8>,
    /// What genTime was before somebody changed its text.
    time: DateTime<Utc>,
}

impl ForgedTstInfo {
    /// Describes a timestamp of this data, in whole seconds, accurate to one second.
    pub fn of(data: &[u8], algorithm: DigestAlgorithm, gen_time: DateTime<Utc>) -> Self {
        Self {
            version: 1,
            policy: super::tsa::POLICY,
            imprint_algorithm: writer::algorithm(algorithm.oid()),
            imprint: algorithm.digest(data).as_bytes().to_vec(),
            serial: 1,
            gen_time: gen_time.format("%Y%m%d%H%M%SZ").to_string(),
            accuracy: writer::sequence(&[&writer::small_integer(1)]),
            tsa: Vec::new(),
            extensions: Vec::new(),
            time: gen_time,
        }
    }

    /// Returns the DER of the TSTInfo.
    pub fn to_der(&self) -> Vec<u8> {
        let optional = |tag, value: &[u8]| if value.is_empty() { Vec::new() } else { writer::tlv(tag, value) };
        writer::sequence(&[
            &writer::small_integer(self.version),
            &writer::oid(self.policy),
            &writer::sequence(&[&self.imprint_algorithm, &writer::octet_string(&self.imprint)]),
            &writer::small_integer(self.serial),
            &writer::tlv(Tag::GENERALIZED_TIME, self.gen_time.as_bytes()),
            &self.accuracy,
            &optional(Tag::context(0), &self.tsa),
            &optional(Tag::context(1), &self.extensions),
        ])
    }
}
