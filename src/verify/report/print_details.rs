//! How the details of a statement read for people.

use std::fmt::{self, Formatter};

use super::details::{
    AuthenticationSummary, AvailabilitySummary, EvidenceReference, NotificationSummary, PaymentSummary,
    StatementDetails, SuccessionSummary, TermsSummary, WindowSummary,
};
use super::print::line;
use crate::text;

impl StatementDetails {
    /// A line for each detail.
    pub(super) fn write_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            recipient,
            authentication,
            caused_by,
            terms,
            window,
            availability,
            notification,
            external_service,
            forwarded_to,
            in_reply_to,
            payment,
            opened_parts,
            identifier_succession,
            submission_digest,
        } = self;
        if let Some(recipient) = recipient {
            line(f, "about recipient", recipient)?;
        }
        if let Some(AuthenticationSummary { level, time, method }) = authentication {
            let (level, time) = (last_word(level), text::time(*time));
            line(f, "authenticated", format_args!("level {level}, at {time}, by {method}"))?;
        }
        if let Some(EvidenceReference { proof_id, evidence_identifier }) = caused_by {
            line(f, "caused by", format_args!("evidence {evidence_identifier}, proof {proof_id}"))?;
        }
        if let Some(terms) = terms {
            line(f, "sender asks", self::terms(terms))?;
        }
        if let Some(window) = window {
            line(f, "answer", self::window(window))?;
        }
        if let Some(availability) = availability {
            line(f, "available", self::availability(availability))?;
        }
        if let Some(notification) = notification {
            line(f, "notified", self::notification(notification))?;
        }
        if let Some(service) = external_service {
            line(f, "other service", service)?;
        }
        if let Some(system) = forwarded_to {
            line(f, "outside system", system)?;
        }
        if let Some(reply) = in_reply_to {
            let (message, proof) = (&reply.message_id, &reply.sending.proof_id);
            line(f, "replies to", format_args!("message {message}, proof {proof}"))?;
        }
        if let Some(payment) = payment {
            line(f, "to be paid", self::payment(payment))?;
        }
        if !opened_parts.is_empty() {
            let parts: Vec<String> = opened_parts.iter().map(usize::to_string).collect();
            line(f, "opened parts", parts.join(", "))?;
        }
        if let Some(SuccessionSummary { source, at }) = identifier_succession {
            line(f, "new identifier", format_args!("since {}, by {source}", text::time(*at)))?;
        }
        match submission_digest {
            Some(digest) => line(f, "submission", digest),
            None => Ok(()),
        }
    }
}

fn terms(terms: &TermsSummary) -> String {
    let TermsSummary {
        consignment_mode,
        required_assurance,
        scheduled_delivery_time,
        expiration_time,
        answer_period_days,
        reply_authorized,
        regime,
    } = terms;
    let time = |label: &str, time: &Option<_>| time.map(|time| format!("{label} {}", text::time(time)));
    let asked = [
        Some(format!("mode {}", last_word(consignment_mode))),
        required_assurance.as_ref().map(|level| format!("assurance {}", last_word(level))),
        time("delivery at", scheduled_delivery_time),
        time("available until", expiration_time),
        answer_period_days.map(|days| format!("{days} days for an answer")),
        reply_authorized.then(|| "the recipient may reply".to_owned()),
        regime.as_ref().map(|regime| format!("regime {regime}")),
    ];
    asked.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The end of a URI, which says it to people.
fn last_word(uri: &str) -> &str {
    uri.rsplit_once('/').map_or(uri, |(_, word)| word)
}

fn window(window: &WindowSummary) -> String {
    let WindowSummary { from, until, regime, sender_hidden } = window;
    let hidden = if *sender_hidden { ", the sender is hidden until then" } else { "" };
    format!("from {} and before {}, by {regime}{hidden}", text::time(*from), text::time(*until))
}

fn availability(availability: &AvailabilitySummary) -> String {
    let AvailabilitySummary { until, never_activated } = availability;
    let until = until.map(|until| format!("until {}", text::time(until)));
    let never = never_activated.then(|| "in a box that the recipient has never opened".to_owned());
    until.into_iter().chain(never).collect::<Vec<_>>().join(", ")
}

fn notification(notification: &NotificationSummary) -> String {
    let NotificationSummary { channel, ordinal } = notification;
    format!("by {channel}{}", ordinal.map_or(String::new(), |ordinal| format!(", number {ordinal}")))
}

fn payment(payment: &PaymentSummary) -> String {
    match payment {
        PaymentSummary::Stated { amount_minor, vat_minor, currency, due_date } => {
            let due = text::date(*due_date);
            format!("{amount_minor} and {vat_minor} of VAT, in minor units of {currency}, due {due}")
        }
        PaymentSummary::Committed => "there is a commitment in its place".to_owned(),
    }
}
