//! Measures verifications beside the public-key operations that they need: those of the seal and of the token or
//! record.
//!
//! The limit is what `aws-lc-rs` takes for these operations from octets: it parses the key each time, as everybody must
//! who is handed a signature and a certificate. One verifier serves all rounds, so that it knows the certification
//! paths and the signatures that an archive shares, such as those of CRLs or of the token of a batch.

use std::hint::black_box;
use std::thread;

use chrono::{DateTime, Duration, Utc};
use criterion::Criterion;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken, Transport, TsaPool};
use recommande::seal::{Artifact, Batch, PayloadSignature};
use recommande::testing::{TestPki, TestTsa};
use recommande::time::record::HashTree;
use recommande::verify::{Code, ContentDigests};
use recommande::{Environment, Payload, PayloadDigests, Policy, ProofOfSending, Sealer, Verifier};
use recommande_benches::raw::Raw;
use recommande_benches::{Limit, compare, criterion, fixtures};

/// Objects under one evidence record.
const OBJECTS: usize = 10_000;

/// Proofs under one timestamp.
const BATCH: usize = 1000;

/// A service, the proof that it made, and the verifier.
struct World {
    pki: TestPki,
    sealer: Sealer,
    verifier: Verifier,
    digests: PayloadDigests,
    seal: Raw,
    token: Raw,
    proof: ProofOfSending,
}

impl World {
    fn new(kind: &KeyKind) -> Self {
        let pki = fixtures::pki(kind);
        let sealer = fixtures::sealer(&pki);
        let sealed = sealer.seal(&fixtures::sending(), fixtures::now()).expect("a seal");
        let proof = sealed.stamp_with(&tsas(&pki)).expect("a timestamp");
        let token = request(DigestAlgorithm::Sha256.digest(b"something").as_bytes(), &pki);
        let [seal, token] = [
            Raw::of(sealed.der(), pki.seal.signer.public_key()),
            Raw::of(token.as_bytes(), pki.tsa.signer.public_key()),
        ];
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let digests = PayloadDigests::of_bytes(b"letter 0");
        Self { pki, sealer, verifier, digests, seal, token, proof }
    }

    fn both(&self) {
        self.seal.verify();
        self.token.verify();
    }

    /// From octets to the strict verdict.
    fn verify(&self, verifier: &Verifier, der: &[u8]) {
        let proof = ProofOfSending::from_der(der).expect("a proof");
        black_box(verifier.verify(&proof, Payload::Digests(&self.digests), later()).expect("a valid proof"));
    }
}

fn tsas(pki: &TestPki) -> TsaPool {
    TsaPool::new().with_tsa("test", TestTsa::new(pki).with_clock(fixtures::now))
}

fn request(digest: &[u8], pki: &TestPki) -> TimeStampToken {
    let imprint = MessageImprint::new(DigestAlgorithm::Sha256.oid(), digest);
    let request = TimeStampReq::new(imprint).with_nonce(Nonce::from_bytes(&[7; 8]));
    let tsa = TestTsa::new(pki).with_clock(fixtures::now);
    request.check(&tsa.send(&request.to_der()).expect("a response")).expect("a token")
}

fn later() -> DateTime<Utc> {
    fixtures::now() + Duration::days(1)
}

/// Measures a signature without a timestamp. All else is checked before the verdict, which is that this is missing.
fn signature(criterion: &mut Criterion, name: &str, world: &World) {
    // The digest that the algorithm of the key needs is one of these.
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    let digests = [Sha256, Sha384, Sha512].map(|algorithm| algorithm.digest(b"a letter"));
    let digests = PayloadDigests::from_digests(digests).expect("digests");
    let signature = world.sealer.sign_payload(&digests, "application/pdf", fixtures::now()).expect("a signature");
    let raw = Raw::of(signature.der(), world.pki.seal.signer.public_key());
    compare(
        criterion,
        &format!("verify CAdES B-B {name}"),
        &Limit::new("raw verification").at_least(0.70),
        || {
            let read = PayloadSignature::from_der(signature.der()).expect("a signature");
            let verdict = world.verifier.verify_payload_signature(&read, &digests, later());
            assert_eq!(verdict.expect_err("no timestamp").finding().code, Code::TimestampMissing);
        },
        || raw.verify(),
    );
}

fn proof(criterion: &mut Criterion, name: &str, world: &World) {
    compare(
        criterion,
        &format!("verify proof B-T {name}"),
        &Limit::new("two raw verifications").at_least(0.85),
        || world.verify(&world.verifier, world.proof.der()),
        || world.both(),
    );
}

/// A report may take a tenth more than the strict verdict.
fn report(criterion: &mut Criterion, name: &str, world: &World) {
    compare(
        criterion,
        &format!("report proof B-T {name}"),
        &Limit::new("strict verification").at_least(0.909),
        || {
            let proof = ProofOfSending::from_der(world.proof.der()).expect("a proof");
            world.verifier.report(&proof, Payload::Digests(&world.digests), later())
        },
        || world.verify(&world.verifier, world.proof.der()),
    );
}

