//! A queue says how long its oldest item has waited, whatever became of it meanwhile, and `watch` says when to act.

mod support;

use std::num::NonZeroUsize;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use recommande::watch::{self, Urgency};
use recommande_scale_out::postgres::PostgresWork;
use recommande_scale_out::{Item, Verdict, Work};
use support::letters::{Service, sending};
use support::{database, nats, skipped};

const MANY: NonZeroUsize = NonZeroUsize::new(10).unwrap();
const BRIEFLY: Duration = Duration::from_millis(500);

#[test]
fn an_item_of_postgresql_that_comes_back_has_the_age_that_it_had() {
    match database::Server::start("queue-age") {
        Ok(server) => {
            let database = server.with_tables();
            keeps_its_age(PostgresWork::new(&database), PostgresWork::new(&database), |work, item| {
                work.put(&[item]).unwrap();
            });
            // Tables of before had no such column.
            server.client().batch_execute("ALTER TABLE recommande_item DROP COLUMN since").unwrap();
            server.with_tables();
            assert_eq!(PostgresWork::new(&database).oldest().unwrap(), None);
        }
        Err(why) => skipped("the age of a queue in PostgreSQL", &why),
    }
}

/// Each worker may make the tables when it starts, while producers and other workers have open transactions.
#[test]
fn tables_that_are_there_are_made_again_without_waiting_for_anybody() {
    match database::Server::start("queue-age-again") {
        Ok(server) => {
            let database = server.with_tables();
            let (mut client, item) = (server.client(), Service::new().item(&sending(1, Utc::now())));
            let mut writes = client.transaction().unwrap();
            writes.execute("INSERT INTO recommande_item (statement) VALUES ($1)", &[&item.octets()]).unwrap();
            for table in ["recommande_item", "recommande_proof", "recommande_rejected"] {
                writes.batch_execute(&format!("LOCK TABLE {table} IN ROW EXCLUSIVE MODE")).unwrap();
            }
            server.with_tables();
            writes.commit().unwrap();
            assert_eq!(PostgresWork::new(&database).waiting().unwrap(), 1);
        }
        Err(why) => skipped("tables that are made again", &why),
    }
}

#[test]
fn an_item_of_jetstream_that_comes_back_has_the_age_that_it_had() {
    match nats::Server::start("queue-age-nats") {
        Ok(server) => {
            let stream = || server.stream(Duration::from_secs(60));
            keeps_its_age(stream(), stream(), |stream, item| drop(stream.publish(&[item]).unwrap()));
        }
        Err(why) => skipped("the age of a stream", &why),
    }
}

fn keeps_its_age<W: Work>(mut work: W, mut producer: W, put: impl Fn(&mut W, Item)) {
    let service = Service::new();
    let item = |number| service.item(&sending(number, Utc::now()));
    assert_eq!((work.waiting().unwrap(), work.oldest().unwrap()), (0, None));
    put(&mut producer, item(1));
    let since = work.oldest().unwrap().unwrap();
    assert!((Utc::now() - since).abs() < TimeDelta::seconds(60), "{since}");
    // A worker has it, nobody stamps it, and others come.
    let taken = work.next(MANY, BRIEFLY).unwrap();
    assert_eq!((taken.len(), producer.oldest().unwrap()), (1, Some(since)));
    let later = Verdict::Later(Duration::from_millis(1));
    work.settle(taken.into_iter().map(|taken| (taken.ticket, later)).collect()).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    put(&mut producer, item(2));
    assert_eq!((work.waiting().unwrap(), work.oldest().unwrap()), (2, Some(since)));
    let longest = TimeDelta::minutes(5);
    let upcoming = watch::queue(work.waiting().unwrap(), work.oldest().unwrap(), longest).unwrap();
    assert_eq!(upcoming.urgency(since + TimeDelta::minutes(2)), Urgency::Later);
    assert_eq!(upcoming.urgency(since + TimeDelta::minutes(3)), Urgency::Due);
    assert_eq!(upcoming.urgency(since + longest), Urgency::Past);
    let mut settled = 0;
    while settled < 2 {
        let taken = work.next(MANY, BRIEFLY).unwrap();
        settled += taken.len();
        work.settle(taken.into_iter().map(|taken| (taken.ticket, Verdict::Done)).collect()).unwrap();
    }
    assert_eq!((work.waiting().unwrap(), work.oldest().unwrap()), (0, None));
}
