//! Evidence records (RFC 4998): over files, and in proofs that share a timestamp; good, and with one thing wrong.

use crate::oid;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken, Transport};
use recommande::seal::Batch;
use recommande::testing::{Forge, TestTsa, attribute, tlv};
use recommande::time::record::{EvidenceRecord, HashTree, Renewal};
use recommande::{ProofOfSending, Unstamped};
use serde_json::json;
use signed_data::children;
use signed_data::tlv::{Reader, Tag};

use crate::case::{Case, FORGED, SEALED};
use crate::long_term::{Lists as Crls, data};
use crate::world::{LETTER, OTHER_LETTER, Result, SIGNED, STAMPED, World, at, clock};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;

/// Renewals: of the timestamp, of the hash tree, and a second later than each.
const RENEWED: &str = "2027-03-02T09:15:06Z";
const RENEWED_AGAIN: &str = "2027-09-02T09:15:06Z";
const NOW_RENEWED: &str = "2028-01-01T00:00:00Z";

/// Partial hash trees.
pub type Lists = Vec<Vec<Vec<u8>>>;

const STAMP: &str = "timestamp 1";
const SECOND: &str = "timestamp 2";

pub fn cases(world: &World) -> Result<Vec<Case>> {
    Ok([good(world)?, trees(world)?, chains(world)?, batch(world)?, added(world)?].concat())
}

pub fn token(world: &World, digest: Digest, time: &str) -> Result<TimeStampToken> {
    let request = TimeStampReq::new(MessageImprint::new(digest.algorithm().oid(), digest.as_bytes()))
        .with_nonce(Nonce::from_bytes(&[0x52; 8]));
    let tsa = TestTsa::new(&world.pki).with_clock(clock(time));
    Ok(request.check(&tsa.send(&request.to_der())?)?)
}

/// Other objects of a batch.
fn siblings(count: usize) -> impl Iterator<Item = Digest> {
    (1..count).map(|number| SHA256.digest(&number.to_be_bytes()))
}

/// The record of one object among `count`.
fn record(world: &World, object: &[u8], count: usize) -> Result<Vec<u8>> {
    let own = SHA256.digest(object);
    let tree = HashTree::new(SHA256, siblings(count).chain([own])).ok_or("no tree")?;
    let token = token(world, tree.root().ok_or("no root")?, STAMPED)?;
    Ok(tree.evidence_record(&own, &token).ok_or("no leaf")?)
}

/// Renewed together with another record.
fn renewed(world: &World, record: &[u8], object: &[u8], renewal: Renewal, time: &str) -> Result<Vec<u8>> {
    let record = EvidenceRecord::parse(record)?;
    let by = match renewal {
        Renewal::Timestamp => record.last_algorithm().ok_or("not offered")?,
        Renewal::HashTree(by) => by,
    };
    let leaf = record.renewal_leaf(renewal, &by.digest(object)).ok_or("no leaf")?;
    let tree = HashTree::new(by, [leaf, by.digest(b"another record")]).ok_or("no tree")?;
    let token = token(world, tree.root().ok_or("no root")?, time)?;
    Ok(record.renewed(renewal, &tree.reduced(&leaf).ok_or("no leaf")?, &token)?)
}

/// A record of one ArchiveTimeStamp, field by field.
pub fn written(lists: &[Vec<Vec<u8>>], token: &TimeStampToken) -> Vec<u8> {
    let hash = |hash: &Vec<u8>| tlv(Tag::OCTET_STRING, &[hash]);
    let list = |list: &Vec<Vec<u8>>| tlv(Tag::SEQUENCE, &[&list.iter().flat_map(hash).collect::<Vec<_>>()]);
    let lists = tlv(Tag::context(2), &[&lists.iter().flat_map(list).collect::<Vec<_>>()]);
    let algorithm = tlv(Tag::OBJECT_IDENTIFIER, &[SHA256.oid().as_bytes()]);
    let stamp = tlv(Tag::SEQUENCE, &[&tlv(Tag::context(0), &[&algorithm]), &lists, token.to_definite()]);
    of_chains(&[tlv(Tag::SEQUENCE, &[&stamp])])
}

