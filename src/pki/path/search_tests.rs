//! These tests check the paths that a search finds, its errors, and its cost.

use super::*;
use crate::asn1::{oid, writer};
use crate::pki::test_certificates::{Subject, now, year};
use crate::pki::{Certificate, TrustAnchors, limits, test_certificates};
use signed_data::tlv::Tag;

fn subjects(count: usize, name: &str) -> Vec<Subject> {
    (0..count).map(|number| Subject::new(&format!("{name} {number}"))).collect()
}

fn validate(
    target: &Certificate,
    candidates: &[Certificate],
    anchors: &[&Certificate],
) -> Result<ValidatedPath, PathError> {
    let anchors = anchors.iter().copied().cloned().collect();
    validate_path(&PathRequest::new(target, candidates, &anchors, now()))
}

/// Makes certificates of every authority for every other one, and for itself.
fn cross_certified(authorities: &[Subject], make: impl Fn(test_certificates::Made) -> Certificate) -> Vec<Certificate> {
    let pairs = authorities.iter().flat_map(|issuer| authorities.iter().map(move |subject| (issuer, subject)));
    pairs.map(|(issuer, subject)| make(issuer.certifies(subject).authority())).collect()
}

#[test]
fn seven_cross_certified_authorities_cost_a_check_for_each_certificate() {
    let authorities = subjects(7, "ca");
    let candidates = cross_certified(&authorities, test_certificates::Made::make);
    let leaf = Subject::new("leaf");
    let target = authorities[6].certifies(&leaf).make();
    let anchor = authorities[0].certifies(&authorities[0]).authority().serial(&[9]).make();

    let path = validate(&target, &candidates, &[&anchor]).unwrap();
    assert_eq!(path.certificates.len(), 3);
    assert!(path.signature_checks <= 51, "{}", path.signature_checks);

    // No path at all: each signature is still verified once.
    let budget = ValidationBudget::new(1000);
    let anchors = TrustAnchors::new();
    let request = PathRequest::new(&target, &candidates, &anchors, now()).with_budget(&budget);
    assert!(matches!(validate_path(&request), Err(PathError::NoPath { .. })));
    assert!(budget.used() <= 50, "{}", budget.used());
}

#[test]
fn a_thousand_forbidden_paths_end_at_a_limit() {
    let authorities = subjects(7, "ca");
    // Nobody below may have a name of this form, so that every complete path is refused by the validator.
    let base = writer::tlv(Tag::context_primitive(2), b"allowed.example");
    let permitted = writer::sequence(&[&writer::tlv(Tag::context(0), &writer::sequence(&[&base]))]);
    let candidates =
        cross_certified(&authorities, |made| made.extension(oid::NAME_CONSTRAINTS, true, &permitted).make());
    let name = writer::sequence(&[&writer::tlv(Tag::context_primitive(2), b"other.example")]);
    let target = authorities[6].certifies(&Subject::new("leaf")).extension(oid::SUBJECT_ALT_NAME, false, &name).make();
    let root = Subject::new("root");
    let (anchor, entrance) = (root.root(), root.certifies(&authorities[0]).authority().make());
    let candidates = [candidates, vec![entrance]].concat();
    let answer = validate(&target, &candidates, &[&anchor]);
    assert_eq!(answer, Err(PathError::BudgetExhausted { limit: SearchLimit::Paths }));
}

#[test]
fn the_order_of_the_candidates_changes_nothing() {
    let authorities = subjects(4, "ca");
    let root = Subject::new("root");
    let mut candidates = cross_certified(&authorities, test_certificates::Made::make);
    candidates.extend(authorities.iter().map(|authority| root.certifies(authority).authority().make()));
    let anchor = root.root();
    let good = authorities[3].certifies(&Subject::new("leaf")).make();
    let expired = authorities[3].certifies(&Subject::new("leaf")).valid(year(2020), year(2021)).make();
    let unrelated = Subject::new("other").root();
    for (target, anchor) in [(&good, &anchor), (&expired, &anchor), (&good, &unrelated)] {
        let first = validate(target, &candidates, &[anchor]);
        for turn in 1..candidates.len() {
            let mut turned = candidates.clone();
            turned.rotate_left(turn);
            turned.push(candidates[turn].clone());
            assert_eq!(validate(target, &turned, &[anchor]), first);
            turned.reverse();
            assert_eq!(validate(target, &turned, &[anchor]), first);
        }
    }
}

