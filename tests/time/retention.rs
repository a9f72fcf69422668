//! How long evidence is kept, counted in the days of Brussels.

use chrono::{DateTime, Months, Utc};
use recommande::life::{Keeping, Retention, Zone};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn ten_full_years_begin_with_the_next_year_in_brussels() {
    let retention = Retention::named("BE-EBOX").unwrap();
    let until = |transaction| retention.keep_until(at(transaction)).unwrap();
    assert_eq!(until("2026-11-22T00:00:00Z"), at("2036-12-31T23:00:00Z"));
    assert_eq!(until("2026-12-31T22:59:59Z"), at("2036-12-31T23:00:00Z"));
    // It is already 2027 in Brussels.
    assert_eq!(until("2026-12-31T23:00:00Z"), at("2037-12-31T23:00:00Z"));
}

#[test]
fn each_rule_has_a_name() {
    let names: Vec<String> = Retention::all().map(|rule| rule.name().to_owned()).collect();
    assert_eq!(names, ["BE-EBOX", "FR-LRE"]);
    assert!(names.iter().all(|name| Retention::named(name).is_some()));
    assert_eq!(Retention::named("be-ebox"), None);
    let own = Retention::new("CONTRACT-7", Zone::named("UTC").unwrap(), 3);
    assert_eq!(
        (own.name(), own.keep_until(at("2026-11-22T00:00:00Z"))),
        ("CONTRACT-7", Some(at("2030-01-01T00:00:00Z")))
    );
}

#[test]
fn a_late_reply_prolongs_the_dossier() {
    let retention = Retention::named("BE-EBOX").unwrap();
    let transactions = [at("2027-03-01T00:00:00Z"), at("2026-11-22T00:00:00Z")];
    assert_eq!(retention.keep_dossier_until(transactions), Some(at("2037-12-31T23:00:00Z")));
    assert_eq!(retention.keep_dossier_until([]), None);
}

#[test]
fn retention_is_compared_with_what_verifies() {
    let keep_until = at("2036-12-31T23:00:00Z");
    let now = at("2026-11-29T00:00:00Z");
    let end = at("2031-01-01T00:00:00Z");
    let rule = Retention::named("BE-EBOX").unwrap();
    assert_eq!(rule.keeping(keep_until, Some(end), now), Keeping::RenewBefore(end));
    assert_eq!(rule.keeping(keep_until, Some(keep_until), now), Keeping::Covered);
    assert_eq!(rule.keeping(keep_until, None, now), Keeping::Covered);
    // The end is exclusive.
    let last = at("2036-12-31T22:59:59Z");
    assert_eq!(rule.keeping(keep_until, None, last), Keeping::Covered);
    assert_eq!(rule.keeping(keep_until, None, keep_until), Keeping::KeptTooLong);
    assert_eq!(rule.keeping_of_deleted(keep_until, last), Some(Keeping::KeptTooShort));
    assert_eq!(rule.keeping_of_deleted(keep_until, keep_until), None);
}

#[test]
fn a_dispute_holds_what_retention_would_let_go() {
    let keep_until = at("2036-12-31T23:00:00Z");
    let later = at("2040-01-01T00:00:00Z");
    let rule = Retention::named("BE-EBOX").unwrap();
    let held = rule.clone().held_by_dispute();
    assert!(held.is_held() && !rule.is_held());
    assert_eq!(rule.keeping(keep_until, Some(later), keep_until), Keeping::KeptTooLong);
    assert_eq!(held.keeping(keep_until, Some(later), keep_until), Keeping::RenewBefore(later));
    assert_eq!(held.keeping(keep_until, None, keep_until), Keeping::Covered);
    assert_eq!(held.keeping_of_deleted(keep_until, keep_until), Some(Keeping::KeptTooShort));
    // What has to be kept by its years alone is the same.
    let transaction = at("2026-11-22T00:00:00Z");
    assert_eq!(held.keep_until(transaction), rule.keep_until(transaction));
}

#[test]
fn a_floor_counts_where_the_years_end_before() {
    // French proofs: a year at least, which ends with the day of the same date.
    let paris = Retention::named("FR-LRE").unwrap();
    let until = |transaction| paris.keep_until(at(transaction)).unwrap();
    assert_eq!(until("2026-06-15T10:00:00Z"), at("2027-06-15T22:00:00Z"));
    // Half past midnight on 1 January in Paris.
    assert_eq!(until("2026-12-31T22:59:59Z"), at("2027-12-31T23:00:00Z"));
    assert_eq!(until("2026-12-31T23:30:00Z"), at("2028-01-01T23:00:00Z"));
    // A year after a leap day is its last February.
    assert_eq!(until("2028-02-29T10:00:00Z"), at("2029-02-28T23:00:00Z"));
    // Ten full years are more than twelve months.
    let floor = Retention::named("BE-EBOX").unwrap().with_floor(Months::new(12));
    assert_eq!(floor.keep_until(at("2026-11-22T00:00:00Z")), Some(at("2036-12-31T23:00:00Z")));
    // And less than twelve years.
    let long = Retention::named("BE-EBOX").unwrap().with_floor(Months::new(144));
    assert_eq!(long.keep_until(at("2026-11-22T00:00:00Z")), Some(at("2038-11-22T23:00:00Z")));
    assert_eq!(long.with_floor(Months::new(u32::MAX)).keep_until(at("2026-11-22T00:00:00Z")), None);
}
