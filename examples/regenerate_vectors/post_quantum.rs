//! What breaks a rule of RFC 9881, RFC 9882 or RFC 9814, each one by itself.

use std::sync::Arc;

use const_oid::ObjectIdentifier;
use ml_dsa::MlDsa65;
use recommande::Certificate;
use recommande::crypto::{DigestAlgorithm, KeyKind, PublicKey, Signer};
use recommande::pki::revocation::OcspStatus;
use recommande::seal::{Artifact, Credentials, Sealer};
use recommande::testing::{CertificateSpec, CertifiedKey, Forge, Usage, algorithm_protection, derived_ml_dsa_key, tlv};
use signed_data::tlv::{Reader, Tag};

use crate::case::{Case, FORGED, SEALED};
use crate::long_term::{Lists, answer, data, empty, response};
use crate::oid;
use crate::world::{
    LABEL, Result, SIGNED, STAMPED, World, at, info, seal_spec, stamp, tsa_spec, valid_from, valid_until,
};

const HASH_ML_DSA_65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.33");
const SLH_DSA_SHA2_128S: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.20");

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let key = world.pki.intermediate.issue(&seal_spec(), derived_ml_dsa_key(&KeyKind::MlDsa65, &label("seal"))?)?;
    Ok([good(world, &key)?, bad(world, &key)?, forbidden_around(world)?].concat())
}

fn good(world: &World, key: &CertifiedKey) -> Result<Vec<Case>> {
    let signer = |kind: KeyKind, role: &str| derived_ml_dsa_key(&kind, &label(role));
    Ok(vec![
        Case::new(
            "good/ml-dsa-65",
            SEALED,
            "An ML-DSA-65 seal, with SHA-512 for its content (RFC 9882), below authorities with ECDSA.",
            world.sealed_by_signer(key.signer.clone())?,
        ),
        Case::new(
            "good/ml-dsa-87",
            SEALED,
            "An ML-DSA-87 seal.",
            world.sealed_by_signer(signer(KeyKind::MlDsa87, "strongest seal")?)?,
        ),
        Case::new(
            "good/ml-dsa-65-shake256",
            FORGED,
            "An ML-DSA-65 seal with SHAKE256 for its content, as OpenSSL makes it by default.",
            forged(world, key, |forge| with_digest(forge, key, DigestAlgorithm::Shake256))?,
        ),
        Case::new(
            "good/token-ml-dsa-65",
            FORGED,
            "The TSA signs with ML-DSA-65.",
            world.stamped_by_signer(signer(KeyKind::MlDsa65, "tsa")?)?,
        ),
    ])
}

fn bad(world: &World, key: &CertifiedKey) -> Result<Vec<Case>> {
    let by_another = |oid| forged(world, key, |forge| named(forge, algorithm(oid)));
    Ok(vec![
        Case::new(
            "post-quantum/parameters-null",
            FORGED,
            "The identifier of an ML-DSA-65 signature has the parameters NULL, which must be absent.",
            forged(world, key, |forge| {
                let oid = key.signer.algorithm().to_der().get(2..).unwrap_or_default().to_vec();
                named(forge, tlv(Tag::SEQUENCE, &[&oid, &[5, 0]]));
            })?,
        )
        .no_level()
        .failed("FORMAT_FAILURE", "seal", "algorithm-parameters-forbidden"),
        Case::new(
            "post-quantum/digest-too-weak",
            FORGED,
            "The content of an ML-DSA-65 signature has its digest by SHA-256, and SHA-384 is the least for it.",
            forged(world, key, |forge| with_digest(forge, key, DigestAlgorithm::Sha256))?,
        )
        .warning("seal", "digest-weaker-than-signature"),
        Case::new(
            "post-quantum/hash-ml-dsa",
            FORGED,
            "The signature algorithm is HashML-DSA-65, which RFC 9882 leaves out of CMS.",
            by_another(HASH_ML_DSA_65)?,
        )
        .no_level()
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal", "algorithm-prehashed"),
        Case::new(
            "post-quantum/slh-dsa-128",
            FORGED,
            "The signature algorithm is SLH-DSA-SHA2-128s, which is named and not offered.",
            by_another(SLH_DSA_SHA2_128S)?,
        )
        .no_level()
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal", "algorithm-not-offered"),
        Case::new(
            "post-quantum/context",
            FORGED,
            "The ML-DSA-65 signature was made with a context, which is empty in CMS.",
            with_context(world, key)?,
        )
        .failed("SIG_CRYPTO_FAILURE", "seal", "signature-invalid"),
        Case::new(
            "post-quantum/key-usage",
            FORGED,
            "The certificate of an ML-DSA-65 key says that it encrypts keys, which RFC 9881 forbids.",
            with_usage(world, key)?,
        )
        .indeterminate("CHAIN_CONSTRAINTS_FAILURE", "seal chain", "chain-key-usage-forbidden"),
        Case::new(
            "post-quantum/key-parameters-null",
            FORGED,
            "The certificate's ML-DSA-65 key has the parameters NULL, which RFC 9881 forbids.",
            with_key_parameters(world, key)?,
        )
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal", "key-parameters-forbidden"),
        Case::new(
            "post-quantum/shake256-parameters-null",
            FORGED,
            "The digest of the content is by SHAKE256 with the parameters NULL, which RFC 8702 forbids.",
            forged(world, key, |forge| {
                with_digest(forge, key, DigestAlgorithm::Shake256);
                let oid = tlv(Tag::OBJECT_IDENTIFIER, &[DigestAlgorithm::Shake256.oid().as_bytes()]);
                let signer = forge.first();
                signer.digest_algorithm = tlv(Tag::SEQUENCE, &[&oid, &[5, 0]]);
                let protection = algorithm_protection(&signer.digest_algorithm, &key.signer.algorithm().to_der());
                signer.set(oid::CMS_ALGORITHM_PROTECTION, &[&protection]);
            })?,
        )
        .no_level()
        .failed("FORMAT_FAILURE", "seal", "digest-parameters-forbidden"),
    ])
}

