//! Many seals share one timestamp: each proof verifies alone, and nothing is lost on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{self, Service, against, digests, has, later, now, opened_at, pool, sending_of};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{Digest, DigestAlgorithm, PublicKey, SignError, SignatureAlgorithm, Signer};
use recommande::evidence::Statement;
use recommande::pki::revocation::{OcspStatus, RevocationData};
use recommande::seal::batch::WhyNotInBatch;
use recommande::seal::{
    Artifact, Batch, BatchError, BatchLeaves, DecodeError, NotInBatch, PayloadSignature, SealError, StampedBatch,
    TimestampError,
};
use recommande::testing::{Misbehaviour, OcspAnswerSpec, OcspSpec};
use recommande::time::record::EvidenceRecord;
use recommande::verify::{
    BaselineLevel, Code, ContentDigests, Indication, Payload, Policy, Preceding, SubIndication, TimestampKind,
};
use recommande::{Credentials, Environment, ProofOfOpening, ProofOfSending, Sealer, Sending, Unstamped};
use rfc3161_client::{AttemptError, Nonce, ResponseError, TimeStampReq, TsaPool};
use signed_data::{RevocationInfoChoice, SignedData};

type Seal = Unstamped<ProofOfSending>;

fn sendings(count: usize) -> Vec<Sending> {
    (0..count).map(|number| sending_of(&format!("ITEM{number}"))).collect()
}

fn sealed(service: &Service, count: usize) -> Vec<Seal> {
    service.sealer.seal_all(sendings(count), now()).collect::<Result<_, _>>().unwrap()
}

/// Two seconds after the sealing.
fn stamp(service: &Service, batch: &Batch) -> StampedBatch {
    batch.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap()
}

#[test]
fn each_proof_of_a_batch_verifies_alone() {
    let service = Service::new();
    for count in [1, 2, 3, 7, 100] {
        let sealed = sealed(&service, count);
        let batch = Batch::of(&sealed).unwrap();
        assert_eq!(batch.leaf_count(), count);
        assert!(sealed.iter().all(|seal| batch.contains(seal)));
        let stamped = stamp(&service, &batch);
        for (number, seal) in sealed.into_iter().enumerate() {
            let id = seal.as_artifact().id();
            let file = stamped.proof(seal).unwrap().der().to_vec();
            let proof = ProofOfSending::from_der(&file).unwrap();
            assert_eq!((proof.id(), proof.stated().message_id().as_str()), (id, format!("ITEM{number}").as_str()));
            let verified = service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
            assert_eq!(verified.proven_at(), now() + Duration::seconds(2));
            let report = service.verifier().report(&proof, Payload::Digests(&digests()), later());
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            // A record is no signature-time-stamp: only what the standard calls T is called T.
            assert_eq!(report.level, Some(BaselineLevel::BB));
            assert_eq!(report.timestamps.len(), 1);
            assert_eq!(report.timestamps[0].kind, TimestampKind::EvidenceRecord);
            assert!(against(&report).is_empty());
        }
    }
}

#[test]
fn openings_and_payload_signatures_come_in_batches_too() {
    let service = Service::new();
    let sendings = sealed(&service, 3);
    let stamped = stamp(&service, &Batch::of(&sendings).unwrap());
    let sent: Vec<_> = sendings.into_iter().map(|seal| service.verified(&stamped.proof(seal).unwrap())).collect();
    let openings: Vec<_> = sent.iter().map(|sending| service.opening(sending)).collect();
    let sealed = service.sealer.seal_all(&openings, opened_at()).collect::<Result<Vec<_>, _>>().unwrap();
    let tsa = service.tsa(opened_at() + Duration::seconds(2));
    let stamped = Batch::of(&sealed).unwrap().stamp_with(&pool(tsa)).unwrap();
    for (sending, seal) in sent.iter().zip(sealed) {
        let proof: ProofOfOpening = stamped.proof(seal).unwrap();
        let opened = service.verifier().verify(&proof, sending, later()).unwrap();
        assert_eq!(opened.proven_at(), opened_at() + Duration::seconds(2));
        let another = sent.iter().find(|another| another.id() != sending.id()).unwrap();
        assert!(service.verifier().verify(&proof, another, later()).is_err());
        let report = service.verifier().report(&proof, Preceding::NotGiven, later());
        assert!(has(&report, Code::SendingNotGiven));
    }
    // Sendings and payload signatures in one batch.
    let payload = service.sealer.sign_payload(&digests(), "application/pdf", now()).unwrap();
    let sending = service.sealed();
    let mut leaves = BatchLeaves::new();
    leaves.add(&payload).unwrap();
    leaves.add(&sending).unwrap();
    let stamped = stamp(&service, &leaves.close().unwrap());
    let signature: PayloadSignature = stamped.proof(payload).unwrap();
    let verified = service.verifier().verify_payload_signature(&signature, &digests(), later()).unwrap();
    assert_eq!(verified.proven_at(), now() + Duration::seconds(2));
    service.verified(&stamped.proof(sending).unwrap());
}

