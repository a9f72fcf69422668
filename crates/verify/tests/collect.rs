//! Files and folders: what each is, and which belong together.

mod common;

use common::{command, command_at, copied, folder, json, run, vector};
use serde_json::Value;
use signed_data::SignedData;

/// The verdict on each file, by its name.
fn verdicts(document: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = |path: &Value| text(path).rsplit('/').next().unwrap_or_default().to_owned();
    let verdict = |file: &Value| (name(&file["file"]), text(&file["kind"]), text(&file["indication"]));
    document["files"].as_array().unwrap().iter().map(verdict).collect()
}

#[test]
fn an_opening_finds_its_sending_in_the_folder_or_by_an_option() {
    let folder = folder("opening");
    // The opening comes first.
    copied(&folder, &[("good/opening.p7m", "a.p7m"), ("good/sending.p7m", "b.p7m")]);
    let (status, document) = json(command().arg(&folder));
    assert_eq!(status, 0, "{:?}", verdicts(&document));
    let (status, document) = json(command().arg(folder.join("a.p7m")));
    assert_eq!((status, &document["files"][0]["reports"][0]["decided_by"]["code"]), (2, &"sending-not-given".into()));
    let (status, document) = json(command().arg(folder.join("a.p7m")).arg("--sending").arg(folder.join("b.p7m")));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 1));
}

/// A copy of the sending with a broken seal has the same name, and must not decide.
#[test]
fn a_broken_copy_of_the_sending_is_not_followed() {
    let folder = folder("copies");
    copied(&folder, &[("good/opening.p7m", "c.p7m"), ("good/sending.p7m", "b.p7m")]);
    // The last octet of the seal's own signature, which stands before the timestamp in the file.
    let mut broken = std::fs::read(vector("good/sending.p7m")).unwrap();
    let signature = SignedData::parse(&broken).unwrap().signer_infos[0].signature.to_vec();
    let place = broken.windows(signature.len()).position(|octets| octets == signature).unwrap();
    broken[place + signature.len() - 1] ^= 1;
    std::fs::write(folder.join("a.p7m"), broken).unwrap();
    let (_, document) = json(command().arg(&folder));
    let opening = verdicts(&document).into_iter().find(|(name, ..)| name == "c.p7m").unwrap();
    assert_eq!(opening.2, "TOTAL-PASSED");
}

/// Steps find the step that led to them, and a reply the letter that it answers.
#[test]
fn a_chain_of_steps_is_put_in_order() {
    let folder = folder("steps");
    let manifest: Value = serde_json::from_slice(&std::fs::read(vector("manifest.json")).unwrap()).unwrap();
    let vectors = manifest["vectors"].as_array().unwrap();
    let passes = |entry: &&Value| {
        let input = &entry["input"];
        entry["expected"]["indication"] == "TOTAL-PASSED"
            && input["causes"].as_array().is_some_and(|causes| causes.len() > 1)
            && input.get("policy").is_none()
    };
    let entry = vectors.iter().find(passes).expect("an event with two steps before it");
    let file = |value: &Value| vector(value.as_str().unwrap());
    let mut names =
        vec![("z.p7m".to_owned(), file(&entry["input"]["sending"])), ("a.p7m".to_owned(), file(&entry["file"]))];
    for (number, cause) in entry["input"]["causes"].as_array().unwrap().iter().enumerate() {
        names.push((format!("m{}.p7m", 9 - number), file(cause)));
    }
    for (name, from) in &names {
        std::fs::copy(from, folder.join(name)).unwrap();
    }
    let now = entry["input"]["now"].as_str().unwrap();
    let (status, document) = json(command_at(now).arg(&folder));
    assert_eq!(status, 0, "{:?}", verdicts(&document));
    assert_eq!(document["files"].as_array().unwrap().len(), names.len());
}

#[test]
fn each_kind_is_found_out_by_itself() {
    let folder = folder("kinds");
    let code = {
        use recommande::seal::{AnyProof, Printed};
        let proof = AnyProof::from_der(&std::fs::read(vector("good/sending.p7m")).unwrap()).unwrap();
        Printed::text_of(&proof).unwrap()
    };
    copied(
        &folder,
        &[
            ("good/sending.p7m", "a.bin"),
            ("good/payload-signature.p7s", "b.bin"),
            ("foreign/response.tsr", "c.bin"),
            ("record/single.ers", "d.bin"),
        ],
    );
    std::fs::write(folder.join("e.txt"), &code).unwrap();
    std::fs::write(folder.join("f.txt"), format!("RM0:{}:{}\n", "AB".repeat(32), "CD".repeat(16))).unwrap();
    std::fs::write(folder.join("g.txt"), "RM1:lower case").unwrap();
    let (status, document) = json(command().arg(&folder));
    let verdicts = verdicts(&document);
    let kinds: Vec<(&str, &str)> = verdicts.iter().map(|(name, kind, _)| (name.as_str(), kind.as_str())).collect();
    let expected = [
        ("a.bin", "proof"),
        ("b.bin", "signature"),
        ("c.bin", "timestamp"),
        ("d.bin", "evidence-record"),
        ("e.txt", "code"),
        ("f.txt", "code"),
        ("g.txt", "code"),
    ];
    assert_eq!(kinds, expected);
    // The proof alone passes: the others miss what they are about, and a printed code has no time.
    let indications: Vec<&str> = verdicts.iter().map(|(_, _, indication)| indication.as_str()).collect();
    assert_eq!(
        indications,
        [
            "TOTAL-PASSED",
            "INDETERMINATE",
            "INDETERMINATE",
            "INDETERMINATE",
            "INDETERMINATE",
            "INDETERMINATE",
            "INDETERMINATE"
        ]
    );
    assert_eq!(status, 2);
    let reason = |place: usize| document["files"][place]["reason"].as_str().unwrap_or_default().to_owned();
    assert!(reason(5).contains("names of a proof") && reason(6).contains("base45"), "{document}");
}

