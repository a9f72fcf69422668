//! Measures trails: writing beside the same octets appended by hand, and reading beside `serde_json` and SHA-256.

use std::borrow::Cow;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::Criterion;
use recommande::audit::{
    Action, AuditDigest, Chain, Commit, Content, LineReader, Occurrence, Outcome, Part, Record, Side, Source, Trail,
    TrailFolder,
};
use recommande::evidence::{Environment, EvidenceIdentifier, Identifier, MessageId, SaltSeed};
use recommande::identity::Niss;
use recommande_benches::{Limit, Memory, compare, criterion, fixtures, memory_of};
use serde::Deserialize;

/// Records that are made durable at once, as a service with one, with few, with many and with very many callers does. Of a small group
/// the disk takes most of the time, and of a large one what a line takes: its octets, and the hash of them, which those by hand have
/// already.
const GROUPS: [usize; 4] = [1, 10, 100, 1_000];

/// Groups of which each is appended while another thread makes the one before durable. All are durable in the end.
const OVERLAPPING: usize = 16;

/// Lines that are read at once.
const LINES: usize = 10_000;

/// How many times as many lines are read for the memory of it.
const ROUNDS: usize = 100;

/// A file with as many octets is followed by the next one, on either side.
const SEGMENT: u64 = 1 << 26;

fn at(number: usize) -> DateTime<Utc> {
    fixtures::now() + TimeDelta::microseconds(i64::try_from(number * 137 + 1).expect("microseconds"))
}

fn source() -> Source {
    Source::new(Environment::Test, "BE/BE/0406798006", "mailbox").expect("a source")
}

/// The call by which a letter was published, with its sender's system, the recipient as a commitment, and the content.
fn record(number: usize) -> Record<'static> {
    let person: Identifier = Niss::new("85073003328").expect("a number").into();
    let seed = SaltSeed::from_bytes(&[7; 32]).expect("a seed");
    let random = u64::try_from(number).expect("a number").to_be_bytes();
    let id = EvidenceIdentifier::version_7(
        at(number),
        [0, 0, random[0], random[1], random[2], random[3], random[4], random[5], random[6], random[7]],
    );
    let occurrence = Occurrence::with_id(id, at(number)).expect("a time");
    let action = Action::new("POST", "/referenceData/ebox/{eboxId}/messages").expect("an action");
    let part = Part::new("main", [AuditDigest::of(&random)], 123_456, "application/pdf").expect("a part");
    let message = MessageId::new(&format!("1ZG{number:010}")).expect("an id");
    Record::api_call(occurrence, action, Outcome::status(201).expect("a status"))
        .with_client("sender-portal")
        .and_then(|record| record.with_actor(&person, &seed))
        .and_then(|record| record.with_token_hash(AuditDigest::of(b"token")))
        .and_then(|record| record.with_part(part))
        .and_then(|record| record.on_side(Side::Callee))
        .and_then(|record| record.about(&message))
        .expect("a record")
}

fn records(count: usize) -> Vec<Record<'static>> {
    (0..count).map(record).collect()
}