/// What a signature is named as that it cannot be.
#[derive(Clone, Copy)]
enum Forbidden {
    /// ML-DSA-65 with the parameters NULL.
    Parameters,
    /// HashML-DSA-65.
    Prehash,
}

impl Forbidden {
    fn identifier(self) -> Vec<u8> {
        let oid = tlv(Tag::OBJECT_IDENTIFIER, &[oid::ML_DSA_65.as_bytes()]);
        match self {
            Self::Parameters => tlv(Tag::SEQUENCE, &[&oid, &[5, 0]]),
            Self::Prehash => algorithm(HASH_ML_DSA_65),
        }
    }
}

/// The same two rules broken in a token, in the certificate of the seal, in a CRL and in an OCSP response.
fn forbidden_around(world: &World) -> Result<Vec<Case>> {
    let around = Around::new(world)?;
    let mut cases = Vec::new();
    for (rule, name, why, code) in [
        (
            Forbidden::Parameters,
            "parameters-null",
            "ML-DSA-65 with the parameters NULL",
            "algorithm-parameters-forbidden",
        ),
        (Forbidden::Prehash, "hash-ml-dsa", "HashML-DSA-65, which RFC 9881 leaves out", "algorithm-prehashed"),
    ] {
        let case = |place: &str, of: &str, bytes| {
            Case::new(
                &format!("post-quantum/{place}-{name}"),
                FORGED,
                &format!("The signature of {of} is by {why}."),
                bytes,
            )
        };
        let outcome = match rule {
            Forbidden::Parameters => "failed",
            Forbidden::Prehash => "indeterminate",
        };
        let revocation = format!("revocation-{code}");
        let unknown = |place: &str, of: &str, bytes| {
            let case = case(place, of, bytes).strict().level("B-T");
            let case = case.indeterminate("TRY_LATER", "seal chain", "revocation-data-missing");
            case.warning("seal chain", &revocation)
        };
        cases.extend([
            case("token", "the token", around.token(world, rule)?).no_valid_timestamp().finding(
                "timestamp 1",
                code,
                outcome,
            ),
            case("chain", "the seal's certificate", around.chain(world, rule)?).indeterminate(
                "CRYPTO_CONSTRAINTS_FAILURE",
                "seal chain",
                &format!("chain-{code}"),
            ),
            unknown("crl", "the CRL about the seal", around.with_crl(world, rule)?),
            unknown("ocsp", "the OCSP response about the seal", around.with_response(world, rule)?),
        ]);
    }
    Ok(cases)
}

/// An authority with an ML-DSA-65 key between root and seal, and a TSA with one.
struct Around {
    authority: CertifiedKey,
    seal: CertifiedKey,
    tsa: CertifiedKey,
}

impl Around {
    fn new(world: &World) -> Result<Self> {
        let signer = |role: &str| derived_ml_dsa_key(&KeyKind::MlDsa65, &label(role));
        let spec = CertificateSpec::authority("Test ML-DSA CA", valid_from(), valid_until()).with_authority(Some(0));
        let authority = world.pki.root.issue(&spec, signer("authority")?)?;
        let seal = authority.issue(&seal_spec(), world.pki.seal.signer.clone())?;
        Ok(Self { authority, seal, tsa: world.pki.tsa_root.issue(&tsa_spec(), signer("tsa")?)? })
    }

