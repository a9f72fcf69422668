//! Does a container hold for longer than its first evidence record, without a change to anything else in it?

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use chrono::{DateTime, TimeDelta, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{Due, NotRenewable, RenewalError, Renewer};
use recommande::rfc3161_client::TsaPool;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, TestTsa, generate_key};
use recommande::time::record::EvidenceRecord;
use recommande::{Environment, Indication, Verifier};
use recommande_dossier::{Dossier, ReadError, RenewError, WriteError};

use crate::common::{Service, read, written};

const RECORD: &str = "META-INF/evidencerecord001.ers";

/// A service, and the TSA that comes after its own one.
struct Decade {
    service: Service,
    root: CertifiedKey,
    tsa: CertifiedKey,
}

impl Decade {
    fn new() -> Self {
        let service = Service::new();
        let (from, until) = (service.now, service.now + TimeDelta::days(3650));
        let key = || generate_key(&KeyKind::EcP384).unwrap();
        let root = CertificateSpec::authority("Second TSA Root", from, until).self_signed(key()).unwrap();
        let tsa = root.issue(&CertificateSpec::tsa("Second TSA", from, until), key()).unwrap();
        Self { service, root, tsa }
    }

    fn verifier(&self) -> Verifier {
        let mut anchors = self.service.pki.tsa_anchors();
        anchors.add(self.root.certificate.clone());
        Verifier::new(self.service.pki.seal_anchors(), anchors, Environment::Test)
    }

    fn tsas(&self) -> TsaPool {
        let time = self.renewed_at();
        let tsa = TestTsa::new(&self.service.pki).with_key(self.tsa.clone()).with_clock(move || time);
        TsaPool::new().with_tsa("second", tsa)
    }

    /// A month before the first TSA's certificate ends.
    fn renewed_at(&self) -> DateTime<Utc> {
        self.service.pki.tsa.certificate.not_after() - TimeDelta::days(30)
    }

    /// A time at which nothing of the first TSA is left.
    fn later(&self) -> DateTime<Utc> {
        self.renewed_at() + TimeDelta::days(90)
    }

    fn revocation(&self) -> RevocationData {
        let time = self.renewed_at();
        self.service.pki.tsa_revocation(time - TimeDelta::days(1), time + TimeDelta::days(7)).unwrap()
    }

    /// The list of the second TSA's authority, when it has just stamped.
    fn of_second_tsa(&self) -> RevocationData {
        let time = self.renewed_at();
        let spec = CrlSpec::new(time - TimeDelta::days(1), time + TimeDelta::days(7));
        let mut data = RevocationData::new();
        data.add_der(&self.root.issue_crl(&spec).unwrap()).unwrap();
        data
    }

    fn recorded(&self) -> Vec<u8> {
        written(self.service.recorded(self.service.signed(self.service.files())))
    }
}

fn with_record<R: Read + Seek>(dossier: &mut Dossier<R>, record: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    dossier.write_with_record(record, &mut octets).unwrap();
    octets
}

#[test]
fn a_container_is_renewed_by_a_timestamp_or_a_new_hash_tree_over_all_files() {
    let decade = Decade::new();
    let octets = decade.recorded();
    let verifier = decade.verifier();
    let renewer = || Renewer::new(&verifier).with_revocation(decade.revocation());
    let mut dossier = read(&octets);
    let report = dossier.report(&verifier, decade.renewed_at()).unwrap();
    let due = Due::of(report.record.as_ref().unwrap()).unwrap();
    assert!(due.is_due(decade.renewed_at()), "{due:?}");
    let report = dossier.report(&verifier, decade.later()).unwrap();
    assert_ne!(report.container(), Indication::TotalPassed);
    for (renewer, chains) in [(renewer(), 1), (renewer().with_algorithm(DigestAlgorithm::Sha3_512), 2)] {
        let record = dossier.renew_record(&renewer, &decade.tsas(), decade.renewed_at()).unwrap();
        assert_eq!(EvidenceRecord::parse(&record).unwrap().chains.len(), chains);
        // Others find its newest timestamp valid with the list of its authority inside.
        let bare = record.len();
        let second = Renewer::new(&verifier).with_revocation(decade.of_second_tsa());
        let record = dossier.complete_record(&record, &second, decade.renewed_at()).unwrap();
        assert!(record.len() > bare);
        let renewed = with_record(&mut dossier, &record);
        // Up to the record nothing is another octet, but for its size and its checksum in the header before it.
        let header = octets.windows(4).rposition(|window| window == b"PK\x03\x04").unwrap();
        assert!(octets[header..].windows(RECORD.len()).any(|window| window == RECORD.as_bytes()));
        assert_eq!(renewed[..header], octets[..header]);
        let mut dossier = read(&renewed);
        assert_eq!(dossier.record(), Some(record.as_slice()));
        for time in [decade.renewed_at() + TimeDelta::minutes(5), decade.later()] {
            let report = dossier.report(&verifier, time).unwrap();
            let told = report.record.as_ref().unwrap();
            assert_eq!(told.indication, Indication::TotalPassed, "{told}");
            // It is still about everything, and proves the first time.
            assert!(told.proven_at.unwrap() < decade.service.later(), "{told}");
            assert_eq!(report.worst(), Indication::TotalPassed, "{}", report.manifest);
        }
    }
}