#[test]
fn loops_end() {
    let pair = subjects(2, "ca");
    let candidates = cross_certified(&pair, test_certificates::Made::make);
    let target = pair[0].certifies(&Subject::new("leaf")).make();
    let stranger = Subject::new("other").root();
    assert!(matches!(validate(&target, &candidates, &[&stranger]), Err(PathError::NoPath { .. })));
    let own = pair[0].root();
    assert!(matches!(validate(&own, &[], &[&stranger]), Err(PathError::NoPath { last }) if last == own));
}

#[test]
fn a_flood_of_issuers_with_the_right_name_costs_no_more_than_the_budget() {
    let (root, ca) = (Subject::new("root"), Subject::new("ca"));
    let identifier = |made: test_certificates::Made, value: u8| {
        made.extension(oid::SUBJECT_KEY_IDENTIFIER, false, &writer::octet_string(&[value; 20]))
    };
    let flood: Vec<_> = (0..400)
        .map(|_| {
            let impostor = Subject::new("ca");
            identifier(root.certifies(&impostor).authority(), 1).make()
        })
        .collect();
    let genuine = identifier(root.certifies(&ca).authority(), 2).make();
    let anchor = root.root();
    let hint = writer::sequence(&[&writer::tlv(Tag::context_primitive(0), &[2; 20])]);
    let leaf = Subject::new("leaf");

    let with_hint = ca.certifies(&leaf).extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &hint).make();
    let candidates = [flood.as_slice(), &[genuine]].concat();
    let path = validate(&with_hint, &candidates, &[&anchor]).unwrap();
    assert!(path.signature_checks <= limits::MAX_SIGNATURE_CHECKS);
    assert!(matches!(validate(&with_hint, &flood, &[&anchor]), Err(PathError::BudgetExhausted { .. })));

    // Without a hint it takes longer, but nobody has to wait until all impostors were tried.
    let without = ca.certifies(&leaf).make();
    let some = [&flood[..100], &candidates[400..]].concat();
    assert!(validate(&without, &some, &[&anchor]).is_ok());
}

#[test]
fn a_key_identifier_is_a_hint_and_no_proof() {
    let (root, leaf) = (Subject::new("root"), Subject::new("leaf"));
    let wrong = writer::sequence(&[&writer::tlv(Tag::context_primitive(0), &[7; 20])]);
    let anchor = root
        .certifies(&root)
        .authority()
        .extension(oid::SUBJECT_KEY_IDENTIFIER, false, &writer::octet_string(&[1; 20]))
        .make();
    let target = root.certifies(&leaf).extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &wrong).make();
    assert!(validate(&target, &[], &[&anchor]).is_ok());
}

#[test]
fn the_way_around_a_bad_certificate_is_found() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let anchor = root.root();
    let target = ca.certifies(&leaf).make();
    let expired = root.certifies(&ca).authority().valid(year(2020), year(2021)).make();
    let renewed = root.certifies(&ca).authority().serial(&[2]).make();
    let no_authority = root.certifies(&ca).key_usage(6).serial(&[3]).make();
    let candidates = [expired, no_authority, renewed.clone()];
    assert_eq!(
        validate(&target, &candidates, &[&anchor]).unwrap().certificates,
        [target.clone(), renewed, anchor.clone()]
    );

    // The short way breaks a constraint, the longer one does not.
    let detour = Subject::new("detour");
    let strict = root.certifies(&root).basic_constraints(true, Some(0)).make();
    let detour_root = detour.root();
    let cross = detour.certifies(&root).authority().make();
    let issuer = root.certifies(&ca).authority().make();
    let path = validate(&target, &[issuer.clone(), cross.clone()], &[&strict, &detour_root]).unwrap();
    assert_eq!(path.certificates, [target, issuer, cross, detour_root]);
}

