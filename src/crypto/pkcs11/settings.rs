//! This module defines the settings of a signer whose key is on a token.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cryptoki::types::AuthPin;

use crate::crypto::{PublicKey, SignatureAlgorithm};

/// The default number of open sessions.
const SESSIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// The name of a token of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenName {
    /// The token has this label, and no other token of the module has it.
    Label(String),
    /// The token has this serial number.
    Serial(String),
    /// The token is in this slot (CK_SLOT_ID). Modules may renumber their slots, so a label is more stable.
    Slot(u64),
}

/// What is asked of a token. A demand that is not made is met by any token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TokenDemands {
    pub(super) label: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) slot: Option<u64>,
}

impl From<TokenName> for TokenDemands {
    fn from(name: TokenName) -> Self {
        match name {
            TokenName::Label(label) => Self { label: Some(label), ..Self::default() },
            TokenName::Serial(serial) => Self { serial: Some(serial), ..Self::default() },
            TokenName::Slot(slot) => Self { slot: Some(slot), ..Self::default() },
        }
    }
}

/// The name of a private key of a token: its CKA_LABEL, its CKA_ID or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyName {
    pub(super) label: Option<String>,
    pub(super) id: Option<Vec<u8>>,
}

impl KeyName {
    /// Names a key by its label.
    pub fn label(label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), id: None }
    }

    /// Names a key by its CKA_ID.
    pub fn id(id: &[u8]) -> Self {
        Self { label: None, id: Some(id.to_vec()) }
    }

    /// Adds the CKA_ID, for tokens with several keys of one label.
    #[must_use]
    pub fn with_id(self, id: &[u8]) -> Self {
        Self { id: Some(id.to_vec()), ..self }
    }
}

/// A PIN. It is wiped from memory when it is dropped, and never shown.
#[derive(Clone)]
pub struct Pin(pub(super) AuthPin);

impl Pin {
    /// Copies the PIN. The caller wipes the original.
    pub fn new(pin: &str) -> Self {
        Self(AuthPin::from(pin))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(***)")
    }
}

/// The use of a module by others in this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModuleUse {
    /// Others may use the module, another signer among them. The signer initialises it if nobody else did, and never
    /// finalises it.
    #[default]
    Shared,
    /// Only this signer and its clones use the module. When its token is lost, the signer finalises the module and
    /// initialises it anew. Many modules, SoftHSM among them, look for tokens only then, and some need it after every
    /// loss of connection. The restart would end the sessions of other users of the module, or worse.
    Exclusive,
}

/// The settings of a [`Pkcs11Signer`](super::Pkcs11Signer).
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) module: PathBuf,
    pub(super) token: TokenDemands,
    pub(super) key: KeyName,
    pub(super) pin: Option<Pin>,
    pub(super) pin_source: Option<String>,
    pub(super) sessions: NonZeroUsize,
    pub(super) longest_wait: Option<Duration>,
    pub(super) algorithm: Option<SignatureAlgorithm>,
    pub(super) public_key: Option<PublicKey>,
    pub(super) module_use: ModuleUse,
}

impl Settings {
    /// Makes settings for a key of a token. `module` is the path of a shared library, whose code will run in this
    /// process.
    pub fn new(module: impl AsRef<Path>, token: TokenName, key: KeyName) -> Self {
        Self::of(module.as_ref().to_owned(), token.into(), key)
    }

    pub(super) fn of(module: PathBuf, token: TokenDemands, key: KeyName) -> Self {
        Self {
            module,
            token,
            key,
            pin: None,
            pin_source: None,
            sessions: SESSIONS,
            longest_wait: None,
            algorithm: None,
            public_key: None,
            module_use: ModuleUse::default(),
        }
    }

    /// Sets the PIN of the user. Tokens that ask for it themselves, or that need no login, do not need it.
    #[must_use]
    pub fn with_pin(self, pin: Pin) -> Self {
        Self { pin: Some(pin), ..self }
    }

    /// Returns the `pin-source` of the URI: a place from which the caller reads the PIN, such as `file:/etc/token.pin`.
    pub fn pin_source(&self) -> Option<&str> {
        self.pin_source.as_deref()
    }

    /// Sets the number of sessions, which is also the number of concurrent signatures. The default is 4.
    #[must_use]
    pub fn with_sessions(self, sessions: NonZeroUsize) -> Self {
        Self { sessions, ..self }
    }

    /// Sets the longest wait for a session, after which the error is
    /// [`NoSessionFree`](super::Pkcs11Error::NoSessionFree). By default the wait has no limit, so a module that never
    /// returns blocks every thread that signs. A call inside the module cannot be cancelled.
    #[must_use]
    pub fn with_longest_wait(self, longest: Duration) -> Self {
        Self { longest_wait: Some(longest), ..self }
    }

    /// Sets the algorithm. The default is PKCS#1 v1.5 with SHA-256 for RSA, the digest
    /// of the curve's size for ECDSA, and Ed25519.
    #[must_use]
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// Sets the public key, for tokens that hold only the private key, or several public keys of its name. [`Credentials::new`](crate::Credentials::new)
    /// detects a wrong one.
    #[must_use]
    pub fn with_public_key(self, public_key: PublicKey) -> Self {
        Self { public_key: Some(public_key), ..self }
    }

    /// Sets the use of the module, which is shared by default.
    #[must_use]
    pub fn with_module_use(self, module_use: ModuleUse) -> Self {
        Self { module_use, ..self }
    }
}
