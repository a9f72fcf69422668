//! Certificates and revocation data of one name and one key by the dozen, in a signature and offered beside it.

use std::collections::BTreeSet;

use chrono::{Duration, TimeDelta};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationReason};
use recommande::testing::{
    CertificateSpec, CertifiedKey, Coverage, CrlSpec, DistributionPointSpec, Forge, ForgedTstInfo, IssuingPointSpec,
    OcspAnswerSpec, OcspSpec, PointNameSpec, RevokedSpec, TestPki, attribute, generate_key, tlv,
};
use recommande::verify::{Code, Content, Indication, Level, Policy, Report, RevocationRule};
use recommande::{Certificate, Environment, Verifier};
use signed_data::tlv::Tag;

use super::shuffle::{Random, shuffled};
use super::{assert_same, rounds, verdict};
use crate::common::{later, now, oid};

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
        let points = points.extensions.into_iter().next_back().unwrap().value;
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
        let mut revocation: Vec<Vec<u8>> = [
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
            revocation.push(pki.root.issue_crl(&spec).unwrap());
        }
        revocation.push(
            pki.tsa.issue_crl(&fresh().with_issuer(pki.intermediate.certificate.subject_der().to_vec())).unwrap(),
        );
        for status in [OcspStatus::Good, OcspStatus::Unknown] {
            let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, status, now());
            let spec = OcspSpec::new(now() + TimeDelta::hours(2), answer.with_next_update(later()));
            revocation.push(pki.intermediate.answer_ocsp(&spec).unwrap());
        }
        revocation
    }

    /// A signature by somebody of the crowd, with some of what there is beside it.
    fn file(&self, random: &mut Random) -> Vec<u8> {
        let seal = random.pick(&self.seals);
        let mut forge = Forge::seal(b"content", seal, &[], now());
        if random.one_in(2) {
            let identifier = seal.certificate.subject_key_identifier().unwrap();
            forge.signers[0].sid = tlv(Tag::context_primitive(0), &[identifier]);
            forge.signers[0].remove(oid::SIGNING_CERTIFICATE_V2);
        }
        forge.certificates = vec![seal.certificate.der().to_vec()];
        for member in self.seals.iter().chain(&self.authorities) {
            if random.one_in(2) {
                forge.certificates.push(member.certificate.der().to_vec());
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
                token.certificates.push(random.pick(&self.tsas).certificate.der().to_vec());
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
            let authority = random.pick(&self.authorities).certificate.der();
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

pub(super) fn is_crl(der: &[u8]) -> bool {
    recommande::pki::revocation::Crl::from_der(der).is_ok()
}

pub(super) fn other_revocation(der: &[u8], random: &mut Random) -> Vec<u8> {
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
        verdicts.extend(cold.iter().map(verdict));
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

/// Nobody signed the certificates in a response either.
#[test]
fn the_certificates_of_a_responder_stand_in_any_order() {
    let pki = TestPki::new(now()).unwrap();
    let (from, until) = (now() - TimeDelta::days(1), now() + TimeDelta::days(300));
    let responder = |serial: u8| CertificateSpec::ocsp_responder("Responder", from, until).with_serial(&[serial]);
    let specs = [
        responder(1),
        responder(2).with_validity(from - TimeDelta::days(9), from),
        responder(3).with_extended_key_usage(&[oid::ANY_POLICY]),
    ];
    let key = generate_key(&KeyKind::EcP256).unwrap();
    let responders = specs.map(|spec| pki.intermediate.issue(&spec, key.clone()).unwrap());
    let judged = |order: [usize; 3], status| {
        let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, status, now());
        let spec = OcspSpec::new(now() + TimeDelta::hours(2), answer.with_next_update(later()));
        let certificates = order.map(|index| responders[index].certificate.clone()).to_vec();
        let response = responders[0].answer_ocsp(&spec.with_certificates(certificates)).unwrap();
        let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
        forge.crls.push(other_revocation(&response, &mut Random::new(1)));
        forge.sign(&*pki.seal.signer).unwrap();
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        verifier.report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0)
    };
    let revoked = OcspStatus::Revoked { date: now() - TimeDelta::hours(1), reason: Some(RevocationReason::Superseded) };
    for status in [OcspStatus::Good, revoked] {
        let essence = |report: &Report| {
            let codes: BTreeSet<String> =
                report.findings.iter().map(|finding| format!("{} {}", finding.subject, finding.code)).collect();
            (verdict(report), codes)
        };
        let first = judged([0, 1, 2], status);
        assert!(first.revocation.iter().any(|data| !data.about.is_empty()), "{first}");
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            assert_eq!(essence(&first), essence(&judged(order, status)), "{order:?}");
        }
    }
}

/// A verifier remembers so many certificates, chains and signatures, and what it has forgotten is judged again.
#[test]
fn what_a_verifier_has_forgotten_changes_no_verdict() {
    let pki = TestPki::new(now()).unwrap();
    let (from, until) = (now() - TimeDelta::days(1), now() + TimeDelta::days(300));
    let file = |spec: &CertificateSpec| {
        let seal = pki.intermediate.issue(spec, pki.seal.signer.clone()).unwrap();
        let mut forge = Forge::seal(b"content", &seal, &pki.seal_chain(), now());
        forge.certificates.push(seal.certificate.der().to_vec());
        forge.sign(&*seal.signer).unwrap();
        forge.to_der()
    };
    let numbered = |serial: usize| {
        CertificateSpec::seal("Test Seal", from, until).with_serial(&[1, (serial >> 8) as u8, (serial & 0xff) as u8])
    };
    let verifier = || Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let judge = |verifier: &Verifier, file: &[u8]| {
        verifier.report_signatures(file, Content::Attached, later()).reports.remove(0)
    };
    let mut broken = file(&numbered(0));
    *broken.last_mut().unwrap() ^= 1;
    let expired = file(&numbered(1).with_validity(from - TimeDelta::days(9), from));
    let files = [file(&numbered(2)), broken, expired];
    let cold = files.each_ref().map(|file| judge(&verifier(), file));
    assert_eq!(cold.iter().map(verdict).collect::<BTreeSet<_>>().len(), 3);
    let warm = verifier();
    // More than the 1,024 chains that are remembered.
    let others = 1_100 * rounds().unwrap_or(1).min(4);
    for number in 0..others {
        if number % 275 == 0 {
            for (file, cold) in files.iter().zip(&cold) {
                assert_same(cold, &judge(&warm, file), &format!("after {number}"));
            }
        }
        let mut stranger = file(&numbered(number + 8));
        if number % 2 == 1 {
            *stranger.last_mut().unwrap() ^= 1;
        }
        judge(&warm, &stranger);
    }
    for (file, cold) in files.iter().zip(&cold).rev() {
        assert_same(cold, &judge(&warm, file), "after all");
    }
}

/// Of more timestamps than are looked at, the same ones are, in whatever order they stand.
#[test]
fn the_timestamps_that_are_looked_at_are_the_same_in_any_order() {
    let pki = TestPki::new(now()).unwrap();
    let mut random = Random::new(9);
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    forge.sign(&*pki.seal.signer).unwrap();
    let signature = forge.signers[0].signature.clone();
    for seconds in 2..32 {
        let data: &[u8] = if seconds % 15 == 0 { &signature } else { b"something else" };
        let info = ForgedTstInfo::of(data, DigestAlgorithm::Sha256, now() + Duration::seconds(seconds));
        let mut token = Forge::token(&info, &pki.tsa);
        token.sign(&*pki.tsa.signer).unwrap();
        forge.signers[0].stamp(&token.to_der());
    }
    let judge = |file: &[u8]| {
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        verifier.report_signatures(file, Content::Attached, later()).reports.remove(0)
    };
    let file = forge.to_der();
    let report = judge(&file);
    assert!(report.findings.iter().any(|finding| finding.code == Code::TimestampsTooMany), "{report}");
    for _ in 0..6 {
        assert_same(&report, &judge(&shuffled(&file, &mut random).unwrap()), "shuffled");
    }
}
