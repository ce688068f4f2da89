# SPDX-License-Identifier: GPL-2.0
# Words for the numbers of include/uapi/linux/prose.h: tables that cannot fall
# behind the netlink specification, from which that header is generated.

BEGIN {
	table["PROSE_CIPHER_"] = "cipher_names"
	table["PROSE_INTEGRITY_"] = "integrity_names"
	table["PROSE_NONIP_"] = "nonip_names"
	table["PROSE_REQUIRE_"] = "require_names"
	table["PROSE_CHOICE_"] = "choice_names"
	table["PROSE_KEY_STATE_"] = "key_state_names"
	table["PROSE_EVENT_TYPE_"] = "event_names"
	table["PROSE_A_"] = "attr_name"
	table["PROSE_A_COUNTERS_"] = "counter_names"
	table["PROSE_A_LOWER_COUNTERS_"] = "lower_counter_names"
	table["IFLA_PROSE_"] = "link_attr_name"
	table["PROSE_CMD_"] = "cmd_names"
}

/^\t[A-Z][A-Z0-9_]*( = [0-9]+)?,$/ {
	name = $1
	sub(/,$/, "", name)
	best = ""
	for (p in table)
		if (index(name, p) == 1 && length(p) > length(best))
			best = p
	if (best == "")
		next
	word = tolower(substr(name, length(best) + 1))
	gsub(/_/, "-", word)
	entries[best] = entries[best] "\t[" name "] = \"" word "\",\n"
}

END {
	print "/* Made by names.awk from linux/prose.h. */"
	for (p in table)
		printf "const char *const %s[] = {\n%s};\n\n", table[p], entries[p]
	for (p in table)
		printf "const size_t n_%s = sizeof(%s) / sizeof(%s[0]);\n",
			table[p], table[p], table[p]
}
