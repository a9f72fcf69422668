//! These tests check times, deltas and partitions of CRLs.

use super::*;

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
    let stranger = RevokedSpec::new(&world.pki.tsa.certificate, day(-3));
    assert_eq!(world.ask(&[&world.crl(&fresh().with_revoked(&stranger))]), GOOD);
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

/// RFC 5280 gives each certificate one entry. Where a list has several, none plays another one down.
#[test]
fn of_several_entries_the_strictest_counts_in_any_order() {
    use RevocationReason::{
        CertificateHold, CessationOfOperation, KeyCompromise, Other, PrivilegeWithdrawn, RemoveFromCrl, Superseded,
        Unspecified,
    };
    let world = World::new();
    let entry = |(since, reason): (i64, RevocationReason)| world.revoked(day(since)).with_reason(reason);
    let on_hold = RevocationStatus::OnHold { since: day(-5) };
    for (left, right, expected) in [
        ((-5, KeyCompromise), (-1, Superseded), revoked(-5, KeyCompromise)),
        ((-5, Superseded), (-1, KeyCompromise), revoked(-5, KeyCompromise)),
        ((-5, Superseded), (-1, PrivilegeWithdrawn), revoked(-5, PrivilegeWithdrawn)),
        ((-5, Superseded), (-5, PrivilegeWithdrawn), revoked(-5, PrivilegeWithdrawn)),
        ((-5, Superseded), (-1, Unspecified), revoked(-5, Unspecified)),
        ((-5, Superseded), (-1, Other(7)), revoked(-5, Other(7))),
        ((-5, PrivilegeWithdrawn), (-1, KeyCompromise), revoked(-5, KeyCompromise)),
        ((-5, PrivilegeWithdrawn), (-1, Unspecified), revoked(-5, PrivilegeWithdrawn)),
        // Neither leaves doubt about what was signed before, so that the earlier one is told.
        ((-5, Superseded), (-1, CessationOfOperation), revoked(-5, Superseded)),
        ((-5, CessationOfOperation), (-1, Superseded), revoked(-5, CessationOfOperation)),
        ((-5, Superseded), (-9, CertificateHold), revoked(-5, Superseded)),
        ((-5, Superseded), (-9, RemoveFromCrl), revoked(-5, Superseded)),
        ((-5, CertificateHold), (-9, RemoveFromCrl), on_hold.clone()),
    ] {
        for entries in [[left, right], [right, left]] {
            let spec = entries.into_iter().fold(fresh(), |spec, stated| spec.with_revoked(&entry(stated)));
            assert_eq!(world.ask(&[&world.crl(&spec)]), expected, "{entries:?}");
            // The same in two lists, of which each has its own say about a hold.
            let lists = entries.map(|stated| world.crl(&fresh().with_revoked(&entry(stated))));
            if expected != on_hold {
                assert_eq!(world.ask(&[&lists[0], &lists[1]]), expected, "{entries:?}");
            }
            // The same in a delta CRL, whose entry would end a hold.
            let base = fresh().with_revoked(&entry((-5, CertificateHold)));
            let delta = CrlSpec::new(day(1), day(2)).with_number(11).with_delta_base(10);
            let delta = entries.into_iter().fold(delta, |spec, stated| spec.with_revoked(&entry(stated)));
            assert_eq!(world.ask(&[&world.crl(&base), &world.crl(&delta)]), expected, "{entries:?}");
        }
    }
}

/// The invalidityDate counts that is earliest, even beside a later revocation date. One of a hold is not one of a revocation.
#[test]
fn of_several_entries_the_earliest_invalidity_date_counts() {
    use RevocationReason::{CertificateHold, Superseded};
    let world = World::new();
    let entry = |since, invalid: Option<i64>| {
        let entry = world.revoked(day(since)).with_reason(Superseded);
        invalid.map_or(entry.clone(), |days| entry.with_invalidity_date(day(days)))
    };
    let hold = world.revoked(day(-9)).with_reason(CertificateHold).with_invalidity_date(day(-20));
    for (left, right, expected) in [
        (entry(-5, None), entry(-1, Some(-8)), Some(day(-8))),
        (entry(-5, Some(-6)), entry(-1, Some(-8)), Some(day(-8))),
        (entry(-5, Some(-6)), entry(-1, None), Some(day(-6))),
        (entry(-5, None), hold, None),
    ] {
        for [first, second] in [[&left, &right], [&right, &left]] {
            let together = world.crl(&fresh().with_revoked(first).with_revoked(second));
            let apart = [first, second].map(|entry| world.crl(&fresh().with_revoked(entry)));
            for crls in [vec![&*together], apart.iter().map(Vec::as_slice).collect()] {
                let status = world.ask_with(&crls, |request| request);
                assert_eq!((status.status, status.invalidity_date), (revoked(-5, Superseded), expected));
            }
        }
    }
}

