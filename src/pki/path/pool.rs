//! This file arranges certificates by subject and by key, in the order in which a search tries them as issuers.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::request::PathRequest;
use crate::crypto::Digest;
use crate::pki::certificate::{Certificate, ComparableName};
use crate::pki::limits;

/// Certificates that may be issuers or signers, arranged once for all questions about one artifact.
///
/// Hundreds of questions are asked about an artifact with many signers and timestamps. If each of them looked at every
/// certificate, the work would be the product of their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct CertificatePool {
    certificates: Vec<Certificate>,
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
enum Fit {
    Same,
    Unknown,
    Differs,
}

impl CertificatePool {
    /// Takes certificates, which are arranged when the first question is asked.
    pub(crate) fn new(certificates: Vec<Certificate>) -> Self {
        Self { certificates, arranged: OnceLock::new() }
    }

    /// Returns the certificates in the order in which they were given.
    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
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
    fn fitting<'p, 'w>(
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
    crate::crypto::DigestAlgorithm::Sha256.digest(identifier)
}

/// A certificate that may have issued others.
#[derive(Clone, Copy)]
pub(super) struct Issuer<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) is_anchor: bool,
}

/// The anchors and candidates of one search.
pub(super) struct Pool<'a> {
    request: &'a PathRequest<'a>,
    anchors: &'a CertificatePool,
    /// The candidates of the request itself, and those that it shares with other requests.
    candidates: [&'a CertificatePool; 2],
}

impl<'a> Pool<'a> {
    /// Makes the pool of a request whose own candidates were arranged.
    pub(super) fn new(request: &'a PathRequest<'a>, own: &'a CertificatePool, none: &'a CertificatePool) -> Self {
        let candidates = [own, request.pool.unwrap_or(none)];
        Self { request, anchors: request.anchors.pool(), candidates }
    }

    /// Returns the possible issuers of a certificate. Those with a matching key identifier come first, then those without
    /// one, then the rest; in each part the anchors come first. There is one more than the limit at most, which says that
    /// there are too many.
    pub(super) fn issuers_of(&self, child: &Certificate) -> Vec<Issuer<'a>> {
        let subject = child.comparable_issuer();
        let wanted = child.authority_key_identifier().and_then(|identifier| identifier.key_identifier);
        let [own, shared] = self.candidates;
        let issuers = [Fit::Same, Fit::Unknown, Fit::Differs].into_iter().flat_map(|fit| {
            let anchors = self.anchors.fitting(subject, wanted, fit);
            let anchors = anchors.map(|certificate| Issuer { certificate, is_anchor: true });
            let shared = shared.fitting(subject, wanted, fit).filter(move |certificate| !own.contains(certificate));
            let candidates = own.fitting(subject, wanted, fit).chain(shared);
            // An anchor is trusted whatever is found out about another certificate of its key.
            let candidates = candidates
                .filter(|certificate| !self.anchors.contains(certificate) && !self.request.avoids(certificate));
            anchors.chain(candidates.map(|certificate| Issuer { certificate, is_anchor: false }))
        });
        let at_most = limits::MAX_CERTIFICATES_CONSIDERED.saturating_add(1);
        let target = self.request.target.fingerprint();
        issuers.filter(|issuer| issuer.certificate.fingerprint() != target).take(at_most).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::asn1::{oid, writer};
    use crate::pki::TrustAnchors;
    use crate::pki::made::{Made, Subject, now};
    use signed_data::tlv::Tag;

    /// Makes a certificate whose signature nobody verifies.
    fn unsigned(made: Made, number: usize) -> Made {
        let serial = [1, u8::try_from(number / 256).unwrap(), u8::try_from(number % 256).unwrap()];
        Made { signature: Box::new(|_| vec![0]), ..made.serial(&serial) }
    }

    fn identified(made: Made, identifier: &[u8]) -> Made {
        made.extension(oid::SUBJECT_KEY_IDENTIFIER, false, &writer::octet_string(identifier))
    }

