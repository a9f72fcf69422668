//! What senders signed: found beside the sending that states it, and judged by anchors of their own.

mod common;

use std::path::Path;
use std::process::Command;

use chrono::{DateTime, Utc};
use common::{bare, command_at, copied, folder, json, vector};
use recommande::evidence::{ActedBy, Assurance, AssuranceLevel};
use recommande::seal::SignedSubmission;
use recommande::testing::{TestPki, TestTsa};
use recommande::verify::SendingContext;
use recommande::{
    Credentials, Environment, Issuer, Opening, Payload, ProofOfSending, Sealer, TrustAnchors, TsaPool, Verifier,
};
use recommande_dossier::{DossierBuilder, ProofFiles, ToSign};
use serde_json::Value;

/// The command with the anchors of the vectors.
fn command() -> Command {
    command_at("2026-05-01T12:00:00Z")
}

/// The same, with the anchors of senders.
fn with_senders() -> Command {
    let mut command = command();
    command.arg("--sender-anchors").arg(vector("anchors/submissions.pem"));
    command
}

/// The codes of the findings of a file.
fn codes(document: &Value, name: &str) -> Vec<String> {
    let files = document["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["file"].as_str().unwrap().ends_with(name)).unwrap();
    let findings = file["reports"][0]["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

/// The codes about submissions that the manifest's way gives, which names the files.
fn by_manifest(folder: &Path, sending: &str, submission: &str) -> Vec<String> {
    let (sending, json_file) = (vector(sending), vector(&format!("submission/{submission}.submission.json")));
    let entry = serde_json::json!({ "vectors": [{ "id": "one.p7m", "file": sending, "input": { "submission": {
        "anchors": vector("anchors/submissions.pem"), "json": json_file, "signature": json_file.with_extension("p7s"),
    } } }] });
    let manifest = folder.join("manifest.json");
    std::fs::write(&manifest, entry.to_string()).unwrap();
    let (_, document) = json(command().arg("--manifest").arg(manifest));
    codes(&document, "one.p7m")
}

#[test]
fn a_sending_finds_what_its_sender_signed_whatever_the_files_are_called() {
    let folder = folder("submissions-found");
    copied(
        &folder,
        &[
            ("submission/sending.p7m", "b.p7m"),
            ("submission/letter.submission.json", "a.json"),
            ("submission/letter.submission.p7s", "a.p7s"),
            ("submission/twin.submission.json", "c.json"),
            ("submission/twin.submission.p7s", "c.p7s"),
        ],
    );
    let (status, document) = json(with_senders().arg(&folder));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 1), "{document:#}");
    assert_eq!(document["totals"]["ignored"], 4);
    let expected = by_manifest(&folder, "submission/sending.p7m", "letter");
    assert_eq!(codes(&document, "b.p7m"), expected);
    assert!(!expected.contains(&"submission-not-given".to_owned()), "{expected:?}");
    // Nobody asked about senders, and the signature is no file of its own all the same.
    std::fs::remove_file(folder.join("manifest.json")).unwrap();
    let (status, document) = json(command().arg(&folder));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 1), "{document:#}");
    assert!(codes(&document, "b.p7m").contains(&"submission-not-given".to_owned()), "{document:#}");
}

#[test]
fn a_submission_by_an_option_is_compared_and_serves_a_file() {
    let submission = |name: &str| vector(&format!("submission/{name}.submission.json"));
    let (status, _) =
        json(with_senders().arg(vector("submission/sending.p7m")).arg("--submission").arg(submission("letter")));
    assert_eq!(status, 0);
    // Another one than the sending states: alone it is compared, and among several proofs nothing is about it.
    let (status, document) =
        json(with_senders().arg(vector("submission/sending.p7m")).arg("--submission").arg(submission("twin")));
    let decided = &document["files"][0]["reports"][0]["decided_by"]["code"];
    assert_eq!((status, decided), (1, &"submission-differs".into()), "{document:#}");
    let mut several = with_senders();
    several.args([vector("submission/sending.p7m"), vector("good/sending.p7m")]);
    let (status, document) = json(several.arg("--submission").arg(submission("twin")));
    assert_eq!((status, &document["totals"]["errors"]), (3, &1.into()), "{document:#}");
    // A signature that is broken, and one of somebody who is not trusted.
    for (name, expected) in [("signature-invalid", 1), ("not-trusted", 2)] {
        let sending = vector(&format!("submission/{name}.p7m"));
        let (status, document) = json(with_senders().arg(sending).arg("--submission").arg(submission(name)));
        assert_eq!(status, expected, "{name}: {document:#}");
    }
}

