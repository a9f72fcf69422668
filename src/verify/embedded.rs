//! The certificates and revocation data that a SignedData carries, read once.

use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{CertificateChoice, Error, RevocationInfoChoice, SignedData};

use super::limits::{
    MAX_CERTIFICATES, MAX_CERTIFICATES_OF_SMALL, MAX_REFUSED_ELEMENTS, MIN_CERTIFICATES_OF_TOKEN, OCTETS_OF_CERTIFICATE,
};
use super::revocation_forms::{Label, held};
use super::rules::RevocationRule;
use super::settings::Settings;
use super::skipped::{EmbeddedPlace, Skipped, Why};
use crate::asn1::oid;
use crate::crypto::{Digest, Fingerprint, FingerprintSet};
use crate::pki::Certificate;
use crate::pki::revocation::limits::MAX_SET_ASIDE;
use crate::pki::revocation::{CertificatesLeft, RevocationData, RevocationDataError};

/// The octets that an element must have to be read as a certificate. One without names, extensions and signature has 70.
const SMALLEST_CERTIFICATE: usize = 64;

/// The certificates and revocation data that lie beside the signatures of one SignedData, or beside the tokens of an
/// evidence record. None of them is authenticated by lying there.
#[derive(Default)]
pub(super) struct Embedded {
    /// The certificates of the SET in SignedData, as far as they can be read.
    pub(super) certificates: Vec<Certificate>,
    /// The certificates in certificate-values, as far as they can be read.
    pub(super) certificate_values: Vec<Certificate>,
    /// The fingerprints of the CRLs and OCSP responses of the SET and of revocation-values that were taken up; none where
    /// the policy leaves revocation out.
    revocation: FingerprintSet,
    pub(super) skipped: Skipped,
    /// How many certificates the file may have, where there are more.
    pub(super) exceeded_certificates: Option<usize>,
}

/// Reads what lies in one file and beside it.
///
/// All CRLs and OCSP responses go into one store, and all certificates are counted together. The limits thus hold for the
/// file as a whole: an attacker can fill hundreds of tokens, and each of them could otherwise take up as much as a file
/// may.
pub(super) struct EmbeddedReader<'a> {
    settings: &'a Settings,
    revocation: RevocationData,
    certificates: CertificatesLeft,
    /// How many elements may still turn out to be no revocation data that is taken up.
    refusals_left: usize,
}

impl<'a> EmbeddedReader<'a> {
    /// Reads what lies in a file of so many octets.
    pub(super) fn new(settings: &'a Settings, octets: usize) -> Self {
        // A certificate that was read takes more memory than a small one takes octets.
        let for_octets = MAX_CERTIFICATES_OF_SMALL.saturating_add(octets / OCTETS_OF_CERTIFICATE);
        Self {
            settings,
            revocation: RevocationData::recalling(&settings.crls),
            certificates: CertificatesLeft::of(for_octets.min(MAX_CERTIFICATES)),
            refusals_left: MAX_REFUSED_ELEMENTS,
        }
    }

    /// Everything that was taken up, in the order in which it was read.
    pub(super) fn revocation(&self) -> &RevocationData {
        &self.revocation
    }

    pub(super) fn into_revocation(self) -> RevocationData {
        self.revocation
    }

    /// Reads what a SignedData carries.
    pub(super) fn read(&mut self, signed_data: &SignedData<'_>) -> Embedded {
        let mut embedded = Embedded::default();
        let certificates = signed_data.certificates.iter().filter_map(CertificateChoice::certificate);
        embedded.certificates = self.read_certificates(certificates, &mut embedded);
        let values = unsigned_values(signed_data, oid::CERTIFICATE_VALUES);
        embedded.certificate_values = self.read_certificate_values(values, &mut embedded);
        if self.settings.policy.revocation != RevocationRule::Ignore {
            self.add_revocation_of(signed_data, &mut embedded);
        }
        embedded
    }

