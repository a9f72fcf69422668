//! This module reads the entries of a CRL (RFC 5280 §5.1.2.6, §5.3).

use chrono::{DateTime, Utc};
use signed_data::Error;
use signed_data::tlv::{Integer, Reader, Tag, Tlv};

use super::error::{RevocationDataError, crl_field as field};
use super::points::general_names;
use super::reason::RevocationReason;
use super::{extensions, limits};
use crate::asn1::oid;
use crate::pki::Extension;

/// One revoked certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlEntry<'a> {
    /// The userCertificate field, which is its serial number.
    pub serial: Integer<'a>,
    /// The revocationDate field.
    pub revocation_date: DateTime<Utc>,
    /// The reasonCode extension. An absent reason means unspecified.
    pub reason: Option<RevocationReason>,
    /// The invalidityDate extension, which is the issuer's claim about the time of the key's loss.
    pub invalidity_date: Option<DateTime<Utc>>,
    /// The GeneralNames element of certificateIssuer in this very entry.
    pub(super) certificate_issuer: Option<Tlv<'a>>,
    has_extensions: bool,
}

/// What all entries of a list come to.
pub(super) struct Entries {
    pub(super) count: usize,
    /// The first critical extension that is not processed.
    pub(super) unsupported: Option<String>,
    pub(super) have_extensions: bool,
}

/// Reads every entry once.
pub(super) fn check_entries(entries: &[u8]) -> Result<Entries, RevocationDataError> {
    let mut reader = Reader::new(entries, "revokedCertificates");
    let (mut count, mut unsupported, mut have_extensions) = (0, None, false);
    while !reader.is_empty() {
        if count == limits::MAX_CRL_ENTRIES {
            return Err(RevocationDataError::TooMany { what: "entries of a CRL", limit: limits::MAX_CRL_ENTRIES });
        }
        let (entry, not_processed) = read_entry(&mut reader).map_err(field("revokedCertificates"))?;
        have_extensions |= entry.has_extensions;
        if let Some(names) = entry.certificate_issuer {
            general_names(names.reader("certificateIssuer")).map_err(field("certificateIssuer"))?;
        }
        if unsupported.is_none() {
            // RFC 5280 §5.3: a list with a critical entry extension that is not processed determines no certificate's
            // status.
            unsupported = not_processed.map(|extension| format!("critical CRL entry extension {}", extension.oid));
        }
        count += 1;
    }
    Ok(Entries { count, unsupported, have_extensions })
}

type EntryAndUnsupported<'a> = (CrlEntry<'a>, Option<Extension<'a>>);

pub(super) fn read_entry<'a>(entries: &mut Reader<'a>) -> Result<EntryAndUnsupported<'a>, Error> {
    let mut reader = entries.expect(Tag::SEQUENCE)?.reader("revokedCertificates");
    let serial = reader.integer()?;
    let revocation_date = reader.time()?.value;
    let (mut reason, mut invalidity_date, mut certificate_issuer, mut unsupported) = (None, None, None, None);
    let sequence = reader.optional(Tag::SEQUENCE)?;
    let has_extensions = sequence.is_some();
    if let Some(sequence) = sequence {
        for extension in extensions::read(sequence, "crlEntryExtensions")? {
            let Extension { oid, critical, value } = extension;
            if oid == oid::CRL_REASONS {
                reason = Some(extensions::only(value, "reasonCode", RevocationReason::read)?);
            } else if oid == oid::INVALIDITY_DATE {
                invalidity_date = Some(extensions::only(value, "invalidityDate", Reader::time)?.value);
            } else if oid == oid::CERTIFICATE_ISSUER {
                let names = extensions::only(value, "certificateIssuer", |reader| reader.expect(Tag::SEQUENCE))?;
                certificate_issuer = Some(names);
            } else if critical && unsupported.is_none() {
                unsupported = Some(extension);
            }
        }
    }
    reader.finish()?;
    let entry = CrlEntry { serial, revocation_date, reason, invalidity_date, certificate_issuer, has_extensions };
    Ok((entry, unsupported))
}
