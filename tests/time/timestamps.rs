//! These tests ask what can go wrong between a seal and its timestamp, and what a forced token is worth.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration as StdDuration;

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{self, Service, against, codes, has, later, now, pool};
use chrono::Duration;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::Environment;
use recommande::pki::TrustAnchors;
use recommande::seal::{Artifact, Batch, ProofOfSending, TimestampError, Unstamped};
use recommande::testing::{Misbehaviour, TestPki, TestTsa};
use recommande::verify::{Code, ContentDigests, Indication, Payload, Policy, Report, SubIndication, Subject, Verifier};
use rfc3161_client::{
    Accuracy, AttemptError, MessageImprint, Nonce, PoolError, ResponseError, RetryPolicy, TimeStampReq, TokenError,
    Transport, TransportError, TsaPool,
};

/// A proof with a token put into it by hand, whatever the token is.
fn forced(sealed: &Unstamped<ProofOfSending>, token: &[u8]) -> ProofOfSending {
    let timestamp = attribute_with(token);
    ProofOfSending::from_der(&Node::parse(sealed.der()).with_unsigned(timestamp).to_der()).unwrap()
}

fn attribute_with(token: &[u8]) -> Node {
    // A token in BER is no tree of DER; its octets go in as they are.
    der::attribute_of(oid::SIGNATURE_TIME_STAMP, token)
}

/// All that a TSA can be told to do wrong with what it answers; what only some readers fail on is not among it.
const WRONG: [Misbehaviour; 26] = [
    Misbehaviour::WrongNonce,
    Misbehaviour::MissingNonce,
    Misbehaviour::WrongImprint,
    Misbehaviour::WrongImprintAlgorithm,
    Misbehaviour::WrongVersion,
    Misbehaviour::UnknownCriticalExtension,
    Misbehaviour::WrongContentType,
    Misbehaviour::Rejected,
    Misbehaviour::GrantedWithoutToken,
    Misbehaviour::RejectedWithToken,
    Misbehaviour::MissingCertificate,
    Misbehaviour::TwoSigners,
    Misbehaviour::WrongMessageDigest,
    Misbehaviour::WrongSigningCertificate,
    Misbehaviour::MissingSigningCertificate,
    Misbehaviour::BadSignature,
    Misbehaviour::ExpiredCertificate,
    Misbehaviour::NotYetValidCertificate,
    Misbehaviour::WrongEku,
    Misbehaviour::ExtraEku,
    Misbehaviour::MissingEku,
    Misbehaviour::UncriticalEku,
    Misbehaviour::AuthorityCertificate,
    Misbehaviour::Unreachable,
    Misbehaviour::Garbage,
    // Only a policy that was asked for can be wrong; see below for the answer to a request that asks for one.
    Misbehaviour::UnrequestedNonce,
];

/// What `attach` says: the variant, and the code of the finding where there is one.
fn refusal(error: &TimestampError) -> String {
    match error {
        TimestampError::Token(finding) => format!("token: {}", finding.code),
        TimestampError::Response(ResponseError::Token(error)) => format!("response: {}", token_error(error)),
        TimestampError::Response(error) => format!("response: {}", response_error(error)),
        other => format!("other: {other}"),
    }
}