/// A proof that was cut or changed is no other file, whatever it is called: it has failed.
#[test]
fn a_damaged_proof_without_its_ending_is_judged() {
    let folder = folder("damaged");
    let whole = |name: &str| std::fs::read(vector(name)).unwrap();
    copied(&folder, &[("good/sending.p7m", "a.p7m")]);
    let (proof, response) = (whole("good/sending.p7m"), whole("foreign/response.tsr"));
    let mut changed = proof.clone();
    changed[60] ^= 0xff;
    let changed = |name: &str| (name.to_owned(), changed.clone());
    let damaged = [("b.der".to_owned(), proof[..proof.len() - 1].to_vec()), ("c".to_owned(), proof[..100].to_vec())];
    let damaged = damaged.into_iter().chain([changed("d.bin"), ("e".to_owned(), response[..500].to_vec())]);
    for (name, octets) in damaged {
        std::fs::write(folder.join(&name), octets).unwrap();
        let (status, document) = json(command().arg(&folder));
        let told = &document["files"][1];
        assert_eq!((status, &told["indication"]), (1, &"TOTAL-FAILED".into()), "{name}: {told}");
        assert_eq!(told["reports"][0]["sub_indication"], "FORMAT_FAILURE", "{name}");
        std::fs::remove_file(folder.join(&name)).unwrap();
    }
    // What is of another kind in DER is counted, whole or not.
    let certificate = recommande::testing::TestPki::new(chrono::Utc::now()).unwrap().seal_chain().remove(0);
    std::fs::write(folder.join("certificate.der"), certificate.der()).unwrap();
    std::fs::write(folder.join("cut.der"), &certificate.der()[..200]).unwrap();
    let (status, document) = json(command().arg(&folder));
    assert_eq!((status, &document["totals"]["ignored"]), (0, &2.into()), "{document:#}");
}

/// What is named as a proof is judged as one: another signature in its place proves nothing of a letter.
#[test]
fn another_signature_in_the_place_of_a_proof_is_no_proof() {
    let folder = folder("place");
    copied(&folder, &[("good/payload-signature.p7s", "proof.p7m")]);
    std::fs::write(folder.join("empty.p7m"), "").unwrap();
    std::fs::write(folder.join("text.rma"), "not a proof").unwrap();
    let (status, document) = json(command().arg(&folder).arg("--payload").arg(vector("payload/letter.txt")));
    assert_eq!(status, 1);
    for file in document["files"].as_array().unwrap() {
        assert_eq!((&file["kind"], &file["indication"]), (&"proof".into(), &"TOTAL-FAILED".into()), "{file}");
    }
}

#[test]
fn junk_in_a_folder_is_counted_and_costs_nothing() {
    let folder = folder("junk");
    copied(
        &folder,
        &[("good/sending.p7m", "a.p7m"), ("anchors/seal.pem", "seal.pem"), ("payload/letter.txt", "l.txt")],
    );
    std::fs::create_dir(folder.join("below")).unwrap();
    copied(&folder, &[("good/rsa-2048.p7m", "below/b.p7m")]);
    std::fs::write(folder.join("x.json"), "{\"a\":1}").unwrap();
    let (status, document) = json(command().arg(&folder));
    assert_eq!((status, &document["totals"]["passed"], &document["totals"]["ignored"]), (0, &2.into(), &3.into()));
    // Somebody who names a file wants a verdict on it.
    for (name, word) in [("seal.pem", "no proof"), ("missing.p7m", "missing.p7m")] {
        let (status, document) = json(command().arg(folder.join("a.p7m")).arg(folder.join(name)));
        let error = document["files"][1]["error"].as_str().unwrap();
        assert!(status == 3 && error.contains(word), "{error}");
        assert_eq!(document["totals"]["passed"], 1);
    }
    // A folder in which nothing is judged has not passed.
    std::fs::remove_file(folder.join("a.p7m")).unwrap();
    std::fs::remove_dir_all(folder.join("below")).unwrap();
    assert_eq!(run(command().arg(&folder)).0, 3);
}

