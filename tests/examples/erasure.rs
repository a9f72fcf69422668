//! The example `erase`, as a user runs it.

use std::path::Path;

use crate::common::example::example;

const NISS: &str = "85073003328";

#[test]
fn erase_forgets_the_recipient_and_the_proof_still_passes() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join("erase");
    let output = example("erase").arg(&folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let expected = [
        "with its disclosure: TOTAL-PASSED; the recipient: 85073003328",
        "after the recipient was erased: TOTAL-PASSED; the recipient: nobody can say",
        "after all was erased: TOTAL-PASSED; the recipient: nobody can say",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    assert!(!folder.join("letter.disclosure.json").exists());
    let proof = std::fs::read(folder.join("letter.p7m")).unwrap();
    for erased in [NISS, "Building permit", "letter.txt"] {
        assert!(!proof.windows(erased.len()).any(|window| window == erased.as_bytes()), "{erased}");
    }
}

#[test]
fn erase_takes_a_folder_and_tells_its_usage() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join("erase-usage");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let run = |arguments: &[&str]| {
        let output = example("erase").current_dir(&folder).args(arguments).output().unwrap();
        let text = |octets| String::from_utf8(octets).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, told, error) = run(&["--help"]);
    assert!(status == Some(0) && told.starts_with("usage: erase") && error.is_empty(), "{status:?}: {told}{error}");
    for wrong in [&["--out", "foo"][..], &["foo", "bar"], &["--ou"]] {
        let (status, told, error) = run(wrong);
        assert!(status == Some(3) && told.is_empty() && error.contains("usage: erase"), "{status:?}: {told}{error}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    std::fs::write(folder.join("a-file"), "mine").unwrap();
    let (status, told, error) = run(&["a-file"]);
    assert!(status == Some(3) && told.is_empty() && error.starts_with("erase: a-file: "), "{status:?}: {told}{error}");
    assert!(!error.contains("Os {"), "{error}");
    assert_eq!(run(&["new"]).0, Some(0));
    assert!(folder.join("new/letter.p7m").exists());
}
