//! This file finds the possible issuers of a certificate, in the order in which a search tries them.

use super::pool::{CertificatePool, Fit};
use super::request::PathRequest;
use crate::pki::certificate::Certificate;
use crate::pki::limits;

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
    pub(super) fn issuers_of(&self, child: &Certificate) -> Vec<&'a Certificate> {
        let subject = child.comparable_issuer();
        let wanted = child.authority_key_identifier().and_then(|identifier| identifier.key_identifier);
        let [own, shared] = self.candidates;
        let issuers = [Fit::Same, Fit::Unknown, Fit::Differs].into_iter().flat_map(|fit| {
            let anchors = self.anchors.fitting(subject, wanted, fit);
            let shared = shared.fitting(subject, wanted, fit).filter(move |certificate| !own.contains(certificate));
            let candidates = own.fitting(subject, wanted, fit).chain(shared);
            // An anchor is trusted whatever is found out about another certificate of its key.
            let candidates = candidates
                .filter(|certificate| !self.anchors.contains(certificate) && !self.request.avoids(certificate));
            anchors.chain(candidates)
        });
        let at_most = limits::MAX_CERTIFICATES_CONSIDERED.saturating_add(1);
        let target = self.request.target.fingerprint();
        issuers.filter(|issuer| issuer.fingerprint() != target).take(at_most).collect()
    }

    /// Returns true if a path ends at this issuer.
    pub(super) fn is_anchor(&self, issuer: &Certificate) -> bool {
        self.anchors.contains(issuer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::asn1::{oid, writer};
    use crate::pki::TrustAnchors;
    use crate::pki::test_certificates::{Made, Subject, now};
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
                let tried: Vec<_> = pool.issuers_of(&target).into_iter().cloned().collect();
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
        assert_eq!(issuers.first(), Some(&&right));
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
        let pool = Pool::new(&request, &own, &none);
        let tried = pool.issuers_of(&target);
        assert_eq!(tried.iter().filter(|issuer| pool.is_anchor(issuer)).count(), 1);
        let tried: Vec<_> = tried.iter().map(|issuer| issuer.fingerprint()).collect();
        assert_eq!(tried.len(), 5);
        assert!(issuers[..5].iter().all(|issuer| tried.contains(&issuer.fingerprint())));
    }
}
