//! These tests cover errors that validators of paths are known to make, one each.

use chrono::{DateTime, TimeDelta, Utc};
use signed_data::tlv::Tag;

use super::*;
use crate::asn1::{oid, writer};
use crate::pki::test_certificates::{Subject, common_name, now, rdns, year};
use crate::pki::{Certificate, TrustAnchors, test_certificates};

fn validate(
    target: &Certificate,
    candidates: &[Certificate],
    anchor: &Certificate,
) -> Result<ValidatedPath, PathError> {
    let anchors = TrustAnchors::from_iter([anchor.clone()]);
    validate_path(&PathRequest::new(target, candidates, &anchors, now()))
}

fn constraint(result: Result<ValidatedPath, PathError>) -> (Certificate, PathConstraint) {
    match result {
        Err(PathError::Constraint { certificate, constraint }) => (certificate, constraint),
        other => panic!("{other:?}"),
    }
}

/// Returns nameConstraints with `excluded [1] { dNSName "evil.example" }`.
fn excludes_evil() -> Vec<u8> {
    let base = writer::tlv(Tag::context_primitive(2), b"evil.example");
    writer::sequence(&[&writer::tlv(Tag::context(1), &writer::sequence(&[&base]))])
}

fn dns_name(name: &[u8]) -> Vec<u8> {
    writer::sequence(&[&writer::tlv(Tag::context_primitive(2), name)])
}

/// A validator that ignores a malformed subjectAltName lets its names escape every constraint.
#[test]
fn a_malformed_alternative_name_does_not_escape_name_constraints() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let anchor = root.root();
    let issuer = root.certifies(&ca).authority().extension(oid::NAME_CONSTRAINTS, true, &excludes_evil()).make();
    let with_name = |critical, name: &[u8]| ca.certifies(&leaf).extension(oid::SUBJECT_ALT_NAME, critical, name).make();
    let validate = |leaf: &Certificate| validate(leaf, std::slice::from_ref(&issuer), &anchor);

    assert!(validate(&with_name(false, &dns_name(b"good.example"))).is_ok());
    let evil = with_name(false, &dns_name(b"evil.example"));
    assert_eq!(constraint(validate(&evil)), (evil, PathConstraint::NameConstraints));
    let evil_name = dns_name(b"evil.example");
    let truncated = evil_name.get(..evil_name.len() - 1).unwrap();
    for malformed in [truncated, &[], &[0x30, 0x80], &dns_name(b"evil.example\xff")] {
        for critical in [false, true] {
            let leaf = with_name(critical, malformed);
            assert_eq!(constraint(validate(&leaf)), (leaf, PathConstraint::Malformed { extension: "subjectAltName" }));
        }
    }
}

/// A validator that takes time zero for "no time check" accepts expired certificates.
#[test]
fn there_is_no_time_that_switches_the_time_check_off() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let (anchor, leaf) = (root.root(), root.certifies(&leaf).make());
    let anchors = TrustAnchors::from_iter([anchor]);
    for seconds in [0, -1, i64::from(i32::MIN)] {
        let at = DateTime::<Utc>::from_timestamp(seconds, 0).unwrap();
        assert_eq!(validate_path(&PathRequest::new(&leaf, &[], &anchors, at)), Err(PathError::TimeNotSupported));
    }
    let at = DateTime::<Utc>::from_timestamp(1, 0).unwrap();
    let error = validate_path(&PathRequest::new(&leaf, &[], &anchors, at));
    assert!(matches!(error, Err(PathError::NotYetValid { .. })));
}

