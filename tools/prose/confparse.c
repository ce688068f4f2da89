// SPDX-License-Identifier: GPL-2.0
/* The text of a configuration file, taken apart. Reaches neither kernel nor disk. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "dev.h"
#include "ids.h"
#include "when.h"

#define MTU_MIN 68
#define MTU_MAX 65535
#define WORD_LEN 24

const char *const conf_link_words[LK_N] = {
	[LK_GROUP] = "Group",
	[LK_MEMBER] = "Member",
	[LK_LCID] = "Lcid",
	[LK_ETHERTYPE] = "Ethertype",
	[LK_PROTECT] = "Protect",
	[LK_WINDOW] = "Window",
	[LK_TX] = "Tx",
	[LK_NONIP] = "Nonip",
	[LK_MARGIN] = "Margin",
	[LK_NOTICE] = "Notice",
	[LK_REQUIRE] = "Require",
	[LK_CHOICE] = "Choice",
	[LK_PTK_AGE] = "PtkAge",
	[LK_PTK_PACKETS] = "PtkPackets",
};

const char *const conf_hook_words[HOOK_N] = {
	[HOOK_PRE_UP] = "PreUp",
	[HOOK_POST_UP] = "PostUp",
	[HOOK_PRE_DOWN] = "PreDown",
	[HOOK_POST_DOWN] = "PostDown",
};

const char *const conf_key_words[KA_N] = {
	[KA_ID] = "Id",
	[KA_CIPHER] = "Cipher",
	[KA_INTEGRITY] = "Integrity",
	[KA_KDF] = "Kdf",
	[KA_FROM] = "From",
	[KA_UNTIL] = "Until",
	[KA_RANGE] = "Range",
	[KA_FILE] = "File",
	[KA_SERIAL] = "Serial",
};

/* The words of [Device], the link options first, then the hooks. */
enum { D_HOOKS = LK_N, D_LOWER = D_HOOKS + HOOK_N, D_MTU, D_KEYS, D_ADDRESS, D_N };

static const char *device_word(size_t i)
{
	if (i < D_HOOKS)
		return conf_link_words[i];
	if (i < D_LOWER)
		return conf_hook_words[i - D_HOOKS];
	return i == D_LOWER ? "Lower" : i == D_MTU ? "MTU" : i == D_KEYS ? "Keys" : "Address";
}

static const char *key_word(size_t i)
{
	return conf_key_words[i];
}

static char *lower_case(char out[WORD_LEN], const char *s)
{
	size_t i;

	for (i = 0; s[i] && i < WORD_LEN - 1; i++)
		out[i] = tolower((unsigned char)s[i]);
	out[i] = 0;
	return out;
}

int conf_at(const struct conf *c, unsigned int line, struct why *w)
{
	struct why reason = *w;

	return why(w, "%s:%u: %s", c->path, line, reason.text);
}

/* Index of the word, whatever its case, or -1 and the nearest one named. */
static int find_word(const char *s, const char *(*word)(size_t), size_t n,
		     const char *section, struct why *w)
{
	char typed[WORD_LEN], lower[D_N][WORD_LEN];
	const char *words[D_N], *near;
	size_t i, len;

	lower_case(typed, s);
	for (i = 0; i < n; i++) {
		words[i] = word(i) ? lower_case(lower[i], word(i)) : NULL;
		if (words[i] && strlen(s) < WORD_LEN && !strcmp(typed, words[i]))
			return i;
	}
	near = nearest_word(typed, words, n);
	for (i = 0; near && i < n; i++)
		if (words[i] == near)
			return why(w, "\"%s\" is unknown in [%s]; did you mean %s?", s,
				   section, word(i));
	why(w, "\"%s\" is unknown in [%s], which takes", s, section);
	for (i = 0; i < n; i++) {
		len = strlen(w->text);
		if (word(i))
			snprintf(w->text + len, sizeof(w->text) - len, " %s", word(i));
	}
	return -1;
}

static char *trim(char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	for (len = strlen(s); len && isspace((unsigned char)s[len - 1]); len--)
		;
	s[len] = 0;
	return s;
}

/* From a # after a blank on. Not in hooks: sh knows comments of its own. */
static void cut_comment(char *s)
{
	char *p;

	for (p = s; *p; p++) {
		if (*p == '#' && (p == s || isspace((unsigned char)p[-1]))) {
			*p = 0;
			return;
		}
	}
}

static int no_memory(struct why *w)
{
	return why(w, "%s", strerror(ENOMEM));
}

/* Another element at the end of an array, or NULL. */
static void *grow(void *array, size_t n, size_t size)
{
	return reallocarray(array, n + 1, size);
}

