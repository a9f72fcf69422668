//! Evidence records where they are found, inside a file or beside it, read once each.

use chrono::{DateTime, Utc};
use rfc3161_client::TokenError;
use signed_data::{Error, SignedData, normalize};

use super::form::{Form, Removed};
use super::token::{Token, TokenOctets};
use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::record::{EvidenceRecord, RecordToken, chain_algorithms, starts_with};
use crate::verify::embedded::{Embedded, EmbeddedReader};
use crate::verify::limits::MAX_EVIDENCE_RECORDS;
use crate::verify::settings::Settings;

/// Where a record about a signature is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In an unsigned attribute, by the signer's index and its own.
    Inside { signer: usize, attribute: usize },
    /// The verifier was given it.
    Beside,
}

/// A record, and the octets of its tokens.
pub(crate) struct RecordSource<'a> {
    place: Place,
    is_external: bool,
    record: Result<EvidenceRecord<'a>, Error>,
    tokens: Vec<TokenOctets<'a>>,
}

impl<'a> RecordSource<'a> {
    pub(crate) fn is_beside(&self) -> bool {
        self.place == Place::Beside
    }

    /// Reads its tokens.
    pub(crate) fn read_tokens(&'a self, reader: &mut EmbeddedReader<'_>) -> Vec<Result<Token<'a>, TokenError>> {
        self.tokens.iter().map(|octets| Token::read(octets, reader)).collect()
    }

    fn new(place: Place, is_external: bool, record: Result<EvidenceRecord<'a>, Error>) -> Self {
        let tokens = record.as_ref().map(token_octets).unwrap_or_default();
        Self { place, is_external, record, tokens }
    }
}

/// The octets of the tokens of all ArchiveTimeStamps, in their order.
pub(crate) fn token_octets<'a>(record: &EvidenceRecord<'a>) -> Vec<TokenOctets<'a>> {
    record.archive_time_stamps().map(|stamp| normalize(stamp.time_stamp)).collect()
}

/// The records of all signers, and those that the verifier was given: wherever one is, it is about the whole file. Also
/// whether there are more inside than are looked at.
pub(crate) fn find<'a>(signed_data: &'a SignedData<'a>, settings: &'a Settings) -> (Vec<RecordSource<'a>>, bool) {
    let mut inside = find_inside(signed_data);
    let has_more = inside.len() > MAX_EVIDENCE_RECORDS;
    inside.truncate(MAX_EVIDENCE_RECORDS);
    let beside = settings.records.iter().map(|given| RecordSource::new(Place::Beside, true, given.parse()));
    inside.extend(beside);
    (inside, has_more)
}

/// At most one more than are looked at.
fn find_inside<'a>(signed_data: &'a SignedData<'a>) -> Vec<RecordSource<'a>> {
    let attributes = signed_data.signer_infos.iter().enumerate().flat_map(|(signer, signer_info)| {
        let attributes = signer_info.unsigned_attributes.iter().flat_map(|attributes| attributes.iter()).enumerate();
        attributes.map(move |(index, attribute)| (Place::Inside { signer, attribute: index }, attribute))
    });
    let records = attributes.filter(|(_, attribute)| {
        attribute.oid == oid::EVIDENCE_RECORD_EXTERNAL || attribute.oid == oid::EVIDENCE_RECORD_INTERNAL
    });
    let values = records.flat_map(|(place, attribute)| {
        let is_external = attribute.oid == oid::EVIDENCE_RECORD_EXTERNAL;
        attribute.values.iter().map(move |value| (place, is_external, value))
    });
    let sources = values
        .take(MAX_EVIDENCE_RECORDS + 1)
        .map(|(place, is_external, value)| RecordSource::new(place, is_external, EvidenceRecord::parse(value.raw)));
    sources.collect()
}

/// A record about a signature.
pub(crate) struct FileRecord<'a> {
    pub(crate) place: Place,
    pub(crate) is_external: bool,
    pub(crate) record: &'a Result<EvidenceRecord<'a>, Error>,
    pub(crate) tokens: Vec<Result<Token<'a>, TokenError>>,
    /// What the cryptoInfos of the record carry.
    pub(crate) crypto_infos: Embedded,
    file: FileDigests,
}

