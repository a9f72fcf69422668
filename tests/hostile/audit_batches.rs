//! Batches of events are read as the lines that they are made of, and what is no batch is told.

use std::io::{BufReader, ErrorKind, Read};

use recommande::audit::{BatchReader, Chain, Content, LineFault, LineHash, LineReader, limits};

use crate::common::trails::calls;

/// What was read of a batch: of each line its fault and its chain, and the error at the end.
fn read(batch: &[u8]) -> (Vec<(Option<LineFault>, Chain)>, Option<ErrorKind>) {
    // In pieces of one octet it is the same.
    let whole = read_from(LineReader::new(BatchReader::new(batch)));
    let by_octet = read_from(LineReader::new(BatchReader::new(BufReader::with_capacity(1, batch))));
    assert_eq!(whole, by_octet);
    whole
}

fn read_from(mut reader: LineReader<impl std::io::BufRead>) -> (Vec<(Option<LineFault>, Chain)>, Option<ErrorKind>) {
    let mut lines = Vec::new();
    loop {
        match reader.next_line() {
            Ok(Some(line)) => {
                let fault = match line.content {
                    Content::Unreadable(unreadable) => Some(unreadable.fault),
                    Content::Entry(_) | Content::LeftOut(_) => None,
                };
                lines.push((fault, line.link.chain));
            }
            Ok(None) => return (lines, None),
            Err(error) => return (lines, Some(error.kind())),
        }
    }
}

fn three() -> [String; 3] {
    let text = String::from_utf8(calls(3)).unwrap();
    text.lines().map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn a_batch_of_unchanged_lines_is_the_trail_octet_by_octet() {
    let [first, second, third] = three();
    let closes = [(None, Chain::Start), (None, Chain::Closes), (None, Chain::Closes)];
    for (open, comma, close) in [("[", ",", "]"), ("[\n  ", "\n,\r\n\t", " \n]\n"), ("\r\n [", " , ", "]  ")] {
        let batch = format!("{open}{first}{comma}{second}{comma}{third}{close}");
        let mut lines = Vec::new();
        BatchReader::new(batch.as_bytes()).read_to_end(&mut lines).unwrap();
        assert_eq!(lines, calls(3));
        assert_eq!(read(batch.as_bytes()), (closes.to_vec(), None));
    }
    for empty in ["[]", " [ \n] "] {
        assert_eq!(read(empty.as_bytes()), (vec![], None));
    }
    // Also a line that is left out, and texts with all that a batch is made of.
    let left_out =
        format!("{{\"sequence\":\"{}2\",\"lineHash\":\"{}\"}}", "0".repeat(19), LineHash::of(second.as_bytes()));
    let batch = format!("[{first},{left_out},{third}]");
    assert_eq!(read(batch.as_bytes()).0[1..], [(None, Chain::Unknown), (None, Chain::Closes)]);
    let tricky = first.replacen('{', r#"{"x":"]},[{\"\\","y":[[{}],"],"],"#, 1);
    assert_eq!(read(format!("[{tricky}]").as_bytes()), (vec![(None, Chain::Start)], None));
}

#[test]
fn events_in_another_form_show_as_changed() {
    let [first, second, third] = three();
    let pretty =
        |line: &str| serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(line).unwrap()).unwrap();
    let batch = format!("[\n{},\n{},\n{}\n]", pretty(&first), pretty(&second), pretty(&third));
    let (lines, error) = read(batch.as_bytes());
    assert_eq!(error, None);
    assert_eq!(lines, [(None, Chain::Start), (None, Chain::Broken), (None, Chain::Broken)]);
    // A line feed within a text is no JSON, and does not become one.
    let broken = first.replace("\"subject\"", "\"sub\nject\"").replace("\"POST\"", "\"PO\nST\"");
    assert!(matches!(read(format!("[{broken}]").as_bytes()).0[0].0, Some(LineFault::NotJson { .. })));
}

#[test]
fn what_is_no_batch_is_told_and_what_is_before_it_is_read() {
    let [first, second, _] = three();
    let one = (None, Chain::Start);
    let (eof, invalid) = (Some(ErrorKind::UnexpectedEof), Some(ErrorKind::InvalidData));
    for (batch, lines, error) in [
        (String::new(), 0, eof),
        ("[".to_owned(), 0, eof),
        (first.clone(), 0, invalid),
        (format!("\u{feff}[{first}]"), 0, invalid),
        (format!("[{first}"), 0, eof),
        (format!("[{first},"), 1, eof),
        (format!("[{first}]{second}"), 1, invalid),
        (format!("[{first}],"), 1, invalid),
        (format!("[{first}][{second}]"), 1, invalid),
    ] {
        assert_eq!(read(batch.as_bytes()), (vec![one.clone(); lines], error), "{batch}");
    }
    let faults = |batch: String| {
        let (lines, error) = read(batch.as_bytes());
        (lines.into_iter().map(|line| line.0).collect::<Vec<_>>(), error)
    };
    let empty = Some(LineFault::Empty);
    assert_eq!(faults(format!("[{first},]")), (vec![None, empty.clone()], None));
    assert_eq!(faults(format!("[,{first}]")), (vec![empty.clone(), None], None));
    assert_eq!(faults(format!("[{first},,{second}]")), (vec![None, empty, None], None));
    assert_eq!(faults(format!("[{first},{}", &second[..99])), (vec![None], eof));
    let cut = format!("[{first},{second}");
    assert_eq!(
        BatchReader::new(cut.as_bytes()).read_to_end(&mut Vec::new()).unwrap_err().kind(),
        ErrorKind::UnexpectedEof
    );
    assert_eq!(faults(format!("[1,[{first}],\"x\"]")).0, vec![Some(LineFault::WrongType); 3]);
    assert!(matches!(faults(format!("[{first} {second}]")).0[..], [Some(LineFault::NotJson { .. })]));
    assert!(matches!(faults(format!("[{{],{first}]")).0[..], [Some(LineFault::NotJson { .. }), None]));
}

#[test]
fn a_batch_of_any_size_takes_constant_memory() {
    let [first, _, _] = three();
    let octets = 100 << 20;
    let long = std::io::repeat(b'[').take(octets - 2);
    let batch = b"[".as_slice().chain(first.as_bytes()).chain(b",\"".as_slice()).chain(long).chain(b"\"]".as_slice());
    let mut reader = LineReader::new(BatchReader::new(BufReader::new(batch)));
    assert!(matches!(reader.next_line().unwrap().unwrap().content, Content::Entry(_)));
    let line = reader.next_line().unwrap().unwrap();
    assert!(line.octets().len() <= limits::MAX_LINE + 1);
    let Content::Unreadable(unreadable) = &line.content else { panic!() };
    assert_eq!(unreadable.fault, LineFault::TooLong { octets });
    assert!(reader.next_line().unwrap().is_none());
}
