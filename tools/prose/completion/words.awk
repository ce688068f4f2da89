# SPDX-License-Identifier: GPL-2.0
# The completion of a shell: the file common takes the place of the line @COMMON@,
# and a function that tells what the list "words" has, or 1, that of @WORDS@.
# -v shell=fish: for fish; else for bash and zsh. -v common=FILE

FILENAME ~ /\/words$/ {
	if (/^(#|$)/)
		next
	colon = index($0, ":")
	entry[++n] = substr($0, 1, colon - 1)
	list[n] = substr($0, colon + 1)
	next
}

function fish_function(	i)
{
	print "function __prose_words\n    switch \"$argv[1]\""
	for (i = 1; i <= n; i++) {
		printf "        case '%s'\n", entry[i]
		if (list[i] != "")
			printf "            printf '%%s\\n'%s\n", list[i]
	}
	print "        case '*'\n            return 1\n    end\n    return 0\nend"
}

function sh_function(	i)
{
	print "_prose_words()\n{\n\tcase $1 in"
	for (i = 1; i <= n; i++)
		printf "\t'%s') %s ;;\n", entry[i],
			list[i] == "" ? ":" : "printf '%s\\n'" list[i]
	print "\t*) return 1 ;;\n\tesac\n}"
}

function take(line)
{
	if (line == "@WORDS@" && shell == "fish")
		fish_function()
	else if (line == "@WORDS@")
		sh_function()
	else if (line == "@COMMON@")
		while ((getline line < common) > 0)
			take(line)
	else if (line !~ /^# shellcheck shell=/)
		print line
}

{
	take($0)
}