    /// Reads the cryptoInfos of an evidence record (RFC 4998 §3.1): attributes, certificate-values and
    /// revocation-values among them.
    pub(super) fn read_crypto_infos(&mut self, infos: Option<&Tlv<'_>>) -> Embedded {
        let Some(infos) = infos else { return Embedded::default() };
        let mut embedded = Embedded::default();
        let values = values_in(infos, oid::CERTIFICATE_VALUES);
        embedded.certificate_values = self.read_certificate_values(values, &mut embedded);
        if self.settings.policy.revocation != RevocationRule::Ignore {
            self.add_revocation_values(values_in(infos, oid::REVOCATION_VALUES), &mut embedded);
        }
        embedded
    }

    /// certificate-values (ETSI EN 319 122-1 V1.3.1, annex A.1.1.2): SEQUENCE OF Certificate.
    fn read_certificate_values<'v>(
        &mut self,
        values: impl Iterator<Item = &'v [u8]>,
        embedded: &mut Embedded,
    ) -> Vec<Certificate> {
        // A list of millions of elements is not kept, but the first of those are read that are too small to be certificates,
        // so that the report names them.
        let mut small = MAX_SET_ASIDE;
        let elements = values.flat_map(|value| elements(value, Tag::SEQUENCE)).filter(move |element| {
            let is_small = element.len() < SMALLEST_CERTIFICATE;
            small = small.saturating_sub(usize::from(is_small));
            !is_small || small > 0
        });
        self.read_certificates(elements, embedded)
    }

    /// Reads certificates up to the limit of the file. Those that cannot be read count as well. Where there are too many, the
    /// largest are read: the smallest are not those of a real authority, and it costs an attacker least to write them. Of
    /// those of one length their octets decide, because nobody signed their order.
    fn read_certificates<'v>(
        &mut self,
        ders: impl Iterator<Item = &'v [u8]>,
        embedded: &mut Embedded,
    ) -> Vec<Certificate> {
        let mut ders: Vec<_> = ders.collect();
        let allowed = self.certificates.left.max(MIN_CERTIFICATES_OF_TOKEN);
        if ders.len() > allowed {
            embedded.exceeded_certificates = Some(self.certificates.limit);
            ders.sort_unstable_by(|left, right| right.len().cmp(&left.len()).then_with(|| left.cmp(right)));
            ders.truncate(allowed);
        }
        self.certificates.left = self.certificates.left.saturating_sub(ders.len());
        let skipped = &mut embedded.skipped;
        let read = self.settings.certificates.read(ders.into_iter());
        let read = read.filter_map(|(der, read)| read.inspect_err(|error| skipped.add_certificate(der, error)).ok());
        let mut certificates: Vec<_> = read.collect();
        // They may lie in the place of the list of their octets, which is as long as the file has elements.
        certificates.shrink_to_fit();
        certificates
    }

    /// Beyond the limit of the store nothing more is taken up, and the file does not pass: a revocation may be among it.
    fn add_revocation_of(&mut self, signed_data: &SignedData<'_>, embedded: &mut Embedded) {
        for choice in &signed_data.crls {
            if self.refusals_left == 0 {
                return self.note_refusals(embedded);
            }
            let (label, element) = match choice {
                RevocationInfoChoice::Crl(element) => (Label::Untyped, element),
                RevocationInfoChoice::Other { format, info } => (Label::Typed(*format), info),
            };
            self.add_held(label, element, EmbeddedPlace::Crls, embedded);
        }
        self.add_revocation_values(unsigned_values(signed_data, oid::REVOCATION_VALUES), embedded);
    }

    /// revocation-values (annex A.1.2.2): `SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL, ocspVals [1]
    /// SEQUENCE OF BasicOCSPResponse OPTIONAL, otherRevVals [2] OPTIONAL }`.
    fn add_revocation_values<'v>(&mut self, values: impl Iterator<Item = &'v [u8]>, embedded: &mut Embedded) {
        const PLACE: EmbeddedPlace = EmbeddedPlace::RevocationValues;
        for value in values {
            for list in opened(value, Tag::SEQUENCE) {
                let list = match list {
                    Ok(list) if matches!(list.raw.first(), Some(0xa0 | 0xa1)) => list,
                    Ok(list) => {
                        self.add_other_values(list.value, embedded);
                        if self.refusals_left == 0 {
                            return self.note_refusals(embedded);
                        }
                        continue;
                    }
                    Err(error) => {
                        embedded.skipped.add(PLACE, error);
                        break;
                    }
                };
                for info in opened(list.value, Tag::SEQUENCE) {
                    match info {
                        Ok(info) => self.add_held(Label::Untyped, info.raw, PLACE, embedded),
                        Err(error) => embedded.skipped.add(PLACE, error),
                    }
                    if self.refusals_left == 0 {
                        return self.note_refusals(embedded);
                    }
                }
            }
        }
    }

    /// OtherRevVals of revocation-values (annex A.1.2.2): `SEQUENCE { otherRevValType OBJECT IDENTIFIER, otherRevVals ANY }`.
    fn add_other_values(&mut self, value: &[u8], embedded: &mut Embedded) {
        const PLACE: EmbeddedPlace = EmbeddedPlace::RevocationValues;
        let fields = || {
            let mut fields = Reader::new(value, "otherRevVals").expect(Tag::SEQUENCE)?.reader("otherRevVals");
            Ok::<_, Error>((fields.oid()?, fields.any()?.raw))
        };
        let Ok((format, info)) = fields() else {
            self.refuse();
            return embedded.skipped.add(PLACE, Why::Format("otherRevVals".into()));
        };
        self.add_held(Label::Typed(format), info, PLACE, embedded);
    }

    /// Takes up every CRL and OCSP response that an element is or holds.
    fn add_held(&mut self, label: Label<'_>, element: &[u8], place: EmbeddedPlace, embedded: &mut Embedded) {
        let (mut holds_data, mut holds_more) = (false, false);
        for data in held(element) {
            if self.refusals_left == 0 {
                return self.note_refusals(embedded);
            }
            let Some(data) = data else {
                holds_more = true;
                continue;
            };
            holds_data = true;
            // What is not taken up has a finding that says why, and does not look like what was used.
            if self.add(data, place, embedded)
                && let Some(form) = label.other_form(place, element, data)
            {
                embedded.skipped.add_form(place, form);
            }
        }
        match label {
            Label::Typed(format) if holds_more || !(holds_data || label.is_of_response()) => {
                self.refuse();
                embedded.skipped.add(place, Why::Format(format.to_string()));
            }
            // What is announced as a CRL or an OCSP response and is none is said to be a bad one.
            Label::Untyped | Label::Typed(_) if holds_more || !holds_data => {
                self.add(element, place, embedded);
            }
            Label::Untyped | Label::Typed(_) => {}
        }
    }

    fn refuse(&mut self) {
        self.refusals_left = self.refusals_left.saturating_sub(1);
    }

    /// Says that nothing more is looked at, because so much was none.
    fn note_refusals(&self, embedded: &mut Embedded) {
        let (what, limit) = ("elements that are not taken up as revocation data", MAX_REFUSED_ELEMENTS);
        embedded.skipped.add(EmbeddedPlace::Together, RevocationDataError::TooMany { what, limit });
    }

    /// Takes up one CRL or OCSP response. Returns whether it was.
    fn add(&mut self, raw: &[u8], place: EmbeddedPlace, embedded: &mut Embedded) -> bool {
        match self.revocation.take_up(raw, &mut self.certificates) {
            Ok(fingerprint) => {
                embedded.revocation.insert(fingerprint);
                return true;
            }
            // What others brought counts as well.
            Err(error @ RevocationDataError::TooMany { .. }) if self.revocation.len() > embedded.revocation.len() => {
                embedded.skipped.add(EmbeddedPlace::Together, error);
            }
            Err(error) => embedded.skipped.add(place, error),
        }
        self.refuse();
        false
    }
}