static int set_once(struct conf_value *v, const char *word, const char *value,
		    unsigned int line, struct why *w)
{
	if (v->text)
		return why(w, "%s is given twice, before in line %u", word, v->line);
	v->text = value;
	v->line = line;
	return 0;
}

static const char *const sources[] = {
	[SOURCE_FILE] = "file", [SOURCE_MANAGER] = "manager", [SOURCE_CARD] = "card",
};

const char *conf_source_word(enum key_source source)
{
	return sources[source];
}

static int take_source(struct conf *c, const char *value, unsigned int line, struct why *w)
{
	enum key_source i;

	if (set_once(&c->keys_text, "Keys", value, line, w))
		return -1;
	for (i = SOURCE_FILE; i < ARRAY_SIZE(sources); i++) {
		if (strcasecmp(value, sources[i]))
			continue;
		c->keys_from = i;
		return 0;
	}
	return why(w, "Keys = %s: the keys come from file, the sections [Key] here; from manager, which gave them to this device; or from card",
		   value);
}

static int take_addresses(struct conf *c, char *list, struct why *w)
{
	struct address a, *more;
	char *s, *save = NULL;

	for (s = strtok_r(list, ",", &save); s; s = strtok_r(NULL, ",", &save)) {
		if (address_parse(trim(s), &a, w))
			return -1;
		if (conf_has_address(c, &a))
			return why(w, "address %s is given twice", trim(s));
		more = grow(c->addresses, c->n_addresses, sizeof(*more));
		if (!more)
			return no_memory(w);
		c->addresses = more;
		c->addresses[c->n_addresses++] = a;
	}
	return 0;
}

static int take_device(struct conf *c, const char *word, char *value, unsigned int line,
		       struct why *w)
{
	int i = find_word(word, device_word, D_N, "Device", w);
	struct conf_value *more;

	if (i < 0)
		return -1;
	if (i < D_HOOKS || i >= D_LOWER)
		cut_comment(value);
	value = trim(value);
	if (!value[0])
		return why(w, "%s has no value; write one, or take the line away",
			   device_word(i));
	if (i < D_HOOKS)
		return set_once(&c->link[i], device_word(i), value, line, w);
	if (i < D_LOWER) {
		i -= D_HOOKS;
		more = grow(c->hooks[i], c->n_hooks[i], sizeof(*more));
		if (!more)
			return no_memory(w);
		c->hooks[i] = more;
		more[c->n_hooks[i]++] = (struct conf_value){ value, line };
		return 0;
	}
	if (i == D_LOWER)
		return set_once(&c->lower, "Lower", value, line, w);
	if (i == D_KEYS)
		return take_source(c, value, line, w);
	if (i == D_MTU)
		return set_once(&c->mtu_text, "MTU", value, line, w) ||
		       parse_number("MTU", value, MTU_MIN, MTU_MAX, &c->mtu, w) ? -1 : 0;
	return take_addresses(c, value, w);
}

static int take_key(struct conf *c, const char *word, char *value, unsigned int line,
		    struct why *w)
{
	struct conf_key *k = &c->keys[c->n_keys - 1];
	int i = find_word(word, key_word, KA_N, "Key", w);

	if (i < 0)
		return -1;
	cut_comment(value);
	value = trim(value);
	if (!value[0])
		return why(w, "%s has no value; write one, or take the line away",
			   key_word(i));
	return set_once(&k->v[i], key_word(i), value, line, w);
}

static int take_section(struct conf *c, const char *s, unsigned int line, bool *in_key,
			struct why *w)
{
	*in_key = !strcasecmp(s, "[Key]");
	if (*in_key) {
		if (c->n_keys == CONF_KEYS)
			return why(w, "there are more than %d keys", CONF_KEYS);
		c->keys[c->n_keys++].line = line;
		return 0;
	}
	if (strcasecmp(s, "[Device]"))
		return why(w, "%s is no section; [Device] and [Key] are", s);
	if (c->device_line)
		return why(w, "[Device] is given twice, before in line %u; a file is for one device",
			   c->device_line);
	c->device_line = line;
	return 0;
}

static int take_line(struct conf *c, char *s, unsigned int line, bool *in_key, struct why *w)
{
	char *equals;

	s = trim(s);
	if (!s[0] || s[0] == '#')
		return 0;
	if (s[0] == '[') {
		cut_comment(s);
		return take_section(c, trim(s), line, in_key, w);
	}
	equals = strchr(s, '=');
	if (!equals)
		return why(w, "neither a section nor a line of the form Word = value: %s", s);
	*equals = 0;
	if (*in_key)
		return take_key(c, trim(s), equals + 1, line, w);
	if (!c->device_line)
		return why(w, "\"%s\" stands before the first section; begin with [Device]",
			   trim(s));
	return take_device(c, trim(s), equals + 1, line, w);
}

