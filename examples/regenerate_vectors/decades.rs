//! Proofs of 2026 that were renewed in 2028, 2032 and 2039, and are judged in 2046, and before and after each renewal:
//! by archive timestamps, by evidence records beside and inside, and by that of a batch; renewed too late, and with revocation
//! data missing.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use recommande::crypto::{DigestAlgorithm, RustCryptoSigningKey, Signer};
use recommande::pki::revocation::RevocationData;
use recommande::preserve::{BatchRehash, BatchRenewal, GroupLeaves, Missing, Renewer};
use recommande::rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken, Transport};
use recommande::testing::{CertificateSpec, CertifiedKey, CrlSpec, TestTsa, tlv};
use recommande::time::record::HashTree;
use recommande::verify::{Content, ContentDigests, RevocationRule, TimestampValidity};
use recommande::{Certificate, Environment, Policy, Verifier};
use serde_json::{Value, json};
use signed_data::SignedData;
use signed_data::tlv::Tag;

use crate::case::{Case, SEALED};
use crate::long_term::{Lists, sending};
use crate::oid;
use crate::records::{sealed, with_record};
use crate::world::{Result, World, at, derived, pem, pem_of, valid_until};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA512: DigestAlgorithm = DigestAlgorithm::Sha512;

/// The first timestamp of a record over a file that has one of its own.
const RECORDED: &str = "2026-03-03T00:00:00Z";
/// The renewals, each before the end of the TSA before it.
const RENEWALS: [&str; 3] = ["2028-02-01T00:00:00Z", "2032-06-01T00:00:00Z", "2039-06-01T00:00:00Z"];
const IN_2035: &str = "2035-06-01T00:00:00Z";
const IN_2046: &str = "2046-06-01T00:00:00Z";

/// The validity of the TSAs that renew, and the digest algorithm of their timestamps.
const ERAS: [(&str, &str, DigestAlgorithm); 3] = [
    ("2028-01-01T00:00:00Z", "2033-01-01T00:00:00Z", SHA256),
    ("2032-01-01T00:00:00Z", "2040-01-01T00:00:00Z", SHA512),
    ("2039-01-01T00:00:00Z", "2050-01-01T00:00:00Z", SHA512),
];

/// The anchors of all TSAs.
pub const ANCHORS: &str = "anchors/decades.pem";

/// What the issuer of the last TSA publishes in 2046, which no renewal has put into the files yet.
pub const PUBLISHED: &str = "extra/decades.pem";

/// A TSA and its root.
struct Era {
    root: CertifiedKey,
    tsa: CertifiedKey,
}

impl Era {
    /// The TSA of the first renewal has P-256, the later ones P-384.
    fn new(number: usize) -> Result<Self> {
        let (from, until, _) = ERAS[number];
        let (from, until) = (at(from), at(until));
        let key = |label: &str| {
            let label = format!("{label} of renewal {number}");
            if number == 0 { derived(&label) } else { derived_p384(&label) }
        };
        let name = format!("Test TSA of {}", from.format("%Y"));
        let root = CertificateSpec::authority(&format!("{name} Root CA"), from, until).self_signed(key("root")?)?;
        let tsa = root.issue(&CertificateSpec::tsa(&name, from, until), key("tsa")?)?;
        Ok(Self { root, tsa })
    }
}

/// The P-384 key whose private number is the SHA-384 of a label. It signs deterministically.
fn derived_p384(label: &str) -> Result<Arc<dyn Signer>> {
    let scalar = DigestAlgorithm::Sha384.digest(format!("recommande test vectors: {label}").as_bytes());
    let integer = |value: u8| tlv(Tag::INTEGER, &[&[value]]);
    let key = tlv(Tag::SEQUENCE, &[&integer(1), &tlv(Tag::OCTET_STRING, &[scalar.as_bytes()])]);
    let oid = |oid: const_oid::ObjectIdentifier| tlv(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()]);
    let algorithm = tlv(Tag::SEQUENCE, &[&oid(oid::EC_PUBLIC_KEY), &oid(oid::P384)]);
    let pkcs8 = tlv(Tag::SEQUENCE, &[&integer(0), &algorithm, &tlv(Tag::OCTET_STRING, &[&key])]);
    Ok(Arc::new(RustCryptoSigningKey::from_pkcs8_der(&pkcs8)?))
}

