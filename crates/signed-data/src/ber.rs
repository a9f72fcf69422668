//! The normaliser from BER to definite lengths.
//!
//! [RFC 5652](https://www.rfc-editor.org/rfc/rfc5652#section-5.1) lets a SignedData be BER. Its parts that are signed or hashed are
//! DER, or are hashed by their contents octets alone, so that the outer coding may change as long as nothing inside
//! does. The normaliser rewrites what a reader of definite lengths cannot read and copies every other octet:
//!
//! - indefinite lengths become definite ones, and the lengths around them are adapted (in the shortest form);
//! - a constructed OCTET STRING (universal class) becomes a primitive one, its segments joined;
//! - an element that needs neither is copied as it is, also where its length is coded longer than necessary;
//! - the order of elements never changes.
//!
//! Input in which nothing has to change takes one pass over the headers and no copy. Other input takes two more passes,
//! each over every octet at most once. Nothing recurses.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind};
use crate::format::other_format;
use crate::limits;
use crate::tlv::{Tag, push_length, read_header};

const CONSTRUCTED_OCTET_STRING: Tag = Tag(0x24);

/// Turns BER into definite lengths and primitive OCTET STRINGs (X.690 §8.1.3.6, §8.7). The result borrows the input when
/// nothing has to change.
///
/// The input is exactly one element. Normalising twice is the same as normalising once.
///
/// # Errors
/// `OtherFormat`; `Truncated` and `TrailingData`; `IndefiniteLength` for a primitive element with an indefinite length;
/// `UnexpectedTag` for a segment of an OCTET STRING that is none; `InvalidValue` for end-of-contents octets in the
/// wrong place; `LengthOverflow`; `Limit` beyond [`limits::MAX_INPUT`], [`limits::MAX_DEPTH`] or
/// [`limits::MAX_REWRITTEN`].
pub fn normalize(input: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if input.len() > limits::MAX_INPUT {
        return Err(limit(0, "octets of input", limits::MAX_INPUT));
    }
    // Most input is DER, in which nothing changes; that is told without keeping account of every element.
    if is_definite(input) {
        return Ok(Cow::Borrowed(input));
    }
    let nodes = Scan::new(input).run().map_err(|error| other_format(input).unwrap_or(error))?;
    Ok(if nodes.is_empty() { Cow::Borrowed(input) } else { Cow::Owned(write(input, &nodes)) })
}

/// Returns the elements inside a constructed element, each as received, in whatever form their lengths are.
///
/// It serves structures around something whose octets must be kept, such as the token in a response.
///
/// # Errors
/// The same as for [`normalize`]; `UnexpectedTag` for a primitive element; `Limit` beyond [`limits::MAX_ELEMENTS`].
pub fn children(input: &[u8]) -> Result<Vec<&[u8]>, Error> {
    if input.len() > limits::MAX_INPUT {
        return Err(limit(0, "octets of input", limits::MAX_INPUT));
    }
    let mut scan = Scan::new(input);
    scan.children = Some(Vec::new());
    match input.first() {
        Some(first) if !Tag(*first).is_constructed() => {
            let kind = ErrorKind::UnexpectedTag { expected: Tag::SEQUENCE.0, found: *first };
            Err(other_format(input).unwrap_or_else(|| scan.error(kind)))
        }
        _ => {
            let ends =
                scan.run_to_end().map_err(|error| other_format(input).unwrap_or(error))?.children.unwrap_or_default();
            Ok(ends.into_iter().map(|(start, end)| input.get(start..end).unwrap_or_default()).collect())
        }
    }
}

/// Whether this is exactly one element in which nothing has to change.
///
/// The answer is no as well when the input is ill-formed or nested too deeply: the scan says what is wrong and where.
fn is_definite(input: &[u8]) -> bool {
    // What follows each open element, the outermost first.
    let mut open: Vec<&[u8]> = Vec::with_capacity(limits::MAX_DEPTH);
    let mut rest = input;
    loop {
        let Ok((tag, header, Some(length))) = read_header(rest) else { return false };
        let Some((contents, after)) = rest.get(header..).and_then(|value| value.split_at_checked(length)) else {
            return false;
        };
        if tag.0 == 0 || tag == CONSTRUCTED_OCTET_STRING {
            return false;
        }
        if !tag.is_constructed() {
            rest = after;
        } else if open.len() < limits::MAX_DEPTH {
            open.push(after);
            rest = contents;
        } else {
            return false;
        }
        while rest.is_empty() {
            let Some(after) = open.pop() else { return true };
            rest = after;
        }
        if open.is_empty() {
            return false;
        }
    }
}

