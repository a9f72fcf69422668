//! These tests hold valid chains that other verifiers refuse, each with a chain that is wrong in the same place. The
//! manual's chapter on interoperability says who refuses them.

use crate::common::der::{Node, node, octets, oid as identifier};
use crate::common::{Service, against, at, has, later, now, oid, pool};
use chrono::Duration;
use const_oid::ObjectIdentifier;
use recommande::crypto::KeyKind;
use recommande::pki::Certificate;
use recommande::testing::{CertificateSpec, CertifiedKey, Usage, generate_key};
use recommande::verify::{Code, Indication, Payload, Report};

const RED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
const BLUE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.2");

/// An authority below the root.
fn authority(common_name: &str) -> CertificateSpec {
    CertificateSpec::authority(common_name, now() - Duration::days(1), now() + Duration::days(3000))
}

/// Issues the authorities one below the other, and a leaf below the last.
fn issued(root: &CertifiedKey, authorities: &[CertificateSpec], leaf: &CertificateSpec) -> Vec<CertifiedKey> {
    let key = || generate_key(&KeyKind::EcP256).unwrap();
    let mut chain: Vec<CertifiedKey> = Vec::new();
    for spec in authorities.iter().chain([leaf]) {
        let made = chain.last().unwrap_or(root).issue(spec, key()).unwrap();
        chain.push(made);
    }
    chain
}

/// Returns the reports on a seal below these authorities, and on a seal with a timestamp by a TSA below them.
fn reports(authorities: &[CertificateSpec], leaf: impl Fn(CertificateSpec) -> CertificateSpec) -> [Report; 2] {
    let service = Service::new();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(730));
    let certificates = |chain: &[CertifiedKey]| -> Vec<Certificate> {
        chain.iter().map(|certified| certified.certificate.clone()).collect()
    };
    let mut seals = issued(&service.pki.root, authorities, &leaf(CertificateSpec::seal("Leaf", from, until)));
    let seal = seals.pop().unwrap();
    let by_seal = service.report(&service.proof_with(&seal, &certificates(&seals)));

    let mut tsas = issued(&service.pki.tsa_root, authorities, &leaf(CertificateSpec::tsa("Leaf", from, until)));
    let tsa = service.tsa(now() + Duration::seconds(2)).with_key(tsas.pop().unwrap());
    let stamped = service.sealed().stamp_with(&pool(tsa)).unwrap();
    let verifier = service.verifier().with_extra_certificates(certificates(&tsas));
    [by_seal, verifier.report(&stamped, Payload::NotAvailable, later())]
}

