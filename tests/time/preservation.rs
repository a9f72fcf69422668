//! These tests ask what an evidence record proves and preserves, in a signature or beside it. Nothing can be added to a
//! proof of a batch.

use crate::common::archive::Archiving;
use crate::common::der::{self, Node, node};
use crate::common::oid;
use crate::common::records::{has, indefinite, record_over, stamp, stamp_with};
use crate::common::{self, Service, later, now};
use chrono::{DateTime, Duration, Utc};
use recommande::Environment;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::seal::{Artifact, ProofOfSending};
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, Forge, OcspAnswerSpec, OcspSpec, RevokedSpec, TestTsa, generate_key,
};
use recommande::time::record::{EvidenceRecord, HashTree, Renewal};
use recommande::verify::{
    Code, Content, Indication, Payload, Policy, Report, SubIndication, Subject, TimestampValidity, Verifier,
};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA384: DigestAlgorithm = DigestAlgorithm::Sha384;

/// A sealed sending with records in it, each over the file before it.
fn preserved(service: &Service, records: usize) -> Vec<u8> {
    let mut file = service.sealed().der().to_vec();
    for _ in 0..records {
        let own = SHA256.digest(&file);
        let tree = HashTree::new(SHA256, [own, SHA256.digest(b"another item")]).unwrap();
        let record =
            tree.evidence_record(&own, &stamp(service, tree.root().unwrap(), now() + Duration::seconds(2))).unwrap();
        let attribute = der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record);
        file = Node::parse(&file).with_unsigned(attribute).to_der();
    }
    file
}

#[test]
fn a_record_inside_proves_the_time_of_a_signature() {
    let service = Service::new();
    let file = preserved(&service, 1);
    let proof = ProofOfSending::from_der(&file).unwrap();
    let proven_at = now() + Duration::seconds(2);
    let report = service.verifier().report(&proof, Payload::NotAvailable, later());
    assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(proven_at)), "{report}");
    assert!(has(&report, Subject::EvidenceRecord(1), Code::RecordTimeProven));
    let verified = service.verifier().verify(&proof, Payload::NotAvailable, later()).unwrap();
    assert_eq!(verified.proven_at(), proven_at);
    let foreign = service.verifier().report_signatures(&file, Content::Attached, later()).reports.remove(0);
    assert_eq!(foreign.proven_at, Some(proven_at), "{foreign}");
    // Two: the second was made over the file with the first one in it.
    let both = service.verifier().report_signatures(&preserved(&service, 2), Content::Attached, later());
    for record in [1, 2] {
        assert!(has(&both.reports[0], Subject::EvidenceRecord(record), Code::RecordTimeProven), "{}", both.reports[0]);
    }
}

#[test]
fn a_record_inside_is_over_the_octets_as_received_or_over_der() {
    let service = Service::new();
    let sealed = Node::parse(service.sealed().der());
    // ContentInfo and SignedData in BER, as streaming signers write them.
    let ber = |file: &Node| {
        let fields: Vec<Vec<u8>> = file.at(&[1, 0]).children().iter().map(Node::to_der).collect();
        let explicit = indefinite(0xa0, &[indefinite(0x30, &fields)]);
        indefinite(0x30, &[file.at(&[0]).to_der(), explicit])
    };
    for over in [ber(&sealed), sealed.to_der()] {
        let own = SHA256.digest(&over);
        let tree = HashTree::new(SHA256, [own]).unwrap();
        let record = tree.evidence_record(&own, &stamp(&service, own, now())).unwrap();
        let attribute = der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record);
        let file = ber(&sealed.with_unsigned(attribute));
        let report = service.verifier().report_signatures(&file, Content::Attached, later()).reports.remove(0);
        assert!(has(&report, Subject::EvidenceRecord(1), Code::RecordTimeProven), "{report}");
        assert_eq!(report.proven_at, Some(now()));
    }
}

/// Nothing passes, by the report and strictly.
#[track_caller]
fn assert_undone(service: &Service, file: &[u8]) -> Report {
    let proof = ProofOfSending::from_der(file).unwrap();
    let report = service.verifier().report(&proof, Payload::NotAvailable, later());
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
    assert!(has(&report, Subject::Envelope, Code::RecordUndone), "{report}");
    assert!(has(&report, Subject::EvidenceRecord(1), Code::RecordNotValid), "{report}");
    assert!(service.verifier().verify(&proof, Payload::NotAvailable, later()).is_err());
    report
}

