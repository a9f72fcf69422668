//! This file arranges certificates by subject, in the order in which a search tries them as issuers.

use std::collections::{HashMap, HashSet};

use super::request::PathRequest;
use crate::pki::certificate::Certificate;
use crate::pki::certificate::ComparableName;
use crate::pki::limits;

/// The anchors and candidates by subject.
pub(super) struct Pool<'a> {
    by_subject: HashMap<&'a ComparableName, Namesakes<'a>>,
}

/// A certificate that may have issued others.
#[derive(Clone, Copy)]
pub(super) struct Issuer<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) is_anchor: bool,
    key_identifier: Option<&'a [u8]>,
}

/// The certificates of one subject. Anchors come first, then the rest by fingerprint, so that the order of the
/// candidates changes nothing.
#[derive(Default)]
struct Namesakes<'a> {
    sorted: Vec<Issuer<'a>>,
    by_key_identifier: HashMap<Option<&'a [u8]>, Vec<Issuer<'a>>>,
}

impl<'a> Pool<'a> {
    pub(super) fn new(request: &PathRequest<'a>) -> Self {
        let mut by_subject: HashMap<_, Namesakes<'_>> = HashMap::new();
        let mut seen = HashSet::from([request.target.fingerprint()]);
        let anchors = request.anchors.iter().map(|anchor| (anchor, true));
        for (certificate, is_anchor) in anchors.chain(request.candidates.iter().map(|candidate| (candidate, false))) {
            if seen.insert(certificate.fingerprint()) {
                let key_identifier = certificate.subject_key_identifier();
                let issuer = Issuer { certificate, is_anchor, key_identifier };
                by_subject.entry(certificate.comparable_subject()).or_default().sorted.push(issuer);
            }
        }
        // Thousands of certificates may bear one name, and hundreds of others may name it as their issuer. Sorting them
        // for each of those would make the work the product of the two.
        by_subject.values_mut().for_each(Namesakes::arrange);
        Self { by_subject }
    }

    /// Returns the possible issuers of a certificate. Those with a matching key identifier come first, then those without
    /// one, then the rest. There is one more than the limit at most, which says that there are too many.
    pub(super) fn issuers_of(&self, child: &Certificate) -> Vec<Issuer<'a>> {
        let wanted = child.authority_key_identifier().and_then(|identifier| identifier.key_identifier);
        let namesakes = self.by_subject.get(child.comparable_issuer());
        let at_most = limits::MAX_CERTIFICATES_CONSIDERED.saturating_add(1);
        namesakes.into_iter().flat_map(|namesakes| namesakes.tried_for(wanted)).take(at_most).collect()
    }
}

impl<'a> Namesakes<'a> {
    fn arrange(&mut self) {
        self.sorted
            .sort_by_cached_key(|issuer| (!issuer.is_anchor, issuer.certificate.fingerprint().as_bytes().to_vec()));
        for issuer in &self.sorted {
            self.by_key_identifier.entry(issuer.key_identifier).or_default().push(*issuer);
        }
    }

    /// Returns the certificates in the order in which they are tried. The last part passes over nothing but what was
    /// returned before, so that taking some of them looks at no more than twice as many.
    fn tried_for<'n>(&'n self, wanted: Option<&'n [u8]>) -> impl Iterator<Item = Issuer<'a>> + 'n {
        let of =
            move |key_identifier: Option<&'n [u8]>| self.by_key_identifier.get(&key_identifier).into_iter().flatten();
        let fitting = wanted.into_iter().flat_map(move |wanted| of(Some(wanted)));
        let without = wanted.into_iter().flat_map(move |_| of(None));
        let differs = move |issuer: &&Issuer<'a>| {
            wanted.is_none_or(|wanted| issuer.key_identifier.is_some_and(|identifier| identifier != wanted))
        };
        fitting.chain(without).chain(self.sorted.iter().filter(differs)).copied()
    }
}

#[cfg(test)]
mod tests {
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
                let pool = Pool::new(&PathRequest::new(&target, &candidates, &anchors, now()));
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
        let pool = Pool::new(&PathRequest::new(&target, &candidates, &anchors, now()));
        let issuers = pool.issuers_of(&target);
        assert_eq!(issuers.first().map(|issuer| issuer.certificate), Some(&right));
        assert_eq!(issuers.len(), limit + 1);

        // The last part of the list passes over those that came before, and over no others.
        let namesakes = pool.by_subject.get(target.comparable_issuer()).unwrap();
        let given: HashSet<_> =
            namesakes.tried_for(Some(b"right")).map(|issuer| issuer.certificate.fingerprint()).collect();
        assert_eq!(given.len(), candidates.len());
        assert_eq!(namesakes.tried_for(Some(b"right")).count(), candidates.len());
        assert_eq!(namesakes.tried_for(None).count(), candidates.len());
    }
}
