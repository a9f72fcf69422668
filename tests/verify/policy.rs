//! These tests ask what a policy can demand, what it can let pass, and what it cannot.

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{self, Service, against, digests, has, later, now, pool, sending};
use chrono::Duration;
use recommande::crypto::KeyKind;
use recommande::evidence::PayloadDigests;
use recommande::pki::revocation::RevocationData;
use recommande::seal::{ProofOfSending, Unstamped};
use recommande::testing::{CertificateSpec, CrlSpec, Misbehaviour, RevokedSpec, TestTsa, generate_key};
use recommande::verify::{
    Code, Context, Indication, Level, Levels, Outcome, Payload, Policy, PolicyError, Preceding, Report, RevocationRule,
    SubIndication, TimestampValidity, Verifier, VerifyError,
};

fn with(service: &Service, policy: Policy) -> Verifier {
    service.verifier().with_policy(policy)
}

/// Every finding that a policy may lower, lowered.
fn most_lenient() -> Policy {
    let mut levels = Levels::default();
    for code in Code::ALL.iter().copied().filter(|code| !code.is_essential()) {
        assert!(levels.set(code, Level::Inform), "{code}");
    }
    Policy { levels, revocation: RevocationRule::Ignore, ..Policy::default() }
}

#[test]
fn revocation_is_required_reported_or_left_out() {
    let service = Service::new();
    let proof = service.proof();
    let verdict = |revocation| {
        let verifier = with(&service, Policy { revocation, ..Policy::default() });
        verifier.report(&proof, Payload::NotAvailable, later())
    };
    let required = verdict(RevocationRule::Required);
    assert_eq!(required.indication, Indication::Indeterminate);
    // The timestamp's own certificate has no revocation data either, so that no time is proven.
    assert!(has(&required, Code::RevocationDataMissing), "{required}");
    let if_present = verdict(RevocationRule::IfPresent);
    assert_eq!(if_present.indication, Indication::TotalPassed);
    let warned = if_present.findings.iter().filter(|finding| finding.code == Code::RevocationNotChecked);
    assert_eq!(warned.filter(|finding| finding.outcome == Outcome::Warning).count(), 2);
    let ignored = verdict(RevocationRule::Ignore);
    assert_eq!(ignored.indication, Indication::TotalPassed);
    assert!(has(&ignored, Code::RevocationIgnored) && !has(&ignored, Code::RevocationNotChecked));
}

#[test]
fn clocks_may_differ_by_the_skew_and_no_more() {
    let service = Service::new();
    for (skew, behind, passes) in [(60, 60, true), (60, 61, false), (0, 0, true), (0, 1, false), (600, 599, true)] {
        let verifier = with(&service, Policy { clock_skew: skew, ..Policy::default() });
        // Without a stated accuracy, so that only the skew counts.
        let tsa = service.tsa(now() - Duration::seconds(behind)).without_accuracy();
        // By hand, since `attach` refuses what the default policy never accepts.
        let sealed = service.sealed();
        let token = der::attribute_of(oid::SIGNATURE_TIME_STAMP, &service.token(&sealed, &tsa));
        let proof = ProofOfSending::from_der(&Node::parse(sealed.der()).with_unsigned(token).to_der()).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, later());
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{skew} {behind}: {report}");
        // The verifier's own clock behind the token's.
        let proof = service.sealed().stamp_with(&pool(service.tsa(now()).without_accuracy())).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, now() - Duration::seconds(behind));
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{skew} {behind}: {report}");
    }
}

