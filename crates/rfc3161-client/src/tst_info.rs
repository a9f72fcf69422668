//! `TSTInfo`, the signed content of a token.

use chrono::{DateTime, Utc};
use signed_data::tlv::{Integer, Reader, Tag, Tlv};
use signed_data::{Error, ErrorKind, OidBuf, Time, normalize};

use crate::nonce::Nonce;
use crate::request::{MessageImprint, TspExtension};

/// The signed content of a token ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)).
///
/// ```text
/// TSTInfo ::= SEQUENCE {
///   version        INTEGER { v1(1) },
///   policy         TSAPolicyId,
///   messageImprint MessageImprint,
///   serialNumber   INTEGER,
///   genTime        GeneralizedTime,
///   accuracy       Accuracy OPTIONAL,
///   ordering       BOOLEAN DEFAULT FALSE,
///   nonce          INTEGER OPTIONAL,
///   tsa            [0] GeneralName OPTIONAL,
///   extensions     [1] IMPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TstInfo {
    /// The version, which is always 1.
    pub version: u8,
    /// The policy that the TSA followed.
    pub policy: OidBuf,
    /// The digest that was timestamped, with its algorithm.
    pub message_imprint: MessageImprint,
    /// The contents octets of the serial number's INTEGER as received: two's complement, most significant first.
    pub serial_number: Vec<u8>,
    /// The time at which the token was made.
    pub gen_time: DateTime<Utc>,
    /// The same time, with the departures of its coding from DER.
    pub gen_time_as_coded: Time,
    /// The deviation that genTime may have; `None` means unknown, not zero.
    pub accuracy: Option<Accuracy>,
    /// The TSA's claim that its tokens can be ordered by genTime alone. It should not be relied on.
    pub ordering: bool,
    /// The nonce of the request.
    pub nonce: Option<Nonce>,
    /// The TSA's name, which is a hint and proves nothing.
    pub tsa: Option<GeneralName>,
    /// The extensions. A critical extension that is not understood must not be ignored.
    pub extensions: Vec<TspExtension>,
}

/// The accuracy of genTime ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)).
///
/// ```text
/// Accuracy ::= SEQUENCE {
///   seconds INTEGER OPTIONAL,
///   millis  [0] INTEGER (1..999) OPTIONAL,
///   micros  [1] INTEGER (1..999) OPTIONAL }
/// ```
/// Laxer than the RFC: values out of range are kept as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// The seconds; an absent value counts as zero.
    pub seconds: Option<u64>,
    /// The milliseconds.
    pub millis: Option<u16>,
    /// The microseconds.
    pub micros: Option<u16>,
}

impl Accuracy {
    /// Tells whether milliseconds and microseconds, where present, are in 1..=999.
    #[must_use]
    pub fn is_in_range(&self) -> bool {
        [self.millis, self.micros].into_iter().flatten().all(|value| (1..=999).contains(&value))
    }

    /// Returns the sum of the parts.
    #[must_use]
    pub fn total(&self) -> core::time::Duration {
        core::time::Duration::from_secs(self.seconds.unwrap_or(0))
            .saturating_add(core::time::Duration::from_millis(self.millis.unwrap_or(0).into()))
            .saturating_add(core::time::Duration::from_micros(self.micros.unwrap_or(0).into()))
    }
}

/// A `GeneralName` ([RFC 5280 §4.2.1.6](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6)).
///
/// Debug shows its kind only, because some TSAs put a person's e-mail address there.
#[derive(Clone, PartialEq, Eq)]
pub struct GeneralName {
    kind: GeneralNameKind,
    der: Vec<u8>,
    value: Vec<u8>,
}

/// The alternatives of `GeneralName`.
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
    /// Returns the alternative that this name is.
    #[must_use]
    pub fn kind(&self) -> GeneralNameKind {
        self.kind
    }

    /// Returns the whole element.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Returns the DER of the `Name`, if this is a directoryName.
    #[must_use]
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

/// The reason why octets are not a `TSTInfo`.
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
    /// Reads a `TSTInfo` in DER or BER.
    ///
    /// Stricter than BER: genTime ends in `Z`. Laxer than the RFC: fractions with trailing zeros and a bare decimal
    /// point ([`gen_time_as_coded`](Self::gen_time_as_coded) tells), values of the accuracy out of range, negative
    /// serial numbers.
    ///
    /// # Errors
    /// `Coding` for a wrong coding; `Version` for another version than 1.
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
        let extensions = TspExtension::read_all(&mut fields, Tag::context(1), "TSTInfo.extensions")?;
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