/// What is known about the TSA of the layer before a renewal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Fresh,
    Nothing,
    /// The list ran out before the timestamp was made.
    Stale,
}

/// When, and with what, each renewal is made.
#[derive(Clone)]
struct Plan {
    times: [DateTime<Utc>; 3],
    knowledge: [Known; 3],
}

impl Plan {
    fn good() -> Self {
        Self { times: RENEWALS.map(at), knowledge: [Known::Fresh; 3] }
    }

    /// One renewal is made in the last second of the TSA before it.
    fn at_end(renewal: usize) -> Self {
        let mut plan = Self::good();
        plan.times[renewal] = end_before(renewal);
        plan
    }

    /// One renewal is made a second after the end of the TSA before it, and those after it in time.
    fn late(renewal: usize) -> Self {
        let mut plan = Self::at_end(renewal);
        plan.times[renewal] += TimeDelta::seconds(1);
        plan
    }

    fn knowing(renewal: usize, knowledge: Known) -> Self {
        let mut plan = Self::good();
        plan.knowledge[renewal] = knowledge;
        plan
    }
}

/// The end of the TSA before a renewal.
fn end_before(renewal: usize) -> DateTime<Utc> {
    renewal.checked_sub(1).map_or_else(valid_until, |before| at(ERAS[before].1))
}

struct Decades<'w> {
    world: &'w World,
    eras: [Era; 3],
    /// It lets pass what a renewer refuses: renewals that are too late, and those without revocation data.
    verifier: Verifier,
}

impl<'w> Decades<'w> {
    fn new(world: &'w World) -> Result<Self> {
        let eras = [Era::new(0)?, Era::new(1)?, Era::new(2)?];
        let policy = Policy {
            revocation: RevocationRule::Ignore,
            timestamp_validity: TimestampValidity::AtGenTime,
            ..Policy::default()
        };
        let mut anchors = world.pki.tsa_anchors();
        eras.iter().for_each(|era| anchors.add(era.root.certificate.clone()));
        let verifier = Verifier::new(world.pki.seal_anchors(), anchors, Environment::Test).with_policy(policy);
        Ok(Self { world, eras, verifier })
    }

    /// The list of the TSA's issuer about the layer before a renewal.
    fn known(&self, renewal: usize, plan: &Plan) -> Result<RevocationData> {
        let root = renewal.checked_sub(1).map_or(&self.world.pki.tsa_root, |before| &self.eras[before].root);
        let before = renewal.checked_sub(1).map_or_else(|| at(RECORDED), |before| plan.times[before]);
        let issued = match plan.knowledge[renewal] {
            Known::Fresh => plan.times[renewal] - TimeDelta::days(2),
            Known::Stale => before - TimeDelta::days(20),
            Known::Nothing => return Ok(RevocationData::new()),
        };
        let spec = CrlSpec::new(issued, issued + TimeDelta::days(7)).with_number(2);
        let mut data = RevocationData::new();
        data.add_der(&root.issue_crl(&spec)?)?;
        Ok(data)
    }

    fn tsa(&self, renewal: usize, time: DateTime<Utc>) -> TestTsa {
        let tsa = TestTsa::new(&self.world.pki).with_key(self.eras[renewal].tsa.clone());
        tsa.with_clock(move || time).with_serial(7)
    }

    /// A file, or the record beside an object, after so many renewals.
    fn renewed(&self, octets: &[u8], object: Option<&ContentDigests>, renewals: usize, plan: &Plan) -> Result<Vec<u8>> {
        self.renewed_from(octets, object, 0..renewals, plan)
    }

