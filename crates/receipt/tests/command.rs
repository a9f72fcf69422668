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
