//! Trails in folders: what was acknowledged is there after a kill at any moment, and nobody else writes.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use recommande::audit::{
    Chain, Commit, Content, Erasure, FolderError, Kind, LineFault, LineReader, Order, Record, Selection, Sequence,
    Sink, Source, Trail, TrailEnd, TrailError, TrailFolder, export, limits,
};
use recommande::evidence::Environment;
use recommande::life::Retention;

use crate::common::trails::{at, call, calls, occurrence, person, seed, source};

/// An empty folder for a test.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("audit-folders").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

pub fn open(folder: &Path) -> Trail<TrailFolder> {
    TrailFolder::open(folder, &source(), at()).unwrap().trail
}

pub fn write(trail: &mut Trail<TrailFolder>, count: u8) -> u64 {
    for number in 1..=count {
        trail.append(&Record::api_call(occurrence(number), call().0, call().1), at()).unwrap();
    }
    trail.commit().unwrap().unwrap().get()
}

/// The kinds of all lines of a folder, which all can be read and follow each other.
pub fn kinds(folder: &Path) -> Vec<Kind> {
    let (mut lines, mut kinds) = (TrailFolder::lines(folder).unwrap(), Vec::new());
    while let Some(line) = lines.next_line().unwrap() {
        assert!(matches!(line.link.order, Order::Start | Order::Next), "{:?}", line.link);
        assert!(matches!(line.link.chain, Chain::Start | Chain::Closes), "{:?}", line.link);
        let Content::Entry(entry) = line.content else { panic!("{:?}", line.content) };
        kinds.push(entry.record().kind());
        assert_eq!(u64::try_from(kinds.len()).unwrap(), entry.sequence().get());
    }
    kinds
}

#[test]
fn a_folder_is_written_by_one_process_and_for_one_source() {
    let folder = folder("one");
    let mut trail = open(&folder);
    assert_eq!(write(&mut trail, 3), 3);
    assert!(matches!(TrailFolder::open(&folder, &source(), at()), Err(FolderError::InUse)));
    drop(trail);
    let other = Source::new(Environment::Test, "BE/BE/0406798006", "portal").unwrap();
    assert!(matches!(TrailFolder::open(&folder, &other, at()), Err(FolderError::AnotherSource)));
    assert_eq!(write(&mut open(&folder), 2), 5);
    assert_eq!(kinds(&folder), [Kind::ApiCall; 5]);
}

#[test]
fn segments_are_named_by_their_first_line_and_the_chain_goes_on() {
    let folder = folder("segments");
    let mut trail = open(&folder);
    write(&mut trail, 2);
    trail.rotate().unwrap();
    trail.rotate().unwrap();
    write(&mut trail, 3);
    drop(trail);
    let mut trail = open(&folder).with_segment_octets(1000);
    for _ in 0..4 {
        write(&mut trail, 1);
    }
    let names: Vec<_> = TrailFolder::segments(&folder)
        .unwrap()
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().parse::<u64>().unwrap())
        .collect();
    assert_eq!(names, [1, 3, 6, 8]);
    drop(trail);
    assert_eq!(open(&folder).end().unwrap().sequence().get(), 9);
    assert_eq!(kinds(&folder), [Kind::ApiCall; 9]);
}

#[test]
fn a_torn_end_is_moved_aside_and_a_record_says_so() {
    let folder = folder("torn");
    write(&mut open(&folder), 3);
    let segment = TrailFolder::segments(&folder).unwrap().remove(0);
    let whole = fs::read(&segment).unwrap();
    let two = whole.iter().enumerate().filter(|(_, octet)| **octet == b'\n').nth(1).unwrap().0 + 1;
    for cut in (two + 1..whole.len()).step_by(41).chain([whole.len() - 1]) {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(&segment, &whole[..cut]).unwrap();
        let opened = TrailFolder::open(&folder, &source(), at()).unwrap();
        assert_eq!((opened.torn_octets, opened.damaged_lines), (u64::try_from(cut - two).unwrap(), 0));
        drop(opened);
        assert_eq!(kinds(&folder), [Kind::ApiCall, Kind::ApiCall, Kind::Resumed]);
        let torn = folder.join(format!("{}-{two}.torn", Sequence::FIRST));
        assert_eq!(fs::read(torn).unwrap(), whole[two..cut]);
        // It is said once.
        drop(open(&folder));
        assert_eq!(kinds(&folder).len(), 3);
    }
    // A segment without a whole line: the one before has the end.
    fs::write(&segment, &whole).unwrap();
    let next = segment.with_file_name(format!("{}.jsonl", Sequence::new(4).unwrap()));
    fs::write(&next, &whole[..100]).unwrap();
    assert_eq!(open(&folder).end().unwrap().sequence().get(), 4);
    assert_eq!(kinds(&folder).last(), Some(&Kind::Resumed));
    // Zeros, as some file systems leave them, and a kill while they were moved aside.
    fs::write(&next, [0; 5000]).unwrap();
    fs::write(folder.join("x.tearing"), b"{").unwrap();
    drop(open(&folder));
    assert_eq!(kinds(&folder)[3..], [Kind::Resumed, Kind::Resumed]);
}

