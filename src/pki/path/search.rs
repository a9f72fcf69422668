//! This module searches for a path among candidates and anchors, within limits.
//!
//! The search first builds a graph: from the target upwards, it verifies the signature of every certificate that chains
//! by name, once for each key, until one key has verified it. It then validates the paths of the graph, shortest first. If
//! none of them holds, it goes on with the issuers of other keys. Names and key identifiers only say where to look.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use super::budget::{SearchWork, ValidationBudget};
use super::edges::{Edge, Edges, NoEdge};
use super::issuers::Pool;
use super::outcome::{PathConstraint, PathError, PathNote, SearchLimit, ValidatedPath};
use super::pool::CertificatePool;
use super::request::PathRequest;
use super::rfc5280;
use crate::crypto::Digest;
use crate::pki::certificate::Certificate;
use crate::pki::limits;

/// The preparation of a search takes about as long as so many steps.
const STEPS_OF_SEARCH: u32 = 16;

/// The validation of one path takes about as long as so many steps.
const STEPS_OF_VALIDATION: u32 = 64;

pub(super) fn search(request: &PathRequest<'_>) -> Result<(ValidatedPath, SearchWork), PathError> {
    if request.anchors.contains(request.target) {
        return Ok((target_is_anchor(request)?, SearchWork::default()));
    }
    let own_budget = ValidationBudget::default();
    let budget = request.budget.unwrap_or(&own_budget);
    let (steps, name_octets) = budget.spent();
    let mut edges = Edges::new(budget);
    let mut failures = Failures::default();
    if budget.spend_steps(STEPS_OF_SEARCH).is_none() {
        return Err(PathError::BudgetExhausted { limit: SearchLimit::Steps });
    }
    let (own, none) = (CertificatePool::new(request.candidates.to_vec()), CertificatePool::default());
    let pool = Pool::new(request, &own, &none);
    let mut exploration = Exploration::new(request, &pool, budget, &mut failures);
    exploration.explore(&mut edges, &mut failures);
    let mut path = exploration.graph.first_valid_path(request, budget, &mut edges, &mut failures);
    // Two keys can verify one ECDSA signature, so that an impostor must not hide the issuer.
    if path.is_none() && exploration.resume() {
        exploration.explore(&mut edges, &mut failures);
        path = exploration.graph.first_valid_path(request, budget, &mut edges, &mut failures);
    }
    let Some(path) = path else { return Err(failures.into_error(request.target)) };
    let (steps_after, name_octets_after) = budget.spent();
    let work = SearchWork {
        steps: steps_after.saturating_sub(steps),
        name_octets: name_octets_after.saturating_sub(name_octets),
        verdicts: edges.into_verdicts().into_iter().collect(),
        met_limit: failures.limit.is_some(),
    };
    Ok((path, work))
}

/// Checks a target that is itself an anchor. Such a target has no issuer to check, but its own form and validity period
/// still count.
fn target_is_anchor(request: &PathRequest<'_>) -> Result<ValidatedPath, PathError> {
    let target = request.target;
    rfc5280::check_alone(target, request)?;
    rfc5280::check_validity(target, request.at)?;
    Ok(ValidatedPath {
        certificates: vec![target.clone()],
        signature_checks: 0,
        notes: vec![PathNote::TargetIsAnchor],
        not_before: target.not_before(),
        not_after: target.not_after(),
    })
}

/// The failure that got furthest. Of two that got equally far, the first one found counts.
#[derive(Default)]
struct Failures {
    furthest: Option<(Progress, PathError)>,
    limit: Option<SearchLimit>,
}

/// The progress of a failed path: if it reached an anchor, how many certificates it has, and what stopped it. A missing
/// certificate ranks below a wrong one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Progress {
    complete: bool,
    reached: usize,
    kind: u8,
}

impl Failures {
    fn note(&mut self, progress: Progress, error: PathError) {
        if self.furthest.as_ref().is_none_or(|(furthest, _)| *furthest < progress) {
            self.furthest = Some((progress, error));
        }
    }

    fn limit(&mut self, limit: SearchLimit) {
        self.limit.get_or_insert(limit);
    }

    /// Converts the failures to an error. A search that met a limit does not know if there is a path.
    fn into_error(self, target: &Certificate) -> PathError {
        match (self.limit, self.furthest) {
            (Some(limit), _) => PathError::BudgetExhausted { limit },
            (None, Some((_, error))) => error,
            (None, None) => PathError::NoPath { last: target.clone() },
        }
    }
}

