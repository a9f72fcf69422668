//! Trails are written in order, whatever the clock shows, and read back as they were written.

use std::collections::BTreeSet;
use std::io;

use chrono::TimeDelta;
use recommande::audit::{
    Action, Actor, AuditDigest, Chain, ClockState, Content, IdentityFlag, Kind, LineHash, LineReader, Member, Order,
    Part, Record, RecordError, Sequence, Side, Sink, Source, Trail, TrailEnd, TrailError, limits,
};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Environment, MessageId};

use crate::common::Service;
use crate::common::trails::{NISS, at, call, calls, message, occurrence, person, records, seed, source, written};

fn all_records() -> Vec<Record<'static>> {
    let service = Service::new();
    records(service.proof().id())
}

#[test]
fn records_of_every_kind_read_back_as_they_were_written() {
    let records = all_records();
    let lines = written(&records);
    let kinds: Vec<_> = records.iter().map(Record::kind).collect();
    assert!(Kind::ALL.iter().all(|kind| kinds.contains(kind)));
    let mut reader = LineReader::new(lines.as_slice());
    let mut previous: Option<LineHash> = None;
    for (number, record) in (1..).zip(&records) {
        let line = reader.next_line().unwrap().unwrap();
        assert_eq!(line.hash, LineHash::of(line.octets()));
        let Content::Entry(entry) = &line.content else { panic!("{:?}", line.content) };
        assert_eq!(entry.record(), record);
        assert_eq!((entry.source(), entry.sequence().get()), (&source(), number));
        assert_eq!(entry.recorded_time(), record.time() + TimeDelta::milliseconds(1));
        assert_eq!(entry.previous(), previous);
        let order = if number == 1 { Order::Start } else { Order::Next };
        let chain = if number == 1 { Chain::Start } else { Chain::Closes };
        assert_eq!((line.link.order, line.link.chain), (order, chain));
        previous = Some(line.hash);
    }
    assert!(reader.next_line().unwrap().is_none());
}

/// No statement has a place for what a register says of a number.
#[test]
fn each_flag_of_a_number_is_recorded() {
    let flags = IdentityFlag::ALL;
    assert!(flags.contains(&IdentityFlag::FraudulentDocuments));
    let number = |index: usize| u8::try_from(index + 1).unwrap();
    let actor = |number| Actor::of(&person(), &seed(), occurrence(number).id()).unwrap();
    let flagged = |(index, flag): (usize, &IdentityFlag)| {
        Record::identity_flag(occurrence(number(index)), actor(number(index)), *flag)
    };
    let records: Vec<Record<'static>> = flags.iter().enumerate().map(flagged).collect();
    let lines = written(&records);
    let mut reader = LineReader::new(lines.as_slice());
    for record in &records {
        let Content::Entry(entry) = reader.next_line().unwrap().unwrap().content else { panic!() };
        assert_eq!(entry.record(), record);
    }
}

#[test]
fn ids_with_characters_that_json_escapes_read_back_as_they_were_written() {
    for id in
        ["\"", "\\", "a\"b\\c/\u{e9}\u{1f4e8}", "a very long id of more than sixteen characters \\ and a quote \""]
    {
        let record = Record::read(occurrence(1)).about(&MessageId::new(id).unwrap()).unwrap();
        let lines = written(std::slice::from_ref(&record));
        let json: serde_json::Value = serde_json::from_slice(&lines).unwrap();
        assert_eq!((json["subject"].as_str(), json["correlationid"].as_str()), (Some(id), Some(id)));
        let mut reader = LineReader::new(lines.as_slice());
        let Content::Entry(entry) = reader.next_line().unwrap().unwrap().content else { panic!("{id}") };
        assert_eq!(entry.record(), &record);
    }
}

#[test]
fn a_trail_says_nothing_of_a_person_in_the_clear_and_whoever_has_the_seed_finds_the_records() {
    let lines = written(&all_records());
    let text = String::from_utf8(lines.clone()).unwrap();
    for secret in [NISS, "85.07.30", "the token of a session", "letter\""] {
        assert!(!text.contains(secret), "{secret}");
    }
    let mut reader = LineReader::new(lines.as_slice());
    let mut commitments = BTreeSet::new();
    while let Some(line) = reader.next_line().unwrap() {
        let Content::Entry(entry) = line.content else { panic!() };
        let record = entry.record();
        let Some(actor) = record.actor() else { continue };
        assert!(actor.is(&person(), &seed(), record.id()));
        let other_seed = recommande::evidence::SaltSeed::from_bytes(&[8; 32]).unwrap();
        assert!(!actor.is(&person(), &other_seed, record.id()));
        assert!(!actor.is(&person(), &seed(), occurrence(99).id()), "a commitment is of its record");
        assert!(commitments.insert(actor.commitment().to_string()), "somebody sees that two are of one person");
    }
    assert_eq!(commitments.len(), 8);
}