/// The names and the contents of the files of a folder, but for the lock.
pub fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&file).unwrap()))
        .filter(|(name, _)| name != "lock")
        .collect()
}

#[test]
fn a_whole_line_at_the_end_that_cannot_be_read_stops_the_opening() {
    let folder = folder("unreadable");
    write(&mut open(&folder), 3);
    let segment = TrailFolder::segments(&folder).unwrap().remove(0);
    let whole = fs::read(&segment).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    let third = text.match_indices("api-call.v1").nth(2).unwrap().0;
    let newer = [&text[..third], "api-call.v2", &text[third + 11..]].concat();
    let long = [text.as_str(), &" ".repeat(limits::MAX_LINE + 1), "\n"].concat();
    let next = format!("{}.jsonl", Sequence::new(4).unwrap());
    for (lines, in_next, fault) in [
        // Somebody else's newer library wrote and acknowledged it.
        (newer.as_str(), None, LineFault::OtherVersion),
        (&[&newer, "{\"torn"].concat(), None, LineFault::OtherVersion),
        (&newer, Some(""), LineFault::OtherVersion),
        (&newer, Some("{\"torn"), LineFault::OtherVersion),
        (&[&text, "\n"].concat(), None, LineFault::Empty),
        (&[&text, "\0\0\n"].concat(), None, LineFault::NotJson { column: 1 }),
        (&long, None, LineFault::TooLong { octets: 1 + (1 << 20) }),
        // A segment is begun when the lines before are whole.
        (&text[..text.len() - 1], Some(""), LineFault::Unterminated),
    ] {
        fs::write(&segment, lines).unwrap();
        let _ = fs::remove_file(folder.join(&next));
        if let Some(octets) = in_next {
            fs::write(folder.join(&next), octets).unwrap();
        }
        let before = contents(&folder);
        match TrailFolder::open(&folder, &source(), at()) {
            Err(FolderError::UnreadableEnd(stated)) => assert_eq!(stated, fault),
            other => panic!("{fault:?}: {other:?}"),
        }
        assert_eq!(contents(&folder), before, "{fault:?}");
    }
    // The lines from 4 on were acknowledged and are not there: their numbers are not given again.
    let _ = fs::remove_file(folder.join(&next));
    for (segments, octets) in [(&[1_u64, 6][..], whole.as_slice()), (&[6], b""), (&[1, 3], &whole)] {
        let _ = fs::remove_file(&segment);
        for number in segments {
            let name = folder.join(format!("{}.jsonl", Sequence::new(*number).unwrap()));
            fs::write(name, if *number == 1 { octets } else { b"{\"torn" }).unwrap();
        }
        let before = contents(&folder);
        assert!(matches!(TrailFolder::open(&folder, &source(), at()), Err(FolderError::MissingLines)));
        assert_eq!(contents(&folder), before);
        fs::remove_file(folder.join(format!("{}.jsonl", Sequence::new(segments[segments.len() - 1]).unwrap())))
            .unwrap();
    }
}

