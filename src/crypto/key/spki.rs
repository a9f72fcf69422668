//! Reading a SubjectPublicKeyInfo.

use core::ops::Range;
use std::sync::Arc;

use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};

use super::kind::{KeyError, KeyKind};
use super::numbers::{Curve, KeyNumbers};
use super::octets::KeyOctets;
use super::private::{RsaSchemes, usual_algorithm};
use crate::asn1::oid;
use crate::crypto::algorithm::{NotOffered, PssParameters, SignatureAlgorithm, absent_or_null, pss_parameters};

/// A SubjectPublicKeyInfo as it was received, and what it says.
pub(in crate::crypto) struct Spki {
    /// The octets of the certificate that holds the key, or its own.
    whole: Arc<[u8]>,
    place: Range<usize>,
    pub(in crate::crypto) kind: KeyKind,
    pub(in crate::crypto) numbers: KeyNumbers,
    only_pss: Option<Box<OnlyPss>>,
}

/// The uses of an id-RSASSA-PSS key, [RFC 4055 §3.3](https://www.rfc-editor.org/rfc/rfc4055#section-3.3).
enum OnlyPss {
    /// The key has no parameters, and may be used with any digests and salt.
    Any,
    /// The key may be used with these digests, and a salt of at least this length.
    Within(PssParameters),
}

impl Spki {
    /// Reads the structure of [RFC 5280 §4.1.2.7](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7).
    ///
    /// The key is at a place in the octets of a certificate, which it shares: a file can hold thousands of certificates
    /// that are nothing but a large key.
    pub(in crate::crypto) fn read(whole: &Arc<[u8]>, place: Range<usize>) -> Result<Self, KeyError> {
        let der = whole.get(place.clone()).unwrap_or_default();
        let malformed = |_| KeyError::Malformed("SubjectPublicKeyInfo");
        let mut outer = Reader::new(der, "SubjectPublicKeyInfo");
        let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("SubjectPublicKeyInfo");
        outer.finish().map_err(malformed)?;
        let algorithm = AlgorithmIdentifier::read(&mut fields).map_err(malformed)?;
        let bits = fields.expect(Tag::BIT_STRING).map_err(malformed)?;
        fields.finish().map_err(malformed)?;
        let Some((0, key)) = bits.value.split_first() else {
            return Err(KeyError::Malformed("subjectPublicKey"));
        };
        let only_pss = if algorithm.oid == oid::RSASSA_PSS { only_pss(algorithm.parameters)? } else { Ok(None) };
        let (kind, numbers, only_pss) = match only_pss {
            Ok(only_pss) => {
                let (kind, numbers) = read_key(whole, &algorithm, key)?;
                (kind, numbers, only_pss)
            }
            Err(what) => (KeyKind::NotOffered(what), KeyNumbers::NotOffered, None),
        };
        Ok(Self { whole: Arc::clone(whole), place, kind, numbers, only_pss: only_pss.map(Box::new) })
    }

    /// Makes a key that is not offered, whatever is at its place.
    pub(in crate::crypto) fn not_offered(whole: &Arc<[u8]>, place: Range<usize>) -> Self {
        let kind = KeyKind::NotOffered(NotOffered::named("", "unreadable SubjectPublicKeyInfo"));
        Self { whole: Arc::clone(whole), place, kind, numbers: KeyNumbers::NotOffered, only_pss: None }
    }

    /// Returns the octets as they were received.
    pub(in crate::crypto) fn der(&self) -> &[u8] {
        self.whole.get(self.place.clone()).unwrap_or_default()
    }

    /// Returns the usual algorithm of this key: of one that is for RSASSA-PSS with some digests, that with those.
    pub(in crate::crypto) fn usual_algorithm(&self) -> Option<SignatureAlgorithm> {
        match self.only_pss.as_deref() {
            None => usual_algorithm(&self.kind, RsaSchemes::Any),
            Some(OnlyPss::Any) => usual_algorithm(&self.kind, RsaSchemes::OnlyPss),
            Some(OnlyPss::Within(PssParameters { digest, mgf_digest, salt_len, .. })) => {
                Some(SignatureAlgorithm::RsaPss { digest: *digest, mgf_digest: *mgf_digest, salt_len: *salt_len })
            }
        }
    }

