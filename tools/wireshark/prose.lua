-- SPDX-License-Identifier: GPL-2.0
-- ProSe one-to-many frames in Wireshark and tshark: all headers, no key.
-- The format is in Documentation/protocol.rst.
--
-- Nothing in a frame names its suite, so what follows the PDCP header is shown
-- as Data, unless the preference "suite" tells where salt, MAC-I or tag are.

-- A plugin of this user and one of all users may both be there; the first stays.
local there, dissector = pcall(Dissector.get, "prose")
if there and dissector then
	return
end

local ETHERTYPE = 0x88b5 -- local experimental; ours
local SLSCH_LEN = 7
local SUB_LEN = 1
local SUB_PADDED_LEN = 4
local PDCP_LEN = 5
local LCID_MIN, LCID_MAX, LCID_PADDING = 1, 10, 31

local prose = Proto("prose", "ProSe one-to-many communication")

local sdu_types = {
	[0] = "IP",
	[1] = "ARP",
	[2] = "PC5 signalling",
	[3] = "Non-IP (whole Ethernet frame)",
	[4] = "reserved", [5] = "reserved", [6] = "reserved", [7] = "reserved",
}
local sdu_known = { [0] = true, [1] = true, [3] = true }

local lcids = { [LCID_PADDING] = "padding" }
for lcid = LCID_MIN, LCID_MAX do
	lcids[lcid] = "user data"
end

local lengths = { [0] = "7 bit", [1] = "15 bit" }

-- SL-SCH MAC header (TS 36.321 6.1.6)
local f_version = ProtoField.uint8("prose.version", "V", base.DEC, nil, 0xf0)
local f_reserved = ProtoField.uint8("prose.reserved", "R", base.HEX, nil, 0x0f)
local f_src = ProtoField.uint24("prose.src", "SRC, member ID of the sender", base.HEX)
local f_group = ProtoField.uint24("prose.group", "DST, group ID", base.HEX)
-- Subheaders (TS 36.321 6.2.4)
local f_sub = ProtoField.bytes("prose.sub", "MAC subheader")
local f_sub_r = ProtoField.uint8("prose.sub.reserved", "R", base.HEX, nil, 0xc0)
local f_sub_e = ProtoField.bool("prose.sub.e", "E, another one follows", 8, nil, 0x20)
local f_lcid = ProtoField.uint8("prose.lcid", "LCID", base.DEC, lcids, 0x1f)
local f_sub_f = ProtoField.uint8("prose.sub.f", "F", base.DEC, lengths, 0x80)
local f_sub_l = ProtoField.uint16("prose.sub.l", "L", base.DEC, nil, 0x7fff)
local f_pad = ProtoField.bytes("prose.pad", "Padding subheader")
local f_pad_r = ProtoField.uint8("prose.pad.reserved", "R", base.HEX, nil, 0xc0)
local f_pad_e = ProtoField.bool("prose.pad.e", "E, another one follows", 8, nil, 0x20)
local f_pad_lcid = ProtoField.uint8("prose.pad.lcid", "LCID", base.DEC, lcids, 0x1f)
-- PDCP header (TS 36.323 6.2.10.1)
local f_pdcp = ProtoField.bytes("prose.pdcp", "PDCP header")
local f_sdu = ProtoField.uint8("prose.sdu_type", "SDU type", base.DEC, sdu_types, 0xe0)
local f_pgk = ProtoField.uint8("prose.pgk", "PGK index", base.DEC, nil, 0x1f)
local f_ptkid = ProtoField.uint16("prose.ptkid", "PTK ID", base.DEC)
local f_sn = ProtoField.uint16("prose.sn", "PDCP SN", base.DEC)
local f_count = ProtoField.uint32("prose.count", "COUNT", base.HEX)
-- What follows it
local f_salt = ProtoField.bytes("prose.salt", "Salt")
local f_data = ProtoField.bytes("prose.data", "Data, ciphered")
local f_clear = ProtoField.bytes("prose.clear", "Data, not protected")
local f_len = ProtoField.uint32("prose.len", "Octets after the PDCP header", base.DEC)
local f_mac = ProtoField.bytes("prose.maci", "MAC-I")
local f_tag = ProtoField.bytes("prose.tag", "Tag")
local f_padding = ProtoField.bytes("prose.padding", "Padding")
local f_rest = ProtoField.bytes("prose.rest", "Octets that could not be dissected")

prose.fields = {
	f_version, f_reserved, f_src, f_group,
	f_sub, f_sub_r, f_sub_e, f_lcid, f_sub_f, f_sub_l,
	f_pad, f_pad_r, f_pad_e, f_pad_lcid,
	f_pdcp, f_sdu, f_pgk, f_ptkid, f_sn, f_count,
	f_salt, f_data, f_clear, f_len, f_mac, f_tag, f_padding, f_rest,
}

