#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""Every command of the field guide, read from there and typed on five devices.

The other pages are in test_field_guide_life.py, for the time that a file may take."""

import glob
import re

import guide
from guide_world import STAND_INS, one_kernel, pages
from prose_test import *


@test
def exceptions(t):
    """what the test stands in for is what the guide says, and is used there"""
    one_kernel()
    t.eq(sorted(STAND_INS), sorted(guide.stood_in()), "programs that are stood in for")
    text = "\n".join(c.text for items in guide.pages().values() for c in items
                     if isinstance(c, guide.Command))
    t.eq([p for p in STAND_INS if not re.search(rf"^\s*{re.escape(p)}\b", text, re.M)], [],
         "programs that are stood in for and not used")


@test
def whole(t):
    """every page is in a test"""
    one_kernel()
    here = os.path.dirname(os.path.abspath(__file__))
    tests = ""
    for path in glob.glob(f"{here}/test_field_guide*.py"):
        with open(path, encoding="utf-8") as f:
            tests += f.read()
    t.eq([x for x in guide.pages() if f'"{x}"' not in tests], [], "pages that no test plays")


pages("From nothing to talking", "Listen-only", "Containers and bridges", "Rekey next morning")