#[test]
fn a_submission_without_its_signature_or_anchors_is_an_error() {
    let folder = folder("submissions-alone");
    copied(&folder, &[("submission/letter.submission.json", "a.json")]);
    let sending = vector("submission/sending.p7m");
    let told = || {
        let (status, document) = json(with_senders().arg(&sending).arg("--submission").arg(folder.join("a.json")));
        assert_eq!(status, 3, "{document:#}");
        document["files"][0]["error"].as_str().unwrap().to_owned()
    };
    assert!(told().contains("a.p7s"), "it is missing");
    // The file that is wrong is the one that is named.
    std::fs::write(folder.join("a.p7s"), "").unwrap();
    assert!(told().contains("a.p7s: the signature of the submission is empty"), "{}", told());
    copied(&folder, &[("submission/letter.submission.p7s", "a.p7s"), ("anchors/seal.pem", "a.json")]);
    assert!(told().contains("a.json: the octets are no submission"), "{}", told());
    std::fs::remove_file(folder.join("a.p7s")).unwrap();
    let manifest = folder.join("manifest.json");
    std::fs::write(folder.join("empty.p7s"), "").unwrap();
    let input = serde_json::json!({ "anchors": vector("anchors/submissions.pem"),
        "json": vector("submission/letter.submission.json"), "signature": "empty.p7s" });
    let entry = serde_json::json!({ "vectors": [{ "file": sending, "input": { "submission": input } }] });
    std::fs::write(&manifest, entry.to_string()).unwrap();
    let (status, document) = json(command().arg("--manifest").arg(manifest));
    let error = document["files"][0]["error"].as_str().unwrap();
    assert!(status == 3 && error.contains("empty.p7s: "), "{error}");
    let (status, _) =
        json(command().arg(&sending).arg("--submission").arg(vector("submission/letter.submission.json")));
    assert_eq!(status, 3);
    // The signature alone is judged as one.
    let (_, document) = json(command().arg(vector("submission/letter.submission.p7s")));
    assert_eq!(document["files"][0]["kind"], "signature");
    let (status, _) = json(with_senders().arg(vector("submission/letter.submission.json")));
    assert_eq!(status, 3, "there is nothing to judge");
}

/// A copy of the signature may lie beside another text, in either order of the names.
#[test]
fn of_two_copies_the_one_that_holds_decides() {
    for (name, altered_first) in [("first", true), ("last", false)] {
        let folder = folder(&format!("submissions-copies-{name}"));
        let (good, altered) = if altered_first { ("b", "a") } else { ("a", "b") };
        copied(
            &folder,
            &[
                ("submission/sending.p7m", "c.p7m"),
                ("submission/letter.submission.json", &format!("{good}.json")),
                ("submission/letter.submission.p7s", &format!("{good}.p7s")),
                ("submission/another-message.submission.json", &format!("{altered}.json")),
                ("submission/letter.submission.p7s", &format!("{altered}.p7s")),
            ],
        );
        let (status, document) = json(with_senders().arg(&folder));
        assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 1), "{name}: {document:#}");
        // The altered one alone does not hold.
        std::fs::remove_file(folder.join(format!("{good}.json"))).unwrap();
        std::fs::remove_file(folder.join(format!("{good}.p7s"))).unwrap();
        let (status, _) = json(with_senders().arg(&folder));
        assert_eq!(status, 1, "{name}");
    }
}

