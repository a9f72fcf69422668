//! An opening is worth something only with its own verified sending, and never more than that.

use crate::common::der::{self, Node};
use crate::common::{
    self, Service, against, assurance, enterprise, has, later, niss, now, opened_at, pool, sending_of,
};
use chrono::Duration;
use recommande::TrustAnchors;
use recommande::crypto::KeyKind;
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Codec, Environment, EvidenceError, MessageId, Opening, OpeningEvent, Party,
    PayloadDigests, Sending, Statement, Step, StepEvent,
};
use recommande::pki::revocation::RevocationData;
use recommande::seal::{ProofOfOpening, ProofOfSending, Sealer};
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, RevokedSpec, generate_key};
use recommande::verify::{
    Code, Context, Indication, Payload, Policy, Preceding, Report, SubIndication, Verified, Verifier,
};

fn after() -> chrono::DateTime<chrono::Utc> {
    opened_at() + Duration::days(1)
}

fn report(service: &Service, proof: &ProofOfOpening, preceding: Preceding<'_>) -> Report {
    service.verifier().report(proof, preceding, after())
}

/// The opening with a text replaced in its JSON: what a service that does not keep to the rules, with the genuine key,
/// would seal.
fn edited(service: &Service, opening: &Opening, from: &str, to: &str) -> Opening {
    let json = String::from_utf8(Codec::Json.encode(opening, service.sealer.issuer()).unwrap()).unwrap();
    assert!(json.contains(from), "{from} is not in it");
    Codec::Json.decode::<Opening>(json.replace(from, to).as_bytes()).unwrap().0
}

#[test]
fn an_opening_passes_with_its_own_sending() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let proof = service.proof_of_opening(&service.opening(&sending));
    let opened = service.verifier().verify(&proof, &sending, after()).unwrap();
    assert_eq!(opened.statement().preceding().proof_id(), sending.id().digest());
    assert_eq!(report(&service, &proof, Preceding::Verified(&sending)).indication, Indication::TotalPassed);
    // ContentHandover as well.
    let handed = service.opening(&sending).with_event(OpeningEvent::ContentHandover).unwrap();
    let handed = service.proof_of_opening(&handed);
    assert!(service.verifier().verify(&handed, &sending, after()).is_ok());
}

#[test]
fn the_event_of_an_opening_is_stated_before_what_led_to_it() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let step = Step::of(&sending, 1, StepEvent::ContentConsignment, now()).unwrap();
    let proof = service.sealer.seal(&step, now()).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
    let available = service.verifier().verify(&proof, &sending, after()).unwrap();
    let opening = service.opening(&sending).with_cause(&available).unwrap();
    assert_eq!(opening.clone().with_event(OpeningEvent::ContentHandover).unwrap_err(), EvidenceError::EventAfterCause);
    // The same event again changes nothing.
    assert!(opening.with_event(OpeningEvent::ContentAccessTracking).is_ok());
}

#[test]
fn an_opening_without_its_sending_or_with_a_refused_one_is_indeterminate() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let proof = service.proof_of_opening(&service.opening(&sending));
    let alone = report(&service, &proof, Preceding::NotGiven);
    assert_eq!(alone.indication, Indication::Indeterminate);
    assert_eq!(alone.sub_indication, Some(SubIndication::SignedDataNotFound));
    assert!(has(&alone, Code::SendingNotGiven));
    let sealed = service.sealed();
    let refusal = service.verifier().verify(sealed.as_artifact(), Payload::NotAvailable, later()).unwrap_err();
    let refused = report(&service, &proof, Preceding::Refused(&refusal));
    assert_eq!(refused.indication, Indication::Indeterminate);
    assert!(has(&refused, Code::SendingNotVerified));
}

#[test]
fn an_opening_of_another_sending_fails() {
    let service = Service::new();
    let mine = service.verified(&service.proof());
    let proof = service.proof_of_opening(&service.opening(&mine));
    // Another message; the same message sent again; the same statement sealed again a second later.
    let statement = mine.statement().clone();
    let tsa = || pool(service.tsa(now() + Duration::seconds(2)));
    let again = service.sealer.seal(&statement, now() + Duration::seconds(1)).unwrap().stamp_with(&tsa()).unwrap();
    let others = [service.proof_of(&sending_of("1ZG0000036L40")), service.proof(), again];
    for proof_of_sending in &others {
        let sending = service.verified(proof_of_sending);
        let report = report(&service, &proof, Preceding::Verified(&sending));
        assert_eq!(report.indication, Indication::TotalFailed, "{report}");
        assert!(has(&report, Code::PrecedingEvidenceDiffers), "{:?}", against(&report));
        assert!(service.verifier().verify(&proof, &sending, after()).is_err());
    }
}

