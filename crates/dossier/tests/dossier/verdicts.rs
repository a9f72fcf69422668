//! What does a dossier say of its container, its letters and its proofs?

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{ActedBy, Statement, Step, StepEvent, Window};
use recommande::preserve::{GroupLeaves, Renewer};
use recommande::rfc3161_client::{MessageImprint, TimeStampReq};
use recommande::seal::{AggregateLeaves, Artifact};
use recommande::testing::{CertificateSpec, TestPki, TestTsa, generate_key};
use recommande::verify::{ContentDigests, Context, Outcome, SubIndication};
use recommande::{Credentials, Environment, Indication, Opening, Payload, PayloadDigests, Sealer, TsaPool, Verifier};
use recommande_dossier::{
    Dossier, DossierBuilder, DossierReport, LetterFiles, PartKind, PartVerdict, ProofFiles, ProofKind, ProofNumber,
    Protection, ReadError, ToSign, Verifiers,
};

use crate::common::{LETTER, Service, assurance, pdf, read, written};
use crate::forge::Zip;

const RECORD: &str = "META-INF/evidencerecord001.ers";

fn number(kind: ProofKind) -> ProofNumber {
    ProofNumber { kind, number: 1 }
}

#[test]
fn what_was_written_is_read_and_holds_signed_or_stamped_with_and_without_a_record() {
    let service = Service::new();
    for protection in [Protection::Signature, Protection::Timestamp] {
        let plain = service.protected(service.files(), protection);
        let recorded = service.recorded(service.protected(service.files(), protection));
        for writable in [plain, recorded] {
            let octets = written(writable);
            let mut dossier = read(&octets);
            let names: Vec<String> = dossier.parts().iter().map(|part| part.name().to_owned()).collect();
            assert_eq!(
                names,
                [
                    "README.txt",
                    "letter-1.p7s",
                    "letter-1.pdf",
                    "proof-of-opening.p7m",
                    "proof-of-sending.p7m",
                    "seal-anchors.pem",
                    "tsa-anchors.pem",
                ]
            );
            let report = dossier.report(&service.verifier(), service.later()).unwrap();
            assert_eq!(report.manifest.indication, Indication::TotalPassed, "{}", report.manifest);
            if let Some(record) = &report.record {
                assert_eq!(record.indication, Indication::TotalPassed, "{record}");
            }
            for part in &report.parts {
                if let PartVerdict::Proof { report, letters } = &part.verdict {
                    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
                    assert_eq!(letters, &[1]);
                }
            }
            let letter = report.parts.iter().find(|part| matches!(part.kind, PartKind::Letter { .. })).unwrap();
            let proven_by = vec![number(ProofKind::Sending), number(ProofKind::Opening)];
            assert_eq!(letter.verdict, PartVerdict::Letter { proven_by });
            assert_eq!(report.worst(), Indication::TotalPassed);
            assert_eq!(dossier.octets(letter.kind).unwrap(), LETTER);
        }
    }
}

/// The verdict on the file of this name.
fn verdict(report: &DossierReport, name: &str) -> PartVerdict {
    report.parts.iter().find(|part| part.kind.to_string() == name).unwrap().verdict.clone()
}

fn of_proof(report: &DossierReport, name: &str) -> (Indication, Vec<u16>) {
    match verdict(report, name) {
        PartVerdict::Proof { report, letters } => (report.indication, letters),
        verdict => panic!("{verdict:?}"),
    }
}

fn report(service: &Service, files: DossierBuilder<'_>) -> DossierReport {
    let octets = written(service.signed(files));
    read(&octets).report(&service.verifier(), service.later()).unwrap()
}

fn file(der: &[u8]) -> ProofFiles<'static> {
    ProofFiles::from_der(der).unwrap()
}

#[test]
fn another_letter_is_told_and_costs_the_proofs_nothing() {
    let service = Service::new();
    let sending = service.send(LETTER);
    let signature = service.sign(&PayloadDigests::of_bytes(LETTER), "application/pdf");
    let files = DossierBuilder::new()
        .with_letter(LetterFiles::new(pdf(), &b"Dear Sir, this is another letter.\n"[..]).with_signature(signature))
        .with_proof(file(sending.der()));
    let report = report(&service, files);
    assert_eq!(report.container(), Indication::TotalPassed);
    assert_eq!(verdict(&report, "letter-1.pdf"), PartVerdict::Letter { proven_by: vec![] });
    assert_eq!(verdict(&report, "letter-1.p7s").indication(), Some(Indication::TotalFailed));
    assert_eq!(of_proof(&report, "proof-of-sending.p7m"), (Indication::TotalPassed, vec![]));
    assert_eq!(report.worst(), Indication::TotalFailed);
}

