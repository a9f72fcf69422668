//! These tests break each rule of RFC 5280 §6.1 once, in a chain that keeps all of them.
//!
//! The chain uses every rule: two authorities below the root with lengths, name constraints, policies that are required,
//! mapped and inhibited, and a leaf that fits. Each row changes one certificate or one input.

use chrono::{DateTime, TimeDelta, Utc};
use const_oid::ObjectIdentifier;
use signed_data::tlv::Tag;

use crate::asn1::{oid, writer};
use crate::pki::path::{PathConstraint, PathError, PathRequest, PolicyInputs, validate_path};
use crate::pki::test_certificates::{Subject, common_name, now, year};
use crate::pki::{Certificate, TrustAnchors};

const RED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");
const BLUE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.2");
const GREEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3");
const UNKNOWN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.30");

/// The fields of a certificate that the rules are about.
struct Draft {
    subject: Vec<u8>,
    /// The issuer as it is written, if it is not the subject above.
    issuer: Option<Vec<u8>>,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    /// cA and pathLenConstraint.
    basic_constraints: Option<(bool, Option<u8>)>,
    key_usage: Option<u8>,
    /// The subtree of permittedSubtrees, and that of excludedSubtrees.
    permitted: Option<&'static str>,
    excluded: Option<&'static str>,
    host: Option<&'static str>,
    policies: Vec<ObjectIdentifier>,
    mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    require_explicit_policy: Option<u8>,
    inhibit_policy_mapping: Option<u8>,
    inhibit_any_policy: Option<u8>,
    /// An extension that nobody knows, and whether it is critical.
    unknown: Option<bool>,
    /// The signature is by the key of the leaf.
    is_forged: bool,
}

/// The certificates below the root, and the inputs.
struct Chain {
    upper: Draft,
    lower: Draft,
    leaf: Draft,
    inputs: PolicyInputs,
    /// The policies of the root, and its requireExplicitPolicy.
    root: (Vec<ObjectIdentifier>, Option<u8>),
}

fn draft(name: &str) -> Draft {
    Draft {
        subject: common_name(name),
        issuer: None,
        not_before: year(2020),
        not_after: year(2030),
        basic_constraints: None,
        key_usage: Some(0x80),
        permitted: None,
        excluded: None,
        host: None,
        policies: vec![RED],
        mappings: Vec::new(),
        require_explicit_policy: None,
        inhibit_policy_mapping: None,
        inhibit_any_policy: None,
        unknown: Some(false),
        is_forged: false,
    }
}

/// A chain that keeps every rule.
fn good() -> Chain {
    let authority = |name, path_len| Draft {
        basic_constraints: Some((true, Some(path_len))),
        key_usage: Some(0x06),
        ..draft(name)
    };
    Chain {
        upper: Draft {
            permitted: Some("a.example"),
            excluded: Some("x.a.example"),
            mappings: vec![(RED, BLUE)],
            require_explicit_policy: Some(1),
            inhibit_policy_mapping: Some(1),
            inhibit_any_policy: Some(1),
            ..authority("upper", 1)
        },
        lower: Draft { policies: vec![oid::ANY_POLICY], ..authority("lower", 0) },
        leaf: Draft { host: Some("b.a.example"), policies: vec![BLUE], ..draft("leaf") },
        inputs: PolicyInputs::default().with_initial_policies([RED]).with_explicit_policy(),
        root: (Vec::new(), None),
    }
}

/// A change to a good chain.
type Change = fn(&mut Chain);

fn subtrees(list: u8, host: Option<&str>) -> Vec<u8> {
    let subtree = |host: &str| writer::sequence(&[&writer::tlv(Tag(0x82), host.as_bytes())]);
    host.map(|host| writer::tlv(Tag::context(list), &subtree(host))).unwrap_or_default()
}

