//! Every rule, with CRLs and responses made here.

use chrono::{DateTime, TimeDelta, Utc};
use signed_data::tlv::Tag;

use super::*;
use crate::asn1::{oid, writer};
use crate::crypto::{DigestAlgorithm, KeyKind};
use crate::pki::{Certificate, PathRequest, SignatureBudget, TrustAnchors, ValidatedPath, validate_path};
use crate::testing::{
    CertificateSpec, CertifiedKey, Coverage, CrlSpec, DistributionPointSpec, IssuingPointSpec, OcspAnswerSpec,
    OcspSpec, PointNameSpec, Reach, ResponderIdSpec, RevokedSpec, TestPki, Usage, generate_key,
};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap()
}

fn day(days: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(days)
}

/// A PKI with one certificate whose status is asked: by default the seal's.
struct World {
    pki: TestPki,
    target: Certificate,
    others: Vec<Certificate>,
    anchors: TrustAnchors,
    at: DateTime<Utc>,
}

impl World {
    fn new() -> Self {
        let pki = TestPki::new(now()).unwrap();
        let (target, anchors) = (pki.seal.certificate.clone(), pki.seal_anchors());
        Self { pki, target, others: Vec::new(), anchors, at: now() }
    }

    /// The target is this certificate, by the intermediate.
    fn of(spec: &CertificateSpec) -> Self {
        let mut world = Self::new();
        world.target = world.issue(&world.pki.intermediate, spec).certificate;
        world
    }

    fn issue(&self, by: &CertifiedKey, spec: &CertificateSpec) -> CertifiedKey {
        by.issue(spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap()
    }

    fn candidates(&self) -> Vec<Certificate> {
        [&self.pki.intermediate.certificate, &self.pki.root.certificate]
            .into_iter()
            .chain(&self.others)
            .cloned()
            .collect()
    }

    fn path(&self) -> ValidatedPath {
        let candidates = self.candidates();
        let request = PathRequest::new(&self.target, &candidates, &self.anchors, self.at);
        validate_path(&request.with_processed(PROCESSED_WITH_REVOCATION)).unwrap()
    }

    fn ask_with(
        &self,
        data: &[&[u8]],
        adapt: impl for<'r> Fn(RevocationRequest<'r>) -> RevocationRequest<'r>,
    ) -> CertificateStatus {
        let ask = |data: &mut dyn Iterator<Item = &&[u8]>, candidates: Vec<Certificate>| {
            let mut store = RevocationData::new();
            data.for_each(|one| store.add_der(one).unwrap());
            let path = self.path();
            let request = RevocationRequest::new(&path, &store, &candidates, &self.anchors, self.at);
            let statuses = check_revocation(&adapt(request));
            assert_eq!(statuses.len(), 2);
            assert_eq!(statuses[0].certificate, self.target);
            statuses[0].clone()
        };
        let status = ask(&mut data.iter(), self.candidates());
        let mut reversed = self.candidates();
        reversed.reverse();
        assert_eq!(status, ask(&mut data.iter().rev(), reversed), "the order matters");
        status
    }

    fn ask(&self, data: &[&[u8]]) -> RevocationStatus {
        self.ask_with(data, |request| request).status
    }

    fn crl(&self, spec: &CrlSpec) -> Vec<u8> {
        self.pki.intermediate.issue_crl(spec).unwrap()
    }

    fn root_crl(&self, spec: &CrlSpec) -> Vec<u8> {
        self.pki.root.issue_crl(spec).unwrap()
    }

    fn revoked(&self, date: DateTime<Utc>) -> RevokedSpec {
        RevokedSpec::new(&self.target, date)
    }

    fn answer(&self, status: OcspStatus) -> OcspAnswerSpec {
        OcspAnswerSpec::new(&self.target, &self.pki.intermediate.certificate, status, day(0)).with_next_update(day(7))
    }

    fn ocsp(&self, by: &CertifiedKey, answer: OcspAnswerSpec) -> Vec<u8> {
        by.answer_ocsp(&OcspSpec::new(day(0), answer)).unwrap()
    }

    fn responder(&self, spec: &CertificateSpec) -> CertifiedKey {
        self.issue(&self.pki.intermediate, spec)
    }
}

/// Issued at the time asked about, fresh for a week.
fn fresh() -> CrlSpec {
    CrlSpec::new(day(0), day(7)).with_number(10)
}

fn responder_spec() -> CertificateSpec {
    CertificateSpec::ocsp_responder("Test Responder", day(-1), day(30))
}

fn crl_signer_spec(name: &str) -> CertificateSpec {
    CertificateSpec::new(name, day(-1), day(30)).with_key_usage(&[Usage::CrlSign])
}

fn seal_spec() -> CertificateSpec {
    CertificateSpec::seal("Another Seal", day(-1), day(30))
}

fn revoked(days: i64, reason: RevocationReason) -> RevocationStatus {
    RevocationStatus::Revoked { date: day(days), reason }
}

const GOOD: RevocationStatus = RevocationStatus::Good;
const REASONS_MISSING: RevocationStatus = RevocationStatus::Incomplete { gap: Gap::Reasons };
const BASE_MISSING: RevocationStatus = RevocationStatus::Incomplete { gap: Gap::DeltaWithoutBase };

fn not_authorised() -> RevocationStatus {
    RevocationStatus::NotAuthenticated(NotAuthenticated::NotAuthorised)
}

