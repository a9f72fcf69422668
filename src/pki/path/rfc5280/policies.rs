//! This module processes certificate policies: RFC 5280 §6.1 with the graph of [RFC
//! 9618](https://www.rfc-editor.org/rfc/rfc9618#section-5).
//!
//! RFC 5280 keeps a tree, which a short path can make grow exponentially. The graph has one node for each policy of a
//! depth, so the size of the certificates bounds it.

use std::collections::HashMap;

use const_oid::ObjectIdentifier;
use signed_data::tlv::Oid;

use super::extensions::PolicyExtensions;
use crate::asn1::oid;
use crate::pki::path::outcome::PathConstraint;
use crate::pki::path::request::PolicyInputs;

/// The policy variables of RFC 5280 §6.1.2 (a), (d), (e) and (f).
pub(super) struct Policies<'a> {
    /// The depths of valid_policy_graph, from the anchor downwards. The graph is NULL if the last depth is empty. Nodes
    /// without children need no pruning, because [`Policies::wrap_up`] walks up from the last depth.
    depths: Vec<Depth<'a>>,
    /// The user-initial-policy-set. `None` is the set that contains only anyPolicy.
    acceptable: Option<Vec<ObjectIdentifier>>,
    explicit_policy: u64,
    policy_mapping: u64,
    inhibit_any_policy: u64,
}

/// The nodes of one depth of valid_policy_graph.
#[derive(Default)]
struct Depth<'a> {
    /// True if there is a node whose valid_policy is anyPolicy. Its parent is the node of anyPolicy above it. Its
    /// expected_policy_set contains only anyPolicy, because anyPolicy is never mapped.
    any_policy: bool,
    nodes: Vec<Node>,
    by_valid_policy: HashMap<Oid<'a>, usize>,
    /// The nodes whose expected_policy_set contains a policy, by that policy.
    by_expected_policy: HashMap<Oid<'a>, Vec<usize>>,
}

/// A node whose valid_policy is not anyPolicy.
enum Node {
    /// A child of the node of anyPolicy.
    OfAnyPolicy,
    /// A child of these nodes of the depth above.
    Of(Vec<usize>),
}

/// The exemption of a self-issued certificate that is not the last one, so that an authority can renew itself under its own
/// constraints: it uses up no length and no count of certificates, and anyPolicy counts in it (RFC 5280 §6.1.3 (b) and (d),
/// §6.1.4 (h) and (l)).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Exemption {
    None,
    SelfIssued,
}

/// What a policy variable says about the certificates from here on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Permission {
    Given,
    Inhibited,
}

impl Permission {
    /// A variable counts the certificates down to the one from which on it inhibits.
    fn of(variable: u64) -> Self {
        if variable > 0 { Self::Given } else { Self::Inhibited }
    }
}

impl<'a> Depth<'a> {
    fn is_empty(&self) -> bool {
        !self.any_policy && self.by_valid_policy.is_empty()
    }

    /// Adds a node unless the policy has one already. The node is made only then, so that a repeated policy does not
    /// copy the list of parents each time.
    fn add(&mut self, valid_policy: Oid<'a>, node: impl FnOnce() -> Node) {
        let number = self.nodes.len();
        self.by_valid_policy.entry(valid_policy).or_insert_with(|| {
            self.nodes.push(node());
            number
        });
    }
}

impl<'a> Policies<'a> {
    /// Initialises the variables (RFC 5280 §6.1.2) for a path of `length` certificates, with the limits of the anchor.
    /// RFC 5937 §3.2 takes the anchor's policies and indicators as inputs, however many certificates the anchor lets
    /// pass before they apply.
    pub(super) fn new(inputs: &PolicyInputs, anchor: &PolicyExtensions<'_>, length: u64) -> Self {
        let PolicyInputs { initial_policies, explicit_policy, policy_mapping_inhibited, any_policy_inhibited } = inputs;
        let initially = |is_set: bool| if is_set { 0 } else { length.saturating_add(1) };
        Self {
            depths: vec![Depth { any_policy: true, ..Depth::default() }],
            acceptable: acceptable(initial_policies.as_deref(), anchor.policies.as_deref()),
            explicit_policy: initially(*explicit_policy || anchor.require_explicit_policy.is_some()),
            policy_mapping: initially(*policy_mapping_inhibited || anchor.inhibit_policy_mapping.is_some()),
            inhibit_any_policy: initially(*any_policy_inhibited || anchor.inhibit_any_policy.is_some()),
        }
    }

