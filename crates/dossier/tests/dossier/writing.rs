//! What does a service get that writes a dossier, and what if a file, a disk or a TSA fails?

use std::cell::Cell;
use std::error::Error as _;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

use recommande::TsaPool;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::Language;
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{GroupError, Renewer};
use recommande::testing::CrlSpec;
use recommande_dossier::{
    DossierBuilder, LetterFiles, MediaType, NotAMediaType, PartKind, ProofFiles, Protection, ReadError, ReceiptForm,
    Source, StampError, ToSign, WriteError,
};

use crate::common::{LETTER, Service, pdf, read, written};

#[test]
fn the_same_files_and_signature_give_the_same_octets() {
    let service = Service::new();
    let (sending, page) = (service.send(LETTER), b"<!DOCTYPE html>");
    let files = || {
        let proof = ProofFiles::from_der(sending.der()).unwrap();
        DossierBuilder::new()
            .with_proof(proof.with_receipt(Language::Dutch, ReceiptForm::Html, &page[..]))
            .with_letter(LetterFiles::new(pdf(), LETTER))
    };
    let to_sign = files().to_sign().unwrap();
    let signature = service.sign(&to_sign.digests(), ToSign::MEDIA_TYPE);
    let first = written(to_sign.signed(&signature));
    // As a file, and by a reader that does not stand at its begin.
    let mut reader = Cursor::new(LETTER);
    reader.set_position(7);
    let proof = ProofFiles::from_der(sending.der()).unwrap();
    let again = DossierBuilder::new()
        .with_letter(LetterFiles::new(pdf(), Source::reader(reader)))
        .with_proof(proof.with_receipt(Language::Dutch, ReceiptForm::Html, page.to_vec()));
    let mut second = again.to_sign().unwrap().signed(&signature);
    for _ in 0..2 {
        let mut octets = Vec::new();
        second.write(&mut octets).unwrap();
        assert_eq!(octets, first);
    }
}

#[test]
fn the_text_in_it_names_each_file_and_how_to_verify_it() {
    let service = Service::new();
    for protection in [Protection::Signature, Protection::Timestamp] {
        let octets = written(service.protected(service.files(), protection));
        let mut dossier = read(&octets);
        let text = String::from_utf8(dossier.octets(PartKind::Readme).unwrap()).unwrap();
        for part in dossier.parts() {
            assert!(text.contains(part.name()), "{}", part.name());
        }
        for command in [
            "openssl cms -verify -cades -inform DER -in proof-of-sending.p7m -CAfile seal-anchors.pem",
            "openssl cms -verify -cades -inform DER -in proof-of-opening.p7m -CAfile seal-anchors.pem",
            "-in letter-1.p7s -content letter-1.pdf ",
            "openssl dgst -sha256 -binary letter-1.pdf",
            match protection {
                Protection::Signature => "-in META-INF/signature001.p7s -content META-INF/ASiCManifest001.xml",
                Protection::Timestamp => "-in META-INF/timestamp001.tst -data META-INF/ASiCManifest001.xml",
            },
        ] {
            assert!(text.contains(command), "{command}");
        }
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 170));
    }
}

#[test]
fn nobody_is_named_outside_of_the_proofs() {
    let service = Service::new();
    let files = service.files();
    let told = format!("{files:?}");
    let to_sign = files.to_sign().unwrap();
    let manifest = String::from_utf8(to_sign.manifest().to_vec()).unwrap();
    let signature = service.sign(&to_sign.digests(), ToSign::MEDIA_TYPE);
    let writable = to_sign.signed(&signature);
    let told = [told, format!("{writable:?}")].concat();
    let octets = written(writable);
    let mut dossier = read(&octets);
    let text = String::from_utf8(dossier.octets(PartKind::Readme).unwrap()).unwrap();
    let report = dossier.report(&service.verifier(), service.later()).unwrap();
    for said in [told, manifest, text, format!("{dossier:?} {:?}", dossier.parts()), format!("{report:?}")] {
        for person in ["Dupont", "85073003328", "Dear Sir"] {
            assert!(!said.contains(person), "{person}: {said}");
        }
    }
}

