//! Reads the JSON batch of CloudEvents as lines.

use std::fmt;
use std::io::{self, BufRead, Read};

/// Octets are taken from the reader in pieces of at most as many, so that a batch in memory is not copied as a whole.
const PIECE: usize = 1 << 16;

/// Reads a batch as the lines of a trail, in constant memory: a JSON array of events (media type
/// `application/cloudevents-batch+json`, [CloudEvents 1.0.2, JSON Event Format §4](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#4-json-batch-format)).
///
/// Each element becomes a line, octet by octet, so that a batch of unchanged lines reads as the trail does, with the same hashes.
/// White space between elements is left out. A line feed within an element becomes a carriage return, which is white space too;
/// no line that was written has either, so that the hash of such a line is another one.
///
/// What is no batch ends with an error behind the whole elements: `InvalidData` where something is before or behind the array,
/// `UnexpectedEof` where the array is not closed.
///
/// ```
/// use recommande::audit::{BatchReader, LineReader};
///
/// # fn print(batch: impl std::io::BufRead) -> std::io::Result<()> {
/// let mut lines = LineReader::new(BatchReader::new(batch));
/// while let Some(line) = lines.next_line()? {
///     println!("{} {:?}", line.number, line.link.chain);
/// }
/// # Ok(())
/// # }
/// ```
pub struct BatchReader<R> {
    reader: R,
    place: Place,
    /// Lines that were read, of which the first `given` octets were passed on.
    lines: Vec<u8>,
    given: usize,
}

/// A place in the text of a batch.
#[derive(Clone, Copy)]
enum Place {
    /// Before the array.
    Before,
    /// Behind the bracket that opens the array.
    First,
    /// Behind a comma between elements.
    Next,
    /// In an element, within as many brackets and braces of it.
    Element { depth: u64 },
    /// In a text of an element.
    Text { depth: u64 },
    /// In such a text, behind a backslash.
    Escaped { depth: u64 },
    /// Behind the array.
    Behind,
}

impl<R: BufRead> BatchReader<R> {
    /// Reads the batch of this file.
    pub fn new(reader: R) -> Self {
        Self { reader, place: Place::Before, lines: Vec::new(), given: 0 }
    }

    /// Says how the file ends. Of a batch that was cut off between two elements, all elements would be read.
    fn end(&self) -> io::Result<()> {
        match self.place {
            Place::Behind => Ok(()),
            Place::Before
            | Place::First
            | Place::Next
            | Place::Element { .. }
            | Place::Text { .. }
            | Place::Escaped { .. } => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a batch that is not closed")),
        }
    }
}

impl Place {
    /// Takes the next octet, and appends to `lines` what it is there.
    fn follow(self, octet: u8, lines: &mut Vec<u8>) -> io::Result<Self> {
        let is_space = matches!(octet, b' ' | b'\t' | b'\n' | b'\r');
        match (self, octet) {
            // White space between elements is no part of a line.
            (Self::Before | Self::First | Self::Next | Self::Element { depth: 0 } | Self::Behind, _) if is_space => {
                Ok(self)
            }
            (Self::Before, b'[') => Ok(Self::First),
            // Two readers would disagree about what such a file holds.
            (Self::Before | Self::Behind, _) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "something before or behind the array of a batch"))
            }
            (Self::First, b']') => Ok(Self::Behind),
            // An element without octets becomes an empty line, which is told.
            (Self::First | Self::Next | Self::Element { depth: 0 }, b',') => {
                lines.push(b'\n');
                Ok(Self::Next)
            }
            (Self::Next | Self::Element { depth: 0 }, b']') => {
                lines.push(b'\n');
                Ok(Self::Behind)
            }
            (Self::First | Self::Next, _) => Self::Element { depth: 0 }.follow(octet, lines),
            (Self::Element { depth }, _) => {
                push_within(lines, octet);
                Ok(match octet {
                    b'"' => Self::Text { depth },
                    b'{' | b'[' => Self::Element { depth: depth.saturating_add(1) },
                    b'}' | b']' => Self::Element { depth: depth.saturating_sub(1) },
                    _ => self,
                })
            }
            (Self::Text { depth }, _) => {
                push_within(lines, octet);
                Ok(match octet {
                    b'"' => Self::Element { depth },
                    b'\\' => Self::Escaped { depth },
                    _ => self,
                })
            }
            (Self::Escaped { depth }, _) => {
                push_within(lines, octet);
                Ok(Self::Text { depth })
            }
        }
    }
}

/// Appends an octet of an element. A line feed would end the line; within a text neither it nor a carriage return is JSON.
fn push_within(lines: &mut Vec<u8>, octet: u8) {
    lines.push(if octet == b'\n' { b'\r' } else { octet });
}

impl<R: BufRead> BufRead for BatchReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.given >= self.lines.len() {
            self.lines.clear();
            self.given = 0;
            let available = self.reader.fill_buf()?;
            let (mut taken, mut followed) = (0, Ok(()));
            for octet in available.iter().take(PIECE) {
                match self.place.follow(*octet, &mut self.lines) {
                    Ok(place) => (self.place, taken) = (place, taken + 1),
                    Err(error) => {
                        followed = Err(error);
                        break;
                    }
                }
            }
            let is_end = available.is_empty();
            self.reader.consume(taken);
            // The lines before an error come first, and it comes again.
            if self.lines.is_empty() {
                followed?;
            }
            if is_end {
                self.end()?;
                break;
            }
        }
        Ok(self.lines.get(self.given..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.given = self.given.saturating_add(amount);
    }
}

impl<R: BufRead> Read for BatchReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R> fmt::Debug for BatchReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchReader").finish_non_exhaustive()
    }
}