    fn renewed_from(
        &self,
        octets: &[u8],
        object: Option<&ContentDigests>,
        renewals: Range<usize>,
        plan: &Plan,
    ) -> Result<Vec<u8>> {
        let mut octets = octets.to_vec();
        for renewal in renewals {
            let (era, time) = (ERAS[renewal], plan.times[renewal]);
            let renewer = Renewer::new(&self.verifier).with_algorithm(era.2);
            let renewer = renewer.with_revocation(self.known(renewal, plan)?);
            let prepared = match object {
                Some(object) => renewer.prepare_record(&octets, object, time)?,
                None => renewer.prepare(&octets, Content::Attached, time)?,
            };
            let request = prepared.timestamp_request(Nonce::from_bytes(&[0x52; 8]));
            let response = self.tsa(renewal, time).send(&request.to_der())?;
            octets = renewer.attach(&prepared, &request, &response, time)?;
        }
        Ok(octets)
    }
}

/// A way to preserve a proof.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Archive,
    RecordBeside,
    RecordInside,
    Batch,
}

const FORMS: [(Form, &str, &str); 4] = [
    (Form::Archive, "b-lta", "archive timestamps"),
    (Form::RecordBeside, "record-beside", "an evidence record beside the file"),
    (Form::RecordInside, "record-inside", "an evidence record inside"),
    (Form::Batch, "batch", "the evidence record of its batch, of which nothing is left but hashes"),
];

/// A proof that was preserved: the file, and the record beside it.
struct Preserved {
    file: Vec<u8>,
    record: Option<Vec<u8>>,
}

impl Decades<'_> {
    fn preserved(&self, form: Form, renewals: usize, plan: &Plan) -> Result<Preserved> {
        let alone = |file: Vec<u8>| -> Result<Preserved> {
            Ok(Preserved { file: self.renewed(&file, None, renewals, plan)?, record: None })
        };
        match form {
            Form::Archive => alone(self.stamped()?),
            Form::RecordInside => alone(self.of_batch(1)?),
            Form::Batch => alone(self.of_batch(5)?),
            Form::RecordBeside => {
                let file = self.stamped()?;
                let record = self.record(&file, 5, RECORDED)?;
                let object = ContentDigests::new([SHA256, SHA512].map(|algorithm| algorithm.digest(&file)));
                let record = self.renewed(&record, Some(&object), renewals, plan)?;
                Ok(Preserved { file, record: Some(record) })
            }
        }
    }

    /// The sending at level B-LT, as far as its own chain is concerned.
    fn stamped(&self) -> Result<Vec<u8>> {
        let lists = Lists::new(self.world)?;
        sending(self.world, &[&lists.root, &lists.intermediate], &[])
    }

    fn of_batch(&self, count: usize) -> Result<Vec<u8>> {
        let sealed = sealed(self.world)?;
        with_record(&sealed, &self.record(&sealed, count, crate::world::STAMPED)?)
    }

    /// The record of one object among `count`.
    fn record(&self, object: &[u8], count: usize, time: &str) -> Result<Vec<u8>> {
        let own = SHA256.digest(object);
        let siblings = (1..count).map(|number| SHA256.digest(&number.to_be_bytes()));
        let tree = HashTree::new(SHA256, siblings.chain([own])).ok_or("no tree")?;
        let root = tree.root().ok_or("no root")?;
        let request = TimeStampReq::new(MessageImprint::new(SHA256.oid(), root.as_bytes()));
        let request = request.with_nonce(Nonce::from_bytes(&[0x52; 8]));
        let time = at(time);
        let tsa = TestTsa::new(&self.world.pki).with_clock(move || time);
        let token: TimeStampToken = request.check(&tsa.send(&request.to_der())?)?;
        Ok(tree.evidence_record(&own, &token).ok_or("no leaf")?)
    }
}

