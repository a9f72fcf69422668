//! Measures renewals at scale: the timestamp renewal of a batch beside a copy and a hash of each record, a new hash tree
//! beside the hashes of its objects, and the verification of a proof that was renewed three times beside the raw
//! verifications in it.

use std::hint::black_box;

use chrono::{DateTime, Duration, Utc};
use criterion::Criterion;
use peak_alloc::PeakAlloc;
use recommande::crypto::{Digest, DigestAlgorithm, KeyKind};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{BatchRenewal, GroupLeaves, Missing, Rehash, Renewer};
use recommande::rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken, Transport, TsaPool};
use recommande::seal::Artifact as _;
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, TestPki, TestTsa, generate_key};
use recommande::time::record::HashTree;
use recommande::verify::{Content, ContentDigests, RevocationRule};
use recommande::{Environment, Payload, Policy, ProofOfSending, Verifier};
use recommande_benches::raw::Raw;
use recommande_benches::{Limit, compare, criterion, fixtures};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The objects of the batch that is renewed, of which each record is made, renewed and dropped.
const OBJECTS: usize = 1_000_000;

/// A service, and TSAs of three decades under roots of their own.
struct World {
    pki: TestPki,
    roots: Vec<CertifiedKey>,
    eras: Vec<CertifiedKey>,
    verifier: Verifier,
}

impl World {
    fn new() -> Self {
        let pki = fixtures::pki(&KeyKind::EcP256);
        let era = |number: i32| {
            let (from, until) = (year(number * 2 - 1), year(number * 2 + 3));
            let key = || generate_key(&KeyKind::EcP256).expect("a key");
            let name = format!("TSA {number}");
            let root = CertificateSpec::authority(&name, from, until).self_signed(key()).expect("a root");
            let tsa = root.issue(&CertificateSpec::tsa(&format!("{name} unit"), from, until), key()).expect("a TSA");
            (root, tsa)
        };
        let (roots, eras): (Vec<CertifiedKey>, _) = (1..=3).map(era).unzip();
        // What is measured first takes no CRLs: those of a renewed proof are checked once and remembered.
        let verifier = verifier(&pki, &roots, RevocationRule::Ignore);
        Self { pki, roots, eras, verifier }
    }

    fn tsa(&self, renewal: usize) -> TestTsa {
        let time = renewed_at(renewal);
        TestTsa::new(&self.pki).with_key(self.eras[renewal].clone()).with_clock(move || time)
    }

    fn tsas(&self, renewal: usize) -> TsaPool {
        TsaPool::new().with_tsa("test", self.tsa(renewal))
    }
}

/// A verifier that trusts the TSAs of all decades.
fn verifier(pki: &TestPki, roots: &[CertifiedKey], revocation: RevocationRule) -> Verifier {
    let mut anchors = pki.tsa_anchors();
    roots.iter().for_each(|root| anchors.add(root.certificate.clone()));
    let policy = Policy { revocation, ..Policy::default() };
    Verifier::new(pki.seal_anchors(), anchors, Environment::Test).with_policy(policy)
}

/// So many years after the sealing.
fn year(years: i32) -> DateTime<Utc> {
    fixtures::now() + Duration::days(365 * i64::from(years))
}

fn renewed_at(renewal: usize) -> DateTime<Utc> {
    year(i32::try_from(renewal).expect("few renewals") * 2 + 2) - Duration::days(30)
}

fn stamp(tsa: &TestTsa, digest: &Digest) -> TimeStampToken {
    let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
    let request = TimeStampReq::new(imprint).with_nonce(Nonce::from_bytes(&[7; 8]));
    request.check(&tsa.send(&request.to_der()).expect("a response")).expect("a token")
}

/// The records of a batch with the digests of their objects, of which a thousand are kept.
fn records(world: &World) -> Vec<(Vec<u8>, ContentDigests)> {
    let leaf = |number: usize| DigestAlgorithm::Sha256.digest(&number.to_be_bytes());
    let tree = HashTree::new(DigestAlgorithm::Sha256, (0..OBJECTS).map(leaf)).expect("a tree");
    let tsa = TestTsa::new(&world.pki).with_clock(fixtures::now);
    let token = stamp(&tsa, &tree.root().expect("a root"));
    let record = |number: usize| {
        let object = leaf(number * 997);
        (tree.evidence_record(&object, &token).expect("a leaf"), ContentDigests::new([object]))
    };
    (0..1000).map(record).collect()
}

