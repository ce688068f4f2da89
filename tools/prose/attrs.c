// SPDX-License-Identifier: GPL-2.0
#include <linux/if_link.h>

#include "attrs.h"
#include "names.h"

const struct attr_names prose_attrs = {
	.names = attr_name,
	.max = PROSE_A_MAX,
};

static const struct attr_names info_data = {
	.names = link_attr_name,
	.max = IFLA_PROSE_MAX,
};

static const char *const info_names[] = {
	[IFLA_INFO_KIND] = "type",
};

static const struct attr_nest info_nests[] = {
	{ IFLA_INFO_DATA, &info_data },
	{ 0, NULL },
};

static const struct attr_names info = {
	.names = info_names,
	.max = ARRAY_SIZE(info_names) - 1,
	.nests = info_nests,
};

static const char *const ifla_names[] = {
	[IFLA_IFNAME] = "name",
	[IFLA_LINK] = "link",
};

static const struct attr_nest ifla_nests[] = {
	{ IFLA_LINKINFO, &info },
	{ 0, NULL },
};

const struct attr_names link_attrs = {
	.names = ifla_names,
	.max = ARRAY_SIZE(ifla_names) - 1,
	.nests = ifla_nests,
};
