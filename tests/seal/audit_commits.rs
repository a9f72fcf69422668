//! Threads that share a trail: one makes lines durable while others append.

use std::sync::Mutex;

use recommande::audit::{FolderError, Kind, Record, Sequence, TrailFolder};

use crate::audit_folders::{folder, kinds, open, write};
use crate::common::trails::{at, call, occurrence, source};

#[test]
fn threads_append_while_others_wait_and_nothing_is_acknowledged_before_it_is_durable() {
    let folder = folder("threads");
    let trail = Mutex::new(open(&folder).with_segment_octets(20_000));
    let record_and_wait = |number: u8| {
        let (sequence, commit) = {
            let mut trail = trail.lock().unwrap();
            let record = Record::api_call(occurrence(number), call().0, call().1);
            let sequence = trail.append(&record, at()).unwrap();
            (sequence, trail.begin_commit().unwrap())
        };
        let durable = commit.finish().unwrap();
        assert!(durable >= Some(sequence), "{durable:?} is before {sequence:?}");
        assert!(trail.lock().unwrap().committed() >= durable);
        sequence.get()
    };
    let mut sequences = std::thread::scope(|scope| {
        let record_and_wait = &record_and_wait;
        let threads: Vec<_> =
            (0..4_u8).map(|_| scope.spawn(move || (0..40).map(record_and_wait).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    sequences.sort_unstable();
    assert!(sequences.into_iter().eq(1..=160));
    assert_eq!(trail.into_inner().unwrap().commit().unwrap(), Sequence::new(160));
    assert!(TrailFolder::segments(&folder).unwrap().len() > 1);
    assert_eq!(kinds(&folder), [Kind::ApiCall; 160]);
}

#[test]
fn a_commit_is_of_the_lines_before_it_and_outlives_what_follows() {
    let folder = folder("begun");
    let mut trail = open(&folder);
    assert_eq!(trail.begin_commit().unwrap().finish().unwrap(), None);
    let append = |trail: &mut recommande::audit::Trail<TrailFolder>, number| {
        trail.append(&Record::api_call(occurrence(number), call().0, call().1), at()).unwrap();
    };
    append(&mut trail, 1);
    let first = trail.begin_commit().unwrap();
    append(&mut trail, 2);
    let second = trail.begin_commit().unwrap();
    assert_eq!(trail.committed(), None);
    // The later one makes both durable, and the earlier one takes nothing back.
    assert_eq!(second.finish().unwrap(), Sequence::new(2));
    assert_eq!(first.finish().unwrap(), Sequence::new(1));
    assert_eq!(trail.committed(), Sequence::new(2));
    append(&mut trail, 3);
    let third = trail.begin_commit().unwrap();
    trail.rotate().unwrap();
    assert_eq!(write(&mut trail, 1), 4);
    drop(trail);
    // Whoever still waits for lines keeps the folder.
    assert!(matches!(TrailFolder::open(&folder, &source(), at()), Err(FolderError::InUse)));
    assert_eq!(third.finish().unwrap(), Sequence::new(3));
    assert_eq!(write(&mut open(&folder), 1), 5);
    assert_eq!(kinds(&folder), [Kind::ApiCall; 5]);
}