/// Measures the renewal of one record after the other, as a million of them pass through.
fn timestamp_renewal(criterion: &mut Criterion, world: &World) {
    let records = records(world);
    let renewer = Renewer::new(&world.verifier);
    let (record, object) = &records[0];
    let first = renewer.renew_record(record, object, &world.tsas(0), renewed_at(0)).expect("a renewal");
    let renewal = BatchRenewal::between(record, &first).expect("a timestamp renewal");
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    for number in 0..OBJECTS {
        let (record, object) = &records[number % records.len()];
        black_box(renewal.record(record, object).expect("a record of the batch"));
    }
    let more = ALLOCATOR.peak_usage().saturating_sub(before) / 1000;
    println!("MEMORY renewing {OBJECTS} records takes {more} kB");

    let (mut ours, mut limits) = (records.iter().cycle(), records.iter().cycle());
    let mut next = || ours.next().expect("a record");
    compare(
        criterion,
        "timestamp renewal of a record",
        &Limit::new("copy and SHA-256").at_least(0.5),
        || {
            let (record, object) = next();
            renewal.record(record, object).expect("a record of the batch")
        },
        || {
            let copy = limits.next().expect("a record").0.clone();
            (DigestAlgorithm::Sha256.digest(&copy), copy)
        },
    );
}

/// The lists of these issuers on the day of the sealing.
fn lists(issuers: &[&CertifiedKey]) -> RevocationData {
    lists_at(issuers, fixtures::now())
}

/// The lists of these issuers at another time.
fn lists_at(issuers: &[&CertifiedKey], time: DateTime<Utc>) -> RevocationData {
    let spec = CrlSpec::new(time - Duration::days(1), time + Duration::days(7));
    let mut lists = RevocationData::new();
    issuers.iter().for_each(|issuer| lists.add_der(&issuer.issue_crl(&spec).expect("a CRL")).expect("few CRLs"));
    lists
}

/// Measures a new hash tree by SHA-512 over proofs that may join a group, with their revocation data in them (B-LT), from
/// their octets to their leaves.
fn hash_tree_renewal(criterion: &mut Criterion, world: &World) {
    let pki = &world.pki;
    let sealer = fixtures::sealer(pki).with_revocation(&lists(&[&pki.root, &pki.intermediate]));
    let of_tsa = lists(&[&pki.tsa_root]);
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&world.pki).with_clock(fixtures::now));
    let proof = |number: usize| {
        let sealed = sealer.seal(&fixtures::letter(number), fixtures::now()).expect("a seal");
        let proof = sealed.stamp_with(&tsas).expect("a timestamp");
        proof.with_revocation(&of_tsa).expect("a proof at B-LT").der().to_vec()
    };
    let files: Vec<Vec<u8>> = (0..1000).map(proof).collect();
    println!("OBJECTS of {} octets", files[0].len());
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha256).expect("a strong digest");
    files.iter().for_each(|file| leaves.add(file));
    // The way through a tree of a million is as long as that of an archive.
    for number in files.len()..OBJECTS {
        leaves.add_digest(&DigestAlgorithm::Sha256.digest(&number.to_be_bytes())).expect("a digest by SHA-256");
    }
    let unstamped = leaves.close().expect("objects");
    let renewer = Renewer::new(&world.verifier);
    let object =
        |file: &[u8]| ContentDigests::new([DigestAlgorithm::Sha256.digest(file), DigestAlgorithm::Sha512.digest(file)]);
    let group = unstamped.stamp_with(&renewer, &object(&files[0]), &tsas, fixtures::now()).expect("a group");
    let begun = || group.rehash(DigestAlgorithm::Sha512).expect("a strong digest");
    let mut rehash: Rehash = begun();
    let (mut ours, mut limits) = (files.iter().cycle(), files.iter().cycle());
    compare(
        criterion,
        "hash-tree renewal of a proof",
        &Limit::new("SHA-512 of the proof").at_least(0.6),
        || rehash.add(&object(ours.next().expect("a file"))).expect("an object of the group"),
        || DigestAlgorithm::Sha512.digest(limits.next().expect("a file")),
    );
    let many = group.for_many_records();
    let objects: Vec<ContentDigests> = files.iter().map(|file| object(file)).collect();
    let (mut few, mut several) = (objects.iter().cycle(), objects.iter().cycle());
    compare(
        criterion,
        "record of a group",
        &Limit::new("the same for many records"),
        || group.record(few.next().expect("a file")).expect("an object of the group"),
        || many.record(several.next().expect("a file")).expect("an object of the group"),
    );
    // What nobody can do without: both digests of the object, and one of the record so far, which ends in the same token.
    let record = group.record(&object(&files[0])).expect("an object of the group");
    compare(
        criterion,
        "hash-tree renewal of a proof, its hashes alone",
        &Limit::new("SHA-512 of the proof"),
        || {
            let file = ours.next().expect("a file");
            (object(file), DigestAlgorithm::Sha512.digest(&record))
        },
        || DigestAlgorithm::Sha512.digest(limits.next().expect("a file")),
    );
    let mut whole = begun();
    for file in &files {
        whole.add(&object(file)).expect("an object of the group");
    }
    assert_eq!(whole.close(Missing::LeftOut).expect("objects").leaf_count(), files.len());
}

