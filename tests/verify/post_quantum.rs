//! These tests ask what holds by ML-DSA: seals, chains, revocation data and tokens, and each rule of RFC 9882 by itself.

use std::sync::Arc;

use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind, Signer};
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::testing::{
    AttributeOrder, CertificateSpec, CertifiedKey, CrlSpec, Forge, ForgedTstInfo, OcspAnswerSpec, OcspSpec,
    RevokedSpec, TestKeys, TestPki, Usage, algorithm_protection, derived_ml_dsa_key, generate_key, signing_certificate,
    tlv,
};
use recommande::verify::{
    Code, Content, ContentDigests, Indication, Payload, Policy, Report, SubIndication, Subject, Verifier,
};
use recommande::{Environment, TrustAnchors};
use signed_data::tlv::Tag;

use crate::common::{Service, against, later, now, oid};

const KINDS: [KeyKind; 3] = [KeyKind::MlDsa44, KeyKind::MlDsa65, KeyKind::MlDsa87];

fn key(kind: &KeyKind) -> Arc<dyn Signer> {
    generate_key(kind).unwrap()
}

fn pki(kind: &KeyKind) -> TestPki {
    TestPki::of_kind(kind, now()).unwrap()
}

fn strict(pki: &TestPki) -> Verifier {
    Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test).with_policy(Policy::strict())
}

fn algorithm(oid: const_oid::ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()]), parameters])
}

/// Judges a signature over attached content, changed before it is made.
fn judged(pki: &TestPki, change: impl FnOnce(&mut Forge)) -> Report {
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    change(&mut forge);
    forge.sign(&*pki.seal.signer).unwrap();
    judge(pki, &forge)
}

fn judge(pki: &TestPki, forge: &Forge) -> Report {
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    verifier.report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0)
}

fn has(report: &Report, subject: Subject, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.subject == subject && finding.code == code)
}

fn stated(report: &Report, code: Code) -> Option<String> {
    report.findings.iter().find(|finding| finding.code == code).and_then(|finding| finding.stated.clone())
}

/// The content has its digest by this algorithm.
fn digest_by(pki: &TestPki, forge: &mut Forge, digest: DigestAlgorithm) {
    let content = forge.content.clone().unwrap();
    let signer = forge.first();
    signer.digest_algorithm = algorithm(digest.oid(), &[]);
    let value = digest.digest(&content);
    signer.set(oid::MESSAGE_DIGEST, &[&tlv(Tag::OCTET_STRING, &[value.as_bytes()])]);
    let protection = algorithm_protection(&signer.digest_algorithm, &pki.seal.signer.algorithm().to_der());
    signer.set(oid::CMS_ALGORITHM_PROTECTION, &[&protection]);
}

/// Seal, chain, CRLs and token: everything is signed by keys of one kind.
#[test]
fn a_proof_by_ml_dsa_passes_like_others() {
    for kind in KINDS {
        let service = Service::with_pki(pki(&kind));
        let report = service.report(&service.proof());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(stated(&report, Code::SignatureValid), Some(kind.to_string()), "{report}");
        let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
        let mut data = service.pki.seal_revocation(issued, next).unwrap();
        data.add_der(&service.pki.tsa_root.issue_crl(&CrlSpec::new(issued, next)).unwrap()).unwrap();
        let report =
            strict(&service.pki).with_revocation_data(data).report(&service.proof(), Payload::NotAvailable, later());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(has(&report, Subject::SealChain, Code::NotRevoked), "{report}");
        assert!(has(&report, Subject::Timestamp(1), Code::NotRevoked), "{report}");
    }
}

