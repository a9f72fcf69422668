//! An attacker has genuine proofs, keys and time. These tests try to get what was never sealed, never stamped, or
//! stamped later.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration as StdDuration, Instant};

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::records::{indefinite, stamp, stamp_with};
use crate::common::{Service, against, has, issuer, later, now, pool, sending_of};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::pki::Certificate;
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::seal::batcher::{NotAccepted, StampingResult, WhyNotAccepted};
use recommande::seal::{Batch, Batcher, BatcherSettings, CompleteError, Prepared, StampedBatch, Unstamped};
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, OcspAnswerSpec, OcspSpec, RevokedSpec, TestPki, TestTsa, derived_key,
};
use recommande::time::record::{EvidenceRecord, HashTree, Renewal};
use recommande::verify::{Code, Content, ContentDigests, Indication, Payload, Policy, Report};
use recommande::{Credentials, Environment, ProofOfSending, Sealer};
use rfc3161_client::{Transport, TransportError, TsaPool};

type Seal = Unstamped<ProofOfSending>;

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;
/// The record of a proof of a batch, and in it the lists of its only ArchiveTimeStamp, and the token.
const RECORD: &[usize] = &[1, 0, 4, 0, 6, 0, 1, 0];
const LISTS: &[usize] = &[1, 0, 4, 0, 6, 0, 1, 0, 2, 0, 0, 1];
const TOKEN: &[usize] = &[1, 0, 4, 0, 6, 0, 1, 0, 2, 0, 0, 2];

fn stamped_at() -> DateTime<Utc> {
    now() + Duration::seconds(2)
}

fn seals_at(service: &Service, names: &str, count: usize, time: DateTime<Utc>) -> Vec<Seal> {
    let sendings = (0..count).map(|number| sending_of(&format!("{names}{number}")));
    service.sealer.seal_all(sendings, time).collect::<Result<_, _>>().unwrap()
}

fn stamped(service: &Service, seals: &[Seal], time: DateTime<Utc>) -> StampedBatch {
    Batch::of(seals).unwrap().stamp_with(&pool(service.tsa(time))).unwrap()
}

/// The files of a batch.
fn proofs(service: &Service, names: &str, count: usize) -> Vec<Node> {
    let seals = seals_at(service, names, count, now());
    let batch = stamped(service, &seals, stamped_at());
    seals.into_iter().map(|seal| Node::parse(batch.proof(seal).unwrap().der())).collect()
}

/// A proof of a batch without its record: a seal.
fn bare(file: &Node) -> Vec<u8> {
    file.with(|file| drop(file.at_mut(der::SIGNER_INFO).children_mut().remove(6))).to_der()
}

/// The report about what can be read as a proof; strictly, the same comes out.
fn judged(service: &Service, file: &[u8]) -> Option<(ProofOfSending, Report)> {
    let proof = ProofOfSending::from_der(file).ok()?;
    let verifier = service.verifier();
    let report = verifier.report(&proof, Payload::NotAvailable, later());
    match verifier.verify(&proof, Payload::NotAvailable, later()) {
        Ok(verified) => {
            assert_eq!(report.indication, Indication::TotalPassed, "only the report refuses: {report}");
            assert_eq!(Some(verified.proven_at()), report.proven_at);
        }
        Err(error) => assert_ne!(report.indication, Indication::TotalPassed, "only strictly refused: {error}"),
    }
    Some((proof, report))
}

fn passes(service: &Service, file: &Node) -> bool {
    judged(service, &file.to_der()).is_some_and(|(_, report)| report.indication == Indication::TotalPassed)
}

#[track_caller]
fn assert_refused(service: &Service, file: &Node, what: &str) {
    assert!(!passes(service, file), "{what}");
}

fn with_record(seal: &Seal, record: &[u8]) -> Node {
    Node::parse(seal.der()).with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, record))
}