fn certificate(
    draft: &Draft,
    issuer: &Subject,
    name_of_issuer: &[u8],
    subject: &Subject,
    forger: &Subject,
) -> Certificate {
    let signer = if draft.is_forged { forger } else { issuer };
    let mut made = signer.certifies(subject).valid(draft.not_before, draft.not_after);
    made.subject.clone_from(&draft.subject);
    made.issuer = draft.issuer.clone().unwrap_or_else(|| name_of_issuer.to_vec());
    if let Some((ca, path_len)) = draft.basic_constraints {
        made = made.basic_constraints(ca, path_len);
    }
    if let Some(bits) = draft.key_usage {
        made = made.key_usage(bits);
    }
    if draft.permitted.is_some() || draft.excluded.is_some() {
        let value = writer::sequence(&[&subtrees(0, draft.permitted), &subtrees(1, draft.excluded)]);
        made = made.extension(oid::NAME_CONSTRAINTS, true, &value);
    }
    if let Some(host) = draft.host {
        let names = writer::sequence(&[&writer::tlv(Tag(0x82), host.as_bytes())]);
        made = made.extension(oid::SUBJECT_ALT_NAME, false, &names);
    }
    if !draft.policies.is_empty() {
        let policies: Vec<u8> =
            draft.policies.iter().flat_map(|policy| writer::sequence(&[&writer::oid(*policy)])).collect();
        made = made.extension(oid::CERTIFICATE_POLICIES, true, &writer::sequence(&[&policies]));
    }
    if !draft.mappings.is_empty() {
        let pairs = draft.mappings.iter();
        let pairs: Vec<u8> =
            pairs.flat_map(|(from, to)| writer::sequence(&[&writer::oid(*from), &writer::oid(*to)])).collect();
        made = made.extension(oid::POLICY_MAPPINGS, true, &writer::sequence(&[&pairs]));
    }
    let field = |number, skip: Option<u8>| {
        skip.map(|skip| writer::tlv(Tag::context_primitive(number), &[skip])).unwrap_or_default()
    };
    let constraints = [field(0, draft.require_explicit_policy), field(1, draft.inhibit_policy_mapping)].concat();
    if !constraints.is_empty() {
        made = made.extension(oid::POLICY_CONSTRAINTS, true, &writer::sequence(&[&constraints]));
    }
    if let Some(skip) = draft.inhibit_any_policy {
        made = made.extension(oid::INHIBIT_ANY_POLICY, true, &writer::small_integer(skip));
    }
    if let Some(critical) = draft.unknown {
        made = made.extension(UNKNOWN, critical, &[5, 0]);
    }
    made.make()
}

/// Judges the good chain after a change.
fn judged(change: Change) -> Result<(), PathError> {
    let mut chain = good();
    change(&mut chain);
    let [root, upper, lower, leaf] = ["root", "upper", "lower", "leaf"].map(Subject::new);
    let candidates = [
        certificate(&chain.upper, &root, &root.name, &upper, &leaf),
        certificate(&chain.lower, &upper, &chain.upper.subject, &lower, &leaf),
    ];
    let target = certificate(&chain.leaf, &lower, &chain.lower.subject, &leaf, &upper);
    let (policies, require_explicit_policy) = chain.root;
    let authority = draft("root");
    let limits = Draft {
        subject: root.name.clone(),
        basic_constraints: Some((true, None)),
        key_usage: Some(0x06),
        policies,
        require_explicit_policy,
        ..authority
    };
    let anchors = TrustAnchors::from_iter([certificate(&limits, &root, &root.name, &root, &root)]);
    let request = PathRequest::new(&target, &candidates, &anchors, now()).with_policies(chain.inputs);
    validate_path(&request).map(drop)
}

fn assert_constraint(expected: PathConstraint, rows: &[(&str, Change)]) {
    for (rule, change) in rows {
        match judged(*change) {
            Err(PathError::Constraint { constraint, .. }) => assert_eq!(constraint, expected, "{rule}"),
            answer => panic!("{rule}: {answer:?}"),
        }
    }
}

fn assert_kept(rows: &[(&str, Change)]) {
    rows.iter().for_each(|(rule, change)| assert_eq!(judged(*change), Ok(()), "{rule}"));
}

#[test]
fn the_chain_keeps_every_rule() {
    assert_kept(&[("all", |_| ())]);
}

#[test]
fn signatures_names_and_times() {
    let signature: [(&str, Change); 3] = [
        ("6.1.3 (a) (1), upper", |chain| chain.upper.is_forged = true),
        ("6.1.3 (a) (1), lower", |chain| chain.lower.is_forged = true),
        ("6.1.3 (a) (1), leaf", |chain| chain.leaf.is_forged = true),
    ];
    for (rule, change) in signature {
        assert!(matches!(judged(change), Err(PathError::SignatureInvalid { .. })), "{rule}");
    }
    let chaining: [(&str, Change); 3] = [
        ("6.1.3 (a) (4), upper", |chain| chain.upper.issuer = Some(common_name("another"))),
        ("6.1.3 (a) (4), lower", |chain| chain.lower.issuer = Some(common_name("another"))),
        ("6.1.3 (a) (4), leaf", |chain| chain.leaf.issuer = Some(common_name("another"))),
    ];
    for (rule, change) in chaining {
        assert!(matches!(judged(change), Err(PathError::NoPath { .. })), "{rule}");
    }
    assert_kept(&[("7.1", |chain| chain.leaf.issuer = Some(common_name(" LOWER ")))]);
    let early: [(&str, Change); 3] = [
        ("6.1.3 (a) (2), upper", |chain| chain.upper.not_before = now() + TimeDelta::seconds(1)),
        ("6.1.3 (a) (2), lower", |chain| chain.lower.not_before = now() + TimeDelta::seconds(1)),
        ("6.1.3 (a) (2), leaf", |chain| chain.leaf.not_before = now() + TimeDelta::seconds(1)),
    ];
    for (rule, change) in early {
        assert!(matches!(judged(change), Err(PathError::NotYetValid { .. })), "{rule}");
    }
    let late: [(&str, Change); 3] = [
        ("6.1.3 (a) (2), upper", |chain| chain.upper.not_after = now() - TimeDelta::seconds(1)),
        ("6.1.3 (a) (2), lower", |chain| chain.lower.not_after = now() - TimeDelta::seconds(1)),
        ("6.1.3 (a) (2), leaf", |chain| chain.leaf.not_after = now() - TimeDelta::seconds(1)),
    ];
    for (rule, change) in late {
        assert!(matches!(judged(change), Err(PathError::Expired { .. })), "{rule}");
    }
    assert_kept(&[
        ("4.1.2.5, first second", |chain| chain.leaf.not_before = now()),
        ("4.1.2.5, last second", |chain| chain.lower.not_after = now()),
    ]);
}