/// Each place of a signature, by another kind of key than its neighbours have.
#[test]
fn chains_mix_rsa_ecdsa_and_ml_dsa() {
    let rsa = KeyKind::Rsa { bits: 3072 };
    for [root, intermediate, seal, tsa_root, tsa] in [
        [&rsa, &KeyKind::EcP256, &KeyKind::MlDsa65, &KeyKind::MlDsa87, &rsa],
        [&KeyKind::MlDsa87, &rsa, &KeyKind::EcP384, &KeyKind::EcP256, &KeyKind::MlDsa65],
        [&KeyKind::EcP384, &KeyKind::MlDsa44, &rsa, &rsa, &KeyKind::MlDsa44],
    ] {
        let keys = TestKeys {
            root: key(root),
            intermediate: key(intermediate),
            seal: key(seal),
            tsa_root: key(tsa_root),
            tsa: key(tsa),
        };
        let service = Service::with_pki(TestPki::with_keys(keys, now()).unwrap());
        let report = service.report(&service.proof());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        // The same names under other keys are no chain.
        let others = [generate_key(root).unwrap(), generate_key(tsa_root).unwrap()];
        let [seals, tsas] = others.map(|key| {
            let spec = CertificateSpec::authority("Test Root CA", now() - Duration::days(1), later());
            let mut anchors = TrustAnchors::new();
            anchors.add(spec.self_signed(key).unwrap().certificate);
            anchors
        });
        let verifier = Verifier::new(seals, service.pki.tsa_anchors(), Environment::Test);
        let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
        assert_ne!(report.indication, Indication::TotalPassed, "{report}");
        let verifier = Verifier::new(service.pki.seal_anchors(), tsas, Environment::Test);
        let report = verifier.report(&service.proof(), Payload::NotAvailable, later());
        assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    }
}

/// CRLs and OCSP responses that ML-DSA signed count in both directions, and forged ones do not.
#[test]
fn revocation_data_by_ml_dsa_counts() {
    let service = Service::with_pki(pki(&KeyKind::MlDsa65));
    let (pki, proof) = (&service.pki, service.proof());
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let seal = &pki.seal.certificate;
    let report = |data: &[u8]| {
        let mut revocation = RevocationData::new();
        revocation.add_der(data).unwrap();
        service.verifier().with_revocation_data(revocation).report(&proof, Payload::NotAvailable, later())
    };
    let entry = RevokedSpec::new(seal, issued).with_reason(RevocationReason::KeyCompromise);
    let revoked = pki.intermediate.issue_crl(&CrlSpec::new(issued, next).with_revoked(&entry)).unwrap();
    let judged = report(&revoked);
    assert!(against(&judged).contains(&Code::RevokedNoPoe) || against(&judged).contains(&Code::Revoked), "{judged}");
    let forged = [&revoked[..revoked.len() - 1], &[revoked[revoked.len() - 1] ^ 1]].concat();
    let judged = report(&forged);
    assert!(has(&judged, Subject::SealChain, Code::RevocationNotAuthenticated), "{judged}");
    for (status, expected) in [(OcspStatus::Good, Code::NotRevoked), (OcspStatus::Unknown, Code::RevocationUnknown)] {
        let issuer = &pki.intermediate.certificate;
        let answer = OcspAnswerSpec::new(seal, issuer, status, issued).with_next_update(next);
        let response = pki.intermediate.answer_ocsp(&OcspSpec::new(issued, answer)).unwrap();
        let judged = report(&response);
        assert!(has(&judged, Subject::SealChain, expected), "{judged}");
    }
}

/// RFC 9882 §3.3, table 1.
#[test]
fn digests_that_are_weaker_than_the_signature_are_named() {
    use DigestAlgorithm::*;
    let digests = [Sha256, Sha384, Sha512, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256];
    for (kind, matched) in [
        (KeyKind::MlDsa44, digests.as_slice()),
        (KeyKind::MlDsa65, &[Sha384, Sha512, Sha3_384, Sha3_512, Shake256]),
        (KeyKind::MlDsa87, &[Sha512, Sha3_512, Shake256]),
    ] {
        let pki = pki(&kind);
        for digest in digests {
            let report = judged(&pki, |forge| digest_by(&pki, forge, digest));
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            let weaker = stated(&report, Code::DigestWeakerThanSignature);
            let expected = (!matched.contains(&digest)).then(|| format!("{digest} beside {kind}"));
            assert_eq!(weaker, expected, "{report}");
        }
    }
}

