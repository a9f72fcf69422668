//! These tests ask what a service learns of its keys, anchors and TSAs before it seals anything.

use crate::common::{self, Service, has, now, pool, sending};
use chrono::Duration;
use recommande::crypto::KeyKind;
use recommande::pki::TrustAnchors;
use recommande::seal::{Credentials, Sealer};
use recommande::testing::{CertificateSpec, CrlSpec, Misbehaviour, RevokedSpec, TestPki, generate_key};
use recommande::verify::{ArtifactKind, Code, Indication, Level, Levels, Payload, Policy, Report, Verifier};
use recommande::{Environment, Issuer};
use rfc3161_client::{AttemptError, RetryPolicy, Transport, TransportError, TsaPool};

/// The sealer of a service under a certificate of its own.
fn sealer_with(service: &Service, spec: &CertificateSpec, issuer: &Issuer) -> Sealer {
    let key = service.pki.intermediate.issue(spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let mut chain = service.pki.seal_chain();
    chain[0] = key.certificate;
    Sealer::new(Credentials::new(key.signer, chain).unwrap(), issuer.clone())
}

fn seal_spec() -> CertificateSpec {
    CertificateSpec::seal("A Seal", now() - Duration::days(1), now() + Duration::days(700))
}

fn passes(report: &Report) -> bool {
    assert_eq!((report.artifact, report.level, report.proven_at), (ArtifactKind::Sealer, None, None));
    report.indication == Indication::TotalPassed
}

#[test]
fn the_report_on_a_sealer_is_that_on_its_proofs() {
    let service = Service::new();
    let stranger = Service::new();
    let (test, production) = (common::issuer(Environment::Test), common::issuer(Environment::Production));
    let (own, another) = (("Own", "NTRBE-0406798006"), ("Own", "NTRBE-0566988259"));
    let of = |(name, number): (&str, &str)| sealer_with(&service, &seal_spec().with_organization(name, number), &test);
    let ending = seal_spec().with_validity(now() - Duration::days(1), now() + Duration::seconds(5));
    let cases = [
        (service.sealer.clone(), None),
        (of(own), None),
        (sealer_with(&service, &seal_spec(), &production), Some(Code::EnvironmentDiffers)),
        (stranger.sealer.clone(), Some(Code::ChainSignatureInvalid)),
        (sealer_with(&service, &ending, &test), None),
    ];
    for (sealer, code) in cases {
        let verifier = service.verifier();
        let report = verifier.report_sealer(&sealer, now());
        assert_eq!(passes(&report), code.is_none(), "{report}");
        let proof = sealer.seal(&sending(), now()).unwrap().stamp_with(&pool(service.tsa(now()))).unwrap();
        let of_proof = verifier.report(&proof, Payload::NotAvailable, now());
        assert_eq!(
            (report.indication, report.sub_indication),
            (of_proof.indication, of_proof.sub_indication),
            "{report}"
        );
        let Some(code) = code else {
            // The last second of the certificate belongs to its validity.
            let end = sealer.credentials().chain()[0].not_after() + Duration::seconds(1);
            assert_eq!(report.verifiable_until.map(|until| until.time), Some(end));
            continue;
        };
        assert!(has(&report, code) && has(&of_proof, code), "{report}");
    }
    for (organization, code) in [(own, Code::IssuerInCertificate), (another, Code::IssuerNotInCertificate)] {
        let report = service.verifier().report_sealer(&of(organization), now());
        assert!(passes(&report) && has(&report, code), "{report}");
        let mut levels = Levels::default();
        assert!(levels.set(Code::IssuerNotInCertificate, Level::Fail));
        let raised = service.verifier().with_policy(Policy { levels, ..Policy::default() });
        assert_eq!(passes(&raised.report_sealer(&of(organization), now())), code == Code::IssuerInCertificate);
    }
    let expired =
        service.verifier().report_sealer(&sealer_with(&service, &ending, &test), now() + Duration::seconds(6));
    assert!(!passes(&expired), "{expired}");
}

#[test]
fn a_chain_that_stops_short_is_found_by_what_the_verifier_has() {
    let service = Service::new();
    let chain = service.pki.seal_chain();
    let credentials = Credentials::new(service.pki.seal.signer.clone(), chain[..1].to_vec()).unwrap();
    let sealer = Sealer::new(credentials, common::issuer(Environment::Test));
    let alone = service.verifier().report_sealer(&sealer, now());
    assert!(!passes(&alone) && has(&alone, Code::ChainNotFound), "{alone}");
    let with_issuer = service.verifier().with_extra_certificates(vec![chain[1].clone()]);
    assert!(passes(&with_issuer.report_sealer(&sealer, now())));
}

#[test]
fn revocation_data_is_of_these_issuers_and_fresh() {
    let service = Service::new();
    let pki = &service.pki;
    let strict = || service.verifier().with_policy(Policy::strict());
    let day = Duration::days(1);
    let without = service.verifier().report_sealer(&service.sealer, now());
    assert!(passes(&without) && has(&without, Code::RevocationNotChecked), "{without}");
    assert!(!passes(&strict().report_sealer(&service.sealer, now())));

    let fresh = pki.seal_revocation(now() - day, now() + day * 7).unwrap();
    let stale = pki.seal_revocation(now() - day * 9, now() - day * 2).unwrap();
    let of_others = TestPki::new(now()).unwrap().seal_revocation(now() - day, now() + day * 7).unwrap();
    let revoked = RevokedSpec::new(&pki.seal.certificate, now() - Duration::hours(1));
    let spec = CrlSpec::new(now() - Duration::minutes(1), now() + day).with_revoked(&revoked);
    let mut against = pki.seal_revocation(now() - day, now() + day * 7).unwrap();
    against.add_der(&pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    for (data, is_enough) in [(&fresh, true), (&stale, false), (&of_others, false), (&against, false)] {
        let report = strict().report_sealer(&service.sealer.clone().with_revocation(data), now());
        assert_eq!(passes(&report), is_enough, "{report}");
        // The data that the verifier has counts as well.
        let given = strict().with_revocation_data(data.clone()).report_sealer(&service.sealer, now());
        assert_eq!(passes(&given), is_enough, "{given}");
    }
    let stale = service.verifier().report_sealer(&service.sealer.clone().with_revocation(&stale), now());
    assert!(has(&stale, Code::RevocationStale), "{stale}");
}

#[cfg(feature = "aws-lc-rs")]
#[test]
fn the_credentials_of_second_seals_have_a_report_of_their_own() {
    use recommande::testing::CertifiedKey;
    use recommande::verify::SecondSealRule;

    let service = Service::new();
    let stranger = Service::new();
    let by = |issuer: &CertifiedKey| {
        let key = issuer.issue(&seal_spec(), generate_key(&KeyKind::MlDsa65).unwrap()).unwrap();
        let credentials = Credentials::new(key.signer, vec![key.certificate, issuer.certificate.clone()]).unwrap();
        service.sealer.clone().with_second_seal(credentials).unwrap()
    };
    let verifier = |second_seal| service.verifier().with_policy(Policy { second_seal, ..Policy::default() });
    let (good, bad) = (by(&service.pki.intermediate), by(&stranger.pki.intermediate));
    use SecondSealRule::{Ignore, Report, Required};
    let cases = [
        (&service.sealer, Report, 0, true, None),
        (&service.sealer, Required, 0, false, Some(Code::SecondSealDemanded)),
        (&good, Report, 1, true, None),
        (&good, Required, 1, true, None),
        (&bad, Report, 1, true, Some(Code::SecondSealNotValid)),
        (&bad, Required, 1, false, Some(Code::SecondSealDemanded)),
        (&bad, Ignore, 0, true, None),
    ];
    for (sealer, rule, count, is_passed, code) in cases {
        let report = verifier(rule).report_sealer(sealer, now());
        assert_eq!((passes(&report), report.second_seals.len()), (is_passed, count), "{rule:?}: {report}");
        assert!(code.is_none_or(|code| has(&report, code)), "{rule:?}: {report}");
    }
}

/// A TSA that is down.
struct Down;

impl Transport for Down {
    fn send(&self, _request: &[u8]) -> Result<Vec<u8>, TransportError> {
        Err(TransportError::Timeout { during: "waiting" })
    }
}

#[test]
fn every_tsa_is_asked_and_its_token_is_judged() {
    let service = Service::new();
    let stranger = Service::new();
    let ahead = service.tsa(now() + Duration::minutes(3));
    let pool = TsaPool::new()
        .with_sleep(|_: std::time::Duration| {})
        .with_retry(RetryPolicy { attempts: 2, ..RetryPolicy::default() })
        .with_tsa("good", service.tsa(now()))
        .with_tsa("another anchor", stranger.tsa(now()))
        .with_tsa("down", Down)
        .with_tsa("wrong", service.misbehaving(Misbehaviour::WrongNonce))
        .with_tsa("ahead", ahead);
    let trials = service.verifier().report_tsas(&pool, now).unwrap();
    let names: Vec<_> = trials.iter().map(|trial| trial.tsa.as_str()).collect();
    assert_eq!(names, ["good", "another anchor", "down", "down", "wrong", "ahead"]);
    let report = |index: usize| trials[index].outcome.as_ref().unwrap();
    assert_eq!(report(0).indication, Indication::TotalPassed, "{}", report(0));
    assert!(has(report(0), Code::RequestAnswered));
    assert!(has(report(1), Code::ChainSignatureInvalid), "{}", report(1));
    assert!(has(report(5), Code::TimestampInTheFuture), "{}", report(5));
    assert!(matches!(trials[2].outcome, Err(AttemptError::Transport(_))));
    assert!(matches!(trials[4].outcome, Err(AttemptError::Response(_))));
    // Anchors for seals are none for TSAs.
    let exchanged = Verifier::new(service.pki.tsa_anchors(), TrustAnchors::new(), Environment::Test);
    let trials = exchanged.report_tsas(&pool, now).unwrap();
    assert!(trials.iter().flat_map(|trial| &trial.outcome).all(|report| report.indication != Indication::TotalPassed));
    assert!(service.verifier().report_tsas(&TsaPool::new(), now).unwrap().is_empty());
}

#[test]
fn nothing_is_signed_by_the_question() {
    let service = Service::new();
    // No key is asked: it may be elsewhere.
    let (algorithm, chain) = (service.sealer.credentials().algorithm(), service.pki.seal_chain());
    let remote = Sealer::new(Credentials::remote(algorithm, chain).unwrap(), common::issuer(Environment::Test));
    assert!(passes(&service.verifier().report_sealer(&remote, now())));
}
