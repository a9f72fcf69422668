//! What JetStream refuses, forgets or has too much of is named and bounded.

mod support;

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use async_nats::jetstream::stream::StorageType;
use chrono::Utc;
use recommande_scale_out::nats::{JetStream, StreamSettings};
use recommande_scale_out::{Fault, Item, Verdict, Work};
use support::letters::{Service, sending};
use support::nats::Server;
use support::skipped;

const MANY: NonZeroUsize = NonZeroUsize::new(1000).unwrap();
const BRIEFLY: Duration = Duration::from_millis(500);

fn items(count: usize) -> Vec<Item> {
    let service = Service::new();
    (0..count).map(|number| service.item(&sending(number, Utc::now()))).collect()
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let mut nowhere = JetStream::new("nats://user:secret@127.0.0.1:1", StreamSettings::default()).unwrap();
    let error = nowhere.next(MANY, BRIEFLY).unwrap_err();
    assert_eq!(error.fault(), Fault::Unreachable);
    assert!(!format!("{error} {error:?} {nowhere:?}").contains("secret"));
}

#[test]
fn a_stream_is_bounded_and_says_what_it_knew() {
    let server = match Server::start("jetstream") {
        Ok(server) => server,
        Err(why) => return skipped("what JetStream refuses", &why),
    };
    // Published twice within its memory, an item is told to be known.
    let mut stream = server.stream(Duration::from_secs(60));
    let items = items(50);
    let (first, all) = (&items[..10], &items[..]);
    assert!(stream.publish(first).unwrap().is_empty());
    let known = stream.publish(first).unwrap();
    assert_eq!(known, first.iter().map(Item::evidence_identifier).collect::<Vec<_>>());
    let taken = stream.next(MANY, BRIEFLY).unwrap();
    assert_eq!(taken.len(), 10);
    stream.settle(taken.into_iter().map(|taken| (taken.ticket, Verdict::Done)).collect()).unwrap();
    assert_eq!(stream.waiting().unwrap(), 0);
    // A full stream leaves its items with the producer.
    let small = StreamSettings::default().with_names("SMALL", "small.item", "sealers").with_max_bytes(50_000);
    let mut small = JetStream::new(&server.url(), small).unwrap();
    assert_eq!(small.publish(all).unwrap_err().fault(), Fault::Full);
    // A batch has a bound in octets, whatever the number of its items.
    server.publish_raw(&vec![vec![b' '; 1_000_000]; 80]);
    let mut octets = Vec::new();
    while octets.len() < 2 || octets.iter().sum::<usize>() < 80_000_000 {
        let taken = stream.next(MANY, BRIEFLY).unwrap();
        octets.push(taken.iter().map(|taken| taken.octets.len()).sum::<usize>());
        stream.settle(taken.into_iter().map(|taken| (taken.ticket, Verdict::Rejected)).collect()).unwrap();
        assert!(octets.len() < 20, "{octets:?}");
    }
    assert!(octets.iter().all(|octets| *octets <= 1 << 26), "{octets:?}");
}

#[test]
fn items_that_wait_are_not_handed_out_before_their_time_when_the_consumer_is_full() {
    let server = match Server::start("full-consumer") {
        Ok(server) => server,
        Err(why) => return skipped("a consumer that is full", &why),
    };
    let settings = StreamSettings::default().with_names("FULL", "full.item", "sealers");
    let settings = settings.with_ack_wait(Duration::from_secs(1)).with_max_ack_pending(5);
    let mut stream = JetStream::new(&server.url(), settings).unwrap();
    stream.publish(&items(10)).unwrap();
    let taken = stream.next(MANY, BRIEFLY).unwrap();
    assert_eq!(taken.len(), 5);
    let (begun, pause) = (Instant::now(), Duration::from_secs(4));
    stream.settle(taken.into_iter().map(|taken| (taken.ticket, Verdict::Later(pause))).collect()).unwrap();
    // Others of the stream have nobody, for longer than the wait for an acknowledgement.
    while begun.elapsed() < Duration::from_secs(3) {
        assert!(stream.next(MANY, BRIEFLY).unwrap().is_empty(), "after {:?}", begun.elapsed());
    }
    let mut settled = 0;
    while settled < 10 {
        let taken = stream.next(MANY, BRIEFLY).unwrap();
        settled += taken.len();
        stream.settle(taken.into_iter().map(|taken| (taken.ticket, Verdict::Done)).collect()).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(60), "{settled}");
    }
    assert_eq!(stream.waiting().unwrap(), 0);
}

