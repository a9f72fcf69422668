#!/usr/bin/env bash
# A CloudEvent that is read and written again by the official SDKs is another one: its time and its numbers change.
#
# An audit trail of CloudEvents may be chained by hashes of its lines. One would expect an SDK that changes nothing to give back what it read, at least as a
# value.
# - cloudevents 10.0.0 (JavaScript) writes `time` in UTC with milliseconds: the offset and the rest of the fraction are gone. Integers of the data above 2^53
#   change their value. A time that its Date does not take, such as the leap second of RFC 3339, becomes the time of reading, without a word.
# - cloudevents 2.2.0 (Python) keeps the offset and cuts the fraction to six digits. It refuses the event as a whole for a leap second.
# Keep the octets of each line and hash those; never pass evidence through an SDK. What has to survive them is a string in an extension or in the data.
#
# Needs Node.js with npm and Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cloudevents==2.2.0
npm install --prefix . --silent --no-fund --no-audit cloudevents@10.0.0 >/dev/null
for time in 2026-03-01T12:00:00.123456789+01:00 2016-12-31T23:59:60Z; do
    printf '{"specversion":"1.0","id":"1","source":"/trail","type":"test","time":"%s","datacontenttype":"application/json","data":{"n":9007199254740993}}\n' "$time"
done >lines

{
    node -e '
        const { HTTP } = require("cloudevents");
        for (const line of require("fs").readFileSync("lines", "utf8").trim().split("\n")) {
            const event = JSON.parse(JSON.stringify(HTTP.toEvent({ headers: { "content-type": "application/cloudevents+json" }, body: line })));
            // Within a minute of now: the stated time is a decade ago.
            const time = Math.abs(Date.parse(event.time) - Date.now()) < 60000 ? "of reading" : event.time;
            console.log(`JavaScript: time ${time} n ${event.data.n}`);
        }
    '
    venv/bin/python - <<'PYTHON'
import json
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
for line in open("lines", "rb"):
    try:
        event = json.loads(JSONFormat().write(JSONFormat().read(CloudEvent, line)))
        print(f"Python: time {event['time']} n {event['data']['n']}")
    except ValueError as error:
        print(f"Python: {type(error).__name__}")
PYTHON
} | tee seen
diff - seen <<'EXPECTED'
JavaScript: time 2026-03-01T11:00:00.123Z n 9007199254740992
JavaScript: time of reading n 9007199254740992
Python: time 2026-03-01T12:00:00.123456+01:00 n 9007199254740993
Python: ValueError
EXPECTED
echo 'as stated'
