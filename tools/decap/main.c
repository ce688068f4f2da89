// SPDX-License-Identifier: GPL-2.0
/*
 * prose-decap: from a capture of the lower device to one of what was said, for
 * who has the key in a file. It asks neither the kernel nor its keyring.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "ether.h"
#include "fcs.h"
#include "ids.h"
#include "keylist.h"
#include "libcrypto.h"
#include "openpdu.h"
#include "secret.h"

/* Documented in prose-decap(1). */
enum {
	EXIT_ALL = 0,		/* every ProSe frame was deciphered */
	EXIT_COMMAND = 1,	/* command line or key file; nothing was written */
	EXIT_CAPTURE = 2,	/* a capture cannot be read or written, or libcrypto failed */
	EXIT_SOME = 3,		/* some ProSe frames could not be deciphered */
};

/* Frames that are told one by one, unless all are asked for */
#define TOLD_MAX	20

static const char help[] =
"Usage: prose-decap [OPTIONS] IN key FILE [id N] cipher C [integrity I] [kdf K]\n"
"                   [key FILE ...]... OUT\n"
"Decipher the ProSe frames of the capture IN into the Ethernet frames of OUT.\n"
"  C: eea0 eea1 eea2 eea3 aes128-gcm aes256-gcm    I: none eia1 eia2 eia3\n"
"  K: 3gpp direct    N: PGK ID, if the key is only to be tried on frames with it\n"
"  IN, OUT, FILE may be \"-\": standard input and output\n"
"OPTIONS: -e TYPE  Ethernet type, if not 0x88b5\n"
"         -k       keep what cannot be deciphered, and other frames, as they are\n"
"         -v       tell every frame that cannot be deciphered, not only 20\n"
"         -q       tell errors only\n"
"         --version --help\n"
"See prose-decap(1).\n";

struct decap {
	struct keylist keys;
	struct reader in;
	struct writer out;
	uint16_t type;
	bool keep, all, quiet;
	unsigned long counts[N_VERDICTS];
	unsigned long told;
	/* Ethernet header, PDCP header, Data */
	uint8_t buf[ETHER_LEN + PLAIN_MAX];
};

static enum verdict of_parser(enum prose_pdu_verdict v)
{
	switch (v) {
	case PROSE_PDU_SHORT:
		return V_SHORT;
	case PROSE_PDU_VERSION:
		return V_VERSION;
	case PROSE_PDU_SUBHEADER:
		return V_SUBHEADER;
	case PROSE_PDU_LCID:
		return V_LCID;
	default:
		return V_LENGTH;
	}
}

static enum verdict try_key(struct decap *d, const struct key *key,
			    const uint8_t *frame, const struct prose_pdu *pdu,
			    size_t *len)
{
	uint8_t *plain = d->buf + ETHER_LEN;
	enum verdict v;

	v = open_pdu(&key->suite, key->secrets, frame, pdu, plain, len);
	if (v != V_CLEAR)
		return v;
	return sdu_plausible(pdu->sdu_type, plain + PROSE_PDCP_LEN, *len) ?
	       V_CLEAR : V_IMPLAUSIBLE;
}

/* With those that verify first: they never take a frame for another's. */
static enum verdict try_keys(struct decap *d, const uint8_t *frame,
			     const struct prose_pdu *pdu, size_t *len)
{
	enum verdict worst = V_NO_KEY, v;
	unsigned int i, pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < d->keys.n; i++) {
			const struct key *key = &d->keys.keys[i];

			if (suite_authenticated(&key->suite) == pass ||
			    (key->index != ANY_INDEX && key->index != pdu->pgk_index))
				continue;
			v = try_key(d, key, frame, pdu, len);
			if (v == V_CLEAR)
				return v;
			if (v > worst)
				worst = v;
		}
	}
	return worst;
}

/* The whole clear frame is at *clear. */
static enum verdict decipher(struct decap *d, const struct pcap_pkthdr *h,
			     const uint8_t *data, struct prose_pdu *pdu,
			     uint8_t **clear, size_t *len)
{
	size_t at = mac_pdu_offset(d->in.link, data, h->caplen, d->type), head, end;
	enum prose_pdu_verdict parsed;
	uint8_t header[ETHER_LEN];
	enum verdict v;

	if (!at)
		return V_OTHER;
	if (h->caplen < h->len)
		return V_CUT;
	/* The end of a PDU is that of the frame. */
	end = d->in.link == DLT_EN10MB ? fcs_trimmed(data, h->caplen, d->in.fcs) : h->caplen;
	if (end < at)
		return V_SHORT;
	parsed = prose_pdu_parse(data + at, end - at, end - at, pdu);
	if (parsed != PROSE_PDU_OK)
		return of_parser(parsed);
	if (prose_pdu_unprotected(pdu))
		return V_UNPROTECTED;
	if (pdu->sdu_type != PROSE_SDU_IP && pdu->sdu_type != PROSE_SDU_ARP &&
	    pdu->sdu_type != PROSE_SDU_NONIP)
		return V_SDU_TYPE;
	v = try_keys(d, data + at, pdu, len);
	if (v != V_CLEAR)
		return v;

	/* Over the PDCP header, which is not needed any more. */
	*clear = d->buf + ETHER_LEN + PROSE_PDCP_LEN;
	head = sdu_header(header, pdu, *clear);
	*clear -= head;
	memcpy(*clear, header, head);
	*len += head;
	return V_CLEAR;
}

