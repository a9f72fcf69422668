//! Keys and signatures through the API, and the backends against each other.

use signed_data::tlv::Tag;

use super::*;
use crate::asn1::{oid, writer};

const MESSAGE: &[u8] = b"a registered letter";

fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    spki(
        &writer::algorithm_null(oid::RSA_ENCRYPTION),
        &writer::sequence(&[&writer::unsigned_integer(modulus), &writer::unsigned_integer(exponent)]),
    )
}

fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    writer::sequence(&[algorithm, &writer::concat(Tag::BIT_STRING, &[&[0], key])])
}

fn odd_modulus(octets: usize) -> Vec<u8> {
    vec![0xff; octets]
}

/// What every signer must do: its signature verifies, changed ones do not, other keys do not.
fn check_signer(signer: &dyn Signer) {
    let key = signer.public_key();
    let algorithm = signer.algorithm();
    let signature = signer.sign(MESSAGE).unwrap();
    assert_eq!(key.verify(&algorithm, MESSAGE, &signature), Ok(()), "{algorithm}");
    assert_eq!(key.verify(&algorithm, b"another letter", &signature), Err(SignatureError::Invalid));
    let mut changed = signature.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(key.verify(&algorithm, MESSAGE, &changed), Err(SignatureError::Invalid));
    for length in (0..signature.len()).step_by(signature.len().div_ceil(512)) {
        assert_eq!(key.verify(&algorithm, MESSAGE, &signature[..length]), Err(SignatureError::Invalid));
    }
    let longer = [signature.as_slice(), &[0]].concat();
    assert_eq!(key.verify(&algorithm, MESSAGE, &longer), Err(SignatureError::Invalid));

    let digest = algorithm.cms_digest().digest(MESSAGE);
    let by_digest = key.verify_digest(&algorithm, &digest, &signature);
    if algorithm.prehash().is_none() {
        assert_eq!(by_digest, Err(SignatureError::MessageNeeded));
    } else {
        assert_eq!(by_digest, Ok(()));
        let of_another_algorithm = DigestAlgorithm::Sha1.digest(MESSAGE);
        assert_eq!(
            key.verify_digest(&algorithm, &of_another_algorithm, &signature),
            Err(SignatureError::DigestMismatch)
        );
    }

    let reread = PublicKey::from_spki(key.spki_der()).unwrap();
    assert_eq!(reread, *key);
    assert_eq!(reread.verify(&algorithm, MESSAGE, &signature), Ok(()));

    for another in [
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
        SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256),
        SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256),
        SignatureAlgorithm::Ed25519,
        SignatureAlgorithm::MlDsa44,
        SignatureAlgorithm::MlDsa65,
        SignatureAlgorithm::SlhDsa(SlhDsa::Sha2_192s),
    ] {
        let expected = if key.fits(&another) {
            continue;
        } else {
            SignatureError::KeyMismatch { algorithm: another, key: key.kind().clone() }
        };
        assert_eq!(key.verify(&another, MESSAGE, &signature), Err(expected));
    }
}

#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
const RSA_ALGORITHMS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
    SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384),
    SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha512),
    SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256),
    SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha384),
    SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha512),
];

/// A key that cannot be used is read all the same, so that its certificate is.
#[test]
fn post_quantum_keys_have_their_length_and_no_parameters() {
    for (algorithm, set) in SignatureAlgorithm::post_quantum() {
        let length = set.sizes.public_key;
        let verify = |spki: &[u8]| {
            let key = PublicKey::from_spki(spki).unwrap();
            assert_eq!(key.kind().post_quantum(), Some(algorithm));
            key.verify(&algorithm, MESSAGE, &vec![0; set.sizes.signature]).unwrap_err()
        };
        let good = verify(&spki(&algorithm.to_der(), &vec![7; length]));
        assert!(matches!(good, SignatureError::Invalid | SignatureError::NotOffered(_)), "{algorithm}: {good}");
        for wrong in [0, length - 1, length + 1] {
            let refused = verify(&spki(&algorithm.to_der(), &vec![7; wrong]));
            assert!(matches!(refused, SignatureError::UnusableKey(_)), "{algorithm}: {refused}");
        }
        let refused = verify(&spki(&writer::algorithm_null(set.oid), &vec![7; length]));
        assert_eq!(refused, SignatureError::KeyParameters);
    }
}

