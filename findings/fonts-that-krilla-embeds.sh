#!/usr/bin/env bash
# Of a font that krilla embeds in a PDF, four fifths can be what no reader of the PDF uses: its texts about itself, and its hints.
#
# krilla 0.8.2 embeds a subset of the glyphs that a page uses, by subsetter 0.2.6. One would take such a subset to hold outlines and widths: a PDF finds a font by the
# name in its font descriptor and never by the `name` table, and PDF/A asks for the glyphs that are shown (ISO 19005-3, 6.2.11.4). But
# - the table `name` stays with fourteen kinds of text, copyright, licence and the address of the vendor among them, in each of its languages. DejaVu Sans has
#   10,242 octets of it, half of the embedded font of a page with one line;
# - the hints stay, the programs that fit outlines to coarse screens: the tables `fpgm`, `prep` and `cvt `, and the instructions in each glyph. Here they are another 32 %.
# The same glyphs without both take 2.8 kB deflated in the place of 9.8 kB. Whoever makes a million small pages (receipts, labels) stores that a million times; it has to be
# taken out of the font before krilla gets it, because neither crate has a setting for it.
#
# Needs Rust 1.92 or later and Python 3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
krilla = { version = "=0.8.2", default-features = false, features = ["simple-text"] }
subsetter = "=0.2.6"
dejavu = "=2.37.0"

[workspace]
TOML
cat >src/main.rs <<'RUST'
use krilla::Document;
use krilla::geom::Point;
use krilla::page::PageSettings;
use krilla::text::{Font, TextDirection};

fn main() {
    let font = Font::new(dejavu::sans::regular().to_vec().into(), 0).unwrap();
    let mut document = Document::new();
    let mut page = document.start_page_with(PageSettings::from_wh(595.0, 842.0).unwrap());
    let mut surface = page.surface();
    let text = "The quick brown fox jumps over the lazy dog 0123456789";
    surface.draw_text(Point::from_xy(40.0, 100.0), font, 12.0, text, false, TextDirection::Auto);
    surface.finish();
    page.finish();
    std::fs::write("page.pdf", document.finish().unwrap()).unwrap();
}
RUST
cargo run -q --release

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pypdf==7.1.1 fonttools==4.68.0
cat >read.py <<'PYTHON'
import io
import zlib

from fontTools import subset
from fontTools.ttLib import TTFont
from pypdf import PdfReader

pdf = PdfReader("page.pdf")
descriptor = pdf.pages[0]["/Resources"]["/Font"]
descriptor = next(iter(descriptor.values()))["/DescendantFonts"][0]["/FontDescriptor"]
embedded = descriptor["/FontFile2"].get_data()
font = TTFont(io.BytesIO(embedded), lazy=False)
hints = sum(len(font.reader[table]) for table in ("fpgm", "prep", "cvt "))
for glyph in font["glyf"].glyphs.values():
    glyph.expand(font["glyf"])
    hints += len(glyph.program.getBytecode()) if hasattr(glyph, "program") else 0
names = len(font.reader["name"])
kinds = sorted({record.nameID for record in font["name"].names})

options = subset.Options(hinting=False, notdef_outline=True, retain_gids=True, glyph_names=False)
bare = TTFont(io.BytesIO(embedded))
subsetter = subset.Subsetter(options)
subsetter.populate(gids=range(bare["maxp"].numGlyphs))
subsetter.subset(bare)
out = io.BytesIO()
bare.save(out)
deflated = [len(zlib.compress(octets, 9)) for octets in (embedded, out.getvalue())]

print(f"embedded {len(embedded)} octets: {names} of texts (kinds {kinds}), {hints} of hints")
print(f"deflated {deflated[0]}, without texts and hints {deflated[1]}")
assert 13 in kinds, "the licence is not in it any more"
assert names * 100 // len(embedded) >= 45, "the texts are less than they were"
assert hints * 100 // len(embedded) >= 28, "the hints are less than they were"
assert deflated[0] > 3 * deflated[1], "the font is smaller than it was"
PYTHON
venv/bin/python read.py
echo 'As found: krilla 0.8.2 (subsetter 0.2.6) embeds the texts and the hints of a font.'
