//! These tests ask whose seal it is: certificates, anchors, and the time at which they are judged.

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{Service, against, has, later, now, pool};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::KeyKind;
use recommande::evidence::Environment;
use recommande::pki::{Certificate, TrustAnchors};
use recommande::seal::{ProofOfSending, Unstamped};
use recommande::testing::{CertificateSpec, CertifiedKey, TestPki, TestTsa, Usage, generate_key};
use recommande::verify::{
    Code, Indication, Level, Payload, Policy, Report, SubIndication, TimestampValidity, Verifier,
};

/// A root with a HashML-DSA-65 key, which RFC 9881 forbids in certificates, so that nothing can be verified by it.
fn hash_ml_dsa_root() -> Certificate {
    let (from, until) = valid();
    let root = CertificateSpec::authority("Post-quantum Root CA", from, until).self_signed(key()).unwrap();
    let algorithm = || der::node(0x30, vec![der::oid(oid::HASH_ML_DSA_65)]);
    let bits = |length: usize| der::octets(0x03, &vec![0; 1 + length]);
    let root = Node::parse(root.certificate.der()).with(|certificate| {
        *certificate.at_mut(&[0, 2]) = algorithm();
        *certificate.at_mut(&[0, 6]) = der::node(0x30, vec![algorithm(), bits(1952)]);
        *certificate.at_mut(&[1]) = algorithm();
        *certificate.at_mut(&[2]) = bits(3309);
    });
    Certificate::from_der(&root.to_der()).unwrap()
}

/// EU DSS 6.4 loses the whole store over a certificate whose algorithm it does not have.
#[test]
fn an_anchor_of_an_unknown_kind_hides_no_other() {
    let service = Service::new();
    let unknown = pem(&hash_ml_dsa_root());
    let seal = service.pki.seal_anchors_pem();
    let tsa = service.pki.tsa_anchors_pem();
    for (seal, tsa) in [
        (format!("{unknown}{seal}"), format!("{unknown}{tsa}")),
        (format!("{seal}{unknown}"), format!("{tsa}{unknown}")),
        (format!("{seal}{unknown}{seal}"), format!("{tsa}{unknown}{tsa}")),
    ] {
        let anchors = |text: &str| TrustAnchors::from_pem(text).unwrap();
        let verifier = Verifier::new(anchors(&seal), anchors(&tsa), Environment::Test);
        verifier.verify(&service.proof(), Payload::NotAvailable, later()).unwrap();
    }
    // By itself it is an anchor to which no path leads.
    let unknown = TrustAnchors::from_pem(&unknown).unwrap();
    let verifier = Verifier::new(unknown, service.pki.tsa_anchors(), Environment::Test);
    let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
    assert_eq!(against(&report), [Code::ChainNotFound], "{report}");
}

fn pem(certificate: &Certificate) -> String {
    pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, certificate.der()).unwrap()
}

/// The keys of a service whose seal certificate is valid in this time only.
fn pki_with_seal_valid(from: DateTime<Utc>, until: DateTime<Utc>) -> TestPki {
    let mut pki = TestPki::new(now()).unwrap();
    let spec = CertificateSpec::seal("Test Seal", from, until);
    pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
    pki
}

fn valid() -> (DateTime<Utc>, DateTime<Utc>) {
    (now() - Duration::days(1), now() + Duration::days(365))
}

fn spec() -> CertificateSpec {
    let (from, until) = valid();
    CertificateSpec::seal("Another Seal", from, until)
}

fn key() -> std::sync::Arc<dyn recommande::crypto::Signer> {
    generate_key(&KeyKind::EcP256).unwrap()
}

fn anchors(certificates: &[&Certificate]) -> TrustAnchors {
    let mut anchors = TrustAnchors::new();
    certificates.iter().for_each(|certificate| anchors.add((*certificate).clone()));
    anchors
}

fn assert_refused(report: &Report, code: Code, what: &str) {
    assert_ne!(report.indication, Indication::TotalPassed, "{what}: {report}");
    assert!(has(report, code), "{what}: {code} is not among {:?}", against(report));
}

