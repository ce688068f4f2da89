// SPDX-License-Identifier: GPL-2.0
/* Load and unload. */

#include <linux/genetlink.h>
#include <linux/key-type.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/rtnetlink.h>

#include "algorithms.h"
#include "binding.h"
#include "cmac.h"
#include "count.h"
#include "history.h"
#include "kdfcall.h"
#include "keytype.h"
#include "link.h"
#include "lower.h"
#include "main.h"
#include "netlink.h"
#include "traffic_key.h"
#include "version.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

struct workqueue_struct *prose_wq;

static int __init prose_init(void)
{
	int err;

	prose_wq = alloc_workqueue("prose", WQ_UNBOUND, 0);
	if (!prose_wq)
		return -ENOMEM;
	err = prose_kdf_call_init();
	if (err)
		goto err_wq;
	err = prose_algorithms_init();
	if (err)
		goto err_kdf_call;
	err = prose_cmac_init();
	if (err)
		goto err_algorithms;
	err = register_key_type(&prose_key_type);
	if (err)
		goto err_cmac;
	err = prose_count_init();
	if (err)
		goto err_key_type;
	err = prose_binding_init();
	if (err)
		goto err_count;
	err = prose_history_init();
	if (err)
		goto err_binding;
	err = prose_netlink_init();
	if (err)
		goto err_history;
	err = prose_lower_init();
	if (err)
		goto err_netlink;
	err = prose_link_init();
	if (err)
		goto err_lower;
	return 0;

err_lower:
	prose_lower_exit();
err_netlink:
	prose_netlink_exit();
err_history:
	prose_history_exit();
err_binding:
	prose_binding_exit();
err_count:
	prose_count_exit();
err_key_type:
	unregister_key_type(&prose_key_type);
err_cmac:
	prose_cmac_exit();
err_algorithms:
	prose_algorithms_exit();
err_kdf_call:
	prose_kdf_call_exit();
err_wq:
	destroy_workqueue(prose_wq);
	return err;
}

static void __exit prose_exit(void)
{
	prose_link_exit();
	prose_lower_exit();
	prose_netlink_exit();
	prose_history_exit();
	prose_binding_exit();
	prose_count_exit();
	unregister_key_type(&prose_key_type);
	/* Retirements on their way to the queue, members on their way out */
	rcu_barrier();
	destroy_workqueue(prose_wq);
	prose_kdf_call_exit();
	prose_crypt_exit();
	prose_cmac_exit();
	prose_algorithms_exit();
}

module_init(prose_init);
module_exit(prose_exit);

MODULE_DESCRIPTION("3GPP ProSe one-to-many direct communication");
MODULE_LICENSE("GPL");
MODULE_VERSION(PROSE_VERSION);
MODULE_ALIAS_RTNL_LINK("prose");
MODULE_ALIAS_GENL_FAMILY(PROSE_FAMILY_NAME);
MODULE_SOFTDEP("pre: ctr aes gcm cmac sha256 hmac");