#[test]
fn the_ends_of_the_validity_period_belong_to_it() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let anchors = TrustAnchors::from_iter([root.root()]);
    let leaf = root.certifies(&leaf).valid(year(2024), year(2025)).make();
    let at = |at| validate_path(&PathRequest::new(&leaf, &[], &anchors, at));
    let (second, fraction) = (TimeDelta::seconds(1), TimeDelta::milliseconds(900));
    let path = at(year(2024)).unwrap();
    assert_eq!((path.not_before(), path.not_after()), (year(2024), year(2025)));
    assert!(path.holds_at(year(2025) + fraction) && !path.holds_at(year(2025) + second));
    assert!(at(year(2025) + fraction).is_ok());
    let expired = PathError::Expired { certificate: leaf.clone(), not_after: year(2025) };
    assert_eq!(at(year(2025) + second), Err(expired));
    let early = PathError::NotYetValid { certificate: leaf.clone(), not_before: year(2024) };
    assert_eq!(at(year(2024) - second), Err(early));
}

/// A validator that uses the first of two equal extensions can be shown one and misled by the other.
#[test]
fn duplicate_extensions_are_refused_wherever_they_stand() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let twice = |made: test_certificates::Made| {
        made.extension(oid::SUBJECT_ALT_NAME, false, &dns_name(b"a.example"))
            .extension(oid::SUBJECT_ALT_NAME, false, &dns_name(b"b.example"))
            .make()
    };
    let (anchor, issuer, target) = (root.root(), root.certifies(&ca).authority().make(), ca.certifies(&leaf).make());
    assert!(validate(&target, std::slice::from_ref(&issuer), &anchor).is_ok());
    let duplicate = || PathConstraint::DuplicateExtension { oid: "2.5.29.17".into() };

    let bad = twice(ca.certifies(&leaf));
    assert_eq!(constraint(validate(&bad, std::slice::from_ref(&issuer), &anchor)), (bad, duplicate()));
    let bad = twice(root.certifies(&ca).authority());
    assert_eq!(constraint(validate(&target, std::slice::from_ref(&bad), &anchor)), (bad, duplicate()));
    let bad = twice(root.certifies(&root).authority());
    assert_eq!(constraint(validate(&target, &[issuer], &bad)), (bad, duplicate()));
    let bad = twice(root.certifies(&leaf));
    assert_eq!(constraint(validate(&bad, &[], &bad)), (bad.clone(), duplicate()));
}

/// A validator must apply the limits of an anchor, and no default of its own where the anchor sets none.
#[test]
fn an_anchor_limits_what_is_below_it_only_as_far_as_it_says() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let authorities: Vec<_> = (0..9).map(|number| Subject::new(&format!("ca {number}"))).collect();
    let mut issuer = &root;
    let mut candidates = Vec::new();
    for authority in &authorities {
        candidates.push(issuer.certifies(authority).authority().make());
        issuer = authority;
    }
    let target = issuer.certifies(&leaf).make();
    let anchor = |path_len| root.certifies(&root).basic_constraints(true, path_len).key_usage(6).make();
    assert_eq!(validate(&target, &candidates, &anchor(None)).unwrap().certificates.len(), 11);
    assert!(validate(&target, &candidates, &anchor(Some(9))).is_ok());
    let (_, broken) = constraint(validate(&target, &candidates, &anchor(Some(8))));
    assert_eq!(broken, PathConstraint::PathLength);
    let (_, broken) = constraint(validate(&target, &candidates, &anchor(Some(0))));
    assert_eq!(broken, PathConstraint::PathLength);

    let constrained = root.certifies(&root).authority().extension(oid::NAME_CONSTRAINTS, true, &excludes_evil()).make();
    let named = |name: &[u8]| root.certifies(&leaf).extension(oid::SUBJECT_ALT_NAME, false, &dns_name(name)).make();
    assert!(validate(&named(b"good.example"), &[], &constrained).is_ok());
    let (_, broken) = constraint(validate(&named(b"sub.evil.example"), &[], &constrained));
    assert_eq!(broken, PathConstraint::NameConstraints);
}

