//! The settings of a signer with a key on a token.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cryptoki::types::AuthPin;

use crate::crypto::{PublicKey, SignatureAlgorithm};

/// The number of sessions that are open at the same time by default.
const SESSIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// The name of a token of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenName {
    /// The token has this label, and no other token of the module has it.
    Label(String),
    /// The token has this serial number.
    Serial(String),
    /// The token is in this slot (CK_SLOT_ID). Modules number their slots anew at will, and a label stays.
    Slot(u64),
}

/// The name of a private key of a token: its CKA_LABEL, its CKA_ID or both.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Others may use the module, another signer among them. It is initialised unless that was done, and never
    /// finalised.
    #[default]
    Shared,
    /// Only this signer and its clones use the module. When its token is not found any more, the module is finalised and
    /// initialised anew. Many modules, SoftHSM's among them, look for tokens at that time alone, and some ask for it
    /// after every loss of connection. It would end the sessions of others at work in the module, or worse.
    Exclusive,
}

/// The settings of a [`Pkcs11Signer`](super::Pkcs11Signer).
#[derive(Clone, Debug)]
pub struct Settings {
    pub(super) module: PathBuf,
    pub(super) token: TokenName,
    pub(super) key: KeyName,
    pub(super) pin: Option<Pin>,
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
        Self {
            module: module.as_ref().to_owned(),
            token,
            key,
            pin: None,
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

    /// Sets the number of sessions, and so of signatures at the same time. The default is 4.
    #[must_use]
    pub fn with_sessions(self, sessions: NonZeroUsize) -> Self {
        Self { sessions, ..self }
    }

    /// Sets the longest wait for a session, after which the error is
    /// [`NoSessionFree`](super::Pkcs11Error::NoSessionFree). The default is to wait for as long as it takes, so that a
    /// module that does not return stops every thread that signs. A call in the module itself cannot be ended.
    #[must_use]
    pub fn with_longest_wait(self, longest: Duration) -> Self {
        Self { longest_wait: Some(longest), ..self }
    }

    /// Sets the algorithm. The default is PKCS#1 v1.5 with SHA-256 for RSA, SHA-256 for P-256 and SHA-384 for P-384.
    #[must_use]
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// Sets the public key, for tokens that hold the private one alone. It need not be the right one:
    /// [`Credentials::new`](crate::Credentials::new) finds out.
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