char *conf_start(char *text)
{
	static const char mark[] = "\xef\xbb\xbf";	/* UTF-8 */

	return text + (strncmp(text, mark, strlen(mark)) ? 0 : strlen(mark));
}

static int take_text(struct conf *c, char *text, struct why *w)
{
	unsigned int line = 1;
	bool in_key = false;
	char *end;

	for (; *text; text = end, line++) {
		end = strchrnul(text, '\n');
		if (*end)
			*end++ = 0;
		if (take_line(c, text, line, &in_key, w))
			return conf_at(c, line, w);
	}
	return 0;
}

static int device_values(struct conf *c, struct why *w)
{
	const char *values[LK_N] = { NULL };
	int i;

	if (!c->device_line) {
		why(w, "there is no section [Device]");
		return conf_at(c, 1, w);
	}
	if (!c->lower.text || !c->link[LK_GROUP].text) {
		why(w, "[Device] has no %s", c->lower.text ? "Group=, the group ID" :
		    "Lower=, the device to go over");
		return conf_at(c, c->device_line, w);
	}
	if (device_name_valid(c->lower.text, w))
		return conf_at(c, c->lower.line, w);
	/* One by one, so that the line is known. */
	for (i = 0; i < LK_N; i++) {
		values[i] = c->link[i].text;
		if (values[i] && link_options_parse(values, &c->options, w))
			return conf_at(c, c->link[i].line, w);
	}
	if (c->keys_from != SOURCE_FILE && c->n_keys) {
		why(w, "with Keys = %s in line %u a file has no [Key] of its own; take one of the two out",
		    sources[c->keys_from], c->keys_text.line);
		return conf_at(c, c->keys[0].line, w);
	}
	if (!c->n_keys || !(c->options.has & 1 << LK_PROTECT) || c->options.v[LK_PROTECT])
		return 0;
	why(w, "with Protect=off in line %u a device takes no key", c->link[LK_PROTECT].line);
	return conf_at(c, c->keys[0].line, w);
}

/*
 * A file is read again at each start, and a time that counts from then would
 * make the key live for ever.
 */
static int absolute(const struct conf *c, const struct conf_value *v, const char *word,
		    const char *also, struct why *w)
{
	int64_t t;

	if (!v->text || !strcmp(v->text, also))
		return 0;
	if (v->text[0] != '+' && strcmp(v->text, "now")) {
		if (!parse_when(word, v->text, 0, &t, w))
			return 0;
		why(w, "%s = %s: a time in a file is as date -u +%%FT%%TZ prints it (2026-03-01T12:00:00Z), or @ and seconds since 1970, or %s",
		    word, v->text, also);
		return conf_at(c, v->line, w);
	}
	why(w, "%s = %s would count anew whenever the file is read; write the time itself, as date -u +%%FT%%TZ prints it",
	    word, v->text);
	return conf_at(c, v->line, w);
}

static int suite_values(const struct conf *c, const struct conf_key *k, struct why *w)
{
	const char *cipher = k->v[KA_CIPHER].text;
	int i;

	if (!cipher) {
		why(w, "[Key] has no Cipher=; for a group of your own write Cipher = aes256-gcm, to interwork with the standard Cipher = eea2 and Integrity = none");
		return conf_at(c, k->line, w);
	}
	i = word_index("cipher", cipher, cipher_names, n_cipher_names, w);
	if (i < 0)
		return conf_at(c, k->v[KA_CIPHER].line, w);
	if (k->v[KA_INTEGRITY].text &&
	    word_index("integrity algorithm", k->v[KA_INTEGRITY].text, integrity_names,
		       n_integrity_names, w) < 0)
		return conf_at(c, k->v[KA_INTEGRITY].line, w);
	if (!cipher_is_aead(i) && !k->v[KA_INTEGRITY].text) {
		why(w, "Cipher = %s has no Integrity= with it; Integrity = none lets anybody forge, change and repeat frames, Cipher = aes256-gcm has its own",
		    cipher);
		return conf_at(c, k->v[KA_CIPHER].line, w);
	}
	if (i == PROSE_CIPHER_EEA0 && !strcmp(k->v[KA_INTEGRITY].text, "none")) {
		why(w, "Cipher = eea0 with Integrity = none protects nothing, and is refused; write Cipher = aes256-gcm");
		return conf_at(c, k->v[KA_INTEGRITY].line, w);
	}
	return 0;
}

