#!/usr/bin/env bash
# Checkpoints that the C2SP specifications allow, in six readers of transparency logs: a log with 100 witnesses is malformed for two of them, and a witness that signs
# again is read by its older time, or not at all.
#
# A checkpoint is a signed note; witnesses add a line each, and a reader ignores the lines of keys that it does not know. The specification lets a reader limit the lines,
# to 16 or more, and says that nobody may assume that the origin in the first line has the form of a key's name.
# - golang.org/x/mod 0.43.0 (sumdb/note), on which formats 0.1.1 of transparency-dev is built, and signed_note 0.2.0 (Rust) take 100 lines, unknown ones included. With
#   one more the note is "malformed", in the words that are said of garbage, although the log's own line is the first. aics-tlog 0.2.1 and sigstore 4.5.1 (Python) and
#   @sigstore/verify 3.1.1 (JavaScript) read it.
# - A witness renews its cosignature by a second line of its key. x/mod keeps the first line of a key, so that the time is the older one where the new line is appended.
#   aics-tlog rejects the checkpoint as soon as the witness is one that it knows, and in the same way where a log has signed twice.
# - The origin of a Rekor log has blanks. aics-tlog does not read such a checkpoint; the others do.
# Whoever collects cosignatures passes on the lines that the reader's policy asks for, one of each key and the newest, and keeps the rest beside the checkpoint.
#
# Needs Go 1.26 or later, cargo, Node 20 or later with npm, and Python 3.12 or later with venv (PYTHON names one that is not in the PATH).
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
python=
for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-4].*/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        python=$(command -v "$candidate")
        break
    fi
done
: "${python:?Python 3.12 or later is needed}"
cd "$folder"
export GOCACHE=$folder/cache GOPATH=$folder/go

"$python" -m venv venv
venv/bin/pip install -q --disable-pip-version-check aics-tlog==0.2.1 sigstore==4.5.1
npm install --prefix . --silent --no-fund --no-audit @sigstore/verify@3.1.1 >/dev/null

cat >make.py <<'PYTHON'
import base64, hashlib, json
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

def b64(octets):
    return base64.b64encode(octets).decode()

class Key:
    def __init__(self, name, kind):
        self.name, self.key = name, Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw()
        self.id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + self.public).digest()[:4]
        self.text = f"{name}+{self.id.hex()}+{b64(bytes([kind]) + self.public)}"

    def line(self, signature):
        return f"\u2014 {self.name} {b64(self.id + signature)}\n"

log, witness = Key("log.example", 1), Key("witness.example", 4)
others = [Key(f"witness-{number}.example", 4) for number in range(100)]

def signed(text):
    return log.line(log.key.sign(text.encode()))

def cosigned(key, text, time):
    return key.line(time.to_bytes(8, "big") + key.key.sign(f"cosignature/v1\ntime {time}\n{text}".encode()))

root = b64(hashlib.sha256(b"root").digest())
text, rekor = f"log.example\n42\n{root}\n", f"log.example - 7\n42\n{root}\n"
notes = {
    "plain": text + "\n" + signed(text) + cosigned(witness, text, 1000),
    "100 lines": text + "\n" + signed(text) + "".join(cosigned(key, text, 1000) for key in others[:99]),
    "101 lines": text + "\n" + signed(text) + "".join(cosigned(key, text, 1000) for key in others),
    "cosigned again": text + "\n" + signed(text) + cosigned(witness, text, 1000) + cosigned(witness, text, 2000),
    "signed twice": text + "\n" + 2 * signed(text),
    "origin with blanks": rekor + "\n" + signed(rekor),
}
with open("notes.json", "w") as file:
    json.dump({"log": log.text, "witness": witness.text, "public": log.public.hex(), "notes": notes}, file)
PYTHON
venv/bin/python make.py

cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	formatslog "github.com/transparency-dev/formats/log"
	formatsnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	var given struct {
		Log, Witness string
		Notes        map[string]string
	}
	if err := json.Unmarshal(must(os.ReadFile("notes.json")), &given); err != nil {
		panic(err)
	}
	log, witness := must(note.NewVerifier(given.Log)), must(formatsnote.NewVerifierForCosignatureV1(given.Witness))
	for _, name := range os.Args[1:] {
		octets := []byte(given.Notes[name])
		said := ""
		opened, err := note.Open(octets, note.VerifierList(log, witness))
		if err != nil {
			said = err.Error()
		} else {
			for _, signature := range opened.Sigs {
				said += "signed by " + signature.Name + " "
				if signature.Name == "witness.example" {
					said += fmt.Sprint("at ", must(formatsnote.CoSigV1Timestamp(signature)).Unix(), " ")
				}
			}
		}
		fmt.Printf("%s: x/mod %s\n", name, strings.TrimSpace(said))
		origin, _, _ := strings.Cut(given.Notes[name], "\n")
		if checkpoint, _, _, err := formatslog.ParseCheckpoint(octets, origin, log); err != nil {
			fmt.Printf("%s: formats %v\n", name, err)
		} else {
			fmt.Printf("%s: formats %s\n", name, checkpoint.Origin)
		}
	}
}
GO
go get golang.org/x/mod@v0.43.0 github.com/transparency-dev/formats@v0.1.1 2>/dev/null
go mod tidy >/dev/null 2>&1

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
serde_json = "1"
signed_note = "=0.2.0"
tlog_tiles = "=0.2.0"
TOML
cat >src/main.rs <<'RUST'
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::Checkpoint;

