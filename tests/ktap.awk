# SPDX-License-Identifier: GPL-2.0
# Is this KTAP? Version line, plan, numbers without a gap, known directives, no '#' in a description, as many results as planned.
# Prints what is wrong; exit status 1 if anything is.
function bad(why) { print FILENAME ":" FNR ": " why; errors++ }
FNR == 1 { if ($0 != "KTAP version 1") bad("expected KTAP version 1"); next }
/^#/ { next }
/^1\.\.[0-9]+$/ { if (planned != "") bad("a second plan"); planned = substr($0, 4) + 0; next }
/^(not )?ok / {
	line = $0
	sub(/^not /, "", line)
	split(line, w, " ")
	if (w[2] + 0 != ++n) bad("number " w[2] ", expected " n)
	if (match(line, / # /)) {
		d = substr(line, RSTART + 3)
		sub(/ .*/, "", d)
		if (d !~ /^(SKIP|XFAIL|TIMEOUT|ERROR)$/ && d !~ /^[a-z]/) bad("directive " d)
	}
	next
}
{ bad("unexpected line: " $0) }
END {
	if (planned == "") { print "no plan"; errors++ }
	else if (n != planned) { print "planned " planned ", found " n; errors++ }
	exit errors ? 1 : 0
}