#[test]
fn sealing_the_same_statement_again_in_the_same_second_keeps_its_identity() {
    // ProofId identifies the sealed statement, not its time or its randomised signature.
    let service = Service::new();
    let first = service.proof();
    let statement = service.verified(&first).statement().clone();
    let tsa = service.tsa(now() + Duration::minutes(1));
    let second = service.sealer.seal(&statement, now()).unwrap().stamp_with(&pool(tsa)).unwrap();
    assert_eq!(first.id(), second.id());
    let proof = service.proof_of_opening(&service.opening(&service.verified(&first)));
    assert!(service.verifier().verify(&proof, &service.verified(&second), after()).is_ok());
}

#[test]
fn a_tampered_sending_cannot_be_opened() {
    let service = Service::new();
    let good = service.proof();
    let tampered = Node::parse(good.der()).with(|file| {
        let content = file.at_mut(der::CONTENT).octets_mut();
        let text = String::from_utf8(content.clone()).unwrap().replace("letter.pdf", "Letter.pdf");
        *content = text.into_bytes();
    });
    let tampered = ProofOfSending::from_der(&tampered.to_der()).unwrap();
    // Its signed attributes are untouched, so it bears the same ProofId; only verification tells them apart.
    assert_eq!(tampered.id(), good.id());
    let error = service.verifier().verify(&tampered, Payload::NotAvailable, later()).unwrap_err();
    assert_eq!(error.sub_indication(), Some(SubIndication::HashFailure));
    let proof = service.proof_of_opening(&service.opening(&service.verified(&good)));
    let report = report(&service, &proof, Preceding::Refused(&error));
    assert_eq!(report.indication, Indication::Indeterminate);
}

#[test]
fn an_opening_repeats_what_was_sent_or_fails() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let opening = service.opening(&sending);
    let cases = [
        ("1ZG0000036L3Z", "1ZG0000036L40", Code::MessageDiffers),
        ("letter.pdf", "other.pdf", Code::MessageDiffers),
        ("application/pdf", "text/plain", Code::MessageDiffers),
        ("85073003328", "79021806501", Code::PartiesDiffer),
        ("Example Office", "Another Office", Code::PartiesDiffer),
        ("0566988259", "0406798006", Code::PartiesDiffer),
        (
            "\"SubmissionTime\":\"2026-11-22T09:15:04Z\"",
            "\"SubmissionTime\":\"2026-11-22T09:15:03Z\"",
            Code::MessageDiffers,
        ),
    ];
    for (from, to, code) in cases {
        let json = String::from_utf8(Codec::Json.encode(&opening, service.sealer.issuer()).unwrap()).unwrap();
        if Codec::Json.decode::<Opening>(json.replace(from, to).as_bytes()).is_err() {
            // A made-up NISS whose check digits do not fit says nothing here.
            panic!("{to} cannot be read");
        }
        let proof = service.proof_of_opening(&edited(&service, &opening, from, to));
        let report = report(&service, &proof, Preceding::Verified(&sending));
        assert_eq!(report.indication, Indication::TotalFailed, "{to}: {report}");
        assert!(has(&report, code), "{to}: {:?}", against(&report));
        assert!(service.verifier().verify(&proof, &sending, after()).is_err(), "{to}");
    }
}

#[test]
fn nobody_opens_before_the_submission() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let early = now() - Duration::milliseconds(1);
    let error = Opening::of(&sending, ActedBy::Recipient(1), assurance(early), early).unwrap_err();
    assert_eq!(error, EvidenceError::EventBeforeSubmission);
    assert!(Opening::of(&sending, ActedBy::Recipient(1), assurance(now()), now()).is_ok());
    let late = Opening::of(&sending, ActedBy::Recipient(1), assurance(opened_at() + Duration::hours(1)), opened_at());
    assert!(matches!(late, Err(EvidenceError::AuthenticationAfterEvent(_))));
    for index in [0, 2, usize::MAX] {
        let nobody = Opening::of(&sending, ActedBy::Recipient(index), assurance(now()), now());
        assert_eq!(nobody.unwrap_err(), EvidenceError::NoSuchRecipient(index));
    }
    // A sending whose event is later than its submission: an opening in between says what cannot be.
    let queued = sending_of("1ZG0000036L40").with_submission_time(now() - Duration::hours(1)).unwrap();
    let queued = service.verified(&service.proof_of(&queued));
    let opening = service.opening(&queued);
    let time = |time: chrono::DateTime<chrono::Utc>| time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let between = now() - Duration::minutes(30);
    let opening = edited(&service, &opening, &time(opened_at()), &time(between));
    let proof = service.sealer.seal(&opening, between).unwrap();
    let proof = proof.stamp_with(&pool(service.tsa(between))).unwrap();
    let report = report(&service, &proof, Preceding::Verified(&queued));
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
    assert!(has(&report, Code::OpenedBeforeSubmission));
}

