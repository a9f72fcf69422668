//! The set of proofs of existence (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.3): what is proven to have existed, and since
//! when.

use chrono::{DateTime, Utc};

use super::token::AttributeToken;
use crate::cms::archive::HashIndex;
use crate::crypto::Digest;
use crate::verify::embedded::Embedded;
use crate::verify::examined::TimestampKind;

/// What evidence that was judged valid so far proves to have existed.
pub(crate) struct ProofsOfExistence<'a> {
    now: DateTime<Utc>,
    /// The time since when the whole file is proven.
    file: Option<DateTime<Utc>>,
    archives: Vec<Archive<'a>>,
    /// CRLs and OCSP responses that are covered by themselves, or in a token.
    revocation: Vec<(Digest, DateTime<Utc>)>,
}

/// A valid archive timestamp proves that everything existed that its index lists, and nothing else.
struct Archive<'a> {
    gen_time: DateTime<Utc>,
    index: HashIndex<'a>,
}

impl<'a> ProofsOfExistence<'a> {
    /// Before anything is judged everything is known to exist `now`.
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self { now, file: None, archives: Vec::new(), revocation: Vec::new() }
    }

    /// Records that an evidence record proves the whole file.
    pub(crate) fn add_file(&mut self, since: DateTime<Utc>) {
        self.file = self.file.into_iter().chain([since]).min();
    }

    /// Records that an archive timestamp proves what its index lists, revocation data with these fingerprints among it.
    pub(crate) fn add_archive(&mut self, gen_time: DateTime<Utc>, index: HashIndex<'a>, revocation: Vec<Digest>) {
        self.revocation.extend(revocation.into_iter().map(|fingerprint| (fingerprint, gen_time)));
        self.archives.push(Archive { gen_time, index });
    }

    /// Records that a token, and with it the revocation data inside, is proven since a time.
    pub(crate) fn add_token(&mut self, token: &Embedded, since: DateTime<Utc>) {
        if since < self.now {
            self.revocation.extend(token.revocation.iter().map(|fingerprint| (*fingerprint, since)));
        }
    }

    /// Adds everything that was proven apart from this.
    pub(crate) fn add_all(&mut self, proven: Self) {
        let Self { now: _, file, archives, revocation } = proven;
        self.file = self.file.into_iter().chain(file).min();
        self.archives.extend(archives);
        self.revocation.extend(revocation);
    }

    /// The earliest time at which a token in an attribute is known to have existed.
    pub(crate) fn token_since(&self, token: &AttributeToken<'_>) -> DateTime<Utc> {
        // What is younger than a timestamp is not covered by it, whatever its index lists.
        let is_older = |time: DateTime<Utc>| token.gen_time().is_none_or(|gen_time| gen_time <= time);
        let archives = self.archives.iter().filter(|archive| is_older(archive.gen_time));
        let covering = archives.filter(|archive| {
            token.kind == TimestampKind::Content || archive.index.covers(token.attribute, token.value)
        });
        let file = self.file.filter(|time| is_older(*time));
        covering.map(|archive| archive.gen_time).chain(file).min().unwrap_or(self.now)
    }

    /// The earliest time at which a CRL or an OCSP response is known to have existed, by what it lies in. `file` is what
    /// the SignedData of the signature carries.
    pub(crate) fn revocation_since(&self, fingerprint: &Digest, file: Option<&Embedded>) -> DateTime<Utc> {
        let of_file = self.file.filter(|_| file.is_some_and(|file| file.revocation.contains(fingerprint)));
        let covered = self.revocation.iter().filter(|(of_covered, _)| of_covered == fingerprint);
        covered.map(|(_, since)| *since).chain(of_file).min().unwrap_or(self.now).min(self.now)
    }
}
