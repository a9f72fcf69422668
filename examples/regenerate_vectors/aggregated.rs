//! Aggregated proofs: a batch with one seal, good and with one thing wrong.

use crate::oid;
use base64ct::{Base64, Encoding};
use chrono::TimeDelta;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{ActedBy, AssuranceLevel, BatchStatement};
use recommande::rfc3161_client::{Nonce, Transport};
use recommande::seal::{AggregateItem, AggregateLeaves, Artifact, ProofOfSending, SealedAggregate, StampedAggregate};
use recommande::testing::{CertifiedKey, Forge, TestTsa, attribute, tlv};
use recommande::verify::Payload;
use recommande::{Certificate, Credentials, Environment, Sealer, Sending, Verifier};
use signed_data::tlv::Tag;

use crate::case::{Case, FORGED, SEALED, second_seal};
use crate::records::{Lists, parts, token, written};
use crate::second_seals::announcing;
use crate::world::{
    LETTER, NOW, OPENED, OPENING_SIGNED, OPENING_STAMPED, Result, SIGNED, STAMPED, World, at, clock, opening, replaced,
    seal_spec, sending, stamp, stamp_opening,
};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;

/// The subjects of findings about the way to the seal, and about the record of the statement.
const BATCH: &str = "batch";
const RECORD: &str = "record 2";
const STAMP: &str = "timestamp 2";

/// A statement, its record, and the seal.
struct Parts {
    statement: Vec<u8>,
    record: Vec<u8>,
    seal: Vec<u8>,
}

impl Parts {
    fn file(&self) -> Vec<u8> {
        tlv(
            Tag::SEQUENCE,
            &[&tlv(Tag::INTEGER, &[&[1]]), &tlv(Tag::OCTET_STRING, &[&self.statement]), &self.record, &self.seal],
        )
    }
}

/// The seal of a batch is by a certificate that holds the number of the issuer.
fn key(world: &World) -> Result<CertifiedKey> {
    let spec = seal_spec().with_organization("Example Registered Mail Service", "NTRBE-0406798006");
    Ok(world.pki.intermediate.issue(&spec, world.pki.seal.signer.clone())?)
}

/// The chain of this key, from its certificate upwards.
fn chain(world: &World, key: &CertifiedKey) -> Vec<Certificate> {
    [key, &world.pki.intermediate, &world.pki.root].map(|key| key.certificate.clone()).into()
}

fn sealer(world: &World) -> Result<Sealer> {
    let key = key(world)?;
    Ok(Sealer::new(Credentials::new(key.signer.clone(), chain(world, &key))?, world.sealer.issuer().clone()))
}

/// A batch of so many sendings.
fn items(world: &World, count: u8) -> Result<Vec<AggregateItem<Sending>>> {
    (1..=count).map(|number| Ok(world.sealer.aggregate_item(sending(number, LETTER)?, at(SIGNED))?)).collect()
}

fn sealed(world: &World, items: &[AggregateItem<Sending>]) -> Result<SealedAggregate> {
    let mut leaves = AggregateLeaves::new(world.sealer.issuer());
    items.iter().try_for_each(|item| leaves.add(item))?;
    Ok(sealer(world)?.seal_aggregate(&leaves.close(17)?, at(SIGNED))?)
}

fn stamped(world: &World, sealed: &SealedAggregate, time: &str) -> Result<StampedAggregate> {
    let request = sealed.timestamp_request(Nonce::from_bytes(&[0x52; 8]))?;
    let tsa = TestTsa::new(&world.pki).with_clock(clock(time)).with_serial(1);
    Ok(sealed.attach(&request, &tsa.send(&request.to_der())?)?)
}

/// The good batch of seven, and the first statement in it whose way has three siblings.
struct Batch {
    stamped: StampedAggregate,
    good: Parts,
    lists: Lists,
    /// The digest of the seal without its record.
    covered: Vec<u8>,
}

impl Batch {
    fn new(world: &World) -> Result<Self> {
        let items = items(world, 7)?;
        let sealed = sealed(world, &items)?;
        let stamped = stamped(world, &sealed, STAMPED)?;
        for item in &items {
            let record = stamped.record(item)?;
            let (lists, _) = parts(&record)?;
            if lists.len() == 4 {
                let covered = SHA256.digest(sealed.seal().der()).as_bytes().to_vec();
                let good = Parts { statement: item.json().to_vec(), record, seal: stamped.seal().der().to_vec() };
                return Ok(Self { stamped, good, lists, covered });
            }
        }
        Err("no way of this length".into())
    }

