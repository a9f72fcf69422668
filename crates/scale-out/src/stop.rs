use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Asks workers to end. A copy asks the same workers, from any thread.
///
/// A worker ends when it has settled the batch that it has, so that nothing of it is done twice.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Makes a handle that has not asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the workers to end.
    pub fn stop(&self) {
        let (is_asked, changed) = &*self.0;
        *is_asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Tells if the workers were asked to end.
    pub fn is_asked(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits this long, or until the workers are asked to end.
    pub(crate) fn wait(&self, pause: Duration) {
        let (is_asked, changed) = &*self.0;
        let guard = is_asked.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_timeout_while(guard, pause, |is_asked| !*is_asked));
    }
}
