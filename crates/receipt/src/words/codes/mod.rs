//! What the findings mean, as parts of sentences: one table for each language, and the library's own in English.

mod de;
mod fr;
mod nl;

use recommande::verify::Code;

use crate::language::Language;

/// Makes the table `TEXTS`, with a row for each code in the order of the library. A code without a row does not build: the
/// number of rows is the type of the table, and each row is compared with the code in its place.
macro_rules! texts_of_codes {
    ($($name:ident: $text:literal;)*) => {
        pub(super) static TEXTS: [&str; recommande::verify::Code::ALL.len()] = [$($text,)*];

        const _: () = {
            use recommande::verify::Code;
            let rows = [$(Code::$name,)*];
            let mut index = 0;
            while index < rows.len() {
                assert!(rows[index] as usize == Code::ALL[index] as usize, "a row is not in the place of its code");
                index += 1;
            }
        };
    };
}

use texts_of_codes;

/// Returns what a finding means, as a part of a sentence.
pub(crate) fn code(language: Language, code: Code) -> &'static str {
    let texts = match language {
        Language::French => &fr::TEXTS,
        Language::Dutch => &nl::TEXTS,
        Language::German => &de::TEXTS,
        Language::English => return code.sentence(),
    };
    texts.get(code as usize).copied().unwrap_or(code.as_str())
}
