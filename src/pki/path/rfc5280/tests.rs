//! These tests check name constraints and policies through whole paths.

use signed_data::tlv::Tag;

use crate::asn1::{oid, writer};
use crate::pki::path::{PathConstraint, PathError, PathRequest, PolicyInputs, validate_path};
use crate::pki::test_certificates::{Made, Subject, now, rdns};
use crate::pki::{Certificate, TrustAnchors};

const MAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const DIRECTORY: u8 = 0xa4;
const URI: u8 = 0x86;
const IP: u8 = 0x87;
const REGISTERED_ID: u8 = 0x88;

/// Validates a path of a root, one authority and a leaf.
fn verdict(authority: impl Fn(Made) -> Made, leaf: impl Fn(Made) -> Made) -> Result<(), PathConstraint> {
    judge(authority, leaf, &PolicyInputs::default())
}

fn judge(
    authority: impl Fn(Made) -> Made,
    leaf: impl Fn(Made) -> Made,
    policies: &PolicyInputs,
) -> Result<(), PathConstraint> {
    let (root, ca, end) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let candidates = [authority(root.certifies(&ca).authority()).make()];
    let target = leaf(ca.certifies(&end)).make();
    outcome(&target, &candidates, &root.root(), policies)
}

fn outcome(
    target: &Certificate,
    candidates: &[Certificate],
    anchor: &Certificate,
    policies: &PolicyInputs,
) -> Result<(), PathConstraint> {
    let anchors = TrustAnchors::from_iter([anchor.clone()]);
    let request = PathRequest::new(target, candidates, &anchors, now()).with_policies(policies.clone());
    match validate_path(&request) {
        Ok(_) => Ok(()),
        Err(PathError::Constraint { constraint, .. }) => Err(constraint),
        Err(error) => panic!("{error:?}"),
    }
}

fn constraints(list: u8, form: u8, base: &[u8]) -> Vec<u8> {
    let subtree = writer::sequence(&[&writer::tlv(Tag(form), base)]);
    writer::sequence(&[&writer::tlv(Tag::context(list), &subtree)])
}

/// Returns the verdicts on a name under a permitted and under an excluded subtree.
fn under(form: u8, base: &[u8], name: &[u8]) -> [Result<(), PathConstraint>; 2] {
    [0, 1].map(|list| {
        let value = constraints(list, form, base);
        let names = writer::sequence(&[&writer::tlv(Tag(form), name)]);
        verdict(
            |made| made.extension(oid::NAME_CONSTRAINTS, true, &value),
            |made| made.extension(oid::SUBJECT_ALT_NAME, false, &names),
        )
    })
}

const REFUSED: Result<(), PathConstraint> = Err(PathConstraint::NameConstraints);
const WITHIN: [Result<(), PathConstraint>; 2] = [Ok(()), REFUSED];
const OUTSIDE: [Result<(), PathConstraint>; 2] = [REFUSED, Ok(())];
const UNCLEAR: [Result<(), PathConstraint>; 2] = [REFUSED, REFUSED];

#[test]
fn hosts_lie_at_or_below_a_dns_constraint() {
    for (base, name, expected) in [
        ("a.example", "a.example", WITHIN),
        ("a.example", "B.A.Example", WITHIN),
        ("a.example", "ba.example", OUTSIDE),
        ("a.example", "example", OUTSIDE),
        ("", "any.example", WITHIN),
        ("a.example", "*.a.example", WITHIN),
        ("a.example", "*.b.example", OUTSIDE),
        // It may stand for a.example.
        ("a.example", "*.example", UNCLEAR),
        ("a.example", "a.example.", UNCLEAR),
        ("a.example", "a..example", UNCLEAR),
        // A period in front has no meaning here. Some read it as "subdomains only".
        (".a.example", "b.a.example", UNCLEAR),
        (".a.example", "b.example", UNCLEAR),
        ("a.example.", "a.example", UNCLEAR),
        ("*.a.example", "b.a.example", UNCLEAR),
        ("a.example\u{e9}", "b.example", UNCLEAR),
    ] {
        assert_eq!(under(DNS, base.as_bytes(), name.as_bytes()), expected, "{base} {name}");
    }
}

