//! This file arranges certificates by subject and by key.

use core::hash::{Hash, Hasher};
use std::hash::DefaultHasher;
use std::sync::OnceLock;

use crate::crypto::{Digest, DigestAlgorithm, Fingerprint};
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

/// The number of certificates that are all looked at for each question. To hash the property of so few takes longer than to
/// compare it.
const FEW: usize = 16;

#[derive(Clone, Debug, Default)]
struct Arranged {
    /// The certificates without duplicates, sorted by fingerprint, so that the order in which they were given changes
    /// nothing.
    sorted: Vec<Certificate>,
    by_subject: Index,
    by_key_identifier: Index,
    by_key: OnceLock<Index>,
    by_key_hash: OnceLock<Index>,
}

/// The places of certificates by a hash of one of their properties, sorted. It is empty where there are no more than
/// [`FEW`], which are all looked at. Certificates of one hash by chance cost a comparison. A map would take more memory
/// than a small certificate has octets.
#[derive(Clone, Debug, Default)]
struct Index(Box<[(u64, u32)]>);

impl Index {
    /// Arranges certificates by the [`hash`] of a property.
    fn of(certificates: &[Certificate], hash: impl Fn(&Certificate) -> u64) -> Self {
        if certificates.len() <= FEW {
            return Self::default();
        }
        let mut places: Box<[_]> = certificates.iter().map(hash).zip(0..).collect();
        places.sort_unstable();
        Self(places)
    }

    /// Returns those of `certificates`, of which this is the index, that may have this property, in their order.
    fn candidates<'p>(&'p self, certificates: &'p [Certificate], property: &impl Hash) -> Candidates<'p> {
        if certificates.len() <= FEW {
            return Candidates { few: certificates.iter(), places: Default::default(), certificates };
        }
        let wanted = hash(property);
        let from = self.0.partition_point(|(hash, _)| *hash < wanted);
        let places = self.0.get(from..).unwrap_or_default();
        let places = places.get(..places.partition_point(|(hash, _)| *hash == wanted)).unwrap_or_default();
        Candidates { few: Default::default(), places: places.iter(), certificates }
    }
}

/// Certificates that may have a property: a few, or those at the places of its hash.
struct Candidates<'p> {
    few: core::slice::Iter<'p, Certificate>,
    places: core::slice::Iter<'p, (u64, u32)>,
    certificates: &'p [Certificate],
}

impl<'p> Iterator for Candidates<'p> {
    type Item = &'p Certificate;

    fn next(&mut self) -> Option<&'p Certificate> {
        let at = |(_, place): &(u64, u32)| self.certificates.get(usize::try_from(*place).ok()?);
        self.few.next().or_else(|| self.places.by_ref().find_map(at))
    }
}