fn of_chains(chains: &[Vec<u8>]) -> Vec<u8> {
    let algorithm = |by: DigestAlgorithm| tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[by.oid().as_bytes()])]);
    let algorithms: Vec<u8> = [SHA256, SHA512].into_iter().take(chains.len()).flat_map(algorithm).collect();
    let chains = tlv(Tag::SEQUENCE, &[&chains.concat()]);
    tlv(Tag::SEQUENCE, &[&tlv(Tag::INTEGER, &[&[1]]), &tlv(Tag::SEQUENCE, &[&algorithms]), &chains])
}

/// A record of one ArchiveTimeStamp without lists, which names its algorithm.
pub fn without_lists(token: &TimeStampToken) -> Vec<u8> {
    let algorithm = tlv(Tag::OBJECT_IDENTIFIER, &[SHA256.oid().as_bytes()]);
    let stamp = tlv(Tag::SEQUENCE, &[&tlv(Tag::context(0), &[&algorithm]), token.to_definite()]);
    of_chains(&[tlv(Tag::SEQUENCE, &[&stamp])])
}

/// The partial hash trees of a record, and its token.
pub fn parts(record: &[u8]) -> Result<(Lists, TimeStampToken)> {
    let record = EvidenceRecord::parse(record)?;
    let stamp = record.archive_time_stamps().next().ok_or("no timestamp")?;
    let lists = stamp.reduced_hash_tree.iter().flatten();
    let lists = lists.map(|list| list.iter().map(|hash| hash.to_vec()).collect()).collect();
    Ok((lists, TimeStampToken::from_bytes(stamp.time_stamp)?))
}

fn good(world: &World) -> Result<Vec<Case>> {
    let of_three = record(world, LETTER, 3)?;
    let (h1, h2) = (SHA256.digest(LETTER), SHA256.digest(OTHER_LETTER));
    let pair = |a: Digest, b: Digest| {
        let (a, b) = if a.as_bytes() < b.as_bytes() { (a, b) } else { (b, a) };
        SHA256.digest(&[a.as_bytes(), b.as_bytes()].concat())
    };
    let sibling = SHA256.digest(b"another group");
    let of_group = token(world, pair(pair(h1, h2), sibling), STAMPED)?;
    let lists = [vec![h1.as_bytes().to_vec(), h2.as_bytes().to_vec()], vec![sibling.as_bytes().to_vec()]];
    let group = written(&lists, &of_group);
    let unstated = {
        let stated = tlv(Tag::context(0), &[&tlv(Tag::OBJECT_IDENTIFIER, &[SHA256.oid().as_bytes()])]);
        let whole = EvidenceRecord::parse(&of_three)?;
        let stamps = Reader::new(whole.chains.first().ok_or("no chain")?.raw, "chain").any()?.value;
        let inside = Reader::new(stamps, "ArchiveTimeStamp").any()?.value;
        let rest = inside.strip_prefix(stated.as_slice()).ok_or("no algorithm")?;
        of_chains(&[tlv(Tag::SEQUENCE, &[&tlv(Tag::SEQUENCE, &[rest])])])
    };
    let by_timestamp = renewed(world, &of_three, LETTER, Renewal::Timestamp, RENEWED)?;
    let by_tree = renewed(world, &of_three, LETTER, Renewal::HashTree(SHA512), RENEWED)?;
    let both = renewed(world, &by_timestamp, LETTER, Renewal::HashTree(SHA512), RENEWED_AGAIN)?;
    let case = |id, why, bytes: &Vec<u8>| Case::evidence_record(id, SEALED, why, bytes.clone());
    let later = |case: Case| case.now(NOW_RENEWED);
    Ok(vec![
        case(
            "record/single",
            "An object that was stamped alone: there is no reducedHashtree.",
            &record(world, LETTER, 1)?,
        )
        .also("record", "evidence-record-time-proven", "passed"),
        case("record/of-3", "One of three objects.", &of_three)
            .also(STAMP, "evidence-record-object-covered", "passed")
            .also(STAMP, "evidence-record-other-hashes", "information"),
        case("record/of-100", "One of a hundred objects.", &record(world, LETTER, 100)?),
        Case::evidence_record("record/group", FORGED, "A group of two objects, beside another group.", group.clone())
            .data(&["payload/letter.txt", "payload/other-letter.txt"]),
        Case::evidence_record("record/one-of-group", FORGED, "One object of a group of two.", group).also(
            STAMP,
            "evidence-record-other-hashes",
            "information",
        ),
        Case::evidence_record(
            "record/algorithm-not-stated",
            FORGED,
            "Without digestAlgorithm, the hash algorithm is that of the token's imprint.",
            unstated,
        ),
        later(case("record/renewed-timestamp", "The timestamp was renewed a year later.", &by_timestamp)).also(
            SECOND,
            "evidence-record-renewal-covers",
            "passed",
        ),
        later(case("record/renewed-hash-tree", "The hash tree was renewed a year later, with SHA-512.", &by_tree))
            .also(SECOND, "evidence-record-object-covered", "passed"),
        later(case("record/renewed-twice", "The timestamp was renewed, then the hash tree, with SHA-512.", &both)),
    ])
}

