//! These tests keep an archive of files for decades: one timestamp for all of them, renewed, and records when asked for.

use crate::common::der;
use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::{self, Service, at, later, now, pool};
use chrono::{DateTime, Duration, Utc};
use const_oid::ObjectIdentifier;
use recommande::crypto::{Digest, DigestAlgorithm, KeyKind};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{
    BatchRenewal, Group, GroupError, GroupLeaves, Missing, NotInGroup, NotInRenewal, NotRenewable, Rehash,
    RenewalError, Renewer, UnstampedGroup,
};
use recommande::seal::{Artifact as _, Batch, ProofOfSending};
use recommande::testing::{CertificateSpec, CrlSpec, RevokedSpec, generate_key};
use recommande::verify::{Code, Content, ContentDigests, Indication, Payload, Policy, Verifier};
use rfc3161_client::Nonce;

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;

/// An archive of proofs of several kinds, and the TSAs of the decades.
struct Archive {
    service: Service,
    files: Vec<Vec<u8>>,
    eras: [Era; 2],
}

/// The times of the group's first timestamp, of its renewal, and of its new hash tree.
const TIMES: [&str; 3] = ["2026-11-24T00:00:00Z", "2028-10-01T12:00:00Z", "2032-06-01T12:00:00Z"];

fn archive() -> Archive {
    let mut service = Service::new();
    let data = crls(&[&service.pki.root, &service.pki.intermediate], now());
    service.sealer = service.sealer.with_revocation(&data);
    let tsa_data = crls(&[&service.pki.tsa_root], now());
    let single = |number: usize| {
        service.proof_of(&common::sending_of(&number.to_string())).with_revocation(&tsa_data).unwrap().der().to_vec()
    };
    let mut files: Vec<_> = (0..6).map(single).collect();
    let seals = ["a", "b"].map(|id| service.sealer.seal(&common::sending_of(id), now()).unwrap());
    let stamped = Batch::of(&seals).unwrap().stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let stamped = stamped.with_revocation(&tsa_data).unwrap();
    files.extend(seals.map(|seal| stamped.proof(seal).unwrap().der().to_vec()));
    let era = |kind, from: &str, until: &str| Era::new(&kind, at(from), at(until));
    let eras = [
        era(KeyKind::EcP256, "2028-01-01T00:00:00Z", "2033-01-01T00:00:00Z"),
        era(KeyKind::EcP384, "2032-01-01T00:00:00Z", "2050-01-01T00:00:00Z"),
    ];
    Archive { service, files, eras }
}

fn digests(file: &[u8]) -> ContentDigests {
    ContentDigests::of_reader(&mut &*file).unwrap()
}

fn read(rehash: &mut Rehash, file: &[u8]) {
    rehash.add(&digests(file)).unwrap();
}

impl Archive {
    fn verifier(&self) -> Verifier {
        verifier(&self.service, &[&self.eras[0], &self.eras[1]])
    }

    fn unstamped(&self) -> UnstampedGroup {
        let mut leaves = GroupLeaves::new(SHA256).unwrap();
        self.files.iter().for_each(|file| leaves.add(file));
        leaves.close().unwrap()
    }

    /// The group with its first timestamp.
    fn group(&self) -> Group {
        let verifier = self.verifier();
        let tsas = pool(self.service.tsa(at(TIMES[0])));
        self.unstamped().stamp_with(&Renewer::new(&verifier), &digests(&self.files[0]), &tsas, at(TIMES[0])).unwrap()
    }

    /// The group with its timestamp renewed.
    fn renewed(&self, group: &Group) -> Group {
        let (verifier, time) = (self.verifier(), at(TIMES[1]));
        let object = group.any_object().unwrap();
        let renewer = Renewer::new(&verifier).with_revocation(first_crls(&self.service, time));
        let before = group.record(&object).unwrap();
        let after = renewer.renew_record(&before, &object, &self.eras[0].pool(&self.service, time), time).unwrap();
        group.with_renewal(&BatchRenewal::between(&before, &after).unwrap()).unwrap()
    }

    /// The group with what there is to know about its newest TSA before its new hash tree.
    fn known(&self, group: &Group) -> Group {
        group.with_revocation(&self.eras[0].crl(at(TIMES[2]))).unwrap()
    }

