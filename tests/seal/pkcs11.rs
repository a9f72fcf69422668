//! These tests sign with keys in a token of SoftHSM. Each has a token and a process of its own, because a module keeps
//! its state once per process.
//!
//! Where there is no SoftHSM (nor a module in the environment variable `RECOMMANDE_PKCS11_MODULE`) tests say SKIPPED;
//! with `RECOMMANDE_REQUIRE_PKCS11=1` they fail.

use std::error::Error;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, fs};

use crate::common::{self, Service, digests, later, now, pool, sending, sending_of};
use chrono::Duration;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use recommande::crypto::pkcs11::{KeyName, ModuleUse, Pin, Pkcs11Error, Pkcs11Signer, Settings, TokenName};
use recommande::crypto::{DigestAlgorithm, KeyKind, SignError, SignatureAlgorithm, Signer};
use recommande::pki::Certificate;
use recommande::seal::{Batch, Credentials, CredentialsError, ProofOfSending, SealError, Unstamped};
use recommande::testing::{CertificateSpec, TestPki};
use recommande::verify::Payload;

const TOKEN: &str = "seals";
const PIN: &str = "4711-correct";
const INSIDE: &str = "RECOMMANDE_TEST_PKCS11_FOLDER";
const MODULES: [&str; 5] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// The keys of the token: label, CKA_ID, kind.
const KEYS: [(&str, u8, KeyKind); 6] = [
    ("rsa-2048", 1, KeyKind::Rsa { bits: 2048 }),
    ("rsa-3072", 2, KeyKind::Rsa { bits: 3072 }),
    ("p-256", 3, KeyKind::EcP256),
    ("p-384", 4, KeyKind::EcP384),
    ("p-521", 5, KeyKind::EcP521),
    ("ed25519", 6, KeyKind::Ed25519),
];

/// A module with one token.
struct World {
    module: PathBuf,
    folder: PathBuf,
}

fn module() -> Option<PathBuf> {
    match env::var_os("RECOMMANDE_PKCS11_MODULE") {
        Some(named) => Some(named.into()),
        None => MODULES.iter().map(PathBuf::from).find(|path| path.exists()),
    }
}

/// Runs a test of this file with a token that nobody else has.
fn with_token(test: &str, body: fn(&World)) {
    with_token_of("", test, body);
}

