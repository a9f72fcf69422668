//! A worker that drains a queue says by its exit status whether the queue is empty.

mod support;

use std::time::Duration;

use chrono::Utc;
use recommande_scale_out::Work as _;
use recommande_scale_out::postgres::PostgresWork;
use support::database::Server;
use support::letters::{Service, poison, sending};
use support::tsa::{Away, Tsa};
use support::workers::Workers;
use support::{Folder, skipped};

/// Somebody drains a queue in a script, and goes on when everything has its proof.
#[test]
fn a_drain_that_leaves_items_or_rejects_some_does_not_end_with_success() {
    let server = match Server::start("drain") {
        Ok(server) => server,
        Err(why) => return skipped("a worker that drains", &why),
    };
    let (service, database, folder) = (Service::new(), server.with_tables(), Folder::new("drain-files"));
    let tsa = Tsa::start(&service.pki, Duration::ZERO);
    let connection = server.connection();
    let arguments = ["--postgres", &connection, "--batch", "10", "--drain"];
    let mut workers = Workers::new(&folder.0, &service, &tsa, &arguments);
    let mut drained = || {
        workers.start(1);
        let status = workers.wait();
        (status, PostgresWork::new(&database).waiting().unwrap())
    };
    assert_eq!(drained(), (vec![0], 0));
    let letters = [1, 2].map(|number| sending(number, Utc::now()));
    PostgresWork::new(&database).put(&letters.each_ref().map(|letter| service.item(letter))).unwrap();
    tsa.go(Away::Yes);
    assert_eq!(drained(), (vec![2], 2));
    tsa.go(Away::No);
    server.client().execute("UPDATE recommande_item SET not_before = now()", &[]).unwrap();
    assert_eq!(drained(), (vec![0], 0));
    let (poison, _) = poison(&service, &letters[0], 0);
    server.client().execute("INSERT INTO recommande_item (statement) VALUES ($1)", &[&poison]).unwrap();
    assert_eq!(drained(), (vec![1], 0));
}

/// The producer states a policy, and so has the worker to.
#[test]
fn a_worker_is_told_the_policies_of_its_issuer() {
    let server = match Server::start("drain-policies") {
        Ok(server) => server,
        Err(why) => return skipped("a worker of an issuer with policies", &why),
    };
    let policies = ["https://mail.example.org/policy", "urn:example:another"];
    let mut service = Service::new();
    for policy in policies {
        service.issuer = service.issuer.with_policy(policy).unwrap();
    }
    let (database, folder) = (server.with_tables(), Folder::new("drain-policies-files"));
    let tsa = Tsa::start(&service.pki, Duration::ZERO);
    PostgresWork::new(&database).put(&[service.item(&sending(1, Utc::now()))]).unwrap();
    let connection = server.connection();
    let common = ["--postgres", &connection, "--drain"];
    let both = [&common[..], &["--issuer-policy", policies[0], "--issuer-policy", policies[1]]].concat();
    for (arguments, status) in [(&common[..], 2), (&both, 0)] {
        let mut workers = Workers::new(&folder.0, &service, &tsa, arguments);
        server.client().execute("UPDATE recommande_item SET not_before = now()", &[]).unwrap();
        workers.start(1);
        assert_eq!(workers.wait(), [status]);
    }
}
