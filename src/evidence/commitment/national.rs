//! The members of national extensions that can be commitments.

use std::fmt;

use crate::evidence::error::EvidenceError;

/// A member of a national extension that can be a commitment. Fields are in the order of the statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalField {
    extension: &'static str,
    /// Keeps the fields of an extension in the order in which it writes its members.
    place: usize,
    member: &'static str,
}

impl NationalField {
    /// Names the member of an extension. Of two fields of an extension, that with the lower place is written first.
    pub(in crate::evidence) const fn new(extension: &'static str, place: usize, member: &'static str) -> Self {
        Self { extension, place, member }
    }

    /// Returns the name of the extension.
    pub fn extension(self) -> &'static str {
        self.extension
    }

    /// Returns the name of the member.
    pub fn member(self) -> &'static str {
        self.member
    }
}

impl fmt::Debug for NationalField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.extension, self.member)
    }
}

/// How a field is got from the data of a national service, and how another text is put in its place.
pub(in crate::evidence) struct Committable<T> {
    pub(in crate::evidence) field: NationalField,
    pub(in crate::evidence) get: fn(&T) -> Option<&str>,
    pub(in crate::evidence) put: fn(&mut T, &str) -> Result<(), EvidenceError>,
}
