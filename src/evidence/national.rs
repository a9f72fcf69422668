//! The table of the extensions that national services add to evidence. Each extension is one row.

use super::be::RegisteredMail;
use super::codec::json::be::{read_registered_mail, write_registered_mail};
use super::codec::json::writer::Writer;
use super::commitment::{Committable, NationalField};
use super::error::{DecodeStatementErrorKind as Kind, EvidenceError};
use super::json::{Reader, Result as ReadResult};

macro_rules! national_extensions {
    ($($type:ident $what:literal, $as_type:ident, $read:ident, $write:ident;)*) => {
        /// An extension of a national service.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum NationalExtension {
            $(#[doc = concat!("This is ", $what, ".")]
            $type($type),)*
        }

        impl NationalExtension {
            /// The names of all national extensions.
            pub(super) const NAMES: &'static [&'static str] = &[$($type::NAME,)*];

            /// Returns the name of its member.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$type(_) => $type::NAME,)* }
            }

            $(#[doc = concat!("Returns ", $what, ", if the extension is one.")]
            // With a single row, there is nothing else that it could be.
            #[allow(irrefutable_let_patterns)]
            pub fn $as_type(&self) -> Option<&$type> {
                if let Self::$type(data) = self { Some(data) } else { None }
            })*

            /// Reads the value of the extension of this name.
            pub(super) fn read(r: &mut Reader<'_>, name: &str) -> ReadResult<Self> {
                $(if name == $type::NAME {
                    return $read(r).map(Self::$type);
                })*
                Err(r.error(Kind::UnknownMember))
            }

            /// Writes the value, and ends the extension.
            pub(super) fn write(&self, w: &mut Writer) {
                match self { $(Self::$type(data) => $write(w, data),)* }
            }

            /// Returns the member of an extension that can be a commitment.
            pub(super) fn field(extension: &str, member: &str) -> Option<NationalField> {
                let is_named = |field: &NationalField| field.extension() == extension && field.member() == member;
                None$(.or_else(|| fields($type::COMMITTABLE).find(is_named)))*
            }

            /// Returns its members that can be commitments, in their order.
            pub(super) fn fields(&self) -> Vec<NationalField> {
                match self { $(Self::$type(_) => fields($type::COMMITTABLE).collect(),)* }
            }

            #[cfg(test)]
            fn fields_of_all() -> Vec<(&'static str, Vec<NationalField>)> {
                vec![$(($type::NAME, fields($type::COMMITTABLE).collect()),)*]
            }

            /// Returns the text that stands in a field; `None` where there is none, and for a field of another extension.
            pub(super) fn stated(&self, field: NationalField) -> Option<&str> {
                match self { $(Self::$type(data) => (committable($type::COMMITTABLE, field)?.get)(data),)* }
            }

            /// Puts another text in the place of a field.
            pub(super) fn replace(&mut self, field: NationalField, text: &str) -> Result<(), EvidenceError> {
                let none = EvidenceError::NoSuchField;
                match self { $(Self::$type(data) => (committable($type::COMMITTABLE, field).ok_or(none)?.put)(data, text),)* }
            }
        }

        $(impl From<$type> for NationalExtension {
            fn from(data: $type) -> Self {
                Self::$type(data)
            }
        })*
    };
}

// The type of a row has the name of its extension and its members that can be commitments. In a statement, the
// extensions stand in the order of their names.
national_extensions! {
    RegisteredMail "the item of the Belgian registered mail service",
        as_registered_mail, read_registered_mail, write_registered_mail;
}

fn fields<T>(of_type: &'static [Committable<T>]) -> impl Iterator<Item = NationalField> {
    of_type.iter().map(|committable| committable.field)
}

fn committable<T>(of_type: &'static [Committable<T>], field: NationalField) -> Option<&'static Committable<T>> {
    of_type.iter().find(|committable| committable.field == field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_fields_of_their_own_in_order() {
        for (name, fields) in NationalExtension::fields_of_all() {
            assert!(fields.is_sorted_by(|earlier, later| earlier < later), "{fields:?}");
            for field in fields {
                assert_eq!(field.extension(), name, "{field:?}");
                assert_eq!(NationalExtension::field(name, field.member()), Some(field));
                assert_eq!(NationalExtension::field("Environment", field.member()), None);
            }
        }
    }
}