    /// The proof with other lists, under a token over what they lead to.
    fn with_lists(&self, world: &World, change: impl FnOnce(&mut Lists)) -> Result<Vec<u8>> {
        let mut lists = self.lists.clone();
        change(&mut lists);
        Ok(Parts { record: restamped(world, &lists)?, ..self.parts() }.file())
    }

    /// The proof under a seal that states something else, in which its record ends.
    fn with_batch(&self, world: &World, from: &str, to: &str) -> Result<Vec<u8>> {
        let json = String::from_utf8(self.stamped.seal().stated().to_json())?;
        self.with_seal(world, &replaced(&json, from, to), &key(world)?)
    }

    /// The proof under a seal by this key over this batch statement.
    fn with_seal(&self, world: &World, json: &str, key: &CertifiedKey) -> Result<Vec<u8>> {
        let mut forge = Forge::seal(json.as_bytes(), key, &chain(world, key), at(SIGNED));
        let media_type = tlv(Tag::UTF8_STRING, &[BatchStatement::MEDIA_TYPE.as_bytes()]);
        forge.first().set(oid::MIME_TYPE, &[&media_type]);
        forge.sign(&*key.signer)?;
        let covered = SHA256.digest(&forge.to_der()).as_bytes().to_vec();
        let root = BatchStatement::from_json(json.as_bytes())?.root().as_bytes().to_vec();
        let record = restamped(world, &vec![vec![covered.clone(), root]])?;
        forge.first().unsigned_attributes.push(attribute(oid::EVIDENCE_RECORD_INTERNAL, &[&record]));
        let mut lists = self.lists.clone();
        lists.pop();
        lists.push(vec![covered]);
        Ok(Parts { record: restamped(world, &lists)?, seal: forge.to_der(), ..self.parts() }.file())
    }

    fn parts(&self) -> Parts {
        let Parts { statement, record, seal } = &self.good;
        Parts { statement: statement.clone(), record: record.clone(), seal: seal.clone() }
    }
}

/// A record with these lists, and a token over what they lead to.
fn restamped(world: &World, lists: &Lists) -> Result<Vec<u8>> {
    let mut lists = lists.clone();
    let mut so_far: Vec<Vec<u8>> = Vec::new();
    for list in &mut lists {
        list.sort();
        let mut hashes = [list.clone(), so_far].concat();
        hashes.sort();
        so_far = match hashes.as_slice() {
            [single] => vec![single.clone()],
            several => vec![SHA256.digest(&several.concat()).as_bytes().to_vec()],
        };
    }
    let root = so_far.first().and_then(|root| Digest::new(SHA256, root)).ok_or("no root")?;
    Ok(written(&lists, &token(world, root, STAMPED)?))
}

/// The vectors, and the files beside them.
pub struct Aggregated {
    pub cases: Vec<Case>,
    pub files: Vec<(String, Vec<u8>)>,
    /// The good proof, and its statement.
    pub good: (Vec<u8>, Vec<u8>),
}

/// The statement of the good proof, as it is stored.
const STATEMENT: &str = "aggregated/of-7.json";

pub fn all(world: &World) -> Result<Aggregated> {
    let batch = Batch::new(world)?;
    let (file, statement) = (batch.good.file(), batch.good.statement.clone());
    let mut written = vec![(STATEMENT.to_owned(), statement.clone())];
    let cases = [
        good(world, &batch)?,
        halves(&batch),
        ways(world, &batch)?,
        seals(world, &batch)?,
        files(world, &batch)?,
        second_seals(world, &mut written)?,
    ];
    Ok(Aggregated { cases: cases.concat(), files: written, good: (file, statement) })
}

/// The two halves that others verify: the record over the statement, and the seal over the batch.
fn halves(batch: &Batch) -> Vec<Case> {
    let Parts { record, seal, .. } = batch.parts();
    let mut of_seal = Case::signature(
        "batch/aggregated-seal",
        SEALED,
        "The seal of an aggregated batch, with its record in it.",
        seal,
    )
    .level("B-B");
    of_seal.vector.file = "batch/aggregated-seal.p7m".to_owned();
    let of_statement = Case::evidence_record(
        "record/aggregated-statement",
        SEALED,
        "The record of an aggregated statement, over the statement as it is stored.",
        record,
    );
    vec![of_seal, of_statement.data(&[STATEMENT])]
}