/// The same with more in SoftHSM's configuration.
fn with_token_of(configuration: &str, test: &str, body: fn(&World)) {
    let Some(module) = module() else {
        assert_ne!(env::var("RECOMMANDE_REQUIRE_PKCS11").as_deref(), Ok("1"), "there is no SoftHSM");
        // Past the capture of the test harness, which hides what a passing test prints.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: there is no SoftHSM");
        return;
    };
    if let Some(folder) = env::var_os(INSIDE) {
        let world = World { module, folder: folder.into() };
        world.make_token();
        return body(&world);
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pkcs11").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("tokens")).unwrap();
    let tokens = folder.join("tokens");
    let configuration = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n{configuration}\n",
        tokens.display()
    );
    fs::write(folder.join("softhsm2.conf"), configuration).unwrap();
    // The harness knows a test by its path below the binary.
    let (_, module_path) = module_path!().split_once("::").unwrap();
    let named = format!("{module_path}::{test}");
    let output = Command::new(env::current_exe().unwrap())
        .args([named.as_str(), "--exact", "--nocapture"])
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf"))
        .env(INSIDE, &folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    println!("{shown}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && shown.contains("1 passed"), "{test}");
    assert!(!shown.contains(PIN), "the PIN is shown");
}

impl World {
    fn client(&self) -> Pkcs11 {
        let client = Pkcs11::new(&self.module).unwrap();
        // The second one of a process is told that somebody did it before.
        let _ = client.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        client
    }

    fn session(&self, client: &Pkcs11) -> Session {
        let mut slots = client.get_slots_with_initialized_token().unwrap();
        client.open_rw_session(slots.pop().expect("a token")).unwrap()
    }

    fn make_token(&self) {
        let client = self.client();
        let slot = client.get_all_slots().unwrap()[0];
        let so_pin = AuthPin::from("0815-officer");
        client.init_token(slot, &so_pin, TOKEN).unwrap();
        let session = self.session(&client);
        session.login(UserType::So, Some(&so_pin)).unwrap();
        session.init_pin(&AuthPin::from(PIN)).unwrap();
        session.logout().unwrap();
        session.login(UserType::User, Some(&AuthPin::from(PIN))).unwrap();
        for (label, id, kind) in KEYS {
            make_key(&session, label, id, &kind);
        }
        session.logout().unwrap();
    }

    fn settings(&self, key: &str) -> Settings {
        Settings::new(&self.module, TokenName::Label(TOKEN.into()), KeyName::label(key)).with_pin(Pin::new(PIN))
    }

    fn signer(&self, key: &str) -> Pkcs11Signer {
        Pkcs11Signer::open(self.settings(key)).unwrap()
    }

    /// As if the device had been pulled out.
    fn pull_out(&self) {
        fs::rename(self.folder.join("tokens"), self.folder.join("pulled")).unwrap();
        fs::create_dir(self.folder.join("tokens")).unwrap();
    }

    fn put_back(&self) {
        fs::remove_dir(self.folder.join("tokens")).unwrap();
        fs::rename(self.folder.join("pulled"), self.folder.join("tokens")).unwrap();
    }
}

fn make_key(session: &Session, label: &str, id: u8, kind: &KeyKind) {
    make_key_that(session, label, id, kind, &[]);
}

/// Makes a key pair whose private key has further attributes.
fn make_key_that(session: &Session, label: &str, id: u8, kind: &KeyKind, further: &[Attribute]) {
    let name = [Attribute::Token(true), Attribute::Label(label.into()), Attribute::Id(vec![id])];
    let mut public = vec![Attribute::Private(false), Attribute::Verify(true)];
    let mechanism = match kind {
        KeyKind::Rsa { bits } => {
            let bits = usize::try_from(*bits).unwrap();
            public.push(Attribute::ModulusBits(bits.try_into().unwrap()));
            public.push(Attribute::PublicExponent(vec![1, 0, 1]));
            Mechanism::RsaPkcsKeyPairGen
        }
        KeyKind::Ed25519 => {
            // PrintableString "edwards25519", which SoftHSM asks for.
            public.push(Attribute::EcParams([&[0x13, 0x0c], b"edwards25519".as_slice()].concat()));
            Mechanism::EccEdwardsKeyPairGen
        }
        kind => {
            let curve: &[u8] = match kind {
                KeyKind::EcP256 => &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
                KeyKind::EcP384 => &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
                _ => &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23],
            };
            public.push(Attribute::EcParams(curve.to_vec()));
            Mechanism::EccKeyPairGen
        }
    };
    public.extend(name.clone());
    let mut private = vec![Attribute::Private(true), Attribute::Sensitive(true), Attribute::Extractable(false)];
    private.push(Attribute::Sign(true));
    private.extend(name);
    private.extend(further.iter().cloned());
    session.generate_key_pair(&mechanism, &public, &private).unwrap();
}

/// A service whose seal key is the token's.
fn service(signer: Pkcs11Signer) -> Service {
    let mut pki = TestPki::new(now()).unwrap();
    let spec = CertificateSpec::seal("Token Seal", now() - Duration::days(1), now() + Duration::days(30));
    pki.seal = pki.intermediate.issue(&spec, Arc::new(signer)).unwrap();
    Service::with_pki(pki)
}

fn verifies(service: &Service, sealed: &Unstamped<ProofOfSending>) {
    let proof = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
}

fn refused(settings: Settings) -> Pkcs11Error {
    let error = Pkcs11Signer::open(settings).expect_err("a signer");
    assert!(!format!("{error:?} {error}").contains("4711"), "a PIN is shown: {error:?}");
    error
}

fn of_token(error: &SealError) -> &Pkcs11Error {
    let SealError::Sign(SignError::External(error)) = error else { panic!("{error:?}") };
    error.downcast_ref().expect("an error of the token")
}

#[test]
fn every_algorithm_seals_and_verifies() {
    with_token("every_algorithm_seals_and_verifies", |world| {
        let pss = SignatureAlgorithm::rsa_pss;
        let cases = [
            ("rsa-2048", None, SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
            ("rsa-3072", None, SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
            (
                "rsa-3072",
                Some(SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384)),
                SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384),
            ),
            ("rsa-2048", Some(pss(DigestAlgorithm::Sha256)), pss(DigestAlgorithm::Sha256)),
            ("rsa-3072", Some(pss(DigestAlgorithm::Sha512)), pss(DigestAlgorithm::Sha512)),
            ("p-256", None, SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
            ("p-384", None, SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384)),
            ("p-521", None, SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512)),
            ("ed25519", None, SignatureAlgorithm::Ed25519),
        ];
        for (key, asked, expected) in cases {
            if expected == SignatureAlgorithm::Ed25519 && !cfg!(feature = "aws-lc-rs") {
                // This build cannot verify what the token signs, so nothing is sealed with it.
                let signer = Pkcs11Signer::open(world.settings(key)).unwrap();
                let pki = TestPki::new(now()).unwrap();
                let spec = CertificateSpec::seal("Token Seal", now() - Duration::days(1), now() + Duration::days(30));
                let certificate = pki.intermediate.issue(&spec, Arc::new(signer.clone())).unwrap().certificate;
                let refused = Credentials::new(signer, vec![certificate]);
                assert!(matches!(refused, Err(CredentialsError::Algorithm(_))), "{refused:?}");
                continue;
            }
            let settings = world.settings(key);
            let settings = match asked {
                Some(algorithm) => settings.with_algorithm(algorithm),
                None => settings,
            };
            let signer = Pkcs11Signer::open(settings).unwrap();
            assert_eq!(signer.algorithm(), expected);
            let (_, _, kind) = KEYS.into_iter().find(|(label, ..)| *label == key).unwrap();
            assert_eq!(*signer.public_key().kind(), kind);
            let service = service(signer);
            for _ in 0..3 {
                verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
            }
            let signature = service.sealer.sign_payload(&digests_of(expected), "application/pdf", now()).unwrap();
            let tsa = pool(service.tsa(now() + Duration::seconds(2)));
            let signature = signature.stamp_with(&tsa).unwrap();
            service.verifier().verify_payload_signature(&signature, &digests_of(expected), later()).unwrap();
        }
    });
}

