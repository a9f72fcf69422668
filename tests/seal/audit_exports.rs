//! Exports of trails: what is left out shows, the manifest is sealed by its party, and what is erased breaks no chain.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Duration, TimeDelta, Utc};
use recommande::audit::{
    ActorDisclosure, Chain, Content, Erasure, ExportError, Kind, LineHash, LineReader, Manifest, ManifestError,
    ManifestFault, ManifestSealError, Occurrence, Order, Persons, Record, RecordError, Selection, Sequence, Source,
    Span, Trail, TrailFolder, erase, export, export_of_person, limits,
};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Environment, Identifier, MessageId, SaltSeed};
use recommande::identity::Niss;
use recommande::life::Retention;
use recommande::seal::{Artifact, Sealer};
use recommande::verify::Verifier;

use crate::common::trails::{NISS, at, call, calls, message, occurrence, person, sealer, seed, source};
use crate::common::{Service, later, now, pool, trails};

fn other_person() -> (Identifier, SaltSeed) {
    (Niss::new("79021806501").unwrap().into(), SaltSeed::from_bytes(&[9; 32]).unwrap())
}

/// Nine lines: calls about two messages, each third with a person, and each fifth a reading of another person.
fn lines() -> Vec<u8> {
    let mut trail = Trail::begin(&source(), Vec::new());
    for number in 1..=9 {
        let record = match number {
            5 => {
                let (identifier, seed) = other_person();
                Record::read(occurrence(number)).with_actor(&identifier, &seed).unwrap()
            }
            3 | 6 | 9 => {
                let record = Record::api_call(occurrence(number), call().0, call().1);
                record.with_actor(&person(), &seed()).unwrap()
            }
            _ => Record::api_call(occurrence(number), call().0, call().1),
        };
        let message = if number % 2 == 0 { message() } else { MessageId::new("another").unwrap() };
        trail.append(&record.about(&message).unwrap(), occurrence(number).time()).unwrap();
    }
    trail.commit().unwrap();
    trail.into_sink()
}

fn exported(lines: &[u8], selection: &Selection) -> (Vec<u8>, Manifest) {
    let mut out = Vec::new();
    let manifest = export(&mut LineReader::new(lines), selection, &mut out).unwrap();
    assert_eq!(manifest.export_digest, LineHash::of(&out));
    assert_eq!(Manifest::from_json(&manifest.to_json()), Ok(manifest.clone()));
    (out, manifest)
}

/// The numbers of the records in an export whose chain closes.
fn shown(export: &[u8]) -> Vec<u64> {
    let (mut reader, mut shown) = (LineReader::new(export), Vec::new());
    while let Some(line) = reader.next_line().unwrap() {
        assert!(matches!(line.link.order, Order::Start | Order::Next), "{:?}", line.link);
        assert!(matches!(line.link.chain, Chain::Start | Chain::Closes | Chain::Unknown), "{:?}", line.link);
        match line.content {
            Content::Entry(entry) => shown.push(entry.sequence().get()),
            Content::LeftOut(_) => {}
            Content::Unreadable(unreadable) => panic!("{unreadable:?}"),
        }
    }
    shown
}

fn sequence(number: u64) -> Sequence {
    Sequence::new(number).unwrap()
}

fn span(first: u64, last: u64) -> Span {
    Span::new(sequence(first), sequence(last)).unwrap()
}

#[test]
fn an_export_of_everything_is_the_trail_octet_by_octet() {
    let lines = lines();
    let (out, manifest) = exported(&lines, &Selection::everything());
    assert_eq!(out, lines);
    assert_eq!((manifest.first, manifest.last), (sequence(1), sequence(9)));
    assert_eq!((manifest.count, manifest.left_out, manifest.unreadable, manifest.previous), (9, 0, 0, None));
    assert_eq!((manifest.from, manifest.to), (occurrence(1).time(), occurrence(9).time()));
    assert!(manifest.selection.is_everything());
}

