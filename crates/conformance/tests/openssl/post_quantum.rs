//! ML-DSA and SLH-DSA both ways, with an `openssl` that has them: 3.5 or later.

use chrono::Utc;
use recommande::crypto::{KeyKind, SignatureAlgorithm, Signer, SigningKey};
use recommande::testing::TestPki;
use recommande::verify::{Code, Content, Report, Verifier};
use recommande::{Certificate, Credentials, Environment, Indication, Payload, Sealer, TrustAnchors};

use crate::command::OpenSsl;
use crate::seals::signature_and_token;
use crate::support::{PAYLOAD, Service, content, issuer, sending};

const ML_DSA: [(&str, SignatureAlgorithm); 3] = [
    ("ML-DSA-44", SignatureAlgorithm::MlDsa44),
    ("ML-DSA-65", SignatureAlgorithm::MlDsa65),
    ("ML-DSA-87", SignatureAlgorithm::MlDsa87),
];

/// The small parameter sets sign in half a second.
const SLH_DSA: [&str; 8] = [
    "SLH-DSA-SHA2-192f",
    "SLH-DSA-SHA2-256f",
    "SLH-DSA-SHAKE-192f",
    "SLH-DSA-SHAKE-256f",
    "SLH-DSA-SHA2-192s",
    "SLH-DSA-SHA2-256s",
    "SLH-DSA-SHAKE-192s",
    "SLH-DSA-SHAKE-256s",
];

/// `None`, said aloud, where this `openssl` is too old.
pub fn openssl(test: &str) -> Option<OpenSsl> {
    let openssl = OpenSsl::new(test)?;
    let version = String::from_utf8(openssl.succeeds("version")).unwrap();
    if openssl.run("genpkey -algorithm ML-DSA-65 -out key.pem").success {
        println!("by {version}");
        return Some(openssl);
    }
    conformance::skipped(test, &format!("{} has no ML-DSA", version.trim()));
    None
}

/// Makes a root and a certificate below it, with keys of one kind.
pub fn certify(openssl: &OpenSsl, algorithm: &str) {
    openssl.write(
        "names.cnf",
        "[req]\ndistinguished_name = name\n[name]\n[root]\nbasicConstraints = critical, CA:TRUE\n\
         keyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash\n[seal]\n\
         basicConstraints = critical, CA:FALSE\nkeyUsage = critical, digitalSignature, nonRepudiation\n\
         subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n",
    );
    for name in ["root", "seal"] {
        openssl.succeeds(&format!("genpkey -algorithm {algorithm} -out {name}.key"));
    }
    let request = "req -config names.cnf -new -key";
    openssl.succeeds(&format!("{request} root.key -x509 -subj /CN=root -days 30 -extensions root -out root.pem"));
    openssl.succeeds(&format!("{request} seal.key -subj /CN=seal -out seal.csr"));
    let issue = "x509 -req -in seal.csr -CA root.pem -CAkey root.key -days 30";
    openssl.succeeds(&format!("{issue} -extfile names.cnf -extensions seal -out seal.pem"));
}

pub fn certificate(openssl: &OpenSsl, name: &str) -> Certificate {
    let pem = String::from_utf8(openssl.read(name)).unwrap();
    Certificate::from_pem_chain(&pem).unwrap().remove(0)
}

/// What is said here of a signature over attached content by the key of [`certify`].
fn judged(openssl: &OpenSsl, how: &str) -> Report {
    openssl.write("payload", PAYLOAD);
    let sign = "cms -sign -binary -nodetach -in payload -signer seal.pem -inkey seal.key -outform DER -out signed";
    openssl.succeeds(&format!("{sign} {how}"));
    let mut anchors = TrustAnchors::new();
    anchors.add(certificate(openssl, "root.pem"));
    let verifier = Verifier::new(anchors, TrustAnchors::new(), Environment::Test);
    verifier.report_signatures(&openssl.read("signed"), Content::Attached, Utc::now()).reports.remove(0)
}

