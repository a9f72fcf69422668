//! Verification of SLH-DSA in pure Rust, with the crate `slh-dsa`.

use slh_dsa::{ParameterSet, Signature, VerifyingKey};

use super::{Answer, Backend, Signed};
use crate::crypto::algorithm::{SignatureAlgorithm, SlhDsa};
use crate::crypto::key::KeyNumbers;

/// The backend for SLH-DSA. It has no form of its own of a key, which is a seed and a root.
pub(in crate::crypto) struct SlhDsaBackend;

impl Backend for SlhDsaBackend {
    fn verify(&self, key: &KeyNumbers, _: &SignatureAlgorithm, signed: Signed<'_>, signature: &[u8]) -> Answer {
        match (key, signed) {
            (KeyNumbers::PostQuantum { algorithm: SignatureAlgorithm::SlhDsa(set), key }, Signed::Message(message)) => {
                verify_by(*set, key, message, signature)
            }
            (
                KeyNumbers::PostQuantum { .. }
                | KeyNumbers::Rsa { .. }
                | KeyNumbers::Ec { .. }
                | KeyNumbers::Ed25519(_)
                | KeyNumbers::Unusable(_)
                | KeyNumbers::WithParameters
                | KeyNumbers::NotOffered,
                Signed::Message(_) | Signed::Digest(_),
            ) => Answer::NotOffered,
        }
    }
}

fn verify_by(set: SlhDsa, key: &[u8], message: &[u8], signature: &[u8]) -> Answer {
    match set {
        SlhDsa::Sha2_192s => verify::<slh_dsa::Sha2_192s>(key, message, signature),
        SlhDsa::Sha2_192f => verify::<slh_dsa::Sha2_192f>(key, message, signature),
        SlhDsa::Sha2_256s => verify::<slh_dsa::Sha2_256s>(key, message, signature),
        SlhDsa::Sha2_256f => verify::<slh_dsa::Sha2_256f>(key, message, signature),
        SlhDsa::Shake192s => verify::<slh_dsa::Shake192s>(key, message, signature),
        SlhDsa::Shake192f => verify::<slh_dsa::Shake192f>(key, message, signature),
        SlhDsa::Shake256s => verify::<slh_dsa::Shake256s>(key, message, signature),
        SlhDsa::Shake256f => verify::<slh_dsa::Shake256f>(key, message, signature),
    }
}

/// slh_verify in pure mode, with an empty context (FIPS 205 algorithm 24).
fn verify<P: ParameterSet>(key: &[u8], message: &[u8], signature: &[u8]) -> Answer {
    let Ok(key) = VerifyingKey::<P>::try_from(key) else { return Answer::KeyRefused };
    let Ok(signature) = Signature::<P>::try_from(signature) else { return Answer::Invalid };
    Answer::of(key.try_verify_with_context(message, &[], &signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{PublicKey, SignatureError};

    const MESSAGE: &[u8] = b"a registered letter";

    fn check<P: ParameterSet>(set: SlhDsa) {
        let algorithm = SignatureAlgorithm::SlhDsa(set);
        let seed = vec![7; set.security_strength() as usize / 8];
        let key = slh_dsa::SigningKey::<P>::slh_keygen_internal(&seed, &seed, &seed);
        let public = PublicKey::from_parts(&algorithm.to_der(), &key.as_ref().to_bytes()).unwrap();
        let signed = |context: &[u8]| key.try_sign_with_context(MESSAGE, context, None).unwrap().to_bytes();
        let signature = signed(&[]);
        assert_eq!(public.verify(&algorithm, MESSAGE, &signature), Ok(()), "{algorithm}");
        let refused = |message: &[u8], signature: &[u8]| {
            assert_eq!(public.verify(&algorithm, message, signature), Err(SignatureError::Invalid), "{algorithm}");
        };
        refused(b"another letter", &signature);
        if set == SlhDsa::Sha2_192f {
            refused(MESSAGE, &signed(b"CMS"));
        }
        refused(MESSAGE, &signature[1..]);
        refused(MESSAGE, &[]);
        for octet in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.to_vec();
            changed[octet] ^= 1;
            refused(MESSAGE, &changed);
        }
        let digest = algorithm.cms_digest().digest(MESSAGE);
        assert_eq!(public.verify_digest(&algorithm, &digest, &signature), Err(SignatureError::MessageNeeded));
        for another_set in SlhDsa::ALL.into_iter().filter(|another_set| *another_set != set) {
            let verdict = public.verify(&SignatureAlgorithm::SlhDsa(another_set), MESSAGE, &signature);
            assert!(matches!(verdict, Err(SignatureError::KeyMismatch { .. })), "{another_set}");
        }
    }

    /// The others take long to sign with without optimisation, and are told apart by their names.
    #[test]
    fn fast_parameter_sets_verify_what_they_signed() {
        check::<slh_dsa::Sha2_192f>(SlhDsa::Sha2_192f);
        check::<slh_dsa::Shake256f>(SlhDsa::Shake256f);
    }

    fn check_name<P: ParameterSet>(set: SlhDsa) {
        let algorithm = SignatureAlgorithm::SlhDsa(set);
        let parameters = algorithm.parameter_set().unwrap();
        assert_eq!((parameters.oid, parameters.name), (P::ALGORITHM_OID, P::NAME));
        let public = PublicKey::from_parts(&algorithm.to_der(), &vec![7; parameters.sizes.public_key]).unwrap();
        let verdict = public.verify(&algorithm, MESSAGE, &vec![7; parameters.sizes.signature]);
        assert_eq!(verdict, Err(SignatureError::Invalid), "{algorithm}");
    }

    #[test]
    fn each_parameter_set_is_that_of_its_name() {
        check_name::<slh_dsa::Sha2_192s>(SlhDsa::Sha2_192s);
        check_name::<slh_dsa::Sha2_192f>(SlhDsa::Sha2_192f);
        check_name::<slh_dsa::Sha2_256s>(SlhDsa::Sha2_256s);
        check_name::<slh_dsa::Sha2_256f>(SlhDsa::Sha2_256f);
        check_name::<slh_dsa::Shake192s>(SlhDsa::Shake192s);
        check_name::<slh_dsa::Shake192f>(SlhDsa::Shake192f);
        check_name::<slh_dsa::Shake256s>(SlhDsa::Shake256s);
        check_name::<slh_dsa::Shake256f>(SlhDsa::Shake256f);
    }
}