#[test]
fn the_failure_that_got_furthest_is_reported() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let (anchor, issuer) = (root.root(), root.certifies(&ca).authority().make());
    let target = ca.certifies(&leaf).make();
    let impostor = Subject::new("ca");

    let missing = PathError::NoPath { last: target.clone() };
    assert_eq!(validate(&target, &[], &[&anchor]), Err(missing));
    let foreign = root.certifies(&impostor).authority().make();
    let wrong = PathError::SignatureInvalid { certificate: target.clone(), issuer: foreign.clone() };
    assert_eq!(validate(&target, std::slice::from_ref(&foreign), &[&anchor]), Err(wrong));
    // One that chains further up counts more than the impostor.
    let candidates = [foreign.clone(), issuer.clone()];
    let above = PathError::NoPath { last: issuer.clone() };
    assert_eq!(validate(&target, &candidates, &[]), Err(above));
    // One that reaches the anchor counts more than all others.
    let expired = root.certifies(&ca).authority().valid(year(2020), year(2021)).make();
    let answer = validate(&target, &[foreign, expired.clone()], &[&anchor]);
    assert_eq!(answer, Err(PathError::Expired { certificate: expired.clone(), not_after: year(2021) }));
    // The target comes before what is above it.
    let old = ca.certifies(&leaf).valid(year(2020), year(2021)).make();
    let answer = validate(&old, &[expired], &[&anchor]);
    assert_eq!(answer, Err(PathError::Expired { certificate: old, not_after: year(2021) }));
}

#[test]
fn an_intermediate_can_be_the_anchor() {
    let (root, ca, leaf) = (Subject::new("root"), Subject::new("ca"), Subject::new("leaf"));
    let (top, issuer) = (root.root(), root.certifies(&ca).authority().make());
    let target = ca.certifies(&leaf).valid(year(2025), year(2027)).make();
    let path = validate(&target, &[top.clone(), issuer.clone()], &[&issuer]).unwrap();
    assert_eq!(path.certificates, [target.clone(), issuer.clone()]);
    assert_eq!((path.not_before(), path.not_after()), (year(2025), year(2027)));
    assert_eq!(path.issued().collect::<Vec<_>>(), [(&target, &issuer)]);
    // The shortest path wins where both are anchors.
    assert_eq!(validate(&target, std::slice::from_ref(&top), &[&top, &issuer]).unwrap().anchor(), Some(&issuer));
}

#[test]
fn a_path_has_a_greatest_length() {
    let authorities = subjects(limits::MAX_PATH_LENGTH, "ca");
    let leaf = Subject::new("leaf");
    let candidates: Vec<_> =
        authorities.windows(2).map(|pair| pair[0].certifies(&pair[1]).authority().make()).collect();
    let anchor = authorities[0].root();
    let target = |issuer: usize| authorities[issuer].certifies(&leaf).make();
    let longest = validate(&target(limits::MAX_PATH_LENGTH - 2), &candidates, &[&anchor]).unwrap();
    assert_eq!(longest.certificates.len(), limits::MAX_PATH_LENGTH);
    let too_long = validate(&target(limits::MAX_PATH_LENGTH - 1), &candidates, &[&anchor]);
    assert_eq!(too_long, Err(PathError::BudgetExhausted { limit: SearchLimit::PathLength }));
}

#[test]
fn nothing_but_fingerprints_is_shown() {
    let (root, leaf) = (Subject::new("root"), Subject::new("A. Person"));
    let target = root.certifies(&leaf).make();
    let error = validate(&target, &[], &[]).unwrap_err();
    for text in [format!("{target:?}"), format!("{error:?}"), format!("{error}")] {
        assert!(text.contains(&target.fingerprint().to_string()) && !text.contains("Person"), "{text}");
    }
    assert_eq!(target.subject(), "CN=A. Person");
    assert_eq!(target.common_names(), ["A. Person"]);
}

#[test]
fn many_names_under_many_constraints_are_bounded() {
    let authorities = subjects(7, "ca");
    let names = |count: usize, form: &str| -> Vec<Vec<u8>> {
        let name = |number| format!("{number}.{form}.example");
        (0..count).map(|number| writer::tlv(Tag::context_primitive(2), name(number).as_bytes())).collect()
    };
    let excluded: Vec<_> = names(1000, "excluded").iter().map(|name| writer::sequence(&[name])).collect();
    let excluded = writer::sequence(&[&writer::tlv(Tag::context(1), &excluded.concat())]);
    let candidates =
        cross_certified(&authorities, |made| made.extension(oid::NAME_CONSTRAINTS, true, &excluded).make());
    let mut names = names(145, "allowed");
    names.push(writer::tlv(Tag::context_primitive(2), b"1.excluded.example"));
    let names = writer::tlv(Tag::SEQUENCE, &names.concat());
    let target = authorities[6].certifies(&Subject::new("leaf")).extension(oid::SUBJECT_ALT_NAME, false, &names).make();
    let root = Subject::new("root");
    let candidates = [candidates, vec![root.certifies(&authorities[0]).authority().make()]].concat();
    let answer = validate(&target, &candidates, &[&root.root()]);
    assert_eq!(answer, Err(PathError::BudgetExhausted { limit: SearchLimit::NameComparisons }));
}

