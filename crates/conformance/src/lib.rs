//! Whether `recommande` agrees with others: published schemas, OpenSSL, corpora. Everything is in the tests; heavy
//! dev-dependencies belong here and nowhere else.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> PathBuf {
    // Two levels above this crate.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(PathBuf::new, Path::to_path_buf)
}

/// The folder of the corpora: that in the environment variable `RECOMMANDE_CORPUS`, else `../shared/corpus` beside the
/// repository. `None` when there is none.
pub fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("RECOMMANDE_CORPUS").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| repository().join("../shared/corpus"));
    folder.is_dir().then_some(folder)
}

/// Says that a test did not run, past the capture of the test harness, which hides what a passing test prints.
pub fn skipped(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}: {why}");
}
