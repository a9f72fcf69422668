//! Judges one signature and the time that it is proven for, in proofs and in signatures by others alike.

use chrono::{DateTime, Utc};

use super::answer::{RevocationPlace, sources};
use super::checks::level::{EmbeddedRevocation, recognise};
use super::checks::seal::{SealChain, SealTimes, check_seal_chain, check_signature, check_stated};
use super::embedded::Embedded;
use super::examined::{Examined, ExaminedRecord};
use super::existence::{ContentPlace, ExistenceSummary, SignatureScope};
use super::file::File;
use super::limits::{MAX_EVIDENCE_RECORDS, MAX_TOKENS_OF_RECORDS};
use super::material::{Carried, Material};
use super::settings::{Budgets, Settings};
use super::signature::{COUNTERSIGNATURES, RecordsTold, Signature};
use super::time::coverage::{check_covered_evidence, check_covered_revocation, check_indexes};
use super::time::evidence::{KeepTokens, TimeEvidence, Verdict, find, judge};
use super::time::proven::{check_content_time, check_signing_time, check_undone, earliest, made_after};
use super::time::trust::Grounds;
use crate::cms::CheckedSigner;
use crate::crypto::Digest;
use crate::finding::{Code, Details, Ledger, Notes, Subject};
use crate::text::shown;

/// Judges the signature, then the evidence of its time from the newest to the oldest, then its chain at the earliest time
/// that is proven.
pub(super) fn examine(
    signature: &Signature<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    budgets: &Budgets,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let mut notes = Notes::new(ledger, Subject::Seal);
    let signer = check_signature(signature, settings, &budgets.artifact, &mut notes);
    let signing_time = check_stated(signature, &mut notes);

    let evidence = find(signature.file, signature.signer);
    if signature.records_told == RecordsTold::InFirstReport {
        // The tokens of records are numbered after all others.
        ledger.leave_out_acceptable(signature.signer.tokens.len().saturating_add(1), &COUNTERSIGNATURES);
    }
    note_limits(signature, ledger);
    let tokens: Vec<_> = evidence.iter().flat_map(TimeEvidence::tokens).collect();
    let crypto_infos: Vec<_> = evidence.iter().filter_map(TimeEvidence::crypto_infos).collect();
    let file = signature.file;
    let of_other_signers: Vec<_> = file.tokens_of_others(signature.signer).collect();
    let carried = Carried {
        revocation: &file.revocation,
        file: Some(&file.embedded),
        tokens: &tokens,
        crypto_infos: &crypto_infos,
        of_other_signers: &of_other_signers,
    };
    let material = Material::new(settings, now, budgets, &carried);
    material.note_left_out(&mut Notes::new(ledger, Subject::Envelope));

    let (verdicts, poes) = judge(&evidence, signature, &material, ledger);
    let proven_at = earliest(&verdicts, signature, ledger);
    check_undone(&verdicts, ledger);
    let made_after = made_after(&verdicts);

    let is_renewed = verdicts.iter().any(|verdict| verdict.covers_since().is_some());
    let times = SealTimes { signing_time, made_after, proven_at, is_renewed };
    let signer = signer.map(|signer| {
        signer.chosen(&settings.policy.levels, |candidate, scratch| {
            check_seal_chain(candidate, &times, &material, &poes, scratch);
        })
    });
    let chain = signer.as_ref().map(|signer| check_seal_chain(signer, &times, &material, &poes, ledger));
    let chain = chain.unwrap_or_default();
    // ETSI EN 319 102-1 V1.4.1, clause 5.5.4, asks about the order of times and the delay last, in (4)(e) and (5).
    check_content_time(&verdicts, proven_at, ledger);
    let skew = settings.policy.clock_skew();
    check_covered_evidence(&verdicts, &signature.signer.listing, skew, ledger);
    let published = chain.published.iter().chain(verdicts.iter().flat_map(Verdict::published));
    check_covered_revocation(published, &verdicts, &poes, skew, ledger);
    let grounds = Grounds { path: chain.path.as_deref(), published: &chain.published };
    check_indexes(grounds, &verdicts, signature.file, &signature.signer.listing, &poes, ledger);
    check_signing_time(signing_time, proven_at, now, &verdicts, signature.profile, settings, ledger);
    let is_revocation_open = chain.leaves_revocation_open || verdicts.iter().any(Verdict::leaves_revocation_open);
    let revocation = match (&chain.path, proven_at) {
        (Some(_), Some(_)) if !is_revocation_open => EmbeddedRevocation::Complete,
        _ => EmbeddedRevocation::Incomplete,
    };
    let (records, existence) = reported(&evidence, &verdicts, ledger);
    let keep = KeepTokens::by(ledger);
    let keep_of_records = match signature.records_told {
        RecordsTold::Here => keep,
        RecordsTold::InFirstReport => KeepTokens::Nothing,
    };
    let timestamps = verdicts.into_iter().flat_map(|verdict| verdict.examined(keep, keep_of_records));
    let timestamps: Vec<_> = timestamps.collect();
    let level = recognise(signature, &timestamps, revocation, ledger);
    let SealChain { path, answers, past_from: seal_past_from, .. } = chain;
    let all_answers = answers.iter().chain(timestamps.iter().flat_map(|timestamp| &timestamp.answers));
    let places = |fingerprint: &Digest| places(fingerprint, &evidence, &of_other_signers, file, settings);
    let sources = sources(all_answers, places, |fingerprint| poes.revocation_since(fingerprint));
    let scope = ledger.is_complete().then(|| scope(signature, signer.as_ref()));
    Examined {
        signer,
        signing_time,
        timestamps,
        max_timestamps: signature.signer.max_tokens,
        proven_at,
        first_proven_at: proven_at,
        path,
        answers,
        seal_past_from,
        payload_past_from: None,
        records,
        sources,
        existence,
        scope,
        level,
        record_count: file.records.len(),
        others: Vec::new(),
    }
}