#[test]
fn shake256_has_no_parameters() {
    let pki = pki(&KeyKind::MlDsa65);
    let report = judged(&pki, |forge| {
        digest_by(&pki, forge, DigestAlgorithm::Shake256);
        forge.first().digest_algorithm = algorithm(oid::SHAKE256, &[5, 0]);
        forge.first().remove(oid::CMS_ALGORITHM_PROTECTION);
    });
    assert_eq!(stated(&report, Code::DigestParametersForbidden).as_deref(), Some("SHAKE256"), "{report}");
    assert!(stated(&report, Code::DigestAlgorithmNotOffered).is_none(), "{report}");
    assert_eq!(report.indication, Indication::TotalFailed);
}

/// RFC 9882 §3.3: the parameters are absent. Nobody signs what stands in them.
#[test]
fn a_signature_algorithm_with_parameters_is_refused() {
    for kind in KINDS {
        let pki = pki(&kind);
        let oid = Vec::from(&pki.seal.signer.algorithm().to_der()[2..]);
        for parameters in [&[5, 0][..], &[0x30, 0], &[4, 3, b'C', b'M', b'S']] {
            let report = judged(&pki, |forge| {
                forge.first().signature_algorithm = tlv(Tag::SEQUENCE, &[&oid, parameters]);
                forge.first().remove(oid::CMS_ALGORITHM_PROTECTION);
            });
            assert_eq!(stated(&report, Code::AlgorithmParametersForbidden), Some(kind.to_string()), "{report}");
            let verdict = (report.indication, report.sub_indication);
            assert_eq!(verdict, (Indication::TotalFailed, Some(SubIndication::FormatFailure)), "{report}");
        }
    }
}

/// RFC 9881 §2: so are those of the algorithms of a certificate, and of its key.
#[test]
fn a_certificate_whose_algorithms_have_parameters_is_not_relied_on() {
    use crate::common::der::{self, Node};
    let pki = pki(&KeyKind::MlDsa65);
    let null = der::octets(0x05, &[]);
    let changed = |places: &[&[usize]]| {
        let certificate = Node::parse(pki.seal.certificate.der()).with(|certificate| {
            for place in places {
                certificate.at_mut(place).children_mut().push(null.clone());
            }
        });
        recommande::Certificate::from_der(&certificate.to_der()).unwrap()
    };
    for (places, expected, word) in [
        (&[&[0, 2][..], &[1]][..], Code::ChainAlgorithmParametersForbidden, "parameters"),
        (&[&[0, 6, 0][..]][..], Code::KeyParametersForbidden, "ML-DSA-65"),
    ] {
        let key = CertifiedKey { certificate: changed(places), signer: pki.seal.signer.clone() };
        let mut forge =
            Forge::seal(b"content", &key, &[key.certificate.clone(), pki.intermediate.certificate.clone()], now());
        forge.sign(&*key.signer).unwrap();
        let report = judge(&pki, &forge);
        let finding = report.findings.iter().find(|finding| finding.code == expected).unwrap();
        let reason = [&finding.stated, &finding.computed].into_iter().flatten().any(|text| text.contains(word));
        assert!(reason, "{report}");
        assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    }
}

