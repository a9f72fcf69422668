//! This module holds what is judged of an algorithm or a key, and the certificate that it signed.

use core::cmp::Ordering;
use core::fmt;

use crate::crypto::Standing;
use crate::pki::Certificate;

/// A standing, and the certificate whose signature it is about, if it is about one. The order is that of [`Standing`], with
/// the certificate as a part of the name. Its `Display` is that name.
#[derive(Clone, Debug)]
pub(crate) struct LocatedStanding {
    pub(crate) standing: Standing,
    signed: Option<Certificate>,
}

impl LocatedStanding {
    pub(super) fn on(certificate: &Certificate, standing: Standing) -> Self {
        Self { standing, signed: Some(certificate.clone()) }
    }

    fn subject(&self) -> Option<&str> {
        self.signed.as_ref().map(Certificate::shown_subject)
    }

    fn cmp_names(&self, other: &Self) -> Ordering {
        if self.standing.mechanism() == other.standing.mechanism() {
            self.subject().cmp(&other.subject())
        } else {
            self.to_string().cmp(&other.to_string())
        }
    }
}

impl From<Standing> for LocatedStanding {
    fn from(standing: Standing) -> Self {
        Self { standing, signed: None }
    }
}

impl fmt::Display for LocatedStanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(mechanism) = self.standing.mechanism() else { return Ok(()) };
        match self.subject() {
            Some(subject) => write!(f, "{mechanism}, in the signature on the certificate {subject}"),
            None => mechanism.fmt(f),
        }
    }
}

impl Ord for LocatedStanding {
    fn cmp(&self, other: &Self) -> Ordering {
        let severity = self.standing.severity().cmp(&other.standing.severity());
        severity.then_with(|| self.cmp_names(other)).then_with(|| self.standing.since().cmp(&other.standing.since()))
    }
}

impl PartialOrd for LocatedStanding {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for LocatedStanding {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for LocatedStanding {}