    /// The group with a new hash tree over these files.
    fn stamped(&self, rehash: Rehash, missing: Missing, read: &[u8]) -> Result<Group, RenewalError> {
        let (verifier, time) = (self.verifier(), at(TIMES[2]));
        let tsas = self.eras[1].pool(&self.service, time);
        rehash.close(missing).unwrap().stamp_with(&Renewer::new(&verifier), &digests(read), &tsas, time)
    }

    #[track_caller]
    fn assert_passes(&self, group: &Group, file: &[u8], at: DateTime<Utc>) {
        let verifier = self.verifier().with_evidence_records([group.record(&digests(file)).unwrap()]);
        let proof = ProofOfSending::from_der(file).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, at);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    }
}

#[test]
fn a_group_keeps_proofs_of_any_kind_for_decades() {
    let archive = archive();
    let group = archive.group();
    assert_eq!((group.leaf_count(), archive.unstamped().leaf_count()), (8, 8));
    let renewed = archive.known(&archive.renewed(&group));
    let mut rehash = renewed.rehash(SHA512).unwrap();
    assert_eq!(rehash.algorithms(), [SHA256, SHA512]);
    for file in &archive.files {
        rehash.add(&digests(file)).unwrap();
    }
    let rehashed = archive.stamped(rehash, Missing::Refused, &archive.files[0]).unwrap();
    for file in &archive.files {
        archive.assert_passes(&group, file, at("2028-11-01T00:00:00Z"));
        archive.assert_passes(&renewed, file, at("2032-12-01T00:00:00Z"));
        archive.assert_passes(&rehashed, file, at("2046-06-01T00:00:00Z"));
    }
    assert_eq!(rehashed.algorithms().collect::<Vec<_>>(), [SHA256, SHA512]);
    assert!(rehashed.any_object().is_none());
    // What is stored is the same group again.
    for group in [&group, &renewed, &rehashed] {
        let parts: Vec<_> = group.parts().collect();
        let stored = parts.iter().map(|part| (part.leaves.to_vec(), part.chain.as_slice()));
        let stored = Group::from_parts(stored).unwrap();
        assert!(stored.parts().eq(group.parts()));
        assert_eq!(stored.record(&digests(&archive.files[3])), group.record(&digests(&archive.files[3])));
        assert_eq!(parts[0].leaves.len(), 8 * 32);
    }
}

#[test]
fn a_deleted_object_hurts_no_other() {
    let archive = archive();
    let renewed = archive.known(&archive.renewed(&archive.group()));
    let mut rehash = renewed.rehash(SHA512).unwrap();
    let (deleted, kept) = archive.files.split_first().unwrap();
    kept.iter().for_each(|file| read(&mut rehash, file));
    assert_eq!(rehash.clone().close(Missing::Refused).unwrap_err(), GroupError::Missing(1));
    let rehashed = archive.stamped(rehash.clone(), Missing::LeftOut, &kept[0]).unwrap();
    kept.iter().for_each(|file| archive.assert_passes(&rehashed, file, at("2046-06-01T00:00:00Z")));
    assert_eq!(rehashed.record(&digests(deleted)), Err(NotInGroup::LeftOut(2)));
    // The old record of what was left out is as good as it was.
    archive.assert_passes(&renewed, deleted, at("2032-12-01T00:00:00Z"));
    let why = archive.stamped(rehash, Missing::LeftOut, deleted).unwrap_err();
    let RenewalError::Tsa(_) = &why else { panic!("{why}") };
    assert!(why.to_string().contains("left out") || why.code().is_none(), "{why}");
}

#[test]
fn a_new_hash_tree_is_interrupted_and_resumed() {
    let archive = archive();
    let renewed = archive.known(&archive.renewed(&archive.group()));
    let imprint = |rehash: Rehash| {
        let unstamped = rehash.close(Missing::Refused).unwrap();
        unstamped.timestamp_request(Nonce::from_bytes(&[7; 8])).imprint().clone()
    };
    let mut whole = renewed.rehash(SHA512).unwrap();
    archive.files.iter().for_each(|file| read(&mut whole, file));
    let whole = imprint(whole);
    for stop in 0..=8 {
        // What is stored of an object that was read are its digests.
        let stored = archive.files.iter().take(stop).map(|file| serde_json::to_string(&digests(file)).unwrap());
        let mut rehash = renewed.rehash(SHA512).unwrap();
        stored.for_each(|stored| rehash.add(&serde_json::from_str(&stored).unwrap()).unwrap());
        // The one that was read when it was interrupted may be read again.
        archive.files.iter().skip(stop.saturating_sub(1)).for_each(|file| read(&mut rehash, file));
        assert_eq!(imprint(rehash), whole, "{stop}");
    }
    let mut rehash = renewed.rehash(SHA512).unwrap();
    let few = ContentDigests::new([SHA256.digest(&archive.files[0])]);
    assert_eq!(rehash.add(&few), Err(NotInGroup::DigestMissing(SHA512)));
}

