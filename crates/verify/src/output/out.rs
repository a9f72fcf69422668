//! Standard output.

use std::io::{self, BufWriter, Write};

/// Standard output. A reader that closed it (`| head`) has read enough, and the exit status still tells the verdict.
pub struct Out(Option<BufWriter<io::Stdout>>);

impl Out {
    /// Opens standard output.
    pub fn new() -> Self {
        Self(Some(BufWriter::new(io::stdout())))
    }

    fn ended(&mut self, result: io::Result<usize>) -> io::Result<Option<usize>> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.0 = None;
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}

impl Write for Out {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let Some(out) = &mut self.0 else { return Ok(octets.len()) };
        let written = out.write(octets);
        Ok(self.ended(written)?.unwrap_or(octets.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(out) = &mut self.0 else { return Ok(()) };
        let flushed = out.flush().map(|()| 0);
        self.ended(flushed).map(drop)
    }
}