#[test]
fn a_complete_crl_tells_the_status_and_where_it_comes_from() {
    let world = World::new();
    assert_eq!(world.ask(&[]), RevocationStatus::Absent);
    let crl = world.crl(&fresh());
    let status = world.ask_with(&[&crl], |request| request);
    assert_eq!(status.status, GOOD);
    assert_eq!((status.this_update, status.next_update, status.produced_at), (Some(day(0)), Some(day(7)), None));
    assert_eq!(status.signer.as_ref(), Some(&world.pki.intermediate.certificate));
    let fingerprint = DigestAlgorithm::Sha256.digest(&crl);
    assert_eq!(status.source, Some(RevocationSource::Crl { fingerprint, number: Some("0a".into()), delta: None }));

    let entry = world.revoked(day(-3)).with_reason(RevocationReason::Superseded).with_invalidity_date(day(-4));
    let status = world.ask_with(&[&world.crl(&fresh().with_revoked(&entry))], |request| request);
    assert_eq!(status.status, revoked(-3, RevocationReason::Superseded));
    assert_eq!(status.invalidity_date, Some(day(-4)));
    // Without a reason; later than the time asked about; somebody else's.
    assert_eq!(
        world.ask(&[&world.crl(&fresh().with_revoked(&world.revoked(day(3))))]),
        revoked(3, RevocationReason::Unspecified)
    );
    let other = RevokedSpec::new(&world.pki.tsa.certificate, day(-3));
    assert_eq!(world.ask(&[&world.crl(&fresh().with_revoked(&other))]), GOOD);
    // A CRL of another issuer is about others.
    assert_eq!(world.ask(&[&world.root_crl(&fresh())]), RevocationStatus::Absent);
    let own_name = CertificateSpec::name("Test Seal CA");
    let signature = world.ask(&[&world.root_crl(&fresh().with_issuer(own_name))]);
    assert_eq!(signature, RevocationStatus::NotAuthenticated(NotAuthenticated::SignatureInvalid));
}