/// Of a token that does not hash.
#[test]
fn a_token_is_given_what_it_takes() {
    let no_hashing = "slots.mechanisms = CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_EC_KEY_PAIR_GEN,CKM_RSA_PKCS,CKM_RSA_PKCS_PSS";
    with_token_of(no_hashing, "a_token_is_given_what_it_takes", |world| {
        let client = world.client();
        let slot = client.get_slots_with_initialized_token().unwrap()[0];
        assert!(!client.get_mechanism_list(slot).unwrap().contains(&MechanismType::SHA256_RSA_PKCS));
        let algorithms = [
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384),
            SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256),
        ];
        for algorithm in algorithms {
            verifies_by(Pkcs11Signer::open(world.settings("rsa-2048").with_algorithm(algorithm)).unwrap());
        }
        let error = refused(world.settings("p-256"));
        let ecdsa = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
        assert!(matches!(error, Pkcs11Error::MechanismNotOffered(algorithm) if algorithm == ecdsa), "{error:?}");
    });
}

/// The payload's digests, that of the algorithm among them.
fn digests_of(algorithm: SignatureAlgorithm) -> recommande::PayloadDigests {
    let digest = algorithm.cms_digest().digest(common::LETTER);
    let usual = digests();
    if usual.get(algorithm.cms_digest()).is_some() {
        return usual;
    }
    recommande::PayloadDigests::from_digests([digest]).unwrap()
}

