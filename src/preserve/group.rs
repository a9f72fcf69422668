//! A group: one timestamp for an archive of files, and their evidence records when they are asked for.

use std::fmt;
use std::sync::Arc;

use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Reader, Tag};

use super::batch::BatchRenewal;
use super::error::{NotInGroup, NotInRenewal};
use super::layer;
use crate::asn1::writer;
use crate::crypto::DigestAlgorithm;
use crate::finding::Code;
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;
use crate::time::record::{KeptLevels, RecordChains, SparseTree, token_imprint};
use crate::time::token_revocation::with_material;
use crate::verify::ContentDigests;

/// The reason why there is no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupError {
    /// There is no object.
    #[error("the group is empty")]
    Empty,
    /// The digest algorithm is weaker than the one before, or too weak for anything new.
    #[error("{chosen} is weaker than {present}")]
    WeakerAlgorithm {
        /// The algorithm that was chosen.
        chosen: DigestAlgorithm,
        /// The algorithm that is there, or the weakest that is accepted.
        present: DigestAlgorithm,
    },
    /// Objects of the group were not added to its new hash tree. Those that are deleted are left out without harm to the
    /// others ([`Missing::LeftOut`]); one that is left out by mistake is not renewed.
    #[error("{0} objects of the group were not read")]
    Missing(usize),
    /// So many objects of the new hash tree have the digest of another one, and would not be told apart in it.
    #[error("{0} objects have the digest of another one")]
    Alike(usize),
    /// The newest token would be larger than what is read back, by what is added to it.
    #[error("with what is added, the newest token of the group would be larger than what is read back")]
    TooLarge,
    /// A certificate, CRL or OCSP response that would be added is not in DER throughout. Verifiers would not agree on what a
    /// later renewal was over.
    #[error("a certificate or revocation data that would be added is not coded in DER throughout")]
    AdditionNotDer,
    /// What was stored is no group: it cannot be read, or its leaves and tokens do not fit each other.
    #[error("the stored group is damaged: {0}")]
    Damaged(&'static str),
}

/// What becomes of objects of a group that are no longer there when its new hash tree is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// There must be none.
    Refused,
    /// They are left out, which does not hurt the others.
    LeftOut,
}

/// A timestamped group of files: proofs of any kind, or anything else.
///
/// Nothing in the files changes. The group keeps the digest of each file and the tokens, 32.25 octets for a file with
/// SHA-256 (more [while it is filled](super::GroupLeaves::with_room_for)), and makes the [evidence record](Self::record) of a file when it is asked for. A file with its record passes a
/// [verifier](crate::Verifier::with_evidence_records) as long as the group is renewed.
///
/// ```text
/// files --GroupLeaves::add_verified--> GroupLeaves --close--> UnstampedGroup --request--> (TSA) --attach--> Group
/// timestamp renewal:  Renewer::renew_record of any one record, then Group::with_renewal
/// hash-tree renewal:  Group::rehash --add each file--> Rehash --close--> UnstampedGroup --request--> (TSA) --> Group
/// ```
///
/// [`parts`](Self::parts) is what is stored.
#[derive(Clone)]
pub struct Group {
    pub(super) chains: Vec<Chain>,
}

/// A tree and its tokens, of which there is at least one.
#[derive(Clone)]
pub(super) struct Chain {
    pub(super) tree: Arc<SparseTree>,
    pub(super) tokens: Vec<TimeStampToken>,
}

/// The record of an object, as far as it is written.
pub(super) struct WrittenRecord {
    pub(super) chains: RecordChains,
    /// The place of the object's leaf in the newest tree.
    pub(super) place: usize,
}

/// One chain of a group, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPart<'a> {
    /// The leaves of the tree: sorted digests, one after the other. They stay the same as long as the chain lives.
    pub leaves: &'a [u8],
    /// The algorithm and the tokens. A renewal adds one.
    ///
    /// ```text
    /// SEQUENCE { algorithm OBJECT IDENTIFIER, tokens SEQUENCE OF ContentInfo }
    /// ```
    pub chain: Vec<u8>,
}

impl Group {
    /// Returns the evidence record of an object in DER. It needs the digests of the object by the algorithm of each chain
    /// ([`algorithms`](Self::algorithms)).
    ///
    /// # Errors
    /// `OtherOctets`, `LeftOut`, `DigestMissing`.
    pub fn record(&self, object: &ContentDigests) -> Result<Vec<u8>, NotInGroup> {
        self.written(object).map(|written| written.chains.to_der())
    }

