#!/usr/bin/env bash
# A bill of materials that cargo-cyclonedx makes is the same octet for octet when it is made again in one folder, and another one in a second clone of the same commit.
#
# SOURCE_DATE_EPOCH is honoured: the time is that of the variable, and there is no serial number. One would take the bill to be reproducible then, and let a second party
# build it again to compare digests. cargo-cyclonedx 0.5.9 names every package of the workspace by cargo's identifier, `path+file://` and the absolute folder, in its
# `bom-ref`s and in the graph below `dependencies`, for both formats. The `purl`s of the same packages have the folder relative to the workspace.
# - Two clones give two bills, whose digests say nothing of the packages; the place in an attestation differs from machine to machine.
# - What is published tells the folders, and with them often the user's name, of whoever released.
# - Whoever joins several bills by `bom-ref`, as the standard has it, finds one package twice.
# The path has to be taken out of the file before it is signed; nothing of cargo-cyclonedx does it.
#
# Needs Rust 1.85 or later and access to the index of its registry.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export SOURCE_DATE_EPOCH=1700000000
cargo install --quiet --locked --root "$folder/tools" cargo-cyclonedx --version 0.5.9
PATH=$folder/tools/bin:$PATH
cargo cyclonedx --version

mkdir -p "$folder/first/below/src" "$folder/first/src"
cd "$folder/first"
printf '[workspace]\nmembers = ["below"]\nresolver = "3"\n[package]\nname = "upon"\nversion = "0.1.0"\nedition = "2024"\nlicense = "MIT"\n[dependencies]\nbelow = { version = "0.1.0", path = "below" }\n' >Cargo.toml
printf '[package]\nname = "below"\nversion = "0.1.0"\nedition = "2024"\nlicense = "MIT"\n' >below/Cargo.toml
touch src/lib.rs below/src/lib.rs
cargo generate-lockfile --quiet
cp -r "$folder/first" "$folder/second"

# bill CLONE FORMAT: the bill of the upper package.
bill() {
    cd "$folder/$1"
    cargo cyclonedx --quiet --format "$2" --spec-version 1.5
    cat "upon.cdx.$2"
}
for form in json xml; do
    bill first $form >"$folder/once"
    bill first $form >"$folder/again"
    bill second $form >"$folder/elsewhere"
    if cmp -s "$folder/once" "$folder/again"; then echo "$form, made again in its folder: the same"; else echo "$form, made again in its folder: another"; fi
    if cmp -s "$folder/once" "$folder/elsewhere"; then echo "$form, made in a second clone: the same"; else echo "$form, made in a second clone: another"; fi
    sed "s#path+file://$folder/first#path+file:///#g" "$folder/once" >"$folder/once.clean"
    sed "s#path+file://$folder/second#path+file:///#g" "$folder/elsewhere" >"$folder/elsewhere.clean"
    if cmp -s "$folder/once.clean" "$folder/elsewhere.clean"; then echo "$form, both without the folder: the same"; else echo "$form, both without the folder: another"; fi
    echo "$form, serial numbers: $(grep -c 'serialNumber' "$folder/once" || true), purls with the folder: $(grep 'purl' "$folder/once" | grep -c "$folder" || true)"
done | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
json, made again in its folder: the same
json, made in a second clone: another
json, both without the folder: the same
json, serial numbers: 0, purls with the folder: 0
xml, made again in its folder: the same
xml, made in a second clone: another
xml, both without the folder: the same
xml, serial numbers: 0, purls with the folder: 0
EXPECTED
echo 'as stated'
