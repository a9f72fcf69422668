//! Hostile XML is refused by name, in bounded work.

use std::time::{Duration, Instant};

use recommande_registered_mail::limits::{MAX_CONTENT, MAX_EQUALS_SIGNS, MAX_MESSAGE, MAX_NODES};
use recommande_registered_mail::{ReadError, Receipt, ReceiptContent};

use crate::common::{receipt, send_document_response};

fn read(octets: impl AsRef<[u8]>) -> Result<ReceiptContent, ReadError> {
    let start = Instant::now();
    let read = ReceiptContent::from_xml(octets.as_ref());
    assert!(start.elapsed() < Duration::from_secs(5));
    read
}

#[test]
fn entities_and_dtds_are_refused() {
    let with_dtd = receipt().replace("?>\n", "?>\n<!DOCTYPE x [<!ENTITY a \"b\">]>\n");
    assert_eq!(read(&with_dtd), Err(ReadError::DocumentType));
    let external = receipt().replace("?>\n", "?>\n<!DOCTYPE x SYSTEM \"file:///etc/passwd\">\n");
    assert_eq!(read(&external), Err(ReadError::DocumentType));
    assert_eq!(read(receipt().replace("A letter", "&a;")), Err(ReadError::Entity { line: 8 }));
    // The parser puts U+FFFD in the place of characters that there are not. Where that letter itself is meant, it is read.
    // What stands in CDATA is no reference.
    let meant =
        ["\u{fffd}", "&#xFFFD;", "&#65533;&#x41;", "<![CDATA[&#]]>", "A<![CDATA[&#xD800;]]>&#x41;<![CDATA[<!&#0;]]>B"];
    for meant in meant {
        assert!(read(receipt().replace("A letter", meant)).is_ok(), "{meant}");
    }
    for broken in
        ["A<![CDATA[]]>&#xD800;", "<![CDATA[A]]>&#xD800;", "<![CDATA[<![CDATA[]]>&#1;", "&#x41;<![CDATA[B]]>&#xFFFE;C"]
    {
        let broken = receipt().replace("A letter", broken);
        assert!(matches!(read(&broken), Err(ReadError::NotWellFormed { .. })), "{broken}");
    }
    for broken in ["&#0;", "&#xD800;", "&#55296;", "&#xFFFE;", "&#x110000;", "&#1;", "&#x99999999999;", "&", "&amp"] {
        let broken = receipt().replace("A letter", broken);
        assert!(matches!(read(&broken), Err(ReadError::NotWellFormed { .. } | ReadError::Entity { .. })), "{broken}");
    }
}

#[test]
fn other_encodings_are_refused() {
    let utf_16 = |order: fn(u16) -> [u8; 2], mark: bool| {
        let units = mark.then_some(0xfeff).into_iter().chain(receipt().encode_utf16().collect::<Vec<u16>>());
        units.flat_map(order).collect::<Vec<u8>>()
    };
    for mark in [true, false] {
        assert_eq!(read(utf_16(u16::to_be_bytes, mark)), Err(ReadError::Encoding));
        assert_eq!(read(utf_16(u16::to_le_bytes, mark)), Err(ReadError::Encoding));
    }
    // What is declared and what is there are two encodings.
    for declared in ["ISO-8859-1", "UTF-16", "windows-1252", "UTF-7"] {
        assert_eq!(read(receipt().replace("\"UTF-8\"", &format!("'{declared}'"))), Err(ReadError::Encoding));
    }
    assert!(read(receipt().replace("UTF-8", "utf-8")).is_ok());
    let latin: Vec<u8> = receipt().replace("A letter", "é").chars().map(|letter| letter as u8).collect();
    assert_eq!(read(latin), Err(ReadError::Encoding));
    assert_eq!(read(receipt().replace("\"1.0\"", "\"1.1\"")), Err(ReadError::Version));
    // The mark of UTF-8 is XML, once.
    assert!(read(format!("\u{feff}{}", receipt())).is_ok());
    assert!(matches!(read(format!("\u{feff}\u{feff}{}", receipt())), Err(ReadError::NotWellFormed { .. })));
}

#[test]
fn size_depth_and_numbers_are_bounded() {
    let limit = MAX_CONTENT;
    let padded = |length: usize| format!("{}{}", receipt(), " ".repeat(length - receipt().len()));
    assert!(read(padded(limit)).is_ok());
    assert_eq!(read(padded(limit + 1)), Err(ReadError::TooLarge { limit }));
    let nodes = Err(ReadError::TooMany { what: "nodes", limit: MAX_NODES as usize });
    assert_eq!(read("<a>".repeat(MAX_CONTENT / 3)), nodes);
    let inside = |more: &str| receipt().replace("<t:Sender>", &format!("{more}<t:Sender>"));
    assert_eq!(read(inside(&"<!---->".repeat(2000))), nodes);
    assert!(read(inside(&"<!---->".repeat(100))).is_ok());
    let attributes: String = (0..MAX_EQUALS_SIGNS).map(|index| format!(" a{index}=\"\"")).collect();
    let many = receipt().replace("<t:Sender>", &format!("<t:Sender{attributes}>"));
    assert_eq!(read(&many), Err(ReadError::TooMany { what: "equals signs", limit: MAX_EQUALS_SIGNS }));
    let few = receipt().replace("<t:Sender>", &format!("<t:Sender{}>", &attributes[..attributes.len() / 2]));
    assert!(matches!(read(&few), Err(ReadError::Attribute { element: "Sender" } | ReadError::NotWellFormed { .. })));
    let namespaces: String = (0..4000).map(|index| format!(" xmlns:n{index}=\"\"")).collect();
    let _ = read(receipt().replace("<t:Sender>", &format!("<t:Sender{namespaces}>")));

    let message =
        |length: usize| Receipt::from_xml(send_document_response("", &vec![0; length]).as_bytes()).map(|_| ());
    assert_eq!(message(MAX_MESSAGE / 4 * 3), Err(ReadError::TooLarge { limit: MAX_MESSAGE }));
    assert_eq!(message(MAX_MESSAGE / 4 * 3 - 3000), Ok(()));
}

#[test]
fn a_text_is_whole() {
    // Some readers would see the first half of these texts.
    for inside in ["<!-- -->", "<?x?>", "<t:b/>"] {
        let split = receipt().replace("1ZG0000036L3Z", &format!("1ZG000{inside}0036L3Z"));
        assert_eq!(read(&split), Err(ReadError::Unexpected { within: "Ticket" }), "{inside}");
    }
}

#[test]
fn no_prefix_and_no_flipped_octet_panics() {
    let receipt = receipt();
    let octets = receipt.as_bytes();
    for end in 0..octets.len() - 1 {
        assert!(read(&octets[..end]).is_err() || octets[end..].iter().all(u8::is_ascii_whitespace), "{end}");
    }
    for place in 0..octets.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut flipped = octets.to_vec();
            flipped[place] ^= bit;
            let _ = read(&flipped);
        }
    }
}