#[cfg(all(feature = "aws-lc-rs", feature = "testing"))]
#[test]
fn aws_lc_signs_what_verifies() {
    for kind in
        [KeyKind::EcP256, KeyKind::EcP384, KeyKind::Ed25519, KeyKind::MlDsa44, KeyKind::MlDsa65, KeyKind::MlDsa87]
    {
        let key = SigningKey::generate(&kind).unwrap();
        assert_eq!(key.public_key().kind(), &kind);
        check_signer(&key);
        assert!(!format!("{key:?}").contains("public"), "{key:?}");
    }
    let rsa = SigningKey::generate(&KeyKind::Rsa { bits: 2048 }).unwrap();
    for algorithm in RSA_ALGORITHMS {
        check_signer(&rsa.clone().with_algorithm(algorithm).unwrap());
    }
    for refused in [
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha1),
        SignatureAlgorithm::RsaPss {
            digest: DigestAlgorithm::Sha256,
            mgf_digest: DigestAlgorithm::Sha256,
            salt_len: 20,
        },
        SignatureAlgorithm::Ed25519,
    ] {
        assert!(matches!(rsa.clone().with_algorithm(refused), Err(KeyError::AlgorithmMismatch { .. })));
    }
}

#[cfg(all(feature = "rustcrypto", feature = "testing"))]
#[test]
fn rustcrypto_signs_what_verifies() {
    for kind in [KeyKind::EcP256, KeyKind::EcP384, KeyKind::MlDsa44, KeyKind::MlDsa65, KeyKind::MlDsa87] {
        let key = RustCryptoSigningKey::generate(&kind).unwrap();
        assert_eq!(key.public_key().kind(), &kind);
        check_signer(&key);
        // RFC 6979, and FIPS 204 algorithm 2 without randomness: the same message gives the same signature.
        assert_eq!(key.sign(MESSAGE).unwrap(), key.sign(MESSAGE).unwrap());
    }
    let rsa = RustCryptoSigningKey::generate(&KeyKind::Rsa { bits: 2048 }).unwrap();
    for algorithm in RSA_ALGORITHMS {
        check_signer(&rsa.clone().with_algorithm(algorithm).unwrap());
    }
    assert!(rsa.with_algorithm(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)).is_err());
}

#[cfg(all(feature = "aws-lc-rs", feature = "rustcrypto"))]
mod both {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature as aws;

    use super::super::backend::Answer;
    use super::*;

    fn pem(label: &'static str, der: &[u8]) -> String {
        pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap()
    }

    fn rsa_pkcs8() -> Vec<u8> {
        let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        key.as_der().unwrap().as_ref().to_vec()
    }

    /// RSAPrivateKey inside of PKCS#8.
    fn pkcs1_of(pkcs8: &[u8]) -> Vec<u8> {
        let mut fields = signed_data::tlv::Reader::new(pkcs8, "test").any().unwrap().reader("test");
        fields.any().unwrap();
        fields.any().unwrap();
        fields.any().unwrap().value.to_vec()
    }