#[test]
fn a_selection_leaves_the_hashes_of_all_other_lines_of_its_span() {
    let lines = lines();
    let of = |selection: Selection| {
        let (out, manifest) = exported(&lines, &selection);
        let shown = shown(&out);
        assert_eq!(u64::try_from(shown.len()).unwrap(), manifest.count - manifest.left_out);
        (shown, manifest.first.get(), manifest.last.get())
    };
    let everything = Selection::everything;
    assert_eq!(of(everything().within(span(3, 6))), (vec![3, 4, 5, 6], 3, 6));
    assert_eq!(of(everything().about(&message())), (vec![2, 4, 6, 8], 1, 9));
    assert_eq!(of(everything().about(&message()).within(span(3, 7))), (vec![4, 6], 3, 7));
    assert_eq!(of(everything().of_kind(Kind::Read)), (vec![5], 1, 9));
    assert_eq!(of(everything().of_kind(Kind::Read).of_kind(Kind::ApiCall)).0.len(), 9);
    assert_eq!(of(everything().of_person(person(), seed())), (vec![3, 6, 9], 1, 9));
    assert_eq!(of(everything().of_person(person(), seed()).about(&message())).0, [6]);
    assert_eq!(of(everything().of_person(person(), other_person().1)).0, [0_u64; 0]);
    assert_eq!(of(everything().about(&MessageId::new("absent").unwrap())), (vec![], 1, 9));
    // The line before the first is named, and an export of an export is one.
    let (out, manifest) = exported(&lines, &everything().within(span(3, 9)));
    let second = lines.split(|octet| *octet == b'\n').nth(1).unwrap();
    assert_eq!(manifest.previous, Some(LineHash::of(second)));
    // It is named also where it is not at hand and the first line states it.
    assert_eq!(exported(&out, &everything()).1.previous, Some(LineHash::of(second)));
    let (again, of_export) = exported(&out, &everything().about(&message()));
    assert_eq!(exported(&again, &everything()).1.previous, None, "the first line is left out, and says nothing");
    assert_eq!((shown(&again), of_export.first_hash), (vec![4, 6, 8], manifest.first_hash));
    assert!(matches!(
        export(&mut LineReader::new(lines.as_slice()), &everything().within(span(10, 12)), &mut Vec::new()),
        Err(ExportError::Nothing)
    ));
    assert_eq!(Span::new(sequence(2), sequence(1)), None);
}

#[test]
fn the_lines_of_a_day_are_found_by_the_time_of_recording() {
    let lines = lines();
    let of = |from, until| {
        let at = |seconds| at() + TimeDelta::seconds(seconds);
        Span::of_times(&mut LineReader::new(lines.as_slice()), at(from), at(until)).unwrap()
    };
    assert_eq!(of(3, 6), Some(span(3, 5)));
    assert_eq!(of(-10, 100), Some(span(1, 9)));
    assert_eq!(of(10, 100), None);
}