#[test]
fn tokens_and_keys_are_found_by_what_they_are_called() {
    with_token("tokens_and_keys_are_found_by_what_they_are_called", |world| {
        let client = world.client();
        let slot = client.get_slots_with_initialized_token().unwrap()[0];
        let serial = client.get_token_info(slot).unwrap().serial_number().to_owned();
        let open = |token: TokenName, key: KeyName| {
            Pkcs11Signer::open(Settings::new(&world.module, token, key).with_pin(Pin::new(PIN)))
        };
        let label = || TokenName::Label(TOKEN.into());
        let expected = world.signer("p-256").public_key().spki_der().to_vec();
        let signers = [
            open(label(), KeyName::id(&[3])),
            open(label(), KeyName::label("p-256").with_id(&[3])),
            open(TokenName::Serial(serial), KeyName::label("p-256")),
            open(TokenName::Slot(slot.id()), KeyName::label("p-256")),
        ];
        for signer in signers {
            assert_eq!(signer.unwrap().public_key().spki_der(), expected);
        }
        let not_found = |token: TokenName| matches!(open(token, KeyName::id(&[3])), Err(Pkcs11Error::TokenNotFound));
        assert!(not_found(TokenName::Label("seal".into())));
        assert!(not_found(TokenName::Label(String::new())));
        assert!(not_found(TokenName::Serial("0000".into())));
        assert!(not_found(TokenName::Slot(u64::MAX / 2)));
        for key in [KeyName::label("p-257"), KeyName::id(&[9]), KeyName::label("p-256").with_id(&[4])] {
            assert!(matches!(open(label(), key), Err(Pkcs11Error::KeyNotFound)));
        }
        // Two of one name.
        let session = world.session(&client);
        session.login(UserType::User, Some(&AuthPin::from(PIN))).unwrap();
        make_key(&session, "p-256", 30, &KeyKind::EcP256);
        assert!(matches!(open(label(), KeyName::label("p-256")), Err(Pkcs11Error::KeyAmbiguous)));
        assert!(open(label(), KeyName::label("p-256").with_id(&[3])).is_ok());
        // The public key is gone; then the caller has it.
        let public = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Id(vec![3])];
        session.destroy_object(session.find_objects(&public).unwrap()[0]).unwrap();
        let by_id = Settings::new(&world.module, label(), KeyName::id(&[3])).with_pin(Pin::new(PIN));
        assert!(matches!(refused(by_id.clone()), Pkcs11Error::PublicKeyNotFound));
        let public_key = recommande::crypto::PublicKey::from_spki(&expected).unwrap();
        let signer = Pkcs11Signer::open(by_id.with_public_key(public_key)).unwrap();
        verifies_by(signer);
        // That of another is found out before anything is sealed.
        let strangers = TestPki::new(now()).unwrap();
        let settings = world.settings("p-384").with_public_key(strangers.seal.certificate.public_key().clone());
        let wrong = Credentials::new(Pkcs11Signer::open(settings).unwrap(), strangers.seal_chain());
        assert!(matches!(wrong, Err(CredentialsError::KeyDoesNotMatch)));
    });
}

fn verifies_by(signer: Pkcs11Signer) {
    let service = service(signer);
    verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
}

#[test]
fn modules_and_algorithms_that_do_not_fit_say_so() {
    with_token("modules_and_algorithms_that_do_not_fit_say_so", |world| {
        let with_module = |path: &Path| {
            refused(
                Settings::new(path, TokenName::Label(TOKEN.into()), KeyName::label("p-256")).with_pin(Pin::new(PIN)),
            )
        };
        assert!(matches!(with_module(&world.folder.join("absent.so")), Pkcs11Error::ModuleNotFound));
        let no_module = world.folder.join("softhsm2.conf");
        assert!(matches!(with_module(&no_module), Pkcs11Error::ModuleNotUsable));
        let ecdsa = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
        let error = refused(world.settings("rsa-2048").with_algorithm(ecdsa));
        assert!(matches!(error, Pkcs11Error::KeyNotOffered(KeyKind::Rsa { bits: 2048 })));
        let old = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1);
        assert!(matches!(refused(world.settings("rsa-2048").with_algorithm(old)), Pkcs11Error::KeyNotOffered(_)));
        let mixed = SignatureAlgorithm::RsaPss {
            digest: DigestAlgorithm::Sha256,
            mgf_digest: DigestAlgorithm::Sha3_256,
            salt_len: 32,
        };
        let error = refused(world.settings("rsa-2048").with_algorithm(mixed));
        assert!(matches!(error, Pkcs11Error::MechanismNotOffered(algorithm) if algorithm == mixed));
    });
}

#[test]
fn a_wrong_pin_is_presented_once() {
    with_token("a_wrong_pin_is_presented_once", |world| {
        let wrong = world.settings("p-256").with_pin(Pin::new("4711-wrong"));
        assert!(!format!("{wrong:?}").contains("4711"));
        assert!(matches!(refused(wrong.clone()), Pkcs11Error::PinIncorrect));
        assert!(matches!(refused(world.settings("p-256").with_pin(Pin::new(""))), Pkcs11Error::PinIncorrect));
        let none = Settings::new(&world.module, TokenName::Label(TOKEN.into()), KeyName::label("p-256"));
        assert!(matches!(refused(none), Pkcs11Error::PinMissing));

        // The PIN is changed while a signer works: one attempt with the old one, whatever is asked of the signer.
        let signer = world.signer("p-256");
        signer.try_sign(b"a message").unwrap();
        let client = world.client();
        let session = world.session(&client);
        session.set_pin(&AuthPin::from(PIN), &AuthPin::from("4711-changed")).unwrap();
        session.logout().unwrap();
        for attempt in 0..3 {
            let error = signer.try_sign(b"a message").unwrap_err();
            // The first one finds the session lost.
            let cause = match (&error, attempt) {
                (Pkcs11Error::SessionLost { reopening: Some(cause), .. }, 0) => cause,
                (error, _) => error,
            };
            assert!(matches!(cause, Pkcs11Error::PinIncorrect), "{error:?}");
        }
        // It is not presented even where it would be right again.
        session.login(UserType::User, Some(&AuthPin::from("4711-changed"))).unwrap();
        session.set_pin(&AuthPin::from("4711-changed"), &AuthPin::from(PIN)).unwrap();
        session.logout().unwrap();
        assert!(matches!(signer.try_sign(b"a message"), Err(Pkcs11Error::PinIncorrect)));
        world.signer("p-256").try_sign(b"a message").unwrap();
    });
}

