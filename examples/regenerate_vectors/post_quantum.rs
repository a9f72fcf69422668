//! What breaks a rule of RFC 9881, RFC 9882 or RFC 9814, each one by itself.

use const_oid::ObjectIdentifier;
use ml_dsa::MlDsa65;
use recommande::crypto::{DigestAlgorithm, KeyKind, Signer};
use recommande::testing::{CertifiedKey, Forge, Usage, algorithm_protection, derived_ml_dsa_key, tlv};
use signed_data::tlv::Tag;

use crate::case::{Case, FORGED, SEALED};
use crate::oid;
use crate::world::{LABEL, Result, SIGNED, STAMPED, World, at, seal_spec};

const HASH_ML_DSA_65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.33");
const SLH_DSA_SHA2_128S: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.20");

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let key = world.pki.intermediate.issue(&seal_spec(), derived_ml_dsa_key(&KeyKind::MlDsa65, &label("seal"))?)?;
    Ok([good(world, &key)?, bad(world, &key)?].concat())
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
        .indeterminate("CRYPTO_CONSTRAINTS_FAILURE", "seal", "algorithm-not-offered"),
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
    ])
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

/// Sealed by a key whose certificate names keyEncipherment as well.
fn with_usage(world: &World, key: &CertifiedKey) -> Result<Vec<u8>> {
    let usages = [Usage::DigitalSignature, Usage::NonRepudiation, Usage::KeyEncipherment];
    let key = world.pki.intermediate.issue(&seal_spec().with_key_usage(&usages), key.signer.clone())?;
    forged(world, &key, |_| {})
}