    #[test]
    fn one_key_in_two_backends_signs_for_both() {
        let random = SystemRandom::new();
        let p256 = aws::EcdsaKeyPair::generate_pkcs8(&aws::ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let p384 = aws::EcdsaKeyPair::generate_pkcs8(&aws::ECDSA_P384_SHA384_ASN1_SIGNING, &random).unwrap();
        for pkcs8 in [p256.as_ref().to_vec(), p384.as_ref().to_vec(), rsa_pkcs8()] {
            let aws_key = SigningKey::from_pkcs8_der(&pkcs8).unwrap();
            let rust_crypto_key = RustCryptoSigningKey::from_pem(&pem("PRIVATE KEY", &pkcs8)).unwrap();
            assert_eq!(aws_key.public_key(), rust_crypto_key.public_key());
            assert_eq!(aws_key.public_key().spki_der(), rust_crypto_key.public_key().spki_der());
            assert_eq!(aws_key.algorithm(), rust_crypto_key.algorithm());
            let algorithms = match aws_key.public_key().kind() {
                KeyKind::Rsa { .. } => RSA_ALGORITHMS.to_vec(),
                KeyKind::EcP256
                | KeyKind::EcP384
                | KeyKind::EcP521
                | KeyKind::Ed25519
                | KeyKind::MlDsa44
                | KeyKind::MlDsa65
                | KeyKind::MlDsa87
                | KeyKind::SlhDsa(_)
                | KeyKind::NotOffered(_) => vec![aws_key.algorithm()],
            };
            for algorithm in algorithms {
                let aws_key = aws_key.clone().with_algorithm(algorithm).unwrap();
                let rust_crypto_key = rust_crypto_key.clone().with_algorithm(algorithm).unwrap();
                for signer in [&aws_key as &dyn Signer, &rust_crypto_key] {
                    let signature = signer.sign(MESSAGE).unwrap();
                    let answers = aws_key.public_key().ask_each(&algorithm, MESSAGE, &signature);
                    assert_eq!(answers, [Answer::Valid, Answer::Valid], "{algorithm}");
                }
            }
        }
    }

    /// One seed, and everything that RFC 9881 §6 makes of it.
    #[test]
    fn ml_dsa_keys_come_in_three_forms() {
        let seed = [7; 32];
        for (algorithm, signing) in [
            (SignatureAlgorithm::MlDsa44, &aws::ML_DSA_44_SIGNING),
            (SignatureAlgorithm::MlDsa65, &aws::ML_DSA_65_SIGNING),
            (SignatureAlgorithm::MlDsa87, &aws::ML_DSA_87_SIGNING),
        ] {
            use aws_lc_rs::encoding::AsRawBytes as _;
            let pair = aws::PqdsaKeyPair::from_seed(signing, &seed).unwrap();
            let expanded = pair.private_key().as_raw_bytes().unwrap();
            let pkcs8 = |identifier: &[u8], key: &[u8]| {
                writer::sequence(&[&writer::small_integer(0), identifier, &writer::octet_string(key)])
            };
            let identifier = algorithm.to_der();
            let seed_form = writer::tlv(Tag::context_primitive(0), &seed);
            let both = |seed: &[u8], expanded: &[u8]| {
                writer::sequence(&[&writer::octet_string(seed), &writer::octet_string(expanded)])
            };
            let forms = [seed_form.clone(), writer::octet_string(expanded.as_ref()), both(&seed, expanded.as_ref())];
            for (number, form) in forms.iter().enumerate() {
                let der = pkcs8(&identifier, form);
                let aws_key = SigningKey::from_pkcs8_der(&der).unwrap();
                assert_eq!(aws_key.algorithm(), algorithm);
                let signature = aws_key.sign(MESSAGE).unwrap();
                let answers = aws_key.public_key().ask_each(&algorithm, MESSAGE, &signature);
                assert_eq!(answers, [Answer::Valid, Answer::Valid], "{algorithm}");
                match RustCryptoSigningKey::from_pem(&pem("PRIVATE KEY", &der)) {
                    Ok(rust_crypto_key) => {
                        assert_eq!(aws_key.public_key(), rust_crypto_key.public_key());
                        let answers = rust_crypto_key.public_key().ask_each(
                            &algorithm,
                            MESSAGE,
                            &rust_crypto_key.sign(MESSAGE).unwrap(),
                        );
                        assert_eq!(answers, [Answer::Valid, Answer::Valid], "{algorithm}");
                    }
                    Err(error) => {
                        assert!(
                            matches!(error, KeyError::NotOffered(_)) && number == 1,
                            "{algorithm} {number}: {error}"
                        )
                    }
                }
            }
            let refused = |der: &[u8]| {
                let errors = [
                    SigningKey::from_pkcs8_der(der).err().unwrap(),
                    RustCryptoSigningKey::from_pkcs8_der(der).err().unwrap(),
                ];
                assert_eq!(errors[0], errors[1]);
                errors[0].clone()
            };
            let mut altered = expanded.as_ref().to_vec();
            *altered.last_mut().unwrap() ^= 1;
            let inconsistent = [both(&seed, &altered), both(&[8; 32], expanded.as_ref())];
            for key in inconsistent {
                assert_eq!(refused(&pkcs8(&identifier, &key)), KeyError::Inconsistent);
            }
            let with_null = writer::algorithm_null(algorithm.not_offered().oid.parse().unwrap());
            for der in [
                pkcs8(&with_null, &seed_form),
                pkcs8(&identifier, &seed_form[1..]),
                pkcs8(&identifier, &writer::tlv(Tag::context_primitive(0), &seed[1..])),
                pkcs8(&identifier, &writer::octet_string(&expanded.as_ref()[1..])),
                pkcs8(&identifier, &both(&seed, &[])),
                pkcs8(&identifier, &[]),
            ] {
                assert!(matches!(refused(&der), KeyError::Malformed(_)));
            }
        }
    }

    /// A signature with a context is none for CMS (RFC 9882 §3.2), and neither is one over a digest (HashML-DSA).
    #[test]
    fn ml_dsa_is_pure_and_without_context() {
        let key = ml_dsa::SigningKey::<ml_dsa::MlDsa65>::from_seed(&[7; 32].into());
        use ml_dsa::Keypair as _;
        let algorithm = SignatureAlgorithm::MlDsa65;
        let public = PublicKey::from_parts(&algorithm.to_der(), &key.verifying_key().encode()).unwrap();
        let signed = |context: &[u8]| key.expanded_key().sign_deterministic(MESSAGE, context).unwrap().encode();
        // FIPS 204 algorithm 4, with SHA-512: the domain separator 1, an empty context, the OID and the digest.
        let prehashed =
            [&[1, 0][..], &writer::oid(oid::SHA512), DigestAlgorithm::Sha512.digest(MESSAGE).as_bytes()].concat();
        let prehashed = key.expanded_key().sign_internal(&[&prehashed], &Default::default()).encode();
        for (signature, expected) in
            [(signed(&[]), Answer::Valid), (signed(b"CMS"), Answer::Invalid), (prehashed, Answer::Invalid)]
        {
            assert_eq!(public.ask_each(&algorithm, MESSAGE, &signature), [expected; 2]);
        }
    }

    #[test]
    fn ecdsa_takes_every_digest_with_every_curve() {
        // Signed as the integer that the digest gives; the two backends must make the same one of it.
        use p384::ecdsa::signature::hazmat::PrehashSigner as _;
        let pkcs8 =
            aws::EcdsaKeyPair::generate_pkcs8(&aws::ECDSA_P384_SHA384_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let key = SigningKey::from_pkcs8_der(pkcs8.as_ref()).unwrap();
        use p384::pkcs8::DecodePrivateKey as _;
        let signer = p384::ecdsa::SigningKey::from_pkcs8_der(pkcs8.as_ref()).unwrap();
        for digest in DigestAlgorithm::ALL.into_iter().filter(|digest| digest.uri().is_some()) {
            let octets = digest.digest(MESSAGE);
            let mut padded = vec![0; 48_usize.saturating_sub(octets.as_bytes().len())];
            padded.extend_from_slice(octets.as_bytes());
            let signature: p384::ecdsa::DerSignature = signer.sign_prehash(&padded).unwrap();
            let answers = key.public_key().ask_each(&SignatureAlgorithm::Ecdsa(digest), MESSAGE, signature.as_bytes());
            assert_eq!(answers, [Answer::Valid, Answer::Valid], "{digest}");
        }
    }

    #[test]
    fn rsa_of_1024_bits_and_odd_sizes_verify_with_every_digest() {
        use rsa::traits::{PublicKeyParts as _, SignatureScheme as _};
        let mut random = rsa::rand_core::UnwrapErr(crate::crypto::random::SystemRandom);
        // 1025 and 1031 bits: EM is an octet shorter than the modulus, and exactly as long.
        for bits in [1024, 1025, 1031] {
            let private = rsa::PrivateKey::new(&mut random, bits).unwrap();
            let key = PublicKey::from_spki(&rsa_spki(&private.n().to_be_bytes(), &private.e().to_be_bytes())).unwrap();
            for digest in DigestAlgorithm::ALL {
                let octets = digest.digest(MESSAGE);
                let info = writer::sequence(&[
                    &writer::algorithm_null(digest.oid()),
                    &writer::octet_string(octets.as_bytes()),
                ]);
                let scheme = rsa::pkcs1v15::Pkcs1v15Sign::new_unprefixed();
                let signature = scheme.sign(None::<&mut crate::crypto::random::SystemRandom>, &private, &info).unwrap();
                let algorithm = SignatureAlgorithm::RsaPkcs1(digest);
                assert_eq!(key.verify(&algorithm, MESSAGE, &signature), Ok(()), "{bits} {digest}");
                for answer in key.ask_each(&algorithm, MESSAGE, &signature) {
                    assert!(matches!(answer, Answer::Valid | Answer::NotOffered), "{bits} {digest}");
                }
            }
            for salt_len in [0, 7, 32] {
                let hash = DigestAlgorithm::Sha256.digest(MESSAGE);
                let scheme = rsa::pss::Pss::<sha2::Sha256>::new_with_salt(salt_len);
                let signature =
                    scheme.sign(Some(&mut crate::crypto::random::SystemRandom), &private, hash.as_bytes()).unwrap();
                let with = |salt_len| SignatureAlgorithm::RsaPss {
                    digest: DigestAlgorithm::Sha256,
                    mgf_digest: DigestAlgorithm::Sha256,
                    salt_len,
                };
                let salt_len = u32::try_from(salt_len).unwrap();
                assert_eq!(key.verify(&with(salt_len), MESSAGE, &signature), Ok(()), "{bits} {salt_len}");
                for salt in [salt_len + 1, 20, u32::MAX] {
                    assert_eq!(key.verify(&with(salt), MESSAGE, &signature), Err(SignatureError::Invalid));
                }
            }
        }
    }

    #[test]
    fn a_pss_key_keeps_to_its_parameters() {
        let signer = SigningKey::from_pkcs8_der(&rsa_pkcs8()).unwrap();
        let pss = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha384);
        let signer = signer.with_algorithm(pss).unwrap();
        let signature = signer.sign(MESSAGE).unwrap();
        let rsa_public_key = {
            let mut fields =
                signed_data::tlv::Reader::new(signer.public_key().spki_der(), "test").any().unwrap().reader("test");
            fields.any().unwrap();
            fields.any().unwrap().value[1..].to_vec()
        };
        let restricted = |algorithm: &[u8]| PublicKey::from_spki(&spki(algorithm, &rsa_public_key)).unwrap();
        let any = restricted(&writer::algorithm(oid::RSASSA_PSS));
        let same = restricted(&pss.to_der());
        let less_salt = SignatureAlgorithm::RsaPss {
            digest: DigestAlgorithm::Sha384,
            mgf_digest: DigestAlgorithm::Sha384,
            salt_len: 20,
        };
        for key in [&any, &same, &restricted(&less_salt.to_der())] {
            assert_eq!(key.verify(&pss, MESSAGE, &signature), Ok(()));
            assert_eq!(key, signer.public_key());
            let pkcs1 = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384);
            assert!(matches!(key.verify(&pkcs1, MESSAGE, &signature), Err(SignatureError::KeyMismatch { .. })));
        }
        let more_salt = SignatureAlgorithm::RsaPss {
            digest: DigestAlgorithm::Sha384,
            mgf_digest: DigestAlgorithm::Sha384,
            salt_len: 49,
        };
        for restriction in [more_salt, SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256)] {
            let key = restricted(&restriction.to_der());
            assert!(matches!(key.verify(&pss, MESSAGE, &signature), Err(SignatureError::KeyMismatch { .. })));
        }
        // Parameters with a digest that is not offered: the key is named, not refused.
        let md5 = const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
        let hash = writer::tlv(Tag::context(0), &writer::algorithm_null(md5));
        let unknown = writer::sequence(&[&writer::oid(oid::RSASSA_PSS), &writer::sequence(&[&hash])]);
        assert!(matches!(restricted(&unknown).kind(), KeyKind::NotOffered(NotOffered { name: Some("MD5"), .. })));
    }

    #[test]
    fn cut_and_mutated_private_keys_are_errors() {
        for pkcs8 in [
            rsa_pkcs8(),
            aws::EcdsaKeyPair::generate_pkcs8(&aws::ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
                .unwrap()
                .as_ref()
                .to_vec(),
        ] {
            for length in 0..pkcs8.len() {
                assert!(SigningKey::from_pkcs8_der(&pkcs8[..length]).is_err());
                assert!(RustCryptoSigningKey::from_pkcs8_der(&pkcs8[..length]).is_err());
            }
            for position in (0..pkcs8.len()).step_by(7) {
                let mut mutated = pkcs8.clone();
                mutated[position] ^= 0x10;
                // It may still be a key, of other numbers or with other attributes; what it signs must verify then.
                if let Ok(key) = SigningKey::from_pkcs8_der(&mutated) {
                    check_signer(&key);
                }
                if let Ok(key) = RustCryptoSigningKey::from_pkcs8_der(&mutated) {
                    check_signer(&key);
                }
            }
        }
    }

    #[test]
    fn private_keys_are_found_in_pem_texts() {
        let pkcs8 = rsa_pkcs8();
        let pkcs1 = pem("RSA PRIVATE KEY", &pkcs1_of(&pkcs8));
        let pkcs8 = pem("PRIVATE KEY", &pkcs8);
        let certificate = pem("CERTIFICATE", b"not looked at");
        for text in [
            pkcs1.clone(),
            pkcs8.clone(),
            format!("Bag Attributes\n  friendlyName: seal\n{certificate}{pkcs8}{certificate}"),
            pkcs8.replace('\n', "\r\n"),
        ] {
            let aws_key = SigningKey::from_pem(&text).unwrap();
            let rust_crypto_key = RustCryptoSigningKey::from_pem(&text).unwrap();
            assert_eq!(aws_key.public_key(), rust_crypto_key.public_key());
        }
        let broken = pkcs8.replace("PRIVATE KEY-----\nMI", "PRIVATE KEY-----\n?I");
        for (text, expected) in [
            (String::new(), KeyError::NoPrivateKey),
            (certificate, KeyError::NoPrivateKey),
            (pem("ENCRYPTED PRIVATE KEY", b"secret"), KeyError::Encrypted),
            (pkcs1.replace("KEY-----\nMI", "KEY-----\nProc-Type: 4,ENCRYPTED\n\nMI"), KeyError::EncryptedOldForm),
            (pem("EC PRIVATE KEY", b"secret"), KeyError::Malformed("EC private key")),
            (pem("DSA PRIVATE KEY", b"secret"), KeyError::UnsupportedForm),
            (pem("PRIVATE KEY", b"secret"), KeyError::Malformed("PKCS#8 private key")),
            (broken, KeyError::Malformed("PEM")),
            ("-----BEGIN PRIVATE KEY-----\nMIIE".into(), KeyError::Malformed("PEM")),
        ] {
            assert_eq!(SigningKey::from_pem(&text).unwrap_err(), expected);
            assert_eq!(RustCryptoSigningKey::from_pem(&text).unwrap_err(), expected);
        }
    }
}

