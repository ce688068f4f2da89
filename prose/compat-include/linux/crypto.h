/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_COMPAT_LINUX_CRYPTO_H
#define _PROSE_COMPAT_LINUX_CRYPTO_H

#include_next <linux/crypto.h>

/*
 * Since 6.3 a completion is called with the data that was registered, before
 * with the request that holds it. In between both had these two names, and a
 * callback written with them is right everywhere:
 *
 *	static void done(crypto_completion_data_t *req, int err)
 *	{
 *		struct thing *thing = crypto_get_completion_data(req);
 */
#ifndef HAVE_CRYPTO_COMPLETION_DATA
typedef void crypto_completion_data_t;

static inline void *crypto_get_completion_data(crypto_completion_data_t *data)
{
	return data;
}
#endif

#endif
