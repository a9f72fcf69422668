//! What the recipient of a letter is asked to pay.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::evidence::commitment::Commitment;
use crate::evidence::error::EvidenceError;
use crate::evidence::limits::{MAX_IDENTIFIER, MAX_PAYMENT_REFERENCE};
use crate::evidence::text;

/// A currency with its code and the number of decimals of its minor unit (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    decimals: u32,
}

/// The codes of currencies by the number of decimals of their minor units.
const CODES: [(u32, &str); 4] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP \
         CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES \
         KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
         NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB \
         TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

impl Currency {
    /// Returns the code, such as `EUR`.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// Returns the number of decimals of the minor unit.
    pub fn decimals(self) -> u32 {
        self.decimals
    }

    /// Reads an amount such as `12.30` into minor units.
    ///
    /// # Errors
    /// [`EvidenceError::Amount`] for what is no plain number, has more decimals than the currency, or is too great.
    pub fn minor_units(self, amount: &str) -> Result<u64, EvidenceError> {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
        let missing = self.decimals.checked_sub(u32::try_from(fraction.len()).map_err(|_| EvidenceError::Amount)?);
        let missing = missing.ok_or(EvidenceError::Amount)?;
        if whole.is_empty() || !digits(whole) || !digits(fraction) || amount.ends_with('.') {
            return Err(EvidenceError::Amount);
        }
        let written: u64 = format!("{whole}{fraction}").parse().map_err(|_| EvidenceError::Amount)?;
        let minor = written.checked_mul(10_u64.pow(missing)).ok_or(EvidenceError::Amount)?;
        check_amount(minor)
    }
}

impl FromStr for Currency {
    type Err = EvidenceError;

    fn from_str(code: &str) -> Result<Self, EvidenceError> {
        let of_code = |(decimals, codes): (u32, &'static str)| {
            codes.split_ascii_whitespace().find(|present| *present == code).map(|code| Self { code, decimals })
        };
        CODES.into_iter().find_map(of_code).ok_or(EvidenceError::Currency)
    }
}

/// The greatest amount in minor units: that which every JSON implementation reads exactly (RFC 7493 §2.2).
const MAX_AMOUNT: u64 = (1 << 53) - 1;

fn check_amount(minor: u64) -> Result<u64, EvidenceError> {
    if minor <= MAX_AMOUNT { Ok(minor) } else { Err(EvidenceError::Amount) }
}

/// What the recipient of a letter is asked to pay (extension Payment of a sending). Debug shows the currency only.
#[derive(Clone, PartialEq, Eq)]
pub struct Payment {
    payment_id: String,
    amount_minor: u64,
    vat_minor: u64,
    currency: Currency,
    due_date: NaiveDate,
    iban: Option<String>,
    bic: Option<String>,
    reference: Option<String>,
}

impl Payment {
    /// Asks for an amount without VAT, and for the VAT, both in minor units of the currency, until a day. `payment_id` has
    /// 1 to 255 characters.
    ///
    /// # Errors
    /// [`EvidenceError::Amount`], [`EvidenceError::TimeOutOfRange`], or the error of the text.
    pub fn new(
        payment_id: &str,
        amount_minor: u64,
        vat_minor: u64,
        currency: Currency,
        due_date: NaiveDate,
    ) -> Result<Self, EvidenceError> {
        Ok(Self {
            payment_id: text::text("payment's identifier", payment_id, MAX_IDENTIFIER)?,
            amount_minor: check_amount(amount_minor)?,
            vat_minor: check_amount(vat_minor)?,
            currency,
            due_date: check_day(due_date)?,
            iban: None,
            bic: None,
            reference: None,
        })
    }

    /// States the account (ISO 13616), without spaces.
    ///
    /// # Errors
    /// [`EvidenceError::Iban`] for another form or check digits that do not fit.
    pub fn with_iban(mut self, iban: &str) -> Result<Self, EvidenceError> {
        let (country, rest) = iban.split_at_checked(2).ok_or(EvidenceError::Iban)?;
        let (check, number) = rest.split_at_checked(2).ok_or(EvidenceError::Iban)?;
        let of_form = (15..=34).contains(&iban.len())
            && country.bytes().all(|octet| octet.is_ascii_uppercase())
            && check.bytes().all(|octet| octet.is_ascii_digit())
            && number.bytes().all(is_upper_or_digit);
        if !of_form || !are_check_digits(check) || remainder_of_97(number, country, check) != 1 {
            return Err(EvidenceError::Iban);
        }
        self.iban = Some(iban.to_owned());
        Ok(self)
    }

