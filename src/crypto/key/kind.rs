//! Kinds of keys, and what can be wrong with a key.

use core::fmt;

use crate::crypto::algorithm::{NotOffered, SignatureAlgorithm, SlhDsa};

/// The kind of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// The key is an RSA key, under rsaEncryption or id-RSASSA-PSS.
    Rsa {
        /// The size of the modulus, in bits.
        bits: u32,
    },
    /// The key is a point of NIST P-256.
    EcP256,
    /// The key is a point of NIST P-384.
    EcP384,
    /// The key is a point of NIST P-521.
    EcP521,
    /// The key is an Ed25519 key.
    Ed25519,
    /// The key is an ML-DSA-44 key.
    MlDsa44,
    /// The key is an ML-DSA-65 key.
    MlDsa65,
    /// The key is an ML-DSA-87 key.
    MlDsa87,
    /// The key is an SLH-DSA key of this parameter set.
    SlhDsa(SlhDsa),
    /// The key is of a kind that is not offered here. It is kept, so that its certificate can be read.
    NotOffered(NotOffered),
}

impl KeyKind {
    /// Returns the one algorithm of a post-quantum key.
    pub(crate) fn post_quantum(&self) -> Option<SignatureAlgorithm> {
        match self {
            Self::MlDsa44 => Some(SignatureAlgorithm::MlDsa44),
            Self::MlDsa65 => Some(SignatureAlgorithm::MlDsa65),
            Self::MlDsa87 => Some(SignatureAlgorithm::MlDsa87),
            Self::SlhDsa(set) => Some(SignatureAlgorithm::SlhDsa(*set)),
            Self::Rsa { .. } | Self::EcP256 | Self::EcP384 | Self::EcP521 | Self::Ed25519 | Self::NotOffered(_) => None,
        }
    }

    /// Returns the length of the signatures of a post-quantum key, which is fixed.
    pub(crate) fn signature_len(&self) -> Option<usize> {
        self.post_quantum()?.parameter_set().map(|set| set.sizes.signature)
    }

    /// Returns the kind of the keys of a post-quantum algorithm.
    pub(in crate::crypto) fn of_post_quantum(algorithm: &SignatureAlgorithm) -> Option<Self> {
        match algorithm {
            SignatureAlgorithm::MlDsa44 => Some(Self::MlDsa44),
            SignatureAlgorithm::MlDsa65 => Some(Self::MlDsa65),
            SignatureAlgorithm::MlDsa87 => Some(Self::MlDsa87),
            SignatureAlgorithm::SlhDsa(set) => Some(Self::SlhDsa(*set)),
            SignatureAlgorithm::RsaPkcs1(_)
            | SignatureAlgorithm::RsaPss { .. }
            | SignatureAlgorithm::Ecdsa(_)
            | SignatureAlgorithm::Ed25519 => None,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA, {bits} bits"),
            Self::EcP256 => f.write_str("EC P-256"),
            Self::EcP384 => f.write_str("EC P-384"),
            Self::EcP521 => f.write_str("EC P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::MlDsa44 => f.write_str("ML-DSA-44"),
            Self::MlDsa65 => f.write_str("ML-DSA-65"),
            Self::MlDsa87 => f.write_str("ML-DSA-87"),
            Self::SlhDsa(set) => set.fmt(f),
            Self::NotOffered(what) => write!(f, "{what}, not offered"),
        }
    }
}

/// An error about a key, public or private. It holds nothing of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The octets do not have the named structure.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// The text holds no PEM block with a private key.
    #[error("no private key in the PEM text")]
    NoPrivateKey,
    /// The key is encrypted, and no passphrase was given. It is read with one (feature `encrypted-keys`).
    #[error("the private key is encrypted; give its passphrase, or decrypt it: openssl pkey -in KEY -out PLAIN")]
    Encrypted,
    /// The key is encrypted in OpenSSL's own form (`Proc-Type: 4,ENCRYPTED`), whose passphrase is hashed once by MD5. It is not
    /// read.
    #[error("the private key is encrypted in OpenSSL's old form; convert it: openssl pkcs8 -topk8 -in OLD -out NEW")]
    EncryptedOldForm,
    /// The key is encrypted by an algorithm that is not offered: only PBES2 with PBKDF2 or scrypt, and AES, is.
    #[error("the private key is encrypted by {0}; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW")]
    EncryptionNotOffered(NotOffered),
    /// The passphrase would have to be hashed for longer, or with more memory, than the limits allow.
    #[error("hashing the passphrase of the private key would take more work than the limit allows")]
    EncryptionTooCostly,
    /// The passphrase does not decrypt the key, or the encrypted octets are damaged.
    #[error("the passphrase does not decrypt the private key")]
    Passphrase,
    /// The octets are a PKCS#12 file, which holds a key and its certificates. It is not read.
    #[error(
        "a PKCS#12 file; take the key and its certificates out of it: openssl pkcs12 -in FILE.p12 -noenc -out FILE.pem"
    )]
    Pkcs12,
    /// The PEM block is none of PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) and SEC1 (`EC PRIVATE KEY`).
    #[error("a form of private key that is not read; PKCS#8, PKCS#1 and SEC1 are")]
    UnsupportedForm,
    /// This build does not sign with this kind of key.
    #[error("not offered for signing: {0}")]
    NotOffered(NotOffered),
    /// An RSA key for signing must have 2048 to 8192 bits.
    #[error("an RSA key of {bits} bits; 2048 to 8192 are offered for signing")]
    Size {
        /// The size of the modulus, in bits.
        bits: u32,
    },
    /// The backend refused the key, because its numbers do not belong together.
    #[error("the key is inconsistent")]
    Inconsistent,
    /// The algorithm cannot be used, or is not offered, with this key.
    #[error("{algorithm} is not offered with a key of kind {key}")]
    AlgorithmMismatch {
        /// The algorithm that was asked for.
        algorithm: SignatureAlgorithm,
        /// The kind of the key.
        key: KeyKind,
    },
    /// No new key could be made.
    #[error("key generation failed")]
    Generation,
}
