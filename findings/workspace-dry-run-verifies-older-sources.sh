#!/usr/bin/env bash
# `cargo publish --workspace --dry-run` verifies a package against what an earlier dry run packaged of its neighbour, not against what is there now.
#
# For a workspace whose packages need each other, the dry run puts the new packages into a registry of its own, under target/package, and builds each from
# there. A registry's package never changes under one version, so cargo unpacks and builds it once: at the second dry run with the same version the sources of
# the first one are used. Seen with cargo 1.95.0.
# - A function that was added to one package and is used by another is "not found", although the workspace builds.
# - A function that was removed from one package and is still used by another passes, and the release does not build.
# A check that keeps its target folder between runs, as CI with a cache does, says nothing before the version is raised, unless it removes what was unpacked in
# the registry/src of CARGO_HOME (the folder whose name begins with "-") and what was built of it.
#
# Needs cargo 1.95 and access to the index of its registry. Works in a CARGO_HOME of its own, which takes over the configuration.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
settings=${CARGO_HOME:-$HOME/.cargo}
export RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup} CARGO_HOME=$folder/home CARGO_TARGET_DIR=$folder/target
mkdir "$CARGO_HOME"
for file in config config.toml; do [ ! -f "$settings/$file" ] || cp "$settings/$file" "$CARGO_HOME"; done
cd "$folder"
cargo --version

# Names that no registry has.
below=dry-run-below-3f9c1e upon=dry-run-upon-3f9c1e
mkdir -p $below/src $upon/src
printf '[workspace]\nmembers = ["%s", "%s"]\nresolver = "3"\n' $below $upon >Cargo.toml
printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2024"\nlicense = "MIT"\ndescription = "below"\n' $below >$below/Cargo.toml
printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2024"\nlicense = "MIT"\ndescription = "upon"\n[dependencies]\n%s = { version = "0.1.0", path = "../%s" }\n' \
    $upon $below $below >$upon/Cargo.toml

functions() {
    : >$below/src/lib.rs
    : >$upon/src/lib.rs
    local name
    for name in $1; do printf 'pub fn %s() {}\n' "$name" >>$below/src/lib.rs; done
    for name in $2; do printf 'pub fn calls_%s() { %s::%s() }\n' "$name" "${below//-/_}" "$name" >>$upon/src/lib.rs; done
}
said() {
    local build=builds publish=passes
    cargo check -q --workspace 2>/dev/null || build='does not build'
    cargo publish --workspace --dry-run --allow-dirty >out 2>&1 || publish=fails
    if [ $publish = fails ] && ! grep -q E0425 out; then cat out; fi
    echo "$1: the workspace $build, the dry run $publish"
}
{
    functions first first && said 'as it was first'
    functions 'first second' 'first second' && said 'a function more in both'
    functions '' first && said 'a function less below, still called'
} | tee seen
diff - seen <<'EXPECTED'
as it was first: the workspace builds, the dry run passes
a function more in both: the workspace builds, the dry run fails
a function less below, still called: the workspace does not build, the dry run passes
EXPECTED
echo 'as stated'