impl Embedded {
    /// All certificates, those of the SET first.
    pub(super) fn all_certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.certificates.iter().chain(&self.certificate_values)
    }

    /// The fingerprints of the CRLs and OCSP responses that were taken up.
    pub(super) fn revocation(&self) -> impl Iterator<Item = &Fingerprint> {
        self.revocation.iter()
    }

    /// Whether a CRL or an OCSP response was taken up here.
    pub(super) fn carries(&self, fingerprint: &Digest) -> bool {
        self.revocation.contains(&Fingerprint::from(fingerprint))
    }

    /// Whether revocation data was taken up here.
    pub(super) fn has_revocation(&self) -> bool {
        !self.revocation.is_empty()
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
    elements(attributes.raw, attributes.tag).filter_map(values).flatten()
}

fn unsigned_values<'a>(
    signed_data: &SignedData<'a>,
    oid: const_oid::ObjectIdentifier,
) -> impl Iterator<Item = &'a [u8]> {
    let attributes = signed_data.signer_infos.iter().filter_map(|signer| signer.unsigned_attributes.as_ref());
    let values =
        attributes.flat_map(move |attributes| attributes.find(oid)).flat_map(|attribute| attribute.values.iter());
    values.map(|value| value.raw)
}

/// The elements inside one element with this tag, as far as they can be read.
fn elements(raw: &[u8], tag: Tag) -> impl Iterator<Item = &[u8]> {
    opened(raw, tag).map_while(Result::ok).map(|element| element.raw)
}