/// Somebody who names a signature wants a verdict on it, unless a sending is judged with it.
#[test]
fn a_signature_that_is_named_is_judged_unless_a_sending_states_it() {
    let folder = folder("submissions-named");
    copied(
        &folder,
        &[
            ("submission/letter.submission.json", "a.json"),
            ("submission/letter.submission.p7s", "a.p7s"),
            ("good/sending.p7m", "b.p7m"),
        ],
    );
    let (_, document) = json(with_senders().arg(folder.join("a.p7s")).arg(&folder));
    let kinds = |document: &Value| -> Vec<Value> {
        document["files"].as_array().unwrap().iter().map(|file| file["kind"].clone()).collect()
    };
    assert_eq!(kinds(&document), ["signature", "proof"], "{document:#}");
    copied(&folder, &[("submission/sending.p7m", "c.p7m")]);
    let (_, document) = json(with_senders().arg(folder.join("a.p7s")).arg(&folder));
    assert_eq!(kinds(&document), ["proof", "proof"], "{document:#}");
}

/// In a container the submission lies beside its proof, and is judged by the same anchors.
#[test]
fn a_submission_in_a_dossier_is_judged_by_the_anchors_of_senders() {
    let folder = folder("submissions-dossier");
    let now: DateTime<Utc> = "2026-05-01T11:00:00Z".parse().unwrap();
    let pki = TestPki::new(now).unwrap();
    let issuer = Issuer::new("Test", "BE/BE/0406798006", Environment::Test).unwrap();
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(move || now));
    let read = |path: &str| std::fs::read(vector(path)).unwrap();
    for (sending, submission, expected) in [("sending", "letter", 0), ("signature-invalid", "signature-invalid", 1)] {
        let file = |ending: &str| read(&format!("submission/{submission}.submission.{ending}"));
        let signed = SignedSubmission::from_parts(&file("json"), &file("p7s"));
        let sending = format!("submission/{sending}.p7m");
        let proof = ProofFiles::from_der(&read(&sending)).unwrap().with_submission(signed.unwrap());
        let to_sign = DossierBuilder::new().with_proof(proof).to_sign().unwrap();
        let signature = sealer.sign_payload(&to_sign.digests(), ToSign::MEDIA_TYPE, now).unwrap();
        let mut octets = Vec::new();
        to_sign.signed(&signature.stamp_with(&tsas).unwrap()).write(&mut octets).unwrap();
        let file = folder.join(format!("{submission}.asice"));
        std::fs::write(&file, octets).unwrap();
        let both = |name: &str, own: String| {
            let of_vectors = std::fs::read_to_string(vector(&format!("anchors/{name}.pem"))).unwrap();
            let path = folder.join(format!("{name}.pem"));
            std::fs::write(&path, of_vectors + &own).unwrap();
            path
        };
        let told = |senders: Option<&str>| {
            let mut command = bare();
            command.arg("--seal-anchors").arg(both("seal", pki.seal_anchors_pem()));
            command.arg("--tsa-anchors").arg(both("tsa", pki.tsa_anchors_pem()));
            command.args(["--environment", "Test", "--now", "2026-05-01T12:00:00Z"]).arg(&file);
            senders.into_iter().for_each(|anchors| {
                command.arg("--sender-anchors").arg(vector(anchors));
            });
            json(&mut command)
        };
        let about = |document: &Value, code: &str| document.to_string().contains(&format!("\"code\":\"{code}\""));
        let (status, document) = told(Some("anchors/submissions.pem"));
        assert_eq!(status, expected, "{document:#}");
        assert!(!about(&document, "submission-not-given"), "{document:#}");
        assert_eq!(about(&document, "submission-matches"), expected == 0, "{document:#}");
        let (status, document) = told(None);
        assert!(status == 0 && about(&document, "submission-not-given"), "{document:#}");
    }
}

