//! Signature algorithms, and their AlgorithmIdentifiers.

use core::fmt;

use const_oid::ObjectIdentifier;
use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Oid, Tlv};

use super::digest::{DigestAlgorithm, absent_or_null};
use super::not_offered::NotOffered;
use super::post_quantum::{self, ParameterSet, SlhDsa};
use super::pss::{PssParameters, pss_parameters, pss_parameters_der};
use crate::asn1::{oid, writer};

/// A way of making a signature from a message and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5, [RFC 8017 §8.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2).
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS with MGF1, [RFC 8017 §8.1](https://www.rfc-editor.org/rfc/rfc8017#section-8.1).
    RsaPss {
        /// The digest of the message.
        digest: DigestAlgorithm,
        /// The digest inside MGF1.
        mgf_digest: DigestAlgorithm,
        /// The number of octets of salt.
        salt_len: u32,
    },
    /// ECDSA over the curve of the key; the signature is an ECDSA-Sig-Value ([RFC
    /// 5480](https://www.rfc-editor.org/rfc/rfc5480)).
    Ecdsa(DigestAlgorithm),
    /// Ed25519, [RFC 8032 §5.1](https://www.rfc-editor.org/rfc/rfc8032#section-5.1).
    Ed25519,
    /// ML-DSA-44, [FIPS 204](https://doi.org/10.6028/NIST.FIPS.204), in pure mode and with an empty context ([RFC 9882
    /// §3](https://www.rfc-editor.org/rfc/rfc9882#section-3)).
    MlDsa44,
    /// ML-DSA-65, as `MlDsa44` is meant.
    MlDsa65,
    /// ML-DSA-87, as `MlDsa44` is meant.
    MlDsa87,
    /// SLH-DSA, [FIPS 205](https://doi.org/10.6028/NIST.FIPS.205), in pure mode and with an empty context ([RFC 9814
    /// §4](https://www.rfc-editor.org/rfc/rfc9814#section-4)).
    SlhDsa(SlhDsa),
}

/// Digest, `digest`WithRSAEncryption, ecdsa-with-`digest`.
const WITH_DIGEST: [(DigestAlgorithm, ObjectIdentifier, ObjectIdentifier); 9] = [
    (DigestAlgorithm::Sha1, oid::SHA1_WITH_RSA, oid::ECDSA_WITH_SHA1),
    (DigestAlgorithm::Sha224, oid::SHA224_WITH_RSA, oid::ECDSA_WITH_SHA224),
    (DigestAlgorithm::Sha256, oid::SHA256_WITH_RSA, oid::ECDSA_WITH_SHA256),
    (DigestAlgorithm::Sha384, oid::SHA384_WITH_RSA, oid::ECDSA_WITH_SHA384),
    (DigestAlgorithm::Sha512, oid::SHA512_WITH_RSA, oid::ECDSA_WITH_SHA512),
    (DigestAlgorithm::Sha3_224, oid::SHA3_224_WITH_RSA, oid::ECDSA_WITH_SHA3_224),
    (DigestAlgorithm::Sha3_256, oid::SHA3_256_WITH_RSA, oid::ECDSA_WITH_SHA3_256),
    (DigestAlgorithm::Sha3_384, oid::SHA3_384_WITH_RSA, oid::ECDSA_WITH_SHA3_384),
    (DigestAlgorithm::Sha3_512, oid::SHA3_512_WITH_RSA, oid::ECDSA_WITH_SHA3_512),
];

impl SignatureAlgorithm {
    /// Returns RSASSA-PSS as [RFC 4056 §3](https://www.rfc-editor.org/rfc/rfc4056#section-3) recommends it, with the
    /// same digest twice and a salt of its length.
    pub const fn rsa_pss(digest: DigestAlgorithm) -> Self {
        let salt_len = match digest.output_len() {
            20 => 20,
            28 => 28,
            32 => 32,
            48 => 48,
            _ => 64,
        };
        Self::RsaPss { digest, mgf_digest: digest, salt_len }
    }

