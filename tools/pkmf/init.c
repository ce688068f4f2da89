// SPDX-License-Identifier: GPL-2.0
/* prose-pkmf init */
#include <stdio.h>

#include "db.h"
#include "ids.h"
#include "json.h"
#include "pkmf.h"

int cmd_init(struct args *a)
{
	static const struct keyword words[] = { { "name", "a name for this manager" } };
	char hex[HEX_LEN(CMS_HASH_LEN)];
	uint8_t hash[CMS_HASH_LEN];
	const char *name;
	struct why w;
	int code;

	if (args_keywords(a, words, 1, &name, &w))
		return usage(&w);
	if (!opt.offline) {
		why(&w, "an online manager is not built yet; say --offline for one that works by files");
		return usage(&w);
	}
	code = db_init(name ? name : "prose-pkmf", hash);
	if (code)
		return code;
	to_hex(hex, hash, sizeof(hash));
	if (opt.json) {
		json_object(NULL);
		json_string("state_dir", opt.state_dir);
		json_string("key", hex);
		json_end();
		json_done();
		return EXIT_OK;
	}
	printf("A group manager is in %s. Its key, by which devices know it:\n%s\n"
	       "Next: prose-pkmf group add NAME suite aes256-gcm; on each device: prose request FILE manager KEY\n",
	       opt.state_dir, hex);
	return EXIT_OK;
}
