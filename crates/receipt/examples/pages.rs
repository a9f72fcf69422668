//! Makes pages of the test vectors: of each kind of event, verdict and case in each language, or of every vector.
//!
//! Usage: `pages TEST_VECTORS OUT [--all]`. Beside `NAME.TAG.pdf` and `.html`, `NAME.code` holds the text of the code on the page.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use recommande::evidence::Disclosure;
use recommande::verify::{Context, Preceding};
use recommande::{Environment, Payload, ProofOfSending, TrustAnchors, Verifier};
use recommande_receipt::{
    Fonts, Language, Options, Page, Shown, ShownCase, page_of_case, page_of_following, page_of_proof,
};
use serde_json::Value;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (vectors, out, is_whole) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [vectors, out] => (PathBuf::from(vectors), PathBuf::from(out), false),
        [vectors, out, "--all"] => (PathBuf::from(vectors), PathBuf::from(out), true),
        _ => return Err("usage: pages TEST_VECTORS OUT [--all]".into()),
    };
    std::fs::create_dir_all(&out)?;
    let manifest: Value = serde_json::from_slice(&std::fs::read(vectors.join("manifest.json"))?)?;
    let maker = Maker { vectors, out, fonts: Fonts::new()? };
    let mut kinds = BTreeSet::new();
    for vector in members(&manifest, "vectors").filter(|vector| vector["kind"] == "proof") {
        let expected = &vector["expected"];
        let id = text(vector, "id")?;
        let folder = id.split('/').next().unwrap_or_default();
        // One of each event that passes, and one of each other verdict and of each folder.
        let kind = match expected["indication"] == "TOTAL-PASSED" {
            true => format!("{} {}", expected["event"], if folder == "aggregated" { folder } else { "" }),
            false => format!("{folder} {}", expected["indication"]),
        };
        let is_new = kinds.insert(kind);
        if is_new || is_whole {
            // The whole is a page for each vector, and the languages take turns; a sample has each kind in each language.
            let turn = id.bytes().map(usize::from).sum::<usize>() % Language::ALL.len();
            let languages = if is_new { &Language::ALL[..] } else { &Language::ALL[turn..=turn] };
            maker.proof(vector, &id.replace('/', "."), languages)?;
        }
    }
    for case in members(&manifest, "cases") {
        let id = text(case, "id")?;
        let states = members(&case["expected"], "letters").flat_map(|letter| members(letter, "cases"));
        let kinds_of_case = states.map(|case| kinds.insert(format!("{} {}", case["verdict"], case["state"])));
        // Each one is inserted, and one that is new is enough.
        let is_new = kinds_of_case.collect::<Vec<bool>>().contains(&true);
        if is_new || is_whole {
            maker.case(case, &id.replace('/', "."))?;
        }
    }
    Ok(())
}

struct Maker {
    vectors: PathBuf,
    out: PathBuf,
    fonts: Fonts,
}

impl Maker {
    fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        std::fs::read(self.vectors.join(path)).map_err(|error| format!("{path}: {error}").into())
    }

    fn verifier(&self, input: &Value) -> Result<Verifier, Error> {
        let anchors = |member: &str| match input[member].as_str() {
            Some(path) => Ok::<_, Error>(TrustAnchors::from_pem(&String::from_utf8(self.read(path)?)?)?),
            None => Ok(TrustAnchors::default()),
        };
        let environment: Environment = input["environment"].as_str().unwrap_or("Test").parse()?;
        Ok(Verifier::new(anchors("seal_anchors")?, anchors("tsa_anchors")?, environment))
    }

    /// A page is as good with fewer inputs than the vector has: what is missing is told on it.
    fn proof(&self, vector: &Value, name: &str, languages: &[Language]) -> Result<(), Error> {
        let input = &vector["input"];
        let now: DateTime<Utc> = text(input, "now")?.parse()?;
        let verifier = self.verifier(input)?;
        let path = text(vector, "file")?;
        let sending = input["sending"].as_str().map(|path| Ok::<_, Error>((path, self.read(path)?))).transpose()?;
        let proof = sending.as_ref().and_then(|(_, octets)| ProofOfSending::from_der(octets).ok());
        let verified = proof.map(|proof| verifier.verify(&proof, Payload::NotAvailable, now));
        let preceding = verified.as_ref().map_or(Preceding::NotGiven, Preceding::from);
        let disclosure = input["disclosure"].as_str().map(|path| self.read(path)).transpose()?;
        let disclosure = disclosure.and_then(|json| Disclosure::from_json(&json).ok());
        let context = Context::new(preceding, Payload::NotAvailable);
        let context = disclosure.iter().fold(context, Context::with_disclosure);
        let octets = self.read(path)?;
        let shown = Shown::of(&verifier, &octets, context, now).with_name(path.rsplit('/').next().unwrap_or(path));
        let shown = disclosure.iter().fold(shown, Shown::with_disclosure);
        let sending = sending.map(|(path, octets)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            Shown::of(&verifier, &octets, Context::from(Payload::NotAvailable), now).with_name(name)
        });
        for language in languages {
            let options = Options::new(*language);
            let page = match &sending {
                Some(sending) => page_of_following(&shown, sending, options),
                None => page_of_proof(&shown, options),
            };
            self.write(&page, name)?;
        }
        std::fs::write(self.out.join(format!("{name}.proof")), octets)?;
        Ok(())
    }

    fn case(&self, case: &Value, name: &str) -> Result<(), Error> {
        let input = &case["input"];
        let now: DateTime<Utc> = text(input, "now")?.parse()?;
        let files: Result<Vec<_>, Error> = members(input, "files")
            .filter_map(Value::as_str)
            .map(|path| Ok((path.rsplit('/').next().unwrap_or(path).to_owned(), self.read(path)?)))
            .collect();
        for (number, shown) in ShownCase::of(&self.verifier(input)?, &files?, now).iter().enumerate() {
            for language in Language::ALL {
                self.write(&page_of_case(shown, Options::new(language)), &format!("{name}.{number}"))?;
            }
        }
        Ok(())
    }

    fn write(&self, page: &Page, name: &str) -> Result<(), Error> {
        let path = |extension: &str| self.out.join(format!("{name}.{extension}"));
        let tag = page.language().tag();
        let pdf = page.to_pdf(&self.fonts).map_err(|error| format!("{name}: {error}"))?;
        write(&path(&format!("{tag}.pdf")), &pdf)?;
        write(&path(&format!("{tag}.html")), page.to_html().as_bytes())?;
        match page.code() {
            Some(code) => write(&path("code"), code.as_bytes()),
            None => Ok(()),
        }
    }
}

fn write(path: &Path, octets: &[u8]) -> Result<(), Error> {
    std::fs::write(path, octets).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Error> {
    value[name].as_str().ok_or_else(|| format!("no {name}").into())
}