/// A constructed element whose coding changes, or inside which one changes. Offsets are into the input.
struct Node {
    start: usize,
    contents: usize,
    contents_end: usize,
    /// After the end-of-contents octets, if there are any.
    end: usize,
    /// Length of its contents when written.
    written: usize,
}

/// An element that has been opened and not yet closed.
struct Frame {
    tag: Tag,
    start: usize,
    contents: usize,
    indefinite: bool,
    /// Where it must have ended: the end of the nearest element around it whose length is known.
    limit: usize,
    /// Its place in the list of nodes, should it be one.
    node: usize,
    rewritten: bool,
    /// Octets that the rewritten children (or, of an OCTET STRING, the segments) had and will have.
    before: usize,
    after: usize,
}

/// The first pass: finds what has to change, and how long it will be.
struct Scan<'a> {
    input: &'a [u8],
    position: usize,
    open: Vec<Frame>,
    /// In the order of their starts.
    nodes: Vec<Node>,
    /// Where the elements inside the outermost one are, if that was asked for.
    children: Option<Vec<(usize, usize)>>,
}

impl<'a> Scan<'a> {
    fn new(input: &'a [u8]) -> Self {
        Self { input, position: 0, open: Vec::new(), nodes: Vec::new(), children: None }
    }

    fn run(self) -> Result<Vec<Node>, Error> {
        self.run_to_end().map(|scan| scan.nodes)
    }

    fn run_to_end(mut self) -> Result<Self, Error> {
        loop {
            while self.open.last().is_some_and(|frame| !frame.indefinite && self.position == frame.limit) {
                self.close(self.position)?;
            }
            if self.position != 0 && self.open.is_empty() {
                break;
            }
            self.element()?;
        }
        if self.position == self.input.len() { Ok(self) } else { Err(self.error(ErrorKind::TrailingData)) }
    }

    /// Reads one header; a primitive element is passed, a constructed one opened.
    fn element(&mut self) -> Result<(), Error> {
        let bound = self.open.last().map_or(self.input.len(), |frame| frame.limit);
        let rest = self.input.get(self.position..bound).unwrap_or_default();
        let (tag, header, length) = read_header(rest).map_err(|kind| self.error(kind))?;
        if tag.0 == 0 {
            return self.end_of_contents(length);
        }
        let in_octet_string = self.open.last().is_some_and(|frame| frame.tag == CONSTRUCTED_OCTET_STRING);
        if in_octet_string && tag != Tag::OCTET_STRING && tag != CONSTRUCTED_OCTET_STRING {
            return Err(self.error(ErrorKind::UnexpectedTag { expected: Tag::OCTET_STRING.0, found: tag.0 }));
        }
        let contents = self.position + header;
        let end = match length {
            Some(length) => contents
                .checked_add(length)
                .ok_or_else(|| self.error(ErrorKind::LengthOverflow))
                .and_then(|end| if end <= bound { Ok(end) } else { Err(self.error(ErrorKind::Truncated)) })?,
            None if tag.is_constructed() => bound,
            None => return Err(self.error(ErrorKind::IndefiniteLength)),
        };
        if !tag.is_constructed() {
            if let (true, Some(frame)) = (in_octet_string, self.open.last_mut()) {
                frame.after += end - contents;
            }
            let start = self.position;
            self.position = end;
            return self.child(start);
        }
        if self.open.len() >= limits::MAX_DEPTH {
            return Err(limit(self.position, "nested elements", limits::MAX_DEPTH));
        }
        let indefinite = length.is_none();
        self.open.push(Frame {
            tag,
            start: self.position,
            contents,
            indefinite,
            limit: end,
            node: self.nodes.len(),
            rewritten: indefinite || tag == CONSTRUCTED_OCTET_STRING,
            before: 0,
            after: 0,
        });
        // Its place among the nodes is kept for it: its children, which end before it, start after it.
        if self.nodes.len() >= limits::MAX_REWRITTEN + limits::MAX_DEPTH {
            return Err(limit(self.position, "elements to be rewritten", limits::MAX_REWRITTEN));
        }
        self.nodes.push(Node { start: self.position, contents, contents_end: 0, end: 0, written: 0 });
        self.position = contents;
        Ok(())
    }

