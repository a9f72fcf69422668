//! Reads the national numbers of natural persons.

use std::fmt;
use std::str::FromStr;

use crate::identity::national::{IdentifierError, MAX_INPUT, NationalIdentifier, number, sealed};

/// The number that identifies a natural person in Belgium (NISS, INSZ, SSIN): 11 digits, `YYMMDD`, serial of 3, check
/// of 2.
///
/// Numbers of the national register and BIS numbers are read (month + 20: sex unknown, month + 40: sex known), with or
/// without the dots, dashes and spaces of a card. The check digits decide the century: 97 minus the remainder by 97 of
/// the first nine digits, with a 2 put in front of them for births from 2000 on. Serials run from 001 to 998. The day may
/// be 00, and any other date must exist. A month of 00, 20 or 40 says that the date of birth is not known: the day is then
/// a counter, which goes on past 31 when the serials of a day have run out.
///
/// There is no `Display`, and `Debug` shows nothing: a number of a person reaches a text only through [`Niss::as_str`]
/// or [`Niss::to_formatted`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Niss(String);

const WHAT: &str = "NISS";
const FORM: IdentifierError =
    IdentifierError::Form("a NISS is 11 digits, with dots, dashes or spaces between them at most");

impl Niss {
    /// The scheme that names these identifiers in evidence.
    pub const SCHEME: &'static str = "urn:be:fgov:person:ssin";

    /// Reads a number and normalises it to 11 digits.
    ///
    /// # Errors
    /// [`IdentifierError`], which never repeats the input.
    pub fn new(input: &str) -> Result<Self, IdentifierError> {
        if input.len() > MAX_INPUT {
            return Err(FORM);
        }
        // Digits of most other lengths are of something else, in the ids of a trail for example, and need no copy.
        if input.bytes().filter(u8::is_ascii_digit).count() != 11 {
            return Err(FORM);
        }
        let mut digits = String::with_capacity(11);
        for c in input.trim_matches(' ').chars() {
            match c {
                '0'..='9' => digits.push(c),
                '.' | '-' | ' ' => {}
                _ => return Err(FORM),
            }
        }
        let (Some(base), Some(check), 11) = (digits.get(..9), digits.get(9..), digits.len()) else {
            return Err(FORM);
        };
        let century = century(number(base), number(check)).ok_or(IdentifierError::CheckDigits(WHAT))?;
        check_date(base, century)?;
        check_serial(base)?;
        Ok(Self(digits))
    }

    /// Returns the 11 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the number as cards print it: `YY.MM.DD-SSS.CC`.
    pub fn to_formatted(&self) -> String {
        let mut formatted = String::with_capacity(15);
        for (position, digit) in self.0.chars().enumerate() {
            match position {
                2 | 4 | 9 => formatted.push('.'),
                6 => formatted.push('-'),
                _ => {}
            }
            formatted.push(digit);
        }
        formatted
    }

    /// Tells if this is a BIS number, of a person who is not in the national register.
    pub fn is_bis(&self) -> bool {
        self.0.get(2..4).is_some_and(|month| number(month) >= 20)
    }
}

impl sealed::Sealed for Niss {}

impl NationalIdentifier for Niss {
    const SCHEME: &'static str = Self::SCHEME;

    fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns 1900 or 2000, whichever the check digits fit. No number fits both, since 2 000 000 000 is no multiple of 97.
fn century(base: u64, check: u64) -> Option<u64> {
    [(1900, base), (2000, 2_000_000_000 + base)]
        .into_iter()
        .find(|(_, n)| 97 - n % 97 == check)
        .map(|(century, _)| century)
}

fn check_date(base: &str, century: u64) -> Result<(), IdentifierError> {
    let part = |range| base.get(range).map(number).ok_or(FORM);
    let (year, month, day) = (century + part(0..2)?, part(2..4)?, part(4..6)?);
    let month = match month {
        0..=12 => month,
        20..=32 => month - 20,
        40..=52 => month - 40,
        _ => return Err(IdentifierError::Date(WHAT)),
    };
    if month == 0 {
        // The date of birth is not known, so the day is no day of a month.
        return Ok(());
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day <= days { Ok(()) } else { Err(IdentifierError::Date(WHAT)) }
}

/// Checks that the serial, the digits after the date, is one that is issued.
fn check_serial(base: &str) -> Result<(), IdentifierError> {
    match base.get(6..9).map(number) {
        Some(1..=998) => Ok(()),
        _ => Err(IdentifierError::Serial(WHAT)),
    }
}

impl FromStr for Niss {
    type Err = IdentifierError;

    fn from_str(input: &str) -> Result<Self, IdentifierError> {
        Self::new(input)
    }
}

impl fmt::Debug for Niss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Niss(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: [&str; 6] = ["85073003328", "17073003384", "42012205181", "85473003317", "85273003371", "17473003373"];

    fn with_check(base: &str, prefix: u64) -> String {
        format!("{base}{:02}", 97 - (prefix + number(base)) % 97)
    }

    #[test]
    fn reads_numbers_of_both_centuries_and_bis_numbers() {
        for valid in VALID {
            let niss = Niss::new(valid).unwrap();
            assert_eq!(niss.as_str(), valid);
            assert_eq!(niss.is_bis(), valid.as_bytes()[2] >= b'2');
            assert_eq!(niss.to_formatted().parse::<Niss>().unwrap(), niss);
        }
        assert_eq!(Niss::new("85.07.30-033.28").unwrap().as_str(), "85073003328");
        assert_eq!(Niss::new("850730-033 28").unwrap().to_formatted(), "85.07.30-033.28");
    }

    #[test]
    fn one_wrong_digit_is_always_found() {
        assert_eq!(Niss::new("85473003328"), Err(IdentifierError::CheckDigits(WHAT)));
        for valid in VALID {
            for position in 0..11 {
                for digit in b'0'..=b'9' {
                    let mut changed = valid.as_bytes().to_vec();
                    if std::mem::replace(&mut changed[position], digit) == digit {
                        continue;
                    }
                    assert!(Niss::new(std::str::from_utf8(&changed).unwrap()).is_err(), "{changed:?}");
                }
            }
        }
    }

    #[test]
    fn dates_must_exist_in_the_century_that_the_check_digits_say() {
        assert!(Niss::new(&with_check("000229001", 2_000_000_000)).is_ok());
        assert_eq!(Niss::new(&with_check("000229001", 0)), Err(IdentifierError::Date(WHAT)));
        assert!(Niss::new(&with_check("400000001", 0)).is_ok());
        for base in ["851330001", "850732001", "850431001", "856012001", "853330001"] {
            assert_eq!(Niss::new(&with_check(base, 0)), Err(IdentifierError::Date(WHAT)), "{base}");
        }
    }

    #[test]
    fn without_a_birth_date_the_day_counts_on_past_31() {
        for number in ["00003241778", "00003241710", "24203200171", "24403200146"] {
            assert_eq!(Niss::new(number).unwrap().as_str(), number);
        }
        for (month, prefix) in [("00", 0), ("20", 0), ("40", 0), ("00", 2_000_000_000), ("40", 2_000_000_000)] {
            for day in ["00", "01", "31", "32", "99"] {
                assert!(Niss::new(&with_check(&format!("07{month}{day}123"), prefix)).is_ok(), "{month} {day}");
            }
        }
        // A month that is known has no such day, and the check digits hold all the same.
        for base in ["000132417", "242132001", "244132001", "241932001"] {
            assert_eq!(Niss::new(&with_check(base, 0)), Err(IdentifierError::Date(WHAT)), "{base}");
        }
        assert_eq!(Niss::new("00003241779"), Err(IdentifierError::CheckDigits(WHAT)));
    }

    #[test]
    fn serials_run_from_001_to_998() {
        for date in ["850730", "854730", "000032", "204032"] {
            for serial in ["001", "002", "500", "997", "998"] {
                assert!(Niss::new(&with_check(&format!("{date}{serial}"), 0)).is_ok(), "{date} {serial}");
            }
            for serial in ["000", "999"] {
                let refused = Niss::new(&with_check(&format!("{date}{serial}"), 0));
                assert_eq!(refused, Err(IdentifierError::Serial(WHAT)), "{date} {serial}");
            }
        }
    }

    #[test]
    fn other_forms_are_refused_and_nothing_is_echoed() {
        for input in
            ["", "8507300332", "850730033281", "85O73003328", "８5073003328", "85073003328\n", &"0".repeat(10_000)]
        {
            assert_eq!(Niss::new(input), Err(FORM));
        }
        assert_eq!(format!("{:?}", Niss::new("85073003328").unwrap()), "Niss(***)");
    }
}
