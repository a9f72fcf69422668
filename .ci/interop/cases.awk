# The good files of a manifest as a table, for programs that read no JSON:
#
#   awk -v folder=test-vectors -v published=test-vectors/extra/not-revoked.pem -f cases.awk test-vectors/manifest.json
#
# A file that does not hold its revocation data (level B-LT, or a verdict by the policy strict) gets the CRLs that its authorities published, as a verifier would
# fetch them.
# Good is what stands in the folder `good`, what was renewed for decades in time, and what passes of batches, records and responses. The manifest is printed one
# member a line. The columns are separated by tabs; `-` stands for nothing, and lists are separated by commas. The verdict is an indication, with its sub-indication
# after a slash where it has one:
#
#   id, kind, verdict, now, file, payload, seal anchors, TSA anchors, extra certificates, revocation data, data objects, records beside
#
# With `-v decades=yes` it lists everything that was renewed for decades, good or not. What was published about the TSAs is then what `published` names, and a last
# column has the day from which SHA-256 and P-256 prove nothing.

BEGIN {
    FS = "\""
    split("now payload seal_anchors tsa_anchors extra_certificates revocation_data data records", members, " ")
}
function path(name) { return folder "/" name }
function flush_case(line, i, value) {
    if (decades ? id ~ /^decades\// : id ~ /^good\/|^decades\/.*-in-2046$/ || (id ~ /^(batch|record)\/|^foreign\/response$/ && indication == "TOTAL-PASSED")) {
        line = id "\t" kind "\t" indication (detail == "" ? "" : "/" detail)
        for (i = 1; i in members; i++) {
            value = (members[i] in of) ? of[members[i]] : "-"
            if (members[i] == "revocation_data" && value == "-" && (decades || level !~ /^B-LT/) && policy != "strict") value = published
            line = line "\t" value
            if (i == 1) line = line "\t" path(file)
        }
        if (decades) line = line "\t" (dead == "" ? "-" : dead)
        print line
    }
    id = ""
    split("", of)
}
$2 == "id" { flush_case(); id = $4; list = level = policy = dead = detail = "" }
id == "" { next }
list != "" && /\]/ { list = ""; next }
list != "" { of[list] = of[list] (of[list] == "" ? "" : ",") path($2); next }
$2 == "kind" { kind = $4 }
$2 == "file" { file = $4 }
$2 == "indication" { indication = $4 }
$2 == "sub_indication" { detail = $4 }
$2 == "level" { level = $4 }
$2 == "policy" { policy = $4 }
$2 == "past_from" { dead = $4 }
$2 == "now" { of["now"] = $4 }
$2 ~ /^(payload|seal_anchors|tsa_anchors|extra_certificates|revocation_data)$/ && NF >= 5 { of[$2] = path($4) }
($2 == "data" || $2 == "records") && /\[$/ { list = $2 }
END { flush_case() }
