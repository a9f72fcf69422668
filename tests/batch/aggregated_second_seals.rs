//! Second seals of batches: made here and elsewhere, and refused over another batch.

use crate::aggregated::{Item, items, leaves, second_credentials, second_key};
use crate::common::der;
use crate::common::eras::crls;
use crate::common::signers::CountingSigner;
use crate::common::{Service, has, later, niss, now, pool, sending, sending_of};
use chrono::Duration;
use recommande::crypto::Signer;
use recommande::evidence::Particulars;
use recommande::seal::{
    Aggregate, AggregateError, AggregateLeaves, Artifact, Prepared, SealError, SealedAggregate, SecondSeal,
    StampedAggregate,
};
use recommande::testing::CertifiedKey;
use recommande::verify::{Code, Indication, Outcome, Policy, SecondSealRule, SendingContext, Verifier};
use recommande::{Credentials, Environment, Issuer, MessageId, Party, Payload, Sealer, Unstamped};
use std::slice;
use std::sync::Arc;

/// A service whose keys are both elsewhere.
struct Remote {
    service: Service,
    sealer: Sealer,
    second: CertifiedKey,
}

impl Remote {
    fn new() -> Self {
        let mut service = Service::numbered();
        let (second, chain) = second_key(&service);
        let remote = |signer: &Arc<dyn Signer>, chain| Credentials::remote(signer.algorithm(), chain).unwrap();
        let sealer =
            Sealer::new(remote(&service.pki.seal.signer, service.pki.seal_chain()), service.sealer.issuer().clone());
        let sealer = sealer.with_second_seal(remote(&second.signer, chain.clone())).unwrap();
        let local = Credentials::new(second.signer.clone(), chain).unwrap();
        service.sealer = service.sealer.with_second_seal(local).unwrap();
        Self { service, sealer, second }
    }

    fn sealed(&self, batch: &Aggregate) -> SealedAggregate {
        let prepared = self.sealer.prepare_aggregate(batch, now()).unwrap();
        let seal = prepared.complete(&self.service.pki.seal.signer.sign(prepared.message()).unwrap()).unwrap();
        let prepared = self.sealer.prepare_second_seal_of_batch(&seal, now()).unwrap();
        // It waits in a store.
        let prepared = Prepared::<SecondSeal>::from_der(prepared.der()).unwrap();
        let second = prepared.complete(&self.second.signer.sign(prepared.message()).unwrap()).unwrap();
        batch.with_seal(seal, Some(second)).unwrap()
    }

    fn stamped(&self, sealed: &SealedAggregate) -> StampedAggregate {
        sealed.stamp_with(&pool(self.service.tsa(now() + Duration::seconds(2)))).unwrap()
    }

    fn batch(&self, items: &[Item]) -> Aggregate {
        leaves(&self.service, items).close(17).unwrap()
    }

    fn demanding(&self) -> Verifier {
        let policy = Policy { second_seal: SecondSealRule::Required, ..Policy::default() };
        self.service.verifier().with_policy(policy)
    }
}

#[test]
fn both_keys_of_a_batch_may_be_elsewhere() {
    let remote = Remote::new();
    let items = items(&remote.service, 3);
    let sealed = remote.sealed(&remote.batch(&items));
    // Where the keys are at hand, the second seal is made of the same.
    let at_hand = remote.service.sealer.second_seal_of_batch(sealed.seal(), now()).unwrap();
    assert!(remote.batch(&items).with_seal(sealed.seal().clone(), Some(at_hand)).is_ok());
    let stamped = remote.stamped(&sealed);
    let second = [stamped.second_seal().unwrap().der().to_vec()];
    for item in items {
        let proof = stamped.proof(item).unwrap();
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&second);
        remote.demanding().verify(&proof, context, later()).unwrap();
    }
}

