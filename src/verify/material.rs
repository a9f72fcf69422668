//! Everything one verification works with: settings, time, signature budgets, and the unauthenticated certificates and
//! revocation data that it may draw on.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::embedded::Embedded;
use super::settings::{Budgets, Settings};
use super::skipped::{EmbeddedPlace, Skipped};
use crate::crypto::{Digest, Fingerprint};
use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::RevocationData;
use crate::pki::{CertificatePool, ValidationBudget};

/// One artifact before one verifier at one time.
///
/// Certificates and revocation data are candidates; none of them is authenticated by lying here.
pub(super) struct Material<'a> {
    pub(super) settings: &'a Settings,
    pub(super) now: DateTime<Utc>,
    /// The budget that all chains and revocation data of the artifact share.
    pub(super) budget: &'a ValidationBudget,
    /// The budget for the revocation data that the caller gave, asked by itself.
    pub(super) given_budget: &'a ValidationBudget,
    certificates: CertificatePool,
    /// How many certificates the file may have, where there are more.
    exceeded_certificates: Option<usize>,
    embedded: Cow<'a, RevocationData>,
    /// Embedded and given revocation data together, where there is more than what is embedded.
    together: Option<Cow<'a, RevocationData>>,
    skipped: Skipped,
}

impl<'a> Material<'a> {
    /// Collects what the file (if there is one), its tokens, and the cryptoInfos of its evidence records carry, and what
    /// the verifier was given. `revocation` is what was taken up of all of them.
    pub(super) fn new(
        settings: &'a Settings,
        now: DateTime<Utc>,
        budgets: &'a Budgets,
        revocation: &'a RevocationData,
        file: Option<&Embedded>,
        tokens: &[&Embedded],
        crypto_infos: &[&Embedded],
    ) -> Self {
        let carrying = || file.into_iter().chain(tokens.iter().copied());
        let inside = || carrying().chain(crypto_infos.iter().copied());
        let of_artifact = inside().flat_map(Embedded::all_certificates);
        let certificates = settings.extra.certificates().iter().chain(of_artifact).cloned().collect();
        let mut skipped = Skipped::default();
        let embedded = carried(carrying(), revocation, settings, &mut skipped);
        let (given, has_no_infos) = (&settings.revocation, crypto_infos.iter().all(|infos| infos.has_no_revocation()));
        let together = if given.is_empty() && has_no_infos {
            None
        } else if embedded.is_empty() && has_no_infos {
            Some(Cow::Borrowed(given))
        } else {
            let mut together = RevocationData::recalling(&settings.crls);
            add_all(given, &mut together, &mut skipped);
            add_all(&embedded, &mut together, &mut skipped);
            let infos = carried(crypto_infos.iter().copied(), revocation, settings, &mut skipped);
            add_all(&infos, &mut together, &mut skipped);
            Some(Cow::Owned(together))
        };
        Self {
            settings,
            now,
            budget: &budgets.artifact,
            given_budget: &budgets.given,
            certificates: CertificatePool::new(certificates),
            exceeded_certificates: inside().find_map(|embedded| embedded.exceeded_certificates),
            embedded,
            together,
            skipped,
        }
    }

    /// Notes what of all that is not taken up: revocation data, and certificates beyond the limit.
    pub(super) fn note_left_out(&self, notes: &mut Notes<'_, '_>) {
        self.skipped.note(notes);
        if let Some(limit) = self.exceeded_certificates {
            notes.note_with(Code::CertificatesTooMany, || Details::computed(limit));
        }
    }

    /// The CRLs and OCSP responses of signature, tokens and revocation-values.
    pub(super) fn embedded_revocation(&self) -> &RevocationData {
        &self.embedded
    }

    /// The embedded ones, those that evidence records hold beside their tokens, and those that the verifier was given.
    pub(super) fn revocation(&self) -> &RevocationData {
        self.together.as_deref().unwrap_or(&self.embedded)
    }

    /// The certificates that the artifact carries and those that the verifier was given.
    pub(super) fn pool(&self) -> &CertificatePool {
        &self.certificates
    }
}

/// What these carry of a store, in the order of the store: mostly all of it.
fn carried<'e, 'a>(
    carrying: impl Iterator<Item = &'e Embedded>,
    from: &'a RevocationData,
    settings: &Settings,
    skipped: &mut Skipped,
) -> Cow<'a, RevocationData> {
    let mut carried: HashSet<&Fingerprint> = HashSet::new();
    for embedded in carrying {
        carried.extend(embedded.revocation());
        skipped.add_all(&embedded.skipped);
    }
    if carried.len() == from.len() {
        return Cow::Borrowed(from);
    }
    let mut data = RevocationData::recalling(&settings.crls);
    add_those(from, |fingerprint| carried.contains(&Fingerprint::from(fingerprint)), &mut data, skipped);
    Cow::Owned(data)
}

fn add_all(from: &RevocationData, data: &mut RevocationData, skipped: &mut Skipped) {
    add_those(from, |_| true, data, skipped);
}

/// Adds some of one store to another. Beyond the limit of the store nothing more is taken up, which is noted.
fn add_those(
    from: &RevocationData,
    is_added: impl Fn(&Digest) -> bool,
    data: &mut RevocationData,
    skipped: &mut Skipped,
) {
    for crl in from.crls().iter().filter(|crl| is_added(&crl.fingerprint())) {
        data.add_crl(crl.clone()).unwrap_or_else(|error| skipped.add(EmbeddedPlace::Together, error));
    }
    for response in from.ocsp_responses().iter().filter(|response| is_added(&response.fingerprint())) {
        data.add_ocsp_response(response.clone()).unwrap_or_else(|error| skipped.add(EmbeddedPlace::Together, error));
    }
}