impl Decades<'_> {
    /// A file of a group of five, renewed as the others: with a new hash tree in 2032, from which one of the five was left out.
    /// It is the file itself where it is not kept.
    fn of_group(&self, is_kept: bool) -> Result<Preserved> {
        let (file, times) = (self.stamped()?, Plan::good().times);
        let digests = |octets: &[u8]| ContentDigests::new([SHA256, SHA512].map(|algorithm| algorithm.digest(octets)));
        let others = [b"first".as_slice(), b"second", b"third", b"fourth"];
        let mut leaves = GroupLeaves::new(SHA256)?;
        others.iter().chain([&&*file]).for_each(|object| leaves.add(object));
        let unstamped = leaves.close()?;
        let (object, answered) = (digests(&file), |renewal: Option<usize>, request: &TimeStampReq| {
            let time = renewal.map_or_else(|| at(RECORDED), |renewal| times[renewal]);
            let first = || TestTsa::new(&self.world.pki).with_clock(move || time);
            renewal.map_or_else(first, |renewal| self.tsa(renewal, time)).send(&request.to_der())
        });
        let nonce = || Nonce::from_bytes(&[0x52; 8]);
        let renewer = Renewer::new(&self.verifier);
        let request = unstamped.timestamp_request(nonce());
        let response = answered(None, &request)?;
        let group = unstamped.attach(&renewer, &object, &request, &response, at(RECORDED))?;

        let with_list = Renewer::new(&self.verifier).with_algorithm(SHA256);
        let with_list = with_list.with_revocation(self.known(0, &Plan::good())?);
        let record = group.record(&object)?;
        let prepared = with_list.prepare_record(&record, &object, times[0])?;
        let request = prepared.timestamp_request(nonce());
        let renewed = with_list.attach(&prepared, &request, &answered(Some(0), &request)?, times[0])?;
        let group = group.with_renewal(&BatchRenewal::between(&record, &renewed)?)?;

        let group = group.with_revocation(&self.known(1, &Plan::good())?)?;
        if !is_kept {
            return Ok(Preserved { record: Some(group.record(&object)?), file });
        }
        let mut rehash = group.rehash(SHA512)?;
        for object in [others[1], others[2], others[3], &*file] {
            rehash.add(&digests(object))?;
        }
        let unstamped = rehash.close(Missing::LeftOut)?;
        let request = unstamped.timestamp_request(nonce());
        let group = unstamped.attach(&renewer, &object, &request, &answered(Some(1), &request)?, times[1])?;
        let renewed = self.renewed_from(&group.record(&object)?, Some(&object), 2..3, &Plan::good())?;
        Ok(Preserved { file, record: Some(renewed) })
    }

    /// A proof of a batch of five, of which all are given the new hash tree of 2032 together.
    fn of_batch_with_a_new_tree(&self) -> Result<Vec<u8>> {
        let (plan, kind) = (Plan::good(), Content::Attached);
        let before = self.renewed(&self.of_batch(5)?, None, 1, &plan)?;
        let renewer = Renewer::new(&self.verifier).with_algorithm(SHA512).with_revocation(self.known(1, &plan)?);
        let mut rehash = BatchRehash::of(&before, renewer.prepare(&before, kind, plan.times[1])?)?;
        // Nothing is left of the others but their digests.
        let signed_data = SignedData::parse(&before)?;
        let unsigned =
            signed_data.signer_infos.iter().filter_map(|signer_info| signer_info.unsigned_attributes.as_ref());
        let record = unsigned.flat_map(|unsigned| unsigned.find(oid::EVIDENCE_RECORD_INTERNAL)).next();
        let record = record.and_then(|record| record.values.first()).ok_or("no record")?.raw;
        for number in 1..5_usize {
            rehash.add_record(record, &ContentDigests::new([SHA512.digest(&number.to_be_bytes())]))?;
        }
        let unstamped = rehash.close()?;
        let request = unstamped.timestamp_request(Nonce::from_bytes(&[0x52; 8]));
        let response = self.tsa(1, plan.times[1]).send(&request.to_der())?;
        let renewal = unstamped.attach(&renewer, &request, &response, plan.times[1])?;
        let renewed = renewer.repeat(&renewal, &before, kind, plan.times[1])?;
        self.renewed_from(&renewed, None, 2..3, &plan)
    }
}

