// SPDX-License-Identifier: GPL-2.0
/* prose doctor: the order of the checks, and what is printed. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "doctor.h"
#include "ids.h"
#include "json.h"
#include "prose.h"
#include "shellword.h"
#include "when.h"

#define LISTEN_DEFAULT 5
#define LISTEN_MAX 3600
#define CHOICE_US 1200000	/* a second, and time for the work to be done */

/* Documented in prose(8); scripts depend on them. 1 to 3 are those of all commands. */
static const struct {
	int code;
	const char *name;
} classes[DR_CLASSES] = {
	[DR_WELL] = { 0, "well" },
	[DR_MODULE] = { 10, "module" },
	[DR_NO_DEVICE] = { 11, "no-device" },
	[DR_LOWER] = { 12, "lower" },
	[DR_FILTER] = { 13, "filter" },
	[DR_DOWN] = { 14, "down" },
	[DR_CLOCK] = { 15, "clock" },
	[DR_NO_KEY] = { 16, "no-key" },
	[DR_NOT_SENT] = { 17, "not-sent" },
	[DR_RANGE] = { 18, "range" },
	[DR_CONFLICT] = { 19, "conflict" },
	[DR_AGENT] = { 20, "agent" },
	[DR_SILENCE] = { 30, "silence" },
	[DR_OTHER_GROUP] = { 31, "other-group" },
	[DR_UNKNOWN_KEY] = { 32, "unknown-key" },
	[DR_WRONG_KEY] = { 33, "wrong-key" },
	[DR_SUITE] = { 34, "suite" },
	[DR_REPLAY] = { 35, "replay" },
	[DR_OWN_MEMBER] = { 36, "own-member" },
	[DR_UNPROTECTED] = { 37, "unprotected" },
	[DR_OTHER] = { 38, "other" },
};

static const struct {
	const char *name;
	doctor_check look;
} checks[] = {
	{ "lower device", check_lower },
	{ "device", check_up },
	{ "multicast", check_filter },
	{ "clock", check_clock_now },
	{ "keys", check_keys },
	{ "member ID", check_conflict },
	{ "sending", check_sending },
	{ "range", check_range },
	{ "agent", check_agent },
	{ "air", check_air },
};

static const char *const result_words[] = {
	[DR_OK] = "ok",
	[DR_NOTICE] = "notice",
	[DR_FAULT] = "FAULT",
	[DR_SKIPPED] = "-",
};

enum doctor_result found(struct finding *f, enum doctor_result r, enum doctor_class class,
			 const char *verdict, const char *fmt, ...)
{
	va_list ap;

	f->class = class;
	f->verdict = verdict;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return r;
}

/* How a command is to be called to work where we work. */
const char *mend_where(const char *word, char out[MEND_LEN])
{
	static const char *const of_netns[] = { "ip", "tc", "iw", "tcpdump" };
	bool default_dir = !strcmp(opt.state_dir, LEDGER_DEFAULT_DIR), net = false;
	size_t i;

	for (i = 0; opt.netns && i < ARRAY_SIZE(of_netns); i++)
		net |= !strcmp(word, of_netns[i]);

	if (!strcmp(word, "prose"))
		snprintf(out, MEND_LEN, "prose%s%s%s%s", opt.netns ? " -n " : "",
			 opt.netns ? sh(opt.netns) : "", default_dir ? "" : " --state-dir ",
			 default_dir ? "" : sh(opt.state_dir));
	else if (!net)
		snprintf(out, MEND_LEN, "%s", word);
	else if (strchr(opt.netns, '/'))
		snprintf(out, MEND_LEN, "nsenter --net=%s %s", sh(opt.netns), word);
	else if (!strcmp(word, "ip") || !strcmp(word, "tc"))
		snprintf(out, MEND_LEN, "%s -n %s", word, sh(opt.netns));
	else
		snprintf(out, MEND_LEN, "ip netns exec %s %s", sh(opt.netns), word);
	return out;
}