#[test]
fn a_trail_goes_on_behind_lines_that_cannot_be_read_where_its_owner_says_so() {
    let folder = folder("behind");
    write(&mut open(&folder), 3);
    let segment = TrailFolder::segments(&folder).unwrap().remove(0);
    let text = fs::read_to_string(&segment).unwrap();
    let third = text.match_indices("api-call.v1").nth(2).unwrap().0;
    let newer = [&text[..third], "api-call.v2", &text[third + 11..]].concat();
    let long = [text.as_str(), &" ".repeat(limits::MAX_LINE + 1), "\n"].concat();
    let open = || TrailFolder::open_behind_unreadable(&folder, &source(), at());
    let next = |number: u64| folder.join(format!("{}.jsonl", Sequence::new(number).unwrap()));
    for (lines, in_next, number, unreadable) in [
        (text.as_str(), None, 4, 0),
        (&newer, None, 4, 1),
        (&[&newer, "{\"torn"].concat(), None, 5, 1),
        (&newer, Some(""), 4, 1),
        // Pages that were written out of order.
        (&[&text, "\0\0\0\n"].concat(), None, 5, 1),
        (&[&text, "\0\n\0\n"].concat(), None, 6, 2),
        (&text, Some("\0\n"), 5, 1),
        (&newer, Some("\0\n"), 5, 2),
        (&long, None, 5, 1),
    ] {
        for (name, octets) in [(&segment, Some(lines)), (&next(4), in_next)] {
            let _ = fs::remove_file(name);
            octets.into_iter().for_each(|octets| fs::write(name, octets).unwrap());
        }
        let mut trail = open().unwrap().trail;
        assert_eq!(write(&mut trail, 1), number, "{lines:?} {in_next:?}");
        drop(trail);
        let kept = fs::read_to_string(&segment).unwrap();
        assert!(kept.starts_with(lines.trim_end_matches("{\"torn")));
        // No number is there twice, and the chain closes over what cannot be read.
        let mut reader = TrailFolder::lines(&folder).unwrap();
        let mut damaged = 0;
        while let Some(line) = reader.next_line().unwrap() {
            assert!(matches!(line.link.order, Order::Start | Order::Next | Order::Unknown), "{:?}", line.link);
            assert!(matches!(line.link.chain, Chain::Start | Chain::Closes | Chain::Unknown), "{:?}", line.link);
            damaged += u64::from(matches!(line.content, Content::Unreadable(_)));
        }
        let mut reader = TrailFolder::lines(&folder).unwrap();
        let manifest = export(&mut reader, &Selection::everything(), &mut Vec::new()).unwrap();
        assert_eq!((manifest.count, manifest.unreadable, damaged), (number, unreadable, unreadable));
        // From now on it opens by itself.
        assert_eq!(TrailFolder::open(&folder, &source(), at()).unwrap().trail.committed(), Sequence::new(number));
    }
    // It states another number than it would get.
    let _ = fs::remove_file(next(4));
    let jumps = newer.replace("\"sequence\":\"00000000000000000003", "\"sequence\":\"00000000000000000007");
    assert_ne!(jumps, newer);
    fs::write(&segment, &jumps).unwrap();
    assert!(matches!(open(), Err(FolderError::UnreadableEnd(LineFault::OtherVersion))));
    // So does the first line of a segment, also behind one that states none. With the number of its place it stays.
    let alone = |sequence: u64| {
        let stated = format!("\"sequence\":\"{}", Sequence::new(sequence).unwrap());
        jumps.lines().last().unwrap().replace("\"sequence\":\"00000000000000000007", &stated) + "\n"
    };
    for (lines, number) in [
        (alone(7), None),
        (alone(5), None),
        (["\0\n", &alone(4)].concat(), None),
        (["\0\n", &alone(7)].concat(), None),
        (alone(4), Some(5)),
    ] {
        fs::write(&segment, &text).unwrap();
        fs::write(next(4), &lines).unwrap();
        match (open(), number) {
            (Err(FolderError::UnreadableEnd(LineFault::OtherVersion)), None) => {}
            (Ok(opened), Some(number)) => assert_eq!(opened.trail.end().unwrap().sequence().get() + 1, number),
            (opened, _) => panic!("{lines}: {opened:?}"),
        }
    }
}