#[test]
fn a_proof_that_does_not_hold_costs_the_others_nothing() {
    let service = Service::new();
    let (good, other) = (service.send(LETTER), service.send(b"another"));
    let opening = service.open(&good, LETTER);
    // An octet of the statement.
    let mut forged = other.der().to_vec();
    let place = forged.windows(6).position(|window| window == b"Office").unwrap();
    forged[place] = b'X';
    let stranger = Service::new();
    let files = DossierBuilder::new()
        .with_letter(LetterFiles::new(pdf(), &b"another"[..]))
        .with_letter(LetterFiles::new(pdf(), LETTER))
        .with_proof(file(&forged))
        .with_proof(file(opening.der()))
        .with_proof(file(stranger.send(LETTER).der()))
        .with_proof(file(good.der()));
    let report = report(&service, files);
    assert_eq!(report.container(), Indication::TotalPassed);
    assert_eq!(of_proof(&report, "proof-of-sending.p7m"), (Indication::TotalFailed, vec![1]));
    assert_eq!(of_proof(&report, "proof-of-sending-2.p7m"), (Indication::Indeterminate, vec![2]));
    assert_eq!(of_proof(&report, "proof-of-sending-3.p7m"), (Indication::TotalPassed, vec![2]));
    assert_eq!(of_proof(&report, "proof-of-opening.p7m"), (Indication::TotalPassed, vec![2]));
    let third = ProofNumber { kind: ProofKind::Sending, number: 3 };
    let proven_by = vec![third, number(ProofKind::Opening)];
    assert_eq!(verdict(&report, "letter-2.pdf"), PartVerdict::Letter { proven_by });
    assert_eq!(verdict(&report, "letter-1.pdf"), PartVerdict::Letter { proven_by: vec![] });
    assert_eq!(report.worst(), Indication::TotalFailed);
}

#[test]
fn steps_are_judged_after_what_led_to_them_whatever_their_order() {
    let service = Service::new();
    let sending = service.send(LETTER);
    let (verifier, later) = (service.verifier(), service.later());
    let sent = verifier.verify(&sending, Payload::NotAvailable, later).unwrap();
    let window = Window::new(service.now, later, "FR-LRE").unwrap();
    let asked = Step::of(&sent, 1, StepEvent::NotificationForAcceptance { window }, service.now).unwrap();
    let asked = service.seal(&asked);
    let context = Context::new(&sent, Payload::NotAvailable);
    let verified = verifier.verify(&asked, context, later).unwrap();
    let answer =
        StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(service.now) };
    let accepted = service.seal(&Step::after(&sent, &verified, answer, service.now).unwrap());
    let acceptance = verifier.verify(&accepted, context.with_cause(&verified), later).unwrap();
    let available = Step::after(&sent, &acceptance, StepEvent::ContentConsignment, service.now).unwrap();
    let available = service.seal(&available);
    let consignment = verifier.verify(&available, context.with_cause(&acceptance), later).unwrap();
    let opening = Opening::of(&sent, ActedBy::Recipient(1), assurance(service.now), service.now).unwrap();
    let opening = service.seal(&opening.with_cause(&consignment).unwrap());
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 3, 1]] {
        let ders = [sending.der(), asked.der(), accepted.der(), available.der(), opening.der()];
        let files = order.iter().fold(DossierBuilder::new(), |files, place| files.with_proof(file(ders[*place])));
        let report = report(&service, files);
        for name in [
            "proof-of-sending.p7m",
            "proof-of-step.p7m",
            "proof-of-step-2.p7m",
            "proof-of-step-3.p7m",
            "proof-of-opening.p7m",
        ] {
            assert_eq!(of_proof(&report, name), (Indication::TotalPassed, vec![]), "{name} in {order:?}");
        }
    }
    // Without its sending nothing is proven of a step, and without its cause neither.
    let report_of = |ders: &[&[u8]]| {
        report(&service, ders.iter().fold(DossierBuilder::new(), |files, der| files.with_proof(file(der))))
    };
    let alone = report_of(&[opening.der()]);
    assert_eq!(of_proof(&alone, "proof-of-opening.p7m").0, Indication::Indeterminate);
    let without_cause = report_of(&[sending.der(), accepted.der()]);
    assert_eq!(of_proof(&without_cause, "proof-of-step.p7m").0, Indication::Indeterminate);
    assert_eq!(of_proof(&without_cause, "proof-of-sending.p7m").0, Indication::TotalPassed);
}