    fn token(&self, world: &World, rule: Forbidden) -> Result<Vec<u8>> {
        let change = |token: &mut Forge| named(token, rule.identifier());
        world.stamped(|signature| world.token(&info(signature, STAMPED), &self.tsa, change))
    }

    fn chain(&self, world: &World, rule: Forbidden) -> Result<Vec<u8>> {
        let certificate = renamed(self.seal.certificate.der(), &self.authority, rule)?;
        let certificate = Certificate::from_der(&certificate)?;
        let key = CertifiedKey { certificate, signer: self.seal.signer.clone() };
        world.sealed_with(&key, &[&self.authority, &world.pki.root])
    }

    fn with_crl(&self, world: &World, rule: Forbidden) -> Result<Vec<u8>> {
        self.with_data(world, &renamed(&self.authority.issue_crl(&empty())?, &self.authority, rule)?)
    }

    fn with_response(&self, world: &World, rule: Forbidden) -> Result<Vec<u8>> {
        let answer = answer(&self.seal, &self.authority, OcspStatus::Good);
        let response = self.authority.answer_ocsp(&response(answer).with_certificates(Vec::new()))?;
        self.with_data(world, &renamed_response(&response, rule)?)
    }

    /// The sending, with this data about the seal and a CRL about each other certificate.
    fn with_data(&self, world: &World, about_seal: &[u8]) -> Result<Vec<u8>> {
        let lists = Lists::new(world)?;
        let chain = [&self.seal, &self.authority, &world.pki.root].map(|key| key.certificate.clone()).to_vec();
        let credentials = Credentials::new(self.seal.signer.clone(), chain)?;
        let sealer = Sealer::new(credentials, world.sealer.issuer().clone());
        let sealer = sealer.with_revocation(&data(&[about_seal, &lists.root])?);
        let proof = stamp(&world.pki, sealer.seal(&world.sending, at(SIGNED))?, STAMPED, 1)?;
        Ok(proof.with_revocation(&data(&[&lists.tsa_root])?)?.der().to_vec())
    }
}

/// A certificate or a CRL with another name of its signature, in what is signed and beside it, signed again.
fn renamed(der: &[u8], issuer: &CertifiedKey, rule: Forbidden) -> Result<Vec<u8>> {
    let mut outer = Reader::new(der, "signed").expect(Tag::SEQUENCE)?.reader("signed");
    let mut fields = outer.expect(Tag::SEQUENCE)?.reader("tbs");
    let (own, name) = (algorithm(oid::ML_DSA_65), rule.identifier());
    let (mut tbs, mut is_renamed) = (Vec::new(), false);
    while !fields.is_empty() {
        let field = fields.any()?;
        // The first one is the signature's. The key of a certificate is deeper.
        let is_name = !is_renamed && field.raw == own;
        is_renamed |= is_name;
        tbs.push(if is_name { name.as_slice() } else { field.raw });
    }
    let tbs = tlv(Tag::SEQUENCE, &tbs);
    let signature = issuer.signer.sign(&tbs)?;
    Ok(tlv(Tag::SEQUENCE, &[&tbs, &name, &tlv(Tag::BIT_STRING, &[&[0], &signature])]))
}

/// An OCSP response with another name of its signature, which is not in what is signed.
fn renamed_response(der: &[u8], rule: Forbidden) -> Result<Vec<u8>> {
    let mut response = Reader::new(der, "response").expect(Tag::SEQUENCE)?.reader("response");
    let status = response.any()?;
    let mut bytes = response.any()?.reader("bytes").expect(Tag::SEQUENCE)?.reader("bytes");
    let (kind, basic) = (bytes.any()?, bytes.any()?);
    let mut basic = Reader::new(basic.value, "basic").expect(Tag::SEQUENCE)?.reader("basic");
    let (tbs, _, signature) = (basic.any()?, basic.any()?, basic.any()?);
    let basic = tlv(Tag::SEQUENCE, &[tbs.raw, &rule.identifier(), signature.raw]);
    let bytes = tlv(Tag::SEQUENCE, &[kind.raw, &tlv(Tag::OCTET_STRING, &[&basic])]);
    Ok(tlv(Tag::SEQUENCE, &[status.raw, &tlv(Tag::context(0), &[&bytes])]))
}

pub fn label(role: &str) -> String {
    format!("{LABEL}: post-quantum {role}")
}

fn algorithm(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()])])
}

