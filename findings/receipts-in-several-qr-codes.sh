#!/usr/bin/env bash
# A text too long for one small QR code is printed as three that belong together. Of seven readers one says which part it has read, three give a part as if it were the whole,
# two give an error, and one reads a number in the second part that nobody wrote.
#
# ISO/IEC 18004 has structured append (clause 8): up to 16 symbols carry their number, the count of them and a check octet over the whole, so that a reader joins them in any
# order. segno 1.6.6 writes it, as other writers do, and one would expect a reader either to join the parts or to say that it has one.
# - @zxing/library 0.23.0 (JavaScript, after ZXing) gives each part with its number, their count and the check octet.
# - zxing-cpp 3.1.1 and OpenCV 5.0.0.93 (`detectAndDecode`) in Python give the text of the part and nothing else: a link or a token that ends early.
# - OpenCV's `detectAndDecodeMulti` gives the text where all symbols are in one picture, and for each other one an empty text. Of a part alone it gives the empty text.
# - ZBar (zbar-wasm 0.11.0) joins what is in one picture too. Alone, a later part begins with the character NUL, for what is missing, and the first part looks whole.
# - jsqr 1.4.0 (JavaScript) takes the number of the part for the kind of data that follows. It reads the first part as an empty text and the second as digits, both without
#   an error, and finds no code in the third.
# - rqrr 0.11.0 (Rust) says "UnknownDataType", and qr 0.7.0 (JavaScript) says "version", each of a symbol that it has found.
# All seven read a text of the same length in one symbol. Whoever prints a receipt makes one larger symbol, or numbers the parts in the text itself, with a length or a hash
# of the whole.
#
# Needs Python 3 with venv, Node.js 20 or later with npm, and Rust 1.85 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR=$folder/target

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check segno==1.6.6 zxing-cpp==3.1.1 opencv-python-headless==5.0.0.93 pillow==12.3.0
npm install --prefix . --silent --no-fund --no-audit jsqr@1.4.0 @undecaf/zbar-wasm@0.11.0 @zxing/library@0.23.0 qr@0.7.0 >/dev/null
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
rqrr = { version = "=0.11.0", default-features = false }
TOML

# Pictures: PNG for OpenCV, and width, height and grey levels as octets for the others.
cat >write.py <<'PYTHON'
import segno
from PIL import Image

def save(name, picture):
    picture.save(f"{name}.png")
    open(f"{name}.grey", "wb").write(picture.width.to_bytes(4, "big") + picture.height.to_bytes(4, "big") + picture.tobytes())

def picture(symbol):
    symbol.save("symbol.png", scale=6, border=6)
    return Image.open("symbol.png").convert("L")

text = "https://receipts.example/?" + "".join(chr(ord("a") + index % 26) for index in range(304))
save("single", picture(segno.make(text[:110], error="l", boost_error=False)))
parts = [picture(symbol) for symbol in segno.make_sequence(text, symbol_count=3, boost_error=False)]
assert len(parts) == 3
sheet = Image.new("L", (sum(part.width for part in parts), parts[0].height), 255)
for number, part in enumerate(parts):
    save(f"part-{number + 1}", part)
    sheet.paste(part, (number * part.width, 0))
