//! These tests verify proofs after revocation data is no longer published (B-LT), and ask what a revocation does to
//! them.

use crate::common::oid;
use chrono::Duration;
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationDataError, RevocationReason};
use recommande::seal::Artifact;
use recommande::testing::{CertificateSpec, CrlSpec, OcspAnswerSpec, OcspSpec, RevokedSpec, TestPki, Usage};
use recommande::verify::{
    BaselineLevel, Code, ContentPlace, ExistingObject, Indication, Payload, Policy, Report, RevocationKind,
    RevocationPlace, SubIndication, Subject, TsaRevocation, Verifier,
};
use recommande::{Credentials, Environment, ProofOfSending, Sealer};

use crate::common::der::{self, Node};
use crate::common::records::record_over;
use crate::common::{self, Service, now, pool};

fn strict(pki: &TestPki) -> Verifier {
    Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test).with_policy(Policy::strict())
}

/// A proof of sending with the revocation data of both chains, issued an hour before it was sealed.
fn long_term_proof(service: &Service) -> ProofOfSending {
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let sealer: Sealer = service.sealer.clone().with_revocation(&service.pki.seal_revocation(issued, next).unwrap());
    let unstamped = sealer.seal(&common::sending(), now()).unwrap();
    let proof = unstamped.stamp_with(&pool(service.tsa(now()))).unwrap();
    let id = proof.id();
    let proof = proof.with_revocation(&service.pki.tsa_revocation(issued, next).unwrap()).unwrap();
    assert_eq!(proof.id(), id);
    ProofOfSending::from_der(proof.der()).unwrap()
}

fn has(report: &Report, subject: Subject, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.subject == subject && finding.code == code)
}

#[test]
fn a_proof_with_its_revocation_data_passes_the_strict_policy_until_its_tsa_ends() {
    let service = Service::new();
    let proof = long_term_proof(&service);
    for years in [0, 1, 9] {
        let later = now() + Duration::days(1 + 365 * years);
        let report = strict(&service.pki).report(&proof, Payload::NotAvailable, later);
        if years == 9 {
            let verdict = (report.indication, report.sub_indication);
            assert_eq!(verdict, (Indication::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe)), "{report}");
            assert!(has(&report, Subject::Timestamp(1), Code::TimestampSignerExpired), "{report}");
            continue;
        }
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.level, Some(BaselineLevel::BLT));
        assert!(
            has(&report, Subject::SealChain, Code::NotRevoked) && has(&report, Subject::Timestamp(1), Code::NotRevoked)
        );
        assert!(!report.findings.iter().any(|finding| finding.code == Code::RevocationNotChecked));
        assert!(strict(&service.pki).verify(&proof, Payload::NotAvailable, later).is_ok());
    }
}

