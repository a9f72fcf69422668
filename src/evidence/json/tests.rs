//! What the strict reader takes and refuses.

use super::check_object;
use crate::evidence::error::DecodeStatementErrorKind as Kind;
use crate::evidence::json_fault::JsonFault as Fault;
use crate::evidence::limits::{MAX_DEPTH, MAX_MEMBERS, MAX_STATEMENT};

fn refused(json: &str) -> Kind {
    check_object(json.as_bytes()).unwrap_err().kind
}

#[test]
fn any_json_object_is_read_past() {
    for json in [
        "{}",
        r#"{"a":[],"b":[1,-1,0,9007199254740991],"c":{"a":null},"d":true,"e":false}"#,
        r#"{"a":"\u00e9\ud83d\ude00\n\/\\\"é"}"#,
    ] {
        check_object(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
    }
}

#[test]
fn what_is_not_strict_json_is_refused() {
    for (json, fault) in [
        ("", Fault::UnexpectedEnd),
        ("{", Fault::UnexpectedEnd),
        (r#"{"a":1"#, Fault::UnexpectedEnd),
        (r#"{"a":1}}"#, Fault::TrailingOctets),
        ("{} ", Fault::TrailingOctets),
        (" {}", Fault::WhiteSpace),
        (r#"{"a": 1}"#, Fault::WhiteSpace),
        ("\u{feff}{}", Fault::Syntax),
        (r#"{"a":1,}"#, Fault::Syntax),
        (r#"{"a":[1,]}"#, Fault::Syntax),
        (r#"{"a":tru}"#, Fault::Syntax),
        (r#"{"a":1,"a":2}"#, Fault::DuplicateMember),
        (r#"{"a":{"b":[{"c":1,"\u0063":2}]}}"#, Fault::DuplicateMember),
        (r#"{"a":1.0}"#, Fault::Number),
        (r#"{"a":1e3}"#, Fault::Number),
        (r#"{"a":01}"#, Fault::Number),
        (r#"{"a":-0}"#, Fault::Number),
        (r#"{"a":-}"#, Fault::Number),
        (r#"{"a":9007199254740992}"#, Fault::Number),
        (r#"{"a":"\ud83d"}"#, Fault::LoneSurrogate),
        (r#"{"a":"\ude00\ud83d"}"#, Fault::LoneSurrogate),
        (r#"{"a":"\ud83d\ud83d"}"#, Fault::LoneSurrogate),
        (r#"{"a":"\x"}"#, Fault::Escape),
        (r#"{"a":"\u12g4"}"#, Fault::Escape),
        ("{\"a\":\"\n\"}", Fault::Escape),
    ] {
        assert_eq!(refused(json), Kind::Json(fault), "{json}");
    }
    assert!(matches!(refused("[]"), Kind::WrongType { .. }));
    assert_eq!(check_object(b"{\"a\":\"\xff\"}").unwrap_err().kind, Kind::Json(Fault::NotUtf8));
}

#[test]
fn nesting_size_and_members_are_bounded() {
    let nested = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(refused(&nested), Kind::Json(Fault::TooDeep { limit: MAX_DEPTH }));
    let nested = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(refused(&nested), Kind::Json(Fault::TooDeep { limit: MAX_DEPTH }));
    let many = format!("{{\"a\":[{}0]}}", "0,".repeat(MAX_MEMBERS));
    assert_eq!(refused(&many), Kind::TooMany { limit: MAX_MEMBERS });
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_STATEMENT));
    assert_eq!(refused(&large), Kind::TooLarge { limit: MAX_STATEMENT });
}