#[test]
fn a_record_serves_the_proof_that_it_was_made_for() {
    let service = Service::new();
    let (mine, theirs) = (proofs(&service, "MINE", 5), proofs(&service, "THEIRS", 5));
    let proofs: Vec<&Node> = mine.iter().chain(&theirs).collect();
    for (number, file) in proofs.iter().enumerate() {
        for (source_number, source) in proofs.iter().enumerate() {
            let exchanged = file.with(|file| *file.at_mut(RECORD) = source.at(RECORD).clone());
            // Two leaves that are siblings have one record: it names both.
            let same = file.at(RECORD) == source.at(RECORD);
            assert!(number != source_number || same);
            assert_eq!(passes(&service, &exchanged), same, "{number} with the record of {source_number}");
            // The way of one with the token of the other: the same within a batch.
            let token = file.with(|file| *file.at_mut(TOKEN) = source.at(TOKEN).clone());
            assert_eq!(
                passes(&service, &token),
                number / 5 == source_number / 5,
                "{number} with the token of {source_number}"
            );
        }
    }
}

#[test]
fn another_shape_of_the_same_way_is_refused() {
    let service = Service::new();
    let files = proofs(&service, "ITEM", 8);
    let file = &files[0];
    assert!(passes(&service, file));
    let lists = file.at(LISTS).children().to_vec();
    assert_eq!(lists.len(), 3);
    let leaf = |file: &Node| der::octets(0x04, SHA256.digest(&bare(file)).as_bytes());
    let leaves: Vec<Node> = files.iter().map(leaf).collect();
    assert!(lists[0].children().contains(&leaves[0]), "the leaf is the seal without its record");
    let root = SHA256.digest(&lists.iter().flat_map(Node::contents).collect::<Vec<_>>());
    let root = der::octets(0x04, root.as_bytes());
    let flat: Vec<Node> = lists.iter().flat_map(|list| list.children().to_vec()).collect();
    let first = |extra: Node| {
        let mut changed = lists.clone();
        changed[0].children_mut().push(extra);
        changed
    };
    let shapes = [
        ("reversed", lists.iter().rev().cloned().collect()),
        ("one list", vec![der::node(0x30, flat)]),
        ("all leaves in one list", vec![der::node(0x30, leaves.clone())]),
        ("an empty list in front", [vec![der::node(0x30, vec![])], lists.clone()].concat()),
        ("an empty list behind", [lists.clone(), vec![der::node(0x30, vec![])]].concat()),
        ("the own hash twice", first(leaves[0].clone())),
        ("the hash of another item", first(leaves[7].clone())),
        ("the root beside the leaf", vec![der::node(0x30, vec![leaves[0].clone(), root])]),
        ("the leaf alone", vec![der::node(0x30, vec![leaves[0].clone()])]),
        ("no lists", vec![]),
    ];
    for (what, shape) in shapes {
        let changed = file.with(|file| *file.at_mut(LISTS).children_mut() = shape);
        assert_refused(&service, &changed, what);
    }
}

#[test]
fn what_was_sealed_later_gets_no_earlier_time_by_a_renewal() {
    let service = Service::new();
    let day = Duration::days(1) - Duration::hours(1);
    // A record of long ago, about an item of the attacker's; and what he would like to have been there.
    let old = seals_at(&service, "OLD", 3, now());
    let old_batch = stamped(&service, &old, stamped_at());
    let record = old_batch.record(&old[0]).unwrap();
    let fresh = seals_at(&service, "FRESH", 1, now() + Duration::hours(1)).remove(0);
    let parsed = EvidenceRecord::parse(&record).unwrap();
    for renewal in [Renewal::Timestamp, Renewal::HashTree(SHA256), Renewal::HashTree(SHA512)] {
        let algorithm = match renewal {
            Renewal::HashTree(algorithm) => algorithm,
            Renewal::Timestamp => SHA256,
        };
        let own = algorithm.digest(fresh.der());
        let leaf = parsed.renewal_leaf(renewal, &own).unwrap();
        for leaves in [vec![leaf], vec![leaf, own]] {
            let tree = HashTree::new(algorithm, leaves).unwrap();
            let token = stamp(&service, tree.root().unwrap(), now() + day);
            for way in [Some(leaf), tree.contains(&own).then_some(own)].into_iter().flatten() {
                let renewed = parsed.renewed(renewal, &tree.reduced(&way).unwrap(), &token).unwrap();
                assert_refused(&service, &with_record(&fresh, &renewed), "a record that begins with another item");
            }
        }
        // The same for the old item is a renewal as it should be.
        let leaf = parsed.renewal_leaf(renewal, &algorithm.digest(old[0].der())).unwrap();
        let tree = HashTree::new(algorithm, [leaf]).unwrap();
        let token = stamp(&service, tree.root().unwrap(), now() + day);
        let renewed = parsed.renewed(renewal, &tree.reduced(&leaf).unwrap(), &token).unwrap();
        assert!(passes(&service, &with_record(&old[0], &renewed)));
    }
}