save("sheet", sheet)
open("text", "w").write(text)
PYTHON
cat >read.py <<'PYTHON'
import json
import cv2
import zxingcpp
from PIL import Image
for name in ("single", "part-1", "part-2", "part-3", "sheet"):
    read = zxingcpp.read_barcodes(Image.open(f"{name}.png"))
    assert not any("sequence" in attribute for attribute in dir(read[0])) and not any("equence" in key for key in read[0].extra)
    print(json.dumps([name, "zxing-cpp", [barcode.text for barcode in sorted(read, key=lambda barcode: barcode.position.top_left.x)]]))
    detector, picture = cv2.QRCodeDetector(), cv2.imread(f"{name}.png")
    if name != "sheet":
        print(json.dumps([name, "opencv", [detector.detectAndDecode(picture)[0]]]))
    print(json.dumps([name, "opencv multi", sorted(detector.detectAndDecodeMulti(picture)[1])]))
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import fs from "fs";
import jsqr from "jsqr";
import zxing from "@zxing/library";
import { scanGrayBuffer } from "@undecaf/zbar-wasm";
import decode from "qr/decode.js";
const say = (name, tool, read) => console.log(JSON.stringify([name, tool, read]));
for (const name of ["single", "part-1", "part-2", "part-3", "sheet"]) {
    const file = fs.readFileSync(`${name}.grey`), width = file.readUInt32BE(0), height = file.readUInt32BE(4), grey = Uint8ClampedArray.from(file.subarray(8));
    const data = new Uint8ClampedArray(4 * grey.length).map((_, index) => (index % 4 === 3 ? 255 : grey[index >> 2]));
    say(name, "zbar", (await scanGrayBuffer(grey.buffer, width, height)).map((symbol) => symbol.decode()));
    if (name === "sheet") continue; // The others read one symbol in a picture.
    const found = jsqr(data, width, height);
    say(name, "jsqr", found ? [found.data] : []);
    const source = new zxing.BinaryBitmap(new zxing.HybridBinarizer(new zxing.RGBLuminanceSource(grey, width, height)));
    const result = new zxing.QRCodeReader().decode(source), of = result.getResultMetadata();
    const sequence = of.get(zxing.ResultMetadataType.STRUCTURED_APPEND_SEQUENCE);
    say(name, "zxing-js", [result.getText(), ...(sequence === undefined ? [] : [`${(sequence >> 4) + 1} of ${(sequence & 15) + 1}`])]);
    try {
        say(name, "qr", [decode({ width, height, data })]);
    } catch (error) {
        say(name, "qr", [`error ${error.message}`]);
    }
}
JAVASCRIPT
cat >src/main.rs <<'RUST'
fn main() {
    for name in ["single", "part-1", "part-2", "part-3"] {
        let file = std::fs::read(format!("{name}.grey")).unwrap();
        let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let (width, height) = (number(0), number(4));
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| file[8 + y * width + x]);
        let read: Vec<String> = picture.detect_grids().iter().map(|grid| match grid.decode() {
            Ok((_, text)) => text,
            Err(error) => format!("error {error:?}"),
        }).collect();
        println!("[\"{name}\", \"rqrr\", {read:?}]");
    }
}
RUST
venv/bin/python write.py
cargo build --quiet
{
    venv/bin/python read.py
    node read.mjs
    "$CARGO_TARGET_DIR/debug/finding"
} >read
# What each reader has read, beside the text and its parts: they are of 110 characters each.
cat >say.py <<'PYTHON'
import json
text = open("text").read()
names = {text[:110]: "part 1", text[110:220]: "part 2", text[220:]: "part 3", text: "the whole text", "": "an empty text"}
names |= {"\0" + part: f"NUL and {name}" for part, name in list(names.items()) if part}
for name, tool, read in map(json.loads, open("read")):
    said = ["its text" if name == "single" and part == text[:110] else f"{len(part)} digits" if part.isdigit() else names.get(part, part) for part in read]
    print(f"{tool}, {name}: {', '.join(said) or 'nothing'}")
PYTHON
venv/bin/python say.py | LC_ALL=C sort | tee seen
diff - seen <<'EXPECTED'
jsqr, part-1: an empty text
jsqr, part-2: 128 digits
jsqr, part-3: nothing
jsqr, single: its text
opencv multi, part-1: an empty text
opencv multi, part-2: an empty text
opencv multi, part-3: an empty text
opencv multi, sheet: an empty text, an empty text, the whole text
opencv multi, single: its text
opencv, part-1: part 1
opencv, part-2: part 2
opencv, part-3: part 3
opencv, single: its text
qr, part-1: error version
qr, part-2: error version
qr, part-3: error version
qr, single: its text
rqrr, part-1: error UnknownDataType
rqrr, part-2: error UnknownDataType
rqrr, part-3: error UnknownDataType
rqrr, single: its text
zbar, part-1: part 1
zbar, part-2: NUL and part 2
zbar, part-3: NUL and part 3
zbar, sheet: the whole text
zbar, single: its text
zxing-cpp, part-1: part 1
zxing-cpp, part-2: part 2
zxing-cpp, part-3: part 3
zxing-cpp, sheet: part 1, part 2, part 3
zxing-cpp, single: its text
zxing-js, part-1: part 1, 1 of 3
zxing-js, part-2: part 2, 2 of 3
zxing-js, part-3: part 3, 3 of 3
zxing-js, single: its text
EXPECTED
echo 'segno 1.6.6, zxing-cpp 3.1.1, opencv 5.0.0.93, zbar-wasm 0.11.0, jsqr 1.4.0, @zxing/library 0.23.0, qr 0.7.0, rqrr 0.11.0'
echo 'as stated'
