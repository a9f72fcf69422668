//! These tests renew proofs under authorities of one name, each with a key of its own, as an authority has them that rolls
//! its key over. What bears the name of another key must not use up the limits.

use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::{self, Service, now};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::KeyKind;
use recommande::pki::revocation::RevocationData;
use recommande::preserve::Renewer;
use recommande::seal::Batch;
use recommande::testing::{CertificateSpec, CertifiedKey, generate_key};
use recommande::verify::{Content, Indication, Payload, Verifier};
use recommande::{Environment, TrustAnchors};

const ROOTS: usize = 30;

/// So many were too many as long as each was tried for each.
const SOME: usize = 12;

fn time(number: usize) -> DateTime<Utc> {
    now() + Duration::days(660 * i64::try_from(number).unwrap())
}

fn key() -> std::sync::Arc<dyn recommande::crypto::Signer> {
    generate_key(&KeyKind::EcP256).unwrap()
}

fn authority(number: usize) -> CertificateSpec {
    CertificateSpec::authority("The Root", time(number) - Duration::days(1), time(number) + Duration::days(25 * 365))
}

fn tsa(root: CertifiedKey, number: usize) -> Era {
    let spec = CertificateSpec::tsa("The TSA", time(number) - Duration::days(1), time(number) + Duration::days(730));
    let tsa = root.issue(&spec, key()).unwrap();
    Era { root, tsa }
}

/// TSAs under roots of one name.
fn eras(number: usize) -> Vec<Era> {
    (1..=number).map(|number| tsa(authority(number).self_signed(key()).unwrap(), number)).collect()
}

/// The file renewed under one TSA after the other, with all that is known about the last one and the new one.
fn renewed(
    service: &Service,
    verifier: &Verifier,
    eras: &[Era],
    above: Option<&CertifiedKey>,
    file: Vec<u8>,
) -> Vec<u8> {
    (1..=eras.len()).fold(file, |file, number| {
        let (time, era) = (time(number), &eras[number - 1]);
        let known: RevocationData = match number.checked_sub(2) {
            None => first_crls(service, time),
            Some(before) => crls(&[&eras[before].root, &era.root].into_iter().chain(above).collect::<Vec<_>>(), time),
        };
        let renewer = Renewer::new(verifier).with_revocation(known);
        let renewed = renewer.renew(&file, Content::Attached, &era.pool(service, time), time);
        renewed.unwrap_or_else(|error| panic!("{number}: {error}"))
    })
}

fn assert_passes(verifiers: &[Verifier], file: &[u8], at: DateTime<Utc>) {
    let reports: Vec<_> =
        verifiers.iter().map(|verifier| verifier.report(file, Payload::Digests(&common::digests()), at)).collect();
    for report in &reports {
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
        assert_eq!(report.findings, reports[0].findings);
    }
}

/// The proof of a batch, whose record has room for all of them.
fn of_batch(service: &Service) -> Vec<u8> {
    let seals = ["1", "2"].map(|id| service.sealer.seal(&common::sending_of(id), now()).unwrap());
    let stamped = Batch::of(&seals).unwrap().stamp_with(&common::pool(service.tsa(now() + Duration::seconds(2))));
    let [first, _] = seals;
    stamped.unwrap().proof(first).unwrap().der().to_vec()
}

#[test]
fn a_proof_is_renewed_under_thirty_roots_of_one_name() {
    let (service, eras) = (Service::new(), eras(ROOTS));
    let in_order = verifier(&service, &eras.iter().collect::<Vec<_>>());
    let backwards = verifier(&service, &eras.iter().rev().collect::<Vec<_>>());
    let file = renewed(&service, &in_order, &eras, None, of_batch(&service));
    let at = time(ROOTS) + Duration::days(1);
    // The caller may give all lists that there are.
    let mut data = crls(&eras.iter().map(|era| &era.root).collect::<Vec<_>>(), at);
    data.add_der(
        &service.pki.tsa_root.issue_crl(&recommande::testing::CrlSpec::new(at, at + Duration::days(1))).unwrap(),
    )
    .unwrap();
    let informed = verifier(&service, &eras.iter().collect::<Vec<_>>()).with_revocation_data(data);
    assert_passes(&[in_order, backwards], &file, at);
    assert_passes(&[informed], &file, at);
}

#[test]
fn a_proof_of_its_own_is_renewed_under_roots_of_one_name() {
    let (service, eras) = (Service::new(), eras(SOME));
    let verifier = verifier(&service, &eras.iter().collect::<Vec<_>>());
    let file = renewed(&service, &verifier, &eras, None, service.proof().der().to_vec());
    assert_passes(&[verifier], &file, time(eras.len()) + Duration::days(1));
}

/// Their keys are certified by one root, so that none of them is an anchor.
#[test]
fn a_proof_is_renewed_under_authorities_of_one_name_below_one_root() {
    let service = Service::new();
    let spec = CertificateSpec::authority("Above", now() - Duration::days(1), now() + Duration::days(40 * 365));
    let root = spec.self_signed(key()).unwrap();
    let eras: Vec<_> = (1..=SOME).map(|number| tsa(root.issue(&authority(number), key()).unwrap(), number)).collect();
    let mut anchors: TrustAnchors = service.pki.tsa_anchors();
    anchors.add(root.certificate.clone());
    let issuers: Vec<_> = eras.iter().map(|era| era.root.certificate.clone()).collect();
    let verifier =
        Verifier::new(service.pki.seal_anchors(), anchors, Environment::Test).with_extra_certificates(issuers);
    let file = renewed(&service, &verifier, &eras, Some(&root), of_batch(&service));
    assert_passes(&[verifier], &file, time(SOME) + Duration::days(1));
}
