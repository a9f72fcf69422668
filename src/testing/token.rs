//! Writes TSTInfo and tokens with the typed structures of `cms`, so that our reader is not only tried on our own
//! writer.

use chrono::{DateTime, Timelike, Utc};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo};
use const_oid::ObjectIdentifier;
use der::asn1::{OctetString, SetOfVec};
use der::{Any, Decode, Encode};
use rfc3161_client::{Accuracy, MessageImprint};
use signed_data::tlv::Tag;
use x509_cert::attr::Attribute;

use super::CertifiedKey;
use crate::asn1::{oid, time, writer};
use crate::crypto::{DigestAlgorithm, Signer};
use crate::pki::Certificate;

/// Describes a TSTInfo to be made, [RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2).
pub(super) struct TstInfo {
    pub(super) version: u8,
    pub(super) policy: ObjectIdentifier,
    pub(super) imprint: MessageImprint,
    pub(super) serial: u64,
    pub(super) gen_time: DateTime<Utc>,
    pub(super) fraction_digits: usize,
    pub(super) accuracy: Option<Accuracy>,
    pub(super) ordering: bool,
    /// The contents octets of the INTEGER.
    pub(super) nonce: Option<Vec<u8>>,
    /// The DER of a GeneralName.
    pub(super) tsa: Option<Vec<u8>>,
    /// The DER of the extensions, one after the other.
    pub(super) extensions: Vec<u8>,
}

impl TstInfo {
    pub(super) fn to_der(&self) -> Vec<u8> {
        let algorithm = writer::sequence(&[
            &writer::tlv(Tag::OBJECT_IDENTIFIER, self.imprint.algorithm.as_bytes()),
            self.imprint.parameters.as_deref().unwrap_or_default(),
        ]);
        let optional = |tag, value: Option<&[u8]>| value.map(|value| writer::tlv(tag, value)).unwrap_or_default();
        let extensions = Some(self.extensions.as_slice()).filter(|extensions| !extensions.is_empty());
        writer::sequence(&[
            &writer::small_integer(self.version),
            &writer::oid(self.policy),
            &writer::sequence(&[&algorithm, &writer::octet_string(&self.imprint.digest)]),
            &writer::unsigned_integer(&self.serial.to_be_bytes()),
            &writer::tlv(Tag::GENERALIZED_TIME, self.gen_time().as_bytes()),
            &self.accuracy.as_ref().map(accuracy).unwrap_or_default(),
            if self.ordering { &[0x01, 0x01, 0xff] } else { &[] },
            &optional(Tag::INTEGER, self.nonce.as_deref()),
            &optional(Tag::context(0), self.tsa.as_deref()),
            &optional(Tag::context(1), extensions),
        ])
    }

    /// Writes a GeneralizedTime as `YYYYMMDDhhmmss[.f]Z`, the fraction without trailing zeros (RFC 3161 §2.4.2).
    fn gen_time(&self) -> String {
        let seconds = self.gen_time.format("%Y%m%d%H%M%S");
        // A leap second has more than 10^9.
        let nanos = self.gen_time.nanosecond() % 1_000_000_000;
        let fraction: String = format!("{nanos:09}").chars().take(self.fraction_digits).collect();
        match fraction.trim_end_matches('0') {
            "" => format!("{seconds}Z"),
            fraction => format!("{seconds}.{fraction}Z"),
        }
    }
}

fn accuracy(accuracy: &Accuracy) -> Vec<u8> {
    let part = |tag, value: Option<u64>| {
        let integer = value.map(|value| writer::unsigned_integer(&value.to_be_bytes())).unwrap_or_default();
        // An implicit tag takes the place of INTEGER's.
        integer.split_first().map(|(_, rest)| [&[tag], rest].concat()).unwrap_or_default()
    };
    writer::sequence(&[
        &part(Tag::INTEGER.0, accuracy.seconds),
        &part(Tag::context_primitive(0).0, accuracy.millis.map(u64::from)),
        &part(Tag::context_primitive(1).0, accuracy.micros.map(u64::from)),
    ])
}

