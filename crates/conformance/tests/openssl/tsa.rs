//! Tokens by a TSA that is `openssl ts`, through the transport.

use std::sync::Mutex;

use chrono::Utc;
use recommande::crypto::{DigestAlgorithm, SignatureAlgorithm};
use recommande::evidence::ActedBy;
use recommande::rfc3161_client::{Transport, TransportError, TsaPool};
use recommande::verify::{Payload, Verifier};
use recommande::{Environment, Indication, PayloadDigests, TrustAnchors};

use crate::command::OpenSsl;
use crate::support::{PAYLOAD, Service, issuer, seal_algorithms, sending};

/// How the TSA is set up.
struct Setup {
    /// Of `openssl genpkey`.
    key: &'static str,
    signer_digest: &'static str,
    /// SHA-1 gives the attribute SigningCertificate, another one SigningCertificateV2.
    ess_digest: &'static str,
    fraction_digits: u8,
    /// Whether the token names its TSA and holds the whole chain.
    more: &'static str,
}

/// A TSA that spawns one `openssl ts -reply` per request.
struct OpenSslTsa(Mutex<OpenSsl>);

impl OpenSslTsa {
    /// With a root and a certificate that openssl makes.
    fn new(openssl: OpenSsl, setup: &Setup) -> Self {
        let Setup { key, signer_digest, ess_digest, fraction_digits, more } = setup;
        openssl.write(
            "tsa.cnf",
            format!(
                "[req]\ndistinguished_name = name\n[name]\n\
                 [root]\nbasicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\n\
                 subjectKeyIdentifier = hash\n\
                 [leaf]\nbasicConstraints = critical, CA:FALSE\nkeyUsage = critical, digitalSignature\n\
                 extendedKeyUsage = critical, timeStamping\nsubjectKeyIdentifier = hash\n\
                 authorityKeyIdentifier = keyid\n\
                 [tsa]\ndefault_tsa = service\n[service]\nserial = serial\nsigner_digest = {signer_digest}\n\
                 default_policy = 1.3.6.1.4.1.32473.3161.9\ndigests = sha256, sha384, sha512\n\
                 accuracy = secs:1, millisecs:500, microsecs:100\nclock_precision_digits = {fraction_digits}\n\
                 ess_cert_id_alg = {ess_digest}\ntsa_name = {more}\nordering = {more}\ness_cert_id_chain = {more}\n"
            ),
        );
        for name in ["root", "leaf"] {
            openssl.succeeds(&format!("genpkey {key} -out {name}.key"));
        }
        let root = "req -config tsa.cnf -x509 -new -sha256 -days 30 -extensions root";
        openssl.succeeds(&format!("{root} -key root.key -subj /C=BE/O=Test/CN=TSA-root -out root.pem"));
        openssl.succeeds("req -config tsa.cnf -new -key leaf.key -subj /C=BE/O=Test/CN=TSA -out leaf.csr");
        let issue =
            "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -set_serial 0x7fedcba9876543210123456789abcdef";
        openssl.succeeds(&format!("{issue} -sha256 -days 20 -extfile tsa.cnf -extensions leaf -out leaf.pem"));
        openssl.write("serial", "7ffffffffffffffe\n");
        Self(Mutex::new(openssl))
    }

    fn anchors(&self) -> TrustAnchors {
        let root = self.0.lock().unwrap().read("root.pem");
        TrustAnchors::from_pem(std::str::from_utf8(&root).unwrap()).unwrap()
    }
}

impl Transport for OpenSslTsa {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let openssl = self.0.lock().unwrap();
        openssl.write("request.tsq", request);
        let reply = "ts -reply -config tsa.cnf -queryfile request.tsq -inkey leaf.key -signer leaf.pem -chain root.pem";
        openssl.succeeds(&format!("{reply} -out reply.tsr"));
        Ok(openssl.read("reply.tsr"))
    }
}

const RSA: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";
const RSA_3072: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:3072";
const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
const P384: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384";

/// Seals, attaches tokens of such a TSA, verifies.
fn stamped_by(name: &str, setup: &Setup) {
    let Some(openssl) = OpenSsl::new(name) else { return };
    let tsa = OpenSslTsa::new(openssl, setup);
    let anchors = tsa.anchors();
    let pool = TsaPool::new().with_tsa("openssl", tsa);
    // The imprint is by the digest of the seal, so each of these asks for another one.
    let algorithms = [
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384),
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512),
    ];
    assert!(algorithms.iter().all(|algorithm| seal_algorithms().contains(algorithm)));
    for algorithm in algorithms {
        let service = Service::new(algorithm, issuer(Environment::Test), Utc::now());
        let verifier = Verifier::new(service.pki.seal_anchors(), anchors.clone(), Environment::Test);
        let digests = PayloadDigests::of_bytes(PAYLOAD);
        let proof = service.sealer.seal(&sending(service.now), service.now).unwrap().stamp_with(&pool).unwrap();
        let report = verifier.report(&proof, Payload::Digests(&digests), Utc::now());
        assert_eq!(report.indication, Indication::TotalPassed, "{algorithm}: {report}");
        let verified = verifier.verify(&proof, Payload::Digests(&digests), Utc::now()).unwrap();
        assert!(verified.proven_at() >= service.now - chrono::Duration::seconds(1));
        if setup.fraction_digits == 0 {
            assert_eq!(verified.proven_at().timestamp_subsec_nanos(), 0);
        }

        let opening = service.opening(&verified, ActedBy::Recipient(1));
        let opening = service.sealer.seal(&opening, Utc::now()).unwrap().stamp_with(&pool).unwrap();
        let report = verifier.report(&opening, &verified, Utc::now());
        assert_eq!(report.indication, Indication::TotalPassed, "{algorithm}: {report}");

        // The anchors of seals are none of TSAs.
        let swapped = Verifier::new(service.pki.seal_anchors(), service.pki.seal_anchors(), Environment::Test);
        let report = swapped.report(&proof, Payload::Digests(&digests), Utc::now());
        assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    }
}

#[test]
fn rsa_with_sha256() {
    let setup = Setup { key: RSA, signer_digest: "sha256", ess_digest: "sha256", fraction_digits: 0, more: "no" };
    stamped_by("tsa-rsa-sha256", &setup);
}

#[test]
fn rsa_with_sha384_and_the_old_signing_certificate() {
    let setup = Setup { key: RSA, signer_digest: "sha384", ess_digest: "sha1", fraction_digits: 3, more: "yes" };
    stamped_by("tsa-rsa-sha384", &setup);
}

#[test]
fn rsa_with_sha512() {
    let setup = Setup { key: RSA_3072, signer_digest: "sha512", ess_digest: "sha512", fraction_digits: 6, more: "yes" };
    stamped_by("tsa-rsa-sha512", &setup);
}

#[test]
fn ecdsa_p256_with_sha256() {
    let setup = Setup { key: P256, signer_digest: "sha256", ess_digest: "sha256", fraction_digits: 6, more: "no" };
    stamped_by("tsa-p256-sha256", &setup);
}

#[test]
fn ecdsa_p384_with_sha384() {
    let setup = Setup { key: P384, signer_digest: "sha384", ess_digest: "sha384", fraction_digits: 3, more: "yes" };
    stamped_by("tsa-p384-sha384", &setup);
}

#[test]
fn ecdsa_p256_with_sha512() {
    let setup = Setup { key: P256, signer_digest: "sha512", ess_digest: "sha1", fraction_digits: 0, more: "yes" };
    stamped_by("tsa-p256-sha512", &setup);
}
