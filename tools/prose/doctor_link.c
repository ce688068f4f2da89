// SPDX-License-Identifier: GPL-2.0
/* prose doctor: the lower device, and the device itself. */
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "prose.h"
#include "shellword.h"

#define CARRIER 0x10000	/* IFF_LOWER_UP, which net/if.h lacks */
#define OVERHEAD 51
#define IPV6_MIN_MTU 1280
#define MTU_MIN (68 + OVERHEAD)	/* of a lower device */

static bool is_wireless(const char *name)
{
	char path[64];

	/* What is mounted there is of the network namespace that we came from. */
	if (opt.netns)
		return false;
	snprintf(path, sizeof(path), "/sys/class/net/%s/phy80211", name);
	return !access(path, F_OK);
}

/* Uppers that take all frames, other than a VRF. */
static bool enslaved(const struct rtnl_link *l, char master[IF_NAMESIZE])
{
	struct rtnl_link m;
	struct nl_error e;

	master[0] = 0;
	if (!l->master || rtnl_get(l->master, &m, &e))
		return false;
	snprintf(master, IF_NAMESIZE, "%s", m.name);
	return strcmp(m.kind, "vrf");
}

static enum doctor_result unfit(const struct rtnl_link *l, struct finding *f)
{
	char master[IF_NAMESIZE];

	if (l->type != ARPHRD_ETHER || l->flags & IFF_LOOPBACK)
		return found(f, DR_FAULT, DR_LOWER, "lower-type",
			     "%s is no Ethernet device, so no prose device can be on it; name another one",
			     l->name);
	if (enslaved(l, master)) {
		mend(f, "ip link set %s nomaster", sh(l->name));
		return found(f, DR_FAULT, DR_LOWER, "lower-enslaved",
			     "%s is a port of %s, which takes its frames; take it out, or stack on %s itself",
			     l->name, master, master);
	}
	if (l->mtu < MTU_MIN) {
		mend(f, "ip link set %s mtu 1551", sh(l->name));
		return found(f, DR_FAULT, DR_LOWER, "lower-mtu",
			     "the MTU of %s is %u; %u at least are needed, 1551 for 1500 inside",
			     l->name, l->mtu, MTU_MIN);
	}
	return DR_OK;
}

static enum doctor_result no_carrier(const struct rtnl_link *l, struct finding *f)
{
	if (is_wireless(l->name)) {
		mend(f, "iw dev %s link", sh(l->name));
		return found(f, DR_FAULT, DR_LOWER, "lower-no-carrier",
			     "%s has joined no radio network: iw dev %s ibss join, ocb join, or associate; this tells where it is",
			     l->name, l->name);
	}
	mend(f, "ip -s link show dev %s", sh(l->name));
	return found(f, DR_FAULT, DR_LOWER, "lower-no-carrier",
		     "%s has no carrier: its cable, its peer, the port at the other end, or, of a radio, a network that it has not joined",
		     l->name);
}

enum doctor_result check_lower(struct doctor *d, struct finding *f)
{
	const struct rtnl_link *l = &d->lower;

	if (!d->lower_here)
		return found(f, DR_SKIPPED, DR_LOWER, "lower-elsewhere",
			     "it is device %u of another network namespace, and is not looked at",
			     d->dev.lower_ifindex);
	if (unfit(l, f) != DR_OK)
		return DR_FAULT;
	if (!(l->flags & IFF_UP)) {
		mend(f, "ip link set %s up", sh(l->name));
		return found(f, DR_FAULT, DR_LOWER, "lower-down", "%s is down", l->name);
	}
	if (!(l->flags & CARRIER))
		return no_carrier(l, f);
	if (d->link.mtu < IPV6_MIN_MTU) {
		mend(f, "ip link set %s mtu 1551", sh(l->name));
		mend(f, "ip link set %s mtu 1500", sh(d->name));
		return found(f, DR_NOTICE, DR_LOWER, "mtu",
			     "the MTU of %s is %u, over %u of %s: IPv6 needs 1280, and what is longer is not sent",
			     d->name, d->link.mtu, l->mtu, l->name);
	}
	return found(f, DR_OK, DR_WELL, "lower", "%s is up, MTU %u", l->name, l->mtu);
}

/* Is the group's address in the list that the driver was given? */
static bool listed(const struct doctor *d)
{
	unsigned int index;
	char line[256], want[16], address[72];
	bool good = false;
	FILE *f = fopen("/proc/thread-self/net/dev_mcast", "re");

	if (!f)
		return true;	/* it cannot be told */
	snprintf(want, sizeof(want), "033303%06x", d->dev.group);
	while (!good && fgets(line, sizeof(line), f))
		good = sscanf(line, "%u %*s %*s %*s %71s", &index, address) == 2 &&
		       index == d->dev.lower_ifindex && !strcmp(address, want);
	fclose(f);
	return good;
}

enum doctor_result check_filter(struct doctor *d, struct finding *f)
{
	if (!d->lower_here)
		return found(f, DR_SKIPPED, DR_WELL, "filter", "not looked at");
	if (d->lower.flags & (IFF_ALLMULTI | IFF_PROMISC))
		return found(f, DR_OK, DR_WELL, "filter", "%s takes all multicast",
			     d->lower.name);
	if (!listed(d)) {
		mend(f, "ip link set %s allmulticast on", sh(d->lower.name));
		return found(f, DR_FAULT, DR_FILTER, "filter",
			     "the group's address is not in the multicast filter of %s",
			     d->lower.name);
	}
	return found(f, DR_OK, DR_WELL, "filter", "%s was told the group's multicast address",
		     d->lower.name);
}

enum doctor_result check_up(struct doctor *d, struct finding *f)
{
	if (!(d->link.flags & IFF_UP)) {
		mend(f, "ip link set %s up", sh(d->name));
		return found(f, DR_FAULT, DR_DOWN, "down", "%s is down", d->name);
	}
	return found(f, DR_OK, DR_WELL, "up", "%s is up, MTU %u", d->name, d->link.mtu);
}

enum doctor_result check_candidate(struct doctor *d, struct finding *f)
{
	if (unfit(&d->lower, f) != DR_OK)
		return DR_FAULT;
	mend(f, "ip link add link %s name prose0 type prose group 0xXXXXXX", sh(d->lower.name));
	return found(f, DR_FAULT, DR_NO_DEVICE, "not-prose",
		     "%s is no prose device; it can be the lower device of one", d->lower.name);
}