#[test]
fn a_seal_certificate_that_expired_before_the_timestamp_does_not_pass() {
    // Neither the sealer nor `attach` makes such a proof.
    let service = Service::new();
    let judged = |from: DateTime<Utc>, until: DateTime<Utc>| {
        let spec = CertificateSpec::seal("Test Seal", from, until);
        let key = service.pki.intermediate.issue(&spec, service.pki.seal.signer.clone()).unwrap();
        service.report(&service.proof_by_hand(&key, now() + Duration::seconds(2)))
    };
    let report = judged(now() - Duration::days(9), now() + Duration::seconds(1));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert_eq!(report.sub_indication, Some(SubIndication::OutOfBoundsNoPoe));
    assert!(has(&report, Code::CertificateExpired));
    // It expired before the signer says that it signed.
    let report = judged(now() - Duration::days(9), now() - Duration::seconds(1));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    // A claim proves nothing, not even against the signature.
    assert_eq!(report.sub_indication, Some(SubIndication::OutOfBoundsNoPoe));
    assert!(has(&report, Code::SigningTimeAfterExpiry));
    let report = judged(now() + Duration::days(1), now() + Duration::days(9));
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
    assert_eq!(report.sub_indication, Some(SubIndication::NotYetValid));
}

#[test]
fn a_seal_that_expired_since_does_not_hurt_while_the_tsa_has_not() {
    let service = Service::with_pki(pki_with_seal_valid(now() - Duration::days(1), now() + Duration::seconds(2)));
    let proof = service.proof();
    let end = service.pki.tsa.certificate.not_after();
    // One verifier all along gives the same verdicts, in any order.
    let verifier = service.verifier();
    let policy = Policy { timestamp_validity: TimestampValidity::AtGenTime, ..Policy::default() };
    let at_gen_time = service.verifier().with_policy(policy);
    let second = Duration::seconds(1);
    let times = [end + second, now() + Duration::days(1), now() + Duration::days(3650), end, end - second];
    for at in times {
        let report = verifier.report(&proof, Payload::NotAvailable, at);
        let holds = at <= end;
        assert_eq!(report.indication == Indication::TotalPassed, holds, "at {at}: {report}");
        assert_eq!(report.proven_at, holds.then_some(now() + Duration::seconds(2)));
        assert_eq!(report.sub_indication, (!holds).then_some(SubIndication::OutOfBoundsNoPoe));
        assert_eq!(has(&report, Code::TimestampSignerExpired), !holds, "{report}");
        assert_eq!(verifier.verify(&proof, Payload::NotAvailable, at).is_ok(), holds);
        // The report has said so before.
        let until = report.verifiable_until.as_ref().map(|until| (until.time, until.renew_now));
        let renew_now = at > end - Duration::days(90);
        assert_eq!(until, holds.then_some((end, renew_now)), "{report}");
        // By RFC 3161 alone the time of the timestamp counts.
        let report = at_gen_time.report(&proof, Payload::NotAvailable, at);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(has(&report, Code::TimestampEndIgnored), !holds, "{report}");
        assert_eq!(report.verifiable_until, None);
    }
}

#[test]
fn without_a_timestamp_the_seal_is_judged_now_and_is_never_passed() {
    let service = Service::new();
    let sealed = service.sealed();
    for days in [1, 365, 4 * 365] {
        let report =
            service.verifier().report(sealed.as_artifact(), Payload::NotAvailable, now() + Duration::days(days));
        assert_eq!(report.indication, Indication::Indeterminate, "after {days} days: {report}");
        assert_eq!(has(&report, Code::CertificateExpired), days > 730);
    }
}

#[test]
fn anchors_for_seals_do_not_vouch_for_tsas_nor_the_other_way_round() {
    let service = Service::new();
    let proof = service.proof();
    let (seals, tsas) = (service.pki.seal_anchors(), service.pki.tsa_anchors());
    let swapped = Verifier::new(tsas.clone(), seals.clone(), Environment::Test);
    let report = swapped.report(&proof, Payload::NotAvailable, later());
    assert_refused(&report, Code::ChainNotFound, "swapped");
    assert_eq!(report.proven_at, None);
    let only_seals = Verifier::new(seals.clone(), seals, Environment::Test);
    assert_refused(&only_seals.report(&proof, Payload::NotAvailable, later()), Code::NoValidTimestamp, "only seals");
    let only_tsas = Verifier::new(tsas.clone(), tsas, Environment::Test);
    assert_refused(&only_tsas.report(&proof, Payload::NotAvailable, later()), Code::ChainNotFound, "only TSAs");
    let nobody = Verifier::new(TrustAnchors::new(), TrustAnchors::new(), Environment::Test);
    assert_refused(&nobody.report(&proof, Payload::NotAvailable, later()), Code::ChainNotFound, "no anchors");
}

