//! The extension Payment, read and written, and the JSON that a commitment to a payment is over.

use chrono::{Datelike, NaiveDate};

use super::values::text;
use super::writer::Writer;
use crate::evidence::commitment::{Commitment, Salt};
use crate::evidence::details::{Currency, Payment, StatedPayment};
use crate::evidence::error::DecodeStatementErrorKind as Kind;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::json::{Members, Reader, Result};

/// What stands in the place of a path in the message of the commitment: there is one payment in a statement.
const PATH: &str = "/Payment";

impl Payment {
    /// Commits to the payment of the statement with this evidence identifier.
    pub(in crate::evidence) fn commitment(&self, salt: &Salt, evidence_identifier: EvidenceIdentifier) -> Commitment {
        Commitment::new(salt, evidence_identifier, PATH, "", &self.to_json())
    }

    /// Returns the JSON of the payment, which a commitment to it is over.
    pub fn to_json(&self) -> String {
        let mut w = Writer::with_capacity(0);
        w.payment(self);
        // What was written of texts is UTF-8.
        String::from_utf8(w.0).unwrap_or_default()
    }

    /// Tells if a statement states this payment: in clear, or by a commitment with this salt.
    pub fn is_stated_by(&self, stated: &StatedPayment, salt: Option<&Salt>, statement: EvidenceIdentifier) -> bool {
        match stated {
            StatedPayment::Clear(payment) => payment == self,
            StatedPayment::Committed(commitment) => {
                salt.is_some_and(|salt| commitment.opens_to(salt, statement, PATH, "", &self.to_json()))
            }
        }
    }
}

/// Reads the value of the extension.
pub(super) fn stated_payment(r: &mut Reader<'_>) -> Result<StatedPayment> {
    let names =
        &["Commitment", "PaymentId", "AmountMinor", "VatMinor", "Currency", "DueDate", "Iban", "Bic", "Reference"];
    r.object(names, |m| match m.optional("Commitment", commitment)? {
        Some(commitment) => Ok(StatedPayment::Committed(commitment)),
        None => payment(m).map(StatedPayment::Clear),
    })
}

/// Reads a commitment to a value that its issuer knew.
pub(super) fn commitment(r: &mut Reader<'_>) -> Result<Commitment> {
    let commitment = Commitment::from_base64(&r.string()?);
    commitment.filter(|commitment| !commitment.is_not_disclosed()).ok_or_else(|| r.error(Kind::Base64))
}

fn payment(m: &mut Members<'_, '_>) -> Result<Payment> {
    let payment_id = m.required("PaymentId", text)?;
    let (amount, vat) = (m.required("AmountMinor", Reader::natural)?, m.required("VatMinor", Reader::natural)?);
    let currency = m.required("Currency", |r| r.string()?.parse::<Currency>().map_err(|error| r.error(error)))?;
    let due_date = m.required("DueDate", |r| {
        let written = r.string()?;
        day(&written).ok_or_else(|| r.error(Kind::Time))
    })?;
    let mut payment = Payment::new(&payment_id, amount, vat, currency, due_date).map_err(|error| m.error(error))?;
    if let Some(iban) = m.optional("Iban", text)? {
        payment = payment.with_iban(&iban).map_err(|error| m.error_at("Iban", error))?;
    }
    if let Some(bic) = m.optional("Bic", text)? {
        payment = payment.with_bic(&bic).map_err(|error| m.error_at("Bic", error))?;
    }
    if let Some(reference) = m.optional("Reference", text)? {
        payment = payment.with_reference(&reference).map_err(|error| m.error_at("Reference", error))?;
    }
    Ok(payment)
}

/// Reads a day in the one form in which it is written, `YYYY-MM-DD`.
fn day(written: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(written, "%Y-%m-%d").ok()?;
    (to_text(day) == written).then_some(day)
}

fn to_text(day: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

impl Writer {
    /// Writes the value of the extension.
    pub(super) fn stated_payment(&mut self, stated: &StatedPayment) -> &mut Self {
        match stated {
            StatedPayment::Clear(payment) => self.payment(payment),
            StatedPayment::Committed(commitment) => {
                self.raw("{\"Commitment\":").plain(&commitment.to_string()).raw("}")
            }
        }
    }

    fn payment(&mut self, payment: &Payment) -> &mut Self {
        self.raw("{\"PaymentId\":").string(payment.payment_id());
        self.raw(",\"AmountMinor\":").raw(&payment.amount_minor().to_string());
        self.raw(",\"VatMinor\":").raw(&payment.vat_minor().to_string());
        self.raw(",\"Currency\":").plain(payment.currency().code());
        self.raw(",\"DueDate\":").plain(&to_text(payment.due_date()));
        if let Some(iban) = payment.iban() {
            self.raw(",\"Iban\":").plain(iban);
        }
        if let Some(bic) = payment.bic() {
            self.raw(",\"Bic\":").plain(bic);
        }
        if let Some(reference) = payment.reference() {
            self.raw(",\"Reference\":").string(reference);
        }
        self.raw("}")
    }
}
