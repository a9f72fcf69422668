//! These tests ask which of several certification paths the verdict rests on.

use crate::common::der::{CERTIFICATES, Node, node, octets};
use crate::common::oid;
use crate::common::{self, Service, has, later, now};
use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::Environment;
use recommande::pki::revocation::{RevocationData, RevocationReason};
use recommande::pki::{Certificate, TrustAnchors};
use recommande::seal::ProofOfSending;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, RevokedSpec, TestTsa, generate_key};
use recommande::verify::{Code, Indication, Outcome, Payload, Policy, Report, RevocationRule, SubIndication, Verifier};

/// A service whose seal CA is certified by two roots, with the same key.
struct Crossed {
    service: Service,
    other_root: CertifiedKey,
    cross: CertifiedKey,
}

impl Crossed {
    fn new() -> Self {
        Self::by(&KeyKind::EcP256)
    }

    /// The other root has a key of this kind.
    fn by(kind: &KeyKind) -> Self {
        let service = Service::new();
        let (from, until) = (now() - Duration::days(1), now() + Duration::days(3000));
        let root = CertificateSpec::authority("Other Root CA", from, until);
        let other_root = root.self_signed(generate_key(kind).unwrap()).unwrap();
        let cross = CertificateSpec::authority("Test Seal CA", from, until).with_authority(Some(0));
        let cross = other_root.issue(&cross, service.pki.intermediate.signer.clone()).unwrap();
        Self { service, other_root, cross }
    }

    fn verifier(&self, data: RevocationData, rule: RevocationRule) -> Verifier {
        let mut anchors = self.service.pki.seal_anchors();
        anchors.add(self.other_root.certificate.clone());
        Verifier::new(anchors, self.service.pki.tsa_anchors(), Environment::Test)
            .with_extra_certificates(vec![self.cross.certificate.clone()])
            .with_revocation_data(data)
            .with_policy(Policy { revocation: rule, ..Policy::default() })
    }

    /// The CRLs of all, with these certificates revoked before the sealing.
    fn data(&self, revoked: &[&Certificate], reason: RevocationReason) -> RevocationData {
        let pki = &self.service.pki;
        let mut data = RevocationData::new();
        for issuer in [&pki.root, &self.other_root, &pki.intermediate, &pki.tsa_root] {
            let mut spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7));
            for certificate in
                revoked.iter().filter(|certificate| certificate.issuer_der() == issuer.certificate.subject_der())
            {
                spec =
                    spec.with_revoked(&RevokedSpec::new(certificate, now() - Duration::hours(1)).with_reason(reason));
            }
            data.add_der(&issuer.issue_crl(&spec).unwrap()).unwrap();
        }
        data
    }

    fn report(&self, data: RevocationData, rule: RevocationRule) -> Report {
        self.verifier(data, rule).report(&self.service.proof(), Payload::NotAvailable, later())
    }

    fn both(&self) -> [&Certificate; 2] {
        [&self.service.pki.intermediate.certificate, &self.cross.certificate]
    }
}

#[test]
fn a_revoked_cross_certificate_is_got_round_by_another_path() {
    let crossed = Crossed::new();
    let mut set_aside = 0;
    for revoked in crossed.both() {
        for rule in [RevocationRule::Required, RevocationRule::IfPresent] {
            let report = crossed.report(crossed.data(&[revoked], RevocationReason::Superseded), rule);
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            assert!(!has(&report, Code::IssuerRevoked), "{report}");
            set_aside += report.findings.iter().filter(|finding| finding.code == Code::ChainSetAside).count();
        }
    }
    // One of the two is found first; then the report says what was tried before.
    assert_eq!(set_aside, 2);
}

#[test]
fn with_no_path_left_the_verdict_is_the_first_ones_and_the_report_says_what_was_tried() {
    let crossed = Crossed::new();
    let report = crossed.report(crossed.data(&crossed.both(), RevocationReason::Superseded), RevocationRule::IfPresent);
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Code::IssuerRevoked) && has(&report, Code::ChainSetAside), "{report}");
}