/// RFC 9881 §5: of seals and of authorities. Those of TSAs may only sign anyway. Such a key signs, and does nothing else.
#[test]
fn a_post_quantum_key_that_encrypts_is_in_no_chain() {
    use Usage::*;
    let until = later() + Duration::days(300);
    let from = now() - Duration::hours(1);
    let report = |kind: &KeyKind, seal: &[Usage], authority: &[Usage]| {
        let mut pki = pki(kind);
        let spec = CertificateSpec::authority("Test Seal CA", from, until).with_key_usage(authority);
        pki.intermediate = pki.root.issue(&spec, pki.intermediate.signer.clone()).unwrap();
        let spec = CertificateSpec::seal("Test Seal", from, until).with_key_usage(seal);
        pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
        judged(&pki, |_| {})
    };
    let (seal, authority) = ([DigitalSignature], [KeyCertSign, CrlSign]);
    for kind in KINDS {
        let good = report(&kind, &seal, &[KeyCertSign, CrlSign, DigitalSignature]);
        assert_eq!(good.indication, Indication::TotalPassed, "{good}");
        for (forbidden, name) in [
            (KeyEncipherment, "keyEncipherment"),
            (DataEncipherment, "dataEncipherment"),
            (KeyAgreement, "keyAgreement"),
        ] {
            for judged in [
                report(&kind, &[DigitalSignature, forbidden], &authority),
                report(&kind, &seal, &[KeyCertSign, CrlSign, forbidden]),
            ] {
                let finding = judged.findings.iter().find(|finding| finding.code == Code::ChainKeyUsageForbidden);
                let finding = finding.unwrap_or_else(|| panic!("{judged}"));
                assert_eq!(finding.subject, Subject::SealChain, "{judged}");
                let reason = format!("keyUsage of a key for {kind} has {name}");
                assert!(finding.computed.as_deref().unwrap().contains(&reason), "{judged}");
                assert_eq!(judged.indication, Indication::Indeterminate, "{judged}");
            }
        }
    }
    // Nor does it seal here.
    let pki = pki(&KeyKind::MlDsa65);
    let spec = CertificateSpec::seal("Test Seal", from, until).with_key_usage(&[DigitalSignature, KeyAgreement]);
    let key = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
    let refused = recommande::Credentials::new(key.signer.clone(), vec![key.certificate.clone()]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "keyUsage of the post-quantum signature key has keyAgreement, which RFC 9881 and RFC 9909 forbid"
    );
    // The rule is about these kinds of keys. RSA keys may do more than sign.
    let rsa = report(&KeyKind::Rsa { bits: 2048 }, &[DigitalSignature, KeyEncipherment], &authority);
    assert_eq!(rsa.indication, Indication::TotalPassed, "{rsa}");
}

/// RFC 9881 §10.1: HashML-DSA is another algorithm, and so is every other parameter set.
#[test]
fn other_algorithms_of_the_family_are_named() {
    let pki = pki(&KeyKind::MlDsa65);
    for (oid, name, code) in [
        ("2.16.840.1.101.3.4.3.33", "HashML-DSA-65", Code::AlgorithmPrehashed),
        ("2.16.840.1.101.3.4.3.44", "HashSLH-DSA-SHAKE-192f", Code::AlgorithmPrehashed),
        ("2.16.840.1.101.3.4.3.20", "SLH-DSA-SHA2-128s", Code::AlgorithmNotOffered),
        ("2.16.840.1.101.3.4.3.27", "SLH-DSA-SHAKE-128f", Code::AlgorithmNotOffered),
        ("1.3.6.1.5.5.7.6.45", "ML-DSA-65 with ECDSA over P-256", Code::AlgorithmNotOffered),
    ] {
        let report = judged(&pki, |forge| {
            forge.first().signature_algorithm = algorithm(const_oid::ObjectIdentifier::new_unwrap(oid), &[]);
            forge.first().remove(oid::CMS_ALGORITHM_PROTECTION);
        });
        assert_eq!(stated(&report, code), Some(format!("{name} ({oid})")), "{report}");
        assert_eq!(report.indication, Indication::Indeterminate);
    }
    for (kind, code) in
        [(KeyKind::MlDsa44, Code::KeyDoesNotFitAlgorithm), (KeyKind::MlDsa87, Code::KeyDoesNotFitAlgorithm)]
    {
        let algorithm = key(&kind).algorithm().to_der();
        let report = judged(&pki, |forge| {
            forge.first().signature_algorithm = algorithm;
            forge.first().remove(oid::CMS_ALGORITHM_PROTECTION);
        });
        assert!(against(&report).contains(&code), "{report}");
    }
}