#[test]
fn names_of_an_anchors_permitted_subtree_are_compared_as_names() {
    let attributes: &[(_, _, &[u8])] = &[
        (oid::COMMON_NAME, Tag::UTF8_STRING, "Été, O=\"+x\" \\".as_bytes()),
        (oid::ORGANIZATIONAL_UNIT_NAME, Tag::PRINTABLE_STRING, b"#unit"),
    ];
    let (mut root, mut leaf) = (Subject::new("root"), Subject::new("leaf"));
    root.name = common_name("root, \"with\" signs");
    let base = writer::tlv(Tag::context(4), &rdns(attributes));
    let permitted = writer::sequence(&[&writer::tlv(Tag::context(0), &writer::sequence(&[&base]))]);
    let anchor = root.certifies(&root).authority().extension(oid::NAME_CONSTRAINTS, true, &permitted).make();
    leaf.name = rdns(&[attributes, &[(oid::COMMON_NAME, Tag::UTF8_STRING, b"leaf")]].concat());
    assert!(validate(&root.certifies(&leaf).make(), &[], &anchor).is_ok());
    leaf.name = common_name("leaf");
    assert_eq!(constraint(validate(&root.certifies(&leaf).make(), &[], &anchor)).1, PathConstraint::NameConstraints);
}

/// RFC 5280 accepts an intermediate without keyUsage. This validator is stricter, and its answer must say so.
#[test]
fn an_intermediate_without_key_usage_is_refused_and_said_so() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let (anchor, target) = (root.root(), ca.certifies(&leaf).make());
    let without = root.certifies(&ca).basic_constraints(true, None).make();
    let broken = constraint(validate(&target, std::slice::from_ref(&without), &anchor));
    assert_eq!(broken, (without, PathConstraint::KeyUsageMissing));
    let reissued = root.certifies(&ca).basic_constraints(true, None).key_usage(0x80).make();
    let broken = constraint(validate(&target, std::slice::from_ref(&reissued), &anchor));
    assert_eq!(broken, (reissued, PathConstraint::KeyCertSign));
    let none = root.certifies(&ca).key_usage(6).make();
    let broken = constraint(validate(&target, std::slice::from_ref(&none), &anchor));
    assert_eq!(broken, (none, PathConstraint::NotCertificateAuthority));
}

/// An anchor is trusted by configuration, so its expiry is reported but is no reason to refuse.
#[test]
fn an_expired_anchor_is_trusted_and_reported() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let target = root.certifies(&leaf).make();
    let expired = root.certifies(&root).authority().valid(year(2000), year(2010)).make();
    let path = validate(&target, &[], &expired).unwrap();
    assert_eq!(path.notes, [PathNote::AnchorExpired]);
    assert_eq!(path.not_after(), year(2030));
    let future = root.certifies(&root).authority().valid(year(2028), year(2040)).make();
    assert_eq!(validate(&target, &[], &future).unwrap().notes, [PathNote::AnchorNotYetValid]);
    let old = root.certifies(&root).authority().valid(year(1955), year(1969)).serial(&[0x80; 26]).make();
    assert_eq!(validate(&target, &[], &old).unwrap().notes, [PathNote::AnchorExpired]);
}

/// A target that is its own anchor has no issuer, but its form and validity period still count.
#[test]
fn a_target_that_is_an_anchor_is_still_checked() {
    let (root, tsa) = (Subject::new("root"), Subject::new("tsa"));
    let pinned = root.certifies(&tsa).make();
    let path = validate(&pinned, &[], &pinned).unwrap();
    assert_eq!((path.certificates.as_slice(), path.signature_checks), (&[pinned.clone()][..], 0));
    assert_eq!(path.notes, [PathNote::TargetIsAnchor]);
    assert_eq!(path.issued().count(), 0);

    let expired = root.certifies(&tsa).valid(year(2020), year(2021)).make();
    assert!(matches!(validate(&expired, &[], &expired), Err(PathError::Expired { .. })));
    let future = root.certifies(&tsa).valid(year(2028), year(2029)).make();
    assert!(matches!(validate(&future, &[], &future), Err(PathError::NotYetValid { .. })));
    let critical = root.certifies(&tsa).extension(oid::QC_STATEMENTS, true, &writer::sequence(&[])).make();
    let unknown = PathConstraint::CriticalExtension { oid: "1.3.6.1.5.5.7.1.3".into() };
    assert_eq!(constraint(validate(&critical, &[], &critical)).1, unknown);

    // Another certificate with the name and the key of the anchor is not the anchor.
    let renewed = root.certifies(&tsa).serial(&[2]).make();
    assert!(matches!(validate(&renewed, &[], &pinned), Err(PathError::NoPath { .. })));
}