#[test]
fn whatever_comes_later_undoes_a_proof_of_a_batch() {
    let service = Service::new();
    let file = Node::parse(&preserved(&service, 1));
    let signature = file.at(der::SIGNER_INFO).children().iter().rfind(|field| field.to_der()[0] == 0x04).unwrap();
    let digest = SHA256.digest(&signature.contents());
    let token = |seconds| Node::parse(stamp(&service, digest, now() + Duration::seconds(seconds)).to_definite());
    let crl = service.pki.intermediate.issue_crl(&CrlSpec::new(now(), later())).unwrap();
    let attributes = [
        der::attribute(oid::MIME_TYPE, vec![der::octets(0x0c, b"text/plain")]),
        der::attribute(oid::SIGNATURE_TIME_STAMP, vec![token(3600)]),
    ];
    let extended = |place: &'static [usize], node: Node| file.with(|file| file.at_mut(place).children_mut().push(node));
    let mut changed: Vec<Node> = attributes.iter().map(|attribute| file.with_unsigned(attribute.clone())).collect();
    changed.push(extended(der::CERTIFICATES, Node::parse(service.pki.tsa_root.certificate.der())));
    changed.push(file.with(|file| {
        file.at_mut(&[1, 0]).children_mut().insert(4, der::node(0xa1, vec![Node::parse(&crl)]));
    }));
    for changed in changed {
        let report = assert_undone(&service, &changed.to_der());
        assert!(report.findings.iter().any(|finding| finding.code == Code::RecordObjectNotCovered), "{report}");
    }
    // The same record again, in an attribute of its own or as a second value; or what is no record at all.
    let record = file.at(der::SIGNER_INFO).children().last().unwrap().children()[0].clone();
    let garbage = der::attribute(oid::EVIDENCE_RECORD_INTERNAL, vec![der::octets(0x04, b"no record")]);
    let second_value = file.with(|file| {
        let values = file.at_mut(der::SIGNER_INFO).children_mut().last_mut().unwrap().at_mut(&[0, 1]);
        let value = values.children()[0].clone();
        values.children_mut().push(value);
    });
    // Records are not part of what a record covers: the one that holds still does.
    for (twice, of_second) in [
        (file.with_unsigned(record), Code::RecordTimeProven),
        (file.with_unsigned(garbage), Code::RecordMalformed),
        (second_value, Code::RecordTimeProven),
    ] {
        let report = judged(&service.verifier(), &twice.to_der(), Duration::days(1));
        let stamped_at = Some(now() + Duration::seconds(2));
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, stamped_at), "{report}");
        let said = [1, 2].map(|number| has(&report, Subject::EvidenceRecord(number), of_second));
        assert!(said.contains(&true), "{report}");
    }
    // The only record is none.
    let garbage = der::attribute(oid::EVIDENCE_RECORD_INTERNAL, vec![der::octets(0x04, b"no record")]);
    let garbage = Node::parse(service.sealed().der()).with_unsigned(garbage).to_der();
    let proof = ProofOfSending::from_der(&garbage).unwrap();
    let report = service.verifier().report(&proof, Payload::NotAvailable, later());
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Subject::EvidenceRecord(1), Code::RecordMalformed), "{report}");
    assert!(has(&report, Subject::Time, Code::NoValidTimestamp), "{report}");
}

/// Whether a signature timestamp was there before the record cannot be told from times that agree with it: the proof
/// stands by its own timestamp, at its time, and the record is said not to hold.
#[test]
fn a_timestamp_that_is_not_later_takes_the_place_of_the_record_it_was_added_beside() {
    let service = Service::new();
    let file = Node::parse(&preserved(&service, 1));
    let signature = file.at(der::SIGNER_INFO).children().iter().rfind(|field| field.to_der()[0] == 0x04).unwrap();
    let digest = SHA256.digest(&signature.contents());
    for (seconds, stands) in [(0, true), (1, true), (2, true), (3, false)] {
        let stamped_at = now() + Duration::seconds(seconds);
        let token = Node::parse(stamp(&service, digest, stamped_at).to_definite());
        let added = file.with_unsigned(der::attribute(oid::SIGNATURE_TIME_STAMP, vec![token])).to_der();
        if !stands {
            assert_undone(&service, &added);
            continue;
        }
        let proof = ProofOfSending::from_der(&added).unwrap();
        let report = service.verifier().report(&proof, Payload::NotAvailable, later());
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(stamped_at)), "{report}");
        assert!(has(&report, Subject::Timestamp(2), Code::RecordObjectNotCovered), "{report}");
        assert!(has(&report, Subject::EvidenceRecord(1), Code::RecordNotValid), "{report}");
        assert!(!has(&report, Subject::Envelope, Code::RecordUndone), "{report}");
        let verified = service.verifier().verify(&proof, Payload::NotAvailable, later()).unwrap();
        assert_eq!(verified.proven_at(), stamped_at);
    }
}

#[test]
fn no_flipped_octet_of_a_proof_of_a_batch_passes() {
    let service = Service::new();
    let file = preserved(&service, 1);
    let sealed = service.sealed().der().len();
    for place in (0..sealed).step_by(3) {
        let mut flipped = file.clone();
        flipped[place] ^= 1;
        let Ok(proof) = ProofOfSending::from_der(&flipped) else { continue };
        let verdict = service.verifier().verify(&proof, Payload::NotAvailable, later());
        assert!(verdict.is_err(), "octet {place}");
    }
}

