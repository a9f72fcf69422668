//! Evidence records, in a signature and beside it, whose tokens and cryptoInfos carry certificates and revocation data by
//! the dozen.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, TimeDelta, Utc};
use recommande::crypto::{Digest, DigestAlgorithm, KeyKind};
use recommande::pki::revocation::{OcspStatus, RevocationReason};
use recommande::testing::{
    CertificateSpec, CertifiedKey, CrlSpec, Forge, ForgedTstInfo, OcspAnswerSpec, OcspSpec, RevokedSpec, attribute,
    generate_key, tlv,
};
use recommande::time::record::{EvidenceRecord, HashTree, Renewal};
use recommande::verify::limits::MAX_EVIDENCE_RECORDS;
use recommande::verify::{Code, Content, ContentDigests, Level, Policy, Report, TimestampValidity};
use recommande::{Environment, Verifier};
use rfc3161_client::TimeStampToken;
use signed_data::tlv::Tag;

use super::crowd::{is_crl, other_revocation};
use super::shuffle::{Random, shuffled, shuffled_list};
use super::{assert_same, rounds, verdict};
use crate::common::der::{self, Node};
use crate::common::{Service, now, oid};

const SHA256: DigestAlgorithm = DigestAlgorithm::Sha256;
const SHA384: DigestAlgorithm = DigestAlgorithm::Sha384;

/// A TSA and its authority with several certificates each, beside the TSA of the service.
struct Archive {
    service: Service,
    root: CertifiedKey,
    authorities: Vec<CertifiedKey>,
    tsas: Vec<CertifiedKey>,
    revocation: Vec<Vec<u8>>,
}

/// What a case is: a file, records beside it, and what it is judged by.
struct Case {
    file: Vec<u8>,
    records: Vec<Vec<u8>>,
    policy: Policy,
}

impl Archive {
    fn new() -> Self {
        let service = Service::new();
        let (from, until) = (now() - TimeDelta::days(1), now() + TimeDelta::days(730));
        let key = || generate_key(&KeyKind::EcP384).unwrap();
        let root = CertificateSpec::authority("Archive Root", from, until).self_signed(key()).unwrap();
        let authority = |serial: u8| {
            CertificateSpec::authority("Archive CA", from, until).with_serial(&[serial]).with_authority(Some(0))
        };
        let of_authorities = key();
        let specs = [
            authority(1),
            authority(2),
            authority(3).with_validity(from - TimeDelta::days(9), from),
            authority(4).with_validity(from, now() + TimeDelta::days(40)),
            authority(5).with_key_usage(&[]),
        ];
        let authorities = specs.iter().map(|spec| root.issue(spec, of_authorities.clone()).unwrap());
        let authorities: Vec<CertifiedKey> = authorities.collect();
        let tsa = |serial: u8| CertificateSpec::tsa("Archive TSA", from, until).with_serial(&[serial]);
        let specs = [
            tsa(1),
            tsa(2),
            tsa(3).with_validity(from, now() + TimeDelta::days(40)),
            tsa(4).with_extended_key_usage(&[oid::OCSP_SIGNING]),
        ];
        let of_tsas = key();
        let tsas: Vec<_> = specs.iter().map(|spec| authorities[0].issue(spec, of_tsas.clone()).unwrap()).collect();
        let revocation = Self::revocation(&service, &root, &authorities[0], &tsas);
        Self { service, root, authorities, tsas, revocation }
    }

    fn revocation(
        service: &Service,
        root: &CertifiedKey,
        authority: &CertifiedKey,
        tsas: &[CertifiedKey],
    ) -> Vec<Vec<u8>> {
        let fresh = || CrlSpec::new(now() + TimeDelta::hours(1), now() + TimeDelta::days(300));
        let stale = CrlSpec::new(now() - TimeDelta::days(9), now() - TimeDelta::days(2));
        let revoked = |reason| {
            let entry = RevokedSpec::new(&tsas[0].certificate, now() + TimeDelta::days(20)).with_reason(reason);
            CrlSpec::new(now() + TimeDelta::days(21), now() + TimeDelta::days(400)).with_revoked(&entry)
        };
        let lists = [
            authority.issue_crl(&fresh()),
            authority.issue_crl(&stale),
            authority.issue_crl(&fresh().without_version()),
            authority.issue_crl(&revoked(RevocationReason::Superseded)),
            authority.issue_crl(&revoked(RevocationReason::CessationOfOperation)),
            root.issue_crl(&fresh()),
            service.pki.tsa_root.issue_crl(&fresh()),
            service.pki.root.issue_crl(&fresh()),
        ];
        let mut data: Vec<Vec<u8>> = lists.into_iter().map(Result::unwrap).collect();
        for status in [OcspStatus::Good, OcspStatus::Unknown] {
            let answer = OcspAnswerSpec::new(&tsas[1].certificate, &authority.certificate, status, now());
            let spec =
                OcspSpec::new(now() + TimeDelta::hours(2), answer.with_next_update(now() + TimeDelta::days(300)));
            data.push(authority.answer_ocsp(&spec).unwrap());
        }
        data
    }