/// What waits for its timestamp is stored, and taken up by another process.
#[test]
fn a_group_is_stored_while_it_is_filled_and_while_its_tsa_is_asked() {
    let archive = archive();
    let verifier = archive.verifier();
    let renewer = Renewer::new(&verifier);
    let object = digests(&archive.files[0]);
    // While it is filled.
    let whole = archive.unstamped();
    for stop in 0..=archive.files.len() {
        let mut leaves = GroupLeaves::new(SHA256).unwrap();
        archive.files[..stop].iter().for_each(|file| leaves.add(file));
        let mut again = GroupLeaves::from_leaves(SHA256, leaves.leaves().to_vec()).unwrap();
        archive.files[stop..].iter().for_each(|file| again.add(file));
        assert_eq!(again.close().unwrap().leaves(), whole.leaves(), "{stop}");
    }
    let damaged = GroupLeaves::from_leaves(SHA256, vec![0; 33]).unwrap_err();
    assert!(matches!(damaged, GroupError::Damaged(_)), "{damaged}");
    assert!(GroupLeaves::from_leaves(DigestAlgorithm::Sha1, Vec::new()).is_err());

    // While the TSA is asked for the first time.
    let nonce = || Nonce::from_bytes(&[7; 8]);
    let request = whole.timestamp_request(nonce());
    let again = UnstampedGroup::from_leaves(None, whole.leaves().to_vec(), &request).unwrap();
    let response = archive.service.tsa(at(TIMES[0])).respond(&request.to_der());
    let group = again.attach(&renewer, &object, &request, &response, at(TIMES[0])).unwrap();
    archive.files.iter().for_each(|file| archive.assert_passes(&group, file, at("2027-06-01T00:00:00Z")));

    // And for a new hash tree.
    let before = archive.known(&archive.renewed(&group));
    let mut rehash = before.rehash(SHA512).unwrap();
    archive.files.iter().for_each(|file| read(&mut rehash, file));
    let unstamped = rehash.close(Missing::Refused).unwrap();
    let (leaves, request) = (unstamped.leaves().to_vec(), unstamped.timestamp_request(nonce()));
    let again = UnstampedGroup::from_leaves(Some(&before), leaves.clone(), &request).unwrap();
    let response = archive.eras[1].tsa(&archive.service, at(TIMES[2])).respond(&request.to_der());
    let rehashed = again.attach(&renewer, &object, &request, &response, at(TIMES[2])).unwrap();
    archive.files.iter().for_each(|file| archive.assert_passes(&rehashed, file, at("2046-06-01T00:00:00Z")));

    // A store that was damaged is noticed before a token is attached to it, or paid for.
    let mut flipped = leaves.clone();
    flipped[100] ^= 1;
    let less = leaves[64..].to_vec();
    let of_other = whole.timestamp_request(nonce());
    for (leaves, request) in [
        (flipped, &request),
        (less, &request),
        (leaves[1..].to_vec(), &request),
        (vec![], &request),
        (leaves, &of_other),
    ] {
        let damaged = UnstampedGroup::from_leaves(Some(&before), leaves, request).unwrap_err();
        assert!(matches!(damaged, GroupError::Damaged(_)), "{damaged}");
    }
    let weaker = UnstampedGroup::from_leaves(Some(&rehashed), whole.leaves().to_vec(), &of_other).unwrap_err();
    assert!(matches!(weaker, GroupError::WeakerAlgorithm { .. }), "{weaker}");
}