#[test]
fn issuers() {
    assert_constraint(
        PathConstraint::NotCertificateAuthority,
        &[
            ("6.1.4 (k), none", |chain| chain.upper.basic_constraints = None),
            ("6.1.4 (k), false", |chain| chain.lower.basic_constraints = Some((false, None))),
        ],
    );
    assert_constraint(
        PathConstraint::KeyCertSign,
        &[
            ("6.1.4 (n), upper", |chain| chain.upper.key_usage = Some(0x82)),
            ("6.1.4 (n), lower", |chain| chain.lower.key_usage = Some(0x02)),
        ],
    );
    assert_constraint(PathConstraint::KeyUsageMissing, &[("our own", |chain| chain.lower.key_usage = None)]);
    assert_constraint(
        PathConstraint::PathLength,
        &[
            ("6.1.4 (l), (m)", |chain| chain.upper.basic_constraints = Some((true, Some(0)))),
            ("6.1.4 (m), the smaller counts", |chain| {
                chain.upper.basic_constraints = Some((true, Some(0)));
                chain.lower.basic_constraints = Some((true, Some(9)));
            }),
        ],
    );
    // The lower one is the upper one's for a new key, which does not count.
    assert_kept(&[
        ("6.1.4 (l), self-issued", |chain| {
            chain.upper.basic_constraints = Some((true, Some(0)));
            chain.lower.subject = common_name("Upper");
        }),
        ("6.1.4 (m), no length", |chain| chain.upper.basic_constraints = Some((true, None))),
        ("6.1.4 (n), no matter for a leaf", |chain| chain.leaf.key_usage = None),
    ]);
    let critical = || PathConstraint::CriticalExtension { oid: UNKNOWN.to_string() };
    assert_constraint(critical(), &[("6.1.4 (o), upper", |chain| chain.upper.unknown = Some(true))]);
    assert_constraint(critical(), &[("6.1.4 (o), lower", |chain| chain.lower.unknown = Some(true))]);
    assert_constraint(critical(), &[("6.1.5 (f)", |chain| chain.leaf.unknown = Some(true))]);
}

#[test]
fn names() {
    assert_constraint(
        PathConstraint::NameConstraints,
        &[
            ("6.1.3 (b)", |chain| chain.leaf.host = Some("b.example")),
            ("6.1.3 (b), an authority", |chain| chain.lower.host = Some("b.example")),
            ("6.1.3 (c)", |chain| chain.leaf.host = Some("y.x.a.example")),
            ("6.1.3 (c), an authority", |chain| chain.lower.host = Some("x.a.example")),
            ("6.1.4 (g) (1), the intersection", |chain| chain.lower.permitted = Some("c.a.example")),
            ("6.1.4 (g) (1), no more than above", |chain| {
                chain.lower.permitted = Some("example");
                chain.leaf.host = Some("b.example");
            }),
            ("6.1.4 (g) (2), the union", |chain| chain.lower.excluded = Some("b.a.example")),
        ],
    );
    assert_kept(&[
        ("6.1.4 (g) (1), both", |chain| chain.lower.permitted = Some("b.a.example")),
        ("6.1.3 (b), another form", |chain| chain.leaf.host = None),
        // An authority renews itself under its own constraints.
        ("6.1.3 (b), self-issued", |chain| {
            chain.lower.subject = common_name("upper");
            chain.lower.host = Some("b.example");
        }),
    ]);
    // The last certificate is checked, self-issued or not.
    assert_constraint(
        PathConstraint::NameConstraints,
        &[("6.1.3 (b), last", |chain| {
            chain.leaf.subject = common_name("lower");
            chain.leaf.host = Some("b.example");
        })],
    );
}

