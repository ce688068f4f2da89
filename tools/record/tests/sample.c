// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "sample.h"

#define T0 1800000000

static void sample_suite(struct record_suite *s)
{
	s->cipher = PROSE_CIPHER_AES256_GCM;
	s->integrity = PROSE_INTEGRITY_NONE;
	strcpy(s->kdf, "3gpp");
}

static void sample_config(struct group_record *g)
{
	static const struct record_address addresses[] = {
		{ 4, 24, { 10, 33, 0, 7 } },
		{ 6, 64, { 0xfd, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7 } },
	};

	g->group = 0x445566;
	g->member = 0x0a0b0c;
	strcpy(g->name, "fire");
	sample_suite(&g->suite);
	g->has = 1 << POLICY_NONIP | 1 << POLICY_WINDOW;
	g->policy[POLICY_NONIP] = PROSE_NONIP_OFF;
	g->policy[POLICY_WINDOW] = 1024;
	memcpy(g->addresses, addresses, sizeof(addresses));
	g->n_addresses = ARRAY_SIZE(addresses);
}

void sample_snapshot(struct snapshot *s, size_t n)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	memset(s->manager, 0x77, sizeof(s->manager));
	s->group = 0x445566;
	s->member = 0x0a0b0c;
	s->epoch = 1ULL << 32 | 42;
	s->made = T0;
	s->has_config = true;
	sample_config(&s->config);
	for (i = 0; i < n; i++) {
		struct key_record *k = &s->keys[i];
		struct live_key *l = &s->live[i];

		k->group = s->group;
		k->pgk_id = i + 1;
		memset(k->key, 0x40 + i, sizeof(k->key));
		record_fingerprint(k->key, k->fingerprint);
		sample_suite(&k->suite);
		k->from = T0 + 100 * i;
		k->until = T0 + 100 * (i + 1) + 30;
		l->pgk_id = k->pgk_id;
		l->state = i ? LIVE_DORMANT : LIVE_ACTIVE;
		memcpy(l->fingerprint, k->fingerprint, sizeof(l->fingerprint));
		l->from = k->from;
		l->until = k->until;
	}
	s->n_live = n;
	s->n_keys = n;
}

void sample_bundle(struct bundle *b, const uint8_t *octets, size_t len)
{
	memset(b, 0, sizeof(*b));
	memset(b->manager, 0x77, sizeof(b->manager));
	memset(b->recipient, 0x55, sizeof(b->recipient));
	strcpy(b->device, "radio7");
	memset(b->ledger, 0x66, sizeof(b->ledger));
	b->serial = 3;
	b->made = T0;
	b->expires = T0 + 7 * 86400;
	b->has_pmk = true;
	b->pmk_id = 0x01020304;
	memset(b->pmk, 0x99, sizeof(b->pmk));
	b->n_snapshots = 1;
	b->snapshots[0].octets = octets;
	b->snapshots[0].len = len;
}

static void sample_next(struct record_next *n)
{
	memset(n[0].fingerprint, 1, sizeof(n[0].fingerprint));
	n[0].member = 0x0a0b0c;
	n[0].next = 257;
	n[1] = n[0];
	n[1].member = 0x0a0b0d;
	n[1].next = RECORD_NEXT_END;
}

void sample_request(struct request *r)
{
	memset(r, 0, sizeof(*r));
	strcpy(r->device, "radio7");
	memset(r->ledger, 0x66, sizeof(r->ledger));
	r->environment = ENVIRONMENT_ME;
	r->made = T0;
	r->ciphers = 0x3f;
	r->integrities = 0xf;
	r->tls_len = 91;
	memset(r->tls, 0x30, r->tls_len);
	r->cms_len = 91;
	memset(r->cms, 0x31, r->cms_len);
	sample_next(r->next);
	r->n_next = 2;
}

void sample_receipt(struct receipt *r)
{
	memset(r, 0, sizeof(*r));
	memset(r->manager, 0x77, sizeof(r->manager));
	memset(r->ledger, 0x66, sizeof(r->ledger));
	r->serial = 3;
	r->made = T0;
	r->n_groups = 2;
	r->groups[0] = (struct receipt_group){ 0x445566, 1ULL << 32 | 42, RESULT_IN_USE };
	r->groups[1] = (struct receipt_group){ 0x445567, 1ULL << 32 | 7, RESULT_OLD_EPOCH };
	sample_next(r->next);
	r->n_next = 2;
}
