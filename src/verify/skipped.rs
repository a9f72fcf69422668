//! Embedded revocation data that was skipped, and why, or that lies in a form of its own.

use core::fmt;
use std::collections::BTreeSet;

use signed_data::Error;

use crate::crypto::DigestAlgorithm;
use crate::finding::{Code, Details, Notes};
use crate::pki::CertificateError;
use crate::pki::revocation::RevocationDataError;
use crate::pki::revocation::limits::MAX_SET_ASIDE;
use crate::text::shown;

/// What was skipped, each reason once for each place. At most [`MAX_SET_ASIDE`] of each kind are kept, the first in the
/// order of their texts: the order in which they lie in a file is nobody's statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Skipped {
    /// Each place with its reasons.
    reasons: BTreeSet<(String, String)>,
    /// The places where there was more than a limit lets in.
    beyond_limits: BTreeSet<(String, String)>,
    /// Each place with the identifiers under which data lies that was taken up all the same.
    forms: BTreeSet<(String, String)>,
    /// Certificates by their fingerprint, with the reasons why they cannot be read.
    certificates: BTreeSet<(String, String)>,
}

#[derive(Clone, Copy)]
pub(super) enum EmbeddedPlace {
    Crls,
    RevocationValues,
    /// It counts what signature, tokens and caller give together.
    Together,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Why {
    #[error(transparent)]
    Data(#[from] RevocationDataError),
    #[error("cannot be read: {0}")]
    Unreadable(#[from] Error),
    /// OtherRevocationInfoFormat (RFC 5652 §10.2.1), or otherRevVals of revocation-values.
    #[error("format that is not supported: {0}")]
    Format(String),
}

impl Skipped {
    pub(super) fn add(&mut self, place: EmbeddedPlace, why: impl Into<Why>) {
        let why = why.into();
        let kept = match &why {
            Why::Data(RevocationDataError::TooMany { .. }) => &mut self.beyond_limits,
            Why::Data(_) | Why::Unreadable(_) | Why::Format(_) => &mut self.reasons,
        };
        keep(kept, (place.to_string(), shown(why)));
    }

    /// Remembers the identifier under which a CRL or an OCSP response lies that RFC 5940 does not put there.
    pub(super) fn add_form(&mut self, place: EmbeddedPlace, format: impl fmt::Display) {
        keep(&mut self.forms, (place.to_string(), shown(format)));
    }

    pub(super) fn add_certificate(&mut self, der: &[u8], why: &CertificateError) {
        keep(&mut self.certificates, (DigestAlgorithm::Sha256.digest(der).to_string(), shown(why)));
    }

    pub(super) fn add_all(&mut self, others: &Self) {
        others.reasons.iter().for_each(|reason| keep(&mut self.reasons, reason.clone()));
        self.add_limits(others);
        others.forms.iter().for_each(|form| keep(&mut self.forms, form.clone()));
        others.certificates.iter().for_each(|certificate| keep(&mut self.certificates, certificate.clone()));
    }

    /// Adds where there was more than a limit lets in, and nothing else.
    pub(super) fn add_limits(&mut self, others: &Self) {
        others.beyond_limits.iter().for_each(|limit| keep(&mut self.beyond_limits, limit.clone()));
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.reasons.is_empty() && self.beyond_limits.is_empty()
    }

    pub(super) fn note(&self, notes: &mut Notes<'_, '_>) {
        for (place, why) in &self.reasons {
            notes.note_with(Code::RevocationDataSetAside, || Details::both(place, why));
        }
        // Somebody may have put so much before a CRL that revokes.
        for (place, limit) in &self.beyond_limits {
            notes.note_with(Code::RevocationDataTooMany, || Details::both(place, limit));
        }
        for (place, format) in &self.forms {
            notes.note_with(Code::RevocationDataFormOther, || Details::both(place, format));
        }
        for (fingerprint, why) in &self.certificates {
            notes.note_with(Code::CertificateUnreadable, || Details::both(fingerprint, why));
        }
    }
}

fn keep<T: Ord>(kept: &mut BTreeSet<T>, entry: T) {
    kept.insert(entry);
    if kept.len() > MAX_SET_ASIDE {
        kept.pop_last();
    }
}

impl fmt::Display for EmbeddedPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Crls => "crls",
            Self::RevocationValues => "revocation-values",
            Self::Together => "revocation data of signature, timestamps and caller",
        })
    }
}