fn lines(records: &[Record<'_>]) -> Vec<u8> {
    let mut trail = Trail::begin(&source(), Vec::new());
    for record in records {
        trail.append(record, record.time()).expect("a line");
    }
    trail.commit().expect("memory");
    trail.into_sink()
}

fn folder(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let folder = target.join("bench-audit").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A file to which octets are appended by hand.
struct ByHand {
    folder: PathBuf,
    file: File,
    octets: u64,
}

impl ByHand {
    fn new(folder: PathBuf) -> Self {
        let file = Self::create(&folder);
        Self { folder, file, octets: 0 }
    }

    fn create(folder: &Path) -> File {
        let _ = fs::remove_file(folder.join("lines"));
        OpenOptions::new().append(true).create_new(true).open(folder.join("lines")).expect("a file")
    }

    fn append(&mut self, group: &[u8]) {
        if self.octets >= SEGMENT {
            (self.file, self.octets) = (Self::create(&self.folder), 0);
        }
        self.octets += u64::try_from(group.len()).expect("octets");
        self.file.write_all(group).expect("room");
        self.file.sync_data().expect("a disk");
    }
}

/// The same lines as typed values, without any check.
#[derive(Deserialize)]
struct TypedLine<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    event_type: Cow<'a, str>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    recordedtime: Cow<'a, str>,
    #[serde(borrow)]
    sequence: Cow<'a, str>,
    #[serde(borrow)]
    data: TypedData<'a>,
}

#[derive(Deserialize)]
struct TypedData<'a> {
    #[serde(borrow, default)]
    previous: Cow<'a, str>,
    #[serde(borrow)]
    action: TypedAction<'a>,
    outcome: u16,
    #[serde(borrow)]
    client: Cow<'a, str>,
    #[serde(borrow)]
    actor: TypedActor<'a>,
    #[serde(borrow, rename = "tokenHash")]
    token_hash: TypedDigest<'a>,
    #[serde(borrow)]
    parts: Vec<TypedPart<'a>>,
    #[serde(borrow)]
    details: TypedDetails<'a>,
}

#[derive(Deserialize)]
struct TypedAction<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    template: Cow<'a, str>,
}

#[derive(Deserialize)]
struct TypedActor<'a> {
    #[serde(borrow)]
    scheme: Cow<'a, str>,
    #[serde(borrow)]
    commitment: Cow<'a, str>,
}

#[derive(Deserialize)]
struct TypedDigest<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Deserialize)]
struct TypedPart<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    digests: Vec<TypedDigest<'a>>,
    size: u64,
    #[serde(borrow, rename = "mediaType")]
    media_type: Cow<'a, str>,
}

#[derive(Deserialize)]
struct TypedDetails<'a> {
    #[serde(borrow)]
    side: Cow<'a, str>,
}

impl TypedLine<'_> {
    /// Uses every member, so that none of them is left unread.
    fn octets(&self) -> usize {
        let Self { id, source, event_type, subject, time, recordedtime, sequence, data } = self;
        let TypedData { previous, action, outcome, client, actor, token_hash, parts, details } = data;
        let texts = [
            id,
            source,
            event_type,
            subject,
            time,
            recordedtime,
            sequence,
            previous,
            client,
            &action.method,
            &action.template,
            &actor.scheme,
            &actor.commitment,
            &token_hash.method,
            &token_hash.value,
            &details.side,
        ];
        let of_parts = parts.iter().map(|part| {
            let digests = part.digests.iter().map(|digest| digest.method.len() + digest.value.len()).sum::<usize>();
            part.id.len() + part.media_type.len() + digests + usize::try_from(part.size).unwrap_or(0)
        });
        texts.into_iter().map(|text| text.len()).sum::<usize>() + usize::from(*outcome) + of_parts.sum::<usize>()
    }
}

fn raw_hashes(lines: &[u8]) -> u8 {
    lines.split_inclusive(|octet| *octet == b'\n').fold(0, |mixed, line| mixed ^ raw_hash(line))
}

fn raw_hash(line: &[u8]) -> u8 {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, line).as_ref()[0]
}

/// The same lines several times, one behind the other, without a copy of them.
struct Repeated<'a> {
    lines: &'a [u8],
    rest: &'a [u8],
    times: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() && self.times > 1 {
            (self.rest, self.times) = (self.lines, self.times - 1);
        }
        self.rest.read(buffer)
    }
}

/// Reads and checks lines: how many close the chain.
fn read(lines: impl BufRead) -> usize {
    let (mut reader, mut closing) = (LineReader::new(lines), 0);
    while let Some(line) = reader.next_line().expect("memory") {
        assert!(matches!(line.content, Content::Entry(_)));
        closing += usize::from(line.link.chain == Chain::Closes);
    }
    closing
}

