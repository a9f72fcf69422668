//! How long the proofs of a letter are kept, and what has to be renewed before.

use chrono::{DateTime, Duration, Months, Utc};
use recommande::evidence::{Notification, OpeningEvent, Party, Statement, StepEvent, Terms};
use recommande::life::{
    Case, CaseKeeping, Keeping, KeepingError, LetterKeeping, Retention, VerifiableUntil, Zone, judge_with_deadlines,
};
use recommande::testing::{CertificateSpec, TestTsa};

use crate::cases::{Life, accepts, afterwards, hours, only, reply};
use crate::common::{at, enterprise, forged_reply, niss, now, pool, sending};

/// The first instant of 2037 in Brussels.
const END: &str = "2036-12-31T23:00:00Z";

fn ebox() -> Retention {
    Retention::named("BE-EBOX").unwrap()
}

/// Kept until the end of the year of the transaction.
fn short() -> Retention {
    Retention::new("A YEAR", Zone::named("Europe/Brussels").unwrap(), 0)
}

fn letter(files: &[Vec<u8>], life: &Life, retention: &Retention, time: DateTime<Utc>) -> LetterKeeping {
    let judged = judge_with_deadlines(&life.verifier(), files, afterwards());
    let letters = Case::of(&judged);
    let letter = letters.iter().find(|letter| letter.message == *life.sent.statement().message_id()).unwrap();
    letter.keeping(retention, time).unwrap()
}

fn case(life: &Life, retention: &Retention, time: DateTime<Utc>) -> CaseKeeping {
    letter(&life.files, life, retention, time).cases[0].clone().unwrap()
}

#[test]
fn each_proof_is_renewed_before_it_ends_and_as_long_as_it_is_kept() {
    let life = Life::long();
    let tsa_ends = life.service.pki.tsa.certificate.not_after();
    let kept = case(&life, &ebox(), afterwards());
    assert_eq!(kept.keep_until, Some(at(END)));
    assert_eq!(kept.statements.len(), life.files.len());
    for statement in &kept.statements {
        assert_eq!(statement.keep_until, at(END));
        let end = statement.verifiable_until.unwrap();
        assert!(end <= tsa_ends, "{end} and {tsa_ends}");
        assert_eq!(statement.keeping, Keeping::RenewBefore(end));
    }
    let first = kept.statements.iter().filter_map(|statement| statement.verifiable_until).min().unwrap();
    assert_eq!(kept.keeping, Keeping::RenewBefore(first));
    let shown = serde_json::to_value(&kept).unwrap();
    assert_eq!((&shown["keeping"], &shown["keep_until"]), (&"renew-before".into(), &END.into()));
    assert!(kept.to_string().contains("renew before"), "{kept}");
}

#[test]
fn what_verifies_until_the_end_of_retention_needs_no_renewal() {
    let life = Life::long();
    let end = at("2026-12-31T23:00:00Z");
    let before = case(&life, &short(), end - Duration::milliseconds(1));
    assert_eq!((before.keep_until, before.keeping), (Some(end), Keeping::Covered));
    let after = case(&life, &short(), end);
    assert_eq!(after.keeping, Keeping::KeptTooLong);
    assert!(after.statements.iter().all(|statement| statement.keeping == Keeping::KeptTooLong));
    assert!(after.to_string().contains("kept too long"), "{after}");
    // A dispute is a reason to keep it, and then it has to verify.
    let held = case(&life, &short().held_by_dispute(), end);
    assert!(held.statements.iter().all(|statement| matches!(statement.keeping, Keeping::RenewBefore(_))));
}

#[test]
fn what_is_gone_before_the_end_was_kept_too_short() {
    let life = Life::long();
    let acceptance = life.judged()[2].id().unwrap().to_string();
    let mut files = life.files.clone();
    files.remove(2);
    let end = at("2026-12-31T23:00:00Z");
    let kept = |retention: &Retention, time| letter(&files, &life, retention, time).cases[0].clone().unwrap();
    let before = kept(&short(), end - Duration::milliseconds(1));
    assert_eq!(before.keeping, Keeping::KeptTooShort);
    assert!(before.kept_too_short.contains(&acceptance), "{before}");
    // Afterwards it may be gone.
    let after = kept(&short(), end);
    assert_eq!((after.keeping, after.kept_too_short.is_empty()), (Keeping::KeptTooLong, true));
    assert!(!kept(&short().held_by_dispute(), end).kept_too_short.is_empty());
}