#[test]
fn an_inner_node_stands_for_its_hashes_and_for_no_proof() {
    let service = Service::new();
    let files = proofs(&service, "ITEM", 4);
    let record = files[0].at(RECORD);
    let lists = files[0].at(LISTS).children().to_vec();
    // What is hashed to an inner node: the two hashes below it. Anybody can show that it was there; it is no seal.
    let mut hashes: Vec<Vec<u8>> = lists[0].children().iter().map(Node::contents).collect();
    hashes.sort();
    let preimage = hashes.concat();
    let inner = der::octets(0x04, SHA256.digest(&preimage).as_bytes());
    let mut upper = lists[1].children().to_vec();
    upper.push(inner);
    let claim = record.with(|record| *record.at_mut(&[2, 0, 0, 1]).children_mut() = vec![der::node(0x30, upper)]);
    let digests = [ContentDigests::new([SHA256.digest(&preimage)])];
    let report = service.verifier().report_evidence_record(&claim.to_der(), &digests, later());
    assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(stamped_at())), "{report}");
    // Neither the seal nor anything else is proven by it.
    assert_refused(&service, &files[0].with(|file| *file.at_mut(RECORD) = claim), "a way that begins above the leaf");
    assert!(ProofOfSending::from_der(&preimage).is_err());
}

#[test]
fn a_stranger_among_the_tsas_of_a_record_gives_no_time() {
    let service = Service::new();
    let stranger = TestPki::new(now()).unwrap();
    let early = || TestTsa::new(&stranger).with_clock(|| now() - Duration::hours(1));
    let seal = seals_at(&service, "ITEM", 1, now()).remove(0);
    let own = SHA256.digest(seal.der());
    let tree = HashTree::new(SHA256, [own, SHA256.digest(b"another")]).unwrap();
    let root = tree.root().unwrap();
    let by_stranger = tree.evidence_record(&own, &stamp_with(&early(), root)).unwrap();
    assert_refused(&service, &with_record(&seal, &by_stranger), "a stranger alone");
    // The genuine TSA renews what the stranger began.
    let parsed = EvidenceRecord::parse(&by_stranger).unwrap();
    for renewal in [Renewal::Timestamp, Renewal::HashTree(SHA256)] {
        let leaf = parsed.renewal_leaf(renewal, &own).unwrap();
        let over = HashTree::new(SHA256, [leaf]).unwrap();
        let token = stamp(&service, over.root().unwrap(), stamped_at());
        let renewed = parsed.renewed(renewal, &over.reduced(&leaf).unwrap(), &token).unwrap();
        assert_refused(&service, &with_record(&seal, &renewed), "a renewal proves no earlier time");
    }
    // A good record inside, and the stranger's from elsewhere: the good one counts.
    let genuine = tree.evidence_record(&own, &stamp(&service, root, stamped_at())).unwrap();
    let file = with_record(&seal, &genuine).to_der();
    let whole = SHA256.digest(&file);
    let outside =
        HashTree::new(SHA256, [whole]).unwrap().evidence_record(&whole, &stamp_with(&early(), whole)).unwrap();
    let proof = ProofOfSending::from_der(&file).unwrap();
    for record in [outside, by_stranger] {
        let verifier = service.verifier().with_evidence_records([record]);
        let report = verifier.report(&proof, Payload::NotAvailable, later());
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(stamped_at())), "{report}");
    }
    // A timestamp by the stranger that the genuine record covers; and the other way round.
    let signature = Node::parse(seal.der()).at(der::SIGNATURE).contents();
    let digest = SHA256.digest(&signature);
    let tokens = [stamp_with(&early(), digest), stamp(&service, digest, stamped_at())];
    let tsas = [early(), service.tsa(stamped_at() + Duration::seconds(1))];
    for (number, token) in tokens.iter().enumerate() {
        for (tsa_number, tsa) in tsas.iter().enumerate() {
            let token = Node::parse(token.to_definite());
            let file = Node::parse(seal.der()).with_unsigned(der::attribute(oid::SIGNATURE_TIME_STAMP, vec![token]));
            let record = crate::common::records::record_over(tsa, SHA256.digest(&file.to_der()));
            let file = file.with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record));
            let (_, report) = judged(&service, &file.to_der()).unwrap();
            let expected = [[None, Some(stamped_at() + Duration::seconds(1))], [Some(stamped_at()); 2]];
            assert_eq!(report.proven_at, expected[number][tsa_number], "{report}");
        }
    }
}

