//! The receipt that the national service prints in its own specification, verified by the digest of its content
//! (skipped where the collected data is not there).

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::testing::{Forge, ForgedTstInfo, TestPki};
use recommande::verify::{
    BaselineLevel, Code, Content, ContentDigests, Finding, Indication, Level, Outcome, Policy, Report, Subject,
    Verifier,
};
use recommande::{Certificate, Environment, TrustAnchors};

use crate::common::oid;

const CONTENT: &str = "f02dd0e7d2ce1b4331e76a730895ea8e805c170a629b738568dd4431fbd1e98b";
const CERTIPOST: &str = "Certipost E-Trust Secondary Qualified CA for Legal Persons";

fn receipt() -> Option<Vec<u8>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("RECOMMANDE_CORPUS").map_or_else(beside, PathBuf::from);
    let path = corpus.join("belgium/bcss-receipt-2014.p7s");
    let receipt = std::fs::read(&path);
    if receipt.is_err() {
        println!("SKIPPED: {} is not there", path.display());
    }
    receipt.ok()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn content() -> ContentDigests {
    let octets: Vec<u8> = (0..32).map(|index| u8::from_str_radix(&CONTENT[2 * index..][..2], 16).unwrap()).collect();
    ContentDigests::new([Digest::new(DigestAlgorithm::Sha256, &octets).unwrap()])
}

/// `Smals Root CA`, which the receipt carries itself; a caller has it from elsewhere.
fn smals_root(receipt: &[u8]) -> TrustAnchors {
    let der = signed_data::normalize(receipt).unwrap();
    let signed_data = signed_data::SignedData::parse(&der).unwrap();
    let certificates = signed_data.certificates.iter().filter_map(|choice| choice.certificate());
    let mut certificates = certificates.map(|der| Certificate::from_der(der).unwrap());
    certificates.find(|certificate| certificate.common_names() == ["Smals Root CA"]).into_iter().collect()
}

fn report(receipt: &[u8], policy: Policy, time: DateTime<Utc>) -> Report {
    let verifier = Verifier::new(smals_root(receipt), TrustAnchors::new(), Environment::Production).with_policy(policy);
    let signatures = verifier.report_signatures(receipt, Content::Digests(&content()), time);
    assert_eq!(signatures.reports.len(), 1);
    signatures.reports.into_iter().next().unwrap()
}

#[track_caller]
fn finding(report: &Report, subject: Subject, code: Code) -> &Finding {
    let finding = report.findings.iter().find(|finding| finding.subject == subject && finding.code == code);
    finding.unwrap_or_else(|| panic!("{subject}: {code} in\n{report}"))
}