#[test]
fn octets_that_are_torn_twice_at_one_place_are_kept_twice() {
    let folder = folder("torn-twice");
    write(&mut open(&folder), 2);
    let segment = TrailFolder::segments(&folder).unwrap().remove(0);
    let whole = fs::read(&segment).unwrap();
    let tear = |torn: &str| fs::write(&segment, [&whole, torn.as_bytes()].concat()).unwrap();
    let aside = |again: &str, ending: &str| folder.join(format!("{}-{}{again}.{ending}", Sequence::FIRST, whole.len()));
    // A kill came before the record of the first torn line was whole.
    fs::write(aside("", "tearing"), "{\"first").unwrap();
    tear("{\"second");
    drop(open(&folder));
    assert_eq!(fs::read(aside("", "torn")).unwrap(), b"{\"first");
    assert_eq!(fs::read(aside("-2", "torn")).unwrap(), b"{\"second");
    assert_eq!(kinds(&folder)[2..], [Kind::Resumed, Kind::Resumed]);
    // A restored file is torn there again.
    tear("{\"third");
    drop(open(&folder));
    assert_eq!(fs::read(aside("", "torn")).unwrap(), b"{\"first");
    assert_eq!(fs::read(aside("-3", "torn")).unwrap(), b"{\"third");
    // Kills while octets were moved aside, and before they were cut back: they are told once.
    fs::write(aside("-4", "unfinished"), "{\"fo").unwrap();
    fs::write(aside("-4", "tearing"), "{\"fourth").unwrap();
    tear("{\"fourth");
    drop(open(&folder));
    assert_eq!(fs::read(aside("-4", "torn")).unwrap(), b"{\"fourth");
    assert_eq!(kinds(&folder)[2..], [Kind::Resumed]);
    assert!(!aside("-5", "torn").exists());
}

#[test]
fn torn_octets_are_erased_with_the_record_that_tells_of_them() {
    let folder = folder("torn-erased");
    write(&mut open(&folder), 2);
    let segment = TrailFolder::segments(&folder).unwrap().remove(0);
    let whole = fs::read(&segment).unwrap();
    fs::write(&segment, [&whole, b"{\"torn".as_slice()].concat()).unwrap();
    // Kills while lines were erased, and while octets were moved aside.
    let left = ["a.erasing", "b.unfinished"].map(|name| folder.join(name));
    left.iter().for_each(|file| fs::write(file, &whole).unwrap());
    let mut trail = open(&folder);
    let torn = folder.join(format!("{}-{}.torn", Sequence::FIRST, whole.len()));
    assert!(torn.exists());
    // One that no record tells of is for somebody to look at.
    fs::write(folder.join("other.torn"), b"other").unwrap();
    assert_eq!(trail.erase(&Erasure::of_person(person(), seed())).unwrap().left, 3);
    assert!(torn.exists());
    assert!(left.iter().all(|file| !file.exists()));
    let past = |time: &str| Erasure::past(Retention::named("BE-EBOX").unwrap(), time.parse().unwrap());
    trail.erase(&past("2036-12-31T22:59:59Z")).unwrap();
    assert!(torn.exists());
    assert_eq!(trail.erase(&past("2036-12-31T23:00:00Z")).unwrap().lines, 3);
    assert!(!torn.exists() && folder.join("other.torn").exists());
}

#[test]
fn a_folder_is_made_with_those_that_it_lies_in() {
    let folder = folder("made").join("of").join("several");
    assert_eq!(write(&mut open(&folder), 1), 1);
    assert_eq!(write(&mut open(&folder), 1), 2);
    let file = folder.join("file");
    fs::write(&file, b"").unwrap();
    assert!(matches!(TrailFolder::open(file.join("trail"), &source(), at()), Err(FolderError::Io(_))));
}

#[test]
fn a_segment_that_a_kill_left_empty_is_written_to_after_a_rotation() {
    let folder = folder("empty");
    assert_eq!(write(&mut open(&folder), 2), 2);
    // A kill, or a full disk, came between making the file and writing to it.
    fs::write(folder.join(format!("{}.jsonl", Sequence::new(3).unwrap())), b"").unwrap();
    let mut trail = open(&folder);
    trail.rotate().unwrap();
    let nobody = Erasure::of_person(person(), seed());
    assert_eq!(trail.erase(&nobody).unwrap().left, 2);
    assert_eq!(write(&mut trail, 2), 4);
    drop(trail);
    assert_eq!(kinds(&folder), [Kind::ApiCall; 4]);
    assert_eq!(TrailFolder::segments(&folder).unwrap().len(), 2);
}