/// Of two deltas of one thisUpdate the one of the higher number is the newer one, whatever their digests are.
#[test]
fn of_two_deltas_of_one_time_the_higher_number_counts() {
    use RevocationReason::{CertificateHold, RemoveFromCrl};
    let world = World::new();
    let entry = |reason| world.revoked(day(-5)).with_reason(reason);
    let base = world.crl(&fresh().with_revoked(&entry(CertificateHold)));
    let delta = |number, reason| {
        let spec = CrlSpec::new(day(1), day(2)).with_number(number).with_delta_base(10);
        world.crl(&spec.with_revoked(&entry(reason)))
    };
    let on_hold = RevocationStatus::OnHold { since: day(-5) };
    for until in 2..6 {
        // Other octets each time, and so another order of the digests.
        let number = 10 + until;
        let (ends, holds) = (delta(number, RemoveFromCrl), delta(number + 1, CertificateHold));
        assert_eq!(world.ask(&[&base, &ends, &holds]), on_hold);
        let (holds, ends) = (delta(number, CertificateHold), delta(number + 1, RemoveFromCrl));
        assert_eq!(world.ask(&[&base, &ends, &holds]), GOOD);
    }
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
    assert_eq!(world.ask(&[&base, &removes(12)]), revoked(5, RevocationReason::KeyCompromise));
}