#[test]
fn what_cannot_become_a_container_is_refused_at_once() {
    let service = Service::new();
    assert!(matches!(DossierBuilder::new().to_sign(), Err(WriteError::Empty)));
    assert!(matches!(DossierBuilder::new().to_stamp(), Err(WriteError::Empty)));
    let letter = || LetterFiles::new(pdf(), LETTER);
    let weak = DossierBuilder::new().with_letter(letter()).with_algorithm(DigestAlgorithm::Sha1);
    assert!(matches!(weak.to_sign(), Err(WriteError::Algorithm)));
    let fits = (0..994).fold(DossierBuilder::new(), |files, _| files.with_letter(letter()));
    let octets = written(service.recorded(service.signed(fits)));
    assert_eq!(read(&octets).parts().len(), 995);
    let many = (0..995).fold(DossierBuilder::new(), |files, _| files.with_letter(letter()));
    assert!(matches!(many.to_sign(), Err(WriteError::TooManyFiles)));
    let proof = || ProofFiles::from_der(service.send(LETTER).der()).unwrap();
    let page = |proof: ProofFiles<'static>| proof.with_receipt(Language::French, ReceiptForm::Pdf, &b"%PDF"[..]);
    let twice = DossierBuilder::new().with_proof(page(page(proof())));
    let error = twice.to_sign().unwrap_err();
    assert!(matches!(&error, WriteError::Twice { name } if name == "receipt-of-sending.fr.pdf"), "{error:?}");
    let large = DossierBuilder::new().with_proof(proof().with_record(vec![0; (16 << 20) + 1]));
    let error = large.to_sign().unwrap_err();
    assert!(matches!(&error, WriteError::TooLarge { name, .. } if name == "proof-of-sending.ers"), "{error:?}");
    // Zeros that nobody wrote to take no memory.
    let many = (0..16).fold(DossierBuilder::new(), |files, _| files.with_proof(proof().with_record(vec![0; 16 << 20])));
    assert!(matches!(many.to_sign(), Err(WriteError::TooMuch)));
    let numberless = (0..66_000).fold(DossierBuilder::new(), |files, _| files.with_letter(letter()));
    assert!(matches!(numberless.to_sign(), Err(WriteError::TooManyFiles)));
    assert!(ProofFiles::from_der(LETTER).is_err());
    assert_eq!(MediaType::new("text/plain; charset=utf-8"), Err(NotAMediaType));
}

/// A file whose octets are others at each pass.
struct Changing {
    passes: Vec<Vec<u8>>,
    pass: usize,
    position: usize,
}

impl Changing {
    fn new(passes: [&[u8]; 2]) -> Self {
        Self { passes: passes.map(<[u8]>::to_vec).to_vec(), pass: 0, position: 0 }
    }
}

impl Read for Changing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = &self.passes[self.pass - 1][self.position..];
        let read = rest.read(buffer)?;
        self.position += read;
        Ok(read)
    }
}

impl Seek for Changing {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        (self.pass, self.position) = (self.pass + 1, 0);
        Ok(0)
    }
}

#[test]
fn a_letter_that_is_changed_while_it_is_written_is_noticed() {
    let service = Service::new();
    let longer = [LETTER, b"PS: not this."].concat();
    for second in [&LETTER[..LETTER.len() - 1], &longer, &[b"X", &LETTER[1..]].concat(), b""] {
        let letter = LetterFiles::new(pdf(), Source::reader(Changing::new([LETTER, second])));
        let mut writable = service.signed(DossierBuilder::new().with_letter(letter));
        let error = writable.write(&mut io::sink()).unwrap_err();
        assert!(matches!(&error, WriteError::Changed { name } if name == "letter-1.pdf"), "{error:?}");
    }
}

/// A reader and a writer that fail after so many octets.
struct Failing(usize);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = buffer.len().min(self.0);
        self.0 -= read;
        if read == 0 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(read) }
    }
}