#[test]
fn values_that_may_name_a_person_are_refused() {
    let clear = |error: RecordError| matches!(error, RecordError::PersonInTheClear(_));
    for template in ["/inbox/85073003328", "/inbox/85.07.30-033.28", "/message/123456", "/v1/85/07/30/033/28/{id}"] {
        assert!(clear(Action::new("GET", template).unwrap_err()), "{template}");
    }
    for template in ["inbox", "/inbox?person={niss}", "/{a", "/{}", "/{a}b", "/a b", "/{85073003328}", "/é"] {
        assert!(Action::new("GET", template).is_err(), "{template}");
    }
    for method in ["", "get", "GET /", "ABCDEFGHIJKLMNOPQ"] {
        assert_eq!(Action::new(method, "/inbox").unwrap_err(), RecordError::Form("action.method"));
    }
    assert!(Action::new("GET", "/v1/inbox/{person-id}/").is_ok());
    assert!(Action::new("A".repeat(limits::MAX_METHOD), "/").is_ok());
    for (beyond, is_name) in [(0, true), (1, false)] {
        let name = "a".repeat(limits::MAX_TEMPLATE_NAME + beyond);
        assert_eq!(Action::new("GET", format!("/{{{name}}}")).is_ok(), is_name);
        let template = format!("/{}", "a".repeat(limits::MAX_TEMPLATE - 1 + beyond));
        assert_eq!(Action::new("GET", template).is_ok(), is_name);
        let name = "a".repeat(limits::MAX_SOURCE_NAME + beyond);
        assert_eq!(Source::new(Environment::Test, "BE/BE/0406798006", &name).is_ok(), is_name);
        let party = format!("BE/BE/{}", &name[6..]);
        assert_eq!(Source::new(Environment::Test, &party, "mailbox").is_ok(), is_name);
    }
    let digest = || [AuditDigest::of(b"letter")];
    let record = || Record::read(occurrence(1));
    let about = |value: &str| record().about(&MessageId::new(value).unwrap());
    for value in [
        NISS,
        "85.07.30-033.28",
        "urn:person:85073003328",
        "jan_85073003328",
        "x-85073003328-y",
        "client-85.07.30-033.28",
        "85.07.30-033.28-client",
        "7-85073003328",
        "85073003328-7",
        "2026-11-22-85.07.30-033.28",
        "85/07/30/033/28",
        "85_07_30(033)28",
        "8-5-0-7-3-0-0-3-3-2-8",
        "a.850730--033..28",
        // Beside letters, and in a longer run beside a year, a date or a time.
        "user85073003328",
        "NISS85073003328",
        "85073003328x",
        "user85.07.30-033.28x",
        "a1b85073003328",
        "202685073003328",
        "2026112285073003328",
        "8507300332820261122",
        "2026112209150485073003328",
        "x2026112285073003328",
        "017f22e2-79b0-7cc3-98c4-0123456789ab-85073003328",
    ] {
        assert!(clear(record().with_client(value).unwrap_err()), "{value}");
        assert!(clear(Part::new(value, digest(), 1, "text/plain").unwrap_err()), "{value}");
        assert!(clear(about(value).unwrap_err()), "{value}");
    }
    for value in ["letter 85 07 30 033 28", "\u{e9}t\u{e9} 85073003328", "85\u{2013}07\u{2013}30\u{2013}033\u{2013}28"]
    {
        assert!(clear(about(value).unwrap_err()), "{value}");
    }
    // Digits of full width.
    let wide: String =
        NISS.chars().map(|digit| char::from_u32(0xff10 + digit.to_digit(10).unwrap()).unwrap()).collect();
    assert!(clear(about(&wide).unwrap_err()));
    // An enterprise, a UUID with digits, a number whose check digits do not fit, and one that is a part of a longer one.
    for value in [
        "0406798006",
        "017f22e2-79b0-7cc3-98c4-850730033281",
        "85073003329",
        "client-85.07.30-033.29",
        "785073003328",
        "2026-11-22-00123",
        "85-07-x-30-033-28",
        // Of random digits, each second hundred would hold a number.
        "9085073003328123456",
        "2026132285073003328",
        // A hash, also between digits that would go on in it.
        "0123456789abcdef85073003328abcdef",
        "85-07-30-033-28abcdef0123456789abcdef",
    ] {
        assert!(record().with_client(value).is_ok(), "{value}");
    }
    assert!(clear(Source::new(Environment::Test, "BE/BE/0406798006", NISS).unwrap_err()));
    for party in ["BE/BE/85073003328", "BE/NISS/85.07.30-033.28"] {
        assert!(clear(Source::new(Environment::Test, party, "mailbox").unwrap_err()), "{party}");
    }
    // Elsewhere numbers of companies have as many digits.
    assert!(Source::new(Environment::Test, "IT/IT/85073003328", "mailbox").is_ok());
    for address in ["jan.peeters@example.be", "<jan.peeters85@example.be>", "@", "mailto:jan@example.be"] {
        assert!(clear(record().with_client(address).unwrap_err()), "{address}");
        assert!(clear(Part::new(address, digest(), 1, "text/plain").unwrap_err()), "{address}");
        assert!(clear(about(address).unwrap_err()), "{address}");
    }
    assert!(clear(about("jan.peeters\u{ff20}example.be").unwrap_err()));
    // The ids of messages of AS4 and of e-mail have such a form.
    for id in ["017f22e2-79b0-7cc3-98c4-850730033281@example.be", "<20261122091504.1@example.be>"] {
        assert!(about(id).is_ok(), "{id}");
    }
    assert_eq!(Part::new("a", [], 1, "text/plain").unwrap_err(), RecordError::Empty("parts.digests"));
    let twice = [AuditDigest::of(b"a"), AuditDigest::of(b"b")];
    assert_eq!(Part::new("a", twice, 1, "text/plain").unwrap_err(), RecordError::Twice("parts.digests.method"));
}

