//! Sealed content that is no statement of the profile. The seal and the timestamp are right in each.

use crate::case::Case;
use crate::world::{Result, World, replaced};

/// An edit of the sending's encoding: id, sentence, error, text, replacement.
type Edit = (&'static str, &'static str, &'static str, &'static str, &'static str);

const EDITS: &[Edit] = &[
    ("syntax", "An equals sign where a colon stands.", "Statement(Syntax)", r#""version":"#, r#""version"="#),
    ("white-space", "One blank outside of a string.", "Statement(WhiteSpace)", r#""version":"#, r#""version": "#),
    (
        "duplicate-member",
        "MessageIdentifier is there twice, with one value.",
        "Statement(DuplicateMember)",
        r#","MessageIdentifier":"1ZG0000036L3Z""#,
        r#","MessageIdentifier":"1ZG0000036L3Z","MessageIdentifier":"1ZG0000036L3Z""#,
    ),
    (
        "unknown-member",
        "A member that the profile does not know.",
        "Statement(UnknownMember)",
        r#","MessageIdentifier":"#,
        r#","Remark":"","MessageIdentifier":"#,
    ),
    (
        "missing-member",
        "MessageIdentifier is missing.",
        "Statement(MissingMember)",
        r#","MessageIdentifier":"1ZG0000036L3Z""#,
        "",
    ),
    (
        "member-out-of-order",
        "The recipient's Identity stands after the Identifier.",
        "Statement(MemberOutOfOrder)",
        r#""urn:be:fgov:person:ssin"}}]"#,
        r#""urn:be:fgov:person:ssin"},"Identity":{"Attribute":[{"Name":"http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName","AttributeValue":["An"]}]}}]"#,
    ),
    (
        "wrong-type",
        "The message identifier is a number.",
        "Statement(WrongType)",
        r#""MessageIdentifier":"1ZG0000036L3Z""#,
        r#""MessageIdentifier":1"#,
    ),
    (
        "empty-array",
        "The list of issuer policies is empty.",
        "Statement(EmptyArray)",
        r#"["https://example.org/policies/registered-mail/1"]"#,
        "[]",
    ),
    (
        "lone-surrogate",
        "Half of a surrogate pair.",
        "Statement(LoneSurrogate)",
        "Building permit",
        "Building \\ud83d permit",
    ),
    (
        "invalid-escape",
        "An escape that JSON does not know.",
        "Statement(Escape)",
        "Building permit",
        "Building\\xpermit",
    ),
    (
        "needless-escape",
        "A letter written as an escape.",
        "Statement(NeedlessEscape)",
        "Building permit",
        "Building \\u0070ermit",
    ),
    (
        "hidden-character",
        "U+202E in the title turns the order of what follows it.",
        "Statement(Refused)",
        "Building permit",
        "Building \u{202e}permit",
    ),
    ("version", "Another version.", "Statement(Version)", "EN319522v1.2.1", "EN319522v1.3.1"),
    (
        "unknown-event",
        "A URI that is none of an event of ETSI EN 319 522.",
        "Statement(UnknownEvent)",
        "19522/Event/SubmissionAcceptance",
        "19522/Events/SubmissionAcceptance",
    ),
    (
        "another-event",
        "Evidence that the submission was rejected, which gives no reason.",
        "Statement(MissingMember)",
        "Event/SubmissionAcceptance",
        "Event/SubmissionRejection",
    ),
    (
        "time-without-zone",
        "EventTime has no zone.",
        "Statement(Time)",
        r#""EventTime":"2026-03-02T09:15:04Z""#,
        r#""EventTime":"2026-03-02T09:15:04""#,
    ),
    (
        "base64",
        "A digest that ends without its padding.",
        "Statement(Base64)",
        r#"="}]}},"Extensions""#,
        r#""}]}},"Extensions""#,
    ),
    (
        "digest-method",
        "A digest by MD5.",
        "Statement(DigestMethod)",
        "\"ContentType\":\"text/plain\",\"DigestMethod\":{\"Algorithm\":\"http://www.w3.org/2001/04/xmlenc#sha256\"}",
        "\"ContentType\":\"text/plain\",\"DigestMethod\":{\"Algorithm\":\"http://www.w3.org/2001/04/xmldsig-more#md5\"}",
    ),
    (
        "digest-length",
        "A SHA-256 digest that says that it is SHA-512.",
        "Statement(DigestLength)",
        "\"ContentType\":\"text/plain\",\"DigestMethod\":{\"Algorithm\":\"http://www.w3.org/2001/04/xmlenc#sha256\"}",
        "\"ContentType\":\"text/plain\",\"DigestMethod\":{\"Algorithm\":\"http://www.w3.org/2001/04/xmlenc#sha512\"}",
    ),
    (
        "issuer-attribute",
        "The issuer's second attribute is not LegalPersonIdentifier.",
        "Statement(IssuerAttribute)",
        "legalperson/LegalPersonIdentifier",
        "legalperson/LegalPersonAddress",
    ),
    (
        "enterprise-number-not-normalised",
        "The sender's enterprise number stands with its dots.",
        "Statement(NotNormalised)",
        "\"0566988259\"",
        "\"0566.988.259\"",
    ),
    (
        "enterprise-number",
        "One digit of the sender's enterprise number is wrong.",
        "Statement(Refused)",
        "\"0566988259\"",
        "\"0566988258\"",
    ),
    ("niss", "One digit of the recipient's NISS is wrong.", "Statement(Refused)", "\"85073003328\"", "\"85073003327\""),
    (
        "unknown-critical-extension",
        "A critical extension that nobody knows.",
        "Statement(UnknownCriticalExtension)",
        r#""Extensions":[{"isCritical":true,"Environment":{"Name":"Test"}}"#,
        r#""Extensions":[{"isCritical":true,"Environment":{"Name":"Test"}},{"isCritical":true,"Unknown":{}}"#,
    ),
    (
        "wrong-criticality",
        "Environment is not critical, and it is not Production.",
        "Statement(WrongCriticality)",
        r#"{"isCritical":true,"Environment""#,
        r#"{"isCritical":false,"Environment""#,
    ),
    (
        "duplicate-extension",
        "Environment is there twice.",
        "Statement(DuplicateExtension)",
        r#"{"isCritical":true,"Environment":{"Name":"Test"}}"#,
        r#"{"isCritical":true,"Environment":{"Name":"Test"}},{"isCritical":true,"Environment":{"Name":"Test"}}"#,
    ),
    (
        "extension-missing",
        "Environment is missing.",
        "Statement(MissingExtension)",
        r#"{"isCritical":true,"Environment":{"Name":"Test"}},"#,
        "",
    ),
    (
        "unknown-environment",
        "An environment that there is not.",
        "Statement(Refused)",
        r#"{"Name":"Test"}"#,
        r#"{"Name":"Testing"}"#,
    ),
    (
        "unknown-part",
        "An additional digest of a part that is not there.",
        "Statement(UnknownPart)",
        r#"{"Part":[{"Identifier":"letter.txt""#,
        r#"{"Part":[{"Identifier":"annex.txt""#,
    ),
    (
        "event-before-submission",
        "The event is a second before the submission.",
        "Statement(Refused)",
        r#""EventTime":"2026-03-02T09:15:04Z""#,
        r#""EventTime":"2026-03-02T09:15:03Z""#,
    ),
];

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let sealed = |name: &str, why: &str, content: &[u8], error: &str| {
        Ok::<_, Box<dyn std::error::Error>>(Case::malformed(
            &format!("statement/{name}"),
            why,
            world.sealed(content)?,
            error,
        ))
    };
    for (name, why, error, from, to) in EDITS {
        cases.push(sealed(name, why, replaced(&world.json, from, to).as_bytes(), error)?);
    }
    let json = world.json.as_str();
    let body = json.strip_suffix("]}").ok_or("a statement ends with its extensions")?;
    let with_extension = |extension: &str| format!("{body},{extension}]}}");
    let unknown = |value: &str| with_extension(&format!(r#"{{"isCritical":false,"Unknown":{value}}}"#));
    let policies: Vec<String> = (0..17).map(|number| format!("\"urn:policy:{number}\"")).collect();
    let policies = replaced(json, "\"https://example.org/policies/registered-mail/1\"", &policies.join(","));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
    let latin_1 = {
        let position = json.find("Building").ok_or("a title")?;
        let mut octets = json.as_bytes().to_vec();
        octets[position] = 0xc9;
        octets
    };
    let half = json.as_bytes().get(..json.len() / 2).ok_or("a half")?;
    let environment = r#"{"isCritical":true,"Environment":{"Name":"Test"}}"#;
    let moved = with_extension(environment).replacen(&format!("{environment},"), "", 1);
    let opening = |name: &str, why: &str, json: &str, error: &str| {
        let bytes = world.sealed_opening(json, crate::world::OPENING_SIGNED, crate::world::OPENING_STAMPED)?;
        let case = Case::malformed(&format!("statement/{name}"), why, bytes, error);
        Ok::<_, Box<dyn std::error::Error>>(case.now(crate::world::NOW_OPENED))
    };
    let from = world.opening_json.find(r#"{"isCritical":false,"PrecedingEvidence""#).ok_or("preceding evidence")?;
    let until = world.opening_json.find(r#"{"isCritical":false,"AdditionalDigests""#).ok_or("additional digests")?;
    let mut unlinked = world.opening_json.clone();
    unlinked.replace_range(from..until, "");
    let linked = json.replacen(
        &format!("{environment},"),
        &format!("{environment},{}", world.opening_json.get(from..until).ok_or("preceding evidence")?),
        1,
    );
    cases.extend([
        sealed("empty", "The content is empty.", b"", "Statement(UnexpectedEnd)")?,
        sealed("truncated", "The first half of a statement.", half, "Statement(UnexpectedEnd)")?,
        sealed(
            "trailing-octet",
            "A statement, and one octet more.",
            format!("{json}0").as_bytes(),
            "Statement(TrailingOctets)",
        )?,
        sealed("not-utf-8", "A title in another character set.", &latin_1, "Statement(NotUtf8)")?,
        sealed(
            "nested-40-deep",
            "Arrays nested forty deep, in an extension that nobody knows.",
            unknown(&deep).as_bytes(),
            "Statement(TooDeep)",
        )?,
        sealed(
            "number-with-fraction",
            "A number with a fraction, in an extension that nobody knows.",
            unknown(r#"{"a":1.5}"#).as_bytes(),
            "Statement(Number)",
        )?,
        sealed("too-many-policies", "Seventeen issuer policies.", policies.as_bytes(), "Statement(TooMany)")?,
        sealed(
            "extension-out-of-order",
            "Environment is the last extension.",
            moved.as_bytes(),
            "Statement(ExtensionOutOfOrder)",
        )?,
        sealed(
            "unexpected-extension",
            "A sending that names preceding evidence.",
            linked.as_bytes(),
            "Statement(UnexpectedExtension)",
        )?,
        opening(
            "opening-without-preceding-evidence",
            "An opening that names no sending.",
            &unlinked,
            "Statement(MissingExtension)",
        )?,
        opening(
            "assurance-level",
            "A level of assurance that eIDAS does not have.",
            &replaced(&world.opening_json, "LoA/substantial", "LoA/middle"),
            "Statement(AssuranceLevel)",
        )?,
        opening(
            "refers-to-no-recipient",
            "The opening refers to a second recipient; there is one.",
            &replaced(&world.opening_json, r#""EvidenceRefersToRecipient":1"#, r#""EvidenceRefersToRecipient":2"#),
            "Statement(Refused)",
        )?,
        opening(
            "authenticated-after-opening",
            "Whoever opened was authenticated an hour after it.",
            &replaced(&world.opening_json, "2026-03-04T18:39:40Z", "2026-03-04T19:39:40Z"),
            "Statement(Refused)",
        )?,
    ]);
    Ok(cases)
}
