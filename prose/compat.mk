# SPDX-License-Identifier: GPL-2.0
# For the Kbuild files of prose and of the modules that go with it. $(src) is
# absolute for modules built outside the kernel tree.

prose-top := $(realpath $(dir $(lastword $(MAKEFILE_LIST)))..)
prose-autoconf := $(shell $(CONFIG_SHELL) $(prose-top)/scripts/gen-compat \
	$(srctree) $(prose-top)/prose/compat-autoconf.h)
ifeq ($(prose-autoconf),)
$(error scripts/gen-compat failed)
endif

LINUXINCLUDE := -I$(prose-top)/prose/compat-include $(LINUXINCLUDE) \
	-include $(prose-autoconf)
