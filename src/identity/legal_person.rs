//! Reads and compares identifiers of legal persons, in the forms of the eIDAS profile and of certificates.

/// The registers whose numbers name organisations as evidence does: of enterprises and of VAT. An
/// organizationIdentifier begins with three letters for the kind of number (ETSI EN 319 412-1 V1.5.1, clause 5.1.4).
const REGISTERS: [&str; 2] = ["NTR", "VAT"];

/// Prefixes of VAT numbers that are no codes of ISO 3166, with the code of the country (directive 2006/112/EC, article 215,
/// for Greece and Northern Ireland). Certificates and evidence may hold either for one number.
const PREFIXES_OF_VAT: [(&str, &str); 2] = [("EL", "GR"), ("XI", "GB")];

/// A LegalPersonIdentifier of the eIDAS profile: country of the number, country that asks, number (`BE/BE/0406798006`).
///
/// A checked number of a national scheme converts into it. `Debug` is redacted: an enterprise may be one person.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LegalPersonId(String);

impl LegalPersonId {
    /// Makes the identifier of a number for which both countries are that of its own register.
    pub(super) fn of_country(country: &str, number: &str) -> Self {
        Self(format!("{country}/{country}/{number}"))
    }

    /// Returns the identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LegalPersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LegalPersonId(***)")
    }
}

/// A number of an organisation in a country's register, without points, spaces, hyphens and leading zeros:
/// `BE0406798006` and `BE406.798.006` are the same number.
///
/// Every other visible character belongs to the number. A text with characters that no person sees or types (control
/// characters, digits of other scripts) is no number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RegisterNumber {
    country: String,
    number: String,
}

impl RegisterNumber {
    /// Reads a number of the register of a country.
    pub(crate) fn new(country: &str, number: &str) -> Option<Self> {
        let is_country = country.len() == 2 && country.bytes().all(|octet| octet.is_ascii_alphabetic());
        let number: String = number.chars().filter(|character| !matches!(character, ' ' | '.' | '-')).collect();
        let is_number = number.bytes().all(|octet| octet.is_ascii_graphic());
        let number = number.trim_start_matches('0').to_ascii_uppercase();
        let country = country.to_ascii_uppercase();
        let country = PREFIXES_OF_VAT
            .iter()
            .find(|(prefix, _)| *prefix == country)
            .map_or(country, |(_, code)| (*code).to_owned());
        (is_country && is_number && !number.is_empty()).then_some(Self { country, number })
    }

    /// Reads the organizationIdentifier of a certificate: `NTRBE-0406798006`, `VATBE-0406798006`.
    pub(crate) fn of_certificate(identifier: &str) -> Option<Self> {
        let (register, number) = identifier.split_once('-')?;
        let (register, country) = register.split_at_checked(3)?;
        REGISTERS.iter().any(|name| register.eq_ignore_ascii_case(name)).then(|| Self::new(country, number))?
    }

    /// Reads the LegalPersonIdentifier of the eIDAS profile: country of the number, country that asks, number. Some
    /// issuers state the identifier as their certificate holds it, which says the same.
    pub(crate) fn of_legal_person(identifier: &str) -> Option<Self> {
        Self::of_eidas(identifier).or_else(|| Self::of_certificate(identifier))
    }

    fn of_eidas(identifier: &str) -> Option<Self> {
        let mut parts = identifier.splitn(3, '/');
        let (country, _, number) = (parts.next()?, parts.next()?, parts.next()?);
        Self::new(country, number)
    }
}