    pub(super) fn written(&self, object: &ContentDigests) -> Result<WrittenRecord, NotInGroup> {
        let (mut chains, mut place) = (RecordChains::default(), 0);
        for (number, Chain { tree, tokens }) in (1..).zip(&self.chains) {
            let digest = object.get(tree.algorithm()).ok_or(NotInGroup::DigestMissing(tree.algorithm()))?;
            let outside = if number == 1 { NotInGroup::OtherOctets } else { NotInGroup::LeftOut(number) };
            let leaf = chains.leaf(&digest);
            place = tree.position(&leaf).ok_or(outside)?;
            chains.push(&leaf, tree.reduced_at(place).ok_or(outside)?, tokens);
        }
        Ok(WrittenRecord { chains, place })
    }

    /// Returns the same group for whoever asks for many records: each takes 4 hashes in place of 247, and each file 40 octets
    /// in place of 32. The leaves are shared with this one.
    #[must_use]
    pub fn for_many_records(&self) -> Self {
        let with_levels = |Chain { tree, tokens }: &Chain| {
            let tree = tree.keeping(KeptLevels::Most).map_or_else(|| Arc::clone(tree), Arc::new);
            Chain { tree, tokens: tokens.clone() }
        };
        Self { chains: self.chains.iter().map(with_levels).collect() }
    }

    /// Returns the digest algorithms of the chains, the oldest first.
    pub fn algorithms(&self) -> impl Iterator<Item = DigestAlgorithm> {
        self.chains.iter().map(|chain| chain.tree.algorithm())
    }

    /// Returns the number of different objects in the newest tree.
    pub fn leaf_count(&self) -> usize {
        self.chains.last().map_or(0, |chain| chain.tree.leaf_count())
    }

    /// Returns the newest token.
    pub fn token(&self) -> Option<&TimeStampToken> {
        self.chains.last().and_then(|chain| chain.tokens.last())
    }

    /// Returns the digests of one object of a group that has a single chain. Any object will do to renew the timestamp;
    /// after a new hash tree, somebody has to read one.
    pub fn any_object(&self) -> Option<ContentDigests> {
        let [chain] = self.chains.as_slice() else { return None };
        chain.tree.first().map(|leaf| ContentDigests::new([leaf]))
    }

    /// Returns the group after the timestamp renewal of one of its records. Its tokens are compared again, each with what it is
    /// over by the algorithm of the tree.
    ///
    /// # Errors
    /// `OtherToken` when the renewal is of another group, or of an earlier token of this one; `NoTimestampRenewal` when it is a
    /// new hash tree, which [`rehash`](Self::rehash) gives a group; `Token` when the token is over something else.
    pub fn with_renewal(&self, renewal: &BatchRenewal) -> Result<Self, NotInRenewal> {
        if self.token().is_none_or(|token| token.to_definite() != renewal.token()) {
            return Err(NotInRenewal::OtherToken);
        }
        if renewal.leaves().is_some() {
            return Err(NotInRenewal::NoTimestampRenewal);
        }
        let extended = TimeStampToken::from_bytes(renewal.extended()).map_err(|_| NotInRenewal::Record)?;
        let added = renewal.added_token().ok_or(NotInRenewal::Record)?;
        let mut renewed = self.with_last_token(extended);
        if let Some(chain) = renewed.chains.last_mut() {
            chain.tokens.push(added);
            // The record that the renewal was read from may name another algorithm than this tree has.
            let differs = |_| NotInRenewal::Token(Code::TimestampImprintDiffers);
            check_imprints(&chain.tree, &chain.tokens).map_err(differs)?;
        }
        Ok(renewed)
    }

    /// Returns the group with CRLs and OCSP responses about the TSA in the `crls` of its newest token, before anything is
    /// stamped over that. Store it before a new hash tree is begun, whose leaves depend on it.
    ///
    /// # Errors
    /// `TooLarge`, `AdditionNotDer`; `Damaged` without a token.
    pub fn with_revocation(&self, data: &RevocationData) -> Result<Self, GroupError> {
        self.extended(&[], data)
    }

    /// Returns the group with certificates of issuers in its newest token, which a later renewal covers. The TSA may have left
    /// them out, and afterwards nobody has them.
    ///
    /// # Errors
    /// `TooLarge`, `AdditionNotDer`; `Damaged` without a token.
    pub fn with_certificates(&self, certificates: &[Certificate]) -> Result<Self, GroupError> {
        self.extended(certificates, &RevocationData::new())
    }

    fn extended(&self, certificates: &[Certificate], data: &RevocationData) -> Result<Self, GroupError> {
        let token = self.token().ok_or(GroupError::Damaged("there is no token"))?;
        let extended = with_material(token, certificates, data).map_err(|_| GroupError::TooLarge)?;
        layer::check_addition(token, &extended).map_err(|_| GroupError::AdditionNotDer)?;
        Ok(self.with_last_token(extended))
    }