#[test]
fn a_proof_with_a_timestamp_of_its_own_stands_without_its_record() {
    let service = Service::new();
    let file = service.proof().der().to_vec();
    let record = record_over(&service.tsa(now() + Duration::hours(1)), SHA256.digest(&file));
    let file = Node::parse(&file).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record));
    let added = file.with_unsigned(der::attribute(oid::MIME_TYPE, vec![der::octets(0x0c, b"text/plain")]));
    for (file, holds) in [(file, true), (added, false)] {
        let proof = ProofOfSending::from_der(&file.to_der()).unwrap();
        let report = service.report(&proof);
        let stamped_at = now() + Duration::seconds(2);
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(stamped_at)), "{report}");
        assert_eq!(has(&report, Subject::EvidenceRecord(1), Code::RecordTimeProven), holds, "{report}");
        assert_eq!(has(&report, Subject::EvidenceRecord(1), Code::RecordNotValid), !holds, "{report}");
    }
}

/// The validity of certificates that are made here.
fn validity() -> (DateTime<Utc>, DateTime<Utc>) {
    (now() - Duration::days(1), now() + Duration::days(730))
}

/// A TSA that signs with SHA-384 throughout, and verifiers that trust it beside the usual one.
struct Archive {
    root: CertifiedKey,
    tsa: CertifiedKey,
}

impl Archive {
    fn new() -> Self {
        Self::of("Archive")
    }

    fn of(name: &str) -> Self {
        let (from, until) = validity();
        let key = || generate_key(&KeyKind::EcP384).unwrap();
        let root = CertificateSpec::authority(&format!("{name} Root"), from, until).self_signed(key()).unwrap();
        let tsa = root.issue(&CertificateSpec::tsa(&format!("{name} TSA"), from, until), key()).unwrap();
        Self { root, tsa }
    }

    fn tsa(&self, service: &Service, after: Duration) -> TestTsa {
        service.tsa(now() + after).with_key(self.tsa.clone())
    }

    fn record(&self, service: &Service, file: &[u8], after: Duration) -> Vec<u8> {
        record_over(&self.tsa(service, after), SHA384.digest(file))
    }

    fn verifier(&self, service: &Service) -> Verifier {
        let mut anchors = service.pki.tsa_anchors();
        anchors.add(self.root.certificate.clone());
        Verifier::new(service.pki.seal_anchors(), anchors, Environment::Test)
    }
}

fn inside(file: &[u8], record: &[u8]) -> Vec<u8> {
    Node::parse(file).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, record)).to_der()
}

/// By the report, strictly, and as a signature by anybody; all agree whether it passes.
#[track_caller]
fn judged(verifier: &Verifier, file: &[u8], after: Duration) -> Report {
    let (proof, at) = (ProofOfSending::from_der(file).unwrap(), now() + after);
    let report = verifier.report(&proof, Payload::NotAvailable, at);
    let strict = verifier.verify(&proof, Payload::NotAvailable, at);
    assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed, "{report}");
    let foreign = verifier.report_signatures(file, Content::Attached, at).reports.remove(0);
    assert_eq!(foreign.indication, report.indication, "{foreign}\n{report}");
    report
}

fn sha256_past(mut policy: Policy) -> Policy {
    for row in policy.algorithms.digests.iter_mut().filter(|row| row.digest == SHA256) {
        row.past_from = Some("2026-12-01".parse().unwrap());
    }
    policy
}

#[test]
fn a_record_holds_up_algorithms_that_are_past_their_date() {
    let (service, archive) = (Service::new(), Archive::new());
    let verifier = || archive.verifier(&service).with_policy(sha256_past(Policy::default()));
    let (file, at) = (service.proof().der().to_vec(), Duration::days(300));
    let without = judged(&verifier(), &file, at);
    assert_eq!(without.indication, Indication::Indeterminate, "{without}");
    assert!(has(&without, Subject::Timestamp(1), Code::AlgorithmPastItsDate));
    for (days, holds) in [(3, true), (20, false)] {
        let record = archive.record(&service, &file, Duration::days(days));
        let beside = judged(&verifier().with_evidence_records([record.clone()]), &file, at);
        let inside = judged(&verifier(), &inside(&file, &record), at);
        for report in [beside, inside] {
            assert_eq!(report.indication == Indication::TotalPassed, holds, "{report}");
            assert_eq!(report.proven_at == Some(now() + Duration::seconds(2)), holds, "{report}");
        }
    }
    // A record over another file does not hold up this one, and one that cannot be read hurts nobody.
    let others = [archive.record(&service, b"another file", Duration::days(3)), b"no record".to_vec()];
    let report = judged(&verifier().with_evidence_records(others.clone()), &file, at);
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Subject::EvidenceRecord(1), Code::RecordOfAnotherFile), "{report}");
    assert!(has(&report, Subject::EvidenceRecord(2), Code::RecordMalformed), "{report}");
    let report = judged(&service.verifier().with_evidence_records(others), &file, Duration::days(1));
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

