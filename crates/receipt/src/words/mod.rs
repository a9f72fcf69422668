//! The words of the pages: one table for each language. The compiler holds each of them complete.

mod case;
mod codes;
mod de;
#[cfg(feature = "dossier")]
mod dossier;
mod en;
mod events;
mod fr;
mod nl;
mod of_language;
mod reasons;
mod table;

pub(crate) use case::{CaseWords, case_words, contradiction, gap, state};
pub(crate) use codes::code;
#[cfg(feature = "dossier")]
pub(crate) use dossier::{DossierWords, dossier_words};
pub(crate) use events::event;
pub(crate) use of_language::Words;
pub(crate) use reasons::{mandate_action, mandate_role, reason};

use crate::language::Language;

/// Returns the words of a language.
pub(crate) fn words(language: Language) -> &'static Words {
    match language {
        Language::French => &fr::WORDS,
        Language::Dutch => &nl::WORDS,
        Language::German => &de::WORDS,
        Language::English => &en::WORDS,
    }
}