/// One ArchiveTimeStamp with one thing wrong.
fn trees(world: &World) -> Result<Vec<Case>> {
    let of_three = record(world, LETTER, 3)?;
    let (lists, first) = parts(&of_three)?;
    let own = SHA256.digest(LETTER);
    let with = |change: &dyn Fn(&mut Lists)| {
        let mut lists = lists.clone();
        change(&mut lists);
        written(&lists, &first)
    };
    let is_own = |hash: &Vec<u8>| hash.as_slice() == own.as_bytes();
    let foreign = || SHA256.digest(b"foreign").as_bytes().to_vec();
    let other_data = token(world, SHA256.digest(OTHER_LETTER), STAMPED)?;
    let bad = |id, why, bytes, code| {
        Case::evidence_record(id, FORGED, why, bytes).unproven().failed("HASH_FAILURE", STAMP, code).finding(
            "record",
            "evidence-record-not-valid",
            "indeterminate",
        )
    };
    let differs = "evidence-record-tree-differs";
    let misled = |id, why, bytes| bad(id, why, bytes, differs).finding(STAMP, "timestamp-imprint-differs", "failed");
    let unreadable = |id, why, bytes, code| {
        Case::evidence_record(id, FORGED, why, bytes).unproven().failed("FORMAT_FAILURE", "record", code)
    };
    let malformed = "evidence-record-malformed";
    let truncated = of_three.get(..of_three.len() - 1).unwrap_or_default().to_vec();
    let many = vec![vec![Vec::new()]; 10_000];
    let stated = tlv(Tag::OBJECT_IDENTIFIER, &[SHA256.oid().as_bytes()]);
    let sha3_256 = tlv(Tag::OBJECT_IDENTIFIER, &[DigestAlgorithm::Sha3_256.oid().as_bytes()]);
    let single = record(world, LETTER, 1)?;
    let algorithm_differs = {
        let mut octets = single.clone();
        // The second time that it is named: in the ArchiveTimeStamp.
        let places: Vec<usize> = (0..octets.len()).filter(|place| octets[*place..].starts_with(&stated)).collect();
        octets[places[1]..places[1] + sha3_256.len()].copy_from_slice(&sha3_256);
        octets
    };
    Ok(vec![
        misled("record/wrong-sibling", "A sibling is another hash.", with(&|lists| {
            lists[0].iter_mut().filter(|hash| !is_own(hash)).for_each(|hash| *hash = foreign());
        })),
        misled("record/sibling-too-many", "The first partial tree holds a hash too many.", with(&|lists| lists[0].push(foreign()))),
        misled("record/partial-tree-missing", "The last partial tree is not there.", with(&|lists| lists.truncate(1))),
        misled("record/token-of-other-data", "The token is about other data.", written(&lists, &other_data)),
        bad(
            "record/own-hash-missing",
            "In place of the object's hash and what stands beside it there is the node over both, which leads to the token as well.",
            with(&|lists| {
                lists[0].sort();
                lists[0] = vec![SHA256.digest(&lists[0].concat()).as_bytes().to_vec()];
            }),
            "evidence-record-object-not-covered",
        ),
        bad("record/other-object", "The object is another one.", of_three.clone(), "evidence-record-object-not-covered")
            .data(&["payload/other-letter.txt"]),
        bad("record/one-object-too-many", "Of two objects one stands in the record.", of_three.clone(), "evidence-record-object-not-covered")
            .data(&["payload/letter.txt", "payload/other-letter.txt"]),
        Case::evidence_record("record/no-object", SEALED, "No object was given.", of_three.clone())
            .data(&[])
            .unproven()
            .indeterminate("SIGNED_DATA_NOT_FOUND", "record", "evidence-record-objects-missing")
            .finding("record", "evidence-record-not-decided", "indeterminate"),
        unreadable("record/truncated", "The last octet is missing.", truncated, malformed),
        unreadable("record/trailing-octets", "Two octets follow the record.", [of_three.as_slice(), &[0, 0]].concat(), malformed),
        unreadable("record/ten-thousand-partial-trees", "Ten thousand partial trees of one empty hash.", written(&many, &first), "evidence-record-too-large"),
        Case::evidence_record("record/algorithm-differs", FORGED, "The ArchiveTimeStamp names another hash algorithm than its token.", algorithm_differs)
            .unproven()
            .failed("FORMAT_FAILURE", STAMP, "evidence-record-algorithm-differs")
            .warning(STAMP, "evidence-record-algorithm-not-listed")
            .finding(STAMP, "evidence-record-object-not-covered", "failed")
            .finding(STAMP, "content-not-given", "indeterminate")
            .finding("record", "evidence-record-not-valid", "indeterminate"),
        Case::evidence_record("record/algorithm-past-its-date", SEALED, "By the policy SHA-256 proves nothing from the day after the timestamp, and nothing renewed it.", of_three)
            .policy(json!({"algorithms": {"digests": [{"digest": "SHA-256", "past_from": "2026-03-03"}], "keys": [{"key": "EC", "bits": 256}]}}))
            .unproven()
            .indeterminate("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", STAMP, "algorithm-past-its-date")
            .finding("record", "evidence-record-not-decided", "indeterminate"),
    ])
}