/// An entry of a delta CRL takes the place of a hold, and never that of a revocation.
#[test]
fn a_delta_crl_takes_no_revocation_back() {
    use RevocationReason::{CertificateHold, KeyCompromise, RemoveFromCrl, Superseded, Unspecified};
    let world = World::new();
    let entry = |since, reason| world.revoked(day(since)).with_reason(reason);
    let base = |reason| world.crl(&fresh().with_revoked(&entry(-5, reason)));
    let delta = || CrlSpec::new(day(1), day(2)).with_number(11).with_delta_base(10);
    let newer = |since, reason| world.crl(&delta().with_revoked(&entry(since, reason)));
    for reason in [CertificateHold, RemoveFromCrl, Superseded, Unspecified, KeyCompromise] {
        for since in [-5, -2] {
            let asked = world.ask(&[&base(KeyCompromise), &newer(since, reason)]);
            assert_eq!(asked, revoked(-5, KeyCompromise), "{reason} since day {since}");
        }
    }
    let silent = world.crl(&delta());
    assert_eq!(world.ask(&[&base(KeyCompromise), &silent]), revoked(-5, KeyCompromise));
    // The earliest date and the worst reason count, whichever list states them.
    assert_eq!(world.ask(&[&base(Superseded), &newer(-2, KeyCompromise)]), revoked(-5, KeyCompromise));
    assert_eq!(world.ask(&[&base(Superseded), &newer(-6, Unspecified)]), revoked(-6, Unspecified));
    // A hold becomes a revocation, begins anew, or ends.
    let on_hold = |since| RevocationStatus::OnHold { since: day(since) };
    assert_eq!(world.ask(&[&base(CertificateHold), &newer(-2, Superseded)]), revoked(-2, Superseded));
    assert_eq!(world.ask(&[&base(CertificateHold), &newer(-2, CertificateHold)]), on_hold(-2));
    assert_eq!(world.ask(&[&base(CertificateHold), &newer(-2, RemoveFromCrl)]), GOOD);
    assert_eq!(world.ask(&[&base(CertificateHold), &silent]), on_hold(-5));
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

#[test]
fn a_point_is_found_whatever_the_case_of_its_host() {
    let uri = |uri: &str| Some(PointNameSpec::Uri(uri.into()));
    let point = DistributionPointSpec { name: uri("http://CRL.Example:80/ca.crl"), ..DistributionPointSpec::default() };
    let world = World::of(&seal_spec().with_distribution_points(&[point]));
    let ask = |name: &str| {
        let scope = IssuingPointSpec { name: uri(name), ..IssuingPointSpec::default() };
        world.ask(&[&world.crl(&fresh().with_issuing_distribution_point(&scope))])
    };
    assert_eq!(ask("http://crl.example/ca.crl"), GOOD);
    assert_eq!(ask("HTTP://crl.EXAMPLE/%63a.crl"), GOOD);
    for location in ["http://crl.example/CA.crl", "http://crl.example:8080/ca.crl", "https://crl.example/ca.crl"] {
        assert_eq!(ask(location), RevocationStatus::Absent, "{location}");
    }
}

#[test]
fn a_crl_of_the_issuer_that_does_not_cover_the_certificate_is_named_with_the_reason() {
    let point = DistributionPointSpec {
        name: Some(PointNameSpec::Uri("http://crl.example/1.crl".into())),
        reasons: Some(vec![1]),
        ..DistributionPointSpec::default()
    };
    let world = World::of(&seal_spec().with_distribution_points(&[point]));
    let scoped = |scope: &IssuingPointSpec| world.crl(&fresh().with_issuing_distribution_point(scope));
    let only = |coverage| IssuingPointSpec { coverage, ..IssuingPointSpec::default() };
    let named = |uri: &str| Some(PointNameSpec::Uri(uri.into()));
    let elsewhere = IssuingPointSpec { name: named("http://crl.example/2.crl"), ..IssuingPointSpec::default() };
    let other_reasons = IssuingPointSpec {
        name: named("http://crl.example/1.crl"),
        reasons: Some(vec![4]),
        ..IssuingPointSpec::default()
    };
    for (scope, expected) in [
        (only(Coverage::CaCerts), ScopeMismatch::Authorities),
        (only(Coverage::AttributeCerts), ScopeMismatch::AttributeCertificates),
        (elsewhere, ScopeMismatch::DistributionPoint),
        (other_reasons, ScopeMismatch::Reasons),
    ] {
        let crl = scoped(&scope);
        let status = world.ask_with(&[&crl], |request| request);
        assert_eq!(status.status, RevocationStatus::Absent);
        let [SetAside { why, .. }] = status.set_aside.as_slice() else { panic!("{:?}", status.set_aside) };
        let WhySetAside::OutOfScope { issuer, this_update, mismatch } = why else { panic!("{why}") };
        assert_eq!(
            (issuer.as_str(), *this_update, *mismatch),
            ("C=BE, O=Recommande Test, CN=Test Seal CA", day(0), expected)
        );
        // Where another source answers, nobody asks why this one does not.
        let status = world
            .ask_with(&[&crl, &world.ocsp(&world.pki.intermediate, world.answer(OcspStatus::Good))], |request| request);
        assert_eq!((status.status, status.set_aside.len()), (GOOD, 0));
    }
    // A CRL of another issuer is not about the certificate at all.
    let scope = fresh().with_issuing_distribution_point(&only(Coverage::CaCerts));
    assert!(world.ask_with(&[&world.root_crl(&scope)], |request| request).set_aside.is_empty());
}

#[test]
fn a_crl_that_breaks_a_rule_counts_and_says_so() {
    let world = World::new();
    let departures = |spec: &CrlSpec| {
        let crl = world.crl(spec);
        assert_eq!(world.ask(&[&crl]), GOOD);
        let listed = world.crl(&spec.clone().with_revoked(&world.revoked(day(-1))));
        assert_eq!(world.ask(&[&listed]), revoked(-1, RevocationReason::Unspecified));
        Crl::from_der(&crl).unwrap().departures().to_vec()
    };
    let plain = || CrlSpec::new(day(0), day(7));
    let empty_scope = || writer::sequence(&[]);
    assert!(departures(&fresh()).is_empty() && departures(&plain()).is_empty());
    assert_eq!(departures(&plain().without_version()), [CrlDeparture::ExtensionsInVersion1]);
    assert_eq!(
        departures(&plain().with_critical_extension(oid::CRL_NUMBER, vec![2, 1, 9])),
        [CrlDeparture::CriticalNumber]
    );
    assert_eq!(
        departures(&plain().with_critical_extension(oid::ISSUING_DISTRIBUTION_POINT, empty_scope())),
        [CrlDeparture::EmptyIssuingDistributionPoint]
    );
    assert_eq!(
        departures(&plain().with_extension(oid::ISSUING_DISTRIBUTION_POINT, empty_scope())),
        [CrlDeparture::EmptyIssuingDistributionPoint, CrlDeparture::IssuingDistributionPointNotCritical]
    );
    let two_kinds = writer::sequence(&[&[0x81, 1, 0xff], &[0x85, 1, 0xff]]);
    let crl = world.crl(&plain().with_critical_extension(oid::ISSUING_DISTRIBUTION_POINT, two_kinds));
    assert_eq!(Crl::from_der(&crl).unwrap().departures(), [CrlDeparture::SeveralKindsOnly]);
    let delta = fresh().with_extension(oid::DELTA_CRL_INDICATOR, vec![2, 1, 9]);
    assert_eq!(Crl::from_der(&world.crl(&delta)).unwrap().departures(), [CrlDeparture::DeltaNotCritical]);
    let entry = world.revoked(day(-1)).with_reason(RevocationReason::Superseded);
    let crl = Crl::from_der(&world.crl(&plain().without_version().with_revoked(&entry))).unwrap();
    assert_eq!(crl.departures(), [CrlDeparture::ExtensionsInVersion1]);
}
