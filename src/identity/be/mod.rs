//! Defines the Belgian numbers of natural persons and of enterprises.

mod enterprise_number;
mod niss;

pub use enterprise_number::EnterpriseNumber;
pub use niss::Niss;
