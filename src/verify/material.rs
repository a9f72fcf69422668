//! What one verification has at hand: the verifier, the time, a budget, and everything that stands beside the
//! signatures.

use std::cell::{Cell, OnceCell, RefCell};

use chrono::{DateTime, Utc};
use rfc3161_client::TimeStampToken;
use signed_data::SignedData;
use signed_data::tlv::Tlv;

use super::embedded::{
    Embedded, add_revocation_of, add_revocation_of_crypto_infos, certificates_of, certificates_of_crypto_infos,
};
use super::limits::MAX_CERTIFICATES;
use super::settings::{Budgets, Settings};
use super::skipped::{Place, Skipped};
use crate::crypto::Digest;
use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::{Crl, OcspResponse, RevocationData};
use crate::pki::{Candidates, Certificate, SignatureBudget};

/// One artifact before one verifier at one time. Certificates and revocation data are read when somebody asks for them;
/// none of them is authenticated by standing here.
pub(super) struct Material<'a> {
    pub(super) settings: &'a Settings,
    pub(super) now: DateTime<Utc>,
    /// All chains and revocation data of the artifact together.
    pub(super) budget: &'a SignatureBudget,
    /// What the caller gave of revocation data, asked by itself.
    pub(super) given_budget: &'a SignatureBudget,
    carried: Option<&'a Embedded<'a>>,
    tokens: Vec<&'a TimeStampToken>,
    crypto_infos: Vec<Tlv<'a>>,
    certificates: OnceCell<Vec<Certificate>>,
    has_more_certificates: Cell<bool>,
    embedded: OnceCell<(RevocationData, Skipped)>,
    revocation: OnceCell<(RevocationData, Skipped)>,
    is_skipped_noted: Cell<bool>,
    left_open: Cell<bool>,
    preserved: Cell<Option<DateTime<Utc>>>,
    /// CRLs and OCSP responses that later evidence covers by themselves or in a token, and since when.
    covered: RefCell<Vec<(Digest, DateTime<Utc>)>>,
}