/// Two files with this statement of the service: one whose seal lacks the certificate above it, and one whose timestamp is by a TSA of somebody
/// else.
fn refused<S: Statement>(service: &Service, statement: &S) -> [Vec<u8>; 2] {
    let chain = vec![service.pki.seal.certificate.clone()];
    let incomplete = Credentials::new(service.pki.seal.signer.clone(), chain).unwrap();
    let incomplete = Sealer::new(incomplete, service.sealer.issuer().clone()).seal(statement, service.now).unwrap();
    let incomplete = incomplete.stamp_with(&service.tsas).unwrap().with_revocation(&service.revocation).unwrap();
    let otherwise = service.sealer.seal(statement, service.now).unwrap().stamp_with(&Service::new().tsas).unwrap();
    assert_eq!(incomplete.id(), otherwise.id());
    [incomplete.der().to_vec(), otherwise.der().to_vec()]
}

#[test]
fn of_files_with_one_statement_their_order_decides_nothing() {
    let service = Service::new();
    let (verifier, later) = (service.verifier(), service.later());
    let stated = service.stated(LETTER);
    let sending = service.seal(&stated);
    let sent = verifier.verify(&sending, Payload::NotAvailable, later).unwrap();
    let window = Window::new(service.now, later, "FR-LRE").unwrap();
    let asked = Step::of(&sent, 1, StepEvent::NotificationForAcceptance { window }, service.now).unwrap();
    let cause = service.seal(&asked);
    let verified = verifier.verify(&cause, Context::new(&sent, Payload::NotAvailable), later).unwrap();
    let answer =
        StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(service.now) };
    let accepted = service.seal(&Step::after(&sent, &verified, answer, service.now).unwrap());
    let opening = Opening::of(&sent, ActedBy::Recipient(1), assurance(service.now), service.now).unwrap();
    let opening = service.seal(&opening);
    let sendings = refused(&service, &stated);
    let causes = refused(&service, &asked);
    // Two files with one statement, the others of the dossier, and the name of that which follows the two.
    type Case<'a> = ([&'a [u8]; 2], Vec<&'a [u8]>, &'static str);
    let [of_sending, of_cause] = [sendings.each_ref(), causes.each_ref()].map(|files| files.map(Vec::as_slice));
    let cases: [Case<'_>; 4] = [
        (of_sending, vec![opening.der()], "proof-of-opening.p7m"),
        ([of_sending[0], sending.der()], vec![opening.der()], "proof-of-opening.p7m"),
        (of_cause, vec![sending.der(), accepted.der()], "proof-of-step-3.p7m"),
        ([of_cause[0], cause.der()], vec![sending.der(), accepted.der()], "proof-of-step-3.p7m"),
    ];
    for (number, (copies, others, name)) in cases.iter().enumerate() {
        let told = [[0, 1], [1, 0]].map(|order| {
            let copies = order.into_iter().map(|place| copies[place]);
            let ders = copies.chain(others.iter().copied());
            let files = ders.fold(DossierBuilder::new(), |files, der| files.with_proof(file(der)));
            verdict(&report(&service, files), name)
        });
        assert_eq!(told[0], told[1], "case {number}");
        // Where one of the copies verifies, it is the one that is followed.
        let expected = if number % 2 == 0 { Indication::Indeterminate } else { Indication::TotalPassed };
        assert_eq!(told[0].indication(), Some(expected), "case {number}");
    }
}

#[test]
fn a_signature_over_another_container_is_told() {
    let service = Service::new();
    let other = service.files().to_sign().unwrap();
    let signature = service.sign(&other.digests(), ToSign::MEDIA_TYPE);
    let files = DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER));
    let octets = written(files.to_sign().unwrap().signed(&signature));
    let report = read(&octets).report(&service.verifier(), service.later()).unwrap();
    assert_eq!(report.manifest.indication, Indication::TotalFailed);
    // And what is no signature at all.
    let mut zip = Zip::read(&octets);
    zip.entry("META-INF/signature001.p7s").replace(b"no signature");
    let report = read(&zip.to_octets()).report(&service.verifier(), service.later()).unwrap();
    assert_eq!(report.manifest.sub_indication, Some(SubIndication::FormatFailure));
    // A timestamp of another container.
    let stamped = |letter: &'static [u8]| {
        let files = DossierBuilder::new().with_letter(LetterFiles::new(pdf(), letter));
        Zip::read(&written(service.stamped(files)))
    };
    let (mut zip, mut other) = (stamped(LETTER), stamped(b"another"));
    zip.entry("META-INF/timestamp001.tst").replace(&other.entry("META-INF/timestamp001.tst").octets);
    let report = read(&zip.to_octets()).report(&service.verifier(), service.later()).unwrap();
    assert_eq!(report.manifest.indication, Indication::TotalFailed);
}

