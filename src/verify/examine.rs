//! The checks of one signature and of the time it is proven for, common to proofs and signatures by others.

use chrono::{DateTime, Utc};

use super::checks::level::recognise;
use super::checks::seal::{check_seal_chain, check_signature, check_stated};
use super::examined::Examined;
use super::material::Material;
use super::settings::{Budgets, Settings};
use super::signature::Signature;
use super::time::proven::{check_content_time, check_signing_time, check_time};
use super::time::records::{self, FoundRecord};
use super::time::timestamps;
use crate::finding::{Ledger, Notes, Subject};

pub(super) fn examine(
    signature: &Signature<'_>,
    settings: &Settings,
    now: DateTime<Utc>,
    budgets: &Budgets,
    ledger: &mut Ledger<'_>,
) -> Examined {
    let mut notes = Notes::new(ledger, Subject::Seal);
    let signer = check_signature(signature, settings, &mut notes);
    let signing_time = check_stated(signature, &mut notes);
    let found = timestamps::find(signature, ledger);
    let records = records::find(signature, settings, ledger);
    let of_records = records.iter().flat_map(FoundRecord::tokens);
    let tokens = found.iter().filter_map(timestamps::Found::token).chain(of_records).collect();
    let material = Material::new(settings, now, budgets, Some(signature.embedded), tokens)
        .with_crypto_infos(records.iter().filter_map(FoundRecord::crypto_infos));
    let preserved = records::judge(&records, found.len(), signature, &material, ledger);
    material.preserve(preserved.proven_at);
    let judged = timestamps::judge_timestamps(&found, signature, &material, preserved.proven_at, ledger);
    let from_records = (preserved.records, preserved.proven_at);
    let proven_at = check_time(&found, &judged, from_records, signature.profile, ledger);
    preserved.check_undone(timestamps::valid_over_signature(&found, &judged), ledger);
    check_content_time(&found, &judged, proven_at, ledger);
    let valid = judged.iter().flatten().filter(|one| one.path.is_some()).map(|one| &one.genuine);
    check_signing_time(signing_time, valid.chain(preserved.valid()), proven_at, settings, ledger);
    let path = signer.as_ref().and_then(|signer| check_seal_chain(signer, signing_time, proven_at, &material, ledger));
    material.note_more_certificates(&mut Notes::new(ledger, Subject::Envelope));
    let is_revocation_known = path.is_some() && proven_at.is_some() && material.is_revocation_known();
    let mut timestamps = timestamps::examined(found, judged);
    timestamps.extend(preserved.timestamps);
    let level = recognise(signature, &timestamps, is_revocation_known, ledger);
    Examined { signer, signing_time, timestamps, proven_at, path, level }
}