fn hash<K: Hash>(property: &K) -> u64 {
    let mut hasher = DefaultHasher::new();
    property.hash(&mut hasher);
    hasher.finish()
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
            let mut identities: Vec<Fingerprint> = self.certificates.iter().map(Certificate::identity).collect();
            identities.sort_unstable();
            identities.dedup();
            // In one pass, which takes half as long as piece by piece.
            let octets: Vec<&[u8]> = identities.iter().map(Fingerprint::as_bytes).collect();
            DigestAlgorithm::Sha256.digest(&octets.concat())
        })
    }

    /// Returns true if exactly this certificate is there.
    pub(crate) fn contains(&self, certificate: &Certificate) -> bool {
        match self.arranged.get() {
            Some(arranged) => arranged.contains(certificate),
            None => self.certificates.iter().any(|candidate| candidate.identity() == certificate.identity()),
        }
    }

    /// Returns true if there is another certificate with the key of this one.
    pub(crate) fn has_another_with_key_of(&self, certificate: &Certificate) -> bool {
        let arranged = self.arranged();
        let key = certificate.spki_der();
        let by_key =
            arranged.by_key.get_or_init(|| Index::of(&arranged.sorted, |certificate| hash(&certificate.spki_der())));
        let mut of_key = by_key.candidates(&arranged.sorted, &key);
        of_key.any(|candidate| candidate.spki_der() == key && candidate != certificate)
    }

    /// Returns the certificates with this subject. Those with the key identifier come first, then those without one, then
    /// the rest, each part by fingerprint.
    pub(in crate::pki) fn named<'p, 'w>(
        &'p self,
        subject: &ComparableName,
        key_identifier: Option<&'w [u8]>,
    ) -> impl Iterator<Item = &'p Certificate> + use<'p, 'w> {
        let subject = *subject;
        let fits = [Fit::Same, Fit::Unknown, Fit::Differs].into_iter();
        fits.flat_map(move |fit| self.fitting(&subject, key_identifier, fit))
    }

    /// Returns the certificates whose key has this SHA-1 digest, by fingerprint.
    pub(in crate::pki) fn with_key_hash<'p>(
        &'p self,
        key_hash: &[u8],
    ) -> impl Iterator<Item = &'p Certificate> + use<'p> {
        let arranged = self.arranged();
        let by_key_hash = arranged
            .by_key_hash
            .get_or_init(|| Index::of(&arranged.sorted, |certificate| hash(certificate.key_hash())));
        let wanted = <[u8; 20]>::try_from(key_hash).ok();
        let of_hash = wanted.map(|wanted| {
            let candidates = by_key_hash.candidates(&arranged.sorted, &wanted);
            candidates.filter(move |certificate| *certificate.key_hash() == wanted)
        });
        of_hash.into_iter().flatten()
    }

    /// Returns the certificates with this subject whose key identifier fits so well. The last part passes over nothing but
    /// what the others hold, so that taking some of it looks at no more than twice as many. Of no more than [`FEW`]
    /// certificates, each part looks at all.
    pub(super) fn fitting<'p, 'w>(
        &'p self,
        subject: &ComparableName,
        wanted: Option<&'w [u8]>,
        fit: Fit,
    ) -> impl Iterator<Item = &'p Certificate> + use<'p, 'w> {
        let Arranged { sorted, by_subject, by_key_identifier, .. } = self.arranged();
        let subject = *subject;
        let of = |identifier: Option<&[u8]>| by_key_identifier.candidates(sorted, &(subject.digest(), identifier));
        let candidates = match (fit, wanted) {
            (Fit::Same, Some(wanted)) => Some(of(Some(wanted))),
            (Fit::Unknown, Some(_)) => Some(of(None)),
            (Fit::Differs, _) => Some(by_subject.candidates(sorted, subject.digest())),
            (Fit::Same | Fit::Unknown, None) => None,
        };
        candidates.into_iter().flatten().filter(move |certificate| {
            let fits = || match (fit, wanted, certificate.subject_key_identifier()) {
                (Fit::Same, wanted, identifier) => identifier == wanted,
                (Fit::Unknown, _, identifier) => identifier.is_none(),
                (Fit::Differs, Some(wanted), identifier) => identifier.is_some_and(|identifier| identifier != wanted),
                (Fit::Differs, None, _) => true,
            };
            *certificate.comparable_subject() == subject && fits()
        })
    }

    fn arranged(&self) -> &Arranged {
        self.arranged.get_or_init(|| Arranged::of(&self.certificates))
    }
}

impl Arranged {
    fn of(certificates: &[Certificate]) -> Self {
        let mut sorted = certificates.to_vec();
        sorted.sort_unstable_by_key(Certificate::identity);
        sorted.dedup_by_key(|certificate| certificate.identity());
        sorted.shrink_to_fit();
        let by_subject = Index::of(&sorted, |certificate| hash(certificate.comparable_subject().digest()));
        let by_key_identifier = Index::of(&sorted, |certificate| {
            hash(&(certificate.comparable_subject().digest(), certificate.subject_key_identifier()))
        });
        Self { sorted, by_subject, by_key_identifier, ..Self::default() }
    }

    fn contains(&self, certificate: &Certificate) -> bool {
        self.sorted.binary_search_by_key(&certificate.identity(), Certificate::identity).is_ok()
    }
}
