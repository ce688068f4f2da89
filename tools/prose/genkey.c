// SPDX-License-Identifier: GPL-2.0
/* prose genkey: a new group key, as 64 hexadecimal digits. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "ids.h"
#include "prose.h"
#include "secret.h"

int cmd_genkey(struct args *a)
{
	struct stat st;
	uint8_t *page;
	struct why w;
	char *text;
	size_t done = 0, len = 2 * PGK_LEN + 1;

	if (args_end(a, &w))
		return usage(&w);
	if (!fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode) && (st.st_mode & 077)) {
		warn("the file that the key is written to is open to others (mode %04o)",
		     (unsigned int)st.st_mode & 07777);
		hint("umask 077 before it, or chmod 600 after it");
	}
	secret_process();
	page = secret_alloc();
	if (!page)
		return fail(EXIT_KERNEL, "no memory for the key: %s", strerror(errno));
	text = (char *)page + PGK_LEN;
	while (getrandom(page, PGK_LEN, 0) != PGK_LEN) {
		if (errno == EINTR)
			continue;
		secret_free(page);
		return fail(EXIT_KERNEL, "no random numbers: %s", strerror(errno));
	}
	to_hex(text, page, PGK_LEN);
	text[2 * PGK_LEN] = '\n';
	/* write(2): stdio would keep a copy. */
	while (done < len) {
		ssize_t n = write(STDOUT_FILENO, text + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		done += n;
	}
	secret_free(page);
	return done == len ? EXIT_OK :
	       fail(EXIT_USAGE, "the key cannot be written: %s", strerror(errno));
}