#[test]
fn eight_threads_share_four_sessions() {
    with_token("eight_threads_share_four_sessions", |world| {
        let sessions = NonZeroUsize::new(4).unwrap();
        let signer = Pkcs11Signer::open(world.settings("p-256").with_sessions(sessions)).unwrap();
        let service = service(signer);
        let sealed: Vec<Vec<Unstamped<ProofOfSending>>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|thread| {
                    let sealer = &service.sealer;
                    let letters = (0..25).map(move |number| sending_of(&format!("LETTER-{thread}-{number}")));
                    scope.spawn(move || letters.map(|letter| sealer.seal(&letter, now()).unwrap()).collect())
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let client = world.client();
        let slot = client.get_slots_with_initialized_token().unwrap()[0];
        let open = client.get_token_info(slot).unwrap().session_count();
        assert!(open.is_none_or(|open| open <= 4), "{open:?} sessions");
        for sealed in sealed.iter().flatten().step_by(20) {
            verifies(&service, sealed);
        }
        assert_eq!(sealed.iter().flatten().count(), 200);
    });
}

#[test]
fn who_waits_too_long_for_a_session_is_told() {
    with_token("who_waits_too_long_for_a_session_is_told", |world| {
        let settings = world.settings("rsa-3072").with_sessions(NonZeroUsize::MIN);
        let eight_at_once = |longest: std::time::Duration| -> Vec<Result<Vec<u8>, Pkcs11Error>> {
            let signer = Pkcs11Signer::open(settings.clone().with_longest_wait(longest)).unwrap();
            let start = std::sync::Barrier::new(8);
            let sign = || {
                start.wait();
                signer.try_sign(b"a message")
            };
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(sign)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            })
        };
        let patient = eight_at_once(std::time::Duration::from_secs(600));
        assert!(patient.iter().all(Result::is_ok), "{patient:?}");
        let none_waited = (0..20).all(|_| {
            let hasty = eight_at_once(std::time::Duration::ZERO);
            let failed = hasty.iter().filter_map(|signed| signed.as_ref().err());
            assert!(failed.clone().all(|error| matches!(error, Pkcs11Error::NoSessionFree)), "{hasty:?}");
            failed.count() == 0
        });
        assert!(!none_waited, "one session served eight threads at once");
    });
}

#[test]
fn a_key_of_the_same_name_in_another_token_seals_nothing() {
    with_token("a_key_of_the_same_name_in_another_token_seals_nothing", |world| {
        let settings = world.settings("p-256").with_module_use(ModuleUse::Exclusive);
        let service = service(Pkcs11Signer::open(settings).unwrap());
        verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
        world.pull_out();
        world.client().finalize().unwrap();
        // Token, PIN and keys are called the same.
        world.make_token();
        for _ in 0..3 {
            let error = service.sealer.seal(&sending(), now()).unwrap_err();
            assert!(matches!(of_token(&error), Pkcs11Error::OtherKey), "{error:?}");
        }
        world.client().finalize().unwrap();
        fs::remove_dir_all(world.folder.join("tokens")).unwrap();
        fs::create_dir(world.folder.join("tokens")).unwrap();
        world.put_back();
        verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
    });
}

#[test]
fn a_session_that_others_end_is_opened_again() {
    with_token("a_session_that_others_end_is_opened_again", |world| {
        let service = service(world.signer("p-256"));
        let client = world.client();
        // Logged out: the login is that of the process.
        world.session(&client).logout().unwrap();
        verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
        // All sessions gone, and the module with them.
        client.finalize().unwrap();
        verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
        // The others of the pool were lost with it, and come back as well.
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| verifies(&service, &service.sealer.seal(&sending(), now()).unwrap()));
            }
        });
    });
}