/// Describes the token around a TSTInfo.
pub(super) struct Token<'a> {
    pub(super) content_type: ObjectIdentifier,
    pub(super) content: &'a [u8],
    pub(super) signer: &'a CertifiedKey,
    pub(super) signing_time: DateTime<Utc>,
    pub(super) certificates: Vec<Certificate>,
    /// The certificate that signing-certificate-v2 names, if the attribute is written.
    pub(super) named: Option<&'a Certificate>,
    pub(super) message_digest: Vec<u8>,
    pub(super) signature: Signature,
    pub(super) signers: usize,
}

#[derive(PartialEq, Eq)]
pub(super) enum Signature {
    Good,
    Flipped,
}

impl Token<'_> {
    /// Returns the DER of the ContentInfo, or `None` when these types cannot hold something or the signer fails.
    pub(super) fn to_der(&self) -> Option<Vec<u8>> {
        let digest = self.signer.signer.algorithm().cms_digest();
        let digest_algorithm = spki::AlgorithmIdentifierOwned::from_der(&writer::algorithm(digest.oid())).ok()?;
        let certificate = |certificate: &Certificate| {
            x509_cert::Certificate::from_der(certificate.der()).ok().map(CertificateChoices::Certificate)
        };
        let certificates: Option<Vec<_>> = self.certificates.iter().map(certificate).collect();
        let certificates = certificates.filter(|certificates| !certificates.is_empty());
        let signers: Option<Vec<_>> =
            (0..self.signers).map(|index| self.signer_info(&digest_algorithm, index)).collect();
        let signed_data = SignedData {
            version: CmsVersion::V3,
            digest_algorithms: SetOfVec::try_from(vec![digest_algorithm.clone()]).ok()?,
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: self.content_type,
                econtent: Some(Any::from_der(&writer::octet_string(self.content)).ok()?),
            },
            certificates: certificates.map(TryInto::try_into).transpose().ok()?,
            crls: None,
            signer_infos: signers?.try_into().ok()?,
        };
        let content = Any::encode_from(&signed_data).ok()?;
        ContentInfo { content_type: oid::SIGNED_DATA, content }.to_der().ok()
    }

    fn signer_info(&self, digest_alg: &spki::AlgorithmIdentifierOwned, index: usize) -> Option<SignerInfo> {
        let certificate = x509_cert::Certificate::from_der(self.signer.certificate.der()).ok()?;
        let attributes = self.attributes(index)?;
        let mut signature = self.signer.signer.sign(&attributes.to_der().ok()?).ok()?;
        if self.signature == Signature::Flipped {
            // The last octet of an ECDSA-Sig-Value belongs to a number, so the coding stays good.
            *signature.last_mut()? ^= 1;
        }
        Some(SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: certificate.tbs_certificate().issuer().clone(),
                serial_number: certificate.tbs_certificate().serial_number().clone(),
            }),
            digest_alg: digest_alg.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: Decode::from_der(&self.signer.signer.algorithm().to_der()).ok()?,
            signature: OctetString::new(signature).ok()?,
            unsigned_attrs: None,
        })
    }

    fn attributes(&self, index: usize) -> Option<SetOfVec<Attribute>> {
        let attribute = |oid, value: Vec<u8>| {
            let values = SetOfVec::try_from(vec![Any::from_der(&value).ok()?]).ok()?;
            Some(Attribute { oid, values })
        };
        // A second signer must not be the first once more: a SET OF has no duplicates.
        let signing_time = self.signing_time + chrono::TimeDelta::seconds(i64::try_from(index).ok()?);
        let mut attributes = vec![
            attribute(oid::CONTENT_TYPE, writer::oid(self.content_type))?,
            attribute(oid::MESSAGE_DIGEST, writer::octet_string(&self.message_digest))?,
            attribute(oid::SIGNING_TIME, time::time(signing_time))?,
        ];
        if let Some(named) = self.named {
            // SigningCertificateV2, RFC 5035 §3: SHA-256 is the DEFAULT and is left out.
            let hash = writer::octet_string(DigestAlgorithm::Sha256.digest(named.der()).as_bytes());
            let certs = writer::sequence(&[&writer::sequence(&[&hash])]);
            attributes.push(attribute(oid::SIGNING_CERTIFICATE_V2, writer::sequence(&[&certs]))?);
        }
        SetOfVec::try_from(attributes).ok()
    }
}
