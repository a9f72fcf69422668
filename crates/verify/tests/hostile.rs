//! Nothing is passed over: what is named as something to be judged, what was given, and what lies beside.

mod common;

use std::path::Path;

use common::{bare, command, command_at, copied, folder, json, run, vector};
use recommande::seal::{AnyProof, Artifact as _};
use serde_json::Value;
use signed_data::SignedData;

/// The file of a proof whose seal has another last octet: it has the same name, and does not hold.
fn broken(path: &Path) -> Vec<u8> {
    let mut octets = std::fs::read(path).unwrap();
    let signature = SignedData::parse(&octets).unwrap().signer_infos[0].signature.to_vec();
    let place = octets.windows(signature.len()).position(|window| window == signature).unwrap();
    octets[place + signature.len() - 1] ^= 1;
    octets
}

#[test]
fn a_file_that_is_named_as_something_to_be_judged_is_judged() {
    let disclosure = std::fs::read(vector("commitment/sending.disclosure.json")).unwrap();
    let cases: [(&str, &[u8]); 12] = [
        ("a.p7m", b"{ junk"),
        ("a.p7m", b"c2sp.org/tlog-proof@v1\njunk"),
        ("a.p7m", &disclosure),
        ("a.p7m", b"PK\x03\x04 and more"),
        ("a.P7M", b"junk"),
        ("a.RMA", b"junk"),
        ("a.P7s", b"junk"),
        ("a.tsr", b""),
        ("a.ers", b"junk"),
        ("a.asice", b""),
        ("a.ASICE", b"PK\x05\x06"),
        ("a.rma", b""),
    ];
    for (name, octets) in cases {
        let folder = folder("named");
        copied(&folder, &[("good/sending.p7m", "good.p7m")]);
        std::fs::write(folder.join(name), octets).unwrap();
        let (status, document) = json(command().arg(&folder));
        assert_eq!(document["files"].as_array().unwrap().len(), 2, "{name}: {document}");
        assert_eq!((status, document["totals"]["passed"].as_u64()), (1, Some(1)), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_what_is_no_file_is_told() {
    use std::os::unix::fs::symlink;

    let folder = folder("links");
    let real = folder.join("..real");
    std::fs::create_dir(&real).unwrap();
    copied(&real, &[("good/unstamped.p7m", "a.p7m")]);
    // As a volume of configuration has it: links to files, by a link to their folder, and one that leads back.
    symlink("..real", folder.join("..data")).unwrap();
    symlink("..data/a.p7m", folder.join("linked.p7m")).unwrap();
    symlink(&folder, folder.join("back")).unwrap();
    let (status, document) = json(command().arg(&folder));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (2, 2), "{document}");
    symlink("nowhere.p7m", folder.join("dangling.p7m")).unwrap();
    let (status, document) = json(command().arg(&folder));
    let error = document["files"].as_array().unwrap().iter().find(|file| file["error"].is_string()).unwrap();
    assert!(status == 3 && error["file"].as_str().unwrap().ends_with("dangling.p7m"), "{error}");
}

/// The three parts of an aggregated proof: one that is gone or damaged does not take the proof out of sight.
#[test]
fn a_part_of_an_aggregated_proof_that_is_gone_is_told() {
    let parts = |name: &str| {
        let folder = folder(name);
        let proof = AnyProof::from_der(&std::fs::read(vector("aggregated/of-7.rma")).unwrap()).unwrap();
        let parts = proof.parts().unwrap();
        std::fs::write(folder.join("letter.json"), parts.statement()).unwrap();
        std::fs::write(folder.join("letter.ers"), parts.record()).unwrap();
        std::fs::write(folder.join("seal.p7m"), parts.seal().der()).unwrap();
        folder
    };
    let folder = parts("parts");
    let (status, document) = json(command().arg(&folder));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 1), "{document}");
    assert_eq!(document["totals"]["ignored"], 2);
    // What follows it finds it, in its parts as in one file.
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let follows = |entry: &&Value| {
        entry["input"]["sending"] == "aggregated/of-7.rma" && entry["expected"]["indication"] == "TOTAL-PASSED"
    };
    let opening = manifest["vectors"].as_array().unwrap().iter().find(follows).expect("an opening of it");
    std::fs::copy(vector(opening["file"].as_str().unwrap()), folder.join("opening.p7m")).unwrap();
    let now = opening["input"]["now"].as_str().unwrap();
    let (status, document) = json(command_at(now).arg(&folder));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 2), "{}", document["totals"]);
    // So does the letter that both are of.
    let (status, document) = json(command_at(now).arg(&folder).arg("--cases"));
    let case = &document["files"][2]["letters"][0]["cases"][0]["case"];
    assert_eq!((status, &case["verdict"], &case["state"]), (0, &"proven".into(), &"opened".into()), "{case:#}");
    for name in ["letter.json", "letter.ers", "seal.p7m"] {
        let folder = parts("parts-gone");
        std::fs::remove_file(folder.join(name)).unwrap();
        let (status, document) = json(command().arg(&folder));
        assert_eq!(status, 3, "{name}: {document}");
    }
    // A record that is empty or is none is told by its name, each in its own words.
    for (octets, reason) in
        [("", "letter.ers: the evidence record is empty"), ("junk", "letter.ers: the evidence record cannot be read")]
    {
        let folder = parts("parts-record");
        std::fs::write(folder.join("letter.ers"), octets).unwrap();
        let (status, document) = json(command().arg(&folder));
        let error = document["files"][0]["error"].as_str().unwrap();
        assert!(status == 3 && error.contains(reason), "{error}");
    }
    let folder = parts("parts-changed");
    let mut statement = std::fs::read(folder.join("letter.json")).unwrap();
    statement[0] = b'[';
    std::fs::write(folder.join("letter.json"), statement).unwrap();
    assert_ne!(run(command().arg(&folder)).0, 0);
}

