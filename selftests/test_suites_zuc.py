#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: arithmetic, which unit/ runs under ASan
"""Every suite with ZUC, both ways, against the codec's slow implementation."""

from prose_test import main
from test_suites import slow

slow("eea3", "eia3", "eia1")
main()
