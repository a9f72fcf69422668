//! The extensions Mandate and IdentifierSucceeds, read and written.

use super::values::{digest, identifier, party, text, time};
use super::writer::Writer;
use crate::evidence::details::{
    IdentifierSuccession, LinkRole, Mandate, MandateAction, MandateLink, MandateRole, MandateScope, RegisterReference,
    RegisterStatement,
};
use crate::evidence::error::DecodeStatementErrorKind as Kind;
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::MAX_MANDATE_LINKS;
use crate::evidence::party::{Identifier, Party};

/// Reads the value of the extension Mandate.
pub(super) fn mandate(r: &mut Reader<'_>) -> Result<Mandate> {
    let names = &[
        "Role",
        "Principal",
        "Chain",
        "Application",
        "Actions",
        "ValidFrom",
        "ValidUntil",
        "Register",
        "RegisterStatement",
    ];
    r.object(names, |m| {
        let role = m.required("Role", |r| word(r, "a role of a mandate", MandateRole::from_word))?;
        let principal = m.required("Principal", named_party)?;
        let chain = m.required("Chain", |r| r.array(MAX_MANDATE_LINKS, link))?;
        let scope = scope(m)?;
        let (valid_from, valid_until) = (m.required("ValidFrom", time)?, m.optional("ValidUntil", time)?);
        let register = register(m)?;
        let mandate = Mandate::new(role, principal, chain, scope, valid_from, register);
        let mandate = mandate.map_err(|error| m.error(error))?;
        match valid_until {
            Some(until) => mandate.with_valid_until(until).map_err(|error| m.error_at("ValidUntil", error)),
            None => Ok(mandate),
        }
    })
}

/// Reads a word of a closed list.
pub(super) fn word<T>(r: &mut Reader<'_>, expected: &'static str, of: impl Fn(&str) -> Option<T>) -> Result<T> {
    let word = r.string()?;
    of(&word).ok_or_else(|| r.error(Kind::WrongType { expected }))
}

/// Reads a party that is named and not authenticated here.
fn named_party(r: &mut Reader<'_>) -> Result<Party> {
    let party = party(r)?;
    if party.assurance().is_some() { Err(r.error(Kind::UnknownMember)) } else { Ok(party) }
}

fn link(r: &mut Reader<'_>) -> Result<MandateLink> {
    r.object(&["Party", "Role"], |m| {
        let party = m.required("Party", named_party)?;
        Ok(MandateLink::new(party, m.required("Role", |r| word(r, "a role in a chain", LinkRole::from_word))?))
    })
}

/// Reads an application and the actions in it.
fn scope(m: &mut Members<'_, '_>) -> Result<MandateScope> {
    let application = m.required("Application", text)?;
    scope_of(m, &application)
}

/// Reads the actions in this application, each once and in their order.
pub(super) fn scope_of(m: &mut Members<'_, '_>, application: &str) -> Result<MandateScope> {
    let actions = m.required("Actions", |r| {
        let actions = r.array(MandateAction::ALL.len(), |r| word(r, "an action", MandateAction::from_word))?;
        let in_order = actions.is_sorted_by(|earlier, later| earlier < later);
        if in_order { Ok(actions) } else { Err(r.error(Kind::WrongType { expected: "actions in their order" })) }
    })?;
    MandateScope::new(application, actions).map_err(|error| m.error_at("Application", error))
}

fn register(m: &mut Members<'_, '_>) -> Result<RegisterReference> {
    let register = m.required("Register", text)?;
    let statement = m.required("RegisterStatement", |r| {
        r.object(&["ProofId", "ExtractDigest"], |m| {
            let of = |r: &mut Reader<'_>| r.object(&["DigestMethod", "DigestValue"], digest);
            match m.optional("ProofId", of)? {
                Some(proof_id) => Ok(RegisterStatement::Proof(proof_id)),
                None => m.required("ExtractDigest", of).map(RegisterStatement::Extract),
            }
        })
    })?;
    RegisterReference::new(&register, statement).map_err(|error| m.error_at("Register", error))
}

/// Reads the value of the extension IdentifierSucceeds.
pub(super) fn succession(r: &mut Reader<'_>) -> Result<IdentifierSuccession> {
    r.object(&["Previous", "Current", "Source", "At"], |m| {
        let (previous, current) = (m.required("Previous", only_identifier)?, m.required("Current", only_identifier)?);
        let (source, at) = (m.required("Source", text)?, m.required("At", time)?);
        IdentifierSuccession::new(previous, current, &source, at).map_err(|error| m.error(error))
    })
}

fn only_identifier(r: &mut Reader<'_>) -> Result<Identifier> {
    r.object(&["Identifier"], |m| m.required("Identifier", identifier))
}

impl Writer {
    /// Writes the value of the extension Mandate.
    pub(super) fn mandate(&mut self, mandate: &Mandate) -> &mut Self {
        self.raw("{\"Role\":").plain(mandate.role().as_str());
        self.raw(",\"Principal\":{").party(mandate.principal());
        self.raw("},\"Chain\":").array(mandate.chain(), |w, link| {
            w.raw("{\"Party\":{").party(link.party()).raw("},\"Role\":").plain(link.role().as_str()).raw("}")
        });
        self.raw(",").scope(mandate.scope());
        self.raw(",\"ValidFrom\":").time(mandate.valid_from());
        if let Some(until) = mandate.valid_until() {
            self.raw(",\"ValidUntil\":").time(until);
        }
        let (member, digest) = match mandate.register().statement() {
            RegisterStatement::Proof(digest) => ("ProofId", digest),
            RegisterStatement::Extract(digest) => ("ExtractDigest", digest),
        };
        self.raw(",\"Register\":").plain(mandate.register().register());
        self.raw(",\"RegisterStatement\":{").plain(member).raw(":{").digest(digest).raw("}}}")
    }

    /// Writes the members of a scope.
    pub(super) fn scope(&mut self, scope: &MandateScope) -> &mut Self {
        self.raw("\"Application\":").string(scope.application());
        self.raw(",\"Actions\":").array(scope.actions(), |w, action| w.plain(action.as_str()))
    }

    /// Writes the value of the extension IdentifierSucceeds.
    pub(super) fn succession(&mut self, succession: &IdentifierSuccession) -> &mut Self {
        self.raw("{\"Previous\":{").party(&succession.previous);
        self.raw("},\"Current\":{").party(&succession.current);
        self.raw("},\"Source\":").string(succession.source()).raw(",\"At\":").time(succession.at()).raw("}")
    }
}
