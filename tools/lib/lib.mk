# SPDX-License-Identifier: GPL-2.0
#
# What the programs below tools/ share: flags, the objects of tools/lib, and how
# an object is made. A program's Makefile sets src, its folder with a slash, and
# folders, those below tools/ that it takes sources from; then it includes this.
#
# obj/        as it is installed
# obj-hooks/  with the hooks that only tests may have
# obj-unit/   with hooks, ASan and UBSan

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
O ?= .
PREFIX ?= /usr/local
INSTALL ?= install
top := $(src)../..

CFLAGS ?= -O2 -g
warnings := -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wvla
hardening := -fstack-protector-strong -fPIE
# Fortify needs optimisation, and sanitizers do its work better.
fortify := $(if $(filter -O1 -O2 -O3 -Os,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
places := $(src) $(addprefix $(top)/tools/,lib/ $(addsuffix /,$(folders)))
flags := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 \
	$(addprefix -I,$(places)) -I$(top)/include/uapi $(warnings)
ldflags := -pie -Wl,-z,relro,-z,now
sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
hooks := -DPROSE_TEST_HOOKS

# In the time of the build the clock was right: key times are refused before it.
PROSE_BUILD_TIME := $(or $(SOURCE_DATE_EPOCH),$(shell date +%s))
PROSE_VERSION ?= $(shell sed -n 's/.*PROSE_VERSION[^"]*"\(.*\)"/\1/p' $(top)/prose/version.h)

lib_objs := args.o buildtime.o clock.o error.o fault.o ids.o json.o keyfile.o names.o power.o secret.o \
	sha256.o shellword.o state.o when.o
lib_test_objs := tap.o

build = $(addprefix $(O)/,$(1))
compile = $(CC) $(flags) $(hardening) $(fortify) $(CPPFLAGS) $(CFLAGS) $(defs) -MMD -MP -MF $(@:.o=.dep) -c -o $@ $<
compile_hooks = $(CC) $(flags) $(hardening) $(fortify) $(hooks) $(CPPFLAGS) $(CFLAGS) $(defs) -MMD -MP -MF $(@:.o=.dep) -c -o $@ $<
compile_unit = $(CC) $(flags) $(hooks) -O1 -g $(sanitize) $(defs) -MMD -MP -MF $(@:.o=.dep) -c -o $@ $<

vpath %.c $(places) $(addsuffix tests,$(places))

all:

$(O)/obj/%.o: %.c | $(O)/obj
	$(compile)

$(O)/obj-hooks/%.o: %.c | $(O)/obj-hooks
	$(compile_hooks)

$(O)/obj-unit/%.o: %.c | $(O)/obj-unit
	$(compile_unit)

$(call build,obj/names.o obj-hooks/names.o obj-unit/names.o): $(O)/names_gen.h
%/names.o: defs := -I$(O)

$(O)/names_gen.h: $(top)/tools/lib/names.awk $(top)/include/uapi/linux/prose.h
	mkdir -p $(O)
	awk -f $^ >$@.new
	mv $@.new $@

%/buildtime.o: defs := -DPROSE_BUILD_TIME=$(PROSE_BUILD_TIME)
%/main.o: defs := -DPROSE_VERSION='"$(PROSE_VERSION)"'

$(call build,obj obj-hooks obj-unit):
	mkdir -p $@

-include $(wildcard $(O)/obj/*.dep $(O)/obj-hooks/*.dep $(O)/obj-unit/*.dep)