/// A record that anybody can put next to a file makes no verdict better than it is without.
#[test]
fn a_record_beside_a_file_that_does_not_hold_makes_nothing_better() {
    let (service, stranger, archive) = (Service::new(), Service::new(), Archive::new());
    let sha1 = |file: &[u8]| record_over(&service.tsa(now() + Duration::days(3)), DigestAlgorithm::Sha1.digest(file));
    let future = |file: &[u8]| archive.record(&service, file, Duration::days(310));
    let untrusted = |file: &[u8]| record_over(&stranger.tsa(now() + Duration::days(3)), SHA256.digest(file));
    let sealed_by_seal_root = |file: &[u8]| {
        let (from, until) = (now() - Duration::days(1), now() + Duration::days(730));
        let key = generate_key(&KeyKind::EcP256).unwrap();
        let tsa = service.pki.root.issue(&CertificateSpec::tsa("Seal TSA", from, until), key).unwrap();
        record_over(&service.tsa(now() + Duration::days(3)).with_key(tsa), SHA256.digest(file))
    };
    // A good chain after a first one that is not: the later one does not make up for it.
    let renewed = |file: &[u8]| {
        let first = untrusted(file);
        let parsed = EvidenceRecord::parse(&first).unwrap();
        let leaf = parsed.renewal_leaf(Renewal::HashTree(SHA384), &SHA384.digest(file)).unwrap();
        let tree = HashTree::new(SHA384, [leaf]).unwrap();
        let token = stamp_with(&archive.tsa(&service, Duration::days(4)), tree.root().unwrap());
        parsed.renewed(Renewal::HashTree(SHA384), &tree.reduced(&leaf).unwrap(), &token).unwrap()
    };
    type Make<'m> = &'m dyn Fn(&[u8]) -> Vec<u8>;
    let records: [Make<'_>; 5] = [&sha1, &future, &untrusted, &sealed_by_seal_root, &renewed];
    let (sealed, stamped) = (service.sealed().der().to_vec(), service.proof().der().to_vec());
    let verifier = || archive.verifier(&service).with_policy(sha256_past(Policy::default()));
    let at = Duration::days(300);
    for (number, record) in records.into_iter().enumerate() {
        for file in [&sealed, &stamped] {
            let verifier = verifier().with_evidence_records([record(file)]);
            let proof = ProofOfSending::from_der(file).unwrap();
            let report = verifier.report(&proof, Payload::NotAvailable, now() + at);
            assert_eq!((report.indication, report.proven_at), (Indication::Indeterminate, None), "{number}: {report}");
            assert!(has(&report, Subject::EvidenceRecord(1), Code::RecordNotDecided), "{number}: {report}");
            assert!(verifier.verify(&proof, Payload::NotAvailable, now() + at).is_err());
            let foreign = verifier.report_signatures(file, Content::Attached, now() + at).reports.remove(0);
            assert_eq!(
                (foreign.indication, foreign.proven_at),
                (Indication::Indeterminate, None),
                "{number}: {foreign}"
            );
            // Nor does it take anything from a verdict that does not need it.
            let verifier = service.verifier().with_evidence_records([record(&stamped)]);
            let proof = ProofOfSending::from_der(&stamped).unwrap();
            assert!(verifier.verify(&proof, Payload::NotAvailable, later()).is_ok(), "{number}");
        }
    }
}

/// A proof with the revocation data of both chains inside, and that of the archive's TSA for the caller to give.
struct LongTerm {
    file: Vec<u8>,
    of_seal: RevocationData,
    of_tsa: RevocationData,
    of_archive: RevocationData,
}

impl LongTerm {
    fn new(service: &Service, archive: &Archive) -> Self {
        let (from, until) = (now() - Duration::hours(1), now() + Duration::days(10));
        let of = |issuer: &CertifiedKey| {
            let mut data = RevocationData::new();
            data.add_der(&issuer.issue_crl(&CrlSpec::new(from, until).with_number(1)).unwrap()).unwrap();
            data
        };
        let (of_tsa, of_archive) = (of(&service.pki.tsa_root), of(&archive.root));
        let of_seal = service.pki.seal_revocation(from, until).unwrap();
        let sealed = service.sealer.clone().with_revocation(&of_seal).seal(&common::sending(), now()).unwrap();
        let proof = sealed.stamp_with(&common::pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
        Self { file: proof.with_revocation(&of_tsa).unwrap().der().to_vec(), of_seal, of_tsa, of_archive }
    }
}

#[test]
fn a_record_holds_up_revocation_data_with_algorithms_that_are_past_their_date() {
    let (service, archive) = (Service::new(), Archive::new());
    let LongTerm { file, of_seal, of_tsa, of_archive } = LongTerm::new(&service, &archive);
    let verifier = || {
        archive.verifier(&service).with_policy(sha256_past(Policy::strict())).with_revocation_data(of_archive.clone())
    };
    let record = archive.record(&service, &file, Duration::days(3));
    for report in [
        judged(&verifier().with_evidence_records([record.clone()]), &file, Duration::days(300)),
        judged(&verifier(), &inside(&file, &record), Duration::days(300)),
    ] {
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
    // Nothing shows when CRLs from elsewhere were there.
    let bare = service.proof().der().to_vec();
    let record = archive.record(&service, &bare, Duration::days(3));
    let mut data = of_archive.clone();
    data.extend(&of_seal).and_then(|()| data.extend(&of_tsa)).unwrap();
    let verifier = verifier().with_revocation_data(data).with_evidence_records([record]);
    let report = judged(&verifier, &bare, Duration::days(300));
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(has(&report, Subject::SealChain, Code::RevocationAlgorithmPastItsDate), "{report}");
}

/// The same rule as for a record: what it covers was there at its time.
#[test]
fn an_archive_timestamp_holds_up_revocation_data_with_algorithms_that_are_past_their_date() {
    let (service, archive) = (Service::new(), Archive::new());
    let LongTerm { file, of_tsa, of_archive, .. } = LongTerm::new(&service, &archive);
    let verifier =
        archive.verifier(&service).with_policy(sha256_past(Policy::strict())).with_revocation_data(of_archive);
    let report = |after: i64, covers: &dyn Fn(&Node) -> bool| {
        let tsa = archive.tsa(&service, Duration::days(after));
        let archiving =
            Archiving { tsa: &tsa, imprint: SHA384, index: SHA384, certificates: &|_| true, lists: covers, crls: &[] };
        judged(&verifier, &archiving.archived(&file), Duration::days(300))
    };
    let covered = report(3, &|_| true);
    assert_eq!(covered.indication, Indication::TotalPassed, "{covered}");
    // From after the date, or over something else.
    let late = report(20, &|_| true);
    assert_ne!(late.indication, Indication::TotalPassed, "{late}");
    let nothing = report(3, &|_| false);
    assert_ne!(nothing.indication, Indication::TotalPassed, "{nothing}");
    assert!(has(&nothing, Subject::Timestamp(1), Code::RevocationAlgorithmPastItsDate), "{nothing}");
    // The lists that answer for the seal, and not the TSA's.
    let tsa_list = Node::parse(of_tsa.crls()[0].der()).at(&[0, 2]).to_der();
    let others = report(3, &|list| list.at(&[0, 2]).to_der() != tsa_list);
    assert!(has(&others, Subject::Timestamp(1), Code::RevocationAlgorithmPastItsDate), "{others}");
}

#[test]
fn the_crls_of_a_token_are_held_up_by_its_renewal() {
    let (service, archive) = (Service::new(), Archive::new());
    let object = b"an object";
    let crl = |key: &CertifiedKey| {
        key.issue_crl(&CrlSpec::new(now() - Duration::hours(1), now() + Duration::days(10)).with_number(1)).unwrap()
    };
    let of_token = crl(&service.pki.tsa_root);
    let record = record_over(&service.tsa(now()), SHA256.digest(object));
    // Before its renewal the token takes up the CRL of its issuer.
    let record = Node::parse(&record).with(|record| {
        let signed_data = record.at_mut(&[2, 0, 0, 2, 1, 0]);
        let last = signed_data.children().len() - 1;
        signed_data.children_mut().insert(last, der::node(0xa1, vec![Node::parse(&of_token)]));
    });
    let record = record.to_der();
    let parsed = EvidenceRecord::parse(&record).unwrap();
    let renewal = Renewal::HashTree(SHA384);
    let leaf = parsed.renewal_leaf(renewal, &SHA384.digest(object)).unwrap();
    let tree = HashTree::new(SHA384, [leaf]).unwrap();
    let token = stamp_with(&archive.tsa(&service, Duration::days(3)), tree.root().unwrap());
    let renewed = parsed.renewed(renewal, &tree.reduced(&leaf).unwrap(), &token).unwrap();
    let mut of_archive = RevocationData::new();
    of_archive.add_der(&crl(&archive.root)).unwrap();
    let verifier =
        archive.verifier(&service).with_policy(sha256_past(Policy::strict())).with_revocation_data(of_archive);
    let digests = recommande::verify::ContentDigests::new([SHA256, SHA384].map(|by| by.digest(object)));
    let report = verifier.report_evidence_record(&renewed, std::slice::from_ref(&digests), now() + Duration::days(300));
    assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(now())), "{report}");
    let alone = verifier.report_evidence_record(&record, &[digests], now() + Duration::days(300));
    assert_ne!(alone.indication, Indication::TotalPassed, "{alone}");
}

/// A file, two records over it by different TSAs, and what a verifier needs for both.
struct TwoRecords {
    file: Vec<u8>,
    records: [Vec<u8>; 2],
    verifier: Box<dyn Fn() -> Verifier>,
}

impl TwoRecords {
    /// Only an OCSP response with SHA-256 answers for the TSA of the second record. It lies in the file, or in the first
    /// token of the first record.
    fn with_response(is_in_file: bool) -> Self {
        let (service, first, second) = (Service::new(), Archive::new(), Archive::of("Second"));
        let LongTerm { mut file, of_archive, .. } = LongTerm::new(&service, &first);
        let response = second.response_with_sha256();
        if is_in_file {
            let mut of_second = RevocationData::new();
            of_second.add_der(&response).unwrap();
            let proof = ProofOfSending::from_der(&file).unwrap();
            file = proof.with_revocation(&of_second).unwrap().der().to_vec();
        }
        let record = first.record(&service, &file, Duration::days(3));
        let carrying = if is_in_file {
            record
        } else {
            let record = Node::parse(&record).with(|record| {
                let signed_data = record.at_mut(&[2, 0, 0, 2, 1, 0]);
                let last = signed_data.children().len() - 1;
                let ocsp = vec![der::oid(oid::RI_OCSP_RESPONSE), Node::parse(&response)];
                signed_data.children_mut().insert(last, node(0xa1, vec![node(0xa1, ocsp)]));
            });
            let record = record.to_der();
            let parsed = EvidenceRecord::parse(&record).unwrap();
            let leaf = parsed.renewal_leaf(Renewal::HashTree(SHA384), &SHA384.digest(&file)).unwrap();
            let tree = HashTree::new(SHA384, [leaf]).unwrap();
            let token = stamp_with(&first.tsa(&service, Duration::days(4)), tree.root().unwrap());
            parsed.renewed(Renewal::HashTree(SHA384), &tree.reduced(&leaf).unwrap(), &token).unwrap()
        };
        let records = [carrying, second.record(&service, &file, Duration::days(5))];
        let verifier = move || {
            let mut anchors = service.pki.tsa_anchors();
            for archive in [&first, &second] {
                anchors.add(archive.root.certificate.clone());
            }
            Verifier::new(service.pki.seal_anchors(), anchors, Environment::Test)
                .with_policy(sha256_past(Policy::strict()))
                .with_revocation_data(of_archive.clone())
        };
        Self { file, records, verifier: Box::new(verifier) }
    }

    /// The reports on the file with both records, inside and beside, in this order.
    fn reports(&self, [first, second]: [&[u8]; 2]) -> [Report; 3] {
        let at = now() + Duration::days(300);
        let both = inside(&inside(&self.file, first), second);
        let verifier = (self.verifier)().with_evidence_records([first.to_vec(), second.to_vec()]);
        let proof = ProofOfSending::from_der(&self.file).unwrap();
        [
            (self.verifier)().report_signatures(&both, Content::Attached, at).reports.remove(0),
            verifier.report_signatures(&self.file, Content::Attached, at).reports.remove(0),
            verifier.report(&proof, Payload::NotAvailable, at),
        ]
    }
}

impl Archive {
    /// Says that the certificate of the TSA is good.
    fn response_with_sha256(&self) -> Vec<u8> {
        let (from, until) = validity();
        let key = generate_key(&KeyKind::EcP256).unwrap();
        let responder = self.root.issue(&CertificateSpec::ocsp_responder("Responder", from, until), key).unwrap();
        let (tsa, root) = (&self.tsa.certificate, &self.root.certificate);
        let answer = OcspAnswerSpec::new(tsa, root, OcspStatus::Good, now() - Duration::hours(1));
        let answer = answer.with_next_update(now() + Duration::days(10));
        responder.answer_ocsp(&OcspSpec::new(now(), answer)).unwrap()
    }
}

/// The findings in an order of their own.
fn findings(report: &Report) -> Vec<String> {
    let line = |finding: &recommande::verify::Finding| {
        format!("{} {} {:?} {:?}", finding.subject, finding.code, finding.stated, finding.computed)
    };
    let mut lines: Vec<_> = report.findings.iter().map(line).collect();
    lines.sort();
    lines
}

/// The order of attributes in a SET and of the records that a caller gives is nobody's statement.
#[test]
fn the_order_of_records_decides_nothing() {
    for is_in_file in [true, false] {
        let both = TwoRecords::with_response(is_in_file);
        let [first, second] = &both.records;
        let reports = both.reports([first, second]).into_iter().zip(both.reports([second, first]));
        for (forth, back) in reports {
            assert_eq!((forth.indication, forth.proven_at), (back.indication, back.proven_at), "{forth}\n{back}");
            assert_eq!(findings(&forth), findings(&back), "{forth}\n{back}");
            // One record holds by itself; it does not hold up the revocation data of the other one.
            let holds = [1, 2].map(|record| has(&forth, Subject::EvidenceRecord(record), Code::RecordTimeProven));
            assert!(holds[0] != holds[1], "{forth}");
            let past = |report: &Report| {
                report.findings.iter().filter(|finding| finding.code == Code::RevocationAlgorithmPastItsDate).count()
            };
            assert_eq!((past(&forth), past(&back)), (1, 1), "{forth}\n{back}");
        }
    }
}

#[test]
fn a_record_holds_up_certificates_that_expired_or_were_revoked() {
    let service = Service::new();
    let sealed = service.sealed().der().to_vec();
    let decades = Duration::days(3650 * 2);
    let at_gen_time = || Policy { timestamp_validity: TimestampValidity::AtGenTime, ..Policy::default() };
    let revoked = |key: &CertifiedKey, issuer: &CertifiedKey| {
        let entry = RevokedSpec::new(&key.certificate, now() + Duration::hours(1));
        let entry = entry.with_reason(RevocationReason::KeyCompromise);
        let spec = CrlSpec::new(now() + Duration::hours(2), now() + Duration::days(30)).with_revoked(&entry);
        let mut data = RevocationData::new();
        data.add_der(&issuer.issue_crl(&spec).unwrap()).unwrap();
        data
    };
    let of_seal = revoked(&service.pki.seal, &service.pki.intermediate);
    for (minutes, holds) in [(1, true), (90, false)] {
        let time = now() + Duration::minutes(minutes);
        let file = inside(&sealed, &record_over(&service.tsa(time), SHA256.digest(&sealed)));
        // All certificates have expired.
        let report = judged(&service.verifier(), &file, decades);
        let verdict = (report.indication, report.sub_indication);
        assert_eq!(verdict, (Indication::Indeterminate, Some(SubIndication::OutOfBoundsNoPoe)), "{report}");
        let report = judged(&service.verifier().with_policy(at_gen_time()), &file, decades);
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(time)), "{report}");
        // That of the seal alone has.
        let of_seal_ended = Duration::days(700);
        let report = judged(&service.verifier(), &file, of_seal_ended);
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(time)), "{report}");
        let verifier = service.verifier().with_revocation_data(of_seal.clone());
        let report = judged(&verifier, &file, Duration::days(2));
        assert_eq!(report.indication == Indication::TotalPassed, holds, "{report}");
        assert_eq!(has(&report, Subject::SealChain, Code::RevokedNoPoe), !holds, "{report}");
        // A signature by anybody that nothing but a record beside it dates.
        let record = record_over(&service.tsa(time), SHA256.digest(&sealed));
        let verifier = service.verifier().with_policy(at_gen_time()).with_evidence_records([record]);
        let report = verifier.report_signatures(&sealed, Content::Attached, now() + decades).reports.remove(0);
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(time)), "{report}");
    }
    let without = service.verifier().report_signatures(&sealed, Content::Attached, now() + decades).reports.remove(0);
    assert_eq!(without.indication, Indication::Indeterminate, "{without}");
    // The key of the TSA was compromised: only what is known to be older counts.
    let archive = Archive::new();
    let stamped = service.proof().der().to_vec();
    let of_tsa = revoked(&service.pki.tsa, &service.pki.tsa_root);
    for (minutes, holds) in [(1, true), (90, false)] {
        let record = archive.record(&service, &stamped, Duration::minutes(minutes));
        let verifier = archive.verifier(&service).with_revocation_data(of_tsa.clone()).with_evidence_records([record]);
        let report = judged(&verifier, &stamped, Duration::days(2));
        let first = report.timestamps.first().unwrap();
        assert_eq!(first.valid, holds, "{report}");
        assert_eq!(has(&report, Subject::Timestamp(1), Code::TsaKeyCompromised), !holds, "{report}");
    }
}