#[test]
fn no_flipped_bit_of_a_proof_of_a_batch_gives_another_statement_signer_or_an_earlier_time() {
    let service = Service::new();
    let file = proofs(&service, "ITEM", 6).remove(3).to_der();
    let (genuine, _) = judged(&service, &file).unwrap();
    let seal = genuine.der().len() - Node::parse(&file).at(der::UNSIGNED_ATTRIBUTES).to_der().len();
    let verifier = service.verifier();
    let mut passed = 0;
    for place in 0..file.len() {
        let mut flipped = file.clone();
        flipped[place] ^= 1 << (place % 8);
        let Ok(proof) = ProofOfSending::from_der(&flipped) else { continue };
        let Ok(verified) = verifier.verify(&proof, Payload::NotAvailable, later()) else { continue };
        assert!(place >= seal, "octet {place} of the seal");
        assert_eq!((verified.id(), verified.proven_at()), (genuine.id(), stamped_at()), "octet {place}");
        assert!(proof.stated() == genuine.stated(), "octet {place}");
        passed += 1;
    }
    println!("{passed} of {} octets are not covered by anything", file.len());
    for length in 0..file.len() {
        assert!(ProofOfSending::from_der(&file[..length]).is_err(), "cut off at {length}");
    }
}

#[test]
fn nothing_of_a_proof_of_a_batch_is_moved_doubled_or_left_out() {
    let service = Service::new();
    let file = proofs(&service, "ITEM", 3).remove(0);
    let mime = der::attribute(oid::MIME_TYPE, vec![der::octets(0x0c, b"text/plain")]);
    let empty = der::attribute(oid::SIGNATURE_TIME_STAMP, vec![]);
    for attribute in [mime, empty] {
        let front = |file: &mut Node| file.at_mut(der::UNSIGNED_ATTRIBUTES).children_mut().insert(0, attribute);
        assert_refused(&service, &file.with(front), "an attribute in front of the record");
    }
    let certificates = file.at(der::CERTIFICATES).children().len();
    for number in 0..certificates {
        let within = |change: &dyn Fn(&mut Vec<Node>)| {
            let changed = file.with(|file| change(file.at_mut(der::CERTIFICATES).children_mut()));
            assert_refused(&service, &changed, "other certificates than the batch was made over");
        };
        within(&|certificates| drop(certificates.remove(number)));
        within(&|certificates| certificates.push(certificates[number].clone()));
    }
    // The same proof in BER is none of the profile; what takes BER gives it the same time.
    let fields: Vec<Vec<u8>> = file.at(der::SIGNED_DATA).children().iter().map(Node::to_der).collect();
    let explicit = indefinite(0xa0, &[indefinite(0x30, &fields)]);
    let recoded = indefinite(0x30, &[file.at(&[0]).to_der(), explicit]);
    assert!(ProofOfSending::from_der(&recoded).is_err());
    let reports = service.verifier().report_signatures(&recoded, Content::Attached, later());
    assert_eq!(reports.reports[0].proven_at, Some(stamped_at()), "{}", reports.reports[0]);
    // Without its record it is a seal again, and a new timestamp proves its own time.
    let seal = Seal::from_der(&bare(&file)).unwrap();
    let proof = seal.stamp_with(&pool(service.tsa(now() + Duration::hours(2)))).unwrap();
    assert_eq!(service.verified(&proof).proven_at(), now() + Duration::hours(2));
}

/// The sealer of a service whose key is elsewhere.
fn remote(service: &Service) -> Sealer {
    let credentials = Credentials::remote(service.pki.seal.signer.algorithm(), service.pki.seal_chain()).unwrap();
    Sealer::new(credentials, issuer(Environment::Test))
}

