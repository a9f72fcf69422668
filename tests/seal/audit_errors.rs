//! What cannot be recorded, written, erased or sealed is told by name, and what was there goes on.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use recommande::audit::{
    AuditDigest, Content, EraseError, Erasure, FolderError, LineFault, LineHash, LineReader, Manifest, ManifestError,
    ManifestFault, ManifestSealError, Occurrence, Part, ProofReference, Record, RecordError, Selection, Sequence,
    Trail, TrailEnd, TrailError, TrailFolder, erase, export, limits,
};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::Event;

use crate::common::trails::{at, calls, occurrence, person, sealer, seed, source};
use crate::common::{Service, later, now};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("audit-errors").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// A time that no line can hold.
fn far() -> DateTime<Utc> {
    DateTime::from_timestamp(400_000_000_000, 0).unwrap()
}

/// A part of the longest id and media type, with a digest of each kind.
fn large_part(number: usize) -> Part<'static> {
    let strong =
        DigestAlgorithm::ALL.into_iter().filter_map(|algorithm| AuditDigest::plain(algorithm.digest(b"")).ok());
    let digests: Vec<_> = strong.chain([AuditDigest::keyed(&[7; 32], b"")]).collect();
    let media_type = format!("text/{}", "a".repeat(limits::MAX_TOKEN - 5));
    Part::new(format!("{}{number:03}", "a".repeat(limits::MAX_TOKEN - 3)), digests, 1, media_type).unwrap()
}

/// The line of a record with as many octets of what is said to be a proof.
fn line_with_proof(octets: usize) -> String {
    let base64 = format!("{}{}", "AAAA".repeat(octets / 3), ["", "AA==", "AAA="][octets % 3]);
    let line = String::from_utf8(calls(1)).unwrap();
    let with = format!("\"outcome\":201,\"proof\":\"{base64}\",\"event\":\"SubmissionAcceptance\"");
    line.replace("\"outcome\":201", &with)
}

#[test]
fn values_beyond_what_a_record_holds_are_refused() {
    let too_long = |what| RecordError::TooLong { what, limit: limits::MAX_TOKEN };
    let record = || Record::read(occurrence(1));
    assert!(record().with_client("a".repeat(limits::MAX_TOKEN)).is_ok());
    assert_eq!(record().with_client("a".repeat(limits::MAX_TOKEN + 1)).unwrap_err(), too_long("client"));
    let digests = || [AuditDigest::of(b"letter")];
    let long = "a".repeat(limits::MAX_TOKEN + 1);
    assert_eq!(Part::new(long, digests(), 1, "text/plain").unwrap_err(), too_long("parts.id"));
    let many = [AuditDigest::of(b"letter"); limits::MAX_DIGESTS + 1];
    let error = Part::new("a", many, 1, "text/plain").unwrap_err();
    assert_eq!(error, RecordError::TooMany { what: "parts.digests", limit: limits::MAX_DIGESTS });
    assert!(Part::new("a", digests(), (1 << 53) - 1, "text/plain").is_ok());
    assert_eq!(Part::new("a", digests(), 1 << 53, "text/plain").unwrap_err(), RecordError::Form("parts.size"));
    let mut full = record();
    for number in 0..limits::MAX_PARTS {
        full = full.with_part(Part::new(number.to_string(), digests(), 1, "text/plain").unwrap()).unwrap();
    }
    let error = full.with_part(part()).unwrap_err();
    assert_eq!(error, RecordError::TooMany { what: "parts", limit: limits::MAX_PARTS });
    assert_eq!(record().with_part(part()).unwrap().with_part(part()).unwrap_err(), RecordError::Twice("parts.id"));
    assert_eq!(Occurrence::at(far()).unwrap_err(), RecordError::TimeOutOfRange("time"));

    // A statement with its persons in the clear stays out of the record.
    let service = Service::new();
    let error = ProofReference::embedded(&service.proof()).unwrap_err();
    assert!(matches!(error, RecordError::ProofInTheClear(count) if count > 0), "{error}");
    let fault = |octets| {
        let line = line_with_proof(octets);
        match LineReader::new(line.as_bytes()).next_line().unwrap().unwrap().content {
            Content::Unreadable(unreadable) => Some(unreadable.fault),
            Content::Entry(_) | Content::LeftOut(_) => None,
        }
    };
    assert_eq!(fault(limits::MAX_PROOF), None);
    let error = RecordError::TooLong { what: "proof", limit: limits::MAX_PROOF };
    assert_eq!(fault(limits::MAX_PROOF + 3), Some(LineFault::Record(error)));
}

fn part() -> Part<'static> {
    Part::new("main", [AuditDigest::of(b"letter")], 1, "text/plain").unwrap()
}

