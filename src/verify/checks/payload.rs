//! The payload, compared with the digests in the statement.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::payload_form::SignedForm;
use crate::crypto::{AlgorithmEnd, DigestAlgorithm, Standing};
use crate::evidence::{ContentPart, PayloadDigests, Statement};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text::{date, listed};
use crate::verify::settings::Settings;
use crate::verify::verified::Payload;

/// Compares the payload with the content parts that the statement names. Returns the end of the digest that ends last, by
/// which it was compared.
pub(crate) fn check_payload<S: Statement>(
    statement: &S,
    payload: Payload<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Option<AlgorithmEnd> {
    let (given, octets) = match payload {
        Payload::Digests(given) => (Cow::Borrowed(given), None),
        Payload::Octets(octets) => (Cow::Owned(computed(statement, octets)), Some(octets)),
        Payload::NotAvailable => {
            ledger.note(Subject::Payload, Code::PayloadNotCompared);
            return None;
        }
    };
    let given = given.as_ref();
    let comparisons = statement.parts().iter().map(|part| (part, compare(part, given)));
    let mut comparable = false;
    for (part, comparison) in comparisons {
        match comparison {
            Comparison::Same => {
                let past_from = note_match(part, given, settings, now, ledger);
                note_form(octets, ledger);
                return past_from;
            }
            Comparison::Different => comparable = true,
            Comparison::NoCommonAlgorithm => {}
        }
    }
    let names = listed(|| given.iter(), ", ");
    if comparable {
        let stated = listed(|| statement.parts().iter().filter_map(|part| part.digests().first()), ", ");
        ledger.note_with(Subject::Payload, Code::PayloadDiffers, || Details::both(stated, names));
    } else {
        ledger.note_with(Subject::Payload, Code::PayloadDigestNotStated, || Details::computed(names));
    }
    None
}

/// Computes the digests of a payload by all algorithms that the statement uses.
fn computed<S: Statement>(statement: &S, octets: &[u8]) -> PayloadDigests {
    let mut algorithms: Vec<DigestAlgorithm> = Vec::new();
    for digest in statement.parts().iter().flat_map(|part| part.digests().iter()) {
        if !algorithms.contains(&digest.algorithm()) {
            algorithms.push(digest.algorithm());
        }
    }
    let digests = PayloadDigests::from_digests(algorithms.iter().map(|algorithm| algorithm.digest(octets)));
    // A statement has digests that another one may have too.
    digests.unwrap_or_else(|_| PayloadDigests::of_bytes(octets))
}

/// Tells if the payload carries a signature of its own (deliberation 13/116, point 5: the content may be signed).
fn note_form(octets: Option<&[u8]>, ledger: &mut Ledger<'_>) {
    // Nobody reads it in a strict verdict, and a large payload costs a copy.
    if ledger.is_complete()
        && let Some(form) = octets.and_then(SignedForm::of)
    {
        ledger.note_with(Subject::Payload, Code::PayloadSigned, || Details::stated(form));
    }
}

enum Comparison {
    Same,
    Different,
    NoCommonAlgorithm,
}

/// Same: all digests by common algorithms agree, and there is at least one.
fn compare(part: &ContentPart, given: &PayloadDigests) -> Comparison {
    let common =
        given.iter().filter_map(|digest| part.digests().get(digest.algorithm()).map(|stated| stated == digest));
    common.fold(Comparison::NoCommonAlgorithm, |so_far, same| match (so_far, same) {
        (Comparison::Different, _) | (_, false) => Comparison::Different,
        (_, true) => Comparison::Same,
    })
}

/// The strongest common digest counts: that is what further digests in a statement are for.
fn note_match(
    part: &ContentPart,
    given: &PayloadDigests,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Option<AlgorithmEnd> {
    let common = || given.iter().filter(|digest| part.digests().get(digest.algorithm()).is_some());
    let best = common().map(|digest| settings.policy.algorithms.digest(digest.algorithm(), now)).min();
    ledger.note_with(Subject::Payload, Code::PayloadMatches, || Details::both(part.media_type(), listed(common, ", ")));
    match best {
        Some(Standing::Good) | None => {}
        Some(Standing::Legacy { what, since }) => {
            ledger.note_with(Subject::Payload, Code::PayloadDigestLegacy, || {
                Details::both(what, format_args!("since {}", date(since)))
            });
        }
        Some(Standing::Past { what, since }) => {
            ledger.note_with(Subject::Payload, Code::PayloadDigestPastItsDate, || {
                Details::both(what, format_args!("since {}", date(since)))
            });
        }
        Some(Standing::Unlisted { what }) => {
            ledger.note_with(Subject::Payload, Code::AlgorithmNotListed, || Details::stated(what));
        }
    }
    let mut ends = common().map(|digest| settings.policy.algorithms.digest_past_from(digest.algorithm()));
    let first = ends.next()?;
    // One digest without an end is enough.
    ends.fold(first, |latest, end| latest.zip(end).map(|(latest, end)| latest.max(end)))
}