/// An aggregated proof that passes, until something else is said.
pub fn case(id: &str, source: crate::manifest::Source, why: &str, bytes: Vec<u8>) -> Case {
    let mut case = Case::new(&format!("aggregated/{id}"), source, why, bytes).level("aggregated");
    case.vector.file = format!("aggregated/{id}.rma");
    case
}

fn good(world: &World, batch: &Batch) -> Result<Vec<Case>> {
    let single = {
        let mut items = items(world, 1)?;
        let item = items.pop().ok_or("one")?;
        stamped(world, &sealed(world, std::slice::from_ref(&item))?, STAMPED)?.proof(item)?
    };
    let file = batch.good.file();
    let proof = ProofOfSending::from_der(&file)?;
    let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), Environment::Test);
    let sent = verifier.verify(&proof, Payload::NotAvailable, at(NOW))?;
    let opening = opening(&sent, ActedBy::Recipient(1), AssuranceLevel::Substantial, 2)?;
    let singly = stamp_opening(world, &opening)?.der().to_vec();
    let aggregated = {
        let item = world.sealer.aggregate_item(opening, at(OPENED) + TimeDelta::seconds(1))?;
        let mut leaves = AggregateLeaves::new(world.sealer.issuer());
        leaves.add(&item)?;
        let sealed = sealer(world)?.seal_aggregate(&leaves.close(18)?, at(OPENING_SIGNED))?;
        stamped(world, &sealed, OPENING_STAMPED)?.proof(item)?.der().to_vec()
    };
    let of_seven = Some("aggregated/of-7.rma");
    let mut of_aggregated =
        Case::opening("aggregated/opening", SEALED, "An aggregated opening of an aggregated sending.", aggregated)
            .sending(of_seven)
            .level("aggregated");
    of_aggregated.vector.file = "aggregated/opening.rma".to_owned();
    Ok(vec![
        case("of-7", SEALED, "One of seven statements under one seal.", file).also(
            BATCH,
            "aggregated-in-batch",
            "passed",
        ),
        case("single", SEALED, "A batch of one: the root is the leaf.", single.der().to_vec()).also(
            BATCH,
            "aggregated-in-batch",
            "passed",
        ),
        of_aggregated,
        Case::opening(
            "aggregated/opening-with-a-seal-of-its-own",
            SEALED,
            "An opening with a seal of its own names its aggregated sending by the digest of the statement.",
            singly,
        )
        .sending(of_seven),
    ])
}

/// Records that are not the way of the statement to the seal.
fn ways(world: &World, batch: &Batch) -> Result<Vec<Case>> {
    let leaf = SHA256.digest(&batch.good.statement).as_bytes().to_vec();
    let foreign = SHA256.digest(b"foreign").as_bytes().to_vec();
    let changed = |id: &str, why: &str, code: &str, change: &dyn Fn(&mut Lists)| -> Result<Case> {
        let failure = if matches!(code, "aggregated-seal-differs" | "aggregated-root-differs") {
            "HASH_FAILURE"
        } else {
            "FORMAT_FAILURE"
        };
        Ok(case(id, FORGED, why, batch.with_lists(world, change)?).failed(failure, BATCH, code))
    };
    let another = items(world, 8)?.pop().ok_or("another")?;
    let another = Parts { statement: another.json().to_vec(), ..batch.parts() };
    let of_another = {
        let foreign = Digest::new(SHA256, &foreign).ok_or("a digest")?;
        let record = written(&batch.lists, &token(world, foreign, STAMPED)?);
        Parts { record, ..batch.parts() }
    };
    let alone = {
        let leaf = Digest::new(SHA256, &leaf).ok_or("a digest")?;
        let record = crate::records::without_lists(&token(world, leaf, STAMPED)?);
        Parts { record, ..batch.parts() }
    };
    let not_covered = |case: Case| {
        case.failed("HASH_FAILURE", BATCH, "aggregated-statement-not-covered")
            .finding(STAMP, "evidence-record-object-not-covered", "failed")
            .finding(RECORD, "evidence-record-not-valid", "indeterminate")
            .finding(BATCH, "aggregated-time-not-proven", "indeterminate")
            .unproven()
    };
    Ok(vec![
        changed("cut-before-the-seal", "The record ends at the root.", "aggregated-seal-differs", &|lists| {
            lists.pop();
        })?,
        changed("cut-before-the-root", "The way ends below the root.", "aggregated-root-differs", &|lists| {
            lists.drain(1..3);
        })?,
        changed(
            "beside-the-seal-alone",
            "The record shows that statement and seal existed, and nothing of what the seal is over.",
            "aggregated-root-differs",
            &|lists| *lists = vec![vec![leaf.clone(), batch.covered.clone()]],
        )?,
        changed(
            "another-seal",
            "The record ends in another digest than the seal's.",
            "aggregated-seal-differs",
            &|lists| {
                lists[3] = vec![foreign.clone()];
            },
        )?,
        changed("seal-not-alone", "Something stands beside the seal.", "aggregated-seal-not-alone", &|lists| {
            lists[3].push(foreign.clone());
        })?,
        changed(
            "several-statements",
            "The first list holds a third hash, so that one record serves several statements.",
            "aggregated-path-not-binary",
            &|lists| lists[0].push(foreign.clone()),
        )?,
        changed(
            "statement-twice",
            "The sibling of the statement is the statement.",
            "aggregated-statement-twice",
            &|lists| lists[0] = vec![leaf.clone(); 2],
        )?,
        not_covered(case(
            "another-statement",
            FORGED,
            "Another statement stands before the record and the seal.",
            another.file(),
        )),
        not_covered(case(
            "inner-node",
            FORGED,
            "The way begins at an inner node of the tree.",
            batch.with_lists(world, |lists| {
                lists.remove(0);
            })?,
        )),
        case("alone", FORGED, "The record is a timestamp of the statement alone.", alone.file()).failed(
            "FORMAT_FAILURE",
            BATCH,
            "aggregated-path-missing",
        ),
        case("token-of-something-else", FORGED, "The token of the record is over something else.", of_another.file())
            .indeterminate("NO_POE", BATCH, "aggregated-time-not-proven")
            .finding(STAMP, "evidence-record-tree-differs", "failed")
            .finding(STAMP, "timestamp-imprint-differs", "failed")
            .finding(RECORD, "evidence-record-not-valid", "indeterminate")
            .unproven(),
    ])
}

