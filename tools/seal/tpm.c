// SPDX-License-Identifier: GPL-2.0
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <tss2/tss2_esys.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_tctildr.h>

#include "tpm.h"

const char *seal_tcti = "device:/dev/tpmrm0";

/* A TPM at work: each member is there or not. */
struct tpm {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
	ESYS_TR srk, session;
};

static int tpm_error(struct why *w, const char *doing, TSS2_RC rc)
{
	return why(w, "the TPM: %s: error 0x%x", doing, rc);
}

/* The template of TCG's Provisioning Guidance 7.5.1, with ECC P-256. */
static const TPM2B_PUBLIC srk_template = {
	.publicArea = {
		.type = TPM2_ALG_ECC,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
			TPMA_OBJECT_SENSITIVEDATAORIGIN | TPMA_OBJECT_USERWITHAUTH |
			TPMA_OBJECT_NODA | TPMA_OBJECT_RESTRICTED | TPMA_OBJECT_DECRYPT,
		.parameters.eccDetail = {
			.symmetric = { .algorithm = TPM2_ALG_AES, .keyBits.aes = 128,
				       .mode.aes = TPM2_ALG_CFB },
			.scheme.scheme = TPM2_ALG_NULL,
			.curveID = TPM2_ECC_NIST_P256,
			.kdf.scheme = TPM2_ALG_NULL,
		},
	},
};

static const TPM2B_PUBLIC sealed_template = {
	.publicArea = {
		.type = TPM2_ALG_KEYEDHASH,
		.nameAlg = TPM2_ALG_SHA256,
		.objectAttributes = TPMA_OBJECT_FIXEDTPM | TPMA_OBJECT_FIXEDPARENT |
			TPMA_OBJECT_NODA | TPMA_OBJECT_USERWITHAUTH,
		.parameters.keyedHashDetail.scheme.scheme = TPM2_ALG_NULL,
	},
};

/* No authorisation, no PCRs, nothing told from outside. */
static const TPM2B_SENSITIVE_CREATE no_auth;
static const TPML_PCR_SELECTION no_pcrs;
static const TPM2B_DATA no_data;

static void tpm_close(struct tpm *t)
{
	if (t->session != ESYS_TR_NONE)
		Esys_FlushContext(t->esys, t->session);
	if (t->srk != ESYS_TR_NONE)
		Esys_FlushContext(t->esys, t->srk);
	if (t->esys)
		Esys_Finalize(&t->esys);
	if (t->tcti)
		Tss2_TctiLdr_Finalize(&t->tcti);
}

static int make_srk(struct tpm *t, struct why *w)
{
	TSS2_RC rc;

	rc = Esys_CreatePrimary(t->esys, ESYS_TR_RH_OWNER, ESYS_TR_PASSWORD, ESYS_TR_NONE,
				ESYS_TR_NONE, &no_auth, &srk_template, &no_data, &no_pcrs,
				&t->srk, NULL, NULL, NULL, NULL);
	return rc ? tpm_error(w, "no storage root key", rc) : 0;
}

/* Salted with the SRK, so that the key does not cross the bus in clear. */
static int make_session(struct tpm *t, struct why *w)
{
	static const TPMT_SYM_DEF aes = { .algorithm = TPM2_ALG_AES, .keyBits.aes = 128,
					  .mode.aes = TPM2_ALG_CFB };
	const TPMA_SESSION flags = TPMA_SESSION_DECRYPT | TPMA_SESSION_ENCRYPT |
		TPMA_SESSION_CONTINUESESSION;
	TSS2_RC rc;

	rc = Esys_StartAuthSession(t->esys, t->srk, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
				   ESYS_TR_NONE, NULL, TPM2_SE_HMAC, &aes, TPM2_ALG_SHA256,
				   &t->session);
	if (!rc)
		rc = Esys_TRSess_SetAttributes(t->esys, t->session, flags, 0xff);
	return rc ? tpm_error(w, "no session", rc) : 0;
}

static int tpm_open(struct tpm *t, struct why *w)
{
	TSS2_RC rc;

	memset(t, 0, sizeof(*t));
	t->srk = ESYS_TR_NONE;
	t->session = ESYS_TR_NONE;
	/* What goes wrong is told once, and here. */
	setenv("TSS2_LOG", "all+none", 0);
	rc = Tss2_TctiLdr_Initialize(seal_tcti, &t->tcti);
	if (rc)
		return why(w, "there is no TPM (%s)", seal_tcti);
	rc = Esys_Initialize(&t->esys, t->tcti, NULL);
	if (rc)
		return tpm_error(w, "it does not answer", rc);
	return make_srk(t, w) || make_session(t, w) ? -1 : 0;
}

bool tpm_works(struct why *w)
{
	struct tpm t;
	bool works = !tpm_open(&t, w);

	tpm_close(&t);
	return works;
}