#[test]
fn what_is_resumed_is_each_object_of_the_group_and_nothing_else() {
    let archive = archive();
    let whole = archive.known(&archive.renewed(&archive.group()));
    let with = |file: &[u8], new: Digest| ContentDigests::new([SHA256.digest(file), new]);
    let alone = |file: &[u8]| {
        let mut leaves = GroupLeaves::new(SHA256).unwrap();
        leaves.add(file);
        let (verifier, tsas) = (archive.verifier(), pool(archive.service.tsa(at(TIMES[0]))));
        let stamped = leaves.close().unwrap().stamp_with(&Renewer::new(&verifier), &digests(file), &tsas, at(TIMES[0]));
        stamped.unwrap()
    };
    for group in [alone(&archive.files[0]), whole] {
        let count = group.leaf_count();
        let begun = || {
            let mut rehash = group.rehash(SHA512).unwrap();
            archive.files.iter().take(count - 1).for_each(|file| read(&mut rehash, file));
            rehash
        };
        let last = &archive.files[count - 1];
        // What is no object of the group takes nobody's place.
        let mut rehash = begun();
        assert_eq!(rehash.add(&digests(b"junk")), Err(NotInGroup::OtherOctets));
        assert_eq!(rehash.clone().close(Missing::Refused).unwrap_err(), GroupError::Missing(1));
        // Neither does an object that is added again, with the same digest or with another one.
        rehash.add(&with(last, SHA512.digest(b"junk"))).unwrap();
        assert_eq!(rehash.add(&digests(last)), Err(NotInGroup::OtherDigest(SHA512)));
        let mut rehash = begun();
        (0..2).for_each(|_| read(&mut rehash, last));
        assert_eq!(rehash.add(&with(last, SHA512.digest(b"junk"))), Err(NotInGroup::OtherDigest(SHA512)));
        assert_eq!(rehash.close(Missing::Refused).unwrap().leaf_count(), count);
    }
}

/// The records of two siblings differ in nothing, so that with one digest they would have one leaf.
#[test]
fn objects_that_would_be_alike_in_the_new_hash_tree_are_refused() {
    let archive = archive();
    let mut leaves = GroupLeaves::new(SHA256).unwrap();
    archive.files[..2].iter().for_each(|file| leaves.add(file));
    let (verifier, time) = (archive.verifier(), at(TIMES[0]));
    let tsas = pool(archive.service.tsa(time));
    let group = leaves.close().unwrap().stamp_with(&Renewer::new(&verifier), &digests(&archive.files[0]), &tsas, time);
    let mut rehash = group.unwrap().rehash(SHA512).unwrap();
    for file in &archive.files[..2] {
        rehash.add(&ContentDigests::new([SHA256.digest(file), SHA512.digest(b"junk")])).unwrap();
    }
    for missing in [Missing::Refused, Missing::LeftOut] {
        assert_eq!(rehash.clone().close(missing).unwrap_err(), GroupError::Alike(1));
    }
}

#[test]
fn what_is_no_object_of_a_group_is_refused() {
    let archive = archive();
    let group = archive.group();
    let mut changed = archive.files[0].clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(group.record(&digests(&changed)), Err(NotInGroup::OtherOctets));
    let none = ContentDigests::new([]);
    assert_eq!(group.record(&none), Err(NotInGroup::DigestMissing(SHA256)));
    assert_eq!(GroupLeaves::new(SHA256).unwrap().close().unwrap_err(), GroupError::Empty);
    let present = SHA256;
    for chosen in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha224] {
        assert_eq!(GroupLeaves::new(chosen).unwrap_err(), GroupError::WeakerAlgorithm { chosen, present });
        let weaker = group.rehash(chosen).unwrap_err();
        assert_eq!(weaker, GroupError::WeakerAlgorithm { chosen, present });
    }
    let mut leaves = GroupLeaves::new(SHA256).unwrap();
    assert_eq!(leaves.add_digest(&SHA512.digest(b"")), Err(NotInGroup::OtherAlgorithm(SHA256)));
    leaves.add_digest(&SHA256.digest(b"")).unwrap();
    // A renewal of another group, and one that was taken already.
    let renewed = archive.renewed(&group);
    let object = group.any_object().unwrap();
    let again = BatchRenewal::between(&group.record(&object).unwrap(), &renewed.record(&object).unwrap()).unwrap();
    assert_eq!(renewed.with_renewal(&again).unwrap_err(), NotInRenewal::OtherToken);
    assert_eq!(archive.group().with_renewal(&again).unwrap_err(), NotInRenewal::OtherToken);
}