#[test]
fn the_receipt_is_indeterminate_and_the_report_says_why() {
    let Some(receipt) = receipt() else { return };
    // In the year of the receipt and long after it.
    for time in [at("2014-04-01T00:00:00Z"), at("2026-11-22T09:15:04Z")] {
        let report = report(&receipt, Policy::default(), time);
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert_eq!((report.level, report.proven_at), (Some(BaselineLevel::NotBaseline), None));

        // The signature is good, its certificate identified and bound, and no time is stated.
        finding(&report, Subject::Seal, Code::MessageDigestMatches);
        finding(&report, Subject::Seal, Code::SigningCertificateFound);
        finding(&report, Subject::Seal, Code::SignatureValid);
        let bound = finding(&report, Subject::Seal, Code::SigningCertificateBound);
        assert_eq!(bound.stated.as_deref(), Some("signing-certificate-v2 with SHA-256"));
        assert_eq!(finding(&report, Subject::Seal, Code::SigningTimeMissing).outcome, Outcome::Indeterminate);
        assert_eq!(
            finding(&report, Subject::Seal, Code::NotBaseline).computed.as_deref(),
            Some("signing-time is missing")
        );

        // The timestamp is about it, at a time with a fraction, by a TSA that is named and not there.
        finding(&report, Subject::Timestamp(1), Code::TimestampImprintMatches);
        let time = finding(&report, Subject::Timestamp(1), Code::TimestampTime);
        assert_eq!(time.stated.as_deref(), Some("2014-03-31T06:31:09.591Z"));
        let accuracy = finding(&report, Subject::Timestamp(1), Code::TimestampAccuracy);
        assert_eq!(accuracy.stated.as_deref(), Some("500 ms"));
        let missing = finding(&report, Subject::Timestamp(1), Code::SigningCertificateNotFound);
        let named = missing.stated.as_deref().unwrap();
        assert!(named.contains("serial number 0100000000012f9753df76") && named.contains(CERTIPOST), "{named}");
        finding(&report, Subject::Time, Code::NoUsableTimestamp);

        // SHA-1 in the chain.
        let weak = finding(&report, Subject::SealChain, Code::AlgorithmPastItsDate);
        let stated = weak.stated.as_deref().unwrap();
        assert!(stated.starts_with("SHA-1, in the signature on the certificate CN=KSZ - BCSS"), "{stated}");

        let text = report.to_string();
        assert!(text.starts_with("Signature: INDETERMINATE / "), "{text}");
        for line in ["2014-03-31T06:31:09.591Z +/- 500 ms", "serial number 0100000000012f9753df76 issued by"] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}

/// As the documentation of `Policy` has it.
fn historic() -> Policy {
    serde_json::from_str(
        r#"{"levels": {"signing-time-missing": "warn", "algorithm-past-its-date": "warn", "no-usable-timestamp": "warn"}}"#,
    )
    .unwrap()
}

#[test]
fn a_policy_for_historic_material_accepts_what_its_caller_knows_and_says_so() {
    let Some(receipt) = receipt() else { return };
    // The caller knows that the receipt was there on the next day.
    let accepted = report(&receipt, historic(), at("2014-04-01T00:00:00Z"));
    assert_eq!(accepted.indication, Indication::TotalPassed, "{accepted}");
    let warnings = [
        (Subject::Seal, Code::SigningTimeMissing),
        (Subject::SealChain, Code::AlgorithmPastItsDate),
        (Subject::Time, Code::NoUsableTimestamp),
        (Subject::SealChain, Code::RevocationNotChecked),
    ];
    for (subject, code) in warnings {
        assert_eq!(finding(&accepted, subject, code).outcome, Outcome::Warning);
    }
    assert_eq!(accepted.proven_at, None);
    // Until the certificate ends, since nothing proves that the signature is older than that.
    let until = accepted.verifiable_until.unwrap();
    assert_eq!(until.time, at("2018-11-06T09:46:29Z"), "{until:?}");

    // Nothing makes up for a certificate that has expired ...
    let later = report(&receipt, historic(), at("2026-11-22T09:15:04Z"));
    assert_eq!(later.indication, Indication::Indeterminate, "{later}");
    finding(&later, Subject::SealChain, Code::CertificateExpired);
    // ... nor for other content.
    let mut levels = historic();
    assert!(!levels.levels.set(Code::MessageDigestDiffers, Level::Warn));
    let another_receipt = ContentDigests::new([DigestAlgorithm::Sha256.digest(b"another receipt")]);
    let verifier =
        Verifier::new(smals_root(&receipt), TrustAnchors::new(), Environment::Production).with_policy(levels);
    let report = verifier.report_signatures(&receipt, Content::Digests(&another_receipt), at("2014-04-01T00:00:00Z"));
    assert_eq!(report.worst().unwrap().indication, Indication::TotalFailed);
}

/// What an expert adds who knows until when SHA-1 was good: a date, in the place of a warning about any age.
fn dated(sha_1_until: &str) -> Policy {
    let policy = format!(
        r#"{{
            "name": "receipts of 2014",
            "algorithms": {{"digests": [{{"digest": "SHA-1", "past_from": "{sha_1_until}"}}, {{"digest": "SHA-256"}}]}},
            "timestamp_validity": "at-gen-time",
            "levels": {{"signing-time-missing": "warn"}}
        }}"#
    );
    serde_json::from_str(&policy).unwrap()
}

#[test]
fn the_date_of_sha_1_leaves_the_time_open() {
    let Some(receipt) = receipt() else { return };
    let day = at("2014-04-01T00:00:00Z");
    let report = report(&receipt, dated("2017-01-01"), day);
    // SHA-1 is no objection any more, and the time is still not proven: nobody has the certificate of the TSA.
    let objections = [Code::AlgorithmPastItsDate, Code::AlgorithmNotListed];
    assert!(report.findings.iter().all(|finding| !objections.contains(&finding.code)), "{report}");
    assert_eq!((report.indication, report.proven_at), (Indication::Indeterminate, None));
    assert_eq!(report.decided_by.unwrap().code, Code::NoUsableTimestamp, "{report}");
    // A date before the receipt is the same objection as before.
    let earlier = self::report(&receipt, dated("2014-01-01"), day);
    finding(&earlier, Subject::SealChain, Code::AlgorithmPastItsDate);
}