#[test]
fn policies() {
    assert_constraint(
        PathConstraint::Policies,
        &[
            ("6.1.3 (d) (1)", |chain| chain.leaf.policies = vec![GREEN]),
            ("6.1.3 (e)", |chain| chain.leaf.policies.clear()),
            ("6.1.3 (e), lower", |chain| chain.lower.policies.clear()),
            ("6.1.3 (f)", |chain| chain.lower.policies = vec![GREEN]),
            ("6.1.4 (b) (1), the issuer's name is gone", |chain| chain.leaf.policies = vec![RED]),
            ("6.1.1 (c)", |chain| {
                chain.inputs = PolicyInputs::default().with_initial_policies([BLUE]).with_explicit_policy();
            }),
            ("6.1.1 (d)", |chain| chain.inputs = chain.inputs.clone().with_policy_mapping_inhibited()),
            ("6.1.1 (f)", |chain| chain.inputs = chain.inputs.clone().with_any_policy_inhibited()),
            ("6.1.4 (j)", |chain| chain.upper.inhibit_any_policy = Some(0)),
            ("6.1.4 (i) (2)", |chain| {
                chain.upper.inhibit_policy_mapping = Some(0);
                chain.lower.policies = vec![BLUE];
                chain.lower.mappings = vec![(BLUE, GREEN)];
                chain.leaf.policies = vec![GREEN];
            }),
            ("6.1.4 (i) (1)", |chain| {
                chain.inputs = PolicyInputs::default();
                chain.leaf.policies.clear();
            }),
            ("6.1.4 (h) (1) and 6.1.5 (a)", |chain| {
                chain.inputs = PolicyInputs::default();
                chain.upper.require_explicit_policy = Some(2);
                chain.leaf.policies.clear();
            }),
            ("6.1.5 (b)", |chain| {
                chain.inputs = PolicyInputs::default();
                chain.upper.require_explicit_policy = None;
                chain.leaf.require_explicit_policy = Some(0);
                chain.leaf.policies.clear();
            }),
            ("6.1.3 (d) (2), anyPolicy of the leaf is inhibited", |chain| {
                chain.leaf.policies = vec![oid::ANY_POLICY];
            }),
        ],
    );
    assert_constraint(
        PathConstraint::PolicyMapping,
        &[
            ("6.1.4 (a), to", |chain| chain.lower.mappings = vec![(BLUE, oid::ANY_POLICY)]),
            ("6.1.4 (a), from", |chain| chain.upper.mappings.push((oid::ANY_POLICY, GREEN))),
        ],
    );
    assert_kept(&[
        ("6.1.1 (e), not required", |chain| {
            chain.inputs = PolicyInputs::default();
            chain.upper.require_explicit_policy = None;
            chain.leaf.policies.clear();
        }),
        ("6.1.4 (i) (1), beyond the end", |chain| {
            chain.inputs = PolicyInputs::default();
            chain.upper.require_explicit_policy = Some(3);
            chain.leaf.policies.clear();
        }),
        // The skipped one is self-issued and does not count.
        ("6.1.4 (h) (1), self-issued", |chain| {
            chain.inputs = PolicyInputs::default();
            chain.upper.require_explicit_policy = Some(2);
            chain.lower.subject = common_name("upper");
            chain.leaf.policies.clear();
        }),
        ("6.1.4 (b) (1), mapped once more", |chain| {
            chain.upper.inhibit_policy_mapping = Some(2);
            chain.lower.policies = vec![BLUE];
            chain.lower.mappings = vec![(BLUE, GREEN)];
            chain.leaf.policies = vec![GREEN];
        }),
        ("6.1.3 (d) (2), self-issued", |chain| {
            chain.upper.inhibit_any_policy = Some(0);
            chain.lower.subject = common_name("upper");
        }),
        ("6.1.5 (g) (ii), any policy of the user", |chain| {
            chain.inputs = PolicyInputs::default().with_explicit_policy();
        }),
    ]);
}

/// RFC 5937 §3.2: the limits of an anchor are inputs.
#[test]
fn the_policies_of_the_anchor() {
    assert_constraint(
        PathConstraint::Policies,
        &[
            ("the policies", |chain| chain.root.0 = vec![BLUE]),
            ("the indicator, however many certificates it skips", |chain| {
                chain.inputs = PolicyInputs::default();
                chain.upper.require_explicit_policy = None;
                chain.root.1 = Some(9);
                chain.leaf.policies.clear();
            }),
        ],
    );
    assert_kept(&[
        ("the policies", |chain| chain.root.0 = vec![RED, BLUE]),
        ("any policy", |chain| chain.root.0 = vec![oid::ANY_POLICY]),
        ("6.1.4 (b) (1), anyPolicy is mapped", |chain| chain.upper.policies = vec![oid::ANY_POLICY]),
    ]);
}
