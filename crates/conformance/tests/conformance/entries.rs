//! Entries by their kind.

use crate::corpus::{Entry, Set};
use crate::judgement::Judgement;
use crate::{certificates, cms, paths, records, revocation, timestamps};

pub fn judge(set: &Set) -> Vec<Judgement> {
    set.entries().map(judge_entry).collect()
}

fn judge_entry(entry: Entry<'_>) -> Judgement {
    let mut judgement = entry.judgement();
    let judge: fn(Entry<'_>, &[u8], &mut Judgement) = match entry.kind() {
        "tst" => timestamps::token,
        "tsr" => timestamps::response,
        "tsq" => timestamps::request,
        "cms" => cms::file,
        "eml" => cms::mail,
        "ers" => records::record,
        "cert" => certificates::certificate,
        "chain" => paths::chain,
        "crl" => revocation::crl,
        "ocsp" => revocation::ocsp,
        "ocsp-request" => revocation::ocsp_request,
        kind => return judgement.not_judged(format!("kind \"{kind}\"")),
    };
    let Some(octets) = entry.octets() else { return judgement.not_judged("file missing") };
    if entry.missing().is_some() {
        return judgement.not_judged("a file that it names is missing");
    }
    // A panic is a disagreement like others; nothing that was borrowed is used after it.
    let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        judge(entry, &octets, &mut judgement);
        for (path, why) in entry.unreadable() {
            judgement.differs(path, "a certificate", why);
        }
        judgement
    }));
    answer.unwrap_or_else(|_| {
        let mut judgement = entry.judgement();
        judgement.differs("reading", "an answer", "a panic");
        judgement
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::Apart;
    use serde_json::{Value, json};

    /// What a corpus with these entries comes to, and with one file in it, which is nothing at all.
    fn judged(name: &str, entries: &[Value]) -> Vec<Judgement> {
        let corpus = std::env::temp_dir().join(format!("recommande-conformance-{}-{name}", std::process::id()));
        let folder = corpus.join("set");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("manifest.json"), serde_json::to_vec(entries).unwrap()).unwrap();
        std::fs::write(folder.join("garbage"), b"garbage").unwrap();
        let judgements = judge(&Set::open(&corpus, "set", None).unwrap());
        std::fs::remove_dir_all(&corpus).unwrap();
        judgements
    }

    #[test]
    fn an_entry_that_lacks_a_file_is_not_judged_and_one_that_lacks_none_is() {
        let kinds = ["tst", "tsr", "tsq", "cms", "eml", "ers", "cert", "chain", "crl", "ocsp", "ocsp-request"];
        let own = kinds.map(|kind| json!({"file": "absent", "kind": kind, "expected": "valid"}));
        let named = ["trust", "trust_crl", "signer_cert_external", "content"].map(|member| json!({member: "absent"}));
        let lists = ["chain", "crls", "ocsp", "content"].map(|member| json!({member: ["garbage", "absent"]}));
        let beside = named.into_iter().chain(lists).flat_map(|member| {
            kinds.map(|kind| {
                let mut entry = json!({"file": "garbage", "kind": kind, "expected": "valid"});
                entry.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
                entry
            })
        });
        let entries: Vec<Value> = own.into_iter().chain(beside).collect();
        let judgements = judged("missing", &entries);
        assert_eq!(judgements.len(), entries.len());
        for (judgement, entry) in judgements.iter().zip(&entries) {
            assert!(matches!(judgement.apart, Some(Apart::NotJudged(_))), "{entry}: {judgement:?}");
            assert!(judgement.differences.is_empty(), "{entry}: {judgement:?}");
            assert!(!judgement.apart.as_ref().is_some_and(Apart::agrees));
        }
        // With all its files there, it is judged: garbage is not valid.
        let entries = ["tst", "tsr", "cms", "ers", "crl", "ocsp"]
            .map(|kind| json!({"file": "garbage", "kind": kind, "expected": "valid", "content": "garbage"}));
        for judgement in judged("there", &entries) {
            assert!(!judgement.differences.is_empty(), "{judgement:?}");
        }
    }

    #[test]
    fn a_kind_that_nobody_knows_is_not_judged() {
        let judgements = judged("kind", &[json!({"file": "garbage", "kind": "poem"})]);
        assert_eq!(judgements[0].apart, Some(Apart::NotJudged("kind \"poem\"".into())));
    }
}
