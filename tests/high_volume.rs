//! The example high_volume as a user runs it: every letter is accounted for, whatever the TSA does.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An example, where cargo puts it: beside the folder of this test. `cargo test` builds it first.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.parent().and_then(Path::parent).expect("the folder of the profile").join("examples");
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{} is not there: cargo build --examples", path.display());
    Command::new(path)
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("high-volume").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn run(out: &Path, arguments: &[&str]) -> Output {
    example("high_volume").arg("--out").arg(out).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn files(folder: &Path, ending: &str) -> usize {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().ends_with(ending)).count()
}

#[test]
fn letters_get_proofs_that_verify_by_themselves() {
    let out = folder("whole");
    let output = run(&out, &["--items", "45", "--batch", "20", "--tsa-latency", "1", "--keep"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = text(&output);
    assert!(text.contains("items      45: 45 with their proof, 0 waiting, 0 not sealed"), "{text}");
    assert!(text.contains("timestamps 3 trips, 0 without a token"), "{text}");
    assert_eq!((files(&out, ".proofs"), files(&out, ".seals"), files(&out, ".p7m")), (3, 0, 15));
    let verified = example("verify")
        .current_dir(&out)
        .args(["sample-01.p7m", "--seal-anchors", "seal-anchors.pem", "--tsa-anchors", "tsa-anchors.pem"])
        .args(["--environment", "Test"])
        .output()
        .unwrap();
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
}

#[test]
#[cfg(feature = "http")]
fn what_a_tsa_that_is_down_leaves_waiting_is_taken_up_later() {
    let out = folder("down");
    std::fs::create_dir_all(&out).unwrap();
    let pki = recommande::testing::TestPki::new(chrono::Utc::now()).unwrap();
    let anchors = folder("anchors").with_extension("pem");
    std::fs::write(&anchors, pki.tsa_anchors_pem()).unwrap();
    // Nobody listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let tsa = ["--tsa", &url, "--tsa-anchors", anchors.to_str().unwrap(), "--trips", "1"];
    let output = run(&out, &[&tsa[..], &["--items", "5", "--batch", "3"]].concat());
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output).contains("items      5: 0 with their proof, 5 waiting, 0 not sealed"), "{output:?}");
    assert_eq!(files(&out, ".seals"), 2);

    let output = run(&out, &["--items", "5"]);
    assert_eq!(output.status.code(), Some(3), "seals that wait are not run over: {output:?}");

    // A run that was killed while it wrote a seal: behind its tag, within its length, before its end; or the first one.
    let cut = out.join("batch-00002.seals");
    let octets = std::fs::read(&cut).unwrap();
    let first = 4 + usize::from(u16::from_be_bytes([octets[2], octets[3]]));
    assert_eq!(octets[..2], [0x30, 0x82]);
    let whole = std::fs::read(out.join("batch-00001.seals")).unwrap();
    for (end, items) in
        [(first + 1, 4), (first + 2, 4), (first + 3, 4), (first + 4, 4), (octets.len() - 1, 4), (3, 3), (first - 1, 3)]
    {
        std::fs::write(out.join("batch-00001.seals"), &whole).unwrap();
        std::fs::write(&cut, &octets[..end]).unwrap();
        let output = run(&out, &["--resume", "--tsa-latency", "1"]);
        assert_eq!(output.status.code(), Some(0), "{end}: {output:?}");
        let all = format!("items      {items}: {items} with their proof, 0 waiting, 0 not sealed");
        assert!(text(&output).contains(&all), "{end}: {output:?}");
        assert_eq!(files(&out, ".seals"), usize::from(items == 3), "what holds no whole seal is left where it is");
    }
}

#[test]
fn other_arguments_are_refused() {
    for arguments in [["--items", "many"], ["--key", "rsa-512"], ["--tsa-latency", "-1"]] {
        let output = run(&folder("usage"), &arguments);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(arguments[0]), "{output:?}");
    }
}
