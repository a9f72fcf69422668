//! This module answers questions about the usage and the claims of a certificate.

use const_oid::ObjectIdentifier;

use super::extensions::KeyUsage;
use super::x509::Certificate;
use crate::asn1::oid;
use crate::crypto::{NotOffered, PublicKey, SignatureAlgorithm, SignatureError};

/// The purposes under which documents are signed.
const DOCUMENT_PURPOSES: [ObjectIdentifier; 5] = [
    oid::ANY_EXTENDED_KEY_USAGE,
    oid::DOCUMENT_SIGNING,
    oid::EMAIL_PROTECTION,
    oid::MICROSOFT_DOCUMENT_SIGNING,
    oid::ADOBE_AUTHENTIC_DOCUMENTS,
];

impl Certificate {
    /// Returns true if the key may sign data. It may with digitalSignature or nonRepudiation, or without keyUsage (RFC
    /// 5280 §4.2.1.3). A malformed keyUsage allows nothing.
    pub fn may_sign(&self) -> bool {
        self.is_allowed(|usage| usage.digital_signature() || usage.non_repudiation())
    }

    /// Returns true if the key may sign CRLs. It may with cRLSign, or without keyUsage (RFC 5280 §6.3.3 (f)). A malformed
    /// keyUsage allows nothing.
    pub(in crate::pki) fn may_sign_crls(&self) -> bool {
        self.is_allowed(KeyUsage::crl_sign)
    }

    /// Returns true if [`may_sign`](Self::may_sign) holds and keyUsage allows nothing else.
    pub fn may_only_sign(&self) -> bool {
        self.is_allowed(KeyUsage::only_signatures)
    }

    /// Returns true without keyUsage, and false where it is malformed.
    fn is_allowed(&self, allows: impl Fn(KeyUsage) -> bool) -> bool {
        match self.extension(oid::KEY_USAGE) {
            None => true,
            Some(extension) => KeyUsage::read(extension).is_ok_and(allows),
        }
    }

    /// Returns the bits of keyUsage that say of a post-quantum signature key that it encrypts or agrees on keys; `None`
    /// where there are none, or the key is of another kind (RFC 9881 §5, RFC 9909).
    pub(crate) fn usage_beyond_signatures(&self) -> Option<String> {
        self.public_key().kind().post_quantum()?;
        let bits = self.key_usage()?.beyond_signatures();
        (!bits.is_empty()).then(|| bits.join(", "))
    }

    /// Returns true if extKeyUsage names only time-stamping or the signing of OCSP responses. Such a key must sign only
    /// tokens or responses (RFC 3161 §2.3, RFC 6960 §4.2.2.2, RFC 5280 §4.2.1.12).
    pub fn is_for_pki_services_alone(&self) -> bool {
        self.extended_key_usage().is_some_and(|usage| {
            usage.purposes.iter().all(|purpose| *purpose == oid::TIME_STAMPING || *purpose == oid::OCSP_SIGNING)
        })
    }

    /// Returns true if extKeyUsage is critical and names no purpose under which documents are signed:
    /// anyExtendedKeyUsage, documentSigning (RFC 9336), emailProtection, or what Microsoft and Adobe name so. Such a key
    /// must not sign documents (RFC 5280 §4.2.1.12). A purpose that is not known here is another one.
    pub fn is_critically_for_other_purposes(&self) -> bool {
        self.extended_key_usage().is_some_and(|usage| {
            usage.critical
                && !usage
                    .purposes
                    .iter()
                    .any(|purpose| DOCUMENT_PURPOSES.iter().any(|of_documents| purpose == of_documents))
        })
    }

    /// Returns true if the subject issued the certificate to itself and its own key signed it, as far as this build can
    /// tell: the algorithm of an old anchor may not be offered.
    pub fn is_self_signed(&self) -> bool {
        if !self.is_self_issued() {
            return false;
        }
        let (Ok(algorithm), Some(signature)) = (self.read_signature_algorithm(), self.signature()) else {
            return true;
        };
        self.public_key().verify(&algorithm, self.tbs(), signature) != Err(SignatureError::Invalid)
    }

    /// Returns the algorithm of the issuer's signature.
    ///
    /// # Errors
    /// Returns `NotOffered`, also if the algorithm cannot be read.
    pub fn read_signature_algorithm(&self) -> Result<SignatureAlgorithm, NotOffered> {
        match self.signature_algorithm() {
            Ok(algorithm) => SignatureAlgorithm::from_parts(algorithm.oid, algorithm.parameters, None),
            Err(_) => Err(NotOffered::named("", "unreadable AlgorithmIdentifier")),
        }
    }

    /// Returns true if this is the certificate of the issuer: its subject is the issuer, by the comparison of RFC 5280
    /// §7.1 that a verifier makes too, and its key made the signature.
    pub(crate) fn is_issued_by(&self, issuer: &Self) -> bool {
        self.comparable_issuer() == issuer.comparable_subject() && self.is_signed_by(issuer.public_key())
    }

    /// Returns true if this key made the issuer's signature.
    pub(crate) fn is_signed_by(&self, issuer: &PublicKey) -> bool {
        let (Ok(algorithm), Some(signature)) = (self.read_signature_algorithm(), self.signature()) else {
            return false;
        };
        issuer.verify(&algorithm, self.tbs(), signature).is_ok()
    }

    /// Returns true if qcStatements has this statement, which is an unverified claim of the issuer.
    pub(crate) fn claims_qc_statement(&self, statement: ObjectIdentifier) -> bool {
        self.qc_statements().is_ok_and(|statements| statements.iter().any(|stated| stated.id == statement))
    }
}
