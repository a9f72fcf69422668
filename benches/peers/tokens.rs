//! Real tokens of a corpus, each judged from nothing: by a new verifier of recommande, which reads the certificates,
//! validates the path and writes the whole report, and by OpenSSL's TS_RESP_verify_token with a new store.
//!
//! The corpus is the folder that `RECOMMANDE_CORPUS` names, else `../shared/corpus` beside the repository. A token takes
//! part when both accept it. Neither looks for revocation, and both are given the imprint.
//!
//! `RECOMMANDE_TOKEN` takes the tokens with this in their name. `RECOMMANDE_TIMES` judges them so many times and measures
//! nothing, by OpenSSL where `RECOMMANDE_PEER` is there.

use std::ffi::{c_int, c_long};
use std::path::{Path, PathBuf};
use std::{env, fs, ptr};

use chrono::{DateTime, NaiveDateTime, Utc};
use foreign_types::ForeignType;
use openssl::pkcs7::Pkcs7;
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::pki::{Certificate, TrustAnchors};
use recommande::verify::ContentDigests;
use recommande::{Environment, Verifier};
use recommande_benches::{Limit, compare, criterion};
use serde_json::Value;

/// What the crate `openssl` does not have of libcrypto's `ts.h`.
mod ts {
    use super::{c_int, c_long};

    #[repr(C)]
    pub struct VerifyContext([u8; 0]);

    pub const SIGNATURE: c_int = 1;
    pub const VERSION: c_int = 1 << 1;
    pub const IMPRINT: c_int = 1 << 3;

    unsafe extern "C" {
        pub fn TS_VERIFY_CTX_new() -> *mut VerifyContext;
        pub fn TS_VERIFY_CTX_free(context: *mut VerifyContext);
        pub fn TS_VERIFY_CTX_set_flags(context: *mut VerifyContext, flags: c_int) -> c_int;
        pub fn TS_VERIFY_CTX_set_imprint(context: *mut VerifyContext, octets: *mut u8, length: c_long) -> *mut u8;
        pub fn TS_VERIFY_CTX_set_store(
            context: *mut VerifyContext,
            store: *mut openssl_sys::X509_STORE,
        ) -> *mut openssl_sys::X509_STORE;
        pub fn TS_VERIFY_CTX_set_certs(
            context: *mut VerifyContext,
            certificates: *mut openssl_sys::stack_st_X509,
        ) -> *mut openssl_sys::stack_st_X509;
        pub fn TS_RESP_verify_token(context: *mut VerifyContext, token: *mut openssl_sys::PKCS7) -> c_int;
    }
}

/// A token with what it is judged by, all as octets.
struct Token {
    file: String,
    octets: Vec<u8>,
    imprint: Digest,
    anchor: Vec<u8>,
    chain: Vec<Vec<u8>>,
    at: DateTime<Utc>,
}

impl Token {
    fn read(folder: &Path, entry: &Value) -> Option<Self> {
        let text = |member: &str| entry.get(member).and_then(Value::as_str);
        let file = |path: &str| fs::read(folder.join(path)).ok();
        let features = entry.get("features")?;
        let algorithm = match features.get("imprint_alg")?.as_str()? {
            "sha256" => DigestAlgorithm::Sha256,
            "sha384" => DigestAlgorithm::Sha384,
            "sha512" => DigestAlgorithm::Sha512,
            _ => return None,
        };
        let imprint = Digest::new(algorithm, &from_hex(features.get("imprint")?.as_str()?)?)?;
        let time = text("time")?.trim_end_matches('Z');
        let at = NaiveDateTime::parse_from_str(time, "%Y%m%d%H%M%S%.f").ok()?.and_utc();
        let chain = entry.get("chain")?.as_array()?.iter().filter_map(Value::as_str).filter_map(file).collect();
        let name = text("file").filter(|_| text("expected") == Some("valid"))?;
        Some(Self { file: name.to_owned(), octets: file(name)?, imprint, anchor: file(text("trust")?)?, chain, at })
    }

    fn judge(&self) -> bool {
        let read = |der: &Vec<u8>| Certificate::from_der(der).ok();
        let anchors: TrustAnchors = read(&self.anchor).into_iter().collect();
        let verifier = Verifier::new(TrustAnchors::new(), anchors, Environment::Test)
            .with_extra_certificates(self.chain.iter().filter_map(read).collect());
        let report = verifier.report_timestamp(&self.octets, &ContentDigests::new([self.imprint]), None, self.at);
        report.indication == recommande::Indication::TotalPassed
    }