static void tell(struct decap *d, unsigned long n, enum verdict v,
		 const struct prose_pdu *pdu)
{
	char who[96] = "";

	if (d->quiet)
		return;
	if (!d->all && d->told++ >= TOLD_MAX) {
		if (d->told == TOLD_MAX + 1)
			fputs("further frames are only counted; -v tells all\n", stderr);
		return;
	}
	if (v >= V_UNPROTECTED)
		snprintf(who, sizeof(who),
			 " of member %06x, group %06x, PGK index %u, PTK ID %u, SN %u",
			 pdu->src, pdu->dst, pdu->pgk_index, pdu->ptk_id, pdu->sn);
	fprintf(stderr, "frame %lu%s: %s\n", n, who, verdict_text(v));
}

static void sum_up(const struct decap *d)
{
	unsigned int v;

	for (v = 0; v < N_VERDICTS; v++)
		if (d->counts[v] || v == V_CLEAR)
			fprintf(stderr, "%8lu %s\n", d->counts[v], verdict_text(v));
}

static int all_frames(struct decap *d, struct why *w)
{
	struct prose_pdu pdu = { 0 };
	const unsigned char *data;
	struct pcap_pkthdr *h;
	unsigned long n = 0;
	uint8_t *clear;
	enum verdict v;
	size_t len;
	int ret;

	while ((ret = reader_next(&d->in, &h, &data, w)) > 0) {
		n++;
		v = decipher(d, h, data, &pdu, &clear, &len);
		d->counts[v]++;
		if (v == V_CLEAR)
			writer_put(&d->out, h, clear, len);
		else if (d->keep)
			writer_put(&d->out, h, data, h->caplen);
		if (v != V_CLEAR && v != V_OTHER)
			tell(d, n, v, &pdu);
	}
	return ret;
}

static int code_of(const struct decap *d)
{
	unsigned int v;

	if (d->counts[V_CRYPTO])
		return fail(EXIT_CAPTURE, "libcrypto failed for some frames");
	for (v = V_OTHER + 1; v < N_VERDICTS; v++)
		if (d->counts[v])
			return EXIT_SOME;
	return EXIT_ALL;
}

static int with_keys(struct decap *d, const char *in, const char *out)
{
	struct why w, w2;
	unsigned int i;
	int bad, code;

	/* It may be the only copy. */
	for (i = 0; i < d->keys.n; i++)
		if (same_file(out, d->keys.keys[i].file))
			return fail(EXIT_COMMAND, "%s is a key file; give another file for what is clear",
				    out);
	if (libcrypto_open())
		return fail(EXIT_CAPTURE, "libcrypto has no AES or no CMAC");
	if (reader_open(&d->in, in, &w))
		return fail(EXIT_CAPTURE, "%s", w.text);
	if (d->keep && d->in.link != DLT_EN10MB)
		return fail(EXIT_COMMAND, "-k needs a capture of one Ethernet device; %s is of all devices, whose frames have no Ethernet header",
			    d->in.name);
	if (writer_open(&d->out, out, in, &w))
		return fail(EXIT_CAPTURE, "%s", w.text);

	bad = all_frames(d, &w);
	if (!d->quiet)
		sum_up(d);
	if (bad)
		fail(EXIT_CAPTURE, "%s; what came before it is in %s", w.text, d->out.name);
	code = code_of(d);
	if (writer_close(&d->out, &w2))
		return fail(EXIT_CAPTURE, "%s", w2.text);
	return bad ? EXIT_CAPTURE : code;
}

static int parse_options(struct decap *d, int argc, char **argv, struct why *w)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "e:kvqhV", options, NULL)) != -1) {
		switch (c) {
		case 'e':
			if (parse_ethertype(optarg, &d->type, w))
				return -1;
			break;
		case 'k':
			d->keep = true;
			break;
		case 'v':
			d->all = true;
			break;
		case 'q':
			d->quiet = true;
			break;
		case 'h':
			fputs(help, stdout);
			exit(EXIT_ALL);
		case 'V':
			printf("prose-decap %s\n", PROSE_VERSION);
			exit(EXIT_ALL);
		default:
			return why(w, "prose-decap --help tells the options");
		}
	}
	return 0;
}

/* Standard input can be only one of them. */
static bool stdin_twice(const struct keylist *list, const char *in)
{
	unsigned int n = !strcmp(in, "-"), i;

	for (i = 0; i < list->n; i++)
		n += !strcmp(list->keys[i].file, "-");
	return n > 1;
}

static int run(struct decap *d, int argc, char **argv)
{
	struct args a = { argc, argv };
	const char *in, *out;
	struct why w;

	in = arg_next(&a);
	if (!in) {
		fputs(help, stderr);
		return EXIT_COMMAND;
	}
	if (keylist_parse(&d->keys, &a, &w))
		return fail(EXIT_COMMAND, "%s", w.text);
	out = arg_next(&a);
	if (!out)
		return fail(EXIT_COMMAND, "the file to write is missing at the end of the line");
	if (a.argc)
		return fail(EXIT_COMMAND, "\"%s\" comes behind the file to write, \"%s\"; prose-decap --help tells the order",
			    a.argv[0], out);
	if (stdin_twice(&d->keys, in))
		return fail(EXIT_COMMAND, "only one of them can be on standard input (\"-\")");
	if (keylist_read(&d->keys, &w))
		return fail(EXIT_COMMAND, "%s", w.text);
	return with_keys(d, in, out);
}

int main(int argc, char **argv)
{
	static struct decap d = { .type = ETHER_TYPE };
	struct why w;
	int code;

	if (parse_options(&d, argc, argv, &w))
		return fail(EXIT_COMMAND, "%s", w.text);
	secret_process();
	code = run(&d, argc - optind, argv + optind);
	keylist_wipe(&d.keys);
	libcrypto_close();
	reader_close(&d.in);
	return code;
}