#[test]
fn keys_that_are_not_offered_are_named() {
    let named = |algorithm: Vec<u8>| {
        let key = PublicKey::from_spki(&spki(&algorithm, &[1, 2, 3])).unwrap();
        let KeyKind::NotOffered(what) = key.kind() else { panic!("{}", key.kind()) };
        what.name
    };
    let arcs = const_oid::ObjectIdentifier::new_unwrap;
    assert_eq!(named(writer::algorithm(arcs("1.2.840.10040.4.1"))), Some("DSA"));
    assert_eq!(named(writer::algorithm(arcs("1.3.101.113"))), Some("Ed448"));
    assert_eq!(named(writer::algorithm(arcs("1.2.3.4"))), None);
    let ec = |parameters: &[u8]| writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), parameters]);
    assert_eq!(named(ec(&writer::oid(arcs("1.3.36.3.3.2.8.1.1.7")))), Some("brainpoolP256r1"));
    assert_eq!(named(ec(&writer::sequence(&[]))), Some("elliptic curve without a name"));
    assert_eq!(named(ec(&[])), Some("elliptic curve without a name"));

    let dsa = PublicKey::from_spki(&spki(&writer::algorithm(arcs("1.2.840.10040.4.1")), &[1])).unwrap();
    let verdict = dsa.verify(&SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), MESSAGE, &[0; 64]);
    assert!(matches!(verdict, Err(SignatureError::NotOffered(NotOffered { name: Some("DSA"), .. }))));
}

