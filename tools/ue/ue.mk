# SPDX-License-Identifier: GPL-2.0
# The objects of tools/ue, for the programs that have it among their folders.
ue_objs := apply.o merge.o