/// The order of the group of P-256, SEC 2 §2.4.2, in pieces of 32 bits.
const ORDER: [u32; 8] = [u32::MAX, 0, u32::MAX, u32::MAX, 0xbce6_faad, 0xa717_9e84, 0xf3b9_cac2, 0xfc63_2551];

/// Contents of the INTEGER that is `number + ORDER`.
fn plus_order(number: &[u8]) -> Vec<u8> {
    let order: Vec<u8> = ORDER.iter().flat_map(|piece| piece.to_be_bytes()).collect();
    let (mut sum, mut carry) = (Vec::new(), 0_u16);
    for place in 0..33 {
        let octet = |of: &[u8]| u16::from(of.iter().rev().nth(place).copied().unwrap_or(0));
        carry += octet(number) + octet(&order);
        sum.insert(0, carry.to_be_bytes()[1]);
        carry >>= 8;
    }
    sum
}

#[test]
fn numbers_that_stand_for_a_signature_are_in_their_range_and_their_one_form() {
    let service = Service::new();
    let sealer = remote(&service);
    let prepared = sealer.prepare(&sending_of("ITEM"), now()).unwrap();
    let signature = Node::parse(&service.pki.seal.signer.sign(prepared.message()).unwrap());
    let of = |r: &[u8], s: &[u8]| der::node(0x30, vec![der::octets(0x02, r), der::octets(0x02, s)]);
    let (r, s) = (signature.at(&[0]).contents(), signature.at(&[1]).contents());
    let zeros = [&[0, 0], &r[..]].concat();
    let negative: Vec<u8> = r.iter().map(|octet| octet ^ 0xff).collect();
    let (zero, over_r, over_s) = (&[0][..], plus_order(&r), plus_order(&s));
    let pairs = [(&*over_r, &*s), (&*r, &*over_s), (&*zeros, &*s), (zero, &*s), (&*r, zero), (zero, zero)];
    let more = [(&[][..], &[][..]), (&*negative, &*s), (&*s, &*r)];
    let mut forms: Vec<Node> = pairs.into_iter().chain(more).map(|(r, s)| of(r, s)).collect();
    forms.push(of(&plus_order(zero), &s));
    forms.push(signature.with(|both| both.children_mut().push(der::octets(0x02, &[1]))));
    forms.push(signature.with(|both| both.tag = 0x31));
    let sealed = prepared.complete(&signature.to_der()).unwrap();
    let file = Node::parse(sealed.der());
    for (number, form) in forms.iter().enumerate() {
        assert!(prepared.complete(&form.to_der()).is_err(), "form {number}");
        let forged = file.with(|file| *file.at_mut(der::SIGNATURE) = der::octets(0x04, &form.to_der()));
        let Ok(forged) = Seal::from_der(&forged.to_der()) else { continue };
        let proof = forged.stamp_with(&pool(service.tsa(stamped_at()))).unwrap();
        assert!(service.verifier().verify(&proof, Payload::NotAvailable, later()).is_err(), "form {number}");
    }
    assert!(prepared.complete(&[signature.to_der(), vec![0]].concat()).is_err());
}

#[test]
fn a_prepared_seal_is_completed_by_its_own_signature_alone() {
    let service = Service::new();
    let sealer = remote(&service);
    let [prepared, another] = ["ITEM", "OTHER"].map(|name| sealer.prepare(&sending_of(name), now()).unwrap());
    let [own, of_other] = [&prepared, &another].map(|seal| service.pki.seal.signer.sign(seal.message()).unwrap());
    assert!(prepared.complete(&own).is_ok());
    assert!(matches!(prepared.complete(&of_other), Err(CompleteError::Signature(_))));
    // With a signature put in by hand, it is a seal that does not verify.
    let file = Node::parse(prepared.der());
    for (signature, passes) in [(own, true), (of_other, false)] {
        let filled = file.with(|file| *file.at_mut(der::SIGNATURE) = der::octets(0x04, &signature)).to_der();
        let proof = Seal::from_der(&filled).unwrap().stamp_with(&pool(service.tsa(stamped_at()))).unwrap();
        assert_eq!(service.verifier().verify(&proof, Payload::NotAvailable, later()).is_ok(), passes);
    }
    // Another certificate for the same key, by a stranger: the signed reference names the first.
    let stranger = TestPki::new(now()).unwrap();
    let spec = CertificateSpec::seal("Test Seal", now() - Duration::days(1), later());
    let same_key = stranger.intermediate.issue(&spec, service.pki.seal.signer.clone()).unwrap();
    let changed = file.with(|file| {
        file.at_mut(der::CERTIFICATES).children_mut()[0] = Node::parse(same_key.certificate.der());
    });
    assert!(Prepared::<ProofOfSending>::from_der(&changed.to_der()).is_err());
}

