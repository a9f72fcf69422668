//! Disagreements with a reason: `exceptions.json`.

use serde_json::Value;

use crate::judgement::Judgement;

const FILE: &str = include_str!("../../exceptions.json");

#[derive(Debug)]
pub struct Exception {
    set: String,
    /// `*` where the case tells it.
    file: String,
    case: Option<String>,
    pub reason: String,
}

pub struct Exceptions(Vec<Exception>);

impl Exceptions {
    pub fn read() -> Self {
        Self::of_json(FILE)
    }

    pub fn of_json(json: &str) -> Self {
        let list: Value = serde_json::from_str(json).expect("exceptions.json is JSON");
        let entries = list.as_array().expect("exceptions.json is a list");
        let member = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let read = |entry: &Value| {
            Some(Exception {
                set: member(entry, "set")?,
                file: member(entry, "file")?,
                case: member(entry, "case"),
                reason: member(entry, "reason").filter(|reason| !reason.is_empty())?,
            })
        };
        Self(entries.iter().map(|entry| read(entry).unwrap_or_else(|| panic!("not an exception: {entry}"))).collect())
    }

    pub fn of_set<'e>(&'e self, set: &'e str) -> impl Iterator<Item = &'e Exception> {
        self.0.iter().filter(move |exception| exception.set == set)
    }
}

impl Exception {
    pub fn is_for(&self, judgement: &Judgement) -> bool {
        (self.file == "*" && self.case.is_some() || self.file == judgement.file) && self.case == judgement.case
    }

    pub fn name(&self) -> String {
        let case = self.case.as_ref().map(|case| format!(" {case}")).unwrap_or_default();
        format!("{}/{}{case}", self.set, self.file)
    }
}