#[test]
fn a_digest_that_is_weaker_than_sha_256_comes_into_no_record() {
    use DigestAlgorithm as A;
    for algorithm in DigestAlgorithm::ALL {
        let digest = algorithm.digest(b"letter");
        let taken = AuditDigest::plain(digest);
        if matches!(algorithm, A::Sha1 | A::Sha224 | A::Sha3_224 | A::Shake128 | A::Shake256) {
            assert_eq!(taken, Err(RecordError::WeakDigest("digest")), "{algorithm:?}");
        } else {
            assert_eq!(taken.unwrap().digest(), Some(digest));
        }
    }
    assert_eq!(AuditDigest::of(b"letter").method(), "sha-256");
    let keyed = AuditDigest::keyed(seed().as_bytes(), b"letter");
    assert_eq!((keyed.method(), keyed.digest()), ("hmac-sha-256", None));
}

#[test]
fn a_record_has_the_members_of_its_kind_only() {
    let (action, outcome) = call();
    let error = Record::clock_status(occurrence(1), ClockState::Unknown).with_action(action, outcome).unwrap_err();
    assert_eq!(error, RecordError::NotOfKind { kind: Kind::ClockStatus, member: Member::Action });
    let error = Record::read(occurrence(1)).on_side(Side::Caller).unwrap_err();
    assert_eq!(error, RecordError::NotOfKind { kind: Kind::Read, member: Member::Side });
    assert_eq!(error.to_string(), "a record of the kind read has no details.side");
    let kinds = |has: fn(Kind, Member) -> bool, member| {
        Kind::ALL.iter().copied().filter(|kind| has(*kind, member)).collect::<Vec<_>>()
    };
    assert_eq!(kinds(Kind::requires, Member::Action), [Kind::ApiCall]);
    assert_eq!(kinds(Kind::requires, Member::Outcome), [Kind::ApiCall, Kind::Notification]);
    assert_eq!(kinds(Kind::requires, Member::Actor), [Kind::IdentityFlag, Kind::MandateChanged]);
    assert_eq!(kinds(Kind::allows, Member::Side), [Kind::ApiCall, Kind::EventEngine, Kind::ConsentCheck]);
    assert_eq!(kinds(Kind::allows, Member::TornHash), [Kind::Resumed]);
    for kind in Kind::ALL {
        assert_eq!(Kind::from_name(kind.name()), Some(*kind));
    }
}

