//! The sender and the recipient of an item.

use std::fmt;

use recommande::evidence::Identifier;
use recommande::identity::{EnterpriseNumber, Niss};
use roxmltree::Node;

use crate::error::ReadError;
use crate::xml::{Children, bounded, declared_type, value};

/// The recipient of an item. Debug shows its kind only.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recipient {
    /// A citizen, by the national number (`INSS`).
    Citizen {
        /// The number.
        inss: Niss,
        /// The quality, which the specification sets to `CITIZEN`; 1 to 125 characters.
        quality_code: String,
    },
    /// An enterprise, by its number in the Crossroads Bank for Enterprises.
    Enterprise {
        /// The number.
        company_id: EnterpriseNumber,
        /// The quality under which social security knows it, such as `QUAL_EMP_NOSS`; 1 to 125 characters.
        quality_code: String,
    },
}

/// The sender of an item, by the certificate of its application. Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sender {
    pub(crate) company_id: EnterpriseNumber,
    pub(crate) application_id: String,
}

impl Recipient {
    pub(crate) fn read(node: Node<'_, '_>) -> Result<Self, ReadError> {
        const ELEMENT: &str = "Recipient";
        let declared = declared_type(node, ELEMENT)?.ok_or(ReadError::Type { element: ELEMENT })?;
        match declared {
            "Citizen" => {
                let mut children = Children::of(node, ELEMENT, declared)?;
                let inss = read_inss(children.required("INSS")?)?;
                let quality_code = read_quality_code(&mut children)?;
                children.end()?;
                Ok(Self::Citizen { inss, quality_code })
            }
            "Enterprise" => {
                let mut children = Children::of(node, ELEMENT, declared)?;
                let company_id = read_company_id(children.required("CompanyID")?)?;
                let quality_code = read_quality_code(&mut children)?;
                children.end()?;
                Ok(Self::Enterprise { company_id, quality_code })
            }
            _ => Err(ReadError::Type { element: ELEMENT }),
        }
    }

    /// Returns the type of the schema.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Citizen { .. } => "Citizen",
            Self::Enterprise { .. } => "Enterprise",
        }
    }

    /// Returns the identifier as evidence has it.
    pub fn identifier(&self) -> Identifier {
        match self {
            Self::Citizen { inss, .. } => inss.clone().into(),
            Self::Enterprise { company_id, .. } => company_id.clone().into(),
        }
    }

    /// Returns the quality code.
    pub fn quality_code(&self) -> &str {
        match self {
            Self::Citizen { quality_code, .. } | Self::Enterprise { quality_code, .. } => quality_code,
        }
    }
}

impl Sender {
    pub(crate) fn read(node: Node<'_, '_>) -> Result<Self, ReadError> {
        let mut children = Children::of(node, "Sender", "Sender")?;
        let company_id = read_company_id(children.required("CompanyID")?)?;
        let application_id = children.required("ApplicationID")?;
        let application_id = bounded(application_id, "ApplicationID", 0..=150, "of at most 150 characters")?;
        children.end()?;
        Ok(Self { company_id, application_id })
    }

    /// Returns the number of the enterprise.
    pub fn company_id(&self) -> &EnterpriseNumber {
        &self.company_id
    }

    /// Returns the commonName of the certificate of its application, of at most 150 characters.
    pub fn application_id(&self) -> &str {
        &self.application_id
    }

    /// Returns the identifier as evidence has it.
    pub fn identifier(&self) -> Identifier {
        self.company_id.clone().into()
    }
}

/// The schema wants 11 characters. They are those of a national number, whose check digits are verified.
fn read_inss(node: Node<'_, '_>) -> Result<Niss, ReadError> {
    let text = value(node, "INSS")?;
    let number = Some(text).filter(|text| text.len() == 11 && is_digits(text)).and_then(|text| Niss::new(text).ok());
    number.ok_or(ReadError::Value { element: "INSS", rule: "a national number of 11 digits" })
}

/// The schema wants 9 or 10 digits. The check digits are verified.
fn read_company_id(node: Node<'_, '_>) -> Result<EnterpriseNumber, ReadError> {
    let text = value(node, "CompanyID")?;
    let digits = Some(text).filter(|text| (9..=10).contains(&text.len()) && is_digits(text));
    let number = digits.and_then(|text| EnterpriseNumber::new(text).ok());
    number.ok_or(ReadError::Value { element: "CompanyID", rule: "an enterprise number of 9 or 10 digits" })
}

fn read_quality_code(children: &mut Children<'_, '_>) -> Result<String, ReadError> {
    bounded(children.required("QualityCode")?, "QualityCode", 1..=125, "of 1 to 125 characters")
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_digit())
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Citizen { .. } => "Citizen(***)",
            Self::Enterprise { .. } => "Enterprise(***)",
        })
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender(***)")
    }
}
