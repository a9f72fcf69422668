//! This module defines the errors of tokens. No error holds a PIN, a label or a key.

use std::fmt;

use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};

use crate::crypto::{KeyError, KeyKind, SignatureAlgorithm};

/// The code that a function of a module returned instead of success. It is shown as `SignInit: DeviceRemoved`.
#[derive(Clone, Copy)]
pub struct ReturnCode {
    code: RvError,
    function: Function,
}

impl fmt::Display for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {:?}", self.function, self.code)
    }
}

impl fmt::Debug for ReturnCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The reason why a key of a token cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// There is no such file.
    #[error("there is no module at this path")]
    ModuleNotFound,
    /// The file is no PKCS#11 module for this machine.
    #[error("the file is no PKCS#11 module that can be loaded")]
    ModuleNotUsable,
    /// No slot has such a token.
    #[error("no slot of the module has this token")]
    TokenNotFound,
    /// Several tokens have this name. [`TokenName::Serial`](super::TokenName::Serial) tells them apart.
    #[error("several tokens have this name; give the serial number of the right one")]
    TokenAmbiguous,
    /// The token has no such private key, or does not show it.
    #[error("the token has no private key of this name")]
    KeyNotFound,
    /// Several private keys have this name. Label and identifier together tell them apart.
    #[error(
        "several private keys have this name; give the label (CKA_LABEL) and the identifier (CKA_ID) of the right one"
    )]
    KeyAmbiguous,
    /// The key wants the PIN again before each signature (CKA_ALWAYS_AUTHENTICATE), between the start of the signature and
    /// its data. The token offers no mechanism that takes the data apart from the start, which is one that hashes.
    #[error("the key wants the PIN before each signature, and the token offers no mechanism that hashes")]
    KeyNeedsPinEachTime,
    /// The token holds the private key alone, so that the public one must be given.
    #[error("the token has neither public key nor certificate for the private key; give its public key")]
    PublicKeyNotFound,
    /// Several public keys of the token have the name of the private key, so that the right one must be given.
    #[error("several public keys or certificates on the token have the name of the private key; give its public key")]
    PublicKeyAmbiguous,
    /// The public key on the token cannot be read.
    #[error("the public key on the token cannot be read")]
    PublicKey(#[source] KeyError),
    /// The token shows more objects of one kind than are looked at, so that the right one may not be among them. Give the
    /// public key, and take the certificates from a file.
    #[error("the token shows more than {limit} objects of one kind; give the public key and the certificates")]
    TooManyObjects {
        /// The largest number that is looked at.
        limit: usize,
    },
    /// This kind of key does not seal, or not with the algorithm that was asked for.
    #[error("a key of kind {0} does not seal, or not with this algorithm")]
    KeyNotOffered(KeyKind),
    /// The token has no mechanism for the algorithm.
    #[error("the token does not offer {0}")]
    MechanismNotOffered(SignatureAlgorithm),
    /// The token wants a PIN and none was given.
    #[error("the token wants a PIN")]
    PinMissing,
    /// The token refused the PIN, which is not presented again. Open the signer with another one.
    #[error("the token refused the PIN")]
    PinIncorrect,
    /// The token is locked after too many wrong PINs.
    #[error("the PIN is locked")]
    PinLocked,
    /// The PIN was not presented, because another wrong one would lock the token. Log in once with the tool of the
    /// token's maker.
    #[error("one attempt is left before the PIN is locked; it was not presented")]
    PinFinalTry,
    /// The PIN has to be changed, or was never set.
    #[error("the PIN is expired or was not set")]
    PinNotUsable,
    /// The session was lost. The new one was lost too, or could not be opened for the reason that the source gives.
    #[error("the session was lost ({code})")]
    SessionLost {
        /// The code by which the loss was noticed.
        code: ReturnCode,
        /// The reason why there is no new session. It is absent when the new one was lost as well.
        #[source]
        reopening: Option<Box<Self>>,
    },
    /// The token has as many sessions as it can have, and none of them is this signer's.
    #[error("the token has no session left")]
    NoSessionLeft,
    /// Other callers had all sessions for as long as this signer may wait
    /// ([`Settings::with_longest_wait`](super::Settings::with_longest_wait)).
    #[error("no session was free for as long as this may wait")]
    NoSessionFree,
    /// The key of this name in the new session is not the one that this signer had.
    #[error("the key of this name on the token is another one than before")]
    OtherKey,
    /// The module returned another error.
    #[error("the module returned an error ({0})")]
    Module(ReturnCode),
    /// The answer of the module cannot be read.
    #[error("the answer of the module cannot be read")]
    Answer,
}

impl Pkcs11Error {
    /// Returns the code if it means that the session is lost.
    pub(super) fn loss(&self) -> Option<ReturnCode> {
        use RvError as Rv;
        let Self::Module(returned) = self else { return None };
        let is_loss = matches!(
            returned.code,
            Rv::SessionHandleInvalid
                | Rv::SessionClosed
                | Rv::DeviceRemoved
                | Rv::DeviceError
                | Rv::TokenNotPresent
                | Rv::TokenNotRecognized
                | Rv::SlotIdInvalid
                | Rv::UserNotLoggedIn
                | Rv::KeyHandleInvalid
                | Rv::ObjectHandleInvalid
                | Rv::OperationActive
                | Rv::OperationNotInitialized
                | Rv::CryptokiNotInitialized
                | Rv::GeneralError
                | Rv::FunctionFailed
        );
        is_loss.then_some(*returned)
    }

    /// Returns true if the module may find the token after it is initialised anew.
    pub(super) fn is_absence(&self) -> bool {
        if let Self::SessionLost { reopening, .. } = self {
            return reopening.as_ref().is_none_or(|why| why.is_absence());
        }
        matches!(self, Self::TokenNotFound) || self.loss().is_some()
    }

    pub(super) fn is(&self, code: RvError) -> bool {
        matches!(self, Self::Module(returned) if returned.code == code)
    }
}

impl From<Error> for Pkcs11Error {
    fn from(error: Error) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "the errors of another crate")]
        match error {
            Error::Pkcs11(RvError::SessionCount, _) => Self::NoSessionLeft,
            Error::Pkcs11(code, function) => Self::Module(ReturnCode { code, function }),
            Error::LibraryLoading(_) | Error::MissingSymbol(_) => Self::ModuleNotUsable,
            _ => Self::Answer,
        }
    }
}
