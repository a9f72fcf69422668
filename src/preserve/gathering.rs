//! The digests of a group while it is filled, and the group that waits for its timestamp.

use std::fmt;
use std::slice;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::{Nonce, TimeStampReq, TimeStampToken, TsaPool};

use super::due::Due;
use super::error::{NotInGroup, NotRenewable, RenewalError};
use super::group::{Chain, Group, GroupError, Missing, WrittenRecord};
use super::judge::Kind;
use super::layer;
use super::leaves::{Leaves, RenewedLeaves, requested_tree};
use super::outcome::Renewed;
use super::renewer::Renewer;
use super::strength::check_strength;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::record::{KeptLevels, SparseTree};
use crate::time::request::request;
use crate::verify::{Content, ContentDigests};

/// The digests of the objects of a new group while it is filled. The order in which they are added makes no difference, and
/// an object that is added twice counts once.
///
/// It can be interrupted at any moment: [`leaves`](Self::leaves) are stored, and [`from_leaves`](Self::from_leaves) takes them
/// up again.
#[derive(Clone)]
pub struct GroupLeaves(Leaves);

impl GroupLeaves {
    /// Starts a group without objects, which hashes by this algorithm.
    ///
    /// # Errors
    /// `WeakerAlgorithm` for outputs of less than 256 bits.
    pub fn new(algorithm: DigestAlgorithm) -> Result<Self, GroupError> {
        check_group(algorithm, DigestAlgorithm::Sha256)?;
        Ok(Self(Leaves::new(algorithm)))
    }

    /// Takes up what was stored of a group that is being filled.
    ///
    /// # Errors
    /// `WeakerAlgorithm`; `Damaged` where the leaves are no digests by this algorithm.
    pub fn from_leaves(algorithm: DigestAlgorithm, leaves: Vec<u8>) -> Result<Self, GroupError> {
        check_group(algorithm, DigestAlgorithm::Sha256)?;
        Leaves::of_octets(algorithm, leaves).map(Self).ok_or(GroupError::Damaged("its leaves are no digests"))
    }

    /// Reserves room for so many more objects. Without it, and beyond it, the list grows by doubling, and takes up to three times
    /// as much while it does.
    #[must_use]
    pub fn with_room_for(self, objects: usize) -> Self {
        Self(self.0.with_room_for(objects))
    }

    /// Returns what is to be stored: the digests of the objects, one after the other in the order in which they were added.
    /// What was added since it was stored is at its end.
    pub fn leaves(&self) -> &[u8] {
        self.0.octets()
    }

    /// Adds a file that verifies, in time, with the revocation data about its seal and its timestamps in it. It returns the
    /// deadline of the file itself, before which the group has to be stamped. A file that is refused is not in the group, and
    /// hurts no other. Certificates that the verifier was given are not looked for in the file.
    ///
    /// # Errors
    /// `PastDeadline`, `NotVerified`, `TimeNotProven`, `Signers`; `RevocationMissing`; `RevocationBeside` when what answers
    /// is revocation data that the verifier was given: use one without.
    pub fn add_verified(
        &mut self,
        renewer: &Renewer<'_>,
        file: &[u8],
        content: Content<'_>,
        now: DateTime<Utc>,
    ) -> Result<Option<Due>, NotRenewable> {
        let due = renewer.check_member(file, content, now)?;
        self.add(file);
        Ok(due)
    }

    /// Adds an object: a file as it is stored, at which nobody looks.
    pub fn add(&mut self, object: &[u8]) {
        self.0.add_object(object);
    }

    /// Adds an object by its digest.
    ///
    /// # Errors
    /// `OtherAlgorithm`.
    pub fn add_digest(&mut self, digest: &Digest) -> Result<(), NotInGroup> {
        Ok(self.0.add(digest)?)
    }

    /// Builds the tree.
    ///
    /// # Errors
    /// `Empty`.
    pub fn close(self) -> Result<UnstampedGroup, GroupError> {
        UnstampedGroup::new(Vec::new(), self.0.into_tree(KeptLevels::Upper))
    }
}

impl fmt::Debug for GroupLeaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupLeaves({} by {})", self.0.count(), self.0.algorithm())
    }
}

/// The new hash tree of a group while its objects are read, each once.
///
/// It can be interrupted at any moment: the digests of each object that was read are stored beside its name
/// ([`ContentDigests`] serialises), and [`add`](Self::add) takes them again. No object is read twice, even where the group got
/// revocation data in between.
#[derive(Clone)]
pub struct Rehash {
    group: Group,
    /// The same group, in the form that makes the records of all objects.
    records: Group,
    leaves: RenewedLeaves,
}

