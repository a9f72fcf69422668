//! How long evidence is kept, counted in the days of Brussels.

use chrono::{DateTime, Utc};
use recommande::life::{Keeping, Retention};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn ten_full_years_begin_with_the_next_year_in_brussels() {
    let retention = Retention::belgian_ebox().unwrap();
    let until = |transaction| retention.keep_until(at(transaction)).unwrap();
    assert_eq!(until("2026-11-22T00:00:00Z"), at("2036-12-31T23:00:00Z"));
    assert_eq!(until("2026-12-31T22:59:59Z"), at("2036-12-31T23:00:00Z"));
    // It is already 2027 in Brussels.
    assert_eq!(until("2026-12-31T23:00:00Z"), at("2037-12-31T23:00:00Z"));
}

#[test]
fn a_late_reply_prolongs_the_dossier() {
    let retention = Retention::belgian_ebox().unwrap();
    let transactions = [at("2027-03-01T00:00:00Z"), at("2026-11-22T00:00:00Z")];
    assert_eq!(retention.keep_dossier_until(transactions), Some(at("2037-12-31T23:00:00Z")));
    assert_eq!(retention.keep_dossier_until([]), None);
}

#[test]
fn retention_is_compared_with_what_verifies() {
    let keep_until = at("2036-12-31T23:00:00Z");
    let now = at("2026-11-29T00:00:00Z");
    let end = at("2031-01-01T00:00:00Z");
    assert_eq!(Keeping::of(keep_until, Some(end), now), Keeping::RenewBefore(end));
    assert_eq!(Keeping::of(keep_until, Some(keep_until), now), Keeping::Covered);
    assert_eq!(Keeping::of(keep_until, None, now), Keeping::Covered);
    // The end is exclusive.
    assert_eq!(Keeping::of(keep_until, None, at("2036-12-31T22:59:59Z")), Keeping::Covered);
    assert_eq!(Keeping::of(keep_until, None, keep_until), Keeping::KeptTooLong);
    assert_eq!(Keeping::of_deletion(keep_until, at("2036-12-31T22:59:59Z")), Some(Keeping::KeptTooShort));
    assert_eq!(Keeping::of_deletion(keep_until, keep_until), None);
}
