//! No files import each other in a circle, in any crate of the repository.
//!
//! A file needs another when it names something that is defined there. A name that a `mod.rs` only passes on leads to
//! the file that defines it, and the passing on itself is no need. Methods are not seen, as a call does not say whose
//! method it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use conformance::repository;

use super::tree::{Files, Tree};

/// A circle that is meant: its files, and why they are not untied.
struct Circle {
    files: &'static [&'static str],
    reason: &'static str,
}

/// No more than two, ever.
const CIRCLES: &[Circle] = &[];

type Needs = BTreeMap<PathBuf, BTreeMap<PathBuf, String>>;

/// The groups of files that reach each other.
fn circles(needs: &Needs) -> Vec<BTreeSet<PathBuf>> {
    let reached: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> = needs.keys().map(|file| (file, reach(needs, file))).collect();
    let mut circles: Vec<BTreeSet<PathBuf>> = Vec::new();
    for (file, targets) in &reached {
        let back = |target: &&&PathBuf| reached.get(**target).is_some_and(|targets| targets.contains(*file));
        let circle: BTreeSet<PathBuf> = targets.iter().filter(back).map(|file| (*file).clone()).collect();
        if !circle.is_empty() && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

/// The files that a file needs, and those that they need, and so on.
fn reach<'n>(needs: &'n Needs, from: &PathBuf) -> BTreeSet<&'n PathBuf> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&PathBuf> = needs.get(from).into_iter().flat_map(BTreeMap::keys).collect();
    while let Some(file) = open.pop() {
        if reached.insert(file) {
            open.extend(needs.get(file).into_iter().flat_map(BTreeMap::keys));
        }
    }
    reached
}

/// What ties the files of a circle, for people.
fn describe(needs: &Needs, circle: &BTreeSet<PathBuf>) -> String {
    let mut lines = vec![format!("a circle of {} files:", circle.len())];
    for file in circle {
        for (target, name) in needs.get(file).into_iter().flatten().filter(|(target, _)| circle.contains(*target)) {
            lines.push(format!("  {} -> {} for {name}", file.display(), target.display()));
        }
    }
    lines.join("\n")
}

/// The Rust files of a folder of the repository.
fn files(folder: &str) -> Files {
    let root = repository();
    let mut files = Files::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.insert(path.strip_prefix(&root).unwrap().to_owned(), text);
            }
        }
    }
    files
}

/// The crates of the repository: each with its files and its root file.
fn crates() -> Vec<(Files, PathBuf)> {
    let mut crates = vec![(files("src"), PathBuf::from("src/lib.rs")), (files("fuzz/src"), "fuzz/src/lib.rs".into())];
    for entry in fs::read_dir(repository().join("crates")).unwrap() {
        let src = Path::new("crates").join(entry.unwrap().file_name()).join("src");
        for root in ["lib.rs", "main.rs"] {
            if repository().join(&src).join(root).exists() {
                crates.push((files(src.to_str().unwrap()), src.join(root)));
            }
        }
    }
    let examples = files("examples");
    let is_root = |path: &&PathBuf| path.components().count() == 2 || path.ends_with("main.rs");
    crates.extend(examples.keys().filter(is_root).map(|root| (examples.clone(), root.clone())));
    crates
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut unlisted = Vec::new();
    let mut listed: BTreeMap<BTreeSet<PathBuf>, &str> =
        CIRCLES.iter().map(|circle| (circle.files.iter().map(PathBuf::from).collect(), circle.reason)).collect();
    let reasons = listed.values().all(|reason| !reason.is_empty());
    assert!(listed.len() <= 2 && reasons, "two circles at most, each with a reason");
    let (mut seen, mut ties) = (0, 0);
    for (files, root) in crates() {
        let needs = Tree::read(&files, &root).dependencies();
        (seen, ties) = (seen + needs.len(), ties + needs.values().map(BTreeMap::len).sum::<usize>());
        for circle in circles(&needs) {
            println!("{}", describe(&needs, &circle));
            if listed.remove(&circle).is_none() {
                unlisted.push(describe(&needs, &circle));
            }
        }
    }
    println!("{seen} files, {ties} needs");
    assert!(seen > 150 && ties > seen, "only {seen} files and {ties} needs were seen");
    assert!(unlisted.is_empty(), "{}", unlisted.join("\n"));
    assert!(listed.is_empty(), "listed and not there any more: {:?}", listed.keys());
}

/// The circles of a crate that is written here: pairs of path and text, the root first.
fn circles_of(sources: &[(&str, &str)]) -> Vec<Vec<String>> {
    let files: Files = sources.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
    let needs = Tree::read(&files, Path::new(sources[0].0)).dependencies();
    let names = |circle: BTreeSet<PathBuf>| circle.iter().map(|path| path.display().to_string()).collect();
    circles(&needs).into_iter().map(names).collect()
}

