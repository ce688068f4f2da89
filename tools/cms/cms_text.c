// SPDX-License-Identifier: GPL-2.0
/* Files that people send are text: PEM, with the label that openssl cms takes. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

#define LABEL "CMS"
#define BEGIN "-----BEGIN " LABEL "-----"

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

uint8_t *cms_from_text(const uint8_t *file, size_t len, size_t *der_len, struct why *w)
{
	char *name = NULL, *header = NULL;
	uint8_t *data = NULL, *der;
	long n = 0;
	BIO *in;

	while (len && is_space(*file)) {
		file++;
		len--;
	}
	if (len < strlen(BEGIN) || memcmp(file, BEGIN, strlen(BEGIN))) {
		der = malloc(len + 1);
		if (der)
			memcpy(der, file, len);
		else
			why(w, "no memory");
		*der_len = len;
		return der;
	}
	in = BIO_new_mem_buf(file, len);
	der = NULL;
	if (in && PEM_read_bio(in, &name, &header, &data, &n) && !header[0]) {
		der = malloc(n + 1);
		if (der)
			memcpy(der, data, n);
		*der_len = n;
	}
	if (!der)
		why(w, "the text ends before \"-----END " LABEL "-----\", or is damaged; has all of it been copied?");
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(in);
	return der;
}

char *cms_to_text(const uint8_t *der, size_t len, size_t *text_len)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL, *data;
	long n;

	if (out && PEM_write_bio(out, LABEL, "", (uint8_t *)der, len) > 0) {
		n = BIO_get_mem_data(out, &data);
		text = malloc(n + 1);
		if (text) {
			memcpy(text, data, n);
			text[n] = 0;
			*text_len = n;
		}
	}
	BIO_free(out);
	return text;
}
