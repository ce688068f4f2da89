// SPDX-License-Identifier: GPL-2.0
/*
 * prose join FILE: all that a device needs to talk, from a manager's file to the
 * last line "talking, N members heard".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "conf.h"
#include "dev.h"
#include "import.h"
#include "managed.h"
#include "prose.h"
#include "shellword.h"
#include "state.h"
#include "updown.h"

#define HEAR_MS 2000		/* how long it waits to hear somebody */
#define HEAR_STEP_MS 200

enum { W_LOWER, W_MANAGER, W_NAME, W_N };

static const struct keyword words[W_N] = {
	[W_LOWER] = { "lower", "the device to go over" },
	[W_MANAGER] = { "manager", "the hash of the manager's key" },
	[W_NAME] = { "name", "a name for the prose device" },
};

/* The only group in the file that this device is a member of, or NULL after a message. */
static struct imported *one_group(struct import *i)
{
	struct imported *found = NULL;
	size_t n;

	for (n = 0; n < i->n; n++) {
		if (i->groups[n].refused || !i->groups[n].n_live)
			continue;
		if (found) {
			fail(EXIT_USAGE, "the file is for more than one group; all of them are stored");
			hint("Write a configuration file for each, with Keys = manager, then: prose up NAME");
			return NULL;
		}
		found = &i->groups[n];
	}
	if (!found)
		fail(EXIT_USAGE, "there is no group in the file that this device could join");
	return found;
}

static int write_conf(const char *path, const char *lower, uint32_t group, struct why *w)
{
	char text[512];
	int dirfd, n, err;

	n = snprintf(text, sizeof(text),
		     "# Written by prose join. What is not said here the manager decides.\n[Device]\nLower = %s\nGroup = 0x%06x\nKeys = manager\n",
		     lower, group);
	if (mkdir(CONF_DIR, 0700) && errno != EEXIST)
		return why(w, "%s: %s", CONF_DIR, errno_text(errno));
	dirfd = open(CONF_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return why(w, "%s: %s", CONF_DIR, errno_text(errno));
	err = state_replace(dirfd, strrchr(path, '/') + 1, path, text, n, w);
	close(dirfd);
	return err;
}

/* A file that is there is the user's, and is left as it is. */
static int configure(const struct imported *g, const char *name, const char *lower,
		     char used[IF_NAMESIZE])
{
	enum key_source source = managed_source(g->group, used);
	char path[PATH_MAX];
	struct why w;

	if (source == SOURCE_MANAGER)
		return EXIT_OK;
	if (!lower) {
		fail(EXIT_USAGE, "which device is %s to go over?", name);
		hint("Say it: prose join FILE lower DEV (ip link lists them). The keys are stored.");
		return EXIT_USAGE;
	}
	if (device_name_valid(lower, &w))
		return usage(&w);
	snprintf(path, sizeof(path), CONF_DIR "/%s" CONF_SUFFIX, name);
	if (!faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW)) {
		fail(EXIT_USAGE, "%s is there, and is for another group", path);
		hint("Give this one another name: prose join FILE lower %s name NAME. The keys are stored.",
		     sh(lower));
		return EXIT_USAGE;
	}
	if (write_conf(path, lower, g->group, &w))
		return fail(EXIT_USAGE, "%s", w.text);
	if (!opt.json)
		printf("%s is written\n", path);
	snprintf(used, IF_NAMESIZE, "%s", name);
	return EXIT_OK;
}

static int bring_up(const char *name)
{
	struct conf c;
	struct why w;
	int code;

	if (conf_load(&c, name, NULL, &w))
		code = conf_refused(&c, &w);
	else
		code = conf_ready(&c);
	if (!code)
		code = device_up(&c);
	conf_free(&c);
	return code;
}

static bool systemd(void)
{
	return !access("/run/systemd/system", F_OK);
}

/* Without an agent the keys' PTK IDs run out one day. */
static void start_agent(void)
{
	if (agent_runs())
		return;
	if (systemd() && !system("systemctl enable --now prose-agent.service >/dev/null 2>&1") &&
	    agent_runs()) {
		if (!opt.json)
			printf("prose-agent.service is enabled and runs\n");
		return;
	}
	hint("No agent runs here; it takes new PTK IDs in time, and has the keys back after a hibernation:");
	hint("systemctl enable --now prose-agent, or in the foreground: prose agent");
}

/* "talking, N members heard", or what is missing. */
static int say_state(const char *name)
{
	struct obj_list keys = { NULL, 0 }, members = { NULL, 0 };
	uint32_t ifindex = prose_device(name);
	struct nl_error e;
	size_t heard = 0;
	bool sends = false;
	struct genl g;
	int code, waited;

	code = ifindex ? genl_open(&g, false) : EXIT_KERNEL;
	if (code)
		return code;
	for (waited = 0; !heard && waited <= HEAR_MS; waited += HEAR_STEP_MS) {
		usleep(waited ? HEAR_STEP_MS * 1000 : 0);
		obj_list_free(&keys);
		obj_list_free(&members);
		if (genl_dump(&g, PROSE_CMD_KEY_GET, ifindex, &keys, &e) ||
		    genl_dump(&g, PROSE_CMD_MEMBER_GET, ifindex, &members, &e))
			break;
		sends = obj_sent_with(&keys);
		heard = obj_members(&members, ifindex);
	}
	obj_list_free(&keys);
	obj_list_free(&members);
	genl_close(&g);
	if (!sends) {
		fail(EXIT_LATER, "%s: NOT talking: it has no key to send with now", name);
		hint("prose doctor %s tells why", sh(name));
		return EXIT_LATER;
	}
	if (!opt.json)
		printf("%s: talking, %zu member%s heard\n", name, heard, heard == 1 ? "" : "s");
	return EXIT_OK;
}

/* Also if it does not come up: the manager is to know how far it came. */
static int set_up(struct import *i, const char *const *v, char name[IF_NAMESIZE])
{
	struct imported *g = one_group(i);
	int code;

	if (!g)
		return EXIT_USAGE;
	code = configure(g, v[W_NAME] ? v[W_NAME] : g->name, v[W_LOWER], name);
	if (!code)
		code = bring_up(name);
	if (!code)
		g->result = RESULT_IN_USE;
	return code;
}

static int join(struct import *i, const char *const *v)
{
	char name[IF_NAMESIZE];
	int code, after;

	i->answer_later = true;
	code = import_file(i);
	if (!i->serial)
		return code;
	if (!code)
		code = set_up(i, v, name);
	after = import_answer(i);
	if (code || after)
		return code ? code : after;
	start_agent();
	return say_state(name);
}

int cmd_join(struct args *a)
{
	struct import *i = calloc(1, sizeof(*i));
	const char *v[W_N];
	struct why w;
	int code;

	if (!i)
		return fail(EXIT_KERNEL, "no memory");
	i->file = arg_next(a);
	if (!i->file)
		why(&w, "the name of the manager's file is missing: prose join FILE lower DEV");
	if (!i->file || args_keywords(a, words, W_N, v, &w) ||
	    (v[W_NAME] && device_name_valid(v[W_NAME], &w))) {
		code = usage(&w);
	} else {
		i->manager = v[W_MANAGER];
		code = join(i, v);
	}
	free(i);
	return code;
}
