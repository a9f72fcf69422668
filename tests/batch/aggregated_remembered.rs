//! A verifier remembers its verdict on what the proofs of a batch share, and a good batch makes nothing else good.

use crate::aggregated::{Item, Lists, Seven, covered, items, leaves, lists_of, resealed, restamped_at, stating};
use crate::common::der::{self, Node};
use crate::common::eras::crls;
use crate::common::{Service, at, digests, issuer, later, now, pool, sending_of};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::RevocationData;
use recommande::seal::{AggregateItem, StampedAggregate};
use recommande::testing::{CrlSpec, RevokedSpec};
use recommande::verify::{Code, LogRule, SecondSealRule, Verified, VerifyError};
use recommande::{Credentials, Environment, Issuer, Payload, Policy, ProofOfSending, Sealer, Sending, Verifier};

/// One octet in so many of a file is changed.
const STEP: usize = 7;

type Verdict = Result<Verified<Sending>, VerifyError>;

fn verdict(verifier: &Verifier, proof: &ProofOfSending, at: DateTime<Utc>) -> Verdict {
    verifier.verify(proof, Payload::Digests(&digests()), at)
}

fn code(verdict: &Verdict) -> Option<Code> {
    verdict.as_ref().err().map(|error| error.finding().code)
}

fn stamped(service: &Service, items: &[Item]) -> StampedAggregate {
    let sealed = service.sealer.seal_aggregate(&leaves(service, items).close(17).unwrap(), now()).unwrap();
    sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap()
}

fn proofs_of(stamped: &StampedAggregate, items: &[Item]) -> Vec<ProofOfSending> {
    items.iter().map(|item| stamped.proof(item.clone()).unwrap()).collect()
}

/// A batch of so many, and its proofs.
fn proofs(service: &Service, count: usize) -> (StampedAggregate, Vec<ProofOfSending>) {
    let items = items(service, count);
    let stamped = stamped(service, &items);
    let proofs = proofs_of(&stamped, &items);
    (stamped, proofs)
}

/// A verifier that has met all of these proofs, twice.
fn warm(verifier: Verifier, proofs: &[ProofOfSending]) -> Verifier {
    for proof in proofs.iter().chain(proofs) {
        verdict(&verifier, proof, later()).unwrap();
    }
    verifier
}

/// The verdict on a proof after the good ones, and by a verifier that has met nothing: they are the same, and so are the reports.
#[track_caller]
fn same_verdict(warm: &Verifier, fresh: &Verifier, proof: &ProofOfSending, at: DateTime<Utc>) -> Verdict {
    let expected = verdict(fresh, proof, at);
    for _ in 0..2 {
        assert_eq!(verdict(warm, proof, at), expected);
    }
    let report = |verifier: &Verifier| verifier.report(proof, Payload::Digests(&digests()), at);
    assert_eq!(report(warm), report(fresh));
    expected
}

#[test]
fn a_file_with_one_octet_changed_is_judged_as_by_a_verifier_that_has_met_nothing() {
    let service = Service::numbered();
    let (_, proofs) = proofs(&service, 5);
    let warm = warm(service.verifier(), &proofs);
    let file = proofs[0].der();
    let (mut read, mut passed) = (0, 0);
    for place in (0..file.len()).step_by(STEP) {
        let mut changed = file.to_vec();
        changed[place] ^= 1;
        let Ok(proof) = ProofOfSending::from_der(&changed) else { continue };
        let judged = verdict(&warm, &proof, later());
        assert_eq!(judged, verdict(&service.verifier(), &proof, later()), "octet {place}");
        read += 1;
        passed += usize::from(judged.is_ok());
    }
    // A copy of the root in the token is needed by nobody.
    assert!(read > 300 && passed * 8 < read, "{passed} of {read} pass");
    // And what is good stays good.
    assert_eq!(code(&same_verdict(&warm, &service.verifier(), &proofs[1], later())), None);
}

#[test]
fn the_parts_of_two_batches_are_not_taken_for_one() {
    let service = Service::numbered();
    let items = items(&service, 4);
    let [first, second] = [&items[..3], &items[..]].map(|items| stamped(&service, items));
    let [of_first, of_second] = [&first, &second].map(|stamped| proofs_of(stamped, &items[..3]));
    let warm = warm(warm(service.verifier(), &of_first), &of_second);
    let (one, other) = (of_first[0].parts().unwrap(), of_second[0].parts().unwrap());
    // Both batches hold the statement, so that each part fits but for the seal of another batch, or its record.
    assert_eq!(one.statement(), other.statement());
    let mixed = [(one.record(), second.seal()), (other.record(), first.seal())];
    for (record, seal) in mixed {
        let proof = ProofOfSending::from_parts(one.statement(), record, seal).unwrap();
        let judged = same_verdict(&warm, &service.verifier(), &proof, later());
        assert_eq!(code(&judged), Some(Code::AggregatedSealDiffers));
    }
    let proof = ProofOfSending::from_parts(items[3].json(), one.record(), first.seal()).unwrap();
    let judged = same_verdict(&warm, &service.verifier(), &proof, later());
    assert_eq!(code(&judged), Some(Code::AggregatedStatementNotCovered));
}

