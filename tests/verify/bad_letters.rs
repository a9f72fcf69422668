//! Letters with bad input: too many proofs, replies to the letters of others, payments that do not fit.

use chrono::Duration;
use recommande::evidence::{
    Codec, Committed, Currency, EvidenceError, Field, KnownReason, OpeningEvent, Party, Payment, ReplyFault, Salts,
    Statement, Step, StepEvent, Terms,
};
use recommande::life::limits::MAX_PROOFS;
use recommande::life::{Case, CaseVerdict, Judged, ReplyObjection, State, TooManyProofs, Verifiers, judge};
use recommande::seal::{Credentials, ProofOfSending};
use recommande::verify::{Payload, Policy, Verifier};
use recommande::{Environment, Sealer, Sending};

use crate::cases::{Life, afterwards, hours, only, reply, sealed_by};
use crate::common::{enterprise, forged_reply, issuer, niss, now, sending};

fn full() -> StepEvent {
    StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() }
}

/// As many proofs about the recipient as are said, with the sending, and one about another recipient.
fn crowd(count: usize) -> (Life, Vec<Result<Case, TooManyProofs>>) {
    let mut life = Life::of(sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap());
    let available = Step::of(&life.sent, 2, StepEvent::ContentConsignment, hours(1)).unwrap();
    life.sealed(&available);
    for second in 1..i64::try_from(count).unwrap() {
        let time = hours(1) + Duration::seconds(second);
        let step = Step::of(&life.sent, 1, full(), time).unwrap();
        life.files.push(sealed_by(&life.service, &life.service.sealer, &step).der().to_vec());
    }
    let letters = Case::of(&life.judged());
    let cases = only(&letters).cases.clone();
    (life, cases)
}

#[test]
fn as_many_proofs_as_are_judged_are_judged_and_one_more_is_an_error() {
    let (_, cases) = crowd(MAX_PROOFS);
    let judged = cases[0].as_ref().unwrap();
    assert_eq!((judged.verdict, judged.facts.len()), (CaseVerdict::Proven(State::NotAvailable), MAX_PROOFS));
    let (life, cases) = crowd(MAX_PROOFS + 1);
    assert_eq!(cases[0].as_ref().unwrap_err(), &TooManyProofs { recipient: 1 });
    // The other recipient has its case, and a letter of another message too.
    assert_eq!(cases[1].as_ref().unwrap().verdict, CaseVerdict::Proven(State::Available));
    let mut files = life.files.clone();
    let another = crate::common::sending_of("2ZG0000036L3Z");
    files.push(life.service.proof_of(&another).der().to_vec());
    let letters = Case::of(&judge(&life.verifier(), &files, afterwards()));
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[1].cases[0].as_ref().unwrap().verdict, CaseVerdict::Proven(State::Submitted));
}

/// The objections to a reply of the recipient, whose statement was changed before it was sealed.
fn objections(original: Sending, change: impl Fn(String) -> String) -> Vec<ReplyObjection> {
    let mut life = Life::of(original);
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let answer = reply(Party::new(niss()), office, hours(2)).replying_to(&life.sent).unwrap();
    let json = String::from_utf8(Codec::Json.encode(&answer, life.service.sealer.issuer()).unwrap()).unwrap();
    let answer: Sending = Codec::Json.decode(change(json).as_bytes()).unwrap().0;
    life.sealed(&answer);
    let letters = Case::of(&life.judged());
    let of_letter = letters.iter().find(|letter| letter.message == *life.sent.statement().message_id()).unwrap();
    of_letter.replies[0].objections.clone()
}

#[test]
fn a_reply_names_the_message_that_it_answers() {
    let allowed = || sending().with_terms(Terms::new().with_reply_authorized()).unwrap();
    assert_eq!(objections(allowed(), |json| json), []);
    let another = objections(allowed(), |json| {
        let edited =
            json.replace(r#""InReplyTo":{"MessageIdentifier":"1ZG"#, r#""InReplyTo":{"MessageIdentifier":"2ZG"#);
        assert_ne!(edited, json);
        edited
    });
    assert_eq!(another, [ReplyObjection::AnotherMessage]);
}

#[test]
fn a_reply_to_a_letter_that_names_another_one_is_no_reply_to_this_one() {
    let allowed = || sending().with_terms(Terms::new().with_reply_authorized()).unwrap();
    let (mut life, elsewhere) = (Life::of(allowed()), Life::of(allowed()));
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    // The letter of somebody else has the same message and another sealed sending.
    let answer = reply(Party::new(niss()), office, hours(2)).replying_to(&elsewhere.sent).unwrap();
    life.sealed(&answer);
    let letters = Case::of(&life.judged());
    assert!(letters.iter().all(|letter| letter.replies.is_empty()), "{letters:?}");
    // The reply says so itself.
    let links: Vec<_> = letters.iter().flat_map(|letter| &letter.replies_to).collect();
    let [link] = links.as_slice() else { panic!("{links:?}") };
    assert_eq!((&link.objections, link.holds()), (&vec![ReplyObjection::OriginalNotGiven], false));
    assert_eq!(link.original, elsewhere.sent.id().digest().to_string());
}

#[test]
fn parties_behind_commitments_are_not_compared_with_a_reply() {
    let plain = sending().with_terms(Terms::new().with_reply_authorized()).unwrap();
    let committed = Committed::of(&plain, &Field::personal(&plain), Salts::Random).unwrap();
    let (committed, disclosure) = committed.into_parts();
    let mut life = Life::of(committed);
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let answer = reply(Party::new(niss()), office, hours(2));
    let refused = answer.clone().replying_to(&life.sent).unwrap_err();
    assert_eq!(refused, EvidenceError::Reply(ReplyFault::PartiesNotDisclosed));
    life.sealed(&forged_reply(&answer, &life.sent));
    let letters = Case::of(&life.judged());
    let replies: Vec<_> = letters.iter().flat_map(|letter| &letter.replies).collect();
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0].objections, [ReplyObjection::PartiesNotDisclosed]);
    assert!(!replies[0].holds());
    // With the disclosure of the letter they are, whatever other disclosures lie there.
    let (_, another) = Committed::of(&plain, &Field::personal(&plain), Salts::Random).unwrap().into_parts();
    let verifier = life.verifier();
    for disclosures in [[another.clone(), disclosure.clone()], [disclosure, another]] {
        let verifiers = Verifiers::new(&verifier).with_disclosures(&disclosures);
        let letters = Case::of(&judge(verifiers, &life.files, afterwards()));
        let replies: Vec<_> = letters.iter().flat_map(|letter| &letter.replies).collect();
        assert_eq!(replies[0].objections, [ReplyObjection::BeforeOpening]);
        let links: Vec<_> = letters.iter().flat_map(|letter| &letter.replies_to).collect();
        assert!(links.len() == 1 && links[0].holds(), "{links:?}");
    }
}