#[test]
fn a_record_that_cannot_be_written_leaves_the_trail_as_it_was() {
    let mut trail = Trail::begin(&source(), Vec::new());
    let small = Record::read(occurrence(1));
    trail.append(&small, at()).unwrap();
    let error = trail.append(&small, far()).unwrap_err();
    assert!(matches!(error, TrailError::Record(RecordError::TimeOutOfRange("recordedtime"))), "{error:?}");

    let line = line_with_proof(limits::MAX_PROOF);
    let mut reader = LineReader::new(line.as_bytes());
    let Content::Entry(entry) = reader.next_line().unwrap().unwrap().content else { panic!() };
    let proof = entry.record().proof().unwrap().clone();
    let mut large = Record::proof_issued(occurrence(2), proof, Event::SubmissionAcceptance);
    for number in 0..limits::MAX_PARTS {
        large = large.with_part(large_part(number)).unwrap();
    }
    // The clock ran behind, so that a record of it would have come first.
    let error = trail.append(&large, at() - TimeDelta::hours(1)).unwrap_err();
    let too_long = RecordError::TooLong { what: "line", limit: limits::MAX_LINE };
    assert!(matches!(error, TrailError::Record(stated) if stated == too_long));
    trail.append(&small, at()).unwrap();
    assert_eq!(trail.commit().unwrap(), Sequence::new(2));
    let lines = trail.into_sink();
    let (mut reader, mut count) = (LineReader::new(lines.as_slice()), 0);
    while let Some(line) = reader.next_line().unwrap() {
        count += 1;
        assert!(matches!(line.content, Content::Entry(_)), "{:?}", line.content);
        assert_eq!(line.link.chain == recommande::audit::Chain::Closes, count == 2);
    }
    assert_eq!(count, 2);
}

#[test]
fn behind_the_last_number_nothing_is_written() {
    let last = format!("{{\"sequence\":\"{}\",\"lineHash\":\"{}\"}}\n", u64::MAX, LineHash::of(b""));
    let mut reader = LineReader::new(last.as_bytes());
    let end = TrailEnd::of(&reader.next_line().unwrap().unwrap()).unwrap();
    let mut trail = Trail::resume(&source(), last.clone().into_bytes(), end);
    assert!(matches!(trail.append(&Record::read(occurrence(1)), at()), Err(TrailError::Exhausted)));
    trail.commit().unwrap();
    assert_eq!(trail.into_sink(), last.as_bytes());
}

#[test]
fn no_trail_goes_on_behind_a_line_without_its_line_feed() {
    let lines = calls(1);
    let mut reader = LineReader::new(&lines[..lines.len() - 1]);
    let line = reader.next_line().unwrap().unwrap();
    // The record can be read, and what is appended would run into it.
    assert!(matches!(line.content, Content::Entry(_)));
    assert_eq!(TrailEnd::of(&line), None);
}

#[test]
fn a_torn_end_that_cannot_be_recorded_is_recorded_at_the_next_opening() {
    let folder = folder("torn");
    fs::create_dir_all(&folder).unwrap();
    let segment = folder.join(format!("{}.jsonl", Sequence::FIRST));
    fs::write(&segment, [calls(2).as_slice(), b"{\"torn"].concat()).unwrap();
    let error = TrailFolder::open(&folder, &source(), far()).unwrap_err();
    assert!(matches!(error, FolderError::Trail(TrailError::Record(RecordError::TimeOutOfRange("time")))), "{error:?}");
    let opened = TrailFolder::open(&folder, &source(), at() + TimeDelta::hours(1)).unwrap();
    assert_eq!(opened.trail.end().unwrap().sequence().get(), 3);
    assert!(fs::read_to_string(&segment).unwrap().contains("\"tornOctets\":6"));
}

/// A writer without room.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_copied_is_not_erased() {
    let erasure = Erasure::of_person(person(), seed());
    let lines = calls(2);
    let error = erase(&mut LineReader::new(lines.as_slice()), &erasure, &mut Full).unwrap_err();
    assert!(matches!(error, EraseError::Io(error) if error.kind() == io::ErrorKind::StorageFull));
    // Nobody has all octets of a line that is too long.
    let end = lines.iter().position(|octet| *octet == b'\n').unwrap() + 1;
    let long = " ".repeat(limits::MAX_LINE + 1) + "\n";
    let with_long = [&lines[..end], long.as_bytes(), &lines[end..]].concat();
    let error = erase(&mut LineReader::new(with_long.as_slice()), &erasure, &mut Vec::new()).unwrap_err();
    assert!(matches!(error, EraseError::TooLong(2)));
    let folder = folder("erase");
    fs::create_dir_all(&folder).unwrap();
    let segment = folder.join(format!("{}.jsonl", Sequence::FIRST));
    fs::write(&segment, &with_long).unwrap();
    let mut opened = TrailFolder::open(&folder, &source(), at()).unwrap();
    assert_eq!(opened.damaged_lines, 2);
    assert!(matches!(opened.trail.erase(&erasure), Err(FolderError::Erase(EraseError::TooLong(2)))));
    assert_eq!(fs::read(&segment).unwrap(), with_long);
    // What was copied before the error is not left.
    assert!(!segment.with_extension("erasing").exists());
}

#[test]
fn a_manifest_that_cannot_be_sealed_or_read_is_told() {
    let service = Service::new();
    let lines = calls(2);
    let manifest = export(&mut LineReader::new(lines.as_slice()), &Selection::everything(), &mut Vec::new()).unwrap();
    let sealer = sealer(&service, "NTRBE-0406798006");
    // The certificate has expired by then.
    let error = manifest.seal(&sealer, now() + TimeDelta::days(10_000)).map(|_| ()).unwrap_err();
    assert!(matches!(error, ManifestSealError::Seal(_)), "{error:?}");
    let verdict = Manifest::verify(b"{}", b"", &service.verifier(), later()).map(|_| ());
    assert!(matches!(verdict, Err(ManifestError::Manifest(ManifestFault::Json))), "{verdict:?}");
}
