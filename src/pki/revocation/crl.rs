//! This module reads certificate revocation lists without re-encoding them (RFC 5280 §5).

use core::fmt;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use signed_data::tlv::{Integer, Reader, Tag};
use signed_data::{AlgorithmIdentifier, ErrorKind};

use super::crl_entry::{CrlEntry, Entries, check_entries, read_entry};
use super::crl_extensions::{CrlDeparture, ListExtensions};
use super::crl_index::EntryIndex;
use super::error::{RevocationDataError, crl_field as field};
use super::points::{IssuingDistributionPoint, general_names};
use super::signed::Signed;
use super::{extensions, limits};
use crate::crypto::{Digest, SignatureAlgorithm};
use crate::pki::certificate::{ComparableGeneralName, ComparableName, Part, range_within};
use crate::pki::{Certificate, describe_name};

/// A CRL of version 1 or 2 as received, [RFC 5280 §5.1](https://www.rfc-editor.org/rfc/rfc5280#section-5.1).
///
/// ```text
/// CertificateList ::= SEQUENCE {
///      tbsCertList         TBSCertList,
///      signatureAlgorithm  AlgorithmIdentifier,
///      signatureValue      BIT STRING }
/// TBSCertList ::= SEQUENCE {
///      version              Version OPTIONAL,
///      signature            AlgorithmIdentifier,
///      issuer               Name,
///      thisUpdate           Time,
///      nextUpdate           Time OPTIONAL,
///      revokedCertificates  SEQUENCE OF SEQUENCE {
///           userCertificate     CertificateSerialNumber,
///           revocationDate      Time,
///           crlEntryExtensions  Extensions OPTIONAL } OPTIONAL,
///      crlExtensions        [0] Extensions OPTIONAL }
/// ```
///
/// Cloning is cheap. The reader checks every entry once, so that a damaged one is an error, but keeps only the octets. The
/// first question about a certificate adds an index of eight octets for each entry.
/// A value of this type may be forged: [`check_revocation`](super::check_revocation) authenticates it.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    signed: Signed,
    issuer: Part,
    comparable_issuer: ComparableName,
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    entries: Part,
    entry_count: usize,
    number: Option<Part>,
    delta_base: Option<Part>,
    key_identifier: Option<Part>,
    idp: Option<Box<IssuingDistributionPoint>>,
    expired_certs_from: Option<DateTime<Utc>>,
    unsupported: Option<Box<str>>,
    departures: Box<[CrlDeparture]>,
    /// The entries by serial number, computed on demand.
    index: OnceLock<Box<EntryIndex>>,
}

