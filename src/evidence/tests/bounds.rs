//! Tests each limit of a statement with as many members as are allowed, and with one more.

use super::limits::{
    MAX_ATTRIBUTES, MAX_DIGESTS, MAX_METADATA, MAX_METADATA_TEXT, MAX_METADATA_VALUES, MAX_PARTIES, MAX_PARTS,
};
use super::*;

/// Adds `limit` of them, which are read back, and finds that one more is refused.
fn assert_limited(
    what: &'static str,
    limit: usize,
    mut add: impl FnMut(Sending, usize) -> Result<Sending, EvidenceError>,
) {
    let there = match what {
        "recipients" | "content parts" => 1,
        _ => 0,
    };
    let full = (there..limit).try_fold(sending(), &mut add).unwrap_or_else(|error| panic!("{what}: {error}"));
    let read = Codec::Json.decode::<Sending>(&encoded(&full)).unwrap_or_else(|error| panic!("{what}: {error}")).0;
    assert!(read == full, "{what}");
    assert_eq!(add(full, limit), Err(EvidenceError::TooMany { what, limit }));
}

fn person(number: usize) -> Party {
    Party::new(Identifier::new(&number.to_string(), "urn:example:staff").unwrap())
}

fn attribute(number: usize) -> IdentityAttribute {
    IdentityAttribute::new(&format!("urn:example:{number}"), ["x"]).unwrap()
}

#[test]
fn parties_and_parts() {
    assert_limited("recipients", MAX_PARTIES, |sending, n| sending.with_recipient(person(n)));
    assert_limited("delegates of recipients", MAX_PARTIES, |sending, n| {
        sending.with_recipients_delegate(person(n), &[1])
    });
    assert_limited("content parts", MAX_PARTS, |sending, n| {
        let part = PartDescription::new(&n.to_string(), "text/plain").unwrap();
        sending.with_part(part, PayloadDigests::of_bytes(b"x"))
    });
}

#[test]
fn attributes_and_metadata() {
    let mut party = person(0);
    for n in 0..MAX_ATTRIBUTES {
        party = party.with_attribute(attribute(n)).unwrap();
    }
    let more = EvidenceError::TooMany { what: "identity attributes", limit: MAX_ATTRIBUTES };
    assert_eq!(party.with_attribute(attribute(MAX_ATTRIBUTES)), Err(more));
    let values = |count: usize| {
        IdentityAttribute::new("urn:example:0", vec!["x"; count]).map(|attribute| attribute.values().len())
    };
    assert_eq!(values(MAX_ATTRIBUTES), Ok(MAX_ATTRIBUTES));
    let more = EvidenceError::TooMany { what: "values of an identity attribute", limit: MAX_ATTRIBUTES };
    assert_eq!(values(MAX_ATTRIBUTES + 1), Err(more));

    let metadata = |kind: usize, values: usize, value: usize| {
        Metadata::new(&"k".repeat(kind), vec!["v".repeat(value); values]).map(drop)
    };
    assert_eq!(metadata(MAX_METADATA_TEXT, MAX_METADATA_VALUES, MAX_METADATA_TEXT), Ok(()));
    let long = |what| Err(EvidenceError::TooLong { what, limit: MAX_METADATA_TEXT });
    assert_eq!(metadata(MAX_METADATA_TEXT + 1, 1, 1), long("metadata type"));
    assert_eq!(metadata(1, 1, MAX_METADATA_TEXT + 1), long("metadata value"));
    let more = EvidenceError::TooMany { what: "values of one metadata", limit: MAX_METADATA_VALUES };
    assert_eq!(metadata(1, MAX_METADATA_VALUES + 1, 1), Err(more));
    assert_limited("metadata", MAX_METADATA, |sending, n| {
        let mail = mail_of(&sending);
        Ok(sending.with_national_extension(mail.with_metadata(Metadata::new(&n.to_string(), ["v"]).unwrap())?))
    });
}

/// There are fewer algorithms than the limit, so what is beyond it is the same one twice; it is not read without end.
#[test]
fn digests() {
    let allowed = || {
        DigestAlgorithm::ALL.into_iter().filter(|algorithm| algorithm.output_len() >= 32 && algorithm.uri().is_some())
    };
    let digests = PayloadDigests::from_digests(allowed().map(|algorithm| algorithm.digest(b"x"))).unwrap();
    assert!(digests.iter().count() == allowed().count() && allowed().count() <= MAX_DIGESTS);
    let endless = core::iter::repeat(DigestAlgorithm::Sha256.digest(b"x"));
    assert!(matches!(PayloadDigests::from_digests(endless), Err(EvidenceError::Twice(_))));
}

/// Texts are counted before they are looked at for anything else.
#[test]
fn what_is_read_is_counted() {
    let part = "{\"Identifier\":\"a\",\"DigestMethod\":{\"Algorithm\":\"http://www.w3.org/2001/04/xmlenc#sha512\"},\
                \"DigestValue\":\"z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/\
                SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==\"}";
    let mail = mail_of(&sending());
    let metadata = Metadata::new("year", ["2026"]).unwrap();
    let json = text(&sending().with_national_extension(mail.with_metadata(metadata).unwrap()));
    let party = "{\"Identifier\":{\"value\":\"1\",\"IdentifierSchemeName\":\"urn:example:staff\"}}";
    let (_, content_part) = json.split_once("\"PartInfo\":[").unwrap();
    let (content_part, _) = content_part.split_once(']').unwrap();
    for (array, element, limit) in [
        ("\"RecipientDetails\":[", party, MAX_PARTIES),
        ("\"PartInfo\":[", content_part, MAX_PARTS),
        (
            "\"SenderDetails\":{\"Identity\":{\"Attribute\":[",
            "{\"Name\":\"urn:example:0\",\"AttributeValue\":[\"x\"]}",
            MAX_ATTRIBUTES,
        ),
        ("\"AttributeValue\":[", "\"x\"", MAX_ATTRIBUTES),
        ("\"AdditionalDigests\":{\"Part\":[", part, MAX_PARTS * MAX_DIGESTS),
        ("\"Metadata\":[", "{\"Type\":\"year\",\"Value\":[\"2026\"]}", MAX_METADATA),
        ("\"Type\":\"year\",\"Value\":[", "\"2026\"", MAX_METADATA_VALUES),
    ] {
        assert!(json.contains(array), "{array}");
        let with = |more: usize| json.replacen(array, &format!("{array}{}", [element, ","].concat().repeat(more)), 1);
        let answer = Codec::Json.decode::<Sending>(with(limit - 1).as_bytes());
        assert!(!matches!(answer.map_err(|error| error.kind().clone()), Err(Kind::TooMany { .. })), "{array}");
        assert_eq!(refused::<Sending>(&with(limit)).1, Kind::TooMany { limit }, "{array}");
    }
}