/// The record of a statement ends in the digests of both seals. Neither the first seal nor a file that does not hold stands in for
/// the second one there.
#[test]
fn a_second_seal_that_was_not_stamped_with_its_batch_is_told_whatever_lies_beside_it() {
    let remote = Remote::new();
    let items = items(&remote.service, 3);
    let sealed = remote.sealed(&remote.batch(&items));
    let later_one = remote.service.sealer.second_seal_of_batch(sealed.seal(), now() + Duration::seconds(1)).unwrap();
    let tsas = pool(remote.service.tsa(now() + Duration::seconds(2)));
    let later_one = later_one.stamp_with(&tsas).unwrap().der().to_vec();
    let stamped = remote.stamped(&sealed);
    let own = stamped.second_seal().unwrap().der().to_vec();
    let first = stamped.seal().der().to_vec();
    let proof = stamped.proof(items[0].clone()).unwrap();
    let is_told = |given: &[Vec<u8>]| {
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(given);
        let report = remote.service.verifier().report(&proof, context, later());
        assert!(has(&report, Code::SecondSealValid), "{report}");
        has(&report, Code::SecondSealNotInBatch)
    };
    assert!(!is_told(slice::from_ref(&own)));
    assert!(!is_told(&[own, later_one.clone()]));
    assert!(is_told(slice::from_ref(&later_one)));
    assert!(is_told(&[later_one, first]));
}

const UNREADABLE: &str = "the second seal cannot be read";

#[track_caller]
fn damaged(error: AggregateError) -> &'static str {
    match error {
        AggregateError::Damaged(why) => why,
        error => panic!("{error:?}"),
    }
}

/// Each of the two seals is told by its name, and so is what is wrong with it.
#[test]
fn a_stored_seal_that_takes_no_record_is_told_from_a_second_seal_that_takes_none() {
    let remote = Remote::new();
    let batch = remote.batch(&items(&remote.service, 3));
    let sealed = remote.sealed(&batch);
    let (seal, second) = (sealed.seal(), sealed.second_seal().unwrap());
    let tsas = pool(remote.service.tsa(now() + Duration::seconds(2)));
    let stamped_alone = seal.stamp_with(&tsas).unwrap().der().to_vec();
    let second_alone = second.stamp_with(&tsas).unwrap().der().to_vec();
    let (long, second_long) = (der::with_long_content(seal.der()), der::with_long_content(second.der()));
    for (seal, second, expected) in [
        (stamped_alone.as_slice(), second.der(), "something was added to the seal"),
        (seal.der(), second_alone.as_slice(), "something was added to the second seal"),
        (long.as_slice(), second.der(), "the seal is not coded as DER asks for"),
        (seal.der(), second_long.as_slice(), "the second seal is not coded as DER asks for"),
    ] {
        let read = SealedAggregate::from_parts(seal, Some(second), sealed.leaves().to_vec());
        assert_eq!(damaged(read.unwrap_err()), expected);
        let (seal, second) = (Unstamped::from_der(seal).unwrap(), Unstamped::from_der(second).unwrap());
        assert_eq!(damaged(batch.with_seal(seal, Some(second)).unwrap_err()), expected);
    }
}