fn token_error(error: &TokenError) -> String {
    let text = format!("{error:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

fn response_error(error: &ResponseError) -> String {
    let text = format!("{error:?}");
    text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned()
}

#[test]
fn each_misbehaviour_is_refused_by_name_and_leaves_the_seal_as_it_was() {
    let service = Service::new();
    let sealed = service.sealed();
    let before = sealed.der().to_vec();
    let mut refusals = Vec::new();
    for misbehaviour in WRONG {
        let tsa = service.misbehaving(misbehaviour);
        let request = if misbehaviour == Misbehaviour::UnrequestedNonce {
            let imprint = sealed.timestamp_request(Nonce::from_bytes(&[1])).unwrap().imprint().clone();
            TimeStampReq::new(imprint)
        } else {
            sealed.timestamp_request(Nonce::random().unwrap()).unwrap()
        };
        match tsa.send(&request.to_der()) {
            Ok(answer) => {
                let error = sealed.attach(&request, &answer).expect_err(&format!("{misbehaviour:?} was accepted"));
                refusals.push((misbehaviour, refusal(&error)));
            }
            Err(_) => assert_eq!(misbehaviour, Misbehaviour::Unreachable),
        }
        assert_eq!(sealed.der(), before, "{misbehaviour:?} changed the seal");
        if misbehaviour != Misbehaviour::UnrequestedNonce {
            let pool = pool(service.misbehaving(misbehaviour))
                .with_retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() });
            sealed.stamp_with(&pool).expect_err(&format!("{misbehaviour:?} was accepted by stamp_with"));
            assert_eq!(sealed.der(), before);
        }
    }
    let expected = [
        (Misbehaviour::WrongNonce, "response: Nonce"),
        (Misbehaviour::MissingNonce, "response: NonceMissing"),
        (Misbehaviour::UnrequestedNonce, "response: NonceUnrequested"),
        (Misbehaviour::WrongImprint, "response: Imprint"),
        (Misbehaviour::WrongImprintAlgorithm, "response: ImprintAlgorithm"),
        (Misbehaviour::Rejected, "response: Rejected"),
        (Misbehaviour::GrantedWithoutToken, "response: TokenMissing"),
        (Misbehaviour::RejectedWithToken, "response: TokenUnexpected"),
        (Misbehaviour::MissingCertificate, "response: SignerCertificateMissing"),
        (Misbehaviour::Garbage, "response: Coding"),
        (Misbehaviour::UnknownCriticalExtension, "token: timestamp-critical-extension"),
        (Misbehaviour::WrongMessageDigest, "token: message-digest-differs"),
        (Misbehaviour::WrongSigningCertificate, "token: signing-certificate-differs"),
        (Misbehaviour::MissingSigningCertificate, "token: timestamp-signing-certificate-reference-missing"),
        (Misbehaviour::BadSignature, "token: signature-invalid"),
        (Misbehaviour::ExpiredCertificate, "token: tsa-certificate-out-of-validity"),
        (Misbehaviour::NotYetValidCertificate, "token: tsa-certificate-out-of-validity"),
        (Misbehaviour::WrongEku, "token: tsa-purpose-wrong"),
        (Misbehaviour::ExtraEku, "token: tsa-purpose-wrong"),
        (Misbehaviour::MissingEku, "token: tsa-purpose-missing"),
        (Misbehaviour::UncriticalEku, "token: tsa-purpose-wrong"),
        (Misbehaviour::AuthorityCertificate, "token: tsa-certificate-is-ca"),
    ];
    for (misbehaviour, expected) in expected {
        let (_, refusal) = refusals.iter().find(|(listed, _)| *listed == misbehaviour).unwrap();
        assert_eq!(refusal, expected, "{misbehaviour:?}");
    }
    // The three that no token can be: version, content type, number of signers.
    for misbehaviour in [Misbehaviour::WrongVersion, Misbehaviour::WrongContentType, Misbehaviour::TwoSigners] {
        let (_, refusal) = refusals.iter().find(|(listed, _)| *listed == misbehaviour).unwrap();
        assert!(refusal.starts_with("response: "), "{misbehaviour:?}: {refusal}");
    }
}

#[test]
fn another_policy_than_requested_is_refused() {
    let service = Service::new();
    let sealed = service.sealed();
    let tsa = service.misbehaving(Misbehaviour::WrongPolicy);
    let request = sealed.timestamp_request(Nonce::random().unwrap()).unwrap().with_policy(tsa.policy());
    let answer = tsa.send(&request.to_der()).unwrap();
    assert!(matches!(sealed.attach(&request, &answer), Err(TimestampError::Response(ResponseError::Policy { .. }))));
}

#[test]
fn what_is_unusual_but_allowed_is_accepted() {
    let service = Service::new();
    for tsa in [
        service.misbehaving(Misbehaviour::Ber),
        service.misbehaving(Misbehaviour::ForeignCertificates),
        service.misbehaving(Misbehaviour::Slow(StdDuration::from_millis(20))),
        service.tsa(now() + Duration::milliseconds(2_345)).with_fraction_digits(3).without_accuracy(),
        service.tsa(now()).with_tsa_name().with_ordering(),
        service.tsa(now()).with_serial(u64::MAX),
    ] {
        let name = format!("{tsa:?}");
        let proof = service.sealed().stamp_with(&pool(tsa)).unwrap();
        let report = service.report(&proof);
        assert_eq!(report.indication, Indication::TotalPassed, "{name}: {report}");
    }
}

#[test]
fn a_token_in_ber_is_stored_in_definite_form() {
    // B-T wants the token in DER; every length in the proof is definite.
    let service = Service::new();
    let proof = service.sealed().stamp_with(&pool(service.misbehaving(Misbehaviour::Ber))).unwrap();
    assert_eq!(Node::parse(proof.der()).to_der(), proof.der());
}

