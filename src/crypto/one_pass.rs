//! Several digests of one message, in one pass over it.

use std::io::{self, ErrorKind, Read};

use super::algorithm::{Digest, DigestAlgorithm};
use super::hasher::Hasher;

/// The octets that are asked of a reader at once.
pub(crate) const READ_BUFFER: usize = 64 << 10;

/// The octets that all algorithms take in before the next ones, which stay in the cache of the core meanwhile.
const PIECE: usize = 16 << 10;

/// The computation of several digests of one message.
pub(crate) struct OnePass(Vec<Hasher>);

impl OnePass {
    pub(crate) fn new(algorithms: impl IntoIterator<Item = DigestAlgorithm>) -> Self {
        Self(algorithms.into_iter().map(DigestAlgorithm::hasher).collect())
    }

    /// Takes in the next part of the message.
    pub(crate) fn update(&mut self, part: &[u8]) {
        #[cfg(feature = "parallel")]
        if part.len() >= parallel::WORTH_A_THREAD {
            return parallel::update(&mut self.0, part, || {});
        }
        for piece in part.chunks(PIECE) {
            self.0.iter_mut().for_each(|hasher| hasher.update(piece));
        }
    }

    /// Returns the digests of all parts, in the order of the algorithms.
    pub(crate) fn finish(self) -> Vec<Digest> {
        self.0.into_iter().map(Hasher::finish).collect()
    }

    /// Takes in everything that `reader` gives, in constant memory. `progress` is told the octets read so far, after
    /// each read of at most [`READ_BUFFER`].
    ///
    /// # Errors
    /// Those of the reader, but for interruptions, after which it is asked again.
    pub(crate) fn read(mut self, reader: &mut impl Read, progress: impl FnMut(u64)) -> io::Result<Vec<Digest>> {
        let mut source = Source { reader, progress, total: 0 };
        let mut buffer = vec![0; READ_BUFFER];
        loop {
            let part = source.fill(&mut buffer)?;
            self.update(part);
            if part.len() < READ_BUFFER {
                return Ok(self.finish());
            }
            #[cfg(feature = "parallel")]
            if source.total >= parallel::WORTH_A_THREAD as u64 {
                parallel::read(&mut self.0, &mut source)?;
                return Ok(self.finish());
            }
        }
    }
}

struct Source<'a, R, P> {
    reader: &'a mut R,
    progress: P,
    total: u64,
}

impl<R: Read, P: FnMut(u64)> Source<'_, R, P> {
    /// Fills the buffer, and returns what is filled: less than the buffer only where the message ends.
    fn fill<'b>(&mut self, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
        let mut filled = 0;
        while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
            let most = free.len().min(READ_BUFFER);
            let free = free.get_mut(..most).unwrap_or_default();
            match self.reader.read(free) {
                Ok(0) => break,
                // A reader that claims more than the buffer holds is broken: nothing is hashed rather than something
                // that it did not give.
                Ok(read) if read > most => return Err(ErrorKind::InvalidData.into()),
                Ok(read) => {
                    filled += read;
                    self.total = self.total.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
                    (self.progress)(self.total);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(buffer.get(..filled).unwrap_or_default())
    }
}

/// All algorithms at once, each on a thread of its own.
#[cfg(feature = "parallel")]
mod parallel {
    use super::{Hasher, Read, Source, io};

    /// The least octets for which threads are woken: hashing them takes a hundred times as long as that.
    pub(super) const WORTH_A_THREAD: usize = 512 << 10;

    /// The octets of each of the two buffers.
    const BUFFER: usize = 512 << 10;

    /// Takes in the next part by all algorithms at once. The calling thread has the first one, and does something else
    /// afterwards, as long as the others take.
    pub(super) fn update<T>(hashers: &mut [Hasher], part: &[u8], meanwhile: impl FnOnce() -> T) -> T {
        rayon::in_place_scope(|scope| {
            let mut hashers = hashers.iter_mut();
            let first = hashers.next();
            hashers.for_each(|hasher| scope.spawn(move |_| hasher.update(part)));
            if let Some(first) = first {
                first.update(part);
            }
            meanwhile()
        })
    }

    /// Takes in what is left in the source: one buffer is filled while the other is hashed.
    pub(super) fn read<R: Read, P: FnMut(u64)>(
        hashers: &mut [Hasher],
        source: &mut Source<'_, R, P>,
    ) -> io::Result<()> {
        let (mut full, mut free) = (vec![0; BUFFER], vec![0; BUFFER]);
        let mut length = source.fill(&mut full)?.len();
        while length > 0 {
            let part = full.get(..length).unwrap_or_default();
            let is_last = length < BUFFER;
            let next = update(hashers, part, || if is_last { Ok(0) } else { source.fill(&mut free).map(<[u8]>::len) });
            length = next?;
            std::mem::swap(&mut full, &mut free);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few octets at a time, an interruption before each, and an error or a lie at some point.
    struct Dripping<'a> {
        octets: &'a [u8],
        most: usize,
        interrupted: bool,
        at_end: io::Result<usize>,
    }

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.interrupted = !self.interrupted;
            if self.interrupted {
                return Err(ErrorKind::Interrupted.into());
            }
            if self.octets.is_empty() {
                return std::mem::replace(&mut self.at_end, Ok(0));
            }
            let most = buffer.len().min(self.most);
            self.octets.read(&mut buffer[..most])
        }
    }

    const ALGORITHMS: [DigestAlgorithm; 3] = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512, DigestAlgorithm::Sha1];

    #[test]
    fn every_length_gives_the_digests_of_the_whole() {
        let message: Vec<u8> = (0..1_600_000_u32).map(|number| number.to_le_bytes()[1]).collect();
        let kib = 1 << 10;
        for length in [0, 1, 16 * kib, 64 * kib - 1, 64 * kib, 512 * kib, 512 * kib + 1, 1024 * kib, 1_600_000] {
            let message = &message[..length];
            let whole = ALGORITHMS.map(|algorithm| algorithm.digest(message)).to_vec();
            let mut parts = OnePass::new(ALGORITHMS);
            parts.update(message);
            assert_eq!(parts.finish(), whole, "{length}");
            for most in [10_007, usize::MAX] {
                let mut reader = Dripping { octets: message, most, interrupted: false, at_end: Ok(0) };
                let mut told = vec![0];
                let read = OnePass::new(ALGORITHMS).read(&mut reader, |total| told.push(total)).unwrap();
                assert_eq!(read, whole, "{length} {most}");
                assert_eq!(told.last(), Some(&(length as u64)));
                assert!(told.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= READ_BUFFER as u64));
            }
        }
    }

    #[test]
    fn an_error_of_the_reader_is_the_answer_wherever_it_comes() {
        let message = vec![7; 1_800_000];
        for length in [0, 1, 65_536, 524_288, 600_000, 1_048_576, 1_800_000] {
            for (at_end, expected) in
                [(Err(ErrorKind::BrokenPipe.into()), ErrorKind::BrokenPipe), (Ok(usize::MAX), ErrorKind::InvalidData)]
            {
                let mut reader = Dripping { octets: &message[..length], most: 30_000, interrupted: false, at_end };
                let error = OnePass::new(ALGORITHMS).read(&mut reader, |_| {}).unwrap_err();
                assert_eq!(error.kind(), expected, "{length}");
            }
        }
    }
}