#[test]
fn anchors_in_a_container_are_never_trusted() {
    let (service, stranger) = (Service::new(), Service::new());
    let octets = written(service.recorded(service.signed(service.files())));
    let report = read(&octets).report(&stranger.verifier(), service.later()).unwrap();
    assert_eq!(report.manifest.indication, Indication::Indeterminate);
    assert_eq!(report.record.as_ref().unwrap().indication, Indication::Indeterminate);
    assert_eq!(of_proof(&report, "proof-of-sending.p7m").0, Indication::Indeterminate);
    assert_eq!(verdict(&report, "letter-1.pdf"), PartVerdict::Letter { proven_by: vec![] });
    assert_eq!(report.worst(), Indication::Indeterminate);
    for name in ["seal-anchors.pem", "tsa-anchors.pem", "README.txt"] {
        assert_eq!(verdict(&report, name), PartVerdict::Untrusted);
    }
}

#[test]
fn who_signs_a_container_seals_no_proofs_with_that_key() {
    let (service, lawyer) = (Service::new(), Service::new());
    let sending = service.send(LETTER);
    let forged = lawyer.send(LETTER);
    let files = || DossierBuilder::new().with_proof(file(sending.der())).with_proof(file(forged.der()));
    let octets = written(lawyer.recorded(lawyer.signed(files())));
    let (of_proofs, of_container) = (service.verifier(), lawyer.verifier());
    let verifiers = Verifiers::new(&of_proofs).with_container(&of_container);
    let report = read(&octets).report(verifiers, service.later()).unwrap();
    assert_eq!(report.container(), Indication::TotalPassed);
    assert_eq!(of_proof(&report, "proof-of-sending.p7m").0, Indication::TotalPassed);
    assert_eq!(of_proof(&report, "proof-of-sending-2.p7m").0, Indication::Indeterminate);
    // Letters are signed by somebody else again.
    let signature = lawyer.sign(&PayloadDigests::of_bytes(LETTER), "application/pdf");
    let letter = LetterFiles::new(pdf(), LETTER).with_signature(signature);
    let octets = written(service.signed(files().with_letter(letter)));
    let of_letters = |verifiers: Verifiers<'_>| {
        verdict(&read(&octets).report(verifiers, service.later()).unwrap(), "letter-1.p7s").indication()
    };
    assert_eq!(of_letters(Verifiers::from(&of_proofs)), Some(Indication::Indeterminate));
    assert_eq!(of_letters(Verifiers::new(&of_proofs).with_letters(&of_container)), Some(Indication::TotalPassed));
}

#[test]
fn what_lies_beside_a_proof_is_judged_with_it() {
    let mut service = Service::new();
    let key = generate_key(&KeyKind::MlDsa65).unwrap();
    let spec = CertificateSpec::seal(
        "Second",
        service.pki.seal.certificate.not_before(),
        service.pki.seal.certificate.not_after(),
    );
    let key = service.pki.intermediate.issue(&spec, key).unwrap();
    let chain = [&key, &service.pki.intermediate, &service.pki.root].map(|key| key.certificate.clone()).to_vec();
    service.sealer = service.sealer.clone().with_second_seal(Credentials::new(key.signer, chain).unwrap()).unwrap();
    let proof = service.send(LETTER);
    let second_seal = service.sealer.second_seal(&proof, service.now).unwrap().stamp_with(&service.tsas).unwrap();
    let verifier = service.verifier();
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha256).unwrap();
    [proof.der(), b"another file"].into_iter().for_each(|file| leaves.add(file));
    let object = ContentDigests::new([DigestAlgorithm::Sha256.digest(proof.der())]);
    let group = leaves.close().unwrap();
    let group = group.stamp_with(&Renewer::new(&verifier), &object, &service.tsas, service.later()).unwrap();
    let record = group.record(&object).unwrap();
    let files = DossierBuilder::new()
        .with_letter(LetterFiles::new(pdf(), LETTER))
        .with_proof(file(proof.der()).with_record(record).with_second_seal(second_seal.der()))
        .with_proof(file(service.send(LETTER).der()));
    let report = report(&service, files);
    for (name, records, seals) in [("proof-of-sending.p7m", 1, 1), ("proof-of-sending-2.p7m", 0, 0)] {
        let PartVerdict::Proof { report, .. } = verdict(&report, name) else { panic!("{name}") };
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!((report.records.len(), report.second_seals.len()), (records, seals), "{name}");
        assert!(report.second_seals.iter().all(|seal| seal.indication == Indication::TotalPassed), "{report}");
    }
    for name in ["proof-of-sending.ers", "proof-of-sending.pq.p7s"] {
        assert_eq!(verdict(&report, name), PartVerdict::WithItsProof);
    }
}

