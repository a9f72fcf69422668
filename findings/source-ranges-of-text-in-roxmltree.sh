#!/usr/bin/env bash
# roxmltree gives each node the range of its source, and for a text that holds a CDATA section that range is the one of its first fragment.
#
# A receipt is signed as octets, so that a reader goes back from a value to the octets it came from: to quote them, to blank them for erasure, or to look at how
# they were written. roxmltree 0.21.2 has `Node::range` for that. One would expect that the source of a text node is what the text was read from.
# - Text and CDATA beside each other become one node, as the XPath data model has it. Its text is that of all fragments, and its range ends with the first one.
# - So the range of `one<![CDATA[two]]>three` is `one`, and what is replaced by it leaves the rest of the value in the file.
# - Alone, the range of a CDATA section is that of the section with its brackets, and a character reference is a part of the range in which it stands.
# - A comment parts a text into two nodes; `Node::text` of the element is then the first one, and not the value.
# Whoever needs the octets of a value takes what lies between the tags of the element, by the ranges of the element and its children, and joins all text children.
#
# Needs Rust 1.85 or later.
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
roxmltree = "=0.21.2"
TOML
cat >src/main.rs <<'RUST'
use roxmltree::Document;

fn main() {
    for source in [
        "<Token>one</Token>",
        "<Token>one<![CDATA[two]]>three</Token>",
        "<Token><![CDATA[one]]></Token>",
        "<Token>one&#45;two</Token>",
        "<Token>one<!-- two -->three</Token>",
    ] {
        let document = Document::parse(source).expect("well-formed");
        let element = document.root_element();
        let texts = element.children().filter(|child| child.is_text());
        let texts: Vec<_> = texts.map(|child| (child.text().unwrap_or(""), &source[child.range()])).collect();
        println!("{source}: text {:?}, nodes with their source {texts:?}", element.text().unwrap_or(""));
    }
}
RUST
cargo run -q >seen
cat seen
diff - seen <<'EXPECTED'
<Token>one</Token>: text "one", nodes with their source [("one", "one")]
<Token>one<![CDATA[two]]>three</Token>: text "onetwothree", nodes with their source [("onetwothree", "one")]
<Token><![CDATA[one]]></Token>: text "one", nodes with their source [("one", "<![CDATA[one]]>")]
<Token>one&#45;two</Token>: text "one-two", nodes with their source [("one-two", "one&#45;two")]
<Token>one<!-- two -->three</Token>: text "one", nodes with their source [("one", "one"), ("three", "three")]
EXPECTED
rustc --version
echo 'roxmltree 0.21.2'
echo 'as stated'
