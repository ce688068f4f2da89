/* SPDX-License-Identifier: GPL-2.0 */
/* The frame check sequence, which some devices leave behind a frame. */
#ifndef FCS_H
#define FCS_H

#include <stddef.h>
#include <stdint.h>

#define FCS_LEN	4

/*
 * Length of a whole Ethernet frame without it. told: octets of it that the
 * file's header names, or -1 if it says nothing: then the last four octets are
 * taken for one if they are the right one.
 */
size_t fcs_trimmed(const uint8_t *frame, size_t len, int told);

#endif