impl<'a> Material<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        now: DateTime<Utc>,
        budgets: &'a Budgets,
        carried: Option<&'a Embedded<'a>>,
        tokens: Vec<&'a TimeStampToken>,
    ) -> Self {
        Self {
            settings,
            now,
            budget: &budgets.artifact,
            given_budget: &budgets.given,
            carried,
            tokens,
            crypto_infos: Vec::new(),
            certificates: OnceCell::new(),
            has_more_certificates: Cell::new(false),
            embedded: OnceCell::new(),
            revocation: OnceCell::new(),
            is_skipped_noted: Cell::new(false),
            left_open: Cell::new(false),
            preserved: Cell::new(None),
            covered: RefCell::default(),
        }
    }

    /// With what evidence records hold beside their tokens.
    pub(super) fn with_crypto_infos(mut self, crypto_infos: impl IntoIterator<Item = Tlv<'a>>) -> Self {
        self.crypto_infos.extend(crypto_infos);
        self
    }

    /// The certificates of signature, tokens and certificate-values, and those that the verifier was given.
    pub(super) fn certificates(&self) -> &[Certificate] {
        self.certificates.get_or_init(|| {
            let known = &self.settings.known;
            let mut certificates = self.settings.extra.clone();
            certificates.extend_from_slice(self.carried.map(|held| held.certificates(known)).unwrap_or_default());
            self.for_each_token(|signed_data| certificates.extend(certificates_of(signed_data, known)));
            self.crypto_infos.iter().for_each(|infos| certificates.extend(certificates_of_crypto_infos(infos, known)));
            self.has_more_certificates.set(certificates.len() > MAX_CERTIFICATES);
            certificates.truncate(MAX_CERTIFICATES);
            certificates
        })
    }

    /// Notes, when all is judged, that there were more certificates than were taken up, if anybody asked for them.
    pub(super) fn note_more_certificates(&self, notes: &mut Notes<'_, '_>) {
        if self.has_more_certificates.get() {
            notes.note_with(Code::CertificatesTooMany, || Details::computed(MAX_CERTIFICATES));
        }
    }

    /// The CRLs and OCSP responses of signature, tokens and revocation-values.
    pub(super) fn embedded_revocation(&self) -> &RevocationData {
        &self.read_embedded().0
    }

    fn read_embedded(&self) -> &(RevocationData, Skipped) {
        self.embedded.get_or_init(|| {
            let mut read = Default::default();
            let (data, skipped) = &mut read;
            if let Some(held) = self.carried {
                add_all(held.revocation(), data, skipped);
                skipped.add_all(held.skipped());
            }
            self.for_each_token(|signed_data| add_revocation_of(signed_data, data, skipped));
            read
        })
    }

    /// The embedded ones, those that evidence records hold beside their tokens, and those that the verifier was given.
    pub(super) fn revocation(&self) -> &RevocationData {
        &self.read_revocation().0
    }

    fn read_revocation(&self) -> &(RevocationData, Skipped) {
        self.revocation.get_or_init(|| {
            let (embedded, skipped) = self.read_embedded();
            let mut read = (self.settings.revocation.clone(), skipped.clone());
            let (data, skipped) = &mut read;
            add_all(embedded, data, skipped);
            self.crypto_infos.iter().for_each(|infos| add_revocation_of_crypto_infos(infos, data, skipped));
            read
        })
    }

    /// Notes once what of all that is not taken up.
    pub(super) fn note_skipped(&self, notes: &mut Notes<'_, '_>) {
        if !self.is_skipped_noted.replace(true) {
            self.read_revocation().1.note(notes);
        }
    }

    /// Remembers that the revocation data did not answer for a path.
    pub(super) fn leave_open(&self) {
        self.left_open.set(true);
    }

    /// Whether the revocation data answered for every path that was asked about.
    pub(super) fn is_revocation_known(&self) -> bool {
        !self.left_open.get()
    }

    /// Evidence records prove that the whole file existed at this time.
    pub(super) fn preserve(&self, since: Option<DateTime<Utc>>) {
        self.preserved.set(since);
    }

    /// Later evidence proves that a token existed at this time, and the CRLs and OCSP responses in it.
    pub(super) fn keep(&self, token: &TimeStampToken, existed: DateTime<Utc>) {
        let Ok(signed_data) = token.signed_data() else { return };
        let mut data = RevocationData::new();
        // What is left out is noted where all of it is read.
        add_revocation_of(&signed_data, &mut data, &mut Skipped::default());
        self.keep_revocation(fingerprints(&data), existed);
    }

    /// Later evidence proves that these CRLs and OCSP responses existed at this time.
    pub(super) fn keep_revocation(&self, fingerprints: impl IntoIterator<Item = Digest>, existed: DateTime<Utc>) {
        self.covered.borrow_mut().extend(fingerprints.into_iter().map(|one| (one, existed)));
    }

    /// The earliest time at which a CRL or an OCSP response is known to have existed, by what it stands in: `now`
    /// unless later evidence covers that, an evidence record or an archive timestamp.
    pub(super) fn existed(&self, fingerprint: &Digest) -> DateTime<Utc> {
        let is_in_file = || {
            let held = self.carried.map(Embedded::revocation);
            held.is_some_and(|data| fingerprints(data).any(|one| one == *fingerprint))
        };
        let of_file = self.preserved.get().filter(|_| is_in_file());
        let covered = self.covered.borrow();
        let others = covered.iter().filter(|(one, _)| one == fingerprint).map(|(_, existed)| *existed);
        others.chain(of_file).min().unwrap_or(self.now).min(self.now)
    }

    fn for_each_token(&self, mut act: impl FnMut(&SignedData<'_>)) {
        self.tokens.iter().filter_map(|token| token.signed_data().ok()).for_each(|signed_data| act(&signed_data));
    }
}

/// Those that stand beside the signatures and those that the verifier was given.
impl Candidates for Material<'_> {
    fn offers(&self, certificate: &Certificate) -> bool {
        let der = certificate.der();
        let mut tokens = self.tokens.iter().filter_map(|token| token.signed_data().ok());
        self.settings.extra.contains(certificate)
            || self.carried.is_some_and(|held| held.holds(der))
            || tokens.any(|token| token.certificates.iter().any(|one| one.certificate() == Some(der)))
            // Those of certificate-values have to be read.
            || self.certificates().contains(certificate)
    }

    fn all(&self) -> &[Certificate] {
        self.certificates()
    }
}

fn fingerprints(data: &RevocationData) -> impl Iterator<Item = Digest> {
    let crls = data.crls().iter().map(Crl::fingerprint);
    crls.chain(data.ocsp_responses().iter().map(OcspResponse::fingerprint))
}

/// Beyond the limit of the store nothing more is taken up: the first ones stay.
fn add_all(from: &RevocationData, data: &mut RevocationData, skipped: &mut Skipped) {
    let crls = from.crls().iter().map(|crl| data.add_crl(crl.clone())).filter_map(Result::err);
    crls.for_each(|error| skipped.add(Place::Together, error));
    let responses = from.ocsp_responses().iter().map(|response| data.add_ocsp_response(response.clone()));
    responses.filter_map(Result::err).for_each(|error| skipped.add(Place::Together, error));
}
