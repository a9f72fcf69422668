//! A file that waits for the timestamp that renews it.

use std::fmt;

use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken};

use super::error::NotRenewable;
use super::layer::{self, Layer};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::verify::Content;

/// A file that was prepared for its renewal: everything that the new timestamp covers is in it. It is a proof as before,
/// and takes the answer of a TSA in another process too.
///
/// Store its [`der`](Self::der), and the request (`.tsq`) beside it while it is pending. A request that is lost costs
/// nothing: another one can be made.
#[derive(Clone)]
pub struct Unrenewed<'c> {
    file: Vec<u8>,
    content: Content<'c>,
    layer: Layer,
    imprint: Digest,
}

impl<'c> Unrenewed<'c> {
    pub(super) fn new(file: Vec<u8>, content: Content<'c>, layer: Layer) -> Result<Self, NotRenewable> {
        let imprint = layer::imprint(&file, content, layer)?;
        Ok(Self { file, content, layer, imprint })
    }

    /// Takes up a stored file again, for the renewal that `request` asks a timestamp for.
    ///
    /// The attachment checks that the request is about it, and verifies what comes out.
    ///
    /// # Errors
    /// [`NotRenewable`] when the file is not one that was prepared.
    pub fn from_der(der: &[u8], content: Content<'c>, request: &TimeStampReq) -> Result<Self, NotRenewable> {
        let requested = &request.imprint().algorithm;
        let algorithm = DigestAlgorithm::ALL.into_iter().find(|algorithm| *requested == algorithm.oid());
        let layer = layer::by_algorithm(der, algorithm.unwrap_or(DigestAlgorithm::Sha256))?;
        Self::new(der.to_vec(), content, layer)
    }

    /// Returns the file to store.
    pub fn der(&self) -> &[u8] {
        &self.file
    }

    /// Returns the digest algorithm of the timestamp that renews.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.imprint.algorithm()
    }

    /// Makes the request for the timestamp, which asks for certificates.
    pub fn timestamp_request(&self, nonce: Nonce) -> TimeStampReq {
        let imprint = MessageImprint::new(self.imprint.algorithm().oid(), self.imprint.as_bytes());
        TimeStampReq::new(imprint).with_nonce(nonce)
    }

    pub(super) fn content(&self) -> Content<'c> {
        self.content
    }

    pub(super) fn imprint(&self) -> &Digest {
        &self.imprint
    }

    /// Returns the file with its next layer. The token was not looked at.
    pub(super) fn with_token(&self, token: &TimeStampToken) -> Result<Vec<u8>, NotRenewable> {
        layer::with_token(&self.file, self.layer, token)
    }
}

impl fmt::Debug for Unrenewed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unrenewed({} octets, {:?})", self.file.len(), self.layer)
    }
}