#[test]
fn lines_that_cannot_be_read_are_left_out_and_counted() {
    let text = String::from_utf8(lines()).unwrap();
    let damaged = text.replacen("\"outcome\":201", "\"outcome\":999", 1);
    let mut out = Vec::new();
    let manifest = export(&mut LineReader::new(damaged.as_bytes()), &Selection::everything(), &mut out).unwrap();
    assert_eq!((manifest.count, manifest.left_out, manifest.unreadable), (9, 1, 1));
    // The hash that the next line names stands in its place, as of the line that was written.
    assert_eq!(manifest.first_hash, LineHash::of(text.lines().next().unwrap().as_bytes()));
    assert_eq!(shown(&out), [2, 3, 4, 5, 6, 7, 8, 9]);
    // A line without a number has the one that the next line leaves for it.
    let no_number = text.replacen("\"sequence\":\"0", "\"sequence\":\"", 1);
    let manifest = export(&mut LineReader::new(no_number.as_bytes()), &Selection::everything(), &mut out).unwrap();
    assert_eq!((manifest.first, manifest.count, manifest.unreadable), (sequence(1), 9, 1));
    let mut lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
    let damaged = |places: &[usize]| {
        let mut lines = lines.clone();
        places.iter().for_each(|at| lines[at - 1] = "{\"torn\n".to_owned());
        lines.concat()
    };
    let [one, all] = [&[1][..], &[1, 2, 3, 4, 5, 6, 7, 8, 9]];
    for (places, first, last, number) in [
        (one, 1, 9, None),
        (&[2], 4, 9, None),
        (&[2], 3, 9, None),
        (&[2], 2, 9, None),
        (&[5], 4, 6, None),
        (&[5, 6, 7], 4, 8, None),
        // Outside of the span nothing has to stand in its place, and a writer's next line may be there in part.
        (&[9], 1, 8, None),
        // Nothing says which numbers these have.
        (&[9], 1, 9, Some(9)),
        (&[7, 8, 9], 1, 7, Some(7)),
        (&[7, 8, 9], 1, 6, None),
        (&[1, 2], 1, 9, Some(1)),
        (all, 1, 9, Some(1)),
    ] {
        let (text, selection) = (damaged(places), Selection::everything().within(span(first, last)));
        match (export(&mut LineReader::new(text.as_bytes()), &selection, &mut Vec::new()), number) {
            (Ok(manifest), None) => assert_eq!(manifest.count, last - first + 1),
            (Err(ExportError::NoNumber(stated)), Some(number)) => assert_eq!(stated, number),
            (other, _) => panic!("{places:?} {first} {last}: {other:?}"),
        }
    }
    // Lines are lost beside one without a number.
    for (first, last, is_error) in [(1, 9, true), (5, 9, true), (6, 9, true), (8, 9, false), (1, 4, false)] {
        let mut lines = lines.clone();
        lines[4..6].fill("{\"torn\n".to_owned());
        lines.remove(6);
        let selection = Selection::everything().within(span(first, last));
        let exported = export(&mut LineReader::new(lines.concat().as_bytes()), &selection, &mut Vec::new());
        assert_eq!(matches!(exported, Err(ExportError::NoNumber(_))), is_error, "{first} {last}: {exported:?}");
    }
    lines.reverse();
    let error = export(&mut LineReader::new(lines.concat().as_bytes()), &Selection::everything(), &mut Vec::new());
    assert!(matches!(error, Err(ExportError::OutOfOrder)));
    lines.reverse();
    // Lines of another trail stand behind the first four.
    lines.iter_mut().skip(4).for_each(|line| *line = line.replace(":mailbox", ":portal"));
    let mixed = lines.concat();
    let error = export(&mut LineReader::new(mixed.as_bytes()), &Selection::everything(), &mut Vec::new());
    assert!(matches!(error, Err(ExportError::AnotherSource(5))), "{error:?}");
}

#[test]
fn a_line_that_was_changed_is_left_out_by_the_hash_that_the_next_one_names() {
    let text = String::from_utf8(lines()).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let hash = |number: usize| LineHash::of(lines[number - 1].trim_end().as_bytes());
    let changed = |number: usize, from: &str, to: &str| {
        let line = lines[number - 1].replacen(from, to, 1);
        assert_ne!(line, lines[number - 1]);
        [&lines[..number - 1], &[line.as_str()], &lines[number..]].concat().concat()
    };
    for (number, from, to) in [
        (1, "\"outcome\":201", "\"outcome\":202"),
        (4, "\"outcome\":201", "\"outcome\":202"),
        (4, ":mailbox", ":mailbux"),
        // It is of another time, which has no part in those of the manifest.
        (4, "\"recordedtime\":\"2026", "\"recordedtime\":\"1026"),
        // It names another line before it, which is the one that was written.
        (4, &lines[3][lines[3].find("previous").unwrap() + 11..][..64], &"0".repeat(64)),
        (8, "\"outcome\":201", "\"outcome\":202"),
    ] {
        let text = changed(number, from, to);
        let (mut out, everything) = (Vec::new(), Selection::everything());
        let manifest = export(&mut LineReader::new(text.as_bytes()), &everything, &mut out).unwrap();
        assert_eq!((manifest.count, manifest.left_out, manifest.unreadable), (9, 1, 1), "{number} {to}");
        assert_eq!(shown(&out).len(), 8);
        assert!(!shown(&out).contains(&u64::try_from(number).unwrap()));
        assert!(String::from_utf8(out).unwrap().contains(&format!("\"lineHash\":\"{}\"", hash(number))));
        assert_eq!((manifest.first_hash, manifest.last_hash), (hash(1), hash(9)));
        assert_eq!((manifest.from, manifest.to), times_of(number));
        // What ends before it says nothing of it, and what begins behind it names the line that was written.
        if number > 1 {
            let within = |first, last| Selection::everything().within(span(first, last));
            let (written, number) = (hash(number), u64::try_from(number).unwrap());
            let of = |selection| export(&mut LineReader::new(text.as_bytes()), &selection, &mut Vec::new()).unwrap();
            assert_eq!(of(within(1, number - 1)).unreadable, 0);
            assert_eq!(of(within(1, number)).unreadable, 1);
            let behind = of(within(number + 1, 9));
            assert_eq!((behind.unreadable, behind.previous), (0, Some(written)));
        }
    }
}

