//! Evidence records where they are found, inside a file or beside it, read once each.

use chrono::{DateTime, Utc};
use rfc3161_client::TokenError;
use signed_data::tlv::Oid;
use signed_data::{Error, SignedData, normalize};

use super::form::{FileForm, FormDigests, Removed};
use super::token::{Token, TokenOctets};
use crate::asn1::oid;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::record::{EvidenceRecord, RecordToken, chain_algorithms, starts_with};
use crate::verify::embedded::{Embedded, EmbeddedReader};
use crate::verify::limits::{MAX_EVIDENCE_RECORDS, MAX_TOKENS_OF_RECORDS};
use crate::verify::settings::Settings;

/// Where a record about a signature is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordPlace {
    /// The record lies in an unsigned attribute, by the signer's index and its own.
    Inside { signer: usize, attribute: usize, form: RecordForm },
    /// The verifier was given it.
    Beside,
}

/// What the attribute of a record says that it is over (RFC 4998, appendix A).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordForm {
    /// The record is over a SignedData by itself.
    Internal,
    /// The record is over a SignedData together with its detached content.
    External,
}

impl RecordForm {
    fn of_attribute(attribute: Oid<'_>) -> Option<Self> {
        if attribute == oid::EVIDENCE_RECORD_INTERNAL {
            Some(Self::Internal)
        } else {
            (attribute == oid::EVIDENCE_RECORD_EXTERNAL).then_some(Self::External)
        }
    }
}

/// A record, and the octets of its tokens.
pub(crate) struct RecordSource<'a> {
    place: RecordPlace,
    record: Result<EvidenceRecord<'a>, Error>,
    tokens: Vec<TokenOctets<'a>>,
}

impl<'a> RecordSource<'a> {
    pub(crate) fn is_beside(&self) -> bool {
        self.place == RecordPlace::Beside
    }

    /// Reads its tokens.
    pub(crate) fn read_tokens(&'a self, reader: &mut EmbeddedReader<'_>) -> Vec<Result<Token<'a>, TokenError>> {
        self.tokens.iter().map(|octets| Token::read(octets, reader)).collect()
    }

    /// Reads what lies beside its tokens.
    pub(crate) fn read_crypto_infos(&self, reader: &mut EmbeddedReader<'_>) -> Embedded {
        let infos = self.record.as_ref().ok().and_then(|record| record.crypto_infos.as_ref());
        reader.read_crypto_infos(infos)
    }

    /// The forms of the file that the record may be over, where so many records are `inside`.
    ///
    /// It is over the file as it was before the record: without any record, and, where there are several, without this
    /// one alone. Both are looked at, as received and in DER. A record that was given is over the file as it is.
    pub(crate) fn forms(&self, inside: usize) -> Vec<FileForm> {
        let removed = match self.place {
            RecordPlace::Beside => vec![Removed::Nothing],
            RecordPlace::Inside { .. } if inside <= 1 => vec![Removed::All],
            RecordPlace::Inside { signer, attribute, .. } => vec![Removed::All, Removed::One { signer, attribute }],
        };
        removed.into_iter().flat_map(FileForm::all_of).collect()
    }

    fn new(place: RecordPlace, record: Result<EvidenceRecord<'a>, Error>) -> Self {
        let tokens = record.as_ref().map(token_octets).unwrap_or_default();
        Self { place, record, tokens }
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
    let mut tokens = 0;
    let within = inside.iter().take(MAX_EVIDENCE_RECORDS).take_while(|record| {
        tokens += record.tokens.len();
        tokens <= MAX_TOKENS_OF_RECORDS
    });
    let within = within.count();
    let has_more = inside.len() > within;
    inside.truncate(within);
    let beside = settings.records.iter().map(|given| RecordSource::new(RecordPlace::Beside, given.parse()));
    inside.extend(beside);
    (inside, has_more)
}