#[test]
fn a_report_says_what_its_verdict_rests_on() {
    let service = Service::new();
    let proof = long_term_proof(&service);
    // The TSA's clock stands still.
    let stamped_at = now();
    let proof_digest = DigestAlgorithm::Sha256.digest(proof.der());
    let record = crate::common::records::record_over(&service.tsa(stamped_at + Duration::hours(1)), proof_digest);
    let verifier = strict(&service.pki).with_evidence_records([record, b"no record".to_vec()]);
    let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert_eq!((report.policy.as_str(), report.library.starts_with("recommande ")), ("strict", true));
    // Each timestamp and record has a verdict of its own.
    let verdicts: Vec<_> = report
        .timestamps
        .iter()
        .map(|timestamp| (timestamp.valid, timestamp.indication, timestamp.sub_indication))
        .collect();
    assert_eq!(verdicts, [(true, Indication::TotalPassed, None); 2], "{report}");
    let records: Vec<_> =
        report.records.iter().map(|judged| (judged.record, judged.beside, judged.indication)).collect();
    let expected = [
        (Subject::EvidenceRecord(1), true, Indication::TotalPassed),
        (Subject::EvidenceRecord(2), true, Indication::TotalFailed),
    ];
    assert_eq!(records, expected, "{report}");
    assert_eq!(report.records[1].sub_indication, Some(SubIndication::FormatFailure));
    assert_eq!(report.records[0].timestamps, [2]);
    // What is proven to have existed, since when, and by what.
    let existence: Vec<_> = report.existence.iter().map(|proof| (proof.of, proof.since, proof.by)).collect();
    let of_record = stamped_at + Duration::hours(1);
    let expected = [
        (ExistingObject::Signature, stamped_at, Subject::Timestamp(1)),
        (ExistingObject::Timestamp(1), of_record, Subject::EvidenceRecord(1)),
        (ExistingObject::File, of_record, Subject::EvidenceRecord(1)),
    ];
    assert_eq!(existence, expected, "{report}");
    // Each CRL once, with the certificates for which it answered.
    assert_eq!(report.revocation.len(), 3, "{report}");
    for data in &report.revocation {
        assert_eq!((data.kind, data.found_in.as_slice()), (RevocationKind::Crl, &[RevocationPlace::Signature][..]));
        assert_eq!(data.this_update, Some(now() - Duration::hours(1)));
        assert_eq!((data.next_update, data.exists_since), (Some(now() + Duration::days(7)), of_record));
        assert!(data.issuer.as_deref().is_some_and(|issuer| issuer.contains("CA")) && !data.about.is_empty());
        assert!(data.about.iter().all(|about| about.status == "not revoked"), "{report}");
    }
    // The scope, with its digest.
    let scope = report.scope.as_ref().unwrap();
    let statement = recommande::evidence::Codec::Json.encode(proof.stated(), proof.stated_issuer()).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(&statement).to_string();
    assert_eq!((scope.content, scope.digest.as_deref()), (ContentPlace::Attached, Some(digest.as_str())));
    assert!(report.countersignatures.is_empty());
    // All of it is read back, and is there for people.
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    let text = report.to_string();
    for part in ["policy strict", "Evidence records", "Proven to exist", "Revocation data", "thisUpdate", &digest] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // By an end that has passed, a timestamp has its own reason.
    let after = strict(&service.pki).report(&proof, Payload::NotAvailable, now() + Duration::days(3650));
    let verdict = after.timestamps.first().map(|timestamp| (timestamp.indication, timestamp.sub_indication));
    assert_eq!(verdict, Some((Indication::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe))), "{after}");
    assert!(after.existence.is_empty());
}

#[test]
fn without_revocation_data_the_strict_policy_leaves_it_open() {
    let service = Service::new();
    let proof = service.proof();
    let report = strict(&service.pki).report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Subject::Timestamp(1), Code::RevocationDataMissing));
    assert!(has(&report, Subject::SealChain, Code::RevocationDataMissing));
    // The same data from outside serves as well.
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let mut data = service.pki.seal_revocation(issued, next).unwrap();
    data.extend(&service.pki.tsa_revocation(issued, next).unwrap()).unwrap();
    let verifier = strict(&service.pki).with_revocation_data(data);
    let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert_eq!(report.level, Some(BaselineLevel::BT));
}

/// The report on a proof whose seal certificate was revoked at this distance from the sealing.
fn after_revocation(after: Duration, reason: RevocationReason) -> Report {
    let service = Service::new();
    let proof = service.proof();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() + after).with_reason(reason);
    let spec = CrlSpec::new(now() + Duration::days(2), now() + Duration::days(9)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    service.verifier().with_revocation_data(data).report(&proof, Payload::NotAvailable, now() + Duration::days(3))
}

#[test]
fn a_seal_that_was_revoked_before_the_proven_time_does_not_pass() {
    let report = after_revocation(Duration::hours(-1), RevocationReason::Superseded);
    assert_eq!(
        (report.indication, report.sub_indication),
        (Indication::Indeterminate, Some(SubIndication::RevokedNoPoe)),
        "{report}"
    );
    assert!(has(&report, Subject::SealChain, Code::RevokedNoPoe));
}

