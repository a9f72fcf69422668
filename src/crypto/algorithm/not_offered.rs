//! Algorithms, curves and keys that are recognised and named, but not offered.

use core::fmt;

use signed_data::tlv::Oid;

/// An algorithm, curve or kind of key that this build does not offer.
///
/// It is no verdict about a signature, which was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NotOffered {
    /// The OBJECT IDENTIFIER as dotted decimal.
    pub oid: String,
    /// The name of the algorithm, when this library knows it.
    pub name: Option<&'static str>,
    /// The rule of the post-quantum signatures that it breaks, if it is one of them.
    pub breaks: Option<PostQuantumRule>,
}

/// A rule of the post-quantum signatures that an AlgorithmIdentifier can break, whatever the signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostQuantumRule {
    /// The parameters are absent ([RFC 9881 §2](https://www.rfc-editor.org/rfc/rfc9881#section-2), [RFC 9909
    /// §3](https://www.rfc-editor.org/rfc/rfc9909#section-3)).
    NoParameters,
    /// ML-DSA signs the message itself. HashML-DSA, which signs a digest of it, is left out of certificates and CMS ([RFC
    /// 9881 §8.3](https://www.rfc-editor.org/rfc/rfc9881#section-8.3), [RFC 9882
    /// §1](https://www.rfc-editor.org/rfc/rfc9882#section-1)).
    PureMlDsa,
    /// SLH-DSA signs the message itself in CMS ([RFC 9814 §4](https://www.rfc-editor.org/rfc/rfc9814#section-4)). Certificates
    /// may be signed by HashSLH-DSA (RFC 9909), which is not offered here.
    PureSlhDsa,
}

impl NotOffered {
    /// Names the algorithm with this OBJECT IDENTIFIER, if its name is known.
    pub fn of(oid: Oid<'_>) -> Self {
        let oid = oid.to_string();
        let name = NAMES.iter().find(|(named, _)| *named == oid).map(|(_, name)| *name);
        let breaks = name.and_then(|name| match name.split_once('-') {
            Some(("HashML", _)) => Some(PostQuantumRule::PureMlDsa),
            Some(("HashSLH", _)) => Some(PostQuantumRule::PureSlhDsa),
            Some(_) | None => None,
        });
        Self { oid, name, breaks }
    }

    /// Describes a use of an algorithm that is not offered by the words of the caller.
    pub(crate) fn named(oid: impl fmt::Display, name: &'static str) -> Self {
        Self { oid: oid.to_string(), name: Some(name), breaks: None }
    }

    /// Names a post-quantum algorithm whose identifier has parameters.
    pub(super) fn with_parameters(oid: impl fmt::Display) -> Self {
        let breaks = Some(PostQuantumRule::NoParameters);
        Self { breaks, ..Self::named(oid, "post-quantum signature with parameters, which must be absent") }
    }
}

impl fmt::Display for NotOffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{name} ({})", self.oid),
            None => f.write_str(&self.oid),
        }
    }
}

impl core::error::Error for NotOffered {}

