/* SPDX-License-Identifier: GPL-2.0 */
/* What tells this machine from a copy of its disk. */
#ifndef MACHINE_H
#define MACHINE_H

#include "ids.h"
#include "sha256.h"

struct machine {
	char id[HEX_LEN(SHA256_LEN)];	/* hash of the machine-id */
	char dmi[HEX_LEN(SHA256_LEN)];	/* hash of the DMI UUID, or "none" */
};

int machine_read(struct machine *m, struct why *w);

/*
 * Names this life of the module: another one after a reboot, and after the
 * module was loaded anew.
 */
#define LOAD_ID_LEN 64
void load_id(char out[LOAD_ID_LEN]);

/* For tests: the directory under which /etc and /sys are looked up. */
extern const char *machine_root;

#endif