    /// Reads the algorithm that an AlgorithmIdentifier names.
    ///
    /// `digest` is the digestAlgorithm of the CMS SignerInfo, for the forms that do not name one: rsaEncryption ([RFC
    /// 3370 §3.2](https://www.rfc-editor.org/rfc/rfc3370#section-3.2)) and id-ecPublicKey, which some signers write in
    /// its place. NULL and absent parameters are the same where there are no others, except that the post-quantum
    /// algorithms must have none ([RFC 9881 §2](https://www.rfc-editor.org/rfc/rfc9881#section-2), [RFC 9909
    /// §3](https://www.rfc-editor.org/rfc/rfc9909#section-3)). A curve beside id-ecPublicKey is not looked at, because the
    /// key has it.
    ///
    /// # Errors
    /// `NotOffered` for every other algorithm, and for parameters that the algorithm cannot have.
    pub fn from_identifier(
        identifier: &AlgorithmIdentifier<'_>,
        digest: Option<DigestAlgorithm>,
    ) -> Result<Self, NotOffered> {
        let AlgorithmIdentifier { oid: algorithm, parameters, .. } = *identifier;
        let plain = absent_or_null(parameters);
        let digest = digest.filter(|digest| !digest.is_xof());
        let named = if algorithm == oid::RSASSA_PSS {
            let unreadable = Err(NotOffered::named(algorithm, "RSASSA-PSS with unreadable parameters"));
            return parameters.and_then(pss_parameters).unwrap_or(unreadable).map(Self::from);
        } else if algorithm == oid::RSA_ENCRYPTION {
            digest.map(Self::RsaPkcs1).filter(|_| plain)
        } else if algorithm == oid::SHA1_WITH_RSA_OIW {
            Some(Self::RsaPkcs1(DigestAlgorithm::Sha1)).filter(|_| plain)
        } else if algorithm == oid::EC_PUBLIC_KEY {
            digest.map(Self::Ecdsa)
        } else if algorithm == oid::ED25519 {
            Some(Self::Ed25519).filter(|_| plain)
        } else if let Some(with_digest) = Self::with_digest(algorithm) {
            Some(with_digest).filter(|_| plain)
        } else if let Some(post_quantum) = Self::post_quantum_with(algorithm) {
            return match parameters {
                None => Ok(post_quantum),
                Some(_) => Err(NotOffered::with_parameters(algorithm)),
            };
        } else {
            None
        };
        named.ok_or_else(|| NotOffered::of(algorithm))
    }

    /// Finds the algorithm whose OBJECT IDENTIFIER names the digest too.
    fn with_digest(oid: Oid<'_>) -> Option<Self> {
        WITH_DIGEST.iter().find_map(|(digest, rsa, ecdsa)| {
            if oid == *rsa { Some(Self::RsaPkcs1(*digest)) } else { (oid == *ecdsa).then_some(Self::Ecdsa(*digest)) }
        })
    }

    /// Returns the post-quantum algorithm that an AlgorithmIdentifier names although it has parameters.
    pub(crate) fn with_forbidden_parameters(identifier: &AlgorithmIdentifier<'_>) -> Option<Self> {
        identifier.parameters.and_then(|_| Self::post_quantum_with(identifier.oid))
    }

    /// Finds the post-quantum algorithm with this OBJECT IDENTIFIER, whose keys have the same one.
    pub(crate) fn post_quantum_with(oid: Oid<'_>) -> Option<Self> {
        Self::post_quantum().find(|(_, set)| oid == set.oid).map(|(algorithm, _)| algorithm)
    }

    /// Says whether a digest of the content is as strong as the signature over it. It always is where the algorithm has
    /// one of its own.
    ///
    /// For ML-DSA the suitable digests are those of [RFC 9882 §3.3](https://www.rfc-editor.org/rfc/rfc9882#section-3.3),
    /// table 1. For SLH-DSA they are those that are twice as long as the hashes of the tree ([RFC 9814
    /// §4](https://www.rfc-editor.org/rfc/rfc9814#section-4)).
    pub fn is_matched_by(&self, digest: DigestAlgorithm) -> bool {
        self.parameter_set().is_none_or(|set| digest.output_len() >= set.sizes.least_digest)
    }

    /// Does what [`from_identifier`](Self::from_identifier) does, with the two parts of the AlgorithmIdentifier.
    pub(crate) fn from_parts(
        oid: Oid<'_>,
        parameters: Option<Tlv<'_>>,
        digest: Option<DigestAlgorithm>,
    ) -> Result<Self, NotOffered> {
        Self::from_identifier(&AlgorithmIdentifier { raw: &[], oid, parameters }, digest)
    }

