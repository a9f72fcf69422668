//! A set of the corpus: its folder, its manifest, its certificates.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};
use recommande::verify::Policy;
use recommande::{Certificate, TrustAnchors};
use serde_json::Value;
use signed_data::tlv::Reader;

use crate::judgement::Judgement;

pub struct Set {
    folder: PathBuf,
    entries: Vec<Value>,
    /// A policy whose findings are shown beside those of the policy `conformance`.
    pub other_policy: Option<Policy>,
    certificates: RefCell<BTreeMap<String, Result<Certificate, String>>>,
}

/// One entry of a manifest. Every member but the file may be missing.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub set: &'a Set,
    pub value: &'a Value,
}

impl Set {
    /// `None` when the corpus does not have it.
    pub fn open(corpus: &Path, name: &str, other_policy: Option<Policy>) -> Option<Self> {
        let folder = corpus.join(name);
        let manifest = std::fs::read(folder.join("manifest.json")).ok()?;
        let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest is JSON");
        let entries = manifest.as_array().expect("a manifest is a list of entries").clone();
        Some(Self { folder, entries, other_policy, certificates: RefCell::default() })
    }

    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries.iter().map(|value| Entry { set: self, value })
    }

    /// The octets of a file, by its path in the manifest.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.folder.join(path)).ok()
    }

    /// The first certificate in a file, DER or PEM; each file is read once.
    pub fn certificate(&self, path: &str) -> Option<Certificate> {
        self.read_certificate(path).ok()
    }

    pub fn read_certificate(&self, path: &str) -> Result<Certificate, String> {
        if let Some(certificate) = self.certificates.borrow().get(path) {
            return certificate.clone();
        }
        let read = self.file(path).ok_or_else(|| "missing".to_owned()).and_then(|octets| certificate(&octets));
        self.certificates.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }

    /// All certificates beside the entries, among which a signer's may be that its signature lacks.
    fn certificates_beside(&self) -> Vec<Certificate> {
        let files = std::fs::read_dir(self.folder.join("certs")).into_iter().flatten().flatten();
        let mut names: Vec<String> = files.filter_map(|file| file.file_name().into_string().ok()).collect();
        names.sort_unstable();
        names.iter().filter_map(|name| self.certificate(&format!("certs/{name}"))).collect()
    }
}

/// The first certificate of DER or PEM: some files hold a whole chain, one after the other.
pub fn certificate(octets: &[u8]) -> Result<Certificate, String> {
    if octets.first() == Some(&0x30) {
        let first = Reader::new(octets, "file").any().map_err(|error| error.to_string())?;
        return Certificate::from_der(first.raw).map_err(|error| error.to_string());
    }
    let text = core::str::from_utf8(octets).map_err(|error| error.to_string())?;
    let certificates = Certificate::from_pem_chain(text).map_err(|error| error.to_string())?;
    certificates.into_iter().next().ok_or_else(|| "no certificate".to_owned())
}

impl<'a> Entry<'a> {
    pub fn text(self, member: &str) -> Option<&'a str> {
        self.value.get(member).and_then(Value::as_str)
    }

    pub fn strings(self, member: &str) -> impl Iterator<Item = &'a str> {
        strings(self.value.get(member))
    }

    pub fn features(self) -> &'a Value {
        self.value.get("features").unwrap_or(&Value::Null)
    }

    pub fn kind(self) -> &'a str {
        self.text("kind").unwrap_or_default()
    }

    pub fn file_name(self) -> &'a str {
        self.text("file").unwrap_or_default()
    }

    pub fn octets(self) -> Option<Vec<u8>> {
        self.set.file(self.file_name())
    }

    /// The content given beside the entry.
    pub fn content(self) -> Option<Vec<u8>> {
        self.text("content").and_then(|path| self.set.file(path))
    }

    pub fn time(self) -> Option<DateTime<Utc>> {
        self.text("time").and_then(time)
    }

    /// A judgement on this entry, without differences yet.
    pub fn judgement(self) -> Judgement {
        Judgement::new(self.file_name(), None)
    }

    /// The anchor: what the manifest trusts, else the end of its chain.
    pub fn anchors(self) -> TrustAnchors {
        let trust = self.text("trust").or_else(|| self.strings("chain").last());
        trust.and_then(|path| self.set.certificate(path)).into_iter().collect()
    }

    /// The first of the files that the entry names beside its own and that is not there: what it is to be judged with
    /// is not known then.
    pub fn missing(self) -> Option<&'a str> {
        let single = ["trust", "trust_crl", "signer_cert_external", "content"].into_iter();
        let several = ["chain", "crls", "ocsp", "content"].into_iter();
        let named = single.filter_map(|member| self.text(member)).chain(several.flat_map(|name| self.strings(name)));
        named.into_iter().find(|path| !self.set.folder.join(path).is_file())
    }

    /// Which of the certificates that the entry names cannot be read, and why.
    pub fn unreadable(self) -> Vec<(&'a str, String)> {
        let named =
            self.text("trust").into_iter().chain(self.strings("chain")).chain(self.text("signer_cert_external"));
        named.filter_map(|path| Some((path, self.set.read_certificate(path).err()?))).collect()
    }

    /// Certificates that the entry may lack: its chain, and the signer's, named or somewhere beside.
    pub fn extra(self) -> Vec<Certificate> {
        let mut extra: Vec<_> = self.strings("chain").filter_map(|path| self.set.certificate(path)).collect();
        match self.value.get("signer_cert_external") {
            Some(Value::String(path)) => extra.extend(self.set.certificate(path)),
            Some(Value::Bool(true)) => extra.extend(self.set.certificates_beside()),
            _ => {}
        }
        extra
    }
}

pub fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// A time as the manifests write it: RFC 3339 with `T` or a space, or as ASN.1 does.
pub fn time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(time.with_timezone(&Utc));
    }
    let time = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y%m%d%H%M%S%.f");
    time.ok().map(|time| time.and_utc())
}

pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
