//! The words of the page itself. What is about a proof is in the words of `recommande-receipt`.
//!
//! The page takes them as JSON, by the names of the fields. A place such as `{0}` is filled.

mod de;
mod en;
mod fr;
mod nl;
mod table;

use recommande_receipt::Language;

pub use table::{Kinds, Notes, Words};

/// Returns the words of a language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::French => &fr::WORDS,
        Language::Dutch => &nl::WORDS,
        Language::German => &de::WORDS,
        Language::English => &en::WORDS,
    }
}