    /// Processes the policies of a certificate, RFC 5280 §6.1.3 (d) to (f).
    pub(super) fn process(
        &mut self,
        certificate: &PolicyExtensions<'a>,
        exemption: Exemption,
    ) -> Result<(), PathConstraint> {
        let any_policy = match exemption {
            Exemption::SelfIssued => Permission::Given,
            Exemption::None => Permission::of(self.inhibit_any_policy),
        };
        let next = match (self.depths.last(), &certificate.policies) {
            (Some(above), Some(stated)) => children(above, stated, any_policy),
            _ => Depth::default(),
        };
        let is_null = next.is_empty();
        self.depths.push(next);
        if self.explicit_policy == 0 && is_null { Err(PathConstraint::Policies) } else { Ok(()) }
    }

    /// Prepares for the next certificate, RFC 5280 §6.1.4 (a), (b) and (h) to (j).
    pub(super) fn prepare(
        &mut self,
        certificate: &PolicyExtensions<'a>,
        exemption: Exemption,
    ) -> Result<(), PathConstraint> {
        let is_any = |policy: &Oid<'_>| *policy == oid::ANY_POLICY;
        if certificate.mappings.iter().any(|(issuer, subject)| is_any(issuer) || is_any(subject)) {
            return Err(PathConstraint::PolicyMapping);
        }
        let mapping = Permission::of(self.policy_mapping);
        if let Some(depth) = self.depths.last_mut() {
            map(depth, &certificate.mappings, mapping);
        }
        let (explicit, mapping, any) =
            (&mut self.explicit_policy, &mut self.policy_mapping, &mut self.inhibit_any_policy);
        for (variable, stated) in [
            (explicit, certificate.require_explicit_policy),
            (mapping, certificate.inhibit_policy_mapping),
            (any, certificate.inhibit_any_policy),
        ] {
            if exemption == Exemption::None {
                *variable = variable.saturating_sub(1);
            }
            *variable = stated.map_or(*variable, |stated| stated.min(*variable));
        }
        Ok(())
    }

    /// Completes the last certificate, RFC 5280 §6.1.5 (a), (b) and (g).
    pub(super) fn wrap_up(mut self, certificate: &PolicyExtensions<'a>) -> Result<(), PathConstraint> {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        if certificate.require_explicit_policy == Some(0) {
            self.explicit_policy = 0;
        }
        if self.explicit_policy > 0 || self.is_acceptable() { Ok(()) } else { Err(PathConstraint::Policies) }
    }

    /// Returns true if the intersection of valid_policy_graph and user-initial-policy-set is not NULL.
    fn is_acceptable(&self) -> bool {
        let Some(last) = self.depths.last() else { return false };
        match &self.acceptable {
            None => !last.is_empty(),
            Some(acceptable) if last.any_policy => !acceptable.is_empty(),
            Some(acceptable) => self.is_one_reached(acceptable),
        }
    }

    /// Returns true if the last depth descends from a child of anyPolicy with one of these policies. The children of
    /// anyPolicy are the policies in the user's terms (RFC 9618 §5.6).
    fn is_one_reached(&self, acceptable: &[ObjectIdentifier]) -> bool {
        let mut live: Vec<usize> =
            self.depths.last().map(|depth| depth.by_valid_policy.values().copied().collect()).unwrap_or_default();
        for depth in self.depths.iter().rev() {
            let mut is_live = vec![false; depth.nodes.len()];
            live.iter().filter_map(|number| is_live.get_mut(*number).map(|flag| *flag = true)).for_each(drop);
            let is_accepted = |policy: &Oid<'_>, number: usize| {
                is_live.get(number) == Some(&true)
                    && matches!(depth.nodes.get(number), Some(Node::OfAnyPolicy))
                    && acceptable.iter().any(|accepted| *policy == *accepted)
            };
            if depth.by_valid_policy.iter().any(|(policy, number)| is_accepted(policy, *number)) {
                return true;
            }
            let nodes = depth.nodes.iter().zip(&is_live).filter(|(_, is_live)| **is_live);
            live = nodes
                .flat_map(|(node, _)| match node {
                    Node::OfAnyPolicy => &[],
                    Node::Of(parents) => parents.as_slice(),
                })
                .copied()
                .collect();
        }
        false
    }
}

