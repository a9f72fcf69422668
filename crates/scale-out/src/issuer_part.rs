use std::collections::BTreeSet;
use std::fmt;

use recommande::Issuer;

/// A part of an issuer in which an item may differ from the seals of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssuerPart {
    /// Its name.
    Name,
    /// Its number, with the scheme.
    Number,
    /// The environment that it works for.
    Environment,
    /// The policies under which it issues evidence (EvidenceIssuerPolicyID), and their order.
    Policies,
    /// Its further attributes.
    Attributes,
}

impl IssuerPart {
    /// Returns in what two issuers differ.
    pub(crate) fn differences(one: &Issuer, another: &Issuer) -> BTreeSet<Self> {
        let mut parts = BTreeSet::new();
        let mut note = |part, is_same: bool| {
            if !is_same {
                parts.insert(part);
            }
        };
        note(Self::Name, one.legal_name() == another.legal_name());
        note(Self::Number, one.legal_person_identifier() == another.legal_person_identifier());
        note(Self::Environment, one.environment() == another.environment());
        note(Self::Policies, one.policies() == another.policies());
        // The first two attributes are the name and the number.
        note(Self::Attributes, one.attributes().get(2..) == another.attributes().get(2..));
        parts
    }
}

impl fmt::Display for IssuerPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Number => "number",
            Self::Environment => "environment",
            Self::Policies => "policies",
            Self::Attributes => "attributes",
        })
    }
}