/// RFC 9881 §2 and §8.3: in certificates and lists too, each rule has its finding, whatever else does not answer.
#[test]
fn a_rule_that_a_list_breaks_has_its_finding() {
    use crate::common::der::{self, Node};
    let service = Service::with_pki(pki(&KeyKind::MlDsa65));
    let proof = service.proof();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let list = service.pki.intermediate.issue_crl(&CrlSpec::new(issued, next)).unwrap();
    let renamed = |change: &dyn Fn(&mut Node)| {
        let changed = Node::parse(&list).with(|list| [&[0, 1][..], &[1]].iter().for_each(|at| change(list.at_mut(at))));
        changed.to_der()
    };
    let with_null = renamed(&|algorithm| algorithm.children_mut().push(der::octets(5, &[])));
    let by = |oid: &'static str| {
        let oid = der::oid(const_oid::ObjectIdentifier::new_unwrap(oid));
        renamed(&move |algorithm| algorithm.children_mut()[0] = oid.clone())
    };
    let (hash_ml_dsa, hash_slh_dsa) = (by("2.16.840.1.101.3.4.3.33"), by("2.16.840.1.101.3.4.3.44"));
    let forged = [&list[..list.len() - 1], &[list[list.len() - 1] ^ 1]].concat();
    for (broken, code) in [
        (with_null, Code::RevocationAlgorithmParametersForbidden),
        (hash_ml_dsa, Code::RevocationAlgorithmPrehashed),
        // RFC 9909 has it for certificates and lists, and no backend here offers it.
        (hash_slh_dsa, Code::RevocationNotAuthenticated),
    ] {
        for lists in [vec![&broken], vec![&broken, &forged], vec![&forged, &broken]] {
            let mut data = RevocationData::new();
            lists.iter().for_each(|list| data.add_der(list).map(drop).unwrap());
            let verifier = service.verifier().with_revocation_data(data);
            let report = verifier.report(&proof, Payload::NotAvailable, later());
            assert!(has(&report, Subject::SealChain, code), "{report}");
        }
    }
}

/// RFC 9882 §3.3: the digest algorithm has no meaning then, and is ignored.
#[test]
fn without_signed_attributes_the_content_itself_is_signed() {
    let md5 = const_oid::ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
    for kind in KINDS {
        let pki = pki(&kind);
        for digest in [oid::SHA256, md5] {
            let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
            forge.first().order = AttributeOrder::NoAttributes;
            forge.first().digest_algorithm = algorithm(digest, &[]);
            forge.sign(&*pki.seal.signer).unwrap();
            let report = judge(&pki, &forge);
            assert!(stated(&report, Code::SignatureValid).is_some(), "{report}");
            assert!(stated(&report, Code::DigestAlgorithmNotOffered).is_none(), "{report}");
            assert!(stated(&report, Code::DigestWeakerThanSignature).is_none(), "{report}");
            // Nothing binds the certificate then.
            assert_eq!(against(&report), [Code::SigningCertificateReferenceMissing], "{report}");
            // By its digest alone it cannot be verified.
            let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
            forge.content = None;
            let digests = ContentDigests::new([DigestAlgorithm::Sha512.digest(b"content")]);
            let report =
                verifier.report_signatures(&forge.to_der(), Content::Digests(&digests), later()).reports.remove(0);
            assert!(against(&report).contains(&Code::ContentNotGiven), "{report}");
            forge.content = Some(b"contents".to_vec());
            assert!(against(&judge(&pki, &forge)).contains(&Code::SignatureInvalid));
        }
    }
}

/// A token needs signed attributes, whose digest is judged as that of a seal.
#[test]
fn tokens_by_ml_dsa_attest_a_time() {
    let pki = pki(&KeyKind::MlDsa65);
    let data = ContentDigests::new([DigestAlgorithm::Sha256.digest(b"content")]);
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let token = |change: &dyn Fn(&mut Forge)| {
        let mut token = Forge::token(&ForgedTstInfo::of(b"content", DigestAlgorithm::Sha256, now()), &pki.tsa);
        change(&mut token);
        token.sign(&*pki.tsa.signer).unwrap();
        verifier.report_timestamp(&token.to_der(), &data, None, later())
    };
    let report = token(&|_| {});
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    let report = token(&|token| {
        let digest = DigestAlgorithm::Sha256.digest(token.content.as_ref().unwrap());
        let signer = token.first();
        signer.digest_algorithm = algorithm(oid::SHA256, &[]);
        signer.set(oid::MESSAGE_DIGEST, &[&tlv(Tag::OCTET_STRING, &[digest.as_bytes()])]);
        signer.set(oid::SIGNING_CERTIFICATE_V2, &[&signing_certificate(&pki.tsa.certificate, DigestAlgorithm::Sha512)]);
    });
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    assert!(stated(&report, Code::DigestWeakerThanSignature).is_some(), "{report}");
    let report = token(&|token| token.first().order = AttributeOrder::NoAttributes);
    assert_ne!(report.indication, Indication::TotalPassed, "{report}");
}

