//! Does this response answer my request?

mod support;

use rfc3161_client::{
    FailureReason, MessageImprint, Nonce, OidBuf, PkiStatus, ResponseError, TimeStampReq, TimeStampResp,
    TimeStampToken, TokenError, TstInfo, TstInfoError,
};
use signed_data::ErrorKind;
use support::{DATA, POLICY, Parts, SHA256, SHA512, granted, oid, rejection, request, tlv};

fn refused(request: &TimeStampReq, response: &[u8]) -> ResponseError {
    request.check(response).expect_err("does not answer the request")
}

#[test]
fn an_answer_is_taken_and_read_completely() {
    let request = request();
    let parts = Parts::answering(&request);
    let token = request.check(&parts.response()).expect("answers the request");
    assert_eq!(token.as_bytes(), parts.token());
    let tst_info = token.tst_info();
    assert_eq!(tst_info.gen_time.to_rfc3339(), "2014-03-31T06:31:09.591+00:00");
    let accuracy = tst_info.accuracy.expect("an accuracy");
    assert_eq!((accuracy.seconds, accuracy.millis, accuracy.micros), (None, Some(500), None));
    assert_eq!(tst_info.serial_number, [1, 2, 3]);
    assert!(tst_info.message_imprint.matches(request.imprint()) && tst_info.message_imprint.parameters.is_none());
    // Second in the token, found by its number.
    assert_eq!(token.signer_certificate(), Some(parts.certificates[1].as_slice()));
}

#[test]
fn a_ber_answer_is_taken_and_kept_as_received() {
    let request = request();
    let definite = Parts::answering(&request).token();
    // ContentInfo, its content and the SignedData with indefinite lengths.
    let value = |tlv: &[u8]| tlv[4..].to_vec();
    let contents = value(&definite);
    let (content_type, explicit) = contents.split_at(11);
    let signed_data = value(explicit);
    let token = [&[0x30, 0x80][..], content_type, &[0xa0, 0x80, 0x30, 0x80], &value(&signed_data), &[0; 6]].concat();
    let response = [&[0x30, 0x80, 0x30, 0x80, 0x02, 0x01, 0x00, 0, 0][..], &token, &[0, 0]].concat();
    let read = request.check(&response).expect("answers the request");
    assert_eq!(read.as_bytes(), token);
    assert_eq!(read.to_definite(), definite);
}