#[test]
fn circles_are_seen() {
    let room = ("lib.rs", "mod room;");
    let two = ["room/a.rs", "room/b.rs"].map(str::to_owned).to_vec();
    let samples: [(&str, &str, &str); 8] = [
        ("pub mod a; mod b;", "use super::b::B; pub struct A;", "use super::a::A; pub struct B;"),
        ("mod a; mod b;", "pub struct A(crate::room::b::B);", "pub fn f(a: &super::a::A) {} pub struct B;"),
        // By what the room passes on.
        (
            "mod a; mod b; pub use a::A; pub use b::{B as C};",
            "use super::C; pub struct A;",
            "use crate::room::A; pub struct B;",
        ),
        ("mod a; mod b; pub(crate) use {a::*, b::B};", "use super::B; pub struct A;", "use super::A; pub struct B;"),
        // By the name of a module.
        (
            "pub mod a; pub mod b;",
            "use super::b; pub struct A(b::B);",
            "use crate::room::{self, a}; pub struct B(a::A, room::a::A);",
        ),
        // From a module in the file.
        ("mod a; mod b;", "mod inner { use super::super::b::B; } pub struct A;", "use super::a::A; pub struct B;"),
        // Within a function, and a function.
        ("mod a; mod b;", "fn f() { use super::b::g; g() }", "pub fn g() { super::a::f() }"),
        // What a macro writes is in the file all the same.
        ("mod a; mod b;", "codes! { A } use super::b::B;", "use super::a::A; codes! { B }"),
    ];
    for (module, a, b) in samples {
        let circles = circles_of(&[room, ("room/mod.rs", module), ("room/a.rs", a), ("room/b.rs", b)]);
        assert_eq!(circles, std::slice::from_ref(&two), "{module} {a} {b}");
    }
    // A file needs what its room defines, and the room what the file defines.
    let circles =
        circles_of(&[room, ("room/mod.rs", "mod a; struct S(a::A);"), ("room/a.rs", "use super::S; pub struct A;")]);
    assert_eq!(circles, [["room/a.rs", "room/mod.rs"]]);
    let circles = circles_of(&[
        room,
        ("room/mod.rs", "mod a; pub use a::A; fn f(a: A) {}"),
        ("room/a.rs", "pub struct A; fn g() { super::f() }"),
    ]);
    assert_eq!(circles, [["room/a.rs", "room/mod.rs"]]);
    // Files beside the file of their room, and files that an attribute names.
    let circles = circles_of(&[
        ("examples/x.rs", "#[path = \"common/a.rs\"] mod a; #[path = \"common/b.rs\"]\nmod b;"),
        ("examples/common/a.rs", "use crate::b::B; pub struct A;"),
        ("examples/common/b.rs", "use crate::a::A; pub struct B;"),
    ]);
    assert_eq!(circles, [["examples/common/a.rs", "examples/common/b.rs"]]);
    let circles = circles_of(&[
        ("lib.rs", "mod room;"),
        ("room.rs", "mod a; mod b; mod c;"),
        ("room/a.rs", "use super::b::B; pub struct A;"),
        ("room/b.rs", "use super::c::C; pub struct B;"),
        ("room/c.rs", "use super::a::A; pub struct C;"),
    ]);
    assert_eq!(circles, [["room/a.rs", "room/b.rs", "room/c.rs"]]);
}

#[test]
fn what_is_no_circle_is_none() {
    let room = ("lib.rs", "mod room;");
    let samples: [(&str, &str, &str); 9] = [
        ("mod a; mod b;", "use super::b::B; pub struct A;", "pub struct B;"),
        // The room passes both on, and defines nothing.
        ("mod a; mod b; pub use a::A; pub use b::B;", "use super::B; pub struct A;", "pub struct B;"),
        ("mod a; mod b; pub(crate) use a::A;", "use crate::room::b::{self}; pub struct A(b::B);", "pub struct B;"),
        // What is only there for tests, and what is only said.
        (
            "mod a; mod b;",
            "use super::b::B; pub struct A;",
            "pub struct B; #[cfg(test)] mod tests { use super::super::a::A; }",
        ),
        (
            "mod a; mod b;",
            "use super::b::B; pub struct A;",
            "pub struct B; #[cfg(all(test, feature = \"x\"))] mod tests { use super::super::a::A; }",
        ),
        (
            "mod a; mod b;",
            "use super::b::B; pub struct A;",
            "/// super::a::A\npub struct B; const S: &str = \"super::a::A\";",
        ),
        // A room's own name in another crate.
        ("mod a; mod b;", "use super::b::B; pub struct A;", "use other::a::A; pub struct B;"),
        // A field and a method by the name of a module.
        (
            "mod a; mod b;",
            "use super::b::B; pub struct A;",
            "pub struct B { a: u8 } impl B { fn f(&self) { self.a; self.a::<u8>() } }",
        ),
        // From within a module in the file `super` is the file.
        ("mod a; mod b;", "use super::b::B; pub struct A;", "pub struct B; pub struct A; mod inner { use super::A; }"),
    ];
    for (module, a, b) in samples {
        let circles = circles_of(&[room, ("room/mod.rs", module), ("room/a.rs", a), ("room/b.rs", b)]);
        assert_eq!(circles, Vec::<Vec<String>>::new(), "{module} {a} {b}");
    }
}
