//! This module keeps a bounded number of sessions open.

use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::error::Pkcs11Error;
use super::settings::ModuleUse;
use super::token::{Connection, Opened};

pub(super) struct Pool {
    connection: Connection,
    state: Mutex<State>,
    freed: Condvar,
    sessions: usize,
    longest_wait: Option<Duration>,
    module_use: ModuleUse,
    /// A lock that every user of a session holds for reading, and that is held for writing while the module is
    /// finalised.
    calls: RwLock<()>,
}

struct State {
    idle: Vec<Opened>,
    /// The number of open sessions, idle or in use.
    open: usize,
    /// The number of sessions that were asked for, or the smaller number that the token gives.
    limit: usize,
    /// A counter that increases when sessions are lost. Older sessions are not used again, because a module may give
    /// their handles to new ones.
    era: u64,
    /// The era that began when the module was last initialised anew.
    restarted: u64,
}

/// The right to one session of the pool. It ends when the session is given back or closed.
struct Lease<'a> {
    pool: &'a Pool,
    opened: Option<Opened>,
    era: u64,
}

impl Pool {
    pub(super) fn new(
        connection: Connection,
        first: Opened,
        sessions: NonZeroUsize,
        longest_wait: Option<Duration>,
        module_use: ModuleUse,
    ) -> Self {
        let sessions = sessions.get();
        let state = Mutex::new(State { idle: vec![first], open: 1, limit: sessions, era: 0, restarted: 0 });
        let (freed, calls) = (Condvar::new(), RwLock::new(()));
        Self { connection, state, freed, sessions, longest_wait, module_use, calls }
    }

    /// Runs `work` in a session. Repeats it in a new session if the session was lost, and once more after the module
    /// was initialised anew, where the settings allow that.
    pub(super) fn with_session<T>(
        &self,
        work: impl Fn(&Connection, &Opened) -> Result<T, Pkcs11Error>,
    ) -> Result<T, Pkcs11Error> {
        let work = |opened: &Opened| work(&self.connection, opened);
        let era = self.lock().era;
        match self.attempt(work) {
            Err(error) if self.module_use == ModuleUse::Exclusive && error.is_absence() => {
                self.restart(era)?;
                self.attempt(work)
            }
            done => done,
        }
    }

    /// Finalises the module, unless another thread did since `era`.
    fn restart(&self, era: u64) -> Result<(), Pkcs11Error> {
        let _no_calls = self.calls.write().unwrap_or_else(PoisonError::into_inner);
        let lost = {
            let mut state = self.lock();
            if state.restarted > era {
                return Ok(());
            }
            state.era += 1;
            state.restarted = state.era;
            state.limit = self.sessions;
            let lost = std::mem::take(&mut state.idle);
            state.open = state.open.saturating_sub(lost.len());
            lost
        };
        drop(lost);
        self.connection.finalize()
    }

    /// Runs `work` in one session of the pool. After an error the session is closed, because the operation may still be
    /// active in it.
    fn attempt<T>(&self, work: impl Fn(&Opened) -> Result<T, Pkcs11Error>) -> Result<T, Pkcs11Error> {
        let _call = self.calls.read().unwrap_or_else(PoisonError::into_inner);
        let mut lease = self.lease()?;
        let error = match lease.work(&work) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some(code) = error.loss() else { return Err(error) };
        lease.renew().map_err(|reopening| Pkcs11Error::SessionLost { code, reopening: Some(Box::new(reopening)) })?;
        lease.work(&work).map_err(|error| match error.loss() {
            Some(code) => Pkcs11Error::SessionLost { code, reopening: None },
            None => error,
        })
    }

    fn lease(&self) -> Result<Lease<'_>, Pkcs11Error> {
        let since = Instant::now();
        let mut state = self.lock();
        loop {
            if let Some(opened) = state.idle.pop() {
                return Ok(Lease { pool: self, opened: Some(opened), era: state.era });
            }
            if state.open < state.limit {
                state.open += 1;
                let mut lease = Lease { pool: self, opened: None, era: state.era };
                drop(state);
                match self.connection.open() {
                    Ok(opened) => {
                        lease.opened = Some(opened);
                        return Ok(lease);
                    }
                    Err(error) => {
                        drop(lease);
                        state = self.lock();
                        // The token gives fewer sessions than were asked for, so the pool makes do with those.
                        if !matches!(error, Pkcs11Error::NoSessionLeft) || state.open == 0 {
                            return Err(error);
                        }
                        state.limit = state.open;
                    }
                }
            } else {
                state = match self.longest_wait.map(|longest| longest.checked_sub(since.elapsed())) {
                    None => self.freed.wait(state).unwrap_or_else(PoisonError::into_inner),
                    Some(Some(left)) => self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                    Some(None) => return Err(Pkcs11Error::NoSessionFree),
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    fn work<T>(&mut self, work: impl Fn(&Opened) -> Result<T, Pkcs11Error>) -> Result<T, Pkcs11Error> {
        let opened = self.opened.take().ok_or(Pkcs11Error::NoSessionLeft)?;
        let done = work(&opened)?;
        self.opened = Some(opened);
        Ok(done)
    }

    /// Opens a session in place of a lost one. Idle sessions were lost with it and are dropped.
    fn renew(&mut self) -> Result<(), Pkcs11Error> {
        let lost = {
            let mut state = self.pool.lock();
            let lost = if state.era == self.era {
                state.era += 1;
                state.limit = self.pool.sessions;
                std::mem::take(&mut state.idle)
            } else {
                Vec::new()
            };
            state.open = state.open.saturating_sub(lost.len());
            self.era = state.era;
            lost
        };
        // The lost sessions are closed before there are new ones.
        drop(lost);
        self.pool.freed.notify_all();
        self.opened = Some(self.pool.connection.open()?);
        Ok(())
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let opened = self.opened.take();
        let mut state = self.pool.lock();
        let stale = match opened {
            Some(opened) if self.era == state.era => {
                state.idle.push(opened);
                None
            }
            stale => {
                state.open = state.open.saturating_sub(1);
                stale
            }
        };
        drop(state);
        self.pool.freed.notify_one();
        drop(stale);
    }
}