#[test]
fn what_was_issued_later_is_used_and_what_is_too_old_is_not() {
    let world = World::new();
    let ask = |spec: &CrlSpec| world.ask(&[&world.crl(spec)]);
    assert_eq!(ask(&CrlSpec::new(day(-7), day(0))), GOOD);
    assert_eq!(ask(&CrlSpec::new(day(100), day(107))), GOOD);
    let old = CrlSpec::new(day(-7), day(0) - TimeDelta::seconds(1));
    assert_eq!(ask(&old), RevocationStatus::Stale);
    fn tolerant(request: RevocationRequest<'_>) -> RevocationRequest<'_> {
        request.with_freshness_tolerance(TimeDelta::seconds(1))
    }
    assert_eq!(world.ask_with(&[&world.crl(&old)], tolerant).status, GOOD);
    // Without nextUpdate.
    assert_eq!(ask(&fresh().without_next_update()), GOOD);
    let open_ended = CrlSpec::new(day(-1), day(7)).without_next_update();
    assert_eq!(ask(&open_ended), RevocationStatus::Stale);
    let status = world
        .ask_with(&[&world.crl(&open_ended)], |request| request.with_tolerance_without_next_update(TimeDelta::days(1)));
    assert_eq!(status.status, GOOD);
    // A revocation does not grow old; a hold does.
    let entry = world.revoked(day(-9));
    assert_eq!(ask(&old.clone().with_revoked(&entry)), revoked(-9, RevocationReason::Unspecified));
    let hold = entry.with_reason(RevocationReason::CertificateHold);
    assert_eq!(ask(&old.with_revoked(&hold)), RevocationStatus::Stale);
}

#[test]
fn a_list_from_after_the_expiry_need_not_know_any_more() {
    let mut world = World::of(&CertificateSpec::seal("Short", day(-1), day(30)));
    world.at = day(10);
    let late = CrlSpec::new(day(40), day(50));
    assert_eq!(world.ask(&[&world.crl(&late)]), RevocationStatus::IssuedAfterExpiry);
    let time = |days| {
        crate::asn1::writer::tlv(Tag::GENERALIZED_TIME, day(days).format("%Y%m%d%H%M%SZ").to_string().as_bytes())
    };
    let keeps = |days| late.clone().with_extension(oid::EXPIRED_CERTS_ON_CRL, time(days));
    assert_eq!(world.ask(&[&world.crl(&keeps(30))]), GOOD);
    assert_eq!(world.ask(&[&world.crl(&keeps(31))]), RevocationStatus::IssuedAfterExpiry);
    let listed = late.clone().with_revoked(&world.revoked(day(5)));
    assert_eq!(world.ask(&[&world.crl(&listed)]), revoked(5, RevocationReason::Unspecified));
    // In time, beside it.
    assert_eq!(world.ask(&[&world.crl(&late), &world.crl(&CrlSpec::new(day(20), day(27)))]), GOOD);

    let answer = |cutoff: Option<i64>| {
        let issuer = &world.pki.intermediate.certificate;
        let answer = OcspAnswerSpec::new(&world.target, issuer, OcspStatus::Good, day(40));
        let answer = cutoff.map_or(answer.clone(), |days| answer.with_archive_cutoff(day(days)));
        world.pki.intermediate.answer_ocsp(&OcspSpec::new(day(40), answer)).unwrap()
    };
    assert_eq!(world.ask(&[&answer(None)]), RevocationStatus::IssuedAfterExpiry);
    assert_eq!(world.ask(&[&answer(Some(29))]), GOOD);
}

#[test]
fn holds_end_and_revocations_do_not() {
    let world = World::new();
    let at = |this, reason: Option<RevocationReason>| {
        let spec = CrlSpec::new(day(this), day(7)).with_number(10);
        world.crl(&match reason {
            Some(reason) => spec.with_revoked(&world.revoked(day(-5)).with_reason(reason)),
            None => spec,
        })
    };
    use RevocationReason::{CertificateHold, KeyCompromise, RemoveFromCrl, Superseded};
    let on_hold = RevocationStatus::OnHold { since: day(-5) };
    assert_eq!(world.ask(&[&at(0, Some(CertificateHold))]), on_hold);
    assert_eq!(world.ask(&[&at(0, Some(RemoveFromCrl))]), on_hold);
    assert_eq!(world.ask(&[&at(0, Some(CertificateHold)), &at(1, None)]), GOOD);
    assert_eq!(world.ask(&[&at(0, Some(CertificateHold)), &at(-1, None)]), on_hold);
    assert_eq!(world.ask(&[&at(0, Some(CertificateHold)), &at(0, None)]), on_hold);
    assert_eq!(world.ask(&[&at(0, Some(Superseded)), &at(1, None)]), revoked(-5, Superseded));
    // Of several revocations the worst.
    let later = world.crl(&fresh().with_revoked(&world.revoked(day(-1)).with_reason(KeyCompromise)));
    assert_eq!(world.ask(&[&at(0, Some(Superseded)), &later]), revoked(-5, KeyCompromise));
}

#[test]
fn a_delta_crl_changes_its_complete_one() {
    let world = World::new();
    let base = world.crl(&fresh());
    let delta = |number, base| CrlSpec::new(day(1), day(2)).with_number(number).with_delta_base(base);
    let entry = |reason| world.revoked(day(-5)).with_reason(reason);
    use RevocationReason::{CertificateHold, KeyCompromise, RemoveFromCrl};
    let status = world.ask_with(&[&base, &world.crl(&delta(11, 10))], |request| request);
    assert_eq!((status.status, status.this_update), (GOOD, Some(day(1))));
    assert!(matches!(status.source, Some(RevocationSource::Crl { delta: Some(_), .. })));
    let revokes = world.crl(&delta(11, 10).with_revoked(&entry(KeyCompromise)));
    assert_eq!(world.ask(&[&base, &revokes]), revoked(-5, KeyCompromise));
    // On its own it tells of no "good", but a revocation is one.
    let status = world.ask_with(&[&world.crl(&delta(11, 10))], |request| request);
    assert_eq!(status.status, BASE_MISSING);
    assert_eq!(status.set_aside.len(), 1);
    assert_eq!(world.ask(&[&revokes]), revoked(-5, KeyCompromise));

    let held = world.crl(&fresh().with_revoked(&entry(CertificateHold)));
    let removes = |number, base| world.crl(&delta(number, base).with_revoked(&entry(RemoveFromCrl)));
    let on_hold = RevocationStatus::OnHold { since: day(-5) };
    assert_eq!(world.ask(&[&held, &removes(11, 10)]), GOOD);
    assert_eq!(world.ask(&[&held, &removes(11, 9)]), GOOD);
    // Numbers that do not meet, another scope, another key.
    assert_eq!(world.ask(&[&held, &removes(11, 11)]), on_hold);
    assert_eq!(world.ask(&[&held, &removes(10, 9)]), on_hold);
    let point = IssuingPointSpec { coverage: Coverage::UserCerts, ..IssuingPointSpec::default() };
    let scoped = delta(11, 10).with_issuing_distribution_point(&point).with_revoked(&entry(RemoveFromCrl));
    assert_eq!(world.ask(&[&held, &world.crl(&scoped)]), on_hold);
    // One that is too old itself changes nothing.
    let old = CrlSpec::new(day(-3), day(-1)).with_number(11).with_delta_base(10).with_revoked(&entry(RemoveFromCrl));
    assert_eq!(world.ask(&[&held, &world.crl(&old)]), on_hold);
    // A complete list that is too old is as new as its delta.
    let old_base = world.crl(&CrlSpec::new(day(-7), day(-1)).with_number(10));
    assert_eq!(world.ask(&[&old_base]), RevocationStatus::Stale);
    assert_eq!(world.ask(&[&old_base, &world.crl(&delta(11, 10))]), GOOD);
}

#[test]
fn an_entry_that_was_removed_because_the_certificate_expired_stays_a_revocation() {
    let mut world = World::of(&CertificateSpec::seal("Short", day(-1), day(30)));
    world.at = day(10);
    let entry = |reason| world.revoked(day(5)).with_reason(reason);
    let base = CrlSpec::new(day(9), day(20)).with_number(10).with_revoked(&entry(RevocationReason::KeyCompromise));
    let removes = |from| {
        let delta = CrlSpec::new(day(from), day(from + 7)).with_number(11).with_delta_base(10);
        world.crl(&delta.with_revoked(&entry(RevocationReason::RemoveFromCrl)))
    };
    let base = world.crl(&base);
    assert_eq!(world.ask(&[&base, &removes(31)]), revoked(5, RevocationReason::KeyCompromise));
    assert_eq!(world.ask(&[&base, &removes(12)]), GOOD);
}

#[test]
fn lists_are_partitioned_by_kind_of_certificate() {
    let world = World::new();
    let ask = |coverage| {
        let point = IssuingPointSpec { coverage, ..IssuingPointSpec::default() };
        world.ask(&[&world.crl(&fresh().with_issuing_distribution_point(&point))])
    };
    assert_eq!(ask(Coverage::All), GOOD);
    assert_eq!(ask(Coverage::UserCerts), GOOD);
    assert_eq!(ask(Coverage::CaCerts), RevocationStatus::Absent);
    assert_eq!(ask(Coverage::AttributeCerts), RevocationStatus::Absent);
}

#[test]
fn lists_are_partitioned_by_distribution_point() {
    let uri = |number: u8| PointNameSpec::Uri(format!("http://crl.example/{number}"));
    let point = |name| DistributionPointSpec { name: Some(name), ..DistributionPointSpec::default() };
    let ask = |own: PointNameSpec, of_crl: PointNameSpec| {
        let world = World::of(&seal_spec().with_distribution_points(&[point(own)]));
        let issuing = IssuingPointSpec { name: Some(of_crl), ..IssuingPointSpec::default() };
        world.ask(&[&world.crl(&fresh().with_issuing_distribution_point(&issuing))])
    };
    assert_eq!(ask(uri(1), uri(1)), GOOD);
    assert_eq!(ask(uri(1), uri(2)), RevocationStatus::Absent);
    // The same name relative to the issuer, and in full.
    let relative = || PointNameSpec::Relative("CRL 1".into());
    let full = |name: &str| {
        let issuer = CertificateSpec::name("Test Seal CA");
        let value = writer::tlv(Tag::UTF8_STRING, name.as_bytes());
        let rdn = writer::tlv(Tag::SET, &writer::sequence(&[&writer::oid(oid::COMMON_NAME), &value]));
        PointNameSpec::Directory(writer::tlv(Tag::SEQUENCE, &[&issuer[2..], &rdn].concat()))
    };
    assert_eq!(ask(relative(), relative()), GOOD);
    assert_eq!(ask(full("CRL 1"), relative()), GOOD);
    assert_eq!(ask(relative(), full("crl 1")), GOOD);
    assert_eq!(ask(relative(), full("CRL 2")), RevocationStatus::Absent);
    // A list for the issuer's own name, or for everything, covers every point.
    assert_eq!(ask(uri(1), PointNameSpec::Directory(CertificateSpec::name("Test Seal CA"))), GOOD);
    // A certificate that names no point.
    let world = World::new();
    let issuing = IssuingPointSpec { name: Some(uri(1)), ..IssuingPointSpec::default() };
    assert_eq!(world.ask(&[&world.crl(&fresh().with_issuing_distribution_point(&issuing))]), RevocationStatus::Absent);
}

#[test]
fn lists_are_partitioned_by_reasons() {
    let world = World::new();
    let list = |this, reasons: &[u8]| {
        let point = IssuingPointSpec { reasons: Some(reasons.to_vec()), ..IssuingPointSpec::default() };
        CrlSpec::new(day(this), day(7)).with_issuing_distribution_point(&point)
    };
    let compromise = world.crl(&list(0, &[1, 2, 8]));
    let others = list(-1, &[3, 4, 5, 6, 7]);
    assert_eq!(world.ask(&[&compromise]), REASONS_MISSING);
    let status = world.ask_with(&[&compromise, &world.crl(&others)], |request| request);
    assert_eq!((status.status, status.this_update), (GOOD, Some(day(-1))));
    let listed = others.clone().with_revoked(&world.revoked(day(-5)).with_reason(RevocationReason::Superseded));
    assert_eq!(world.ask(&[&compromise, &world.crl(&listed)]), revoked(-5, RevocationReason::Superseded));
    assert_eq!(world.ask(&[&compromise, &world.crl(&list(0, &[3, 4, 5, 6]))]), REASONS_MISSING);
    assert_eq!(world.ask(&[&compromise, &world.crl(&list(0, &[1, 2]))]), REASONS_MISSING);
    // The certificate itself may say for which reasons a point serves.
    let name = || Some(PointNameSpec::Uri("http://crl.example/".into()));
    let point = DistributionPointSpec { name: name(), reasons: Some(vec![1, 2]), crl_issuer: None };
    let world = World::of(&seal_spec().with_distribution_points(&[point]));
    let issuing = IssuingPointSpec { name: name(), ..IssuingPointSpec::default() };
    assert_eq!(world.ask(&[&world.crl(&fresh().with_issuing_distribution_point(&issuing))]), REASONS_MISSING);
}

/// A target whose CRLs come from somebody else, below the same root.
fn indirect() -> (World, CertifiedKey) {
    let point = DistributionPointSpec {
        crl_issuer: Some(CertificateSpec::name("CRL Office")),
        ..DistributionPointSpec::default()
    };
    let mut world = World::of(&seal_spec().with_distribution_points(&[point]));
    let office = world.issue(&world.pki.root, &crl_signer_spec("CRL Office"));
    world.others.push(office.certificate.clone());
    (world, office)
}

fn indirect_crl() -> CrlSpec {
    let point = IssuingPointSpec { reach: Reach::Indirect, ..IssuingPointSpec::default() };
    CrlSpec::new(day(0), day(7)).with_issuing_distribution_point(&point)
}

#[test]
fn an_indirect_crl_lists_certificates_of_others() {
    let (world, office) = indirect();
    let root_crl = world.root_crl(&fresh());
    let ask = |spec: &CrlSpec| world.ask(&[&root_crl, &office.issue_crl(spec).unwrap()]);
    assert_eq!(ask(&indirect_crl()), GOOD);
    assert_eq!(ask(&CrlSpec::new(day(0), day(7))), RevocationStatus::Absent);
    // An entry without a name belongs to the issuer of the list; with one, to that and to those after it.
    let own = world.target.issuer_der().to_vec();
    let entry = world.revoked(day(-5));
    assert_eq!(ask(&indirect_crl().with_revoked(&entry)), GOOD);
    let named = entry.clone().with_certificate_issuer(&own);
    assert_eq!(ask(&indirect_crl().with_revoked(&named)), revoked(-5, RevocationReason::Unspecified));
    let first = RevokedSpec::new(&world.pki.tsa.certificate, day(-6)).with_certificate_issuer(&own);
    assert_eq!(
        ask(&indirect_crl().with_revoked(&first).with_revoked(&entry)),
        revoked(-5, RevocationReason::Unspecified)
    );
    let other =
        RevokedSpec::new(&world.pki.tsa.certificate, day(-6)).with_certificate_issuer(&CertificateSpec::name("X"));
    assert_eq!(ask(&indirect_crl().with_revoked(&first).with_revoked(&other).with_revoked(&entry)), GOOD);
    // Whoever is not named in the certificate tells nothing.
    let stranger = world.issue(&world.pki.root, &crl_signer_spec("Another Office"));
    assert_eq!(world.ask(&[&root_crl, &stranger.issue_crl(&indirect_crl()).unwrap()]), RevocationStatus::Absent);
}

#[test]
fn the_signer_of_a_crl_is_judged_itself() {
    let (world, office) = indirect();
    let crl = office.issue_crl(&indirect_crl()).unwrap();
    let unknown = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerStatusUnknown);
    assert_eq!(world.ask(&[&crl]), unknown);
    let status = world.ask_with(&[&crl], |request| request.with_crl_signers(SignerRevocation::IfKnown));
    assert_eq!((status.status, status.signer_status_unknown), (GOOD, true));
    let revokes = |date, reason| {
        let entry = RevokedSpec::new(&office.certificate, day(date)).with_reason(reason);
        world.root_crl(&fresh().with_revoked(&entry))
    };
    let signer_revoked = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerRevoked);
    assert_eq!(world.ask(&[&crl, &revokes(-1, RevocationReason::Superseded)]), signer_revoked);
    assert_eq!(world.ask(&[&crl, &revokes(1, RevocationReason::KeyCompromise)]), signer_revoked);
    assert_eq!(world.ask(&[&crl, &revokes(1, RevocationReason::Superseded)]), GOOD);
}