/// Measures a proof with three archive timestamps: five signatures, of the seal and of four tokens.
fn verification(criterion: &mut Criterion, world: &World) {
    let sealer = fixtures::sealer(&world.pki);
    let first = TestTsa::new(&world.pki).with_clock(fixtures::now);
    let sealed = sealer.seal(&fixtures::sending(), fixtures::now()).expect("a seal");
    let proof = sealed.stamp_with(&TsaPool::new().with_tsa("test", first)).expect("a timestamp");
    let renewer = Renewer::new(&world.verifier);
    let mut file = proof.der().to_vec();
    for renewal in 0..world.eras.len() {
        file = renewer.renew(&file, Content::Attached, &world.tsas(renewal), renewed_at(renewal)).expect("a renewal");
    }
    let something = DigestAlgorithm::Sha256.digest(b"something");
    let token = |renewal: usize| stamp(&world.tsa(renewal), &something);
    let mut raw = vec![Raw::of(sealed.der(), world.pki.seal.signer.public_key())];
    raw.push(Raw::of(
        stamp(&TestTsa::new(&world.pki).with_clock(fixtures::now), &something).as_bytes(),
        world.pki.tsa.signer.public_key(),
    ));
    raw.extend((0..3).map(|renewal| Raw::of(token(renewal).as_bytes(), world.eras[renewal].signer.public_key())));
    let at = renewed_at(2) + Duration::days(1);
    compare(
        criterion,
        "verify a proof renewed three times",
        &Limit::new("five raw verifications").at_least(1.0 / 1.6),
        || {
            let proof = ProofOfSending::from_der(&file).expect("a proof");
            black_box(world.verifier.verify(&proof, Payload::NotAvailable, at).expect("a valid proof"));
        },
        || raw.iter().for_each(Raw::verify),
    );
}

