//! What the command does with its arguments, its folder and its output.

use std::path::{Path, PathBuf};
use std::process::Command;

fn vector(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors").join(path)
}

/// An empty folder with the anchors of the test vectors.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    for (anchors, name) in [("anchors/seal.pem", "seal-anchors.pem"), ("anchors/tsa.pem", "tsa-anchors.pem")] {
        std::fs::copy(vector(anchors), folder.join(name)).unwrap();
    }
    folder
}

/// The command about a folder, in one language and at a time at which the vectors hold.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recommande-receipt"));
    command.arg(folder).args(["--language", "en", "--now", "2026-05-01T12:00:00Z"]);
    command
}

/// The exit status of a command, with what it printed to its output and as an error.
fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let [printed, error] = [output.stdout, output.stderr].map(|octets| String::from_utf8(octets).unwrap());
    (output.status.code(), printed, error)
}

/// Whoever names the anchors of one kind has not asked to trust what lies beside the proofs for the other one.
#[test]
fn the_anchors_in_the_folder_are_taken_only_where_none_are_given() {
    let folder = folder("anchors");
    std::fs::copy(vector("good/sending.p7m"), folder.join("sending.p7m")).unwrap();
    assert_eq!(run(&mut command(&folder)).0, Some(0));
    for (option, anchors) in [("--seal-anchors", "anchors/seal.pem"), ("--tsa-anchors", "anchors/tsa.pem")] {
        let (status, printed, _) = run(command(&folder).arg(option).arg(vector(anchors)));
        assert_eq!(status, Some(2), "{option}: {printed}");
    }
    let given = run(command(&folder)
        .arg("--seal-anchors")
        .arg(vector("anchors/seal.pem"))
        .arg("--tsa-anchors")
        .arg(vector("anchors/tsa.pem")));
    assert_eq!(given.0, Some(0), "{given:?}");
}

/// A copy with a broken timestamp has the identifier of the sending, and may be read before it.
#[test]
fn of_two_copies_of_a_sending_an_opening_follows_the_one_that_holds() {
    let folder = folder("copies");
    let whole = std::fs::read(vector("good/sending.p7m")).unwrap();
    let mut broken = whole.clone();
    *broken.last_mut().unwrap() ^= 1;
    std::fs::write(folder.join("a.p7m"), broken).unwrap();
    std::fs::write(folder.join("b.p7m"), whole).unwrap();
    std::fs::copy(vector("good/opening.p7m"), folder.join("c.p7m")).unwrap();
    let (status, printed, _) = run(&mut command(&folder));
    let verdicts: Vec<_> = printed.lines().filter_map(|line| line.rsplit(": ").next()).collect();
    assert_eq!((status, &*verdicts), (Some(2), &["INDETERMINATE", "TOTAL-PASSED", "TOTAL-PASSED"][..]), "{printed}");
    let page = std::fs::read_to_string(folder.join("receipts/c.p7m.en.html")).unwrap();
    assert!(page.contains("download=\"b.p7m\"") && !page.contains("download=\"a.p7m\""));
}
