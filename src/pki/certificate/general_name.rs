//! This module compares general names (RFC 5280 §4.2.1.6 and §7).

use signed_data::tlv::Tlv;

use super::names::ComparableName;
use super::uri;
use signed_data::tlv::Tag;

/// The tag of rfc822Name.
const MAIL: Tag = Tag::context_primitive(1);
/// The tag of dNSName.
const DNS: Tag = Tag::context_primitive(2);
/// The tag of directoryName, which is explicit because Name is a CHOICE.
const DIRECTORY_NAME: Tag = Tag::context(4);
/// The tag of uniformResourceIdentifier.
const URI: Tag = Tag::context_primitive(6);

/// A GeneralName in a comparable form, in which equal names have equal octets: a directoryName by the digest of its form in RFC 5280 §7.1,
/// a dNSName by §7.2, a URI by §7.4, an rfc822Name by §7.5, and every other form by the octets of its element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pki) struct ComparableGeneralName(Vec<u8>);

impl ComparableGeneralName {
    pub(in crate::pki) fn of_directory_name(name: &ComparableName) -> Self {
        Self([&[DIRECTORY_NAME.0], name.digest().as_slice()].concat())
    }

    pub(in crate::pki) fn of_general_name(name: Tlv<'_>) -> Self {
        let tagged = |text: Vec<u8>| Self([&[name.tag.0], text.as_slice()].concat());
        match name.tag {
            DIRECTORY_NAME => Self::of_directory_name(&ComparableName::of(name.value)),
            DNS => tagged(name.value.to_ascii_lowercase()),
            MAIL => tagged(mailbox(name.value)),
            URI => tagged(uri::comparable(name.value)),
            _ => Self(name.raw.to_vec()),
        }
    }
}

/// Lowers the host of a mailbox. The case of its local part counts.
fn mailbox(mailbox: &[u8]) -> Vec<u8> {
    let host = mailbox.iter().rposition(|octet| *octet == b'@').unwrap_or(mailbox.len());
    let (local, host) = mailbox.split_at_checked(host).unwrap_or((mailbox, &[]));
    [local, &host.to_ascii_lowercase()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use signed_data::tlv::{Reader, element};

    fn comparable(tag: Tag, value: &str) -> ComparableGeneralName {
        let name = element(tag, &[value.as_bytes()]);
        ComparableGeneralName::of_general_name(Reader::new(&name, "GeneralName").any().unwrap())
    }

    #[test]
    fn hosts_are_compared_without_regard_to_case_and_the_rest_with_it() {
        assert_eq!(comparable(DNS, "TSA.Example"), comparable(DNS, "tsa.example"));
        assert_eq!(comparable(MAIL, "Ann@EXAMPLE.be"), comparable(MAIL, "Ann@example.BE"));
        assert_ne!(comparable(MAIL, "ann@example.be"), comparable(MAIL, "Ann@example.be"));
        assert_eq!(comparable(URI, "HTTP://Crl.Example/A.crl"), comparable(URI, "http://crl.example/A.crl"));
        assert_ne!(comparable(URI, "http://crl.example/a.crl"), comparable(URI, "http://crl.example/A.crl"));
        // A name of another form is another name.
        assert_ne!(comparable(DNS, "example"), comparable(MAIL, "example"));
        assert_ne!(comparable(Tag::context_primitive(8), "A"), comparable(Tag::context_primitive(8), "a"));
    }
}
