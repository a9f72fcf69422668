//! These tests ask what lies beside one signer of a file and is about another one.

use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::Certificate;
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, Forge, ForgedTstInfo, RevokedSpec, TestPki, TestTsa, generate_key,
};
use recommande::verify::{BaselineLevel, Code, Content, Indication, Report, RevocationPlace, SubIndication};
use recommande::{Environment, Verifier};

use crate::common::records::record_over;
use crate::common::{has, later, now};

/// A file with two signers. The second one has a timestamp whose token carries these CRLs.
fn signed_twice(pki: &TestPki, second: &CertifiedKey, crls: &[Vec<u8>]) -> Vec<u8> {
    let chain = [pki.seal.certificate.clone(), pki.intermediate.certificate.clone()];
    let mut forge = Forge::seal(b"content", &pki.seal, &chain, now());
    forge.sign(&*pki.seal.signer).unwrap();
    let mut by_second = Forge::seal(b"content", second, std::slice::from_ref(&second.certificate), now());
    by_second.sign(&*second.signer).unwrap();
    let signature = by_second.first().signature.clone();
    let info = ForgedTstInfo::of(&signature, DigestAlgorithm::Sha256, now() + Duration::minutes(1));
    let mut token = Forge::token(&info, &pki.tsa);
    token.crls = crls.to_vec();
    token.sign(&*pki.tsa.signer).unwrap();
    by_second.first().stamp(&token.to_der());
    forge.certificates.extend(by_second.certificates);
    forge.signers.extend(by_second.signers);
    forge.to_der()
}

/// The report on the first signer, which has no timestamp of its own, and that on the second one.
fn reports(pki: &TestPki, file: &[u8], records: &[Vec<u8>]) -> [Report; 2] {
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let verifier = verifier.with_evidence_records(records.to_vec());
    let mut reports = verifier.report_signatures(file, Content::Attached, later()).reports;
    reports.sort_by_key(|report| report.timestamps.len());
    reports.try_into().expect("two reports")
}

struct Signers {
    pki: TestPki,
    second: CertifiedKey,
}

impl Signers {
    fn new() -> Self {
        let pki = TestPki::new(now()).unwrap();
        let spec = CertificateSpec::seal("Second Seal", now() - Duration::days(1), now() + Duration::days(700));
        let key = generate_key(&KeyKind::EcP256).unwrap();
        let second = pki.intermediate.issue(&spec.with_serial(&[77]), key).unwrap();
        Self { pki, second }
    }

    fn judged(&self, crls: &[Vec<u8>]) -> [Report; 2] {
        reports(&self.pki, &signed_twice(&self.pki, &self.second, crls), &[])
    }

    /// Lists of both authorities, the lower of which has revoked these certificates.
    fn lists(&self, revoked: &[&Certificate]) -> Vec<Vec<u8>> {
        let fresh = || CrlSpec::new(now() + Duration::hours(2), later() + Duration::days(7));
        let entry = |spec: CrlSpec, certificate: &&Certificate| {
            spec.with_revoked(&RevokedSpec::new(certificate, now() + Duration::hours(1)))
        };
        let listed = revoked.iter().fold(fresh(), entry);
        vec![self.pki.intermediate.issue_crl(&listed).unwrap(), self.pki.root.issue_crl(&fresh()).unwrap()]
    }
}

#[test]
fn a_revocation_counts_that_lies_beside_another_signer() {
    let signers = Signers::new();
    let [first, second] = signers.judged(&signers.lists(&[&signers.pki.seal.certificate]));
    assert_eq!(first.sub_indication, Some(SubIndication::RevokedNoPoe), "{first}");
    assert!(has(&first, Code::RevokedNoPoe));
    assert_eq!(second.indication, Indication::TotalPassed, "{second}");
    let [first, second] = signers.judged(&signers.lists(&[&signers.second.certificate]));
    assert_eq!(first.indication, Indication::TotalPassed, "{first}");
    // A timestamp is older than that revocation.
    assert!(has(&second, Code::RevokedLater), "{second}");
}

/// What lies beside another signer answers, and gives no level to a signature that does not carry it.
#[test]
fn data_beside_another_signer_is_no_part_of_the_level() {
    let signers = Signers::new();
    let [first, second] = signers.judged(&signers.lists(&[]));
    assert!(has(&first, Code::NotRevoked) && !has(&first, Code::RevocationNotChecked), "{first}");
    // Each report says where the data lies, as seen from its own signer.
    let places = |report: &Report| report.revocation.iter().flat_map(|data| data.found_in.clone()).collect::<Vec<_>>();
    assert_eq!(places(&first), [RevocationPlace::OtherSigner; 2], "{first}");
    assert_eq!(places(&second), [RevocationPlace::Timestamp(1); 2], "{second}");
    assert_eq!((first.level, second.level), (Some(BaselineLevel::BB), Some(BaselineLevel::BT)), "{second}");
    let [first, second] = signers.judged(&[]);
    assert!(has(&first, Code::RevocationNotChecked) && has(&second, Code::RevocationNotChecked), "{first}");
}

/// A record is over the tokens of all signers, and so is known since its time what lies in them.
#[test]
fn a_record_proves_what_lies_beside_another_signer() {
    let signers = Signers::new();
    let file = signed_twice(&signers.pki, &signers.second, &signers.lists(&[]));
    let stamped_at = now() + Duration::hours(3);
    let tsa = TestTsa::new(&signers.pki).with_clock(move || stamped_at);
    let record = record_over(&tsa, DigestAlgorithm::Sha256.digest(&file));
    let of_another_file = record_over(&tsa, DigestAlgorithm::Sha256.digest(b"another file"));
    for (record, since) in [(record, stamped_at), (of_another_file, later())] {
        for report in reports(&signers.pki, &file, &[record]) {
            let known: Vec<_> = report.revocation.iter().map(|data| data.exists_since).collect();
            assert_eq!(known, [since; 2], "{report}");
        }
    }
}
