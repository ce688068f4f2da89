-- SPDX-License-Identifier: GPL-2.0
-- Lua here is what Wireshark runs: its dialect, and what it offers.
std = "lua52"
max_line_length = 100
read_globals = {
	"base", "Dissector", "DissectorTable", "expert", "Pref", "Proto", "ProtoExpert", "ProtoField",
}
