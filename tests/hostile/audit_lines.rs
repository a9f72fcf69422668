//! Lines of audit trails that are wrong in one way each: what is wrong is named, and what is behind them is read.

use std::io::{BufReader, Read};

use base64ct::{Base64, Encoding};
use recommande::audit::{
    Chain, Content, Kind, LineFault, LineHash, LineReader, Order, RecordError, Selection, Sequence, limits,
};
use recommande::evidence::MessageId;

use crate::common::Service;
use crate::common::trails::{calls, records, written};

/// The lines of a file, and what was read of each: its fault if it has one, and its link.
fn read(file: &[u8]) -> Vec<(Option<LineFault>, Option<u64>, Order, Chain)> {
    let mut reader = LineReader::new(file);
    let mut lines = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        let (fault, sequence) = match line.content {
            Content::Entry(entry) => (None, Some(entry.sequence())),
            Content::LeftOut(left_out) => (None, Some(left_out.sequence)),
            Content::Unreadable(unreadable) => (Some(unreadable.fault), unreadable.sequence),
        };
        lines.push((fault, sequence.map(Sequence::get), line.link.order, line.link.chain));
    }
    lines
}

/// The lines of three calls, each with its line feed.
fn three() -> [String; 3] {
    let text = String::from_utf8(calls(3)).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
    lines.try_into().unwrap()
}

/// The fault of the second of three lines after a change of its text.
fn fault_of(from: &str, to: &str) -> Option<LineFault> {
    let [first, second, third] = three();
    assert!(second.contains(from), "{from}");
    let changed = second.replacen(from, to, 1);
    let lines = read([first, changed, third].concat().as_bytes());
    assert_eq!(lines.len(), 3);
    // The one behind it is read, and says that the line before is another.
    assert_eq!((&lines[2].0, lines[2].3), (&None, Chain::Broken), "{to}");
    lines[1].0.clone()
}