    /// States the bank (ISO 9362): 8 or 11 characters.
    ///
    /// # Errors
    /// [`EvidenceError::Bic`].
    pub fn with_bic(mut self, bic: &str) -> Result<Self, EvidenceError> {
        let letters = bic.get(..6).is_some_and(|letters| letters.bytes().all(|octet| octet.is_ascii_uppercase()));
        if !letters || !matches!(bic.len(), 8 | 11) || !bic.bytes().all(is_upper_or_digit) {
            return Err(EvidenceError::Bic);
        }
        self.bic = Some(bic.to_owned());
        Ok(self)
    }

    /// States a reference of 1 to 140 characters. One of the form of a Belgian structured communication
    /// (`+++ddd/dddd/ddddd+++`) or of a creditor reference (ISO 11649, `RF` and two digits first) is checked.
    ///
    /// # Errors
    /// [`EvidenceError::PaymentReference`] for check digits that do not fit, or the error of the text.
    pub fn with_reference(mut self, reference: &str) -> Result<Self, EvidenceError> {
        let reference = text::text("payment's reference", reference, MAX_PAYMENT_REFERENCE)?;
        if !is_reference(&reference) {
            return Err(EvidenceError::PaymentReference);
        }
        self.reference = Some(reference);
        Ok(self)
    }

    /// Returns the identifier of the payment.
    pub fn payment_id(&self) -> &str {
        &self.payment_id
    }

    /// Returns the amount without VAT, in minor units of the currency.
    pub fn amount_minor(&self) -> u64 {
        self.amount_minor
    }

    /// Returns the VAT, in minor units of the currency.
    pub fn vat_minor(&self) -> u64 {
        self.vat_minor
    }

    /// Returns the currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Returns the last day on which the payment is in time.
    pub fn due_date(&self) -> NaiveDate {
        self.due_date
    }

    /// Returns the account.
    pub fn iban(&self) -> Option<&str> {
        self.iban.as_deref()
    }

    /// Returns the bank.
    pub fn bic(&self) -> Option<&str> {
        self.bic.as_deref()
    }

    /// Returns the reference.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }
}

impl fmt::Debug for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payment").field("currency", &self.currency.code).finish_non_exhaustive()
    }
}

/// The payment as a statement holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatedPayment {
    /// The data of the payment.
    Clear(Payment),
    /// A commitment to its JSON, which somebody keeps with the salt: [`Payment::is_stated_by`] compares them. Deleting both
    /// erases the payment.
    Committed(Commitment),
}

/// Checks that the year of a day is one that the profile writes.
fn check_day(day: NaiveDate) -> Result<NaiveDate, EvidenceError> {
    use chrono::Datelike;
    if (0..=9999).contains(&day.year()) { Ok(day) } else { Err(EvidenceError::TimeOutOfRange("due date")) }
}

fn is_upper_or_digit(octet: u8) -> bool {
    octet.is_ascii_uppercase() || octet.is_ascii_digit()
}

/// Tells if two digits are such as the calculation gives, 98 less a remainder of 97: 00, 01 and 99 are congruent to others
/// (ISO 7064).
fn are_check_digits(check: &str) -> bool {
    !matches!(check, "00" | "01" | "99")
}

/// Returns the remainder of the division by 97 of texts one after the other, in which A is 10 and Z is 35 (ISO 7064).
fn remainder_of_97(first: &str, second: &str, third: &str) -> u32 {
    let digits = [first, second, third].into_iter().flat_map(str::chars).filter_map(|character| character.to_digit(36));
    digits.fold(0, |remainder, digit| (remainder * if digit < 10 { 10 } else { 100 } + digit) % 97)
}

/// Checks the digits of a reference that has the form of one with check digits. Any other text is one that the creditor
/// chose.
fn is_reference(reference: &str) -> bool {
    if let Some(rest) = reference.strip_prefix("+++") {
        return is_structured_communication(rest);
    }
    let creditor = reference.strip_prefix("RF").and_then(|rest| rest.split_at_checked(2));
    match creditor {
        Some((check, number)) if check.bytes().all(|octet| octet.is_ascii_digit()) => {
            let fits = (1..=21).contains(&number.len()) && number.bytes().all(is_upper_or_digit);
            fits && are_check_digits(check) && remainder_of_97(number, "RF", check) == 1
        }
        Some(_) | None => true,
    }
}

