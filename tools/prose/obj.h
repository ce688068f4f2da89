/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel tells of a device, a key, a member or an event. All of them
 * use one attribute set, so one structure and one decoder do for all.
 */
#ifndef OBJ_H
#define OBJ_H

#include <net/if.h>

#include "names.h"
#include "nl.h"

struct obj {
	uint64_t has;		/* bit per PROSE_A_ that was there */
	uint32_t ifindex;
	char ifname[IF_NAMESIZE];
	uint32_t group;
	uint32_t member;
	uint8_t lcid;
	uint16_t ethertype;
	uint32_t lower_ifindex;
	int32_t lower_netnsid;
	uint8_t tx;
	uint8_t nonip;
	uint32_t margin;
	uint32_t notice;
	uint8_t protect;
	uint8_t require;
	uint32_t window;
	uint8_t choice;
	uint32_t ptk_age;
	uint32_t ptk_packets;
	uint8_t pgk_id;
	uint32_t serial;
	uint8_t fingerprint[PROSE_FINGERPRINT_LEN];
	uint32_t cipher;
	uint32_t integrity;
	char kdf[PROSE_KDF_NAME_MAX + 1];
	int64_t from;
	int64_t until;
	int64_t key_expiry;
	uint8_t key_state;
	uint32_t ptk_first;
	uint32_t ptk_last;
	uint32_t ptk_left;
	uint32_t ptk_granted;
	uint32_t ptk_next_free;
	uint16_t ptk_id;
	uint32_t sn;
	uint32_t rate;
	uint64_t last_heard;
	uint32_t floor;		/* PTK ID << 16 | SN */
	uint32_t event;
	uint64_t counters[PROSE_A_COUNTERS_MAX + 1];
	uint64_t counters_has;
	uint64_t lower_counters[PROSE_A_LOWER_COUNTERS_MAX + 1];
	uint64_t lower_counters_has;
};

#define HAS(o, attr) ((o)->has >> (attr) & 1)

struct obj_list {
	struct obj *o;
	size_t n;
};

/* Pure: attributes of a generic netlink message. */
void obj_decode(const struct nlmsghdr *nlh, struct obj *o);

/* nl_reply_fn's: ctx is a struct obj, or a struct obj_list. */
int obj_take(const struct nlmsghdr *nlh, void *ctx);
int obj_append(const struct nlmsghdr *nlh, void *ctx);
void obj_list_free(struct obj_list *l);

/* Earliest end of a key: "until" or the keyring's timeout; 0 if none. */
int64_t obj_end(const struct obj *k);
/* Frames that can still be sent with the range. */
uint64_t obj_frames_left(const struct obj *k);
bool obj_dead(const struct obj *k);
/* A key with null ciphering, a device with protect off: everybody reads it. */
bool obj_clear_text(const struct obj *o);
/* Of the list, the key that its device sends with, or NULL. */
const struct obj *obj_sent_with(const struct obj_list *keys);
/* Members heard on a device, each once whatever it sent with. */
size_t obj_members(const struct obj_list *members, uint32_t ifindex);
/* Neither dead nor waiting for "key use" nor listen-only. */
bool obj_can_send(const struct obj *k);
/* What the agent refills: no range, or a quarter or less of it left. */
bool obj_wants_range(const struct obj *k);

#endif