#[test]
fn tokens_forced_into_a_proof_prove_no_time_and_the_report_says_why() {
    let service = Service::new();
    let expected = [
        (Misbehaviour::WrongImprint, Code::TimestampImprintDiffers),
        (Misbehaviour::WrongImprintAlgorithm, Code::TimestampImprintDiffers),
        (Misbehaviour::WrongVersion, Code::TimestampMalformed),
        (Misbehaviour::UnknownCriticalExtension, Code::TimestampCriticalExtension),
        (Misbehaviour::WrongContentType, Code::TimestampMalformed),
        (Misbehaviour::MissingCertificate, Code::SigningCertificateNotFound),
        (Misbehaviour::WrongMessageDigest, Code::MessageDigestDiffers),
        (Misbehaviour::WrongSigningCertificate, Code::SigningCertificateDiffers),
        (Misbehaviour::MissingSigningCertificate, Code::TimestampSigningCertificateReferenceMissing),
        (Misbehaviour::BadSignature, Code::SignatureInvalid),
        (Misbehaviour::ExpiredCertificate, Code::TsaCertificateOutOfValidity),
        (Misbehaviour::NotYetValidCertificate, Code::TsaCertificateOutOfValidity),
        (Misbehaviour::WrongEku, Code::TsaPurposeWrong),
        (Misbehaviour::ExtraEku, Code::TsaPurposeWrong),
        (Misbehaviour::MissingEku, Code::TsaPurposeMissing),
        (Misbehaviour::UncriticalEku, Code::TsaPurposeWrong),
        (Misbehaviour::AuthorityCertificate, Code::TsaCertificateIsCa),
        (Misbehaviour::UntrustedCertificate, Code::ChainNotFound),
    ];
    for (misbehaviour, code) in expected {
        let sealed = service.sealed();
        let proof = forced(&sealed, &service.token(&sealed, &service.misbehaving(misbehaviour)));
        let report = service.report(&proof);
        assert_eq!(report.indication, Indication::Indeterminate, "{misbehaviour:?}: {report}");
        assert_eq!(report.proven_at, None, "{misbehaviour:?}");
        let finding = report.findings.iter().find(|finding| finding.code == code);
        let finding = finding.unwrap_or_else(|| panic!("{misbehaviour:?}: {code} is not among {:?}", codes(&report)));
        assert_eq!(finding.subject, Subject::Timestamp(1), "{misbehaviour:?}");
        assert!(has(&report, Code::NoValidTimestamp), "{misbehaviour:?}");
        let error = service.verifier().verify(&proof, Payload::NotAvailable, later()).unwrap_err();
        assert_eq!(error.finding().code, Code::NoValidTimestamp, "{misbehaviour:?}");
        assert_eq!(error.sub_indication(), Some(SubIndication::NoPoe), "{misbehaviour:?}");
    }
    let sealed = service.sealed();
    let token = service.token(&sealed, &service.misbehaving(Misbehaviour::TwoSigners));
    let report = service.report(&forced(&sealed, &token));
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(has(&report, Code::TimestampSeveralSigners));
    let data = ContentDigests::default();
    let report = service.verifier().report_timestamp(&token, &data, None, later());
    assert_eq!(report.indication, Indication::TotalFailed);
    assert!(has(&report, Code::TimestampSeveralSigners), "{report}");
    let granted = der::node(0x30, vec![der::node(0x30, vec![der::octets(0x02, &[0])]), Node::parse(&token)]);
    let report = service.verifier().report_timestamp(&granted.to_der(), &data, None, later());
    assert!(has(&report, Code::TimestampSeveralSigners), "{report}");
}

/// Whatever the data is, and although the token is signed.
#[test]
fn an_imprint_of_another_length_than_its_algorithms_is_of_no_data() {
    let service = Service::new();
    let token = Node::parse(&service.token(&service.sealed(), &service.tsa(now())));
    let tst_info = Node::parse(&token.at(der::CONTENT).contents());
    for length in [0, 20, 31, 33, 64] {
        let changed = tst_info.with(|info| *info.at_mut(&[2, 1]) = der::octets(0x04, &vec![b'a'; length]));
        let token = token.with(|token| *token.at_mut(der::CONTENT) = der::octets(0x04, &changed.to_der()));
        let report = service.verifier().report_timestamp(&token.to_der(), &ContentDigests::default(), None, later());
        assert!(has(&report, Code::TimestampImprintDiffers), "{length}: {report}");
        assert!(!has(&report, Code::ContentNotGiven), "{length}: {report}");
        assert_eq!(report.indication, Indication::TotalFailed);
    }
}

#[test]
fn a_timestamp_removed_or_renamed_leaves_the_proof_indeterminate() {
    let service = Service::new();
    let file = Node::parse(service.proof().der());
    let removed = file.with(|file| drop(file.at_mut(der::SIGNER_INFO).children_mut().pop()));
    let renamed = file.with(|file| {
        let name = file.at_mut(&[der::UNSIGNED_ATTRIBUTES, &[0, 0]].concat()).octets_mut();
        *name.last_mut().unwrap() ^= 1;
    });
    let emptied = file.with(|file| file.at_mut(&[der::UNSIGNED_ATTRIBUTES, &[0, 1]].concat()).children_mut().clear());
    for (name, file) in [("removed", removed), ("renamed", renamed), ("emptied", emptied)] {
        let report =
            service.verifier().report(file.to_der().as_slice(), recommande::verify::Preceding::NotGiven, later());
        if name == "emptied" {
            // Attribute values are a SET SIZE (1..MAX): the file is malformed, or has no timestamp.
            assert_ne!(report.indication, Indication::TotalPassed);
            continue;
        }
        assert_eq!(report.indication, Indication::Indeterminate, "{name}: {report}");
        assert_eq!(report.sub_indication, Some(SubIndication::NoPoe), "{name}");
        assert!(has(&report, Code::TimestampMissing), "{name}");
        assert_eq!(report.proven_at, None, "{name}");
    }
}