impl Crl {
    /// Reads one CRL from its DER and keeps its octets.
    ///
    /// Unknown critical extensions of the list or of an entry are accepted here, but such a CRL decides about no
    /// certificate.
    ///
    /// # Errors
    /// Returns `Crl` or `TooMany`.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationDataError> {
        if der.len() > limits::MAX_CRL {
            return Err(RevocationDataError::TooMany { what: "octets of a CRL", limit: limits::MAX_CRL });
        }
        read(der).map(|inner| Self(Arc::new(inner)))
    }

    /// Returns the octets as received.
    pub fn der(&self) -> &[u8] {
        self.0.signed.der()
    }

    /// Returns the SHA-256 digest of the octets as received.
    pub fn fingerprint(&self) -> Digest {
        self.0.signed.fingerprint().into()
    }

    /// Returns the algorithm of its signature, if it is supported.
    pub fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.0.signed.signature_algorithm()
    }

    /// Returns the issuer Name element as received.
    pub fn issuer_der(&self) -> &[u8] {
        self.part(self.0.issuer)
    }

    /// Returns the issuer as text such as `C=.., O=.., CN=..`. The text is for display and must not be compared.
    pub fn issuer(&self) -> String {
        describe_name(self.issuer_der())
    }

    /// Returns thisUpdate, the time of issue.
    pub fn this_update(&self) -> DateTime<Utc> {
        self.0.this_update
    }

    /// Returns nextUpdate, the time by which a newer CRL is issued.
    pub fn next_update(&self) -> Option<DateTime<Utc>> {
        self.0.next_update
    }

    /// Returns the cRLNumber extension.
    pub fn number(&self) -> Option<Integer<'_>> {
        self.0.number.and_then(|number| Integer::from_value(self.part(number)))
    }

    /// Returns deltaCRLIndicator, the number of the CRL that this one changes, or `None` for a complete CRL.
    pub fn delta_base(&self) -> Option<Integer<'_>> {
        self.0.delta_base.and_then(|number| Integer::from_value(self.part(number)))
    }

    /// Returns the keyIdentifier of authorityKeyIdentifier, which is a hint to the signing key.
    pub fn key_identifier(&self) -> Option<&[u8]> {
        self.0.key_identifier.map(|identifier| self.part(identifier))
    }

    /// Returns issuingDistributionPoint, the scope of the CRL. `None` means all certificates of its issuer.
    pub fn issuing_distribution_point(&self) -> Option<&IssuingDistributionPoint> {
        self.0.idp.as_deref()
    }

    /// Returns expiredCertsOnCRL. Certificates that expired at this time or later stay listed.
    pub fn expired_certs_from(&self) -> Option<DateTime<Utc>> {
        self.0.expired_certs_from
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.0.entry_count
    }

    /// Returns true if there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.entry_count == 0
    }

    /// Returns the entries in their order, each read on demand.
    pub fn entries(&self) -> impl Iterator<Item = CrlEntry<'_>> {
        let mut reader = Reader::new(self.part(self.0.entries), "revokedCertificates");
        // The reader has found every entry well-formed, so the iterator ends only at the last one.
        core::iter::from_fn(move || read_entry(&mut reader).ok().map(|(entry, _)| entry))
    }

    /// Returns the rules of RFC 5280 that the CRL breaks, although what it says is clear.
    pub fn departures(&self) -> &[CrlDeparture] {
        &self.0.departures
    }

    /// Returns a critical extension of the list or of an entry that is not processed here.
    pub(super) fn unsupported(&self) -> Option<&str> {
        self.0.unsupported.as_deref()
    }

    pub(super) fn comparable_issuer(&self) -> &ComparableName {
        &self.0.comparable_issuer
    }

    pub(super) fn signed(&self) -> &Signed {
        &self.0.signed
    }

    /// Returns the entries of a certificate, found by its serial number and its issuer's name, the last one first. In an
    /// indirect CRL, an entry without certificateIssuer has the issuer of the entry before it. The first entries have the
    /// CRL's own issuer (RFC 5280 §5.3.3).
    pub(super) fn entries_of<'c>(&'c self, certificate: &'c Certificate) -> impl Iterator<Item = CrlEntry<'c>> {
        let entries = self.part(self.0.entries);
        let read = move |place: usize| {
            let from = entries.get(place..)?;
            read_entry(&mut Reader::new(from, "revokedCertificates")).ok().map(|(entry, _)| entry)
        };
        let index = self.entry_index();
        let wanted = ComparableGeneralName::of_directory_name(certificate.comparable_issuer());
        let is_of_issuer = move |issuer: Option<usize>| match issuer.map(read) {
            None => self.comparable_issuer() == certificate.comparable_issuer(),
            Some(entry) => entry.and_then(|entry| entry.certificate_issuer).is_some_and(|names| {
                general_names(names.reader("certificateIssuer")).unwrap_or_default().contains(&wanted)
            }),
        };
        // Entries that follow each other share their issuer, whose names may be thousands.
        let mut answered: Option<(Option<usize>, bool)> = None;
        index.places(certificate.serial()).filter_map(move |place| {
            let entry = read(place).filter(|entry| certificate.has_serial(entry.serial))?;
            let issuer = index.issuer_of(place);
            let is_ours = match answered {
                Some((of, answer)) if of == issuer => answer,
                _ => is_of_issuer(issuer),
            };
            answered = Some((issuer, is_ours));
            is_ours.then_some(entry)
        })
    }

    /// Returns the number of entries that are looked at for a certificate.
    pub(super) fn entries_like(&self, certificate: &Certificate) -> usize {
        self.entry_index().places(certificate.serial()).count()
    }

    fn entry_index(&self) -> &EntryIndex {
        self.0.index.get_or_init(|| Box::new(EntryIndex::of(self.part(self.0.entries), self.0.entry_count)))
    }

    fn part(&self, part: Part) -> &[u8] {
        self.0.signed.part(part)
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.der() == other.der()
    }
}

