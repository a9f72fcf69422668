//! Signatures that many artifacts share are verified once, and a good signature makes nothing else good.

use chrono::Duration;
use recommande::ProofOfSending;
use recommande::seal::{Artifact, Batch};
use recommande::verify::{Indication, Policy, Preceding, Report, Verifier};

use crate::common::{Service, later, now, pool, sending_of};

/// Of the octets of a file, those that are changed: enough to meet every signature, digest and length in it.
const STEP: usize = 5;

fn report(verifier: &Verifier, der: &[u8]) -> Report {
    verifier.report(der, Preceding::NotGiven, later())
}

/// Each file verified after the good ones, and by a verifier that has met nothing: the same report. (That what was
/// changed is refused, other files of tests ask; here most of it is: not the root, of which nobody needs the copy.)
#[track_caller]
fn assert_memory_changes_nothing(verifier: impl Fn() -> Verifier, good: &[ProofOfSending]) {
    let warm = verifier();
    for proof in good.iter().chain(good) {
        let found = report(&warm, proof.der());
        assert_eq!(found.indication, Indication::TotalPassed, "{found}");
        assert_eq!(found, report(&verifier(), proof.der()));
    }
    let der = good.last().unwrap().der();
    let (mut tried, mut passed) = (0, 0);
    for place in (0..der.len()).step_by(STEP) {
        let mut changed = der.to_vec();
        changed[place] ^= 1;
        let found = report(&warm, &changed);
        assert_eq!(found, report(&verifier(), &changed), "octet {place}");
        tried += 1;
        passed += usize::from(found.indication == Indication::TotalPassed);
    }
    assert!(passed * 8 < tried, "{passed} of {tried} pass");
}

#[test]
fn a_token_that_a_batch_shares() {
    let service = Service::new();
    let sealed: Vec<_> =
        ["1", "2"].map(|message| service.sealer.seal(&sending_of(message), now()).unwrap()).into_iter().collect();
    let stamped = Batch::of(&sealed).unwrap().stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let proofs: Vec<_> = sealed.into_iter().map(|one| stamped.proof(one).unwrap()).collect();
    assert_memory_changes_nothing(|| service.verifier(), &proofs);
}

#[test]
fn revocation_data_that_proofs_share() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let sealer = service.sealer.clone().with_revocation(&service.pki.seal_revocation(issued, next).unwrap());
    let of_tsa = service.pki.tsa_revocation(issued, next).unwrap();
    let proof = |message| {
        let sealed = sealer.seal(&sending_of(message), now()).unwrap();
        let proof = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
        proof.with_revocation(&of_tsa).unwrap()
    };
    let proofs = [proof("1"), proof("2")];
    assert_memory_changes_nothing(|| service.verifier().with_policy(Policy::strict()), &proofs);
}