    fn with_last_token(&self, token: TimeStampToken) -> Self {
        let mut changed = self.clone();
        if let Some(last) = changed.chains.last_mut().and_then(|chain| chain.tokens.last_mut()) {
            *last = token;
        }
        changed
    }

    /// Returns what is to be stored: each chain with its leaves and its tokens, the oldest first.
    pub fn parts(&self) -> impl Iterator<Item = GroupPart<'_>> {
        self.chains.iter().map(|Chain { tree, tokens }| {
            let tokens: Vec<&[u8]> = tokens.iter().map(TimeStampToken::to_definite).collect();
            let chain =
                writer::sequence(&[&writer::oid(tree.algorithm().oid()), &writer::concat(Tag::SEQUENCE, &tokens)]);
            GroupPart { leaves: tree.leaves(), chain }
        })
    }

    /// Reads a stored group: each chain as its leaves and its tokens. The first token of each has to be over the root of its
    /// leaves, and each further one over the one before. The chains have to be in their order and of one group, as far as that can
    /// be told without an object.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn from_parts<'a>(parts: impl IntoIterator<Item = (Vec<u8>, &'a [u8])>) -> Result<Self, GroupError> {
        let chains = parts.into_iter().map(|(leaves, chain)| Chain::read(leaves, chain));
        let chains = chains.collect::<Result<Vec<_>, _>>()?;
        check_order(&chains)?;
        if chains.is_empty() { Err(GroupError::Empty) } else { Ok(Self { chains }) }
    }
}

impl Chain {
    fn read(leaves: Vec<u8>, chain: &[u8]) -> Result<Self, GroupError> {
        let unreadable = |_| GroupError::Damaged("a chain cannot be read");
        let mut outer = Reader::new(chain, "group");
        let mut fields = outer.expect(Tag::SEQUENCE).map_err(unreadable)?.reader("group");
        let algorithm = DigestAlgorithm::from_oid(fields.oid().map_err(unreadable)?);
        let algorithm = algorithm.ok_or(GroupError::Damaged("its digest algorithm is not offered here"))?;
        let mut listed = fields.expect(Tag::SEQUENCE).map_err(unreadable)?.reader("tokens");
        fields.finish().and_then(|()| outer.finish()).map_err(unreadable)?;
        let mut tokens = Vec::new();
        while !listed.is_empty() {
            let token = listed.any().map_err(unreadable)?;
            let token = TimeStampToken::from_bytes(token.raw);
            tokens.push(token.map_err(|_| GroupError::Damaged("a token cannot be read"))?);
        }
        let tree = SparseTree::of_octets(algorithm, leaves, KeptLevels::Upper);
        let tree = tree.ok_or(GroupError::Damaged("its leaves are no digests"))?;
        check_imprints(&tree, &tokens)?;
        Ok(Self { tree: Arc::new(tree), tokens })
    }
}

/// A leaf that is gone or changed, or a token that is missing, would otherwise be noticed years later.
fn check_imprints(tree: &SparseTree, tokens: &[TimeStampToken]) -> Result<(), GroupError> {
    let mut stamped = tree.root();
    if tokens.is_empty() {
        return Err(GroupError::Damaged("there is no token"));
    }
    for token in tokens {
        if token_imprint(token) != Some(stamped) {
            return Err(GroupError::Damaged("a token is over something else"));
        }
        stamped = tree.algorithm().digest(token.to_definite());
    }
    Ok(())
}

/// A chain that is given twice, or in another place, would otherwise be noticed when the first record is asked for.
fn check_order(chains: &[Chain]) -> Result<(), GroupError> {
    for (number, chain) in chains.iter().enumerate() {
        // Each leaf of a later tree depends on the chains before, so that no two trees have one root.
        if chains.iter().take(number).any(|earlier| earlier.tree.root() == chain.tree.root()) {
            return Err(GroupError::Damaged("a hash tree stands twice"));
        }
    }
    for (earlier, later) in chains.iter().zip(chains.iter().skip(1)) {
        if later.tree.leaf_count() > earlier.tree.leaf_count() {
            return Err(GroupError::Damaged("a hash tree has more leaves than the one before"));
        }
        let time = |token: Option<&TimeStampToken>| token.map(|token| token.tst_info().gen_time);
        if time(later.tokens.first()) < time(earlier.tokens.last()) {
            return Err(GroupError::Damaged("a hash tree is older than the one before"));
        }
    }
    Ok(())
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tokens: usize = self.chains.iter().map(|chain| chain.tokens.len()).sum();
        write!(f, "Group({} objects, {} chains, {tokens} tokens)", self.leaf_count(), self.chains.len())
    }
}
