//! This file arranges certificates by subject and by key.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::certificate::{Certificate, ComparableName};

/// Certificates that may be issuers or signers, arranged once for all questions about one artifact.
///
/// Hundreds of questions are asked about an artifact with many signers and timestamps. If each of them looked at every
/// certificate, the work would be the product of their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct CertificatePool {
    certificates: Vec<Certificate>,
    digest: OnceLock<Digest>,
    arranged: OnceLock<Arranged>,
}

/// The numbers of certificates.
type Numbers = Vec<usize>;

#[derive(Clone, Debug, Default)]
struct Arranged {
    /// The certificates without duplicates, sorted by fingerprint.
    sorted: Vec<Certificate>,
    by_subject: HashMap<[u8; 32], Namesakes>,
    by_key: OnceLock<HashMap<Digest, Numbers>>,
    by_key_hash: OnceLock<HashMap<[u8; 20], Numbers>>,
}

/// The certificates of one subject, sorted by fingerprint, so that the order in which they were given changes nothing.
#[derive(Clone, Debug, Default)]
struct Namesakes {
    sorted: Numbers,
    by_key_identifier: HashMap<Option<Digest>, Numbers>,
}

/// How well the key identifier of a certificate fits the one that is wanted.
#[derive(Clone, Copy)]
pub(super) enum Fit {
    Same,
    Unknown,
    Differs,
}

impl CertificatePool {
    /// Takes certificates, which are arranged when the first question is asked.
    pub(crate) fn new(certificates: Vec<Certificate>) -> Self {
        Self { certificates, ..Self::default() }
    }

    /// Returns the certificates in the order in which they were given.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Returns a digest of which certificates these are, whatever their order and however often each occurs.
    pub(crate) fn digest(&self) -> Digest {
        *self.digest.get_or_init(|| {
            let mut fingerprints: Vec<Digest> = self.certificates.iter().map(Certificate::fingerprint).collect();
            fingerprints.sort_unstable_by(|left, right| left.as_bytes().cmp(right.as_bytes()));
            fingerprints.dedup();
            let mut hasher = DigestAlgorithm::Sha256.hasher();
            fingerprints.iter().for_each(|fingerprint| hasher.update(fingerprint.as_bytes()));
            hasher.finish()
        })
    }

    /// Returns true if exactly this certificate is there.
    pub(crate) fn contains(&self, certificate: &Certificate) -> bool {
        match self.arranged.get() {
            Some(arranged) => arranged.contains(certificate),
            None => self.certificates.iter().any(|candidate| candidate.fingerprint() == certificate.fingerprint()),
        }
    }

    /// Returns true if there is another certificate with the key of this one.
    pub(crate) fn has_another_with_key_of(&self, certificate: &Certificate) -> bool {
        let arranged = self.arranged();
        let by_key = arranged.by_key.get_or_init(|| {
            let mut by_key: HashMap<_, Numbers> = HashMap::new();
            for (number, certificate) in arranged.sorted.iter().enumerate() {
                by_key.entry(*certificate.public_key().fingerprint()).or_default().push(number);
            }
            by_key
        });
        let mut of_key = arranged.at(by_key.get(certificate.public_key().fingerprint()));
        of_key.any(|candidate| candidate != certificate)
    }

    /// Returns the certificates with this subject. Those with the key identifier come first, then those without one, then
    /// the rest, each part by fingerprint.
    pub(in crate::pki) fn named<'p, 'w>(
        &'p self,
        subject: &ComparableName,
        key_identifier: Option<&'w [u8]>,
    ) -> impl Iterator<Item = &'p Certificate> + use<'p, 'w> {
        let parts = [Fit::Same, Fit::Unknown, Fit::Differs].map(|fit| self.fitting(subject, key_identifier, fit));
        parts.into_iter().flatten()
    }

    /// Returns the certificates whose key has this SHA-1 digest, by fingerprint.
    pub(in crate::pki) fn with_key_hash<'p>(&'p self, hash: &[u8]) -> impl Iterator<Item = &'p Certificate> + use<'p> {
        let arranged = self.arranged();
        let by_key_hash = arranged.by_key_hash.get_or_init(|| {
            let mut by_key_hash: HashMap<_, Numbers> = HashMap::new();
            for (number, certificate) in arranged.sorted.iter().enumerate() {
                by_key_hash.entry(*certificate.key_hash()).or_default().push(number);
            }
            by_key_hash
        });
        arranged.at(<&[u8; 20]>::try_from(hash).ok().and_then(|hash| by_key_hash.get(hash)))
    }

    /// Returns the certificates with this subject whose key identifier fits so well. The last part passes over nothing but
    /// what the others hold, so that taking some of it looks at no more than twice as many.
    pub(super) fn fitting<'p, 'w>(
        &'p self,
        subject: &ComparableName,
        wanted: Option<&'w [u8]>,
        fit: Fit,
    ) -> impl Iterator<Item = &'p Certificate> + use<'p, 'w> {
        let arranged = self.arranged();
        let namesakes = arranged.by_subject.get(subject.digest());
        let of =
            |identifier: Option<Digest>| namesakes.and_then(|namesakes| namesakes.by_key_identifier.get(&identifier));
        let numbers = match (fit, wanted) {
            (Fit::Same, Some(wanted)) => of(Some(identifier_digest(wanted))),
            (Fit::Unknown, Some(_)) => of(None),
            (Fit::Differs, _) => namesakes.map(|namesakes| &namesakes.sorted),
            (Fit::Same | Fit::Unknown, None) => None,
        };
        arranged.at(numbers).filter(move |certificate| match (fit, wanted) {
            (Fit::Differs, Some(wanted)) => {
                certificate.subject_key_identifier().is_some_and(|identifier| identifier != wanted)
            }
            (Fit::Differs, None) | (Fit::Same | Fit::Unknown, _) => true,
        })
    }

    fn arranged(&self) -> &Arranged {
        self.arranged.get_or_init(|| Arranged::of(&self.certificates))
    }
}

impl Arranged {
    fn of(certificates: &[Certificate]) -> Self {
        let mut sorted = certificates.to_vec();
        sorted.sort_unstable_by(|left, right| left.fingerprint().as_bytes().cmp(right.fingerprint().as_bytes()));
        sorted.dedup_by(|left, right| left.fingerprint() == right.fingerprint());
        let mut arranged = Self { sorted, ..Self::default() };
        for (number, certificate) in arranged.sorted.iter().enumerate() {
            let namesakes = arranged.by_subject.entry(*certificate.comparable_subject().digest()).or_default();
            namesakes.sorted.push(number);
            let identifier = certificate.subject_key_identifier().map(identifier_digest);
            namesakes.by_key_identifier.entry(identifier).or_default().push(number);
        }
        arranged
    }

    fn contains(&self, certificate: &Certificate) -> bool {
        let wanted = certificate.fingerprint();
        self.sorted.binary_search_by(|candidate| candidate.fingerprint().as_bytes().cmp(wanted.as_bytes())).is_ok()
    }

    fn at<'p>(&'p self, numbers: Option<&'p Numbers>) -> impl Iterator<Item = &'p Certificate> {
        numbers.into_iter().flatten().filter_map(|number| self.sorted.get(*number))
    }
}

/// Key identifiers can be long, and many certificates can have the same.
fn identifier_digest(identifier: &[u8]) -> Digest {
    DigestAlgorithm::Sha256.digest(identifier)
}
