// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keyfile.h"

/* No table, so that nothing of the key shows in the data cache. */
static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static size_t hex_prefix(const uint8_t *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len && nibble(buf[i]) >= 0; i++)
		;
	return i;
}

int key_decode(const char *name, uint8_t *buf, size_t len, struct why *w)
{
	static const char want[] = "32 raw octets or 64 hexadecimal digits are expected";
	size_t digits = hex_prefix(buf, len), i;

	if (!len)
		return why(w, "key file %s is empty; %s", name, want);
	if (len == 32) {
		/* Chance does not make 32 random octets look like this. */
		if (digits == 32)
			return why(w, "key file %s holds 32 hexadecimal digits, a 128-bit key; a group key has 256 bits: %s",
				   name, want);
		return 0;
	}
	if (digits == 64 && (len == 64 || (len == 65 && buf[64] == '\n'))) {
		for (i = 0; i < PGK_LEN; i++)
			buf[i] = nibble(buf[2 * i]) << 4 | nibble(buf[2 * i + 1]);
		return 0;
	}
	if (len > KEYFILE_MAX)
		return why(w, "key file %s is too long; %s", name, want);
	if (digits == 64)
		return why(w, "key file %s: after 64 hexadecimal digits only one newline may follow, %zu octets do%s",
			   name, len - 64,
			   buf[64] == '\r' ? " (a carriage return among them)" : "");
	if (digits >= 16 || (digits && digits + 1 >= len))
		return why(w, "key file %s begins with %zu hexadecimal digits; %s",
			   name, digits, want);
	if (len == 33 && buf[32] == '\n')
		return why(w, "key file %s holds 33 octets, the last a newline; no newline may follow raw octets",
			   name);
	return why(w, "key file %s holds %zu octets; %s", name, len, want);
}

int key_read(const char *file, uint8_t *page, struct why *w)
{
	bool std = !strcmp(file, "-");
	const char *name = std ? "(standard input)" : file;
	size_t len = 0;
	struct stat st;
	ssize_t n;
	int fd;

	/* read(2), as stdio would leave a copy in a buffer of its own. */
	fd = std ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return why(w, "key file %s: %s", name, strerror(errno));
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_mode & 077))
		warn("key file %s is open to others than its owner (mode %04o); chmod 600 %s",
		     name, (unsigned int)st.st_mode & 07777, name);
	do {
		n = read(fd, page + len, KEYFILE_MAX + 1 - len);
		if (n > 0)
			len += n;
	} while ((n > 0 && len <= KEYFILE_MAX) || (n < 0 && errno == EINTR));
	if (n < 0)
		why(w, "key file %s: %s", name, strerror(errno));
	if (!std)
		close(fd);
	return n < 0 ? -1 : key_decode(name, page, len, w);
}
