//! This module reads GeneralName in certificates and as the base of a name constraint ([RFC 5280 §4.2.1.6,
//! §4.2.1.10](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10)).

use std::borrow::Cow;

use signed_data::tlv::{Reader, Tag, Tlv};

use super::host::{self, Domain};
use crate::asn1::oid;
use crate::pki::certificate::{Position, PreparedName};

const OTHER_NAME: Tag = Tag(0xa0);
const RFC822_NAME: Tag = Tag(0x81);
const DNS_NAME: Tag = Tag(0x82);
const DIRECTORY_NAME: Tag = Tag(0xa4);
const UNIFORM_RESOURCE_IDENTIFIER: Tag = Tag(0x86);
const IP_ADDRESS: Tag = Tag(0x87);
/// otherName, x400Address, ediPartyName and registeredID.
const UNPROCESSED_FORMS: [Tag; 4] = [OTHER_NAME, Tag(0xa3), Tag(0xa5), Tag(0x88)];
const PROCESSED_FORMS: [Tag; 5] = [RFC822_NAME, DNS_NAME, DIRECTORY_NAME, UNIFORM_RESOURCE_IDENTIFIER, IP_ADDRESS];

/// A GeneralName in the form in which it is compared with constraints.
///
/// ```text
/// GeneralName ::= CHOICE {
///      otherName                  [0] OtherName,
///      rfc822Name                 [1] IA5String,
///      dNSName                    [2] IA5String,
///      x400Address                [3] ORAddress,
///      directoryName              [4] Name,
///      ediPartyName               [5] EDIPartyName,
///      uniformResourceIdentifier  [6] IA5String,
///      iPAddress                  [7] OCTET STRING,
///      registeredID               [8] OBJECT IDENTIFIER }
/// ```
pub(super) enum GeneralName<'a> {
    /// An rfc822Name, or an emailAddress of the subject.
    Mail(Cow<'a, str>),
    Dns(&'a str),
    Directory(Cow<'a, PreparedName>),
    Uri(&'a str),
    Ip(&'a [u8]),
    /// An SmtpUTF8Mailbox (RFC 9598), which is an otherName that constraints on rfc822Name apply to as well.
    InternationalMail,
    /// A form that is not compared, by its tag.
    Unprocessed(Tag),
}

impl<'a> GeneralName<'a> {
    /// Reads a GeneralName, or returns `None` if it is malformed.
    pub(super) fn read(element: Tlv<'a>) -> Option<Self> {
        let text = || core::str::from_utf8(element.value).ok().filter(|text| text.is_ascii());
        match element.tag {
            RFC822_NAME => text().map(Cow::Borrowed).map(Self::Mail),
            DNS_NAME => text().map(Self::Dns),
            DIRECTORY_NAME => directory_name(element).map(Cow::Owned).map(Self::Directory),
            UNIFORM_RESOURCE_IDENTIFIER => text().map(Self::Uri),
            IP_ADDRESS => Some(Self::Ip(element.value)),
            OTHER_NAME if is_smtp_utf8_mailbox(element) => Some(Self::InternationalMail),
            tag => UNPROCESSED_FORMS.contains(&tag).then_some(Self::Unprocessed(tag)),
        }
    }

    /// Returns the tag of the form.
    fn form(&self) -> Tag {
        match self {
            Self::Mail(_) => RFC822_NAME,
            Self::Dns(_) => DNS_NAME,
            Self::Directory(_) => DIRECTORY_NAME,
            Self::Uri(_) => UNIFORM_RESOURCE_IDENTIFIER,
            Self::Ip(_) => IP_ADDRESS,
            Self::InternationalMail => OTHER_NAME,
            Self::Unprocessed(tag) => *tag,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Mail(text) => text.len(),
            Self::Dns(text) | Self::Uri(text) => text.len(),
            Self::Directory(key) => key.as_bytes().len(),
            Self::Ip(address) => address.len(),
            Self::InternationalMail | Self::Unprocessed(_) => 0,
        }
    }
}

/// Returns true for an otherName of the form SmtpUTF8Mailbox.
///
/// ```text
/// OtherName ::= SEQUENCE {
///      type-id  OBJECT IDENTIFIER,
///      value    [0] EXPLICIT ANY DEFINED BY type-id }
/// ```
fn is_smtp_utf8_mailbox(other_name: Tlv<'_>) -> bool {
    other_name.reader("OtherName").oid().is_ok_and(|form| form == oid::SMTP_UTF8_MAILBOX)
}

/// Reads a directoryName. Its tag is explicit because Name is a CHOICE.
fn directory_name(element: Tlv<'_>) -> Option<PreparedName> {
    let mut reader = element.reader("directoryName");
    let name = reader.any().ok()?;
    reader.finish().ok()?;
    PreparedName::read(name.raw)
}

/// The base of a GeneralSubtree.
pub(super) enum Subtree<'a> {
    /// A single mailbox: its local part without quotes, and its host.
    Mailbox(Cow<'a, str>, &'a str),
    Mail(Domain<'a>),
    Dns(Domain<'a>),
    Directory(PreparedName),
    Uri(Domain<'a>),
    Ip {
        address: &'a [u8],
        mask: &'a [u8],
    },
    /// A base that is not compared, by the tag of its form: of a form that is not processed, or without a meaning. Only
    /// the names of its form are refused (RFC 5280 §4.2.1.10).
    Unprocessed(Tag),
}

/// The relation of a name to a subtree of its own form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Within,
    Outside,
    /// The relation is ambiguous. Such a name is not permitted, and it does not escape an exclusion.
    Unclear,
}

impl<'a> Subtree<'a> {
    /// Reads a base, or returns `None` if it is of no form of GeneralName. RFC 5280 gives a malformed base no meaning that
    /// could be guessed safely.
    pub(super) fn read(base: Tlv<'a>) -> Option<Self> {
        let read = match GeneralName::read(base) {
            Some(GeneralName::Mail(Cow::Borrowed(text))) => Self::mail(text),
            Some(GeneralName::Dns(text)) => Domain::of_dns_name(text).map(Self::Dns),
            Some(GeneralName::Directory(key)) => Some(Self::Directory(key.into_owned())),
            Some(GeneralName::Uri(text)) => Domain::read(text).map(Self::Uri),
            Some(GeneralName::Ip(octets)) => Self::ip(octets),
            Some(GeneralName::Mail(Cow::Owned(_)) | GeneralName::InternationalMail | GeneralName::Unprocessed(_))
            | None => None,
        };
        read.or_else(|| Self::unprocessed(base))
    }

    /// Returns the subtree that covers an unknown part of the names of this form, or `None` if there is no such form.
    pub(super) fn unprocessed(base: Tlv<'a>) -> Option<Self> {
        let is_form = PROCESSED_FORMS.contains(&base.tag) || UNPROCESSED_FORMS.contains(&base.tag);
        is_form.then_some(Self::Unprocessed(base.tag))
    }

    fn mail(text: &'a str) -> Option<Self> {
        if text.contains('@') {
            let (local, host) = host::mailbox(text)?;
            Some(Self::Mailbox(local, host))
        } else {
            Domain::read(text).map(Self::Mail)
        }
    }

    /// Reads address and mask in the style of RFC 4632. A mask with gaps is malformed, because it has no prefix length
    /// and implementations disagree on it.
    fn ip(octets: &'a [u8]) -> Option<Self> {
        let (address, mask) = match octets.len() {
            8 | 32 => octets.split_at_checked(octets.len() / 2)?,
            _ => return None,
        };
        let after_ones: Vec<u8> = mask.iter().copied().skip_while(|octet| *octet == 0xff).collect();
        let is_prefix = match after_ones.split_first() {
            None => true,
            Some((first, rest)) => first.leading_ones() + first.trailing_zeros() >= 8 && rest.iter().all(|o| *o == 0),
        };
        is_prefix.then_some(Self::Ip { address, mask })
    }

    /// Returns the relation of a name to the subtree, or `None` if the name is of another form.
    pub(super) fn relation(&self, name: &GeneralName<'_>) -> Option<Relation> {
        match (self, name) {
            (Self::Mailbox(local, host), GeneralName::Mail(text)) => {
                Some(of_mailbox(text, |its_local, its_host| its_local == local && its_host.eq_ignore_ascii_case(host)))
            }
            (Self::Mail(domain), GeneralName::Mail(text)) => {
                Some(of_mailbox(text, |_, its_host| domain.contains(its_host)))
            }
            // RFC 9598 §6 says how the two compare; it is not implemented, so that such a name is refused.
            (subtree, GeneralName::InternationalMail) if subtree.form() == RFC822_NAME => Some(Relation::Unclear),
            (Self::Dns(domain), GeneralName::Dns(text)) => Some(of_dns_name(*domain, text)),
            (Self::Directory(base), GeneralName::Directory(key)) => Some(of_directory_name(base, key)),
            (Self::Uri(domain), GeneralName::Uri(text)) => Some(of_uri(*domain, text)),
            (Self::Ip { address, mask }, GeneralName::Ip(name)) => Some(of_ip_address(address, mask, name)),
            // Here one of the two is not processed.
            (subtree, name) => (subtree.form() == name.form()).then_some(Relation::Unclear),
        }
    }

    /// Returns the tag of the form of the names that the subtree constrains.
    fn form(&self) -> Tag {
        match self {
            Self::Mailbox(..) | Self::Mail(_) => RFC822_NAME,
            Self::Dns(_) => DNS_NAME,
            Self::Directory(_) => DIRECTORY_NAME,
            Self::Uri(_) => UNIFORM_RESOURCE_IDENTIFIER,
            Self::Ip { .. } => IP_ADDRESS,
            Self::Unprocessed(tag) => *tag,
        }
    }

    /// Returns the number of octets that a comparison inspects. It reads the whole of a mailbox, a host or a URI anew for
    /// each subtree, however short the subtree is.
    pub(super) fn octets_compared(&self, name: &GeneralName<'_>) -> usize {
        match name {
            GeneralName::Mail(_) | GeneralName::Dns(_) | GeneralName::Uri(_) => self.len().saturating_add(name.len()),
            // It is taken apart where a value is doubtful.
            GeneralName::Directory(key) if !key.is_clear() => self.len().saturating_add(name.len()),
            GeneralName::Directory(_)
            | GeneralName::Ip(_)
            | GeneralName::InternationalMail
            | GeneralName::Unprocessed(_) => self.len().min(name.len()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Mailbox(local, host) => local.len() + host.len(),
            Self::Mail(domain) | Self::Dns(domain) | Self::Uri(domain) => domain.len(),
            Self::Directory(key) => key.as_bytes().len(),
            Self::Ip { address, mask } => address.len() + mask.len(),
            Self::Unprocessed(_) => 0,
        }
    }
}

/// Compares a mailbox with a subtree that holds those which satisfy the condition.
fn of_mailbox(text: &str, is_within: impl Fn(&str, &str) -> bool) -> Relation {
    match host::mailbox(text) {
        Some((local, host)) if is_within(&local, host) => Relation::Within,
        Some(_) => Relation::Outside,
        None => Relation::Unclear,
    }
}

/// Compares a dNSName with a domain. A wildcard outside the domain may still match a name within it.
fn of_dns_name(domain: Domain<'_>, text: &str) -> Relation {
    let wildcard = text.split_once('.').filter(|(first, _)| first.contains('*'));
    match wildcard {
        Some((_, parent)) if !host::is_host(parent) => Relation::Unclear,
        Some((_, parent)) if domain.contains(parent) => Relation::Within,
        Some((_, parent)) if domain.may_lie_below(parent) => Relation::Unclear,
        Some(_) => Relation::Outside,
        None if !host::is_host(text) => Relation::Unclear,
        None if domain.contains(text) => Relation::Within,
        None => Relation::Outside,
    }
}

/// Compares a URI with a domain. A URI without a host name is refused wherever URIs are constrained (RFC 5280
/// §4.2.1.10).
fn of_uri(domain: Domain<'_>, text: &str) -> Relation {
    match host::of_uri(text) {
        Some(host) if domain.contains(host) => Relation::Within,
        Some(_) => Relation::Outside,
        None => Relation::Unclear,
    }
}

/// Compares a name with the first RelativeDistinguishedNames that the constraint gives.
fn of_directory_name(base: &PreparedName, name: &PreparedName) -> Relation {
    match name.position_under(base) {
        Position::Below => Relation::Within,
        Position::Elsewhere => Relation::Outside,
        Position::Unclear => Relation::Unclear,
    }
}

fn of_ip_address(address: &[u8], mask: &[u8], name: &[u8]) -> Relation {
    const MAPPED_IPV4: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
    match (address.len(), name.len()) {
        (4, 4) | (16, 16) => {
            let mut octets = address.iter().zip(mask).zip(name);
            let is_within = octets.all(|((address, mask), name)| address & mask == name & mask);
            if is_within { Relation::Within } else { Relation::Outside }
        }
        // An IPv4-mapped IPv6 address reaches the host that an IPv4 constraint means, and the reverse.
        (4, 16) if name.starts_with(&MAPPED_IPV4) => Relation::Unclear,
        (16, 4) if address.starts_with(&MAPPED_IPV4) && mask.starts_with(&[0xff; 12]) => Relation::Unclear,
        (_, 4 | 16) => Relation::Outside,
        _ => Relation::Unclear,
    }
}

/// Reads the elements of GeneralNames, or returns `None` if they are malformed. An empty list, which real certificates
/// contain against RFC 5280 §4.2.1.6, has no name that a constraint could miss.
pub(super) fn general_names(value: &[u8]) -> Option<Vec<GeneralName<'_>>> {
    let mut outer = Reader::new(value, "GeneralNames");
    let mut reader = outer.expect(Tag::SEQUENCE).ok()?.reader("GeneralNames");
    outer.finish().ok()?;
    let mut names = Vec::new();
    while !reader.is_empty() {
        names.push(GeneralName::read(reader.any().ok()?)?);
    }
    Some(names)
}
