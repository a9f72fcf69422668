//! The question that a search for a certification path answers.

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::budget::SignatureBudget;
use crate::pki::anchors::TrustAnchors;
use crate::pki::certificate::Certificate;

/// A question: does a path lead from this certificate to an anchor, valid at this time?
#[derive(Clone, Debug)]
pub struct PathRequest<'a> {
    /// The certificate in question.
    pub target: &'a Certificate,
    /// Certificates that may stand between target and anchor: those beside the signature and whatever the caller has.
    /// Nothing is taken for granted about them; order and duplicates do not matter.
    pub candidates: &'a [Certificate],
    /// Where a path may end.
    pub anchors: &'a TrustAnchors,
    /// The time at which every certificate below the anchor must be valid. A fraction of a second is cut off.
    pub at: DateTime<Utc>,
    /// The policy inputs of RFC 5280 §6.1.1 (c) to (g).
    pub policies: PolicyInputs,
    /// Extensions that the caller processes in every certificate of the path, so that they may be critical there.
    pub processed: &'a [ObjectIdentifier],
    /// Extensions that the caller processes in the target alone, so that they may be critical there.
    pub processed_in_target: &'a [ObjectIdentifier],
    /// Signature checks that this search shares with others; otherwise it has
    /// [`MAX_SIGNATURE_CHECKS`](crate::pki::limits::MAX_SIGNATURE_CHECKS) of its
    /// own.
    pub budget: Option<&'a SignatureBudget>,
}

impl<'a> PathRequest<'a> {
    /// The question without policy inputs, and no critical extension processed beyond what the validation itself does
    /// (names, basic and name constraints, policies, key usages).
    pub fn new(
        target: &'a Certificate,
        candidates: &'a [Certificate],
        anchors: &'a TrustAnchors,
        at: DateTime<Utc>,
    ) -> Self {
        let policies = PolicyInputs::default();
        Self { target, candidates, anchors, at, policies, processed: &[], processed_in_target: &[], budget: None }
    }

    /// With these policy inputs.
    #[must_use]
    pub fn with_policies(self, policies: PolicyInputs) -> Self {
        Self { policies, ..self }
    }

    /// With these extensions processed by the caller in every certificate of the path. Authority information access is
    /// never taken as processed: nothing here follows it.
    #[must_use]
    pub fn with_processed(self, processed: &'a [ObjectIdentifier]) -> Self {
        Self { processed, ..self }
    }

    /// With these extensions processed by the caller in the target: whoever applies the rules for TSA certificates
    /// processes privateKeyUsagePeriod (extKeyUsage is always taken as processed: the purposes of the target are for
    /// the caller to judge).
    #[must_use]
    pub fn with_processed_in_target(self, processed_in_target: &'a [ObjectIdentifier]) -> Self {
        Self { processed_in_target, ..self }
    }

    /// With signature checks taken from this budget.
    #[must_use]
    pub fn with_budget(self, budget: &'a SignatureBudget) -> Self {
        Self { budget: Some(budget), ..self }
    }
}

/// The policy inputs of [RFC 5280 §6.1.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1.1), by default none: any
/// policy will do, none is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // the standard's three indicators, each set by its own method
pub struct PolicyInputs {
    pub(super) initial_policies: Option<Vec<ObjectIdentifier>>,
    pub(super) explicit_policy: bool,
    pub(super) policy_mapping_inhibited: bool,
    pub(super) any_policy_inhibited: bool,
}

impl PolicyInputs {
    /// user-initial-policy-set: the policies that are acceptable.
    #[must_use]
    pub fn with_initial_policies(self, policies: impl IntoIterator<Item = ObjectIdentifier>) -> Self {
        Self { initial_policies: Some(policies.into_iter().collect()), ..self }
    }

    /// initial-explicit-policy: the path must be valid for one of the initial policies.
    #[must_use]
    pub fn with_explicit_policy(self) -> Self {
        Self { explicit_policy: true, ..self }
    }

    /// initial-policy-mapping-inhibit: policies are not mapped.
    #[must_use]
    pub fn with_policy_mapping_inhibited(self) -> Self {
        Self { policy_mapping_inhibited: true, ..self }
    }

    /// initial-any-policy-inhibit: anyPolicy stands for nothing.
    #[must_use]
    pub fn with_any_policy_inhibited(self) -> Self {
        Self { any_policy_inhibited: true, ..self }
    }
}