#[test]
fn a_clock_that_runs_behind_neither_stops_nor_reorders_the_trail() {
    let mut trail = Trail::begin(&source(), Vec::new());
    let record = |number| Record::api_call(occurrence(number), call().0, call().1);
    for (number, minutes) in [(1, 0), (2, -60), (3, -60), (4, 600), (5, -100_000_000)] {
        trail.append(&record(number), at() + TimeDelta::minutes(minutes)).unwrap();
    }
    assert_eq!(trail.commit().unwrap(), Sequence::new(7));
    let lines = trail.into_sink();
    let mut reader = LineReader::new(lines.as_slice());
    let mut seen = Vec::new();
    while let Some(line) = reader.next_line().unwrap() {
        assert_ne!(line.link.chain, Chain::Broken);
        let Content::Entry(entry) = line.content else { panic!() };
        let minutes = (entry.recorded_time() - at()).num_minutes();
        let before = entry.record().details().previous_recorded.map(|before| (before - at()).num_minutes());
        assert_eq!(entry.record().kind() == Kind::ClockStatus, before.is_some());
        seen.push((minutes, before));
    }
    let expected = [(0, None), (-60, Some(0)), (-60, None), (-60, None), (600, None), (-100_000_000, Some(600))];
    assert_eq!(seen[..6], expected);
    assert_eq!(seen[6], (-100_000_000, None));
}

#[test]
fn a_trail_goes_on_behind_its_last_line() {
    let first = calls(3);
    let mut reader = LineReader::new(first.as_slice());
    let mut end = None;
    while let Some(line) = reader.next_line().unwrap() {
        end = TrailEnd::of(&line);
    }
    let mut trail = Trail::resume(&source(), first.clone(), end.unwrap());
    assert_eq!(trail.committed(), None);
    trail.append(&Record::read(occurrence(9)).about(&message()).unwrap(), at() + TimeDelta::hours(1)).unwrap();
    trail.commit().unwrap();
    let lines = trail.into_sink();
    assert!(lines.starts_with(&first));
    let mut reader = LineReader::new(lines.as_slice());
    let mut count = 0;
    while let Some(line) = reader.next_line().unwrap() {
        count += 1;
        assert!(matches!(line.link.chain, Chain::Start | Chain::Closes), "{count}");
        assert!(matches!(line.link.order, Order::Start | Order::Next), "{count}");
    }
    assert_eq!(count, 4);
}

/// A disk with room for some octets, of which a sync may fail.
struct Disk {
    taken: Vec<u8>,
    room: usize,
    syncs: bool,
}

impl Sink for Disk {
    fn append(&mut self, _: Sequence, octets: &[u8]) -> io::Result<()> {
        let fits = octets.len().min(self.room - self.taken.len());
        self.taken.extend_from_slice(&octets[..fits]);
        if fits == octets.len() { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.syncs { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
    }
}

#[test]
fn what_was_acknowledged_survives_a_full_disk_and_the_trail_stops() {
    let whole = calls(9);
    for room in (0..whole.len()).step_by(97) {
        let mut disk = Disk { taken: Vec::new(), room, syncs: true };
        let mut trail = Trail::begin(&source(), &mut disk);
        let mut acknowledged = 0;
        for number in 1..=9 {
            let record = Record::api_call(occurrence(number), call().0, call().1);
            let time = record.time() + TimeDelta::milliseconds(1);
            let written = trail.append(&record, time).and_then(|_| trail.commit());
            match written {
                Ok(sequence) => acknowledged = sequence.unwrap().get(),
                Err(TrailError::Write(error)) => {
                    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
                    assert!(matches!(trail.append(&record, time), Err(TrailError::Stopped)));
                    assert!(matches!(trail.commit(), Err(TrailError::Stopped)));
                    break;
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(whole.starts_with(&disk.taken));
        let whole_lines = disk.taken.iter().filter(|octet| **octet == b'\n').count();
        assert_eq!(u64::try_from(whole_lines).unwrap(), acknowledged, "room for {room}");
    }
    let mut disk = Disk { taken: Vec::new(), room: 1 << 20, syncs: false };
    let mut trail = Trail::begin(&source(), &mut disk);
    trail.append(&Record::read(occurrence(1)), at()).unwrap();
    assert!(matches!(trail.commit(), Err(TrailError::Sync(_))));
    // A later sync that succeeds says nothing of the pages that this one lost.
    assert!(matches!(trail.commit(), Err(TrailError::Stopped)));
    assert_eq!(trail.committed(), None);
}
