# An identifier says that it is a UUID of version 7, and every reader finds the year 2190 in it: the package `uuid7` of PyPI writes the layout of a draft of 2021.
#
# Evidence is named by UUIDs of version 7 so that it sorts by time and tells its millisecond. RFC 9562 §5.7 puts milliseconds into the first 48 bits. Draft 02, of
# October 2021, had seconds in the first 36 and fractions behind them, under the same version and variant, so that nothing in the octets tells the two apart.
# - uuid7 0.1.0, still the newest release of the shortest name, follows the draft. For 2023-11-14 uuid-utils 1.2.0 and uuid6 2025.0.1 (Python), google/uuid 1.6.0 and
#   gofrs/uuid 5.4.0 (Go) read 2190-08-27 out of it, without a complaint. Its own reader gives the day back, so that a test of a service with itself passes.
# - Where both kinds are in one table, all that it wrote sort behind all others, and an archive by age never comes to them.
# Of the order within a millisecond, for which RFC 9562 §6.2 leaves the method free:
# - gofrs/uuid counts in 12 bits and starts at 0 again after 4096 identifiers, within a millisecond too: made one after the other, some do not ascend.
# - uuid 14.0.3 (npm) counts within a millisecond, but not for a time that it is given (`v7({ msecs })`): there the order is by chance.
# Whoever reads a time from an identifier compares it with a stated one before anything rests on it, and orders evidence by what it states.
#
# Needs Go 1.22 or later, Python 3 with venv, and Node.js with npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check uuid7==0.1.0 uuid6==2025.0.1 uuid-utils==1.2.0
npm install --prefix . --silent --no-audit --no-fund uuid@14.0.3 >/dev/null

cat >draft.py <<'PYTHON'
from datetime import datetime, timezone
import os
import uuid_extensions  # the module of uuid7
import uuid6
import uuid_utils

def day(millis):
    return datetime.fromtimestamp(millis / 1000, timezone.utc).strftime("%Y-%m-%d")

draft = str(uuid_extensions.uuid7(1_700_000_000_000_000_000))
standard = str(uuid_utils.uuid7(nanoseconds=1_700_000_000_000_000_000))
print("made for", day(1_700_000_000_000))
print("uuid7", draft[:18], "uuid-utils", standard[:18], "by its own reader", uuid_extensions.uuid_to_datetime(draft).strftime("%Y-%m-%d"))
for package, reader in (("uuid-utils", lambda text: uuid_utils.UUID(text).timestamp), ("uuid6", lambda text: uuid6.UUID(text).time)):
    print(package, "reads", day(reader(draft)), "and", day(reader(standard)))
print("the draft's sorts last:", draft > standard)
os.write(3, f"{draft} {standard}\n".encode())
PYTHON
cat >main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"os"
	"time"

	gofrs "github.com/gofrs/uuid/v5"
	google "github.com/google/uuid"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// descents counts how often an identifier does not come after the one that was made before it.
func descents(make func() [16]byte) int {
	count, before := 0, make()
	for range 200000 {
		next := make()
		if bytes.Compare(before[:], next[:]) >= 0 {
			count++
		}
		before = next
	}
	return count
}

func main() {
	for _, text := range os.Args[1:] {
		parsed := must(google.Parse(text))
		seconds, _ := parsed.Time().UnixTime()
		fmt.Println("google/uuid reads version", uint8(parsed.Version()), "of", time.Unix(seconds, 0).UTC().Format(time.DateOnly))
		stamp := must(gofrs.TimestampFromV7(must(gofrs.FromString(text))))
		fmt.Println("gofrs/uuid reads", must(stamp.Time()).UTC().Format(time.DateOnly))
	}
	fmt.Println("google/uuid, descents:", descents(func() [16]byte { return must(google.NewV7()) }))
	fmt.Println("gofrs/uuid, descents:", descents(func() [16]byte { return must(gofrs.NewV7()) }))
}
GO
cat >go.mod <<'GO'
module finding

go 1.22

require (
	github.com/gofrs/uuid/v5 v5.4.0
	github.com/google/uuid v1.6.0
)
GO
cat >order.mjs <<'JAVASCRIPT'
import { v7 } from "uuid";
const descents = (make) => {
  const made = Array.from({ length: 20000 }, () => make());
  return made.filter((identifier, index) => index > 0 && made[index - 1] >= identifier).length;
};
console.log("uuid (npm), descents by its clock:", descents(() => v7()));
console.log("uuid (npm), descents by a given time:", descents(() => v7({ msecs: 1700000000000 })));
JAVASCRIPT

venv/bin/python draft.py 3>identifiers | tee python
read -r draft standard <identifiers
GOFLAGS=-mod=mod GOPATH="$folder/go" go run . "$draft" "$standard" 2>downloads | tee go.out
node order.mjs | tee javascript

grep -q '^uuid7 06553f10-0000-7000 uuid-utils 018bcfe5-6800-7... by its own reader 2023-11-14$' python
grep -q '^uuid-utils reads 2190-08-27 and 2023-11-14$' python
grep -q '^uuid6 reads 2190-08-27 and 2023-11-14$' python
grep -q '^the draft.s sorts last: True$' python
[ "$(grep -c 'google/uuid reads version 7 of 2190-08-27\|gofrs/uuid reads 2190-08-27' go.out)" = 2 ]
[ "$(grep -c 'google/uuid reads version 7 of 2023-11-14\|gofrs/uuid reads 2023-11-14' go.out)" = 2 ]
grep -q '^google/uuid, descents: 0$' go.out
grep -q '^gofrs/uuid, descents: [1-9]' go.out
grep -q 'descents by its clock: 0$' javascript
grep -q 'descents by a given time: [1-9]' javascript
