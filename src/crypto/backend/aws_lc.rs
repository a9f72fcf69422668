//! Verification with aws-lc-rs.

use std::sync::OnceLock;

use aws_lc_rs::digest as aws_digest;
use aws_lc_rs::signature::{self as aws, ParsedPublicKey, RsaPssSaltLength, VerificationAlgorithm};

use super::{Answer, Backend, Signed};
use crate::asn1::writer;
use crate::crypto::algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm};
use crate::crypto::key::{Curve, KeyNumbers, bit_length, ecdsa_input};

/// The backend on aws-lc-rs, with the key in its form: parsed at the first use, and kept with the algorithm that it is
/// bound to.
// The keys of one certification authority verify many signatures, nearly always with one algorithm.
#[derive(Default)]
pub(in crate::crypto) struct AwsLc(OnceLock<Box<(SignatureAlgorithm, ParsedPublicKey)>>);

impl Backend for AwsLc {
    fn verify(&self, key: &KeyNumbers, algorithm: &SignatureAlgorithm, signed: Signed<'_>, signature: &[u8]) -> Answer {
        match (key, signed) {
            (KeyNumbers::Rsa { modulus, exponent }, Signed::Digest(digest)) => {
                self.verify_rsa(modulus, exponent, algorithm, digest, signature)
            }
            (KeyNumbers::Ec { curve, point }, Signed::Digest(digest)) => {
                self.verify_ecdsa(*curve, point, digest, signature)
            }
            (KeyNumbers::Ed25519(key), Signed::Message(message)) => {
                match self.parsed(SignatureAlgorithm::Ed25519, &aws::ED25519, || key.to_vec()) {
                    Some(key) => Answer::of(key.get().verify_sig(message, signature)),
                    None => Answer::KeyRefused,
                }
            }
            (KeyNumbers::PostQuantum { algorithm, key }, Signed::Message(message)) => {
                self.verify_post_quantum(algorithm, key, message, signature)
            }
            (KeyNumbers::Rsa { .. } | KeyNumbers::Ec { .. }, Signed::Message(_))
            | (KeyNumbers::Ed25519(_) | KeyNumbers::PostQuantum { .. }, Signed::Digest(_))
            | (KeyNumbers::Unusable(_) | KeyNumbers::WithParameters | KeyNumbers::NotOffered, _) => Answer::NotOffered,
        }
    }
}

impl AwsLc {
    fn verify_rsa(
        &self,
        modulus: &[u8],
        exponent: &[u8],
        algorithm: &SignatureAlgorithm,
        digest: &Digest,
        signature: &[u8],
    ) -> Answer {
        let (Some(parameters), Some(digest_algorithm)) =
            (rsa_parameters(algorithm, bit_length(modulus)), digest_algorithm(digest.algorithm()))
        else {
            return Answer::NotOffered;
        };
        let key = || writer::sequence(&[&writer::unsigned_integer(modulus), &writer::unsigned_integer(exponent)]);
        let Some(key) = self.parsed(*algorithm, parameters, key) else { return Answer::KeyRefused };
        verify_digest(&key, digest.as_bytes(), digest_algorithm, signature)
    }

    fn verify_ecdsa(&self, curve: Curve, point: &[u8], digest: &Digest, signature: &[u8]) -> Answer {
        // One algorithm for each curve serves every digest, because ECDSA signs the integer made of it. The digest named
        // here is only the one whose length is the curve's (for P-521, the longest that there is).
        let (parameters, digest_algorithm): (&'static dyn VerificationAlgorithm, _) = match curve {
            Curve::P256 => (&aws::ECDSA_P256_SHA256_ASN1, &aws_digest::SHA256),
            Curve::P384 => (&aws::ECDSA_P384_SHA384_ASN1, &aws_digest::SHA384),
            Curve::P521 => (&aws::ECDSA_P521_SHA512_ASN1, &aws_digest::SHA512),
        };
        let input = ecdsa_input(digest, digest_algorithm.output_len());
        let bound_to = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512);
        let Some(key) = self.parsed(bound_to, parameters, || point.to_vec()) else { return Answer::KeyRefused };
        verify_digest(&key, &input, digest_algorithm, signature)
    }

    fn verify_post_quantum(
        &self,
        algorithm: &SignatureAlgorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Answer {
        let Some(parameters) = post_quantum_parameters(algorithm) else { return Answer::NotOffered };
        match self.parsed(*algorithm, parameters, || key.to_vec()) {
            Some(key) => Answer::of(key.get().verify_sig(message, signature)),
            None => Answer::KeyRefused,
        }
    }

    /// Returns the key for this algorithm: the one that is kept, or, with a second algorithm, one for this time.
    fn parsed(
        &self,
        algorithm: SignatureAlgorithm,
        parameters: &'static dyn VerificationAlgorithm,
        key: impl FnOnce() -> Vec<u8>,
    ) -> Option<Parsed<'_>> {
        if let Some((bound_to, kept)) = self.0.get().map(Box::as_ref) {
            if *bound_to == algorithm {
                return Some(Parsed::Kept(kept));
            }
            return ParsedPublicKey::new(parameters, key()).ok().map(Parsed::Once);
        }
        let parsed = ParsedPublicKey::new(parameters, key()).ok()?;
        let (bound_to, kept) = &**self.0.get_or_init(|| Box::new((algorithm, parsed.clone())));
        // Another thread may have been first, with another algorithm.
        Some(if *bound_to == algorithm { Parsed::Kept(kept) } else { Parsed::Once(parsed) })
    }
}

