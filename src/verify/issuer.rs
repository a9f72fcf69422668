//! Whether the organisation that a statement names as its issuer is the one that the seal's certificate names.

use crate::asn1::oid;
use crate::evidence::Issuer;
use crate::finding::{Code, Details, Ledger, Subject};
use crate::pki::Certificate;

/// ETSI EN 319 412-1 V1.5.1, clause 5.1.4: of organizationIdentifier, three letters for the kind of number, two for the
/// country, a hyphen, the number. Only registers of enterprises and of VAT number them as a statement does.
const KINDS: [&str; 2] = ["NTR", "VAT"];

/// Compares both. Whoever holds a certificate under an anchor can state what he wants; that the certificate names
/// another organisation is told, whatever the anchors vouch for.
///
/// An identifier decides where there is one of a kind that can be compared, else the name: ETSI EN 319 412-3 clause
/// 4.2.1 wants the full registered name there. It warns only, for a name has several languages and spellings.
pub(super) fn check_issuer(issuer: &Issuer, certificate: &Certificate, ledger: &mut Ledger<'_>) {
    let identifiers = certificate.subject_values(oid::ORGANIZATION_IDENTIFIER);
    let names = certificate.subject_values(oid::ORGANIZATION_NAME);
    let numbers: Vec<Number> = identifiers.iter().filter_map(|one| Number::of_certificate(one)).collect();
    let stated = Number::of_person(issuer.legal_person_identifier());
    let same = match (stated, numbers.as_slice(), names.as_slice()) {
        (Some(stated), [_, ..], _) => Some(numbers.contains(&stated)),
        (_, _, []) => None,
        (_, _, names) => {
            let stated = folded(issuer.legal_name());
            Some(names.iter().any(|name| folded(name) == stated))
        }
    };
    let code = match same {
        Some(true) => Code::IssuerInCertificate,
        Some(false) => Code::IssuerNotInCertificate,
        None => Code::IssuerNotIdentified,
    };
    ledger.note_with(Subject::Statement, code, || {
        let stated = format!("{}, {}", issuer.legal_name(), issuer.legal_person_identifier());
        let computed: Vec<_> = names.iter().chain(&identifiers).map(String::as_str).collect();
        match computed.is_empty() {
            true => Details::stated(stated),
            false => Details::both(stated, computed.join(", ")),
        }
    });
}

/// A number of an organisation in a country's register, without points, spaces and leading zeros: `BE0406798006` and
/// `BE406.798.006` are one.
#[derive(PartialEq, Eq)]
struct Number {
    country: String,
    number: String,
}

impl Number {
    fn new(country: &str, number: &str) -> Option<Self> {
        let number: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        let number = number.trim_start_matches('0').to_ascii_uppercase();
        (country.len() == 2 && !number.is_empty()).then(|| Self { country: country.to_ascii_uppercase(), number })
    }

    /// `NTRBE-0406798006`, `VATBE-0406798006`.
    fn of_certificate(identifier: &str) -> Option<Self> {
        let (kind, number) = identifier.split_once('-')?;
        let (kind, country) = kind.split_at_checked(3)?;
        KINDS.contains(&kind).then(|| Self::new(country, number))?
    }

    /// LegalPersonIdentifier of the eIDAS profile: country of the number, country that asks, number.
    fn of_person(identifier: &str) -> Option<Self> {
        let mut parts = identifier.splitn(3, '/');
        let (country, _, number) = (parts.next()?, parts.next()?, parts.next()?);
        Self::new(country, number)
    }
}

fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