/// Names as the defining documents have them: RFC 3279, RFC 5639, RFC 5758, RFC 8410, and the registers of
/// NIST, SECG and OIW.
const NAMES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.1", "RSA without a digest algorithm"),
    ("1.2.840.113549.1.1.2", "MD2 with RSA"),
    ("1.2.840.113549.1.1.3", "MD4 with RSA"),
    ("1.2.840.113549.1.1.4", "MD5 with RSA"),
    ("1.2.840.113549.1.1.7", "RSAES-OAEP"),
    ("1.2.840.113549.1.1.15", "SHA-512/224 with RSA"),
    ("1.2.840.113549.1.1.16", "SHA-512/256 with RSA"),
    ("1.2.840.113549.2.2", "MD2"),
    ("1.2.840.113549.2.4", "MD4"),
    ("1.2.840.113549.2.5", "MD5"),
    ("2.16.840.1.101.3.4.2.5", "SHA-512/224"),
    ("2.16.840.1.101.3.4.2.6", "SHA-512/256"),
    ("1.3.36.3.2.1", "RIPEMD-160"),
    ("1.3.36.3.2.2", "RIPEMD-128"),
    ("1.3.36.3.3.1.2", "RIPEMD-160 with RSA"),
    ("1.0.10118.3.0.55", "Whirlpool"),
    ("1.3.14.3.2.3", "MD5 with RSA"),
    ("1.3.14.3.2.12", "DSA"),
    ("1.3.14.3.2.13", "DSA with SHA"),
    ("1.3.14.3.2.18", "SHA-0"),
    ("1.3.14.3.2.27", "DSA with SHA-1"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.10040.4.3", "DSA with SHA-1"),
    ("2.16.840.1.101.3.4.3.1", "DSA with SHA-224"),
    ("2.16.840.1.101.3.4.3.2", "DSA with SHA-256"),
    ("2.16.840.1.101.3.4.3.3", "DSA with SHA-384"),
    ("2.16.840.1.101.3.4.3.4", "DSA with SHA-512"),
    ("2.16.840.1.101.3.4.3.20", "SLH-DSA-SHA2-128s"),
    ("2.16.840.1.101.3.4.3.21", "SLH-DSA-SHA2-128f"),
    ("2.16.840.1.101.3.4.3.26", "SLH-DSA-SHAKE-128s"),
    ("2.16.840.1.101.3.4.3.27", "SLH-DSA-SHAKE-128f"),
    ("2.16.840.1.101.3.4.3.32", "HashML-DSA-44"),
    ("2.16.840.1.101.3.4.3.33", "HashML-DSA-65"),
    ("2.16.840.1.101.3.4.3.34", "HashML-DSA-87"),
    ("2.16.840.1.101.3.4.3.35", "HashSLH-DSA-SHA2-128s"),
    ("2.16.840.1.101.3.4.3.36", "HashSLH-DSA-SHA2-128f"),
    ("2.16.840.1.101.3.4.3.37", "HashSLH-DSA-SHA2-192s"),
    ("2.16.840.1.101.3.4.3.38", "HashSLH-DSA-SHA2-192f"),
    ("2.16.840.1.101.3.4.3.39", "HashSLH-DSA-SHA2-256s"),
    ("2.16.840.1.101.3.4.3.40", "HashSLH-DSA-SHA2-256f"),
    ("2.16.840.1.101.3.4.3.41", "HashSLH-DSA-SHAKE-128s"),
    ("2.16.840.1.101.3.4.3.42", "HashSLH-DSA-SHAKE-128f"),
    ("2.16.840.1.101.3.4.3.43", "HashSLH-DSA-SHAKE-192s"),
    ("2.16.840.1.101.3.4.3.44", "HashSLH-DSA-SHAKE-192f"),
    ("2.16.840.1.101.3.4.3.45", "HashSLH-DSA-SHAKE-256s"),
    ("2.16.840.1.101.3.4.3.46", "HashSLH-DSA-SHAKE-256f"),
    ("1.2.840.10046.2.1", "Diffie-Hellman"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.113", "Ed448"),
    ("1.2.840.10045.4.2", "ECDSA with the recommended digest"),
    ("1.2.840.10045.4.3", "ECDSA with specified digest"),
    ("1.3.6.1.5.5.7.6.30", "RSASSA-PSS with SHAKE128"),
    ("1.3.6.1.5.5.7.6.31", "RSASSA-PSS with SHAKE256"),
    ("1.3.6.1.5.5.7.6.32", "ECDSA with SHAKE128"),
    ("1.3.6.1.5.5.7.6.33", "ECDSA with SHAKE256"),
    ("1.3.6.1.5.5.7.6.45", "ML-DSA-65 with ECDSA over P-256"),
    ("1.2.840.10045.3.1.1", "NIST P-192"),
    ("1.3.132.0.33", "NIST P-224"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.36.3.3.2.8.1.1.1", "brainpoolP160r1"),
    ("1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1"),
    ("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1"),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.12", "brainpoolP384t1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.3.36.3.3.2.8.1.1.14", "brainpoolP512t1"),
    ("1.2.250.1.223.101.256.1", "FRP256v1"),
    ("1.2.156.10197.1.301", "SM2"),
    ("1.2.156.10197.1.401", "SM3"),
    ("1.2.156.10197.1.501", "SM2 with SM3"),
    ("1.2.643.2.2.3", "GOST R 34.10-2001"),
    ("1.2.643.2.2.9", "GOST R 34.11-94"),
    ("1.2.643.2.2.19", "GOST R 34.10-2001"),
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012 (256 bits)"),
    ("1.2.643.7.1.1.1.2", "GOST R 34.10-2012 (512 bits)"),
    ("1.2.643.7.1.1.2.2", "GOST R 34.11-2012 (256 bits)"),
    ("1.2.643.7.1.1.2.3", "GOST R 34.11-2012 (512 bits)"),
    ("1.2.643.7.1.1.3.2", "GOST R 34.10-2012 (256 bits)"),
    ("1.2.643.7.1.1.3.3", "GOST R 34.10-2012 (512 bits)"),
];

#[cfg(test)]
mod tests {
    use const_oid::ObjectIdentifier;
    use signed_data::AlgorithmIdentifier;
    use signed_data::tlv::Reader;

    use super::*;
    use crate::asn1::writer;
    use crate::crypto::{DigestAlgorithm, SignatureAlgorithm};

    /// The same number as a digest and as a signature algorithm.
    fn read(number: &str) -> (NotOffered, NotOffered) {
        let der = writer::algorithm(ObjectIdentifier::new_unwrap(number));
        let identifier = AlgorithmIdentifier::read(&mut Reader::new(&der, "test")).unwrap();
        let signature = SignatureAlgorithm::from_identifier(&identifier, None);
        (DigestAlgorithm::from_identifier(&identifier).unwrap_err(), signature.unwrap_err())
    }

    #[test]
    fn the_usual_ones_have_their_names() {
        for (number, name) in [
            ("1.2.840.10040.4.1", "DSA"),
            ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
            ("1.3.101.113", "Ed448"),
            ("1.2.840.113549.2.5", "MD5"),
        ] {
            let (digest, signature) = read(number);
            assert_eq!((digest.name, digest.oid.as_str()), (Some(name), number));
            assert_eq!(digest, signature);
            assert_eq!(digest.to_string(), format!("{name} ({number})"));
        }
        let (unknown, _) = read("1.2.3.4");
        assert_eq!((unknown.name, unknown.to_string().as_str()), (None, "1.2.3.4"));
    }

    #[test]
    fn each_number_has_one_name_and_is_not_offered() {
        for (index, (number, name)) in NAMES.iter().enumerate() {
            let (digest, signature) = read(number);
            assert_eq!((digest.name, signature.name), (Some(*name), Some(*name)));
            let is_prehashed = name.starts_with("Hash");
            assert_eq!((digest.breaks.is_some(), signature.breaks.is_some()), (is_prehashed, is_prehashed), "{name}");
            assert!(NAMES.iter().skip(index + 1).all(|(later, _)| later != number), "{number}");
        }
    }
}