#[test]
fn mailboxes_and_uris_lie_at_a_host_or_below_a_domain() {
    for (base, name, expected) in [
        ("a.example", "joe@A.example", WITHIN),
        ("a.example", "joe@b.a.example", OUTSIDE),
        (".a.example", "joe@b.a.example", WITHIN),
        (".a.example", "joe@a.example", OUTSIDE),
        ("joe@a.example", "joe@A.Example", WITHIN),
        ("joe@a.example", "\"j\\oe\"@a.example", WITHIN),
        ("joe@a.example", "Joe@a.example", OUTSIDE),
        ("joe@a.example", "\"joe\"x\"@a.example", UNCLEAR),
        ("joe@a.example", "\"joe\\\"@a.example", UNCLEAR),
        ("a.example", "b@c@a.example", UNCLEAR),
        ("a.example", "\"b@c\"@a.example", WITHIN),
        ("a.example", "joe@a.example.", UNCLEAR),
        ("a.example", "a.example", UNCLEAR),
        ("a@b@a.example", "joe@b.example", UNCLEAR),
        // The standard gives the empty text a meaning for hosts alone.
        ("", "joe@b.example", UNCLEAR),
    ] {
        assert_eq!(under(MAIL, base.as_bytes(), name.as_bytes()), expected, "{base} {name}");
    }
    for (base, name, expected) in [
        ("a.example", "https://u:p@A.example:8443/p?q", WITHIN),
        ("a.example", "https://b.a.example/", OUTSIDE),
        (".a.example", "https://b.a.example#f", WITHIN),
        (".a.example", "https://a.example", OUTSIDE),
        // RFC 3986 does not allow the backslash. A reader that lets it pass has the host behind the at sign, and
        // browsers have it before the backslash.
        ("a.example", "https://a.example\\@b.example/", UNCLEAR),
        ("a.example", "https://a.example @b.example/", UNCLEAR),
        ("a.example", "https://a.example[@b.example/", UNCLEAR),
        ("a.example", "https://u@a.example@b.example/", UNCLEAR),
        ("a.example", "https://u%4@b.example/", UNCLEAR),
        ("a.example", "https://u%40v@b.example/", OUTSIDE),
        ("a.example", "https://b.example:a.example/", UNCLEAR),
        ("a.example", "https://a%2Eexample/", UNCLEAR),
        ("a.example", "https://192.0.2.1/", UNCLEAR),
        ("a.example", "https://[2001:db8::1]/", UNCLEAR),
        ("a.example", "urn:a.example", UNCLEAR),
        ("https://a.example", "https://b.example", UNCLEAR),
        ("", "https://a.example", UNCLEAR),
    ] {
        assert_eq!(under(URI, base.as_bytes(), name.as_bytes()), expected, "{base} {name}");
    }
}

#[test]
fn addresses_lie_in_a_network_of_their_own_version() {
    let network = [192, 0, 2, 0, 255, 255, 255, 0];
    assert_eq!(under(IP, &network, &[192, 0, 2, 77]), WITHIN);
    assert_eq!(under(IP, &network, &[192, 0, 3, 77]), OUTSIDE);
    assert_eq!(under(IP, &network, &[0x20; 16]), OUTSIDE);
    assert_eq!(under(IP, &network, &[192, 0, 2]), UNCLEAR);
    let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 77];
    assert_eq!(under(IP, &network, &mapped), UNCLEAR);
    let mapped_network = |ones: usize| [&mapped[..], &vec![0xff; ones], &vec![0; 16 - ones]].concat();
    assert_eq!(under(IP, &mapped_network(12), &[192, 0, 2, 77]), UNCLEAR);
    assert_eq!(under(IP, &mapped_network(16), &[192, 0, 3, 77]), UNCLEAR);
    assert_eq!(under(IP, &mapped_network(8), &[192, 0, 2, 77]), OUTSIDE);
    assert_eq!(under(IP, &[192, 0, 2, 0, 255, 0, 255, 0], &[10, 0, 2, 77]), UNCLEAR);
    assert_eq!(under(IP, &[192, 0, 2, 0], &[10, 0, 2, 77]), UNCLEAR);
    assert_eq!(under(IP, &[0; 32], &[0x20; 16]), WITHIN);
}

