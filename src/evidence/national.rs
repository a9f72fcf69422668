//! Lists the extensions that national services add to evidence.

use super::be::RegisteredMail;
use super::extension::REGISTERED_MAIL;

/// An extension of a national service. Another country adds its module and a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NationalExtension {
    /// The item of the Belgian registered mail service.
    RegisteredMail(RegisteredMail),
}

impl NationalExtension {
    /// Returns the name of its member.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RegisteredMail(_) => REGISTERED_MAIL,
        }
    }

    /// Returns the item of the Belgian registered mail service, if the extension is one.
    pub fn as_registered_mail(&self) -> Option<&RegisteredMail> {
        match self {
            Self::RegisteredMail(mail) => Some(mail),
        }
    }
}

impl From<RegisteredMail> for NationalExtension {
    fn from(mail: RegisteredMail) -> Self {
        Self::RegisteredMail(mail)
    }
}