/// A statement announces the second seal of one sealer, and another sealer seals its batch.
#[test]
fn a_second_seal_that_the_statement_does_not_announce_is_told_and_meets_no_demand() {
    let service = Service::numbered();
    let announcing = || service.sealer.clone().with_second_seal(second_credentials(&service)).unwrap();
    let (of_statement, of_batch) = (announcing(), announcing());
    let verifier = service.verifier();
    let policy = Policy { second_seal: SecondSealRule::Required, ..Policy::default() };
    let demanding = service.verifier().with_policy(policy);
    for (maker, differs) in [(&of_statement, true), (&of_batch, false)] {
        let item = maker.aggregate_item(sending_of("ANNOUNCED"), now()).unwrap();
        let batch = leaves(&service, slice::from_ref(&item)).close(1).unwrap();
        let sealed = of_batch.seal_aggregate(&batch, now()).unwrap();
        let stamped = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
        let second = [stamped.second_seal().unwrap().der().to_vec()];
        let proof = stamped.proof(item).unwrap();
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&second);
        let report = verifier.report(&proof, context, later());
        assert!(has(&report, Code::SecondSealValid), "{report}");
        let told = report.findings.iter().find(|finding| finding.code == Code::SecondSealAnnouncementsDiffer);
        assert_eq!(told.map(|told| told.outcome), differs.then_some(Outcome::Warning));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        let report = demanding.report(&proof, context, later());
        assert_eq!(report.indication == Indication::TotalPassed, !differs, "{report}");
        assert_eq!(report.decided_by.as_ref().map(|by| by.code), differs.then_some(Code::SecondSealDemanded));
        let demanded = report.findings.iter().find(|finding| finding.code == Code::SecondSealDemanded);
        let because = Code::SecondSealAnnouncementsDiffer.as_str();
        assert_eq!(demanded.and_then(|demanded| demanded.computed.as_deref()), differs.then_some(because));
        assert_eq!(demanding.verify(&proof, context, later()).is_err(), differs);
    }
}

#[test]
fn a_batch_takes_no_seal_and_no_second_seal_of_another_one() {
    let remote = Remote::new();
    let mine = items(&remote.service, 3);
    let (batch, other) = (remote.batch(&mine), remote.batch(&mine[..2]));
    let (sealed, of_other) = (remote.sealed(&batch), remote.sealed(&other));
    let (another_seal, another_batch) = ("the second seal is over another seal", "the seal is of another batch");
    let second = of_other.second_seal().unwrap();
    let swapped = batch.with_seal(sealed.seal().clone(), Some(second.clone()));
    assert_eq!(damaged(swapped.unwrap_err()), another_seal);
    let stored = (sealed.seal().der(), Some(second.der()), sealed.leaves().to_vec());
    assert_eq!(damaged(SealedAggregate::from_parts(stored.0, stored.1, stored.2).unwrap_err()), another_seal);
    let stamped = remote.stamped(&sealed);
    let second = remote.stamped(&of_other);
    let second = Some(second.second_seal().unwrap().der());
    let read = StampedAggregate::from_parts(stamped.seal().der(), second, sealed.leaves().to_vec());
    assert_eq!(damaged(read.unwrap_err()), another_seal);
    // Without its record the second seal is not as it was stamped.
    let unstamped = Some(sealed.second_seal().unwrap().der());
    let read = StampedAggregate::from_parts(stamped.seal().der(), unstamped, sealed.leaves().to_vec());
    assert_eq!(damaged(read.unwrap_err()), "the second seal has no record");
    for (second, why) in [(None, "the second seal is not there, or not announced"), (Some(b"x".as_slice()), UNREADABLE)]
    {
        let read = StampedAggregate::from_parts(stamped.seal().der(), second, sealed.leaves().to_vec());
        assert_eq!(damaged(read.unwrap_err()), why);
        let read = SealedAggregate::from_parts(sealed.seal().der(), second, sealed.leaves().to_vec());
        assert_eq!(damaged(read.unwrap_err()), why);
    }
    // The same statements, for another environment, of another issuer, or by another number.
    let issuer = |number: &str, environment| Issuer::new("Example Registered Mail", number, environment).unwrap();
    let with = |issuer: Issuer| {
        let sealer = Sealer::new(remote.service.sealer.credentials().clone(), issuer);
        sealer.seal_aggregate(&remote.batch(&mine), now()).map(|_| ())
    };
    for other in [issuer("BE/BE/0406798006", Environment::Acceptance), issuer("BE/BE/0244640631", Environment::Test)] {
        assert!(matches!(with(other), Err(SealError::OtherIssuer)));
    }
    let renumbered = leaves(&remote.service, &mine).close(18).unwrap();
    let sealed = remote.sealed(&renumbered);
    let (seal, second) = (sealed.seal().clone(), sealed.second_seal().cloned());
    assert_eq!(damaged(batch.with_seal(seal.clone(), second.clone()).unwrap_err()), another_batch);
    assert!(renumbered.with_seal(seal, second).is_ok());
}