#[test]
fn a_missing_intermediate_can_be_offered_from_elsewhere() {
    let service = Service::new();
    let alone = service.proof_with(&service.pki.seal, &[]);
    let report = service.report(&alone);
    assert_eq!(report.indication, Indication::Indeterminate);
    assert_eq!(report.sub_indication, Some(SubIndication::NoCertificateChainFound), "{report}");
    let intermediate = service.pki.intermediate.certificate.clone();
    let verifier = service.verifier().with_extra_certificates(vec![intermediate.clone()]);
    assert!(verifier.verify(&alone, Payload::NotAvailable, later()).is_ok());
    // A stranger among them neither helps nor hurts.
    let stranger = TestPki::new(now()).unwrap();
    let verifier = service.verifier().with_extra_certificates([stranger.seal_chain(), vec![intermediate]].concat());
    assert!(verifier.verify(&alone, Payload::NotAvailable, later()).is_ok());
    // The signing certificate itself may come from elsewhere as well.
    let none =
        Node::parse(service.sealed().der()).with(|file| drop(file.at_mut(der::SIGNED_DATA).children_mut().remove(3)));
    let none = Unstamped::<ProofOfSending>::from_der(&none.to_der()).unwrap();
    let none = none.stamp_with(&pool(service.tsa(now()))).unwrap();
    assert_refused(&service.report(&none), Code::SigningCertificateNotFound, "no certificates");
    let verifier = service.verifier().with_extra_certificates(service.pki.seal_chain());
    assert!(verifier.verify(&none, Payload::NotAvailable, later()).is_ok());
    // What was offered is no anchor.
    let verifier = Verifier::new(TrustAnchors::new(), service.pki.tsa_anchors(), Environment::Test)
        .with_extra_certificates(service.pki.seal_chain());
    assert!(verifier.verify(&none, Payload::NotAvailable, later()).is_err());
}

#[test]
fn a_strangers_authority_inside_the_proof_is_never_trusted() {
    // The stranger's certificates bear the names of the genuine ones.
    let (service, stranger) = (Service::new(), Service::new());
    let genuine = [service.pki.seal_chain(), service.pki.tsa_chain()].concat();
    let own = stranger.pki.seal_chain();
    for others in [own[1..].to_vec(), [&own[1..], &genuine].concat(), [&genuine, &own[1..]].concat()] {
        let sealed = stranger.sealed_with(&stranger.pki.seal, &others);
        let proof = sealed.stamp_with(&pool(service.tsa(now()))).unwrap();
        let report = service.report(&proof);
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert!(report.proven_at.is_some(), "the timestamp is genuine");
        // Not even by a verifier that has just verified the genuine one.
        let verifier = service.verifier();
        verifier.verify(&service.proof(), Payload::NotAvailable, later()).unwrap();
        assert!(verifier.verify(&proof, Payload::NotAvailable, later()).is_err());
    }
    // The reverse: a genuine seal under a stranger's TSA of the same name, with the genuine TSA's certificates beside
    // it.
    let tsa = TestTsa::new(&stranger.pki).with_clock(now);
    let report = service.report(&service.sealed().stamp_with(&pool(tsa)).unwrap());
    assert_eq!((report.indication, report.proven_at), (Indication::Indeterminate, None));
}

#[test]
fn a_certificate_for_time_stamping_does_not_seal_and_one_for_sealing_does_not_stamp() {
    let service = Service::new();
    let (from, until) = valid();
    // Both kinds come from one authority, as with many providers.
    let one_root = anchors(&[&service.pki.root.certificate]);
    let verifier = Verifier::new(one_root.clone(), one_root, Environment::Test);
    let tsa_key = service.pki.root.issue(&CertificateSpec::tsa("Common TSA", from, until), key()).unwrap();
    let stamp = |sealed: Unstamped<ProofOfSending>| {
        let tsa = service.tsa(now()).with_key(tsa_key.clone());
        sealed.stamp_with(&pool(tsa)).unwrap()
    };
    let good = stamp(service.sealed());
    assert!(verifier.verify(&good, Payload::NotAvailable, later()).is_ok());

    let sealed_by_tsa = stamp(service.sealed_with(&tsa_key, std::slice::from_ref(&service.pki.root.certificate)));
    let report = verifier.report(&sealed_by_tsa, Payload::NotAvailable, later());
    assert_refused(&report, Code::SealPurposeWrong, "a TSA's certificate seals");

    let stamps = service.tsa(now()).with_key(service.pki.seal.clone());
    let error = service.sealed().stamp_with(&pool(stamps)).unwrap_err();
    assert_eq!(error.code(), Some(Code::TsaPurposeMissing), "{error:?}");
    let sealed = service.sealed();
    let token = service.token(&sealed, &service.tsa(now()).with_key(service.pki.seal.clone()));
    let file = Node::parse(sealed.der()).with_unsigned(der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token));
    let report = verifier.report(&ProofOfSending::from_der(&file.to_der()).unwrap(), Payload::NotAvailable, later());
    assert_refused(&report, Code::TsaPurposeMissing, "a seal certificate stamps");
    assert_eq!(report.proven_at, None);
}