#[test]
fn delays_are_measured_against_the_policy() {
    let service = Service::new();
    let policy = Policy { maximum_timestamp_delay: 3600, maximum_sealing_delay: 600, ..Policy::default() };
    let verifier = with(&service, policy);
    for (sealed_after, stamped_after, code) in [
        (0, 0, None),
        (600, 4200, None),
        (601, 700, Some(Code::SealedTooLate)),
        (0, 3601, Some(Code::TimestampTooLate)),
        (-61, 0, Some(Code::EventAfterSigning)),
    ] {
        // By hand, since nothing is sealed before its event.
        let signing_time = (now() + Duration::seconds(sealed_after)).format("%y%m%d%H%M%SZ").to_string();
        let signing_time = der::octets(0x17, signing_time.as_bytes());
        let resigned = Node::parse(service.sealed().der()).resigned(service.pki.seal.signer.as_ref(), |attributes| {
            let name = der::oid(oid::SIGNING_TIME);
            let attribute = attributes.iter_mut().find(|attribute| attribute.children()[0] == name).unwrap();
            attribute.children_mut()[1] = der::node(0x31, vec![signing_time]);
            der::sort(attributes);
        });
        let sealed = Unstamped::<ProofOfSending>::from_der(&resigned.to_der()).unwrap();
        let proof = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(stamped_after)))).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, later());
        match code {
            None => assert_eq!(report.indication, Indication::TotalPassed, "{report}"),
            Some(code) => {
                assert_eq!(report.indication, Indication::Indeterminate, "{report}");
                assert!(has(&report, code), "{code}: {:?}", against(&report));
            }
        }
    }
    let largest = Policy {
        clock_skew: u32::MAX,
        maximum_sealing_delay: u32::MAX,
        maximum_timestamp_delay: u32::MAX,
        ..Policy::default()
    };
    assert!(with(&service, largest).verify(&service.proof(), Payload::NotAvailable, later()).is_ok());
}

#[test]
fn times_at_the_edge_of_the_calendar_are_no_panic() {
    let service = Service::new();
    let proof = service.proof();
    let verifier = service.verifier();
    for time in [
        chrono::DateTime::<chrono::Utc>::MIN_UTC,
        chrono::DateTime::<chrono::Utc>::MAX_UTC,
        chrono::DateTime::UNIX_EPOCH,
    ] {
        let report = verifier.report(&proof, Payload::NotAvailable, time);
        assert!(!report.to_string().is_empty());
        let _ = verifier.report(service.sealed().as_artifact(), Payload::NotAvailable, time);
        if let Ok(sealed) = service.sealer.seal(&sending(), time) {
            let _ = verifier.report(sealed.as_artifact(), Payload::NotAvailable, later());
        }
    }
}

#[cfg(feature = "aws-lc-rs")]
#[test]
fn an_algorithm_past_its_date_needs_a_timestamp_from_before_it_that_is_still_good() {
    use crate::common::at;
    use recommande::testing::TestPki;
    let rsa = Service::with_pki(TestPki::of_kind(&KeyKind::Rsa { bits: 2048 }, now()).unwrap());
    let ec = Service::new();
    // The seal has RSA-2048, and its issuers have not.
    let rsa = {
        let mut pki = rsa.pki;
        (pki.root, pki.intermediate) = (ec.pki.root.clone(), ec.pki.intermediate.clone());
        let (from, until) = (now() - Duration::days(1), now() + Duration::days(730));
        let spec = recommande::testing::CertificateSpec::seal("RSA Seal", from, until);
        pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
        Service::with_pki(pki)
    };
    let sealed = rsa.sealed();
    let verdict = |proof: &ProofOfSending, tsa: &Service, now: &str| {
        let verifier = Verifier::new(rsa.pki.seal_anchors(), tsa.pki.tsa_anchors(), recommande::Environment::Test);
        // It is about algorithms, and the certificates end before they do.
        let policy = Policy { timestamp_validity: TimestampValidity::AtGenTime, ..Policy::default() };
        verifier.with_policy(policy).report(proof, Payload::NotAvailable, at(now))
    };
    // A seal with RSA-2048, legacy in 2026, under a timestamp that is good for long: covered, also in 2030.
    let covered = sealed.stamp_with(&pool(ec.tsa(common::now()))).unwrap();
    let report = verdict(&covered, &ec, "2030-01-01T00:00:00Z");
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Code::AlgorithmLegacy));
    assert_eq!(report.verifiable_until, None);
    // Under a timestamp with RSA-2048 as well, it is good until the end of 2028.
    let uncovered = sealed.stamp_with(&pool(rsa.tsa(common::now()))).unwrap();
    let before = verdict(&uncovered, &rsa, "2028-12-31T23:59:59Z");
    assert_eq!(before.indication, Indication::TotalPassed, "{before}");
    let deadline = before.verifiable_until.unwrap();
    assert_eq!(deadline.time, at("2029-01-01T00:00:00Z"));
    let after = verdict(&uncovered, &rsa, "2029-01-01T00:00:00Z");
    assert_eq!(after.indication, Indication::Indeterminate, "{after}");
    assert!(has(&after, Code::AlgorithmPastItsDate));
    assert_eq!(after.proven_at, None);
    let after = verdict(&uncovered, &rsa, "2030-06-01T00:00:00Z");
    assert_eq!(after.indication, Indication::Indeterminate);
    // Two timestamps: the one that is still good counts.
    let again = Unstamped::<ProofOfSending>::from_der(uncovered.der()).unwrap();
    let renewed = again.stamp_with(&pool(ec.tsa(common::now() + Duration::hours(1)))).unwrap();
    let anchors = {
        let mut anchors = rsa.pki.tsa_anchors();
        anchors.add(ec.pki.tsa_root.certificate.clone());
        anchors
    };
    let policy = Policy { timestamp_validity: TimestampValidity::AtGenTime, ..Policy::default() };
    let verifier = Verifier::new(rsa.pki.seal_anchors(), anchors, recommande::Environment::Test).with_policy(policy);
    let report = verifier.report(&renewed, Payload::NotAvailable, at("2030-06-01T00:00:00Z"));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert_eq!(report.proven_at, Some(common::now() + Duration::hours(1)));
}

