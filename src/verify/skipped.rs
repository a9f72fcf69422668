//! Embedded revocation data that was skipped, and why.

use core::fmt;

use signed_data::Error;

use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::RevocationDataError;
use crate::pki::revocation::limits::MAX_SET_ASIDE;

/// Each reason once for each place, at most [`MAX_SET_ASIDE`] of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Skipped(Vec<(Place, Why)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Crls,
    RevocationValues,
    /// Of signature, tokens and caller.
    Together,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    pub(super) fn add(&mut self, place: Place, why: impl Into<Why>) {
        let skipped = (place, why.into());
        if self.0.len() < MAX_SET_ASIDE && !self.0.contains(&skipped) {
            self.0.push(skipped);
        }
    }

    pub(super) fn add_all(&mut self, others: &Self) {
        others.0.iter().for_each(|(place, why)| self.add(*place, why.clone()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn note(&self, notes: &mut Notes<'_, '_>) {
        for (place, why) in &self.0 {
            notes.note_with(Code::RevocationDataSetAside, || Details::both(place, why));
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Crls => "crls",
            Self::RevocationValues => "revocation-values",
            Self::Together => "revocation data of signature, timestamps and caller",
        })
    }
}