#[test]
fn a_token_that_does_not_renew_a_group_is_refused() {
    let archive = archive();
    let (verifier, time) = (archive.verifier(), at(TIMES[2]));
    let renewer = Renewer::new(&verifier);
    let object = digests(&archive.files[0]);
    let unstamped = archive.unstamped();
    let request = unstamped.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = archive.service.tsa(later()).respond(&request.to_der());
    assert!(unstamped.attach(&renewer, &object, &request, &response, later()).is_ok());
    let outside = unstamped.attach(&renewer, &digests(b"another"), &request, &response, later()).unwrap_err();
    assert!(matches!(outside, RenewalError::NotInGroup(NotInGroup::OtherOctets)), "{outside}");

    let renewed = archive.renewed(&archive.group());
    let unstamped = |group: &Group| {
        let mut rehash = group.rehash(SHA512).unwrap();
        archive.files.iter().for_each(|file| read(&mut rehash, file));
        rehash.close(Missing::Refused).unwrap()
    };
    let whole = unstamped(&archive.known(&renewed));
    let refusal = whole.attach(&renewer, &object, &request, &response, later()).unwrap_err();
    assert!(matches!(refusal, RenewalError::OtherRequest), "{refusal}");
    let attached = |unstamped: &UnstampedGroup, era: &Era, time: DateTime<Utc>| {
        let request = unstamped.timestamp_request(Nonce::from_bytes(&[7; 8]));
        let response = era.tsa(&archive.service, time).respond(&request.to_der());
        unstamped.attach(&renewer, &object, &request, &response, time)
    };
    let missing = attached(&unstamped(&renewed), &archive.eras[1], time).unwrap_err();
    assert!(matches!(missing, RenewalError::NotRenewable(NotRenewable::RevocationMissing(_))), "{missing}");
    assert!(attached(&whole, &archive.eras[0], time).is_ok(), "a stronger algorithm by the same TSA");
    let end = at("2033-01-01T00:00:00Z");
    assert!(attached(&whole, &archive.eras[1], end).is_ok());
    let late = attached(&whole, &archive.eras[1], end + Duration::seconds(1)).unwrap_err();
    assert_eq!(late.code(), Some(Code::TimestampSignerExpired), "{late}");
}

/// Nothing lies under the first timestamp of a group, so that what is known about its TSA is given beside it.
#[test]
fn the_revocation_data_of_the_renewer_counts_for_the_new_token_of_a_group() {
    let (archive, time) = (archive(), at(TIMES[0]));
    let root = &archive.service.pki.tsa_root;
    let crl = |spec: CrlSpec| {
        let mut data = RevocationData::new();
        data.add_der(&root.issue_crl(&spec).unwrap()).unwrap();
        data
    };
    let current = || CrlSpec::new(time - Duration::days(1), time + Duration::days(7));
    let revoked = RevokedSpec::new(&archive.service.pki.tsa.certificate, time - Duration::hours(1));
    let (object, unstamped) = (digests(&archive.files[0]), archive.unstamped());
    let request = unstamped.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = archive.service.tsa(time).respond(&request.to_der());
    for policy in [Policy::default(), Policy::strict()] {
        let (verifier, is_strict) = (archive.verifier().with_policy(policy.clone()), policy == Policy::strict());
        let stamp = |data: RevocationData| {
            let renewer = Renewer::new(&verifier).with_revocation(data);
            let tsas = pool(archive.service.tsa(time));
            let stamped = unstamped.stamp_with(&renewer, &object, &tsas, time).map(drop);
            let attached = unstamped.attach(&renewer, &object, &request, &response, time);
            assert_eq!(stamped.is_ok(), attached.is_ok());
            attached
        };
        let group = stamp(crl(current())).unwrap();
        assert!(group.with_revocation(&crl(current())).is_ok());
        let without = stamp(RevocationData::new()).map_err(|why| why.code());
        assert_eq!(without.err(), is_strict.then_some(Some(Code::RevocationDataMissing)));
        // That of another issuer says nothing about this TSA.
        let of_another = stamp(archive.eras[0].crl(time)).map_err(|why| why.code());
        assert_eq!(of_another.err(), is_strict.then_some(Some(Code::RevocationDataMissing)));
        // What is given speaks against the TSA too.
        let why = stamp(crl(current().with_revoked(&revoked))).unwrap_err();
        assert!(matches!(&why, RenewalError::Token(_)), "{why}");
    }
}

