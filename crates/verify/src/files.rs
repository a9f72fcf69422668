//! Reads files, within the bounds of the library.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64ct::{Base64, Encoding as _};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::{PayloadDigests, TrustAnchors};
use serde::de::DeserializeOwned;
use signed_data::limits::MAX_INPUT;

use crate::error::Error;

/// The first octet of every file in DER or BER.
pub const SEQUENCE: u8 = 0x30;

/// The largest payload that is read as a whole, so that a report can say if it is signed itself.
const WHOLE: usize = 1 << 20;

/// Opens a file, which has to be one that can be read more than once: of a pipe the second reading would find nothing, and opening one waits
/// until somebody writes.
pub fn opened(path: &Path) -> Result<File, Error> {
    if std::fs::metadata(path).map_err(Error::of(path))?.is_file() {
        return File::open(path).map_err(Error::of(path));
    }
    let what = "this is no regular file, and a file is read more than once";
    Err(Error::Content { path: path.to_owned(), what: what.to_owned() })
}

/// Reads a whole file. One above the limit of the library is not read.
pub fn octets(path: &Path) -> Result<Vec<u8>, Error> {
    let too_large = || Error::TooLarge { path: path.to_owned(), limit: MAX_INPUT };
    let limit = u64::try_from(MAX_INPUT).unwrap_or(u64::MAX);
    let file = opened(path)?;
    let length = file.metadata().map_err(Error::of(path))?.len();
    if length > limit {
        return Err(too_large());
    }
    let mut octets = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // It may grow while it is read.
    file.take(limit.saturating_add(1)).read_to_end(&mut octets).map_err(Error::of(path))?;
    if octets.len() > MAX_INPUT { Err(too_large()) } else { Ok(octets) }
}

/// Reads a file that holds one object in JSON.
pub fn object<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let octets = octets(path)?;
    // A list would be read as the members in their order, and what is told of it would be about no member that anybody wrote.
    if octets.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::Content {
            path: path.to_owned(),
            what: "it is an array, and has to be an object".to_owned(),
        });
    }
    serde_json::from_slice(&octets).map_err(Error::json(path))
}

/// Returns the octets of a file in DER or BER, of one block of PEM, or of base64. Any other file is passed on as it is.
pub fn decoded(octets: Vec<u8>) -> Vec<u8> {
    if octets.first() == Some(&SEQUENCE) {
        return octets;
    }
    std::str::from_utf8(&octets).ok().and_then(from_text).unwrap_or(octets)
}

/// Reads what PEM or base64 holds.
fn from_text(text: &str) -> Option<Vec<u8>> {
    let body = match text.split_once("-----BEGIN ") {
        Some((_, block)) => block.split_once("-----")?.1.split_once("-----END ")?.0,
        None => text,
    };
    let letters: String = body.chars().filter(|character| !character.is_ascii_whitespace()).collect();
    Base64::decode_vec(&letters).ok().filter(|octets| !octets.is_empty())
}

/// Reads the certificates of a PEM file, or the one of a DER file, as anchors.
pub fn anchors(path: Option<&Path>) -> Result<TrustAnchors, Error> {
    let Some(path) = path else { return Ok(TrustAnchors::new()) };
    TrustAnchors::from_bytes(&octets(path)?).map_err(Error::content(path))
}

/// A payload as far as it is needed.
#[derive(Debug)]
pub enum GivenPayload {
    Octets(Vec<u8>),
    Digests(PayloadDigests),
}

impl GivenPayload {
    /// Reads a small file, and hashes a large one in one pass.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        let mut file = opened(path)?;
        let mut octets = Vec::new();
        let whole = u64::try_from(WHOLE).unwrap_or(u64::MAX);
        let taken = std::io::Read::by_ref(&mut file).take(whole.saturating_add(1)).read_to_end(&mut octets);
        if taken.map_err(Error::of(path))? <= WHOLE {
            return Ok(Self::Octets(octets));
        }
        let digests = PayloadDigests::of_reader(&mut octets.as_slice().chain(file));
        digests.map(Self::Digests).map_err(Error::of(path))
    }

    /// Returns the digests, of any payload.
    pub fn digests(&self) -> PayloadDigests {
        match self {
            Self::Octets(octets) => PayloadDigests::of_bytes(octets),
            Self::Digests(digests) => digests.clone(),
        }
    }
}

/// Reads a digest such as `sha256:e3b0...`.
pub fn digest(text: &str) -> Result<Digest, Error> {
    let usage = |what: &str| Error::Usage(format!("a digest is ALG:HEX, and this is {what}"));
    let (name, hexadecimal) = text.split_once(':').ok_or_else(|| usage("without a colon"))?;
    let algorithm = DigestAlgorithm::from_name(name).ok_or_else(|| usage("by no known algorithm"))?;
    let digits: Option<Vec<u8>> =
        hexadecimal.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or_else(|| usage("not in hexadecimal"))?;
    let octets: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect();
    Digest::new(algorithm, &octets).ok_or_else(|| usage("not of the length of its algorithm"))
}

/// The name of a file for people. Octets that are no text are written as escapes, so that two names stay two.
pub fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => path.as_os_str().as_encoded_bytes().escape_ascii().to_string(),
    }
}