    /// Some of the certificates.
    fn certificates(&self, random: &mut Random) -> Vec<Vec<u8>> {
        let keys = self.authorities.iter().chain(&self.tsas);
        keys.filter(|_| random.one_in(2)).map(|key| key.certificate.der().to_vec()).collect()
    }

    fn token(&self, digest: &Digest, time: DateTime<Utc>, random: &mut Random) -> TimeStampToken {
        let key = if random.one_in(3) { &self.service.pki.tsa } else { random.pick(&self.tsas) };
        let mut info = ForgedTstInfo::of(b"", digest.algorithm(), time);
        info.imprint = digest.as_bytes().to_vec();
        let mut token = Forge::token(&info, key);
        token.certificates.extend(self.certificates(random));
        // The certificate of the authority that is good.
        if !random.one_in(4) {
            token.certificates.push(self.authorities[0].certificate.der().to_vec());
        }
        if random.one_in(3) {
            let identifier = key.certificate.subject_key_identifier().unwrap();
            token.first().sid = tlv(Tag::context_primitive(0), &[identifier]);
            token.first().remove(oid::SIGNING_CERTIFICATE_V2);
        }
        for der in &self.revocation {
            if !random.one_in(4) {
                continue;
            }
            token.crls.push(if is_crl(der) { der.clone() } else { other_revocation(der, random) });
        }
        if random.one_in(4) {
            token.first().unsigned_attributes.push(attribute(oid::MIME_TYPE, &[&tlv(Tag::UTF8_STRING, &[b"text"])]));
            let values = tlv(Tag::SEQUENCE, &[&self.certificates(random).concat()]);
            token.first().unsigned_attributes.push(attribute(oid::CERTIFICATE_VALUES, &[&values]));
        }
        token.certificates.sort();
        token.certificates.dedup();
        token.sign(&*key.signer).unwrap();
        TimeStampToken::from_bytes(&token.to_der()).unwrap()
    }

    /// A record over these octets, and when its last token was made.
    fn record(&self, octets: &[u8], mut time: DateTime<Utc>, random: &mut Random) -> (Vec<u8>, DateTime<Utc>) {
        let algorithm = *random.pick(&[SHA256, SHA384]);
        let own = algorithm.digest(octets);
        let neighbours = [b"a first item", b"another item"].map(|item| algorithm.digest(item));
        let tree = HashTree::new(algorithm, [own].into_iter().chain(neighbours)).unwrap();
        let token = self.token(&tree.root().unwrap(), time, random);
        let mut record = tree.evidence_record(&own, &token).unwrap();
        for _ in 0..random.below(3) {
            time += TimeDelta::days(i64::try_from(random.below(30)).unwrap());
            let parsed = EvidenceRecord::parse(&record).unwrap();
            let last = parsed.last_algorithm().unwrap();
            let (renewal, algorithm) =
                if random.one_in(2) { (Renewal::Timestamp, last) } else { (Renewal::HashTree(SHA384), SHA384) };
            let leaf = parsed.renewal_leaf(renewal, &algorithm.digest(octets)).unwrap();
            let tree = HashTree::new(algorithm, [leaf, algorithm.digest(b"another record")]).unwrap();
            let token = self.token(&tree.root().unwrap(), time, random);
            record = parsed.renewed(renewal, &tree.reduced(&leaf).unwrap(), &token).unwrap();
        }
        if random.one_in(2) {
            record =
                Node::parse(&record).with(|record| record.children_mut().insert(2, self.crypto_infos(random))).to_der();
        }
        (record, time)
    }