/// Whoever has broken the key of a root makes the certificates of any issuer that a seal names. Nothing but what covers
/// them shows that they are older.
#[test]
fn a_certificate_by_an_algorithm_that_ended_counts_where_something_covers_it() {
    use recommande::crypto::DigestAlgorithm;
    use recommande::testing::TestPki;
    let rsa = Service::with_pki(TestPki::of_kind(&KeyKind::Rsa { bits: 2048 }, now()).unwrap());
    let ec = Service::new();
    let sealed = rsa.sealed();
    let at = crate::common::at("2030-01-01T00:00:00Z");
    let policy = || Policy { timestamp_validity: TimestampValidity::AtGenTime, ..Policy::default() };
    let verifier = Verifier::new(rsa.pki.seal_anchors(), ec.pki.tsa_anchors(), recommande::Environment::Test);
    let verifier = verifier.with_policy(policy());
    let stamped = sealed.stamp_with(&pool(ec.tsa(now()))).unwrap();
    let report = verifier.report(&stamped, Payload::NotAvailable, at);
    assert_eq!(report.sub_indication, Some(SubIndication::CryptoConstraintsFailureNoPoe), "{report}");
    // The report has said so, although the timestamp would hold.
    let before = verifier.report(&stamped, Payload::NotAvailable, later());
    let until = before.verifiable_until.as_ref().unwrap();
    assert_eq!(until.time, crate::common::at("2029-01-01T00:00:00Z"), "{before}");
    assert!(until.because.contains("which no timestamp covers"), "{}", until.because);
    let digest = DigestAlgorithm::Sha256.digest(stamped.der());
    let record = crate::common::records::record_over(&ec.tsa(later()), digest);
    let covered = verifier.with_evidence_records([record]);
    let report = covered.report(&stamped, Payload::NotAvailable, at);
    assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(now())), "{report}");
    assert_eq!(covered.report(&stamped, Payload::NotAvailable, later()).indication, Indication::TotalPassed);
}

#[test]
fn an_algorithm_that_the_policy_does_not_list_does_not_pass() {
    let service = Service::new();
    let mut policy = Policy::default();
    policy.algorithms.keys.retain(|row| row.bits != 256);
    let report = with(&service, policy).report(&service.proof(), Payload::NotAvailable, later());
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(has(&report, Code::AlgorithmNotListed));
    let mut policy = Policy::default();
    policy.algorithms.digests.clear();
    assert!(with(&service, policy).verify(&service.proof(), Payload::NotAvailable, later()).is_err());
}

