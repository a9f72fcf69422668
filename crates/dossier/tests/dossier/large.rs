//! Does a letter above 4 GiB go in and come out again?

use std::io::{self, Read, Seek, SeekFrom, Write};

use recommande::Indication;
use recommande_dossier::{Dossier, DossierBuilder, LetterFiles, MediaType, PartKind, ProofFiles, ReadError, Source};

use crate::common::{LETTER, Service};

/// The length of a letter of zeros for whose size 32 bits do not do.
const LENGTH: u64 = (4 << 30) + 1;

/// A file of which only what is not zero takes memory.
#[derive(Clone, Default)]
struct Sparse {
    pieces: Vec<(u64, Vec<u8>)>,
    length: u64,
    position: u64,
}

/// As many zeros as are written at once.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

impl Write for Sparse {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if ZEROS.get(..octets.len()) != Some(octets) {
            match self.pieces.last_mut().filter(|(start, piece)| start + piece.len() as u64 == self.length) {
                Some((_, piece)) => piece.extend(octets),
                None => self.pieces.push((self.length, octets.to_vec())),
            }
        }
        self.length += octets.len() as u64;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.position).min(buffer.len() as u64) as usize;
        let buffer = &mut buffer[..left];
        buffer.fill(0);
        let end = self.position + left as u64;
        for (start, piece) in &self.pieces {
            let (from, to) = (self.position.max(*start), end.min(start + piece.len() as u64));
            if from < to {
                let here = (from - self.position) as usize..(to - self.position) as usize;
                buffer[here].copy_from_slice(&piece[(from - start) as usize..(to - start) as usize]);
            }
        }
        self.position = end;
        Ok(left)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::End(by) => self.length.checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.position.checked_add_signed(by).unwrap(),
        };
        Ok(self.position)
    }
}

#[test]
#[ignore = "hashes 17 GB, which takes half a minute: `.ci/full large_letters` runs it"]
fn a_letter_above_four_gibibytes_goes_in_and_out() {
    let service = Service::new();
    let letter = Sparse { length: LENGTH, ..Sparse::default() };
    let media_type = MediaType::new("application/octet-stream").unwrap();
    let proof = service.send(LETTER);
    let files = DossierBuilder::new()
        .with_letter(LetterFiles::new(media_type, Source::reader(letter)))
        .with_proof(ProofFiles::from_der(proof.der()).unwrap());
    let mut container = Sparse::default();
    service.signed(files).write(&mut container).unwrap();
    assert!(container.length > LENGTH && container.pieces.iter().map(|(_, piece)| piece.len()).sum::<usize>() < 40_000);
    let mut dossier = Dossier::read(container.clone()).unwrap();
    let kind = PartKind::Letter { number: 1, extension: "bin" };
    assert_eq!(dossier.parts().iter().find(|part| part.kind() == kind).map(|part| part.size()), Some(LENGTH));
    assert!(matches!(dossier.octets(kind), Err(ReadError::TooLarge { name, .. }) if name == "letter-1.bin"));
    // What lies behind it, at a place for which 32 bits do not do.
    let report = dossier.report(&service.verifier(), service.later()).unwrap();
    assert_eq!(report.container(), Indication::TotalPassed);
    // Every octet of the headers with 64-bit values counts, and of the records at the end.
    let (start, piece) = container.pieces.last().cloned().unwrap();
    let directory = piece.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    for place in directory..piece.len() {
        let mut changed = container.clone();
        changed.pieces.last_mut().unwrap().1[place] ^= 1;
        let error = Dossier::read(changed).unwrap_err();
        assert!(matches!(error, ReadError::Zip { .. } | ReadError::Io(_)), "octet {}: {error:?}", start + place as u64);
    }
    let (_, first) = &container.pieces[0];
    let header = first.windows(4).rposition(|window| window == b"PK\x03\x04").unwrap();
    for place in header..first.len() {
        let mut changed = container.clone();
        changed.pieces[0].1[place] ^= 1;
        assert!(matches!(Dossier::read(changed), Err(ReadError::Zip { .. })), "octet {place}");
    }
}
