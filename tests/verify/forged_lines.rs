//! Files of a forger, who has the manifest and the seal of an honest party: they take nothing from its trail and accuse it of nothing.

use recommande::audit::{LineHash, LineReader, Manifest, ReconstructionVerdict, Selection, Side, export};

use super::broken_trails::lines_of;
use super::opposite_trails::{Exchange, SENDER, Told, after, call, status, written};
use super::reconstructions::day::{self, ExportFiles};

/// The submissions of as many messages, one a minute.
fn submissions(count: usize) -> Vec<Vec<u8>> {
    let calls = (0..count).zip((0..).step_by(60));
    let calls = calls.map(|(number, second)| call(number, second, status(201), Side::Caller, &day::message(number)));
    lines_of(&written("sender", &calls.collect::<Vec<_>>()))
}

fn hash(line: &[u8]) -> LineHash {
    LineHash::of(line.strip_suffix(b"\n").unwrap())
}

fn left_out(sequence: usize, hash: LineHash) -> Vec<u8> {
    format!("{{\"sequence\":\"{sequence:020}\",\"lineHash\":\"{hash}\"}}\n").into_bytes()
}

fn whole(exchange: &Exchange, lines: &[Vec<u8>]) -> ExportFiles {
    exchange.sealers.export("sender", &lines.concat(), after(7200)).unwrap()
}

fn told(exchange: &Exchange, exports: &[ExportFiles]) -> Told {
    exchange.told(exports, &[], &["sender"])
}

#[test]
fn a_line_that_states_the_sealed_hash_at_another_number_is_not_sealed() {
    let exchange = Exchange::new();
    let lines = submissions(5);
    let genuine = whole(&exchange, &lines);
    let honest = told(&exchange, std::slice::from_ref(&genuine));
    let last = Manifest::from_json(&genuine.manifest).unwrap().last_hash;
    for number in (1..=8).filter(|number| *number != 5) {
        let forged = ExportFiles { lines: left_out(number, last), ..genuine.clone() };
        let told = told(&exchange, &[forged, genuine.clone()]);
        assert!(!told.is_anybody_blamed(), "{number}: {:?}", told.trails);
        assert_eq!((told.standings(), told.verdict), (honest.standings(), honest.verdict), "{number}");
        assert_eq!(told.trails[0].sealed, 5, "{number}: {:?}", told.trails);
    }
    // At its own number it is the line.
    let same = ExportFiles { lines: left_out(5, last), ..genuine.clone() };
    let told = told(&exchange, &[same, genuine]);
    assert_eq!((told.faults(SENDER), told.is_anybody_blamed()), (vec!["manifest-differs"], false));
}

#[test]
fn a_line_that_nobody_can_read_lends_its_hash_to_no_other_line() {
    let exchange = Exchange::new();
    let lines = submissions(6);
    // The disk of the party has lost what line 4 says, and its number. What is behind it was written behind these octets.
    let lost = b"lost\n".to_vec();
    let previous = |line: &[u8], before: &LineHash, now: &LineHash| {
        let line = String::from_utf8(line.to_vec()).unwrap();
        assert!(line.contains(&before.to_string()));
        line.replace(&before.to_string(), &now.to_string()).into_bytes()
    };
    let fifth = previous(&lines[4], &hash(&lines[3]), &hash(&lost));
    let sixth = previous(&lines[5], &hash(&lines[4]), &hash(&fifth));
    let behind = [fifth, sixth].concat();
    let mut exported = Vec::new();
    let manifest = export(&mut LineReader::new(&behind[..]), &Selection::everything(), &mut exported).unwrap();
    let signature = exchange.sealers.sealed(&manifest, "sender", after(7200)).unwrap();
    let genuine = ExportFiles { lines: exported, manifest: manifest.to_json(), signature };
    // A record that the party never wrote stands before the octets.
    let forged =
        String::from_utf8(lines[3].clone()).unwrap().replace("\"outcome\":201", "\"outcome\":404").into_bytes();
    let forged = ExportFiles { lines: [forged, lost, behind].concat(), ..genuine.clone() };
    let told = told(&exchange, &[forged, genuine]);
    assert_eq!((told.trails[0].sealed, told.trails[0].lines), (2, 3), "{:?}", told.trails);
    assert!(!told.is_anybody_blamed(), "{:?}", told.trails);
    let of_forger = told.accounts.iter().find(|account| *account.message == *day::message(3)).unwrap();
    assert_eq!(of_forger.verdict, ReconstructionVerdict::Insufficient, "{of_forger:?}");
}