/// A key in a device that does not answer every time.
struct Flaky {
    key: Arc<dyn Signer>,
    signed: AtomicUsize,
    fails: fn(usize) -> bool,
}

impl Signer for Flaky {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        // The first one is the trial of the credentials.
        let signed = self.signed.fetch_add(1, Ordering::Relaxed);
        if signed > 0 && (self.fails)(signed - 1) {
            return Err(SignError::External("the device is gone".into()));
        }
        self.key.sign(message)
    }
}

fn flaky(service: &Service, fails: fn(usize) -> bool) -> Sealer {
    let signer = Flaky { key: service.pki.seal.signer.clone(), signed: AtomicUsize::new(0), fails };
    Sealer::new(Credentials::new(signer, service.pki.seal_chain()).unwrap(), common::issuer(Environment::Test))
}

#[test]
fn an_item_that_fails_is_named_and_costs_no_other() {
    let service = Service::new();
    let sealer = flaky(&service, |number| number == 3 || number == 7);
    let mut seen = Vec::new();
    let results: Vec<_> = sealer
        .seal_all(&sendings(10), now())
        .with_progress(|progress| seen.push((progress.sealed, progress.failed, progress.total)))
        .collect();
    assert_eq!(results.len(), 10);
    for (number, result) in results.iter().enumerate() {
        match result {
            Ok(seal) => assert_eq!(seal.as_artifact().stated(), &sending_with_same_identifier(seal, number)),
            Err(error) => {
                assert!(matches!(error.source, SealError::Sign(_)));
                assert_eq!(error.index, number);
                assert!(error.to_string().contains(&format!("statement {number} ")));
            }
        }
    }
    let failed: Vec<usize> =
        results.iter().filter_map(|result| result.as_ref().err()).map(|error| error.index).collect();
    assert_eq!(failed, [3, 7]);
    assert_eq!(seen.first(), Some(&(1, 0, Some(10))));
    assert_eq!(seen.last(), Some(&(8, 2, Some(10))));
    assert_eq!(seen.len(), 10);
    // The rest is a batch.
    let sealed: Vec<Seal> = results.into_iter().flatten().collect();
    let stamped = stamp(&service, &Batch::of(&sealed).unwrap());
    sealed.into_iter().for_each(|seal| drop(service.verified(&stamped.proof(seal).unwrap())));
}

/// Evidence identifiers are random; the rest is what was asked for.
fn sending_with_same_identifier(seal: &Seal, number: usize) -> Sending {
    let stated = seal.as_artifact().stated();
    sending_of(&format!("ITEM{number}")).with_evidence_identifier(stated.evidence_identifier())
}

#[test]
fn seals_stream_out() {
    let service = Service::new();
    let asked = AtomicUsize::new(0);
    let endless = (0..).map(|number| {
        asked.fetch_add(1, Ordering::Relaxed);
        sending_of(&format!("ITEM{number}"))
    });
    let mut sealed = service.sealer.seal_all(endless, now());
    for count in 1..=3 {
        assert!(sealed.next().unwrap().is_ok());
        assert_eq!(asked.load(Ordering::Relaxed), count);
    }
}

#[test]
fn the_order_of_a_batch_and_repetitions_make_no_difference() {
    let service = Service::new();
    let sealed = sealed(&service, 9);
    let batch = Batch::of(&sealed).unwrap();
    for turn in 0..9 {
        let again = sealed[turn..].iter().chain(&sealed[..turn]).chain(&sealed[3..5]);
        let again = Batch::of(again).unwrap();
        assert_eq!((again.root(), again.leaf_count()), (batch.root(), 9));
    }
    let reversed = Batch::of(sealed.iter().rev()).unwrap();
    assert_eq!(reversed.root(), batch.root());
    let less = Batch::of(&sealed[1..]).unwrap();
    assert!(less.root() != batch.root() && !less.contains(&sealed[0]));
    // The very same seal twice gives the very same proof twice.
    let stamped = stamp(&service, &batch);
    let twice = [sealed[0].clone(), sealed[0].clone()].map(|seal| stamped.proof(seal).unwrap());
    assert!(twice[0].der() == twice[1].der());
}