#[test]
fn a_known_token_under_another_root_proves_nothing() {
    let seven = Seven::new();
    let good = seven.stamped.proof(seven.item.clone()).unwrap();
    let warm = warm(seven.service.verifier(), &[good]);
    let with_lists = |lists: &Lists| {
        let list = |list: &Vec<Vec<u8>>| der::node(0x30, list.iter().map(|hash| der::octets(0x04, hash)).collect());
        let record = Node::parse(&seven.record).with(|record| {
            record.at_mut(&[2, 0, 0]).children_mut()[1] = der::node(0xa2, lists.iter().map(list).collect());
        });
        record.to_der()
    };
    // The record without a change passes, and so the changes below are what fails.
    let original = lists_of(&seven.record);
    let judged = |statement: &[u8], record: &[u8]| {
        let proof = ProofOfSending::from_parts(statement, record, seven.stamped.seal()).unwrap();
        code(&same_verdict(&warm, &seven.service.verifier(), &proof, later()))
    };
    assert_eq!(judged(seven.item.json(), &with_lists(&original)), None);
    let forged = seven.service.sealer.aggregate_item(sending_of("FORGED"), now()).unwrap();
    let leaf = forged.id().digest().as_bytes().to_vec();
    let mut lists = original.clone();
    lists[0] = vec![leaf, original[0][0].clone()];
    assert_eq!(judged(forged.json(), &with_lists(&lists)), Some(Code::AggregatedRootDiffers));
    lists.swap(1, 2);
    assert_eq!(judged(forged.json(), &with_lists(&lists)), Some(Code::AggregatedRootDiffers));
}

#[test]
fn the_same_seal_with_another_token_is_judged_anew() {
    let seven = Seven::new();
    let good = seven.stamped.proof(seven.item.clone()).unwrap();
    let warm = warm(seven.service.verifier(), &[good]);
    for (time, expected) in [
        (now() + Duration::hours(3), None),
        // It is later than a seal may wait, and one of the future proves nothing.
        (now() + Duration::days(3), Some(Code::TimestampTooLate)),
        (at("2040-01-01T00:00:00Z"), Some(Code::AggregatedTimeNotProven)),
    ] {
        let record = restamped_at(&seven.service, &seven.record, &lists_of(&seven.record), time);
        let proof = ProofOfSending::from_parts(seven.item.json(), &record, seven.stamped.seal()).unwrap();
        let judged = same_verdict(&warm, &seven.service.verifier(), &proof, now() + Duration::days(4));
        assert_eq!(code(&judged), expected, "{time}");
    }
}

#[test]
fn a_statement_of_another_issuer_does_not_hide_behind_one_that_passed() {
    let seven = Seven::new();
    let own = issuer(Environment::Test);
    let names = [
        (own.legal_person_identifier(), Environment::Production, Code::AggregatedEnvironmentDiffers),
        ("BE/BE/0566988259", Environment::Test, Code::AggregatedIssuerDiffers),
    ];
    for (number, environment, expected) in names {
        let stranger = Issuer::new("Another Service", number, environment).unwrap();
        let pki = &seven.service.pki;
        let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap();
        let sealer = Sealer::new(credentials, stranger);
        let foreign: AggregateItem<Sending> = sealer.aggregate_item(sending_of("FOREIGN"), now()).unwrap();
        let leaves = [&seven.item, &foreign].map(|item| item.id().digest().as_bytes().to_vec());
        let mut sorted = leaves.clone();
        sorted.sort();
        let root = DigestAlgorithm::Sha256.digest(&sorted.concat());
        let seal = resealed(&seven.service, &seven.stamped, &stating(seven.stamped.seal().stated(), &own, 2, root));
        let lists = vec![sorted.to_vec(), vec![covered(&seal)]];
        // One record, and so one token, for both.
        let record = restamped_at(&seven.service, &seven.record, &lists, now() + Duration::seconds(2));
        let proof = |json| ProofOfSending::from_parts(json, &record, &seal).unwrap();
        let warm = warm(seven.service.verifier(), &[proof(seven.item.json())]);
        let judged = same_verdict(&warm, &seven.service.verifier(), &proof(foreign.json()), later());
        assert_eq!(code(&judged), Some(expected));
    }
}

#[test]
fn a_verdict_is_for_one_time_and_one_payload() {
    let service = Service::numbered();
    let (_, proofs) = proofs(&service, 2);
    let warm = warm(service.verifier(), &proofs);
    let times =
        [(now() + Duration::hours(1), true), (at("2060-01-01T00:00:00Z"), false), (now() - Duration::days(1), false)];
    for (time, passes) in times {
        assert_eq!(same_verdict(&warm, &service.verifier(), &proofs[1], time).is_ok(), passes, "{time}");
    }
    let other = recommande::PayloadDigests::of_bytes(b"another letter");
    let judged = warm.verify(&proofs[1], Payload::Digests(&other), later());
    assert_eq!(code(&judged), Some(Code::PayloadDiffers));
}