#[test]
fn a_compromised_key_is_not_got_round_by_its_other_certificate() {
    let crossed = Crossed::new();
    // Nor is one of which nobody says why it was revoked.
    let reasons = [RevocationReason::CaCompromise, RevocationReason::KeyCompromise, RevocationReason::Unspecified];
    let rules = [RevocationRule::Required, RevocationRule::IfPresent];
    for (reason, rule) in reasons.into_iter().flat_map(|reason| rules.map(|rule| (reason, rule))) {
        let reports = crossed.both().map(|revoked| {
            let verifier = crossed.verifier(crossed.data(&[revoked], reason), rule);
            verifier.report(&crossed.service.proof(), Payload::NotAvailable, later())
        });
        // Whichever path is found first.
        for report in reports {
            assert_eq!(report.indication, Indication::Indeterminate, "{reason:?}: {report}");
            assert!(has(&report, Code::IssuerRevoked), "{reason:?}: {report}");
        }
    }
}

#[test]
fn a_key_that_was_revoked_later_is_not_held_against_what_is_older() {
    let crossed = Crossed::new();
    for revoked in crossed.both() {
        let pki = &crossed.service.pki;
        let mut data = RevocationData::new();
        for issuer in [&pki.root, &crossed.other_root, &pki.intermediate, &pki.tsa_root] {
            let mut spec = CrlSpec::new(now() + Duration::hours(2), now() + Duration::days(7));
            if revoked.issuer_der() == issuer.certificate.subject_der() {
                let entry = RevokedSpec::new(revoked, now() + Duration::hours(1));
                spec = spec.with_revoked(&entry.with_reason(RevocationReason::CaCompromise));
            }
            data.add_der(&issuer.issue_crl(&spec).unwrap()).unwrap();
        }
        let verifier = crossed.verifier(data, RevocationRule::Required);
        let report = verifier.report(&crossed.service.proof(), Payload::NotAvailable, now() + Duration::days(1));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}

/// A verifier that has seen the one path is none the wiser about the other.
#[test]
fn what_a_verifier_saw_before_does_not_whitewash_a_key() {
    for number in 0..8 {
        let crossed = Crossed::new();
        let data = crossed.data(&[crossed.both()[number % 2]], RevocationReason::KeyCompromise);
        let verifier = crossed.verifier(data, RevocationRule::IfPresent);
        let proof = crossed.service.proof();
        // Any order of questions; the paths are remembered.
        for _ in 0..2 {
            let report = verifier.report(&proof, Payload::NotAvailable, later());
            assert!(has(&report, Code::IssuerRevoked), "{report}");
            assert!(verifier.verify(&proof, Payload::NotAvailable, later()).is_err());
        }
    }
}

#[test]
fn what_is_known_about_one_path_is_preferred_where_it_is_required() {
    let crossed = Crossed::new();
    let pki = &crossed.service.pki;
    for root in [&pki.root, &crossed.other_root] {
        let mut data = RevocationData::new();
        for issuer in [root, &pki.intermediate, &pki.tsa_root] {
            let spec = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7));
            data.add_der(&issuer.issue_crl(&spec).unwrap()).unwrap();
        }
        let report = crossed.report(data, RevocationRule::Required);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}

#[test]
fn a_revoked_seal_certificate_is_not_got_round() {
    let crossed = Crossed::new();
    let data = crossed.data(&[&crossed.service.pki.seal.certificate], RevocationReason::Superseded);
    let report = crossed.report(data, RevocationRule::IfPresent);
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Code::RevokedNoPoe), "{report}");
    assert!(!has(&report, Code::ChainSetAside), "{report}");
}

#[test]
fn a_tsas_revoked_authority_is_got_round_too() {
    let service = Service::new();
    let (from, until) = (now() - Duration::days(2), now() + Duration::days(400));
    let key = || generate_key(&KeyKind::EcP256).unwrap();
    let authority = CertificateSpec::authority("Test TSA CA", from, until);
    let first = service.pki.tsa_root.issue(&authority, key()).unwrap();
    let authority = authority.with_serial(&[77]);
    let second = service.pki.tsa_root.issue(&authority, first.signer.clone()).unwrap();
    let tsa = first.issue(&CertificateSpec::tsa("Test TSA 2", from, until), key()).unwrap();
    let tsa = TestTsa::new(&service.pki).with_clock(|| now() + Duration::seconds(2)).with_key(tsa);
    let proof = service.sealed().stamp_with(&common::pool(tsa)).unwrap();
    for revoked in [&first, &second] {
        let entry = RevokedSpec::new(&revoked.certificate, now() - Duration::hours(1));
        let entry = entry.with_reason(RevocationReason::Superseded);
        let spec = CrlSpec::new(now(), now() + Duration::days(7)).with_revoked(&entry);
        let mut data = RevocationData::new();
        data.add_der(&service.pki.tsa_root.issue_crl(&spec).unwrap()).unwrap();
        let extra = [&first, &second].map(|key| key.certificate.clone()).into();
        let verifier = service.verifier().with_extra_certificates(extra).with_revocation_data(data);
        let report = verifier.report(&proof, Payload::NotAvailable, later());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}

#[test]
fn a_critical_extension_of_the_anchor_that_nobody_reads_is_said() {
    let mut pki = recommande::testing::TestPki::new(now()).unwrap();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(3000));
    let spec = CertificateSpec::authority("Test Root CA", from, until)
        .with_critical_extension(oid::PRIVATE_KEY_USAGE_PERIOD, vec![0x30, 0x00]);
    pki.root = spec.self_signed(pki.root.signer.clone()).unwrap();
    let authority = CertificateSpec::authority("Test Seal CA", from, until);
    pki.intermediate = pki.root.issue(&authority, pki.intermediate.signer.clone()).unwrap();
    pki.seal = pki.intermediate.issue(&CertificateSpec::seal("Test Seal", from, until), pki.seal.signer).unwrap();
    let service = Service::with_pki(pki);
    let report = service.report(&service.proof());
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    let said = report.findings.iter().find(|finding| finding.code == Code::AnchorExtensionIgnored);
    assert_eq!(said.map(|finding| finding.outcome), Some(Outcome::Information), "{report}");
}