    fn end_of_contents(&mut self, length: Option<usize>) -> Result<(), Error> {
        let closes = self.open.last().is_some_and(|frame| frame.indefinite);
        // Exactly 00 00: a longer form of the length is no end-of-contents (X.690 §8.1.5).
        let exact = self.input.get(self.position..).is_some_and(|rest| rest.starts_with(&[0, 0]));
        if !closes || !exact || length != Some(0) {
            return Err(self.error(ErrorKind::InvalidValue("end-of-contents")));
        }
        let contents_end = self.position;
        self.position += 2;
        self.close(contents_end)
    }

    /// Closes the innermost open element, which ends at the present position.
    fn close(&mut self, contents_end: usize) -> Result<(), Error> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        self.child(frame.start)?;
        if !frame.rewritten {
            self.nodes.truncate(frame.node);
            return Ok(());
        }
        let octet_string = frame.tag == CONSTRUCTED_OCTET_STRING;
        let written =
            if octet_string { frame.after } else { contents_end - frame.contents - frame.before + frame.after };
        if let Some(node) = self.nodes.get_mut(frame.node) {
            (node.contents_end, node.end, node.written) = (contents_end, self.position, written);
        }
        if octet_string {
            self.nodes.truncate(frame.node + 1);
        }
        let identifier = identifier_length(self.input, frame.start);
        if let Some(parent) = self.open.last_mut() {
            if parent.tag == CONSTRUCTED_OCTET_STRING {
                parent.after += written;
            } else {
                parent.rewritten = true;
                parent.before += self.position - frame.start;
                parent.after += identifier + length_octets(written) + written;
            }
        }
        Ok(())
    }

    /// Notes an element that ends at the present position.
    fn child(&mut self, start: usize) -> Result<(), Error> {
        if let (1, Some(children)) = (self.open.len(), &mut self.children) {
            if children.len() >= limits::MAX_ELEMENTS {
                return Err(limit(start, "elements", limits::MAX_ELEMENTS));
            }
            children.push((start, self.position));
        }
        Ok(())
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error { what: "BER", offset: self.position, kind }
    }
}

/// The second pass: copies, with new headers for the nodes.
fn write(input: &[u8], nodes: &[Node]) -> Vec<u8> {
    let slice = |from: usize, to: usize| input.get(from..to).unwrap_or_default();
    let mut out = Vec::with_capacity(nodes.first().map_or(0, |node| node.written + 16));
    let mut open: Vec<&Node> = Vec::new();
    let mut position = 0;
    for node in nodes {
        while let Some(done) = open.pop_if(|outer| outer.end <= node.start) {
            out.extend_from_slice(slice(position, done.contents_end));
            position = done.end;
        }
        out.extend_from_slice(slice(position, node.start));
        let identifier = slice(node.start, node.start + identifier_length(input, node.start));
        if identifier == [CONSTRUCTED_OCTET_STRING.0] {
            out.push(Tag::OCTET_STRING.0);
            push_length(&mut out, node.written);
            push_segments(&mut out, slice(node.contents, node.contents_end));
            position = node.end;
        } else {
            out.extend_from_slice(identifier);
            push_length(&mut out, node.written);
            position = node.contents;
            open.push(node);
        }
    }
    while let Some(done) = open.pop() {
        out.extend_from_slice(slice(position, done.contents_end));
        position = done.end;
    }
    out
}

/// Joins the segments of a constructed OCTET STRING that the first pass found to be well-formed: constructed ones are
/// entered by passing their header, end-of-contents octets are passed.
fn push_segments(out: &mut Vec<u8>, mut rest: &[u8]) {
    while let Ok((tag, header, length)) = read_header(rest) {
        let value = rest.get(header..).unwrap_or_default();
        let (segment, after) = match (tag, length) {
            (Tag::OCTET_STRING, Some(length)) => value.split_at_checked(length).unwrap_or((value, &[])),
            _ => (&[][..], value),
        };
        out.extend_from_slice(segment);
        rest = after;
    }
}

fn identifier_length(input: &[u8], start: usize) -> usize {
    let mut octets = input.iter().skip(start);
    match octets.next() {
        Some(first) if first & 0x1f == 0x1f => 2 + octets.take_while(|octet| **octet & 0x80 != 0).count(),
        _ => 1,
    }
}

fn length_octets(length: usize) -> usize {
    let mut out = Vec::with_capacity(9);
    push_length(&mut out, length);
    out.len()
}

