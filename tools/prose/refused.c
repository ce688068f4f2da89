// SPDX-License-Identifier: GPL-2.0
/* What to do about it when the kernel says no. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "genl.h"
#include "prose.h"

#define ANY 0

static const struct {
	uint8_t cmd;
	int err;
	const char *what;
} hints[] = {
	{ PROSE_CMD_KEY_ADD, EEXIST,
	  "Detach the other key first, or give this one another ID: prose key show dev DEV" },
	{ PROSE_CMD_KEY_ADD, EADDRINUSE,
	  "Only the 5 low bits of an ID are sent; take an ID with others: prose key show" },
	{ PROSE_CMD_KEY_ADD, ENOKEY,
	  "The keyring key is gone, dead or without a payload: keyctl show; add it anew" },
	{ PROSE_CMD_KEY_ADD, EKEYEXPIRED, "The keyring key has expired; add it anew" },
	{ PROSE_CMD_KEY_ADD, EKEYREVOKED, "The keyring key was revoked; add it anew" },
	{ PROSE_CMD_KEY_ADD, EACCES,
	  "The key must let you search it: keyctl setperm SERIAL (the key's owner can)" },
	{ PROSE_CMD_KEY_ADD, ENOENT,
	  "This kernel lacks an algorithm that the suite needs; look at /proc/crypto" },
	{ PROSE_CMD_KEY_ADD, EOPNOTSUPP,
	  "prose --help names the suites; a device with protect off takes no key at all" },
	{ PROSE_CMD_KEY_ADD, EPROTONOSUPPORT,
	  "3gpp (the default) and direct are always there; load the module of any other" },
	{ PROSE_CMD_KEY_ADD, EKEYREJECTED,
	  "Take a key of the type prose that was not used in another way: prose genkey" },
	{ PROSE_CMD_KEY_ADD, EPROTO,
	  "cipher aes256-gcm gives it; or ask for less: prose dev set DEV require none" },
	{ PROSE_CMD_KEY_GRANT, EBUSY,
	  "A key value sends on one device per member at a time; see who has it: prose key show" },
	{ PROSE_CMD_KEY_GRANT, ENOSPC,
	  "The key stays receive-only. Room returns when the module is unloaded" },
	{ PROSE_CMD_KEY_GRANT, ESTALE,
	  "Another ledger grants to this key at the same moment. Use one state directory" },
	{ PROSE_CMD_KEY_GRANT, ENOTUNIQ,
	  "An AEAD suite helps at once; else load the module anew, with a new PGK or member ID" },
	{ PROSE_CMD_KEY_GRANT, EPERM, "Let the device send first: prose dev set DEV tx on" },
	{ PROSE_CMD_KEY_GRANT, E2BIG,
	  "Ranges with gaps between them pile up; send with those there are first" },
	{ PROSE_CMD_KEY_GRANT, EAGAIN, "Try again after the hibernation: prose key extend" },
	{ PROSE_CMD_PTK_NEXT, EAGAIN,
	  "Leave \"id\" out for the key that is sent with, or change over first: prose key use" },
	{ PROSE_CMD_PTK_NEXT, ERANGE,
	  "The next PTK ID needs a range: prose key extend dev DEV id ID" },
	{ PROSE_CMD_MEMBER_RESET, ENOENT,
	  "See which members were heard with which key: prose member show" },
	{ PROSE_CMD_MEMBER_RESET, EOPNOTSUPP,
	  "Only keys with integrity or an AEAD suite remember their senders: prose key show" },
	{ PROSE_CMD_FLOOR_SET, ENOSPC,
	  "The kernel remembers too many senders; room returns when the module is unloaded" },
	{ CMD_LINK, EOPNOTSUPP, "Is the module loaded? modprobe prose (or insmod prose.ko)" },
	{ CMD_LINK, EEXIST,
	  "The name, or group and member on that lower device, are taken: prose show" },
	{ CMD_LINK, EDOM, "Take a larger ptk-age or ptk-packets, or let the key end earlier" },
	{ CMD_LINK, EADDRNOTAVAIL, "Name it: prose dev add NAME link LOWER group G member M" },
	{ CMD_LINK, EBUSY,
	  "On a bridge, bond or team, not its port; no group both protected and not" },
	{ ANY, ENODEV, "prose show lists the prose devices of this network namespace" },
	{ ANY, ENOENT, "See what is attached: prose key show" },
	{ ANY, EDQUOT, "The quota for keys of this user is full: /proc/key-users, keyctl show" },
	{ ANY, ENOMEM, "The kernel is short of memory; nothing was changed" },
	{ ANY, EOPNOTSUPP, "prose show lists the prose devices of this network namespace" },
};

int kernel_refused(const char *what, uint8_t cmd, const struct nl_error *e)
{
	const char *attr = e->attr;
	size_t i;

	if (!e->answered) {
		fail(EXIT_KERNEL, "%s: no answer from the kernel: %s", what, strerror(-e->err));
		return EXIT_KERNEL;
	}
	/* Want of capability has no text; a refusal of the module has. */
	if (e->err == -EPERM && !e->msg[0])
		return fail(EXIT_KERNEL, "%s: not permitted: run it as root (CAP_NET_ADMIN over this network namespace is needed)",
			    what);
	if (e->msg[0] || attr[0])
		fail(EXIT_KERNEL, "%s: %s%s%s%s%s (%s)", what, e->msg,
		     attr[0] ? (e->msg[0] ? " [" : "[") : "",
		     attr[0] && e->missing ? "missing attribute " : attr[0] ? "attribute " : "",
		     attr, attr[0] ? "]" : "", strerror(-e->err));
	else
		fail(EXIT_KERNEL, "%s: %s", what, strerror(-e->err));
	for (i = 0; i < ARRAY_SIZE(hints); i++) {
		if (hints[i].err != -e->err)
			continue;
		if (hints[i].cmd != cmd && hints[i].cmd != ANY)
			continue;
		hint("%s", hints[i].what);
		break;
	}
	return EXIT_KERNEL;
}

int load_module(const char *name)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return -1;
	if (!pid) {
		execlp("modprobe", "modprobe", "-q", name, (char *)NULL);
		execl("/sbin/modprobe", "modprobe", "-q", name, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}