#[test]
fn findings_without_which_nothing_is_proven_cannot_be_lowered() {
    let mut levels = Levels::default();
    for code in Code::ALL.iter().copied() {
        assert_eq!(levels.set(code, Level::Warn), !code.is_essential(), "{code}");
        assert_eq!(levels.set(code, Level::Inform), !code.is_essential(), "{code}");
        assert!(levels.set(code, Level::Fail), "{code}");
    }
    // A policy that was written by hand is told so.
    let written = |codes: &[Code]| {
        let levels: Vec<String> = codes.iter().map(|code| format!("\"{code}\":\"inform\"")).collect();
        serde_json::from_str::<Policy>(&format!("{{\"levels\":{{{}}}}}", levels.join(",")))
    };
    let (essential, others): (Vec<Code>, Vec<Code>) = Code::ALL.iter().partition(|code| code.is_essential());
    assert!(essential.iter().all(|code| written(&[*code]).is_err()));
    assert!(written(&[Code::SigningTimeMissing, Code::SigningTimeMissing]).is_err());
    let policy = written(&others).unwrap();
    let service = Service::new();
    let verifier = with(&service, policy);
    let good = service.proof();
    assert!(verifier.verify(&good, Payload::NotAvailable, later()).is_ok());
    let sealed = service.sealed();
    let forced = |misbehaviour| {
        let token = service.token(&sealed, &service.misbehaving(misbehaviour));
        let attribute = common::der::attribute_of(crate::common::oid::SIGNATURE_TIME_STAMP, &token);
        ProofOfSending::from_der(&Node::parse(sealed.der()).with_unsigned(attribute).to_der()).unwrap()
    };
    let changed = Node::parse(good.der()).with(|file| {
        let signature = file.at_mut(common::der::SIGNATURE).octets_mut();
        *signature.last_mut().unwrap() ^= 1;
    });
    let files = [
        ("no timestamp", sealed.as_artifact().clone()),
        ("another signature", ProofOfSending::from_der(&changed.to_der()).unwrap()),
        ("the token's signature", forced(Misbehaviour::BadSignature)),
        ("the token's imprint", forced(Misbehaviour::WrongImprint)),
        ("a stranger's token", forced(Misbehaviour::UntrustedCertificate)),
    ];
    for (what, file) in files {
        let report = verifier.report(&file, Payload::NotAvailable, later());
        assert_ne!(report.indication, Indication::TotalPassed, "{what}: {report}");
        assert!(verifier.verify(&file, Payload::NotAvailable, later()).is_err(), "{what}");
    }
    let another_letter = PayloadDigests::of_bytes(b"another letter");
    assert!(verifier.verify(&good, Payload::Digests(&another_letter), later()).is_err());
    assert!(verifier.report(b"nothing".as_slice(), Preceding::NotGiven, later()).indication == Indication::TotalFailed);
}

/// ETSI EN 319 102-1 V1.4.1, clause 5.1.3, table 6: which sub-indications an indication may have.
#[test]
fn no_code_leads_to_a_pair_of_indication_and_sub_indication_that_the_standard_lacks() {
    use SubIndication::*;
    let failed = [FormatFailure, HashFailure, SigCryptoFailure, Revoked, Expired, NotYetValid];
    for code in Code::ALL {
        let sub = code.sub_indication();
        // What a policy raises to "fail" is INDETERMINATE, unless it failed by itself.
        match code.outcome() {
            Outcome::Passed => assert_eq!(sub, None, "{code}"),
            Outcome::Failed => assert!(sub.is_some_and(|sub| failed.contains(&sub)), "{code}: {sub:?}"),
            Outcome::Information | Outcome::Warning | Outcome::Indeterminate => {
                assert!(sub.is_some_and(|sub| !failed.contains(&sub)), "{code}: {sub:?}");
            }
        }
    }
}

