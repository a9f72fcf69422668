//! Identifiers of algorithms.

use const_oid::ObjectIdentifier;
use der::{Any, Decode, Encode};
use spki::AlgorithmIdentifierOwned;

use crate::error::{EnvelopeError, OpenError};

/// Makes the identifier of an algorithm with its parameters.
pub(crate) fn algorithm(
    oid: ObjectIdentifier,
    parameters: &impl Encode,
) -> Result<AlgorithmIdentifierOwned, EnvelopeError> {
    let der = parameters.to_der().map_err(|_| EnvelopeError::Encode)?;
    let parameters = Some(Any::from_der(&der).map_err(|_| EnvelopeError::Encode)?);
    Ok(AlgorithmIdentifierOwned { oid, parameters })
}

/// Reads the parameters of an algorithm.
pub(crate) fn parameters<T: for<'a> Decode<'a>>(algorithm: &AlgorithmIdentifierOwned) -> Result<T, OpenError> {
    let der = algorithm.parameters.as_ref().and_then(|parameters| parameters.to_der().ok());
    T::from_der(&der.ok_or(OpenError::Malformed)?).map_err(|_| OpenError::Malformed)
}