impl Seek for Failing {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

impl Write for Failing {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = octets.len().min(self.0);
        self.0 -= written;
        if written == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(written) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_error_of_a_file_or_of_the_disk_is_the_answer() {
    let service = Service::new();
    let letter = LetterFiles::new(pdf(), Source::reader(Failing(100_000)));
    let error = DossierBuilder::new().with_letter(letter).to_sign().unwrap_err();
    assert!(matches!(&error, WriteError::Source { name, .. } if name == "letter-1.pdf"), "{error:?}");
    assert_eq!(error.source().map(ToString::to_string), Some(io::Error::from(io::ErrorKind::BrokenPipe).to_string()));
    let mut writable = service.signed(DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER)));
    let mut octets = Vec::new();
    writable.write(&mut octets).unwrap();
    for length in [0, 1, 40, 3_000, octets.len() - 1] {
        let error = writable.write(&mut Failing(length)).unwrap_err();
        assert!(matches!(error, WriteError::Output(_)), "{error:?}");
    }
    let mut dossier = read(&octets);
    let letter = PartKind::Letter { number: 1, extension: "pdf" };
    let error = dossier.copy(letter, &mut Failing(7)).unwrap_err();
    assert!(matches!(&error, ReadError::Output(error) if error.kind() == io::ErrorKind::StorageFull), "{error:?}");
    // The second time it is all there.
    let mut again = Vec::new();
    writable.write(&mut again).unwrap();
    assert_eq!(again, octets);
}

#[test]
fn a_timestamp_that_does_not_hold_is_none() {
    let service = Service::new();
    let stranger = Service::new();
    let files = || DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER)).to_stamp().unwrap();
    let verifier = service.verifier();
    let renewer = Renewer::new(&verifier);
    let none = RevocationData::new();
    for tsas in [TsaPool::new(), stranger.tsas] {
        let error = files().stamp_with(&renewer, &tsas, &none, service.later()).unwrap_err();
        assert!(matches!(error, StampError::Timestamp(_)), "{error:?}");
    }
    let stamped = files().stamp_with(&renewer, &service.tsas, &none, service.later()).unwrap();
    let error = stamped.with_record(&renewer, &TsaPool::new(), &none, service.later()).unwrap_err();
    assert!(matches!(error, StampError::Timestamp(_)), "{error:?}");
    // A list that is not in DER throughout: a length of two octets where one does.
    let crl = service.pki.tsa_root.issue_crl(&CrlSpec::new(service.now, service.later())).unwrap();
    let [sequence, 0x81, length, rest @ ..] = crl.as_slice() else { panic!("a list of another length") };
    let mut data = RevocationData::new();
    data.add_der(&[&[*sequence, 0x82, 0, *length], rest].concat()).unwrap();
    let error = files().stamp_with(&renewer, &service.tsas, &data, service.later()).unwrap_err();
    assert!(matches!(error, StampError::Group(GroupError::AdditionNotDer)), "{error:?}");
}

#[test]
fn each_file_is_read_twice_and_no_more() {
    /// Counts the octets that are read.
    struct Counting(Cursor<Vec<u8>>, Rc<Cell<usize>>);
    impl Read for Counting {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.0.read(buffer)?;
            self.1.set(self.1.get() + read);
            Ok(read)
        }
    }
    impl Seek for Counting {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }
    let service = Service::new();
    let (letter, count) = (vec![7; 1_000_000], Rc::new(Cell::new(0)));
    let source = Source::reader(Counting(Cursor::new(letter), Rc::clone(&count)));
    let files = DossierBuilder::new().with_letter(LetterFiles::new(pdf(), source));
    let to_sign = files.to_sign().unwrap();
    assert_eq!(count.get(), 1_000_000);
    let signature = service.sign(&to_sign.digests(), ToSign::MEDIA_TYPE);
    to_sign.signed(&signature).write(&mut io::sink()).unwrap();
    assert_eq!(count.get(), 2_000_000);
}