#[test]
fn a_crl_may_cover_its_own_signer() {
    // As the signer's certificate, too, names the signer as its CRL issuer.
    let (mut world, _) = indirect();
    let point = DistributionPointSpec {
        crl_issuer: Some(CertificateSpec::name("CRL Office")),
        ..DistributionPointSpec::default()
    };
    let office = world.issue(&world.pki.root, &crl_signer_spec("CRL Office").with_distribution_points(&[point]));
    world.others = vec![office.certificate.clone()];
    assert_eq!(world.ask(&[&office.issue_crl(&indirect_crl()).unwrap()]), GOOD);
    let itself =
        RevokedSpec::new(&office.certificate, day(-1)).with_certificate_issuer(office.certificate.issuer_der());
    let crl = office.issue_crl(&indirect_crl().with_revoked(&itself)).unwrap();
    assert_eq!(world.ask(&[&crl]), RevocationStatus::NotAuthenticated(NotAuthenticated::SignerRevoked));
    // Somebody else's word against it counts.
    let revoked = RevokedSpec::new(&office.certificate, day(-1));
    let root_crl = world.root_crl(&fresh().with_revoked(&revoked));
    let own = office.issue_crl(&indirect_crl()).unwrap();
    assert_eq!(world.ask(&[&own, &root_crl]), RevocationStatus::NotAuthenticated(NotAuthenticated::SignerRevoked));
}