#[test]
fn a_rejection_tells_why() {
    let ResponseError::Rejected(info) = refused(&request(), &rejection()) else { panic!("no rejection") };
    assert_eq!(info.status, PkiStatus::Rejection);
    assert_eq!(info.failure_info, [FailureReason::BadAlg, FailureReason::TimeNotAvailable]);
    assert_eq!(info.texts, ["no clock  fake log line", "désolé"]);
    assert_eq!(info.to_string(), r#"rejection, badAlg, timeNotAvailable, "no clock  fake log line", "désolé""#);
}

#[test]
fn status_and_token_go_together() {
    let request = request();
    assert_eq!(refused(&request, &[0x30, 0x05, 0x30, 0x03, 2, 1, 0]), ResponseError::TokenMissing(PkiStatus::Granted));
    let token = Parts::answering(&request).token();
    for (status, name) in [(2, "rejection"), (3, "waiting"), (6, "status 0x06"), (0xff, "status 0xff")] {
        let response = tlv(0x30, &[&[0x30, 0x03, 0x02, 0x01, status], &token]);
        assert!(
            matches!(refused(&request, &response), ResponseError::TokenUnexpected(info) if info.to_string() == name)
        );
    }
    let with_mods = tlv(0x30, &[&[0x30, 0x03, 0x02, 0x01, 0x01], &token]);
    assert!(request.check(&with_mods).is_ok());
    let trailing = tlv(0x30, &[&[0x30, 0x03, 0x02, 0x01, 0x00], &token, &[5, 0]]);
    assert!(
        matches!(refused(&request, &trailing), ResponseError::Coding(error) if error.kind == ErrorKind::TrailingData)
    );
    // A token alone is no response, and a response no token.
    assert!(matches!(refused(&request, &token), ResponseError::Coding(_)));
    assert!(matches!(TimeStampToken::from_bytes(&granted(&token)), Err(TokenError::Coding(_))));
}

#[test]
fn the_structure_of_a_token_is_checked() {
    let request = request();
    let change = |change: fn(&mut Parts)| {
        let mut parts = Parts::answering(&request);
        change(&mut parts);
        match refused(&request, &parts.response()) {
            ResponseError::Token(error) => error,
            other => panic!("{other}"),
        }
    };
    assert_eq!(change(|parts| parts.signers = 0), TokenError::SignerCount { stated: 0 });
    assert_eq!(change(|parts| parts.signers = 2), TokenError::SignerCount { stated: 2 });
    assert_eq!(change(|parts| parts.content_type = oid(DATA)), TokenError::NotTstInfo { stated: DATA.into() });
    assert_eq!(change(|parts| parts.outer_type = oid(DATA)), TokenError::NotSignedData { stated: DATA.into() });
    assert_eq!(change(|parts| parts.detached = true), TokenError::ContentMissing);
    let version = TokenError::TstInfo(TstInfoError::Version { stated: "02".into() });
    assert_eq!(change(|parts| parts.tst_info[0] = vec![2, 1, 2]), version);
    // A local time, and a UTCTime.
    for time in [tlv(0x18, &[b"20140331063109"]), tlv(0x17, &[b"140331063109Z"])] {
        let mut parts = Parts::answering(&request);
        parts.tst_info[4] = time;
        let ResponseError::Token(TokenError::TstInfo(TstInfoError::Coding(error))) =
            refused(&request, &parts.response())
        else {
            panic!("no coding error")
        };
        assert_eq!(error.what, "TSTInfo.genTime");
    }
}

#[test]
fn what_was_requested_must_be_stated() {
    let request = request();
    let answer = |request: &TimeStampReq| Parts::answering(request).response();
    let nonce = request.nonce().cloned().expect("a nonce");
    let imprint = request.imprint().clone();
    let plain = || TimeStampReq::new(imprint.clone()).with_policy(POLICY);

    let other_policy = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4.2");
    let error = refused(&request, &answer(&plain().with_policy(other_policy).with_nonce(nonce.clone())));
    assert_eq!(error, ResponseError::Policy { requested: POLICY.into(), stated: other_policy.into() });
    // Whatever policy, when none was asked for.
    let any_policy = TimeStampReq::new(imprint.clone()).with_nonce(nonce.clone());
    assert!(any_policy.check(&answer(&request)).is_ok());

    let imprint = |algorithm, digest: [u8; 32]| {
        answer(&TimeStampReq::new(MessageImprint::new(algorithm, digest)).with_policy(POLICY).with_nonce(nonce.clone()))
    };
    let requested: OidBuf = SHA256.into();
    let error = ResponseError::ImprintAlgorithm { requested, stated: SHA512.into() };
    assert_eq!(refused(&request, &imprint(SHA512, [7; 32])), error);
    let error = refused(&request, &imprint(SHA256, [8; 32]));
    assert_eq!(error, ResponseError::Imprint { requested: "07".repeat(32), stated: "08".repeat(32) });

    assert_eq!(refused(&request, &answer(&plain())), ResponseError::NonceMissing { requested: nonce.clone() });
    let stated = Nonce::from_bytes(&[1]);
    let error = ResponseError::Nonce { requested: nonce.clone(), stated: stated.clone() };
    assert_eq!(refused(&request, &answer(&plain().with_nonce(stated))), error);
    assert_eq!(refused(&plain(), &answer(&request)), ResponseError::NonceUnrequested { stated: nonce });

    let mut parts = Parts::answering(&request);
    parts.certificates.remove(1);
    assert_eq!(refused(&request, &parts.response()), ResponseError::SignerCertificateMissing);
    assert!(request.clone().without_certificates().check(&parts.response()).is_ok());
}

#[test]
fn every_truncation_and_every_flipped_bit_is_survived() {
    let request = request();
    for response in [Parts::answering(&request).response(), rejection()] {
        for length in 0..response.len() {
            assert!(request.check(&response[..length]).is_err(), "{length}");
            assert!(TimeStampResp::from_bytes(&response[..length]).is_err(), "{length}");
        }
        for at in 0..response.len() {
            for bit in 0..8 {
                let mut flipped = response.clone();
                flipped[at] ^= 1 << bit;
                // What is still an answer is one to this request.
                if let Ok(token) = request.check(&flipped) {
                    assert!(token.tst_info().message_imprint.matches(request.imprint()), "{at}.{bit}");
                    assert_eq!(token.tst_info().nonce.as_ref(), request.nonce());
                }
            }
        }
    }
    let hostile: [&[u8]; 4] = [&[], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0x80].repeat(10_000), &[0; 100]];
    for input in hostile {
        assert!(matches!(refused(&request, input), ResponseError::Coding(_)));
        assert!(TimeStampToken::from_bytes(input).is_err() && TimeStampReq::from_der(input).is_err());
        assert!(TstInfo::from_der(input).is_err());
    }
}

