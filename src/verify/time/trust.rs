//! Whether a genuine token can be trusted: its path, its algorithms and the revocation of its certificates.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::poe::ProofsOfExistence;
use super::token::Token;
use crate::cms::note_standing;
use crate::finding::Notes;
use crate::pki::ValidatedPath;
use crate::time::token::{GenuineToken, TokenTrust, check_trust};
use crate::verify::checks::revocation::{self, Inquiry, Role};
use crate::verify::material::Material;

/// The trust in a token.
#[derive(Default)]
pub(crate) struct Trust {
    /// The path is there when nothing speaks against the token.
    pub(crate) path: Option<Arc<ValidatedPath>>,
    /// Whether the revocation data in the artifact leaves the status of a certificate open.
    pub(crate) leaves_revocation_open: bool,
}

/// Checks the trust in a genuine token that is known to have existed at a time.
pub(crate) fn check_valid(
    token: &Token<'_>,
    genuine: &GenuineToken,
    existed: DateTime<Utc>,
    material: &Material<'_>,
    poes: &mut ProofsOfExistence<'_>,
    notes: &mut Notes<'_, '_>,
) -> Trust {
    let settings = material.settings;
    let trust = TokenTrust {
        chains: &settings.tsa_chains,
        candidates: material,
        policies: &settings.policy.tsa_policies,
        algorithms: &settings.policy.algorithms,
        clock_skew: settings.policy.clock_skew(),
        existed,
        now: material.now,
        budget: material.budget,
    };
    let Some(path) = check_trust(&token.parsed.tst_info, genuine, &trust, notes) else { return Trust::default() };
    poes.add_token(&token.embedded, existed);
    let role = Role::Token { gen_time: genuine.gen_time, existed };
    let inquiry = Inquiry { chains: &settings.tsa_chains, role, material, poes };
    let checked = revocation::check(Arc::clone(&path), &inquiry, notes);
    if !Arc::ptr_eq(&path, &checked.path) {
        note_standing(checked.path.standing(&settings.policy.algorithms, existed.max(genuine.gen_time)), notes);
    }
    Trust { path: notes.is_sound().then_some(checked.path), leaves_revocation_open: checked.leaves_revocation_open }
}
