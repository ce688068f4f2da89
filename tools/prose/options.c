// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <string.h>

#include "options.h"
#include "prose.h"

enum { O_STATE_DIR = 256, O_TRUST_CLOCK, O_DRY_RUN };

/* "-": other words come in their turn, as 1; ":": a missing value is no unknown option. */
static const char letters[] = "-:jpsn:b:Vh";

static const struct option names[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "statistics", no_argument, NULL, 's' },
	{ "netns", required_argument, NULL, 'n' },
	{ "state-dir", required_argument, NULL, O_STATE_DIR },
	{ "batch", required_argument, NULL, 'b' },
	{ "trust-clock", no_argument, NULL, O_TRUST_CLOCK },
	{ "dry-run", no_argument, NULL, O_DRY_RUN },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* All of them as they are typed, for an error that names the nearest. */
static const char *const typed[] = {
	"-j", "--json", "-p", "--pretty", "-s", "--statistics", "-n", "--netns",
	"--state-dir", "-b", "--batch", "--trust-clock", "--dry-run", "-V", "--version",
	"-h", "--help",
};

/* As ip takes them, whose long options have one dash. */
static const char *const of_ip[] = {
	"--json", "--pretty", "--statistics", "--netns", "--batch",
};

static char *two_dashes(char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_ip); i++)
		if (!strcmp(word, of_ip[i] + 1))
			return (char *)of_ip[i];
	return word;
}

/* getopt_long() takes abbreviations, which nothing else here does. */
static bool written_out(const char *word)
{
	size_t i, len = strcspn(word, "=");

	for (i = 0; names[i].name; i++)
		if (len == strlen(names[i].name) + 2 && !strncmp(word + 2, names[i].name, len - 2))
			return true;
	return false;
}

static int refused(char *word, struct why *w)
{
	char *equals = word[1] == '-' ? strchr(word, '=') : NULL;

	if (equals)
		*equals = 0;
	if (equals && written_out(word))
		return why(w, "%s takes no value", word);
	return word_index("option", word, typed, ARRAY_SIZE(typed), w);
}

static void take(int option, char *value, struct options *o)
{
	switch (option) {
	case 'n':
		o->netns = value;
		break;
	case 'b':
		o->batch = value;
		break;
	case O_STATE_DIR:
		o->state_dir = value;
		break;
	default:
		o->json |= option == 'j';
		o->pretty |= option == 'p';
		o->stats |= option == 's';
		o->trust_clock |= option == O_TRUST_CLOCK;
		o->dry_run |= option == O_DRY_RUN;
		o->version |= option == 'V';
		o->help |= option == 'h';
	}
}

int options_take(int argc, char **argv, struct options *o, struct args *a, struct why *w)
{
	char *word;
	int c, next = 1;

	a->argc = 0;
	a->argv = argv + 1;
	opterr = 0;
	for (optind = 0; next < argc; next = optind) {
		/* The one that is looked at: a new one, or more letters of -jps. */
		argv[next] = two_dashes(argv[next]);
		word = argv[next];
		c = getopt_long(argc, argv, letters, names, NULL);
		if (c == -1)	/* behind "--" */
			break;
		if (c == ':')
			return why(w, "%s needs a value after it", word);
		if (c == '?' || (c != 1 && !strncmp(word, "--", 2) && !written_out(word)))
			return refused(word, w);
		if (c == 1)
			a->argv[a->argc++] = optarg;
		else
			take(c, optarg, o);
	}
	/* As it was set above, if there is not a word behind the command's name. */
	if (!optind)
		optind = 1;
	while (optind < argc)
		a->argv[a->argc++] = argv[optind++];
	return 0;
}