/// A new hash tree over one of the files would leave the others without a proof.
#[test]
fn each_file_is_in_the_new_hash_tree() {
    let decade = Decade::new();
    let octets = decade.recorded();
    let verifier = decade.verifier();
    let renewer = Renewer::new(&verifier).with_revocation(decade.revocation());
    let renewer = renewer.with_algorithm(DigestAlgorithm::Sha512);
    let mut dossier = read(&octets);
    let record = dossier.renew_record(&renewer, &decade.tsas(), decade.renewed_at()).unwrap();
    let renewed = with_record(&mut dossier, &record);
    let dossier = read(&renewed);
    assert!(dossier.parts().len() > 5);
    for part in dossier.parts() {
        let report = verifier.report_evidence_record(&record, &[part.digests().clone()], decade.later());
        assert_eq!(report.indication, Indication::TotalPassed, "{}: {report}", part.name());
    }
}

#[test]
fn what_cannot_be_renewed_is_told() {
    let decade = Decade::new();
    let verifier = decade.verifier();
    let renewer = Renewer::new(&verifier).with_revocation(decade.revocation());
    let octets = decade.recorded();
    let plain = written(decade.service.signed(decade.service.files()));
    let refused = read(&plain).renew_record(&renewer, &decade.tsas(), decade.renewed_at()).unwrap_err();
    assert!(matches!(refused, RenewError::NoRecord), "{refused:?}");
    let refused = read(&plain).write_with_record(b"record", &mut Vec::new()).unwrap_err();
    assert!(matches!(&refused, WriteError::Missing { name } if name == RECORD), "{refused:?}");
    let too_late = read(&octets).renew_record(&renewer, &decade.tsas(), decade.later()).unwrap_err();
    let refused = read(&octets).complete_record(b"no record", &renewer, decade.renewed_at()).unwrap_err();
    assert!(matches!(refused, RenewError::Renewal(RenewalError::NotRenewable(_))), "{refused:?}");
    let past = |error: &RenewError| {
        matches!(error, RenewError::Renewal(RenewalError::NotRenewable(NotRenewable::PastDeadline(_))))
    };
    assert!(past(&too_late), "{too_late:?}");
    let large = vec![0; (16 << 20) + 1];
    let refused = read(&octets).write_with_record(&large, &mut Vec::new()).unwrap_err();
    assert!(matches!(&refused, WriteError::TooLarge { name, .. } if name == RECORD), "{refused:?}");
    let refused = read(&octets).write_with_record(b"record", &mut [0_u8; 100].as_mut_slice()).unwrap_err();
    assert!(matches!(refused, WriteError::Output(_)), "{refused:?}");
}

/// Octets that somebody else changes.
struct Shared<'a>(&'a RefCell<Vec<u8>>, u64);

impl Read for Shared<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut cursor = Cursor::new(self.0.borrow().clone());
        cursor.set_position(self.1);
        let read = cursor.read(buffer)?;
        self.1 = cursor.position();
        Ok(read)
    }
}

impl Seek for Shared<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.1 = Cursor::new(self.0.borrow().as_slice()).seek(to)?;
        Ok(self.1)
    }
}

#[test]
fn a_letter_that_was_changed_since_is_not_renewed() {
    let decade = Decade::new();
    let octets = RefCell::new(decade.recorded());
    let verifier = decade.verifier();
    let renewer = Renewer::new(&verifier).with_revocation(decade.revocation());
    let renewer = renewer.with_algorithm(DigestAlgorithm::Sha3_512);
    let mut dossier = Dossier::read(Shared(&octets, 0)).unwrap();
    let record = dossier.record().unwrap().to_vec();
    let place = octets.borrow().windows(9).position(|window| window == b"Dear Sir,").unwrap();
    octets.borrow_mut()[place] ^= 1;
    let refused = dossier.renew_record(&renewer, &decade.tsas(), decade.renewed_at()).unwrap_err();
    let is_letter = |name: &str| name == "letter-1.pdf";
    assert!(matches!(&refused, RenewError::Files(ReadError::Changed { name }) if is_letter(name)), "{refused:?}");
    let refused = dossier.write_with_record(&record, &mut Vec::new()).unwrap_err();
    assert!(matches!(&refused, WriteError::Changed { name } if is_letter(name)), "{refused:?}");
}
