#!/usr/bin/env bash
# British Columbia and Alberta did not turn the clocks back in November 2026. Of six sources of time zones in releases of that month or the newest before it, three are an
# hour off.
#
# By tzdata 2026f both provinces stay on summer time for good: Vancouver at UTC-7, which it calls MST, and Edmonton at UTC-6, which it calls CST. One would expect a
# release of the same autumn to know, and a runtime with its patches to be current:
# - Go 1.26.8 carries tzdata 2025c in lib/time and in the package time/tzdata, since the patches of a line do not renew it: neither. Go 1.27.3 carries 2026c: both.
#   Go asks the system's files first and falls back without a word, so that one binary gives two answers, on a full image and on a bare one.
# - @js-joda/timezone 2.25.2 has neither. tzdata 1.0.51 of npm, which timezonecomplete 5.15.1 reads, has Vancouver and not Edmonton.
# - tzdata 2026.6 of Python and moment-timezone 0.6.6 have both.
# A deadline at the end of a local day is an hour late with the old rules, and a time that was stated as local with a zone's name becomes another instant. What is
# sealed is the instant with its offset; the release of the zones is evidence of how a legal hour was computed.
#
# Needs Go 1.21 or later (two releases are fetched where it is another), Python 3 with venv, and Node.js with npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --prefix . --silent --no-audit --no-fund moment-timezone@0.6.6 @js-joda/core@6.3.2 @js-joda/timezone@2.25.2 timezonecomplete@5.15.1 tzdata@1.0.51 >/dev/null
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check tzdata==2026.6

cat >go.mod <<'GO'
module finding

go 1.21
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"runtime"
	"time"
)

func main() {
	fmt.Print(runtime.Version(), ":")
	for _, name := range []string{"America/Vancouver", "America/Edmonton"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		fmt.Print(" ", time.Date(2027, 1, 15, 12, 0, 0, 0, zone).Format("-07:00"))
	}
	fmt.Println()
}
GO
cat >zones.js <<'JAVASCRIPT'
const zones = ["America/Vancouver", "America/Edmonton"];
const moment = require("moment-timezone");
console.log("moment-timezone:", ...zones.map((zone) => moment.tz("2027-01-15T12:00", zone).format("Z")));
const joda = require("@js-joda/core");
require("@js-joda/timezone");
const noon = joda.LocalDateTime.parse("2027-01-15T12:00");
console.log("js-joda:", ...zones.map((zone) => noon.atZone(joda.ZoneId.of(zone)).offset().toString()));
const complete = require("timezonecomplete");
const isoOffset = (zone) => new complete.DateTime("2027-01-15T12:00", complete.zone(zone)).format("xxx");
console.log("timezonecomplete:", ...zones.map(isoOffset));
JAVASCRIPT
cat >zones.py <<'PYTHON'
import datetime, zoneinfo
offsets = [datetime.datetime(2027, 1, 15, 12, tzinfo=zoneinfo.ZoneInfo(zone)).strftime("%z") for zone in ("America/Vancouver", "America/Edmonton")]
print("tzdata of python:", *(f"{offset[:3]}:{offset[3:]}" for offset in offsets))
PYTHON
export GOMODCACHE=$folder/modules GOCACHE=$folder/cache GOFLAGS=-modcacherw
{
    for release in go1.26.8 go1.27.3; do
        # What the release itself has, whatever the system's files say.
        GOTOOLCHAIN=$release ZONEINFO=$(GOTOOLCHAIN=$release go env GOROOT 2>/dev/null)/lib/time/zoneinfo.zip go run . 2>/dev/null
    done
    node zones.js
    PYTHONTZPATH='' venv/bin/python zones.py
} | tee seen
diff - seen <<'EXPECTED'
go1.26.8: -08:00 -07:00
go1.27.3: -07:00 -06:00
moment-timezone: -07:00 -06:00
js-joda: -08:00 -07:00
timezonecomplete: -07:00 -07:00
tzdata of python: -07:00 -06:00
EXPECTED
echo '@js-joda/timezone 2.25.2, timezonecomplete 5.15.1 with tzdata 1.0.51, moment-timezone 0.6.6, tzdata 2026.6 (Python)'
echo 'as stated'