impl Eq for Crl {}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({}, {} entries)", self.fingerprint(), self.len())
    }
}

fn read(der: &[u8]) -> Result<Inner, RevocationDataError> {
    let range = |part: &[u8]| Part::of(range_within(der, part));
    let mut outer = Reader::new(der, "CertificateList");
    let mut list = outer.expect(Tag::SEQUENCE).map_err(field("CertificateList"))?.reader("CertificateList");
    outer.finish().map_err(field("CertificateList"))?;
    let tbs = list.expect(Tag::SEQUENCE).map_err(field("tbsCertList"))?;
    let signature_algorithm = AlgorithmIdentifier::read(&mut list).map_err(field("signatureAlgorithm"))?;
    let signature = list.bit_string().map_err(field("signatureValue"))?;
    list.finish().map_err(field("CertificateList"))?;

    let mut reader = tbs.reader("TBSCertList");
    let is_version_1 = reader.peek() != Some(Tag::INTEGER);
    if !is_version_1 && reader.integer().map_err(field("version"))?.to_u64() != Some(1) {
        return Err(field("version")(reader.error(ErrorKind::InvalidValue("version"))));
    }
    let inner_algorithm = AlgorithmIdentifier::read(&mut reader).map_err(field("signature"))?;
    let issuer = reader.expect(Tag::SEQUENCE).map_err(field("issuer"))?;
    let this_update = reader.time().map_err(field("thisUpdate"))?.value;
    let next_update = match reader.peek() {
        Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => Some(reader.time().map_err(field("nextUpdate"))?.value),
        _ => None,
    };
    let entries = reader.optional(Tag::SEQUENCE).map_err(field("revokedCertificates"))?.map(|tlv| tlv.value);
    let is_list_empty = entries.is_some_and(<[u8]>::is_empty);
    let entries = entries.unwrap_or_default();
    let extensions = match reader.optional(Tag::context(0)).map_err(field("crlExtensions"))? {
        Some(explicit) => extensions::read_explicit(explicit, "crlExtensions").map_err(field("crlExtensions"))?,
        None => Vec::new(),
    };
    reader.finish().map_err(field("tbsCertList"))?;

    let Entries { count: entry_count, unsupported: unsupported_in_entry, have_extensions } = check_entries(entries)?;
    let processed = ListExtensions::read(&extensions)?;
    let mut departures = processed.departures(&extensions);
    if is_version_1 && (have_extensions || !extensions.is_empty()) {
        departures.push(CrlDeparture::ExtensionsInVersion1);
    }
    if is_list_empty {
        departures.push(CrlDeparture::EmptyList);
    }
    Ok(Inner {
        issuer: range(issuer.raw),
        comparable_issuer: ComparableName::of(issuer.raw),
        this_update,
        next_update,
        entries: range(entries),
        entry_count,
        number: processed.number.map(|number| range(number.as_bytes())),
        delta_base: processed.delta_base.map(|number| range(number.as_bytes())),
        key_identifier: processed.key_identifier.map(range),
        idp: processed.idp.map(Box::new),
        expired_certs_from: processed.expired_certs_from,
        unsupported: processed.unsupported.or(unsupported_in_entry).map(String::into_boxed_str),
        departures: departures.into(),
        index: OnceLock::new(),
        signed: Signed::new(der, tbs.raw, &signature_algorithm, Some(&inner_algorithm), signature),
    })
}