/// The times of nine lines, of which one does not count.
fn times_of(number: usize) -> (DateTime<Utc>, DateTime<Utc>) {
    let first = if number == 1 { 2 } else { 1 };
    (occurrence(first).time(), occurrence(9).time())
}

#[test]
fn a_manifest_stands_for_the_party_whose_certificate_sealed_it() {
    let service = Service::new();
    let (_, manifest) = exported(&lines(), &Selection::everything());
    let tsas = pool(service.tsa(now() + Duration::seconds(2)));
    let sealer = sealer(&service, "NTRBE-0406798006");
    let seal = |manifest: &Manifest| manifest.seal(&sealer, now()).map(|seal| seal.stamp_with(&tsas).unwrap());
    let signature = seal(&manifest).unwrap();
    let json = manifest.to_json();
    let verifier = service.verifier();
    let verified = Manifest::verify(&json, signature.der(), &verifier, later()).unwrap();
    assert_eq!((verified.manifest(), verified.proven_at()), (&manifest, now() + Duration::seconds(2)));

    // Somebody else's trail, or that of another environment.
    let foreign = |source: Source| {
        let mut foreign = manifest.clone();
        foreign.source = source;
        foreign
    };
    let another = foreign(Source::new(Environment::Test, "BE/BE/0566988259", "mailbox").unwrap());
    assert!(matches!(seal(&another), Err(ManifestSealError::AnotherParty)));
    let production = foreign(Source::new(Environment::Production, "BE/BE/0406798006", "mailbox").unwrap());
    assert!(matches!(seal(&production), Err(ManifestSealError::AnotherParty)));
    // Sealed all the same, as a dishonest party would.
    let by_hand_of = |sealer: &Sealer, manifest: &Manifest| {
        let digests = DigestAlgorithm::Sha256.digest(&manifest.to_json());
        let digests = recommande::PayloadDigests::from_digests([digests]).unwrap();
        sealer.sign_payload(&digests, "application/json", now()).unwrap().stamp_with(&tsas).unwrap()
    };
    let by_hand = |manifest: &Manifest| by_hand_of(&sealer, manifest);
    let verdict = |manifest: &Manifest, verifier: &Verifier| {
        Manifest::verify(&manifest.to_json(), by_hand(manifest).der(), verifier, later()).map(|_| ())
    };
    assert!(matches!(verdict(&manifest, &verifier), Ok(())));
    assert!(matches!(verdict(&another, &verifier), Err(ManifestError::AnotherParty)));
    assert!(matches!(verdict(&production, &verifier), Err(ManifestError::AnotherEnvironment)));

    // A certificate with another number, and one with none.
    for sealer in [&trails::sealer(&service, "NTRBE-0566988259"), &service.sealer] {
        let signature = by_hand_of(sealer, &manifest);
        let verdict = Manifest::verify(&json, signature.der(), &verifier, later());
        assert!(matches!(verdict, Err(ManifestError::AnotherParty)));
    }

    // Another manifest under this seal, another seal, no seal.
    let mut other = manifest.clone();
    other.left_out = 1;
    let verify = |json: &[u8], signature: &[u8]| Manifest::verify(json, signature, &verifier, later()).map(|_| ());
    assert!(matches!(verify(&other.to_json(), signature.der()), Err(ManifestError::Verify(_))));
    assert!(matches!(verify(&json, b""), Err(ManifestError::Signature(_))));
    let unstamped = manifest.seal(&sealer, now()).unwrap();
    assert!(matches!(verify(&json, unstamped.der()), Err(ManifestError::Verify(_))));
    // The same manifest in another form is not what was sealed.
    assert!(matches!(verify(&[&json[..], b"\n"].concat(), signature.der()), Err(ManifestError::Verify(_))));
}