/// Returns user-initial-policy-set after RFC 5937 §3.2: the policies that both the user and the anchor accept.
fn acceptable(user: Option<&[ObjectIdentifier]>, anchor: Option<&[Oid<'_>]>) -> Option<Vec<ObjectIdentifier>> {
    let user = user.filter(|user| !user.contains(&oid::ANY_POLICY));
    let anchor = anchor.filter(|anchor| !anchor.iter().any(|policy| *policy == oid::ANY_POLICY));
    match (user, anchor) {
        (None, None) => None,
        (Some(user), None) => Some(user.to_vec()),
        // A caller cannot name a policy that const-oid cannot hold. Leaving it out only makes the set smaller.
        (None, Some(anchor)) => {
            Some(anchor.iter().filter_map(|policy| ObjectIdentifier::from_bytes(policy.as_bytes()).ok()).collect())
        }
        (Some(user), Some(anchor)) => {
            Some(user.iter().filter(|policy| anchor.iter().any(|stated| stated == *policy)).copied().collect())
        }
    }
}

/// Makes the nodes below `above` for the policies that a certificate states, RFC 9618 §5.3, step (d).
fn children<'a>(above: &Depth<'a>, stated: &[Oid<'a>], any_policy: Permission) -> Depth<'a> {
    let mut depth = Depth::default();
    for policy in stated.iter().filter(|policy| **policy != oid::ANY_POLICY) {
        match above.by_expected_policy.get(policy) {
            Some(parents) => depth.add(*policy, || Node::Of(parents.clone())),
            None if above.any_policy => depth.add(*policy, || Node::OfAnyPolicy),
            None => {}
        }
    }
    if any_policy == Permission::Given && stated.iter().any(|policy| *policy == oid::ANY_POLICY) {
        for (policy, parents) in &above.by_expected_policy {
            depth.add(*policy, || Node::Of(parents.clone()));
        }
        depth.any_policy = above.any_policy;
    }
    depth.by_expected_policy = depth.by_valid_policy.iter().map(|(policy, number)| (*policy, vec![*number])).collect();
    depth
}

/// Maps the policies of the issuer to expected policies, or removes them if mapping is inhibited, RFC 9618 §5.4, step
/// (b).
fn map<'a>(depth: &mut Depth<'a>, mappings: &[(Oid<'a>, Oid<'a>)], mapping: Permission) {
    for (issuer, _) in mappings {
        if mapping == Permission::Given && depth.any_policy {
            depth.add(*issuer, || Node::OfAnyPolicy);
        }
        // A mapped policy is expected under its own name only if a mapping below says so.
        depth.by_expected_policy.remove(issuer);
    }
    for (issuer, subject) in mappings {
        if mapping == Permission::Inhibited {
            depth.by_valid_policy.remove(issuer);
        } else if let Some(number) = depth.by_valid_policy.get(issuer) {
            depth.by_expected_policy.entry(*subject).or_default().push(*number);
        }
    }
}
