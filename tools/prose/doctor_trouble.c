// SPDX-License-Identifier: GPL-2.0
/* prose doctor: what to do about frames that were heard and not delivered. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "doctor.h"
#include "shellword.h"
#include "show.h"

char *line_name(char out[LINE_NAME_LEN], const struct heard *h)
{
	snprintf(out, LINE_NAME_LEN, "group 0x%06x member 0x%06x PGK index %u", h->first.group,
		 h->first.member, h->first.pgk_index);
	return out;
}

/* What is fixed when a device is made cannot be changed. */
static void make_anew(struct finding *f, const struct doctor *d, const char *lower,
		      uint32_t group, uint32_t member, uint16_t ethertype)
{
	mend(f, "prose dev del %s", sh(d->name));
	mend(f, "prose dev add %s link %s group 0x%06x member 0x%06x ethertype 0x%04x", sh(d->name),
	     sh(lower), group, member, ethertype);
	mend(f, "ip link set %s up", sh(d->name));
}

static enum doctor_result other_vlan(struct doctor *d, const struct heard *h, struct finding *f)
{
	char vlan[IF_NAMESIZE];

	snprintf(vlan, sizeof(vlan), "%.10s.%u", d->lower.name, h->vlan & 0xfff);
	mend(f, "ip link add link %s name %s type vlan id %u", sh(d->lower.name), sh(vlan),
	     h->vlan);
	mend(f, "ip link set %s up", sh(vlan));
	make_anew(f, d, vlan, d->dev.group, d->dev.member, d->dev.ethertype);
	return found(f, DR_FAULT, DR_OTHER_GROUP, "other-vlan",
		     "what comes has the tag of VLAN %u: stack on that VLAN's device, and add the keys again",
		     h->vlan);
}

static enum doctor_result other_ethertype(struct doctor *d, const struct heard *h,
					  struct finding *f)
{
	if (h->first.group == d->dev.group)
		make_anew(f, d, d->lower.name, d->dev.group, d->dev.member, h->first.ethertype);
	return found(f, DR_FAULT, DR_OTHER_GROUP, "other-ethertype",
		     "group 0x%06x is heard with Ethernet type 0x%04x, and %s has 0x%04x: all members need the same; make it anew and add the keys again",
		     h->first.group, h->first.ethertype, d->name, d->dev.ethertype);
}

enum doctor_result others_only(struct doctor *d, const struct heard *h,
			       const struct heard_verdict *v, struct finding *f)
{
	if (!strcmp(v->verdict, "other-vlan"))
		return other_vlan(d, h, f);
	if (!strcmp(v->verdict, "other-ethertype"))
		return other_ethertype(d, h, f);
	if (!strcmp(v->verdict, "not-prose")) {
		mend(f, "tcpdump -e -n -i %s ether proto 0x%04x", sh(d->lower.name),
		     h->first.ethertype);
		return found(f, DR_FAULT, DR_OTHER_GROUP, v->verdict,
			     "only frames that are not ProSe's are heard, of Ethernet type 0x%04x",
			     h->first.ethertype);
	}
	make_anew(f, d, d->lower.name, h->first.group, d->dev.member, d->dev.ethertype);
	return found(f, DR_FAULT, DR_OTHER_GROUP, v->verdict,
		     "only other groups are heard, 0x%06x for one, and %s is in 0x%06x; if that is wrong, make it anew and add the keys again",
		     h->first.group, d->name, d->dev.group);
}

/* The suite to try for frames like these: what they show of it, else the key's. */
static void guess_suite(const struct heard *h, const struct heard_verdict *v,
			struct obj *k)
{
	int salted = heard_salted(h);

	if (v->counter == PROSE_A_COUNTERS_RX_LEFTOVER && k->integrity == PROSE_INTEGRITY_NONE &&
	    k->cipher >= PROSE_CIPHER_EEA1 && k->cipher <= PROSE_CIPHER_EEA3)
		k->integrity = k->cipher;	/* a MAC-I is left over */
	else if (salted == 1 && !cipher_is_aead(k->cipher)) {
		k->cipher = PROSE_CIPHER_AES256_GCM;
		k->integrity = PROSE_INTEGRITY_NONE;
	} else if (h->clear == h->frames) {
		k->cipher = PROSE_CIPHER_EEA0;
		k->integrity = PROSE_INTEGRITY_EIA2;
	} else if (salted == 0 && cipher_is_aead(k->cipher)) {
		k->cipher = PROSE_CIPHER_EEA2;
		k->integrity = PROSE_INTEGRITY_NONE;
	}
}

static const char *shown(const struct heard *h)
{
	switch (heard_salted(h)) {
	case 1:
		return ", its frames have the salt of an AEAD suite";
	case 0:
		return ", its frames have no salt of an AEAD suite";
	}
	return h->clear == h->frames ? ", its frames are not ciphered" : "";
}

static const struct obj *attached(const struct doctor *d, uint8_t index)
{
	size_t i;

	for (i = 0; i < d->keys.n; i++)
		if ((d->keys.o[i].pgk_id & 0x1f) == index)
			return &d->keys.o[i];
	return NULL;
}

static enum doctor_result own_member(struct doctor *d, const struct heard_verdict *v,
				     struct finding *f)
{
	uint32_t fresh = 0;

