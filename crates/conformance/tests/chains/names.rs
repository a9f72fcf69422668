//! Names and constraints on them, from a small vocabulary, so that they often meet.

use const_oid::ObjectIdentifier;
use recommande::testing::tlv;
use signed_data::tlv::Tag;

use crate::case::{Chain, identifier, sequence};
use crate::random::Random;

pub const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
pub const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const MAIL_ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

const TELETEX: Tag = Tag(0x14);
const UNIVERSAL: Tag = Tag(0x1c);
const BMP: Tag = Tag(0x1e);

/// A word of the vocabulary, and what is unusual about it.
type Word = (&'static str, Option<&'static str>);

/// Some attributes of a name: type, tag of the value, value. `false` begins no new RelativeDistinguishedName.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(Vec<(ObjectIdentifier, Tag, Vec<u8>, bool)>);

impl Name {
    pub fn authority(number: usize) -> Self {
        Self::of("BE", "Alpha", &format!("CA {number}"))
    }

    pub fn target() -> Self {
        Self::of("BE", "Alpha", "Leaf")
    }

    fn of(country: &str, organisation: &str, common_name: &str) -> Self {
        let utf8 = |kind, text: &str| (kind, Tag::UTF8_STRING, text.as_bytes().to_vec(), true);
        let country = (COUNTRY, Tag::PRINTABLE_STRING, country.as_bytes().to_vec(), true);
        Self(vec![country, utf8(ORGANISATION, organisation), utf8(COMMON_NAME, common_name)])
    }

    pub fn empty() -> Self {
        Self(Vec::new())
    }

    pub fn der(&self) -> Vec<u8> {
        let mut rdns: Vec<Vec<Vec<u8>>> = Vec::new();
        for (kind, tag, value, is_new) in &self.0 {
            let attribute = sequence(&[&identifier(*kind), &tlv(*tag, &[value])]);
            match rdns.last_mut() {
                Some(rdn) if !is_new => rdn.push(attribute),
                _ => rdns.push(vec![attribute]),
            }
        }
        let sets: Vec<Vec<u8>> = rdns
            .into_iter()
            .map(|mut rdn| {
                rdn.sort();
                tlv(Tag::SET, &[&rdn.concat()])
            })
            .collect();
        sequence(&[&sets.concat()])
    }

    /// The same name to RFC 5280 §7.1: other string types, other case, other spaces. Values beyond ASCII stay.
    pub fn rewritten(&self, random: &mut Random) -> Self {
        let mut name = self.clone();
        for (kind, tag, value, _) in &mut name.0 {
            let is_text = *tag == Tag::UTF8_STRING || *tag == Tag::PRINTABLE_STRING;
            if *kind == MAIL_ADDRESS || !is_text || !value.is_ascii() {
                continue;
            }
            let mut text = String::from_utf8_lossy(value).into_owned();
            match random.below(5) {
                0 => text = text.to_uppercase(),
                1 => text = text.to_lowercase(),
                2 => text = format!(" {} ", text.replace(' ', "  ")),
                _ => {}
            }
            (*tag, *value) = written(&text, random);
        }
        name
    }

    /// The first parts of the name, at least one.
    fn beginning(&self, random: &mut Random) -> Self {
        let mut name = self.clone();
        name.0.truncate(1 + random.below(name.0.len().max(1)));
        name
    }

    /// Adds an address as older certificates hold it.
    pub fn with_mail_address(mut self, tag: Tag, address: &str) -> Self {
        self.0.push((MAIL_ADDRESS, tag, address.as_bytes().to_vec(), true));
        self
    }

    /// A name like those of the chain, or near to one.
    pub fn like(chain: &mut Chain, random: &mut Random) -> Self {
        const ORGANISATIONS: [Word; 12] = [
            ("Alpha", None),
            ("ALPHA", None),
            (" alpha ", None),
            ("Alpha  Group", None),
            ("Alpha Group", None),
            ("Beta", None),
            ("Émile", Some("name-beyond-ascii")),
            ("émile", Some("name-beyond-ascii")),
            ("E\u{301}mile", Some("name-beyond-ascii")),
            ("STRASSE", Some("name-beyond-ascii")),
            ("straße", Some("name-beyond-ascii")),
            ("Al\u{ad}pha", Some("name-beyond-ascii")),
        ];
        let plain = if random.once_in(4) { ORGANISATIONS.len() } else { 6 };
        let (organisation, tag) = *random.pick(&ORGANISATIONS[..plain]);
        chain.tags.extend(tag);
        let mut name = Self::of(
            random.pick::<&str>(&["BE", "BE", "be", "FR"]),
            organisation,
            random.pick::<&str>(&["Leaf", "CA 11", "X"]),
        );
        name.0[1].1 = Tag::UTF8_STRING;
        if organisation.is_ascii() {
            (name.0[1].1, name.0[1].2) = written(organisation, random);
        }
        match random.below(24) {
            0 => name.0.insert(2, (UNIT, Tag::UTF8_STRING, b"Unit".to_vec(), random.once_in(2))),
            1 => name.0.swap(0, 1),
            2 => {
                chain.tag("teletex-beyond-ascii");
                (name.0[1].1, name.0[1].2) = (TELETEX, b"\xc9mile".to_vec());
            }
            3 => {
                chain.tag("unreadable-string");
                name.0[1].2 = b"\xff".to_vec();
                name.0[1].1 = Tag::UTF8_STRING;
            }
            _ => {}
        }
        name
    }
}

