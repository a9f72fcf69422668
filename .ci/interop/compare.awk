# Compares what a program says with what is written down:
#
#   awk -v program=dss -v depth=whole -f compare.awk verdicts.tsv disagreements.tsv OUTPUT
#
# OUTPUT has a line for each file: id, verdict of this library, verdict of the program, explanation. A verdict is an indication, with its sub-indication after a
# slash where it has one. It is an error when a verdict is not the one of verdicts.tsv, when a file has no row there, when the program disagrees with this library
# and disagreements.tsv does not say why, when it says why and they agree, and, in depth `whole`, when a file with a row was not judged.
#
# What passes here agrees with a program that finds nothing wrong, in a timestamp or a record either. Of what does not pass here, the first verdict has to be the
# same one; what the program says of each timestamp and record stands behind it.

BEGIN { FS = "\t" }
FNR == 1 { input++ }
/^#/ { next }
input == 1 && column == "" {
    for (i = 2; i <= NF; i++) if ($i == program) column = i
    if (column == "") { print "error: no column " program; wrong++; exit }
    next
}
input == 1 { expected[$1] = $column; next }
input == 2 { if ($1 == program) why[$2] = $3; next }
{
    judged[$1] = 1
    files++
    if (!($1 in expected) || expected[$1] == "-") { printf "WRONG  %s: no verdict is written down; %s says %s (%s)\n", $1, program, $3, $4; wrong++; next }
    if ($3 != expected[$1]) { printf "WRONG  %s: %s says %s instead of %s (%s)\n", $1, program, $3, expected[$1], $4; wrong++; next }
    first = $3
    sub(/,.*/, "", first)
    agrees = $2 == "TOTAL-PASSED" ? $3 ~ /^(passes|TOTAL-PASSED)$/ : first == $2
    if (!agrees && !($1 in why)) { printf "WRONG  %s: %s here, %s in %s, and no reason is written down\n", $1, $2, $3, program; wrong++ }
    if (agrees && ($1 in why)) { printf "WRONG  %s: %s agrees, and a reason is written down why it does not\n", $1, program; wrong++ }
    if (agrees) same++
    else printf "%-34s %s here, %s there: %s\n", $1, $2, $3, why[$1]
}
END {
    for (id in expected) if (depth == "whole" && expected[id] != "-" && !(id in judged)) { printf "WRONG  %s: not judged\n", id; wrong++ }
    for (id in why) if (!(id in expected)) { printf "WRONG  %s: a reason is written down, and no verdict\n", id; wrong++ }
    printf "%s: %d files, %d judged as here, %d otherwise, %d not as written down\n", program, files, same, files - same, wrong
    exit wrong > 0
}