#[test]
fn a_batch_is_taken_up_in_another_process() {
    let service = Service::new();
    let (stored, request) = {
        let sealed = sealed(&service, 5);
        let batch = Batch::of(&sealed).unwrap();
        // The TSA is down: every answer is told, and the batch is as it was.
        let down = pool(service.misbehaving(Misbehaviour::Unreachable));
        let Err(TimestampError::Tsa(error)) = batch.stamp_with(&down) else { panic!("a timestamp from nowhere") };
        assert!(error.attempts.iter().all(|attempt| matches!(attempt.error, AttemptError::Transport(_))));
        assert!(!error.attempts.is_empty());
        let stored: Vec<Vec<u8>> = sealed.iter().map(|seal| seal.der().to_vec()).collect();
        (stored, batch.timestamp_request(Nonce::random().unwrap()).to_der())
    };
    let response = service.tsa(now() + Duration::seconds(9)).respond(&request);
    let finish = |order: &[usize]| -> Vec<Vec<u8>> {
        let seals: Vec<Seal> = order.iter().map(|index| Seal::from_der(&stored[*index]).unwrap()).collect();
        let batch = Batch::of(&seals).unwrap();
        let stamped = batch.attach(&TimeStampReq::from_der(&request).unwrap(), &response).unwrap();
        let mut proofs: Vec<_> = seals.into_iter().map(|seal| stamped.proof(seal).unwrap().der().to_vec()).collect();
        proofs.sort();
        proofs
    };
    let proofs = finish(&[0, 1, 2, 3, 4]);
    // After a crash the same answer is attached again, and the same files come out of it.
    assert_eq!(proofs, finish(&[4, 2, 0, 3, 1]));
    for proof in &proofs {
        let verified = service.verified(&ProofOfSending::from_der(proof).unwrap());
        assert_eq!(verified.proven_at(), now() + Duration::seconds(9));
    }
}

#[test]
fn any_part_of_the_seals_is_a_batch() {
    let service = Service::new();
    let sealed = sealed(&service, 10);
    let parts: Vec<Batch> = sealed.chunks(4).map(|part| Batch::of(part).unwrap()).collect();
    assert_eq!(parts.iter().map(Batch::leaf_count).collect::<Vec<_>>(), [4, 4, 2]);
    let stamped: Vec<_> = parts.iter().map(|part| stamp(&service, part)).collect();
    for (index, seal) in sealed.into_iter().enumerate() {
        // The seal of another part is given back.
        let given_back = stamped[(index / 4 + 1) % 3].proof(seal).unwrap_err();
        assert_eq!(given_back.to_string(), "the seal is not in this batch");
        service.verified(&stamped[index / 4].proof(given_back.unstamped).unwrap());
    }
}

#[test]
fn the_token_of_another_batch_is_refused() {
    let service = Service::new();
    let sealed = sealed(&service, 4);
    let (batch, another) = (Batch::of(&sealed[..2]).unwrap(), Batch::of(&sealed[2..]).unwrap());
    let request = |batch: &Batch| batch.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = service.tsa(now()).respond(&request(&another).to_der());
    assert!(matches!(
        batch.attach(&request(&batch), &response),
        Err(TimestampError::Response(ResponseError::Imprint { .. }))
    ));
    // Also when the request is the other batch's, or a seal's.
    assert!(matches!(batch.attach(&request(&another), &response), Err(TimestampError::OtherRequest)));
    let of_seal = sealed[0].timestamp_request(Nonce::from_bytes(&[7; 8])).unwrap();
    let response = service.tsa(now()).respond(&of_seal.to_der());
    assert!(matches!(batch.attach(&of_seal, &response), Err(TimestampError::OtherRequest)));
    // And what is no sound token is refused before any proof is made of it.
    for misbehaviour in [Misbehaviour::BadSignature, Misbehaviour::WrongEku, Misbehaviour::WrongMessageDigest] {
        let response = service.misbehaving(misbehaviour).respond(&request(&batch).to_der());
        let error = batch.attach(&request(&batch), &response).unwrap_err();
        assert!(matches!(error, TimestampError::Token(_)), "{misbehaviour:?}: {error}");
        let pool = TsaPool::new()
            .with_tsa("bad", service.misbehaving(misbehaviour))
            .with_tsa("good", service.tsa(now() + Duration::seconds(2)));
        let stamped = batch.stamp_with(&pool).unwrap();
        service.verified(&stamped.proof(sealed[0].clone()).unwrap());
    }
}