static int check_required(const struct conf *c, const struct conf_key *k, struct why *w)
{
	const char *require = c->link[LK_REQUIRE].text;
	bool aead = cipher_is_aead(k->add.cipher);

	if (!require || aead || !strcmp(require, "none") ||
	    (!strcmp(require, "integrity") && k->add.integrity != PROSE_INTEGRITY_NONE))
		return 0;
	why(w, "the suite does not give what Require = %s in line %u asks for; Cipher = aes256-gcm does",
	    require, c->link[LK_REQUIRE].line);
	return conf_at(c, k->v[KA_CIPHER].line, w);
}

static int key_path(struct conf *c, struct conf_key *k, struct why *w)
{
	const char *file = k->v[KA_FILE].text, *slash = strrchr(c->path, '/');
	int dir = file[0] == '/' || !slash ? 0 : slash - c->path + 1;

	if (!strcmp(file, "-")) {
		why(w, "File = - would read standard input; name a file");
		return conf_at(c, k->v[KA_FILE].line, w);
	}
	if (asprintf(&k->path, "%.*s%s", dir, c->path, file) < 0) {
		k->path = NULL;
		return no_memory(w);
	}
	k->add.file = k->path;
	k->add.private_file = true;
	return 0;
}

/* The value that a reason is about: it begins with its word. */
static unsigned int line_of(const struct conf_key *k, const struct why *w)
{
	static const int by_word[] = { KA_INTEGRITY, KA_KDF, KA_FROM, KA_UNTIL, KA_RANGE,
				       KA_SERIAL };
	char word[WORD_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(by_word); i++) {
		const struct conf_value *v = &k->v[by_word[i]];

		lower_case(word, conf_key_words[by_word[i]]);
		if (v->text && !strncmp(w->text, word, strlen(word)))
			return v->line;
	}
	return k->line;
}

static int key_values(struct conf *c, struct conf_key *k, struct why *w)
{
	const struct conf_key *other;
	const char *values[KA_N];
	unsigned int line;
	uint8_t id;
	int i;

	for (i = 0; i < KA_N; i++)
		values[i] = k->v[i].text;
	values[KA_DEV] = c->name;
	line = !values[KA_ID] || (!values[KA_FILE] && !values[KA_SERIAL]) ? k->line : 0;
	if (line)
		why(w, "[Key] has no %s", values[KA_ID] ?
		    "File=, the name of a key file, and no Serial=, a number of the keyring" :
		    "Id=, the PGK ID");
	if (values[KA_FILE] && values[KA_SERIAL]) {
		line = k->v[KA_SERIAL].line;
		why(w, "File= in line %u and Serial= cannot both be given", k->v[KA_FILE].line);
	}
	if (line)
		return conf_at(c, line, w);
	if (parse_pgk_id(values[KA_ID], &id, w))
		return conf_at(c, k->v[KA_ID].line, w);
	if (absolute(c, &k->v[KA_FROM], "From", "standby", w) ||
	    absolute(c, &k->v[KA_UNTIL], "Until", "never", w) || suite_values(c, k, w))
		return -1;
	/* In the beginning of time nothing is over: see conf_check(). */
	if (key_add_values(values, INT64_MIN, &k->add, w))
		return conf_at(c, line_of(k, w), w);
	if (check_required(c, k, w))
		return -1;
	for (other = c->keys; other < k; other++) {
		if ((other->add.id ^ k->add.id) & 31)
			continue;
		why(w, "Id = %s has the same five low bits as that of line %u, and only those are sent; give it another",
		    values[KA_ID], other->v[KA_ID].line);
		return conf_at(c, k->v[KA_ID].line, w);
	}
	return values[KA_FILE] ? key_path(c, k, w) : 0;
}

int conf_parse(struct conf *c, char *text, struct why *w)
{
	size_t i;

	c->keys_from = SOURCE_FILE;
	if (take_text(c, conf_start(text), w) || device_values(c, w))
		return -1;
	for (i = 0; i < c->n_keys; i++)
		if (key_values(c, &c->keys[i], w))
			return -1;
	return 0;
}

const struct conf_key *conf_find_key(const struct conf *c, uint8_t id)
{
	size_t i;

	for (i = 0; i < c->n_keys; i++)
		if (c->keys[i].add.id == id)
			return &c->keys[i];
	return NULL;
}

bool conf_has_address(const struct conf *c, const struct address *a)
{
	size_t i;

	for (i = 0; i < c->n_addresses; i++)
		if (address_same(&c->addresses[i], a))
			return true;
	return false;
}