    fn crypto_infos(&self, random: &mut Random) -> Node {
        let certificates = tlv(Tag::SEQUENCE, &[&self.certificates(random).concat()]);
        let some: Vec<&Vec<u8>> = self.revocation.iter().filter(|_| random.one_in(3)).collect();
        let list = |tag, choose: &dyn Fn(&Vec<u8>) -> bool| {
            let items: Vec<&[u8]> = some.iter().filter(|der| choose(der)).map(|der| der.as_slice()).collect();
            if items.is_empty() { Vec::new() } else { tlv(Tag::context(tag), &[&tlv(Tag::SEQUENCE, &items)]) }
        };
        // RevocationValues has BasicOCSPResponses in [1]; the lists alone are enough here.
        let revocation = tlv(Tag::SEQUENCE, &[&list(0, &|der| is_crl(der))]);
        let attributes = [
            attribute(oid::CERTIFICATE_VALUES, &[&certificates]),
            attribute(oid::REVOCATION_VALUES, &[&revocation]),
            attribute(oid::MIME_TYPE, &[&tlv(Tag::UTF8_STRING, &[b"text"])]),
        ];
        der::node(0xa0, attributes.iter().map(|attribute| Node::parse(attribute)).collect())
    }

    fn case(&self, random: &mut Random) -> Case {
        let sealed =
            if random.one_in(2) { self.service.sealed().der().to_vec() } else { self.service.proof().der().to_vec() };
        let mut file = sealed.clone();
        let mut records = Vec::new();
        let mut time = now() + Duration::seconds(2);
        for _ in 0..1 + random.below(2) {
            if random.one_in(2) {
                // Over the file before any record, or over all that is there.
                let over = if random.one_in(3) { file.clone() } else { sealed.clone() };
                let (record, last) = self.record(&over, time, random);
                let record = der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record);
                file = Node::parse(&file).with_unsigned(record).to_der();
                time = last;
            }
            time += TimeDelta::days(i64::try_from(random.below(2)).unwrap());
        }
        for _ in 0..random.below(3) {
            let over: &[u8] = if random.one_in(4) { b"another file" } else { &file };
            records.push(self.record(over, time + TimeDelta::days(i64::try_from(random.below(20)).unwrap()), random).0);
        }
        Case { file, records, policy: policy(random) }
    }

    fn verifier(&self, case: &Case, records: Vec<Vec<u8>>) -> Verifier {
        let mut anchors = self.service.pki.tsa_anchors();
        anchors.add(self.root.certificate.clone());
        Verifier::new(self.service.pki.seal_anchors(), anchors, Environment::Test)
            .with_policy(case.policy.clone())
            .with_evidence_records(records)
    }
}

/// A shipped policy or one in which SHA-256 proves nothing any more, in which a signer may be named by its key alone.
fn policy(random: &mut Random) -> Policy {
    let mut policy = if random.one_in(2) { Policy::default() } else { Policy::strict() };
    for code in [Code::SigningCertificateReferenceMissing, Code::TimestampSigningCertificateReferenceMissing] {
        assert!(policy.levels.set(code, Level::Warn));
    }
    if random.one_in(2) {
        for row in policy.algorithms.digests.iter_mut().filter(|row| row.digest == SHA256) {
            row.past_from = Some("2026-12-01".parse().unwrap());
        }
    }
    if random.one_in(3) {
        policy.timestamp_validity = TimestampValidity::AtGenTime;
    }
    policy
}

fn judged_at() -> DateTime<Utc> {
    now() + TimeDelta::days(60)
}

#[test]
fn a_signature_with_records_has_one_verdict_in_any_order() {
    let archive = Archive::new();
    let mut random = Random::new(5);
    let mut verdicts = BTreeSet::new();
    for round in 0..rounds().map_or(24, |number| number * 24) {
        let case = archive.case(&mut random);
        let judge = |verifier: &Verifier, file: &[u8]| {
            verifier.report_signatures(file, Content::Attached, judged_at()).reports.remove(0)
        };
        let warm = archive.verifier(&case, case.records.clone());
        let cold = judge(&warm, &case.file);
        verdicts.insert(verdict(&cold));
        assert_same(&cold, &judge(&warm, &case.file), &format!("round {round}, again"));
        // Records beside are over the file as it is.
        let file = match case.records.is_empty() {
            true => shuffled(&case.file, &mut random).expect("a file that can be shuffled"),
            false => case.file.clone(),
        };
        let records: Vec<_> =
            case.records.iter().map(|record| shuffled(record, &mut random).expect("a record")).collect();
        let shuffled = archive.verifier(&case, shuffled_list(&records, &mut random));
        assert_same(&cold, &judge(&shuffled, &file), &format!("round {round}, shuffled"));
        assert_same(&cold, &judge(&shuffled, &file), &format!("round {round}, shuffled and again"));
    }
    assert!(verdicts.len() > 3, "{verdicts:#?}");
}