#[test]
fn a_verifier_with_other_settings_remembers_nothing() {
    let service = Service::numbered();
    let (_, proofs) = proofs(&service, 2);
    let met = || warm(service.verifier(), &proofs);
    let judged = |verifier: &Verifier| code(&verdict(verifier, &proofs[1], later()));
    // The seal's certificate was revoked before anything was sealed.
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::days(1));
    let spec = CrlSpec::new(now() - Duration::hours(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut revoking = RevocationData::new();
    revoking.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let revoked = judged(&service.verifier().with_revocation_data(revoking.clone()));
    assert!(revoked.is_some());
    assert_eq!(judged(&met().with_revocation_data(revoking)), revoked);
    let strict = judged(&service.verifier().with_policy(Policy::strict()));
    assert!(strict.is_some());
    assert_eq!(judged(&met().with_policy(Policy::strict())), strict);
    // Neither is a memory of what lies beside the proofs.
    let demanding = Policy { log: LogRule::Required, ..Policy::default() };
    assert_eq!(judged(&met().with_policy(demanding)), Some(Code::LogDemanded));
    let demanding = Policy { second_seal: SecondSealRule::Required, ..Policy::default() };
    assert_eq!(judged(&met().with_policy(demanding)), Some(Code::SecondSealDemanded));
    // A record about another file speaks of this verification, whatever was met before.
    let beside = |verifier: Verifier| verifier.with_evidence_records([proofs[0].parts().unwrap().record().to_vec()]);
    assert_eq!(verdict(&beside(met()), &proofs[1], later()), verdict(&beside(service.verifier()), &proofs[1], later()));
}

#[test]
fn certificates_that_a_seal_lacks_are_not_remembered_for_another_verifier() {
    let mut service = Service::numbered();
    let (pki, issuer) = (&service.pki, service.sealer.issuer().clone());
    let alone = Credentials::new(pki.seal.signer.clone(), vec![pki.seal.certificate.clone()]).unwrap();
    service.sealer = Sealer::new(alone, issuer);
    let (_, proofs) = proofs(&service, 2);
    let without = code(&verdict(&service.verifier(), &proofs[1], later()));
    assert!(without.is_some());
    let intermediate = service.pki.intermediate.certificate.clone();
    let with = warm(service.verifier().with_extra_certificates(vec![intermediate]), &proofs);
    assert_eq!(code(&verdict(&with.with_extra_certificates(Vec::new()), &proofs[1], later())), without);
}

#[test]
fn revocation_data_in_an_unsigned_part_of_the_token_counts_each_time() {
    let service = Service::numbered();
    let items = items(&service, 2);
    let stamped = stamped(&service, &items);
    let warm = warm(service.verifier(), &proofs_of(&stamped, &items));
    let entry = RevokedSpec::new(&service.pki.tsa.certificate, now() - Duration::days(1));
    let spec = CrlSpec::new(now() - Duration::hours(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut revoking = RevocationData::new();
    revoking.add_der(&service.pki.tsa_root.issue_crl(&spec).unwrap()).unwrap();
    let changed = stamped.clone().with_revocation(&revoking).unwrap();
    let harmless = stamped.clone().with_revocation(&crls(&[&service.pki.tsa_root], now())).unwrap();
    let judged = |record: &StampedAggregate, seal: &StampedAggregate| {
        let record = record.record(&items[1]).unwrap();
        let proof = ProofOfSending::from_parts(items[1].json(), &record, seal.seal()).unwrap();
        code(&same_verdict(&warm, &service.verifier(), &proof, later()))
    };
    assert_eq!(judged(&harmless, &harmless), None);
    for (record, seal) in [(&changed, &stamped), (&stamped, &changed), (&changed, &changed)] {
        assert!(judged(record, seal).is_some());
    }
    assert_eq!(judged(&stamped, &stamped), None);
}

#[test]
fn threads_share_a_verifier_and_no_verdict_of_another_proof() {
    let service = Service::numbered();
    let (stamped, good) = proofs(&service, 8);
    // Two siblings have the same record, so that the one of another statement is that of none of them.
    let of_another = |proof: &ProofOfSending| {
        let own = proof.parts().unwrap();
        let mut others = good.iter().map(|other| other.parts().unwrap());
        let other = others.find(|other| other.record() != own.record()).unwrap();
        ProofOfSending::from_parts(own.statement(), other.record(), stamped.seal()).unwrap()
    };
    let forged: Vec<ProofOfSending> = good.iter().map(of_another).collect();
    let verifier = service.verifier();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (verifier, good, forged) = (&verifier, &good, &forged);
            scope.spawn(move || {
                for round in 0..25 {
                    let number = (thread + round) % 8;
                    let time = later() + Duration::seconds(i64::try_from(round % 3).unwrap());
                    assert_eq!(code(&verdict(verifier, &good[number], time)), None);
                    let refused = code(&verdict(verifier, &forged[number], time));
                    assert_eq!(refused, Some(Code::AggregatedStatementNotCovered));
                }
            });
        }
    });
}