/// A TSA of the service with a key of this kind, whose certificate ends so many days from now.
fn tsa_until(service: &Service, kind: &KeyKind, days: i64, serial: u8) -> CertifiedKey {
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(days));
    let spec = CertificateSpec::tsa("Lasting TSA", from, until).with_serial(&[serial]);
    service.pki.tsa_root.issue(&spec, generate_key(kind).unwrap()).unwrap()
}

/// RSA-2048 proves nothing from 2029 on. A later record shows that the earlier one is older, and the proven time stays
/// that of the earlier one, wherever the two lie and in whatever order.
#[test]
fn a_record_holds_up_the_record_that_it_covers() {
    let service = Service::new();
    let sealed = service.sealed().der().to_vec();
    let early = tsa_until(&service, &KeyKind::Rsa { bits: 2048 }, 700, 1);
    let late = tsa_until(&service, &KeyKind::EcP256, 5000, 2);
    let by = |key: &CertifiedKey, file: &[u8], days: i64| {
        record_over(&service.tsa(now() + Duration::days(days)).with_key(key.clone()), SHA256.digest(file))
    };
    let first = inside(&sealed, &by(&early, &sealed, 0));
    let in_2030 = Duration::days(365 * 3 + 100);
    let passes = |report: &Report, holds: bool| {
        let expected = if holds { (true, Some(now())) } else { (false, None) };
        assert_eq!((report.indication == Indication::TotalPassed, report.proven_at), expected, "{report}");
    };
    passes(&judged(&service.verifier(), &first, in_2030), false);
    // Made before the first one ends, a day after it, at the same time, after its end, before it.
    for (days, holds) in [(600, true), (1, true), (0, true), (701, false)] {
        let second = by(&late, &first, days);
        let others = [by(&late, b"another file", days), by(&early, &first, 3)];
        let verifier =
            |records: &[&Vec<u8>]| service.verifier().with_evidence_records(records.iter().copied().cloned());
        for records in [vec![&second], vec![&second, &others[0], &others[1]], vec![&others[1], &others[0], &second]] {
            let report = judged(&verifier(&records), &first, in_2030);
            let by_second = (report.indication, report.proven_at);
            // The second record is about the file as well, and proves its own time where it holds up nothing.
            let alone = Some(now() + Duration::days(days));
            let time = if holds { Some(now()) } else { alone };
            // A proof that is dated two years after it was sealed does not meet the policy.
            let indication = if holds { Indication::TotalPassed } else { Indication::Indeterminate };
            assert_eq!(by_second, (indication, time), "{days}: {report}");
        }
        // Inside, as a signature by others: over the file with the first record in it.
        let both = inside(&first, &second);
        let report = service.verifier().report_signatures(&both, Content::Attached, now() + in_2030).reports.remove(0);
        assert_eq!(report.proven_at, Some(now() + Duration::days(if holds { 0 } else { days })), "{days}: {report}");
        let swapped = Node::parse(&both).with(|file| {
            let attributes = file.at_mut(der::SIGNER_INFO).children_mut().last_mut().unwrap().children_mut();
            attributes.reverse();
        });
        let swapped = swapped.to_der();
        let report = service.verifier().report_signatures(&swapped, Content::Attached, now() + in_2030);
        let report = &report.reports[0];
        assert_eq!(report.proven_at, Some(now() + Duration::days(if holds { 0 } else { days })), "{days}: {report}");
    }
    // Nothing is proven by what is not valid itself.
    let stranger = Service::new();
    let foreign = record_over(&stranger.tsa(now() + Duration::days(9)), SHA256.digest(&first));
    let verifier = service.verifier().with_evidence_records([foreign]);
    passes(&judged(&verifier, &first, in_2030), false);
}