    fn child(ca: &Subject, wanted: Option<&[u8]>) -> Certificate {
        let made = unsigned(ca.certifies(&Subject::new("leaf")), 0);
        let Some(wanted) = wanted else { return made.make() };
        let value = writer::sequence(&[&writer::tlv(Tag::context_primitive(0), wanted)]);
        made.extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &value).make()
    }

    #[test]
    fn issuers_are_tried_by_key_identifier_then_anchors_then_fingerprint() {
        let (root, ca) = (Subject::new("root"), Subject::new("ca"));
        let issuers: Vec<_> = (0..24)
            .map(|number| {
                let made = unsigned(root.certifies(&ca), number);
                match number % 3 {
                    0 => made.make(),
                    1 => identified(made, b"right").make(),
                    _ => identified(made, b"wrong").make(),
                }
            })
            .collect();
        let anchors: TrustAnchors = issuers.iter().take(6).cloned().collect();
        for wanted in [Some(&b"right"[..]), None] {
            let target = child(&ca, wanted);
            let mut expected = issuers.clone();
            expected.sort_by_key(|issuer| {
                let part = match (wanted, issuer.subject_key_identifier()) {
                    (Some(wanted), Some(identifier)) if wanted == identifier => 0,
                    (Some(_), Some(_)) => 2,
                    _ => 1,
                };
                (part, !anchors.contains(issuer), issuer.fingerprint().as_bytes().to_vec())
            });
            for turn in 0..issuers.len() {
                let mut candidates = issuers.clone();
                candidates.rotate_left(turn);
                let (own, none) = (CertificatePool::new(candidates), CertificatePool::default());
                let request = PathRequest::new(&target, &[], &anchors, now());
                let pool = Pool::new(&request, &own, &none);
                let tried: Vec<_> = pool.issuers_of(&target).iter().map(|issuer| issuer.certificate.clone()).collect();
                assert_eq!(tried, expected);
            }
        }
    }

    /// The limit bounds the work for each child, however many certificates bear the issuer's name.
    #[test]
    fn of_thousands_of_namesakes_no_more_than_the_limit_are_looked_at() {
        let (root, ca) = (Subject::new("root"), Subject::new("ca"));
        let limit = limits::MAX_CERTIFICATES_CONSIDERED;
        let others = (0..limit * 8).map(|number| identified(unsigned(root.certifies(&ca), number), b"wrong").make());
        let right = identified(unsigned(root.certifies(&ca), limit * 8), b"right").make();
        let candidates: Vec<_> = others.chain([right.clone()]).collect();
        let anchors = TrustAnchors::new();
        let target = child(&ca, Some(b"right"));
        let (own, none) = (CertificatePool::new(candidates.clone()), CertificatePool::default());
        let request = PathRequest::new(&target, &[], &anchors, now());
        let issuers = Pool::new(&request, &own, &none).issuers_of(&target);
        assert_eq!(issuers.first().map(|issuer| issuer.certificate), Some(&right));
        assert_eq!(issuers.len(), limit + 1);

        // The last part of the list passes over those that came before, and over no others.
        let name = target.comparable_issuer();
        let given: HashSet<_> = own.named(name, Some(b"right")).map(Certificate::fingerprint).collect();
        assert_eq!(given.len(), candidates.len());
        assert_eq!(own.named(name, Some(b"right")).count(), candidates.len());
        assert_eq!(own.named(name, None).count(), candidates.len());
    }

    #[test]
    fn what_is_shared_and_what_is_given_are_tried_together_and_once() {
        let (root, ca) = (Subject::new("root"), Subject::new("ca"));
        let issuers: Vec<_> = (0..6).map(|number| unsigned(root.certifies(&ca), number).make()).collect();
        let anchors = TrustAnchors::from_iter(issuers.first().cloned());
        let target = child(&ca, None);
        let (own, shared) = (CertificatePool::new(issuers[..4].to_vec()), CertificatePool::new(issuers[2..].to_vec()));
        let avoided = issuers[5].clone();
        let is_avoided = |certificate: &Certificate| *certificate == avoided;
        let request = PathRequest::new(&target, &[], &anchors, now()).with_pool(&shared).avoiding(&is_avoided);
        let none = CertificatePool::default();
        let tried = Pool::new(&request, &own, &none).issuers_of(&target);
        assert_eq!(tried.iter().filter(|issuer| issuer.is_anchor).count(), 1);
        let tried: Vec<_> = tried.iter().map(|issuer| issuer.certificate.fingerprint()).collect();
        assert_eq!(tried.len(), 5);
        assert!(issuers[..5].iter().all(|issuer| tried.contains(&issuer.fingerprint())));
    }
}