#[test]
fn a_token_of_another_seal_proves_nothing() {
    let service = Service::new();
    let (mine, theirs) = (service.sealed(), service.sealed());
    let tsa = service.tsa(now());
    let report = service.report(&forced(&mine, &service.token(&theirs, &tsa)));
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(has(&report, Code::TimestampImprintDiffers));
    // And `attach` sees it as well, from both ends.
    let (request_mine, request_other) = (
        mine.timestamp_request(Nonce::from_bytes(&[1; 8])).unwrap(),
        theirs.timestamp_request(Nonce::from_bytes(&[1; 8])).unwrap(),
    );
    let answer = tsa.send(&request_other.to_der()).unwrap();
    assert!(matches!(
        mine.attach(&request_mine, &answer),
        Err(TimestampError::Response(ResponseError::Imprint { .. }))
    ));
    assert!(matches!(mine.attach(&request_other, &answer), Err(TimestampError::OtherRequest)));
}

#[test]
fn a_token_over_the_statement_instead_of_the_signature_proves_nothing() {
    let service = Service::new();
    let sealed = service.sealed();
    let file = Node::parse(sealed.der());
    let tsa = service.tsa(now());
    let signature_element = file.at(der::SIGNATURE).to_der();
    for stamped in [file.at(der::CONTENT).contents(), signature_element, sealed.der().to_vec()] {
        let digest = DigestAlgorithm::Sha256.digest(&stamped);
        let request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()));
        let token = der::token_of_response(&tsa.respond(&request.to_der()));
        let report = service.report(&forced(&sealed, &token));
        assert_eq!(report.indication, Indication::Indeterminate);
        assert!(has(&report, Code::TimestampImprintDiffers));
    }
}

#[test]
fn a_token_from_before_the_event_or_long_after_it_does_not_pass() {
    let service = Service::new();
    let sealed = service.sealed();
    let before = forced(&sealed, &service.token(&sealed, &service.tsa(now() - Duration::minutes(10))));
    let report = service.report(&before);
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert_eq!(report.sub_indication, Some(SubIndication::TimestampOrderFailure));
    assert!(has(&report, Code::EventAfterTimestamp) && has(&report, Code::SigningTimeAfterTimestamp));

    let late = forced(&sealed, &service.token(&sealed, &service.tsa(now() + Duration::days(30))));
    let report = service.verifier().report(&late, Payload::NotAvailable, now() + Duration::days(31));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Code::TimestampTooLate));

    let future = forced(&sealed, &service.token(&sealed, &service.tsa(now() + Duration::hours(3))));
    let report = service.verifier().report(&future, Payload::NotAvailable, now() + Duration::hours(1));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Code::TimestampInTheFuture));
}

#[test]
fn a_token_from_before_the_seal_is_said_when_it_is_attached() {
    let service = Service::new();
    let sealed = service.sealed();
    let stored = Unstamped::<ProofOfSending>::from_der(sealed.der()).unwrap();
    let signature = service.sealer.sign_payload(&common::digests(), "text/plain", now()).unwrap();
    let batch = Batch::of([&service.sealed(), &sealed]).unwrap();
    for (behind, is_taken) in [(0, true), (60, true), (61, false), (120, false), (3600, false)] {
        let tsa = || pool(service.tsa(now() - Duration::seconds(behind)).without_accuracy());
        let outcomes = [
            sealed.stamp_with(&tsa()).map(drop),
            stored.stamp_with(&tsa()).map(drop),
            signature.stamp_with(&tsa()).map(drop),
            batch.stamp_with(&tsa()).map(drop),
        ];
        for outcome in outcomes {
            assert_eq!(outcome.is_ok(), is_taken, "{behind} s: {outcome:?}");
            let Err(error) = outcome else { continue };
            assert_eq!(error.code(), Some(Code::SigningTimeAfterTimestamp));
            assert!(error.to_string().contains("clock"), "{error}");
        }
    }
    // An answer that is attached by hand, and the same rule.
    let request = sealed.timestamp_request(Nonce::from_bytes(&[1; 8])).unwrap();
    let answer = service.tsa(now() - Duration::minutes(2)).respond(&request.to_der());
    let refused = sealed.attach(&request, &answer);
    assert!(matches!(refused, Err(TimestampError::BeforeSigning { .. })), "{refused:?}");
    // A stated accuracy counts, up to a minute.
    let accuracy = Accuracy { seconds: Some(3600), millis: None, micros: None };
    let wide =
        |behind| sealed.stamp_with(&pool(service.tsa(now() - Duration::seconds(behind)).with_accuracy(accuracy)));
    assert!(wide(120).is_ok() && wide(121).is_err());
    // The next TSA of the pool is asked.
    let pool = pool(service.tsa(now() - Duration::minutes(2))).with_tsa("right", service.tsa(now()));
    assert_eq!(service.report(&sealed.stamp_with(&pool).unwrap()).indication, Indication::TotalPassed);
    assert_eq!(Policy::default().clock_skew, 60, "the tolerance of `attach` is that of the default policy");
}