    fn judge_by_openssl(&self) -> bool {
        self.openssl_forms().is_some_and(|forms| self.judge_with(&forms))
    }

    /// The token alone is read, and the store and the certificates were before.
    fn judge_with(&self, (store, certificates): &(X509Store, Stack<X509>)) -> bool {
        let Ok(token) = Pkcs7::from_der(&self.octets) else { return false };
        let imprint = self.imprint.as_bytes();
        // SAFETY: the context frees the copy of the imprint, which is given away here. Store and certificates are taken
        // back before it could free them. Token, store and certificates outlive the calls.
        unsafe {
            let context = ts::TS_VERIFY_CTX_new();
            let copy = openssl_sys::OPENSSL_malloc(imprint.len()).cast::<u8>();
            assert!(!context.is_null() && !copy.is_null());
            ptr::copy_nonoverlapping(imprint.as_ptr(), copy, imprint.len());
            ts::TS_VERIFY_CTX_set_flags(context, ts::SIGNATURE | ts::VERSION | ts::IMPRINT);
            ts::TS_VERIFY_CTX_set_imprint(context, copy, c_long::try_from(imprint.len()).expect("a short digest"));
            ts::TS_VERIFY_CTX_set_store(context, store.as_ptr());
            ts::TS_VERIFY_CTX_set_certs(context, certificates.as_ptr());
            let verified = ts::TS_RESP_verify_token(context, token.as_ptr()) == 1;
            ts::TS_VERIFY_CTX_set_store(context, ptr::null_mut());
            ts::TS_VERIFY_CTX_set_certs(context, ptr::null_mut());
            ts::TS_VERIFY_CTX_free(context);
            openssl_sys::ERR_clear_error();
            verified
        }
    }

    /// The anchor in a store that is asked about the token's time, and the other certificates.
    fn openssl_forms(&self) -> Option<(X509Store, Stack<X509>)> {
        let mut param = X509VerifyParam::new().ok()?;
        param.set_time(self.at.timestamp());
        param.set_flags(X509VerifyFlags::PARTIAL_CHAIN).ok()?;
        let mut store = X509StoreBuilder::new().ok()?;
        store.add_cert(X509::from_der(&self.anchor).ok()?).ok()?;
        store.set_param(&param).ok()?;
        let mut certificates = Stack::new().ok()?;
        for der in &self.chain {
            certificates.push(X509::from_der(der).ok()?).ok()?;
        }
        Some((store.build(), certificates))
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn main() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = env::var_os("RECOMMANDE_CORPUS").map_or(beside, PathBuf::from).join("tst");
    let Ok(manifest) = fs::read(folder.join("manifest.json")) else {
        println!("SKIPPED: tokens: no corpus");
        return;
    };
    let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest is JSON");
    let entries = manifest.as_array().expect("a manifest is a list");
    let tokens: Vec<Token> = entries.iter().filter_map(|entry| Token::read(&folder, entry)).collect();
    let (read, mut tokens) = (tokens.len(), tokens);
    tokens.retain(|token| token.judge() && token.judge_by_openssl());
    println!("{} of {read} tokens are accepted by both", tokens.len());
    if let Ok(name) = env::var("RECOMMANDE_TOKEN") {
        tokens.retain(|token| token.file.contains(&name));
    }
    // For a profiler: one side, so many times.
    if let Some(times) = env::var("RECOMMANDE_TIMES").ok().and_then(|times| times.parse::<u32>().ok()) {
        let judge = if env::var_os("RECOMMANDE_PEER").is_some() { Token::judge_by_openssl } else { Token::judge };
        (0..times).for_each(|_| assert!(tokens.iter().all(judge)));
        return;
    }
    let forms: Vec<_> = tokens.iter().filter_map(Token::openssl_forms).collect();
    let ours = || assert!(tokens.iter().all(Token::judge));
    let theirs = || assert!(tokens.iter().all(Token::judge_by_openssl));
    let prepared = || assert!(tokens.iter().zip(&forms).all(|(token, forms)| token.judge_with(forms)));
    let mut criterion = criterion();
    let limit = Limit::new("TS_RESP_verify_token").at_least(3.0);
    compare(&mut criterion, "real tokens, each from nothing", &limit, ours, theirs);
    let limit = Limit::new("the same, store prepared");
    compare(&mut criterion, "real tokens, each from nothing", &limit, ours, prepared);
    criterion.final_summary();
}