#[test]
fn a_seal_that_was_revoked_after_the_proven_time_still_proves() {
    let report = after_revocation(Duration::hours(1), RevocationReason::Superseded);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevokedLater));
    let report = after_revocation(Duration::hours(1), RevocationReason::KeyCompromise);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevokedLaterForCompromise));
}

#[test]
fn a_tsa_whose_key_was_compromised_proves_nothing_any_more() {
    for (reason, proves) in [
        (RevocationReason::KeyCompromise, false),
        (RevocationReason::Unspecified, false),
        (RevocationReason::CessationOfOperation, true),
    ] {
        let service = Service::new();
        let proof = service.proof();
        let entry = RevokedSpec::new(&service.pki.tsa.certificate, now() + Duration::days(1)).with_reason(reason);
        let spec = CrlSpec::new(now() + Duration::days(2), now() + Duration::days(9)).with_revoked(&entry);
        let mut data = RevocationData::new();
        data.add_der(&service.pki.tsa_root.issue_crl(&spec).unwrap()).unwrap();
        let verifier = service.verifier().with_revocation_data(data);
        let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(3));
        assert_eq!(report.indication == Indication::TotalPassed, proves, "{reason:?}: {report}");
        assert_eq!(has(&report, Subject::Timestamp(1), Code::TsaKeyCompromised), !proves);
    }
}

/// Nobody says why a certificate is on hold, so that a token needs a proof that it is older, whatever the policy.
#[test]
fn a_token_of_a_tsa_that_was_suspended_since_counts_where_it_is_known_to_be_older() {
    let service = Service::new();
    let (proof, pki) = (service.proof(), &service.pki);
    let entry = RevokedSpec::new(&pki.tsa.certificate, now() + Duration::days(1));
    let entry = entry.with_reason(RevocationReason::CertificateHold);
    let spec = CrlSpec::new(now() + Duration::days(2), now() + Duration::days(9)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&pki.tsa_root.issue_crl(&spec).unwrap()).unwrap();
    let spec = CertificateSpec::tsa("Another TSA", now() - Duration::days(1), now() + Duration::days(99));
    let another = pki.tsa_root.issue(&spec.with_serial(&[99]), pki.seal.signer.clone()).unwrap();
    let record_after = |hours| {
        let tsa = service.tsa(now() + Duration::hours(hours)).with_key(another.clone());
        record_over(&tsa, DigestAlgorithm::Sha256.digest(proof.der()))
    };
    for tsa_revocation in [TsaRevocation::KeepsOlderTimestamps, TsaRevocation::NeedsProof] {
        let verifier = |records: Vec<Vec<u8>>| {
            let policy = Policy { tsa_revocation, ..Policy::default() };
            service.verifier().with_policy(policy).with_revocation_data(data.clone()).with_evidence_records(records)
        };
        let report = |records| verifier(records).report(&proof, Payload::NotAvailable, now() + Duration::days(3));
        let covered = report(vec![record_after(12)]);
        assert_eq!(covered.indication, Indication::TotalPassed, "{covered}");
        assert!(has(&covered, Subject::Timestamp(1), Code::RevokedLater), "{covered}");
        for records in [Vec::new(), vec![record_after(36)]] {
            let report = report(records);
            assert!(has(&report, Subject::Timestamp(1), Code::CertificateOnHold), "{report}");
            assert!(!report.timestamps[0].valid, "{report}");
            assert_ne!(report.indication, Indication::TotalPassed, "{report}");
        }
    }
}