/// Seals that are not of this batch.
fn seals(world: &World, batch: &Batch) -> Result<Vec<Case>> {
    let stated = |id: &str, why: &str, from: &str, to: &str, failure: &str, code: &str| -> Result<Case> {
        Ok(case(id, FORGED, why, batch.with_batch(world, from, to)?).failed(failure, BATCH, code))
    };
    let other = stamped(world, &sealed(world, &items(world, 3)?)?, STAMPED)?;
    let of_another = Parts { seal: other.seal().der().to_vec(), ..batch.parts() };
    let json = String::from_utf8(batch.stamped.seal().stated().to_json())?;
    let without_number = batch.with_seal(world, &json, &world.pki.seal)?;
    let count = "\"Count\":7,";
    Ok(vec![
        announced_alone(world, batch)?,
        case("seal-of-another-batch", FORGED, "The seal is that of another batch of the service.", of_another.file())
            .failed("HASH_FAILURE", BATCH, "aggregated-seal-differs"),
        case(
            "issuer-not-in-certificate",
            FORGED,
            "The certificate of the seal does not hold the number of the issuer.",
            without_number,
        )
        .indeterminate("SIG_CONSTRAINTS_FAILURE", BATCH, "aggregated-issuer-not-in-certificate"),
        stated(
            "count-of-one",
            "The seal states a batch of one, and the record is of a larger one.",
            count,
            "\"Count\":1,",
            "FORMAT_FAILURE",
            "aggregated-count-differs",
        )?,
        stated(
            "count-of-millions",
            "No tree over so many statements has a way of three siblings.",
            count,
            "\"Count\":4194304,",
            "FORMAT_FAILURE",
            "aggregated-count-differs",
        )?,
        stated(
            "another-environment",
            "The seal is for the environment Acceptance, and the statement for Test.",
            "\"Environment\":\"Test\"",
            "\"Environment\":\"Acceptance\"",
            "FORMAT_FAILURE",
            "aggregated-environment-differs",
        )?,
        stated(
            "another-issuer",
            "The seal is for statements of another issuer.",
            "0406798006",
            "0566988259",
            "FORMAT_FAILURE",
            "aggregated-issuer-differs",
        )?,
        stated(
            "another-algorithm",
            "The root is by SHA3-256, and the record by SHA-256.",
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
            "FORMAT_FAILURE",
            "aggregated-algorithm-differs",
        )?,
    ])
}