fn has(report: &Report, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

#[test]
fn proofs_by_ml_dsa_are_accepted() {
    let Some(openssl) = openssl("post-quantum-seals") else { return };
    for kind in [KeyKind::MlDsa65, KeyKind::MlDsa87] {
        let now = Utc::now();
        let service = Service::of(TestPki::of_kind(&kind, now).unwrap(), issuer(Environment::Test), now);
        openssl.write("seal-anchors.pem", service.pki.seal_anchors_pem());
        openssl.write("tsa-anchors.pem", service.pki.tsa_anchors_pem());
        let proof = service.seal_sending(&sending(now));
        openssl.write("proof.p7m", proof.der());
        let verify = "cms -verify -cades -inform DER -in proof.p7m -CAfile";
        assert_eq!(openssl.succeeds(&format!("{verify} seal-anchors.pem")), content(proof.der()), "{kind}");
        openssl.fails(&format!("{verify} tsa-anchors.pem"));
        let place = proof.der().windows(13).position(|window| window == b"1ZG0000036L3Z").unwrap();
        let mut changed = proof.der().to_vec();
        changed[place + 5] = b'1';
        openssl.write("proof.p7m", changed);
        openssl.fails(&format!("{verify} seal-anchors.pem"));

        // Its command for timestamps has no ML-DSA, and that for CMS does not compare the imprint.
        let (_, token) = signature_and_token(proof.der());
        openssl.write("token.tst", token);
        let verify = "cms -verify -cades -purpose timestampsign -inform DER -in token.tst -out info -CAfile";
        openssl.succeeds(&format!("{verify} tsa-anchors.pem"));
        openssl.fails(&format!("{verify} seal-anchors.pem"));
        for (name, key) in [("seal", &service.pki.seal), ("intermediate", &service.pki.intermediate)] {
            openssl.write(&format!("{name}.der"), key.certificate.der());
            openssl.succeeds(&format!("x509 -inform DER -in {name}.der -out {name}.pem"));
        }
        openssl.succeeds(
            "verify -x509_strict -CAfile seal-anchors.pem -untrusted intermediate.pem -purpose smimesign seal.pem",
        );
    }
}

#[test]
fn signatures_by_ml_dsa_verify() {
    let Some(openssl) = openssl("post-quantum-foreign") else { return };
    for (name, _) in ML_DSA {
        certify(&openssl, name);
        for how in ["-cades -md sha512", "-cades -md sha3-512", "-md shake256", ""] {
            let report = judged(&openssl, how);
            assert!(has(&report, Code::SignatureValid) && has(&report, Code::ChainValid), "{name} {how}: {report}");
            assert!(!has(&report, Code::DigestWeakerThanSignature), "{name} {how}: {report}");
            let passes = report.indication == Indication::TotalPassed;
            assert_eq!(passes, how.contains("-cades"), "{name} {how}: {report}");
        }
        let report = judged(&openssl, "-cades -md sha256");
        assert_eq!(has(&report, Code::DigestWeakerThanSignature), name != "ML-DSA-44", "{report}");
    }
}

/// In a build without SLH-DSA it has its name, and no verdict.
#[test]
fn signatures_by_slh_dsa_verify() {
    let Some(openssl) = openssl("post-quantum-slh-dsa") else { return };
    for name in SLH_DSA {
        certify(&openssl, name);
        let report = judged(&openssl, "-cades -md sha512");
        if cfg!(feature = "slh-dsa") {
            assert_eq!(report.indication, Indication::TotalPassed, "{name}: {report}");
        } else {
            assert!(has(&report, Code::AlgorithmNotOffered), "{name}: {report}");
            assert_eq!(report.indication, Indication::Indeterminate, "{name}: {report}");
        }
    }
}

/// RFC 9881 §6: a private key is a seed, the expanded key, or both.
#[test]
fn keys_are_read_in_each_form() {
    let Some(openssl) = openssl("post-quantum-keys") else { return };
    for (name, algorithm) in ML_DSA {
        openssl.succeeds(&format!("genpkey -algorithm {name} -out key.pem"));
        openssl.succeeds("pkey -in key.pem -pubout -out public.pem");
        for form in ["seed-only", "priv-only", "seed-priv"] {
            openssl.succeeds(&format!("pkey -in key.pem -provparam ml-dsa.output_formats={form} -out {form}.pem"));
            let pem = String::from_utf8(openssl.read(&format!("{form}.pem"))).unwrap();
            let key = SigningKey::from_pem(&pem).unwrap_or_else(|error| panic!("{name} {form}: {error}"));
            assert_eq!(key.algorithm(), algorithm);
            openssl.write("message", PAYLOAD);
            openssl.write("signature", key.sign(PAYLOAD).unwrap());
            let verify = "pkeyutl -verify -pubin -inkey public.pem -sigfile signature -rawin -in";
            openssl.succeeds(&format!("{verify} message"));
            openssl.fails(&format!("{verify} public.pem"));
            // The other way round, by the key that was read.
            openssl.succeeds(&format!("pkeyutl -sign -inkey {form}.pem -rawin -in message -out theirs"));
            let theirs = openssl.read("theirs");
            assert_eq!(key.public_key().verify(&algorithm, PAYLOAD, &theirs), Ok(()), "{name} {form}");
            assert!(key.public_key().verify(&algorithm, b"another", &theirs).is_err(), "{name} {form}");
        }
    }
}

/// A proof sealed by a key and a chain that OpenSSL made verifies on both sides.
#[test]
fn a_chain_of_theirs_seals_here() {
    let Some(openssl) = openssl("post-quantum-chain") else { return };
    for (name, algorithm) in ML_DSA {
        certify(&openssl, name);
        let (root, certificate) = (certificate(&openssl, "root.pem"), certificate(&openssl, "seal.pem"));
        let key = SigningKey::from_pem(&String::from_utf8(openssl.read("seal.key")).unwrap()).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        let now = Utc::now();
        let mut service = Service::of(TestPki::of_kind(&KeyKind::EcP256, now).unwrap(), issuer(Environment::Test), now);
        let mut anchors = TrustAnchors::new();
        anchors.add(root.clone());
        service.verifier = Verifier::new(anchors, service.pki.tsa_anchors(), Environment::Test);
        let credentials = Credentials::new(key, vec![certificate, root]).unwrap();
        service.sealer = Sealer::new(credentials, issuer(Environment::Test));
        let proof = service.seal_sending(&sending(now));
        let report = service.verifier.report(&proof, Payload::NotAvailable, now + chrono::Duration::seconds(3));
        assert_eq!(report.indication, Indication::TotalPassed, "{name}: {report}");
        openssl.write("proof.p7m", proof.der());
        let printed = openssl.succeeds("cms -verify -cades -inform DER -in proof.p7m -CAfile root.pem");
        assert_eq!(printed, content(proof.der()), "{name}");
    }
}
