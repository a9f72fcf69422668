//! The forms of a file that an evidence record in it, or beside it, may be over.

use std::collections::HashMap;

use signed_data::tlv::Oid;

use crate::asn1::oid;
use crate::cms::{self, Lengths, Pieces};
use crate::crypto::{Digest, DigestAlgorithm};

/// One form of the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileForm {
    removed: Removed,
    coding: Coding,
}

/// The record attributes that were not there yet when the record was made.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Removed {
    Nothing,
    All,
    /// One attribute, by the index of its signer and its own.
    One {
        signer: usize,
        attribute: usize,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Coding {
    Received,
    Der,
}

impl FileForm {
    /// Both codings of the file without these attributes.
    pub(crate) fn all_of(removed: Removed) -> [Self; 2] {
        [Coding::Received, Coding::Der].map(|coding| Self { removed, coding })
    }

    /// Whether records are left in it.
    pub(crate) fn holds_records(self) -> bool {
        match self.removed {
            Removed::Nothing | Removed::One { .. } => true,
            Removed::All => false,
        }
    }

    /// The file without these attributes, as received; `None` when it cannot be read so far.
    fn pieces(self, received: &[u8], lengths: Lengths) -> Option<Pieces<'_>> {
        cms::without_attributes(received, lengths, &|signer, attribute, oid| self.removes(signer, attribute, oid)).ok()
    }

    /// The file without these attributes in DER, made of the same file with definite lengths.
    fn in_der(self, definite: &[u8]) -> Option<Pieces<'_>> {
        cms::der_without_attributes(definite, &|signer, attribute, oid| self.removes(signer, attribute, oid)).ok()
    }

    fn removes(self, signer: usize, attribute: usize, oid: Oid<'_>) -> bool {
        match self.removed {
            Removed::Nothing => false,
            Removed::All => oid == oid::EVIDENCE_RECORD_INTERNAL || oid == oid::EVIDENCE_RECORD_EXTERNAL,
            Removed::One { signer: of_signer, attribute: index } => (signer, attribute) == (of_signer, index),
        }
    }
}

/// The digests of one file in its forms, each computed once however many records ask for it: each takes the whole file.
pub(crate) struct FormDigests<'a> {
    received: &'a [u8],
    definite: &'a [u8],
    digests: HashMap<(FileForm, DigestAlgorithm), Option<Digest>>,
    /// Whether the file was received in DER: then both codings are the same. It is told once.
    is_der: Option<bool>,
    /// The form in DER that was made last, of which another digest may be asked next.
    last: Option<(FileForm, Option<Pieces<'a>>)>,
}

impl<'a> FormDigests<'a> {
    /// Takes a file as received, and with definite lengths. Nothing is computed before it is asked for.
    pub(crate) fn of(received: &'a [u8], definite: &'a [u8]) -> Self {
        Self { received, definite, digests: HashMap::new(), is_der: None, last: None }
    }

    /// The digest of the file in a form; `None` when it cannot be brought into it.
    pub(crate) fn digest(&mut self, form: FileForm, algorithm: DigestAlgorithm) -> Option<Digest> {
        if let Some(digest) = self.digests.get(&(form, algorithm)) {
            return *digest;
        }
        let digest = match form.coding {
            Coding::Received => form.pieces(self.received, self.lengths()).map(|pieces| pieces.digest(algorithm)),
            // What is taken away leaves the rest in order.
            Coding::Der if *self.is_der.get_or_insert_with(|| cms::is_der(self.received)) => {
                self.digest(FileForm { coding: Coding::Received, ..form }, algorithm)
            }
            Coding::Der => self.in_der(form).map(|pieces| pieces.digest(algorithm)),
        };
        self.digests.insert((form, algorithm), digest);
        digest
    }

    /// What was received with definite lengths is the same octets.
    fn lengths(&self) -> Lengths {
        if core::ptr::eq(self.received, self.definite) { Lengths::Definite } else { Lengths::Any }
    }

    fn in_der(&mut self, form: FileForm) -> Option<&Pieces<'a>> {
        let last = self.last.take().filter(|(of_last, _)| *of_last == form);
        let (_, pieces) = self.last.insert(last.unwrap_or_else(|| (form, form.in_der(self.definite))));
        pieces.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::writer;
    use signed_data::tlv::Tag;

    /// A ContentInfo with one SignerInfo, whose unsigned attributes have these types.
    fn file(attributes: &[const_oid::ObjectIdentifier]) -> Vec<u8> {
        let of_type = |oid: &const_oid::ObjectIdentifier| {
            let value = writer::tlv(Tag::SET, &writer::tlv(Tag::NULL, &[]));
            writer::sequence(&[&writer::tlv(Tag::OBJECT_IDENTIFIER, oid.as_bytes()), &value])
        };
        let attributes: Vec<u8> = attributes.iter().flat_map(of_type).collect();
        let signer_info = writer::sequence(&[&writer::small_integer(1), &writer::tlv(Tag::context(1), &attributes)]);
        let signed_data = writer::sequence(&[&writer::small_integer(1), &writer::tlv(Tag::SET, &signer_info)]);
        let content_type = writer::tlv(Tag::OBJECT_IDENTIFIER, oid::SIGNED_DATA.as_bytes());
        writer::sequence(&[&content_type, &writer::tlv(Tag::context(0), &signed_data)])
    }

    #[test]
    fn a_digest_that_was_computed_before_is_that_of_the_same_form_and_algorithm() {
        // The last two attributes are not in the order of DER, so that the codings differ.
        let file = file(&[oid::MIME_TYPE, oid::EVIDENCE_RECORD_EXTERNAL, oid::EVIDENCE_RECORD_INTERNAL]);
        let removed = [
            Removed::Nothing,
            Removed::All,
            Removed::One { signer: 0, attribute: 1 },
            Removed::One { signer: 0, attribute: 2 },
        ];
        let forms: Vec<FileForm> = removed.into_iter().flat_map(FileForm::all_of).collect();
        let mut digests = FormDigests::of(&file, &file);
        for _ in 0..2 {
            for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
                for form in &forms {
                    let received = form.pieces(&file, Lengths::Definite).unwrap().to_vec();
                    let expected = match form.coding {
                        Coding::Received => Some(algorithm.digest(&received)),
                        Coding::Der => cms::to_der(&received).ok().map(|octets| algorithm.digest(&octets)),
                    };
                    assert!(expected.is_some());
                    assert_eq!(digests.digest(*form, algorithm), expected);
                }
            }
        }
        assert_eq!(digests.digests.len(), 2 * forms.len());
    }
}