/// A text of ASCII in one of the types of a DirectoryString.
fn written(text: &str, random: &mut Random) -> (Tag, Vec<u8>) {
    match random.below(7) {
        0 => (TELETEX, text.as_bytes().to_vec()),
        1 => (BMP, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        2 => (UNIVERSAL, text.chars().flat_map(|character| u32::from(character).to_be_bytes()).collect()),
        3 | 4 => (Tag::PRINTABLE_STRING, text.as_bytes().to_vec()),
        _ => (Tag::UTF8_STRING, text.as_bytes().to_vec()),
    }
}

const DNS: u8 = 0x82;
const MAIL: u8 = 0x81;
const DIRECTORY: u8 = 0xa4;
const URI: u8 = 0x86;
const IP: u8 = 0x87;
const REGISTERED_ID: u8 = 0x88;
const OTHER_NAME: u8 = 0xa0;
const FORMS: [u8; 10] = [DNS, DNS, MAIL, MAIL, DIRECTORY, URI, URI, IP, REGISTERED_ID, OTHER_NAME];

const DNS_NAMES: [Word; 12] = [
    ("a.example", None),
    ("b.a.example", None),
    ("c.b.a.example", None),
    ("ba.example", None),
    ("example", None),
    ("B.A.EXAMPLE", None),
    ("b.example", None),
    ("_x.a.example", None),
    ("*.a.example", Some("dns-wildcard")),
    ("*.example", Some("dns-wildcard")),
    ("a.example.", Some("dns-not-a-host")),
    ("a..example", Some("dns-not-a-host")),
];
const DNS_BASES: [Word; 8] = [
    ("a.example", None),
    ("example", None),
    ("b.a.example", None),
    ("A.Example", None),
    ("", None),
    (".a.example", Some("dns-base-without-meaning")),
    ("a.example.", Some("dns-base-without-meaning")),
    ("*.a.example", Some("dns-base-without-meaning")),
];
const MAILS: [Word; 11] = [
    ("joe@a.example", None),
    ("joe@b.a.example", None),
    ("Joe@a.example", None),
    ("joe@A.EXAMPLE", None),
    ("jim@a.example", None),
    ("joe@b.example", None),
    ("j+o.e@a.example", None),
    ("\"joe\"@a.example", Some("mail-quoted")),
    ("joe@x@a.example", Some("mail-not-a-mailbox")),
    ("a.example", Some("mail-not-a-mailbox")),
    ("joe@a.example.", Some("mail-not-a-mailbox")),
];
const MAIL_BASES: [Word; 9] = [
    ("a.example", None),
    (".a.example", None),
    (".example", None),
    ("joe@a.example", None),
    ("joe@A.example", None),
    ("b.example", None),
    ("", Some("mail-base-without-meaning")),
    ("@a.example", Some("mail-base-without-meaning")),
    ("a.example.", Some("mail-base-without-meaning")),
];
const URIS: [Word; 13] = [
    ("https://a.example/x", None),
    ("http://b.a.example", None),
    ("https://A.EXAMPLE:8443/", None),
    ("https://c.example/", None),
    ("ldap://a.example/cn=x?y", None),
    ("https://a.example?x", Some("uri-query-after-host")),
    ("https://u:p@a.example/", Some("uri-user-information")),
    ("https://a.example\\@b.example/", Some("uri-user-information")),
    ("urn:x:y", Some("uri-without-host")),
    ("https:///x", Some("uri-without-host")),
    ("mailto:joe@a.example", Some("uri-without-host")),
    ("https://192.0.2.1/", Some("uri-of-address")),
    ("https://[2001:db8::1]/", Some("uri-of-address")),
];
const URI_BASES: [Word; 6] = [
    ("a.example", None),
    (".a.example", None),
    (".example", None),
    ("c.example", None),
    ("", Some("uri-base-without-meaning")),
    ("https://a.example", Some("uri-base-without-meaning")),
];

fn word(words: &[Word], chain: &mut Chain, random: &mut Random) -> Vec<u8> {
    let (word, tag) = *random.pick(words);
    chain.tags.extend(tag);
    word.as_bytes().to_vec()
}

fn address(chain: &mut Chain, random: &mut Random) -> Vec<u8> {
    let of_6 = |first: [u8; 4], last: u8| [&first[..], &[0; 11], &[last]].concat();
    match random.below(8) {
        0 | 1 => vec![192, 0, 2, 1],
        2 => vec![192, 0, 3, 1],
        3 => vec![10, 0, 0, 1],
        4 => of_6([0x20, 1, 0xd, 0xb8], 1),
        5 => of_6([0x20, 1, 0xd, 0xb9], 1),
        6 => {
            chain.tag("ip-mapped");
            [&[0; 10][..], &[0xff, 0xff, 192, 0, 2, 1]].concat()
        }
        _ => {
            chain.tag("ip-of-wrong-length");
            vec![192, 0, 2]
        }
    }
}

fn network(chain: &mut Chain, random: &mut Random) -> Vec<u8> {
    let of_6 = |ones: usize| [&[0x20, 1, 0xd, 0xb8][..], &[0; 12], &vec![0xff; ones], &vec![0; 16 - ones]].concat();
    match random.below(9) {
        0 | 1 => vec![192, 0, 2, 0, 255, 255, 255, 0],
        2 => vec![192, 0, 2, 77, 255, 255, 0, 0],
        3 => vec![10, 0, 0, 0, 254, 0, 0, 0],
        4 => vec![0; 8],
        5 => of_6(4),
        6 => vec![0; 32],
        7 => {
            chain.tag("ip-mask-with-gaps");
            vec![192, 0, 2, 0, 255, 0, 255, 0]
        }
        _ => {
            chain.tag("ip-base-of-wrong-length");
            vec![192, 0, 2, 0]
        }
    }
}

/// An otherName: of a form that nobody processes, or an SmtpUTF8Mailbox (RFC 9598).
fn other_name(chain: &mut Chain, random: &mut Random) -> Vec<u8> {
    const SMTP_UTF8_MAILBOX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");
    const UNKNOWN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.20");
    let form = if random.once_in(2) { SMTP_UTF8_MAILBOX } else { UNKNOWN };
    if form == SMTP_UTF8_MAILBOX {
        chain.tag("smtp-utf8-mailbox");
    }
    let value = tlv(Tag::UTF8_STRING, &["jö@a.example".as_bytes()]);
    [identifier(form), tlv(Tag::context(0), &[&value])].concat()
}

fn form(random: &mut Random) -> u8 {
    *random.pick(&FORMS)
}

/// A GeneralName of an alternative name.
pub fn general_name(chain: &mut Chain, random: &mut Random) -> Vec<u8> {
    let form = form(random);
    let value = match form {
        DNS => word(&DNS_NAMES, chain, random),
        MAIL => word(&MAILS, chain, random),
        URI => word(&URIS, chain, random),
        IP => address(chain, random),
        DIRECTORY => Name::like(chain, random).der(),
        REGISTERED_ID => {
            chain.tag("registered-id");
            vec![0x2a, 3]
        }
        _ => other_name(chain, random),
    };
    tlv(Tag(form), &[&value])
}

/// A GeneralSubtree.
fn subtree(chain: &mut Chain, random: &mut Random) -> Vec<u8> {
    let form = form(random);
    let base = match form {
        DNS => word(&DNS_BASES, chain, random),
        MAIL => word(&MAIL_BASES, chain, random),
        URI => word(&URI_BASES, chain, random),
        IP => network(chain, random),
        DIRECTORY if random.once_in(2) => {
            let name = chain.drafts.last().expect("a target").subject.clone();
            name.beginning(random).rewritten(random).der()
        }
        DIRECTORY => {
            let name = Name::like(chain, random);
            if random.once_in(12) { Name::empty().der() } else { name.beginning(random).der() }
        }
        REGISTERED_ID => {
            chain.tag("registered-id");
            vec![0x2a, 3]
        }
        _ => other_name(chain, random),
    };
    let distance = match random.below(40) {
        0 => tlv(Tag::context_primitive(0), &[&[1]]),
        1 => tlv(Tag::context_primitive(1), &[&[3]]),
        _ => Vec::new(),
    };
    if !distance.is_empty() {
        chain.tag("distance");
    }
    sequence(&[&tlv(Tag(form), &[&base]), &distance])
}

/// The value of nameConstraints.
pub fn name_constraints(chain: &mut Chain, random: &mut Random) -> Vec<u8> {
    let mut list = |number: u8, random: &mut Random| {
        let subtrees: Vec<u8> = (0..=random.below(3)).flat_map(|_| subtree(chain, random)).collect();
        tlv(Tag::context(number), &[&subtrees])
    };
    match random.below(3) {
        0 => sequence(&[&list(0, random)]),
        1 => sequence(&[&list(1, random)]),
        _ => {
            let permitted = list(0, random);
            sequence(&[&permitted, &list(1, random)])
        }
    }
}
