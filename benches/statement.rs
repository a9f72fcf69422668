//! Measures statements in JSON beside serde_json, which writes and reads the same octets as a `Value` and checks
//! nothing.

use criterion::Criterion;
use recommande::Sending;
use recommande::evidence::Codec;
use recommande_benches::{Limit, compare, criterion, fixtures};

fn statement(criterion: &mut Criterion) {
    let (sending, issuer) = (fixtures::sending(), fixtures::issuer());
    let json = Codec::Json.encode(&sending, &issuer).expect("a statement");
    let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    compare(
        criterion,
        &format!("encode {} octets", json.len()),
        &Limit::new("serde_json::to_vec"),
        || Codec::Json.encode(&sending, &issuer).expect("a statement"),
        || serde_json::to_vec(&value).expect("JSON"),
    );
    compare(
        criterion,
        &format!("decode {} octets", json.len()),
        &Limit::new("serde_json::from_slice"),
        || Codec::Json.decode::<Sending>(&json).expect("a statement"),
        || serde_json::from_slice::<serde_json::Value>(&json).expect("JSON"),
    );
}

fn main() {
    let mut criterion = criterion();
    statement(&mut criterion);
    criterion.final_summary();
}