fn read(note: &str, key: &str) -> Result<String, String> {
    let verifier = StandardVerifier::new(key).map_err(|error| error.to_string())?;
    let note = Note::from_bytes(note.as_bytes()).map_err(|error| error.to_string())?;
    note.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|error| error.to_string())?;
    Checkpoint::from_bytes(note.text()).map(|checkpoint| checkpoint.origin().to_owned()).map_err(|error| error.to_string())
}

fn main() {
    let given: serde_json::Value = serde_json::from_slice(&std::fs::read("notes.json").unwrap()).unwrap();
    for name in std::env::args().skip(1) {
        let said = read(given["notes"][&name].as_str().unwrap(), given["log"].as_str().unwrap());
        println!("{name}: signed_note {}", said.unwrap_or_else(|error| error));
    }
}
RUST

cat >read.py <<'PYTHON'
import json, sys
from aics_tlog.checkpoint import parse_checkpoint, verify_checkpoint
from aics_tlog.note import parse_note, parse_vkey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sigstore._internal.rekor.checkpoint import SignedCheckpoint

with open("notes.json") as file:
    given = json.load(file)

class Keyring:
    def verify(self, *, key_id, signature, data):
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(given["public"])).verify(signature, data)

def aics(text):
    note = parse_note(text)
    origin = parse_checkpoint(note.text).origin
    result = verify_checkpoint(note, parse_vkey(given["log"]), [parse_vkey(given["witness"])], 0)
    return origin if result.log_ok and not result.error else result.error

def sigstore(text):
    checkpoint = SignedCheckpoint.from_text(text)
    checkpoint.signed_note.verify(Keyring(), bytes.fromhex(given["log"].split("+")[1]))
    return checkpoint.checkpoint.origin

for name in sys.argv[1:]:
    for reader in (aics, sigstore):
        try:
            said = reader(given["notes"][name])
        except Exception as error:
            said = error
        print(f"{name}: {reader.__name__} {said}")
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { verifyCheckpoint } = createRequire(import.meta.url)("./node_modules/@sigstore/verify/dist/tlog/checkpoint.js");
const given = JSON.parse(readFileSync("notes.json"));
const x = Buffer.from(given.public, "hex").toString("base64url");
const log = {
  logID: Buffer.from(given.log.split("+")[1], "hex"),
  baseURL: "https://log.example",
  publicKey: createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" }),
};
for (const name of process.argv.slice(2)) {
  let said;
  try {
    said = verifyCheckpoint({ inclusionProof: { checkpoint: { envelope: given.notes[name] } } }, [log]).origin;
  } catch (error) {
    said = error.message;
  }
  console.log(`${name}: @sigstore/verify ${said}`);
}
JAVASCRIPT

names=(plain '100 lines' '101 lines' 'cosigned again' 'signed twice' 'origin with blanks')
{
    go run . "${names[@]}"
    cargo run --quiet -- "${names[@]}" 2>built
    venv/bin/python read.py "${names[@]}"
    node read.mjs "${names[@]}"
} | sed 's/ [0-9a-f]\{8\}$//' | tee seen
diff - seen <<'EXPECTED'
plain: x/mod signed by log.example signed by witness.example at 1000
plain: formats log.example
100 lines: x/mod signed by log.example
100 lines: formats log.example
101 lines: x/mod malformed note
101 lines: formats failed to verify signatures on checkpoint: malformed note
cosigned again: x/mod signed by log.example signed by witness.example at 1000
cosigned again: formats log.example
signed twice: x/mod signed by log.example
signed twice: formats log.example
origin with blanks: x/mod signed by log.example
origin with blanks: formats log.example - 7
plain: signed_note log.example
100 lines: signed_note log.example
101 lines: signed_note malformed note
cosigned again: signed_note log.example
signed twice: signed_note log.example
origin with blanks: signed_note log.example - 7
plain: aics log.example
plain: sigstore log.example
100 lines: aics log.example
100 lines: sigstore log.example
101 lines: aics log.example
101 lines: sigstore log.example
cosigned again: aics duplicate signature line for witness.example
cosigned again: sigstore log.example
signed twice: aics duplicate signature line for log.example
signed twice: sigstore log.example
origin with blanks: aics origin contains Unicode spaces
origin with blanks: sigstore log.example - 7
plain: @sigstore/verify log.example
100 lines: @sigstore/verify log.example
101 lines: @sigstore/verify log.example
cosigned again: @sigstore/verify log.example
signed twice: @sigstore/verify log.example
origin with blanks: @sigstore/verify log.example - 7
EXPECTED
go version
node --version
venv/bin/python --version
cargo --version
echo 'x/mod 0.43.0, formats 0.1.1, signed_note and tlog_tiles 0.2.0, aics-tlog 0.2.1, sigstore 4.5.1, @sigstore/verify 3.1.1'
echo 'as stated'
