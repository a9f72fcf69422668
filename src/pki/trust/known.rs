//! This module caches the certificates of valid paths, with their keys prepared for verification.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::pki::{Certificate, CertificateError, ValidatedPath};

/// The maximum number of cached certificates. A cleared cache costs only time.
const REMEMBERED: usize = 4096;

/// The maximum size of all cached certificates in octets, twice of what so many real ones have.
const REMEMBERED_OCTETS: usize = 16 << 20;

/// The last octets of a certificate, which lie in its signature and differ between nearly all certificates.
type Ending = [u8; 32];

/// A cache of the certificates of valid paths, so that a signer's certificate is not parsed for each signature. A hit
/// requires that all octets are equal, so the cache never changes what is read.
#[derive(Debug, Default)]
pub(crate) struct KnownCertificates(RwLock<Cached>);

#[derive(Debug, Default)]
struct Cached {
    by_ending: HashMap<Ending, Certificate>,
    octets: usize,
}

impl Cached {
    /// Adds a certificate. If a limit is met, the cache is cleared first.
    fn add(&mut self, certificate: &Certificate) {
        let Some(ending) = certificate.der().last_chunk() else { return };
        let length = certificate.der().len();
        let is_full = self.by_ending.len() >= REMEMBERED || self.octets.saturating_add(length) > REMEMBERED_OCTETS;
        if is_full && !self.by_ending.contains_key(ending) {
            *self = Self::default();
        }
        let replaced = self.by_ending.insert(*ending, certificate.clone());
        let freed = replaced.map_or(0, |replaced| replaced.der().len());
        self.octets = self.octets.saturating_add(length).saturating_sub(freed);
    }

    fn find(&self, der: &[u8]) -> Option<Certificate> {
        // The ending only finds a candidate. All octets are compared, because a forger can copy the ending of a genuine
        // certificate.
        self.by_ending.get(der.last_chunk::<32>()?).filter(|certificate| certificate.der() == der).cloned()
    }
}

impl KnownCertificates {
    /// Reads certificates, or returns the cached ones with the same octets, each with its octets and in their order. Errors
    /// are those of [`Certificate::from_der`].
    pub(crate) fn read<'d>(
        &self,
        ders: impl Iterator<Item = &'d [u8]>,
    ) -> impl Iterator<Item = (&'d [u8], Result<Certificate, CertificateError>)> {
        let cached = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // Threads wait for each other where they lock it, so all are looked up at once. Nothing is parsed meanwhile.
        let looked_up: Vec<_> = ders.map(|der| (der, cached.find(der))).collect();
        drop(cached);
        let read =
            |(der, certificate): (_, Option<_>)| (der, certificate.map_or_else(|| Certificate::from_der(der), Ok));
        looked_up.into_iter().map(read)
    }

    /// Caches the certificates of a valid path. Unvalidated certificates are not cached, because anybody may put them
    /// into a file.
    pub(crate) fn remember(&self, path: &ValidatedPath) {
        let mut cached = self.0.write().unwrap_or_else(PoisonError::into_inner);
        path.certificates.iter().for_each(|certificate| cached.add(certificate));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::test_certificates::{Subject, now};
    use crate::pki::{PathRequest, TrustAnchors, validate_path};

    #[test]
    fn one_with_the_same_ending_and_another_body_is_another_certificate() {
        let (root, seal) = (Subject::new("root"), Subject::new("seal"));
        let genuine = root.certifies(&seal).make();
        let anchors = TrustAnchors::from_iter([root.root()]);
        let path = validate_path(&PathRequest::new(&genuine, &[], &anchors, now())).unwrap();
        let remembered = KnownCertificates::default();
        remembered.remember(&path);
        let find = |der: &[u8]| remembered.0.read().unwrap().find(der);
        let read = |der| remembered.read([der].into_iter()).next().unwrap().1;
        assert_eq!(find(genuine.der()), Some(genuine.clone()));
        // Another serial number, under the same signature.
        let signature = genuine.signature().unwrap().to_vec();
        let mut twin = root.certifies(&seal).serial(&[2]);
        twin.signature = Box::new(move |_| signature.clone());
        let twin = twin.der();
        assert_eq!(twin.last_chunk::<32>(), genuine.der().last_chunk());
        assert_eq!(find(&twin), None);
        let parsed = read(&twin).unwrap();
        assert_eq!((parsed.der(), parsed.serial().to_u64()), (twin.as_slice(), Some(2)));
        // Nor does it take the place of the one that is known.
        assert_eq!(read(genuine.der()).unwrap(), genuine);
        // Less than its ending; nothing.
        for der in [&genuine.der()[genuine.der().len() - 32..], &genuine.der()[..31], &[]] {
            assert!(read(der).is_err());
        }
    }

    #[test]
    fn it_is_bounded() {
        let (root, seal) = (Subject::new("root"), Subject::new("seal"));
        let anchor = root.root();
        let anchors = TrustAnchors::from_iter([anchor.clone()]);
        let mut path = validate_path(&PathRequest::new(&anchor, &[], &anchors, now())).unwrap();
        let len = |remembered: &KnownCertificates| remembered.0.read().unwrap().by_ending.len();
        let remembered = KnownCertificates::default();
        for number in 0..=u32::try_from(REMEMBERED).unwrap() {
            // Nobody looks at the signature here.
            let mut made = root.certifies(&seal);
            made.signature = Box::new(move |_| [&[0x42; 60][..], &number.to_be_bytes()].concat());
            path.certificates = vec![made.make()];
            remembered.remember(&path);
            assert_eq!(len(&remembered), usize::try_from(number).unwrap() % REMEMBERED + 1);
        }
        let last = path.target().unwrap();
        assert_eq!((len(&remembered), remembered.0.read().unwrap().find(last.der()).as_ref()), (1, Some(last)));

        // Large ones are bounded by their octets, and one that is known already takes no more of them.
        let remembered = KnownCertificates::default();
        let large = |number: u8| {
            let mut made = root.certifies(&seal);
            made.signature = Box::new(move |_| [vec![0x42; 100 << 10].as_slice(), &[number; 32]].concat());
            made.make()
        };
        for number in 0..200 {
            for _ in 0..2 {
                path.certificates = vec![large(number)];
                remembered.remember(&path);
            }
            let cached = remembered.0.read().unwrap();
            let octets: usize = cached.by_ending.values().map(|certificate| certificate.der().len()).sum();
            assert!(cached.octets == octets && octets <= REMEMBERED_OCTETS && cached.octets > 0);
        }
        assert!((30..100).contains(&len(&remembered)), "{}", len(&remembered));
    }
}