/// A statement that announces a second seal, in a batch of two whose seal announces none.
fn announced_alone(world: &World, batch: &Batch) -> Result<Case> {
    let item = announcing(world, sealer(world)?)?.aggregate_item(sending(1, LETTER)?, at(SIGNED))?;
    let leaves = [item.json(), b"another statement"].map(|json| SHA256.digest(json).as_bytes().to_vec());
    let mut sorted = leaves.clone();
    sorted.sort();
    let root = Base64::encode_string(SHA256.digest(&sorted.concat()).as_bytes());
    let json = String::from_utf8(batch.stamped.seal().stated().to_json())?;
    let json = replaced(&json, &Base64::encode_string(batch.stamped.seal().stated().root().as_bytes()), &root);
    let json = replaced(&json, "\"Count\":7,", "\"Count\":2,");
    let of_two = Batch {
        stamped: batch.stamped.clone(),
        good: Parts { statement: item.json().to_vec(), ..batch.parts() },
        lists: vec![leaves.to_vec(), Vec::new()],
        covered: Vec::new(),
    };
    let file = of_two.with_seal(world, &json, &key(world)?)?;
    let why = "The statement announces a second seal, and the batch none: no second seal is what both say.";
    let subject = "second seal";
    Ok(case("announced-by-the-statement-alone", SEALED, why, file)
        .warning(subject, "second-seal-missing")
        .warning(subject, "second-seal-announcements-differ"))
}

/// A batch with a second seal: the one that was stamped with it, and one that the same key made a second later.
fn second_seals(world: &World, files: &mut Vec<(String, Vec<u8>)>) -> Result<Vec<Case>> {
    let sealer = announcing(world, sealer(world)?)?;
    let item = sealer.aggregate_item(sending(1, LETTER)?, at(SIGNED))?;
    let mut leaves = AggregateLeaves::new(sealer.issuer());
    leaves.add(&item)?;
    let sealed = sealer.seal_aggregate(&leaves.close(19)?, at(SIGNED))?;
    let later = sealer.second_seal_of_batch(sealed.seal(), at(SIGNED) + TimeDelta::seconds(1))?;
    let later = stamp(&world.pki, later, STAMPED, 9)?.der().to_vec();
    let stamped = stamped(world, &sealed, STAMPED)?;
    let own = stamped.second_seal().ok_or("a second seal")?.der().to_vec();
    let file = stamped.proof(item)?.der().to_vec();
    let beside = |name: &str, octets: Vec<u8>, files: &mut Vec<(String, Vec<u8>)>| {
        files.push((second_seal(name), octets));
        name.to_owned()
    };
    let (own, later) = (beside("of-a-batch", own, files), beside("of-a-batch-and-later", later, files));
    let valid = ("second seal", "second-seal-valid", "passed");
    Ok(vec![
        case("second-seal", SEALED, "A batch with a second seal, which lies beside the proof.", file.clone())
            .second_seals(&[&own])
            .also(valid.0, valid.1, valid.2),
        case("second-seal-of-later", SEALED, "The second seal is not the one that was stamped with the batch.", file)
            .second_seals(&[&later])
            .also(valid.0, valid.1, valid.2)
            .warning("second seal", "second-seal-not-in-batch"),
    ])
}

/// Files that are none.
fn files(world: &World, batch: &Batch) -> Result<Vec<Case>> {
    let refused = |id: &str, why: &str, bytes: Vec<u8>, error: &str| case(id, FORGED, why, bytes).no_proof(error);
    let good = batch.good.file();
    let version = {
        let Parts { statement, record, seal } = batch.parts();
        let statement = tlv(Tag::OCTET_STRING, &[&statement]);
        tlv(Tag::SEQUENCE, &[&tlv(Tag::INTEGER, &[&[2]]), &statement, &record, &seal])
    };
    // The length of the whole in one octet more than it needs.
    let ber = [&[0x30, 0x83, 0x00], good.get(2..).ok_or("a file")?].concat();
    let of_proof = Parts { seal: world.proof.der().to_vec(), ..batch.parts() };
    Ok(vec![
        refused("trailing-octets", "Octets follow the file.", [&good[..], &[0]].concat(), "Aggregated"),
        refused("version-2", "The version is 2.", version, "Profile(Version)"),
        refused("long-length", "A length takes more octets than it needs.", ber, "Profile(NotDer)"),
        refused(
            "seal-of-a-proof",
            "The seal is over a statement and not over a batch.",
            of_proof.file(),
            "BatchStatement",
        ),
    ])
}
