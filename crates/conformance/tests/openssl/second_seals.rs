//! Second seals both ways: `openssl` 3.5 or later verifies them over the bare seal, and makes them over it. Any other one opens
//! the proof as before.

use chrono::{Duration, Utc};
use recommande::crypto::{KeyKind, SigningKey};
use recommande::seal::Artifact;
use recommande::testing::TestPki;
use recommande::verify::{Policy, Report, SecondSealRule, SendingContext};
use recommande::{Credentials, Environment, Indication, Payload, ProofOfSending, Verifier};

use crate::command::OpenSsl;
use crate::post_quantum;
use crate::support::{Service, content, issuer, second_credentials, sending};

#[test]
fn second_seals_are_accepted_over_the_bare_seal() {
    let Some(openssl) = OpenSsl::new("second-seals") else { return };
    let has_ml_dsa = openssl.run("genpkey -algorithm ML-DSA-65 -out key.pem").success;
    let now = Utc::now();
    for kind in [KeyKind::MlDsa65, KeyKind::MlDsa87] {
        let mut service = Service::of(TestPki::new(now).unwrap(), issuer(Environment::Test), now);
        service.sealer = service.sealer.clone().with_second_seal(second_credentials(&service, &kind)).unwrap();
        let proof = service.seal_sending(&sending(now));
        let second = service.stamp(&service.sealer.second_seal(&proof, now).unwrap());
        openssl.write("seal-anchors.pem", service.pki.seal_anchors_pem());
        openssl.write("tsa-anchors.pem", service.pki.tsa_anchors_pem());
        openssl.write("proof.p7m", proof.der());
        let verify = "cms -verify -cades -binary -inform DER -CAfile seal-anchors.pem -in";
        assert_eq!(openssl.succeeds(&format!("{verify} proof.p7m")), content(proof.der()), "{kind}");

        // The bare seal is a CMS file by itself, of which the certificates are elsewhere.
        openssl.write("bare.p7m", proof.bare_seal().unwrap());
        openssl.write("seal.der", service.pki.seal.certificate.der());
        openssl.succeeds("x509 -inform DER -in seal.der -out seal.pem");
        let bare = openssl.succeeds("cms -verify -binary -inform DER -noverify -certfile seal.pem -in bare.p7m");
        assert_eq!(bare, content(proof.der()), "{kind}");

        openssl.write("second.pq.p7s", second.der());
        let over = |content: &str| format!("{verify} second.pq.p7s -out /dev/null -content {content}");
        if !has_ml_dsa {
            conformance::skipped("second-seals", "this openssl has no ML-DSA");
            openssl.fails(&over("bare.p7m"));
            continue;
        }
        openssl.succeeds(&over("bare.p7m"));
        openssl.fails(&over("proof.p7m"));
        let another_proof = service.seal_sending(&sending(now));
        openssl.write("other.p7m", another_proof.bare_seal().unwrap());
        openssl.fails(&over("other.p7m"));
        let report = demanding(service.verifier, &proof, second.der());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}

/// The service announces a key that `openssl` made and signs with: over its bare seal, which nothing here has signed.
#[test]
fn second_seals_made_there_hold_here() {
    let Some(openssl) = post_quantum::openssl("second-seals-theirs") else { return };
    for algorithm in ["ML-DSA-65", "ML-DSA-87"] {
        post_quantum::certify(&openssl, algorithm);
        let [seal, root] = ["seal.pem", "root.pem"].map(|name| post_quantum::certificate(&openssl, name));
        let key = SigningKey::from_pem(&String::from_utf8(openssl.read("seal.key")).unwrap()).unwrap();
        let now = Utc::now();
        let mut service = Service::of(TestPki::new(now).unwrap(), issuer(Environment::Test), now);
        let mut anchors = service.pki.seal_anchors();
        anchors.add(root.clone());
        let credentials = Credentials::new(key, vec![seal, root]).unwrap();
        service.sealer = service.sealer.clone().with_second_seal(credentials).unwrap();
        let proof = service.seal_sending(&sending(now));
        openssl.write("bare.p7m", proof.bare_seal().unwrap());
        // Detached, as a second seal is.
        let sign = "cms -sign -binary -cades -md sha512 -in bare.p7m -signer seal.pem -inkey seal.key -outform DER";
        openssl.succeeds(&format!("{sign} -out second.pq.p7s"));
        let second = openssl.read("second.pq.p7s");
        let verifier = || Verifier::new(anchors.clone(), service.pki.tsa_anchors(), Environment::Test);
        let report = demanding(verifier(), &proof, &second);
        assert_eq!(report.indication, Indication::TotalPassed, "{algorithm}: {report}");
        // Nor does it fit another seal of the same statement, or hold after a change.
        let another = demanding(verifier(), &service.seal_sending(&sending(now)), &second);
        assert_eq!(another.indication, Indication::Indeterminate, "{algorithm}: {another}");
        let changed = [&second[..second.len() - 1], &[second[second.len() - 1] ^ 1]].concat();
        let changed = demanding(verifier(), &proof, &changed);
        assert_ne!(changed.indication, Indication::TotalPassed, "{algorithm}: {changed}");
    }
}

/// What is said of a proof with this second seal, where one is required.
fn demanding(verifier: Verifier, proof: &ProofOfSending, second: &[u8]) -> Report {
    let beside = [second.to_vec()];
    let policy = Policy { second_seal: SecondSealRule::Required, ..Policy::default() };
    let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&beside);
    verifier.with_policy(policy).report(proof, context, Utc::now() + Duration::seconds(3))
}
