//! Where a key is and how to get at it.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cryptoki::types::AuthPin;

use crate::crypto::{PublicKey, SignatureAlgorithm};

/// Sessions that are open at the same time, if nothing else is said.
const SESSIONS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// Which token of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenName {
    /// By its label; there must be one with it.
    Label(String),
    /// By its serial number.
    Serial(String),
    /// Whatever is in this slot (CK_SLOT_ID). Modules number their slots anew at will; a label stays.
    Slot(u64),
}

/// Which private key of a token: by CKA_LABEL, CKA_ID or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName {
    pub(super) label: Option<String>,
    pub(super) id: Option<Vec<u8>>,
}

impl KeyName {
    /// By its label.
    pub fn label(label: impl Into<String>) -> Self {
        Self { label: Some(label.into()), id: None }
    }

    /// By its CKA_ID.
    pub fn id(id: &[u8]) -> Self {
        Self { label: None, id: Some(id.to_vec()) }
    }

    /// And by its CKA_ID: for tokens with several keys of one label.
    #[must_use]
    pub fn with_id(self, id: &[u8]) -> Self {
        Self { id: Some(id.to_vec()), ..self }
    }
}

/// A PIN. It is wiped from memory when it is dropped, and never shown.
#[derive(Clone)]
pub struct Pin(pub(super) AuthPin);

impl Pin {
    /// A copy of it; wiping the original is for its owner.
    pub fn new(pin: &str) -> Self {
        Self(AuthPin::from(pin))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(***)")
    }
}

/// Who else uses a module in this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModuleUse {
    /// Others may, another signer among them: it is initialised where nobody did it, and never finalised.
    #[default]
    Shared,
    /// This signer (and its clones) alone. When its token is not found any more, the module is finalised and
    /// initialised anew: many modules, SoftHSM's among them, look for tokens at that time alone, and some ask for it
    /// after every loss of connection. With others at work in the module it would end their sessions, or worse.
    Exclusive,
}

/// Where a key is and how to get at it.
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
    /// A key of a token of a module: the path of a shared library, whose code will run in this process.
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

    /// With the PIN of the user. Not needed by tokens that ask for it themselves or that need no login.
    #[must_use]
    pub fn with_pin(self, pin: Pin) -> Self {
        Self { pin: Some(pin), ..self }
    }

    /// With at most this many sessions, 4 by default: as many signatures are made at the same time.
    #[must_use]
    pub fn with_sessions(self, sessions: NonZeroUsize) -> Self {
        Self { sessions, ..self }
    }

    /// With an end to waiting: who finds no session free for so long gets
    /// [`NoSessionFree`](super::Pkcs11Error::NoSessionFree). By default one waits for as long as it takes, so that a
    /// module that does not come back stops every thread that signs. The call in the module itself has no such end:
    /// nobody can take it back.
    #[must_use]
    pub fn with_longest_wait(self, longest: Duration) -> Self {
        Self { longest_wait: Some(longest), ..self }
    }

    /// With this algorithm; by default PKCS#1 v1.5 and SHA-256 for RSA, SHA-256 for P-256, SHA-384 for P-384.
    #[must_use]
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// With the public key, for tokens that hold the private one alone. It may be any other's:
    /// [`Credentials::new`](crate::Credentials::new) finds out.
    #[must_use]
    pub fn with_public_key(self, public_key: PublicKey) -> Self {
        Self { public_key: Some(public_key), ..self }
    }

    /// With another use of the module than a shared one.
    #[must_use]
    pub fn with_module_use(self, module_use: ModuleUse) -> Self {
        Self { module_use, ..self }
    }
}
