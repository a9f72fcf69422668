//! Somebody else seals the statements of a batch again: with the same octets, and so with the same identifiers.

use crate::aggregated::{Seven, bare, stamped_seal};
use crate::common::{Service, against, later, now, signed_by};
use recommande::life::{Case, Letter, Standing, judge};
use recommande::seal::{AggregateLeaves, SealError};
use recommande::testing::{CertificateSpec, CertifiedKey, generate_key};
use recommande::verify::{Code, Indication};
use recommande::{Credentials, ProofOfSending, Sealer};

/// A certificate for seals under the anchors of the service, with this organisation or with none.
fn stranger(service: &Service, organization: Option<(&str, &str)>) -> CertifiedKey {
    let valid = &service.pki.seal.certificate;
    let spec = CertificateSpec::seal("Stranger", valid.not_before(), valid.not_after());
    let spec = organization.into_iter().fold(spec, |spec, (name, number)| spec.with_organization(name, number));
    let key = generate_key(&recommande::crypto::KeyKind::EcP256).unwrap();
    service.pki.intermediate.issue(&spec, key).unwrap()
}

/// The same statement under a seal by this key over the same batch.
fn sealed_again(seven: &Seven, key: &CertifiedKey) -> Vec<u8> {
    let issuers = [&seven.service.pki.intermediate, &seven.service.pki.root].map(|issuer| issuer.certificate.clone());
    let file = signed_by(bare(seven.stamped.seal()), key, &issuers);
    let seal = stamped_seal(&seven.service, &seven.stamped, &file);
    let record = seven.record_to(&seal);
    ProofOfSending::from_parts(seven.item.json(), &record, &seal).unwrap().der().to_vec()
}

const OTHERS: [Option<(&str, &str)>; 3] = [
    None,
    Some(("Stranger", "NTRBE-0244640631")),
    // The name of the service is not its number.
    Some(("Example Registered Mail", "LEIXG-5493001KJTIIGC8Y1R12")),
];

#[test]
fn an_aggregated_proof_passes_with_the_number_of_its_issuer_alone() {
    let seven = Seven::new();
    let report = |key: &CertifiedKey| {
        let proof = ProofOfSending::from_der(&sealed_again(&seven, key)).unwrap();
        assert_eq!(proof.id(), seven.item.id());
        let parts = proof.parts().unwrap();
        seven.report(parts.statement(), parts.record(), parts.seal())
    };
    // The same service may have another certificate.
    let own = stranger(&seven.service, Some(("Example Registered Mail", "NTRBE-0406798006")));
    assert_eq!(report(&own).indication, Indication::TotalPassed);
    for organization in OTHERS {
        let report = report(&stranger(&seven.service, organization));
        assert_eq!(against(&report), [Code::AggregatedIssuerNotInCertificate], "{organization:?}: {report}");
        assert_eq!(report.indication, Indication::Indeterminate);
    }
}

#[test]
fn a_statement_that_a_stranger_sealed_again_changes_no_letter() {
    let seven = Seven::new();
    let genuine = seven.stamped.proof(seven.item.clone()).unwrap().der().to_vec();
    let verifier = seven.service.verifier();
    let letters = |files: &[&Vec<u8>]| -> Vec<Letter> { Case::of(&judge(&verifier, files, later())) };
    let alone = letters(&[&genuine]);
    assert_eq!(alone.len(), 1);
    for organization in OTHERS {
        let again = sealed_again(&seven, &stranger(&seven.service, organization));
        let judged = judge(&verifier, &[&again], later());
        assert!(matches!(judged[0].standing(), Standing::Claimed(_)), "{judged:?}");
        assert_eq!(letters(&[&genuine, &again]), alone);
        assert_eq!(letters(&[&again, &genuine]), alone);
    }
}

#[test]
fn a_batch_is_not_sealed_with_a_certificate_without_the_number_of_its_issuer() {
    let service = Service::numbered();
    for organization in OTHERS {
        let key = stranger(&service, organization);
        let chain = vec![key.certificate.clone(), service.pki.intermediate.certificate.clone()];
        let credentials = Credentials::new(key.signer.clone(), chain).unwrap();
        let sealer = Sealer::new(credentials, service.sealer.issuer().clone());
        let item = sealer.aggregate_item(crate::common::sending(), now()).unwrap();
        let mut leaves = AggregateLeaves::new(sealer.issuer());
        leaves.add(&item).unwrap();
        let batch = leaves.close(1).unwrap();
        assert!(matches!(sealer.seal_aggregate(&batch, now()), Err(SealError::IssuerNotInCertificate)));
        assert!(matches!(sealer.prepare_aggregate(&batch, now()), Err(SealError::IssuerNotInCertificate)));
    }
}
