//! The forms of a file that an evidence record in it, or beside it, may be over.

use crate::asn1::oid;
use crate::cms;

/// One form of the file.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    removed: Removed,
    coding: Coding,
}

/// The record attributes that were not there yet when the record was made.
#[derive(Clone, Copy)]
pub(crate) enum Removed {
    Nothing,
    All,
    /// One attribute, by the index of its signer and its own.
    One {
        signer: usize,
        attribute: usize,
    },
}

#[derive(Clone, Copy)]
enum Coding {
    Received,
    Der,
}

impl Form {
    /// Both codings of the file without these attributes.
    pub(crate) fn all_of(removed: Removed) -> [Self; 2] {
        [Coding::Received, Coding::Der].map(|coding| Self { removed, coding })
    }

    /// The file in this form; `None` when it cannot be brought into it.
    pub(crate) fn of_file(self, received: &[u8]) -> Option<Vec<u8>> {
        let octets = cms::without_attributes(received, &|signer, attribute, oid| match self.removed {
            Removed::Nothing => false,
            Removed::All => oid == oid::EVIDENCE_RECORD_INTERNAL || oid == oid::EVIDENCE_RECORD_EXTERNAL,
            Removed::One { signer: of_signer, attribute: index } => (signer, attribute) == (of_signer, index),
        });
        match self.coding {
            Coding::Received => octets.ok(),
            Coding::Der => cms::to_der(&octets.ok()?).ok(),
        }
    }
}
