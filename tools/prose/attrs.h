/* SPDX-License-Identifier: GPL-2.0 */
/* Names of attributes, for what the kernel refuses. */
#ifndef ATTRS_H
#define ATTRS_H

#include "attrs.h"
#include "nl.h"

extern const struct attr_names prose_attrs;	/* generic netlink */
extern const struct attr_names link_attrs;	/* rtnetlink */

#endif