struct Node {
    certificate: Certificate,
    is_anchor: bool,
    /// True if the certificate may be part of a valid path. An ineligible one serves only to explain a failure.
    eligible: bool,
    /// The verified issuers in the order in which they are tried. Hundreds of certificates can each have dozens.
    issuers: Vec<usize>,
    /// The number of certificates from here to the nearest anchor.
    distance: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Target,
    Intermediate,
    Anchor,
}

/// The issuers that a certificate still has to try.
struct Turn<'p> {
    number: usize,
    certificate: Certificate,
    /// The number of certificates from the target to here.
    depth: usize,
    issuers: VecDeque<&'p Certificate>,
    /// The issuer whose key verified the certificate first.
    signed_by: Option<&'p Certificate>,
    /// The issuers of other keys, which are tried only if no path is found without them.
    postponed: VecDeque<&'p Certificate>,
}

impl<'p> Turn<'p> {
    /// Returns the next issuer to try. Once a key has verified the certificate, a namesake of another key could only cost a
    /// check, as each key that a certificate's issuer ever had would (RFC 5280 §4.2.1.1).
    fn next_issuer(&mut self) -> Option<&'p Certificate> {
        while let Some(issuer) = self.issuers.pop_front() {
            let has_other_key =
                |signed_by: &Certificate| signed_by.public_key().fingerprint() != issuer.public_key().fingerprint();
            if !self.signed_by.is_some_and(has_other_key) {
                return Some(issuer);
            }
            self.postponed.push_back(issuer);
        }
        None
    }
}

/// The target (node 0) and all certificates above it, joined by verified signatures.
struct Graph {
    nodes: Vec<Node>,
}

/// The graph while it is built.
struct Exploration<'r, 'p> {
    request: &'r PathRequest<'r>,
    pool: &'r Pool<'p>,
    budget: &'r ValidationBudget,
    graph: Graph,
    /// The numbers of the nodes by the fingerprints of their certificates.
    index: HashMap<Digest, usize>,
    queue: VecDeque<Turn<'p>>,
    /// The turns that postponed issuers.
    postponed: Vec<Turn<'p>>,
}

impl<'r, 'p> Exploration<'r, 'p> {
    fn new(
        request: &'r PathRequest<'r>,
        pool: &'r Pool<'p>,
        budget: &'r ValidationBudget,
        failures: &mut Failures,
    ) -> Self {
        let mut graph = Graph { nodes: Vec::new() };
        let queue = graph.add(request.target, Role::Target, 0, request, pool, failures).into_iter().collect();
        let index = HashMap::from([(request.target.fingerprint(), 0)]);
        Self { request, pool, budget, graph, index, queue, postponed: Vec::new() }
    }

    /// Takes up the issuers that were postponed. Returns false if there are none.
    fn resume(&mut self) -> bool {
        let postponed = self.postponed.drain(..);
        // None is postponed again.
        let resumed =
            postponed.map(|turn| Turn { issuers: turn.postponed, postponed: VecDeque::new(), signed_by: None, ..turn });
        self.queue = resumed.collect();
        !self.queue.is_empty()
    }

    /// Builds the graph. The certificates take turns to try one issuer each, so that many impostors of one issuer do
    /// not block the rest of the search.
    fn explore(&mut self, edges: &mut Edges<'_>, failures: &mut Failures) {
        let Self { request, pool, budget, graph, index, queue, postponed } = self;
        while let Some(mut turn) = queue.pop_front() {
            let Some(issuer) = turn.next_issuer() else {
                postponed.extend(Some(turn).filter(|turn| !turn.postponed.is_empty()));
                continue;
            };
            if budget.spend_steps(1).is_none() {
                failures.limit(SearchLimit::Steps);
                break;
            }
            let (child, depth) = (turn.certificate.clone(), turn.depth);
            let edge = edges.verify(&child, issuer);
            if matches!(edge, Err(NoEdge::BudgetExhausted)) {
                failures.limit(SearchLimit::SignatureChecks);
                // Other turns may still meet signatures that were verified before.
                queue.push_back(turn);
                continue;
            }
            if edge.is_ok() {
                turn.signed_by.get_or_insert(issuer);
            }
            let number = turn.number;
            queue.push_back(turn);
            if let Err(no_edge) = edge {
                let (kind, error) = no_edge_error(no_edge, &child, issuer);
                failures.note(Progress { complete: false, reached: depth, kind }, error);
                continue;
            }
            let number_of_issuer = match index.get(&issuer.fingerprint()) {
                Some(number) => *number,
                None if graph.nodes.len() == limits::MAX_CERTIFICATES_CONSIDERED => {
                    failures.limit(SearchLimit::Certificates);
                    continue;
                }
                None => {
                    let new = graph.nodes.len();
                    let role = if pool.is_anchor(issuer) { Role::Anchor } else { Role::Intermediate };
                    queue.extend(graph.add(issuer, role, depth + 1, request, pool, failures));
                    index.insert(issuer.fingerprint(), new);
                    new
                }
            };
            if let Some(node) = graph.nodes.get_mut(number) {
                node.issuers.push(number_of_issuer);
            }
        }
        graph.measure_distances();
    }
}

