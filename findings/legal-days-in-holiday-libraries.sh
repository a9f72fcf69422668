#!/usr/bin/env bash
# Days that a law made or unmade lately, in the newest releases of libraries that count working days: two of four count periods by laws that have ended.
#
# The period after which a registered letter counts as received or unclaimed is counted in working days in several states, and states change them:
# - Denmark abolished the fourth Friday after Easter (Store bededag) from 2024 on.
# - In Poland 24 December is free from work since 2025.
# - In Italy 4 October is a national holiday from 2026 on.
# workalendar 17.0.0 (Python) still has the Danish day, and neither of the new ones. rickar/cal 2.1.13 (Go) has neither of the new ones. holidays 0.109
# (Python) and date-holidays 3.37.0 (JavaScript) have all three right. Each was the newest release in November 2026, so an update does not help.
# Whoever computes a legal moment with the first two is a day off, in both directions, and says nothing of it. A regime's days belong into data of one's
# own, with the law beside each; a library can then be compared with it.
#
# Needs Python 3 with venv, Node.js with npm, and Go.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check workalendar==17.0.0 holidays==0.109
npm install --prefix . --silent --no-fund --no-audit date-holidays@3.37.0 >/dev/null
cat >go.mod <<'GO'
module legaldays

go 1.22

require github.com/rickar/cal/v2 v2.1.13
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/pl"
)

func main() {
	laws := map[string][]*cal.Holiday{"DK": dk.Holidays, "IT": it.Holidays, "PL": pl.Holidays}
	for _, asked := range os.Args[1:] {
		day, err := time.Parse("2006-01-02", asked[3:])
		if err != nil {
			panic(err)
		}
		calendar := cal.NewBusinessCalendar()
		calendar.AddHoliday(laws[asked[:2]]...)
		free, _, _ := calendar.IsHoliday(day.Add(12 * time.Hour))
		fmt.Printf("rickar/cal: %s: %t\n", asked, free)
	}
}
GO
export GOPATH="$folder/go" GOCACHE="$folder/cache" GOFLAGS=-mod=mod
days=(DK-2026-05-01 DK-2023-05-05 PL-2026-12-24 PL-2024-12-24 IT-2027-10-04 IT-2025-10-04)
{
    venv/bin/python - "${days[@]}" <<'PYTHON'
import datetime, sys
import holidays
from workalendar.europe import Denmark, Italy, Poland
laws = {"DK": Denmark, "IT": Italy, "PL": Poland}
for asked in sys.argv[1:]:
    day = datetime.date.fromisoformat(asked[3:])
    print(f"holidays: {asked}: {str(day in holidays.country_holidays(asked[:2], years=day.year)).lower()}")
    print(f"workalendar: {asked}: {str(day in dict(laws[asked[:2]]().holidays(day.year))).lower()}")
PYTHON
    node -e '
        const Holidays = require("date-holidays");
        for (const asked of process.argv.slice(1)) {
            const found = new Holidays(asked.slice(0, 2)).isHoliday(new Date(asked.slice(3) + "T12:00:00")) || [];
            console.log(`date-holidays: ${asked}: ${found.some((day) => day.type === "public")}`);
        }' -- "${days[@]}"
    go run . "${days[@]}" 2>go-log || { cat go-log; exit 1; }
} | tee seen

# Each day in a year before its law and in one after it.
sort >expected <<'SEEN'
date-holidays: DK-2023-05-05: true
date-holidays: DK-2026-05-01: false
date-holidays: IT-2025-10-04: false
date-holidays: IT-2027-10-04: true
date-holidays: PL-2024-12-24: false
date-holidays: PL-2026-12-24: true
holidays: DK-2023-05-05: true
holidays: DK-2026-05-01: false
holidays: IT-2025-10-04: false
holidays: IT-2027-10-04: true
holidays: PL-2024-12-24: false
holidays: PL-2026-12-24: true
rickar/cal: DK-2023-05-05: true
rickar/cal: DK-2026-05-01: false
rickar/cal: IT-2025-10-04: false
rickar/cal: IT-2027-10-04: false
rickar/cal: PL-2024-12-24: false
rickar/cal: PL-2026-12-24: false
workalendar: DK-2023-05-05: true
workalendar: DK-2026-05-01: true
workalendar: IT-2025-10-04: false
workalendar: IT-2027-10-04: false
workalendar: PL-2024-12-24: false
workalendar: PL-2026-12-24: false
SEEN
sort seen | diff expected -
echo 'as stated'
