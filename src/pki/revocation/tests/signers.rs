//! These tests check indirect CRLs and the entitlement of CRL signers.

use super::*;

/// Makes a target whose CRLs come from another authority below the same root.
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
    let second =
        RevokedSpec::new(&world.pki.tsa.certificate, day(-6)).with_certificate_issuer(&CertificateSpec::name("X"));
    assert_eq!(ask(&indirect_crl().with_revoked(&first).with_revoked(&second).with_revoked(&entry)), GOOD);
    // An authority that the certificate does not name determines nothing.
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
    let no_crl_sign = world.issue(
        &world.pki.root,
        &CertificateSpec::seal(ca, day(-1), day(30)).with_subject(CertificateSpec::name(ca)).with_serial(&[12]),
    );
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
fn an_authority_of_the_same_name_below_another_anchor_tells_nothing() {
    // Same names, same serial numbers, other keys.
    let (mut world, namesakes) = (World::new(), TestPki::new(now()).unwrap());
    let about_namesake = RevokedSpec::new(&namesakes.seal.certificate, day(-1));
    assert_eq!(namesakes.seal.certificate.serial(), world.target.serial());
    world.anchors.add(namesakes.root.certificate.clone());
    world.others = vec![namesakes.intermediate.certificate.clone(), namesakes.root.certificate.clone()];
    let (root_crl, other_root_crl) = (world.root_crl(&fresh()), namesakes.root.issue_crl(&fresh()).unwrap());
    for spec in [fresh(), fresh().with_revoked(&about_namesake)] {
        let crl = namesakes.intermediate.issue_crl(&spec).unwrap();
        let status = world.ask(&[&root_crl, &other_root_crl, &crl]);
        assert!(matches!(status, RevocationStatus::NotAuthenticated(_)), "{status:?}");
        assert_eq!(world.ask(&[&root_crl, &other_root_crl, &crl, &world.crl(&fresh())]), GOOD);
    }
    // A responder of the other one that answers for ours, by itself or by whom it has certified.
    let delegated = world.issue(&namesakes.intermediate, &responder_spec());
    for by in [&namesakes.intermediate, &delegated] {
        for certificates in [vec![by.certificate.clone(), namesakes.intermediate.certificate.clone()], Vec::new()] {
            world.others.push(by.certificate.clone());
            let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_certificates(certificates);
            let status = world.ask(&[&by.answer_ocsp(&spec).unwrap()]);
            assert!(matches!(status, RevocationStatus::NotAuthenticated(_)), "{status:?}");
        }
    }
    // About a certificate that the anchor itself has issued.
    let spec = CertificateSpec::seal("Seal of the Root", day(-1), day(30)).with_serial(&[77]);
    world.target = world.issue(&world.pki.root, &spec).certificate;
    let path = world.path();
    let ask = |crl: &[u8]| {
        let data = RevocationData::from_bytes(crl).unwrap();
        check_revocation(&RevocationRequest::new(&path, &data, &world.others, &world.anchors, now()))[0].status.clone()
    };
    let entry = world.revoked(day(-1));
    assert_eq!(ask(&world.root_crl(&fresh().with_revoked(&entry))), revoked(-1, RevocationReason::Unspecified));
    for spec in [fresh(), fresh().with_revoked(&entry)] {
        let status = ask(&namesakes.root.issue_crl(&spec).unwrap());
        assert!(matches!(status, RevocationStatus::NotAuthenticated(_)), "{status:?}");
    }
}

#[test]
fn nobody_below_an_anchor_makes_a_namesake_of_another_authority() {
    let mut world = World::new();
    let names = (world.pki.root.certificate.subject_der(), world.pki.intermediate.certificate.subject_der());
    let (root_name, ca_name) = (names.0.to_vec(), names.1.to_vec());
    let authority = |name: &[u8]| CertificateSpec::authority("A", day(-1), day(30)).with_subject(name.to_vec());
    let rival = world.issue(&world.pki.root, &CertificateSpec::authority("Rival CA", day(-1), day(30)));
    let false_root = world.issue(&rival, &authority(&root_name));
    let false_ca = world.issue(&false_root, &authority(&ca_name));
    world.others = [&rival, &false_root, &false_ca].map(|key| key.certificate.clone()).to_vec();
    let all_good =
        [world.root_crl(&fresh()), rival.issue_crl(&fresh()).unwrap(), false_root.issue_crl(&fresh()).unwrap()];
    let data: Vec<&[u8]> = all_good.iter().map(Vec::as_slice).collect();
    let by_false_ca = false_ca.issue_crl(&fresh()).unwrap();
    assert_eq!(world.ask(&[data.as_slice(), &[&by_false_ca]].concat()), not_authorised());
    // Of the anchor, about what it has issued itself.
    let spec = CertificateSpec::seal("Seal of the Root", day(-1), day(30)).with_serial(&[77]);
    world.target = world.issue(&world.pki.root, &spec).certificate;
    let (path, mut store) = (world.path(), RevocationData::new());
    store.add_der(&all_good[1]).unwrap();
    store.add_der(&all_good[2]).unwrap();
    let statuses = check_revocation(&RevocationRequest::new(&path, &store, &world.others, &world.anchors, now()));
    assert!(matches!(statuses[0].status, RevocationStatus::NotAuthenticated(_)), "{:?}", statuses[0].status);
}

