#!/usr/bin/env bash
# The same CMS job by BouncyCastle from Debian's packages, as ratios to its own raw operations: `bash bouncycastle.sh`.
#
# Needs Java 17 or later and the jars of libbcpkix-java (which brings libbcutil-java and libbcprov-java); installs what is missing by apt-get, as root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

jars=${BOUNCYCASTLE_JARS:-/usr/share/java}
missing=()
command -v java >/dev/null || missing+=(default-jdk-headless)
[[ -e $jars/bcpkix.jar ]] || missing+=(libbcpkix-java)
if ((${#missing[@]} > 0)); then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}"
fi
exec java -cp "$jars/bcpkix.jar:$jars/bcutil.jar:$jars/bcprov.jar" BouncyCastle.java
