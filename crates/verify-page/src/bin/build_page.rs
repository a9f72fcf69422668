//! Builds the page: compiles the module for browsers, compresses it, and writes one HTML file.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use recommande_receipt::{Language, STYLE};
use recommande_verify_page::words::words;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

const USAGE: &str = "\
usage: build-page [--out FILE] [--seal-anchors PEM --tsa-anchors PEM] [--environment NAME] [--policy NAME|FILE]
                  [--certificates PEM] [--revocation-data PEM] [--module WASM]

  --out FILE            the page (default: verify.html in the folder target of this package)
  --seal-anchors PEM    the certificates under which seals are trusted
  --tsa-anchors PEM     the certificates under which timestamps are trusted. Without these two the user of the page loads
                        anchors, and the page warns
  --environment NAME    Production, Acceptance, Integration or Test: no other proof passes (default: that of each proof, which
                        stands above its verdict)
  --policy NAME|FILE    the name of a policy, or JSON with what differs from the default one
  --certificates PEM    certificates that seals and timestamps may lack: candidates for a path, and no anchors
  --revocation-data PEM CRLs and OCSP responses
  --module WASM         a module that was built before, instead of building it

Write down the SHA-256 that is printed, and publish it elsewhere: whoever changes the page changes it.";

/// The target of browsers.
const TARGET: &str = "wasm32-unknown-unknown";

/// The largest page, in octets: it is sent by mail, and opened on a telephone.
const MAX_PAGE: usize = 2_000_000;
/// The largest module, compressed, in octets: what it has today and a little more, so that growth is seen.
const MAX_COMPRESSED: usize = 950_000;

const HTML: &str = include_str!("../../page/page.html");
const CSS: &str = include_str!("../../page/page.css");
const MODULE_JS: &str = include_str!("../../page/module.js");
const PAGE_JS: &str = include_str!("../../page/page.js");

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("build-page: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut out, mut module, mut settings) = (target(package).join("verify.html"), None, Map::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--help" {
            println!("{USAGE}");
            return Ok(());
        }
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value\n\n{USAGE}"))?;
        match argument.as_str() {
            "--out" => out = value.into(),
            "--module" => module = Some(PathBuf::from(value)),
            "--environment" => drop(settings.insert("environment".to_owned(), Value::String(value))),
            "--policy" => drop(settings.insert("policy".to_owned(), policy(&value)?)),
            "--seal-anchors" | "--tsa-anchors" | "--certificates" | "--revocation-data" => {
                let name = argument.trim_start_matches('-').replace('-', "_");
                settings.insert(name, Value::String(read(Path::new(&value))?));
            }
            _ => return Err(format!("{argument} is not known\n\n{USAGE}").into()),
        }
    }
    let settings = Value::Object(settings);
    recommande_verify_page::check_settings(&settings.to_string())?;
    // A module that was built before may have features of which the page makes no use.
    let max_compressed = if module.is_some() { usize::MAX } else { MAX_COMPRESSED };
    let module = module.map_or_else(|| built_module(package), Ok)?;
    let module = std::fs::read(&module).map_err(|error| format!("{}: {error}", module.display()))?;
    let compressed = compressed(&module)?;
    let page = page(&compressed, &settings)?;
    if page.len() > MAX_PAGE || compressed.len() > max_compressed {
        return Err(
            format!("the page has {} octets, and its module {} compressed", page.len(), compressed.len()).into()
        );
    }
    std::fs::write(&out, &page).map_err(|error| format!("{}: {error}", out.display()))?;
    println!("module: {} octets, compressed {}", module.len(), compressed.len());
    println!("{}: {} octets, SHA-256 {}", out.display(), page.len(), hexadecimal(&Sha256::digest(&page)));
    Ok(())
}

/// Returns the folder for what is built.
fn target(package: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("target"), PathBuf::from)
}

/// Builds the module, and returns where it lies.
fn built_module(package: &Path) -> Result<PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = target(package);
    let status = Command::new(cargo)
        // Without the library for Rust programs, for which much more would be kept in the module.
        .args(["rustc", "--release", "--lib", "--crate-type", "cdylib", "--locked", "--target", TARGET])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    if !status.success() {
        return Err(format!("the module cannot be built; `rustup target add {TARGET}` installs the target").into());
    }
    Ok(target.join(TARGET).join("release/recommande_verify_page.wasm"))
}

fn policy(given: &str) -> Result<Value, Error> {
    if Path::new(given).exists() {
        return Ok(serde_json::from_str(&read(Path::new(given))?)?);
    }
    Ok(Value::String(given.to_owned()))
}

fn read(path: &Path) -> Result<String, Error> {
    Ok(std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Compresses as gzip, without a time and a name: one page comes of one module.
fn compressed(octets: &[u8]) -> Result<Vec<u8>, Error> {
    /// So many attempts at a better form take some seconds.
    const ATTEMPTS: NonZeroU64 = NonZeroU64::new(5).expect("it is not zero");
    let options = zopfli::Options { iteration_count: ATTEMPTS, ..zopfli::Options::default() };
    let mut compressed = Vec::new();
    zopfli::compress(options, zopfli::Format::Gzip, octets, &mut compressed)?;
    Ok(compressed)
}

fn page(compressed: &[u8], settings: &Value) -> Result<Vec<u8>, Error> {
    let words: BTreeMap<_, _> = Language::ALL.map(|language| (language.tag(), words(language))).into();
    let script = PAGE_JS.replace("{module}", MODULE_JS);
    // What the page may do is named by digests: its own script, its own style and that of the pages of proofs, which stand in
    // frames under the same rules. Nothing is fetched from anywhere.
    let policy = format!(
        "default-src 'none'; script-src {} 'wasm-unsafe-eval'; style-src {} {}; base-uri 'none'; form-action 'none'",
        source(&script),
        source(CSS),
        source(STYLE)
    );
    let module = STANDARD.encode(compressed);
    let parts = [
        ("{csp}", policy),
        ("{style}", CSS.to_owned()),
        ("{words}", in_script(&serde_json::to_string(&words)?)),
        ("{settings}", in_script(&settings.to_string())),
        ("{module}", module),
        ("{script}", script),
    ];
    // One pass, so that no part is filled with another one.
    let mut page = String::new();
    let mut rest = HTML;
    for (place, part) in &parts {
        let (before, after) = rest.split_once(place).ok_or_else(|| format!("the page has no place {place}"))?;
        page.push_str(before);
        page.push_str(part);
        rest = after;
    }
    page.push_str(rest);
    Ok(page.into_bytes())
}

/// Names a script or a style in a policy ([CSP Level 3](https://www.w3.org/TR/CSP3/#grammardef-hash-source)).
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// Writes JSON so that it ends no script element, whatever a string in it holds.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
