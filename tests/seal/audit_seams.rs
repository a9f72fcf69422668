//! The seam between the last segment of a trail and the one before it.

use std::fs;
use std::path::{Path, PathBuf};

use recommande::audit::{Erasure, FolderError, TrailFolder};
use recommande::life::Retention;

use super::audit_folders::{contents, folder, kinds, open, write};
use crate::common::trails::{at, source};

/// Three segments of two lines each.
fn segments(name: &str) -> (PathBuf, Vec<PathBuf>) {
    let folder = folder(name);
    let mut trail = open(&folder);
    for _ in 0..3 {
        write(&mut trail, 2);
        trail.rotate().unwrap();
    }
    drop(trail);
    let segments = TrailFolder::segments(&folder).unwrap();
    assert_eq!(segments.len(), 3);
    (folder, segments)
}

/// The opening stops and changes nothing, and whoever has looked at it goes on behind it.
#[track_caller]
fn assert_broken(folder: &Path) {
    let before = contents(folder);
    assert!(matches!(TrailFolder::open(folder, &source(), at()), Err(FolderError::BrokenSeam)));
    assert_eq!(contents(folder), before);
    let mut opened = TrailFolder::open_behind_unreadable(folder, &source(), at()).unwrap();
    assert_eq!((opened.torn_octets, opened.damaged_lines), (0, 1));
    assert_eq!(write(&mut opened.trail, 1), 7);
    drop(opened);
    assert!(before.iter().all(|(name, octets)| contents(folder)[name].starts_with(octets)));
}

#[test]
fn a_segment_that_was_not_begun_behind_the_one_before_it_stops_the_opening() {
    let changed = |name: &str, change: &dyn Fn(String) -> String| {
        let (folder, segments) = segments(name);
        let octets = fs::read_to_string(&segments[1]).unwrap();
        fs::write(&segments[1], change(octets)).unwrap();
        folder
    };
    let last_line = |octets: &str| octets.trim_end().rfind('\n').unwrap() + 1;
    // The last line of the one before was changed, taken away, or lost its line feed.
    assert_broken(&changed("seam-changed", &|octets| {
        let (before, last) = octets.split_at(last_line(&octets));
        [before, &last.replacen("201", "202", 1)].concat()
    }));
    assert_broken(&changed("seam-cut", &|octets| octets[..last_line(&octets)].to_owned()));
    assert_broken(&changed("seam-unterminated", &|octets| octets.trim_end().to_owned()));
    // A whole segment between them is not there.
    let (folder, segments) = segments("seam-removed");
    fs::remove_file(&segments[1]).unwrap();
    assert_broken(&folder);
}

#[test]
fn segments_that_were_moved_elsewhere_and_lines_that_were_erased_leave_the_seam_as_it_is() {
    let (folder, segments) = segments("seam-moved");
    fs::remove_file(&segments[0]).unwrap();
    assert_eq!(write(&mut open(&folder), 1), 7);
    fs::remove_file(&segments[1]).unwrap();
    assert_eq!(write(&mut open(&folder), 1), 8);
    let (folder, _) = self::segments("seam-erased");
    let past = Erasure::past(Retention::named("BE-EBOX").unwrap(), "2036-12-31T23:00:00Z".parse().unwrap());
    assert_eq!(open(&folder).erase(&past).unwrap().lines, 6);
    assert_eq!(write(&mut open(&folder), 1), 7);
}

#[test]
fn a_last_line_of_any_length_is_found() {
    let (folder, segments) = segments("seam-long");
    // A line of another version that is longer than what is read at once.
    let mut octets = fs::read(&segments[1]).unwrap();
    octets.extend([vec![b'x'; 200_000], b"\n".to_vec()].concat());
    fs::write(&segments[1], &octets).unwrap();
    assert_broken(&folder);
    assert_eq!(kinds(&self::segments("seam-whole").0).len(), 6);
}
