//! This module finds the token and the key, and logs in.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::RvError;
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Slot, TokenInfo};

use super::error::Pkcs11Error;
use super::settings::{KeyName, Pin, TokenDemands};
use crate::crypto::SignatureError;

/// The module, token, key and PIN, from which sessions are opened as often as needed.
pub(super) struct Connection {
    module: Pkcs11,
    token: TokenDemands,
    key: KeyName,
    pin: Option<Pin>,
    /// A lock that serialises initialisation. A second caller would be told that the module is ready while the first is
    /// still looking for tokens.
    initializing: Mutex<()>,
    /// The reason why the PIN must not be presented any more. The lock also serialises logins.
    refused: Mutex<Option<Refused>>,
}

#[derive(Clone, Copy)]
enum Refused {
    Incorrect,
    Locked,
    NotUsable,
}

/// How often a key wants the PIN (CKA_ALWAYS_AUTHENTICATE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authentication {
    /// The login of the session is enough.
    Once,
    /// Each signature needs another login.
    EachTime,
}

/// A session that is logged in, and its handle of the private key.
pub(super) struct Opened {
    pub(super) session: Session,
    pub(super) key: ObjectHandle,
    pub(super) authentication: Authentication,
    slot: Slot,
    /// True once a signature has shown that the key is the signer's.
    is_tried: Cell<bool>,
}

impl Opened {
    /// Marks the key as verified by the caller.
    pub(super) fn tried(self) -> Self {
        self.is_tried.set(true);
        self
    }

    /// Verifies the first signature of a session. Another token may have replaced the lost one, with another key of the
    /// same name.
    pub(super) fn check(&self, verify: impl FnOnce() -> Result<(), SignatureError>) -> Result<(), Pkcs11Error> {
        if !self.is_tried.get() && verify() == Err(SignatureError::Invalid) {
            return Err(Pkcs11Error::OtherKey);
        }
        self.is_tried.set(true);
        Ok(())
    }
}

impl From<Refused> for Pkcs11Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Incorrect => Self::PinIncorrect,
            Refused::Locked => Self::PinLocked,
            Refused::NotUsable => Self::PinNotUsable,
        }
    }
}

impl Connection {
    pub(super) fn new(module: &Path, token: TokenDemands, key: KeyName, pin: Option<Pin>) -> Result<Self, Pkcs11Error> {
        // The loader looks for a bare name in directories that only it knows.
        let is_bare = module.components().nth(1).is_none();
        if !is_bare && !module.exists() {
            return Err(Pkcs11Error::ModuleNotFound);
        }
        Ok(Self {
            module: Pkcs11::new(module)?,
            token,
            key,
            pin,
            initializing: Mutex::new(()),
            refused: Mutex::new(None),
        })
    }

    /// Opens a new session.
    pub(super) fn open(&self) -> Result<Opened, Pkcs11Error> {
        self.initialize()?;
        let slot = self.find_slot()?;
        let session = self.module.open_ro_session(slot)?;
        self.log_in(&session, slot)?;
        let (key, authentication) = self.find_key(&session)?;
        Ok(Opened { session, key, authentication, slot, is_tried: Cell::new(false) })
    }

    pub(super) fn mechanisms(&self, opened: &Opened) -> Result<Vec<MechanismType>, Pkcs11Error> {
        Ok(self.module.get_mechanism_list(opened.slot)?)
    }

    /// Finalises the module, which ends all sessions of this process. The next [`open`](Self::open) initialises it
    /// anew. No other call may be active.
    pub(super) fn finalize(&self) -> Result<(), Pkcs11Error> {
        match self.module.clone().finalize().map_err(Pkcs11Error::from) {
            Err(error) if !error.is(RvError::CryptokiNotInitialized) => Err(error),
            _ => Ok(()),
        }
    }

    /// Initialises the module, because other code in this process may have initialised or finalised it.
    fn initialize(&self) -> Result<(), Pkcs11Error> {
        let _guard = self.initializing.lock().unwrap_or_else(PoisonError::into_inner);
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.module.initialize(arguments).map_err(Pkcs11Error::from) {
            Err(error) if !error.is(RvError::CryptokiAlreadyInitialized) => Err(error),
            _ => Ok(()),
        }
    }