#[test]
fn what_is_no_seal_as_it_was_made_is_not_taken() {
    let service = Service::new();
    assert_eq!(BatchLeaves::new().close().unwrap_err(), BatchError::Empty);
    assert_eq!(Batch::of::<ProofOfSending>([]).unwrap_err(), BatchError::Empty);
    // One that has a timestamp.
    let stamped = Seal::from_der(service.proof().der()).unwrap();
    let mut leaves = BatchLeaves::new();
    leaves.add(&service.sealed()).unwrap();
    assert_eq!(leaves.add(&stamped), Err(BatchError::UnsignedAttributes));
    assert_eq!((leaves.len(), leaves.is_empty()), (1, false));
    assert_eq!(leaves.close().unwrap().leaf_count(), 1);
    // One whose lengths are longer than they have to be.
    let seal = service.sealed();
    assert!(BatchLeaves::new().add(&Seal::from_der(seal.der()).unwrap()).is_ok());
    let long = Seal::from_der(&der::with_long_content(seal.der())).unwrap();
    assert_eq!(BatchLeaves::new().add(&long), Err(BatchError::NotDer("content")));
    for algorithm in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha224] {
        assert_eq!(BatchLeaves::with_algorithm(algorithm).unwrap_err(), BatchError::WeakAlgorithm(algorithm));
    }
}

#[test]
fn other_algorithms_hash_batches_too() {
    let service = Service::new();
    let sealed = sealed(&service, 3);
    for algorithm in [DigestAlgorithm::Sha384, DigestAlgorithm::Sha512, DigestAlgorithm::Sha3_256] {
        let mut leaves = BatchLeaves::with_algorithm(algorithm).unwrap();
        sealed.iter().for_each(|seal| leaves.add(seal).unwrap());
        let stamped = stamp(&service, &leaves.close().unwrap());
        for seal in &sealed {
            service.verified(&stamped.proof(seal.clone()).unwrap());
        }
    }
}

#[test]
fn the_record_by_itself_is_about_the_stored_seal() {
    let service = Service::new();
    let sealed = sealed(&service, 6);
    let stamped = stamp(&service, &Batch::of(&sealed).unwrap());
    for seal in &sealed {
        let record = stamped.record(seal).unwrap();
        let object = ContentDigests::new([DigestAlgorithm::Sha256.digest(seal.der())]);
        let report = service.verifier().report_evidence_record(&record, &[object], later());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)));
        // The proof holds the very same record, and nothing else is in it.
        let proof = Node::parse(stamped.proof(seal.clone()).unwrap().der());
        let attribute = der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record);
        assert!(Node::parse(seal.der()).with_unsigned(attribute).to_der() == proof.to_der());
    }
    assert_eq!(stamped.record(&service.sealed()), None);
    assert_eq!(stamped.leaf_count(), 6);
    let record = stamped.record(&sealed[0]).unwrap();
    let record = EvidenceRecord::parse(&record).unwrap();
    assert_eq!(record.archive_time_stamps().next().unwrap().time_stamp, stamped.token().to_definite());
}