#[test]
fn each_fault_is_named() {
    use LineFault as F;
    let form = |what| Some(F::Record(RecordError::Form(what)));
    let clear = |what| Some(F::Record(RecordError::PersonInTheClear(what)));
    for (from, to, fault) in [
        ("\"1.0\"", "\"0.3\"", Some(F::SpecVersion)),
        (".v1\"", ".v2\"", Some(F::OtherVersion)),
        ("schema:1\"", "schema:2\"", Some(F::OtherVersion)),
        ("schema:1\"", "schema\"", form("dataschema")),
        ("api-call.v1", "api-cal.v1", Some(F::UnknownKind)),
        ("recommande.audit.api-call.v1", "com.example.api-call.v1", Some(F::UnknownKind)),
        ("urn:recommande:audit:test", "urn:recommande:audit:Test", form("source")),
        ("BE/BE/0406798006", "BE/0406798006", form("party of a source")),
        (":mailbox", ":Mailbox", form("system of a source")),
        ("urn:uuid:", "uuid:", form("id")),
        ("\"time\":\"2026", "\"time\":\"26", Some(F::Time("time"))),
        ("\"sequence\":\"0", "\"sequence\":\"", form("sequence")),
        ("\"sequence\":\"0", "\"sequence\":\"-", form("sequence")),
        ("\"sequence\":\"0", "\"sequence\":\"9", form("sequence")),
        ("00002\"", "00000\"", form("sequence")),
        ("\"previous\":\"", "\"previous\":\"A", form("previous")),
        ("\"method\":\"POST\"", "\"method\":\"post\"", form("action.method")),
        ("/publish/v1/", "/publish/85073003328/", clear("action.template")),
        ("\"outcome\":201", "\"outcome\":99", form("outcome")),
        ("\"outcome\":201", "\"outcome\":20.1", Some(F::WrongType)),
        ("\"outcome\":201", "\"outcome\":-1", Some(F::WrongType)),
        ("\"outcome\":201", "\"outcome\":\"201\"", form("outcome")),
        ("\"outcome\":201", "\"outcome\":201,\"outcome\":404", Some(F::DuplicateMember)),
        ("\"outcome\":201", "\"outcome\":201,\"85073003328\":1", Some(F::UnknownMember)),
        ("\"outcome\":201", "\"outcome\":201,\"client\":\"85073003328\"", clear("client")),
        ("\"outcome\":201", "\"outcome\":201,\"client\":\"\"", Some(F::Record(RecordError::Empty("client")))),
        ("\"outcome\":201", "\"outcome\":201,\"event\":\"Unheard\"", form("event")),
        ("\"outcome\":201", "\"outcome\":201,\"proof\":\"MII=\",\"proofId\":\"00\"", Some(F::ProofTwice)),
        ("\"outcome\":201", "\"outcome\":201,\"proof\":\"no base64\"", form("proof")),
        ("\"outcome\":201", "\"outcome\":201,\"proofId\":\"00\"", form("proofId")),
        ("\"outcome\":201", "\"outcome\":201,\"details\":{\"side\":\"left\"}", form("details.side")),
        ("\"outcome\":201", "\"outcome\":201,\"details\":{\"name\":\"x\"}", Some(F::UnknownMember)),
        (
            "\"outcome\":201",
            "\"outcome\":201,\"actor\":{\"scheme\":\"urn:x\",\"commitment\":\"x\"}",
            form("actor.commitment"),
        ),
        ("\"action\":{", "\"action\":[", Some(F::WrongType)),
        ("\"action\":{", "\"action\":}", Some(F::NotJson { column: 0 })),
        (",\"time\"", ",\"tame\"", Some(F::MissingMember("time"))),
        (",\"data\":{", ",\"data\":null,\"x\":{", Some(F::WrongType)),
        ("\"specversion\"", "\"id\":\"x\",\"specversion\"", Some(F::DuplicateMember)),
        ("{\"specversion", "\u{feff}{\"specversion", Some(F::NotJson { column: 1 })),
        ("}\n", "\n", Some(F::Truncated)),
        ("}}\n", "}}}\n", Some(F::NotJson { column: 0 })),
        ("application/json", "application/xml", form("datacontenttype")),
    ] {
        match (fault_of(from, to), fault) {
            (Some(F::NotJson { .. }), Some(F::NotJson { column: 0 })) => {}
            (got, fault) => assert_eq!(got, fault, "{from} -> {to}"),
        }
    }
}

#[test]
fn a_time_without_a_zone_is_named_also_in_the_hour_that_the_end_of_summer_doubles() {
    let [_, second, _] = three();
    let (before, rest) = second.split_once("\"time\":\"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    let with = |time: &str| read(format!("{before}\"time\":\"{time}\"{after}").as_bytes())[0].0.clone();
    for time in ["2026-10-25T02:30:00", "2026-11-22T09:15:04.123456", "2026-11-22t09:15:04"] {
        assert_eq!(with(time), Some(LineFault::TimeWithoutZone("time")), "{time}");
    }
    for time in ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-11-22T09:15:04.1Z"] {
        assert_eq!(with(time), None, "{time}");
    }
    for time in ["", "2026-10-25", "1763802904", "2026-10-25T02:30:00 Europe/Brussels", "2026-13-01T00:00:00Z"] {
        assert_eq!(with(time), Some(LineFault::Time("time")), "{time}");
    }
}

#[test]
fn members_that_a_kind_lacks_or_may_not_have_are_named() {
    let lacks = |member| LineFault::Record(RecordError::Missing { kind: Kind::ApiCall, member });
    assert_eq!(fault_of("\"outcome\":201", "\"client\":\"a\""), Some(lacks(recommande::audit::Member::Outcome)));
    let member = recommande::audit::Member::Consent;
    let not = LineFault::Record(RecordError::NotOfKind { kind: Kind::ApiCall, member });
    assert_eq!(fault_of("\"outcome\":201", "\"outcome\":201,\"details\":{\"consent\":\"given\"}"), Some(not));
    let [first, second, _] = three();
    let previous = second.find("\"previous\"").unwrap();
    let without = format!("{}{}", &second[..previous], &second[previous + 78..]);
    assert_eq!(read(without.as_bytes())[0].0, Some(LineFault::Previous));
    let with = first.replace("\"data\":{", &format!("\"data\":{{\"previous\":\"{}\",", LineHash::of(b"")));
    assert_eq!(read(with.as_bytes())[0].0, Some(LineFault::Previous));
}

