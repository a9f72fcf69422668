use std::fmt;
use std::str::FromStr;

use crate::identity::legal_person::LegalPersonId;
use crate::identity::national::{IdentifierError, MAX_INPUT, NationalIdentifier, number, sealed};

/// The number of an enterprise in the Belgian Crossroads Bank for Enterprises (KBO, BCE): 10 digits, the first 0 or 1,
/// the last two a check.
///
/// Nine digits are padded with a leading 0, and dots, dashes and spaces are tolerated. So are the prefixes under which
/// certificates and invoices hold the number, in any case: `BE`, `NTRBE-` and `VATBE-` of an organizationIdentifier (ETSI EN
/// 319 412-1 V1.5.1, clause 5.1.4), and the URI of the [scheme](Self::SCHEME) with a colon. The check digits are 97 minus
/// the remainder by 97 of the first eight digits. `Debug` is redacted: an enterprise may be one person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnterpriseNumber(String);

/// The prefixes of the number outside of certificates.
const PREFIXES: [&str; 2] = ["urn:be:fgov:kbo-bce:organization:cbe-number:", "BE"];

const WHAT: &str = "enterprise number";
const FORM: IdentifierError = IdentifierError::Form("an enterprise number is 10 digits and begins with 0 or 1");

impl EnterpriseNumber {
    /// The scheme that names these identifiers in evidence.
    pub const SCHEME: &'static str = "urn:be:fgov:kbo-bce:organization:cbe-number";
    /// The country whose register this is.
    pub(in crate::identity) const COUNTRY: &'static str = "BE";
    /// The prefixes of the number in certificates: a semantics identifier, the country and a hyphen.
    pub(in crate::identity) const CERTIFICATE_PREFIXES: &'static [&'static str] = &["NTRBE-", "VATBE-"];

    /// Reads a number and normalises it to 10 digits.
    ///
    /// # Errors
    /// [`IdentifierError`], which never repeats the input.
    pub fn new(input: &str) -> Result<Self, IdentifierError> {
        if input.len() > MAX_INPUT {
            return Err(FORM);
        }
        let mut digits = String::with_capacity(11);
        for c in without_prefix(input.trim_matches(' ')).chars() {
            match c {
                '0'..='9' => digits.push(c),
                '.' | '-' | ' ' => {}
                _ => return Err(FORM),
            }
        }
        if digits.len() == 9 {
            digits.insert(0, '0');
        }
        let (Some(base), Some(check), 10) = (digits.get(..8), digits.get(8..), digits.len()) else {
            return Err(FORM);
        };
        if !digits.starts_with(['0', '1']) {
            return Err(FORM);
        }
        if 97 - number(base) % 97 != number(check) {
            return Err(IdentifierError::CheckDigits(WHAT));
        }
        Ok(Self(digits))
    }

    /// Returns the 10 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the number as it is printed: `0406.798.006`.
    pub fn to_formatted(&self) -> String {
        let mut formatted = String::with_capacity(12);
        for (position, digit) in self.0.chars().enumerate() {
            if matches!(position, 4 | 7) {
                formatted.push('.');
            }
            formatted.push(digit);
        }
        formatted
    }
}

/// Removes the prefix that a certificate or an invoice puts before the number. One prefix is removed and no second one.
fn without_prefix(input: &str) -> &str {
    let rest = |prefix: &&str| {
        let (start, rest) = input.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(rest)
    };
    EnterpriseNumber::CERTIFICATE_PREFIXES.iter().chain(&PREFIXES).find_map(rest).unwrap_or(input)
}

impl sealed::Sealed for EnterpriseNumber {}

impl NationalIdentifier for EnterpriseNumber {
    const SCHEME: &'static str = Self::SCHEME;

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<EnterpriseNumber> for LegalPersonId {
    fn from(number: EnterpriseNumber) -> Self {
        Self::from(&number)
    }
}

impl From<&EnterpriseNumber> for LegalPersonId {
    fn from(number: &EnterpriseNumber) -> Self {
        Self::of_country(EnterpriseNumber::COUNTRY, number.as_str())
    }
}

impl FromStr for EnterpriseNumber {
    type Err = IdentifierError;

    fn from_str(input: &str) -> Result<Self, IdentifierError> {
        Self::new(input)
    }
}

impl fmt::Debug for EnterpriseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnterpriseNumber(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: [&str; 4] = ["0406798006", "0566988259", "0200065765", "0244640631"];

    #[test]
    fn reads_what_people_write() {
        for valid in VALID {
            let enterprise = EnterpriseNumber::new(valid).unwrap();
            assert_eq!(enterprise.as_str(), valid);
            assert_eq!(enterprise.to_formatted().parse::<EnterpriseNumber>().unwrap(), enterprise);
        }
        for form in [
            "406798006",
            "BE0406798006",
            "BE 0406.798.006",
            "be 0406.798.006",
            "Be406798006",
            "0406-798-006",
            "NTRBE-0406798006",
            "VATBE-0406798006",
            "ntrbe-0406.798.006",
            "NTRbe-406798006",
            "urn:be:fgov:kbo-bce:organization:cbe-number:0406798006",
        ] {
            assert_eq!(EnterpriseNumber::new(form).unwrap().as_str(), "0406798006", "{form}");
        }
    }

    #[test]
    fn one_wrong_digit_is_always_found() {
        for valid in VALID {
            for position in 0..10 {
                for digit in b'0'..=b'9' {
                    let mut changed = valid.as_bytes().to_vec();
                    if std::mem::replace(&mut changed[position], digit) != digit {
                        assert!(EnterpriseNumber::new(std::str::from_utf8(&changed).unwrap()).is_err());
                    }
                }
            }
        }
    }

    #[test]
    fn other_forms_are_refused_and_nothing_is_echoed() {
        for input in [
            "",
            "40679800",
            "00406798006",
            "2406798006",
            "FR0406798006",
            "O406798006",
            "NTRFR-0406798006",
            "NTR-0406798006",
            "NTRBE0406798006",
            "LEIBE-0406798006",
            "BEBE0406798006",
            "NTRBE-BE0406798006",
            "urn:be:fgov:kbo-bce:organization:cbe-number0406798006",
            "urn:be:fgov:person:ssin:0406798006",
            "\u{412}\u{415}0406798006",
            &"0".repeat(10_000),
        ] {
            assert_eq!(EnterpriseNumber::new(input), Err(FORM), "{input}");
        }
        assert_eq!(format!("{:?}", EnterpriseNumber::new("0406798006").unwrap()), "EnterpriseNumber(***)");
    }
}