/// An opening follows the sending as that is judged, with what its sender signed.
#[test]
fn an_opening_is_not_better_than_the_submission_of_its_sending() {
    let folder = folder("submissions-of-sending");
    let (sent_at, now): (DateTime<Utc>, DateTime<Utc>) =
        ("2026-05-01T11:00:00Z".parse().unwrap(), "2026-05-01T12:00:00Z".parse().unwrap());
    let pki = TestPki::new(sent_at).unwrap();
    let anchors = |name: &str, own: String| {
        let path = folder.join(format!("{name}.pem"));
        std::fs::write(&path, std::fs::read_to_string(vector(&format!("anchors/{name}.pem"))).unwrap() + &own).unwrap();
        path
    };
    let (seal_anchors, tsa_anchors) = (anchors("seal", pki.seal_anchors_pem()), anchors("tsa", pki.tsa_anchors_pem()));
    let [trusted, tsas] = [&seal_anchors, &tsa_anchors]
        .map(|path| TrustAnchors::from_pem(&std::fs::read_to_string(path).unwrap()).unwrap());
    let verifier = Verifier::new(trusted, tsas, Environment::Test);
    let issuer = Issuer::new("Test", "BE/BE/0406798006", Environment::Test).unwrap();
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(move || sent_at));
    let mut command = bare();
    command.arg("--seal-anchors").arg(&seal_anchors).arg("--tsa-anchors").arg(&tsa_anchors);
    command.args(["--environment", "Test", "--now", "2026-05-01T12:00:00Z"]);
    let command = |options: &[&Path]| {
        let mut given = Command::new(command.get_program());
        given.args(command.get_args()).args(options);
        json(&mut given)
    };
    for (sending, submission, expected) in [("sending", "letter", 0), ("signature-invalid", "signature-invalid", 2)] {
        let of_vectors = |name: String| vector(&format!("submission/{name}"));
        let file = of_vectors(format!("{sending}.p7m"));
        let proof = ProofOfSending::from_der(&std::fs::read(&file).unwrap()).unwrap();
        let sent = verifier.verify(&proof, SendingContext::new(Payload::NotAvailable), now).unwrap();
        let assurance = Assurance::new(AssuranceLevel::High, sent_at, "urn:example:card").unwrap();
        let opening = Opening::of(&sent, ActedBy::Recipient(1), assurance, sent_at).unwrap();
        let opening = sealer.seal(&opening, sent_at).unwrap().stamp_with(&tsas).unwrap();
        let path = folder.join(format!("{submission}-opening.p7m"));
        std::fs::write(&path, opening.der()).unwrap();
        let signed = of_vectors(format!("{submission}.submission.json"));
        let senders = vector("anchors/submissions.pem");
        let by_options = [
            &path,
            Path::new("--sending"),
            &file,
            Path::new("--submission"),
            &signed,
            Path::new("--sender-anchors"),
            &senders,
        ];
        let (status, document) = command(&by_options);
        assert_eq!(status, expected, "{document:#}");
        let entry = serde_json::json!({ "vectors": [{ "file": path, "input": { "sending": file, "sending_submission": {
            "anchors": senders, "json": signed, "signature": signed.with_extension("p7s"),
        } } }] });
        let manifest = folder.join("manifest.json");
        std::fs::write(&manifest, entry.to_string()).unwrap();
        let (of_manifest, by_manifest) = command(&[Path::new("--manifest"), &manifest]);
        assert_eq!(of_manifest, expected, "{by_manifest:#}");
        assert_eq!(by_manifest["files"][0]["reports"], document["files"][0]["reports"]);
        let link = document["files"][0]["reports"][0]["findings"].as_array().unwrap().iter();
        let link: Vec<&Value> = link.filter(|finding| finding["subject"] == "link").collect();
        assert_eq!(expected == 2, format!("{link:?}").contains("signature-invalid"), "{link:#?}");
        // Nobody asked about senders.
        assert_eq!(command(&[&path, Path::new("--sending"), &file]).0, 0);
    }
}