#[test]
fn a_list_in_the_place_of_an_object_is_no_line() {
    let service = Service::new();
    let text = String::from_utf8(written(&records(service.proof().id()))).unwrap();
    let first = text.lines().next().unwrap();
    let changed = |from: &str, to: &str| {
        assert!(first.contains(from), "{from}");
        read(format!("{}\n", first.replacen(from, to, 1)).as_bytes())[0].0.clone()
    };
    // A reader that takes the members by their places would take them, and others would not.
    let action = "{\"method\":\"POST\",\"template\":\"/publish/v1/{messageId}\"}";
    assert_eq!(changed(action, "[\"POST\",\"/publish/v1/{messageId}\"]"), Some(LineFault::WrongType));
    let [_, second, _] = three();
    let digits = "0".repeat(19);
    let left_out = format!("[\"{digits}2\",\"{}\"]\n", LineHash::of(second.trim_end().as_bytes()));
    let lines = read(left_out.as_bytes());
    assert_eq!((&lines[0].0, lines[0].1), (&Some(LineFault::WrongType), None));
    assert_eq!(read(format!("[\"{digits}2\"]\n").as_bytes())[0].1, None, "a list has no number");
}

#[test]
fn every_member_that_a_line_lacks_is_named() {
    let service = Service::new();
    let file = written(&records(service.proof().id()));
    // The record of a call has each object that has members of its own.
    let line: serde_json::Value = serde_json::from_slice(file.split(|octet| *octet == b'\n').next().unwrap()).unwrap();
    for (object, member) in [
        ("", "specversion"),
        ("", "id"),
        ("", "source"),
        ("", "type"),
        ("", "time"),
        ("", "recordedtime"),
        ("", "sequence"),
        ("", "dataschema"),
        ("", "data"),
        ("/data/action", "method"),
        ("/data/action", "template"),
        ("/data/actor", "scheme"),
        ("/data/actor", "commitment"),
        ("/data/tokenHash", "method"),
        ("/data/tokenHash", "value"),
        ("/data/parts/0", "id"),
        ("/data/parts/0", "digests"),
        ("/data/parts/0", "size"),
        ("/data/parts/0", "mediaType"),
    ] {
        let mut line = line.clone();
        assert!(line.pointer_mut(object).unwrap().as_object_mut().unwrap().remove(member).is_some());
        let fault =
            read(line.to_string().as_bytes().iter().chain(b"\n").copied().collect::<Vec<_>>().as_slice())[0].0.clone();
        assert_eq!(fault, Some(LineFault::MissingMember(member)), "{object}/{member}");
    }
}