/// A proof of a batch joins a group years later. What is known about its TSA goes into its token first.
#[test]
fn a_proof_of_a_batch_is_completed_before_it_joins_a_group() {
    let (archive, time) = (archive(), at(TIMES[1]));
    let verifier = archive.verifier();
    let seals = ["c", "d"].map(|id| archive.service.sealer.seal(&common::sending_of(id), now()).unwrap());
    let tsas = pool(archive.service.tsa(now() + Duration::seconds(2)));
    let stamped = Batch::of(&seals).unwrap().stamp_with(&tsas).unwrap();
    let [seal, _] = seals;
    let file = stamped.proof(seal).unwrap().der().to_vec();
    let known = || first_crls(&archive.service, time);
    let informed = Renewer::new(&verifier).with_revocation(known());
    let add = |renewer: &Renewer<'_>, file: &[u8]| {
        GroupLeaves::new(SHA256).unwrap().add_verified(renewer, file, Content::Attached, time)
    };
    let missing = add(&Renewer::new(&verifier), &file).unwrap_err();
    assert!(matches!(missing, NotRenewable::RevocationMissing(_)), "{missing}");
    assert_eq!(add(&informed, &file).unwrap_err(), NotRenewable::RevocationBeside);
    let complete = informed.complete(&file, Content::Attached, time).unwrap();
    assert!(add(&Renewer::new(&verifier), &complete).is_ok());
    assert_eq!(informed.complete(&complete, Content::Attached, time).unwrap(), complete, "nothing is added twice");
    // What was stamped stays as it was, and proves what it proved.
    let report = verifier.report(&ProofOfSending::from_der(&complete).unwrap(), Payload::NotAvailable, time);
    assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    // A proof with a timestamp of its own is completed as well; one past its deadline is not.
    let single = archive.service.proof();
    let complete = informed.complete(single.der(), Content::Attached, time).unwrap();
    assert!(add(&Renewer::new(&verifier), &complete).is_ok());
    let late = informed.complete(single.der(), Content::Attached, now() + Duration::days(731)).unwrap_err();
    assert!(matches!(late, NotRenewable::PastDeadline(_)), "{late}");
}

/// A file that cannot be kept is told by name, and the others go on.
#[test]
fn files_that_cannot_be_kept_are_told_and_hurt_no_other() {
    let archive = archive();
    let (verifier, time) = (archive.verifier(), at("2026-12-01T00:00:00Z"));
    let renewer = Renewer::new(&verifier);
    let tsas = pool(archive.service.tsa(time));
    let without = archive.service.proof_of(&common::sending_of("without")).der().to_vec();
    let mut damaged = archive.files[1].clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let mut leaves = GroupLeaves::new(SHA256).unwrap();
    let mut add = |file: &[u8], time| leaves.add_verified(&renewer, file, Content::Attached, time);
    let due = add(&archive.files[0], time).unwrap().unwrap();
    assert_eq!(due.renew_by, now() + Duration::days(730));
    // Without the revocation data about its TSA; damaged; past its deadline; no proof at all; without a time.
    let why = add(&without, time).unwrap_err();
    assert!(matches!(why, NotRenewable::RevocationMissing(_)), "{why}");
    let why = add(&damaged, time).unwrap_err();
    assert!(matches!(why, NotRenewable::NotVerified(_)), "{why}");
    let why = add(&archive.files[2], now() + Duration::days(731)).unwrap_err();
    assert!(matches!(why, NotRenewable::PastDeadline(_)), "{why}");
    assert!(matches!(add(b"a letter", time).unwrap_err(), NotRenewable::NotVerified(_)));
    let sealed = archive.service.sealer.seal(&common::sending_of("sealed"), now()).unwrap();
    assert_eq!(add(sealed.der(), now()).unwrap_err(), NotRenewable::TimeNotProven);
    archive.files[6..].iter().for_each(|file| assert!(add(file, time).is_ok()));
    // What only the verifier was given does not stay with the file.
    let given = archive.verifier().with_revocation_data(crls(&[&archive.service.pki.tsa_root], time));
    let renewer_given = Renewer::new(&given);
    let why = leaves.add_verified(&renewer_given, &without, Content::Attached, time).unwrap_err();
    assert_eq!((why.code(), &why), (None, &NotRenewable::RevocationBeside));
    assert!(leaves.add_verified(&renewer, &archive.files[3], Content::Attached, time).is_ok());

    let object = digests(&archive.files[0]);
    let group = leaves.close().unwrap().stamp_with(&renewer, &object, &tsas, time).unwrap();
    assert_eq!(group.leaf_count(), 4);
    for file in [&archive.files[0], &archive.files[3], &archive.files[6], &archive.files[7]] {
        archive.assert_passes(&group, file, at("2028-11-01T00:00:00Z"));
    }
    for file in [&without, &damaged, &archive.files[2]] {
        assert_eq!(group.record(&digests(file)), Err(NotInGroup::OtherOctets));
    }
}

