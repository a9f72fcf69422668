//! Writes a page as one HTML file without scripts, which loads nothing.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::page::{Attachment, Block, Page, Row, Tone};
#[cfg(feature = "code")]
use crate::qr::{MODULE_MM, QrCode};
use crate::text::{Piece, Text};
use crate::words::words;

/// The style of a page. Whoever shows pages under a content security policy allows it by its digest.
pub const STYLE: &str = "\
body{font:16px/1.45 'Liberation Sans',Arial,sans-serif;color:#111;background:#fff;max-width:48rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.1rem;margin:1.6rem 0 .4rem;border-bottom:1px solid #888}\
.verdict{border-left:.4rem solid;padding:.5rem .8rem;font-weight:bold;margin:0 0 1rem}\
.holds{border-color:#1a6b2d;background:#eef7f0}.undecided{border-color:#8a5a00;background:#fdf5e6}.fails{border-color:#a30f1b;background:#fcecee}\
.across{border:2px solid #a30f1b;color:#a30f1b;font-weight:bold;text-align:center;padding:.3rem;margin:0 0 1rem}\
table{border-collapse:collapse;width:100%}th{text-align:left;vertical-align:top;width:30%;padding:.25rem .8rem .25rem 0;color:#444}\
td{vertical-align:top;padding:.25rem 0;overflow-wrap:anywhere}td p{margin:0}code{overflow-wrap:anywhere}\
svg{display:block;max-width:100%;height:auto}@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}";

impl Page {
    /// Writes the page as HTML, with the files inside it as links to save.
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        let title = escaped(&self.title.to_plain());
        // Writing to a String does not fail.
        let _ = write!(
            html,
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n",
            self.language.tag()
        );
        if let Some(across) = self.across {
            let _ = writeln!(html, "<p class=\"across\">{}</p>", escaped(across));
        }
        let _ = writeln!(html, "<h1>{}</h1>", marked_up(&self.title));
        let _ = writeln!(html, "<p class=\"verdict {}\">{}</p>", class(self.tone), marked_up(&self.verdict));
        for sentence in &self.lead {
            let _ = writeln!(html, "<p>{}</p>", marked_up(sentence));
        }
        if self.has_numbers() {
            let _ = writeln!(html, "<p>{}</p>", escaped(words(self.language).not_printable));
        }
        for section in &self.sections {
            let _ = writeln!(html, "<section>\n<h2>{}</h2>", marked_up(&section.heading));
            for block in &section.blocks {
                write_block(&mut html, block);
            }
            html.push_str("</section>\n");
        }
        html.push_str("<ul>\n");
        for attachment in &self.attachments {
            write_attachment(&mut html, attachment);
        }
        html.push_str("</ul>\n</main>\n</body>\n</html>\n");
        html
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Holds => "holds",
        Tone::Undecided => "undecided",
        Tone::Fails => "fails",
    }
}

fn write_block(html: &mut String, block: &Block) {
    match block {
        Block::Paragraph(text) => {
            let _ = writeln!(html, "<p>{}</p>", marked_up(text));
        }
        Block::Rows(rows) => {
            html.push_str("<table>\n");
            rows.iter().for_each(|row| write_row(html, row));
            html.push_str("</table>\n");
        }
        Block::Command(command) => {
            let _ = writeln!(html, "<p><code>{}</code></p>", escaped(command));
        }
        #[cfg(feature = "code")]
        Block::Code(code, description) => {
            write_code(html, code, &description.to_plain());
            let _ = writeln!(html, "<p>{}</p>", marked_up(description));
        }
    }
}

fn write_row(html: &mut String, row: &Row) {
    let _ = write!(html, "<tr><th scope=\"row\">{}</th><td>", marked_up(&row.header));
    for line in &row.lines {
        let _ = write!(html, "<p>{}</p>", marked_up(line));
    }
    html.push_str("</td></tr>\n");
}

#[cfg(feature = "code")]
fn write_code(html: &mut String, code: &QrCode, description: &str) {
    let side = code.side();
    let millimetres = f64::from(side) * MODULE_MM;
    let _ = write!(
        html,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {side} {side}\" \
         width=\"{millimetres:.2}mm\" height=\"{millimetres:.2}mm\" shape-rendering=\"crispEdges\"><path d=\"",
        escaped(description)
    );
    for rectangle in code.rectangles() {
        let (width, height) = (rectangle.width, rectangle.height);
        let _ = write!(html, "M{} {}h{width}v{height}h-{width}z", rectangle.x, rectangle.y);
    }
    html.push_str("\"/></svg>\n");
}

fn write_attachment(html: &mut String, attachment: &Attachment) {
    let name = escaped(&attachment.name);
    let _ = writeln!(
        html,
        "<li><a download=\"{name}\" href=\"data:{};base64,{}\">{name}</a>: {}</li>",
        attachment.media_type,
        STANDARD.encode(&attachment.octets),
        escaped(&attachment.description)
    );
}

/// Writes a text, with each string of somebody else isolated, so that its direction has no effect on what is around it.
fn marked_up(text: &Text) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Own(words) => escaped(words),
        Piece::Foreign(string) => format!("<bdi>{}</bdi>", escaped(string)),
    };
    text.pieces().iter().map(piece).collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}