#[test]
fn a_delegate_opens_for_the_recipients_it_acts_for() {
    let service = Service::new();
    let second = Party::legal_person(enterprise("0406798006"), "Second Recipient").unwrap();
    let sent = sending_of("1ZG0000036L40").with_recipient(second).unwrap();
    let sending = service.verified(&service.proof_of(&sent));
    let delegate = Party::natural_person(niss(), "Delegate", "Dora").unwrap();
    let by = |acting_for: &[usize]| {
        let by = ActedBy::Delegate { party: delegate.clone(), acting_for: acting_for.to_vec() };
        Opening::of(&sending, by, assurance(opened_at()), opened_at())
    };
    let proof = service.proof_of_opening(&by(&[2]).unwrap());
    let opened = service.verifier().verify(&proof, &sending, after()).unwrap();
    assert_eq!(opened.statement().recipient_index(), 2);
    assert!(matches!(opened.statement().opened_by(), ActedBy::Delegate { acting_for, .. } if acting_for == [2]));
    assert_eq!(by(&[]).unwrap_err(), EvidenceError::DelegateForNobody);
    assert_eq!(by(&[3]).unwrap_err(), EvidenceError::NoSuchRecipient(3));
    assert!(by(&[1, 1]).is_err());
    // Named in the sending already: repeated, not added.
    let sent = sent.with_recipients_delegate(delegate.clone(), &[1]).unwrap();
    let sending = service.verified(&service.proof_of(&sent));
    let by = ActedBy::Delegate { party: delegate, acting_for: vec![1] };
    let opening = Opening::of(&sending, by, assurance(opened_at()), opened_at()).unwrap();
    assert_eq!(opening.recipients_delegates().len(), 1);
    assert!(service.verifier().verify(&service.proof_of_opening(&opening), &sending, after()).is_ok());
}

#[test]
fn each_recipient_opens_by_its_own_index() {
    let service = Service::new();
    let second = Party::legal_person(enterprise("0406798006"), "Second Recipient").unwrap();
    let sending = service.verified(&service.proof_of(&sending_of("1ZG0000036L40").with_recipient(second).unwrap()));
    for index in [1, 2] {
        let opening = Opening::of(&sending, ActedBy::Recipient(index), assurance(opened_at()), opened_at()).unwrap();
        let proof = service.proof_of_opening(&opening);
        let opened = service.verifier().verify(&proof, &sending, after()).unwrap();
        assert_eq!(opened.statement().opened_by(), ActedBy::Recipient(index));
        assert_eq!(opened.statement().assurance().map(Assurance::level), Some(AssuranceLevel::Substantial));
    }
}

#[test]
fn an_opening_at_low_assurance_passes_with_a_warning() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let low = Assurance::new(AssuranceLevel::Low, opened_at(), "urn:example:password").unwrap();
    let opening = Opening::of(&sending, ActedBy::Recipient(1), low, opened_at()).unwrap();
    let proof = service.proof_of_opening(&opening);
    let report = report(&service, &proof, Preceding::Verified(&sending));
    assert_eq!(report.indication, Indication::TotalPassed);
    assert!(has(&report, Code::OpenedAtLowAssurance));
}

