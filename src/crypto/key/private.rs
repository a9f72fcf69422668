//! The forms in which private keys come: PKCS#8, PKCS#1 and SEC1, PEM and DER.

use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Oid, Reader, Tag};
use zeroize::Zeroizing;

use super::kind::{KeyError, KeyKind};
use super::numbers::{Curve, bit_length};
use crate::asn1::{oid, writer};
use crate::crypto::algorithm::{DigestAlgorithm, NotOffered, SignatureAlgorithm};

/// A private key whose kind is known, and whose numbers are not yet read.
pub(in crate::crypto) enum PrivateKey<'a> {
    /// The RSAPrivateKey of PKCS#1, and the schemes that the key is for.
    Rsa { pkcs1: &'a [u8], schemes: RsaSchemes },
    /// The whole PKCS#8 structure.
    Ec { curve: Curve, pkcs8: &'a [u8] },
    /// The whole PKCS#8 structure.
    #[cfg_attr(not(feature = "aws-lc-rs"), allow(dead_code))]
    Ed25519 { pkcs8: &'a [u8] },
    /// An ML-DSA key, with one or both of its forms.
    MlDsa { algorithm: SignatureAlgorithm, key: MlDsaPrivateKey<'a> },
}

/// The signature schemes that an RSA key is for, by the identifier of its algorithm ([RFC 4055
/// §1.2](https://www.rfc-editor.org/rfc/rfc4055#section-1.2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::crypto) enum RsaSchemes {
    /// The identifier is rsaEncryption: the key is for PKCS#1 v1.5 and for RSASSA-PSS.
    Any,
    /// The identifier is id-RSASSA-PSS: the key is for nothing else.
    OnlyPss,
}

/// The forms of an ML-DSA private key, [RFC 9881 §6](https://www.rfc-editor.org/rfc/rfc9881#section-6):
///
/// ```text
/// ML-DSA-65-PrivateKey ::= CHOICE {
///     seed        [0] IMPLICIT OCTET STRING (SIZE (32)),
///     expandedKey     OCTET STRING (SIZE (4032)),
///     both            SEQUENCE {
///         seed        OCTET STRING (SIZE (32)),
///         expandedKey OCTET STRING (SIZE (4032)) } }
/// ```
///
/// The seed makes the expanded key. Whoever reads both has to compare them.
#[derive(Clone, Copy)]
pub(in crate::crypto) enum MlDsaPrivateKey<'a> {
    Seed(&'a [u8; ML_DSA_SEED]),
    Expanded(
        #[cfg_attr(not(feature = "aws-lc-rs"), expect(dead_code, reason = "the other signer wants the seed"))]
        &'a [u8],
    ),
    Both {
        seed: &'a [u8; ML_DSA_SEED],
        expanded: &'a [u8],
    },
}

/// The octets of a seed of ML-DSA, FIPS 204 algorithm 1.
const ML_DSA_SEED: usize = 32;

/// Octet strings without a class of their own, in the seed form.
const SEED_TAG: Tag = Tag::context_primitive(0);

impl<'a> MlDsaPrivateKey<'a> {
    fn read(algorithm: SignatureAlgorithm, octets: &'a [u8]) -> Result<Self, KeyError> {
        let malformed = |_| KeyError::Malformed("ML-DSA private key");
        let length = || KeyError::Malformed("ML-DSA private key: a seed or key of another length");
        let seed_of = |seed: &'a [u8]| seed.try_into().map_err(|_| length());
        let expanded_of = |expanded: &'a [u8]| {
            let has_length = Some(expanded.len()) == expanded_len(algorithm);
            has_length.then_some(expanded).ok_or_else(length)
        };
        let mut outer = Reader::new(octets, "ML-DSA private key");
        let form = outer.any().map_err(malformed)?;
        outer.finish().map_err(malformed)?;
        if form.tag == SEED_TAG {
            Ok(Self::Seed(seed_of(form.value)?))
        } else if form.tag == Tag::OCTET_STRING {
            Ok(Self::Expanded(expanded_of(form.value)?))
        } else if form.tag == Tag::SEQUENCE {
            let mut both = form.reader("ML-DSA private key");
            let seed = both.expect(Tag::OCTET_STRING).map_err(malformed)?.value;
            let expanded = both.expect(Tag::OCTET_STRING).map_err(malformed)?.value;
            both.finish().map_err(malformed)?;
            Ok(Self::Both { seed: seed_of(seed)?, expanded: expanded_of(expanded)? })
        } else {
            Err(KeyError::Malformed("ML-DSA private key"))
        }
    }
}

/// Returns the octets of an expanded private key, FIPS 204 table 2.
fn expanded_len(algorithm: SignatureAlgorithm) -> Option<usize> {
    match algorithm {
        SignatureAlgorithm::MlDsa44 => Some(2560),
        SignatureAlgorithm::MlDsa65 => Some(4032),
        SignatureAlgorithm::MlDsa87 => Some(4896),
        SignatureAlgorithm::SlhDsa(_)
        | SignatureAlgorithm::RsaPkcs1(_)
        | SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519 => None,
    }
}

/// Writes an ML-DSA private key in the seed form, which [RFC 9881 §6](https://www.rfc-editor.org/rfc/rfc9881#section-6)
/// recommends, inside OneAsymmetricKey.
#[cfg(feature = "testing")]
pub(crate) fn ml_dsa_pkcs8(algorithm: &SignatureAlgorithm, seed: &[u8; ML_DSA_SEED]) -> Zeroizing<Vec<u8>> {
    let key = Zeroizing::new(writer::octet_string(&Zeroizing::new(writer::tlv(SEED_TAG, seed))));
    Zeroizing::new(writer::sequence(&[&writer::small_integer(0), &algorithm.to_der(), &key]))
}

impl<'a> PrivateKey<'a> {
    /// Reads a OneAsymmetricKey, [RFC 5958 §2](https://www.rfc-editor.org/rfc/rfc5958#section-2):
    ///
    /// ```text
    /// OneAsymmetricKey ::= SEQUENCE {
    ///     version                Version,
    ///     privateKeyAlgorithm    PrivateKeyAlgorithmIdentifier,
    ///     privateKey             OCTET STRING,
    ///     attributes             [0] Attributes OPTIONAL,
    ///     publicKey              [1] PublicKey OPTIONAL }
    /// ```
    pub(in crate::crypto) fn from_pkcs8_der(pkcs8: &'a [u8]) -> Result<Self, KeyError> {
        let malformed = |_| KeyError::Malformed("PKCS#8 private key");
        let mut outer = Reader::new(pkcs8, "OneAsymmetricKey");
        let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("OneAsymmetricKey");
        outer.finish().map_err(malformed)?;
        if fields.peek() == Some(Tag::SEQUENCE) {
            // EncryptedPrivateKeyInfo starts with the AlgorithmIdentifier of the encryption.
            return Err(KeyError::Encrypted);
        }
        fields.integer().map_err(malformed)?;
        let AlgorithmIdentifier { oid: algorithm, parameters, .. } =
            AlgorithmIdentifier::read(&mut fields).map_err(malformed)?;
        if algorithm == oid::DATA || algorithm == oid::SIGNED_DATA {
            // PFX ::= SEQUENCE { version, authSafe ContentInfo, macData OPTIONAL }, RFC 7292 §4.
            return Err(KeyError::Pkcs12);
        }
        let key = fields.expect(Tag::OCTET_STRING).map_err(malformed)?.value;
        if algorithm == oid::RSA_ENCRYPTION {
            Self::from_pkcs1_der(key, RsaSchemes::Any)
        } else if algorithm == oid::RSASSA_PSS {
            Self::from_pkcs1_der(key, RsaSchemes::OnlyPss)
        } else if algorithm == oid::EC_PUBLIC_KEY {
            Ok(Self::Ec { curve: Curve::from_parameters(parameters).map_err(KeyError::NotOffered)?, pkcs8 })
        } else if algorithm == oid::ED25519 {
            Ok(Self::Ed25519 { pkcs8 })
        } else if let Some(ml_dsa) = ml_dsa_with(algorithm) {
            if parameters.is_some() {
                return Err(KeyError::Malformed("ML-DSA private key: parameters, which must be absent"));
            }
            Ok(Self::MlDsa { algorithm: ml_dsa, key: MlDsaPrivateKey::read(ml_dsa, key)? })
        } else {
            Err(KeyError::NotOffered(NotOffered::of(algorithm)))
        }
    }

    /// Reads an RSAPrivateKey, RFC 8017 appendix A.1.2. The size is checked before anything is computed.
    fn from_pkcs1_der(pkcs1: &'a [u8], schemes: RsaSchemes) -> Result<Self, KeyError> {
        let malformed = |_| KeyError::Malformed("RSA private key");
        let mut outer = Reader::new(pkcs1, "RSAPrivateKey");
        let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("RSAPrivateKey");
        outer.finish().map_err(malformed)?;
        fields.integer().map_err(malformed)?;
        let bits = bit_length(fields.integer().map_err(malformed)?.significant());
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::Size { bits: u32::try_from(bits).unwrap_or(u32::MAX) });
        }
        Ok(Self::Rsa { pkcs1, schemes })
    }
}

