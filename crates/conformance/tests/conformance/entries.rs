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
        other => return judgement.not_judged(format!("kind \"{other}\"")),
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
