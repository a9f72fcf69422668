//! A new hash tree over the records of a batch.

use std::fmt;
use std::slice;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::{Nonce, TimeStampReq, TimeStampToken, TsaPool};

use super::batch::BatchRenewal;
use super::error::{NotInRenewal, RenewalError};
use super::extension::Extension;
use super::judge::Kind;
use super::layer;
use super::leaves::{Leaves, requested_tree};
use super::outcome::Renewed;
use super::parts::Parts;
use super::renewer::Renewer;
use super::unrenewed::Unrenewed;
use crate::crypto::DigestAlgorithm;
use crate::time::record::{KeptLevels, SparseTree};
use crate::time::request::request;
use crate::verify::{Content, ContentDigests};

/// A new hash tree over the records of a batch, inside of its proofs and beside them, while the files are read, each once. One
/// token renews all of them, before the digest algorithm of their records ends.
///
/// It begins with any one file, which a [`Renewer`] prepared with the new algorithm. What the renewer put into the last token
/// of that file is put into the token of each, as it is the same one. A file that is not added is not renewed, which hurts no
/// other; it can be renewed by itself.
///
/// It can be interrupted at any moment. Store the first file as it was and as it was prepared ([`Unrenewed::der`], with a
/// request), and the [`leaves`](Self::leaves): [`resumed`](Self::resumed) takes them up again, and no file is read twice for the
/// tree.
///
/// ```
/// # use chrono::Utc;
/// # use recommande::{crypto::DigestAlgorithm, rfc3161_client::TsaPool, verify::Content};
/// use recommande::preserve::{BatchRehash, Renewer};
/// # fn renewed(renewer: Renewer<'_>, tsas: &TsaPool, files: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
/// let (now, renewer) = (Utc::now(), renewer.with_algorithm(DigestAlgorithm::Sha512));
/// let first = renewer.prepare(&files[0], Content::Attached, now)?;
/// let mut rehash = BatchRehash::of(&files[0], first)?;
/// for file in &files {
///     rehash.add(file)?;
/// }
/// let renewal = rehash.close()?.stamp_with(&renewer, tsas, now)?;
/// let all = files.iter().map(|file| renewer.repeat(&renewal, file, Content::Attached, now)).collect::<Result<Vec<_>, _>>()?;
/// # Ok(all)
/// # }
/// ```
#[derive(Clone)]
pub struct BatchRehash<'c> {
    first: Unrenewed<'c>,
    extension: Extension,
    leaves: Leaves,
}

impl<'c> BatchRehash<'c> {
    /// Starts with a file or record as it is, and as it was prepared. It is the first object of the tree.
    ///
    /// # Errors
    /// `Record`; `NoHashTree` when it was prepared for another timestamp of the same chain, or is another file; `Extended` when
    /// its last token is another one.
    pub fn of(before: &[u8], first: Unrenewed<'c>) -> Result<Self, NotInRenewal> {
        let algorithm = first.hash_tree().ok_or(NotInRenewal::NoHashTree)?;
        let [token, extended] = [before, first.der()].map(|octets| layer::tail(octets, first.kind()));
        let extension = Extension::new(token?.token(), extended?.token())?;
        if extension.of(before, first.kind())? != first.der() {
            return Err(NotInRenewal::NoHashTree);
        }
        let mut leaves = Leaves::new(algorithm);
        leaves.add(first.imprint()).map_err(|_| NotInRenewal::NoHashTree)?;
        Ok(Self { first, extension, leaves })
    }

    /// Takes up what was stored of a tree: the first file or record as it was, as it was prepared
    /// ([`Unrenewed::from_der`] reads it), and the leaves.
    ///
    /// # Errors
    /// Those of [`of`](Self::of); `Leaves` where these are no digests by the algorithm of the tree, or do not begin with that of
    /// the first file.
    pub fn resumed(before: &[u8], first: Unrenewed<'c>, leaves: Vec<u8>) -> Result<Self, NotInRenewal> {
        let begun = Self::of(before, first)?;
        let is_begun_so = leaves.starts_with(begun.leaves());
        let leaves = Leaves::of_octets(begun.algorithm(), leaves).filter(|_| is_begun_so);
        Ok(Self { leaves: leaves.ok_or(NotInRenewal::Leaves)?, ..begun })
    }

    /// Reserves room for so many more files. Without it, and beyond it, the list grows by doubling, and takes up to three times as
    /// much while it does.
    #[must_use]
    pub fn with_room_for(self, files: usize) -> Self {
        Self { leaves: self.leaves.with_room_for(files), ..self }
    }

    /// Returns what is to be stored: the leaves of the files, one after the other in the order in which they were added, that of
    /// the first file before them. What was added since it was stored is at its end.
    pub fn leaves(&self) -> &[u8] {
        self.leaves.octets()
    }

    /// Returns the number of files that were added, and the first one. One that was added twice counts twice here, and once in
    /// the tree.
    pub fn count(&self) -> usize {
        self.leaves.count()
    }