/// Finds the ML-DSA algorithm with this OBJECT IDENTIFIER.
fn ml_dsa_with(oid: Oid<'_>) -> Option<SignatureAlgorithm> {
    SignatureAlgorithm::post_quantum_with(oid).filter(|algorithm| expanded_len(*algorithm).is_some())
}

/// Puts an ECPrivateKey, [RFC 5915 §3](https://www.rfc-editor.org/rfc/rfc5915#section-3), into PKCS#8, which names the curve
/// outside. The curve must be named inside:
///
/// ```text
/// ECPrivateKey ::= SEQUENCE {
///     version        INTEGER { ecPrivkeyVer1(1) },
///     privateKey     OCTET STRING,
///     parameters [0] ECParameters OPTIONAL,
///     publicKey  [1] BIT STRING OPTIONAL }
/// ```
fn pkcs8_of_sec1(sec1: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let malformed = |_| KeyError::Malformed("EC private key");
    let mut outer = Reader::new(sec1, "ECPrivateKey");
    let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("ECPrivateKey");
    outer.finish().map_err(malformed)?;
    fields.integer().map_err(malformed)?;
    fields.expect(Tag::OCTET_STRING).map_err(malformed)?;
    let parameters = fields.optional(Tag::context(0)).map_err(malformed)?;
    let parameters = parameters.ok_or(KeyError::Malformed("EC private key: it names no curve"))?.value;
    let algorithm = writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), parameters]);
    let key = Zeroizing::new(writer::octet_string(sec1));
    Ok(Zeroizing::new(writer::sequence(&[&writer::small_integer(0), &algorithm, &key])))
}

