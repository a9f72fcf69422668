//! Whether a certificate names a party.

use super::party::{Identifier, Party, attribute};
use crate::asn1::oid;
use crate::identity::{PersonKind, RegisterNumber, Scheme, register_numbers};
use crate::pki::Certificate;

/// The answer of a certificate to the question whether it names a party, from what says least to what says most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificateNames {
    /// The certificate has no number that could be compared, or the party's identifier is a commitment.
    Nobody,
    /// The certificate names somebody else.
    Another,
    /// The certificate names the party by its number, or is the one by which the party is identified.
    Party,
}

impl CertificateNames {
    /// The answer about some parties, of which the certificate may name any.
    pub(crate) fn any_of<'p>(parties: impl Iterator<Item = &'p Party>, certificate: &Certificate) -> Self {
        parties.map(|party| party.named_in(certificate)).max().unwrap_or(Self::Nobody)
    }
}

/// The semantics of a serialNumber that holds a national number of a person (ETSI EN 319 412-1 V1.5.1, clause 5.1.3).
const PERSONAL_NUMBER: &str = "PNO";

impl Party {
    /// Tells if the subject of a certificate is this party, by numbers alone: names have several spellings and bearers.
    ///
    /// A legal person is named by an organizationIdentifier (ETSI EN 319 412-1, clause 5.1.4), an organizationalUnitName with a
    /// Belgian enterprise number, or its number as serialNumber; a natural person by a national number as serialNumber. A number
    /// of somebody else, or of an organisation where the party is none, is [`Another`](CertificateNames::Another). A system that is
    /// identified by its certificate ([`Identifier::of_certificate`]) is named by that one alone.
    pub fn named_in(&self, certificate: &Certificate) -> CertificateNames {
        if self.identifier().is_committed() {
            return CertificateNames::Nobody;
        }
        // A system has this certificate or another one, whatever enterprise it is of.
        match self.identifier().is_of_certificate(certificate) {
            Some(true) => return CertificateNames::Party,
            Some(false) => return CertificateNames::Another,
            None => {}
        }
        // A mangled number is among them as that of somebody else.
        let organisations = register_numbers(certificate);
        let serials = certificate.subject_values(oid::SERIAL_NUMBER);
        let is_party = match self.register_number() {
            Some(number) => {
                let is_serial = |serial: &String| of_scheme(self.identifier(), serial).as_ref() == Some(&number);
                organisations.as_ref().is_some_and(|numbers| numbers.contains(&number)) || serials.iter().any(is_serial)
            }
            None => false,
        };
        let persons = serials.iter().filter_map(|serial| person(self.identifier(), serial));
        match (is_party, persons.max()) {
            (true, _) | (false, Some(SamePerson::Yes)) => CertificateNames::Party,
            (false, Some(SamePerson::No)) => CertificateNames::Another,
            (false, None) if organisations.is_none() => CertificateNames::Nobody,
            (false, None) => CertificateNames::Another,
        }
    }

    /// Returns the number of a legal person.
    pub(crate) fn register_number(&self) -> Option<RegisterNumber> {
        let identifier = self.identifier();
        of_scheme(identifier, identifier.value())
            .or_else(|| RegisterNumber::of_legal_person(identifier.value()))
            .or_else(|| RegisterNumber::of_legal_person(self.attribute(attribute::LEGAL_PERSON_IDENTIFIER)?))
    }
}

/// Reads a number of a legal person under the scheme of an identifier.
fn of_scheme(identifier: &Identifier, value: &str) -> Option<RegisterNumber> {
    let scheme = national(identifier, PersonKind::Legal)?;
    RegisterNumber::new(scheme.country(), &scheme.normalise(value).ok()?)
}

fn national(identifier: &Identifier, person: PersonKind) -> Option<&'static Scheme> {
    Scheme::of_uri(identifier.scheme_of_value()).filter(|scheme| scheme.person() == person)
}

/// Whether a number in a certificate is that of a natural person.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum SamePerson {
    No,
    Yes,
}

/// Compares a serialNumber with the identifier of a natural person; `None` where it is no number of the same scheme.
fn person(identifier: &Identifier, serial: &str) -> Option<SamePerson> {
    let scheme = national(identifier, PersonKind::Natural)?;
    let prefix = format!("{PERSONAL_NUMBER}{}-", scheme.country());
    let number = scheme.normalise(serial.strip_prefix(&prefix).unwrap_or(serial)).ok()?;
    Some(if number == identifier.value() { SamePerson::Yes } else { SamePerson::No })
}
