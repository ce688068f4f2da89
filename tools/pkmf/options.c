// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "options.h"

enum { O_STATE_DIR = 256, O_DRY_RUN, O_OFFLINE };

static const struct option names[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "state-dir", required_argument, NULL, O_STATE_DIR },
	{ "dry-run", no_argument, NULL, O_DRY_RUN },
	{ "offline", no_argument, NULL, O_OFFLINE },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static const char *const typed[] = {
	"-j", "--json", "-p", "--pretty", "--state-dir", "--dry-run", "--offline", "-V",
	"--version", "-h", "--help",
};

static int unknown(const char *word, struct why *w)
{
	const char *near = nearest_word(word, typed, ARRAY_SIZE(typed));

	return near ? why(w, "option %s is unknown; did you mean %s?", word, near) :
		      why(w, "option %s is unknown; prose-pkmf --help lists them", word);
}

int options_take(int argc, char **argv, struct pkmf_options *o, struct args *a, struct why *w)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":jpVh", names, NULL)) != -1) {
		switch (c) {
		case 'j':
			o->json = true;
			break;
		case 'p':
			o->json = true;
			o->pretty = true;
			break;
		case 'V':
			o->version = true;
			break;
		case 'h':
			o->help = true;
			break;
		case O_STATE_DIR:
			o->state_dir = optarg;
			break;
		case O_DRY_RUN:
			o->dry_run = true;
			break;
		case O_OFFLINE:
			o->offline = true;
			break;
		case ':':
			return why(w, "option %s has no value", argv[optind - 1]);
		default:
			return unknown(argv[optind - 1], w);
		}
	}
	json_pretty = o->pretty;
	a->argc = argc - optind;
	a->argv = argv + optind;
	return 0;
}