    /// Returns the algorithm of the tree.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.leaves.algorithm()
    }

    /// Adds a proof of the batch with its record in it, or both parts of an aggregated proof. Nothing is verified.
    ///
    /// # Errors
    /// `Record`, `OtherToken`. What was added before stays.
    pub fn add(&mut self, file: &[u8]) -> Result<(), NotInRenewal> {
        let Some(parts) = Parts::of(file) else { return self.add_kind(file, Kind::File(Content::Attached)) };
        let parts = parts?;
        self.add_kind(parts.seal(), Kind::File(Content::Attached))?;
        self.add_kind(parts.record(), Kind::Record(&[parts.object(Some(self.algorithm()))]))
    }

    /// Adds a record of the batch, which is over an object with these digests.
    ///
    /// # Errors
    /// `Record`, `OtherToken`; `DigestMissing` without the digest by the [algorithm](Self::algorithm) of the tree.
    pub fn add_record(&mut self, record: &[u8], object: &ContentDigests) -> Result<(), NotInRenewal> {
        self.add_kind(record, Kind::Record(slice::from_ref(object)))
    }

    fn add_kind(&mut self, octets: &[u8], kind: Kind<'_>) -> Result<(), NotInRenewal> {
        let leaf = layer::leaf(&self.extension.of(octets, kind)?, kind, self.algorithm())?;
        self.leaves.add(&leaf).map_err(|_| NotInRenewal::NoHashTree)
    }

    /// Builds the tree.
    ///
    /// # Errors
    /// `NoHashTree` when there is no tree over the leaves.
    pub fn close(self) -> Result<UnstampedRehash<'c>, NotInRenewal> {
        // Each of its files asks for its way.
        let tree = self.leaves.into_tree(KeptLevels::Most).ok_or(NotInRenewal::NoHashTree)?;
        Ok(UnstampedRehash { first: self.first, extension: self.extension, tree: Arc::new(tree) })
    }
}

impl fmt::Debug for BatchRehash<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchRehash({} by {})", self.leaves.count(), self.algorithm())
    }
}

/// The new hash tree of a batch, which waits for its timestamp.
///
/// Store its [`leaves`](Self::leaves) and the request (`.tsq`) while it is pending, beside the first file as it was and as it was
/// prepared: [`from_leaves`](Self::from_leaves) reads them again, in another process too. A request that is lost costs nothing,
/// because the files give the same tree.
#[derive(Clone)]
pub struct UnstampedRehash<'c> {
    first: Unrenewed<'c>,
    extension: Extension,
    tree: Arc<SparseTree>,
}

impl<'c> UnstampedRehash<'c> {
    /// Takes up a stored tree again, for which `request` asks a timestamp, with its first file or record as it was and as it was
    /// prepared ([`Unrenewed::from_der`] reads it with the same request).
    ///
    /// # Errors
    /// Those of [`BatchRehash::of`]; `Leaves` where the request is not about these leaves, or the first file is not among them.
    pub fn from_leaves(
        before: &[u8],
        first: Unrenewed<'c>,
        leaves: Vec<u8>,
        request: &TimeStampReq,
    ) -> Result<Self, NotInRenewal> {
        let BatchRehash { first, extension, .. } = BatchRehash::of(before, first)?;
        let tree = requested_tree(leaves, request, KeptLevels::Most);
        let tree = tree.filter(|tree| tree.position(first.imprint()).is_some()).ok_or(NotInRenewal::Leaves)?;
        Ok(Self { first, extension, tree: Arc::new(tree) })
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

    /// Takes the token of a response, after checking that it answers `request` and that the first file verifies with it.
    /// [`Renewer::repeat`] then renews that file and the others.
    ///
    /// # Errors
    /// Those of [`Renewer::attach`].
    pub fn attach(
        &self,
        renewer: &Renewer<'_>,
        request: &TimeStampReq,
        response: &[u8],
        now: DateTime<Utc>,
    ) -> Result<BatchRenewal, RenewalError> {
        self.attach_token(renewer, request, request.check(response)?, now)
    }

    /// Requests the timestamp from a pool of TSAs, with a random nonce, and takes the first token that
    /// [`attach`](Self::attach) would take.
    ///
    /// # Errors
    /// `Tsa` with every TSA's answer, `Nonce`.
    pub fn stamp_with(
        &self,
        renewer: &Renewer<'_>,
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<BatchRenewal, RenewalError> {
        let request = self.timestamp_request(Nonce::random().map_err(|_| RenewalError::Nonce)?);
        let attached = tsas.timestamp_with(&request, |token| Ok(self.attach_token(renewer, &request, token, now)?));
        attached.map_err(RenewalError::Tsa)
    }

    fn attach_token(
        &self,
        renewer: &Renewer<'_>,
        request: &TimeStampReq,
        token: TimeStampToken,
        now: DateTime<Utc>,
    ) -> Result<BatchRenewal, RenewalError> {
        layer::check_der(&token)?;
        let (kind, leaf, gen_time) = (self.first.kind(), self.first.imprint(), token.tst_info().gen_time);
        let reduced = self.tree.reduced(leaf).ok_or(NotInRenewal::LeftOut)?;
        let after = layer::with_chain(self.first.der(), kind, leaf, reduced, &token)?;
        let renewed =
            Renewed { before: Some(self.first.der()), after: &after, kind, imprint: &self.tree.root(), gen_time, now };
        renewed.check_request(request)?;
        renewer.check(&renewed)?;
        Ok(BatchRenewal::of_tree(self.extension.clone(), Arc::clone(&self.tree), token))
    }
}

impl fmt::Debug for UnstampedRehash<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.tree.root();
        write!(f, "UnstampedRehash({} objects, {} {root})", self.leaf_count(), root.algorithm())
    }
}