#[test]
fn derived_keys_are_the_same_each_time() {
    for kind in KINDS {
        let keys = ["a label", "a label", "another"].map(|label| derived_ml_dsa_key(&kind, label).unwrap());
        assert!(keys[0].public_key() == keys[1].public_key() && keys[0].public_key() != keys[2].public_key());
        assert_eq!(*keys[0].public_key().kind(), kind);
    }
    assert!(derived_ml_dsa_key(&KeyKind::EcP256, "a label").is_err());
}

/// What every build says of SLH-DSA, and what it says with the feature.
mod slh_dsa_keys {
    use super::*;
    use recommande::crypto::SlhDsa;

    /// A seal whose key nobody has: its signature is zeros.
    #[test]
    fn the_algorithm_has_a_name_in_every_build() {
        let pki = pki(&KeyKind::EcP256);
        for oid in (22..=25).chain(28..=31) {
            let oid = const_oid::ObjectIdentifier::new_unwrap(&format!("2.16.840.1.101.3.4.3.{oid}"));
            let report = judged(&pki, |forge| {
                forge.first().signature_algorithm = algorithm(oid, &[]);
                forge.first().remove(oid::CMS_ALGORITHM_PROTECTION);
            });
            let name = stated(&report, Code::KeyDoesNotFitAlgorithm).unwrap();
            assert!(SlhDsa::ALL.iter().any(|set| set.to_string() == name), "{report}");
        }
    }

    #[cfg(feature = "slh-dsa")]
    struct Key<P: slh_dsa::ParameterSet>(slh_dsa::SigningKey<P>, SlhDsa, recommande::crypto::PublicKey);

    #[cfg(feature = "slh-dsa")]
    impl<P: slh_dsa::ParameterSet> Key<P> {
        fn new(set: SlhDsa) -> Arc<dyn Signer>
        where
            P: Send + Sync + 'static,
        {
            let seed = vec![7; set.security_strength() as usize / 8];
            let key = slh_dsa::SigningKey::<P>::slh_keygen_internal(&seed, &seed, &seed);
            let identifier = recommande::crypto::SignatureAlgorithm::SlhDsa(set).to_der();
            let bits = tlv(Tag::BIT_STRING, &[&[0], &key.as_ref().to_bytes()]);
            let public = recommande::crypto::PublicKey::from_spki(&tlv(Tag::SEQUENCE, &[&identifier, &bits])).unwrap();
            Arc::new(Self(key, set, public))
        }
    }

    #[cfg(feature = "slh-dsa")]
    impl<P: slh_dsa::ParameterSet + Send + Sync> Signer for Key<P> {
        fn algorithm(&self) -> recommande::crypto::SignatureAlgorithm {
            recommande::crypto::SignatureAlgorithm::SlhDsa(self.1)
        }

        fn public_key(&self) -> &recommande::crypto::PublicKey {
            &self.2
        }

        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, recommande::crypto::SignError> {
            Ok(self.0.try_sign_with_context(message, &[], None).unwrap().to_bytes().to_vec())
        }
    }

