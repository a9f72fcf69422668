//! Digests in records.

use std::fmt;

use super::record_error::RecordError;
use super::sequence::hex_octets;
use crate::crypto::{Digest, DigestAlgorithm, hmac_sha256};
use crate::text::hex_digits;

/// The method of keyed digests.
const KEYED: &str = "hmac-sha-256";

/// A digest in a record, of a part or of the token of a session: by SHA-256 or by what is no weaker, or keyed.
///
/// Whoever has the text of a form letter can try all persons against its plain digest. Where that matters the digest is keyed,
/// and the key lies with what can be erased.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditDigest(Form);

/// No other room builds one, so that no digest is there unchecked.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    /// A digest by an algorithm that is strong.
    Plain(Digest),
    /// HMAC-SHA-256 under a key of 32 octets, as which a [`SaltSeed`](crate::evidence::SaltSeed) serves.
    Keyed([u8; 32]),
}

impl AuditDigest {
    /// Takes a digest.
    ///
    /// # Errors
    /// [`RecordError::WeakDigest`] for one that is weaker than SHA-256, and for SHAKE.
    pub fn plain(digest: Digest) -> Result<Self, RecordError> {
        if digest.algorithm().is_strong() {
            Ok(Self(Form::Plain(digest)))
        } else {
            Err(RecordError::WeakDigest("digest"))
        }
    }

    /// Computes the SHA-256 of octets, such as the token of a session.
    pub fn of(octets: &[u8]) -> Self {
        Self(Form::Plain(DigestAlgorithm::Sha256.digest(octets)))
    }

    /// Computes the HMAC-SHA-256 of octets.
    pub fn keyed(key: &[u8; 32], octets: &[u8]) -> Self {
        Self(Form::Keyed(hmac_sha256(key, [octets])))
    }

    /// Returns the digest, unless it is keyed: that one says nothing to whoever lacks the key.
    pub fn digest(&self) -> Option<Digest> {
        match self.0 {
            Form::Plain(digest) => Some(digest),
            Form::Keyed(_) => None,
        }
    }

    /// Returns the name of the method, as a line holds it: `sha-256`, `sha3-512`, `hmac-sha-256`.
    pub fn method(&self) -> &'static str {
        match &self.0 {
            Form::Plain(digest) => name(digest.algorithm()),
            Form::Keyed(_) => KEYED,
        }
    }

    /// Returns the octets.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Plain(digest) => digest.as_bytes(),
            Form::Keyed(code) => code,
        }
    }

    /// Returns the octets as hexadecimal digits.
    pub(super) fn value(&self) -> String {
        hex_digits(self.as_bytes(), &mut [0; 128]).to_owned()
    }

    /// Reads a method and hexadecimal digits.
    pub(super) fn read(what: &'static str, method: &str, value: &str) -> Result<Self, RecordError> {
        let form = RecordError::Form(what);
        if method == KEYED {
            return hex_octets(value).map(|code| Self(Form::Keyed(code))).ok_or(form);
        }
        let algorithm = DigestAlgorithm::ALL.into_iter().find(|algorithm| name(*algorithm) == method);
        let algorithm = algorithm.filter(|algorithm| algorithm.is_strong()).ok_or(RecordError::WeakDigest(what))?;
        let digest = match algorithm.output_len() {
            32 => hex_octets::<32>(value).and_then(|octets| Digest::new(algorithm, &octets)),
            48 => hex_octets::<48>(value).and_then(|octets| Digest::new(algorithm, &octets)),
            _ => hex_octets::<64>(value).and_then(|octets| Digest::new(algorithm, &octets)),
        };
        digest.map(|digest| Self(Form::Plain(digest))).ok_or(form)
    }
}

fn name(algorithm: DigestAlgorithm) -> &'static str {
    let prefix = algorithm.prefix();
    prefix.strip_suffix(':').unwrap_or(prefix)
}

impl fmt::Debug for AuditDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.method(), self.value())
    }
}