#[test]
fn a_payload_is_compared_and_each_proof_takes_its_own() {
    let (sending, letter) = (vector("good/sending.p7m"), vector("payload/letter.txt"));
    let folder = folder("payloads");
    let other = folder.join("other.txt");
    std::fs::write(&other, "another letter").unwrap();
    assert_eq!(run(command().arg(&sending).arg("--payload").arg(&letter)).0, 0);
    let (status, document) = json(command().arg(&sending).arg("--payload").arg(&other));
    assert_eq!((status, &document["files"][0]["reports"][0]["sub_indication"]), (1, &"HASH_FAILURE".into()));
    // Two letters: one that the proof is about, and one that no proof is about.
    let (status, document) = json(command().arg(&sending).arg("--payload").arg(&other).arg("--payload").arg(&letter));
    assert_eq!((status, document["totals"]["passed"].as_u64()), (3, Some(1)));
    assert!(document["files"][1]["error"].as_str().unwrap().contains("no file that is judged is about this payload"));
    let digest = recommande::crypto::DigestAlgorithm::Sha256.digest(&std::fs::read(&letter).unwrap());
    let given = format!("{digest}");
    assert_eq!(run(command().arg(&sending).args(["--payload-digest", &given])).0, 0, "{given}");
    assert_eq!(run(command().arg(&sending).args(["--payload-digest", "sha256:00"])).0, 3);
}

/// What lies beside a proof under its name is given with it.
#[test]
fn second_seals_and_records_beside_a_proof_are_used() {
    let folder = folder("beside");
    copied(&folder, &[("second-seal/good.pq.p7s", "a.pq.p7s"), ("second-seal/both.p7m", "a.p7m")]);
    let (_, document) = json(command().arg(&folder));
    let report = &document["files"][0]["reports"][0];
    assert_eq!((document["files"].as_array().unwrap().len(), &document["totals"]["ignored"]), (1, &1.into()));
    assert!(report["second_seals"].as_array().is_some_and(|seals| seals.len() == 1), "{report}");
    let (status, document) = json(command().arg(folder.join("a.pq.p7s")));
    assert!(status == 3 && document["files"][0]["error"].as_str().unwrap().contains("beside"));
    copied(&folder, &[("good/sending.p7m", "b.p7m"), ("record/over-proof.ers", "b.p7m.ers")]);
    let (_, document) = json(command().arg(folder.join("b.p7m")));
    assert_eq!(document["files"][0]["reports"][0]["records"].as_array().unwrap().len(), 1);
}

/// The policy is that of the register's signature too, and not of the seal alone.
#[test]
fn a_register_is_judged_by_the_policy() {
    let folder = folder("register");
    let files = [("mandate/register.extract.json", "register.json"), ("mandate/register.extract.p7s", "register.p7s")];
    copied(&folder, &files);
    let mut policy = recommande::Policy::default();
    policy.algorithms.digests.iter_mut().for_each(|row| row.past_from = Some("2020-01-01".parse().unwrap()));
    std::fs::write(folder.join("past.json"), serde_json::to_string(&policy).unwrap()).unwrap();
    let told = |options: &[&str]| {
        let mut command = command();
        command.arg(vector("mandate/provider.p7m")).arg("--sending").arg(vector("mandate/sending-to-enterprise.p7m"));
        command.arg("--register-anchors").arg(vector("anchors/register.pem"));
        command.arg("--register-extract").arg(folder.join("register.json"));
        json(command.current_dir(&folder).args(options)).1.to_string()
    };
    assert!(told(&[]).contains("mandate-proven"));
    assert!(told(&["--policy", "past.json"]).contains("mandate-not-proven"));
}

/// A proof that is given by an option is not judged itself, and no verdict tells what becomes of a file beside it: who names that file asks about it.
#[test]
fn what_is_named_beside_a_given_proof_is_an_error() {
    let folder = folder("named-beside-given");
    copied(&folder, &[("good/opening.p7m", "a.p7m"), ("good/sending.p7m", "s.p7m")]);
    let path = |name: &str| folder.join(name);
    for name in ["s.pq.p7s", "s.tlog-proof"] {
        std::fs::write(path(name), "garbage").unwrap();
        for options in [&[][..], &["--cases"]] {
            let asked = |paths: &[&str]| {
                json(
                    command()
                        .args(paths.iter().map(|name| path(name)))
                        .arg("--sending")
                        .arg(path("s.p7m"))
                        .args(options),
                )
            };
            let (status, document) = asked(&["a.p7m", name]);
            let files = document["files"].as_array().unwrap().iter();
            let error =
                files.clone().find(|file| file["file"].as_str().unwrap().ends_with(name)).map(|it| &it["error"]);
            assert_eq!((status, error), (3, Some(&"this lies beside no file that is judged".into())), "{document:#}");
            // Nobody asks about it, or the sending is judged too and its report tells of it.
            assert_eq!(asked(&["a.p7m"]).0, 0);
            assert_eq!(asked(&["a.p7m", name, "s.p7m"]).0, 2);
        }
        std::fs::remove_file(path(name)).unwrap();
    }
    // A record is judged by itself.
    std::fs::write(path("s.p7m.ers"), "garbage").unwrap();
    let (status, document) =
        json(command().args([path("a.p7m"), path("s.p7m.ers")]).arg("--sending").arg(path("s.p7m")));
    assert_eq!((status, verdicts(&document).len()), (1, 2), "{document:#}");
}
