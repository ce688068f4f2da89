// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook.h"
#include "prose.h"
#include "secret.h"

char *hook_command(const char *text, const char *dev)
{
	size_t len = 0, dev_len = strlen(dev);
	const char *p;
	char *out;

	for (p = text; *p; p++)
		len += p[0] == '%' && p[1] == 'i' ? dev_len : 1;
	out = malloc(len + 1);
	if (!out)
		return NULL;
	for (len = 0, p = text; *p; p++) {
		if (p[0] == '%' && p[1] == 'i') {
			memcpy(out + len, dev, dev_len);
			len += dev_len;
			p++;
		} else if (p[0] == '%' && p[1] == '%') {
			out[len++] = '%';
			p++;
		} else {
			out[len++] = *p;
		}
	}
	out[len] = 0;
	return out;
}

/*
 * What comes in may be the lines of a batch, and is not for a hook to eat. Who
 * sits at a terminal may be asked something.
 */
static void leave_input_alone(void)
{
	int fd;

	if (isatty(STDIN_FILENO))
		return;
	fd = open("/dev/null", O_RDONLY);
	if (fd > STDIN_FILENO) {
		dup2(fd, STDIN_FILENO);
		close(fd);
	} else if (fd < 0) {
		close(STDIN_FILENO);
	}
}

/* What waitpid() gives; -1 with errno. */
static int run(const char *command)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		/* Ignored by us, it would be ignored by all that the hook runs. */
		signal(SIGPIPE, SIG_DFL);
		secret_child();
		leave_input_alone();
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static int run_one(const struct conf *c, const char *word, const struct conf_value *v)
{
	char *command = hook_command(v->text, c->name);
	int status = command ? run(command) : -1;

	free(command);
	if (!status)
		return EXIT_OK;
	if (status < 0)
		fail(EXIT_LATER, "%s:%u: %s: %s", c->path, v->line, word, strerror(errno));
	else if (WIFSIGNALED(status))
		fail(EXIT_LATER, "%s:%u: %s was killed by signal %d: %s", c->path, v->line, word,
		     WTERMSIG(status), v->text);
	else
		fail(EXIT_LATER, "%s:%u: %s failed with status %d: %s", c->path, v->line, word,
		     WEXITSTATUS(status), v->text);
	hint("Run it by hand to see why; a command that may fail ends in \"|| true\"");
	return EXIT_LATER;
}

int hooks_run(const struct conf *c, enum conf_hook kind, bool all)
{
	int code = EXIT_OK, one;
	size_t i;

	for (i = 0; i < c->n_hooks[kind]; i++) {
		one = run_one(c, conf_hook_words[kind], &c->hooks[kind][i]);
		if (one)
			code = one;
		if (one && !all)
			break;
	}
	return code;
}