#[test]
fn key_usage_decides_who_may_seal() {
    let service = Service::new();
    let chain = [service.pki.intermediate.certificate.clone()];
    let verdict = |spec: CertificateSpec| {
        let key = service.pki.intermediate.issue(&spec, key()).unwrap();
        service.report(&service.proof_with(&key, &chain))
    };
    for usages in [
        &[Usage::DigitalSignature][..],
        &[Usage::NonRepudiation],
        &[Usage::DigitalSignature, Usage::NonRepudiation, Usage::KeyEncipherment],
    ] {
        let report = verdict(spec().with_key_usage(usages));
        assert_eq!(report.indication, Indication::TotalPassed, "{usages:?}: {report}");
    }
    let absent = spec().without_extension(oid::KEY_USAGE);
    assert_eq!(verdict(absent).indication, Indication::TotalPassed);
    for usages in [&[Usage::KeyEncipherment][..], &[Usage::KeyCertSign, Usage::CrlSign], &[Usage::KeyAgreement], &[]] {
        assert_refused(&verdict(spec().with_key_usage(usages)), Code::SealKeyUsageWrong, &format!("{usages:?}"));
    }
    let authority = spec().with_authority(None);
    let report = verdict(authority);
    assert_refused(&report, Code::SealCertificateIsCa, "an authority");
    let unknown = const_oid::ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.99");
    let critical = spec().with_critical_extension(unknown, vec![0x05, 0x00]);
    assert_refused(&verdict(critical), Code::ChainConstraint, "an unknown critical extension");
    let harmless = spec().with_extension(unknown, vec![0x05, 0x00]);
    assert_eq!(verdict(harmless).indication, Indication::TotalPassed);
}

#[test]
fn an_authority_of_the_chain_does_not_seal_by_itself() {
    let service = Service::new();
    for key in [&service.pki.intermediate, &service.pki.root] {
        let report = service.report(&service.proof_with(key, std::slice::from_ref(&service.pki.root.certificate)));
        assert_refused(&report, Code::SealKeyUsageWrong, "an authority");
        assert!(has(&report, Code::SealCertificateIsCa));
    }
}

#[test]
fn who_has_a_seal_certificate_cannot_make_others() {
    let service = Service::new();
    let leaf = &service.pki.seal;
    let made = leaf.issue(&spec(), key()).unwrap();
    let report = service.report(&service.proof_with(&made, &service.pki.seal_chain()));
    assert_refused(&report, Code::ChainConstraint, "issued by a leaf");
    // Nor an authority below one that may have none (pathLen 0).
    let (from, until) = valid();
    let below = CertificateSpec::authority("Below", from, until);
    let below = service.pki.intermediate.issue(&below, key()).unwrap();
    let made = below.issue(&spec(), key()).unwrap();
    let chain = [vec![below.certificate], service.pki.seal_chain()].concat();
    assert_refused(&service.report(&service.proof_with(&made, &chain)), Code::ChainConstraint, "path too long");
}

#[test]
fn a_pinned_seal_certificate_is_its_own_anchor() {
    let service = Service::new();
    let pinned = anchors(&[&service.pki.seal.certificate]);
    let verifier = Verifier::new(pinned, service.pki.tsa_anchors(), Environment::Test);
    assert!(verifier.verify(&service.proof(), Payload::NotAvailable, later()).is_ok());
    // It vouches for nobody else.
    let made = service.pki.seal.issue(&spec(), key()).unwrap();
    assert!(verifier.verify(&service.proof_with(&made, &[]), Payload::NotAvailable, later()).is_err());
    let stranger = Service::new();
    let sealed = stranger.sealed().stamp_with(&pool(service.tsa(now()))).unwrap();
    assert!(verifier.verify(&sealed, Payload::NotAvailable, later()).is_err());
}

