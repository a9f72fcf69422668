//! These tests ask whether a verdict depends on an order that nobody signed, or on what a verifier judged before: the
//! vectors and generated files are shuffled and judged again, and a generator with a seed makes every run the same.
//!
//! `RECOMMANDE_SHUFFLES=n` takes every vector and n times as many rounds; without it a sample is judged.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, TimeDelta, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::testing::{
    CertificateSpec, CertifiedKey, Coverage, CrlSpec, DistributionPointSpec, Forge, ForgedTstInfo, IssuingPointSpec,
    OcspAnswerSpec, OcspSpec, PointNameSpec, RevokedSpec, TestPki, attribute, tlv,
};
use recommande::verify::{Code, Content, Indication, Level, Policy, Report, RevocationRule};
use recommande::{Certificate, Environment, Verifier};
use signed_data::tlv::Tag;

use crate::common::der::{Body, Node};
use crate::common::{later, now, oid};
use crate::vectors::{self, Vector};

/// A generator of numbers that gives the same ones at every run (xorshift64*).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next()).unwrap() % limit.max(1)
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for index in (1..list.len()).rev() {
            list.swap(index, self.below(index + 1));
        }
    }
}

/// How many times as much is tried as in the sample; `None` for the sample.
fn rounds() -> Option<usize> {
    std::env::var("RECOMMANDE_SHUFFLES").ok().map(|text| text.parse().expect("RECOMMANDE_SHUFFLES is a number"))
}

/// A verdict without what an order may change: the numbers of timestamps and records.
fn essence(report: &Report) -> (String, Vec<String>) {
    let verdict = format!(
        "{} {:?} {:?} {:?} {:?}",
        report.indication,
        report.sub_indication,
        report.decided_by.as_ref().map(|decided| decided.code),
        report.level,
        report.proven_at
    );
    let mut findings: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let mut parts: Vec<String> = [&finding.stated, &finding.computed]
                .into_iter()
                .flatten()
                .flat_map(|text| text.split(", ").map(without_numbers))
                .collect();
            // Lists of timestamps follow their numbers.
            parts.sort_unstable();
            let subject = without_numbers(&finding.subject.to_string());
            format!("{subject} {} {} {}", finding.code, finding.outcome, parts.join(", "))
        })
        .collect();
    findings.sort_unstable();
    (verdict, findings)
}

fn without_numbers(text: &str) -> String {
    let Some((before, rest)) = ["timestamp ", "record "]
        .iter()
        .find_map(|word| text.split_once(word).map(|(before, rest)| (format!("{before}{word}"), rest)))
    else {
        return text.to_owned();
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}#{}", without_numbers(rest))
}

fn assert_same(left: &Report, right: &Report, what: &str) {
    let (left_essence, right_essence) = (essence(left), essence(right));
    if left_essence == right_essence {
        return;
    }
    let only = |of: &(String, Vec<String>), other: &(String, Vec<String>)| {
        let findings: Vec<&String> = of.1.iter().filter(|finding| !other.1.contains(finding)).collect();
        format!("{}\n  {findings:#?}", of.0)
    };
    panic!("{what}:\n{}\nand\n{}", only(&left_essence, &right_essence), only(&right_essence, &left_essence));
}

/// The file with everything in another order that nobody signed, or `None` where there is no such thing.
fn shuffled(file: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let parsed = signed_data::SignedData::parse(file).ok()?;
    let has = |wanted| {
        let unsigned = parsed.signer_infos.iter().filter_map(|signer| signer.unsigned_attributes.as_ref());
        unsigned.into_iter().any(|attributes| attributes.find(wanted).next().is_some())
    };
    // An evidence record is over the whole file, so that every octet is signed.
    if has(oid::EVIDENCE_RECORD_INTERNAL) || has(oid::EVIDENCE_RECORD_EXTERNAL) {
        return None;
    }
    let mut tree = Node::parse(file);
    if tree.to_der() != file {
        return None;
    }
    // An archive timestamp lists the values of the attributes by their digests.
    let within_tokens = !has(oid::ARCHIVE_TIME_STAMP_V3);
    shuffle_content_info(&mut tree, within_tokens, random);
    Some(tree.to_der())
}

