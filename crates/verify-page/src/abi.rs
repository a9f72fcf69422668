//! The functions of the module. Arguments and results are buffers, which the module owns and the host fills and reads by their
//! address: no pointer of the host is followed.
//!
//! ```text
//! buffer(length) -> id          address(id) -> place in memory     length(id)     release(id)
//! configure(id) -> id           the settings of the page, JSON
//! open(role, id of name, size) -> file      update(file, id, octets)      close(file) -> id      remove(file)
//! unpack(file) -> id                the octets of a dossier that are wanted first: JSON, null where none are
//! supply(file, id of octets) -> id  takes them, and gives those that are wanted next
//! verify(id) -> id              a question about the open files, JSON -> JSON
//! answer(id) -> id              a stored question with all that it depends on (`VerificationInput`), JSON -> JSON; feature `answer`
//! ```
//!
//! An id that is not known gives 0, which is no id. A result of JSON is `{"error": code}` where the question cannot be asked.
#![allow(
    unsafe_code,
    reason = "a function that a host calls has a name that is not mangled; nothing else here is unsafe"
)]

use std::cell::RefCell;

use serde::Serialize;

use crate::answer::Failure;
use crate::file::Role;
use crate::session::Session;

/// The largest buffer: a slice of a letter, or a question.
const MAX_BUFFER: u32 = 64 << 20;

/// What one instance of the module holds.
#[derive(Default)]
struct Instance {
    buffers: Vec<Option<Vec<u8>>>,
    session: Session,
}

thread_local! {
    static INSTANCE: RefCell<Instance> = RefCell::default();
}

impl Instance {
    /// Keeps a buffer. Ids begin with 1.
    fn keep(&mut self, octets: Vec<u8>) -> u32 {
        let place = self.buffers.iter().position(Option::is_none).unwrap_or(self.buffers.len());
        if place == self.buffers.len() {
            self.buffers.push(None);
        }
        if let Some(slot) = self.buffers.get_mut(place) {
            *slot = Some(octets);
        }
        u32::try_from(place).map_or(0, |place| place.saturating_add(1))
    }

    fn slot(&mut self, id: u32) -> Option<&mut Option<Vec<u8>>> {
        let place = usize::try_from(id).ok()?.checked_sub(1)?;
        self.buffers.get_mut(place)
    }

    /// Takes a buffer out, so that it is released.
    fn take(&mut self, id: u32) -> Vec<u8> {
        self.slot(id).and_then(Option::take).unwrap_or_default()
    }

    fn keep_json(&mut self, value: &impl Serialize) -> u32 {
        // Values without maps of other keys than strings are always written.
        self.keep(serde_json::to_vec(value).unwrap_or_default())
    }

    fn keep_result<T: Serialize>(&mut self, result: Result<T, Failure>) -> u32 {
        match result {
            Ok(value) => self.keep_json(&value),
            Err(failure) => self.keep_json(&failure),
        }
    }
}

fn with<T>(call: impl FnOnce(&mut Instance) -> T) -> T {
    INSTANCE.with_borrow_mut(call)
}

/// Makes a buffer of so many octets, and returns its id: 0 for one that is too long.
#[unsafe(no_mangle)]
pub extern "C" fn buffer(length: u32) -> u32 {
    match usize::try_from(length) {
        Ok(octets) if length <= MAX_BUFFER => with(|instance| instance.keep(vec![0; octets])),
        _ => 0,
    }
}

/// Returns where a buffer lies in the memory of the module. It stays there until the buffer is given to a function.
#[unsafe(no_mangle)]
pub extern "C" fn address(id: u32) -> usize {
    with(|instance| instance.slot(id).and_then(|slot| slot.as_mut()).map_or(0, |octets| octets.as_mut_ptr().addr()))
}

/// Returns the number of octets in a buffer.
#[unsafe(no_mangle)]
pub extern "C" fn length(id: u32) -> usize {
    with(|instance| instance.slot(id).and_then(|slot| slot.as_ref()).map_or(0, Vec::len))
}

/// Releases a buffer.
#[unsafe(no_mangle)]
pub extern "C" fn release(id: u32) {
    with(|instance| drop(instance.take(id)));
}

/// Takes the settings of the page. The buffer is released.
#[unsafe(no_mangle)]
pub extern "C" fn configure(id: u32) -> u32 {
    with(|instance| {
        let octets = instance.take(id);
        let result = instance.session.configure(&octets);
        instance.keep_result(result)
    })
}

/// Opens a file of so many octets. The buffer with its name is released. Returns 0 where there are too many files.
#[unsafe(no_mangle)]
pub extern "C" fn open(role: u32, name: u32, size: f64) -> u32 {
    with(|instance| {
        let name = String::from_utf8_lossy(&instance.take(name)).into_owned();
        instance.session.open(Role::from_number(role), name, size)
    })
}

/// Takes the next octets of a file: the first `count` of the buffer, which stays for the next ones.
#[unsafe(no_mangle)]
pub extern "C" fn update(file: u32, id: u32, count: usize) {
    with(|instance| {
        let Instance { buffers, session } = instance;
        let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let octets = place.and_then(|place| buffers.get(place)).and_then(Option::as_ref);
        session.update(file, octets.and_then(|octets| octets.get(..count)).unwrap_or_default());
    });
}

/// Ends a file, and returns what it is.
#[unsafe(no_mangle)]
pub extern "C" fn close(file: u32) -> u32 {
    with(|instance| {
        let result = instance.session.close(file);
        instance.keep_result(result)
    })
}

/// Begins to read a dossier, which was closed, and returns the octets of it that are wanted first.
#[unsafe(no_mangle)]
pub extern "C" fn unpack(file: u32) -> u32 {
    with(|instance| {
        let result = instance.session.unpack(file);
        instance.keep_result(result)
    })
}

/// Takes the octets of a dossier that were wanted, and returns those that are wanted next. The buffer is released.
#[unsafe(no_mangle)]
pub extern "C" fn supply(file: u32, id: u32) -> u32 {
    with(|instance| {
        let octets = instance.take(id);
        let result = instance.session.supply(file, &octets);
        instance.keep_result(result)
    })
}

/// Forgets a file, whether it is read to its end or not.
#[unsafe(no_mangle)]
pub extern "C" fn remove(file: u32) {
    with(|instance| instance.session.remove(file));
}

/// Verifies the files. The buffer with the question is released.
#[unsafe(no_mangle)]
pub extern "C" fn verify(id: u32) -> u32 {
    with(|instance| {
        let question = instance.take(id);
        let result = instance.session.verify(&question);
        instance.keep_result(result)
    })
}

/// Answers a stored question. The buffer is released.
#[cfg(feature = "answer")]
#[unsafe(no_mangle)]
pub extern "C" fn answer(id: u32) -> u32 {
    with(|instance| {
        let question = instance.take(id);
        instance.keep_result(crate::answer::answer_stored(&question))
    })
}