/// The policy in which SHA-256 and P-256 prove nothing from a day on.
fn dead_from(date: &str) -> Value {
    json!({"algorithms": {
        "digests": [{"digest": "SHA-256", "past_from": date}, {"digest": "SHA-384"}, {"digest": "SHA-512"}],
        "keys": [{"key": "EC", "bits": 256, "past_from": date}, {"key": "EC", "bits": 384}],
    }})
}

/// The vectors, and the records beside files with the lists that are given.
pub struct Vectors {
    pub cases: Vec<Case>,
    pub records: Vec<(String, Vec<u8>)>,
}

impl Vectors {
    fn add(&mut self, form: Form, id: &str, why: &str, preserved: Preserved, with: impl FnOnce(Case) -> Case) {
        let Preserved { file, record } = preserved;
        let level = if form == Form::Archive {
            "B-LTA"
        } else if form == Form::RecordBeside {
            "B-T"
        } else {
            "B-B"
        };
        let mut case = Case::new(id, SEALED, why, file).anchors("seal", "decades").now(IN_2046).level(level);
        if let Some(record) = record {
            let path = format!("{id}.ers");
            case = case.records(&[&path]);
            self.records.push((path, record));
        }
        self.cases.push(with(case));
    }
}

pub fn vectors(world: &World) -> Result<Vectors> {
    let decades = Decades::new(world)?;
    let mut vectors = Vectors { cases: Vec::new(), records: Vec::new() };
    for (form, name, by) in FORMS {
        let id = |what: &str| format!("decades/{name}-{what}");
        let in_2046 = || decades.preserved(form, 3, &Plan::good());
        vectors.add(form, &id("in-2046"), &format!("Renewed three times by {by}."), in_2046()?, |case| {
            case.strict().revocation_data(PUBLISHED)
        });
        vectors.add(
            form,
            &id("after-a-break-in-2035"),
            &format!(
                "Renewed three times by {by}; SHA-256 and P-256 prove nothing from 2035 on, after the second renewal."
            ),
            in_2046()?,
            |case| case.policy(dead_from("2035-01-01")),
        );
        vectors.add(
            form,
            &id("after-a-break-in-2031"),
            &format!(
                "Renewed three times by {by}; SHA-256 and P-256 prove nothing from 2031 on, before the second renewal."
            ),
            in_2046()?,
            |case| expected(case, form, Fault::Break),
        );
        for (renewal, year) in ["2028", "2033", "2040"].into_iter().enumerate() {
            let (number, plan) = (renewal + 1, Plan::at_end(renewal));
            let why = format!("By {by}, of which renewal {number} was made in the last second of the TSA before it.");
            let in_time = decades.preserved(form, 3, &plan)?;
            vectors.add(form, &id(&format!("last-second-in-{year}")), &why, in_time, |case| {
                case.strict().revocation_data(PUBLISHED)
            });
            vectors.add(
                form,
                &id(&format!("late-in-{year}")),
                &format!(
                    "By {by}, of which renewal {} was made a second after the end of the TSA before it.",
                    renewal + 1
                ),
                decades.preserved(form, 3, &Plan::late(renewal))?,
                |case| expected(case, form, Fault::Late(renewal)),
            );
        }
        for renewal in 0..3 {
            for (knowledge, what) in [(Known::Nothing, "missing"), (Known::Stale, "stale")] {
                vectors.add(
                    form,
                    &id(&format!("list-{}-{what}", renewal + 1)),
                    &format!("By {by}; the list about timestamp {} (by age, from 1) is {what}.", renewal + 1),
                    decades.preserved(form, 3, &Plan::knowing(renewal, knowledge))?,
                    |case| expected(case, form, Fault::Unknown(renewal, knowledge)),
                );
            }
        }
        moments(&decades, &mut vectors, form, (name, by))?;
    }
    shared(&decades, &mut vectors)?;
    vectors.records.extend(lists_on_the_way(&decades)?);
    Ok(vectors)
}

