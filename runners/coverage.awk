# SPDX-License-Identifier: GPL-2.0
# Line coverage of a JIT, out of
#	ROWS.txt	why lines are not reached; runners/coverage/README.md has the format
#	NAME.c		its source, as compiled
#	NAME.c.gcov	what gcov says, one for each boot: counts add up
# -v title=TEXT, -v rows=ROWS.txt, -v all=1 to list excluded and apart lines too.
# Ends with 1 if a line that should be reached is not, and no row says why; with 2 for a bad row.

function bad(what)
{
	printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
	failed = 2
	exit 2
}

function indent(s,	n, i, c)
{
	n = 0
	for (i = 1; (c = substr(s, i, 1)) == "\t" || c == " "; i++)
		n += c == "\t" ? 8 - n % 8 : 1
	return n
}

function trim(s)
{
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	return s
}

# NAME or NAME*, separated by commas
function names(list, fn,	n, i, p, part)
{
	n = split(list, part, ",")
	for (i = 1; i <= n; i++) {
		p = part[i]
		if (p == fn || (p ~ /\*$/ && index(fn, substr(p, 1, length(p) - 1)) == 1))
			return 1
	}
	return 0
}

# ---- the rows ----

FILENAME == rows {
	if ($0 ~ /^[ \t]*(#|$)/)
		next
	n = split($0, part, /\t+/)
	if (n != 4)
		bad("expected FUNCTION, TEXT, CLASS and REASON, separated by tabs")
	if (part[3] !~ /^(trampoline|dispatcher|text-poke|error|dead|cpu|config|feature)$/)
		bad("class '" part[3] "' (expected trampoline, dispatcher, text-poke, error, dead, cpu, config or feature)")
	if (part[3] ~ /^(trampoline|dispatcher|text-poke)$/ && part[2] != "*")
		bad("class '" part[3] "' is for whole functions (expected the text *)")
	nr++
	row_fn[nr] = part[1]; row_text[nr] = part[2]; row_class[nr] = part[3]; row_why[nr] = part[4]
	row_line[nr] = FNR
	next
}

# ---- the source: which function a line is in, as kernel style shows it ----

FILENAME ~ /\.c$/ {
	if (FNR == 1) {
		file = FILENAME
		sub(/.*\//, "", file)
		files[++nfiles] = file
		fn = ""
	}
	text[file, FNR] = $0
	last[file] = FNR
	if (!fn && $0 ~ /^[A-Za-z_].*\(/ && $0 !~ /[;:]$/ && $0 !~ /^(asm|EXPORT|DEFINE)/) {
		name = substr($0, 1, index($0, "(") - 1)
		sub(/.*[^A-Za-z0-9_]/, "", name)
		fn = name
		opened = 0
	}
	function_of[file, FNR] = fn
	opened = opened || $0 ~ /\{$/
	# its end, or that of a declaration
	if ($0 ~ /^};?[ \t]*$/ || (!opened && $0 ~ /\);$/))
		fn = ""
	next
}

# ---- the counts ----

{
	if (split($0, part, ":") < 3)
		next
	line = part[2] + 0
	count = trim(part[1])
	if (!line) {
		if (part[3] == "Source") {
			file = part[4]
			sub(/.*\//, "", file)
		}
		next
	}
	if (count == "-" || !((file, line) in text))
		next
	lines[file, line] = 1
	if (count !~ /^[#=]/)
		hit[file, line] = 1
}

# ---- the report ----

# Give the lines of row @r their class: those with its text, and what is indented under them.
function mark(r,	f, l, k, deep, i)
{
	for (i = 1; i <= nfiles; i++) {
		f = files[i]
		for (l = 1; l <= last[f]; l++) {
			if (!names(row_fn[r], function_of[f, l]))
				continue
			if (row_text[r] != "*" && !index(text[f, l], row_text[r]))
				continue
			found[r] = 1
			set_row(f, l, r)
			if (row_text[r] == "*")
				continue
			deep = indent(text[f, l])
			for (k = l + 1; k <= last[f] && (text[f, k] ~ /^([ \t]*$|#)/ || indent(text[f, k]) > deep); k++)
				set_row(f, k, r)
		}
	}
}

# the first row that fits wins
function set_row(f, l, r)
{
	if (!((f, l) in row_of))
		row_of[f, l] = r
}

function percent(n, of)
{
	return of ? sprintf("%5.1f %%", 100 * n / of) : "    - "
}

function flush_region()
{
	if (!from)
		return
	out = sprintf("  %s:%d%s %s, %d line%s: %s", region_file, from, to > from ? "-" to : "", region_fn, cnt, cnt > 1 ? "s" : "",
		      trim(text[region_file, from]))
	if (region_row)
		out = out sprintf("\n\t%s: %s", row_class[region_row], row_why[region_row])
	list[region_kind] = list[region_kind] out "\n"
	from = 0
}

function add_to_region(f, l, kind, r)
{
	if (from && (region_file != f || region_fn != function_of[f, l] || region_kind != kind || region_row != r))
		flush_region()
	if (!from) {
		from = l; cnt = 0
		region_file = f; region_fn = function_of[f, l]; region_kind = kind; region_row = r
	}
	to = l
	cnt++
}

function tally(f, l,	r, class, is_hit)
{
	r = ((f, l) in row_of) ? row_of[f, l] : 0
	class = r ? row_class[r] : ""
	is_hit = ((f, l) in hit)
	if (!is_hit && r)
		needed[r] = 1
	if (class ~ /^(trampoline|dispatcher|text-poke)$/) {
		apart[class]++
		apart_hit[class] += is_hit
		if (is_hit)
			flush_region()
		else
			add_to_region(f, l, "apart", r)
		return
	}
	total++
	total_hit += is_hit
	if (is_hit) {
		flush_region()
		return
	}
	if (class ~ /^(error|dead|cpu|config)$/) {
		excluded[class]++
		nexcluded++
		add_to_region(f, l, "excluded", r)
	} else if (class == "feature") {
		add_to_region(f, l, "feature", r)
		nfeature++
	} else {
		add_to_region(f, l, "unexplained", 0)
		nunexplained++
	}
}

END {
	if (failed)
		exit failed
	for (r = 1; r <= nr; r++)
		mark(r)
	for (i = 1; i <= nfiles; i++) {
		for (l = 1; l <= last[files[i]]; l++)
			if ((files[i], l) in lines)
				tally(files[i], l)
		flush_region()
	}
	print title
	printf "%-34s %6s %6s\n", "", "lines", "hit"
	printf "  %-32s %6d %6d  %s\n", "that compile programs", total, total_hit, percent(total_hit, total)
	if (nexcluded) {
		why = ""
		for (c in excluded)
			why = why (why ? ", " : "") c " " excluded[c]
		printf "  %-32s %6d         %s\n", "excluded with a reason", nexcluded, why
	}
	printf "  %-32s %6d %6d  %s\n", "to be reached", total - nexcluded, total_hit, percent(total_hit, total - nexcluded)
	n = split("trampoline dispatcher text-poke", part, " ")
	for (i = 1; i <= n; i++)
		if (apart[part[i]])
			printf "  apart: %-25s %6d %6d  %s\n", part[i], apart[part[i]], apart_hit[part[i]],
			       percent(apart_hit[part[i]], apart[part[i]])
	if (nfeature)
		printf "\nnot reached, %d lines that no case can make yet:\n%s", nfeature, list["feature"]
	if (nunexplained)
		printf "\nnot reached, %d lines without a reason in %s:\n%s", nunexplained, rows, list["unexplained"]
	if (all && nexcluded)
		printf "\nexcluded:\n%s", list["excluded"]
	if (all && list["apart"])
		printf "\napart, not reached:\n%s", list["apart"]
	for (r = 1; r <= nr; r++) {
		if (!found[r])
			printf "%s:%d: this kernel has no such line: %s: %s\n", rows, row_line[r], row_fn[r], row_text[r]
		else if (!needed[r] && row_class[r] ~ /^(error|dead|cpu|config|feature)$/)
			printf "%s:%d: no line needs this row: %s: %s\n", rows, row_line[r], row_fn[r], row_text[r]
	}
	exit nunexplained > 0
}