#[test]
fn names_of_persons_lie_under_their_first_components() {
    let name = |values: &[(Tag, &[u8])]| {
        let attributes: Vec<_> = values.iter().map(|(tag, value)| (oid::COMMON_NAME, *tag, *value)).collect();
        rdns(&attributes)
    };
    let base = name(&[(Tag::UTF8_STRING, "Straße É".as_bytes())]);
    let bmp: Vec<u8> = "STRASSE  é".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (value, expected) in [
        ((Tag(0x1e), bmp.as_slice()), WITHIN),
        ((Tag::UTF8_STRING, "strasse e\u{301}".as_bytes()), WITHIN),
        ((Tag::UTF8_STRING, b"strasse e"), OUTSIDE),
        // Characters that depend on who wrote them, and some that are none.
        ((Tag(0x14), b"x\xe9"), UNCLEAR),
        ((Tag::UTF8_STRING, b"\xff"), UNCLEAR),
        // VisibleString is read; the other old types might say anything.
        ((Tag(0x1a), b"strasse e"), OUTSIDE),
        ((Tag(0x15), b"strasse e"), UNCLEAR),
        ((Tag(0x19), b"strasse e"), UNCLEAR),
        ((Tag(0x1b), b"strasse e"), UNCLEAR),
    ] {
        let name = name(&[value, (Tag::UTF8_STRING, b"below")]);
        assert_eq!(under(DIRECTORY, &base, &name)[1], expected[1], "{value:?}");
        let permitted = constraints(0, DIRECTORY, &base);
        let answer = verdict(
            |made| made.extension(oid::NAME_CONSTRAINTS, true, &permitted),
            |mut made| {
                made.subject.clone_from(&name);
                made
            },
        );
        assert_eq!(answer, expected[0], "{value:?}");
    }
    // A string in pieces might say anything as well.
    assert_eq!(under(DIRECTORY, &base, &name(&[(Tag(0x2c), b"\x0c\x01s")]))[1], REFUSED);
}

#[test]
fn addresses_in_the_subject_are_constrained_as_mailboxes() {
    let excluded = constraints(1, MAIL, b"a.example");
    let with_address = |tag: Tag, value: &[u8]| {
        verdict(
            |made| made.extension(oid::NAME_CONSTRAINTS, true, &excluded),
            |mut made| {
                made.subject = rdns(&[(oid::EMAIL_ADDRESS, tag, value)]);
                made
            },
        )
    };
    assert_eq!(with_address(Tag::IA5_STRING, b"joe@b.example"), Ok(()));
    for (tag, value) in [
        (Tag::IA5_STRING, &b"joe@a.example"[..]),
        (Tag(0x1e), b"\0j\0@\0a\0.\0e\0x\0a\0m\0p\0l\0e"),
        (Tag::UTF8_STRING, b"joe@a.example\xff"),
        (Tag::OCTET_STRING, b"joe@a.example"),
    ] {
        assert_eq!(with_address(tag, value), REFUSED, "{value:?}");
    }
}

#[test]
fn an_international_mailbox_is_refused_where_mailboxes_are_constrained() {
    let other_name = |form| {
        let value = writer::tlv(Tag::context(0), &writer::tlv(Tag::UTF8_STRING, "jö@b.example".as_bytes()));
        writer::sequence(&[&writer::tlv(Tag::context(0), &[writer::oid(form), value].concat())])
    };
    let below = |list, form, base: &[u8], names: &[u8]| {
        verdict(
            |made| made.extension(oid::NAME_CONSTRAINTS, true, &constraints(list, form, base)),
            |made| made.extension(oid::SUBJECT_ALT_NAME, false, names),
        )
    };
    let mailbox = other_name(oid::SMTP_UTF8_MAILBOX);
    for list in [0, 1] {
        for base in [&b"a.example"[..], b"joe@a.example", b""] {
            assert_eq!(below(list, MAIL, base, &mailbox), REFUSED);
        }
        assert_eq!(below(list, 0xa0, &writer::oid(oid::SMTP_UTF8_MAILBOX), &mailbox), REFUSED);
        assert_eq!(below(list, DNS, b"a.example", &mailbox), Ok(()));
        assert_eq!(below(list, MAIL, b"a.example", &other_name(oid::DATA)), Ok(()));
    }
}

#[test]
fn a_form_that_is_not_compared_is_refused_where_it_is_constrained() {
    assert_eq!(under(REGISTERED_ID, &[0x2a, 3], &[0x2a, 4]), UNCLEAR);
    let value = constraints(1, REGISTERED_ID, &[0x2a, 3]);
    let names = writer::sequence(&[&writer::tlv(Tag(DNS), b"a.example")]);
    let answer = verdict(
        |made| made.extension(oid::NAME_CONSTRAINTS, true, &value),
        |made| made.extension(oid::SUBJECT_ALT_NAME, false, &names),
    );
    assert_eq!(answer, Ok(()));
}