#[test]
fn an_aggregated_proof_is_judged_too() {
    let service = Service::new();
    let sending = service.stated(LETTER);
    let pki = TestPki::new(service.now).unwrap().with_organization("Test", "NTRBE-0406798006").unwrap();
    let issuer = service.sealer.issuer().clone();
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
    let item = sealer.aggregate_item(sending, service.now).unwrap();
    let mut leaves = AggregateLeaves::new(sealer.issuer());
    leaves.add(&item).unwrap();
    let sealed = sealer.seal_aggregate(&leaves.close(1).unwrap(), service.now).unwrap();
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
    let proof = sealed.stamp_with(&tsas).unwrap().proof(item).unwrap();
    let files = DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER)).with_proof(file(proof.der()));
    let octets = written(service.signed(files));
    let (of_proofs, of_container) =
        (Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test), service.verifier());
    let verifiers = Verifiers::new(&of_proofs).with_container(&of_container);
    let report = read(&octets).report(verifiers, service.later()).unwrap();
    assert_eq!(of_proof(&report, "proof-of-sending.rma"), (Indication::TotalPassed, vec![1]));
    assert_eq!(report.worst(), Indication::TotalPassed);
}

#[test]
fn a_record_over_everything_holds_what_it_covers_up() {
    let service = Service::new();
    let octets = written(service.recorded(service.signed(service.files())));
    let report = read(&octets).report(&service.verifier(), service.later()).unwrap();
    for name in ["proof-of-sending.p7m", "proof-of-opening.p7m"] {
        let PartVerdict::Proof { report, .. } = verdict(&report, name) else { panic!("{name}") };
        assert_eq!(report.records.len(), 1, "{report}");
        assert!(report.findings.iter().all(|finding| finding.outcome != Outcome::Failed), "{report}");
    }
    assert_eq!(report.manifest.records.len(), 1);
    let each = read(&octets).record().unwrap().to_vec();
    // It is about each file by itself: another file is none of its objects.
    let objects = [ContentDigests::new([DigestAlgorithm::Sha256.digest(b"no file of it")])];
    let of_other = service.verifier().report_evidence_record(&each, &objects, service.later());
    assert_eq!(of_other.indication, Indication::TotalFailed);
}

#[test]
fn a_record_that_anybody_put_there_costs_the_proofs_nothing() {
    let service = Service::new();
    let mut zip = Zip::read(&written(service.recorded(service.signed(service.files()))));
    let stranger = Service::new();
    let others = Zip::read(&written(stranger.recorded(stranger.signed(stranger.files())))).entry(RECORD).octets.clone();
    let own = zip.entry(RECORD).octets.clone();
    let mut forged = own.clone();
    *forged.last_mut().unwrap() ^= 1;
    for record in [b"garbage".to_vec(), forged, others, own[..own.len() - 1].to_vec(), Vec::new()] {
        zip.entry(RECORD).replace(&record);
        let report = read(&zip.to_octets()).report(&service.verifier(), service.later()).unwrap();
        assert_eq!(report.manifest.indication, Indication::TotalPassed, "{}", report.manifest);
        assert_ne!(report.container(), Indication::TotalPassed);
        for name in ["proof-of-sending.p7m", "proof-of-opening.p7m"] {
            assert_eq!(of_proof(&report, name), (Indication::TotalPassed, vec![1]));
        }
    }
}