/// The verdicts on the way: the second before each renewal and the one after it, a second after what it would have renewed
/// has ended, and in 2035 when SHA-256 and P-256 have ended.
fn moments(decades: &Decades<'_>, vectors: &mut Vectors, form: Form, (name, by): (&str, &str)) -> Result<()> {
    let id = |what: &str| format!("decades/{name}-{what}");
    let file = |renewals| decades.preserved(form, renewals, &Plan::good());
    let second = TimeDelta::seconds(1);
    for (renewal, time) in RENEWALS.map(at).into_iter().enumerate() {
        let (number, year) = (renewal + 1, time.format("%Y"));
        let with = |case: Case, time: DateTime<Utc>, renewals, list: &str| {
            level_after(case.now(&written(time)), form, renewals).revocation_data(&list_on_the_way(list))
        };
        let what = format!("before-{year}");
        let why = format!("By {by}, in {year}, a second before renewal {number}.");
        vectors.add(form, &id(&what), &why, file(renewal)?, |case| with(case, time - second, renewal, &what));
        let what = format!("after-{year}");
        let why = format!("By {by}, in {year}, a second after renewal {number}.");
        vectors.add(form, &id(&what), &why, file(number)?, |case| with(case, time + second, number, &what));
        let end = end_before(renewal);
        let what = format!("ended-in-{}", end.format("%Y"));
        let why = format!("By {by}, a second after the end of the TSA that renewal {number} was to come before.");
        vectors.add(form, &id(&what), &why, file(renewal)?, |case| {
            let case = about_timestamps(with(case, end + second, renewal, &what), form, Fault::Late(renewal));
            nothing_holds(if form == Form::Archive { case.level("B-T") } else { case })
        });
    }
    let why = format!("Renewed twice by {by}, and judged in 2035, when SHA-256 and P-256 prove nothing any more.");
    vectors.add(form, &id("in-2035"), &why, file(2)?, |case| {
        case.policy(dead_from("2035-01-01")).now(IN_2035).revocation_data(&list_on_the_way("in-2035"))
    });
    for (known, what, why) in [
        (Known::Nothing, "missing", "nothing is published about the last TSA"),
        (Known::Stale, "stale", "what is published about the last TSA ran out before its timestamp was made"),
    ] {
        let why = format!("Renewed three times by {by}; {why}.");
        vectors.add(form, &id(&format!("list-4-{what}")), &why, file(3)?, |case| {
            let case = if known == Known::Stale { case.revocation_data(&list_on_the_way("stale")) } else { case };
            let case = about_timestamps(case.strict(), form, Fault::Unknown(3, known));
            nothing_holds(if form == Form::Archive { case.level("B-T") } else { case })
        });
    }
    Ok(())
}

fn level_after(case: Case, form: Form, renewals: usize) -> Case {
    if form == Form::Archive && renewals == 0 { case.level("B-T") } else { case }
}

fn list_on_the_way(moment: &str) -> String {
    format!("extra/decades-{moment}.pem")
}

/// What the issuer of the newest TSA publishes at each moment on the way.
fn lists_on_the_way(decades: &Decades<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    let list = |moment: String, renewals: usize, issued: DateTime<Utc>| -> Result<(String, Vec<u8>)> {
        let root = renewals.checked_sub(1).map_or(&decades.world.pki.tsa_root, |renewal| &decades.eras[renewal].root);
        let crl = root.issue_crl(&CrlSpec::new(issued, issued + TimeDelta::days(7)).with_number(4))?;
        Ok((list_on_the_way(&moment), pem_of("X509 CRL", std::iter::once(crl.as_slice()))))
    };
    let stale = at(RENEWALS[2]) - TimeDelta::days(20);
    let mut lists =
        vec![list("in-2035".to_owned(), 2, at(IN_2035) - TimeDelta::days(1))?, list("stale".to_owned(), 3, stale)?];
    for (renewal, time) in RENEWALS.map(at).into_iter().enumerate() {
        let (year, end) = (time.format("%Y"), end_before(renewal));
        lists.push(list(format!("before-{year}"), renewal, time - TimeDelta::days(1))?);
        lists.push(list(format!("after-{year}"), renewal + 1, time)?);
        lists.push(list(format!("ended-in-{}", end.format("%Y")), renewal, end - TimeDelta::days(1))?);
    }
    Ok(lists)
}

