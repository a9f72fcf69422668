//! What the trails of a day come to, whatever the fault and the order of the files.

use super::rounds;
use super::shuffle::{Random, shuffled_list};
use crate::reconstructions::day::ExportFiles;
use crate::reconstructions::lie::Lie;
use crate::reconstructions::{Told, exports, played};

/// The lines of an export in pieces that nobody sealed, some of them twice.
fn pieces(export: &ExportFiles, random: &mut Random) -> Vec<ExportFiles> {
    let lines: Vec<&[u8]> = export.lines.split_inclusive(|octet| *octet == b'\n').collect();
    let (mut rest, mut pieces) = (&lines[..], Vec::new());
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(1 + random.below(rest.len()));
        let piece = ExportFiles { lines: piece.concat(), manifest: b"none".to_vec(), signature: Vec::new() };
        pieces.extend(vec![piece; 1 + usize::from(random.one_in(3))]);
        rest = behind;
    }
    pieces
}

#[test]
fn trails_come_to_the_same_in_any_order_and_copies_change_no_account() {
    let mut random = Random::new(9);
    for lie in Lie::ALL.iter().copied().map(Some).chain([None]) {
        let name = lie.map_or("none", Lie::name);
        let day = played(lie);
        let sealed = exports(&day);
        let told = Told::of(&day, &sealed, &day.proofs);
        let pieces = sealed.iter().flat_map(|export| pieces(export, &mut random));
        let manifests = sealed.iter().map(|export| ExportFiles { lines: Vec::new(), ..export.clone() });
        let all: Vec<ExportFiles> = sealed.iter().cloned().chain(pieces).chain(manifests).collect();
        let with_copies = Told::of(&day, &all, &day.proofs);
        assert_eq!((&with_copies.accounts, with_copies.verdict), (&told.accounts, told.verdict), "{name}");
        for _ in 0..rounds().unwrap_or(1) {
            for (exports, told) in [(&sealed, &told), (&all, &with_copies)] {
                let exports = shuffled_list(exports, &mut random);
                let again = Told::of(&day, &exports, &shuffled_list(&day.proofs, &mut random));
                assert_eq!((&again.trails, again.verdict), (&told.trails, told.verdict), "{name}");
                assert_eq!(again.accounts, told.accounts, "{name}");
            }
        }
    }
}
