#!/usr/bin/env bash
# A report in SARIF says that a check passed. After Microsoft's own tool has merged or rewritten the report, the check has failed with a warning; another tool shows it as a warning
# right away, and a third makes a passed test of a check that failed.
#
# SARIF 2.1.0 has `kind` for that (3.27.9): "pass", "notApplicable", "open" and others; absent it is "fail". Absent, `level` (3.27.10) is "none" where the kind is not "fail";
# else it is the one of the rule's configuration, else "warning". A verifier that reports each check, and not only what is wrong, writes many of the first sort.
# - @microsoft/sarif-multitool 5.7.0 drops the kind of a result that states no level: `merge` and `rewrite` write a result that is neither, which means a failed check at
#   "warning". Its `validate` has nothing to say before or after. With "level": "none" beside the kind it keeps both.
# - sarif-fmt 0.8.0 prints every passed check as a warning, and counts it, in the form for people; with `--message-format plain` it says "none" of the same results.
#   Either way, the level of a rule's configuration is not looked at.
# - sarif-junit 1.1.4 makes a failed test of the level "error" where it stands in the result, and of nothing else. A failed check that is an error by its rule is a passed test.
# - sarif-tools 3.0.5 follows the standard in all of it.
# Whoever writes SARIF states kind and level in each result, although both have defaults; whoever reads JUnit made of SARIF counts the errors again.
#
# Needs Rust 1.85 or later, Node.js 20 or later with npm, and Python 3 with venv, on Linux (x86-64).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check sarif-tools==3.0.5
npm install --prefix . --silent --no-fund --no-audit sarif-junit@1.1.4 @microsoft/sarif-multitool-linux@5.7.0 >/dev/null
multitool=node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod u+x "$multitool"
CARGO_TARGET_DIR=$folder/target cargo install --quiet --locked --debug --root "$folder/tools" sarif-fmt --version 0.8.0

cat >write.py <<'PYTHON'
import json
cases = [("pass", None, "plain"), ("pass", "none", "plain"), ("notApplicable", None, "plain"), ("open", None, "plain"),
         (None, None, "plain"), ("fail", "error", "plain"), ("fail", None, "strict")]
results = []
for kind, level, rule in cases:
    result = {"ruleId": rule, "ruleIndex": ["plain", "strict"].index(rule), "message": {"text": f"{kind} {level} {rule}"}}
    result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": "letter.txt"}, "region": {"startLine": 1}}}]
    result.update({name: value for name, value in (("kind", kind), ("level", level)) if value})
    results.append(result)
rules = [{"id": "plain"}, {"id": "strict", "defaultConfiguration": {"level": "error"}}]
run = {"tool": {"driver": {"name": "checker", "rules": rules}}, "results": results}
json.dump({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}, open("report.sarif", "w"))
open("letter.txt", "w").write("a letter\n")
PYTHON
python3 write.py
"$multitool" merge report.sarif --output-file merged.sarif >/dev/null
"$multitool" rewrite report.sarif --output rewritten.sarif >/dev/null
"$multitool" validate report.sarif >validated 2>&1
"$multitool" validate merged.sarif >>validated 2>&1
venv/bin/sarif csv report.sarif -o report.csv >/dev/null
tools/bin/sarif-fmt --color never --message-format pretty --input report.sarif >pretty
tools/bin/sarif-fmt --color never --message-format plain --input report.sarif >plain
node_modules/.bin/sarif-junit -i report.sarif -o report.xml >/dev/null

# A line for each result: the kind, level and rule that are written in it, and what each tool makes of it.
cat >read.py <<'PYTHON'
import csv, json, re
from xml.etree import ElementTree

def kept(file):
    return {r["message"]["text"]: f"{r.get('kind', '-')}/{r.get('level', '-')}" for r in json.load(open(file))["runs"][0]["results"]}

merged, rewritten = kept("merged.sarif"), kept("rewritten.sarif")
assert merged == rewritten
tools = {row["Description"]: row["Severity"] for row in csv.DictReader(open("report.csv"))}
plain = {line.split(": ")[2].strip(): line.split(": ")[1] for line in open("plain") if line.strip()}
pretty = {text: level for level, text in re.findall(r"^(error|warning|note|none): (\S+ \S+ \S+)$", open("pretty").read(), re.M)}
junit = {re.sub(r"^Ln \d+ ", "", case.get("name")): "failed" if case.find("failure") is not None else "passed"
         for case in ElementTree.parse("report.xml").iter("testcase")}
for text in merged:
    print(f"{text}: merged {merged[text]}, sarif-fmt {pretty[text]} and {plain[text]}, sarif-junit {junit[text]}, sarif-tools {tools[text]}")
PYTHON
{
    python3 read.py
    grep -ciE 'kind|level' validated | sed 's/^/words of the validation on kind or level: /' || true
} | tee seen
diff - seen <<'EXPECTED'
pass None plain: merged -/-, sarif-fmt warning and none, sarif-junit passed, sarif-tools none
pass none plain: merged pass/none, sarif-fmt warning and none, sarif-junit passed, sarif-tools none
notApplicable None plain: merged -/-, sarif-fmt warning and none, sarif-junit passed, sarif-tools none
open None plain: merged -/-, sarif-fmt warning and none, sarif-junit passed, sarif-tools none
None None plain: merged -/-, sarif-fmt warning and warning, sarif-junit passed, sarif-tools warning
fail error plain: merged -/error, sarif-fmt error and error, sarif-junit failed, sarif-tools error
fail None strict: merged -/-, sarif-fmt warning and warning, sarif-junit passed, sarif-tools error
words of the validation on kind or level: 0
EXPECTED
"$multitool" version
echo 'sarif-fmt 0.8.0, sarif-junit 1.1.4, sarif-tools 3.0.5'
echo 'as stated'
