//! This module checks name constraints (RFC 5280 §6.1.3 (b), (c) and §6.1.4 (g)).

use std::borrow::Cow;

use signed_data::tlv::{Reader, Tag, Tlv};

use super::extensions::sequence;
use super::general_name::{GeneralName, Relation, Subtree, general_names};
use crate::asn1::oid;
use crate::pki::certificate::Certificate;
use crate::pki::certificate::texts;
use crate::pki::path::budget::ValidationBudget;
use crate::pki::path::outcome::PathConstraint;

/// The cost of a comparison of two names beside their octets.
const COMPARISON: usize = 16;

/// The reason why the names of a certificate are refused.
pub(super) enum Refusal {
    Constraint(PathConstraint),
    /// The artifact has used up its comparisons of names.
    BudgetExhausted,
}

impl From<PathConstraint> for Refusal {
    fn from(constraint: PathConstraint) -> Self {
        Self::Constraint(constraint)
    }
}

const MALFORMED: PathConstraint = PathConstraint::Malformed { extension: "nameConstraints" };

/// The variables permitted_subtrees and excluded_subtrees.
#[derive(Default)]
pub(super) struct NameConstraints<'a> {
    /// The permitted subtrees of each certificate. A name must lie within those of every certificate that has one of
    /// its form, which is the intersection that the standard requires.
    permitted: Vec<Vec<Subtree<'a>>>,
    excluded: Vec<Subtree<'a>>,
}

impl<'a> NameConstraints<'a> {
    /// Adds the constraints that a certificate puts on the names below it.
    ///
    /// ```text
    /// NameConstraints ::= SEQUENCE {
    ///      permittedSubtrees  [0] GeneralSubtrees OPTIONAL,
    ///      excludedSubtrees   [1] GeneralSubtrees OPTIONAL }
    /// ```
    pub(super) fn add(&mut self, certificate: &'a Certificate) -> Result<(), PathConstraint> {
        let Some(extension) = certificate.extension(oid::NAME_CONSTRAINTS) else { return Ok(()) };
        let malformed = |_| MALFORMED;
        let mut reader = sequence(extension.value, "nameConstraints").map_err(malformed)?;
        let permitted = reader.optional(Tag::context(0)).map_err(malformed)?;
        let excluded = reader.optional(Tag::context(1)).map_err(malformed)?;
        reader.finish().map_err(malformed)?;
        self.permitted.extend(permitted.map(subtrees).transpose()?);
        self.excluded.extend(excluded.map(subtrees).transpose()?.into_iter().flatten());
        Ok(())
    }

    /// Checks the names of a certificate.
    pub(super) fn check(&self, certificate: &Certificate, budget: &ValidationBudget) -> Result<(), Refusal> {
        // subjectAltName is read even without constraints. If a malformed one counted as absent, its names would escape
        // every constraint.
        let alternative = certificate.subject_alt_name().map(general_names);
        let alternative = alternative
            .map(|names| names.ok_or(PathConstraint::Malformed { extension: "subjectAltName" }))
            .transpose()?;
        if self.permitted.is_empty() && self.excluded.is_empty() {
            return Ok(());
        }
        names_of_subject(certificate)
            .iter()
            .chain(alternative.iter().flatten())
            .try_for_each(|name| self.check_name(name, budget))
    }

    /// Checks one name against both kinds of subtrees (RFC 5280 §6.1.3 (b) and (c)). The name lies within one subtree
    /// of each set of permitted ones, as far as they are for its type, and a name that cannot be compared counts as
    /// excluded.
    fn check_name(&self, name: &GeneralName<'_>, budget: &ValidationBudget) -> Result<(), Refusal> {
        for subtrees in &self.permitted {
            let mut is_permitted = None;
            for subtree in subtrees {
                if let Some(relation) = relation(subtree, name, budget)? {
                    is_permitted = Some(is_permitted == Some(true) || relation == Relation::Within);
                }
            }
            if is_permitted == Some(false) {
                return Err(PathConstraint::NameConstraints.into());
            }
        }
        for subtree in &self.excluded {
            match relation(subtree, name, budget)? {
                Some(Relation::Within | Relation::Unclear) => return Err(PathConstraint::NameConstraints.into()),
                Some(Relation::Outside) | None => {}
            }
        }
        Ok(())
    }
}

fn relation(
    subtree: &Subtree<'_>,
    name: &GeneralName<'_>,
    budget: &ValidationBudget,
) -> Result<Option<Relation>, Refusal> {
    let octets = subtree.octets_compared(name);
    // Two long lists of names and constraints multiply, so the comparisons of one artifact are bounded.
    budget.spend_on_names(octets.saturating_add(COMPARISON)).ok_or(Refusal::BudgetExhausted)?;
    Ok(subtree.relation(name))
}

/// Returns the subject, unless it is empty, and the e-mail addresses in it. RFC 5280 §4.2.1.10 constrains the addresses
/// only without alternative names. Here they are always constrained, as in RFC 3280 and in OpenSSL.
fn names_of_subject(certificate: &Certificate) -> Vec<GeneralName<'_>> {
    let key = certificate.prepared_subject();
    let subject = (!key.as_bytes().is_empty()).then_some(GeneralName::Directory(Cow::Borrowed(key)));
    let addresses = texts(certificate.subject_der(), oid::EMAIL_ADDRESS);
    // An unreadable address becomes an empty one, which fails every constraint on mailboxes.
    let addresses = addresses.into_iter().map(|text| GeneralName::Mail(text.unwrap_or_default().into()));
    subject.into_iter().chain(addresses).collect()
}

/// Reads the subtrees, of which there must be at least one.
///
/// ```text
/// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
/// GeneralSubtree ::= SEQUENCE {
///      base     GeneralName,
///      minimum  [0] BaseDistance DEFAULT 0,
///      maximum  [1] BaseDistance OPTIONAL }
/// ```
fn subtrees(element: Tlv<'_>) -> Result<Vec<Subtree<'_>>, PathConstraint> {
    let malformed = |_| MALFORMED;
    let mut reader = element.reader("GeneralSubtrees");
    let mut subtrees = Vec::new();
    while !reader.is_empty() || subtrees.is_empty() {
        let subtree = reader.expect(Tag::SEQUENCE).map_err(malformed)?;
        subtrees.push(general_subtree(subtree.reader("GeneralSubtree"))?);
    }
    Ok(subtrees)
}

/// Reads one subtree. RFC 5280 §4.2.1.10 requires a minimum of 0 and no maximum, and says that a verifier must process
/// anything else or refuse the names of that form.
fn general_subtree(mut reader: Reader<'_>) -> Result<Subtree<'_>, PathConstraint> {
    let malformed = |_| MALFORMED;
    let base = reader.any().map_err(malformed)?;
    let minimum = reader.optional(Tag::context_primitive(0)).map_err(malformed)?;
    let maximum = reader.optional(Tag::context_primitive(1)).map_err(malformed)?;
    reader.finish().map_err(malformed)?;
    let has_distance = maximum.is_some() || minimum.is_some_and(|minimum| minimum.value != [0]);
    let subtree = if has_distance { Subtree::unprocessed(base) } else { Subtree::read(base) };
    subtree.ok_or(MALFORMED)
}