static int name_of(struct tpm *t, struct tpm_sealed *s, struct why *w)
{
	TPM2B_NAME *name;
	TSS2_RC rc = Esys_TR_GetName(t->esys, t->srk, &name);

	if (rc || name->size > sizeof(s->srk)) {
		if (!rc)
			Esys_Free(name);
		return tpm_error(w, "its key has no name", rc);
	}
	memcpy(s->srk, name->name, name->size);
	s->srk_len = name->size;
	Esys_Free(name);
	return 0;
}

static int marshal(struct tpm_sealed *s, const TPM2B_PUBLIC *public,
		   const TPM2B_PRIVATE *private, struct why *w)
{
	TSS2_RC rc;

	s->public_len = 0;
	s->private_len = 0;
	rc = Tss2_MU_TPM2B_PUBLIC_Marshal(public, s->public, sizeof(s->public), &s->public_len);
	if (!rc)
		rc = Tss2_MU_TPM2B_PRIVATE_Marshal(private, s->private, sizeof(s->private),
						   &s->private_len);
	return rc ? tpm_error(w, "what it sealed cannot be written", rc) : 0;
}

enum seal_status tpm_seal(const uint8_t kek[SEAL_KEY_LEN], struct tpm_sealed *s, struct why *w)
{
	TPM2B_SENSITIVE_CREATE secret = { .sensitive.data.size = SEAL_KEY_LEN };
	TPM2B_PRIVATE *private = NULL;
	TPM2B_PUBLIC *public = NULL;
	struct tpm t;
	TSS2_RC rc = 1;
	int err;

	err = tpm_open(&t, w);
	if (err) {
		tpm_close(&t);
		return SEAL_NO_TPM;
	}
	memcpy(secret.sensitive.data.buffer, kek, SEAL_KEY_LEN);
	rc = Esys_Create(t.esys, t.srk, t.session, ESYS_TR_NONE, ESYS_TR_NONE, &secret,
			 &sealed_template, &no_data, &no_pcrs, &private, &public, NULL, NULL,
			 NULL);
	OPENSSL_cleanse(&secret, sizeof(secret));
	if (rc)
		err = tpm_error(w, "it does not seal", rc);
	else
		err = name_of(&t, s, w) || marshal(s, public, private, w);
	Esys_Free(private);
	Esys_Free(public);
	tpm_close(&t);
	return err ? SEAL_FAULT : SEAL_OK;
}

static int unmarshal(const struct tpm_sealed *s, TPM2B_PUBLIC *public, TPM2B_PRIVATE *private)
{
	size_t at = 0;

	memset(public, 0, sizeof(*public));
	memset(private, 0, sizeof(*private));
	if (Tss2_MU_TPM2B_PUBLIC_Unmarshal(s->public, s->public_len, &at, public) ||
	    at != s->public_len)
		return -1;
	at = 0;
	return Tss2_MU_TPM2B_PRIVATE_Unmarshal(s->private, s->private_len, &at, private) ||
	       at != s->private_len ? -1 : 0;
}

static enum seal_status load_and_unseal(struct tpm *t, const struct tpm_sealed *s,
					uint8_t kek[SEAL_KEY_LEN], struct why *w)
{
	ESYS_TR object = ESYS_TR_NONE;
	TPM2B_SENSITIVE_DATA *data = NULL;
	TPM2B_PRIVATE private;
	TPM2B_PUBLIC public;
	TSS2_RC rc;

	if (unmarshal(s, &public, &private)) {
		why(w, "what the TPM sealed is damaged");
		return SEAL_DAMAGED;
	}
	rc = Esys_Load(t->esys, t->srk, t->session, ESYS_TR_NONE, ESYS_TR_NONE, &private, &public,
		       &object);
	if (rc) {
		tpm_error(w, "it does not take what was sealed", rc);
		return SEAL_DAMAGED;
	}
	rc = Esys_Unseal(t->esys, object, t->session, ESYS_TR_NONE, ESYS_TR_NONE, &data);
	Esys_FlushContext(t->esys, object);
	if (rc || data->size != SEAL_KEY_LEN) {
		tpm_error(w, "it does not unseal", rc);
		if (!rc)
			Esys_Free(data);
		return SEAL_DAMAGED;
	}
	memcpy(kek, data->buffer, SEAL_KEY_LEN);
	OPENSSL_cleanse(data, sizeof(*data));
	Esys_Free(data);
	return SEAL_OK;
}

enum seal_status tpm_unseal(const struct tpm_sealed *s, uint8_t kek[SEAL_KEY_LEN], struct why *w)
{
	enum seal_status status = SEAL_NO_TPM;
	struct tpm_sealed here;
	struct tpm t;

	if (!tpm_open(&t, w)) {
		if (name_of(&t, &here, w)) {
			status = SEAL_FAULT;
		} else if (here.srk_len != s->srk_len || memcmp(here.srk, s->srk, s->srk_len)) {
			why(w, "this machine has another TPM than the one that sealed its keys, or that one was cleared");
			status = SEAL_OTHER_TPM;
		} else {
			status = load_and_unseal(&t, s, kek, w);
		}
	}
	tpm_close(&t);
	return status;
}