/// A signature that was changed has another digest than the sending states: it is compared, and not passed over.
#[test]
fn a_signature_that_was_changed_beside_its_submission_is_judged() {
    let folder = folder("submissions-changed");
    let files =
        [("submission/sending.p7m", "sending.p7m"), ("submission/letter.submission.json", "letter.submission.json")];
    copied(&folder, &files);
    let mut signature = std::fs::read(vector("submission/letter.submission.p7s")).unwrap();
    if let Some(last) = signature.last_mut() {
        *last ^= 1;
    }
    for octets in [b"junk".as_slice(), &signature] {
        std::fs::write(folder.join("letter.submission.p7s"), octets).unwrap();
        let named = ["sending.p7m", "letter.submission.json"].map(|name| folder.join(name));
        for paths in [&[folder.clone()][..], &named] {
            let (status, document) = json(with_senders().args(paths));
            let decided = &document["files"][0]["reports"][0]["decided_by"]["code"];
            assert_eq!((status, decided), (1, &"submission-differs".into()), "{document:#}");
        }
        let (status, _) = json(with_senders().arg(&folder).arg("--cases"));
        assert_eq!(status, 1);
        // Nobody asked about senders.
        assert_eq!(json(command().arg(&folder)).0, 0);
    }
    // What cannot be read at all is an error of that file.
    std::fs::write(folder.join("letter.submission.p7s"), "").unwrap();
    let error = || {
        let (status, document) = json(with_senders().arg(&folder));
        assert_eq!(status, 3, "{document:#}");
        let files = document["files"].as_array().unwrap().iter();
        files.filter_map(|file| file["error"].as_str()).collect::<Vec<_>>().join("; ")
    };
    assert!(error().contains("letter.submission.p7s: the signature of the submission is empty"), "{}", error());
    std::fs::write(folder.join("letter.submission.p7s"), &signature).unwrap();
    std::fs::write(folder.join("letter.submission.json"), "{").unwrap();
    assert!(error().contains("letter.submission.json: the octets are no submission"), "{}", error());
    // A submission that another sending states is not that of this one.
    copied(&folder, &[("submission/letter.submission.json", "letter.submission.json")]);
    copied(&folder, &[("submission/letter.submission.p7s", "letter.submission.p7s")]);
    copied(&folder, &[("submission/signed-after-event.p7m", "not-given.p7m")]);
    let (status, document) = json(with_senders().arg(&folder));
    assert_eq!(status, 0, "{document:#}");
    assert!(codes(&document, "not-given.p7m").contains(&"submission-not-given".to_owned()), "{document:#}");
}

/// What is given by an option and is of no file is an error, however few files there are.
#[test]
fn what_is_given_of_parties_and_serves_nothing_is_an_error() {
    let twin = vector("submission/twin.submission.json");
    let (status, document) = json(with_senders().arg(vector("good/sending.p7m")).arg("--submission").arg(&twin));
    let error = document["files"][1]["error"].as_str().unwrap_or_default();
    assert!(status == 3 && error.contains("no file that is judged is about this"), "{document:#}");
    let folder = folder("junk-extract");
    let read = |path: &str| std::fs::read(vector(path)).unwrap();
    let (extract, signature) = (read("mandate/register.extract.json"), read("mandate/register.extract.p7s"));
    let cases: [(&[u8], &[u8], &str); 3] =
        [(b"{}", b"x", "junk.json: "), (b"{}", &signature, "junk.json: "), (&extract, b"x", "junk.p7s: ")];
    for (octets, signature, wrong) in cases {
        std::fs::write(folder.join("junk.json"), octets).unwrap();
        std::fs::write(folder.join("junk.p7s"), signature).unwrap();
        let mut told = command();
        told.arg(vector("good/sending.p7m")).arg("--register-anchors").arg(vector("anchors/register.pem"));
        let (status, document) = json(told.arg("--register-extract").arg(folder.join("junk.json")));
        let error = document["files"][0]["error"].as_str().unwrap_or_default();
        assert!(status == 3 && error.contains(wrong), "{document:#}");
    }
}

