//! The JSON of a batch statement, in one deterministic form as that of a statement.

use std::num::NonZeroU64;

use super::extensions::announced_seal;
use super::values::{digest_method, digest_value, text};
use super::writer::Writer;
use crate::evidence::batch_statement::BatchStatement;
use crate::evidence::environment::Environment;
use crate::evidence::error::{DecodeStatementError, DecodeStatementErrorKind as Kind};
use crate::evidence::extension::{ENVIRONMENT, SECOND_SEAL};
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::json_fault::JsonFault;
use crate::evidence::party::{IdentityAttribute, attribute};

/// The type that a batch statement states first.
const TYPE: &str = "recommande-batch/1";

/// The members of a batch statement, in their order.
const MEMBERS: &[&str] = &["type", ENVIRONMENT, "Issuer", "Number", "Count", "DigestMethod", "Root", SECOND_SEAL];

impl BatchStatement {
    /// Writes the batch statement as JSON, which is sealed: always the same octets for the same members.
    pub fn to_json(&self) -> Vec<u8> {
        let mut w = Writer::with_capacity(512);
        w.raw("{\"type\":").plain(TYPE).raw(",\"Environment\":").plain(self.environment().name());
        w.raw(",\"Issuer\":").string(self.issuer());
        w.raw(",\"Number\":").natural(self.number()).raw(",\"Count\":").natural(self.count().get());
        // A root is by an algorithm that has an identifier.
        w.raw(",\"DigestMethod\":").plain(self.root().algorithm().uri().unwrap_or_default());
        w.raw(",\"Root\":").base64(self.root());
        if let Some(announced) = self.announced_seal() {
            w.raw(",\"SecondSeal\":").announced_seal(announced);
        }
        w.raw("}");
        w.0
    }

    /// Reads a batch statement in exactly the form in which [`to_json`](Self::to_json) writes it.
    ///
    /// # Errors
    /// [`DecodeStatementError`].
    pub fn from_json(octets: &[u8]) -> std::result::Result<Self, DecodeStatementError> {
        let mut reader = Reader::new(octets)?;
        let read = reader.object(MEMBERS, members)?;
        reader.end()?;
        Ok(read)
    }
}

fn members(m: &mut Members<'_, '_>) -> Result<BatchStatement> {
    m.required("type", |r| if r.string()? == TYPE { Ok(()) } else { Err(r.error(Kind::Type { expected: TYPE })) })?;
    let environment =
        m.required(ENVIRONMENT, |r| r.string()?.parse::<Environment>().map_err(|error| r.error(error)))?;
    let issuer = m.required("Issuer", |r| {
        let issuer = text(r)?.into_owned();
        // It is compared with what statements hold as this attribute, so that the same texts are taken.
        match IdentityAttribute::new(attribute::LEGAL_PERSON_IDENTIFIER, [&issuer]) {
            Ok(_) => Ok(issuer),
            Err(error) => Err(r.error(error)),
        }
    })?;
    let number = m.required("Number", Reader::natural)?;
    let count = m.required("Count", count)?;
    let algorithm = m.required("DigestMethod", digest_method)?;
    let root = m.required("Root", |r| digest_value(r, algorithm))?;
    let batch = BatchStatement::of_parts(environment, issuer, number, count, root);
    let batch = batch.map_err(|error| m.error_at("Root", error))?;
    let announced = m.optional(SECOND_SEAL, announced_seal)?;
    Ok(batch.announcing(announced))
}

/// Reads the number of statements. A batch of none has no root.
fn count(r: &mut Reader<'_>) -> Result<NonZeroU64> {
    let count = r.natural()?;
    NonZeroU64::new(count).ok_or_else(|| r.error(JsonFault::Number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::DigestAlgorithm;
    use crate::evidence::AnnouncedSeal;
    use crate::evidence::Issuer;

    fn batch() -> BatchStatement {
        let issuer = Issuer::new("Example", "BE/BE/0406798006", Environment::Test).unwrap();
        let count = NonZeroU64::new(1000).unwrap();
        BatchStatement::new(&issuer, 17, count, DigestAlgorithm::Sha256.digest(b"root")).unwrap()
    }

    #[test]
    fn a_batch_statement_has_one_form_and_comes_back_as_it_was() {
        let json = String::from_utf8(batch().to_json()).unwrap();
        let (before, after) = json.split_once("\"Root\":\"").unwrap();
        assert_eq!(
            before,
            "{\"type\":\"recommande-batch/1\",\"Environment\":\"Test\",\"Issuer\":\"BE/BE/0406798006\",\"Number\":17,\
             \"Count\":1000,\"DigestMethod\":\"http://www.w3.org/2001/04/xmlenc#sha256\","
        );
        // SHA-256 of `root`.
        assert_eq!(after, "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=\"}");
        for stated in [batch(), batch().announcing(Some(AnnouncedSeal::new(crate::asn1::oid::DATA, b"certificate")))] {
            assert_eq!(BatchStatement::from_json(&stated.to_json()), Ok(stated));
        }
    }

    #[test]
    fn what_is_written_otherwise_is_refused_by_name() {
        let json = String::from_utf8(batch().to_json()).unwrap();
        let refused = |from: &str, to: &str| {
            assert!(json.contains(from));
            let error = BatchStatement::from_json(json.replacen(from, to, 1).as_bytes()).unwrap_err();
            (error.path().to_owned(), error.kind().clone())
        };
        let number = Kind::from(JsonFault::Number);
        for to in ["0", "18446744073709551616", "9007199254740992", "1000.0", "1e3", "01000", "-1000"] {
            assert_eq!(refused("1000", to), ("Count".to_owned(), number.clone()), "{to}");
        }
        assert_eq!(refused("17", "1.7"), ("Number".to_owned(), number));
        assert_eq!(refused("batch/1", "batch/2"), ("type".to_owned(), Kind::Type { expected: TYPE }));
        assert_eq!(refused(",\"Number\":17", ",\"Number\":17,\"Number\":17").1, JsonFault::DuplicateMember.into());
        assert_eq!(refused(",\"Count\"", ",\"Size\":1,\"Count\"").1, Kind::UnknownMember);
        assert_eq!(refused("}", ",\"Extensions\":[]}").1, Kind::UnknownMember);
        assert_eq!(refused("}", "} ").1, JsonFault::TrailingOctets.into());
        assert_eq!(refused("{", "{ ").1, JsonFault::WhiteSpace.into());
        assert_eq!(refused("sha256", "sha1024").1, Kind::DigestMethod);
        assert_eq!(refused("2001/04/xmlenc#sha256", "2001/04/xmlenc#sha512").1, Kind::DigestLength);
        assert_eq!(refused("=\"}", "\"}").1, Kind::Base64);
    }
}
