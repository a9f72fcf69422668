//! The set of proofs of existence (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.3): what is proven to have existed, and since
//! when.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::listing::Listing;
use super::record::{FileRecord, RecordPlace};
use super::token::AttributeToken;
use crate::crypto::{Digest, Fingerprint};
use crate::pki::Certificate;
use crate::verify::embedded::Embedded;
use crate::verify::examined::TimestampKind;

/// What evidence that was judged valid so far proves to have existed.
pub(crate) struct ProofsOfExistence {
    now: DateTime<Utc>,
    /// The times at which the whole file is proven, one for each evidence record that holds, and the records inside that
    /// it covers.
    file: Vec<(DateTime<Utc>, CoveredRecords)>,
    /// The valid archive timestamps by their numbers. Each proves that everything existed that its index lists, and nothing
    /// else.
    archives: Vec<(usize, DateTime<Utc>)>,
    /// The times of valid signature-time-stamps.
    signatures: Vec<DateTime<Utc>>,
    /// Certificates that are covered by themselves, in a token, or in the file.
    certificates: HashMap<Fingerprint, DateTime<Utc>>,
    /// CRLs and OCSP responses, likewise.
    revocation: HashMap<Fingerprint, DateTime<Utc>>,
}

/// The evidence records inside a file that another evidence record covers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CoveredRecords {
    /// It is over the file as it was before any record.
    None,
    /// A record inside is over the file with all others.
    Others(RecordPlace),
    /// A record beside the file is over all that are inside.
    All,
}

impl CoveredRecords {
    pub(crate) fn hold(self, record: &FileRecord<'_>) -> bool {
        match self {
            Self::None => false,
            Self::Others(place) => !record.is_beside() && record.place != place,
            Self::All => !record.is_beside(),
        }
    }
}

/// A valid archive timestamp, and the fingerprints of what it lists.
pub(crate) struct Archive {
    /// The number of its token.
    pub(crate) number: usize,
    pub(crate) gen_time: DateTime<Utc>,
    pub(crate) certificates: Vec<Fingerprint>,
    pub(crate) revocation: Vec<Fingerprint>,
}

impl ProofsOfExistence {
    /// Before anything is judged everything is known to exist `now`.
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            file: Vec::new(),
            archives: Vec::new(),
            signatures: Vec::new(),
            certificates: HashMap::new(),
            revocation: HashMap::new(),
        }
    }

    /// A copy to judge an evidence record by, whose proofs may not count for the others. A record does not ask which tokens
    /// cover others.
    pub(crate) fn without_tokens(&self) -> Self {
        Self {
            now: self.now,
            file: self.file.clone(),
            archives: Vec::new(),
            signatures: Vec::new(),
            certificates: self.certificates.clone(),
            revocation: self.revocation.clone(),
        }
    }

    /// Records that an evidence record proves the whole file, and with it what its SignedData carries.
    pub(crate) fn add_file(&mut self, since: DateTime<Utc>, records: CoveredRecords, file: &Embedded) {
        self.file.push((since, records));
        self.add_carried(file, since);
    }

    /// Records that an archive timestamp proves what its index lists.
    pub(crate) fn add_archive(&mut self, archive: Archive) {
        let Archive { number, gen_time, certificates, revocation } = archive;
        add(&mut self.certificates, certificates, gen_time);
        add(&mut self.revocation, revocation, gen_time);
        self.archives.push((number, gen_time));
    }

    /// Records that a signature-time-stamp proves the signature, and with it what is signed.
    pub(crate) fn add_signature(&mut self, gen_time: DateTime<Utc>) {
        self.signatures.push(gen_time);
    }

    /// Records that what lies inside of a token or a file that something covers is proven since a time.
    pub(crate) fn add_carried(&mut self, carrying: &Embedded, since: DateTime<Utc>) {
        let certificates = carrying.all_certificates().map(Certificate::identity);
        add(&mut self.certificates, certificates, since);
        add(&mut self.revocation, carrying.revocation().copied(), since);
    }

    /// Adds everything that was proven apart from this.
    pub(crate) fn add_all(&mut self, proven: Self) {
        let Self { now: _, file, archives, signatures, certificates, revocation } = proven;
        self.file.extend(file);
        self.archives.extend(archives);
        self.signatures.extend(signatures);
        for (fingerprint, since) in certificates {
            add(&mut self.certificates, [fingerprint], since);
        }
        for (fingerprint, since) in revocation {
            add(&mut self.revocation, [fingerprint], since);
        }
    }

    /// The earliest time at which the token with this number is known to have existed; `None` where nothing covers it, which
    /// is something else than to be covered now. Where what covers it is dated before it, that is the time of the token: it
    /// is valid as long as any that is covered, and the order of the two is not right.
    pub(crate) fn token_covered_since(
        &self,
        number: usize,
        token: &AttributeToken<'_>,
        listing: &Listing,
    ) -> Option<DateTime<Utc>> {
        let archives = self.archives.iter().filter(|(archive, _)| listing.covers(*archive, (number, token)));
        let signatures = self.signatures.iter().filter(|_| token.kind == TimestampKind::Content);
        let file = self.file.iter().map(|(time, _)| *time);
        let earliest = archives.map(|(_, time)| *time).chain(signatures.copied()).chain(file).min();
        earliest.map(|time| token.gen_time().map_or(time, |gen_time| time.max(gen_time)).min(self.now))
    }

    /// The earliest time at which a record inside the file is known to have existed, whose `newest` token has this time,
    /// which is no later than that; `None` where nothing covers it.
    pub(crate) fn record_covered_since(&self, record: &FileRecord<'_>, newest: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let covering = self.file.iter().filter(|(_, covered)| covered.hold(record));
        covering.map(|(time, _)| newest.max(*time).min(self.now)).min()
    }

    /// The earliest time at which a certificate is known to have existed, by what it lies in.
    pub(crate) fn certificate_since(&self, certificate: &Certificate) -> DateTime<Utc> {
        self.certificates.get(&certificate.identity()).copied().unwrap_or(self.now).min(self.now)
    }

    /// Whether evidence covers a certificate, by what it lies in.
    pub(crate) fn covers_certificate(&self, certificate: &Certificate) -> bool {
        self.certificates.contains_key(&certificate.identity())
    }

    /// The earliest time at which a CRL or an OCSP response is known to have existed, by what it lies in.
    pub(crate) fn revocation_since(&self, fingerprint: &Digest) -> DateTime<Utc> {
        self.revocation_covered_since(fingerprint).unwrap_or(self.now).min(self.now)
    }

    /// The time of the earliest evidence that covers a CRL or an OCSP response; `None` where nothing does.
    pub(crate) fn revocation_covered_since(&self, fingerprint: &Digest) -> Option<DateTime<Utc>> {
        self.revocation.get(&Fingerprint::from(fingerprint)).copied()
    }
}

/// The earliest time counts.
fn add(
    proven: &mut HashMap<Fingerprint, DateTime<Utc>>,
    fingerprints: impl IntoIterator<Item = Fingerprint>,
    since: DateTime<Utc>,
) {
    for fingerprint in fingerprints {
        let earliest = proven.entry(fingerprint).or_insert(since);
        *earliest = since.min(*earliest);
    }
}
