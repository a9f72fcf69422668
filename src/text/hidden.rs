//! This module finds characters in names that nobody sees, or that change how others are read.

use unicode_general_category::{GeneralCategory, get_general_category};

use super::unicode::is_virama;

/// ZERO WIDTH NON-JOINER and ZERO WIDTH JOINER.
const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';

/// Returns true if a name holds a character that a reader does not see, or that makes a reader see others elsewhere.
///
/// These are the controls, the characters of format (bidi controls, zero width, byte order mark, tags), separators of
/// lines and paragraphs, private and unassigned characters, and the other default-ignorable ones, as UAX #31 §2.3 and
/// UTS #39 §3.1 keep them out of identifiers. The orthography of some languages needs some of them, and they stay where it
/// does (UAX #31, rules A1, A2 and B): the joiners between letters that join or after a virama, a variation selector
/// after an ideograph or a symbol, and the Mongolian ones after a Mongolian letter.
pub(crate) fn has_hidden(name: &str) -> bool {
    let mut before = Before::default();
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        if is_hidden(character) && !before.permits(character, characters.peek().copied()) {
            return true;
        }
        before.push(character);
    }
    false
}

/// Returns true for a character that is not seen, whatever is around it.
fn is_hidden(character: char) -> bool {
    match get_general_category(character) {
        GeneralCategory::Control
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::PrivateUse
        | GeneralCategory::Surrogate
        | GeneralCategory::Unassigned => true,
        // Signs of Arabic, Syriac and Kaithi numbers, which are seen: Prepended_Concatenation_Mark.
        GeneralCategory::Format => !matches!(
            character,
            '\u{600}'
                ..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
        ),
        // Default_Ignorable_Code_Point beyond the format characters: fillers, and selectors of variants.
        _ => matches!(
            character,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
        ),
    }
}

/// The characters before the one that is looked at.
#[derive(Default)]
struct Before {
    last: Option<char>,
    /// The last one that is no mark upon another.
    base: Option<char>,
}

impl Before {
    fn push(&mut self, character: char) {
        self.last = Some(character);
        if get_general_category(character) != GeneralCategory::NonspacingMark {
            self.base = Some(character);
        }
    }

    /// Returns true if the orthography of a language needs the hidden character here.
    fn permits(&self, character: char, next: Option<char>) -> bool {
        let is_after_virama = self.last.is_some_and(is_virama);
        let is_before_letter = next.is_some_and(char::is_alphabetic);
        match character {
            ZWNJ if is_after_virama => is_before_letter,
            ZWNJ => self.base.is_some_and(joins) && next.is_some_and(joins),
            ZWJ => is_after_virama && is_before_letter,
            '\u{fe00}'..='\u{fe0f}' => self.last.is_some_and(|last| is_ideograph(last) || is_symbol(last)),
            '\u{e0100}'..='\u{e01ef}' => self.last.is_some_and(is_ideograph),
            '\u{180b}'..='\u{180f}' => self.last.is_some_and(is_mongolian),
            _ => false,
        }
    }
}

/// Returns true for a letter of a script whose letters join, as those of Arabic do.
fn joins(letter: char) -> bool {
    let script = matches!(
        letter,
        '\u{620}'..='\u{77f}' | '\u{7ca}'..='\u{7ea}' | '\u{840}'..='\u{8c9}' | '\u{1820}'..='\u{18aa}'
    );
    script && letter.is_alphabetic()
}

fn is_mongolian(letter: char) -> bool {
    matches!(letter, '\u{1820}'..='\u{18aa}')
}

fn is_ideograph(character: char) -> bool {
    matches!(
        character,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}'
    )
}

fn is_symbol(character: char) -> bool {
    matches!(get_general_category(character), GeneralCategory::OtherSymbol | GeneralCategory::MathSymbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_have_them_hold_nothing_hidden() {
        for name in [
            "Müller-Lüdenscheidt & Söhne GmbH",
            "O\u{2019}Brien, Zoë",
            "Łukasz Đorđević",
            "Zoe\u{308}",
            "Ελένη Παπαδοπούλου",
            "Дмитрий Шостакович",
            "יוֹסֵף בֶּן־דָּוִד",
            "محمد بن سلمان",
            // Persian: the parts of a name are written apart in one word.
            "علی\u{200c}رضا",
            "می\u{650}\u{200c}خواهم",
            // Sinhala and Devanagari: conjuncts after a virama.
            "ශ\u{dca}\u{200d}රී ලංකා",
            "क\u{94d}\u{200d}ष",
            "क\u{94d}\u{200c}ष",
            "山田　太郎",
            // A variant of an ideograph, as Japanese registers of names hold them.
            "葛\u{e0100}城",
            "Ban Ki-moon 반기문",
            "Nguyễn Thị Minh Khai",
            "ᠮᠣᠩᠭᠣᠯ\u{180e}ᠠ",
            "Letter \u{260e}\u{fe0f} 1\u{a0}000 €",
            "قائمة \u{601}1446",
        ] {
            assert!(!has_hidden(name), "{name}");
        }
    }

    #[test]
    fn what_nobody_sees_is_found() {
        for hidden in [
            '\0',
            '\n',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{180e}',
            '\u{200b}',
            ZWNJ,
            ZWJ,
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202b}',
            '\u{202c}',
            '\u{202d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2064}',
            '\u{2066}',
            '\u{2067}',
            '\u{2068}',
            '\u{2069}',
            '\u{206f}',
            '\u{3164}',
            '\u{fe00}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{e000}',
            '\u{f8ff}',
            '\u{f0000}',
            '\u{10fffd}',
            '\u{378}',
            '\u{ffff}',
            '\u{fdd0}',
        ] {
            for name in [
                format!("Ann{hidden}a"),
                format!("{hidden}Anna"),
                format!("Anna{hidden}"),
                format!("张{hidden}{hidden}"),
            ] {
                assert!(has_hidden(&name), "U+{:04X} in {name:?}", u32::from(hidden));
            }
        }
        // Joiners where no letter joins, and two of them.
        for name in [
            "علی\u{200c}",
            "علی\u{200c}\u{200c}رضا",
            "علی\u{200d}رضا",
            "ශ\u{dca}\u{200d}",
            "a\u{200c}b",
            "葛\u{e0100}\u{e0101}",
        ] {
            assert!(has_hidden(name), "{name:?}");
        }
    }
}