#[test]
fn a_critical_demand_to_look_up_a_list_is_not_left_out() {
    let mut pki = recommande::testing::TestPki::new(now()).unwrap();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(300));
    // One point with fullName, a URI.
    let uri = octets(0x86, b"http://crl.example/seal.crl");
    let points = node(0x30, vec![node(0x30, vec![node(0xa0, vec![node(0xa0, vec![uri])])])]).to_der();
    let spec =
        CertificateSpec::seal("Test Seal", from, until).with_critical_extension(oid::CRL_DISTRIBUTION_POINTS, points);
    pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
    let service = Service::with_pki(pki);
    let report = |data: RevocationData, rule| {
        let verifier = service.verifier().with_policy(Policy { revocation: rule, ..Policy::default() });
        verifier.with_revocation_data(data).report(&service.proof(), Payload::NotAvailable, later())
    };
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    // Nothing looks it up; there is nothing; there is something about another certificate only.
    let elsewhere = service.pki.tsa_revocation(issued, next).unwrap();
    for (data, rule) in [
        (service.pki.seal_revocation(issued, next).unwrap(), RevocationRule::Ignore),
        (RevocationData::new(), RevocationRule::IfPresent),
        (elsewhere, RevocationRule::IfPresent),
    ] {
        let report = report(data, rule);
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert_eq!(report.sub_indication, Some(SubIndication::ChainConstraintsFailure), "{report}");
        assert!(has(&report, Code::DistributionPointsNotProcessed), "{report}");
    }
    let report = report(service.pki.seal_revocation(issued, next).unwrap(), RevocationRule::IfPresent);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(!has(&report, Code::DistributionPointsNotProcessed), "{report}");
}

#[test]
fn a_path_with_a_signature_that_proves_nothing_any_more_is_got_round() {
    let mut policy = Policy::default();
    for row in policy.algorithms.digests.iter_mut().filter(|row| row.digest == DigestAlgorithm::Sha384) {
        row.past_from = Some("2020-01-01".parse().unwrap());
    }
    // Which path is found first is left to the fingerprints.
    let (mut weak_first, mut strong_first) = (0, 0);
    while (weak_first == 0 || strong_first == 0) && weak_first + strong_first < 64 {
        let crossed = Crossed::by(&KeyKind::EcP384);
        let verifier = crossed.verifier(RevocationData::new(), RevocationRule::IfPresent).with_policy(policy.clone());
        // The second time the path is known.
        for _ in 0..2 {
            let report = verifier.report(&crossed.service.proof(), Payload::NotAvailable, later());
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            assert!(!has(&report, Code::AlgorithmPastItsDate), "{report}");
            *(if has(&report, Code::ChainSetAside) { &mut weak_first } else { &mut strong_first }) += 1;
        }
        // With nothing else, it is what there is.
        let anchors = TrustAnchors::from_iter([crossed.other_root.certificate.clone()]);
        let verifier = Verifier::new(anchors, crossed.service.pki.tsa_anchors(), Environment::Test)
            .with_extra_certificates(vec![crossed.cross.certificate.clone()])
            .with_policy(policy.clone());
        let report = verifier.report(&crossed.service.proof(), Payload::NotAvailable, later());
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert!(has(&report, Code::AlgorithmPastItsDate) && has(&report, Code::ChainValid), "{report}");
    }
    assert!(weak_first > 0 && strong_first > 0);
}

