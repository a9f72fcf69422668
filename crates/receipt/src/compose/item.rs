//! What was sent, and what is said of it.

use recommande::evidence::{
    Availability, ContentPart, Field, Mandate, NationalExtension, Notification, Payment, RegisteredMail, Role,
    StatedPayment, Statement, Terms, Window,
};
use recommande::identity::PersonKind;
use recommande::verify::{Code, Finding};

use super::Composer;
use crate::page::{Rows, Section};
use crate::shown::Read;
use crate::text::Text;
use crate::words;

impl Composer {
    /// `findings` are those of the verdict on the statement, or on the signatures of its parties.
    pub(super) fn item(&self, read: &Read, findings: &[Finding]) -> Section {
        let words = self.words;
        let statement = &read.statement;
        let committed = statement.committed_fields();
        let mut rows = Rows::default();
        rows.add(words.message, self.foreign(statement.message_id().as_str()));
        for mail in statement.national_extensions().iter().filter_map(NationalExtension::as_registered_mail) {
            self.add_registered_mail(&mut rows, mail, committed);
        }
        for (number, part) in (1..).zip(statement.parts()) {
            let header = Text::filled(words.part, &[Text::own(number.to_string())]);
            rows.add_under(header, self.part(part, committed.contains(&Field::PartName(number))));
        }
        self.add_event(&mut rows, read, findings);
        if let Some(terms) = statement.terms() {
            self.add_terms(&mut rows, terms);
        }
        if let Some(reply) = statement.in_reply_to() {
            rows.add(words.in_reply_to, self.foreign(reply.message_id().as_str()));
        }
        match statement.payment() {
            Some(StatedPayment::Clear(payment)) => rows.add(words.payment, self.payment(payment)),
            // A commitment, or a form that is not known here.
            Some(_) => rows.add(words.payment, Text::own(words.committed)),
            None => {}
        }
        Section { heading: Text::own(words.item), blocks: rows.into_block().into_iter().collect() }
    }

    fn add_registered_mail(&self, rows: &mut Rows, mail: &RegisteredMail, committed: &[Field]) {
        let words = self.words;
        let text = |member: &str, text: &str| {
            let is_committed = committed.iter().any(|field| match field {
                Field::National(field) => field.member() == member,
                _ => false,
            });
            if is_committed { Text::own(words.committed) } else { self.foreign(text) }
        };
        rows.add(words.ticket, self.foreign(mail.ticket().as_str()));
        rows.add_lines(words.token, mail.token().map(|token| text("Token", token)).into_iter().collect());
        rows.add_lines(words.application, mail.application_id().map(|id| self.foreign(id)).into_iter().collect());
        rows.add(words.item_title, text("Title", mail.title()));
        rows.add(words.document_type, self.foreign(mail.document_type()));
        rows.add(words.document_language, Text::foreign(mail.language().code()));
    }

    fn part(&self, part: &ContentPart, is_committed: bool) -> Vec<Text> {
        let mut lines = vec![
            match is_committed {
                true => Text::own(self.words.committed),
                false => self.foreign(part.identifier()),
            },
            Text::foreign(part.media_type()),
        ];
        lines.extend(part.digests().iter().map(|digest| self.digest(digest)));
        lines
    }

    /// What the event has beside the message.
    fn add_event(&self, rows: &mut Rows, read: &Read, findings: &[Finding]) {
        let words = self.words;
        let statement = &read.statement;
        let reasons = statement.reasons().iter().map(|reason| {
            let sentence = match reason.known() {
                Some(known) => Text::own(words::reason(self.options.language, known)),
                None => Text::foreign(reason.code()),
            };
            let details = reason.details().iter().map(|detail| self.foreign(detail));
            details.fold(sentence, |text, detail| text.and(Text::own("; ")).and(detail))
        });
        rows.add_lines(words.reasons, reasons.collect());
        if !statement.opened_parts().is_empty() {
            let numbers: Vec<String> = statement.opened_parts().iter().map(usize::to_string).collect();
            rows.add(words.opened_parts, Text::own(numbers.join(", ")));
        }
        if let Some(mandate) = statement.mandate() {
            rows.add_lines(words.mandate, self.mandate(mandate, statement.committed_fields()));
        }
        if let Some(service) = statement.external_service() {
            let values = service.attributes().iter().map(|stated| self.foreign(&stated.values().join(", ")));
            rows.add_lines(words.other_service, values.collect());
        }
        rows.add_lines(words.forwarded_to, statement.forwarded_to().map(|to| self.foreign(to)).into_iter().collect());
        rows.add_lines(words.window, statement.window().map(|window| self.window(window)).unwrap_or_default());
        let availability = statement.availability().map(|availability| self.availability(availability));
        rows.add_lines(words.available_until, availability.unwrap_or_default());
        rows.add_lines(words.notification, statement.notification().map(notification).into_iter().collect());
        // A page that holds must not pass a signature for valid that nobody has judged.
        if statement.recipient_signature().is_some() {
            let is_shown = shows(findings, &[Code::RecipientSignatureValid, Code::RecipientInCertificate]);
            let sentence = if is_shown { words.recipient_signature_valid } else { words.recipient_signature_open };
            rows.add(words.recipient_signature, Text::own(sentence));
        }
        if let Some(digest) = statement.submission_digest() {
            let is_shown = shows(findings, &[Code::SubmissionMatches, Code::SenderInCertificate]);
            let sentence = if is_shown { words.submission_signed } else { words.submission_open };
            rows.add_lines(words.submission, vec![Text::own(sentence), self.digest(digest)]);
        }
        if let Some(change) = statement.identifier_succession() {
            let of = |identifier| self.identifier(identifier, PersonKind::Unstated);
            let change = of(change.previous()).and(Text::own(" → ")).and(of(change.current()));
            rows.add(words.identifier_changed, change);
        }
        let unknown = statement.unknown_extensions().iter().map(|extension| Text::foreign(extension.name()));
        rows.add_lines(words.unknown_extension, unknown.collect());
    }