impl<'a> FileRecord<'a> {
    /// Reads a record that is found in or beside the file that was `received`.
    ///
    /// What a record is over is the file as it was before the record: without any record, and, where there are several,
    /// without this one alone. Both are looked at, as received and in DER. A record that was given is over the file as
    /// it is.
    pub(crate) fn read(
        source: &'a RecordSource<'a>,
        tokens: Vec<Result<Token<'a>, TokenError>>,
        inside: usize,
        received: &[u8],
        reader: &mut EmbeddedReader<'_>,
    ) -> Self {
        let RecordSource { place, is_external, record, .. } = source;
        let removed = match *place {
            Place::Beside => vec![Removed::Nothing],
            Place::Inside { signer, attribute } if inside > 1 => vec![Removed::All, Removed::One { signer, attribute }],
            Place::Inside { .. } => vec![Removed::All],
        };
        let (crypto_infos, file) = match record {
            Ok(record) => {
                let read_tokens = read_tokens(&tokens);
                let file = FileDigests::of(record, &read_tokens, removed.into_iter().flat_map(Form::all_of), received);
                (reader.read_crypto_infos(record.crypto_infos.as_ref()), file)
            }
            Err(_) => (Embedded::default(), FileDigests::default()),
        };
        Self { place: *place, is_external: *is_external, record, tokens, crypto_infos, file }
    }

    /// The digest of the file in the form that the record is over.
    pub(crate) fn file_digest(&self, algorithm: DigestAlgorithm) -> Option<Digest> {
        self.file.digests.iter().find(|digest| digest.algorithm() == algorithm).copied()
    }

    /// The algorithms that its chains start with.
    pub(crate) fn algorithms(&self) -> impl Iterator<Item = DigestAlgorithm> {
        self.file.digests.iter().map(Digest::algorithm)
    }

    /// Whether the record starts with the file: whether it is about it, valid or not.
    pub(crate) fn is_about_file(&self) -> bool {
        self.file.starts_record
    }

    pub(crate) fn is_beside(&self) -> bool {
        self.place == Place::Beside
    }

    /// The time of the first token.
    pub(crate) fn time(&self) -> Option<DateTime<Utc>> {
        self.tokens.first()?.as_ref().ok().map(Token::gen_time)
    }
}

/// The tokens of a record as its checks take them.
pub(crate) fn read_tokens<'t>(tokens: &'t [Result<Token<'_>, TokenError>]) -> Vec<RecordToken<'t>> {
    tokens.iter().map(|token| token.as_ref().map(Token::as_read)).collect()
}

/// The digests of a file, by all algorithms that the chains of a record start with.
#[derive(Default)]
struct FileDigests {
    digests: Vec<Digest>,
    starts_record: bool,
}

impl FileDigests {
    /// Takes the first form of the file that the record starts with, else the first that the file has.
    fn of(
        record: &EvidenceRecord<'_>,
        tokens: &[RecordToken<'_>],
        forms: impl Iterator<Item = Form>,
        received: &[u8],
    ) -> Self {
        let mut algorithms = chain_algorithms(record, tokens);
        let first = algorithms.first().copied().flatten();
        let mut chosen: Option<(Vec<u8>, Option<Digest>, bool)> = None;
        // The later forms are not even made when an earlier one fits: each takes the whole file.
        for form in forms {
            let Some(octets) = form.of_file(received) else { continue };
            let digest = first.map(|algorithm| algorithm.digest(&octets));
            let starts_record = digest.is_some_and(|digest| starts_with(record, tokens, &digest));
            if starts_record || chosen.is_none() {
                chosen = Some((octets, digest, starts_record));
            }
            if starts_record {
                break;
            }
        }
        let Some((octets, digest, starts_record)) = chosen else { return Self::default() };
        let mut digests: Vec<Digest> = digest.into_iter().collect();
        for algorithm in algorithms.drain(..).flatten() {
            if digests.iter().all(|digest| digest.algorithm() != algorithm) {
                digests.push(algorithm.digest(&octets));
            }
        }
        Self { digests, starts_record }
    }
}