#[test]
fn a_crl_may_be_signed_by_another_key_of_the_same_authority_only() {
    let mut world = World::new();
    let root_crl = world.root_crl(&fresh());
    let ca = "Test Seal CA";
    let ask = |world: &mut World, key: &CertifiedKey| {
        world.others = vec![key.certificate.clone()];
        world.ask(&[&root_crl, &key.issue_crl(&fresh()).unwrap()])
    };
    // Certified by the same issuer, or by itself; then its status comes from the other key.
    let crl_key = world.issue(&world.pki.root, &crl_signer_spec(ca).with_serial(&[7]));
    assert_eq!(ask(&mut world, &crl_key), GOOD);
    let renewed = world.issue(&world.pki.root, &CertificateSpec::authority(ca, day(-1), day(30)).with_serial(&[8]));
    assert_eq!(ask(&mut world, &renewed), GOOD);
    let own = world.issue(&world.pki.intermediate, &crl_signer_spec(ca).with_serial(&[9]));
    let own_crl = world.crl(&fresh());
    assert_eq!(ask(&mut world, &own), RevocationStatus::NotAuthenticated(NotAuthenticated::SignerStatusUnknown));
    world.others = vec![own.certificate.clone()];
    assert_eq!(world.ask(&[&root_crl, &own_crl, &own.issue_crl(&CrlSpec::new(day(1), day(7))).unwrap()]), GOOD);
    // A namesake below another authority of the same root.
    let rival = world.issue(&world.pki.root, &CertificateSpec::authority("Rival CA", day(-1), day(30)));
    let namesake = world.issue(&rival, &crl_signer_spec(ca).with_serial(&[10]));
    world.others = vec![namesake.certificate.clone(), rival.certificate.clone()];
    let crl = namesake.issue_crl(&fresh()).unwrap();
    assert_eq!(world.ask(&[&root_crl, &crl]), not_authorised());
    // A namesake below another anchor.
    let foreign = world.issue(&world.pki.tsa_root, &crl_signer_spec(ca).with_serial(&[11]));
    world.anchors.add(world.pki.tsa_root.certificate.clone());
    let status = ask(&mut world, &foreign);
    assert!(matches!(status, RevocationStatus::NotAuthenticated(NotAuthenticated::SignerPath(_))), "{status:?}");
    // Without cRLSign; expired.
    let no_crl_sign = world.issue(&world.pki.root, &CertificateSpec::seal(ca, day(-1), day(30)).with_serial(&[12]));
    assert_eq!(ask(&mut world, &no_crl_sign), not_authorised());
    let spec = CertificateSpec::new(ca, day(-9), day(-1)).with_key_usage(&[Usage::CrlSign]).with_serial(&[13]);
    let expired = world.issue(&world.pki.root, &spec);
    let status = ask(&mut world, &expired);
    assert!(matches!(status, RevocationStatus::NotAuthenticated(NotAuthenticated::SignerPath(_))), "{status:?}");
    // Nobody at hand.
    world.others.clear();
    let status = world.ask(&[&root_crl, &crl_key.issue_crl(&fresh()).unwrap()]);
    assert_eq!(status, RevocationStatus::NotAuthenticated(NotAuthenticated::SignatureInvalid));
}