/// The sending, sealed by this key, with one thing changed before it is signed.
pub fn forged(world: &World, key: &CertifiedKey, change: impl FnOnce(&mut Forge)) -> Result<Vec<u8>> {
    let mut forge = sealed_by(world, key);
    change(&mut forge);
    forge.sign(&*key.signer)?;
    stamped(world, forge)
}

fn sealed_by(world: &World, key: &CertifiedKey) -> Forge {
    let chain = [key, &world.pki.intermediate, &world.pki.root].map(|key| key.certificate.clone());
    Forge::seal(world.json.as_bytes(), key, &chain, at(SIGNED))
}

fn stamped(world: &World, mut forge: Forge) -> Result<Vec<u8>> {
    let token = world.token_for(&forge.first().signature, STAMPED)?;
    forge.first().stamp(&token);
    Ok(forge.to_der())
}

/// Names another signature algorithm; nothing signed contradicts it.
fn named(forge: &mut Forge, algorithm: Vec<u8>) {
    forge.first().signature_algorithm = algorithm;
    forge.first().remove(oid::CMS_ALGORITHM_PROTECTION);
}

/// Gives the content its digest by another algorithm.
pub fn with_digest(forge: &mut Forge, key: &CertifiedKey, digest: DigestAlgorithm) {
    let value = digest.digest(forge.content.as_deref().unwrap_or_default());
    let signer = forge.first();
    signer.digest_algorithm = algorithm(digest.oid());
    signer.set(oid::MESSAGE_DIGEST, &[&tlv(Tag::OCTET_STRING, &[value.as_bytes()])]);
    let protection = algorithm_protection(&signer.digest_algorithm, &key.signer.algorithm().to_der());
    signer.set(oid::CMS_ALGORITHM_PROTECTION, &[&protection]);
}

/// Signs as [`derived_ml_dsa_key`] does, with a context.
fn with_context(world: &World, key: &CertifiedKey) -> Result<Vec<u8>> {
    struct WithContext<'a>(&'a CertifiedKey, ml_dsa::SigningKey<MlDsa65>);

    impl Signer for WithContext<'_> {
        fn algorithm(&self) -> recommande::crypto::SignatureAlgorithm {
            self.0.signer.algorithm()
        }

        fn public_key(&self) -> &recommande::crypto::PublicKey {
            self.0.signer.public_key()
        }

        fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, recommande::crypto::SignError> {
            let signature = self.1.expanded_key().sign_deterministic(message, b"recommande");
            signature.map(|signature| signature.encode().to_vec()).map_err(|_| recommande::crypto::SignError::Backend)
        }
    }

    let seed: [u8; 32] = DigestAlgorithm::Sha256.digest(label("seal").as_bytes()).as_bytes().try_into()?;
    let signer = WithContext(key, ml_dsa::SigningKey::from_seed(&seed.into()));
    let mut forge = sealed_by(world, key);
    forge.sign(&signer)?;
    stamped(world, forge)
}

/// Sealed by a key whose certificate has parameters beside its algorithm.
fn with_key_parameters(world: &World, key: &CertifiedKey) -> Result<Vec<u8>> {
    struct WithParameters(Arc<dyn Signer>, PublicKey);

    impl Signer for WithParameters {
        fn algorithm(&self) -> recommande::crypto::SignatureAlgorithm {
            self.0.algorithm()
        }

        fn public_key(&self) -> &PublicKey {
            &self.1
        }

        fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, recommande::crypto::SignError> {
            self.0.sign(message)
        }
    }

    let spki = key.signer.public_key().spki_der();
    let mut fields = Reader::new(spki, "SubjectPublicKeyInfo").expect(Tag::SEQUENCE)?.reader("algorithm");
    let algorithm = fields.expect(Tag::SEQUENCE)?;
    let bits = fields.any()?;
    let spki = tlv(Tag::SEQUENCE, &[&tlv(Tag::SEQUENCE, &[algorithm.value, &[5, 0]]), bits.raw]);
    let signer = WithParameters(key.signer.clone(), PublicKey::from_spki(&spki)?);
    let key = world.pki.intermediate.issue(&seal_spec(), Arc::new(signer))?;
    forged(world, &key, |_| {})
}

/// Sealed by a key whose certificate names keyEncipherment as well.
fn with_usage(world: &World, key: &CertifiedKey) -> Result<Vec<u8>> {
    let usages = [Usage::DigitalSignature, Usage::NonRepudiation, Usage::KeyEncipherment];
    let key = world.pki.intermediate.issue(&seal_spec().with_key_usage(&usages), key.signer.clone())?;
    forged(world, &key, |_| {})
}