#[test]
fn a_pinned_end_entity_certificate_is_no_certificate_authority() {
    let (root, tsa, leaf) = (Subject::new("root"), Subject::new("tsa"), Subject::new("leaf"));
    let target = tsa.certifies(&leaf).make();
    for pinned in [
        root.certifies(&tsa).make(),
        tsa.certifies(&tsa).basic_constraints(false, None).make(),
        tsa.certifies(&tsa).make(),
    ] {
        let broken = constraint(validate(&target, &[], &pinned));
        assert_eq!(broken, (pinned, PathConstraint::NotCertificateAuthority));
    }
    let no_signing = tsa.certifies(&tsa).basic_constraints(true, None).key_usage(0x80).make();
    assert_eq!(constraint(validate(&target, &[], &no_signing)).1, PathConstraint::KeyCertSign);
    // A root from before there were extensions.
    for version in [0, 1] {
        let mut old = tsa.certifies(&tsa);
        old.version = version;
        assert!(validate(&target, &[], &old.make()).is_ok());
    }
    let mut unknown = tsa.certifies(&tsa);
    unknown.version = 3;
    assert_eq!(constraint(validate(&target, &[], &unknown.make())).1, PathConstraint::NotCertificateAuthority);
}

/// A critical extension must be refused unless the validator or its caller processes it.
#[test]
fn a_critical_extension_passes_only_where_it_is_processed() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let anchors = TrustAnchors::from_iter([root.root()]);
    let period = writer::sequence(&[&writer::tlv(Tag::context_primitive(0), b"20200101000000Z")]);
    let issuer = root.certifies(&ca).authority().make();
    let target = ca.certifies(&leaf).extension(oid::PRIVATE_KEY_USAGE_PERIOD, true, &period).make();
    let unprocessed = PathConstraint::CriticalExtension { oid: "2.5.29.16".into() };
    let candidates = [issuer];
    let request = PathRequest::new(&target, &candidates, &anchors, now());
    assert_eq!(constraint(validate_path(&request)), (target.clone(), unprocessed.clone()));
    let processed = [oid::PRIVATE_KEY_USAGE_PERIOD];
    assert!(validate_path(&request.clone().with_processed_in_target(&processed)).is_ok());
    assert!(validate_path(&request.with_processed(&processed)).is_ok());

    // What the caller processes in the target, nobody processes in an intermediate.
    let issuer = root.certifies(&ca).authority().extension(oid::PRIVATE_KEY_USAGE_PERIOD, true, &period).make();
    let candidates = [issuer.clone()];
    let request = PathRequest::new(&target, &candidates, &anchors, now());
    let broken = constraint(validate_path(&request.clone().with_processed_in_target(&processed)));
    assert_eq!(broken, (issuer, unprocessed));
    assert!(validate_path(&request.with_processed(&processed)).is_ok());

    // Whatever the caller says, nobody follows authorityInfoAccess.
    let target = root.certifies(&leaf).extension(oid::AUTHORITY_INFO_ACCESS, true, &writer::sequence(&[])).make();
    let processed = [oid::AUTHORITY_INFO_ACCESS];
    let request = PathRequest::new(&target, &[], &anchors, now()).with_processed(&processed);
    let unprocessed = PathConstraint::CriticalExtension { oid: "1.3.6.1.5.5.7.1.1".into() };
    assert_eq!(constraint(validate_path(&request)).1, unprocessed);
}

