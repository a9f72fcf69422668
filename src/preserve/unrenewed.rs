//! What waits for the timestamp that renews it.

use std::fmt;
use std::slice;

use rfc3161_client::{Nonce, TimeStampReq, TimeStampToken};

use super::error::{NotRenewable, RenewalError};
use super::judge::Kind;
use super::layer::{self, Layer};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::record::Renewal;
use crate::time::request::request;
use crate::verify::{Content, ContentDigests};

/// A file or an evidence record that was prepared for its renewal: everything that the new timestamp covers is in it. It
/// proves what it proved, and takes the answer of a TSA in another process too.
///
/// Store its [`der`](Self::der), and the request (`.tsq`) beside it while it is pending. A request that is lost costs
/// nothing: another one can be made.
#[derive(Clone)]
pub struct Unrenewed<'c> {
    octets: Vec<u8>,
    kind: Kind<'c>,
    layer: Layer,
    imprint: Digest,
}

impl<'c> Unrenewed<'c> {
    pub(super) fn new(octets: Vec<u8>, kind: Kind<'c>, layer: Layer) -> Result<Self, NotRenewable> {
        let imprint = layer::imprint(&octets, kind, layer)?;
        Ok(Self { octets, kind, layer, imprint })
    }

    /// Takes up a stored file again, for the renewal that `request` asks a timestamp for.
    ///
    /// The attachment checks that the request is about it, and verifies what comes out.
    ///
    /// # Errors
    /// [`NotRenewable`] when the file is not one that was prepared.
    pub fn from_der(file: &[u8], content: Content<'c>, request: &TimeStampReq) -> Result<Self, NotRenewable> {
        Self::stored(file, Kind::File(content), request)
    }

    /// Takes up a stored evidence record again, which is over an object with these digests.
    ///
    /// # Errors
    /// [`NotRenewable`] when it is not one that was prepared.
    pub fn from_record(
        record: &[u8],
        object: &'c ContentDigests,
        request: &TimeStampReq,
    ) -> Result<Self, NotRenewable> {
        Self::from_record_of_group(record, slice::from_ref(object), request)
    }

    /// Takes up a stored evidence record again, which is over a data group with these objects.
    ///
    /// # Errors
    /// [`NotRenewable`] when it is not one that was prepared.
    pub fn from_record_of_group(
        record: &[u8],
        objects: &'c [ContentDigests],
        request: &TimeStampReq,
    ) -> Result<Self, NotRenewable> {
        Self::stored(record, Kind::Record(objects), request)
    }

    fn stored(octets: &[u8], kind: Kind<'c>, request: &TimeStampReq) -> Result<Self, NotRenewable> {
        let requested = &request.imprint().algorithm;
        let algorithm = DigestAlgorithm::ALL.into_iter().find(|algorithm| *requested == algorithm.oid());
        let layer = layer::by_algorithm(octets, kind, algorithm.unwrap_or(DigestAlgorithm::Sha256))?;
        Self::new(octets.to_vec(), kind, layer)
    }

    /// Returns the file or record to store.
    pub fn der(&self) -> &[u8] {
        &self.octets
    }

    /// Returns the digest algorithm of the timestamp that renews.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.imprint.algorithm()
    }

    /// Makes the request for the timestamp, which asks for certificates.
    pub fn timestamp_request(&self, nonce: Nonce) -> TimeStampReq {
        request(&self.imprint, nonce)
    }

    pub(super) fn kind(&self) -> Kind<'c> {
        self.kind
    }

    pub(super) fn imprint(&self) -> &Digest {
        &self.imprint
    }

    /// Returns the algorithm of the new hash tree, where that is the next layer.
    pub(super) fn hash_tree(&self) -> Option<DigestAlgorithm> {
        match self.layer {
            Layer::Record(Renewal::HashTree(algorithm)) => Some(algorithm),
            Layer::Archive(_) | Layer::Record(Renewal::Timestamp) => None,
        }
    }

    /// Returns the file or record with its next layer. Nothing was looked at but whether the token is in DER.
    pub(super) fn with_token(&self, token: &TimeStampToken) -> Result<Vec<u8>, RenewalError> {
        layer::with_token(&self.octets, self.kind, self.layer, token)
    }
}

impl fmt::Debug for Unrenewed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unrenewed({} octets, {:?})", self.octets.len(), self.layer)
    }
}