fn shuffle_content_info(tree: &mut Node, within_tokens: bool, random: &mut Random) {
    let signed_data = tree.at_mut(&[1, 0]).children_mut();
    let number = signed_data.len();
    for field in signed_data.iter_mut().take(number - 1).skip(3) {
        if matches!(field.body, Body::Children(_)) {
            random.shuffle(field.children_mut());
        }
    }
    let Some(signer_infos) = signed_data.last_mut() else { return };
    for signer_info in signer_infos.children_mut() {
        let Some(unsigned) = signer_info.children_mut().iter_mut().skip(4).find(|field| field.tag == 0xa1) else {
            continue;
        };
        random.shuffle(unsigned.children_mut());
        for attribute in unsigned.children_mut() {
            let is_token = attribute.at(&[0]) == &crate::common::der::oid(oid::SIGNATURE_TIME_STAMP);
            let values = attribute.at_mut(&[1]).children_mut();
            random.shuffle(values);
            for value in values.iter_mut().filter(|_| is_token && within_tokens) {
                if signed_data::SignedData::parse(&value.to_der()).is_ok() {
                    shuffle_content_info(value, within_tokens, random);
                }
            }
        }
    }
}

/// What a verifier is configured with, as text: vectors of one configuration may share a verifier.
fn configuration(vector: &Vector) -> String {
    let input = &vector.input;
    format!(
        "{} {} {} {:?} {:?} {:?} {:?}",
        input.seal_anchors,
        input.tsa_anchors,
        input.environment,
        input.extra_certificates,
        input.revocation_data,
        input.records,
        input.policy
    )
}

