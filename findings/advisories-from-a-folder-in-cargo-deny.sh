#!/usr/bin/env bash
# cargo-deny judges by a database of advisories that lies in a folder only if the folder has the name that it computes of the database's address.
#
# On a machine without a network one would give `db-urls` a `file://` address, or point `db-path` at a clone. cargo-deny 0.20.2 refuses the first, because the address has no
# domain, before it looks at anything. `db-path` is not the database but the parent of all databases; each lies below it under the last part of its address and a hash of
# the whole. For the address that is the default this is `advisory-db-3157b0e258782691`, and another spelling of the same address is another folder. The name is shown in
# one place, the message of the error when it is missing.
#
# Needs Rust 1.88 or later, git, and access to the index of its registry.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo install --quiet --locked --root "$folder/tools" cargo-deny --version 0.20.2
PATH=$folder/tools/bin:$PATH
cargo deny --version

mkdir -p "$folder/project/src" "$folder/clone/crates/of-nobody-3f9c1e"
cd "$folder/project"
printf '[package]\nname = "finding"\nversion = "0.0.0"\nedition = "2024"\n' >Cargo.toml
touch src/lib.rs
cargo generate-lockfile --quiet
# A database with one advisory, about a crate that nobody has.
git -C "$folder/clone" init -q
printf '```toml\n[advisory]\nid = "RUSTSEC-2020-0001"\npackage = "of-nobody-3f9c1e"\ndate = "2020-01-01"\n[versions]\npatched = []\n```\n\n# A title\n\nA text.\n' >"$folder/clone/crates/of-nobody-3f9c1e/RUSTSEC-2020-0001.md"
git -C "$folder/clone" add .
git -C "$folder/clone" -c user.name=a -c user.email=a@example.org commit -qm 'one advisory'

# said NAME CONFIGURATION: what comes of it.
said() {
    printf '[advisories]\n%s\n' "$2" >deny.toml
    if cargo deny --offline check advisories >"$folder/out" 2>&1; then
        echo "$1: judged"
    else
        echo "$1: refused, $(grep -oE "doesn't have a domain name|advisory-db(\.git)?-[0-9a-f]{16}" "$folder/out" | head -n 1)"
    fi
}
{
    said 'the address of a folder' "db-urls = [\"file://$folder/clone\"]"
    said 'the clone as db-path' "db-path = \"$folder/clone\""
    mkdir "$folder/databases"
    ln -s "$folder/clone" "$folder/databases/advisory-db"
    said 'the clone below db-path, by its own name' "db-path = \"$folder/databases\""
    ln -s "$folder/clone" "$folder/databases/advisory-db-3157b0e258782691"
    said 'the clone below db-path, by the name of the address' "db-path = \"$folder/databases\""
    said 'the same, where the address has .git at its end' "db-path = \"$folder/databases\"
db-urls = [\"https://github.com/rustsec/advisory-db.git\"]"
} | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED'
the address of a folder: refused, doesn't have a domain name
the clone as db-path: refused, advisory-db-3157b0e258782691
the clone below db-path, by its own name: refused, advisory-db-3157b0e258782691
the clone below db-path, by the name of the address: judged
the same, where the address has .git at its end: refused, advisory-db.git-ec6cac7151e04d4b
EXPECTED
echo 'as stated'