/// A content-time-stamp is older than the signature, and a record that does not hold proves nothing: neither is the time
/// from which a verdict is known to last, nor what it lasts by.
#[test]
fn a_verdict_lasts_by_what_proves_the_signature_and_by_nothing_else() {
    let service = Service::new();
    let (pki, seconds) = (&service.pki, |seconds| now() + Duration::seconds(seconds));
    let token = |octets: &[u8], time| stamp(&service, SHA256.digest(octets), time).to_definite().to_vec();
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), seconds(1));
    forge.first().set(oid::CONTENT_TIME_STAMP, &[&token(b"content", now())]);
    forge.sign(&*pki.seal.signer).unwrap();
    let signature = forge.signers[0].signature.clone();
    forge.signers[0].stamp(&token(&signature, seconds(2)));
    let file = forge.to_der();
    let entry = RevokedSpec::new(&pki.seal.certificate, now() + Duration::hours(1));
    let spec = CrlSpec::new(now() + Duration::hours(2), now() + Duration::days(9));
    let spec = spec.with_revoked(&entry.with_reason(RevocationReason::Superseded));
    let mut data = RevocationData::new();
    data.add_der(&pki.intermediate.issue_crl(&spec).unwrap()).unwrap();
    let judge = |file: &[u8], records: Vec<Vec<u8>>| {
        let verifier = service.verifier().with_revocation_data(data.clone()).with_evidence_records(records);
        let report = verifier.report_signatures(file, Content::Attached, later()).reports.remove(0);
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(seconds(2))), "{report}");
        report
    };
    let lasting = tsa_until(&service, &KeyKind::EcP256, 2000, 7);
    let tsa = |hours| service.tsa(now() + Duration::hours(hours)).with_key(lasting.clone());
    let report = judge(&file, vec![record_over(&tsa(3), SHA256.digest(&file))]);
    let until = report.verifiable_until.as_ref().map(|until| until.time);
    assert_eq!(until, Some(lasting.certificate.not_after()), "{report}");
    // Over another file, and renewed.
    let first = record_over(&service.tsa(now()), SHA256.digest(b"another file"));
    let parsed = EvidenceRecord::parse(&first).unwrap();
    let leaf = parsed.renewal_leaf(Renewal::Timestamp, &SHA256.digest(b"another file")).unwrap();
    let tree = HashTree::new(SHA256, [leaf]).unwrap();
    let renewal = stamp_with(&tsa(3), tree.root().unwrap());
    let renewed = parsed.renewed(Renewal::Timestamp, &tree.reduced(&leaf).unwrap(), &renewal).unwrap();
    let report = judge(&inside(&file, &renewed), Vec::new());
    let until = report.verifiable_until.as_ref().map(|until| until.time);
    assert_eq!(until, Some(pki.tsa.certificate.not_after()), "{report}");
}