/// The manual's list of deviations names every member of a policy, and no other one.
#[test]
fn the_list_of_deviations_is_complete() {
    let manual = include_str!("../../src/manual/verdicts.md");
    let (_, section) = manual.split_once("### Where we differ from the standard\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let policy = Policy { name: Some("a name".into()), ..Policy::default() };
    let serde_json::Value::Object(members) = serde_json::to_value(&policy).unwrap() else { panic!("an object") };
    for member in members.keys() {
        assert!(section.contains(&format!("`{member}`")), "{member} is not in the list");
    }
    let serde_json::Value::Object(standard) = serde_json::to_value(Policy::standard()).unwrap() else {
        panic!("an object")
    };
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let mut listed = 0;
    for row in rows {
        let columns: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [member, default, clause, why] = columns.as_slice() else { panic!("four columns: {row}") };
        let mut named = member.split('`').skip(1).step_by(2);
        let name = named.next().unwrap();
        let value = members.get(name).unwrap_or_else(|| panic!("no member: {row}"));
        // A default that is a word stands there as it does in JSON, and a code is one of ours.
        if let Some(word) = value.as_str() {
            assert!(default.starts_with(&format!("`{word}`")), "{row}");
            // The row says which value is the standard's, and the policy of that name has it.
            let of_standard = format!("`{}`", standard[name].as_str().unwrap());
            assert!(why.contains(&of_standard) || default.ends_with("the standard's rule"), "{row}");
        }
        for code in named {
            assert!(standard["levels"].get(code).is_some(), "{row}");
            assert!(Code::ALL.iter().any(|listed| listed.as_str() == code), "{row}");
        }
        assert!(clause.contains('.') && !why.is_empty(), "{row}");
        listed += 1;
    }
    assert!(listed > 8, "{listed}");
}

#[test]
fn one_policy_alone_lowers_a_revocation() {
    let revocations = [Code::Revoked, Code::RevokedNoPoe, Code::IssuerRevoked, Code::TsaKeyCompromised];
    for code in revocations {
        assert!(code.is_essential() && !Levels::default().set(code, Level::Warn));
        let json = format!(r#"{{"levels": {{"{code}": "warn"}}}}"#);
        assert!(serde_json::from_str::<Policy>(&json).is_err(), "{json}");
    }
    let historic = Policy::named("historic").unwrap();
    let json = serde_json::to_string(&historic).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), historic);
    // Not with one of its levels left out, nor with more than it lowers.
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut less = value.clone();
    less["levels"].as_object_mut().unwrap().remove("no-usable-timestamp");
    assert!(serde_json::from_value::<Policy>(less).is_err());
    let mut more = value;
    more["levels"]["chain-not-found"] = "warn".into();
    assert!(serde_json::from_value::<Policy>(more).is_err());
    // Nor when one of its levels is set otherwise.
    let mut altered = historic.clone();
    assert!(altered.levels.set(Code::NoUsableTimestamp, Level::Fail));
    let json = serde_json::to_string(&altered).unwrap();
    assert!(!json.contains("revoked"), "{json}");
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), altered);

    let service = Service::new();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    for (policy, passes) in [(Policy::default(), false), (altered, false), (historic, true)] {
        let label = policy.label();
        let verifier = with(&service, policy).with_revocation_data(data.clone());
        let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{label}: {report}");
        assert!(has(&report, Code::RevokedNoPoe), "{label}: {report}");
    }
}

#[test]
fn a_policy_is_an_object_and_nothing_else() {
    let nothing = ["[]", "[[]]", "\"strict\"", "7", "true", "", " "];
    for json in nothing {
        assert!(serde_json::from_str::<Policy>(json).is_err(), "{json}");
    }
    for json in [
        r#"{"algorithms": []}"#,
        r#"{"algorithms": {"digests": [["SHA-256", null, null]]}}"#,
        r#"{"algorithms": {"keys": [["RSA", 3000, null, null]]}}"#,
        r#"{"levels": []}"#,
    ] {
        assert!(serde_json::from_str::<Policy>(json).is_err(), "{json}");
    }
    let error = serde_json::from_str::<Policy>("[]").unwrap_err().to_string();
    assert!(error.contains("expected an object"), "{error}");
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
}