/// Each of many short constraints has the whole of a long name read.
#[test]
fn a_long_name_under_many_short_constraints_is_bounded() {
    let uri = |text: &str| writer::tlv(Tag::context_primitive(6), text.as_bytes());
    let search = |octets: usize| {
        let (root, ca) = (Subject::new("root"), Subject::new("ca"));
        let excluded = vec![writer::sequence(&[&uri("b.example")]); 1200].concat();
        let excluded = writer::sequence(&[&writer::tlv(Tag::context(1), &excluded)]);
        let authority = root.certifies(&ca).authority().extension(oid::NAME_CONSTRAINTS, true, &excluded).make();
        let name = writer::sequence(&[&uri(&format!("https://a.example/{}", "a".repeat(octets)))]);
        let target = ca.certifies(&Subject::new("leaf")).extension(oid::SUBJECT_ALT_NAME, false, &name).make();
        validate(&target, &[authority], &[&root.root()]).map(drop)
    };
    assert_eq!(search(50_000), Ok(()));
    assert_eq!(search(60_000), Err(PathError::BudgetExhausted { limit: SearchLimit::NameComparisons }));
}

/// The candidates are many certificates of one authority, or of one impostor.
#[test]
fn a_search_looks_at_so_many_certificates() {
    let (root, ca, impostor) = (Subject::new("root"), Subject::new("ca"), Subject::new("ca"));
    let target = ca.certifies(&Subject::new("leaf")).make();
    let stranger = Subject::new("other").root();
    let search = |authority: &Subject, count: usize| {
        let namesake = |number: usize| {
            let serial = [1, u8::try_from(number / 256).unwrap(), u8::try_from(number % 256).unwrap()];
            root.certifies(authority).authority().serial(&serial).make()
        };
        validate(&target, &(0..count).map(namesake).collect::<Vec<_>>(), &[&stranger]).map(drop)
    };
    let limit = limits::MAX_CERTIFICATES_CONSIDERED;
    let exhausted = Err(PathError::BudgetExhausted { limit: SearchLimit::Certificates });
    // The target is one of them.
    assert!(matches!(search(&ca, limit - 1), Err(PathError::NoPath { .. })));
    assert_eq!(search(&ca, limit), exhausted);
    assert!(matches!(search(&impostor, limit), Err(PathError::SignatureInvalid { .. })));
    assert_eq!(search(&impostor, limit + 1), exhausted);
}

/// The key that verified a certificate spares the checks of its namesakes, whose keys are tried where no path holds.
#[test]
fn namesakes_of_an_issuer_cost_nothing_once_its_key_has_verified() {
    let (ca, leaf) = (Subject::new("ca"), Subject::new("leaf"));
    let identified = |made: test_certificates::Made, identifier: &[u8]| {
        made.extension(oid::SUBJECT_KEY_IDENTIFIER, false, &writer::octet_string(identifier)).make()
    };
    let wanted = writer::sequence(&[&writer::tlv(Tag::context_primitive(0), b"right")]);
    let target = ca.certifies(&leaf).extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &wanted).make();
    let namesakes: Vec<_> = (0..30_u8)
        .map(|number| {
            let namesake = Subject::new("ca");
            identified(namesake.certifies(&namesake).authority().serial(&[number + 2]), b"wrong")
        })
        .collect();
    let issuer = identified(ca.certifies(&ca).authority(), b"right");
    let used = |anchors: &TrustAnchors| {
        let budget = ValidationBudget::default();
        let path = validate_path(&PathRequest::new(&target, &[], anchors, now()).with_budget(&budget));
        (path.map(|path| path.certificates.len()), budget.used())
    };
    let mut anchors: TrustAnchors = namesakes.iter().cloned().collect();
    // Nobody has the key, and each is asked.
    let (path, checks) = used(&anchors);
    assert!(matches!(path, Err(PathError::SignatureInvalid { .. })) && checks == 30, "{checks}");
    anchors.add(issuer);
    assert_eq!(used(&anchors), (Ok(2), 1));
}
