//! A TSA at the other end of a line, for a batcher that waits for it.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{Service, now};
use recommande::seal::BatcherSettings;
use recommande::testing::TestTsa;
use rfc3161_client::{Transport, TransportError, TsaPool};

/// A run that hangs is a failed one.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn settings(count: usize, age: Duration) -> BatcherSettings {
    BatcherSettings::new(NonZeroUsize::new(count).unwrap(), age)
}

pub fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A TSA at the other end of a line that can be cut, slow, or held up.
pub struct Line {
    tsa: TestTsa,
    is_cut: AtomicBool,
    latency: Duration,
    trips: AtomicUsize,
    is_held: Mutex<bool>,
    released: Condvar,
}

impl Line {
    pub fn new(service: &Service) -> Arc<Self> {
        Self::with_latency(service, Duration::ZERO)
    }

    pub fn with_latency(service: &Service, latency: Duration) -> Arc<Self> {
        Arc::new(Self {
            tsa: service.tsa(now()),
            is_cut: AtomicBool::new(false),
            latency,
            trips: AtomicUsize::new(0),
            is_held: Mutex::new(false),
            released: Condvar::new(),
        })
    }

    pub fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::SeqCst);
    }

    pub fn hold(&self, is_held: bool) {
        *self.is_held.lock().unwrap() = is_held;
        self.released.notify_all();
    }

    pub fn trips(&self) -> usize {
        self.trips.load(Ordering::SeqCst)
    }

    pub fn pool(self: &Arc<Self>) -> TsaPool {
        TsaPool::new().with_tsa("line", Arc::clone(self)).with_sleep(|_| {})
    }
}

impl Transport for Line {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.trips.fetch_add(1, Ordering::SeqCst);
        let mut is_held = self.is_held.lock().unwrap();
        while *is_held {
            is_held = self.released.wait(is_held).unwrap();
        }
        drop(is_held);
        thread::sleep(self.latency);
        if self.is_cut.load(Ordering::SeqCst) {
            return Err(TransportError::Connection(std::io::ErrorKind::ConnectionReset));
        }
        self.tsa.send(request)
    }
}

#[track_caller]
pub fn wait_until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < PATIENCE, "it does not happen");
        thread::sleep(ms(1));
    }
}

/// Small numbers in an order that looks random and is the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