#[test]
fn revocation_data_of_a_stranger_does_not_count() {
    let service = Service::new();
    let stranger = Service::new();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::days(1));
    let spec = CrlSpec::new(now() - Duration::hours(1), now() + Duration::days(9)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&stranger.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let proof = service.proof().with_revocation(&data).unwrap();
    let report = service.verifier().report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevocationNotAuthenticated), "{report}");
    let strict = strict(&service.pki).report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(
        (strict.indication, strict.sub_indication),
        (Indication::Indeterminate, Some(SubIndication::NoPoe)),
        "{strict}"
    );
}

/// Nobody is told less than there is: what stands among the revocation data and is none is named, once for each reason.
#[test]
fn what_cannot_be_read_among_the_revocation_data_is_said() {
    let service = Service::new();
    let proof = long_term_proof(&service);
    let at = now() + Duration::days(1);
    let junk = der::node(0x30, vec![der::octets(0x04, b"no list")]);
    let of_another_kind = der::node(0xa1, vec![der::oid(oid::MIME_TYPE), der::octets(0x04, b"of another kind")]);
    let crls = Node::parse(proof.der()).with(|file| {
        let crls = file.at_mut(&[1, 0, 4]);
        assert_eq!(crls.tag, 0xa1);
        crls.children_mut().extend([junk.clone(), junk.clone(), of_another_kind]);
    });
    let lists = vec![der::node(0xa0, vec![der::node(0x30, vec![junk])]), der::node(0xa2, Vec::new())];
    let values = der::attribute(oid::REVOCATION_VALUES, vec![der::node(0x30, lists)]);
    let cases = [
        (crls, ["crls: format that is not supported: 0.4.", "crls: neither a CRL nor"]),
        (
            Node::parse(proof.der()).with_unsigned(values),
            ["revocation-values: format that is not supported: otherRevVals", "revocation-values: neither a CRL nor"],
        ),
    ];
    let without = strict(&service.pki).report(&proof, Payload::NotAvailable, at);
    assert!(!without.findings.iter().any(|finding| finding.code == Code::RevocationDataSetAside), "{without}");
    for (file, expected) in cases {
        let changed = ProofOfSending::from_der(&file.to_der()).unwrap();
        let report = strict(&service.pki).report(&changed, Payload::NotAvailable, at);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.indication, without.indication);
        let said: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.code == Code::RevocationDataSetAside)
            .map(|finding| [&finding.stated, &finding.computed].map(|text| text.clone().unwrap_or_default()).join(": "))
            .collect();
        assert_eq!(said.len(), expected.len(), "{report}");
        assert!(said.iter().zip(expected).all(|(said, expected)| said.starts_with(expected)), "{said:?}");
        assert!(strict(&service.pki).verify(&changed, Payload::NotAvailable, at).is_ok());
    }
}

#[test]
fn a_level_is_what_the_revocation_data_answers_for() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let level = |proof: &ProofOfSending| {
        service.verifier().report(proof, Payload::NotAvailable, now() + Duration::days(1)).level
    };
    let stranger = Service::new().pki.seal_revocation(issued, next).unwrap();
    assert_eq!(level(&service.proof().with_revocation(&stranger).unwrap()), Some(BaselineLevel::BT));
    let of_seal_alone = service.pki.seal_revocation(issued, next).unwrap();
    assert_eq!(level(&service.proof().with_revocation(&of_seal_alone).unwrap()), Some(BaselineLevel::BT));
    assert_eq!(level(&long_term_proof(&service)), Some(BaselineLevel::BLT));
}

/// id-kp-emailProtection, RFC 5280 §4.2.1.12.
const EMAIL_PROTECTION: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");