#[test]
fn revocation_data_by_a_ca_of_the_same_name_says_nothing() {
    let service = Service::new();
    let pki = &service.pki;
    // Two CAs of one name below one root: one issued the seal's certificate, the other one, by another authority, did
    // not.
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(700));
    let another_ca = CertificateSpec::authority("Other CA", from, until);
    let another_ca = pki.root.issue(&another_ca, derived_key("other").unwrap()).unwrap();
    let namesake = CertificateSpec::authority("Test Seal CA", from, until);
    let namesake = another_ca.issue(&namesake, derived_key("namesake").unwrap()).unwrap();
    assert_eq!(namesake.certificate.subject_der(), pki.intermediate.certificate.subject_der());
    let proof = service.proof();
    let clear = CrlSpec::new(now() - Duration::minutes(1), now() + Duration::days(7));
    let report_with = |about_seal: &[Vec<u8>]| {
        let mut data = RevocationData::new();
        let others = [&pki.root, &pki.tsa_root].map(|issuer| issuer.issue_crl(&clear).unwrap());
        others.iter().chain(about_seal).for_each(|der| data.add_der(der).unwrap());
        let extra = vec![namesake.certificate.clone(), another_ca.certificate.clone()];
        let verifier = service.verifier().with_extra_certificates(extra).with_revocation_data(data);
        verifier.with_policy(Policy::strict()).report(&proof, Payload::NotAvailable, later())
    };
    let revoked = RevokedSpec::new(&pki.seal.certificate, now() - Duration::hours(1));
    let revoked = clear.clone().with_revoked(&revoked.with_reason(RevocationReason::KeyCompromise));
    let answer = |status, issuer: &Certificate| {
        let answer = OcspAnswerSpec::new(&pki.seal.certificate, issuer, status, now() + Duration::minutes(1));
        OcspSpec::new(now() + Duration::minutes(1), answer.with_next_update(now() + Duration::days(7)))
    };
    let spec = CertificateSpec::ocsp_responder("OCSP", now() - Duration::days(1), later());
    let responder = namesake.issue(&spec, derived_key("responder").unwrap()).unwrap();
    let ca = &pki.intermediate.certificate;
    let good = |by: &CertifiedKey| by.answer_ocsp(&answer(OcspStatus::Good, ca)).unwrap();
    let of_namesake = [namesake.issue_crl(&clear).unwrap(), good(&namesake), good(&responder), good(&pki.root)];
    for (number, data) in of_namesake.iter().enumerate() {
        let report = report_with(std::slice::from_ref(data));
        assert_eq!(report.indication, Indication::Indeterminate, "{number}: {report}");
        // It neither hides what the right one says ...
        let report = report_with(&[data.clone(), pki.intermediate.issue_crl(&revoked).unwrap()]);
        assert_ne!(report.indication, Indication::TotalPassed, "{number}: {report}");
    }
    // ... nor revokes what the right one does not.
    let slander = namesake.issue_crl(&revoked).unwrap();
    let report = report_with(&[slander, pki.intermediate.issue_crl(&clear).unwrap()]);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

