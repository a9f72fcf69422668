//! What one verification has at hand: the verifier, the time, a budget, and everything that stands beside the
//! signatures.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::TimeStampToken;
use signed_data::SignedData;
use signed_data::tlv::Tlv;

use super::held::{
    Held, add_revocation_of, add_revocation_of_crypto_infos, certificates_of, certificates_of_crypto_infos,
};
use super::left_out::{LeftOut, Place};
use super::limits::MAX_CERTIFICATES;
use super::verifier::Verifier;
use crate::crypto::{Digest, KnownSignatures};
use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::{Crl, OcspResponse, RevocationData};
use crate::pki::{Candidates, Certificate, SignatureBudget};

/// How many signatures of certificates and revocation data one call may verify.
pub(super) struct Budgets {
    pub(super) artifact: SignatureBudget,
    /// What is inside cannot use it up: it is for what the caller gave.
    pub(super) given: SignatureBudget,
}

impl Budgets {
    /// For one of many artifacts that share signatures.
    pub(super) fn sharing(signatures: &Arc<KnownSignatures>) -> Self {
        let budget = || SignatureBudget::sharing(Arc::clone(signatures));
        Self { artifact: budget(), given: budget() }
    }
}

/// One artifact before one verifier at one time. Certificates and revocation data are read when somebody asks for them;
/// none of them is authenticated by standing here.
pub(super) struct Case<'a> {
    pub(super) verifier: &'a Verifier,
    pub(super) now: DateTime<Utc>,
    /// All chains and revocation data of the artifact together.
    pub(super) budget: &'a SignatureBudget,
    /// What the caller gave of revocation data, asked by itself.
    pub(super) given_budget: &'a SignatureBudget,
    held: Option<&'a Held<'a>>,
    tokens: Vec<&'a TimeStampToken>,
    crypto_infos: Vec<Tlv<'a>>,
    certificates: OnceCell<Vec<Certificate>>,
    has_more_certificates: Cell<bool>,
    embedded: OnceCell<(RevocationData, LeftOut)>,
    revocation: OnceCell<(RevocationData, LeftOut)>,
    is_left_out_noted: Cell<bool>,
    left_open: Cell<bool>,
    preserved: Cell<Option<DateTime<Utc>>>,
    /// CRLs and OCSP responses that later evidence covers by themselves or in a token, and since when.
    covered: RefCell<Vec<(Digest, DateTime<Utc>)>>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        verifier: &'a Verifier,
        now: DateTime<Utc>,
        budgets: &'a Budgets,
        held: Option<&'a Held<'a>>,
        tokens: Vec<&'a TimeStampToken>,
    ) -> Self {
        Self {
            verifier,
            now,
            budget: &budgets.artifact,
            given_budget: &budgets.given,
            held,
            tokens,
            crypto_infos: Vec::new(),
            certificates: OnceCell::new(),
            has_more_certificates: Cell::new(false),
            embedded: OnceCell::new(),
            revocation: OnceCell::new(),
            is_left_out_noted: Cell::new(false),
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
            let known = &self.verifier.known;
            let mut certificates = self.verifier.extra.clone();
            certificates.extend_from_slice(self.held.map(|held| held.certificates(known)).unwrap_or_default());
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

    fn read_embedded(&self) -> &(RevocationData, LeftOut) {
        self.embedded.get_or_init(|| {
            let mut read = Default::default();
            let (data, left_out) = &mut read;
            if let Some(held) = self.held {
                add_all(held.revocation(), data, left_out);
                left_out.add_all(held.left_out());
            }
            self.for_each_token(|signed_data| add_revocation_of(signed_data, data, left_out));
            read
        })
    }

    /// The embedded ones, those that evidence records hold beside their tokens, and those that the verifier was given.
    pub(super) fn revocation(&self) -> &RevocationData {
        &self.read_revocation().0
    }

    fn read_revocation(&self) -> &(RevocationData, LeftOut) {
        self.revocation.get_or_init(|| {
            let (embedded, left_out) = self.read_embedded();
            let mut read = (self.verifier.revocation.clone(), left_out.clone());
            let (data, left_out) = &mut read;
            add_all(embedded, data, left_out);
            self.crypto_infos.iter().for_each(|infos| add_revocation_of_crypto_infos(infos, data, left_out));
            read
        })
    }

    /// Notes once what of all that is not taken up.
    pub(super) fn note_left_out(&self, notes: &mut Notes<'_, '_>) {
        if !self.is_left_out_noted.replace(true) {
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
        add_revocation_of(&signed_data, &mut data, &mut LeftOut::default());
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
            let held = self.held.map(Held::revocation);
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
impl Candidates for Case<'_> {
    fn offers(&self, certificate: &Certificate) -> bool {
        let der = certificate.der();
        let mut tokens = self.tokens.iter().filter_map(|token| token.signed_data().ok());
        self.verifier.extra.contains(certificate)
            || self.held.is_some_and(|held| held.holds(der))
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
fn add_all(from: &RevocationData, data: &mut RevocationData, left_out: &mut LeftOut) {
    let crls = from.crls().iter().map(|crl| data.add_crl(crl.clone())).filter_map(Result::err);
    crls.for_each(|error| left_out.add(Place::Together, error));
    let responses = from.ocsp_responses().iter().map(|response| data.add_ocsp_response(response.clone()));
    responses.filter_map(Result::err).for_each(|error| left_out.add(Place::Together, error));
}
