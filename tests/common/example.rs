//! The examples as programs.

use std::path::Path;
use std::process::Command;

/// An example, where cargo puts it: beside the folder of this test. `cargo test` builds it first; `cargo test --test
/// examples` alone does not.
pub fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.parent().and_then(Path::parent).expect("the folder of the profile").join("examples");
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{} is not there: cargo build --examples", path.display());
    Command::new(path)
}
