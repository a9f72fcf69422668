//! Clients that send letters at a steady rate, and some that go away before they are answered.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hyper::StatusCode;
use hyper::body::Bytes;

use crate::http::Connection;

/// How long a client waits that was told to try again later.
const LATER: Duration = Duration::from_millis(50);

/// Whether clients go away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    AllWait,
    /// Each fifth client goes away within 40 ms, and half of these ask again.
    SomeVanish,
}

/// Letters of one part of the run.
pub struct Load {
    pub service: SocketAddr,
    /// The numbers of the letters.
    pub letters: std::ops::Range<u32>,
    pub clients: u32,
    /// Letters in a second, of all clients together.
    pub rate: u32,
    pub patience: Patience,
}

/// What the clients saw.
#[derive(Default)]
pub struct Seen {
    /// The time that each letter took, from when it was to be sent until its proof was there.
    pub times: Vec<Duration>,
    pub proofs: Vec<(String, Bytes)>,
    pub vanished: u64,
    /// Letters whose client went away and never asked again.
    pub left: u64,
    pub told_later: u64,
    /// The slowest hundredth took longer than was wanted.
    pub is_late: bool,
}

impl Seen {
    fn add(mut self, mut seen: Self) -> Self {
        self.times.append(&mut seen.times);
        self.proofs.append(&mut seen.proofs);
        self.vanished += seen.vanished;
        self.left += seen.left;
        self.told_later += seen.told_later;
        self
    }

    /// The time that this share of the letters took at most.
    pub fn quantile(&mut self, share: f64) -> Duration {
        self.times.sort();
        let place = (self.times.len() as f64 * share).ceil() as usize;
        self.times.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }
}

impl Load {
    pub async fn run(self) -> io::Result<Seen> {
        let (load, next, begin) = (Arc::new(self), Arc::new(AtomicU32::new(0)), Instant::now());
        let clients: Vec<_> =
            (0..load.clients).map(|_| tokio::spawn(Arc::clone(&load).client(Arc::clone(&next), begin))).collect();
        let mut seen = Seen::default();
        for client in clients {
            seen = seen.add(client.await.map_err(io::Error::other)??);
        }
        Ok(seen)
    }

    /// One client, which sends each letter at its time. A service that is slow does not slow the letters down: the time of each counts
    /// from when it was to be sent.
    async fn client(self: Arc<Self>, next: Arc<AtomicU32>, begin: Instant) -> io::Result<Seen> {
        let mut seen = Seen::default();
        let mut connection = Connection::open(self.service).await?;
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(number) = self.letters.clone().nth(index as usize) else { return Ok(seen) };
            let due = begin + Duration::from_secs(1) * index / self.rate;
            tokio::time::sleep_until(due.into()).await;
            if self.patience == Patience::SomeVanish && number % 5 == 0 {
                let patience = Duration::from_millis(u64::from(number / 5 % 40));
                let answer = tokio::time::timeout(patience, sent(&mut connection, number, &mut seen)).await;
                // The connection is closed with the letter on its way.
                connection = Connection::open(self.service).await?;
                match answer {
                    // An answer that is none is told, and not taken for one.
                    Ok(answer) => {
                        answer?;
                        seen.times.push(due.elapsed());
                        continue;
                    }
                    Err(_elapsed) => seen.vanished += 1,
                }
                if number % 2 == 0 {
                    seen.left += 1;
                    continue;
                }
            }
            sent(&mut connection, number, &mut seen).await?;
            seen.times.push(due.elapsed());
        }
    }
}

/// Sends one letter until its proof is there.
async fn sent(connection: &mut Connection, number: u32, seen: &mut Seen) -> io::Result<()> {
    let id = format!("1ZG{number:010}");
    let letter = Bytes::from(format!("This is letter {number}.\n").repeat(40));
    loop {
        let (status, body) = connection.post(&format!("/letters/{id}"), "text/plain", letter.clone()).await?;
        match status {
            StatusCode::OK => {
                seen.proofs.push((id, body));
                return Ok(());
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                seen.told_later += 1;
                tokio::time::sleep(LATER).await;
            }
            status => return Err(io::Error::other(format!("the service answered with HTTP status {status}"))),
        }
    }
}
