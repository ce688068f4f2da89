#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Is a key in these directories? nokey.py FINGERPRINT,... DIR...

Each 32 octets of each file are taken for a key and its fingerprint made; a key that
is found so is told."""

import hmac
import os
import sys

wanted = set(sys.argv[1].split(","))
found = windows = 0
for top in sys.argv[2:]:
    for where, _, names in os.walk(top):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                octets = file.read()
            for at in range(len(octets) - 31):
                key = octets[at:at + 32]
                # What was drawn has many values in it; zeros and text have few.
                if len(set(key)) > 20:
                    windows += 1
                    found += hmac.digest(key, b"prose ledger", "sha256").hex()[:32] in wanted
print(f"{windows} places looked at, {found} keys found")
