//! The parts of an aggregated proof, as a service stores them.

use chrono::TimeDelta;
use recommande::evidence::{ActedBy, Opening};
use recommande::seal::{AggregateItem, AggregateLeaves, Artifact as _};
use recommande::{Payload, ProofOfSending, Sending};
use serde_json::Value;

use crate::assert_error;
use crate::common::{copied, json};
use crate::service::{Service, assurance, copy, later, sent_at};

const LETTERS: usize = 5;

/// A batch whose parts and whole proofs lie in the folder `made`, beside an empty folder `parts`.
fn batch(name: &str) -> Service {
    let service = Service::new(name);
    let mut leaves = AggregateLeaves::new(service.sealer.issuer());
    let item = |number: usize| service.sending(&format!("LETTER{number}"), b"the letter");
    let items: Vec<AggregateItem<Sending>> =
        (1..=LETTERS).map(|number| service.sealer.aggregate_item(item(number), sent_at()).unwrap()).collect();
    items.iter().for_each(|item| leaves.add(item).unwrap());
    let sealed = service.sealer.seal_aggregate(&leaves.close(1).unwrap(), sent_at()).unwrap();
    let stamped = sealed.stamp_with(&service.tsas(sent_at())).unwrap();
    for folder in ["made", "parts"] {
        std::fs::create_dir(service.folder.join(folder)).unwrap();
        service.write(&format!("{folder}/seal.p7m"), stamped.seal().der());
    }
    for (number, item) in (1..).zip(items) {
        service.write(&format!("made/letter-{number}.json"), item.json());
        service.write(&format!("made/letter-{number}.ers"), &stamped.record(&item).unwrap());
        service.write(&format!("made/letter-{number}.rma"), stamped.proof(item).unwrap().der());
    }
    service
}

fn proof_id(document: &Value) -> &Value {
    &document["files"][0]["reports"][0]["statement"]["proof_id"]
}

#[test]
fn the_parts_are_the_proof_that_one_file_holds() {
    let service = batch("aggregated");
    let (status, document) = json(service.command().arg("made"));
    assert_eq!((status, document["files"].as_array().unwrap().len()), (0, 2 * LETTERS), "{}", document["totals"]);
    let (status, whole) = json(service.command().arg("made/letter-1.rma"));
    assert_eq!((status, &whole["files"][0]["reports"][0]["level"]), (0, &"aggregated".into()));
    let (status, parts) = json(service.command().arg("made/letter-1.json"));
    assert_eq!((status, proof_id(&parts)), (0, proof_id(&whole)));
    let (_, other) = json(service.command().arg("made/letter-2.json"));
    assert!(proof_id(&whole).is_string() && proof_id(&other) != proof_id(&whole), "{other:#}");
}

#[test]
fn a_record_of_another_letter_proves_nothing() {
    let service = batch("aggregated-swapped");
    copy(&service.folder, "made/letter-2.json", "parts/letter.json");
    // The record of the sibling in the tree begins with both leaves, and holds for both.
    let refused = [1, 3, 4, 5].into_iter().filter(|letter| {
        copy(&service.folder, &format!("made/letter-{letter}.ers"), "parts/letter.ers");
        json(service.command().arg("parts/letter.json")).0 == 1
    });
    assert!(refused.count() >= 3);
}

#[test]
fn what_is_no_seal_of_a_batch_is_told() {
    let service = batch("aggregated-seal");
    for ending in ["json", "ers"] {
        copy(&service.folder, &format!("made/letter-1.{ending}"), &format!("parts/letter.{ending}"));
    }
    for other in ["letter-1.rma", "letter-1.ers"] {
        copy(&service.folder, &format!("made/{other}"), "parts/seal.p7m");
        assert_error(service.command().arg("parts/letter.json"), "seal.p7m");
    }
    // The seal of a letter is none, and neither is that of another batch.
    copied(&service.folder, &[("good/sending.p7m", "parts/seal.p7m")]);
    assert_error(service.command().arg("parts/letter.json"), "seal.p7m");
    copy(&batch("aggregated-other").folder, "made/seal.p7m", "../aggregated-seal/parts/seal.p7m");
    assert_eq!(json(service.command().arg("parts/letter.json")).0, 1);
}

/// The record and the seal of a statement that `--sending` gives are used, by whoever names them too.
#[test]
fn the_parts_of_a_sending_that_is_followed_lie_beside_it() {
    let service = batch("aggregated-followed");
    let sending = std::fs::read(service.folder.join("made/letter-1.rma")).unwrap();
    let sending = ProofOfSending::from_der(&sending).unwrap();
    let sent = service.verifier().verify(&sending, Payload::NotAvailable, later()).unwrap();
    let time = sent_at() + TimeDelta::hours(1);
    service.prove("opening", &Opening::of(&sent, ActedBy::Recipient(1), assurance(time), time).unwrap());
    let told = |named: &[&str]| {
        let mut command = service.command();
        command.args(["opening.p7m", "--sending", "made/letter-1.json"]).args(named);
        let (status, document) = json(&mut command);
        (status, document["files"].as_array().unwrap().len(), document["totals"]["ignored"].as_u64())
    };
    assert_eq!(told(&[]), (0, 1, Some(0)));
    assert_eq!(told(&["made/seal.p7m"]), (0, 1, Some(1)));
    assert_eq!(told(&["made/seal.p7m", "made/letter-1.ers"]), (0, 1, Some(2)));
    // That of another statement is of no file.
    assert_eq!(told(&["parts/seal.p7m"]), (3, 2, Some(0)));
}
