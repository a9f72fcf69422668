//! The members of a line, as they are read.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::text::Object;

/// A text that is borrowed from the line where nothing in it is escaped. (Within an Option, serde would copy a bare `Cow`.)
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// An event of CloudEvents 1.0 with the attributes that are read. Others are passed over.
///
/// What is read of a line passes through many hands on its way here, so that large parts of it lie elsewhere.
#[derive(Deserialize)]
pub(super) struct WireLine<'a> {
    #[serde(borrow)]
    pub(super) specversion: Text<'a>,
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) source: Text<'a>,
    #[serde(borrow, rename = "type")]
    pub(super) event_type: Text<'a>,
    #[serde(borrow)]
    pub(super) subject: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) time: Text<'a>,
    #[serde(borrow)]
    pub(super) recordedtime: Text<'a>,
    #[serde(borrow)]
    pub(super) sequence: Text<'a>,
    #[serde(borrow)]
    pub(super) correlationid: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) causationid: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dataclassification: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) datacontenttype: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dataschema: Text<'a>,
    #[serde(borrow)]
    pub(super) data: Box<Object<WireData<'a>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireData<'a> {
    #[serde(borrow)]
    pub(super) previous: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) action: Option<Object<WireAction<'a>>>,
    #[serde(borrow)]
    pub(super) outcome: Option<WireOutcome<'a>>,
    #[serde(borrow)]
    pub(super) client: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) actor: Option<Object<WireActor<'a>>>,
    #[serde(borrow, rename = "tokenHash")]
    pub(super) token_hash: Option<Object<WireDigest<'a>>>,
    #[serde(borrow, default)]
    pub(super) parts: Vec<Object<WirePart<'a>>>,
    #[serde(borrow)]
    pub(super) proof: Option<Text<'a>>,
    #[serde(borrow, rename = "proofId")]
    pub(super) proof_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) event: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) details: Option<Box<Object<WireDetails<'a>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireAction<'a> {
    #[serde(borrow)]
    pub(super) method: Text<'a>,
    #[serde(borrow)]
    pub(super) template: Text<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireActor<'a> {
    #[serde(borrow)]
    pub(super) scheme: Text<'a>,
    #[serde(borrow)]
    pub(super) commitment: Text<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireDigest<'a> {
    #[serde(borrow)]
    pub(super) method: Text<'a>,
    #[serde(borrow)]
    pub(super) value: Text<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WirePart<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) digests: Vec<Object<WireDigest<'a>>>,
    pub(super) size: u64,
    #[serde(borrow, rename = "mediaType")]
    pub(super) media_type: Text<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct WireDetails<'a> {
    #[serde(borrow)]
    pub(super) side: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) engine_event: Option<Text<'a>>,
    pub(super) engine_sequence: Option<u64>,
    #[serde(borrow)]
    pub(super) consent: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) channel: Option<Text<'a>>,
    pub(super) reminder: Option<u64>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) flag: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) mandate: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) state: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) previous_recorded: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) first: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) last: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) manifest_digest: Option<Text<'a>>,
    pub(super) torn_octets: Option<u64>,
    #[serde(borrow)]
    pub(super) torn_hash: Option<Text<'a>>,
}

/// The place of a line that is left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireLeftOut<'a> {
    #[serde(borrow)]
    pub(super) sequence: Text<'a>,
    #[serde(borrow, rename = "lineHash")]
    pub(super) line_hash: Text<'a>,
}

/// What is looked for in a line that cannot be read.
#[derive(Deserialize)]
pub(super) struct WirePlace<'a> {
    #[serde(borrow)]
    pub(super) sequence: Option<Text<'a>>,
}

/// A status as a number, or a word.
pub(super) enum WireOutcome<'a> {
    Status(u64),
    Word(Text<'a>),
}

impl<'de: 'a, 'a> Deserialize<'de> for WireOutcome<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutcomeVisitor)
    }
}

struct OutcomeVisitor;

impl<'de> Visitor<'de> for OutcomeVisitor {
    type Value = WireOutcome<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status or a word")
    }

    fn visit_u64<E: Error>(self, status: u64) -> Result<Self::Value, E> {
        Ok(WireOutcome::Status(status))
    }

    fn visit_borrowed_str<E: Error>(self, word: &'de str) -> Result<Self::Value, E> {
        Ok(WireOutcome::Word(Text(word.into())))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        Ok(WireOutcome::Word(Text(word.to_owned().into())))
    }
}
