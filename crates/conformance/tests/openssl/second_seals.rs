//! Second seals: `openssl` 3.5 or later verifies them over the bare seal, and any other one opens the proof as before.

use chrono::Utc;
use recommande::crypto::KeyKind;
use recommande::seal::Artifact;
use recommande::verify::{Policy, SecondSealRule, SendingContext};
use recommande::{Environment, Indication, Payload};

use crate::command::OpenSsl;
use crate::support::{Service, content, issuer, second_credentials, sending};

#[test]
fn second_seals_are_accepted_over_the_bare_seal() {
    let Some(openssl) = OpenSsl::new("second-seals") else { return };
    let has_ml_dsa = openssl.run("genpkey -algorithm ML-DSA-65 -out key.pem").success;
    let now = Utc::now();
    for kind in [KeyKind::MlDsa65, KeyKind::MlDsa87] {
        let mut service = Service::of(recommande::testing::TestPki::new(now).unwrap(), issuer(Environment::Test), now);
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
        let beside = [second.der().to_vec()];
        let policy = Policy { second_seal: SecondSealRule::Required, ..Policy::default() };
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&beside);
        let report = service.verifier.with_policy(policy).report(&proof, context, now + chrono::Duration::seconds(3));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}