fn assert_accepted(authorities: &[CertificateSpec], leaf: impl Fn(CertificateSpec) -> CertificateSpec) {
    for report in reports(authorities, leaf) {
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}

fn assert_refused(authorities: &[CertificateSpec], leaf: impl Fn(CertificateSpec) -> CertificateSpec) {
    let [seal, tsa] = reports(authorities, leaf);
    assert!(has(&seal, Code::ChainConstraint), "{:?}", against(&seal));
    assert_ne!(tsa.indication, Indication::TotalPassed, "{tsa}");
}

fn unchanged(leaf: CertificateSpec) -> CertificateSpec {
    leaf
}

/// Returns nameConstraints with one subtree: in permittedSubtrees (0) or excludedSubtrees (1), of this GeneralName.
fn constraint(list: u8, base: Node) -> Vec<u8> {
    node(0x30, vec![node(0xa0 | list, vec![node(0x30, vec![base])])]).to_der()
}

/// Returns a Name of a country and an organisation, as the leaf has them.
fn organisation(tag: u8, name: &str) -> Node {
    let attribute =
        |kind, tag, text: &str| node(0x31, vec![node(0x30, vec![identifier(kind), octets(tag, text.as_bytes())])]);
    node(0x30, vec![attribute(oid::COUNTRY_NAME, 0x13, "BE"), attribute(oid::ORGANIZATION_NAME, tag, name)])
}

fn policies(policies: &[ObjectIdentifier]) -> Vec<u8> {
    node(0x30, policies.iter().map(|policy| node(0x30, vec![identifier(*policy)])).collect()).to_der()
}

fn with_policy(policy: ObjectIdentifier) -> impl Fn(CertificateSpec) -> CertificateSpec {
    move |leaf| leaf.with_extension(oid::CERTIFICATE_POLICIES, policies(&[policy]))
}

/// Returns an authority with these policies under requireExplicitPolicy 0.
fn requiring(stated: &[ObjectIdentifier]) -> CertificateSpec {
    let skip_certs = node(0x30, vec![octets(0x80, &[0])]).to_der();
    authority("Requiring CA")
        .with_extension(oid::CERTIFICATE_POLICIES, policies(stated))
        .with_critical_extension(oid::POLICY_CONSTRAINTS, skip_certs)
}

/// RFC 5280 §4.2.1.9 and §6.1.4 (l): a self-issued certificate does not count for the length.
#[test]
fn an_authority_of_length_0_certifies_its_new_key() {
    let old = || authority("Renewed CA").with_authority(Some(0));
    assert_accepted(&[old(), old()], unchanged);
    assert_accepted(&[old(), old(), authority("Renewed CA")], unchanged);
    assert_refused(&[old(), authority("Another CA")], unchanged);
    assert_refused(&[old(), old(), authority("Another CA")], unchanged);
}

/// RFC 5280 §4.2.1.10 and §7.1: the string type and the case of a name do not matter.
#[test]
fn names_of_persons_lie_within_the_names_of_an_authority() {
    let named = |leaf: CertificateSpec| leaf.with_subject(CertificateSpec::name("Leaf"));
    let of = |list, tag, name| {
        let value = constraint(list, node(0xa4, vec![organisation(tag, name)]));
        [authority("Constrained CA").with_critical_extension(oid::NAME_CONSTRAINTS, value)]
    };
    for (tag, name) in [(0x0c, "Recommande Test"), (0x13, "RECOMMANDE  TEST")] {
        assert_accepted(&of(0, tag, name), named);
        assert_refused(&of(1, tag, name), named);
    }
    assert_accepted(&of(1, 0x0c, "Another Organisation"), named);
    assert_refused(&of(0, 0x0c, "Another Organisation"), named);
}

/// RFC 5280 §4.2.1.10: a constraint restricts the names of its form alone.
#[test]
fn a_urn_is_no_host_under_a_constraint_on_hosts() {
    for list in [0, 1] {
        let value = constraint(list, octets(0x82, b"hosts.example"));
        let issuer = [authority("Hosts CA").with_critical_extension(oid::NAME_CONSTRAINTS, value)];
        let named = |names: Vec<Node>| {
            move |leaf: CertificateSpec| leaf.with_extension(oid::SUBJECT_ALT_NAME, node(0x30, names.clone()).to_der())
        };
        let urn = || octets(0x86, b"urn:uuid:9b2f6a3e-5d3c-4b0e-9d43-0c6b1f6a0a11");
        assert_accepted(&issuer, named(vec![urn()]));
        let (within, outside) = (octets(0x82, b"a.hosts.example"), octets(0x82, b"hosts.invalid"));
        let (good, bad) = if list == 0 { (within, outside) } else { (outside, within) };
        assert_accepted(&issuer, named(vec![urn(), good]));
        assert_refused(&issuer, named(vec![urn(), bad]));
    }
}

/// RFC 5280 §4.2.1.11: from this certificate on, a policy is required.
#[test]
fn a_required_policy_is_in_the_end_certificate() {
    assert_accepted(&[requiring(&[RED])], with_policy(RED));
    assert_refused(&[requiring(&[RED])], with_policy(BLUE));
    assert_refused(&[requiring(&[RED])], unchanged);
    assert_refused(&[requiring(&[])], with_policy(RED));
}

/// RFC 5280 §6.1.3 (d) (1) (ii): anyPolicy of the issuer allows each policy.
#[test]
fn a_required_policy_comes_from_any_policy() {
    let below = || authority("Issuing CA").with_extension(oid::CERTIFICATE_POLICIES, policies(&[oid::ANY_POLICY]));
    assert_accepted(&[requiring(&[oid::ANY_POLICY])], with_policy(RED));
    assert_accepted(&[requiring(&[oid::ANY_POLICY]), below()], with_policy(RED));
    assert_accepted(&[requiring(&[RED]), below()], with_policy(RED));
    assert_refused(&[requiring(&[RED]), below()], with_policy(BLUE));
    assert_refused(&[requiring(&[oid::ANY_POLICY])], unchanged);
}

/// RFC 5280 §4.2.1.5: the policy of the authority is that of its subjects by another name.
#[test]
fn a_required_policy_is_mapped() {
    let mapped = |to| {
        let pair = node(0x30, vec![identifier(RED), identifier(to)]);
        [requiring(&[RED]).with_critical_extension(oid::POLICY_MAPPINGS, node(0x30, vec![pair]).to_der())]
    };
    assert_accepted(&mapped(BLUE), with_policy(BLUE));
    assert_refused(&mapped(BLUE), with_policy(RED));
    assert_refused(&mapped(oid::ANY_POLICY), with_policy(BLUE));
}

/// RFC 5280 §4.2.1.4 and §4.2.1.14: both extensions may be critical.
#[test]
fn policies_and_their_inhibition_are_critical() {
    let inhibiting = |stated: &[ObjectIdentifier]| {
        authority("Strict CA")
            .with_critical_extension(oid::CERTIFICATE_POLICIES, policies(stated))
            .with_critical_extension(oid::INHIBIT_ANY_POLICY, octets(0x02, &[0]).to_der())
    };
    let critical = |policy: ObjectIdentifier| {
        move |leaf: CertificateSpec| leaf.with_critical_extension(oid::CERTIFICATE_POLICIES, policies(&[policy]))
    };
    assert_accepted(&[inhibiting(&[RED])], critical(RED));
    assert_accepted(&[requiring(&[RED]), inhibiting(&[RED])], critical(RED));
    assert_refused(&[requiring(&[RED]), inhibiting(&[RED])], critical(oid::ANY_POLICY));
}

/// RFC 5280 §4.2.1.1: the identifier helps to find the issuer, and the signature decides.
#[test]
fn an_issuer_is_identified_by_its_serial_number_alone() {
    let service = Service::new();
    let leaf = |issuer: &[u8], serial: &[u8]| {
        let names = node(0xa1, vec![node(0xa4, vec![Node::parse(issuer)])]);
        let value = node(0x30, vec![names, octets(0x82, serial)]).to_der();
        let (from, until) = (now() - Duration::days(1), now() + Duration::days(730));
        CertificateSpec::seal("Leaf", from, until)
            .without_key_identifiers()
            .with_extension(oid::AUTHORITY_KEY_IDENTIFIER, value)
    };
    let issuer = &service.pki.intermediate;
    let (name, serial) = (issuer.certificate.issuer_der(), issuer.certificate.serial());
    for spec in [leaf(name, serial.as_bytes()), leaf(name, &[0x2a]), leaf(issuer.certificate.subject_der(), &[1])] {
        let key = issuer.issue(&spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
        let report = service.report(&service.proof_with(&key, std::slice::from_ref(&issuer.certificate)));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    }
}

/// RFC 5280 §4.1.2.5: 99991231235959Z is for a certificate without a well-defined end.
#[test]
fn certificates_without_an_end_are_valid() {
    let (from, never) = (now() - Duration::days(1), at("9999-12-31T23:59:59Z"));
    let endless = |spec: CertificateSpec| spec.with_validity(from, never);
    assert_accepted(&[endless(authority("Endless CA"))], endless);
    let begins_later = |spec: CertificateSpec| spec.with_validity(now() + Duration::days(1), never);
    for report in reports(&[begins_later(authority("Endless CA"))], endless) {
        assert_ne!(report.indication, Indication::TotalPassed, "{report}");
    }
    let usages = [Usage::DigitalSignature];
    assert_accepted(&[endless(authority("Endless CA"))], |leaf| endless(leaf).with_key_usage(&usages));
}