void mend(struct finding *f, const char *fmt, ...)
{
	char line[MEND_LEN], start[MEND_LEN], *rest, *out;
	va_list ap;

	if (f->n_mend == MENDS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	rest = strchr(line, ' ');
	if (rest)
		*rest++ = 0;
	out = f->mend[f->n_mend++];
	snprintf(out, MEND_LEN, "%s", mend_where(line, start));
	if (rest)
		snprintf(out + strlen(out), MEND_LEN - strlen(out), " %s", rest);
}

void mend_key_add(struct finding *f, const struct doctor *d, unsigned int id,
		  const struct obj *suite, const char *end)
{
	char words[96] = "cipher aes256-gcm";

	if (suite && cipher_is_aead(suite->cipher))
		snprintf(words, sizeof(words), "cipher %s", NAME(cipher_names, suite->cipher));
	else if (suite)
		snprintf(words, sizeof(words), "cipher %s integrity %s",
			 NAME(cipher_names, suite->cipher),
			 NAME(integrity_names, suite->integrity));
	if (suite && suite->kdf[0] && strcmp(suite->kdf, "3gpp"))
		snprintf(words + strlen(words), sizeof(words) - strlen(words), " kdf %s",
			 suite->kdf);
	mend(f, "prose key add dev %s id %u %s file FILE%s", sh(d->name), id, words, end);
}

static void print_mends(const struct finding *f)
{
	size_t i;

	if (f->n_mend)
		printf("  %s:\n", f->elsewhere ? "on another member" : "to mend it");
	for (i = 0; i < f->n_mend; i++)
		printf("    %s\n", f->mend[i]);
}

static void json_verdict(const struct finding *f)
{
	size_t i;

	json_string("class", classes[f->class].name);
	json_string("verdict", f->verdict);
	json_string("text", f->text);
	json_array("mend");
	for (i = 0; i < f->n_mend; i++)
		json_string(NULL, f->mend[i]);
	json_end();
	json_bool("mend_elsewhere", f->elsewhere);
}

/* A report with one finding and no checks: there is no device to check. */
static int report_alone(const char *name, const struct finding *f)
{
	int code = classes[f->class].code;

	if (!opt.json) {
		printf("%s%s%s\n", name ? name : "", name ? ": " : "", f->text);
		print_mends(f);
		return code;
	}
	json_object(NULL);
	if (name)
		json_string("ifname", name);
	json_uint("code", code);
	json_verdict(f);
	json_end();
	return code;
}

static void print_check(const char *name, enum doctor_result r, const struct finding *f)
{
	size_t i;

	if (!opt.json) {
		printf("  %-13s %-6s  %s\n", name, result_words[r], f->text);
		fflush(stdout);
		return;
	}
	json_object(NULL);
	json_string("check", name);
	json_string("result", r == DR_FAULT ? "fault" : r == DR_SKIPPED ? "skipped" :
		    result_words[r]);
	json_string("verdict", f->verdict);
	json_string("text", f->text);
	if (f->n_mend) {
		json_array("mend");
		for (i = 0; i < f->n_mend; i++)
			json_string(NULL, f->mend[i]);
		json_end();
	}
	json_end();
}

static int report(const struct doctor *d, const struct finding *f)
{
	int code = classes[f->class].code;

	if (!opt.json) {
		air_text(d);
		if (code)
			printf("  verdict: %s (%s)\n", f->verdict, classes[f->class].name);
		else
			printf("  verdict: all is well\n");
		print_mends(f);
		return code;
	}
	json_uint("code", code);
	json_verdict(f);
	air_json(d);
	return code;
}

/* Stop at the first fault; without one, the first notice is the verdict. */
static int examine(struct doctor *d)
{
	struct finding verdict = { .class = DR_WELL, .verdict = "well",
				   .text = "all is well" };
	bool noticed = false;
	size_t i;

	if (opt.json) {
		json_object(NULL);
		json_string("ifname", d->name);
		json_array("checks");
	} else {
		printf("%s\n", d->name);
	}
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		struct finding f = { .n_mend = 0 };
		enum doctor_result r;

		if (checks[i].look == check_air && d->seconds && !opt.json) {
			printf("  ... listening for %u s\n", d->seconds);
			fflush(stdout);
		}
		r = checks[i].look(d, &f);
		print_check(checks[i].name, r, &f);
		if (r == DR_FAULT || (r == DR_NOTICE && !noticed))
			verdict = f;
		noticed |= r == DR_NOTICE;
		if (r == DR_FAULT)
			break;
	}
	if (opt.json)
		json_end();
	i = report(d, &verdict);
	if (opt.json)
		json_end();
	return i;
}

/*
 * The module looks at every second which key is to be sent with. Just after a
 * key's time came, or the clock was set, it may not have looked yet.
 */
static bool choice_is_near(const struct doctor *d)
{
	bool ready = false;
	size_t i;

	for (i = 0; i < d->keys.n; i++) {
		if (d->keys.o[i].key_state == PROSE_KEY_STATE_ACTIVE)
			return false;
		ready |= d->keys.o[i].key_state == PROSE_KEY_STATE_READY;
	}
	return ready;
}

static int take_keys(struct doctor *d, struct nl_error *e)
{
	int err = genl_dump(d->g, PROSE_CMD_KEY_GET, d->dev.ifindex, &d->keys, e);

	if (err || !choice_is_near(d))
		return err;
	usleep(CHOICE_US);
	obj_list_free(&d->keys);
	d->now = clock_real();
	return genl_dump(d->g, PROSE_CMD_KEY_GET, d->dev.ifindex, &d->keys, e);
}