impl Group {
    /// Checks that the group can be renewed, by the record of one of its objects. A new hash tree of millions of objects is
    /// begun after that: what is missing would otherwise be told when all of them were read.
    ///
    /// # Errors
    /// `NotInGroup`; `NotRenewable` with `PastDeadline`, and with `RevocationMissing` when nothing says that the TSA of the
    /// newest token was not revoked.
    pub fn check(
        &self,
        renewer: &Renewer<'_>,
        object: &ContentDigests,
        now: DateTime<Utc>,
    ) -> Result<Option<Due>, RenewalError> {
        renewer.check_record(&self.record(object)?, object, now)
    }

    /// Starts a new hash tree by another algorithm. Revocation data about the TSA of the newest token, and the certificates of
    /// its issuers, have to be in the group before ([`with_revocation`](Self::with_revocation),
    /// [`with_certificates`](Self::with_certificates)); [`check`](Self::check) tells if they are.
    ///
    /// # Errors
    /// `WeakerAlgorithm`.
    pub fn rehash(&self, algorithm: DigestAlgorithm) -> Result<Rehash, GroupError> {
        check_group(algorithm, self.algorithms().last().unwrap_or(DigestAlgorithm::Sha256))?;
        let leaves = RenewedLeaves::new(algorithm, self.leaf_count());
        Ok(Rehash { group: self.clone(), records: self.for_many_records(), leaves })
    }
}

impl Rehash {
    /// Returns the algorithms by which each object has to be hashed: those of the group, and the new one.
    pub fn algorithms(&self) -> Vec<DigestAlgorithm> {
        let mut algorithms: Vec<_> = self.group.algorithms().chain([self.leaves.algorithm()]).collect();
        algorithms.sort_unstable_by_key(|algorithm| algorithm.name());
        algorithms.dedup();
        algorithms
    }

    /// Adds an object of the group by its digests. It counts once, however often it is added.
    ///
    /// # Errors
    /// `OtherOctets`, `LeftOut`, `DigestMissing`; `OtherDigest` when it was added with another digest by the new algorithm. What
    /// was added before stays.
    pub fn add(&mut self, object: &ContentDigests) -> Result<(), NotInGroup> {
        let algorithm = self.leaves.algorithm();
        let digest = object.get(algorithm).ok_or(NotInGroup::DigestMissing(algorithm))?;
        let WrittenRecord { chains, place } = self.records.written(object)?;
        self.leaves.set(place, &chains.leaf(&digest))
    }

    /// Builds the tree.
    ///
    /// # Errors
    /// `Empty`; `Missing` with the number of objects that were not added, where that is refused; `Alike` when two objects were
    /// added with one digest.
    pub fn close(self, missing: Missing) -> Result<UnstampedGroup, GroupError> {
        let (before, read) = (self.group.leaf_count(), self.leaves.count());
        let left_out = before.saturating_sub(read);
        if missing == Missing::Refused && left_out > 0 {
            return Err(GroupError::Missing(left_out));
        }
        let unstamped = UnstampedGroup::new(self.group.chains, self.leaves.into_tree())?;
        match read.saturating_sub(unstamped.tree.leaf_count()) {
            0 => Ok(unstamped),
            alike => Err(GroupError::Alike(alike)),
        }
    }
}

impl fmt::Debug for Rehash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (read, algorithm) = (self.leaves.count(), self.leaves.algorithm());
        write!(f, "Rehash({read} of {} by {algorithm})", self.group.leaf_count())
    }
}

/// A group, or the new hash tree of one, that waits for its timestamp.
///
/// Store its [`leaves`](Self::leaves) and the request (`.tsq`) while it is pending, beside the [parts](Group::parts) of the group
/// that gets the hash tree, where there is one: [`from_leaves`](Self::from_leaves) reads them again, in another process too. A
/// request that is lost costs nothing, because the digests of the objects give the same tree.
#[derive(Clone)]
pub struct UnstampedGroup {
    before: Vec<Chain>,
    tree: Arc<SparseTree>,
}

impl UnstampedGroup {
    fn new(before: Vec<Chain>, tree: Option<SparseTree>) -> Result<Self, GroupError> {
        let tree = tree.ok_or(GroupError::Empty)?;
        Ok(Self { before, tree: Arc::new(tree) })
    }