#[test]
fn only_the_first_records_of_a_signature_are_looked_at() {
    let service = Service::new();
    let report = service.verifier().report_signatures(&preserved(&service, 5), Content::Attached, later());
    let report = &report.reports[0];
    assert!(has(report, Subject::Time, Code::RecordsTooMany), "{report}");
    assert!(!report.findings.iter().any(|finding| finding.subject == Subject::EvidenceRecord(5)));
}

#[test]
fn a_record_over_detached_content_covers_both() {
    let service = Service::new();
    let content = b"detached content";
    let payload = recommande::PayloadDigests::of_bytes(content);
    let file = service.sealer.sign_payload(&payload, "text/plain", now()).unwrap().der().to_vec();
    let (own, of_content) = (SHA256.digest(&file), SHA256.digest(content));
    let tree = HashTree::new(SHA256, [own, of_content]).unwrap();
    let record = tree.evidence_record(&own, &stamp(&service, tree.root().unwrap(), now())).unwrap();
    let file = Node::parse(&file).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_EXTERNAL, &record)).to_der();
    let report = |content: &[u8]| {
        service.verifier().report_signatures(&file, Content::Octets(content), later()).reports.remove(0)
    };
    let good = report(content);
    assert_eq!(good.proven_at, Some(now()), "{good}");
    let of_other_content = report(b"other content");
    assert!(has(&of_other_content, Subject::Timestamp(1), Code::RecordObjectNotCovered), "{of_other_content}");
}