#[test]
fn a_statement_that_announces_a_second_seal_is_in_no_batch_without_one() {
    let remote = Remote::new();
    let sealer = &remote.service.sealer;
    let plain = Sealer::new(sealer.credentials().clone(), sealer.issuer().clone());
    let unannounced = |message: &str| plain.aggregate_item(sending_of(message), now()).unwrap();
    let mut mixed = leaves(&remote.service, &[unannounced("PLAIN")]);
    assert!(plain.seal_aggregate(&mixed.clone().close(1).unwrap(), now()).is_ok());
    mixed.add(&sealer.aggregate_item(sending_of("ANNOUNCED"), now()).unwrap()).unwrap();
    mixed.add(&unannounced("PLAIN AGAIN")).unwrap();
    let batch = mixed.close(1).unwrap();
    assert!(matches!(plain.seal_aggregate(&batch, now()), Err(SealError::NoSecondSeal)));
    assert!(matches!(plain.prepare_aggregate(&batch, now()), Err(SealError::NoSecondSeal)));
    // A batch with a second seal takes statements that announce none.
    let sealed = sealer.seal_aggregate(&batch, now()).unwrap();
    assert!(sealed.second_seal().is_some());
    // A letter of a form announces what its sealer makes.
    for (maker, is_refused) in [(sealer, true), (&plain, false)] {
        let mut form = maker.form_letter(&sending()).unwrap();
        let particulars = Particulars::new(MessageId::new("FORM").unwrap(), Party::new(niss()), now()).unwrap();
        let mut of_form = AggregateLeaves::new(sealer.issuer());
        of_form.add(&form.fill_in(particulars, now()).unwrap()).unwrap();
        let sealed = plain.seal_aggregate(&of_form.close(2).unwrap(), now());
        assert_eq!(matches!(sealed, Err(SealError::NoSecondSeal)), is_refused);
    }
}

#[test]
fn no_signature_is_made_where_the_second_one_is_for_a_key_elsewhere() {
    let remote = Remote::new();
    let service = &remote.service;
    let counting = Arc::new(CountingSigner::of(Arc::clone(&service.pki.seal.signer)));
    let first = Credentials::new(Arc::clone(&counting) as Arc<dyn Signer>, service.pki.seal_chain()).unwrap();
    let made = counting.signatures();
    let chain = vec![remote.second.certificate.clone(), service.pki.intermediate.certificate.clone()];
    let elsewhere = Credentials::remote(remote.second.signer.algorithm(), chain).unwrap();
    let sealer = Sealer::new(first, service.sealer.issuer().clone()).with_second_seal(elsewhere).unwrap();
    let refused = sealer.seal_aggregate(&remote.batch(&items(service, 2)), now());
    assert!(matches!(refused, Err(SealError::NoSigner)));
    assert_eq!(counting.signatures(), made);
}

#[test]
fn revocation_data_goes_into_both_seals_of_a_batch() {
    let remote = Remote::new();
    let mine = items(&remote.service, 2);
    let stamped = remote.stamped(&remote.sealed(&remote.batch(&mine)));
    let with_data = stamped.clone().with_revocation(&crls(&[&remote.service.pki.tsa_root], now())).unwrap();
    assert!(with_data.seal().der().len() > stamped.seal().der().len());
    let lengths = [&with_data, &stamped].map(|stamped| stamped.second_seal().unwrap().der().len());
    assert!(lengths[0] > lengths[1]);
    let second = Some(with_data.second_seal().unwrap().der());
    let read = StampedAggregate::from_parts(with_data.seal().der(), second, with_data.leaves().to_vec()).unwrap();
    assert_eq!(read.record(&mine[0]).unwrap(), with_data.record(&mine[0]).unwrap());
}
