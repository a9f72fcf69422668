//! TSTInfo: what a token says.

use chrono::{DateTime, Utc};
use signed_data::tlv::{Integer, Reader, Tag, Tlv};
use signed_data::{Error, ErrorKind, OidBuf, Time, normalize};

use crate::nonce::Nonce;
use crate::request::{Extension, MessageImprint};

/// What a token says ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)).
///
/// ```text
/// TSTInfo ::= SEQUENCE { version INTEGER { v1(1) }, policy OBJECT IDENTIFIER, messageImprint MessageImprint, serialNumber INTEGER,
///   genTime GeneralizedTime, accuracy Accuracy OPTIONAL, ordering BOOLEAN DEFAULT FALSE, nonce INTEGER OPTIONAL,
///   tsa [0] GeneralName OPTIONAL, extensions [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TstInfo {
    /// Always 1.
    pub version: u8,
    /// The policy that the TSA followed.
    pub policy: OidBuf,
    /// What was timestamped.
    pub message_imprint: MessageImprint,
    /// The contents octets of the serial number's INTEGER as received: two's complement, most significant first.
    pub serial_number: Vec<u8>,
    /// When the token was made.
    pub gen_time: DateTime<Utc>,
    /// The same, with what was unusual in its coding.
    pub gen_time_as_coded: Time,
    /// By how much genTime may be off; `None` is unknown, not zero.
    pub accuracy: Option<Accuracy>,
    /// Whether tokens of this TSA can be ordered by genTime alone. Not to be relied on.
    pub ordering: bool,
    /// The nonce of the request.
    pub nonce: Option<Nonce>,
    /// The TSA's name, a hint.
    pub tsa: Option<GeneralName>,
    /// The extensions; a critical one that is not known must not be ignored.
    pub extensions: Vec<Extension>,
}

/// `Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999) OPTIONAL, micros [1] INTEGER (1..999)
/// OPTIONAL }`
///
/// Values out of range are kept as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Seconds; absent counts as zero.
    pub seconds: Option<u64>,
    /// Milliseconds.
    pub millis: Option<u16>,
    /// Microseconds.
    pub micros: Option<u16>,
}

impl Accuracy {
    /// Whether milliseconds and microseconds, where present, are in 1..=999.
    pub fn is_in_range(&self) -> bool {
        [self.millis, self.micros].into_iter().flatten().all(|value| (1..=999).contains(&value))
    }

    /// The sum of its parts.
    pub fn total(&self) -> core::time::Duration {
        core::time::Duration::from_secs(self.seconds.unwrap_or(0))
            .saturating_add(core::time::Duration::from_millis(self.millis.unwrap_or(0).into()))
            .saturating_add(core::time::Duration::from_micros(self.micros.unwrap_or(0).into()))
    }
}

/// A GeneralName ([RFC 5280 §4.2.1.6](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6)). Debug shows its kind
/// only: some TSAs put a person's e-mail address there.
#[derive(Clone, PartialEq, Eq)]
pub struct GeneralName {
    kind: GeneralNameKind,
    der: Vec<u8>,
    value: Vec<u8>,
}

/// The alternatives of GeneralName.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeneralNameKind {
    OtherName,
    Rfc822Name,
    DnsName,
    X400Address,
    DirectoryName,
    EdiPartyName,
    UniformResourceIdentifier,
    IpAddress,
    RegisteredId,
}

impl GeneralName {
    /// Which alternative it is.
    pub fn kind(&self) -> GeneralNameKind {
        self.kind
    }

    /// The whole element.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// DER of the Name, if it is a directoryName.
    pub fn directory_name(&self) -> Option<&[u8]> {
        (self.kind == GeneralNameKind::DirectoryName).then_some(&self.value)
    }

    fn from_tlv(tlv: &Tlv<'_>) -> Option<Self> {
        let kind = match tlv.tag.0 {
            0xa0 => GeneralNameKind::OtherName,
            0x81 => GeneralNameKind::Rfc822Name,
            0x82 => GeneralNameKind::DnsName,
            0xa3 => GeneralNameKind::X400Address,
            0xa4 => GeneralNameKind::DirectoryName,
            0xa5 => GeneralNameKind::EdiPartyName,
            0x86 => GeneralNameKind::UniformResourceIdentifier,
            0x87 => GeneralNameKind::IpAddress,
            0x88 => GeneralNameKind::RegisteredId,
            _ => return None,
        };
        Some(Self { kind, der: tlv.raw.to_vec(), value: tlv.value.to_vec() })
    }
}

