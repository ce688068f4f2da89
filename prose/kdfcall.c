// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of operators' KDFs. Such a KDF may sleep for seconds, or take locks that
 * we know nothing of. So nobody waits for one: it is called on a queue of its
 * own, and whoever asked is told when it has answered, or drops the call and
 * forgets it. A call holds no device, so that one can be deleted meanwhile.
 *
 * Each user has so many calls running at once. Further ones of his wait, and
 * those of others do not.
 */

#include <linux/cred.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "derive.h"
#include "kdfcall.h"

/* Calls of one user: those that run at once, and all */
#define RUNNING_MAX	16
#define CALLS_MAX	4096

/**
 * struct user - who has calls
 * @list: in the list of users
 * @host: of the initial user namespace
 * @uid: else who made the outermost of the other user namespaces
 * @waiting: &struct prose_kdf_call, those that do not run yet, in order
 * @running: how many run
 * @calls: how many there are, with those that wait
 */
struct user {
	struct list_head list;
	bool host;
	kuid_t uid;
	struct list_head waiting;
	unsigned int running;
	unsigned int calls;
};

/**
 * struct prose_kdf_call - a call
 * @ask: what is asked for; with references, and pointers into this
 * @work: the call itself
 * @list: in user->waiting, or empty
 * @user: whose it is; calls_lock
 * @ref: of who asked, and of @work
 * @done: @err and @out are there
 * @err: what the KDF returned
 * @out: PTK or fingerprint
 * @octets: of the PGK
 * @fingerprint: that the key must have
 */
struct prose_kdf_call {
	struct prose_kdf_ask ask;
	struct work_struct work;
	struct list_head list;
	struct user *user;
	refcount_t ref;
	bool done;
	int err;
	u8 out[PROSE_KDF_PTK_LEN];
	u8 octets[PROSE_KDF_KEY_LEN];
	u8 fingerprint[PROSE_FINGERPRINT_LEN];
};

static struct workqueue_struct *kdf_wq;

/* Protects users, what waits, and who is told */
static DEFINE_SPINLOCK(calls_lock);
static LIST_HEAD(users);

/*
 * Who has an outermost user namespace has all those inside of it, and all user
 * IDs that he maps there.
 */
static struct user *user_get(struct user_namespace *ns)
{
	bool host = ns == &init_user_ns;
	kuid_t uid = GLOBAL_ROOT_UID;
	struct user *user;

	if (!host) {
		while (ns->parent != &init_user_ns)
			ns = ns->parent;
		uid = ns->owner;
	}
	list_for_each_entry(user, &users, list)
		if (user->host == host && uid_eq(user->uid, uid))
			return user;
	user = kzalloc(sizeof(*user), GFP_ATOMIC);
	if (!user)
		return NULL;
	user->host = host;
	user->uid = uid;
	INIT_LIST_HEAD(&user->waiting);
	list_add(&user->list, &users);
	return user;
}

/* A call less. Under calls_lock. */
static void user_put(struct user *user)
{
	if (--user->calls)
		return;
	list_del(&user->list);
	kfree(user);
}

static void call_put(struct prose_kdf_call *call)
{
	if (!refcount_dec_and_test(&call->ref))
		return;
	prose_kdf_put(call->ask.kdf);
	key_put(call->ask.key);
	put_user_ns(call->ask.user_ns);
	kfree_sensitive(call);
}

/* The next call of a user in place of one that ended. Under calls_lock. */
static void run_next(struct user *user)
{
	struct prose_kdf_call *next;

	next = list_first_entry_or_null(&user->waiting, struct prose_kdf_call,
					list);
	if (next) {
		list_del_init(&next->list);
		queue_work(kdf_wq, &next->work);
	} else {
		user->running--;
	}
}

static void call_work(struct work_struct *work)
{
	struct prose_kdf_call *call = container_of(work, struct prose_kdf_call,
						   work);
	int err = prose_kdf_answer(&call->ask, call->out);

	spin_lock_bh(&calls_lock);
	call->err = err;
	/* Who sees it sees the answer. Pairs with prose_kdf_call_done(). */
	smp_store_release(&call->done, true);
	run_next(call->user);
	user_put(call->user);
	if (call->ask.done)
		call->ask.done(call->ask.data);
	spin_unlock_bh(&calls_lock);
	call_put(call);
}

