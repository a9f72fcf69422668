//! Seals in print: the text of a QR code on a page, and its reader.

use std::fmt;

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::base45;
use super::error::DecodeError;
use super::limits::{MAX_EXPANDED, MAX_PRINTED};
use super::proof::AnyProof;
use crate::cms::is_der;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{EvidenceIdentifier, Statement};
use crate::text::hex;

const SEAL: &str = "RM1:";
const NAME: &str = "RM0:";

/// The level of compression, which is the densest.
const DENSEST: u8 = 10;

/// What a QR code on a page holds.
///
/// ```text
/// text     = "RM1:" base45(zlib(bare seal))            -- RFC 9285, RFC 1950
///          / "RM0:" ProofId ":" UUID                   -- hexadecimal in upper case; the evidence identifier
/// ```
///
/// All of these characters are in the alphanumeric mode of QR codes. The [bare seal](super::Proof::bare_seal) is a CMS file
/// without certificates and timestamps: a verifier that is given the certificates of the service as extras judges who
/// stated what, and says INDETERMINATE, because the proof of the time is not on paper.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Printed {
    /// The seal without its timestamps and certificates, as a proof that a verifier takes.
    Seal(AnyProof),
    /// The names of a proof, whose seal is too long for a code, is not in DER, or is that of a batch. They prove nothing.
    Name {
        /// The digest in the identifier of the sealed statement.
        proof_id: Digest,
        /// The identifier of the evidence.
        evidence_identifier: EvidenceIdentifier,
    },
}

/// A text that is not that of a QR code on a page. None of these repeats what stands in the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrintedError {
    /// The text does not begin with `RM1:` or `RM0:`.
    #[error("the text is not that of a code on a page of registered mail")]
    Prefix,
    /// The text has more than [`MAX_PRINTED`] characters.
    #[error("the text has more than {MAX_PRINTED} characters")]
    TooLong,
    /// The text is not in base45: a character of another alphabet, such as a lower-case letter, or a group that no octets give.
    #[error("the text is not in base45")]
    Base45,
    /// The octets are not those of zlib, or their checksum is another.
    #[error("the text does not hold what zlib compressed")]
    Zlib,
    /// The octets expand to more than [`MAX_EXPANDED`].
    #[error("the text expands to more than {MAX_EXPANDED} octets")]
    TooLarge,
    /// Something follows after the end of what was compressed.
    #[error("octets follow after the seal")]
    TrailingOctets,
    /// The seal is not in DER, or not bare: certificates, revocation data or unsigned attributes are in it.
    #[error("the text does not hold a bare seal in DER")]
    NotBare,
    /// The seal cannot be read as that of a proof.
    #[error("the seal cannot be read")]
    Proof(#[source] DecodeError),
    /// The names of a proof are not in the one form in which they are written.
    #[error("the names of the proof are not in their form")]
    Name,
}

impl fmt::Debug for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seal(proof) => write!(f, "Printed::Seal({})", proof.id()),
            Self::Name { proof_id, .. } => write!(f, "Printed::Name({proof_id})"),
        }
    }
}

impl Printed {
    /// Returns the text of the code for a proof: its seal, or its names where the seal is that of a batch, is not in DER, or is
    /// larger than [`read`](Self::read) takes.
    ///
    /// The text holds the numbers of persons as the statement does. Nothing in it has been verified.
    ///
    /// # Errors
    /// `Coding` or `Profile` when the proof cannot be read.
    pub fn text_of(proof: &AnyProof) -> Result<String, DecodeError> {
        if proof.parts().is_none() {
            let bare = proof.bare_seal()?;
            let text = format!("{SEAL}{}", base45::encode(&compress_to_vec_zlib(&bare, DENSEST)));
            if text.len() <= MAX_PRINTED && bare.len() <= MAX_EXPANDED && is_der(&bare) {
                return Ok(text);
            }
        }
        let (proof_id, evidence) = (proof.id(), proof.stated().evidence_identifier());
        let names = format!("{}:{}", hex(proof_id.digest().as_bytes()), hex(evidence.as_bytes()));
        Ok(format!("{NAME}{}", names.to_ascii_uppercase()))
    }

    /// Reads the text of a code. It is bounded in memory and work, and takes a seal in DER alone. How densely it is compressed
    /// does not matter, so that one seal has several texts.
    ///
    /// # Errors
    /// The errors of [`PrintedError`], of which each has its own cause.
    pub fn read(text: &str) -> Result<Self, PrintedError> {
        if text.len() > MAX_PRINTED {
            return Err(PrintedError::TooLong);
        }
        if let Some(names) = text.strip_prefix(NAME) {
            return read_names(names).ok_or(PrintedError::Name);
        }
        let encoded = text.strip_prefix(SEAL).ok_or(PrintedError::Prefix)?;
        let der = expanded(&base45::decode(encoded).ok_or(PrintedError::Base45)?)?;
        if !is_der(&der) {
            return Err(PrintedError::NotBare);
        }
        let proof = AnyProof::from_der(&der).map_err(PrintedError::Proof)?;
        // Anybody can add to a file what is not signed, and a page would show more than its seal.
        let bare = proof.bare_seal().map_err(PrintedError::Proof)?;
        if bare == der { Ok(Self::Seal(proof)) } else { Err(PrintedError::NotBare) }
    }
}

/// Expands what zlib compressed, up to a bound: a few octets can claim to be gigabytes.
fn expanded(compressed: &[u8]) -> Result<Vec<u8>, PrintedError> {
    let mut octets = vec![0; MAX_EXPANDED];
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_COMPUTE_ADLER32 | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), compressed, &mut octets, 0, flags);
    if status == TINFLStatus::HasMoreOutput {
        return Err(PrintedError::TooLarge);
    }
    if status != TINFLStatus::Done {
        return Err(PrintedError::Zlib);
    }
    if read < compressed.len() {
        return Err(PrintedError::TrailingOctets);
    }
    octets.truncate(written);
    Ok(octets)
}

fn read_names(names: &str) -> Option<Printed> {
    let (proof_id, evidence) = names.split_once(':')?;
    let proof_id = Digest::new(DigestAlgorithm::Sha256, &from_hexadecimal(proof_id)?)?;
    let uuid = from_hexadecimal(evidence)?.try_into().ok()?;
    Some(Printed::Name { proof_id, evidence_identifier: EvidenceIdentifier::from_bytes(uuid) })
}

/// Reads hexadecimal digits in upper case.
fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    };
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}