#[test]
fn a_responder_that_need_not_be_asked_about_is_asked_about_when_it_seals() {
    let service = Service::new();
    let (not_before, not_after) = (now() - Duration::days(1), now() + Duration::days(9));
    let spec = CertificateSpec::seal("Sealing Responder", not_before, not_after)
        .with_extended_key_usage(&[oid::OCSP_SIGNING, EMAIL_PROTECTION])
        .with_extension(oid::OCSP_NOCHECK, vec![0x05, 0x00]);
    let key = service.pki.intermediate.issue(&spec, service.pki.seal.signer.clone()).unwrap();
    let mut chain = service.pki.seal_chain();
    chain[0] = key.certificate.clone();
    let credentials = Credentials::new(key.signer.clone(), chain).unwrap();
    let sealer = Sealer::new(credentials, common::issuer(Environment::Test));
    let proof = sealer.seal(&common::sending(), now()).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
    let entry = RevokedSpec::new(&key.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let verifier = service.verifier().with_revocation_data(data);
    let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(1));
    assert_eq!(report.sub_indication, Some(SubIndication::RevokedNoPoe), "{report}");
}

/// Revocation data inside a proof is not authenticated by the seal: whoever has the file can take it out. What it
/// proves has to come from outside, or be required.
#[test]
fn a_revocation_that_was_taken_out_leaves_a_warning_and_the_strict_policy_open() {
    let service = Service::new();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let bare = service.proof();
    let telling = bare.clone().with_revocation(&data).unwrap();
    let at = now() + Duration::days(1);
    assert_eq!(
        service.verifier().report(&telling, Payload::NotAvailable, at).sub_indication,
        Some(SubIndication::RevokedNoPoe)
    );
    let report = service.verifier().report(&bare, Payload::NotAvailable, at);
    assert!(has(&report, Subject::SealChain, Code::RevocationNotChecked));
    assert_ne!(strict(&service.pki).report(&bare, Payload::NotAvailable, at).indication, Indication::TotalPassed);
}

/// Whoever makes an artifact can put anything beside its signature.
#[test]
fn junk_inside_does_not_drown_the_revocation_that_the_caller_knows() {
    let service = Service::new();
    let stranger = Service::new();
    let mut junk = RevocationData::new();
    for number in 0..300 {
        let spec = CrlSpec::new(now(), now() + Duration::days(7))
            .with_number(number)
            .with_issuer(service.pki.intermediate.certificate.subject_der().to_vec());
        junk.add_der(&stranger.pki.tsa.issue_crl(&spec).unwrap()).unwrap();
    }
    let proof = service.proof().with_revocation(&junk).unwrap();
    let at = now() + Duration::days(1);
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let report = service.verifier().with_revocation_data(data).report(&proof, Payload::NotAvailable, at);
    assert!(has(&report, Subject::SealChain, Code::RevokedNoPoe), "{report}");
    // And without the caller's knowledge, what was not worked through is no all-clear.
    let report = service.verifier().report(&proof, Payload::NotAvailable, at);
    assert_ne!(report.indication, Indication::TotalPassed, "{report}");
}

/// Neither can anything that stands there as a certificate of whoever signed the caller's lists.
#[test]
fn impostors_inside_do_not_drown_the_signer_of_the_list_that_the_caller_knows() {
    let service = Service::new();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(30));
    let key = service.pki.tsa.signer.clone();
    let name = service.pki.intermediate.certificate.subject_der().to_vec();
    let spec = CertificateSpec::new("Lists", from, until).with_subject(name).with_key_usage(&[Usage::CrlSign]);
    let lists = service.pki.root.issue(&spec.clone().with_serial(&[7]), key.clone()).unwrap();
    // All with the same key identifier, so that nothing tells them apart but the signature.
    let identifier = der::octets(0x04, lists.certificate.subject_key_identifier().unwrap()).to_der();
    let impostors = (0..400_u16).map(|number| {
        let spec = spec.clone().with_serial(&number.to_be_bytes()).without_key_identifiers();
        let spec = spec.with_extension(oid::SUBJECT_KEY_IDENTIFIER, identifier.clone());
        let issuer = service.pki.root.certificate.subject_der();
        let signer = &service.pki.seal.signer;
        Node::parse(&spec.to_der(signer.public_key(), issuer, signer.as_ref()).unwrap())
    });
    let file = Node::parse(service.proof().der())
        .with(|file| file.at_mut(der::CERTIFICATES).children_mut().extend(impostors))
        .to_der();
    let entry = RevokedSpec::new(&service.pki.seal.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7));
    let mut data = RevocationData::new();
    data.add_der(&lists.issue_crl(&spec.clone().with_revoked(&entry)).unwrap()).unwrap();
    data.add_der(&service.pki.root.issue_crl(&spec).unwrap()).unwrap();
    let verifier = service.verifier().with_revocation_data(data).with_extra_certificates(vec![lists.certificate]);
    for file in [service.proof().der(), &file] {
        let proof = ProofOfSending::from_der(file).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(1));
        assert!(has(&report, Subject::SealChain, Code::RevokedNoPoe), "{report}");
    }
}

