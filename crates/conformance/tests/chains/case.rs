//! A chain under construction, and the question that it becomes.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use const_oid::ObjectIdentifier;
use recommande::crypto::Signer;
use recommande::pki::PolicyInputs;
use recommande::testing::{CertificateSpec, ExtensionSpec, derived_key, tlv};
use recommande::{Certificate, TrustAnchors};
use signed_data::tlv::Tag;

use crate::names::Name;

pub const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
pub const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
pub const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
pub const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");

/// The bits of keyUsage, as they stand in its first octet.
pub const KEY_CERT_SIGN: u8 = 0x04;
pub const CRL_SIGN: u8 = 0x02;
pub const DIGITAL_SIGNATURE: u8 = 0x80;

/// The inputs of RFC 5280 §6.1.1 (c) to (g).
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Empty: any policy.
    pub policies: Vec<ObjectIdentifier>,
    pub explicit_policy: bool,
    pub mapping_inhibited: bool,
    pub any_policy_inhibited: bool,
}

impl Inputs {
    pub fn flags(&self) -> u32 {
        u32::from(self.explicit_policy)
            | u32::from(self.mapping_inhibited) << 1
            | u32::from(self.any_policy_inhibited) << 2
    }

    pub fn to_policy_inputs(&self) -> PolicyInputs {
        let mut inputs = PolicyInputs::default();
        if !self.policies.is_empty() {
            inputs = inputs.with_initial_policies(self.policies.iter().copied());
        }
        if self.explicit_policy {
            inputs = inputs.with_explicit_policy();
        }
        if self.mapping_inhibited {
            inputs = inputs.with_policy_mapping_inhibited();
        }
        if self.any_policy_inhibited {
            inputs = inputs.with_any_policy_inhibited();
        }
        inputs
    }
}

/// What is asked.
pub struct Case {
    pub target: Certificate,
    pub candidates: Vec<Certificate>,
    pub anchors: TrustAnchors,
    pub at: DateTime<Utc>,
    pub inputs: Inputs,
    /// What is unusual in it, in the words of `chains.json`.
    pub tags: BTreeSet<&'static str>,
}

/// One certificate to be.
#[derive(Clone)]
pub struct Draft {
    pub subject: Name,
    /// The number of its key.
    pub key: usize,
    /// The issuer as it is written here, and the number of the key that signs.
    pub issuer: Name,
    pub signed_by: usize,
    pub serial: u8,
    pub not_before: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    pub extensions: Vec<ExtensionSpec>,
}

/// The anchor, the authorities below it and the target, in this order, and what lies beside them.
pub struct Chain {
    pub drafts: Vec<Draft>,
    pub beside: Vec<Draft>,
    /// Further anchors.
    pub other_anchors: Vec<Draft>,
    /// The number of the draft at which the path may end.
    pub anchor: usize,
    pub inputs: Inputs,
    pub tags: BTreeSet<&'static str>,
    keys_used: usize,
}

/// When everything is asked about.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap()
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(Tag::SEQUENCE, parts)
}

pub fn identifier(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()])
}

pub fn basic_constraints(ca: bool, path_len: Option<u8>) -> Vec<u8> {
    let ca: &[u8] = if ca { &[1, 1, 0xff] } else { &[] };
    sequence(&[ca, &path_len.map(|length| tlv(Tag::INTEGER, &[&[length]])).unwrap_or_default()])
}

pub fn key_usage(bits: u8) -> Vec<u8> {
    let unused = u8::try_from(bits.trailing_zeros().min(7)).expect("small");
    tlv(Tag::BIT_STRING, &[&[unused, bits]])
}

impl Draft {
    pub fn set(&mut self, oid: ObjectIdentifier, critical: bool, value: Vec<u8>) {
        self.remove(oid);
        self.extensions.push(ExtensionSpec { oid, critical, value });
    }

    pub fn remove(&mut self, oid: ObjectIdentifier) {
        self.extensions.retain(|extension| extension.oid != oid);
    }