#[test]
fn requests_are_read_as_they_were_written() {
    let plain = TimeStampReq::new(MessageImprint::new(SHA256, [7; 32]));
    let full = request();
    for request in
        [plain.clone(), plain.clone().without_certificates(), plain.with_nonce(Nonce::from_bytes(&[0])), full]
    {
        let der = request.to_der();
        let read = TimeStampReq::from_der(&der).expect("a request");
        assert_eq!(read, request);
        assert_eq!(read.to_der(), der);
        for length in 0..der.len() {
            assert!(TimeStampReq::from_der(&der[..length]).is_err());
        }
    }
}

#[test]
fn accuracy_keeps_what_is_absent_and_what_is_out_of_range() {
    let request = request();
    let read = |accuracy: Vec<u8>| {
        let mut parts = Parts::answering(&request);
        parts.tst_info[5] = accuracy;
        TimeStampToken::from_bytes(&parts.token()).map(|token| token.tst_info().accuracy)
    };
    let parts = |accuracy| {
        let accuracy = read(accuracy).expect("read").expect("present");
        (accuracy.seconds, accuracy.millis, accuracy.micros, accuracy.is_in_range())
    };
    assert_eq!(read(Vec::new()), Ok(None));
    assert_eq!(parts(tlv(0x30, &[])), (None, None, None, true));
    assert_eq!(parts(tlv(0x30, &[&[2, 1, 0], &[0x80, 1, 0]])), (Some(0), Some(0), None, false));
    assert_eq!(parts(tlv(0x30, &[&[0x81, 2, 0x03, 0xe8]])), (None, None, Some(1000), false));
    assert!(read(tlv(0x30, &[&[2, 1, 0xff]])).is_err(), "negative");
    assert!(read(tlv(0x30, &[&[0x80, 3, 1, 0, 0]])).is_err(), "beyond 16 bits");
}

#[test]
fn a_name_in_a_token_is_not_shown() {
    let request = request();
    let mut parts = Parts::answering(&request);
    parts.tst_info.push(tlv(0xa0, &[&tlv(0x81, &[b"someone@example.test"])]));
    parts.tst_info.push(tlv(0xa1, &[&tlv(0x30, &[&oid("1.2.3"), &[1, 1, 0xff], &tlv(0x04, &[b"x"])])]));
    let token = request.check(&parts.response()).expect("answers the request");
    let shown = format!("{token:?}");
    assert!(shown.contains("Rfc822Name") && !shown.contains("someone"), "{shown}");
    let [extension] = token.tst_info().extensions.as_slice() else { panic!("one extension") };
    assert!(extension.critical && extension.value == b"x" && extension.oid.to_string() == "1.2.3");
}
