//! What a file is about, by the digests that it names or holds: which of several payloads is its own, and whether one is a letter of a container.

use std::io::BufReader;
use std::path::Path;

use recommande::Indication;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::rfc3161_client::{MessageImprint, TimeStampResp, TimeStampToken};
use recommande::time::record::{EvidenceRecord, digest_algorithms};
use recommande::verify::ContentDigests;
use recommande_dossier::{Dossier, Part, PartKind};

use crate::error::Error;
use crate::files;
use crate::kind::{Kind, Names};
use crate::question::Payload;

/// Returns the digests of what a file is about. There is none of what cannot be read: the verdict on the file says why.
pub fn digests(path: &Path, kind: Kind, names: Option<&Names>) -> Vec<Digest> {
    let octets = || files::octets(path).map(files::decoded).unwrap_or_default();
    match kind {
        Kind::Proof | Kind::Statement | Kind::Code => names.map_or(Vec::new(), |names| names.content.clone()),
        Kind::Timestamp => token(&octets()).and_then(|token| imprint(&token)).into_iter().collect(),
        Kind::EvidenceRecord => of_record(&octets()),
        Kind::Dossier => of_letters(path),
        // The message-digest of a signature is not read here: of several payloads it takes none.
        Kind::PayloadSignature | Kind::Signature | Kind::Case => Vec::new(),
    }
}

/// Reads a timestamp token, or the response that holds one.
pub fn token(octets: &[u8]) -> Option<TimeStampToken> {
    TimeStampToken::from_bytes(octets).ok().or_else(|| TimeStampResp::from_bytes(octets).ok()?.token)
}

fn imprint(token: &TimeStampToken) -> Option<Digest> {
    let imprint = &token.tst_info().message_imprint;
    Digest::new(algorithm(imprint)?, &imprint.digest)
}

/// The digest algorithm of an imprint, if it is one that is computed here.
pub fn algorithm(imprint: &MessageImprint) -> Option<DigestAlgorithm> {
    DigestAlgorithm::ALL.into_iter().find(|algorithm| imprint.algorithm == algorithm.oid())
}

/// What the first timestamp of a record is over: the hashes at the start of its way, or its imprint where there is no way.
fn of_record(record: &[u8]) -> Vec<Digest> {
    let algorithms = digest_algorithms(record);
    let Ok(definite) = signed_data::normalize(record) else { return Vec::new() };
    let Ok(record) = EvidenceRecord::parse(&definite) else { return Vec::new() };
    let Some(first) = record.archive_time_stamps().next() else { return Vec::new() };
    match first.reduced_hash_tree.as_ref().and_then(|tree| tree.first()) {
        Some(hashes) => {
            let pairs = algorithms.iter().flat_map(|algorithm| hashes.iter().map(move |hash| (*algorithm, hash)));
            pairs.filter_map(|(algorithm, hash)| Digest::new(algorithm, hash)).collect()
        }
        None => token(first.time_stamp).and_then(|token| imprint(&token)).into_iter().collect(),
    }
}

fn of_letters(path: &Path) -> Vec<Digest> {
    let Ok(file) = files::opened(path) else { return Vec::new() };
    let Ok(dossier) = Dossier::read(BufReader::new(file)) else { return Vec::new() };
    let of = |letter: &ContentDigests| DigestAlgorithm::ALL.map(|algorithm| letter.get(algorithm));
    letters(dossier.parts()).iter().flat_map(of).flatten().collect()
}

/// The digests of the letters among the files of a container.
pub fn letters(parts: &[Part]) -> Vec<ContentDigests> {
    let letters = parts.iter().filter(|part| matches!(part.kind(), PartKind::Letter { .. }));
    letters.map(|letter| letter.digests().clone()).collect()
}

/// Compares a payload with the letters of a container: it is one of them, or none, or there is no digest by which it could be compared.
///
/// # Errors
/// The payload cannot be read.
pub fn compared(payload: &Payload, letters: &[ContentDigests]) -> Result<Option<Indication>, Error> {
    let of_letters = |algorithm: &DigestAlgorithm| letters.iter().any(|letter| letter.get(*algorithm).is_some());
    let algorithms: Vec<DigestAlgorithm> = DigestAlgorithm::ALL.into_iter().filter(of_letters).collect();
    let Some(computed) = object(payload, &algorithms)? else { return Ok(None) };
    let mut indication = Indication::Indeterminate;
    for letter in letters {
        let of_both = |algorithm: &DigestAlgorithm| Some((letter.get(*algorithm)?, computed.get(*algorithm)?));
        let mut pairs = algorithms.iter().filter_map(of_both).peekable();
        if pairs.peek().is_none() {
            continue;
        }
        if pairs.all(|(of_letter, computed)| of_letter == computed) {
            return Ok(Some(Indication::TotalPassed));
        }
        indication = Indication::TotalFailed;
    }
    Ok(Some(indication))
}

/// Returns the digests of a payload as of a data object, if there is one.
///
/// # Errors
/// The payload cannot be read.
pub fn object(payload: &Payload, algorithms: &[DigestAlgorithm]) -> Result<Option<ContentDigests>, Error> {
    match payload {
        Payload::NotAvailable => Ok(None),
        Payload::File(file) => of_file(&file.path, algorithms).map(Some),
        Payload::Digests(digests) => Ok(Some(ContentDigests::new(digests.iter().copied()))),
    }
}

/// Hashes a file in one pass.
///
/// # Errors
/// It cannot be read.
pub fn of_file(path: &Path, algorithms: &[DigestAlgorithm]) -> Result<ContentDigests, Error> {
    let mut file = files::opened(path)?;
    ContentDigests::of_reader_by(&mut file, algorithms).map_err(Error::of(path))
}
