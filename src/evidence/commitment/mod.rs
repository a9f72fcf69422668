//! Commitments, by which a statement binds a value that can be erased later.
//!
//! A commitment stands in the place of a value and says nothing about it. Its salt and the value lie in a disclosure
//! beside the proof. Whoever has both sees that the statement is about this value; once they are deleted, nobody can
//! say which value it was.

mod commit;
mod disclosure;
mod field;
mod national;
mod path;
mod place;
mod prefixed;
mod reveal;
mod salt;
pub(super) mod scheme;
#[cfg(test)]
mod tests;
mod value;

pub use commit::{Committed, Salts};
pub use disclosure::{DisclosedField, Disclosure, DisclosureError};
pub use field::{Field, PartyField, Role};
pub(super) use national::Committable;
pub use national::NationalField;
pub(super) use path::ExtensionIndices;
pub use reveal::RevealError;
pub use salt::{Salt, SaltError, SaltSeed};
pub use value::Commitment;