/// The same, and last what ended it. They are read one by one: a list of all could be twenty times as long as the octets.
fn opened(raw: &[u8], tag: Tag) -> impl Iterator<Item = Result<Tlv<'_>, Error>> {
    let mut inner = Some(Reader::new(raw, "values").expect(tag).map(|outer| outer.reader("values")));
    core::iter::from_fn(move || {
        let next = match inner.as_mut()? {
            Ok(reader) if reader.is_empty() => return None,
            Ok(reader) => reader.any(),
            Err(error) => Err(*error),
        };
        if next.is_err() {
            inner = None;
        }
        Some(next)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::evidence::{Environment, Issuer, PayloadDigests};
    use crate::identity::EnterpriseNumber;
    use crate::pki::revocation::OcspStatus;
    use crate::pki::revocation::limits::MAX_CRLS;
    use crate::pki::revocation::limits::MAX_RESPONSE_CERTIFICATES;
    use crate::seal::{Credentials, Sealer};
    use crate::testing::{CrlSpec, OcspAnswerSpec, OcspSpec, TestPki};

    /// CRLs that can be read, each with another end of its signature.
    fn numbered(crl: &[u8], numbers: std::ops::Range<u32>) -> Vec<Vec<u8>> {
        let beginning = &crl[..crl.len() - 4];
        numbers.map(|number| [beginning, &number.to_be_bytes()].concat()).collect()
    }

    #[test]
    fn everything_in_a_file_shares_the_limits_of_one_store() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let pki = TestPki::new(now).unwrap();
        let number: EnterpriseNumber = "0406798006".parse().unwrap();
        let issuer = Issuer::of("Example", number, Environment::Test).unwrap();
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
        let file = sealer.sign_payload(&PayloadDigests::of_bytes(b"content"), "text/plain", now).unwrap();
        let crl = pki.intermediate.issue_crl(&CrlSpec::new(now, now + TimeDelta::days(1))).unwrap();

        let settings = Settings::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let mut reader = EmbeddedReader::new(&settings, 64 << 20);
        let mut read = |numbers| {
            let crls = numbered(&crl, numbers);
            let mut signed_data = SignedData::parse(file.der()).unwrap();
            signed_data.crls = crls.iter().map(|crl| RevocationInfoChoice::Crl(crl)).collect();
            reader.read(&signed_data)
        };
        let first = read(0..1000);
        assert!(first.revocation.len() == 1000 && first.skipped.is_empty());
        for _ in 0..24 {
            // All of these are there already.
            let again = read(500..1000);
            assert!(again.revocation.len() == 500 && again.skipped.is_empty());
        }
        let mut tokens = Vec::new();
        for number in 1..=24 {
            tokens.push(read(number * 1000..(number + 1) * 1000));
        }
        let taken_up: usize = tokens.iter().map(|token| token.revocation.len()).sum();
        assert_eq!((taken_up, reader.revocation().len()), (MAX_CRLS - 1000, MAX_CRLS));
        assert!(tokens.iter().all(|token| !token.skipped.is_empty()));
        // What was read first stays.
        let first = numbered(&crl, 0..1000);
        assert!(reader.revocation().crls().iter().zip(&first).all(|(crl, first)| crl.der() == first));
    }

    /// As many responses as the certificates of the smallest file allow are taken up, and of one more it is said that there
    /// are too many, in the same words whatever stands first.
    #[test]
    fn certificates_in_responses_are_counted_and_the_words_do_not_depend_on_their_order() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let pki = TestPki::new(now).unwrap();
        let settings = Settings::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let response = |number: usize, certificates: usize| {
            let time = now - TimeDelta::seconds(i64::try_from(number).unwrap());
            let (certificate, issuer) = (&pki.tsa.certificate, &pki.tsa_root.certificate);
            let spec = OcspSpec::new(time, OcspAnswerSpec::new(certificate, issuer, OcspStatus::Good, time));
            pki.tsa_root.answer_ocsp(&spec.with_certificates(vec![certificate.clone(); certificates])).unwrap()
        };
        let many = MAX_CERTIFICATES_OF_SMALL / MAX_RESPONSE_CERTIFICATES;
        let within: Vec<_> = (0..many).map(|number| response(number, MAX_RESPONSE_CERTIFICATES)).collect();
        let read = |responses: &[Vec<u8>]| {
            let (mut embedded, mut reader) = (Embedded::default(), EmbeddedReader::new(&settings, 0));
            responses
                .iter()
                .for_each(|response| reader.add_held(Label::Untyped, response, EmbeddedPlace::Crls, &mut embedded));
            (embedded.revocation.len(), embedded.skipped)
        };
        let (taken_up, skipped) = read(&within);
        assert!(taken_up == many && skipped.is_empty());
        // The same again counts once, and one without certificates needs none.
        let again = [within.as_slice(), &within, &[response(many, 0)]].concat();
        let (taken_up, skipped) = read(&again);
        assert!(taken_up == many + 1 && skipped.is_empty());

        let beyond = [within.as_slice(), &[response(many, 1), response(many + 1, 9)]].concat();
        let backwards: Vec<_> = beyond.iter().rev().cloned().collect();
        let words = format!("{:?}", read(&beyond).1);
        assert!(words.contains(&MAX_CERTIFICATES_OF_SMALL.to_string()), "{words}");
        assert_eq!(words, format!("{:?}", read(&backwards).1));
    }

    #[test]
    fn of_too_many_certificates_the_same_are_read_in_any_order() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let pki = TestPki::new(now).unwrap();
        let settings = Settings::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let number = u32::try_from(MAX_CERTIFICATES_OF_SMALL).unwrap() + 50;
        let mut certificates = numbered(pki.seal.certificate.der(), 0..number);
        let mut read = || {
            let mut embedded = Embedded::default();
            let ders = certificates.iter().map(Vec::as_slice);
            let read = EmbeddedReader::new(&settings, 0).read_certificates(ders, &mut embedded);
            certificates.reverse();
            assert_eq!(embedded.exceeded_certificates, Some(MAX_CERTIFICATES_OF_SMALL));
            read.iter().map(Certificate::fingerprint).collect::<HashSet<_>>()
        };
        let forwards = read();
        assert_eq!(forwards.len(), MAX_CERTIFICATES_OF_SMALL);
        assert_eq!(forwards, read());
    }
}
