//! What stands in a SignedData beside its signatures: read once and hashed once, however many signers and timestamps
//! ask for it.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{Error, RevocationInfoChoice, SignedData};

use super::skipped::{Place, Skipped, Why};
use crate::asn1::oid;
use crate::cms;
use crate::cms::archive::{CarriedDigests, HashIndex};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::revocation::RevocationData;
use crate::pki::{Certificate, KnownCertificates};

/// Certificates and revocation data of one SignedData. None of them is authenticated by standing there.
pub(super) struct Embedded<'a> {
    signature: &'a SignedData<'a>,
    /// The file, DER or BER, for what is about all of it.
    received: &'a [u8],
    certificates: OnceCell<Vec<Certificate>>,
    revocation: OnceCell<(RevocationData, Skipped)>,
    /// Of `crls`, in their order; none for what is neither a CRL nor an OCSP response.
    fingerprints: OnceCell<Vec<Option<Digest>>>,
    digests: RefCell<Vec<(DigestAlgorithm, Rc<CarriedDigests>)>>,
    forms: RefCell<Vec<(Form, DigestAlgorithm, Option<Digest>)>>,
}

/// What of the file an evidence record in it may be over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) removed: Removed,
    pub(super) coding: Coding,
}

/// Which record attributes were not there yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Removed {
    Nothing,
    All,
    /// By the indices of its signer and its own.
    One(usize, usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Received,
    Der,
}

impl<'a> Embedded<'a> {
    pub(super) fn new(signature: &'a SignedData<'a>, received: &'a [u8]) -> Self {
        Self {
            signature,
            received,
            certificates: OnceCell::new(),
            revocation: OnceCell::new(),
            fingerprints: OnceCell::new(),
            digests: RefCell::default(),
            forms: RefCell::default(),
        }
    }

    /// The digest of the file in one of its forms; `None` when it cannot be brought into it.
    pub(super) fn digest_of(&self, form: Form, algorithm: DigestAlgorithm) -> Option<Digest> {
        let mut known = self.forms.borrow_mut();
        if let Some((.., digest)) = known.iter().find(|(of, by, _)| *of == form && *by == algorithm) {
            return *digest;
        }
        let octets = cms::without_attributes(self.received, &|signer, attribute, oid| match form.removed {
            Removed::Nothing => false,
            Removed::All => oid == oid::EVIDENCE_RECORD_INTERNAL || oid == oid::EVIDENCE_RECORD_EXTERNAL,
            Removed::One(of, index) => (signer, attribute) == (of, index),
        });
        let octets = octets.and_then(|octets| match form.coding {
            Coding::Received => Ok(octets),
            Coding::Der => cms::to_der(&octets),
        });
        let digest = octets.ok().map(|octets| algorithm.digest(&octets));
        known.push((form, algorithm, digest));
        digest
    }

    /// The certificates of the signature and of certificate-values. What cannot be read is left out.
    pub(super) fn certificates(&self, known: &KnownCertificates) -> &[Certificate] {
        self.certificates.get_or_init(|| certificates_of(self.signature, known))
    }

    /// Whether a certificate of these octets stands there, without reading any.
    pub(super) fn holds(&self, der: &[u8]) -> bool {
        self.signature.certificates.iter().any(|one| one.certificate() == Some(der))
    }

    /// The CRLs and OCSP responses of the signature and of revocation-values.
    pub(super) fn revocation(&self) -> &RevocationData {
        &self.read_revocation().0
    }

    /// What of them is not taken up.
    pub(super) fn skipped(&self) -> &Skipped {
        &self.read_revocation().1
    }

    fn read_revocation(&self) -> &(RevocationData, Skipped) {
        self.revocation.get_or_init(|| {
            let mut read = Default::default();
            let (data, skipped) = &mut read;
            add_revocation_of(self.signature, data, skipped);
            read
        })
    }

    /// The fingerprints of the CRLs and OCSP responses in `crls` that an archive timestamp covers. Those of
    /// revocation-values are left out: a signature that is archived has none (ETSI EN 319 122-1 V1.3.1, table 1).
    pub(super) fn covered_revocation(&self, index: &HashIndex<'_>) -> Vec<Digest> {
        let fingerprints = self.fingerprints.get_or_init(|| {
            let fingerprint = |info| DigestAlgorithm::Sha256.digest(info);
            self.signature.crls.iter().map(|choice| revocation_info(choice).map(fingerprint)).collect()
        });
        let (listed, digests) = (index.listed_crls(), self.digests(index.algorithm()));
        let together = digests.crls_in_order.iter().zip(fingerprints);
        together.filter(|(digest, _)| listed.contains(digest.as_bytes())).filter_map(|(_, one)| *one).collect()
    }

    pub(super) fn digests(&self, algorithm: DigestAlgorithm) -> Rc<CarriedDigests> {
        let mut known = self.digests.borrow_mut();
        if let Some((_, digests)) = known.iter().find(|(known, _)| *known == algorithm) {
            return Rc::clone(digests);
        }
        let digests = Rc::new(CarriedDigests::of(self.signature, algorithm));
        known.push((algorithm, Rc::clone(&digests)));
        digests
    }
}