/// A new hash tree that several files share, one of which was deleted before it was made.
fn shared(decades: &Decades<'_>, vectors: &mut Vectors) -> Result<()> {
    let kept = decades.of_group(true)?;
    let why = "Kept in a group, which got a new hash tree after another file of it was deleted.";
    vectors.add(Form::RecordBeside, "decades/group-without-a-deleted-file", why, kept, |case| case);
    let deleted = decades.of_group(false)?;
    let why = "Left out of the new hash tree of its group, as a file that was deleted: its record of before has ended.";
    vectors.add(Form::RecordBeside, "decades/group-left-out", why, deleted, |case| {
        nothing_holds(about_timestamps(case, Form::RecordBeside, Fault::Late(1)))
    });
    let rehashed = Preserved { file: decades.of_batch_with_a_new_tree()?, record: None };
    let why = "The record of a batch of five, which got a new hash tree over all of them with one timestamp.";
    vectors.add(Form::Batch, "decades/batch-with-a-new-tree", why, rehashed, |case| case);
    Ok(())
}

/// What is wrong.
#[derive(Clone, Copy)]
enum Fault {
    /// SHA-256 and P-256 have ended before something better was stamped over them.
    Break,
    /// This renewal is late.
    Late(usize),
    /// Nothing useful is known about the timestamp before this renewal.
    Unknown(usize, Known),
}

/// What the standard says of it. A record with one flaw proves nothing. Of archive timestamps, those after the flaw hold, and
/// the oldest of these proves a time that is too late for the seal.
fn expected(case: Case, form: Form, fault: Fault) -> Case {
    let case = match fault {
        Fault::Break => case.policy(dead_from("2031-01-01")),
        Fault::Late(_) => case,
        Fault::Unknown(..) => case.strict().revocation_data(PUBLISHED),
    };
    let case = about_timestamps(case, form, fault);
    let (Fault::Late(renewal) | Fault::Unknown(renewal, _)) = fault else {
        return about_seal(form, 1, CRYPTO_NO_POE, case).finding("seal chain", PAST, "indeterminate");
    };
    match (form, fault) {
        // The lists about the seal's chain are of its own time.
        (Form::Archive, Fault::Unknown(0, _)) => too_late(case, Plan::good().times[0])
            .warning("seal chain", STALE)
            .warning("seal chain", STALE)
            .indeterminate("TRY_LATER", "seal chain", MISSING),
        (_, Fault::Unknown(0, _)) => about_seal(form, 0, NO_POE, case),
        (_, Fault::Late(_)) => about_seal_at(form, Plan::late(renewal).times[renewal], OUT_OF_BOUNDS, case),
        (_, Fault::Unknown(..) | Fault::Break) => about_seal(form, renewal, OUT_OF_BOUNDS, case),
    }
}

const PAST: &str = "algorithm-past-its-date";
const ENDED: &str = "timestamp-signer-expired";
const MISSING: &str = "revocation-data-missing";
const STALE: &str = "revocation-stale";
const NO_POE: &str = "NO_POE";
const CRYPTO_NO_POE: &str = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE";
const OUT_OF_BOUNDS: &str = "OUT_OF_BOUNDS_NO_POE";

