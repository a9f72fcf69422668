//! This module signs with keys in an HSM or on a token, through its PKCS#11 module (feature `pkcs11`; OASIS PKCS#11
//! 2.40 and 3.x).
//!
//! ```no_run
//! use recommande::crypto::pkcs11::{KeyName, Pin, Pkcs11Signer, Settings, TokenName};
//! # use recommande::pki::Certificate;
//! use recommande::Credentials;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (pin, chain) = (String::new(), Vec::<Certificate>::new());
//! let settings = Settings::new("/usr/lib/softhsm/libsofthsm2.so", TokenName::Label("seals".into()), KeyName::label("seal-2026"))
//!     .with_pin(Pin::new(&pin));
//! let credentials = Credentials::new(Pkcs11Signer::open(settings)?, chain)?;
//! # Ok(())
//! # }
//! ```
//!
//! A `pkcs11:` URI says the same in one line ([`Settings::from_uri`]), and a chain that is on the token is read from it
//! ([`Pkcs11Signer::certificates`]).
//!
//! A module is foreign code that runs in this process, and it is trusted with everything in the process. SECURITY.md
//! says more.

mod error;
mod mechanism;
mod pool;
mod public;
mod settings;
mod token;
mod uri;

use std::fmt;
use std::sync::Arc;

pub use error::{Pkcs11Error, ReturnCode};
use mechanism::Recipe;
use pool::Pool;
pub use settings::{KeyName, ModuleUse, Pin, Settings, TokenName};
use token::Connection;
pub use uri::Pkcs11UriError;

use super::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use super::key::{RsaSchemes, usual_algorithm};
use super::public_key::PublicKey;
use super::signer::{SignError, Signer};

/// Signs with a private key that stays in its token, over a pool of sessions. A clone shares the pool.
///
/// Each signature takes a session and gives it back. A caller that finds no free session waits for one, without end
/// unless there is [a limit](Settings::with_longest_wait).
///
/// A session is lost when others close it or log it out, or when the token is removed. Each signature replaces a lost
/// session once and logs in again. If that fails, the signature returns an error and the next one tries again. The
/// signer verifies the first signature of a new session, because another token may have a key of the same name. Some
/// modules find a removed token only after they are initialised anew, which [`ModuleUse::Exclusive`] permits.
///
/// A key that wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE) gets it each time, where the token hashes.
///
/// The signer never presents a refused PIN a second time, because tokens lock themselves. The module stays initialised
/// after the last signer is dropped, because others in this process may use it.
#[derive(Clone)]
pub struct Pkcs11Signer(Arc<Inner>);

struct Inner {
    pool: Pool,
    recipe: Recipe,
    algorithm: SignatureAlgorithm,
    public_key: PublicKey,
}

impl Pkcs11Signer {
    /// Loads the module, finds the token and the key, logs in, and chooses the mechanism for the signatures.
    ///
    /// If the settings have no public key, this reads it from the private key itself, where that shows it. Else it is that
    /// of the public-key objects and certificates with the same CKA_ID and label, with the same CKA_ID, or with the same
    /// label, in this order. Several objects of one key are one.
    ///
    /// # Errors
    /// Returns a [`Pkcs11Error`].
    pub fn open(settings: Settings) -> Result<Self, Pkcs11Error> {
        let Settings { module, token, key, pin, sessions, longest_wait, algorithm, public_key, module_use, .. } =
            settings;
        let connection = Connection::new(&module, token, key, pin)?;
        let opened = connection.open()?;
        let public_key = match public_key {
            Some(public_key) => public_key,
            None => public::read(&opened)?,
        };
        let algorithm = algorithm.or_else(|| usual_algorithm(public_key.kind(), RsaSchemes::Any)).filter(|algorithm| {
            use DigestAlgorithm::{Sha256, Sha384, Sha512};
            matches!(algorithm.cms_digest(), Sha256 | Sha384 | Sha512) && public_key.fits(algorithm)
        });
        let algorithm = algorithm.ok_or_else(|| Pkcs11Error::KeyNotOffered(public_key.kind().clone()))?;
        let offered = connection.mechanisms(&opened)?;
        let recipe = Recipe::choose(algorithm, opened.authentication, &offered)?;
        // The trial signature of the credentials shows whether the public key belongs to the private one.
        let pool = Pool::new(connection, opened.tried(), sessions, longest_wait, module_use);
        Ok(Self(Arc::new(Inner { pool, recipe, algorithm, public_key })))
    }

    /// Reads the X.509 certificates on the token, each as DER, in the order of the token.
    /// [`Certificate::chain_of`](crate::Certificate::chain_of) makes the chain of the key out of them.
    ///
    /// # Errors
    /// Returns a [`Pkcs11Error`]; `TooManyObjects` for a token with more than 4096 certificates.
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>, Pkcs11Error> {
        self.0.pool.with_session(|_, opened| public::certificates(opened))
    }

    /// Signs like [`Signer::sign`] and returns the error of the token itself.
    ///
    /// # Errors
    /// Returns a [`Pkcs11Error`].
    pub fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, Pkcs11Error> {
        let Inner { pool, recipe, algorithm, public_key } = self.0.as_ref();
        pool.with_session(|connection, opened| {
            let signature = recipe.to_cms(recipe.sign(connection, opened, message)?)?;
            opened.check(|| public_key.verify(algorithm, message, &signature))?;
            Ok(signature)
        })
    }
}

impl Signer for Pkcs11Signer {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// Signs the message. The error is `External` and has a [`Pkcs11Error`] as its source.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.try_sign(message).map_err(|error| SignError::External(Box::new(error)))
    }
}

impl fmt::Debug for Pkcs11Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pkcs11Signer({})", self.0.public_key.kind())
    }
}