    /// Takes up a stored group again, for which `request` asks a timestamp: a new one, or the new hash tree of the group that was
    /// before it.
    ///
    /// # Errors
    /// `Damaged` where the request is not about these leaves, and where there are more of them than the group before has
    /// objects; `WeakerAlgorithm`.
    pub fn from_leaves(before: Option<&Group>, leaves: Vec<u8>, request: &TimeStampReq) -> Result<Self, GroupError> {
        let tree = requested_tree(leaves, request, KeptLevels::Upper);
        let tree = tree.ok_or(GroupError::Damaged("the request is not about its leaves"))?;
        let present = before.and_then(|group| group.algorithms().last());
        check_group(tree.algorithm(), present.unwrap_or(DigestAlgorithm::Sha256))?;
        if before.is_some_and(|group| group.leaf_count() < tree.leaf_count()) {
            return Err(GroupError::Damaged("a hash tree has more leaves than the one before"));
        }
        Self::new(before.map(|group| group.chains.clone()).unwrap_or_default(), Some(tree))
    }

    /// Returns what is to be stored: the leaves of the tree, sorted digests one after the other.
    pub fn leaves(&self) -> &[u8] {
        self.tree.leaves()
    }

    /// Returns the number of different objects.
    pub fn leaf_count(&self) -> usize {
        self.tree.leaf_count()
    }

    /// Makes the request for the timestamp, which asks for certificates.
    pub fn timestamp_request(&self, nonce: Nonce) -> TimeStampReq {
        request(&self.tree.root(), nonce)
    }

    /// Takes the token of a response, after checking that it answers `request` and that the record of one object of the
    /// group verifies with it, given by its digests. A new group takes the digest of any object; a new hash tree those by
    /// all [algorithms](Rehash::algorithms).
    ///
    /// # Errors
    /// `Response`, `OtherRequest`, `Token`, `TokenNotDer`, `Clock`, `DoesNotLast`; `NotInGroup`; `NotRenewable` with `PastDeadline` when
    /// the token is of a later time than the deadline of the group, and with `RevocationMissing` when nothing says that
    /// the TSA of its newest token was not revoked.
    pub fn attach(
        &self,
        renewer: &Renewer<'_>,
        object: &ContentDigests,
        request: &TimeStampReq,
        response: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Group, RenewalError> {
        self.attach_token(renewer, object, request, request.check(response)?, now)
    }

    /// Requests the timestamp from a pool of TSAs, with a random nonce, and takes the first token that
    /// [`attach`](Self::attach) would take.
    ///
    /// # Errors
    /// `Tsa` with every TSA's answer, `Nonce`.
    pub fn stamp_with(
        &self,
        renewer: &Renewer<'_>,
        object: &ContentDigests,
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<Group, RenewalError> {
        let request = self.timestamp_request(Nonce::random().map_err(|_| RenewalError::Nonce)?);
        let attached =
            tsas.timestamp_with(&request, |token| Ok(self.attach_token(renewer, object, &request, token, now)?));
        attached.map_err(RenewalError::Tsa)
    }

    fn attach_token(
        &self,
        renewer: &Renewer<'_>,
        object: &ContentDigests,
        request: &TimeStampReq,
        token: TimeStampToken,
        now: DateTime<Utc>,
    ) -> Result<Group, RenewalError> {
        layer::check_der(&token)?;
        let gen_time = token.tst_info().gen_time;
        let before = Group { chains: self.before.clone() };
        let chain = Chain { tree: Arc::clone(&self.tree), tokens: vec![token] };
        let group = Group { chains: self.before.iter().cloned().chain([chain]).collect() };
        let record = group.record(object)?;
        let before = if self.before.is_empty() { None } else { Some(before.record(object)?) };
        let renewed = Renewed {
            before: before.as_deref(),
            after: &record,
            kind: Kind::Record(slice::from_ref(object)),
            imprint: &self.tree.root(),
            gen_time,
            now,
        };
        renewed.check_request(request)?;
        renewer.check(&renewed)?;
        Ok(group)
    }
}

impl fmt::Debug for UnstampedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.tree.root();
        write!(f, "UnstampedGroup({} objects, {} {root})", self.leaf_count(), root.algorithm())
    }
}

/// Checks that a new hash tree is by no weaker algorithm than the present one, which would prove less from then on.
fn check_group(chosen: DigestAlgorithm, present: DigestAlgorithm) -> Result<(), GroupError> {
    check_strength(chosen, present).map_err(|present| GroupError::WeakerAlgorithm { chosen, present })
}