/// Octets in memory, and how often they were synced.
#[derive(Default)]
struct Synced {
    octets: Vec<u8>,
    syncs: usize,
}

impl Sink for Synced {
    fn append(&mut self, first: Sequence, lines: &[u8]) -> io::Result<()> {
        Sink::append(&mut self.octets, first, lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.syncs += 1;
        Ok(())
    }
}

#[test]
fn what_was_read_counts_as_committed_only_after_a_sync() {
    let lines = calls(2);
    let mut reader = LineReader::new(lines.as_slice());
    reader.next_line().unwrap();
    let end = TrailEnd::of(&reader.next_line().unwrap().unwrap()).unwrap();
    // A kill may have come between the write and the sync: a loss of power would take these lines.
    let mut trail = Trail::resume(&source(), Synced::default(), end);
    assert_eq!(trail.committed(), None);
    assert_eq!(trail.commit().unwrap(), Sequence::new(2));
    assert_eq!(trail.commit().unwrap(), trail.committed());
    assert_eq!(trail.into_sink().syncs, 1);
    // A folder is synced when it is opened.
    let folder = folder("committed");
    write(&mut open(&folder), 3);
    assert_eq!(open(&folder).committed(), Sequence::new(3));
}

#[test]
#[cfg(target_os = "linux")]
fn after_a_failed_sync_the_octets_are_written_anew() {
    use std::os::unix::fs::{MetadataExt, symlink};

    let folder = folder("unsynced");
    assert_eq!(write(&mut open(&folder), 3), 3);
    let segment = TrailFolder::segments(&folder).unwrap().remove(0);
    let file = |path: &Path| fs::metadata(path).unwrap().ino();
    let first = file(&segment);
    drop(open(&folder));
    assert_eq!(file(&segment), first);
    // A device that takes octets and cannot be synced stands where the next segment was begun.
    let device = folder.join(format!("{}.jsonl", Sequence::new(4).unwrap()));
    symlink("/dev/null", &device).unwrap();
    let error = TrailFolder::open(&folder, &source(), at()).unwrap_err();
    assert!(matches!(error, FolderError::Trail(TrailError::Sync(_))), "{error:?}");
    fs::remove_file(&device).unwrap();
    // Another sync of the same file could come back without having written what was lost.
    let whole = fs::read(&segment).unwrap();
    fs::write(&segment, [&whole, b"{\"torn".as_slice()].concat()).unwrap();
    let opened = TrailFolder::open(&folder, &source(), at()).unwrap();
    assert_eq!((opened.torn_octets, opened.damaged_lines), (6, 0));
    let second = file(&segment);
    assert_ne!(second, first);
    let mut trail = opened.trail;
    assert_eq!(write(&mut trail, 1), 5);
    drop(trail);
    drop(open(&folder));
    assert_eq!(file(&segment), second);
    assert_eq!(kinds(&folder).len(), 5);
    assert_eq!(fs::read(&segment).unwrap()[..whole.len()], whole);
}

#[test]
fn damage_before_the_end_is_told_and_not_touched() {
    let folder = folder("damage");
    write(&mut open(&folder), 4);
    let segment = TrailFolder::segments(&folder).unwrap().remove(0);
    let mut octets = fs::read(&segment).unwrap();
    let second = octets.iter().position(|octet| *octet == b'\n').unwrap() + 1;
    octets[second] = b'x';
    fs::write(&segment, &octets).unwrap();
    let opened = TrailFolder::open(&folder, &source(), at()).unwrap();
    // The line itself, and the one behind it, which is not behind what it says.
    assert_eq!((opened.torn_octets, opened.damaged_lines), (0, 2));
    drop(opened);
    assert_eq!(fs::read(&segment).unwrap(), octets);
}

/// What the tests below start in another process: it writes until it is killed, and says what it acknowledges.
#[test]
#[ignore = "it is started by other tests"]
fn writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os("RECOMMANDE_TRAIL_FOLDER") else { return };
    let opened = TrailFolder::open(folder, &source(), at()).unwrap();
    let mut trail = opened.trail.with_segment_octets(20_000);
    let acknowledge = |sequence: Option<Sequence>| {
        println!("acknowledged {}", sequence.map_or(0, Sequence::get));
        io::stdout().flush().unwrap();
    };
    // Another thread makes some of the lines durable, while this one appends the next ones.
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Commit>(1);
    std::thread::spawn(move || {
        for commit in receiver {
            match commit.finish() {
                Ok(sequence) => acknowledge(sequence),
                Err(TrailError::Stopped) => return,
                Err(error) => panic!("{error}"),
            }
        }
    });
    for round in 1_u64.. {
        for number in 0..(round % 7) {
            let time = at() + TimeDelta::milliseconds(i64::try_from(round * 10 + number).unwrap());
            trail.append(&Record::api_call(occurrence(1), call().0, call().1), time).unwrap();
        }
        let written = match round % 2 {
            0 => trail.commit().map(acknowledge),
            _ => trail.begin_commit().map(|commit| sender.send(commit).unwrap()),
        };
        match written {
            Ok(()) => {}
            Err(TrailError::Write(error)) => return println!("full {:?}", error.kind()),
            Err(error) => panic!("{error}"),
        }
    }
}