enum Parsed<'a> {
    Kept(&'a ParsedPublicKey),
    Once(ParsedPublicKey),
}

impl Parsed<'_> {
    fn get(&self) -> &ParsedPublicKey {
        match self {
            Self::Kept(key) => key,
            Self::Once(key) => key,
        }
    }
}

fn verify_digest(
    key: &Parsed<'_>,
    digest: &[u8],
    algorithm: &'static aws_digest::Algorithm,
    signature: &[u8],
) -> Answer {
    let Ok(digest) = aws_digest::Digest::import_less_safe(digest, algorithm) else { return Answer::NotOffered };
    Answer::of(key.get().verify_digest_sig(&digest, signature))
}

/// Returns the constant for an RSA algorithm and size of modulus, where there is one.
fn rsa_parameters(algorithm: &SignatureAlgorithm, bits: usize) -> Option<&'static dyn VerificationAlgorithm> {
    match *algorithm {
        SignatureAlgorithm::RsaPkcs1(digest) => pkcs1_parameters(digest, bits),
        SignatureAlgorithm::RsaPss { digest, mgf_digest, salt_len } if digest == mgf_digest && bits >= 2048 => {
            pss_parameters(digest, salt_len)
        }
        SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519
        | SignatureAlgorithm::MlDsa44
        | SignatureAlgorithm::MlDsa65
        | SignatureAlgorithm::MlDsa87
        | SignatureAlgorithm::SlhDsa(_) => None,
    }
}

/// Returns the constant for a post-quantum algorithm, where there is one: pure mode, with an empty context.
fn post_quantum_parameters(algorithm: &SignatureAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match algorithm {
        SignatureAlgorithm::MlDsa44 => Some(&aws::ML_DSA_44),
        SignatureAlgorithm::MlDsa65 => Some(&aws::ML_DSA_65),
        SignatureAlgorithm::MlDsa87 => Some(&aws::ML_DSA_87),
        SignatureAlgorithm::SlhDsa(_)
        | SignatureAlgorithm::RsaPkcs1(_)
        | SignatureAlgorithm::RsaPss { .. }
        | SignatureAlgorithm::Ecdsa(_)
        | SignatureAlgorithm::Ed25519 => None,
    }
}

fn pkcs1_parameters(digest: DigestAlgorithm, bits: usize) -> Option<&'static dyn VerificationAlgorithm> {
    match digest {
        DigestAlgorithm::Sha1 => Some(&aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        DigestAlgorithm::Sha256 => Some(&aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        DigestAlgorithm::Sha512 => Some(&aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        DigestAlgorithm::Sha384 if bits >= 2048 => Some(&aws::RSA_PKCS1_2048_8192_SHA384),
        DigestAlgorithm::Sha224
        | DigestAlgorithm::Sha384
        | DigestAlgorithm::Sha3_224
        | DigestAlgorithm::Sha3_256
        | DigestAlgorithm::Sha3_384
        | DigestAlgorithm::Sha3_512
        | DigestAlgorithm::Shake128
        | DigestAlgorithm::Shake256 => None,
    }
}

/// The constants for RSASSA-PSS by length of salt, because a length cannot be given at run time.
macro_rules! by_salt {
    ($parameters:ident, $salt_len:expr, [$($salt:literal),*]) => {
        match $salt_len {
            $($salt => Some(&const { aws::$parameters.with_pss_salt_length(RsaPssSaltLength::Custom($salt)) }),)*
            _ => None,
        }
    };
}

/// Returns the constant for RSASSA-PSS with this digest twice, where there is one.
fn pss_parameters(digest: DigestAlgorithm, salt_len: u32) -> Option<&'static dyn VerificationAlgorithm> {
    match digest {
        DigestAlgorithm::Sha256 => by_salt!(RSA_PSS_2048_8192_SHA256, salt_len, [0, 20, 32, 48, 64]),
        DigestAlgorithm::Sha384 => by_salt!(RSA_PSS_2048_8192_SHA384, salt_len, [0, 20, 32, 48, 64]),
        DigestAlgorithm::Sha512 => by_salt!(RSA_PSS_2048_8192_SHA512, salt_len, [0, 20, 32, 48, 64]),
        DigestAlgorithm::Sha1
        | DigestAlgorithm::Sha224
        | DigestAlgorithm::Sha3_224
        | DigestAlgorithm::Sha3_256
        | DigestAlgorithm::Sha3_384
        | DigestAlgorithm::Sha3_512
        | DigestAlgorithm::Shake128
        | DigestAlgorithm::Shake256 => None,
    }
}

fn digest_algorithm(digest: DigestAlgorithm) -> Option<&'static aws_digest::Algorithm> {
    match digest {
        DigestAlgorithm::Sha1 => Some(&aws_digest::SHA1_FOR_LEGACY_USE_ONLY),
        DigestAlgorithm::Sha256 => Some(&aws_digest::SHA256),
        DigestAlgorithm::Sha384 => Some(&aws_digest::SHA384),
        DigestAlgorithm::Sha512 => Some(&aws_digest::SHA512),
        DigestAlgorithm::Sha224
        | DigestAlgorithm::Sha3_224
        | DigestAlgorithm::Sha3_256
        | DigestAlgorithm::Sha3_384
        | DigestAlgorithm::Sha3_512
        | DigestAlgorithm::Shake128
        | DigestAlgorithm::Shake256 => None,
    }
}