	if (HAS(&d->dev, PROSE_A_CONFLICT))	/* since the listening */
		return check_conflict(d, f);
	while (!fresh || fresh == d->dev.member) {
		if (getrandom(&fresh, sizeof(fresh), 0) != sizeof(fresh))
			fresh = d->dev.member % 0xfffffe + 1;
		fresh &= 0xffffff;
	}
	make_anew(f, d, d->lower.name, d->dev.group, fresh, d->dev.ethertype);
	return found(f, DR_FAULT, v->class, v->verdict,
		     "frames with our member ID 0x%06x come from another device, or somebody repeats or forges them: give one of the two another ID",
		     d->dev.member);
}

static enum doctor_result unknown_key(struct doctor *d, const struct heard *h,
				      const struct heard_verdict *v, struct finding *f)
{
	const struct obj *at = attached(d, h->first.pgk_index);
	char name[LINE_NAME_LEN];
	struct obj k;

	line_name(name, h);
	if (at) {
		mend_key_add(f, d, at->pgk_id, at, " until +8h");
		return found(f, DR_FAULT, v->class, v->verdict,
			     "%s: key %u is dead here, and still sent with there; compare clocks and \"until\"",
			     name, at->pgk_id);
	}
	if (d->keys.n) {
		k = d->keys.o[0];
		guess_suite(h, v, &k);
	}
	mend_key_add(f, d, h->first.pgk_index, d->keys.n ? &k : NULL, "");
	return found(f, DR_FAULT, v->class, v->verdict,
		     "%s: there is no key with this PGK index here: it is missing, or has another ID (5 low bits count)",
		     name);
}

static enum doctor_result not_understood(struct doctor *d, const struct heard *h,
					 const struct heard_verdict *v, struct finding *f)
{
	const char *counter = NAME(counter_names, v->counter);
	const struct obj *at = attached(d, h->first.pgk_index);
	char name[LINE_NAME_LEN], suite[SUITE_LEN];
	struct obj k = *at;

	line_name(name, h);
	guess_suite(h, v, &k);
	mend(f, "prose key del dev %s id %u", sh(d->name), at->pgk_id);
	mend_key_add(f, d, at->pgk_id, &k, "");
	if (v->class == DR_WRONG_KEY)
		return found(f, DR_FAULT, v->class, v->verdict,
			     "%s: not understood with key %u (%s): another key value, cipher, kdf or LCID there; compare fingerprints (prose key show) with the sender's",
			     name, at->pgk_id, counter);
	return found(f, DR_FAULT, v->class, v->verdict,
		     "%s: the suite is not ours, key %u has %s (%s%s); attach it with the sender's",
		     name, at->pgk_id, suite_name(suite, at), counter, shown(h));
}

static enum doctor_result replayed(struct doctor *d, const struct heard *h,
				   const struct heard_verdict *v, struct finding *f)
{
	const struct obj *at = attached(d, h->first.pgk_index);
	char name[LINE_NAME_LEN];

	line_name(name, h);
	if (v->counter == PROSE_A_COUNTERS_RX_DUPLICATE)
		return found(f, DR_FAULT, v->class, v->verdict,
			     "%s: repeated by somebody, or sent twice by the network; it is refused as it should be, and nothing is to be mended",
			     name);
	mend(f, "prose member reset dev %s id %u member 0x%06x", sh(d->name), at->pgk_id,
	     h->first.member);
	return found(f, DR_FAULT, v->class, v->verdict,
		     "%s: refused as a replay (%s); if it lost its ledger or was set up anew, let it begin anew (recordings of it are then taken too)",
		     name, NAME(counter_names, v->counter));
}

static enum doctor_result unprotected(struct doctor *d, const struct heard *h,
				      const struct heard_verdict *v, struct finding *f)
{
	char name[LINE_NAME_LEN];

	line_name(name, h);
	if (d->dev.protect) {
		f->elsewhere = true;
		mend_key_add(f, d, 1, d->keys.n ? &d->keys.o[0] : NULL, "");
		return found(f, DR_FAULT, v->class, v->verdict,
			     "%s: it sends without protection, which is refused here: it needs a device with protect on and a key, or somebody forges",
			     name);
	}
	make_anew(f, d, d->lower.name, d->dev.group, d->dev.member, d->dev.ethertype);
	return found(f, DR_FAULT, v->class, v->verdict,
		     "%s: it sends protected frames, and %s has protect off: make it anew, and add the key",
		     name, d->name);
}

static enum doctor_result other(struct doctor *d, const struct heard *h,
				const struct heard_verdict *v, struct finding *f)
{
	char name[LINE_NAME_LEN];

	line_name(name, h);
	mend(f, "prose -s show %s", sh(d->name));
	if (v->counter)
		return found(f, DR_FAULT, v->class, v->verdict, "%s: dropped, %s", name,
			     counter_help[v->counter]);
	mend(f, "tc filter show dev %s ingress", sh(d->lower.name));
	return found(f, DR_FAULT, v->class, v->verdict,
		     "%s: heard on %s, and counted nowhere: something takes them before the module (tc or nft ingress, a full backlog)",
		     name, d->lower.name);
}

enum doctor_result trouble(struct doctor *d, const struct heard *h,
			   const struct heard_verdict *v, struct finding *f)
{
	bool keyed = attached(d, h->first.pgk_index);

	switch (v->class) {
	case DR_OWN_MEMBER:
		return own_member(d, v, f);
	case DR_UNKNOWN_KEY:
		return unknown_key(d, h, v, f);
	case DR_SUITE:
	case DR_WRONG_KEY:
		return keyed ? not_understood(d, h, v, f) : other(d, h, v, f);
	case DR_REPLAY:
		return keyed ? replayed(d, h, v, f) : other(d, h, v, f);
	case DR_UNPROTECTED:
		return unprotected(d, h, v, f);
	default:
		return other(d, h, v, f);
	}
}