#[test]
fn a_tsa_that_is_ahead_is_said_where_the_pool_has_a_clock() {
    let service = Service::new();
    let sealed = service.sealed();
    let asks = |ahead: i64| {
        let pool = pool(service.tsa(now() + Duration::seconds(ahead)).without_accuracy());
        sealed.stamp_with(&pool.with_clock(now, StdDuration::from_secs(60)))
    };
    assert!(asks(60).is_ok() && asks(-60).is_ok());
    for ahead in [61, 120, -61] {
        let Err(TimestampError::Tsa(error)) = asks(ahead) else { panic!("{ahead} s are taken") };
        assert!(matches!(error.attempts[0].error, AttemptError::Clock { .. }), "{error}");
    }
}

#[test]
fn a_rejection_is_told_with_its_status_and_its_reasons() {
    let service = Service::new();
    let sealed = service.sealed();
    let request = sealed.timestamp_request(Nonce::from_bytes(&[1; 8])).unwrap();
    let answer = service.misbehaving(Misbehaviour::Rejected).respond(&request.to_der());
    let error = sealed.attach(&request, &answer).unwrap_err();
    let TimestampError::Response(ResponseError::Rejected(status)) = &error else { panic!("{error}") };
    assert_eq!(error.to_string(), format!("the TSA answered: {status}"));
    assert!(error.to_string().contains("rejection"), "{error}");
    let garbage = sealed.attach(&request, b"<html>").unwrap_err();
    assert!(garbage.to_string().starts_with("the response cannot be read"), "{garbage}");
}

#[test]
fn a_wide_accuracy_does_not_stretch_the_order_of_events() {
    // RFC 3161 lets a TSA state any accuracy. One of a year must not let a token of last month stand for today.
    let service = Service::new();
    let sealed = service.sealed();
    let year = Accuracy { seconds: Some(365 * 24 * 3600), millis: None, micros: None };
    let tsa = service.tsa(now() - Duration::days(1) + Duration::minutes(5)).with_accuracy(year);
    let report = service.report(&forced(&sealed, &service.token(&sealed, &tsa)));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Code::EventAfterTimestamp));
}

#[test]
fn an_accuracy_beyond_all_measure_is_no_panic() {
    // Anybody can make a token that is genuine by its own certificate; it is looked at before its TSA is known to be a
    // stranger.
    let (service, stranger) = (Service::new(), Service::new());
    for service_of_tsa in [&service, &stranger] {
        for seconds in
            [u64::MAX, u64::MAX / 2, u64::MAX / 1000, i64::MAX.unsigned_abs() / 1000, 9_000_000_000_000, 1 << 32]
        {
            let accuracy = Accuracy { seconds: Some(seconds), millis: Some(999), micros: Some(999) };
            let sealed = service.sealed();
            let token = service.token(&sealed, &service_of_tsa.tsa(now()).with_accuracy(accuracy));
            let proof = forced(&sealed, &token);
            let report = service.report(&proof);
            assert!(!report.to_string().is_empty());
            let _ = service.verifier().verify(&proof, Payload::NotAvailable, later());
            let _ = sealed.stamp_with(&pool(service_of_tsa.tsa(now()).with_accuracy(accuracy)));
        }
    }
}

