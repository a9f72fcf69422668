//! A signer, and everything that its signature is checked against.

use const_oid::ObjectIdentifier;
use signed_data::{SignedData, SignerInfo};

use crate::crypto::{Digest, DigestAlgorithm, KnownSignatures};
use crate::pki::{Certificate, ValidationBudget};

/// The digest of the signed content under an algorithm; `None` when it is not known under that one.
pub(crate) type ContentDigest<'a> = &'a dyn Fn(DigestAlgorithm) -> Option<Digest>;

/// A signer, and everything that its signature is checked against.
pub(crate) struct SignerCheck<'a> {
    pub(crate) signed_data: &'a SignedData<'a>,
    pub(crate) signer_info: &'a SignerInfo<'a>,
    /// The content type that the content must have; `None` takes the one that SignedData states.
    pub(crate) content_type: Option<ObjectIdentifier>,
    pub(crate) content: ContentDigest<'a>,
    /// The content itself, where it is given: a signature without signed attributes may need it.
    pub(crate) octets: Option<&'a [u8]>,
    /// The certificates in the SignedData that can be read.
    pub(crate) certificates: &'a [Certificate],
    /// The certificates from elsewhere, where the signer's is not embedded.
    pub(crate) extra: &'a [Certificate],
    /// The signatures that were found good, where many artifacts share the signature.
    pub(crate) shared: Option<&'a KnownSignatures>,
    /// The budget of the artifact, which pays for every key that is tried where the signer may mean several certificates.
    pub(crate) budget: &'a ValidationBudget,
}