#[test]
fn a_sending_that_another_verifier_took_for_good_is_verified_again() {
    let service = Service::new();
    let sending = service.proof();
    let opening = service.proof_of_opening(&service.opening(&service.verified(&sending)));
    let of = |seal: TrustAnchors, tsa: TrustAnchors| Verifier::new(seal, tsa, Environment::Test);
    let (seal, tsa) = (|| service.pki.seal_anchors(), || service.pki.tsa_anchors());
    let more = |mut anchors: TrustAnchors, key: &CertifiedKey| {
        anchors.add(key.certificate.clone());
        anchors
    };
    let stranger = Service::new();
    let lenient = || Policy { clock_skew: 3600, ..Policy::default() };
    let cases = [
        (of(more(seal(), &stranger.pki.root), tsa()), Some("trust anchors for seals")),
        (of(seal(), more(tsa(), &stranger.pki.tsa_root)), Some("trust anchors for TSAs")),
        (of(seal(), tsa()).with_policy(lenient()), Some("policy")),
        (of(more(seal(), &stranger.pki.root), tsa()).with_policy(lenient()), Some("trust anchors for seals, policy")),
        (of(seal(), tsa()), None),
        (of(more(seal(), &service.pki.root), tsa()).with_policy(Policy::default()), None),
        (of(seal(), tsa()).with_policy(Policy { name: Some("ours".into()), ..Policy::default() }), None),
    ];
    for (verifier, difference) in cases {
        let sent = verifier.verify(&sending, Payload::NotAvailable, later()).unwrap();
        let verdict = service.verifier().verify(&opening, &sent, later());
        let report = service.verifier().report(&opening, &sent, later());
        assert_eq!(report.indication == Indication::TotalPassed, difference.is_none(), "{report}");
        assert_eq!(verdict.is_ok(), difference.is_none());
        if let (Err(error), Some(difference)) = (verdict, difference) {
            assert_eq!(error.finding().code, Code::SendingVerifiedOtherwise);
            assert_eq!(error.finding().computed.as_deref(), Some(difference));
        }
        // One verifier for both.
        assert!(verifier.verify(&opening, &sent, later()).is_ok());
    }
}

#[test]
fn a_sending_is_verified_again_where_there_is_revocation_data_that_was_not_known_then() {
    let service = Service::new();
    let sending = service.proof();
    let opening = service.proof_of_opening(&service.opening(&service.verified(&sending)));
    let crls = [1, 2].map(|number| {
        let spec = CrlSpec::new(now() - Duration::hours(1), now() + Duration::days(9)).with_number(number);
        service.pki.intermediate.issue_crl(&spec).unwrap()
    });
    let verifier = |crls: &[Vec<u8>]| {
        let mut data = RevocationData::new();
        crls.iter().for_each(|crl| data.add_der(crl).unwrap());
        service.verifier().with_revocation_data(data)
    };
    let (none, first, both) = (verifier(&[]), verifier(&crls[..1]), verifier(&crls));
    let cases = [
        (&none, &first, false),
        (&first, &both, false),
        (&none, &none, true),
        (&first, &first, true),
        (&first, &none, true),
        (&both, &first, true),
    ];
    for (then, present, is_taken) in cases {
        let sent = then.verify(&sending, Payload::NotAvailable, later()).unwrap();
        let report = present.report(&opening, &sent, later());
        assert_eq!(report.indication == Indication::TotalPassed, is_taken, "{report}");
        let verdict = present.verify(&opening, &sent, later());
        assert_eq!(verdict.is_ok(), is_taken);
        if let Err(error) = verdict {
            assert_eq!(error.finding().code, Code::SendingVerifiedOtherwise);
            assert_eq!(error.finding().computed.as_deref(), Some("revocation data"));
        }
    }
    // What a verifier was asked before does not decide.
    let sent = none.verify(&sending, Payload::NotAvailable, later()).unwrap();
    let mut revoked = RevocationData::new();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now(), now() + Duration::days(9)).with_revoked(&entry);
    revoked.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let report = none.with_revocation_data(revoked).report(&opening, &sent, later());
    assert!(has(&report, Code::SendingVerifiedOtherwise), "{report}");
}

#[test]
fn proofs_of_one_environment_do_not_pass_in_another() {
    for stated in Environment::ALL {
        let service = Service::new();
        let sealer = Sealer::new(service.sealer.credentials().clone(), common::issuer(stated));
        let service = Service { sealer, ..service };
        let proof = service.proof();
        for expected in Environment::ALL {
            let verifier = Verifier::new(service.pki.seal_anchors(), service.pki.tsa_anchors(), expected);
            let report = verifier.report(&proof, Payload::NotAvailable, later());
            let passes = stated == expected;
            assert_eq!(report.indication == Indication::TotalPassed, passes, "{stated} {expected}");
            if !passes {
                assert_eq!(report.indication, Indication::Indeterminate);
                assert_eq!(report.sub_indication, Some(SubIndication::SigConstraintsFailure));
                assert!(has(&report, Code::EnvironmentDiffers));
            }
            assert_eq!(verifier.verify(&proof, Payload::NotAvailable, later()).is_ok(), passes);
        }
    }
}

