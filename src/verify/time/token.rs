//! Tokens where they are found, read once each.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;
use rfc3161_client::{ParsedToken, TokenError};
use signed_data::tlv::Tlv;
use signed_data::{Attribute, Attributes, Error, SignerInfo, normalize};

use crate::asn1::oid;
use crate::cms::archive::HashIndex;
use crate::finding::Code;
use crate::time::token::ReadToken;
use crate::verify::embedded::{Embedded, EmbeddedReader};
use crate::verify::examined::TimestampKind;

/// The octets of a token with definite lengths, or why they cannot be brought into them.
pub(crate) type TokenOctets<'a> = Result<Cow<'a, [u8]>, Error>;

/// A token, and what it carries.
pub(crate) struct Token<'a> {
    pub(crate) parsed: ParsedToken<'a>,
    pub(crate) embedded: Embedded,
}

impl<'a> Token<'a> {
    pub(crate) fn read(octets: &'a TokenOctets<'_>, reader: &mut EmbeddedReader<'_>) -> Result<Self, TokenError> {
        let octets = octets.as_ref().map_err(|error| TokenError::Coding(*error))?;
        let parsed = ParsedToken::parse(octets)?;
        let embedded = reader.read(&parsed.signed_data);
        Ok(Self { parsed, embedded })
    }

    pub(crate) fn as_read(&self) -> ReadToken<'_> {
        ReadToken { parsed: &self.parsed, certificates: &self.embedded.certificates }
    }

    pub(crate) fn gen_time(&self) -> DateTime<Utc> {
        self.parsed.tst_info.gen_time
    }
}

/// A value of an attribute that holds a token.
pub(crate) struct TokenSource<'a> {
    kind: TimestampKind,
    attribute: &'a Attribute<'a>,
    value: &'a Tlv<'a>,
    octets: TokenOctets<'a>,
}

/// A token in an attribute of a signature.
pub(crate) struct AttributeToken<'a> {
    pub(crate) kind: TimestampKind,
    pub(crate) attribute: &'a Attribute<'a>,
    pub(crate) value: &'a Tlv<'a>,
    pub(crate) token: Result<Token<'a>, TokenError>,
    index: Option<Result<HashIndex<'a>, Code>>,
}

impl<'a> AttributeToken<'a> {
    pub(crate) fn read(source: &'a TokenSource<'a>, reader: &mut EmbeddedReader<'_>) -> Self {
        let TokenSource { kind, attribute, value, octets } = source;
        let token = Token::read(octets, reader);
        let index = match (kind, &token) {
            (TimestampKind::ArchiveV3, Ok(token)) => Some(HashIndex::of(&token.parsed.signed_data)),
            _ => None,
        };
        Self { kind: *kind, attribute, value, token, index }
    }

    pub(crate) fn gen_time(&self) -> Option<DateTime<Utc>> {
        self.token.as_ref().ok().map(Token::gen_time)
    }

    /// The index of an archive-time-stamp-v3, or the finding that it cannot be used. `None` for a timestamp of another
    /// kind, and for a token that cannot be read.
    pub(crate) fn hash_index(&self) -> Option<Result<HashIndex<'a>, Code>> {
        self.index
    }

    /// Whether a valid token proves that the signature existed.
    pub(crate) fn is_over_signature(&self) -> bool {
        matches!(self.kind, TimestampKind::Signature | TimestampKind::ArchiveV3)
    }
}

const UNSIGNED: [(ObjectIdentifier, TimestampKind); 6] = [
    (oid::SIGNATURE_TIME_STAMP, TimestampKind::Signature),
    (oid::ARCHIVE_TIME_STAMP_V3, TimestampKind::ArchiveV3),
    (oid::ARCHIVE_TIME_STAMP_V2, TimestampKind::NotEvaluated),
    (oid::ARCHIVE_TIME_STAMP, TimestampKind::NotEvaluated),
    (oid::CADES_C_TIME_STAMP, TimestampKind::NotEvaluated),
    (oid::CERTS_CRLS_TIME_STAMP, TimestampKind::NotEvaluated),
];

/// The tokens of one signature in the order in which they are numbered, so many at most, and whether there are more.
///
/// Unsigned attributes and their values have the order that DER gives them, however they stand in the file: nobody signed
/// their order, so it decides neither which of them are looked at nor how they are numbered.
pub(crate) fn find<'a>(signer_info: &'a SignerInfo<'a>, limit: usize) -> (Vec<TokenSource<'a>>, bool) {
    let signed = signer_info.signed_attributes.iter();
    let content = signed.flat_map(|attributes| of_kind(attributes, oid::CONTENT_TIME_STAMP, TimestampKind::Content));
    let unsigned = signer_info.unsigned_attributes.iter();
    let unsigned = unsigned.flat_map(|attributes| {
        UNSIGNED.iter().flat_map(|(oid, kind)| {
            let mut values: Vec<_> = of_kind(attributes, *oid, *kind).collect();
            values.sort_by_key(|(_, attribute, value)| (attribute.raw, value.raw));
            values
        })
    });
    let mut values = content.chain(unsigned);
    let sources = values.by_ref().take(limit).map(|(kind, attribute, value)| TokenSource {
        kind,
        attribute,
        value,
        octets: normalize(value.raw),
    });
    let sources = sources.collect();
    (sources, values.next().is_some())
}

fn of_kind<'a>(
    attributes: &'a Attributes<'a>,
    oid: ObjectIdentifier,
    kind: TimestampKind,
) -> impl Iterator<Item = (TimestampKind, &'a Attribute<'a>, &'a Tlv<'a>)> {
    attributes.find(oid).flat_map(move |attribute| attribute.values.iter().map(move |value| (kind, attribute, value)))
}
