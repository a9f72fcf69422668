//! Identifiers of algorithms.

use const_oid::ObjectIdentifier;
use der::{Any, Decode, Encode};
use spki::AlgorithmIdentifierOwned;

use crate::error::EnvelopeError;

/// Makes the identifier of an algorithm with its parameters.
pub(crate) fn algorithm(
    oid: ObjectIdentifier,
    parameters: &impl Encode,
) -> Result<AlgorithmIdentifierOwned, EnvelopeError> {
    let der = parameters.to_der().map_err(|_| EnvelopeError::Encode)?;
    let parameters = Some(Any::from_der(&der).map_err(|_| EnvelopeError::Encode)?);
    Ok(AlgorithmIdentifierOwned { oid, parameters })
}