#[test]
fn an_older_genuine_token_of_another_sealing_does_not_predate_this_one() {
    let service = Service::new();
    let earlier = now() - Duration::hours(12);
    let old = service.sealer.sign_payload(&common::digests(), "text/plain", earlier).unwrap();
    let request = old.timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap();
    let token = der::token_of_response(&service.tsa(earlier).respond(&request.to_der()));
    let sealed = service.sealed();
    let tsa = service.tsa(now() + Duration::seconds(2));
    let both = Node::parse(sealed.der())
        .with_unsigned(attribute_with(&token))
        .with_unsigned(attribute_with(&service.token(&sealed, &tsa)));
    let report = service.report(&ProofOfSending::from_der(&both.to_der()).unwrap());
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

#[test]
fn of_two_tokens_the_good_one_counts_wherever_it_stands() {
    let service = Service::new();
    let sealed = service.sealed();
    let good = attribute_with(&service.token(&sealed, &service.tsa(now() + Duration::seconds(2))));
    for misbehaviour in [Misbehaviour::BadSignature, Misbehaviour::WrongEku, Misbehaviour::UntrustedCertificate] {
        let bad = attribute_with(&service.token(&sealed, &service.misbehaving(misbehaviour)));
        for pair in [[good.clone(), bad.clone()], [bad.clone(), good.clone()]] {
            let [first, second] = pair;
            let file = Node::parse(sealed.der()).with_unsigned(first).with_unsigned(second);
            let report = service.report(&ProofOfSending::from_der(&file.to_der()).unwrap());
            assert_eq!(report.indication, Indication::TotalPassed, "{misbehaviour:?}: {report}");
            assert_eq!(report.timestamps.iter().filter(|timestamp| timestamp.valid).count(), 1);
            assert!(!against(&report).is_empty(), "the bad token is not passed over in silence");
        }
    }
    // Two good ones: the earlier counts.
    let earlier = attribute_with(&service.token(&sealed, &service.tsa(now() + Duration::seconds(1))));
    let file = Node::parse(sealed.der()).with_unsigned(good).with_unsigned(earlier);
    let report = service.report(&ProofOfSending::from_der(&file.to_der()).unwrap());
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(1)));
}

#[test]
fn two_tokens_as_values_of_one_attribute_are_both_looked_at() {
    let service = Service::new();
    let sealed = service.sealed();
    let tokens: Vec<Node> = [2, 1]
        .map(|second| Node::parse(&service.token(&sealed, &service.tsa(now() + Duration::seconds(second)))))
        .into();
    let file = Node::parse(sealed.der()).with_unsigned(der::attribute(oid::SIGNATURE_TIME_STAMP, tokens));
    let report = service.report(&ProofOfSending::from_der(&file.to_der()).unwrap());
    assert_eq!(report.timestamps.len(), 2);
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(1)));
}

#[test]
fn a_stored_seal_and_a_stored_request_are_resumed_in_another_process() {
    let service = Service::new();
    let (seal, request, answer) = {
        let sealed = service.sealed();
        let request = sealed.timestamp_request(Nonce::random().unwrap()).unwrap();
        (sealed.der().to_vec(), request.to_der(), service.tsa(now()).respond(&request.to_der()))
    };
    let sealed = Unstamped::<ProofOfSending>::from_der(&seal).unwrap();
    let proof = sealed.attach(&TimeStampReq::from_der(&request).unwrap(), &answer).unwrap();
    assert_eq!(service.report(&proof).indication, Indication::TotalPassed);
    // The answer comes twice: the first proof is not touched, the seal neither.
    let again = sealed.attach(&TimeStampReq::from_der(&request).unwrap(), &answer).unwrap();
    assert_eq!(again.der(), proof.der());
    assert_eq!(sealed.der(), seal);
    // A request with the right imprint and another nonce is not the pending one.
    let another_request = sealed.timestamp_request(Nonce::random().unwrap()).unwrap();
    assert!(matches!(
        sealed.attach(&another_request, &answer),
        Err(TimestampError::Response(ResponseError::Nonce { .. }))
    ));
    // The seal by itself says that its time is not proven.
    let report = service.report(sealed.as_artifact());
    assert_eq!((report.indication, report.proven_at), (Indication::Indeterminate, None));
    assert!(has(&report, Code::TimestampMissing));
}

#[test]
fn a_second_timestamp_goes_beside_the_first() {
    let service = Service::new();
    let proof = service.proof();
    let stored = Unstamped::<ProofOfSending>::from_der(proof.der()).unwrap();
    let renewed = stored.stamp_with(&pool(service.tsa(now() + Duration::hours(1)))).unwrap();
    let report = service.verifier().report(&renewed, Payload::NotAvailable, later());
    assert_eq!(report.timestamps.len(), 2, "{report}");
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)));
    assert_eq!(renewed.id(), proof.id());
}

/// A TSA that counts how often it is asked.
struct Counted<T>(T, Arc<AtomicUsize>);

impl<T: Transport> Transport for Counted<T> {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.send(request)
    }
}

