//! The collected certificates that tests look for beside the repository; nothing of them is in it.

use std::path::{Path, PathBuf};

/// A folder of the corpus; says so when it is not there.
pub(super) fn folder(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var_os("RECOMMANDE_CORPUS").map_or_else(beside, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: no corpus folder {}", folder.display());
    None
}

/// Every file of the corpus with one of these endings, in a fixed order.
pub(super) fn files(endings: &[&str]) -> Option<Vec<(PathBuf, Vec<u8>)>> {
    let mut folders = vec![folder("")?];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
                files.push((path.clone(), std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    Some(files)
}
