// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "ether.h"

#define SNAPLEN	262144

static const char *told(const char *name, const char *std)
{
	return strcmp(name, "-") ? name : std;
}

int reader_open(struct reader *r, const char *name, struct why *w)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	unsigned int ext;

	r->name = told(name, "(standard input)");
	r->pcap = pcap_open_offline_with_tstamp_precision(name,
							  PCAP_TSTAMP_PRECISION_NANO,
							  text);
	/* libpcap names the file in some of its texts only. */
	if (!r->pcap)
		return why(w, "the capture %s cannot be read: %s", r->name, text);
	r->link = pcap_datalink(r->pcap);
	ext = pcap_datalink_ext(r->pcap);
	r->fcs = LT_FCS_LENGTH_PRESENT(ext) ? 2 * LT_FCS_LENGTH(ext) : -1;
	if (!link_known(r->link)) {
		const char *link = pcap_datalink_val_to_name(r->link);

		why(w, "the capture %s is of the link type %s (%d), not Ethernet; capture on the lower device, without monitor mode",
		    r->name, link ? link : "unknown", r->link);
		reader_close(r);
		return -1;
	}
	return 0;
}

int reader_next(struct reader *r, struct pcap_pkthdr **h, const unsigned char **data,
		struct why *w)
{
	int ret = pcap_next_ex(r->pcap, h, data);

	if (ret == PCAP_ERROR_BREAK)
		return 0;
	if (ret != 1)
		return why(w, "the capture %s cannot be read any further: %s",
			   r->name, pcap_geterr(r->pcap));
	return 1;
}

void reader_close(struct reader *r)
{
	if (r->pcap)
		pcap_close(r->pcap);
	r->pcap = NULL;
}

bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return !stat(a, &sa) && !stat(b, &sb) && S_ISREG(sa.st_mode) &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* An old file keeps its mode, and somebody may have it open. */
static void warn_open(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 077))
		return;
	warn("%s was there, and is open to others than its owner (mode %04o), who can read what is clear now; chmod 600 it, or give a new file",
	     name, (unsigned int)st.st_mode & 07777);
}

int writer_open(struct writer *out, const char *name, const char *from,
		struct why *w)
{
	FILE *f = stdout;
	int fd;

	out->name = told(name, "(standard output)");
	if (strcmp(name, "-")) {
		if (same_file(name, from))
			return why(w, "%s is the capture that is read; give another file for what is clear",
				   name);
		/* It holds in clear what was worth ciphering. */
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
		if (fd >= 0)
			warn_open(fd, name);
		f = fd < 0 ? NULL : fdopen(fd, "wb");
		if (!f) {
			why(w, "%s cannot be written: %s", name, strerror(errno));
			if (fd >= 0)
				close(fd);
			return -1;
		}
	} else if (isatty(STDOUT_FILENO)) {
		return why(w, "a capture is nothing for a terminal; give a file, or a pipe to wireshark -k -i -");
	}
	/* pcap_dump_fopen() closes nothing when it fails. */
	out->pcap = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAPLEN,
							 PCAP_TSTAMP_PRECISION_NANO);
	out->dump = out->pcap ? pcap_dump_fopen(out->pcap, f) : NULL;
	if (out->dump)
		return 0;
	why(w, "%s cannot be written: %s", out->name,
	    out->pcap ? pcap_geterr(out->pcap) : "no memory");
	if (out->pcap)
		pcap_close(out->pcap);
	if (f != stdout)
		fclose(f);
	return -1;
}

void writer_put(struct writer *out, const struct pcap_pkthdr *like,
		const unsigned char *data, size_t len)
{
	struct pcap_pkthdr h = {
		.ts = like->ts,
		.caplen = len,
		.len = len,
	};

	pcap_dump((unsigned char *)out->dump, &h, data);
}

int writer_close(struct writer *out, struct why *w)
{
	bool good = !pcap_dump_flush(out->dump) &&
		    !ferror(pcap_dump_file(out->dump));
	int error = errno;

	pcap_dump_close(out->dump);
	pcap_close(out->pcap);
	return good ? 0 : why(w, "%s is not whole: %s", out->name, strerror(error));
}