/// A PEM block with a private key: its label, and its text from the label on.
struct PemBlock<'a> {
    label: &'a str,
    block: &'a str,
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

impl<'a> PemBlock<'a> {
    /// Finds the first private key in a PEM text, which may hold certificates too.
    fn find(pem: &'a str) -> Result<Self, KeyError> {
        let mut rest = pem;
        while let Some((_, block)) = rest.split_once(BEGIN) {
            let (label, _) = block.split_once("-----").ok_or(KeyError::Malformed("PEM"))?;
            if label == "PKCS12" {
                return Err(KeyError::Pkcs12);
            }
            if label.ends_with("PRIVATE KEY") {
                return Ok(Self { label, block });
            }
            rest = block;
        }
        Err(KeyError::NoPrivateKey)
    }

    /// Decodes the block. The octets are wiped when they are dropped.
    fn decode(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let Self { label, block } = self;
        if block.lines().nth(1).is_some_and(|line| line.starts_with("Proc-Type:")) {
            return Err(KeyError::EncryptedOldForm);
        }
        let (body, _) = block.split_once(END).ok_or(KeyError::Malformed("PEM"))?;
        let text = Zeroizing::new(format!("{BEGIN}{body}{END}{label}-----\n"));
        let mut der = Zeroizing::new(Vec::new());
        pem_rfc7468::Decoder::new_detect_wrap(text.as_bytes())
            .and_then(|mut decoder| decoder.decode_to_end(&mut der).map(|_| ()))
            .map_err(|_| KeyError::Malformed("PEM"))?;
        Ok(der)
    }
}