#[test]
fn batch_proofs_with_revocation_data_pass_the_strict_policy_until_their_tsa_ends() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let sealer = service.sealer.clone().with_revocation(&service.pki.seal_revocation(issued, next).unwrap());
    let sealed = sealer.seal_all(sendings(3), now()).collect::<Result<Vec<_>, _>>().unwrap();
    let stamped = stamp(&service, &Batch::of(&sealed).unwrap());
    let of_tsa = service.pki.tsa_revocation(issued, next).unwrap();
    let by_ocsp = tsa_answer(&service, OcspStatus::Good, issued);
    let strict = service.verifier().with_policy(Policy::strict());
    for seal in sealed {
        let bare = stamped.proof(seal.clone()).unwrap();
        let report = strict.report(&bare, Payload::NotAvailable, later());
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert!(has(&report, Code::RevocationDataMissing));
        for data in [&of_tsa, &by_ocsp] {
            let proof = stamped.clone().with_revocation(data).unwrap().proof(seal.clone()).unwrap();
            for years in [0, 1, 9] {
                let later = later() + Duration::days(365 * years);
                let report = strict.report(&proof, Payload::NotAvailable, later);
                if years == 9 {
                    assert_eq!(report.sub_indication, Some(SubIndication::OutOfBoundsNoPoe), "{report}");
                    assert!(has(&report, Code::TimestampSignerExpired), "{report}");
                    continue;
                }
                assert_eq!(report.indication, Indication::TotalPassed, "{report}");
                assert!(!has(&report, Code::RevocationNotChecked), "{report}");
                strict.verify(&proof, Payload::NotAvailable, later).unwrap();
            }
        }
    }
}

/// What the TSA's issuer answers about it by OCSP.
fn tsa_answer(service: &Service, status: OcspStatus, issued: DateTime<Utc>) -> RevocationData {
    let (tsa, root) = (&service.pki.tsa.certificate, &service.pki.tsa_root.certificate);
    let answer = OcspAnswerSpec::new(tsa, root, status, issued).with_next_update(issued + Duration::days(7));
    let mut data = RevocationData::new();
    data.add_der(&service.pki.tsa_root.answer_ocsp(&OcspSpec::new(issued, answer)).unwrap()).unwrap();
    data
}

/// How many CRLs the token of a batch holds, and how many other elements.
fn elements_of_crls(stamped: &StampedBatch) -> (usize, usize) {
    let token = SignedData::parse(stamped.token().to_definite()).unwrap();
    let crls = token.crls.iter().filter(|choice| matches!(choice, RevocationInfoChoice::Crl(_))).count();
    (crls, token.crls.len() - crls)
}

/// The TSA does not sign the field `crls`, so what it signs stays octet for octet.
#[test]
fn revocation_data_in_the_token_leaves_its_signature_valid() {
    let service = Service::new();
    let issued = now() - Duration::hours(1);
    let sealed = sealed(&service, 3);
    let bare = stamp(&service, &Batch::of(&sealed).unwrap());
    let crl = service.pki.tsa_revocation(issued, issued + Duration::days(7)).unwrap();
    let ocsp = tsa_answer(&service, OcspStatus::Good, issued);
    for (data, held, version) in [(&crl, (1, 0), 3), (&ocsp, (0, 1), 5)] {
        let stamped = bare.clone().with_revocation(data).unwrap();
        assert_eq!(elements_of_crls(&stamped), held);
        let before = SignedData::parse(bare.token().to_definite()).unwrap();
        let after = SignedData::parse(stamped.token().to_definite()).unwrap();
        assert_eq!(after.version.to_u64(), Some(version), "RFC 5652 §5.1");
        assert_eq!(after.encap_content_info.raw, before.encap_content_info.raw);
        assert_eq!(after.signer_infos_raw.raw, before.signer_infos_raw.raw);
        let root = stamped.token().tst_info().message_imprint.digest.clone();
        let root = ContentDigests::new([Digest::new(DigestAlgorithm::Sha256, &root).unwrap()]);
        let strict = service.verifier().with_policy(Policy::strict());
        let report = strict.report_timestamp(stamped.token().as_bytes(), &root, None, later());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        let proof = stamped.proof(sealed[0].clone()).unwrap();
        service.verifier().verify(&proof, Payload::NotAvailable, later()).unwrap();
    }
}

