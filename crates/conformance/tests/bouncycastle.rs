//! Second seals both ways with BouncyCastle, which makes the bare seal by itself: see
//! `.ci/interop/bouncycastle/SecondSeals.java`. `RECOMMANDE_BOUNCYCASTLE` is the class path; skipped, said aloud, without it.

#[path = "support/mod.rs"]
mod support;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use chrono::{Duration, Utc};
use recommande::crypto::{KeyKind, SigningKey};
use recommande::seal::Artifact;
use recommande::testing::TestPki;
use recommande::verify::{Payload, Policy, Report, SecondSealRule, SendingContext, Verifier};
use recommande::{Certificate, Credentials, Environment, Indication, ProofOfSending};
use support::{Service, issuer, second_credentials, sending};

/// A folder in which BouncyCastle runs.
struct BouncyCastle {
    class_path: OsString,
    folder: PathBuf,
}

impl BouncyCastle {
    fn new(test: &str) -> Option<Self> {
        let Some(class_path) = env::var_os("RECOMMANDE_BOUNCYCASTLE") else {
            conformance::skipped(test, "RECOMMANDE_BOUNCYCASTLE is no class path");
            return None;
        };
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bouncycastle").join(test);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Some(Self { class_path, folder })
    }

    fn write(&self, name: &str, octets: &[u8]) {
        fs::write(self.folder.join(name), octets).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What SecondSeals says on its error channel, where it fails.
    fn run(&self, arguments: &[&str]) -> Result<(), String> {
        let mut command = Command::new("java");
        command.arg("-cp").arg(&self.class_path).arg("SecondSeals").args(arguments);
        let output = command.current_dir(&self.folder).stdin(Stdio::null()).output().unwrap();
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(why) }
    }
}

fn service() -> Service {
    let now = Utc::now();
    Service::of(TestPki::new(now).unwrap(), issuer(Environment::Test), now)
}

#[test]
fn second_seals_of_ours_hold_there() {
    let Some(bouncycastle) = BouncyCastle::new("ours") else { return };
    for kind in [KeyKind::MlDsa65, KeyKind::MlDsa87] {
        let mut service = service();
        service.sealer = service.sealer.clone().with_second_seal(second_credentials(&service, &kind)).unwrap();
        let seal = || service.seal_sending(&sending(service.now));
        let (proof, another) = (seal(), seal());
        let unstamped = service.sealer.second_seal(&proof, service.now).unwrap();
        bouncycastle.write("proof.p7m", proof.der());
        bouncycastle.write("another.p7m", another.der());
        for second in [unstamped.der(), service.stamp(&unstamped).der()] {
            bouncycastle.write("second.pq.p7s", second);
            assert_eq!(bouncycastle.run(&["verify", "proof.p7m", "second.pq.p7s"]), Ok(()), "{kind}");
            let why = bouncycastle.run(&["verify", "another.p7m", "second.pq.p7s"]).unwrap_err();
            assert!(why.contains("message-digest attribute value does not match"), "{kind}: {why}");
        }
        let mut wrong = unstamped.der().to_vec();
        *wrong.last_mut().unwrap() ^= 1;
        bouncycastle.write("second.pq.p7s", &wrong);
        let why = bouncycastle.run(&["verify", "proof.p7m", "second.pq.p7s"]).unwrap_err();
        assert!(why.contains("a bad signature"), "{kind}: {why}");
    }
}

#[test]
fn second_seals_made_there_hold_here() {
    let Some(bouncycastle) = BouncyCastle::new("theirs") else { return };
    for algorithm in ["ML-DSA-65", "ML-DSA-87"] {
        assert_eq!(bouncycastle.run(&["key", ".", algorithm]), Ok(()));
        let text = |name| String::from_utf8(bouncycastle.read(name)).unwrap();
        let certificates = Certificate::from_pem_chain(&text("certificate.pem")).unwrap();
        let key = SigningKey::from_pem(&text("seed.key")).unwrap();
        let mut service = service();
        let mut anchors = service.pki.seal_anchors();
        anchors.add(certificates[0].clone());
        let credentials = Credentials::new(key, certificates).unwrap();
        service.sealer = service.sealer.clone().with_second_seal(credentials).unwrap();
        let proof = service.seal_sending(&sending(service.now));
        bouncycastle.write("proof.p7m", proof.der());
        assert_eq!(bouncycastle.run(&["seal", "."]), Ok(()), "{algorithm}");
        let policy = Policy { second_seal: SecondSealRule::Required, ..Policy::default() };
        let verifier = Verifier::new(anchors, service.pki.tsa_anchors(), Environment::Test).with_policy(policy);
        let second = bouncycastle.read("second.pq.p7s");
        let report = report(&verifier, &proof, &second);
        assert_eq!(report.indication, Indication::TotalPassed, "{algorithm}: {report}");
        // Nor does it fit another seal of the same statement.
        let another = self::report(&verifier, &service.seal_sending(&sending(service.now)), &second);
        assert_eq!(another.indication, Indication::Indeterminate, "{algorithm}: {another}");
    }
}

fn report(verifier: &Verifier, proof: &ProofOfSending, second: &[u8]) -> Report {
    let beside = [second.to_vec()];
    let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&beside);
    verifier.report(proof, context, Utc::now() + Duration::seconds(3))
}