impl Graph {
    /// Adds a certificate and returns the issuers that it has to try. A path ends at an anchor.
    fn add<'p>(
        &mut self,
        certificate: &Certificate,
        role: Role,
        depth: usize,
        request: &PathRequest<'_>,
        pool: &Pool<'p>,
        failures: &mut Failures,
    ) -> Option<Turn<'p>> {
        let number = self.nodes.len();
        self.nodes.push(Node::new(certificate, role, request));
        if role == Role::Anchor {
            return None;
        }
        let mut issuers = pool.issuers_of(certificate);
        if issuers.is_empty() {
            let error = PathError::NoPath { last: certificate.clone() };
            failures.note(Progress { complete: false, reached: depth, kind: 0 }, error);
        }
        if issuers.len() > limits::MAX_CERTIFICATES_CONSIDERED {
            failures.limit(SearchLimit::Certificates);
            // Anybody can make certificates with an issuer's name, so the number of issuers tried is bounded.
            issuers.truncate(limits::MAX_CERTIFICATES_CONSIDERED);
        }
        Some(Turn {
            number,
            certificate: certificate.clone(),
            depth,
            issuers: issuers.into(),
            signed_by: None,
            postponed: VecDeque::new(),
        })
    }

    /// Measures the distance of each certificate to an anchor, breadth first.
    fn measure_distances(&mut self) {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut queue = VecDeque::new();
        for (number, node) in self.nodes.iter_mut().enumerate() {
            for issuer in &node.issuers {
                if let Some(children) = children.get_mut(*issuer) {
                    children.push(number);
                }
            }
            if node.is_anchor {
                node.distance = Some(0);
                queue.push_back((number, 0));
            }
        }
        while let Some((number, distance)) = queue.pop_front() {
            for child in children.get(number).into_iter().flatten() {
                if let Some(node) = self.nodes.get_mut(*child).filter(|node| node.distance.is_none()) {
                    node.distance = Some(distance + 1);
                    queue.push_back((*child, distance + 1));
                }
            }
        }
    }

    /// Returns the first valid path. Paths are ordered by their number of ineligible certificates, by length, and by
    /// their order in the graph.
    fn first_valid_path(
        &self,
        request: &PathRequest<'_>,
        budget: &ValidationBudget,
        edges: &mut Edges<'_>,
        failures: &mut Failures,
    ) -> Option<ValidatedPath> {
        let shortest = self.nodes.first().and_then(|target| target.distance);
        if shortest.is_some_and(|distance| distance + 1 > limits::MAX_PATH_LENGTH) {
            failures.limit(SearchLimit::PathLength);
        }
        let mut heap = BinaryHeap::new();
        heap.extend(self.partial(vec![0]));
        let mut partial_paths = 0;
        let mut validated = 0;
        while let Some(Reverse(partial)) = heap.pop() {
            let Some(last) = partial.numbers.last().and_then(|last| self.nodes.get(*last)) else { break };
            if last.is_anchor {
                match self.validate(&partial.numbers, request, budget, edges) {
                    Ok(path) => return Some(path),
                    Err((_, PathError::BudgetExhausted { limit })) => {
                        failures.limit(limit);
                        break;
                    }
                    Err((reached, error)) => failures.note(Progress { complete: true, reached, kind: 0 }, error),
                }
                validated += 1;
                if partial.ineligible > 0 {
                    // This path and all that remain are ineligible, and one of them suffices to explain the failure.
                    break;
                }
                if validated == limits::MAX_PATHS_VALIDATED {
                    failures.limit(SearchLimit::Paths);
                    break;
                }
                continue;
            }
            for issuer in &last.issuers {
                if self.repeats(&partial.numbers, *issuer) {
                    continue;
                }
                if budget.spend_steps(1).is_none() {
                    failures.limit(SearchLimit::Steps);
                    return None;
                }
                partial_paths += 1;
                let mut numbers = partial.numbers.clone();
                numbers.push(*issuer);
                heap.extend(self.partial(numbers));
            }
            if partial_paths > limits::MAX_PARTIAL_PATHS {
                failures.limit(SearchLimit::Paths);
                break;
            }
        }
        None
    }

    /// Returns true if the path already has the subject and key of the issuer. Such a detour proves nothing that the
    /// shorter path does not.
    fn repeats(&self, path: &[usize], issuer: usize) -> bool {
        let Some(issuer) = self.nodes.get(issuer).map(|node| &node.certificate) else { return true };
        path.iter().filter_map(|number| self.nodes.get(*number)).any(|node| {
            node.certificate.comparable_subject() == issuer.comparable_subject()
                && node.certificate.public_key().fingerprint() == issuer.public_key().fingerprint()
        })
    }

    /// Makes a partial path, or returns `None` if it leads to no anchor within the length limit.
    fn partial(&self, numbers: Vec<usize>) -> Option<Reverse<Partial>> {
        let distance = self.nodes.get(*numbers.last()?)?.distance?;
        let length = numbers.len() + distance;
        let ineligible =
            numbers.iter().filter_map(|number| self.nodes.get(*number)).filter(|node| !node.eligible).count();
        (length <= limits::MAX_PATH_LENGTH).then_some(Reverse(Partial { ineligible, length, numbers }))
    }

    /// Validates one path. A failure includes the number of checks passed, so that failures can be compared.
    fn validate(
        &self,
        numbers: &[usize],
        request: &PathRequest<'_>,
        budget: &ValidationBudget,
        edges: &mut Edges<'_>,
    ) -> Result<ValidatedPath, (usize, PathError)> {
        let certificates: Vec<_> =
            numbers.iter().filter_map(|number| self.nodes.get(*number)).map(|node| &node.certificate).collect();
        let mut path: Vec<Edge> = Vec::with_capacity(numbers.len());
        for (child, issuer) in certificates.iter().zip(certificates.iter().skip(1)) {
            // The verdict is there since the graph was built, so that nothing is verified twice.
            path.push(edges.verify(child, issuer).map_err(|no_edge| (0, no_edge_error(no_edge, child, issuer).1))?);
        }
        if budget.spend_steps(STEPS_OF_VALIDATION).is_none() {
            return Err((0, PathError::BudgetExhausted { limit: SearchLimit::Steps }));
        }
        let notes = rfc5280::check_path(&path, request, budget)?;
        let below_anchor = || path.iter().map(Edge::child);
        Ok(ValidatedPath {
            not_before: below_anchor().map(Certificate::not_before).max().unwrap_or(request.at),
            not_after: below_anchor().map(Certificate::not_after).min().unwrap_or(request.at),
            certificates: below_anchor().chain(path.last().map(Edge::issuer)).cloned().collect(),
            signature_checks: edges.checks(),
            notes,
        })
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Partial {
    ineligible: usize,
    length: usize,
    numbers: Vec<usize>,
}

impl Node {
    fn new(certificate: &Certificate, role: Role, request: &PathRequest<'_>) -> Self {
        let eligible = match role {
            Role::Target => true,
            Role::Anchor => rfc5280::check_anchor(certificate).is_ok(),
            Role::Intermediate => {
                rfc5280::check_validity(certificate, request.at).is_ok() && rfc5280::check_issuer(certificate).is_ok()
            }
        };
        let is_anchor = role == Role::Anchor;
        Self { certificate: certificate.clone(), is_anchor, eligible, issuers: Vec::new(), distance: None }
    }
}

fn no_edge_error(no_edge: NoEdge, child: &Certificate, issuer: &Certificate) -> (u8, PathError) {
    let certificate = child.clone();
    match no_edge {
        NoEdge::NotOffered(not_offered) => (2, PathError::AlgorithmNotOffered { certificate, not_offered }),
        NoEdge::BudgetExhausted => (3, PathError::BudgetExhausted { limit: SearchLimit::SignatureChecks }),
        NoEdge::Invalid if !child.signature_algorithms_agree() => {
            (1, PathError::Constraint { certificate, constraint: PathConstraint::SignatureAlgorithm })
        }
        NoEdge::Invalid => (1, PathError::SignatureInvalid { certificate, issuer: issuer.clone() }),
    }
}
