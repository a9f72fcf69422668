//! Pages with what nobody would write: whatever a name holds, a page shows it and stays a page.

use crate::compose::{Composer, Options};
use crate::language::Language;
use crate::page::{Page, Rows, Section, Tone};
use crate::pdf::Fonts;
use crate::text::Text;

/// A page that shows these names.
pub(crate) fn page(names: &[&str]) -> Page {
    let mut rows = Rows::default();
    names.iter().for_each(|name| rows.add_under(Text::foreign(name), vec![Text::foreign(name)]));
    Page {
        language: Language::English,
        title: Text::own("Names"),
        tone: Tone::Holds,
        verdict: Text::own("None."),
        across: None,
        lead: Vec::new(),
        sections: vec![Section { heading: Text::own("Names"), blocks: rows.into_block().into_iter().collect() }],
        attachments: Vec::new(),
        date: "2026-11-30T00:00:00Z".parse().unwrap(),
    }
}

/// The number of sheets in a PDF.
fn sheets(pdf: &[u8]) -> usize {
    pdf.windows(11).filter(|octets| octets == b"/Type/Page/").count()
}

#[test]
fn a_name_is_no_markup_and_turns_nothing_around() {
    let html = page(&["<script>alert('x')</script>\" onload=\"", "gnp\u{202e}.exe", "a\u{a0}b"]).to_html();
    assert!(html.contains("<bdi>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onload=&quot;</bdi>"), "{html}");
    assert!(!html.contains("<script") && !html.contains('\u{202e}'));
    assert!(html.contains("<bdi>gnp.exe</bdi>") && html.contains("<bdi>a b</bdi>"));
}

/// What hides the numbers of citizens in a title has made it harmless already.
#[test]
fn what_nobody_sees_stands_as_its_number_and_the_page_says_so() {
    let told = "Characters that this page cannot show are written as their number";
    let html = |name| page(&[name]).to_html();
    assert!(html("a\u{7}b").contains("<bdi>a[U+0007]b</bdi>") && html("a\u{7}b").contains(told));
    let composer = Composer::new(Options::new(Language::English));
    assert!(composer.foreign("a\u{7}b").has_numbers() && !composer.foreign("a[U+0007]b").has_numbers());
    // A name may be written so, and is what it seems to be.
    assert!(html("a[U+0007]b").contains("<bdi>a[U+0007]b</bdi>") && !html("a[U+0007]b").contains(told));
}

#[test]
fn a_character_without_a_glyph_is_no_reason_for_no_page() {
    let fonts = Fonts::new().unwrap();
    for name in ["山田太郎", "שלום", "محمد", "🦀", "\u{1}\n\t\u{0}", "Ω Жук é ß ŵ", "e\u{301}\u{302}", ""]
    {
        page(&[name]).to_pdf(&fonts).unwrap_or_else(|error| panic!("{name:?}: {error}"));
    }
}

#[test]
fn long_names_and_many_recipients_run_over_sheets() {
    let fonts = Fonts::new().unwrap();
    let word = "W".repeat(5_000);
    let words = "a name ".repeat(700);
    for name in [&word, &words] {
        assert!(sheets(&page(&[name]).to_pdf(&fonts).unwrap()) > 1);
    }
    let recipients: Vec<String> = (1..=256).map(|number| format!("Recipient {number}")).collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    assert!(sheets(&page(&recipients).to_pdf(&fonts).unwrap()) > 4);
}
