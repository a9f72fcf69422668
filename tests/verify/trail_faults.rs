//! Files of trails that are wrong in one way each: the report of the trail names it, lays it to nobody, and uses the rest.

use std::io::{self, BufRead, BufReader, Read};

use recommande::audit::Record;
use recommande::audit::{
    Export, Reconstruction, ReconstructionPolicy, Sequence, Source, Trail, TrailFaultKind, TrailReport,
};
use recommande::evidence::Environment;

use crate::common::trails::{call, calls, message, occurrence, source, written};
use crate::common::{Service, later, sending_of};

/// The report of the only trail of a file that nobody sealed.
fn report(file: impl Read + 'static) -> TrailReport {
    let verifier = Service::new().verifier();
    let policy = ReconstructionPolicy::new(&verifier, later());
    let lines: Box<dyn BufRead> = Box::new(BufReader::new(file));
    let reconstruction = Reconstruction::of([Export::new(lines)], &[] as &[Vec<u8>], &policy).unwrap();
    let trails: Vec<_> = reconstruction.trails().collect();
    let [trail] = trails.try_into().unwrap_or_else(|trails| panic!("{trails:?}"));
    assert!(trail.source == source() && !trail.is_at_fault(), "{trail:?}");
    trail
}

/// The only fault of a trail.
fn fault(trail: &TrailReport) -> &TrailFaultKind {
    let [fault] = &trail.faults[..] else { panic!("{:?}", trail.faults) };
    &fault.kind
}

fn sequence(number: u64) -> Sequence {
    Sequence::new(number).unwrap()
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_used_up_to_there() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::TimedOut.into())
        }
    }
    let trail = report(io::Cursor::new(calls(3)).chain(Broken));
    assert!(matches!(fault(&trail), TrailFaultKind::ReadFailed(io::ErrorKind::TimedOut)));
    assert_eq!(trail.lines, 3);
}

#[test]
fn lines_of_another_environment_are_told_and_not_used() {
    let production = Source::new(Environment::Production, source().party(), source().system()).unwrap();
    let mut other = Trail::begin(&production, Vec::new());
    let record = Record::api_call(occurrence(9), call().0, call().1).about(&message()).unwrap();
    other.append(&record, record.time()).unwrap();
    other.commit().unwrap();
    let trail = report(io::Cursor::new([calls(2), other.into_sink()].concat()));
    assert!(matches!(fault(&trail), TrailFaultKind::OtherEnvironment));
    assert_eq!(trail.lines, 2);
}

#[test]
fn a_clock_that_went_back_without_a_record_of_it_is_told() {
    let lines = String::from_utf8(calls(3)).unwrap();
    let set_back = lines.replace("\"recordedtime\":\"2026-11-22T09:15:07", "\"recordedtime\":\"2026-11-22T09:15:05");
    assert_ne!(set_back, lines);
    let trail = report(io::Cursor::new(set_back));
    assert!(matches!(fault(&trail), TrailFaultKind::ClockWentBack { at } if *at == sequence(3)));
    // With the record of it, which the writer puts there, nothing is wrong.
    let mut records: Vec<_> = (1..=3).map(|number| Record::api_call(occurrence(number), call().0, call().1)).collect();
    records.swap(1, 2);
    let trail = report(io::Cursor::new(written(&records)));
    assert_eq!((trail.lines, trail.faults.len()), (4, 0));
}

#[test]
fn octets_that_are_no_proof_are_told() {
    let lines = String::from_utf8(calls(1)).unwrap();
    let proof = "\"outcome\":201,\"proof\":\"MIIB\",\"event\":\"SubmissionAcceptance\"";
    let trail = report(io::Cursor::new(lines.replace("\"outcome\":201", proof)));
    assert!(matches!(fault(&trail), TrailFaultKind::NoProof { at } if *at == sequence(1)));
    assert_eq!(trail.lines, 1);
}

#[test]
fn an_id_that_may_name_a_person_is_not_printed() {
    let service = Service::new();
    let verifier = service.verifier();
    let policy = ReconstructionPolicy::new(&verifier, later());
    for (id, is_printed) in [("1ZG0000036L3Z", true), ("user79021806501", false), ("jan.peeters@example.be", false)] {
        let proofs = [service.proof_of(&sending_of(id)).der().to_vec()];
        let none: [Export<&[u8]>; 0] = [];
        let reconstruction = Reconstruction::of(none, &proofs, &policy).unwrap();
        // Whoever knows the id finds the account.
        let account = reconstruction.message(id).unwrap();
        assert_eq!(&*account.message, id);
        for text in [account.to_string(), serde_json::to_string(&account).unwrap()] {
            assert_eq!(text.contains(id), is_printed, "{text}");
        }
    }
}