#[test]
fn what_lies_beside_nothing_is_told() {
    for name in ["gone.pq.p7s", "gone.tlog-proof"] {
        let folder = folder("orphans");
        copied(&folder, &[("good/sending.p7m", "a.p7m"), ("second-seal/good.pq.p7s", name)]);
        let (status, document) = json(command().arg(&folder));
        assert_eq!((status, document["totals"]["passed"].as_u64()), (3, Some(1)), "{name}");
        assert!(document["files"][1]["error"].as_str().unwrap().contains("lies beside no file"), "{document}");
    }
    // A record is judged by itself where the file beside it is none that is judged.
    let folder = folder("neighbour");
    copied(&folder, &[("good/sending.p7m", "a.p7m"), ("payload/letter.txt", "letter.txt")]);
    std::fs::write(folder.join("letter.txt.ers"), "junk").unwrap();
    assert_eq!(run(command().arg(&folder)).0, 1);
}

/// A record or the proof of a log beside a proof that does not hold takes nothing from the verdict, and people read of it.
#[test]
fn what_does_not_hold_beside_a_proof_is_shown() {
    for ending in ["p7m.ers", "tlog-proof"] {
        let folder = folder("beside-junk");
        copied(&folder, &[("good/sending.p7m", "a.p7m")]);
        std::fs::write(folder.join(format!("a.{ending}")), "junk").unwrap();
        let (_, text, _) = run(command().arg(&folder));
        assert!(text.lines().any(|line| line.starts_with("  ")), "{ending}: {text}");
        let (_, xml, _) = run(command().arg(&folder).args(["--format", "junit"]));
        assert!(xml.contains("<system-out>") || xml.contains("<failure") || xml.contains("<error"), "{xml}");
    }
}

#[test]
fn what_is_given_and_serves_nothing_is_an_error() {
    let (sending, letter) = (vector("good/sending.p7m"), vector("payload/letter.txt"));
    let cases: [(&str, std::path::PathBuf); 3] = [
        ("--data", letter.clone()),
        ("--disclosure", vector("commitment/sending.disclosure.json")),
        ("--sending", vector("good/rsa-2048.p7m")),
    ];
    for (option, file) in cases {
        let (status, document) = json(command().arg(&sending).arg(option).arg(&file));
        assert_eq!((status, document["totals"]["passed"].as_u64()), (3, Some(1)), "{option}: {document}");
    }
    // The sending of another letter is compared, not left out.
    let other = other_sending();
    let (status, document) = json(command().arg(vector("good/opening.p7m")).arg("--sending").arg(&other));
    let code = &document["files"][0]["reports"][0]["decided_by"]["code"];
    assert_eq!((status, code), (1, &"preceding-evidence-differs".into()), "{document}");
    let manifest = folder("options").join("m.json");
    std::fs::write(&manifest, "{\"vectors\":[]}").unwrap();
    for option in ["--payload", "--data", "--sending", "--disclosure"] {
        let (status, ..) = run(bare().arg("--manifest").arg(&manifest).arg(option).arg(&letter));
        assert_eq!(status, 3, "{option}");
    }
    // A timestamp is about one file.
    let mut several = command();
    several.arg(vector("foreign/response.tsr")).arg("--data").arg(&letter).arg("--data").arg(&sending);
    let (status, document) = json(&mut several);
    assert!(status == 3 && document["files"][0]["error"].as_str().unwrap().contains("about one file"), "{document}");
}

