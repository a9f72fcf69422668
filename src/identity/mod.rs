//! Parses, checks and normalises national identifiers, and redacts them in Debug.
//!
//! A country is a module with its types and one row for each of them in the table of [`Scheme`]s. Nothing else in this
//! crate matches on a scheme.

mod be;
mod legal_person;
mod national;
mod scheme;
mod subject;

pub use be::{EnterpriseNumber, Niss};
pub use legal_person::LegalPersonId;
pub(crate) use legal_person::RegisterNumber;
pub use national::{IdentifierError, NationalIdentifier, PersonKind};
pub use scheme::Scheme;
pub(crate) use subject::register_numbers;
