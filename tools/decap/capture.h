/* SPDX-License-Identifier: GPL-2.0 */
/* Capture files, by libpcap: pcap and pcapng are read, pcap is written. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <pcap/pcap.h>

#include "error.h"

struct reader {
	const char *name;
	pcap_t *pcap;
	int link;
	int fcs;	/* octets behind each frame, by the file's header; -1: it does not tell */
};

struct writer {
	const char *name;
	pcap_t *pcap;
	pcap_dumper_t *dump;
};

/* "-" is standard input. */
int reader_open(struct reader *r, const char *name, struct why *w);
/* 1: a frame, 0: the end, -1: an error. */
int reader_next(struct reader *r, struct pcap_pkthdr **h, const unsigned char **data,
		struct why *w);
void reader_close(struct reader *r);

/* Do both names lead to one regular file? */
bool same_file(const char *a, const char *b);

/* "-" is standard output. Not over the file that is read. */
int writer_open(struct writer *out, const char *name, const char *from,
		struct why *w);
void writer_put(struct writer *out, const struct pcap_pkthdr *like,
		const unsigned char *data, size_t len);
/* Closed in any case. -1: not all is written. */
int writer_close(struct writer *out, struct why *w);

#endif
