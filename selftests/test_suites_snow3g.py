#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Every suite with SNOW 3G, both ways, against the codec's slow implementation."""

from prose_test import *
from test_suites import through

LENGTHS = (20, 23, 33, 64)
SUITES = (
    # suite, PGK ID, LCID, PTK ID 65535, up to the MTU
    (Suite("eea1", "none"), 31, 10, True, False),
    (Suite("eea1", "eia1"), 0, 1, False, True),
    (Suite("eea1", "eia2"), 31, 1, False, False),
    (Suite("eea1", "eia3"), 1, 10, True, False),
    (Suite("eea0", "eia1"), 0, 10, False, False),
    (Suite("eea2", "eia1"), 31, 1, True, False),
    (Suite("eea1", "none", "direct"), 0, 1, False, False),
)


def one(suite, pgk_id, lcid, last, mtu):
    def run_suite(t):
        through(t, suite, pgk_id, LENGTHS, mtu=mtu, lcid=lcid, last=last)
    run_suite.__name__ = str(suite).replace("+", "_").replace("/", "_")
    run_suite.__doc__ = f"{suite}: sent and received, PGK ID {pgk_id}, LCID {lcid}"
    run_suite.__module__ = "__main__"      # also when another file asks
    test(run_suite)


for s in SUITES:
    one(*s)
main()