#[test]
fn what_is_critical_and_unknown_is_refused_by_name() {
    let world = World::new();
    let unknown = const_oid::ObjectIdentifier::new_unwrap("1.2.3.4");
    let null = || writer::tlv(Tag::NULL, &[]);
    let not_supported = |what: &str| RevocationStatus::NotSupported { what: what.into() };
    let list = world.crl(&fresh().with_critical_extension(unknown, null()));
    assert_eq!(world.ask(&[&list]), not_supported("critical CRL extension 1.2.3.4"));
    let status = world.ask_with(&[&list, &world.crl(&fresh())], |request| request);
    assert_eq!((status.status, status.set_aside.len()), (GOOD, 1));
    assert_eq!(world.ask(&[&world.crl(&fresh().with_extension(unknown, null()))]), GOOD);
    // In the entry of somebody else.
    let other = RevokedSpec::new(&world.pki.tsa.certificate, day(-6)).with_critical_extension(unknown, null());
    let status = world.ask(&[&world.crl(&fresh().with_revoked(&other))]);
    assert_eq!(status, not_supported("critical CRL entry extension 1.2.3.4"));
    let ca = &world.pki.intermediate;
    let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_critical_extension(unknown, null());
    let status = world.ask(&[&ca.answer_ocsp(&spec).unwrap()]);
    assert_eq!(status, not_supported("critical OCSP response extension 1.2.3.4"));
    // Twice the same extension.
    let twice = fresh().with_number(11);
    assert!(matches!(Crl::from_der(&world.crl(&twice)), Err(RevocationDataError::Crl { field: "crlExtensions", .. })));
}

#[test]
fn the_issuer_answers_itself() {
    let world = World::new();
    let ca = &world.pki.intermediate;
    let status = world.ask_with(&[&world.ocsp(ca, world.answer(OcspStatus::Good))], |request| request);
    assert_eq!((status.status, status.produced_at), (GOOD, Some(day(0))));
    assert!(matches!(status.source, Some(RevocationSource::Ocsp { .. })));
    let by_key = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_responder_id(ResponderIdSpec::ByKey);
    assert_eq!(world.ask(&[&ca.answer_ocsp(&by_key.with_certificates(Vec::new())).unwrap()]), GOOD);
    for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        assert_eq!(world.ask(&[&world.ocsp(ca, world.answer(OcspStatus::Good).with_digest(digest))]), GOOD);
    }
    let says = |status| world.ask(&[&world.ocsp(ca, world.answer(status))]);
    let on = |reason| OcspStatus::Revoked { date: day(-2), reason };
    assert_eq!(says(on(Some(RevocationReason::KeyCompromise))), revoked(-2, RevocationReason::KeyCompromise));
    assert_eq!(says(on(None)), revoked(-2, RevocationReason::Unspecified));
    assert_eq!(says(on(Some(RevocationReason::CertificateHold))), RevocationStatus::OnHold { since: day(-2) });
    assert_eq!(says(OcspStatus::Unknown), RevocationStatus::Unknown);
    // About somebody else: another serial number, another issuer.
    let (root, issuer) = (&world.pki.root.certificate, &ca.certificate);
    for (certificate, issuer) in [(&world.pki.tsa.certificate, issuer), (&world.target, root)] {
        let answer = OcspAnswerSpec::new(certificate, issuer, OcspStatus::Good, day(0)).with_next_update(day(7));
        assert_eq!(world.ask(&[&world.ocsp(ca, answer)]), RevocationStatus::Absent);
    }
    // By the issuer's issuer, which is not the issuer.
    assert_eq!(world.ask(&[&world.ocsp(&world.pki.root, world.answer(OcspStatus::Good))]), not_authorised());
    // Too old; without nextUpdate.
    let aged = |this, next: Option<i64>| {
        let answer = OcspAnswerSpec::new(&world.target, issuer, OcspStatus::Good, day(this));
        world.ask(&[&world.ocsp(ca, next.map_or(answer.clone(), |next| answer.with_next_update(day(next))))])
    };
    assert_eq!(aged(-7, Some(0)), GOOD);
    assert_eq!(aged(-7, Some(-1)), RevocationStatus::Stale);
    assert_eq!(aged(-1, None), RevocationStatus::Stale);
    assert_eq!(aged(1, None), GOOD);
}