#[test]
fn a_certificate_of_the_same_name_and_number_does_not_take_the_signers_place() {
    // The signer is named by issuer and number; another certificate bears both. The signed digest decides.
    let (service, stranger) = (Service::new(), Service::new());
    let twin: &CertifiedKey = &stranger.pki.seal;
    assert_eq!(twin.certificate.issuer_der(), service.pki.seal.certificate.issuer_der());
    assert_eq!(twin.certificate.serial(), service.pki.seal.certificate.serial());
    let file = |place: usize| {
        let with = Node::parse(service.proof().der()).with(|file| {
            let certificates = file.at_mut(der::CERTIFICATES).children_mut();
            certificates.insert(place, Node::parse(twin.certificate.der()));
        });
        ProofOfSending::from_der(&with.to_der()).unwrap()
    };
    for place in 0..=3 {
        let verified = service.verifier().verify(&file(place), Payload::NotAvailable, later()).unwrap();
        assert_eq!(verified.signature().certificate(), &service.pki.seal.certificate);
    }
    // The genuine certificate taken out and the twin put in its place.
    let replaced = Node::parse(service.proof().der()).with(|file| {
        let genuine = Node::parse(service.pki.seal.certificate.der());
        for certificate in file.at_mut(der::CERTIFICATES).children_mut() {
            if *certificate == genuine {
                *certificate = Node::parse(twin.certificate.der());
            }
        }
    });
    let report = service.report(&ProofOfSending::from_der(&replaced.to_der()).unwrap());
    assert_refused(&report, Code::SigningCertificateDiffers, "a twin");
}

#[test]
fn what_a_verifier_remembers_does_not_vouch_for_another_time() {
    // The path is remembered as valid for one time; at another one it is judged again.
    let service = Service::with_pki(pki_with_seal_valid(now() - Duration::days(1), now() + Duration::hours(1)));
    let verifier = service.verifier();
    assert!(verifier.verify(&service.proof(), Payload::NotAvailable, later()).is_ok());
    let late = service.proof_by_hand(&service.pki.seal, now() + Duration::hours(2));
    let report = verifier.report(&late, Payload::NotAvailable, later());
    assert_refused(&report, Code::CertificateExpired, "timestamped after the certificate's end");
}

#[test]
fn the_organisation_of_the_certificate_is_compared_with_the_issuer_that_is_stated() {
    // The statement: "Example Registered Mail", BE/BE/0406798006.
    let report = |spec: CertificateSpec, policy: Policy| {
        let mut pki = TestPki::new(now()).unwrap();
        pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
        let service = Service::with_pki(pki);
        service.verifier().with_policy(policy).report(&service.proof(), Payload::NotAvailable, later())
    };
    let of = |name: &str, identifier: &str| spec().with_organization(name, identifier);
    for (name, identifier, code) in [
        ("Example Registered Mail", "NTRBE-0406798006", Code::IssuerInCertificate),
        // The number decides; it is written in several ways.
        ("Exemple de Recommandé", "VATBE-0406798006", Code::IssuerInCertificate),
        ("Example Registered Mail", "VATBE-406.798.006", Code::IssuerInCertificate),
        ("Example Registered Mail", "NTRBE-0566988259", Code::IssuerNotInCertificate),
        ("Example Registered Mail", "NTRFR-0406798006", Code::IssuerNotInCertificate),
        // Numbers of other kinds say nothing about it.
        ("EXAMPLE  registered mail", "LEIXG-5493001KJTIIGC8Y1R12", Code::IssuerInCertificate),
        ("Another Office", "LEIXG-5493001KJTIIGC8Y1R12", Code::IssuerNotInCertificate),
        ("Another Office", "NTR", Code::IssuerNotInCertificate),
    ] {
        let report = report(of(name, identifier), Policy::default());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(has(&report, code), "{name}, {identifier}: {report}");
    }
    // Certificates of the Belgian social security have the number in an organizationalUnitName.
    let unit = |number: &str| {
        let value = format!("urn:be:fgov:kbo-bce:organization:cbe-number:{number}");
        let unit = vec![der::oid(oid::ORGANIZATIONAL_UNIT_NAME), der::octets(0x0c, value.as_bytes())];
        spec().with_subject(der::node(0x30, vec![der::node(0x31, vec![der::node(0x30, unit)])]).to_der())
    };
    for (number, code) in [
        ("0406798006", Code::IssuerInCertificate),
        ("0566988259", Code::IssuerNotInCertificate),
        // A mangled number is that of nobody, and not none.
        ("0406798005", Code::IssuerNotInCertificate),
    ] {
        let report = report(unit(number), Policy::default());
        assert!(has(&report, code), "{number}: {report}");
    }
    let anybodys = report(spec(), Policy::default());
    assert!(has(&anybodys, Code::IssuerNotIdentified), "{anybodys}");
    // Who trusts authorities that certify others as well raises it.
    let mut policy = Policy::default();
    assert!(policy.levels.set(Code::IssuerNotInCertificate, Level::Fail));
    let raised = report(of("Another Office", "NTRBE-0566988259"), policy);
    assert_ne!(raised.indication, Indication::TotalPassed, "{raised}");
}
