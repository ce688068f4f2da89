// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"

const char *machine_root = "";

/* First line without blanks. -errno if the file cannot be read. */
static int read_line(const char *path, char *out, size_t size)
{
	char full[512];
	ssize_t n;
	int fd;

	snprintf(full, sizeof(full), "%s%s", machine_root, path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, out, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	out[n] = 0;
	out[strcspn(out, "\n")] = 0;
	while (n > 0 && isspace((unsigned char)out[strlen(out) ? strlen(out) - 1 : 0]))
		out[strlen(out) - 1] = 0;
	return 0;
}

/* The identities themselves are meant to stay confidential (machine-id(5)). */
static void hashed(const char *what, const char *value, char *out)
{
	uint8_t sum[SHA256_LEN];
	char text[256];

	snprintf(text, sizeof(text), "prose ledger %s %s", what, value);
	sha256(text, strlen(text), sum);
	to_hex(out, sum, sizeof(sum));
}

int machine_read(struct machine *m, struct why *w)
{
	char line[128];
	int err;

	err = read_line("/etc/machine-id", line, sizeof(line));
	if (err == -ENOENT)
		err = read_line("/var/lib/dbus/machine-id", line, sizeof(line));
	if (err || strlen(line) != 32 ||
	    strspn(line, "0123456789abcdef") != 32)
		return why(w, "this machine has no machine-id in /etc/machine-id (%s); make one with systemd-machine-id-setup or dbus-uuidgen --ensure=/etc/machine-id",
			   err ? strerror(-err) : "no 32 hexadecimal digits");
	/* An image that was meant to get one at its first boot: machine-id(5) forbids it. */
	if (strspn(line, "0") == strlen(line))
		return why(w, "the machine-id of this machine is all zeros, as that of any other board with the same image; make one: rm /etc/machine-id && systemd-machine-id-setup (or dbus-uuidgen --ensure=/etc/machine-id)");
	hashed("machine-id", line, m->id);

	err = read_line("/sys/class/dmi/id/product_uuid", line, sizeof(line));
	if (err == -ENOENT || (!err && !line[0])) {
		strcpy(m->dmi, "none");
		return 0;
	}
	if (err)
		return why(w, "the DMI UUID of this machine cannot be read: %s", strerror(-err));
	hashed("dmi", line, m->dmi);
	return 0;
}

void load_id(char out[LOAD_ID_LEN])
{
	char line[128], path[512];
	struct stat st = { 0 };

	if (read_line("/proc/sys/kernel/random/boot_id", line, sizeof(line)) ||
	    strspn(line, "0123456789abcdef-") != strlen(line) || strlen(line) != 36)
		strcpy(line, "unknown");
	snprintf(path, sizeof(path), "%s/sys/module/prose", machine_root);
	if (stat(path, &st))
		st.st_ino = 0;
	snprintf(out, LOAD_ID_LEN, "%.36s.%llu", line, (unsigned long long)st.st_ino);
}
