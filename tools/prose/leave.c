// SPDX-License-Identifier: GPL-2.0
/* prose leave, prose wipe: what managers gave, taken away again. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "ids.h"
#include "managed.h"
#include "prose.h"
#include "shellword.h"

/* A group ID, or the name of a configuration file's device. */
static int group_of(const char *word, uint32_t *group, struct why *w)
{
	struct conf c;
	int err = 0;

	if (!parse_id24("group", word, group, w))
		return 0;
	if (conf_read(&c, word, NULL, w))
		err = -1;
	else if (c.keys_from != SOURCE_MANAGER)
		err = why(w, "%s: its keys are not a manager's; they go with the device: prose down %s",
			  c.path, c.name);
	else
		*group = c.options.v[LK_GROUP];
	conf_free(&c);
	return err;
}

static bool held(uint32_t group)
{
	struct ledger l;
	struct why w;
	bool is;

	if (ledger_peek(opt.state_dir, &l, &w) != LEDGER_OK)
		return false;
	is = ledger_group_held(&l, group);
	ledger_close(&l);
	return is;
}

/* Without the seal it goes too: what cannot be opened can be thrown away. */
static int leave(uint32_t group)
{
	struct install in;
	struct kattach k;
	struct me m;
	struct why w;
	int code;

	code = me_unseal(&m);
	if (code)
		return code;
	managed_install(&in, &m, &k);
	if (record_leave(&in, group, &w))
		code = fail(EXIT_LEDGER, "%s", w.text);
	kattach_close(&k);
	me_close(&m);
	return code;
}

int cmd_leave(struct args *a)
{
	const char *word = arg_next(a);
	char name[IF_NAMESIZE] = "";
	uint32_t group;
	struct why w;
	int code;

	if (!word)
		why(&w, "which group? Its device or ID: prose leave fire, prose leave 0x445566");
	if (!word || args_end(a, &w) || group_of(word, &group, &w))
		return usage(&w);
	if (!held(group))
		return fail(EXIT_USAGE, "no manager has given keys of group 0x%06x to this device",
			    group);
	code = leave(group);
	if (code || opt.json)
		return code;
	printf("group 0x%06x: left; its keys are taken off and out of the store\n", group);
	if (managed_source(group, name) == SOURCE_MANAGER)
		hint("Its device and file are still there: prose down %s; rm %s/%s%s",
		     sh(name), CONF_DIR,
		     sh(name), CONF_SUFFIX);
	return EXIT_OK;
}

/* Also with a seal that does not open: then the keys go from the devices by name. */
static int wipe(struct ledger *l)
{
	struct install in;
	struct kattach k;
	struct me m;
	struct why w;
	int code, one;
	size_t i;

	code = me_locked(&m);
	if (code)
		return code;
	managed_install(&in, &m, &k);
	for (i = 0; i < l->n_groups; i++)
		if (l->group[i].held && record_leave(&in, l->group[i].group, &w))
			code = fail(EXIT_LEDGER, "%s", w.text);
	one = me_wipe(&m);
	kattach_close(&k);
	me_close(&m);
	return code ? code : one;
}

int cmd_wipe(struct args *a)
{
	enum ledger_status status;
	struct ledger l;
	struct why w;
	int code;

	if (args_end(a, &w))
		return usage(&w);
	status = ledger_peek(opt.state_dir, &l, &w);
	if (status != LEDGER_OK) {
		fail(EXIT_LEDGER, "%s", w.text);
		ledger_hint(status, opt.state_dir);
		return EXIT_LEDGER;
	}
	code = wipe(&l);
	ledger_close(&l);
	if (!code && !opt.json)
		printf("All that managers gave is gone: keys, configuration, this device's identity and the seal.\n"
		       "The ledger and the epochs stay, so that nothing can be used twice or gone back to.\n");
	return code;
}