/// At most one more than are looked at. Nobody signed the order of unsigned attributes, so that they are taken and numbered in
/// the order of DER, however they stand in the file.
fn find_inside<'a>(signed_data: &'a SignedData<'a>) -> Vec<RecordSource<'a>> {
    let attributes = signed_data.signer_infos.iter().enumerate().flat_map(|(signer, signer_info)| {
        let attributes = signer_info.unsigned_attributes.iter().flat_map(|attributes| attributes.iter()).enumerate();
        attributes.filter_map(move |(index, attribute)| {
            let form = RecordForm::of_attribute(attribute.oid)?;
            Some((RecordPlace::Inside { signer, attribute: index, form }, attribute))
        })
    });
    let values =
        attributes.flat_map(|(place, attribute)| attribute.values.iter().map(move |value| (place, attribute, value)));
    let mut values: Vec<_> = values.collect();
    values.sort_by_key(|(_, attribute, value)| (attribute.raw, value.raw));
    let sources = values
        .into_iter()
        .take(MAX_EVIDENCE_RECORDS + 1)
        .map(|(place, _, value)| RecordSource::new(place, EvidenceRecord::parse(value.raw)));
    sources.collect()
}

/// A record about a signature.
pub(crate) struct FileRecord<'a> {
    pub(crate) place: RecordPlace,
    pub(crate) record: &'a Result<EvidenceRecord<'a>, Error>,
    pub(crate) tokens: Vec<Result<Token<'a>, TokenError>>,
    /// What the cryptoInfos of the record carry.
    pub(crate) crypto_infos: Embedded,
    file: FileDigests,
}

impl<'a> FileRecord<'a> {
    /// A record whose tokens and cryptoInfos are read, about the file in the first of these forms that fits.
    pub(crate) fn new(
        source: &'a RecordSource<'a>,
        tokens: Vec<Result<Token<'a>, TokenError>>,
        crypto_infos: Embedded,
        forms: &[FileForm],
        digests: &mut FormDigests<'_>,
    ) -> Self {
        let RecordSource { place, record, tokens: _ } = source;
        let file = match record {
            Ok(record) => FileDigests::of(record, &read_tokens(&tokens), forms, digests),
            Err(_) => FileDigests::default(),
        };
        Self { place: *place, record, tokens, crypto_infos, file }
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
        self.place == RecordPlace::Beside
    }

    /// Whether the record is over other records inside as well: it was made when they were there.
    pub(crate) fn covers_records(&self) -> bool {
        self.file.covers_records && self.is_about_file()
    }

    /// The time of the last token, if all can be read.
    pub(crate) fn newest(&self) -> Option<DateTime<Utc>> {
        self.tokens.last()?.as_ref().ok().map(Token::gen_time)
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
    covers_records: bool,
}

impl FileDigests {
    /// Takes the first form of the file that the record starts with, else the first that the file has.
    fn of(
        record: &EvidenceRecord<'_>,
        tokens: &[RecordToken<'_>],
        forms: &[FileForm],
        of_forms: &mut FormDigests<'_>,
    ) -> Self {
        let algorithms = chain_algorithms(record, tokens);
        // The later forms are not even made when an earlier one fits: each takes the whole file.
        let fitting = algorithms.first().copied().flatten().and_then(|first| {
            let starts = |digest| starts_with(record, tokens, &digest);
            forms.iter().copied().find(|form| of_forms.digest(*form, first).is_some_and(starts))
        });
        let chosen = fitting.or_else(|| {
            let algorithm = algorithms.iter().copied().flatten().next()?;
            forms.iter().copied().find(|form| of_forms.digest(*form, algorithm).is_some())
        });
        let Some(form) = chosen else { return Self::default() };
        let mut digests: Vec<Digest> = Vec::new();
        for algorithm in algorithms.into_iter().flatten() {
            if digests.iter().all(|digest| digest.algorithm() != algorithm) {
                digests.extend(of_forms.digest(form, algorithm));
            }
        }
        Self { digests, starts_record: fitting.is_some(), covers_records: form.holds_records() }
    }
}
