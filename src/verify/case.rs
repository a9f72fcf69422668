//! What one verification has at hand: the verifier, the time, a budget, and everything that stands beside the signatures.

use std::cell::{Cell, OnceCell};

use chrono::{DateTime, Utc};
use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Reader, Tag};
use signed_data::{RevocationInfoChoice, SignedData};

use super::verifier::Verifier;
use crate::asn1::oid;
use crate::cades;
use crate::pki::revocation::RevocationData;
use crate::pki::{Certificate, SignatureBudget};

/// One artifact before one verifier at one time. Certificates and revocation data are read when somebody asks for them; none of them is
/// authenticated by standing here.
pub(super) struct Case<'a> {
    pub(super) verifier: &'a Verifier,
    pub(super) now: DateTime<Utc>,
    /// All chains and revocation data of the artifact together.
    pub(super) budget: &'a SignatureBudget,
    signature: Option<&'a SignedData<'a>>,
    tokens: Vec<&'a TimeStampToken>,
    certificates: OnceCell<Vec<Certificate>>,
    revocation: OnceCell<RevocationData>,
    left_open: Cell<bool>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        verifier: &'a Verifier,
        now: DateTime<Utc>,
        budget: &'a SignatureBudget,
        signature: Option<&'a SignedData<'a>>,
        tokens: Vec<&'a TimeStampToken>,
    ) -> Self {
        Self {
            verifier,
            now,
            budget,
            signature,
            tokens,
            certificates: OnceCell::new(),
            revocation: OnceCell::new(),
            left_open: Cell::new(false),
        }
    }

    /// The certificates of signature, tokens and certificate-values, and those that the verifier was given.
    pub(super) fn certificates(&self) -> &[Certificate] {
        self.certificates.get_or_init(|| {
            let mut certificates = self.verifier.extra.clone();
            self.for_each(|signed_data| {
                certificates.extend(cades::embedded_certificates(signed_data));
                certificates.extend(certificate_values(signed_data));
            });
            certificates.truncate(MAX_CERTIFICATES);
            certificates
        })
    }

    /// The CRLs and OCSP responses of signature, tokens and revocation-values, and those that the verifier was given. What cannot be read is left out: nobody
    /// would be entitled to it.
    pub(super) fn revocation(&self) -> &RevocationData {
        self.revocation.get_or_init(|| {
            let mut data = self.verifier.revocation.clone();
            self.for_each(|signed_data| {
                for raw in signed_data.crls.iter().filter_map(revocation_info).chain(revocation_values(signed_data)) {
                    // Beyond the limit of the store nothing more is taken up: the first ones stay.
                    let _ = data.add_der(raw);
                }
            });
            data
        })
    }

    /// Remembers that the revocation data did not answer for a path.
    pub(super) fn leave_open(&self) {
        self.left_open.set(true);
    }

    /// Whether the revocation data answered for every path that was asked about.
    pub(super) fn is_revocation_known(&self) -> bool {
        !self.left_open.get()
    }

    fn for_each(&self, mut act: impl FnMut(&SignedData<'_>)) {
        if let Some(signature) = self.signature {
            act(signature);
        }
        for token in &self.tokens {
            if let Ok(signed_data) = token.signed_data() {
                act(&signed_data);
            }
        }
    }
}

/// Certificates that one verification reads: those of a signature, of a dozen tokens and of the caller.
const MAX_CERTIFICATES: usize = 4096;

fn revocation_info<'a>(choice: &RevocationInfoChoice<'a>) -> Option<&'a [u8]> {
    match choice {
        RevocationInfoChoice::Crl(raw) => Some(raw),
        RevocationInfoChoice::Other { format, info } => (*format == oid::RI_OCSP_RESPONSE).then_some(*info),
    }
}

/// certificate-values (ETSI EN 319 122-1 V1.3.1, annex A.1.1.2): SEQUENCE OF Certificate.
fn certificate_values(signed_data: &SignedData<'_>) -> Vec<Certificate> {
    let values = unsigned_values(signed_data, oid::CERTIFICATE_VALUES);
    let elements = values.flat_map(|value| elements(value, Tag::SEQUENCE));
    elements.filter_map(|der| Certificate::from_der(der).ok()).collect()
}

/// revocation-values (annex A.1.2.2): `SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL, ocspVals [1] SEQUENCE OF BasicOCSPResponse OPTIONAL, ... }`.
fn revocation_values<'a>(signed_data: &SignedData<'a>) -> impl Iterator<Item = &'a [u8]> {
    let values = unsigned_values(signed_data, oid::REVOCATION_VALUES);
    let lists = values
        .flat_map(|value| elements(value, Tag::SEQUENCE))
        .filter(|list| matches!(list.first(), Some(0xa0 | 0xa1)));
    let inner = lists.flat_map(|list| {
        let list = Reader::new(list, "revocation-values").any().map(|tlv| tlv.value).unwrap_or_default();
        elements(list, Tag::SEQUENCE)
    });
    inner.collect::<Vec<_>>().into_iter()
}

fn unsigned_values<'a>(
    signed_data: &SignedData<'a>,
    oid: const_oid::ObjectIdentifier,
) -> impl Iterator<Item = &'a [u8]> {
    let attributes = signed_data.signer_infos.iter().filter_map(|signer| signer.unsigned_attributes.as_ref());
    let found =
        attributes.flat_map(move |attributes| attributes.find(oid)).flat_map(|attribute| attribute.values.iter());
    found.map(|value| value.raw).collect::<Vec<_>>().into_iter()
}

/// The elements inside one element with this tag.
fn elements(raw: &[u8], tag: Tag) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let Ok(outer) = Reader::new(raw, "values").expect(tag) else { return found };
    let mut inner = outer.reader("values");
    while !inner.is_empty() {
        let Ok(element) = inner.any() else { break };
        found.push(element.raw);
    }
    found
}