static int examine_one(struct genl *g, const struct obj *dev, unsigned int seconds)
{
	struct doctor *d = calloc(1, sizeof(*d));
	struct nl_error e;
	int code, err;

	if (!d)
		return fail(EXIT_KERNEL, "%s", strerror(ENOMEM));
	d->g = g;
	d->dev = *dev;
	d->seconds = seconds;
	d->now = clock_real();
	d->lower_here = !HAS(dev, PROSE_A_LOWER_NETNSID);
	snprintf(d->name, sizeof(d->name), "%s", dev->ifname);
	err = rtnl_get(dev->ifindex, &d->link, &e);
	if (!err && d->lower_here)
		err = rtnl_get(dev->lower_ifindex, &d->lower, &e);
	if (!err)
		err = take_keys(d, &e);
	if (!err)
		err = genl_dump(g, PROSE_CMD_MEMBER_GET, dev->ifindex, &d->members, &e);
	code = err ? kernel_refused(d->name, PROSE_CMD_DEV_GET, &e) : examine(d);
	obj_list_free(&d->keys);
	obj_list_free(&d->members);
	free(d);
	return code;
}

static int no_device(const char *name)
{
	struct finding f = { .n_mend = 0 };

	mend(&f, "ip link add link LOWER name %s type prose group 0xXXXXXX",
	     name ? sh(name) : "NAME");
	found(&f, DR_FAULT, DR_NO_DEVICE, "no-device",
	      name ? "there is no such device in this network namespace" :
	      "there is no prose device in this network namespace");
	return report_alone(name, &f);
}

static int no_prose_device(const char *name, uint32_t ifindex)
{
	struct doctor *d = calloc(1, sizeof(*d));
	struct finding f = { .n_mend = 0 };
	struct nl_error e;
	int code = EXIT_KERNEL;

	if (!d)
		return fail(EXIT_KERNEL, "%s", strerror(ENOMEM));
	if (rtnl_get(ifindex, &d->lower, &e)) {
		kernel_refused(name, CMD_LINK, &e);
	} else {
		check_candidate(d, &f);
		code = report_alone(name, &f);
	}
	free(d);
	return code;
}

/* The worst is that of the first device in trouble. */
static int examine_all(struct genl *g, const struct obj_list *devs, const char *name,
		       unsigned int seconds)
{
	uint32_t ifindex = name ? if_nametoindex(name) : 0;
	int code = EXIT_OK, one;
	bool any = false;
	size_t i;

	if (name && !ifindex)
		return no_device(name);
	for (i = 0; i < devs->n; i++) {
		if (ifindex && devs->o[i].ifindex != ifindex)
			continue;
		if (any && !opt.json)
			putchar('\n');
		any = true;
		one = examine_one(g, &devs->o[i], seconds);
		if (!code)
			code = one;
	}
	if (any)
		return code;
	return name ? no_prose_device(name, ifindex) : no_device(NULL);
}

static int no_module(void)
{
	struct finding f = { .n_mend = 0 };

	mend(&f, "modprobe prose");
	found(&f, DR_FAULT, DR_MODULE, "module",
	      "the kernel module prose is not loaded; if it is not found, make install (or insmod prose.ko)");
	return report_alone(NULL, &f);
}

static int look(const char *name, unsigned int seconds)
{
	struct obj_list devs = { NULL, 0 };
	struct nl_error e;
	struct genl g;
	int code;

	if (access("/sys/module/prose", F_OK))
		return no_module();
	code = genl_open(&g, false);
	if (code)
		return code;
	if (genl_dump(&g, PROSE_CMD_DEV_GET, 0, &devs, &e))
		code = kernel_refused("prose devices", PROSE_CMD_DEV_GET, &e);
	else
		code = examine_all(&g, &devs, name, seconds);
	obj_list_free(&devs);
	genl_close(&g);
	return code;
}

int cmd_doctor(struct args *a)
{
	static const struct keyword words[] = {
		{ "dev", "the name of a device" },
		{ "listen", "seconds, 0 to 3600" },
	};
	const char *v[ARRAY_SIZE(words)];
	uint32_t seconds = LISTEN_DEFAULT;
	struct why w;
	int code;

	if (args_keywords(a, words, ARRAY_SIZE(words), v, &w) ||
	    (v[1] && parse_number("listen", v[1], 0, LISTEN_MAX, &seconds, &w)))
		return usage(&w);
	if (opt.json)
		json_array(NULL);
	code = look(v[0], seconds);
	if (opt.json) {
		json_end();
		json_done();
	}
	return code;
}