    /// Returns the DER of the AlgorithmIdentifier, which has NULL parameters with PKCS#1 v1.5 ([RFC 4055
    /// §5](https://www.rfc-editor.org/rfc/rfc4055#section-5)), none with the others ([RFC 5758
    /// §3.2](https://www.rfc-editor.org/rfc/rfc5758#section-3.2), [RFC 8410
    /// §3](https://www.rfc-editor.org/rfc/rfc8410#section-3)).
    pub fn to_der(&self) -> Vec<u8> {
        let with = |digest: DigestAlgorithm| WITH_DIGEST.iter().find(|(with, ..)| *with == digest);
        match *self {
            Self::RsaPkcs1(digest) => {
                writer::algorithm_null(with(digest).map_or(oid::RSA_ENCRYPTION, |(_, rsa, _)| *rsa))
            }
            Self::Ecdsa(digest) => writer::algorithm(with(digest).map_or(oid::EC_PUBLIC_KEY, |(.., ecdsa)| *ecdsa)),
            Self::Ed25519 => writer::algorithm(oid::ED25519),
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 | Self::SlhDsa(_) => {
                self.parameter_set().map(|set| writer::algorithm(set.oid)).unwrap_or_default()
            }
            Self::RsaPss { digest, mgf_digest, salt_len } => {
                let parameters = pss_parameters_der(PssParameters { digest, mgf_digest, salt_len });
                writer::sequence(&[&writer::oid(oid::RSASSA_PSS), &parameters])
            }
        }
    }

    /// Returns the digest algorithm by which the message is reduced before it is signed.
    ///
    /// It is `None` where the algorithm signs the message itself, as Ed25519, ML-DSA and SLH-DSA do: a signer or a
    /// verifier of such signatures needs the message, and its digest is of no use.
    pub const fn prehash(&self) -> Option<DigestAlgorithm> {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) => Some(*digest),
            Self::Ed25519 | Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 | Self::SlhDsa(_) => None,
        }
    }

    /// Returns the digest algorithm that a CMS SignerInfo names beside this algorithm: the prehash, and SHA-512 with
    /// the others ([RFC 8419 §3](https://www.rfc-editor.org/rfc/rfc8419#section-3), [RFC 9882
    /// §3.3](https://www.rfc-editor.org/rfc/rfc9882#section-3.3)).
    pub const fn cms_digest(&self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) => *digest,
            Self::Ed25519 | Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 | Self::SlhDsa(_) => DigestAlgorithm::Sha512,
        }
    }

    /// Names a use of the algorithm that no backend of this build has.
    pub(in crate::crypto) fn not_offered(&self) -> NotOffered {
        match self {
            Self::RsaPkcs1(_) => {
                NotOffered::named(oid::RSA_ENCRYPTION, "RSA PKCS#1 v1.5 with this digest and key size")
            }
            Self::RsaPss { .. } => {
                NotOffered::named(oid::RSASSA_PSS, "RSASSA-PSS with these digests, salt and key size")
            }
            Self::Ecdsa(_) => NotOffered::named(oid::EC_PUBLIC_KEY, "ECDSA over this curve"),
            Self::Ed25519 => NotOffered::named(oid::ED25519, "Ed25519"),
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 | Self::SlhDsa(_) => {
                let set = self.parameter_set();
                set.map_or_else(|| NotOffered::named("", "signature"), |set| NotOffered::named(set.oid, set.name))
            }
        }
    }
}

impl SignatureAlgorithm {
    /// Returns the post-quantum algorithms.
    pub(in crate::crypto) fn post_quantum() -> impl Iterator<Item = (Self, ParameterSet)> {
        let lattices = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87].into_iter();
        lattices
            .chain(SlhDsa::ALL.map(Self::SlhDsa))
            .filter_map(|algorithm| algorithm.parameter_set().map(|set| (algorithm, set)))
    }

    /// Says whether this is a post-quantum algorithm: ML-DSA or SLH-DSA.
    pub fn is_post_quantum(&self) -> bool {
        self.parameter_set().is_some()
    }

    /// Returns the object identifier of a post-quantum algorithm, which has no parameters.
    pub(crate) fn post_quantum_oid(&self) -> Option<ObjectIdentifier> {
        self.parameter_set().map(|set| set.oid)
    }

    /// Returns the parameter set of a post-quantum algorithm.
    pub(in crate::crypto) fn parameter_set(&self) -> Option<ParameterSet> {
        let lattice = |oid, name, sizes| Some(ParameterSet { oid, name, sizes });
        match self {
            Self::MlDsa44 => lattice(oid::ML_DSA_44, "ML-DSA-44", &post_quantum::ML_DSA_44),
            Self::MlDsa65 => lattice(oid::ML_DSA_65, "ML-DSA-65", &post_quantum::ML_DSA_65),
            Self::MlDsa87 => lattice(oid::ML_DSA_87, "ML-DSA-87", &post_quantum::ML_DSA_87),
            Self::SlhDsa(set) => Some(set.set()),
            Self::RsaPkcs1(_) | Self::RsaPss { .. } | Self::Ecdsa(_) | Self::Ed25519 => None,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1(digest) => write!(f, "RSA PKCS#1 v1.5 with {digest}"),
            Self::RsaPss { digest, mgf_digest, salt_len } if digest == mgf_digest => {
                write!(f, "RSASSA-PSS with {digest}, salt {salt_len}")
            }
            Self::RsaPss { digest, mgf_digest, salt_len } => {
                write!(f, "RSASSA-PSS with {digest}, MGF1 with {mgf_digest}, salt {salt_len}")
            }
            Self::Ecdsa(digest) => write!(f, "ECDSA with {digest}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::MlDsa44 => f.write_str("ML-DSA-44"),
            Self::MlDsa65 => f.write_str("ML-DSA-65"),
            Self::MlDsa87 => f.write_str("ML-DSA-87"),
            Self::SlhDsa(set) => set.fmt(f),
        }
    }
}

