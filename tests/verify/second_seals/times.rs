//! The times of a second seal: the one that it states, that of its timestamp, and that of the event.

use chrono::{DateTime, Duration, Utc};
use recommande::evidence::Statement;
use recommande::verify::{Code, Indication, Outcome, SubIndication, Subject};
use rfc3161_client::Nonce;

use super::{RULES, Sealed, about_second, assert_faults, report_at};
use crate::common::der::{self, Node};
use crate::common::{has, later, now, oid};

/// Clocks may be this far apart by the default policy.
const SKEW: i64 = 60;

impl Sealed {
    fn second_at(&self, signing_time: DateTime<Utc>) -> Vec<u8> {
        self.service.sealer.second_seal(&self.proof, signing_time).unwrap().der().to_vec()
    }

    /// A second seal that states one time and has a timestamp of another, whatever `attach` thinks of it.
    fn second_stamped(&self, signing_time: DateTime<Utc>, gen_time: DateTime<Utc>) -> Vec<u8> {
        let second = self.service.sealer.second_seal(&self.proof, signing_time).unwrap();
        let request = second.timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap();
        let token = der::token_of_response(&self.service.tsa(gen_time).respond(&request.to_der()));
        let token = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token);
        Node::parse(second.der()).with_unsigned(token).to_der()
    }
}

/// It holds, by each rule.
#[track_caller]
fn assert_holds(sealed: &Sealed, second: Vec<u8>) {
    let [_, reported, required] = sealed.reports(&[second]);
    assert_eq!(about_second(&reported), [(Code::SecondSealValid, Outcome::Passed)], "{reported}");
    assert_eq!(required.indication, Indication::TotalPassed, "{required}");
}

/// It does not hold, and the report on it says why.
#[track_caller]
fn assert_out_of_order(sealed: &Sealed, second: Vec<u8>, subject: Subject, code: Code) {
    let reports = sealed.reports(&[second]);
    assert_faults(&reports, &[Code::SecondSealNotValid], SubIndication::TimestampOrderFailure);
    let not_valid = reports[1].findings.iter().find(|finding| finding.code == Code::SecondSealNotValid).unwrap();
    assert_eq!(not_valid.computed.as_deref(), Some(code.as_str()));
    let decided = reports[1].second_seals[0].decided_by.unwrap();
    assert_eq!((decided.subject, decided.code), (subject, code));
}

#[test]
fn a_second_seal_is_not_made_after_its_timestamp() {
    let sealed = Sealed::new();
    let stamped_at = now() + Duration::seconds(3);
    assert_holds(&sealed, sealed.second_stamped(stamped_at + Duration::seconds(SKEW), stamped_at));
    // The accuracy of the token is a second.
    let ahead = sealed.second_stamped(stamped_at + Duration::seconds(SKEW + 2), stamped_at);
    assert_out_of_order(&sealed, ahead, Subject::Time, Code::SigningTimeAfterTimestamp);
}

#[test]
fn a_second_seal_is_not_made_before_the_event() {
    let sealed = Sealed::new();
    let event_time = sealed.proof.stated().event_time();
    let at = |seconds| event_time - Duration::seconds(seconds);
    assert_holds(&sealed, sealed.second_at(at(SKEW)));
    assert_out_of_order(&sealed, sealed.second_at(at(SKEW + 1)), Subject::Statement, Code::EventAfterSigning);
    assert_holds(&sealed, sealed.second_stamped(at(SKEW), at(SKEW)));
    let before = sealed.second_stamped(at(SKEW + 1), now());
    assert_out_of_order(&sealed, before, Subject::Statement, Code::EventAfterSigning);
    let stamped_before = sealed.second_stamped(at(SKEW), at(SKEW + 1));
    assert_out_of_order(&sealed, stamped_before, Subject::Statement, Code::EventAfterTimestamp);
}

#[test]
fn a_second_seal_without_a_timestamp_is_not_of_the_future() {
    let sealed = Sealed::new();
    assert_holds(&sealed, sealed.second_at(later() + Duration::seconds(SKEW)));
    let ahead = sealed.second_at(later() + Duration::seconds(SKEW + 1));
    assert_out_of_order(&sealed, ahead.clone(), Subject::Time, Code::SigningTimeInTheFuture);
    // It is one when that time has come.
    for rule in RULES {
        let report = report_at(
            later() + Duration::seconds(1),
            &sealed.verifier(rule),
            &sealed.proof,
            std::slice::from_ref(&ahead),
        );
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(!has(&report, Code::SecondSealNotValid), "{report}");
    }
}

/// The first seal has to follow its event within a day. A second one can be made whenever the key is at hand.
#[test]
fn a_second_seal_may_be_made_long_after_the_event() {
    let sealed = Sealed::new();
    let made_at = now() + Duration::days(100);
    for second in [sealed.second_at(made_at), sealed.second_stamped(made_at, made_at + Duration::seconds(2))] {
        let verified_at = made_at + Duration::days(1);
        let report = report_at(verified_at, &sealed.verifier(RULES[2]), &sealed.proof, &[second]);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(about_second(&report), [(Code::SecondSealValid, Outcome::Passed)]);
    }
}