/// The statuses of a whole path, target first, where one more certificate may be at hand.
fn statuses(world: &World, beside: Option<&Certificate>, data: &[&[u8]]) -> Vec<RevocationStatus> {
    statuses_within(&ValidationBudget::default(), world, beside, data)
}

fn statuses_within(
    budget: &ValidationBudget,
    world: &World,
    beside: Option<&Certificate>,
    data: &[&[u8]],
) -> Vec<RevocationStatus> {
    let (path, mut store) = (world.path(), RevocationData::new());
    data.iter().for_each(|der| store.add_der(der).unwrap());
    let candidates: Vec<_> = world.others.iter().chain(beside).cloned().collect();
    let request = RevocationRequest::new(&path, &store, &candidates, &world.anchors, world.at).with_budget(budget);
    check_revocation(&request).into_iter().map(|status| status.status).collect()
}

const OWN_WORD: RevocationStatus = RevocationStatus::NotAuthenticated(NotAuthenticated::OwnWord);

#[test]
fn a_renewed_key_is_no_witness_for_its_own_certificate() {
    let mut world = World::new();
    let authority = |serial: u8| CertificateSpec::authority("Test Seal CA", day(-1), day(30)).with_serial(&[serial]);
    let renewed = world.issue(&world.pki.intermediate, &authority(8));
    world.target = world.issue(&renewed, &seal_spec().with_serial(&[9])).certificate;
    world.others = vec![renewed.certificate.clone()];
    let (by_new, by_old) = (renewed.issue_crl(&fresh()).unwrap(), world.crl(&fresh()));
    let root_crl = world.root_crl(&fresh());
    // The CRLs of both keys are in one name. The new one answers for what it has issued.
    assert_eq!(statuses(&world, None, &[&by_new, &root_crl]), [GOOD, OWN_WORD, GOOD]);
    assert_eq!(statuses(&world, None, &[&by_new, &by_old, &root_crl]), [GOOD, GOOD, GOOD]);
    // Its word against itself counts.
    let itself = RevokedSpec::new(&renewed.certificate, day(-1)).with_reason(RevocationReason::KeyCompromise);
    let against = renewed.issue_crl(&fresh().with_revoked(&itself)).unwrap();
    let compromised = revoked(-1, RevocationReason::KeyCompromise);
    assert_eq!(statuses(&world, None, &[&against, &by_old, &root_crl]), [GOOD, compromised.clone(), GOOD]);
    // Nor is a key that was certified with it, or another certificate of it.
    let next = world.issue(&renewed, &authority(10));
    let again = world.pki.root.issue(&authority(11).with_authority(Some(0)), renewed.signer.clone()).unwrap();
    for other in [&next, &again] {
        let other_crl = other.issue_crl(&CrlSpec::new(day(1), day(7))).unwrap();
        assert_eq!(statuses(&world, Some(&other.certificate), &[&by_new, &other_crl, &root_crl])[1], OWN_WORD);
    }
    // The old key answers for both after it has been renewed.
    let old_against = world.crl(&fresh().with_revoked(&itself));
    assert_eq!(statuses(&world, None, &[&by_new, &old_against, &root_crl]), [GOOD, compromised, GOOD]);
}

#[test]
fn a_limit_is_told_before_the_word_of_a_key_about_itself() {
    let mut world = World::new();
    let authority = |serial: u8| CertificateSpec::authority("Test Seal CA", day(-1), day(30)).with_serial(&[serial]);
    let renewed = world.issue(&world.pki.intermediate, &authority(8));
    world.target = world.issue(&renewed, &seal_spec().with_serial(&[9])).certificate;
    world.others = vec![renewed.certificate.clone()];
    let crl = renewed.issue_crl(&fresh()).unwrap();
    let within = |limit| statuses_within(&ValidationBudget::new(limit), &world, None, &[&crl]);
    // The new key has signed the CRL. The old one was not tried yet, whose word would count.
    assert_eq!(within(1), [GOOD, RevocationStatus::BudgetExhausted, RevocationStatus::Absent]);
    assert_eq!(within(2), [GOOD, OWN_WORD, RevocationStatus::Absent]);
}

#[test]
fn a_responder_is_no_witness_for_its_own_key() {
    let world = World::new();
    let responder = world.pki.intermediate.issue(&responder_spec(), world.pki.seal.signer.clone()).unwrap();
    assert_eq!(world.ask(&[&world.ocsp(&responder, world.answer(OcspStatus::Good))]), OWN_WORD);
    let against = world.answer(OcspStatus::Revoked { date: day(-2), reason: None });
    assert_eq!(world.ask(&[&world.ocsp(&responder, against)]), revoked(-2, RevocationReason::Unspecified));
}