#[test]
fn authorities_that_certify_each_other_lead_nowhere() {
    let service = Service::new();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(700));
    let key = |number: usize| derived_key(&format!("loop {number}")).unwrap();
    let name = |number: usize| CertificateSpec::authority(&format!("Loop {number}"), from, until);
    const COUNT: usize = 12;
    let authorities: Vec<CertifiedKey> =
        (0..COUNT).map(|number| name(number).self_signed(key(number)).unwrap()).collect();
    let mut extra: Vec<Certificate> = authorities.iter().map(|authority| authority.certificate.clone()).collect();
    for (number, authority) in authorities.iter().enumerate() {
        extra.extend((0..COUNT).filter(|number_of_issued| *number_of_issued != number).map(|number_of_issued| {
            authority
                .issue(
                    &name(number_of_issued).with_serial(&[number as u8 + 1, number_of_issued as u8]),
                    key(number_of_issued),
                )
                .unwrap()
                .certificate
        }));
    }
    let seal = CertificateSpec::seal("A Seal", from, until);
    let seal = authorities[0].issue(&seal, derived_key("looped seal").unwrap()).unwrap();
    let proof = service.proof_with(&seal, &[]);
    let verifier = service.verifier().with_extra_certificates(extra.clone());
    let report = verifier.report(&proof, Payload::NotAvailable, later());
    assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    assert!(report.findings.len() < 100);
    // One way out, behind all of them, with a path length that forbids it.
    for (path_len, expected) in [(Some(0), false), (None, true)] {
        let out = name(COUNT - 1).with_serial(&[0x99]).with_authority(path_len);
        let out = service.pki.root.issue(&out, key(COUNT - 1)).unwrap();
        let extra = [vec![out.certificate], extra.clone()].concat();
        let verifier = service.verifier().with_extra_certificates(extra);
        let report = verifier.report(&proof, Payload::NotAvailable, later());
        assert_eq!(report.indication == Indication::TotalPassed, expected, "{report}");
    }
}

#[test]
fn a_thousand_records_and_a_record_of_sixty_thousand_hashes_are_looked_at_within_the_limits() {
    let service = Service::new();
    let sealed = service.sealed();
    let file = Node::parse(sealed.der());
    let record = crate::common::records::record_over(&service.tsa(stamped_at()), SHA256.digest(sealed.der()));
    let record = der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record).to_der();
    let many = der::octets(0xa1, &record.repeat(1000));
    let file = file.with(|file| file.at_mut(der::SIGNER_INFO).children_mut().push(many)).to_der();
    let started = Instant::now();
    let report = service.verifier().report_signatures(&file, Content::Attached, later()).reports.remove(0);
    println!("1,000 records: {} octets, {:?}, {} findings", file.len(), started.elapsed(), report.findings.len());
    assert!(report.findings.len() < 200 && has(&report, Code::RecordsTooMany));
    let (_, report) = judged(&service, &file).unwrap();
    assert!(has(&report, Code::RecordsTooMany));
    // A group of 60,000 objects is one list; with ten of them the record is beyond the limit.
    let group: Vec<Digest> = (0..60_000_u32).map(|number| SHA256.digest(&number.to_be_bytes())).collect();
    let mut sorted: Vec<&[u8]> = group.iter().map(Digest::as_bytes).collect();
    sorted.sort_unstable();
    let token = stamp(&service, SHA256.digest(&sorted.concat()), stamped_at());
    let small = HashTree::new(SHA256, [group[0], group[1]]).unwrap().evidence_record(&group[0], &token).unwrap();
    let list = der::node(0x30, group.iter().map(|hash| der::octets(0x04, hash.as_bytes())).collect());
    for (count, passes) in [(1, true), (10, false)] {
        let lists = vec![list.clone(); count];
        let record = Node::parse(&small).with(|record| *record.at_mut(&[2, 0, 0, 1]).children_mut() = lists).to_der();
        let digests = [ContentDigests::new([group[0]])];
        let started = Instant::now();
        let report = service.verifier().report_evidence_record(&record, &digests, later());
        println!("{count} lists: {} octets, {:?}, {:?}", record.len(), started.elapsed(), against(&report));
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{report}");
    }
}

#[test]
fn the_widest_policy_at_the_ends_of_time_is_no_panic() {
    let policy = r#"{"clock_skew":4294967295,"revocation_freshness":4294967295,
        "maximum_timestamp_delay":4294967295,"maximum_sealing_delay":4294967295,"timestamp_validity":"at-gen-time"}"#;
    let policy: Policy = serde_json::from_str(policy).unwrap();
    let service = Service::new();
    let proof = service.proof();
    for (time, passes) in [(DateTime::<Utc>::MIN_UTC, false), (DateTime::<Utc>::MAX_UTC, true), (later(), true)] {
        let verifier = service.verifier().with_policy(policy.clone());
        let report = verifier.report(&proof, Payload::NotAvailable, time);
        assert_eq!(report.indication == Indication::TotalPassed, passes, "{time}: {report}");
        assert_eq!(verifier.verify(&proof, Payload::NotAvailable, time).is_ok(), passes);
        let default = service.verifier().report(&proof, Payload::NotAvailable, time);
        assert_eq!(default.indication == Indication::TotalPassed, time == later(), "{time}: {default}");
    }
}

