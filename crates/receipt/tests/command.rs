//! What the command does with its arguments, its folder and its output.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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

/// A refusal names the step that asked for an answer.
#[test]
fn a_proof_finds_its_sending_and_the_steps_before_it_in_the_folder() {
    let folder = folder("causes");
    let copy = |from, to| std::fs::copy(vector(from), folder.join(to)).unwrap();
    copy("good/sending.p7m", "a.p7m");
    copy("event/ConsignmentRejection.p7m", "c.p7m");
    let verdicts = || {
        let (status, printed, _) = run(&mut command(&folder));
        (status, printed.lines().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(verdicts(), (Some(2), ["TOTAL-PASSED", "INDETERMINATE"].map(str::to_owned).into()));
    copy("event/NotificationForAcceptance.p7m", "b.p7m");
    assert_eq!(verdicts(), (Some(0), ["TOTAL-PASSED"; 3].map(str::to_owned).into()));
    // A copy of the step whose seal is broken comes first.
    let mut broken = std::fs::read(folder.join("b.p7m")).unwrap();
    *broken.last_mut().unwrap() ^= 1;
    std::fs::write(folder.join("a-broken.p7m"), broken).unwrap();
    assert_eq!(verdicts().1.last().unwrap(), "TOTAL-PASSED");
}

#[test]
fn the_second_seal_is_the_file_beside_the_proof() {
    let folder = folder("second-seal");
    std::fs::copy(vector("second-seal/both.p7m"), folder.join("a.p7m")).unwrap();
    let says_that_it_is_missing = || {
        assert_eq!(run(&mut command(&folder)).0, Some(0));
        let page = std::fs::read_to_string(folder.join("receipts/a.p7m.en.html")).unwrap();
        page.contains("second-seal-missing")
    };
    assert!(says_that_it_is_missing());
    std::fs::copy(vector("second-seal/good.pq.p7s"), folder.join("a.pq.p7s")).unwrap();
    assert!(!says_that_it_is_missing());
}

/// A reader that closes the output early takes no page away, and the exit status tells the verdict.
#[test]
fn a_reader_that_has_read_enough_gets_the_verdict() {
    let folder = folder("closed");
    for name in ["a.p7m", "b.p7m"] {
        std::fs::copy(vector("good/sending.p7m"), folder.join(name)).unwrap();
    }
    let mut child = command(&folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    assert!(folder.join("receipts/b.p7m.en.pdf").exists());
    let (status, ..) = run(Command::new(env!("CARGO_BIN_EXE_recommande-receipt")).arg("--help"));
    assert_eq!(status, Some(0));
}

/// The name of a file is anybody's. It writes no line of the verdicts and no command to a terminal.
#[cfg(unix)]
#[test]
fn the_name_of_a_file_stays_in_its_line() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = folder("names");
    let name = "a\u{1b}[2J\nb: TOTAL-PASSED\u{202e}.p7m";
    std::fs::copy(vector("signature/certificate-missing.p7m"), folder.join(name)).unwrap();
    let (status, printed, _) = run(&mut command(&folder));
    let escaped = "a\\u{1b}[2J\\nb: TOTAL-PASSED\\u{202e}.p7m.*: INDETERMINATE\n";
    assert_eq!((status, printed.lines().count()), (Some(2), 1), "{printed}");
    assert!(printed.ends_with(escaped) && !printed.contains(['\u{1b}', '\u{202e}']), "{printed}");

    // What is no Unicode is a path like any other one, and no option.
    let error = |argument: &[u8]| run(command(&folder).arg(OsStr::from_bytes(argument)));
    let (status, _, told) = error(b"no\xff\n.p7m");
    assert_eq!((status, told.lines().count()), (Some(3), 1), "{told}");
    assert!(told.starts_with("recommande-receipt: no\u{fffd}\\n.p7m: "), "{told}");
    let (status, _, told) = error(b"--no\xff");
    assert!(status == Some(3) && told.contains("--no\u{fffd} is not known"), "{told}");
    let (status, _, told) = run(command(&folder).arg("--now").arg(OsStr::from_bytes(b"\xff")));
    assert!(status == Some(3) && told.contains("--now: the value is not Unicode"), "{told}");
    let unnamed = folder.join(OsStr::from_bytes(b"\xff.p7m"));
    std::fs::copy(vector("good/sending.p7m"), &unnamed).unwrap();
    std::fs::remove_file(folder.join(name)).unwrap();
    assert_eq!(run(&mut command(&folder)).0, Some(0));
}

/// What lies beside a proof, and what the options give, are judged as by the command that verifies.
#[test]
fn what_belongs_to_a_proof_is_given_to_the_verifier() {
    let copy = |folder: &Path, files: &[(&str, &str)]| {
        for (from, to) in files {
            std::fs::copy(vector(from), folder.join(to)).unwrap();
        }
    };
    let told = |folder: &Path, name: &str, options: &[&str]| {
        let mut command = command(folder);
        command.arg("--policy").arg("default").args(options).current_dir(folder);
        let (status, _, error) = run(&mut command);
        let page = std::fs::read_to_string(folder.join(format!("receipts/{name}.en.html"))).unwrap_or_default();
        (status, [page, error].concat())
    };
    // The proof of a log, by the policy that demands one.
    let folder_of_log = folder("log");
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let vectors = manifest["vectors"].as_array().unwrap();
    let policy = &vectors.iter().find(|vector| vector["id"] == "log/included").unwrap()["input"]["policy"];
    std::fs::write(folder_of_log.join("policy.json"), policy.to_string()).unwrap();
    copy(&folder_of_log, &[("good/sending.p7m", "a.p7m")]);
    let with_policy =
        |options: &[&str]| told(&folder_of_log, "a.p7m", &[&["--policy", "policy.json"], options].concat());
    assert_eq!(with_policy(&[]).0, Some(2));
    copy(&folder_of_log, &[("log/good.tlog-proof", "good.tlog-proof")]);
    assert_eq!(with_policy(&["--log-proof", "good.tlog-proof"]).0, Some(0));
    copy(&folder_of_log, &[("log/good.tlog-proof", "a.tlog-proof")]);
    assert_eq!(with_policy(&[]).0, Some(0));
    let (status, error) = told(&folder_of_log, "b", &["--policy", "no-such-policy"]);
    assert!(status == Some(3) && error.contains("--policy: neither default, strict"), "{error}");
    // An evidence record over the file, with the lists that it needs: years later nothing else proves the time.
    let folder_of_record = folder("record");
    copy(
        &folder_of_record,
        &[
            ("decades/record-beside-after-2039.p7m", "a.p7m"),
            ("decades/record-beside-after-2039.ers", "over.ers"),
            ("extra/decades-after-2039.pem", "lists.pem"),
            ("anchors/decades.pem", "tsa-anchors.pem"),
        ],
    );
    let in_2039 =
        |options: &[&str]| told(&folder_of_record, "a.p7m", &[&["--now", "2039-06-01T00:00:01Z"], options].concat()).0;
    assert_eq!(in_2039(&[]), Some(2));
    assert_eq!(in_2039(&["--record", "over.ers"]), Some(0));
    assert_eq!(in_2039(&["--record", "over.ers", "--extra", "lists.pem"]), Some(0));
    assert_eq!(in_2039(&["--extra", "over.ers"]), Some(3), "what is no certificate and no list");
    copy(&folder_of_record, &[("decades/record-beside-after-2039.ers", "a.p7m.ers")]);
    assert_eq!(in_2039(&[]), Some(0));
    // The extract of a register, by its anchors.
    let folder_of_mandate = folder("mandate");
    copy(
        &folder_of_mandate,
        &[
            ("mandate/sending-to-enterprise.p7m", "a.p7m"),
            ("mandate/provider.p7m", "b.p7m"),
            ("mandate/register.extract.json", "register.json"),
            ("mandate/register.extract.p7s", "register.p7s"),
            ("anchors/register.pem", "register.pem"),
            ("anchors/stranger.pem", "stranger.pem"),
        ],
    );
    let by = |anchors| {
        told(&folder_of_mandate, "b.p7m", &["--register-anchors", anchors, "--register-extract", "register.json"])
    };
    assert_eq!(told(&folder_of_mandate, "b.p7m", &[]).0, Some(2));
    assert_eq!((by("register.pem").0, by("stranger.pem").0), (Some(0), Some(2)));
    assert_eq!(told(&folder_of_mandate, "b.p7m", &["--register-extract", "register.json"]).0, Some(3));
    // The policy is that of the register's signature too.
    let mut policy = recommande::Policy::default();
    policy.algorithms.digests.iter_mut().for_each(|row| row.past_from = Some("2020-01-01".parse().unwrap()));
    std::fs::write(folder_of_mandate.join("past.json"), serde_json::to_string(&policy).unwrap()).unwrap();
    let options =
        ["--register-anchors", "register.pem", "--register-extract", "register.json", "--policy", "past.json"];
    let (_, page) = told(&folder_of_mandate, "b.p7m", &options);
    assert!(page.contains("mandate-not-proven"), "{page}");
    // What the sender signed, by the anchors of senders.
    let folder_of_submission = folder("submission");
    copy(
        &folder_of_submission,
        &[
            ("submission/sending.p7m", "a.p7m"),
            ("submission/letter.submission.json", "a.submission.json"),
            ("submission/letter.submission.p7s", "a.submission.p7s"),
            ("anchors/submissions.pem", "senders.pem"),
        ],
    );
    let signed = "Signed by the sender.";
    assert!(!told(&folder_of_submission, "a.p7m", &[]).1.contains(signed));
    assert!(told(&folder_of_submission, "a.p7m", &["--sender-anchors", "senders.pem"]).1.contains(signed));
    // The file that is wrong is the one that is named.
    std::fs::write(folder_of_submission.join("a.submission.p7s"), "").unwrap();
    let (_, _, error) = run(&mut command(&folder_of_submission));
    assert!(error.contains("a.submission.p7s: "), "{error}");
}

/// Of two copies of a sending one has its disclosure beside it, and what follows is compared with it whichever is read first.
#[test]
fn what_is_disclosed_beside_a_copy_is_disclosed() {
    for (name, disclosed) in [("disclosed-first", "a"), ("disclosed-second", "b")] {
        let folder = folder(name);
        let copy = |from: &str, to: &str| std::fs::copy(vector(from), folder.join(to)).unwrap();
        copy("good/committed.p7m", "a.p7m");
        copy("good/committed.p7m", "b.p7m");
        copy("good/committed-opening.p7m", "c.p7m");
        copy("commitment/opening.disclosure.json", "c.disclosure.json");
        let page = || {
            assert_eq!(run(&mut command(&folder)).0, Some(0));
            std::fs::read_to_string(folder.join("receipts/c.p7m.en.html")).unwrap()
        };
        assert!(page().contains("commitments-not-compared"));
        copy("commitment/sending.disclosure.json", &format!("{disclosed}.disclosure.json"));
        assert!(!page().contains("commitments-not-compared"), "{name}");
        // The same by an option, of which one that fits nothing is told.
        std::fs::remove_file(folder.join(format!("{disclosed}.disclosure.json"))).unwrap();
        let with = |path: &str| run(command(&folder).arg("--disclosure").arg(vector(path)));
        assert_eq!(with("commitment/sending.disclosure.json").0, Some(0));
        let page = std::fs::read_to_string(folder.join("receipts/c.p7m.en.html")).unwrap();
        assert!(!page.contains("commitments-not-compared"), "{name}");
        // What lies beside the proof does not take the place of what is given and gives more.
        std::fs::write(folder.join("a.disclosure.json"), erased()).unwrap();
        std::fs::copy(folder.join("a.disclosure.json"), folder.join("b.disclosure.json")).unwrap();
        assert_eq!(run(&mut command(&folder)).0, Some(0));
        let of_sending = || std::fs::read_to_string(folder.join("receipts/a.p7m.en.html")).unwrap();
        assert!(of_sending().contains("sealed without being shown"), "{name}");
        assert_eq!(with("commitment/sending.disclosure.json").0, Some(0));
        assert!(!of_sending().contains("sealed without being shown"), "{name}");
        let (status, _, error) = with("reply/letter-committed.disclosure.json");
        assert!(status == Some(3) && error.contains("no proof commits to these values"), "{error}");
    }
}

/// The disclosure of a sending, from which the recipient is erased.
fn erased() -> Vec<u8> {
    std::fs::read(vector("commitment/recipient-erased.disclosure.json")).unwrap()
}
