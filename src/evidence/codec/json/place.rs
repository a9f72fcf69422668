//! The places of a statement in which the letters of one form differ.

use std::ops::Range;

/// A place in which letters of one form differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::evidence) enum Place {
    EvidenceIdentifier,
    EventTime,
    /// The list of recipients.
    Recipients,
    SubmissionTime,
    MessageIdentifier,
    /// The list of content parts.
    Parts,
    /// The extension AdditionalDigests with the comma before it, where there is one.
    FurtherDigests,
    /// The ticket of the national service.
    Ticket,
    /// The member with the sender's own reference, where there is one.
    Token,
}

impl Place {
    /// All places, in the order of a statement.
    const ALL: [Self; 9] = [
        Self::EvidenceIdentifier,
        Self::EventTime,
        Self::Recipients,
        Self::SubmissionTime,
        Self::MessageIdentifier,
        Self::Parts,
        Self::FurtherDigests,
        Self::Ticket,
        Self::Token,
    ];
}

/// Where the places are that were written so far. It takes no memory of its own, since every statement is written with one.
#[derive(Clone, Debug, Default)]
pub(in crate::evidence) struct Places([Option<Range<usize>>; Place::ALL.len()]);

impl Places {
    pub(super) fn note(&mut self, place: Place, octets: Range<usize>) {
        let named = Place::ALL.into_iter().zip(&mut self.0).find(|(named, _)| *named == place);
        if let Some((_, noted)) = named {
            *noted = Some(octets);
        }
    }

    /// Returns the places that were written, in their order.
    pub(in crate::evidence) fn written(&self) -> impl Iterator<Item = (Place, Range<usize>)> {
        Place::ALL.into_iter().zip(&self.0).filter_map(|(place, noted)| Some((place, noted.clone()?)))
    }
}