/// The caller applies the rules for the purpose of a target, such as those for a TSA, so the path ignores extKeyUsage
/// and the caller can read it.
#[test]
fn purposes_are_read_and_left_to_the_caller() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let anchor = root.root();
    let purpose = writer::sequence(&[&writer::oid(oid::TIME_STAMPING)]);
    let target = root.certifies(&leaf).extension(oid::EXTENDED_KEY_USAGE, true, &purpose).make();
    assert!(validate(&target, &[], &anchor).is_ok());
    assert!(target.extended_key_usage().is_some_and(|usage| usage.critical && usage.is_only(oid::TIME_STAMPING)));
    let without = root.certifies(&leaf).make();
    assert!(validate(&without, &[], &anchor).is_ok() && without.extended_key_usage().is_none());
}

/// Names compare as RFC 5280 §7.1 requires, whatever string type holds them.
#[test]
fn names_chain_as_they_are_prepared_for_comparison() {
    let mut root = Subject::new("Root É CA");
    let leaf = Subject::new("leaf");
    let anchor = root.root();
    let mut chains = |name: Vec<u8>| {
        root.name = name;
        validate(&root.certifies(&leaf).make(), &[], &anchor)
    };
    assert!(chains(common_name("root é  ca ")).is_ok());
    assert!(chains(common_name("Root E\u{301} CA")).is_ok());
    let bmp: Vec<u8> = "Root É CA".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(chains(rdns(&[(oid::COMMON_NAME, Tag(0x1e), &bmp)])).is_ok());
    assert!(matches!(chains(common_name("RootÉ CA")), Err(PathError::NoPath { .. })));
    assert!(matches!(chains(common_name("Root E CA")), Err(PathError::NoPath { .. })));
}

/// The `crypto` module decides which keys and algorithms are supported. The caller judges key sizes, because it sees
/// every key of the path.
#[test]
fn keys_and_algorithms_are_ours_to_decide() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let anchor = root.root();
    // dsa-with-sha256
    let dsa = writer::algorithm(const_oid::ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.2"));
    let mut made = root.certifies(&leaf);
    (made.inner_algorithm, made.outer_algorithm) = (dsa.clone(), dsa.clone());
    let target = made.make();
    match validate(&target, &[], &anchor) {
        Err(PathError::AlgorithmNotOffered { certificate, not_offered }) => {
            assert_eq!((certificate, not_offered.oid.as_str()), (target, "2.16.840.1.101.3.4.3.2"));
        }
        other => panic!("{other:?}"),
    }
    // A key of a kind that nobody knows: the certificate reads, nothing below it validates.
    let mut made = root.certifies(&root).authority();
    made.spki = writer::sequence(&[&dsa, &writer::tlv(Tag::BIT_STRING, &[0, 5])]);
    let answer = validate(&root.certifies(&leaf).make(), &[], &made.make());
    assert!(matches!(answer, Err(PathError::AlgorithmNotOffered { .. })));
}

/// A validator that ignores unused bits of a signature accepts changed certificates.
#[test]
fn no_bit_of_a_certificate_can_be_changed() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let (anchor, issuer) = (root.root(), root.certifies(&ca).authority().make());
    let good = ca.certifies(&leaf).make();
    assert!(validate(&good, std::slice::from_ref(&issuer), &anchor).is_ok());
    for which in [&good, &issuer] {
        for position in 0..which.der().len() {
            for bit in 0..8 {
                let mut der = which.der().to_vec();
                der[position] ^= 1 << bit;
                let Ok(changed) = Certificate::from_der(&der) else { continue };
                let answer = if which == &good {
                    validate(&changed, std::slice::from_ref(&issuer), &anchor)
                } else {
                    validate(&good, &[changed], &anchor)
                };
                assert!(answer.is_err(), "octet {position} bit {bit}");
            }
        }
    }
    let mut made = root.certifies(&leaf);
    made.unused_bits = 1;
    let made = made.make();
    assert!(matches!(validate(&made, &[], &anchor), Err(PathError::SignatureInvalid { .. })));
}