    fn make(&self, keys: &Keys) -> Certificate {
        let mut spec = CertificateSpec::new("", self.not_before, self.not_after).without_key_identifiers();
        spec.subject = self.subject.der();
        spec.serial = vec![self.serial];
        spec.extensions.clone_from(&self.extensions);
        let der = spec.to_der(keys.0[self.key].public_key(), &self.issuer.der(), &*keys.0[self.signed_by]);
        Certificate::from_der(&der.expect("a signature")).expect("a certificate")
    }
}

/// The keys of all chains.
pub struct Keys(Vec<Arc<dyn Signer>>);

impl Keys {
    pub fn new() -> Self {
        Self((0..24).map(|number| derived_key(&format!("chains: {number}")).expect("a key")).collect())
    }
}

impl Chain {
    /// A valid chain with this many authorities between the anchor and the target.
    pub fn new(authorities: usize) -> Self {
        let (drafts, beside, other_anchors) = Default::default();
        let (inputs, tags) = Default::default();
        let mut chain = Self { drafts, beside, other_anchors, anchor: 0, inputs, tags, keys_used: 0 };
        for number in 0..authorities + 2 {
            let subject = if number <= authorities { Name::authority(number) } else { Name::target() };
            let key = chain.new_key();
            let (issuer, signed_by) =
                chain.drafts.last().map_or((subject.clone(), key), |above: &Draft| (above.subject.clone(), above.key));
            let mut draft = Draft {
                subject,
                key,
                issuer,
                signed_by,
                serial: u8::try_from(number + 1).expect("a small number"),
                not_before: now() - TimeDelta::days(365),
                not_after: now() + TimeDelta::days(365),
                extensions: Vec::new(),
            };
            if number <= authorities {
                draft.set(BASIC_CONSTRAINTS, true, basic_constraints(true, None));
                draft.set(KEY_USAGE, true, key_usage(KEY_CERT_SIGN | CRL_SIGN));
            } else {
                draft.set(KEY_USAGE, true, key_usage(DIGITAL_SIGNATURE));
            }
            draft.set(SUBJECT_KEY_IDENTIFIER, false, tlv(Tag::OCTET_STRING, &[&key_identifier(key)]));
            let by = tlv(Tag::context_primitive(0), &[&key_identifier(signed_by)]);
            draft.set(AUTHORITY_KEY_IDENTIFIER, false, sequence(&[&by]));
            chain.drafts.push(draft);
        }
        chain
    }

    /// A key that no certificate of the chain has yet.
    pub fn new_key(&mut self) -> usize {
        self.keys_used += 1;
        self.keys_used - 1
    }

    pub fn tag(&mut self, tag: &'static str) {
        self.tags.insert(tag);
    }

    /// The numbers of the authorities between the anchor and the target.
    pub fn authorities(&self) -> core::ops::Range<usize> {
        self.anchor + 1..self.drafts.len() - 1
    }

    pub fn to_case(&self, keys: &Keys, shuffle: impl FnOnce(&mut [Certificate])) -> Case {
        let made: Vec<Certificate> = self.drafts.iter().map(|draft| draft.make(keys)).collect();
        let mut candidates: Vec<_> = made[self.anchor + 1..made.len() - 1].to_vec();
        candidates.extend(self.beside.iter().map(|draft| draft.make(keys)));
        shuffle(&mut candidates);
        let mut anchors: TrustAnchors = [made[self.anchor].clone()].into_iter().collect();
        self.other_anchors.iter().for_each(|draft| anchors.add(draft.make(keys)));
        let target = made.last().expect("a target").clone();
        Case { target, candidates, anchors, at: now(), inputs: self.inputs.clone(), tags: self.tags.clone() }
    }
}

pub fn key_identifier(key: usize) -> [u8; 4] {
    [0x6b, 0x65, 0x79, u8::try_from(key).expect("a small number")]
}
