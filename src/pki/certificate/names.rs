//! This module compares distinguished names and reads their values (RFC 5280 §4.1.2.4, §7.1).

use core::hash::{Hash, Hasher};

use const_oid::ObjectIdentifier;
use signed_data::tlv::{Oid, Reader, Tag, Tlv};

use super::string_value::{is_clear, prepared, text};
use crate::crypto::DigestAlgorithm;
use crate::pki::limits;

/// A Name in the form in which names are compared (RFC 5280 §7.1), of which the digest is kept. Names are equal if their
/// digests are.
///
/// A form can be eleven times as long as its name, and thousands of names can be in one file, all of which may be
/// compared with each other.
#[derive(Clone, Copy, Debug)]
pub(in crate::pki) struct ComparableName {
    /// The SHA-256 digest of the octets of a [`PreparedName`].
    digest: [u8; 32],
    is_readable: bool,
}

/// A Name in the form in which names are compared (RFC 5280 §7.1). Equal names have equal octets. The octets of a name
/// begin with those of every name above it.
///
/// Each RelativeDistinguishedName is its attributes, sorted, and a [`END_OF_RDN`]. Each attribute is preceded by its
/// length, and begins with the length of its type.
#[derive(Clone, Debug)]
pub(in crate::pki) struct PreparedName {
    octets: Box<[u8]>,
    /// The numbers of the RelativeDistinguishedNames with an ambiguous value, ascending.
    unclear: Box<[usize]>,
    /// False if the octets are not those of the parts of a name.
    is_prepared: bool,
}

/// The octet behind the attributes of a RelativeDistinguishedName. The length before an attribute begins with zero.
const END_OF_RDN: u8 = b'/';
/// The number of octets of a length.
const LENGTH: usize = size_of::<usize>();

/// The position of a name to a base that should be above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pki) enum Position {
    Below,
    Elsewhere,
    /// A value is ambiguous, and nothing else tells the two apart.
    Unclear,
}

impl PartialEq for ComparableName {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for ComparableName {}

impl Hash for ComparableName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl ComparableName {
    /// Returns the comparable form of a name. If it cannot be read as a Name, the form is equal to that of the same octets
    /// alone.
    pub(in crate::pki) fn of(name: &[u8]) -> Self {
        let read = PreparedName::read(name);
        let is_readable = read.is_some();
        let prepared = read.unwrap_or_else(|| PreparedName::unprepared(name));
        Self { digest: sha256(&prepared.octets), is_readable }
    }

    /// Returns true if the element is a Name.
    pub(in crate::pki) fn is_readable(&self) -> bool {
        self.is_readable
    }

    /// Returns the digest of the form. Names are equal if their digests are.
    pub(in crate::pki) fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

impl PreparedName {
    /// Reads a Name, or returns `None` if the element is not a Name.
    ///
    /// A name of more than [`limits::MAX_COMPARABLE_NAME`] octets is equal to itself alone, octet for octet.
    pub(in crate::pki) fn read(name: &[u8]) -> Option<Self> {
        let names = relative_names(name)?;
        // Preparing can make a text eleven times as long.
        if name.len() > limits::MAX_COMPARABLE_NAME {
            return Some(Self::unprepared(name));
        }
        let mut octets = Vec::with_capacity(name.len());
        let mut unclear = Vec::new();
        for (number, rdn) in names.into_iter().enumerate() {
            if !rdn.iter().all(|(_, value)| is_clear(*value)) {
                unclear.push(number);
            }
            let mut attributes: Vec<_> = rdn.into_iter().map(|(kind, value)| comparable(kind, value)).collect();
            attributes.sort_unstable();
            for attribute in attributes {
                // Each value is preceded by its length, so that no value can imitate a boundary.
                octets.extend_from_slice(&attribute.len().to_be_bytes());
                octets.extend_from_slice(&attribute);
            }
            octets.push(END_OF_RDN);
        }
        Some(Self { octets: octets.into(), unclear: unclear.into(), is_prepared: true })
    }

    /// Returns the form of a name that may be no Name.
    pub(in crate::pki) fn of(name: &[u8]) -> Self {
        Self::read(name).unwrap_or_else(|| Self::unprepared(name))
    }

    /// The form begins as that of no name that was prepared: there the length of an attribute comes first.
    fn unprepared(name: &[u8]) -> Self {
        let octets = [[u8::MAX; LENGTH].as_slice(), &sha256(name)].concat();
        Self { octets: octets.into(), unclear: [0].into(), is_prepared: false }
    }

