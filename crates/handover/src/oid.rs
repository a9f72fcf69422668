//! OBJECT IDENTIFIERs of envelopes and their algorithms.

use const_oid::ObjectIdentifier;

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

/// id-data, RFC 5652 §4.
pub(crate) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
/// id-envelopedData, RFC 5652 §6.1.
pub(crate) const ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.3");
/// id-ct-authEnvelopedData, RFC 5083 §2.1.
pub(crate) const AUTH_ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.23");
/// id-aes256-GCM, RFC 5084 §3.2.
pub(crate) const AES_256_GCM: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.46");
/// id-alg-cek-hkdf-sha256, RFC 9709 §4.
pub(crate) const CEK_HKDF_SHA_256: ObjectIdentifier = oid("1.2.840.113549.1.9.16.3.31");
/// id-aes256-CBC, RFC 3565 §4.1.
pub(crate) const AES_256_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.42");
/// id-aes256-wrap, RFC 3565 §4.2.
pub(crate) const AES_256_WRAP: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.45");
/// rsaEncryption, RFC 8017 appendix C.
pub(crate) const RSA_ENCRYPTION: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
/// id-RSAES-OAEP, RFC 4055 §4.1.
pub(crate) const RSAES_OAEP: ObjectIdentifier = oid("1.2.840.113549.1.1.7");
/// id-mgf1, RFC 4055 §2.2.
pub(crate) const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
/// id-sha256, RFC 4055 §2.1.
pub(crate) const SHA_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
/// dhSinglePass-stdDH-sha256kdf-scheme, RFC 5753 §7.1.4.
pub(crate) const ECDH_SHA_256_KDF: ObjectIdentifier = oid("1.3.132.1.11.1");
/// The purposes under which mail and documents are enveloped: anyExtendedKeyUsage and id-kp-emailProtection, RFC 5280 §4.2.1.12, and
/// id-kp-documentSigning, RFC 9336 §3.1.
pub(crate) const PURPOSES: [ObjectIdentifier; 3] =
    [oid("2.5.29.37.0"), oid("1.3.6.1.5.5.7.3.4"), oid("1.3.6.1.5.5.7.3.36")];
/// id-ecPublicKey, RFC 5480 §2.1.1.
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
