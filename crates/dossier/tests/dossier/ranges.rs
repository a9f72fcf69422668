//! Is a container read as well where somebody else fetches its octets?

use std::io::ErrorKind;
use std::ops::Range;

use recommande_dossier::{
    Dossier, DossierBuilder, Kept, LetterFiles, PartKind, ProofFiles, Protection, RangeReader, ReadError,
};

use crate::common::{LETTER, Service, pdf, read, written};

/// The most octets that are in memory beside those that are verified, and the least letter that is larger.
const MOST: u64 = 1 << 20;

/// Reads a container by ranges, of which `given` makes those that come.
pub fn read_by_ranges(
    octets: &[u8],
    mut given: impl FnMut(Range<usize>) -> Range<usize>,
) -> Result<Dossier<Kept>, ReadError> {
    let mut reading = RangeReader::new(octets.len() as u64);
    let mut ranges = 0;
    while let Some(wanted) = reading.wanted() {
        assert!(wanted.end <= octets.len() as u64 && wanted.end - wanted.start <= MOST, "{wanted:?}");
        ranges += 1;
        assert!(ranges < 2_000, "it does not end");
        reading.take(&octets[given(wanted.start as usize..wanted.end as usize)]);
    }
    reading.finish()
}

#[test]
fn ranges_give_the_same_files_and_the_same_verdicts() {
    let service = Service::new();
    for protection in [Protection::Signature, Protection::Timestamp] {
        let octets = written(service.recorded(service.protected(service.files(), protection)));
        let mut whole = read(&octets);
        let mut dossier = read_by_ranges(&octets, |range| range).unwrap();
        assert_eq!(dossier.parts(), whole.parts());
        assert_eq!((dossier.manifest(), dossier.guard()), (whole.manifest(), whole.guard()));
        assert_eq!(dossier.record(), whole.record());
        let (verifier, now) = (service.verifier(), service.later());
        let report = whole.report(&verifier, now).unwrap();
        assert_eq!(dossier.report(&verifier, now).unwrap(), report);
        assert_eq!(dossier.container(&verifier, now), (report.manifest, report.record));
        assert_eq!(read(&octets).without_octets().container(&verifier, now), dossier.container(&verifier, now));
        for part in whole.parts().to_vec() {
            match part.kind() {
                // What is hashed alone is not there any more.
                PartKind::Letter { .. } | PartKind::Readme | PartKind::Anchors(_) => {
                    assert!(matches!(dossier.octets(part.kind()), Err(ReadError::Io(_))), "{}", part.name());
                }
                kind => assert_eq!(dossier.octets(kind).unwrap(), whole.octets(kind).unwrap()),
            }
        }
    }
}

#[test]
fn a_large_letter_takes_no_memory_and_passes_once() {
    let service = Service::new();
    let letter = vec![7; 5 * MOST as usize + 3];
    let proof = service.send(&letter);
    let files = DossierBuilder::new()
        .with_letter(LetterFiles::new(pdf(), letter.as_slice()))
        .with_proof(ProofFiles::from_der(recommande::seal::Artifact::der(&proof)).unwrap());
    let octets = written(service.signed(files));
    let mut reading = RangeReader::new(octets.len() as u64);
    let mut passed = 0;
    while let Some(wanted) = reading.wanted() {
        passed += wanted.end - wanted.start;
        reading.take(&octets[wanted.start as usize..wanted.end as usize]);
    }
    assert!(passed < octets.len() as u64 + MOST, "{passed}");
    assert!(reading.kept() < 64 << 10, "{}", reading.kept());
    let mut dossier = reading.finish().unwrap();
    let report = dossier.report(&service.verifier(), service.later()).unwrap();
    assert_eq!(report.worst(), recommande::Indication::TotalPassed);
}

#[test]
fn whoever_gives_other_octets_the_second_time_is_found_out() {
    let service = Service::new();
    // So large that a proof behind it is fetched each time it is read.
    let letter = vec![7; 200 << 10];
    let proof = service.send(&letter);
    let der = recommande::seal::Artifact::der(&proof).to_vec();
    let files = DossierBuilder::new()
        .with_letter(LetterFiles::new(pdf(), letter.as_slice()))
        .with_proof(ProofFiles::from_der(&der).unwrap());
    let octets = written(service.signed(files));
    let start = octets.windows(der.len()).position(|window| window == der).unwrap();
    let honest = read(&octets);
    let mut found_out = 0;
    for lie in 1..10 {
        let (mut reading, mut fetched) = (RangeReader::new(octets.len() as u64), 0);
        while let Some(wanted) = reading.wanted() {
            let (from, to) = (wanted.start as usize, wanted.end as usize);
            let mut given = octets[from..to].to_vec();
            if from <= start && start + der.len() <= to {
                fetched += 1;
                if fetched == lie {
                    same_checksum(&mut given[start - from + 100..]);
                }
            }
            reading.take(&given);
        }
        match reading.finish() {
            Ok(dossier) => assert_eq!(dossier.parts(), honest.parts()),
            Err(ReadError::Digest { name, .. }) => {
                assert_eq!(name, "proof-of-sending.p7m");
                found_out += 1;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    // A proof is read for what it states, and once more for its digest.
    assert_eq!(found_out, 2);
}

/// Changes octets, but not their CRC-32: it is linear, and its polynomial has the checksum 0.
fn same_checksum(octets: &mut [u8]) {
    const POLYNOMIAL: u64 = 0x1_04c1_1db7;
    for bit in 0..33 {
        if POLYNOMIAL >> (32 - bit) & 1 == 1 {
            octets[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn other_octets_than_were_wanted_are_an_error() {
    let service = Service::new();
    let files = DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER));
    let octets = written(service.signed(files));
    let cut = |range: Range<usize>| range.start..range.end - 1;
    assert!(
        matches!(read_by_ranges(&octets, cut), Err(ReadError::Io(error)) if error.kind() == ErrorKind::UnexpectedEof)
    );
    // Those of another place.
    let mut first = true;
    let moved = |range: Range<usize>| if std::mem::take(&mut first) { range } else { 0..range.end - range.start };
    assert!(matches!(read_by_ranges(&octets, moved), Err(ReadError::Zip { .. })));
    // Who stops before the end has no dossier, and neither has who takes what nobody wanted.
    let mut reading = RangeReader::new(octets.len() as u64);
    let wanted = reading.wanted().unwrap();
    reading.take(&octets[wanted.start as usize..wanted.end as usize]);
    assert!(matches!(reading.finish(), Err(ReadError::Io(error)) if error.kind() == ErrorKind::UnexpectedEof));
    let mut empty = RangeReader::new(0);
    assert_eq!(empty.wanted(), None);
    empty.take(&octets);
    assert!(matches!(empty.finish(), Err(ReadError::Zip { at: 0, .. })));
}
