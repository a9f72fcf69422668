use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::error::EvidenceError;
use super::limits::MAX_IDENTIFIER;
use super::text;
use crate::crypto::random;

/// The identifier of the message that evidence is about (MessageIdentifier). It is the same in all evidence of one
/// message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// Reads a message id of 1 to 255 characters.
    ///
    /// # Errors
    /// A text that is empty, too long or holds control characters.
    pub fn new(id: &str) -> Result<Self, EvidenceError> {
        text::text("message id", id, MAX_IDENTIFIER).map(Self)
    }

    /// Returns the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MessageId {
    type Err = EvidenceError;

    fn from_str(input: &str) -> Result<Self, EvidenceError> {
        Self::new(input)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identifier of one statement (EvidenceIdentifier): a UUID, written `urn:uuid:` in lower case (RFC 9562).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EvidenceIdentifier([u8; 16]);

impl EvidenceIdentifier {
    const PREFIX: &'static str = "urn:uuid:";

    /// Makes a version 7 UUID ([RFC 9562 §5.7](https://www.rfc-editor.org/rfc/rfc9562#section-5.7)) of the milliseconds
    /// of `event_time` and 74 random bits.
    ///
    /// # Errors
    /// [`EvidenceError::Random`] when the operating system gives no random octets.
    pub fn generate(event_time: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let mut random = [0; 10];
        random::fill(&mut random).map_err(|_| EvidenceError::Random)?;
        Ok(Self::version_7(event_time, random))
    }

    /// Makes the version 7 UUID of these milliseconds and these random octets, of which version and variant overwrite
    /// six bits. Times before 1970 count as 1970.
    pub fn version_7(event_time: DateTime<Utc>, random: [u8; 10]) -> Self {
        let millis = u64::try_from(event_time.timestamp_millis()).unwrap_or_default();
        let [_, _, t0, t1, t2, t3, t4, t5] = millis.to_be_bytes();
        let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = random;
        Self([t0, t1, t2, t3, t4, t5, r0 & 0x0f | 0x70, r1, r2 & 0x3f | 0x80, r3, r4, r5, r6, r7, r8, r9])
    }

    /// Returns the identifier of these 16 octets.
    pub fn from_bytes(uuid: [u8; 16]) -> Self {
        Self(uuid)
    }

    /// Returns the 16 octets of the UUID.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Appends the URN.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let hex = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        let [a, b, c, d, e, f, g, h, rest @ ..] = self.0.map(|octet| [hex(octet >> 4), hex(octet & 0x0f)]);
        let [i, j, node @ ..] = rest;
        let groups: [&[[u8; 2]]; 5] = [&[a, b, c, d], &[e, f], &[g, h], &[i, j], &node];
        let mut separator = Self::PREFIX;
        for group in groups {
            out.extend_from_slice(separator.as_bytes());
            out.extend_from_slice(group.as_flattened());
            separator = "-";
        }
    }
}

/// Makes fresh evidence identifiers of many statements, for which it asks the operating system once in 64 of them.
#[derive(Default)]
pub(super) struct IdentifierSource {
    random: Vec<[u8; 10]>,
}

impl IdentifierSource {
    const AT_ONCE: usize = 64;

    /// Makes an identifier as [`EvidenceIdentifier::generate`] does.
    ///
    /// # Errors
    /// [`EvidenceError::Random`] when the operating system gives no random octets.
    pub(super) fn generate(&mut self, event_time: DateTime<Utc>) -> Result<EvidenceIdentifier, EvidenceError> {
        if self.random.is_empty() {
            self.random.resize(Self::AT_ONCE, [0; 10]);
            if random::fill(self.random.as_flattened_mut()).is_err() {
                self.random.clear();
            }
        }
        let random = self.random.pop().ok_or(EvidenceError::Random)?;
        Ok(EvidenceIdentifier::version_7(event_time, random))
    }
}

/// A copy asks for random octets of its own: two that shared theirs would make the same identifiers.
impl Clone for IdentifierSource {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl FromStr for EvidenceIdentifier {
    type Err = EvidenceError;

    /// Reads the URN in the form that is written; another case or form is refused.
    fn from_str(input: &str) -> Result<Self, EvidenceError> {
        let refused = EvidenceError::EvidenceIdentifier;
        let uuid = input.strip_prefix(Self::PREFIX).filter(|uuid| uuid.len() == 36).ok_or(refused.clone())?;
        let mut value: u128 = 0;
        for (position, octet) in uuid.bytes().enumerate() {
            let digit = match (position, octet) {
                (8 | 13 | 18 | 23, b'-') => continue,
                (8 | 13 | 18 | 23, _) => return Err(refused),
                (_, b'0'..=b'9') => octet - b'0',
                (_, b'a'..=b'f') => octet - b'a' + 10,
                _ => return Err(refused),
            };
            value = value << 4 | u128::from(digit);
        }
        Ok(Self(value.to_be_bytes()))
    }
}

impl fmt::Display for EvidenceIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut urn = Vec::with_capacity(45);
        self.write(&mut urn);
        f.write_str(&String::from_utf8_lossy(&urn))
    }
}

impl fmt::Debug for EvidenceIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EvidenceIdentifier({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evidence_identifier_is_a_version_7_uuid_of_the_event_time() {
        // The example of RFC 9562, appendix A.6.
        let time: DateTime<Utc> = "2022-02-22T14:22:22.000-05:00".parse().unwrap();
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        let identifier = EvidenceIdentifier::version_7(time, random);
        assert_eq!(identifier.to_string(), "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!(identifier.to_string().parse(), Ok(identifier));
        assert_ne!(EvidenceIdentifier::generate(time), EvidenceIdentifier::generate(time));
    }

    #[test]
    fn other_forms_are_refused() {
        let good = "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
        for bad in [
            &good[9..],
            &good.to_uppercase(),
            &good[..44],
            &good.replace('-', "0"),
            &good.replacen('7', "g", 1),
            "",
            "urn:uuid:é",
        ] {
            assert_eq!(bad.parse::<EvidenceIdentifier>(), Err(EvidenceError::EvidenceIdentifier), "{bad}");
        }
    }
}