#[test]
fn keys_out_of_bounds_are_read_but_not_used() {
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    for (modulus, exponent, bits) in [
        (odd_modulus(127), vec![1, 0, 1], 1016),
        (odd_modulus(1025), vec![1, 0, 1], 8200),
        (odd_modulus(12_500), vec![1, 0, 1], 100_000),
        (odd_modulus(256), odd_modulus(256), 2048),
        (odd_modulus(256), vec![2], 2048),
        (odd_modulus(256), vec![1], 2048),
        (odd_modulus(256), vec![], 2048),
        (vec![0xfe; 256], vec![1, 0, 1], 2048),
    ] {
        let key = PublicKey::from_spki(&rsa_spki(&modulus, &exponent)).unwrap();
        assert_eq!(key.kind(), &KeyKind::Rsa { bits });
        let verdict = key.verify(&algorithm, MESSAGE, &vec![0; modulus.len()]);
        assert!(matches!(verdict, Err(SignatureError::UnusableKey(_))), "{bits}: {verdict:?}");
    }
    // A point that is not on the curve, octets that are no point, and a whole SubjectPublicKeyInfo in place of one.
    let p256 = writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), &writer::oid(oid::P256)]);
    let generator = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    let generator: Vec<u8> =
        (0..65).map(|at| u8::from_str_radix(&generator[2 * at..2 * at + 2], 16).unwrap()).collect();
    for point in [vec![4; 65], vec![0], vec![], spki(&p256, &generator)] {
        let key = PublicKey::from_spki(&spki(&p256, &point)).unwrap();
        let verdict = key.verify(&SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), MESSAGE, &[0x30, 0]);
        assert!(matches!(verdict, Err(SignatureError::UnusableKey(_))), "{verdict:?}");
    }
}