#[test]
fn every_manifest_of_an_export_is_read_and_names_no_person() {
    let lines = lines();
    let try_export = |selection: &Selection| export(&mut LineReader::new(lines.as_slice()), selection, &mut Vec::new());
    // The longest ids there are, of characters that take the most octets, and each kind more than once.
    let id = |number: usize| MessageId::new(&format!("{number:03}{}", "\u{1f4e8}".repeat(252))).unwrap();
    let of_messages = |count: usize| (0..count).fold(Selection::everything(), |selection, at| selection.about(&id(at)));
    let of_kinds =
        |selection: Selection| Kind::ALL.iter().chain(Kind::ALL).fold(selection, |all, kind| all.of_kind(*kind));
    let largest = of_kinds(of_messages(limits::MAX_SELECTED_MESSAGES)).within(span(1, 9)).about(&id(0));
    let (_, manifest) = exported(&lines, &largest);
    assert_eq!(manifest.selection.messages.len(), limits::MAX_SELECTED_MESSAGES);
    assert_eq!(manifest.selection.kinds.len(), Kind::ALL.len());
    let (what, limit) = ("messages of a selection", limits::MAX_SELECTED_MESSAGES);
    let error = try_export(&of_messages(limit + 1)).unwrap_err();
    assert!(matches!(error, ExportError::Selection(stated) if stated == RecordError::TooMany { what, limit }));
    for person in [NISS, "letter 85.07.30-033.28"] {
        let error = try_export(&Selection::everything().about(&MessageId::new(person).unwrap())).unwrap_err();
        let clear = RecordError::PersonInTheClear("message of a selection");
        assert!(matches!(error, ExportError::Selection(stated) if stated == clear), "{person}");
    }
    // What was changed since is not sealed.
    let service = Service::new();
    let sealer = sealer(&service, "NTRBE-0406798006");
    let refused = |messages: Vec<String>| {
        let mut changed = manifest.clone();
        changed.selection.messages = messages;
        match changed.seal(&sealer, now()) {
            Err(ManifestSealError::Manifest(fault)) => fault,
            other => panic!("{:?}", other.map(|_| ())),
        }
    };
    assert_eq!(refused(vec![NISS.to_owned()]), ManifestFault::PersonInTheClear);
    assert_eq!(refused(vec!["a".to_owned(); limit + 1]), ManifestFault::TooManyMessages);
    assert_eq!(refused(vec!["a".repeat(limits::MAX_MANIFEST)]), ManifestFault::TooLong);
}