/// A sending that only a verifier for tests let pass must not carry an opening that claims to be the real thing.
fn production_opening_of_a_test_sending() -> (Service, ProofOfOpening, Verified<Sending>, Verifier) {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let opening = service.opening(&sending);
    let sealer = Sealer::new(service.sealer.credentials().clone(), common::issuer(Environment::Production));
    let service = Service { sealer, ..service };
    let proof = service.proof_of_opening(&opening);
    let verifier = Verifier::new(service.pki.seal_anchors(), service.pki.tsa_anchors(), Environment::Production);
    (service, proof, sending, verifier)
}

#[test]
fn an_opening_in_production_does_not_follow_a_sending_in_test() {
    let (_service, proof, sending, verifier) = production_opening_of_a_test_sending();
    let report = verifier.report(&proof, &sending, after());
    assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    assert!(verifier.verify(&proof, &sending, after()).is_err());
}

#[test]
fn an_opening_sealed_by_a_stranger_does_not_pass() {
    let (service, stranger) = (Service::new(), Service::new());
    let sending = service.verified(&service.proof());
    let opening = service.opening(&sending);
    let sealed = stranger.sealer.seal(&opening, opened_at()).unwrap();
    let proof = sealed.stamp_with(&pool(service.tsa(opened_at()))).unwrap();
    let report = report(&service, &proof, Preceding::Verified(&sending));
    assert_eq!(report.indication, Indication::Indeterminate);
}

#[test]
fn a_statement_taken_from_one_proof_into_another_fails() {
    let service = Service::new();
    let (mine, theirs) = (service.proof(), service.proof_of(&sending_of("1ZG0000036L40")));
    let mixed = Node::parse(mine.der()).with(|file| {
        *file.at_mut(der::CONTENT) = Node::parse(theirs.der()).at(der::CONTENT).clone();
    });
    let mixed = ProofOfSending::from_der(&mixed.to_der()).unwrap();
    let report = service.report(&mixed);
    assert_eq!(report.indication, Indication::TotalFailed);
    assert_eq!(report.sub_indication, Some(SubIndication::HashFailure));
    assert_eq!(mixed.stated().message_id(), &MessageId::new("1ZG0000036L40").unwrap());
}

#[test]
fn the_payload_is_compared_with_an_opening_as_with_its_sending() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let proof = service.proof_of_opening(&service.opening(&sending));
    for (payload, passes) in [(common::digests(), true), (PayloadDigests::of_bytes(b"another letter"), false)] {
        let report = service.verifier().report(
            &proof,
            Context::new(Preceding::Verified(&sending), Payload::Digests(&payload)),
            after(),
        );
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{report}");
    }
}

/// A sending ends by itself: its own report says when. The end of an opening is that of its file, whatever the sending that
/// verified once has come to since.
#[test]
fn the_end_of_an_opening_is_not_that_of_its_sending() {
    let service = Service::new();
    let short = CertificateSpec::tsa("Short TSA", now() - Duration::days(1), now() + Duration::days(30));
    let short = service.pki.tsa_root.issue(&short, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let tsa = service.tsa(now() + Duration::seconds(2)).with_key(short);
    let sent = service.sealed().stamp_with(&pool(tsa)).unwrap();
    let sending = service.verified(&sent);
    let proof = service.proof_of_opening(&service.opening(&sending));
    let of_sending = service.report(&sent).verifiable_until.unwrap();
    let of_opening = report(&service, &proof, Preceding::Verified(&sending)).verifiable_until.unwrap();
    assert!(of_sending.time < of_opening.time, "{of_sending:?} {of_opening:?}");
    // The verdict on the sending is kept; a new one says that it has ended.
    let ended = of_sending.time + Duration::days(1);
    let verifier = service.verifier();
    assert!(verifier.verify(&proof, &sending, ended).is_ok());
    let again = verifier.verify(&sent, Payload::NotAvailable, ended);
    assert_eq!(again.as_ref().unwrap_err().sub_indication(), Some(SubIndication::OutOfBoundsNoPoe));
    let error = verifier.verify(&proof, Preceding::from(&again), ended).unwrap_err();
    assert_eq!(error.finding().code, Code::SendingNotVerified);
}
