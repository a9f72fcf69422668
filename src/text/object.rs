//! Reads a value from an object of JSON, and from nothing else.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A value that was read from an object.
///
/// What serde derives for a struct takes a list as well: `[]` would be a policy in which every member is left out.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // In a binary form nobody writes a list by mistake, and members have no names there.
        if deserializer.is_human_readable() {
            deserializer.deserialize_map(Members(PhantomData))
        } else {
            T::deserialize(deserializer).map(Self)
        }
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// Implements `Deserialize` for a struct, which is read from an object with these members alone. Types are those of its fields;
/// attributes are written here.
macro_rules! read_from_object {
    ($(#[$container:meta])* $name:ident { $($(#[$attribute:meta])* $member:ident),* $(,)? }) => {
        #[allow(non_camel_case_types)]
        const _: () = {
            /// The members, each with a type of its own, which is that of the field.
            #[derive(serde::Deserialize)]
            $(#[$container])*
            struct Members<$($member),*> { $($(#[$attribute])* $member: $member),* }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let members = <$crate::text::Object<Members<$(read_from_object!(@inferred $member)),*>>>::deserialize(deserializer);
                    let $crate::text::Object(Members { $($member),* }) = members?;
                    Ok(Self { $($member),* })
                }
            }
        };
    };
    (@inferred $member:ident) => { _ };
}

pub(crate) use read_from_object;