/// A validator must not report an exhausted budget as an invalid signature.
#[test]
fn a_spent_budget_is_not_taken_for_a_bad_signature() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let anchors = TrustAnchors::from_iter([root.root()]);
    let candidates = [root.certifies(&ca).authority().make()];
    let targets = [leaf, Subject::new("second"), Subject::new("third")].map(|subject| ca.certifies(&subject).make());
    let budget = ValidationBudget::new(3);
    let checks = |target| {
        let request = PathRequest::new(target, &candidates, &anchors, now()).with_budget(&budget);
        validate_path(&request).map(|path| path.signature_checks)
    };
    let [first, second, third] = &targets;
    assert_eq!(checks(first), Ok(2));
    // What was verified under this budget is not verified again.
    assert_eq!((checks(first), checks(second)), (Ok(0), Ok(1)));
    let exhausted = PathError::BudgetExhausted { limit: SearchLimit::SignatureChecks };
    assert_eq!((checks(third), checks(second)), (Err(exhausted), Ok(0)));
    assert_eq!(budget.used(), 3);
}

/// A certificate that other software reads differently is refused with a reason, and unusual but unambiguous ones pass.
#[test]
fn what_is_read_by_others_in_another_way_is_named() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let anchor = root.root();
    let old = root.certifies(&leaf).valid(year(1960), year(2030)).make();
    assert_eq!(old.not_before(), year(1960));
    assert!(validate(&old, &[], &anchor).is_ok());

    // BOOLEAN TRUE is 0xff in DER, and any octet but 0 in BER.
    let mut made = root.certifies(&leaf);
    let key_usage = writer::octet_string(&[3, 2, 0, 0x80]);
    made.extensions.push(writer::sequence(&[&writer::oid(oid::KEY_USAGE), &[1, 1, 1], &key_usage]));
    let ber = made.make();
    assert!(ber.key_usage().unwrap().is_critical());
    let unreadable = PathError::Unreadable { certificate: ber.clone(), what: Unreadable::NotDer };
    assert_eq!(validate(&ber, &[], &anchor), Err(unreadable));

    // Some read the string that the pieces make, some the pieces; a primitive SEQUENCE is read as well by some.
    for subject in [
        rdns(&[(oid::COMMON_NAME, Tag(0x2c), b"\x0c\x04Evil")]),
        rdns(&[(oid::COMMON_NAME, Tag(0x24), b"\x04\x04Evil")]),
        rdns(&[(oid::COMMON_NAME, Tag(0x10), b"")]),
        rdns(&[(oid::COMMON_NAME, Tag(0x11), b"")]),
    ] {
        let mut made = root.certifies(&leaf);
        made.subject = subject;
        let certificate = made.make();
        let unreadable = PathError::Unreadable { certificate: certificate.clone(), what: Unreadable::NotDer };
        assert_eq!(validate(&certificate, &[], &anchor), Err(unreadable));
    }

    for serial in [&[0x7f; 26][..], &[0x80; 20], &[0]] {
        let target = root.certifies(&leaf).serial(serial).make();
        assert_eq!(target.serial().as_bytes(), serial);
        assert!(validate(&target, &[], &anchor).is_ok());
    }
}

#[test]
fn the_signed_algorithm_must_be_the_one_used() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let mut made = root.certifies(&leaf);
    made.inner_algorithm = writer::algorithm(oid::ECDSA_WITH_SHA512);
    let target = made.make();
    assert_eq!(constraint(validate(&target, &[], &root.root())), (target, PathConstraint::SignatureAlgorithm));
}