#[test]
fn a_pool_goes_on_to_the_next_tsa_and_tells_what_each_one_answered() {
    let service = Service::new();
    let sealed = service.sealed();
    let asked = Arc::new(AtomicUsize::new(0));
    let down = || Counted(service.misbehaving(Misbehaviour::Unreachable), Arc::clone(&asked));
    let pauses = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pauses);
    let pool = TsaPool::new()
        .with_tsa("down", down())
        .with_tsa("refuses", service.misbehaving(Misbehaviour::Rejected))
        .with_tsa("garbage", service.misbehaving(Misbehaviour::Garbage))
        .with_tsa("good", service.tsa(now()))
        .with_sleep(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
    let proof = sealed.stamp_with(&pool).unwrap();
    assert_eq!(service.report(&proof).indication, Indication::TotalPassed);
    // The rejection is one that may pass (systemFailure), so that TSA is asked again as well.
    assert_eq!((asked.load(Ordering::Relaxed), pauses.load(Ordering::Relaxed)), (3, 4));

    let pool = TsaPool::new()
        .with_tsa("down", down())
        .with_tsa("refuses", service.misbehaving(Misbehaviour::Rejected))
        .with_retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() });
    let Err(TimestampError::Tsa(PoolError { attempts, .. })) = sealed.stamp_with(&pool) else { panic!("no error") };
    let told: Vec<(&str, bool)> = attempts
        .iter()
        .map(|attempt| (attempt.tsa.as_str(), matches!(attempt.error, AttemptError::Transport(_))))
        .collect();
    assert_eq!(told, [("down", true), ("refuses", false)]);
    let error = sealed.stamp_with(&TsaPool::new()).unwrap_err();
    assert!(matches!(error, TimestampError::Tsa(_)));
    assert_eq!(error.to_string(), "no TSA to ask");
    // After all that the seal is good for another attempt.
    assert_eq!(
        service.report(&sealed.stamp_with(&common::pool(service.tsa(now()))).unwrap()).indication,
        Indication::TotalPassed
    );
}

#[test]
fn a_token_of_another_pki_attaches_but_does_not_verify() {
    // `attach` has no anchors; whom to trust is the verifier's question.
    let service = Service::new();
    let strangers = TestPki::new(now()).unwrap();
    let tsa = TestTsa::new(&strangers).with_clock(now);
    let proof = service.sealed().stamp_with(&pool(tsa)).unwrap();
    let report = service.report(&proof);
    assert_eq!(report.indication, Indication::Indeterminate);
    // Both PKIs bear the same names: the name leads to the anchor, the signature does not verify under it.
    assert!(has(&report, Code::ChainSignatureInvalid) || has(&report, Code::ChainNotFound), "{report}");
}

#[test]
fn tokens_beyond_the_limit_are_not_looked_at_and_the_report_says_so() {
    // DER decides which tokens are the first, as nobody signed the order in which they stand.
    let service = Service::new();
    let sealed = service.sealed();
    let bad = service.misbehaving(Misbehaviour::BadSignature).with_serial(1 << 24);
    let bad = attribute_with(&service.token(&sealed, &bad));
    let judged = |good: Node, good_stands_first: bool| {
        let copies = std::iter::repeat_n(&bad, 40).cloned();
        let attributes: Vec<_> = if good_stands_first {
            std::iter::once(good).chain(copies).collect()
        } else {
            copies.chain([good]).collect()
        };
        let file =
            attributes.into_iter().fold(Node::parse(sealed.der()), |file, attribute| file.with_unsigned(attribute));
        let report = service.report(&ProofOfSending::from_der(&file.to_der()).unwrap());
        assert!(has(&report, Code::TimestampsTooMany), "{report}");
        assert_eq!(report.timestamps.len(), 24);
        report.indication
    };
    // The serial number makes a token shorter or longer than the bad one, and DER puts the shorter one first.
    for (serial, is_first, indication) in
        [(1, true, Indication::TotalPassed), (1 << 62, false, Indication::Indeterminate)]
    {
        let good = attribute_with(&service.token(&sealed, &service.tsa(now()).with_serial(serial)));
        assert_eq!(good.to_der() < bad.to_der(), is_first);
        assert_eq!(judged(good.clone(), true), indication);
        assert_eq!(judged(good, false), indication);
    }
}

#[test]
fn only_tsa_policies_on_the_list_are_accepted() {
    let service = Service::new();
    let tsa = service.tsa(now());
    let policy = |policy: String| Policy { tsa_policies: vec![policy], ..Policy::default() };
    let listed = service.verifier().with_policy(policy(tsa.policy().to_string()));
    let unlisted = service.verifier().with_policy(policy("1.2.3.4".into()));
    let proof = service.sealed().stamp_with(&pool(tsa)).unwrap();
    assert_eq!(listed.report(&proof, Payload::NotAvailable, later()).indication, Indication::TotalPassed);
    let report = unlisted.report(&proof, Payload::NotAvailable, later());
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(has(&report, Code::TimestampPolicyNotAccepted));
}

#[test]
fn a_payload_signature_is_stamped_and_resumed_the_same_way() {
    let service = Service::new();
    let sealed = service.sealer.sign_payload(&common::digests(), "application/pdf", now()).unwrap();
    let before = sealed.der().to_vec();
    for misbehaviour in WRONG.into_iter().filter(|wrong| *wrong != Misbehaviour::UnrequestedNonce) {
        let pool =
            pool(service.misbehaving(misbehaviour)).with_retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() });
        assert!(sealed.stamp_with(&pool).is_err(), "{misbehaviour:?}");
        assert_eq!(sealed.der(), before);
    }
    let report = service.verifier().report_payload_signature(sealed.as_artifact(), &common::digests(), later());
    assert_eq!(report.indication, Indication::Indeterminate);
    let signature = sealed.stamp_with(&pool(service.tsa(now()))).unwrap();
    let again = recommande::seal::PayloadSignature::from_der(signature.der()).unwrap();
    assert!(service.verifier().verify_payload_signature(&again, &common::digests(), later()).is_ok());
}