/// RFC 5280 §4.2.1.10: what cannot be processed matters only to the names of its form.
#[test]
fn a_subtree_without_a_meaning_refuses_the_names_of_its_form_alone() {
    let base = |form: u8, base: &[u8]| writer::sequence(&[&writer::tlv(Tag(form), base)]);
    // minimum 1; maximum 5.
    let distances = [writer::tlv(Tag::context_primitive(0), &[1]), writer::tlv(Tag::context_primitive(1), &[5])];
    let with_distance =
        |distance: &Vec<u8>| writer::sequence(&[&writer::tlv(Tag(DNS), b"b.example"), distance.as_slice()]);
    let mut subtrees = vec![
        (DNS, base(DNS, b"a..example")),
        (MAIL, base(MAIL, b"@")),
        (URI, base(URI, b"/")),
        (IP, base(IP, &[10])),
        (DIRECTORY, base(DIRECTORY, &[0x30, 1])),
    ];
    subtrees.extend(distances.iter().map(|distance| (DNS, with_distance(distance))));
    let names: [(u8, Vec<u8>); 5] = [
        (DNS, b"c.example".to_vec()),
        (MAIL, b"joe@c.example".to_vec()),
        (URI, b"https://c.example".to_vec()),
        (IP, vec![10, 0, 0, 1]),
        (DIRECTORY, rdns(&[(oid::COMMON_NAME, Tag::UTF8_STRING, b"c")])),
    ];
    for (form, subtree) in &subtrees {
        for list in [0, 1] {
            let value = writer::sequence(&[&writer::tlv(Tag::context(list), subtree)]);
            for (name_form, name) in &names {
                let alternative = writer::sequence(&[&writer::tlv(Tag(*name_form), name)]);
                let answer = verdict(
                    |made| made.extension(oid::NAME_CONSTRAINTS, true, &value),
                    |mut made| {
                        made.subject = writer::sequence(&[]);
                        made.extension(oid::SUBJECT_ALT_NAME, true, &alternative)
                    },
                );
                let expected = if form == name_form { REFUSED } else { Ok(()) };
                assert_eq!(answer, expected, "{form:#x} {list} {name_form:#x}");
            }
        }
    }
    // Beside a subtree that permits the name, one without a meaning changes nothing.
    let both = [base(DNS, b"a..example"), base(DNS, b"c.example")].concat();
    let value = writer::sequence(&[&writer::tlv(Tag::context(0), &both)]);
    let names = writer::sequence(&[&writer::tlv(Tag(DNS), b"c.example")]);
    let answer = verdict(
        |made| made.extension(oid::NAME_CONSTRAINTS, true, &value),
        |made| made.extension(oid::SUBJECT_ALT_NAME, false, &names),
    );
    assert_eq!(answer, Ok(()));
    // What is no GeneralName has no form.
    for malformed in [base(0x89, b"a.example"), base(0xa2, b""), writer::sequence(&[]), vec![0x30, 5]] {
        let value = writer::sequence(&[&writer::tlv(Tag::context(1), &malformed)]);
        let answer = verdict(|made| made.extension(oid::NAME_CONSTRAINTS, true, &value), |made| made);
        assert_eq!(answer, Err(PathConstraint::Malformed { extension: "nameConstraints" }), "{malformed:?}");
    }
}

