//! Each export that is bad is named with what is wrong with it, and costs the others nothing.

use std::io::{self, BufRead, BufReader, Read};

use recommande::audit::{
    Export, LineReader, Reconstruction, ReconstructionPolicy, Role, Selection, Source, Trail, export,
};
use recommande::evidence::MessageId;
use recommande::{Environment, Verifier};

use super::broken_trails::lines_of;
use super::opposite_trails::{Exchange, SENDER, after, call, status, written};
use super::reconstructions::day::{self, ExportFiles};
use recommande::audit::Side;

/// A file that cannot be read.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::PermissionDenied))
    }
}

fn unnamed(files: &ExportFiles) -> Export<Box<dyn BufRead + '_>> {
    let lines: Box<dyn BufRead> = Box::new(&files.lines[..]);
    Export::new(lines).with_manifest(&files.manifest[..], &files.signature[..])
}

#[test]
fn each_export_that_is_not_used_is_named_and_the_others_are_used() {
    let exchange = Exchange::new();
    let records = [0, 1, 2].map(|number| call(number, 0, status(201), Side::Caller, &day::message(number)));
    let lines = written("sender", &records);
    let good = exchange.sealers.export("sender", &lines, after(60)).unwrap();
    let elsewhere = Source::new(Environment::Production, SENDER, "registered-mail").unwrap();
    let mut elsewhere = Trail::begin(&elsewhere, Vec::new());
    elsewhere.append(&records[0].0, after(0)).unwrap();
    elsewhere.commit().unwrap();
    let elsewhere = elsewhere.into_sink();
    let nothing = Selection::everything().about(&MessageId::new("none").unwrap());
    let mut left_out = Vec::new();
    export(&mut LineReader::new(&lines[..]), &nothing, &mut left_out).unwrap();
    let bare = |name: &str, lines: &'static [u8]| {
        let lines: Box<dyn BufRead> = Box::new(lines);
        Export::new(lines).named(name)
    };
    let of = |lines: Vec<u8>| -> &'static [u8] { Box::leak(lines.into_boxed_slice()) };
    let broken: Box<dyn BufRead> = Box::new(BufReader::new(Broken));
    let exports = [
        bare("empty", b""),
        bare("junk", b"junk\n"),
        unnamed(&good),
        bare("left out", of(left_out)),
        Export::new(broken).named("broken"),
        bare("elsewhere", of(elsewhere)),
        bare("forged", b"").with_manifest(&good.manifest[..], b"none"),
    ];
    let verifier = Verifier::new(exchange.pki.seal_anchors(), exchange.pki.tsa_anchors(), Environment::Test);
    let policy = ReconstructionPolicy::new(&verifier, after(86_400)).with_role(SENDER, Role::Sender);
    let reconstruction = Reconstruction::of(exports, &[] as &[Vec<u8>], &policy).unwrap();
    let unused: Vec<(usize, &str, Vec<&str>)> = reconstruction
        .unused_exports()
        .iter()
        .map(|unused| {
            let faults = unused.faults.iter().map(|fault| {
                assert_eq!(fault.export, unused.name);
                fault.kind.name()
            });
            (unused.position, unused.name.as_deref().unwrap(), faults.collect())
        })
        .collect();
    let expected = [
        (0, "empty", vec!["no-source"]),
        (1, "junk", vec!["no-source", "unreadable"]),
        (3, "left out", vec!["no-source"]),
        (4, "broken", vec!["no-source", "read-failed"]),
        (5, "elsewhere", vec!["other-environment"]),
        (6, "forged", vec!["no-source", "seal-not-verified"]),
    ];
    assert_eq!(unused, expected);
    let trails: Vec<_> = reconstruction.trails().collect();
    assert_eq!((trails.len(), trails[0].sealed, reconstruction.messages().count()), (1, 3, 3));
    assert!(reconstruction.unused_exports()[1].to_string().starts_with("export junk: not used\n"));
}

#[test]
fn a_fault_names_its_export_and_lines_that_are_not_shown_count_from_the_first() {
    let exchange = Exchange::new();
    let records = [0, 1, 2].map(|number| call(number, 0, status(201), Side::Caller, &day::message(number)));
    let lines = written("sender", &records);
    let about = Selection::everything().about(&MessageId::new(&day::message(2)).unwrap());
    let mut filtered = Vec::new();
    export(&mut LineReader::new(&lines[..]), &about, &mut filtered).unwrap();
    let mut damaged = lines_of(&lines);
    damaged[1] = b"junk\n".to_vec();
    let damaged = damaged.concat();
    let exports = [Export::new(&filtered[..]).named("filtered"), Export::new(&damaged[..]).named("damaged")];
    let verifier = Verifier::new(exchange.pki.seal_anchors(), exchange.pki.tsa_anchors(), Environment::Test);
    let policy = ReconstructionPolicy::new(&verifier, after(86_400));
    let reconstruction = Reconstruction::of(exports, &[] as &[Vec<u8>], &policy).unwrap();
    let trail = reconstruction.trails().next().unwrap();
    assert_eq!((trail.lines, trail.left_out, trail.span.map(|(first, _)| first.get())), (3, 1, Some(1)));
    let faults: Vec<_> = trail.faults.iter().map(|fault| (fault.kind.name(), fault.export.as_deref())).collect();
    assert_eq!(faults, [("unreadable", Some("damaged"))]);
    assert!(trail.to_string().contains("unreadable: damaged: line 2 of the file"), "{trail}");
}