/// A limit that cannot be read refuses the path, wherever it is; another extension that is malformed and not critical
/// decides nothing.
#[test]
fn a_malformed_limit_refuses_the_path() {
    let (root, ca, seal) = (Subject::new("root"), Subject::new("ca"), Subject::new("seal"));
    let anchors = TrustAnchors::from_iter([root.root()]);
    let valid = |intermediate: Certificate, target: Certificate| {
        validate_path(&PathRequest::new(&target, &[intermediate], &anchors, now())).is_ok()
    };
    let plain = || root.certifies(&ca).authority();
    let leaf = || ca.certifies(&seal);
    assert!(valid(plain().make(), leaf().make()));
    for (oid, value, holds) in [
        (oid::EXTENDED_KEY_USAGE, &[0x30, 0][..], false),
        (oid::SUBJECT_KEY_IDENTIFIER, &[4, 1], true),
        (oid::AUTHORITY_KEY_IDENTIFIER, &[0x30, 2, 0x81, 0], true),
        (oid::PRIVATE_KEY_USAGE_PERIOD, &[0x30, 2, 0x80, 0], true),
    ] {
        assert_eq!(valid(plain().make(), leaf().extension(oid, false, value).make()), holds, "{oid}");
        assert_eq!(valid(plain().extension(oid, false, value).make(), leaf().make()), holds, "{oid}");
        assert!(!valid(plain().make(), leaf().extension(oid, true, value).make()), "{oid}");
    }
    assert!(!valid(plain().make(), leaf().extension(oid::KEY_USAGE, false, &[3, 0]).make()));
    let anchor = root.certifies(&root).basic_constraints(true, None).extension(oid::KEY_USAGE, false, &[3, 0]).make();
    let below_malformed = TrustAnchors::from_iter([anchor]);
    let (intermediate, target) = (plain().make(), leaf().make());
    assert!(validate_path(&PathRequest::new(&target, &[intermediate], &below_malformed, now())).is_err());
}

/// Extensions belong to version 3 (RFC 5280 §4.1.2.9). Software that knows version 1 alone sees no limit in them.
#[test]
fn extensions_in_a_version_without_them_refuse_the_path() {
    let (root, ca, seal) = (Subject::new("root"), Subject::new("ca"), Subject::new("seal"));
    let intermediate = || root.certifies(&ca).authority();
    let of_version = |mut made: test_certificates::Made, version| {
        made.version = version;
        made.make()
    };
    let valid = |intermediate: Certificate, target: Certificate| validate(&target, &[intermediate], &root.root());
    assert!(valid(intermediate().make(), ca.certifies(&seal).make()).is_ok());
    // Without extensions every version will do.
    for version in [0, 1] {
        assert!(valid(intermediate().make(), of_version(ca.certifies(&seal), version)).is_ok());
        let target = ca.certifies(&seal).key_usage(0x80);
        for result in [
            valid(intermediate().make(), of_version(target, version)),
            valid(of_version(intermediate(), version), ca.certifies(&seal).make()),
        ] {
            assert!(matches!(result, Err(PathError::Unreadable { what: Unreadable::NotDer, .. })), "{result:?}");
        }
    }
}

/// The value of an extension is DER as the rest of a certificate is: of BER, two readers make two values.
#[test]
fn a_limit_that_is_not_der_refuses_the_path() {
    let (root, ca, seal) = (Subject::new("root"), Subject::new("ca"), Subject::new("seal"));
    let leaf = || ca.certifies(&seal).make();
    let of = |constraints: &[u8]| {
        let made = root.certifies(&ca).key_usage(0x04).extension(oid::BASIC_CONSTRAINTS, true, constraints);
        validate(&leaf(), &[made.make()], &root.root())
    };
    assert!(of(&[0x30, 3, 1, 1, 0xff]).is_ok());
    for constraints in [&[0x30, 3, 1, 1, 1][..], &[0x30, 0x81, 3, 1, 1, 0xff], &[0x30, 4, 1, 0x81, 1, 0xff]] {
        let result = of(constraints);
        assert!(matches!(result, Err(PathError::Unreadable { what: Unreadable::NotDer, .. })), "{result:?}");
    }
}