impl core::fmt::Debug for GeneralName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "GeneralName({:?})", self.kind)
    }
}

/// Why octets are not a TSTInfo.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TstInfoError {
    /// The coding is wrong.
    #[error(transparent)]
    Coding(#[from] Error),
    /// The version is not 1.
    #[error("TSTInfo of version {stated}, not 1")]
    Version {
        /// The version, hexadecimal.
        stated: String,
    },
}

impl TstInfo {
    /// Reads a TSTInfo; BER is read as well.
    ///
    /// Stricter than BER: genTime ends in `Z`. Laxer than the RFC: fractions with trailing zeros and a bare decimal
    /// point ([`gen_time_as_coded`](Self::gen_time_as_coded) tells), values of the accuracy out of range, negative
    /// serial numbers.
    ///
    /// # Errors
    /// `Coding`, `Version`.
    pub fn from_der(tst_info: &[u8]) -> Result<Self, TstInfoError> {
        let definite = normalize(tst_info)?;
        let mut outer = Reader::new(&definite, "TSTInfo");
        let mut fields = outer.expect(Tag::SEQUENCE)?.reader("TSTInfo.version");
        outer.finish()?;
        let version = fields.integer()?;
        if version.to_u64() != Some(1) {
            return Err(TstInfoError::Version { stated: version.to_string() });
        }
        let policy = fields.at("TSTInfo.policy").oid()?.into();
        let message_imprint = MessageImprint::read(&mut fields, "TSTInfo.messageImprint")?;
        let serial_number = fields.at("TSTInfo.serialNumber").integer()?.as_bytes().to_vec();
        let gen_time_tlv = fields.at("TSTInfo.genTime").expect(Tag::GENERALIZED_TIME)?;
        let gen_time = Time::from_tlv(&gen_time_tlv)
            .ok_or_else(|| fields.error(ErrorKind::InvalidValue("GeneralizedTime in UTC")))?;
        let accuracy = match fields.at("TSTInfo.accuracy").optional(Tag::SEQUENCE)? {
            Some(tlv) => Some(Accuracy::read(&tlv)?),
            None => None,
        };
        fields.at("TSTInfo.ordering");
        let ordering = fields.peek() == Some(Tag::BOOLEAN) && fields.boolean()?;
        fields.at("TSTInfo.nonce");
        let nonce =
            if fields.peek() == Some(Tag::INTEGER) { Some(Nonce::from_integer(&fields.integer()?)) } else { None };
        let tsa = match fields.at("TSTInfo.tsa").optional(Tag::context(0))? {
            Some(explicit) => {
                let mut reader = explicit.reader("TSTInfo.tsa");
                let tlv = reader.any()?;
                reader.finish()?;
                let name = GeneralName::from_tlv(&tlv);
                Some(name.ok_or_else(|| fields.error(ErrorKind::InvalidValue("GeneralName")))?)
            }
            None => None,
        };
        let extensions = Extension::read_all(&mut fields, Tag::context(1), "TSTInfo.extensions")?;
        fields.finish()?;
        Ok(Self {
            version: 1,
            policy,
            message_imprint,
            serial_number,
            gen_time: gen_time.value,
            gen_time_as_coded: gen_time,
            accuracy,
            ordering,
            nonce,
            tsa,
            extensions,
        })
    }
}

impl Accuracy {
    fn read(tlv: &Tlv<'_>) -> Result<Self, Error> {
        let mut fields = tlv.reader("TSTInfo.accuracy");
        let invalid = ErrorKind::InvalidValue("Accuracy");
        let seconds = match fields.optional(Tag::INTEGER)? {
            Some(tlv) => Some(number(&tlv).ok_or_else(|| fields.error(invalid))?),
            None => None,
        };
        let mut part = |tag| -> Result<Option<u16>, Error> {
            let Some(tlv) = fields.optional(tag)? else { return Ok(None) };
            let value = number(&tlv).and_then(|value| u16::try_from(value).ok());
            value.map(Some).ok_or_else(|| fields.error(invalid))
        };
        let millis = part(Tag::context_primitive(0))?;
        let micros = part(Tag::context_primitive(1))?;
        fields.finish()?;
        Ok(Self { seconds, millis, micros })
    }
}

fn number(tlv: &Tlv<'_>) -> Option<u64> {
    Integer::from_value(tlv.value)?.to_u64()
}