/// `ddd/dddd/ddddd+++`: the last two digits are the remainder of the division by 97 of the first ten, and 97 for 0.
fn is_structured_communication(rest: &str) -> bool {
    let Some(groups) = rest.strip_suffix("+++") else { return false };
    let lengths: Vec<usize> = groups.split('/').map(str::len).collect();
    let digits: String = groups.chars().filter(|character| *character != '/').collect();
    let (Some(number), Some(check)) = (digits.get(..10), digits.get(10..)) else { return false };
    let of_form = lengths == [3, 4, 5] && digits.bytes().all(|octet| octet.is_ascii_digit());
    let (Ok(number), Ok(check)) = (number.parse::<u64>(), check.parse::<u64>()) else { return false };
    of_form && check == if number % 97 == 0 { 97 } else { number % 97 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let minor = |code: &str, amount| code.parse::<Currency>().and_then(|currency| currency.minor_units(amount));
        for (code, amount, expected) in [
            ("EUR", "12.30", Ok(1230)),
            ("EUR", "12.3", Ok(1230)),
            ("EUR", "12", Ok(1200)),
            ("EUR", "0.01", Ok(1)),
            ("JPY", "12", Ok(12)),
            ("KWD", "1.234", Ok(1234)),
            ("CLF", "1.2345", Ok(12345)),
            ("XCG", "1.23", Ok(123)),
            ("ZWG", "1.23", Ok(123)),
            ("EUR", "12.345", Err(EvidenceError::Amount)),
            ("JPY", "12.0", Err(EvidenceError::Amount)),
            ("EUR", "12.", Err(EvidenceError::Amount)),
            ("EUR", ".5", Err(EvidenceError::Amount)),
            ("EUR", "-1", Err(EvidenceError::Amount)),
            ("EUR", "1e3", Err(EvidenceError::Amount)),
            ("EUR", "", Err(EvidenceError::Amount)),
            ("EUR", "90071992547409.91", Ok(MAX_AMOUNT)),
            ("EUR", "90071992547409.92", Err(EvidenceError::Amount)),
            ("EUR", "99999999999999999999", Err(EvidenceError::Amount)),
            ("eur", "1", Err(EvidenceError::Currency)),
            ("EURO", "1", Err(EvidenceError::Currency)),
            ("", "1", Err(EvidenceError::Currency)),
        ] {
            assert_eq!(minor(code, amount), expected, "{amount} {code}");
        }
    }

    #[test]
    fn accounts_banks_and_references_have_check_digits() {
        let currency = "EUR".parse().unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let payment = || Payment::new("p-1", 1230, 0, currency, day).unwrap();
        assert!(payment().with_iban("BE68539007547034").is_ok());
        for iban in ["BE68539007547035", "BE68 5390 0754 7034", "be68539007547034", "BE6853900754703", "B\u{e9}68", ""]
        {
            assert_eq!(payment().with_iban(iban), Err(EvidenceError::Iban), "{iban}");
        }
        // Congruent to what the calculation gives.
        for iban in ["BE00539007540013", "BE01539007540092", "BE99539007540074"] {
            assert_eq!(payment().with_iban(iban), Err(EvidenceError::Iban), "{iban}");
        }
        assert!(payment().with_bic("GKCCBEBB").is_ok() && payment().with_bic("GKCCBEBBXXX").is_ok());
        for bic in ["GKCCBEB", "GKCCBEBB1", "gkccbebb", "1KCCBEBB", "GKCCB\u{e9}BB"] {
            assert_eq!(payment().with_bic(bic), Err(EvidenceError::Bic), "{bic}");
        }
        for reference in
            ["+++090/9337/55493+++", "+++000/0000/09797+++", "RF18539007547034", "invoice 12", "RFX", "RFC 3161"]
        {
            assert!(payment().with_reference(reference).is_ok(), "{reference}");
        }
        for reference in
            ["+++090/9337/55494+++", "+++09/09337/55493+++", "+++090/9337/5549\u{e9}+++", "+++", "RF19539007547034"]
        {
            assert_eq!(payment().with_reference(reference), Err(EvidenceError::PaymentReference), "{reference}");
        }
        let shown = format!("{:?}", payment().with_iban("BE68539007547034").unwrap());
        assert!(!shown.contains("BE68") && !shown.contains("p-1"), "{shown}");
    }
}