/// RFC 5280 §4.2 refuses a critical extension that holds what cannot be processed, also where it limits nothing. One that
/// is not critical limits nothing in the target.
#[test]
fn a_critical_extension_that_cannot_be_read_is_refused_where_it_limits_nothing() {
    let empty = writer::sequence(&[]);
    let no_qc_statements = writer::tlv(Tag::SEQUENCE, &[5, 0]);
    for malformed in [&[][..], &[5, 0], &[0x30, 5, 1]] {
        let leaf = |critical| move |made: Made| made.extension(oid::NAME_CONSTRAINTS, critical, malformed);
        let refused = Err(PathConstraint::Malformed { extension: "nameConstraints" });
        assert_eq!(verdict(|made| made, leaf(true)), refused, "{malformed:?}");
        assert_eq!(verdict(|made| made, leaf(false)), Ok(()), "{malformed:?}");
    }
    for (oid, extension, readable, malformed) in [
        (oid::QC_STATEMENTS, "qcStatements", &empty, &no_qc_statements),
        (oid::OCSP_NOCHECK, "ocsp-nocheck", &vec![5, 0], &empty),
    ] {
        let judge = |critical, value: &[u8]| {
            let (root, end) = (Subject::new("root"), Subject::new("leaf"));
            let target = root.certifies(&end).extension(oid, critical, value).make();
            let anchors = TrustAnchors::from_iter([root.root()]);
            let request = PathRequest::new(&target, &[], &anchors, now());
            validate_path(&request.with_processed(&[oid::QC_STATEMENTS, oid::OCSP_NOCHECK])).map(drop)
        };
        assert_eq!(judge(true, readable), Ok(()), "{extension}");
        assert_eq!(judge(false, malformed), Ok(()), "{extension}");
        let refused = judge(true, malformed).unwrap_err();
        assert!(refused.to_string().ends_with(&format!("{extension} is malformed")), "{refused}");
    }
}

fn policies(of: &[const_oid::ObjectIdentifier]) -> Vec<u8> {
    let information: Vec<_> = of.iter().map(|policy| writer::sequence(&[&writer::oid(*policy)])).collect();
    writer::tlv(Tag::SEQUENCE, &information.concat())
}

/// The policies are only compared, so any identifiers serve here.
const RED: const_oid::ObjectIdentifier = oid::DATA;
const BLUE: const_oid::ObjectIdentifier = oid::TIME_STAMPING;

#[test]
fn a_policy_is_acceptable_in_the_terms_of_the_user() {
    let mapping = writer::sequence(&[&writer::sequence(&[&writer::oid(RED), &writer::oid(BLUE)])]);
    let mapped = |made: Made| {
        made.extension(oid::CERTIFICATE_POLICIES, false, &policies(&[RED])).extension(
            oid::POLICY_MAPPINGS,
            true,
            &mapping,
        )
    };
    let leaf = |made: Made| made.extension(oid::CERTIFICATE_POLICIES, false, &policies(&[BLUE]));
    let wants = |policy| PolicyInputs::default().with_initial_policies([policy]).with_explicit_policy();
    assert_eq!(judge(mapped, leaf, &wants(RED)), Ok(()));
    assert_eq!(judge(mapped, leaf, &wants(BLUE)), Err(PathConstraint::Policies));
    assert_eq!(judge(mapped, leaf, &wants(oid::ANY_POLICY)), Ok(()));
    let inhibited = wants(oid::ANY_POLICY).with_policy_mapping_inhibited();
    assert_eq!(judge(mapped, leaf, &inhibited), Err(PathConstraint::Policies));
    assert_eq!(judge(mapped, |made| made, &PolicyInputs::default()), Ok(()));

    let any = |made: Made| made.extension(oid::CERTIFICATE_POLICIES, true, &policies(&[oid::ANY_POLICY]));
    assert_eq!(judge(any, leaf, &wants(BLUE)), Ok(()));
    assert_eq!(judge(any, any, &wants(BLUE)), Ok(()));
    assert_eq!(judge(any, leaf, &wants(BLUE).with_any_policy_inhibited()), Err(PathConstraint::Policies));
    let to_any = writer::sequence(&[&writer::sequence(&[&writer::oid(RED), &writer::oid(oid::ANY_POLICY)])]);
    let answer = verdict(|made| made.extension(oid::POLICY_MAPPINGS, true, &to_any), |made| made);
    assert_eq!(answer, Err(PathConstraint::PolicyMapping));
}

#[test]
fn a_required_policy_is_required_from_there_on() {
    let requires = |after: u8| {
        let value = writer::sequence(&[&writer::tlv(Tag::context_primitive(0), &[after])]);
        move |made: Made| {
            made.extension(oid::CERTIFICATE_POLICIES, false, &policies(&[RED])).extension(
                oid::POLICY_CONSTRAINTS,
                true,
                &value,
            )
        }
    };
    let leaf = |made: Made| made.extension(oid::CERTIFICATE_POLICIES, false, &policies(&[RED]));
    assert_eq!(verdict(requires(0), leaf), Ok(()));
    assert_eq!(verdict(requires(0), |made| made), Err(PathConstraint::Policies));
    assert_eq!(verdict(requires(1), |made| made), Err(PathConstraint::Policies));
    assert_eq!(verdict(requires(2), |made| made), Ok(()));
    for value in [writer::sequence(&[&writer::tlv(Tag::context_primitive(0), &[0x80])]), vec![0x30, 1]] {
        let answer = verdict(|made| made, |made| made.extension(oid::POLICY_CONSTRAINTS, true, &value));
        assert_eq!(answer, Err(PathConstraint::Malformed { extension: "policyConstraints" }));
    }
}