-- In parentheses, the counter of a receiver that drops such a frame
local function malformed(name, text)
	return ProtoExpert.new("prose.expert." .. name, text,
		expert.group.MALFORMED, expert.severity.ERROR)
end

local e_short = malformed("short", "Too short for its headers (short)")
local e_version = malformed("version", "V is not 3 (version)")
local e_subheader = malformed("subheader", "Unknown sequence of subheaders (rx-subheader)")
local e_length = malformed("length",
	"L is beyond the frame, or no room for the PDCP header (rx-length)")
local e_suite = malformed("suite",
	"Too short for the suite that the preference tells (rx-length)")
local e_lcid = ProtoExpert.new("prose.expert.lcid", "LCID is not 1 to 10 (rx-lcid)",
	expert.group.PROTOCOL, expert.severity.WARN)
local e_sdu = ProtoExpert.new("prose.expert.sdu_type", "Reserved SDU type (rx-sdu-type)",
	expert.group.PROTOCOL, expert.severity.WARN)
local e_clear = ProtoExpert.new("prose.expert.unprotected",
	"Not protected: PGK index, PTK ID and SN are zero (rx-unprotected)",
	expert.group.SECURITY, expert.severity.WARN)
local e_cut = ProtoExpert.new("prose.expert.cut", "Cut off in the capture",
	expert.group.UNDECODED, expert.severity.NOTE)

prose.experts = {
	e_short, e_version, e_subheader, e_length, e_suite, e_lcid, e_sdu, e_clear, e_cut,
}

-- What is before and behind the Data
local layouts = {
	[0] = { 0, 0 }, -- not told
	{ 0, 0 },
	{ 0, 4, f_mac },
	{ 4, 16, f_tag },
}

prose.prefs.ethertype = Pref.string("Ethernet type", "0x88b5",
	"As the devices were created with, in hexadecimal (0x...) or decimal")
prose.prefs.suite = Pref.enum("Suite", 0,
	"What the group's keys were attached with; no frame tells. Decides where " ..
	"salt, MAC-I and tag are; nothing is deciphered.",
	{
		{ 1, "not told", 0 },
		{ 2, "cipher", 1 },
		{ 3, "integrity", 2 },
		{ 4, "aead", 3 },
	}, false)

-- Octets [from, to) as far as they were captured
local function add(tree, field, tvb, from, to)
	to = math.min(to, tvb:captured_len())
	if from < to then
		return tree:add(field, tvb(from, to - from))
	end
end

local function rest(tree, tvb, from)
	add(tree, f_rest, tvb, from, tvb:captured_len())
end

local function sl_sch(tree, tvb)
	tree:add(f_version, tvb(0, 1))
	tree:add(f_reserved, tvb(0, 1))
	tree:add(f_src, tvb(1, 3))
	tree:add(f_group, tvb(4, 3))
end

-- Where PDU and padding begin, or nil if that cannot be told
local function subheaders(tree, tvb, whole)
	local at = SLSCH_LEN
	local first = tvb(at, 1):uint()
	local more = math.floor(first / 0x20) % 2 == 1
	local len = more and SUB_PADDED_LEN - 1 or SUB_LEN
	local lcid = first % 0x20
	local sub = add(tree, f_sub, tvb, at, at + len)

	sub:add(f_sub_r, tvb(at, 1))
	sub:add(f_sub_e, tvb(at, 1))
	local lcid_item = sub:add(f_lcid, tvb(at, 1))
	if lcid < LCID_MIN or lcid > LCID_MAX then
		lcid_item:add_proto_expert_info(e_lcid)
	end
	if not more then
		return at + SUB_LEN, whole, lcid
	end

	if whole < at + SUB_PADDED_LEN then
		sub:add_proto_expert_info(e_length)
		return nil
	end
	if tvb:captured_len() < at + SUB_PADDED_LEN then
		return nil
	end
	local f = tvb(at + 1, 1):uint() >= 0x80
	sub:add(f_sub_f, tvb(at + 1, 1))
	if f then
		sub:add(f_sub_l, tvb(at + 1, 2))
	end
	local second = tvb(at + 3, 1):uint()
	local pad = tree:add(f_pad, tvb(at + 3, 1))
	pad:add(f_pad_r, tvb(at + 3, 1))
	pad:add(f_pad_e, tvb(at + 3, 1))
	pad:add(f_pad_lcid, tvb(at + 3, 1))
	if not f or math.floor(second / 0x20) % 2 == 1 or second % 0x20 ~= LCID_PADDING then
		sub:add_proto_expert_info(e_subheader)
		return nil
	end
	local start = at + SUB_PADDED_LEN
	local l = tvb(at + 1, 2):uint() % 0x8000
	if start + l > whole then
		sub:add_proto_expert_info(e_length)
		return nil
	end
	return start, start + l, lcid
