/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_COMPAT_CRYPTO_SKCIPHER_H
#define _PROSE_COMPAT_CRYPTO_SKCIPHER_H

#include_next <crypto/skcipher.h>

/*
 * Since 6.8 a request says if it goes on with another one or will be gone on
 * with, and an algorithm can hand out the state in between. Before, no request
 * does, which a flag without a bit expresses, and there are no such fields.
 */
#ifdef CRYPTO_SKCIPHER_REQ_CONT
#define PROSE_COMPAT_SKCIPHER_STATE(_size, _export, _import)		\
	.statesize = (_size),						\
	.export = (_export),						\
	.import = (_import)
#else
#define CRYPTO_SKCIPHER_REQ_CONT	0
#define CRYPTO_SKCIPHER_REQ_NOTFINAL	0
#define PROSE_COMPAT_SKCIPHER_STATE(_size, _export, _import)
#endif

#endif