#[test]
fn a_reply_of_another_environment_is_none() {
    let mut life = Life::of(sending().with_terms(Terms::new().with_reply_authorized()).unwrap());
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(1));
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let answer = reply(Party::new(niss()), office, hours(2)).replying_to(&life.sent).unwrap();
    let pki = &life.service.pki;
    let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap();
    let real = Sealer::new(credentials, issuer(Environment::Production));
    let proof: ProofOfSending = sealed_by(&life.service, &real, &answer);
    // Somebody verified it for production, and puts it beside the proofs of a test.
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Production);
    let verified = verifier.verify(&proof, Payload::NotAvailable, afterwards()).unwrap();
    let mut judged = life.judged();
    judged.push(Judged::from(&verified));
    let letters = Case::of(&judged);
    let of_letter = letters.iter().find(|letter| letter.environment == Environment::Test).unwrap();
    assert_eq!(of_letter.replies[0].objections, [ReplyObjection::AnotherEnvironment]);
}

/// A letter is answered after it was sent. The clocks of two services differ by what the policy allows.
#[test]
fn a_reply_is_not_earlier_than_its_letter() {
    let office = || Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let at = |time, policy: Policy| {
        let mut life = Life::of(sending().with_terms(Terms::new().with_reply_authorized()).unwrap());
        let answer = reply(Party::new(niss()), office(), time);
        life.sealed(&forged_reply(&answer, &life.sent));
        let letters = Case::of(&judge(&life.verifier().with_policy(policy), &life.files, afterwards()));
        let replies: Vec<_> = letters.into_iter().flat_map(|letter| letter.replies).collect();
        let [reply] = replies.as_slice() else { panic!("{replies:?}") };
        (reply.holds(), reply.objections.clone())
    };
    let warned = (true, vec![ReplyObjection::BeforeOpening]);
    let refused = (false, vec![ReplyObjection::BeforeLetter, ReplyObjection::BeforeOpening]);
    let skew = Duration::seconds(Policy::default().clock_skew.into());
    let (within, beyond) = (now() - skew, now() - skew - Duration::milliseconds(1));
    assert_eq!((at(within, Policy::default()), at(beyond, Policy::default())), (warned.clone(), refused));
    assert_eq!(at(beyond, Policy { clock_skew: 61, ..Policy::default() }), warned);
}

#[test]
fn an_amount_fits_its_currency_or_is_refused_by_name() {
    let currency = |code: &str| code.parse::<Currency>();
    assert_eq!(currency("JPY").unwrap().minor_units("12"), Ok(12));
    assert_eq!(currency("JPY").unwrap().minor_units("12.5"), Err(EvidenceError::Amount));
    assert_eq!(currency("EUR").unwrap().minor_units("12.305"), Err(EvidenceError::Amount));
    assert_eq!(currency("EURO").unwrap_err(), EvidenceError::Currency);
    let euro = currency("EUR").unwrap();
    let payment = Payment::new("2026-118", 1230, 0, euro, "2026-12-31".parse().unwrap()).unwrap();
    let asked = sending().with_payment_in_clear(payment);
    let json = Codec::Json.encode(&asked, &issuer(Environment::Test)).unwrap();
    let json = String::from_utf8(json).unwrap();
    // What a service sealed is refused as well, since its JSON is no statement of the profile.
    for (from, to, fault) in [
        (r#""AmountMinor":1230"#, r#""AmountMinor":12.30"#, "Json(Number)"),
        (r#""AmountMinor":1230"#, r#""AmountMinor":-1230"#, "Json(Number)"),
        (r#""AmountMinor":1230"#, r#""AmountMinor":9007199254740992"#, "Json(Number)"),
        (r#""AmountMinor":1230"#, r#""AmountMinor":"1230""#, "WrongType"),
        (r#""Currency":"EUR""#, r#""Currency":"eur""#, "Refused(Currency)"),
        (r#""Currency":"EUR""#, r#""Currency":"EURO""#, "Refused(Currency)"),
    ] {
        let edited = json.replace(from, to);
        assert_ne!(edited, json);
        let error = Codec::Json.decode::<Sending>(edited.as_bytes()).unwrap_err();
        assert!(format!("{:?}", error.kind()).starts_with(fault), "{to}: {error}");
    }
}