/// A trail in a folder, of which the bench keeps the last segment alone: it would fill the disk.
struct OnDisk {
    folder: PathBuf,
    trail: Trail<TrailFolder>,
    octets: u64,
}

impl OnDisk {
    fn new(folder: PathBuf) -> Self {
        let opened = TrailFolder::open(&folder, &source(), fixtures::now()).expect("a folder");
        Self { folder, trail: opened.trail.with_segment_octets(SEGMENT), octets: 0 }
    }

    fn append(&mut self, group: &[Record<'_>], octets: usize) {
        for record in group {
            self.trail.append(record, at(group.len())).expect("a line");
        }
        self.octets += u64::try_from(octets).expect("octets");
        if self.octets > SEGMENT {
            let segments = TrailFolder::segments(&self.folder).expect("a folder");
            segments.iter().rev().skip(1).for_each(|segment| fs::remove_file(segment).expect("a file"));
            self.octets = 0;
        }
    }
}

/// Writes records in groups, each of which is made durable, beside the same octets.
fn write_groups(criterion: &mut Criterion, count: usize) {
    let group = records(count);
    let octets = lines(&group);
    println!("{} octets a line", octets.len() / count);
    let mut disk = OnDisk::new(folder(&format!("trail-{count}")));
    let mut file = ByHand::new(folder(&format!("by-hand-{count}")));
    let (what, limit) = (format!("write {count} records durably"), Limit::new("append and sync").at_least(0.8));
    let mut ours = || {
        disk.append(&group, octets.len());
        disk.trail.commit().expect("a disk")
    };
    compare(criterion, &what, &limit, &mut ours, || file.append(&octets));
    // Nobody chains lines without their hashes.
    compare(criterion, &what, &Limit::new("hash, append and sync"), &mut ours, || {
        file.append(&octets);
        raw_hashes(&octets)
    });

    let (commits, begun) = channel::<Commit>();
    let (finished, results) = channel();
    std::thread::spawn(move || begun.iter().all(|commit| finished.send(commit.finish()).is_ok()));
    compare(
        criterion,
        &format!("write {OVERLAPPING} groups of {count} records, one while the one before is synced"),
        &limit,
        || {
            for number in 0..OVERLAPPING {
                disk.append(&group, octets.len());
                let commit = disk.trail.begin_commit().expect("a disk");
                if number > 0 {
                    results.recv().expect("a thread").expect("a disk");
                }
                commits.send(commit).expect("a thread");
            }
            results.recv().expect("a thread").expect("a disk")
        },
        || (0..OVERLAPPING).for_each(|_| file.append(&octets)),
    );
}

fn main() {
    let mut criterion = criterion();
    GROUPS.iter().for_each(|count| write_groups(&mut criterion, *count));

    let octets = lines(&records(LINES));
    assert_eq!(read(octets.as_slice()), LINES - 1);
    let typed = || {
        octets.split_inclusive(|octet| *octet == b'\n').fold(0, |total, line| {
            let typed: TypedLine<'_> = serde_json::from_slice(line).expect("a line");
            total + typed.octets() + usize::from(raw_hash(line))
        })
    };
    compare(
        &mut criterion,
        &format!("read and check {LINES} lines"),
        &Limit::new("serde_json and SHA-256").at_least(0.8),
        || read(octets.as_slice()),
        typed,
    );
    compare(
        &mut criterion,
        "the same",
        &Limit::new("SHA-256 alone"),
        || read(octets.as_slice()),
        || raw_hashes(&octets),
    );

    let before = memory_of("self", Memory::Most);
    let many = read(BufReader::new(Repeated { lines: &octets, rest: &octets, times: ROUNDS }));
    assert_eq!(many, LINES * ROUNDS - ROUNDS);
    let memory = before
        .zip(memory_of("self", Memory::Most))
        .map_or_else(|| "?".to_owned(), |(before, after)| format!("{} KiB", (after - before) >> 10));
    println!("MEMORY one reader of {} lines takes {memory} more than one of {LINES}", LINES * ROUNDS);
}
