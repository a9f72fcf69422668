//! Where one export of a trail ends and the next begins: that lines were chained anew in between shows, or that nothing shows it.

use recommande::audit::{LaidTo, LineReader, Manifest, Selection, Sequence, Side, Span, TrailFaultKind, export};
use recommande::evidence::MessageId;

use super::broken_trails::lines_of;
use super::opposite_trails::{Exchange, SENDER, Told, after, call, status, written};
use super::reconstructions::day::{self, ExportFiles};

/// Ten submissions, a minute apart, of which the first is of a second.
fn trail(first: i64) -> Vec<Vec<u8>> {
    let seconds = [first].into_iter().chain((60..).step_by(60));
    let calls = (0..10).zip(seconds);
    let calls = calls.map(|(number, second)| call(number, second, status(201), Side::Caller, &day::message(number)));
    lines_of(&written("sender", &calls.collect::<Vec<_>>()))
}

fn within(first: u64, last: u64) -> Selection {
    let [first, last] = [first, last].map(|number| Sequence::new(number).unwrap());
    Selection::everything().within(Span::new(first, last).unwrap())
}

/// The lines of a selection, and their manifest.
fn exported(lines: &[Vec<u8>], selection: &Selection) -> (Vec<u8>, Manifest) {
    let mut exported = Vec::new();
    let manifest = export(&mut LineReader::new(&lines.concat()[..]), selection, &mut exported).unwrap();
    (exported, manifest)
}

fn sealed(exchange: &Exchange, (lines, manifest): (Vec<u8>, Manifest)) -> ExportFiles {
    let signature = exchange.sealers.sealed(&manifest, "sender", after(7200)).unwrap();
    ExportFiles { lines, manifest: manifest.to_json(), signature }
}

fn told(exchange: &Exchange, exports: &[ExportFiles]) -> Told {
    exchange.told(exports, &[], &["sender"])
}

/// The export of the afternoon, which leaves its first line out.
fn afternoon() -> Selection {
    within(6, 10).about(&MessageId::new(&day::message(9)).unwrap())
}

#[test]
fn a_first_line_that_is_left_out_hides_no_chaining_anew() {
    let exchange = Exchange::new();
    let (genuine, anew) = (trail(0), trail(1));
    let morning = sealed(&exchange, exported(&genuine, &within(1, 5)));
    let honest = told(&exchange, &[morning.clone(), sealed(&exchange, exported(&genuine, &afternoon()))]);
    assert_eq!((honest.faults(SENDER), honest.is_anybody_blamed()), (vec![], false));
    let rechained = exported(&anew, &afternoon());
    let exports = [morning.clone(), sealed(&exchange, rechained.clone())];
    let lied = told(&exchange, &exports);
    let fault = &lied.trails[0].faults[0];
    assert!(matches!(fault.kind, TrailFaultKind::TwoHistories { at } if at.get() == 5), "{:?}", lied.trails);
    assert_eq!((fault.laid_to, lied.trails[0].is_at_fault()), (LaidTo::Party, true));
    // The manifest of the afternoon is enough, and that of the morning.
    let manifests = exports.map(|files| ExportFiles { lines: Vec::new(), ..files });
    assert!(told(&exchange, &manifests).trails[0].is_at_fault());
    // A manifest that does not say it lets the seam open, which is told and blames nobody.
    let silent = |(lines, manifest): (Vec<u8>, Manifest)| {
        let mut manifest = manifest;
        manifest.previous = None;
        sealed(&exchange, (lines, manifest))
    };
    for of_afternoon in [rechained, exported(&genuine, &afternoon())] {
        let open = told(&exchange, &[morning.clone(), silent(of_afternoon)]);
        assert_eq!((open.faults(SENDER), open.is_anybody_blamed()), (vec!["seam-open"], false));
    }
    // The line itself closes it, and an export of both sides.
    let shown = silent(exported(&genuine, &within(6, 10)));
    let both = sealed(&exchange, exported(&genuine, &within(5, 6)));
    for closing in [vec![shown], vec![silent(exported(&genuine, &afternoon())), both]] {
        let closed = told(&exchange, &[vec![morning.clone()], closing].concat());
        assert_eq!(closed.faults(SENDER), [""; 0]);
    }
}

#[test]
fn a_party_that_lost_lines_is_not_blamed_for_what_stands_before_the_first_line_of_an_export() {
    let exchange = Exchange::new();
    let lines = trail(0);
    let lost = [&lines[..3], &lines[5..]].concat();
    let (of_lost, manifest) = exported(&lost, &within(6, 10));
    assert_eq!(manifest.previous, exported(&lines, &within(6, 10)).1.previous);
    let exports = [sealed(&exchange, exported(&lines, &within(1, 5))), sealed(&exchange, (of_lost, manifest))];
    let told = told(&exchange, &exports);
    assert_eq!((told.faults(SENDER), told.is_anybody_blamed()), (vec![], false));
}
