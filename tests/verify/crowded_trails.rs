//! A party that seals more records about a message than anybody reads hides nothing by them, and is named.

use recommande::Environment;
use recommande::audit::{ConflictKind, LaidTo, NotCovered, ReconstructionVerdict, Side, Source, Trail};

use super::opposite_trails::{Exchange, MESSAGE, PROVIDER, SENDER, after, call, source, status, written};
use super::reconstructions::day;

/// More records than an account is made of.
const CROWD: i64 = 10_001;

#[test]
fn a_flood_of_sealed_records_hides_no_contradiction_and_names_who_sealed_it() {
    let exchange = Exchange::new();
    let content = day::message(MESSAGE);
    let provider = exchange.export("provider", &[call(MESSAGE, 1, status(201), Side::Callee, &content)]);
    for (first, verdict) in [(400, ReconstructionVerdict::Contradicted), (201, ReconstructionVerdict::AttestedOnly)] {
        let mut records = vec![call(MESSAGE, 0, status(first), Side::Caller, &content)];
        records.extend((1..CROWD).map(|number| call(MESSAGE, 1000 + number, status(201), Side::Caller, &content)));
        let lines = written("sender", &records);
        let crowd = exchange.sealers.export("sender", &lines, after(86_400)).unwrap();
        let told = exchange.told(&[crowd, provider.clone()], &[], &["sender", "provider"]);
        let account = &told.accounts[0];
        assert_eq!((account.verdict, told.verdict), (verdict, verdict));
        let differ = (ConflictKind::OutcomesDiffer, 2, LaidTo::Nobody);
        assert_eq!(told.conflicts().contains(&differ), first == 400, "{:?}", told.conflicts());
        let named: Vec<(&str, u64)> = account.not_taken.iter().map(|entry| (&*entry.source, entry.records)).collect();
        assert_eq!(named, [(source("sender").to_string().as_str(), 5001)]);
        assert!(account.to_string().contains("the last 5001 records of the message"));
        // What the sender may hold among them is not missing, and what the provider must hold is.
        let of_sender = account.not_covered.iter().filter(|entry| entry.party.as_deref() == Some(SENDER));
        assert!(of_sender.clone().all(|entry| entry.reason == NotCovered::NotTaken));
        assert!(account.missing.iter().all(|entry| *entry.party == *PROVIDER), "{:?}", account.missing);
    }
    // So it is of a call that the provider tells of, beside another trail of the sender, which covers the time.
    let later = [call(MESSAGE, 8_500, status(201), Side::Callee, &content)];
    let provider = exchange.sealers.export("provider", &written("provider", &later), after(86_400)).unwrap();
    let crowd: Vec<_> =
        (0..CROWD).map(|number| call(MESSAGE, 1000 + number, status(201), Side::Caller, &content)).collect();
    let crowd = exchange.sealers.export("sender", &written("sender", &crowd), after(86_400)).unwrap();
    let archive = Source::new(Environment::Test, SENDER, "archive").unwrap();
    let mut archive = Trail::begin(&archive, Vec::new());
    for second in [0, 80_000] {
        let (record, at) = call(MESSAGE + 1, second, status(201), Side::Caller, &day::message(MESSAGE + 1));
        archive.append(&record, after(at)).unwrap();
    }
    archive.commit().unwrap();
    let archive = exchange.sealers.export("sender", &archive.into_sink(), after(86_400)).unwrap();
    let told = exchange.told(&[crowd, provider, archive], &[], &["sender", "provider"]);
    let account = told.accounts.iter().find(|account| *account.message == *day::message(MESSAGE)).unwrap();
    assert!(account.not_covered.iter().any(|entry| entry.reason == NotCovered::NotTaken));
    assert!(account.missing.iter().all(|entry| *entry.party == *PROVIDER), "{:?}", account.missing);
}
