//! Holds the extensions that the Belgian national service adds to evidence.

mod registered_mail;

pub use registered_mail::{Language, Metadata, RegisteredMail, Ticket};
