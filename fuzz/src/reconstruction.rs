//! Trails that nobody sealed, combined with the proofs of the world.

use std::sync::LazyLock;

use recommande::audit::{Account, Export, FactStanding, Reconstruction, ReconstructionPolicy, TrailReport};

use crate::world::world;

/// What some exports come to: each trail, and each account.
type Told = (Vec<TrailReport>, Vec<Account>);

/// What the proofs come to by themselves.
static ALONE: LazyLock<Vec<Account>> = LazyLock::new(|| {
    let world = world();
    told(&[], &[world.sending.der(), world.opening.der()]).1
});

/// Each half of the lines is an export. Their order has no part in anything, nobody is blamed for what nobody sealed, and no line
/// changes the verdict on a message or what its proofs prove.
pub fn reconstruction(input: &[u8]) {
    let half = input.len() / 2;
    let middle = input.iter().skip(half).position(|octet| *octet == b'\n').map_or(input.len(), |at| half + at + 1);
    let (first, second) = input.split_at(middle);
    let world = world();
    let proofs = [world.sending.der(), world.opening.der()];
    let (trails, accounts) = told(&[first, second], &proofs);
    assert!(told(&[second, first], &proofs[..]) == (trails.clone(), accounts.clone()));
    assert!(trails.iter().all(|trail| !trail.is_at_fault() && trail.sealed == 0));
    for account in &accounts {
        drop((account.to_string(), serde_json::to_string(account).expect("memory")));
        let conflicts = account.timeline.iter().flat_map(|entry| &entry.conflicts);
        assert_eq!(conflicts.count(), 0);
        let proven =
            |account: &Account| account.timeline.iter().filter(|entry| entry.standing != FactStanding::Claimed).count();
        match ALONE.iter().find(|proven| proven.message == account.message) {
            Some(without) => {
                assert_eq!((account.verdict, proven(account)), (without.verdict, proven(without)));
            }
            None => assert_eq!(proven(account), 0),
        }
    }
    trails.iter().for_each(|trail| drop(trail.to_string()));
}

fn told(exports: &[&[u8]], proofs: &[&[u8]]) -> Told {
    let world = world();
    let policy = ReconstructionPolicy::new(&world.verifier, world.now);
    let exports = exports.iter().map(|lines| Export::new(*lines));
    let reconstruction = Reconstruction::of(exports, proofs, &policy).expect("few sources");
    let accounts = reconstruction.messages().collect();
    (reconstruction.trails().collect(), accounts)
}