const WRITER: [&str; 4] = ["--exact", "audit_folders::writes_until_it_is_killed", "--ignored", "--nocapture"];

/// The last number that was acknowledged in what a writer printed.
fn acknowledged(printed: &str) -> u64 {
    let words: Vec<_> = printed.split_whitespace().collect();
    let numbers = words.windows(2).filter(|pair| pair[0] == "acknowledged").map(|pair| pair[1].parse().unwrap());
    numbers.max().unwrap_or(0)
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let folder = folder("killed");
    let mut survived = 0;
    for round in 0..10_u64 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(WRITER)
            .env("RECOMMANDE_TRAIL_FOLDER", &folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(writer.stdout.take().unwrap());
        // It has begun, and is then killed at some moment.
        let mut first = String::new();
        while !first.contains("acknowledged") && printed.read_line(&mut first).unwrap() > 0 {}
        std::thread::sleep(Duration::from_micros(round * 7_919 % 23_000));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let mut lines = first;
        for line in printed.lines() {
            lines = lines + "\n" + &line.unwrap();
        }
        // A line this short reaches a pipe as a whole or not at all.
        let durable = acknowledged(&lines);
        let end = open(&folder).end().unwrap().sequence().get();
        assert!(end >= durable, "{durable} was acknowledged, and {end} is the last");
        assert!(durable >= survived && durable > 0, "{durable} behind {survived}");
        survived = end;
    }
    assert_eq!(u64::try_from(kinds(&folder).len()).unwrap(), survived);
}

#[test]
#[cfg(unix)]
fn a_full_disk_stops_the_trail_and_keeps_what_was_acknowledged() {
    let folder = folder("full");
    fs::create_dir_all(&folder).unwrap();
    // No file grows beyond 16 blocks: the writer is told and not killed.
    let limited = "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"";
    let writer = Command::new("sh")
        .args(["-c", limited])
        .arg(std::env::current_exe().unwrap())
        .args(WRITER)
        .env("RECOMMANDE_TRAIL_FOLDER", &folder)
        .output()
        .unwrap();
    let printed = String::from_utf8(writer.stdout).unwrap();
    assert!(printed.contains("full"), "{printed}");
    let durable = acknowledged(&printed);
    let opened = TrailFolder::open(&folder, &source(), at()).unwrap();
    assert!(durable > 3 && opened.torn_octets > 0, "{durable}");
    drop(opened);
    let kinds = kinds(&folder);
    assert!(u64::try_from(kinds.len()).unwrap() > durable);
    assert_eq!(kinds.last(), Some(&Kind::Resumed));
}

#[test]
fn lines_of_all_segments_are_read_while_somebody_writes() {
    let folder = folder("reading");
    let mut trail = open(&folder);
    write(&mut trail, 2);
    let mut lines = TrailFolder::lines(&folder).unwrap();
    assert!(lines.next_line().unwrap().is_some());
    write(&mut trail, 2);
    assert_eq!(kinds(&folder).len(), 4);
    assert!(TrailFolder::lines(&folder.join("absent")).is_err());
    let nothing = LineReader::new(io::empty()).next_line().unwrap().is_none();
    assert!(nothing);
}