/// A sending of another letter than the one that `good/opening.p7m` follows.
fn other_sending() -> std::path::PathBuf {
    vector("good/several-parts.p7m")
}

#[test]
fn a_manifest_with_a_member_in_the_wrong_place_is_refused() {
    let folder = folder("manifest");
    copied(&folder, &[("good/sending.p7m", "good.p7m"), ("payload/letter.txt", "letter.txt")]);
    let other = folder.join("other.txt");
    std::fs::write(&other, "another letter").unwrap();
    let judged = |entries: &str| {
        let path = folder.join("m.json");
        std::fs::write(&path, format!("{{\"vectors\":[{entries}]}}")).unwrap();
        json(command().arg("--manifest").arg(&path))
    };
    assert_eq!(judged(r#"{"file":"good.p7m","input":{"payload":"letter.txt"}}"#).0, 0);
    assert_eq!(judged(r#"{"file":"good.p7m","input":{"payload":"other.txt"}}"#).0, 1);
    for entry in [
        r#"{"file":"good.p7m","payload":"other.txt"}"#,
        r#"{"file":"good.p7m","input":{"paylaod":"other.txt"}}"#,
        r#"{"file":"good.p7m","input":{"now":"85073003328"}}"#,
    ] {
        let (status, document) = judged(entry);
        let error = document["files"][0]["error"].as_str().unwrap();
        assert!(status == 3 && error.contains("line 1, column") && !error.contains("85073003328"), "{error}");
    }
    // One entry that cannot be judged costs the others nothing, and a name is there once.
    let two = r#"{"id":"a","file":"good.p7m"},{"id":"b","file":"missing.p7m"},{"id":"a","file":"good.p7m"}"#;
    let (status, document) = judged(two);
    assert_eq!(
        (status, document["totals"]["passed"].as_u64(), document["totals"]["errors"].as_u64()),
        (3, Some(1), Some(2))
    );
}

/// Of copies with one name the one that holds decides, whatever the files are called.
#[test]
fn the_names_of_copies_decide_nothing() {
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let passes = |entry: &&Value| {
        let input = &entry["input"];
        entry["expected"]["indication"] == "TOTAL-PASSED"
            && input["causes"].as_array().is_some_and(|causes| !causes.is_empty())
            && input.get("policy").is_none()
    };
    let entry = manifest["vectors"].as_array().unwrap().iter().find(passes).expect("an event with a step before it");
    let file = |value: &Value| vector(value.as_str().unwrap());
    for name in ["a-broken.p7m", "zz-broken.p7m"] {
        let folder = folder("step-copies");
        let cause = file(&entry["input"]["causes"][0]);
        std::fs::copy(file(&entry["file"]), folder.join("last.p7m")).unwrap();
        std::fs::copy(file(&entry["input"]["sending"]), folder.join("sending.p7m")).unwrap();
        for (number, cause) in entry["input"]["causes"].as_array().unwrap().iter().enumerate() {
            std::fs::copy(file(cause), folder.join(format!("cause-{number}.p7m"))).unwrap();
        }
        std::fs::write(folder.join(name), broken(&cause)).unwrap();
        let now = entry["input"]["now"].as_str().unwrap();
        let (_, document) = json(command_at(now).arg(&folder));
        let last = document["files"]
            .as_array()
            .unwrap()
            .iter()
            .find(|file| file["file"].as_str().unwrap().ends_with("last.p7m"));
        assert_eq!(last.unwrap()["indication"], "TOTAL-PASSED", "{name}");
    }
    let good = vector("good/committed.p7m");
    let disclosure =
        manifest["vectors"].as_array().unwrap().iter().find(|entry| entry["id"] == "good/committed").unwrap();
    let disclosure = file(&disclosure["input"]["disclosure"]);
    let text = std::fs::read_to_string(&disclosure).unwrap();
    let mut forged: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(forged["Disclosure"][0]["value"], "85073003328");
    forged["Disclosure"][0]["value"] = "79021806501".into();
    for name in ["a.disclosure.json", "zz.disclosure.json"] {
        let folder = folder("disclosure-copies");
        std::fs::copy(&good, folder.join("proof.p7m")).unwrap();
        std::fs::copy(&disclosure, folder.join("m.disclosure.json")).unwrap();
        std::fs::write(folder.join(name), forged.to_string()).unwrap();
        let (status, document) = json(command().arg(&folder));
        assert_eq!(status, 0, "{name}: {}", document["files"][0]["reports"][0]["decided_by"]);
    }
}

/// A letter of several parts is about each of its payloads.
#[test]
fn each_part_of_a_letter_may_be_given() {
    let mut command = command();
    command.arg(vector("good/several-parts.p7m")).arg("--payload").arg(vector("payload/letter.txt"));
    let (status, document) = json(command.arg("--payload").arg(vector("payload/other-letter.txt")));
    assert_eq!(status, 0, "{}", document["files"][1]["error"]);
}

/// Names that are no text stay two names.
#[cfg(target_os = "linux")]
#[test]
fn two_files_have_two_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = folder("twins");
    for name in [&b"\xff.p7m"[..], b"\xfe.p7m"] {
        std::fs::copy(vector("good/sending.p7m"), folder.join(OsStr::from_bytes(name))).unwrap();
    }
    let (_, document) = json(command().arg(&folder));
    let names: Vec<&str> =
        document["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert!(names.len() == 2 && names[0] != names[1], "{names:?}");
    // A manifest's id is not that of a file beside it.
    let manifest = folder.join("m.json");
    let path = vector("good/sending.p7m");
    std::fs::write(&manifest, serde_json::json!({ "vectors": [{ "id": path, "file": path }] }).to_string()).unwrap();
    let (_, document) = json(command().arg(&path).arg("--manifest").arg(&manifest));
    assert_ne!(document["files"][0]["file"], document["files"][1]["file"]);
}

/// An old report is not taken for that of this run, and no other file is written.
#[test]
fn a_report_is_that_of_this_run() {
    let folder = folder("reports");
    let report = folder.join("r.json");
    let old = || std::fs::write(&report, "{\"form\":\"recommande-verify/1\",\"status\":0}").unwrap();
    let read = || std::fs::read_to_string(&report).unwrap_or_default();
    let proof = vector("good/sending.p7m");
    old();
    assert_eq!(run(command().arg(&proof).args(["--format", "bogus"]).arg("--report").arg(&report)).0, 3);
    assert!(read().contains("\"status\":3") && read().contains("bogus"), "{}", read());
    old();
    let mut summary = command();
    summary.arg(&proof).args(["--format", "github"]).arg("--report").arg(&report);
    let (status, _, err) = run(summary.env("GITHUB_STEP_SUMMARY", folder.join("no/such/folder")));
    assert!(status == 3 && err.contains("no/such/folder") && read().contains("\"passed\":1"), "{err}");
    let victim = folder.join("victim.p7m");
    std::fs::copy(&proof, &victim).unwrap();
    run(command().args(["--nonsense", "--", "--report"]).arg(&victim));
    assert_eq!(std::fs::read(&victim).unwrap(), std::fs::read(&proof).unwrap());
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// A sending is judged with what lies beside it, and not with what lies beside the proof that follows it.
#[test]
fn a_sending_that_is_followed_has_its_own_proof_of_a_log() {
    let folder = folder("logged");
    copied(
        &folder,
        &[
            ("good/sending.p7m", "sending.p7m"),
            ("log/good.tlog-proof", "sending.tlog-proof"),
            ("good/opening.p7m", "opening.p7m"),
        ],
    );
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let entry = manifest["vectors"].as_array().unwrap().iter().find(|entry| entry["id"] == "log/included").unwrap();
    let policy = folder.join("policy.txt");
    std::fs::write(&policy, entry["input"]["policy"].to_string()).unwrap();
    let (_, document) = json(command().arg(&folder).arg("--policy").arg(&policy));
    let file = |name: &str| {
        let files = document["files"].as_array().unwrap();
        files.iter().find(|file| file["file"].as_str().unwrap().ends_with(name)).unwrap()
    };
    assert_eq!(file("sending.p7m")["indication"], "TOTAL-PASSED");
    let findings = file("opening.p7m")["reports"][0]["findings"].as_array().unwrap();
    let of_link: Vec<&Value> = findings.iter().filter(|finding| finding["subject"] == "link").collect();
    assert!(!of_link.is_empty() && of_link.iter().all(|finding| finding["outcome"] == "passed"), "{of_link:?}");
}

/// A pipe gives its octets once, and the second reading would compare with nothing.
#[cfg(unix)]
#[test]
fn a_pipe_is_no_payload() {
    let folder = folder("pipe");
    let pipe = folder.join("letter");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for option in ["--payload", "--seal-anchors"] {
        let mut command = bare();
        let (status, document) = json(command.arg(vector("good/sending.p7m")).arg(option).arg(&pipe));
        let error = document["files"].as_array().unwrap().iter().find_map(|file| file["error"].as_str()).unwrap();
        assert!(status == 3 && error.contains("no regular file"), "{option}: {error}");
    }
}

/// Of a kind that reads no second seal and no record, a file beside it is left over, and is told.
#[test]
fn what_a_kind_does_not_read_is_told() {
    let folder = folder("left-over");
    copied(&folder, &[("foreign/response.tsr", "a.tsr")]);
    for name in ["a.pq.p7s", "a.tlog-proof", "a.tsr.ers"] {
        std::fs::write(folder.join(name), "junk").unwrap();
    }
    let (status, document) = json(command().arg(&folder));
    assert_eq!(
        (status, document["totals"]["errors"].as_u64(), document["totals"]["ignored"].as_u64()),
        (3, Some(2), Some(0))
    );
    let kinds: Vec<&Value> = document["files"].as_array().unwrap().iter().map(|file| &file["kind"]).collect();
    assert!(kinds.contains(&&Value::from("evidence-record")), "{kinds:?}");
    // A disclosure that is named and fits nothing.
    let disclosure = vector("commitment/sending.disclosure.json");
    let (status, document) = json(command().arg(vector("good/sending.p7m")).arg(&disclosure));
    assert!(status == 3 && document["files"][1]["error"].is_string(), "{document}");
}

/// What is given in a manifest is compared, or refused.
#[test]
fn a_manifest_gives_nothing_in_vain() {
    let folder = folder("in-vain");
    copied(
        &folder,
        &[
            ("good/sending.p7m", "good.p7m"),
            ("good/opening.p7m", "opening.p7m"),
            ("payload/letter.txt", "letter.txt"),
            ("good/payload-signature.p7s", "letter.p7s"),
        ],
    );
    let error = |entry: &str| {
        let path = folder.join("m.json");
        std::fs::write(&path, format!("{{\"vectors\":[{entry}]}}")).unwrap();
        let (status, document) = json(command().arg("--manifest").arg(&path));
        assert_eq!(status, 3, "{document}");
        document["files"][0]["error"].as_str().unwrap().to_owned()
    };
    for (entry, word) in [
        (r#"{"file":"good.p7m","input":{"payload":"letter.txt","payload_digests":["sha256:00"]}}"#, "exclude"),
        (r#"{"file":"good.p7m","input":{"request":"letter.txt"}}"#, "request"),
        (r#"{"file":"good.p7m","input":{"data":["letter.txt"]}}"#, "data"),
        (r#"{"file":"good.p7m","input":{"seal":"letter.txt"}}"#, "seal"),
        (r#"{"file":"letter.p7s","input":{"sending":"good.p7m"}}"#, "sending"),
        (r#"{"file":"opening.p7m","input":{"sending_disclosure":"letter.txt"}}"#, "sending_disclosure"),
        (r#"{"file":"opening.p7m","input":{"sending_second_seals":["letter.txt"]}}"#, "sending_second_seals"),
        (r#"{"file":"good.p7m","input":{"original_disclosure":"letter.txt"}}"#, "original_disclosure"),
        (r#"{"file":"good.p7m","input":{"original":"letter.txt"}}"#, "letter.txt"),
        (r#"{"file":"opening.p7m","input":{"sending":"letter.txt"}}"#, "letter.txt"),
    ] {
        let told = error(entry);
        assert!(told.contains(word), "{entry}: {told}");
    }
    // One id three times gives three names.
    let path = folder.join("m.json");
    std::fs::write(&path, format!("{{\"vectors\":[{}]}}", [r#"{"id":"a","file":"good.p7m"}"#; 3].join(","))).unwrap();
    let (_, document) = json(command().arg("--manifest").arg(&path));
    let names: std::collections::BTreeSet<&str> =
        document["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

/// As many items of one name as a manifest can have are told apart in a time that grows with their number.
#[test]
fn many_items_of_one_name_are_told_apart_in_time() {
    const MANY: usize = 20_000;
    let manifest = folder("many-names").join("m.json");
    let entries = [r#"{"id":"a","file":"missing.p7m"}"#; MANY].join(",");
    std::fs::write(&manifest, format!("{{\"vectors\":[{entries}]}}")).unwrap();
    let start = std::time::Instant::now();
    let (_, document) = json(command().arg("--manifest").arg(&manifest));
    let elapsed = start.elapsed();
    let names: std::collections::BTreeSet<&str> =
        document["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(names.len(), MANY);
    assert!(elapsed < std::time::Duration::from_secs(15), "{elapsed:?}");
}

/// Beside a proof what does not hold is a warning. Whoever names it as a path asks about it.
#[test]
fn what_is_named_beside_its_proof_is_not_passed_over() {
    let folder = folder("named-companions");
    copied(&folder, &[("good/sending.p7m", "a.p7m")]);
    let names = ["a.p7m.ers", "a.tlog-proof", "a.pq.p7s"];
    for name in names {
        std::fs::write(folder.join(name), "garbage").unwrap();
    }
    let verdict = |document: &Value, name: &str| {
        let mut files = document["files"].as_array().unwrap().iter();
        let file = files.find(|file| file["file"].as_str().unwrap().ends_with(name));
        file.map(|file| file["indication"].as_str().unwrap_or("ERROR").to_owned())
    };
    let paths = names.map(|name| folder.join(name));
    let (status, document) = json(command().arg(folder.join("a.p7m")).args(&paths));
    assert_eq!((status, verdict(&document, "a.p7m").as_deref()), (1, Some("TOTAL-PASSED")), "{document:#}");
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    for (name, path, expected, alone) in [
        (names[0], &paths[0], "TOTAL-FAILED", 1),
        (names[1], &paths[1], "INDETERMINATE", 2),
        (names[2], &paths[2], "INDETERMINATE", 2),
    ] {
        assert_eq!(verdict(&document, name).as_deref(), Some(expected), "{name}: {document:#}");
        // Beside the folder too, in any order, and people read why.
        let (status, text, _) = run(command().arg(path).arg(&folder));
        let line = text.lines().find(|line| line.contains(&format!("{name}: {expected} (")));
        assert!(status == alone && line.is_some(), "{name}: {text}");
    }
    // In a folder nobody named them.
    assert_eq!(run(command().arg(&folder)).0, 0);
    // They are told with the file that was named with them: the entry of a manifest has what it names, and the files before make it a late one.
    let early = folder.join("early");
    std::fs::create_dir(&early).unwrap();
    (0..300).for_each(|number| std::fs::write(early.join(format!("{number}.p7m")), "no proof").unwrap());
    let manifest = folder.join("manifest.json");
    std::fs::write(&manifest, r#"{"vectors":[{"file":"a.p7m"}]}"#).unwrap();
    let mut both = command();
    both.arg(&early).arg(folder.join("a.p7m")).args(&paths).arg("--manifest").arg(&manifest);
    let (_, document) = json(&mut both);
    let files = document["files"].as_array().unwrap();
    for (kind, told) in [("proof", 302), ("second-seal", 1), ("log-proof", 1), ("evidence-record", 1)] {
        assert_eq!(files.iter().filter(|file| file["kind"] == kind).count(), told, "{kind}");
    }
}

/// What holds costs nothing, whether it was named or not.
#[test]
fn what_is_named_beside_its_proof_and_holds_is_no_finding() {
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let input = |id: &str| {
        let entries = manifest["vectors"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["id"] == id).unwrap();
        (vector(entry["file"].as_str().unwrap()), entry["input"].clone())
    };
    // A record is judged by itself too.
    for (id, ending, member, files) in [
        ("log/included", "tlog-proof", "log_proofs", 1),
        ("second-seal/both", "pq.p7s", "second_seals", 1),
        ("batch/record-beside", "p7m.ers", "records", 2),
    ] {
        let folder = folder(&format!("named-good-{member}"));
        let (file, input) = input(id);
        let paths = [folder.join("a.p7m"), folder.join(format!("a.{ending}"))];
        std::fs::copy(file, &paths[0]).unwrap();
        std::fs::copy(vector(input[member][0].as_str().unwrap()), &paths[1]).unwrap();
        let mut told = command_at(input["now"].as_str().unwrap());
        if !input["policy"].is_null() {
            std::fs::write(folder.join("policy.txt"), input["policy"].to_string()).unwrap();
            told.arg("--policy").arg(folder.join("policy.txt"));
        }
        let (status, document) = json(told.args(paths));
        assert_eq!((status, document["files"].as_array().unwrap().len()), (0, files), "{id}: {document:#}");
    }
}
