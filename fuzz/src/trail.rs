//! Lines of audit trails, and what lies beside their exports.

use std::io::Read;

use recommande::audit::{
    ActorDisclosure, BatchReader, Content, LineHash, LineReader, Manifest, Record, RecordError, Selection, Trail,
    TrailError, export, limits,
};

/// Every line is told once, with the hash of its octets. A record that was read is written and read the same. An export of
/// everything has as many lines. A batch is read to its end, or its error comes again. Manifests and disclosures that were read are written and read the same.
pub fn audit_lines(input: &[u8]) {
    let (mut reader, mut lines) = (LineReader::new(input), 0);
    let mut position = 0;
    while let Some(line) = reader.next_line().expect("memory") {
        lines += 1;
        assert_eq!(line.number, lines);
        match &line.content {
            Content::Entry(entry) => {
                assert_eq!(line.hash, LineHash::of(line.octets()));
                assert!(line.octets().len() <= limits::MAX_LINE);
                rewritten(entry.record(), entry.recorded_time(), entry.source());
            }
            Content::LeftOut(left_out) => drop(left_out.sequence.to_string()),
            Content::Unreadable(unreadable) => {
                drop((unreadable.fault.to_string(), format!("{unreadable:?}")));
                if line.octets().len() <= limits::MAX_LINE {
                    assert_eq!(line.hash, LineHash::of(line.octets()));
                }
            }
        }
        position += line.octets().len() + usize::from(line.is_terminated());
    }
    assert_eq!(reader.position(), u64::try_from(position).expect("a length"));
    assert_eq!(position, input.len());
    exported(input, lines);
    let mut of_batch = LineReader::new(BatchReader::new(input));
    while of_batch.next_line().is_ok_and(|line| line.is_some()) {}
    // What is no batch ends with an error, which comes again.
    let is_batch = BatchReader::new(input).read_to_end(&mut Vec::new()).is_ok();
    assert_eq!(of_batch.next_line().is_ok(), is_batch);
    if let Ok(manifest) = Manifest::from_json(input) {
        let again = Manifest::from_json(&manifest.to_json()).expect("what was written can be read");
        assert!(again == manifest);
    }
    if let Some(disclosure) = ActorDisclosure::from_json(input) {
        let again = ActorDisclosure::from_json(&disclosure.to_json()).expect("what was written can be read");
        assert_eq!(again.to_json(), disclosure.to_json());
    }
}

fn rewritten(record: &Record<'_>, recorded: chrono::DateTime<chrono::Utc>, source: &recommande::audit::Source) {
    let mut trail = Trail::begin(source, Vec::new());
    match trail.append(record, recorded) {
        Ok(_) => {}
        // The line may be longer than it was: white space is none, but what was escaped may be.
        Err(TrailError::Record(RecordError::TooLong { .. })) => return,
        Err(error) => panic!("{error}"),
    }
    trail.commit().expect("memory");
    let written = trail.into_sink();
    let batch = [b"[", written.trim_ascii_end(), b"]"].concat();
    let mut of_batch = Vec::new();
    BatchReader::new(batch.as_slice()).read_to_end(&mut of_batch).expect("a batch of one line");
    assert!(of_batch == written);
    let mut reader = LineReader::new(written.as_slice());
    let line = reader.next_line().expect("memory").expect("a line");
    let Content::Entry(entry) = line.content else { panic!("what was written cannot be read") };
    assert!(entry.record() == record && entry.recorded_time() == recorded && entry.source() == source);
}

fn exported(input: &[u8], lines: u64) {
    let mut out = Vec::new();
    let Ok(manifest) = export(&mut LineReader::new(input), &Selection::everything(), &mut out) else { return };
    assert_eq!(manifest.count, lines);
    assert_eq!(manifest.export_digest, LineHash::of(&out));
    assert!(Manifest::from_json(&manifest.to_json()).is_ok_and(|read| read == manifest));
    let mut reader = LineReader::new(out.as_slice());
    let mut shown = 0;
    while let Some(line) = reader.next_line().expect("memory") {
        shown += u64::from(matches!(line.content, Content::Entry(_)));
    }
    assert_eq!(shown, manifest.count - manifest.left_out);
}
