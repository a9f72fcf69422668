//! The JSON of a register's extract, in one deterministic form as that of a statement.

use super::mandate::{scope_of, word};
use super::values::{identifier, text, time};
use super::writer::Writer;
use crate::evidence::error::{DecodeStatementError, DecodeStatementErrorKind as Kind};
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::MAX_REGISTER_ENTRIES;
use crate::evidence::register::{RegisterEntry, RegisterExtract, RegisterExtractError, RegisteredRole};

/// The type that an extract states first.
const TYPE: &str = "recommande-register-extract/1";

impl RegisterExtract {
    /// Reads an extract in exactly the form in which [`RegisterExtract::to_json`] writes it.
    ///
    /// # Errors
    /// [`RegisterExtractError`].
    pub fn from_json(octets: &[u8]) -> std::result::Result<Self, RegisterExtractError> {
        let read = read(octets);
        let (stated_type, extract) =
            read.map_err(|DecodeStatementError { kind, offset, .. }| RegisterExtractError::Json { kind, offset })?;
        if stated_type == TYPE { Ok(extract) } else { Err(RegisterExtractError::Type) }
    }

    /// Writes the extract as JSON, which the register signs. It holds identifiers: it is personal data.
    pub fn to_json(&self) -> String {
        let mut w = Writer::with_capacity(256 * (1 + self.entries().len()));
        w.raw("{\"type\":").plain(TYPE).raw(",\"Register\":").plain(self.register()).raw(",\"At\":").time(self.at());
        if let Some(from) = self.history_from() {
            w.raw(",\"HistoryFrom\":").time(from);
        }
        if !self.entries().is_empty() {
            w.raw(",\"Entry\":").array(self.entries(), Writer::entry);
        }
        w.raw("}");
        // What was written of texts is UTF-8.
        String::from_utf8(w.0).unwrap_or_default()
    }
}

fn read(octets: &[u8]) -> Result<(String, RegisterExtract)> {
    let mut reader = Reader::new(octets)?;
    let read = reader.object(&["type", "Register", "At", "HistoryFrom", "Entry"], |m| {
        let stated_type = m.required("type", text)?.into_owned();
        let register = m.required("Register", text)?;
        let at = m.required("At", time)?;
        let extract = RegisterExtract::new(&register, at).map_err(|error| m.error_at("Register", error))?;
        let extract = match m.optional("HistoryFrom", time)? {
            Some(from) => extract.with_history_from(from).map_err(|error| m.error_at("HistoryFrom", error))?,
            None => extract,
        };
        let entries = m.optional("Entry", |r| r.array(MAX_REGISTER_ENTRIES, entry))?;
        let extract = entries.unwrap_or_default().into_iter().try_fold(extract, RegisterExtract::with_entry);
        Ok((stated_type, extract.map_err(|error| m.error_at("Entry", error))?))
    })?;
    reader.end()?;
    Ok(read)
}

fn entry(r: &mut Reader<'_>) -> Result<RegisterEntry> {
    r.object(&["Principal", "Party", "Role", "Application", "Actions", "From", "Until", "Revoked"], |m| {
        let (principal, party) = (m.required("Principal", identifier)?, m.required("Party", identifier)?);
        if principal.is_committed() || party.is_committed() {
            return Err(m.error(Kind::CommitmentPath));
        }
        let role = m.required("Role", |r| word(r, "a role in a register", RegisteredRole::from_word))?;
        let application = m.optional("Application", text)?;
        let scope = application.map(|application| scope_of(m, &application)).transpose()?;
        let from = m.required("From", time)?;
        let mut entry = RegisterEntry::new(principal, party, role, from).map_err(|error| m.error(error))?;
        if let Some(scope) = scope {
            entry = entry.with_scope(scope);
        }
        dated(m, entry)
    })
}

fn dated(m: &mut Members<'_, '_>, mut entry: RegisterEntry) -> Result<RegisterEntry> {
    if let Some(until) = m.optional("Until", time)? {
        entry = entry.with_until(until).map_err(|error| m.error_at("Until", error))?;
    }
    if let Some(revoked) = m.optional("Revoked", time)? {
        entry = entry.with_revocation(revoked).map_err(|error| m.error_at("Revoked", error))?;
    }
    Ok(entry)
}

impl Writer {
    fn entry(&mut self, entry: &RegisterEntry) -> &mut Self {
        let mut separator = "{\"Principal\":{\"value\":";
        for identifier in [entry.principal(), entry.party()] {
            self.raw(separator).string(identifier.value());
            self.raw(",\"IdentifierSchemeName\":").plain(identifier.scheme());
            separator = "},\"Party\":{\"value\":";
        }
        self.raw("},\"Role\":").plain(entry.role().as_str());
        if let Some(scope) = entry.scope() {
            self.raw(",").scope(scope);
        }
        self.raw(",\"From\":").time(entry.from());
        if let Some(until) = entry.until() {
            self.raw(",\"Until\":").time(until);
        }
        if let Some(revoked) = entry.revoked() {
            self.raw(",\"Revoked\":").time(revoked);
        }
        self.raw("}")
    }
}
