//! TSAs on loopback, which commit the faults that they are told.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use hyper::StatusCode;
use hyper::body::Bytes;
use recommande::testing::{TestPki, TestTsa};

use crate::http;

/// What a TSA does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mood {
    Answers,
    /// It answers with HTTP status 500.
    Fails,
    /// It takes the request and never answers.
    IsSilent,
}

pub struct LocalTsa {
    tsa: TestTsa,
    mood: AtomicU8,
    tokens: AtomicU64,
    faults: AtomicU64,
}

impl LocalTsa {
    pub async fn start(pki: &TestPki) -> io::Result<(Arc<Self>, SocketAddr)> {
        let tsa = Arc::new(Self {
            tsa: TestTsa::new(pki),
            mood: AtomicU8::new(Mood::Answers as u8),
            tokens: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        });
        let serves = Arc::clone(&tsa);
        let address = http::serve(move |_, request| Arc::clone(&serves).answer(request)).await?;
        Ok((tsa, address))
    }

    pub fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::Relaxed);
    }

    /// The numbers of tokens and of faults.
    pub fn told(&self) -> (u64, u64) {
        (self.tokens.load(Ordering::Relaxed), self.faults.load(Ordering::Relaxed))
    }

    async fn answer(self: Arc<Self>, request: Bytes) -> (StatusCode, &'static str, Bytes) {
        let mood = self.mood.load(Ordering::Relaxed);
        if mood == Mood::Answers as u8 {
            self.tokens.fetch_add(1, Ordering::Relaxed);
            return (StatusCode::OK, "application/timestamp-reply", self.tsa.respond(&request).into());
        }
        self.faults.fetch_add(1, Ordering::Relaxed);
        if mood == Mood::IsSilent as u8 {
            std::future::pending::<()>().await;
        }
        (StatusCode::INTERNAL_SERVER_ERROR, "text/plain", Bytes::from_static(b"away"))
    }
}
