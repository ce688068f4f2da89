# SPDX-License-Identifier: GPL-2.0
# The objects of tools/cms, for the programs that have it among their folders.
cms_objs := cms_make.o cms_take.o cms_text.o identity.o spki.o