#[test]
fn a_shuffled_vector_has_the_same_verdict() {
    let number = rounds();
    let mut random = Random::new(1);
    let mut tried = 0;
    for vector in &vectors::manifest().vectors {
        if number.is_none() && !random.one_in(5) {
            continue;
        }
        let file = vectors::read(&vector.file);
        for _ in 0..number.unwrap_or(1) {
            let Some(other) = shuffled(&file, &mut random) else { break };
            let now: DateTime<Utc> = vector.input.now.parse().unwrap();
            let judge = |file: &[u8]| {
                vectors::verifier(vector).report_signatures(file, Content::Attached, now).reports.remove(0)
            };
            assert_same(&judge(&file), &judge(&other), &vector.id);
            let as_what_it_is = |file| vectors::judge_file(&vectors::verifier(vector), vector, file).report;
            assert_same(&as_what_it_is(&file), &as_what_it_is(&other), &vector.id);
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn vectors_of_one_verifier_have_their_verdicts_in_any_order() {
    let number = rounds();
    let mut random = Random::new(2);
    let mut groups: BTreeMap<String, Vec<&Vector>> = BTreeMap::new();
    for vector in &vectors::manifest().vectors {
        groups.entry(configuration(vector)).or_default().push(vector);
    }
    for group in groups.values().filter(|group| group.len() > 1) {
        let Some(first) = group.first() else { continue };
        let verifier = vectors::verifier(first);
        let mut turns: Vec<&Vector> = group.iter().flat_map(|vector| [*vector, *vector]).collect();
        random.shuffle(&mut turns);
        let at_most = number.map_or(24, |number| number.saturating_mul(turns.len()));
        for vector in turns.into_iter().cycle().take(at_most) {
            let file = vectors::read(&vector.file);
            // Others' files come between.
            if let Some(other) = shuffled(&file, &mut random).filter(|_| random.one_in(3)) {
                vectors::judge_file(&verifier, vector, &other);
            }
            let warm = vectors::judge_by(&verifier, vector).report;
            assert_same(&vectors::judge(vector).report, &warm, &vector.id);
        }
    }
}

/// A PKI in which one authority and one signer have several certificates each.
struct Crowd {
    pki: TestPki,
    authorities: Vec<CertifiedKey>,
    seals: Vec<CertifiedKey>,
    tsas: Vec<CertifiedKey>,
    revocation: Vec<Vec<u8>>,
}

impl Crowd {
    fn new() -> Self {
        let pki = TestPki::new(now()).unwrap();
        let (from, until) = (now() - TimeDelta::days(1), now() + TimeDelta::days(900));
        let point = DistributionPointSpec {
            name: Some(PointNameSpec::Uri("http://crl.example/ca.crl".into())),
            ..DistributionPointSpec::default()
        };
        let authority = |serial: u8| {
            CertificateSpec::authority("Test Seal CA", from, until).with_serial(&[serial]).with_authority(Some(0))
        };
        let points = authority(1).with_distribution_points(&[point]);
        let (_, _, points) = points.extensions.into_iter().next_back().unwrap();
        let specs = [
            authority(2).with_critical_extension(oid::CRL_DISTRIBUTION_POINTS, points.clone()),
            authority(3).with_critical_extension(oid::CRL_DISTRIBUTION_POINTS, points),
            authority(4),
            authority(5).with_validity(from - TimeDelta::days(9), from),
            authority(6).with_validity(from, now() + TimeDelta::hours(12)),
            authority(7).with_key_usage(&[]),
        ];
        let issue = |spec: &CertificateSpec| pki.root.issue(spec, pki.intermediate.signer.clone()).unwrap();
        let mut authorities: Vec<_> = specs.iter().map(issue).collect();
        authorities.push(pki.intermediate.clone());
        let seal = |serial: u8| CertificateSpec::seal("Test Seal", from, until).with_serial(&[serial]);
        let specs = [
            seal(2),
            seal(3).with_validity(from - TimeDelta::days(9), from),
            seal(4).with_extended_key_usage(&[oid::OCSP_SIGNING]),
            seal(5).with_extension(oid::PRIVATE_KEY_USAGE_PERIOD, vec![0x30, 2, 0x80, 0]),
        ];
        let issue = |spec: &CertificateSpec| pki.intermediate.issue(spec, pki.seal.signer.clone()).unwrap();
        let mut seals: Vec<_> = specs.iter().map(issue).collect();
        seals.push(pki.seal.clone());
        let tsa = |serial: u8| CertificateSpec::tsa("Test TSA", from, until).with_serial(&[serial]);
        let specs = [
            tsa(2),
            tsa(3).with_validity(from - TimeDelta::days(9), from),
            tsa(4).with_extended_key_usage(&[oid::OCSP_SIGNING]),
        ];
        let tsas = specs.iter().map(|spec| pki.tsa_root.issue(spec, pki.tsa.signer.clone()).unwrap()).collect();
        let revocation = Self::revocation(&pki, &authorities, &seals);
        Self { pki, authorities, seals, tsas, revocation }
    }

    fn revocation(pki: &TestPki, authorities: &[CertifiedKey], seals: &[CertifiedKey]) -> Vec<Vec<u8>> {
        let fresh = || CrlSpec::new(now() + TimeDelta::hours(1), later() + TimeDelta::days(7));
        let stale = CrlSpec::new(now() - TimeDelta::days(9), now() - TimeDelta::days(2));
        let only_authorities = IssuingPointSpec { coverage: Coverage::CaCerts, ..IssuingPointSpec::default() };
        let listed = |key: &CertifiedKey, reason| {
            fresh().with_revoked(&RevokedSpec::new(&key.certificate, now() - TimeDelta::hours(3)).with_reason(reason))
        };
        let (first, last) = (authorities.first().unwrap(), authorities.last().unwrap());
        let mut all: Vec<Vec<u8>> = [
            fresh(),
            stale.clone(),
            fresh().with_issuing_distribution_point(&only_authorities),
            fresh().without_version(),
            listed(seals.first().unwrap(), RevocationReason::Superseded),
        ]
        .iter()
        .map(|spec| pki.intermediate.issue_crl(spec).unwrap())
        .collect();
        for spec in [
            fresh(),
            stale,
            listed(first, RevocationReason::Superseded),
            listed(last, RevocationReason::CessationOfOperation),
        ] {
            all.push(pki.root.issue_crl(&spec).unwrap());
        }
        all.push(pki.tsa.issue_crl(&fresh().with_issuer(pki.intermediate.certificate.subject_der().to_vec())).unwrap());
        for status in [OcspStatus::Good, OcspStatus::Unknown] {
            let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, status, now());
            let spec = OcspSpec::new(now() + TimeDelta::hours(2), answer.with_next_update(later()));
            all.push(pki.intermediate.answer_ocsp(&spec).unwrap());
        }
        all
    }

    fn pick<'l, T>(list: &'l [T], random: &mut Random) -> &'l T {
        &list[random.below(list.len())]
    }

    /// A signature by somebody of the crowd, with some of what there is beside it.
    fn file(&self, random: &mut Random) -> Vec<u8> {
        let seal = Self::pick(&self.seals, random);
        let mut forge = Forge::seal(b"content", seal, &[], now());
        if random.one_in(2) {
            let identifier = seal.certificate.subject_key_identifier().unwrap();
            forge.signers[0].sid = tlv(Tag::context_primitive(0), &[identifier]);
            forge.signers[0].remove(oid::SIGNING_CERTIFICATE_V2);
        }
        forge.certificates = vec![seal.certificate.der().to_vec()];
        for other in self.seals.iter().chain(&self.authorities) {
            if random.one_in(2) {
                forge.certificates.push(other.certificate.der().to_vec());
            }
        }
        for der in &self.revocation {
            if !random.one_in(4) {
                continue;
            }
            forge.crls.push(if is_crl(der) { der.clone() } else { other_revocation(der, random) });
        }
        // What nobody can read.
        if random.one_in(4) {
            let number = [u8::try_from(random.below(128)).unwrap()];
            forge.certificates.push(tlv(Tag::SEQUENCE, &[&tlv(Tag::INTEGER, &[&number])]));
            forge.crls.push(tlv(Tag::SEQUENCE, &[&tlv(Tag::OCTET_STRING, &[b"no list"])]));
            forge.crls.push(other_revocation(&tlv(Tag::NULL, &[]), random));
        }
        forge.sign(&*self.pki.seal.signer).unwrap();
        let signature = forge.signers[0].signature.clone();
        for seconds in [2, 60] {
            if random.one_in(2) {
                continue;
            }
            let data: &[u8] = if random.one_in(4) { b"something else" } else { &signature };
            let info = ForgedTstInfo::of(data, DigestAlgorithm::Sha256, now() + Duration::seconds(seconds));
            let mut token = Forge::token(&info, &self.pki.tsa);
            token.certificates.push(self.pki.tsa_root.certificate.der().to_vec());
            if random.one_in(3) {
                token.certificates.push(Self::pick(&self.tsas, random).certificate.der().to_vec());
                let identifier = self.pki.tsa.certificate.subject_key_identifier().unwrap();
                token.first().sid = tlv(Tag::context_primitive(0), &[identifier]);
                token.first().remove(oid::SIGNING_CERTIFICATE_V2);
            }
            let spec = CrlSpec::new(now() + TimeDelta::hours(2), later());
            let lists = [self.pki.tsa_root.issue_crl(&spec).unwrap(), self.pki.root.issue_crl(&spec).unwrap()];
            token.crls.extend(lists.into_iter().filter(|_| random.one_in(2)));
            token.sign(&*self.pki.tsa.signer).unwrap();
            forge.signers[0].stamp(&token.to_der());
        }
        if random.one_in(4) {
            let authority = Self::pick(&self.authorities, random).certificate.der();
            let values = tlv(Tag::SEQUENCE, &[authority]);
            forge.signers[0].unsigned_attributes.push(attribute(oid::CERTIFICATE_VALUES, &[&values]));
        }
        if random.one_in(4) {
            let broken = tlv(Tag::SEQUENCE, &[]);
            forge.signers[0].unsigned_attributes.push(attribute(oid::COUNTERSIGNATURE, &[&broken]));
        }
        forge.certificates.dedup();
        forge.to_der()
    }

    /// A verifier to which some of what there is was given.
    fn verifier(&self, policy: &Policy, extra: &[Certificate], data: &[Vec<u8>]) -> Verifier {
        let mut revocation = RevocationData::new();
        data.iter().for_each(|der| revocation.add_der(der).unwrap());
        Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test)
            .with_policy(policy.clone())
            .with_extra_certificates(extra.to_vec())
            .with_revocation_data(revocation)
    }
}

