//! More second seals than are judged, of which the one that holds is found.

use chrono::Duration;
use const_oid::ObjectIdentifier;
use recommande::crypto::KeyKind;
use recommande::seal::Artifact;
use recommande::testing::{Forge, attribute, tlv};
use recommande::verify::limits::MAX_SECOND_SEALS;
use recommande::verify::{Code, Indication, Report, SecondSealRule};
use signed_data::tlv::Tag;

use super::{Sealed, chain, report_by, second_key};
use crate::common::{has, now, pool, sending_of};

#[test]
fn no_more_second_seals_are_judged_than_the_limit() {
    let sealed = Sealed::new();
    let at_limit = vec![sealed.second.clone(); MAX_SECOND_SEALS];
    let [_, reported, _] = sealed.reports(&at_limit);
    assert!(!has(&reported, Code::SecondSealsTooMany) && reported.second_seals.len() == MAX_SECOND_SEALS);
    let beyond = vec![sealed.second.clone(); MAX_SECOND_SEALS + 1];
    let [_, reported, _] = sealed.reports(&beyond);
    assert!(has(&reported, Code::SecondSealsTooMany) && reported.second_seals.len() == MAX_SECOND_SEALS);
}

/// Whoever puts files beside a proof does not push out its second seal, whatever order they have.
#[test]
fn what_anybody_can_make_does_not_push_out_the_second_seal() {
    let sealed = Sealed::new();
    let (last, before) = sealed.second.split_last().unwrap();
    let of_signature = (0..=u8::MAX).filter(|octet| octet != last).map(|octet| [before, &[octet]].concat());
    let of_signature: Vec<_> = of_signature.take(MAX_SECOND_SEALS).collect();
    let bare = sealed.proof.bare_seal().unwrap();
    let stranger = second_key(&sealed.service.pki, &KeyKind::MlDsa65);
    let of_stranger: Vec<_> = (0..MAX_SECOND_SEALS).map(|_| sealed.forged(&stranger, &bare, |_| {})).collect();
    let of_another = sealed.service.proof_of(&sending_of("1ZG0000036L3Y"));
    let of_another = sealed.service.sealer.second_seal(&of_another, now()).unwrap().der().to_vec();
    for (what, junk) in [
        ("unreadable", vec![vec![0]; MAX_SECOND_SEALS]),
        ("with another signature", of_signature),
        ("by another certificate", of_stranger),
        ("of another seal", vec![of_another; MAX_SECOND_SEALS]),
    ] {
        let given = [junk.as_slice(), std::slice::from_ref(&sealed.second)].concat();
        let [_, reported, required] = sealed.reports(&given);
        assert!(has(&reported, Code::SecondSealValid) && has(&reported, Code::SecondSealsTooMany), "{what}");
        assert_eq!(reported.second_seals.len(), MAX_SECOND_SEALS, "{what}");
        assert_eq!(required.indication, Indication::TotalPassed, "{what}: {required}");
        let reversed: Vec<_> = given.iter().rev().cloned().collect();
        assert_eq!(sealed.reports(&reversed)[2], required, "{what}");
        // Nothing but that is a second seal.
        let [_, reported, required] = sealed.reports(&[junk.as_slice(), &junk[..1]].concat());
        assert!(!has(&reported, Code::SecondSealValid), "{what}");
        assert_eq!(required.decided_by.map(|by| by.code), Some(Code::SecondSealDemanded), "{what}");
    }
}

/// What anybody makes of one second seal, without its key: its signature, with or without the issuers, and with something
/// else beside it each time.
struct Variants {
    signed: Forge,
}

impl Variants {
    fn of(sealed: &Sealed) -> Self {
        let bare = sealed.proof.bare_seal().unwrap();
        let mut signed = Forge::seal(&bare, &sealed.key, &chain(&sealed.service, &sealed.key), now());
        signed.sign(&*sealed.key.signer).unwrap();
        signed.content = None;
        Self { signed }
    }

    fn whole(&self) -> Vec<u8> {
        self.signed.to_der()
    }

    /// It lacks what leads to an anchor. A long one comes after the whole one in the order of octets, a short one before it.
    fn without_issuers(&self, number: u8, is_long: bool) -> Vec<u8> {
        let mut variant = self.signed.clone();
        variant.certificates.truncate(1);
        variant.first().unsigned_attributes.push(beside(number, if is_long { 8192 } else { 1 }));
        variant.to_der()
    }

    fn beside_something(&self, number: u8) -> Vec<u8> {
        let mut variant = self.signed.clone();
        variant.first().unsigned_attributes.push(beside(number, 1));
        variant.to_der()
    }
}

/// An attribute that nobody knows.
fn beside(number: u8, length: usize) -> Vec<u8> {
    let unknown = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.7");
    attribute(unknown, &[&tlv(Tag::OCTET_STRING, &[&vec![number; length]])])
}

/// The same files in other orders: each step through them is prime to their number.
fn orders(given: &[Vec<u8>]) -> impl Iterator<Item = Vec<Vec<u8>>> + '_ {
    let count = given.len();
    let reversed = given.iter().rev().cloned().collect();
    let step = [7, 11].into_iter().find(|step| !count.is_multiple_of(*step)).unwrap();
    [reversed, (0..count).map(|index| given[index * step % count].clone()).collect()].into_iter()
}

impl Sealed {
    /// The report by the policy that demands a second seal.
    #[track_caller]
    fn demanded(&self, given: &[Vec<u8>]) -> Report {
        report_by(&self.verifier(SecondSealRule::Required), &self.proof, given)
    }
}

#[test]
fn variants_of_a_second_seal_do_not_push_it_out() {
    let sealed = Sealed::new();
    let variants = Variants::of(&sealed);
    for count in [MAX_SECOND_SEALS, 65] {
        let count = u8::try_from(count).unwrap();
        let mut given: Vec<_> = (0..count).map(|number| variants.without_issuers(number, number % 2 == 0)).collect();
        let without = sealed.demanded(&given);
        assert_eq!(without.decided_by.map(|by| by.code), Some(Code::SecondSealDemanded), "{without}");
        given.push(variants.whole());
        let with = sealed.demanded(&given);
        assert_eq!(with.indication, Indication::TotalPassed, "{with}");
        assert!(has(&with, Code::SecondSealValid) && has(&with, Code::SecondSealsTooMany), "{with}");
        for given in orders(&given) {
            assert_eq!(sealed.demanded(&given), with, "in another order");
        }
    }
}

/// Of those that hold the one that holds longest is among those that are judged.
#[test]
fn variants_that_hold_do_not_shorten_the_verdict() {
    let sealed = Sealed::until(20);
    let variants = Variants::of(&sealed);
    let tsa = sealed.service.tsa(now() + Duration::seconds(3));
    let stamped = sealed.service.sealer.second_seal(&sealed.proof, now()).unwrap().stamp_with(&pool(tsa)).unwrap();
    let alone = sealed.demanded(&[stamped.der().to_vec()]);
    let mut given: Vec<_> = (0..8).map(|number| variants.beside_something(number)).collect();
    let without = sealed.demanded(&given);
    assert!(without.verifiable_until.unwrap().time < alone.verifiable_until.as_ref().unwrap().time);
    given.push(stamped.der().to_vec());
    for given in orders(&given) {
        assert_eq!(sealed.demanded(&given).verifiable_until, alone.verifiable_until);
    }
}