#[test]
fn what_is_no_manifest_is_told() {
    let (_, manifest) = exported(&lines(), &Selection::everything().within(span(2, 8)).about(&message()));
    let json = String::from_utf8(manifest.to_json()).unwrap();
    let read = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        Manifest::from_json(json.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    let first = "\"first\":\"00000000000000000002\"";
    for (from, to, fault) in [
        ("manifest/1", "manifest/2", ManifestFault::OtherVersion),
        ("\"count\":7", "\"count\":7,\"count\":7", ManifestFault::Json),
        ("\"count\":7", "\"count\":7,\"more\":7", ManifestFault::Json),
        ("\"count\":7,", "", ManifestFault::Json),
        ("\"count\":7", "\"count\":-7", ManifestFault::Json),
        ("\"count\":7", "\"count\":0", ManifestFault::Numbers),
        ("\"leftOut\":3", "\"leftOut\":8", ManifestFault::Numbers),
        ("\"unreadable\":0", "\"unreadable\":4", ManifestFault::Numbers),
        (first, "\"first\":\"00000000000000000009\"", ManifestFault::Numbers),
        (first, "\"first\":\"00000000000000000001\"", ManifestFault::Numbers),
        (first, "\"first\":\"2\"", ManifestFault::Form("first")),
        ("urn:recommande:audit:", "urn:other:", ManifestFault::Form("source")),
        ("\"firstHash\":\"", "\"firstHash\":\"0", ManifestFault::Form("firstHash")),
        ("\"from\":\"2026", "\"from\":\"26", ManifestFault::Form("from")),
        ("\"from\":\"2026", "\"from\":\"2027", ManifestFault::Numbers),
        ("\"last\":\"00000000000000000008\",\"mes", "\"mes", ManifestFault::Form("selection")),
        ("\"1ZG0000036L3Z\"", "\"\"", ManifestFault::Form("selection.messages")),
        ("\"1ZG0000036L3Z\"", "\"x-85073003328\"", ManifestFault::PersonInTheClear),
        ("\"messages\":", "\"kinds\":[\"unheard\"],\"messages\":", ManifestFault::Form("selection.kinds")),
        ("\"messages\":", "\"persons\":\"85073003328\",\"messages\":", ManifestFault::Form("selection.persons")),
    ] {
        assert_eq!(read(from, to), fault, "{to}");
    }
    assert_eq!(Manifest::from_json(b""), Err(ManifestFault::Json));
    // A list in the place of an object, by whose places another reader would take its members.
    assert_eq!(Manifest::from_json(b"[]"), Err(ManifestFault::Json));
    let (start, end) = (json.find("\"selection\":{").unwrap() + 12, json.find(",\"exportDigest").unwrap());
    let list =
        format!("{}[\"{}2\",\"{}8\",[],[],null]{}", &json[..start], "0".repeat(19), "0".repeat(19), &json[end..]);
    assert_eq!(Manifest::from_json(list.as_bytes()), Err(ManifestFault::Json));
    let kinds = |count: usize| format!("\"kinds\":[{}],\"messages\":", vec!["\"read\""; count].join(","));
    assert_eq!(read("\"messages\":", &kinds(Kind::ALL.len() + 1)), ManifestFault::Form("selection.kinds"));
    assert!(Manifest::from_json(json.replacen("\"messages\":", &kinds(Kind::ALL.len()), 1).as_bytes()).is_ok());
    let padded = |octets: usize| format!("{json}{}", " ".repeat(octets - json.len()));
    assert!(Manifest::from_json(padded(limits::MAX_MANIFEST).as_bytes()).is_ok());
    assert_eq!(Manifest::from_json(padded(limits::MAX_MANIFEST + 1).as_bytes()), Err(ManifestFault::TooLong));
}

#[test]
fn a_person_gets_the_records_and_what_shows_that_they_are_about_the_person() {
    let lines = lines();
    let (mut out, mut disclosures) = (Vec::new(), Vec::new());
    let mut reader = LineReader::new(lines.as_slice());
    let manifest = export_of_person(&mut reader, &person(), &seed(), &mut out, &mut disclosures).unwrap();
    assert_eq!((shown(&out), manifest.left_out), (vec![3, 6, 9], 6));
    assert_eq!(manifest.selection.persons, Persons::OnePerson);
    for text in [&out, &manifest.to_json()] {
        assert!(!String::from_utf8_lossy(text).contains(NISS));
    }
    let disclosures: Vec<_> = disclosures
        .split(|octet| *octet == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| ActorDisclosure::from_json(line).unwrap())
        .collect();
    assert!(!format!("{disclosures:?}").contains(NISS));
    // Each opens one record and no other, also not of the whole trail.
    let (mut reader, mut opened) = (LineReader::new(lines.as_slice()), Vec::new());
    while let Some(line) = reader.next_line().unwrap() {
        let Content::Entry(entry) = line.content else { panic!() };
        let opening = disclosures.iter().filter(|disclosure| disclosure.opens(entry.record())).count();
        opened.push(opening);
    }
    assert_eq!(opened, [0, 0, 1, 0, 0, 1, 0, 0, 1]);
    let line = disclosures[0].to_json();
    let text = String::from_utf8(line.clone()).unwrap();
    assert_eq!(ActorDisclosure::from_json(&line).unwrap().record(), disclosures[0].record());
    for (from, to) in
        [("/data/actor", "/data/client"), ("urn:uuid:", "urn:"), ("\"salt\":\"", "\"salt\":\"A"), ("}", ",\"x\":1}")]
    {
        assert!(ActorDisclosure::from_json(text.replacen(from, to, 1).as_bytes()).is_none(), "{to}");
    }
    // Of another person it opens nothing.
    let other = ActorDisclosure::from_json(text.replace(NISS, "79021806501").as_bytes()).unwrap();
    let mut reader = LineReader::new(out.as_slice());
    while let Some(line) = reader.next_line().unwrap() {
        if let Content::Entry(entry) = line.content {
            assert!(!other.opens(entry.record()));
        }
    }
}

#[test]
fn lines_are_erased_and_the_chain_of_the_rest_closes() {
    let lines = lines();
    let erased = |erasure: &Erasure| {
        let mut out = Vec::new();
        let erased = erase(&mut LineReader::new(lines.as_slice()), erasure, &mut out).unwrap();
        (shown(&out), erased.lines, erased.left)
    };
    let (identifier, other_seed) = other_person();
    assert_eq!(erased(&Erasure::of_person(person(), seed())), (vec![1, 2, 4, 5, 7, 8], 3, 6));
    assert_eq!(erased(&Erasure::of_person(identifier, other_seed)), (vec![1, 2, 3, 4, 6, 7, 8, 9], 1, 8));
    assert_eq!(erased(&Erasure::of_person(person(), other_person().1)).1, 0);
    let ten_years = || Retention::named("BE-EBOX").unwrap();
    let time = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
    assert_eq!(erased(&Erasure::past(ten_years(), time("2036-12-31T22:59:59Z"))).1, 0);
    assert_eq!(erased(&Erasure::past(ten_years(), time("2036-12-31T23:00:00Z"))), (vec![], 9, 0));
    let held = ten_years().held_by_dispute();
    assert_eq!(erased(&Erasure::past(held, time("2050-01-01T00:00:00Z"))).1, 0);
    // A record of today about what is said to have happened long ago is of today.
    let long_ago = Occurrence::with_id(occurrence(1).id(), time("1970-01-01T00:00:00Z")).unwrap();
    let mut trail = Trail::begin(&source(), Vec::new());
    trail.append(&Record::read(long_ago), at()).unwrap();
    trail.commit().unwrap();
    let late = trail.into_sink();
    for (now, taken) in [("2036-12-31T22:59:59Z", 0), ("2036-12-31T23:00:00Z", 1)] {
        let erasure = Erasure::past(ten_years(), time(now));
        let erased = erase(&mut LineReader::new(late.as_slice()), &erasure, &mut Vec::new()).unwrap();
        assert_eq!(erased.lines, taken, "{now}");
    }
    // What is torn stays as it is.
    let torn = &lines[..lines.len() - 5];
    let mut out = Vec::new();
    erase(&mut LineReader::new(torn), &Erasure::of_person(person(), other_person().1), &mut out).unwrap();
    assert_eq!(out, torn);
}

#[test]
fn a_folder_is_erased_and_goes_on() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("audit-folders").join("erased");
    let _ = fs::remove_dir_all(&folder);
    let mut trail = TrailFolder::open(&folder, &source(), at()).unwrap().trail.with_segment_octets(1000);
    for number in 1..=6 {
        let record = Record::api_call(occurrence(number), call().0, call().1);
        let record = if number % 3 == 0 { record.with_actor(&person(), &seed()).unwrap() } else { record };
        trail.append(&record, at()).unwrap();
        trail.commit().unwrap();
    }
    let erased = trail.erase(&Erasure::of_person(person(), seed())).unwrap();
    assert_eq!((erased.lines, erased.left), (2, 4));
    trail.append(&Record::read(occurrence(7)), at()).unwrap();
    trail.commit().unwrap();
    let far = "2060-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(trail.erase(&Erasure::past(Retention::named("BE-EBOX").unwrap(), far)).unwrap().lines, 5);
    drop(trail);
    // Nothing is left but hashes, and the numbers go on.
    let mut trail = TrailFolder::open(&folder, &source(), at()).unwrap().trail;
    trail.append(&Record::read(occurrence(8)), at()).unwrap();
    assert_eq!(trail.commit().unwrap(), Some(sequence(8)));
    let mut all = Vec::new();
    for segment in TrailFolder::segments(&folder).unwrap() {
        all.extend(fs::read(segment).unwrap());
    }
    assert_eq!(shown(&all), [8]);
    assert!(fs::read_dir(&folder).unwrap().all(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name == "lock" || name.ends_with(".jsonl")
    }));
}

#[test]
fn an_export_is_written_as_it_is_read() {
    // What is exported is written as it is read: a writer that takes nothing after some octets stops the export there.
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(octets.len()).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(octets.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = calls(100);
    let error = export(&mut LineReader::new(lines.as_slice()), &Selection::everything(), &mut Full(3000));
    assert!(matches!(error, Err(ExportError::Io(error)) if error.kind() == std::io::ErrorKind::StorageFull));
}