/// A batch of RSA seals and two TSAs that are silent take longer than a server waits.
#[test]
fn items_of_a_worker_that_is_slow_go_to_nobody_else() {
    let server = match Server::start("slow") {
        Ok(server) => server,
        Err(why) => return skipped("a worker that is slow", &why),
    };
    let settings = StreamSettings::default().with_names("SLOW", "slow.item", "sealers");
    let stream = || JetStream::new(&server.url(), settings.clone().with_ack_wait(Duration::from_secs(1))).unwrap();
    let (mut slow, mut idle) = (stream(), stream());
    slow.publish(&items(5)).unwrap();
    let taken = slow.next(MANY, BRIEFLY).unwrap();
    assert_eq!(taken.len(), 5);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        assert!(idle.next(MANY, BRIEFLY).unwrap().is_empty(), "after {:?}", begun.elapsed());
    }
    // A pause is kept: no word of progress comes after it.
    let pause = Duration::from_secs(3);
    let waits = taken.into_iter().map(|taken| (taken.ticket, Verdict::Later(pause)));
    slow.settle(waits.collect()).unwrap();
    let begun = Instant::now();
    let mut again = Vec::new();
    while again.is_empty() {
        again = idle.next(MANY, BRIEFLY).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(60), "they do not come again");
    }
    assert!(begun.elapsed() > pause / 2, "{:?}", begun.elapsed());
    // Nobody holds what a worker that is gone had.
    drop(idle);
    while slow.next(MANY, BRIEFLY).unwrap().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "they do not come again");
    }
}

#[test]
fn a_stream_or_a_consumer_of_another_kind_is_refused() {
    let server = match Server::start("another-kind") {
        Ok(server) => server,
        Err(why) => return skipped("a stream of another kind", &why),
    };
    server.make_raw("memory", StorageType::Memory, -1);
    server.make_raw("few", StorageType::File, 5);
    for name in ["memory", "few"] {
        let settings = StreamSettings::default().with_names(name, &format!("{name}.item"), "sealers");
        let error = JetStream::new(&server.url(), settings).unwrap().next(MANY, BRIEFLY).unwrap_err();
        assert_eq!(error.fault(), Fault::Unfit, "{name}");
    }
}

#[test]
fn a_server_that_makes_no_stream_says_why() {
    let server = match Server::start("no-stream") {
        Ok(server) => server,
        Err(why) => return skipped("a server that makes no stream", &why),
    };
    let named = |name: &str| StreamSettings::default().with_names(name, &format!("{name}.item"), "sealers");
    // It is larger than the server's room.
    let large = named("LARGE").with_max_bytes(u32::MAX);
    // One server is no cluster.
    let replicas = named("REPLICAS").with_replicas(3);
    for (settings, fault, code) in [(large, Fault::Full, "10047"), (replicas, Fault::Unfit, "10074")] {
        let error = JetStream::new(&server.url(), settings).unwrap().create().unwrap_err();
        assert_eq!((error.fault(), error.code()), (fault, Some(code)), "{error}");
    }
    for consumer in ["", "seal.ers", "seal ers", "seal*", "seal>"] {
        let settings = StreamSettings::default().with_names("NAME", "name.item", consumer);
        let error = JetStream::new(&server.url(), settings).unwrap().create().unwrap_err();
        assert_eq!(error.fault(), Fault::Unfit, "{consumer}: {error}");
    }
}

#[test]
fn a_server_without_streams_is_not_taken_for_one_with_others() {
    let server = match Server::start_without_streams("without-streams") {
        Ok(server) => server,
        Err(why) => return skipped("a server without streams", &why),
    };
    let error = server.stream(BRIEFLY).create().unwrap_err();
    assert_eq!(error.fault(), Fault::Unreachable, "{error}");
    assert!(error.to_string().contains("for its stream"), "{error}");
}

#[test]
fn what_somebody_deleted_is_not_called_away() {
    let server = match Server::start("deleted") {
        Ok(server) => server,
        Err(why) => return skipped("a stream that is deleted", &why),
    };
    let mut stream = server.stream(Duration::from_secs(60));
    stream.create().unwrap();
    server.delete_consumer();
    let error = stream.waiting().unwrap_err();
    assert_eq!(error.fault(), Fault::Unfit, "{error}");
    stream.publish(&items(1)).unwrap();
    let taken = stream.next(MANY, BRIEFLY).unwrap();
    server.delete_consumer();
    let settled = taken.into_iter().map(|taken| (taken.ticket, Verdict::Done)).collect();
    let error = stream.settle(settled).unwrap_err();
    assert_eq!(error.fault(), Fault::Unfit, "{error}");
    assert_eq!(stream.waiting().unwrap(), 1);
    server.delete_stream();
    let error = stream.waiting().unwrap_err();
    assert_eq!((error.fault(), error.code()), (Fault::Unfit, Some("10059")), "{error}");
    // The next one makes it anew.
    assert_eq!(stream.waiting().unwrap(), 0);
}
