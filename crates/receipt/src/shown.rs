//! What a page is about: a file, and the verdict on it.

use chrono::{DateTime, Utc};
use recommande::evidence::{AnyStatement, Disclosure};
use recommande::seal::AnyProof;
use recommande::verify::Context;
use recommande::{Report, Verifier};

/// A file with the report on it. The two belong together, because this type verifies the file itself: a report from
/// elsewhere could be that of another file.
#[derive(Clone, Debug)]
pub struct Shown {
    pub(crate) file: Vec<u8>,
    pub(crate) name: Option<String>,
    pub(crate) proof: Option<Read>,
    pub(crate) report: Report,
}

/// A file that could be read as a proof. Whether it holds is in the report.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// The statement, with the values of a disclosure that fits.
    pub(crate) statement: AnyStatement,
    pub(crate) proof: AnyProof,
}

impl Shown {
    /// Verifies a file, whatever it is.
    pub fn of(verifier: &Verifier, file: &[u8], context: Context<'_>, now: DateTime<Utc>) -> Self {
        let report = verifier.report(file, context, now);
        Self { file: file.to_vec(), name: None, proof: AnyProof::from_der(file).ok().map(Read::of), report }
    }

    /// Names the file, for whoever takes it out of a page. Characters that do not belong into a file name become `_`.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.name = Some(file_name(name));
        self
    }

    /// Shows the values of a disclosure that fits in the place of commitments. Give it to the [`Context`] too, so that the
    /// report says whether it fits.
    #[must_use]
    pub fn with_disclosure(mut self, disclosure: &Disclosure) -> Self {
        if let Some(read) = &mut self.proof
            && let Ok(statement) = disclosure.reveal(&read.statement)
        {
            read.statement = statement;
        }
        self
    }

    /// Returns the report on the file.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns the name of the file inside a page.
    pub(crate) fn name(&self) -> String {
        let is_aggregated = self.proof.as_ref().is_some_and(|read| read.proof.parts().is_some());
        self.name.clone().unwrap_or_else(|| if is_aggregated { "proof.rma" } else { "proof.p7m" }.to_owned())
    }
}

impl Read {
    pub(crate) fn of(proof: AnyProof) -> Self {
        Self { statement: proof.stated(), proof }
    }
}

/// Makes a name that is one word in a shell, no option, and in no other folder.
pub(crate) fn file_name(name: &str) -> String {
    /// What file systems take.
    const MAX: usize = 120;
    let allowed = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => character,
        _ => '_',
    };
    let name: String = name.chars().take(MAX).map(allowed).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "proof".to_owned() } else { name.to_owned() }
}

/// Gives a name that is taken another one: a document holds each name once.
pub(crate) fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "p7m"));
    let others = (2_u32..).map(|number| format!("{stem}-{number}.{extension}"));
    let mut names = std::iter::once(name.to_owned()).chain(others);
    names.find(|name| !is_taken(name)).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_one_word_in_a_shell() {
        assert_eq!(file_name("../-rf $(reboot);é.p7m"), "_-rf___reboot___.p7m");
        assert_eq!(file_name("-"), "proof");
    }
}