/// Renewals with one thing wrong.
fn chains(world: &World) -> Result<Vec<Case>> {
    let first = record(world, LETTER, 3)?;
    let by_tree = renewed(world, &first, LETTER, Renewal::HashTree(SHA512), RENEWED)?;
    let early = renewed(world, &first, LETTER, Renewal::Timestamp, SIGNED)?;
    let of_another = renewed(world, &record(world, OTHER_LETTER, 3)?, LETTER, Renewal::Timestamp, RENEWED)?;
    let tree_of_another = renewed(world, &first, OTHER_LETTER, Renewal::HashTree(SHA512), RENEWED)?;
    let chains = |record: &[u8]| -> Result<Vec<Vec<u8>>> {
        Ok(EvidenceRecord::parse(record)?.chains.iter().map(|chain| chain.raw.to_vec()).collect())
    };
    let mut swapped = chains(&by_tree)?;
    swapped.reverse();
    // The renewal of another record's timestamp behind this record's own.
    let own = EvidenceRecord::parse(&first)?.chains.first().ok_or("no chain")?.raw.to_vec();
    let own = Reader::new(&own, "chain").any()?.value.to_vec();
    let others = chains(&of_another)?;
    let renewal = children(others.first().ok_or("no chain")?)?.last().ok_or("no timestamp")?.to_vec();
    let foreign_renewal = of_chains(&[tlv(Tag::SEQUENCE, &[&own, &renewal])]);
    let bad = |id, why, bytes: Vec<u8>, sub, subject, code| {
        Case::evidence_record(id, FORGED, why, bytes).now(NOW_RENEWED).unproven().failed(sub, subject, code).finding(
            "record",
            "evidence-record-not-valid",
            "indeterminate",
        )
    };
    Ok(vec![
        bad(
            "record/chains-swapped",
            "The two chains stand in the wrong order.",
            of_chains(&swapped),
            "HASH_FAILURE",
            STAMP,
            "evidence-record-object-not-covered",
        )
        .finding(SECOND, "evidence-record-sequence-not-covered", "failed")
        .finding(SECOND, "evidence-record-out-of-order", "indeterminate"),
        Case::evidence_record(
            "record/renewed-before",
            FORGED,
            "The renewal is a second older than what it renews.",
            early,
        )
        .now(NOW_RENEWED)
        .unproven()
        .indeterminate("TIMESTAMP_ORDER_FAILURE", SECOND, "evidence-record-out-of-order")
        .finding("record", "evidence-record-not-decided", "indeterminate"),
        bad(
            "record/renewal-of-another",
            "The renewal is of another record's timestamp.",
            foreign_renewal,
            "HASH_FAILURE",
            SECOND,
            "evidence-record-timestamp-not-covered",
        ),
        bad(
            "record/new-tree-over-another-object",
            "The new hash tree is over another object.",
            tree_of_another,
            "HASH_FAILURE",
            SECOND,
            "evidence-record-sequence-not-covered",
        ),
    ])
}