#[test]
fn a_policy_goes_by_its_own_name() {
    for name in Policy::NAMES {
        assert_eq!(Policy::named(name).unwrap().label(), name);
        // Not under the name of another one.
        let changed = Policy { name: Some(name.into()), clock_skew: 61, ..Policy::named(name).unwrap() };
        assert_eq!(changed.label(), "custom");
    }
    // Nor by what reads as that.
    for name in ["strict ", "Strict", "STRICT", "\u{a0}default", "s t r i c t", "\"historic\"", "strict.", "", " "] {
        let own = Policy { name: Some(name.into()), clock_skew: 61, ..Policy::default() };
        assert_eq!(own.label(), "custom", "{name:?}");
    }
    let own = Policy { name: Some("strict in 2030".into()), clock_skew: 61, ..Policy::default() };
    assert_eq!(own.label(), "strict in 2030");
    let own = Policy { name: Some("ours".into()), clock_skew: 61, ..Policy::default() };
    assert_eq!(own.label(), "ours");
    assert_eq!(Policy { name: None, ..own }.label(), "custom");
    assert_eq!(Policy { name: Some("ours".into()), ..Policy::strict() }.label(), "strict");
}

#[test]
fn the_most_lenient_policy_does_not_take_a_strangers_seal() {
    let service = Service::new();
    let verifier = || with(&service, most_lenient());
    let stamp = |sealed: Unstamped<ProofOfSending>| sealed.stamp_with(&pool(service.tsa(now()))).unwrap();
    // Of a stranger's PKI, with the same names and with others.
    let stranger = Service::new();
    let report = verifier().report(&stamp(stranger.sealed()), Payload::NotAvailable, later());
    assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(99));
    let own = CertificateSpec::seal("Me", from, until).self_signed(generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let report = verifier().report(&stamp(service.sealed_with(&own, &[])), Payload::NotAvailable, later());
    assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    // Made by somebody who has a seal certificate of the trusted authority, but is no authority; expired, so that the
    // path is refused for that reason before anything else is looked at.
    for (from, until) in [(from, until), (from, now() - Duration::hours(1)), (now() + Duration::hours(1), until)] {
        let spec = CertificateSpec::seal("Test Seal", from, until);
        let made = service.pki.seal.issue(&spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
        let proof = stamp(service.sealed_with(&made, &service.pki.seal_chain()));
        let report = verifier().report(&proof, Payload::NotAvailable, later());
        assert_ne!(report.indication, Indication::TotalPassed, "{report}");
        assert!(verifier().verify(&proof, Payload::NotAvailable, later()).is_err());
    }
    // The same for a TSA of one's own.
    let tsa = TestTsa::new(&stranger.pki).with_clock(now);
    let proof = service.sealed().stamp_with(&pool(tsa)).unwrap();
    assert!(verifier().verify(&proof, Payload::NotAvailable, later()).is_err());
}

#[test]
fn a_level_can_be_raised_and_what_passed_stays_passed() {
    let service = Service::new();
    let mut levels = Levels::default();
    assert!(levels.set(Code::PayloadNotCompared, Level::Fail));
    assert!(levels.set(Code::ChainValid, Level::Fail));
    let verifier = with(&service, Policy { levels, ..Policy::default() });
    let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
    assert_eq!(report.indication, Indication::Indeterminate);
    assert!(verifier.verify(&service.proof(), Payload::Digests(&digests()), later()).is_ok());
    // A lowered finding still stands in the report.
    let mut levels = Levels::default();
    assert!(levels.set(Code::TimestampTooLate, Level::Warn));
    let verifier = with(&service, Policy { levels, ..Policy::default() });
    let sealed = service.sealed().with_maximum_timestamp_delay(u32::MAX);
    let late = sealed.stamp_with(&pool(service.tsa(now() + Duration::days(5)))).unwrap();
    let report = verifier.report(&late, Payload::NotAvailable, now() + Duration::days(6));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == Code::TimestampTooLate && finding.outcome == Outcome::Warning)
    );
}