#[test]
fn an_authority_whose_key_was_compromised_takes_its_tsa_with_it() {
    let service = Service::new();
    // The throwaway TSA hangs under its root; here an authority stands between that can be revoked.
    let (not_before, not_after) = (now() - Duration::days(2), now() + Duration::days(400));
    let spec = CertificateSpec::authority("Test TSA CA", not_before, not_after);
    let authority = service.pki.tsa_root.issue(&spec, service.pki.intermediate.signer.clone()).unwrap();
    let spec = CertificateSpec::tsa("Test TSA 2", not_before, not_after);
    let tsa = authority.issue(&spec, service.pki.tsa.signer.clone()).unwrap();
    let proof = service.sealed().stamp_with(&pool(service.tsa(now()).with_key(tsa))).unwrap();
    let entry =
        RevokedSpec::new(&authority.certificate, now() + Duration::days(1)).with_reason(RevocationReason::CaCompromise);
    let spec = CrlSpec::new(now() + Duration::days(2), now() + Duration::days(9)).with_revoked(&entry);
    let mut data = RevocationData::new();
    data.add_der(&service.pki.tsa_root.issue_crl(&spec).unwrap()).unwrap();
    let verifier =
        service.verifier().with_extra_certificates(vec![authority.certificate.clone()]).with_revocation_data(data);
    let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(3));
    assert!(has(&report, Subject::Timestamp(1), Code::TsaKeyCompromised), "{report}");
    assert_ne!(report.indication, Indication::TotalPassed);
}

#[test]
fn revocation_data_from_the_future_or_backwards_in_time_says_nothing() {
    let service = Service::new();
    let at = now() + Duration::days(1);
    for (this_update, next_update) in [
        (now() + Duration::days(400), now() + Duration::days(410)),
        (now() + Duration::hours(2), now() + Duration::hours(1)),
    ] {
        let mut data = service.pki.seal_revocation(this_update, next_update).unwrap();
        data.extend(&service.pki.tsa_revocation(this_update, next_update).unwrap()).unwrap();
        let report =
            strict(&service.pki).with_revocation_data(data).report(&service.proof(), Payload::NotAvailable, at);
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert!(has(&report, Subject::Timestamp(1), Code::RevocationInTheFuture), "{report}");
    }
}

#[test]
fn revocation_data_signed_with_what_proves_nothing_any_more_does_not_count() {
    let service = Service::new();
    let mut policy = Policy::strict();
    let proof = long_term_proof(&service);
    // The table says of elliptic keys that they prove nothing from a day on: for whatever is not covered by then, the
    // CRLs among it.
    let day = (now() + Duration::days(30)).date_naive();
    policy.algorithms.keys.iter_mut().for_each(|row| row.past_from = Some(day));
    let verifier = strict(&service.pki).with_policy(policy);
    let report = verifier.report(&proof, Payload::NotAvailable, now() + Duration::days(31));
    assert!(
        has(&report, Subject::SealChain, Code::RevocationAlgorithmPastItsDate) || report.proven_at.is_none(),
        "{report}"
    );
    assert_ne!(report.indication, Indication::TotalPassed);
}

