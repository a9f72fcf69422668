//! What is written for people, for JUnit and for GitHub.

mod common;

use common::{bare, command, copied, folder, run, vector};

/// A proof that passes, one that fails, one that is undecided, and a file that is missing.
fn mixed(name: &str) -> Vec<std::path::PathBuf> {
    let folder = folder(name);
    copied(&folder, &[("good/sending.p7m", "a.p7m"), ("good/unstamped.p7m", "c.p7m")]);
    std::fs::write(folder.join("b.p7m"), "no proof").unwrap();
    ["a.p7m", "b.p7m", "c.p7m", "d.p7m"].map(|name| folder.join(name)).to_vec()
}

#[test]
fn people_read_a_line_for_each_file_and_what_speaks_against_it() {
    let files = mixed("text");
    let (status, out, err) = run(command().args(&files));
    assert_eq!((status, err.as_str()), (3, ""));
    let lines: Vec<&str> = out.lines().filter(|line| !line.starts_with(' ')).collect();
    assert!(lines[0].ends_with("a.p7m: TOTAL-PASSED B-T SubmissionAcceptance proven at 2026-03-02T09:15:06Z"), "{out}");
    assert!(lines[1].contains("b.p7m: TOTAL-FAILED (FORMAT_FAILURE: envelope malformed)"), "{out}");
    assert!(lines[2].contains("c.p7m: INDETERMINATE") && lines[2].contains("timestamp-missing"), "{out}");
    assert!(lines[3].contains("d.p7m: ERROR"), "{out}");
    assert_eq!(lines[4], "1 passed, 1 failed, 1 indeterminate, 1 errors");
    let (status, out, _) = run(command().arg(&files[0]).arg("--quiet"));
    assert_eq!((status, out.as_str()), (0, ""));
    let (status, out, _) = run(command().args(&files[..2]).arg("-q"));
    assert!(status == 1 && !out.contains("a.p7m") && out.contains("b.p7m"), "{out}");
    let (_, out, _) = run(command().arg(&files[0]).arg("--full"));
    assert!(out.contains("seal chain") && out.lines().count() > 20, "{out}");
}

/// The worst decides, in the order 3, 1, 2, 0.
#[test]
fn the_exit_status_is_that_of_the_worst() {
    let files = mixed("status");
    for (given, expected) in [(&files[..1], 0), (&files[2..3], 2), (&files[1..3], 1), (&files[..4], 3)] {
        assert_eq!(run(command().args(given)).0, expected);
    }
    assert_eq!(run(&mut bare()).0, 3);
    assert_eq!(run(bare().arg("--help")).0, 0);
    assert_eq!(run(bare().arg("--version")).0, 0);
    // Without anchors nothing is proven.
    assert_eq!(run(bare().arg(&files[0]).args(["--environment", "Test"])).0, 2);
}

/// A job that fails says why, in whatever its dashboard reads.
#[test]
fn a_folder_with_nothing_to_judge_is_told_in_every_form() {
    let folder = folder("nothing");
    std::fs::write(folder.join("notes.txt"), "notes").unwrap();
    let manifest = folder.join("m.txt");
    std::fs::write(&manifest, "{}").unwrap();
    let report = folder.join("report.txt");
    for (option, path) in [(&[][..], &folder), (&["--manifest"], &manifest)] {
        let asked = |format: &str| {
            let mut command = command();
            command.args(option).arg(path).args(["--format", format]).arg("--report").arg(&report);
            let (status, out, _) = run(&mut command);
            assert_eq!(status, 3, "{out}");
            out
        };
        let reason = "nothing in it can be judged";
        let name = path.to_str().unwrap();
        let text = asked("text");
        assert!(text.starts_with(&format!("{name}: ERROR ({reason})\n")), "{text}");
        let document = asked("json");
        assert!(document.contains(reason) && document.contains("\"errors\":1,"), "{document}");
        assert_eq!(std::fs::read_to_string(&report).unwrap(), document);
        let xml = asked("junit");
        assert!(xml.contains(&format!("name=\"{name}\"><error type=\"ERROR\" message=\"{reason}\">")), "{xml}");
        let github = asked("github");
        assert!(github.starts_with("::error file=") && github.contains(reason), "{github}");
    }
    // So is one beside a file that is good: a path that was mistyped must not pass.
    let good = vector("good/sending.p7m");
    let empty = folder.join("empty");
    std::fs::create_dir(&empty).unwrap();
    for folder in [&folder, &empty] {
        let (status, out, _) = run(command().arg(&good).arg(folder));
        let told = format!("{}: ERROR (nothing in it can be judged)\n", folder.display());
        assert!(status == 3 && out.contains(&told) && out.contains("1 passed"), "{out}");
    }
    let (status, out, _) = run(command().arg(&good).arg("--manifest").arg(&manifest));
    assert!(status == 3 && out.contains("m.txt: ERROR"), "{out}");
    // One whose files serve another, or were named before, is not empty.
    copied(&empty, &[("commitment/sending.disclosure.json", "a.json")]);
    assert_eq!(run(command().arg(vector("good/committed.p7m")).arg(&empty)).0, 0);
    copied(&folder, &[("good/sending.p7m", "a.p7m")]);
    assert_eq!(run(command().arg(folder.join("a.p7m")).arg(&folder)).0, 0);
}

