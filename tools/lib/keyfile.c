// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keyfile.h"
#include "shellword.h"

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

/* Nobody drew these: a file of zeros, a pattern typed to try something. */
static bool all_equal(const uint8_t *key)
{
	uint8_t differ = 0;
	size_t i;

	for (i = 1; i < PGK_LEN; i++)
		differ |= key[i] ^ key[0];
	return !differ;
}

/* Of another form, which is easily made right: how; or NULL. */
static const char *other_form(const uint8_t *buf, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";	/* of UTF-8 */
	size_t i;

	if (len > 2 && buf[0] == '0' && (buf[1] == 'x' || buf[1] == 'X'))
		return "it begins with 0x: leave that out";
	if (len > 3 && !memcmp(buf, mark, 3))
		return "it begins with a byte order mark: save it as plain ASCII";
	while (len && (buf[len - 1] == '\n' || buf[len - 1] == '\r'))
		len--;
	/* 32 octets are 43 digits and a = that fills up. */
	if (len != 44 || buf[43] != '=')
		return NULL;
	for (i = 0; i < 43; i++)
		if (!isalnum(buf[i]) && buf[i] != '+' && buf[i] != '/')
			return NULL;
	return "it looks like base64: base64 -d makes 32 raw octets of it";
}

static int check_drawn(const char *name, const uint8_t *key, struct why *w)
{
	if (!all_equal(key))
		return 0;
	return why(w, "key file %s: all its octets are equal; this is no key, and anybody would try it first. Make one: prose genkey",
		   name);
}

int key_decode(const char *name, uint8_t *buf, size_t len, struct why *w)
{
	static const char want[] = "32 raw octets or 64 hexadecimal digits are expected";
	size_t digits = hex_prefix(buf, len), i;
	const char *how;

	if (!len)
		return why(w, "key file %s is empty; %s", name, want);
	how = len == PGK_LEN ? NULL : other_form(buf, len);
	if (how)
		return why(w, "key file %s: %s; %s", name, how, want);
	if (len == 32) {
		/* Chance does not make 32 random octets look like this. */
		if (digits == 32)
			return why(w, "key file %s holds 32 hexadecimal digits, a 128-bit key; a group key has 256 bits: %s",
				   name, want);
		return check_drawn(name, buf, w);
	}
	if (digits == 64 && (len == 64 || (len == 65 && buf[64] == '\n'))) {
		for (i = 0; i < PGK_LEN; i++)
			buf[i] = nibble(buf[2 * i]) << 4 | nibble(buf[2 * i + 1]);
		return check_drawn(name, buf, w);
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

static int read_fd(int fd, const char *name, uint8_t *page, struct why *w)
{
	size_t len = 0;
	ssize_t n;

	/* read(2), as stdio would leave a copy in a buffer of its own. */
	do {
		n = read(fd, page + len, KEYFILE_MAX + 1 - len);
		if (n > 0)
			len += n;
	} while ((n > 0 && len <= KEYFILE_MAX) || (n < 0 && errno == EINTR));
	if (n < 0)
		return why(w, "key file %s: %s", name, errno_text(errno));
	return key_decode(name, page, len, w);
}

int key_read(const char *file, uint8_t *page, struct why *w)
{
	bool std = !strcmp(file, "-");
	const char *name = std ? "(standard input)" : file;
	struct stat st;
	int fd, err;

	fd = std ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return why(w, "key file %s: %s", name, errno_text(errno));
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_mode & 077))
		warn("key file %s is open to others than its owner (mode %04o); chmod 600 %s",
		     name, (unsigned int)st.st_mode & 07777, sh(name));
	err = read_fd(fd, name, page, w);
	if (!std)
		close(fd);
	return err;
}

static int check_private(int fd, const char *file, struct why *w)
{
	struct stat st;

	if (fstat(fd, &st))
		return why(w, "key file %s: %s", file, errno_text(errno));
	if (!S_ISREG(st.st_mode))
		return why(w, "key file %s is no file", file);
	if (st.st_uid && st.st_uid != geteuid())
		return why(w, "key file %s belongs to another user, who knows the key or can change it; chown root %s, or take a new key",
			   file, sh(file));
	if (st.st_mode & 077)
		return why(w, "key file %s is open to others than its owner (mode %04o); chmod 600 %s, and take a new key if somebody may have read it",
			   file, (unsigned int)st.st_mode & 07777, sh(file));
	return 0;
}

int key_read_private(const char *file, uint8_t *page, struct why *w)
{
	/* A FIFO must not hold us before it is refused. */
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int err;

	if (fd < 0 && errno == ENOENT)
		return why(w, "there is no key file %s; copy it here, or make one: (umask 077; prose genkey >%s)",
			   file, sh(file));
	if (fd < 0)
		return why(w, "key file %s: %s", file, errno_text(errno));
	err = check_private(fd, file, w) || read_fd(fd, file, page, w) ? -1 : 0;
	close(fd);
	return err;
}
