//! Distinguished names for people. Nothing here decides trust.

use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

/// What is shown for a name that is empty or cannot be read.
const UNREADABLE: &str = "(name empty or not readable)";

/// Characters of a name that are shown. Real names stay below 300.
const SHOWN: usize = 1024;

/// A Name as text, e.g. `C=BE, O=Example, CN=Example Root CA`. Control and formatting characters are replaced: a name
/// must not be able to rewrite the line it is printed on.
pub(super) fn name(name: &[u8]) -> String {
    let Ok(([], name)) = X509Name::from_der(name) else {
        return UNREADABLE.to_owned();
    };
    let Ok(text) = name.to_string_with_registry(x509_parser::objects::oid_registry()) else {
        return UNREADABLE.to_owned();
    };
    if text.is_empty() {
        // The parser leaves out what it cannot read.
        return UNREADABLE.to_owned();
    }
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().take(SHOWN).map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}
