//! Everything one verification works with: settings, time, signature budgets, and the unauthenticated certificates and
//! revocation data that it may draw on.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::embedded::Embedded;
use super::settings::{Budgets, Settings};
use super::skipped::{EmbeddedPlace, Skipped};
use crate::crypto::{Digest, Fingerprint, FingerprintSet};
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
    /// All revocation data together, where there is more than what is embedded.
    together: Option<Cow<'a, RevocationData>>,
    skipped: Skipped,
}

/// What a file carries beside one of its signatures.
pub(super) struct Carried<'a> {
    /// The CRLs and OCSP responses that were taken up of all that follows.
    pub(super) revocation: &'a RevocationData,
    /// The file, if there is one.
    pub(super) file: Option<&'a Embedded>,
    /// The tokens of the signature and those of evidence records.
    pub(super) tokens: &'a [&'a Embedded],
    /// The cryptoInfos of evidence records.
    pub(super) crypto_infos: &'a [&'a Embedded],
    /// The tokens of the other signers of the file.
    pub(super) of_other_signers: &'a [&'a Embedded],
}

impl<'a> Material<'a> {
    /// Collects what a file carries and what the verifier was given.
    ///
    /// Revocation data is whoever's: RFC 5280 §6.3 asks for the CRLs that are there, wherever they are from, and a revocation
    /// counts that lies beside another signer. The revocation-values and certificate-values of all signers are taken as those
    /// of the file, and give a level to each; what lies in timestamps of another signer gives none. Certificates in those are no candidates, because each signature is to carry its own (ETSI EN 319 122-1 V1.3.1, clause 6.3).
    pub(super) fn new(settings: &'a Settings, now: DateTime<Utc>, budgets: &'a Budgets, carried: &Carried<'a>) -> Self {
        let Carried { revocation, file, tokens, crypto_infos, of_other_signers } = carried;
        let carrying = || file.iter().chain(tokens.iter()).copied();
        let inside = || carrying().chain(crypto_infos.iter().copied());
        let of_artifact = inside().flat_map(Embedded::all_certificates);
        let certificates = settings.extra.certificates().iter().chain(of_artifact).cloned().collect();
        let mut skipped = Skipped::default();
        inside().for_each(|embedded| skipped.add_all(&embedded.skipped));
        of_other_signers.iter().for_each(|embedded| skipped.add_limits(&embedded.skipped));
        let embedded = of_store(carrying(), revocation, settings, &mut skipped);
        let has_infos = crypto_infos.iter().any(|infos| infos.has_revocation());
        let has_data_of_other_signers = of_other_signers.iter().any(|embedded| embedded.has_revocation());
        let together = if settings.revocation.is_empty() && !has_infos && !has_data_of_other_signers {
            None
        } else {
            let everything = inside().chain(of_other_signers.iter().copied());
            let everything = of_store(everything, revocation, settings, &mut skipped);
            Some(with_given(&settings.revocation, everything, settings, &mut skipped))
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

    /// Whether all revocation data is of the signature itself and of its timestamps, and none lies elsewhere.
    pub(super) fn is_all_embedded(&self) -> bool {
        self.together.is_none()
    }

    /// The embedded ones, those that evidence records hold beside their tokens, those in tokens of other signers, and those
    /// that the verifier was given.
    pub(super) fn revocation(&self) -> &RevocationData {
        self.together.as_deref().unwrap_or(&self.embedded)
    }

    /// The certificates that the artifact carries and those that the verifier was given.
    pub(super) fn pool(&self) -> &CertificatePool {
        &self.certificates
    }
}

/// What these carry of a store, in the order of the store: mostly all of it.
fn of_store<'e, 'a>(
    carrying: impl Iterator<Item = &'e Embedded>,
    from: &'a RevocationData,
    settings: &Settings,
    skipped: &mut Skipped,
) -> Cow<'a, RevocationData> {
    let mut carried = FingerprintSet::default();
    carrying.flat_map(Embedded::revocation).for_each(|fingerprint| carried.insert(*fingerprint));
    if carried.len() == from.len() {
        return Cow::Borrowed(from);
    }
    let mut data = RevocationData::recalling(&settings.crls);
    add_those(from, |fingerprint| carried.contains(&Fingerprint::from(fingerprint)), &mut data, skipped);
    Cow::Owned(data)
}

/// What the verifier was given, and after it what the file carries.
fn with_given<'a>(
    given: &'a RevocationData,
    carried: Cow<'a, RevocationData>,
    settings: &Settings,
    skipped: &mut Skipped,
) -> Cow<'a, RevocationData> {
    if given.is_empty() {
        return carried;
    }
    if carried.is_empty() {
        return Cow::Borrowed(given);
    }
    let mut together = RevocationData::recalling(&settings.crls);
    add_those(given, |_| true, &mut together, skipped);
    add_those(&carried, |_| true, &mut together, skipped);
    Cow::Owned(together)
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
