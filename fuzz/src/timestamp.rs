//! Requests, responses, tokens, TSTInfo.

use std::borrow::Cow;

use recommande::verify::Indication;
use rfc3161_client::{ParsedToken, TimeStampReq, TimeStampResp, TimeStampToken, TstInfo};
use signed_data::normalize;
use signed_data::tlv::{Tag, element};

use crate::world::world;

/// What answers the request says what was asked for; what is read comes out as it came in.
pub fn timestamp_resp(input: &[u8]) {
    let request = &world().request;
    if let Ok(token) = request.check(input) {
        assert!(token.tst_info().message_imprint.matches(request.imprint()));
        assert_eq!(token.tst_info().nonce.as_ref(), request.nonce());
        assert!(token.signer_certificate().is_some());
    }
    if let Ok(response) = TimeStampResp::from_bytes(input) {
        assert_eq!(response.token.is_some(), response.status.status.is_granted());
        let _ = response.status.to_string();
        response.token.iter().for_each(token);
    }
    if let Ok(read) = TimeStampToken::from_bytes(input) {
        assert_eq!(read.as_bytes(), input);
        token(&read);
    }
    if let Ok(request) = TimeStampReq::from_der(input) {
        let der = request.to_der();
        assert_eq!(TimeStampReq::from_der(&der).as_ref(), Ok(&request), "another request");
        assert!(matches!(normalize(&der), Ok(Cow::Borrowed(_))));
    }
}

fn token(token: &TimeStampToken) {
    let definite = TimeStampToken::from_bytes(token.to_definite()).expect("a token");
    assert_eq!(definite.tst_info(), token.tst_info());
    assert_eq!(definite.to_definite(), token.to_definite());
    assert_eq!(definite.signer_certificate(), token.signer_certificate());
    let parsed = ParsedToken::parse(token.to_definite()).expect("a token");
    assert_eq!(parsed.signed_data.signer_infos.len(), 1);
    let _ = world().request.check_token(token);
}

/// BER and its normal form say the same.
pub fn tst_info(input: &[u8]) {
    let Ok(info) = TstInfo::from_der(input) else { return };
    let normalized = normalize(input).expect("was read");
    assert_eq!(TstInfo::from_der(&normalized).as_ref(), Ok(&info));
    assert!(info.gen_time <= info.gen_time + chrono::TimeDelta::nanoseconds(0));
    if let Some(accuracy) = &info.accuracy {
        let _ = (accuracy.is_in_range(), accuracy.total());
    }
    let _ = (info.policy.to_string(), info.message_imprint.algorithm.to_string());
    assert!(!format!("{info:?}").is_empty());
}

/// Any TSTInfo, signed by the TSA's key: what comes after the signature check is reached.
pub fn restamped(input: &[u8]) {
    let world = world();
    let Some(token) = crate::proof::signed_by(&world.pki.tsa, &world.response_token(), input) else { return };
    let report = world.verifier.report_timestamp(&token, &world.content, Some(&world.request), world.now);
    let with_response = element(Tag::SEQUENCE, &[&[0x30, 3, 2, 1, 0], &token]);
    let of_response = world.verifier.report_timestamp(&with_response, &world.content, Some(&world.request), world.now);
    if TimeStampToken::from_bytes(&token).is_ok() {
        assert_eq!(report, of_response);
    }
    let _ = report.to_string();
    if report.indication == Indication::TotalPassed {
        let info = TstInfo::from_der(input).expect("a TSTInfo");
        assert!(info.message_imprint.matches(world.request.imprint()));
        assert_eq!(info.nonce.as_ref(), world.request.nonce());
        assert_eq!(report.proven_at, Some(info.gen_time));
        assert!(info.extensions.iter().all(|extension| !extension.critical));
    }
}