fn limit(offset: usize, what: &'static str, limit: usize) -> Error {
    Error { what: "BER", offset, kind: ErrorKind::Limit { what, limit } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(input: &[u8]) -> Vec<u8> {
        let out = normalize(input).expect("well-formed");
        assert!(matches!(out, Cow::Owned(_)));
        assert!(matches!(normalize(&out), Ok(Cow::Borrowed(_))), "not a fixed point");
        out.into_owned()
    }

    fn kind(input: &[u8]) -> ErrorKind {
        normalize(input).expect_err("ill-formed").kind
    }

    /// The short way must never let through what the scan would rewrite or refuse.
    #[test]
    fn the_short_way_agrees_with_the_scan() {
        let agree = |input: &[u8]| {
            let unchanged = Scan::new(input).run().is_ok_and(|nodes| nodes.is_empty());
            assert_eq!(is_definite(input), unchanged, "{input:02x?}");
        };
        let sample = [
            0x30, 0x82, 0x00, 0x16, 0xa0, 0x05, 0x04, 0x03, 0x24, 0x80, 0x00, 0x31, 0x81, 0x02, 0x30, 0x00, 0x1f, 0x81,
            0x05, 0x00, 0xbf, 0x1f, 0x02, 0x05, 0x00, 0x02, 0x00, 0x00,
        ];
        for end in 0..=sample.len() {
            agree(&sample[..end]);
            agree(&[&sample[..end], &[0, 0]].concat());
        }
        for position in 0..sample.len() {
            for octet in 0..=0xff {
                let mut changed = sample;
                changed[position] = octet;
                agree(&changed);
            }
        }
        for depth in [1, 62, 63, 64, 65, 66] {
            let nested = (0..depth).fold(vec![0x05, 0x00], |inner, _| crate::tlv::element(Tag::SEQUENCE, &[&inner]));
            agree(&nested);
        }
        assert!(is_definite(&[0x30, 0x82, 0x00, 0x02, 0x05, 0x00]));
    }

    #[test]
    fn what_needs_no_change_is_borrowed() {
        for input in
            [&[0x05, 0x00][..], &[0x30, 0x00], &[0x30, 0x81, 0x03, 0x04, 0x01, 0x24], &[0x30, 0x02, 0x24 | 0x80, 0x00]]
        {
            assert!(matches!(normalize(input), Ok(Cow::Borrowed(out)) if out == input));
        }
    }

    #[test]
    fn indefinite_lengths_become_definite_and_the_rest_stays() {
        // SEQUENCE { [0] { SEQUENCE (length in long form) { INTEGER } }, NULL }
        let input = [0x30, 0x80, 0xa0, 0x80, 0x30, 0x81, 0x03, 0x02, 0x01, 0x05, 0, 0, 0x05, 0x00, 0, 0];
        assert_eq!(owned(&input), [0x30, 0x0a, 0xa0, 0x06, 0x30, 0x81, 0x03, 0x02, 0x01, 0x05, 0x05, 0x00]);
        // A definite length around an indefinite one is adapted.
        assert_eq!(owned(&[0x30, 0x81, 0x06, 0x31, 0x80, 0x05, 0x00, 0, 0]), [0x30, 0x04, 0x31, 0x02, 0x05, 0x00]);
        // Several siblings, with untouched elements before, between and after.
        assert_eq!(
            owned(&[0x30, 0x80, 1, 1, 0, 0x31, 0x80, 0, 0, 1, 1, 0, 0x31, 0x80, 0, 0, 1, 1, 0, 0, 0]),
            [0x30, 13, 1, 1, 0, 0x31, 0, 1, 1, 0, 0x31, 0, 1, 1, 0]
        );
    }

    #[test]
    fn segments_are_joined_also_nested_ones() {
        let input = [
            0x24, 0x80, 0x04, 0x01, b'a', 0x24, 0x80, 0x04, 0x00, 0x24, 0x03, 0x04, 0x01, b'b', 0, 0, 0x04, 0x01, b'c',
            0, 0,
        ];
        assert_eq!(owned(&input), [0x04, 0x03, b'a', b'b', b'c']);
        assert_eq!(owned(&[0x30, 0x04, 0x24, 0x00, 0x24, 0x00]), [0x30, 0x04, 0x04, 0x00, 0x04, 0x00]);
        // Zeros in a segment are contents, not end-of-contents.
        assert_eq!(owned(&[0x24, 0x80, 0x04, 0x02, 0, 0, 0, 0]), [0x04, 0x02, 0, 0]);
        assert_eq!(
            kind(&[0x24, 0x80, 0x02, 0x01, 0x00, 0, 0]),
            ErrorKind::UnexpectedTag { expected: 0x04, found: 0x02 }
        );
    }

    #[test]
    fn lengths_grow_and_shrink_across_the_short_form() {
        for size in [0_usize, 1, 126, 127, 128, 129, 255, 256, 65_535, 65_536] {
            let mut input = vec![0x30, 0x80, 0x24, 0x80];
            for octet in 0..size {
                input.extend([0x04, 0x01, octet.to_le_bytes()[0]]);
            }
            input.extend([0; 4]);
            let mut expected = Vec::new();
            let payload: Vec<u8> = (0..size).map(|octet| octet.to_le_bytes()[0]).collect();
            let mut inner = vec![0x04];
            push_length(&mut inner, size);
            inner.extend(payload);
            expected.push(0x30);
            push_length(&mut expected, inner.len());
            expected.extend(inner);
            assert_eq!(owned(&input), expected);
        }
    }

    #[test]
    fn children_are_as_received() {
        let input = [0x30, 0x80, 0x30, 0x03, 0x02, 0x01, 0x00, 0x30, 0x80, 0x05, 0x00, 0, 0, 0x05, 0x00, 0, 0];
        assert_eq!(children(&input), Ok(vec![&input[2..7], &input[7..13], &input[13..15]]));
        assert_eq!(children(&[0x30, 0x00]), Ok(Vec::new()));
        assert!(children(&[0x05, 0x00]).is_err() && children(&[]).is_err() && children(&[0x30, 0x00, 0x00]).is_err());
    }

    #[test]
    fn high_tag_numbers_are_kept() {
        assert_eq!(
            owned(&[0xbf, 0x81, 0x01, 0x80, 0x9f, 0x1f, 0x00, 0, 0]),
            [0xbf, 0x81, 0x01, 0x03, 0x9f, 0x1f, 0x00]
        );
    }

    #[test]
    fn end_of_contents_only_where_it_belongs() {
        let eoc = ErrorKind::InvalidValue("end-of-contents");
        assert_eq!(kind(&[0x00, 0x00]), eoc);
        assert_eq!(kind(&[0x30, 0x02, 0x00, 0x00]), eoc);
        assert_eq!(kind(&[0x30, 0x80, 0x00, 0x81, 0x00]), eoc);
        assert_eq!(kind(&[0x30, 0x80, 0x00, 0x01, 0x00, 0x00, 0x00]), eoc);
        // The end-of-contents of an element that ends with the one around it.
        assert_eq!(kind(&[0x30, 0x02, 0x31, 0x80, 0x00, 0x00]), ErrorKind::Truncated);
        assert_eq!(kind(&[0x04, 0x80, 0x00, 0x00]), ErrorKind::IndefiniteLength);
    }

    #[test]
    fn hostile_lengths_and_nesting() {
        assert_eq!(kind(&[]), ErrorKind::OtherFormat("an empty file"));
        assert_eq!(kind(&[0x30, 0x00, 0x00]), ErrorKind::TrailingData);
        assert_eq!(kind(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), ErrorKind::Truncated);
        assert_eq!(kind(&[0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]), ErrorKind::LengthOverflow);
        assert!(matches!(kind(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]), ErrorKind::LengthOverflow));
        for nested in [[0x30, 0x80].repeat(10_000), [0x24, 0x80].repeat(10_000)] {
            assert_eq!(kind(&nested), ErrorKind::Limit { what: "nested elements", limit: limits::MAX_DEPTH });
        }
        let many = [&[0x30, 0x80][..], &[0x24, 0x00].repeat(70_000), &[0, 0]].concat();
        assert!(matches!(kind(&many), ErrorKind::Limit { what: "elements to be rewritten", .. }));
        let large = vec![0; limits::MAX_INPUT + 1];
        assert!(matches!(kind(&large), ErrorKind::Limit { what: "octets of input", .. }));
    }

    #[test]
    fn every_truncation_is_an_error() {
        let input = [0x30, 0x80, 0xa0, 0x80, 0x24, 0x80, 0x04, 0x02, 1, 2, 0, 0, 0, 0, 0x31, 0x02, 5, 0, 0, 0];
        for length in 1..input.len() {
            assert_eq!(kind(&input[..length]), ErrorKind::Truncated, "{length}");
        }
    }
}
