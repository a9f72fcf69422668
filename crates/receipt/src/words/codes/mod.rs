//! What the findings mean, as parts of sentences: one table for each language, and the library's own in English.

mod de;
mod fr;
mod nl;
mod table;

use recommande::verify::Code;

use crate::language::Language;

/// Returns what a finding means, as a part of a sentence.
pub(crate) fn code(language: Language, code: Code) -> &'static str {
    let texts = match language {
        Language::French => &fr::TEXTS,
        Language::Dutch => &nl::TEXTS,
        Language::German => &de::TEXTS,
        Language::English => return code.sentence(),
    };
    texts[code as usize]
}