fn is_crl(der: &[u8]) -> bool {
    recommande::pki::revocation::Crl::from_der(der).is_ok()
}

fn other_revocation(der: &[u8], random: &mut Random) -> Vec<u8> {
    let format = if random.one_in(2) { oid::RI_OCSP_RESPONSE } else { oid::MIME_TYPE };
    tlv(Tag::context(1), &[&tlv(Tag::OBJECT_IDENTIFIER, &[format.as_bytes()]), der])
}

#[test]
fn a_crowd_of_certificates_and_revocation_data_has_one_verdict_in_any_order() {
    let crowd = Crowd::new();
    let mut random = Random::new(3);
    let mut lenient = Policy::default();
    let mut strict = Policy::strict();
    for code in [Code::SigningCertificateReferenceMissing, Code::TimestampSigningCertificateReferenceMissing] {
        assert!(lenient.levels.set(code, Level::Warn) && strict.levels.set(code, Level::Warn));
    }
    let mut verdicts = BTreeSet::new();
    for round in 0..rounds().map_or(4, |number| number * 8) {
        let policy = if round % 2 == 0 { &lenient } else { &strict };
        let offered = |random: &mut Random| -> (Vec<Certificate>, Vec<Vec<u8>>) {
            let extra = crowd.authorities.iter().filter(|_| random.one_in(3));
            let extra = extra.map(|authority| authority.certificate.clone()).collect();
            (extra, crowd.revocation.iter().filter(|_| random.one_in(5)).cloned().collect())
        };
        let (mut extra, mut data) = if random.one_in(2) { offered(&mut random) } else { (Vec::new(), Vec::new()) };
        let files: Vec<Vec<u8>> = (0..6).map(|_| crowd.file(&mut random)).collect();
        let judge = |verifier: &Verifier, file: &[u8]| {
            verifier.report_signatures(file, Content::Attached, later()).reports.remove(0)
        };
        let cold: Vec<Report> = files.iter().map(|file| judge(&crowd.verifier(policy, &extra, &data), file)).collect();
        verdicts.extend(cold.iter().map(|report| essence(report).0));
        random.shuffle(&mut extra);
        random.shuffle(&mut data);
        let warm = crowd.verifier(policy, &extra, &data);
        let mut turns: Vec<usize> = (0..files.len()).chain(0..files.len()).collect();
        random.shuffle(&mut turns);
        for turn in turns {
            let file = shuffled(&files[turn], &mut random).expect("a file that can be shuffled");
            assert_same(&cold[turn], &judge(&warm, &file), &format!("round {round}, file {turn}, warm"));
            let verifier = crowd.verifier(policy, &extra, &data);
            assert_same(&cold[turn], &judge(&verifier, &file), &format!("round {round}, file {turn}, cold"));
        }
    }
    assert!(verdicts.len() > 5, "{verdicts:#?}");
}

