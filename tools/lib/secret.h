/* SPDX-License-Identifier: GPL-2.0 */
/* Memory for key octets: locked, left out of dumps and children, wiped. */
#ifndef SECRET_H
#define SECRET_H

#include "error.h"

#define PGK_LEN 32
#define SECRET_SIZE 4096

/* No core dump and no ptrace from here on. */
void secret_process(void);
/* In a child that will run something else: its limit of core dumps is as ours was. */
void secret_child(void);
/* Zeroed, of that size, or NULL with errno. It is wiped at its end. */
void *secret_new(size_t size);
void secret_del(void *p, size_t size);
/* A page of it. */
uint8_t *secret_alloc(void);
void secret_free(uint8_t *page);

#endif
