//! Reads files in the encodings in which signatures, tokens and records are handed on.

use std::path::Path;

use base64ct::{Base64, Encoding};

use crate::arguments::Error;
use crate::files;

/// The first octet of every DER or BER file that the examples read.
const SEQUENCE: u8 = 0x30;

/// Reads a file in DER, BER, PEM or base64. Any other file is passed on as it is, and the library refuses it.
pub fn decoded(path: &Path) -> Result<Vec<u8>, Error> {
    let octets = files::octets(path)?;
    if octets.first() == Some(&SEQUENCE) {
        return Ok(octets);
    }
    let decoded = std::str::from_utf8(&octets).ok().and_then(from_text);
    Ok(decoded.unwrap_or(octets))
}

fn from_text(text: &str) -> Option<Vec<u8>> {
    let body = match text.split_once("-----BEGIN ") {
        Some((_, block)) => block.split_once("-----")?.1.split_once("-----END ")?.0,
        None => text,
    };
    let mut letters = String::with_capacity(body.len());
    letters.extend(body.chars().filter(|c| !c.is_ascii_whitespace()));
    Base64::decode_vec(&letters).ok().filter(|octets| !octets.is_empty())
}