    /// Returns the octets of the form, which are empty for the empty name.
    pub(in crate::pki) fn as_bytes(&self) -> &[u8] {
        &self.octets
    }

    /// Returns true if all values are unambiguous. A TeletexString beyond ASCII is ambiguous, because its characters
    /// depend on the software that wrote it. So are a string that is invalid for its type and one with characters that
    /// RFC 4518 §2.4 prohibits.
    pub(in crate::pki) fn is_clear(&self) -> bool {
        self.unclear.is_empty()
    }

    /// Compares the first RelativeDistinguishedNames with those of a base (RFC 5280 §4.2.1.10).
    pub(in crate::pki) fn position_under(&self, base: &Self) -> Position {
        if self.octets.starts_with(&base.octets) {
            return Position::Below;
        }
        if self.is_clear() && base.is_clear() {
            return Position::Elsewhere;
        }
        // Of a name that was not prepared nothing is known but whether it is the same, so that no exclusion may miss it.
        if !self.is_prepared || !base.is_prepared {
            return Position::Unclear;
        }
        let (mut own, mut bases) = (&*self.octets, &*base.octets);
        let mut number = 0;
        while let Some((of_base, rest_of_base)) = split_rdn(bases) {
            // A name of fewer parts than the base is not below it, whatever they say.
            let Some((of_own, rest)) = split_rdn(own) else { return Position::Elsewhere };
            let is_unclear = [self, base].iter().any(|name| name.unclear.binary_search(&number).is_ok());
            if of_own != of_base && (!is_unclear || types(of_own) != types(of_base)) {
                return Position::Elsewhere;
            }
            (own, bases, number) = (rest, rest_of_base, number.saturating_add(1));
        }
        Position::Unclear
    }
}

/// Returns one attribute in the form in which it is compared.
fn comparable(kind: Oid<'_>, value: Tlv<'_>) -> Vec<u8> {
    let mut attribute = kind.as_bytes().len().to_be_bytes().to_vec();
    attribute.extend_from_slice(kind.as_bytes());
    match text(value) {
        Some(text) => {
            attribute.push(b'=');
            attribute.extend_from_slice(prepared(&text).as_bytes());
        }
        // Values of other types are compared octet by octet. A string that cannot be read has no comparable value.
        None => {
            attribute.push(b'#');
            attribute.extend_from_slice(value.raw);
        }
    }
    attribute
}

/// Splits the first RelativeDistinguishedName from the octets of a [`PreparedName`].
fn split_rdn(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = 0;
    loop {
        let rest = octets.get(end..)?;
        if rest.first()? == &END_OF_RDN {
            return Some((octets.get(..end)?, rest.get(1..)?));
        }
        end = end.checked_add(prefixed(rest)?.len())?.checked_add(LENGTH)?;
    }
}

/// Returns the types of the attributes of a RelativeDistinguishedName in its comparable form.
fn types(mut rdn: &[u8]) -> Vec<&[u8]> {
    let mut types = Vec::new();
    while let Some(attribute) = prefixed(rdn) {
        types.extend(prefixed(attribute));
        rdn = rdn.get(LENGTH.saturating_add(attribute.len())..).unwrap_or_default();
    }
    types
}

/// Returns the octets behind a length, as many as it says.
fn prefixed(octets: &[u8]) -> Option<&[u8]> {
    let (length, rest) = octets.split_first_chunk::<LENGTH>()?;
    rest.get(..usize::from_be_bytes(*length))
}

fn sha256(octets: &[u8]) -> [u8; 32] {
    DigestAlgorithm::Sha256.digest(octets).as_bytes().try_into().unwrap_or_default()
}

/// Returns the values of one attribute of a Name, in order, as text. Values that are not strings are left out.
pub(in crate::pki) fn values(name: &[u8], attribute: ObjectIdentifier) -> Vec<String> {
    texts(name, attribute).into_iter().flatten().collect()
}

/// Returns the values of one attribute of a Name, in order, with `None` for a value that is not a string.
pub(in crate::pki) fn texts(name: &[u8], attribute: ObjectIdentifier) -> Vec<Option<String>> {
    let attributes = relative_names(name).unwrap_or_default().into_iter().flatten();
    attributes.filter(|(oid, _)| *oid == attribute).map(|(_, value)| text(value)).collect()
}

type RelativeName<'a> = Vec<(Oid<'a>, Tlv<'a>)>;

/// Reads the RelativeDistinguishedNames of a Name.
///
/// ```text
/// Name ::= CHOICE {
///      rdnSequence  SEQUENCE OF RelativeDistinguishedName }
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// AttributeTypeAndValue ::= SEQUENCE {
///      type   AttributeType,
///      value  AttributeValue }
/// ```
fn relative_names(name: &[u8]) -> Option<Vec<RelativeName<'_>>> {
    let mut outer = Reader::new(name, "Name");
    let mut sequence = outer.expect(Tag::SEQUENCE).ok()?.reader("Name");
    outer.finish().ok()?;
    let mut names = Vec::new();
    while !sequence.is_empty() {
        let mut set = sequence.expect(Tag::SET).ok()?.reader("RelativeDistinguishedName");
        let mut rdn = Vec::new();
        while !set.is_empty() {
            let mut attribute = set.expect(Tag::SEQUENCE).ok()?.reader("AttributeTypeAndValue");
            let (oid, value) = (attribute.oid().ok()?, attribute.any().ok()?);
            attribute.finish().ok()?;
            rdn.push((oid, value));
        }
        names.push(rdn);
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::super::string_value::{BMP_STRING, TELETEX_STRING, UNIVERSAL_STRING, VISIBLE_STRING};
    use super::*;
    use crate::asn1::{oid, writer};

    fn name(values: &[(Tag, &[u8])]) -> Vec<u8> {
        let rdns: Vec<_> = values
            .iter()
            .map(|(tag, value)| {
                let attribute = writer::sequence(&[&writer::oid(oid::COMMON_NAME), &writer::tlv(*tag, value)]);
                writer::tlv(Tag::SET, &attribute)
            })
            .collect();
        writer::tlv(Tag::SEQUENCE, &rdns.concat())
    }

    #[test]
    fn names_are_compared_as_rfc_4518_prepares_them() {
        let key = |values: &[(Tag, &[u8])]| ComparableName::of(&name(values));
        let utf8 = |text: &str| key(&[(Tag::UTF8_STRING, text.as_bytes())]);
        let plain = key(&[(Tag::PRINTABLE_STRING, b"Good CA")]);
        for same in [" good   ca ", "go\u{ad}od\u{a0}ca", "\u{ff27}ood\tCA\0", "good\u{200b} ca"] {
            assert_eq!(utf8(same), plain, "{same:?}");
        }
        assert_eq!(key(&[(BMP_STRING, b"\0G\0o\0o\0d\0 \0C\0A")]), plain);
        assert_eq!(key(&[(VISIBLE_STRING, b"GOOD CA")]), plain);
        assert_ne!(utf8("goodca"), plain);
        assert_ne!(key(&[(Tag::UTF8_STRING, b"good"), (Tag::UTF8_STRING, b"ca")]), utf8("goodca"));
        // Composed and decomposed, sharp s, final sigma, a compatibility form of capitals.
        for (left, right) in
            [("\u{c9}", "e\u{301}"), ("STRASSE", "straße"), ("STRAẞE", "straße"), ("ΣΑΣ", "σας"), ("㎒", "mhz")]
        {
            assert_eq!(utf8(left), utf8(right), "{left} {right}");
        }
        assert_ne!(utf8("ı"), utf8("i"));
        // A type that ends in the mark of a value is not a shorter type with a longer value.
        let of_type = |oid: &[u8], text: &[u8]| {
            let value = writer::tlv(Tag::UTF8_STRING, text);
            let attribute = writer::sequence(&[&writer::tlv(Tag::OBJECT_IDENTIFIER, oid), &value]);
            ComparableName::of(&writer::sequence(&[&writer::tlv(Tag::SET, &attribute)]))
        };
        assert_ne!(of_type(&[0x55, 4, b'='], b"a"), of_type(&[0x55, 4], b"=a"));
        // A value that is no string is not the string of the same octets.
        assert_ne!(key(&[(Tag::OCTET_STRING, b"R")]), key(&[(Tag::UTF8_STRING, b"\x04\x01R")]));
    }

    #[test]
    fn a_doubtful_value_is_not_clear() {
        let is_clear = |tag, value: &[u8]| PreparedName::of(&name(&[(tag, value)])).is_clear();
        assert!(is_clear(Tag::UTF8_STRING, "Ré".as_bytes()) && is_clear(TELETEX_STRING, b"Re"));
        assert!(is_clear(Tag::OCTET_STRING, b"\xff"));
        assert!(!is_clear(TELETEX_STRING, b"R\xe9") && !is_clear(Tag::UTF8_STRING, b"\xff"));
        // VideotexString, GraphicString, GeneralString, and strings in pieces.
        for tag in [0x15, 0x19, 0x1b, 0x2c, 0x33, 0x36] {
            assert!(!is_clear(Tag(tag), b"\x0c\x01R"), "{tag:#x}");
        }
        assert!(is_clear(VISIBLE_STRING, b"Re") && !is_clear(VISIBLE_STRING, b"R\xe9"));
        assert!(!is_clear(BMP_STRING, b"\0") && !is_clear(Tag::PRINTABLE_STRING, b"\xe9"));
        for prohibited in ["\u{fffd}", "a\u{e000}", "\u{1ffff}", "\u{10fffd}", "\u{fdd0}"] {
            assert!(!is_clear(Tag::UTF8_STRING, prohibited.as_bytes()), "{prohibited:?}");
        }
        assert!(!PreparedName::of(b"\x30\x05").is_clear());
        assert!(PreparedName::read(b"\x30\x05").is_none());
    }

    #[test]
    fn one_doubtful_value_leaves_the_others_comparable() {
        let of = |values: &[(ObjectIdentifier, Tag, &[u8])]| {
            let rdns = values.iter().map(|(kind, tag, value)| {
                let attribute = writer::sequence(&[&writer::oid(*kind), &writer::tlv(*tag, value)]);
                writer::tlv(Tag::SET, &attribute)
            });
            PreparedName::of(&writer::tlv(Tag::SEQUENCE, &rdns.collect::<Vec<_>>().concat()))
        };
        let (common, organisation) = (oid::COMMON_NAME, oid::ORGANIZATION_NAME);
        let utf8 = |kind, text: &'static str| (kind, Tag::UTF8_STRING, text.as_bytes());
        let teletex = |kind, text: &'static [u8]| (kind, TELETEX_STRING, text);
        let base = of(&[utf8(organisation, "A"), utf8(common, "B")]);
        for (name, expected) in [
            (of(&[utf8(organisation, "A"), utf8(common, "b"), teletex(common, b"\xe9")]), Position::Below),
            (of(&[teletex(organisation, b"\xe9"), utf8(common, "B")]), Position::Unclear),
            (of(&[teletex(organisation, b"\xe9"), utf8(common, "C")]), Position::Elsewhere),
            (of(&[teletex(organisation, b"\xe9"), utf8(organisation, "B")]), Position::Elsewhere),
            (of(&[teletex(common, b"\xe9"), utf8(common, "B")]), Position::Elsewhere),
            (of(&[teletex(organisation, b"\xe9")]), Position::Elsewhere),
            (of(&[utf8(organisation, "A"), teletex(common, b"\xe9"), utf8(common, "C")]), Position::Unclear),
            (of(&[utf8(organisation, "A"), utf8(common, "C"), teletex(common, b"\xe9")]), Position::Elsewhere),
            (of(&[]), Position::Elsewhere),
        ] {
            assert_eq!(name.position_under(&base), expected, "{name:?}");
        }
        // The same doubtful octets are the same name, and a doubtful base is near to every name of its types.
        let doubtful = of(&[teletex(organisation, b"\xe9")]);
        assert_eq!(of(&[teletex(organisation, b"\xe9"), utf8(common, "B")]).position_under(&doubtful), Position::Below);
        assert_eq!(base.position_under(&doubtful), Position::Unclear);
        assert_eq!(of(&[]).position_under(&of(&[])), Position::Below);
    }

    #[test]
    fn values_are_read_in_every_string_type_and_garbage_is_left_out() {
        let name = name(&[
            (Tag::UTF8_STRING, "Ré".as_bytes()),
            (TELETEX_STRING, b"R\xe9"),
            (BMP_STRING, b"\0R\0\xe9"),
            (UNIVERSAL_STRING, b"\0\0\0R\0\0\0\xe9"),
            (Tag::UTF8_STRING, b"\xff"),
            (BMP_STRING, b"\0"),
            (Tag::OCTET_STRING, b"R"),
        ]);
        assert_eq!(values(&name, oid::COMMON_NAME), ["Ré"; 4]);
        assert!(values(b"\x30\x05", oid::COMMON_NAME).is_empty());
    }
}