    fn mandate(&self, mandate: &Mandate, committed: &[Field]) -> Vec<Text> {
        let language = self.options.language;
        let role = Text::own(words::mandate_role(language, mandate.role()));
        let actions = mandate.scope().actions().iter().map(|action| words::mandate_action(language, *action));
        let actions = actions.collect::<Vec<_>>().join(", ");
        let mut lines = vec![role.and(Text::own(format!(" ({actions})")))];
        let principal = self.party(mandate.principal(), Role::Principal, committed);
        lines.extend(principal.into_iter().map(|line| Text::filled(self.words.principal, &[line])));
        lines.push(Text::foreign(mandate.register().register()));
        lines
    }

    fn window(&self, window: &Window) -> Vec<Text> {
        let words = self.words;
        let period = [self.inline(window.from()), self.inline(window.until())];
        let mut lines = vec![Text::filled(words.from_until, &period), Text::foreign(window.regime())];
        if window.is_sender_hidden() {
            lines.push(Text::own(words.sender_hidden));
        }
        lines
    }

    fn availability(&self, availability: &Availability) -> Vec<Text> {
        let mut lines = availability.last_instant().map(|time| self.moment(time)).unwrap_or_default();
        if availability.is_never_activated() {
            lines.push(Text::own(self.words.never_activated));
        }
        lines
    }

    fn add_terms(&self, rows: &mut Rows, terms: &Terms) {
        let words = self.words;
        rows.add(words.mode, Text::own(words.mode(terms.consignment_mode())));
        let level = terms.required_assurance().map(|level| Text::own(words.assurance(level)));
        rows.add_lines(words.required_assurance, level.into_iter().collect());
        self.add_moment(rows, words.scheduled, terms.scheduled_delivery_time());
        self.add_moment(rows, words.expires, terms.expiration_time());
        let days = terms.answer_period_days().map(|days| Text::own(days.to_string()));
        rows.add_lines(words.answer_days, days.into_iter().collect());
        rows.add_lines(words.regime, terms.regime().map(Text::foreign).into_iter().collect());
        if terms.is_reply_authorized() {
            let reply_to = terms.reply_to().map(|identifier| self.identifier(identifier, PersonKind::Unstated));
            rows.add(words.reply_to, reply_to.unwrap_or_else(|| Text::own(words.reply_allowed)));
        }
    }

    fn payment(&self, payment: &Payment) -> Text {
        let currency = payment.currency();
        let amount = decimal(payment.amount_minor(), currency.decimals());
        let due = payment.due_date().format("%Y-%m-%d").to_string();
        let reference = payment.reference().unwrap_or(payment.payment_id());
        Text::filled(
            self.words.payment_due,
            &[Text::own(amount), Text::own(currency.code()), Text::own(due), self.foreign(reference)],
        )
    }
}

/// Tells if these findings show each of these things, and none of them speaks against it.
fn shows(findings: &[Finding], codes: &[Code]) -> bool {
    codes.iter().all(|code| findings.iter().any(|finding| finding.code == *code))
        && findings.iter().all(|finding| finding.outcome.is_acceptable())
}

fn notification(notification: &Notification) -> Text {
    let channel = Text::foreign(notification.channel());
    match notification.ordinal() {
        Some(ordinal) => channel.and(Text::own(format!(", {ordinal}"))),
        None => channel,
    }
}

/// Writes an amount of minor units with the decimals of its currency.
fn decimal(minor: u64, decimals: u32) -> String {
    let digits = decimals as usize;
    let written = format!("{minor:0>width$}", width = digits + 1);
    match written.split_at_checked(written.len() - digits) {
        Some((whole, fraction)) if digits > 0 => format!("{whole}.{fraction}"),
        _ => written,
    }
}