#[test]
fn an_issuer_that_demands_its_status_does_not_hide_one_that_does_not() {
    let crowd = Crowd::new();
    let file = |authorities: &[&CertifiedKey]| {
        let mut forge = Forge::seal(b"content", &crowd.pki.seal, &[], now());
        forge.certificates = vec![crowd.pki.seal.certificate.der().to_vec()];
        forge.certificates.extend(authorities.iter().map(|authority| authority.certificate.der().to_vec()));
        forge.sign(&*crowd.pki.seal.signer).unwrap();
        forge.to_der()
    };
    let [demanding, also_demanding, plain, ..] = crowd.authorities.as_slice() else { panic!("authorities") };
    let ignoring = Policy { revocation: RevocationRule::Ignore, ..Policy::default() };
    // Revocation data that is about others.
    let data = [crowd.pki.tsa_root.issue_crl(&CrlSpec::new(now(), later())).unwrap()];
    for (policy, data) in [(&Policy::default(), &data[..0]), (&ignoring, &data[..0]), (&Policy::default(), &data[..])] {
        let judge = |verifier: &Verifier, file: &[u8]| {
            verifier.report_signatures(file, Content::Attached, later()).reports.remove(0)
        };
        let warm = crowd.verifier(policy, &[], data);
        let refused = judge(&warm, &file(&[demanding, also_demanding]));
        let decided = refused.decided_by.as_ref().map(|decided| decided.code);
        assert_eq!(decided, Some(Code::DistributionPointsNotProcessed), "{refused}");
        for file in [file(&[demanding, plain]), file(&[also_demanding, demanding, plain])] {
            let cold = judge(&crowd.verifier(policy, &[], data), &file);
            assert_eq!(cold.indication, Indication::TotalPassed, "{cold}");
            assert_same(&cold, &judge(&warm, &file), "warm");
            assert_same(&cold, &judge(&warm, &shuffled(&file, &mut Random::new(7)).unwrap()), "shuffled");
        }
    }
}
