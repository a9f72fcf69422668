//! Imports point down only: from room to room, and from file to file within a room.

mod circles;
mod tokens;
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use conformance::repository;

use tokens::{group, tokens, without_tests};

/// The rooms of `src/` from the lowest up. A room may import those before it.
const ROOMS: [&str; 20] = [
    "text", "folder", "finding", "asn1", "crypto", "pki", "cms", "time", "identity", "evidence", "seal", "verify",
    "preserve", "log", "life", "audit", "watch", "simple", "testing", "manual",
];

/// Crates that one file wraps and nobody else names.
const WRAPPED: [(&str, &str); 4] =
    [("unicode_normalization", "text/"), ("x509_parser", "pki/"), ("aws_lc_rs", "crypto/"), ("cryptoki", "crypto/")];

/// What is named at the root of the crate: the names behind `crate::`, and the rooms behind as many `super::` as lead
/// there from a module that stands `depth` below it. (From a module inside of the file they lead less far, to something
/// that is no room.)
fn named_at_root(tokens: &[String], depth: usize) -> Vec<String> {
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at..];
        match token.as_str() {
            "crate" => names.extend(after(rest, &["crate", "::"]).map(first_segments).unwrap_or_default()),
            "super" if at == 0 || tokens[at - 1] != "::" => {
                let mut path = after(rest, &["super", "::"].repeat(depth));
                while let Some(further) = path.and_then(|path| after(path, &["super", "::"])) {
                    path = Some(further);
                }
                let segments = path.map(first_segments).unwrap_or_default();
                names.extend(segments.into_iter().filter(|name| rank(name).is_some()));
            }
            _ => {}
        }
    }
    names
}

/// What follows these tokens.
fn after<'t>(tokens: &'t [String], start: &[&str]) -> Option<&'t [String]> {
    let (head, rest) = tokens.split_at_checked(start.len())?;
    (head == start).then_some(rest)
}

/// The first segment of a path, or of each path of a group in braces.
fn first_segments(tokens: &[String]) -> Vec<String> {
    match tokens.first().map(String::as_str) {
        None => Vec::new(),
        Some("{") => {
            let (mut names, mut depth) = (Vec::new(), 0_usize);
            for pair in tokens[..group(tokens)].windows(2) {
                match pair[0].as_str() {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                if depth == 1 && matches!(pair[0].as_str(), "{" | ",") && pair[1] != "}" {
                    names.push(pair[1].clone());
                }
            }
            names
        }
        Some(name) => vec![name.to_owned()],
    }
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|listed| *listed == room)
}

/// What of `names` a room must not import.
fn violations(room: &str, names: &[String]) -> Vec<String> {
    let own = rank(room);
    let wrong = |name: &&String| match rank(name) {
        Some(imported) => own.is_none_or(|own| imported > own),
        // Re-exports at the root are for users: through them a room would reach any other.
        None => name.chars().next().is_some_and(char::is_uppercase),
    };
    names.iter().filter(wrong).cloned().collect()
}

struct Source {
    /// Below `src/`.
    path: PathBuf,
    room: String,
    depth: usize,
    tokens: Vec<String>,
}

/// The files of the library, without those that only its tests have.
fn sources() -> Vec<Source> {
    let src = repository().join("src");
    let (mut sources, mut tests) = (Vec::new(), Vec::new());
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let (tokens, modules) = without_tests(tokens(&fs::read_to_string(&path).unwrap()));
                let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                let is_root = matches!(stem.as_str(), "mod" | "lib");
                let module = if is_root { folder.clone() } else { folder.join(stem) };
                tests.extend(modules.into_iter().map(|name| module.join(name)));
                let below: Vec<_> =
                    module.strip_prefix(&src).unwrap().iter().map(|name| name.to_string_lossy().into_owned()).collect();
                if let Some(room) = below.first().cloned() {
                    let path = path.strip_prefix(&src).unwrap().to_owned();
                    sources.push((module, Source { path, room, depth: below.len(), tokens }));
                }
            }
        }
    }
    let is_test = |module: &Path| tests.iter().any(|test| module.starts_with(test));
    sources.into_iter().filter(|(module, _)| !is_test(module)).map(|(_, source)| source).collect()
}

#[test]
fn imports_point_down_only() {
    let sources = sources();
    assert!(sources.len() > 50, "only {} files found", sources.len());
    let mut imports: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for source in &sources {
        assert!(rank(&source.room).is_some(), "src/{} is no known room: say where it stands", source.room);
        let names = named_at_root(&source.tokens, source.depth);
        for name in violations(&source.room, &names) {
            wrong.push(format!("src/{} imports {name}", source.path.display()));
        }
        imports.entry(&source.room).or_default().extend(names);
    }
    // What is surely there was seen.
    assert!(imports["verify"].iter().any(|name| name == "seal") && imports["pki"].iter().any(|name| name == "crypto"));
    assert!(wrong.is_empty(), "imports point down only, {ROOMS:?} from the lowest up:\n{}", wrong.join("\n"));
}

#[test]
fn wrapped_crates_are_named_in_their_room_only() {
    for (name, room) in WRAPPED {
        let naming: Vec<_> =
            sources().into_iter().filter(|source| source.tokens.iter().any(|token| token == name)).collect();
        assert!(!naming.is_empty(), "nobody names {name}");
        for source in naming {
            assert!(source.path.starts_with(room), "src/{} names {name}", source.path.display());
        }
    }
}

#[test]
fn wrong_imports_are_seen() {
    let import = |source: &str| {
        let (tokens, _) = without_tests(tokens(source));
        violations("pki", &named_at_root(&tokens, 2))
    };
    for source in [
        "use crate::seal::Proof;",
        "use crate::{asn1::oid, seal::{Proof, ProofId}};",
        "use crate::{asn1::{oid, writer},\n    verify};",
        "pub(crate) fn f(proof: &crate::seal::Proof) {}",
        "use super::super::seal::Proof;",
        "mod sealed { impl S for super::super::super::seal::Proof {} }",
        "const C: char = '\"'; const S: &str = \"a\\\"b\"; use crate::seal::Proof; const T: &str = r#\"\"\"#;",
        "#[cfg(test)]\nmod tests { use crate::asn1; }\nuse crate::verify::Report;",
        "use crate::Verifier;",
    ] {
        assert_eq!(import(source).len(), 1, "{source}");
    }
    for source in [
        "use crate::crypto::Signer;",
        "// use crate::seal::Proof;\n/* use crate::seal; */",
        "const S: &str = \"use crate::seal::Proof;\";",
        "const S: &str = r#\"use crate::seal::\"Proof\";\"#;",
        "#[cfg(test)]\nmod tests { use crate::seal::Proof; }",
        "#[cfg(test)]\nuse crate::seal::Proof;",
        "use super::path::validate; use super::super::asn1;",
        "fn f<'a>(a: &'a str) -> &'a str { a }",
    ] {
        assert_eq!(import(source), Vec::<String>::new(), "{source}");
    }
}