/// A CA that rolled its key over stands twice on a path, by one name. What answers for the one is no answer for the other.
#[test]
fn certificates_of_one_name_are_not_taken_for_each_other() {
    let service = Service::new();
    let (pki, time) = (&service.pki, at("2026-12-01T00:00:00Z"));
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(730));
    let key = || generate_key(&KeyKind::EcP256).unwrap();
    let rolled_over = CertificateSpec::authority("Test Seal CA", from, until).with_authority(Some(0));
    let rolled_over = pki.intermediate.issue(&rolled_over, key()).unwrap();
    let seal = rolled_over.issue(&CertificateSpec::seal("Test Seal", from, until), key()).unwrap();
    let issuers = [&rolled_over, &pki.intermediate, &pki.root].map(|issuer| issuer.certificate.clone());
    let proof = service.proof_with(&seal, &issuers);
    let complete = crls(&[&pki.root, &pki.intermediate, &rolled_over, &pki.tsa_root], now());
    // The lists of the CA answer for the new certificate, and not for the old one.
    let missing = crls(&[&pki.intermediate, &rolled_over, &pki.tsa_root], now());
    let given = service.verifier().with_revocation_data(complete.clone());
    let mut leaves = GroupLeaves::new(SHA256).unwrap();
    let mut add = |verifier: &Verifier, data: &RevocationData| {
        let file = proof.clone().with_revocation(data).unwrap();
        leaves.add_verified(&Renewer::new(verifier), file.der(), Content::Attached, time).map(|_| ())
    };
    assert_eq!(add(&given, &missing), Err(NotRenewable::RevocationBeside));
    let why = add(&service.verifier(), &missing).unwrap_err();
    assert!(matches!(why, NotRenewable::RevocationMissing(_)), "{why}");
    assert_eq!(add(&given, &complete), Ok(()));
    assert_eq!(add(&service.verifier(), &complete), Ok(()));
}

#[test]
fn what_is_not_in_der_joins_no_group() {
    let archive = archive();
    let (verifier, group, time) = (archive.verifier(), archive.group(), at(TIMES[0]));
    let renewer = Renewer::new(&verifier);
    let unstamped = archive.unstamped();
    let request = unstamped.timestamp_request(Nonce::from_bytes(&[7; 8]));
    let response = der::disordered_token(&archive.service.tsa(time).respond(&request.to_der()));
    let why = unstamped.attach(&renewer, &digests(&archive.files[0]), &request, &response, time).unwrap_err();
    assert!(matches!(why, RenewalError::TokenNotDer), "{why}");
    let crl = archive.service.pki.tsa_root.issue_crl(&CrlSpec::new(now(), later())).unwrap();
    let mut data = RevocationData::new();
    data.add_der(&der::with_long_length(&crl)).unwrap();
    assert_eq!(group.with_revocation(&data).unwrap_err(), GroupError::AdditionNotDer);
}

#[test]
fn a_damaged_group_is_noticed_when_it_is_read() {
    let archive = archive();
    let renewed = archive.renewed(&archive.group());
    let part = renewed.parts().next().unwrap();
    let read = |leaves: &[u8], chain: &[u8]| Group::from_parts([(leaves.to_vec(), chain)]);
    assert!(read(part.leaves, &part.chain).is_ok());
    let mut flipped = part.leaves.to_vec();
    flipped[100] ^= 1;
    let mut cut = part.chain.clone();
    cut.truncate(cut.len() - 1);
    for (leaves, chain) in [
        (flipped.as_slice(), part.chain.as_slice()),
        (&part.leaves[32..], &part.chain),
        (&part.leaves[1..], &part.chain),
        (&[], &part.chain),
        (part.leaves, &cut),
        (part.leaves, b""),
    ] {
        assert!(matches!(read(leaves, chain), Err(GroupError::Damaged(_))), "{} {}", leaves.len(), chain.len());
    }
    assert_eq!(Group::from_parts([]).unwrap_err(), GroupError::Empty);
}