/// Finds the private key in a PEM text, and gives it to `read`. The decoded octets are wiped afterwards.
pub(in crate::crypto) fn read_pem<T>(
    pem: &str,
    read: impl FnOnce(PrivateKey<'_>) -> Result<T, KeyError>,
) -> Result<T, KeyError> {
    let block = PemBlock::find(pem)?;
    match block.label {
        "PRIVATE KEY" => read(PrivateKey::from_pkcs8_der(&block.decode()?)?),
        "RSA PRIVATE KEY" => read(PrivateKey::from_pkcs1_der(&block.decode()?, RsaSchemes::Any)?),
        "EC PRIVATE KEY" => read(PrivateKey::from_pkcs8_der(&pkcs8_of_sec1(&block.decode()?)?)?),
        "ENCRYPTED PRIVATE KEY" => Err(KeyError::Encrypted),
        _ => Err(KeyError::UnsupportedForm),
    }
}

/// Finds the private key in a PEM text as [`read_pem`] does, and decrypts it if it is encrypted.
#[cfg(feature = "encrypted-keys")]
pub(in crate::crypto) fn read_encrypted_pem<T>(
    pem: &str,
    passphrase: &str,
    read: impl FnOnce(PrivateKey<'_>) -> Result<T, KeyError>,
) -> Result<T, KeyError> {
    let block = PemBlock::find(pem)?;
    match block.label {
        "ENCRYPTED PRIVATE KEY" => read_encrypted(&block.decode()?, passphrase, read),
        _ => read_pem(pem, read),
    }
}

/// Decrypts a PKCS#8 private key, and gives it to `read`. The decrypted octets are wiped afterwards.
#[cfg(feature = "encrypted-keys")]
pub(in crate::crypto) fn read_encrypted<T>(
    der: &[u8],
    passphrase: &str,
    read: impl FnOnce(PrivateKey<'_>) -> Result<T, KeyError>,
) -> Result<T, KeyError> {
    read(PrivateKey::from_pkcs8_der(&super::encrypted::decrypt(der, passphrase)?)?)
}

/// Returns the usual algorithm for a kind of key, which a signer has unless another is asked for.
pub(in crate::crypto) fn usual_algorithm(kind: &KeyKind, schemes: RsaSchemes) -> Option<SignatureAlgorithm> {
    match kind {
        KeyKind::Rsa { .. } => Some(match schemes {
            RsaSchemes::Any => SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
            RsaSchemes::OnlyPss => SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256),
        }),
        KeyKind::EcP256 => Some(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
        KeyKind::EcP384 => Some(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384)),
        KeyKind::EcP521 => Some(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512)),
        KeyKind::Ed25519 => Some(SignatureAlgorithm::Ed25519),
        KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 | KeyKind::SlhDsa(_) => kind.post_quantum(),
        KeyKind::NotOffered(_) => None,
    }
}

/// Returns the error that no key of this kind is made here.
#[cfg(feature = "testing")]
pub(crate) fn not_generated(kind: &KeyKind) -> KeyError {
    KeyError::NotOffered(match kind {
        KeyKind::NotOffered(what) => what.clone(),
        KeyKind::Ed25519 => NotOffered::named(oid::ED25519, "Ed25519"),
        KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 => NotOffered::named(oid::EC_PUBLIC_KEY, "ECDSA"),
        KeyKind::Rsa { .. } => NotOffered::named(oid::RSA_ENCRYPTION, "RSA"),
        KeyKind::MlDsa44 | KeyKind::MlDsa65 | KeyKind::MlDsa87 | KeyKind::SlhDsa(_) => match kind.post_quantum() {
            Some(algorithm) => algorithm.not_offered(),
            None => NotOffered::named("", "post-quantum key"),
        },
    })
}