/// A TSA that does not always answer.
struct Moody {
    tsa: TestTsa,
    trips: AtomicUsize,
}

impl Transport for Moody {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let trip = self.trips.fetch_add(1, Ordering::SeqCst);
        match trip * 7919 % 5 {
            0 => Err(TransportError::Connection(std::io::ErrorKind::ConnectionReset)),
            1 => Ok(b"nothing that a TSA says".to_vec()),
            2 if trip.is_multiple_of(3) => panic!("the transport"),
            _ => self.tsa.send(request),
        }
    }
}

#[test]
fn eight_threads_a_moody_tsa_and_a_slow_sink_that_may_panic_lose_and_double_nothing() {
    let service = Service::new();
    let seals = seals_at(&service, "ITEM", 8 * 40, now());
    for panics_at in [None, Some(0), Some(57), Some(130)] {
        let moody = Moody { tsa: service.tsa(stamped_at()), trips: AtomicUsize::new(0) };
        let tsas = TsaPool::new().with_tsa("moody", moody).with_sleep(|_| {});
        let settings = BatcherSettings::new(NonZeroUsize::new(9).unwrap(), StdDuration::from_millis(2));
        let (sender, delivered) = channel();
        let (calls, panicked) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(None)));
        let (called, noted) = (Arc::clone(&calls), Arc::clone(&panicked));
        let sink = move |tag: usize, outcome: StampingResult<ProofOfSending>| {
            thread::sleep(StdDuration::from_micros(300));
            if Some(called.fetch_add(1, Ordering::SeqCst)) == panics_at {
                *noted.lock().unwrap() = Some(tag);
                panic!("the sink");
            }
            sender.send((tag, outcome)).unwrap();
        };
        let batcher = Batcher::start(tsas, settings.with_queue(11), sink).unwrap();
        let given_back: Vec<usize> = thread::scope(|scope| {
            let submitters: Vec<_> = seals
                .chunks(40)
                .enumerate()
                .map(|(thread, part)| {
                    let batcher = &batcher;
                    scope.spawn(move || {
                        let mut back = Vec::new();
                        for (number, seal) in part.iter().enumerate() {
                            if let Err(NotAccepted { why, tag, unstamped, .. }) =
                                batcher.submit(seal.clone(), thread * 40 + number)
                            {
                                assert!(why == WhyNotAccepted::Closed && unstamped == *seal);
                                back.push(tag);
                            }
                        }
                        back
                    })
                })
                .collect();
            // While they submit, somebody shuts the door.
            while calls.load(Ordering::SeqCst) < 200 && panicked.lock().unwrap().is_none() {
                thread::sleep(StdDuration::from_millis(1));
            }
            batcher.close();
            submitters.into_iter().flat_map(|submitter| submitter.join().unwrap()).collect()
        });
        let undelivered = batcher.shutdown().map_or_else(|stopped| stopped.undelivered, |()| Vec::new());
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        let lost = *panicked.lock().unwrap();
        given_back.iter().copied().chain(lost).for_each(|tag| *seen.entry(tag).or_default() += 1);
        let (mut proven, mut back) = (0, 0);
        for (tag, outcome) in delivered.iter().chain(undelivered) {
            *seen.entry(tag).or_default() += 1;
            match outcome {
                Ok(proof) => {
                    proven += 1;
                    assert!(proof.id() == seals[tag].as_artifact().id());
                    service.verified(&proof);
                }
                Err(not_stamped) => {
                    back += 1;
                    assert!(not_stamped.unstamped == seals[tag]);
                }
            }
        }
        println!("{proven} proven, {back} back, {} not taken, {lost:?} with the sink", given_back.len());
        assert!(seen.len() == seals.len() && seen.values().all(|times| *times == 1), "{panics_at:?}");
    }
}