impl From<PssParameters> for SignatureAlgorithm {
    fn from(PssParameters { digest, mgf_digest, salt_len }: PssParameters) -> Self {
        Self::RsaPss { digest, mgf_digest, salt_len }
    }
}

#[cfg(test)]
mod tests {
    use signed_data::tlv::{Reader, Tag};

    use super::super::not_offered::PostQuantumRule;
    use super::*;

    fn identifier(parts: &[&[u8]]) -> Vec<u8> {
        writer::sequence(parts)
    }

    fn from_der(identifier: &[u8], digest: Option<DigestAlgorithm>) -> Result<SignatureAlgorithm, NotOffered> {
        let identifier = AlgorithmIdentifier::read(&mut Reader::new(identifier, "test")).unwrap();
        SignatureAlgorithm::from_identifier(&identifier, digest)
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (algorithm, _) in SignatureAlgorithm::post_quantum() {
            assert_eq!(from_der(&algorithm.to_der(), None), Ok(algorithm), "{algorithm}");
        }
        let digests = || DigestAlgorithm::ALL.into_iter().filter(|digest| !digest.is_xof());
        for digest in digests() {
            let mut algorithms = vec![
                SignatureAlgorithm::RsaPkcs1(digest),
                SignatureAlgorithm::Ecdsa(digest),
                SignatureAlgorithm::rsa_pss(digest),
                SignatureAlgorithm::Ed25519,
            ];
            algorithms.extend(digests().map(|mgf_digest| SignatureAlgorithm::RsaPss {
                digest,
                mgf_digest,
                salt_len: 200,
            }));
            for algorithm in algorithms {
                assert_eq!(from_der(&algorithm.to_der(), None), Ok(algorithm), "{algorithm}");
            }
        }
    }