/// A proof without unsigned attributes, with this one.
fn with_attribute(sealed: &[u8], attributes: &[Vec<u8>]) -> Result<Vec<u8>> {
    // ContentInfo, [0], SignedData, signerInfos, SignerInfo: the last of each on the way down.
    fn appended(element: &[u8], depth: usize, unsigned: &[u8]) -> Result<Vec<u8>> {
        let tag = Tag(*element.first().ok_or("no element")?);
        let mut fields: Vec<Vec<u8>> = children(element)?.iter().map(|field| field.to_vec()).collect();
        if depth == 0 {
            fields.push(unsigned.to_vec());
        } else {
            let last = fields.pop().ok_or("no field")?;
            fields.push(appended(&last, depth - 1, unsigned)?);
        }
        Ok(tlv(tag, &[&fields.concat()]))
    }
    let mut attributes = attributes.to_vec();
    attributes.sort();
    appended(sealed, 4, &tlv(Tag::context(1), &[&attributes.concat()]))
}

/// A proof without unsigned attributes, with this record in it.
pub fn with_record(sealed: &[u8], record: &[u8]) -> Result<Vec<u8>> {
    with_attribute(sealed, &[internal(record)])
}

fn internal(record: &[u8]) -> Vec<u8> {
    attribute(oid::EVIDENCE_RECORD_INTERNAL, &[record])
}

/// The sealed sending of a batch, with revocation data of its chain.
pub fn sealed(world: &World) -> Result<Vec<u8>> {
    let lists = Crls::new(world)?;
    let sealer = world.sealer.clone().with_revocation(&data(&[&lists.root, &lists.intermediate])?);
    Ok(sealer.seal(&world.sending, at(SIGNED))?.der().to_vec())
}

fn batch(world: &World) -> Result<Vec<Case>> {
    let sealed = sealed(world)?;
    let proof = |record: &[u8]| with_attribute(&sealed, &[internal(record)]);
    let case = |id, why, bytes| Case::new(id, SEALED, why, bytes).level("B-B");
    let proven = |case: Case| case.also("record 1", "evidence-record-time-proven", "passed");
    let of_hundred = record(world, &sealed, 100)?;
    let by_timestamp = renewed(world, &of_hundred, &sealed, Renewal::Timestamp, RENEWED)?;
    let by_tree = renewed(world, &by_timestamp, &sealed, Renewal::HashTree(SHA512), RENEWED_AGAIN)?;
    let another_record = record(world, &sealed, 3)?;
    let not_about_it =
        with_attribute(world.sealer.seal(&world.sending, at(SIGNED))?.der(), &[internal(&another_record)])?;
    Ok(vec![
        proven(case(
            "batch/single",
            "A batch of one: its record has no reducedHashtree.",
            proof(&record(world, &sealed, 1)?)?,
        )),
        proven(case(
            "batch/of-3",
            "One of three proofs that share a timestamp: nothing but its evidence record proves its time.",
            proof(&record(world, &sealed, 3)?)?,
        )),
        proven(case("batch/of-100", "One of a hundred.", proof(&of_hundred)?)),
        proven(case("batch/renewed", "Its record was renewed by timestamp and by hash tree.", proof(&by_tree)?))
            .now(NOW_RENEWED),
        proven(case(
            "batch/revocation-in-token",
            "The CRL of the TSA's root was added to the token that the batch shares, where its TSA's signature does not cover it.",
            with_revocation_in_token(world)?,
        ))
        .strict()
        .also("timestamp 1", "not-revoked", "passed")
        .also("seal chain", "not-revoked", "passed"),
        case("batch/record-of-another", "The record is that of another proof of the batch.", not_about_it)
            .unproven()
            .failed("HASH_FAILURE", "envelope", "evidence-record-undone")
            .finding("timestamp 1", "evidence-record-object-not-covered", "failed")
            .finding("record 1", "evidence-record-not-valid", "indeterminate")
            .finding("time", "no-valid-timestamp", "indeterminate"),
        Case::new(
            "batch/record-beside",
            SEALED,
            "A proof at level B-T, and an evidence record over the whole file from elsewhere.",
            world.proof.der().to_vec(),
        )
        .records(&["record/over-proof.ers"])
        .also("record 1", "evidence-record-time-proven", "passed"),
        Case::evidence_record(
            "record/over-proof",
            SEALED,
            "The object is a proof.",
            record(world, world.proof.der(), 3)?,
        )
        .data(&["good/sending.p7m"]),
        Case::new(
            "batch/record-beside-of-another",
            SEALED,
            "The evidence record that is given is about another file.",
            world.proof.der().to_vec(),
        )
        .records(&["record/of-3.ers"])
        .also("record 1", "evidence-record-of-another-file", "information"),
    ])
}

