//! The proof that a record is about.

use std::borrow::Cow;
use std::fmt;

use base64ct::{Base64, Encoding};

use super::limits::MAX_PROOF;
use super::record_error::RecordError;
use super::sequence::hex_octets;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{Field, Statement};
use crate::seal::{Proof, ProofId};
use crate::text::hex_digits;

/// The proof that a record is about: the file itself, or its [`ProofId`]. Debug does not show the file, of which nothing was
/// checked in a record that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct ProofReference<'a>(Reference<'a>);

#[derive(Clone, PartialEq, Eq)]
enum Reference<'a> {
    /// The DER of the proof in base64.
    Embedded(Cow<'a, str>),
    Id([u8; 32]),
}

impl<'a> ProofReference<'a> {
    /// Names a proof by its id.
    pub fn id(id: ProofId) -> Self {
        Self(Reference::Id(id.digest().first_32()))
    }

    /// Takes a proof into the record, so that it is there when the trail is combined with others.
    ///
    /// # Errors
    /// [`RecordError::TooLong`]; [`RecordError::ProofInTheClear`] for a proof whose statement holds personal values that are no
    /// commitments: a record holds none.
    pub fn embedded<S: Statement>(proof: &Proof<S>) -> Result<Self, RecordError> {
        let clear = Field::personal(proof.stated()).len();
        if clear > 0 {
            return Err(RecordError::ProofInTheClear(clear));
        }
        if proof.der().len() > MAX_PROOF {
            return Err(RecordError::TooLong { what: "proof", limit: MAX_PROOF });
        }
        Ok(Self(Reference::Embedded(Base64::encode_string(proof.der()).into())))
    }

    pub(super) fn read_embedded(base64: Cow<'a, str>) -> Result<Self, RecordError> {
        if base64.len() > MAX_PROOF.div_ceil(3) * 4 {
            return Err(RecordError::TooLong { what: "proof", limit: MAX_PROOF });
        }
        // It is decoded when somebody asks for it.
        let in_alphabet = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
        let digits = base64.trim_end_matches('=');
        let is_base64 =
            base64.len().is_multiple_of(4) && base64.len() - digits.len() <= 2 && digits.bytes().all(in_alphabet);
        if is_base64 && !digits.is_empty() {
            Ok(Self(Reference::Embedded(base64)))
        } else {
            Err(RecordError::Form("proof"))
        }
    }

    pub(super) fn read_id(hexadecimal: &str) -> Result<Self, RecordError> {
        hex_octets(hexadecimal).map(|octets| Self(Reference::Id(octets))).ok_or(RecordError::Form("proofId"))
    }

    /// Returns the file of the proof, if the record holds it. Nothing in it was verified.
    pub fn der(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Reference::Embedded(base64) => Base64::decode_vec(base64).ok(),
            Reference::Id(_) => None,
        }
    }

    /// Returns the digest that is the id of the proof, if the record names the proof by it.
    pub fn id_digest(&self) -> Option<Digest> {
        match &self.0 {
            Reference::Embedded(_) => None,
            Reference::Id(octets) => Digest::new(DigestAlgorithm::Sha256, octets),
        }
    }

    /// Returns the member `proof` of a line.
    pub(super) fn base64(&self) -> Option<&str> {
        match &self.0 {
            Reference::Embedded(base64) => Some(base64),
            Reference::Id(_) => None,
        }
    }

    /// Returns the 32 octets of the member `proofId` of a line.
    pub(super) fn id_octets(&self) -> Option<&[u8]> {
        match &self.0 {
            Reference::Embedded(_) => None,
            Reference::Id(octets) => Some(octets),
        }
    }
}

impl fmt::Debug for ProofReference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reference::Embedded(base64) => write!(f, "ProofReference({} digits of base64)", base64.len()),
            Reference::Id(octets) => write!(f, "ProofReference({})", hex_digits(octets, &mut [0; 64])),
        }
    }
}