/* Run it now or later. Under calls_lock. */
static int enqueue(struct prose_kdf_call *call, struct prose_kdf_call **slot)
{
	struct user *user = user_get(call->ask.user_ns);

	if (!user)
		return -ENOMEM;
	if (user->calls == CALLS_MAX)
		return -EBUSY;
	user->calls++;
	call->user = user;
	*slot = call;
	if (user->running < RUNNING_MAX) {
		user->running++;
		queue_work(kdf_wq, &call->work);
	} else {
		list_add_tail(&call->list, &user->waiting);
	}
	return 0;
}

/**
 * prose_kdf_call_start - ask a KDF
 * @ask: for what; copied
 * @slot: set to the call, before it can end
 *
 * Context: any but hard interrupt. Return: 0, -ENOMEM, or -EBUSY if the user has
 * too many calls.
 */
int prose_kdf_call_start(const struct prose_kdf_ask *ask,
			 struct prose_kdf_call **slot)
{
	struct prose_kdf_call *call = kzalloc(sizeof(*call), GFP_ATOMIC);
	int err;

	if (!call)
		return -ENOMEM;
	call->ask = *ask;
	if (ask->octets) {
		memcpy(call->octets, ask->octets, sizeof(call->octets));
		call->ask.octets = call->octets;
	}
	if (ask->fingerprint) {
		memcpy(call->fingerprint, ask->fingerprint,
		       sizeof(call->fingerprint));
		call->ask.fingerprint = call->fingerprint;
	}
	prose_kdf_hold(ask->kdf);
	key_get(ask->key);
	get_user_ns(ask->user_ns);
	INIT_WORK(&call->work, call_work);
	INIT_LIST_HEAD(&call->list);
	refcount_set(&call->ref, 2);

	spin_lock_bh(&calls_lock);
	err = enqueue(call, slot);
	spin_unlock_bh(&calls_lock);
	if (err) {
		refcount_set(&call->ref, 1);
		call_put(call);
	}
	return err;
}

/**
 * prose_kdf_call_done - has the KDF answered?
 * @call: call
 *
 * Context: any.
 */
bool prose_kdf_call_done(const struct prose_kdf_call *call)
{
	/* Pairs with the release of call_work(). */
	return smp_load_acquire(&call->done);
}

/**
 * prose_kdf_call_result - what a KDF answered
 * @call: a call that is done
 * @out: set to the PTK or fingerprint, which is there as long as @call
 *
 * Context: any. Return: 0 or the error of the KDF.
 */
int prose_kdf_call_result(const struct prose_kdf_call *call, const u8 **out)
{
	*out = call->out;
	return call->err;
}

/**
 * prose_kdf_call_drop - who asked has no more use for it
 * @call: call, or NULL
 *
 * Nobody is told of its end from now on. It goes on if it has begun.
 *
 * Context: any but hard interrupt.
 */
void prose_kdf_call_drop(struct prose_kdf_call *call)
{
	bool waits;

	if (!call)
		return;
	spin_lock_bh(&calls_lock);
	call->ask.done = NULL;
	waits = !list_empty(&call->list);
	if (waits) {
		list_del_init(&call->list);
		user_put(call->user);
	}
	spin_unlock_bh(&calls_lock);
	if (waits)
		call_put(call);
	call_put(call);
}

/**
 * prose_kdf_call_init - make the queue
 */
int prose_kdf_call_init(void)
{
	kdf_wq = alloc_workqueue("prose_kdf", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return kdf_wq ? 0 : -ENOMEM;
}

/**
 * prose_kdf_call_exit - wait for the end of all calls
 *
 * No KDF is registered any more, so what is left has its answer.
 */
void prose_kdf_call_exit(void)
{
	destroy_workqueue(kdf_wq);
}