/// Measures proofs that hold revocation data, under the policy that requires them.
fn long_term(criterion: &mut Criterion, name: &str, world: &World) {
    let (issued, next) = (fixtures::now() - Duration::hours(1), fixtures::now() + Duration::days(7));
    let of_seal = world.pki.seal_revocation(issued, next).expect("revocation data");
    let sealer = world.sealer.clone().with_revocation(&of_seal);
    let sealed = sealer.seal(&fixtures::sending(), fixtures::now()).expect("a seal");
    let proof = sealed.stamp_with(&tsas(&world.pki)).expect("a timestamp");
    let proof = proof.with_revocation(&world.pki.tsa_revocation(issued, next).expect("revocation data"));
    let proof = proof.expect("a longer proof");
    let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), Environment::Test);
    let verifier = verifier.with_policy(Policy::strict());
    let wanted = if name == "P-256" { 0.90 } else { 0.80 };
    compare(
        criterion,
        &format!("verify proof B-LT {name}"),
        &Limit::new("two raw verifications").at_least(wanted),
        || world.verify(&verifier, proof.der()),
        || world.both(),
    );
}

fn payload_signature(criterion: &mut Criterion, name: &str, world: &World) {
    let signature = world.sealer.sign_payload(&world.digests, "application/pdf", fixtures::now()).expect("a signature");
    let signature = signature.stamp_with(&tsas(&world.pki)).expect("a timestamp");
    compare(
        criterion,
        &format!("verify payload signature {name}"),
        &Limit::new("two raw verifications"),
        || {
            let read = PayloadSignature::from_der(signature.der()).expect("a signature");
            world.verifier.verify_payload_signature(&read, &world.digests, later()).expect("a valid signature")
        },
        || world.both(),
    );
}

/// Measures proofs that share one timestamp, one after the other.
fn batch(criterion: &mut Criterion, name: &str, world: &World) {
    let sending = fixtures::sending();
    let sealed: Vec<_> = (0..BATCH).map(|_| world.sealer.seal(&sending, fixtures::now()).expect("a seal")).collect();
    let stamped = Batch::of(&sealed).expect("a batch").stamp_with(&tsas(&world.pki)).expect("a timestamp");
    let proofs: Vec<_> = sealed.into_iter().take(100).map(|seal| stamped.proof(seal).expect("a proof")).collect();
    let mut next = proofs.iter().cycle();
    compare(
        criterion,
        &format!("verify proof of a batch {name}"),
        &Limit::new("two raw verifications"),
        || world.verify(&world.verifier, next.next().expect("a proof").der()),
        || world.both(),
    );
}

/// Measures an evidence record by itself, over one of many objects.
fn evidence_record(criterion: &mut Criterion, name: &str, world: &World) {
    let leaves = (0..OBJECTS).map(|number| DigestAlgorithm::Sha256.digest(&number.to_be_bytes()));
    let tree = HashTree::new(DigestAlgorithm::Sha256, leaves).expect("a tree");
    let leaf = DigestAlgorithm::Sha256.digest(&0_usize.to_be_bytes());
    let token = request(tree.root().expect("a root").as_bytes(), &world.pki);
    let record = tree.evidence_record(&leaf, &token).expect("a record");
    let objects = [ContentDigests::new([leaf])];
    compare(
        criterion,
        &format!("report evidence record {name}"),
        &Limit::new("raw verification"),
        || {
            let report = world.verifier.report_evidence_record(&record, &objects, later());
            assert_eq!(report.proven_at, Some(token.tst_info().gen_time));
        },
        || world.token.verify(),
    );
}

/// Measures one verifier that is shared by as many threads as there are processors.
fn all_threads(criterion: &mut Criterion, name: &str, world: &World) {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let by_all = |operation: &(dyn Fn() + Sync)| {
        thread::scope(|scope| {
            (0..threads).for_each(|_| drop(scope.spawn(|| (0..100).for_each(|_| operation()))));
        });
    };
    compare(
        criterion,
        &format!("verify by all threads {name}"),
        &Limit::new("raw by all threads").at_least(0.80),
        || by_all(&|| world.verify(&world.verifier, world.proof.der())),
        || by_all(&|| world.both()),
    );
}

fn main() {
    let mut criterion = criterion();
    for (name, kind) in fixtures::KINDS {
        let world = World::new(&kind);
        signature(&mut criterion, name, &world);
        proof(&mut criterion, name, &world);
        if matches!(name, "RSA-2048" | "P-256") {
            report(&mut criterion, name, &world);
            long_term(&mut criterion, name, &world);
            payload_signature(&mut criterion, name, &world);
            batch(&mut criterion, name, &world);
            evidence_record(&mut criterion, name, &world);
            all_threads(&mut criterion, name, &world);
        }
    }
    criterion.final_summary();
}