#[test]
fn an_opening_of_the_new_year_in_brussels_prolongs_the_dossier() {
    for (time, end) in [("2026-12-31T22:59:59Z", END), ("2026-12-31T23:00:00Z", "2037-12-31T23:00:00Z")] {
        let mut life = Life::new();
        life.opened(None, OpeningEvent::ContentAccessTracking, at(time));
        let kept = case(&life, &ebox(), afterwards());
        assert_eq!(kept.keep_until, Some(at(end)), "{time}");
        // The sending by itself is one of 2026.
        let own: Vec<_> = kept.statements.iter().map(|statement| statement.keep_until).collect();
        assert_eq!(own, [at(END), at(end)]);
    }
}

#[test]
fn a_reply_prolongs_the_dossier_if_it_holds() {
    let new_year = at("2026-12-31T23:00:00Z");
    let office = || Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    for (from, end) in [(Party::new(niss()), "2037-12-31T23:00:00Z"), (Party::new(enterprise("0244142664")), END)] {
        let mut life = Life::of(sending().with_terms(Terms::new().with_reply_authorized()).unwrap());
        life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
        let answer = forged_reply(&reply(from, office(), new_year), &life.sent);
        life.sealed(&answer);
        let kept = letter(&life.files, &life, &ebox(), afterwards());
        assert_eq!(kept.keep_until, Some(at(end)));
    }
}

#[test]
fn each_recipient_has_its_own_end() {
    let other = Party::new(enterprise("0244142664"));
    let mut life = Life::of(sending().with_recipient(other).unwrap());
    life.opened(None, OpeningEvent::ContentAccessTracking, at("2027-01-10T00:00:00Z"));
    let kept = letter(&life.files, &life, &ebox(), afterwards());
    let ends: Vec<_> = kept.cases.iter().map(|case| case.as_ref().unwrap().keep_until.unwrap()).collect();
    assert_eq!(ends, [at("2037-12-31T23:00:00Z"), at(END)]);
    assert_eq!(kept.keep_until, Some(at("2037-12-31T23:00:00Z")));
}

#[test]
fn of_a_proof_that_was_renewed_the_later_end_counts() {
    let mut life = Life::new();
    let pki = &mut life.service.pki;
    let early = pki.tsa.certificate.not_after();
    // The same seal, stamped by a TSA whose certificate ends later.
    let spec = CertificateSpec::tsa("Later TSA", now() - Duration::days(1), early + Duration::days(365));
    pki.tsa = pki.tsa_root.issue(&spec, pki.tsa.signer.clone()).unwrap();
    let clock = || now() + Duration::seconds(3);
    let tsa = TestTsa::new(pki).with_clock(clock);
    let again = life.service.sealer.seal(life.sent.statement(), now()).unwrap().stamp_with(&pool(tsa)).unwrap();
    life.files.push(again.der().to_vec());
    let ends = |files: &[Vec<u8>]| -> Vec<VerifiableUntil> {
        let judged = judge_with_deadlines(&life.verifier(), files, afterwards());
        let letters = Case::of(&judged);
        only(&letters).cases[0].as_ref().unwrap().facts.iter().map(|fact| fact.verifiable_until).collect()
    };
    let mut files = life.files.clone();
    let both = ends(&files);
    files.reverse();
    assert_eq!(ends(&files), both);
    assert!(both.iter().max() > ends(&life.files[..1]).iter().max());
}

#[test]
fn proofs_that_were_judged_without_their_deadlines_say_nothing_of_renewal() {
    let mut life = Life::new();
    let asked = life.asked();
    life.next(&asked, accepts(hours(2)), hours(2));
    life.next(&asked, StepEvent::NotificationDelivered { notification: Notification::by("email").unwrap() }, hours(3));
    let letters = Case::of(&life.judged());
    let unknown = only(&letters).keeping(&ebox(), afterwards()).unwrap_err();
    assert_eq!(unknown, KeepingError::WithoutDeadlines);
    let judged = judge_with_deadlines(&life.verifier(), &life.files, afterwards());
    let letters = Case::of(&judged);
    let endless = ebox().with_floor(Months::new(u32::MAX));
    assert!(matches!(only(&letters).keeping(&endless, afterwards()), Err(KeepingError::BeyondReach(_))));
}
