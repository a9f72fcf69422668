//! The words of the pages: one table for each language. The compiler holds each of them complete.

mod case;
mod codes;
mod de;
mod en;
mod events;
mod fr;
mod nl;
mod of_language;
mod reasons;
mod table;

use recommande::evidence::{Event, KnownReason, MandateAction, MandateRole};
use recommande::verify::Code;

pub(crate) use case::{CaseWords, case_words, contradiction, gap, state};
pub(crate) use of_language::Words;

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

/// Returns what evidence of an event proves, as a title.
pub(crate) fn event(language: Language, event: Event) -> &'static str {
    events::title(language, event)
}

/// Returns the reason of an event, as a part of a sentence.
pub(crate) fn reason(language: Language, reason: KnownReason) -> &'static str {
    reasons::reason(language, reason)
}

/// Returns the role of a delegate.
pub(crate) fn mandate_role(language: Language, role: MandateRole) -> &'static str {
    reasons::mandate_role(language, role)
}

/// Returns what a mandate allows.
pub(crate) fn mandate_action(language: Language, action: MandateAction) -> &'static str {
    reasons::mandate_action(language, action)
}

/// Returns what a finding means, as a part of a sentence.
pub(crate) fn code(language: Language, code: Code) -> &'static str {
    codes::text(language, code)
}
