//! What one seal of a batch is taken for, and which times its records prove.

use crate::aggregated::{
    Seven, bare, covered, lists_of, resealed, restamped_at, stamped_beside, stamped_seal, stating,
};
use crate::common::der::{self, Node};
use crate::common::{against, digests, enterprise, has, letter, niss, now};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::BatchStatement;
use recommande::seal::SealError;
use recommande::verify::{Code, Indication, Payload};
use recommande::{MessageId, Party, PayloadDigests, ProofOfSending, Sending};

#[test]
fn a_signature_over_the_letter_of_a_sender_is_no_seal_of_a_batch() {
    let seven = Seven::new();
    let json = seven.stamped.seal().stated().to_json();
    let digests = PayloadDigests::of_bytes(&json);
    let sign = |media_type: &str| seven.service.sealer.sign_payload(&digests, media_type, now());
    // The service signs a letter, and its sender puts the letter into the signature.
    for media_type in ["application/json", "application/x.recommande-batch", "text/plain"] {
        let mut file = Node::parse(sign(media_type).unwrap().der());
        let attached = der::node(0xa0, vec![der::octets(0x04, &json)]);
        file.at_mut(&der::CONTENT[..der::CONTENT.len() - 2]).children_mut().push(attached);
        let seal = stamped_seal(&seven.service, &seven.stamped, &file);
        let report = seven.report(seven.item.json(), &seven.record_to(&seal), &seal);
        assert_eq!(against(&report), [Code::AggregatedMediaTypeDiffers], "{media_type}: {report}");
    }
    let own = BatchStatement::MEDIA_TYPE;
    for media_type in [own.to_owned(), own.to_uppercase(), format!("{own}; charset=utf-8"), format!("{own} ;a=b")] {
        let refused =
            [sign(&media_type).map(drop), seven.service.sealer.prepare_payload(&digests, &media_type, now()).map(drop)];
        for refused in refused {
            let error = refused.unwrap_err();
            assert!(matches!(error, SealError::MediaTypeReserved | SealError::MediaType), "{media_type}: {error}");
        }
    }
}

#[test]
fn both_records_begin_with_one_timestamp() {
    let seven = Seven::new();
    // The seal was stamped for another purpose, and at the same time.
    let foreign = DigestAlgorithm::Sha256.digest(b"foreign").as_bytes().to_vec();
    let file = bare(seven.stamped.seal());
    let seal = stamped_beside(&seven.service, &seven.stamped, &file, &[foreign]);
    let report = seven.report(seven.item.json(), &seven.record, &seal);
    assert_eq!(against(&report), [Code::AggregatedTimestampsDiffer], "{report}");
}

#[test]
fn a_later_timestamp_in_the_record_of_the_statement_counts_for_the_delay_of_the_seal() {
    let seven = Seven::new();
    let verifier = seven.service.verifier();
    let report = |time| {
        let record = restamped_at(&seven.service, &seven.record, &lists_of(&seven.record), time);
        let proof = ProofOfSending::from_parts(seven.item.json(), &record, seven.stamped.seal()).unwrap();
        verifier.report(&proof, Payload::Digests(&digests()), now() + Duration::days(4))
    };
    let soon = report(now() + Duration::hours(3));
    assert_eq!((soon.indication, soon.proven_at), (Indication::TotalPassed, Some(now() + Duration::hours(3))));
    let late = report(now() + Duration::days(3));
    assert_eq!(against(&late), [Code::TimestampTooLate], "{late}");
}

#[test]
fn an_event_after_the_seal_is_told_by_the_earlier_of_two_timestamps() {
    let seven = Seven::new();
    let event = now() + Duration::hours(1);
    let item = seven.service.sealer.aggregate_item(later_sending(event), event).unwrap();
    let leaf = *item.id().digest();
    let own = crate::common::issuer(recommande::Environment::Test);
    let batch = stating(seven.stamped.seal().stated(), &own, 1, leaf);
    let seal = resealed(&seven.service, &seven.stamped, &batch);
    let lists = vec![vec![leaf.as_bytes().to_vec(), covered(&seal)]];
    let record = restamped_at(&seven.service, &seven.record, &lists, event + Duration::hours(1));
    let proof = ProofOfSending::from_parts(item.json(), &record, &seal).unwrap();
    let report = seven.service.verifier().report(&proof, Payload::Digests(&digests()), event + Duration::hours(2));
    assert!(has(&report, Code::EventAfterTimestamp), "{report}");
}

fn later_sending(event: DateTime<Utc>) -> Sending {
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    Sending::new(MessageId::new("LATER").unwrap(), sender, Party::new(niss()), letter(), digests(), event).unwrap()
}