#[test]
fn lines_of_others_may_have_another_form() {
    let [first, second, third] = three();
    // Another order, white space, further attributes, offsets, escapes: the hash is over what is there.
    let mut value: serde_json::Value = serde_json::from_str(&second).unwrap();
    value["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into();
    value["partitionkey"] = serde_json::json!({"any": [1, 2.5e7, null]});
    value["recordedtime"] = "2026-11-22T10:15:06+01:00".into();
    value["datacontenttype"] = "application/json; charset=utf-8".into();
    let other = format!("  {}  \r\n", serde_json::to_string(&value).unwrap().replace("mailbox", "mail\\u0062ox"));
    let lines = read([first.as_str(), &other].concat().as_bytes());
    assert_eq!(lines[1], (None, Some(2), Order::Next, Chain::Closes));
    let whole = [first, second, third].concat();
    let without_feed = whole.trim_end();
    assert_eq!(read(without_feed.as_bytes())[2].0, None, "the last line feed is often lost");
    let torn = &without_feed[..without_feed.len() - 1];
    assert_eq!(read(torn.as_bytes())[2].0, Some(LineFault::Unterminated));
}

#[test]
fn lines_that_are_changed_left_out_doubled_or_moved_show() {
    let [first, second, third] = three();
    let links = |lines: &[&String]| {
        let text: String = lines.iter().map(|line| line.as_str()).collect();
        read(text.as_bytes()).into_iter().map(|(_, _, order, chain)| (order, chain)).collect::<Vec<_>>()
    };
    let two = Sequence::new(2).unwrap();
    let start = (Order::Start, Chain::Start);
    assert_eq!(links(&[&first, &third]), [start, (Order::Jump { from: two, to: two }, Chain::Broken)]);
    assert_eq!(links(&[&first, &second, &second])[2], (Order::Repeated, Chain::Broken));
    assert_eq!(links(&[&first, &third, &second])[2], (Order::Back, Chain::Broken));
    assert_eq!(links(&[&second, &third]), [start, (Order::Next, Chain::Closes)]);
    assert_eq!(links(&[&first, &first])[1], (Order::Repeated, Chain::Broken));
    let changed = second.replace("201", "200");
    assert_eq!(links(&[&first, &changed, &third]), [start, (Order::Next, Chain::Closes), (Order::Next, Chain::Broken)]);
    // A line in the place of one that is left out closes the chain, and one with another hash does not.
    let left_out = |hash: LineHash| format!("{{\"sequence\":\"{two}\",\"lineHash\":\"{hash}\"}}\n");
    let hash = LineHash::of(second.trim_end().as_bytes());
    assert_eq!(
        links(&[&first, &left_out(hash), &third])[1..],
        [(Order::Next, Chain::Unknown), (Order::Next, Chain::Closes)]
    );
    let other = left_out(LineHash::of(b"another"));
    assert_eq!(links(&[&first, &other, &third])[2], (Order::Next, Chain::Broken));
    // With a further member it is no such line, and no record either.
    let more = left_out(hash).replacen('{', "{\"x\":1,", 1);
    assert_eq!(read(more.as_bytes())[0].0, Some(LineFault::MissingMember("specversion")));
}

#[test]
fn an_unreadable_line_that_nobody_changed_keeps_the_chain() {
    let [first, second, third] = three();
    let version_2 = second.replace(".v1\"", ".v2\"");
    let third = third.replace(
        &LineHash::of(second.trim_end().as_bytes()).to_string(),
        &LineHash::of(version_2.trim_end().as_bytes()).to_string(),
    );
    let lines = read([first, version_2, third].concat().as_bytes());
    assert_eq!(lines[1], (Some(LineFault::OtherVersion), Some(2), Order::Next, Chain::Unknown));
    assert_eq!(lines[2], (None, Some(3), Order::Next, Chain::Closes));
}

#[test]
fn a_line_that_is_written_into_another_is_named() {
    let [first, second, third] = three();
    let (head, tail) = second.split_at(200);
    let lines = read([first.as_str(), head, &third, tail].concat().as_bytes());
    let faults: Vec<_> = lines.iter().map(|line| line.0.is_some()).collect();
    assert_eq!(faults, [false, true, true]);
    let empty = read([first.as_str(), "\n", &second].concat().as_bytes());
    assert_eq!(empty[1].0, Some(LineFault::Empty));
    let not_utf8 = [first.as_bytes(), b"\xff\xfe\n", second.as_bytes()].concat();
    assert_eq!(read(&not_utf8)[1].0, Some(LineFault::NotUtf8));
    assert!(read(b"").is_empty());
}

#[test]
fn a_line_of_100_mb_is_hashed_and_not_kept() {
    let [first, second, _] = three();
    let octets = 100 << 20;
    let long = std::io::repeat(b' ').take(octets);
    let file = first.as_bytes().chain(long).chain(b"\n".as_slice()).chain(second.as_bytes());
    let mut reader = LineReader::new(BufReader::new(file));
    reader.next_line().unwrap().unwrap();
    let line = reader.next_line().unwrap().unwrap();
    assert!(line.octets().len() <= limits::MAX_LINE + 1);
    let Content::Unreadable(unreadable) = &line.content else { panic!() };
    assert_eq!(unreadable.fault, LineFault::TooLong { octets });
    let line = reader.next_line().unwrap().unwrap();
    assert!(matches!(line.content, Content::Entry(_)));
    assert_eq!((line.number, line.link.chain), (3, Chain::Broken));
}

#[test]
fn a_line_is_read_up_to_the_limit_and_hashed_beyond_it() {
    let [first, _, _] = three();
    for (beyond, is_read) in [(0, true), (1, false)] {
        let padding = limits::MAX_LINE - (first.len() - 1) + beyond;
        let padded = format!("{}{}\n", first.trim_end(), " ".repeat(padding));
        let mut reader = LineReader::new(padded.as_bytes());
        let line = reader.next_line().unwrap().unwrap();
        assert_eq!(matches!(line.content, Content::Entry(_)), is_read);
        assert_eq!(line.hash, LineHash::of(padded.trim_end_matches('\n').as_bytes()));
        assert!(reader.next_line().unwrap().is_none());
    }
}

#[test]
fn numbers_of_any_length_and_deep_nesting_are_passed_over_or_named() {
    let digits = "9".repeat(900_000);
    let [first, _, _] = three();
    let with = |member: &str| read(first.replacen('{', &format!("{{{member},"), 1).as_bytes())[0].0.clone();
    assert_eq!(with(&format!("\"further\":{digits}")), None);
    assert_eq!(with(&format!("\"further\":{}{}", "[".repeat(400_000), "]".repeat(400_000))), None);
    let of_outcome = |number: &str| read(first.replace("201", number).as_bytes())[0].0.clone();
    assert_eq!(of_outcome(&digits), Some(LineFault::WrongType));
    assert_eq!(of_outcome("1e9"), Some(LineFault::WrongType));
    assert_eq!(of_outcome(&format!("{}", u64::MAX)), Some(LineFault::Record(RecordError::Form("outcome"))));
}

#[test]
fn any_change_of_any_octet_is_told_by_the_line_behind_it() {
    let service = Service::new();
    let file = written(&records(service.proof().id()));
    let end = file.iter().position(|octet| *octet == b'\n').unwrap();
    for at in (0..end).step_by(3) {
        for change in [1, 0x20, 0x80] {
            let mut changed = file.clone();
            changed[at] ^= change;
            if changed[at] == b'\n' {
                continue;
            }
            let lines = read(&changed);
            assert_eq!((lines.len(), lines[1].3), (16, Chain::Broken), "octet {at}");
        }
    }
}

#[test]
fn debug_shows_neither_the_octets_of_a_line_nor_a_proof_in_it() {
    let secret = "85073003328";
    let [_, second, _] = three();
    let proof = Base64::encode_string(secret.as_bytes());
    for line in [
        second.replace("\"outcome\":201", &format!("\"outcome\":201,\"client\":\"{secret}\"")),
        second.replace(
            "\"outcome\":201",
            &format!("\"outcome\":201,\"proof\":\"{proof}\",\"event\":\"ContentHandover\""),
        ),
        second.replace("{\"specversion\"", &format!("{{\"{secret}\":1,\"specversion\"")),
    ] {
        let mut reader = LineReader::new(line.as_bytes());
        let line = reader.next_line().unwrap().unwrap();
        let octets = format!("{:?}", secret.as_bytes());
        for text in [format!("{line:?}"), format!("{line:#?}").replace(['\n', ' '], "").replace(',', ", ")] {
            for shown in [secret, proof.as_str(), octets.trim_matches(['[', ']'])] {
                assert!(!text.contains(shown), "{text}");
            }
        }
    }
    let selection = Selection::everything().about(&MessageId::new(secret).unwrap());
    assert!(!format!("{selection:?}").contains(secret));
}
