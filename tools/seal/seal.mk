# SPDX-License-Identifier: GPL-2.0
# The objects of tools/seal, for the programs that have it among their folders.
seal_objs := box.o seal.o tpm.o
seal_libs := -ltss2-esys -ltss2-mu -ltss2-tctildr
