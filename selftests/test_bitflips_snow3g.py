#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: arithmetic, which unit/ runs under ASan
"""Every bit of a frame of SNOW 3G changed: by itself, since the codec's is slow."""

from prose_test import *
from test_bitflips import every_bit


@test
def eea1_eia1(t):
    """SNOW 3G: each single bit refused, counted, without effect"""
    every_bit(t, Suite("eea1", "eia1"))


main()