#[test]
fn a_policy_is_a_json_value_that_reads_back_and_refuses_what_it_does_not_know() {
    let mut policy = most_lenient();
    policy.tsa_policies = vec!["1.2.3".into()];
    policy.clock_skew = 5;
    for policy in [Policy::default(), policy] {
        let json = serde_json::to_string_pretty(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    }
    assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
    for wrong in [
        r#"{"clock_scew":60}"#,
        r#"{"revocation":"maybe"}"#,
        r#"{"clock_skew":-1}"#,
        r#"{"clock_skew":60,"clock_skew":61}"#,
        r#"{"levels":{"no-such-code":"warn"}}"#,
        r#"{"levels":{"chain-not-found":"pass"}}"#,
        r#"{"algorithms":{"digests":[],"keys":[],"more":1}}"#,
        r#"{"algorithms":{"digests":[{"digest":"SHA-256","past":"2030-01-01"}],"keys":[]}}"#,
        r#"{"algorithms":{"digests":[{"digest":"SHA-257"}],"keys":[]}}"#,
        "null",
    ] {
        assert!(serde_json::from_str::<Policy>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_report_is_a_json_value_that_reads_back() {
    let service = Service::new();
    let sending = service.proof();
    let verified = service.verified(&sending);
    let opening = service.proof_of_opening(&service.opening(&verified));
    let verifier = service.verifier();
    let reports = [
        service.report(&sending),
        service.report(service.sealed().as_artifact()),
        verifier.report(&sending, Payload::Digests(&PayloadDigests::of_bytes(b"other")), later()),
        verifier.report(&opening, Context::new(Preceding::Verified(&verified), Payload::Digests(&digests())), later()),
        verifier.report(&opening, Preceding::NotGiven, later()),
        verifier.report(b"nothing".as_slice(), Preceding::NotGiven, later()),
    ];
    for report in reports {
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        for member in ["indication", "sub_indication", "level", "proven_at", "event", "findings"] {
            assert!(value.get(member).is_some(), "{member}");
        }
        let passed = report.indication == Indication::TotalPassed;
        assert_eq!(passed, report.sub_indication.is_none());
        assert_eq!(value["indication"], report.indication.to_string());
        assert!(report.to_string().starts_with(&format!("{}: {}", report.artifact, report.indication)));
    }
}

#[test]
fn the_strict_verdict_and_the_report_agree_on_what_decides() {
    let service = Service::new();
    let verifier = service.verifier();
    let another_letter = PayloadDigests::of_bytes(b"other");
    let good = service.proof();
    let untimed = service.sealed();
    let cases = [
        (&good, Payload::Digests(&another_letter), later()),
        (untimed.as_artifact(), Payload::NotAvailable, later()),
        (&good, Payload::NotAvailable, now() - Duration::days(1)),
    ];
    for (proof, payload, now) in cases {
        let report = verifier.report(proof, payload, now);
        let error = verifier.verify(proof, payload, now).unwrap_err();
        assert_eq!(error.sub_indication(), report.sub_indication);
        assert_eq!(matches!(error, VerifyError::Failed(_)), report.indication == Indication::TotalFailed);
        assert!(report.findings.contains(error.finding()));
    }
    let error = verifier.verify(&good, Payload::Digests(&another_letter), later()).unwrap_err();
    assert_eq!(error.sub_indication(), Some(SubIndication::HashFailure));
}

#[test]
fn a_policy_file_with_a_row_twice_or_a_policy_that_is_none_is_refused() {
    let read = |json: &str| serde_json::from_str::<Policy>(json).map_err(|error| error.to_string());
    let row = r#"{"digest": "SHA-256"}"#;
    let error = read(&format!(r#"{{"algorithms": {{"digests": [{row}, {row}]}}}}"#)).unwrap_err();
    assert!(error.contains("SHA-256 has two rows"), "{error}");
    let error = read(r#"{"algorithms": {"keys": [{"key": "RSA", "bits": 1900}, {"key": "RSA", "bits": 1900}]}}"#);
    assert!(error.clone().unwrap_err().contains("two rows"), "{error:?}");
    for bad in ["", "1.2.", "9.9.9", "Sectigo", "1.2.3 "] {
        let error = read(&format!(r#"{{"tsa_policies": ["1.2.3", "{bad}"]}}"#)).unwrap_err();
        assert!(error.contains("object identifier"), "{bad}: {error}");
    }
    // What is left out is as in the default, a table of the algorithms too.
    let policy = read(&format!(r#"{{"algorithms": {{"digests": [{row}]}}, "tsa_policies": ["1.2.3"]}}"#)).unwrap();
    assert_eq!(policy.algorithms.digests.len(), 1);
    assert_eq!(policy.algorithms.keys, Policy::default().algorithms.keys);
    assert_eq!(read(r#"{"algorithms": {}}"#).unwrap(), Policy::default());
}

#[test]
fn a_content_digest_that_proves_nothing_is_found_behind_a_strong_signature() {
    // The digest of the content and the one inside the signature are two things. Two statements with one SHA-1 can be
    // made, and a signature over that with SHA-256 is over both.
    use crate::common::der::{self, octets};
    use crate::common::oid;
    use recommande::crypto::DigestAlgorithm;
    let service = Service::new();
    let sealed = Node::parse(service.sealed().der());
    let weak = DigestAlgorithm::Sha1;
    let sha1 = der::node(0x30, vec![der::oid(weak.oid())]);
    let digest = weak.digest(&sealed.at(der::CONTENT).contents());
    let file = sealed.with(|file| file.at_mut(der::SIGNER_INFO).children_mut()[2] = sha1.clone());
    let file = file.resigned(service.pki.seal.signer.as_ref(), |attributes| {
        let of = |kind| move |attribute: &Node| attribute.children()[0] == der::oid(kind);
        attributes.retain(|candidate| !of(oid::CMS_ALGORITHM_PROTECTION)(candidate));
        let attribute = attributes.iter_mut().find(|candidate| of(oid::MESSAGE_DIGEST)(candidate)).unwrap();
        attribute.children_mut()[1] = der::node(0x31, vec![octets(0x04, digest.as_bytes())]);
        der::sort(attributes);
    });
    let sealed = Unstamped::<ProofOfSending>::from_der(&file.to_der()).unwrap();
    let proof = sealed.stamp_with(&pool(service.tsa(now()))).unwrap();
    let report = service.report(&proof);
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Code::AlgorithmPastItsDate), "{report}");
    assert!(service.verifier().verify(&proof, Payload::NotAvailable, later()).is_err());
}

/// A file gives a policy in its own form, or the algorithms as ETSI publishes them, and says what is wrong with it and where.
#[test]
fn a_policy_is_read_from_json() {
    let policy = Policy::from_json(r#"{"revocation": "required"}"#).unwrap();
    assert_eq!(policy, serde_json::from_str(r#"{"revocation": "required"}"#).unwrap());
    assert_eq!(Policy::from_json("{}"), Ok(Policy::default()));
    assert_eq!(Policy::from_json(" \n"), Err(PolicyError::Empty));
    assert_eq!(Policy::from_json("[]"), Err(PolicyError::NoObject));
    for (json, place) in [("{\"revocation\": ", "line 1 column 15"), ("{}\n{}", "line 2 column 1")] {
        let error = Policy::from_json(json).unwrap_err();
        assert!(matches!(error, PolicyError::Form { .. }) && error.to_string().contains(place), "{error}");
    }
    let error = Policy::from_json("{\n\"lenient\": true}").unwrap_err().to_string();
    assert!(error.contains("unknown field `lenient`") && error.contains("line 2"), "{error}");
    // Nothing that somebody demands is passed over.
    let both = r#"{"revocation": "required", "SecuritySuitabilityPolicyType": {}}"#;
    assert!(matches!(Policy::from_json(both), Err(PolicyError::Form { .. })));
    let error = Policy::from_json(r#"{"SecuritySuitabilityPolicy": {}}"#).unwrap_err();
    assert!(matches!(error, PolicyError::Suite(_)) && error.to_string().contains("ETSI TS 119 322"), "{error}");
}