/// An OCSP response in a token keeps OpenSSL's `ts` from reading it, so a CRL is preferred where it says as much.
#[test]
fn a_token_holds_an_ocsp_response_only_where_no_crl_says_as_much() {
    let service = Service::new();
    let sealed = sealed(&service, 1);
    let bare = stamp(&service, &Batch::of(&sealed).unwrap());
    let (hour, issued) = (Duration::hours(1), now() - Duration::hours(1));
    let revoked = OcspStatus::Revoked { date: now() + hour, reason: None };
    let cases = [
        (issued, OcspStatus::Good, issued, (1, 0)),
        // Both are from after genTime, so the older one does.
        (now() + hour, OcspStatus::Good, now() + hour * 2, (1, 0)),
        // The CRL is older than the answer and than genTime.
        (issued - hour, OcspStatus::Good, issued, (1, 1)),
        (issued, revoked, issued, (1, 1)),
        (issued, OcspStatus::Unknown, issued, (1, 1)),
    ];
    for (of_crl, status, of_answer, held) in cases {
        let mut data = service.pki.tsa_revocation(of_crl, of_crl + Duration::days(7)).unwrap();
        data.extend(&tsa_answer(&service, status, of_answer)).unwrap();
        assert_eq!(elements_of_crls(&bare.clone().with_revocation(&data).unwrap()), held, "{status:?}");
    }
    // Of a namesake of the issuer with another key.
    let stranger = Service::new();
    let mut data = stranger.pki.tsa_revocation(issued, issued + Duration::days(7)).unwrap();
    data.extend(&tsa_answer(&service, OcspStatus::Good, issued)).unwrap();
    assert_eq!(elements_of_crls(&bare.clone().with_revocation(&data).unwrap()), (1, 1));
    // Of another issuer.
    let mut data = service.pki.seal_revocation(issued, issued + Duration::days(7)).unwrap();
    let of_seals = data.len();
    data.extend(&tsa_answer(&service, OcspStatus::Good, issued)).unwrap();
    assert_eq!(elements_of_crls(&bare.clone().with_revocation(&data).unwrap()), (of_seals, 1));
    // What is added twice is there once.
    let twice = bare.with_revocation(&data).unwrap().with_revocation(&data).unwrap();
    assert_eq!(elements_of_crls(&twice), (of_seals, 1));
}

#[test]
fn nothing_is_added_to_a_proof_that_has_a_record() {
    let service = Service::new();
    let sealed = sealed(&service, 8);
    let stamped = stamp(&service, &Batch::of(&sealed).unwrap());
    let proof = stamped.proof(sealed[0].clone()).unwrap();
    let issued = now() - Duration::hours(1);
    let data = service.pki.seal_revocation(issued, now() + Duration::days(7)).unwrap();
    assert_eq!(proof.clone().with_revocation(&data).unwrap_err(), DecodeError::EvidenceRecord);
    assert_eq!(Seal::from_der(proof.der()).unwrap_err(), DecodeError::EvidenceRecord);
    // Whoever does so all the same: it is seen, and said by its own finding.
    let token = service.token(&sealed[0], &service.tsa(now() + Duration::seconds(3)));
    let with_timestamp =
        Node::parse(proof.der()).with_unsigned(der::attribute_of(oid::SIGNATURE_TIME_STAMP, &token)).to_der();
    let with_certificate = Node::parse(proof.der())
        .with(|file| {
            let extra = Node::parse(service.pki.tsa_root.certificate.der());
            file.at_mut(der::CERTIFICATES).children_mut().push(extra);
        })
        .to_der();
    // The record of another item in this seal. That of the sibling would be its own.
    let own = stamped.record(&sealed[0]).unwrap();
    let records: Vec<_> = sealed.iter().map(|seal| stamped.record(seal).unwrap()).collect();
    assert_eq!(records.iter().filter(|record| **record == own).count(), 2);
    let record = records.iter().find(|record| **record != own).unwrap();
    let with_other =
        Node::parse(sealed[0].der()).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, record)).to_der();
    for tampered in [&with_timestamp, &with_certificate, &with_other] {
        let tampered = ProofOfSending::from_der(tampered).unwrap();
        let report = service.verifier().report(&tampered, Payload::NotAvailable, later());
        assert!(has(&report, Code::RecordNotValid), "{report}");
        assert!(has(&report, Code::RecordObjectNotCovered), "{report}");
    }
    // Not so the timestamp, which is from within the same second or earlier: see tests/preservation.rs.
    for tampered in [&with_certificate, &with_other] {
        let tampered = ProofOfSending::from_der(tampered).unwrap();
        assert!(service.verifier().verify(&tampered, Payload::NotAvailable, later()).is_err());
    }
}