#[test]
fn a_delegated_responder_is_certified_by_the_issuer_for_it() {
    let world = World::new();
    let ask = |by: &CertifiedKey| world.ask(&[&world.ocsp(by, world.answer(OcspStatus::Good))]);
    assert_eq!(ask(&world.responder(&responder_spec())), GOOD);
    // Without the purpose; with any purpose; with a key that may not sign.
    assert_eq!(ask(&world.responder(&responder_spec().without_extension(oid::EXTENDED_KEY_USAGE))), not_authorised());
    let any = const_oid::ObjectIdentifier::new_unwrap("2.5.29.37.0");
    assert_eq!(ask(&world.responder(&responder_spec().with_extended_key_usage(&[any]))), not_authorised());
    assert_eq!(ask(&world.responder(&responder_spec().with_key_usage(&[Usage::CrlSign]))), not_authorised());
    // By somebody else, under whatever name.
    assert_eq!(ask(&world.issue(&world.pki.root, &responder_spec())), not_authorised());
    let impostor = CertificateSpec::authority("Test Seal CA", day(-1), day(30));
    let impostor = impostor.self_signed(generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let status = ask(&world.issue(&impostor, &responder_spec()));
    assert!(matches!(status, RevocationStatus::NotAuthenticated(NotAuthenticated::SignerPath(_))), "{status:?}");
    // Expired when it answered.
    let status = ask(&world.responder(&CertificateSpec::ocsp_responder("Old", day(-9), day(-1))));
    assert!(matches!(status, RevocationStatus::NotAuthenticated(NotAuthenticated::SignerPath(_))), "{status:?}");
    // Another key than the certificate's.
    let (one, other) = (world.responder(&responder_spec()), world.responder(&responder_spec()));
    let mixed = CertifiedKey { certificate: one.certificate, signer: other.signer };
    assert_eq!(ask(&mixed), RevocationStatus::NotAuthenticated(NotAuthenticated::SignatureInvalid));
    // The certificate from elsewhere, or from nowhere.
    let mut world = World::new();
    let responder = world.responder(&responder_spec());
    let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_certificates(Vec::new());
    let response = responder.answer_ocsp(&spec).unwrap();
    let nowhere = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerNotFound);
    assert_eq!(world.ask(&[&response]), nowhere);
    world.others.push(responder.certificate);
    assert_eq!(world.ask(&[&response]), GOOD);
}

#[test]
fn the_status_of_a_responder() {
    let world = World::new();
    let checked = world.responder(&responder_spec().without_extension(oid::OCSP_NOCHECK));
    let response = world.ocsp(&checked, world.answer(OcspStatus::Good));
    let status = world.ask_with(&[&response], |request| request);
    assert_eq!((status.status, status.signer_status_unknown), (GOOD, true));
    fn required(request: RevocationRequest<'_>) -> RevocationRequest<'_> {
        request.with_ocsp_responders(SignerRevocation::Required)
    }
    let unknown = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerStatusUnknown);
    assert_eq!(world.ask_with(&[&response], required).status, unknown);
    let exempt = world.responder(&responder_spec());
    assert_eq!(world.ask_with(&[&world.ocsp(&exempt, world.answer(OcspStatus::Good))], required).status, GOOD);
    // By a list that is only about others, so that the answer decides about the target.
    let by_ca =
        OcspAnswerSpec::new(&checked.certificate, &world.pki.intermediate.certificate, OcspStatus::Good, day(0));
    let status = |status| OcspAnswerSpec { status, ..by_ca.clone() };
    let about = |answer| world.ocsp(&world.pki.intermediate, answer);
    assert_eq!(world.ask_with(&[&response, &about(status(OcspStatus::Good))], required).status, GOOD);
    let revoked = OcspStatus::Revoked { date: day(-1), reason: None };
    let signer_revoked = RevocationStatus::NotAuthenticated(NotAuthenticated::SignerRevoked);
    assert_eq!(world.ask(&[&response, &about(status(revoked))]), signer_revoked);
    // Asked about itself, an exempt responder is exempt.
    let world = World { target: exempt.certificate, ..world };
    assert_eq!(world.ask(&[]), RevocationStatus::NocheckExempt);
}

#[test]
fn no_source_hides_a_revocation_of_another() {
    let world = World::new();
    let ca = &world.pki.intermediate;
    let listed = world.crl(&CrlSpec::new(day(-1), day(7)).with_revoked(&world.revoked(day(-5))));
    let good = world.ocsp(ca, world.answer(OcspStatus::Good));
    assert_eq!(world.ask(&[&listed, &good]), revoked(-5, RevocationReason::Unspecified));
    let says = world.ocsp(ca, world.answer(OcspStatus::Revoked { date: day(-2), reason: None }));
    let clean = world.crl(&CrlSpec::new(day(3), day(7)));
    assert_eq!(world.ask(&[&says, &clean]), revoked(-2, RevocationReason::Unspecified));
    // "Unknown" is no answer where there is one; what is not authenticated does not take away what is.
    let unknown = world.ocsp(ca, world.answer(OcspStatus::Unknown));
    assert_eq!(world.ask(&[&unknown, &clean]), GOOD);
    let forged = world.root_crl(&fresh().with_issuer(CertificateSpec::name("Test Seal CA")));
    assert_eq!(world.ask(&[&forged, &clean]), GOOD);
}