/// A file that cannot be read is told as that, and makes no submission of what lies beside it.
#[cfg(unix)]
#[test]
fn a_signature_that_cannot_be_read_is_told_alone() {
    let folder = folder("submissions-unread");
    copied(&folder, &[("submission/sending.p7m", "sending.p7m")]);
    std::fs::write(folder.join("x.json"), "{\"a\":1}").unwrap();
    std::os::unix::fs::symlink("x.p7s", folder.join("x.p7s")).unwrap();
    let errors = |document: &Value| -> Vec<(String, String)> {
        let files = document["files"].as_array().unwrap().iter();
        let errors =
            files.filter_map(|file| Some((file["file"].as_str()?.to_owned(), file["error"].as_str()?.to_owned())));
        errors.collect()
    };
    let (status, document) = json(with_senders().arg(&folder));
    let told = errors(&document);
    assert!(status == 3 && told.len() == 1 && told[0].0.ends_with("x.p7s"), "{document:#}");
    assert!(told[0].1.contains("os error"), "{told:?}");
    // Of a submission it is missing, whether that is named or found.
    copied(&folder, &[("submission/letter.submission.json", "x.json")]);
    for path in [folder.clone(), folder.join("x.json")] {
        let (status, document) = json(with_senders().arg(&path));
        let told = errors(&document);
        let of_json = told.iter().find(|(name, _)| name.ends_with("x.json")).unwrap_or_else(|| panic!("{told:?}"));
        assert!(status == 3 && of_json.1.contains("x.p7s: ") && of_json.1.contains("os error"), "{told:?}");
    }
    // A folder of that name is no signature either.
    std::fs::remove_file(folder.join("x.p7s")).unwrap();
    std::fs::create_dir(folder.join("x.p7s")).unwrap();
    std::fs::write(folder.join("x.json"), "{\"a\":1}").unwrap();
    let (status, document) = json(with_senders().arg(&folder));
    assert_eq!((status, errors(&document)), (0, Vec::new()), "{document:#}");
}

/// Who names a submission wants it judged, in a folder or as a file: that an option is missing is told.
#[test]
fn what_is_judged_by_an_option_alone_and_is_named_says_so() {
    let folder = folder("submissions-not-evaluated");
    let [proofs, submissions, nothing] = ["proofs", "submissions", "nothing"].map(|name| {
        std::fs::create_dir(folder.join(name)).unwrap();
        folder.join(name)
    });
    copied(&proofs, &[("submission/sending.p7m", "sending.p7m")]);
    let (text, signature) = ("submission/letter.submission.json", "submission/letter.submission.p7s");
    copied(&submissions, &[(text, "a.json"), (signature, "a.p7s")]);
    std::fs::write(nothing.join("read-me.txt"), "no submission").unwrap();
    let told = |path: &Path| {
        let (status, document) = json(command().args([&proofs, path]));
        assert_eq!((status, &document["totals"]["passed"]), (3, &1.into()), "{document:#}");
        document["files"][1]["error"].as_str().unwrap().to_owned()
    };
    let alone = "submissions are judged only with --sender-anchors";
    assert_eq!(told(&submissions), format!("nothing in it can be judged: {alone}"));
    assert_eq!(told(&submissions.join("a.json")), alone);
    assert_eq!(told(&nothing), "nothing in it can be judged");
    // So does the extract of a register.
    let extracts = folder.join("extracts");
    std::fs::create_dir(&extracts).unwrap();
    copied(&extracts, &[("mandate/register.extract.json", "r.json"), ("mandate/register.extract.p7s", "r.p7s")]);
    let alone = "extracts of registers are judged only by --register-extract";
    assert_eq!(told(&extracts), format!("nothing in it can be judged: {alone}"));
    assert_eq!(told(&extracts.join("r.json")), alone);
    // With the anchors a submission serves its sending, or says that it serves none.
    let (status, document) = json(with_senders().args([&proofs, &submissions]));
    assert_eq!(status, 0, "{document:#}");
    copied(&proofs, &[("good/sending.p7m", "sending.p7m")]);
    let (status, document) = json(with_senders().args([&proofs, &submissions]));
    assert_eq!((status, &document["files"][1]["error"]), (3, &"nothing in it can be judged".into()), "{document:#}");
}