    #[test]
    fn forms_without_a_digest_take_that_of_the_signer_info() {
        let sha384 = Some(DigestAlgorithm::Sha384);
        for rsa in [writer::algorithm_null(oid::RSA_ENCRYPTION), writer::algorithm(oid::RSA_ENCRYPTION)] {
            let read = from_der(&rsa, sha384);
            assert_eq!(read, Ok(SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha384)));
            assert!(from_der(&rsa, None).is_err());
        }
        for ec in [
            writer::algorithm(oid::EC_PUBLIC_KEY),
            identifier(&[&writer::oid(oid::EC_PUBLIC_KEY), &writer::oid(oid::P256)]),
        ] {
            let read = from_der(&ec, sha384);
            assert_eq!(read, Ok(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384)));
        }
    }

    #[test]
    fn null_and_absent_parameters_are_the_same() {
        for oid in [oid::SHA256_WITH_RSA, oid::ECDSA_WITH_SHA256, oid::ED25519] {
            let absent = from_der(&writer::algorithm(oid), None);
            let null = from_der(&writer::algorithm_null(oid), None);
            assert!(absent.is_ok());
            assert_eq!(absent, null);
            let with_integer = identifier(&[&writer::oid(oid), &writer::small_integer(1)]);
            assert!(from_der(&with_integer, None).is_err());
        }
    }

    #[test]
    fn post_quantum_algorithms_have_no_parameters() {
        for (algorithm, set) in SignatureAlgorithm::post_quantum() {
            let with_integer = identifier(&[&writer::oid(set.oid), &writer::small_integer(1)]);
            for with_parameters in [writer::algorithm_null(set.oid), with_integer] {
                let refused = from_der(&with_parameters, None).unwrap_err();
                assert_eq!((refused.oid, refused.breaks), (set.oid.to_string(), Some(PostQuantumRule::NoParameters)));
                let stated = AlgorithmIdentifier::read(&mut Reader::new(&with_parameters, "test")).unwrap();
                assert_eq!(SignatureAlgorithm::with_forbidden_parameters(&stated), Some(algorithm));
            }
        }
    }

    /// RFC 9882 table 1.
    #[test]
    fn digests_are_as_strong_as_the_signature() {
        use DigestAlgorithm::*;
        let matched = |algorithm: SignatureAlgorithm| {
            DigestAlgorithm::ALL.into_iter().filter(move |digest| algorithm.is_matched_by(*digest)).collect::<Vec<_>>()
        };
        let longest = vec![Sha512, Sha3_512, Shake256];
        let long = vec![Sha384, Sha512, Sha3_384, Sha3_512, Shake256];
        let any = vec![Sha256, Sha384, Sha512, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256];
        assert_eq!(matched(SignatureAlgorithm::MlDsa44), any);
        assert_eq!(matched(SignatureAlgorithm::MlDsa65), long);
        assert_eq!(matched(SignatureAlgorithm::MlDsa87), longest);
        assert_eq!(matched(SignatureAlgorithm::SlhDsa(SlhDsa::Sha2_192s)), long);
        assert_eq!(matched(SignatureAlgorithm::SlhDsa(SlhDsa::Shake256f)), longest);
        assert_eq!(matched(SignatureAlgorithm::Ecdsa(Sha256)).len(), DigestAlgorithm::ALL.len());
        for (algorithm, _) in SignatureAlgorithm::post_quantum() {
            assert!(algorithm.is_matched_by(algorithm.cms_digest()), "{algorithm}");
        }
    }

    #[test]
    fn shake_is_no_digest_of_rsa_and_ecdsa() {
        let shake = Some(DigestAlgorithm::Shake256);
        for oid in [oid::RSA_ENCRYPTION, oid::EC_PUBLIC_KEY] {
            assert!(from_der(&writer::algorithm(oid), shake).is_err());
        }
        let hash = writer::tlv(Tag::context(0), &writer::algorithm(oid::SHAKE256));
        let pss = identifier(&[&writer::oid(oid::RSASSA_PSS), &writer::sequence(&[&hash])]);
        assert_eq!(from_der(&pss, None).unwrap_err().name, Some("SHAKE among the parameters of RSASSA-PSS"));
    }

    #[test]
    fn pss_defaults_may_be_left_out_or_spelled_out() {
        let defaults = SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha1);
        let pss = writer::oid(oid::RSASSA_PSS);
        let sha1 = writer::algorithm_null(oid::SHA1);
        let mgf = writer::sequence(&[&writer::oid(oid::MGF1), &sha1]);
        let field = |n, inner: &[u8]| writer::tlv(Tag::context(n), inner);
        let (hash, mgf, salt, trailer) = (
            field(0, &sha1),
            field(1, &mgf),
            field(2, &writer::small_integer(20)),
            field(3, &writer::small_integer(1)),
        );
        let left_out = identifier(&[&pss, &writer::sequence(&[])]);
        let spelled_out = identifier(&[&pss, &writer::sequence(&[&hash, &mgf, &salt, &trailer])]);
        assert_eq!(from_der(&left_out, None), Ok(defaults));
        assert_eq!(from_der(&spelled_out, None), Ok(defaults));
        let trailer = field(3, &writer::small_integer(2));
        for wrong in [
            writer::algorithm(oid::RSASSA_PSS),
            writer::algorithm_null(oid::RSASSA_PSS),
            identifier(&[&pss, &writer::sequence(&[&trailer])]),
            identifier(&[&pss, &writer::sequence(&[&salt, &hash])]),
            identifier(&[&pss, &writer::sequence(&[&hash, &hash])]),
            identifier(&[&pss, &writer::sequence(&[&field(2, &writer::tlv(Tag::INTEGER, &[0xff]))])]),
        ] {
            assert!(from_der(&wrong, None).is_err());
        }
    }

    #[test]
    fn what_is_not_offered_is_named() {
        let named = |arcs: &str| {
            let oid = ObjectIdentifier::new_unwrap(arcs);
            from_der(&writer::algorithm(oid), None).unwrap_err().to_string()
        };
        assert_eq!(named("1.2.840.10040.4.3"), "DSA with SHA-1 (1.2.840.10040.4.3)");
        assert_eq!(named("1.3.101.113"), "Ed448 (1.3.101.113)");
        assert_eq!(named("1.2.840.113549.1.1.4"), "MD5 with RSA (1.2.840.113549.1.1.4)");
        assert_eq!(named("1.2.3.4"), "1.2.3.4");
    }
}