/// The proof of a batch of one, through the public interface.
fn with_revocation_in_token(world: &World) -> Result<Vec<u8>> {
    let seal = Unstamped::<ProofOfSending>::from_der(&sealed(world)?)?;
    let batch = Batch::of([&seal])?;
    let request = batch.timestamp_request(Nonce::from_bytes(&[0x52; 8]));
    let tsa = TestTsa::new(&world.pki).with_clock(clock(STAMPED));
    let of_tsa = data(&[&Crls::new(world)?.tsa_root])?;
    let stamped = batch.attach(&request, &tsa.send(&request.to_der())?)?.with_revocation(&of_tsa)?;
    let proof = stamped.proof(seal).map_err(|_| "the batch holds the seal")?;
    Ok(proof.der().to_vec())
}

/// A proof of a batch, with something added after its record was made.
fn added(world: &World) -> Result<Vec<Case>> {
    let mut forge: Forge = world.forge(world.json.as_bytes());
    forge.sign(&*world.pki.seal.signer)?;
    let plain = forge.to_der();
    let token = world.token_for(&forge.first().signature.clone(), "2026-03-02T10:00:00Z")?;
    let record = record(world, &plain, 3)?;
    let with = |change: &dyn Fn(&mut Forge) -> Result<()>| -> Result<Vec<u8>> {
        let mut changed = forge.clone();
        changed.first().unsigned_attributes.push(internal(&record));
        change(&mut changed)?;
        Ok(changed.to_der())
    };
    let undone = |id, why, bytes: Vec<u8>| {
        Case::new(id, FORGED, why, bytes)
            .level("B-B")
            .unproven()
            .failed("HASH_FAILURE", "envelope", "evidence-record-undone")
            .finding("time", "no-valid-timestamp", "indeterminate")
    };
    let not_covered = |case: Case, timestamp: &str| {
        case.finding(timestamp, "evidence-record-object-not-covered", "failed").finding(
            "record 1",
            "evidence-record-not-valid",
            "indeterminate",
        )
    };
    let text = tlv(Tag(0x0c), &[b"text/plain"]);
    let lists = Crls::new(world)?;
    let mut stamped = not_covered(
        undone(
            "batch/timestamp-added",
            "A timestamp was added after the record was made, which is good, and does not mend it.",
            with(&|forge| {
                forge.first().stamp(&token);
                Ok(())
            })?,
        ),
        "timestamp 2",
    );
    stamped.vector.expected.findings.retain(|finding| finding.subject != "time");
    Ok(vec![
        not_covered(
            undone(
                "batch/attribute-added",
                "An unsigned attribute was added after the record was made.",
                with(&|forge| {
                    forge.first().unsigned_attributes.push(attribute(oid::MIME_TYPE, &[&text]));
                    Ok(())
                })?,
            ),
            "timestamp 1",
        ),
        not_covered(
            undone(
                "batch/certificate-added",
                "A certificate was added after the record was made.",
                with(&|forge| {
                    forge.certificates.push(world.pki.tsa_root.certificate.der().to_vec());
                    Ok(())
                })?,
            ),
            "timestamp 1",
        ),
        not_covered(
            undone(
                "batch/crl-added",
                "A CRL was added after the record was made.",
                with(&|forge| {
                    forge.crls.push(lists.intermediate.clone());
                    Ok(())
                })?,
            ),
            "timestamp 1",
        ),
        stamped.level("B-T").proven_at("2026-03-02T10:00:00Z"),
        Case::new(
            "batch/record-twice",
            FORGED,
            "The record stands in it twice: each is over the file without records.",
            with(&|forge| {
                forge.first().unsigned_attributes.push(internal(&record));
                Ok(())
            })?,
        )
        .level("B-B")
        .also("record 1", "evidence-record-time-proven", "passed")
        .also("record 2", "evidence-record-time-proven", "passed"),
    ])
}