#[test]
fn what_was_sealed_before_the_token_vanished_is_kept_and_the_rest_reported() {
    with_token("what_was_sealed_before_the_token_vanished_is_kept_and_the_rest_reported", |world| {
        let settings = world.settings("rsa-2048").with_module_use(ModuleUse::Exclusive);
        let service = service(Pkcs11Signer::open(settings).unwrap());
        let letters: Vec<_> = (0..20).map(|number| sending_of(&format!("LETTER-{number}"))).collect();
        let mut sealed = Vec::new();
        let mut failed = Vec::new();
        let in_turn = letters.iter().enumerate().map(|(index, letter)| {
            match index {
                8 => world.pull_out(),
                13 => world.put_back(),
                _ => {}
            }
            letter
        });
        for (index, outcome) in service.sealer.seal_all(in_turn, now()).enumerate() {
            match outcome {
                Ok(seal) => sealed.push((index, seal)),
                Err(error) => failed.push(error),
            }
        }
        let indices: Vec<usize> = failed.iter().map(|error| error.index).collect();
        assert_eq!(indices, [8, 9, 10, 11, 12], "{failed:?}");
        for error in &failed {
            let cause = of_token(&error.source);
            assert!(
                matches!(cause, Pkcs11Error::SessionLost { .. } | Pkcs11Error::TokenNotFound | Pkcs11Error::Module(_)),
                "{cause:?}"
            );
            assert!(error.source().is_some());
        }
        // Those that were sealed are a batch, and so are the others when they are.
        assert_eq!(sealed.len(), 15);
        let tsa = pool(service.tsa(now() + Duration::seconds(2)));
        let batch = Batch::of(sealed.iter().map(|(_, seal)| seal)).unwrap().stamp_with(&tsa).unwrap();
        for (index, seal) in sealed {
            assert_eq!(seal.as_artifact().stated(), &letters[index]);
            let proof = batch.proof(seal).unwrap();
            service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
        }
        let again = service.sealer.seal_all(indices.iter().map(|index| &letters[*index]), now());
        again.for_each(|sealed| verifies(&service, &sealed.unwrap()));
    });
}

#[test]
fn threads_outlast_a_token_that_comes_and_goes() {
    with_token("threads_outlast_a_token_that_comes_and_goes", |world| {
        let settings = world.settings("p-256").with_module_use(ModuleUse::Exclusive);
        let sessions = NonZeroUsize::new(3).unwrap();
        let service = service(Pkcs11Signer::open(settings.with_sessions(sessions)).unwrap());
        let letter = sending();
        for _ in 0..3 {
            world.pull_out();
            std::thread::scope(|scope| {
                for _ in 0..6 {
                    scope.spawn(|| assert!(matches!(service.sealer.seal(&letter, now()), Err(SealError::Sign(_)))));
                }
            });
            world.put_back();
            std::thread::scope(|scope| {
                for _ in 0..6 {
                    scope.spawn(|| {
                        (0..3).for_each(|_| verifies(&service, &service.sealer.seal(&letter, now()).unwrap()))
                    });
                }
            });
        }
    });
}

/// Puts a certificate on the token.
fn put_certificate(session: &Session, certificate: &Certificate, label: &str, id: &[u8]) {
    put_octets(session, certificate, label, id, certificate.der());
}

/// Puts a certificate's object on the token, with these octets for its value.
fn put_octets(session: &Session, certificate: &Certificate, label: &str, id: &[u8], value: &[u8]) {
    let attributes = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Label(label.into()),
        Attribute::Id(id.to_vec()),
        Attribute::Subject(certificate.subject_der().to_vec()),
        Attribute::Value(value.to_vec()),
    ];
    session.create_object(&attributes).unwrap();
}

fn remove(session: &Session, class: ObjectClass, label: &str) {
    let named = [Attribute::Class(class), Attribute::Label(label.into())];
    for object in session.find_objects(&named).unwrap() {
        session.destroy_object(object).unwrap();
    }
}

fn logged_in(world: &World, client: &Pkcs11) -> Session {
    let session = world.session(client);
    session.login(UserType::User, Some(&AuthPin::from(PIN))).unwrap();
    session
}