/// The search for other certificates of a key can be cut short by whoever made the file, not got round by that.
#[test]
fn impostors_inside_do_not_keep_a_compromised_key_from_being_found_out() {
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(3000));
    for _ in 0..4 {
        let crossed = Crossed::new();
        let genuine = &crossed.service.pki.intermediate.certificate;
        let identifier = octets(0x04, genuine.subject_key_identifier().unwrap()).to_der();
        // Each with a key of its own, so that each takes a signature check.
        let impostors = (0..300).map(|_| {
            let spec = CertificateSpec::authority("Test Seal CA", from, until)
                .without_key_identifiers()
                .with_extension(oid::SUBJECT_KEY_IDENTIFIER, identifier.clone());
            let key = generate_key(&KeyKind::EcP256).unwrap();
            Node::parse(&spec.to_der(key.public_key(), genuine.issuer_der(), key.as_ref()).unwrap())
        });
        let file = Node::parse(crossed.service.proof().der())
            .with(|file| file.at_mut(CERTIFICATES).children_mut().extend(impostors))
            .to_der();
        let proof = ProofOfSending::from_der(&file).unwrap();
        for revoked in crossed.both() {
            let verifier =
                crossed.verifier(crossed.data(&[revoked], RevocationReason::KeyCompromise), RevocationRule::IfPresent);
            // The second time with a path that is remembered.
            for genuine in [&proof, &crossed.service.proof(), &proof] {
                let report = verifier.report(genuine, Payload::NotAvailable, later());
                assert_ne!(report.indication, Indication::TotalPassed, "{report}");
            }
        }
    }
}

/// The certificate of a TSA's authority has ended, and a renewed one has its key: whoever made that one counts.
#[test]
fn a_renewed_certificate_of_a_tsas_authority_is_judged_by_its_algorithms_as_well() {
    let (service, from) = (Service::new(), now() - Duration::days(1));
    let until = |days| now() + Duration::days(days);
    let key = |kind| generate_key(kind).unwrap();
    let root = |name, kind| CertificateSpec::authority(name, from, until(6000)).self_signed(key(kind)).unwrap();
    let (strong, weak) = (root("Strong Root CA", &KeyKind::EcP256), root("Weak Root CA", &KeyKind::EcP384));
    let authority_key = key(&KeyKind::EcP256);
    let authority = |root: &CertifiedKey, days, serial| {
        let spec = CertificateSpec::authority("TSA CA", from, until(days)).with_authority(Some(0));
        root.issue(&spec.with_serial(&[serial]), authority_key.clone()).unwrap()
    };
    let (ended, by_weak) = (authority(&strong, 700, 1), authority(&weak, 5000, 2));
    let by_strong = authority(&strong, 5000, 3);
    let tsa = ended.issue(&CertificateSpec::tsa("Lasting TSA", from, until(5000)), key(&KeyKind::EcP256)).unwrap();
    let tsa = service.tsa(now() + Duration::seconds(2)).with_key(tsa);
    let proof = service.sealed().stamp_with(&common::pool(tsa)).unwrap();
    let mut policy = Policy::default();
    for row in policy.algorithms.digests.iter_mut().filter(|row| row.digest == DigestAlgorithm::Sha384) {
        row.past_from = Some("2028-01-01".parse().unwrap());
    }
    let cases: [(&[&CertifiedKey], Option<Code>); 4] = [
        (&[], Some(Code::TimestampSignerExpired)),
        (&[&by_weak], Some(Code::AlgorithmPastItsDate)),
        (&[&by_strong], None),
        (&[&by_weak, &by_strong], None),
    ];
    for (renewed, objection) in cases {
        let anchors = TrustAnchors::from_iter([&strong, &weak].map(|root| root.certificate.clone()));
        let authorities = renewed.iter().chain([&&ended]).map(|authority| authority.certificate.clone()).collect();
        let verifier = Verifier::new(service.pki.seal_anchors(), anchors, Environment::Test)
            .with_policy(policy.clone())
            .with_extra_certificates(authorities);
        let at = now() + Duration::days(1195);
        let report = verifier.report(&proof, Payload::NotAvailable, at);
        assert_eq!(report.indication == Indication::TotalPassed, objection.is_none(), "{report}");
        assert!(objection.is_none_or(|code| has(&report, code)), "{report}");
        assert_eq!(verifier.verify(&proof, Payload::NotAvailable, at).is_ok(), objection.is_none());
    }
}
