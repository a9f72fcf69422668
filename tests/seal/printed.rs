//! A seal on paper: what a reader of its code gets, and what it refuses.

use miniz_oxide::deflate::compress_to_vec_zlib;
use recommande::evidence::Statement;
use recommande::seal::limits::{MAX_EXPANDED, MAX_PRINTED};
use recommande::seal::{AggregateLeaves, AnyProof, Printed, PrintedError};
use recommande::verify::{Code, Context, Outcome, Subject};
use recommande::{Indication, Party, Payload};

use crate::common::der::{Node, with_long_length};
use crate::common::{Service, enterprise, later, now, sending};

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The text of a code that holds these octets, whatever they are.
fn text_of(octets: &[u8]) -> String {
    let mut text = "RM1:".to_owned();
    for pair in octets.chunks(2) {
        let (mut value, characters) = match pair {
            [first, second] => (usize::from(*first) * 256 + usize::from(*second), 3),
            _ => (usize::from(pair[0]), 2),
        };
        for _ in 0..characters {
            text.push(char::from(ALPHABET[value % 45]));
            value /= 45;
        }
    }
    text
}

fn compressed(octets: &[u8]) -> String {
    text_of(&compress_to_vec_zlib(octets, 10))
}

fn any(der: &[u8]) -> AnyProof {
    AnyProof::from_der(der).unwrap()
}

#[test]
fn a_code_gives_who_stated_what_and_no_time() {
    let service = Service::new();
    let proof = any(service.proof().der());
    let text = Printed::text_of(&proof).unwrap();
    assert!(text.starts_with("RM1:") && text.len() <= MAX_PRINTED, "{}", text.len());
    assert!(text.bytes().all(|character| ALPHABET.contains(&character)));
    assert_eq!(Printed::text_of(&proof).unwrap(), text);

    let Printed::Seal(read) = Printed::read(&text).unwrap() else { panic!("no seal") };
    assert_eq!((read.id(), read.stated()), (proof.id(), proof.stated()));
    let verifier = service.verifier().with_extra_certificates(service.pki.seal_chain());
    let report = verifier.report(&read, Context::from(Payload::NotAvailable), later());
    let decided_by = report.decided_by.unwrap();
    assert_eq!((report.indication, decided_by.code), (Indication::Indeterminate, Code::TimestampMissing));
    assert_eq!(report.proven_at, None);
    let seal = report.findings.iter().filter(|finding| matches!(finding.subject, Subject::Seal | Subject::Statement));
    assert!(seal.clone().count() > 3);
    assert!(seal.clone().all(|finding| finding.outcome <= Outcome::Warning), "{report}");
}

#[test]
fn a_code_of_a_changed_statement_fails() {
    let service = Service::new();
    let mut der = service.proof().der().to_vec();
    let place = der.windows(9).position(|octets| octets == b"1ZG000003").unwrap();
    der[place] = b'2';
    let Printed::Seal(read) = Printed::read(&Printed::text_of(&any(&der)).unwrap()).unwrap() else { panic!("no seal") };
    let verifier = service.verifier().with_extra_certificates(service.pki.seal_chain());
    let report = verifier.report(&read, Context::from(Payload::NotAvailable), later());
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
}