end

local function body(tree, tvb, from, to, clear)
	local layout = layouts[clear and 0 or prose.prefs.suite] or layouts[0]
	local head, tail, tail_field = layout[1], layout[2], layout[3]

	tree:add(f_len, to - from):set_generated()
	if to - from < head + tail then
		tree:add_proto_expert_info(e_suite)
		head, tail = 0, 0
	end
	if head > 0 then
		add(tree, f_salt, tvb, from, from + head)
	end
	add(tree, clear and f_clear or f_data, tvb, from + head, to - tail)
	if tail > 0 and to <= tvb:captured_len() then
		tree:add(tail_field, tvb(to - tail, tail))
	end
end

local function pdcp(tree, tvb, from, to)
	local kind = math.floor(tvb(from, 1):uint() / 0x20)
	local index = tvb(from, 1):uint() % 0x20
	local ptk_id, sn = tvb(from + 1, 2):uint(), tvb(from + 3, 2):uint()
	local clear = index == 0 and ptk_id == 0 and sn == 0
	local header = tree:add(f_pdcp, tvb(from, PDCP_LEN))

	local kind_item = header:add(f_sdu, tvb(from, 1))
	if not sdu_known[kind] then
		kind_item:add_proto_expert_info(e_sdu)
	end
	header:add(f_pgk, tvb(from, 1))
	header:add(f_ptkid, tvb(from + 1, 2))
	header:add(f_sn, tvb(from + 3, 2))
	header:add(f_count, tvb(from + 1, 4)):set_generated()
	if clear then
		header:add_proto_expert_info(e_clear)
	end
	body(tree, tvb, from + PDCP_LEN, to, clear)
	return string.format("PGK %d, PTK ID %d, SN %d, %s, %d octets%s", index, ptk_id, sn,
		sdu_types[kind], to - from - PDCP_LEN, clear and ", not protected" or "")
end

-- What the Info column says
local function dissect(tree, tvb, whole)
	local have = tvb:captured_len()

	if whole < SLSCH_LEN + SUB_LEN then
		tree:add_proto_expert_info(e_short)
		rest(tree, tvb, 0)
		return "Too short"
	end
	if have < SLSCH_LEN + SUB_LEN then
		rest(tree, tvb, 0)
		return "Cut off in the capture"
	end
	local version = math.floor(tvb(0, 1):uint() / 16)
	if version ~= 3 then
		tree:add(f_version, tvb(0, 1)):add_proto_expert_info(e_version)
		rest(tree, tvb, 1)
		return string.format("V is %d, not 3", version)
	end
	sl_sch(tree, tvb)
	local text = string.format("%06x to %06x, ", tvb(1, 3):uint(), tvb(4, 3):uint())

	local start, to, lcid = subheaders(tree, tvb, whole)
	if not start then
		rest(tree, tvb, SLSCH_LEN + SUB_LEN)
		return text .. "subheaders that do not fit"
	end
	if to - start < PDCP_LEN then
		tree:add_proto_expert_info(e_length)
		rest(tree, tvb, start)
		return text .. "no room for the PDCP header"
	end
	if have < start + PDCP_LEN then
		rest(tree, tvb, start)
		return text .. "cut off in the capture"
	end
	if lcid < LCID_MIN or lcid > LCID_MAX then
		text = text .. "LCID " .. lcid .. ", "
	end
	text = text .. pdcp(tree, tvb, start, to)
	add(tree, f_padding, tvb, to, whole)
	return text
end

function prose.dissector(tvb, pinfo, root)
	local whole = tvb:reported_len()
	local have = tvb:captured_len()
	local tree = root:add(prose, tvb(0, have))

	pinfo.cols.protocol = "ProSe"
	if have < whole then
		tree:add_proto_expert_info(e_cut)
	end
	pinfo.cols.info = dissect(tree, tvb, whole)
	return have
end

local ethertypes = DissectorTable.get("ethertype")
local registered

local function register(ethertype)
	if ethertype == registered then
		return
	end
	if registered then
		ethertypes:remove(registered, prose)
	end
	ethertypes:add(ethertype, prose)
	registered = ethertype
end

function prose.prefs_changed()
	local ethertype = tonumber(prose.prefs.ethertype)

	-- Below 0x600 it is a length (IEEE 802.3 3.2.6).
	if ethertype and ethertype >= 0x600 and ethertype <= 0xffff and ethertype % 1 == 0 then
		register(ethertype)
	else
		register(ETHERTYPE)
	end
end

register(ETHERTYPE)
