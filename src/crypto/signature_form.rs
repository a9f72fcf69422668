//! The forms in which signatures come, and the input of signers that do not hash.

use signed_data::tlv::{Reader, Tag};

use super::algorithm::Digest;
use crate::asn1::writer;

/// Octets of one of the two numbers of an ECDSA signature over P-521, the largest curve here.
const LARGEST_NUMBER: usize = 66;

/// The octets are not two numbers of one fixed length, as an ECDSA signature of this form is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} octets are not two numbers of one length, of 1 to 66 octets each")]
pub struct FixedFormError {
    /// The number of octets that were given.
    pub length: usize,
}

/// Converts an ECDSA signature to the DER that CMS asks for, from the form that PKCS#11, JOSE and many HSMs give. That
/// form has both numbers one after the other, each as long as the order of the curve ([RFC 5480](https://www.rfc-editor.org/rfc/rfc5480),
/// [RFC 3279 §2.2.3](https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3)):
///
/// ```text
/// ECDSA-Sig-Value ::= SEQUENCE {
///     r    INTEGER,
///     s    INTEGER }
/// ```
///
/// The function does not guess the form: call it where the signer's form is the fixed one.
///
/// # Errors
/// [`FixedFormError`] for an odd or an impossible length.
pub fn ecdsa_sig_value(fixed: &[u8]) -> Result<Vec<u8>, FixedFormError> {
    let error = FixedFormError { length: fixed.len() };
    let half = fixed.len() / 2;
    let (r, s) = fixed.split_at_checked(half).ok_or(error)?;
    if r.len() != s.len() || half == 0 || half > LARGEST_NUMBER {
        return Err(error);
    }
    Ok(writer::sequence(&[&writer::unsigned_integer(r), &writer::unsigned_integer(s)]))
}

/// Says whether these octets have the form of an ECDSA-Sig-Value in DER.
pub(crate) fn is_ecdsa_sig_value(signature: &[u8]) -> bool {
    let read = || {
        let mut outer = Reader::new(signature, "ECDSA-Sig-Value");
        let mut numbers = outer.expect(Tag::SEQUENCE)?.reader("ECDSA-Sig-Value");
        outer.finish()?;
        numbers.integer()?;
        numbers.integer()?;
        numbers.finish()
    };
    read().is_ok()
}

impl Digest {
    /// Returns the DigestInfo, which a signer of RSA PKCS#1 v1.5 is given that does not hash
    /// ([RFC 8017 §9.2](https://www.rfc-editor.org/rfc/rfc8017#section-9.2)):
    ///
    /// ```text
    /// DigestInfo ::= SEQUENCE {
    ///     digestAlgorithm    AlgorithmIdentifier,
    ///     digest             OCTET STRING }
    /// ```
    pub fn to_digest_info(&self) -> Vec<u8> {
        let algorithm = writer::algorithm_null(self.algorithm().oid());
        writer::sequence(&[&algorithm, &writer::octet_string(self.as_bytes())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::DigestAlgorithm;

    #[test]
    fn two_numbers_become_der() {
        assert_eq!(ecdsa_sig_value(&[1, 2]).unwrap(), [0x30, 6, 2, 1, 1, 2, 1, 2]);
        // A leading zero goes; a high bit gets one.
        assert_eq!(ecdsa_sig_value(&[0, 1, 0x80, 0]).unwrap(), [0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]);
        for length in [0, 1, 3, 63, 65, 134] {
            assert_eq!(ecdsa_sig_value(&vec![1; length]), Err(FixedFormError { length }));
        }
        for length in [64, 96, 132] {
            assert!(is_ecdsa_sig_value(&ecdsa_sig_value(&vec![0xff; length]).unwrap()));
            assert!(!is_ecdsa_sig_value(&vec![0xff; length]));
        }
        assert!(!is_ecdsa_sig_value(&[]));
        assert!(!is_ecdsa_sig_value(&[0x30, 6, 2, 1, 1, 2, 1, 2, 0]));
    }

    #[test]
    fn a_digest_info_is_that_of_rfc_8017() {
        let info = DigestAlgorithm::Sha256.digest(b"").to_digest_info();
        let prefix = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
            0x20,
        ];
        assert!(info.starts_with(&prefix));
        assert_eq!(info.len(), prefix.len() + 32);
    }
}