/// Measures the same with the CRLs that the renewals have put into the file: those of the seal's chain and of each TSA before
/// the last one. The verifier remembers the signatures on them.
fn verification_with_lists(criterion: &mut Criterion, world: &World) {
    let pki = &world.pki;
    let judging = verifier(pki, &world.roots, RevocationRule::IfPresent);
    let sealer = fixtures::sealer(pki).with_revocation(&lists(&[&pki.root, &pki.intermediate]));
    let first = TestTsa::new(pki).with_clock(fixtures::now);
    let sealed = sealer.seal(&fixtures::sending(), fixtures::now()).expect("a seal");
    let proof = sealed.stamp_with(&TsaPool::new().with_tsa("test", first)).expect("a timestamp");
    let mut file = proof.der().to_vec();
    let issuers = [&pki.tsa_root].into_iter().chain(&world.roots);
    for (renewal, issuer) in (0..world.eras.len()).zip(issuers) {
        let time = renewed_at(renewal);
        let renewer = Renewer::new(&judging).with_revocation(lists_at(&[issuer], time));
        file = renewer.renew(&file, Content::Attached, &world.tsas(renewal), time).expect("a renewal");
    }
    let something = DigestAlgorithm::Sha256.digest(b"something");
    let mut raw = vec![Raw::of(sealed.der(), pki.seal.signer.public_key())];
    let own = stamp(&TestTsa::new(pki).with_clock(fixtures::now), &something);
    raw.push(Raw::of(own.as_bytes(), pki.tsa.signer.public_key()));
    for renewal in 0..world.eras.len() {
        let token = stamp(&world.tsa(renewal), &something);
        raw.push(Raw::of(token.as_bytes(), world.eras[renewal].signer.public_key()));
    }
    let at = renewed_at(2) + Duration::days(1);
    compare(
        criterion,
        "verify a proof renewed three times with its CRLs",
        &Limit::new("five raw verifications").at_least(1.0 / 1.6),
        || {
            let proof = ProofOfSending::from_der(&file).expect("a proof");
            black_box(judging.verify(&proof, Payload::NotAvailable, at).expect("a valid proof"));
        },
        || raw.iter().for_each(Raw::verify),
    );
}

/// Measures a proof with an evidence record beside it that was renewed three times: six signatures, of the seal, of its own
/// token, and of the four tokens of the record.
fn verification_with_record(criterion: &mut Criterion, world: &World) {
    let pki = &world.pki;
    let first = || TestTsa::new(pki).with_clock(fixtures::now);
    let tsas = TsaPool::new().with_tsa("test", first());
    let sealed = fixtures::sealer(pki).seal(&fixtures::sending(), fixtures::now()).expect("a seal");
    let proof = sealed.stamp_with(&tsas).expect("a timestamp");
    let mut leaves = GroupLeaves::new(DigestAlgorithm::Sha256).expect("a strong digest");
    leaves.add(proof.der());
    let object = ContentDigests::new([DigestAlgorithm::Sha256.digest(proof.der())]);
    let renewer = Renewer::new(&world.verifier).with_algorithm(DigestAlgorithm::Sha256);
    let group = leaves.close().expect("an object").stamp_with(&renewer, &object, &tsas, fixtures::now());
    let mut record = group.expect("a group").record(&object).expect("an object of the group");
    for renewal in 0..world.eras.len() {
        let time = renewed_at(renewal);
        record = renewer.renew_record(&record, &object, &world.tsas(renewal), time).expect("a renewal");
    }
    let something = DigestAlgorithm::Sha256.digest(b"something");
    let of_first = || Raw::of(stamp(&first(), &something).as_bytes(), pki.tsa.signer.public_key());
    let mut raw = vec![Raw::of(sealed.der(), pki.seal.signer.public_key()), of_first(), of_first()];
    for renewal in 0..world.eras.len() {
        let token = stamp(&world.tsa(renewal), &something);
        raw.push(Raw::of(token.as_bytes(), world.eras[renewal].signer.public_key()));
    }
    let verifier = verifier(pki, &world.roots, RevocationRule::Ignore).with_evidence_records([record]);
    let at = renewed_at(2) + Duration::days(1);
    compare(
        criterion,
        "verify a proof with a record renewed three times",
        &Limit::new("six raw verifications").at_least(1.0 / 1.6),
        || {
            let proof = ProofOfSending::from_der(proof.der()).expect("a proof");
            black_box(verifier.verify(&proof, Payload::NotAvailable, at).expect("a valid proof"));
        },
        || raw.iter().for_each(Raw::verify),
    );
}

fn main() {
    let mut criterion = criterion();
    let world = World::new();
    timestamp_renewal(&mut criterion, &world);
    hash_tree_renewal(&mut criterion, &world);
    verification(&mut criterion, &world);
    verification_with_lists(&mut criterion, &world);
    verification_with_record(&mut criterion, &world);
    criterion.final_summary();
}