#[test]
fn a_response_around_a_timestamp_is_no_timestamp() {
    let service = Service::new();
    let files = || DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER));
    let imprint = DigestAlgorithm::Sha256.digest(files().to_stamp().unwrap().manifest());
    let request = TimeStampReq::new(MessageImprint::new(DigestAlgorithm::Sha256.oid(), imprint.as_bytes()));
    let response = TestTsa::new(&service.pki).respond(&request.to_der());
    let token = request.check(&response).unwrap();
    let mut zip = Zip::read(&written(service.stamped(files())));
    for (octets, expected) in [(token.as_bytes(), Indication::TotalPassed), (&response, Indication::TotalFailed)] {
        zip.entry("META-INF/timestamp001.tst").replace(octets);
        let report = read(&zip.to_octets()).report(&service.verifier(), service.later()).unwrap();
        assert_eq!(report.manifest.indication, expected, "{}", report.manifest);
    }
}

#[test]
fn every_algorithm_of_digests_and_every_key_signs_a_container() {
    for (algorithm, kind) in [
        (DigestAlgorithm::Sha256, KeyKind::EcP384),
        (DigestAlgorithm::Sha384, KeyKind::Rsa { bits: 3072 }),
        (DigestAlgorithm::Sha512, KeyKind::Ed25519),
    ] {
        let service = Service::of_kind(&kind);
        let octets = written(service.recorded(service.signed(service.files().with_algorithm(algorithm))));
        let mut dossier = read(&octets);
        let report = dossier.report(&service.verifier(), service.later()).unwrap();
        assert_eq!(report.worst(), Indication::TotalPassed, "{kind:?}: {}", report.manifest);
        assert!(dossier.parts().iter().all(|part| part.digests().get(algorithm).is_some()));
    }
}

#[test]
fn a_file_that_changes_after_it_was_read_is_noticed() {
    let service = Service::new();
    let octets = RefCell::new(written(service.signed(service.files())));
    struct Shared<'a>(&'a RefCell<Vec<u8>>, u64);
    impl Read for Shared<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let mut cursor = Cursor::new(self.0.borrow());
            cursor.set_position(self.1);
            let octets = cursor.get_ref().get(self.1 as usize..).unwrap_or_default();
            let read = octets.len().min(buffer.len());
            buffer[..read].copy_from_slice(&octets[..read]);
            self.1 += read as u64;
            Ok(read)
        }
    }
    impl Seek for Shared<'_> {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.1 = Cursor::new(self.0.borrow().as_slice()).seek(to)?;
            Ok(self.1)
        }
    }
    let mut dossier = Dossier::read(Shared(&octets, 0)).unwrap();
    let kind = PartKind::Letter { number: 1, extension: "pdf" };
    assert_eq!(dossier.octets(kind).unwrap(), LETTER);
    let place = octets.borrow().windows(LETTER.len()).position(|window| window == LETTER).unwrap();
    octets.borrow_mut()[place] ^= 1;
    let error = dossier.octets(kind).unwrap_err();
    assert!(matches!(&error, ReadError::Changed { name } if name == "letter-1.pdf"), "{error:?}");
    // Another letter with the checksum of this one.
    let forged = with_checksum(&LETTER[..LETTER.len() - 4], crc32fast::hash(LETTER), b"Pay me. ");
    assert_eq!((forged.len(), crc32fast::hash(&forged)), (LETTER.len(), crc32fast::hash(LETTER)));
    octets.borrow_mut()[place..place + LETTER.len()].copy_from_slice(&forged);
    let error = dossier.octets(kind).unwrap_err();
    assert!(matches!(&error, ReadError::Changed { name } if name == "letter-1.pdf"), "{error:?}");
    // It may be gone as well.
    octets.borrow_mut().truncate(10);
    assert!(dossier.report(&service.verifier(), service.later()).is_err());
    let missing = PartKind::Letter { number: 2, extension: "pdf" };
    assert!(matches!(dossier.octets(missing), Err(ReadError::Missing { name }) if name == "letter-2.pdf"));
}

/// Octets of the same length that begin otherwise and end with four octets that give them this checksum.
fn with_checksum(octets: &[u8], wanted: u32, begin: &[u8]) -> Vec<u8> {
    let mut forged = octets.to_vec();
    forged[..begin.len()].copy_from_slice(begin);
    // The register is turned back over four octets, from what the checksum asks for to what these leave.
    let table: Vec<u32> =
        (0..256_u32).map(|octet| (0..8).fold(octet, |value, _| (value >> 1) ^ (0xedb8_8320 * (value & 1)))).collect();
    let mut register = !wanted;
    for _ in 0..4 {
        let place = table.iter().position(|value| value >> 24 == register >> 24).unwrap();
        register = (register ^ table[place]) << 8 | place as u32;
    }
    let left = !crc32fast::hash(&forged);
    forged.extend((register ^ left).to_le_bytes());
    forged
}