#[test]
fn the_name_of_a_file_stays_in_its_line_and_in_its_element() {
    let folder = folder("names");
    let name = "a\u{1b}[2J\n<b> & \"c\": TOTAL-PASSED,%\u{202e}.p7m";
    std::fs::copy(vector("good/unstamped.p7m"), folder.join(name)).unwrap();
    let (_, text, _) = run(command().arg(&folder));
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.contains("a\\u{1b}[2J\\n<b>"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("TOTAL-PASSED")).count(), 1);
    let (_, xml, _) = run(command().arg(&folder).args(["--format", "junit"]));
    assert!(xml.contains("aU+001B[2J&#10;&lt;b&gt; &amp; &quot;c&quot;: TOTAL-PASSED,%\u{202e}.p7m\""), "{xml}");
    let (_, github, _) = run(command().arg(&folder).args(["--format", "github"]));
    assert!(!github.contains(['\u{1b}', '\u{202e}']), "{github}");
    let place = r#"a\u{1b}[2J\n<b> & "c"%3A TOTAL-PASSED%2C%25\u{202e}.p7m,title=INDETERMINATE::"#;
    assert!(github.contains(place), "{github}");
    assert_eq!(github.lines().count(), 2, "{github}");
}

#[test]
fn junit_has_a_case_for_each_file() {
    let files = mixed("junit");
    let (status, xml, _) = run(command().args(&files).args(["--format", "junit"]));
    assert_eq!(status, 3);
    assert_eq!(xml.matches("<testcase ").count(), 4, "{xml}");
    assert_eq!((xml.matches("<failure ").count(), xml.matches("<error ").count()), (1, 2), "{xml}");
    assert!(xml.contains("a.p7m\"/>") && xml.contains("classname=\"recommande.proof\""), "{xml}");
    // The reason stands in the attribute and in the text: readers show one of the two.
    assert_eq!(xml.matches("FORMAT_FAILURE: envelope malformed").count(), 2, "{xml}");
    let (status, xml, _) = run(command().args(["--nonsense", "--format", "junit"]));
    assert!(status == 3 && xml.contains("<error type=\"ERROR\"") && xml.ends_with("</testsuites>\n"), "{xml}");
}

/// A step shows ten annotations of a kind, and drops the rest: the worst come first, and the table has all.
#[test]
fn github_gets_the_worst_ten_and_a_table() {
    let folder = folder("github");
    for number in 0..15 {
        std::fs::copy(vector("good/unstamped.p7m"), folder.join(format!("a{number:02}.p7m"))).unwrap();
        std::fs::write(folder.join(format!("b{number:02}.p7m")), "no proof").unwrap();
    }
    let summary = folder.join("summary.md");
    let mut command = command();
    command.arg(&folder).arg(folder.join("missing.p7m")).args(["--format", "github"]);
    let (status, out, _) = run(command.env("GITHUB_STEP_SUMMARY", &summary));
    assert_eq!(status, 3);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("::error file=") && lines[0].contains("missing.p7m"), "{out}");
    assert_eq!((out.matches("::error ").count(), out.matches("::warning ").count()), (10, 10));
    let table = std::fs::read_to_string(&summary).unwrap();
    assert_eq!(table.lines().filter(|line| line.starts_with("| TOTAL-FAILED")).count(), 15, "{table}");
    assert_eq!(table.lines().filter(|line| line.starts_with("| INDETERMINATE")).count(), 15);
}

/// A summary holds a mebibyte. What has no room in it is the least of what went wrong, wherever the worst stand in the order of the files.
#[test]
fn the_summary_of_github_begins_with_the_worst() {
    let folder = folder("worst-first");
    let unstamped = std::fs::read(vector("good/unstamped.p7m")).unwrap();
    // A name that is written with five octets for each of its characters.
    let long = "_".repeat(180);
    for number in 0..1000 {
        std::fs::write(folder.join(format!("a{long}{number:04}.p7m")), &unstamped).unwrap();
    }
    std::fs::write(folder.join("z1.p7m"), "no proof").unwrap();
    std::fs::write(folder.join("z2.p7m"), "no proof").unwrap();
    let summary = folder.join("summary.md");
    let mut command = command();
    command.arg(&folder).arg(folder.join("missing.p7m")).args(["--format", "github"]);
    assert_eq!(run(command.env("GITHUB_STEP_SUMMARY", &summary)).0, 3);
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!((900 << 10..1 << 20).contains(&summary.len()), "{}", summary.len());
    let rows: Vec<&str> = summary.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    let begins = ["| ERROR | ", "| TOTAL-FAILED | ", "| TOTAL-FAILED | ", "| INDETERMINATE | "];
    assert!(rows.iter().zip(begins).all(|(row, begin)| row.starts_with(begin)), "{:?}", &rows[..4]);
    assert!(rows[0].contains("missing.p7m") && rows[1].contains("z1.p7m") && rows[2].contains("z2.p7m"));
    assert!(summary.ends_with(&format!("\n{} more are in the report.\n", 1003 - rows.len())), "{}", rows.len());
}