/// RFC 5280 §4.2.1.12 lets a certificate be used for its purposes alone. For an issuer these are the purposes below it.
#[test]
fn a_critical_purpose_of_an_issuer_is_one_of_the_target() {
    let purposes = |purposes: &[const_oid::ObjectIdentifier]| {
        let identifiers: Vec<_> = purposes.iter().flat_map(|purpose| writer::oid(*purpose)).collect();
        writer::sequence(&[&identifiers])
    };
    let judged = |critical, above: &[const_oid::ObjectIdentifier], target: &[const_oid::ObjectIdentifier]| {
        verdict(
            |made| made.extension(oid::EXTENDED_KEY_USAGE, critical, &purposes(above)),
            |made| match target {
                [] => made,
                target => made.extension(oid::EXTENDED_KEY_USAGE, true, &purposes(target)),
            },
        )
    };
    const MAIL: const_oid::ObjectIdentifier = oid::EMAIL_ADDRESS;
    for (above, target, expected) in [
        (&[oid::TIME_STAMPING][..], &[oid::TIME_STAMPING][..], Ok(())),
        (&[MAIL, oid::TIME_STAMPING], &[oid::TIME_STAMPING], Ok(())),
        (&[oid::ANY_EXTENDED_KEY_USAGE], &[oid::TIME_STAMPING], Ok(())),
        (&[oid::ANY_EXTENDED_KEY_USAGE], &[], Ok(())),
        (&[MAIL], &[oid::TIME_STAMPING], Err(PathConstraint::ExtendedKeyUsage)),
        (&[MAIL], &[oid::ANY_EXTENDED_KEY_USAGE], Err(PathConstraint::ExtendedKeyUsage)),
        (&[MAIL], &[], Err(PathConstraint::ExtendedKeyUsage)),
        // Whoever issues certificates may let another key answer for them (RFC 6960 §4.2.2.2).
        (&[MAIL], &[oid::OCSP_SIGNING], Ok(())),
    ] {
        assert_eq!(judged(true, above, target), expected, "{above:?} {target:?}");
        assert_eq!(judged(false, above, target), Ok(()));
    }
}

/// Each authority maps each policy to all policies. A tree would have 40^8 leaves.
#[test]
fn mappings_do_not_multiply() {
    let policy = |number: u32| {
        const_oid::ObjectIdentifier::from_arcs([1, 3, 6, 1, 4, 1, 32473, number]).expect("arcs that exist")
    };
    let stated = policies(&(0..40).map(policy).collect::<Vec<_>>());
    let pairs: Vec<_> = (0..40)
        .flat_map(|from| (0..40).map(move |to| (from, to)))
        .map(|(from, to)| writer::sequence(&[&writer::oid(policy(from)), &writer::oid(policy(to))]))
        .collect();
    let mappings = writer::tlv(Tag::SEQUENCE, &pairs.concat());
    let authorities: Vec<_> = (0..9).map(|number| Subject::new(&format!("ca {number}"))).collect();
    let candidates: Vec<_> = authorities
        .windows(2)
        .map(|pair| {
            let made = pair[0].certifies(&pair[1]).authority().extension(oid::CERTIFICATE_POLICIES, false, &stated);
            made.extension(oid::POLICY_MAPPINGS, true, &mappings).make()
        })
        .collect();
    let target = authorities[8].certifies(&Subject::new("leaf")).extension(oid::CERTIFICATE_POLICIES, false, &stated);
    let wanted = |number| PolicyInputs::default().with_initial_policies([policy(number)]).with_explicit_policy();
    let (target, anchor) = (target.make(), authorities[0].root());
    assert_eq!(outcome(&target, &candidates, &anchor, &wanted(7)), Ok(()));
    assert_eq!(outcome(&target, &candidates, &anchor, &wanted(40)), Err(PathConstraint::Policies));
}