    /// Those that sign slowly: their signatures were made before.
    #[cfg(feature = "slh-dsa")]
    #[test]
    fn signatures_of_the_small_parameter_sets_hold() {
        use recommande::crypto::{PublicKey, SignatureAlgorithm, SignatureError};
        const MESSAGE: &[u8] = b"a registered letter";
        for (set, made) in [
            (SlhDsa::Sha2_192s, &include_bytes!("slh_dsa/SLH-DSA-SHA2-192s.signed")[..]),
            (SlhDsa::Sha2_256s, include_bytes!("slh_dsa/SLH-DSA-SHA2-256s.signed")),
            (SlhDsa::Shake192s, include_bytes!("slh_dsa/SLH-DSA-SHAKE-192s.signed")),
            (SlhDsa::Shake256s, include_bytes!("slh_dsa/SLH-DSA-SHAKE-256s.signed")),
        ] {
            let algorithm = SignatureAlgorithm::SlhDsa(set);
            let (key, signature) = made.split_at(set.security_strength() as usize / 4);
            let bits = tlv(Tag::BIT_STRING, &[&[0], key]);
            let key = PublicKey::from_spki(&tlv(Tag::SEQUENCE, &[&algorithm.to_der(), &bits])).unwrap();
            assert_eq!(key.verify(&algorithm, MESSAGE, signature), Ok(()), "{algorithm}");
            let refused = |message: &[u8], signature: &[u8]| {
                assert_eq!(key.verify(&algorithm, message, signature), Err(SignatureError::Invalid), "{algorithm}");
            };
            refused(b"another letter", signature);
            refused(MESSAGE, &signature[1..]);
            for octet in [0, signature.len() / 2, signature.len() - 1] {
                let mut changed = signature.to_vec();
                changed[octet] ^= 1;
                refused(MESSAGE, &changed);
            }
        }
    }

    /// Certificate, seal, CRL and token.
    #[cfg(feature = "slh-dsa")]
    #[test]
    fn a_proof_by_slh_dsa_passes_like_others() {
        let keys = TestKeys {
            root: Key::<slh_dsa::Shake256f>::new(SlhDsa::Shake256f),
            intermediate: key(&KeyKind::MlDsa65),
            seal: Key::<slh_dsa::Sha2_192f>::new(SlhDsa::Sha2_192f),
            tsa_root: key(&KeyKind::EcP384),
            tsa: Key::<slh_dsa::Sha2_256f>::new(SlhDsa::Sha2_256f),
        };
        let service = Service::with_pki(TestPki::with_keys(keys, now()).unwrap());
        let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
        let mut data = service.pki.seal_revocation(issued, next).unwrap();
        data.add_der(&service.pki.tsa_root.issue_crl(&CrlSpec::new(issued, next)).unwrap()).unwrap();
        let proof = service.proof();
        let report = strict(&service.pki).with_revocation_data(data).report(&proof, Payload::NotAvailable, later());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(stated(&report, Code::SignatureValid), Some("SLH-DSA-SHA2-192f".into()), "{report}");
        // An OCSP response of an authority with such a key counts in both directions, and a changed one does not.
        let root = &service.pki.root;
        let about = |status| {
            let answer = OcspAnswerSpec::new(&service.pki.intermediate.certificate, &root.certificate, status, issued);
            root.answer_ocsp(&OcspSpec::new(issued, answer.with_next_update(next)).with_certificates(Vec::new()))
                .unwrap()
        };
        let (good, revoked) = (about(OcspStatus::Good), about(OcspStatus::Revoked { date: issued, reason: None }));
        let forged = [&good[..good.len() - 1], &[good[good.len() - 1] ^ 1]].concat();
        for (response, expected) in
            [(good, Code::NotRevoked), (revoked, Code::IssuerRevoked), (forged, Code::RevocationNotAuthenticated)]
        {
            let mut data = RevocationData::new();
            data.add_der(&response).unwrap();
            let report = service.verifier().with_revocation_data(data).report(&proof, Payload::NotAvailable, later());
            assert!(has(&report, Subject::SealChain, expected), "{report}");
        }
        for (digest, weaker) in [(DigestAlgorithm::Sha384, false), (DigestAlgorithm::Sha256, true)] {
            let report = judged(&service.pki, |forge| digest_by(&service.pki, forge, digest));
            assert_eq!(stated(&report, Code::DigestWeakerThanSignature).is_some(), weaker, "{report}");
        }
    }
}
