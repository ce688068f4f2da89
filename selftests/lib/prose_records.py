# SPDX-License-Identifier: GPL-2.0
"""The octets of records (Documentation/records.rst), written a second time: what
tests give to a device must not come from the code that reads it."""

import hashlib
import hmac
import struct

MUST = 0x8000
SNAPSHOT, BUNDLE, REQUEST, RECEIPT = 1, 2, 3, 4
AES256_GCM = 5


def element(tag, value, must=True):
    return struct.pack(">HH", tag | (MUST if must else 0), len(value)) + value


def obj(kind, *elements, version=1):
    return bytes([kind, version]) + b"".join(elements)


def number(tag, n, octets):
    return element(tag, n.to_bytes(octets, "big"))


def fingerprint(key):
    return hmac.new(key, b"prose ledger", hashlib.sha256).digest()[:16]


def suite(tag, cipher=AES256_GCM, integrity=0, kdf=b""):
    return element(tag, bytes([cipher, integrity]) + kdf)


def live(pgk_id, key, start, until, state=2):
    return element(32, bytes([pgk_id, state]) + fingerprint(key) + struct.pack(">qq", start, until))


def config(name=b"fire", extra=b""):
    return element(33, element(1, name) + suite(2) + extra)


def key(pgk_id, octets, start, until):
    return element(34, number(1, pgk_id, 1) + element(2, octets) +
                   element(3, fingerprint(octets)) + suite(4) + number(5, start, 8) +
                   number(6, until, 8))


def snapshot(manager, group, member, epoch, keys, made, more=b""):
    """keys: (PGK ID, octets, from, until), in the order of their IDs."""
    return obj(SNAPSHOT, element(1, manager), number(2, group, 4), number(3, member, 4),
               number(4, epoch, 8), number(5, made, 8), *[live(*k) for k in keys],
               config(), *[key(*k) for k in keys], more)


def bundle(manager, recipient, device, ledger, serial, made, expires, snapshots):
    return obj(BUNDLE, element(1, manager), number(5, made, 8), element(6, recipient),
               element(7, device), element(8, ledger), number(9, serial, 8),
               number(10, expires, 8), *[element(35, s) for s in snapshots])


def elements(octets):
    """(type without MUST, value) of an object or of an element of elements."""
    result = []
    while octets:
        tag, n = struct.unpack(">HH", octets[:4])
        result.append((tag & ~MUST, octets[4:4 + n]))
        octets = octets[4 + n:]
    return result
