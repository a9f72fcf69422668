//! The extension RegisteredMail of the Belgian service, read and written.

use super::place::Place;
use super::values::text;
use super::writer::Writer;
use crate::evidence::be::{Language, Metadata, RegisteredMail, Ticket};
use crate::evidence::json::{Reader, Result};
use crate::evidence::limits::{MAX_METADATA, MAX_METADATA_VALUES};

pub(in crate::evidence) fn read_registered_mail(r: &mut Reader<'_>) -> Result<RegisteredMail> {
    let names = &["Ticket", "Token", "ApplicationId", "Title", "Type", "Language", "DownloadFileName", "Metadata"];
    r.object(names, |m| {
        let ticket = m.required("Ticket", |r| Ticket::new(&r.string()?).map_err(|error| r.error(error)))?;
        let token = m.optional("Token", text)?;
        let application_id = m.optional("ApplicationId", text)?;
        let title = m.required("Title", text)?;
        let document_type = m.required("Type", text)?;
        let language = m.required("Language", |r| r.string()?.parse::<Language>().map_err(|error| r.error(error)))?;
        let download_file_name = m.optional("DownloadFileName", text)?;
        let metadata = m.optional("Metadata", |r| r.array(MAX_METADATA, metadata))?;
        let build = || {
            let mut mail = RegisteredMail::new(ticket, &title, &document_type, language)?;
            if let Some(token) = token {
                mail = mail.with_token(&token)?;
            }
            if let Some(application_id) = application_id {
                mail = mail.with_application_id(&application_id)?;
            }
            if let Some(name) = download_file_name {
                mail = mail.with_download_file_name(&name)?;
            }
            metadata.unwrap_or_default().into_iter().try_fold(mail, RegisteredMail::with_metadata)
        };
        build().map_err(|error| m.error(error))
    })
}

fn metadata(r: &mut Reader<'_>) -> Result<Metadata> {
    r.object(&["Type", "Value"], |m| {
        let kind = m.required("Type", text)?;
        let values = m.required("Value", |r| r.array(MAX_METADATA_VALUES, text))?;
        Metadata::new(&kind, values).map_err(|error| m.error(error))
    })
}

impl Writer {
    /// Writes the member with the sender's own reference, where there is one.
    pub(in crate::evidence) fn token(&mut self, token: Option<&str>) -> &mut Self {
        match token {
            Some(token) => self.raw(",\"Token\":").string(token),
            None => self,
        }
    }
}

/// Writes the value, and ends the extension.
pub(in crate::evidence) fn write_registered_mail(w: &mut Writer, mail: &RegisteredMail) {
    w.raw("{\"Ticket\":").at(Place::Ticket, |w| w.string(mail.ticket().as_str()));
    w.at(Place::Token, |w| w.token(mail.token()));
    if let Some(application_id) = mail.application_id() {
        w.raw(",\"ApplicationId\":").string(application_id);
    }
    w.raw(",\"Title\":").string(mail.title()).raw(",\"Type\":").string(mail.document_type());
    w.raw(",\"Language\":").plain(mail.language().code());
    if let Some(name) = mail.download_file_name() {
        w.raw(",\"DownloadFileName\":").string(name);
    }
    if !mail.metadata().is_empty() {
        w.raw(",\"Metadata\":").array(mail.metadata(), |w, metadata| {
            w.raw("{\"Type\":").string(metadata.kind());
            w.raw(",\"Value\":").array(metadata.values(), |w, value| w.string(value)).raw("}")
        });
    }
    w.raw("}}");
}