#[test]
fn malformed_keys_are_errors() {
    let good = rsa_spki(&odd_modulus(256), &[1, 0, 1]);
    assert!(PublicKey::from_spki(&good).is_ok());
    for length in 0..good.len() {
        assert!(matches!(PublicKey::from_spki(&good[..length]), Err(KeyError::Malformed(_))));
    }
    assert!(PublicKey::from_spki(&[good.as_slice(), &[0]].concat()).is_err());
    let algorithm = writer::algorithm_null(oid::RSA_ENCRYPTION);
    let key = writer::sequence(&[&writer::unsigned_integer(&odd_modulus(256)), &writer::small_integer(3)]);
    let unused_bits = writer::sequence(&[&algorithm, &writer::concat(Tag::BIT_STRING, &[&[1], &key])]);
    assert!(PublicKey::from_spki(&unused_bits).is_err());
    let negative = writer::sequence(&[&writer::tlv(Tag::INTEGER, &[0xff; 256]), &writer::small_integer(3)]);
    // Read, so that its certificate is, and never used.
    let negative = PublicKey::from_spki(&spki(&algorithm, &negative)).unwrap();
    let algorithm = SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256);
    let verdict = negative.verify(&algorithm, b"message", &[0; 128]);
    assert!(matches!(verdict, Err(SignatureError::UnusableKey(_))));
    assert!(PublicKey::from_spki(&spki(&writer::algorithm(oid::ED25519), &[0; 31])).is_err());
}

/// Whatever octet of a key is another, reading and using it ends with an answer.
#[cfg(feature = "testing")]
#[test]
fn mutated_keys_verify_nothing() {
    let mut kinds = vec![KeyKind::EcP256, KeyKind::EcP384, KeyKind::Rsa { bits: 2048 }];
    if cfg!(feature = "aws-lc-rs") {
        kinds.push(KeyKind::Ed25519);
    }
    for kind in kinds {
        let signer = crate::testing::generate_key(&kind).unwrap();
        let signature = signer.sign(MESSAGE).unwrap();
        let spki = signer.public_key().spki_der();
        for position in 0..spki.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut mutated = spki.to_vec();
                mutated[position] ^= flip;
                let Ok(key) = PublicKey::from_spki(&mutated) else { continue };
                let valid = key.verify(&signer.algorithm(), MESSAGE, &signature).is_ok();
                assert!(!valid || key == *signer.public_key(), "{kind}: octet {position} ^ {flip:#x}");
            }
        }
    }
}
