/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _PROSE_VERSION_H
#define _PROSE_VERSION_H

#define PROSE_VERSION	"0.1.0"

#endif /* _PROSE_VERSION_H */
