//! This module defines the request for a path search.

use core::fmt;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::budget::ValidationBudget;
use super::pool::CertificatePool;
use crate::pki::TrustAnchors;
use crate::pki::certificate::Certificate;

/// A request to find a path from a certificate to an anchor that is valid at a given time.
#[derive(Clone, Debug)]
pub struct PathRequest<'a> {
    /// The certificate at the beginning of the path.
    pub target: &'a Certificate,
    /// The certificates that may be between target and anchor, such as those beside the signature. They need not be
    /// trusted. Order and duplicates do not matter.
    pub candidates: &'a [Certificate],
    /// The anchors at which a path may end.
    pub anchors: &'a TrustAnchors,
    /// The time at which every certificate below the anchor must be valid. A fraction of a second is cut off.
    pub at: DateTime<Utc>,
    /// The policy inputs of RFC 5280 §6.1.1 (c) to (g).
    pub policies: PolicyInputs,
    /// Extensions that the caller processes in every certificate of the path, so that they may be critical there.
    pub processed: &'a [ObjectIdentifier],
    /// Extensions that the caller processes in the target alone, so that they may be critical there.
    pub processed_in_target: &'a [ObjectIdentifier],
    /// The signature checks that this search shares with others. Without it the search has
    /// [`MAX_SIGNATURE_CHECKS`](crate::pki::limits::MAX_SIGNATURE_CHECKS) of its own.
    pub budget: Option<&'a ValidationBudget>,
    /// Further candidates, which are arranged once for many requests.
    pub(super) pool: Option<&'a CertificatePool>,
    avoided: Option<Avoided<'a>>,
}

/// Says which certificates no path shall go through.
#[derive(Clone, Copy)]
struct Avoided<'a>(&'a dyn Fn(&Certificate) -> bool);

impl fmt::Debug for Avoided<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Avoided(..)")
    }
}

impl<'a> PathRequest<'a> {
    /// Makes a request without policy inputs. The only critical extensions allowed are those that the validation itself
    /// processes: names, basic and name constraints, policies and key usages.
    pub fn new(
        target: &'a Certificate,
        candidates: &'a [Certificate],
        anchors: &'a TrustAnchors,
        at: DateTime<Utc>,
    ) -> Self {
        let policies = PolicyInputs::default();
        Self {
            target,
            candidates,
            anchors,
            at,
            policies,
            processed: &[],
            processed_in_target: &[],
            budget: None,
            pool: None,
            avoided: None,
        }
    }

    /// Sets the policy inputs.
    #[must_use]
    pub fn with_policies(self, policies: PolicyInputs) -> Self {
        Self { policies, ..self }
    }

    /// Sets the extensions that the caller processes in every certificate of the path. Authority information access
    /// never counts as processed, because nothing here follows it.
    #[must_use]
    pub fn with_processed(self, processed: &'a [ObjectIdentifier]) -> Self {
        Self { processed, ..self }
    }

    /// Sets the extensions that the caller processes in the target. A caller that applies the rules for TSA
    /// certificates processes privateKeyUsagePeriod. extKeyUsage always counts as processed, because the caller checks
    /// the purposes of the target.
    #[must_use]
    pub fn with_processed_in_target(self, processed_in_target: &'a [ObjectIdentifier]) -> Self {
        Self { processed_in_target, ..self }
    }

    /// Sets the budget that pays for the signature checks.
    #[must_use]
    pub fn with_budget(self, budget: &'a ValidationBudget) -> Self {
        Self { budget: Some(budget), ..self }
    }

    /// Adds candidates that many requests share.
    #[must_use]
    pub(crate) fn with_pool(self, pool: &'a CertificatePool) -> Self {
        Self { pool: Some(pool), ..self }
    }

    /// Leaves out paths through certificates of which this is true.
    #[must_use]
    pub(crate) fn avoiding(self, is_avoided: &'a dyn Fn(&Certificate) -> bool) -> Self {
        Self { avoided: Some(Avoided(is_avoided)), ..self }
    }

    pub(super) fn avoids(&self, certificate: &Certificate) -> bool {
        self.avoided.is_some_and(|Avoided(is_avoided)| is_avoided(certificate))
    }
}

/// The policy inputs of [RFC 5280 §6.1.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1.1). By default any policy
/// is acceptable and none is required.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // the standard's three indicators, each set by its own method
pub struct PolicyInputs {
    pub(super) initial_policies: Option<Vec<ObjectIdentifier>>,
    pub(super) explicit_policy: bool,
    pub(super) policy_mapping_inhibited: bool,
    pub(super) any_policy_inhibited: bool,
}

impl PolicyInputs {
    /// Sets user-initial-policy-set: the policies that are acceptable.
    #[must_use]
    pub fn with_initial_policies(self, policies: impl IntoIterator<Item = ObjectIdentifier>) -> Self {
        Self { initial_policies: Some(policies.into_iter().collect()), ..self }
    }

    /// Sets initial-explicit-policy: the path must be valid for one of the initial policies.
    #[must_use]
    pub fn with_explicit_policy(self) -> Self {
        Self { explicit_policy: true, ..self }
    }

    /// Sets initial-policy-mapping-inhibit: policies are not mapped.
    #[must_use]
    pub fn with_policy_mapping_inhibited(self) -> Self {
        Self { policy_mapping_inhibited: true, ..self }
    }

    /// Sets initial-any-policy-inhibit: anyPolicy matches no policy.
    #[must_use]
    pub fn with_any_policy_inhibited(self) -> Self {
        Self { any_policy_inhibited: true, ..self }
    }
}