/// A receipt of the same form, made of other keys: no signing-time, a timestamp that does not hold the certificate of its
/// TSA, and certificates that have ended since.
struct Receipt {
    pki: TestPki,
    file: Vec<u8>,
}

const STAMPED: &str = "2014-03-31T06:31:09Z";
const TODAY: &str = "2026-11-22T09:15:04Z";

impl Receipt {
    fn with_imprint(algorithm: DigestAlgorithm) -> Self {
        let pki = TestPki::new(at("2014-03-31T06:31:08Z")).unwrap();
        let mut forge = Forge::seal(b"a receipt", &pki.seal, &pki.seal_chain(), at(STAMPED));
        forge.first().remove(oid::SIGNING_TIME);
        forge.sign(&*pki.seal.signer).unwrap();
        let info = ForgedTstInfo::of(&forge.first().signature, algorithm, at(STAMPED));
        let mut token = Forge::token(&info, &pki.tsa);
        token.certificates.clear();
        token.sign(&*pki.tsa.signer).unwrap();
        forge.first().stamp(&token.to_der());
        let file = forge.to_der();
        Self { pki, file }
    }

    /// Judged with certificates that somebody kept.
    fn report(&self, policy: Policy, kept: &[&Certificate], time: &str) -> Report {
        let verifier = Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Production)
            .with_policy(policy)
            .with_extra_certificates(kept.iter().map(|certificate| (*certificate).clone()).collect());
        let signatures = verifier.report_signatures(&self.file, Content::Attached, at(time));
        signatures.reports.into_iter().next().unwrap()
    }
}

#[track_caller]
fn assert_unproven(report: &Report, subject: Subject, code: Code) {
    assert_eq!((report.indication, report.proven_at), (Indication::Indeterminate, None), "{report}");
    finding(report, subject, code);
}

#[test]
fn an_expert_with_the_certificate_of_the_tsa_proves_the_time_of_a_receipt() {
    let receipt = Receipt::with_imprint(DigestAlgorithm::Sha256);
    let tsa = &receipt.pki.tsa.certificate;
    let proven = receipt.report(dated("2017-01-01"), &[tsa], TODAY);
    assert_eq!(proven.indication, Indication::TotalPassed, "{proven}");
    assert_eq!((proven.proven_at, proven.policy.as_str()), (Some(at(STAMPED)), "receipts of 2014"));
    // What was taken on the expert's own account is in the report.
    assert_eq!(finding(&proven, Subject::Seal, Code::SigningTimeMissing).outcome, Outcome::Warning);
    assert_eq!(finding(&proven, Subject::Timestamp(1), Code::TimestampEndIgnored).outcome, Outcome::Warning);

    // Without the certificate, or with another one, the verdict is the honest one; so it is by the policy of today.
    for kept in [&[][..], &[&receipt.pki.seal.certificate]] {
        let report = receipt.report(dated("2017-01-01"), kept, TODAY);
        assert_unproven(&report, Subject::Timestamp(1), Code::SigningCertificateNotFound);
    }
    let today = receipt.report(Policy::default(), &[tsa], TODAY);
    assert_unproven(&today, Subject::Timestamp(1), Code::TimestampSignerExpired);
}

#[test]
fn a_timestamp_by_sha_1_counts_as_of_a_day_before_its_end() {
    let receipt = Receipt::with_imprint(DigestAlgorithm::Sha1);
    let tsa = &receipt.pki.tsa.certificate;
    let known_on = "2015-12-01T00:00:00Z";
    let proven = receipt.report(dated("2017-01-01"), &[tsa], known_on);
    assert_eq!((proven.indication, proven.proven_at), (Indication::TotalPassed, Some(at(STAMPED))), "{proven}");
    // Today nothing shows that the token is older than the end of SHA-1, and an earlier end leaves no day.
    for (until, time) in [("2017-01-01", TODAY), ("2014-01-01", known_on), ("2015-12-01", known_on)] {
        let report = receipt.report(dated(until), &[tsa], time);
        assert_unproven(&report, Subject::Timestamp(1), Code::AlgorithmPastItsDate);
    }
}