/// Of more records than are looked at, those count that are first in the order of DER, wherever they stand.
#[test]
fn of_too_many_records_the_same_are_looked_at_in_any_order() {
    let archive = Archive::new();
    let mut random = Random::new(9);
    let sealed = archive.service.proof().der().to_vec();
    let mut file = Node::parse(&sealed);
    for number in 0..MAX_EVIDENCE_RECORDS + 3 {
        let time = now() + TimeDelta::days(i64::try_from(number).unwrap());
        let (record, _) = archive.record(&sealed, time, &mut random);
        file = file.with_unsigned(der::attribute_of(oid::EVIDENCE_RECORD_INTERNAL, &record));
    }
    let case = Case { file: file.to_der(), records: Vec::new(), policy: Policy::default() };
    let judge = |file: &[u8]| {
        let verifier = archive.verifier(&case, Vec::new());
        verifier.report_signatures(file, Content::Attached, judged_at()).reports.remove(0)
    };
    let first = judge(&case.file);
    assert!(first.findings.iter().any(|finding| finding.code == Code::RecordsTooMany), "{first}");
    assert_eq!(first.records.len(), MAX_EVIDENCE_RECORDS);
    for round in 0..rounds().map_or(6, |number| number * 6) {
        let file = shuffled(&case.file, &mut random).expect("a file that can be shuffled");
        assert_same(&first, &judge(&file), &format!("round {round}"));
    }
}

#[test]
fn records_of_one_verifier_have_their_verdicts_in_any_order() {
    let archive = Archive::new();
    let mut random = Random::new(6);
    let mut verdicts = BTreeSet::new();
    let objects = [b"a first object".as_slice(), b"a second object"];
    let digests = |octets: &[u8]| ContentDigests::new([SHA256, SHA384].map(|by| by.digest(octets)));
    for round in 0..rounds().map_or(4, |number| number * 4) {
        let case = Case { file: Vec::new(), records: Vec::new(), policy: policy(&mut random) };
        let records: Vec<Vec<u8>> =
            (0..6).map(|_| archive.record(objects[random.below(2)], now(), &mut random).0).collect();
        let judge = |verifier: &Verifier, record: &[u8]| -> Report {
            verifier.report_evidence_record(record, &[digests(objects[0])], judged_at())
        };
        let cold: Vec<Report> =
            records.iter().map(|record| judge(&archive.verifier(&case, Vec::new()), record)).collect();
        verdicts.extend(cold.iter().map(verdict));
        let warm = archive.verifier(&case, Vec::new());
        let turns: Vec<usize> = (0..records.len()).chain(0..records.len()).collect();
        for turn in shuffled_list(&turns, &mut random) {
            let record = shuffled(&records[turn], &mut random).expect("a record that can be shuffled");
            assert_same(&cold[turn], &judge(&warm, &record), &format!("round {round}, record {turn}, warm"));
            let verifier = archive.verifier(&case, Vec::new());
            assert_same(&cold[turn], &judge(&verifier, &record), &format!("round {round}, record {turn}, cold"));
        }
    }
    assert!(verdicts.len() > 3, "{verdicts:#?}");
}

/// The caller's objects have no order, whatever a record without a tree is over.
#[test]
fn the_order_of_objects_decides_nothing() {
    let archive = Archive::new();
    let own = SHA256.digest(b"an object");
    let tree = HashTree::new(SHA256, [own]).unwrap();
    let mut random = Random::new(8);
    let record = tree.evidence_record(&own, &archive.token(&own, now(), &mut random)).unwrap();
    let [object, another] =
        [b"an object".as_slice(), b"another object"].map(|octets| ContentDigests::new([SHA256.digest(octets)]));
    let case = Case { file: Vec::new(), records: Vec::new(), policy: Policy::default() };
    let judge = |objects: &[ContentDigests]| {
        archive.verifier(&case, Vec::new()).report_evidence_record(&record, objects, judged_at())
    };
    let (forth, back) = (judge(&[object.clone(), another.clone()]), judge(&[another, object]));
    let codes = |report: &Report| -> BTreeSet<String> {
        report.findings.iter().map(|finding| format!("{} {}", finding.subject, finding.code)).collect()
    };
    assert_eq!(forth.indication, back.indication);
    assert_eq!(codes(&forth), codes(&back), "{forth}\n{back}");
}
