//! Work on all threads of rayon's pool with the feature `parallel`, as sealing is then; on this one without.

use std::time::{Duration, Instant};

use recommande::crypto::{SignError, Signer};

use crate::arguments::Error;

#[cfg(feature = "parallel")]
pub fn count() -> usize {
    rayon::current_num_threads()
}

#[cfg(not(feature = "parallel"))]
pub fn count() -> usize {
    1
}

/// In the order of the items.
#[cfg(feature = "parallel")]
pub fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};
    items.into_par_iter().map(work).collect()
}

#[cfg(not(feature = "parallel"))]
pub fn map<T, R>(items: Vec<T>, work: impl Fn(T) -> R) -> Vec<R> {
    items.into_iter().map(work).collect()
}

/// On each thread, once.
#[cfg(feature = "parallel")]
fn on_each<R: Send>(work: impl Fn() -> R + Send + Sync) -> Vec<R> {
    rayon::broadcast(|_| work())
}

#[cfg(not(feature = "parallel"))]
fn on_each<R>(work: impl Fn() -> R) -> Vec<R> {
    vec![work()]
}

/// Signatures per second that the key makes on these threads with nothing around them, over a message as long as signed
/// attributes.
pub fn raw_rate(signer: &dyn Signer) -> Result<f64, Error> {
    const LONG_ENOUGH: Duration = Duration::from_millis(500);
    let rates = on_each(|| {
        // The first one of a thread may have to gather entropy.
        signer.sign(&[0; 320])?;
        let (started, mut made) = (Instant::now(), 0_u32);
        while started.elapsed() < LONG_ENOUGH {
            signer.sign(&[0; 320])?;
            made += 1;
        }
        Ok::<f64, SignError>(f64::from(made) / started.elapsed().as_secs_f64())
    });
    Ok(rates.into_iter().sum::<Result<f64, _>>()?)
}
