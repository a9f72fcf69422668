//! Work on many files by several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::arguments::Arguments;

/// How many files are taken at once: so many reports are in memory.
pub const WINDOW: usize = 256;

/// Returns how many threads work: as many as were asked for, or as there are processors.
pub fn count(arguments: &Arguments) -> usize {
    arguments.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, usize::from)
}

/// Works on some items by so many threads. The results are in the order of the items.
pub fn in_order<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut results = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else { return results };
            results.push((place, work(item)));
        }
    };
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(items.len())).map(|_| scope.spawn(worker)).collect();
        let mut results = worker();
        // A thread that panics takes the run with it: a verdict that is missing must not be passed over.
        let joined =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        results.extend(joined.flatten());
        results
    });
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}