    fn find_slot(&self) -> Result<Slot, Pkcs11Error> {
        let slots = self.module.get_slots_with_token()?;
        let TokenDemands { label, serial, manufacturer, model, slot: number } = &self.token;
        let is_any = [label, serial, manufacturer, model].iter().all(|demand| demand.is_none());
        let meets = |demand: &Option<String>, stated: &str| demand.as_ref().is_none_or(|demand| demand == stated);
        let is_it = |info: &TokenInfo| {
            info.token_initialized()
                && meets(label, info.label())
                && meets(serial, info.serial_number())
                && meets(manufacturer, info.manufacturer_id())
                && meets(model, info.model())
        };
        // A token that cannot be queried does not match, for whatever reason.
        let has_it = |slot: &Slot| self.module.get_token_info(*slot).is_ok_and(|info| is_it(&info));
        let is_named = |slot: &Slot| match number {
            Some(number) => slot.id() == *number && (is_any || has_it(slot)),
            None => has_it(slot),
        };
        let mut named = slots.into_iter().filter(is_named);
        match (named.next(), named.next()) {
            (None, _) => Err(Pkcs11Error::TokenNotFound),
            (Some(slot), None) => Ok(slot),
            (Some(_), Some(_)) => Err(Pkcs11Error::TokenAmbiguous),
        }
    }

    /// Logs in. The login is shared by all sessions of this process with the token.
    fn log_in(&self, session: &Session, slot: Slot) -> Result<(), Pkcs11Error> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = *refused {
            return Err(refused.into());
        }
        let state = session.get_session_info()?.session_state();
        let info = self.module.get_token_info(slot)?;
        if !info.login_required() || matches!(state, SessionState::RoUser | SessionState::RwUser) {
            return Ok(());
        }
        self.present(&mut refused, session, UserType::User, &info)
    }

    /// Presents the PIN for the signature that has begun in this session (CKU_CONTEXT_SPECIFIC).
    pub(super) fn authenticate(&self, opened: &Opened) -> Result<(), Pkcs11Error> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = *refused {
            return Err(refused.into());
        }
        let info = self.module.get_token_info(opened.slot)?;
        self.present(&mut refused, &opened.session, UserType::ContextSpecific, &info)
    }

    /// Presents the PIN, unless it was refused or the next refusal would lock the token.
    fn present(
        &self,
        refused: &mut Option<Refused>,
        session: &Session,
        user: UserType,
        info: &TokenInfo,
    ) -> Result<(), Pkcs11Error> {
        if info.user_pin_locked() {
            return Err(Pkcs11Error::PinLocked);
        }
        let pin = match &self.pin {
            // Another wrong PIN would lock the token, so the last attempt is left to a person.
            Some(_) if info.user_pin_final_try() => return Err(Pkcs11Error::PinFinalTry),
            Some(Pin(pin)) => Some(pin),
            // The token asks for the PIN itself, on a pad of its own.
            None if info.protected_authentication_path() => None,
            None => return Err(Pkcs11Error::PinMissing),
        };
        let Err(error) = session.login(user, pin).map_err(Pkcs11Error::from) else { return Ok(()) };
        // A refused PIN is never presented again, because tokens lock themselves after a few attempts.
        *refused = if error.is(RvError::UserAlreadyLoggedIn) {
            return Ok(());
        } else if [RvError::PinIncorrect, RvError::PinInvalid, RvError::PinLenRange].iter().any(|code| error.is(*code))
        {
            Some(Refused::Incorrect)
        } else if error.is(RvError::PinLocked) {
            Some(Refused::Locked)
        } else if error.is(RvError::PinExpired) || error.is(RvError::UserPinNotInitialized) {
            Some(Refused::NotUsable)
        } else {
            return Err(error);
        };
        Err(refused.map_or(error, Into::into))
    }

    fn find_key(&self, session: &Session) -> Result<(ObjectHandle, Authentication), Pkcs11Error> {
        let mut template = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
        template.extend(self.key.label.as_ref().map(|label| Attribute::Label(label.as_bytes().to_vec())));
        template.extend(self.key.id.clone().map(Attribute::Id));
        let keys: Vec<ObjectHandle> = session.iter_objects(&template)?.take(2).collect::<Result<_, _>>()?;
        let key = match keys.as_slice() {
            [] => return Err(Pkcs11Error::KeyNotFound),
            [key] => *key,
            _ => return Err(Pkcs11Error::KeyAmbiguous),
        };
        let attributes = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate])?;
        let is_each_time = attributes.contains(&Attribute::AlwaysAuthenticate(true));
        Ok((key, if is_each_time { Authentication::EachTime } else { Authentication::Once }))
    }
}