#[test]
fn chains_that_stand_twice_or_in_another_order_are_noticed_when_a_group_is_read() {
    let archive = archive();
    let (first, renewed) = (archive.group(), archive.known(&archive.renewed(&archive.group())));
    let mut rehash = renewed.rehash(SHA512).unwrap();
    archive.files.iter().for_each(|file| read(&mut rehash, file));
    let rehashed = archive.stamped(rehash, Missing::Refused, &archive.files[0]).unwrap();
    // The first chain as it was before its renewal is another form of the same.
    let stored = first.parts().chain(rehashed.parts());
    let stored: Vec<_> = stored.map(|part| (part.leaves.to_vec(), part.chain)).collect();
    let chosen = |numbers: &[usize]| {
        Group::from_parts(numbers.iter().map(|number| (stored[*number].0.clone(), stored[*number].1.as_slice())))
    };
    assert_eq!(
        chosen(&[1, 2]).unwrap().record(&digests(&archive.files[1])),
        rehashed.record(&digests(&archive.files[1]))
    );
    assert!(chosen(&[0]).is_ok() && chosen(&[1]).is_ok());
    let [twice, older] =
        ["a hash tree stands twice", "a hash tree is older than the one before"].map(GroupError::Damaged);
    for numbers in [[1, 1].as_slice(), &[2, 2], &[0, 1], &[1, 0], &[1, 2, 2], &[1, 2, 1], &[0, 1, 2]] {
        assert_eq!(chosen(numbers).unwrap_err(), twice, "{numbers:?}");
    }
    assert_eq!(chosen(&[2, 1]).unwrap_err(), older);
    // A tree of another group over more objects than there were.
    let mut leaves = GroupLeaves::new(SHA256).unwrap();
    archive.files.iter().map(Vec::as_slice).chain([b"another".as_slice()]).for_each(|object| leaves.add(object));
    let (verifier, tsas) = (archive.verifier(), pool(archive.service.tsa(later())));
    let renewer = Renewer::new(&verifier);
    let larger = leaves.close().unwrap().stamp_with(&renewer, &digests(b"another"), &tsas, later()).unwrap();
    let larger = larger.parts().next().unwrap();
    let parts = [(stored[0].0.clone(), stored[0].1.as_slice()), (larger.leaves.to_vec(), larger.chain.as_slice())];
    let more = GroupError::Damaged("a hash tree has more leaves than the one before");
    assert_eq!(Group::from_parts(parts).unwrap_err(), more);
}

#[test]
fn a_token_takes_no_more_than_what_is_read_back() {
    let archive = archive();
    let group = archive.group();
    // Each list is within its own limit of 64 MiB, and the two together are not within that of a token.
    let large = |number: u64| {
        let spec = CrlSpec::new(now(), now() + Duration::days(7)).with_number(number);
        let spec = spec.with_extension(ObjectIdentifier::new_unwrap("1.2.3.4"), vec![0; 33 << 20]);
        archive.service.pki.tsa_root.issue_crl(&spec).unwrap()
    };
    let mut data = RevocationData::new();
    data.add_der(&large(1)).unwrap();
    assert!(group.with_revocation(&data).is_ok());
    data.add_der(&large(2)).unwrap();
    assert_eq!(group.with_revocation(&data).unwrap_err(), GroupError::TooLarge);
}

#[test]
fn a_group_is_checked_before_its_objects_are_read() {
    let archive = archive();
    let (verifier, time) = (archive.verifier(), at(TIMES[2]));
    let renewer = Renewer::new(&verifier);
    let renewed = archive.renewed(&archive.group());
    let object = digests(&archive.files[0]);
    let why = renewed.check(&renewer, &object, time).unwrap_err();
    assert_eq!(why.code(), Some(Code::RevocationNotChecked), "{why}");
    let due = archive.known(&renewed).check(&renewer, &object, time).unwrap().unwrap();
    assert_eq!(due.renew_by, at("2033-01-01T00:00:00Z"));
    let late = archive.known(&renewed).check(&renewer, &object, at("2033-01-01T00:00:01Z")).unwrap_err();
    assert!(matches!(late, RenewalError::NotRenewable(NotRenewable::PastDeadline(_))), "{late}");
    let outside = renewed.check(&renewer, &digests(b"another"), time).unwrap_err();
    assert!(matches!(outside, RenewalError::NotInGroup(NotInGroup::OtherOctets)), "{outside}");
    // A certificate in the newest token, and nothing else of the group, changes.
    let issuer = archive.service.pki.intermediate.certificate.clone();
    let extended = renewed.with_certificates(std::slice::from_ref(&issuer)).unwrap();
    let (stored, before) = (extended.record(&object).unwrap(), renewed.record(&object).unwrap());
    assert!(stored.windows(issuer.der().len()).any(|octets| octets == issuer.der()));
    assert!(stored.len() - before.len() < issuer.der().len() + 16);
    let report = verifier.report_evidence_record(&stored, &[object], time);
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}
