/* SPDX-License-Identifier: GPL-2.0 */
/* prose doctor: why a device hears, or says, nothing. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include "cmd.h"
#include "doctor_frame.h"
#include "rtnl.h"

/* What is wrong, by class; the exit code of each is documented in prose(8). */
enum doctor_class {
	DR_WELL,
	DR_MODULE,		/* the module is not loaded */
	DR_NO_DEVICE,		/* there is no prose device, or this is none */
	DR_LOWER,		/* the lower device is down or unfit */
	DR_FILTER,		/* its multicast filter keeps the group out */
	DR_DOWN,		/* the device is down */
	DR_CLOCK,		/* the clock is surely wrong */
	DR_NO_KEY,		/* no key, or only dead ones */
	DR_NOT_SENT,		/* keys that receive, and are not sent with */
	DR_RANGE,		/* nothing to send with: range or ledger */
	DR_CONFLICT,		/* sending stopped over our member ID */
	DR_AGENT,		/* no agent runs */
	DR_SILENCE,		/* nothing at all is heard */
	DR_OTHER_GROUP,		/* other groups, Ethernet types or VLANs only */
	DR_UNKNOWN_KEY,		/* our group, a key that is missing here */
	DR_WRONG_KEY,		/* another key value or cipher */
	DR_SUITE,		/* another suite */
	DR_REPLAY,		/* refused as seen before */
	DR_OWN_MEMBER,		/* our member ID from another */
	DR_UNPROTECTED,		/* one side with, the other without protection */
	DR_OTHER,		/* what else the counters tell */
	DR_CLASSES
};

enum doctor_result {
	DR_OK,
	DR_NOTICE,		/* something will go wrong, but not yet */
	DR_FAULT,		/* the likely cause: nothing after it is looked at */
	DR_SKIPPED,
};

#define MENDS_MAX 6
#define MEND_LEN 320

struct finding {
	enum doctor_class class;
	const char *verdict;	/* a word for scripts, finer than the class */
	char text[640];
	char mend[MENDS_MAX][MEND_LEN];
	size_t n_mend;
	bool elsewhere;		/* to be run on another member */
};

/* What became of the frames of one line, in a few words. */
struct heard_verdict {
	enum doctor_class class;
	const char *verdict;
	unsigned int counter;	/* PROSE_A_COUNTERS_, or 0 */
};

struct doctor {
	char name[IF_NAMESIZE];
	struct genl *g;
	unsigned int seconds;	/* to listen */
	int64_t now;
	struct obj dev;
	struct obj_list keys, members;
	struct rtnl_link link, lower;
	bool lower_here;	/* in this network namespace */
	struct wire wire;
	struct heard_verdict verdicts[HEARD_MAX];	/* of wire.heard */
	char deaf[128];		/* why it could not be listened */
};

/* Say what was found; gives back its result. */
enum doctor_result found(struct finding *f, enum doctor_result r, enum doctor_class class,
			 const char *verdict, const char *fmt, ...) PRINTF(5, 6);
/* Add a command, its names by sh(): it works in the namespace and state directory chosen. */
void mend(struct finding *f, const char *fmt, ...) PRINTF(2, 3);
/* Its first word, with what makes it work there. */
const char *mend_where(const char *word, char out[MEND_LEN]);
/* "prose key add dev D id N" with this suite, and a file yet to be named. */
void mend_key_add(struct finding *f, const struct doctor *d, unsigned int id,
		  const struct obj *suite, const char *end);

typedef enum doctor_result (*doctor_check)(struct doctor *d, struct finding *f);

/* doctor_link.c */
enum doctor_result check_lower(struct doctor *d, struct finding *f);
enum doctor_result check_filter(struct doctor *d, struct finding *f);
enum doctor_result check_up(struct doctor *d, struct finding *f);
/* A device that is no prose device: could it be a lower one? */
enum doctor_result check_candidate(struct doctor *d, struct finding *f);

/* doctor_key.c */
enum doctor_result check_clock_now(struct doctor *d, struct finding *f);
enum doctor_result check_keys(struct doctor *d, struct finding *f);
enum doctor_result check_conflict(struct doctor *d, struct finding *f);
enum doctor_result check_sending(struct doctor *d, struct finding *f);
enum doctor_result check_range(struct doctor *d, struct finding *f);
enum doctor_result check_agent(struct doctor *d, struct finding *f);

/* doctor_wire.c: listen on the lower device. 0, or -errno. */
int wire_listen(const struct doctor *d, unsigned int seconds, bool all_multicast,
		struct wire *w);

/* doctor_heard.c: listen, and compare with what the module counted meanwhile. */
enum doctor_result check_air(struct doctor *d, struct finding *f);
/* doctor_trouble.c: what to do about what was heard. */
enum doctor_result trouble(struct doctor *d, const struct heard *h,
			   const struct heard_verdict *v, struct finding *f);
enum doctor_result others_only(struct doctor *d, const struct heard *h,
			       const struct heard_verdict *v, struct finding *f);
/* "group 0x445566 member 0x010102 PGK index 1" */
#define LINE_NAME_LEN 96
char *line_name(char out[LINE_NAME_LEN], const struct heard *h);

void air_text(const struct doctor *d);
void air_json(const struct doctor *d);

/* The state before the listening, and after it. */
struct air {
	const struct obj *dev_before;
	const struct obj_list *keys_before, *members_before;
	const struct obj *dev;
	const struct obj_list *keys, *members;
};

/* doctor_judge.c */
void heard_judge(const struct air *a, const struct heard *h, struct heard_verdict *v);

#endif