#[test]
fn the_order_of_a_tokens_signed_attributes_is_a_warning_and_no_more() {
    let service = Service::new();
    let sealed = service.sealed();
    let token = Node::parse(&service.token(&sealed, &service.tsa(now())));
    let swapped = token.with(|token| token.at_mut(der::SIGNED_ATTRIBUTES).children_mut().swap(0, 1));
    let report = service.report(&forced(&sealed, &swapped.to_der()));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Code::SignatureValidOverSortedAttributes));
}

#[test]
fn a_digest_algorithm_with_parameters_of_its_own_is_not_one_that_is_known() {
    // Nothing in a token signs them.
    let service = Service::new();
    let sealed = service.sealed();
    let token = Node::parse(&service.token(&sealed, &service.tsa(now())));
    let with = |parameters: Node| {
        let token = token.with(|token| {
            token.at_mut(&[der::SIGNER_INFO, &[2]].concat()).children_mut().push(parameters);
        });
        service.report(&forced(&sealed, &token.to_der()))
    };
    assert_eq!(with(der::octets(0x05, &[])).indication, Indication::TotalPassed);
    for odd in [der::octets(0x04, b"more"), der::oid(oid::SHA256), der::octets(0x05, &[0])] {
        let report = with(odd);
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert_eq!(report.proven_at, None);
    }
}

#[test]
fn a_tsa_whose_tokens_are_not_sound_is_passed_over() {
    let service = Service::new();
    for misbehaviour in [Misbehaviour::ExpiredCertificate, Misbehaviour::BadSignature, Misbehaviour::WrongEku] {
        let pool =
            TsaPool::new().with_tsa("unsound", service.misbehaving(misbehaviour)).with_tsa("good", service.tsa(now()));
        let proof = service.sealed().stamp_with(&pool).expect("the second one is good");
        assert_eq!(service.report(&proof).indication, Indication::TotalPassed);
    }
}

#[test]
fn answers_changed_at_random_attach_the_genuine_token_or_none() {
    let service = Service::new();
    let sealed = service.sealed();
    let request = sealed.timestamp_request(Nonce::from_bytes(&[9; 8])).unwrap();
    let answer = service.tsa(now()).respond(&request.to_der());
    let mut attached = 0;
    for offset in 0..answer.len() {
        for bit in [0, 3, 7] {
            let mut changed = answer.clone();
            changed[offset] ^= 1 << bit;
            if let Ok(proof) = sealed.attach(&request, &changed) {
                let report = service.report(&proof);
                attached += 1;
                let time = report.timestamps.first().and_then(|timestamp| timestamp.gen_time);
                assert_eq!(time, Some(now()), "bit {bit} of {offset}");
            }
        }
        assert!(sealed.attach(&request, &answer[..offset]).is_err());
    }
    println!("{attached} of {} changed answers attach the genuine token", answer.len() * 3);
    assert!(sealed.attach(&request, &[&answer[..], &[0]].concat()).is_err());
}

#[test]
fn ordering_and_algorithms_are_said_of_every_token_also_of_one_without_a_path() {
    let service = Service::new();
    let about = |report: &Report, code: Code| {
        let of_token =
            report.findings.iter().filter(|finding| finding.subject == Subject::Timestamp(1) && finding.code == code);
        of_token.map(|finding| finding.stated.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    for ordering in [false, true] {
        let tsa = service.tsa(now() + Duration::seconds(2));
        let tsa = if ordering { tsa.with_ordering() } else { tsa };
        let proof = service.sealed().stamp_with(&pool(tsa)).unwrap();
        let report = service.report(&proof);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(about(&report, Code::TimestampOrdering), [ordering.to_string()]);
    }
    // Nobody trusts its TSA; what its algorithms are worth is said all the same.
    let verifier = Verifier::new(service.pki.seal_anchors(), TrustAnchors::new(), Environment::Test);
    let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
    assert_eq!(about(&report, Code::ChainNotFound).len(), 1, "{report}");
    assert_eq!(about(&report, Code::AlgorithmAcceptable).len(), 1, "{report}");
    let mut policy = Policy::default();
    policy.algorithms.digests.retain(|row| row.digest != DigestAlgorithm::Sha256);
    let report = verifier.with_policy(policy).report(&service.proof(), Payload::NotAvailable, later());
    assert_eq!(about(&report, Code::AlgorithmNotListed).len(), 1, "{report}");
}
