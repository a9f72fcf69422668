//! The certificates and revocation data that a SignedData carries, read once.

use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{Error, RevocationInfoChoice, SignedData};

use super::policy::RevocationRule;
use super::settings::Settings;
use super::skipped::{Place, Skipped, Why};
use crate::asn1::oid;
use crate::cms;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::revocation::{Crl, OcspResponse, RevocationData};
use crate::pki::{Certificate, KnownCertificates};

/// The certificates and revocation data that lie beside the signatures of one SignedData, or beside the tokens of an
/// evidence record. None of them is authenticated by lying there.
#[derive(Default)]
pub(super) struct Embedded {
    /// The certificates of the SET in SignedData, as far as they can be read.
    pub(super) certificates: Vec<Certificate>,
    /// The certificates in certificate-values, as far as they can be read.
    pub(super) certificate_values: Vec<Certificate>,
    /// CRLs and OCSP responses of the SET and of revocation-values; none where the policy leaves revocation out.
    pub(super) revocation: RevocationData,
    pub(super) skipped: Skipped,
}

impl Embedded {
    /// Reads what a SignedData carries.
    pub(super) fn of(signed_data: &SignedData<'_>, settings: &Settings) -> Self {
        let values = unsigned_values(signed_data, oid::CERTIFICATE_VALUES);
        let mut embedded = Self {
            certificates: cms::embedded_certificates(signed_data, &settings.known),
            certificate_values: certificate_values(values, &settings.known),
            revocation: RevocationData::recalling(&settings.crls),
            skipped: Skipped::default(),
        };
        if settings.policy.revocation != RevocationRule::Ignore {
            add_revocation_of(signed_data, &mut embedded.revocation, &mut embedded.skipped);
        }
        embedded
    }

    /// Reads the cryptoInfos of an evidence record (RFC 4998 §3.1): attributes, certificate-values and
    /// revocation-values among them.
    pub(super) fn of_crypto_infos(infos: Option<&Tlv<'_>>, settings: &Settings) -> Self {
        let Some(infos) = infos else { return Self::default() };
        let mut embedded = Self { revocation: RevocationData::recalling(&settings.crls), ..Self::default() };
        embedded.certificate_values = certificate_values(values_in(infos, oid::CERTIFICATE_VALUES), &settings.known);
        if settings.policy.revocation != RevocationRule::Ignore {
            let values = values_in(infos, oid::REVOCATION_VALUES);
            add_revocation_values(values, &mut embedded.revocation, &mut embedded.skipped);
        }
        embedded
    }

    /// All certificates, those of the SET first.
    pub(super) fn all_certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().chain(&self.certificate_values)
    }

    /// Whether there is no revocation data at all, not even any that was skipped.
    pub(super) fn has_no_revocation(&self) -> bool {
        self.revocation.is_empty() && self.skipped.is_empty()
    }

    /// The fingerprints of all CRLs and OCSP responses.
    pub(super) fn revocation_fingerprints(&self) -> impl Iterator<Item = Digest> {
        let crls = self.revocation.crls().iter().map(Crl::fingerprint);
        crls.chain(self.revocation.ocsp_responses().iter().map(OcspResponse::fingerprint))
    }
}

/// The fingerprint of each element of `crls`, in their order; `None` for what is neither a CRL nor an OCSP response.
pub(super) fn crls_fingerprints(signed_data: &SignedData<'_>) -> impl Iterator<Item = Option<Digest>> {
    let fingerprint = |info: &[u8]| DigestAlgorithm::Sha256.digest(info);
    signed_data.crls.iter().map(move |choice| revocation_info(choice).map(fingerprint))
}

/// Beyond the limit of the store nothing more is taken up: the first ones stay.
fn add_revocation_of(signed_data: &SignedData<'_>, data: &mut RevocationData, skipped: &mut Skipped) {
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
    let values =
        attributes.flat_map(move |attributes| attributes.find(oid)).flat_map(|attribute| attribute.values.iter());
    values.map(|value| value.raw).collect::<Vec<_>>().into_iter()
}

/// The elements inside one element with this tag, as far as they can be read.
fn elements(raw: &[u8], tag: Tag) -> Vec<&[u8]> {
    opened(raw, tag).0.into_iter().map(|element| element.raw).collect()
}

/// The same, and what ended it.
fn opened(raw: &[u8], tag: Tag) -> (Vec<Tlv<'_>>, Option<Error>) {
    let mut elements = Vec::new();
    let mut inner = match Reader::new(raw, "values").expect(tag) {
        Ok(outer) => outer.reader("values"),
        Err(error) => return (elements, Some(error)),
    };
    while !inner.is_empty() {
        match inner.any() {
            Ok(element) => elements.push(element),
            Err(error) => return (elements, Some(error)),
        }
    }
    (elements, None)
}