#[test]
fn what_is_no_code_is_refused_by_name() {
    let proof = any(Service::new().proof().der());
    let bare = proof.bare_seal().unwrap();
    let good = Printed::text_of(&proof).unwrap();
    assert_eq!(good, compressed(&bare));
    let refused = |text: &str| Printed::read(text).unwrap_err();
    assert_eq!(refused(&good.to_lowercase()), PrintedError::Prefix);
    assert_eq!(refused(&good.replacen("RM1:", "RM2:", 1)), PrintedError::Prefix);
    assert_eq!(refused(&good.replacen("RM1:", "HC1:", 1)), PrintedError::Prefix);
    assert_eq!(refused(&format!("{good}a")), PrintedError::Base45);
    assert_eq!(refused(&format!("RM1:{}", good[4..].to_lowercase())), PrintedError::Base45);
    assert_eq!(refused("RM1::::"), PrintedError::Base45);
    assert_eq!(refused(&good[..4 + (good.len() - 34) / 3 * 3]), PrintedError::Zlib);
    assert_eq!(refused("RM1:"), PrintedError::Zlib);
    assert_eq!(refused(&format!("RM1:{}", "0".repeat(MAX_PRINTED))), PrintedError::TooLong);

    let zlib = compress_to_vec_zlib(&bare, 10);
    assert_eq!(refused(&text_of(&[zlib.as_slice(), &[0]].concat())), PrintedError::TrailingOctets);
    let mut checksum = zlib.clone();
    *checksum.last_mut().unwrap() ^= 1;
    assert_eq!(refused(&text_of(&checksum)), PrintedError::Zlib);
    assert_eq!(refused(&compressed(&[bare.as_slice(), &[5, 0]].concat())), PrintedError::NotBare);
    assert_eq!(refused(&compressed(b"no seal")), PrintedError::NotBare);
    assert!(matches!(refused(&compressed(&[0x30, 0])), PrintedError::Proof(_)));
}

#[test]
fn a_bomb_is_expanded_to_the_bound_and_no_further() {
    let refused = |octets: usize| Printed::read(&compressed(&vec![0x30; octets])).unwrap_err();
    assert_eq!(refused(MAX_EXPANDED), PrintedError::NotBare);
    assert_eq!(refused(MAX_EXPANDED + 1), PrintedError::TooLarge);
    assert_eq!(refused(1_500_000), PrintedError::TooLarge);
}

/// What is not signed has no place in a code, and a seal has one form in DER.
#[test]
fn a_seal_in_another_form_is_refused() {
    let service = Service::new();
    let unsigned = Node::parse(service.sealed().der()).to_der();
    assert_eq!(Printed::read(&compressed(&unsigned)), Err(PrintedError::NotBare), "with certificates");
    let bare = any(service.proof().der()).bare_seal().unwrap();
    assert_eq!(Printed::read(&compressed(&with_long_length(&bare))), Err(PrintedError::NotBare), "not in DER");
}

#[test]
fn what_is_too_long_for_a_code_is_named() {
    let service = Service::new();
    let digits = |number: u32| format!("{number:08}{:02}", 97 - number % 97);
    let parties = (1..240).map(|number: u32| Party::new(enterprise(&digits(number * 7_418_717 % 19_000_000))));
    let letter = parties.fold(sending(), |sending, party| sending.with_recipient(party).unwrap());
    let proof = any(service.proof_of(&letter).der());
    let text = Printed::text_of(&proof).unwrap();
    assert!(text.starts_with("RM0:") && text.bytes().all(|character| ALPHABET.contains(&character)), "{text}");
    let Printed::Name { proof_id, evidence_identifier } = Printed::read(&text).unwrap() else { panic!("no name") };
    assert_eq!((&proof_id, evidence_identifier), (proof.id().digest(), letter.evidence_identifier()));
    for text in
        [text.to_lowercase().replacen("rm0:", "RM0:", 1), format!("{text}0"), "RM0:00:00".to_owned(), "RM0:".to_owned()]
    {
        assert_eq!(Printed::read(&text), Err(PrintedError::Name), "{text}");
    }
}

#[test]
fn an_aggregated_proof_is_named() {
    let service = Service::numbered();
    let item = service.sealer.aggregate_item(sending(), now()).unwrap();
    let mut leaves = AggregateLeaves::new(service.sealer.issuer());
    leaves.add(&item).unwrap();
    let sealed = service.sealer.seal_aggregate(&leaves.close(1).unwrap(), now()).unwrap();
    let stamped = sealed.stamp_with(&crate::common::pool(service.tsa(now()))).unwrap();
    let proof = any(stamped.proof(item).unwrap().der());
    assert!(
        matches!(Printed::read(&Printed::text_of(&proof).unwrap()), Ok(Printed::Name { proof_id, .. }) if proof_id == *proof.id().digest())
    );
}