pub(super) fn certificates_of(signed_data: &SignedData<'_>, known: &KnownCertificates) -> Vec<Certificate> {
    let mut certificates = cms::embedded_certificates(signed_data, known);
    certificates.extend(certificate_values(unsigned_values(signed_data, oid::CERTIFICATE_VALUES), known));
    certificates
}

/// Beyond the limit of the store nothing more is taken up: the first ones stay.
pub(super) fn add_revocation_of(signed_data: &SignedData<'_>, data: &mut RevocationData, skipped: &mut Skipped) {
    for choice in &signed_data.crls {
        match (revocation_info(choice), choice) {
            (Some(raw), _) => add(raw, Place::Crls, data, skipped),
            (None, RevocationInfoChoice::Other { format, .. }) => {
                skipped.add(Place::Crls, Why::Format(format.to_string()));
            }
            (None, RevocationInfoChoice::Crl(_)) => {}
        }
    }
    add_revocation_values(unsigned_values(signed_data, oid::REVOCATION_VALUES), data, skipped);
}

fn add(raw: &[u8], place: Place, data: &mut RevocationData, skipped: &mut Skipped) {
    if let Err(error) = data.add_der(raw) {
        skipped.add(place, error);
    }
}

/// Of the cryptoInfos of an evidence record (RFC 4998 §3.1): attributes, certificate-values and revocation-values among
/// them.
pub(super) fn certificates_of_crypto_infos(infos: &Tlv<'_>, known: &KnownCertificates) -> Vec<Certificate> {
    certificate_values(values_in(infos, oid::CERTIFICATE_VALUES), known)
}

/// As [`certificates_of_crypto_infos`].
pub(super) fn add_revocation_of_crypto_infos(infos: &Tlv<'_>, data: &mut RevocationData, skipped: &mut Skipped) {
    add_revocation_values(values_in(infos, oid::REVOCATION_VALUES), data, skipped);
}

/// The values of the attributes of one type, in a list of attributes. What cannot be read is left out.
fn values_in<'a>(attributes: &Tlv<'a>, oid: const_oid::ObjectIdentifier) -> impl Iterator<Item = &'a [u8]> {
    let values = move |attribute: &'a [u8]| {
        let mut fields = Reader::new(attribute, "CryptoInfos").expect(Tag::SEQUENCE).ok()?.reader("CryptoInfos");
        let is_it = fields.oid().ok()? == oid;
        let set = fields.expect(Tag::SET).ok().filter(|_| is_it)?;
        Some(elements(set.raw, Tag::SET))
    };
    elements(attributes.raw, attributes.tag).into_iter().filter_map(values).flatten()
}

fn revocation_info<'a>(choice: &RevocationInfoChoice<'a>) -> Option<&'a [u8]> {
    match choice {
        RevocationInfoChoice::Crl(raw) => Some(raw),
        RevocationInfoChoice::Other { format, info } => (*format == oid::RI_OCSP_RESPONSE).then_some(*info),
    }
}

/// certificate-values (ETSI EN 319 122-1 V1.3.1, annex A.1.1.2): SEQUENCE OF Certificate.
fn certificate_values<'a>(values: impl Iterator<Item = &'a [u8]>, known: &KnownCertificates) -> Vec<Certificate> {
    let elements = values.flat_map(|value| elements(value, Tag::SEQUENCE));
    elements.filter_map(|der| known.read(der).ok()).collect()
}

/// revocation-values (annex A.1.2.2): `SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL, ocspVals [1]
/// SEQUENCE OF BasicOCSPResponse OPTIONAL, otherRevVals [2] OPTIONAL }`.
fn add_revocation_values<'a>(values: impl Iterator<Item = &'a [u8]>, data: &mut RevocationData, skipped: &mut Skipped) {
    const PLACE: Place = Place::RevocationValues;
    for value in values {
        let (lists, error) = opened(value, Tag::SEQUENCE);
        error.into_iter().for_each(|error| skipped.add(PLACE, error));
        for list in lists {
            if !matches!(list.raw.first(), Some(0xa0 | 0xa1)) {
                skipped.add(PLACE, Why::Format("otherRevVals".into()));
                continue;
            }
            let (infos, error) = opened(list.value, Tag::SEQUENCE);
            error.into_iter().for_each(|error| skipped.add(PLACE, error));
            infos.iter().for_each(|info| add(info.raw, PLACE, data, skipped));
        }
    }
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

/// The elements inside one element with this tag, as far as they can be read.
fn elements(raw: &[u8], tag: Tag) -> Vec<&[u8]> {
    opened(raw, tag).0.into_iter().map(|element| element.raw).collect()
}

/// The same, and what ended it.
fn opened(raw: &[u8], tag: Tag) -> (Vec<Tlv<'_>>, Option<Error>) {
    let mut found = Vec::new();
    let mut inner = match Reader::new(raw, "values").expect(tag) {
        Ok(outer) => outer.reader("values"),
        Err(error) => return (found, Some(error)),
    };
    while !inner.is_empty() {
        match inner.any() {
            Ok(element) => found.push(element),
            Err(error) => return (found, Some(error)),
        }
    }
    (found, None)
}