    /// Says whether this algorithm can be used with this key at all.
    pub(in crate::crypto) fn fits(&self, algorithm: &SignatureAlgorithm) -> bool {
        let kind = match algorithm {
            SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. } => {
                matches!(self.kind, KeyKind::Rsa { .. })
            }
            SignatureAlgorithm::Ecdsa(_) => matches!(self.kind, KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521),
            SignatureAlgorithm::Ed25519 => self.kind == KeyKind::Ed25519,
            SignatureAlgorithm::MlDsa44
            | SignatureAlgorithm::MlDsa65
            | SignatureAlgorithm::MlDsa87
            | SignatureAlgorithm::SlhDsa(_) => self.kind.post_quantum() == Some(*algorithm),
        };
        kind && self.only_pss.as_ref().is_none_or(|only| only.allows(algorithm))
    }
}

impl OnlyPss {
    fn allows(&self, algorithm: &SignatureAlgorithm) -> bool {
        let SignatureAlgorithm::RsaPss { digest, mgf_digest, salt_len } = *algorithm else { return false };
        match self {
            Self::Any => true,
            Self::Within(only) => digest == only.digest && mgf_digest == only.mgf_digest && salt_len >= only.salt_len,
        }
    }
}

/// Reads the restriction of an id-RSASSA-PSS key. One to a digest that is not offered makes the key one that is not
/// offered, and no error.
fn only_pss(parameters: Option<Tlv<'_>>) -> Result<Result<Option<OnlyPss>, NotOffered>, KeyError> {
    let Some(parameters) = parameters else { return Ok(Ok(Some(OnlyPss::Any))) };
    match pss_parameters(parameters) {
        None => Err(KeyError::Malformed("RSASSA-PSS-params")),
        Some(read) => Ok(read.map(|parameters| Some(OnlyPss::Within(parameters)))),
    }
}

/// Reads the contents of subjectPublicKey as the algorithm wants them.
fn read_key(
    whole: &Arc<[u8]>,
    algorithm: &AlgorithmIdentifier<'_>,
    key: &[u8],
) -> Result<(KeyKind, KeyNumbers), KeyError> {
    let post_quantum = SignatureAlgorithm::post_quantum_with(algorithm.oid);
    if let Some((kind, post_quantum)) = post_quantum.and_then(|it| KeyKind::of_post_quantum(&it).zip(Some(it))) {
        return Ok(KeyNumbers::read_post_quantum(
            post_quantum,
            kind,
            algorithm.parameters,
            KeyOctets::within(whole, key),
        ));
    }
    let AlgorithmIdentifier { oid: algorithm, parameters, .. } = *algorithm;
    if algorithm == oid::RSA_ENCRYPTION {
        if !absent_or_null(parameters) {
            return Err(KeyError::Malformed("rsaEncryption parameters"));
        }
        KeyNumbers::read_rsa(whole, key)
    } else if algorithm == oid::RSASSA_PSS {
        KeyNumbers::read_rsa(whole, key)
    } else if algorithm == oid::EC_PUBLIC_KEY {
        Ok(match Curve::from_parameters(parameters) {
            // A backend may read more than a point here, such as a second SubjectPublicKeyInfo: the verdict would depend
            // on the build.
            Ok(curve) if !curve.is_point(key) => (curve.kind(), KeyNumbers::Unusable("not a point of SEC 1")),
            Ok(curve) => (curve.kind(), KeyNumbers::Ec { curve, point: KeyOctets::within(whole, key) }),
            Err(what) => (KeyKind::NotOffered(what), KeyNumbers::NotOffered),
        })
    } else if algorithm == oid::ED25519 {
        let key = key.try_into().map_err(|_| KeyError::Malformed("Ed25519 public key"))?;
        Ok((KeyKind::Ed25519, KeyNumbers::Ed25519(key)))
    } else {
        Ok((KeyKind::NotOffered(NotOffered::of(algorithm)), KeyNumbers::NotOffered))
    }
}
