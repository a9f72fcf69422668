#!/usr/bin/env bash
# Compares this build with that of another revision, on the same machine and in the same minutes.
#
#     bash benches/compare.sh [--rounds N] [--build] [REVISION]
#
# The revision is checked out under target/compare and builds its own benches from its own sources. Whole benches, at
# short length, then run in turns: old, new, new, old. One line is printed for each row: the rate of either build as a
# ratio to the raw operation beside it, and how many times as fast the new build is. All are medians over the rounds.
# A row that a build does not print is "-".
#
# --rounds N   rounds of every bench (default 2)
# --build      also builds the first command of either README from an empty target folder, which takes minutes
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
revision=ee40bc8 rounds=2 build=
while [ $# -gt 0 ]; do
    case $1 in
        --rounds) rounds=$2; shift ;;
        --build) build=yes ;;
        -*) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 3 ;;
        *) revision=$1 ;;
    esac
    shift
done
commit=$(git rev-parse --verify "$revision^{commit}")
work=$root/target/compare
old=$work/$commit
results=$work/results.txt
mkdir -p "$old"
git archive "$commit" | tar -x -C "$old"
# Crates of registries are built once for both. The packages of either build need another name in that folder: cargo
# calls them by their path within the workspace, which is the same, and by their version.
sed -i '/^\[workspace.package\]/,/^$/ s/^version = "\(.*\)"/version = "\1+compared"/' "$old/Cargo.toml"
export CARGO_TARGET_DIR=$root/target
: > "$results"
benches="seal verify batch payload"

# The benches and the example of a build, copied to where the other build does not replace them.
compile() {
    local bench
    for bench in $benches; do
        (cd "$2" && cargo bench -p recommande-benches --bench "$bench" --no-run --message-format=json) |
            grep '"kind":\["bench"\]' | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1 > "$work/$bench-$1.path"
        cp "$(cat "$work/$bench-$1.path")" "$work/$bench-$1"
    done
    (cd "$2" && cargo build --release --example verify)
    cp "$CARGO_TARGET_DIR/release/examples/verify" "$work/example-$1"
}

# Which rows of a bench: the rest is left out, to save time.
rows() {
    case $1 in
        seal) echo '^seal (P-256|Ed25519)/' ;;
        verify) echo '^(verify proof B-T|verify proof B-LT|report proof B-T|verify by all threads) (RSA-2048|P-256)/' ;;
        batch) echo '^(seal_all|batch of) 10.?000 P-256/' ;;
        payload) echo '^payload .*(64 KiB|1 MiB|64 MiB)' ;;
    esac
}

# Appends "build|bench|row|ours per second|limit per second" for each row that the bench prints.
measure() {
    (cd "$work" && "./$2-$1" --bench "$(rows "$2")" --warm-up-time 0.2 --measurement-time 0.5 2> /dev/null || true) |
        sed -nE "s#^RATIO (.*[^ ]) +([0-9.]+)/s +(.*[^ ]) +([0-9.]+)/s +ratio .*#$1|$2|\1|\2|\4#p" >> "$results"
}

table() {
    awk -F'|' '
        function median(list,    values, count, i, j, swap) {
            count = split(list, values, " ")
            for (i = 1; i <= count; i++) for (j = i + 1; j <= count; j++)
                if (values[j] + 0 < values[i] + 0) { swap = values[i]; values[i] = values[j]; values[j] = swap }
            return count == 0 ? "" : (values[int((count + 1) / 2)] + values[int(count / 2) + 1]) / 2
        }
        function shown(value) { return value == "" ? sprintf("%7s", "-") : sprintf("%7.3f", value) }
        !($3 in seen) { seen[$3] = 1; order[++rows] = $3 }
        { ratio[$1, $3] = ratio[$1, $3] " " $4 / $5; rate[$1, $3] = rate[$1, $3] " " $4 }
        END {
            for (i = 1; i <= rows; i++) {
                row = order[i]; was = median(rate["old", row]); is = median(rate["new", row])
                gain = was == "" || is == "" ? "" : is / was
                printf "RATIO %-36s beside its limit: old %s  new %s   new is %s times as fast\n", row,
                    shown(median(ratio["old", row])), shown(median(ratio["new", row])), shown(gain)
            }
        }' "$results"
}

# All instructions of one verification by the example, in a process of its own.
instructions() {
    local vectors=$root/test-vectors
    local file=$work/callgrind-$1
    valgrind --tool=callgrind --callgrind-out-file="$file" "$work/example-$1" "$vectors/good/b-lt-crl.p7m" \
        --payload "$vectors/payload/letter.txt" --seal-anchors "$vectors/anchors/seal.pem" \
        --tsa-anchors "$vectors/anchors/tsa.pem" --environment Test --policy strict --now 2026-03-03T12:00:00Z \
        > "$work/verdict-$1" 2> "$file.log" || { echo "the example of the $1 build gave no verdict" >&2; return 1; }
    sed -n 's/^summary: //p; s/^totals: //p' "$file" | tail -n 1
}

cold() {
    if ! command -v valgrind > /dev/null; then
        echo "RATIO cold verify: SKIPPED, valgrind is not installed"
        return
    fi
    local was is
    was=$(instructions old) && is=$(instructions new) || return 0
    awk -v was="$was" -v is="$is" 'BEGIN {
        printf "RATIO %-36s instructions: old %d  new %d   new / old %.3f\n", "cold verify of a B-LT proof", was, is, is / was }'
}

# The seconds of all units of the first command of the README, added up.
unit_seconds() {
    local command target=$work/build-$1
    command=$(grep -m 1 '^cargo run' "$2/README.md" | sed 's/^cargo run/cargo build --timings/; s/ -- .*//')
    rm -rf "$target"
    (cd "$2" && cargo fetch --quiet && CARGO_TARGET_DIR=$target $command > /dev/null 2>&1)
    sed -n '/UNIT_DATA = \[/,/^\];/p' "$target/cargo-timings/cargo-timing.html" |
        sed -n 's/.*"duration": \([0-9.]*\).*/\1/p' | awk '{ sum += $1 } END { printf "%.1f\n", sum }'
    rm -rf "$target"
}

if [ -n "$build" ]; then
    was=$(unit_seconds old "$old")
    is=$(unit_seconds new "$root")
    awk -v was="$was" -v is="$is" 'BEGIN {
        printf "RATIO %-36s unit seconds: old %.1f  new %.1f   new / old %.3f\n", "build of the first README command", was, is, is / was }'
fi
compile old "$old"
compile new "$root"
cold
for bench in $benches; do
    for round in $(seq "$rounds"); do
        case $((round % 2)) in
            1) measure old "$bench"; measure new "$bench" ;;
            0) measure new "$bench"; measure old "$bench" ;;
        esac
    done
done
table