#[test]
fn signatures_come_out_of_the_shared_budget() {
    let world = World::new();
    let (crl, response) = (world.crl(&fresh()), world.ocsp(&world.pki.intermediate, world.answer(OcspStatus::Good)));
    for (limit, status) in [(0, RevocationStatus::BudgetExhausted), (1, RevocationStatus::BudgetExhausted), (2, GOOD)] {
        let mut data = RevocationData::new();
        data.add_der(&crl).unwrap();
        data.add_der(&response).unwrap();
        let (budget, path) = (SignatureBudget::new(limit), world.path());
        let request = RevocationRequest::new(&path, &data, &[], &world.anchors, now()).with_budget(&budget);
        assert_eq!(check_revocation(&request)[0].status, status, "{limit}");
        assert_eq!(budget.used(), limit);
    }
    // A revocation that was found stands.
    let listed = world.crl(&fresh().with_revoked(&world.revoked(day(-5))));
    let mut data = RevocationData::new();
    data.add_der(&listed).unwrap();
    data.add_der(&response).unwrap();
    let (budget, path) = (SignatureBudget::new(1), world.path());
    let request = RevocationRequest::new(&path, &data, &[], &world.anchors, now()).with_budget(&budget);
    assert_eq!(check_revocation(&request)[0].status, revoked(-5, RevocationReason::Unspecified));
}

#[test]
fn the_store_takes_der_and_pem_once_each() {
    let world = World::new();
    let (crl, response) = (world.crl(&fresh()), world.ocsp(&world.pki.intermediate, world.answer(OcspStatus::Good)));
    let pem = |label, der: &[u8]| pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap();
    let text =
        [pem("X509 CRL", &crl), pem("CERTIFICATE", world.target.der()), pem("OCSP RESPONSE", &response)].concat();
    let mut data = RevocationData::from_bytes(text.as_bytes()).unwrap();
    assert_eq!((data.crls().len(), data.ocsp_responses().len()), (1, 1));
    data.extend(&RevocationData::from_bytes(&crl).unwrap()).unwrap();
    data.add_der(&response).unwrap();
    assert_eq!((data.crls().len(), data.ocsp_responses().len()), (1, 1));
    assert_eq!(data.crls()[0].der(), crl);
    let base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(&response);
    assert_eq!(RevocationData::from_bytes(base64.as_bytes()).unwrap().ocsp_responses()[0].der(), response);
    let refused = |octets: &[u8]| RevocationData::from_bytes(octets).unwrap_err();
    assert_eq!(refused(world.target.der()), RevocationDataError::Unrecognised);
    assert_eq!(refused(pem("CERTIFICATE", world.target.der()).as_bytes()), RevocationDataError::Unrecognised);
    assert_eq!(refused(b"-----BEGIN X509 CRL-----\nMII"), RevocationDataError::Text);
    assert_eq!(refused(b"\xff"), RevocationDataError::Unrecognised);
    assert_eq!(refused(b""), RevocationDataError::Unrecognised);
    assert_eq!(refused(&[0x30, 3, 0x0a, 1, 6]), RevocationDataError::ResponseStatus(OcspResponseStatus::Unauthorized));
    for number in 0..=limits::MAX_CRLS {
        let added = data.add_der(&world.crl(&CrlSpec::new(day(0), day(7)).with_number(u64::try_from(number).unwrap())));
        assert_eq!(added.is_err(), number == limits::MAX_CRLS - 1 || number == limits::MAX_CRLS, "{number}");
    }
}

#[test]
fn a_bare_basic_response_and_its_nonce_are_read() {
    let world = World::new();
    let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_nonce(b"12345678");
    let der = world.pki.intermediate.answer_ocsp(&spec).unwrap();
    let whole = OcspResponse::from_der(&der).unwrap();
    assert_eq!(whole.nonce(), Some(&b"\x04\x0812345678"[..]));
    assert_eq!(whole.certificates(), core::slice::from_ref(&world.pki.intermediate.certificate));
    // Without OCSPResponse, ResponseBytes and OCTET STRING around it.
    let at = der.windows(9).position(|octets| octets == oid::OCSP_BASIC.as_bytes()).unwrap() + 9;
    let mut reader = signed_data::tlv::Reader::new(&der[at..], "response");
    let basic = reader.octet_string().unwrap();
    assert_eq!(world.ask(&[basic]), GOOD);
    assert_eq!(
        OcspResponse::from_der(basic).unwrap().responses().collect::<Vec<_>>(),
        whole.responses().collect::<Vec<_>>()
    );
}

/// Each bit flipped, each length: no panic, and a revoked certificate never becomes a good one.
#[test]
fn damage_never_turns_revoked_into_good() {
    let world = World::new();
    let responder = world.responder(&responder_spec());
    let status = OcspStatus::Revoked { date: day(-2), reason: Some(RevocationReason::KeyCompromise) };
    let listed = fresh().with_revoked(&world.revoked(day(-2)).with_reason(RevocationReason::KeyCompromise));
    let path = world.path();
    for original in [world.crl(&listed), world.ocsp(&responder, world.answer(status))] {
        let mut still_revoked = 0;
        let mut try_it = |octets: &[u8]| {
            let Ok(data) = RevocationData::from_bytes(octets) else { return };
            let request = RevocationRequest::new(&path, &data, &[], &world.anchors, now());
            let status = check_revocation(&request).swap_remove(0).status;
            assert_ne!(status, GOOD);
            still_revoked += usize::from(matches!(status, RevocationStatus::Revoked { .. }));
        };
        for index in 0..original.len() {
            try_it(&original[..index]);
            for bit in 0..8 {
                let mut octets = original.clone();
                octets[index] ^= 1 << bit;
                try_it(&octets);
            }
        }
        // Some flips are outside of what is signed, in certificates that are not needed.
        assert!(still_revoked < original.len(), "{still_revoked} of {}", original.len());
    }
}
