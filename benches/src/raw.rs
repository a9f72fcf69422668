//! The verification that a signature needs, which is the limit of reading and judging what it signs.

use std::hint::black_box;

use aws_lc_rs::signature::{self as aws, UnparsedPublicKey, VerificationAlgorithm};
use recommande::crypto::{KeyKind, PublicKey};
use signed_data::SignedData;
use signed_data::tlv::Reader;

use crate::fixtures;

/// A public-key operation and nothing else.
#[derive(Debug)]
pub struct Raw {
    key: UnparsedPublicKey<Vec<u8>>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Raw {
    /// The operation that the signature of a SignedData with one signer needs.
    pub fn of(signed_data: &[u8], key: &PublicKey) -> Self {
        let parsed = SignedData::parse(signed_data).expect("a SignedData");
        let signature = parsed.signer_infos.first().expect("a SignerInfo").signature.to_vec();
        let algorithm: &'static dyn VerificationAlgorithm = match key.kind() {
            KeyKind::Rsa { .. } => &aws::RSA_PKCS1_2048_8192_SHA256,
            KeyKind::EcP256 => &aws::ECDSA_P256_SHA256_ASN1,
            KeyKind::EcP384 => &aws::ECDSA_P384_SHA384_ASN1,
            _ => &aws::ED25519,
        };
        let mut fields = Reader::new(key.spki_der(), "key").any().expect("a SEQUENCE").reader("key");
        let _ = fields.any();
        let bits = fields.bit_string().expect("a BIT STRING").octets;
        let message = fixtures::signed_attributes(signed_data);
        Self { key: UnparsedPublicKey::new(algorithm, bits.to_vec()), message, signature }
    }

    /// Verifies the signature.
    pub fn verify(&self) {
        self.key.verify(black_box(&self.message), black_box(&self.signature)).expect("a valid signature");
    }
}
