//! This module makes valid and invalid certificates for tests.

use chrono::{DateTime, TimeZone, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use super::certificate::Certificate;
use crate::asn1::{oid, time, writer};
#[cfg(not(feature = "aws-lc-rs"))]
use crate::crypto::RustCryptoSigningKey as SigningKey;
#[cfg(feature = "aws-lc-rs")]
use crate::crypto::SigningKey;
use crate::crypto::{KeyKind, Signer};

/// Returns the time at which tests validate the certificates, unless the test is about time.
pub(super) fn now() -> DateTime<Utc> {
    year(2026)
}

pub(super) fn year(year: i32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, 7, 1, 12, 0, 0).unwrap()
}

/// A name and a key.
pub(super) struct Subject {
    pub(super) name: Vec<u8>,
    pub(super) key: SigningKey,
}

impl Subject {
    pub(super) fn new(name: &str) -> Self {
        Self { name: common_name(name), key: SigningKey::generate(&KeyKind::EcP256).unwrap() }
    }

    /// Makes the root certificate of the subject.
    pub(super) fn root(&self) -> Certificate {
        self.certifies(self).authority().make()
    }

    pub(super) fn certifies(&self, subject: &Subject) -> Made {
        Made {
            version: 2,
            serial: vec![1],
            issuer: self.name.clone(),
            subject: subject.name.clone(),
            not_before: year(2020),
            not_after: year(2030),
            spki: subject.key.public_key().spki_der().to_vec(),
            extensions: Vec::new(),
            signature: sign(&self.key),
            inner_algorithm: self.key.algorithm().to_der(),
            outer_algorithm: self.key.algorithm().to_der(),
            unused_bits: 0,
        }
    }
}

type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

fn sign(key: &SigningKey) -> Sign {
    let key = key.clone();
    Box::new(move |tbs| key.sign(tbs).unwrap())
}

pub(super) fn common_name(name: &str) -> Vec<u8> {
    rdns(&[(oid::COMMON_NAME, Tag::UTF8_STRING, name.as_bytes())])
}

pub(super) fn rdns(attributes: &[(ObjectIdentifier, Tag, &[u8])]) -> Vec<u8> {
    let rdns: Vec<_> = attributes
        .iter()
        .map(|(oid, tag, value)| {
            writer::tlv(Tag::SET, &writer::sequence(&[&writer::oid(*oid), &writer::tlv(*tag, value)]))
        })
        .collect();
    writer::tlv(Tag::SEQUENCE, &rdns.concat())
}

/// A certificate under construction, every field of which a test may make wrong.
pub(super) struct Made {
    pub(super) version: u8,
    pub(super) serial: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) subject: Vec<u8>,
    pub(super) not_before: DateTime<Utc>,
    pub(super) not_after: DateTime<Utc>,
    pub(super) spki: Vec<u8>,
    pub(super) extensions: Vec<Vec<u8>>,
    pub(super) signature: Sign,
    pub(super) inner_algorithm: Vec<u8>,
    pub(super) outer_algorithm: Vec<u8>,
    pub(super) unused_bits: u8,
}

impl Made {
    pub(super) fn extension(mut self, oid: ObjectIdentifier, critical: bool, value: &[u8]) -> Self {
        let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
        self.extensions.push(writer::sequence(&[&writer::oid(oid), critical, &writer::octet_string(value)]));
        self
    }

    pub(super) fn basic_constraints(self, ca: bool, path_len: Option<u8>) -> Self {
        let ca: &[u8] = if ca { &[1, 1, 0xff] } else { &[] };
        let path_len = path_len.map(writer::small_integer).unwrap_or_default();
        self.extension(oid::BASIC_CONSTRAINTS, true, &writer::sequence(&[ca, &path_len]))
    }

    /// Sets keyUsage. Bit 0 of the standard is the highest bit.
    pub(super) fn key_usage(self, bits: u8) -> Self {
        self.extension(oid::KEY_USAGE, true, &[3, 2, 0, bits])
    }

    /// Sets basicConstraints and keyUsage of a certificate authority.
    pub(super) fn authority(self) -> Self {
        self.basic_constraints(true, None).key_usage(0b0000_0110)
    }

    pub(super) fn valid(self, not_before: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self { not_before, not_after, ..self }
    }

    pub(super) fn serial(self, serial: &[u8]) -> Self {
        Self { serial: serial.to_vec(), ..self }
    }

    pub(super) fn der(self) -> Vec<u8> {
        let version = match self.version {
            0 => Vec::new(),
            version => writer::tlv(Tag::context(0), &writer::small_integer(version)),
        };
        let extensions = match self.extensions.as_slice() {
            [] => Vec::new(),
            some => writer::tlv(Tag::context(3), &writer::tlv(Tag::SEQUENCE, &some.concat())),
        };
        let tbs = writer::sequence(&[
            &version,
            &writer::tlv(Tag::INTEGER, &self.serial),
            &self.inner_algorithm,
            &self.issuer,
            &writer::sequence(&[&time::time(self.not_before), &time::time(self.not_after)]),
            &self.subject,
            &self.spki,
            &extensions,
        ]);
        let signature = (self.signature)(&tbs);
        let bits = writer::concat(Tag::BIT_STRING, &[&[self.unused_bits], &signature]);
        writer::sequence(&[&tbs, &self.outer_algorithm, &bits])
    }

    pub(super) fn make(self) -> Certificate {
        Certificate::from_der(&self.der()).unwrap()
    }
}