/// Nothing valid proves a time, and the seal's certificate has ended.
fn nothing_holds(case: Case) -> Case {
    let case = case.unproven().indeterminate(OUT_OF_BOUNDS, "time", "no-valid-timestamp");
    case.finding("seal chain", "certificate-expired", "indeterminate")
}

/// The findings about the timestamps up to the flaw.
fn about_timestamps(mut case: Case, form: Form, fault: Fault) -> Case {
    // A file with a record beside it has a timestamp of its own, by the same TSA as the first one of the record.
    let own = usize::from(form == Form::RecordBeside);
    let (flawed, last) = match fault {
        Fault::Break => (0, 1),
        Fault::Late(renewal) | Fault::Unknown(renewal, _) => (renewal, renewal),
    };
    for layer in 0..=last {
        let subject = format!("timestamp {}", own + layer + 1);
        case = match fault {
            // The hashes of a record have to last until its next hash tree.
            Fault::Break if layer == 0 && form != Form::Archive => {
                case.finding(&subject, PAST, "indeterminate").finding(&subject, PAST, "indeterminate")
            }
            Fault::Break => case.finding(&subject, PAST, "indeterminate"),
            Fault::Unknown(_, knowledge) if layer == flawed => unknown(case, &subject, knowledge),
            Fault::Late(_) | Fault::Unknown(..) => case.finding(&subject, ENDED, "indeterminate"),
        };
    }
    if form != Form::Archive {
        case = case.finding("record 1", "evidence-record-not-decided", "indeterminate");
    }
    if form != Form::RecordBeside {
        return case;
    }
    match fault {
        Fault::Break => case.finding("timestamp 1", PAST, "indeterminate"),
        Fault::Unknown(0, knowledge) => {
            unknown(case, "timestamp 1", knowledge).finding("timestamp 1", ENDED, "indeterminate")
        }
        Fault::Late(_) | Fault::Unknown(..) => case.finding("timestamp 1", ENDED, "indeterminate"),
    }
}

fn unknown(case: Case, subject: &str, knowledge: Known) -> Case {
    let case = if knowledge == Known::Stale { case.warning(subject, STALE) } else { case };
    case.finding(subject, MISSING, "indeterminate")
}

/// The seal's certificate had ended when the first timestamp that holds was made, or now.
fn about_seal(form: Form, renewal: usize, sub_indication: &str, case: Case) -> Case {
    about_seal_at(form, at(RENEWALS[renewal]), sub_indication, case)
}

fn about_seal_at(form: Form, holds_from: DateTime<Utc>, sub_indication: &str, case: Case) -> Case {
    const EXPIRED: &str = "certificate-expired";
    match form {
        Form::Archive => too_late(case, holds_from).indeterminate(OUT_OF_BOUNDS, "seal chain", EXPIRED),
        Form::RecordBeside | Form::RecordInside | Form::Batch => case
            .unproven()
            .indeterminate(sub_indication, "time", "no-valid-timestamp")
            .finding("seal chain", EXPIRED, "indeterminate"),
    }
}

fn too_late(case: Case, time: DateTime<Utc>) -> Case {
    case.level("B-T").proven_at(&written(time)).finding("time", "timestamp-too-late", "indeterminate")
}

fn written(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The roots of all TSAs.
pub fn anchors(world: &World) -> Result<Vec<u8>> {
    let decades = Decades::new(world)?;
    let roots: Vec<&Certificate> = decades.eras.iter().map(|era| &era.root.certificate).collect();
    Ok(pem(&[&[&world.pki.tsa_root.certificate], roots.as_slice()].concat()))
}

/// The list of the last TSA's issuer in 2046.
pub fn published(world: &World) -> Result<Vec<u8>> {
    let decades = Decades::new(world)?;
    let issued = at(IN_2046) - TimeDelta::days(1);
    let crl = decades.eras[2].root.issue_crl(&CrlSpec::new(issued, issued + TimeDelta::days(7)).with_number(3))?;
    Ok(pem_of("X509 CRL", std::iter::once(crl.as_slice())))
}
