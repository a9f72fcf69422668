//! What no batch with one seal takes, and what is told of it.

use crate::aggregated::{items, leaves};
use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::{Service, at, issuer, now, pool, sending_of};
use chrono::Duration;
use const_oid::ObjectIdentifier;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::Renewer;
use recommande::seal::{AggregateError, AggregateLeaves, Artifact, StampedAggregate};
use recommande::testing::CrlSpec;
use recommande::verify::Content;
use recommande::{Environment, Issuer, Sealer};

#[test]
fn a_batch_takes_no_statement_of_another_issuer_and_no_weak_digest() {
    let service = Service::numbered();
    let mut leaves = leaves(&service, &items(&service, 1));
    let of_others = [
        issuer(Environment::Acceptance),
        Issuer::new("Example Registered Mail", "BE/BE/0244640631", Environment::Test).unwrap(),
    ];
    for other in of_others {
        let sealer = Sealer::new(service.sealer.credentials().clone(), other);
        let item = sealer.aggregate_item(sending_of("FOREIGN"), now()).unwrap();
        assert_eq!(leaves.add(&item), Err(AggregateError::OtherIssuer));
    }
    // One number is one issuer, by whatever name.
    let renamed = Issuer::new("Example", "BE/BE/0406798006", Environment::Test).unwrap();
    let sealer = Sealer::new(service.sealer.credentials().clone(), renamed);
    leaves.add(&sealer.aggregate_item(sending_of("RENAMED"), now()).unwrap()).unwrap();
    assert_eq!(leaves.close(1).unwrap().leaf_count(), 2);
    for weak in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha224] {
        let refused = AggregateLeaves::with_algorithm(service.sealer.issuer(), weak).unwrap_err();
        assert_eq!(refused, AggregateError::WeakAlgorithm(weak));
    }
}

#[test]
fn a_seal_whose_record_was_renewed_makes_no_records() {
    let mut service = Service::numbered();
    service.sealer = service.sealer.with_revocation(&crls(&[&service.pki.root, &service.pki.intermediate], now()));
    let items = items(&service, 2);
    let sealed = service.sealer.seal_aggregate(&leaves(&service, &items).close(1).unwrap(), now()).unwrap();
    let stamped = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let stamped = stamped.with_revocation(&crls(&[&service.pki.tsa_root], now())).unwrap();
    let file = stamped.proof(items[0].clone()).unwrap().der().to_vec();
    let (era, time) = (
        Era::new(&KeyKind::EcP256, at("2028-01-01T00:00:00Z"), at("2033-01-01T00:00:00Z")),
        at("2028-10-01T12:00:00Z"),
    );
    let verifier = verifier(&service, &[&era]);
    let renewer =
        Renewer::new(&verifier).with_revocation(first_crls(&service, time)).with_algorithm(DigestAlgorithm::Sha256);
    let renewed = renewer.renew(&file, Content::Attached, &era.pool(&service, time), time).unwrap();
    let renewed = recommande::ProofOfSending::from_der(&renewed).unwrap();
    let seal = renewed.parts().unwrap().seal().der().to_vec();
    let leaves = stamped.leaves().to_vec();
    assert_eq!(StampedAggregate::from_parts(&seal, None, leaves.clone()).unwrap_err(), AggregateError::Renewed);
    assert!(StampedAggregate::from_parts(stamped.seal().der(), None, leaves).is_ok());
}

/// A token is read up to 64 MiB.
#[test]
fn a_token_takes_no_more_revocation_data_than_is_read_back() {
    let service = Service::numbered();
    let items = items(&service, 1);
    let sealed = service.sealer.seal_aggregate(&leaves(&service, &items).close(1).unwrap(), now()).unwrap();
    let stamped = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let mut data = RevocationData::new();
    for number in 1..=2 {
        let filler = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
        let spec = CrlSpec::new(now() - Duration::hours(1), now() + Duration::days(1)).with_number(number);
        let crl = service.pki.tsa_root.issue_crl(&spec.with_extension(filler, vec![0; 33 << 20])).unwrap();
        data.add_der(&crl).unwrap();
    }
    assert!(matches!(stamped.clone().with_revocation(&data), Err(AggregateError::Token(_))));
}