#[test]
fn the_public_key_is_found_by_identifier_and_label_and_several_of_one_key_are_one() {
    with_token("the_public_key_is_found_by_identifier_and_label_and_several_of_one_key_are_one", |world| {
        let client = world.client();
        let session = logged_in(world, &client);
        let spki = |settings: Settings| Pkcs11Signer::open(settings).unwrap().public_key().spki_der().to_vec();
        let settings = world.settings("p-256");
        let expected = spki(settings.clone());

        // Another key of the same CKA_ID, with another label.
        make_key(&session, "other", 3, &KeyKind::EcP256);
        assert_eq!(spki(settings.clone()), expected);
        verifies_by(Pkcs11Signer::open(settings.clone()).unwrap());
        assert!(matches!(
            refused(
                Settings::new(&world.module, TokenName::Label(TOKEN.into()), KeyName::id(&[3])).with_pin(Pin::new(PIN))
            ),
            Pkcs11Error::KeyAmbiguous
        ));

        // Two certificates of the one key, and no public key: it was renewed.
        let pki = TestPki::new(now()).unwrap();
        let certificate = |days: i64| {
            let spec = CertificateSpec::seal("Token Seal", now() - Duration::days(1), now() + Duration::days(days));
            let signer = Pkcs11Signer::open(world.settings("p-256")).unwrap();
            pki.intermediate.issue(&spec, Arc::new(signer)).unwrap().certificate
        };
        let (old, renewed) = (certificate(10), certificate(400));
        remove(&session, ObjectClass::PUBLIC_KEY, "p-256");
        put_certificate(&session, &old, "p-256", &[3]);
        put_certificate(&session, &renewed, "p-256", &[3]);
        assert_eq!(spki(settings.clone()), expected);

        // A certificate of the same label and another identifier.
        remove(&session, ObjectClass::CERTIFICATE, "p-256");
        remove(&session, ObjectClass::PUBLIC_KEY, "other");
        put_certificate(&session, &old, "p-256", &[0x77]);
        assert_eq!(spki(settings.clone()), expected);

        // A certificate of both names that cannot be read hides no other, and is said where there is none.
        put_octets(&session, &old, "p-256", &[3], b"no certificate");
        assert_eq!(spki(settings.clone()), expected);
        remove(&session, ObjectClass::CERTIFICATE, "p-256");
        put_octets(&session, &old, "p-256", &[3], b"no certificate");
        assert!(matches!(refused(settings.clone()), Pkcs11Error::PublicKey(_)));
        remove(&session, ObjectClass::CERTIFICATE, "p-256");
        put_certificate(&session, &old, "p-256", &[0x77]);

        // Several keys have the name: it says so, and the chain helps.
        let stranger = TestPki::new(now()).unwrap().seal.certificate;
        put_certificate(&session, &stranger, "p-256", &[0x78]);
        assert!(matches!(refused(settings.clone()), Pkcs11Error::PublicKeyAmbiguous));
        verifies_by(Pkcs11Signer::open(settings.with_public_key(old.public_key().clone())).unwrap());
        remove(&session, ObjectClass::CERTIFICATE, "p-256");
        assert!(matches!(refused(world.settings("p-256")), Pkcs11Error::PublicKeyNotFound));
    });
}

#[test]
fn the_chain_is_read_from_the_token() {
    with_token("the_chain_is_read_from_the_token", |world| {
        let client = world.client();
        let session = logged_in(world, &client);
        let signer = world.signer("p-384");
        let chain = |signer: &Pkcs11Signer| {
            let certificates = signer.certificates().unwrap();
            Certificate::chain_of(signer.public_key(), certificates.iter().map(Vec::as_slice))
        };
        assert!(chain(&signer).is_empty());
        let service = service(signer.clone());
        let pki = &service.pki;
        let spec = CertificateSpec::seal("Token Seal", now() - Duration::days(1), now() + Duration::days(3));
        let older = pki.intermediate.issue(&spec, Arc::new(signer.clone())).unwrap().certificate;
        let stranger = TestPki::new(now()).unwrap();
        for (number, certificate) in
            [&pki.root.certificate, &stranger.intermediate.certificate, &older, &pki.seal.certificate]
                .into_iter()
                .enumerate()
        {
            put_certificate(&session, certificate, "chain", &[0x80, u8::try_from(number).unwrap()]);
        }
        // The intermediate is missing: the newer certificate of the key, and no further.
        let short = chain(&signer);
        assert_eq!(short.as_slice(), std::slice::from_ref(&pki.seal.certificate));
        assert_eq!(
            Credentials::new(signer.clone(), short).unwrap().missing_issuer(),
            Some(pki.intermediate.certificate.subject())
        );
        put_certificate(&session, &pki.intermediate.certificate, "chain", &[0x90]);
        let whole = chain(&signer);
        assert_eq!(whole, pki.seal_chain());
        assert!(Credentials::new(signer, whole).unwrap().chain_is_complete());
    });
}