#[test]
fn a_responder_about_which_nothing_is_known_is_said_to_be_one() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let spec = CertificateSpec::ocsp_responder("Responder", now() - Duration::days(1), now() + Duration::days(9))
        .without_extension(oid::OCSP_NOCHECK);
    let responder = service.pki.intermediate.issue(&spec, service.pki.tsa.signer.clone()).unwrap();
    let answer = OcspAnswerSpec::new(
        &service.pki.seal.certificate,
        &service.pki.intermediate.certificate,
        OcspStatus::Good,
        issued,
    );
    let answer = answer.with_next_update(next);
    let spec = OcspSpec::new(issued, answer).with_certificates(vec![responder.certificate.clone()]);
    let mut data = service.pki.tsa_revocation(issued, next).unwrap();
    data.add_der(&responder.answer_ocsp(&spec).unwrap()).unwrap();
    // Beside it, a list that is set aside for an extension that nobody knows.
    let list = CrlSpec::new(issued, next).with_critical_extension(oid::COMMON_NAME, vec![0x05, 0x00]);
    data.add_der(&service.pki.intermediate.issue_crl(&list).unwrap()).unwrap();
    let report = service.verifier().with_revocation_data(data).report(
        &service.proof(),
        Payload::NotAvailable,
        now() + Duration::days(1),
    );
    assert!(has(&report, Subject::SealChain, Code::RevocationSignerUnknown), "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevocationDataSetAside), "{report}");
}

#[test]
fn a_date_from_which_the_issuer_calls_a_certificate_invalid_is_shown_and_warned_of() {
    let service = Service::new();
    let at = now() + Duration::days(1);
    let report = |invalid_since| {
        let entry = RevokedSpec::new(&service.pki.seal.certificate, now() + Duration::hours(1))
            .with_reason(RevocationReason::Superseded)
            .with_invalidity_date(invalid_since);
        let spec = CrlSpec::new(at, at + Duration::days(7)).with_revoked(&entry);
        let mut data = RevocationData::new();
        data.add_der(&service.pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
        service.verifier().with_revocation_data(data).report(&service.proof(), Payload::NotAvailable, at)
    };
    let before = report(now() - Duration::hours(1));
    assert_eq!(before.indication, Indication::TotalPassed, "{before}");
    let finding = before.findings.iter().find(|finding| finding.code == Code::RevokedLaterInvalidBefore).unwrap();
    assert!(finding.computed.as_ref().unwrap().contains("invalid since 2026-11-22T08:15:04Z"), "{finding}");
    let after = report(now() + Duration::minutes(30));
    assert!(has(&after, Subject::SealChain, Code::RevokedLater), "{after}");
}

#[test]
fn an_ocsp_answer_is_taken_up_with_the_nonce_that_was_sent_and_no_other() {
    let service = Service::new();
    let pki = &service.pki;
    let answer = |spec: fn(OcspSpec) -> OcspSpec| {
        let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, OcspStatus::Good, now());
        pki.intermediate.answer_ocsp(&spec(OcspSpec::new(now(), answer))).unwrap()
    };
    let (with, without) = (answer(|spec| spec.with_nonce(b"0123456789abcdef")), answer(|spec| spec));
    let mut data = RevocationData::new();
    let refused = data.add_ocsp_answer(&with, b"another nonce 16");
    assert_eq!(refused, Err(RevocationDataError::NonceDiffers));
    assert_eq!(data.add_ocsp_answer(&with, b""), Err(RevocationDataError::NonceDiffers));
    assert_eq!(data.add_ocsp_answer(&without, b"0123456789abcdef"), Err(RevocationDataError::NonceMissing));
    assert!(data.is_empty());
    data.add_ocsp_answer(&with, b"0123456789abcdef").unwrap();
    assert_eq!(data.ocsp_responses().len(), 1);
    data.add_der(&without).unwrap();
}
