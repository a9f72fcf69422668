//! Differences with a reason: `chains.json`.

use std::collections::BTreeSet;

use serde_json::Value;

const FILE: &str = include_str!("../../chains.json");

struct Rule {
    tag: String,
    /// `valid`, or the kind of our error.
    ours: String,
    /// The code of OpenSSL's error; 0 when it accepts.
    openssl: i64,
    used: u64,
}

pub struct Rules(Vec<Rule>);

impl Rules {
    pub fn read() -> Self {
        let list: Value = serde_json::from_str(FILE).expect("chains.json is JSON");
        let read = |entry: &Value| {
            let text = |name: &str| entry.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            text("reason")?;
            Some(Rule { tag: text("tag")?, ours: text("ours")?, openssl: entry.get("openssl")?.as_i64()?, used: 0 })
        };
        let entries = list.as_array().expect("chains.json is a list").iter();
        Self(entries.map(|entry| read(entry).unwrap_or_else(|| panic!("not a rule: {entry}"))).collect())
    }

    /// Whether a rule explains the difference.
    pub fn explain(&mut self, tags: &BTreeSet<&'static str>, ours: &str, openssl: i32) -> bool {
        let fits = |rule: &&mut Rule| {
            rule.ours == ours && rule.openssl == i64::from(openssl) && tags.contains(rule.tag.as_str())
        };
        let rule = self.0.iter_mut().find(fits);
        rule.map(|rule| rule.used += 1).is_some()
    }

    pub fn not_needed(&self) -> impl Iterator<Item = String> {
        let unused = self.0.iter().filter(|rule| rule.used == 0);
        unused.map(|rule| format!("rule not needed: {} {} {}", rule.tag, rule.ours, rule.openssl))
    }
}
