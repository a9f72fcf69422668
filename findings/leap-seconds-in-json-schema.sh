#!/usr/bin/env bash
# Three validators of JSON Schema, one schema, `"format": "date-time"`: they disagree on a leap second and on what stands between date and time.
#
# The schema of ERDS evidence types EventTime as date-time, which draft-07 defines by RFC 3339 §5.6. That grammar has the second 60, wants T or t between date
# and time, and hours with minutes in an offset.
# - jsonschema 4.26.0 (Python, with rfc3339-validator) refuses the leap second that RFC 3339 itself gives as an example, and the year 0000.
# - ajv-formats 3.0.1 (JavaScript) accepts a blank between date and time, and an offset without minutes.
# - jsonschema-rs 0.61.2 (Rust) follows the grammar in all of these.
# Evidence that is to pass everywhere has no second 60, and whoever checks a schema with one of them has not checked the format.
#
# Needs Node.js with npm and Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check jsonschema==4.26.0 rfc3339-validator==0.1.4 jsonschema-rs==0.61.2
npm install --prefix . --silent --no-fund --no-audit ajv@8.20.0 ajv-formats@3.0.1 >/dev/null

cat >times.json <<'JSON'
["2016-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "2026-11-28T12:00:60Z", "2026-11-28 12:00:00Z", "2026-11-28T12:00:00+01", "0000-01-01T00:00:00Z"]
JSON

{
    node -e '
        const ajv = new (require("ajv"))();
        require("ajv-formats")(ajv);
        const valid = ajv.compile({ type: "string", format: "date-time" });
        for (const time of require("./times.json")) console.log("ajv-formats", time, valid(time) ? "valid" : "not valid");
    '
    venv/bin/python - <<'PYTHON'
import json
import jsonschema, jsonschema_rs
schema = {"type": "string", "format": "date-time"}
validators = {
    "jsonschema": jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()),
    "jsonschema-rs": jsonschema_rs.Draft7Validator(schema, validate_formats=True),
}
for name, validator in validators.items():
    for time in json.load(open("times.json")):
        print(name, time, "valid" if validator.is_valid(time) else "not valid")
PYTHON
} | tee seen
diff - seen <<'EXPECTED'
ajv-formats 2016-12-31T23:59:60Z valid
ajv-formats 1990-12-31T15:59:60-08:00 valid
ajv-formats 2026-11-28T12:00:60Z not valid
ajv-formats 2026-11-28 12:00:00Z valid
ajv-formats 2026-11-28T12:00:00+01 valid
ajv-formats 0000-01-01T00:00:00Z valid
jsonschema 2016-12-31T23:59:60Z not valid
jsonschema 1990-12-31T15:59:60-08:00 not valid
jsonschema 2026-11-28T12:00:60Z not valid
jsonschema 2026-11-28 12:00:00Z not valid
jsonschema 2026-11-28T12:00:00+01 not valid
jsonschema 0000-01-01T00:00:00Z not valid
jsonschema-rs 2016-12-31T23:59:60Z valid
jsonschema-rs 1990-12-31T15:59:60-08:00 valid
jsonschema-rs 2026-11-28T12:00:60Z not valid
jsonschema-rs 2026-11-28 12:00:00Z not valid
jsonschema-rs 2026-11-28T12:00:00+01 not valid
jsonschema-rs 0000-01-01T00:00:00Z valid
EXPECTED
echo 'as stated'