/// A reader that closes the output early takes the verdict from nobody.
#[test]
fn a_reader_that_has_read_enough_gets_the_status() {
    let folder = folder("closed");
    for number in 0..40 {
        std::fs::copy(vector("good/sending.p7m"), folder.join(format!("{number}.p7m"))).unwrap();
    }
    let mut command = command();
    command.arg(&folder).args(["--format", "json"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// Any number of threads gives the same document.
#[test]
fn threads_change_nothing() {
    let of = |threads: &str| {
        let mut command = bare();
        command.arg("--manifest").arg(vector("manifest.json")).args(["--now", "2026-03-06T12:00:00Z"]);
        run(command.args(["--format", "json", "--threads", threads]))
    };
    let (one, three) = (of("1"), of("3"));
    assert_eq!(one.0, three.0);
    assert!(one.1 == three.1, "the documents differ");
}

/// Whoever writes a manifest or a configuration reads which member is wrong, and no value of it.
#[test]
fn what_is_wrong_in_a_file_in_json_is_named() {
    let folder = folder("manifest-wrong");
    let path = folder.join("m.json");
    let told = |text: &str, begin: &[&str]| {
        std::fs::write(&path, text).unwrap();
        let (status, out, err) = run(bare().args(begin).arg(&path));
        assert_eq!(status, 3, "{text}");
        assert!(!out.contains("secret") && !err.contains("secret"), "{text}: {out}{err}");
        out + &err
    };
    let kind = r#"{"vectors":[{"file":"a","kind":"secret, expected secret"}]}"#;
    for (text, words) in [
        (r#"{"vectors":[{"id":"a"}]}"#, "the member file is missing"),
        (r#"{"vectors":[{"file":"a","payload":"b"}]}"#, "the member payload is not known"),
        (r#"{"vectors":[{"file":"a","file":"b"}]}"#, "the member file stands there twice"),
        (r#"{"vectors":[{"file":"a","b\nc":"d"}]}"#, "the member b\\nc is not known"),
        (r#"{"vectors":{"file":"secret"}}"#, "line 1, column 11: what stands here has to be an array"),
        (r#"{"vectors":["secret"]}"#, "has to be an object"),
        (r#"{"cases":[{"id":"a","input":{"files":["secret"],"regime":1}}]}"#, "has to be a string"),
        (r#"{"vectors":[{"file":"a","input":{"now":"secret"}}]}"#, "a member is not what it has to be"),
        (kind, "has to be one of `proof`"),
        (r#"[{"file":"secret"}]"#, "it is an array, and has to be an object"),
        (r#"{"vectors":"#, "it ends too early"),
    ] {
        let told = told(text, &["--manifest"]);
        assert!(told.contains(words), "{text}: {told}");
    }
    for (text, words) in [
        (r#"{"chian":"secret"}"#, "the member chian is not known"),
        (r#"{"revocation":"secret"}"#, "has to be an array"),
        (r#"["secret"]"#, "it is an array, and has to be an object"),
    ] {
        let told = told(text, &["doctor", "--config"]);
        assert!(told.contains(words), "{text}: {told}");
    }
}

/// A variable that is set to nothing is not set.
#[test]
fn an_empty_name_of_a_summary_is_none() {
    let mut told = command();
    told.arg(vector("good/sending.p7m")).args(["--format", "github"]).env("GITHUB_STEP_SUMMARY", "");
    let (status, out, error) = run(&mut told);
    assert_eq!((status, error.as_str()), (0, ""), "{out}");
}

/// A proof that counts and is not proven has its reason in every form, and a cell that is cut says so.
#[test]
fn what_is_not_proven_has_its_reason_whole() {
    let folder = folder("reasons");
    let files: Vec<_> = std::fs::read_dir(vector("case")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut told = std::collections::BTreeMap::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "p7m")) {
        for format in ["text", "junit", "github"] {
            let summary = folder.join("summary");
            std::fs::write(&summary, "").unwrap();
            let mut command = command();
            command.arg(file).arg(vector("good/sending.p7m")).args(["--cases", "--format", format]);
            let (_, out, _) = run(command.env("GITHUB_STEP_SUMMARY", &summary));
            let out = out + &std::fs::read_to_string(&summary).unwrap();
            for line in out.split("not proven: ").skip(1) {
                let reason = line.split_once(": ").map_or("", |(_, reason)| reason);
                assert!(reason.starts_with("link: the s") || reason.starts_with("a proof that"), "{format}: {line}");
                *told.entry(format).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(told.len(), 3, "{told:?}");
    let long = folder.join("a".repeat(200)).join("b".repeat(200));
    std::fs::create_dir_all(&long).unwrap();
    let (file, summary) = (long.join("c".repeat(240)), folder.join("summary"));
    let mut command = command();
    run(command.arg(file).args(["--format", "github"]).env("GITHUB_STEP_SUMMARY", &summary));
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(summary.contains("ccc … |"), "{summary}");
}