#[test]
fn values_show_no_content() {
    let service = Service::new();
    let sealed = sealed(&service, 2);
    let mut leaves = BatchLeaves::default();
    leaves.add(&sealed[0]).unwrap();
    assert_eq!(format!("{leaves:?}"), "BatchLeaves(1 by SHA-256)");
    let batch = leaves.close().unwrap();
    assert!(format!("{batch:?}").starts_with("Batch(1 seals, SHA-256 "));
    let stamped = stamp(&service, &batch);
    assert!(format!("{stamped:?}").starts_with("StampedBatch"));
    assert_eq!(format!("{:?}", stamped.proof(sealed[1].clone()).unwrap_err()), "NotInBatch(OtherOctets)");
    assert!(format!("{:?}", service.sealer.seal_all(sendings(1), now())).starts_with("SealAll"));
}

#[cfg(feature = "parallel")]
mod parallel {
    use super::*;

    #[test]
    fn threads_change_nothing_but_the_time() {
        let service = Service::new();
        let sealer = flaky(&service, |number| number % 50 == 49);
        for count in [0, 1, 31, 500] {
            let mut seen = 0;
            let results: Vec<_> = sealer
                .seal_all(sendings(count).iter(), now())
                .with_progress(|progress| {
                    seen += 1;
                    assert_eq!((progress.sealed + progress.failed, progress.total), (seen, Some(count)));
                })
                .parallel()
                .collect();
            assert_eq!(results.len(), count);
            for (number, result) in results.iter().enumerate() {
                match result {
                    Ok(seal) => assert_eq!(seal.as_artifact().stated().message_id().as_str(), format!("ITEM{number}")),
                    Err(error) => assert_eq!(error.index, number),
                }
            }
            assert_eq!(seen, count);
        }
        let sealed: Vec<Seal> =
            service.sealer.seal_all(sendings(100), now()).parallel().collect::<Result<_, _>>().unwrap();
        let stamped = stamp(&service, &Batch::of(&sealed).unwrap());
        sealed.into_iter().for_each(|seal| drop(service.verified(&stamped.proof(seal).unwrap())));
    }

    #[test]
    fn only_so_many_are_taken_ahead() {
        let service = Service::new();
        let asked = AtomicUsize::new(0);
        let endless = (0..).map(|number| {
            asked.fetch_add(1, Ordering::Relaxed);
            sending_of(&format!("ITEM{number}"))
        });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        // Within a pool of one thread, which waits for itself.
        let ids: Vec<_> = pool.install(|| {
            let sealed = service.sealer.seal_all(endless, now()).parallel();
            sealed.take(40).map(|sealed| sealed.unwrap().as_artifact().id()).collect()
        });
        assert_eq!(ids.len(), 40);
        assert!(asked.load(Ordering::Relaxed) <= 40 + 64);
    }

    #[test]
    fn a_panic_of_the_signer_comes_where_it_would_without_threads() {
        let service = Service::new();
        let sealer = flaky(&service, |number| if number == 20 { panic!("the driver gave up") } else { false });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        pool.install(|| {
            let mut sealed = sealer.seal_all(sendings(60), now()).parallel();
            (0..20).for_each(|_| drop(sealed.next().unwrap().unwrap()));
            let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sealed.next())).unwrap_err();
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"the driver gave up"));
            assert_eq!(sealed.count(), 39);
        });
    }
}

#[test]
fn one_seal_with_a_wrong_time_does_not_cost_the_others_their_proof() {
    let service = Service::new();
    let sealed_at =
        |minutes: i64| service.sealer.seal(&sending_of("ITEM"), now() + Duration::minutes(minutes)).unwrap();
    let (first, second, ahead) = (sealed_at(0), sealed_at(0), sealed_at(10));
    let batch = Batch::of([&first, &ahead, &second]).unwrap();
    let stamped = batch.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    for seal in [first, second] {
        let proof = stamped.proof(seal).unwrap();
        assert!(service.verifier().verify(&proof, Payload::NotAvailable, later()).is_ok());
    }
    let NotInBatch { unstamped, why, .. } = stamped.proof(ahead).unwrap_err();
    let WhyNotInBatch::Timestamp(error) = why else { panic!("{why:?}") };
    assert!(matches!(*error, TimestampError::BeforeSigning { .. }), "{error}");
    // Where the token fits none of the seals, it is the TSA's clock.
    let alone = Batch::of([&unstamped]).unwrap().stamp_with(&pool(service.tsa(now())));
    assert!(alone.is_err(), "{alone:?}");
    let again = Batch::of([&unstamped]).unwrap().stamp_with(&pool(service.tsa(now() + Duration::minutes(10)))).unwrap();
    assert!(again.proof(unstamped).is_ok());
}