/// Returns the evidence records and the proofs of existence for a report, and none for a strict verdict.
fn reported(
    evidence: &[TimeEvidence<'_>],
    verdicts: &[Verdict<'_>],
    ledger: &Ledger<'_>,
) -> (Vec<ExaminedRecord>, Vec<ExistenceSummary>) {
    if !ledger.is_complete() {
        return (Vec::new(), Vec::new());
    }
    let judged = || evidence.iter().zip(verdicts);
    let records = judged().filter_map(|(evidence, verdict)| evidence.examined_record(verdict));
    let existence = judged().flat_map(|(evidence, verdict)| evidence.existence(verdict, verdicts));
    (records.collect(), existence.collect())
}

/// Returns every place where revocation data lies: the signature, the evidence of its time, other signers, and what
/// the caller gave.
fn places(
    fingerprint: &Digest,
    evidence: &[TimeEvidence<'_>],
    of_other_signers: &[&Embedded],
    file: &File<'_>,
    settings: &Settings,
) -> Vec<RevocationPlace> {
    let beside = file.embedded.carries(fingerprint).then_some(RevocationPlace::Signature);
    let within = evidence.iter().flat_map(|evidence| evidence.places_of(fingerprint));
    let is_of_others = of_other_signers.iter().any(|embedded| embedded.carries(fingerprint));
    let of_others = is_of_others.then_some(RevocationPlace::OtherSigner);
    let given = settings.gave_revocation(fingerprint).then_some(RevocationPlace::Caller);
    beside.into_iter().chain(within).chain(of_others).chain(given).collect()
}

/// Describes what the signature is over: where the content lies, its type and its digest.
fn scope(signature: &Signature<'_>, signer: Option<&CheckedSigner>) -> SignatureScope {
    let content_info = &signature.file.signed_data.encap_content_info;
    let content = match content_info.content {
        Some(_) => ContentPlace::Attached,
        None => ContentPlace::Detached,
    };
    let digest = signer.and_then(|signer| signer.content.or_else(|| (signature.content)(signer.content_digest)));
    SignatureScope { content, content_type: shown(content_info.content_type), digest: digest.map(shown) }
}

/// Notes that there are more timestamps or evidence records than are looked at.
fn note_limits(signature: &Signature<'_>, ledger: &mut Ledger<'_>) {
    if signature.signer.has_more_tokens {
        ledger.note_with(Subject::Time, Code::TimestampsTooMany, || Details::computed(signature.signer.max_tokens));
    }
    if signature.file.has_more_records {
        ledger.note_with(Subject::Time, Code::RecordsTooMany, || {
            Details::computed(format!("{MAX_EVIDENCE_RECORDS}, of {MAX_TOKENS_OF_RECORDS} tokens together"))
        });
    }
}
