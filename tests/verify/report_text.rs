//! A report tells a person, and its JSON tells a program, what decided the verdict and what that means.

use chrono::Duration;
use recommande::crypto::DigestAlgorithm;
use recommande::time::record::HashTree;
use recommande::verify::{
    Code, ContentDigests, DecidedBy, Indication, Policy, RenewalKind, Report, RevocationRule, Subject,
};
use recommande::{Environment, Payload, PayloadDigests, ProofOfSending, TrustAnchors, Verifier};
use rfc3161_client::{MessageImprint, TimeStampReq, Transport};

use crate::common::{self, LETTER, Service, der::Node, digests, later, now, sending_of};

const HOLDS: &str = "the seal and the statement hold";

/// Without the breaks of its lines.
fn read(report: &Report) -> String {
    report.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_reads(report: &Report, indication: Indication, text: &str) {
    assert_eq!(report.indication, indication, "{report}");
    assert!(read(report).contains(text), "{text} in {report}");
}

/// With a signature that is not the seal's.
fn with_another_signature(proof: &ProofOfSending) -> ProofOfSending {
    let mut file = Node::parse(proof.der());
    let signature = file.at_mut(common::der::SIGNATURE).octets_mut();
    *signature.last_mut().unwrap() ^= 1;
    ProofOfSending::from_der(&file.to_der()).unwrap()
}

#[test]
fn another_file_leaves_a_genuine_statement_as_it_is() {
    let service = Service::new();
    let another_file = PayloadDigests::of_bytes(b"another file");
    let report = service.verifier().report(&service.proof(), Payload::Digests(&another_file), later());
    assert_reads(&report, Indication::TotalFailed, &format!("{HOLDS}; the file that was given is not the letter"));
    assert!(!read(&report).contains("does not establish it"), "{report}");
    // Nothing is said to hold that was not found to.
    let without_anchors = Verifier::new(service.pki.seal_anchors(), TrustAnchors::new(), Environment::Test);
    let report = without_anchors.report(&service.proof(), Payload::Digests(&another_file), later());
    let open = "the file that was given is not the letter; whether seal and statement hold is not decided";
    assert_reads(&report, Indication::TotalFailed, open);
    assert!(!read(&report).contains(HOLDS), "{report}");
    let forged = with_another_signature(&service.proof());
    for payload in [Payload::Digests(&another_file), Payload::NotAvailable] {
        let report = service.verifier().report(&forged, payload, later());
        assert_reads(&report, Indication::TotalFailed, "unchanged claim; this proof does not establish it");
        assert!(!read(&report).contains(HOLDS), "{report}");
    }
}

#[test]
fn another_environment_leaves_a_genuine_statement_as_it_is() {
    let service = Service::new();
    let verifier = Verifier::new(service.pki.seal_anchors(), service.pki.tsa_anchors(), Environment::Production);
    let report = verifier.report(&service.proof(), Payload::Digests(&digests()), later());
    assert_reads(&report, Indication::Indeterminate, &format!("{HOLDS}; it is of Test, and Production was asked for"));
    let another_file = PayloadDigests::of_bytes(b"another file");
    let report = verifier.report(&service.proof(), Payload::Digests(&another_file), later());
    let both =
        format!("{HOLDS}; the file that was given is not the letter; it is of Test, and Production was asked for");
    assert_reads(&report, Indication::TotalFailed, &both);
    let forged = with_another_signature(&service.proof());
    let report = verifier.report(&forged, Payload::Digests(&digests()), later());
    assert_reads(&report, Indication::TotalFailed, "this proof does not establish it");
}

#[test]
fn another_sending_leaves_a_genuine_opening_as_it_is() {
    let service = Service::new();
    let sending = service.verified(&service.proof());
    let opening = service.proof_of_opening(&service.opening(&sending));
    let another_sending = service.verified(&service.proof_of(&sending_of("1ZG0000036L40")));
    let at = later();
    let report = service.verifier().report(&opening, &another_sending, at);
    let text = format!("{HOLDS}; the sending that was given is not the one that it names");
    assert_reads(&report, Indication::TotalFailed, &text);
}

#[test]
fn what_decided_names_its_cause() {
    let service = Service::new();
    let proof = service.proof();
    let consequence = "no timestamp meets the policy, so nothing proves when the signature was made";
    let strict = Policy { revocation: RevocationRule::Required, ..Policy::default() };
    for (verifier, cause) in [
        (Verifier::new(service.pki.seal_anchors(), TrustAnchors::new(), Environment::Test), "chain-not-found"),
        (service.verifier().with_policy(strict), "revocation-data-missing"),
    ] {
        let report = verifier.report(&proof, Payload::NotAvailable, later());
        let decided = format!("decided by time: {consequence} (timestamp 1: {cause})");
        assert_reads(&report, Indication::Indeterminate, &decided);
        let decided_by = DecidedBy { subject: Subject::Time, code: Code::NoValidTimestamp };
        assert_eq!(report.decided_by, Some(decided_by));
        let error = verifier.verify(&proof, Payload::NotAvailable, later()).unwrap_err();
        assert_eq!(error.to_string(), format!("INDETERMINATE: time: {consequence} (timestamp 1: {cause})"));
    }
}

#[test]
fn json_names_what_decided() {
    let service = Service::new();
    let another_file = PayloadDigests::of_bytes(b"another file");
    let decided_by = |payload| {
        let report = service.verifier().report(&service.proof(), payload, later());
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(serde_json::from_value::<Report>(json.clone()).unwrap(), report);
        for (finding, stated) in report.findings.iter().zip(json["findings"].as_array().unwrap()) {
            assert_eq!(stated["sentence"], finding.code.sentence());
        }
        json.get("decided_by").cloned().expect("the member is there")
    };
    let letter = digests();
    assert_eq!(decided_by(Payload::Digests(&letter)), serde_json::Value::Null);
    let differs = serde_json::json!({"subject": "payload", "code": "payload-differs"});
    assert_eq!(decided_by(Payload::Digests(&another_file)), differs);
}

#[test]
fn a_record_that_is_not_decided_is_not_said_to_fail() {
    let service = Service::new();
    let digest = DigestAlgorithm::Sha256.digest(LETTER);
    let tree = HashTree::new(digest.algorithm(), [digest]).unwrap();
    let root = tree.root().unwrap();
    let request = TimeStampReq::new(MessageImprint::new(root.algorithm().oid(), root.as_bytes()));
    let token = request.check(&service.tsa(now()).send(&request.to_der()).unwrap()).unwrap();
    let record = tree.evidence_record(&digest, &token).unwrap();
    let of = |octets: &[u8]| ContentDigests::new([DigestAlgorithm::Sha256.digest(octets)]);
    let at = now() + Duration::days(1);
    let without_anchors = Verifier::new(TrustAnchors::new(), TrustAnchors::new(), Environment::Test);
    let strict = service.verifier().with_policy(Policy::strict());
    let open = "it is not decided whether the evidence record holds";
    for verifier in [&without_anchors, &strict] {
        let report = verifier.report_evidence_record(&record, &[of(LETTER)], at);
        assert_reads(&report, Indication::Indeterminate, open);
        assert!(!read(&report).contains("does not establish it"), "{report}");
    }
    for verifier in [&service.verifier(), &without_anchors] {
        let report = verifier.report_evidence_record(&record, &[of(b"another file")], at);
        assert_reads(&report, Indication::TotalFailed, "the evidence record does not hold, so it proves no time");
        assert!(!read(&report).contains(open), "{report}");
    }
}

#[test]
fn no_date_of_the_policy_is_not_said_to_be_for_ever() {
    let service = Service::new();
    let end = service.pki.tsa.certificate.not_after();
    let report = service.verifier().report(&service.proof(), Payload::NotAvailable, later());
    let until = report.verifiable_until.as_ref().unwrap();
    assert_eq!((until.time, until.renewal, until.renew_now), (end, RenewalKind::Timestamp, false), "{report}");
    assert_reads(&report, Indication::TotalPassed, "renew before it, with a new timestamp over the one that ends");
    let mut policy = serde_json::to_value(Policy::default()).unwrap();
    remove_dates(&mut policy);
    policy["timestamp_validity"] = "at-gen-time".into();
    let verifier = service.verifier().with_policy(serde_json::from_value(policy).unwrap());
    let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
    assert_eq!(report.verifiable_until, None, "{report}");
    assert_reads(&report, Indication::TotalPassed, "holds until not limited by the policy's dates for algorithms");
}

fn remove_dates(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            members.retain(|name, _| name != "past_from");
            members.values_mut().for_each(remove_dates);
        }
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(remove_dates),
        _ => {}
    }
}

/// U+202E turns the order of what follows it, U+2028 begins a line, and U+200B is not seen.
#[test]
fn a_text_from_an_artifact_does_not_change_how_a_line_reads() {
    let service = Service::new();
    let another_file = PayloadDigests::of_bytes(b"another file");
    let mut report = service.verifier().report(&service.proof(), Payload::Digests(&another_file), later());
    let hidden = ['\u{202e}', '\u{2028}', '\u{200b}', '\u{feff}', '\n', '\u{1b}'];
    let finding = report.findings.iter_mut().find(|finding| finding.stated.is_some()).unwrap();
    finding.stated = Some(hidden.iter().flat_map(|c| ['x', *c]).collect());
    let text = report.to_string();
    assert!(text.contains(&"x\u{fffd}".repeat(hidden.len())), "{text}");
    assert!(!text.contains(|c| c != '\n' && hidden.contains(&c)), "{text}");
}