#[test]
fn a_uri_names_module_token_and_key() {
    with_token("a_uri_names_module_token_and_key", |world| {
        let uri = |path: &str| format!("pkcs11:{path}?module-path={}&pin-value={PIN}", world.module.display());
        let open = |path: &str| Pkcs11Signer::open(Settings::from_uri(&uri(path), None).unwrap());
        let expected = world.signer("p-256").public_key().spki_der().to_vec();
        for path in [
            "token=seals;object=p-256",
            "token=seals;id=%03;type=private",
            "object=p-256;id=%03",
            "model=SoftHSM%20v2;manufacturer=SoftHSM%20project;token=seals;object=p-256",
        ] {
            assert_eq!(open(path).unwrap().public_key().spki_der(), expected, "{path}");
        }
        for path in
            ["token=seal;object=p-256", "model=Other;object=p-256", "serial=00;object=p-256", "slot-id=99;object=p-256"]
        {
            assert!(matches!(open(path), Err(Pkcs11Error::TokenNotFound)), "{path}");
        }
        assert!(matches!(open("token=seals;object=p-257"), Err(Pkcs11Error::KeyNotFound)));
        let without_pin = Settings::from_uri("pkcs11:object=p-256", Some(&world.module)).unwrap();
        assert!(matches!(refused(without_pin.clone()), Pkcs11Error::PinMissing));
        assert!(Pkcs11Signer::open(without_pin.with_pin(Pin::new(PIN))).is_ok());
        assert!(!format!("{:?}", Settings::from_uri(&uri("object=p-256"), None).unwrap()).contains("4711"));
    });
}

#[test]
fn a_key_that_wants_the_pin_each_time_gets_it() {
    with_token("a_key_that_wants_the_pin_each_time_gets_it", |world| {
        let client = world.client();
        let session = logged_in(world, &client);
        let each_time = [Attribute::AlwaysAuthenticate(true)];
        make_key_that(&session, "each-time", 40, &KeyKind::Rsa { bits: 2048 }, &each_time);
        make_key_that(&session, "each-time-p-256", 41, &KeyKind::EcP256, &each_time);
        for algorithm in [
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512),
            SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256),
        ] {
            let service = service(Pkcs11Signer::open(world.settings("each-time").with_algorithm(algorithm)).unwrap());
            for _ in 0..3 {
                verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
            }
            std::thread::scope(|scope| {
                for _ in 0..6 {
                    scope.spawn(|| verifies(&service, &service.sealer.seal(&sending(), now()).unwrap()));
                }
            });
        }
        // This version of SoftHSM has no mechanism that hashes for ECDSA.
        assert!(matches!(refused(world.settings("each-time-p-256")), Pkcs11Error::KeyNeedsPinEachTime));

        // Without a PIN nobody signs, and a wrong one is presented once.
        let signer = world.signer("each-time");
        signer.try_sign(b"a message").unwrap();
        session.set_pin(&AuthPin::from(PIN), &AuthPin::from("4711-changed")).unwrap();
        for _ in 0..3 {
            let error = signer.try_sign(b"a message").unwrap_err();
            assert!(matches!(error, Pkcs11Error::PinIncorrect), "{error:?}");
        }
        session.set_pin(&AuthPin::from("4711-changed"), &AuthPin::from(PIN)).unwrap();
        assert!(matches!(signer.try_sign(b"a message"), Err(Pkcs11Error::PinIncorrect)));
        world.signer("each-time").try_sign(b"a message").unwrap();
    });
}

#[test]
fn a_key_that_vanished_from_its_token_is_said_at_the_next_signature() {
    with_token("a_key_that_vanished_from_its_token_is_said_at_the_next_signature", |world| {
        let client = world.client();
        let session = logged_in(world, &client);
        let service = service(world.signer("p-256"));
        verifies(&service, &service.sealer.seal(&sending(), now()).unwrap());
        remove(&session, ObjectClass::PRIVATE_KEY, "p-256");
        for _ in 0..2 {
            let error = service.sealer.seal(&sending(), now()).unwrap_err();
            let mut told = String::new();
            let mut cause = error.source();
            while let Some(error) = cause {
                told += &format!(": {error}");
                cause = error.source();
            }
            assert!(told.contains("no private key of this name"), "{told}");
        }
    });
}
